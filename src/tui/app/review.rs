//! The review as the app knows it: how it is opened, armed, and sent once.

use super::{App, Dialog};
use crate::domain::Consent;
use crate::domain::order::Request;
use crate::domain::rules::check_cancel;
use crate::tui::dialogs::order::OrderPage;
use crate::tui::dialogs::review::{ConfirmationField, LONGEST_TICK_MS, Review, ReviewFocus, Shown, Since};
use crate::tui::dialogs::sending::Sending;
use crate::tui::effect::{Effect, Load};
use crate::tui::state::form::{Entry, Field, FieldId, Form, FormKind};
use crate::tui::state::orders::InFlight;

/// What a contradiction is called when a record is not listed any more.
const VANISHED: &str = "vanished";

impl App {
    /// Asks whether the selected record is to be taken back; says why not where that cannot be.
    pub(in crate::tui) fn open_cancel(&mut self) -> Vec<Effect> {
        if self.state.config.read_only {
            self.state.toast(self.state.lang().t("form.read_only").to_owned(), true);
            return Vec::new();
        }
        let report = check_cancel(self.state.selected_record().as_ref(), &self.state.facts());
        let request = match report.into_result() {
            Ok(request) => request,
            Err(faults) => {
                let words = faults.first().map(|f| f.fault.words(self.state.lang())).unwrap_or_default();
                self.state.toast(words, true);
                return Vec::new();
            }
        };
        // What is not there cannot be taken back on the strength of what was read of it once.
        if let Some(conflict) = self.state.target(&request).and_then(|record| self.state.conflict(&record.key).cloned())
            && conflict.raw() == VANISHED
        {
            self.state.toast(self.state.doubt_words(&conflict), true);
            return Vec::new();
        }
        if let Some(order) = self.state.cancel_under_way(&request) {
            self.dialog = Some(Dialog::Order(OrderPage(order)));
            return Vec::new();
        }
        self.state.drop_page_news();
        let (kind, id) = match &request {
            Request::CancelTransfer(id) => (FormKind::CancelTransfer, id),
            Request::CancelWithdrawal(id) => (FormKind::CancelWithdrawal, id),
            Request::Withdraw(_) | Request::Transfer(_) | Request::Move(_) => return Vec::new(),
        };
        let form = Form::new(kind, vec![Field::new(FieldId::Record, Entry::Fixed).holding(id)]);
        let review = self.state.review_of(Box::new(form), request, Vec::new());
        self.dialog = Some(Dialog::Review(Box::new(review)));
        self.state.read_ledger().into_iter().collect()
    }

    /// The review of what a form asks for.
    pub(in crate::tui) fn open_review(&mut self, form: Box<Form>, request: Request) -> Vec<Effect> {
        let review = self.state.review_of(form, request, Vec::new());
        self.dialog = Some(Dialog::Review(Box::new(review)));
        // What was paid elsewhere meanwhile is in no older page.
        let asks = self.state.key_proved && !self.state.is_under_way(&Load::Outgoing);
        let mut effects: Vec<Effect> = self.state.read_ledger().into_iter().collect();
        effects.extend(asks.then(|| self.state.begin(Load::Outgoing)));
        effects
    }

    pub(in crate::tui) fn send_or_count(&mut self, mut review: Box<Review>) -> Vec<Effect> {
        if !self.is_proved() {
            // Only a check: who comes back from it presses the button again.
            self.dialog = Some(Dialog::Review(review));
            return Vec::new();
        }
        let delay = self.state.config.order_settings.order_delay_ms;
        // A cancel waits for nobody: each moment it may be too late.
        if delay <= 0 || review.request.is_cancel() {
            return self.send(*review);
        }
        review.counting = Some(self.state.now.plus(delay));
        review.ticked = self.state.now;
        self.dialog = Some(Dialog::Review(review));
        Vec::new()
    }

    /// The only place where an order is wished for: the request that was shown is moved into the effect.
    fn send(&mut self, review: Review) -> Vec<Effect> {
        let mut known = self.state.snapshot(&review.request);
        let Review { form, request, target, words, .. } = review;
        known.target = target.map(|shown| shown.0);
        self.state.money.in_flight = Some(InFlight { request: request.clone(), form, since: self.state.now });
        self.dialog = Some(Dialog::Sending(Sending));
        let given = words.into_iter().filter(ConfirmationField::is_typed).flat_map(|word| word.confirms).collect();
        vec![Effect::Order { consent: Consent { request, given }, known: Box::new(known) }]
    }

    pub(in crate::tui) fn tick_review(&mut self, mut review: Box<Review>) -> Vec<Effect> {
        let is_seen = self.context != crate::engine::config::keymap::Context::Help && self.state.lock.is_none();
        if is_seen {
            if let Shown::Asked(_, since) | Shown::Yes(since) = &mut review.shown {
                since.ticks = since.ticks.saturating_add(1);
            }
            self.state.wait_for_answer(&mut review);
            review.open.ticks = review.open.ticks.saturating_add(1);
            review.focused = review.focused.saturating_add(1);
        }
        let Some(until) = review.counting else {
            self.dialog = Some(Dialog::Review(review));
            return Vec::new();
        };
        // Whoever slept meanwhile could not take it back.
        let has_jumped = !(0..=LONGEST_TICK_MS).contains(&self.state.now.since(review.ticked));
        review.ticked = self.state.now;
        if has_jumped || self.state.is_hard_closed(&review) {
            review.counting = None;
            review.focus = ReviewFocus::Cancel;
            self.state.toast(self.state.lang().t("form.taken_back").to_owned(), true);
        } else if self.state.now >= until && is_seen {
            return self.send(*review);
        }
        self.dialog = Some(Dialog::Review(review));
        Vec::new()
    }

    /// An order in its delay is not sent after all; answers whether there was one.
    pub(in crate::tui) fn stop_counting(&mut self) -> bool {
        if let Some(Dialog::Review(review)) = &mut self.dialog
            && review.counting.take().is_some()
        {
            review.focus = ReviewFocus::Cancel;
            return true;
        }
        false
    }

    /// The terminal has come as far as a question.
    pub(in crate::tui) fn shown(&mut self, number: u32) {
        let (now, answered_before) = (self.state.now, std::mem::replace(&mut self.state.terminal.is_answered, true));
        let last = self.state.terminal.last;
        if let Some(Dialog::Review(review)) = &mut self.dialog
            && number == last
            && review.counting.is_none()
            && match review.shown {
                Shown::Asked(asked, _) => asked == number,
                // It does answer after all.
                Shown::Yes(_) => !answered_before,
                Shown::No => false,
            }
        {
            review.is_shown(now);
        }
    }

    /// What was drawn looks another way now: that it is shown must be said anew.
    pub(in crate::tui) fn show_review_anew(&mut self) {
        if let Some(Dialog::Review(review)) = &mut self.dialog
            && review.counting.is_none()
        {
            review.shown = Shown::No;
        }
    }

    /// After every message: as long as something stands in the way, the moment after which sending arms begins anew. Asks the
    /// terminal whether it shows the page, where that is not known.
    pub(in crate::tui) fn watch_review(&mut self) -> Option<Effect> {
        let Some(Dialog::Review(mut review)) = self.dialog.take_if(|m| matches!(m, Dialog::Review(_))) else {
            return None;
        };
        if let Some(why) = self.state.target_changed(&review) {
            // There is no form to go back to: the record is in its table.
            self.state.toast_closed(why);
            return None;
        }
        // Another window may have ordered the same meanwhile.
        self.state.ask_in(&mut review);
        if self.state.is_hard_closed(&review) {
            review.open = Since::now(self.state.now);
        }
        let is_drawn = self.context != crate::engine::config::keymap::Context::Help && self.state.lock.is_none();
        if !is_drawn {
            review.shown = Shown::No;
        }
        let asks = is_drawn && review.shown == Shown::No;
        if asks {
            self.state.terminal.last = self.state.terminal.last.wrapping_add(1).max(1);
            review.shown = Shown::Asked(self.state.terminal.last, Since::now(self.state.now));
        }
        self.dialog = Some(Dialog::Review(review));
        asks.then_some(Effect::AskTerminal(self.state.terminal.last))
    }

    /// What was pressed elsewhere, and may still be held, does nothing here: the moment of reading begins anew.
    pub(in crate::tui) fn rearm_review(&mut self) {
        let now = self.state.now;
        if let Some(Dialog::Review(review)) = &mut self.dialog {
            (review.shown, review.open, review.focused) = (Shown::No, Since::now(now), 0);
        }
    }
}
