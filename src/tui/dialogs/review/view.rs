//! Draws the review: what would be sent, what has to be typed, why it cannot be sent yet, and the two buttons.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

use super::{ConfirmationKind, Review, ReviewFocus, network_excerpt};
use crate::domain::Request;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::review_layout::LABEL;
use crate::tui::widgets::{Cursor, format, frame, paint};

/// Columns for a word that has to be typed.
const WORD: u16 = 16;

impl Review {
    /// Draws the page; answers where the cursor of a word stands.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
        let review = self;
        let lang = app.lang();
        let kind = review.request().kind();
        let what = lang.find(&format!("form.title.{kind}")).unwrap_or(kind);
        let title = lang.fill("form.title.review", &[("what", what)]);
        frame::draw(app, theme, layout, &title, Role::Accent, buf);
        if !layout.small {
            frame::news(app, theme, layout, buf);
        }
        let inner = app.dialog_inner();
        let reason = app.review_reason(review);
        let is_closed = !reason.is_empty();
        // From the bottom up: the buttons and the reason are there however little room there is.
        let mut bottom = inner.bottom();
        let mut up = |lines: u16| {
            let below = bottom;
            bottom = bottom.saturating_sub(lines).max(inner.y);
            Rect { y: bottom, height: below.saturating_sub(bottom), ..inner }
        };
        buttons(app, theme, up(1), review, is_closed, buf);
        let below = up(paint::cols(reason.len().clamp(1, 2)));
        let role = if review.counting().is_some() { Role::Accent } else { Role::Warning };
        for (text, y) in reason.iter().zip(below.top()..below.bottom()) {
            paint::put(buf, below.x, y, below.width, text, theme.style(role));
        }
        // Without a frame news stands where the reason does, never on a button.
        if let Some(toast) = app.shown_toast().filter(|_| layout.small) {
            paint::put_over(buf, below, &toast.text, frame::toast_style(theme, toast));
        }
        let mut cursor = None;
        for (at, word) in review.words().iter().enumerate().rev() {
            let line = up(1);
            if line.height == 0 {
                continue;
            }
            let label = match &word.ask {
                ConfirmationKind::Group(_) => lang.t("form.type_group").to_owned(),
                ConfirmationKind::Middle(_) => lang.t("form.type_middle").to_owned(),
                ConfirmationKind::Amount(_) => lang.t("form.type_amount").to_owned(),
                ConfirmationKind::Network(network) => {
                    lang.fill("form.type_network", &[("word", &network_excerpt(network))])
                }
                ConfirmationKind::Again(word) => lang.fill("form.type_again", &[("word", word.named())]),
                ConfirmationKind::Unanswered(_) => lang.t("form.type_unanswered").to_owned(),
            };
            let is_focused = review.focus() == ReviewFocus::Field(at) && review.counting().is_none();
            let role = if is_focused { Role::Accent } else { Role::Text };
            let used = paint::put(buf, line.x, line.y, line.width.saturating_sub(WORD), &label, theme.style(role));
            let start = line.x + used.max(paint::cols(LABEL).saturating_sub(2)) + 2;
            let field = Rect { x: start, width: WORD.min(line.right().saturating_sub(start)), ..line };
            buf.set_style(field.intersection(buf.area), theme.style(Role::Text).add_modifier(Modifier::UNDERLINED));
            let place = frame::input(theme, field, word.input(), buf);
            if word.is_typed() {
                paint::put(buf, field.right() + 1, line.y, 2, "✓", theme.style(Role::Gain));
            } else if word.is_wrong() {
                paint::put(buf, field.right() + 1, line.y, 2, "✗", theme.style(Role::Warning));
            }
            cursor = is_focused.then_some(Position::from(place)).or(cursor);
        }
        let room = Rect { height: bottom.saturating_sub(inner.y), ..inner };
        let page = app.review_page(review);
        let (lines, is_more_above, is_more_below) = review.lines_in_sight(&page);
        frame::lines(theme, room, lines, buf);
        let last = (room.y + paint::cols(lines.len())).saturating_sub(1);
        for (mark, y) in [("▲", is_more_above.then_some(room.y)), ("▼", is_more_below.then_some(last))] {
            if let Some(y) = y {
                paint::put(buf, room.right(), y, 1, mark, theme.style(Role::Accent));
            }
        }
        cursor
    }
}

fn buttons(app: &State, theme: &Theme, area: Rect, review: &Review, is_closed: bool, buf: &mut Buffer) {
    let lang = app.lang();
    let send = match (review.request().amount(), review.request().coin()) {
        (Some(amount), Some(coin)) => {
            let amount = format!("{} {}", crate::tui::state::detail::grouped(amount), coin.excerpt(16));
            let key =
                if matches!(review.request(), Request::Move(_)) { "form.button.move" } else { "form.button.send" };
            lang.fill(key, &[("what", &amount)])
        }
        _ => lang.t("form.button.take_back").to_owned(),
    };
    // "Cancel" would be two things on a page that asks about a cancel.
    let stay = if review.request().is_cancel() { "form.button.keep" } else { "form.button.cancel" };
    let mut x = area.x + 1;
    for (stop, text) in [(ReviewFocus::Cancel, lang.t(stay).to_owned()), (ReviewFocus::Send, send)] {
        let is_focused = review.focus() == stop && review.counting().is_none();
        let role = match stop {
            ReviewFocus::Send if is_closed => Role::Muted,
            _ if is_focused => Role::Accent,
            _ => Role::Text,
        };
        // The edges say where the focus is without any colour.
        let text = if is_focused { format!("▐ {text} ▌") } else { format!("  {text}  ") };
        let mut style = theme.style(role);
        if is_focused {
            style = style.add_modifier(Modifier::REVERSED);
        }
        let room = area.right().saturating_sub(x);
        x += paint::put(buf, x, area.y, room, &format::cut(&text, room.into()), style) + 4;
    }
}
