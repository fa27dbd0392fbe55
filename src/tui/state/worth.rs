//! What everything is and was worth, who has which share of it, and the records that sums are made of.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::State;
use super::futures::FuturesWorth;
use crate::domain::columns::Tab;
use crate::domain::flows::{CoinFlow, Flows, Group};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::worth::{WORTH_EVERY, Worth, since_yesterday};
use crate::domain::{Amount, FuturesSide, Kind, Millis, Status, UntrustedText, Wording as _};
use crate::tui::effect::Effect;

/// Balances older than this are not what everything is worth now, milliseconds.
const NOW_MS: i64 = 60_000;
/// Prices that are older are no prices of now, milliseconds.
const PRICES_MAX: i64 = 3 * crate::tui::refresh::PRICE_EVERY;

impl State {
    /// What everything was worth, oldest first; `None` until the ledger was read, or the reason why it cannot be.
    pub const fn worth_kept(&self) -> Option<&Result<Vec<Worth>, UntrustedText>> {
        self.worth.as_ref()
    }

    /// The coins with their values, greatest first, and those without a price.
    pub fn shares(&self) -> (Vec<(&UntrustedText, Decimal)>, Vec<UntrustedText>) {
        let (mut priced, mut others) = (Vec::new(), Vec::new());
        for (balance, value) in self.balances.value().into_iter().flatten().zip(&self.values) {
            match value {
                Some(value) if !value.is_zero() => priced.push((&balance.coin, *value)),
                Some(_) => {}
                None => others.push(balance.coin.clone()),
            }
        }
        for (coin, value) in self.futures_values(&self.unit) {
            match value {
                Some(value) if !value.is_zero() => match priced.iter_mut().find(|(known, _)| *known == coin) {
                    Some((_, sum)) => *sum = sum.saturating_add(value),
                    None => priced.push((coin, value)),
                },
                Some(_) => {}
                None if others.contains(coin) => {}
                None => others.push(coin.clone()),
            }
        }
        others.extend(self.balances_left_out());
        priced.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        (priced, others)
    }

    /// The sums of what the tab's filter takes; of everything on the balances' tab.
    pub(in crate::tui) fn flows_of_tab(&self, group: Group) -> Vec<CoinFlow> {
        let mut flows = Flows::by(group);
        match self.tab {
            Tab::Balances => self.each_record(|_, view| flows.add(view, self.charge(view), !self.has_same_id(view))),
            _ => self.each_of(&self.table().order, |_, view| {
                flows.add(view, self.charge(view), !self.has_same_id(view));
            }),
        }
        flows.lines()
    }

    /// Shows the records that a line of sums is made of.
    pub(in crate::tui) fn show_flow(&mut self, flow: &CoinFlow, group: Group) {
        let Some(filter) = flow.filter(group) else {
            return self.toast(self.lang().t("figures.no_filter").to_owned(), false);
        };
        if self.tab != Tab::Balances {
            // The filter that is there says which of them were summed.
            let before = self.table().filter().value().trim().to_owned();
            let whole = format!("{before} {filter}").trim().to_owned();
            return self.edit_filter(|typed| *typed = tui_input::Input::new(whole));
        }
        // The sums are over all three tables: each is filtered, the first that holds something is shown, the others are named.
        let mut found: Vec<(Tab, usize)> = Vec::new();
        let mut before = Vec::new();
        for tab in Tab::ALL.into_iter().skip(1) {
            self.show(tab);
            before.push((tab, self.table().filter().clone()));
            self.edit_filter(|typed| *typed = tui_input::Input::new(filter.clone()));
            if !self.table().is_empty() {
                found.push((tab, self.table().len()));
            }
        }
        let Some(((first, here), others)) = found.split_first() else {
            for (tab, filter) in before {
                self.show(tab);
                self.edit_filter(|typed| *typed = filter);
            }
            self.show(Tab::Balances);
            return self.toast(self.lang().t("figures.no_filter").to_owned(), false);
        };
        let (here, lang) = (here.to_string(), self.lang());
        let names = others.iter().map(|(tab, count)| {
            let name: &'static str = (*tab).into();
            format!("{count} {}", lang.find(&format!("tab.{name}")).unwrap_or(name))
        });
        let others = names.collect::<Vec<_>>().join(", ");
        self.show(*first);
        if !others.is_empty() {
            self.toast(lang.fill("figures.more_elsewhere", &[("here", &here), ("others", &others)]), false);
        }
    }

    /// What came in less what went out between two kept values, at the prices of now; the rest of a change is what prices and
    /// trades did. `None` where the history, an amount or a price is not known, or two values leave different coins out.
    pub fn came_in(&self, first: &Worth, last: &Worth) -> Option<Decimal> {
        let is_whole = self.history.as_ref().is_some_and(|history| history.is_whole == [true; 2]);
        let is_known = is_whole && self.missing.unread.iter().all(Vec::is_empty) && first.left_out == last.left_out;
        if !is_known {
            return None;
        }
        // Between the sides nothing comes in, unless only one of them is counted.
        let counts = |kind: &Kind| !kind.is_move() || last.futures.is_none();
        let is_between = |time: Option<Millis>| time.is_some_and(|time| time > first.at && time <= last.at);
        let heads = self.heads().filter(|(_, head)| head.status == Status::Success && is_between(head.time));
        let places: Vec<u32> = heads.filter(|(_, head)| counts(&head.kind)).map(|(at, _)| at).collect();
        let quote = UntrustedText::from(MARKET_QUOTE);
        let mut sum = Some(Decimal::ZERO);
        self.each_of(&places, |_, record| {
            let is_outgoing = record.key.kind.is_outgoing();
            // A net alone leaves the fee out.
            let amount = match record.key.kind {
                _ if self.has_same_id(record) => None,
                Kind::Withdrawal => self.charge(record).gross,
                _ => record.amount,
            };
            let value = amount.and_then(|amount| self.prices.value(&record.coin.to_text(), amount, &quote));
            sum = sum.zip(value).and_then(|(sum, value)| sum.checked_add(if is_outgoing { -value } else { value }));
        });
        sum
    }

    /// What everything is worth now, to be kept: every few minutes, when all of it was read and every price has come.
    pub(in crate::tui) fn due_worth(&mut self) -> Option<Effect> {
        self.history.as_ref()?;
        let (balances, at) = (self.balances.value().filter(|b| !b.is_empty())?, self.balances.at()?);
        let is_due = self.worth_at.is_none_or(|at| !(0..WORTH_EVERY).contains(&self.now.since(at)));
        let is_fresh = !self.balances.is_kept() && self.now.since(at) < NOW_MS && self.price_trouble().is_none();
        if !is_due || !is_fresh || balances.iter().any(|balance| self.is_price_missing_yet(&balance.coin)) {
            return None;
        }
        // A side that is about to answer is waited for; a coin of it that has no price yet too.
        let is_awaited = *self.futures() == FuturesSide::NotRead && self.futures_lines().is_empty();
        if is_awaited || self.futures_coins().any(|coin| coin.raw() != MARKET_QUOTE && self.is_price_to_come(coin)) {
            return None;
        }
        let quote = UntrustedText::from(MARKET_QUOTE);
        let mut prices = BTreeMap::new();
        for balance in balances {
            if balance.total().is_none_or(|total| total != Amount::ZERO)
                && let Some(price) = self.prices.price(&balance.coin, &quote)
            {
                // After a sleep the old prices are still there when the new balances have come.
                let is_old = |at| !(-PRICES_MAX..=PRICES_MAX).contains(&self.now.since(at));
                if self.prices.age_of(&balance.coin).is_some_and(is_old) {
                    return None;
                }
                prices.insert(balance.coin.clone(), price);
            }
        }
        let worth = self.worth_now()?;
        self.worth_at = Some(self.now);
        if let Some(Ok(known)) = &mut self.worth {
            known.push(worth.clone());
        }
        Some(Effect::KeepWorth(Box::new(worth), prices))
    }

    /// By how much what everything is worth has changed since yesterday, and in how many hours, by the program's own kept values
    /// and that of now; `None` where these do not tell.
    pub fn change(&self) -> Option<(Decimal, Decimal, i64)> {
        let kept = self.worth_kept()?.as_ref().ok()?;
        let present = self.worth_since(kept);
        let (first, last) = since_yesterday(kept, present.as_ref().or_else(|| kept.last())?, self.exchange_now())?;
        Some((first.total(), last.total(), last.at.since(first.at) / 3_600_000))
    }

    /// What everything is worth now, as the first line says it, where it counts the same as what was kept last: prices that are
    /// still to come are no change of value.
    pub fn worth_since(&self, kept: &[Worth]) -> Option<Worth> {
        let is_alike = |now: &Worth, last: &Worth| {
            now.left_out == last.left_out && now.futures.is_some() == last.futures.is_some()
        };
        self.worth_now().filter(|now| kept.last().is_some_and(|last| is_alike(now, last)))
    }

    /// What everything is worth now, as far as it is known.
    fn worth_now(&self) -> Option<Worth> {
        let balances = self.balances.value().filter(|balances| !balances.is_empty() && !self.balances.is_kept())?;
        let quote = UntrustedText::from(MARKET_QUOTE);
        let (mut spot, mut left_out) = (Decimal::ZERO, self.balances_left_out().collect::<Vec<_>>());
        for balance in balances {
            match balance.total().and_then(|total| self.prices.value(&balance.coin, total, &quote)) {
                Some(one) => spot = spot.checked_add(one)?,
                None => left_out.push(balance.coin.clone()),
            }
        }
        let (futures, unpriced) = self.futures_worth_in(&quote);
        let others: Vec<_> = unpriced.into_iter().filter(|coin| !left_out.contains(coin)).collect();
        left_out.extend(others);
        let futures = match futures {
            FuturesWorth::Known(futures) if !self.is_futures_partial() => Some(futures),
            FuturesWorth::Known(_) | FuturesWorth::Unknown => None,
        };
        Some(Worth { at: self.exchange_now(), spot, futures, left_out })
    }

    /// Reads what everything was worth and how long things take: the first line tells the change, the side of a wide screen the
    /// way there, and how long what is pending usually is.
    pub(in crate::tui) fn due_overview(&mut self) -> Vec<Effect> {
        if self.lock().is_some() || self.history.is_none() || self.worth.is_some() || self.worth_asked.is_some() {
            return Vec::new();
        }
        self.worth_asked = Some(self.now);
        vec![Effect::ReadWorth, Effect::ReadUsualTimes]
    }

    /// True for a coin that is held and whose price is on its way.
    pub(in crate::tui) fn is_price_missing_yet(&self, coin: &UntrustedText) -> bool {
        let is_held = self.balance_of(coin).is_some_and(|b| b.total().is_none_or(|total| !total.is_zero()));
        is_held && coin.raw() != MARKET_QUOTE && self.is_price_to_come(coin)
    }
}
