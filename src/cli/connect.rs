//! From key, secret and server to a client: the exchange itself, or the embedded one.
//!
//! The only place that reads the key and the secret. Neither is ever in a message.

use std::ffi::OsString;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::{Failure, KEY, MACHINE};
use crate::api::{BaseUrl, Client, Credentials, Limits};
use crate::locale::Lang;
use crate::run::{Mode, Session};
use crate::settings::{Environment, Fault, Settings, SettingsError};
use crate::simulator::{Config, Simulator};

/// The variable that holds the key's id.
pub const KEY_VARIABLE: &str = "WALLET_TUI_API_KEY";
/// The variable that holds the secret.
pub const SECRET_VARIABLE: &str = "WALLET_TUI_API_SECRET";

/// The profile of the key in the environment.
const PROFILE: &str = "main";
/// The profile of the embedded exchange.
const DEMO_PROFILE: &str = "demo";

/// Whether a command can do its work without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedsKey {
    /// It asks about an account.
    Yes,
    /// What it asks is public.
    No,
}

/// Key and secret from the environment; `None` when neither is set.
///
/// # Errors
/// A [`Failure`] when only one of them is set, or one is empty or holds what no key holds.
pub fn credentials(environment: Environment<'_>, lang: Lang) -> Result<Option<Credentials>, Failure> {
    let fail = |cause, next, name| Failure::new(lang, KEY, cause, next, &[("name", name)]);
    let read = |name: &'static str| {
        let Some(value) = environment(name) else { return Ok(None) };
        let value = Zeroizing::new(OsString::into_string(value).unwrap_or_default());
        let trimmed = value.trim_matches(['\r', '\n']);
        if trimmed.is_empty() {
            return Err(fail("cli.key.empty", "cli.key.empty_next", name));
        }
        if !trimmed.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(fail("cli.key.strange", "cli.key.strange_next", name));
        }
        Ok(Some(Zeroizing::new(trimmed.to_owned())))
    };
    match (read(KEY_VARIABLE)?, read(SECRET_VARIABLE)?) {
        (None, None) => Ok(None),
        (Some(key), Some(secret)) => {
            Ok(Some(Credentials { key: key.to_string(), secret: SecretString::from(secret.as_str()) }))
        }
        (None, Some(_)) => Err(fail("cli.key.alone", "cli.key.alone_next", KEY_VARIABLE)),
        (Some(_), None) => Err(fail("cli.key.alone", "cli.key.alone_next", SECRET_VARIABLE)),
    }
}

/// Connects to the exchange that `settings` name. Nothing is sent yet.
///
/// # Errors
/// A [`Failure`] when the key is missing or wrong, or no client can be made on this machine.
pub fn live(settings: &Settings, environment: Environment<'_>, needs: NeedsKey) -> Result<Session, Failure> {
    let lang = settings.lang;
    let credentials = credentials(environment, lang)?;
    if credentials.is_none() && needs == NeedsKey::Yes {
        let names = [("key", KEY_VARIABLE), ("secret", SECRET_VARIABLE)];
        return Err(Failure::new(lang, KEY, "cli.key.none", "cli.key.none_next", &names));
    }
    let client = Client::new(settings.base_url.clone(), credentials, Limits::default());
    let client = client.map_err(|problem| Failure::of_read(&problem, lang))?;
    Ok(Session { client, mode: Mode::Live, profile: PROFILE.to_owned(), simulator: None, ledger: None, scratch: None })
}

/// Starts the embedded exchange and connects to it; it stops when the session is dropped.
///
/// # Errors
/// A [`Failure`] when no port can be opened on this machine.
pub async fn demo(chaos: bool, lang: Lang) -> Result<Session, Failure> {
    let simulator = simulator(Config { chaos, ..Config::default() }, lang).await?;
    let credentials =
        Credentials { key: simulator.api_key().to_owned(), secret: SecretString::from(simulator.secret()) };
    let address = simulator.base_url();
    let base = address.parse::<BaseUrl>().map_err(|why| {
        let error = SettingsError { place: address, fault: Fault::BaseUrl(why) };
        Failure::of_settings(&error, lang)
    })?;
    let client = Client::new(base, Some(credentials), Limits::default());
    let client = client.map_err(|problem| Failure::of_read(&problem, lang))?;
    // A demo has a ledger of its own, which goes with it. Without one it shows everything and orders nothing.
    let scratch = tempfile::Builder::new().prefix("wallet-tui-demo-").tempdir().ok();
    let ledger = scratch.as_ref().map(|dir| dir.path().join("ledger.sqlite"));
    let simulator = Some(simulator);
    Ok(Session { client, mode: Mode::Demo, profile: DEMO_PROFILE.to_owned(), simulator, ledger, scratch })
}

/// Starts the embedded exchange.
///
/// # Errors
/// A [`Failure`] when the port cannot be opened.
pub async fn simulator(config: Config, lang: Lang) -> Result<Simulator, Failure> {
    let port = config.port.to_string();
    Simulator::start(config).await.map_err(|why| {
        let values = [("port", port.as_str()), ("why", &why.to_string())];
        Failure::new(lang, MACHINE, "cli.simulate.port", "cli.simulate.port_next", &values)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn read(key: Option<&str>, secret: Option<&str>) -> Result<Option<Credentials>, Failure> {
        let environment = |name: &str| match name {
            KEY_VARIABLE => key.map(OsString::from),
            SECRET_VARIABLE => secret.map(OsString::from),
            _ => None,
        };
        credentials(&environment, Lang::En)
    }

    #[test]
    fn key_and_secret_lose_their_line_ends_and_nothing_else() {
        let found = read(Some("key\r\n"), Some("\n=s e".replace(' ', "").as_str())).unwrap().unwrap();
        assert_eq!((found.key.as_str(), found.secret.expose_secret()), ("key", "=se"));
        assert!(read(None, None).unwrap().is_none());
    }

    #[test]
    fn one_alone_an_empty_one_and_a_strange_one_are_errors_about_the_key_that_hide_the_value() {
        for (key, secret, name) in [
            (Some("hunter2"), None, SECRET_VARIABLE),
            (None, Some("hunter2"), KEY_VARIABLE),
            (Some("hunter2"), Some("\r\n"), SECRET_VARIABLE),
            (Some(""), Some("hunter2"), KEY_VARIABLE),
            (Some("hunter2"), Some("hunter2 "), SECRET_VARIABLE),
            (Some("hunter2\u{202e}"), Some("hunter2"), KEY_VARIABLE),
        ] {
            let failure = read(key, secret).unwrap_err();
            let mut said = Vec::new();
            failure.write(&mut said).unwrap();
            let said = String::from_utf8(said).unwrap();
            assert_eq!(failure.code, KEY);
            assert!(said.contains(name) && !said.contains("hunter2"), "{said}");
        }
    }
}
