//! What is said of the other user of a transfer: as what the name was read, by which name the user knows them, how often they
//! were paid.

use super::{Emphasis, LIMIT, NAME};
use crate::domain::Receiver;
use crate::domain::address_book::groups_of_four;
use crate::domain::locale::Lang;
use crate::domain::rules::Facts;
use crate::domain::text_width::relative;

/// A user id of so many digits may be meant as a telephone number.
const PHONE_DIGITS: usize = 10;

/// What the user calls another user of the exchange, and how often that one was paid.
pub fn receiver_known(facts: &Facts<'_>, to: &Receiver, lang: Lang) -> (String, Emphasis) {
    let (text, emphasis) = receiver_use(facts, to, lang);
    match facts.book.receiver_label(to) {
        Some(label) => (lang.fill("book.named", &[("label", &label.excerpt(NAME)), ("text", &text)]), emphasis),
        None => (text, emphasis),
    }
}

/// How often another user of the exchange was paid.
pub fn receiver_use(facts: &Facts<'_>, to: &Receiver, lang: Lang) -> (String, Emphasis) {
    let Some(known) = facts.book.receiver(to) else {
        return (lang.t("form.new_receiver").to_owned(), Emphasis::Warning);
    };
    let n = known.count.to_string();
    let text = match known.last_used {
        Some(last) => lang.fill("form.used_user", &[("n", &n), ("last", &relative(last, facts.now, lang, false))]),
        None => lang.fill("form.used_user_undated", &[("n", &n)]),
    };
    let open = match known.open {
        0 => String::new(),
        open => lang.fill("book.open", &[("n", &open.to_string())]),
    };
    let emphasis = if facts.book.is_known_receiver(to) { Emphasis::Muted } else { Emphasis::Warning };
    (format!("{text}{open}"), emphasis)
}

/// As which kind of name a receiver was read, and of a telephone number its parts.
pub fn read_as(to: &Receiver, lang: Lang) -> String {
    match to {
        Receiver::Uid(uid) if uid.raw().len() >= PHONE_DIGITS => lang.t("form.read_as.long_uid").to_owned(),
        Receiver::Uid(_) => lang.t("form.read_as.uid").to_owned(),
        Receiver::Email(_) => lang.t("form.read_as.email").to_owned(),
        Receiver::Phone { country_code, number } => {
            let number = groups_of_four(&number.shown()).join(" ");
            lang.fill("form.read_as.phone", &[("code", &country_code.excerpt(LIMIT)), ("number", &number)])
        }
    }
}

/// Another user of the exchange, as it is named.
pub(super) fn receiver_text(to: &Receiver) -> String {
    match to {
        Receiver::Uid(text) | Receiver::Email(text) => text.excerpt(LIMIT),
        Receiver::Phone { country_code, number } => {
            format!("{}  {}", country_code.excerpt(LIMIT), number.excerpt(LIMIT))
        }
    }
}
