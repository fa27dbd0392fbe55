//! Sending: the only code of the program that makes money calls. Each order passes here once; a transfer may be sent again,
//! under its own id, when the user asks for it and the exchange shows that the first one is not there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::prepare::{Prepared, no_answer_to_reads};
use super::{Begun, Guards, NotBegun, Orders, claims, evidence, outcome_of, recover_orphans_in};
use crate::domain::preflight::Snapshot;
use crate::domain::rules::{Before, Facts, Fault, Field, FieldFault, changed_since, ordered_since};
use crate::domain::{
    Amount, AskedBy, Balance, Because, Blocker, Cause, Confirmation, Consent, DepositAddress, FuturesSide, Loss,
    Millis, Order, OrderId, Outcome, Preflight, Problem, Proof, Record, Request, TransferRequest, UntrustedText,
    UserInfo, Why, preflight,
};
use crate::engine::ledger::{ACCOUNT_FACT, KeyPlace, Ledger, MoneyLock, Written, is_refusal};
use crate::exchange::endpoint;
use crate::platform::clock;

/// How often a command that waits for another instance asks for the lock.
const KNOCK: Duration = Duration::from_millis(100);

/// A new id for a transfer: 32 hexadecimal characters, 128 random bits.
///
/// # Errors
/// This machine gives no random numbers.
pub fn fresh_transfer_id() -> Result<UntrustedText, UntrustedText> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| UntrustedText::from(error.to_string()))?;
    Ok(UntrustedText::from(data_encoding::HEXLOWER.encode(&random)))
}

/// What was read anew under the money lock.
#[derive(Default)]
pub(super) struct Reread {
    newest: Vec<Record>,
    own: Vec<DepositAddress>,
    available: Option<Amount>,
    futures: Option<FuturesSide>,
    /// True before the exchange was asked, or when it cannot be reached: its time need not be known then.
    is_early: bool,
    /// The transfer that goes again under its own id.
    again: Option<OrderId>,
}

impl Reread {
    /// Before the exchange was asked.
    pub(super) fn early(again: Option<OrderId>) -> Self {
        Self { is_early: true, again, ..Self::default() }
    }

    /// What was known when the user agreed, brought up to date.
    fn applied_to(
        &self,
        known: Snapshot,
        own: &[DepositAddress],
        request: &Request,
        guards: &Guards,
        machine_now: Millis,
    ) -> Snapshot {
        let balances = match (request.coin(), self.available) {
            (Some(coin), Some(available)) => {
                Some((vec![Balance { coin: coin.clone(), available: Some(available), in_use: None }], machine_now))
            }
            _ => known.balances,
        };
        let futures = self.futures.clone().unwrap_or(known.futures);
        Snapshot { balances, futures, book: known.book.with_labels(&guards.labels).with_own(own), ..known }
    }
}

/// What comes of asking the preflight with the ledger at hand.
pub(super) type Checked = rusqlite::Result<Result<(), NotBegun>>;

/// What of the ledger is not there: orders of unknown outcome may be among it.
pub(super) fn damage(ledger: &Ledger) -> rusqlite::Result<Option<NotBegun>> {
    Ok(match ledger.damage()? {
        Some(path) => Some(NotBegun::Damaged(path)),
        None => ledger.missing_orders()?.map(NotBegun::Missing),
    })
}

/// Whether nothing is damaged that a request's repetition may hide in.
pub(super) fn is_whole(ledger: &Ledger, request: &Request) -> Checked {
    if let Some(why) = damage(ledger)? {
        return Ok(Err(why));
    }
    Ok(ledger.damage_closing(request)?.map_or(Ok(()), |row| Err(NotBegun::DamagedOrder(row))))
}

/// Lets through what the preflight has nothing against and the consent covers.
fn permit(found: Preflight, consent: &Consent, unproven: &[Order]) -> Result<(), NotBegun> {
    if let Some(blocker) = found.blockers.first() {
        let same = |id: &OrderId| unproven.iter().find(|order| order.id == *id).cloned();
        return Err(match blocker {
            Blocker::Clock(None) => NotBegun::NoClock,
            Blocker::Clock(Some(offset)) => NotBegun::WrongClock(*offset),
            Blocker::SameUnsettled(id) if let Some(order) = same(id) => NotBegun::SameUnsettled(Box::new(order)),
            Blocker::SameUnsettled(_) | Blocker::OrdersUnknown => {
                NotBegun::Ledger(UntrustedText::from("its orders cannot be read"))
            }
        });
    }
    let missing = found.missing(&consent.given);
    if !found.faults.is_empty() {
        return Err(NotBegun::Faults(found.faults));
    }
    if missing.is_empty() { Ok(()) } else { Err(NotBegun::Unconfirmed(missing)) }
}

impl Orders {
    /// Writes the order down, sends it once, and writes down what came of it. A transfer without an id is given one.
    ///
    /// Under the money lock the preflight is asked again, with the ledger's orders, the exchange's newest page, the day's sum
    /// and the configuration as they are then; `known` is what the rest was judged by when the user agreed. It is sent only
    /// if the consent covers everything that is wanted now.
    ///
    /// Before a payment the history is read, before a move both sides: they are what the order is settled by later, and
    /// the answer tells the exchange's time. A transfer that was given up and is repeated to the letter goes again as that
    /// order, under its own id ([`Orders::resend`]). The answer of a cancel proves nothing: it leaves [`Outcome::Unknown`]
    /// with [`Because::Unproven`], and [`Orders::settle`] finds out.
    ///
    /// # Errors
    /// [`NotBegun`]: nothing was sent. Everything that happens after sending is in [`Begun`].
    pub async fn place(&self, consent: Consent, known: Snapshot, asked_by: AskedBy) -> Result<Begun, NotBegun> {
        let consent = Consent { request: with_own_id(consent.request)?, ..consent };
        let lock = self.take_lock(asked_by).await?;
        // What needs no answer of the exchange is said without one.
        let check = self.check(consent.clone(), known.clone(), Reread::early(None));
        self.with_ledger(check).await.map_err(NotBegun::Ledger)??;
        let again = self.same_transfer(&consent).await?;
        self.place_under(lock, consent, known, again, asked_by).await
    }

    /// The same with the lock, after what needs no answer of the exchange; `again` is the order that goes again under its own
    /// id.
    pub(super) async fn place_under(
        &self,
        lock: MoneyLock,
        consent: Consent,
        known: Snapshot,
        again: Option<OrderId>,
        asked_by: AskedBy,
    ) -> Result<Begun, NotBegun> {
        self.check_account().await?;
        if let Some(id) = again {
            // Before the newest page is read, on which it may be.
            self.not_there(id).await?;
        }
        // What was read in an earlier run, or by another instance, need not be read again.
        let own = self.with_ledger(|ledger| ledger.own_addresses()).await.map_err(NotBegun::Ledger)?;
        let known = Snapshot { book: known.book.with_own(&own), ..known };
        let prepared = match timeout(self.retry_policy.prepare, self.prepare(&consent.request, &known)).await {
            Ok(prepared) => prepared,
            Err(_) => Err(no_answer_to_reads()),
        };
        let (prepared, mut unsent) = match prepared {
            Ok(prepared) => (prepared, None),
            // Not reachable at all: that is worth a line in the ledger, as if the order itself had not got through.
            Err(problem) if matches!(problem.cause, Cause::NotSent { .. }) => (Prepared::default(), Some(problem)),
            Err(problem) => return Err(NotBegun::Unready(problem)),
        };
        // A cancel is for the record that was shown: any other is not what the user agreed to.
        if let Some(shown) = known.target.as_ref().filter(|_| unsent.is_none() && consent.request.is_cancel())
            && let Some(fault) = changed_since(shown, prepared.target.as_ref())
        {
            return Err(NotBegun::Faults(vec![FieldFault { field: Field::Form, fault }]));
        }
        let available = prepared.available.or_else(|| known.available(consent.request.coin()?));
        let (newest, own, available_now) = (prepared.newest, prepared.own, prepared.available);
        let (sides, futures) = (prepared.sides, prepared.futures);
        let late = Reread { newest, own, available: available_now, futures, is_early: unsent.is_some(), again };
        let request = consent.request.clone();
        let check = self.check(consent, known, late);
        match (again, unsent) {
            (Some(id), None) => return self.send_again(lock, id, check).await,
            (Some(_), Some(problem)) => return Err(NotBegun::Unready(problem)),
            (None, found) => unsent = found,
        }
        let time = self.exchange_now();
        let (recorded, seen) = (request.clone(), prepared.seen);
        // Judged and written down in one turn: nothing comes between.
        let written = self.with_ledger(move |ledger| {
            if let Err(why) = check(ledger)? {
                return Ok(Err(why));
            }
            if !lock.is_in_place() || !ledger.is_in_place() {
                return Ok(Err(NotBegun::NotReadBack(ledger.path().to_owned())));
            }
            let id = match ledger.record(&recorded, time, available, asked_by, &seen, sides.as_ref()) {
                Err(why) if is_refusal(&why) => {
                    return Ok(Err(NotBegun::NotTaken(UntrustedText::from(why.to_string()))));
                }
                written => written?,
            };
            let order = Order {
                id,
                request: recorded,
                time,
                sent: time,
                available_before: available,
                asked_by,
                outcome: Outcome::Sending,
                readings: 0,
                changed: time,
            };
            let not_sent = Outcome::NotSent { why: Because::Machine.into() };
            Ok(read_back(ledger, order, &seen, &not_sent).map(|order| (order, lock)))
        });
        let (order, lock) = written.await.map_err(NotBegun::Ledger)??;
        let (outcome, problem) = match unsent {
            Some(problem) => (outcome_of(&problem), Some(problem)),
            None => self.send(&request).await,
        };
        let order = Order { outcome, changed: self.exchange_now(), ..order };
        Ok(self.write_down(order, problem, lock).await)
    }

    /// Asks the preflight by what is known now; only to be called with the money lock.
    pub(super) fn check(
        &self,
        consent: Consent,
        known: Snapshot,
        late: Reread,
    ) -> impl FnOnce(&mut Ledger) -> Checked + use<> {
        let guards = self.guards.clone();
        let (now, machine_now) = (self.exchange_now(), clock::now());
        let clock = self.client.clock();
        let clock_offset = clock.known.then_some(clock.offset_ms);
        let clock_offset =
            clock_offset.map(|offset| if offset.abs() <= self.retry_policy.clock_limit_ms { 0 } else { offset });
        move |ledger| {
            if let Err(why) = is_whole(ledger, &consent.request)? {
                return Ok(Err(why));
            }
            recover_orphans_in(ledger, now)?;
            let guards = match guards.read() {
                Ok(guards) => guards,
                Err(why) => return Ok(Err(NotBegun::Configuration(why))),
            };
            let (mut ordered, mut unproven) = (ledger.spent_since(ordered_since(now))?, ledger.blocking_repeat()?);
            if consent.given_up_orders().any(|id| !unproven.iter().any(|order| order.id == id)) {
                // The user repeats what had no trace, and meanwhile it has one.
                return Ok(Err(NotBegun::Faults(vec![FieldFault { field: Field::Form, fault: Fault::Changed }])));
            }
            // What goes again is not spent twice, and is no other order's repetition.
            ordered.retain(|order| Some(order.id) != late.again);
            unproven.retain(|order| Some(order.id) != late.again);
            let is_day_known = guards.limits.per_day.is_none() || !ledger.is_spending_damaged()?;
            let recent_payments = claims::paid_lately(ledger, &unproven, &late.newest, now)?;
            ledger.remember_own(&late.own, now)?;
            let own = ledger.own_addresses()?;
            let known = late.applied_to(known, &own, &consent.request, &guards, machine_now);
            let facts = Facts {
                ordered: is_day_known.then_some(&ordered),
                unproven: Some(&unproven),
                recent_payments: &recent_payments,
                clock_offset,
                now,
                ..known.facts(&guards.limits, machine_now)
            };
            let mut found = preflight(&consent.request, &facts);
            if late.is_early {
                // The exchange's time may not be known: only what hangs on no time is judged.
                found.blockers.retain(|blocker| *blocker != Blocker::Clock(None));
                found.faults.retain(|found| {
                    matches!(found.fault, Fault::ReadOnly | Fault::LimitPerOrder { .. } | Fault::ReceiverNotKnown)
                });
                let hangs_on_time =
                    |wanted: &Confirmation| matches!(wanted, Confirmation::Again(Before { is_given_up: false, .. }));
                found.confirmations.retain(|wanted| !hangs_on_time(wanted));
            }
            Ok(permit(found, &consent, &unproven))
        }
    }

    /// Takes the right to make a money call. A command waits a little for another instance, the screen does not.
    pub(super) async fn take_lock(&self, asked_by: AskedBy) -> Result<MoneyLock, NotBegun> {
        let until = Instant::now() + self.retry_policy.lock;
        loop {
            let path = self.path.clone();
            let lock = tokio::task::spawn_blocking(move || MoneyLock::try_take(&path)).await;
            match lock {
                Ok(Ok(Some(lock))) => return Ok(lock),
                Ok(Ok(None)) if asked_by == AskedBy::Command && Instant::now() < until => sleep(KNOCK).await,
                Ok(Ok(None)) => return Err(NotBegun::Busy),
                Ok(Err(error)) => return Err(NotBegun::Ledger(UntrustedText::from(error.to_string()))),
                Err(error) => return Err(NotBegun::Ledger(UntrustedText::from(error.to_string()))),
            }
        }
    }

    /// Asks once per run whose key it is. Where the ledger is the account's, an exchange that does not say holds up nobody: the
    /// index has led from the key to it. Where it is the key's, the account's may be another one, and only the exchange's own
    /// answer that it tells none lets an order go on, as long as no account of it is known here.
    async fn check_account(&self) -> Result<(), NotBegun> {
        self.check_elsewhere().await?;
        if self.is_account_checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        match timeout(self.retry_policy.prepare, self.client.user_info()).await {
            Ok(Ok(UserInfo { uid: Some(uid) })) => self.recognise(&uid).await,
            _ if !self.is_of_key => Ok(()),
            Ok(Ok(UserInfo { uid: None })) => {
                let untold = self.at_key_place(KeyPlace::knows_an_account).await?.unwrap_or(false);
                if untold { Err(NotBegun::AccountUntold) } else { Ok(()) }
            }
            Ok(Err(problem)) => Err(NotBegun::Unready(problem)),
            Err(_) => {
                let cause = Cause::NoAnswer { loss: Loss::Timeout, detail: UntrustedText::default() };
                Err(NotBegun::Unready(Problem { endpoint: endpoint::USER_INFO, cause }))
            }
        }
    }

    /// Whether the ledger of another key stands in the way.
    async fn check_elsewhere(&self) -> Result<(), NotBegun> {
        let uid = self.with_ledger(|ledger| ledger.fact(ACCOUNT_FACT)).await.map_err(NotBegun::Ledger)?;
        let own = self.path.clone();
        let found = self.at_key_place(move |place| place.unsettled_elsewhere(&own, uid.as_deref())).await?.flatten();
        found.map_or(Ok(()), |found| Err(NotBegun::Elsewhere(found)))
    }

    /// Looks at the files beside the ledger; `None` where the client has no key or the ledger lies nowhere.
    async fn at_key_place<T: Send + 'static>(
        &self,
        look: impl FnOnce(&KeyPlace) -> std::io::Result<T> + Send + 'static,
    ) -> Result<Option<T>, NotBegun> {
        let base = self.client.base();
        let data_dir = self.path.parent().and_then(std::path::Path::parent);
        let (Some(data_dir), Some(key)) = (data_dir, self.client.key()) else { return Ok(None) };
        let place = KeyPlace::new(data_dir, &base.origin(), &base.spellings(), key);
        let looked = tokio::task::spawn_blocking(move || look(&place)).await;
        let failed = |why: &dyn std::fmt::Display| NotBegun::Ledger(UntrustedText::from(why.to_string()));
        looked.map_err(|why| failed(&why))?.map(Some).map_err(|why| failed(&why))
    }

    /// The money call, and what its end proves.
    pub(super) async fn send(&self, request: &Request) -> (Outcome, Option<Problem>) {
        match self.client.send(request).await {
            Ok(Some(id)) => (Outcome::Accepted { id, proof: Proof::Answer }, None),
            Ok(None) => (Outcome::Unknown { why: Because::Unproven.into() }, None),
            Err(problem) => (outcome_of(&problem), Some(problem)),
        }
    }

    /// Writes down what came of a money call; the lock is given back only after that, even if nobody waits any more.
    pub(super) async fn write_down(&self, order: Order, problem: Option<Problem>, lock: MoneyLock) -> Begun {
        let (id, changed, outcome) = (order.id, order.changed, order.outcome.clone());
        let asked = order.clone();
        let written = self.with_ledger(move |ledger| {
            let outcome = match outcome {
                Outcome::Accepted { id, proof: Proof::Answer }
                    if is_of_another(ledger, &asked, &id).unwrap_or(true) =>
                {
                    Outcome::Unknown { why: Why::new(Because::ForeignId, id) }
                }
                outcome => outcome,
            };
            let mut written = ledger.set_outcome(id, &outcome, changed, None);
            if let (Ok(Written::Claimed), Outcome::Accepted { id: claimed, .. }) = (&written, outcome) {
                // The answer named a record that stands for another order: it is not this one's answer.
                let why = Why::new(Because::ForeignId, claimed);
                written = ledger.set_outcome(id, &Outcome::Unknown { why }, changed, None);
            }
            drop(lock);
            written
        });
        match written.await {
            Ok(Written::Done(order) | Written::Kept(order)) => Begun { order, problem, unrecorded: None },
            Ok(Written::Claimed | Written::NoOrder) => {
                Begun { order, problem, unrecorded: Some(UntrustedText::from("the order is not in the ledger")) }
            }
            Err(why) => Begun { order, problem, unrecorded: Some(why) },
        }
    }
}

/// Before the first byte leaves: the order that was written down as being sent, once a second connection has read it back.
/// Where it is not there for others nothing is sent; that it was not, `instead` says, for whoever can still read it.
pub(super) fn read_back(
    ledger: &mut Ledger,
    order: Order,
    seen: &[UntrustedText],
    instead: &Outcome,
) -> Result<Order, NotBegun> {
    if ledger.is_read_back(&order, seen) {
        return Ok(order);
    }
    // Where that cannot be written down either, it is settled as one that may have been sent.
    let _ = ledger.set_outcome(order.id, instead, order.changed, None);
    Err(NotBegun::NotReadBack(ledger.path().to_owned()))
}

/// Whether the id in an answer was known before: then it is another order's or record's, whatever the answer says. A record
/// that fits the order and came since it was written down may be its own, read by another window before the answer came.
fn is_of_another(ledger: &Ledger, order: &Order, id: &UntrustedText) -> rusqlite::Result<bool> {
    if ledger.is_named_elsewhere(id, order.id)? {
        return Ok(true);
    }
    let is_own = |record: &Record, first_seen: Millis| {
        first_seen >= order.time && evidence::differences(&order.request, record).is_empty()
    };
    Ok(ledger.first_seen(id)?.iter().any(|(record, first_seen)| !is_own(record, *first_seen)))
}

/// A transfer without an id of ours could neither be found again nor be sent again.
fn with_own_id(request: Request) -> Result<Request, NotBegun> {
    match request {
        Request::Transfer(t) if t.out_biz_id.is_empty() => {
            let out_biz_id = fresh_transfer_id().map_err(NotBegun::Ledger)?;
            Ok(Request::Transfer(TransferRequest { out_biz_id, ..t }))
        }
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Receiver;

    fn transfer(out_biz_id: &str) -> Request {
        Request::Transfer(TransferRequest {
            out_biz_id: out_biz_id.into(),
            coin: "USDT".into(),
            amount: "1".parse().unwrap(),
            to: Receiver::Uid("1".into()),
            remark: None,
        })
    }

    #[test]
    fn transfer_without_an_id_gets_one_another_keeps_its_own() {
        let Ok(Request::Transfer(t)) = with_own_id(transfer("")) else { panic!("refused") };
        assert!(t.out_biz_id.raw().len() == 32 && t.out_biz_id.raw().bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(fresh_transfer_id().unwrap(), t.out_biz_id);
        assert_eq!(with_own_id(transfer("mine")), Ok(transfer("mine")));
    }
}
