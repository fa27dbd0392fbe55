//! The line of sums below the balances: what everything is worth, and what the table does not show.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::columns::{Column, Tab};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::value_text;
use crate::tui::state::futures::FuturesWorth;
use crate::tui::state::layout::Layout;
use crate::tui::state::summary::Total;
use crate::tui::widgets::paint::{self, Piece};
use crate::tui::widgets::{MASK, columns, format};

/// Draws the line.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    if layout.totals.area() == 0 {
        return;
    }
    let above = Rect { height: layout.totals.height - 1, ..layout.totals };
    super::futures::draw(app, theme, above, buf);
    let area = Rect { y: above.bottom(), height: 1, ..layout.totals };
    let lang = app.lang();
    let muted = theme.style(Role::Muted);
    let places = columns::places(Tab::Balances, app.columns(Tab::Balances), area.width, app.widths(Tab::Balances));
    let total = app.total();
    // The sum stands in its column, the words before it.
    let Some(place) = places.iter().find(|p| p.column == Column::Value) else {
        return;
    };
    let text = match total.value {
        _ if app.is_hidden() => MASK.to_owned(),
        Some(value) => value_text(value, app.unit()),
        None => "–".to_owned(),
    };
    let text = format::value(&text, place.width.into());
    paint::put(buf, area.x + place.x, area.y, place.width, &text, theme.style(Role::Accent));
    let unit = format!("{} ", app.unit().excerpt(8));
    let behind = area.x + place.x + place.width + 1;
    paint::put(buf, behind, area.y, area.right().saturating_sub(behind), &unit, muted);
    let mut pieces = vec![Piece::new(lang.t("view.total"), theme.style(Role::Accent))];
    pieces.extend(parts(app, &total).map(|text| Piece::new(text, muted).rank(1)));
    let dust = app.put_away();
    let filtered = app.rows_unfiltered().saturating_sub(app.table().len() + dust);
    if dust > 0 {
        let text = lang.fill("view.hidden_dust", &[("n", &dust.to_string())]);
        pieces.push(Piece::new(text, muted).rank(1));
    }
    if !app.table().filter().value().trim().is_empty() && filtered > 0 {
        let text = lang.fill("view.hidden_filter", &[("n", &filtered.to_string())]);
        pieces.push(Piece::new(text, muted).rank(2));
    }
    let area_of_words = Rect { x: area.x + 1, width: place.x.saturating_sub(2), ..area };
    let room = paint::room(area_of_words, &pieces, &[]).saturating_sub(2);
    if let Some(text) = super::header::unpriced(app, &total, room) {
        pieces.insert(1, Piece::new(text, muted).rank(3));
    }
    paint::spread(buf, area_of_words, pieces, Vec::new());
}

/// What of the total is on which side; that it is the spot side alone where the futures side is not known.
fn parts(app: &State, total: &Total) -> Option<String> {
    let spot = total.spot?;
    let FuturesWorth::Known(futures) = total.futures else {
        return Some(app.lang().t("futures.spot_only").to_owned());
    };
    if futures.is_zero() || app.is_hidden() {
        return None;
    }
    let [spot, futures] = [spot, futures].map(|value| value_text(value, app.unit()));
    Some(app.lang().fill("futures.parts", &[("spot", &spot), ("futures", &futures)]))
}
