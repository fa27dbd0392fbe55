//! What is still missing of the history: it stands beside the records, so that reading can stop anywhere and go on.

use rusqlite::{Connection, Row, params};

use super::Flow;
use crate::domain::{LeftOut, Millis, Missing, Record, UntrustedText};
use crate::engine::ledger::Ledger;

/// A stretch of a way's history that was not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// After this; from the very beginning where it is `None`.
    pub from: Option<Millis>,
    /// Up to and with this.
    pub to: Millis,
}

/// What a page changes about what is missing. Other instances may be reading too: each change is about its own stretch only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapChange {
    /// Nothing.
    Nothing,
    /// Nothing is missing any more: the page held everything, as long as no more than that is in the ledger.
    Whole,
    /// A stretch is missing that was not known.
    Add(Gap),
    /// Of a stretch only this is missing still. Where somebody else has changed it meanwhile, it stays as it is.
    Shrink(Gap, Option<Gap>),
}

/// The rows of a page that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unread {
    /// They.
    pub rows: Vec<LeftOut>,
    /// From when to when, both included, the page holds everything: what was unreadable there before is readable now, or among
    /// the rows.
    pub within: Option<(Millis, Millis)>,
    /// When a row was created that does not say when, for want of better.
    pub about: Millis,
}

impl Ledger {
    /// What is missing of the history of both ways although it was read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn missing(&self) -> rusqlite::Result<Missing> {
        let mut missing = Missing::default();
        for (place, flow) in Flow::BOTH.into_iter().enumerate() {
            let mut query =
                self.connection.prepare_cached("SELECT second_ms FROM crowded WHERE way = ?1 ORDER BY second_ms")?;
            missing.crowded[place] =
                query.query_map([flow.number()], |row| row.get(0).map(Millis))?.collect::<rusqlite::Result<_>>()?;
            let mut query = self.connection.prepare_cached(
                "SELECT time_ms, name, path, detail FROM unread WHERE way = ?1 ORDER BY time_ms, name",
            )?;
            let row = |row: &Row<'_>| {
                let name = UntrustedText::from(row.get::<_, String>(1)?);
                Ok(LeftOut {
                    path: UntrustedText::from(row.get::<_, String>(2)?),
                    detail: UntrustedText::from(row.get::<_, String>(3)?),
                    name: Some(name).filter(|name| !name.is_empty()),
                    time: Some(Millis(row.get(0)?)),
                })
            };
            missing.unread[place] = query.query_map([flow.number()], row)?.collect::<rusqlite::Result<_>>()?;
        }
        Ok(missing)
    }

    /// What is missing of a way; `None` when it was never read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn gaps(&self, flow: Flow) -> rusqlite::Result<Option<Vec<Gap>>> {
        if self.fact(&begun(flow))?.is_none() {
            return Ok(None);
        }
        let mut query =
            self.connection.prepare("SELECT from_ms, to_ms FROM gaps WHERE way = ?1 ORDER BY to_ms DESC")?;
        let gap = |row: &Row<'_>| Ok(Gap { from: row.get::<_, Option<i64>>(0)?.map(Millis), to: Millis(row.get(1)?) });
        query.query_map([flow.number()], gap)?.collect::<rusqlite::Result<_>>().map(Some)
    }

    /// From now on the gaps of a way are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_way(&self, flow: Flow) -> rusqlite::Result<()> {
        self.set_fact(&begun(flow), "1")
    }

    /// A second of a way that holds more than the exchange can be made to list.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark_crowded(&self, flow: Flow, second: Millis) -> rusqlite::Result<()> {
        let mark = "INSERT OR IGNORE INTO crowded VALUES (?1, ?2)";
        self.connection.execute(mark, params![flow.number(), second.0]).map(drop)
    }

    /// The crowded seconds of both ways.
    ///
    /// # Errors
    /// Those of the database.
    pub fn crowded(&self) -> rusqlite::Result<Vec<Millis>> {
        let mut query = self.connection.prepare("SELECT second_ms FROM crowded ORDER BY second_ms")?;
        query.query_map([], |row| row.get(0).map(Millis))?.collect()
    }
}

/// Keeps which rows of a page could not be read, and forgets those that could.
pub(super) fn keep_unread(write: &Connection, flow: Flow, page: &[Record], unread: &Unread) -> rusqlite::Result<()> {
    if let Some((from, to)) = unread.within {
        let sql = "DELETE FROM unread WHERE way = ?1 AND time_ms BETWEEN ?2 AND ?3";
        write.prepare_cached(sql)?.execute(params![flow.number(), from.0, to.0])?;
    }
    let known = write
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM unread WHERE way = ?1)")?
        .query_row([flow.number()], |row| row.get(0))?;
    let mut forget = write.prepare_cached("DELETE FROM unread WHERE way = ?1 AND name = ?2")?;
    let read = page.iter().map(|record| &record.key.id).filter(|_| known);
    for id in read.chain(unread.rows.iter().filter_map(|row| row.name.as_ref())) {
        forget.execute(params![flow.number(), id.raw()])?;
    }
    let held = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND id = ?2)";
    let mut held = write.prepare_cached(held)?;
    let mut keep = write.prepare_cached("INSERT OR REPLACE INTO unread VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for row in &unread.rows {
        let (time, name) = (row.time.unwrap_or(unread.about), row.name.as_ref().map_or("", UntrustedText::raw));
        // One that was read before is not missing.
        if !name.is_empty() && held.query_row(params![flow.number(), name], |row| row.get(0))? {
            continue;
        }
        keep.execute(params![flow.number(), time.0, name, row.path.raw(), row.detail.raw()])?;
    }
    Ok(())
}

fn begun(flow: Flow) -> String {
    format!("history_{}", flow.number())
}

pub(super) fn change_gaps(write: &Connection, flow: Flow, change: GapChange, rows: usize) -> rusqlite::Result<()> {
    let add = |gap: Gap| {
        let from = gap.from.map(|at| at.0);
        write.execute("INSERT INTO gaps VALUES (?1, ?2, ?3)", params![flow.number(), from, gap.to.0]).map(drop)
    };
    match change {
        GapChange::Nothing => Ok(()),
        GapChange::Whole => {
            let count = "SELECT count(*) FROM records WHERE way = ?1";
            let held: i64 = write.query_row(count, [flow.number()], |row| row.get(0))?;
            // More is held than the page had: the exchange leaves something out, and nothing follows from that.
            if usize::try_from(held).is_ok_and(|held| held <= rows) {
                write.execute("DELETE FROM gaps WHERE way = ?1", [flow.number()])?;
            }
            Ok(())
        }
        GapChange::Add(gap) => add(gap),
        GapChange::Shrink(gap, rest) => {
            let from = gap.from.map(|at| at.0);
            let sql = "DELETE FROM gaps WHERE way = ?1 AND from_ms IS ?2 AND to_ms = ?3";
            let is_there = write.execute(sql, params![flow.number(), from, gap.to.0])? > 0;
            match rest.filter(|_| is_there) {
                Some(rest) => add(rest),
                None => Ok(()),
            }
        }
    }
}
