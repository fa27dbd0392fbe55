//! The console as the system knows it: how large it is, how it takes keys, what was typed ahead, a line in time.

use std::fs::OpenOptions;
use std::io::{self, BufRead as _, IsTerminal as _, PipeReader, Read as _, Stdin, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::console;
pub use crate::platform::answer::Answer;

/// The longest line that is taken, bytes, with its end.
pub const LONGEST_LINE: usize = 4_096;
/// Whether a console shows every letter whatever the environment says of its letters.
pub const IS_UNICODE: bool = true;
/// The time between two looks whether an answer is still wanted.
const BETWEEN: Duration = Duration::from_millis(50);

/// A line that somebody has begun to wait for and does not want any more. The console does not let a wait be ended: the next line
/// that is typed goes there, and is nobody's. Until then no question is answered.
static BEGUN: Mutex<Option<Receiver<Option<String>>>> = Mutex::new(None);

/// Columns and lines of the console that is written to.
///
/// # Errors
/// When there is none.
pub fn size() -> io::Result<(u16, u16)> {
    crossterm::terminal::size()
}

/// Keys come one by one and as sequences, and nothing is shown by itself.
///
/// # Errors
/// There is no console.
pub fn enable_raw_mode() -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    // A console that knows no sequences has keys, which are made into them.
    let _ = console::change_mode(console::SEQUENCES | console::SIZE, 0);
    Ok(())
}

/// Lines come as a whole again, and are shown.
///
/// # Errors
/// There is no console.
pub fn disable_raw_mode() -> io::Result<()> {
    let _ = console::change_mode(0, console::SEQUENCES | console::SIZE);
    crossterm::terminal::disable_raw_mode()
}

/// Forgets what was typed and not read yet.
pub fn forget_typed_ahead() {
    if io::stdin().is_terminal() {
        let _ = console::input().and_then(|console| console::waiting(&console));
    }
}

/// Waits for bytes on standard input; 0 of them are its end.
///
/// # Errors
/// The system's.
pub fn read_input(room: &mut [u8]) -> io::Result<usize> {
    io::stdin().lock().read(room)
}

/// One line from a console, which gives lines as a whole. It is not waited for any more when the other end of `stop` is closed.
pub fn line_within(_: &Stdin, stop: &PipeReader, limit: Duration) -> Answer {
    let until = Instant::now() + limit;
    let stopped = watch_for_end(stop);
    let mut begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
    let waiting = match begun.take().filter(is_waiting) {
        // What is typed now would be the answer to the earlier question, and its keys would stand in front of the answer to this one.
        Some(earlier) => {
            *begun = Some(earlier);
            return Answer::Nobody;
        }
        None => begin(),
    };
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match waiting.recv_timeout(left.min(BETWEEN)) {
            Ok(Some(line)) => return Answer::Line(line),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => return Answer::Nobody,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let ended = if stopped.as_ref().is_none_or(|stopped| stopped.try_recv().is_ok()) {
            Answer::Nobody
        } else if left.is_zero() {
            Answer::TooLate
        } else {
            continue;
        };
        *begun = Some(waiting);
        return ended;
    }
}

/// Whether no line has come there yet; one that has is too late, and is forgotten with it.
fn is_waiting(begun: &Receiver<Option<String>>) -> bool {
    begun.try_recv() == Err(TryRecvError::Empty)
}

fn begin() -> Receiver<Option<String>> {
    let (send, line) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = io::stdin().lock().take(LONGEST_LINE as u64).read_line(&mut text);
        send.send(matches!(read, Ok(1..)).then_some(text))
    });
    line
}

/// Tells when the other end of a pipe is closed; `None` where that cannot be known.
fn watch_for_end(stop: &PipeReader) -> Option<Receiver<()>> {
    let mut stop = stop.try_clone().ok()?;
    let (send, ended) = channel();
    std::thread::spawn(move || {
        let _ = stop.read(&mut [0]);
        send.send(())
    });
    Some(ended)
}

/// A line of the console's own, whatever standard input is: at most `longest` bytes with its end.
///
/// # Errors
/// There is no console, its input was ended, or the line is too long or no text.
pub(super) fn hidden_line(longest: usize) -> io::Result<Zeroizing<String>> {
    let mut console = OpenOptions::new().read(true).write(true).open("CONIN$")?;
    let mut bytes = Zeroizing::new(vec![0; longest]);
    let mut length = 0;
    while !bytes[..length].ends_with(b"\n") {
        let room = &mut bytes[length..];
        if room.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        match console.read(room)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => length += count,
        }
    }
    let text = std::str::from_utf8(&bytes[..length]).map_err(io::Error::other)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Writes on the console, wherever standard output goes.
///
/// # Errors
/// There is none.
pub(super) fn write(text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).open("CONOUT$")?.write_all(text.as_bytes())
}

/// Ends when the console is gone: never, since the system ends the program with it, and says so by a signal.
pub fn watch() -> oneshot::Receiver<()> {
    let (tell, told) = oneshot::channel();
    std::mem::forget(tell);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_answers_no_later_question() {
        let (send, begun) = channel();
        assert!(is_waiting(&begun), "the next question is not asked in vain");
        send.send(Some("yes\n".to_owned())).unwrap();
        assert!(!is_waiting(&begun), "it came for another question and is gone");
        drop(send);
        assert!(!is_waiting(&begun));
    }
}
