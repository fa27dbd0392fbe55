//! The second line: the tabs, and how the connection goes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::columns::Tab;
use crate::engine::config::keymap::{Action, Chord, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::state::summary::{CLOCK_MATTERS_MS, LinkState};
use crate::tui::widgets::format::span;
use crate::tui::widgets::paint::{self, Piece};

/// Draws the line. The labels stand one behind the other from its left edge, where the mouse looks for them.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.tabs;
    let mut x = area.x;
    for (tab, label) in app.tab_labels() {
        let rest = area.right().saturating_sub(x);
        if tab == app.tab() {
            // The blanks at both ends become edges: where the user is shows without any colour.
            let label = format!("▐{}▌", label.trim());
            x += paint::put(buf, x, area.y, rest, &label, theme.style(Role::Accent));
        } else {
            x += paint::put(buf, x, area.y, rest, &label, theme.style(Role::Muted));
        }
    }
    let mut right = Vec::new();
    if let Some(offset) = app.clock_offset()
        && offset.abs() >= CLOCK_MATTERS_MS
    {
        let sign = if offset > 0 { "+" } else { "-" };
        let text = app.lang().fill("view.clock", &[("offset", &format!("{sign}{}", span(offset.abs(), app.lang())))]);
        right.push(Piece::new(text, theme.style(Role::Warning)).rank(4));
    }
    right.extend(link(app, theme));
    let waiting = app.counts().verification;
    if waiting > 0 {
        let text = app.lang().fill("view.needs_you", &[("n", &waiting.to_string())]);
        right.push(Piece::new(text, theme.style(Role::Warning)).rank(2));
        let mut bindings = app.keymap().of(Context::Table);
        let key = bindings.find(|binding| binding.action == Action::Pending);
        if let Some(key) = key.and_then(|binding| binding.chords.first().copied()).map(Chord::label) {
            right.push(Piece::new(format!("({key})"), theme.style(Role::Muted)).gap(1).rank(6));
        }
    }
    // One column of air at both ends; a label that has no edge ends with its own.
    let x = x + u16::from(Tab::ALL.last() == Some(&app.tab()));
    let rest = Rect { x, width: area.right().saturating_sub(x + 1), ..area };
    paint::spread(buf, rest, Vec::new(), right);
}

/// The state of the connection in a symbol and a word, and the age of the data.
fn link(app: &State, theme: &Theme) -> Vec<Piece> {
    let link = app.link();
    let (symbol, role) = match link.state {
        LinkState::Loading => ("◌", Role::Muted),
        LinkState::Live => ("●", Role::Gain),
        LinkState::Waiting => ("◌", Role::Warning),
        LinkState::Stale | LinkState::Kept => ("○", Role::Warning),
        LinkState::Stopped => ("✗", Role::Danger),
    };
    let name: &'static str = link.state.into();
    let word = app.lang().find(&format!("link.{name}")).unwrap_or(name);
    let is_calm = matches!(link.state, LinkState::Live | LinkState::Loading);
    let word_role = if is_calm { Role::Muted } else { role };
    let age = link.age.map(|age| span(age, app.lang()));
    let mut pieces =
        vec![Piece::new(symbol, theme.style(role)).rank(1), Piece::new(word, theme.style(word_role)).gap(1).rank(3)];
    if let Some(age) = age {
        // Old data is told apart by its word; its age steps back.
        pieces.push(Piece::new(age, theme.style(Role::Muted)).gap(1).rank(5));
    }
    pieces
}
