//! Moves in the ledger, which is their only history, and what both sides held before each.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Ledger;
use super::rows::amount;
use crate::domain::{
    BothSides, MoveRecord, MoveRequest, Order, OrderId, Outcome, Proof, Request, SideAmounts, UntrustedText,
};

/// The clock of the exchange is measured in whole seconds, over a network that may be slow.
const CLOCK_MS: i64 = 60_000;

/// The moves of a coin beside one whose end is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherMoves {
    /// Those that were executed since.
    pub executed: Vec<MoveRequest>,
    /// Those that may have been executed since.
    pub open: Vec<MoveRequest>,
}

impl Ledger {
    /// The newest moves first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn moves(&self, limit: u32) -> rusqlite::Result<Vec<MoveRecord>> {
        let orders = self.select("WHERE kind = 'move' ORDER BY id DESC LIMIT ?1", [limit])?;
        Ok(orders.iter().filter_map(Order::as_move).collect())
    }

    /// What both sides held of a move's coin before it was sent; `None` where that was not read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sides_before(&self, id: OrderId) -> rusqlite::Result<Option<BothSides>> {
        let sql =
            "SELECT spot_available, spot_total, futures_available, futures_total FROM sides_before WHERE order_id = ?1";
        let found = self.connection.query_row(sql, [id.0], |row| {
            Ok(BothSides {
                spot: SideAmounts { available: amount(row, 0)?, total: amount(row, 1)? },
                futures: SideAmounts { available: amount(row, 2)?, total: amount(row, 3)? },
            })
        });
        found.optional()
    }

    /// The other moves of a move's coin that may have changed both sides since it was written down.
    ///
    /// # Errors
    /// Those of the database.
    pub fn moves_beside(&self, order: &Order) -> rusqlite::Result<OtherMoves> {
        let since = order.time.plus(-CLOCK_MS);
        let others = self.select(
            "WHERE kind = 'move' AND coin = ?2 AND id <> ?1
                AND (id > ?1 OR max(time_ms, sent_ms) >= ?3 OR changed_ms >= ?3 OR outcome IN ('sending', 'unknown'))
             ORDER BY id",
            params![order.id.0, order.request.coin().map(UntrustedText::raw), since.0],
        )?;
        let mut found = OtherMoves::default();
        for other in others {
            let Request::Move(request) = &other.request else { continue };
            // Of the orders of one key in one ledger the numbers tell which came first: one money call at a time. Another key may be
            // another account's, with sides of its own, and what was brought from another ledger has a number that says nothing.
            let is_beside = self.is_beside(order.id, other.id)?;
            let is_older = other.time.max(other.sent).max(other.changed) < since;
            match other.outcome {
                _ if other.outcome.is_without_effect() => {}
                Outcome::Accepted { .. } if is_beside && other.id > order.id => found.executed.push(request.clone()),
                // Both sides were read after its answer.
                Outcome::Accepted { proof: Proof::Answer, .. } if is_beside => {}
                _ if !is_beside && is_older && !other.outcome.is_unsettled() => {}
                _ => found.open.push(request.clone()),
            }
        }
        Ok(found)
    }

    /// True for two orders that were placed with one key in this very ledger.
    fn is_beside(&self, one: OrderId, other: OrderId) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM order_keys a JOIN order_keys b ON a.fingerprint = b.fingerprint
                    WHERE a.order_id = ?1 AND b.order_id = ?2)
                AND NOT EXISTS (SELECT 1 FROM brought WHERE id IN (?1, ?2))",
            params![one.0, other.0],
            |row| row.get(0),
        )
    }

    /// True when another order may have changed what is available of an order's coin since that order was written down:
    /// then its spot balance alone proves nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_balance_disturbed(&self, order: &Order) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM orders WHERE id <> ?1 AND (coin = ?2 OR coin IS NULL) AND (
                outcome IN ('sending', 'unknown')
                OR (outcome NOT IN ('refused', 'not_sent', 'not_executed') AND (id > ?1 OR changed_ms >= ?3))))",
            params![order.id.0, order.request.coin().map(UntrustedText::raw), order.time.0],
            |row| row.get(0),
        )
    }
}

/// Keeps what both sides held before an order, in the transaction that writes it down.
pub(super) fn keep_sides(write: &Connection, id: OrderId, sides: &BothSides) -> rusqlite::Result<()> {
    let text = |amount: Option<crate::domain::Amount>| amount.map(|amount| amount.to_string());
    write
        .execute(
            "INSERT INTO sides_before VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                id.0,
                text(sides.spot.available),
                text(sides.spot.total),
                text(sides.futures.available),
                text(sides.futures.total)
            ],
        )
        .map(drop)
}
