//! The state of the embedded exchange and its time. Time is a value that comes in: nothing here reads a clock.
//!
//! What is to happen stands in a queue. [`World::advance`] carries out everything that is due, in order, each thing at
//! its own moment; so a world that is asked rarely ends up exactly like one that is asked often. What the calls do is in
//! `money.rs`, what happens by itself in `scheduler.rs`, the account's past in `seed_history.rs`.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::accounts::{Accounts, SubAccount};
use super::executed::Executed;
use super::futures::{Shape, Unrealised};
use super::history::{Arrival, History, Incoming, Outgoing, Stage, Target};
use super::listing::Listing;
use super::refusal::Refusal;
use super::users::{Addresses, OWN_UID};
use crate::domain::{Amount, Millis};

/// The moment from which snowflake ids count (`reference.md §5`).
const SNOWFLAKE_EPOCH: i64 = 1_288_834_974_657;
/// The first id of the deposits' own sequence: that of the document's sample.
const FIRST_DEPOSIT: i64 = 487_067;

/// What the account is like at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Account {
    /// Coins, a past of months, a few things on their way.
    #[default]
    Rich,
    /// The same with nothing on its way.
    Settled,
    /// Nothing at all: the balances are `null` on the wire.
    Empty,
}

/// How a cancel within the first review ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cancels {
    /// Mostly it wins; sometimes the review is over at that very moment.
    #[default]
    Chance,
    /// It wins.
    Win,
    /// The review is always over at that very moment. The answer is a success all the same.
    Lose,
}

/// Something that will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Something new comes up by itself.
    Arrive,
    /// An incoming record is decided.
    Credit { id: i64, good: bool },
    /// An outgoing record goes on, if it still is at this stage.
    Step { id: i64, from: Stage },
}

/// The exchange: its books, records, lists and queue.
#[derive(Debug)]
pub struct World {
    pub(super) seed: u64,
    pub(super) speed: i64,
    /// Nothing comes by itself and nothing fails by chance.
    pub(super) quiet: bool,
    pub(super) now: Millis,
    /// Exchange clock minus the clock that the world is driven by, milliseconds.
    pub skew_ms: i64,
    /// Puts the next orders into `verification`, as those made on the site are.
    pub ask_verification: bool,
    /// How cancels end.
    pub cancels: Cancels,
    /// Limits, fees and switches of every network.
    pub listing: Listing,
    /// Verification-free and own addresses.
    pub addresses: Addresses,
    pub(super) book: Accounts,
    pub(super) history: History,
    pub(super) on_orders: BTreeMap<&'static str, Amount>,
    pub(super) unrealised: BTreeMap<&'static str, Unrealised>,
    /// How the futures side sends its row.
    pub futures_shape: Shape,
    pub(super) executed: Vec<Executed>,
    /// When it began.
    pub(super) began: Millis,
    /// What was held since when, before it began; oldest first.
    pub(super) past: Vec<(Millis, Accounts)>,
    /// How much came by itself so far.
    pub(super) arrivals: u32,
    pub(super) rng: Rng,
    queue: BTreeMap<(Millis, u64), Event>,
    queued: u64,
    sequence: i64,
    deposits: i64,
    orders: u64,
}

impl World {
    /// A world that starts at `now`. `faster` divides every delay; `quiet` leaves out what happens by itself.
    pub fn new(seed: u64, account: Account, now: Millis, faster: u32, quiet: bool) -> Self {
        let mut world = Self {
            seed,
            speed: i64::from(faster.max(1)),
            quiet,
            now,
            skew_ms: 0,
            ask_verification: false,
            cancels: if quiet { Cancels::Win } else { Cancels::Chance },
            listing: Listing::default(),
            addresses: Addresses::new(seed),
            book: Accounts::default(),
            history: History::default(),
            on_orders: BTreeMap::new(),
            unrealised: BTreeMap::new(),
            futures_shape: Shape::default(),
            executed: Vec::new(),
            began: now,
            past: Vec::new(),
            arrivals: 0,
            rng: Rng::with_seed(seed ^ 0x11fe),
            queue: BTreeMap::new(),
            queued: 0,
            sequence: 0,
            deposits: FIRST_DEPOSIT,
            orders: 0,
        };
        if account != Account::Empty {
            world.make_past(now);
            if account == Account::Rich {
                world.leave_open(now);
            }
            world.now = now;
            if !quiet {
                world.open_demo_position();
            }
            world.begin_life();
        }
        world
    }

    /// Carries out everything that is due until `now`. A clock that goes back changes nothing.
    pub fn advance(&mut self, now: Millis) {
        while let Some(entry) = self.queue.first_entry() {
            let at = entry.key().0;
            if at > now {
                break;
            }
            let event = entry.remove();
            self.now = self.now.max(at);
            match event {
                Event::Arrive => self.arrive(),
                Event::Credit { id, good } => self.credit(id, good),
                Event::Step { id, from } => self.step(id, from),
            }
        }
        self.now = self.now.max(now);
    }

    /// The exchange's own clock.
    pub fn clock(&self) -> Millis {
        self.now.plus(self.skew_ms)
    }

    /// The seed, which prices are made from.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// All records.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// The book.
    pub const fn book(&self) -> &Accounts {
        &self.book
    }

    /// Money calls that were really carried out, in order.
    pub fn executed(&self) -> &[Executed] {
        &self.executed
    }

    /// Coin amount held by open orders of the market, which no record shows.
    pub fn on_orders(&self, coin: &str) -> Amount {
        self.on_orders.get(coin).copied().unwrap_or(Amount::ZERO)
    }

    /// Puts an event into the queue, `delay` milliseconds of speed 1 from now.
    pub(super) fn later(&mut self, delay: i64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.now.plus((delay / self.speed).max(1)), self.queued), event);
    }

    /// A new snowflake id, dated now.
    pub(super) fn new_id(&mut self) -> i64 {
        self.sequence = (self.sequence + 1) & 0x3f_ffff;
        (self.clock().since(Millis(SNOWFLAKE_EPOCH)).max(0) << 22) + self.sequence
    }

    /// The creation time that records show: whole seconds (`reference.md §4.7`).
    pub(super) fn ctime(&self) -> Millis {
        Millis(self.clock().0.div_euclid(1_000) * 1_000)
    }

    /// A source of chance for one order, apart from that of the arrivals, so that a call never changes what arrives.
    pub(super) fn chance(&mut self) -> Rng {
        self.orders += 1;
        Rng::with_seed(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.orders)
    }

    /// Locks the gross amount and writes the record.
    pub(super) fn open(
        &mut self,
        coin: &'static str,
        gross: Amount,
        fee: Amount,
        target: Target,
        stage: Stage,
    ) -> Result<i64, Refusal> {
        self.book.post(coin, SubAccount::Spot, SubAccount::Locked, gross).map_err(|_| Refusal::Insufficient)?;
        let id = self.new_id();
        let ctime = self.ctime();
        let (out_biz_id, remark) = (None, None);
        self.history.add_outgoing(Outgoing { id, coin, gross, fee, target, stage, ctime, out_biz_id, remark });
        Ok(id)
    }

    /// Brings an outgoing record to a stage and does the postings that belong to it. A final record stays as it is.
    pub(super) fn set_stage(&mut self, id: i64, stage: Stage) -> bool {
        let Some(record) = self.history.outgoing_mut(id).filter(|r| !r.stage.is_final()) else {
            return false;
        };
        let (coin, gross, fee) = (record.coin, record.gross, record.fee);
        let to = if matches!(record.target, Target::Chain { .. }) { SubAccount::Chain } else { SubAccount::Users };
        let net = gross.checked_sub(fee).unwrap_or(gross);
        let posted = match stage {
            Stage::Success => self
                .book
                .post(coin, SubAccount::Locked, to, net)
                .and_then(|()| self.book.post(coin, SubAccount::Locked, SubAccount::Fees, fee)),
            Stage::Fail | Stage::Cancelled => self.book.post(coin, SubAccount::Locked, SubAccount::Spot, gross),
            _ => Ok(()),
        };
        debug_assert!(posted.is_ok(), "what a record holds was locked when it was made");
        record.stage = stage;
        posted.is_ok()
    }

    /// Writes an incoming record that is not credited yet. `chain` is network and transaction; none: from a user.
    pub(super) fn announce(
        &mut self,
        coin: &'static str,
        amount: Amount,
        chain: Option<(&'static str, String)>,
        from: String,
    ) -> i64 {
        let (id, to) = match &chain {
            None => (self.new_id(), OWN_UID.to_string()),
            Some((network, _)) => {
                self.deposits += 1;
                let rules = self.listing.find(coin, network);
                let place = rules.and_then(|r| self.addresses.deposit(coin, r.network).into_iter().next());
                (self.deposits, place.map(|p| p.address).unwrap_or_default())
            }
        };
        let ctime = self.ctime();
        let status = Arrival::Pending;
        self.history.add_incoming(Incoming { id, coin, amount, chain, from, to, status, ctime });
        id
    }

    /// Decides an incoming record: credited or failed for good.
    pub(super) fn credit(&mut self, id: i64, good: bool) {
        let Some(record) = self.history.incoming_mut(id).filter(|r| r.status == Arrival::Pending) else {
            return;
        };
        let from = if record.chain.is_some() { SubAccount::Chain } else { SubAccount::Users };
        let booked = good && self.book.post(record.coin, from, SubAccount::Spot, record.amount).is_ok();
        record.status = if booked { Arrival::Success } else { Arrival::Fail };
    }
}
