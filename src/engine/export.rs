//! What records are written as: every field for programs, the layouts of tax tools, a file as a whole.

pub mod balances;
pub mod exported;
pub mod records;
pub mod tax;

use std::path::Path;

use crate::domain::Record;
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
    out: &mut Vec<u8>,
) -> std::io::Result<usize> {
    match format {
        ExportFormat::Koinly | ExportFormat::Cointracker => {
            let layout = if format == ExportFormat::Koinly { &tax::KOINLY } else { &tax::COINTRACKER };
            let listed: Vec<_> =
                records.into_iter().map(|record| ListedRecord::new(record, known.facts, known.book)).collect();
            return tax::write(layout, &listed, out);
        }
        ExportFormat::Csv | ExportFormat::Json | ExportFormat::Ndjson => {}
    }
    let lines: Vec<Exported> = records.into_iter().map(|record| Exported::new(record, known)).collect();
    match format {
        ExportFormat::Json => json::print(&lines, out)?,
        ExportFormat::Ndjson => json::lines(&lines, out)?,
        _ => csv::print(&lines, out)?,
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
        ExportFormat::Csv | ExportFormat::Koinly | ExportFormat::Cointracker => csv::print(balances, out),
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
