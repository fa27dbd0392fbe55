//! The futures side: which coins it is asked about, how often, and what it said.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::State;
use super::past::merge;
use super::remote::Remote;
use crate::domain::move_record::coins_of;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{
    FuturesBalance, FuturesReading, FuturesSide, Millis, MoveRecord, Problem, Record, RecordKey, UntrustedText,
};
use crate::tui::effect::{Effect, Load};
use crate::tui::refresh;

/// So many coins that are merely held on the spot side are asked about at the same time: a wallet of fifty must not crowd out
/// everything else.
const AT_ONCE: usize = 2;
/// A reading that is older is not what is there now, milliseconds: a program without the focus asks every minute.
const OLD_MS: i64 = 3 * 60_000;
/// The most lines of coins below the balances.
const LINES: usize = 3;

/// What is known of the futures side, and how the asking goes.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct FuturesState {
    pub(in crate::tui) loads: BTreeMap<UntrustedText, Remote<()>>,
    pub(in crate::tui) side: FuturesSide,
    /// Why it does not serve this key, and when it said so.
    refusal: Option<(Problem, Millis)>,
    /// Coins that were moved from here, or may have been.
    moved: BTreeSet<UntrustedText>,
    /// The ledger's moves, as records.
    moves: BTreeMap<RecordKey, Record>,
}

/// A line about the futures side below the balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FuturesLine<'a> {
    /// What it holds of a coin, and since when that is known.
    Coin(&'a FuturesBalance, Millis),
    /// It does not serve this key: why, and when it said so.
    Refused(&'a Problem, Millis),
    /// It could not be read so far: why.
    Unread(&'a Problem),
}

/// What the futures side is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FuturesWorth {
    /// It was read: the sum of what has a price.
    Known(Decimal),
    /// It was not read, or does not say.
    Unknown,
}

impl State {
    /// What is known of the futures side.
    pub const fn futures(&self) -> &FuturesSide {
        &self.futures.side
    }

    /// What it holds of a coin.
    pub fn futures_of(&self, coin: &UntrustedText) -> Option<&FuturesReading> {
        self.futures.side.reading(coin.raw())
    }

    /// Why a coin of it could not be read the last time.
    pub fn futures_problem(&self, coin: &str) -> Option<&Problem> {
        self.futures.loads.get(&UntrustedText::from(coin))?.problem()
    }

    /// Why it does not serve this key, and when it said so.
    pub fn futures_refusal(&self) -> Option<(&Problem, Millis)> {
        self.futures.refusal.as_ref().map(|(problem, at)| (problem, *at))
    }

    /// The lines below the balances: coins of which there is something, the usual one first; or why there are none.
    pub fn futures_lines(&self) -> Vec<FuturesLine<'_>> {
        if let Some((problem, at)) = self.futures_refusal() {
            return vec![FuturesLine::Refused(problem, at)];
        }
        if *self.futures() == FuturesSide::NotRead {
            let problem = self.futures.loads.values().find_map(Remote::problem);
            return problem.map(FuturesLine::Unread).into_iter().collect();
        }
        let mut found: Vec<(&FuturesBalance, Millis)> = self
            .futures()
            .readings()
            .iter()
            .filter_map(|reading| Some((reading.balance.as_ref()?, reading.at)))
            .filter(|(balance, _)| !balance.is_empty())
            .collect();
        found.sort_by_key(|(balance, _)| (balance.coin.raw() != MARKET_QUOTE, balance.coin.clone()));
        found.into_iter().take(LINES).map(|(balance, at)| FuturesLine::Coin(balance, at)).collect()
    }

    /// What the futures side is worth in the unit, and the coins of it that have no price or do not say what is held.
    pub fn futures_worth(&self) -> (FuturesWorth, Vec<UntrustedText>) {
        self.futures_worth_in(&self.unit)
    }

    /// The same in another unit.
    pub(in crate::tui) fn futures_worth_in(&self, unit: &UntrustedText) -> (FuturesWorth, Vec<UntrustedText>) {
        let values = self.futures_values(unit);
        if values.is_empty() {
            return (FuturesWorth::Unknown, Vec::new());
        }
        let (mut sum, mut unpriced) = (Some(Decimal::ZERO), Vec::new());
        for (coin, value) in values {
            match value {
                Some(value) => sum = sum.and_then(|sum| sum.checked_add(value)),
                None => unpriced.push(coin.clone()),
            }
        }
        (sum.map_or(FuturesWorth::Unknown, FuturesWorth::Known), unpriced)
    }

    /// What each coin of the futures side is worth in a unit; `None` where it has no price or does not say what is held.
    pub(in crate::tui) fn futures_values(&self, unit: &UntrustedText) -> Vec<(&UntrustedText, Option<Decimal>)> {
        let told = self.futures().readings().iter().filter_map(|reading| reading.balance.as_ref());
        let value = |balance: &FuturesBalance| match balance.total()? {
            total if total.is_zero() => Some(Decimal::ZERO),
            total => self.prices.value(&balance.coin, total, unit),
        };
        told.map(|balance| (&balance.coin, value(balance))).collect()
    }

    /// Coins of which the futures side holds something.
    pub(in crate::tui) fn futures_coins(&self) -> impl Iterator<Item = &UntrustedText> {
        let held = self.futures().readings().iter().filter_map(|reading| reading.balance.as_ref());
        held.filter(|balance| !balance.is_empty()).map(|balance| &balance.coin)
    }

    /// The coins to ask about next. `wanted` is one that is being moved; `account` the pace of the balances.
    pub(in crate::tui) fn due_futures(&mut self, wanted: Option<UntrustedText>, account: i64) -> Vec<Effect> {
        if !self.key_proved || self.key_refused().is_some() {
            return Vec::new();
        }
        let usual = UntrustedText::from(MARKET_QUOTE);
        if self.futures.side.is_refused() {
            let load = Load::Futures(usual);
            return if self.is_due(&load, refresh::RARE) && self.is_long_ago() {
                vec![self.begin(load)]
            } else {
                Vec::new()
            };
        }
        let mut often: BTreeSet<UntrustedText> = self.config.futures_coins.iter().cloned().collect();
        often.insert(usual.clone());
        often.extend(self.futures.moved.iter().cloned());
        often.extend(self.futures_coins().cloned());
        often.extend(wanted);
        let held = self.balances.value().into_iter().flatten();
        let held = held.filter(|balance| balance.total().is_none_or(|total| !total.is_zero())).map(|b| b.coin.clone());
        let rare: BTreeSet<UntrustedText> = held.filter(|coin| !often.contains(coin)).collect();
        // Until the first answer it may be that none of the others will be given.
        let is_known = *self.futures() != FuturesSide::NotRead;
        let all = often.into_iter().map(|coin| (coin, account)).chain(rare.into_iter().map(|c| (c, refresh::RARE)));
        let under_way = self.futures.loads.values().filter(|remote| remote.is_under_way()).count();
        let mut due: Vec<_> = all
            .filter(|(coin, every)| (is_known || *coin == usual) && self.is_due(&Load::Futures(coin.clone()), *every))
            .map(|(coin, every)| (every, self.futures.loads.get(&coin).and_then(Remote::ended), coin))
            .collect();
        due.sort();
        // Those that matter wait for no others.
        let room = AT_ONCE.saturating_sub(under_way);
        let first = due.iter().filter(|(every, ..)| *every == account).count();
        due.into_iter().take(first.max(room)).map(|(_, _, coin)| self.begin(Load::Futures(coin))).collect()
    }

    /// A refusal is not taken back by asking again soon.
    fn is_long_ago(&self) -> bool {
        self.futures.refusal.as_ref().is_none_or(|(_, at)| !(0..refresh::RARE).contains(&self.now.since(*at)))
    }

    /// Takes moves of the ledger: they stand among the transfers, and their coins are asked about.
    pub(in crate::tui) fn take_moves(&mut self, moves: &[MoveRecord]) {
        if moves.is_empty() {
            return;
        }
        self.futures.moved.extend(coins_of(moves));
        for record in moves.iter().map(MoveRecord::to_record) {
            self.futures.moves.insert(record.key.clone(), record);
        }
        if self.show_moves() {
            self.take_records();
        }
    }

    /// Puts the moves among the records that are held; whether that has changed them. Those of a way of which nothing was read
    /// yet wait: a table is not to look as if it were whole.
    pub(in crate::tui) fn show_moves(&mut self) -> bool {
        let mut is_changed = false;
        for (remote, is_outgoing) in [(&mut self.incoming, false), (&mut self.outgoing, true)] {
            let Some(held) = remote.value_mut() else { continue };
            let of_way = self.futures.moves.values().filter(|record| record.key.kind.is_outgoing() == is_outgoing);
            is_changed |= merge(held, of_way.cloned().collect()).is_changed;
        }
        is_changed
    }

    /// Asks about everything that is shown of the futures side, on the user's word: a refusal is forgotten.
    pub(in crate::tui) fn refresh_futures(&self) -> Vec<Load> {
        let mut coins: BTreeSet<UntrustedText> = self.futures_coins().cloned().collect();
        coins.insert(UntrustedText::from(MARKET_QUOTE));
        coins.into_iter().map(Load::Futures).collect()
    }

    /// Takes an answer about a coin.
    pub(in crate::tui) fn take_futures(&mut self, coin: UntrustedText, balance: Option<FuturesBalance>, at: Millis) {
        // An answer about another coin that was under way, and tells nothing, does not take a refusal back.
        if self.futures.side.is_refused() && balance.is_none() && coin.raw() != MARKET_QUOTE {
            return;
        }
        self.futures.refusal = None;
        self.futures.side.take(FuturesReading { coin, balance, at });
    }

    /// Remembers that the futures side does not serve this key, where that is the answer about the usual coin; what it said before
    /// is not true any more. About another coin it is that coin's trouble alone.
    pub(in crate::tui) fn note_futures_refusal(&mut self, coin: &UntrustedText) {
        let Some(remote) = self.futures.loads.get(coin).filter(|_| coin.raw() == MARKET_QUOTE) else { return };
        if let (Some(problem), Some(at)) = (remote.problem(), remote.ended())
            && problem.is_about_access_to_futures()
        {
            self.futures.refusal = Some((problem.clone(), at));
            self.futures.side = FuturesSide::Refused;
        }
    }

    /// True when a coin that is known to be there, or was moved there, has not been read, or not lately.
    pub(in crate::tui) fn is_futures_partial(&self) -> bool {
        let wanted = self.futures.moved.iter().chain(self.config.futures_coins.iter());
        let is_missing = |coin: &UntrustedText| self.futures_of(coin).is_none();
        let is_old = |reading: &FuturesReading| !(-OLD_MS..=OLD_MS).contains(&self.now.since(reading.at));
        let held = self.futures().readings().iter().filter(|r| r.balance.as_ref().is_some_and(|b| !b.is_empty()));
        wanted.into_iter().any(is_missing) || held.into_iter().any(is_old)
    }
}
