//! The real binary, run as a user or a script runs it.

mod cli;
