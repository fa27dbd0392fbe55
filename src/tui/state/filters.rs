//! Filters that were saved: walked through while a filter is typed, kept in the ledger.

use super::State;
use crate::domain::UntrustedText;
use crate::tui::effect::Effect;

impl State {
    /// The saved filters, newest first.
    pub fn saved_filters(&self) -> &[String] {
        &self.filters
    }

    /// True when the filter of the table on the screen is saved.
    pub fn is_filter_saved(&self) -> bool {
        self.filters.iter().any(|saved| saved == self.table().filter().value().trim())
    }

    /// Saves the filter that is typed, or saves it no more.
    pub(in crate::tui) fn save_filter(&mut self) -> Vec<Effect> {
        let words = self.table().filter().value().trim().to_owned();
        // What is not understood is explained where it stands, and is nothing to come back to.
        if words.is_empty() || !self.is_filter_saved() && !self.wrong_terms().is_empty() {
            return Vec::new();
        }
        if self.history.is_none() {
            self.toast(self.lang().t("note.no_ledger").to_owned(), true);
            return Vec::new();
        }
        vec![Effect::SaveFilter { keep: !self.is_filter_saved(), words }]
    }

    /// Puts a saved filter in the place of what is typed: the one before or behind the one that stands there. Behind the newest
    /// stands again what was typed.
    pub(in crate::tui) fn walk_filters(&mut self, is_older: bool) {
        let here = self.table().filter().value().trim().to_owned();
        let at = self.filters.iter().position(|saved| *saved == here);
        let words = match (at, is_older) {
            (None, true) => {
                let Some(newest) = self.filters.first().cloned() else { return };
                self.typed_filter = here;
                newest
            }
            (None, false) => return,
            (Some(0), false) => std::mem::take(&mut self.typed_filter),
            (Some(at), true) => self.filters.get(at + 1).cloned().unwrap_or(here),
            (Some(at), false) => self.filters.get(at - 1).cloned().unwrap_or_default(),
        };
        self.edit_filter(|typed| *typed = tui_input::Input::new(words));
    }

    /// The saved filters as they are in the ledger now, or why they cannot be written there.
    pub(in crate::tui) fn filters_saved(&mut self, found: Result<Vec<String>, UntrustedText>) {
        match found {
            Ok(filters) => self.filters = filters,
            Err(why) => self.toast(self.lang().fill("note.failed", &[("why", &why.shown())]), true),
        }
    }
}
