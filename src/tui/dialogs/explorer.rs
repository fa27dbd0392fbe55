//! Looking a transaction up in the browser: the page is shown in full first, and opened only on the user's word.

use ratatui::buffer::Buffer;

use super::Next;
use crate::domain::UntrustedText;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::review_layout::{Emphasis, Row};

/// The question.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// The page's address.
    page: UntrustedText,
}

impl Explorer {
    /// The question about the selected record's transaction.
    ///
    /// # Errors
    /// Why there is none, as the catalogue's key.
    pub fn new(app: &State) -> Result<Self, &'static str> {
        if app.is_hidden() {
            // It is shown before it is opened, and nothing private is shown now.
            return Err("visit.hidden");
        }
        let record = app.selected_record();
        let page = record.and_then(|r| app.config.explorers.page(r.network.as_ref()?, r.txid.as_ref()?));
        page.map(|page| Self { page: UntrustedText::from(page) }).ok_or("visit.no_page")
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Ask
    }

    /// What a key does.
    pub fn update(&self, action: Action) -> Next {
        match action {
            Action::Yes => Next::close().with(Effect::Visit(self.page.clone())),
            Action::Back => Next::close(),
            _ => Next::stay(),
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let lang = app.lang();
        let rows = [
            Row::sentence(self.page.shown(), Emphasis::Strong),
            Row::air(),
            Row::sentence(lang.t("visit.who_sees"), Emphasis::Muted),
            Row::sentence(lang.t("visit.ask"), Emphasis::Plain),
        ];
        frame::page(app, theme, layout, lang.t("visit.title"), &rows, buf);
    }
}
