//! What differs between systems: the clock, signals.

pub mod clock;
pub mod signals;
