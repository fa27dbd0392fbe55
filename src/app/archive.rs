//! What the ledger knows: the last state before any answer of the exchange, and the history that is read into it.

use super::App;
use super::message::{Archived, Kept};
use super::past::merge;
use crate::domain::Millis;

/// How far the ledger knows the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveState {
    /// Whether incoming and outgoing records are known back to the first.
    pub is_whole: [bool; 2],
    /// Records in the ledger, once reading has told.
    pub held: Option<u64>,
    /// The oldest moment that reading has reached, while it is under way.
    pub oldest: Option<Millis>,
    /// True when records came that the tables do not show yet.
    is_dirty: bool,
}

impl App {
    /// How far the ledger knows the history.
    pub const fn archive(&self) -> Option<&ArchiveState> {
        self.archive.as_ref()
    }

    /// Shows what the ledger holds, where nothing newer is on the screen.
    pub(super) fn take_kept(&mut self, kept: Kept) {
        let Kept { records: [incoming, outgoing], read, is_whole, balances } = kept;
        self.archive = Some(ArchiveState { is_whole, ..ArchiveState::default() });
        for (remote, records, at) in [(&mut self.incoming, incoming, read[0]), (&mut self.outgoing, outgoing, read[1])]
        {
            match (remote.value_mut(), at) {
                // The exchange was faster: what it said is newer.
                (Some(held), _) => drop(merge(held, records, false)),
                (None, Some(at)) => remote.set(records, at),
                (None, None) => {}
            }
        }
        if let Some((balances, at)) = balances
            && self.balances.value().is_none()
        {
            self.balances.set(balances, at);
            self.revalue();
        }
        self.take_records();
    }

    /// Takes what was read of the history. The tables follow at the next tick: pages come faster than eyes.
    pub(super) fn take_archived(&mut self, news: Archived) {
        let Archived { way, changed, held, oldest, is_whole } = news;
        let Some(state) = &mut self.archive else { return };
        state.is_whole[way.min(1)] = is_whole;
        (state.held, state.oldest) = (Some(held), oldest.or(state.oldest));
        let remote = if way == 0 { &mut self.incoming } else { &mut self.outgoing };
        if let Some(records) = remote.value_mut() {
            state.is_dirty |= merge(records, changed, true);
        }
    }

    pub(super) fn arrange_archived(&mut self) {
        if let Some(state) = self.archive.as_mut().filter(|state| state.is_dirty) {
            state.is_dirty = false;
            self.take_records();
        }
    }
}
