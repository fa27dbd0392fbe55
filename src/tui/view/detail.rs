//! Every field of the selected row in full, nothing cut: beside the table or over it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget as _};

use crate::domain::Status;
use crate::domain::columns::Tab;
use crate::engine::config::keymap::Context;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::{Field, LIMIT, Shown};
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, cells, format, paint};

/// Screen columns for the names of the fields.
const LABEL: u16 = 12;
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
    // Beside the balances stands the account; a coin's fields once they are asked for.
    let is_overview = layout.is_wide() && app.tab() == Tab::Balances && app.context != Context::Detail;
    let name = app.lang().t(if is_overview { "overview.title" } else { "context.detail" });
    let mut inner = frame(app, theme, layout, name, buf);
    if is_overview {
        return super::overview::draw(app, theme, inner, buf);
    }
    let fields = app.detail_fields();
    let chosen = (app.context == Context::Detail).then(|| app.detail().cursor.min(fields.len().saturating_sub(1)));
    let lines = lines(app, &fields, inner.width);
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
    for (at, field) in fields.iter().enumerate() {
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
    }
}
