//! A command whose standard output is the secret. It is run as its words stand, without a shell.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{PATIENCE, Trouble};
use crate::domain::text;
use crate::settings::SECRET_VARIABLE;

/// No secret is longer, in bytes.
const LONGEST: u32 = 4096;

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
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(LONGEST).unwrap_or(0) + 1));
        if let Some(output) = output.as_mut() {
            let read = output.take(u64::from(LONGEST) + 1).read_to_end(&mut bytes).await;
            read.map_err(|why| Trouble::NotStarted(why.to_string()))?;
        }
        drop(output);
        let status = child.wait().await.map_err(|why| Trouble::NotStarted(why.to_string()))?;
        if !status.success() {
            return Err(Trouble::Failed(text::gate(&format!("{program}: {status}")).into_owned()));
        }
        let found = std::str::from_utf8(&bytes).map_err(|_| Trouble::Strange)?;
        Ok(Zeroizing::new(found.to_owned()))
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or(Err(Trouble::NoAnswer))
}
