//! The last line: which keys mean something now, from the keymap.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::columns::Tab;
use crate::domain::locale::Lang;
use crate::engine::config::keymap::{Action, Chord, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::app::dialog::Dialog;
use crate::tui::state::form::FormKind;
use crate::tui::widgets::paint::{self, Piece};

/// Draws as many keys as fit; how to get help and how to get out always do.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let is_read_only = app.config().read_only;
    let mut pieces = Vec::new();
    for binding in app.keymap().of(app.context()) {
        let (Some(rank), Some(key)) = (binding.footer, binding.chords.first().copied().map(Chord::label)) else {
            continue;
        };
        if binding.action == Action::Dust && app.tab() != Tab::Balances {
            continue;
        }
        let means_nothing = match binding.action {
            Action::Cancel => app.marked_record().is_none_or(|r| !r.key.kind.is_outgoing()) || is_read_only,
            Action::Partner => is_read_only || app.dialog().is_none() && app.selected_record().is_none(),
            Action::Withdraw | Action::Transfer | Action::Move | Action::Orders => is_read_only,
            Action::Export => app.context() == Context::Table && app.tab() == Tab::Balances,
            Action::CopyMemo => !app.has_memo(),
            Action::Undo => !matches!(app.dialog(), Some(Dialog::Order(page)) if page.is_by_hand(app)),
            Action::Note => app.selected_record().is_none(),
            Action::Detail | Action::Longer | Action::Shorter => match app.dialog() {
                Some(Dialog::Figures(figures)) => !figures.takes(binding.action),
                _ => false,
            },
            Action::Swap => !matches!(app.dialog(), Some(Dialog::Form(form)) if form.kind == FormKind::Move),
            _ => false,
        };
        if means_nothing {
            continue;
        }
        let leads_to_record =
            binding.action == Action::Partner && matches!(app.context(), Context::Outcome | Context::Ledger);
        let word =
            if leads_to_record { app.lang().t("view.footer.record") } else { short_word(binding.action, app.lang()) };
        let word = format!(" {word}");
        pieces.push(Piece::new(key, theme.style(Role::Key)).then(word, theme.style(Role::Muted)).rank(rank));
    }
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    paint::spread(buf, inner, pieces, Vec::new());
}

/// The shortest word for an action.
fn short_word(action: Action, lang: Lang) -> &'static str {
    let name: &'static str = action.into();
    lang.find(&format!("view.footer.{name}")).or_else(|| lang.find(&action.text_key())).unwrap_or(name)
}
