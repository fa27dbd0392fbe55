//! Every key and what it means, over the table; made from the keymap, so that it cannot be wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget as _};

use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::state::help::{HelpLine, KEYS};
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{format, paint};

/// Draws the page.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = if layout.small { layout.page } else { frame(app, theme, layout.page, buf) };
    let columns = app.help_columns();
    let width = area.width / paint::cols(columns.len()).max(1);
    for (column, x) in columns.iter().zip((area.x..area.right()).step_by(width.max(1).into())) {
        for (line, y) in column.iter().skip(app.help_offset()).zip(area.top()..area.bottom()) {
            let room = width.saturating_sub(2);
            match line {
                HelpLine::Head(name) => {
                    paint::put(buf, x + 1, y, room, app.lang().t(name), theme.style(Role::Header));
                }
                HelpLine::Keys(keys, words) => {
                    let indent = KEYS.min(width / 2);
                    paint::put(buf, x + 1, y, indent.saturating_sub(1), keys, theme.style(Role::Key));
                    let rest = room.saturating_sub(indent);
                    paint::put(buf, x + 1 + indent, y, rest, words, theme.style(Role::Text));
                }
                HelpLine::Blank => {}
            }
        }
    }
}

fn frame(app: &App, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let mut block =
        Block::bordered().border_style(theme.style(Role::Accent)).title(format!(" {} ", app.lang().t("view.help")));
    let (lines, seen) = (app.help_lines(), app.help_height());
    if lines > seen {
        let last = (app.help_offset() + seen).min(lines);
        let more = format!(" {}–{last}/{lines} ", app.help_offset() + 1);
        block = block.title_bottom(ratatui::text::Line::from(format::cut(&more, 24).into_owned()).right_aligned());
    }
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}
