//! Signals that end the program, while it waits for something. Taken once, at the start of a command that orders.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hang-up, interrupt and terminate.
const ENDING: [i32; 3] = [1, 2, 15];

/// The signals that were asked for.
#[derive(Debug)]
pub struct Interrupt([(i32, Signal); 3]);

impl Interrupt {
    /// Takes the signals; from now on they are only heard where somebody waits for [`Interrupt::next`].
    pub fn take() -> io::Result<Self> {
        let [a, b, c] = ENDING.map(|number| Ok::<_, io::Error>((number, signal(SignalKind::from_raw(number))?)));
        Ok(Self([a?, b?, c?]))
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        let [a, b, c] = &mut self.0;
        tokio::select! {
            _ = a.1.recv() => a.0,
            _ = b.1.recv() => b.0,
            _ = c.1.recv() => c.0,
        }
    }
}
