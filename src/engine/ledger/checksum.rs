//! The checksum that every row of an order carries over all its fields, and the rows that do not fit theirs.
//!
//! A row is believed only where it fits: one bit changed on the disk must neither show another address nor let the same go
//! out again. A row that does not fit is named, is left out of every other list, and closes the sending of its kind until the
//! user has answered for it. Nothing of it is ever repaired or deleted here.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::Ledger;
use super::rows::{COLUMNS, broken, order};
use crate::domain::{DamagedOrder, Order, OrderId, Request};

/// So many hexadecimal digits of the hash are kept.
const DIGITS: usize = 32;
/// Names what is hashed, and how; another way needs another name.
const FORM: &[u8] = b"order 1";

/// A row of `orders` as it was read.
pub(super) enum Found {
    /// It fits its checksum.
    Sound(Box<Order>),
    /// It does not, or it is no order.
    Damaged(DamagedOrder),
}

/// What [`read`] wants selected; a ledger of an earlier version has no checksums.
pub(super) fn columns(is_sealed: bool) -> String {
    format!("{COLUMNS}, {}", if is_sealed { "checksum" } else { "NULL AS checksum" })
}

/// Reads a row with all of [`columns`].
///
/// # Errors
/// Those of the database; a row that cannot be read is no error.
pub(super) fn read(row: &Row<'_>, is_sealed: bool) -> rusqlite::Result<Found> {
    let found = of_row(row)?;
    let fits = !is_sealed || row.get_ref("checksum")?.as_str().is_ok_and(|kept| kept == found);
    match order(row) {
        Ok(order) if fits => Ok(Found::Sound(Box::new(order))),
        Err(error @ rusqlite::Error::SqliteFailure(..)) => Err(error),
        _ => Ok(Found::Damaged(DamagedOrder {
            id: OrderId(row.get("id")?),
            kind: kind(row)?,
            found,
            is_answered: false,
        })),
    }
}

/// The kind of a damaged row, where the fields that are set are those of that kind and no other's: whatever changed the one would
/// have had to change the others too.
fn kind(row: &Row<'_>) -> rusqlite::Result<Option<&'static str>> {
    let Some(kind) = row.get_ref("kind")?.as_str().ok() else { return Ok(None) };
    let own =
        ["address", "to_name", "direction", "target_id"].map(|field| row.get_ref(field).map(|v| v != ValueRef::Null));
    let [address, receiver, direction, target] = own;
    let (address, receiver, direction, target) = (address?, receiver?, direction?, target?);
    let of_fields: &[&str] = match (address, receiver, direction, target) {
        (true, false, false, false) => &["withdraw"],
        (false, true, false, false) => &["transfer"],
        (false, false, true, false) => &["move"],
        (false, false, false, true) => &["cancel_withdrawal", "cancel_transfer"],
        _ => &[],
    };
    Ok(DamagedOrder::KINDS.into_iter().find(|known| *known == kind && of_fields.contains(known)))
}

/// The same as an error, where one order is wanted and no other will do.
pub(super) fn must(found: Found) -> rusqlite::Result<Order> {
    match found {
        Found::Sound(order) => Ok(*order),
        Found::Damaged(row) => Err(broken(format!("order {}", row.id.0))),
    }
}

/// The checksum of a row's fields: each with its type and length, so that no two rows have the same bytes.
fn of_row(row: &Row<'_>) -> rusqlite::Result<String> {
    let fields = (0..row.as_ref().column_count() - 1).map(|at| row.get_ref(at));
    Ok(of_fields(fields.collect::<rusqlite::Result<Vec<_>>>()?))
}

/// The checksum of a row with these fields, in the order of [`COLUMNS`].
pub(super) fn of_fields<'a>(fields: impl IntoIterator<Item = ValueRef<'a>>) -> String {
    let mut hash = Sha256::new();
    hash.update(FORM);
    for field in fields {
        match field {
            ValueRef::Null => hash.update([0]),
            ValueRef::Integer(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            ValueRef::Real(number) => {
                hash.update([2]);
                hash.update(number.to_bits().to_be_bytes());
            }
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                hash.update([3]);
                hash.update(bytes.len().to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()).chars().take(DIGITS).collect()
}

/// Writes down the checksum of what a row holds. Only after a change to a row that was sound before.
pub(super) fn seal(write: &Connection, id: OrderId) -> rusqlite::Result<()> {
    let sql = format!("SELECT {} FROM orders WHERE id = ?1", columns(true));
    let found = write.prepare_cached(&sql)?.query_row([id.0], of_row)?;
    write.prepare_cached("UPDATE orders SET checksum = ?2 WHERE id = ?1")?.execute(params![id.0, found]).map(drop)
}

/// Writes down the checksums of all rows, for those that were written before there were any.
///
/// # Errors
/// Those of the database.
pub(super) fn seal_all(write: &Connection) -> rusqlite::Result<()> {
    let ids: Vec<i64> =
        write.prepare("SELECT id FROM orders")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    ids.into_iter().try_for_each(|id| seal(write, OrderId(id)))
}

impl Ledger {
    /// The orders whose rows are damaged, oldest first. Every row is read, by no index: an index may be damaged as well.
    ///
    /// # Errors
    /// Those of the database.
    pub fn damaged_orders(&self) -> rusqlite::Result<Vec<DamagedOrder>> {
        let sql = format!("SELECT {} FROM orders NOT INDEXED ORDER BY id", columns(self.is_sealed));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut damaged = Vec::new();
        while let Some(row) = rows.next()? {
            if let Found::Damaged(row) = read(row, self.is_sealed)? {
                damaged.push(row);
            }
        }
        for row in &mut damaged {
            row.is_answered = self.fact(&answer(row.id))?.is_some_and(|answer| answer == row.found);
        }
        Ok(damaged)
    }

    /// The first damaged row that closes the sending of a request.
    ///
    /// # Errors
    /// Those of the database.
    pub fn damage_closing(&self, request: &Request) -> rusqlite::Result<Option<DamagedOrder>> {
        Ok(self.damaged_orders()?.into_iter().find(|row| row.closes(request)))
    }

    /// True when a damaged row that the user has not answered for may be a payment: what was spent is not known then.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_spending_damaged(&self) -> rusqlite::Result<bool> {
        let may_be = |row: &DamagedOrder| row.kind.is_none_or(|kind| ["withdraw", "transfer"].contains(&kind));
        Ok(self.damaged_orders()?.iter().any(|row| !row.is_answered && may_be(row)))
    }

    /// The user has answered for a damaged row as it was shown, and goes on without it. The row stays as it is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn answer_for(&self, row: &DamagedOrder) -> rusqlite::Result<()> {
        self.set_fact(&answer(row.id), &row.found)
    }
}

/// What the names of such facts begin with.
pub(super) const ANSWER: &str = "damaged_order_";

/// The fact that keeps what a damaged row held when the user answered for it.
pub(super) fn answer(id: OrderId) -> String {
    format!("{ANSWER}{}", id.0)
}

/// One order; `None` where there is none of that number.
///
/// # Errors
/// Those of the database; a damaged row is one.
pub(super) fn one(connection: &Connection, id: OrderId, is_sealed: bool) -> rusqlite::Result<Option<Order>> {
    let sql = format!("SELECT {} FROM orders WHERE id = ?1", columns(is_sealed));
    let found = connection.prepare_cached(&sql)?.query_row([id.0], |row| read(row, is_sealed)).optional()?;
    found.map(must).transpose()
}

#[cfg(test)]
mod tests {
    use super::super::schema::{MIGRATIONS, SEALED};
    use super::*;
    use crate::domain::{AskedBy, Because, Millis, Outcome, WithdrawRequest};
    use std::path::PathBuf;

    const ADDRESS: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";

    fn withdraw() -> Request {
        Request::Withdraw(WithdrawRequest {
            coin: "TRX".into(),
            network: "Tron (TRC-20)".into(),
            address: ADDRESS.into(),
            memo: None,
            gross: "20.5".parse().unwrap(),
        })
    }

    /// A ledger with two orders, the second of unknown outcome.
    fn written() -> (tempfile::TempDir, PathBuf, Order) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let mut ledger = Ledger::open(&path).unwrap();
        ledger.record(&Request::CancelTransfer("9".into()), Millis(5), None, AskedBy::Screen, &[], None).unwrap();
        let id = ledger.record(&withdraw(), Millis(5), None, AskedBy::Screen, &[], None).unwrap();
        let unknown = Outcome::Unknown { why: Because::Timeout.into() };
        ledger.set_outcome(id, &unknown, Millis(6), None).unwrap();
        ledger.count_reading(id).unwrap();
        let order = ledger.order(id).unwrap().unwrap();
        (dir, path, order)
    }

    #[test]
    fn no_field_of_an_order_can_be_changed_unnoticed() {
        for column in columns(true).split(", ").filter(|column| *column != "id") {
            let (_dir, path, order) = written();
            let ledger = Ledger::open(&path).unwrap();
            assert_eq!(ledger.damaged_orders().unwrap(), [], "whole, whatever was written to it");
            let is_number = column.ends_with("_ms") || column == "readings";
            let other = if is_number { "7654321" } else { "'x'" };
            ledger.connection.execute(&format!("UPDATE orders SET {column} = {other} WHERE id = 2"), []).unwrap();
            let damaged = ledger.damaged_orders().unwrap();
            assert_eq!(damaged.iter().map(|row| row.id.0).collect::<Vec<_>>(), [2], "{column}");
            // It is believed only where the fields say the same.
            let is_of_kind = ["kind", "to_name", "direction", "target_id"].contains(&column);
            assert_eq!(damaged[0].kind, (!is_of_kind).then_some("withdraw"), "{column}");
            // The others are read; what is damaged is nobody's order and is written to by nobody.
            assert_eq!(ledger.orders(9).unwrap().iter().map(|o| o.id.0).collect::<Vec<_>>(), [1], "{column}");
            assert_eq!(ledger.unsettled().unwrap().len(), 1, "{column}");
            assert!(ledger.order(order.id).is_err(), "{column}");
            let mut ledger = ledger;
            assert!(ledger.set_outcome(order.id, &Outcome::NoTrace, Millis(9), None).is_err(), "{column}");
            assert!(ledger.count_reading(order.id).is_err(), "{column}");
            assert!(ledger.damage_closing(&withdraw()).unwrap().is_some(), "{column}");
            let another = ledger.damage_closing(&Request::CancelTransfer("1".into())).unwrap();
            assert_eq!(another.is_some(), is_of_kind, "{column}");
        }
    }

    #[test]
    fn an_answer_counts_for_the_row_as_it_was_shown() {
        let (_dir, path, _) = written();
        let ledger = Ledger::open(&path).unwrap();
        ledger.connection.execute("UPDATE orders SET amount = '20.4' WHERE id = 2", []).unwrap();
        let row = ledger.damage_closing(&withdraw()).unwrap().unwrap();
        ledger.answer_for(&row).unwrap();
        assert_eq!(ledger.damage_closing(&withdraw()).unwrap(), None);
        assert!(ledger.damaged_orders().unwrap()[0].is_answered, "it stays what it is");
        ledger.connection.execute("UPDATE orders SET amount = '20.3' WHERE id = 2", []).unwrap();
        assert!(ledger.damage_closing(&withdraw()).unwrap().is_some(), "that was not shown");
    }

    #[test]
    fn one_bit_in_the_file_never_shows_another_order() {
        let (_dir, path, order) = written();
        // All of it into the one file.
        let whole = Connection::open(&path).unwrap();
        whole.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        drop(whole);
        let bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(ADDRESS.len()).position(|part| part == ADDRESS.as_bytes()).unwrap();
        // The head of the row with the lengths of its fields, its fields, and its checksum.
        for place in (at - 70..at + 190).filter(|place| place % 3 == 0) {
            let bit = place % 8;
            let dir = tempfile::tempdir().unwrap();
            let other = dir.path().join("l.sqlite");
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            std::fs::write(&other, &changed).unwrap();
            let Ok(ledger) = Ledger::open(&other) else { continue };
            let damaged = ledger.damaged_orders().unwrap();
            let sound = ledger.orders(9).unwrap();
            let is_named = damaged.iter().any(|row| row.closes(&withdraw()));
            assert!(is_named || sound.contains(&order), "byte {place} bit {bit}: {sound:?} {damaged:?}");
            assert!(sound.iter().all(|found| found.id != order.id || *found == order), "byte {place} bit {bit}");
        }
    }

    #[test]
    fn orders_of_an_earlier_version_get_their_checksums() {
        let (_dir, path, order) = written();
        let old = path.with_file_name("old.sqlite");
        let connection = Connection::open(&old).unwrap();
        for step in &MIGRATIONS[..SEALED - 1] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 4).unwrap();
        connection.execute("ATTACH ?1 AS new", [path.to_str().unwrap()]).unwrap();
        connection
            .execute_batch(&format!(
                "INSERT INTO orders ({COLUMNS}) SELECT {COLUMNS} FROM new.orders; DETACH new;
                INSERT INTO orders (kind, time_ms, sent_ms, asked_by, outcome, changed_ms)
                VALUES ('barter', 1, 1, 'screen', 'sending', 1);"
            ))
            .unwrap();
        drop(connection);
        // Whoever only looks changes nothing, and believes what is there.
        assert_eq!(super::super::examine(&old).unwrap().unsettled, 2);
        let ledger = Ledger::open(&old).unwrap();
        assert_eq!(ledger.order(order.id).unwrap(), Some(order));
        let damaged = ledger.damaged_orders().unwrap();
        assert_eq!(damaged.iter().map(|row| (row.id.0, row.kind)).collect::<Vec<_>>(), [(3, None)], "no order at all");
        assert_eq!(ledger.orders(9).unwrap().len(), 2);
    }
}
