//! The dashboard: one profile after the other, or the welcome of somebody who has none yet; and what it is told of where it runs.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use super::connect::{self, NeedsKey};
use super::failure::{BAD_INPUT, End, Failure};
use super::layers::{config_of, layers, settings};
use super::logging::log;
use super::login::ProfileLocation;
use super::{Options, guards, login, order};
use crate::domain::UntrustedText;
use crate::domain::address_book::{AddressLabel, Label};
use crate::engine::config::profile::Store;
use crate::engine::config::{Environment, KEY_VARIABLE, SECRET_VARIABLE, Settings, places};
use crate::engine::ledger::Ledger;
use crate::engine::logging::LogLevel;
use crate::engine::orders::GuardReader;
use crate::engine::session::Session;
use crate::exchange::{Credentials, EXCHANGE, ProxyInForce};
use crate::platform::signals;
use crate::simulator::Simulator;
use crate::tui::event_loop::welcome::{Greeted, Typed, welcome};
use crate::tui::event_loop::{DashboardContext, Next, dashboard};
use crate::tui::state::ProfileLine;

/// The dashboard of one profile after the other, as the user wants them.
pub async fn dashboards(
    mut options: Options,
    environment: Environment<'_>,
    err: &mut dyn Write,
) -> color_eyre::Result<Result<(), End>> {
    loop {
        let mut given = None;
        if let Some(kept) = newcomer(&options, environment) {
            let (settings, kept) = kept;
            let keep = |typed: Typed| {
                let (settings, kept) = (settings.clone(), kept.clone());
                async move {
                    let Typed { credentials, store, passphrase } = typed;
                    let done = login::keep_checked(&settings, &kept, &credentials, store, passphrase).await;
                    done.map(|()| credentials).map_err(Failure::words)
                }
            };
            match welcome(&settings, keep).await? {
                Greeted::Stored(credentials) => given = Some(credentials),
                Greeted::Demo => options.demo = true,
                Greeted::Left => return Ok(Ok(())),
                Greeted::Signal(number) => {
                    signals::obey(number)?;
                    return Ok(Ok(()));
                }
            }
        }
        let (session, settings) = match prepare_dashboard(&options, given, environment, err).await {
            Ok(prepared) => prepared,
            Err(failure) => return Ok(Err(End::Failure(failure))),
        };
        let around = surroundings(&options, environment, &settings);
        match dashboard(session, &settings, around).await? {
            Next::Leave => return Ok(Ok(())),
            // Whatever else was said stays said: another profile is another key, never another server than the one named.
            Next::Switch(profile) => options.profile = Some(profile),
        }
    }
}

/// Somebody on a terminal whose profile has no key yet: the settings, and where a key would be written down.
fn newcomer(options: &Options, environment: Environment<'_>) -> Option<(Settings, ProfileLocation)> {
    if options.demo || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    // Mistakes in the file are said by whoever reads it next.
    let Ok(settings) = settings(options, environment) else { return None };
    let is_new = settings.profile.key.is_none() && settings.profile.store.is_none();
    let place = places::config_file(options.config.as_deref(), environment).filter(|_| is_new)?;
    let kept =
        ProfileLocation { config: place.path, data: None, with_server: login::is_server_named(options, environment) };
    Some((settings, kept))
}

/// What the dashboard and the doctor know of where they run.
pub fn surroundings(options: &Options, environment: Environment<'_>, settings: &Settings) -> DashboardContext {
    let mut around = DashboardContext { private: private(environment, settings), ..DashboardContext::default() };
    if options.demo {
        return around;
    }
    around.stray_secret = settings.profile.store != Some(Store::Environment) && environment(SECRET_VARIABLE).is_some();
    let Ok((file, overrides, _)) = layers(options, environment, true) else { return around };
    // As each would be after a change to it: with what was said on the command line and in the environment.
    for name in file.profile_names() {
        let Ok(other) = Settings::of_profile(&name, &file, environment, &overrides) else { continue };
        let host = other.base_url.to_string();
        around.remembers |= name == settings.profile.name;
        around.profiles.push(ProfileLine {
            host: (host != EXCHANGE).then(|| UntrustedText::from(other.base_url.host())),
            store: UntrustedText::from(
                other.profile.store.as_ref().map(|s| s.words(settings.lang)).unwrap_or_default(),
            ),
            band: other.profile.band,
            uid: other.profile.uid,
            read_only: other.read_only,
            name,
        });
    }
    around
}

/// What a report must not repeat: who and where the user is.
fn private(environment: Environment<'_>, settings: &Settings) -> Vec<String> {
    let variable = |name: &str| environment(name).and_then(|value| value.into_string().ok());
    let mut private: Vec<String> =
        ["HOME", "USER", "LOGNAME", "USERPROFILE", "USERNAME", KEY_VARIABLE].into_iter().filter_map(variable).collect();
    private.extend(settings.profile.key.clone());
    private.extend(settings.profile.uid.as_ref().map(|uid| uid.raw().to_owned()));
    if settings.base_url.to_string() != EXCHANGE {
        private.push(settings.base_url.host().to_owned());
    }
    if let Some(proxy) = settings.network.proxy_of(&settings.base_url) {
        private.extend(url::Url::parse(&proxy).ok().and_then(|url| url.host_str().map(str::to_owned)));
        private.push(proxy);
    }
    if let Ok(ProxyInForce::Excepted { entry, .. }) = settings.network.proxy.of(&settings.base_url)
        && settings.base_url.host().ends_with(entry.trim_start_matches('.'))
        && settings.base_url.to_string() != EXCHANGE
    {
        private.push(entry.to_owned());
    }
    private.push(settings.profile.name.clone());
    private
}

async fn prepare_dashboard(
    options: &Options,
    given: Option<Credentials>,
    environment: Environment<'_>,
    err: &mut dyn Write,
) -> Result<(Session, Settings), Failure> {
    let mut settings = settings(options, environment)?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::new(settings.lang, BAD_INPUT, "cli.no_terminal", "cli.no_terminal_next", &[]));
    }
    // It would show every control sequence as letters between the numbers.
    if environment("TERM").is_some_and(|term| term == "dumb") {
        return Err(Failure::new(settings.lang, BAD_INPUT, "cli.dumb_terminal", "cli.dumb_terminal_next", &[]));
    }
    let mut session = match given {
        Some(credentials) => connect::with(&settings, config_of(options, environment), Some(credentials))?,
        None => connect::session(NeedsKey::Yes, options, &settings, environment).await?,
    };
    if session.ledger.is_none()
        && let Some(dir) = places::data_dir(options.data_dir.as_deref(), environment)
        && let Some(key) = session.client.key()
    {
        let place = order::key_place(&dir, &settings.base_url, key);
        session.ledger = Some(place.path());
        session.place = Some(place);
    }
    session.guards = guards::reader(options, environment, &settings);
    if let Some(simulator) = &session.simulator {
        begin_demo(simulator, session.ledger.as_deref(), &mut settings, &mut session.guards);
    }
    let usual = if options.demo { LogLevel::Off } else { LogLevel::Info };
    log(options.log_level.unwrap_or(usual), options, environment, settings.lang, err);
    Ok((session, settings))
}

/// Gives a demo what an account has that was used for a while: a month of values, and a name for the saved address that was never
/// paid, so that the whole way of a new address can be tried.
pub fn begin_demo(simulator: &Simulator, ledger: Option<&Path>, settings: &mut Settings, guards: &mut GuardReader) {
    let (past, saved) = simulator.world(|world| (world.past_worth(), world.addresses.never_paid().cloned()));
    if let Some(path) = ledger {
        // Only a picture: a demo without it is one all the same.
        let _ = Ledger::open(path).map(|mut ledger| ledger.begin_with_worth(&past));
    }
    let label = saved.map(|saved| AddressLabel {
        label: settings.lang.t("demo.never_paid").into(),
        coin: saved.coin.into(),
        network: saved.network.into(),
        address: saved.address.into(),
        memo: saved.memo.map(UntrustedText::from),
    });
    let label = label.map(Label::from);
    settings.labels.extend(label.clone());
    let read = guards.clone();
    *guards = GuardReader::new(move || {
        let mut found = read.read()?;
        found.labels.extend(label.clone());
        Ok(found)
    });
}
