//! `watch`: the news as they come, for scripts; until something is final, or a signal.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use clap::Args;

use super::export::stopped;
use super::failure::{BAD_INPUT, End, Failure, REFUSED};
use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::domain::{MoveRecord, OrderId, Outcome, Record, RecordKey, Status};
use crate::engine::history::{History, HistoryError};
use crate::engine::ledger::Flow;
use crate::engine::notifications::{self, EventKind, NotificationConfig};
use crate::platform::clock;

/// The longest pause after the exchange did not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// So many of the newest moves are looked at.
const MOVES: u32 = 100;

/// `watch`
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// End when the record with this id is final: 0 when it succeeded, 3 when it failed or was taken back
    #[arg(long, value_name = "ID[=final]")]
    pub until: Option<String>,
    /// Form of the output
    #[arg(long = "output", value_name = "FORMAT", default_value = "ndjson", value_parser = ["ndjson", "table"])]
    pub format: String,
}

/// `watch`
///
/// # Errors
/// An [`End`].
pub async fn watch(
    args: &WatchArgs,
    history: &History,
    (notifications, every): (&NotificationConfig, Duration),
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let wanted = match args.until.as_deref().map(|until| until.strip_suffix("=final").unwrap_or(until)) {
        Some(id) if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            return Err(Failure::new(lang, BAD_INPUT, "cli.watch.until", "cli.watch.until_next", &[]).into());
        }
        other => other,
    };
    let mut pause = every;
    let mut seen = Moves::default();
    // What was moved before is no news.
    seen.settled(history).await.map_err(|stop| stopped(stop, lang))?;
    loop {
        match round(history).await {
            Ok(()) => {
                pause = every;
                let news = history.news().await.map_err(|stop| stopped(stop, lang))?;
                let unknown = if notifications.takes_condition(EventKind::Unknown) {
                    unknown_outcomes(history).await.map_err(|stop| stopped(stop, lang))?
                } else {
                    Vec::new()
                };
                let moved = seen.settled(history).await.map_err(|stop| stopped(stop, lang))?;
                let wanted = news.iter().chain(&moved).filter(|record| notifications.takes(record));
                let done = tell(wanted, &unknown, args.format == "ndjson", lang, out);
                // What nobody may have read is told again by the next run.
                say(history, news, unknown, done.is_ok()).await.map_err(|stop| stopped(stop, lang))?;
                done?;
            }
            Err(HistoryError::Exchange(problem)) if !problem.is_about_the_key() => {
                let failure = Failure::of_read(&problem, lang);
                let _ = failure.write(err);
                pause = (pause * 2).min(LONGEST_PAUSE);
                let seconds = pause.as_secs().to_string();
                let _ = writeln!(err, "{}", lang.fill("cli.watch.again", &[("seconds", &seconds)]));
            }
            // A key that is refused does not become better by asking again.
            Err(stop) => return Err(stopped(stop, lang)),
        }
        if let Some(id) = wanted
            && let Some(record) = find(history, id, lang).await?
            && record.status.is_final()
        {
            return if record.status == Status::Success { Ok(()) } else { Err(End::Said(REFUSED)) };
        }
        tokio::time::sleep(pause).await;
    }
}

/// Writes news, a line for each, out to the reader.
fn tell<'r>(
    news: impl Iterator<Item = &'r Record>,
    unknown: &[String],
    is_json: bool,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let now = clock::now();
    for record in news {
        if is_json {
            writeln!(out, "{}", notifications::json(record, now))?;
        } else {
            writeln!(out, "{} {}", now.exact(), sanitize(&notifications::words(record, lang)))?;
        }
    }
    for id in unknown {
        if is_json {
            writeln!(out, "{}", notifications::condition_json(EventKind::Unknown, id, None, now))?;
        } else {
            writeln!(
                out,
                "{} {}",
                now.exact(),
                sanitize(&notifications::condition_words(EventKind::Unknown, id, None, lang))
            )?;
        }
    }
    out.flush()
}

/// Whether what was claimed was told, or is nobody's again.
async fn say(history: &History, news: Vec<Record>, unknown: Vec<String>, was_told: bool) -> Result<(), HistoryError> {
    if news.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    let steps: Vec<RecordKey> = news.into_iter().map(|record| record.key).collect();
    let conditions: Vec<String> = unknown.iter().map(|id| notifications::order_claim(id)).collect();
    let said = history.with_ledger(move |ledger| {
        if was_told { ledger.mark_delivered(&steps, &conditions) } else { ledger.mark_undelivered(&steps, &conditions) }
    });
    said.await
}

/// Moves with an end, as they were seen last.
#[derive(Debug, Default)]
struct Moves(BTreeMap<OrderId, &'static str>);

impl Moves {
    /// Those that have come to an end since: the exchange lists none, and no record of its history tells what changed on both
    /// sides.
    async fn settled(&mut self, history: &History) -> Result<Vec<Record>, HistoryError> {
        let all = history.with_ledger(|ledger| ledger.moves(MOVES)).await?;
        let settled = all.iter().rev().filter(|moved| !moved.outcome.is_unsettled());
        let new =
            settled.filter(|moved| self.0.insert(moved.order, moved.outcome.word()) != Some(moved.outcome.word()));
        Ok(new.map(MoveRecord::to_record).collect())
    }
}

/// The numbers of orders whose outcome is not known, each told by whoever sees it first.
async fn unknown_outcomes(history: &History) -> Result<Vec<String>, HistoryError> {
    let now = history.now();
    let claimed = history.with_ledger(move |ledger| {
        let mut claimed = Vec::new();
        for order in ledger.unsettled()? {
            let id = order.id.0.to_string();
            let is_unknown = matches!(order.outcome, Outcome::Unknown { .. });
            if is_unknown && ledger.claim_condition(&notifications::order_claim(&id), now)? {
                claimed.push(id);
            }
        }
        Ok(claimed)
    });
    claimed.await
}

/// Reads both newest pages and what is not final beyond them.
async fn round(history: &History) -> Result<(), HistoryError> {
    for flow in Flow::BOTH {
        history.read_newest(flow).await?;
        // What came while nobody was looking and does not fit into a page.
        while history.read_recent(flow).await?.is_some() {}
        history.read_open(flow).await?;
    }
    Ok(())
}

async fn find(history: &History, id: &str, lang: Lang) -> Result<Option<Record>, End> {
    let wanted = id.to_owned();
    let found = history.with_ledger(move |ledger| ledger.records_with_id(&wanted));
    let found = found.await.map_err(|stop| stopped(stop, lang))?.into_iter().next();
    if found.is_none() {
        let values = [("id", id)];
        return Err(Failure::new(lang, BAD_INPUT, "cli.watch.nobody", "cli.watch.nobody_next", &values).into());
    }
    Ok(found)
}
