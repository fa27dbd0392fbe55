//! The operating system's keyring, through its own store (Secret Service, Keychain, Credential Manager), and by name the
//! kernel's. Everything here blocks, perhaps for ever: it is called on a thread of its own.
//!
//! An error of the keyring's may carry the secret: only its kind and the platform's words are ever repeated.

use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{Account, Trouble, service};
use crate::engine::config::profile::KeyringState;

/// What our entries are called.
const SERVICE: &str = "wallet-tui";

pub(super) fn get(account: &Account) -> Result<Zeroizing<String>, Trouble> {
    entry(account)?.get_password().map(Zeroizing::new).map_err(|error| trouble(&error))
}

pub(super) fn put(account: &Account, secret: &SecretString) -> Result<(), Trouble> {
    entry(account)?.set_password(secret.expose_secret()).map_err(|error| trouble(&error))
}

pub(super) fn remove(account: &Account) -> Result<(), Trouble> {
    entry(account)?.delete_credential().map_err(|error| trouble(&error))
}

fn entry(account: &Account) -> Result<Entry, Trouble> {
    // The status alone knows why there is no keyring.
    if let Err(error) = Entry::store_status() {
        return Err(match error {
            Error::PlatformFailure(why) | Error::NoStorageAccess(why) => Trouble::NoKeyring(why.to_string()),
            _ => Trouble::NoKeyring(String::new()),
        });
    }
    Entry::new(SERVICE, &name(account)).map_err(|error| trouble(&error))
}

fn name(account: &Account) -> String {
    format!("{}:{}", account.profile, account.key)
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::NoEntry => Trouble::Missing,
        Error::NoStorageAccess(_) if service::state() == KeyringState::NoCollection => Trouble::NoCollection,
        Error::NoStorageAccess(_) => Trouble::Locked,
        Error::Ambiguous(_) => Trouble::Ambiguous,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Trouble::Strange,
        Error::NoDefaultStore => Trouble::NoKeyring(String::new()),
        Error::PlatformFailure(why) => Trouble::Keyring(why.to_string()),
        Error::BadStoreFormat(why) | Error::NotSupportedByStore(why) => Trouble::Keyring(why.clone()),
        _ => Trouble::Keyring(String::new()),
    }
}

#[cfg(target_os = "linux")]
mod kernel {
    use keyring_core::api::CredentialStoreApi as _;
    use linux_keyutils_keyring_store::Store;

    use secrecy::{ExposeSecret as _, SecretString};

    use super::{Account, Error, SERVICE, Trouble, Zeroizing, name, trouble};

    pub fn get(account: &Account) -> Result<Zeroizing<String>, Trouble> {
        entry(account)?.get_password().map(Zeroizing::new).map_err(|error| kernel_trouble(&error))
    }

    pub fn put(account: &Account, secret: &SecretString) -> Result<(), Trouble> {
        entry(account)?.set_password(secret.expose_secret()).map_err(|error| kernel_trouble(&error))
    }

    pub fn remove(account: &Account) -> Result<(), Trouble> {
        entry(account)?.delete_credential().map_err(|error| kernel_trouble(&error))
    }

    fn entry(account: &Account) -> Result<keyring_core::Entry, Trouble> {
        let store = Store::new().map_err(|error| kernel_trouble(&error))?;
        store.build(SERVICE, &name(account), None).map_err(|error| kernel_trouble(&error))
    }

    fn kernel_trouble(error: &Error) -> Trouble {
        match error {
            Error::PlatformFailure(why) | Error::NoStorageAccess(why) => Trouble::Keyutils(why.to_string()),
            other => trouble(other),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use super::{Account, SecretString, Trouble, Zeroizing};

    pub fn get(_: &Account) -> Result<Zeroizing<String>, Trouble> {
        Err(Trouble::Keyutils(String::new()))
    }

    pub fn put(_: &Account, _: &SecretString) -> Result<(), Trouble> {
        Err(Trouble::Keyutils(String::new()))
    }

    pub fn remove(_: &Account) -> Result<(), Trouble> {
        Err(Trouble::Keyutils(String::new()))
    }
}

pub(super) use kernel::{get as get_from_kernel, put as put_into_kernel, remove as remove_from_kernel};
