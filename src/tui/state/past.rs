//! The history before the newest page: read page by page until its beginning or a limit, and never let go again.
//!
//! One reply holds 100 rows of two kinds together (`reference.md §7.4`); a table made of the newest page alone would have
//! holes that nobody sees.

use std::collections::HashMap;

use super::remote::Remote;
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::records::RecordHead;
use crate::domain::{Millis, Record, RecordKey, Records};

/// No more records than this are held for each way; what is older is said, not shown.
const MOST: usize = 2_000;
/// Milliseconds between two readings of what is pending beyond the newest page.
const AGAIN_EVERY: i64 = 60_000;

/// What is known of one way's history before its newest page.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct Past {
    pub(in crate::tui) asking: Remote<()>,
    /// How far the reading backwards has come.
    reach: Reach,
    /// The oldest moment of the newest page, when that was full.
    page_begins: Option<Millis>,
    /// Counts the readings of what is pending, so that each has its turn.
    turn: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Reach {
    /// Nothing is missing.
    #[default]
    Whole,
    /// What is older than this, or as old, has not been read yet.
    From(Millis),
    /// What is older cannot be read: more rows of one second than a page holds, or rows without a time.
    Stuck,
}

impl Past {
    /// Takes a newest page beside what was known before.
    pub(in crate::tui) fn newest(&mut self, page: &[Record], known: Option<&Records>) {
        if !is_full(page) {
            // All that there is fits into it.
            (self.reach, self.page_begins) = (Reach::Whole, None);
            return;
        }
        self.page_begins = oldest(page);
        if known.is_none_or(|known| known.places(page.iter().map(|r| &r.key)).is_empty()) {
            self.reach = self.page_begins.map_or(Reach::Stuck, Reach::From);
        }
    }

    /// Takes an older page that was asked for up to `end`; `news` says whether it brought a record not held before.
    pub(in crate::tui) fn older(&mut self, end: Millis, page: &[Record], news: bool) {
        if self.reach != Reach::From(end) {
            return;
        }
        self.reach = match oldest(page) {
            _ if !is_full(page) => Reach::Whole,
            Some(at) if news && at < end => Reach::From(at),
            _ => Reach::Stuck,
        };
    }

    /// The moment up to which to ask next: to go further back, or for what is pending beyond the newest page.
    pub(in crate::tui) fn next(
        &mut self,
        held: Option<&Records>,
        now: Millis,
        due: impl Fn(&Remote<()>, i64) -> bool,
    ) -> Option<Millis> {
        let held = held?;
        match self.reach {
            Reach::From(end) if held.len() < MOST && due(&self.asking, 0) => return Some(end),
            _ => {}
        }
        let begins = self.page_begins?;
        let is_behind = |r: &RecordHead| !r.status.is_final() && r.time.is_some_and(|t| t < begins && t <= now);
        let waiting: Vec<Millis> = held.heads().filter(is_behind).filter_map(|r| r.time).collect();
        if waiting.is_empty() || !due(&self.asking, AGAIN_EVERY) {
            return None;
        }
        self.turn = self.turn.wrapping_add(1);
        // Times are whole seconds, and the bound may or may not count itself.
        waiting.get(self.turn % waiting.len()).map(|at| at.plus(999))
    }

    /// True when older records exist that are not held.
    pub(in crate::tui) fn is_cut(&self) -> bool {
        self.reach != Reach::Whole
    }
}

/// What came of merging records into others.
#[derive(Debug, Default)]
pub(in crate::tui) struct Merged {
    /// Whether anything is new.
    pub is_changed: bool,
    /// Records that came beside another one under the same key.
    pub same_id: Vec<RecordKey>,
}

/// Merges records into those that are held. They are newer than what is held and win, but for one that cannot be the same: it
/// stands beside the one that is held.
pub(in crate::tui) fn merge(held: &mut Records, records: Vec<Record>) -> Merged {
    let mut places: HashMap<RecordKey, Vec<usize>> =
        held.all_places(records.iter().map(|r| &r.key)).into_iter().map(|(key, at)| (key.clone(), at)).collect();
    let mut merged = Merged::default();
    for record in records {
        let known = places.entry(record.key.clone()).or_default();
        let same =
            known.iter().filter_map(|at| Some((*at, held.get(*at)?))).find(|(_, held)| !held.is_another(&record));
        match same {
            Some((_, same)) if same == record => {}
            // Of two that came together the later one wins.
            Some((at, _)) => {
                held.replace(at, &record);
                merged.is_changed = true;
            }
            None => {
                if !known.is_empty() {
                    merged.same_id.push(record.key.clone());
                }
                held.push(&record);
                known.push(held.len() - 1);
                merged.is_changed = true;
            }
        }
    }
    merged
}

fn is_full(page: &[Record]) -> bool {
    page.len() >= PAGE_LIMIT as usize
}

fn oldest(page: &[Record]) -> Option<Millis> {
    page.iter().filter_map(|r| r.time).min()
}
