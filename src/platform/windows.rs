//! Windows.

pub mod access;
mod console;
pub mod input;
pub mod process;
pub mod signals;
pub mod terminal;
