//! Draws the page about one order.

use ratatui::buffer::Buffer;

use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;

/// Draws the page.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let Some((title, sheet)) = app.outcome_sheet() else { return };
    frame::draw(app, theme, layout, app.lang().t(title), Role::Warning, buf);
    frame::news(app, theme, layout, buf);
    frame::lines(theme, app.modal_inner(), &sheet.lines, buf);
}
