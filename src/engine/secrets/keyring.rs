//! The operating system's keyring, through its own store (Secret Service, Keychain, Credential Manager), and by name the
//! kernel's. Everything here blocks, perhaps for ever: it is called on a thread of its own.
//!
//! An error of the keyring's may carry the secret: only its kind and the platform's words are ever repeated.

use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{Account, Trouble};
use crate::platform::keyring_state::{KernelFault, KeyringState};
use crate::platform::{kernel_keys, secret_service};

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
        Error::NoStorageAccess(_) if secret_service::state() == KeyringState::NoCollection => Trouble::NoCollection,
        Error::NoStorageAccess(_) => Trouble::Locked,
        Error::Ambiguous(_) => Trouble::Ambiguous,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Trouble::Strange,
        Error::NoDefaultStore => Trouble::NoKeyring(String::new()),
        Error::PlatformFailure(why) => Trouble::Keyring(why.to_string()),
        Error::BadStoreFormat(why) | Error::NotSupportedByStore(why) => Trouble::Keyring(why.clone()),
        _ => Trouble::Keyring(String::new()),
    }
}

pub(super) fn get_from_kernel(account: &Account) -> Result<Zeroizing<String>, Trouble> {
    let found = kernel_entry(account)?.get_password().map(Zeroizing::new).map_err(|error| kernel_trouble(&error));
    found.map_err(|why| if why == Trouble::Missing { Trouble::Forgotten } else { why })
}

pub(super) fn put_into_kernel(account: &Account, secret: &SecretString) -> Result<(), Trouble> {
    kernel_entry(account)?.set_password(secret.expose_secret()).map_err(|error| kernel_trouble(&error))
}

pub(super) fn remove_from_kernel(account: &Account) -> Result<(), Trouble> {
    kernel_entry(account)?.delete_credential().map_err(|error| kernel_trouble(&error))
}

fn kernel_entry(account: &Account) -> Result<keyring_core::Entry, Trouble> {
    kernel_keys::entry(SERVICE, &name(account)).map_err(|why| match why {
        KernelFault::NoSession => Trouble::NoSession,
        KernelFault::Refused(why) => Trouble::Keyutils(why),
    })
}

fn kernel_trouble(error: &Error) -> Trouble {
    match error {
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => Trouble::Keyutils(why.to_string()),
        other => trouble(other),
    }
}
