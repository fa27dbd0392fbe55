//! What differs between systems: the clock, files of the user alone, signals.

pub mod clock;
pub mod private;
pub mod signals;

#[cfg(all(test, target_os = "linux"))]
pub mod session_bus;
