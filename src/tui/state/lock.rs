//! The lock: it hides everything until the store of the secret answers again. After a time without a key, on the user's
//! word, and before an order where the profile asks for that.
//!
//! Owns when it closes, what keys do in it and when it opens; the answer itself comes from the runtime.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::State;
use super::line_input::InputNews;
use crate::domain::Millis;
use crate::domain::line::{self, LineFault};
use crate::engine::explain::Explanation;
use crate::tui::effect::{Effect, Proof};

/// The longest passphrase or secret that can be typed, in characters.
const LONGEST: usize = 512;
/// How long an answer of the store counts as a check before an order, milliseconds.
pub(in crate::tui) const PROOF_MS: i64 = 2 * 60_000;

/// Something typed that is never shown. Its room is taken once, so that it leaves no copies behind.
#[derive(Clone)]
pub struct Masked(Zeroizing<String>);

impl Default for Masked {
    fn default() -> Self {
        // Each character takes four bytes at the most.
        Self(Zeroizing::new(String::with_capacity(LONGEST * 4)))
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked([REDACTED])")
    }
}

impl Masked {
    /// Takes a letter.
    ///
    /// # Errors
    /// It is not seen, or there is no room for it.
    pub fn push(&mut self, c: char) -> Result<(), InputNews> {
        line::check(c.encode_utf8(&mut [0; 4]), 1).map_err(InputNews::Key)?;
        if self.len() == LONGEST {
            return Err(InputNews::Key(LineFault::TooLong { found: LONGEST + 1, room: LONGEST }));
        }
        self.0.push(c);
        Ok(())
    }

    /// Takes a paste as one piece.
    ///
    /// # Errors
    /// What is not taken, then nothing is; or that line ends around it were left out.
    pub fn paste(&mut self, text: &str) -> Result<(), InputNews> {
        let taken = line::without_edges(text);
        line::check(taken, LONGEST - self.len()).map_err(InputNews::Paste)?;
        self.0.push_str(taken);
        if taken.len() == text.len() { Ok(()) } else { Err(InputNews::LeftOut) }
    }

    /// Takes the last letter back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// Takes everything back.
    pub fn clear(&mut self) {
        use zeroize::Zeroize as _;
        self.0.zeroize();
    }

    /// How many letters there are.
    pub fn len(&self) -> usize {
        self.0.chars().count()
    }

    /// True while nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was typed, as a secret.
    pub fn secret(&self) -> SecretString {
        SecretString::from(self.0.as_str())
    }
}

/// Why the screen is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockReason {
    /// No key was pressed for a while.
    Idle,
    /// The user said so.
    Asked,
    /// An order waits for a check.
    Order,
}

/// A locked screen.
#[derive(Debug, Clone)]
pub struct Lock {
    /// Why.
    pub reason: LockReason,
    /// The passphrase so far.
    pub typed: Masked,
    /// Since when the store is being asked; `None` while it is not.
    pub asked: Option<Millis>,
    /// Why it did not open.
    pub said: Option<Explanation>,
    /// What was not taken of the last key or paste.
    pub news: Option<InputNews>,
}

impl State {
    /// The lock, while the screen is locked.
    pub const fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    /// Somebody is there.
    pub(in crate::tui) const fn touch(&mut self) {
        self.touched = self.now;
    }

    pub(in crate::tui) fn ask_store(&mut self) -> Vec<Effect> {
        let needs_passphrase = self.config.identity.asks_passphrase;
        let now = self.now;
        let Some(lock) = self.lock.as_mut().filter(|lock| lock.asked.is_none()) else { return Vec::new() };
        if needs_passphrase && lock.typed.is_empty() {
            return Vec::new();
        }
        let proof = Proof(needs_passphrase.then(|| lock.typed.secret()));
        lock.typed.clear();
        (lock.asked, lock.said, lock.news) = (Some(now), None, None);
        vec![Effect::Unlock(proof)]
    }

    /// A key that no binding takes is typed into the passphrase.
    pub(in crate::tui) fn type_in_lock(&mut self, key: KeyEvent) {
        let needs_passphrase = self.config.identity.asks_passphrase;
        let Some(lock) = self.lock.as_mut().filter(|_| needs_passphrase) else { return };
        lock.news = None;
        match key.code {
            KeyCode::Char('u' | 'w') if key.modifiers == KeyModifiers::CONTROL => lock.typed.clear(),
            KeyCode::Char(c) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => {
                lock.news = lock.typed.push(c).err();
            }
            KeyCode::Backspace => lock.typed.pop(),
            _ => {}
        }
    }

    /// A paste goes into the passphrase.
    pub(in crate::tui) fn paste_in_lock(&mut self, text: &str) {
        let needs_passphrase = self.config.identity.asks_passphrase;
        if let Some(lock) = self.lock.as_mut().filter(|_| needs_passphrase) {
            lock.news = lock.typed.paste(text).err();
        }
    }
}
