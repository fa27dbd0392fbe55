//! Asking the exchange: what is due, and what an answer changes.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::past::merge;
use super::remote::{Generation, Remote};
use super::summary::Part;
use crate::domain::columns::Tab;
use crate::domain::fees::{self, Learnt};
use crate::domain::records::RecordHead;
use crate::domain::rules::{Paid, RECENT_MS};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Balance, Cause, Millis, Problem, Record, Refusal, UntrustedText};
use crate::tui::effect::{CoinNetwork, Effect, Load};
use crate::tui::message::{Loaded, Reply};
use crate::tui::refresh::{self, Pace};

/// An account that reports nothing where it had reported coins is believed after this many readings …
const SILENT_READINGS: u32 = 3;
/// … over this many milliseconds (`reference.md §4.1`).
const SILENT_MS: i64 = 30_000;

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

    /// The prices to ask for next: coins that are held, the longest unread first, few at a time.
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
        held.remove(&UntrustedText::from(MARKET_QUOTE));
        let mut due: Vec<_> = held
            .into_iter()
            .filter(|coin| {
                let every = if self.without_market.contains(coin) { refresh::RARE } else { refresh::PRICE_EVERY };
                let load = Load::Price(coin.clone());
                self.is_due(&load, every)
            })
            .map(|coin| (self.price_loads.get(&coin).and_then(Remote::ended), coin))
            .collect();
        due.sort();
        due.into_iter().take(room).map(|(_, coin)| self.begin(Load::Price(coin))).collect()
    }

    /// Takes the end of a load. A reply to an older asking changes nothing.
    pub(in crate::tui) fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let Reply { load, generation, at, clock_offset, result } = reply;
        let (result, left_out) = match result {
            Ok(Loaded::Partly(found, left_out)) => (Ok(*found), left_out),
            other => (other, Vec::new()),
        };
        self.now = self.now.max(at);
        if clock_offset.is_some() {
            self.clock_offset = clock_offset;
        }
        let signed = load.is_signed();
        // Whatever the exchange itself answers, unless it is about the key, shows that it knows the key.
        let answered = |problem: &Problem| {
            matches!(problem.cause, Cause::Refused { .. } | Cause::Unreadable { .. })
                && (!problem.is_about_the_key() || is_one_permission(problem))
        };
        if signed && result.as_ref().is_err_and(answered) {
            self.key_proved = true;
        }
        let Some(found) = self.end_load(&load, generation, at, result) else {
            if let Load::Futures(coin) = &load {
                self.note_futures_refusal(coin);
            }
            return Vec::new();
        };
        if signed {
            self.key_proved = true;
        }
        let is_unread_before = self.left_out.remove(&load);
        if !left_out.is_empty() {
            self.left_out.insert(load.clone(), left_out);
        }
        match (load, found) {
            (Load::Balances, Loaded::Balances(balances)) => {
                let before = is_unread_before.into_iter().flatten().map(|row| row.name);
                let now = self.balances_left_out().map(Some);
                // A coin whose row cannot be read, or could not be until now, has not changed by what is not known of it.
                let unread: BTreeSet<UntrustedText> = before.chain(now).map(Option::unwrap_or_default).collect();
                self.take_balances(balances, &unread, at);
            }
            (Load::Futures(coin), Loaded::Futures(balance)) => self.take_futures(coin, balance.map(|b| *b), at),
            (Load::Incoming, Loaded::Records(records)) => {
                self.mark_fresh(&records, true, at);
                self.past[0].newest(&records, self.incoming.value());
                self.take_page(0, records, Some(at));
            }
            (Load::Outgoing, Loaded::Records(records)) => {
                self.mark_fresh(&records, false, at);
                self.past[1].newest(&records, self.outgoing.value());
                self.take_page(1, records, Some(at));
            }
            (Load::OlderIncoming(end), Loaded::Records(records)) => {
                let news = self.has_news(0, &records);
                self.past[0].older(end, &records, news);
                self.take_page(0, records, None);
            }
            (Load::OlderOutgoing(end), Loaded::Records(records)) => {
                let news = self.has_news(1, &records);
                self.past[1].older(end, &records, news);
                self.take_page(1, records, None);
            }
            (Load::User, Loaded::User(user)) => {
                self.user.set(user, at);
                let uid = self.user.value().and_then(|user| user.uid.clone());
                let identity = &mut self.config.identity;
                // The first answer binds the run to its account; another one later closes orders.
                if let Some(uid) = uid.filter(|_| identity.uid.is_none()) {
                    identity.uid = Some(uid.clone());
                    return if identity.remembers { vec![Effect::Remember(uid)] } else { Vec::new() };
                }
            }
            (Load::Coins, Loaded::Coins(coins)) => self.coins.set(coins, at),
            (Load::Rates, Loaded::Rates(rates)) => {
                self.prices.set_rates(&rates);
                self.rates.set(rates, at);
                self.revalue();
            }
            (Load::Price(coin), Loaded::NoMarket) => {
                self.prices.forget_last(&coin);
                self.without_market.insert(coin);
                self.revalue();
            }
            (Load::Price(coin), Loaded::Price(price)) => {
                self.without_market.remove(&coin);
                self.prices.set_last(coin, price, at);
                self.revalue();
            }
            (Load::Addresses(place), Loaded::Addresses(addresses)) => {
                self.learn_own(&addresses);
                self.addresses.entry(place).or_default().set(addresses, at);
                self.write_book();
            }
            // The runtime pairs each load with its answer; anything else is no news.
            _ => {}
        }
        Vec::new()
    }

    /// Ends an asking; what it brought, where it is the newest and was answered.
    pub(in crate::tui) fn end_load(
        &mut self,
        load: &Load,
        generation: Generation,
        at: Millis,
        result: Result<Loaded, Problem>,
    ) -> Option<Loaded> {
        let found = match load {
            Load::Balances => self.balances.end(generation, at, result),
            Load::Futures(coin) => match self.futures.loads.get_mut(coin) {
                Some(remote) => remote.end(generation, at, result),
                None => None,
            },
            Load::Incoming => self.incoming.end(generation, at, result),
            Load::Outgoing => self.outgoing.end(generation, at, result),
            Load::OlderIncoming(_) => self.past[0].asking.end(generation, at, result),
            Load::OlderOutgoing(_) => self.past[1].asking.end(generation, at, result),
            Load::User => self.user.end(generation, at, result),
            Load::Coins => self.coins.end(generation, at, result),
            Load::Rates => self.rates.end(generation, at, result),
            Load::Price(coin) => match self.price_loads.get_mut(coin) {
                Some(remote) => remote.end(generation, at, no_market_is_an_answer(result)),
                None => None,
            },
            Load::Addresses(place) => {
                let result = self.only_for(place, result);
                self.addresses.get_mut(place).and_then(|remote| remote.end(generation, at, result))
            }
        };
        found.flatten()
    }

    pub(in crate::tui) fn take_balances(
        &mut self,
        balances: Option<Vec<Balance>>,
        unread: &BTreeSet<UntrustedText>,
        at: Millis,
    ) {
        let had_some = self.balances.value().is_some_and(|b| !b.is_empty());
        let balances = match balances {
            Some(balances) => {
                self.silence = None;
                balances
            }
            None if had_some => {
                let (readings, since) = self.silence.unwrap_or((0, at));
                self.silence = Some((readings + 1, since));
                if readings + 1 < SILENT_READINGS || at.since(since) < SILENT_MS {
                    return;
                }
                Vec::new()
            }
            None => {
                self.silence = Some((SILENT_READINGS, at));
                Vec::new()
            }
        };
        self.suspect_changes(&balances, unread, at);
        self.balances.set(balances, at);
        self.revalue();
    }

    /// Remembers when new rows were first seen. The first reading of all marks nothing: everything would be new.
    pub(in crate::tui) fn mark_fresh(&mut self, records: &[Record], incoming: bool, at: Millis) {
        let Some(known) = (if incoming { self.incoming.value() } else { self.outgoing.value() }) else {
            return;
        };
        let known = known.places(records.iter().map(|r| &r.key));
        // Only the newest page is held, so a row may come back from beyond its end: new is what is newer than all.
        let newest = self.newest_seen;
        for record in records {
            if !known.contains_key(&record.key) && record.time >= newest {
                self.fresh.insert(record.key.clone(), at);
            }
        }
    }

    /// Whether a page of a way brings a record that is not held.
    pub(in crate::tui) fn has_news(&self, flow: usize, page: &[Record]) -> bool {
        let held = if flow == 0 { self.incoming.value() } else { self.outgoing.value() };
        let known = held.map(|held| held.places(page.iter().map(|r| &r.key))).unwrap_or_default();
        page.iter().any(|r| !known.contains_key(&r.key))
    }

    /// Takes a page of a way; a newest one dates the whole.
    pub(in crate::tui) fn take_page(&mut self, flow: usize, page: Vec<Record>, at: Option<Millis>) {
        let remote = if flow == 0 { &self.incoming } else { &self.outgoing };
        let places = remote.value().map(|held| held.places(page.iter().map(|r| &r.key))).unwrap_or_default();
        let held = |r: &Record| remote.value()?.get(*places.get(&r.key)?);
        let moved: BTreeSet<UntrustedText> =
            page.iter().filter(|r| held(r).as_ref() != Some(r)).map(|r| r.coin.clone()).collect();
        for coin in moved {
            self.coin_moved(coin);
        }
        let remote = if flow == 0 { &mut self.incoming } else { &mut self.outgoing };
        let (is_changed, same_id) = if let Some(held) = remote.value_mut() {
            let merged = merge(held, page);
            (merged.is_changed, merged.same_id)
        } else {
            let mut records = std::mem::take(&mut self.record_stores[flow.min(1)]);
            let merged = merge(&mut records, page);
            remote.set(records, at.unwrap_or(self.now));
            (true, merged.same_id)
        };
        self.mark_same_id(same_id);
        let remote = if flow == 0 { &mut self.incoming } else { &mut self.outgoing };
        if let Some(at) = at {
            remote.date(at);
        }
        if is_changed {
            self.take_records();
        }
    }

    /// The outgoing records of the last minutes.
    pub(in crate::tui) fn paid_lately(&self) -> Vec<Paid> {
        let Some(records) = self.outgoing.value() else { return Vec::new() };
        let since = self.exchange_now().plus(-RECENT_MS);
        let is_late = |(_, head): &(usize, RecordHead)| head.time.is_none_or(|time| time >= since);
        let late: Vec<Record> =
            (0..).zip(records.heads()).filter(is_late).filter_map(|(at, _)| records.get(at)).collect();
        let flow = |r: &Record| r.network.clone().filter(|_| r.fee.is_none()).map(|network| (r.coin.clone(), network));
        let mut fees: BTreeMap<(UntrustedText, UntrustedText), Option<Learnt>> =
            late.iter().filter_map(flow).map(|w| (w, None)).collect();
        if !fees.is_empty() {
            records.each(|record| {
                for ((coin, network), learnt) in &mut fees {
                    fees::learn_fee(learnt, record, self.charge(record).fee, coin, network);
                }
            });
        }
        let learnt = |record: &Record| fees.get(&flow(record)?)?.clone();
        late.iter()
            .map(|record| Paid { fees: learnt(record), record: record.clone(), may_be_given_up: false })
            .collect()
    }

    pub(in crate::tui) fn take_records(&mut self) {
        self.show_moves();
        self.write_book();
        self.recent_payments = self.paid_lately();
        self.newest_seen = self.heads().filter_map(|(_, head)| head.time).max().max(self.newest_seen);
        self.recount();
        self.learn_words();
        for tab in [Tab::Deposits, Tab::Withdrawals, Tab::Transfers] {
            // Until all of a table is there its first row is nobody's choice.
            if !self.is_loaded(tab) {
                self.tables[tab.index()].selected = None;
            }
            self.arrange(tab);
            if !self.is_loaded(tab) {
                self.tables[tab.index()].selected = None;
            }
        }
        self.find_awaited();
        self.sums_are_old = true;
        self.follow_orders();
    }
}

/// True for a permission that the key lacks: it closes one list, not the others.
fn is_one_permission(problem: &Problem) -> bool {
    matches!(problem.cause, Cause::Refused { refusal: Refusal::Permission, .. })
}

/// A coin without a market is an answer, not a failure to be tried again soon.
fn no_market_is_an_answer(result: Result<Loaded, Problem>) -> Result<Loaded, Problem> {
    match result {
        Err(Problem { cause: Cause::Refused { refusal: Refusal::Parameter, .. }, .. }) => Ok(Loaded::NoMarket),
        other => other,
    }
}
