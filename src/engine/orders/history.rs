//! The outgoing history as far as an order's end needs it, and whether all of that was seen: "no trace" may only be said of
//! a history that was read whole.

use super::Orders;
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::{Kind, Millis, Order, OutgoingFilter, Problem, Record, UntrustedText};

/// Pages that one reading walks through at the most.
const PAGES: usize = 20;
/// How far before an order its history begins: the clocks need not agree, and records show whole seconds.
const LOOK_BACK_MS: i64 = 120_000;
/// Times count in whole seconds, and whether bounds are inclusive is not documented (`reference.md §7.4`).
const STEP_MS: i64 = 1_000;

/// Records, without doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeHistory {
    /// As far as they were seen.
    pub records: Vec<Record>,
    /// Whether nothing that was asked for can be missing.
    pub is_whole: bool,
}

impl Orders {
    /// All outgoing records of a kind and coin from a little before an order on. A row that cannot be read and says its id
    /// stands there with nothing else told: it may be the order, and the user can say whether it is.
    pub(super) async fn history(
        &self,
        coin: &UntrustedText,
        kind: Kind,
        order: &Order,
    ) -> Result<ExchangeHistory, Problem> {
        let since = order.time.plus(-LOOK_BACK_MS);
        let id = order.id;
        // Where the ledger cannot be read, nothing was seen before.
        let seen = self.with_ledger(move |ledger| ledger.seen_before(id)).await.unwrap_or_default();
        let mut filter = OutgoingFilter {
            coin: Some(coin.clone()),
            kind: Some(kind.clone()),
            start: Some(since),
            ..OutgoingFilter::default()
        };
        let mut walk = Walk::new(since);
        let (mut unread, mut is_all_read) = (Vec::new(), true);
        for _ in 0..PAGES {
            let page = self.client.list_outgoing(&filter).await?;
            for row in &page.left_out {
                match &row.name {
                    _ if row.time.is_some_and(|time| time < since) => {}
                    Some(name) if seen.contains(name) => {}
                    Some(name) => {
                        let told = Record { time: row.time, ..Record::bare(kind.clone(), name.clone(), coin.clone()) };
                        unread.retain(|known: &Record| known.key != told.key);
                        unread.push(told);
                    }
                    // It may be any.
                    None => is_all_read = false,
                }
            }
            match walk.take(page.found, page.left_out.len()) {
                Step::On(end) => filter.end = Some(end),
                Step::Over(is_whole) => {
                    let records = [walk.records, unread].concat();
                    let is_silent = records.is_empty() && is_all_read && self.is_silent_about(coin, &kind).await?;
                    return Ok(ExchangeHistory { records, is_whole: is_whole && is_all_read && !is_silent });
                }
            }
        }
        Ok(ExchangeHistory { records: [walk.records, unread].concat(), is_whole: false })
    }
}

impl Orders {
    /// True when the exchange lists nothing at all of a kind and coin of which the ledger holds records: then its answer is none.
    pub(super) async fn is_silent_about(&self, coin: &UntrustedText, kind: &Kind) -> Result<bool, Problem> {
        let filter = OutgoingFilter { coin: Some(coin.clone()), kind: Some(kind.clone()), ..OutgoingFilter::default() };
        let page = self.client.list_outgoing(&filter).await?;
        Ok(page.found.is_empty() && page.left_out.is_empty() && self.is_known_to_be_listed(coin, kind).await)
    }

    /// Whether the ledger holds records of a kind and coin, which the exchange listed before.
    pub(super) async fn is_known_to_be_listed(&self, coin: &UntrustedText, kind: &Kind) -> bool {
        let (coin, kind) = (coin.clone(), kind.clone());
        let held = self.with_ledger(move |ledger| ledger.is_lister_of(&kind, &coin)).await;
        // Where the ledger cannot be read an empty list proves nothing.
        held.unwrap_or(true)
    }
}

/// A way through pages backwards in time.
struct Walk {
    since: Millis,
    records: Vec<Record>,
}

/// What comes after a page.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Another page, of what is not after this moment.
    On(Millis),
    /// Nothing more can be had; whether that is all there is.
    Over(bool),
}

impl Walk {
    const fn new(since: Millis) -> Self {
        Self { since, records: Vec::new() }
    }

    /// Takes a page. A short page is not yet the end: how much a page really holds is not promised, so only a page that
    /// brings nothing new ends the walk, and a full one of that sort means that more cannot be reached.
    fn take(&mut self, page: Vec<Record>, left_out: usize) -> Step {
        let is_full = page.len() + left_out >= PAGE_LIMIT as usize;
        let oldest = page.iter().map(|r| r.time).min().flatten();
        let ends = [page.first(), page.last()].map(|r| r.and_then(|r| r.time));
        let before = self.records.len();
        for record in page {
            // The exchange may give one id to two.
            if self.records.iter().all(|known| known.key != record.key || known.is_another(&record)) {
                self.records.push(record);
            }
        }
        match oldest {
            _ if self.records.len() == before => Step::Over(!is_full),
            // A row without a time comes first in the order of times: from there on there is no going back.
            None => Step::Over(!is_full),
            // The exchange does not look at the start; what lies before it is not wanted. Only from the newest backwards
            // does that say that everything after it was seen.
            Some(oldest) if oldest < self.since && ends[0] >= ends[1] => Step::Over(true),
            Some(oldest) => Step::On(oldest.plus(STEP_MS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: i64, time: Option<i64>) -> Record {
        Record { time: time.map(Millis), ..Record::bare(Kind::Withdrawal, id.to_string(), "TRX") }
    }

    fn page(ids: impl Iterator<Item = i64>) -> Vec<Record> {
        ids.map(|id| record(id, Some(id * 1_000))).collect()
    }

    #[test]
    fn a_walk_ends_with_a_page_that_brings_nothing_new() {
        let mut walk = Walk::new(Millis(0));
        assert_eq!(walk.take(page((50..150).rev()), 0), Step::On(Millis(51_000)));
        assert_eq!(walk.take(page((20..52).rev()), 0), Step::On(Millis(21_000)));
        assert_eq!(walk.take(page((20..22).rev()), 0), Step::Over(true));
        assert_eq!(walk.records.len(), 130);
        assert_eq!(Walk::new(Millis(0)).take(Vec::new(), 0), Step::Over(true));
    }

    #[test]
    fn a_full_page_that_brings_nothing_new_is_not_the_whole_history() {
        let mut walk = Walk::new(Millis(0));
        let same = || (0..100).map(|id| record(id, Some(5_000))).collect::<Vec<_>>();
        assert_eq!(walk.take(same(), 0), Step::On(Millis(6_000)));
        assert_eq!(walk.take(same(), 0), Step::Over(false), "more than a page within one second");
    }

    #[test]
    fn rows_without_times_lead_no_further() {
        let mut walk = Walk::new(Millis(0));
        let mut full = page(1..100);
        full.push(record(200, None));
        assert_eq!(walk.take(full, 0), Step::Over(false));
        assert_eq!(Walk::new(Millis(0)).take(vec![record(1, None)], 0), Step::Over(true));
    }

    #[test]
    fn ignored_start_is_followed_only_as_far_as_it_matters() {
        let mut walk = Walk::new(Millis(100_000));
        assert_eq!(walk.take(page((51..151).rev()), 0), Step::Over(true));
        // Oldest first: that the old ones were seen says nothing of the new ones.
        let mut walk = Walk::new(Millis(500_000));
        assert_eq!(walk.take(page(1..101), 0), Step::On(Millis(2_000)));
        assert_eq!(walk.take(page(1..3), 0), Step::Over(true));
    }
}
