//! The form of a transfer to another user of the exchange: what it asks for, what can be chosen, what its review shows. Also
//! what it shares with a move: any coin of the account, without a network.

use super::Checked;
use super::withdraw::{NAME, holds, plain};
use crate::domain::records::RecordRef;
use crate::domain::review::{MASKED, receiver_known};
use crate::domain::rules::{Field as RuleField, ReceiverInput, TransferInput, check_transfer, typed_amount};
use crate::domain::text_width::relative;
use crate::domain::{Amount, Kind, Millis, Receiver, Request, Status, TransferRequest, UntrustedText};
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, FormKind};
use crate::tui::widgets::review_layout::Emphasis;

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
/// The ways to name a receiver, and the fields that each of them asks for.
const WAYS: [(&str, &[FieldId]); 3] =
    [("uid", &[FieldId::Uid]), ("phone", &[FieldId::CountryCode, FieldId::Number]), ("email", &[FieldId::Email])];
/// Stands for the id that a transfer is given when it is written down, while its form is checked.
const ID_TO_COME: &str = "00000000000000000000000000000000";

/// Shows the fields of the chosen way; the others keep what was typed.
pub(in crate::tui) fn settle(form: &mut Form) {
    let flow = form.value(FieldId::ReceiverBy).to_owned();
    for (name, slots) in WAYS {
        for field_id in slots {
            if let Some(field) = form.field_mut(*field_id) {
                field.entry = if name == flow { entry(*field_id) } else { Entry::Hidden };
            }
        }
    }
}

const fn entry(field_id: FieldId) -> Entry {
    match field_id {
        FieldId::CountryCode => Entry::Typed(CODE),
        FieldId::Email => Entry::Suggested(EMAIL),
        _ => Entry::Suggested(NUMBER),
    }
}

/// Whom was paid before, how often and when last.
struct Paid {
    place: UntrustedText,
    code: Option<UntrustedText>,
    count: u32,
    last: Option<Millis>,
}

impl State {
    pub(in crate::tui) fn transfer_start(&self) -> Form {
        let mut coin = Field::new(FieldId::Coin, Entry::Picked);
        let mut flow = "uid";
        let mut known = Vec::new();
        let record = self.selected_record();
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = &record {
            coin = coin.choosing(plain(&record.coin));
            // Only whom this account has paid itself: anybody can put themselves among what came in.
            if let Some(to) = record.receiver.as_ref().filter(|to| self.book.is_known_receiver(to)) {
                (flow, known) = match to {
                    Receiver::Uid(uid) => ("uid", vec![(FieldId::Uid, uid)]),
                    Receiver::Email(email) => ("email", vec![(FieldId::Email, email)]),
                    Receiver::Phone { country_code, number } => {
                        ("phone", vec![(FieldId::CountryCode, country_code), (FieldId::Number, number)])
                    }
                };
            }
        }
        let by = Field::new(FieldId::ReceiverBy, Entry::Picked).choosing(self.way_choice(flow));
        let mut fields = vec![coin, by];
        for field_id in WAYS.iter().flat_map(|(_, slots)| *slots) {
            let field = Field::new(*field_id, entry(*field_id));
            let held = known.iter().find(|(s, _)| s == field_id);
            fields.push(held.map_or(field.clone(), |(_, text)| field.holding(text)));
        }
        fields.push(Field::new(FieldId::Amount, Entry::Typed(AMOUNT)));
        fields.push(Field::new(FieldId::Remark, Entry::Typed(REMARK)));
        let mut form = Form::new(FormKind::Transfer, fields);
        settle(&mut form);
        form.start_here();
        form
    }

    fn way_choice(&self, flow: &str) -> Choice {
        let name = self.lang().find(&format!("form.way.{flow}")).unwrap_or_default().to_owned();
        Choice { name, ..plain(&UntrustedText::from(flow)) }
    }

    pub(in crate::tui) fn transfer_choices(&self, form: &Form, field_id: FieldId) -> Vec<Choice> {
        let filter = form.field(field_id).map_or("", Field::filter).trim();
        match field_id {
            FieldId::Coin => self.own_coin_choices(filter),
            FieldId::ReceiverBy => {
                let all = WAYS.iter().map(|(flow, _)| self.way_choice(flow));
                all.filter(|choice| holds(&choice.name, filter)).collect()
            }
            FieldId::Uid | FieldId::Number | FieldId::Email => self.receiver_choices(field_id, filter),
            _ => Vec::new(),
        }
    }

    /// Coins that can be sent without a chain: what is held first, then the rest of the exchange's list.
    pub(in crate::tui) fn own_coin_choices(&self, filter: &str) -> Vec<Choice> {
        let lang = self.lang();
        let listed = self.coins.value().into_iter().flatten().map(|c| (&c.name, c.full_name.as_ref()));
        let held = self.balances.value().into_iter().flatten().map(|b| (&b.coin, None));
        let mut names: Vec<(&UntrustedText, Option<&UntrustedText>)> = Vec::new();
        for (name, full) in listed.chain(held) {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, full));
            }
        }
        let fits = |(name, full): &(&UntrustedText, Option<&UntrustedText>)| {
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
        let choice = |((_, _, name), full, available): (
            (bool, bool, &UntrustedText),
            Option<&UntrustedText>,
            Option<Amount>,
        )| {
            let available = available
                .filter(|_| !self.hidden)
                .map(|a| lang.fill("form.available", &[("amount", &grouped(a.trimmed()))]));
            let parts: Vec<String> = full.map(|full| full.excerpt(NAME)).into_iter().chain(available).collect();
            Choice { about: parts.join(" · "), ..plain(name) }
        };
        found.into_iter().map(choice).collect()
    }

    /// Known receivers that hold what is typed; none once it is one of them.
    fn receiver_choices(&self, field_id: FieldId, filter: &str) -> Vec<Choice> {
        let paid = self.paid(field_id);
        if paid.iter().any(|p| p.place.raw() == filter) {
            return Vec::new();
        }
        let choice = |p: &Paid| {
            let code = p.code.as_ref().map(|code| format!("{} ", code.excerpt(CODE))).unwrap_or_default();
            let also = p.code.clone().map(|code| (FieldId::CountryCode, code));
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
    fn paid(&self, field_id: FieldId) -> Vec<Paid> {
        let mut all: Vec<Paid> = Vec::new();
        let count = |record: &RecordRef<'_>| {
            if record.key.kind != Kind::TransferOut || record.status != Status::Success {
                return;
            }
            let (place, code) = match (&record.receiver, field_id) {
                (Some(Receiver::Uid(uid)), FieldId::Uid) => (uid, None),
                (Some(Receiver::Email(email)), FieldId::Email) => (email, None),
                (Some(Receiver::Phone { country_code, number }), FieldId::Number) => (number, Some(country_code)),
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
                lang.fill("form.used_user", &[("n", &n), ("last", &last)])
            }
            None => lang.fill("form.used_user_undated", &[("n", &n)]),
        }
    }

    pub(in crate::tui) fn transfer_check(&self, form: &Form) -> Checked {
        let text = |field_id| form.value(field_id).to_owned();
        let to = match form.value(FieldId::ReceiverBy) {
            "phone" => ReceiverInput::Phone { country_code: text(FieldId::CountryCode), number: text(FieldId::Number) },
            "email" => ReceiverInput::Email(text(FieldId::Email)),
            "uid" => ReceiverInput::Uid(text(FieldId::Uid)),
            _ => return Checked::nothing_chosen(),
        };
        let input = TransferInput {
            to,
            coin: text(FieldId::Coin),
            amount: text(FieldId::Amount),
            remark: text(FieldId::Remark),
        };
        let report = check_transfer(&input, &UntrustedText::from(ID_TO_COME), &self.facts());
        // The order is given an id of its own when it is written down.
        Checked::of(report, |request| {
            Request::Transfer(TransferRequest { out_biz_id: UntrustedText::default(), ..request })
        })
    }

    pub(in crate::tui) fn transfer_hints(
        &self,
        form: &Form,
        field_id: FieldId,
        checked: &Checked,
    ) -> Vec<(String, Emphasis)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        match field_id {
            FieldId::Coin => hints.push((self.own_coin_text(form.value(FieldId::Coin)), Emphasis::Muted)),
            FieldId::CountryCode => hints.push((lang.t("form.code_hint").to_owned(), Emphasis::Muted)),
            FieldId::Uid | FieldId::Number | FieldId::Email if checked.fault(field_id).is_none() => {
                if let Some(Request::Transfer(t)) = &checked.request {
                    hints.push(receiver_known(&self.facts(), &t.to, lang));
                } else if let Some(to) = typed_receiver(form, field_id) {
                    hints.push(receiver_known(&self.facts(), &to, lang));
                }
            }
            FieldId::Amount => {
                if let Some(left) = self.left(form) {
                    hints.push((left, Emphasis::Muted));
                }
            }
            FieldId::Remark => {
                let n = form.value(FieldId::Remark).chars().count();
                if n > 0 {
                    let (n, most) = (n.to_string(), REMARK.to_string());
                    hints.push((lang.fill("form.remark_hint", &[("n", &n), ("most", &most)]), Emphasis::Muted));
                }
            }
            _ => {}
        }
        let notes = checked.notes.iter().filter(|n| n.field == field_id.rule());
        hints.extend(notes.map(|n| (n.note.words(lang), Emphasis::Warning)));
        hints.retain(|(text, _)| !text.is_empty());
        hints
    }

    /// The coin's long name and what is available of it.
    pub(in crate::tui) fn own_coin_text(&self, coin: &str) -> String {
        let full = self.listed_coin(coin).and_then(|c| c.full_name.as_ref()).map(|n| n.excerpt(NAME));
        let available = self.available(&UntrustedText::from(coin)).map(|a| {
            let amount = if self.hidden { MASKED.to_owned() } else { grouped(a.trimmed()) };
            self.lang().fill("form.available", &[("amount", &amount)])
        });
        full.into_iter().chain(available).collect::<Vec<_>>().join(" · ")
    }

    /// What is left on the spot side after the typed amount.
    pub(in crate::tui) fn left(&self, form: &Form) -> Option<String> {
        self.left_of(self.available(&UntrustedText::from(form.value(FieldId::Coin))), form)
    }

    /// What would be left of what is held.
    pub(in crate::tui) fn left_of(&self, held: Option<Amount>, form: &Form) -> Option<String> {
        let amount = typed_amount(form.value(FieldId::Amount).trim_ascii()).ok()?;
        let left = held?.checked_sub(amount)?;
        let is_told = !left.is_negative() && !self.hidden;
        is_told.then(|| self.lang().fill("form.left", &[("amount", &grouped(left.trimmed()))]))
    }
}

/// The receiver as far as it is typed in the field, before the rest of the form is complete.
fn typed_receiver(form: &Form, field_id: FieldId) -> Option<Receiver> {
    let text = |field_id| Some(UntrustedText::from(form.value(field_id).trim_ascii())).filter(|text| !text.is_empty());
    Some(match field_id {
        FieldId::Uid => Receiver::Uid(text(field_id)?),
        FieldId::Email => Receiver::Email(text(field_id)?),
        _ => Receiver::Phone { country_code: text(FieldId::CountryCode)?, number: text(FieldId::Number)? },
    })
}
