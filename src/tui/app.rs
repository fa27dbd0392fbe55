//! The state of the program and the one function that changes it.
//!
//! [`App::update`] takes a [`Message`] and answers with [`Effect`]s. There is no I/O, no clock and no chance in here or
//! below: time comes as a message, chance is a number given at the start.

mod code;
pub mod dialog;
pub mod footer;
mod help;
mod input;
mod loads;
mod lock;
mod order_link;
mod orders;
mod review;
pub mod welcome;

use ratatui::layout::Size;
use zeroize::Zeroize as _;

use crate::domain::{Event, Millis};
use crate::engine::config::keymap::Context;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::layout::Layout;
use crate::tui::state::{AppConfig, State};
use dialog::Dialog;

/// The program: its state, and what is on top of the tables.
#[derive(Debug, Clone)]
pub struct App {
    state: State,
    dialog: Option<Dialog>,
}

impl std::ops::Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl App {
    /// The state before anything is known, at a moment, on a screen of a size.
    pub fn new(config: AppConfig, now: Millis, size: Size) -> Self {
        Self { state: State::new(config, now, size), dialog: None }
    }

    /// The only place where the state changes.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = self.change(message);
        if std::mem::take(&mut self.state.sums_are_old)
            && let Some(Dialog::Figures(page)) = &mut self.dialog
        {
            page.sum_again(&self.state);
        }
        effects.extend(self.watch_review());
        effects
    }

    fn change(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => {
                self.state.touch();
                self.state.read_result();
                return self.key(key);
            }
            Message::Paste(mut text) => {
                self.state.touch();
                self.state.read_result();
                self.paste(&text);
                // It may have been a passphrase.
                text.zeroize();
            }
            Message::Mouse(mouse) => {
                self.state.touch();
                self.state.read_result();
                return self.mouse(mouse);
            }
            Message::Steps(timeline) => self.state.timeline = Some(*timeline),
            Message::News(news) => return self.news(&news),
            Message::Kept(kept) => self.state.take_kept(*kept),
            Message::HistoryBroken(why) => {
                self.state.toast_event(self.state.lang().fill("news.history_broken", &[("why", &why.shown())]), true);
            }
            Message::Noted { key, text, failed } => self.noted(&key, text, failed.as_deref()),
            Message::HistoryRead(news) => self.state.take_history_read(*news),
            Message::Unlocked(result) => self.unlocked(result),
            Message::NotVisited(why) => {
                let text = self.state.lang().fill("visit.failed", &[("why", &why.shown())]);
                self.state.toast(text, true);
            }
            Message::NoDesktop(why) => {
                let text = self.state.lang().fill("news.no_desktop", &[("why", &why.shown())]);
                self.state.toast_event(text, true);
            }
            Message::NoHook(why) => {
                let text = self.state.lang().fill("news.no_hook", &[("why", &why.shown())]);
                self.state.toast_event(text, true);
            }
            Message::Exported(end) => self.export_ended(end),
            Message::Filters(found) => self.state.filters_saved(found),
            Message::Worth(found) => self.state.worth = Some(found),
            Message::Events(found) => {
                if let Some(Dialog::Events(list)) = &mut self.dialog {
                    list.found = Some(found);
                }
            }
            Message::UsualTimes(all) => self.state.usual_times = all,
            Message::Doctor(findings) => self.diagnosed(findings),
            Message::Resumed => {
                self.stop_counting();
                self.rearm_review();
            }
            Message::Resized(size) => {
                self.state.size = size;
                self.state.keep_cursors_in_sight();
                self.show_review_anew();
                // Who is told of a size, the same one too, may have lost what is on the screen.
                return vec![Effect::Repaint];
            }
            Message::Shown(number) => self.shown(number),
            Message::Focus(focused) => {
                self.state.focused = focused;
                return self.due_loads();
            }
            Message::Tick(now) => {
                // A clock that is set back must not make ages negative or bring old news back.
                self.state.now = now;
                self.state.forget_old_news();
                self.lock_when_idle();
                self.state.arrange_history_read();
                let mut effects = self.tick_dialog();
                effects.extend(self.state.due_looks());
                effects.extend(self.due_loads());
                effects.extend(self.state.due_worth());
                effects.extend(self.state.due_overview());
                effects.extend(self.state.due_conditions());
                return effects;
            }
            Message::Ledger(news) => return self.state.ledger_read(news),
            Message::Bound(uid) => self.state.bound(uid),
            Message::Orders(found) => self.state.orders_read(found),
            Message::Reopened(orders) => return self.state.reopened(orders),
            Message::OrderOf { record, found } => self.order_found(&record, found),
            Message::Ordered(end) => return self.ordered(*end),
            Message::Decided { order, result } => return self.decided(order, result),
            Message::Looked { order, reading } => return self.looked(order, reading),
            Message::Reply(reply) => {
                let mut effects = self.state.reply(reply);
                effects.extend(self.due_loads());
                return effects;
            }
            Message::Copied(result) => self.state.copied(result),
            Message::NoClipboard(text) => return vec![Effect::CopyByTerminal(text)],
        }
        Vec::new()
    }

    fn news(&mut self, news: &[Event]) -> Vec<Effect> {
        let numbers = news.iter().map(|event| event.number).collect();
        let mut effects = self.state.take_news(news);
        effects.push(Effect::MarkDelivered(numbers));
        effects.extend(matches!(self.dialog, Some(Dialog::Events(_))).then_some(Effect::ReadEvents));
        effects
    }

    /// Where everything is on the screen now.
    pub fn layout(&self) -> Layout {
        let layout = self.state.page_layout();
        if self.dialog.is_some() { layout.under_dialog() } else { layout }
    }

    /// Who has the keys.
    pub fn context(&self) -> Context {
        match &self.dialog {
            _ if self.state.lock.is_some() => Context::Lock,
            Some(dialog) if !self.state.context.is_help() => Dialog::context(dialog),
            _ => self.state.context,
        }
    }
}
