//! The review as the app knows it: how it is opened, armed, and sent once.

use super::{App, Dialog};
use crate::domain::order::Request;
use crate::domain::rules::check_cancel;
use crate::tui::dialogs::order::OrderPage;
use crate::tui::dialogs::review::{Review, Ticked};
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
        if delay <= 0 || review.request().is_cancel() {
            return self.send(*review);
        }
        review.start_counting(delay, self.state.now);
        self.dialog = Some(Dialog::Review(review));
        Vec::new()
    }

    /// The only place where an order is wished for: the request that was shown is moved into the effect.
    fn send(&mut self, review: Review) -> Vec<Effect> {
        let mut known = self.state.snapshot(review.request());
        let (consent, form, target) = review.into_order();
        known.target = target;
        self.state.money.in_flight = Some(InFlight { request: consent.request.clone(), form, since: self.state.now });
        self.dialog = Some(Dialog::Sending(Sending));
        vec![Effect::Order { consent, known: Box::new(known) }]
    }

    pub(in crate::tui) fn tick_review(&mut self, mut review: Box<Review>) -> Vec<Effect> {
        match review.tick(&self.state, self.is_review_drawn()) {
            Ticked::Due => return self.send(*review),
            Ticked::TakenBack => self.state.toast(self.state.lang().t("form.taken_back").to_owned(), true),
            Ticked::Stays => {}
        }
        self.dialog = Some(Dialog::Review(review));
        Vec::new()
    }

    /// Whether a review on top is not covered by help or by the lock.
    fn is_review_drawn(&self) -> bool {
        !self.state.context.is_help() && self.state.lock.is_none()
    }

    const fn review_mut(&mut self) -> Option<&mut Review> {
        match &mut self.dialog {
            Some(Dialog::Review(review)) => Some(review),
            _ => None,
        }
    }

    /// An order in its delay is not sent after all; answers whether there was one.
    pub(in crate::tui) fn stop_counting(&mut self) -> bool {
        self.review_mut().is_some_and(Review::stop_counting)
    }

    /// The terminal has come as far as a question.
    pub(in crate::tui) fn shown(&mut self, number: u32) {
        let (now, last) = (self.state.now, self.state.terminal.last);
        let answered_before = std::mem::replace(&mut self.state.terminal.is_answered, true);
        if let Some(review) = self.review_mut().filter(|_| number == last) {
            review.answered(number, answered_before, now);
        }
    }

    /// What was drawn looks another way now.
    pub(in crate::tui) fn show_review_anew(&mut self) {
        if let Some(review) = self.review_mut() {
            review.show_anew();
        }
    }

    /// After every message. Asks the terminal whether it shows the page, where that is not known.
    pub(in crate::tui) fn watch_review(&mut self) -> Option<Effect> {
        let Some(Dialog::Review(mut review)) = self.dialog.take_if(|m| matches!(m, Dialog::Review(_))) else {
            return None;
        };
        if let Some(why) = self.state.target_changed(&review) {
            // There is no form to go back to: the record is in its table.
            self.state.toast_closed(why);
            return None;
        }
        let question = self.state.terminal.last.wrapping_add(1).max(1);
        let asks = review.watch(&self.state, self.is_review_drawn(), question);
        self.dialog = Some(Dialog::Review(review));
        if asks {
            self.state.terminal.last = question;
        }
        asks.then_some(Effect::AskTerminal(question))
    }

    /// What was pressed elsewhere does nothing on a review.
    pub(in crate::tui) fn rearm_review(&mut self) {
        let now = self.state.now;
        if let Some(review) = self.review_mut() {
            review.rearm(now);
        }
    }
}
