//! `wallet-tui simulate`: the embedded exchange alone, for any client.

use std::io::{self, Write};

use clap::Args;

use super::failure::{End, Failure, MACHINE};
use super::{connect, one_of};
use crate::domain::locale::Lang;
use crate::engine::output::json::Escaped;
use crate::platform::signals::{INTERRUPT, Signals, TERMINATE};
use crate::simulator::{Config, Simulator};

/// The fastest life: a day in a second, more or less.
const MOST_SPEED: i64 = 100_000;

/// `simulate`
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// Port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Seed of what the account holds and of what happens there; times and ids count from the start, so each start is
    /// another exchange all the same: give the program a --data-dir of its own for each
    #[arg(long, default_value_t = Config::default().seed)]
    pub seed: u64,
    /// How many times faster than the clock its time runs
    #[arg(long, default_value_t = Config::default().speed, value_parser = clap::value_parser!(u32).range(1..=MOST_SPEED))]
    pub speed: u32,
    /// Form of what is printed about it
    #[arg(long = "output", value_name = "FORMAT", default_value = "text", value_parser = one_of::<AccessFormat>())]
    pub format: AccessFormat,
}

/// How address, key and secret are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AccessFormat {
    /// A line each.
    Text,
    /// An array with one object.
    Json,
}

/// Runs the embedded exchange until Ctrl-C or SIGTERM.
///
/// # Errors
/// An [`End`] when the port cannot be opened or the output cannot be written.
pub async fn simulate(
    args: &SimulateArgs,
    chaos: bool,
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let deaf = |why: io::Error| {
        let (cause, next) = ("cli.simulate.signals", "cli.simulate.signals_next");
        Failure::new(lang, MACHINE, cause, next, &[("why", &why.to_string())])
    };
    // Before the port is printed: who reads it may stop us at once.
    let mut signals = Signals::take([INTERRUPT, TERMINATE]).map_err(deaf)?;
    let config = Config { seed: args.seed, speed: args.speed, port: args.port, chaos, ..Config::default() };
    let simulator = connect::simulator(config, lang).await?;
    print(&simulator, args.format, out)?;
    // Only a hint: the exchange runs on when nobody reads it.
    let _ = writeln!(err, "{}", lang.t("cli.simulate.running"));
    signals.next().await;
    Ok(())
}

fn print(simulator: &Simulator, format: AccessFormat, out: &mut dyn Write) -> io::Result<()> {
    let address = simulator.base_url();
    let fields = [("address", address.as_str()), ("key", simulator.api_key()), ("secret", simulator.secret())];
    match format {
        AccessFormat::Text => {
            for (name, value) in fields {
                writeln!(out, "{name}: {value}")?;
            }
        }
        AccessFormat::Json => {
            let [address, key, secret] = fields.map(|(name, value)| format!("{}:{}", Escaped(name), Escaped(value)));
            writeln!(out, "[\n{{{address},{key},{secret}}}\n]")?;
        }
    }
    out.flush()
}
