//! Whether an order that was just written down is there for everybody else: read by a second connection that is opened by
//! path, as another instance or the next start would.

use rusqlite::{Connection, OpenFlags};

use super::checksum::one;
use super::{BUSY, Ledger};
use crate::domain::{Order, UntrustedText};

impl Ledger {
    /// True when somebody who opens the ledger by its path finds this order in it, equal in every field, with the ids of the
    /// records that were there before it. Then, and only then, may it be sent.
    pub fn is_read_back(&self, order: &Order, seen_before: &[UntrustedText]) -> bool {
        // Before and after: what was read must have been read from the files that are there.
        self.is_in_place() && self.reads_back(order, seen_before).unwrap_or(false) && self.is_in_place()
    }

    fn reads_back(&self, order: &Order, seen_before: &[UntrustedText]) -> rusqlite::Result<bool> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let other = Self::reading(Connection::open_with_flags(&self.path, flags)?, &self.path)?;
        other.connection.busy_timeout(BUSY)?;
        let seen = other.seen_before(order.id)?;
        let is_seen = seen.len() == seen_before.iter().collect::<std::collections::BTreeSet<_>>().len()
            && seen_before.iter().all(|id| seen.contains(id));
        Ok(is_seen && other.is_sealed && one(&other.connection, order.id, true)?.as_ref() == Some(order))
    }
}
