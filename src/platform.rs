//! What differs between systems: the clock, files of the user alone, the process, signals, the terminal.

pub mod clock;
pub mod private;
pub mod process;
pub mod signals;
pub mod terminal;

#[cfg(all(test, target_os = "linux"))]
pub mod session_bus;
