//! Writing on the screen: cut to what fits, never outside of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{Clear, Widget as _};

use super::format;
use crate::engine::config::profile::Band;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;

/// Something that stands in a line as a whole or not at all.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct Piece {
    parts: Vec<(String, Style)>,
    /// The piece with the highest rank is given up first where there is no room; 0 stays and is cut at worst.
    rank: u8,
    /// Columns between this piece and the one before it.
    gap: u16,
}

impl Piece {
    /// A piece that stays, two columns from its neighbour.
    pub(in crate::tui) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { parts: vec![(text.into(), style)], rank: 0, gap: 2 }
    }

    /// The piece followed by more text in another style.
    pub(in crate::tui) fn then(mut self, text: impl Into<String>, style: Style) -> Self {
        self.parts.push((text.into(), style));
        self
    }

    /// The piece with its rank.
    pub(in crate::tui) const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    /// The piece with its distance from the one before.
    pub(in crate::tui) const fn gap(mut self, gap: u16) -> Self {
        self.gap = gap;
        self
    }

    pub(in crate::tui) fn width(&self) -> usize {
        self.parts.iter().map(|(text, _)| format::width(text)).sum()
    }
}

/// The word for the kind of money: on every page, in words and colour.
pub(in crate::tui) fn mode(app: &State, theme: &Theme) -> Piece {
    let (key, role) = if app.is_demo() { ("view.demo", Role::Demo) } else { ("view.live", Role::Live) };
    Piece::new(format!(" {} ", app.lang().t(key)), theme.style(role))
}

/// The look of a profile's colour: a block of it, or turned letters where there are no colours.
pub(in crate::tui) fn band(band: Band, theme: &Theme) -> Style {
    let style = Style::new().add_modifier(Modifier::BOLD);
    if theme.is_plain() {
        return style.add_modifier(Modifier::REVERSED);
    }
    let colour = match band {
        Band::Red => Color::Red,
        Band::Green => Color::Green,
        Band::Yellow => Color::Yellow,
        Band::Blue => Color::Blue,
        Band::Magenta => Color::Magenta,
        Band::Cyan => Color::Cyan,
    };
    style.fg(Color::Black).bg(colour)
}

/// Columns as the screen counts them.
pub(in crate::tui) fn cols(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Writes into `width` columns from a place on; what does not fit is cut with `…`. Answers how many columns were used.
pub(in crate::tui) fn put(buf: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    let area = buf.area;
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return 0;
    }
    let width = usize::from(width.min(area.right() - x));
    // Most texts are plain letters, each of them one cell.
    if text.len() <= width && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        let start = buf.index_of(x, y);
        for (cell, letter) in buf.content[start..].iter_mut().zip(text.chars()) {
            cell.set_char(letter).set_style(style);
        }
        return cols(text.len());
    }
    buf.set_stringn(x, y, format::cut(text, width), width, style).0 - x
}

/// Writes at the right end of `width` columns.
pub(in crate::tui) fn put_right(buf: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) {
    let used = cols(format::width(text)).min(width);
    put(buf, x.saturating_add(width - used), y, used, text, style);
}

/// Writes at the lower end of an area, over as many of its lines as the text needs; what they held is gone.
pub(in crate::tui) fn put_over(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    let area = area.intersection(buf.area);
    if area.area() == 0 {
        return;
    }
    let room = usize::from(area.width.saturating_sub(2)).max(1);
    let mut lines = format::wrap(text, room);
    let most = usize::from(area.height);
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(format::cut(&rest, room).into_owned());
    }
    let height = cols(lines.len());
    let area = Rect { y: area.bottom() - height, height, ..area };
    Clear.render(area, buf);
    for (line, y) in lines.iter().zip(area.top()..) {
        put(buf, area.x + 1, y, area.width.saturating_sub(1), line, style);
    }
}

/// A horizontal line through an area.
pub(in crate::tui) fn rule(buf: &mut Buffer, area: Rect, style: Style) {
    for place in area.intersection(buf.area).positions() {
        buf[place].set_symbol("─").set_style(style);
    }
}

fn width(pieces: &[Piece]) -> usize {
    pieces.iter().enumerate().map(|(i, p)| p.width() + if i == 0 { 0 } else { usize::from(p.gap) }).sum()
}

/// Columns that a line with these pieces has left over, before anything is given up.
pub(in crate::tui) fn room(area: Rect, left: &[Piece], right: &[Piece]) -> usize {
    usize::from(area.width).saturating_sub(width(left) + width(right) + between(left, right))
}

fn between(left: &[Piece], right: &[Piece]) -> usize {
    if left.is_empty() || right.is_empty() { 0 } else { 2 }
}

/// Which of a line's pieces are drawn, the first `count` of them from its left end, the others from its right: those of rank 0,
/// then the others in the order of their ranks as far as they fit.
fn fitting(all: &[Piece], count: usize, room: u16) -> Vec<bool> {
    let mut by_rank: Vec<usize> = (0..all.len()).collect();
    by_rank.sort_by_key(|at| all[*at].rank);
    let mut taken = vec![false; all.len()];
    for at in by_rank {
        taken[at] = true;
        let (left, right) = (side(all, count, &taken, true), side(all, count, &taken, false));
        if all[at].rank > 0 && width(&left) + width(&right) + between(&left, &right) > usize::from(room) {
            taken[at] = false;
        }
    }
    taken
}

/// The pieces of one end that are drawn.
fn side(all: &[Piece], count: usize, taken: &[bool], is_left: bool) -> Vec<Piece> {
    let chosen = all.iter().enumerate().filter(|(at, _)| taken[*at] && (*at < count) == is_left);
    chosen.map(|(_, piece)| piece.clone()).collect()
}

/// Where the pieces stand that are drawn from the left end of a line: which, from which column on, how wide.
pub(in crate::tui) fn left_places(pieces: &[Piece], room: u16) -> Vec<(usize, u16, u16)> {
    let taken = fitting(pieces, pieces.len(), room);
    let mut x = 0;
    let mut places: Vec<(usize, u16, u16)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate().filter(|(at, _)| taken[*at]) {
        x += if places.is_empty() { 0 } else { piece.gap };
        let width = cols(piece.width());
        places.push((at, x, width));
        x += width;
    }
    places
}

/// Draws pieces from both ends of a line as far as they fit, by their ranks.
pub(in crate::tui) fn spread(buf: &mut Buffer, area: Rect, left: Vec<Piece>, right: Vec<Piece>) {
    if area.area() == 0 {
        return;
    }
    let count = left.len();
    let all: Vec<Piece> = left.into_iter().chain(right).collect();
    let taken = fitting(&all, count, area.width);
    let (left, right) = (side(&all, count, &taken, true), side(&all, count, &taken, false));
    let mut x = area.x;
    run(buf, &mut x, area, &left);
    let start = area.right().saturating_sub(cols(width(&right)));
    let mut x = if x == area.x { start.max(x) } else { start.max(x.saturating_add(2)) };
    run(buf, &mut x, area, &right);
}

fn run(buf: &mut Buffer, x: &mut u16, area: Rect, pieces: &[Piece]) {
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            *x = x.saturating_add(piece.gap);
        }
        for (text, style) in &piece.parts {
            let rest = area.right().saturating_sub(*x);
            *x += put(buf, *x, area.y, rest, text, *style);
        }
    }
}
