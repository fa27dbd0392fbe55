//! What of Linux no other system has: the desktop's bus, its keyring, the kernel's keys.

pub mod desktop;
pub mod kernel_keys;
pub mod secret_service;
#[cfg(test)]
pub mod session_bus;
