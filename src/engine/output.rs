//! One list in several forms: JSON and CSV for programs, a table for people.
//!
//! Programs get every field under a stable name, exactly as received; people get the columns that matter, through the
//! sanitizer. What is not known is null, an empty cell or `?`, never 0.

pub mod csv;
pub mod json;
pub mod table;

use std::io::{self, Write};

use crate::domain::locale::Lang;
use crate::domain::{Amount, Millis, UntrustedText};
use table::Column;

/// The form of a reading command's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// Aligned columns for people.
    Table,
    /// An array of objects.
    Json,
    /// An object on each line.
    Ndjson,
    /// RFC 4180 with a header line.
    Csv,
}

/// One value of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// An exact amount.
    Amount(Amount),
    /// Text from outside.
    Text(UntrustedText),
    /// A word of this program or a time in its fixed form.
    Word(String),
    /// One of this program's stable words, which people read in their language: its words stand in this table of the catalogue.
    Term(&'static str, String),
    /// A cell with a mark before it that people see: an amount that is not exact, an outcome that a record contradicts.
    Marked(&'static str, Box<Cell>),
    /// A whole number.
    Count(i64),
    /// A point in time, for people.
    Moment(Millis),
    /// Yes or no.
    Flag(bool),
    /// Things inside the thing; JSON only.
    List(Vec<Object>),
    /// It exists, and the exchange does not say.
    Unknown,
    /// There is none.
    Absent,
}

/// Named values, in the order in which they are printed.
pub type Object = Vec<(&'static str, Cell)>;

/// Something that can be listed.
pub trait Listed {
    /// The names of the fields in CSV, in order; the header of an empty list too.
    const KEYS: &'static [&'static str];
    /// The columns of the table.
    const COLUMNS: &'static [Column];

    /// All fields, as JSON has them.
    fn object(&self) -> Object;

    /// The lines of CSV; the object itself unless it holds lists.
    fn flat(&self) -> Vec<Object> {
        vec![self.object()]
    }

    /// The lines of the table, a cell for each of [`Self::COLUMNS`].
    fn lines(&self) -> Vec<Vec<Cell>>;
}

/// A text that may be missing.
pub fn text(value: Option<&UntrustedText>, missing: Cell) -> Cell {
    value.cloned().map_or(missing, Cell::Text)
}

/// An amount that may be missing.
pub fn amount(value: Option<Amount>, missing: Cell) -> Cell {
    value.map_or(missing, Cell::Amount)
}

/// A stable word that may be missing, and the table of the catalogue with its words for people.
pub fn term(table: &'static str, word: Option<&str>, missing: Cell) -> Cell {
    word.map_or(missing, |word| Cell::Term(table, word.to_owned()))
}

/// A flag that may be missing.
pub fn flag(value: Option<bool>) -> Cell {
    value.map_or(Cell::Unknown, Cell::Flag)
}

/// A count that may be missing.
pub fn count(value: Option<u32>) -> Cell {
    value.map_or(Cell::Unknown, |count| Cell::Count(count.into()))
}

/// Prints the list.
///
/// # Errors
/// When `out` cannot be written.
pub fn print<T: Listed>(items: &[T], format: Format, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => json::print(items, out)?,
        Format::Ndjson => json::lines(items, out)?,
        Format::Csv => csv::print(items, out)?,
        Format::Table => table::print(items, lang, out)?,
    }
    out.flush()
}
