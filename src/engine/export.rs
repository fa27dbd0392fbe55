//! What records are written as: every field for programs, the layouts of tools for taxes and books, a file as a whole.

pub mod balances;
mod books;
pub mod exported;
pub mod receipt;
pub mod records;
pub mod tax;

use std::path::Path;

use crate::domain::Record;
use crate::domain::bookkeeping::Bookkeeping;
use crate::domain::export::ExportFormat;
use crate::engine::config::write::{create, replace};
use crate::engine::output::{csv, json};
use balances::ValuedBalance;
use exported::Exported;
pub use exported::Known;
use records::ListedRecord;

/// Writes records; answers how many the layout has no place for.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    format: ExportFormat,
    records: Vec<Record>,
    known: Known<'_>,
    bookkeeping: &Bookkeeping,
    out: &mut Vec<u8>,
) -> std::io::Result<usize> {
    let listed = |records: Vec<Record>| -> Vec<ListedRecord> {
        records.into_iter().map(|record| ListedRecord::new(record, known.facts, known.book)).collect()
    };
    let exported = |records: Vec<Record>| -> Vec<Exported> {
        records.into_iter().map(|record| Exported::new(record, known)).collect()
    };
    match format {
        ExportFormat::Koinly => return tax::write(&tax::KOINLY, &listed(records), out),
        ExportFormat::Cointracker => return tax::write(&tax::COINTRACKER, &listed(records), out),
        ExportFormat::Hledger => return Ok(books::write(&bookkeeping.hledger, listed(records), known, out)),
        ExportFormat::Beancount => return Ok(books::write(&bookkeeping.beancount, listed(records), known, out)),
        ExportFormat::Json => json::print(&exported(records), out)?,
        ExportFormat::Ndjson => json::lines(&exported(records), out)?,
        ExportFormat::Csv => csv::print(&exported(records), out)?,
        ExportFormat::Spreadsheet => csv::print_for_spreadsheet(&exported(records), out)?,
    }
    Ok(0)
}

/// Writes balances; a layout of payments has no place for them.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_balances(format: ExportFormat, balances: &[ValuedBalance], out: &mut Vec<u8>) -> std::io::Result<()> {
    match format {
        ExportFormat::Json => json::print(balances, out),
        ExportFormat::Ndjson => json::lines(balances, out),
        ExportFormat::Spreadsheet => csv::print_for_spreadsheet(balances, out),
        ExportFormat::Csv
        | ExportFormat::Koinly
        | ExportFormat::Cointracker
        | ExportFormat::Hledger
        | ExportFormat::Beancount => csv::print(balances, out),
    }
}

/// Writes a file as a whole; one that is there stays unless it is to be replaced.
///
/// # Errors
/// The system's.
pub fn write_file(path: &Path, bytes: &[u8], is_replaced: bool) -> std::io::Result<()> {
    // No folder is made for it: a name with a typing error would not be found again.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::metadata(folder)?;
    }
    if is_replaced { replace(path, bytes) } else { create(path, bytes) }
}
