//! What the user chose: defaults, then the configuration file, then the environment, then the command line.
//!
//! Owns the choices and their checks. It reads one file and prints nothing; what is wrong comes back as a
//! [`SettingsError`] that says where. Secrets are not settings and never pass through here.

mod apply;
pub mod example;
pub mod file;
pub mod keymap;
pub mod mistakes;
pub mod places;
pub mod profile;
pub mod schema;
pub mod theme;
pub mod write;

use std::ffi::OsString;
use std::time::Duration;

use url::Url;

use crate::domain::address_book::Label;
use crate::domain::bookkeeping::{BookTool, Bookkeeping};
use crate::domain::columns::{Column, Tab};
use crate::domain::explorer::Explorers;
use crate::domain::locale::Lang;
use crate::domain::rules::Limits;
use crate::domain::{Amount, UntrustedText, line};
use crate::engine::config::keymap::{Conflict, Keymap};
use crate::engine::config::theme::Theme;
use crate::engine::notifications::NotificationConfig;
pub use crate::exchange::ProxyChoice;
use crate::exchange::{BaseUrl, BaseUrlError, EXCHANGE, ProxyFault, ProxyVariables, Route, Servers, parse_proxy};
use file::FileSettings;
use profile::{Profile, Store};

/// The environment as a function of a variable's name, so that tests bring their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The variable that holds the key's id, where the store is the environment.
pub const KEY_VARIABLE: &str = "WALLET_TUI_API_KEY";

/// The variable that holds the secret, where the store is the environment.
pub const SECRET_VARIABLE: &str = "WALLET_TUI_API_SECRET";

/// The variable that names the server.
pub const BASE_URL_VARIABLE: &str = "WALLET_TUI_BASE_URL";
/// The server of the futures side.
pub const FUTURES_URL_VARIABLE: &str = "WALLET_TUI_FUTURES_URL";

/// Seconds between two refreshes that may be asked for.
pub const REFRESH_SECONDS: std::ops::RangeInclusive<u32> = 3..=3600;

/// The variable that names the profile.
pub const PROFILE_VARIABLE: &str = "WALLET_TUI_PROFILE";

/// Minutes without a key after which the screen is locked; 0 never.
pub const LOCK_MINUTES: std::ops::RangeInclusive<u32> = 0..=1440;

/// Seconds in which an order can still be taken back.
pub const DELAY_SECONDS: std::ops::RangeInclusive<u32> = 0..=300;

/// The longest name of a unit, in characters.
const LONGEST_UNIT: usize = 64;

const DEFAULT_REFRESH_SECONDS: u32 = 10;
const DEFAULT_UNIT: &str = "USDT";
const DEFAULT_DUST: Amount = match Amount::new(1, 0) {
    Some(one) => one,
    None => Amount::ZERO,
};

/// The colours of the screen.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum ThemeName {
    /// What goes with the background that the terminal tells of.
    #[default]
    Auto,
    /// Light letters on a dark ground.
    Dark,
    /// Dark letters on a light ground.
    Light,
    /// Few, strong colours.
    HighContrast,
    /// No colours at all; meaning rests on words, symbols and weight.
    None,
}

/// Everything the user may choose, complete and checked.
#[expect(clippy::struct_excessive_bools, reason = "one for each switch that can be set")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Language of the screen and of messages.
    pub lang: Lang,
    /// The profile, as far as the file and the environment say.
    pub profile: Profile,
    /// Colours.
    pub theme: ThemeName,
    /// Colours of the user's own, instead of those.
    pub theme_file: Option<Theme>,
    /// What the keys of the keyboard ask for.
    pub keymap: Keymap,
    /// The columns of each table, in the order of [`Tab::ALL`].
    pub columns: [Vec<Column>; 4],
    /// The coin that values are shown in.
    pub unit: UntrustedText,
    /// Balances worth less than this, in `unit`, are dust.
    pub dust: Amount,
    /// Whether zero and dust start hidden.
    pub hide_zero: bool,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// The server.
    pub base_url: BaseUrl,
    /// The server of the futures side, where one is named ([`Servers::new`]).
    pub futures_url: Option<BaseUrl>,
    /// Coins that are asked for on the futures side besides those that are found there by themselves.
    pub futures_coins: Vec<UntrustedText>,
    /// How it is reached.
    pub network: Route,
    /// Time without a key after which the screen is locked.
    pub lock_after: Option<Duration>,
    /// Whether the secret's store must answer again before each order.
    pub recheck: bool,
    /// Which news reach the user, and how.
    pub notifications: NotificationConfig,
    /// Where transactions can be looked up.
    pub explorers: Explorers,
    /// Whether everything that moves money is switched off.
    pub read_only: bool,
    /// Time between two refreshes while nothing is pending.
    pub refresh: Duration,
    /// Limits of everything that moves money; read-only is among them too.
    pub limits: Limits,
    /// Names that the user gave to addresses.
    pub labels: Vec<Label>,
    /// The accounts that exports for hledger and beancount book on.
    pub bookkeeping: Bookkeeping,
    /// How long an order that was confirmed can still be taken back, before anything is written down or sent.
    pub order_delay: Duration,
}

/// What the command line says; `None` and `false` say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--lang`.
    pub lang: Option<Lang>,
    /// `--theme`.
    pub theme: Option<ThemeName>,
    /// `--unit`.
    pub unit: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--futures-url`.
    pub futures_url: Option<String>,
    /// `--no-mouse`.
    pub no_mouse: bool,
    /// `--read-only`.
    pub read_only: bool,
}

/// A choice that cannot be used, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault:?}")]
pub struct SettingsError {
    /// `file:line:column`, the file alone, or the name of the option or variable.
    pub place: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file that was named does not exist.
    Missing,
    /// The file is a link, and there is nothing where it leads to: there.
    LeadsNowhere(String),
    /// The file exists and cannot be read; the system's words.
    NotReadable(String),
    /// The file is larger than any real one.
    TooLarge,
    /// Not TOML, or a value of the wrong type; the reader's words.
    NotUnderstood(String),
    /// An unknown key, and the one that was probably meant.
    UnknownKey(String, Option<String>),
    /// A key that only a profile can have.
    OfAProfile(String),
    /// A key that only the file as a whole can have.
    OfTheFile(String),
    /// What cannot name a profile.
    ProfileName(String),
    /// A profile that the file does not have; those that it has.
    NoProfile(String, String),
    /// Several profiles and no choice; their names.
    WhichProfile(String),
    /// A word that is none of those; those.
    OneOf(String, String),
    /// What cannot be a key's id. It is not kept: it may be the secret.
    Key,
    /// A key about another store than the profile's; that store.
    OtherStore(String),
    /// The store is a command, and there is none.
    NoCommand,
    /// A file that the configuration names and that cannot be used; why.
    OtherFile(String, String),
    /// Not a key of the keyboard.
    Chord(String),
    /// One key of the keyboard would mean two things.
    KeyConflict(Conflict),
    /// A table without the column that says what is counted.
    NoCoinColumn,
    /// A lock whose store answers always.
    NothingToAsk,
    /// Not a proxy that can be used. The address is not kept: it may hold a password.
    Proxy,
    /// The same in a variable of the environment.
    ProxyVariable,
    /// A variable that lists servers and is no text.
    ProxyExceptions,
    /// Not the page of a transaction.
    Explorer(String),
    /// Not an hour and a minute.
    Hour(String),
    /// Outside [`LOCK_MINUTES`].
    Lock(i64),
    /// Not a language of this program.
    Lang(String),
    /// Not a theme of this program.
    Theme(String),
    /// A unit without letters.
    Unit,
    /// Not an amount, or below zero.
    Amount(String),
    /// A part of a labelled address that is empty, or an address of other than visible ASCII.
    Address(String),
    /// Not an account that this tool takes.
    Account(String, BookTool),
    /// No user id, e-mail or telephone number of a labelled receiver.
    Receiver(String),
    /// Outside [`REFRESH_SECONDS`].
    Refresh(i64),
    /// Outside [`DELAY_SECONDS`].
    Delay(i64),
    /// Not a server address that may be used. The address itself is not kept: it may hold a password.
    BaseUrl(BaseUrlError),
}

impl Settings {
    /// Puts the four layers together. `file` is empty where there is none.
    ///
    /// # Errors
    /// A [`SettingsError`] for the first choice that cannot be used, overridden ones included: a mistake in the file
    /// is said even when an option hides it.
    pub fn layered(
        file: &FileSettings,
        environment: Environment<'_>,
        options: &Overrides,
    ) -> Result<Self, SettingsError> {
        let variable = |name: &str| {
            let value = environment(name)?.to_string_lossy().into_owned();
            (!value.is_empty()).then_some(value)
        };
        let asked = match (&options.profile, variable(PROFILE_VARIABLE)) {
            (Some(name), _) => Some((name.clone(), "--profile")),
            (None, Some(name)) => Some((name, PROFILE_VARIABLE)),
            (None, None) => None,
        };
        let name = file.choose(asked.as_ref().map(|(name, place)| (name.as_str(), *place)))?;
        // A mistake in another profile is said now, not on the day on which it is chosen.
        for other in file.profile_names().iter().filter(|other| **other != name) {
            Self::of_profile(other, file, environment, options)?;
        }
        Self::of_profile(&name, file, environment, options)
    }

    /// The same for one profile, whether or not the file has it.
    ///
    /// # Errors
    /// As [`Settings::layered`].
    pub fn of_profile(
        name: &str,
        file: &FileSettings,
        environment: Environment<'_>,
        options: &Overrides,
    ) -> Result<Self, SettingsError> {
        let variable = |name: &str| {
            let value = environment(name)?.to_string_lossy().into_owned();
            (!value.is_empty()).then_some(value)
        };
        let mut settings = Self {
            profile: Profile::bare(name),
            theme_file: None,
            keymap: Keymap::default(),
            columns: Tab::ALL.map(|tab| tab.columns().to_vec()),
            network: Route { proxy: ProxyChoice::Environment(ProxyVariables::read(environment)), ..Route::default() },
            lock_after: None,
            recheck: false,
            notifications: NotificationConfig::default(),
            explorers: Explorers::default(),
            lang: Lang::from_environment(variable),
            theme: ThemeName::default(),
            unit: UntrustedText::from(DEFAULT_UNIT),
            dust: DEFAULT_DUST,
            hide_zero: false,
            mouse: true,
            base_url: base_url(EXCHANGE, || "default".to_owned())?,
            futures_url: None,
            futures_coins: Vec::new(),
            read_only: false,
            refresh: Duration::from_secs(DEFAULT_REFRESH_SECONDS.into()),
            limits: Limits::default(),
            labels: Vec::new(),
            bookkeeping: Bookkeeping::default(),
            order_delay: Duration::ZERO,
        };
        file.apply(&mut settings)?;
        // https://no-color.org: set and not empty means no colour, whatever a file says.
        if variable("NO_COLOR").is_some() {
            (settings.theme, settings.theme_file) = (ThemeName::None, None);
        }
        if let Some(url) = variable(BASE_URL_VARIABLE) {
            settings.base_url = base_url(&url, || BASE_URL_VARIABLE.to_owned())?;
            // A futures side that the file names belongs to the server that the file names.
            settings.futures_url = None;
        }
        if let Some(url) = variable(FUTURES_URL_VARIABLE) {
            settings.futures_url = Some(base_url(&url, || FUTURES_URL_VARIABLE.to_owned())?);
        }
        settings.lang = options.lang.unwrap_or(settings.lang);
        if let Some(theme) = options.theme {
            (settings.theme, settings.theme_file) = (theme, None);
        }
        if let Some(name) = &options.unit {
            settings.unit = unit(name, || "--unit".to_owned())?;
        }
        if let Some(url) = &options.base_url {
            settings.base_url = base_url(url, || "--base-url".to_owned())?;
            settings.futures_url = None;
        }
        if let Some(url) = &options.futures_url {
            settings.futures_url = Some(base_url(url, || "--futures-url".to_owned())?);
        }
        settings.mouse &= !options.no_mouse;
        settings.read_only |= options.read_only;
        settings.limits.read_only = settings.read_only;
        // Where nothing is written down and the environment brings a key, that is what it is for.
        if settings.profile.key.is_none()
            && settings.profile.store.is_none()
            && [KEY_VARIABLE, SECRET_VARIABLE].iter().any(|name| environment(name).is_some())
        {
            settings.profile.store = Some(Store::Environment);
        }
        file.check_lock(&settings)?;
        Ok(settings)
    }
}

impl Settings {
    /// Where the exchange is.
    pub fn servers(&self) -> Servers {
        Servers::new(self.base_url.clone(), self.futures_url.clone())
    }

    /// The variable that should say which proxy is used and cannot be used; `None` where it is not asked, because the
    /// configuration names a proxy or every server is this machine. Nothing is sent to a server of which this is not known.
    pub fn proxy_fault(&self) -> Option<SettingsError> {
        let servers = self.servers();
        let faults = [&servers.spot, &servers.futures].map(|base| self.network.proxy.of(base).err());
        let fault = faults.into_iter().flatten().next()?;
        let kind = match fault {
            ProxyFault::Proxy(_) => Fault::ProxyVariable,
            ProxyFault::Exceptions(_) => Fault::ProxyExceptions,
        };
        Some(SettingsError { place: fault.variable().to_owned(), fault: kind })
    }
}

fn base_url(url: &str, place: impl FnOnce() -> String) -> Result<BaseUrl, SettingsError> {
    url.parse::<BaseUrl>().map_err(|why| SettingsError { place: place(), fault: Fault::BaseUrl(why) })
}

fn proxy(url: &str, place: impl FnOnce() -> String) -> Result<Url, SettingsError> {
    parse_proxy(url).ok_or_else(|| SettingsError { place: place(), fault: Fault::Proxy })
}

fn unit(name: &str, place: impl FnOnce() -> String) -> Result<UntrustedText, SettingsError> {
    if name.trim().is_empty() || name.trim() != name || line::check(name, LONGEST_UNIT).is_err() {
        return Err(SettingsError { place: place(), fault: Fault::Unit });
    }
    Ok(UntrustedText::from(name.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    }

    fn file(text: &str) -> FileSettings {
        FileSettings::parse(text, "config.toml").unwrap()
    }

    #[test]
    fn futures_server_belongs_to_the_server_of_its_layer() {
        let file =
            file("base_url = 'http://127.0.0.1:1'\nfutures_url = 'http://127.0.0.1:2'\n[futures]\ncoins = ['USDC']\n");
        let futures = |environment: &'static [(&'static str, &'static str)], options: &Overrides| {
            let settings = Settings::layered(&file, &with(environment), options).unwrap();
            assert_eq!(settings.futures_coins, [UntrustedText::from("USDC")]);
            settings.servers().futures.to_string()
        };
        let none = Overrides::default();
        assert_eq!(futures(&[], &none), "http://127.0.0.1:2");
        // Another server does not get the futures side of the first one.
        assert_eq!(futures(&[(BASE_URL_VARIABLE, "http://127.0.0.1:3")], &none), "http://127.0.0.1:3");
        assert_eq!(futures(&[(FUTURES_URL_VARIABLE, "http://127.0.0.1:4")], &none), "http://127.0.0.1:4");
        let base = Overrides { base_url: Some("http://127.0.0.1:5".to_owned()), ..Overrides::default() };
        assert_eq!(futures(&[(FUTURES_URL_VARIABLE, "http://127.0.0.1:4")], &base), "http://127.0.0.1:5");
        let both = Overrides { futures_url: Some("http://127.0.0.1:6".to_owned()), ..base };
        assert_eq!(futures(&[], &both), "http://127.0.0.1:6");
        let plain = Overrides { futures_url: Some("http://example.com".to_owned()), ..Overrides::default() };
        assert!(Settings::layered(&file, &with(&[]), &plain).is_err(), "https or this machine only");
    }

    #[test]
    fn without_a_file_or_an_option_the_defaults_stand() {
        let settings = Settings::layered(&FileSettings::default(), &with(&[]), &Overrides::default()).unwrap();
        assert_eq!(settings.lang, Lang::En);
        assert_eq!(settings.theme, ThemeName::Auto);
        assert_eq!(settings.unit.raw(), "USDT");
        assert_eq!(settings.refresh, Duration::from_secs(10));
        assert_eq!(settings.base_url, EXCHANGE.parse().unwrap());
        assert!(settings.mouse && !settings.read_only && !settings.hide_zero && settings.dust == DEFAULT_DUST);
    }

    #[test]
    fn option_beats_environment_beats_file_beats_locale() {
        let file =
            file("lang = 'zh-CN'\ntheme = 'light'\nbase_url = 'http://127.0.0.1:1'\nunit = 'BTC'\nmouse = true\n");
        let environment = with(&[("LANG", "en_GB"), ("NO_COLOR", "1"), (BASE_URL_VARIABLE, "http://127.0.0.1:2")]);
        let none = Overrides::default();
        let settings = Settings::layered(&file, &environment, &none).unwrap();
        assert_eq!((settings.lang, settings.theme), (Lang::ZhCn, ThemeName::None));
        assert_eq!(settings.base_url, "http://127.0.0.1:2".parse().unwrap());
        assert_eq!(settings.unit.raw(), "BTC");
        let options = Overrides {
            profile: None,
            lang: Some(Lang::En),
            theme: Some(ThemeName::Light),
            unit: Some("EUR".to_owned()),
            base_url: Some("http://127.0.0.1:3".to_owned()),
            futures_url: None,
            no_mouse: true,
            read_only: true,
        };
        let settings = Settings::layered(&file, &environment, &options).unwrap();
        assert_eq!((settings.lang, settings.theme), (Lang::En, ThemeName::Light));
        assert_eq!(settings.base_url, "http://127.0.0.1:3".parse().unwrap());
        assert_eq!(settings.unit.raw(), "EUR");
        assert!(!settings.mouse && settings.read_only && settings.limits.read_only);
    }

    #[test]
    fn an_empty_variable_says_nothing() {
        let environment = with(&[("NO_COLOR", ""), (BASE_URL_VARIABLE, ""), ("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]);
        let settings = Settings::layered(&FileSettings::default(), &environment, &Overrides::default()).unwrap();
        assert_eq!(settings.theme, ThemeName::Auto);
        assert_eq!(settings.base_url, EXCHANGE.parse().unwrap());
        assert_eq!(settings.lang, Lang::ZhCn);
    }

    #[test]
    fn forbidden_server_address_is_refused_with_its_place() {
        let environment = with(&[(BASE_URL_VARIABLE, "http://example.com")]);
        let error = Settings::layered(&FileSettings::default(), &environment, &Overrides::default()).unwrap_err();
        assert_eq!(error.place, BASE_URL_VARIABLE);
        assert_eq!(error.fault, Fault::BaseUrl(BaseUrlError::Plain));
    }
}
