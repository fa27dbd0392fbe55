//! The lock, and what it takes back.

use super::App;
use crate::engine::config::keymap::Action;
use crate::engine::explain::Explanation;
use crate::tui::effect::Effect;
use crate::tui::state::lock::{Lock, LockReason, Masked, PROOF_MS};

impl App {
    /// Closes the lock when nobody was there for long enough.
    pub(super) fn lock_when_idle(&mut self) {
        let Some(after) = self.state.config.identity.lock_after_ms.filter(|_| self.state.config.identity.can_lock)
        else {
            return;
        };
        // A clock that was set back must not put it off.
        let idle = self.state.now.since(self.state.touched);
        let is_open = self.state.lock.as_ref().is_none_or(|lock| lock.reason == LockReason::Order);
        if is_open && !(0..after).contains(&idle) {
            // A check before an order can be left by anybody; this cannot.
            self.close_lock(LockReason::Idle);
        }
    }

    fn close_lock(&mut self, reason: LockReason) {
        self.state.drop_all_news();
        // What counts down to be sent is taken back: nobody would see it go.
        self.stop_counting();
        self.state.lock = Some(Lock { reason, typed: Masked::default(), asked: None, said: None, news: None });
    }

    /// Locks on the user's word, where something can unlock again.
    pub(super) fn lock_now(&mut self) {
        if self.state.config.identity.can_lock {
            self.close_lock(LockReason::Asked);
        } else {
            self.state.toast(self.state.lang().t("lock.cannot").to_owned(), true);
        }
    }

    /// Whether an order may go without another check. Where it may not, the lock closes and asks.
    pub(super) fn is_proved(&mut self) -> bool {
        let identity = &self.state.config.identity;
        if !identity.recheck {
            return true;
        }
        if !identity.can_lock {
            // Asked for, and not possible: never a silent yes.
            self.state.toast(self.state.lang().t("lock.cannot").to_owned(), true);
            return false;
        }
        let is_fresh = self.state.proved.take().is_some_and(|at| (0..PROOF_MS).contains(&self.state.now.since(at)));
        if !is_fresh {
            self.close_lock(LockReason::Order);
        }
        is_fresh
    }

    /// What an action does on a locked screen. Nothing but the lock is reachable.
    pub(super) fn act_in_lock(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => self.quit(),
            Action::Repaint => vec![Effect::Repaint],
            Action::Suspend => vec![Effect::Suspend],
            Action::Unlock => self.state.ask_store(),
            Action::Back => {
                // A check before an order can be left: then the order is not sent.
                self.state.lock.take_if(|lock| lock.reason == LockReason::Order);
                self.rearm_review();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The store has answered.
    pub(super) fn unlocked(&mut self, result: Result<(), Explanation>) {
        // An answer to a question that was left opens no other lock.
        let Some(lock) = self.state.lock.as_mut().filter(|lock| lock.asked.is_some()) else { return };
        lock.asked = None;
        if let Err(said) = result {
            lock.said = Some(said);
            return;
        }
        let reason = lock.reason;
        self.state.lock = None;
        self.rearm_review();
        self.state.touched = self.state.now;
        self.state.proved = Some(self.state.now);
        if reason == LockReason::Order {
            self.state.toast(self.state.lang().t("lock.proved").to_owned(), false);
        } else {
            self.state.toast_unseen();
        }
    }
}
