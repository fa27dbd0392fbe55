//! Is that so? What the user, who looked it up, says of an order of unknown outcome.

use ratatui::buffer::Buffer;

use super::{Goto, Next};
use crate::domain::OrderId;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::engine::orders::Decision;
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::detail::LIMIT;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::review_layout::{Emphasis, Row};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decide {
    /// Of which order.
    pub order: OrderId,
    /// What is said of it.
    pub decision: Decision,
}

impl Decide {
    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Ask
    }

    /// What a key does.
    pub fn update(&self, action: Action) -> Next {
        let (order, decision) = (self.order, self.decision.clone());
        match action {
            Action::Yes => Next::go(Goto::PageOf(order)).with(Effect::Decide { order, decision }),
            Action::Back => Next::go(Goto::PageOf(order)),
            _ => Next::stay(),
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let lang = app.lang();
        let mut rows = app.watched(self.order).map(|w| app.summary_rows(&w.order.request)).unwrap_or_default();
        rows.push(Row::air());
        let text = match &self.decision {
            Decision::Executed(Some(record)) => {
                lang.fill("form.decide_executed", &[("record", &record.excerpt(LIMIT))])
            }
            Decision::Executed(None) => lang.t("form.decide_executed_move").to_owned(),
            Decision::NotExecuted(_) => lang.t("form.decide_not_executed").to_owned(),
            Decision::TakenBack => lang.t("form.decide_taken_back").to_owned(),
        };
        let ask = match &self.decision {
            Decision::TakenBack => "form.decide_taken_back_ask",
            _ => "form.decide_ask",
        };
        rows.extend([Row::sentence(text, Emphasis::Danger), Row::sentence(lang.t(ask), Emphasis::Strong)]);
        frame::page(app, theme, layout, lang.t("form.title.unknown"), &rows, buf);
    }
}
