//! A sheet: what a page about one order says, row by row, and how that breaks into lines. What fits decides whether an order
//! may be sent, so it is told from the size alone and not from what was drawn. Pure.

use crate::domain::address_book::groups_of_four;
use crate::domain::locale::Lang;
use crate::domain::text_width::{cut, width, wrap};

/// Screen columns for the names of the rows.
pub const LABEL: usize = 14;
/// Below this width nothing can be read whole.
pub const LEAST_ROOM: usize = 2 * NARROW_LABEL;
/// Below this width the names have fewer columns.
const NARROW: usize = 50;
/// Their columns then.
const NARROW_LABEL: usize = 9;

pub use crate::domain::review::{Emphasis, Need, Row, Value};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The column it begins at, from the left edge of the sheet.
    pub at: usize,
    /// What it says.
    pub text: String,
    /// How.
    pub emphasis: Emphasis,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its pieces from left to right.
    pub pieces: Vec<Piece>,
}

/// A sheet broken into lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReviewLayout {
    /// The lines.
    pub lines: Vec<Line>,
    /// Of each line, which row it is of and which of that row's lines it is.
    pub places: Vec<(usize, usize)>,
    /// False when there are more lines than room for what must be read.
    pub fits: bool,
}

/// Breaks rows into lines of `room` columns and leaves out what may be, until there are at most `height`.
pub fn lay(rows: &[Row], room: usize, height: usize, lang: Lang) -> ReviewLayout {
    let mut blocks: Vec<(usize, Vec<Line>)> = rows.iter().map(|row| lines(row, room, lang)).enumerate().collect();
    let count = |blocks: &[(usize, Vec<Line>)]| blocks.iter().map(|(_, lines)| lines.len()).sum::<usize>();
    for need in [Need::Air, Need::May] {
        while count(&blocks) > height
            && let Some(at) = blocks.iter().rposition(|(row, _)| rows.get(*row).is_some_and(|row| row.need == need))
        {
            blocks.remove(at);
        }
    }
    let fits = count(&blocks) <= height && room >= LEAST_ROOM;
    let places = blocks.iter().flat_map(|(row, lines)| (0..lines.len()).map(|line| (*row, line))).collect();
    ReviewLayout { lines: blocks.into_iter().flat_map(|(_, lines)| lines).collect(), places, fits }
}

fn lines(row: &Row, room: usize, lang: Lang) -> Vec<Line> {
    let indent = if room < NARROW { NARROW_LABEL } else { LABEL };
    let rest = room.saturating_sub(indent).max(2);
    let mut lines: Vec<Line> = match &row.value {
        Value::Words(text, emphasis) => {
            let piece = |text| Line { pieces: vec![Piece { at: indent, text, emphasis: *emphasis }] };
            wrap(text, rest).into_iter().map(piece).collect()
        }
        Value::Sentence(text, emphasis) => {
            let piece = |text| Line { pieces: vec![Piece { at: 0, text, emphasis: *emphasis }] };
            wrap(text, room).into_iter().map(piece).collect()
        }
        Value::Groups(text, marked) => groups(text, *marked, indent, rest),
        Value::Compare(text, differs) => compare(text, differs, indent, rest),
    };
    if let Some((text, emphasis)) = &row.aside {
        let end = lines.first().and_then(|l| l.pieces.last()).map_or(indent, |p| p.at + width(&p.text));
        if lines.len() == 1 && end + 2 + width(text) <= room {
            lines[0].pieces.push(Piece { at: room - width(text), text: text.clone(), emphasis: *emphasis });
        } else {
            let piece = |text| Line { pieces: vec![Piece { at: indent, text, emphasis: *emphasis }] };
            lines.extend(wrap(text, rest).into_iter().map(piece));
        }
    }
    if let (Some(label), Some(first)) = (row.label, lines.first_mut()) {
        let text = cut(lang.t(label), indent.saturating_sub(1)).into_owned();
        first.pieces.insert(0, Piece { at: 0, text, emphasis: Emphasis::Muted });
    }
    lines
}

/// Groups of four, each with a column before it, in which the edges of the marked one stand.
fn groups(text: &str, marked: Option<usize>, indent: usize, rest: usize) -> Vec<Line> {
    let all = groups_of_four(text);
    let per_line = (rest / 5).max(1);
    let start = indent.saturating_sub(1);
    let mut lines = Vec::new();
    for (number, chunk) in all.chunks(per_line).enumerate() {
        let mut pieces = Vec::new();
        for (at, group) in chunk.iter().enumerate() {
            let column = start + 5 * at;
            if marked == Some(number * per_line + at) {
                pieces.push(Piece { at: column, text: format!("▐{group}▌"), emphasis: Emphasis::Marked });
            } else {
                pieces.push(Piece { at: column + 1, text: group.clone(), emphasis: Emphasis::Strong });
            }
        }
        lines.push(Line { pieces });
    }
    lines
}

/// Groups of four with marks under the characters that differ: no meaning may hang on colour alone.
fn compare(text: &str, differs: &[usize], indent: usize, rest: usize) -> Vec<Line> {
    let chars: Vec<char> = text.chars().collect();
    let per_line = (rest.saturating_sub(1) / 5).max(1) * 4;
    let mut lines = Vec::new();
    for (number, chunk) in chars.chunks(per_line).enumerate() {
        let (mut above, mut below) = (Line::default(), Line::default());
        for (at, c) in chunk.iter().enumerate() {
            let column = indent + at + at / 4;
            let is_other = differs.contains(&(number * per_line + at));
            let emphasis = if is_other { Emphasis::Marked } else { Emphasis::Strong };
            above.pieces.push(Piece { at: column, text: c.to_string(), emphasis });
            if is_other {
                below.pieces.push(Piece { at: column, text: String::from("^"), emphasis: Emphasis::Danger });
            }
        }
        lines.push(above);
        if !below.pieces.is_empty() {
            lines.push(below);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";

    fn text(line: &Line) -> String {
        let mut out = String::new();
        for piece in &line.pieces {
            while width(&out) < piece.at {
                out.push(' ');
            }
            out.push_str(&piece.text);
        }
        out
    }

    fn letters(lines: &[Line]) -> String {
        lines.iter().flat_map(|l| text(l).chars().collect::<Vec<_>>()).filter(char::is_ascii_alphanumeric).collect()
    }

    #[test]
    fn an_address_is_whole_at_every_width_with_its_marked_group() {
        let rows = [Row { label: None, ..Row::of("field.to", Value::Groups(ADDRESS.into(), Some(3))) }];
        for room in 18..140 {
            let sheet = lay(&rows, room, 40, Lang::En);
            assert!(sheet.fits);
            assert_eq!(letters(&sheet.lines), ADDRESS, "{room}");
            assert!(sheet.lines.iter().all(|l| width(&text(l)) <= room), "{room} {:?}", sheet.lines);
            assert!(sheet.lines.iter().any(|l| text(l).contains("▐dTMm▌")));
        }
    }

    #[test]
    fn air_goes_first_then_what_may_go_and_what_must_be_read_never() {
        let rows = [
            Row::new("field.to", "one", Emphasis::Plain),
            Row::air(),
            Row::more("two", Emphasis::Muted).may(),
            Row::new("field.fee", "three", Emphasis::Plain),
        ];
        let shown = |height| lay(&rows, 60, height, Lang::En);
        assert_eq!(shown(4).lines.len(), 4);
        assert_eq!(shown(3).lines.len(), 3);
        assert!(letters(&shown(3).lines).contains("two"));
        assert!(!letters(&shown(2).lines).contains("two") && shown(2).fits);
        assert!(!shown(1).fits && shown(1).lines.len() == 2);
    }

    #[test]
    fn differing_characters_are_marked_without_colour_too() {
        let sheet = lay(
            &[Row { label: None, ..Row::of("field.to", Value::Compare("abcdefgh".into(), vec![1, 5])) }],
            60,
            9,
            Lang::En,
        );
        assert_eq!(text(&sheet.lines[0]).trim(), "abcd efgh");
        assert_eq!(text(&sheet.lines[1]).trim_start_matches(' '), "^    ^");
    }
}
