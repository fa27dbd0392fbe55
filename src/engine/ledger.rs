//! The local database of one account: orders, written and synced before they are sent, and what became of them.
//!
//! SQLite in WAL mode with full sync. Nothing is ever deleted. A damaged file is set aside, never repaired in silence.

mod accounts;
mod addresses;
mod annotations;
mod balances;
mod checksum;
mod known;
mod lock;
mod maintenance;
mod merge;
mod moves;
mod newest;
mod orders;
mod read_back;
mod records;
mod rekey;
mod rows;
mod schema;
mod worth;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backon::BlockingRetryable as _;
use rusqlite::{Connection, ErrorCode};
use sha2::{Digest as _, Sha256};

use accounts::key_print;
pub use accounts::{Elsewhere, KeyPlace};
pub use lock::MoneyLock;
use lock::{NotifierLock, UseLock};
pub use maintenance::{Checked, Health, backup, check, examine, vacuum};
pub use orders::Written;
use records::OpenReader;

use crate::platform::private::{self, identity};
pub use records::{Flow, Gap, GapChange, Reader, RecordFacts, Step, Unread};
pub use rekey::{Rekeyed, rekey};

/// The fact that remembers whose account the ledger is of.
pub const ACCOUNT_FACT: &str = "uid";
/// How long a statement waits for another instance that is writing.
const BUSY: Duration = Duration::from_secs(5);
/// The fact that counts the damaged predecessors which the user knows of.
const DAMAGE_SEEN: &str = "damage_seen";
/// What the database calls the files that belong to a ledger, the ledger itself included.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];
/// How often a ledger is opened that turns out to be another one by then.
const OPEN_TRIES: u32 = 5;
/// How often what somebody else holds for a moment is asked for, such as the right to move a damaged ledger, and the pause
/// between.
const LOCK_TRIES: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// What the database may keep in memory of the file, in units of 1024 bytes: a long history is read once and in order.
const CACHE_KB: i64 = 512;

/// Where earlier versions of the program kept the ledger of a key at a host; [`KeyPlace`] finds it. The name tells the server; of
/// the key it holds only a fingerprint, from which the key cannot be found.
pub fn path_for(data_dir: &Path, host: &str, api_key: &str) -> PathBuf {
    let print = data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{host}\0{api_key}")));
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let host: String = host.chars().map(plain).take(80).collect();
    let print: String = print.chars().take(16).collect();
    data_dir.join("ledger").join(format!("{host}-{print}.sqlite"))
}

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

/// Whether a damaged predecessor of the ledger at `path` was set aside, or orders are missing from it, and the user was not told
/// of it. Nothing is made.
///
/// # Errors
/// Those of [`Ledger::open`] and of the database.
pub fn has_damage(path: &Path) -> Result<bool, LedgerError> {
    if damaged_count(path) == 0 && !newest::is_noted(path) {
        return Ok(false);
    }
    if !path.exists() {
        return Ok(true);
    }
    let ledger = Ledger::open(path)?;
    Ok(ledger.damage()?.is_some() || ledger.missing_orders()?.is_some())
}

/// Device and number of each file of a ledger; `None` where there is none.
type Files = [Option<(u64, u64)>; SUFFIXES.len()];

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    /// The files that it is made of, to notice when one is gone or others have taken their places.
    files: Files,
    /// The fingerprint of the key that orders are sent and records are listed with, where that is known.
    key: Option<String>,
    /// Whether its rows of orders have checksums; one of an earlier version that is only looked at has none.
    is_sealed: bool,
    /// What says that this instance is telling news, once it did.
    notifier: Option<NotifierLock>,
    /// Under which name it reads news.
    reader: OpenReader,
    /// As long as it is open nobody renames it. After the connection, which is closed first.
    _in_use: Option<UseLock>,
}

impl Ledger {
    /// Opens or begins the ledger at `path`; directories are made for the user alone.
    ///
    /// # Errors
    /// Every [`LedgerError`]; a damaged file is set aside before the error is returned.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let place = |why: &str| LedgerError::Place { path: path.display().to_string(), why: why.to_owned() };
        for _ in 0..OPEN_TRIES {
            let Some(seen) = Self::find(path)? else { continue };
            match Self::open_checked(path, seen) {
                Err(damaged @ LedgerError::Damaged { .. }) => return Err(damaged),
                // Somebody else has set it aside, or begun another one, just now.
                _ if !identity(path).is_ok_and(|found| found == seen) => {}
                Err(LedgerError::Database(error)) if is_damage(&error) => return Err(set_aside(path, seen)),
                // Two open it at the same moment, and it is this one that has to look again.
                Err(LedgerError::Database(error))
                    if error.sqlite_error_code() == Some(ErrorCode::FileLockingProtocolFailed) => {}
                other => return other,
            }
        }
        Err(place("it becomes another file again and again"))
    }

    /// Which file the ledger is; where there is none it is made. `None` when somebody else has set it aside just now.
    fn find(path: &Path) -> Result<Option<(u64, u64)>, LedgerError> {
        let place =
            |why: &dyn std::fmt::Display| LedgerError::Place { path: path.display().to_string(), why: why.to_string() };
        if let Some(parent) = path.parent() {
            private::make_folder(parent).map_err(|e| place(&e))?;
        }
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => return Err(place(&"not a plain file")),
            Ok(found) if private::is_open_to_others(path, &found) => {
                private::close_to_others(path).map_err(|e| place(&e))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = private::options().write(true).create_new(true).open(path);
                match made {
                    // Not every system closes it while it is made.
                    Ok(file) => private::close_to_others(path).and_then(|()| file.sync_all()).map_err(|e| place(&e))?,
                    // Another instance was faster.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(place(&error)),
                }
                if let Some(parent) = path.parent() {
                    private::sync_folder(parent).map_err(|e| place(&e))?;
                }
            }
            Err(error) => return Err(place(&error)),
        }
        match identity(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.map(Some).map_err(|e| place(&e)),
        }
    }

    /// The ledger at `path` for a first look, reading only and without a look at its pages: where some are broken, records may be
    /// missing. `None` where there is nothing that can be read so.
    pub fn open_read_only(path: &Path) -> Option<Self> {
        let in_use = UseLock::try_take(path, false).ok()??;
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).ok()?;
        connection.busy_timeout(BUSY).ok()?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).ok()?;
        let is_known = usize::try_from(version).is_ok_and(|version| version == schema::MIGRATIONS.len());
        is_known.then(|| Self { _in_use: Some(in_use), is_sealed: true, ..Self::around(connection, path) })
    }

    /// A ledger around a connection that only looks at it.
    fn reading(connection: Connection, path: &Path) -> rusqlite::Result<Self> {
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let is_sealed = usize::try_from(version).is_ok_and(|version| version >= schema::SEALED);
        Ok(Self { is_sealed, ..Self::around(connection, path) })
    }

    fn around(connection: Connection, path: &Path) -> Self {
        let files = files(path);
        Self {
            connection,
            path: path.to_owned(),
            files,
            key: None,
            is_sealed: false,
            notifier: None,
            reader: OpenReader::usual(),
            _in_use: None,
        }
    }

    fn open_checked(path: &Path, seen: (u64, u64)) -> Result<Self, LedgerError> {
        let place = |why: String| LedgerError::Place { path: path.display().to_string(), why };
        let in_use = UseLock::try_take(path, false).map_err(|why| place(why.to_string()))?;
        let in_use = in_use.ok_or_else(|| place("it is just being given to another key".to_owned()))?;
        // It is there already; a file that the database would make is not for its owner alone.
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        use_wal(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // On macOS a plain sync stops at the drive's own cache; elsewhere this changes nothing.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KB)?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let known = schema::MIGRATIONS.len();
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > known {
            return Err(LedgerError::Newer { found: version });
        }
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            drop(connection);
            return Err(set_aside(path, seen));
        }
        schema::migrate(&mut connection, done)?;
        // From the first read on the database has its files open, and as long as it has, nobody else takes them away.
        let _: i64 = connection.query_row("SELECT count(*) FROM facts", [], |row| row.get(0))?;
        let mut ledger = Self { _in_use: Some(in_use), is_sealed: true, ..Self::around(connection, path) };
        ledger.files[0] = Some(seen);
        ledger.begin_newest()?;
        Ok(ledger)
    }

    /// True while the open files are those at its path. Once one was moved or deleted, what is written here would be lost to
    /// every other instance and to the next start.
    pub fn is_in_place(&self) -> bool {
        files(&self.path) == self.files
    }

    /// The first damaged predecessor that was set aside and that the user has not been told of: orders of unknown outcome may
    /// stand in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn damage(&self) -> rusqlite::Result<Option<PathBuf>> {
        let seen = self.damage_seen()?;
        Ok((damaged_count(&self.path) > seen).then(|| damaged_name(&self.path, "", seen + 1)))
    }

    fn damage_seen(&self) -> rusqlite::Result<u32> {
        Ok(self.fact(DAMAGE_SEEN)?.and_then(|text| text.parse().ok()).unwrap_or(0_u32))
    }

    /// The user was told of the damaged predecessor that [`Self::damage`] names, and of the orders that
    /// [`Self::missing_orders`] names, and goes on without them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn acknowledge_damage(&self) -> rusqlite::Result<()> {
        let next = self.damage_seen()?.saturating_add(1);
        self.set_fact(DAMAGE_SEEN, &next.min(damaged_count(&self.path)).to_string())?;
        self.forgo_missing()
    }

    /// From here on orders are sent and records are listed with this key of this origin. Of the key only a fingerprint is kept.
    pub fn use_key(&mut self, origin: &str, api_key: Option<&str>) {
        self.key = api_key.map(|key| key_print(origin, key));
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

/// True where somebody else is just doing the same: it may be done again.
fn is_race(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::FileLockingProtocolFailed))
}

/// Of two that begin a ledger at the same time one is told that it is locked: here the database does not wait by itself.
fn use_wal(connection: &Connection) -> rusqlite::Result<()> {
    let pauses = backon::ConstantBuilder::default().with_delay(LOCK_PAUSE).with_max_times(LOCK_TRIES);
    (|| connection.pragma_update(None, "journal_mode", "WAL")).retry(pauses).when(is_race).call()
}

/// True where the database refused a value, a name that is taken for instance: neither the disk nor its rights are in the way.
pub fn is_refusal(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    match error {
        Error::SqliteFailure(found, _) => match found.code {
            // Somebody's own rule in the file is no matter of the value.
            ErrorCode::ConstraintViolation => found.extended_code != rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER,
            code => matches!(code, ErrorCode::TypeMismatch | ErrorCode::TooBig),
        },
        Error::ToSqlConversionFailure(_) | Error::NulError(_) => true,
        _ => false,
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn files(path: &Path) -> Files {
    SUFFIXES.map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        identity(Path::new(&name)).ok()
    })
}

fn damaged_name(path: &Path, suffix: &str, number: u32) -> PathBuf {
    PathBuf::from(format!("{}.damaged-{number}{suffix}", path.display()))
}

/// How many damaged predecessors lie beside a ledger; one of which only a part was moved counts as well.
fn damaged_count(path: &Path) -> u32 {
    let mut count = 0;
    while SUFFIXES.iter().any(|suffix| damaged_name(path, suffix, count + 1).exists()) {
        count += 1;
    }
    count
}

/// Whether anything says that there is a ledger at `path`, or was one.
fn is_begun(path: &Path) -> bool {
    path.exists() || damaged_count(path) > 0 || newest::is_noted(path)
}

/// Moves a damaged ledger, with what belongs to it, out of the way, if it still is the file that was `seen`: of two that find
/// the damage at the same time the second must not move what the first has begun. Nothing is deleted.
fn set_aside(path: &Path, seen: (u64, u64)) -> LedgerError {
    let place = |path: &Path, why: String| LedgerError::Place { path: path.display().to_string(), why };
    // Not while somebody sends: the outcome would be written into a file that nobody reads again.
    let mut tries = 0;
    let _lock = loop {
        match MoneyLock::try_take(path) {
            Ok(Some(lock)) => break lock,
            Ok(None) if tries < LOCK_TRIES => {
                tries += 1;
                std::thread::sleep(LOCK_PAUSE);
            }
            Ok(None) => return place(path, String::from("damaged, and another instance is sending an order")),
            Err(error) => return place(path, error.to_string()),
        }
    };
    if !identity(path).is_ok_and(|found| found == seen) {
        return LedgerError::Damaged { set_aside: damaged_name(path, "", damaged_count(path).max(1)) };
    }
    let number = damaged_count(path) + 1;
    for suffix in ["-wal", "-shm", ""] {
        let from = PathBuf::from(format!("{}{suffix}", path.display()));
        if from.exists()
            && let Err(error) = fs::rename(&from, damaged_name(path, suffix, number))
        {
            return place(&from, error.to_string());
        }
    }
    LedgerError::Damaged { set_aside: damaged_name(path, "", number) }
}

#[cfg(test)]
mod tests;
