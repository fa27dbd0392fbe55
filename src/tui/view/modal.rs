//! What is on top of the tables, in a frame that names it, the profile and whether money is real.

mod doctor;
mod export;
mod figures;
mod form;
mod ledger;
mod note;
mod outcome;
mod pending;
mod profiles;
mod review;

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line as Title;
use ratatui::widgets::{Block, Clear, Widget as _};
use tui_input::Input;

use super::{Cursor, format, paint, status};
use crate::domain::text::sanitize;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::app::modal::Modal;
use crate::tui::app::modal::review_layout::{Emphasis, Line};
use crate::tui::state::layout::Layout;

/// Draws it; answers where the cursor of a field stands.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
    match app.modal()? {
        Modal::Form(shown) => form::draw(app, theme, layout, shown, buf),
        Modal::Review(shown) => review::draw(app, theme, layout, shown, buf),
        Modal::Sending | Modal::Outcome(_) | Modal::Damage | Modal::Decide(..) | Modal::Visit(_) => {
            outcome::draw(app, theme, layout, buf);
            None
        }
        Modal::Ledger => {
            ledger::draw(app, theme, layout, buf);
            None
        }
        Modal::Profiles(at) => {
            profiles::draw(app, theme, layout, *at, buf);
            None
        }
        Modal::Note(shown) => note::draw(app, theme, layout, shown, buf),
        Modal::Export(shown) => export::draw(app, theme, layout, shown, buf),
        Modal::Figures(shown) => {
            figures::draw(app, theme, layout, shown, buf);
            None
        }
        Modal::Pending(marked) => {
            pending::draw(app, theme, layout, marked.as_ref(), buf);
            None
        }
        Modal::Doctor(first) => {
            doctor::draw(app, theme, layout, *first, buf);
            None
        }
    }
}

/// The frame. On small screens only what is in it is drawn: the header above says the kind of money.
fn frame(app: &App, theme: &Theme, layout: &Layout, title: &str, role: Role, buf: &mut Buffer) {
    let area = layout.modal.intersection(buf.area);
    Clear.render(area, buf);
    if layout.small || area.area() == 0 {
        return;
    }
    let mode = app.lang().t(if app.is_demo() { "view.demo" } else { "view.live" });
    let whose = format!(" {} · {mode} ", app.config().profile.excerpt(16));
    let room = usize::from(area.width.saturating_sub(4)).saturating_sub(format::width(&whose));
    let title = format!(" {} ", format::cut(title, room.saturating_sub(3)));
    Block::bordered()
        .border_style(theme.style(role))
        .title(Title::styled(title, theme.style(Role::Accent)))
        .title(Title::styled(whose, theme.style(if app.is_demo() { Role::Demo } else { Role::Live })).right_aligned())
        .render(area, buf);
}

/// News, on the lower edge of the frame.
fn news(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.modal;
    let Some(toast) = app.shown_toast().filter(|_| area.height > 1) else { return };
    let room = area.width.saturating_sub(4);
    let text = format!(" {} ", format::cut(&toast.text, usize::from(room.saturating_sub(2))));
    paint::put(buf, area.x + 2, area.bottom() - 1, room, &text, status::toast_style(theme, toast));
}

/// News, on the lower edge of the frame; what needs more room has the lines above it too.
fn long_news(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.modal;
    let Some(toast) = app.shown_toast().filter(|_| area.height > 1) else { return };
    if format::width(&toast.text) + 6 <= usize::from(area.width) {
        return news(app, theme, layout, buf);
    }
    let height = status::LINES.min(area.height);
    let over = Rect { x: area.x + 1, y: area.bottom() - height, width: area.width.saturating_sub(2), height };
    paint::put_over(buf, over, &toast.text, status::toast_style(theme, toast));
}

/// What a tone looks like. Marks are told apart without any colour.
fn style(theme: &Theme, emphasis: Emphasis) -> Style {
    match emphasis {
        Emphasis::Plain => theme.style(Role::Text),
        Emphasis::Strong => theme.style(Role::Text).add_modifier(Modifier::BOLD),
        Emphasis::Muted => theme.style(Role::Muted),
        Emphasis::Warning => theme.style(Role::Warning),
        Emphasis::Danger => theme.style(Role::Danger),
        Emphasis::Marked => theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::REVERSED),
    }
}

/// Draws the bar of the marked line of a list; what stands on it has its style.
fn mark(theme: &Theme, rows: Rect, y: u16, buf: &mut Buffer) -> Style {
    let selected = theme.style(Role::Selected);
    buf.set_style(Rect { y, height: 1, ..rows }.intersection(buf.area), selected);
    paint::put(buf, rows.x, y, 1, "▌", selected);
    selected
}

/// Draws lines of a sheet from the top of an area down.
fn lines(theme: &Theme, area: Rect, lines: &[Line], buf: &mut Buffer) {
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        for piece in &line.pieces {
            let at = paint::cols(piece.at);
            let room = area.width.saturating_sub(at);
            paint::put(buf, area.x.saturating_add(at), y, room, &piece.text, style(theme, piece.emphasis));
        }
    }
}

/// Draws a text field, scrolled so that its cursor is in sight, with `…` where it goes on; answers where the cursor is.
fn input(theme: &Theme, area: Rect, input: &Input, buf: &mut Buffer) -> (u16, u16) {
    let split = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(split);
    let (before, after) = (sanitize(before), sanitize(after));
    let room = usize::from(area.width.saturating_sub(1));
    let shown = if format::width(&before) > room {
        Cow::Owned(format!("…{}", status::tail(&before, room.saturating_sub(1))))
    } else {
        before
    };
    let style = theme.style(Role::Text).add_modifier(Modifier::BOLD);
    let x = area.x + paint::put(buf, area.x, area.y, area.width, &shown, style);
    paint::put(buf, x, area.y, area.right().saturating_sub(x), &after, style);
    (x, area.y)
}
