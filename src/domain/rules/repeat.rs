//! The same payment twice. An equal order that was accepted is no obstacle, since people do pay the same again; but
//! nobody repeats it without being told, and soon after it not without saying so. A payment is a payment, whoever ordered
//! it: the exchange's app and other programs do as well.

use super::{Facts, day_start};
use crate::domain::fees::Learnt;
use crate::domain::{
    Amount, Kind, Millis, Order, OrderId, Outcome, Record, Request, Status, Text, TransferRequest, WithdrawRequest,
};

/// An order so soon after an equal one is taken for a slip until the user says otherwise, milliseconds.
pub const SOON_MS: i64 = 10 * 60_000;

/// Which payment came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    /// An order of this ledger that was accepted.
    Order(OrderId),
    /// A record of the exchange, by its id, that no order of this ledger stands for.
    Record(Text),
}

impl Earlier {
    /// The order, where it is one.
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Order(id) => Some(*id),
            Self::Record(_) => None,
        }
    }
}

/// A record of the last minutes, with what its fee may be as long as it does not say.
#[derive(Debug, Clone)]
pub struct Paid {
    /// What was paid, whoever ordered it.
    pub record: Record,
    /// What the account knows of fees for this coin and network; `None` where it knows none.
    pub fees: Option<Learnt>,
}

/// An equal payment before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// Which.
    pub earlier: Earlier,
    /// How long ago, milliseconds.
    pub ago_ms: i64,
}

impl Before {
    /// True when the two are so close that the second may be a slip.
    pub const fn is_soon(&self) -> bool {
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
    /// The newest equal order that was accepted; where it was not soon before, an equal payment that was ordered elsewhere.
    /// What is still open, or was given up without a certain end, has its own guard in the engine.
    pub fn ordered_before(&self, wish: &Request) -> Option<Before> {
        let ordered = self.ordered.unwrap_or_default();
        let is_accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
        let order = ordered.iter().rev().find(|o| is_accepted(&o.outcome) && o.request.is_same_wish(wish));
        let before =
            order.map(|order| Before { earlier: Earlier::Order(order.id), ago_ms: self.now.since(order.time).max(0) });
        if before.as_ref().is_some_and(Before::is_soon) {
            return before;
        }
        let is_own = |id: &Text| {
            let payments = ordered.iter().filter(|o| matches!(o.request, Request::Withdraw(_) | Request::Transfer(_)));
            payments.into_iter().any(|o| matches!(&o.outcome, Outcome::Accepted { id: own, .. } if own == id))
        };
        let elsewhere = self.lately.iter().filter(|paid| paid.is_same(wish)).map(|paid| &paid.record);
        let elsewhere = elsewhere.filter(|r| !is_own(&r.key.id)).filter_map(|r| {
            let before = Before { earlier: Earlier::Record(r.key.id.clone()), ago_ms: self.now.since(r.time?).max(0) };
            before.is_soon().then_some(before)
        });
        elsewhere.min_by_key(|before| before.ago_ms).or(before)
    }
}

impl Paid {
    /// True when it paid the same as far as it says: rather one question too many than a payment too many.
    fn is_same(&self, wish: &Request) -> bool {
        let r = &self.record;
        if matches!(r.status, Status::Fail | Status::Cancelled) {
            return false;
        }
        let paid = match wish {
            Request::Withdraw(w) if r.key.kind == Kind::Withdrawal && self.may_be_of(w.gross) => {
                Request::Withdraw(WithdrawRequest {
                    coin: r.coin.clone(),
                    network: r.network.as_ref().unwrap_or(&w.network).clone(),
                    address: r.address.as_ref().unwrap_or(&w.address).clone(),
                    memo: r.memo.clone().filter(|memo| !memo.is_empty()).or_else(|| w.memo.clone()),
                    gross: w.gross,
                })
            }
            Request::Transfer(t) if r.key.kind == Kind::TransferOut => Request::Transfer(TransferRequest {
                coin: r.coin.clone(),
                amount: r.amount.unwrap_or(t.amount),
                to: r.receiver.as_ref().unwrap_or(&t.to).clone(),
                ..t.clone()
            }),
            _ => return false,
        };
        paid.is_same_wish(wish)
    }

    /// Whether a withdrawal's net amount may be what is left of this: its fee is not said while it is pending
    /// (`reference.md §4.7`).
    fn may_be_of(&self, gross: Amount) -> bool {
        let Some(net) = self.record.amount else { return true };
        if self.record.fee.is_some() {
            // A fee in another coin leaves the amount whole.
            return self.record.gross().unwrap_or(net) == gross;
        }
        let Some(fee) = gross.checked_sub(net) else { return false };
        match &self.fees {
            Some(known) => (known.least..=known.greatest).contains(&fee),
            None => !fee.is_negative(),
        }
    }
}
