//! Moves between spot and futures as records: the ledger is their only history (`reference.md §4.8`: the exchange keeps none).

use std::collections::BTreeSet;

use super::{
    Amount, Kind, Millis, MoveDirection, Order, OrderId, Outcome, Record, RecordKey, Request, Status, UntrustedText,
};

/// A line of the history of moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRecord {
    /// The order that it was.
    pub order: OrderId,
    /// When, by the exchange's clock.
    pub time: Millis,
    /// Which way.
    pub direction: MoveDirection,
    /// The coin.
    pub coin: UntrustedText,
    /// Coin amount.
    pub amount: Amount,
    /// What became of it.
    pub outcome: Outcome,
    /// The exchange's id of it, where one came.
    pub exchange_id: Option<UntrustedText>,
}

/// What the id of a move's record begins with; its order's number follows. The exchange's id may come late or never.
const MOVE_ID: &str = "order-";

impl MoveRecord {
    /// The move as a record beside those of the exchange.
    pub fn to_record(&self) -> Record {
        let kind = match self.direction {
            MoveDirection::SpotToFutures => Kind::MoveToFutures,
            MoveDirection::FuturesToSpot => Kind::MoveToSpot,
        };
        let status = match &self.outcome {
            Outcome::Accepted { .. } => Status::Success,
            outcome if outcome.is_without_effect() => Status::Fail,
            Outcome::Sending | Outcome::Unknown { .. } => Status::Pending,
            outcome => Status::Other(UntrustedText::from(outcome.word())),
        };
        Record {
            amount: Some(self.amount),
            status,
            time: Some(self.time),
            ..Record::bare(kind, format!("{MOVE_ID}{}", self.order.0), self.coin.clone())
        }
    }

    /// The order of a move's record.
    pub fn order_of(record: &RecordKey) -> Option<OrderId> {
        let number = record.id.raw().strip_prefix(MOVE_ID).filter(|_| record.kind.is_move())?;
        number.parse().ok().map(OrderId)
    }
}

/// The coins of moves that were executed, or may have been.
pub fn coins_of(moves: &[MoveRecord]) -> BTreeSet<UntrustedText> {
    moves.iter().filter(|moved| !moved.outcome.is_without_effect()).map(|moved| moved.coin.clone()).collect()
}

impl Order {
    /// The order as a line of the history of moves, which the exchange does not keep; `None` for anything else.
    pub fn as_move(&self) -> Option<MoveRecord> {
        let Request::Move(request) = &self.request else { return None };
        let exchange_id = match &self.outcome {
            Outcome::Accepted { id, .. } if !id.is_empty() => Some(id.clone()),
            _ => None,
        };
        Some(MoveRecord {
            order: self.id,
            time: self.time,
            direction: request.direction,
            coin: request.coin.clone(),
            amount: request.amount,
            outcome: self.outcome.clone(),
            exchange_id,
        })
    }
}
