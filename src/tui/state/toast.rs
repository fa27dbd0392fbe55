//! One line of news at a time: what a key was answered, what happened in the account, and what became of the user's own
//! order, which stays until a key. Neither this nor an answer to a key gives way to what happened in the account.

use super::State;
use super::detail::grouped;
use crate::domain::text::ends;
use crate::domain::{Millis, MoveDirection, Order, Outcome, Request};
use crate::engine::orders::words;

/// How long a line of news stays, milliseconds.
pub(in crate::tui) const STAYS_MS: i64 = 4_000;
/// How much longer for each letter that a narrow screen has no line for.
const LETTER_MS: i64 = 40;
/// Letters that are read within [`STAYS_MS`].
const LINE: usize = 60;
/// How long the result of an own order stays at least, whatever is typed meanwhile, milliseconds.
const RESULT_MS: i64 = 1_000;

/// What a line of news is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// The answer to a key; it belongs to the page on which that was pressed, and stands beside a filter that is typed.
    Key,
    /// Anything else that the user is told where he is.
    Page,
    /// Something that happened in the account.
    Account,
    /// What became of the user's own order, or why a page about one has closed; it stays until a key.
    Own,
}

/// One line of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The words, in the user's language and sanitized.
    pub text: String,
    /// True when something did not work.
    pub is_trouble: bool,
    /// What it is about.
    pub kind: ToastKind,
    /// When it goes; of an order, until when no key takes it away.
    until: Millis,
}

impl State {
    /// The line of news, if there is one.
    pub const fn shown_toast(&self) -> Option<&Toast> {
        self.toast.as_ref()
    }

    /// Answers a key.
    pub(in crate::tui) fn toast_answer(&mut self, text: &str) {
        self.put_toast(ToastKind::Key, text.to_owned(), false);
    }

    /// Tells something about the page.
    pub(in crate::tui) fn toast(&mut self, text: String, is_trouble: bool) {
        self.put_toast(ToastKind::Page, text, is_trouble);
    }

    /// Tells what happened in the account.
    pub(in crate::tui) fn toast_event(&mut self, text: String, is_trouble: bool) {
        self.put_toast(ToastKind::Account, text, is_trouble);
    }

    /// Tells what became of an own order: which one it is, and `said` of it.
    pub(in crate::tui) fn toast_order(&mut self, order: &Order, said: &str) {
        let is_trouble = !matches!(order.outcome, Outcome::Accepted { .. });
        let line = self.moved(order).unwrap_or_else(|| self.order_line(order));
        let told = self.lang().fill("list.about", &[("what", &line), ("said", said)]);
        let text = format!("{} {told}", words::symbol(&order.outcome));
        self.put_toast(ToastKind::Own, text, is_trouble);
    }

    /// Tells why a page about an order has closed by itself.
    pub(in crate::tui) fn toast_closed(&mut self, why: String) {
        self.put_toast(ToastKind::Own, why, true);
    }

    /// What an accepted move did.
    fn moved(&self, order: &Order) -> Option<String> {
        let (Request::Move(made), Outcome::Accepted { .. }, false) = (&order.request, &order.outcome, self.is_hidden())
        else {
            return None;
        };
        let key = match made.direction {
            MoveDirection::SpotToFutures => "form.moved_to_futures",
            MoveDirection::FuturesToSpot => "form.moved_to_spot",
        };
        let values = [("amount", &*grouped(made.amount.trimmed())), ("coin", &made.coin.excerpt(12))];
        Some(self.lang().fill(key, &values))
    }

    /// Kind, amount and receiver of an order, for one line.
    pub(in crate::tui) fn order_line(&self, order: &Order) -> String {
        let kind = order.request.kind();
        let mut line = self.lang().find(&format!("form.kind.{kind}")).unwrap_or(kind).to_owned();
        if self.is_hidden() {
            return line;
        }
        if let (Some(amount), Some(coin)) = (order.request.amount(), order.request.coin()) {
            line = format!("{line} {} {}", grouped(amount.trimmed()), coin.excerpt(12));
        }
        let target = self.order_target(&order.request);
        if let Request::Move(_) = order.request {
            return format!("{line} {target}");
        }
        let whole = target.shown();
        let target = ends(&whole).unwrap_or_else(|| whole.into_owned());
        format!("{line} → {target}")
    }

    pub(in crate::tui) fn put_toast(&mut self, kind: ToastKind, text: String, is_trouble: bool) {
        let long = i64::try_from(text.chars().count().saturating_sub(LINE)).unwrap_or(0).min(400);
        let stays = if kind == ToastKind::Own { RESULT_MS } else { STAYS_MS + long * LETTER_MS };
        let toast = Toast { text, is_trouble, kind, until: self.now.plus(stays) };
        let is_kept = self.toast.as_ref().is_some_and(|shown| match shown.kind {
            ToastKind::Own => kind != ToastKind::Own,
            ToastKind::Key | ToastKind::Page => kind == ToastKind::Account && shown.until > self.now,
            ToastKind::Account => false,
        });
        if is_kept {
            self.next_toast = Some(toast);
        } else {
            self.toast = Some(toast);
        }
    }

    /// A key was pressed: the result of an order was read, unless it has only just come.
    pub(in crate::tui) fn read_result(&mut self) {
        let now = self.now;
        if self.toast.take_if(|toast| toast.kind == ToastKind::Own && toast.until <= now).is_some() {
            self.show_next_toast();
        }
    }

    /// What waited for its turn has it.
    fn show_next_toast(&mut self) {
        let until = self.now.plus(STAYS_MS);
        self.toast = self.next_toast.take().map(|next| Toast { until, ..next });
    }

    /// Another page: what was said about the last one is over.
    pub(in crate::tui) fn drop_page_news(&mut self) {
        let is_of_page = |toast: &mut Toast| matches!(toast.kind, ToastKind::Key | ToastKind::Page);
        self.next_toast.take_if(is_of_page);
        if self.toast.take_if(is_of_page).is_some() {
            self.show_next_toast();
        }
    }

    /// Nothing that was told stays, and nothing waits to be.
    pub(in crate::tui) fn drop_all_news(&mut self) {
        (self.toast, self.next_toast) = (None, None);
    }

    /// Takes away what has stood for long enough.
    pub(in crate::tui) fn forget_toast(&mut self) {
        let now = self.now;
        if self.toast.take_if(|toast| toast.kind != ToastKind::Own && toast.until <= now).is_some() {
            self.show_next_toast();
        }
    }
}
