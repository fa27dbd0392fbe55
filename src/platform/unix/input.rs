//! The bytes that the terminal sends: read by the task that waits for them and only while it does, so that whoever gets the
//! terminal meanwhile (the shell, a command that asks for a passphrase) gets all that is typed.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{Mode, OFlags, open};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;

use super::signals::RESIZED;
pub use crate::platform::answer::Sent;

/// The terminal of this process, open for reading.
#[derive(Debug)]
pub struct Terminal {
    /// Not a pipe, but read like one.
    tty: Receiver,
    /// A byte comes here with each signal that says that the window has another size.
    resized: UnixStream,
    signal: signal_hook::SigId,
}

impl Terminal {
    /// Opens it, beside whatever else has it open.
    ///
    /// # Errors
    /// When there is none, or it cannot be waited for.
    pub fn open() -> io::Result<Self> {
        let opened = |path: &Path| {
            // A file of its own: that it does not wait concerns nobody else who has the terminal open.
            let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            Receiver::from_file_unchecked(File::from(open(path, flags, Mode::empty())?))
        };
        // Not every system lets the one that has no name of its own be waited for.
        let tty = opened("/dev/tty".as_ref()).or_else(|error| {
            let name = rustix::termios::ttyname(io::stdin(), Vec::new()).map_err(|_| error)?;
            opened(name.to_string_lossy().as_ref().as_ref())
        })?;
        let (resized, told) = UnixStream::pair()?;
        let signal = signal_hook::low_level::pipe::register(RESIZED, told.into_std()?)?;
        Ok(Self { tty, resized, signal })
    }

    /// Waits for what the terminal does next. Nothing is lost when this is dropped before it ends.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn next(&mut self, room: &mut [u8]) -> io::Result<Sent> {
        loop {
            tokio::select! {
                biased;
                ready = self.tty.readable() => {
                    ready?;
                    match self.tty.try_read(room) {
                        Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                        Ok(count) => return Ok(Sent::Bytes(count)),
                        Err(error) => again(error)?,
                    }
                }
                ready = self.resized.readable() => {
                    ready?;
                    match self.resized.try_read(room) {
                        Ok(_) => return Ok(Sent::Resized),
                        Err(error) => again(error)?,
                    }
                }
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        signal_hook::low_level::unregister(self.signal);
    }
}

/// Nothing was there after all, which is no trouble.
fn again(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(()),
        _ => Err(error),
    }
}
