//! The engine over real HTTP: the embedded exchange in this process, which counts what it really executes, and a real ledger
//! on the disk. Every fault, two instances, killed programs, a laptop asleep, and random sequences of all of it.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod addresses;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod history;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod preflight;
mod repeat;
#[cfg(test)]
mod screen;
#[cfg(test)]
mod spellings;
#[cfg(test)]
mod stage;
