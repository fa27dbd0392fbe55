//! How the system's keyring is.

/// How the system's keyring is, as far as it tells without being asked for a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringState {
    /// It takes a secret.
    Ready,
    /// It has to be unlocked first.
    Locked,
    /// It has no collection that new secrets go into.
    NoCollection,
    /// There is none; the system's words.
    Absent(String),
    /// It was waited for and has not answered.
    Silent,
}

/// Why the kernel's keys hold nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KernelFault {
    /// There is no session keyring, and the kernel has none that outlives a session: what is put in would be gone at once.
    NoSession,
    /// They cannot be used here; the system's words.
    Refused(String),
}
