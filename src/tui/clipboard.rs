//! The machine's own clipboard, where there is one that belongs to the person at the screen. It lives on a thread of its
//! own, so that a display server that hangs never holds up a key. Where there is none tmux is asked, and
//! without it the terminal (`terminal.rs`, OSC 52); what is said on the screen names the way that was really taken.

use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::sync::oneshot;

use crate::domain::UntrustedText;
use crate::engine::config::SECRET_VARIABLE;
use crate::platform::process::HAS_DISPLAY;

/// How long the machine's clipboard may take.
pub const TIMEOUT: Duration = Duration::from_secs(2);
/// How long the end of the program waits, so that a clipboard manager can take over what was copied.
const FAREWELL: Duration = Duration::from_millis(300);

/// A text, and whom to tell how it went.
struct Job {
    text: String,
    done: oneshot::Sender<Result<(), UntrustedText>>,
}

/// The machine's clipboard. Some systems forget a text when its program ends, so it is held for the whole run.
#[derive(Debug, Default)]
pub struct Clipboard {
    thread: Option<Thread>,
    /// It did not answer once; asking it again would only make the user wait again.
    is_given_up: bool,
}

#[derive(Debug)]
struct Thread {
    jobs: mpsc::Sender<Job>,
    ended: mpsc::Receiver<()>,
}

impl Clipboard {
    /// Hands a text over. The answer comes when the clipboard has it or says why not; `None` where there is no clipboard of
    /// this machine to ask. Whoever waits longer than [`TIMEOUT`] calls [`Clipboard::give_up`].
    pub fn set(&mut self, text: String) -> Option<oneshot::Receiver<Result<(), UntrustedText>>> {
        if self.is_given_up || !has_own_clipboard(|name| std::env::var(name).ok()) {
            return None;
        }
        let (done, answer) = oneshot::channel();
        self.thread.get_or_insert_with(start).jobs.send(Job { text, done }).ok()?;
        Some(answer)
    }

    /// Asks it no more in this run.
    pub const fn give_up(&mut self) {
        self.is_given_up = true;
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        if let Some(Thread { jobs, ended }) = self.thread.take()
            && !self.is_given_up
        {
            drop(jobs);
            // A clipboard that hangs is left alone; the process ends all the same.
            let _ = ended.recv_timeout(FAREWELL);
        }
    }
}

fn start() -> Thread {
    let (jobs, inbox) = mpsc::channel::<Job>();
    let (end, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let mut clipboard = None;
        while let Ok(Job { text, done }) = inbox.recv() {
            // Nobody waits for the answer any more: then nobody reads it.
            let _ = done.send(set(&mut clipboard, text).map_err(|error| UntrustedText::from(error.to_string())));
        }
        drop(clipboard);
        let _ = end.send(());
    });
    Thread { jobs, ended }
}

fn set(clipboard: &mut Option<arboard::Clipboard>, text: String) -> Result<(), arboard::Error> {
    let mut found = match clipboard.take() {
        Some(found) => found,
        None => arboard::Clipboard::new()?,
    };
    found.set_text(text)?;
    *clipboard = Some(found);
    Ok(())
}

/// Hands a text to the tmux around this terminal, and by it to the terminal: with its defaults tmux takes it from its own command
/// alone. False where there is none, or it is one that cannot (before 3.2).
pub async fn copy_by_tmux(text: &str) -> bool {
    if !is_in_tmux() {
        return false;
    }
    let loading = async {
        let mut child = tokio::process::Command::new("tmux")
            .args(["load-buffer", "-w", "-"])
            .env_remove(SECRET_VARIABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes()).await?;
        }
        child.wait().await
    };
    tokio::time::timeout(TIMEOUT, loading).await.is_ok_and(|ended| ended.is_ok_and(|status| status.success()))
}

/// Whether this terminal is a pane of tmux.
pub fn is_in_tmux() -> bool {
    std::env::var_os("TMUX").is_some_and(|value| !value.is_empty())
}

/// Whether this machine's clipboard is the one that the user pastes from. Over a remote login it is not: there the
/// terminal, which is where the user sits, has the right one.
fn has_own_clipboard(get: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| get(name).is_some_and(|value| !value.is_empty());
    let is_remote = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "MOSH_CONNECTION"].into_iter().any(is_set);
    let has_display = HAS_DISPLAY || is_set("DISPLAY");
    !is_remote && has_display
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&'static str, &'static str)]) -> bool {
        has_own_clipboard(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_remote_login_copies_to_where_the_user_sits() {
        assert!(!with(&[("DISPLAY", ":0"), ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")]));
        assert!(!with(&[("DISPLAY", "localhost:10.0"), ("SSH_TTY", "/dev/pts/1")]));
    }

    #[test]
    fn without_a_display_there_is_nothing_to_ask() {
        assert!(with(&[("DISPLAY", ":0")]));
        assert_eq!((with(&[("DISPLAY", "")]), with(&[])), (HAS_DISPLAY, HAS_DISPLAY));
    }

    #[test]
    fn a_clipboard_that_was_given_up_is_asked_no_more() {
        let mut clipboard = Clipboard::default();
        clipboard.give_up();
        assert!(clipboard.set("TJmW".into()).is_none());
    }
}
