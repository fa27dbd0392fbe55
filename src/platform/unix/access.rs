//! Who may open a file: its mode. And which file it is, whatever it is called.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

/// Of a file: its owner reads and writes it, nobody else does anything.
const FILE: u32 = 0o600;
/// Of a folder: the same, and its owner enters it.
const FOLDER: u32 = 0o700;
/// Everything that others may do.
const OTHERS: u32 = 0o077;

/// Whether a database that is open may be given another name.
#[cfg(test)]
pub const OPEN_FILES_MOVE: bool = true;

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

/// Lets a new file, which will stand at a path, be opened by whom `permissions` say, or by nobody else.
pub(in crate::platform) fn close_new(
    file: &NamedTempFile,
    _: &Path,
    permissions: Option<Permissions>,
) -> io::Result<()> {
    file.as_file().set_permissions(permissions.unwrap_or_else(|| Permissions::from_mode(FILE)))
}

/// A builder of temporary folders that are closed to others.
pub(in crate::platform) fn closed_folder(builder: &mut tempfile::Builder<'_, '_>) -> io::Result<TempDir> {
    builder.permissions(Permissions::from_mode(FOLDER)).tempdir()
}

/// True where others than the owner may do anything with what was found at a path.
pub fn is_open_to_others(_: &Path, found: &Metadata) -> bool {
    found.mode() & OTHERS != 0
}

/// True for what was found at a path and belongs to the user of this process.
pub fn is_of_user(_: &Path, found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw()
}

/// Which file stands at a path. Nothing is opened for it: closing any other opening of a database would give up SQLite's locks.
///
/// # Errors
/// The system's.
pub fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

/// Which file is open.
///
/// # Errors
/// The system's.
pub fn identity_of(file: &File) -> io::Result<(u64, u64)> {
    file.metadata().map(|found| (found.dev(), found.ino()))
}

/// What was made, renamed or removed in a folder stays so after a loss of power.
///
/// # Errors
/// The system's.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// What is locked to have a folder alone.
pub(in crate::platform) fn lock_of_folder(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// Opens what stands at a path to everybody, for the tests.
///
/// # Panics
/// The system does not let it.
#[cfg(test)]
pub fn open_to_others(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
}

/// Makes a link to a file, for the tests.
///
/// # Panics
/// The system does not let it.
#[cfg(test)]
pub fn link(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link).unwrap();
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
        assert!(mode(&path) == FILE && is_of_user(&path, &found) && !is_open_to_others(&path, &found));
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(is_open_to_others(&path, &fs::metadata(&path).unwrap()));
        close_to_others(&path).unwrap();
        assert!(!is_open_to_others(&path, &fs::metadata(&path).unwrap()));
        let scratch = closed_folder(&mut tempfile::Builder::new()).unwrap();
        assert_eq!(mode(scratch.path()), FOLDER);
        assert_eq!(identity(&path).unwrap(), identity_of(&File::open(&path).unwrap()).unwrap());
    }
}
