//! Finding out what became of an order whose answer was lost, or was no proof. Reads only, and never sends anything again.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::evidence::{self, Verdict, Withdrawal};
use super::history::History;
use super::{Orders, Reading, adopt_orphan, adopt_orphans};
use crate::domain::{
    Amount, Kind, Millis, Order, OrderId, Outcome, OutgoingFilter, Problem, Proof, Request, Text, TransferRequest,
};
use crate::ledger::{Ledger, MoneyLock, Written};

/// What the user, who looked it up elsewhere, says of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It was executed, under this id; a move has none to give.
    Executed(Option<Text>),
    /// It was not executed.
    NotExecuted,
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
    /// That id already stands for another order.
    Claimed,
    /// There is no such order.
    NoOrder,
    /// The ledger cannot be read or written.
    Ledger(Text),
}

/// What the exchange showed.
enum Shown {
    /// Outgoing records.
    History(History),
    /// What is available of the move's coin.
    Balance(Option<Amount>),
    /// Already judged.
    Verdict(Verdict),
}

impl Orders {
    /// Looks once for what became of an order, in the exchange's history or, for a move, in the balance. Looking at an order
    /// with an end asks nobody, except that a "no trace" may still turn up.
    pub async fn look(&self, id: OrderId) -> Reading {
        let (path, now) = (self.path.clone(), self.exchange_now());
        let open = self.with_ledger(move |ledger| {
            let Some(order) = ledger.order(id)? else { return Ok(Err(Reading::Ledger(Text::from("no such order")))) };
            match order.outcome {
                Outcome::Unknown { .. } | Outcome::NoTrace => Ok(Ok(order)),
                Outcome::Sending => match MoneyLock::try_take(&path) {
                    Ok(Some(_lock)) => Ok(match adopt_orphan(ledger, id, now)? {
                        // Its answer came while we waited for the lock, or it was an orphan.
                        Written::Done(order) => Ok(order),
                        Written::Kept(order) => Err(Reading::Settled(order)),
                        Written::Claimed | Written::NoOrder => Err(Reading::InFlight),
                    }),
                    Ok(None) => Ok(Err(Reading::InFlight)),
                    Err(error) => Ok(Err(Reading::Ledger(Text::from(error.to_string())))),
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
        let (now, patience) = (self.exchange_now(), self.patience);
        let is_late = now.since(order.sent) >= patience.no_trace_ms;
        let read = self.with_ledger(move |ledger| {
            let verdict = judge(ledger, &order, shown)?;
            conclude(ledger, &order, verdict, now, |readings| is_late && readings >= patience.readings)
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
                Ok(end @ (Reading::Settled(_) | Reading::Several(_) | Reading::Ledger(_))) => return end,
                Ok(other) => last = other,
            }
            // A little by chance, so that two instances do not ask in step.
            let pause = (self.patience.pause)(looks);
            let pause = pause + pause * fastrand::u32(..25) / 100;
            if Instant::now() + pause >= end {
                break;
            }
            sleep(pause).await;
        }
        last
    }

    /// The user says, after looking it up elsewhere, what became of an order; `note` is kept in its story. Never while a
    /// money call is under way, and never against what is certain.
    ///
    /// # Errors
    /// [`NotDecided`]; nothing was changed.
    pub async fn decide(&self, id: OrderId, decision: Decision, note: Text) -> Result<Order, NotDecided> {
        let (path, now) = (self.path.clone(), self.exchange_now());
        let done = self.with_ledger(move |ledger| {
            let _lock = match MoneyLock::try_take(&path) {
                Ok(Some(lock)) => lock,
                Ok(None) => return Ok(Err(NotDecided::Busy)),
                Err(error) => return Ok(Err(NotDecided::Ledger(Text::from(error.to_string())))),
            };
            adopt_orphans(ledger, now)?;
            let Some(order) = ledger.order(id)? else { return Ok(Err(NotDecided::NoOrder)) };
            let outcome = match decision {
                Decision::NotExecuted => Outcome::Dismissed,
                Decision::Executed(found) => {
                    let found = match (&order.request, found.filter(|id| !id.is_empty())) {
                        (_, Some(found)) => found,
                        (Request::Move(_), None) => Text::default(),
                        (Request::CancelWithdrawal(target) | Request::CancelTransfer(target), None) => target.clone(),
                        (Request::Withdraw(_) | Request::Transfer(_), None) => return Ok(Err(NotDecided::IdNeeded)),
                    };
                    Outcome::Accepted { id: found, proof: Proof::User }
                }
            };
            Ok(match ledger.set_outcome(id, &outcome, now, Some(&note))? {
                Written::Done(order) => Ok(order),
                Written::Kept(order) => Err(NotDecided::Settled(Box::new(order))),
                Written::Claimed => Err(NotDecided::Claimed),
                Written::NoOrder => Err(NotDecided::NoOrder),
            })
        });
        done.await.unwrap_or_else(|why| Err(NotDecided::Ledger(why)))
    }

    /// Asks the exchange for what would show an order.
    async fn ask(&self, order: &Order) -> Result<Shown, Problem> {
        match &order.request {
            Request::Withdraw(request) => {
                Ok(Shown::History(self.history(&request.coin, Kind::Withdrawal, order.time).await?))
            }
            Request::Transfer(request) => Ok(Shown::Verdict(self.find_transfer(order, request).await?)),
            Request::Move(request) => {
                let balances = self.client.balances_for(&request.coin).await?;
                let row = balances.iter().find(|b| b.coin == request.coin);
                Ok(Shown::Balance(row.and_then(|b| b.available)))
            }
            Request::CancelWithdrawal(id) => self.find_target(Kind::Withdrawal, id).await,
            Request::CancelTransfer(id) => self.find_target(Kind::TransferOut, id).await,
        }
    }

    async fn find_target(&self, kind: Kind, id: &Text) -> Result<Shown, Problem> {
        let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
        Ok(Shown::Verdict(evidence::of_cancel(&kind, id, &self.client.outgoing(&filter).await?)))
    }

    /// Looks for a transfer under its id. Should the exchange answer with rows of other ids, it did not look at ours, and the
    /// history is read instead.
    pub(super) async fn find_transfer(&self, order: &Order, request: &TransferRequest) -> Result<Verdict, Problem> {
        let filter = OutgoingFilter { out_biz_id: Some(request.out_biz_id.clone()), ..OutgoingFilter::default() };
        let records = self.client.outgoing(&filter).await?;
        let is_whole = records.iter().all(|r| r.out_biz_id.as_ref() == Some(&request.out_biz_id));
        match evidence::of_transfer(order, request, &History { records, is_whole }) {
            Verdict::Unclear(_) => {
                let history = self.history(&request.coin, Kind::TransferOut, order.time).await?;
                Ok(evidence::of_transfer(order, request, &history))
            }
            verdict => Ok(verdict),
        }
    }
}

/// What the exchange showed, with what the ledger knows of other orders. Claims are read in the same turn as they are made,
/// and the database keeps a record from standing for two orders.
fn judge(ledger: &Ledger, order: &Order, shown: Shown) -> rusqlite::Result<Verdict> {
    Ok(match (shown, &order.request) {
        (Shown::Verdict(verdict), _) => verdict,
        (Shown::Balance(now), Request::Move(request)) => {
            evidence::of_move(request, order.available_before, now, ledger.is_balance_disturbed(order)?)
        }
        (Shown::History(history), Request::Withdraw(request)) => {
            let mut claimed = BTreeSet::new();
            for record in &history.records {
                if ledger.is_claimed(&record.key.id)? {
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
            let case = Withdrawal { order, request, seen_before: &seen, claimed: &claimed, rivals: &rivals };
            evidence::of_withdrawal(&case, &history)
        }
        (Shown::Balance(_) | Shown::History(_), _) => Verdict::Unclear(Vec::new()),
    })
}

/// Writes down what a verdict means. `is_enough` says whether so many readings, now, are the last ones.
fn conclude(
    ledger: &mut Ledger,
    order: &Order,
    verdict: Verdict,
    now: Millis,
    is_enough: impl Fn(u32) -> bool,
) -> rusqlite::Result<Reading> {
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
    Ok(match ledger.set_outcome(order.id, &outcome, now, None)? {
        // Kept: another instance was faster, or it was sent again meanwhile.
        Written::Kept(order) if order.outcome == Outcome::Sending => Reading::InFlight,
        Written::Done(order) | Written::Kept(order) => Reading::Settled(order),
        // Another order was faster with that record: this one's has to be another, and will be looked for again.
        Written::Claimed => Reading::NotYet(order.readings),
        Written::NoOrder => Reading::Ledger(Text::from("no such order")),
    })
}
