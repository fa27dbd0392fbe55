//! From a key to its account's ledger: a ledger belongs to the exchange's origin and the account's uid, not to a key or to how
//! the server's name is spelt. Which account a key opens stands in an index beside the ledgers, so that a start without an
//! answer finds it too; a ledger that was begun before that was known is brought home ([`KeyPlace::bind`]).
//!
//! The index is one small file for each key and origin, written whole and moved into place: two instances that write at once
//! write the same. It holds a fingerprint of the key, from which the key cannot be found.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use super::merge::merge;
use super::{ACCOUNT_FACT, BUSY, LedgerError, examine, is_begun, path_for};
use crate::platform::private;

/// Where the ledger of a key's account is, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    folder: PathBuf,
    /// The server in a form that does not depend on how it is spelt.
    origin: String,
    /// What names of this origin begin with: the host, and a part of the origin's hash.
    stem: String,
    /// The key's fingerprint with this origin.
    print: String,
    /// Where earlier versions of the program kept the ledger of this key: for each spelling of the host.
    earlier: Vec<PathBuf>,
    /// What such names begin with.
    earlier_stems: Vec<String>,
}

impl KeyPlace {
    /// The place of a key at a server: its origin, and the names of the host that mean the same, the best one first.
    pub fn new(data_dir: &Path, origin: &str, hosts: &[String], api_key: &str) -> Self {
        let folder = data_dir.join("ledger");
        let host = plain(hosts.first().map_or("", String::as_str));
        Self {
            origin: origin.to_owned(),
            stem: format!("{host}-{}", hash(origin, 8)),
            print: key_print(origin, api_key),
            earlier: hosts.iter().map(|host| path_for(data_dir, host, api_key)).collect(),
            earlier_stems: hosts.iter().map(|host| format!("{}-", plain(host))).collect(),
            folder,
        }
    }

    /// Where the ledger is as far as is known without asking anybody: the account's, else the key's.
    pub fn path(&self) -> PathBuf {
        self.known_uid().map_or_else(|| self.key_path(), |uid| self.found_path(&uid))
    }

    /// The account that the key opened when that was last told; by the index, or by a ledger of the key.
    pub fn known_uid(&self) -> Option<String> {
        self.indexed().or_else(|| self.own().iter().find_map(|path| remembered(path)))
    }

    /// The ledger of the key alone, for an exchange that tells no uid: an earlier one where there is one.
    pub fn key_path(&self) -> PathBuf {
        self.own().into_iter().next().unwrap_or_else(|| self.new_key_path())
    }

    /// The account's ledger; where nothing was brought home to it yet, the one of the key that waits for that.
    fn found_path(&self, uid: &str) -> PathBuf {
        let home = self.account_path(uid);
        if is_begun(&home) { home } else { self.own().into_iter().next().unwrap_or(home) }
    }

    /// The exchange has told whose key this is, or the index knows: every ledger of that account that lies elsewhere is
    /// brought home, and the index leads from the key to the account. Answers with the account's ledger, which need not be
    /// there yet. `others`: further keys that belong to the same account.
    ///
    /// Nothing of it is done in part: whatever ends the program, the next call goes on.
    ///
    /// # Errors
    /// Every [`LedgerError`]: for instance a ledger that cannot be brought home now because somebody has it open. Then nothing
    /// may be ordered: an order of unknown outcome may stand in it.
    pub fn bind(&self, uid: &str, others: &[Self]) -> Result<PathBuf, LedgerError> {
        let home = self.account_path(uid);
        let mut sources = self.own();
        sources.extend(others.iter().flat_map(Self::own));
        // One that remembers another account is that account's.
        sources.retain(|path| remembered(path).is_none_or(|known| known == uid));
        sources.extend(self.strangers(uid)?);
        sources.sort();
        sources.dedup();
        for source in sources.iter().filter(|source| **source != home) {
            merge(source, &home, uid)?;
        }
        for place in others.iter().chain([self]) {
            place.write_index(uid)?;
        }
        Ok(home)
    }

    /// True when there is no ledger of any account of this server: then nobody has to be asked which one it would be.
    pub fn has_none(&self) -> bool {
        let is_of_server = |path: PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stems = self.earlier_stems.iter().chain([&self.stem]);
            name.contains(".sqlite") && stems.into_iter().any(|stem| name.starts_with(stem.as_str()))
        };
        match fs::read_dir(&self.folder) {
            Ok(entries) => entries.flatten().all(|entry| !is_of_server(entry.path())),
            Err(why) => why.kind() == io::ErrorKind::NotFound,
        }
    }

    /// True when a ledger of the account still lies elsewhere.
    pub fn has_sources(&self, uid: &str) -> bool {
        let own = self.own().into_iter().any(|path| remembered(&path).is_none_or(|known| known == uid));
        own || self.strangers(uid).is_ok_and(|found| !found.is_empty())
    }

    /// The account's ledger.
    pub fn account_path(&self, uid: &str) -> PathBuf {
        self.folder.join(format!("{}-uid-{}.sqlite", self.stem, hash(&format!("{}\0uid\0{uid}", self.origin), 16)))
    }

    fn new_key_path(&self) -> PathBuf {
        self.folder.join(format!("{}-key-{}.sqlite", self.stem, self.print))
    }

    /// The ledgers of the key itself that are there, or were.
    fn own(&self) -> Vec<PathBuf> {
        let all = std::iter::once(self.new_key_path()).chain(self.earlier.iter().cloned());
        all.filter(|path| is_begun(path)).collect()
    }

    /// Ledgers of other keys that remember this account.
    fn strangers(&self, uid: &str) -> Result<Vec<PathBuf>, LedgerError> {
        let found = self.key_ledgers().map_err(|why| place(&self.folder, &why))?.into_iter();
        Ok(found.filter(|path| path.exists() && remembered(path).is_some_and(|known| known == uid)).collect())
    }

    /// The ledgers of all keys of this origin that are there; one that was set aside counts until another is begun.
    fn key_ledgers(&self) -> io::Result<BTreeSet<PathBuf>> {
        let mut found = BTreeSet::new();
        for name in self.names()? {
            let Some((begin, rest)) = name.split_once(".sqlite") else { continue };
            let is_print = |rest: &str| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_hexdigit());
            let of_key = begin.strip_prefix(&self.stem).and_then(|rest| rest.strip_prefix("-key-"));
            let is_earlier =
                self.earlier_stems.iter().any(|stem| begin.strip_prefix(stem.as_str()).is_some_and(is_print));
            let is_there = rest.is_empty() || rest.starts_with(".damaged-");
            if is_there && (of_key.is_some_and(is_print) || is_earlier) {
                found.insert(self.folder.join(format!("{begin}.sqlite")));
            }
        }
        Ok(found)
    }

    /// The names of everything that lies where the ledgers are.
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(why),
        };
        let name = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().into_string().ok());
        entries.filter_map(|entry| name(entry).transpose()).collect()
    }

    /// True when an account of this origin is known here, by its ledger or by the index of any key: then an exchange that does
    /// not tell whose key this is says nothing.
    ///
    /// # Errors
    /// Those of the system.
    pub fn knows_an_account(&self) -> io::Result<bool> {
        let (home, key) = (format!("{}-uid-", self.stem), format!("{}-key-", self.stem));
        let is_account =
            |name: &String| name.starts_with(&home) || (name.starts_with(&key) && name.ends_with(".account"));
        Ok(self.names()?.iter().any(is_account))
    }

    /// A ledger of this origin beside the one at `own`, that of the account `uid`, in which an order of the account may stand
    /// that must be known before anything is sent: it remembers no other account, and holds an order of unknown outcome or cannot
    /// be read.
    ///
    /// # Errors
    /// Those of the system.
    pub fn unsettled_elsewhere(&self, own: &Path, uid: Option<&str>) -> io::Result<Option<Elsewhere>> {
        for path in self.key_ledgers()? {
            if path == own {
                continue;
            }
            match look_into(&path, uid) {
                Ok(false) => {}
                Ok(true) => return Ok(Some(Elsewhere { path, unread: None })),
                // Somebody has just brought it home.
                Err(_) if !path.exists() && super::damaged_count(&path) == 0 => {}
                Err(why) => return Ok(Some(Elsewhere { path, unread: Some(why.to_string()) })),
            }
        }
        Ok(None)
    }

    fn index_path(&self) -> PathBuf {
        self.folder.join(format!("{}-key-{}.account", self.stem, self.print))
    }

    /// What the index says, if it is whole.
    fn indexed(&self) -> Option<String> {
        let line = fs::read_to_string(self.index_path()).ok()?;
        let (checksum, uid) = line.trim_end_matches('\n').split_once(' ')?;
        (checksum == self.index_checksum(uid)).then(|| uid.to_owned())
    }

    fn index_checksum(&self, uid: &str) -> String {
        hash(&format!("{}\0{}\0{uid}", self.origin, self.print), 16)
    }

    fn write_index(&self, uid: &str) -> Result<(), LedgerError> {
        if self.indexed().as_deref() == Some(uid) {
            return Ok(());
        }
        let path = self.index_path();
        let write = || -> io::Result<()> {
            private::make_folder(&self.folder)?;
            private::replace(&path, format!("{} {uid}\n", self.index_checksum(uid)).as_bytes(), None)
        };
        write().map_err(|why| place(&path, &why))
    }
}

/// A key's fingerprint with an origin, from which the key cannot be found.
pub(super) fn key_print(origin: &str, api_key: &str) -> String {
    hash(&format!("{origin}\0key\0{api_key}"), 16)
}

fn place(path: &Path, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Place { path: path.display().to_string(), why: why.to_string() }
}

/// A ledger in which an order of unknown outcome may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where it is.
    pub path: PathBuf,
    /// Why it cannot be read; `None` where it can, and such an order stands in it.
    pub unread: Option<String>,
}

/// The account that a ledger remembers, read without a change. `None` too where it cannot be read.
fn remembered(path: &Path) -> Option<String> {
    read_account(path).ok()?
}

/// The same; `None` only where it remembers none.
fn read_account(path: &Path) -> rusqlite::Result<Option<String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        // Just being begun.
        return Ok(None);
    }
    let sql = "SELECT value FROM facts WHERE name = ?1";
    connection.query_row(sql, [ACCOUNT_FACT], |row| row.get(0)).optional()
}

/// Whether an order of unknown outcome of the account may stand in another ledger.
fn look_into(path: &Path, uid: Option<&str>) -> Result<bool, LedgerError> {
    if fs::metadata(path).is_ok_and(|found| found.len() == 0) {
        return Ok(false);
    }
    let known = read_account(path)?;
    if uid.is_some() && known.is_some() && known.as_deref() != uid {
        return Ok(false);
    }
    let health = examine(path)?;
    if let Some(why) = health.damage {
        return Err(place(path, &why));
    }
    let is_lost = health.set_aside.is_some() || health.missing_orders.is_some() || health.unanswered().is_some();
    Ok(is_lost || health.unsettled > 0)
}

fn hash(text: &str, digits: usize) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text)).chars().take(digits).collect()
}

fn plain(host: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    host.chars().map(plain).take(80).collect()
}
