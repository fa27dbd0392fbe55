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

use ratatui::buffer::Buffer;

use crate::engine::config::theme::Theme;
use crate::tui::app::App;
use crate::tui::app::modal::Modal;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::Cursor;

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
