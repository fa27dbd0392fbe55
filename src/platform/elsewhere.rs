//! What Linux has and the other systems do not.

/// The desktop's bus.
pub mod desktop {
    /// There is none to show a notification.
    ///
    /// # Errors
    /// Always: what does it instead.
    pub fn notify(_: &str) -> Result<(), String> {
        Err("no D-Bus desktop on this system; use notices.hook".to_owned())
    }
}

/// The kernel's keys.
pub mod kernel_keys {
    use keyring_core::Entry;

    use crate::platform::keyring_state::KernelFault;

    /// Whether this system has them.
    pub const IS_THERE: bool = false;

    /// There are none.
    ///
    /// # Errors
    /// Always.
    pub const fn entry(_: &str, _: &str) -> Result<Entry, KernelFault> {
        Err(KernelFault::Refused(String::new()))
    }

    /// Nothing is kept.
    pub const fn keeps() -> Option<String> {
        None
    }
}

/// These systems have one keyring, and ask for it themselves.
pub mod secret_service {
    use crate::platform::keyring_state::KeyringState;

    /// It is there.
    pub const fn state() -> KeyringState {
        KeyringState::Ready
    }

    /// It needs no collection.
    ///
    /// # Errors
    /// None.
    pub const fn make_collection() -> Result<bool, String> {
        Ok(false)
    }
}
