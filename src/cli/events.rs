//! `events`: what happened, as the ledger keeps it; asks nobody.

use std::io::Write;

use clap::Args;

use super::Output;
use super::export::stopped;
use super::failure::End;
use super::time_arg::moment;
use crate::domain::Millis;
use crate::domain::locale::Lang;
use crate::engine::history::History;
use crate::engine::output;

/// The most rows at once.
const MOST: i64 = 100_000;

/// `events`
#[derive(Debug, Clone, Args)]
pub struct EventsArgs {
    /// Not before: milliseconds, a date (midnight UTC), a date and time such as
    /// 2026-11-03T14:02:11Z, today or yesterday
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub start_time: Option<Millis>,
    /// Not after: milliseconds, a date (midnight UTC), a date and time such as
    /// 2026-11-03T14:02:11Z, today or yesterday
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub end_time: Option<Millis>,
    /// Most rows
    #[arg(long, value_name = "ROWS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=MOST))]
    pub limit: u32,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// `events`
///
/// # Errors
/// An [`End`].
pub async fn list(args: &EventsArgs, history: &History, lang: Lang, out: &mut dyn Write) -> Result<(), End> {
    let within = (args.start_time.unwrap_or(Millis(i64::MIN)), args.end_time.unwrap_or(Millis(i64::MAX)));
    let limit = args.limit;
    let events = history.with_ledger(move |ledger| ledger.events(within, limit)).await;
    output::print(&events.map_err(|stop| stopped(stop, lang))?, args.output.format, lang, out)?;
    Ok(())
}
