//! A command whose standard output is the secret: its first line, as `pass` and its like keep more below it. It is run as its words stand, without a shell.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{LONGEST, TIMEOUT, Trouble};
use crate::domain::text;
use crate::engine::config::SECRET_VARIABLE;

/// What follows the first line is read, so that the command comes to its end, and thrown away; of so many bytes at the most.
const REST: u64 = 1 << 20;

/// Runs the command and takes what it prints. It has the terminal to ask on, and nothing of ours in its environment.
pub(super) async fn run(words: &[String]) -> Result<Zeroizing<String>, Trouble> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Trouble::NotStarted("no command".to_owned()));
    };
    let mut command = Command::new(program);
    command.args(arguments).env_remove(SECRET_VARIABLE).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|why| Trouble::NotStarted(format!("{program}: {why}")))?;
    let mut output = child.stdout.take();
    let reading = async {
        // Room for all of it: a buffer that grows would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
        if let Some(output) = output.as_mut() {
            let failed = |why: std::io::Error| Trouble::NotStarted(why.to_string());
            output.take(LONGEST as u64 + 1).read_to_end(&mut bytes).await.map_err(failed)?;
            tokio::io::copy(&mut output.take(REST), &mut tokio::io::sink()).await.map_err(failed)?;
        }
        drop(output);
        let status = child.wait().await.map_err(|why| Trouble::NotStarted(why.to_string()))?;
        if !status.success() {
            return Err(Trouble::Failed(text::sanitize(&format!("{program}: {status}")).into_owned()));
        }
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if first.len() > LONGEST {
            return Err(Trouble::TooLong);
        }
        let found = std::str::from_utf8(first).map_err(|_| Trouble::Strange)?;
        Ok(Zeroizing::new(found.to_owned()))
    };
    tokio::time::timeout(TIMEOUT, reading).await.unwrap_or(Err(Trouble::NoAnswer))
}
