//! What ends a program here: Ctrl-C, Ctrl-Break, the console that is closed, the end of the session. Each has the number that it
//! has elsewhere.

use std::io;

use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown};
use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
use zeroize::Zeroizing;

use super::{console, terminal};

/// The console is closed.
const CLOSED: i32 = 1;
/// Interrupt: Ctrl-C.
pub const INTERRUPT: i32 = 2;
/// Ctrl-Break.
const BREAK: i32 = 3;
/// Terminate: the user's session ends, or the machine stops.
pub const TERMINATE: i32 = 15;
/// What ends the program.
pub const ENDING: [i32; 4] = [CLOSED, INTERRUPT, BREAK, TERMINATE];
/// Nothing stops a program for a while here.
pub const SUSPEND: i32 = 20;
/// Nor does it go on.
pub const CONTINUED: i32 = 18;
/// What a program leaves behind that Ctrl-C has ended (`STATUS_CONTROL_C_EXIT`).
const INTERRUPTED: i32 = -1_073_741_510;

/// The signals that were asked for.
#[derive(Debug)]
pub struct Signals {
    interrupt: Option<CtrlC>,
    ctrl_break: Option<CtrlBreak>,
    closed: Option<CtrlClose>,
    logoff: Option<CtrlLogoff>,
    shutdown: Option<CtrlShutdown>,
}

impl Signals {
    /// Takes signals by their numbers; as long as this is there they are only heard where somebody waits for
    /// [`Signals::next`]. Afterwards they do again what they always do.
    ///
    /// # Errors
    /// When the system does not let them be taken.
    pub fn take(numbers: impl IntoIterator<Item = i32>) -> io::Result<Self> {
        let numbers: Vec<i32> = numbers.into_iter().collect();
        let wants = |number| numbers.contains(&number);
        Ok(Self {
            interrupt: wants(INTERRUPT).then(ctrl_c).transpose()?,
            ctrl_break: wants(BREAK).then(ctrl_break).transpose()?,
            closed: wants(CLOSED).then(ctrl_close).transpose()?,
            logoff: wants(TERMINATE).then(ctrl_logoff).transpose()?,
            shutdown: wants(TERMINATE).then(ctrl_shutdown).transpose()?,
        })
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        tokio::select! {
            Some(()) = async { self.interrupt.as_mut()?.recv().await } => INTERRUPT,
            Some(()) = async { self.ctrl_break.as_mut()?.recv().await } => BREAK,
            Some(()) = async { self.closed.as_mut()?.recv().await } => CLOSED,
            Some(()) = async { self.logoff.as_mut()?.recv().await } => TERMINATE,
            Some(()) = async { self.shutdown.as_mut()?.recv().await } => TERMINATE,
            else => std::future::pending().await,
        }
    }
}

/// Does what a signal does where nobody hears it.
///
/// # Errors
/// None: it ends the program.
pub fn obey(number: i32) -> io::Result<()> {
    match number {
        SUSPEND | CONTINUED => Ok(()),
        INTERRUPT | BREAK => std::process::exit(INTERRUPTED),
        _ => std::process::exit(128 + number),
    }
}

/// Whether there is a shell to go back to. None waits here while a program stops.
pub const fn has_shell() -> bool {
    false
}

/// A console that does not show what is typed. It does again when this is dropped; a shell sets it anew by itself.
#[derive(Debug)]
pub struct Hush {
    before: u32,
}

impl Hush {
    /// Hides what is typed from now on: before the question is asked, so that the first key is hidden as well.
    ///
    /// # Errors
    /// When there is no console.
    pub fn begin() -> io::Result<Self> {
        let before = console::change_mode(console::LINES | console::SIGNALS, console::ECHO | console::SEQUENCES)?;
        Ok(Self { before })
    }

    /// Writes on the console.
    ///
    /// # Errors
    /// The console is gone.
    pub fn write(&self, text: &str) -> io::Result<()> {
        terminal::write(text)
    }

    /// A line without its end, at most `longest` bytes.
    ///
    /// # Errors
    /// The console is gone, the user ended the input, or the line is too long or no text.
    pub fn line(&self, longest: usize) -> io::Result<Zeroizing<String>> {
        let line = terminal::hidden_line(longest + 2)?;
        // The end of the line was not shown either.
        self.write("\n")?;
        Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        // Nothing can be done for a console that is gone.
        let _ = console::set_mode(self.before);
    }
}
