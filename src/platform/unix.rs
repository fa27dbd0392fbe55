//! Linux, macOS and their kin.

pub mod access;
pub mod input;
pub mod process;
pub mod signals;
pub mod terminal;
