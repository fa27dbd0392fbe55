//! What was told of: each step of a record and each condition once, in any run or instance.
//!
//! Whoever tells claims first, tells, and says so. One that ended in between has told nobody: what it claimed is anybody's
//! again. Whether it ended is said by a lock that the kernel takes from it, and by no clock.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::{COLUMNS, Flow, kind_word, record, status};
use crate::domain::{Millis, Record, RecordKey};
use crate::engine::ledger::Ledger;
use crate::engine::ledger::lock::NotifierLock;

/// Stands for the way of a condition, which is none.
const CONDITION: i64 = -1;

/// What is being told, by whom: a step of a record, or a condition by its name.
struct Claim {
    flow: i64,
    kind: String,
    id: String,
    /// The step; nothing for a condition.
    status: String,
}

impl Claim {
    fn condition(what: &str) -> Self {
        Self { flow: CONDITION, kind: String::new(), id: what.to_owned(), status: String::new() }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { flow: row.get("way")?, kind: row.get("kind")?, id: row.get("id")?, status: row.get("status")? })
    }

    /// Remembers that it is being told.
    fn begin(&self, write: &Connection, notifier: &str) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO telling (teller, way, kind, id, status) VALUES (?1, ?2, ?3, ?4, ?5)";
        write.execute(sql, params![notifier, self.flow, self.kind, self.id, self.status]).map(drop)
    }

    /// Nobody has told it: whoever comes next does. A record that is further by now is told of by whoever saw that.
    fn free(&self, write: &Connection) -> rusqlite::Result<()> {
        if self.flow == CONDITION {
            return write.execute("DELETE FROM told WHERE what = ?1", [&self.id]).map(drop);
        }
        let sql = "UPDATE record_steps SET told = 0 WHERE status = ?4 AND rowid = \
            (SELECT max(rowid) FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3)";
        write.prepare_cached(sql)?.execute(params![self.flow, self.kind, self.id, self.status]).map(drop)
    }
}

impl Ledger {
    /// Claims the steps that nobody has told and that are news: the last one of each record. `is_news` is told as well
    /// whether the record was seen at an earlier step. Whoever is first has them, in any run or instance, and has to say
    /// that they were told ([`Self::mark_delivered`]).
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_steps(&mut self, is_news: impl Fn(&Record, bool) -> bool) -> rusqlite::Result<Vec<Record>> {
        let Self { connection, path, notifier, .. } = self;
        let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        free_orphans(&write, path, notifier.as_ref())?;
        let mut claimed = Vec::new();
        {
            let sql =
                "SELECT max(rowid), way, kind, id, status FROM record_steps WHERE told = 0 GROUP BY way, kind, id";
            let mut steps = write.prepare(sql)?;
            let steps: Vec<Claim> = steps.query_map([], Claim::read)?.collect::<rusqlite::Result<_>>()?;
            let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
            let (mut find, mut earlier) = (
                write.prepare(&sql)?,
                write.prepare("SELECT count(*) FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3")?,
            );
            for step in steps {
                let place = params![step.flow, step.kind, step.id];
                let found = find.query_row(place, record)?;
                let count: i64 = earlier.query_row(place, |row| row.get(0))?;
                let news = Record { status: status(&step.status), ..found };
                if is_news(&news, count > 1) {
                    step.begin(&write, notifier_name(notifier, path)?)?;
                    claimed.push(news);
                }
            }
        }
        write.execute("UPDATE record_steps SET told = 1 WHERE told = 0", [])?;
        write.commit()?;
        Ok(claimed)
    }

    /// Claims a condition as [`Self::claim_steps`] claims steps; whether this caller has it. Nobody has it afterwards until it
    /// is forgotten.
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_condition(&mut self, what: &str, now: Millis) -> rusqlite::Result<bool> {
        let Self { connection, path, notifier, .. } = self;
        let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        free_orphans(&write, path, notifier.as_ref())?;
        let is_first = write.execute("INSERT OR IGNORE INTO told VALUES (?1, ?2)", params![what, now.0])? > 0;
        if is_first {
            Claim::condition(what).begin(&write, notifier_name(notifier, path)?)?;
        }
        write.commit()?;
        Ok(is_first)
    }

    /// These steps and conditions, claimed here, reached the user.
    ///
    /// # Errors
    /// Those of the database; then they are told again by the next run.
    pub fn mark_delivered(&mut self, steps: &[RecordKey], conditions: &[String]) -> rusqlite::Result<()> {
        self.end_telling(steps, conditions, |_, _| Ok(()))
    }

    /// These steps and conditions, claimed here, could not be told after all: whoever comes next tells them.
    ///
    /// # Errors
    /// Those of the database; then the next run tells them.
    pub fn mark_undelivered(&mut self, steps: &[RecordKey], conditions: &[String]) -> rusqlite::Result<()> {
        self.end_telling(steps, conditions, |write, claim| claim.free(write))
    }

    fn end_telling(
        &mut self,
        steps: &[RecordKey],
        conditions: &[String],
        end: impl Fn(&Connection, &Claim) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let Some(notifier) = self.notifier.as_ref().map(NotifierLock::name) else { return Ok(()) };
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let step = |key: &RecordKey| (Flow::of(&key.kind).number(), kind_word(&key.kind), key.id.raw().to_owned());
        let condition = |what: &String| (CONDITION, String::new(), what.clone());
        for (flow, kind, id) in steps.iter().map(step).chain(conditions.iter().map(condition)) {
            let sql = "DELETE FROM telling WHERE teller = ?1 AND way = ?2 AND kind = ?3 AND id = ?4 \
                RETURNING way, kind, id, status";
            let claim =
                write.prepare_cached(sql)?.query_row(params![notifier, flow, kind, id], Claim::read).optional()?;
            if let Some(claim) = claim {
                end(&write, &claim)?;
            }
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM telling WHERE teller = ?1)";
        let goes_on: bool = write.query_row(sql, [notifier], |row| row.get(0))?;
        write.commit()?;
        if !goes_on {
            // Nothing is left behind of one that has told everything, however it ends.
            self.notifier = None;
        }
        Ok(())
    }

    /// A condition is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&mut self, what: &str) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write.execute("DELETE FROM told WHERE what = ?1", [what])?;
        write.execute("DELETE FROM telling WHERE way = ?1 AND id = ?2", params![CONDITION, what])?;
        write.commit()
    }
}

/// The name under which this instance tells. Where no lock can be had nothing is claimed: what could not be told would be lost.
fn notifier_name<'t>(notifier: &'t mut Option<NotifierLock>, ledger: &Path) -> rusqlite::Result<&'t str> {
    let known = match notifier.take() {
        Some(known) => known,
        None => NotifierLock::take(ledger).map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?,
    };
    Ok(notifier.insert(known).name())
}

/// Frees what was claimed by those that are not telling any more.
fn free_orphans(write: &Connection, ledger: &Path, own: Option<&NotifierLock>) -> rusqlite::Result<()> {
    let mut notifiers = write.prepare_cached("SELECT DISTINCT teller FROM telling")?;
    let notifiers = notifiers.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for notifier in notifiers.iter().filter(|notifier| own.is_none_or(|own| own.name() != *notifier)) {
        if !NotifierLock::is_gone(ledger, notifier) {
            continue;
        }
        let mut claims = write.prepare_cached("SELECT way, kind, id, status FROM telling WHERE teller = ?1")?;
        for claim in claims.query_map([notifier], Claim::read)?.collect::<rusqlite::Result<Vec<_>>>()? {
            claim.free(write)?;
        }
        write.execute("DELETE FROM telling WHERE teller = ?1", [notifier])?;
    }
    Ok(())
}
