//! The first screen of somebody without a key: a key and its secret are typed, checked with the exchange and stored; or
//! the demo is chosen.
//!
//! Owns what is typed and which field has the keys. It has no I/O: what must be done comes out as a [`Wish`], how that
//! went comes back as [`Welcome::failed`].

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::domain::line::{self, LineFault};
use crate::engine::config::profile::{LONGEST_KEY, StoreName};
use crate::engine::explain::Explanation;
use crate::platform::kernel_keys;
use crate::platform::keyring_state::KeyringState;
use crate::tui::state::line_input::InputNews;
use crate::tui::state::lock::Masked;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WelcomeField {
    /// The key's id; it may be seen.
    Key,
    /// The secret; never seen.
    Secret,
    /// Where the secret is kept.
    Store,
    /// The passphrase of the encrypted file.
    Passphrase,
    /// The same again.
    Again,
    /// Check and store.
    Button,
}

/// Where a secret that is typed can be kept. A command's words belong into the file.
const STORES: &[StoreName] = if kernel_keys::IS_THERE {
    &[StoreName::Keyring, StoreName::File, StoreName::Keyutils, StoreName::Environment]
} else {
    &[StoreName::Keyring, StoreName::File, StoreName::Environment]
};

/// What the user wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Check what was typed and store it.
    Check,
    /// The embedded exchange.
    Demo,
    /// The shell.
    Leave,
    /// Paint anew.
    Repaint,
}

/// The form.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// The profile that it is for.
    pub profile: String,
    /// The server that will be asked.
    pub server: String,
    /// The key so far.
    pub key: String,
    /// The secret so far.
    pub secret: Masked,
    /// Where it is to be kept.
    pub store: StoreName,
    /// How the system's keyring is; `None` until it has said so.
    pub keyring: Option<KeyringState>,
    /// The user has chosen where; nothing else chooses any more.
    has_chosen: bool,
    /// The passphrase so far.
    pub passphrase: Masked,
    /// The passphrase again, so far.
    pub again: Masked,
    /// The field with the keys.
    pub field: WelcomeField,
    /// True while the exchange and the store are being asked.
    pub is_checking: bool,
    /// Why it did not work.
    pub said: Option<Explanation>,
    /// What was not taken of the last key or paste.
    pub news: Option<InputNews>,
}

impl Welcome {
    /// An empty form.
    pub fn new(profile: &str, server: &str) -> Self {
        Self {
            profile: profile.to_owned(),
            server: server.to_owned(),
            key: String::new(),
            secret: Masked::default(),
            store: StoreName::Keyring,
            keyring: None,
            has_chosen: false,
            passphrase: Masked::default(),
            again: Masked::default(),
            field: WelcomeField::Key,
            is_checking: false,
            said: None,
            news: None,
        }
    }

    /// The fields in order; a passphrase is asked for where the store needs one.
    pub fn slots(&self) -> &'static [WelcomeField] {
        use WelcomeField as S;
        match self.store {
            StoreName::File => &[S::Key, S::Secret, S::Store, S::Passphrase, S::Again, S::Button],
            _ => &[S::Key, S::Secret, S::Store, S::Button],
        }
    }

    /// True when everything is typed that must be.
    pub fn is_complete(&self) -> bool {
        self.first_empty().is_none()
    }

    /// The first field that must be typed into and is empty.
    fn first_empty(&self) -> Option<WelcomeField> {
        let is_empty = |field: &&WelcomeField| match field {
            WelcomeField::Key => self.key.is_empty(),
            WelcomeField::Secret => self.secret.is_empty(),
            WelcomeField::Passphrase => self.passphrase.is_empty(),
            WelcomeField::Again => self.again.is_empty(),
            WelcomeField::Store | WelcomeField::Button => false,
        };
        self.slots().iter().find(is_empty).copied()
    }

    /// A key of the keyboard.
    pub fn key(&mut self, key: KeyEvent) -> Option<Wish> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        let ctrl = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Char('c') if ctrl => return Some(Wish::Leave),
            KeyCode::Char('l') if ctrl => return Some(Wish::Repaint),
            // What was sent to be checked is not changed under the check.
            _ if self.is_checking => return None,
            _ => self.news = None,
        }
        match key.code {
            KeyCode::Esc => return Some(Wish::Leave),
            KeyCode::F(2) => return Some(Wish::Demo),
            KeyCode::BackTab | KeyCode::Up => self.step(self.slots().len() - 1),
            KeyCode::Enter if self.field == WelcomeField::Button => match self.first_empty() {
                None => return Some(Wish::Check),
                // What is missing answers the key: it has the cursor, and its rule stands below it.
                Some(field) => self.field = field,
            },
            KeyCode::Enter | KeyCode::Tab | KeyCode::Down => self.step(1),
            KeyCode::Left | KeyCode::Right | KeyCode::Char(' ') if self.field == WelcomeField::Store => {
                self.choose_store(if key.code == KeyCode::Left { STORES.len() - 1 } else { 1 });
            }
            KeyCode::Backspace => self.take_back(),
            KeyCode::Char('u' | 'w') if ctrl => self.clear(),
            KeyCode::Char(c) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => self.news = self.put(c).err(),
            _ => {}
        }
        None
    }

    /// A paste goes into the field with the keys as one piece, without the line ends around it, or not at all.
    pub fn paste(&mut self, text: &str) {
        if self.is_checking {
            return;
        }
        // Neither a key nor a secret has blanks: those around it are left out as well.
        let word = text.trim_ascii();
        let left_out = if word.len() == text.len() { Ok(()) } else { Err(InputNews::LeftOut) };
        let done = match self.field {
            WelcomeField::Key => {
                let room = LONGEST_KEY.saturating_sub(self.key.len());
                line::check_word(word, room).map_err(InputNews::Paste).and_then(|()| {
                    self.key.push_str(word);
                    left_out
                })
            }
            WelcomeField::Secret => line::check_word(word, usize::MAX)
                .map_err(InputNews::Paste)
                .and_then(|()| self.secret.paste(word))
                .and(left_out),
            WelcomeField::Passphrase => self.passphrase.paste(text),
            WelcomeField::Again => self.again.paste(text),
            WelcomeField::Store | WelcomeField::Button => Ok(()),
        };
        self.news = done.err();
    }

    /// How the keyring is. One that cannot keep anything is not what somebody who has not chosen wants.
    pub fn keyring_found(&mut self, state: KeyringState) {
        let is_usable = matches!(state, KeyringState::Ready | KeyringState::Locked);
        self.keyring = Some(state);
        if !is_usable && !self.has_chosen && !self.is_checking {
            self.store = StoreName::File;
        }
    }

    fn choose_store(&mut self, steps: usize) {
        let at = STORES.iter().position(|store| *store == self.store).unwrap_or(0);
        (self.store, self.has_chosen) = (STORES[(at + steps) % STORES.len()], true);
    }

    /// The check did not go well; everything typed is still there.
    pub fn failed(&mut self, said: Explanation) {
        (self.is_checking, self.said) = (false, Some(said));
    }

    fn step(&mut self, steps: usize) {
        let slots = self.slots();
        let at = slots.iter().position(|field| *field == self.field).unwrap_or(0);
        self.field = slots[(at + steps) % slots.len()];
    }

    fn put(&mut self, c: char) -> Result<(), InputNews> {
        let mut bytes = [0; 4];
        let word = line::check_word(c.encode_utf8(&mut bytes), 1).map_err(InputNews::Key);
        match self.field {
            WelcomeField::Key if word.is_ok() && self.key.len() >= LONGEST_KEY => {
                Err(InputNews::Key(LineFault::TooLong { found: LONGEST_KEY + 1, room: LONGEST_KEY }))
            }
            WelcomeField::Key => word.map(|()| self.key.push(c)),
            WelcomeField::Secret => word.and_then(|()| self.secret.push(c)),
            WelcomeField::Passphrase => self.passphrase.push(c),
            WelcomeField::Again => self.again.push(c),
            WelcomeField::Store | WelcomeField::Button => Ok(()),
        }
    }

    fn take_back(&mut self) {
        match self.field {
            WelcomeField::Key => drop(self.key.pop()),
            WelcomeField::Secret => self.secret.pop(),
            WelcomeField::Passphrase => self.passphrase.pop(),
            WelcomeField::Again => self.again.pop(),
            WelcomeField::Store | WelcomeField::Button => {}
        }
    }

    fn clear(&mut self) {
        match self.field {
            WelcomeField::Key => self.key.clear(),
            WelcomeField::Secret => self.secret.clear(),
            WelcomeField::Passphrase => self.passphrase.clear(),
            WelcomeField::Again => self.again.clear(),
            WelcomeField::Store | WelcomeField::Button => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn press(form: &mut Welcome, code: KeyCode) -> Option<Wish> {
        form.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn typed(form: &mut Welcome, text: &str) {
        for c in text.chars() {
            assert_eq!(press(form, KeyCode::Char(c)), None);
        }
    }

    #[test]
    fn enter_goes_on_field_by_field_and_checks_at_the_end_only() {
        let mut form = Welcome::new("main", "https://exchange");
        typed(&mut form, "k1");
        assert_eq!(press(&mut form, KeyCode::Enter), None);
        form.paste("hunter2\r\n");
        assert_eq!(form.secret.secret().expose_secret(), "hunter2");
        assert!(!format!("{form:?}").contains("hunter2"), "{form:?}");
        press(&mut form, KeyCode::Enter);
        assert_eq!((form.field, press(&mut form, KeyCode::Enter)), (WelcomeField::Store, None));
        assert_eq!(press(&mut form, KeyCode::Enter), Some(Wish::Check));
        form.is_checking = true;
        typed(&mut form, "x");
        assert_eq!((press(&mut form, KeyCode::Enter), form.key.as_str()), (None, "k1"));
        form.failed(Explanation { cause: "no".into(), next: "again".into() });
        assert!(form.is_complete() && !form.is_checking, "what was typed stays");
    }

    #[test]
    fn what_is_missing_has_the_cursor_when_the_button_is_pressed() {
        let mut form = Welcome::new("main", "https://exchange");
        form.store = StoreName::File;
        let fields = [WelcomeField::Key, WelcomeField::Secret, WelcomeField::Passphrase, WelcomeField::Again];
        for field in fields {
            form.field = WelcomeField::Button;
            assert_eq!((press(&mut form, KeyCode::Enter), form.field), (None, field));
            typed(&mut form, "k1");
        }
        form.field = WelcomeField::Button;
        assert_eq!(press(&mut form, KeyCode::Enter), Some(Wish::Check));
    }

    #[test]
    fn what_is_no_key_or_secret_is_refused_and_said() {
        use crate::domain::locale::Lang;
        let mut form = Welcome::new("main", "https://exchange");
        typed(&mut form, "k1");
        let words = |form: &Welcome| form.news.map(|news| news.words(Lang::En)).unwrap_or_default();
        for (text, said) in [
            ("ab\ncd", "a line end after character 2"),
            ("ab cd", "a blank after character 2"),
            ("ab\u{200b}", "an invisible U+200B after character 2"),
            (&"k".repeat(255), "has 255 characters; there is room for 254"),
        ] {
            form.paste(text);
            assert!(words(&form).contains(said) && words(&form).contains("nothing was taken"), "{}", words(&form));
            assert_eq!(form.key, "k1");
        }
        press(&mut form, KeyCode::Char(' '));
        assert!(words(&form).contains("a blank"), "{}", words(&form));
        form.paste("k2 \n");
        assert_eq!((form.key.as_str(), form.news), ("k1k2", Some(InputNews::LeftOut)));
        typed(&mut form, "3");
        assert_eq!(form.news, None, "it is about the last key only");
        press(&mut form, KeyCode::Enter);
        form.paste("hunter\n2");
        assert!(form.secret.is_empty() && words(&form).contains("a line end after character 6"));
        form.paste(&"s".repeat(513));
        assert!(form.secret.is_empty() && words(&form).contains("513 characters"), "{}", words(&form));
        form.paste(" hunter2\r\n");
        assert_eq!(form.secret.secret().expose_secret(), "hunter2");
        press(&mut form, KeyCode::Enter);
        press(&mut form, KeyCode::Right);
        press(&mut form, KeyCode::Enter);
        form.paste(" open\tsesame");
        assert!(form.passphrase.is_empty() && words(&form).contains("a tab after character 5"), "{}", words(&form));
        form.paste(" open sesame\n");
        assert_eq!(form.passphrase.secret().expose_secret(), " open sesame", "its blanks are a part of it");
    }

    #[test]
    fn a_keyring_that_cannot_keep_gives_way_unless_it_was_chosen() {
        let mut form = Welcome::new("main", "https://exchange");
        form.keyring_found(KeyringState::Locked);
        assert_eq!(form.store, StoreName::Keyring, "it asks for its password itself");
        form.keyring_found(KeyringState::NoCollection);
        assert_eq!(form.store, StoreName::File);
        let mut form = Welcome::new("main", "https://exchange");
        form.field = WelcomeField::Store;
        for store in STORES.iter().skip(1).chain(&STORES[..1]) {
            press(&mut form, KeyCode::Right);
            assert_eq!(form.store, *store);
        }
        form.keyring_found(KeyringState::Silent);
        assert_eq!(form.store, StoreName::Keyring, "what was chosen stays");
        form.keyring_found(KeyringState::Absent("no bus".into()));
        assert_eq!(form.store, StoreName::Keyring, "what was chosen stays");
        press(&mut form, KeyCode::Left);
        assert_eq!(form.store, StoreName::Environment);
    }

    #[test]
    fn a_file_asks_for_a_passphrase_twice() {
        let mut form = Welcome::new("main", "https://exchange");
        typed(&mut form, "k1");
        press(&mut form, KeyCode::Tab);
        form.paste("s");
        press(&mut form, KeyCode::Tab);
        press(&mut form, KeyCode::Right);
        assert_eq!((form.store, form.slots().len()), (StoreName::File, 6));
        press(&mut form, KeyCode::BackTab);
        press(&mut form, KeyCode::BackTab);
        press(&mut form, KeyCode::BackTab);
        assert_eq!((form.field, press(&mut form, KeyCode::Enter)), (WelcomeField::Button, None), "not complete");
        assert_eq!(press(&mut form, KeyCode::F(2)), Some(Wish::Demo));
        assert_eq!(form.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Wish::Leave));
    }
}
