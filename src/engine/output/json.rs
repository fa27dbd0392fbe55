//! JSON: an array with one object a line. Texts are exact; what could disturb a terminal is escaped, not changed.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use super::{Cell, Listed, Object};
use crate::domain::text::is_dangerous;

/// A text as a JSON string, quotes included. Control, bidirectional and invisible characters are `\uXXXX`.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_dangerous(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(f, "\\u{unit:04x}")?;
                    }
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Prints the list.
///
/// # Errors
/// When `out` cannot be written.
pub fn print<T: Listed>(items: &[T], out: &mut dyn Write) -> io::Result<()> {
    if items.is_empty() {
        return writeln!(out, "[]");
    }
    let mut before = "[\n";
    for item in items {
        write!(out, "{before}{}", Shown(&item.object()))?;
        before = ",\n";
    }
    writeln!(out, "\n]")
}

/// Prints an object on each line.
///
/// # Errors
/// When `out` cannot be written.
pub fn lines<T: Listed>(items: &[T], out: &mut dyn Write) -> io::Result<()> {
    items.iter().try_for_each(|item| writeln!(out, "{}", Shown(&item.object())))
}

struct Shown<'a>(&'a Object);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (at, (key, cell)) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            write!(f, "{}:", Escaped(key))?;
            value(cell, f)?;
        }
        f.write_char('}')
    }
}

fn value(cell: &Cell, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match cell {
        // A string, so that no reader makes a float of it.
        Cell::Amount(amount) => write!(f, "\"{amount}\""),
        Cell::Text(text) => write!(f, "{}", Escaped(text.raw())),
        Cell::Word(word) | Cell::Term(_, word) => write!(f, "{}", Escaped(word)),
        Cell::Marked(_, cell) => value(cell, f),
        Cell::Count(count) => write!(f, "{count}"),
        Cell::Moment(at) => write!(f, "{}", at.0),
        Cell::Flag(yes) => write!(f, "{yes}"),
        Cell::Unknown | Cell::Absent => f.write_str("null"),
        Cell::List(objects) => {
            f.write_char('[')?;
            for (at, object) in objects.iter().enumerate() {
                if at > 0 {
                    f.write_char(',')?;
                }
                write!(f, "{}", Shown(object))?;
            }
            f.write_char(']')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_is_escaped_and_comes_back_exact() {
        let raw = "a\"\\\u{1b}[2J\u{9b}\u{202e}\u{200b}\u{e0041}\n\u{7f}оплата 測試";
        let shown = Escaped(raw).to_string();
        assert_eq!(shown, "\"a\\\"\\\\\\u001b[2J\\u009b\\u202e\\u200b\\udb40\\udc41\\n\\u007fоплата 測試\"");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), raw);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_nothing_dangerous_is_printed(raw in proptest::collection::vec(any::<char>(), 0..60)) {
            let raw: String = raw.into_iter().collect();
            let shown = Escaped(&raw).to_string();
            prop_assert!(!shown.chars().any(is_dangerous));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), raw);
        }
    }
}
