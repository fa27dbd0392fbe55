//! What the console sends, as the bytes that other systems' terminals send.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{io, iter};

use crossterm_winapi::{Console, InputRecord, KeyEventRecord};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::console;
pub use crate::platform::answer::Sent;
use crate::platform::burst::Burst;

/// What comes so soon after a paste is its rest.
const REST: Duration = Duration::from_millis(150);
/// Keys, by the system's number, that have no character: what ends their sequence, and what stands before that.
const KEYS: [(u16, &str, char); 22] = [
    (0x21, "5", '~'),
    (0x22, "6", '~'),
    (0x23, "1", 'F'),
    (0x24, "1", 'H'),
    (0x25, "1", 'D'),
    (0x26, "1", 'A'),
    (0x27, "1", 'C'),
    (0x28, "1", 'B'),
    (0x2d, "2", '~'),
    (0x2e, "3", '~'),
    (0x70, "1", 'P'),
    (0x71, "1", 'Q'),
    (0x72, "1", 'R'),
    (0x73, "1", 'S'),
    (0x74, "15", '~'),
    (0x75, "17", '~'),
    (0x76, "18", '~'),
    (0x77, "19", '~'),
    (0x78, "20", '~'),
    (0x79, "21", '~'),
    (0x7a, "23", '~'),
    (0x7b, "24", '~'),
];
const BACKSPACE: u16 = 0x08;
const TAB: u16 = 0x09;
const ALT: u16 = 0x12;

/// The console of this process, open for reading.
#[derive(Debug)]
pub struct Terminal {
    reader: Option<Reader>,
    /// What was read and not taken yet.
    bytes: VecDeque<u8>,
    /// The first half of a character that the console gives as two.
    half: Option<u16>,
    burst: Burst,
    /// When the last paste came that was not marked.
    pasted: Option<Instant>,
    is_resized: bool,
}

impl Terminal {
    /// Opens it.
    ///
    /// # Errors
    /// When there is none.
    pub fn open() -> io::Result<Self> {
        let left = LEFT.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Self {
            reader: Some(left.map_or_else(Reader::start, Ok)?),
            bytes: VecDeque::new(),
            half: None,
            burst: Burst::default(),
            pasted: None,
            is_resized: false,
        })
    }

    /// Waits for what the console does next. Nothing is lost when this is dropped before it ends.
    ///
    /// # Errors
    /// When the console is gone.
    pub async fn next(&mut self, room: &mut [u8]) -> io::Result<Sent> {
        loop {
            if std::mem::take(&mut self.is_resized) {
                return Ok(Sent::Resized);
            }
            if !self.bytes.is_empty() {
                let count = self.bytes.len().min(room.len());
                for (place, byte) in room.iter_mut().zip(self.bytes.drain(..count)) {
                    *place = byte;
                }
                return Ok(Sent::Bytes(count));
            }
            let Some(reader) = self.reader.as_mut() else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            let records = reader.next().await?;
            self.look(&records);
        }
    }

    fn look(&mut self, records: &[InputRecord]) {
        let mut text = String::new();
        for record in records {
            match record {
                InputRecord::KeyEvent(key) => self.write(key, &mut text),
                InputRecord::WindowBufferSizeEvent(_) => self.is_resized = true,
                InputRecord::MouseEvent(_) | InputRecord::FocusEvent(_) | InputRecord::MenuEvent(_) => {}
            }
        }
        if !text.is_empty() {
            let follows = self.pasted.is_some_and(|at| at.elapsed() < REST);
            let (marked, pasted) = self.burst.mark(&text, follows);
            self.pasted = pasted.then(Instant::now);
            self.bytes.extend(marked.into_bytes());
        }
    }

    /// Adds what a key sends.
    fn write(&mut self, key: &KeyEventRecord, text: &mut String) {
        // A character that was typed by its number comes with the end of Alt.
        let is_by_number = key.virtual_key_code == ALT && key.u_char != 0;
        if !key.key_down && !is_by_number {
            return;
        }
        for _ in 0..key.repeat_count.max(1) {
            if key.u_char == 0 {
                text.push_str(&sequence(key));
            } else {
                let halves = self.half.take().into_iter().chain([key.u_char]);
                for character in char::decode_utf16(halves.collect::<Vec<_>>()) {
                    match character {
                        Ok(character) => text.push_str(&typed(key, character)),
                        Err(half) => self.half = Some(half.unpaired_surrogate()),
                    }
                }
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        *LEFT.lock().unwrap_or_else(PoisonError::into_inner) = self.reader.take();
    }
}

/// The reader that nobody has at the moment. There is one for the whole process: its wait cannot be ended.
static LEFT: Mutex<Option<Reader>> = Mutex::new(None);

/// A thread that waits for the console once it is asked to, and for one answer only.
#[derive(Debug)]
struct Reader {
    ask: Sender<()>,
    answers: UnboundedReceiver<io::Result<Vec<InputRecord>>>,
    is_asked: bool,
}

impl Reader {
    fn start() -> io::Result<Self> {
        let console = console::input()?;
        let (ask, asked) = channel();
        let (answer, answers) = unbounded_channel();
        std::thread::Builder::new()
            .name("console".to_owned())
            .spawn(move || while asked.recv().is_ok() && answer.send(wait(&console)).is_ok() {})?;
        Ok(Self { ask, answers, is_asked: false })
    }

    async fn next(&mut self) -> io::Result<Vec<InputRecord>> {
        if !self.is_asked {
            self.ask.send(()).map_err(io::Error::other)?;
            self.is_asked = true;
        }
        let answer = self.answers.recv().await.unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()));
        self.is_asked = false;
        answer
    }
}

/// What comes next, and all that came with it. What comes while others have the console, who take lines, is not for us; the first
/// key of it is lost to them.
fn wait(console: &Console) -> io::Result<Vec<InputRecord>> {
    loop {
        let first = console.read_single_input_event()?;
        let rest = console::waiting(console)?;
        if !console::has_mode(console::LINES)? {
            return Ok(iter::once(first).chain(rest).collect());
        }
    }
}

/// What a key without a character sends; nothing for one that only changes others.
fn sequence(key: &KeyEventRecord) -> String {
    let Some((_, number, end)) = KEYS.iter().find(|(code, ..)| *code == key.virtual_key_code) else {
        return String::new();
    };
    format!("\u{1b}[{number};{}{end}", 1 + held(key))
}

/// What a key with a character sends. A console that makes sequences itself says no key with them.
fn typed(key: &KeyEventRecord, character: char) -> String {
    let (shift, alt, control) = (1, 2, 4);
    match (key.virtual_key_code, held(key)) {
        (BACKSPACE, _) => "\u{7f}".to_owned(),
        (TAB, held) if held == shift => "\u{1b}[Z".to_owned(),
        (code, held) if code != 0 && code != ALT && held & alt != 0 && held & control == 0 => {
            format!("\u{1b}{character}")
        }
        _ => character.to_string(),
    }
}

/// Shift is 1, Alt 2, Ctrl 4.
fn held(key: &KeyEventRecord) -> u32 {
    let has = |bits: u32| u32::from(key.control_key_state.has_state(bits));
    has(0x10) + 2 * has(0x1 | 0x2) + 4 * has(0x4 | 0x8)
}
