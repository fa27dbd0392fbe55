//! A profile: one key of one account, where its secret is, and what tells it apart on the screen.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::locale::{Lang, fill};
use crate::domain::{UntrustedText, line};

/// The profile of a machine without a configuration file.
pub const FIRST_PROFILE: &str = "main";

/// The longest key's id, in characters.
pub const LONGEST_KEY: usize = 256;

/// The longest name of a profile, in characters.
const LONGEST_NAME: usize = 32;

/// Where the secret of a profile is. A profile names one; nothing falls back from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// The keyring of the operating system.
    Keyring,
    /// The kernel's key retention service: forgets at reboot, and what was not used for some days.
    Keyutils,
    /// A command whose standard output is the secret; its words, without a shell.
    Command(Vec<String>),
    /// The environment: for containers and CI.
    Environment,
    /// A file encrypted with a passphrase (age, scrypt).
    File(PathBuf),
}

/// The shortest passphrase that a file is sealed with, in characters.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// How long a store may take to answer. A window of the system's may be open, and somebody may be typing.
pub const STORE_TIMEOUT: Duration = Duration::from_secs(60);

/// The word for a store in the configuration file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames, strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum StoreName {
    /// [`Store::Keyring`]
    Keyring,
    /// [`Store::Keyutils`]
    Keyutils,
    /// [`Store::Command`]
    Command,
    /// [`Store::Environment`]
    Environment,
    /// [`Store::File`]
    File,
}

impl Store {
    /// Its word.
    pub const fn name(&self) -> StoreName {
        match self {
            Self::Keyring => StoreName::Keyring,
            Self::Keyutils => StoreName::Keyutils,
            Self::Command(_) => StoreName::Command,
            Self::Environment => StoreName::Environment,
            Self::File(_) => StoreName::File,
        }
    }

    /// It in words.
    pub fn words(&self, lang: Lang) -> String {
        let name: &'static str = self.name().into();
        let detail = match self {
            Self::File(path) => path.display().to_string(),
            // Its first word says enough; the others may say too much.
            Self::Command(words) => words.first().cloned().unwrap_or_default(),
            _ => String::new(),
        };
        fill(lang.find(&format!("store.{name}")).unwrap_or(name), &[("detail", &detail)])
    }

    /// True when asking it again proves something: somebody or something must answer.
    pub const fn can_be_asked_again(&self) -> bool {
        !matches!(self, Self::Environment)
    }
}

/// The colour band of a profile.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames, strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the colour of its name")]
pub enum Band {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

/// One key of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The key's id; `None` until `login`, or when the environment brings it.
    pub key: Option<String>,
    /// Where the secret is; `None` where nothing was said and there is no key.
    pub store: Option<Store>,
    /// The account that the key belonged to when it was last looked at.
    pub uid: Option<UntrustedText>,
    /// Its colour.
    pub band: Option<Band>,
}

impl Profile {
    /// A profile of which nothing but the name is known.
    pub fn bare(name: &str) -> Self {
        Self { name: name.to_owned(), key: None, store: None, uid: None, band: None }
    }
}

/// True for what can name a profile: letters, digits, `-` and `_`.
pub fn is_profile_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// True for what can be a key's id: visible ASCII.
pub fn is_key(key: &str) -> bool {
    !key.is_empty() && line::check_word(key, LONGEST_KEY).is_ok()
}
