//! The same payment twice. An equal order that was accepted is no obstacle, since people do pay the same again; but
//! nobody repeats it without being told, and soon after it not without saying so.

use super::{Facts, day_start};
use crate::domain::{Millis, Order, OrderId, Outcome, Request};

/// An order so soon after an equal one is taken for a slip until the user says otherwise, milliseconds.
pub const SOON_MS: i64 = 10 * 60_000;

/// An equal order that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Which.
    pub order: OrderId,
    /// How long ago, milliseconds.
    pub ago_ms: i64,
}

impl Before {
    /// True when the two are so close that the second may be a slip.
    pub const fn is_soon(self) -> bool {
        self.ago_ms <= SOON_MS
    }
}

/// From when on the rules want the ledger's orders: since midnight UTC for limits per day, and at least so far back that
/// an equal one shortly before is seen across midnight.
pub const fn ordered_since(now: Millis) -> Millis {
    let (day, soon) = (day_start(now), now.plus(-SOON_MS));
    if day.0 < soon.0 { day } else { soon }
}

/// True for an accepted order that paid the same. A move back and forth is no payment.
pub fn is_paid_again(order: &Order, wish: &Request) -> bool {
    let is_payment = matches!(wish, Request::Withdraw(_) | Request::Transfer(_));
    is_payment && matches!(order.outcome, Outcome::Accepted { .. }) && order.request.is_same_wish(wish)
}

impl Facts<'_> {
    /// The newest equal order that was accepted. What is still open, or was given up without a certain end, has its own
    /// guard in the engine.
    pub fn ordered_before(&self, wish: &Request) -> Option<Before> {
        let orders = self.ordered?.iter().rev();
        let is_same = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
        let order = orders.into_iter().find(|o| is_same(&o.outcome) && o.request.is_same_wish(wish))?;
        Some(Before { order: order.id, ago_ms: self.now.since(order.time).max(0) })
    }
}
