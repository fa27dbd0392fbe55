//! Tables for people: columns aligned by what a terminal draws, amounts on their decimal points, nothing cut.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::{Cell, Listed};
use crate::domain::UntrustedText;
use crate::domain::locale::Lang;
use crate::domain::value::grouped;

/// Spaces between two columns.
const GAP: usize = 2;
/// The most that a column is filled up to. A longer cell is printed in full and pushes its own line to the right: one
/// hostile text must not widen every line.
const WIDEST: usize = 120;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading's key in the catalogue.
    pub title: &'static str,
    /// How its cells stand.
    pub align: Align,
}

/// How cells stand in their column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// To the left.
    Left,
    /// With their decimal points in one line.
    Point,
}

/// A column of text.
pub const fn left(title: &'static str) -> Column {
    Column { title, align: Align::Left }
}

/// A column of numbers.
pub const fn point(title: &'static str) -> Column {
    Column { title, align: Align::Point }
}

/// A cell's text, cut where its decimal point is: the second part is empty or starts with the point.
struct Piece {
    whole: String,
    fraction: String,
}

#[derive(Clone, Copy, Default)]
struct Widths {
    title: usize,
    whole: usize,
    fraction: usize,
}

impl Widths {
    fn column(self) -> usize {
        self.title.max(self.whole + self.fraction)
    }
}

/// Prints the heading and the list.
///
/// # Errors
/// When `out` cannot be written.
pub fn print<T: Listed>(items: &[T], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let titles: Vec<&str> = T::COLUMNS.iter().map(|column| lang.t(column.title)).collect();
    let lines: Vec<Vec<Piece>> = items
        .iter()
        .flat_map(Listed::lines)
        .map(|line| line.iter().zip(T::COLUMNS).map(|(cell, column)| piece(cell, column.align, lang)).collect())
        .collect();
    let mut widths: Vec<Widths> =
        titles.iter().map(|title| Widths { title: title.width(), ..Widths::default() }).collect();
    for line in &lines {
        for (width, piece) in widths.iter_mut().zip(line) {
            width.whole = width.whole.max(piece.whole.width().min(WIDEST));
            width.fraction = width.fraction.max(piece.fraction.width().min(WIDEST));
        }
    }
    let heading = titles.iter().zip(T::COLUMNS).zip(&widths).map(|((title, column), width)| {
        let space = " ".repeat(width.column().saturating_sub(width.title));
        match column.align {
            Align::Left => format!("{title}{space}"),
            Align::Point => format!("{space}{title}"),
        }
    });
    write_line(heading, out)?;
    for line in &lines {
        let cells = line.iter().zip(T::COLUMNS).zip(&widths).map(|((piece, column), width)| {
            let space = |want: usize, have: &str| " ".repeat(want.saturating_sub(have.width()));
            match column.align {
                Align::Left => format!("{}{}", piece.whole, space(width.column(), &piece.whole)),
                Align::Point => {
                    let before = space(width.column() - width.fraction, &piece.whole);
                    format!("{before}{}{}{}", piece.whole, piece.fraction, space(width.fraction, &piece.fraction))
                }
            }
        });
        write_line(cells, out)?;
    }
    Ok(())
}

fn write_line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    writeln!(out, "{}", line.trim_end())
}

fn piece(cell: &Cell, align: Align, lang: Lang) -> Piece {
    let shown = shown(cell, lang);
    match (align, shown.find('.')) {
        (Align::Point, Some(at)) => Piece { whole: shown[..at].to_owned(), fraction: shown[at..].to_owned() },
        _ => Piece { whole: shown, fraction: String::new() },
    }
}

/// A cell as a person reads it.
fn shown(cell: &Cell, lang: Lang) -> String {
    match cell {
        // The exact digits of the wire are in JSON and CSV.
        Cell::Amount(amount) => grouped(amount.trimmed()),
        Cell::Marked(mark, cell) => format!("{mark}{}", shown(cell, lang)),
        Cell::Text(text) => text.to_string(),
        Cell::Word(word) => word.clone(),
        // A word that the catalogue does not know may be one of the exchange's.
        Cell::Term(table, word) => lang
            .find(&format!("{table}.{word}"))
            .map_or_else(|| UntrustedText::from(word.as_str()).to_string(), str::to_owned),
        Cell::Count(count) => count.to_string(),
        Cell::Moment(at) => at.exact(),
        Cell::Flag(true) => lang.t("cli.yes").to_owned(),
        Cell::Flag(false) => lang.t("cli.no").to_owned(),
        Cell::Unknown => "?".to_owned(),
        Cell::Absent | Cell::List(_) => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::output::Object;

    struct Row(&'static str, Cell, &'static str);

    impl Listed for Row {
        const KEYS: &'static [&'static str] = &["coin", "amount", "note"];
        const COLUMNS: &'static [Column] =
            &[left("cli.column.coin"), point("cli.column.amount"), left("cli.column.remark")];
        fn object(&self) -> Object {
            vec![("coin", Cell::Text(self.0.into())), ("amount", self.1.clone()), ("note", Cell::Text(self.2.into()))]
        }
        fn lines(&self) -> Vec<Vec<Cell>> {
            vec![self.object().into_iter().map(|(_, cell)| cell).collect()]
        }
    }

    fn table(rows: &[Row], lang: Lang) -> String {
        let mut out = Vec::new();
        print(rows, lang, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn amounts_align_on_points_and_wide_letters_take_two_cells() {
        let amount = |text: &str| Cell::Amount(text.parse().unwrap());
        let rows = [
            Row("BTC", amount("0.0102"), "x"),
            Row("測試", amount("1234"), ""),
            Row("X", Cell::Unknown, "y"),
            Row("Y", amount("-5.5"), "a\u{1b}[31m"),
        ];
        let expected = "\
Coin      Amount  Remark
BTC       0.0102  x
測試  1,234
X         ?       y
Y        -5.5     a<U+001B>[31m
";
        assert_eq!(table(&rows, Lang::En), expected);
    }

    #[test]
    fn an_empty_list_is_its_heading() {
        assert_eq!(table(&[], Lang::En), "Coin  Amount  Remark\n");
    }

    #[test]
    fn a_huge_text_is_whole_and_widens_only_its_own_line() {
        let huge: &'static str = Box::leak("x".repeat(1_000_000).into_boxed_str());
        let text = table(&[Row(huge, Cell::Absent, ""), Row("a", Cell::Absent, "b")], Lang::En);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with(huge));
        assert!(lines[2].len() < 200);
    }
}
