//! What a shell asks while a command line is typed: commands and options by their definitions; coins, networks, addresses,
//! users and ids out of the profile's ledger, profiles out of the configuration. Nobody is asked, nothing is written.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::CommandFactory as _;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::{Cli, Options, connect, layers, order};
use crate::domain::address_book::Label;
use crate::engine::config::{Settings, places};
use crate::engine::ledger::Ledger;

/// What a shell sets when it asks; its value is the shell's name.
const VARIABLE: &str = "WALLET_TUI_COMPLETE";
/// The name of the program.
const NAME: &str = "wallet-tui";
/// What bash is told besides: names with blanks or brackets are quoted, as names of files are.
const QUOTING: &str = r#"
_wallet_tui() {
    _clap_complete_wallet_tui "$@"
    if [[ "${COMPREPLY[*]-}" == *[\ \(\)]* ]]; then
        compopt -o filenames 2> /dev/null
    fi
    return 0
}
complete -o nospace -o bashdefault -F _wallet_tui wallet-tui
"#;

/// Answers a shell, where one asks, and ends the process then.
pub fn answer_shell() {
    CompleteEnv::with_factory(definition).var(VARIABLE).bin(NAME).complete();
}

/// What a shell needs in order to ask.
///
/// # Errors
/// It cannot be written.
pub fn script(shell: clap_complete::Shell, out: &mut dyn Write) -> io::Result<()> {
    let shell = shell.to_string();
    if let Some(completer) = Shells::builtins().completer(&shell) {
        completer.write_registration(VARIABLE, NAME, NAME, NAME, out)?;
    }
    if shell == "bash" {
        out.write_all(QUOTING.as_bytes())?;
    }
    out.flush()
}

/// The command line with what can stand for its values.
fn definition() -> clap::Command {
    with_values(Cli::command())
}

fn with_values(command: clap::Command) -> clap::Command {
    let name = command.get_name().to_owned();
    let command = command.mut_args(|arg| {
        let from: fn() -> Vec<String> = match (arg.get_id().as_str(), name.as_str()) {
            ("profile", _) => profiles,
            ("coin" | "unit", _) => || known(Ledger::coins),
            ("network" | "confirm_network", _) => || known(Ledger::networks),
            ("address", _) => addresses,
            ("to_uid", _) => || known(|ledger| ledger.receivers("uid")),
            ("to_email", _) => || known(|ledger| ledger.receivers("email")),
            ("id", "cancel") => || known(|ledger| ledger.open_ids(true)),
            ("until", _) => || known(|ledger| ledger.open_ids(false)),
            ("order", "settle") => || known(Ledger::unsettled_numbers),
            _ => return arg,
        };
        arg.add(ArgValueCandidates::new(move || candidates(from())))
    });
    command.mut_subcommands(with_values)
}

fn candidates(values: Vec<String>) -> Vec<CompletionCandidate> {
    // What could be obeyed by a terminal is not offered to one.
    let is_plain = |value: &String| !value.is_empty() && !value.chars().any(char::is_control);
    values.into_iter().filter(is_plain).map(CompletionCandidate::new).collect()
}

fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The options of the command line that is being typed, as far as they say where things are.
fn options() -> Options {
    let words: Vec<OsString> = std::env::args_os().collect();
    let value = |option: &str| {
        let given = format!("{option}=");
        words.iter().enumerate().find_map(|(at, word)| match word.to_str()?.strip_prefix(&given) {
            Some(value) => Some(OsString::from(value)),
            None => (word.as_os_str() == OsStr::new(option)).then(|| words.get(at + 1).cloned()).flatten(),
        })
    };
    Options {
        profile: value("--profile").and_then(|name| name.into_string().ok()).filter(|name| !name.is_empty()),
        base_url: value("--base-url").and_then(|url| url.into_string().ok()).filter(|url| !url.is_empty()),
        config: value("--config").map(Into::into),
        data_dir: value("--data-dir").map(Into::into),
        ..Options::default()
    }
}

fn settings() -> Option<(Options, Settings)> {
    let options = options();
    let settings = layers::settings(&options, &environment).ok()?;
    Some((options, settings))
}

fn profiles() -> Vec<String> {
    let options = Options { profile: None, ..options() };
    layers::layers(&options, &environment, true).map(|(file, ..)| file.profile_names()).unwrap_or_default()
}

/// What the ledger of the profile knows; nothing where there is none.
fn known(read: impl FnOnce(&Ledger) -> rusqlite::Result<Vec<String>>) -> Vec<String> {
    let found = || {
        let (options, settings) = settings()?;
        let key = connect::key_of(&settings.profile, &environment, settings.lang).ok()??;
        let dir = places::data_dir(options.data_dir.as_deref(), &environment)?;
        let path = order::key_place(&dir, &settings.base_url, &key).path();
        read(&Ledger::open_read_only(&path)?).ok()
    };
    found().unwrap_or_default()
}

/// Addresses that were paid, and those of the configuration.
fn addresses() -> Vec<String> {
    let mut all = known(Ledger::paid_addresses);
    let labels = settings().map(|(_, settings)| settings.labels).unwrap_or_default();
    all.extend(labels.into_iter().filter_map(|label| match label {
        Label::Address(named) => Some(named.address.raw().to_owned()),
        Label::Receiver(_) => None,
    }));
    all.sort();
    all.dedup();
    all
}
