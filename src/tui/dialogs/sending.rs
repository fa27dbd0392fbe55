//! The page while an order is being sent.

use ratatui::buffer::Buffer;

use super::{Goto, Next};
use crate::domain::text_width::span;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::review_layout::{Emphasis, Row};

/// The page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending;

impl Sending {
    /// Who has the keys.
    pub const fn context(self) -> Context {
        Context::Outcome
    }

    /// What a key does. Leaving is not taking back: the order is on its way, and the banner says so.
    pub fn update(self, action: Action) -> Next {
        if action == Action::Back { Next::go(Goto::Behind) } else { Next::stay() }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let lang = app.lang();
        let Some(flight) = &app.money.in_flight else { return };
        let elapsed = span(app.now.since(flight.since).max(0), lang);
        let mut rows = app.summary_rows(&flight.request);
        rows.push(Row::air());
        rows.push(Row::sentence(lang.fill("form.sending_since", &[("span", &elapsed)]), Emphasis::Strong));
        rows.push(Row::sentence(lang.t("form.sending_leave"), Emphasis::Muted).may());
        frame::page(app, theme, layout, lang.t("form.title.sending"), &rows, buf);
    }
}
