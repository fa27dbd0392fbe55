//! The terminal: taken whole, given back whole, on every way out but SIGKILL.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::task::Poll;
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, Event, EventStream,
};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{Command as _, execute, queue};
use futures_util::{Stream, StreamExt as _, stream};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use crate::app::message::CopiedTo;
use crate::clock;
use crate::domain::Millis;
use crate::domain::text::gate;
use crate::news::Channel;

/// True while the terminal is ours. Whoever turns it off gives the terminal back; nobody does it twice.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Held while a picture is on its way out.
static WRITING: Mutex<()> = Mutex::new(());
/// How long a picture that is on its way out is waited for before the terminal is given back all the same.
const LAST_PICTURE: Duration = Duration::from_millis(200);

/// The most events that are taken out at once.
const MOST_WAITING: usize = 4_096;
/// Events that are less than this apart, milliseconds, come from no finger: there may be more of them.
const TOGETHER_MS: i64 = 4;
/// Long enough for a look into a buffer, and too short to be felt.
const MOMENT: Duration = Duration::from_micros(100);

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    /// What is drawn on.
    pub terminal: Terminal<CrosstermBackend<Frames<Ours>>>,
    mouse: bool,
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
        Ok(Self { terminal, mouse })
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
        acquire(self.mouse)?;
        self.repaint()
    }

    /// Forgets what is on the screen, so that the next frame paints every cell.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn repaint(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: that asks the terminal where its cursor is, and not every terminal answers.
        self.terminal.resize(size()?.into())
    }

    /// Rings the bell and asks the terminal to notify, through tmux where it runs in one. Whether it does cannot be known.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn notify(&mut self, channels: &[Channel], text: &str) -> io::Result<()> {
        let is_in_tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
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
        let is_in_tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
        let out = self.terminal.backend_mut();
        out.write_all(clipboard_sequence(text, is_in_tmux).as_bytes())?;
        Write::flush(out)?;
        Ok(if is_in_tmux { CopiedTo::Tmux } else { CopiedTo::Terminal })
    }
}

/// How large the terminal is now. Asked of the terminal that is written to: looking for it by name costs more than a picture
/// may.
///
/// # Errors
/// When standard output is no terminal.
pub fn size() -> io::Result<Size> {
    let size = rustix::termios::tcgetwinsize(io::stdout())?;
    Ok(Size::new(size.ws_col, size.ws_row))
}

/// What the terminal tells. A burst is there as a whole, so that a hundred keys make one picture: the stream alone looks into
/// its own buffer only after a nap.
pub fn events() -> impl Stream<Item = io::Result<Event>> + Unpin {
    let (mut told, mut waiting, mut last) = (EventStream::new(), VecDeque::new(), None::<Millis>);
    stream::poll_fn(move |context| {
        if let Some(event) = waiting.pop_front() {
            return Poll::Ready(Some(Ok(event)));
        }
        let next = told.poll_next_unpin(context);
        if matches!(next, Poll::Ready(Some(Ok(_)))) {
            let now = clock::now();
            let is_burst = last.replace(now).is_some_and(|last| (0..TOGETHER_MS).contains(&now.since(last)));
            // What goes wrong here goes wrong again, and is told, when the stream is asked the next time.
            while is_burst && waiting.len() < MOST_WAITING && crossterm::event::poll(MOMENT).unwrap_or(false) {
                let Ok(event) = crossterm::event::read() else { break };
                waiting.push_back(event);
            }
        }
        next
    })
}

/// What makes a terminal notify. The text has no control character left in it, and no `;`, which separates the parts.
fn notification(channel: Channel, text: &str, is_in_tmux: bool) -> String {
    let text = gate(text).replace(';', ",");
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
    let mut plain = String::new();
    // Writing to a string does not fail.
    let _ = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain);
    if !is_in_tmux {
        return plain;
    }
    let wrapped = plain.replace('\u{1b}', "\u{1b}\u{1b}");
    format!("{plain}\u{1b}Ptmux;{wrapped}\u{1b}\\")
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
    let set_up = || -> io::Result<()> {
        queue!(out, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)?;
        if mouse {
            queue!(out, EnableMouseCapture)?;
        }
        out.flush()
    };
    let mut set_up = set_up;
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
    let _ = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
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
    fn a_copied_text_reaches_the_terminal_plain_and_through_tmux() {
        assert_eq!(clipboard_sequence("TJmW", false), "\u{1b}]52;c;VEptVw==\u{1b}\\");
        let both = clipboard_sequence("TJmW", true);
        let wrapped = "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;VEptVw==\u{1b}\u{1b}\\\u{1b}\\";
        assert_eq!(both, format!("{}{wrapped}", clipboard_sequence("TJmW", false)));
    }
}
