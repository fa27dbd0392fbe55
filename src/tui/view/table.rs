//! The table on the screen: head and rows, or why there are none.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::UntrustedText;
use crate::domain::columns::{Column, Tab};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::layout::Layout;
use crate::tui::state::summary::LinkState;
use crate::tui::state::{DustFilter, State};
use crate::tui::widgets::columns::{self, ColumnPlacement, arrow, column_name};
use crate::tui::widgets::{cells, format, paint};

/// Draws the names of the columns and the rows.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let places = columns::places(app.tab(), app.columns(app.tab()), layout.head.width, app.widths(app.tab()));
    head(app, theme, layout.head, &places, buf);
    if app.table().is_empty() {
        nothing(app, theme, layout.rows, buf);
    } else {
        rows(app, theme, layout.rows, &places, buf);
    }
}

/// A name with its arrow; where there is no room for both the name gives way.
fn sorted(name: &str, arrow: &str, width: usize) -> String {
    let room = width.saturating_sub(format::width(arrow));
    if format::width(name) < room { format!("{name} {arrow}") } else { format!("{}{arrow}", format::cut(name, room)) }
}

fn head(app: &State, theme: &Theme, area: Rect, places: &[ColumnPlacement], buf: &mut Buffer) {
    let sort = app.table().sort();
    let style = theme.style(Role::Header);
    buf.set_style(area, style);
    for place in places {
        let mut text = column_name(place.column, app.lang()).to_owned();
        if matches!(place.column, Column::Price | Column::Value) {
            text = format!("≈ {text}");
        }
        let mut role = Role::Header;
        if let Some(rank) = sort.iter().position(|by| by.column == place.column) {
            text = sorted(&text, &arrow(sort[rank].descending, rank), usize::from(place.width));
            role = Role::Accent;
        }
        let width = usize::from(place.width);
        let text = match place.column {
            Column::Available
            | Column::InUse
            | Column::Total
            | Column::Price
            | Column::Amount
            | Column::Gross
            | Column::Fee
            | Column::Net => {
                // Names end a little behind the point, over the digits.
                let end = (cells::point(*place) + 4).max(format::width(&text)).min(width);
                format::right(&text, end)
            }
            Column::Value => format::right(&text, width),
            _ if width < 3 => String::new(),
            // Below it stand signs alone.
            Column::Status if width < 5 => String::new(),
            _ => text,
        };
        paint::put(buf, area.x + place.x, area.y, place.width, &text, theme.style(role));
    }
}

fn rows(app: &State, theme: &Theme, area: Rect, places: &[ColumnPlacement], buf: &mut Buffer) {
    let total = app.total();
    let selected = app.table().cursor_in_window();
    for (line, at) in app.table().window(area.height.into()).iter().enumerate() {
        let y = area.y + paint::cols(line);
        let is_selected = selected == Some(line);
        let chosen = theme.style(Role::Selected);
        if is_selected {
            buf.set_style(Rect { y, height: 1, ..area }, chosen);
        }
        let style = |role| if is_selected { chosen } else { theme.style(role) };
        let balance = app.balance_at(*at).filter(|_| app.tab() == Tab::Balances);
        let record = app.record_at(*at).filter(|_| app.tab() != Tab::Balances);
        let is_alike = record.as_ref().is_some_and(|r| app.sender_alike(r).is_some());
        let mark = if is_selected {
            "▌"
        } else if is_alike {
            cells::ALIKE
        } else if record.as_ref().is_some_and(|r| app.is_fresh(&r.key)) {
            "•"
        } else if record.as_ref().is_some_and(|r| app.note(&r.key).is_some()) {
            cells::NOTED
        } else {
            " "
        };
        let mark_role = match (is_selected, is_alike) {
            (true, _) => chosen,
            (false, true) => theme.style(Role::Warning),
            (false, false) => theme.style(Role::Accent),
        };
        paint::put(buf, area.x, y, 1, mark, mark_role);
        for place in places {
            let cell = match (balance, &record) {
                (Some(balance), _) => cells::balance(app, *place, *at, balance, &total),
                (None, Some(record)) => cells::record(app, *place, record),
                (None, None) => continue,
            };
            paint::put(buf, area.x + place.x, y, place.width, &cell.text, style(cell.role));
        }
    }
}

/// Why there are no rows, calmly.
fn nothing(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let filter = app.table().filter().value();
    let wrong = super::status::all_wrong_words(app);
    let lines = if app.rows_unfiltered() > 0 && !wrong.is_empty() {
        // What is not understood finds nothing; why stands where the rows would be.
        let room = usize::from(area.width.saturating_sub(4)).max(1);
        let next = lang.t("view.empty.no_match_next").to_owned();
        wrong.iter().flat_map(|words| format::wrap(words, room)).chain([next]).collect()
    } else if app.rows_unfiltered() > 0 && !filter.trim().is_empty() {
        let shown = UntrustedText::from(filter).excerpt(24);
        vec![lang.fill("view.empty.no_match", &[("filter", &shown)]), lang.t("view.empty.no_match_next").to_owned()]
    } else if app.rows_unfiltered() > 0 && app.dust_filter() != DustFilter::All {
        vec![lang.t("view.empty.all_dust").to_owned()]
    } else if app.is_loaded(app.tab()) {
        vec![lang.t(empty_key(app.tab())).to_owned()]
    } else if matches!(app.link().state, LinkState::Stale | LinkState::Stopped) {
        vec![lang.t("view.empty.not_loaded").to_owned()]
    } else {
        vec![lang.t("view.empty.loading").to_owned()]
    };
    let top = area.y + area.height.saturating_sub(paint::cols(lines.len())) / 3;
    for (line, y) in lines.iter().zip(top..area.bottom()) {
        let width = paint::cols(format::width(line)).min(area.width);
        paint::put(buf, area.x + (area.width - width) / 2, y, width, line, theme.style(Role::Muted));
    }
}

const fn empty_key(tab: Tab) -> &'static str {
    match tab {
        Tab::Balances => "view.empty.balances",
        Tab::Deposits => "view.empty.deposits",
        Tab::Withdrawals => "view.empty.withdrawals",
        Tab::Transfers => "view.empty.transfers",
    }
}
