//! Where the exchange contradicts itself about a record: what it said is kept, and marked.

use std::collections::{HashMap, HashSet};

use rusqlite::{TransactionBehavior, params};

use super::{COLUMNS, Way, key, kind_word, record};
use crate::domain::{Millis, Record, RecordKey, Text};
use crate::ledger::Ledger;
use crate::ledger::rows::must;

/// Why the exchange's word on a record is doubted; it is kept as it came all the same.
pub(super) mod doubt {
    /// A status that was final is another one now.
    pub const BACKWARDS: &str = "backwards";
    /// Something changed that never changes: coin, time, or where it went.
    pub const DISAGREES: &str = "disagrees";
    /// The exchange lists what came before and after it, and not the record itself. It ends when the record is listed again.
    pub const VANISHED: &str = "vanished";
}

impl Ledger {
    /// Records that the exchange contradicted itself about, and how: `backwards`, `disagrees` or `vanished`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubted(&self) -> rusqlite::Result<Vec<(Record, Text)>> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE doubt IS NOT NULL ORDER BY time_ms DESC");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([], |row| Ok((record(row)?, must(row, "doubt")?)))?.collect()
    }

    /// What a page proves about records that are held and not on it. `after` is where it begins: the page holds everything
    /// between that and its newest second. Answers whether any doubt has begun or ended.
    ///
    /// # Errors
    /// Those of the database.
    pub fn compare_page(&mut self, way: Way, page: &[Record], after: Millis) -> rusqlite::Result<bool> {
        let Some(newest) = page.iter().filter_map(|record| record.time).max() else { return Ok(false) };
        let listed: HashSet<&RecordKey> = page.iter().map(|record| &record.key).collect();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let find = |sql: &str, span: &[i64]| -> rusqlite::Result<Vec<RecordKey>> {
            let values = std::iter::once(way.number()).chain(span.iter().copied());
            write.prepare_cached(sql)?.query_map(rusqlite::params_from_iter(values), key)?.collect()
        };
        let within =
            "SELECT way, kind, id FROM records WHERE way = ?1 AND time_ms > ?2 AND time_ms < ?3 AND doubt IS NULL";
        let second = newest.0.saturating_sub(newest.0.rem_euclid(1_000));
        let mut missing = find(within, &[after.0, second])?;
        missing.retain(|key| !listed.contains(key));
        let mut found = find("SELECT way, kind, id FROM records WHERE way = ?1 AND doubt = 'vanished'", &[])?;
        found.retain(|key| listed.contains(key));
        let mark = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3";
        for (keys, doubt) in [(&missing, Some(doubt::VANISHED)), (&found, None)] {
            for key in keys {
                write.execute(mark, params![way.number(), kind_word(&key.kind), key.id.raw(), doubt])?;
            }
        }
        write.commit()?;
        Ok(!missing.is_empty() || !found.is_empty())
    }

    /// A record that is not final and that the exchange does not list any more, although it was asked for by its id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubt_vanished(&mut self, key: &RecordKey) -> rusqlite::Result<()> {
        let sql = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3 AND doubt IS NULL";
        let way = Way::of(&key.kind).number();
        self.connection.execute(sql, params![way, kind_word(&key.kind), key.id.raw(), doubt::VANISHED]).map(drop)
    }

    /// Which records are doubted, and how: `backwards`, `disagrees` or `vanished`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubts(&self) -> rusqlite::Result<HashMap<RecordKey, Text>> {
        let mut query =
            self.connection.prepare_cached("SELECT way, kind, id, doubt FROM records WHERE doubt IS NOT NULL")?;
        query.query_map([], |row| Ok((key(row)?, must(row, "doubt")?)))?.collect()
    }
}

/// Why a new reading of a record is doubted.
pub(super) fn doubt_of(known: &Record, found: &Record) -> Option<&'static str> {
    // What was not said may still be said; what was said does not become something else.
    let differs = |a: &Option<Text>, b: &Option<Text>| a.is_some() && a != b;
    if known.coin != found.coin
        || (known.time.is_some() && known.time != found.time)
        || differs(&known.address, &found.address)
        || differs(&known.txid, &found.txid)
        || (known.amount.is_some() && found.amount != known.amount)
    {
        return Some(doubt::DISAGREES);
    }
    (known.status.is_final() && known.status != found.status).then_some(doubt::BACKWARDS)
}
