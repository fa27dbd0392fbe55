//! What the help says: every binding, grouped by who listens, what listens now first, in as many columns as there is room
//! for.

use super::{State, line_input};
use crate::domain::locale::Lang;
use crate::domain::text_width::wrap;
use crate::engine::config::keymap::{Action, Binding, Chord, Context};
use crossterm::event::KeyEvent;
use tui_input::Input;
use tui_input::backend::crossterm::to_input_request;

/// From this width on, help stands in two columns.
pub(in crate::tui) const TWO_COLUMNS: u16 = 76;

/// Screen columns for the keys.
pub const KEYS: u16 = 14;

/// Who listens, in the order of the help, with the catalogue key of the name.
pub(in crate::tui) const GROUPS: [(&str, Context); 20] = [
    ("context.table", Context::Table),
    ("context.detail", Context::Detail),
    ("context.filter", Context::Filter),
    ("context.places", Context::Places),
    ("context.address", Context::Address),
    ("context.form", Context::Form),
    ("context.picker", Context::Picker),
    ("context.ask", Context::Ask),
    ("context.review", Context::Review),
    ("context.word", Context::Word),
    ("context.outcome", Context::Outcome),
    ("context.ledger", Context::Ledger),
    ("context.profiles", Context::Profiles),
    ("context.note", Context::Note),
    ("context.pending", Context::Pending),
    ("context.events", Context::Events),
    ("context.figures", Context::Figures),
    ("context.export", Context::Export),
    ("context.doctor", Context::Doctor),
    ("context.lock", Context::Lock),
];

/// How far the help is scrolled, and what is looked for in it.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// Lines above the window.
    pub offset: usize,
    /// What is typed; only entries with it stand there.
    pub search: Input,
}

impl Help {
    /// True while something is looked for.
    pub fn is_searched(&self) -> bool {
        !self.search.value().trim().is_empty()
    }
}

/// One line of a column of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpLine {
    /// The name of a group: a catalogue key.
    Head(&'static str),
    /// Keys and what they ask for; without keys the words go on from the line before.
    Keys(String, String),
    /// Nothing, between groups.
    Blank,
}

/// What moves money comes first, what only moves the eye last.
const fn place_in_help(action: Action) -> u8 {
    use Action as A;
    match action {
        A::Withdraw | A::Transfer | A::Move | A::Deposit | A::Cancel | A::Orders | A::Pending | A::Events => 0,
        A::Up
        | A::Down
        | A::PageUp
        | A::PageDown
        | A::First
        | A::Last
        | A::Balances
        | A::Deposits
        | A::Withdrawals
        | A::Transfers
        | A::NextTab
        | A::PreviousTab => 2,
        A::Repaint | A::Suspend => 3,
        _ => 1,
    }
}

/// The shortest word for an action, as the footer has it.
pub(in crate::tui) fn short_word(action: Action, lang: Lang) -> &'static str {
    let name: &'static str = action.into();
    lang.find(&format!("view.footer.{name}")).or_else(|| lang.find(&action.text_key())).unwrap_or(name)
}

impl State {
    /// One group. What a key does in the tables too is not said again elsewhere, but where the keys are now.
    pub(in crate::tui) fn help_group(
        &self,
        name: &'static str,
        context: Context,
        here: Context,
        width: u16,
    ) -> Vec<HelpLine> {
        let is_full = context == here || context == Context::Table;
        let is_told = |found: &Binding| !is_full && found.contexts.contains(&Context::Table);
        let mut actions: Vec<(Action, Vec<Chord>)> = Vec::new();
        for binding in self.keymap().of(context).filter(|binding| !is_told(binding)) {
            match actions.iter_mut().find(|(known, _)| *known == binding.action) {
                Some((_, known)) => known.extend(&binding.chords),
                None => actions.push((binding.action, binding.chords.clone())),
            }
        }
        actions.sort_by_key(|(action, _)| place_in_help(*action));
        let room = usize::from(width.saturating_sub(KEYS.min(width / 2) + 4));
        let lines = actions.into_iter().flat_map(|(action, chords)| {
            let keys = chords.into_iter().map(Chord::label).collect::<Vec<_>>().join(" ");
            let said = self.lang().find(&action.text_key()).unwrap_or_default();
            let short = short_word(action, self.lang());
            let words = if self.is_found(name, &keys, &[said, short]) { wrap(said, room) } else { Vec::new() };
            let mut keys = Some(keys);
            words.into_iter().map(move |words| HelpLine::Keys(keys.take().unwrap_or_default(), words))
        });
        std::iter::once(HelpLine::Head(name)).chain(lines).collect()
    }

    /// Whether an entry has what is looked for: in its words, the footer's or its group's, or as one of its keys.
    fn is_found(&self, group: &'static str, keys: &str, said: &[&str]) -> bool {
        let sought = self.help.search.value().trim().to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&sought);
        let is_key = |sought: &str| keys.split(' ').any(|key| key == sought);
        sought.is_empty()
            || said.iter().any(|said| holds(said))
            || holds(self.lang().t(group))
            || is_key(self.help.search.value().trim())
    }

    /// Whether the search has a line: while it is typed, and while something is looked for.
    pub fn has_help_search(&self) -> bool {
        self.context == Context::Search || self.help.is_searched()
    }

    /// How many lines of it are seen at once: its page less a frame where there is room for one, and less the search where
    /// there is none.
    pub fn help_height(&self) -> usize {
        let layout = self.page_layout();
        let taken = if layout.small { u16::from(self.has_help_search()) } else { 2 };
        usize::from(layout.page.height.saturating_sub(taken))
    }

    /// A key that is typed into the search of the help.
    pub(in crate::tui) fn type_in_help(&mut self, key: KeyEvent) {
        if let Some(request) = to_input_request(&crossterm::event::Event::Key(key)) {
            self.help.offset = 0;
            let done = line_input::edit(&mut self.help.search, request, line_input::FILTER_LIMIT);
            self.toast_input(done);
        }
    }

    /// A paste into the search of the help.
    pub(in crate::tui) fn paste_in_help(&mut self, text: &str) {
        self.help.offset = 0;
        let done = line_input::paste(&mut self.help.search, text, line_input::FILTER_LIMIT);
        self.toast_input(done);
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn help_has_a_group_for_whoever_listens() {
        for context in Context::iter().filter(|context| !context.is_help()) {
            assert!(GROUPS.iter().any(|(_, group)| *group == context), "{context:?}");
        }
    }
}
