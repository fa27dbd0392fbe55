//! The embedded exchange over HTTP, asked by a bare HTTP client with signatures made here: shapes, strictness, faults.
#![expect(clippy::unwrap_used, reason = "what goes wrong in a test's helper fails the test")]

mod caller;
mod faults;
mod shapes;
mod strictness;
