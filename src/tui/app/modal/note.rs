//! The user's own note on a record: a line that stays in the ledger of this machine and goes nowhere else.

use tui_input::Input;

use super::{App, Modal};
use crate::domain::{RecordKey, UntrustedText};
use crate::engine::config::keymap::Action;
use crate::tui::effect::Effect;
use crate::tui::state::State;

/// The most characters of a note.
pub const LONGEST: usize = 200;

/// A note that is being written.
#[derive(Debug, Clone)]
pub struct NoteForm {
    /// The record that it is about.
    pub key: RecordKey,
    /// What is typed.
    pub input: Input,
}

impl State {
    /// The note on a record.
    pub fn note(&self, key: &RecordKey) -> Option<&UntrustedText> {
        self.notes.get(key)
    }
}

impl App {
    /// Opens the note of the selected record.
    pub(in crate::tui) fn open_note(&mut self) -> Vec<Effect> {
        let Some(key) = self.state.selected_record().map(|record| record.key.clone()) else {
            self.state.toast(self.state.lang().t("note.no_record").to_owned(), false);
            return Vec::new();
        };
        if self.state.is_hidden() {
            self.state.toast(self.state.lang().t("note.hidden").to_owned(), false);
            return Vec::new();
        }
        // Without a ledger there is no place to keep it.
        if self.state.history.is_none() {
            self.state.toast(self.state.lang().t("note.no_ledger").to_owned(), true);
            return Vec::new();
        }
        let input = Input::new(self.state.note(&key).map_or_else(String::new, |note| note.raw().to_owned()));
        self.modal = Some(Modal::Note(Box::new(NoteForm { key, input })));
        Vec::new()
    }

    pub(super) fn act_in_note(&mut self, form: Box<NoteForm>, action: Action) -> Vec<Effect> {
        match action {
            Action::Back => Vec::new(),
            Action::KeepNote => {
                let text = Some(form.input.value()).filter(|text| !text.trim().is_empty()).map(UntrustedText::from);
                vec![Effect::KeepNote(form.key, text)]
            }
            _ => {
                self.modal = Some(Modal::Note(form));
                Vec::new()
            }
        }
    }

    /// The ledger has taken a note, or not: then what was typed is there again.
    pub(in crate::tui) fn noted(&mut self, key: RecordKey, text: Option<UntrustedText>, failed: Option<&str>) {
        if let Some(why) = failed {
            self.state.toast(self.state.lang().fill("note.failed", &[("why", why)]), true);
            if self.modal.is_none() {
                let input = Input::new(text.map_or_else(String::new, |text| text.raw().to_owned()));
                self.modal = Some(Modal::Note(Box::new(NoteForm { key, input })));
            }
            return;
        }
        // The word that it could not be kept is not true any more.
        self.state.drop_page_news();
        match text {
            Some(text) => drop(self.state.notes.insert(key, text)),
            None => drop(self.state.notes.remove(&key)),
        }
        self.state.take_records();
    }
}
