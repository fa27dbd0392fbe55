//! What was told of: each step of a record and each condition once, in any run or instance.

use rusqlite::{Row, TransactionBehavior, params};

use super::{COLUMNS, Way, kind_word, record, status};
use crate::domain::{Millis, Record, RecordKey};
use crate::ledger::Ledger;

impl Ledger {
    /// Claims the steps that nobody has told: the last one of each record, and whether the record was seen at an earlier one.
    /// Whoever is first has them, in any run or instance.
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_steps(&mut self) -> rusqlite::Result<Vec<(Record, bool)>> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut claimed = Vec::new();
        {
            let sql =
                "SELECT max(rowid), way, kind, id, status FROM record_steps WHERE told = 0 GROUP BY way, kind, id";
            let mut steps = write.prepare(sql)?;
            let step = |row: &Row<'_>| {
                let place = (row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
                Ok((place, row.get::<_, String>(4)?))
            };
            let steps: Vec<_> = steps.query_map([], step)?.collect::<rusqlite::Result<_>>()?;
            let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
            let (mut find, mut earlier) = (
                write.prepare(&sql)?,
                write.prepare("SELECT count(*) FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3")?,
            );
            for ((way, kind, id), word) in steps {
                let found = find.query_row(params![way, kind, id], record)?;
                let count: i64 = earlier.query_row(params![way, kind, id], |row| row.get(0))?;
                claimed.push((Record { status: status(&word), ..found }, count > 1));
            }
        }
        write.execute("UPDATE record_steps SET told = 1 WHERE told = 0", [])?;
        write.commit()?;
        Ok(claimed)
    }

    /// Gives the last step of each of these records back: it could not be told after all.
    ///
    /// # Errors
    /// Those of the database.
    pub fn give_back_steps<'k>(&self, keys: impl IntoIterator<Item = &'k RecordKey>) -> rusqlite::Result<()> {
        let sql = "UPDATE record_steps SET told = 0 WHERE rowid = \
            (SELECT max(rowid) FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3)";
        for key in keys {
            let way = Way::of(&key.kind).number();
            self.connection.execute(sql, params![way, kind_word(&key.kind), key.id.raw()])?;
        }
        Ok(())
    }

    /// Whether this caller is the first to tell a condition; nobody is the first afterwards until it is forgotten.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim(&self, what: &str, now: Millis) -> rusqlite::Result<bool> {
        let sql = "INSERT OR IGNORE INTO told VALUES (?1, ?2)";
        self.connection.execute(sql, params![what, now.0]).map(|rows| rows > 0)
    }

    /// A condition is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&self, what: &str) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM told WHERE what = ?1", [what]).map(drop)
    }
}
