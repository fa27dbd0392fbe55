//! A field of a form: what it asks for, how it is filled in, and what it holds.

use tui_input::{Input, InputRequest};

use crate::domain::rules::Field as RuleField;
use crate::domain::{UntrustedText, line};
use crate::tui::state::line_input::{self, InputNews};

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
    /// The receiver: a user id, a telephone number or an e-mail.
    To,
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
            Self::To => RuleField::To,
            Self::Amount => RuleField::Amount,
            Self::Remark => RuleField::Remark,
            Self::Direction | Self::Record => RuleField::Form,
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
}

impl Entry {
    /// True when there is something to fill in.
    pub const fn is_asked(self) -> bool {
        !matches!(self, Self::Fixed)
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
    /// What the user calls it; empty where it has no such name.
    pub label: String,
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
    pub(super) input: Input,
    pub(super) chosen: Option<Choice>,
    /// The marked line of the list, by its value.
    pub(super) marked: Option<UntrustedText>,
    /// True once it was edited or left: from then on its faults are shown.
    pub(super) touched: bool,
    /// True once it was left with something in it: from then on what is unfinished in it is a fault to be shown.
    pub(super) left: bool,
    /// What it held when the form was opened.
    pub(super) start: UntrustedText,
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
            Entry::Fixed => 0,
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

/// The marked line: where one must be chosen, the first one until another is marked.
pub fn marked_at(field: &Field, choices: &[Choice]) -> Option<usize> {
    let marked = field.marked.as_ref().or_else(|| field.chosen.as_ref().map(|c| &c.value));
    let found = marked.and_then(|value| choices.iter().position(|c| c.value == *value));
    found.or_else(|| (field.entry == Entry::Picked && !choices.is_empty()).then_some(0))
}
