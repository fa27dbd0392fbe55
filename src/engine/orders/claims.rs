//! What records say later of orders that have an end: a claim that its record does not bear is opened again, and an end that
//! a record contradicts is shown so. Reads the ledger alone and asks nobody; runs whenever records reach the ledger.

use std::collections::{BTreeSet, HashMap};

use super::evidence::{self, Fit, Part, Withdrawal};
use crate::domain::rules::Paid;
use crate::domain::{
    Amount, Because, Kind, Millis, Order, OrderId, Outcome, Proof, Record, RecordKey, Request, Status, UntrustedText,
    Why, WithdrawRequest, fees,
};
use crate::engine::ledger::{Ledger, Written};

/// How far before an order a record may seem to be made, and still be looked at, milliseconds.
const LOOK_BACK_MS: i64 = 120_000;

/// How a record contradicts what stands in the ledger about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The order counts as not executed or as without a trace, and this record, which nobody claims, fits it.
    Fits,
    /// The record that stands for the order is not what was asked for.
    Differs(Vec<Part>),
    /// The exchange contradicts itself about the record that stands for the order: `backwards`, `disagrees`, `vanished`.
    Doubted(UntrustedText),
    /// The order to take it back counts as without effect, and the record says that it was taken back.
    Cancelled,
}

impl How {
    /// The word that output uses.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Differs(_) => "differs",
            Self::Doubted(_) => "doubted",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A record that contradicts what stands about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The record's id.
    pub record: UntrustedText,
    /// How it contradicts.
    pub how: How,
}

/// The ledger's newest orders, with what its records contradict of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListedOrders {
    /// The newest first.
    pub orders: Vec<Order>,
    /// By the order's number.
    pub contradictions: HashMap<OrderId, Contradiction>,
}

impl ListedOrders {
    /// The newest orders, at most so many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(ledger: &Ledger, limit: u32) -> rusqlite::Result<Self> {
        let orders = ledger.orders(limit)?;
        let contradictions = contradictions(ledger, &orders)?;
        Ok(Self { orders, contradictions })
    }
}

impl From<Vec<Order>> for ListedOrders {
    fn from(orders: Vec<Order>) -> Self {
        Self { orders, contradictions: HashMap::new() }
    }
}

/// What was asked for, as a withdrawal that is looked for; `None` for anything else.
pub(super) fn with_case<T>(
    ledger: &Ledger,
    order: &Order,
    fee: Option<Amount>,
    records: &[Record],
    look: impl FnOnce(&Withdrawal<'_>) -> T,
) -> rusqlite::Result<Option<T>> {
    let Request::Withdraw(request) = &order.request else { return Ok(None) };
    let mut claimed = BTreeSet::new();
    let own = match &order.outcome {
        Outcome::Accepted { id, .. } => Some(id),
        _ => None,
    };
    for record in records {
        if Some(&record.key.id) != own && ledger.is_claimed(&record.key.id)? {
            claimed.insert(record.key.id.clone());
        }
    }
    let mut rivals = Vec::new();
    for rival in ledger.unsettled()? {
        if rival.id != order.id && matches!(rival.request, Request::Withdraw(_)) {
            let seen = ledger.seen_before(rival.id)?;
            rivals.push((rival, seen));
        }
    }
    let seen = ledger.seen_before(order.id)?;
    Ok(Some(look(&Withdrawal { order, request, fee, seen_before: &seen, claimed: &claimed, rivals: &rivals })))
}

/// What a withdrawal such as this cost before it was ordered, by the records that the ledger holds and others; `None` when
/// none of them says.
pub(super) fn fee_before(
    ledger: &Ledger,
    order: &Order,
    request: &WithdrawRequest,
    others: &[Record],
) -> rusqlite::Result<Option<Amount>> {
    let mut records = ledger.withdrawals_before(&request.coin, &request.network, order.time)?;
    records.extend(others.iter().filter(|record| record.time.is_some_and(|time| time < order.time)).cloned());
    Ok(fees::learn_all(&records, &request.coin, &request.network).map(|learnt| learnt.last))
}

/// Opens again what the ledger took from the history and what its records do not bear, and confirms what they now bear in
/// full. Answers with the orders that are open again.
///
/// # Errors
/// Those of the database.
pub fn review(ledger: &mut Ledger, now: Millis) -> rusqlite::Result<Vec<Order>> {
    let mut reopened = Vec::new();
    for order in ledger.claims()? {
        let Some(next) = better_outcome(ledger, &order, &[])? else { continue };
        if let Written::Done(order) = ledger.set_outcome(order.id, &next, now, None)?
            && order.outcome.is_unsettled()
        {
            reopened.push(order);
        }
    }
    Ok(reopened)
}

/// What a claim should be instead, by the records that the ledger holds and others; `None` when it stands.
pub(super) fn better_outcome(ledger: &Ledger, order: &Order, listed: &[Record]) -> rusqlite::Result<Option<Outcome>> {
    let Outcome::Accepted { id, proof } = &order.outcome else { return Ok(None) };
    let open = |because, record: &UntrustedText| Some(Outcome::Unknown { why: Why::new(because, record.clone()) });
    let mut records = ledger.records_with_id(id.raw())?.into_iter().chain(listed.iter().cloned());
    let kind = kind_of(&order.request);
    let Some(record) = records.find(|record| record.key.id == *id && Some(&record.key.kind) == kind.as_ref()) else {
        return Ok(None);
    };
    if !differing(ledger, &order.request, &record.key.kind, id)?.is_empty() {
        return Ok(open(Because::RecordDiffers, id));
    }
    let Request::Withdraw(request) = &order.request else { return Ok(None) };
    let fee = fee_before(ledger, order, request, &[])?;
    // What another key lists may be another account's.
    let others = if ledger.is_of_other_key(order.id)? { Vec::new() } else { with_held(ledger, order, listed)? };
    let judged = with_case(ledger, order, fee, &others, |case| {
        let own = case.fit(&record);
        let best = case.candidates(&others).into_iter().max_by_key(|(fit, _)| *fit);
        (own, best.filter(|(fit, _)| *fit > own.max(Fit::Perhaps)))
    })?;
    Ok(match judged {
        Some((Fit::No, _)) => open(Because::RecordDiffers, id),
        Some((Fit::Yes, _)) if *proof == Proof::Reckoned => {
            Some(Outcome::Accepted { id: id.clone(), proof: Proof::History })
        }
        Some((_, Some((_, better)))) => open(Because::BetterRecord, &better.key.id),
        _ => None,
    })
}

/// What of the records under an id is not as it was ordered. The exchange may list two that differ under one id, and which
/// one is true cannot be said: what one of them contradicts is contradicted.
fn differing(ledger: &Ledger, request: &Request, kind: &Kind, id: &UntrustedText) -> rusqlite::Result<Vec<Part>> {
    let records = ledger.records_with_id(id.raw())?;
    let of_kind = records.iter().filter(|record| record.key.kind == *kind);
    Ok(of_kind.map(|record| evidence::differences(request, record)).find(|parts| !parts.is_empty()).unwrap_or_default())
}

/// The kind of record that an order makes; `None` where it makes none.
fn kind_of(request: &Request) -> Option<Kind> {
    match request {
        Request::Withdraw(_) => Some(Kind::Withdrawal),
        Request::Transfer(_) => Some(Kind::TransferOut),
        Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => None,
    }
}

/// What the ledger's records contradict of what stands about these orders.
///
/// # Errors
/// Those of the database.
pub fn contradictions(ledger: &Ledger, orders: &[Order]) -> rusqlite::Result<HashMap<OrderId, Contradiction>> {
    let conflicts = ledger.conflicts()?;
    let mut found = HashMap::new();
    for order in orders {
        if let Some(contradiction) = contradiction(ledger, order, orders, &conflicts)? {
            found.insert(order.id, contradiction);
        }
    }
    Ok(found)
}

fn contradiction(
    ledger: &Ledger,
    order: &Order,
    orders: &[Order],
    conflicts: &HashMap<RecordKey, UntrustedText>,
) -> rusqlite::Result<Option<Contradiction>> {
    match (&order.outcome, &order.request) {
        (Outcome::Accepted { id, .. }, request) if !id.is_empty() => {
            let Some(kind) = kind_of(request) else { return Ok(None) };
            let parts = differing(ledger, request, &kind, id)?;
            let how = match conflicts.get(&RecordKey { kind, id: id.clone() }) {
                _ if !parts.is_empty() => How::Differs(parts),
                Some(conflict) => How::Doubted(conflict.clone()),
                None => return Ok(None),
            };
            Ok(Some(Contradiction { record: id.clone(), how }))
        }
        (Outcome::Dismissed | Outcome::NoTrace, Request::Withdraw(_) | Request::Transfer(_)) => {
            let fits = fitting(ledger, order, &[])?;
            Ok(fits.into_iter().next().map(|record| Contradiction { record: record.key.id, how: How::Fits }))
        }
        (outcome, Request::CancelWithdrawal(target) | Request::CancelTransfer(target))
            if outcome.is_without_effect() || *outcome == Outcome::NoTrace =>
        {
            let is_of_another = orders.iter().any(|other| {
                other.id != order.id
                    && matches!(&other.outcome, Outcome::Accepted { id, .. } if id == target && other.request.is_cancel())
            });
            let records = ledger.records_with_id(target.raw())?;
            let is_cancelled = records.iter().any(|record| {
                record.status == Status::Cancelled && evidence::differences(&order.request, record).is_empty()
            });
            let how = How::Cancelled;
            Ok((is_cancelled && !is_of_another).then(|| Contradiction { record: target.clone(), how }))
        }
        _ => Ok(None),
    }
}

/// Records with those of the ledger that may be an order's.
///
/// # Errors
/// Those of the database.
pub(super) fn with_held(ledger: &Ledger, order: &Order, others: &[Record]) -> rusqlite::Result<Vec<Record>> {
    let mut records = others.to_vec();
    let (Some(kind), Some(coin)) = (kind_of(&order.request), order.request.coin()) else { return Ok(records) };
    for held in ledger.outgoing_since(&kind, coin, order.time.plus(-LOOK_BACK_MS))? {
        if records.iter().all(|record| record.key != held.key) {
            records.push(held);
        }
    }
    Ok(records)
}

/// Records, of those that the ledger holds and of others, that may be an order, that nobody claims and of which the user has
/// not said that they are not it.
///
/// # Errors
/// Those of the database.
pub(super) fn fitting(ledger: &Ledger, order: &Order, others: &[Record]) -> rusqlite::Result<Vec<Record>> {
    let records = with_held(ledger, order, others)?;
    let mut found = match &order.request {
        Request::Withdraw(_) => {
            let candidates = with_case(ledger, order, None, &records, |case| case.candidates(&records))?;
            candidates.unwrap_or_default().into_iter().map(|(_, record)| record).collect()
        }
        Request::Transfer(request) => evidence::transfer_candidates(order, request, &records),
        _ => Vec::new(),
    };
    let answered_for = answered_for(ledger, order.id)?;
    let mut free = Vec::new();
    for record in found.drain(..) {
        if !ledger.is_claimed(&record.key.id)? && !answered_for.contains(&record.key.id) {
            free.push(record);
        }
    }
    Ok(free)
}

/// The payments of a page that the next one may repeat: those of the last minutes, and those that may be one of these orders
/// that were given up.
///
/// # Errors
/// Those of the database.
pub fn paid_lately(ledger: &Ledger, unproven: &[Order], page: &[Record], now: Millis) -> rusqlite::Result<Vec<Paid>> {
    let mut paid = Paid::recent_payments(page, now);
    for order in unproven.iter().filter(|order| !order.outcome.is_unsettled()) {
        for record in fitting(ledger, order, page)? {
            match paid.iter_mut().find(|paid| paid.record.key == record.key) {
                Some(known) => known.may_be_given_up = true,
                None => paid.push(Paid::of(&record, page, true)),
            }
        }
    }
    Ok(paid)
}

/// What stands before the ids of records that the user says are not the order, in the order's story.
const NOT_THESE: &str = "not:";

/// The note of a decision, with the records of which the user says that they are not the order.
pub(super) fn note_with(note: &UntrustedText, not_these: &[UntrustedText]) -> UntrustedText {
    let mut words = vec![note.raw().to_owned()];
    if !not_these.is_empty() {
        words.push(NOT_THESE.to_owned());
        words.extend(not_these.iter().map(|id| id.raw().to_owned()));
    }
    UntrustedText::from(words.join(" "))
}

/// Records of which the user has said, in the last decision, that they are not the order.
fn answered_for(ledger: &Ledger, order: OrderId) -> rusqlite::Result<BTreeSet<UntrustedText>> {
    let last = ledger.timeline(order)?.into_iter().rev().find(|(_, word, _)| word.raw() == Outcome::Dismissed.word());
    let said = last.and_then(|(_, _, said)| said).unwrap_or_default();
    let ids = said.raw().split_whitespace().skip_while(|word| *word != NOT_THESE).skip(1);
    Ok(ids.map(UntrustedText::from).collect())
}
