//! What the ledger knows: the last state before any answer of the exchange, and the history that is read into it.

use super::State;
use super::conditions::ShownNews;
use super::past::merge;
use crate::domain::record::SAME_ID;
use crate::domain::{Amount, Event, EventKind, EventSubject, Millis, MoveRecord, Record, RecordKey, UntrustedText};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::notifications::{Source, json, words};
use crate::tui::effect::Effect;
use crate::tui::message::HistoryRead;
use crate::tui::message::LedgerSnapshot;

/// How far the ledger knows the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryState {
    /// Whether incoming and outgoing records are known back to the first.
    pub is_whole: [bool; 2],
    /// Records in the ledger, once reading has told.
    pub held: Option<u64>,
    /// The oldest moment that reading has reached, while it is under way.
    pub oldest: Option<Millis>,
    /// True when records came that the tables do not show yet.
    is_dirty: bool,
}

impl State {
    /// How far the ledger knows the history.
    pub const fn history(&self) -> Option<&HistoryState> {
        self.history.as_ref()
    }

    /// How the exchange contradicts itself about a record: `backwards`, `disagrees` or `vanished`; `None` where it does not.
    pub fn conflict(&self, key: &RecordKey) -> Option<&UntrustedText> {
        self.conflicts.get(key)
    }

    /// Shows what the ledger holds, where nothing newer is on the screen.
    pub(in crate::tui) fn take_kept(&mut self, kept: LedgerSnapshot) {
        let LedgerSnapshot {
            records: [incoming, outgoing],
            read,
            is_whole,
            balances,
            notes,
            conflicts,
            missing,
            ordered,
            filters,
            own,
            payments,
        } = kept;
        (self.notes, self.conflicts, self.filters) = (notes, conflicts, filters);
        (self.missing, self.ordered) = (missing, ordered);
        self.payments = payments;
        self.learn_own(&own);
        self.history = Some(HistoryState { is_whole, ..HistoryState::default() });
        let mut same_id = Vec::new();
        let flows = [(&mut self.incoming, incoming, read[0]), (&mut self.outgoing, outgoing, read[1])];
        for ((remote, records, at), room) in flows.into_iter().zip(self.record_stores.iter_mut()) {
            let is_kept = remote.is_kept();
            match (remote.value_mut(), at) {
                // The first look, of which this is the whole.
                (Some(held), _) if is_kept && held.len() <= records.len() => *held = records,
                // The exchange was faster: what it said is newer.
                (Some(held), _) => {
                    let newer = std::mem::replace(held, records);
                    let merged = merge(held, (0..newer.len()).filter_map(|at| newer.get(at)).collect());
                    same_id.extend(merged.same_id);
                }
                (None, Some(at)) => remote.set(records, at),
                // The run ended before it could date what it had kept: it is at least as old as its newest record.
                (None, None) => {
                    let newest = records.heads().filter_map(|head| head.time).max();
                    match newest {
                        Some(at) => remote.set(records, at),
                        None => *room = records,
                    }
                }
            }
        }
        self.mark_same_id(same_id);
        if let Some((balances, at)) = balances
            && self.balances.value().is_none()
        {
            self.balances.set(balances, at);
            self.revalue();
        }
        self.take_records();
    }

    /// Takes what was read of the history. The tables follow at the next tick: pages come faster than eyes.
    pub(in crate::tui) fn take_history_read(&mut self, news: HistoryRead) {
        let HistoryRead { flow, changed, held, oldest, is_whole, conflicts, missing, ordered } = news;
        let is_new = conflicts.keys().any(|key| !self.conflicts.contains_key(key));
        self.conflicts = conflicts;
        if is_new && self.lock.is_none() {
            self.toast_event(self.lang().t("doubt.news").to_owned(), true);
        }
        self.missing = missing;
        let is_reckoned_anew = ordered != self.ordered;
        self.ordered = ordered;
        let Some(state) = &mut self.history else { return };
        state.is_dirty |= is_reckoned_anew;
        let was_whole = std::mem::replace(&mut state.is_whole[flow.min(1)], is_whole);
        (state.held, state.oldest) = (Some(held), oldest.or(state.oldest));
        let remote = if flow == 0 { &mut self.incoming } else { &mut self.outgoing };
        if let Some(records) = remote.value_mut() {
            let merged = merge(records, changed);
            state.is_dirty |= merged.is_changed;
            self.mark_same_id(merged.same_id);
        }
        if was_whole != is_whole && flow > 0 {
            // An address may be called one that was never paid now, or no more.
            self.write_book();
        }
    }

    /// Marks records that came beside another one under the same id.
    pub(in crate::tui) fn mark_same_id(&mut self, keys: Vec<RecordKey>) {
        for key in keys {
            self.conflicts.insert(key, UntrustedText::from(SAME_ID));
        }
    }

    /// Tells what happened: on the screen, and beyond it as far as the user wants that now. A locked or hidden screen names no
    /// amounts, and neither does anything beyond it.
    pub(in crate::tui) fn take_news(&mut self, news: &[Event]) -> Vec<Effect> {
        let told: Vec<&Event> = news.iter().filter(|event| self.is_told(event)).collect();
        if told.is_empty() {
            return Vec::new();
        }
        let shown: Vec<&Event> = told.iter().copied().filter(|event| self.is_shown(event)).collect();
        let shown = (!shown.is_empty()).then(|| ShownNews {
            text: self.news_words(&shown, true),
            is_trouble: shown.iter().any(|event| event.kind().is_trouble()),
            count: shown.len(),
        });
        let source = Source {
            profile: self.config.profile.raw().to_owned(),
            uid: self.user.value().and_then(|user| user.uid.clone()).or_else(|| self.config.identity.uid.clone()),
            origin: self.config.identity.origin.clone(),
        };
        let lines = told.iter().map(|event| json(event, &source)).collect();
        let text = self.news_words(&told, false);
        self.spread_news(text, shown, lines)
    }

    /// Whether something is to be told at all.
    fn is_told(&self, event: &Event) -> bool {
        let notifications = &self.config.notifications;
        let least = notifications.least.and_then(Amount::to_decimal_rounded);
        let worth = |record: &Record| self.prices.value(&record.coin, record.amount?, &self.config.unit);
        let worth = event.record().and_then(worth);
        notifications.takes(event) && worth.zip(least).is_none_or(|(worth, least)| worth >= least)
    }

    /// Whether it has a line on the screen: an order of unknown outcome, key and clock have a banner that stays, and a move that
    /// was ordered here has had a line of its own.
    fn is_shown(&self, event: &Event) -> bool {
        match &event.subject {
            EventSubject::Condition(condition) => condition.happened == EventKind::Balance,
            EventSubject::Record(record) => {
                MoveRecord::order_of(&record.key).is_none_or(|order| !self.is_own_order(order))
            }
        }
    }

    /// The first of them in words, and how many more there are; on the screen with the key that shows them all.
    fn news_words(&self, news: &[&Event], is_shown: bool) -> String {
        let is_secret = self.is_hidden() || self.lock().is_some();
        let first = news.first().filter(|_| !is_secret).map(|event| words(event, self.lang()));
        let text = first.unwrap_or_else(|| self.lang().t("news.hidden").to_owned());
        match news.len() {
            0 | 1 => text,
            all => {
                let count = (all - 1).to_string();
                let text = self.lang().fill("news.and_more", &[("text", &text), ("count", &count)]);
                let key = self.keymap().of(Context::Table).find(|binding| binding.action == Action::Events);
                match key.and_then(|binding| binding.chords.first()).filter(|_| is_shown) {
                    Some(key) => format!("{text} ({})", key.label()),
                    None => text,
                }
            }
        }
    }

    pub(in crate::tui) fn arrange_history_read(&mut self) {
        if let Some(state) = self.history.as_mut().filter(|state| state.is_dirty) {
            state.is_dirty = false;
            self.take_records();
        }
    }
}
