//! The configuration file: TOML, every key known, every mistake with its line and column.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::{DELAY_SECONDS, Fault, REFRESH_SECONDS, Settings, SettingsError, ThemeName, base_url, unit};
use crate::domain::book::Label;
use crate::domain::rules::Limit;
use crate::domain::{Amount, Text, text};
use crate::locale::Lang;

/// The most that is read of a configuration file, in bytes.
const LARGEST: u64 = 1 << 20;

/// What a configuration file says, with the places of what must still be checked.
#[derive(Debug, Clone, Default)]
pub struct FileSettings {
    keys: Keys,
    name: String,
    source: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    lang: Option<Spanned<String>>,
    theme: Option<Spanned<String>>,
    unit: Option<Spanned<String>>,
    dust: Option<Spanned<String>>,
    hide_zero: Option<bool>,
    mouse: Option<bool>,
    base_url: Option<Spanned<String>>,
    read_only: Option<bool>,
    refresh_seconds: Option<Spanned<i64>>,
    limits: Option<LimitKeys>,
    #[serde(default)]
    addresses: Vec<AddressKeys>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitKeys {
    address_book_only: Option<bool>,
    per_order: Option<LimitKey>,
    per_day: Option<LimitKey>,
    confirm_above: Option<LimitKey>,
    order_delay_seconds: Option<Spanned<i64>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressKeys {
    label: Spanned<String>,
    coin: Spanned<String>,
    network: Spanned<String>,
    address: Spanned<String>,
    memo: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitKey {
    amount: Spanned<String>,
    unit: Spanned<String>,
}

impl FileSettings {
    /// Reads a file. One that is not there is an error only when the user `named` it.
    ///
    /// # Errors
    /// A [`SettingsError`] when the file cannot be read, is too large, or is not understood.
    pub fn read(path: &Path, named: bool) -> Result<Self, SettingsError> {
        let name = text::gate(&path.to_string_lossy()).into_owned();
        let fail = |fault| Err(SettingsError { place: name.clone(), fault });
        let file = match File::open(path) {
            Ok(file) => file,
            Err(why) if why.kind() == ErrorKind::NotFound && !named => return Ok(Self::default()),
            Err(why) if why.kind() == ErrorKind::NotFound => return fail(Fault::Missing),
            Err(why) => return fail(Fault::NotReadable(why.to_string())),
        };
        let mut bytes = Vec::new();
        if let Err(why) = file.take(LARGEST + 1).read_to_end(&mut bytes) {
            return fail(Fault::NotReadable(why.to_string()));
        }
        if bytes.len() as u64 > LARGEST {
            return fail(Fault::TooLarge);
        }
        match std::str::from_utf8(&bytes) {
            Ok(source) => Self::parse(source, &name),
            Err(why) => {
                let good = String::from_utf8_lossy(&bytes[..why.valid_up_to()]);
                let place = place(&name, &good, good.len());
                Err(SettingsError { place, fault: Fault::NotUnderstood("invalid UTF-8".to_owned()) })
            }
        }
    }

    /// Understands the text of a file called `name`.
    ///
    /// # Errors
    /// A [`SettingsError`] when the text is not TOML, or holds an unknown key or a value of the wrong type.
    pub fn parse(source: &str, name: &str) -> Result<Self, SettingsError> {
        match toml::from_str::<Keys>(source) {
            Ok(keys) => Ok(Self { keys, name: name.to_owned(), source: source.to_owned() }),
            Err(why) => {
                let at = why.span().map_or(0, |span| span.start);
                let detail = text::gate(why.message()).into_owned();
                Err(SettingsError { place: place(name, source, at), fault: Fault::NotUnderstood(detail) })
            }
        }
    }

    /// The language that the file names, even when something else in it is wrong.
    pub fn lang(&self) -> Option<Lang> {
        self.keys.lang.as_ref()?.get_ref().parse().ok()
    }

    /// Lays what the file says over `settings`.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<(), SettingsError> {
        let keys = &self.keys;
        let at = |span: Range<usize>| self.at(span);
        let wrong = |span, fault| SettingsError { place: at(span), fault };
        if let Some(word) = &keys.lang {
            let fault = || Fault::Lang(word.get_ref().clone());
            settings.lang = word.get_ref().parse().map_err(|_| wrong(word.span(), fault()))?;
        }
        if let Some(word) = &keys.theme {
            let fault = || Fault::Theme(word.get_ref().clone());
            settings.theme = word.get_ref().parse::<ThemeName>().map_err(|_| wrong(word.span(), fault()))?;
        }
        if let Some(word) = &keys.unit {
            settings.unit = unit(word.get_ref(), || at(word.span()))?;
        }
        if let Some(word) = &keys.dust {
            settings.dust = self.amount(word)?;
        }
        if let Some(word) = &keys.base_url {
            settings.base_url = base_url(word.get_ref(), || at(word.span()))?;
        }
        if let Some(number) = &keys.refresh_seconds {
            let seconds = u32::try_from(*number.get_ref()).ok().filter(|seconds| REFRESH_SECONDS.contains(seconds));
            let seconds = seconds.ok_or_else(|| wrong(number.span(), Fault::Refresh(*number.get_ref())))?;
            settings.refresh = Duration::from_secs(seconds.into());
        }
        if let Some(limits) = &keys.limits {
            self.apply_limits(limits, settings)?;
        }
        settings.labels = keys.addresses.iter().map(|keys| self.label(keys)).collect::<Result<_, _>>()?;
        settings.hide_zero = keys.hide_zero.unwrap_or(settings.hide_zero);
        settings.mouse = keys.mouse.unwrap_or(settings.mouse);
        settings.read_only = keys.read_only.unwrap_or(settings.read_only);
        Ok(())
    }

    fn apply_limits(&self, keys: &LimitKeys, settings: &mut Settings) -> Result<(), SettingsError> {
        settings.limits.address_book_only = keys.address_book_only.unwrap_or_default();
        settings.limits.per_order = keys.per_order.as_ref().map(|key| self.limit(key)).transpose()?;
        settings.limits.per_day = keys.per_day.as_ref().map(|key| self.limit(key)).transpose()?;
        settings.limits.confirm_above = keys.confirm_above.as_ref().map(|key| self.limit(key)).transpose()?;
        if let Some(number) = &keys.order_delay_seconds {
            let seconds = u32::try_from(*number.get_ref()).ok().filter(|seconds| DELAY_SECONDS.contains(seconds));
            let fault = || SettingsError { place: self.at(number.span()), fault: Fault::Delay(*number.get_ref()) };
            settings.order_delay = Duration::from_secs(seconds.ok_or_else(fault)?.into());
        }
        Ok(())
    }

    /// A label of the address book. An empty part, or an address of other than visible ASCII, is a mistake.
    fn label(&self, keys: &AddressKeys) -> Result<Label, SettingsError> {
        let part = |word: &Spanned<String>, fits: fn(&str) -> bool| {
            let text = word.get_ref().trim();
            let fault = || SettingsError { place: self.at(word.span()), fault: Fault::Address(word.get_ref().clone()) };
            if text.is_empty() || !fits(text) { Err(fault()) } else { Ok(Text::from(text)) }
        };
        let any = |_: &str| true;
        let ascii = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
        Ok(Label {
            label: part(&keys.label, any)?,
            coin: part(&keys.coin, any)?,
            network: part(&keys.network, any)?,
            address: part(&keys.address, ascii)?,
            memo: keys.memo.as_ref().map(|memo| part(memo, any)).transpose()?,
        })
    }

    fn limit(&self, key: &LimitKey) -> Result<Limit, SettingsError> {
        let unit = unit(key.unit.get_ref(), || self.at(key.unit.span()))?;
        Ok(Limit { amount: self.amount(&key.amount)?, unit })
    }

    /// An amount of 0 or more.
    fn amount(&self, word: &Spanned<String>) -> Result<Amount, SettingsError> {
        let amount = word.get_ref().parse::<Amount>().ok().filter(|amount| !amount.is_negative());
        let fault = || SettingsError { place: self.at(word.span()), fault: Fault::Amount(word.get_ref().clone()) };
        amount.ok_or_else(fault)
    }

    fn at(&self, span: Range<usize>) -> String {
        place(&self.name, &self.source, span.start)
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
mod tests {
    use super::*;
    use crate::api::BaseUrlError;
    use crate::settings::Overrides;

    fn settings(source: &str) -> Result<Settings, SettingsError> {
        Settings::layered(&FileSettings::parse(source, "c.toml")?, &|_| None, &Overrides::default())
    }

    #[test]
    fn the_example_file_is_a_valid_file_and_shows_every_key() {
        let example = include_str!("../../assets/config.example.toml");
        settings(example).unwrap();
        // Every key is there, commented out or not, and all of them together are valid.
        let on: String = example
            .lines()
            .map(|line| line.strip_prefix("#").filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned() + "\n")
            .collect();
        assert_eq!(settings(&on).unwrap(), settings("").unwrap(), "the values shown are the defaults");
        for key in ["lang", "theme", "unit", "dust", "hide_zero", "mouse", "base_url", "read_only", "refresh_seconds"] {
            assert!(on.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is not documented");
        }
        for key in ["address_book_only", "order_delay_seconds", "# per_order", "# per_day", "# confirm_above"] {
            let limits = on.split("\n[limits]\n").nth(1).unwrap();
            assert!(limits.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is not documented");
        }
        // These three have no default; what is shown is an example that works.
        let with_examples = on.replace("# per_", "per_").replace("# confirm_", "confirm_");
        let limits = settings(&with_examples).unwrap().limits;
        assert!(limits.per_order.is_some() && limits.per_day.is_some() && limits.confirm_above.is_some());
    }

    #[test]
    fn limits_are_read_exactly_and_a_mistyped_one_is_an_error() {
        let source = "[limits]\naddress_book_only = true\nper_order = { amount = '0.10', unit = 'BTC' }\n\
                      per_day = { amount = '100', unit = 'USDT' }\norder_delay_seconds = 5\nconfirm_above = { amount = '7', unit = 'USDT' }\n";
        let found = settings(source).unwrap();
        let limit = |amount: &str, unit: &str| Some(Limit { amount: amount.parse().unwrap(), unit: unit.into() });
        assert_eq!((found.limits.per_order, found.limits.per_day), (limit("0.10", "BTC"), limit("100", "USDT")));
        assert_eq!(found.limits.confirm_above, limit("7", "USDT"));
        assert!(found.limits.address_book_only && found.order_delay == Duration::from_secs(5));
        for source in [
            "[limits]\nper_ordre = { amount = '1', unit = 'BTC' }",
            "[limits]\nper_order = { amount = 1, unit = 'BTC' }",
            "[limits]\nper_order = { amount = '1' }",
            "[limits]\nper_order = { amount = '1', unit = 'BTC', coin = 'x' }",
            "[limit]\naddress_book_only = true",
        ] {
            assert!(matches!(settings(source).unwrap_err().fault, Fault::NotUnderstood(_)), "{source}");
        }
    }

    #[test]
    fn labels_of_addresses_are_read_whole_and_a_part_that_cannot_be_is_an_error() {
        let block = |address: &str, memo: &str| {
            format!("[[addresses]]\nlabel = 'cold'\ncoin = 'XRP'\nnetwork = 'XRP'\naddress = '{address}'\n{memo}")
        };
        let source = block("rA", "memo = '7'\n") + &block("rB", "");
        let labels = settings(&source).unwrap().labels;
        let told = |l: &Label| (l.label.raw().to_owned(), l.address.raw().to_owned(), l.memo.clone());
        assert_eq!(
            labels.iter().map(told).collect::<Vec<_>>(),
            [("cold".into(), "rA".into(), Some("7".into())), ("cold".into(), "rB".into(), None),]
        );
        for (address, memo) in [("", ""), ("r A", ""), ("r\u{430}", ""), ("rA", "memo = ' '\n")] {
            assert!(matches!(settings(&block(address, memo)).unwrap_err().fault, Fault::Address(_)), "{address}");
        }
        assert!(settings("[[addresses]]\nlabel = 'cold'\n").is_err());
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_place() {
        let error = settings("lang = 'en'\n\n  themee = 'dark'\n").unwrap_err();
        assert_eq!(error.place, "c.toml:3:3");
        assert!(matches!(error.fault, Fault::NotUnderstood(detail) if detail.contains("themee")));
    }

    #[test]
    fn a_broken_file_and_a_wrong_type_are_errors_with_their_places() {
        assert_eq!(settings("lang = 'en'\ntheme = \n").unwrap_err().place.split(':').nth(1), Some("2"));
        let error = settings("# 尘埃\ndust = 0.1\n").unwrap_err();
        assert_eq!(error.place, "c.toml:2:8");
        assert!(matches!(error.fault, Fault::NotUnderstood(_)), "{error:?}");
        assert_eq!(settings("mouse = 1").unwrap_err().place, "c.toml:1:9");
    }

    #[test]
    fn a_value_out_of_its_range_is_refused_and_never_bent() {
        for (source, fault) in [
            ("lang = 'de'", Fault::Lang("de".into())),
            ("theme = 'Dark'", Fault::Theme("Dark".into())),
            ("unit = ' '", Fault::Unit),
            ("dust = '1,5'", Fault::Amount("1,5".into())),
            ("dust = '-1'", Fault::Amount("-1".into())),
            ("limits.per_order = { amount = '-5', unit = 'USDT' }", Fault::Amount("-5".into())),
            ("limits.per_day = { amount = '5', unit = '' }", Fault::Unit),
            ("limits.order_delay_seconds = 301", Fault::Delay(301)),
            ("refresh_seconds = 0", Fault::Refresh(0)),
            ("refresh_seconds = -5", Fault::Refresh(-5)),
            ("refresh_seconds = 2", Fault::Refresh(2)),
            ("refresh_seconds = 3601", Fault::Refresh(3601)),
            ("base_url = 'http://example.com'", Fault::BaseUrl(BaseUrlError::Plain)),
        ] {
            assert_eq!(settings(source).unwrap_err().fault, fault, "{source}");
        }
        assert_eq!(settings("refresh_seconds = 3").unwrap().refresh, Duration::from_secs(3));
        assert_eq!(settings("refresh_seconds = 3600").unwrap().refresh, Duration::from_secs(3600));
    }

    #[test]
    fn a_missing_file_is_an_error_only_when_it_was_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none.toml");
        assert!(FileSettings::read(&path, false).is_ok());
        assert_eq!(FileSettings::read(&path, true).unwrap_err().fault, Fault::Missing);
        assert!(matches!(FileSettings::read(dir.path(), false).unwrap_err().fault, Fault::NotReadable(_)));
    }

    #[test]
    fn a_huge_file_and_one_that_is_not_text_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, vec![b'#'; 1 << 20]).unwrap();
        assert!(FileSettings::read(&path, true).is_ok());
        std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
        assert_eq!(FileSettings::read(&path, true).unwrap_err().fault, Fault::TooLarge);
        std::fs::write(&path, b"lang = 'en'\n# \xff\n").unwrap();
        let error = FileSettings::read(&path, true).unwrap_err();
        assert!(error.place.ends_with(":2:3"), "{error}");
    }
}
