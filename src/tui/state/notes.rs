//! The user's own notes on records.

use super::State;
use crate::domain::{RecordKey, UntrustedText};

impl State {
    /// The note on a record.
    pub fn note(&self, key: &RecordKey) -> Option<&UntrustedText> {
        self.notes.get(key)
    }

    /// The ledger holds this note now.
    pub(in crate::tui) fn keep_note(&mut self, key: &RecordKey, text: Option<UntrustedText>) {
        // The word that it could not be kept is not true any more.
        self.drop_page_news();
        match text {
            Some(text) => drop(self.notes.insert(key.clone(), text)),
            None => drop(self.notes.remove(key)),
        }
        self.take_records();
    }
}
