//! From a command line to a command, and to the program's exit code.

use std::ffi::OsString;
use std::io::{self, Write};

use super::dashboards::dashboards;
use super::failure::{End, Failure, MACHINE};
use super::layers::locale;
use super::run_context::RunContext;
use super::{Cli, Command, commands, help, plain, usage};
use crate::domain::locale::Lang;
use crate::engine::config::Environment;
use crate::platform::clock::{self, ClockFault};
use crate::platform::signals::{self, ENDING, Signals};

/// Prints what clap says of a command line that it does not understand, or the help that was asked for, and gives the
/// exit code.
pub fn refuse(error: clap::Error, args: &[OsString], environment: Environment<'_>) -> u8 {
    let lang = help::lang_of(args, environment);
    let error = match lang {
        Lang::En => error,
        Lang::ZhCn => Cli::parse_in(args.iter().cloned(), lang).err().unwrap_or(error),
    };
    usage::refuse(error, lang, "help.next")
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
        return Ok(End::from(failure).conclude(early, &mut err));
    }
    let Some(command) = &cli.command else {
        if cli.options.plain {
            return plain::run(&cli.options, environment, early).await;
        }
        return Ok(code_of(dashboards(cli.options, environment, &mut err).await?, early, &mut err));
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
    let context = RunContext { options: &cli.options, environment, opened: None };
    let result = tokio::select! {
        result = commands::run(command, context, early, &mut out) => result,
        number = ended => return Ok(signals::obey(number).map(|()| 128)?),
    };
    Ok(code_of(result, early, &mut err))
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

fn code_of(result: Result<(), End>, lang: Lang, err: &mut dyn Write) -> u8 {
    result.map_or_else(|end| end.conclude(lang, err), |()| 0)
}
