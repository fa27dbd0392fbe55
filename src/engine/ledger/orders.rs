//! Orders in the ledger: written before they are sent, changed only as more is known, never deleted.

use std::collections::{BTreeSet, HashMap};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, ErrorCode, TransactionBehavior, params, params_from_iter};

use super::Ledger;
use super::checksum::{Found, columns, of_fields, one, read, seal};
use super::rows::{COLUMNS, OutcomeColumns, RequestColumns};
use crate::domain::{
    Amount, AskedBy, Because, BothSides, Millis, MoveRecord, Order, OrderId, Ordered, Outcome, Proof, RecordKey,
    Request, UntrustedText,
};

/// What came of writing an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The order as it stands now, on the disk.
    Done(Order),
    /// Nothing was changed: what stands there is not replaced by this. As it stands.
    Kept(Order),
    /// Nothing was changed: the exchange's id already stands for another order.
    Claimed,
    /// There is no such order.
    NoOrder,
}

impl Ledger {
    /// Writes an order down as [`Outcome::Sending`], with the ids of records that were there before it and, for a move, with what
    /// both sides held of its coin. When this returns, it is on the disk, and the file beside the ledger says so.
    ///
    /// # Errors
    /// Those of the database; then nothing may be sent.
    pub fn record(
        &mut self,
        request: &Request,
        time: Millis,
        available_before: Option<Amount>,
        asked_by: AskedBy,
        seen_before: &[UntrustedText],
        sides: Option<&BothSides>,
    ) -> rusqlite::Result<OrderId> {
        let columns = RequestColumns::of(request);
        let asked: &'static str = asked_by.into();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'orders'";
        let id: i64 = write.query_row(last, [], |row| row.get::<_, i64>(0))?.saturating_add(1);
        let text = |text: Option<&str>| Value::from(text.map(str::to_owned));
        // In the order of the columns that the checksum is made of.
        let fields = [
            Value::from(id),
            text(Some(request.kind())),
            text(request.coin().map(UntrustedText::raw)),
            text(columns.network),
            text(columns.address),
            text(columns.memo),
            Value::from(request.amount().map(|amount| amount.to_string())),
            text(columns.direction),
            text(columns.to_type),
            text(columns.to_country_code),
            text(columns.to_name),
            text(columns.remark),
            text(columns.out_biz_id),
            text(columns.target_id),
            Value::from(time.0),
            Value::from(time.0),
            Value::from(available_before.map(|amount| amount.to_string())),
            text(Some(asked)),
            text(Some(Outcome::Sending.word())),
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::from(0),
            Value::from(time.0),
        ];
        insert(&write, &fields)?;
        for seen in seen_before {
            write.execute("INSERT OR IGNORE INTO seen_before VALUES (?1, ?2)", params![id, seen.raw()])?;
        }
        if let Some(sides) = sides {
            super::moves::keep_sides(&write, OrderId(id), sides)?;
        }
        if let Some(key) = &self.key {
            write.execute("INSERT INTO order_keys VALUES (?1, ?2)", params![id, key])?;
        }
        event(&write, OrderId(id), time, &Outcome::Sending, None)?;
        write.commit()?;
        if let Err(why) = self.note_newest() {
            // Nothing is sent; where that cannot be written down either, it is settled as one that may have been.
            let _ = self.set_outcome(OrderId(id), &Outcome::NotSent { why: Because::Machine.into() }, time, None);
            return Err(why);
        }
        Ok(OrderId(id))
    }

    /// Writes what became of an order, beside everything that was seen of it before. What is certain is never overwritten
    /// ([`Outcome::may_become`]), and one record of the exchange never stands for two orders. `note` goes into the order's
    /// story only: for instance why the user decided so.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_outcome(
        &mut self,
        id: OrderId,
        outcome: &Outcome,
        at: Millis,
        note: Option<&UntrustedText>,
    ) -> rusqlite::Result<Written> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(order) = one(&write, id, true)? else { return Ok(Written::NoOrder) };
        if !order.outcome.may_become(outcome) {
            return Ok(Written::Kept(order));
        }
        if !update_outcome(&write, id, outcome, at)? {
            return Ok(Written::Claimed);
        }
        if *outcome == Outcome::Sending {
            // Sent again: what was looked up so far says nothing about this sending.
            write.execute("UPDATE orders SET sent_ms = ?2, readings = 0 WHERE id = ?1", params![id.0, at.0])?;
        }
        event(&write, id, at, outcome, note)?;
        seal(&write, id)?;
        let order = one(&write, id, true)?;
        write.commit()?;
        if *outcome == Outcome::Sending {
            self.note_newest()?;
        }
        Ok(order.map_or(Written::NoOrder, Written::Done))
    }

    /// Counts one more reading of the exchange's history for an order.
    ///
    /// # Errors
    /// Those of the database; a damaged row is one.
    pub fn count_reading(&mut self, id: OrderId) -> rusqlite::Result<u32> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        one(&write, id, true)?;
        let sql = "UPDATE orders SET readings = readings + 1 WHERE id = ?1 RETURNING readings";
        let readings = write.query_row(sql, [id.0], |row| row.get(0))?;
        seal(&write, id)?;
        write.commit()?;
        Ok(readings)
    }

    /// The newest orders first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn orders(&self, limit: u32) -> rusqlite::Result<Vec<Order>> {
        self.select("ORDER BY id DESC LIMIT ?1", [limit])
    }

    /// One order.
    ///
    /// # Errors
    /// Those of the database; a damaged row is one.
    pub fn order(&self, id: OrderId) -> rusqlite::Result<Option<Order>> {
        one(&self.connection, id, self.is_sealed)
    }

    /// The order that a record came of, not one that takes it back; `None` where it was not ordered here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn order_of(&self, record: &RecordKey) -> rusqlite::Result<Option<Order>> {
        if record.kind.is_move() {
            return MoveRecord::order_of(record).map_or(Ok(None), |id| self.order(id));
        }
        let kind = if record.kind.is_transfer() { "transfer" } else { "withdraw" };
        let found = self
            .select("WHERE kind = ?1 AND exchange_id = ?2 ORDER BY id DESC LIMIT 1", params![kind, record.id.raw()])?;
        Ok(found.into_iter().next())
    }

    /// What was ordered here for records whose gross the exchange does not say: by each record, the amount asked for. Where the
    /// exchange contradicts itself about a record, it may be no record of the order's.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ordered_amounts(&self) -> rusqlite::Result<HashMap<RecordKey, Ordered>> {
        let orders = self.select(
            "WHERE outcome = 'accepted' AND kind IN ('withdraw', 'transfer') AND NOT EXISTS (SELECT 1 FROM records r
                WHERE r.way = 1 AND r.kind = CASE orders.kind WHEN 'withdraw' THEN 'withdrawal' ELSE 'transfer_out' END
                AND r.id = orders.exchange_id
                AND (r.fee IS NOT NULL AND coalesce(r.fee_coin, r.coin) = r.coin
                    OR r.doubt IN ('disagrees', 'addresses', 'same_id')))",
            [],
        )?;
        let ordered =
            |order: &Order| Some(Ordered { coin: order.request.coin()?.clone(), gross: order.request.amount()? });
        Ok(orders.iter().filter_map(|order| Some((order.record()?, ordered(order)?))).collect())
    }

    /// Everything that was seen of an order, oldest first: when, the outcome's word, and what was said.
    ///
    /// # Errors
    /// Those of the database.
    pub fn timeline(&self, id: OrderId) -> rusqlite::Result<Vec<(Millis, UntrustedText, Option<UntrustedText>)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT time_ms, outcome, detail FROM order_events WHERE order_id = ?1 ORDER BY rowid")?;
        let text = |found: String| UntrustedText::from(found);
        let rows = statement.query_map([id.0], |row| {
            Ok((Millis(row.get(0)?), text(row.get(1)?), row.get::<_, Option<String>>(2)?.map(text)))
        })?;
        rows.collect()
    }

    /// Orders whose outcome must still be found out, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unsettled(&self) -> rusqlite::Result<Vec<Order>> {
        self.select("WHERE outcome IN ('sending', 'unknown') ORDER BY id", [])
    }

    /// Orders after which the same thing must not simply be sent again ([`Outcome::blocks_repeat`]), newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn blocking_repeat(&self) -> rusqlite::Result<Vec<Order>> {
        self.select(
            "WHERE outcome IN ('sending', 'unknown', 'no_trace', 'likely_executed', 'likely_not_executed')
             ORDER BY id DESC",
            [],
        )
    }

    /// True when an order already stands for the exchange's outgoing record with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_claimed(&self, exchange_id: &UntrustedText) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM orders WHERE exchange_id = ?1 AND kind IN ('withdraw', 'transfer'))",
            [exchange_id.raw()],
            |row| row.get(0),
        )
    }

    /// True when an id was known before an order of this account asked for one: another order stands for it or takes it back,
    /// or a record had it before any order was sent.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_named_elsewhere(&self, exchange_id: &UntrustedText, order: OrderId) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM orders WHERE id <> ?2 AND (exchange_id = ?1 OR target_id = ?1))
                OR EXISTS (SELECT 1 FROM seen_before WHERE exchange_id = ?1)",
            params![exchange_id.raw(), order.0],
            |row| row.get(0),
        )
    }

    /// Orders that stand for a record because the history says so, not the exchange's answer, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claims(&self) -> rusqlite::Result<Vec<Order>> {
        let found =
            "WHERE outcome = 'accepted' AND proof IN ('history', 'reckoned') AND kind IN ('withdraw', 'transfer')
             ORDER BY id";
        self.select(found, [])
    }

    /// Those of [`Self::claims`] whose record's fee was not told when it was found, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn reckoned(&self) -> rusqlite::Result<Vec<OrderId>> {
        let found = self.claims()?.into_iter();
        let is_reckoned = |order: &Order| matches!(order.outcome, Outcome::Accepted { proof: Proof::Reckoned, .. });
        Ok(found.filter(is_reckoned).map(|order| order.id).collect())
    }

    /// True when an order was sent with another key than the one in use. A key of a sub-account tells the uid of the master
    /// account (`reference.md §4.2`) and lists a history of its own: what that does not show may be in the other one. Of orders
    /// of earlier versions it is not known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_of_other_key(&self, id: OrderId) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM order_keys WHERE order_id = ?1 AND fingerprint <> ?2)",
            params![id.0, self.key],
            |row| row.get(0),
        )
    }

    /// Ids of records that were there before an order was sent.
    ///
    /// # Errors
    /// Those of the database.
    pub fn seen_before(&self, id: OrderId) -> rusqlite::Result<BTreeSet<UntrustedText>> {
        let mut statement =
            self.connection.prepare_cached("SELECT exchange_id FROM seen_before WHERE order_id = ?1")?;
        statement.query_map([id.0], |row| row.get::<_, String>(0).map(UntrustedText::from))?.collect()
    }

    /// True when the same thing was ordered again after an order, and may have been executed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_repeated(&self, order: &Order) -> rusqlite::Result<bool> {
        // By time and not by number: orders that were brought from another ledger come after those that were here.
        let later = self.select(
            "WHERE id <> ?1 AND kind = ?2 AND max(time_ms, sent_ms) >= ?3",
            params![order.id.0, order.request.kind(), order.time.0],
        )?;
        Ok(later.iter().any(|o| !o.outcome.is_without_effect() && o.request.is_same_request(&order.request)))
    }

    /// What was ordered or sent again since a moment and may have been executed, oldest first: for limits per day.
    ///
    /// # Errors
    /// Those of the database.
    pub fn spent_since(&self, since: Millis) -> rusqlite::Result<Vec<Order>> {
        self.select(
            "WHERE max(time_ms, sent_ms) >= ?1 AND amount IS NOT NULL AND outcome NOT IN ('refused', 'not_sent', 'not_executed', 'dismissed')
             ORDER BY id",
            [since.0],
        )
    }

    /// Payments to others that were accepted or may have been, of any age, oldest first: for the address book.
    ///
    /// # Errors
    /// Those of the database.
    pub fn payments(&self) -> rusqlite::Result<Vec<Order>> {
        self.select(
            "WHERE kind IN ('withdraw', 'transfer') AND outcome IN ('accepted', 'sending', 'unknown') ORDER BY id",
            [],
        )
    }

    /// Sound orders; a damaged one is named by [`Self::damaged_orders`] and makes nothing else unreadable. No index is used:
    /// one that is damaged would hide orders.
    pub(super) fn select(&self, rest: &str, values: impl rusqlite::Params) -> rusqlite::Result<Vec<Order>> {
        let sql = format!("SELECT {} FROM orders NOT INDEXED {rest}", columns(self.is_sealed));
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(values)?;
        let mut orders = Vec::new();
        while let Some(row) = rows.next()? {
            if let Found::Sound(order) = read(row, self.is_sealed)? {
                orders.push(*order);
            }
        }
        Ok(orders)
    }
}

/// Puts an outcome into a row; false where the exchange's id already stands for another order. The checksum is not made anew.
fn update_outcome(write: &Connection, id: OrderId, outcome: &Outcome, at: Millis) -> rusqlite::Result<bool> {
    let columns = OutcomeColumns::of(outcome);
    let done = write.execute(
        "UPDATE orders SET outcome = ?2, exchange_id = ?3, proof = ?4, code = ?5, detail = ?6, changed_ms = ?7
         WHERE id = ?1",
        params![id.0, outcome.word(), columns.exchange_id, columns.proof, columns.code, columns.detail, at.0],
    );
    match done {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) && is_unique(&error) => {
            Ok(false)
        }
        other => other.map(|_| true),
    }
}

/// Puts an outcome into a sound row that may become it; one whose record stands for another order stays as it is.
pub(super) fn change_outcome(write: &Connection, id: OrderId, outcome: &Outcome, at: Millis) -> rusqlite::Result<()> {
    if update_outcome(write, id, outcome, at)? { seal(write, id) } else { Ok(()) }
}

/// Writes a new row with its checksum. The fields come in the order of the columns that it is made of.
pub(super) fn insert(write: &Connection, fields: &[Value]) -> rusqlite::Result<()> {
    let checksum = Value::from(of_fields(fields.iter().map(ValueRef::from)));
    let places = vec!["?"; fields.len() + 1].join(", ");
    let sql = format!("INSERT INTO orders ({COLUMNS}, checksum) VALUES ({places})");
    write.execute(&sql, params_from_iter(fields.iter().chain([&checksum]))).map(drop)
}

/// Adds a line to an order's story.
fn event(
    write: &Connection,
    id: OrderId,
    at: Millis,
    outcome: &Outcome,
    note: Option<&UntrustedText>,
) -> rusqlite::Result<()> {
    let columns = OutcomeColumns::of(outcome);
    let said = [columns.proof, columns.exchange_id, columns.code, columns.detail, note.map(UntrustedText::raw)];
    let said: Vec<_> = said.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let said = (!said.is_empty()).then(|| said.join(" "));
    write
        .execute("INSERT INTO order_events VALUES (?1, ?2, ?3, ?4)", params![id.0, at.0, outcome.word(), said])
        .map(drop)
}

fn is_unique(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
}

#[cfg(test)]
mod tests;
