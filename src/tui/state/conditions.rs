//! Conditions that are news: an order of unknown outcome, trouble with key or clock, a balance that changed and no record says
//! why. Each is told once: the ledger knows which were told, in any run or instance.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::summary::CLOCK_MATTERS_MS;
use crate::domain::{Amount, Balance, Condition, EventKind, Millis, Outcome, UntrustedText};
use crate::engine::notifications::{Channel, order_claim};
use crate::tui::effect::Effect;

/// How much earlier than the change of a balance its record may have been seen, milliseconds.
const EARLIER_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// How long a record is waited for before a change is told, milliseconds.
const WAIT_MS: i64 = 90_000;

/// A balance that changed, and whether that is told is not decided yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suspect {
    coin: UntrustedText,
    change: Amount,
    total: Amount,
    /// When the balance was as before.
    before: Millis,
    at: Millis,
}

/// What holds, what may be told, and what explains changes.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct Conditions {
    /// By the name under which the ledger knows it.
    active: BTreeMap<String, Condition>,
    suspects: Vec<Suspect>,
    /// When a record or an order of a coin was last new or changed.
    moved: BTreeMap<UntrustedText, Millis>,
    /// What was seen to be good in this run: what an earlier one told of it is over.
    good: BTreeSet<&'static str>,
    /// What happened behind the lock and was shown to nobody.
    unseen: usize,
}

impl State {
    /// Remembers that something of a coin moved.
    pub(in crate::tui) fn coin_moved(&mut self, coin: UntrustedText) {
        self.conditions.moved.insert(coin, self.now);
    }

    /// Compares balances with those before. The exchange may leave a coin out of which nothing is left.
    pub(in crate::tui) fn suspect_changes(&mut self, new: &[Balance], unread: &BTreeSet<UntrustedText>, at: Millis) {
        let (Some(least), Some(before)) = (self.config.notifications.balance_change, self.balances.at()) else {
            return;
        };
        let totals = |balances: &[Balance]| -> BTreeMap<UntrustedText, Option<Amount>> {
            balances.iter().map(|balance| (balance.coin.clone(), balance.total())).collect()
        };
        let (old, new) = (totals(self.balances.value().map_or(&[], Vec::as_slice)), totals(new));
        let total_in = |all: &BTreeMap<_, _>, coin| all.get(coin).copied().unwrap_or(Some(Amount::ZERO));
        // Of a row that names no coin nobody knows which one it was.
        let is_unread =
            |coin: &UntrustedText| unread.contains(coin) || unread.iter().any(|name| matches!(name.raw(), "" | "?"));
        let coins: BTreeSet<&UntrustedText> = old.keys().chain(new.keys()).filter(|coin| !is_unread(coin)).collect();
        for coin in coins {
            let Some((old, total)) = total_in(&old, coin).zip(total_in(&new, coin)) else { continue };
            let Some(change) = total.checked_sub(old).filter(|change| !change.is_zero()) else { continue };
            let worth = self.prices.value(coin, change, &self.config.unit).map(|value| value.abs());
            let is_large = least.to_decimal_rounded().zip(worth).is_some_and(|(least, worth)| worth >= least);
            if is_large {
                self.conditions.suspects.push(Suspect { coin: coin.clone(), change, total, before, at });
            }
        }
    }

    /// Changes that no record has explained in time.
    pub(in crate::tui) fn unexplained(&mut self) -> Vec<(String, Condition)> {
        let now = self.now;
        let Conditions { suspects, moved, .. } = &mut self.conditions;
        suspects
            .retain(|suspect| moved.get(&suspect.coin).is_none_or(|moved| *moved < suspect.before.plus(-EARLIER_MS)));
        let (due, waiting) = suspects.drain(..).partition(|suspect| now.since(suspect.at) >= WAIT_MS);
        *suspects = waiting;
        let due: Vec<Suspect> = due;
        let named = due.into_iter().map(|suspect| {
            // Two instances that see the same change give it the same name; the same again on another day is another one.
            let day = suspect.at.0.div_euclid(DAY_MS);
            let name = format!("balance:{}:{}:{day}", suspect.coin.raw(), suspect.total);
            let about = suspect.coin.clone();
            (name, Condition { happened: EventKind::Balance, about, change: Some(suspect.change) })
        });
        named.collect()
    }

    /// What began and what ended: the ledger notes it.
    pub(in crate::tui) fn due_conditions(&mut self) -> Vec<Effect> {
        if self.history.is_none() {
            return Vec::new();
        }
        let condition = |happened, about: &str| Condition { happened, about: UntrustedText::from(about), change: None };
        let mut found: BTreeMap<String, Condition> = self
            .money
            .watched
            .iter()
            .filter(|watched| matches!(watched.order.outcome, Outcome::Unknown { .. }))
            .map(|watched| watched.order.id.0.to_string())
            .map(|id| (order_claim(&id), condition(EventKind::Unknown, &id)))
            .collect();
        if self.key_refused().is_some() {
            found.insert("key".to_owned(), condition(EventKind::Key, ""));
        }
        if self.clock_offset.is_some_and(|offset| offset.abs() >= CLOCK_MATTERS_MS) {
            found.insert("clock".to_owned(), condition(EventKind::Clock, ""));
        }
        found.extend(self.unexplained());
        let active = &self.conditions.active;
        let begun = found.iter().filter(|(name, _)| !active.contains_key(*name));
        let begun: Vec<Effect> = begun.map(|(name, condition)| Effect::Note(name.clone(), condition.clone())).collect();
        // What is over may come again, and is told again then. An order or a change is told once for ever.
        let is_lasting = |condition: &Condition| matches!(condition.happened, EventKind::Key | EventKind::Clock);
        let ended = active.iter().filter(|(name, c)| is_lasting(c) && !found.contains_key(*name));
        let ended: Vec<String> = ended.map(|(name, _)| name.clone()).collect();
        let ended: Vec<String> = ended.into_iter().chain(self.newly_good()).collect();
        for name in &ended {
            self.conditions.active.remove(name);
        }
        let known = std::mem::take(&mut self.conditions.active);
        self.conditions.active = found.into_iter().chain(known).collect();
        let forget = ended.into_iter().map(Effect::Forget);
        begun.into_iter().chain(forget).collect()
    }

    /// Key and clock, the first time that they are seen to be good: the run that told of the trouble may be long over.
    pub(in crate::tui) fn newly_good(&mut self) -> Vec<String> {
        let key = self.key_refused().is_none() && self.balances.value().is_some() && !self.balances.is_kept();
        let clock = self.clock_offset.is_some_and(|offset| offset.abs() < CLOCK_MATTERS_MS);
        let mut found = Vec::new();
        for (name, is_good) in [("key", key), ("clock", clock)] {
            if !is_good {
                self.conditions.good.remove(name);
            } else if self.conditions.good.insert(name) {
                found.push(name.to_owned());
            }
        }
        found
    }

    /// Says how much happened while the screen was locked, once it is not.
    pub(in crate::tui) fn toast_unseen(&mut self) {
        let count = std::mem::take(&mut self.conditions.unseen);
        if count > 0 {
            self.toast_event(self.lang().fill("news.unseen", &[("count", &count.to_string())]), false);
        }
    }

    /// Brings news to the user in the ways that are wanted now: `text` beyond the screen with a line for each, `shown` on it.
    pub(in crate::tui) fn spread_news(
        &mut self,
        text: String,
        shown: Option<ShownNews>,
        lines: Vec<String>,
    ) -> Vec<Effect> {
        let notifications = &self.config.notifications;
        let is_quiet = notifications.is_quiet(self.now());
        let shown = shown.filter(|_| notifications.channels.contains(&Channel::Toast));
        let channels: Vec<Channel> = notifications.channels.iter().copied().filter(|c| *c != Channel::Toast).collect();
        match shown {
            Some(shown) if self.lock().is_none() => self.toast_event(shown.text, shown.is_trouble),
            Some(shown) => self.conditions.unseen += shown.count,
            None => {}
        }
        if is_quiet { Vec::new() } else { vec![Effect::Notify { channels, text, lines }] }
    }
}

/// News for the screen.
pub(in crate::tui) struct ShownNews {
    /// In words.
    pub text: String,
    /// Whether something of it is trouble.
    pub is_trouble: bool,
    /// How many things happened.
    pub count: usize,
}
