//! Everything that is under way, from all tables: what is not final, oldest first.

use super::{App, Modal};
use crate::app::message::Effect;
use crate::domain::{Record, RecordKey};
use crate::keymap::Action;

impl App {
    /// The records that are not final, oldest first; what has no time comes before what has.
    pub fn pending_records(&self) -> Vec<&Record> {
        let mut open: Vec<&Record> = self.all_records().filter(|record| !record.status.is_final()).collect();
        open.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.key.cmp(&b.key)));
        open
    }

    /// Which line of the list is marked: the first one until another is, or once the marked record is final.
    pub fn pending_marked(&self, marked: Option<&RecordKey>) -> usize {
        let at = |key: &RecordKey| self.pending_records().iter().position(|record| record.key == *key);
        marked.and_then(at).unwrap_or(0)
    }

    /// The record that a key is about: the marked one of the list, or the selected one of the table.
    pub fn marked_record(&self) -> Option<&Record> {
        match self.modal() {
            Some(Modal::Pending(marked)) => self.pending_records().get(self.pending_marked(marked.as_ref())).copied(),
            _ => self.selected_record(),
        }
    }

    /// Opens the list.
    pub(in crate::app) fn open_pending(&mut self) -> Vec<Effect> {
        self.modal = Some(Modal::Pending(None));
        Vec::new()
    }

    pub(super) fn act_in_pending(&mut self, marked: Option<&RecordKey>, action: Action) -> Vec<Effect> {
        let records = self.pending_records();
        let (at, last) = (self.pending_marked(marked), records.len().saturating_sub(1));
        let page = usize::from(self.list_height()).saturating_sub(1).max(1);
        let to = match action {
            Action::Back => return Vec::new(),
            Action::Up => at.saturating_sub(1),
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::First => 0,
            Action::Last => last,
            _ => at,
        };
        let key = records.get(to.min(last)).map(|record| record.key.clone());
        self.modal = Some(Modal::Pending(key.clone()));
        let Some(key) = key else { return Vec::new() };
        match action {
            Action::Detail => self.show_record(&key).unwrap_or_default(),
            Action::Partner => self.find_order(key),
            Action::Cancel => {
                // What is taken back is the row that is marked in its table.
                let mut effects = self.show_record(&key).unwrap_or_default();
                effects.extend(self.open_cancel());
                effects
            }
            _ => Vec::new(),
        }
    }
}
