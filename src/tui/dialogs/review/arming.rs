//! When sending arms: the terminal has answered that it shows the page, the page has been seen for a moment, and for a moment
//! nothing has stood in the way. A terminal that answers nothing has the amount typed off it.

use tui_input::Input;

use super::{ConfirmationField, ConfirmationKind, Review, ReviewFocus};
use crate::domain::{Amount, Millis};
use crate::tui::state::State;

/// Sending arms after so long …
const ARM_MS: i64 = 1_500;
/// … and so many ticks: a clock that jumps arms nothing.
const ARM_TICKS: u32 = 2;
/// The terminal may take so long to answer that it shows the page; a terminal that has never answered anything then counts
/// as one that does not.
pub(super) const ANSWER_MS: i64 = 5_000;

/// Since when something has been so, in time and in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    pub(super) at: Millis,
    pub(super) ticks: u32,
}

impl Since {
    pub(super) const fn now(at: Millis) -> Self {
        Self { at, ticks: 0 }
    }

    pub(super) const fn is_a_while(self, now: Millis) -> bool {
        self.ticks >= ARM_TICKS && now.since(self.at) >= ARM_MS
    }
}

/// Whether the terminal shows the page, as far as is known. What the app has drawn may wait in a pipe for minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// It must be asked.
    No,
    /// It was asked this, then; keys do nothing until it answers.
    Asked(u32, Since),
    /// It does since then; or it answers nothing, and what stands on the page has to be typed.
    Yes(Since),
}

impl Review {
    /// True once the page has been seen for a moment.
    pub(super) const fn is_read(&self, now: Millis) -> bool {
        matches!(self.shown, Shown::Yes(since) if since.is_a_while(now))
    }

    /// Why a key does nothing yet. Lost without a word, it would seem not to have arrived.
    pub(in crate::tui) const fn too_early(&self, now: Millis) -> Option<&'static str> {
        match self.shown {
            _ if self.is_read(now) => None,
            Shown::Yes(_) => Some("form.too_early"),
            Shown::No | Shown::Asked(..) => Some("form.closed.not_shown"),
        }
    }

    /// The terminal shows the page: what had to be typed because it did not say so need not be.
    pub(super) fn is_shown(&mut self, now: Millis) {
        self.shown = Shown::Yes(Since::now(now));
        let before = self.words.len();
        self.words.retain(|word| !matches!(word.ask, ConfirmationKind::Unanswered(_)));
        if self.words.len() < before {
            self.focus_on_word();
        }
    }

    /// The terminal answers nothing: only who reads the page can type what stands on it.
    fn must_be_typed_off(&mut self, text: String, now: Millis) {
        self.shown = Shown::Yes(Since::now(now));
        if !self.words.iter().any(|word| matches!(word.ask, ConfirmationKind::Unanswered(_))) {
            self.words.push(ConfirmationField {
                ask: ConfirmationKind::Unanswered(text),
                confirms: Vec::new(),
                input: Input::default(),
            });
            if self.focus == ReviewFocus::Cancel {
                self.focus_on_word();
            }
        }
    }
}

impl Review {
    /// A second of being shown passes.
    pub(super) fn tick_shown(&mut self, app: &State) {
        if let Shown::Asked(_, since) | Shown::Yes(since) = &mut self.shown {
            since.ticks = since.ticks.saturating_add(1);
        }
        app.wait_for_answer(self);
    }

    /// The terminal has come as far as its last question, `number`; `answered_before` tells whether it ever had before.
    pub fn answered(&mut self, number: u32, answered_before: bool, now: Millis) {
        self.mark_answered(number);
        let is_news = match self.shown {
            Shown::Asked(asked, _) => asked == number,
            // It does answer after all.
            Shown::Yes(_) => !answered_before,
            Shown::No => false,
        };
        if is_news && self.counting.is_none() {
            self.is_shown(now);
        }
    }

    /// What was drawn looks another way now: that it is shown must be said anew.
    pub fn show_anew(&mut self) {
        if self.counting.is_none() {
            self.shown = Shown::No;
        }
    }

    /// What was pressed elsewhere, and may still be held, does nothing here: the moment of reading begins anew.
    pub fn rearm(&mut self, now: Millis) {
        (self.shown, self.open, self.focused) = (Shown::No, Since::now(now), 0);
    }

    /// After every message: another window may have ordered the same meanwhile; as long as something stands in the way, the
    /// moment after which sending arms begins anew. True when the terminal must be asked, as `question`, whether it shows the page.
    pub fn watch(&mut self, app: &State, is_drawn: bool, question: u32) -> bool {
        app.ask_in(self);
        if app.is_hard_closed(self) {
            self.open = Since::now(app.now);
        }
        if !is_drawn {
            self.shown = Shown::No;
        }
        let page = app.review_page(self);
        let has_news = self.look(&page, app.now);
        let asks = is_drawn && (has_news || self.shown == Shown::No);
        if asks {
            self.ask_about(&page, question, app.now);
            if self.shown == Shown::No {
                self.shown = Shown::Asked(question, Since::now(app.now));
            }
        }
        asks
    }
}

impl State {
    /// A question to which the answer is late: a terminal that answers can have lost one and is asked again; for one that
    /// never has, the user's own eyes must do.
    pub(super) fn wait_for_answer(&self, review: &mut Review) {
        let Shown::Asked(_, since) = review.shown else { return };
        if !since.is_a_while(self.now) || self.now.since(since.at) < ANSWER_MS {
            return;
        }
        if self.terminal.is_answered {
            review.shown = Shown::No;
        } else if let Some(amount) = self.amount_shown(review) {
            review.must_be_typed_off(amount.trimmed().to_string(), self.now);
        }
    }

    /// The amount that stands on the page.
    fn amount_shown(&self, review: &Review) -> Option<Amount> {
        let of_record = || self.target(&review.request).and_then(|record| self.charge(&record).gross.or(record.amount));
        review.request.amount().or_else(of_record)
    }
}
