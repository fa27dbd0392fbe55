//! What happens by itself: deposits confirm, orders go through review to the chain, and new things come up.

use super::history::{Arrival, Outgoing, Stage, Target};
use super::listing::Rules;
use super::users::USERS;
use super::world::{Event, World};
use crate::domain::{Amount, Millis};

/// The coins that deposits and the site's withdrawals come in, the usual ones more often.
const USUAL: &[&str] =
    &["USDT", "USDT", "USDT", "TRX", "TRX", "BTC", "ETH", "ETH", "XRP", "SOL", "USDC", "TON", "LTC", "ATOM"];

/// How often the pause between arrivals is doubled.
const RAREST: u32 = 5;

impl World {
    /// The first things after the start, soon enough for somebody who looks at a demo.
    pub(super) fn begin_life(&mut self) {
        if self.quiet {
            return;
        }
        let waiting = self.history.incoming().iter().rev().filter(|r| r.status == Arrival::Pending);
        let waiting: Vec<_> = waiting.map(|r| r.id).collect();
        for (delay, id) in [7_000, 26_000].into_iter().zip(waiting) {
            self.later(delay, Event::Credit { id, good: true });
        }
        let open: Vec<_> = self.history.outgoing().iter().filter(|r| !r.stage.is_final()).map(|r| r.id).collect();
        for id in open {
            self.schedule(id);
        }
        self.later(12_000, Event::Arrive);
    }

    /// Plans an order's next step.
    pub(super) fn schedule(&mut self, id: i64) {
        let Some((from, chain)) =
            self.history.outgoing_mut(id).map(|r| (r.stage, matches!(r.target, Target::Chain { .. })))
        else {
            return;
        };
        let mut chance = self.chance();
        let delay = match (from, chain) {
            (Stage::Verification, _) => chance.i64(180_000..300_000),
            (Stage::Review, true) => chance.i64(15_000..35_000),
            (Stage::Review, false) => chance.i64(9_000..20_000),
            (Stage::Approved, true) => chance.i64(5_000..12_000),
            (Stage::Approved, false) => chance.i64(2_000..5_000),
            (Stage::Broadcast, _) => chance.i64(15_000..40_000),
            (Stage::Success | Stage::Fail | Stage::Cancelled, _) => return,
        };
        self.later(delay, Event::Step { id, from });
    }

    /// An order goes on from a stage, if it is still there.
    pub(super) fn step(&mut self, id: i64, from: Stage) {
        if self.history.outgoing_mut(id).is_none_or(|r| r.stage != from) {
            return;
        }
        let fails = !self.quiet && from == Stage::Approved && self.chance().u8(..16) == 0;
        if fails {
            self.set_stage(id, Stage::Fail);
        } else {
            self.push_on(id);
        }
    }

    /// Brings an order one stage further, whatever the queue says: verification, review, approval, chain, done.
    /// False when there is no such order or it is final.
    pub fn push_on(&mut self, id: i64) -> bool {
        let Some(record) = self.history.outgoing_mut(id) else { return false };
        let chain = matches!(record.target, Target::Chain { .. });
        let next = match record.stage {
            Stage::Verification => Stage::Review,
            Stage::Review => Stage::Approved,
            Stage::Approved if chain => Stage::Broadcast,
            Stage::Approved | Stage::Broadcast => Stage::Success,
            Stage::Success | Stage::Fail | Stage::Cancelled => return false,
        };
        if next == Stage::Broadcast {
            self.broadcast(id);
        }
        let done = self.set_stage(id, next);
        self.schedule(id);
        done
    }

    /// Gives a withdrawal its transaction, once.
    pub(super) fn broadcast(&mut self, id: i64) {
        let mut chance = self.chance();
        if let Some(Outgoing { target: Target::Chain { family, txid, .. }, .. }) = self.history.outgoing_mut(id) {
            txid.get_or_insert_with(|| family.txid(&mut chance));
        }
    }

    /// Something new: mostly a deposit, at times a transfer from another user or a withdrawal made on the site. The first minute
    /// is lively, for somebody who looks; then it comes ever more rarely, so that somebody who tries things is left in peace.
    pub(super) fn arrive(&mut self) {
        let pause = self.rng.i64(18_000..45_000) << self.arrivals.min(RAREST);
        self.arrivals += 1;
        self.later(pause, Event::Arrive);
        let coin = USUAL[self.rng.usize(..USUAL.len())];
        match self.rng.u8(..10) {
            0..=5 => self.deposit_arrives(coin),
            6..=7 => {
                let amount = self.plausible(coin, 500, 60_000);
                let from = USERS[self.rng.usize(..USERS.len())].uid.to_string();
                let id = self.announce(coin, amount, None, from);
                let delay = self.rng.i64(8_000..20_000);
                self.later(delay, Event::Credit { id, good: true });
            }
            _ => self.site_withdraws(coin),
        }
    }

    fn deposit_arrives(&mut self, coin: &'static str) {
        let amount = self.plausible(coin, 2_000, 250_000);
        let open: Vec<_> = self.listing.of(coin).filter(|r| r.deposit_open).map(|r| r.network).collect();
        let Some(network) = open.get(self.rng.usize(..open.len().max(1))) else { return };
        let (txid, from) = (network.family.txid(&mut self.rng), network.family.address(&mut self.rng));
        let id = self.announce(coin, amount, Some((network.name, txid)), from);
        let (delay, good) = (self.rng.i64(12_000..40_000), self.rng.u8(..30) > 0);
        self.later(delay, Event::Credit { id, good });
    }

    /// The user takes money out on the exchange's own site; half of the time the security check is still to be done.
    fn site_withdraws(&mut self, coin: &'static str) {
        let gross = self.plausible(coin, 2_000, 60_000);
        let stage = if self.rng.bool() { Stage::Verification } else { Stage::Review };
        let open: Vec<Rules> = self.listing.of(coin).filter(|r| r.withdraw_open).cloned().collect();
        let Some(rules) = open.get(self.rng.usize(..open.len().max(1))) else { return };
        let pick = self.rng.usize(..2);
        let Some(target) = self.saved_target(rules, pick) else { return };
        if gross < rules.min || gross <= rules.fee {
            return;
        }
        // Too little there: nothing happens this time.
        if let Ok(id) = self.open(coin, gross, rules.fee, target, stage) {
            self.schedule(id);
        }
    }

    /// A saved address of a network as a destination.
    pub(super) fn saved_target(&self, rules: &Rules, pick: usize) -> Option<Target> {
        let (coin, network) = (rules.coin.name, rules.network);
        self.addresses.saved_for(coin, network.name).nth(pick).map(|saved| Target::Chain {
            network: network.name,
            family: network.family,
            address: saved.address.clone(),
            memo: saved.memo.clone(),
            txid: None,
        })
    }

    /// An amount of a coin that is worth this many US cents or so, with as many decimals as people use.
    pub(super) fn plausible(&mut self, coin: &str, least: i128, most: i128) -> Amount {
        let cents = self.rng.i128(least..most);
        let Some(coin) = super::listing::coin(coin) else { return Amount::ZERO };
        let Ok(price) = coin.price.parse::<Amount>() else { return Amount::ZERO };
        let unit = 10_i128.pow(price.scale() + coin.decimals);
        let mantissa = (cents * unit / (100 * price.mantissa().max(1))).max(1);
        Amount::new(mantissa, coin.decimals).unwrap_or(Amount::ZERO).trimmed()
    }

    /// The moment of the last thing that happened or was asked.
    pub const fn now(&self) -> Millis {
        self.now
    }
}
