//! The real binary, run as a user or a script runs it.

#![expect(clippy::unwrap_used, reason = "a test ends where something is wrong")]

mod cli;
mod dashboard;
mod picture;
mod pty;
