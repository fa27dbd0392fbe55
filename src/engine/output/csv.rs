//! CSV after RFC 4180: a header line, CRLF, quotes where needed. Cells that a spreadsheet would run are made text, and
//! texts are sanitized.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::{Cell, Listed};
use crate::domain::text::sanitize;

/// Prints the list.
///
/// # Errors
/// When `out` cannot be written.
pub fn print<T: Listed>(items: &[T], out: &mut dyn Write) -> io::Result<()> {
    let header = T::KEYS.iter().map(|key| (*key).to_owned()).collect();
    let rows = items.iter().flat_map(Listed::flat).map(|object| object.iter().map(|(_, cell)| value(cell)).collect());
    write_rows(std::iter::once(header).chain(rows), out)
}

/// Writes lines of cells that are harmless already.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_rows(rows: impl Iterator<Item = Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    for row in rows {
        writer.write_record(row).map_err(io_error)?;
    }
    writer.flush()
}

/// The system's own error, so that a closed pipe is known as one.
fn io_error(why: csv::Error) -> io::Error {
    match why.into_kind() {
        csv::ErrorKind::Io(why) => why,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::Amount(amount) => amount.to_string(),
        Cell::Text(text) => harmless(text.raw()),
        // A time in a year before 0 begins with a minus.
        Cell::Word(word) | Cell::Term(_, word) => harmless(word),
        Cell::Marked(_, cell) => value(cell),
        Cell::Count(count) => count.to_string(),
        Cell::Moment(at) => at.0.to_string(),
        Cell::Flag(yes) => yes.to_string(),
        Cell::Unknown | Cell::Absent | Cell::List(_) => String::new(),
    }
}

/// Sanitized text that no spreadsheet takes for a formula. Some, set to Chinese or Japanese, know full-width signs.
pub fn harmless(raw: &str) -> String {
    let starts_a_formula = raw.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    format!("{}{}", if starts_a_formula { "'" } else { "" }, sanitize(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_formulas_become_text_and_amounts_stay_numbers() {
        for (raw, shown) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+86", "'+86"),
            ("-1+1", "'-1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'<U+0009>=1"),
            ("\r=1", "'<U+000D>=1"),
            ("＝1+1", "'＝1+1"),
            ("a=1", "a=1"),
            ("1909877667383767042", "1909877667383767042"),
            ("\u{202e}x", "<U+202E>x"),
        ] {
            assert_eq!(value(&Cell::Text(raw.into())), shown, "{raw:?}");
        }
        assert_eq!(value(&Cell::Amount("-1.50".parse().unwrap())), "-1.50");
        assert_eq!(value(&Cell::Word("-009999-01-02T01:59:59Z".to_owned())), "'-009999-01-02T01:59:59Z");
        assert_eq!(value(&Cell::Unknown), "");
    }
}
