//! The account's past: months of deposits, withdrawals and transfers, booked like everything else, so that the balances
//! at the start are what the history says.

use super::accounts::SubAccount;
use super::history::{Arrival, Incoming, Peer, Stage, Target};
use super::users::{SAMPLE_ADDRESS, USERS};
use super::world::World;
use crate::domain::{Amount, Millis};

/// How long ago the account was opened.
const SPAN_MS: i64 = 158 * 86_400_000;
/// Things that happened since.
const STEPS: usize = 150;

/// What becomes of a coin until today.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// All but a crumb was taken out.
    Dust,
    /// Everything was taken out: a row of zeros.
    Gone,
}

/// The coins that the account came to hold, with the worth of one deposit in US cents.
const HELD: &[(&str, i128, Fate)] = &[
    ("USDT", 600_000, Fate::Kept),
    ("BTC", 900_000, Fate::Kept),
    ("ETH", 500_000, Fate::Kept),
    ("TRX", 90_000, Fate::Kept),
    ("USDC", 150_000, Fate::Kept),
    ("XRP", 120_000, Fate::Kept),
    ("SOL", 200_000, Fate::Kept),
    ("TON", 60_000, Fate::Kept),
    ("BNB", 130_000, Fate::Kept),
    ("DOGE", 40_000, Fate::Kept),
    ("LTC", 50_000, Fate::Kept),
    ("ATOM", 30_000, Fate::Kept),
    ("XLM", 25_000, Fate::Kept),
    ("LINK", 70_000, Fate::Kept),
    ("SHIB", 30_000, Fate::Kept),
    ("WIN", 9_000, Fate::Kept),
    ("AVAX", 35_000, Fate::Dust),
    ("ADA", 28_000, Fate::Dust),
    ("PEPE", 33_000, Fate::Gone),
    ("ARB", 26_000, Fate::Gone),
];

/// Coins that are used again and again, the usual ones more often.
const BUSY: &[&str] =
    &["USDT", "USDT", "USDT", "USDT", "TRX", "TRX", "BTC", "ETH", "ETH", "XRP", "SOL", "USDC", "TON", "LTC", "ATOM"];

impl World {
    /// Lives through the past until shortly before `now`.
    pub(super) fn make_past(&mut self, now: Millis) {
        let mut moments: Vec<i64> = (0..STEPS).map(|_| self.rng.i64(3_600_000..SPAN_MS)).collect();
        moments.sort_unstable_by(|a, b| b.cmp(a));
        for (step, ago) in moments.into_iter().enumerate() {
            self.now = now.plus(-ago);
            // The coins come in one after another; what is to go has gone by the end.
            let left = STEPS - step;
            let first = step.checked_div(3).filter(|_| step % 3 == 0).and_then(|i| HELD.get(i));
            let leaving = HELD.iter().rev().filter(|(_, _, fate)| *fate != Fate::Kept).nth(left - 1);
            match (first, leaving) {
                (Some((coin, cents, _)), _) => self.past_deposit(coin, *cents),
                (_, Some((coin, _, fate))) => self.past_leaving(coin, *fate),
                _ => self.past_step(),
            }
            self.remember_holdings();
        }
        self.now = now.plus(-2_900_000);
        self.hold_on_orders("ETH", "0.25");
        self.hold_on_orders("USDT", "350");
    }

    fn past_step(&mut self) {
        let coin = BUSY[self.rng.usize(..BUSY.len())];
        match self.rng.u8(..20) {
            0..=7 => self.past_deposit(coin, 180_000),
            8..=9 => self.past_incoming(coin),
            10..=12 => self.past_transfer(coin),
            13 => self.past_move(),
            _ => self.past_withdrawal(coin),
        }
    }

    fn past_deposit(&mut self, coin: &'static str, cents: i128) {
        let amount = self.plausible(coin, cents * 7 / 10, cents * 14 / 10);
        let networks: Vec<_> = self.listing.of(coin).map(|r| r.network).collect();
        // The first network is the coin's own or its cheapest: most people use it.
        let pick = self.rng.usize(..networks.len().max(1)) * usize::from(self.rng.bool());
        let Some(network) = networks.get(pick) else { return };
        let (txid, from) = (network.family.txid(&mut self.rng), network.family.address(&mut self.rng));
        let id = self.announce(coin, amount, Some((network.name, txid)), from);
        let held = !self.book.held(coin, SubAccount::Spot).is_zero();
        // Only a later deposit fails, so that every coin that is meant to be there is there.
        let good = !held || self.rng.u8(..24) > 0;
        self.credit(id, good);
    }

    fn past_incoming(&mut self, coin: &'static str) {
        let amount = self.plausible(coin, 1_000, 40_000);
        let from = USERS[self.rng.usize(..USERS.len())].uid.to_string();
        let id = self.announce(coin, amount, None, from);
        self.credit(id, true);
    }

    fn past_transfer(&mut self, coin: &'static str) {
        let amount = self.plausible(coin, 1_000, 30_000);
        let user = &USERS[self.rng.usize(..USERS.len())];
        let (peer, remark) = match self.rng.u8(..4) {
            0 => (Peer::Email(user.email.to_owned()), Some("Invoice 2026-114")),
            1 => (Peer::Phone(user.phone.0.to_owned(), user.phone.1.to_owned()), None),
            2 => (Peer::Uid(user.uid), Some("还款 · thanks")),
            _ => (Peer::Uid(user.uid), None),
        };
        let stage = if self.rng.u8(..9) == 0 { Stage::Cancelled } else { Stage::Success };
        let Ok(id) = self.open(coin, amount, Amount::ZERO, Target::User(peer), Stage::Review) else { return };
        let out_biz_id = data_encoding::HEXLOWER.encode(&self.rng.u128(..).to_be_bytes());
        if let Some(record) = self.history.outgoing_mut(id) {
            record.out_biz_id = Some(out_biz_id);
            record.remark = remark.map(str::to_owned);
        }
        self.set_stage(id, stage);
    }

    fn past_move(&mut self) {
        let amount = self.plausible("USDT", 5_000, 90_000);
        // Moves leave no record; one that the sub-account does not cover just did not take place.
        let _ = self.book.post("USDT", SubAccount::Spot, SubAccount::Futures, amount);
    }

    fn past_withdrawal(&mut self, coin: &'static str) {
        let gross = self.plausible(coin, 3_000, 110_000);
        let stage = match self.rng.u8(..14) {
            0 => Stage::Fail,
            1 => Stage::Cancelled,
            _ => Stage::Success,
        };
        let nth = self.rng.usize(..3) * usize::from(self.rng.bool());
        self.past_out(coin, nth, gross, stage);
    }

    fn past_leaving(&mut self, coin: &'static str, fate: Fate) {
        let held = self.book.held(coin, SubAccount::Spot);
        let crumb = if fate == Fate::Dust { Amount::new(37, 4).unwrap_or(Amount::ZERO) } else { Amount::ZERO };
        if let Some(gross) = held.checked_sub(crumb) {
            self.past_out(coin, 0, gross.trimmed(), Stage::Success);
        }
    }

    fn past_out(&mut self, coin: &'static str, nth: usize, gross: Amount, stage: Stage) {
        let rules = self.listing.of(coin).filter(|r| r.withdraw_open).nth(nth);
        let Some(rules) = rules.or_else(|| self.listing.of(coin).find(|r| r.withdraw_open)).cloned() else { return };
        let pick = usize::from(self.rng.u8(..3) == 0);
        let Some(target) = self.saved_target(&rules, pick) else { return };
        if gross < rules.min || gross <= rules.fee {
            return;
        }
        let Ok(id) = self.open(coin, gross, rules.fee, target, Stage::Review) else { return };
        if stage == Stage::Success {
            self.broadcast(id);
        }
        self.set_stage(id, stage);
    }

    fn hold_on_orders(&mut self, coin: &'static str, amount: &str) {
        let amount = amount.parse().unwrap_or(Amount::ZERO);
        // An account without that much has no such order.
        let _ = self.lock(coin, amount);
    }

    /// Leaves a few things on their way, as if they had been begun shortly before the program was opened.
    pub(super) fn leave_open(&mut self, now: Millis) {
        let amount = |text: &str| text.parse::<Amount>().unwrap_or(Amount::ZERO);
        let tron = "Tron (TRC-20)";
        for (coin, gross, ago, stage) in
            [("USDT", "500", 2_460_000, Stage::Verification), ("TRX", "35", 95_000, Stage::Review)]
        {
            self.now = now.plus(-ago);
            let Some(rules) = self.listing.find(coin, tron).cloned() else { continue };
            if let Some(target) = self.saved_target(&rules, 0) {
                debug_assert!(matches!(&target, Target::Chain { address, .. } if address == SAMPLE_ADDRESS));
                let _ = self.open(coin, amount(gross), rules.fee, target, stage);
            }
        }
        self.now = now.plus(-70_000);
        let from = USERS[0].uid.to_string();
        self.announce("USDT", amount("10"), None, from);
        self.now = now.plus(-41_000);
        let network = self.listing.of("ETH").next().map(|r| r.network);
        if let Some(network) = network {
            let (txid, from) = (network.family.txid(&mut self.rng), network.family.address(&mut self.rng));
            self.announce("ETH", amount("0.4"), Some((network.name, txid)), from);
        }
    }

    /// Adds `count` deposits (at most 400,000) of one USDT each before everything else, a second apart, credited like
    /// any other: for measuring with a long history.
    pub fn add_old_deposits(&mut self, count: usize) {
        let oldest = self.history.incoming().first().map_or(self.now, |r| r.ctime);
        let one = Amount::new(1, 0).unwrap_or(Amount::ZERO);
        let Some(network) = self.listing.of("USDT").next().map(|r| r.network) else { return };
        let to = self.addresses.deposit("USDT", network).into_iter().next().map(|p| p.address).unwrap_or_default();
        let mut rows = Vec::new();
        for at in (1..=i64::try_from(count).unwrap_or(i64::MAX).min(400_000)).rev() {
            if self.book.post("USDT", SubAccount::Chain, SubAccount::Spot, one).is_err() {
                break;
            }
            rows.push(Incoming {
                // Below the document's sample id, so that no id comes twice.
                id: 400_000 - at,
                coin: "USDT",
                amount: one,
                chain: Some((network.name, format!("{at:064x}"))),
                from: to.clone(),
                to: to.clone(),
                status: Arrival::Success,
                ctime: oldest.plus(-1_000 * at),
            });
        }
        self.history.add_past(rows);
    }
}
