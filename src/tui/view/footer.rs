//! The last line: which keys mean something now, from the keymap.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::app::footer::piece;
use crate::tui::widgets::paint::{self, Piece};

/// Draws as many keys as fit; how to get help and how to get out always do.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (key, word) = (theme.style(Role::Key), theme.style(Role::Muted));
    let pieces: Vec<Piece> = app.footer().iter().map(|entry| piece(entry, key, word)).collect();
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    paint::spread(buf, inner, pieces, Vec::new());
}
