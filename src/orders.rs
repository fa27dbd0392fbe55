//! The life of an order: written down, sent once, settled. The screen and the commands both come through here.
//!
//! No order is sent before it is on the disk, none is sent twice, and none whose answer was lost is forgotten.

pub mod evidence;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::Client;
use crate::clock;
use crate::domain::{
    Amount, AskedBy, Cause, Kind, Millis, Order, OrderId, Outcome, OutgoingFilter, Problem, Proof, Record, Request,
    Status, Text,
};
use crate::ledger::{Ledger, MoneyLock};
use evidence::Verdict;

/// So many readings of the history without a trace …
pub const READINGS: u32 = 20;
/// … and so long after the order, milliseconds, make "no trace".
pub const NO_TRACE_MS: i64 = 5 * 60_000;
/// Pages of history that one reading walks through at the most.
const PAGES: usize = 20;

/// Why an order was not even begun: nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotBegun {
    /// The same thing was ordered before and its end is not known. Only a typed word overrides this.
    SameUnsettled(Box<Order>),
    /// Another money call of this account is under way, here or in another instance.
    Busy,
    /// The ledger cannot be written: without it nothing is sent.
    Ledger(Text),
}

/// An order that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// With its outcome as far as it is known.
    pub order: Order,
    /// How the call ended, where it did not end well.
    pub problem: Option<Problem>,
    /// Why the outcome could not be written down, where that failed: the screen is then the only record of it.
    pub unrecorded: Option<Text>,
}

/// What one look into the exchange's history brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// The order has an end (or is given up as "no trace").
    Settled(Order),
    /// Nothing yet; so many readings so far.
    NotYet(u32),
    /// Several records fit: the user must say which.
    Several(Vec<Record>),
    /// The exchange could not be asked.
    Failed(Problem),
    /// The ledger could not be read or written.
    Ledger(Text),
}

/// The pause before the next look, after so many: short at first, then longer.
pub fn pause_after(readings: u32) -> Duration {
    Duration::from_secs(1 << readings.min(5)).min(Duration::from_secs(30))
}

/// One account's orders.
#[derive(Debug, Clone)]
pub struct Orders {
    client: Client,
    ledger: Arc<Mutex<Ledger>>,
    path: PathBuf,
}

impl Orders {
    /// The orders of the account that `client` speaks for, kept in `ledger`.
    pub fn new(client: Client, ledger: Ledger) -> Self {
        let path = ledger.path().to_owned();
        Self { client, ledger: Arc::new(Mutex::new(ledger)), path }
    }

    /// Works on the ledger away from the threads that answer keys.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn with_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Text> {
        let ledger = Arc::clone(&self.ledger);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in between is the end of the program; what was committed is whole either way.
            let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut ledger)
        });
        match done.await {
            Ok(result) => result.map_err(|error| Text::from(error.to_string())),
            Err(error) => Err(Text::from(error.to_string())),
        }
    }

    fn exchange_now(&self) -> Millis {
        clock::now().plus(self.client.clock().offset_ms)
    }

    /// Writes the order down, sends it once, and writes down what came of it. `despite` names an unsettled order of the
    /// same kind that the user, by a typed word, has decided to repeat.
    ///
    /// # Errors
    /// [`NotBegun`]: nothing was sent. Everything that happens after sending is in [`Begun`].
    pub async fn place(
        &self,
        request: Request,
        asked_by: AskedBy,
        available_before: Option<Amount>,
        despite: Option<OrderId>,
    ) -> Result<Begun, NotBegun> {
        let path = self.path.clone();
        let lock = tokio::task::spawn_blocking(move || MoneyLock::try_take(&path)).await;
        let lock = match lock {
            Ok(Ok(Some(lock))) => lock,
            Ok(Ok(None)) => return Err(NotBegun::Busy),
            Ok(Err(error)) => return Err(NotBegun::Ledger(Text::from(error.to_string()))),
            Err(error) => return Err(NotBegun::Ledger(Text::from(error.to_string()))),
        };
        let time = self.exchange_now();
        let wish = request.clone();
        let written = self
            .with_ledger(move |ledger| {
                adopt_orphans(ledger, time)?;
                let before = ledger.blocking_repeat()?;
                let same = before.into_iter().find(|o| Some(o.id) > despite && o.request.is_same_wish(&wish));
                match same {
                    Some(same) => Ok(Err(same)),
                    None => ledger.record(&wish, time, available_before, asked_by).map(Ok),
                }
            })
            .await;
        let id = match written {
            Ok(Ok(id)) => id,
            Ok(Err(same)) => return Err(NotBegun::SameUnsettled(Box::new(same))),
            Err(why) => return Err(NotBegun::Ledger(why)),
        };
        let answer = self.send(&request).await;
        let (outcome, problem) = match answer {
            Ok(id) => (Outcome::Accepted { id, proof: Proof::Answer }, None),
            Err(problem) => (outcome_of(&problem), Some(problem)),
        };
        let changed = self.exchange_now();
        let to_write = outcome.clone();
        let unrecorded = self.with_ledger(move |ledger| ledger.set_outcome(id, &to_write, changed)).await.err();
        drop(lock);
        let order = Order { id, request, time, available_before, asked_by, outcome, readings: 0, changed };
        Ok(Begun { order, problem, unrecorded })
    }

    async fn send(&self, request: &Request) -> Result<Text, Problem> {
        match request {
            Request::Withdraw(w) => self.client.withdraw(w).await,
            Request::Transfer(t) => self.client.transfer(t).await,
            Request::Move(m) => self.client.move_funds(m).await,
            Request::CancelWithdrawal(id) => self.client.cancel_withdrawal(id).await.map(|()| id.clone()),
            Request::CancelTransfer(id) => self.client.cancel_transfer(id).await.map(|()| id.clone()),
        }
    }

    /// Orders that were left without an outcome by a program that ended: they may have been sent.
    ///
    /// # Errors
    /// What the ledger or its lock said.
    pub async fn adopt(&self) -> Result<Vec<Order>, Text> {
        let path = self.path.clone();
        let now = self.exchange_now();
        self.with_ledger(move |ledger| {
            // Whoever has the lock may be sending just now: then what is "sending" is not an orphan.
            if let Ok(Some(_lock)) = MoneyLock::try_take(&path) {
                adopt_orphans(ledger, now)?;
            }
            ledger.unsettled()
        })
        .await
    }

    /// Looks once for what became of an order, in the exchange's history or, for a move, in the balance.
    pub async fn look(&self, id: OrderId) -> Reading {
        let order = match self.with_ledger(move |ledger| ledger.order(id)).await {
            Ok(Some(order)) if order.outcome.is_unsettled() => order,
            Ok(Some(order)) => return Reading::Settled(order),
            Ok(None) => return Reading::Ledger(Text::from("no such order")),
            Err(why) => return Reading::Ledger(why),
        };
        let found = match self.search(&order).await {
            Ok(found) => found,
            Err(problem) => return Reading::Failed(problem),
        };
        let now = self.exchange_now();
        let waited = now.since(order.time) >= NO_TRACE_MS;
        let written = self
            .with_ledger(move |ledger| {
                let readings = ledger.count_reading(id)?;
                let outcome = match found {
                    Search::End(outcome) => outcome,
                    Search::Several(records) => return Ok(Reading::Several(records)),
                    Search::Withdrawals(request, records) => {
                        // Claims are read in the same turn as they are made: two orders never take one record.
                        let mut claimed = std::collections::BTreeSet::new();
                        for record in &records {
                            if ledger.is_claimed(&record.key.id)? {
                                claimed.insert(record.key.id.clone());
                            }
                        }
                        match evidence::of_withdrawal(&order, &request, &records, |id| claimed.contains(id)) {
                            Verdict::Found(id) => Outcome::Accepted { id, proof: Proof::History },
                            Verdict::Several(records) => return Ok(Reading::Several(records)),
                            Verdict::Nothing if waited && readings >= READINGS => Outcome::NoTrace,
                            Verdict::Nothing => return Ok(Reading::NotYet(readings)),
                        }
                    }
                    Search::Nothing if waited && readings >= READINGS => Outcome::NoTrace,
                    Search::Nothing => return Ok(Reading::NotYet(readings)),
                };
                ledger.set_outcome(id, &outcome, now)?;
                Ok(Reading::Settled(Order { outcome, readings, changed: now, ..order }))
            })
            .await;
        written.unwrap_or_else(Reading::Ledger)
    }

    async fn search(&self, order: &Order) -> Result<Search, Problem> {
        match &order.request {
            Request::Withdraw(request) => {
                let filter = OutgoingFilter {
                    coin: Some(request.coin.clone()),
                    kind: Some(Kind::Withdrawal),
                    start: Some(order.time.plus(-60_000)),
                    ..OutgoingFilter::default()
                };
                Ok(Search::Withdrawals(request.clone(), self.outgoing_since(filter).await?))
            }
            Request::Transfer(request) => {
                let filter =
                    OutgoingFilter { out_biz_id: Some(request.out_biz_id.clone()), ..OutgoingFilter::default() };
                let records = self.client.outgoing(&filter).await?;
                Ok(match evidence::of_transfer(&request.out_biz_id, &records) {
                    Verdict::Found(id) => Search::End(Outcome::Accepted { id, proof: Proof::History }),
                    Verdict::Several(records) => Search::Several(records),
                    Verdict::Nothing => Search::Nothing,
                })
            }
            Request::Move(request) => {
                let balances = self.client.balances().await?.unwrap_or_default();
                let now = balances.iter().find(|b| b.coin == request.coin).and_then(|b| b.available);
                Ok(match evidence::of_move(request, order.available_before, now) {
                    Some(executed) => Search::End(Outcome::Likely { executed }),
                    None => Search::Nothing,
                })
            }
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => {
                let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
                let records = self.client.outgoing(&filter).await?;
                let record = records.into_iter().find(|r| r.key.id == *id);
                Ok(match record {
                    Some(r) if r.status == Status::Cancelled => {
                        Search::End(Outcome::Accepted { id: id.clone(), proof: Proof::History })
                    }
                    Some(r) if r.status.is_final() => {
                        Search::End(Outcome::Refused { code: Text::default(), msg: Text::from(r.status.word()) })
                    }
                    _ => Search::Nothing,
                })
            }
        }
    }

    /// All outgoing records that a filter allows, page by page backwards in time, without doubles.
    async fn outgoing_since(&self, mut filter: OutgoingFilter) -> Result<Vec<Record>, Problem> {
        let mut all: Vec<Record> = Vec::new();
        for _ in 0..PAGES {
            let page = self.client.outgoing(&filter).await?;
            let was_full = page.len() >= crate::domain::filter::PAGE_LIMIT as usize;
            let oldest = page.iter().filter_map(|r| r.time).min();
            let before = all.len();
            for record in page {
                if all.iter().all(|known| known.key != record.key) {
                    all.push(record);
                }
            }
            if !was_full || all.len() == before {
                break;
            }
            filter.end = oldest;
        }
        Ok(all)
    }

    /// The user says, after looking it up, what became of an order.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn decide(&self, id: OrderId, outcome: Outcome) -> Result<(), Text> {
        let now = self.exchange_now();
        self.with_ledger(move |ledger| ledger.set_outcome(id, &outcome, now)).await
    }

    /// The client, for reading.
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

/// What a search brought, before claims are looked at.
enum Search {
    End(Outcome),
    Withdrawals(crate::domain::WithdrawRequest, Vec<Record>),
    Several(Vec<Record>),
    Nothing,
}

/// What a problem proves about a money call (`design.md`, *Money*).
pub fn outcome_of(problem: &Problem) -> Outcome {
    if problem.may_have_executed() {
        return Outcome::Unknown { why: Text::from(format!("{:?}", problem.cause)) };
    }
    match &problem.cause {
        Cause::Refused { code, msg, .. } => Outcome::Refused { code: code.clone(), msg: msg.clone() },
        Cause::NotSent { detail, .. } => Outcome::NotSent { why: detail.clone() },
        _ => Outcome::NotSent { why: Text::from("no key") },
    }
}

fn adopt_orphans(ledger: &mut Ledger, now: Millis) -> rusqlite::Result<()> {
    for order in ledger.unsettled()? {
        if order.outcome == Outcome::Sending {
            let why = Text::from("the program ended before the answer came");
            ledger.set_outcome(order.id, &Outcome::Unknown { why }, now)?;
        }
    }
    Ok(())
}
