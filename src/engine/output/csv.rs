//! CSV after RFC 4180: a header line, CRLF, quotes where needed. Cells that a spreadsheet would run are made text, and
//! texts are sanitized. In the form for spreadsheets what they would round is text too.

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

/// Prints the list for a spreadsheet: what it would read as another number than it is, ids most of all, is a text
/// (`kept`); a byte order mark in front says that it is UTF-8, which Excel does not believe otherwise.
///
/// # Errors
/// When `out` cannot be written.
pub fn print_for_spreadsheet<T: Listed>(items: &[T], out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let header = T::KEYS.iter().map(|key| (*key).to_owned()).collect();
    let rows = items
        .iter()
        .flat_map(Listed::flat)
        .map(|object| object.iter().map(|(_, cell)| kept(cell, value(cell))).collect());
    write_rows(std::iter::once(header).chain(rows), out)
}

/// Whether a cell is a number to reckon with.
fn is_number(cell: &Cell) -> bool {
    match cell {
        Cell::Amount(_) | Cell::Count(_) => true,
        Cell::Marked(_, cell) => is_number(cell),
        _ => false,
    }
}

/// Spreadsheets keep so many digits of a number, and make zeros of the rest.
const KEPT_DIGITS: usize = 15;

/// A longer text is taken for a number, a date or a flag by no spreadsheet.
const LONGEST_MISTAKEN: usize = 40;

/// A cell as a spreadsheet keeps it: a number of more digits than it has room for, and a text that may be taken for a number, a
/// date or a flag, is a formula that says this very text, `="1909877667383767042"`: all of them read that, from CSV too.
fn kept(cell: &Cell, text: String) -> String {
    if is_number(cell) {
        let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
        let zeros = if text.contains('.') {
            text.bytes().rev().filter(|b| *b != b'.').take_while(|b| *b == b'0').count()
        } else {
            0
        };
        return if digits.saturating_sub(zeros) > KEPT_DIGITS { format!("=\"{text}\"") } else { text };
    }
    let is_flag = ["true", "false"].iter().any(|flag| text.eq_ignore_ascii_case(flag));
    let is_short = text.chars().count() <= LONGEST_MISTAKEN;
    let is_digits = text.bytes().all(|b| b.is_ascii_digit());
    let may_be_mistaken = is_flag || (text.contains(|c: char| c.is_ascii_digit()) && (is_short || is_digits));
    // A quote could leave the formula, and a sign at its start is disarmed already.
    if matches!(cell, Cell::Text(_)) && may_be_mistaken && !text.contains(['"', '\'', ';']) {
        format!("=\"{text}\"")
    } else {
        disarmed(&text)
    }
}

/// A text in which no part begins a formula where a spreadsheet divides lines at something else than a comma.
fn disarmed(text: &str) -> String {
    let mut disarmed = String::with_capacity(text.len());
    let mut begins = false;
    for character in text.chars() {
        if begins && SIGNS.contains(&character) {
            disarmed.push('\'');
        }
        begins = matches!(character, ';' | '|') || (begins && matches!(character, ' ' | '"'));
        disarmed.push(character);
    }
    disarmed
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

/// What begins a formula. Some spreadsheets, set to Chinese or Japanese, know full-width signs.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Sanitized text that no spreadsheet takes for a formula.
pub fn harmless(raw: &str) -> String {
    let starts_a_formula = raw.starts_with(SIGNS) || raw.starts_with(['\t', '\r']);
    format!("{}{}", if starts_a_formula { "'" } else { "" }, sanitize(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_keeps_every_digit_and_runs_nothing() {
        for (cell, shown) in [
            (Cell::Text("1909877667383767042".into()), "=\"1909877667383767042\""),
            (Cell::Text("007".into()), "=\"007\""),
            (Cell::Text("1e10".into()), "=\"1e10\""),
            (Cell::Text("1/2".into()), "=\"1/2\""),
            (Cell::Text("10\"&A1".into()), "10\"&A1"),
            (Cell::Text("=1+1".into()), "'=1+1"),
            (Cell::Text("+86".into()), "'+86"),
            (Cell::Text("T1".into()), "=\"T1\""),
            (Cell::Text(".5".into()), "=\".5\""),
            (Cell::Text("3-MAR".into()), "=\"3-MAR\""),
            (Cell::Text("TRUE".into()), "=\"TRUE\""),
            (Cell::Text("rent".into()), "rent"),
            (Cell::Text("x;=HYPERLINK(1)".into()), "x;'=HYPERLINK(1)"),
            (Cell::Text("x; \"@SUM".into()), "x; \"'@SUM"),
            (Cell::Word("2025-04-09T07:54:54Z".into()), "2025-04-09T07:54:54Z"),
            (Cell::Amount("19.00000000000000000000".parse().unwrap()), "19.00000000000000000000"),
            (Cell::Amount("-0.000000000000000012".parse().unwrap()), "-0.000000000000000012"),
            (Cell::Amount("0.1234567890123456".parse().unwrap()), "=\"0.1234567890123456\""),
            (Cell::Amount("-1234567890123456".parse().unwrap()), "=\"-1234567890123456\""),
            (Cell::Amount("123456789012345".parse().unwrap()), "123456789012345"),
            (Cell::Count(1_744_185_294_000), "1744185294000"),
            (Cell::Unknown, ""),
        ] {
            assert_eq!(kept(&cell, value(&cell)), shown, "{cell:?}");
        }
    }

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
