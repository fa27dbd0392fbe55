//! The lines about the futures side below the balances.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::rules::BALANCE_MAX_AGE_MS;
use crate::domain::{Amount, FuturesBalance, Millis};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::explain::explain;
use crate::tui::state::State;
use crate::tui::state::futures::FuturesLine;
use crate::tui::widgets::format;
use crate::tui::widgets::paint::{self, Piece};

/// Draws the lines, one below the other.
pub(super) fn draw(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    for (line, y) in app.futures_lines().iter().zip(area.y..area.bottom()) {
        let row = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
        match line {
            FuturesLine::Coin(balance, at) => coin(app, theme, balance, *at, row, buf),
            FuturesLine::Refused(problem, at) => {
                let age = format::span(app.now().since(*at).max(0), lang);
                let why = explain(problem, lang).cause;
                let short = Piece::new(lang.t("futures.refused"), theme.style(Role::Warning));
                let rest = lang.fill("futures.refused_why", &[("why", &why), ("span", &age)]);
                paint::spread(buf, row, vec![short, Piece::new(rest, theme.style(Role::Muted)).gap(1)], Vec::new());
            }
            FuturesLine::Unread(problem) => {
                let why = explain(problem, lang).cause;
                let text = lang.fill("futures.unread", &[("why", &why)]);
                paint::put(buf, row.x, row.y, row.width, &text, theme.style(Role::Warning));
            }
        }
    }
}

fn coin(app: &State, theme: &Theme, balance: &FuturesBalance, at: Millis, row: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let muted = theme.style(Role::Muted);
    let piece = |key: &'static str, amount| Piece::new(lang.fill(key, &[("amount", &app.shown_amount(amount))]), muted);
    let mut pieces = vec![
        Piece::new(lang.fill("futures.name", &[("coin", &balance.coin.excerpt(10))]), theme.style(Role::Text)),
        piece("futures.movable", balance.movable).gap(2),
        piece("futures.available", balance.available).rank(3),
    ];
    let is_some = |amount: Option<Amount>| amount.is_none_or(|amount| !amount.is_zero());
    if is_some(balance.in_positions) {
        pieces.push(piece("futures.in_positions", balance.in_positions).rank(2));
    }
    if is_some(balance.on_orders) {
        pieces.push(piece("futures.on_orders", balance.on_orders).rank(5));
    }
    if is_some(balance.unrealised()) {
        pieces.push(piece("futures.unrealised", balance.unrealised()).rank(4));
    }
    let age = app.now().since(at).max(0);
    let right = if age > BALANCE_MAX_AGE_MS {
        let text = lang.fill("futures.old", &[("span", &format::span(age, lang))]);
        vec![Piece::new(text, theme.style(Role::Warning))]
    } else {
        Vec::new()
    };
    paint::spread(buf, row, pieces, right);
}
