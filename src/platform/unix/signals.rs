//! Signals: they are heard where somebody waits for them. Where nobody does they do what they always do, but a terminal that
//! hides what is typed is put right first.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// Interrupt: Ctrl-C.
pub const INTERRUPT: i32 = 2;
/// Terminate.
pub const TERMINATE: i32 = 15;
/// What ends the program: hang-up, interrupt, quit, terminate.
pub const ENDING: [i32; 4] = [1, INTERRUPT, 3, TERMINATE];
/// The window has another size.
pub const RESIZED: i32 = signal_hook::consts::SIGWINCH;
/// Stop until the shell lets the program go on: Ctrl-Z.
pub const SUSPEND: i32 = signal_hook::consts::SIGTSTP;
/// The program goes on after a stop, whatever stopped it.
pub const CONTINUED: i32 = signal_hook::consts::SIGCONT;

/// A bit for each number: the signals that somebody waits for, so that only they decide, and those of them that came.
static HEARD: Mutex<Heard> = Mutex::new(Heard { wanted: 0, came: 0 });
/// Wakes whoever waits.
static CAME: Notify = Notify::const_new();

struct Heard {
    wanted: u32,
    came: u32,
}

/// The terminal that hides what is typed, and how it was before.
static HUSHED: Mutex<Option<(Arc<File>, Termios)>> = Mutex::new(None);

/// The signals that were asked for.
#[derive(Debug)]
pub struct Signals(Vec<i32>);

impl Signals {
    /// Takes signals by their numbers; as long as this is there they are only heard where somebody waits for
    /// [`Signals::next`]. Afterwards they do again what they always do.
    ///
    /// # Errors
    /// When the system does not let them be taken.
    pub fn take(numbers: impl IntoIterator<Item = i32>) -> io::Result<Self> {
        let mut all = Self(Vec::new());
        for number in numbers {
            heard().wanted |= bit(number);
            all.0.push(number);
            watch([number])?;
        }
        Ok(all)
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        loop {
            if let Some(number) = self.take_one() {
                return number;
            }
            CAME.notified().await;
        }
    }

    fn take_one(&self) -> Option<i32> {
        let mut heard = heard();
        let number = self.0.iter().copied().find(|number| heard.came & bit(*number) != 0)?;
        heard.came &= !bit(number);
        Some(number)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let bits = self.0.iter().fold(0, |bits, number| bits | bit(*number));
        heard().wanted &= !bits;
        // What came and was not waited for any more.
        while let Some(number) = self.take_one() {
            if number != SUSPEND {
                let _ = obey(number);
            }
        }
    }
}

fn heard() -> std::sync::MutexGuard<'static, Heard> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bit(number: i32) -> u32 {
    u32::try_from(number).ok().and_then(|number| 1_u32.checked_shl(number)).unwrap_or(0)
}

/// Does what a signal does where nobody hears it.
///
/// # Errors
/// When the system does not let it be done.
pub fn obey(number: i32) -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(number)
}

/// Whether there is a shell to go back to: a program that is its session's first, once stopped, would never go on.
pub fn has_shell() -> bool {
    let myself = rustix::process::getpid();
    !rustix::process::getsid(None).is_ok_and(|leader| leader == myself)
}

/// A terminal that does not show what is typed. It does again when this is dropped, or a signal ends or stops the program.
#[derive(Debug)]
pub struct Hush {
    terminal: Arc<File>,
}

impl Hush {
    /// Hides what is typed from now on: before the question is asked, so that the first key is hidden as well.
    ///
    /// # Errors
    /// When there is no terminal, or signals cannot be taken.
    pub fn begin() -> io::Result<Self> {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        watch(ENDING.into_iter().chain([SUSPEND]))?;
        let terminal = Arc::new(terminal);
        let before = tcgetattr(&terminal)?;
        *hushed() = Some((Arc::clone(&terminal), before.clone()));
        let hush = Self { terminal };
        hide(&hush.terminal, before)?;
        Ok(hush)
    }

    /// Writes on the terminal.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn write(&self, text: &str) -> io::Result<()> {
        (&*self.terminal).write_all(text.as_bytes())
    }

    /// A line without its end, at most `longest` bytes.
    ///
    /// # Errors
    /// The terminal is gone, the user ended the input, or the line is too long or no text.
    pub fn line(&self, longest: usize) -> io::Result<Zeroizing<String>> {
        let mut bytes = Zeroizing::new(vec![0; longest + 1]);
        let mut length = 0;
        while !bytes[..length].ends_with(b"\n") {
            let room = &mut bytes[length..];
            if room.is_empty() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            match (&*self.terminal).read(room)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => length += count,
            }
        }
        let text = std::str::from_utf8(&bytes[..length]).map_err(io::Error::other)?;
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        show();
    }
}

fn hushed() -> std::sync::MutexGuard<'static, Option<(Arc<File>, Termios)>> {
    HUSHED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hide(terminal: &File, mut modes: Termios) -> io::Result<()> {
    modes.local_modes.remove(LocalModes::ECHO);
    // The end of the line is shown, and the line is edited and broken off as any other.
    modes.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
    Ok(tcsetattr(terminal, OptionalActions::Now, &modes)?)
}

/// Puts the terminal right; tells which it was.
fn show() -> Option<(Arc<File>, Termios)> {
    let (terminal, before) = hushed().take()?;
    // Nothing can be done for a terminal that is gone.
    let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
    Some((terminal, before))
}

/// Watches for these signals from now on, as long as the program runs: what the system has handed over once it does not take
/// back, so what nobody hears is done here.
fn watch(numbers: impl IntoIterator<Item = i32>) -> io::Result<()> {
    static WATCHER: Mutex<Option<signal_hook::iterator::Handle>> = Mutex::new(None);
    let mut watcher = WATCHER.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match &mut *watcher {
        Some(handle) => handle,
        none => {
            let signals = signal_hook::iterator::Signals::new([0_i32; 0])?;
            let handle = signals.handle();
            std::thread::Builder::new().name("signals".to_owned()).spawn(move || do_what_nobody_hears(signals))?;
            none.insert(handle)
        }
    };
    numbers.into_iter().try_for_each(|number| handle.add_signal(number))
}

fn do_what_nobody_hears(mut signals: signal_hook::iterator::Signals) {
    for number in signals.forever() {
        if number == SUSPEND && !has_shell() {
            continue;
        }
        let shown = show();
        if shown.is_none() && is_wanted(number) {
            CAME.notify_one();
            continue;
        }
        // It ends the program, or returns when the shell lets it go on.
        let _ = obey(number);
        if let Some((terminal, before)) = shown {
            let _ = hide(&terminal, before.clone());
            *hushed() = Some((terminal, before));
        }
    }
}

/// Whether somebody hears a signal; then it stands there for them.
fn is_wanted(number: i32) -> bool {
    let mut heard = heard();
    let is_wanted = heard.wanted & bit(number) != 0;
    if is_wanted {
        heard.came |= bit(number);
    }
    is_wanted
}
