//! Who was told of what: each reader has a line in the outbox for each event that it was not told of yet, in any run.
//!
//! Whoever tells claims first, tells, and says so. One that ended in between has told nobody: what it claimed is to be told again
//! by the next one that reads under the same name. Whether it ended is said by a lock that the kernel takes from it, and by no clock.

use std::io;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};

use super::events::{self, EVENT};
use crate::domain::{Event, Millis};
use crate::engine::ledger::Ledger;
use crate::engine::ledger::lock::{NotifierLock, ReaderLock};

/// What the names of readers begin with that are gone with their run.
const PASSING: &str = "passing:";

/// Under which name news are read. Each name is told everything once, however many read under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader<'n> {
    /// The dashboards of the account.
    Dashboard,
    /// A `watch` without a name. While one is running, another one reads for itself, and from its start on.
    Watch,
    /// A session of lines; with the same of a second one beside it.
    Plain,
    /// A `watch` that was given a name.
    Named(&'n str),
}

/// Who reads with an open ledger.
#[derive(Debug)]
pub(in crate::engine::ledger) struct OpenReader {
    name: String,
    /// Held as long as the name is this one's alone.
    _alone: Option<ReaderLock>,
}

impl OpenReader {
    /// The dashboard, as long as nothing else is said.
    pub fn usual() -> Self {
        Self { name: "dashboard".to_owned(), _alone: None }
    }

    fn is_passing(&self) -> bool {
        self.name.starts_with(PASSING)
    }
}

impl Ledger {
    /// From here on news are read under this name.
    ///
    /// # Errors
    /// Those of the lock files.
    pub fn read_as(&mut self, reader: Reader<'_>) -> io::Result<()> {
        self.reader = match reader {
            Reader::Dashboard => OpenReader::usual(),
            Reader::Named(name) => OpenReader { name: format!("watch:{name}"), _alone: None },
            Reader::Watch | Reader::Plain => {
                let name = if reader == Reader::Plain { "plain" } else { "watch" };
                if let Some(alone) = ReaderLock::try_take(&self.path, name)? {
                    OpenReader { name: name.to_owned(), _alone: Some(alone) }
                } else {
                    let notifier = self.notifier.take().map_or_else(|| NotifierLock::take(&self.path), Ok)?;
                    let name = format!("{PASSING}{}", self.notifier.insert(notifier).name());
                    OpenReader { name, _alone: None }
                }
            }
        };
        Ok(())
    }

    /// Claims what this reader was not told of, the oldest first, and notes what is new before. It has to say that they were
    /// told ([`Self::mark_delivered`]). A reader that is seen for the first time begins here: of what happened before `begun` it is
    /// told nothing.
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_events(&mut self, now: Millis, begun: Millis) -> rusqlite::Result<Vec<Event>> {
        let Self { connection, path, notifier, reader, .. } = self;
        let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        free_orphans(&write, path, notifier.as_ref())?;
        events::note_new(&write, now, begun)?;
        begin(&write, &reader.name, now, begun)?;
        let sql = format!(
            "SELECT {EVENT} FROM outbox o JOIN events e ON e.number = o.event
             WHERE o.reader = ?1 AND o.teller IS NULL ORDER BY e.number"
        );
        let found: Vec<events::Kept> =
            write.prepare_cached(&sql)?.query_map([&reader.name], events::kept)?.collect::<rusqlite::Result<_>>()?;
        let claimed =
            found.into_iter().map(|kept| events::event(&write, kept)).collect::<rusqlite::Result<Vec<_>>>()?;
        if !claimed.is_empty() {
            let sql = "UPDATE outbox SET teller = ?2 WHERE reader = ?1 AND teller IS NULL";
            write.execute(sql, params![reader.name, notifier_name(notifier, path)?])?;
        }
        write.commit()?;
        Ok(claimed)
    }

    /// These events, claimed here, reached the user.
    ///
    /// # Errors
    /// Those of the database; then they are told again by the next run.
    pub fn mark_delivered(&mut self, events: &[i64]) -> rusqlite::Result<()> {
        self.end_telling(events, "DELETE FROM outbox")
    }

    /// These events, claimed here, could not be told after all: whoever comes next tells them.
    ///
    /// # Errors
    /// Those of the database; then the next run tells them.
    pub fn mark_undelivered(&mut self, events: &[i64]) -> rusqlite::Result<()> {
        self.end_telling(events, "UPDATE outbox SET teller = NULL")
    }

    fn end_telling(&mut self, events: &[i64], end: &str) -> rusqlite::Result<()> {
        let Some(notifier) = self.notifier.as_ref().map(NotifierLock::name) else { return Ok(()) };
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = format!("{end} WHERE reader = ?1 AND event = ?2 AND teller = ?3");
        for number in events {
            write.prepare_cached(&sql)?.execute(params![self.reader.name, number, notifier])?;
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE teller = ?1)";
        let goes_on: bool = write.query_row(sql, [notifier], |row| row.get(0))?;
        write.commit()?;
        if !goes_on && !self.reader.is_passing() {
            // Nothing is left behind of one that has told everything, however it ends.
            self.notifier = None;
        }
        Ok(())
    }
}

/// Begins a reader that is seen for the first time: it is told of what was noticed since `begun` and is no older.
fn begin(write: &Connection, reader: &str, now: Millis, begun: Millis) -> rusqlite::Result<()> {
    if write.execute("INSERT OR IGNORE INTO readers VALUES (?1, ?2)", params![reader, now.0])? == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO outbox (reader, event) SELECT ?1, number FROM events e WHERE time_ms >= ?2
        AND (way < 0 OR id LIKE 'order-%' OR EXISTS (SELECT 1 FROM records r
            WHERE r.way = e.way AND r.kind = e.kind AND r.id = e.id AND r.time_ms >= ?2))";
    write.execute(sql, params![reader, begun.0]).map(drop)
}

/// The name under which this instance tells. Where no lock can be had nothing is claimed: what could not be told would be lost.
fn notifier_name<'t>(notifier: &'t mut Option<NotifierLock>, ledger: &Path) -> rusqlite::Result<&'t str> {
    let known = match notifier.take() {
        Some(known) => known,
        None => NotifierLock::take(ledger).map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?,
    };
    Ok(notifier.insert(known).name())
}

/// Frees what was claimed by those that are not telling any more, and takes away readers that were there for one run alone.
fn free_orphans(write: &Connection, ledger: &Path, own: Option<&NotifierLock>) -> rusqlite::Result<()> {
    let names = |sql: &str| -> rusqlite::Result<Vec<String>> {
        write.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
    };
    let is_gone = |name: &str| own.is_none_or(|own| own.name() != name) && NotifierLock::is_gone(ledger, name);
    for notifier in names("SELECT DISTINCT teller FROM outbox WHERE teller IS NOT NULL")? {
        if is_gone(&notifier) {
            write.execute("UPDATE outbox SET teller = NULL WHERE teller = ?1", [&notifier])?;
        }
    }
    for reader in names("SELECT name FROM readers WHERE name LIKE 'passing:%'")? {
        if reader.strip_prefix(PASSING).is_some_and(is_gone) {
            write.execute("DELETE FROM outbox WHERE reader = ?1", [&reader])?;
            write.execute("DELETE FROM readers WHERE name = ?1", [&reader])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
