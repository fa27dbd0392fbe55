//! The real binary, run as a user or a script runs it.
#![cfg(unix)]

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod books;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod completion;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod incomplete;
#[cfg(test)]
mod journals;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod places;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod receipt;
#[cfg(test)]
#[cfg(unix)]
mod recipes;
