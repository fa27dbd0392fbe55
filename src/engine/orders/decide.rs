//! What the user, who looked it up elsewhere, says of an order: compared with what the exchange lists and what the ledger knows.

use std::path::Path;

use super::evidence::{self, Fit, Part};
use super::history::ExchangeHistory;
use super::{Orders, claims, recover_orphans_in};
use crate::domain::{
    Because, Kind, Order, OrderId, Outcome, OutgoingFilter, Problem, Proof, Record, Request, Status, UntrustedText,
};
use crate::engine::ledger::{Ledger, MoneyLock, Written};

/// What is said of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It was executed, under this id; a move has none to give.
    Executed(Option<UntrustedText>),
    /// It was not executed, and these records, which may look like it, are others.
    NotExecuted(Vec<UntrustedText>),
    /// What was said of it before is taken back: it is looked for anew.
    TakenBack,
}

/// Why a decision by hand was not taken; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDecided {
    /// A money call is under way: its answer decides.
    Busy,
    /// The order already has an end: this.
    Settled(Box<Order>),
    /// A withdrawal or a transfer has an id, and it is needed.
    IdNeeded,
    /// That id already stands for another order or record.
    Claimed,
    /// The exchange could not be asked for what the decision is compared with.
    Unasked(Problem),
    /// The exchange's history cannot be read whole: what is missing may be the order.
    Incomplete,
    /// The exchange lists no record of that kind with this id.
    NotFound(UntrustedText),
    /// The record with this id is not what was ordered, in these parts.
    Differs(UntrustedText, Vec<Part>),
    /// Nobody claims these records, and they fit: whoever says that it was not executed names them.
    Fits(Vec<Record>),
    /// The record that was to be taken back says something else: this status.
    RecordSays(Status),
    /// There is no such order.
    NoOrder,
    /// The ledger cannot be read or written.
    Ledger(UntrustedText),
}

impl Orders {
    /// The user says, after looking it up elsewhere, what became of an order, or takes that back; `note` is kept in its story.
    /// It is compared with what the exchange lists at this moment. Never while a money call is under way, and never against
    /// what is certain.
    ///
    /// # Errors
    /// [`NotDecided`]; nothing was changed.
    pub async fn decide(&self, id: OrderId, decision: Decision, note: UntrustedText) -> Result<Order, NotDecided> {
        let (path, now) = (self.path.clone(), self.exchange_now());
        let known = self.with_ledger(move |ledger| {
            let _lock = match money_lock(&path) {
                Ok(lock) => lock,
                Err(why) => return Ok(Err(why)),
            };
            recover_orphans_in(ledger, now)?;
            Ok(ledger.order(id)?.ok_or(NotDecided::NoOrder))
        });
        let order = known.await.unwrap_or_else(|why| Err(NotDecided::Ledger(why)))?;
        let outcome = outcome_of(&order, &decision)?;
        if !order.outcome.may_become(&outcome) {
            return Err(NotDecided::Settled(Box::new(order)));
        }
        let note = match &decision {
            Decision::NotExecuted(not_these) => claims::note_with(&note, not_these),
            _ => note,
        };
        let shown = self.shown_for(&order, &outcome).await?;
        let path = self.path.clone();
        let done = self.with_ledger(move |ledger| {
            let _lock = match money_lock(&path) {
                Ok(lock) => lock,
                Err(why) => return Ok(Err(why)),
            };
            if let Err(why) = confront(ledger, &order, &decision, &outcome, &shown)? {
                return Ok(Err(why));
            }
            Ok(match ledger.set_outcome(id, &outcome, now, Some(&note))? {
                Written::Done(order) => Ok(order),
                Written::Kept(order) => Err(NotDecided::Settled(Box::new(order))),
                Written::Claimed => Err(NotDecided::Claimed),
                Written::NoOrder => Err(NotDecided::NoOrder),
            })
        });
        done.await.unwrap_or_else(|why| Err(NotDecided::Ledger(why)))
    }

    /// The records that a decision is compared with.
    async fn shown_for(&self, order: &Order, outcome: &Outcome) -> Result<Vec<Record>, NotDecided> {
        let unasked = NotDecided::Unasked;
        // "Not executed" is compared with all that there is.
        let whole =
            |history: ExchangeHistory| if history.is_whole { Ok(history.records) } else { Err(NotDecided::Incomplete) };
        let kind = match &order.request {
            Request::Withdraw(_) | Request::CancelWithdrawal(_) => Kind::Withdrawal,
            Request::Transfer(_) | Request::CancelTransfer(_) => Kind::TransferOut,
            Request::Move(_) => return Ok(Vec::new()),
        };
        match (outcome, &order.request) {
            (Outcome::Unknown { .. }, _) | (_, Request::Move(_)) => Ok(Vec::new()),
            (Outcome::Accepted { id, .. }, request) => {
                let mut found = self.outgoing_with_id(id).await.map_err(unasked)?;
                // Not every list looks at the id that it is asked for.
                if let (true, Some(coin)) = (found.iter().all(|r| r.key.id != *id), request.coin()) {
                    found = self.history(coin, kind, order).await.map_err(unasked)?.records;
                }
                Ok(found)
            }
            (_, Request::CancelWithdrawal(id) | Request::CancelTransfer(id)) => {
                self.outgoing_with_id(id).await.map_err(unasked)
            }
            (_, Request::Withdraw(request)) => whole(self.history(&request.coin, kind, order).await.map_err(unasked)?),
            (_, Request::Transfer(request)) => {
                let filter =
                    OutgoingFilter { out_biz_id: Some(request.out_biz_id.clone()), ..OutgoingFilter::default() };
                let mut found = self.client.outgoing(&filter).await.map_err(unasked)?;
                found.extend(whole(self.history(&request.coin, kind, order).await.map_err(unasked)?)?);
                Ok(found)
            }
        }
    }
}

/// The right to decide: nobody is sending.
fn money_lock(path: &Path) -> Result<MoneyLock, NotDecided> {
    match MoneyLock::try_take(path) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(NotDecided::Busy),
        Err(error) => Err(NotDecided::Ledger(UntrustedText::from(error.to_string()))),
    }
}

/// What a decision makes of an order.
fn outcome_of(order: &Order, decision: &Decision) -> Result<Outcome, NotDecided> {
    Ok(match decision {
        Decision::NotExecuted(_) => Outcome::Dismissed,
        Decision::TakenBack => Outcome::Unknown { why: Because::TakenBack.into() },
        Decision::Executed(found) => {
            let found = match (&order.request, found.clone().filter(|id| !id.is_empty())) {
                (_, Some(found)) => found,
                (Request::Move(_), None) => UntrustedText::default(),
                (Request::CancelWithdrawal(target) | Request::CancelTransfer(target), None) => target.clone(),
                (Request::Withdraw(_) | Request::Transfer(_), None) => return Err(NotDecided::IdNeeded),
            };
            Outcome::Accepted { id: found, proof: Proof::User }
        }
    })
}

/// Under a transfer's own id, to its receiver and in its coin: nobody else made it, whatever its amount or the word for its kind.
fn is_surely(order: &Order, record: &Record) -> bool {
    let Request::Transfer(request) = &order.request else { return false };
    let may_differ = |part: &Part| matches!(part, Part::Kind | Part::Amount);
    record.out_biz_id.as_ref() == Some(&request.out_biz_id)
        && evidence::differences(&order.request, record).iter().all(may_differ)
}

/// Compares a decision with what the exchange lists and what the ledger knows.
fn confront(
    ledger: &Ledger,
    order: &Order,
    decision: &Decision,
    outcome: &Outcome,
    shown: &[Record],
) -> rusqlite::Result<Result<(), NotDecided>> {
    let target = match &order.request {
        Request::CancelWithdrawal(target) | Request::CancelTransfer(target) => Some(target),
        _ => None,
    };
    let listed = |id: &UntrustedText| {
        let of_kind = |r: &&Record| !evidence::differences(&order.request, r).contains(&Part::Kind);
        let mut with_id = shown.iter().filter(|record| record.key.id == *id);
        with_id.clone().find(of_kind).or_else(|| with_id.next())
    };
    Ok(match (outcome, decision) {
        (Outcome::Accepted { id, .. }, _) if matches!(order.request, Request::Move(_)) => {
            let is_free =
                id.is_empty() || (!ledger.is_named_elsewhere(id, order.id)? && ledger.first_seen(id)?.is_empty());
            if is_free { Ok(()) } else { Err(NotDecided::Claimed) }
        }
        (Outcome::Accepted { id, .. }, _) => {
            if target.is_none() && ledger.is_claimed(id)? {
                return Ok(Err(NotDecided::Claimed));
            }
            let Some(record) = listed(id) else { return Ok(Err(NotDecided::NotFound(id.clone()))) };
            let mut parts = evidence::differences(&order.request, record);
            if target.is_none() && (evidence::is_older(order, record) || ledger.seen_before(order.id)?.contains(id)) {
                parts.push(Part::Time);
            }
            if target.is_some_and(|target| target != id) {
                return Ok(Err(NotDecided::NotFound(id.clone())));
            }
            let case = claims::with_case(ledger, order, None, &[], |case| (case.fit(record), case.odd_parts(record)))?;
            let is_other = match &case {
                Some((Fit::No, _)) => true,
                // Its kind may be a word that is not known here.
                Some((Fit::Odd, _)) => parts.iter().any(|part| *part != Part::Kind),
                None if is_surely(order, record) => parts.contains(&Part::Time),
                _ => !parts.is_empty(),
            };
            if is_other {
                let odd = case.filter(|_| parts.is_empty()).map(|(_, odd)| odd);
                return Ok(Err(NotDecided::Differs(id.clone(), odd.unwrap_or(parts))));
            }
            if target.is_some() && record.status != Status::Cancelled {
                return Ok(Err(NotDecided::RecordSays(record.status.clone())));
            }
            Ok(())
        }
        (Outcome::Dismissed, Decision::NotExecuted(not_these)) => {
            if let Some(target) = target {
                let is_cancelled = listed(target).is_some_and(|record| record.status == Status::Cancelled);
                return Ok(if is_cancelled { Err(NotDecided::RecordSays(Status::Cancelled)) } else { Ok(()) });
            }
            let mut fits = claims::fitting(ledger, order, shown)?;
            fits.retain(|record| is_surely(order, record) || !not_these.contains(&record.key.id));
            if fits.is_empty() { Ok(()) } else { Err(NotDecided::Fits(fits)) }
        }
        _ => Ok(()),
    })
}
