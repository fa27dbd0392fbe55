//! What happened, each thing once, in the order in which it was noticed: steps of records, ends of moves, conditions. Nothing of
//! it is ever taken away; who was told of it is the outbox's.

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::{COLUMNS, Flow, kind, kind_word, record, status, status_word};
use crate::domain::{
    Condition, Event, EventKind, EventSubject, Millis, MoveRecord, Order, OrderId, Record, RecordKey, UntrustedText,
};
use crate::engine::ledger::Ledger;
use crate::engine::ledger::checksum;
use crate::engine::ledger::rows::{amount, broken};

/// Stands for the way of a condition, which is none.
pub(super) const CONDITION: i64 = -1;
/// The fact that tells since when there are news. What is older is history, and nobody is told of it.
const SINCE: &str = "news_since";
/// So many of the newest moves are looked at.
const MOVES: u32 = 100;

/// The columns of an event, for [`event`].
pub(super) const EVENT: &str = "e.number, e.way, e.kind, e.id, e.status, e.change, e.time_ms";

impl Ledger {
    /// Notes a condition that holds now. Noted again before it is over ([`Self::forget`]) it is nothing new.
    ///
    /// # Errors
    /// Those of the database; then nothing was noted.
    pub fn note_condition(&mut self, name: &str, condition: &Condition, now: Millis) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if write.execute("INSERT OR IGNORE INTO told VALUES (?1, ?2)", params![name, now.0])? > 0 {
            let Condition { happened, about, change } = condition;
            let change = change.map(|change| change.to_string());
            let what = What { flow: CONDITION, kind: happened.word(), id: about.raw(), status: "" };
            note(&write, &what, change.as_deref(), now)?;
        }
        write.commit()
    }

    /// A condition is over: it is news when it comes again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&mut self, name: &str) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM told WHERE what = ?1", [name]).map(drop)
    }

    /// What happened within a stretch of time, both ends included: the newest first, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn events(&self, (from, to): (Millis, Millis), limit: u32) -> rusqlite::Result<Vec<Event>> {
        let sql = format!(
            "SELECT {EVENT} FROM events e WHERE time_ms BETWEEN ?1 AND ?2 ORDER BY time_ms DESC, number DESC LIMIT ?3"
        );
        let mut query = self.connection.prepare(&sql)?;
        let found: Vec<Kept> = query.query_map(params![from.0, to.0, limit], kept)?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().map(|kept| event(&self.connection, kept)).collect()
    }
}

/// What an event is about, as it is kept.
struct What<'t> {
    flow: i64,
    kind: &'t str,
    id: &'t str,
    status: &'t str,
}

/// An event as it is kept.
pub(super) struct Kept {
    number: i64,
    flow: i64,
    kind: String,
    id: String,
    status: String,
    change: Option<crate::domain::Amount>,
    at: Millis,
}

/// Reads a row of [`EVENT`].
pub(super) fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        number: row.get(0)?,
        flow: row.get(1)?,
        kind: row.get(2)?,
        id: row.get(3)?,
        status: row.get(4)?,
        change: amount(row, 5)?,
        at: Millis(row.get(6)?),
    })
}

/// The event, with what is known of its record by now.
pub(super) fn event(read: &Connection, kept: Kept) -> rusqlite::Result<Event> {
    let Kept { number, flow, kind: word, id, status: step, change, at } = kept;
    let subject = if flow == CONDITION {
        let happened: EventKind = word.parse().map_err(|_| broken("event"))?;
        EventSubject::Condition(Condition { happened, about: UntrustedText::from(id), change })
    } else {
        let key = RecordKey { kind: kind(&word, flow)?, id: UntrustedText::from(id) };
        let found = if let Some(order) = MoveRecord::order_of(&key) {
            move_of(read, order)?
        } else {
            let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
            let place = params![flow, word, key.id.raw()];
            read.prepare_cached(&sql)?.query_row(place, record).optional()?
        };
        // An order whose row is damaged is not believed: what happened stays, without what it was about.
        let found = found.unwrap_or_else(|| Record::bare(key.kind, key.id, "?"));
        EventSubject::Record(Box::new(Record { status: status(&step), ..found }))
    };
    Ok(Event { number, at, subject })
}

/// A move as a record; `None` where its order is damaged or is none.
fn move_of(read: &Connection, order: OrderId) -> rusqlite::Result<Option<Record>> {
    match checksum::one(read, order, true) {
        Ok(order) => Ok(order.as_ref().and_then(Order::as_move).as_ref().map(MoveRecord::to_record)),
        Err(error @ rusqlite::Error::SqliteFailure(..)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Writes down that something happened, for everybody who reads.
fn note(write: &Connection, what: &What<'_>, change: Option<&str>, at: Millis) -> rusqlite::Result<()> {
    let sql = "INSERT INTO events (way, kind, id, status, change, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    write.prepare_cached(sql)?.execute(params![what.flow, what.kind, what.id, what.status, change, at.0])?;
    let sql = "INSERT INTO outbox (reader, event) SELECT name, ?1 FROM readers";
    write.prepare_cached(sql)?.execute([write.last_insert_rowid()]).map(drop)
}

/// Writes down what has happened since this was done last. `begun` is when this run began: in the first run of all nothing that
/// is older is news.
pub(super) fn note_new(write: &Connection, now: Millis, begun: Millis) -> rusqlite::Result<()> {
    let known = "SELECT value FROM facts WHERE name = ?1";
    let known: Option<String> = write.query_row(known, [SINCE], |row| row.get(0)).optional()?;
    let since = if let Some(since) = known.and_then(|at| at.parse().ok()) {
        Millis(since)
    } else {
        // Records are dated in whole seconds.
        let sql = "INSERT OR REPLACE INTO facts VALUES (?1, ?2)";
        write.execute(sql, params![SINCE, (now.0 - now.0.rem_euclid(1_000)).to_string()])?;
        begun
    };
    note_steps(write, since)?;
    note_moves(write, since)
}

/// The steps of records that were not looked at yet: of each record the last one.
fn note_steps(write: &Connection, since: Millis) -> rusqlite::Result<()> {
    let sql = "SELECT max(rowid), way, kind, id, status, time_ms FROM record_steps WHERE told = 0
        GROUP BY way, kind, id ORDER BY 1";
    let mut steps = write.prepare_cached(sql)?;
    let step = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?));
    let steps: Vec<(i64, i64, String, String, String, i64)> =
        steps.query_map([], step)?.collect::<rusqlite::Result<_>>()?;
    // Something old is news when it was seen otherwise before, not when it was merely read for the first time.
    let is_news = "SELECT EXISTS (SELECT 1 FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3 AND rowid < ?4)
        OR EXISTS (SELECT 1 FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3 AND time_ms >= ?5)";
    for (row, flow, kind, id, status, at) in &steps {
        let place = params![flow, kind, id, row, since.0];
        if write.prepare_cached(is_news)?.query_row(place, |row| row.get(0))? {
            note(write, &What { flow: *flow, kind, id, status }, None, Millis(*at))?;
        }
    }
    write.execute("UPDATE record_steps SET told = 1 WHERE told = 0", []).map(drop)
}

/// Moves that have come to an end, or to another one: the exchange lists none, and no record of its history tells what changed on
/// both sides.
fn note_moves(write: &Connection, since: Millis) -> rusqlite::Result<()> {
    let sql = "SELECT id, changed_ms FROM orders WHERE kind = 'move' AND outcome NOT IN ('sending', 'unknown')
        AND changed_ms >= ?1 ORDER BY id DESC LIMIT ?2";
    let mut ended = write.prepare_cached(sql)?;
    let ended: Vec<(i64, i64)> = ended
        .query_map(params![since.0, MOVES], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (order, at) in ended.into_iter().rev() {
        let Some(record) = move_of(write, OrderId(order))? else { continue };
        let (kind, status) = (kind_word(&record.key.kind), status_word(&record.status));
        let flow = Flow::of(&record.key.kind).number();
        let last = "SELECT status FROM events WHERE way = ?1 AND kind = ?2 AND id = ?3 ORDER BY number DESC LIMIT 1";
        let place = params![flow, kind, record.key.id.raw()];
        let last: Option<String> = write.prepare_cached(last)?.query_row(place, |row| row.get(0)).optional()?;
        if last.as_deref() != Some(&status) {
            note(write, &What { flow, kind: &kind, id: record.key.id.raw(), status: &status }, None, Millis(at))?;
        }
    }
    Ok(())
}
