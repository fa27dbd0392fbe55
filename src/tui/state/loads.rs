//! Asking the exchange: what is due, what is under way, and what could not be read.

use std::collections::BTreeSet;

use super::State;
use super::remote::Remote;
use super::summary::Part;
use crate::domain::columns::Tab;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Cause, Millis, Problem, Refusal, UntrustedText};
use crate::tui::effect::{CoinNetwork, Effect, Load};
use crate::tui::refresh::{self, Pace};

/// What is on top of the tables needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::tui) struct Needs {
    /// Something is on top.
    pub is_open: bool,
    /// An order is being reviewed.
    pub is_reviewing: bool,
    /// A coin that is being moved.
    pub moving: Option<UntrustedText>,
    /// Where a withdrawal goes whose address nothing has proved yet.
    pub own_address: Option<CoinNetwork>,
}

impl State {
    /// Everything whose time has come. Nothing is asked twice at once; after the key was refused, nothing signed is
    /// asked until the user asks for it.
    pub(in crate::tui) fn due_loads_for(&mut self, needs: Needs) -> Vec<Effect> {
        let pace = Pace { pending: self.counts.pending > 0, focused: self.focused, normal: self.config.refresh };
        let account = pace.account();
        let mut wanted = vec![(Load::Balances, account)];
        if self.key_proved {
            wanted.push((Load::Incoming, account));
            wanted
                .push((Load::Outgoing, if needs.is_reviewing { account.min(refresh::REVIEW_EVERY) } else { account }));
            // A known user does not change; one that the exchange could not name may be named later.
            let known = self.user.value().is_some_and(|u| u.uid.is_some());
            wanted.push((Load::User, if known { i64::MAX / 4 } else { refresh::RARE }));
        }
        for place in self.addresses_wanted().into_iter().chain(needs.own_address.filter(|place| self.may_be_own(place)))
        {
            wanted.push((Load::Addresses(place), refresh::RARE));
        }
        wanted.push((Load::Rates, refresh::RATES_EVERY));
        // Before an order the rules must not be old.
        wanted.push((Load::Coins, if needs.is_open { refresh::RARE / 2 } else { refresh::RARE }));
        let mut effects = Vec::new();
        for (load, every) in wanted {
            if self.is_due(&load, every) && !(load.is_signed() && self.key_refused().is_some()) {
                effects.push(self.begin(load));
            }
        }
        let account = if needs.is_open { account.min(refresh::REVIEW_EVERY) } else { account };
        effects.extend(self.due_futures(needs.moving, account));
        effects.extend(self.due_older());
        effects.extend(self.due_prices());
        effects
    }

    /// Asks for everything at once, on the user's word: pauses after failures and a refused key are forgotten.
    pub(in crate::tui) fn refresh(&mut self) -> Vec<Effect> {
        if let Some(place) = self.deposit_place().cloned() {
            let load = Load::Addresses(place);
            return if self.is_under_way(&load) { Vec::new() } else { vec![self.begin(load)] };
        }
        let mut loads = vec![Load::Balances];
        if self.key_proved {
            loads.extend([Load::Incoming, Load::Outgoing]);
            loads.extend(self.refresh_futures());
            if self.user.value().is_none_or(|u| u.uid.is_none()) {
                loads.push(Load::User);
            }
        }
        self.toast_answer(self.lang().t("news.refreshing"));
        loads.push(Load::Rates);
        if self.coins.problem().is_some() {
            loads.push(Load::Coins);
        }
        let free: Vec<_> = loads.into_iter().filter(|load| !self.is_under_way(load)).collect();
        free.into_iter().map(|load| self.begin(load)).collect()
    }

    /// The refusal that stopped everything signed, if there is one.
    pub fn key_refused(&self) -> Option<&Problem> {
        [self.balances.problem(), self.incoming.problem(), self.outgoing.problem()]
            .into_iter()
            .flatten()
            .find(|p| p.is_about_the_key() && !is_one_permission(p))
    }

    /// What on the screen is old, why, and when it will be asked again: first for the tab on the screen.
    pub(in crate::tui) fn trouble(&self) -> Option<(Part, &Problem, Millis)> {
        let balances = self.trouble_of(Part::Balances, &self.balances);
        let incoming = self.trouble_of(Part::Incoming, &self.incoming);
        let outgoing = self.trouble_of(Part::Outgoing, &self.outgoing);
        let mine = match self.tab {
            Tab::Balances => {
                balances.or_else(|| self.futures_trouble()).or(self.price_trouble()).or(incoming).or(outgoing)
            }
            Tab::Withdrawals => outgoing.or(incoming).or(balances),
            Tab::Deposits | Tab::Transfers => incoming.or(outgoing).or(balances),
        };
        mine.or_else(|| self.price_trouble()).or_else(|| self.trouble_of(Part::Coins, &self.coins))
    }

    /// What of the futures side that is shown could not be read again, why, and when it will be asked again.
    pub(in crate::tui) fn futures_trouble(&self) -> Option<(Part, &Problem, Millis)> {
        let held = self.futures_coins().filter_map(|coin| self.futures.loads.get(coin));
        held.filter_map(|remote| self.trouble_of(Part::Futures, remote)).min_by_key(|(_, _, retry)| *retry)
    }

    /// The price or the rates that could not be read: values made of older ones are old too.
    pub(in crate::tui) fn price_trouble(&self) -> Option<(Part, &Problem, Millis)> {
        let prices = self.price_loads.values().filter_map(|r| self.trouble_of(Part::Prices, r));
        prices.min_by_key(|(_, _, retry)| *retry).or_else(|| self.trouble_of(Part::Rates, &self.rates))
    }

    pub(in crate::tui) fn trouble_of<'a, T>(
        &self,
        part: Part,
        remote: &'a Remote<T>,
    ) -> Option<(Part, &'a Problem, Millis)> {
        let (problem, ended) = (remote.problem()?, remote.ended()?);
        let retry = if is_one_permission(problem) {
            ended.plus(refresh::RARE)
        } else {
            refresh::due(ended, remote.failures(), 0, self.config.chance)
        };
        Some((part, problem, retry))
    }

    /// True when the coin's price was asked for and no price came: it is unknown, not just on its way.
    pub fn is_price_unknown(&self, coin: &UntrustedText) -> bool {
        self.price_of(coin).is_none() && self.price_loads.get(coin).is_some_and(|r| r.ended().is_some())
    }

    /// True when the exchange has not yet said what a coin is worth, not even that it does not know.
    pub fn is_price_to_come(&self, coin: &UntrustedText) -> bool {
        let rates = self.rates.ended();
        let price = self.price_loads.get(coin).and_then(Remote::ended);
        if coin.raw() == MARKET_QUOTE { rates.is_none() } else { price.is_none() }
    }

    pub(in crate::tui) fn is_due(&self, load: &Load, every: i64) -> bool {
        match load {
            Load::Balances => self.remote_is_due(&self.balances, every),
            Load::Futures(coin) => self.futures.loads.get(coin).is_none_or(|r| self.remote_is_due(r, every)),
            Load::Incoming => self.remote_is_due(&self.incoming, every),
            Load::Outgoing => self.remote_is_due(&self.outgoing, every),
            Load::OlderIncoming(_) => self.remote_is_due(&self.past[0].asking, every),
            Load::OlderOutgoing(_) => self.remote_is_due(&self.past[1].asking, every),
            Load::User => self.remote_is_due(&self.user, every),
            Load::Coins => self.remote_is_due(&self.coins, every),
            Load::Rates => self.remote_is_due(&self.rates, every),
            Load::Price(coin) => self.price_loads.get(coin).is_none_or(|r| self.remote_is_due(r, every)),
            Load::Addresses(place) => self.addresses.get(place).is_none_or(|r| self.remote_is_due(r, every)),
        }
    }

    pub(in crate::tui) fn remote_is_due<T>(&self, remote: &Remote<T>, every: i64) -> bool {
        let Some(ended) = remote.ended() else {
            return !remote.is_under_way();
        };
        // Time before the last answer: the clock was set back. Ask, or nothing would be asked until it has caught up.
        let set_back = self.now < ended.plus(-60_000);
        // A permission that the key lacks is not given by asking for it again soon.
        if remote.problem().is_some_and(is_one_permission) && !set_back {
            return !remote.is_under_way() && ended.plus(refresh::RARE) <= self.now;
        }
        !remote.is_under_way()
            && (set_back || refresh::due(ended, remote.failures(), every, self.config.chance) <= self.now)
    }

    pub(in crate::tui) fn is_under_way(&self, load: &Load) -> bool {
        match load {
            Load::Balances => self.balances.is_under_way(),
            Load::Futures(coin) => self.futures.loads.get(coin).is_some_and(Remote::is_under_way),
            Load::Incoming => self.incoming.is_under_way(),
            Load::Outgoing => self.outgoing.is_under_way(),
            Load::OlderIncoming(_) => self.past[0].asking.is_under_way(),
            Load::OlderOutgoing(_) => self.past[1].asking.is_under_way(),
            Load::User => self.user.is_under_way(),
            Load::Coins => self.coins.is_under_way(),
            Load::Rates => self.rates.is_under_way(),
            Load::Price(coin) => self.price_loads.get(coin).is_some_and(Remote::is_under_way),
            Load::Addresses(place) => self.addresses.get(place).is_some_and(Remote::is_under_way),
        }
    }

    /// Asks, unless an answer is awaited already.
    pub(in crate::tui) fn begin_if_free(&mut self, load: Load) -> Option<Effect> {
        (!self.is_under_way(&load)).then(|| self.begin(load))
    }

    pub(in crate::tui) fn begin(&mut self, load: Load) -> Effect {
        let generation = match &load {
            Load::Balances => self.balances.begin(self.now),
            Load::Futures(coin) => self.futures.loads.entry(coin.clone()).or_default().begin(self.now),
            Load::Incoming => self.incoming.begin(self.now),
            Load::Outgoing => self.outgoing.begin(self.now),
            Load::OlderIncoming(_) => self.past[0].asking.begin(self.now),
            Load::OlderOutgoing(_) => self.past[1].asking.begin(self.now),
            Load::User => self.user.begin(self.now),
            Load::Coins => self.coins.begin(self.now),
            Load::Rates => self.rates.begin(self.now),
            Load::Price(coin) => self.price_loads.entry(coin.clone()).or_default().begin(self.now),
            Load::Addresses(place) => self.addresses.entry(place.clone()).or_default().begin(self.now),
        };
        Effect::Load { load, generation }
    }

    /// The older page to ask for next, for each way.
    pub(in crate::tui) fn due_older(&mut self) -> Vec<Effect> {
        // Where there is a ledger the history is read into it, and not by these pages.
        if !self.key_proved || self.key_refused().is_some() || self.history.is_some() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for flow in 0..self.past.len() {
            let mut past = self.past[flow].clone();
            let held = if flow == 0 { self.incoming.value() } else { self.outgoing.value() };
            let end = past.next(held, self.exchange_now(), |asking, every| self.remote_is_due(asking, every));
            self.past[flow] = past;
            effects.extend(end.map(|end| self.begin(Load::older(flow, end))));
        }
        effects
    }

    /// The prices to ask for next: coins that are held, the longest unread first, few at a time; now and then those that the
    /// charts count besides.
    pub(in crate::tui) fn due_prices(&mut self) -> Vec<Effect> {
        let under_way = self.price_loads.values().filter(|r| r.is_under_way()).count();
        let room = refresh::PRICES_AT_ONCE.saturating_sub(under_way);
        if room == 0 {
            return Vec::new();
        }
        let mut held: BTreeSet<UntrustedText> = self
            .balances
            .value()
            .into_iter()
            .flatten()
            .filter(|b| b.total().is_none_or(|t| !t.is_zero()))
            .map(|b| b.coin.clone())
            .collect();
        held.extend(self.futures_coins().cloned());
        held.insert(self.config.unit.clone());
        let wanted: BTreeSet<&UntrustedText> = held.iter().chain(&self.charted).collect();
        let quote = UntrustedText::from(MARKET_QUOTE);
        let mut due: Vec<_> = wanted
            .into_iter()
            .filter(|coin| **coin != quote)
            .filter(|coin| {
                let is_rare = self.without_market.contains(*coin) || !held.contains(*coin);
                let every = if is_rare { refresh::RARE } else { refresh::PRICE_EVERY };
                let load = Load::Price((*coin).clone());
                self.is_due(&load, every)
            })
            .map(|coin| (self.price_loads.get(coin).and_then(Remote::ended), coin.clone()))
            .collect();
        due.sort();
        due.into_iter().take(room).map(|(_, coin)| self.begin(Load::Price(coin))).collect()
    }
}

/// True for a permission that the key lacks: it closes one list, not the others.
pub(super) fn is_one_permission(problem: &Problem) -> bool {
    matches!(problem.cause, Cause::Refused { refusal: Refusal::Permission, .. })
}
