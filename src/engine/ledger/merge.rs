//! Two ledgers of one account become one: everything of the one that was begun elsewhere goes into the account's own, in one
//! transaction, and only then is the old file moved aside, whole. Whatever ends the program on the way, the next try goes on:
//! what was brought is known by its number in the old ledger, and is never brought twice.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::checksum::{self, Found, columns, one};
use super::lock::{MoneyLock, UseLock};
use super::orders::{change_outcome, insert};
use super::{ACCOUNT_FACT, DAMAGE_SEEN, Ledger, LedgerError, SUFFIXES, damaged_count, damaged_name, newest};
use crate::domain::{Because, Order, OrderId, Outcome, Request};
use crate::platform::private;

/// The fact that tells a ledger from all others, also from one that later bears its name.
const OWN_ID: &str = "ledger_id";
/// Tables that are brought in a way of their own; of every other one the rows that are not there yet are taken.
const SPECIAL: [&str; 17] = [
    "brought",
    "orders",
    "order_keys",
    "seen_before",
    "sides_before",
    "order_events",
    "facts",
    "records",
    "record_steps",
    "gaps",
    "notes",
    "balances",
    "filters",
    "told",
    "events",
    "readers",
    "outbox",
];
/// Facts of the greater value of two moments counts.
const LATEST: [&str; 4] = ["read_in", "read_out", "asked_in", "asked_out"];

/// Where the columns stand that a row without its claim on a record is changed in.
const OUTCOME: usize = 18;
const OUT_BIZ_ID: usize = 12;

/// Brings everything of the ledger at `from` into the one at `to`, that of the account `uid`, and moves the old one aside.
///
/// # Errors
/// Every [`LedgerError`]; then the old one is where it was, and what was brought is brought no second time.
pub(super) fn merge(from: &Path, to: &Path, uid: &str) -> Result<(), LedgerError> {
    let busy = |why: &str| LedgerError::Place { path: from.display().to_string(), why: why.to_owned() };
    let locked = |why: std::io::Error| busy(&why.to_string());
    let under_way = || busy("an order of this account is under way; try again in a moment");
    let in_use = || busy("another window or `watch` has it open; end that first");
    let mut home = match Ledger::open(to) {
        // What was set aside is told of by the one that is begun in its place.
        Err(LedgerError::Damaged { .. }) => Ledger::open(to)?,
        other => other?,
    };
    // Brought to the newest version, if it is sound; a damaged one is set aside here, and told of below.
    // One that is gone although orders were written into it is begun anew, and tells what is missing.
    let is_there = from.exists() || damaged_count(from) == 0;
    let old = match is_there.then(|| Ledger::open(from)) {
        Some(Ok(old)) => Some((own_id(&old)?, old.damage_seen()?)),
        None | Some(Err(LedgerError::Damaged { .. })) => None,
        Some(Err(why)) => return Err(why),
    };
    // Nobody orders with either of the two meanwhile, and nobody has the old one open.
    let _money = MoneyLock::try_take(to).map_err(locked)?.ok_or_else(under_way)?;
    let _old_money = MoneyLock::try_take(from).map_err(locked)?.ok_or_else(under_way)?;
    let aside = |why: std::io::Error| busy(&why.to_string());
    let Some((own_id, seen)) = old else {
        bring_damage(from, to, 0)?;
        return move_newest(from, 1).map_err(aside);
    };
    let _alone = UseLock::try_take(from, true).map_err(locked)?.ok_or_else(in_use)?;
    bring(&mut home, from, &own_id, uid)?;
    home.note_newest()?;
    bring_damage(from, to, seen)?;
    move_aside(from).map_err(aside)
}

/// The name of a ledger that no other one has.
fn own_id(ledger: &Ledger) -> Result<String, LedgerError> {
    if let Some(known) = ledger.fact(OWN_ID)? {
        return Ok(known);
    }
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)
        .map_err(|why| LedgerError::Place { path: ledger.path().display().to_string(), why: why.to_string() })?;
    let fresh = data_encoding::HEXLOWER.encode(&random);
    ledger.set_fact(OWN_ID, &fresh)?;
    Ok(fresh)
}

/// Everything in one transaction: all of it or nothing.
fn bring(home: &mut Ledger, from: &Path, own_id: &str, uid: &str) -> rusqlite::Result<()> {
    home.connection.execute("ATTACH ?1 AS other", [from.to_string_lossy().as_ref()])?;
    let brought = bring_attached(&mut home.connection, own_id, uid);
    let detached = home.connection.execute_batch("DETACH other");
    brought.and(detached)
}

fn bring_attached(connection: &mut Connection, own_id: &str, uid: &str) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    bring_orders(&write, own_id)?;
    bring_gaps(&write)?;
    bring_records(&write)?;
    bring_own(&write)?;
    bring_events(&write, own_id)?;
    bring_facts(&write, uid)?;
    bring_the_rest(&write)?;
    write.commit()
}

/// A row of the old ledger, as it is.
struct OldRow {
    fields: Vec<Value>,
    found: Found,
}

fn bring_orders(write: &Connection, own_id: &str) -> rusqlite::Result<()> {
    let read = |row: &Row<'_>| {
        let fields = (0..row.as_ref().column_count()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        Ok(OldRow { fields, found: checksum::read(row, true)? })
    };
    let sql = format!("SELECT {} FROM other.orders NOT INDEXED ORDER BY id", columns(true));
    let rows: Vec<OldRow> = write.prepare(&sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    for OldRow { fields, found } in rows {
        let old = match &found {
            Found::Sound(order) => order.id,
            Found::Damaged(row) => row.id,
        };
        let id = match (known(write, own_id, old, &found)?, found) {
            (Some(id), Found::Sound(order)) => {
                follow(write, id, &order)?;
                id
            }
            (Some(id), Found::Damaged(_)) => id,
            (None, Found::Sound(order)) => bring_order(write, fields, &order)?,
            (None, Found::Damaged(_)) => bring_damaged(write, fields, old)?,
        };
        write.execute("INSERT OR REPLACE INTO main.brought VALUES (?1, ?2, ?3)", params![own_id, old.0, id.0])?;
        let seen = "INSERT OR IGNORE INTO main.seen_before
            SELECT ?2, exchange_id FROM other.seen_before WHERE order_id = ?1";
        write.execute(seen, [old.0, id.0])?;
        let key =
            "INSERT OR IGNORE INTO main.order_keys SELECT ?2, fingerprint FROM other.order_keys WHERE order_id = ?1";
        write.execute(key, [old.0, id.0])?;
        let sides = "INSERT OR IGNORE INTO main.sides_before
            SELECT ?2, spot_available, spot_total, futures_available, futures_total FROM other.sides_before WHERE order_id = ?1";
        write.execute(sides, params![old.0, id.0])?;
        let events = "INSERT INTO main.order_events SELECT ?2, time_ms, outcome, detail FROM other.order_events e
            WHERE order_id = ?1 AND NOT EXISTS (SELECT 1 FROM main.order_events h WHERE h.order_id = ?2
                AND h.time_ms = e.time_ms AND h.outcome = e.outcome AND h.detail IS e.detail) ORDER BY e.rowid";
        write.execute(events, [old.0, id.0])?;
    }
    // What was brought into the old ledger before is here now.
    let earlier = "INSERT OR IGNORE INTO main.brought SELECT b.source, b.old_id, m.id
        FROM other.brought b JOIN main.brought m ON m.source = ?1 AND m.old_id = b.id";
    write.execute(earlier, [own_id]).map(drop)
}

/// The number that an old order has here, if it was brought before, or stands here with the same id of our own.
fn known(write: &Connection, own_id: &str, old: OrderId, found: &Found) -> rusqlite::Result<Option<OrderId>> {
    let sql = "SELECT id FROM main.brought WHERE source = ?1 AND old_id = ?2";
    let brought: Option<i64> = write.query_row(sql, params![own_id, old.0], |row| row.get(0)).optional()?;
    let Found::Sound(order) = found else { return Ok(brought.map(OrderId)) };
    let same = match &order.request {
        Request::Transfer(transfer) => {
            let sql = "SELECT id FROM main.orders WHERE out_biz_id = ?1";
            write.query_row(sql, [transfer.out_biz_id.raw()], |row| row.get(0)).optional()?
        }
        _ => None,
    };
    for id in brought.into_iter().chain(same).map(OrderId) {
        let here = one(write, id, true)?;
        if here.is_some_and(|here| here.request == order.request && here.time == order.time) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// What became of an order in the old ledger after it was brought.
fn follow(write: &Connection, id: OrderId, order: &Order) -> rusqlite::Result<()> {
    let here = one(write, id, true)?;
    if here.is_some_and(|here| here.outcome.may_become(&order.outcome)) {
        change_outcome(write, id, &order.outcome, order.changed)?;
    }
    Ok(())
}

fn next_id(write: &Connection) -> rusqlite::Result<i64> {
    let last = "SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = 'orders'";
    Ok(write.query_row(last, [], |row| row.get::<_, i64>(0))?.saturating_add(1))
}

fn bring_order(write: &Connection, mut fields: Vec<Value>, order: &Order) -> rusqlite::Result<OrderId> {
    let id = next_id(write)?;
    // The checksum is made anew: it is about the number too.
    fields.pop();
    fields[0] = Value::from(id);
    match insert(write, &fields) {
        Err(error) if super::is_refusal(&error) && matches!(order.outcome, Outcome::Accepted { .. }) => {
            // The record that it stands for stands for another order here: which of the two it is has to be found out.
            let because: &'static str = Because::ForeignId.into();
            let record = std::mem::replace(&mut fields[OUTCOME + 1], Value::Null);
            fields[OUTCOME] = Value::from("unknown".to_owned());
            fields[OUTCOME + 2] = Value::Null;
            fields[OUTCOME + 3] = Value::from(because.to_owned());
            fields[OUTCOME + 4] = record;
            insert(write, &fields)?;
        }
        done => done?,
    }
    Ok(OrderId(id))
}

/// What is damaged stays damaged, and stays answered for.
fn bring_damaged(write: &Connection, mut fields: Vec<Value>, old: OrderId) -> rusqlite::Result<OrderId> {
    let id = next_id(write)?;
    fields[0] = Value::from(id);
    let keep = |fields: &[Value]| {
        let places = vec!["?"; fields.len()].join(", ");
        let sql = format!("INSERT INTO main.orders ({}) VALUES ({places})", columns(true));
        write.execute(&sql, rusqlite::params_from_iter(fields))
    };
    if let Err(error) = keep(&fields) {
        if !super::is_refusal(&error) {
            return Err(error);
        }
        // Two rows never bear one name; what it was does not count any more.
        (fields[OUT_BIZ_ID], fields[OUTCOME + 1]) = (Value::Null, Value::Null);
        keep(&fields)?;
    }
    let was_answered: bool = write.query_row(
        "SELECT EXISTS (SELECT 1 FROM other.facts WHERE name = ?1)",
        [checksum::answer(old)],
        |row| row.get(0),
    )?;
    if was_answered {
        let found = checksum::of_fields(fields[..fields.len() - 1].iter().map(ValueRef::from));
        set_fact(write, &checksum::answer(OrderId(id)), &found)?;
    }
    Ok(OrderId(id))
}

fn set_fact(write: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO main.facts VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
    write.execute(sql, [name, value]).map(drop)
}

/// What is missing in either is missing; so is what lies between the newest record of a history that was read and a newer one
/// that the other ledger holds without having read what lies before it. Before the records are brought.
fn bring_gaps(write: &Connection) -> rusqlite::Result<()> {
    for flow in [0, 1] {
        let begun = |schema: &str| -> rusqlite::Result<bool> {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {schema}.facts WHERE name = ?1)");
            write.query_row(&sql, [format!("history_{flow}")], |row| row.get(0))
        };
        let newest = |schema: &str| -> rusqlite::Result<Option<i64>> {
            let sql = format!("SELECT max(time_ms) FROM {schema}.records WHERE way = ?1");
            write.query_row(&sql, [flow], |row| row.get(0))
        };
        let (here, there) = (begun("main")?, begun("other")?);
        if here != there {
            let (read, unread) = if here { ("main", "other") } else { ("other", "main") };
            if let Some(newer) = newest(unread)?
                && newest(read)?.is_none_or(|top| newer > top)
            {
                // The second of the newest record may have got more rows since.
                let from = newest(read)?.map(|top| top - 1_000);
                let sql = "INSERT INTO main.gaps VALUES (?1, ?2, ?3)";
                write.execute(sql, params![flow, from, newer - newer.rem_euclid(1_000) + 999])?;
            }
        }
        if here || there {
            set_fact(write, &format!("history_{flow}"), "1")?;
        }
    }
    write.execute_batch(
        "INSERT INTO main.gaps SELECT way, from_ms, to_ms FROM other.gaps o WHERE NOT EXISTS
            (SELECT 1 FROM main.gaps g WHERE g.way = o.way AND g.from_ms IS o.from_ms AND g.to_ms = o.to_ms)",
    )
}

/// Every record, as it was last known; what either doubts is doubted.
fn bring_records(write: &Connection) -> rusqlite::Result<()> {
    let names = table_columns(write, "records")?;
    let is_own = |name: &&String| !matches!(name.as_str(), "way" | "kind" | "id" | "doubt" | "price" | "first_ms");
    let set: Vec<String> = names.iter().filter(is_own).map(|name| format!("{name} = excluded.{name}")).collect();
    let (names, set) = (names.join(", "), set.join(", "));
    let same = "o.way = r.way AND o.kind = r.kind AND o.id = r.id";
    write.execute_batch(&format!(
        "UPDATE main.records AS r SET doubt = 'disagrees' WHERE doubt IS NULL AND is_final = 1 AND EXISTS
            (SELECT 1 FROM other.records o WHERE {same} AND o.is_final = 1 AND (o.status <> r.status
                OR o.coin <> r.coin OR o.amount IS NOT r.amount OR o.address IS NOT r.address OR o.txid IS NOT r.txid));
        INSERT INTO main.records ({names}) SELECT {names} FROM other.records WHERE true
            ON CONFLICT (way, kind, id) DO UPDATE SET {set} WHERE excluded.is_final > is_final;
        UPDATE main.records AS r SET
            doubt = coalesce(doubt, (SELECT doubt FROM other.records o WHERE {same})),
            price = coalesce(price, (SELECT price FROM other.records o WHERE {same})),
            first_ms = min(first_ms, (SELECT first_ms FROM other.records o WHERE {same}))
            WHERE EXISTS (SELECT 1 FROM other.records o WHERE {same});
        CREATE TEMP TABLE old_steps AS SELECT way, kind, id, status, time_ms, told FROM other.record_steps ORDER BY rowid;
        UPDATE main.record_steps AS s SET told = 1 WHERE told = 0 AND EXISTS (SELECT 1 FROM old_steps o
            WHERE {step} AND o.told = 1);
        DELETE FROM old_steps AS o WHERE EXISTS (SELECT 1 FROM main.record_steps s WHERE {step});
        -- The last step of a record is the one with the highest number: they are numbered anew.
        INSERT INTO old_steps SELECT way, kind, id, status, time_ms, told FROM main.record_steps ORDER BY rowid;
        DELETE FROM main.record_steps;
        INSERT INTO main.record_steps (way, kind, id, status, time_ms, told)
            SELECT way, kind, id, status, time_ms, told FROM old_steps ORDER BY time_ms, rowid;
        DROP TABLE old_steps;",
        step = "o.way = s.way AND o.kind = s.kind AND o.id = s.id AND o.status = s.status",
    ))
}

/// What the user wrote down, and the last known balances.
fn bring_own(write: &Connection) -> rusqlite::Result<()> {
    write.execute_batch(
        "INSERT INTO main.notes SELECT * FROM other.notes WHERE true ON CONFLICT (way, kind, id) DO UPDATE
            SET note = note || ' / ' || excluded.note WHERE instr(note, excluded.note) = 0;
        INSERT INTO main.filters SELECT * FROM other.filters WHERE true
            ON CONFLICT (words) DO UPDATE SET time_ms = max(time_ms, excluded.time_ms);",
    )?;
    let newest = |schema: &str| -> rusqlite::Result<Option<i64>> {
        write.query_row(&format!("SELECT max(time_ms) FROM {schema}.balances"), [], |row| row.get(0))
    };
    if newest("other")? > newest("main")? {
        write.execute_batch("DELETE FROM main.balances; INSERT INTO main.balances SELECT * FROM other.balances;")?;
    }
    Ok(())
}

/// What happened, under the numbers that orders have here. A reader of both ledgers is told of what it was told of in neither; one
/// of the old ledger alone goes on here; to one of this ledger alone the other's past is past.
fn bring_events(write: &Connection, own_id: &str) -> rusqlite::Result<()> {
    // An order that was not brought has no number here; the text of anything else is no number.
    let number = |digits: &str| {
        format!("(SELECT b.id FROM main.brought b WHERE b.source = ?1 AND b.old_id = CAST({digits} AS INTEGER))")
    };
    let told = format!(
        "INSERT OR IGNORE INTO main.told SELECT CASE WHEN what LIKE 'order:%'
            THEN coalesce('order:' || {}, what) ELSE what END, time_ms FROM other.told",
        number("substr(what, 7)")
    );
    write.execute(&told, [own_id])?;
    let here = format!(
        "CREATE TEMP TABLE old_events AS SELECT number, way, kind, status, change, time_ms, CASE
            WHEN way = -1 AND kind = 'unknown' THEN coalesce({}, id)
            WHEN id LIKE 'order-%' AND kind IN ('move_to_spot', 'move_to_futures') THEN coalesce('order-' || {}, id)
            ELSE id END AS id, 0 AS here FROM other.events e",
        number("e.id"),
        number("substr(e.id, 7)"),
    );
    write.execute(&here, [own_id])?;
    write.execute_batch(
        "CREATE TEMP TABLE owed AS SELECT reader, event FROM other.outbox WHERE reader NOT LIKE 'passing:%';
        -- The same step seen twice is one thing; a condition comes and goes.
        UPDATE old_events AS o SET here = coalesce((SELECT max(e.number) FROM main.events e WHERE e.way = o.way
            AND e.kind = o.kind AND e.id = CAST(o.id AS TEXT) AND e.status = o.status
            AND (o.way >= 0 OR e.time_ms = o.time_ms)), 0);
        DELETE FROM main.outbox AS h WHERE EXISTS (SELECT 1 FROM other.readers r WHERE r.name = h.reader)
            AND EXISTS (SELECT 1 FROM old_events o WHERE o.here = h.event)
            AND NOT EXISTS (SELECT 1 FROM old_events o JOIN owed w ON w.event = o.number
                WHERE o.here = h.event AND w.reader = h.reader);
        DELETE FROM owed WHERE EXISTS (SELECT 1 FROM old_events o WHERE o.number = owed.event AND o.here > 0)
            AND EXISTS (SELECT 1 FROM main.readers r WHERE r.name = owed.reader);
        INSERT OR IGNORE INTO main.readers SELECT * FROM other.readers WHERE name NOT LIKE 'passing:%';
        INSERT INTO main.events (way, kind, id, status, change, time_ms)
            SELECT way, kind, id, status, change, time_ms FROM old_events WHERE here = 0 ORDER BY number;
        UPDATE old_events AS o SET here = (SELECT max(e.number) FROM main.events e WHERE e.way = o.way
            AND e.kind = o.kind AND e.id = CAST(o.id AS TEXT) AND e.status = o.status AND e.time_ms = o.time_ms)
            WHERE here = 0;
        INSERT OR IGNORE INTO main.outbox (reader, event) SELECT w.reader, o.here
            FROM owed w JOIN old_events o ON o.number = w.event;
        DROP TABLE owed;
        DROP TABLE old_events;",
    )
}

fn bring_facts(write: &Connection, uid: &str) -> rusqlite::Result<()> {
    let facts: Vec<(String, String)> = write
        .prepare("SELECT name, value FROM other.facts")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (name, value) in facts {
        let is_of_the_file = [OWN_ID, DAMAGE_SEEN].contains(&name.as_str()) || name.starts_with(checksum::ANSWER);
        if is_of_the_file {
            continue;
        }
        let sql = "SELECT value FROM main.facts WHERE name = ?1";
        let here: Option<String> = write.query_row(sql, [&name], |row| row.get(0)).optional()?;
        let number = |text: &str| text.parse::<i64>().ok();
        let is_later =
            here.as_deref().is_none_or(|here| LATEST.contains(&name.as_str()) && number(&value) > number(here));
        if is_later {
            set_fact(write, &name, &value)?;
        }
    }
    set_fact(write, ACCOUNT_FACT, uid)
}

fn bring_the_rest(write: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT name FROM other.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<String> = write.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for table in tables.iter().filter(|table| !SPECIAL.contains(&table.as_str())) {
        let names = table_columns(write, table)?.join(", ");
        let sql = format!("INSERT OR IGNORE INTO main.{table} ({names}) SELECT {names} FROM other.{table}");
        write.execute(&sql, [])?;
    }
    Ok(())
}

fn table_columns(write: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM pragma_table_info(?1, 'main')";
    write.prepare(sql)?.query_map([table], |row| row.get(0))?.collect()
}

/// Damaged predecessors that the user has not answered for lie beside the account's ledger from now on, and close it; of the
/// first ones, `seen` so many, the user knows.
fn bring_damage(from: &Path, to: &Path, seen: u32) -> Result<(), LedgerError> {
    // From the last one on: they are counted from the first one.
    for number in (1..=damaged_count(from)).rev() {
        let next = damaged_count(to) + 1;
        for suffix in ["-wal", "-shm", ""] {
            let old = damaged_name(from, suffix, number);
            let known = PathBuf::from(format!("{}.known-damage-{number}{suffix}", from.display()));
            let new = if number > seen { damaged_name(to, suffix, next) } else { known };
            if old.exists()
                && let Err(why) = fs::rename(&old, &new)
            {
                return Err(LedgerError::Place { path: old.display().to_string(), why: why.to_string() });
            }
        }
    }
    Ok(())
}

/// Nothing is deleted: the old ledger stays beside the account's, under a name that no start looks for.
fn move_aside(from: &Path) -> std::io::Result<()> {
    let name = |number: u32, suffix: &str| merged_name(from, number, suffix);
    let mut number = 1;
    while name(number, "").exists() {
        number += 1;
    }
    move_newest(from, number)?;
    // The file itself last: as long as it is there, the next try goes on here.
    for suffix in SUFFIXES.iter().rev() {
        let old = PathBuf::from(format!("{}{suffix}", from.display()));
        if old.exists() {
            fs::rename(&old, name(number, suffix))?;
        }
    }
    private::sync_folder(private::folder_of(from))
}

fn merged_name(from: &Path, number: u32, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}.merged-{number}{suffix}", from.display()))
}

/// What tells how far the old ledger was written goes first: alone it would say that the ledger is gone.
fn move_newest(from: &Path, number: u32) -> std::io::Result<()> {
    if !newest::is_noted(from) {
        return Ok(());
    }
    fs::rename(newest::path_of(from), merged_name(from, number, newest::SUFFIX))
}

#[cfg(test)]
mod tests;
