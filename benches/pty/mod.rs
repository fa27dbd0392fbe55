//! A program in a pseudo-terminal of 120×40, and what it costs.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// What the program is started with.
pub fn environment(home: &Path) -> [(&'static str, String); 5] {
    [
        ("HOME", home.to_string_lossy().into_owned()),
        ("TERM", "xterm-256color".into()),
        ("LANG", "C.UTF-8".into()),
        ("WALLET_TUI_API_KEY", "bench-key".into()),
        ("WALLET_TUI_API_SECRET", "bench-secret".into()),
    ]
}

/// The answer to a question where the cursor is, which is asked just after it was put there.
fn place_asked_for(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (before, _) = text.rsplit_once("H\u{1b}[6n")?;
    Some(format!("\u{1b}[{}R", before.rsplit_once("\u{1b}[")?.1))
}

/// A program in a terminal, with the moments at which its output came.
pub struct Run {
    child: Box<dyn Child + Send + Sync>,
    input: Arc<Mutex<Box<dyn std::io::Write + Send>>>,
    pub output: Receiver<(Instant, Vec<u8>)>,
    pub started: Instant,
    // Dropped, it would end the program.
    _master: Box<dyn MasterPty + Send>,
}

impl Run {
    pub fn start(command: CommandBuilder) -> Self {
        let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let input = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let writer = Arc::clone(&input);
        std::thread::spawn(move || {
            let mut chunk = vec![0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                if let Some(answer) = place_asked_for(&chunk[..count]) {
                    let _ = writer.lock().unwrap().write_all(answer.as_bytes());
                }
                if send.send((Instant::now(), chunk[..count].to_vec())).is_err() {
                    return;
                }
            }
        });
        Self { child, input, output, started, _master: pair.master }
    }

    pub fn send(&mut self, keys: &str) -> Instant {
        let mut input = self.input.lock().unwrap();
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
        Instant::now()
    }

    /// Everything until it is quiet for so long, with the moments of the first and the last of it.
    pub fn until_quiet(&self, quiet: Duration) -> (Option<Instant>, Option<Instant>, usize) {
        let (mut first, mut last, mut count) = (None, None, 0);
        while let Ok((at, bytes)) = self.output.recv_timeout(quiet) {
            first = first.or(Some(at));
            (last, count) = (Some(at), count + bytes.len());
        }
        (first, last, count)
    }

    /// Lets time pass, whatever is written meanwhile.
    pub fn pass(&self, time: Duration) {
        std::thread::sleep(time);
        self.output.try_iter().for_each(drop);
    }

    /// When a text was written.
    pub fn wait_for(&self, text: &str) -> Instant {
        let mut seen = Vec::new();
        loop {
            let (at, bytes) = self.output.recv_timeout(Duration::from_secs(20)).unwrap();
            seen.extend(bytes);
            if String::from_utf8_lossy(&seen).contains(text) {
                return at;
            }
        }
    }

    pub fn quit(mut self) -> Duration {
        let asked = self.send("q");
        while self.child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        asked.elapsed()
    }

    pub fn status(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id().unwrap())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Milliseconds of the processor so far, and how often the program woke up, over all its threads.
    pub fn spent(&self) -> (f64, f64) {
        let (mut time, mut wakeups) = (0.0, 0.0);
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.process_id().unwrap())).unwrap() {
            let task = task.unwrap().path();
            // Not every kernel tells; a figure of 0 says so.
            let spent = std::fs::read_to_string(task.join("schedstat")).unwrap_or_default();
            time += spent.split_whitespace().next().map_or(0.0, |spent| spent.parse::<f64>().unwrap()) / 1e6;
            let status = std::fs::read_to_string(task.join("status")).unwrap();
            let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap();
            wakeups += line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap();
        }
        (time, wakeups)
    }
}
