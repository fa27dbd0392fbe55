//! A payment link where a command wants an address: it is read and told part by part, and refused. On a command line every part
//! has an option of its own, and what is typed there is what is sent; a link would be a second way to say it.

use crate::cli::failure::{BAD_INPUT, Failure};
use crate::domain::locale::{Lang, fill};
use crate::domain::payment_link::{is_link, read};

/// Refuses a link, and says what to write instead.
///
/// # Errors
/// The [`Failure`] with what the link says, or with what is wrong with it.
pub(super) fn refuse(address: &str, lang: Lang) -> Result<(), Failure> {
    if !is_link(address) {
        return Ok(());
    }
    let link = match read(address) {
        Ok(link) => link,
        Err(fault) => {
            let values = [("text", &*fault.words(lang))];
            return Err(Failure::new(lang, BAD_INPUT, "cli.order.link_wrong", "cli.order.link_wrong_next", &values));
        }
    };
    let part = |(key, value): (&str, String)| {
        let pattern = lang.t("list.about");
        fill(pattern, &[("what", lang.find(key).unwrap_or(key)), ("said", &value)])
    };
    let parts: Vec<String> = link.said(lang).into_iter().map(part).collect();
    let values = [("parts", &*parts.join("; "))];
    Err(Failure::new(lang, BAD_INPUT, "cli.order.link", "cli.order.link_next", &values))
}
