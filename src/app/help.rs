//! What the help says: every binding, grouped by who listens, in as many columns as there is room for.

use super::App;
use crate::keymap::{Action, Binding, Chord, Context};

/// From this width on, help stands in two columns.
const TWO_COLUMNS: u16 = 76;

/// Who listens while something is ordered.
const ORDERING: [(&str, Context); 7] = [
    ("context.form", Context::Form),
    ("context.picker", Context::Picker),
    ("context.ask", Context::Ask),
    ("context.review", Context::Review),
    ("context.word", Context::Word),
    ("context.outcome", Context::Outcome),
    ("context.ledger", Context::Ledger),
];

/// One line of a column of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpLine {
    /// The name of a group: a catalogue key.
    Head(&'static str),
    /// Keys and what they ask for.
    Keys(String, Action),
    /// Nothing, between groups.
    Blank,
}

impl App {
    /// The columns of the help, each from its first line.
    pub fn help_columns(&self) -> Vec<Vec<HelpLine>> {
        let table = self.help_group("context.table", Context::Table);
        let mut rest = self.help_group("context.detail", Context::Detail);
        rest.push(HelpLine::Blank);
        rest.extend(self.help_group("context.filter", Context::Filter));
        rest.push(HelpLine::Blank);
        rest.extend(self.help_group("context.address", Context::Address));
        for (name, context) in ORDERING {
            rest.push(HelpLine::Blank);
            rest.extend(self.help_group(name, context));
        }
        if self.layout().whole.width >= TWO_COLUMNS {
            return vec![table, rest];
        }
        let mut one = table;
        one.push(HelpLine::Blank);
        one.extend(rest);
        vec![one]
    }

    fn help_group(&self, name: &'static str, context: Context) -> Vec<HelpLine> {
        let mut actions: Vec<(Action, Vec<Chord>)> = Vec::new();
        for Binding { chords, action, .. } in self.keymap().of(context) {
            match actions.iter_mut().find(|(known, _)| known == action) {
                Some((_, known)) => known.extend(chords),
                None => actions.push((*action, chords.clone())),
            }
        }
        let line = |(action, chords): (Action, Vec<Chord>)| {
            let labels: Vec<_> = chords.into_iter().map(Chord::label).collect();
            HelpLine::Keys(labels.join(" "), action)
        };
        [HelpLine::Head(name)].into_iter().chain(actions.into_iter().map(line)).collect()
    }

    /// How many lines the help has.
    pub fn help_lines(&self) -> usize {
        self.help_columns().iter().map(Vec::len).max().unwrap_or(0)
    }

    /// How many lines of it are seen at once: its page less a frame where there is room for one.
    pub fn help_height(&self) -> usize {
        let layout = self.layout();
        usize::from(layout.page.height.saturating_sub(if layout.small { 0 } else { 2 }))
    }

    /// The first line at which the end is in sight.
    pub(super) fn help_last(&self) -> usize {
        self.help_lines().saturating_sub(self.help_height())
    }
}
