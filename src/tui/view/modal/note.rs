//! Draws the line in which a note is written.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::modal::note::NoteForm;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::{Cursor, paint};

/// Draws the page; answers where the cursor stands.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, form: &NoteForm, buf: &mut Buffer) -> Cursor {
    let lang = app.lang();
    frame::draw(app, theme, layout, lang.t("note.title"), Role::Accent, buf);
    let inner = app.modal_inner();
    if inner.height == 0 {
        return None;
    }
    let line = |down: u16| Rect { y: inner.y + down, height: 1, ..inner };
    let id = lang.fill("note.about", &[("id", &form.key.id.excerpt(60))]);
    let place = if inner.height > 2 {
        paint::put(buf, inner.x, inner.y, inner.width, &id, theme.style(Role::Muted));
        line(2)
    } else {
        line(0)
    };
    let at = frame::input(theme, place, &form.input, buf);
    if inner.height > 4 {
        let below = line(4);
        paint::put(buf, below.x, below.y, below.width, lang.t("note.private"), theme.style(Role::Muted));
    }
    frame::long_news(app, theme, layout, buf);
    Some(Position::from(at))
}
