//! What the records name, for whoever types a name: coins, networks, receivers, ids. Newest first, and not without end.

use rusqlite::{Params, params};

use super::records::kind_word;
use super::{Flow, Ledger};
use crate::domain::Kind;

/// So many of each.
const MOST: i64 = 500;

impl Ledger {
    /// The coins of all records.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn coins(&self) -> rusqlite::Result<Vec<String>> {
        self.names("SELECT coin FROM records GROUP BY coin ORDER BY max(time_ms) DESC LIMIT ?1", params![MOST])
    }

    /// The networks of all records.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn networks(&self) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT network FROM records WHERE network IS NOT NULL GROUP BY network
            ORDER BY max(time_ms) DESC LIMIT ?1";
        self.names(sql, params![MOST])
    }

    /// The addresses that withdrawals went to.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn paid_addresses(&self) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT address FROM records
            WHERE way = ?1 AND kind = ?2 AND status = 'success' AND address IS NOT NULL
            GROUP BY address ORDER BY max(time_ms) DESC LIMIT ?3";
        self.names(sql, params![Flow::Out.number(), kind_word(&Kind::Withdrawal), MOST])
    }

    /// The users that transfers went to, by one way of naming them (`uid`, `email`).
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn receivers(&self, way: &str) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT to_name FROM records WHERE to_type = ?1 AND to_name IS NOT NULL
            GROUP BY to_name ORDER BY max(time_ms) DESC LIMIT ?2";
        self.names(sql, params![way, MOST])
    }

    /// The ids of what is not final; with `only_outgoing`, of what may be taken back.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open_ids(&self, only_outgoing: bool) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT id FROM records WHERE is_final = 0 AND (way = ?1 OR NOT ?2) ORDER BY time_ms DESC LIMIT ?3";
        self.names(sql, params![Flow::Out.number(), only_outgoing, MOST])
    }

    /// The ids of all records.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn payment_ids(&self) -> rusqlite::Result<Vec<String>> {
        self.names("SELECT id FROM records ORDER BY time_ms DESC LIMIT ?1", params![MOST])
    }

    /// The numbers of the orders whose outcome is not known.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unsettled_numbers(&self) -> rusqlite::Result<Vec<String>> {
        Ok(self.unsettled()?.iter().map(|order| order.id.0.to_string()).collect())
    }

    fn names(&self, sql: &str, values: impl Params) -> rusqlite::Result<Vec<String>> {
        self.connection.prepare(sql)?.query_map(values, |row| row.get(0))?.collect()
    }
}
