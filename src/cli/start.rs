//! From a command line to a command, and to the program's exit code.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue};

use super::connect::{self, NeedsKey};
use super::dashboards::{dashboards, surroundings};
use super::doctor::{DoctorArgs, Places};
use super::failure::{BAD_INPUT, End, Failure, KEY, MACHINE};
use super::layers::{config_of, locale, settings, settings_for_login};
use super::logging::log;
use super::order::{self, OrderCommand};
use super::read::{self, Streams};
use super::simulate::simulate;
use super::{Cli, Command, Options, config, events, export, guards, help, ledger_commands, login, usage, watch};
use crate::domain::likely::likely;
use crate::domain::locale::Lang;
use crate::domain::{UntrustedText, text};
use crate::engine::config::file::FileSettings;
use crate::engine::config::profile::FIRST_PROFILE;
use crate::engine::config::{Environment, Overrides, Settings, places};
use crate::engine::history::History;
use crate::engine::ledger::{self, KeyPlace};
use crate::engine::logging::LogLevel;
use crate::engine::notifications::Source;
use crate::engine::orders::{RetryPolicy, locate};
use crate::engine::session::Session;
use crate::platform::clock::{self, ClockFault};
use crate::platform::signals::{self, ENDING, Signals};

/// Prints what clap says of a command line that it does not understand, or the help that was asked for, and gives the
/// exit code.
pub fn refuse(error: clap::Error, args: &[OsString], environment: Environment<'_>) -> u8 {
    let lang = help::lang_of(args, environment);
    let mut error = match lang {
        Lang::En => error,
        Lang::ZhCn => Cli::parse_in(args.iter().cloned(), lang).err().unwrap_or(error),
    };
    let said_next = suggest(&mut error);
    let is_help = matches!(
        error.kind(),
        clap::error::ErrorKind::DisplayHelp
            | clap::error::ErrorKind::DisplayVersion
            | clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let rendered = match lang {
        Lang::ZhCn if !is_help => usage::in_chinese(&error),
        _ => error.render().to_string(),
    };
    let lines = rendered.lines().filter(|line| !said_next || !line.starts_with("For more information"));
    // What was typed is repeated in it: made visible line by line, never obeyed.
    let mut shown: String = lines.flat_map(|line| [text::sanitize(line), "\n".into()]).collect();
    // Nobody left to read it is no reason to complain.
    let _ = if error.use_stderr() {
        if said_next {
            let next = lang.fill("cli.next", &[("text", lang.t("help.next"))]);
            shown = format!("{}\n{next}\n", shown.trim_end());
        }
        io::stderr().write_all(shown.as_bytes())
    } else {
        io::stdout().write_all(shown.as_bytes())
    };
    u8::try_from(error.exit_code()).unwrap_or(BAD_INPUT)
}

/// Leaves of the commands that clap thinks were meant the most likely one. Whether the error needs a next step.
fn suggest(error: &mut clap::Error) -> bool {
    if let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) {
        let definition = Cli::command();
        let names: Vec<&str> =
            definition.get_subcommands().filter(|c| !c.is_hide_set()).map(clap::Command::get_name).collect();
        if let Some(meant) = likely(typed, &names) {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant.to_owned()]));
        }
    }
    error.use_stderr()
}

/// Does what the command line asks for and gives the program's exit code.
///
/// # Errors
/// What the dashboard could not say on its own screen.
pub async fn run(cli: Cli, environment: Environment<'_>) -> color_eyre::Result<u8> {
    let mut out = io::BufWriter::new(io::stdout());
    let mut err = io::stderr();
    let early = cli.options.lang.unwrap_or_else(|| locale(environment));
    if let Err(failure) = check_clock(cli.command.as_ref(), early) {
        return Ok(conclude(Err(failure.into()), early, &mut err));
    }
    let Some(command) = &cli.command else {
        return Ok(conclude(dashboards(cli.options, environment, &mut err).await?, early, &mut err));
    };
    // What orders hears signals itself; what else a demo does is left in order, so that nothing of it stays behind.
    let mut signals = match command {
        Command::Order(_) | Command::Simulate(_) => None,
        _ => cli.options.demo.then(|| Signals::take(ENDING)).transpose()?,
    };
    let ended = async {
        match &mut signals {
            Some(signals) => signals.next().await,
            None => std::future::pending().await,
        }
    };
    let result = tokio::select! {
        result = obeying(command, &cli.options, environment, early, &mut out) => result,
        number = ended => return Ok(signals::obey(number).map(|()| 128)?),
    };
    Ok(conclude(result, early, &mut err))
}

/// By a clock that shows no date nothing is asked, dated or signed. What only describes the program needs none.
fn check_clock(command: Option<&Command>, lang: Lang) -> Result<(), Failure> {
    if matches!(command, Some(Command::Completions { .. } | Command::Man { .. } | Command::Config(_))) {
        return Ok(());
    }
    clock::check().map_err(|fault| {
        let cause = match fault {
            ClockFault::Before => "cli.clock_before",
            ClockFault::Beyond => "cli.clock_beyond",
        };
        Failure::new(lang, MACHINE, cause, "cli.clock_next", &[])
    })
}

/// Does what a command asks for.
async fn obeying(
    command: &Command,
    options: &Options,
    environment: Environment<'_>,
    early: Lang,
    out: &mut dyn Write,
) -> Result<(), End> {
    let err = &mut io::stderr();
    match command {
        Command::Simulate(args) => simulate(args, options.chaos, early, out, err).await,
        Command::Completions { shell } => completions(*shell, out),
        Command::Man { dir } => man(dir, early),
        Command::Config(command) => {
            let load = || settings(options, environment);
            config::run(*command, options, environment, load, early, (out, err))
        }
        Command::Login(args) => logging_in(args, options, environment, out, err).await,
        Command::Logout(args) => logging_out(args, options, environment, out, err).await,
        Command::Order(command) => Box::pin(ordering(command, options, environment, out, err)).await,
        Command::Export(args) => books_of(Books::Export(args), options, environment, out, err).await,
        Command::Watch(args) => books_of(Books::Watch(args), options, environment, out, err).await,
        Command::Events(args) => books_of(Books::Events(args), options, environment, out, err).await,
        Command::Reconcile(output) => books_of(Books::Reconcile(*output), options, environment, out, err).await,
        Command::Ledger(command) => books_of(Books::Ledger(command), options, environment, out, err).await,
        Command::Doctor(args) => examine(*args, options, environment, out, err).await,
        command => reading(command, options, environment, out, err).await,
    }
}

/// What a shell needs to complete our command lines, from their definitions.
fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<(), End> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wallet-tui", &mut script);
    out.write_all(&script)?;
    out.flush()?;
    Ok(())
}

/// A man page for the program and one for each command, from their definitions.
fn man(dir: &Path, lang: Lang) -> Result<(), End> {
    let made = std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Cli::command(), dir));
    made.map_err(|why| {
        let why = format!("{}: {why}", dir.display());
        Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why)])
    })?;
    Ok(())
}

fn conclude(result: Result<(), End>, lang: Lang, err: &mut dyn Write) -> u8 {
    let failure = match result {
        Ok(()) => return 0,
        // `wallet-tui … | head` is not an error.
        Err(End::Output(why)) if why.kind() == ErrorKind::BrokenPipe => return 0,
        Err(End::Output(why)) => {
            Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why.to_string())])
        }
        Err(End::Failure(failure)) => failure,
        Err(End::Said(code)) => return code,
        Err(End::AboveMovable) => return BAD_INPUT,
    };
    tracing::error!(code = failure.code, "{}", failure.cause());
    // Without a place to complain the exit code says it alone.
    let _ = failure.write(err);
    failure.code
}

/// `login`; a configuration file that was named need not be there yet.
async fn logging_in(
    args: &login::LoginArgs,
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let settings = settings_for_login(options, environment)?;
    not_in_demo(options, settings.lang)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    login::login(args, &settings, options, environment, out).await
}

async fn logging_out(
    args: &login::LogoutArgs,
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let settings = settings(options, environment)?;
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
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let settings = settings(options, environment)?;
    read::check(command, settings.lang)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let session = connect::session(read::needs_key(command), options, &settings, environment).await?;
    // What the ledger knows is a help: without it the exchange's word is printed as it is.
    let path = match read::needs_key(command) {
        NeedsKey::Yes => {
            let place = || ledger_of(&session, options, &settings, environment).ok();
            session.ledger.clone().or_else(|| Some(place()?.path()))
        }
        NeedsKey::No => None,
    };
    let ledger = path.filter(|path| path.exists()).and_then(|path| ledger::Ledger::open_read_only(&path));
    read::run(
        command,
        &session.client,
        &mut Streams {
            out,
            err,
            lang: settings.lang,
            ledger,
            labels: &settings.labels,
            futures_coins: &settings.futures_coins,
        },
    )
    .await
}

async fn ordering(
    command: &OrderCommand,
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let settings = settings(options, environment)?;
    order::check(command, &settings)?;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let mut session = connect::session(NeedsKey::Yes, options, &settings, environment).await?;
    session.guards = guards::reader(options, environment, &settings);
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
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let settings = settings(options, environment)?;
    let lang = settings.lang;
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, lang, err);
    let asks = !matches!(wanted, Books::Ledger(_) | Books::Events(_))
        && !matches!(wanted, Books::Export(args) if args.offline);
    let session = if asks || options.demo {
        connect::session(NeedsKey::Yes, options, &settings, environment).await?
    } else {
        connect::with(&settings, None, None)?
    };
    let shut = |why: ledger::LedgerError| {
        let why = why.to_string();
        Failure::new(lang, MACHINE, "cli.export.ledger", "cli.export.ledger_next", &[("why", &why)])
    };
    let (path, known_uid) = if let Some(path) = session.ledger.clone() {
        (path, None)
    } else {
        let place = ledger_of(&session, options, &settings, environment)?;
        let path = if asks {
            let found = locate(&place, &session.client, RetryPolicy::default().prepare, true).await;
            found.map_err(shut)?.path().clone()
        } else {
            place.path()
        };
        (path, place.known_uid())
    };
    if let Books::Ledger(command) = wanted {
        return ledger_commands::run(command, &path, lang, out);
    }
    let mut opened = ledger::Ledger::open(&path).map_err(shut)?;
    if let Books::Watch(args) = wanted {
        let as_place =
            |why: io::Error| ledger::LedgerError::Place { path: path.display().to_string(), why: why.to_string() };
        opened.read_as(args.reader()).map_err(as_place).map_err(shut)?;
    }
    let uid = known_uid.or_else(|| opened.fact(ledger::ACCOUNT_FACT).ok().flatten());
    let history = History::new(session.client.clone(), opened);
    match wanted {
        Books::Export(args) => export::export(args, &history, &settings.labels, lang, (out, err)).await,
        Books::Reconcile(output) => {
            ledger_commands::reconcile((output, &settings.futures_coins), &history, &session.client, lang, out, err)
                .await
        }
        Books::Watch(args) => {
            let source = Source::of(&session.profile.name, uid.map(UntrustedText::from), session.client.base());
            let how = (&settings.notifications, settings.refresh, &source);
            watch::watch(args, &history, how, lang, out, err).await
        }
        Books::Events(args) => events::list(args, &history, lang, out).await,
        Books::Ledger(_) => Ok(()),
    }
}

/// Where the ledger of a profile is; its key alone tells.
fn ledger_of(
    session: &Session,
    options: &Options,
    settings: &Settings,
    environment: Environment<'_>,
) -> Result<KeyPlace, Failure> {
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
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let early = options.lang.unwrap_or_else(|| locale(environment));
    let (settings, mistake) = match settings(options, environment) {
        Ok(settings) => (settings, None),
        Err(failure) => {
            let file = FileSettings::default();
            let overrides = Overrides { lang: Some(early), ..Overrides::default() };
            let usual = Settings::of_profile(FIRST_PROFILE, &file, &|_| None, &overrides);
            (usual.map_err(|error| Failure::of_settings(&error, early))?, Some(failure.words()))
        }
    };
    log(options.log_level.unwrap_or(LogLevel::Off), options, environment, settings.lang, err);
    let config = config_of(options, environment);
    let data = places::data_dir(options.data_dir.as_deref(), environment);
    let around = surroundings(options, environment, &settings);
    let places = Places { config, data };
    super::doctor::doctor(args, options, (settings, mistake), places, &around, environment, out).await
}
