//! What was told of: each step of a record and each condition once, in any run or instance.
//!
//! Whoever tells claims first, tells, and says so. One that was killed in between has told nobody: what it claimed is
//! anybody's again after a while.

use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::{COLUMNS, Way, kind_word, record, status};
use crate::domain::{Millis, Record, RecordKey};
use crate::ledger::Ledger;

/// What a claim begins with while nobody has said that it was told.
const TELLING: &str = "telling:";
/// What claims of steps begin with; the others are conditions.
const STEP: &str = "step:";
/// No telling takes longer than this, milliseconds.
const LONGEST_TELLING_MS: i64 = 60_000;

/// How the claim of a record's last step is called.
fn step_claim(key: &RecordKey) -> String {
    format!("{STEP}{}:{}:{}", Way::of(&key.kind).number(), kind_word(&key.kind), key.id.raw())
}

impl Ledger {
    /// Claims the steps that nobody has told and that are news: the last one of each record. `is_news` is told as well
    /// whether the record was seen at an earlier step. Whoever is first has them, in any run or instance, and has to say
    /// that they were told ([`Self::were_told`]).
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_steps(
        &mut self,
        now: Millis,
        is_news: impl Fn(&Record, bool) -> bool,
    ) -> rusqlite::Result<Vec<Record>> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        free_orphans(&write, now)?;
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
                let news = Record { status: status(&word), ..found };
                if is_news(&news, count > 1) {
                    begin(&write, &step_claim(&news.key), now)?;
                    claimed.push(news);
                }
            }
        }
        write.execute("UPDATE record_steps SET told = 1 WHERE told = 0", [])?;
        write.commit()?;
        Ok(claimed)
    }

    /// Claims a condition as [`Self::claim_steps`] claims steps; whether this caller has it.
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_condition(&mut self, what: &str, now: Millis) -> rusqlite::Result<bool> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let is_first = claim(&write, what, now)?;
        if is_first {
            begin(&write, what, now)?;
        }
        write.commit()?;
        Ok(is_first)
    }

    /// These steps and conditions reached the user.
    ///
    /// # Errors
    /// Those of the database; then they may be told again.
    pub fn were_told(&mut self, steps: &[RecordKey], conditions: &[String]) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for what in steps.iter().map(step_claim).chain(conditions.iter().cloned()) {
            write.execute("DELETE FROM told WHERE what = ?1", [format!("{TELLING}{what}")])?;
        }
        write.commit()
    }

    /// These steps and conditions could not be told after all: whoever comes next tells them.
    ///
    /// # Errors
    /// Those of the database; then it takes a while until somebody does.
    pub fn were_not_told(&mut self, steps: &[RecordKey], conditions: &[String]) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for what in steps.iter().map(step_claim).chain(conditions.iter().cloned()) {
            free(&write, &what)?;
        }
        write.commit()
    }

    /// Whether this caller is the first to tell a condition; nobody is the first afterwards until it is forgotten.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim(&self, what: &str, now: Millis) -> rusqlite::Result<bool> {
        claim(&self.connection, what, now)
    }

    /// A condition is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&self, what: &str) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM told WHERE what = ?1", [what]).map(drop)
    }
}

fn claim(connection: &Connection, what: &str, now: Millis) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO told VALUES (?1, ?2)";
    connection.execute(sql, params![what, now.0]).map(|rows| rows > 0)
}

/// Remembers that something is being told.
fn begin(write: &Connection, what: &str, now: Millis) -> rusqlite::Result<()> {
    write.execute("INSERT OR REPLACE INTO told VALUES (?1, ?2)", params![format!("{TELLING}{what}"), now.0]).map(drop)
}

/// Frees what was claimed so long ago that whoever did is not telling any more. A clock that was put right counts as long.
fn free_orphans(write: &Connection, now: Millis) -> rusqlite::Result<()> {
    let sql = "SELECT substr(what, 1 + length(?1)) FROM told
        WHERE what >= ?1 AND what < ?1 || char(1114111) AND abs(time_ms - ?2) > ?3";
    let mut orphans = write.prepare_cached(sql)?;
    let orphans = orphans.query_map(params![TELLING, now.0, LONGEST_TELLING_MS], |row| row.get::<_, String>(0))?;
    for what in orphans.collect::<rusqlite::Result<Vec<_>>>()? {
        free(write, &what)?;
    }
    Ok(())
}

fn free(write: &Connection, what: &str) -> rusqlite::Result<()> {
    if what.starts_with(STEP) {
        let sql = "UPDATE record_steps SET told = 0 WHERE rowid =
            (SELECT max(rowid) FROM record_steps WHERE ?1 || way || ':' || kind || ':' || id = ?2)";
        write.execute(sql, [STEP, what])?;
    } else {
        write.execute("DELETE FROM told WHERE what = ?1", [what])?;
    }
    write.execute("DELETE FROM told WHERE what = ?1", [format!("{TELLING}{what}")]).map(drop)
}
