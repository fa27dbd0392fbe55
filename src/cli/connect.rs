//! From a profile to a client: the exchange itself, or the embedded one.
//!
//! The only place that joins a key and its secret. Neither is ever in a message.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::failure::{Failure, KEY, MACHINE};
use super::layers::config_of;
use super::{Options, ask};
use crate::domain::line;
use crate::domain::locale::Lang;
use crate::engine::config::profile::{LONGEST_KEY, Profile, Store};
use crate::engine::config::{Environment, Fault, KEY_VARIABLE, SECRET_VARIABLE, Settings, SettingsError};
use crate::engine::orders::GuardReader;
use crate::engine::secrets::{self, Account, Trouble};
use crate::engine::session::{Mode, Session};
use crate::exchange::{BaseUrl, Client, Credentials, Limits};
use crate::platform::private::Scratch;
use crate::simulator::{Config, Simulator};

/// The profile of the embedded exchange.
const DEMO_PROFILE: &str = "demo";
/// Whoever waits for longer is told what for.
const SILENCE: Duration = Duration::from_secs(1);

/// Whether a command can do its work without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedsKey {
    /// It asks about an account.
    Yes,
    /// What it asks is public.
    No,
}

/// What a store could not do, in words.
pub fn trouble(trouble: &Trouble, profile: &Profile, lang: Lang) -> Failure {
    let said = trouble.words(profile, lang);
    Failure::of_words(said, lang, KEY)
}

/// The same for the form that stores a key.
pub fn trouble_in_form(trouble: &Trouble, profile: &Profile, lang: Lang) -> Failure {
    Failure::of_words(trouble.words_in_form(profile, lang), lang, KEY)
}

/// What a run works with: the profile's account, or the embedded exchange.
///
/// # Errors
/// There is no key, its secret cannot be read, or the embedded exchange cannot be started.
pub async fn session(
    needs: NeedsKey,
    options: &Options,
    settings: &Settings,
    environment: Environment<'_>,
) -> Result<Session, Failure> {
    if options.demo {
        demo(options.chaos, settings.lang).await
    } else {
        live(settings, config_of(options, environment), environment, needs).await
    }
}

/// The key of a profile: the file's, or the environment's where that is the store. `None` when there is none.
///
/// # Errors
/// The environment's key cannot be one, or is not the file's.
pub fn key_of(profile: &Profile, environment: Environment<'_>, lang: Lang) -> Result<Option<String>, Failure> {
    if profile.store != Some(Store::Environment) {
        return Ok(profile.key.clone());
    }
    let fail = |cause, next, name| Failure::new(lang, KEY, cause, next, &[("name", name)]);
    let Some(value) = environment(KEY_VARIABLE) else {
        if profile.key.is_none() {
            return Err(fail("cli.key.alone", "cli.key.alone_next", KEY_VARIABLE));
        }
        return Ok(profile.key.clone());
    };
    let strange = |_| fail("cli.key.strange", "cli.key.strange_next", KEY_VARIABLE);
    let value = OsString::into_string(value).map_err(strange)?;
    let value = value.trim_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(fail("cli.key.empty", "cli.key.empty_next", KEY_VARIABLE));
    }
    if let Err(fault) = line::check_word(value, LONGEST_KEY) {
        return Err(line_failure(KEY_VARIABLE, &fault.words(lang), lang));
    }
    if profile.key.as_ref().is_some_and(|key| key != value) {
        return Err(fail("cli.key.other", "cli.key.other_next", KEY_VARIABLE));
    }
    Ok(Some(value.to_owned()))
}

fn line_failure(name: &str, what: &str, lang: Lang) -> Failure {
    Failure::new(lang, KEY, "cli.key.line", "cli.key.line_next", &[("name", name), ("what", what)])
}

/// Key and secret of a profile; asks on the terminal for what only a person knows.
///
/// # Errors
/// A [`Failure`] when there is none, or the store does not give it.
pub async fn credentials(profile: &Profile, environment: Environment<'_>, lang: Lang) -> Result<Credentials, Failure> {
    let key = key_of(profile, environment, lang)?;
    let (Some(key), Some(store)) = (key, profile.store.as_ref()) else {
        return Err(Failure::new(lang, KEY, "cli.key.none", "cli.key.none_next", &[("profile", &profile.name)]));
    };
    if *store == Store::Environment {
        let fail = |cause, next| Failure::new(lang, KEY, cause, next, &[("name", SECRET_VARIABLE)]);
        let found = secrets::get(store, &Account::of(profile, &key), None, environment(SECRET_VARIABLE)).await;
        let secret = found.map_err(|why| match why {
            Trouble::NoVariable => fail("cli.key.alone", "cli.key.alone_next"),
            Trouble::Empty => fail("cli.key.empty", "cli.key.empty_next"),
            Trouble::Line(fault) => line_failure(SECRET_VARIABLE, &fault.words(lang), lang),
            _ => fail("cli.key.strange", "cli.key.strange_next"),
        })?;
        return Ok(Credentials { key, secret });
    }
    let account = Account::of(profile, &key);
    let nobody = |_| trouble(&Trouble::NobodyToAsk, profile, lang);
    let mut hidden = match store {
        Store::File(_) => Some(ask::Hidden::begin().map_err(nobody)?),
        _ => None,
    };
    let question = lang.fill("cli.login.passphrase", &[("profile", &profile.name)]);
    for is_last in (1..=ask::TRIES).map(|attempt| attempt == ask::TRIES) {
        let passphrase = hidden.as_mut().map(|hidden| hidden.ask(&question)).transpose().map_err(nobody)?;
        let asking = secrets::get(store, &account, passphrase, environment(SECRET_VARIABLE));
        match with_wait_notice(asking, store, lang).await {
            Ok(secret) => return Ok(Credentials { key, secret }),
            // A slip of the fingers: what is typed next must not end in the shell.
            Err(why @ Trouble::Passphrase) if !is_last => {
                let _ = trouble(&why, profile, lang).write(&mut io::stderr());
            }
            Err(why) => return Err(trouble(&why, profile, lang)),
        }
    }
    Err(trouble(&Trouble::Passphrase, profile, lang))
}

/// Says what is waited for when it takes a while.
pub async fn with_wait_notice<T>(work: impl Future<Output = T>, store: &Store, lang: Lang) -> T {
    tokio::pin!(work);
    if let Ok(done) = tokio::time::timeout(SILENCE, &mut work).await {
        return done;
    }
    let (key, is_said) = match store {
        // Somebody may have to answer a window, wherever the words go.
        Store::Keyring | Store::Keyutils => ("cli.login.waiting_keyring", true),
        Store::File(_) => ("cli.login.waiting_file", io::stderr().is_terminal()),
        Store::Command(_) | Store::Environment => ("cli.login.waiting_command", io::stderr().is_terminal()),
    };
    if is_said {
        let seconds = secrets::TIMEOUT.as_secs().to_string();
        // A courtesy.
        let _ = writeln!(io::stderr(), "{}", lang.fill(key, &[("seconds", &seconds)]));
    }
    work.await
}

/// Connects to the exchange that `settings` name. Nothing is sent yet.
///
/// # Errors
/// A [`Failure`] when the key is missing or wrong, or no client can be made on this machine.
pub async fn live(
    settings: &Settings,
    config: Option<PathBuf>,
    environment: Environment<'_>,
    needs: NeedsKey,
) -> Result<Session, Failure> {
    let lang = settings.lang;
    let credentials = match needs {
        NeedsKey::Yes => Some(credentials(&settings.profile, environment, lang).await?),
        NeedsKey::No => None,
    };
    with(settings, config, credentials)
}

/// The same with a key and a secret that are known already.
///
/// # Errors
/// No client can be made on this machine.
pub fn with(
    settings: &Settings,
    config: Option<PathBuf>,
    credentials: Option<Credentials>,
) -> Result<Session, Failure> {
    let client = client(settings, credentials)?;
    let profile = settings.profile.clone();
    Ok(Session {
        client,
        mode: Mode::Live,
        profile,
        config,
        simulator: None,
        ledger: None,
        place: None,
        guards: GuardReader::default(),
        scratch: None,
    })
}

/// A client of the server that `settings` name.
///
/// # Errors
/// None can be made on this machine, or a variable should name a proxy and does not.
pub fn client(settings: &Settings, credentials: Option<Credentials>) -> Result<Client, Failure> {
    if let Some(error) = settings.proxy_fault() {
        return Err(Failure::of_settings(&error, settings.lang));
    }
    let client = Client::by(&settings.network, settings.servers(), credentials, Limits::default());
    client.map_err(|problem| Failure::of_read(&problem, settings.lang))
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
    let scratch = Scratch::make("wallet-tui-demo-").ok();
    let ledger = scratch.as_ref().map(|dir| dir.path().join("ledger.sqlite"));
    let (simulator, profile) = (Some(simulator), Profile::bare(DEMO_PROFILE));
    Ok(Session {
        client,
        mode: Mode::Demo,
        profile,
        config: None,
        simulator,
        ledger,
        place: None,
        guards: GuardReader::default(),
        scratch,
    })
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

    async fn read(key: Option<&str>, secret: Option<&str>) -> Result<Credentials, Failure> {
        let environment = |name: &str| match name {
            KEY_VARIABLE => key.map(OsString::from),
            SECRET_VARIABLE => secret.map(OsString::from),
            _ => None,
        };
        let profile = Profile { store: Some(Store::Environment), ..Profile::bare("main") };
        credentials(&profile, &environment, Lang::En).await
    }

    fn said(failure: &Failure) -> String {
        let mut said = Vec::new();
        failure.write(&mut said).unwrap();
        String::from_utf8(said).unwrap()
    }

    #[tokio::test]
    async fn key_and_secret_lose_their_line_ends_and_nothing_else() {
        let found = read(Some("key\r\n"), Some("\n=s e".replace(' ', "").as_str())).await.unwrap();
        assert_eq!((found.key.as_str(), found.secret.expose_secret()), ("key", "=se"));
    }

    #[tokio::test]
    async fn key_or_secret_alone_empty_or_strange_is_a_silent_error() {
        for (key, secret, name) in [
            (Some("hunter2"), None, SECRET_VARIABLE),
            (None, Some("hunter2"), KEY_VARIABLE),
            (Some("hunter2"), Some("\r\n"), SECRET_VARIABLE),
            (Some(""), Some("hunter2"), KEY_VARIABLE),
            (Some("hunter2"), Some("hunter2 "), SECRET_VARIABLE),
            (Some("hunter2\u{202e}"), Some("hunter2"), KEY_VARIABLE),
        ] {
            let failure = read(key, secret).await.unwrap_err();
            let said = said(&failure);
            assert_eq!(failure.code, KEY);
            assert!(said.contains(name) && !said.contains("hunter2"), "{said}");
        }
    }

    #[tokio::test]
    async fn environment_replaces_no_store_and_must_match_the_profile() {
        let environment = |_: &str| Some(OsString::from("hunter2"));
        let profile = Profile { key: Some("k".into()), store: Some(Store::Environment), ..Profile::bare("main") };
        let failure = credentials(&profile, &environment, Lang::En).await.unwrap_err();
        assert!(said(&failure).contains("profile"), "{failure:?}");
        let profile = Profile { store: Some(Store::Command(vec!["false".into()])), ..profile };
        let failure = credentials(&profile, &environment, Lang::En).await.unwrap_err();
        assert!(said(&failure).contains("false"), "{failure:?}");
    }
}
