//! Why the request of a review cannot be sent now, in the order in which it matters, and in words.

use super::arming::Shown;
use super::reading::Unread;
use super::{ConfirmationField, ConfirmationKind, Review, ReviewFocus, network_excerpt};
use crate::domain::text_width::{span, wrap};
use crate::domain::{Blocker, OrderId};
use crate::tui::state::State;

/// Why sending is closed, the most pressing reason first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewBlocker {
    /// The screen is too small to read it, even in parts.
    TooSmall,
    /// Another order is being sent.
    Busy,
    /// The ledger is not open (yet); why, in words.
    Ledger(String),
    /// The key belongs to another account than the profile's.
    OtherAccount,
    /// How wrong this machine's clock is, milliseconds; `None` while not known.
    Clock(Option<i64>),
    /// A rule is broken by what is known now, in words.
    Rule(String),
    /// The same was ordered before and its outcome is not known.
    Same(OrderId),
    /// The terminal has not said yet that it shows the page.
    NotShown,
    /// Not every line of it was shown yet as it is now.
    Unread(Unread),
    /// Something has to be typed first.
    Typing,
    /// A moment has to pass first.
    Arming,
}

impl ReviewBlocker {
    /// True for reasons that are about the world and not about the user's next key.
    const fn is_hard(&self) -> bool {
        !matches!(self, Self::NotShown | Self::Unread(_) | Self::Typing | Self::Arming)
    }
}

impl State {
    /// Why the request of a review cannot be sent now; `None` when Enter on the button sends it.
    pub fn review_closed(&self, review: &Review) -> Option<ReviewBlocker> {
        let page = self.review_page(review);
        if !page.can_be_read() || self.page_layout().too_small {
            return Some(ReviewBlocker::TooSmall);
        }
        if self.money.in_flight.is_some() {
            return Some(ReviewBlocker::Busy);
        }
        if let Some(why) = self.ledger_closed() {
            return Some(ReviewBlocker::Ledger(why));
        }
        if let Some(why) = self.damage_closing(&review.request) {
            return Some(ReviewBlocker::Ledger(why));
        }
        if self.other_account().is_some() {
            return Some(ReviewBlocker::OtherAccount);
        }
        let found = self.preflight_of(&review.request);
        let closed_by = |blocker: &Blocker| match blocker {
            Blocker::Clock(offset) => ReviewBlocker::Clock(*offset),
            Blocker::SameUnsettled(order) => ReviewBlocker::Same(*order),
            Blocker::OrdersUnknown => ReviewBlocker::Ledger(self.lang().t("form.closed.ledger_opening").to_owned()),
        };
        if let Some(blocker) = found.blockers.first() {
            return Some(closed_by(blocker));
        }
        if let Some(found) = found.faults.first() {
            return Some(ReviewBlocker::Rule(found.fault.words(self.lang())));
        }
        if !matches!(review.shown, Shown::Yes(_)) {
            return Some(ReviewBlocker::NotShown);
        }
        if let Some(unread) = review.unread(&page) {
            return Some(ReviewBlocker::Unread(unread));
        }
        if !review.words.iter().all(ConfirmationField::is_typed) {
            return Some(ReviewBlocker::Typing);
        }
        let is_ready = review.is_read(self.now) && review.open.is_a_while(self.now);
        (!is_ready).then_some(ReviewBlocker::Arming)
    }

    /// The reason in words, broken into lines; empty when the request can be sent.
    pub fn review_reason(&self, review: &Review) -> Vec<String> {
        let lang = self.lang();
        let text = match self.review_closed(review) {
            _ if review.counting.is_some() => {
                let left = review.counting.map_or(0, |until| until.since(self.now)).max(0).saturating_add(999);
                lang.fill("form.counting", &[("span", &span(left, lang))])
            }
            None if review.focus == ReviewFocus::Send && review.focused == 0 => lang.t("form.closed.burst").to_owned(),
            None => return Vec::new(),
            Some(ReviewBlocker::TooSmall) => lang.t("form.closed.too_small").to_owned(),
            Some(ReviewBlocker::Busy) => lang.t("form.closed.busy").to_owned(),
            Some(ReviewBlocker::OtherAccount) => lang.t("form.closed.other_account").to_owned(),
            Some(ReviewBlocker::Ledger(why) | ReviewBlocker::Rule(why)) => why,
            Some(ReviewBlocker::Clock(None)) => lang.t("form.closed.clock_unknown").to_owned(),
            Some(ReviewBlocker::Clock(Some(offset))) => {
                lang.fill("form.closed.clock", &[("offset", &span(offset.saturating_abs(), lang))])
            }
            Some(ReviewBlocker::Same(order)) => lang.fill("form.closed.same", &[("order", &order.0.to_string())]),
            Some(ReviewBlocker::NotShown) => lang.t("form.closed.not_shown").to_owned(),
            Some(ReviewBlocker::Unread(Unread { above, below })) => {
                let (key, n) = match (above, below) {
                    (0, 0) => ("form.closed.not_shown", 0),
                    (_, 0) => ("form.closed.unread_above", above),
                    _ => ("form.closed.unread", below),
                };
                lang.fill(key, &[("n", &n.to_string())])
            }
            Some(ReviewBlocker::Typing) if review.words.iter().any(ConfirmationField::is_wrong) => {
                let is_case = review.words.iter().any(ConfirmationField::is_wrong_case);
                lang.t(if is_case { "form.closed.wrong_case" } else { "form.closed.wrong" }).to_owned()
            }
            Some(ReviewBlocker::Typing) => match review.words.iter().find(|w| !w.is_typed()).map(|w| &w.ask) {
                Some(ConfirmationKind::Again(word)) => lang.fill("form.closed.again", &[("word", word.named())]),
                Some(ConfirmationKind::Unanswered(_)) => lang.t("form.closed.unanswered").to_owned(),
                Some(ConfirmationKind::Middle(_)) => lang.t("form.closed.middle").to_owned(),
                Some(ConfirmationKind::Amount(_)) => lang.t("form.closed.amount").to_owned(),
                Some(ConfirmationKind::Network(network)) => {
                    lang.fill("form.closed.network", &[("word", &network_excerpt(network))])
                }
                _ => lang.t("form.closed.typing").to_owned(),
            },
            Some(ReviewBlocker::Arming) => lang.t("form.closed.arming").to_owned(),
        };
        wrap(&text, usize::from(self.dialog_inner().width))
    }

    /// True when sending waits for something that only time, the user's next look or the exchange can bring.
    pub(in crate::tui) fn is_hard_closed(&self, review: &Review) -> bool {
        self.review_closed(review).is_some_and(|closed| closed.is_hard())
    }
}
