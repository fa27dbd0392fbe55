//! The API client against servers that behave badly. The servers here are raw sockets, so that every byte is the test's.

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod futures;
#[cfg(test)]
mod money;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod server;
