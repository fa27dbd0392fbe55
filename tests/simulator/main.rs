//! The embedded exchange over HTTP, asked by a bare HTTP client with signatures made here: shapes, strictness, faults.

mod caller;
mod faults;
mod shapes;
mod strictness;
