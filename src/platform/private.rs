//! Files and folders that are the user's alone: how they are made, written as a whole and told from others.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

#[cfg(test)]
pub use super::access::{OPEN_FILES_MOVE, link, open_to_others};
use super::access::{close_new, closed_folder, lock_of_folder};
pub use super::access::{
    close_to_others, identity, identity_of, is_of_user, is_open_to_others, make_folder, options, sync_folder,
};

/// How often a folder is tried to be removed, and the time between.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(10);

/// Makes a folder, where there is none, and waits until nobody else has it like this; what is answered gives it back. Where
/// nothing can be locked it is as it is.
///
/// # Errors
/// When there is no such folder.
pub fn lock_folder(path: &Path) -> io::Result<File> {
    make_folder(path)?;
    let lock = lock_of_folder(path)?;
    let _ = lock.lock();
    Ok(lock)
}

/// Whether nobody but the user of this process may open what stands at a path, for the tests.
///
/// # Panics
/// There is nothing.
#[cfg(test)]
pub fn is_the_users_alone(path: &Path) -> bool {
    let found = fs::metadata(path).unwrap();
    is_of_user(path, &found) && !is_open_to_others(path, &found)
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
    close_new(&file, path, permissions)?;
    file.write_all(bytes)?;
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
        Ok(Self { folder: Some(closed_folder(tempfile::Builder::new().prefix(prefix))?) })
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

    #[test]
    fn a_file_is_written_as_a_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let is_open = || is_open_to_others(&path, &fs::metadata(&path).unwrap());
        create(&path, b"one").unwrap();
        assert!(create(&path, b"two").is_err());
        let before = identity(&path).unwrap();
        assert!(fs::read(&path).unwrap() == b"one" && !is_open());
        open_to_others(&path);
        replace(&path, b"three", Some(fs::metadata(&path).unwrap().permissions())).unwrap();
        assert!(fs::read(&path).unwrap() == b"three" && is_open(), "it stays as open as it was");
        assert_ne!(identity(&path).unwrap(), before, "another file took its place");
        replace(&path, b"four", None).unwrap();
        assert!(!is_open());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_scratch_folder_goes_with_all_that_comes_into_it() {
        let scratch = Scratch::make("wallet-tui-test-").unwrap();
        let path = scratch.path().to_owned();
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
