//! The help for whoever has the keys.

use super::App;
use crate::engine::config::keymap::Context;
use crate::tui::state::help::{GROUPS, HelpLine, TWO_COLUMNS};

impl App {
    /// The columns of the help, each from its first line.
    pub fn help_columns(&self) -> Vec<Vec<HelpLine>> {
        let here = self.behind_help();
        let wide = self.state.page_layout().whole.width;
        let columns = if wide >= TWO_COLUMNS { 2 } else { 1 };
        let group =
            |(name, context): &(&'static str, Context)| self.state.help_group(name, *context, here, wide / columns);
        let (first, others): (Vec<_>, Vec<_>) = GROUPS.iter().partition(|(_, context)| *context == here);
        let others = others.into_iter().map(group).filter(|lines| lines.len() > 1);
        let mut first: Vec<Vec<HelpLine>> = first.into_iter().map(group).filter(|lines| lines.len() > 1).collect();
        let mut rest: Vec<Vec<HelpLine>> = others.collect();
        if columns == 1 {
            first.append(&mut rest);
            return vec![first.join(&HelpLine::Blank)];
        }
        // Beside the long groups the short ones.
        if first.is_empty() || here != Context::Table {
            first.extend((!rest.is_empty()).then(|| rest.remove(0)));
        }
        vec![first.join(&HelpLine::Blank), rest.join(&HelpLine::Blank)]
    }

    /// How many lines the help has.
    pub fn help_lines(&self) -> usize {
        self.help_columns().iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The first line at which the end is in sight.
    pub(super) fn help_last(&self) -> usize {
        self.help_lines().saturating_sub(self.state.help_height())
    }
}
