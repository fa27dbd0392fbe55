//! The command line: what may be typed, and what each command does with it.
//!
//! Owns the definitions (this file), reading commands, their output and the words of their errors. It uses the same
//! client as the screen. It never takes a secret as an argument and never prints one that the user brought.
//!
//! | file | about |
//! |---|---|
//! | `filters` | history filters as flags |
//! | `time_arg` | dates and times as typed |
//! | `help`, `usage` | help and what clap refuses, in the user's language |
//! | `man` | the man pages |
//! | `start` | from the command line to a command, and to an exit code |
//! | `completion` | what a shell asks while a line is typed |
//! | `commands`, `run_context` | what each command does, and the session that it runs with |
//! | `plain` | lines instead of a screen, and a prompt for the commands |
//! | `dashboards` | the dashboard of one profile after the other |
//! | `connect` | profile, secret, server: a client or the embedded exchange |
//! | `login` | a key comes in and goes out |
//! | `config` | the configuration file |
//! | `export`, `ledger_commands` | the history out of the ledger, and the ledger itself |
//! | `watch` | news as they come |
//! | `doctor` | what is wrong, and what to do |
//! | `ask` | questions on the terminal |
//! | `read` | the reading commands |
//! | `receipt` | one payment, as text or as a page to print |
//! | `order/` | the commands that move money, and those about their orders |
//! | `simulate` | the embedded exchange alone |
//! | `rows/` | which fields each kind of thing has, for programs and for people |
//! | `layers`, `guards` | settings from file, environment and options; what they allow of orders, read anew |
//! | `logging` | the log of a run |
//! | `failure` | what is said when it does not work |

pub mod ask;
mod commands;
pub mod completion;
pub mod config;
pub mod connect;
mod dashboards;
pub mod doctor;
mod events;
pub mod export;
pub mod failure;
pub mod filters;
mod guards;
mod help;
mod layers;
pub mod ledger_commands;
mod logging;
pub mod login;
mod man;
pub mod order;
mod plain;
pub mod read;
pub mod receipt;
pub mod rows;
mod run_context;
mod sentence;
pub mod simulate;
pub mod start;
pub mod time_arg;
mod usage;
pub mod watch;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, FromArgMatches as _, Parser, Subcommand};
use strum::VariantNames;

use crate::domain::locale::Lang;
use crate::engine::config::ThemeName;
use crate::engine::logging::LogLevel;
use crate::engine::output::Format;
use completion::Shell;
use config::ConfigCommand;
use doctor::DoctorArgs;
use events::EventsArgs;
use export::ExportArgs;
use filters::{DepositArgs, TransferArgs, WithdrawalArgs};
use ledger_commands::LedgerCommand;
use login::{LoginArgs, LogoutArgs};
use order::OrderCommand;
use receipt::ReceiptArgs;
use simulate::SimulateArgs;
use watch::WatchArgs;

/// The terminal from which a trader runs the wallet of a Bitunix account, spot and futures.
#[derive(Debug, Parser)]
#[command(name = "wallet-tui", version = crate::engine::VERSION, after_help = help::after(Lang::En), disable_help_subcommand = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub options: Options,
    /// The command; none is the dashboard.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Options of every command")]
#[expect(clippy::doc_markdown, reason = "these lines are printed as help, where backticks would be noise")]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch that can be typed")]
pub struct Options {
    /// Use the embedded exchange: invented money, no key and no network
    #[arg(long, global = true)]
    pub demo: bool,

    /// Let the embedded exchange fail now and then (with --demo or simulate)
    #[arg(long, global = true)]
    pub chaos: bool,

    /// Profile of the configuration file: key, store, server, limits [env: WALLET_TUI_PROFILE]
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub profile: Option<String>,

    /// Server to talk to: https, or http on this machine [env: WALLET_TUI_BASE_URL]
    #[arg(long, global = true, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub base_url: Option<String>,

    /// Server of the futures side [env: WALLET_TUI_FUTURES_URL] [default: the exchange's own, or that of --base-url]
    #[arg(long, global = true, value_name = "URL", value_parser = NonEmptyStringValueParser::new())]
    pub futures_url: Option<String>,

    /// Configuration file [env: WALLET_TUI_CONFIG] [default: ~/.config/wallet-tui/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Directory for what the program keeps [env: WALLET_TUI_DATA_DIR] [default: ~/.local/state/wallet-tui]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Language of screen and messages [default: the locale's]
    #[arg(long, global = true, value_parser = lang())]
    pub lang: Option<Lang>,

    /// Colours of the screen [default: auto, after the terminal's background]
    #[arg(long, global = true, value_parser = one_of::<ThemeName>())]
    pub theme: Option<ThemeName>,

    /// Coin or currency that values are shown in
    #[arg(long, global = true, value_name = "COIN", value_parser = NonEmptyStringValueParser::new())]
    pub unit: Option<String>,

    /// Switch off everything that moves money
    #[arg(long, global = true)]
    pub read_only: bool,

    /// Lines instead of a screen, for a screen reader or a terminal that only prints: what changes, and a prompt for commands
    #[arg(long, global = true)]
    pub plain: bool,

    /// Do not listen to the mouse
    #[arg(long, global = true)]
    pub no_mouse: bool,

    /// How much to log, to wallet-tui.log in the data directory [default: info for a live dashboard, else off]
    #[arg(long, global = true, value_name = "LEVEL", value_parser = one_of::<LogLevel>())]
    pub log_level: Option<LogLevel>,
}

/// `balances`
#[derive(Debug, Clone, Args)]
pub struct BalancesArgs {
    /// Which side of the account
    #[arg(long, value_name = "SIDE", default_value = "spot", value_parser = one_of::<AccountSide>())]
    pub account: AccountSide,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// A side of the account, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AccountSide {
    /// Where deposits arrive and withdrawals come from.
    Spot,
    /// The margin of futures.
    Futures,
    /// Both.
    All,
}

/// What the program can do besides the dashboard.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What the account holds, coin by coin
    Balances(BalancesArgs),
    /// What came in from a chain (other users' transfers: --type)
    Deposits(DepositArgs),
    /// What went out to a chain (transfers to other users: --type)
    Withdrawals(WithdrawalArgs),
    /// What came from and went to other users of the exchange, and moves between spot and futures
    Transfers(TransferArgs),
    /// Where a coin can be paid in
    Address {
        /// Coin, to the letter as `tokens` names it
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        coin: String,
        /// Network, to the letter as `tokens` names it, for instance 'Tron (TRC-20)'
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        network: String,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Coins, their networks and limits; needs no key
    Tokens {
        /// Only this coin, to the letter
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        coin: Option<String>,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Exchange rates; needs no key
    Rates(Output),
    /// Whose account the key belongs to
    Whoami(Output),
    /// Check a key with the exchange and store its secret: in the keyring, unless another store is named
    Login(LoginArgs),
    /// Take the secret out of its store and the key out of the profile
    Logout(LogoutArgs),
    /// Look at terminal, configuration, ledger, store, network and key, and say what is wrong and what to do
    Doctor(DoctorArgs),
    /// The configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write the history to a file or to standard output: CSV, JSON, lines of JSON, or for a tax tool
    Export(ExportArgs),
    /// Write a receipt of one payment, as text or as a page to print
    Receipt(ReceiptArgs),
    /// Print the news of deposits, withdrawals and transfers as they come, each once
    Watch(WatchArgs),
    /// What happened, newest first, as the ledger keeps it; asks nobody
    Events(EventsArgs),
    /// Per coin, what all records say against what is there; reads them back to the first
    Reconcile(Output),
    /// The database of orders and records
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Orders.
    #[command(flatten)]
    Order(OrderCommand),
    /// Print the completions of a shell
    Completions {
        /// The shell.
        #[arg(value_parser = one_of::<Shell>())]
        shell: Shell,
    },
    /// Write the man pages into a directory
    Man {
        /// The directory.
        dir: PathBuf,
    },
    /// Run the embedded exchange alone and print the address, key and secret to use
    Simulate(SimulateArgs),
}

/// How a reading command prints.
#[derive(Debug, Clone, Copy, Args)]
pub struct Output {
    /// Form of the output
    #[arg(long = "output", value_name = "FORMAT", default_value = "table", value_parser = one_of::<Format>())]
    pub format: Format,
}

impl Cli {
    /// Understands a command line, the program's name first. Touches no file and no network.
    ///
    /// # Errors
    /// Clap's own error for what is not understood, and for `--help` and `--version`, which end here too.
    pub fn parse_from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::parse_in(args, Lang::En)
    }

    /// The same, with help in this language; `usage` has the words of an error.
    ///
    /// # Errors
    /// As [`Self::parse_from_args`].
    pub fn parse_in(args: impl IntoIterator<Item = OsString>, lang: Lang) -> Result<Self, clap::Error> {
        let mut definition = help::definition(lang);
        let found = definition.try_get_matches_from_mut(args)?;
        let cli = Self::from_arg_matches(&found).map_err(|error| error.format(&mut definition))?;
        // Clap checks each level of the command line by itself; these two stand wherever they like.
        let mut refuse = |kind, key: &'static str| {
            let mut error = definition.error(kind, Lang::En.t(key));
            error.insert(ContextKind::Custom, ContextValue::String(key.to_owned()));
            Err(error)
        };
        if cli.options.demo && cli.options.base_url.is_some() {
            return refuse(ErrorKind::ArgumentConflict, "help.demo_or_server");
        }
        if cli.options.demo && cli.options.futures_url.is_some() {
            return refuse(ErrorKind::ArgumentConflict, "help.demo_or_futures_server");
        }
        if cli.options.chaos && !cli.options.demo && !matches!(cli.command, Some(Command::Simulate(_))) {
            return refuse(ErrorKind::MissingRequiredArgument, "help.chaos");
        }
        Ok(cli)
    }
}

/// A parser of one word out of an enum's words.
fn one_of<T>() -> ValueParser
where
    T: FromStr<Err = strum::ParseError> + VariantNames + Clone + Send + Sync + 'static,
{
    ValueParser::new(PossibleValuesParser::new(T::VARIANTS).try_map(|word| word.parse::<T>()))
}

fn lang() -> ValueParser {
    ValueParser::new(PossibleValuesParser::new(["en", "zh-CN", "zh"]).try_map(|word| word.parse::<Lang>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::parse_from_args(std::iter::once("wallet-tui").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_is_the_dashboard() {
        let cli = parse("--demo --theme high-contrast --lang zh-CN").unwrap();
        assert!(cli.command.is_none() && cli.options.demo);
        assert_eq!((cli.options.theme, cli.options.lang), (Some(ThemeName::HighContrast), Some(Lang::ZhCn)));
    }

    #[test]
    fn options_stand_before_or_behind_the_command() {
        for line in ["--base-url http://127.0.0.1:1 balances", "balances --base-url http://127.0.0.1:1"] {
            assert_eq!(parse(line).unwrap().options.base_url.as_deref(), Some("http://127.0.0.1:1"), "{line}");
        }
    }

    #[test]
    fn orders_are_understood() {
        for line in [
            "withdraw --coin TRX --network N --address A --amount 1 --no-memo --yes --confirm-tail abcdef",
            "withdraw --coin TRX --network N --address A --amount 1 --memo 7 --dry-run",
            "transfer --coin TRX --amount 1 --to-phone +86 138 --remark -x --wait",
            "transfer --coin TRX --amount 1 --to +86138",
            "cancel 190 --yes",
            "move --from futures --coin TRX --amount 1 --despite 3",
            "orders --limit 5 --output csv",
            "settle",
            "settle 3 --executed",
            "settle 3 --executed 190 --yes",
            "settle --acknowledge-damage",
            "settle 1 --acknowledge-damage",
        ] {
            assert!(matches!(parse(line).unwrap().command, Some(Command::Order(_))), "{line}");
        }
    }

    #[test]
    fn login_and_its_kin_are_understood() {
        for line in [
            "login",
            "login --key k --secret-stdin --replace --profile desk",
            "login --key k --store file --secret-file f.age",
            "login --key k --secret-command pass show -x bitunix",
            "logout --yes",
            "completions bash",
            "man /tmp",
            "export --all --format koinly --filter -coin:btc --to f.csv",
            "export --offline",
            "watch --until 1909=final --output ndjson",
            "watch --name bot-1 --until 1909 --timeout 10m",
            "events --limit 5 --start-time today --output ndjson",
            "reconcile --output json",
            "ledger path",
            "ledger backup f.sqlite",
            "doctor --json",
            "doctor --report",
            "config path",
            "config show --profile desk",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
        for line in [
            "login --secret hunter2",
            "login --secret-stdin --secret-command pass",
            "config",
            "login --store env",
            "doctor --json --report",
            "completions tcsh",
            "export --all --offline",
            "export --replace",
            "export --format xls",
            "watch --timeout 10m",
            "watch --until 1 --timeout 10",
            "watch --name two words",
            "events --limit 0",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn chaos_needs_an_exchange_of_ours() {
        assert!(parse("--chaos").is_err());
        assert!(parse("balances --chaos").is_err());
        assert!(parse("--demo --chaos").is_ok());
        assert!(parse("balances --demo --chaos").is_ok());
        assert!(parse("simulate --chaos").is_ok());
    }

    #[test]
    fn what_contradicts_itself_or_is_out_of_range_is_refused() {
        for line in [
            "--demo --base-url http://127.0.0.1:1",
            "--demo balances --base-url http://127.0.0.1:1",
            "--theme pink",
            "--lang de",
            "--log-level trace",
            "balances --output xml",
            "withdrawals --limit 0",
            "withdrawals --limit 101",
            "withdrawals --limit -1",
            "withdrawals --type deposit",
            "deposits --type withdraw",
            "deposits --out-biz-id 1",
            "deposits --start-time lately",
            "address USDT",
            "withdraw --coin TRX --network N --address A --amount 1 --memo 7 --no-memo",
            "withdraw --coin TRX --network N --address A --amount 1 --dry-run --wait",
            "withdraw --coin TRX --network N --address A",
            "transfer --coin TRX --amount 1",
            "transfer --coin TRX --amount 1 --to-uid 1 --to-email a@b.c",
            "transfer --coin TRX --amount 1 --to-uid 1 --to a@b.c",
            "transfer --coin TRX --amount 1 --to-phone 86",
            "move --from bank --coin TRX --amount 1",
            "orders --limit 0",
            "settle 0",
            "settle --not-executed",
            "settle 1 --not-executed --executed 2",
            "settle 1 --acknowledge-damage --not-executed",
            "nonsense",
        ] {
            assert_eq!(parse(line).map(|_| ()).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn no_option_takes_a_secret_and_help_says_how_to_pass_it() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("WALLET_TUI_API_SECRET"));
        for line in ["--secret hunter2", "--api-secret hunter2", "--api-secret=hunter2", "--api-key hunter2"] {
            let error = parse(line).unwrap_err().render().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
