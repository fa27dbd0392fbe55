//! A QR code in half blocks: two of its squares in one cell. Always black on white, whatever the theme, with the quiet zone
//! that decoders need. It is a picture: it means nothing without its two colours.

use qrcode::{Color as Square, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// Light squares around the code on every side (ISO/IEC 18004).
const QUIET: usize = 4;
/// Black and white of the fixed part of the palette: no user's palette changes them.
const BLACK: Color = Color::Indexed(16);
const WHITE: Color = Color::Indexed(231);

/// A code that is ready to be drawn.
#[derive(Debug)]
pub(in crate::tui) struct Qr {
    dark: Vec<bool>,
    width: usize,
}

impl Qr {
    /// The code of a text: a corrupted square in seven may be read all the same, or in fourteen where that makes it smaller.
    /// `None` when the text is too long for any code.
    pub(in crate::tui) fn of(text: &str) -> Option<Self> {
        let with = |level| QrCode::with_error_correction_level(text, level).ok();
        let (robust, lean) = (with(EcLevel::M), with(EcLevel::L)?);
        let code = match robust {
            Some(robust) if robust.width() <= lean.width() => robust,
            _ => lean,
        };
        let side = code.width();
        let dark = code.to_colors().into_iter().map(|square| square == Square::Dark).collect();
        Some(Self { dark, width: side })
    }

    /// Screen columns and lines that it takes with its quiet zone.
    pub(in crate::tui) fn size(&self) -> (u16, u16) {
        let side = self.width + 2 * QUIET;
        (super::paint::cols(side), super::paint::cols(side.div_ceil(2)))
    }

    /// The least window in which it stands alone: itself, and a line below it.
    pub(in crate::tui) fn least_window(&self) -> (u16, u16) {
        let (columns, lines) = self.size();
        (columns, lines.saturating_add(1))
    }

    /// Where it stands on a screen of its own, with a line below it; `None` where there is no room.
    pub(in crate::tui) fn alone(&self, whole: Rect) -> Option<Rect> {
        let ((columns, lines), (width, height)) = (self.size(), self.least_window());
        let has_room = width <= whole.width && height <= whole.height;
        has_room.then(|| Rect { x: whole.x + (whole.width - columns) / 2, width: columns, height: lines, ..whole })
    }

    /// Draws it with its quiet zone from the upper left corner of an area that has room for it.
    pub(in crate::tui) fn draw(&self, area: Rect, buf: &mut Buffer) {
        let (columns, lines) = self.size();
        let area =
            Rect { width: columns.min(area.width), height: lines.min(area.height), ..area }.intersection(buf.area);
        for (line, y) in (area.top()..area.bottom()).enumerate() {
            for (column, x) in (area.left()..area.right()).enumerate() {
                let (upper, lower) = (self.is_dark(column, 2 * line), self.is_dark(column, 2 * line + 1));
                let colour = |is_dark| if is_dark { BLACK } else { WHITE };
                let symbol = if upper == lower { " " } else { "▀" };
                // Whatever was said of this cell before, only the two colours hold now.
                let style = Style::reset().fg(colour(upper)).bg(colour(lower)).remove_modifier(Modifier::all());
                if let Some(cell) = buf.cell_mut((x, y)) {
                    cell.set_symbol(symbol).set_style(style);
                }
            }
        }
    }

    /// Whether the square at a place counted with the quiet zone is dark.
    fn is_dark(&self, column: usize, line: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.width);
        match (inside(column), inside(line)) {
            (Some(column), Some(line)) => self.dark.get(line * self.width + column).copied().unwrap_or(false),
            _ => false,
        }
    }
}
