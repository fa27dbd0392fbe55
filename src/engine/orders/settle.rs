//! Finding out what became of an order whose answer was lost, or was no proof. Reads only, and never sends anything again.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::evidence::{self, Verdict};
use super::history::ExchangeHistory;
use super::move_evidence::Judgement;
use super::move_sides::{ReadSides, judge_move};
use super::{Orders, Reading, adopt_orphan, claims};
use crate::domain::{
    Amount, Because, Kind, Millis, Order, OrderId, Outcome, OutgoingFilter, Partial, Problem, Proof, Record, Request,
    TransferRequest, UntrustedText, Why, WithdrawRequest,
};
use crate::engine::ledger::{Ledger, MoneyLock, Written};

/// What the exchange showed.
enum Shown {
    /// Outgoing records, and what a withdrawal of the coin over the network cost before the order, where that is known.
    ExchangeHistory(ExchangeHistory, Option<Amount>),
    /// What both sides hold of the move's coin.
    Sides(ReadSides),
    /// Already judged.
    Verdict(Verdict),
}

impl Orders {
    /// Looks once for what became of an order, in the exchange's history or, for a move, in what both sides hold. Looking at an order
    /// with an end asks nobody, except that a "no trace" may still turn up, and that a record whose fee was not told is looked
    /// at again: it may open the order again.
    pub async fn look(&self, id: OrderId) -> Reading {
        let (path, now) = (self.path.clone(), self.exchange_now());
        let open = self.with_ledger(move |ledger| {
            let Some(order) = ledger.order(id)? else {
                return Ok(Err(Reading::Ledger(UntrustedText::from("no such order"))));
            };
            match order.outcome {
                // Of one that is reckoned the fee was not told when it was found.
                Outcome::Unknown { .. } | Outcome::NoTrace | Outcome::Accepted { proof: Proof::Reckoned, .. } => {
                    Ok(Ok(order))
                }
                Outcome::Sending => match MoneyLock::try_take(&path) {
                    Ok(Some(_lock)) => Ok(match adopt_orphan(ledger, id, now)? {
                        // Its answer came while we waited for the lock, or it was an orphan.
                        Written::Done(order) => Ok(order),
                        Written::Kept(order) => Err(Reading::Settled(order)),
                        Written::Claimed | Written::NoOrder => Err(Reading::InFlight),
                    }),
                    Ok(None) => Ok(Err(Reading::InFlight)),
                    Err(error) => Ok(Err(Reading::Ledger(UntrustedText::from(error.to_string())))),
                },
                _ => Ok(Err(Reading::Settled(order))),
            }
        });
        let order = match open.await {
            Ok(Ok(order)) => order,
            Ok(Err(reading)) => return reading,
            Err(why) => return Reading::Ledger(why),
        };
        let shown = match self.ask(&order).await {
            Ok(shown) => shown,
            Err(problem) => return Reading::Failed(problem),
        };
        if let Shown::Sides(read) = &shown {
            // Two readings that differ say that something is just on its way.
            match self.ask(&order).await {
                Ok(Shown::Sides(again)) if read.is_same(&again) => {}
                Err(problem) => return Reading::Failed(problem),
                Ok(_) => return Reading::NotYet(order.readings),
            }
        }
        let (now, retry_policy) = (self.exchange_now(), self.retry_policy);
        let is_late = self.is_late(&order);
        let read = self.with_ledger(move |ledger| {
            let Judgement { verdict, note } = judge(ledger, &order, shown)?;
            let is_silence = match &verdict {
                Verdict::Nothing { .. } => true,
                Verdict::Unclear(records) => records.is_empty(),
                _ => matches!(order.request, Request::Move(_)),
            };
            // Another key may be a sub-account's, with another history and another balance.
            if is_silence && ledger.is_of_other_key(order.id)? {
                let is_open = order.outcome.is_unsettled();
                return Ok(if is_open { Reading::OtherKey } else { Reading::Settled(order) });
            }
            conclude(ledger, &order, (verdict, note.as_ref()), now, |readings| {
                is_late && readings >= retry_policy.readings
            })
        });
        read.await.unwrap_or_else(Reading::Ledger)
    }

    /// Looks again and again, with growing pauses, until the order has an end, the user is needed, or `limit` is over. A
    /// cancel is followed in the same way: [`Outcome::Accepted`] when its record says so, [`Outcome::TooLate`] when the
    /// race was lost, [`Reading::NotYet`] while neither is seen.
    pub async fn settle(&self, id: OrderId, limit: Duration) -> Reading {
        let end = Instant::now() + limit;
        let mut last = Reading::NotYet(0);
        for looks in 0.. {
            match timeout_at(end, self.look(id)).await {
                Err(_) => break,
                Ok(Reading::Settled(order)) if order.outcome.is_unsettled() => last = Reading::NotYet(order.readings),
                Ok(end @ (Reading::Settled(_) | Reading::Several(_) | Reading::Ledger(_))) => return end,
                Ok(other) => last = other,
            }
            // A little by chance, so that two instances do not ask in step.
            let pause = (self.retry_policy.pause)(looks);
            let pause = pause + pause * fastrand::u32(..25) / 100;
            if Instant::now() + pause >= end {
                break;
            }
            sleep(pause).await;
        }
        last
    }

    pub(super) async fn outgoing_with_id(&self, id: &UntrustedText) -> Result<Vec<Record>, Problem> {
        self.client.outgoing(&OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() }).await
    }

    /// Asks the exchange for what would show an order.
    async fn ask(&self, order: &Order) -> Result<Shown, Problem> {
        match &order.request {
            Request::Withdraw(request) => {
                let history = self.history(&request.coin, Kind::Withdrawal, order).await?;
                // Only a net whose fee is not told yet is compared with what was reckoned.
                let is_untold = history.records.iter().any(|record| record.fee.is_none());
                let fee = if is_untold { self.fee_before(order, request).await } else { None };
                Ok(Shown::ExchangeHistory(history, fee))
            }
            Request::Transfer(request) => Ok(Shown::Verdict(self.find_transfer(order, request).await?)),
            Request::Move(request) => Ok(match self.ask_sides(order, request).await? {
                Some(read) => Shown::Sides(read),
                None => Shown::Verdict(Verdict::Nothing { in_the_end: Outcome::NoTrace }),
            }),
            Request::CancelWithdrawal(id) => self.find_target(Kind::Withdrawal, id).await,
            Request::CancelTransfer(id) => self.find_target(Kind::TransferOut, id).await,
        }
    }

    /// What such a withdrawal cost before it was ordered: by the ledger's records, else by the exchange's newest page.
    async fn fee_before(&self, order: &Order, request: &WithdrawRequest) -> Option<Amount> {
        let (asked, asked_for) = (order.clone(), request.clone());
        let held = self.with_ledger(move |ledger| claims::fee_before(ledger, &asked, &asked_for, &[])).await;
        if let Ok(Some(fee)) = held {
            return Some(fee);
        }
        // Where it cannot be read nothing is reckoned, and what fits is asked about.
        let Ok(Partial { found: page, .. }) = self.newest(&request.coin, Kind::Withdrawal).await else { return None };
        let (asked, asked_for) = (order.clone(), request.clone());
        self.with_ledger(move |ledger| claims::fee_before(ledger, &asked, &asked_for, &page)).await.unwrap_or_default()
    }

    async fn find_target(&self, kind: Kind, id: &UntrustedText) -> Result<Shown, Problem> {
        Ok(Shown::Verdict(evidence::of_cancel(&kind, id, &self.outgoing_with_id(id).await?)))
    }

    /// Looks for a transfer under its id. Should the exchange answer with rows of other ids, it did not look at ours, and the
    /// history is read instead.
    pub(super) async fn find_transfer(&self, order: &Order, request: &TransferRequest) -> Result<Verdict, Problem> {
        let filter = OutgoingFilter { out_biz_id: Some(request.out_biz_id.clone()), ..OutgoingFilter::default() };
        let records = self.client.outgoing(&filter).await?;
        let is_ours = records.iter().all(|r| r.out_biz_id.as_ref() == Some(&request.out_biz_id));
        let is_silent = records.is_empty() && self.is_silent_about(&request.coin, &Kind::TransferOut).await?;
        let is_whole = is_ours && !is_silent;
        match evidence::of_transfer(order, request, &ExchangeHistory { records, is_whole }) {
            Verdict::Unclear(_) => {
                let history = self.history(&request.coin, Kind::TransferOut, order).await?;
                Ok(evidence::of_transfer(order, request, &history))
            }
            verdict => Ok(verdict),
        }
    }
}

/// What the exchange showed, with what the ledger knows of other orders. Claims are read in the same turn as they are made,
/// and the database keeps a record from standing for two orders.
fn judge(ledger: &Ledger, order: &Order, shown: Shown) -> rusqlite::Result<Judgement> {
    let verdict = match (shown, &order.request) {
        (Shown::Sides(read), Request::Move(request)) => return judge_move(ledger, order, request, &read),
        (Shown::Verdict(verdict), Request::Transfer(request)) => judge_transfer(ledger, order, request, verdict)?,
        (Shown::Verdict(verdict), _) => verdict,
        (Shown::ExchangeHistory(ExchangeHistory { records, is_whole }, fee), Request::Withdraw(_)) => {
            let history = ExchangeHistory { records: claims::with_held(ledger, order, &records)?, is_whole };
            let is_own_key = !ledger.is_of_other_key(order.id)?;
            let verdict = claims::with_case(ledger, order, fee, &history.records, |case| {
                // What fits may be another account's payment: the user is asked.
                if is_own_key {
                    evidence::of_withdrawal(case, &history)
                } else {
                    evidence::of_other_key(case, &history)
                }
            });
            verdict?.unwrap_or_else(|| Verdict::Unclear(Vec::new()))
        }
        (Shown::Sides(..) | Shown::ExchangeHistory(..), _) => Verdict::Unclear(Vec::new()),
    };
    Ok(Judgement { verdict, note: None })
}

/// What the exchange's answer says of a transfer, with the records that the ledger holds: what was listed once is there,
/// whatever is listed now.
pub(super) fn judge_transfer(
    ledger: &Ledger,
    order: &Order,
    request: &TransferRequest,
    verdict: Verdict,
) -> rusqlite::Result<Verdict> {
    if !matches!(verdict, Verdict::Nothing { .. }) {
        return Ok(verdict);
    }
    let records = claims::with_held(ledger, order, &[])?;
    Ok(evidence::of_transfer(order, request, &ExchangeHistory { records, is_whole: true }))
}

/// Writes down what a verdict means. `is_enough` says whether so many readings, now, are the last ones.
fn conclude(
    ledger: &mut Ledger,
    order: &Order,
    (verdict, note): (Verdict, Option<&UntrustedText>),
    now: Millis,
    is_enough: impl Fn(u32) -> bool,
) -> rusqlite::Result<Reading> {
    if let Outcome::Accepted { id, .. } = &order.outcome {
        return confirm(ledger, order, id, verdict, now);
    }
    let outcome = match verdict {
        Verdict::Found(outcome) => outcome,
        Verdict::Several(records) => return Ok(Reading::Several(records)),
        Verdict::Nothing { .. } | Verdict::Unclear(_) if order.outcome == Outcome::NoTrace => {
            return Ok(Reading::Settled(order.clone()));
        }
        Verdict::Unclear(records) => {
            // Readings that could not tell do not add up to "no trace"; in the end the user is asked.
            let is_late = is_enough(u32::MAX) && !records.is_empty();
            return Ok(if is_late { Reading::Several(records) } else { Reading::NotYet(order.readings) });
        }
        Verdict::Nothing { in_the_end } => {
            let readings = ledger.count_reading(order.id)?;
            if !is_enough(readings) {
                return Ok(Reading::NotYet(readings));
            }
            in_the_end
        }
    };
    Ok(match ledger.set_outcome(order.id, &outcome, now, note)? {
        // Kept: another instance was faster, or it was sent again meanwhile.
        Written::Kept(order) if order.outcome == Outcome::Sending => Reading::InFlight,
        Written::Done(order) | Written::Kept(order) => Reading::Settled(order),
        // Another order was faster with that record: this one's has to be another, and will be looked for again.
        Written::Claimed => Reading::NotYet(order.readings),
        Written::NoOrder => Reading::Ledger(UntrustedText::from("no such order")),
    })
}

/// Writes down what a look at an order means that stands for the record `own` although its fee was not told. Where that
/// record does not bear it any more, the order is open again.
fn confirm(
    ledger: &mut Ledger,
    order: &Order,
    own: &UntrustedText,
    verdict: Verdict,
    now: Millis,
) -> rusqlite::Result<Reading> {
    let open = |because, id: &UntrustedText| Outcome::Unknown { why: Why::new(because, id.clone()) };
    let next = match verdict {
        Verdict::Unclear(_) => return Ok(Reading::Settled(order.clone())),
        Verdict::Found(next @ Outcome::Accepted { .. }) if matches!(&next, Outcome::Accepted { id, .. } if id == own) => {
            next
        }
        Verdict::Found(Outcome::Accepted { id, .. }) => open(Because::BetterRecord, &id),
        // Others that may be it too are no better ones.
        Verdict::Several(records) => match claims::better_outcome(ledger, order, &records)? {
            Some(next) => next,
            None if records.iter().any(|record| record.key.id == *own) => return Ok(Reading::Settled(order.clone())),
            None => open(Because::BetterRecord, records.first().map_or(own, |record| &record.key.id)),
        },
        Verdict::Nothing { .. } | Verdict::Found(_) => open(Because::RecordDiffers, own),
    };
    Ok(match ledger.set_outcome(order.id, &next, now, None)? {
        Written::Done(order) | Written::Kept(order) => Reading::Settled(order),
        Written::Claimed => Reading::NotYet(order.readings),
        Written::NoOrder => Reading::Ledger(UntrustedText::from("no such order")),
    })
}
