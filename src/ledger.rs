//! The local database of one account: orders, written and synced before they are sent, and what became of them.
//!
//! SQLite in WAL mode with full sync. Nothing is ever deleted. A damaged file is set aside, never repaired in silence.

mod orders;
mod schema;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

/// Why there is no ledger. Without one nothing may be ordered.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file is damaged. It was set aside, whole, under this name; the next start begins a new one.
    #[error("damaged, set aside as {}", set_aside.display())]
    Damaged {
        /// Where it is now.
        set_aside: PathBuf,
    },
    /// A newer version of this program has written it.
    #[error("written by a newer version (schema {found})")]
    Newer {
        /// The version found.
        found: i64,
    },
    /// The place cannot be used: a link, a directory, no permission.
    #[error("{path}: {why}")]
    Place {
        /// Which.
        path: String,
        /// Why not.
        why: String,
    },
    /// The disk or the database failed.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
}

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

impl Ledger {
    /// Opens or begins the ledger at `path`; directories are made for the user alone.
    ///
    /// # Errors
    /// Every [`LedgerError`]; a damaged file is set aside before the error is returned.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let place =
            |why: &dyn std::fmt::Display| LedgerError::Place { path: path.display().to_string(), why: why.to_string() };
        if let Some(parent) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(|e| place(&e))?;
        }
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => return Err(place(&"not a plain file")),
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|e| place(&e))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                match made {
                    Ok(file) => file.sync_all().map_err(|e| place(&e))?,
                    // Another instance was faster.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(place(&error)),
                }
                if let Some(parent) = path.parent() {
                    File::open(parent).and_then(|d| d.sync_all()).map_err(|e| place(&e))?;
                }
            }
            Err(error) => return Err(place(&error)),
        }
        match Self::open_checked(path) {
            Err(LedgerError::Database(error)) if is_damage(&error) => Err(set_aside(path)),
            other => other,
        }
    }

    fn open_checked(path: &Path) -> Result<Self, LedgerError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let known = schema::MIGRATIONS.len();
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > known {
            return Err(LedgerError::Newer { found: version });
        }
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            drop(connection);
            return Err(set_aside(path));
        }
        schema::migrate(&mut connection, done)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Where the ledger is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A remembered fact about the account, for instance its uid.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fact(&self, name: &str) -> rusqlite::Result<Option<String>> {
        use rusqlite::OptionalExtension as _;
        self.connection.query_row("SELECT value FROM facts WHERE name = ?1", [name], |row| row.get(0)).optional()
    }

    /// Remembers a fact about the account.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_fact(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        self.connection
            .execute("INSERT INTO facts VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2", [name, value])
            .map(drop)
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Moves a damaged ledger, with what belongs to it, out of the way. Nothing is deleted.
fn set_aside(path: &Path) -> LedgerError {
    let mut number = 1;
    let name = |suffix: &str, number: u32| PathBuf::from(format!("{}.damaged-{number}{suffix}", path.display()));
    while name("", number).exists() {
        number += 1;
    }
    for suffix in ["-wal", "-shm", ""] {
        let from = PathBuf::from(format!("{}{suffix}", path.display()));
        if from.exists()
            && let Err(error) = fs::rename(&from, name(suffix, number))
        {
            return LedgerError::Place { path: from.display().to_string(), why: error.to_string() };
        }
    }
    LedgerError::Damaged { set_aside: name("", number) }
}

/// The right to make a money call for this account. The kernel takes it back when the program ends, however it ends.
#[derive(Debug)]
pub struct MoneyLock(File);

impl MoneyLock {
    /// Takes the right, or says `None` when another instance of the program has it now.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn try_take(ledger: &Path) -> io::Result<Option<Self>> {
        let path = PathBuf::from(format!("{}.lock", ledger.display()));
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for MoneyLock {
    fn drop(&mut self) {
        // Closing the file would do as well; this says it.
        let _ = self.0.unlock();
    }
}
