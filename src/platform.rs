//! What differs between systems: who may open a file, the process, signals, the terminal, where secrets are kept. Nothing else asks which system it is.

mod answer;
pub mod clock;
pub mod keyring_state;
pub mod private;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix::access;
#[cfg(unix)]
pub use unix::{input, process, signals, terminal};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows::access;
#[cfg(windows)]
pub use windows::{input, process, signals, terminal};

#[cfg(any(windows, test))]
mod burst;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(test, target_os = "linux"))]
pub use linux::session_bus;
#[cfg(target_os = "linux")]
pub use linux::{desktop, kernel_keys, secret_service};

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{desktop, kernel_keys, secret_service};
