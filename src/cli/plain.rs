//! `--plain`: lines instead of a screen. Says who and what there is, then what changes, each once, and takes the commands of the
//! command line at a prompt, which run on its own session. Nothing is drawn over, and nothing is said into a question: news wait
//! until the command that asks has ended.

mod facts;
mod news;
mod typed;

use std::io::{self, Write};

use super::dashboards::begin_demo;
use super::failure::{BAD_INPUT, End, Failure};
use super::layers::settings;
use super::logging::log;
use super::run_context::{Opened, RunContext};
use super::{Cli, Command, Options, ask, commands, connect, guards, help, usage};
use crate::domain::locale::Lang;
use crate::domain::text;
use crate::engine::config::Environment;
use crate::engine::logging::LogLevel;
use crate::platform::signals::{self, ENDING, INTERRUPT, Signals};
use news::News;
use typed::{Line, Typed};

/// Commands that run on no session that is open: those about keys, other exchanges and the shell; and news are told here anyway.
const ELSEWHERE: [&str; 7] = ["login", "logout", "doctor", "watch", "completions", "man", "simulate"];
/// What signals add to their number in an exit code.
const SIGNAL: u8 = 128;

/// What ended the session, if not the user.
enum Ending {
    /// A signal came.
    Signal(i32),
    /// Nobody reads what is said.
    Output(io::Error),
}

impl From<io::Error> for Ending {
    fn from(why: io::Error) -> Self {
        Self::Output(why)
    }
}

/// Runs until the user, the end of the input or a signal ends it, and gives the exit code.
///
/// # Errors
/// Signals cannot be heard.
pub async fn run(options: &Options, environment: Environment<'_>, early: Lang) -> color_eyre::Result<u8> {
    let mut err = io::stderr();
    let opened = match open(options, environment, &mut err).await {
        Ok(opened) => opened,
        Err(failure) => return Ok(End::from(failure).conclude(early, &mut err)),
    };
    let lang = opened.settings.lang;
    let ending = Box::pin(talk(RunContext { options, environment, opened: Some(&opened) }, &opened)).await;
    // A demo's ledger goes before a signal ends everything.
    drop(opened);
    Ok(match ending {
        Ok(()) => 0,
        Err(Ending::Signal(number)) => {
            // Whoever sent the signal shall see that it was the signal that ended the program.
            signals::obey(number)?;
            u8::try_from(number).unwrap_or_default().saturating_add(SIGNAL)
        }
        Err(Ending::Output(why)) => End::Output(why).conclude(lang, &mut err),
    })
}

/// Opens the session, as the dashboard does.
async fn open(options: &Options, environment: Environment<'_>, err: &mut dyn Write) -> Result<Opened, Failure> {
    let mut settings = settings(options, environment)?;
    let mut session = connect::session(connect::NeedsKey::Yes, options, &settings, environment).await?;
    session.guards = guards::reader(options, environment, &settings);
    if let Some(simulator) = &session.simulator {
        begin_demo(simulator, session.ledger.as_deref(), &mut settings, &mut session.guards);
    }
    let usual = if options.demo { LogLevel::Off } else { LogLevel::Info };
    log(options.log_level.unwrap_or(usual), options, environment, settings.lang, err);
    Ok(Opened { session, settings })
}

/// Asks for commands and runs them, until the user or the end of the input ends it.
async fn talk(context: RunContext<'_>, opened: &Opened) -> Result<(), Ending> {
    let mut out = io::BufWriter::new(io::stdout());
    let out = &mut out;
    let lang = opened.settings.lang;
    let mut news = News::new(context, opened);
    let mut is_told = {
        let mut signals = Signals::take(ENDING)?;
        tokio::select! {
            begun = facts::begin(opened, &mut news, out) => begun?,
            number = signals.next() => return ended_by(number),
        }
    };
    let mut typed = Typed::default();
    loop {
        let line;
        (typed, line) = next_line(typed, &mut news, &mut is_told, out).await?;
        let words = match line {
            Line::Words(words) => words,
            Line::Fault(fault) => {
                say(&fault.failure(lang));
                continue;
            }
            Line::End => {
                if ask::is_terminal() {
                    // The shell begins on a line of its own.
                    writeln!(io::stderr())?;
                }
                return Ok(());
            }
        };
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => {}
            ["quit" | "exit"] => return Ok(()),
            ["help"] => list_commands(lang, out)?,
            ["help", of @ ..] => refuse(&[of, &["--help"]].concat(), lang),
            words => {
                obey(words, context, lang, out).await?;
                news.hurry();
            }
        }
    }
}

/// The next line of the input. What changes meanwhile is said, and what is under way as soon as it is known, if it was not told
/// yet; and then the prompt again.
async fn next_line(
    typed: Typed,
    news: &mut News<'_>,
    is_told: &mut bool,
    out: &mut dyn Write,
) -> Result<(Typed, Line), Ending> {
    let mut signals = Signals::take(ENDING)?;
    prompt();
    let mut reading = tokio::task::spawn_blocking(move || typed.next_line());
    loop {
        let round = tokio::select! {
            biased;
            number = signals.next() => return ended_by(number).map(|()| (Typed::default(), Line::End)),
            read = &mut reading => return Ok(read.unwrap_or_else(|_| (Typed::default(), Line::End))),
            round = news.round() => round,
        };
        let is_due = round.is_ok() && !*is_told;
        let lines = news.lines_of(round).await;
        if lines.is_empty() && !is_due {
            continue;
        }
        if ask::is_terminal() {
            // What is said stands on a line of its own; what was typed so far still counts.
            writeln!(io::stderr())?;
        }
        news.tell(lines, out).await?;
        if is_due {
            *is_told = facts::under_way(news, true, out).await?;
        }
        prompt();
    }
}

/// Asks for a command where somebody is there to be asked.
fn prompt() {
    if ask::is_terminal() {
        let mut err = io::stderr();
        // Without a place for it there is nobody to type either.
        let _ = err.write_all(b"> ").and_then(|()| err.flush());
    }
}

/// Ctrl-C on a terminal is the way to leave, as in the dashboard.
fn ended_by(number: i32) -> Result<(), Ending> {
    if number == INTERRUPT && ask::is_terminal() { Ok(()) } else { Err(Ending::Signal(number)) }
}

/// Runs a command as the command line does. An interrupt ends the command; any other signal ends the session.
async fn obey(words: &[&str], context: RunContext<'_>, lang: Lang, out: &mut dyn Write) -> Result<(), Ending> {
    let cli = match Cli::parse_in(with_name(words), lang) {
        Ok(cli) => cli,
        Err(error) => {
            usage::refuse(error, lang, "plain.help_next");
            return Ok(());
        }
    };
    let Some(command) = cli.command.filter(|_| cli.options == Options::default()) else {
        say(&Failure::new(lang, BAD_INPUT, "plain.options", "plain.options_next", &[]));
        return Ok(());
    };
    // Without options before it, the first word is the command's name.
    if ELSEWHERE.contains(&words[0]) {
        say(&Failure::new(lang, BAD_INPUT, "plain.elsewhere", "plain.elsewhere_next", &[("command", words[0])]));
        return Ok(());
    }
    let result = match &command {
        // It hears signals itself.
        Command::Order(_) => commands::run(&command, context, lang, out).await,
        other => {
            let mut signals = Signals::take(ENDING)?;
            tokio::select! {
                result = commands::run(other, context, lang, out) => result,
                number = signals.next() => match number {
                    INTERRUPT => Err(Failure::new(lang, SIGNAL, "plain.interrupted", "plain.interrupted_next", &[]).into()),
                    number => return Err(Ending::Signal(number)),
                },
            }
        }
    };
    out.flush()?;
    let code = match result {
        Ok(()) => return Ok(()),
        Err(End::Output(why)) => return Err(Ending::Output(why)),
        Err(end) => end.conclude(lang, &mut io::stderr()),
    };
    match i32::from(code.saturating_sub(SIGNAL)) {
        0 | INTERRUPT => Ok(()),
        number => Err(Ending::Signal(number)),
    }
}

fn list_commands(lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let definition = help::definition(lang);
    for command in definition.get_subcommands().filter(|command| !ELSEWHERE.contains(&command.get_name())) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let values = [("command", command.get_name()), ("about", about.as_str())];
        writeln!(out, "{}", lang.fill("plain.command", &values))?;
    }
    writeln!(out, "{}", lang.t("plain.help"))?;
    out.flush()
}

/// Prints the help that these words ask for, or what is wrong with them.
fn refuse(words: &[&str], lang: Lang) {
    if let Err(error) = Cli::parse_in(with_name(words), lang) {
        usage::refuse(error, lang, "plain.help_next");
    }
}

fn with_name<'a>(words: &'a [&str]) -> impl Iterator<Item = std::ffi::OsString> + 'a {
    std::iter::once(&"wallet-tui").chain(words).map(std::ffi::OsString::from)
}

fn say(failure: &Failure) {
    // Without a place to complain the prompt says that it goes on.
    let _ = failure.write(&mut io::stderr());
}

/// A line for people, in which nothing is obeyed by a terminal.
fn line(out: &mut dyn Write, words: &str) -> io::Result<()> {
    writeln!(out, "{}", text::sanitize(words))
}
