//! What the exchange's answers change.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::loads::is_one_permission;
use super::past::merge;
use super::remote::Generation;
use crate::domain::columns::Tab;
use crate::domain::fees::{self, Learnt};
use crate::domain::records::RecordHead;
use crate::domain::rules::{Paid, RECENT_MS, network_state};
use crate::domain::{Balance, Cause, Coin, Millis, Network, Problem, Record, Refusal, UntrustedText};
use crate::engine::config::keymap::Context;
use crate::tui::effect::{CoinNetwork, Effect, Load};
use crate::tui::message::{Loaded, Reply};

/// An account that reports nothing where it had reported coins is believed after this many readings …
const SILENT_READINGS: u32 = 3;
/// … over this many milliseconds (`reference.md §4.1`).
const SILENT_MS: i64 = 30_000;

impl State {
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
            (Load::Coins, Loaded::Coins(coins)) => {
                self.note_closed(&coins);
                self.coins.set(coins, at);
            }
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

    /// Remembers of what was open at the last reading, and is closed by a new one, when that was.
    fn note_closed(&mut self, coins: &[Coin]) {
        let is_open = |network: &Network| network_state(network).is_ok();
        let mut last_open = std::mem::take(&mut self.last_open);
        for (coin, network) in coins.iter().flat_map(|coin| coin.networks.iter().map(move |network| (coin, network))) {
            let place = CoinNetwork { coin: coin.name.clone(), network: network.name.clone() };
            let known = self.coins.value().into_iter().flatten().filter(|known| known.name == coin.name);
            let before = known.flat_map(|known| &known.networks).find(|known| known.name == network.name);
            if is_open(network) {
                last_open.remove(&place);
            } else if let Some(at) = self.coins.at().filter(|_| before.is_some_and(is_open)) {
                last_open.insert(place, at);
            }
        }
        self.last_open = last_open;
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
        self.measure_records();
        if self.context == Context::Detail {
            self.read_coin_detail();
        }
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

/// A coin without a market is an answer, not a failure to be tried again soon.
fn no_market_is_an_answer(result: Result<Loaded, Problem>) -> Result<Loaded, Problem> {
    match result {
        Err(Problem { cause: Cause::Refused { refusal: Refusal::Parameter, .. }, .. }) => Ok(Loaded::NoMarket),
        other => other,
    }
}
