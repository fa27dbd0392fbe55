//! A form: fields that are filled in by typing or by choosing, one of which has the focus. It knows neither coins nor rules;
//! what can be chosen and what is wrong is told by `tui/dialogs/form.rs` and by the file of the form's kind.

mod field;

use tui_input::InputRequest;

use super::line_input::InputNews;
use crate::domain::UntrustedText;
use crate::domain::payment_link::PaymentLink;
use crate::engine::explain::Explanation;

pub use field::{Choice, Entry, Field, FieldId, marked_at};

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FormKind {
    /// A withdrawal to a chain.
    Withdraw,
    /// A transfer to another user of the exchange.
    Transfer,
    /// A move between spot and futures.
    Move,
    /// Taking a withdrawal back: nothing to fill in, only a review.
    CancelWithdrawal,
    /// Taking a transfer back: nothing to fill in, only a review.
    CancelTransfer,
}

impl FormKind {
    /// True for what takes something back.
    pub const fn is_cancel(self) -> bool {
        matches!(self, Self::CancelWithdrawal | Self::CancelTransfer)
    }
}

/// A form that is being filled in.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is for.
    pub kind: FormKind,
    fields: Vec<Field>,
    /// The field with the focus; one past the last is the button that opens the review.
    focus: usize,
    /// Why the order that this form led to was not executed.
    pub said: Option<Explanation>,
    /// The payment link that was taken last; it counts while the address is the link's.
    pub(in crate::tui) link: Option<PaymentLink>,
    /// True while the user is asked whether what was typed may be lost.
    pub is_asking: bool,
}

impl Form {
    /// A form with the focus on its first field that still needs something.
    pub fn new(kind: FormKind, fields: Vec<Field>) -> Self {
        let focus = fields.iter().position(|f| f.entry.is_asked() && f.value().is_empty()).unwrap_or(0);
        Self { kind, fields, focus, said: None, link: None, is_asking: false }
    }

    /// The fields in the order of the screen.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field with the focus; `None` when the button has it.
    pub fn focused(&self) -> Option<&Field> {
        self.fields.get(self.focus)
    }

    pub(in crate::tui) fn focused_mut(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// A field.
    pub fn field(&self, field_id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|f| f.field_id == field_id)
    }

    pub(in crate::tui) fn field_mut(&mut self, field_id: FieldId) -> Option<&mut Field> {
        self.fields.iter_mut().find(|f| f.field_id == field_id)
    }

    /// What a field holds; empty for one that the form does not have.
    pub fn value(&self, field_id: FieldId) -> &str {
        self.field(field_id).map_or("", Field::value)
    }

    /// What the fields hold now is where the form starts: the user has typed nothing of it.
    pub(in crate::tui) fn start_here(&mut self) {
        for field in &mut self.fields {
            field.start = UntrustedText::from(field.value());
        }
        self.focus = self.fields.iter().position(|f| f.entry.is_asked() && f.value().is_empty()).unwrap_or(0);
    }

    /// True when something was typed or chosen that would be lost.
    pub fn is_changed(&self) -> bool {
        self.fields.iter().any(Field::is_changed)
    }

    /// Moves the focus to the next stop, or to the one before. Fields that cannot be filled in are no stops.
    pub(in crate::tui) fn step(&mut self, forward: bool) {
        if let Some(field) = self.focused_mut() {
            (field.touched, field.left) = (true, true);
            field.marked = None;
        }
        let stops = self.fields.len() + 1;
        for _ in 0..stops {
            self.focus = (self.focus + if forward { 1 } else { stops - 1 }) % stops;
            if self.focused().is_none_or(|f| f.entry.is_asked()) {
                break;
            }
        }
    }

    /// True when no field after the one with the focus can be filled in.
    pub(in crate::tui) fn is_at_last(&self) -> bool {
        self.fields.iter().skip(self.focus + 1).all(|field| !field.entry.is_asked())
    }

    /// Moves the focus to a field.
    pub(in crate::tui) fn focus_on(&mut self, field_id: FieldId) {
        if let Some(at) = self.fields.iter().position(|f| f.field_id == field_id) {
            self.focus = at;
        }
    }

    /// From now on every fault is shown.
    pub(in crate::tui) fn touch_all(&mut self) {
        self.fields.iter_mut().for_each(|f| (f.touched, f.left) = (true, true));
    }

    /// Edits the field with the focus.
    ///
    /// # Errors
    /// What it does not take.
    pub(in crate::tui) fn edit(&mut self, request: InputRequest) -> Result<(), InputNews> {
        self.focused_mut().map_or(Ok(()), |field| field.edit(request))
    }

    /// Takes a paste as one piece or not at all; nothing is submitted.
    ///
    /// # Errors
    /// What the field does not take, or that line ends around it were left out.
    pub(in crate::tui) fn paste(&mut self, text: &str) -> Result<(), InputNews> {
        self.focused_mut().map_or(Ok(()), |field| field.paste(text))
    }

    /// Moves the mark in a list. Answers false when there was no line to go to.
    pub(in crate::tui) fn mark(&mut self, choices: &[Choice], to: impl Fn(usize) -> Option<usize>) -> bool {
        let Some(field) = self.focused_mut() else { return false };
        let at = marked_at(field, choices);
        let next = match at {
            Some(at) => to(at),
            // Above the first line of suggestions is the typed text itself.
            None => to(0).map(|_| 0),
        };
        let choice = next.and_then(|next| choices.get(next.min(choices.len().saturating_sub(1))));
        field.marked = choice.map(|choice| choice.value.clone());
        field.marked.is_some()
    }

    /// Leaves the list without choosing.
    pub(in crate::tui) fn unmark(&mut self) {
        if let Some(field) = self.focused_mut() {
            field.marked = None;
        }
    }

    /// Takes a line of the list.
    pub(in crate::tui) fn take(&mut self, choice: Choice) {
        if let Some((field_id, text)) = &choice.also
            && let Some(other) = self.field_mut(*field_id)
        {
            other.fill(text);
        }
        if let Some(field) = self.focused_mut() {
            field.marked = None;
            field.touched = true;
            field.input.reset();
            if field.entry == Entry::Picked || choice.value.is_empty() {
                field.chosen = Some(choice);
            } else {
                field.fill(&choice.value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(value: &str, closed: bool) -> Choice {
        Choice {
            value: value.into(),
            also: None,
            name: value.to_owned(),
            label: String::new(),
            about: String::new(),
            closed: closed.then(String::new),
        }
    }

    fn form() -> Form {
        let fields = vec![
            Field::new(FieldId::Coin, Entry::Picked),
            Field::new(FieldId::Memo, Entry::Fixed),
            Field::new(FieldId::Amount, Entry::Typed(4)),
        ];
        Form::new(FormKind::Withdraw, fields)
    }

    #[test]
    fn focus_skips_fixed_fields_and_ends_on_the_button() {
        let mut form = form();
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(form.focused().map(|f| f.field_id));
            form.step(true);
        }
        assert_eq!(seen, [Some(FieldId::Coin), Some(FieldId::Amount), None, Some(FieldId::Coin)]);
        form.step(false);
        assert_eq!(form.focused().map(|f| f.field_id), Some(FieldId::Coin));
    }

    #[test]
    fn a_paste_is_taken_whole_or_not_at_all() {
        let mut form = form();
        form.focus_on(FieldId::Amount);
        for text in ["1\r\n2", "1\t2", "1\u{202e}2", "1\u{1b}2", "12345"] {
            assert!(form.paste(text).is_err_and(InputNews::is_refusal), "{text:?}");
            assert_eq!((form.value(FieldId::Amount), form.is_changed()), ("", false));
        }
        assert_eq!(form.paste("\n12\r\n"), Err(InputNews::LeftOut));
        assert_eq!(form.paste("34"), Ok(()));
        assert!(form.edit(InputRequest::InsertChar('5')).is_err());
        assert!(form.paste("5").is_err());
        assert_eq!(form.value(FieldId::Amount), "1234");
        assert!(form.is_changed());
    }

    #[test]
    fn a_refused_paste_leaves_what_was_chosen() {
        let mut form = form();
        form.take(choice("TRX", false));
        for text in ["B\nTC", "\u{200b}", "\n"] {
            assert!(form.paste(text).is_err(), "{text:?}");
            assert_eq!(form.value(FieldId::Coin), "TRX");
        }
        assert!(form.edit(InputRequest::InsertChar('\u{200b}')).is_err());
        assert!(form.focused().unwrap().chosen().is_some());
        form.paste("BTC").unwrap();
        assert_eq!((form.value(FieldId::Coin), form.focused().unwrap().chosen()), ("BTC", None));
    }

    #[test]
    fn what_was_chosen_is_replaced_as_a_whole_by_typing() {
        let mut form = form();
        form.take(choice("TRX", false));
        assert_eq!(form.value(FieldId::Coin), "TRX");
        form.edit(InputRequest::InsertChar('B')).unwrap();
        assert_eq!((form.value(FieldId::Coin), form.focused().unwrap().chosen()), ("B", None));
    }

    #[test]
    fn the_mark_stays_with_its_line_when_the_list_changes() {
        let mut form = form();
        let list = [choice("A", false), choice("B", true), choice("C", false)];
        assert!(form.mark(&list, |at| Some(at + 2)));
        let shorter = [choice("C", false), choice("Z", false)];
        assert_eq!(marked_at(form.focused().unwrap(), &shorter), Some(0));
        assert_eq!(marked_at(form.focused().unwrap(), &list), Some(2));
    }
}
