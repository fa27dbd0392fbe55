//! Looking a transaction up in the browser: the page is shown in full first, and opened only on the user's word.

use super::review_layout::{Emphasis, Row};
use super::{App, Modal};
use crate::domain::UntrustedText;
use crate::engine::config::keymap::Action;
use crate::tui::effect::Effect;
use crate::tui::state::State;

impl State {
    /// The question.
    pub(super) fn visit_rows(&self, page: &UntrustedText) -> Vec<Row> {
        let lang = self.lang();
        vec![
            Row::sentence(page.shown(), Emphasis::Strong),
            Row::air(),
            Row::sentence(lang.t("visit.who_sees"), Emphasis::Muted),
            Row::sentence(lang.t("visit.ask"), Emphasis::Plain),
        ]
    }
}

impl App {
    /// Shows the page of the selected record's transaction, and asks.
    pub(in crate::tui) fn open_visit(&mut self) -> Vec<Effect> {
        if self.state.is_hidden() {
            // It is shown before it is opened, and nothing private is shown now.
            self.state.toast(self.state.lang().t("visit.hidden").to_owned(), false);
            return Vec::new();
        }
        let record = self.state.selected_record();
        let page = record.and_then(|r| self.state.config.explorers.page(r.network.as_ref()?, r.txid.as_ref()?));
        match page {
            Some(page) => self.modal = Some(Modal::Visit(UntrustedText::from(page))),
            None => self.state.toast(self.state.lang().t("visit.no_page").to_owned(), false),
        }
        Vec::new()
    }

    pub(super) fn act_in_visit(&mut self, page: UntrustedText, action: Action) -> Vec<Effect> {
        match action {
            Action::Yes => vec![Effect::Visit(page)],
            Action::Back => Vec::new(),
            _ => {
                self.modal = Some(Modal::Visit(page));
                Vec::new()
            }
        }
    }
}
