//! Where the exchange contradicts itself about a record: what it said is kept, and marked.

use std::collections::{HashMap, HashSet};

use rusqlite::{ToSql, TransactionBehavior, params};

use super::{COLUMNS, Flow, key, kind_word, record};
use crate::domain::{LeftOut, Millis, Record, RecordKey, UntrustedText};
use crate::engine::ledger::Ledger;
use crate::engine::ledger::rows::must;

/// Why the exchange's word on a record is doubted; it is kept as it came all the same.
pub(super) mod conflict {
    /// A status that was final is another one now.
    pub const BACKWARDS: &str = "backwards";
    /// Something changed that never changes: coin, time, or where it went.
    pub const DISAGREES: &str = "disagrees";
    /// Two addresses are named that differ.
    pub const ADDRESSES: &str = "addresses";
    /// Two records bear the same id.
    pub use crate::domain::record::SAME_ID;
    /// The exchange lists what came before and after it, and not the record itself. It ends when the record is listed again.
    pub use crate::domain::record::VANISHED;
}

impl Ledger {
    /// Records that the exchange contradicted itself about, and how: `backwards`, `disagrees`, `addresses`, `same_id` or
    /// `vanished`. Of records under one id each is there.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubted(&self) -> rusqlite::Result<Vec<(Record, UntrustedText)>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE doubt IS NOT NULL UNION ALL SELECT {COLUMNS} FROM same_id
             ORDER BY time_ms DESC, kind, id"
        );
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([], |row| Ok((record(row)?, must(row, "doubt")?)))?.collect()
    }

    /// What a page proves about records that are held and not on it. `after` is where it begins: the page holds everything
    /// between that and its newest second. Answers whether any doubt has begun or ended.
    ///
    /// # Errors
    /// Those of the database.
    pub fn compare_page(
        &mut self,
        flow: Flow,
        page: &[Record],
        unread: &[LeftOut],
        after: Millis,
    ) -> rusqlite::Result<bool> {
        // A row that cannot be read may be any of them, unless it says which.
        let Some(unread) = unread.iter().map(|row| row.name.as_ref()).collect::<Option<HashSet<&UntrustedText>>>()
        else {
            return Ok(false);
        };
        let Some(newest) = page.iter().filter_map(|record| record.time).max() else { return Ok(false) };
        let listed_by = self.key.clone();
        let listed: HashSet<&RecordKey> = page.iter().map(|record| &record.key).collect();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let find = |sql: &str, values: &[&dyn ToSql]| -> rusqlite::Result<Vec<RecordKey>> {
            write.prepare_cached(sql)?.query_map(values, key)?.collect()
        };
        // What another key listed, which may be a sub-account's, this one need not list.
        let within = "SELECT way, kind, id FROM records WHERE way = ?1 AND time_ms > ?2 AND time_ms < ?3
            AND doubt IS NULL AND listed_by IS ?4";
        let second = newest.0.saturating_sub(newest.0.rem_euclid(1_000));
        let mut missing = find(within, &[&flow.number(), &after.0, &second, &listed_by])?;
        missing.retain(|key| !listed.contains(key) && !unread.contains(&key.id));
        let mut found =
            find("SELECT way, kind, id FROM records WHERE way = ?1 AND doubt = 'vanished'", &[&flow.number()])?;
        found.retain(|key| listed.contains(key));
        let mark = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3";
        for (keys, conflict) in [(&missing, Some(conflict::VANISHED)), (&found, None)] {
            for key in keys {
                write.execute(mark, params![flow.number(), kind_word(&key.kind), key.id.raw(), conflict])?;
            }
        }
        write.commit()?;
        Ok(!missing.is_empty() || !found.is_empty())
    }

    /// A record that is not final and that the exchange does not list any more, although it was asked for by its id. It says
    /// nothing of one that was listed with another key.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubt_vanished(&mut self, key: &RecordKey) -> rusqlite::Result<()> {
        let sql = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3 AND doubt IS NULL
            AND listed_by IS ?5";
        let flow = Flow::of(&key.kind).number();
        self.connection
            .execute(sql, params![flow, kind_word(&key.kind), key.id.raw(), conflict::VANISHED, self.key])
            .map(drop)
    }

    /// Which records are doubted, and how: see [`Self::doubted`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn conflicts(&self) -> rusqlite::Result<HashMap<RecordKey, UntrustedText>> {
        let mut query =
            self.connection.prepare_cached("SELECT way, kind, id, doubt FROM records WHERE doubt IS NOT NULL")?;
        query.query_map([], |row| Ok((key(row)?, must(row, "doubt")?)))?.collect()
    }
}

/// Why a record is doubted whatever was known of it.
pub(super) fn own_doubt(found: &Record) -> Option<&'static str> {
    found.also_address.is_some().then_some(conflict::ADDRESSES)
}

/// Why a new reading of a record is doubted.
pub(super) fn doubt_of(known: &Record, found: &Record) -> Option<&'static str> {
    // What was not said may still be said; what was said does not become something else.
    let differs = |a: &Option<UntrustedText>, b: &Option<UntrustedText>| a.is_some() && a != b;
    if known.coin != found.coin
        || (known.time.is_some() && known.time != found.time)
        || differs(&known.address, &found.address)
        || differs(&known.txid, &found.txid)
        || (known.amount.is_some() && found.amount != known.amount)
    {
        return Some(conflict::DISAGREES);
    }
    (known.status.is_final() && known.status != found.status).then_some(conflict::BACKWARDS)
}
