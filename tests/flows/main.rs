//! Stories told by keys: what is typed, what the exchange answers, what the screen shows then.
//!
//! There is no exchange and no terminal here: replies are literals, the clock is a number, the screen is a buffer.

#[cfg(test)]
mod beside;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod conditions;
#[cfg(test)]
mod deposit;
#[cfg(test)]
mod events;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod history;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod incomplete;
#[cfg(test)]
mod known;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod move_funds;
#[cfg(test)]
mod ordering;
#[cfg(test)]
mod ordering_laws;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod pasting;
#[cfg(test)]
mod payment_links;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod results;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod senders;
#[cfg(test)]
mod shown;
#[cfg(test)]
mod small;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod test_app;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod typing;
#[cfg(test)]
mod withdraw;
