//! The real binary in a real pseudo-terminal, read by a terminal emulator.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};

/// How long anything may take that this machine does by itself.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A wait with an end.
pub struct Wait(Instant);

impl Wait {
    pub fn begin() -> Self {
        #[expect(clippy::disallowed_methods, reason = "another process is waited for in real time")]
        Self(Instant::now())
    }

    /// One step of waiting; fails the test when it has been too long.
    #[track_caller]
    pub fn step(&self, what: impl FnOnce() -> String) {
        assert!(self.0.elapsed() < TIMEOUT, "{}", what());
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    input: Arc<Mutex<Box<dyn std::io::Write + Send>>>,
    seen: Arc<Mutex<Seen>>,
    reads: Arc<AtomicBool>,
}

/// What asks a terminal where its cursor is.
const WHERE: &[u8] = b"\x1b[6n";

struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

fn size(columns: u16, lines: u16) -> PtySize {
    PtySize { rows: lines, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// A command that runs the program with nothing in its environment but what a terminal sets.
pub fn program(args: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_wallet-tui"));
    command.args(args);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("HOME", std::env::temp_dir());
    command
}

impl Pty {
    /// The program on the demo exchange.
    pub fn demo(columns: u16, lines: u16) -> Self {
        Self::start(program(&["--demo"]), columns, lines)
    }

    pub fn start(command: CommandBuilder, columns: u16, lines: u16) -> Self {
        Self::start_in(command, columns, lines, true)
    }

    /// In a terminal that answers where its cursor is, as all do that anybody uses, or one that answers nothing.
    pub fn start_in(command: CommandBuilder, columns: u16, lines: u16, answers: bool) -> Self {
        let pair = native_pty_system().openpty(size(columns, lines)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        // Held open, it would keep the end of the output from ever being seen.
        drop(pair.slave);
        let seen = Arc::new(Mutex::new(Seen {
            parser: vt100::Parser::new(lines.try_into().unwrap(), columns.try_into().unwrap(), 0),
            bytes: Vec::new(),
            ended: false,
        }));
        let mut output = pair.master.try_clone_reader().unwrap();
        let input = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let reads = Arc::new(AtomicBool::new(true));
        let (for_reader, writer) = (Arc::clone(&seen), Arc::clone(&input));
        let may_read = Arc::clone(&reads);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            let mut matched = 0;
            loop {
                while !may_read.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                let Ok(count @ 1..) = output.read(&mut chunk) else { break };
                let mut seen = for_reader.lock().unwrap();
                seen.bytes.extend_from_slice(&chunk[..count]);
                let mut rest = 0;
                for (at, byte) in chunk[..count].iter().enumerate() {
                    matched = if *byte == WHERE[matched] { matched + 1 } else { usize::from(*byte == WHERE[0]) };
                    if matched == WHERE.len() {
                        matched = 0;
                        seen.parser.process(&chunk[rest..=at]);
                        rest = at + 1;
                        if answers {
                            let (line, column) = seen.parser.screen().cursor_position();
                            let answer = format!("\x1b[{};{}R", line + 1, column + 1);
                            let _ = writer.lock().unwrap().write_all(answer.as_bytes());
                        }
                    }
                }
                seen.parser.process(&chunk[rest..count]);
            }
            for_reader.lock().unwrap().ended = true;
        });
        Self { master: pair.master, child, input, seen, reads }
    }

    /// A terminal that stands still reads nothing of what is written to it, as after Ctrl-S.
    pub fn stand_still(&self, is_still: bool) {
        self.reads.store(!is_still, Ordering::SeqCst);
    }

    pub fn send(&mut self, keys: &str) -> &mut Self {
        let mut input = self.input.lock().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
        drop(input);
        self
    }

    pub fn resize(&self, columns: u16, lines: u16) {
        self.master.resize(size(columns, lines)).unwrap();
        self.seen.lock().unwrap().parser.screen_mut().set_size(lines.try_into().unwrap(), columns.try_into().unwrap());
    }

    /// What a person sees.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().parser.screen().contents()
    }

    /// Everything that was written to the terminal.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// Looks at the emulated screen.
    pub fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.seen.lock().unwrap().parser.screen())
    }

    /// Changes the emulated screen behind the program's back.
    pub fn look_mut(&self, change: impl FnOnce(&mut vt100::Parser)) {
        change(&mut self.seen.lock().unwrap().parser);
    }

    /// Waits until the screen is as wanted; shows it when that never happens.
    #[track_caller]
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let wait = Wait::begin();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            wait.step(|| format!("never came: {what}\n{screen}"));
        }
    }

    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// How the terminal treats what is typed, by the names of its modes.
    pub fn modes(&self) -> String {
        format!("{:?}", self.master.get_termios().unwrap().local_flags)
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Waits for the program's end and for the last of its output.
    #[track_caller]
    pub fn end(&mut self) -> ExitStatus {
        let wait = Wait::begin();
        loop {
            if let Some(status) = self.child.try_wait().unwrap()
                && self.seen.lock().unwrap().ended
            {
                return status;
            }
            wait.step(|| format!("did not end\n{}", self.screen()));
        }
    }

    /// Asserts that the terminal is as it was before the program started.
    #[track_caller]
    pub fn assert_given_back(&self) {
        self.look(|screen| {
            assert!(!screen.alternate_screen(), "still on the alternate screen");
            assert!(!screen.hide_cursor(), "the cursor is hidden");
            assert!(!screen.bracketed_paste(), "bracketed paste is on");
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is captured");
        });
    }
}

impl Pty {
    /// Like the above, with a shell that uses bracketed paste and the cursor for itself.
    #[track_caller]
    pub fn assert_cooked_again(&self) {
        self.look(|screen| {
            assert!(!screen.alternate_screen(), "still on the alternate screen");
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is captured");
        });
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub fn kill(pid: u32, signal: Signal) -> rustix::io::Result<()> {
    kill_process(Pid::from_raw(pid.try_into().unwrap()).unwrap(), signal)
}
