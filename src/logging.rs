//! The log file. Owns where it is, who may read it and how large it grows; what is written is up to the events, which
//! carry gated text only and never a secret.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The file's name in the data directory.
pub const FILE: &str = "wallet-tui.log";

/// A file of this many bytes is put aside at the next start.
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
    let file = open(dir)?;
    let targets = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level.filter());
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(targets);
    tracing_subscriber::registry().with(layer).try_init().map_err(io::Error::other)
}

/// Makes the directory (0700) and the file (0600), and puts a full file aside as `.old`.
fn open(dir: &Path) -> io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let path = dir.join(FILE);
    match fs::metadata(&path) {
        Ok(found) if found.len() >= FULL => fs::rename(&path, dir.join(format!("{FILE}.old")))?,
        Ok(_) => {}
        Err(why) if why.kind() == ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
    // An older file may be readable by others; addresses and amounts are nobody else's business.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_log_is_readable_by_its_owner_only() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        open(&dir).unwrap().write_all(b"one\n").unwrap();
        assert_eq!((mode(&dir), mode(&dir.join(FILE))), (0o700, 0o600));
        fs::set_permissions(dir.join(FILE), Permissions::from_mode(0o644)).unwrap();
        open(&dir).unwrap().write_all(b"two\n").unwrap();
        assert_eq!(mode(&dir.join(FILE)), 0o600);
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
    fn a_place_that_cannot_be_made_is_said() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, b"").unwrap();
        assert!(open(&path.join("below")).is_err());
    }
}
