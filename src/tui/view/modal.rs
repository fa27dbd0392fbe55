//! What is on top of the tables, in a frame that names it, the profile and whether money is real.

mod ledger;
mod outcome;

use ratatui::buffer::Buffer;

use crate::engine::config::theme::Theme;
use crate::tui::app::App;
use crate::tui::app::modal::Modal;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::Cursor;

/// Draws it; answers where the cursor of a field stands.
pub(super) fn draw(app: &App, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
    match app.modal()? {
        Modal::Form(shown) => shown.view(app, theme, layout, buf),
        Modal::Review(shown) => shown.view(app, theme, layout, buf),
        Modal::Sending | Modal::Outcome(_) | Modal::Damage | Modal::Decide(..) => {
            outcome::draw(app, theme, layout, buf);
            None
        }
        Modal::Ledger => {
            ledger::draw(app, theme, layout, buf);
            None
        }
        Modal::Note(form) => form.view(app, theme, layout, buf),
        Modal::Export(form) => form.view(app, theme, layout, buf),
        other => {
            match other {
                Modal::Profiles(list) => list.view(app, theme, layout, buf),
                Modal::Explorer(question) => question.view(app, theme, layout, buf),
                Modal::Figures(page) => page.view(app, theme, layout, buf),
                Modal::Pending(list) => list.view(app, theme, layout, buf),
                Modal::Diagnostics(page) => page.view(app, theme, layout, buf),
                _ => {}
            }
            None
        }
    }
}
