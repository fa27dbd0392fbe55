//! The life of an order: written down, sent once, settled. The screen and the commands both come through here.
//!
//! No order is sent before it is on the disk, none is sent twice, and none whose answer was lost is forgotten.
//!
//! ```text
//! locate.rs   which ledger a key's orders are in: that of its account
//! place.rs    place: lock ─ prepare (a read) ─ preflight ─ write down ─ send once ─ write down what came
//!   prepare.rs  what is read right before
//!   resend.rs   resend: a transfer goes again under its own id, judged in the same way
//!   guards.rs   what the configuration allows at that moment
//!   outcome.rs  what the end of a money call proves; pure
//! settle.rs   look (once), settle (for a while)
//! decide.rs   decide (by hand)
//!   history.rs  the exchange's history, page by page, and whether all of it was seen
//!   evidence.rs what proves what; pure
//!   move_sides.rs what both sides hold after a move · move_evidence.rs what that proves; pure
//!   claims.rs   what records say later of orders that have an end
//! words.rs    all of it in the user's words
//! ```
//!
//! A delay in which the user can still take an order back is over **before** [`Orders::place`] is called: until then
//! nothing is begun, nothing is written down, and a program that ends in it has sent nothing.
//!
//! Nothing here spawns or blocks a thread that answers keys. Every method may be dropped at any moment: an order that was
//! being sent then stands as [`Outcome::Sending`], and whoever comes next, here or in another instance, settles it.

pub mod claims;
mod decide;
pub mod evidence;
mod guards;
mod history;
mod locate;
mod move_evidence;
mod move_sides;
mod outcome;
mod place;
mod prepare;
pub mod resend;
mod settle;
pub mod words;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::preflight::Confirmation;
use crate::domain::rules::FieldFault;
use crate::domain::{
    Because, DamagedOrder, Millis, MissingOrders, Order, OrderId, Outcome, Problem, Record, UntrustedText,
};
use crate::engine::ledger::{ACCOUNT_FACT, Elsewhere, Ledger, MoneyLock, Written};
use crate::exchange::Client;
use crate::platform::clock;

pub use crate::domain::preflight::CLOCK_LIMIT_MS;
pub use decide::{Decision, NotDecided};
pub use guards::{GuardReader, Guards};
pub use locate::{Located, locate};
pub use outcome::outcome_of;
pub use place::fresh_transfer_id;
pub use prepare::{are_deposits_closed, futures_side, own_addresses};

/// How patient the engine is; tests shorten it.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// So many readings without a trace …
    pub readings: u32,
    /// … of which the last is so long after the order was sent, milliseconds, make "no trace".
    pub no_trace_ms: i64,
    /// The pause before the next look, after so many.
    pub pause: fn(u32) -> Duration,
    /// How long a command waits for the money call of another instance; the screen never waits.
    pub lock: Duration,
    /// How long the reads before an order may take.
    pub prepare: Duration,
    /// By how much this machine's clock may be wrong, milliseconds.
    pub clock_limit_ms: i64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            readings: 20,
            no_trace_ms: 5 * 60_000,
            pause: pause_after,
            lock: Duration::from_secs(5),
            prepare: Duration::from_secs(15),
            clock_limit_ms: CLOCK_LIMIT_MS,
        }
    }
}

/// The pause before the next look, after so many: 1 s, 2 s, 4 s … 30 s.
pub fn pause_after(readings: u32) -> Duration {
    Duration::from_secs(1 << readings.min(5)).min(Duration::from_secs(30))
}

/// Why an order was not even begun: nothing was sent, and nothing was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotBegun {
    /// The same thing was ordered before and its end is not known. Nothing overrides this but settling it or
    /// [`Orders::decide`].
    SameUnsettled(Box<Order>),
    /// The rules, by what is known now, let it through no more: a limit, a balance, a network that closed.
    Faults(Vec<FieldFault>),
    /// The preflight wants these as well, and the consent does not give them.
    Unconfirmed(Vec<Confirmation>),
    /// The configuration cannot be read, so that what it allows is not known; why, in words.
    Configuration(UntrustedText),
    /// Another money call of this account is under way, here or in another instance.
    Busy,
    /// The ledger cannot be written: without it nothing is sent.
    Ledger(UntrustedText),
    /// The ledger works and does not take this order: a transfer's id that was used before, for instance.
    NotTaken(UntrustedText),
    /// What was written down, or would be, is not there for anybody who opens the ledger by its path: a file of it was moved,
    /// deleted or replaced while the program ran. Which ledger.
    NotReadBack(PathBuf),
    /// The row of an earlier order of this kind does not fit its checksum. Orders of its kind begin again after
    /// [`Orders::answer_for`].
    DamagedOrder(DamagedOrder),
    /// What must be known before sending could not be read.
    Unready(Problem),
    /// The exchange's clock is not known: no answer told it.
    NoClock,
    /// This machine's clock is wrong by so many milliseconds, more than [`CLOCK_LIMIT_MS`].
    WrongClock(i64),
    /// The key belongs to another account than the ledger.
    OtherAccount {
        /// Whose the ledger is.
        ledger: UntrustedText,
        /// Whose the key is.
        key: UntrustedText,
    },
    /// The exchange has told only now whose key this is: the orders of that account are in another ledger, which the next start
    /// opens.
    NotHome,
    /// The exchange did not tell whose key this is although an account of it is known here, whose orders this ledger does not
    /// hold.
    AccountUntold,
    /// Orders of this account may stand in the ledger of another key: it holds some of unknown outcome, or cannot be read.
    Elsewhere(Elsewhere),
    /// A damaged ledger was set aside, in which orders of unknown outcome may stand. Orders begin again after
    /// [`Orders::acknowledge_damage`].
    Damaged(PathBuf),
    /// Orders that were written down are missing from the ledger; what became of them is not known. Orders begin again after
    /// [`Orders::acknowledge_damage`].
    Missing(MissingOrders),
    /// It was sent with another key, in whose history it may be: it goes again with that one only.
    OtherKey(OrderId),
    /// Only a transfer of unknown outcome, or one without a trace, can be sent again; this order is as it is here.
    NotResendable(Box<Order>),
}

/// An order that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// With its outcome as far as it is known.
    pub order: Order,
    /// How the call ended, where it did not end well.
    pub problem: Option<Problem>,
    /// Why the outcome could not be written down, where that failed: the screen is then the only record of it.
    pub unrecorded: Option<UntrustedText>,
}

/// What one look at the exchange brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one per look, and it is taken apart at once")]
pub enum Reading {
    /// The order has an end (or is given up as "no trace").
    Settled(Order),
    /// Nothing yet; so many readings so far.
    NotYet(u32),
    /// It is being sent just now, here or in another instance.
    InFlight,
    /// These records may be it: the user must say which, or that none is.
    Several(Vec<Record>),
    /// It was sent with another key, and what this key's history does not show says nothing of it.
    OtherKey,
    /// The exchange could not be asked.
    Failed(Problem),
    /// The ledger could not be read or written.
    Ledger(UntrustedText),
}

/// One account's orders. Clones share the ledger's connection.
#[derive(Debug, Clone)]
pub struct Orders {
    client: Client,
    ledger: Arc<Mutex<Ledger>>,
    path: PathBuf,
    retry_policy: RetryPolicy,
    guards: GuardReader,
    account: Option<UntrustedText>,
    /// Whether the ledger is the key's, as long as the exchange has told no account.
    is_of_key: bool,
    is_account_checked: Arc<AtomicBool>,
}

impl Orders {
    /// The orders of the account that `client` speaks for, kept in `ledger` ([`crate::engine::ledger::path_for`]).
    pub fn new(client: Client, mut ledger: Ledger) -> Self {
        ledger.use_key(&client.base().origin(), client.key());
        let path = ledger.path().to_owned();
        Self {
            client,
            ledger: Arc::new(Mutex::new(ledger)),
            path,
            retry_policy: RetryPolicy::default(),
            guards: GuardReader::default(),
            account: None,
            is_of_key: false,
            is_account_checked: Arc::new(AtomicBool::new(false)),
        }
    }

    /// The same with another patience.
    #[must_use]
    pub const fn with_retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.retry_policy = retry_policy;
        self
    }

    /// The same with what the configuration allows, read anew before each order.
    #[must_use]
    pub fn guarded_by(mut self, guards: GuardReader) -> Self {
        self.guards = guards;
        self
    }

    /// The same for a profile that remembers whose key it has: orders of any other account are refused.
    #[must_use]
    pub fn of_account(mut self, uid: Option<UntrustedText>) -> Self {
        self.account = uid;
        self
    }

    /// The same with the ledger of a key, as long as the exchange has told no account.
    #[must_use]
    pub const fn of_key(mut self) -> Self {
        self.is_of_key = true;
        self
    }

    /// How patient it is: when the next look is due, when a trace is given up.
    pub const fn retry_policy(&self) -> RetryPolicy {
        self.retry_policy
    }

    /// The client, for reading.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Works on the ledger away from the threads that answer keys.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn with_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, UntrustedText> {
        let ledger = Arc::clone(&self.ledger);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in between is the end of that piece of work; what was committed is whole either way.
            let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut ledger)
        });
        match done.await {
            Ok(result) => result.map_err(|error| UntrustedText::from(error.to_string())),
            Err(error) => Err(UntrustedText::from(error.to_string())),
        }
    }

    /// Whose account this is, as the exchange says: remembered the first time, compared from then on.
    ///
    /// # Errors
    /// [`NotBegun::OtherAccount`]: then every order is refused as well. [`NotBegun::Ledger`].
    pub async fn recognise(&self, uid: &UntrustedText) -> Result<(), NotBegun> {
        let key = uid.clone();
        let may_write = self.account.as_ref().is_none_or(|remembered| remembered == uid);
        let is_of_key = self.is_of_key;
        let known = self.with_ledger(move |ledger| match ledger.fact(ACCOUNT_FACT)? {
            Some(known) => Ok(UntrustedText::from(known)),
            None if may_write => ledger.set_fact(ACCOUNT_FACT, key.raw()).map(|()| key),
            None => Ok(key),
        });
        let known = known.await.map_err(NotBegun::Ledger)?;
        let known = self.account.clone().filter(|remembered| remembered != uid).unwrap_or(known);
        if known != *uid {
            self.is_account_checked.store(false, Ordering::Relaxed);
            return Err(NotBegun::OtherAccount { ledger: known, key: uid.clone() });
        }
        if is_of_key {
            return Err(NotBegun::NotHome);
        }
        self.is_account_checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What closes all orders until the user knows of it: [`NotBegun::Damaged`] or [`NotBegun::Missing`].
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn damage(&self) -> Result<Option<NotBegun>, UntrustedText> {
        self.with_ledger(|ledger| place::damage(ledger)).await
    }

    /// The user knows that a damaged ledger was set aside, or that orders are missing, and goes on without them.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn acknowledge_damage(&self) -> Result<(), UntrustedText> {
        self.with_ledger(|ledger| ledger.acknowledge_damage()).await
    }

    /// The orders whose rows are damaged, oldest first, answered for or not.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn damaged_orders(&self) -> Result<Vec<DamagedOrder>, UntrustedText> {
        self.with_ledger(|ledger| ledger.damaged_orders()).await
    }

    /// The user has answered for a damaged row as it was shown, and orders of its kind go on.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn answer_for(&self, row: DamagedOrder) -> Result<(), UntrustedText> {
        self.with_ledger(move |ledger| ledger.answer_for(&row)).await
    }

    /// Orders whose outcome must still be found out, oldest first; what a program that ended left as "sending" becomes
    /// unknown here. To be called at a start.
    ///
    /// # Errors
    /// What the ledger or its lock said.
    pub async fn recover_orphans(&self) -> Result<Vec<Order>, UntrustedText> {
        let (path, now) = (self.path.clone(), self.exchange_now());
        let found = self.with_ledger(move |ledger| {
            let lock = MoneyLock::try_take(&path);
            // Whoever has the lock may be sending just now: then what is "sending" is not an orphan.
            if let Ok(Some(_)) = &lock {
                recover_orphans_in(ledger, now)?;
            }
            Ok((lock.map(drop), ledger.unsettled()?))
        });
        let (lock, orders) = found.await?;
        lock.map_err(|error| UntrustedText::from(error.to_string()))?;
        Ok(orders)
    }

    /// The exchange's time as far as it is known.
    fn exchange_now(&self) -> Millis {
        clock::now().plus(self.client.clock().offset_ms)
    }

    /// Whether an order was sent so long ago that silence means something. Only to be asked after an answer, which tells the time.
    fn is_late(&self, order: &Order) -> bool {
        self.exchange_now().since(order.sent) >= self.retry_policy.no_trace_ms
    }
}

/// Marks as unknown what is "sending" although nobody sends. Only to be called with the money lock.
fn recover_orphans_in(ledger: &mut Ledger, now: Millis) -> rusqlite::Result<()> {
    for order in ledger.unsettled()? {
        if order.outcome == Outcome::Sending {
            adopt_orphan(ledger, order.id, now)?;
        }
    }
    Ok(())
}

fn adopt_orphan(ledger: &mut Ledger, id: OrderId, now: Millis) -> rusqlite::Result<Written> {
    ledger.set_outcome(id, &Outcome::Unknown { why: Because::Ended.into() }, now, None)
}
