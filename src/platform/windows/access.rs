//! Who may open a file: its access list. And which file it is, whatever it is called.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};
use winapi_util::{Handle, HandleRef, file::information};
use windows_permissions::constants::{AceFlags, AceType, SeObjectType, SecurityInformation};
use windows_permissions::utilities::current_process_sid;
use windows_permissions::wrappers::{GetNamedSecurityInfo, SetNamedSecurityInfo};
use windows_permissions::{Ace, LocalBox, SecurityDescriptor};

/// Who may open a file that is closed to others, besides its user: the system itself. An administrator's program can make itself
/// the owner of any file; listed or not.
const SYSTEM: &str = "S-1-5-18";
const ADMINISTRATORS: &str = "S-1-5-32-544";
/// Whoever owns or makes a file; names its user in an access list.
const OWNERS: [&str; 2] = ["S-1-3-0", "S-1-3-4"];
/// What is locked to have a folder alone: a folder itself cannot be.
const LOCK: &str = ".lock";

/// Whether a database that is open may be given another name.
#[cfg(test)]
pub const OPEN_FILES_MOVE: bool = false;

/// Makes a folder, and those that it stands in, where there is none yet. What is made in it is closed to others as well.
///
/// # Errors
/// The system's.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_folder)?;
    match fs::create_dir(path) {
        Ok(()) => close(path, "OICI"),
        // Another instance was faster.
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(why) => Err(why),
    }
}

/// How to open a file that has the access list of its folder if it is made.
pub fn options() -> OpenOptions {
    OpenOptions::new()
}

/// Closes a file to others.
///
/// # Errors
/// The system's.
pub fn close_to_others(path: &Path) -> io::Result<()> {
    close(path, "")
}

/// Lets a new file, which will stand at a path, be opened by nobody else. One that takes the place of a file that is open to
/// others, whose `permissions` are given, has the access list of its folder.
pub(in crate::platform) fn close_new(
    file: &NamedTempFile,
    path: &Path,
    permissions: Option<Permissions>,
) -> io::Result<()> {
    if permissions.is_some() && fs::metadata(path).is_ok_and(|found| is_open_to_others(path, &found)) {
        return Ok(());
    }
    close_to_others(file.path())
}

/// A builder of temporary folders that are closed to others.
pub(in crate::platform) fn closed_folder(builder: &mut tempfile::Builder<'_, '_>) -> io::Result<TempDir> {
    let folder = builder.tempdir()?;
    close(folder.path(), "OICI")?;
    Ok(folder)
}

/// Gives a path an access list of its own: the user of this process, and the system.
fn close(path: &Path, inherit: &str) -> io::Result<()> {
    let user = current_process_sid()?;
    set(path, &format!("D:P(A;{inherit};FA;;;{user})(A;{inherit};FA;;;{SYSTEM})"))
}

fn set(path: &Path, list: &str) -> io::Result<()> {
    let descriptor: LocalBox<SecurityDescriptor> = list.parse()?;
    let what = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    SetNamedSecurityInfo(path, SeObjectType::SE_FILE_OBJECT, what, None, None, descriptor.dacl(), None)
}

/// True where others than the user, the system and administrators may do anything with what stands at a path, and where that
/// cannot be told.
pub fn is_open_to_others(path: &Path, _: &Metadata) -> bool {
    let is_open = || -> io::Result<bool> {
        let user = current_process_sid()?.to_string();
        let found = GetNamedSecurityInfo(path, SeObjectType::SE_FILE_OBJECT, SecurityInformation::Dacl)?;
        // Without a list it is everybody's.
        let Some(list) = found.dacl() else { return Ok(true) };
        let ours = [&[user.as_str(), SYSTEM, ADMINISTRATORS], &OWNERS[..]].concat();
        let is_others = |entry: &Ace| {
            let who = entry.sid().map(ToString::to_string);
            entry.ace_type() != AceType::ACCESS_DENIED_ACE_TYPE
                && !entry.flags().contains(AceFlags::InheritOnly)
                && !entry.mask().is_empty()
                && !who.is_some_and(|who| ours.contains(&who.as_str()))
        };
        Ok((0..list.len()).any(|index| list.get_ace(index).is_none_or(is_others)))
    };
    is_open().unwrap_or(true)
}

/// True for what stands at a path and belongs to the user of this process, or was made by them as an administrator.
pub fn is_of_user(path: &Path, _: &Metadata) -> bool {
    let owner = || -> io::Result<Option<String>> {
        let found = GetNamedSecurityInfo(path, SeObjectType::SE_FILE_OBJECT, SecurityInformation::Owner)?;
        Ok(found.owner().map(ToString::to_string))
    };
    let user = current_process_sid().map(|sid| sid.to_string());
    matches!((owner(), user), (Ok(Some(owner)), Ok(user)) if owner == user || owner == ADMINISTRATORS)
}

/// Which file stands at a path.
///
/// # Errors
/// The system's.
pub fn identity(path: &Path) -> io::Result<(u64, u64)> {
    information(Handle::from_path_any(path)?).map(|found| (found.volume_serial_number(), found.file_index()))
}

/// Which file is open.
///
/// # Errors
/// The system's.
pub fn identity_of(file: &File) -> io::Result<(u64, u64)> {
    information(HandleRef::from_file(file)).map(|found| (found.volume_serial_number(), found.file_index()))
}

/// A folder needs no word of its own here to stay as it is after a loss of power, and there is none.
///
/// # Errors
/// None.
pub const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What is locked to have a folder alone.
pub(in crate::platform) fn lock_of_folder(folder: &Path) -> io::Result<File> {
    options().write(true).create(true).truncate(false).open(folder.join(LOCK))
}

/// Opens what stands at a path to everybody, for the tests.
///
/// # Panics
/// The system does not let it.
#[cfg(test)]
pub fn open_to_others(path: &Path) {
    set(path, "D:P(A;;FA;;;WD)").unwrap();
}

/// Makes a link to a file, for the tests.
///
/// # Panics
/// The system does not let it.
#[cfg(test)]
pub fn link(target: &Path, link: &Path) {
    std::os::windows::fs::symlink_file(target, link).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_the_users_alone() {
        let dir = closed_folder(&mut tempfile::Builder::new()).unwrap();
        let folder = dir.path().join("a").join("b");
        make_folder(&folder).unwrap();
        make_folder(&folder).unwrap();
        let is_open = |path: &Path| is_open_to_others(path, &fs::metadata(path).unwrap());
        assert!(!is_open(&folder) && !is_open(&dir.path().join("a")));
        let path = folder.join("file");
        options().write(true).create(true).open(&path).unwrap();
        assert!(is_of_user(&path, &fs::metadata(&path).unwrap()));
        close_to_others(&path).unwrap();
        assert!(!is_open(&path));
        open_to_others(&path);
        assert!(is_open(&path));
        close_to_others(&path).unwrap();
        assert!(!is_open(&path));
        let scratch = closed_folder(&mut tempfile::Builder::new()).unwrap();
        assert!(!is_open(scratch.path()));
        assert_eq!(identity(&path).unwrap(), identity_of(&File::open(&path).unwrap()).unwrap());
    }
}
