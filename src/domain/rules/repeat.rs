//! The same payment twice. An equal order that was accepted is no obstacle, since people do pay the same again; but
//! nobody repeats it without being told, and soon after it not without saying so. A payment is a payment, whoever ordered
//! it: the exchange's app and other programs do as well.

use super::Facts;
use crate::domain::address::{Comparison, compare};
use crate::domain::fees::{self, Learnt};
use crate::domain::time::day_start;
use crate::domain::{
    Amount, Kind, Millis, Order, OrderId, Outcome, Record, Request, Status, TransferRequest, UntrustedText,
    WithdrawRequest,
};

/// An order so soon after an equal one is taken for a slip until the user says otherwise, milliseconds.
pub const RECENT_MS: i64 = 10 * 60_000;
/// No order is so much older than its record, milliseconds.
const SLACK_MS: i64 = 2 * 60_000;
/// A fee is no more than so many times the greatest that was ever paid, as far as a repetition is looked for.
const DEARER: usize = 3;
/// Or no more than this part of what was sent.
const USUAL_PART: usize = 4;
/// One of which nothing is known is no more than this part of it.
const LARGEST_PART: usize = 2;

/// Which payment came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DuplicateOf {
    /// An order of this ledger that was accepted.
    Order(OrderId),
    /// A record of the exchange, by its id, that no order of this ledger stands for.
    Record(UntrustedText),
}

impl DuplicateOf {
    /// The order, where it is one.
    pub const fn order(&self) -> Option<OrderId> {
        match self {
            Self::Order(id) => Some(*id),
            Self::Record(_) => None,
        }
    }
}

/// A record of the last minutes, or one that may be an order that was given up, with what its fee may be as long as it does not
/// say.
#[derive(Debug, Clone)]
pub struct Paid {
    /// What was paid, whoever ordered it.
    pub record: Record,
    /// What the account knows of fees for this coin and network; `None` where it knows none.
    pub fees: Option<Learnt>,
    /// Whether it may be an order that was given up without a certain end, however long ago that was.
    pub may_be_given_up: bool,
}

/// An equal payment before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// Which.
    pub earlier: DuplicateOf,
    /// How long ago, milliseconds.
    pub ago_ms: i64,
    /// True for an order that was given up without a certain end ([`Outcome::NoTrace`], [`Outcome::Likely`]).
    pub is_given_up: bool,
    /// How much of it is known to be the same.
    pub sameness: Sameness,
}

/// How much is known of a payment that looks the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// All that was ordered.
    Whole,
    /// All but the amount: the exchange does not say the fee yet, and its record is what is left after that.
    FeeUnknown,
    /// The exchange does not say all of it.
    PartUnknown,
}

impl Before {
    /// True when the two are so close that the second may be a slip.
    pub const fn is_recent(&self) -> bool {
        self.ago_ms <= RECENT_MS
    }
}

/// From when on the rules want the ledger's orders: since midnight UTC for limits per day, and at least so far back that
/// an equal one shortly before is seen across midnight, and that no record of the last minutes is taken for somebody else's.
pub const fn ordered_since(now: Millis) -> Millis {
    let (day, soon) = (day_start(now), now.plus(-RECENT_MS - SLACK_MS));
    if day.0 < soon.0 { day } else { soon }
}

impl Facts<'_> {
    /// Equal payments before: the newest equal order that was accepted, whenever that was, and those of the last minutes that
    /// were ordered elsewhere. What is still open, or was given up without a certain end, has its own guard in the engine.
    pub fn ordered_before(&self, request: &Request) -> Vec<Before> {
        let ordered = self.ordered.unwrap_or_default();
        let is_accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
        let same: Vec<&Order> =
            ordered.iter().filter(|o| is_accepted(&o.outcome) && o.request.is_same_request(request)).collect();
        // By number and by time: orders that were brought from another ledger come after those that were here.
        let (newest, latest) = (same.last(), same.iter().max_by_key(|order| order.sent.max(order.time)));
        let mut before: Vec<Before> = Vec::new();
        // What was sent again was paid then, whenever it was written down.
        before.extend(newest.map(|order| self.before(order)));
        before.extend(latest.filter(|order| newest.is_some_and(|n| n.id != order.id)).map(|order| self.before(order)));
        before.extend(paid_elsewhere(self.recent_payments, ordered, request, self.now));
        before
    }

    fn before(&self, order: &Order) -> Before {
        Before {
            earlier: DuplicateOf::Order(order.id),
            ago_ms: self.now.since(order.sent).max(0),
            is_given_up: order.outcome.blocks_repeat(),
            sameness: Sameness::Whole,
        }
    }

    /// The newest equal order that was given up without a certain end.
    pub fn given_up_before(&self, request: &Request) -> Option<Before> {
        let is_given_up = |order: &&Order| order.outcome.blocks_repeat() && !order.outcome.is_unsettled();
        let mut orders = self.unproven.unwrap_or_default().iter().filter(is_given_up);
        orders.find(|order| order.request.is_same_request(request)).map(|order| self.before(order))
    }

    /// The payments among [`Self::ordered_before`] that are so close that this one may be a slip. A move back and forth is
    /// no payment.
    pub fn ordered_soon_before(&self, request: &Request) -> Vec<Before> {
        let is_payment = matches!(request, Request::Withdraw(_) | Request::Transfer(_));
        let mut before = if is_payment { self.ordered_before(request) } else { Vec::new() };
        before.retain(|before| before.is_recent() || before.earlier.order().is_none());
        before
    }
}

/// Payments that equal a wish and that none of these orders stands for, newest first: those of the last minutes, and those that
/// may be what was given up.
pub fn paid_elsewhere(recent_payments: &[Paid], ordered: &[Order], request: &Request, now: Millis) -> Vec<Before> {
    let others = recent_payments.iter().filter(|paid| paid.is_same(request));
    let others = others.filter(|paid| !ordered.iter().any(|order| is_of(&paid.record, order)));
    let mut before: Vec<Before> = others
        .filter_map(|paid| {
            let earlier = DuplicateOf::Record(paid.record.key.id.clone());
            // Without a time it may have been just now.
            let at = latest(paid.record.moments(), now).unwrap_or(now);
            let (ago_ms, sameness) = (now.since(at).max(0), paid.sameness(request));
            let before = Before { earlier, ago_ms, is_given_up: false, sameness };
            (before.is_recent() || paid.may_be_given_up).then_some(before)
        })
        .collect();
    before.sort_by_key(|before| before.ago_ms);
    before
}

/// True for the record of an order that was accepted.
fn is_of(record: &Record, order: &Order) -> bool {
    let kind = match order.request {
        Request::Withdraw(_) => Kind::Withdrawal,
        Request::Transfer(_) => Kind::TransferOut,
        _ => return false,
    };
    record.key.kind == kind && matches!(&order.outcome, Outcome::Accepted { id, .. } if *id == record.key.id)
}

impl Paid {
    /// Those of an exchange's page that are minutes old, with what the page tells of fees.
    pub fn recent_payments(records: &[Record], now: Millis) -> Vec<Self> {
        let late = records.iter().filter(|r| latest(r.moments(), now).is_none_or(|at| now.since(at) <= RECENT_MS));
        late.map(|record| Self::of(record, records, false)).collect()
    }

    /// One record, with what these tell of fees.
    pub fn of(record: &Record, records: &[Record], may_be_given_up: bool) -> Self {
        let fees = record.network.as_ref().and_then(|network| fees::learn_all(records, &record.coin, network));
        Self { fees, record: record.clone(), may_be_given_up }
    }

    /// True when it paid the same as far as it says: rather one question too many than a payment too many.
    fn is_same(&self, request: &Request) -> bool {
        let r = &self.record;
        if matches!(r.status, Status::Fail | Status::Cancelled) {
            return false;
        }
        // A kind that is not known may be any.
        let is_kind = |kind: Kind| r.key.kind == kind || matches!(r.key.kind, Kind::OtherOut(_));
        let paid = match request {
            Request::Withdraw(w)
                if is_kind(Kind::Withdrawal)
                    && self.may_be_of(w.gross)
                    && self.place(w) != Some(Comparison::Different) =>
            {
                Request::Withdraw(WithdrawRequest {
                    coin: r.coin.clone(),
                    network: r.network.as_ref().unwrap_or(&w.network).clone(),
                    address: w.address.clone(),
                    memo: r.memo.clone().filter(|memo| !memo.is_empty()).or_else(|| w.memo.clone()),
                    gross: w.gross,
                })
            }
            Request::Transfer(t) if is_kind(Kind::TransferOut) => Request::Transfer(TransferRequest {
                coin: r.coin.clone(),
                amount: r.amount.unwrap_or(t.amount),
                to: r.receiver.as_ref().unwrap_or(&t.to).clone(),
                ..t.clone()
            }),
            _ => return false,
        };
        paid.is_same_request(request)
    }

    /// What its address says of that of a wish, of two that nearer it; `None` where it says none.
    fn place(&self, w: &WithdrawRequest) -> Option<Comparison> {
        let named = [&self.record.address, &self.record.also_address].into_iter().flatten();
        named.map(|to| compare(w.network.raw(), w.address.raw(), to.raw())).min()
    }

    /// How much of what looks the same is known to be.
    fn sameness(&self, request: &Request) -> Sameness {
        let r = &self.record;
        if matches!(r.key.kind, Kind::OtherOut(_)) || r.also_address.is_some() {
            return Sameness::PartUnknown;
        }
        let is_to_chain = matches!(r.key.kind, Kind::Withdrawal);
        let is_place_known = match request {
            Request::Withdraw(w) => self.place(w) == Some(Comparison::Same) && r.network.is_some(),
            _ => r.receiver.is_some(),
        };
        match (is_place_known && r.amount.is_some(), is_to_chain && r.fee.is_none()) {
            (false, _) => Sameness::PartUnknown,
            (true, true) => Sameness::FeeUnknown,
            (true, false) => Sameness::Whole,
        }
    }

    /// Whether a withdrawal's net amount may be what is left of this: its fee is not said while it is pending
    /// (`reference.md §4.7`).
    fn may_be_of(&self, gross: Amount) -> bool {
        let Some(net) = self.record.amount else { return true };
        if self.record.fee.is_some() {
            // A fee in another coin leaves the amount whole.
            return self.record.gross().unwrap_or(net) == gross;
        }
        let Some(fee) = gross.checked_sub(net).filter(|fee| !fee.is_negative()) else { return false };
        // Fees change, and are a large part of a small amount; what cannot be reckoned is rather one question too many.
        let is_part = |of: usize| times(fee, of).is_none_or(|fees| fees <= gross);
        match &self.fees {
            Some(known) => is_part(USUAL_PART) || times(known.greatest, DEARER).is_none_or(|most| fee <= most),
            None => is_part(LARGEST_PART),
        }
    }
}

/// The later of the moments at which something may have been made, at the latest now. One far beyond now is none: not every id
/// holds one.
fn latest(moments: [Option<Millis>; 2], now: Millis) -> Option<Millis> {
    let told = moments.into_iter().flatten().filter(|at| now.since(*at) >= -RECENT_MS);
    told.max().map(|at| at.min(now))
}

fn times(amount: Amount, count: usize) -> Option<Amount> {
    (0..count).try_fold(Amount::ZERO, |sum, _| sum.checked_add(amount))
}
