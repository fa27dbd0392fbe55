//! The right to make a money call: one at a time per account, across all instances of the program.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::platform::private;

/// How often the lock is tried when its file is replaced just then.
const TRIES: usize = 3;

/// The right to make a money call for this account. The kernel takes it back when the program ends, however it ends.
#[derive(Debug)]
pub struct MoneyLock {
    file: File,
    path: PathBuf,
}

impl MoneyLock {
    /// Takes the right, or says `None` when somebody else has it now: another instance, or this one.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn try_take(ledger: &Path) -> io::Result<Option<Self>> {
        let mut path = ledger.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        for _ in 0..TRIES {
            let file = private::options().write(true).create(true).truncate(false).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
            let lock = Self { file, path: path.clone() };
            if lock.is_in_place() {
                return Ok(Some(lock));
            }
        }
        Ok(None)
    }

    /// False when the file was deleted or replaced: then whoever comes next locks another one.
    pub fn is_in_place(&self) -> bool {
        match (private::identity_of(&self.file), private::identity(&self.path)) {
            (Ok(held), Ok(there)) => held == there,
            _ => false,
        }
    }
}

impl Drop for MoneyLock {
    fn drop(&mut self) {
        // Closing the file would do as well; this says it.
        let _ = self.file.unlock();
    }
}

/// Says that a ledger is open. Many may; whoever gives the file another name must be alone, since SQLite's own files beside
/// it go by the name.
#[derive(Debug)]
pub struct UseLock {
    /// Closed, it is freed.
    _file: File,
}

impl UseLock {
    /// Among others, or alone; `None` while somebody else stands in the way.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn try_take(ledger: &Path, alone: bool) -> io::Result<Option<Self>> {
        let path = format!("{}.use", ledger.display());
        let file = private::options().write(true).create(true).truncate(false).open(path)?;
        match if alone { file.try_lock() } else { file.try_lock_shared() } {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

/// The right to read news under a name that is one reader's alone. The kernel takes it back when the program ends, however it ends.
#[derive(Debug)]
pub struct ReaderLock {
    /// Closed, it is freed.
    _file: File,
}

impl ReaderLock {
    /// Takes the name, or says `None` while somebody else has it.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn try_take(ledger: &Path, name: &str) -> io::Result<Option<Self>> {
        let path = format!("{}.{name}", ledger.display());
        let file = private::options().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Says that somebody is telling what it has claimed. The kernel takes it back when the program ends, however it ends.
#[derive(Debug)]
pub struct NotifierLock {
    name: String,
    path: PathBuf,
    /// Closed, it is freed.
    _file: File,
}

impl NotifierLock {
    /// Begins under a new name.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn take(ledger: &Path) -> io::Result<Self> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(|why| io::Error::other(why.to_string()))?;
        let name = data_encoding::HEXLOWER.encode(&random);
        let path = Self::path(ledger, &name);
        let file = private::options().write(true).create_new(true).open(&path)?;
        let lock = file.try_lock();
        // Where it cannot be locked the file goes again with this.
        let notifier = Self { name, path, _file: file };
        lock?;
        Ok(notifier)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether whoever had this name has ended; then nothing is left of it. Where that cannot be told it is taken to be there.
    pub fn is_gone(ledger: &Path, name: &str) -> bool {
        let path = Self::path(ledger, name);
        match OpenOptions::new().write(true).open(&path) {
            Ok(file) if file.try_lock().is_ok() => {
                let _ = fs::remove_file(path);
                true
            }
            Ok(_) => false,
            Err(why) => why.kind() == io::ErrorKind::NotFound,
        }
    }

    fn path(ledger: &Path, name: &str) -> PathBuf {
        let mut path = ledger.as_os_str().to_owned();
        path.push(format!(".tells-{name}"));
        path.into()
    }
}

impl Drop for NotifierLock {
    fn drop(&mut self) {
        // Whoever finds it later takes it away as well.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_teller_is_there_until_it_ends() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let notifier = NotifierLock::take(&path).unwrap();
        assert!(!NotifierLock::is_gone(&path, notifier.name()));
        let name = notifier.name().to_owned();
        drop(notifier);
        assert!(NotifierLock::is_gone(&path, &name));
        // A file without an owner is what a killed program leaves behind.
        fs::write(NotifierLock::path(&path, &name), "").unwrap();
        assert!(NotifierLock::is_gone(&path, &name));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_money_lock_is_held_by_one_and_freed_by_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let held = MoneyLock::try_take(&path).unwrap();
        assert!(held.is_some());
        assert!(MoneyLock::try_take(&path).unwrap().is_none());
        drop(held);
        assert!(MoneyLock::try_take(&path).unwrap().is_some());
    }

    #[test]
    fn a_money_lock_whose_file_was_replaced_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let held = MoneyLock::try_take(&path).unwrap().unwrap();
        assert!(held.is_in_place());
        fs::remove_file(dir.path().join("l.sqlite.lock")).unwrap();
        assert!(!held.is_in_place());
        let next = MoneyLock::try_take(&path).unwrap().unwrap();
        assert!(next.is_in_place() && !held.is_in_place());
    }
}
