//! Which keys the last line names, and which of them stands where: drawing and the mouse both ask here.

use ratatui::style::Style;

use super::App;
use super::dialog::Dialog;
use crate::domain::columns::Tab;
use crate::domain::query::fields;
use crate::engine::config::keymap::{Action, Chord, Context};
use crate::tui::state::form::FormKind;
use crate::tui::state::help::short_word;
use crate::tui::widgets::paint::{self, Piece};

/// An entry of the last line.
#[derive(Debug, Clone)]
pub struct FooterEntry {
    /// What its key does; `None` for a hint that is no key.
    pub action: Option<Action>,
    /// The key.
    pub key: String,
    /// What it does in a word.
    pub word: String,
    /// When it is named: 0 always, then the lowest first as far as there is room.
    pub rank: u8,
}

impl App {
    /// The keys that mean something now, in their order; the fields of a filter while one is typed.
    pub fn footer(&self) -> Vec<FooterEntry> {
        let mut entries = Vec::new();
        for binding in self.keymap().of(self.context()) {
            let (Some(rank), Some(key)) = (binding.footer, binding.chords.first().copied().map(Chord::label)) else {
                continue;
            };
            if self.means_nothing(binding.action) {
                continue;
            }
            let word = match (binding.action, self.context()) {
                (Action::Partner, Context::Outcome | Context::Ledger) => self.lang().t("view.footer.record"),
                (Action::Filter, Context::Help) => self.lang().t("view.footer.search"),
                (action, _) => short_word(action, self.lang()),
            };
            entries.push(FooterEntry { action: Some(binding.action), key, word: word.to_owned(), rank });
        }
        if self.context() == Context::Filter {
            // What can be typed comes before the keys that keep it for later.
            let hint = |field: &&str| FooterEntry {
                action: None,
                key: String::new(),
                word: format!("{field}{}", fields::sign(field)),
                rank: 1,
            };
            entries.extend(fields::of_tab(self.tab()).iter().map(hint));
        }
        entries
    }

    /// The key whose entry stands at a column of the last line, counted from its first piece.
    pub(super) fn footer_action_at(&self, column: u16, width: u16) -> Option<Action> {
        let entries = self.footer();
        let pieces: Vec<Piece> = entries.iter().map(|entry| piece(entry, Style::new(), Style::new())).collect();
        let (at, ..) =
            paint::left_places(&pieces, width).into_iter().find(|(_, x, width)| (*x..x + width).contains(&column))?;
        entries.get(at)?.action
    }

    fn means_nothing(&self, action: Action) -> bool {
        let is_read_only = self.config().read_only;
        match action {
            Action::Dust => self.tab() != Tab::Balances,
            Action::Cancel => {
                self.marked_record().is_none_or(|r| !r.key.kind.is_outgoing() || r.status.is_final()) || is_read_only
            }
            Action::Code => !self.has_code_alone(),
            Action::Partner => is_read_only || self.dialog().is_none() && self.selected_record().is_none(),
            Action::Withdraw | Action::Transfer | Action::Move | Action::Orders => is_read_only,
            Action::CopyMemo => !self.has_memo(),
            Action::Undo => !matches!(self.dialog(), Some(Dialog::Order(page)) if page.is_by_hand(self)),
            Action::Note => self.selected_record().is_none(),
            Action::Detail | Action::Longer | Action::Shorter => match self.dialog() {
                Some(Dialog::Figures(figures)) => !figures.takes(action),
                _ => false,
            },
            Action::Swap => !matches!(self.dialog(), Some(Dialog::Form(form)) if form.kind == FormKind::Move),
            _ => false,
        }
    }
}

/// An entry as it is drawn.
pub(in crate::tui) fn piece(entry: &FooterEntry, key: Style, word: Style) -> Piece {
    if entry.key.is_empty() {
        return Piece::new(entry.word.clone(), word).rank(entry.rank);
    }
    Piece::new(entry.key.clone(), key).then(format!(" {}", entry.word), word).rank(entry.rank)
}
