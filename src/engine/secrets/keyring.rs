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
    use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};
    use linux_keyutils_keyring_store::Store;

    use secrecy::{ExposeSecret as _, SecretString};

    use super::{Account, Error, SERVICE, Trouble, Zeroizing, name, trouble};

    /// What the keyring is called that the kernel lends to a process without a session keyring of its own.
    const LENT: &str = "_uid_ses.";

    pub fn get(account: &Account) -> Result<Zeroizing<String>, Trouble> {
        let found = entry(account)?.get_password().map(Zeroizing::new).map_err(|error| kernel_trouble(&error));
        found.map_err(|why| if why == Trouble::Missing { Trouble::Forgotten } else { why })
    }

    pub fn put(account: &Account, secret: &SecretString) -> Result<(), Trouble> {
        entry(account)?.set_password(secret.expose_secret()).map_err(|error| kernel_trouble(&error))
    }

    pub fn remove(account: &Account) -> Result<(), Trouble> {
        entry(account)?.delete_credential().map_err(|error| kernel_trouble(&error))
    }

    fn entry(account: &Account) -> Result<keyring_core::Entry, Trouble> {
        enter_session()?;
        let store = Store::new().map_err(|error| kernel_trouble(&error))?;
        store.build(SERVICE, &name(account), None).map_err(|error| kernel_trouble(&error))
    }

    /// Sees to it that this thread has a session keyring. Without one (a service, cron, a shell that PAM gave none) the kernel
    /// lends it the user's, and what is put into that can be read by nobody (session-keyring(7), user-session-keyring(7)). One of
    /// the thread's own ends with it; what lasts is the user's persistent keyring, to which the store links every secret.
    fn enter_session() -> Result<(), Trouble> {
        let refused = |why: KeyError| Trouble::Keyutils(why.to_string());
        let session = KeyRing::from_special_id(KeyRingIdentifier::Session, false).map_err(refused)?;
        if session.metadata().map_err(refused)?.get_description().starts_with(LENT) {
            KeyRing::from_special_id(KeyRingIdentifier::Session, true).map_err(refused)?;
            KeyRing::get_persistent(KeyRingIdentifier::Session).map_err(|_| Trouble::NoSession)?;
        }
        Ok(())
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
