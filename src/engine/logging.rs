//! The log file. Owns where it is, who may read it and how large it grows; what is written is up to the events, which
//! carry sanitized text only and never a secret.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::platform::private;

/// The file's name in the data directory.
pub const FILE: &str = "wallet-tui.log";

/// Whether this program writes to the log already.
static STARTED: AtomicBool = AtomicBool::new(false);

/// A file of this many bytes is put aside, and a new one is begun. One that was put aside before goes.
const FULL: u64 = 4 << 20;

/// How much is logged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames, strum::Display,
)]
#[strum(serialize_all = "snake_case")]
pub enum LogLevel {
    /// Nothing; no file is made.
    Off,
    /// What went wrong.
    Error,
    /// And what was done.
    Info,
    /// And how.
    Debug,
}

impl LogLevel {
    const fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}

/// Opens the log in `dir` and sends this program's events there. Events of the libraries below are not written: they
/// are not ours to vouch for.
///
/// # Errors
/// What the system says when the directory or the file cannot be made; the program goes on without a log.
pub fn start(level: LogLevel, dir: &Path) -> io::Result<()> {
    if level == LogLevel::Off {
        return Ok(());
    }
    if STARTED.load(Ordering::Relaxed) {
        // The dashboard of another profile goes on in the same file.
        return Ok(());
    }
    let file = Rolling::open(dir)?;
    let targets = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level.filter());
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(targets);
    tracing_subscriber::registry().with(layer).try_init().map_err(io::Error::other)?;
    STARTED.store(true, Ordering::Relaxed);
    Ok(())
}

/// The file, and how full it is.
#[derive(Debug)]
struct Rolling {
    dir: PathBuf,
    file: File,
    bytes: u64,
}

impl Rolling {
    fn open(dir: &Path) -> io::Result<Self> {
        let file = open(dir)?;
        let bytes = file.metadata()?.len();
        Ok(Self { dir: dir.to_owned(), file, bytes })
    }
}

impl Write for Rolling {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes >= FULL
            && let Ok(next) = Self::open(&self.dir)
        {
            // Where no new one can be begun the old one goes on: better too long than nothing.
            *self = next;
        }
        let written = self.file.write(line)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Makes the directory (0700) and the file (0600), and puts a full file aside as `.old`.
fn open(dir: &Path) -> io::Result<File> {
    private::make_folder(dir)?;
    let path = dir.join(FILE);
    match fs::metadata(&path) {
        Ok(found) if found.len() >= FULL => fs::rename(&path, dir.join(format!("{FILE}.old")))?,
        Ok(_) => {}
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    let file = private::options().append(true).create(true).open(&path)?;
    // An older file may be readable by others; addresses and amounts are nobody else's business.
    private::close_to_others(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::private::{is_the_users_alone, open_to_others};

    #[test]
    fn the_log_is_readable_by_its_owner_only() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        open(&dir).unwrap().write_all(b"one\n").unwrap();
        assert!(is_the_users_alone(&dir) && is_the_users_alone(&dir.join(FILE)));
        open_to_others(&dir.join(FILE));
        open(&dir).unwrap().write_all(b"two\n").unwrap();
        assert!(is_the_users_alone(&dir.join(FILE)));
        assert_eq!(fs::read_to_string(dir.join(FILE)).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_full_log_is_put_aside_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        fs::write(&path, vec![b'x'; (4 << 20) - 1]).unwrap();
        open(dir.path()).unwrap().write_all(b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 4 << 20);
        open(dir.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        assert_eq!(fs::metadata(dir.path().join("wallet-tui.log.old")).unwrap().len(), 4 << 20);
    }

    #[test]
    fn a_log_that_becomes_full_is_put_aside_while_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rolling::open(dir.path()).unwrap();
        let line = vec![b'x'; 1 << 20];
        (0..5).for_each(|_| log.write_all(&line).unwrap());
        assert_eq!(fs::metadata(dir.path().join("wallet-tui.log.old")).unwrap().len(), 4 << 20);
        assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().len(), 1 << 20);
    }

    #[test]
    fn a_place_that_cannot_be_made_is_said() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, b"").unwrap();
        assert!(open(&path.join("below")).is_err());
    }
}
