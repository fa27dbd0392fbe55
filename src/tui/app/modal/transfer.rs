//! The form of a transfer to another user of the exchange: what it asks for, what can be chosen, what its review shows. Also
//! what it shares with a move: any coin of the account, without a network.

use super::sheet::Tone;
use super::withdraw::{holds, plain};
use super::{App, Checked};
use crate::domain::records::View;
use crate::domain::review::{MASKED, receiver_known};
use crate::domain::rules::{Field as RuleField, ReceiverInput, TransferInput, check_transfer, typed_amount};
use crate::domain::text_width::relative;
use crate::domain::{Amount, Kind, Millis, Receiver, Request, Status, Text, TransferRequest};
use crate::tui::app::detail::group_thousands;
use crate::tui::app::form::{Choice, Entry, Field, Form, FormKind, Slot};

/// The most characters of a user id or a telephone number that can be typed.
const NUMBER: usize = RuleField::Number.room();
/// The most characters of a country code that can be typed.
const CODE: usize = RuleField::CountryCode.room();
/// The most characters of an e-mail that can be typed.
const EMAIL: usize = RuleField::Email.room();
/// The most characters of a remark that can be typed.
const REMARK: usize = RuleField::Remark.room();
/// The most characters of an amount that can be typed.
const AMOUNT: usize = RuleField::Amount.room();
/// How much of a foreign name is shown, in graphemes.
const NAME: usize = 40;
/// The ways to name a receiver, and the fields that each of them asks for.
const WAYS: [(&str, &[Slot]); 3] =
    [("uid", &[Slot::Uid]), ("phone", &[Slot::CountryCode, Slot::Number]), ("email", &[Slot::Email])];
/// Stands for the id that a transfer is given when it is written down, while its form is checked.
const ID_TO_COME: &str = "00000000000000000000000000000000";

/// Shows the fields of the chosen way; the others keep what was typed.
pub(super) fn settle(form: &mut Form) {
    let way = form.value(Slot::ReceiverBy).to_owned();
    for (name, slots) in WAYS {
        for slot in slots {
            if let Some(field) = form.field_mut(*slot) {
                field.entry = if name == way { entry(*slot) } else { Entry::Hidden };
            }
        }
    }
}

const fn entry(slot: Slot) -> Entry {
    match slot {
        Slot::CountryCode => Entry::Typed(CODE),
        Slot::Email => Entry::Suggested(EMAIL),
        _ => Entry::Suggested(NUMBER),
    }
}

/// Whom was paid before, how often and when last.
struct Paid {
    place: Text,
    code: Option<Text>,
    count: u32,
    last: Option<Millis>,
}

impl App {
    pub(super) fn transfer_start(&self) -> Form {
        let mut coin = Field::new(Slot::Coin, Entry::Picked);
        let mut way = "uid";
        let mut known = Vec::new();
        let record = self.selected_record();
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = &record {
            coin = coin.choosing(plain(&record.coin));
            // Only whom this account has paid itself: anybody can put themselves among what came in.
            if let Some(to) = record.receiver.as_ref().filter(|to| self.book.is_known_receiver(to)) {
                (way, known) = match to {
                    Receiver::Uid(uid) => ("uid", vec![(Slot::Uid, uid)]),
                    Receiver::Email(email) => ("email", vec![(Slot::Email, email)]),
                    Receiver::Phone { country_code, number } => {
                        ("phone", vec![(Slot::CountryCode, country_code), (Slot::Number, number)])
                    }
                };
            }
        }
        let by = Field::new(Slot::ReceiverBy, Entry::Picked).choosing(self.way_choice(way));
        let mut fields = vec![coin, by];
        for slot in WAYS.iter().flat_map(|(_, slots)| *slots) {
            let field = Field::new(*slot, entry(*slot));
            let held = known.iter().find(|(s, _)| s == slot);
            fields.push(held.map_or(field.clone(), |(_, text)| field.holding(text)));
        }
        fields.push(Field::new(Slot::Amount, Entry::Typed(AMOUNT)));
        fields.push(Field::new(Slot::Remark, Entry::Typed(REMARK)));
        let mut form = Form::new(FormKind::Transfer, fields);
        settle(&mut form);
        form.start_here();
        form
    }

    fn way_choice(&self, way: &str) -> Choice {
        let name = self.lang().find(&format!("form.way.{way}")).unwrap_or_default().to_owned();
        Choice { name, ..plain(&Text::from(way)) }
    }

    pub(super) fn transfer_choices(&self, form: &Form, slot: Slot) -> Vec<Choice> {
        let filter = form.field(slot).map_or("", Field::filter).trim();
        match slot {
            Slot::Coin => self.own_coin_choices(filter),
            Slot::ReceiverBy => {
                let all = WAYS.iter().map(|(way, _)| self.way_choice(way));
                all.filter(|choice| holds(&choice.name, filter)).collect()
            }
            Slot::Uid | Slot::Number | Slot::Email => self.receiver_choices(slot, filter),
            _ => Vec::new(),
        }
    }

    /// Coins that can be sent without a chain: what is held first, then the rest of the exchange's list.
    pub(super) fn own_coin_choices(&self, filter: &str) -> Vec<Choice> {
        let lang = self.lang();
        let listed = self.coins.value().into_iter().flatten().map(|c| (&c.name, c.full_name.as_ref()));
        let held = self.balances.value().into_iter().flatten().map(|b| (&b.coin, None));
        let mut names: Vec<(&Text, Option<&Text>)> = Vec::new();
        for (name, full) in listed.chain(held) {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, full));
            }
        }
        let fits = |(name, full): &(&Text, Option<&Text>)| {
            holds(name.raw(), filter) || full.is_some_and(|full| holds(full.raw(), filter))
        };
        let mut found: Vec<_> = names
            .into_iter()
            .filter(fits)
            .map(|(name, full)| {
                let available = self.available(name).filter(|a| a.is_positive());
                ((!name.raw().eq_ignore_ascii_case(filter), available.is_none(), name), full, available)
            })
            .collect();
        found.sort_by_key(|(rank, ..)| *rank);
        let choice = |((_, _, name), full, available): ((bool, bool, &Text), Option<&Text>, Option<Amount>)| {
            let available = available
                .filter(|_| !self.hidden)
                .map(|a| lang.fill("form.available", &[("amount", &group_thousands(a.trimmed()))]));
            let parts: Vec<String> = full.map(|full| full.excerpt(NAME)).into_iter().chain(available).collect();
            Choice { about: parts.join(" · "), ..plain(name) }
        };
        found.into_iter().map(choice).collect()
    }

    /// Known receivers that hold what is typed; none once it is one of them.
    fn receiver_choices(&self, slot: Slot, filter: &str) -> Vec<Choice> {
        let paid = self.paid(slot);
        if paid.iter().any(|p| p.place.raw() == filter) {
            return Vec::new();
        }
        let choice = |p: &Paid| {
            let code = p.code.as_ref().map(|code| format!("{} ", code.excerpt(CODE))).unwrap_or_default();
            let also = p.code.clone().map(|code| (Slot::CountryCode, code));
            Choice {
                name: format!("{code}{}", p.place.excerpt(NAME)),
                about: self.paid_text(p),
                also,
                ..plain(&p.place)
            }
        };
        // Nobody can pay themselves, whatever the history says.
        let own = self.user.value().and_then(|u| u.uid.as_ref());
        paid.iter().filter(|p| holds(p.place.raw(), filter) && own != Some(&p.place)).map(choice).collect()
    }

    /// Whom this account has paid in the way of a field, last paid first.
    fn paid(&self, slot: Slot) -> Vec<Paid> {
        let mut all: Vec<Paid> = Vec::new();
        let count = |record: &View<'_>| {
            if record.key.kind != Kind::TransferOut || record.status != Status::Success {
                return;
            }
            let (place, code) = match (&record.receiver, slot) {
                (Some(Receiver::Uid(uid)), Slot::Uid) => (uid, None),
                (Some(Receiver::Email(email)), Slot::Email) => (email, None),
                (Some(Receiver::Phone { country_code, number }), Slot::Number) => (number, Some(country_code)),
                _ => return,
            };
            match all.iter_mut().find(|p| p.place == *place && p.code.as_ref() == code) {
                Some(known) => {
                    known.count += 1;
                    known.last = known.last.max(record.time);
                }
                None => all.push(Paid { place: place.clone(), code: code.cloned(), count: 1, last: record.time }),
            }
        };
        if let Some(records) = self.outgoing.value() {
            records.each(count);
        }
        all.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.place.cmp(&b.place)));
        all
    }

    fn paid_text(&self, paid: &Paid) -> String {
        let (lang, n) = (self.lang(), paid.count.to_string());
        match paid.last {
            Some(last) => {
                let last = relative(last, self.exchange_now(), lang, false);
                lang.fill("form.used", &[("n", &n), ("last", &last)])
            }
            None => lang.fill("form.used_undated", &[("n", &n)]),
        }
    }

    pub(super) fn transfer_check(&self, form: &Form) -> Checked {
        let text = |slot| form.value(slot).to_owned();
        let to = match form.value(Slot::ReceiverBy) {
            "phone" => ReceiverInput::Phone { country_code: text(Slot::CountryCode), number: text(Slot::Number) },
            "email" => ReceiverInput::Email(text(Slot::Email)),
            "uid" => ReceiverInput::Uid(text(Slot::Uid)),
            _ => return Checked::nothing_chosen(),
        };
        let input =
            TransferInput { to, coin: text(Slot::Coin), amount: text(Slot::Amount), remark: text(Slot::Remark) };
        let report = check_transfer(&input, &Text::from(ID_TO_COME), &self.facts());
        // The order is given an id of its own when it is written down.
        Checked::of(report, |request| Request::Transfer(TransferRequest { out_biz_id: Text::default(), ..request }))
    }

    pub(super) fn transfer_hints(&self, form: &Form, slot: Slot, checked: &Checked) -> Vec<(String, Tone)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        match slot {
            Slot::Coin => hints.push((self.own_coin_text(form.value(Slot::Coin)), Tone::Muted)),
            Slot::CountryCode => hints.push((lang.t("form.code_hint").to_owned(), Tone::Muted)),
            Slot::Uid | Slot::Number | Slot::Email if checked.fault(slot).is_none() => {
                if let Some(Request::Transfer(t)) = &checked.request {
                    hints.push(receiver_known(&self.facts(), &t.to, lang));
                } else if let Some(to) = typed_receiver(form, slot) {
                    hints.push(receiver_known(&self.facts(), &to, lang));
                }
            }
            Slot::Amount => {
                if let Some(left) = self.left(form) {
                    hints.push((left, Tone::Muted));
                }
            }
            Slot::Remark => {
                let n = form.value(Slot::Remark).chars().count();
                if n > 0 {
                    let (n, most) = (n.to_string(), REMARK.to_string());
                    hints.push((lang.fill("form.remark_hint", &[("n", &n), ("most", &most)]), Tone::Muted));
                }
            }
            _ => {}
        }
        let notes = checked.notes.iter().filter(|n| n.field == slot.rule());
        hints.extend(notes.map(|n| (n.note.words(lang), Tone::Warning)));
        hints.retain(|(text, _)| !text.is_empty());
        hints
    }

    /// The coin's long name and what is available of it.
    pub(super) fn own_coin_text(&self, coin: &str) -> String {
        let full = self.listed_coin(coin).and_then(|c| c.full_name.as_ref()).map(|n| n.excerpt(NAME));
        let available = self.available(&Text::from(coin)).map(|a| {
            let amount = if self.hidden { MASKED.to_owned() } else { group_thousands(a.trimmed()) };
            self.lang().fill("form.available", &[("amount", &amount)])
        });
        full.into_iter().chain(available).collect::<Vec<_>>().join(" · ")
    }

    /// What is left on the spot side after the typed amount.
    pub(super) fn left(&self, form: &Form) -> Option<String> {
        let amount = typed_amount(form.value(Slot::Amount).trim_ascii()).ok()?;
        let left = self.available(&Text::from(form.value(Slot::Coin)))?.checked_sub(amount)?;
        let is_told = !left.is_negative() && !self.hidden;
        is_told.then(|| self.lang().fill("form.left", &[("amount", &group_thousands(left.trimmed()))]))
    }
}

/// The receiver as far as it is typed in the field, before the rest of the form is complete.
fn typed_receiver(form: &Form, slot: Slot) -> Option<Receiver> {
    let text = |slot| Some(Text::from(form.value(slot).trim_ascii())).filter(|text| !text.is_empty());
    Some(match slot {
        Slot::Uid => Receiver::Uid(text(slot)?),
        Slot::Email => Receiver::Email(text(slot)?),
        _ => Receiver::Phone { country_code: text(Slot::CountryCode)?, number: text(Slot::Number)? },
    })
}
