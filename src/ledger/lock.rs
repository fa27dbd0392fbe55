//! The right to make a money call: one at a time per account, across all instances of the program.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The right to make a money call for this account. The kernel takes it back when the program ends, however it ends.
#[derive(Debug)]
pub struct MoneyLock(File);

impl MoneyLock {
    /// Takes the right, or says `None` when somebody else has it now: another instance, or this one.
    ///
    /// # Errors
    /// When the lock file cannot be made or the file system knows no locks.
    pub fn try_take(ledger: &Path) -> io::Result<Option<Self>> {
        let path = format!("{}.lock", ledger.display());
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
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match if alone { file.try_lock() } else { file.try_lock_shared() } {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
