//! A ledger goes on under another name: that of the new key of the same account.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::lock::{MoneyLock, UseLock};
use super::{BUSY, Ledger, newest};
use crate::platform::private;

/// A ledger with two names. One goes: the old one when it is [`kept`](Self::keep), else the new one.
#[derive(Debug)]
#[must_use]
pub struct Rekeyed {
    old: PathBuf,
    new: PathBuf,
    /// True where the file system knows no second names: then it has the new one only.
    is_moved: bool,
    is_kept: bool,
    _lock: MoneyLock,
    _alone: UseLock,
}

impl Rekeyed {
    /// The new name is the one.
    pub fn keep(mut self) {
        self.is_kept = true;
        // What tells how far it was written goes first: alone it would say that the ledger is gone.
        let _ = fs::remove_file(newest::path_of(&self.old));
        if !self.is_moved {
            // Where it stays, it names the same ledger.
            let _ = fs::remove_file(&self.old);
        }
        let _ = private::sync_folder(private::folder_of(&self.new));
    }
}

impl Drop for Rekeyed {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(newest::path_of(&self.new));
            let _ = if self.is_moved { fs::rename(&self.new, &self.old) } else { fs::remove_file(&self.new) };
        }
    }
}

/// Gives the ledger at `old` the name `new` too, as long as nobody orders with it: whatever ends the program on the way, the
/// profile's key finds its orders, be it the old or the new one.
///
/// # Errors
/// Those of the system; then it has the old name only.
pub fn rekey(old: &Path, new: &Path) -> io::Result<Rekeyed> {
    let busy = || io::Error::new(io::ErrorKind::WouldBlock, "an order is under way");
    let lock = MoneyLock::try_take(old)?.ok_or_else(busy)?;
    let open = || io::Error::new(io::ErrorKind::WouldBlock, "another window or `watch` has it open; end that first");
    let alone = UseLock::try_take(old, true)?.ok_or_else(open)?;
    // Everything into the one file, so that its names are all there is to change.
    let connection = Connection::open(old).map_err(io::Error::other)?;
    connection.busy_timeout(BUSY).map_err(io::Error::other)?;
    let busy_pages: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(io::Error::other)?;
    if busy_pages != 0 {
        return Err(busy());
    }
    let ledger = Ledger::reading(connection, old).map_err(io::Error::other)?;
    if !ledger.unsettled().map_err(io::Error::other)?.is_empty() {
        return Err(busy());
    }
    drop(ledger);
    let is_moved = match fs::hard_link(old, new) {
        Ok(()) => false,
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Err(why),
        Err(_) => {
            fs::rename(old, new)?;
            true
        }
    };
    let rekeyed =
        Rekeyed { old: old.to_owned(), new: new.to_owned(), is_moved, is_kept: false, _lock: lock, _alone: alone };
    // Where that fails, the second name goes again.
    newest::copy(old, new)?;
    private::sync_folder(private::folder_of(new))?;
    Ok(rekeyed)
}
