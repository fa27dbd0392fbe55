//! Care for a ledger's file: looked at without a change, copied whole, made smaller.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{BUSY, Flow, Ledger, LedgerError};
use crate::domain::{DamagedOrder, Missing, MissingOrders, Order, Record, UntrustedText};
use crate::platform::private;

/// How many of the newest orders are looked at.
const NEWEST: u32 = 200;

/// What can be said of a ledger without changing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What the database says is broken.
    pub damage: Option<String>,
    /// How many orders there are.
    pub orders: u64,
    /// How many of them have an outcome that is not known.
    pub unsettled: usize,
    /// Bytes on disk, the log of the database included.
    pub bytes: u64,
    /// The newest orders, newest first.
    pub newest: Vec<Order>,
    /// The damaged predecessor that was set aside and that the user has not answered for.
    pub set_aside: Option<PathBuf>,
    /// Orders that were written into it and are not there any more.
    pub missing_orders: Option<MissingOrders>,
    /// Orders whose rows do not fit their checksums, oldest first.
    pub damaged_orders: Vec<DamagedOrder>,
}

impl Health {
    /// The first damaged row that the user has not answered for.
    pub fn unanswered(&self) -> Option<&DamagedOrder> {
        self.damaged_orders.iter().find(|row| !row.is_answered)
    }
}

/// Looks at the ledger at `path`, reading only.
///
/// # Errors
/// Every [`LedgerError`] but [`LedgerError::Damaged`]: nothing is set aside here.
pub fn examine(path: &Path) -> Result<Health, LedgerError> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let damage = (said != "ok").then_some(said);
    let orders = connection.query_row("SELECT count(*) FROM orders", [], |row| row.get::<_, i64>(0))?;
    let log = path.with_extension("sqlite-wal");
    let bytes = [path, &log].iter().filter_map(|path| fs::metadata(path).ok()).map(|found| found.len()).sum();
    let ledger = Ledger::reading(connection, path)?;
    let (unsettled, newest) = (ledger.unsettled()?.len(), ledger.orders(NEWEST)?);
    let (set_aside, damaged_orders) = (ledger.damage()?, ledger.damaged_orders()?);
    let missing_orders = ledger.missing_orders()?;
    let orders = u64::try_from(orders).unwrap_or(0);
    Ok(Health { damage, orders, unsettled, bytes, newest, set_aside, missing_orders, damaged_orders })
}

/// What a whole look at a ledger found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What [`examine`] says, by every page of the file.
    pub health: Health,
    /// Records of the exchange.
    pub records: u64,
    /// Records that the exchange contradicted itself about, and how.
    pub doubted: Vec<(Record, UntrustedText)>,
    /// Whether a part of the history is known not to have been read yet.
    pub has_gaps: bool,
    /// What is missing of the history although it was read.
    pub missing: Missing,
}

/// Looks at every page of the ledger at `path`, reading only.
///
/// # Errors
/// Every [`LedgerError`] but [`LedgerError::Damaged`].
pub fn check(path: &Path) -> Result<Checked, LedgerError> {
    let mut health = examine(path)?;
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY)?;
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    health.damage = (said != "ok").then_some(said);
    let ledger = Ledger::reading(connection, path)?;
    // A ledger of an earlier version has no records yet; the next start makes room for them.
    let (records, doubted) = (count(&ledger), ledger.doubted().unwrap_or_default());
    let gaps = Flow::BOTH.map(|flow| ledger.gaps(flow).ok().flatten().unwrap_or_default());
    let (has_gaps, missing) = (gaps.iter().any(|gaps| !gaps.is_empty()), ledger.missing().unwrap_or_default());
    Ok(Checked { health, records, doubted, has_gaps, missing })
}

/// How many records there are, in a ledger of an earlier version too.
fn count(ledger: &Ledger) -> u64 {
    let plain = || ledger.connection.query_row("SELECT count(*) FROM records", [], |row| row.get::<_, i64>(0));
    ledger.count_records().or_else(|_| plain().map(i64::unsigned_abs)).unwrap_or(0)
}

/// Writes a whole copy of the ledger at `path`, as it is at one moment, to a new file for its owner only.
///
/// # Errors
/// Those of the database, or of the system.
pub fn backup(path: &Path, to: &Path) -> Result<(), LedgerError> {
    let place =
        |why: &dyn std::fmt::Display| LedgerError::Place { path: to.display().to_string(), why: why.to_string() };
    let folder = private::folder_of(to);
    // Beside its place, so that what bears its name is whole.
    let dir = tempfile::Builder::new().prefix(".wallet-tui-").tempdir_in(folder).map_err(|why| place(&why))?;
    let half = dir.path().join("copy");
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY)?;
    connection.execute("VACUUM INTO ?1", [half.to_string_lossy().as_ref()])?;
    private::close_to_others(&half).map_err(|why| place(&why))?;
    // Not every system syncs what is open for reading alone.
    File::options().write(true).open(&half).and_then(|file| file.sync_all()).map_err(|why| place(&why))?;
    let copy = tempfile::TempPath::try_from_path(half).map_err(|why| place(&why))?;
    copy.persist_noclobber(to).map_err(|why| place(&why))?;
    private::sync_folder(folder).map_err(|why| place(&why))
}

/// Gives room back to the disk; answers with the bytes before and after.
///
/// # Errors
/// Those of the database: somebody else is writing.
pub fn vacuum(path: &Path) -> Result<(u64, u64), LedgerError> {
    let size = || fs::metadata(path).map_or(0, |found| found.len());
    let before = size();
    let ledger = Ledger::open(path)?;
    ledger.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok((before, size()))
}
