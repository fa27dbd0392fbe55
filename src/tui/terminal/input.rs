//! Reads the terminal: by this very task, and only while it is waited for, so that whoever gets the terminal meanwhile (the
//! shell, a command that asks for a passphrase) gets all that is typed.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use crossterm::event::Event;
use rustix::fs::{Mode, OFlags, open};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::parser::{Input, Parser, Unfinished};
use super::size;
use crate::engine::config::theme::Background;
use crate::platform::signals::RESIZED;

/// So long after an escape character nothing has followed: it was the key. Longer than what a terminal on this machine puts
/// between the bytes of one arrow key.
const ALONE: Duration = Duration::from_millis(75);
/// The same where the bytes come over a network, which cuts where it likes.
const ALONE_REMOTE: Duration = Duration::from_millis(200);
/// What an SSH server sets for whom it lets in; it goes on to what is started in there.
const REMOTE: [&str; 2] = ["SSH_CONNECTION", "SSH_TTY"];
/// So long after its last byte a sequence that is not complete never will be.
const ABANDONED: Duration = Duration::from_secs(1);
/// So long the terminal may take to say what it draws on; nothing is drawn before.
const BACKGROUND: Duration = Duration::from_millis(300);
/// Bytes that are read at once: a burst of keys makes one picture.
const CHUNK: usize = 16_384;

/// What the terminal sends.
#[derive(Debug)]
pub struct Reader {
    /// Not a pipe, but read like one.
    tty: Receiver,
    /// A byte comes here with each signal that says that the window has another size.
    resized: UnixStream,
    signal: signal_hook::SigId,
    parser: Parser,
    /// How long an escape character waits for its rest.
    alone: Duration,
    /// When the last byte came.
    last: Instant,
}

impl Reader {
    /// Opens the terminal of this process for reading, beside whatever else has it open.
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
        let is_remote = REMOTE.iter().any(|name| std::env::var_os(name).is_some());
        let alone = if is_remote { ALONE_REMOTE } else { ALONE };
        Ok(Self { tty, resized, signal, parser: Parser::default(), alone, last: Instant::now() })
    }

    /// What the terminal answers of its background. `None` when it answers the question that was asked after that one first, or
    /// nothing in time. Whatever else comes meanwhile is given later, in its order.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn background(&mut self) -> io::Result<Option<Background>> {
        let until = Instant::now() + BACKGROUND;
        let mut others = VecDeque::new();
        let found = loop {
            match timeout_at(until, self.next()).await {
                Ok(Ok(Input::Background(background))) => break Some(background),
                Ok(Ok(input)) => {
                    let is_too_late = matches!(input, Input::CursorAt(..));
                    others.push_back(input);
                    if is_too_late {
                        break None;
                    }
                }
                Ok(Err(gone)) => return Err(gone),
                Err(_) => break None,
            }
        };
        self.parser.put_back(others);
        Ok(found)
    }

    /// The next thing that the terminal sent. Nothing is lost when this is dropped before it ends.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn next(&mut self) -> io::Result<Input> {
        let mut chunk = vec![0; CHUNK];
        loop {
            if let Some(input) = self.parser.next() {
                return Ok(input);
            }
            let patience = match self.parser.unfinished() {
                Unfinished::Nothing | Unfinished::Paste => None,
                Unfinished::Escape => Some(self.alone),
                Unfinished::Sequence | Unfinished::PasteEscape => Some(ABANDONED),
            };
            let until = self.last + patience.unwrap_or_default();
            tokio::select! {
                biased;
                ready = self.tty.readable() => {
                    ready?;
                    match self.tty.try_read(&mut chunk) {
                        Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                        Ok(count) => {
                            self.last = Instant::now();
                            if !self.parser.interrupt(&chunk[..count]) {
                                self.parser.feed(&chunk[..count]);
                            }
                        }
                        Err(error) => again(error)?,
                    }
                }
                ready = self.resized.readable() => {
                    ready?;
                    match self.resized.try_read(&mut chunk) {
                        Ok(_) => {
                            let size = size()?;
                            return Ok(Input::Event(Event::Resize(size.width, size.height)));
                        }
                        Err(error) => again(error)?,
                    }
                }
                () = sleep_until(until), if patience.is_some() => self.parser.give_up(),
            }
        }
    }
}

impl Drop for Reader {
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
