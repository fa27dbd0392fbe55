//! What each command does, and with what: the profile's session, its ledger, and the streams that it writes to.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use super::connect::{self, NeedsKey};
use super::dashboards::surroundings;
use super::doctor::{DoctorArgs, Places};
use super::failure::{BAD_INPUT, End, Failure, KEY, MACHINE};
use super::layers::{config_of, locale, settings_for_login};
use super::logging::log;
use super::order::{self, OrderCommand};
use super::read::{self, Streams};
use super::run_context::RunContext;
use super::simulate::simulate;
use super::{Command, Options, completion, config, events, export, ledger_commands, login, man, receipt, watch};
use crate::domain::UntrustedText;
use crate::domain::locale::Lang;
use crate::engine::config::file::FileSettings;
use crate::engine::config::profile::FIRST_PROFILE;
use crate::engine::config::{Overrides, Settings, places};
use crate::engine::history::History;
use crate::engine::ledger::{self, KeyPlace, Ledger, LedgerError, Reader};
use crate::engine::logging::LogLevel;
use crate::engine::notifications::Source;
use crate::engine::orders::{RetryPolicy, locate};
use crate::engine::session::{Mode, Session};
use crate::exchange::{ProxyChoice, ProxyVariables};

/// Does what a command asks for.
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn run(command: &Command, context: RunContext<'_>, early: Lang, out: &mut dyn Write) -> Result<(), End> {
    let err = &mut io::stderr();
    let RunContext { options, environment, .. } = context;
    match command {
        Command::Simulate(args) => simulate(args, options.chaos, early, out, err).await,
        Command::Completions { shell } => Ok(completion::script(*shell, out)?),
        Command::Man { dir } => write_man(dir, early),
        Command::Config(command) => {
            let load = || context.settings();
            config::run(*command, options, environment, load, early, (out, err))
        }
        Command::Login(args) => logging_in(args, context, out, err).await,
        Command::Logout(args) => logging_out(args, context, out, err).await,
        Command::Order(command) => Box::pin(ordering(command, context, out, err)).await,
        Command::Export(args) => books_of(Books::Export(args), context, out, err).await,
        Command::Watch(args) => books_of(Books::Watch(args), context, out, err).await,
        Command::Events(args) => books_of(Books::Events(args), context, out, err).await,
        Command::Reconcile(output) => books_of(Books::Reconcile(*output), context, out, err).await,
        Command::Ledger(command) => books_of(Books::Ledger(command), context, out, err).await,
        Command::Doctor(args) => examine(*args, context, out, err).await,
        command => reading(command, context, out, err).await,
    }
}

fn write_man(dir: &Path, lang: Lang) -> Result<(), End> {
    man::write(dir).map_err(|why| {
        let why = format!("{}: {why}", dir.display());
        Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why)])
    })?;
    Ok(())
}

/// `login`; a configuration file that was named need not be there yet.
async fn logging_in(
    args: &login::LoginArgs,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let settings = settings_for_login(options, environment)?;
    not_in_demo(options, settings.lang)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    login::login(args, &settings, options, environment, out).await
}

async fn logging_out(
    args: &login::LogoutArgs,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let settings = context.settings()?;
    not_in_demo(options, settings.lang)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    login::logout(args, &settings, options, environment, out).await
}

fn not_in_demo(options: &Options, lang: Lang) -> Result<(), Failure> {
    if options.demo {
        return Err(Failure::new(lang, BAD_INPUT, "cli.login.demo", "cli.login.demo_next", &[]));
    }
    Ok(())
}

async fn reading(
    command: &Command,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let settings = context.settings()?;
    read::check(command, settings.lang)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let session = context.session(read::needs_key(command), &settings).await?;
    // What the ledger knows is a help: without it the exchange's word is printed as it is.
    let path = match read::needs_key(command) {
        NeedsKey::Yes => {
            let place = || ledger_of(&session, context, &settings).ok();
            session.ledger.clone().or_else(|| Some(place()?.path()))
        }
        NeedsKey::No => None,
    };
    let ledger = path.filter(|path| path.exists()).and_then(|path| Ledger::open_read_only(&path));
    let mut streams = Streams {
        out,
        err,
        lang: settings.lang,
        ledger,
        labels: &settings.labels,
        futures_coins: &settings.futures_coins,
    };
    if let Command::Receipt(args) = command {
        let about = (&settings.explorers, session.mode == Mode::Demo);
        return receipt::receipt(args, &session.client, about, &mut streams).await;
    }
    read::run(command, &session.client, &mut streams).await
}

async fn ordering(
    command: &OrderCommand,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let settings = context.settings()?;
    order::check(command, &settings)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let session = context.ordering_session(&settings).await?;
    Box::pin(order::run(command, session, options, &settings, environment, (out, err))).await
}

/// A command about the ledger.
enum Books<'a> {
    Export(&'a export::ExportArgs),
    Reconcile(super::Output),
    Watch(&'a watch::WatchArgs),
    Events(&'a events::EventsArgs),
    Ledger(&'a ledger_commands::LedgerCommand),
}

/// Finds the profile's ledger, and the exchange where it is asked, and does what is wanted.
async fn books_of(
    wanted: Books<'_>,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let settings = context.settings()?;
    let lang = settings.lang;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, lang, err);
    let asks = !matches!(wanted, Books::Ledger(_) | Books::Events(_))
        && !matches!(wanted, Books::Export(args) if args.offline);
    let session = if asks || options.demo {
        context.session(NeedsKey::Yes, &settings).await?
    } else {
        connect::with(&settings, None, None)?
    };
    let (path, known_uid) = ledger_path(&session, context, &settings, asks).await?;
    if let Books::Ledger(command) = wanted {
        return ledger_commands::run(command, &path, lang, out);
    }
    let reader = match wanted {
        Books::Watch(args) => args.reader(),
        _ => Reader::Dashboard,
    };
    let (history, uid) = open_history(&session, &path, known_uid, reader, lang)?;
    let told = (lang, io::stderr().is_terminal() && !context.options.plain);
    match wanted {
        Books::Export(args) => {
            let own = (settings.labels.as_slice(), &settings.bookkeeping);
            export::export(args, &history, own, told, (out, err)).await
        }
        Books::Reconcile(output) => {
            ledger_commands::reconcile((output, &settings.futures_coins), &history, &session.client, told, out, err)
                .await
        }
        Books::Watch(args) => {
            let source = Source::of(&session.profile.name, uid, session.client.base());
            let how = (&settings.notifications, settings.refresh, &source);
            watch::watch(args, &history, how, lang, out, err).await
        }
        Books::Events(args) => events::list(args, &history, lang, out).await,
        Books::Ledger(_) => Ok(()),
    }
}

/// Where the session's ledger is, and whose account it is known to be. With `asks` the exchange is asked whose key it is, where
/// that is not known.
///
/// # Errors
/// There is no place for one, or what lies elsewhere cannot be brought home.
async fn ledger_path(
    session: &Session,
    context: RunContext<'_>,
    settings: &Settings,
    asks: bool,
) -> Result<(PathBuf, Option<String>), Failure> {
    if let Some(path) = session.ledger.clone() {
        return Ok((path, None));
    }
    let place = ledger_of(session, context, settings)?;
    let path = if asks {
        let found = locate(&place, &session.client, RetryPolicy::default().prepare, true).await;
        found.map_err(|why| shut(&why, settings.lang))?.path().clone()
    } else {
        place.path()
    };
    Ok((path, place.known_uid()))
}

/// Opens the history in a ledger, whose news are read under the name of `reader`; and the account, where it is known.
///
/// # Errors
/// The ledger cannot be opened.
pub fn open_history(
    session: &Session,
    path: &Path,
    known_uid: Option<String>,
    reader: Reader<'_>,
    lang: Lang,
) -> Result<(History, Option<UntrustedText>), Failure> {
    let mut opened = Ledger::open(path).map_err(|why| shut(&why, lang))?;
    let as_place = |why: io::Error| LedgerError::Place { path: path.display().to_string(), why: why.to_string() };
    opened.read_as(reader).map_err(|why| shut(&as_place(why), lang))?;
    let uid = known_uid.or_else(|| opened.fact(ledger::ACCOUNT_FACT).ok().flatten());
    Ok((History::new(session.client.clone(), opened), uid.map(UntrustedText::from)))
}

/// A ledger that cannot be opened, in words.
pub fn shut(why: &LedgerError, lang: Lang) -> Failure {
    Failure::new(lang, MACHINE, "cli.export.ledger", "cli.export.ledger_next", &[("why", &why.to_string())])
}

/// Where the ledger of a profile is; its key alone tells.
///
/// # Errors
/// There is no key, or no place for a ledger.
pub fn ledger_of(session: &Session, context: RunContext<'_>, settings: &Settings) -> Result<KeyPlace, Failure> {
    let RunContext { options, environment, .. } = context;
    let lang = settings.lang;
    let key = match session.client.key() {
        Some(key) => Some(key.to_owned()),
        None => connect::key_of(&settings.profile, environment, lang)?,
    };
    let values = [("profile", settings.profile.name.as_str())];
    let key = key.ok_or_else(|| Failure::new(lang, KEY, "cli.key.none", "cli.key.none_next", &values))?;
    let dir = places::data_dir(options.data_dir.as_deref(), environment);
    let no_home = || Failure::new(lang, BAD_INPUT, "cli.login.no_home", "cli.login.no_home_next", &[]);
    Ok(order::key_place(&dir.ok_or_else(no_home)?, &settings.base_url, &key))
}

/// `doctor`
async fn examine(
    args: DoctorArgs,
    context: RunContext<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let RunContext { options, environment, .. } = context;
    let early = options.lang.unwrap_or_else(|| locale(environment));
    let (settings, mistake) = match context.settings() {
        Ok(settings) => (settings, None),
        Err(failure) => {
            let file = FileSettings::default();
            let overrides = Overrides { lang: Some(early), ..Overrides::default() };
            let usual = Settings::of_profile(FIRST_PROFILE, &file, &|_| None, &overrides);
            let mut usual = usual.map_err(|error| Failure::of_settings(&error, early))?;
            // What the file says is not known; the environment's proxy still is between here and the exchange.
            usual.network.proxy = ProxyChoice::Environment(ProxyVariables::read(environment));
            (usual, Some(failure.words()))
        }
    };
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let config = config_of(options, environment);
    let data = places::data_dir(options.data_dir.as_deref(), environment);
    let around = surroundings(options, environment, &settings);
    let places = Places { config, data };
    super::doctor::doctor(args, options, (settings, mistake), places, &around, environment, out).await
}
