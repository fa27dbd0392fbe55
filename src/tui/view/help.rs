//! Every key and what it means, over the table; made from the keymap, so that it cannot be wrong.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Widget as _};

use crate::engine::config::keymap::Context;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::state::help::{HelpLine, KEYS};
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{Cursor, format, frame, paint};

/// The most columns of the search; on the right of it the frame says which lines are seen.
const SEARCH: u16 = 40;

/// Draws the page.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
    let area = if layout.small { layout.page } else { framed(app, theme, layout.page, buf) };
    let area = Rect { height: area.height.min(paint::cols(app.help_height())), ..area };
    let columns = app.help_columns();
    if columns.iter().all(Vec::is_empty) {
        paint::put(buf, area.x + 1, area.y, area.width, app.lang().t("help.not_found"), theme.style(Role::Muted));
    }
    let width = area.width / paint::cols(columns.len()).max(1);
    for (column, x) in columns.iter().zip((area.x..area.right()).step_by(width.max(1).into())) {
        for (line, y) in column.iter().skip(app.help().offset).zip(area.top()..area.bottom()) {
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
    search(app, theme, layout.page, buf)
}

/// What is looked for, on the last line of the page; answers where the cursor stands while it is typed.
fn search(app: &App, theme: &Theme, page: Rect, buf: &mut Buffer) -> Cursor {
    if !app.has_help_search() || page.height == 0 {
        return None;
    }
    let place =
        Rect { x: page.x + 2, y: page.bottom() - 1, width: page.width.saturating_sub(4).min(SEARCH), height: 1 };
    paint::put(buf, place.x, place.y, 2, "/ ", theme.style(Role::Key));
    let place = Rect { x: place.x + 2, width: place.width.saturating_sub(2), ..place };
    let at = frame::input(theme, place, &app.help().search, buf);
    (app.context() == Context::Search).then(|| Position::from(at))
}

fn framed(app: &App, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let mut block =
        Block::bordered().border_style(theme.style(Role::Accent)).title(format!(" {} ", app.lang().t("view.help")));
    let (lines, seen) = (app.help_lines(), app.help_height());
    if lines > seen {
        let last = (app.help().offset + seen).min(lines);
        let more = format!(" {}–{last}/{lines} ", app.help().offset + 1);
        block = block.title_bottom(ratatui::text::Line::from(format::cut(&more, 24).into_owned()).right_aligned());
    }
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}
