//! How an order leads from its review to its end on the screen.

use super::App;
use crate::domain::text::UntrustedText;
use crate::domain::{Order, OrderId, Outcome};
use crate::engine::explain::Explanation;
use crate::engine::orders::{Begun, NotBegun, NotDecided, Reading, words};
use crate::tui::app::dialog::Dialog;
use crate::tui::dialogs::damage::Damage;
use crate::tui::dialogs::order::OrderPage;
use crate::tui::dialogs::orders::Orders;
use crate::tui::dialogs::sending::Sending;
use crate::tui::effect::Effect;
use crate::tui::state::form::Form;
use crate::tui::state::orders::{InFlight, LedgerState, pause_ms};

impl App {
    /// The page of an order is left: for its row, if it was executed.
    pub(super) fn leave_outcome(&mut self, id: OrderId) {
        if self.state.money.list.is_some() {
            self.state.forget_settled(id);
            self.dialog = Some(Dialog::Orders(Orders));
            return;
        }
        let accepted = self.state.watched(id).and_then(|w| match &w.order.outcome {
            Outcome::Accepted { id, .. } => Some((w.order.request.clone(), id.clone())),
            _ => None,
        });
        if let Some((request, record)) = accepted {
            self.state.jump_to(&request, record);
        }
        self.state.forget_settled(id);
    }

    /// Opens what is most pressing: the question about a damaged ledger, the order that is being sent, one of unknown
    /// outcome; else the list of all orders.
    pub(super) fn open_orders_page(&mut self) -> Vec<Effect> {
        let is_damaged = matches!(self.state.money.ledger, LedgerState::Damaged(_) | LedgerState::Missing(_));
        if is_damaged || self.state.unanswered().is_some() {
            self.dialog = Some(Dialog::Damage(Damage));
            return Vec::new();
        }
        if self.state.money.in_flight.is_some() {
            self.dialog = Some(Dialog::Sending(Sending));
            return Vec::new();
        }
        match self.state.money.watched.iter().find(|w| w.order.outcome.is_unsettled()) {
            Some(watched) => {
                self.dialog = Some(Dialog::Order(OrderPage(watched.order.id)));
                Vec::new()
            }
            None => self.open_order_list(),
        }
    }

    /// How the sending of the order in flight ended.
    pub(super) fn ordered(&mut self, end: Result<Begun, NotBegun>) -> Vec<Effect> {
        let Some(InFlight { form, .. }) = self.state.money.in_flight.take() else { return Vec::new() };
        let is_watching = matches!(self.dialog, Some(Dialog::Sending(Sending)));
        if is_watching {
            self.dialog = None;
            self.state.money.list = None;
        }
        match end {
            Ok(begun) => self.begun(begun, form, is_watching),
            Err(why) => self.not_begun(why, form, is_watching),
        }
        let mut effects = self.state.reload();
        effects.extend(self.state.read_ledger());
        effects
    }

    fn begun(&mut self, begun: Begun, form: Box<Form>, is_watching: bool) {
        let Begun { order, unrecorded, problem } = begun;
        if let Some(coin) = order.request.coin() {
            self.state.coin_moved(coin.clone());
        }
        self.state.money.own.insert(order.id);
        let is_recorded = unrecorded.is_none();
        // A transfer that is sent again is an order that is watched already: what was known of it is over.
        self.state.money.watched.retain(|w| w.order.id != order.id);
        match &order.outcome {
            Outcome::Accepted { id, .. } if is_recorded => {
                let said = if id.is_empty() || order.request.is_cancel() {
                    self.state.order_words(&order).cause
                } else {
                    self.state.lang().fill("form.accepted", &[("id", &id.excerpt(64))])
                };
                self.state.toast_order(&order, &said);
                if is_watching {
                    self.state.jump_to(&order.request, id.clone());
                }
            }
            Outcome::Refused { .. } | Outcome::NotSent { .. } if is_recorded && !order.request.is_cancel() => {
                let said = self.state.nothing_executed(&order, problem.as_ref());
                self.give_back(form, said, is_watching);
            }
            _ => {
                let id = order.id;
                let is_open = order.outcome.is_unsettled();
                let said = self.state.order_words(&order);
                let told = order.clone();
                self.state.watch(order, unrecorded);
                if is_watching {
                    self.dialog = Some(Dialog::Order(OrderPage(id)));
                } else if is_open {
                    self.state.toast_order(&told, self.state.lang().t("form.now_unknown"));
                } else {
                    self.state.forget_settled(id);
                    self.state.toast_order(&told, &said.cause);
                }
            }
        }
    }

    fn not_begun(&mut self, why: NotBegun, form: Box<Form>, is_watching: bool) {
        let said = words::not_begun(&why, self.state.lang());
        match why {
            NotBegun::SameUnsettled(order) => {
                let id = order.id;
                self.state.watch(*order, None);
                self.give_back(form, said, false);
                if is_watching {
                    self.dialog = Some(Dialog::Order(OrderPage(id)));
                }
            }
            // The engine knows more than this screen does: it is asked for on the same page.
            NotBegun::Unconfirmed(wanted) if is_watching => match self.state.check(&form).request {
                Some(request) => {
                    let review = self.state.review_of(form, request, wanted);
                    self.dialog = Some(Dialog::Review(Box::new(review)));
                    self.state.toast(said.cause, true);
                }
                None => self.give_back(form, said, true),
            },
            NotBegun::DamagedOrder(row) => {
                self.state.money.damaged.retain(|known| known.id != row.id);
                self.state.money.damaged.push(row);
                self.give_back(form, said, is_watching);
            }
            NotBegun::Damaged(path) => {
                self.state.money.ledger =
                    LedgerState::Damaged(UntrustedText::from(path.to_string_lossy().into_owned()));
                self.give_back(form, said, is_watching);
            }
            NotBegun::Missing(missing) => {
                self.state.money.ledger = LedgerState::Missing(missing);
                self.give_back(form, said, is_watching);
            }
            _ => self.give_back(form, said, is_watching),
        }
    }

    /// The form comes back with everything that was typed and the reason; to one who is elsewhere it is kept.
    fn give_back(&mut self, mut form: Box<Form>, said: Explanation, is_watching: bool) {
        if form.kind.is_cancel() {
            // Nothing was typed, so there is nothing to keep: the record is shown again with the reason.
            self.state.toast(said.cause, true);
            if let Some(request) = self.state.check(&form).request.filter(|_| is_watching) {
                self.dialog = Some(Dialog::Review(Box::new(self.state.review_of(form, request, Vec::new()))));
            }
            return;
        }
        if !is_watching {
            self.state.toast(self.state.lang().fill("form.kept", &[("why", &said.cause)]), true);
        }
        form.said = Some(said);
        if is_watching {
            self.dialog = Some(Dialog::Form(form));
        } else {
            self.state.money.draft = Some(form);
        }
    }

    /// What became of what the user said of an order.
    pub(super) fn decided(&mut self, id: OrderId, result: Result<Order, NotDecided>) -> Vec<Effect> {
        match result {
            Ok(order) => self.settled(id, &order),
            Err(why) => {
                if let (NotDecided::Fits(records), Some(watched)) =
                    (&why, self.state.money.watched.iter_mut().find(|w| w.order.id == id))
                {
                    // They are to be chosen from, or said to be others, on the order's page.
                    watched.reading = Some(Reading::Several(records.clone()));
                }
                let said = words::not_decided(&why, self.state.lang());
                self.state.toast(format!("{} {}", said.cause, said.next), true);
                Vec::new()
            }
        }
    }

    /// What a look for an order brought.
    pub(super) fn looked(&mut self, id: OrderId, reading: Reading) -> Vec<Effect> {
        let now = self.state.now;
        let Some(watched) = self.state.money.watched.iter_mut().find(|w| w.order.id == id && w.under_way) else {
            return Vec::new();
        };
        watched.under_way = false;
        watched.looks = watched.looks.saturating_add(1);
        watched.next = now.plus(pause_ms(watched.looks));
        let settled = if let Reading::Settled(order) = &reading { Some(order.clone()) } else { None };
        let said = words::reading(&reading, self.state.config.lang);
        watched.reading = Some(reading);
        if let Some(order) = settled {
            return self.settled(id, &order);
        }
        if matches!(self.dialog, Some(Dialog::Orders(Orders))) {
            self.state.toast(said.cause, true);
        }
        Vec::new()
    }

    /// The outcome of a watched order is known, or it is given up.
    fn settled(&mut self, id: OrderId, order: &Order) -> Vec<Effect> {
        if let Some(list) = &mut self.state.money.list {
            list.replace(order);
        }
        // What contradicted the old outcome may not contradict this one: the next reading says.
        self.state.money.contradictions.remove(&id);
        let Some(watched) = self.state.money.watched.iter_mut().find(|w| w.order.id == id) else { return Vec::new() };
        watched.order = order.clone();
        self.state.note_unproven(order);
        let said = self.state.order_words(order);
        let is_shown = matches!(self.dialog, Some(Dialog::Order(OrderPage(shown))) if shown == id);
        if !is_shown {
            self.state.forget_settled(id);
        }
        if !is_shown {
            self.state.toast_order(order, &said.cause);
        }
        let mut effects = self.state.reload();
        effects.extend(self.state.read_ledger());
        effects
    }

    /// Opens the list.
    pub(in crate::tui) fn open_order_list(&mut self) -> Vec<Effect> {
        if self.state.config.read_only {
            self.state.toast(self.state.lang().t("form.read_only").to_owned(), true);
            return Vec::new();
        }
        self.state.money.list.get_or_insert_default();
        self.dialog = Some(Dialog::Orders(Orders));
        let mut effects: Vec<Effect> = self.state.read_ledger().into_iter().collect();
        effects.extend(self.state.read_orders());
        effects
    }
}
