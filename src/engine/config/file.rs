//! The configuration file: TOML, every key known, every mistake with its line and column.
//!
//! What stands at the top holds for every profile; `[profiles.NAME]` may say the same keys again for itself. What the keys
//! mean is in `config/apply.rs`; how the program changes the file, in `config/write.rs`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::profile::{FIRST_PROFILE, is_profile_name};
use super::{Fault, SettingsError};
use crate::domain::likely::likely;
use crate::domain::locale::Lang;
use crate::domain::text;

/// The most that is read of a configuration file, in bytes.
const LARGEST: u64 = 1 << 20;

/// What it means that a file is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The user named it: a mistake.
    IsWrong,
    /// Nobody named it: the same as an empty one, unless a link says that it should be there.
    IsFine,
    /// It is about to be written, where a link leads to too.
    WillBeWritten,
}

impl Absence {
    /// For a file that is to be read, by whether the user named it.
    pub const fn of(is_named: bool) -> Self {
        if is_named { Self::IsWrong } else { Self::IsFine }
    }
}

/// What a configuration file says, with the places of what must still be checked.
#[derive(Debug, Clone, Default)]
pub struct FileSettings {
    pub(super) keys: Keys,
    name: String,
    source: String,
    /// Where relative paths in the file begin.
    pub(super) folder: PathBuf,
}

/// The keys of the file and of a profile in it; some have a meaning in one of the two only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) lang: Option<Spanned<String>>,
    pub(super) theme: Option<Spanned<String>>,
    pub(super) theme_file: Option<Spanned<String>>,
    pub(super) unit: Option<Spanned<String>>,
    pub(super) dust: Option<Spanned<String>>,
    pub(super) hide_zero: Option<bool>,
    pub(super) mouse: Option<bool>,
    pub(super) base_url: Option<Spanned<String>>,
    pub(super) futures_url: Option<Spanned<String>>,
    pub(super) futures: Option<FuturesKeys>,
    pub(super) proxy: Option<Spanned<String>>,
    pub(super) root_certificates: Option<Spanned<String>>,
    pub(super) read_only: Option<bool>,
    pub(super) refresh_seconds: Option<Spanned<i64>>,
    pub(super) lock_minutes: Option<Spanned<i64>>,
    pub(super) recheck_before_orders: Option<Spanned<bool>>,
    pub(super) limits: Option<LimitKeys>,
    #[serde(default)]
    pub(super) addresses: Vec<AddressKeys>,
    #[serde(default)]
    pub(super) receivers: Vec<ReceiverKeys>,
    #[serde(default)]
    #[serde(rename = "keys")]
    pub(super) bound: BTreeMap<Spanned<String>, OneOrMany>,
    pub(super) columns: Option<ColumnKeys>,
    pub(super) notices: Option<NoticeKeys>,
    pub(super) export: Option<ExportKeys>,
    #[serde(default)]
    pub(super) explorers: BTreeMap<String, Spanned<String>>,
    // Of a profile only.
    pub(super) key: Option<Spanned<String>>,
    pub(super) store: Option<Spanned<String>>,
    pub(super) secret_command: Option<Spanned<Vec<String>>>,
    pub(super) secret_file: Option<Spanned<String>>,
    pub(super) uid: Option<Spanned<String>>,
    pub(super) band: Option<Spanned<String>>,
    // Of the file only.
    pub(super) profile: Option<Spanned<String>>,
    pub(super) profiles: Option<Spanned<BTreeMap<Spanned<String>, Self>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitKeys {
    pub(super) address_book_only: Option<bool>,
    pub(super) per_order: Option<LimitKey>,
    pub(super) per_day: Option<LimitKey>,
    pub(super) confirm: Option<Spanned<String>>,
    pub(super) confirm_above: Option<LimitKey>,
    pub(super) confirm_jump: Option<Spanned<i64>>,
    pub(super) confirm_share: Option<Spanned<i64>>,
    pub(super) confirm_share_above: Option<LimitKey>,
    pub(super) order_delay_seconds: Option<Spanned<i64>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressKeys {
    pub(super) label: Spanned<String>,
    pub(super) coin: Spanned<String>,
    pub(super) network: Spanned<String>,
    pub(super) address: Spanned<String>,
    pub(super) memo: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiverKeys {
    pub(super) label: Spanned<String>,
    pub(super) to: Spanned<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table such as { amount = \"5\", unit = \"USDT\" }")]
pub(super) struct LimitKey {
    pub(super) amount: Spanned<String>,
    pub(super) unit: Spanned<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FuturesKeys {
    pub(super) coins: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnKeys {
    pub(super) balances: Option<Spanned<Vec<String>>>,
    pub(super) deposits: Option<Spanned<Vec<String>>>,
    pub(super) withdrawals: Option<Spanned<Vec<String>>>,
    pub(super) transfers: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeKeys {
    pub(super) channels: Option<Spanned<Vec<String>>>,
    pub(super) kinds: Option<Spanned<Vec<String>>>,
    pub(super) coins: Option<Vec<String>>,
    pub(super) hook: Option<Spanned<Vec<String>>>,
    pub(super) least: Option<Spanned<String>>,
    pub(super) balance_change: Option<Spanned<String>>,
    pub(super) quiet_from: Option<Spanned<String>>,
    pub(super) quiet_to: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportKeys {
    pub(super) hledger: Option<AccountKeys>,
    pub(super) beancount: Option<AccountKeys>,
}

/// The accounts of a tool for books.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountKeys {
    /// Of beancount alone.
    pub(super) open: Option<Spanned<bool>>,
    pub(super) spot: Option<Spanned<String>>,
    pub(super) futures: Option<Spanned<String>>,
    pub(super) fees: Option<Spanned<String>>,
    pub(super) deposits: Option<Spanned<String>>,
    pub(super) withdrawals: Option<Spanned<String>>,
    pub(super) transfers: Option<Spanned<String>>,
    pub(super) unknown: Option<Spanned<String>>,
}

/// A key of the keyboard, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl FileSettings {
    /// Reads a file; what one that is not there means is told by `absence`.
    ///
    /// # Errors
    /// A [`SettingsError`] when the file cannot be read, is too large, or is not understood.
    pub fn read(path: &Path, absence: Absence) -> Result<Self, SettingsError> {
        match read_text(path, absence)? {
            Some((source, name)) => Ok(Self::parse(&source, &name)?.at_home(path)),
            None => Ok(Self::default().at_home(path)),
        }
    }

    pub(super) fn at_home(mut self, path: &Path) -> Self {
        self.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        self
    }

    /// Understands the text of a file called `name`.
    ///
    /// # Errors
    /// A [`SettingsError`] when the text is not TOML, or holds an unknown key or a value of the wrong type, or a key that
    /// has no meaning where it stands.
    pub fn parse(source: &str, name: &str) -> Result<Self, SettingsError> {
        let keys = match toml::from_str::<Keys>(source) {
            Ok(keys) => keys,
            Err(why) => {
                let at = why.span().map_or(0, |span| span.start);
                return Err(SettingsError { place: place(name, source, at), fault: not_understood(why.message()) });
            }
        };
        let file = Self { keys, name: name.to_owned(), source: source.to_owned(), folder: PathBuf::new() };
        file.check_places()?;
        Ok(file)
    }

    /// Keys that mean something elsewhere only, and names that cannot be one.
    fn check_places(&self) -> Result<(), SettingsError> {
        let fail = |span: Range<usize>, fault| Err(SettingsError { place: self.at(span), fault });
        if let Some((span, name)) = self.keys.of_a_profile() {
            return fail(span, Fault::OfAProfile(name.to_owned()));
        }
        for (name, keys) in self.profiles() {
            if !is_profile_name(name.get_ref()) {
                return fail(name.span(), Fault::ProfileName(name.get_ref().clone()));
            }
            if let Some(span) = keys.profile.as_ref().map(Spanned::span).or(keys.profiles.as_ref().map(Spanned::span)) {
                return fail(span, Fault::OfTheFile("profile".to_owned()));
            }
        }
        Ok(())
    }

    fn profiles(&self) -> impl Iterator<Item = (&Spanned<String>, &Keys)> {
        self.keys.profiles.iter().flat_map(Spanned::get_ref)
    }

    /// The keys at the top, then those of each profile.
    pub(super) fn all_keys(&self) -> impl Iterator<Item = &Keys> {
        std::iter::once(&self.keys).chain(self.profiles().map(|(_, keys)| keys))
    }

    /// The names of the profiles, in the order of the alphabet.
    pub fn profile_names(&self) -> Vec<String> {
        self.profiles().map(|(name, _)| name.get_ref().clone()).collect()
    }

    /// What the file says of one profile.
    pub(super) fn profile_keys(&self, name: &str) -> Option<&Keys> {
        self.profiles().find(|(known, _)| known.get_ref() == name).map(|(_, keys)| keys)
    }

    /// The profile to use: the one that was `asked` for, else the file's own choice, else the only one.
    ///
    /// # Errors
    /// Several to choose from, or one that the file does not have.
    pub fn choose(&self, asked: Option<(&str, &str)>) -> Result<String, SettingsError> {
        let names = self.profile_names();
        let known = names.join(", ");
        if let Some((name, place)) = asked {
            if names.iter().any(|known| known == name) || (names.is_empty() && name == FIRST_PROFILE) {
                return Ok(name.to_owned());
            }
            return Err(SettingsError { place: place.to_owned(), fault: Fault::NoProfile(name.to_owned(), known) });
        }
        if let Some(word) = &self.keys.profile {
            let name = word.get_ref();
            if names.contains(name) {
                return Ok(name.clone());
            }
            return Err(SettingsError { place: self.at(word.span()), fault: Fault::NoProfile(name.clone(), known) });
        }
        match names.as_slice() {
            [] => Ok(FIRST_PROFILE.to_owned()),
            [only] => Ok(only.clone()),
            _ => Err(SettingsError { place: self.name.clone(), fault: Fault::WhichProfile(known) }),
        }
    }

    /// The language that the file names, even when something else in it is wrong.
    pub fn lang(&self) -> Option<Lang> {
        self.keys.lang.as_ref()?.get_ref().parse().ok()
    }

    /// The place of something in the file: `name:line:column`.
    pub(super) fn at(&self, span: Range<usize>) -> String {
        place(&self.name, &self.source, span.start)
    }
}

/// The text of a file and its name as it is shown; `None` for one that is not there and need not be.
pub(super) fn read_text(path: &Path, absence: Absence) -> Result<Option<(String, String)>, SettingsError> {
    let name = text::sanitize(&path.to_string_lossy()).into_owned();
    let fail = |fault| Err(SettingsError { place: name.clone(), fault });
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => {
            return match (absence, std::fs::read_link(path)) {
                (Absence::WillBeWritten, _) | (Absence::IsFine, Err(_)) => Ok(None),
                // Somebody meant a file to be there, perhaps one with limits.
                (_, Ok(target)) => fail(Fault::LeadsNowhere(text::sanitize(&target.to_string_lossy()).into_owned())),
                (Absence::IsWrong, Err(_)) => fail(Fault::Missing),
            };
        }
        Err(why) => return fail(Fault::NotReadable(why.to_string())),
    };
    let mut bytes = Vec::new();
    if let Err(why) = file.take(LARGEST + 1).read_to_end(&mut bytes) {
        return fail(Fault::NotReadable(why.to_string()));
    }
    if bytes.len() as u64 > LARGEST {
        return fail(Fault::TooLarge);
    }
    match String::from_utf8(bytes) {
        Ok(source) => Ok(Some((source, name))),
        Err(why) => {
            let good = String::from_utf8_lossy(&why.as_bytes()[..why.utf8_error().valid_up_to()]);
            let place = place(&name, &good, good.len());
            Err(SettingsError { place, fault: Fault::NotUnderstood("invalid UTF-8".to_owned()) })
        }
    }
}

impl Keys {
    /// A key that only a profile can have.
    fn of_a_profile(&self) -> Option<(Range<usize>, &'static str)> {
        let place = |word: &Option<Spanned<String>>, name| word.as_ref().map(|word| (word.span(), name));
        place(&self.key, "key")
            .or_else(|| place(&self.store, "store"))
            .or_else(|| self.secret_command.as_ref().map(|word| (word.span(), "secret_command")))
            .or_else(|| place(&self.secret_file, "secret_file"))
            .or_else(|| place(&self.uid, "uid"))
            .or_else(|| place(&self.band, "band"))
    }
}

/// The reader's words; an unknown key is named with the one that was probably meant.
fn not_understood(message: &str) -> Fault {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") => {
            Fault::UnknownKey((*unknown).to_owned(), likely(unknown, known).map(str::to_owned))
        }
        _ => {
            let plain = [
                ("invalid type: ", "wrong kind of value: "),
                ("expected i64", "expected a whole number"),
                ("expected a sequence", "expected a list such as [\"a\", \"b\"]"),
                ("expected a boolean", "expected true or false"),
                ("data did not match any variant of untagged enum OneOrMany", "expected a key or a list of keys"),
            ];
            let said = text::sanitize(message).into_owned();
            Fault::NotUnderstood(plain.iter().fold(said, |said, (theirs, ours)| said.replace(theirs, ours)))
        }
    }
}

/// `name:line:column`, both counted from 1, the column in characters.
fn place(name: &str, source: &str, at: usize) -> String {
    let before = source.get(..at).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{name}:{line}:{column}")
}

#[cfg(test)]
mod tests;
