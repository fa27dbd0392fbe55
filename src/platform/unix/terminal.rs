//! The terminal as the system knows it: how large it is, whether it is still there, what was typed ahead, a line in time.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::oneshot;

pub use crate::platform::answer::Answer;
pub use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// The longest line that a terminal gives, bytes, with its end; of a longer one the rest is dropped without a word.
pub const LONGEST_LINE: usize = if cfg!(target_os = "macos") { 1_024 } else { 4_096 };
/// Whether a terminal shows every letter whatever the environment says of its letters.
pub const IS_UNICODE: bool = false;
/// So long after the terminal is gone the program may still be there: it may be stuck in a write to it.
const LAST_MOMENT: Duration = Duration::from_millis(700);

/// Columns and lines of the terminal that is written to. Looking for it by name costs more than a picture may.
///
/// # Errors
/// When standard output is no terminal.
pub fn size() -> io::Result<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout())?;
    Ok((size.ws_col, size.ws_row))
}

/// Forgets what was typed and not read yet.
pub fn forget_typed_ahead() {
    let _ = tcflush(io::stdin(), QueueSelector::IFlush);
}

/// Waits for bytes on standard input; 0 of them are its end. Nothing is read ahead: on a terminal what follows a line stays for
/// whoever reads next.
///
/// # Errors
/// The system's.
pub fn read_input(room: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(io::stdin(), &mut *room) {
            Err(rustix::io::Errno::INTR) => {}
            read => return Ok(read?),
        }
    }
}

/// One line from a terminal, which gives lines as a whole. It is not waited for any more when the other end of `stop` is closed.
pub fn line_within(input: &impl AsFd, stop: &impl AsFd, limit: Duration) -> Answer {
    let limit = Timespec { tv_sec: i64::try_from(limit.as_secs()).unwrap_or(0), tv_nsec: limit.subsec_nanos().into() };
    let mut ends = [PollFd::new(input, PollFlags::IN), PollFd::new(stop, PollFlags::IN)];
    match poll(&mut ends, Some(&limit)) {
        Ok(0) => return Answer::TooLate,
        Ok(_) if ends[1].revents().is_empty() => {}
        Ok(_) | Err(_) => return Answer::Nobody,
    }
    let mut line = [0; LONGEST_LINE];
    match rustix::io::read(input, &mut line) {
        Ok(0) | Err(_) => Answer::Nobody,
        Ok(count) => Answer::Line(String::from_utf8_lossy(line.get(..count).unwrap_or_default()).into_owned()),
    }
}

/// Ends when the other end of the terminal is gone, and the process a moment later. The kernel tells a blocked poll at once;
/// nothing is polled in turns, and the event reader, which would spin on a dead terminal, is not relied on.
pub fn watch() -> oneshot::Receiver<()> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        if !terminal().is_ok_and(|terminal| wait_until_gone(&terminal)) {
            // Nobody knows; the receiver must not take that for an end.
            return std::mem::forget(tell);
        }
        let _ = tell.send(());
        std::thread::sleep(LAST_MOMENT);
        std::process::exit(128 + 1);
    });
    told
}

/// The terminal that keys come from. Standard input where it is one: under its other name, `/dev/tty`, macOS has nothing to
/// poll and says so at once.
fn terminal() -> io::Result<OwnedFd> {
    let input = io::stdin();
    if rustix::termios::isatty(&input) {
        return input.as_fd().try_clone_to_owned();
    }
    File::open("/dev/tty").map(OwnedFd::from)
}

/// True once the terminal is gone; false where that cannot be waited for.
fn wait_until_gone(terminal: &OwnedFd) -> bool {
    loop {
        let mut asked = [PollFd::new(terminal, PollFlags::empty())];
        match poll(&mut asked, None) {
            Ok(_) if asked[0].revents().contains(PollFlags::NVAL) => return false,
            Ok(_) if asked[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => return true,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn an_answer_is_a_line_and_silence_ends() {
        let (reader, mut writer) = io::pipe().unwrap();
        let (stop, wake) = io::pipe().unwrap();
        assert_eq!(line_within(&reader, &stop, Duration::from_millis(1)), Answer::TooLate);
        writer.write_all(b"yes\n").unwrap();
        assert_eq!(line_within(&reader, &stop, Duration::from_secs(5)), Answer::Line("yes\n".into()));
        writer.write_all(b"yes\n").unwrap();
        drop(wake);
        assert_eq!(
            line_within(&reader, &stop, Duration::from_secs(5)),
            Answer::Nobody,
            "it is left for whoever reads next"
        );
        let (stop, _wake) = io::pipe().unwrap();
        assert_eq!(line_within(&reader, &stop, Duration::from_secs(5)), Answer::Line("yes\n".into()));
        drop(writer);
        assert_eq!(line_within(&reader, &stop, Duration::from_secs(5)), Answer::Nobody);
    }

    #[test]
    fn an_end_is_waited_for_and_told() {
        let (reader, writer) = io::pipe().unwrap();
        let waiting = std::thread::spawn(move || wait_until_gone(&reader.into()));
        drop(writer);
        assert!(waiting.join().unwrap());
    }
}
