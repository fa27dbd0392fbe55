//! The locked screen: whose it is, and how it opens. Nothing of the account.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::lock::{Lock, LockReason};
use crate::tui::widgets::{Cursor, format, paint};

/// Draws the page between header and footer.
pub(super) fn draw(app: &State, theme: &Theme, lock: &Lock, area: Rect, buf: &mut Buffer) -> Cursor {
    let lang = app.lang();
    let identity = &app.config().identity;
    let width = usize::from(area.width.saturating_sub(4).min(76));
    let store = identity.store.shown().into_owned();
    let why = match lock.reason {
        LockReason::Idle => "lock.idle",
        LockReason::Asked => "lock.asked",
        LockReason::Order => "lock.order",
    };
    let mut lines = vec![(lang.t(why).to_owned(), Role::Accent), (String::new(), Role::Text)];
    let how = match (lock.asked, identity.asks_passphrase) {
        (Some(at), _) => {
            let seconds = app.now().since(at).max(0) / 1000;
            lang.fill("lock.waiting", &[("store", &store), ("seconds", &seconds.to_string())])
        }
        (None, true) => lang.t("lock.passphrase").to_owned(),
        (None, false) => lang.fill("lock.ask", &[("store", &store)]),
    };
    lines.extend(format::wrap(&how, width).into_iter().map(|line| (line, Role::Text)));
    let field = (lock.asked.is_none() && identity.asks_passphrase).then_some(lines.len());
    if field.is_some() {
        // Its length tells nothing beyond what fits.
        let dots = "•".repeat(lock.typed.len().min(width.saturating_sub(3)));
        lines.push((format!("> {dots}"), Role::Accent));
    }
    if let Some(news) = lock.news {
        let role = if news.is_refusal() { Role::Danger } else { Role::Text };
        lines.extend(format::wrap(&news.words(lang), width).into_iter().map(|line| (line, role)));
    }
    if let Some(said) = &lock.said {
        lines.push((String::new(), Role::Text));
        lines.extend(format::wrap(&said.cause, width).into_iter().map(|line| (line, Role::Danger)));
        lines.extend(format::wrap(&said.next, width).into_iter().map(|line| (line, Role::Text)));
    }
    lines.push((String::new(), Role::Text));
    let leave = if lock.reason == LockReason::Order { "lock.leave_order" } else { "lock.leave" };
    lines.push((lang.t(leave).to_owned(), Role::Muted));
    let height = paint::cols(lines.len());
    let top = area.y + area.height.saturating_sub(height) / 3;
    let x = area.x + area.width.saturating_sub(paint::cols(width)) / 2;
    let mut cursor = None;
    for ((at, (line, role)), y) in lines.iter().enumerate().zip(top..area.bottom()) {
        let used = paint::put(buf, x, y, paint::cols(width), line, theme.style(*role));
        if field == Some(at) {
            cursor = Some(Position::new(x + used, y));
        }
    }
    cursor
}
