//! Every field of the selected row in full, nothing cut: beside the table or over it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget as _};

use super::{MASK, cells, format, pen};
use crate::app::App;
use crate::app::detail::{Field, Shown};
use crate::app::layout::Layout;
use crate::domain::Status;
use crate::keymap::Context;
use crate::theme::{Role, Theme};

/// Screen columns for the names of the fields.
const LABEL: u16 = 13;
/// Below this width, values stand below their names.
const NARROW: u16 = 34;

/// One line: text at a distance from the left edge.
struct Line {
    field: usize,
    indent: u16,
    text: String,
    role: Role,
}

/// Draws the fields; while they have the keys, the chosen one is marked and in sight.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.detail;
    if area.area() == 0 {
        return;
    }
    let inner = frame(app, theme, layout, buf);
    let fields = app.detail_fields();
    let chosen = (app.context() == Context::Detail).then(|| app.detail().cursor.min(fields.len().saturating_sub(1)));
    let lines = lines(app, &fields, inner.width);
    let first = first_line(&lines, chosen.unwrap_or(0), inner.height.into());
    for (line, y) in lines.iter().skip(first).zip(inner.top()..inner.bottom()) {
        let is_chosen = chosen == Some(line.field);
        if is_chosen && line.indent <= 1 {
            pen::put(buf, inner.x, y, 1, "▌", theme.style(Role::Accent));
        }
        let role = match (is_chosen, line.role) {
            (true, Role::Muted) if line.indent <= 1 => Role::Accent,
            (_, role) => role,
        };
        let room = inner.width.saturating_sub(line.indent);
        pen::put(buf, inner.x + line.indent, y, room, &line.text, theme.style(role));
    }
}

/// Draws what is around the fields, and answers what is left for them.
fn frame(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Rect {
    let area = layout.detail;
    let style = theme.style(if app.context() == Context::Detail { Role::Accent } else { Role::Rule });
    if layout.is_wide() {
        for y in area.top()..area.bottom() {
            pen::put(buf, area.x, y, 1, "│", style);
        }
        let name = app.lang().t("context.detail");
        pen::put(buf, area.x + 2, area.y, area.width.saturating_sub(3), name, theme.style(Role::Header));
        return Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(1),
        };
    }
    if layout.small {
        return area;
    }
    let block = Block::bordered().border_style(style).title(format!(" {} ", app.lang().t("context.detail")));
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}

/// The least scrolling that shows all lines of the chosen field, or its first ones where there is no room for all.
fn first_line(lines: &[Line], chosen: usize, height: usize) -> usize {
    let start = lines.iter().position(|l| l.field == chosen).unwrap_or(0);
    let end = lines.iter().rposition(|l| l.field == chosen).map_or(0, |at| at + 1);
    end.saturating_sub(height).min(start)
}

fn lines(app: &App, fields: &[Field], width: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let label = app.lang().t(field.label);
        let is_beside = width >= NARROW;
        let indent = if is_beside { LABEL + 2 } else { 2 };
        let room = usize::from(width.saturating_sub(indent + 1));
        let (mut texts, role) = value(app, field, room);
        lines.push(Line { field: at, indent: 1, text: format::cut(label, usize::from(LABEL)).into_owned(), role: Role::Muted });
        if is_beside && !texts.is_empty() {
            let first = texts.remove(0);
            lines.push(Line { field: at, indent, text: first, role });
        }
        lines.extend(texts.into_iter().map(|text| Line { field: at, indent, text, role }));
        if field.value == Shown::Status(Status::Verification) {
            let said = format::wrap(app.lang().t("view.verification_next"), room);
            lines.extend(said.into_iter().map(|text| Line { field: at, indent, text, role: Role::Warning }));
        }
    }
    lines
}

/// The lines of a value and its role.
fn value(app: &App, field: &Field, room: usize) -> (Vec<String>, Role) {
    if field.private && app.is_hidden() && !matches!(field.value, Shown::Absent(_)) {
        return (vec![MASK.to_owned()], Role::Muted);
    }
    match &field.value {
        Shown::Plain(text) => (format::wrap(text, room), Role::Text),
        Shown::Grouped(text) => (format::wrap(&format::fours(text), room), Role::Text),
        Shown::Status(status) => {
            let (symbol, word) = cells::status_words(status, app.lang());
            (format::wrap(&format!("{symbol} {word}"), room), cells::status_role(status))
        }
        Shown::Absent(why) => (format::wrap(app.lang().t(why), room), Role::Muted),
    }
}
