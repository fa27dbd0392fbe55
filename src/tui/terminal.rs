//! The terminal: taken whole, given back whole, on every way out but SIGKILL. It is read in `terminal/input.rs`.

pub mod input;
mod parser;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::domain::text::sanitize;
use crate::engine::notifications::Channel;
use crate::platform::terminal::{self as system, disable_raw_mode, enable_raw_mode};
use crate::tui::clipboard::is_in_tmux;
use crate::tui::message::CopiedTo;

pub use parser::Input;

/// True while the terminal is ours. Whoever turns it off gives the terminal back; nobody does it twice.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Held while a picture is on its way out.
static WRITING: Mutex<()> = Mutex::new(());
/// How long a picture that is on its way out is waited for before the terminal is given back all the same.
const LAST_PICTURE: Duration = Duration::from_millis(200);

/// So many questions are remembered; a terminal that is so far behind has not answered the first one for minutes.
const MOST_ASKED: usize = 64;

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    /// What is drawn on.
    pub terminal: Terminal<CrosstermBackend<Frames<Ours>>>,
    mouse: bool,
    /// What the terminal was asked and has not answered: the number, and the place that its answer will name.
    asked: VecDeque<(u32, (u16, u16))>,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it cannot be set up; it is given back before the error is returned.
    pub fn take(mouse: bool) -> io::Result<Self> {
        acquire(mouse)?;
        let viewport = Viewport::Fixed(size().unwrap_or(Size::new(80, 24)).into());
        let backend = CrosstermBackend::new(Frames::new(Ours));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).inspect_err(|_| give_back())?;
        Ok(Self { terminal, mouse, asked: VecDeque::new() })
    }

    /// Draws a picture of this size; every cell anew where the size is another one than before.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, size: Size, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if self.terminal.get_frame().area() != size.into() {
            self.terminal.resize(size.into())?;
        }
        self.terminal.draw(picture).map(drop)
    }

    /// Gives the terminal back while `meanwhile` runs, then takes it again and paints everything anew.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn step_aside(&mut self, meanwhile: impl FnOnce()) -> io::Result<()> {
        give_back();
        meanwhile();
        self.take_again()
    }

    /// Forgets what is on the screen, so that the next frame paints every cell.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn repaint(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: that asks the terminal where its cursor is, and not every terminal answers.
        self.terminal.resize(size()?.into())
    }

    /// Asks the terminal where its cursor is, after putting it where only this question does and before putting it back: an
    /// answer that names the place proves that everything written before the question has been obeyed, the last picture too.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn ask(&mut self, number: u32) -> io::Result<()> {
        let place = place_of(number, self.terminal.get_frame().area().as_size());
        self.asked.push_back((number, place));
        if self.asked.len() > MOST_ASKED {
            self.asked.pop_front();
        }
        let out = self.terminal.backend_mut();
        write!(out, "\u{1b}7\u{1b}[{};{}H\u{1b}[6n\u{1b}8", place.0, place.1)?;
        Write::flush(out)
    }

    /// Asks the terminal what it draws on.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn ask_background(&mut self) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(b"\x1b]11;?\x1b\\")?;
        Write::flush(out)
    }

    /// Takes the terminal once more after somebody else may have had it, and paints everything anew.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn take_again(&mut self) -> io::Result<()> {
        // Without this its modes count as set already, and a shell may have set its own meanwhile.
        disable_raw_mode()?;
        acquire(self.mouse)?;
        self.repaint()
    }

    /// The number of the question that the terminal has answered with this place; `None` when nobody asked. Older questions
    /// will not be answered any more.
    pub fn answered(&mut self, place: (u16, u16)) -> Option<u32> {
        let at = self.asked.iter().rposition(|(_, expected)| *expected == place)?;
        self.asked.drain(..=at).next_back().map(|(number, _)| number)
    }

    /// Rings the bell and asks the terminal to notify, through tmux where it runs in one. Whether it does cannot be known.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn notify(&mut self, channels: &[Channel], text: &str) -> io::Result<()> {
        let is_in_tmux = is_in_tmux();
        let out = self.terminal.backend_mut();
        for channel in channels {
            out.write_all(notification(*channel, text, is_in_tmux).as_bytes())?;
        }
        Write::flush(out)
    }

    /// Hands a text to the terminal's clipboard (OSC 52), through tmux where it runs in one, and says which. Whether the
    /// terminal takes it cannot be known.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn copy(&mut self, text: &str) -> io::Result<CopiedTo> {
        let is_in_tmux = is_in_tmux();
        let out = self.terminal.backend_mut();
        out.write_all(clipboard_sequence(text, is_in_tmux).as_bytes())?;
        Write::flush(out)?;
        Ok(if is_in_tmux { CopiedTo::Tmux } else { CopiedTo::Terminal })
    }
}

/// How large the terminal is now.
///
/// # Errors
/// When standard output is no terminal.
pub fn size() -> io::Result<Size> {
    system::size().map(Size::from)
}

/// Where the cursor is put for a question: a line and a column from 1, another one for each of the last many questions. Never
/// the first line, in which an answer looks like a function key.
fn place_of(number: u32, size: Size) -> (u16, u16) {
    let (columns, lines) = (u32::from(size.width.max(1)), u32::from(size.height.saturating_sub(1).max(1)));
    let within = |value: u32| u16::try_from(value).unwrap_or(1);
    (within(2 + number / columns % lines), within(1 + number % columns))
}

/// What makes a terminal notify. The text has no control character left in it, and no `;`, which separates the parts.
fn notification(channel: Channel, text: &str, is_in_tmux: bool) -> String {
    let text = sanitize(text).replace(';', ",");
    let plain = match channel {
        Channel::Toast | Channel::Desktop => return String::new(),
        Channel::Bell => return "\u{7}".to_owned(),
        Channel::Osc9 => format!("\u{1b}]9;{text}\u{1b}\\"),
        Channel::Osc777 => format!("\u{1b}]777;notify;wallet-tui;{text}\u{1b}\\"),
    };
    if !is_in_tmux {
        return plain;
    }
    format!("\u{1b}Ptmux;{}\u{1b}\\", plain.replace('\u{1b}', "\u{1b}\u{1b}"))
}

/// What sets the terminal's clipboard. Tmux takes the plain sequence itself where `set-clipboard` is on, and hands the
/// wrapped one on to the terminal around it where `allow-passthrough` is; the other one does nothing.
fn clipboard_sequence(text: &str, is_in_tmux: bool) -> String {
    let plain = sequence(&crossterm::clipboard::CopyToClipboard::to_clipboard_from(text));
    if !is_in_tmux {
        return plain;
    }
    let wrapped = plain.replace('\u{1b}', "\u{1b}\u{1b}");
    format!("{plain}\u{1b}Ptmux;{wrapped}\u{1b}\\")
}

/// What asks a terminal for something of ours: the same on each system, since ours reads sequences on each.
fn sequence(command: &impl crossterm::Command) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = command.write_ansi(&mut text);
    text
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn acquire(mouse: bool) -> io::Result<()> {
    // Which colours there are is the theme's to say, NO_COLOR included (`theme.rs`); a QR code is a picture and needs its two.
    crossterm::style::force_color_output(true);
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    let mut set_up = || -> io::Result<()> {
        queue!(out, EnterAlternateScreen)?;
        out.write_all(sequence(&EnableBracketedPaste).as_bytes())?;
        out.write_all(sequence(&EnableFocusChange).as_bytes())?;
        if mouse {
            out.write_all(sequence(&EnableMouseCapture).as_bytes())?;
        }
        out.flush()
    };
    set_up().inspect_err(|_| give_back())
}

/// Gives the terminal back, once, whatever state it is in. Safe to call from a panic hook.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // A panic elsewhere may come in the middle of a picture; none comes after it.
    let mut waited = Duration::ZERO;
    let _last = loop {
        match WRITING.try_lock() {
            Ok(held) => break Some(held),
            Err(TryLockError::Poisoned(held)) => break Some(held.into_inner()),
            // Written to by nobody who would end: the terminal is stuck.
            Err(TryLockError::WouldBlock) if waited >= LAST_PICTURE => break None,
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_millis(1));
                waited += Duration::from_millis(1);
            }
        }
    };
    // There is nobody left to tell when the terminal is gone.
    let asked = [sequence(&DisableMouseCapture), sequence(&DisableFocusChange), sequence(&DisableBracketedPaste)];
    let _ = io::stdout().write_all(asked.concat().as_bytes());
    let _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// Makes every panic, on whatever thread, give the terminal back, report and end the program: a program that moves
/// money does not go on half alive.
pub fn install_panic_hook() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        give_back();
        report(info);
        std::process::exit(101);
    }));
}

/// Standard output as long as the terminal is ours; what is written afterwards would stand on the shell's screen.
#[derive(Debug)]
pub struct Ours;

impl Write for Ours {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _held = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects a frame and writes it in one piece. What was never flushed is never written, so that an ending in the
/// middle of a frame leaves nothing on the shell's screen.
#[derive(Debug)]
pub struct Frames<W> {
    out: W,
    frame: Vec<u8>,
}

impl<W: Write> Frames<W> {
    const fn new(out: W) -> Self {
        Self { out, frame: Vec::new() }
    }
}

impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.frame);
        self.frame.clear();
        written?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_holds_nothing_that_a_terminal_would_obey() {
        let sent = notification(Channel::Osc9, "a\u{1b}]0;x\u{7}b;c", false);
        assert_eq!(sent.matches('\u{1b}').count(), 2, "{sent:?}");
        assert!(sent.starts_with("\u{1b}]9;a") && !sent.contains('\u{7}') && !sent[4..].contains(';'), "{sent:?}");
        assert_eq!(notification(Channel::Bell, "x", true), "\u{7}");
        assert!(notification(Channel::Osc777, "x", true).starts_with("\u{1b}Ptmux;\u{1b}\u{1b}]777;notify;"));
    }

    #[test]
    fn questions_that_follow_each_other_have_places_of_their_own() {
        let size = Size::new(80, 24);
        let places: std::collections::HashSet<_> = (0..80 * 23).map(|number| place_of(number, size)).collect();
        assert_eq!(places.len(), 80 * 23);
        assert!(places.iter().all(|(line, column)| (2..=24).contains(line) && (1..=80).contains(column)));
        assert_eq!((place_of(5, Size::new(1, 1)), place_of(5, Size::new(0, 0))), ((2, 1), (2, 1)));
    }

    #[test]
    fn a_copied_text_reaches_the_terminal_plain_and_through_tmux() {
        assert_eq!(clipboard_sequence("TJmW", false), "\u{1b}]52;c;VEptVw==\u{1b}\\");
        let both = clipboard_sequence("TJmW", true);
        let wrapped = "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;VEptVw==\u{1b}\u{1b}\\\u{1b}\\";
        assert_eq!(both, format!("{}{wrapped}", clipboard_sequence("TJmW", false)));
    }
}
