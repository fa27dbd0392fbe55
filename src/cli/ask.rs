//! Questions on the terminal: a line that is seen, a secret that is not, a yes. Where there is no terminal nobody is asked.

use std::io::{self, IsTerminal as _, Read as _, Write};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::failure::{BAD_INPUT, Failure};
use crate::domain::locale::Lang;
use crate::domain::{TypedWord, line, text};
use crate::engine::config::profile::SHORTEST_PASSPHRASE;
use crate::engine::secrets::{LONGEST, Trouble};
use crate::platform::signals::Hush;

/// Whether there is somebody to ask.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A line that may be seen.
///
/// # Errors
/// The terminal is gone.
pub fn line(question: &str) -> io::Result<String> {
    let mut err = io::stderr();
    write!(err, "{}", text::sanitize(question))?;
    err.flush()?;
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    Ok(typed.trim().to_owned())
}

/// Questions whose answers are not seen. Nothing that is typed is, as long as this is there: the next answer may be on its way
/// while the last one is looked at.
#[derive(Debug)]
pub struct Hidden {
    hush: Hush,
}

impl Hidden {
    /// Takes the terminal.
    ///
    /// # Errors
    /// There is none.
    pub fn begin() -> io::Result<Self> {
        Ok(Self { hush: Hush::begin()? })
    }

    /// Says something between two questions.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn say(&mut self, words: &str) -> io::Result<()> {
        self.hush.write(&format!("{}\n", text::sanitize(words)))
    }

    /// A line that is not seen while it is typed.
    ///
    /// # Errors
    /// The terminal is gone, or the user broke off.
    pub fn ask(&mut self, question: &str) -> io::Result<SecretString> {
        self.hush.write(&text::sanitize(question))?;
        self.hush.line(LONGEST).map(|typed| SecretString::from(typed.as_str())).inspect_err(|_| {
            // The line that was begun is ended, so that what is said about it stands on its own.
            let _ = self.hush.write("\n");
        })
    }
}

/// Everything on standard input.
///
/// # Errors
/// It is no text, or longer than any secret with its line end.
pub fn piped() -> Result<Zeroizing<String>, Trouble> {
    let most = LONGEST + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    io::stdin().take(most as u64 + 1).read_to_end(&mut bytes).map_err(|_| Trouble::Strange)?;
    if bytes.len() > most {
        return Err(Trouble::TooLong);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Trouble::Strange)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A yes; Enter alone is a no.
///
/// # Errors
/// Nobody can be asked and no yes was given beforehand; or the answer was no.
pub fn agree(question: &str, yes: bool, lang: Lang) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !is_terminal() {
        return Err(Failure::new(lang, BAD_INPUT, "cli.login.no_yes", "cli.login.no_yes_next", &[]));
    }
    match line(question) {
        Ok(answer)
            if answer.eq_ignore_ascii_case("y") || TypedWord::yes(lang).is_typed(&answer.to_ascii_lowercase()) =>
        {
            Ok(())
        }
        _ => Err(Failure::new(lang, BAD_INPUT, "cli.login.no", "cli.login.no_next", &[])),
    }
}

/// How often a passphrase is asked for before it is given up.
pub const TRIES: usize = 3;

/// A new passphrase, typed twice; a slip is asked for again on the spot.
///
/// # Errors
/// There is no terminal; it was too short, or the two differed, each time.
pub fn new_passphrase(lang: Lang) -> Result<SecretString, Failure> {
    let least = SHORTEST_PASSPHRASE.to_string();
    let values = [("least", least.as_str())];
    let nobody = |_| Failure::new(lang, BAD_INPUT, "secret.nobody", "secret.nobody_next", &[]);
    let mut hidden = Hidden::begin().map_err(nobody)?;
    let mut ask = |key| hidden.ask(&lang.fill(key, &values)).map_err(nobody);
    let mut tries = 1;
    loop {
        let first = ask("cli.login.passphrase_new")?;
        let held = line::check(first.expose_secret(), LONGEST).err().map(|fault| fault.words(lang)).unwrap_or_default();
        let values = [("least", least.as_str()), ("what", held.as_str())];
        let (cause, next) = if !held.is_empty() {
            ("cli.login.unseen", "cli.login.unseen_next")
        } else if first.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
            ("cli.login.short", "cli.login.short_next")
        } else if ask("cli.login.passphrase_again")?.expose_secret() == first.expose_secret() {
            return Ok(first);
        } else {
            ("cli.login.differ", "cli.login.differ_next")
        };
        let failure = Failure::new(lang, BAD_INPUT, cause, next, &values);
        if tries == TRIES {
            return Err(failure);
        }
        tries += 1;
        // It is asked for again; why stands above the question.
        let _ = failure.write(&mut io::stderr());
    }
}
