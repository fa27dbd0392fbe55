//! Every field of the selected row in full, nothing cut: beside the table or over it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget as _};

use crate::domain::columns::Tab;
use crate::domain::locale::Lang;
use crate::domain::text_width::short_span;
use crate::domain::{Amount, Status};
use crate::engine::config::keymap::Context;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::{Field, LIMIT, NetworkLine, Shown};
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, cells, format, paint};

/// Screen columns for the names of the fields.
const LABEL: u16 = 12;
/// Lines that the account needs below the fields.
const LEAST_BELOW: u16 = 6;
/// Below this width, values stand below their names.
const NARROW: u16 = 34;

/// One line: the name of a field, a line of its value, or both.
#[derive(Default)]
struct Line {
    field: usize,
    label: Option<&'static str>,
    text: String,
    indent: u16,
    role: Option<Role>,
}

/// Draws the fields; while they have the keys, the chosen one is marked and in sight.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.detail;
    if area.area() == 0 {
        return;
    }
    // Beside the balances stands the account; a coin's fields above it once they are asked for.
    let is_overview = layout.is_wide() && app.tab() == Tab::Balances && app.context != Context::Detail;
    let name = app.lang().t(if is_overview { "overview.title" } else { "context.detail" });
    let mut inner = frame(app, theme, layout, name, buf);
    if is_overview {
        return super::overview::draw(app, theme, inner, buf);
    }
    let whole = inner;
    let fields = app.detail_fields();
    let chosen = (app.context == Context::Detail).then(|| app.detail().cursor.min(fields.len().saturating_sub(1)));
    let lines = lines(app, &fields, inner.width);
    // Below the fields stands what goes on: from the middle on, so that it stays where it is from row to row.
    let below = whole.height.div_ceil(2).max(paint::cols(lines.len()) + 1);
    if layout.is_wide() && whole.height.saturating_sub(below) >= LEAST_BELOW {
        let (y, height) = (whole.y + below, whole.height - below);
        let name = app.lang().t("overview.title");
        paint::put(buf, whole.x + 1, y, whole.width.saturating_sub(2), name, theme.style(Role::Header));
        super::overview::draw(app, theme, Rect { y: y + 1, height: height - 1, ..whole }, buf);
        inner.height = below - 1;
    }
    if inner.bottom() == area.bottom() && inner.height > 3 && lines.len() > usize::from(inner.height) {
        // Without a frame below, the last line says that there is more.
        inner.height = inner.height.saturating_sub(1);
    }
    let first = first_line(&lines, chosen.unwrap_or(0), inner.height.into());
    let below = lines.len().saturating_sub(first + usize::from(inner.height));
    if below > 0 && inner.bottom() < area.bottom() {
        let text = app.lang().fill("view.more_lines", &[("n", &below.to_string())]);
        paint::put(buf, area.x + 2, inner.bottom(), area.width.saturating_sub(4), &text, theme.style(Role::Muted));
    }
    for (line, y) in lines.iter().skip(first).zip(inner.top()..inner.bottom()) {
        let is_chosen = chosen == Some(line.field);
        if is_chosen {
            paint::put(buf, inner.x, y, 1, "▌", theme.style(Role::Accent));
        }
        if let Some(label) = line.label {
            let role = if is_chosen { Role::Accent } else { Role::Muted };
            paint::put(buf, inner.x + 1, y, LABEL.min(inner.width.saturating_sub(1)), label, theme.style(role));
        }
        let room = inner.width.saturating_sub(line.indent);
        let style = theme.style(line.role.unwrap_or(Role::Text));
        paint::put(buf, inner.x + line.indent, y, room, &line.text, style);
    }
}

/// Draws what is around the fields, and answers what is left for them.
fn frame(app: &State, theme: &Theme, layout: &Layout, name: &str, buf: &mut Buffer) -> Rect {
    let area = layout.detail;
    let style = theme.style(if app.context == Context::Detail { Role::Accent } else { Role::Rule });
    if layout.is_wide() {
        for y in area.top()..area.bottom() {
            paint::put(buf, area.x, y, 1, "│", style);
        }
        paint::put(buf, area.x + 2, area.y, area.width.saturating_sub(3), name, theme.style(Role::Header));
        return Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(1),
            height: area.height.saturating_sub(1),
        };
    }
    if layout.small {
        return area;
    }
    let block = Block::bordered().border_style(style).title(format!(" {name} "));
    let inner = block.inner(area);
    block.render(area, buf);
    // A column of air before the right edge.
    Rect { width: inner.width.saturating_sub(1), ..inner }
}

/// The least scrolling that shows all lines of the chosen field, or its first ones where there is no room for all.
fn first_line(lines: &[Line], chosen: usize, height: usize) -> usize {
    let start = lines.iter().position(|l| l.field == chosen).unwrap_or(0);
    let end = lines.iter().rposition(|l| l.field == chosen).map_or(0, |at| at + 1);
    end.saturating_sub(height).min(start)
}

fn lines(app: &State, fields: &[Field], width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut before = None;
    for (at, field) in fields.iter().enumerate() {
        let is_first = before.replace(field.label) != Some(field.label);
        if let Shown::Network(network) = &field.value {
            if is_first {
                let text = network_columns(app.lang().t("field.network"), NETWORK.map(|key| app.lang().t(key)), width);
                lines.push(Line { field: at, label: None, text, indent: 1, role: Some(Role::Muted) });
            }
            let (text, role) = network_line(network, app.lang(), width);
            lines.push(Line { field: at, label: None, text, indent: 1, role: Some(role) });
            continue;
        }
        if let Shown::Record(record) = &field.value {
            // It needs the whole width, so that no digit of it is cut.
            if is_first {
                let text = app.lang().t(field.label).to_owned();
                lines.push(Line { field: at, label: None, text, indent: 1, role: Some(Role::Muted) });
            }
            let (text, _) = super::overview::record_text(app, record, usize::from(width.saturating_sub(2)));
            lines.push(Line { field: at, label: None, text, indent: 1, role: Some(Role::Text) });
            continue;
        }
        let label = app.lang().t(field.label);
        let is_beside = width >= NARROW;
        let indent = if is_beside { LABEL + 2 } else { 2 };
        let room = usize::from(width.saturating_sub(indent));
        let (texts, role) = value(app, field, room);
        let line = |text| Line { field: at, label: None, text, indent, role: Some(role) };
        let mut texts = texts.into_iter().map(line);
        let first = if is_beside { texts.next() } else { None };
        let first = first.unwrap_or_else(|| Line { field: at, ..Line::default() });
        lines.push(Line { label: Some(label), ..first });
        lines.extend(texts);
        if field.value == Shown::Status(Status::Verification) {
            let said = format::wrap(app.lang().t("view.verification_next"), room);
            let role = Some(Role::Warning);
            lines.extend(said.into_iter().map(|text| Line { field: at, label: None, text, indent, role }));
        }
    }
    lines
}

/// The lines of a value and its role.
fn value(app: &State, field: &Field, room: usize) -> (Vec<String>, Role) {
    if field.private && app.is_hidden() && !matches!(field.value, Shown::Absent(_)) {
        return (vec![MASK.to_owned()], Role::Muted);
    }
    match &field.value {
        Shown::Plain(text) => (format::wrap(text, room), Role::Text),
        Shown::Grouped(text) => (format::fours_in_lines(text, room), Role::Text),
        Shown::Status(status) => {
            let (symbol, word) = cells::status_words(status, app.lang(), LIMIT);
            (format::wrap(&format!("{symbol} {word}"), room), cells::status_role(status))
        }
        Shown::Warning(text) => (format::wrap(text, room), Role::Warning),
        Shown::Absent(why) => (format::wrap(app.lang().t(why), room), Role::Muted),
        // Both are lines of their own.
        Shown::Network(_) | Shown::Record(_) => (Vec::new(), Role::Text),
    }
}

/// The names of the columns of the table of networks, behind that of the network.
const NETWORK: [&str; 5] = ["network.in", "network.out", "network.least", "network.fee", "network.usual"];
/// Their widths.
const NETWORK_WIDTHS: [usize; 5] = [3, 3, 8, 8, 6];
/// What the name of a network needs at least; the usual time gives way to it.
const NETWORK_NAME: usize = 9;

/// What the name of a network has of a line, and how many columns stand behind it.
fn network_room(width: u16) -> (usize, usize) {
    let room = |columns: usize| {
        let taken: usize = NETWORK_WIDTHS[..columns].iter().map(|width| width + 1).sum();
        usize::from(width).saturating_sub(taken + 2)
    };
    let all = NETWORK_WIDTHS.len();
    if room(all) >= NETWORK_NAME { (room(all), all) } else { (room(all - 1).max(4), all - 1) }
}

fn network_columns(name: &str, others: [&str; 5], width: u16) -> String {
    let (room, columns) = network_room(width);
    let name = format::cut(name, room);
    let blank = " ".repeat(room - format::width(&name));
    let others =
        others.iter().zip(NETWORK_WIDTHS).take(columns).map(|(text, width)| format!(" {}", format::right(text, width)));
    format!("{name}{blank}{}", others.collect::<String>())
}

/// A network beside the others: whether it is open both ways, the least withdrawal, the last fee, the usual time. What is
/// closed steps back.
fn network_line(network: &NetworkLine, lang: Lang, width: u16) -> (String, Role) {
    let sign = |open: Option<bool>| match open {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "?",
    };
    let number = |number: Option<Amount>, column: usize, absent: &str| {
        number.map_or_else(|| absent.to_owned(), |n| format::amount(n, NETWORK_WIDTHS[column], 0).trim().to_owned())
    };
    let (least, fee) = (number(network.least, 2, "?"), number(network.fee, 3, "–"));
    let usual = network.usual.map_or_else(|| "–".to_owned(), |usual| short_span(usual, lang));
    let is_closed = network.is_in_open == Some(false) && network.is_out_open == Some(false);
    let role = if is_closed { Role::Muted } else { Role::Text };
    let name = cells::network_name(&network.name, network_room(width).0);
    (network_columns(&name, [sign(network.is_in_open), sign(network.is_out_open), &least, &fee, &usual], width), role)
}
