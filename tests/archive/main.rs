//! The whole history, read against the embedded exchange over real HTTP and compared with the exchange's own lists.

#[cfg(test)]
mod news;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod stage;
