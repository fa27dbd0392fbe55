//! The review: a page of its own that owns the very request that is sent, and lets nobody through by accident.
//!
//! The request is made once, when the form is left, and never changes. What can change is whether it may be sent: facts grow
//! old, balances shrink, networks close. Then sending is closed, with the reason, and arms anew once nothing is wrong.

mod arming;
mod closed;
mod confirmation;
mod reading;
mod view;

use tui_input::{Input, InputRequest};

use arming::{Shown, Since};
pub use closed::ReviewBlocker;
pub use confirmation::{ConfirmationField, ConfirmationKind};
use reading::{Page, Reading};

use super::{Goto, Next};
use crate::domain::address::MAX_LENGTH;
use crate::domain::address_book::{Group, middle_group};
use crate::domain::preflight::{Snapshot, destination, network_word};
use crate::domain::record::SAME_ID;
use crate::domain::review::Reviewed;
use crate::domain::rules::{Facts, changed_since};
use crate::domain::{Confirmation, Consent, Millis, Preflight, Record, Request, TypedWord, UntrustedText, preflight};
use crate::engine::config::keymap::{Action, Context};
use crate::tui::effect::{Effect, Load};
use crate::tui::state::State;
use crate::tui::state::form::Form;
use crate::tui::state::line_input::{self, InputNews};
use crate::tui::widgets::review_layout::{Emphasis, Row};

/// Between two ticks of a delay no more than this passes while somebody watches, milliseconds.
const LONGEST_TICK_MS: i64 = 3_000;
/// The most characters of a word that has to be typed.
const WORD: usize = 32;
/// The most characters of an amount or a network's name.
const NAME: usize = 64;
/// The most characters of the middle of an address, with blanks between its groups.
const MIDDLE: usize = 2 * MAX_LENGTH;
/// Lines for the reason why sending is closed.
const REASON: u16 = 2;

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewFocus {
    /// Back to the form.
    Cancel,
    /// Something to type, by its place.
    Field(usize),
    /// The button that sends.
    Send,
}

/// What a second does to a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    /// It stays as it is.
    Stays,
    /// Its order was in its delay, and is taken back.
    TakenBack,
    /// The delay is over: the order goes.
    Due,
}

/// A request that is being read once more.
#[derive(Debug, Clone)]
pub struct Review {
    form: Box<Form>,
    request: Request,
    /// What the engine wanted beyond what is known here.
    told: Vec<Confirmation>,
    /// The record that would be taken back, as it is shown, and how the exchange contradicts itself about it.
    target: Option<Box<(Record, Option<UntrustedText>)>>,
    words: Vec<ConfirmationField>,
    focus: ReviewFocus,
    /// What is in sight of a page longer than the screen, and what of it was shown.
    reading: Reading,
    /// Whether the terminal shows the page; keys typed ahead of that do nothing.
    shown: Shown,
    /// Since when nothing stands in the way.
    open: Since,
    /// Ticks since the focus moved: a burst of keys is no decision.
    focused: u32,
    /// Until when the order can still be taken back; it is sent then.
    counting: Option<Millis>,
    /// When the delay was last seen to go on.
    ticked: Millis,
}

impl Review {
    /// The very request that would be sent.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The record that would be taken back, as it is shown, with the contradiction that is shown with it.
    pub(in crate::tui) fn target(&self) -> Option<&(Record, Option<UntrustedText>)> {
        self.target.as_deref()
    }

    /// The form that it came from.
    pub const fn form(&self) -> &Form {
        &self.form
    }

    /// Asks for what is wanted and not asked for yet. One more payment that this one repeats makes the word for all of them
    /// empty: it was not typed for that.
    fn ask_for(&mut self, wanted: &[Confirmation], ask: impl Fn(&Confirmation) -> Option<ConfirmationKind>) {
        let is_asked = |words: &[ConfirmationField], wanted: &Confirmation| {
            words.iter().flat_map(|word| &word.confirms).any(|asked| asked.covers(wanted))
        };
        for wanted in wanted {
            if is_asked(&self.words, wanted) {
                continue;
            }
            let Some(ask) = ask(wanted) else { continue };
            let same = matches!(ask, ConfirmationKind::Again(_))
                .then(|| self.words.iter().position(|word| word.ask == ask))
                .flatten();
            let mut confirms = same.map(|at| self.words.remove(at).confirms).unwrap_or_default();
            confirms.push(wanted.clone());
            self.words.push(ConfirmationField { ask, confirms, input: Input::default() });
            self.counting = None;
            self.focus_on_word();
        }
    }

    /// What is to be typed has the focus: letters go into it, and Enter does nothing there.
    fn focus_on_word(&mut self) {
        let at = self.words.iter().position(|word| !word.is_typed());
        self.focus = at.map_or(ReviewFocus::Cancel, ReviewFocus::Field);
    }

    /// What has to be typed by hand.
    pub fn words(&self) -> &[ConfirmationField] {
        &self.words
    }

    /// Where the focus is.
    pub const fn focus(&self) -> ReviewFocus {
        self.focus
    }

    /// Until when the order can still be taken back, once sending was chosen.
    pub const fn counting(&self) -> Option<Millis> {
        self.counting
    }

    /// What is typed where the focus is.
    pub fn word_at_focus(&self) -> Option<&ConfirmationField> {
        match self.focus {
            ReviewFocus::Field(at) if self.counting.is_none() => self.words.get(at),
            _ => None,
        }
    }

    fn foci(&self) -> Vec<ReviewFocus> {
        let words = (0..self.words.len()).map(ReviewFocus::Field);
        [ReviewFocus::Cancel].into_iter().chain(words).chain([ReviewFocus::Send]).collect()
    }

    fn step(&mut self, forward: bool) {
        let foci = self.foci();
        let at = foci.iter().position(|s| *s == self.focus).unwrap_or(0);
        let next = (at + if forward { 1 } else { foci.len() - 1 }) % foci.len();
        self.focus = foci.get(next).copied().unwrap_or(ReviewFocus::Cancel);
        self.focused = 0;
    }

    /// Types into the word with the focus, once the page was read.
    pub(in crate::tui) fn type_word(&mut self, request: InputRequest) -> Result<(), InputNews> {
        // What was cut out elsewhere is pasted text as well.
        if request == InputRequest::Yank {
            return Ok(());
        }
        match self.focus {
            ReviewFocus::Field(at) => self.words.get_mut(at).map_or(Ok(()), |word| {
                let most = match word.ask {
                    ConfirmationKind::Middle(_) => MIDDLE,
                    ConfirmationKind::Amount(_) | ConfirmationKind::Network(_) => NAME,
                    ConfirmationKind::Group(_) | ConfirmationKind::Again(_) | ConfirmationKind::Unanswered(_) => WORD,
                };
                line_input::edit(&mut word.input, request, most)
            }),
            ReviewFocus::Cancel | ReviewFocus::Send => Ok(()),
        }
    }
}

impl Review {
    /// The form that it came from, with everything that was typed.
    pub fn into_form(self) -> Box<Form> {
        self.form
    }

    /// The very request that was shown moves out, with what was typed for it; beside it the form, and the record that would be
    /// taken back as it was shown.
    pub fn into_order(self) -> (Consent, Box<Form>, Option<Record>) {
        let given = self.words.into_iter().filter(ConfirmationField::is_typed).flat_map(|word| word.confirms).collect();
        (Consent { request: self.request, given }, self.form, self.target.map(|shown| shown.0))
    }

    /// From now on the order can be taken back until `delay` milliseconds are over.
    pub const fn start_counting(&mut self, delay: i64, now: Millis) {
        (self.counting, self.ticked) = (Some(now.plus(delay)), now);
    }

    /// An order in its delay is not sent after all; answers whether there was one.
    pub fn stop_counting(&mut self) -> bool {
        let was_counting = self.counting.take().is_some();
        if was_counting {
            self.focus = ReviewFocus::Cancel;
        }
        was_counting
    }

    /// A second passes; `is_seen` tells whether anybody sees the page.
    pub fn tick(&mut self, app: &State, is_seen: bool) -> Ticked {
        if is_seen {
            self.tick_shown(app);
            self.open.ticks = self.open.ticks.saturating_add(1);
            self.focused = self.focused.saturating_add(1);
        }
        let Some(until) = self.counting else { return Ticked::Stays };
        // Whoever slept meanwhile could not take it back.
        let has_jumped = !(0..=LONGEST_TICK_MS).contains(&app.now.since(self.ticked));
        self.ticked = app.now;
        if has_jumped || app.is_hard_closed(self) {
            self.stop_counting();
            return Ticked::TakenBack;
        }
        if app.now >= until && is_seen { Ticked::Due } else { Ticked::Stays }
    }
}

impl Review {
    /// Who has the keys.
    pub fn context(&self) -> Context {
        if self.word_at_focus().is_some() { Context::Word } else { Context::Review }
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let lang = app.lang();
        if self.counting.is_some() {
            // In the delay there is one key: taking it back.
            if action != Action::Back {
                return Next::stay();
            }
            (self.counting, self.focus, self.open) = (None, ReviewFocus::Cancel, Since::now(app.now));
            return Next::stay().saying(lang.t("form.taken_back"), false);
        }
        if let Action::PageDown | Action::PageUp = action {
            self.turn(&app.review_page(self), action == Action::PageDown);
            return Next::stay();
        }
        // Keys typed ahead of the page do nothing; going back is always allowed.
        if let Some(why) = self.too_early(app.now).filter(|_| action != Action::Back) {
            return Next::stay().saying(lang.t(why), true);
        }
        match action {
            Action::Back => return Next::go(Goto::Form),
            Action::NextField | Action::Down => self.step(true),
            Action::PreviousField | Action::Up => self.step(false),
            Action::Press => match self.focus {
                ReviewFocus::Cancel => {
                    // Off the button that led here, to what can be changed.
                    if self.form.focused().is_none() {
                        self.form.step(false);
                    }
                    return Next::go(Goto::Form);
                }
                ReviewFocus::Send => match app.review_closed(self) {
                    None if self.focused > 0 => return Next::go(Goto::Send),
                    None => return Next::stay().saying(lang.t("form.closed.burst"), true),
                    Some(ReviewBlocker::Arming) => return Next::stay().saying(lang.t("form.too_early"), true),
                    Some(_) => return Next::stay().saying(&app.review_reason(self).join(" "), true),
                },
                ReviewFocus::Field(_) => {}
            },
            // A held Enter must not come to a button by itself.
            Action::GoOn => {
                let is_typed = self.word_at_focus().is_some_and(ConfirmationField::is_typed);
                let reason = app.review_reason(self).join(" ");
                let said = if is_typed { lang.t("form.word_typed") } else { reason.as_str() };
                return Next::stay().saying(said, !is_typed);
            }
            _ => {}
        }
        Next::stay()
    }
}

/// What of a network's name is typed, as it is shown.
pub fn network_excerpt(network: &UntrustedText) -> String {
    UntrustedText::from(network_word(network)).excerpt(NAME)
}

impl State {
    /// The review of a request; `told` is what the engine wanted beyond what is known here.
    pub(in crate::tui) fn review_of(&self, form: Box<Form>, request: Request, told: Vec<Confirmation>) -> Review {
        let target = self.target(&request).map(|record| {
            let conflict = self.conflict(&record.key).cloned();
            Box::new((record, conflict))
        });
        let mut review = Review {
            form,
            target,
            request,
            told,
            words: Vec::new(),
            focus: ReviewFocus::Cancel,
            reading: Reading::default(),
            shown: Shown::No,
            open: Since::now(self.now),
            focused: 0,
            counting: None,
            ticked: self.now,
        };
        self.ask_in(&mut review);
        review
    }

    /// Why the record of a review cannot be taken back on the strength of what is shown of it.
    pub(in crate::tui) fn target_changed(&self, review: &Review) -> Option<String> {
        let (shown, conflict) = review.target()?;
        if let Some(now) = self.conflict(&shown.key)
            && Some(now) != conflict.as_ref()
        {
            // Of two records under one id the difference is the reason.
            let other = (now.raw() == SAME_ID).then(|| self.last_of(&shown.key)).flatten();
            let fault = other.and_then(|other| changed_since(shown, Some(&other)));
            let words = fault.map_or_else(String::new, |fault| format!("{} ", fault.words(self.lang())));
            return Some(format!("{words}{}", self.doubt_words(now)));
        }
        changed_since(shown, self.record_of(&shown.key).as_ref()).map(|fault| fault.words(self.lang()))
    }

    /// Everything that the rules say of a request now.
    pub(in crate::tui) fn preflight_of(&self, request: &Request) -> Preflight {
        let target = self.target(request);
        preflight(request, &Facts { target: target.as_ref(), ..self.facts() })
    }

    /// What a request was judged by, for the engine.
    pub(in crate::tui) fn snapshot(&self, request: &Request) -> Snapshot {
        Snapshot {
            coins: self.coins.value().cloned().zip(self.coins.at()),
            balances: self.balances.value().cloned().zip(self.balances.at()),
            futures: self.futures.side.clone(),
            prices: self.prices.clone(),
            book: self.book.clone(),
            own_uid: self.user.value().and_then(|user| user.uid.clone()),
            target: self.target(request),
        }
    }

    /// Asks on a review for everything that is wanted now.
    pub(in crate::tui) fn ask_in(&self, review: &mut Review) {
        let mut wanted = self.preflight_of(&review.request).confirmations;
        wanted.extend(review.told.iter().cloned());
        let (destination, review_amount) = (destination(&review.request), review.request.amount());
        review.ask_for(&wanted, |wanted| match wanted {
            Confirmation::Group(_) => {
                middle_group(destination.as_ref()?, self.config.order_settings.chance).map(ConfirmationKind::Group)
            }
            Confirmation::Middle { .. } => destination.clone().map(ConfirmationKind::Middle),
            Confirmation::OtherNetwork { network, .. } => Some(ConfirmationKind::Network(network.clone())),
            Confirmation::Amount(_) => review_amount.map(ConfirmationKind::Amount),
            Confirmation::Again(_) => Some(ConfirmationKind::Again(TypedWord::again(self.lang()))),
        });
    }

    /// What the review says, at the size of the screen.
    pub fn review_page(&self, review: &Review) -> Page {
        let inner = self.dialog_inner();
        let below = 1 + REASON + u16::try_from(review.words.len()).unwrap_or(u16::MAX);
        let height = inner.height.saturating_sub(below);
        let (rows, untyped) = (self.review_rows(review, true), self.review_rows(review, false));
        Page::new(&rows, untyped, inner.width.into(), height.into(), self.lang())
    }

    /// What the rows of a page about an order are made from.
    pub(in crate::tui) fn reviewed<T>(
        &self,
        request: &Request,
        group: Option<(&Group, bool)>,
        with: impl FnOnce(&Reviewed<'_>) -> T,
    ) -> T {
        let target = self.target(request);
        let fees = if let Request::Withdraw(w) = request { self.learnt_fees(&w.coin, &w.network) } else { None };
        with(&Reviewed {
            facts: &Facts { target: target.as_ref(), ..self.facts() },
            fees: fees.as_ref(),
            gross: target.as_ref().and_then(|record| self.charge(record).gross),
            unit: Some(&self.unit),
            is_hidden: self.hidden,
            group,
            lang: self.lang(),
        })
    }

    /// The rows of a review; with `typed` the marked group of an address is shown once it was typed.
    fn review_rows(&self, review: &Review, typed: bool) -> Vec<Row> {
        let lang = self.lang();
        let group = review.words.iter().find_map(|word| match &word.ask {
            ConfirmationKind::Group(group) => Some((group, typed && word.is_typed())),
            _ => None,
        });
        let found = self.preflight_of(&review.request);
        // By what was typed: how a number was understood is said here too.
        let notes = self.check(&review.form).notes;
        let mut rows = self.reviewed(&review.request, group, |reviewed| reviewed.rows(&review.request, &notes));
        let conflict = self.target(&review.request).and_then(|record| self.conflict(&record.key).cloned());
        rows.extend(conflict.map(|conflict| Row::more(self.doubt_words(&conflict), Emphasis::Danger)));
        // What a group or the word for the same is asked for stands on the page already.
        let is_unsaid =
            |wanted: &&Confirmation| matches!(wanted, Confirmation::OtherNetwork { .. } | Confirmation::Amount(_));
        rows.extend(found.confirmations.iter().filter(is_unsaid).map(|w| Row::more(w.words(lang), Emphasis::Warning)));
        // What the engine knows and this screen does not.
        let unseen = review.told.iter().filter(|told| !found.confirmations.iter().any(|known| known.covers(told)));
        rows.extend(unseen.map(|told| Row::more(told.words(lang), Emphasis::Danger)));
        if self.is_of_key() {
            rows.push(Row::more(lang.t("form.key_alone"), Emphasis::Warning));
        }
        rows
    }

    /// Asks for everything that an order is checked with, on the user's word.
    pub(in crate::tui) fn refresh_for_order(&mut self) -> Vec<Effect> {
        let mut effects = self.refresh();
        effects.extend(self.begin_if_free(Load::Coins));
        effects.extend(self.read_ledger());
        effects.extend(self.read_orders());
        effects
    }
}
