//! How far the ledger was written, in a small file beside it. What a program that was killed leaves is in the database's log,
//! and at the first page of it that does not fit its checksum the database drops the rest without a word; so it is where the log
//! is gone, or the file is an older copy. This file says that there was more.
//!
//! Written whole and moved into place under the money lock, after an order stands in the ledger and before anything is sent. It
//! may say less than the ledger holds, never more.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::Ledger;
use crate::domain::{MissingOrders, OrderId};
use crate::platform::private;

/// What such a file's name ends with, after the ledger's.
pub(super) const SUFFIX: &str = ".newest";
/// The fact that remembers what is missing, so that what is written later does not hide it.
const MISSING: &str = "orders_missing";
/// Nothing that is longer was written by this program.
const LONGEST: u64 = 128;

/// What was written into a ledger at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Newest {
    /// The highest number of an order.
    order: i64,
    /// How often an order was written down as being sent: a transfer that goes again has no new number.
    sendings: i64,
}

impl Newest {
    /// What the ledger holds.
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'orders'),
            (SELECT count(*) FROM order_events WHERE outcome = 'sending')";
        connection.query_row(sql, [], |row| Ok(Self { order: row.get(0)?, sendings: row.get(1)? }))
    }

    fn line(self) -> String {
        let numbers = format!("{} {}", self.order, self.sendings);
        let checksum = data_encoding::HEXLOWER.encode(&Sha256::digest(&numbers));
        format!("{} {numbers}\n", checksum.get(..16).unwrap_or_default())
    }

    /// What the file says; `None` where there is none.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::InvalidData`] where it is not as it was written.
    fn read(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(why),
        };
        let mut line = String::new();
        file.take(LONGEST).read_to_string(&mut line)?;
        let mut numbers = line.split_whitespace().skip(1).map(str::parse);
        let found = match (numbers.next(), numbers.next()) {
            (Some(Ok(order)), Some(Ok(sendings))) => Self { order, sendings },
            _ => Self::default(),
        };
        if found.line() == line { Ok(Some(found)) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Puts the file there, in place of the one that is there, or only where there is none.
    fn write(self, path: &Path, only_new: bool) -> io::Result<()> {
        let line = self.line();
        if only_new { private::create(path, line.as_bytes()) } else { private::replace(path, line.as_bytes(), None) }
    }
}

/// Where that file of a ledger is.
pub(super) fn path_of(ledger: &Path) -> PathBuf {
    let mut path = ledger.as_os_str().to_owned();
    path.push(SUFFIX);
    path.into()
}

/// Whether orders were written into the ledger at `path`, be it there or not.
pub(super) fn is_noted(path: &Path) -> bool {
    path_of(path).exists()
}

/// The same file beside the ledger's other name.
pub(super) fn copy(old: &Path, new: &Path) -> io::Result<()> {
    match Newest::read(&path_of(old))? {
        Some(newest) => newest.write(&path_of(new), false),
        None => Ok(()),
    }
}

/// As an error of the database: what has no such file sends nothing.
fn failed(path: &Path, why: &io::Error) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR);
    rusqlite::Error::SqliteFailure(code, Some(format!("{}: {why}", path.display())))
}

impl Ledger {
    /// Notes how far the ledger is written; to be called with the money lock, before anything is sent.
    ///
    /// # Errors
    /// The file cannot be written; then nothing may be sent.
    pub(super) fn note_newest(&self) -> rusqlite::Result<()> {
        let path = path_of(&self.path);
        Newest::of(&self.connection)?.write(&path, false).map_err(|why| failed(&path, &why))
    }

    /// Orders that were written into this ledger and are not there any more, until the user goes on without them.
    ///
    /// # Errors
    /// Those of the database, or of the file that tells.
    pub fn missing_orders(&self) -> rusqlite::Result<Option<MissingOrders>> {
        if let Some(known) = self.fact(MISSING)? {
            let mut numbers = known.split(' ').map(|number| number.parse().ok().map(OrderId));
            let last = numbers.next().flatten().unwrap_or(OrderId(0));
            return Ok(Some(MissingOrders { last, written: numbers.next().flatten() }));
        }
        let path = path_of(&self.path);
        // First the file, then the ledger: an order that comes between is not missing.
        let noted = Newest::read(&path);
        let found = Newest::of(&self.connection)?;
        let last = OrderId(found.order);
        Ok(match noted {
            Ok(None) => None,
            Ok(Some(noted)) => {
                let is_less = found.order < noted.order || found.sendings < noted.sendings;
                is_less.then_some(MissingOrders { last, written: Some(OrderId(noted.order.max(found.order))) })
            }
            Err(why) if why.kind() == io::ErrorKind::InvalidData => Some(MissingOrders { last, written: None }),
            Err(why) => return Err(failed(&path, &why)),
        })
    }

    /// At the start: what is missing stays missing whatever is written from here on; a ledger of an earlier version gets its
    /// file.
    pub(super) fn begin_newest(&self) -> rusqlite::Result<()> {
        if let Some(MissingOrders { last, written }) = self.missing_orders()? {
            let written = written.map_or_else(|| "?".to_owned(), |order| order.0.to_string());
            return self.set_fact(MISSING, &format!("{} {written}", last.0));
        }
        let found = Newest::of(&self.connection)?;
        if found != Newest::default() && !is_noted(&self.path) {
            // Where that fails, the next order says so.
            let _ = found.write(&path_of(&self.path), true);
        }
        Ok(())
    }

    /// The user goes on without the orders that are missing.
    pub(super) fn forgo_missing(&self) -> rusqlite::Result<()> {
        let path = path_of(&self.path);
        // Nobody writes an order down meanwhile: the file never says less than was sent from here on.
        let write = rusqlite::Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        write.execute("DELETE FROM facts WHERE name = ?1", [MISSING])?;
        if is_noted(&self.path) {
            Newest::of(&write)?.write(&path, false).map_err(|why| failed(&path, &why))?;
        }
        write.commit()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::{AskedBy, Millis, MoveDirection, MoveRequest, Outcome, Request};
    use crate::engine::ledger::{backup, vacuum};

    fn moved() -> Request {
        let amount = "1".parse().unwrap();
        Request::Move(MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount })
    }

    fn record(ledger: &mut Ledger) -> rusqlite::Result<OrderId> {
        ledger.record(&moved(), Millis(1), None, AskedBy::Screen, &[], None)
    }

    const fn missing(last: i64, written: i64) -> MissingOrders {
        MissingOrders { last: OrderId(last), written: Some(OrderId(written)) }
    }

    #[test]
    fn an_older_copy_says_what_is_missing_until_the_user_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("l.sqlite"), dir.path().join("copy"));
        record(&mut Ledger::open(&path).unwrap()).unwrap();
        backup(&path, &copy).unwrap();
        record(&mut Ledger::open(&path).unwrap()).unwrap();
        vacuum(&path).unwrap();
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), None);
        fs::rename(&copy, &path).unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.missing_orders().unwrap(), Some(missing(1, 2)));
        // What is written later hides nothing.
        record(&mut ledger).unwrap();
        record(&mut ledger).unwrap();
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), Some(missing(1, 2)));
        ledger.acknowledge_damage().unwrap();
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), None);
    }

    #[test]
    fn a_lost_repetition_is_missed_although_it_has_no_number() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("l.sqlite"), dir.path().join("copy"));
        let mut ledger = Ledger::open(&path).unwrap();
        let id = record(&mut ledger).unwrap();
        ledger.set_outcome(id, &Outcome::NoTrace, Millis(2), None).unwrap();
        backup(&path, &copy).unwrap();
        ledger.set_outcome(id, &Outcome::Sending, Millis(3), None).unwrap();
        drop(ledger);
        fs::rename(&copy, &path).unwrap();
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), Some(missing(1, 1)));
    }

    #[test]
    fn ledger_of_an_earlier_version_is_noted_from_its_first_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        record(&mut Ledger::open(&path).unwrap()).unwrap();
        fs::remove_file(path_of(&path)).unwrap();
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), None);
        assert!(private::is_the_users_alone(&path_of(&path)));
        fs::remove_file(&path).unwrap();
        assert!(crate::engine::ledger::has_damage(&path).unwrap() && !path.exists());
        assert_eq!(Ledger::open(&path).unwrap().missing_orders().unwrap(), Some(missing(0, 1)));
    }

    #[test]
    fn newest_note_changed_or_unwritable_lets_nothing_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let mut ledger = Ledger::open(&path).unwrap();
        record(&mut ledger).unwrap();
        for bad in ["", "x", "\u{7f}", &Newest { order: 1, sendings: 1 }.line().replace(' ', "  ")] {
            fs::write(path_of(&path), bad).unwrap();
            assert_eq!(ledger.missing_orders().unwrap(), Some(MissingOrders { last: OrderId(1), written: None }));
        }
        ledger.acknowledge_damage().unwrap();
        assert_eq!(ledger.missing_orders().unwrap(), None);
        fs::remove_file(path_of(&path)).unwrap();
        fs::create_dir_all(path_of(&path).join("in the way")).unwrap();
        assert!(ledger.missing_orders().is_err());
        assert!(record(&mut ledger).is_err_and(|why| !crate::engine::ledger::is_refusal(&why)));
        assert_eq!(ledger.orders(1).unwrap()[0].outcome.word(), "not_sent");
    }
}
