//! Everything that is under way, from all tables: what is not final, oldest first.

use super::{App, Modal};
use crate::domain::{Record, RecordKey};
use crate::engine::config::keymap::Action;
use crate::tui::effect::Effect;
use crate::tui::state::State;

impl State {
    /// The records that are not final, oldest first; what has no time comes before what has.
    pub fn pending_records(&self) -> Vec<Record> {
        let mut open: Vec<Record> = self.open.iter().filter_map(|at| self.record_at(*at)).collect();
        open.retain(|record| !record.status.is_final());
        open.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.key.cmp(&b.key)));
        open
    }

    /// Which line of the list is marked; `None` once the marked record is final: no other takes its place unasked.
    pub fn pending_marked(&self, marked: Option<&RecordKey>) -> Option<usize> {
        let wanted = marked?;
        self.pending_records().iter().position(|record| record.key == *wanted)
    }
}

impl App {
    /// The record that a key is about: the marked one of the list, or the selected one of the table.
    pub fn marked_record(&self) -> Option<Record> {
        match self.modal() {
            Some(Modal::Pending(marked)) => {
                self.state.pending_records().into_iter().find(|record| Some(&record.key) == marked.as_ref())
            }
            _ => self.state.selected_record(),
        }
    }

    /// Opens the list.
    pub(in crate::tui) fn open_pending(&mut self) -> Vec<Effect> {
        self.modal = Some(Modal::Pending(self.state.pending_records().first().map(|record| record.key.clone())));
        Vec::new()
    }

    pub(super) fn act_in_pending(&mut self, marked: Option<&RecordKey>, action: Action) -> Vec<Effect> {
        let records = self.state.pending_records();
        let (here, last) = (self.state.pending_marked(marked), records.len().saturating_sub(1));
        let page = usize::from(self.state.list_height()).saturating_sub(1).max(1);
        let at = here.unwrap_or(0);
        let to = match action {
            Action::Back => return Vec::new(),
            Action::Up => at.saturating_sub(1),
            Action::Down if here.is_none() => 0,
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::First => 0,
            Action::Last => last,
            _ => {
                self.modal = Some(Modal::Pending(marked.cloned()));
                return self.act_on_pending(marked.filter(|_| here.is_some()).cloned(), action);
            }
        };
        self.modal = Some(Modal::Pending(records.get(to.min(last)).map(|record| record.key.clone())));
        Vec::new()
    }

    /// What a key does with the marked record.
    fn act_on_pending(&mut self, key: Option<RecordKey>, action: Action) -> Vec<Effect> {
        if !matches!(action, Action::Detail | Action::Partner | Action::Cancel) {
            return Vec::new();
        }
        let Some(key) = key else {
            self.state.toast(self.state.lang().t("pending.none_marked").to_owned(), false);
            return Vec::new();
        };
        match action {
            Action::Detail => self.show_record(&key).unwrap_or_default(),
            Action::Partner => self.state.find_order(key),
            _ => {
                // What is taken back is the row that is marked in its table.
                let mut effects = self.show_record(&key).unwrap_or_default();
                if self.state.selected_record().is_some_and(|record| record.key == key) {
                    effects.extend(self.open_cancel());
                }
                effects
            }
        }
    }
}
