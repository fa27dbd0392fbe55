//! Files and folders that are the user's alone: how they are made, written as a whole and told from others.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

/// Of a file: its owner reads and writes it, nobody else does anything.
const FILE: u32 = 0o600;
/// Of a folder: the same, and its owner enters it.
const FOLDER: u32 = 0o700;
/// Everything that others may do.
const OTHERS: u32 = 0o077;
/// How often a folder is tried to be removed, and the time between.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(10);

/// Makes a folder, and those that it stands in, where there is none yet.
///
/// # Errors
/// The system's.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// How to open a file that is closed to others if it is made.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(FILE);
    options
}

/// Closes a file to others.
///
/// # Errors
/// The system's.
pub fn close_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(FILE))
}

/// True where others than the owner may do anything with it.
pub fn is_open_to_others(found: &Metadata) -> bool {
    found.mode() & OTHERS != 0
}

/// True for what belongs to the user of this process.
pub fn is_of_user(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw()
}

/// Which file it is, whatever it is called.
pub fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

/// What was made, renamed or removed in a folder stays so after a loss of power.
///
/// # Errors
/// The system's.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a folder, where there is none, and waits until nobody else has it like this; what is answered gives it back. Where
/// nothing can be locked it is as it is.
///
/// # Errors
/// When there is no such folder.
pub fn lock_folder(path: &Path) -> io::Result<File> {
    make_folder(path)?;
    let folder = File::open(path)?;
    let _ = folder.lock();
    Ok(folder)
}

/// The folder that a file stands in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Writes a new file as a whole.
///
/// # Errors
/// The system's; also when there is a file already, which stays as it is.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    written(path, bytes, None)?.persist_noclobber(path).map_err(|why| why.error)?;
    sync_folder(folder_of(path))
}

/// Replaces a file as a whole: a crash leaves the old one or the new one. Closed to others but for what `permissions` say.
///
/// # Errors
/// The system's; what was there still is.
pub fn replace(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    written(path, bytes, permissions)?.persist(path).map_err(|why| why.error)?;
    sync_folder(folder_of(path))
}

/// All of a file, on the disk, beside where it will stand.
fn written(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".wallet-tui-").tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(permissions.unwrap_or_else(|| Permissions::from_mode(FILE)))?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A new folder that goes with this, whatever is in it.
#[derive(Debug)]
pub struct Scratch {
    /// `None` once it is gone.
    folder: Option<tempfile::TempDir>,
}

impl Scratch {
    /// Makes one among the temporary files, under a name that begins so.
    ///
    /// # Errors
    /// The system's.
    pub fn make(prefix: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(prefix).permissions(Permissions::from_mode(FOLDER)).tempdir()?;
        Ok(Self { folder: Some(folder) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.as_ref().map_or_else(|| Path::new(""), tempfile::TempDir::path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        let path = folder.keep();
        // A piece of work that is not done yet may put a file there while the others are taken away.
        for _ in 0..TRIES {
            match fs::remove_dir_all(&path) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => std::thread::sleep(BETWEEN),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_the_users_alone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        make_folder(&folder).unwrap();
        make_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&dir.path().join("a"))), (FOLDER, FOLDER));
        let path = folder.join("file");
        options().write(true).create(true).open(&path).unwrap();
        let found = fs::metadata(&path).unwrap();
        assert!(mode(&path) == FILE && is_of_user(&found) && !is_open_to_others(&found));
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(is_open_to_others(&fs::metadata(&path).unwrap()));
        close_to_others(&path).unwrap();
        assert!(!is_open_to_others(&fs::metadata(&path).unwrap()));
    }

    #[test]
    fn a_file_is_written_as_a_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        create(&path, b"one").unwrap();
        assert!(create(&path, b"two").is_err());
        let before = identity(&fs::metadata(&path).unwrap());
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"one".to_vec(), FILE));
        replace(&path, b"three", Some(Permissions::from_mode(0o640))).unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"three".to_vec(), 0o640));
        assert_ne!(identity(&fs::metadata(&path).unwrap()), before, "another file took its place");
        replace(&path, b"four", None).unwrap();
        assert_eq!(mode(&path), FILE);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_scratch_folder_goes_with_all_that_comes_into_it() {
        let scratch = Scratch::make("wallet-tui-test-").unwrap();
        let path = scratch.path().to_owned();
        assert_eq!(mode(&path), FOLDER);
        let busy = std::thread::spawn({
            let path = path.clone();
            move || {
                for number in 0..50 {
                    let _ = fs::write(path.join(number.to_string()), b"");
                }
            }
        });
        while fs::read_dir(&path).unwrap().next().is_none() {}
        drop(scratch);
        busy.join().unwrap();
        assert!(!path.exists());
    }
}
