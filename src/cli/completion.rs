//! What a shell asks while a command line is typed: commands and options by their definitions; coins, networks, addresses,
//! users and ids out of the profile's ledger, profiles out of the configuration. Nobody is asked, nothing is written.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate, complete};
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use serde_json::json;

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

/// What nushell is told: one completer serves every program there, so that what was asked before is asked for the others.
const NUSHELL: &str = r#"let wallet_tui_completer_before = $env.config.completions?.external?.completer?
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans|
    if ($spans.0 | path basename | str replace --regex '\.exe$' '') == "NAME" {
        with-env { VARIABLE: "nushell" } { ^$spans.0 -- ...$spans | from json }
    } else if $wallet_tui_completer_before != null {
        do $wallet_tui_completer_before $spans
    }
}
"#;

const SHELLS: Shells<'static> = Shells(&[&Bash, &Zsh, &Fish, &Elvish, &Powershell, &Nushell]);

/// A shell whose command lines are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
#[expect(missing_docs, reason = "each is the shell of its name")]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    Elvish,
    PowerShell,
    Nushell,
}

/// What nushell asks, and how it wants to be answered.
struct Nushell;

impl EnvCompleter for Nushell {
    fn name(&self) -> &'static str {
        Shell::Nushell.into()
    }

    fn is(&self, name: &str) -> bool {
        matches!(name, "nushell" | "nu")
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        _bin: &str,
        _completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        out.write_all(NUSHELL.replace("VARIABLE", variable).replace("NAME", name).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        mut words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        // The last word comes as it was typed, with the quote that it begins with.
        let last = words.pop().unwrap_or_default();
        let typed = last.to_string_lossy();
        words.push(typed.trim_start_matches(['\'', '"', '`']).into());
        let found = complete(command, words.clone(), words.len() - 1, folder)?;
        let answers: Vec<serde_json::Value> = found
            .iter()
            .map(|candidate| {
                let told = candidate.get_help().map(ToString::to_string);
                json!({ "value": nushell_word(&candidate.get_value().to_string_lossy()), "description": told })
            })
            .collect();
        serde_json::to_writer(out, &answers).map_err(io::Error::other)
    }
}

/// A value as one word of nushell.
fn nushell_word(value: &str) -> String {
    let is_bare = value.chars().all(|c| c.is_alphanumeric() || "-_.:/@+=,".contains(c));
    match value {
        _ if is_bare => value.to_owned(),
        _ if !value.contains('\'') => format!("'{value}'"),
        _ => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// Answers a shell, where one asks, and ends the process then.
pub fn answer_shell() {
    CompleteEnv::with_factory(definition).shells(SHELLS).var(VARIABLE).bin(NAME).complete();
}

/// What a shell needs in order to ask.
///
/// # Errors
/// It cannot be written.
pub fn script(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    if let Some(completer) = SHELLS.completer(shell.into()) {
        completer.write_registration(VARIABLE, NAME, NAME, NAME, out)?;
    }
    if shell == Shell::Bash {
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
            ("to", "transfer") => {
                || known(|ledger| Ok([ledger.receivers("uid")?, ledger.receivers("email")?].concat()))
            }
            ("to_uid", _) => || known(|ledger| ledger.receivers("uid")),
            ("to_email", _) => || known(|ledger| ledger.receivers("email")),
            ("id", "cancel") => || known(|ledger| ledger.open_ids(true)),
            ("id", "receipt") => || known(Ledger::payment_ids),
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
