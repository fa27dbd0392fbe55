//! What the records say to whoever looks for an order among them: what was there before it, and what came since.

use rusqlite::{Row, params};

use super::{COLUMNS, Flow, kind_word, record};
use crate::domain::{Kind, Millis, Record, UntrustedText};
use crate::engine::ledger::Ledger;

/// So many earlier withdrawals tell what one costs.
const SAMPLES: u32 = 100;

impl Ledger {
    /// The newest withdrawals of a coin over a network that were made before a moment.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn withdrawals_before(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
        before: Millis,
    ) -> rusqlite::Result<Vec<Record>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND coin = ?3 AND network = ?4 AND time_ms < ?5
             ORDER BY time_ms DESC LIMIT ?6"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let kind = kind_word(&Kind::Withdrawal);
        query
            .query_map(params![Flow::Out.number(), kind, coin.raw(), network.raw(), before.0, SAMPLES], record)?
            .collect()
    }

    /// Records of an outgoing kind and a coin that were made since a moment, or whose time is not known, as far as no other key
    /// listed them.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn outgoing_since(&self, kind: &Kind, coin: &UntrustedText, since: Millis) -> rusqlite::Result<Vec<Record>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND coin = ?3 AND ifnull(time_ms, ?4) >= ?4
                AND (listed_by IS NULL OR listed_by IS ?5)
             ORDER BY time_ms DESC, id"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        query.query_map(params![Flow::Out.number(), kind_word(kind), coin.raw(), since.0, self.key], record)?.collect()
    }

    /// Whether the key in use is known to list records of a kind and coin: by the records that are held, or by what was there
    /// before an order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_lister_of(&self, kind: &Kind, coin: &UntrustedText) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND kind = ?2 AND coin = ?3 AND listed_by IS ?4)
            OR EXISTS (SELECT 1 FROM orders o JOIN seen_before s ON s.order_id = o.id JOIN order_keys k ON k.order_id = o.id
                WHERE o.kind = ?5 AND o.coin = ?3 AND k.fingerprint IS ?4)";
        let order = match kind {
            Kind::Withdrawal => "withdraw",
            Kind::TransferOut => "transfer",
            _ => return Ok(false),
        };
        let mut query = self.connection.prepare_cached(sql)?;
        query.query_row(params![Flow::Out.number(), kind_word(kind), coin.raw(), self.key, order], |row| row.get(0))
    }

    /// The records with an id, of any kind, and when each was first seen here.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn first_seen(&self, id: &UntrustedText) -> rusqlite::Result<Vec<(Record, Millis)>> {
        let sql = format!("SELECT {COLUMNS}, first_ms FROM records WHERE id = ?1");
        let mut query = self.connection.prepare_cached(&sql)?;
        let found = |row: &Row<'_>| Ok((record(row)?, Millis(row.get("first_ms")?)));
        query.query_map([id.raw()], found)?.collect()
    }
}
