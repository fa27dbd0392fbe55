//! The form of a transfer to another user of the exchange: what it asks for, what can be chosen, what stands under its fields.

use super::Checked;
use super::withdraw::{NAME, holds, plain};
use crate::domain::review::{read_as, receiver_known, receiver_use};
use crate::domain::rules::{
    Field as RuleField, ReceiverInput, TransferInput, check_transfer, read_receiver, recognise,
};
use crate::domain::{Receiver, Request, TransferRequest, UntrustedText};
use crate::tui::state::State;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, FormKind};
use crate::tui::widgets::review_layout::Emphasis;

/// The most characters of a receiver that can be typed.
const TO: usize = RuleField::To.room();
/// The most characters of a remark that can be typed.
const REMARK: usize = RuleField::Remark.room();
/// The most characters of an amount that can be typed.
const AMOUNT: usize = RuleField::Amount.room();
/// Stands for the id that a transfer is given when it is written down, while its form is checked.
const ID_TO_COME: &str = "00000000000000000000000000000000";

impl State {
    pub(in crate::tui) fn transfer_start(&self) -> Form {
        let mut coin = Field::new(FieldId::Coin, Entry::Picked);
        let mut to = Field::new(FieldId::To, Entry::Suggested(TO));
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = self.selected_record() {
            coin = coin.choosing(plain(&record.coin));
            // Only whom this account has paid itself: anybody can put themselves among what came in.
            if let Some(paid) = record.receiver.as_ref().filter(|to| self.book.is_known_receiver(to)) {
                to = to.holding(&paid.as_typed());
            }
        }
        let amount = Field::new(FieldId::Amount, Entry::Typed(AMOUNT));
        let remark = Field::new(FieldId::Remark, Entry::Typed(REMARK));
        let mut form = Form::new(FormKind::Transfer, vec![coin, to, amount, remark]);
        form.start_here();
        form
    }

    pub(in crate::tui) fn transfer_choices(&self, form: &Form, field_id: FieldId) -> Vec<Choice> {
        let filter = form.field(field_id).map_or("", Field::filter).trim();
        match field_id {
            FieldId::Coin => self.own_coin_choices(filter),
            FieldId::To => self.receiver_choices(filter),
            _ => Vec::new(),
        }
    }

    /// Known receivers of every kind that hold what is typed; none once it is one of them.
    fn receiver_choices(&self, filter: &str) -> Vec<Choice> {
        let facts = self.facts();
        let is_in_book = |to: &Receiver| self.book.is_known_receiver(to) || self.book.receiver_label(to).is_some();
        if recognise(filter, &facts).is_ok_and(|to| is_in_book(&to)) {
            return Vec::new();
        }
        let bare = |text: &str| text.replace([' ', '-', '(', ')'], "");
        let mut found: Vec<Choice> = Vec::new();
        for to in self.book.receivers() {
            let text = to.as_typed();
            let label = self.book.receiver_label(to);
            let is_asked = holds(&bare(text.raw()), &bare(filter)) || label.is_some_and(|l| holds(l.raw(), filter));
            if !is_asked {
                continue;
            }
            // What would be read as somebody else, or as nobody, cannot be chosen; nobody can pay themselves.
            if let Some(read) = recognise(text.raw(), &facts).ok().filter(|read| read.as_typed() == text) {
                let (about, _) = receiver_use(&facts, &read, self.lang());
                let label = label.map(|label| label.excerpt(NAME)).unwrap_or_default();
                found.push(Choice { label, about, ..plain(&text) });
            }
        }
        found
    }

    pub(in crate::tui) fn transfer_check(&self, form: &Form) -> Checked {
        let text = |field_id| form.value(field_id).to_owned();
        let input = TransferInput {
            to: ReceiverInput::Any(text(FieldId::To)),
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

    pub(in crate::tui) fn transfer_hints(&self, form: &Form, field_id: FieldId) -> Vec<(String, Emphasis)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        match field_id {
            FieldId::Coin => hints.push((self.own_coin_text(form.value(FieldId::Coin)), Emphasis::Muted)),
            FieldId::To => hints.extend(self.receiver_hint(form.value(FieldId::To).trim_ascii())),
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
        hints
    }

    /// As what the receiver was read, and whether it is known; of one that is not whole yet, the first alone.
    fn receiver_hint(&self, typed: &str) -> Option<(String, Emphasis)> {
        let (facts, lang) = (self.facts(), self.lang());
        let read: Receiver = read_receiver(typed).ok()?;
        Some(match recognise(typed, &facts) {
            Ok(to) => {
                let (known, emphasis) = receiver_known(&facts, &to, lang);
                (format!("{} · {known}", read_as(&to, lang)), emphasis)
            }
            Err(_) => (read_as(&read, lang), Emphasis::Muted),
        })
    }
}
