//! Laws that the sources keep: read as text, so that a breach is found where it was written.

#[cfg(test)]
mod packaging;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod sources;
