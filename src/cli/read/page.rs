//! What one question about the history brought: which rows are shown, and how far they reach.

use std::cmp::Reverse;

use crate::cli::filters::CommonArgs;
use crate::domain::{Kind, LeftOut, Millis, Partial, Record, UntrustedText};

/// What one question about the history brought.
#[derive(Debug, PartialEq)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Record>,
    /// The exchange sent as many rows as it was asked for: it may hold older ones.
    pub full: bool,
    /// The oldest moment that the exchange's rows reach, kept or not.
    pub oldest: Option<Millis>,
    /// The newest moment of a full page.
    pub newest: Option<Millis>,
    /// Rows that could not be read.
    pub left_out: Vec<LeftOut>,
    /// Of which kinds and which coin it holds the newest records; `None` where it was asked for less than that.
    pub covers: Option<(Vec<Kind>, Option<UntrustedText>)>,
}

impl Page {
    /// Keeps the rows that were asked for. A kind that is not known is kept: leaving it out would hide money.
    pub fn of(page: Partial<Vec<Record>>, common: &CommonArgs, wanted: Option<&Kind>) -> Self {
        let Partial { found: mut rows, left_out } = page;
        let full = rows.len() + left_out.len() >= common.rows();
        let times = || rows.iter().map(|row| row.time).chain(left_out.iter().map(|row| row.time)).flatten();
        let (oldest, newest) = (times().min(), times().max());
        rows.retain(|row| match &row.key.kind {
            Kind::OtherIn(_) | Kind::OtherOut(_) => true,
            known => wanted.is_none_or(|wanted| wanted == known),
        });
        let CommonArgs { id, coin, start_time, end_time, .. } = common;
        let is_newest = id.is_none() && start_time.is_none() && end_time.is_none();
        let covers =
            wanted.filter(|_| is_newest).map(|kind| (vec![kind.clone()], coin.as_deref().map(UntrustedText::from)));
        Self { rows, full, oldest, newest, left_out, covers }
    }

    /// The same with moves of the ledger, at most `limit` rows. Where the exchange's page is full, those beyond its end belong to
    /// the next one.
    pub fn with_moves(mut self, moves: impl Iterator<Item = Record>, limit: usize) -> Self {
        let end = self.oldest.filter(|_| self.full);
        self.rows.extend(moves.filter(|moved| end.is_none_or(|end| moved.time >= Some(end))));
        self.rows.sort_by_key(|row| Reverse(row.time));
        if self.rows.len() > limit {
            self.rows.truncate(limit);
            self.full = true;
            self.oldest = self.rows.iter().filter_map(|row| row.time).min();
        }
        self
    }

    /// Both pages as one, newest first, at most `limit` rows; what has no time comes last.
    pub fn merged(mut self, other: Self, limit: usize) -> Self {
        // Older than the younger of two full pages' ends, rows of the other side may be missing: asking goes on there.
        let ends = [(self.full, self.oldest), (other.full, other.oldest)];
        let gap = ends.into_iter().filter(|(full, _)| *full).filter_map(|(_, oldest)| oldest).max();
        let newest = self.newest.max(other.newest);
        let covers = self.covers.zip(other.covers).map(|((mut kinds, coin), (others, _))| {
            kinds.extend(others);
            (kinds, coin)
        });
        self.left_out.extend(other.left_out);
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| Reverse(row.time));
        let cut = self.rows.len() > limit;
        self.rows.truncate(limit);
        let shown = if cut { self.rows.iter().filter_map(|row| row.time).min() } else { None };
        let full = self.full || other.full || cut;
        Self { rows: self.rows, full, oldest: shown.max(gap), newest, left_out: self.left_out, covers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: Kind, id: &str, time: Option<i64>) -> Record {
        Record { time: time.map(Millis), ..Record::bare(kind, id, "TRX") }
    }

    fn all(found: Vec<Record>) -> Partial<Vec<Record>> {
        Partial { found, left_out: Vec::new() }
    }

    fn ids(page: &Page) -> Vec<&str> {
        page.rows.iter().map(|row| row.key.id.raw()).collect()
    }

    fn limit(limit: u32) -> CommonArgs {
        CommonArgs { limit: Some(limit), ..CommonArgs::default() }
    }

    #[test]
    fn other_known_kind_is_left_out_and_an_unknown_one_is_shown() {
        let rows = vec![
            row(Kind::Withdrawal, "1", Some(5)),
            row(Kind::TransferOut, "2", Some(4)),
            row(Kind::OtherOut("swap".into()), "3", Some(3)),
        ];
        let page = Page::of(all(rows.clone()), &limit(3), Some(&Kind::Withdrawal));
        assert_eq!(ids(&page), ["1", "3"]);
        assert!(page.full, "the exchange's page was full, whatever is shown of it");
        assert_eq!(page.oldest, Some(Millis(3)));
        let page = Page::of(all(rows), &limit(4), None);
        assert_eq!((ids(&page), page.full), (vec!["1", "2", "3"], false));
    }

    #[test]
    fn transfers_of_both_sides_come_newest_first_up_to_the_limit() {
        let page = |kind: Kind, rows: &[(&str, Option<i64>)], most| {
            let rows = rows.iter().map(|(id, time)| row(kind.clone(), id, *time)).collect();
            Page::of(all(rows), &limit(most), Some(&kind))
        };
        let out = || page(Kind::TransferOut, &[("o1", Some(9)), ("o2", Some(3)), ("o3", None)], 5);
        let into = || page(Kind::TransferIn, &[("i1", Some(7)), ("i2", Some(1))], 5);
        let both = out().merged(into(), 5);
        assert_eq!((ids(&both), both.full), (vec!["o1", "i1", "o2", "i2", "o3"], false));
        let cut = out().merged(into(), 2);
        assert_eq!((ids(&cut), cut.full, cut.oldest), (vec!["o1", "i1"], true, Some(Millis(7))));
    }
}
