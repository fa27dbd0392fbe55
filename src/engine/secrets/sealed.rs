//! A file encrypted with a passphrase, in the age format (scrypt): any `age -d` opens it too.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::age::{self, NotOpened};
use super::{FileFault, Trouble};
use crate::engine::config::write::create;
use crate::platform::private;

/// No sealed secret is longer, in bytes.
const LONGEST: u64 = 64 << 10;

/// Opens the file.
pub(super) fn open(path: &Path, passphrase: &SecretString) -> Result<Zeroizing<String>, Trouble> {
    let bytes = age::open(&read(path)?, passphrase).map_err(|why| match why {
        NotOpened::Passphrase => Trouble::Passphrase,
        NotOpened::Format => fault(path, FileFault::NotSealed),
    })?;
    Ok(Zeroizing::new(std::str::from_utf8(&bytes).map_err(|_| Trouble::Strange)?.to_owned()))
}

/// Writes the file, as a whole, for its owner only. One that is there already is never replaced: it may hold the only copy of
/// another secret.
pub(super) fn seal(path: &Path, secret: &SecretString, passphrase: &SecretString) -> Result<(), Trouble> {
    let sealed = age::seal(secret.expose_secret().as_bytes(), passphrase);
    let sealed = sealed.ok_or_else(|| fault(path, FileFault::System))?;
    create(path, &sealed).map_err(|why| system(path, &why))
}

/// Deletes the file, if it is one of these.
pub(super) fn remove(path: &Path) -> Result<(), Trouble> {
    match fs::read(path) {
        Ok(bytes) if !bytes.starts_with(age::MAGIC.as_bytes()) => return Err(fault(path, FileFault::NotSealed)),
        _ => {}
    }
    match fs::remove_file(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => Err(Trouble::Missing),
        done => done.map_err(|why| system(path, &why)),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    // The link itself, not what it leads to; and nothing that would block when it is opened.
    let found = fs::symlink_metadata(path).map_err(|why| system(path, &why))?;
    if !found.is_file() {
        return Err(fault(path, FileFault::NotAFile));
    }
    if !private::is_of_user(path, &found) || private::is_open_to_others(path, &found) {
        return Err(fault(path, FileFault::Open));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|why| system(path, &why))?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|why| system(path, &why))?;
    Ok(bytes)
}

fn system(path: &Path, why: &std::io::Error) -> Trouble {
    Trouble::File(format!("{}: {why}", path.display()), FileFault::System)
}

fn fault(path: &Path, fault: FileFault) -> Trouble {
    Trouble::File(path.display().to_string(), fault)
}
