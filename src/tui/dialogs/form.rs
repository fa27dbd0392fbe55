//! The form of an order: what keys do in it, and what each kind of form asks for, checks and shows.
//!
//! Each `match` on [`FormKind`] here is a place where another kind is added; its own part is in the file of its name.

mod beside;
mod cancel;
mod link;
mod moves;
mod own_coin;
mod transfer;
mod view;
mod withdraw;

use tui_input::InputRequest;

use super::{Goto, Next};
use crate::domain::address_book::AddressBook;
use crate::domain::rules::{ASSUMED_DECIMALS, Facts, Fault, FieldFault, FieldNote, Fresh, Percent, Report, percent_of};
use crate::domain::{Amount, Balance, Coin, MoveDirection, Network, Request, UntrustedText};
use crate::engine::config::keymap::{Action, Context};
use crate::tui::state::State;
use crate::tui::state::form::{Choice, Entry, FieldId, Form, FormKind, marked_at};
use crate::tui::state::line_input::InputNews;
use crate::tui::widgets::review_layout::Emphasis;

/// Lines that a page key moves in a list.
const PAGE: usize = 8;

/// Everything that the rules say about a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong.
    pub faults: Vec<FieldFault>,
    /// What should be known although it is not wrong.
    pub notes: Vec<FieldNote>,
    /// What would be sent; there exactly when nothing is wrong.
    pub request: Option<Request>,
}

impl Checked {
    /// Something that the rules do not know of is not chosen.
    fn nothing_chosen() -> Self {
        let fault = FieldFault { field: crate::domain::rules::Field::Form, fault: Fault::Missing };
        Self { faults: vec![fault], notes: Vec::new(), request: None }
    }

    fn of<R: Clone>(report: Report<R>, request: impl Fn(R) -> Request) -> Self {
        let found = report.request().cloned().map(request);
        Self { faults: report.faults, notes: report.notes, request: found }
    }

    /// The same with one more fault, so that nothing is sent.
    fn with_fault(mut self, field: crate::domain::rules::Field, fault: Fault) -> Self {
        self.faults.push(FieldFault { field, fault });
        self.faults.sort_by_key(|found| found.field);
        Self { request: None, ..self }
    }

    /// The first thing that is wrong with a field.
    pub fn fault(&self, field_id: FieldId) -> Option<&Fault> {
        self.faults.iter().find(|f| f.field == field_id.rule()).map(|f| &f.fault)
    }
}

/// One kind of form after the other.
impl State {
    /// A form with what the selected row gives to start with.
    pub(in crate::tui) fn start_form(&self, kind: FormKind) -> Form {
        match kind {
            FormKind::Withdraw => self.withdraw_start(),
            FormKind::Transfer => self.transfer_start(),
            FormKind::Move => self.move_start(),
            FormKind::CancelWithdrawal | FormKind::CancelTransfer => Form::new(kind, Vec::new()),
        }
    }

    /// What can be chosen for a field, narrowed by what is typed.
    pub fn choices(&self, form: &Form, field_id: FieldId) -> Vec<Choice> {
        match form.kind {
            FormKind::Withdraw => self.withdraw_choices(form, field_id),
            FormKind::Transfer => self.transfer_choices(form, field_id),
            FormKind::Move => self.move_choices(form, field_id),
            FormKind::CancelWithdrawal | FormKind::CancelTransfer => Vec::new(),
        }
    }

    /// Everything that the rules say about a form, by what is known now.
    pub fn check(&self, form: &Form) -> Checked {
        match form.kind {
            FormKind::Withdraw => self.withdraw_check(form),
            FormKind::Transfer => self.transfer_check(form),
            FormKind::Move => self.move_check(form),
            FormKind::CancelWithdrawal | FormKind::CancelTransfer => self.cancel_check(form),
        }
    }

    /// What stands under a field while nothing is wrong with it.
    pub fn hints(&self, form: &Form, field_id: FieldId, checked: &Checked) -> Vec<(String, Emphasis)> {
        let mut hints = match form.kind {
            FormKind::Withdraw => self.withdraw_hints(form, field_id, checked),
            FormKind::Transfer => self.transfer_hints(form, field_id),
            FormKind::Move => self.move_hints(form, field_id),
            FormKind::CancelWithdrawal | FormKind::CancelTransfer => Vec::new(),
        };
        let notes = checked.notes.iter().filter(|n| n.field == field_id.rule());
        hints.extend(notes.map(|n| (n.note.words(self.lang()), Emphasis::Warning)));
        hints.retain(|(text, _)| !text.is_empty());
        hints
    }

    /// Puts the fields in order after one of them has changed.
    pub(in crate::tui) fn settle_form(&self, form: &mut Form, changed: Option<FieldId>) {
        match form.kind {
            FormKind::Withdraw => self.withdraw_settle(form, changed),
            FormKind::Transfer | FormKind::Move | FormKind::CancelWithdrawal | FormKind::CancelTransfer => {}
        }
    }
}

/// What keys do.
impl Form {
    /// Who has the keys.
    pub fn context(&self) -> Context {
        match self.focused() {
            _ if self.is_asking => Context::Ask,
            Some(field) if field.entry == Entry::Picked || field.marked().is_some() => Context::Picker,
            _ => Context::Form,
        }
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let field_id = self.focused().map(|f| f.field_id);
        let choices = field_id.map(|field_id| app.choices(self, field_id)).unwrap_or_default();
        let is_picked = self.focused().is_some_and(|f| f.entry == Entry::Picked);
        if matches!(action, Action::GoOn | Action::NextField)
            && let Some(next) = self.leave_link(app)
        {
            return next;
        }
        match action {
            Action::Back if self.is_asking => self.is_asking = false,
            Action::Yes if self.is_asking => return Next::close(),
            Action::Back => return self.leave(),
            Action::Down if !choices.is_empty() => {
                let last = choices.len() - 1;
                if self.focused().is_some_and(|f| f.marked().is_none() && f.entry != Entry::Picked) {
                    self.mark(&choices, |_| Some(0));
                } else {
                    self.mark(&choices, |at| Some((at + 1).min(last)));
                }
            }
            Action::Up if is_picked => drop(self.mark(&choices, |at| Some(at.saturating_sub(1)))),
            Action::Up if self.focused().is_some_and(|f| f.marked().is_some()) => {
                self.mark(&choices, |at| at.checked_sub(1));
            }
            Action::PageDown if is_picked => drop(self.mark(&choices, |at| Some(at.saturating_add(PAGE)))),
            Action::PageUp if is_picked => drop(self.mark(&choices, |at| Some(at.saturating_sub(PAGE)))),
            Action::Down | Action::Up if is_picked => {}
            Action::Down => self.step(true),
            Action::Up | Action::PreviousField => self.step(false),
            Action::NextField => {
                // What was typed to narrow the list means its marked line; nothing typed means nothing chosen.
                let is_narrowed = is_picked && self.focused().is_some_and(|f| !f.filter().is_empty());
                let taken = if is_narrowed { self.take_choice(app, &choices) } else { Ok(()) };
                self.step(true);
                if let Err(Some(why)) = taken {
                    return Next::stay().saying(&why, true);
                }
            }
            Action::Take => match self.take_choice(app, &choices) {
                Ok(()) => {
                    self.step(true);
                    // What the choice has filled in by itself (the only network of a coin) needs no key.
                    while self.focused().is_some_and(|f| f.entry == Entry::Picked && f.chosen().is_some()) {
                        self.step(true);
                    }
                }
                Err(Some(why)) => return Next::stay().saying(&why, true),
                Err(None) => {}
            },
            // Nothing typed, and something known: Enter leads into the list and not past it.
            Action::GoOn if !choices.is_empty() && self.focused().is_some_and(|f| f.value().is_empty()) => {
                self.mark(&choices, |_| Some(0));
            }
            // From the last field of a form without faults there is nothing else to go on to.
            Action::GoOn if field_id.is_some() && !(self.is_at_last() && app.check(self).request.is_some()) => {
                self.step(true);
            }
            Action::GoOn => return self.go_on(app),
            Action::Quarter => return self.fill_percent(app, Percent::Quarter),
            Action::Half => return self.fill_percent(app, Percent::Half),
            Action::ThreeQuarters => return self.fill_percent(app, Percent::ThreeQuarters),
            Action::Everything => return self.fill_percent(app, Percent::All),
            Action::Swap if self.kind == FormKind::Move => app.swap_direction(self),
            _ => {}
        }
        Next::stay()
    }

    /// From a form without faults to the review of its request; else to the first fault.
    fn go_on(&mut self, app: &State) -> Next {
        let checked = app.check(self);
        if let Some(request) = checked.request {
            self.said = None;
            return Next::go(Goto::Review(request));
        }
        self.touch_all();
        let faulty = |field_id: &FieldId| checked.faults.iter().any(|f| f.field == field_id.rule());
        let first = self.fields().iter().map(|f| f.field_id).find(faulty);
        if let Some(field_id) = first {
            self.focus_on(field_id);
        }
        Next::stay().saying(app.lang().t("form.not_yet"), true)
    }

    /// One step back: out of the list, out of what narrows it, out of the form; asks when something would be lost.
    fn leave(&mut self) -> Next {
        let is_changed = self.is_changed();
        match self.focused_mut() {
            Some(field) if field.entry != Entry::Picked && field.marked().is_some() => self.unmark(),
            Some(field) if field.entry == Entry::Picked && !field.filter().is_empty() => field.clear(),
            _ if is_changed => self.is_asking = true,
            _ => return Next::close(),
        }
        Next::stay()
    }

    /// Takes the marked line of the list; nothing where there is none, and the reason where it is closed.
    fn take_choice(&mut self, app: &State, choices: &[Choice]) -> Result<(), Option<String>> {
        let field = self.focused().ok_or(None)?;
        let field_id = field.field_id;
        let choice = marked_at(field, choices).and_then(|at| choices.get(at)).ok_or(None)?;
        if let Some(why) = &choice.closed {
            return Err(Some(why.clone()));
        }
        self.take(choice.clone());
        self.said = None;
        app.settle_form(self, Some(field_id));
        Ok(())
    }

    fn fill_percent(&mut self, app: &State, percent: Percent) -> Next {
        let precision = app.precision_of(self);
        let coin = UntrustedText::from(self.value(FieldId::Coin));
        let is_spot = moves::direction_of(self) != Some(MoveDirection::FuturesToSpot);
        let available = if is_spot { app.available(&coin) } else { app.movable(&coin) };
        let (Some(precision), Some(available)) = (precision, available) else {
            let key = if is_spot { "form.percent_unknown" } else { "form.percent_futures" };
            return Next::stay().saying(app.lang().t(key), true);
        };
        let amount = percent_of(available, percent, precision);
        if let Some(field) = self.field_mut(FieldId::Amount) {
            field.fill(&UntrustedText::from(amount.to_string()));
        }
        self.focus_on(FieldId::Amount);
        Next::stay()
    }

    /// A key that no binding takes is typed.
    ///
    /// # Errors
    /// What was not taken of it.
    pub(in crate::tui) fn type_key(&mut self, app: &State, request: InputRequest) -> Result<(), InputNews> {
        self.enter(app, |form| form.edit(request))
    }

    /// A paste goes into the field with the focus as one piece.
    ///
    /// # Errors
    /// What was not taken of it.
    pub(in crate::tui) fn take_paste(&mut self, app: &State, text: &str) -> Result<(), InputNews> {
        self.enter(app, |form| form.paste(text))
    }

    fn enter(&mut self, app: &State, how: impl FnOnce(&mut Self) -> Result<(), InputNews>) -> Result<(), InputNews> {
        if self.is_asking {
            return Ok(());
        }
        let field = self.focused().map(|field| (field.field_id, field.value().to_owned()));
        let done = how(self);
        // What was refused is another request by now.
        if field.as_ref().is_some_and(|(id, before)| self.value(*id) != before) {
            self.said = None;
        }
        app.settle_form(self, field.map(|(id, _)| id));
        done
    }
}

/// What forms need to know.
impl State {
    /// Everything that is known, with its age.
    pub(in crate::tui) fn facts(&self) -> Facts<'_> {
        Facts {
            coins: self.coins.value().zip(self.coins.at()).map(|(v, at)| Fresh::new(v.as_slice(), self.now.since(at))),
            balances: self
                .balances
                .value()
                .zip(self.balances.at())
                .map(|(v, at)| Fresh::new(v.as_slice(), self.now.since(at))),
            futures: &self.futures.side,
            machine_now: self.now,
            prices: &self.prices,
            limits: &self.config.order_settings.limits,
            ordered: self.money.ordered.as_deref(),
            unproven: self.money.unproven.as_deref(),
            recent_payments: &self.recent_payments,
            book: &self.book,
            own_uid: self.user.value().and_then(|u| u.uid.as_ref()),
            target: None,
            clock_offset: self.clock_offset,
            now: self.exchange_now(),
        }
    }

    pub(in crate::tui) fn listed_coin(&self, name: &str) -> Option<&Coin> {
        self.coins.value()?.iter().find(|c| c.name.raw() == name)
    }

    pub(in crate::tui) fn balance_of(&self, coin: &UntrustedText) -> Option<&Balance> {
        self.balances.value()?.iter().find(|b| b.coin == *coin)
    }

    /// What is available of a coin, by the last reading.
    pub(in crate::tui) fn available(&self, coin: &UntrustedText) -> Option<Amount> {
        self.balance_of(coin)?.available
    }

    /// How many decimals the amount of a form may have, once that is known.
    fn precision_of(&self, form: &Form) -> Option<u32> {
        if form.field(FieldId::Network).is_none() {
            // As the rules do for what travels on no network.
            let coin =
                form.field(FieldId::Coin).map(crate::tui::state::form::Field::value).filter(|coin| !coin.is_empty())?;
            let networks = self.listed_coin(coin).into_iter().flat_map(|c| &c.networks);
            return Some(networks.filter_map(|n| n.precision).max().unwrap_or(ASSUMED_DECIMALS));
        }
        let coin = self.listed_coin(form.value(FieldId::Coin))?;
        network_of(coin, form.value(FieldId::Network))?.precision
    }

    /// The address book.
    pub const fn book(&self) -> &AddressBook {
        &self.book
    }
}

impl State {
    /// The short name of the chain that a form's network is of.
    pub fn chain_of(&self, form: &Form) -> Option<&str> {
        let coin = self.listed_coin(form.value(FieldId::Coin))?;
        network_of(coin, form.value(FieldId::Network))?.chain.as_ref().map(UntrustedText::raw)
    }
}

pub(in crate::tui) fn network_of<'a>(coin: &'a Coin, name: &str) -> Option<&'a Network> {
    coin.networks.iter().find(|n| n.name.raw() == name)
}
