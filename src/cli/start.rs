//! From a command line to a command, and to the program's exit code.

use std::io::{self, ErrorKind, IsTerminal as _, Write};

use super::connect::{self, NeedsKey};
use super::failure::{BAD_INPUT, End, Failure, MACHINE};
use super::order::{self, OrderCommand};
use super::read::{self, Streams};
use super::simulate::simulate;
use super::{Cli, Command, Options};
use crate::domain::text;
use crate::ledger;
use crate::locale::Lang;
use crate::logging::{self, LogLevel};
use crate::run::{Session, dashboard};
use crate::settings::file::FileSettings;
use crate::settings::{Environment, Overrides, Settings, SettingsError, places};

/// Prints what clap has to say, help and version included, and gives the exit code. No file, no network.
pub fn refuse(error: &clap::Error) -> u8 {
    let rendered = error.render().to_string();
    // What was typed is repeated in it: made visible line by line, never obeyed.
    let shown: String = rendered.lines().flat_map(|line| [text::gate(line), "\n".into()]).collect();
    // Nobody left to read it is no reason to complain.
    let _ = if error.use_stderr() {
        io::stderr().write_all(shown.as_bytes())
    } else {
        io::stdout().write_all(shown.as_bytes())
    };
    u8::try_from(error.exit_code()).unwrap_or(BAD_INPUT)
}

/// Does what the command line asks for and gives the program's exit code.
///
/// # Errors
/// What the dashboard could not say on its own screen.
pub async fn run(cli: Cli, environment: Environment<'_>) -> color_eyre::Result<u8> {
    let mut out = io::BufWriter::new(io::stdout());
    let mut err = io::stderr();
    let early = cli.options.lang.unwrap_or_else(|| locale(environment));
    let result = match &cli.command {
        Some(Command::Simulate(args)) => simulate(args, cli.options.chaos, early, &mut out, &mut err).await,
        Some(Command::Order(command)) => ordering(command, &cli.options, environment, &mut out, &mut err).await,
        Some(command) => reading(command, &cli.options, environment, &mut out, &mut err).await,
        None => match prepare_dashboard(&cli.options, environment, &mut err).await {
            Ok((session, settings)) => {
                dashboard(session, &settings).await?;
                Ok(())
            }
            Err(failure) => Err(End::Failure(failure)),
        },
    };
    Ok(conclude(result, early, &mut err))
}

fn locale(environment: Environment<'_>) -> Lang {
    Lang::from_environment(|name| environment(name).map(|value| value.to_string_lossy().into_owned()))
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
    };
    tracing::error!(code = failure.code, "{}", failure.cause());
    // Without a place to complain the exit code says it alone.
    let _ = failure.write(err);
    failure.code
}

/// File, environment and options together.
fn settings(options: &Options, environment: Environment<'_>) -> Result<Settings, Failure> {
    let early = options.lang.unwrap_or_else(|| locale(environment));
    let fail = |error: &SettingsError, lang| Failure::of_settings(error, lang);
    let file = match places::config_file(options.config.as_deref(), environment) {
        Some(place) => FileSettings::read(&place.path, place.named).map_err(|error| fail(&error, early))?,
        None => FileSettings::default(),
    };
    let overrides = Overrides {
        lang: options.lang,
        theme: options.theme,
        unit: options.unit.clone(),
        base_url: options.base_url.clone(),
        no_mouse: options.no_mouse,
        read_only: options.read_only,
    };
    let late = options.lang.or(file.lang()).unwrap_or(early);
    Settings::layered(&file, environment, &overrides).map_err(|error| fail(&error, late))
}

/// Opens the log; without one the program goes on and says so.
fn log(level: LogLevel, options: &Options, environment: Environment<'_>, lang: Lang, err: &mut dyn Write) {
    if level == LogLevel::Off {
        return;
    }
    let opened = match places::data_dir(options.data_dir.as_deref(), environment) {
        Some(dir) => logging::start(level, &dir).map_err(|why| format!("{}: {why}", dir.display())),
        None => Err(lang.t("cli.no_home").to_owned()),
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    if let Err(why) = opened {
        let _ = writeln!(err, "{}", text::gate(&lang.fill("cli.no_log", &[("why", &why)])));
    }
}

async fn connect(
    needs: NeedsKey,
    options: &Options,
    settings: &Settings,
    environment: Environment<'_>,
) -> Result<Session, Failure> {
    if options.demo {
        connect::demo(options.chaos, settings.lang).await
    } else {
        connect::live(settings, environment, needs)
    }
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
    let session = connect(read::needs_key(command), options, &settings, environment).await?;
    read::run(command, &session.client, &mut Streams { out, err, lang: settings.lang }).await
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
    let session = connect(NeedsKey::Yes, options, &settings, environment).await?;
    order::run(command, session, options, &settings, environment, (out, err)).await
}

async fn prepare_dashboard(
    options: &Options,
    environment: Environment<'_>,
    err: &mut dyn Write,
) -> Result<(Session, Settings), Failure> {
    let settings = settings(options, environment)?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::new(settings.lang, BAD_INPUT, "cli.no_terminal", "cli.no_terminal_next", &[]));
    }
    let mut session = connect(NeedsKey::Yes, options, &settings, environment).await?;
    if session.ledger.is_none()
        && let Some(dir) = places::data_dir(options.data_dir.as_deref(), environment)
        && let Some(credentials) = connect::credentials(environment, settings.lang)?
    {
        session.ledger = Some(ledger::path_for(&dir, settings.base_url.host(), &credentials.key));
    }
    let usual = if options.demo { LogLevel::Off } else { LogLevel::Info };
    log(options.log_level.unwrap_or(usual), options, environment, settings.lang, err);
    Ok((session, settings))
}
