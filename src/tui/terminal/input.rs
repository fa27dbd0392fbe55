//! Reads the terminal, and makes keys, pastes and answers of the bytes that it sends.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use crossterm::event::Event;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::parser::{Input, Parser, Unfinished};
use super::size;
use crate::engine::config::theme::Background;
use crate::platform::input::{Sent, Terminal};

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
    terminal: Terminal,
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
        let terminal = Terminal::open()?;
        let is_remote = REMOTE.iter().any(|name| std::env::var_os(name).is_some());
        let alone = if is_remote { ALONE_REMOTE } else { ALONE };
        Ok(Self { terminal, parser: Parser::default(), alone, last: Instant::now() })
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
                sent = self.terminal.next(&mut chunk) => match sent? {
                    Sent::Bytes(count) => {
                        self.last = Instant::now();
                        if !self.parser.interrupt(&chunk[..count]) {
                            self.parser.feed(&chunk[..count]);
                        }
                    }
                    Sent::Resized => {
                        let size = size()?;
                        return Ok(Input::Event(Event::Resize(size.width, size.height)));
                    }
                },
                () = sleep_until(until), if patience.is_some() => self.parser.give_up(),
            }
        }
    }
}
