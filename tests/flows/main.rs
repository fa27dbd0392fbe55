//! Stories told by keys: what is typed, what the exchange answers, what the screen shows then.
//!
//! There is no exchange and no terminal here: replies are literals, the clock is a number, the screen is a buffer.

mod desk;
mod fixtures;
mod laws;
mod privacy;
mod refresh;
mod screens;
mod typing;
