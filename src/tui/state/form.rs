//! A form: fields that are filled in by typing or by choosing, one of which has the focus. It knows neither coins nor rules;
//! what can be chosen and what is wrong is told by `tui/dialogs/form.rs` and by the file of the form's kind.

use tui_input::{Input, InputRequest};

use super::line_input::{self, InputNews};
use crate::domain::rules::Field as RuleField;
use crate::domain::{UntrustedText, line};
use crate::engine::explain::Explanation;

/// What a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FieldId {
    /// The coin.
    Coin,
    /// The network.
    Network,
    /// The address.
    Address,
    /// The memo.
    Memo,
    /// In which way the receiver is named.
    ReceiverBy,
    /// The receiver's user id.
    Uid,
    /// The receiver's country code.
    CountryCode,
    /// The receiver's telephone number.
    Number,
    /// The receiver's e-mail.
    Email,
    /// Which way a move goes.
    Direction,
    /// The amount.
    Amount,
    /// The remark.
    Remark,
    /// The record that is to be taken back.
    Record,
}

impl FieldId {
    /// The field of the rules whose faults stand under it.
    pub const fn rule(self) -> RuleField {
        match self {
            Self::Coin => RuleField::Coin,
            Self::Network => RuleField::Network,
            Self::Address => RuleField::Address,
            Self::Memo => RuleField::Memo,
            Self::Uid => RuleField::Uid,
            Self::CountryCode => RuleField::CountryCode,
            Self::Number => RuleField::Number,
            Self::Email => RuleField::Email,
            Self::Amount => RuleField::Amount,
            Self::Remark => RuleField::Remark,
            Self::ReceiverBy | Self::Direction | Self::Record => RuleField::Form,
        }
    }

    /// The catalogue key of its name.
    pub fn label_key(self) -> String {
        format!("form.field.{}", <&str>::from(self))
    }
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Typed, at most so many characters.
    Typed(usize),
    /// Typed, at most so many characters, or taken from a list.
    Suggested(usize),
    /// Chosen from a list, which typing narrows.
    Picked,
    /// Not to be filled in at all: the focus passes it by.
    Fixed,
    /// Not asked for now and not shown; it keeps what was typed in case it is asked for again.
    Hidden,
}

impl Entry {
    /// True when there is something to fill in.
    pub const fn is_asked(self) -> bool {
        !matches!(self, Self::Fixed | Self::Hidden)
    }
}

/// The most characters that narrow a list.
const FILTER_LIMIT: usize = 64;

/// One line of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What choosing it fills in, exactly.
    pub value: UntrustedText,
    /// What else it fills in: another field of the form.
    pub also: Option<(FieldId, UntrustedText)>,
    /// What is read first.
    pub name: String,
    /// What is read then.
    pub about: String,
    /// Why it cannot be chosen.
    pub closed: Option<String>,
}

/// One field.
#[derive(Debug, Clone)]
pub struct Field {
    /// What it asks for.
    pub field_id: FieldId,
    /// How it is filled in.
    pub entry: Entry,
    input: Input,
    chosen: Option<Choice>,
    /// The marked line of the list, by its value.
    marked: Option<UntrustedText>,
    /// True once it was edited or left: from then on its faults are shown.
    touched: bool,
    /// True once it was left with something in it: from then on what is unfinished in it is a fault to be shown.
    left: bool,
    /// What it held when the form was opened.
    start: UntrustedText,
}

impl Field {
    /// An empty field.
    pub fn new(field_id: FieldId, entry: Entry) -> Self {
        Self {
            field_id,
            entry,
            input: Input::default(),
            chosen: None,
            marked: None,
            touched: false,
            left: false,
            start: UntrustedText::default(),
        }
    }

    /// The field holding a text from the start.
    #[must_use]
    pub fn holding(mut self, text: &UntrustedText) -> Self {
        self.fill(text);
        self.start = text.clone();
        self
    }

    /// The field with one line of its list chosen from the start.
    #[must_use]
    pub fn choosing(mut self, choice: Choice) -> Self {
        self.start = choice.value.clone();
        self.chosen = Some(choice);
        self
    }

    /// What it holds: what was chosen, else what was typed.
    pub fn value(&self) -> &str {
        self.chosen.as_ref().map_or(self.input.value(), |choice| choice.value.raw())
    }

    /// What was chosen from the list, if that is what it holds.
    pub const fn chosen(&self) -> Option<&Choice> {
        self.chosen.as_ref()
    }

    /// What is being typed, with its cursor.
    pub const fn input(&self) -> &Input {
        &self.input
    }

    /// What narrows the list.
    pub fn filter(&self) -> &str {
        if self.chosen.is_some() { "" } else { self.input.value() }
    }

    /// The marked line of the list, by its value.
    pub const fn marked(&self) -> Option<&UntrustedText> {
        self.marked.as_ref()
    }

    /// True once its faults are to be shown.
    pub const fn is_touched(&self) -> bool {
        self.touched
    }

    /// True once what is unfinished in it is to be shown even while it has the focus.
    pub const fn is_left(&self) -> bool {
        self.left
    }

    /// True when it holds something that was not there at the start; what was emptied is nothing to keep.
    pub fn is_changed(&self) -> bool {
        (self.value() != self.start.raw() && !self.value().is_empty())
            || self.chosen.as_ref().is_some_and(|c| c.value.is_empty())
    }

    /// Takes a line of its list.
    pub(in crate::tui) fn choose(&mut self, choice: Choice) {
        self.clear();
        self.chosen = Some(choice);
    }

    pub(in crate::tui) fn limit(&self) -> usize {
        match self.entry {
            Entry::Typed(limit) | Entry::Suggested(limit) => limit,
            Entry::Picked => FILTER_LIMIT,
            Entry::Fixed | Entry::Hidden => 0,
        }
    }

    /// Replaces what it holds by a text.
    pub fn fill(&mut self, text: &UntrustedText) {
        self.chosen = None;
        self.marked = None;
        self.input = Input::new(text.raw().to_owned());
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.fill(&UntrustedText::default());
    }

    pub(in crate::tui) fn edit(&mut self, request: InputRequest) -> Result<(), InputNews> {
        use InputRequest as R;
        let changes = matches!(
            request,
            R::InsertChar(_)
                | R::Yank
                | R::DeletePrevChar
                | R::DeleteNextChar
                | R::DeletePrevWord
                | R::DeleteNextWord
                | R::DeleteLine
                | R::DeleteTillEnd
        );
        self.change(changes, |input, room| line_input::edit(input, request, room))
    }

    pub(in crate::tui) fn paste(&mut self, text: &str) -> Result<(), InputNews> {
        let is_nothing = line::without_edges(text).is_empty();
        self.change(!is_nothing, |input, room| line_input::paste(input, text, room))
    }

    /// Changes what is typed, or the place in it. What was chosen is replaced as a whole, as if it were selected; what is refused
    /// leaves it as it was.
    pub(in crate::tui) fn change(
        &mut self,
        replaces: bool,
        change: impl FnOnce(&mut Input, usize) -> Result<(), InputNews>,
    ) -> Result<(), InputNews> {
        if !self.entry.is_asked() {
            return Ok(());
        }
        let mut input = if self.chosen.is_some() { Input::default() } else { self.input.clone() };
        let done = change(&mut input, self.limit());
        if done.is_err_and(InputNews::is_refusal) {
            return done;
        }
        if replaces {
            self.chosen = None;
        }
        self.left &= !input.value().is_empty();
        (self.input, self.marked, self.touched) = (input, None, true);
        done
    }
}

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
    /// True while the user is asked whether what was typed may be lost.
    pub is_asking: bool,
}

impl Form {
    /// A form with the focus on its first field that still needs something.
    pub fn new(kind: FormKind, fields: Vec<Field>) -> Self {
        let focus = fields.iter().position(|f| f.entry.is_asked() && f.value().is_empty()).unwrap_or(0);
        Self { kind, fields, focus, said: None, is_asking: false }
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

/// The marked line: where one must be chosen, the first one until another is marked.
pub fn marked_at(field: &Field, choices: &[Choice]) -> Option<usize> {
    let marked = field.marked.as_ref().or_else(|| field.chosen.as_ref().map(|c| &c.value));
    let found = marked.and_then(|value| choices.iter().position(|c| c.value == *value));
    found.or_else(|| (field.entry == Entry::Picked && !choices.is_empty()).then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(value: &str, closed: bool) -> Choice {
        Choice {
            value: value.into(),
            also: None,
            name: value.to_owned(),
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
