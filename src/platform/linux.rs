//! What of Linux no other system has: the desktop's bus.

pub mod desktop;
#[cfg(test)]
pub mod session_bus;
