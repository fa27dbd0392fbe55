//! A damaged ledger was set aside, or a row of it is damaged: does the user go on without that?

use ratatui::buffer::Buffer;

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame;
use crate::tui::widgets::review_layout::{Emphasis, Row};

/// The question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage;

impl Damage {
    /// Who has the keys.
    pub const fn context(self) -> Context {
        Context::Ask
    }

    /// What a key does.
    pub fn update(self, app: &State, action: Action) -> Next {
        match action {
            Action::Yes => match app.unanswered() {
                Some(row) if app.ledger_closed().is_none() => Next::close().with(Effect::AnswerForOrder(row.clone())),
                _ => Next::close().with(Effect::AcknowledgeDamage),
            },
            Action::Back => Next::close(),
            _ => Next::stay(),
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let (why, lang) = (app.ledger_trouble().unwrap_or_default(), app.lang());
        let (title, ask) = match app.ledger_closed() {
            Some(_) if app.are_orders_missing() => ("form.title.missing_orders", "form.missing_orders"),
            Some(_) => ("form.title.damage", "form.damage"),
            None => ("form.title.damaged_order", "form.damaged_order"),
        };
        let ask = Row::sentence(lang.t(ask), Emphasis::Strong);
        let rows = [Row::sentence(why, Emphasis::Danger), Row::air(), ask];
        frame::page(app, theme, layout, lang.t(title), &rows, buf);
    }
}
