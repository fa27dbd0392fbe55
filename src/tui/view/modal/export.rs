//! Draws the form of a file to be written.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator as _;

use super::figures;
use crate::domain::export::ExportFormat;
use crate::domain::text::sanitize;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::modal::export::ExportForm;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::{Cursor, format, paint};

/// Draws the page; answers where the cursor stands.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, form: &ExportForm, buf: &mut Buffer) -> Cursor {
    let lang = app.lang();
    frame::draw(app, theme, layout, lang.t("export.title"), Role::Accent, buf);
    let inner = app.modal_inner();
    if inner.height == 0 {
        return None;
    }
    let line = |down: u16| Rect { y: inner.y + down, height: u16::from(down < inner.height), ..inner };
    let put = |down: u16, text: &str, role: Role, buf: &mut Buffer| {
        let place = line(down);
        if place.height > 0 {
            paint::put(buf, place.x, place.y, place.width, text, theme.style(role));
        }
    };
    let count = app.export_count().to_string();
    put(0, &lang.fill("export.about", &[("count", &count)]), Role::Muted, buf);
    if app.is_history_cut() {
        put(7, lang.t("export.cut"), Role::Warning, buf);
    } else if app.is_history_incomplete() {
        put(7, &figures::missing_words(app, "history.missing"), Role::Warning, buf);
    }
    let formats = ExportFormat::iter().map(|format| (<&'static str>::from(format), format == form.format));
    let place = line(1);
    if place.height > 0 {
        frame::choices(theme, place, formats, buf);
    }
    let cursor = if form.is_asking {
        let text = lang.fill("export.ask", &[("path", &sanitize(form.path.value()))]);
        for (down, text) in (3..).zip(format::wrap(&text, inner.width.into())) {
            put(down, &text, Role::Warning, buf);
        }
        None
    } else if form.is_writing {
        put(3, lang.t("export.writing"), Role::Muted, buf);
        None
    } else if line(3).height > 0 {
        let at = frame::input(theme, line(3), &form.path, buf);
        put(5, lang.t("export.hint"), Role::Muted, buf);
        Some(Position::from(at))
    } else {
        None
    };
    frame::long_news(app, theme, layout, buf);
    cursor
}
