//! What differs between systems: the clock, signals.

pub mod clock;
pub mod signals;

#[cfg(all(test, target_os = "linux"))]
pub mod session_bus;
