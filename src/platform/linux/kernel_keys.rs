//! The kernel's keys: a store of secrets that a restart empties.

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};
use linux_keyutils_keyring_store::Store;

use crate::platform::keyring_state::KernelFault;

/// Whether this system has them.
pub const IS_THERE: bool = true;

/// What the keyring is called that the kernel lends to a process without a session keyring of its own.
const LENT: &str = "_uid_ses.";

/// The entry of this service and name.
///
/// # Errors
/// The kernel lets nothing be kept.
pub fn entry(service: &str, name: &str) -> Result<Entry, KernelFault> {
    enter_session()?;
    let store = Store::new().map_err(|error| fault(&error))?;
    store.build(service, name, None).map_err(|error| fault(&error))
}

/// Sees to it that this thread has a session keyring. Without one (a service, cron, a shell that PAM gave none) the kernel
/// lends it the user's, and what is put into that can be read by nobody (session-keyring(7), user-session-keyring(7)). One of
/// the thread's own ends with it; what lasts is the user's persistent keyring, to which the store links every secret.
fn enter_session() -> Result<(), KernelFault> {
    let refused = |why: KeyError| KernelFault::Refused(why.to_string());
    let session = KeyRing::from_special_id(KeyRingIdentifier::Session, false).map_err(refused)?;
    if session.metadata().map_err(refused)?.get_description().starts_with(LENT) {
        KeyRing::from_special_id(KeyRingIdentifier::Session, true).map_err(refused)?;
        KeyRing::get_persistent(KeyRingIdentifier::Session).map_err(|_| KernelFault::NoSession)?;
    }
    Ok(())
}

fn fault(error: &Error) -> KernelFault {
    KernelFault::Refused(match error {
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => why.to_string(),
        // Others may repeat what they were given.
        _ => String::new(),
    })
}

/// How long the kernel keeps a secret after its last use, in hours or seconds, in words; `None` where it keeps none beyond the
/// session that it was put into. It never keeps one over a restart.
pub fn keeps() -> Option<String> {
    // persistent-keyring(7)
    let text = std::fs::read_to_string("/proc/sys/kernel/keys/persistent_keyring_expiry").ok()?;
    let seconds: u64 = text.trim().parse().ok()?;
    Some(if seconds >= 3_600 { format!("{} h", seconds / 3_600) } else { format!("{seconds} s") })
}
