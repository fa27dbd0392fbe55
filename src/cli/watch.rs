//! `watch`: the news as they come, for scripts; until something is final, for so long, or a signal.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;

use super::export::stopped;
use super::failure::{BAD_INPUT, End, Failure, REFUSED, TIMED_OUT};
use super::time_arg::duration;
use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::domain::{Condition, Event, EventKind, Outcome, Record, Status, UntrustedText};
use crate::engine::history::{History, HistoryError};
use crate::engine::ledger::{Flow, Reader};
use crate::engine::notifications::{self, NotificationConfig, Source};

/// The longest pause after the exchange did not answer.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// So many letters a reader's name has at most.
const NAME: usize = 64;

/// `watch`
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// Under which name it reads: each name is told everything once, and what it missed while it was away. A new name begins now
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub name: Option<String>,
    /// End when the record with this id is final: 0 when it succeeded, 3 when it failed or was taken back
    #[arg(long, value_name = "ID[=final]")]
    pub until: Option<String>,
    /// End with 8 when it is not final by then: 90s, 10m, 2h
    #[arg(long, value_name = "DURATION", requires = "until", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Form of the output
    #[arg(long = "output", value_name = "FORMAT", default_value = "ndjson", value_parser = ["ndjson", "table"])]
    pub format: String,
}

impl WatchArgs {
    /// Who reads.
    pub fn reader(&self) -> Reader<'_> {
        self.name.as_deref().map_or(Reader::Watch, Reader::Named)
    }
}

/// A text that cannot name a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has letters, digits, - _ and . in it, {NAME} at most")]
pub struct NotAName;

fn name(text: &str) -> Result<String, NotAName> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = !text.is_empty() && text.len() <= NAME && text.chars().all(is_plain);
    if is_name { Ok(text.to_owned()) } else { Err(NotAName) }
}

/// `watch`
///
/// # Errors
/// An [`End`].
pub async fn watch(
    args: &WatchArgs,
    history: &History,
    (notifications, every, source): (&NotificationConfig, Duration, &Source),
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
    let mut time_is_up = std::pin::pin!(async {
        match args.timeout {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    });
    loop {
        // What was read until then is told by the next run; nothing that is being told is cut off.
        let read = tokio::select! {
            biased;
            read = round(history) => read,
            () = &mut time_is_up => return Err(timed_out(wanted, lang).into()),
        };
        match read {
            Ok(()) => {
                pause = every;
                let news = claim(history).await.map_err(|stop| stopped(stop, lang))?;
                let wanted = news.iter().filter(|event| notifications.takes(event));
                let done = tell(wanted, args.format == "ndjson", source, lang, out);
                // What nobody may have read is told again by the next run.
                end_telling(history, &news, done.is_ok()).await.map_err(|stop| stopped(stop, lang))?;
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
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = &mut time_is_up => return Err(timed_out(wanted, lang).into()),
        }
    }
}

fn timed_out(wanted: Option<&str>, lang: Lang) -> Failure {
    let values = [("id", wanted.unwrap_or_default())];
    Failure::new(lang, TIMED_OUT, "cli.watch.timed_out", "cli.watch.timed_out_next", &values)
}

/// Writes news, a line for each, out to the reader.
fn tell<'e>(
    news: impl Iterator<Item = &'e Event>,
    is_json: bool,
    source: &Source,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    for event in news {
        if is_json {
            writeln!(out, "{}", notifications::json(event, source))?;
        } else {
            writeln!(out, "{} {}", event.at.exact(), sanitize(&notifications::words(event, lang)))?;
        }
    }
    out.flush()
}

/// Whether what was claimed was told, or is to be told by whoever comes next.
///
/// # Errors
/// The ledger cannot be written.
pub async fn end_telling(history: &History, news: &[Event], was_told: bool) -> Result<(), HistoryError> {
    let events: Vec<i64> = news.iter().map(|event| event.number).collect();
    if was_told {
        return history.mark_delivered(events).await;
    }
    history.with_ledger(move |ledger| ledger.mark_undelivered(&events)).await
}

/// Claims what this reader was not told of; [`end_telling`] has to follow.
///
/// # Errors
/// The ledger cannot be read or written.
pub async fn claim(history: &History) -> Result<Vec<Event>, HistoryError> {
    note_unknown(history).await?;
    history.news().await
}

/// Notes the orders whose outcome is not known.
async fn note_unknown(history: &History) -> Result<(), HistoryError> {
    let now = history.now();
    let noted = history.with_ledger(move |ledger| {
        for order in ledger.unsettled()? {
            if matches!(order.outcome, Outcome::Unknown { .. }) {
                let id = order.id.0.to_string();
                let about = UntrustedText::from(id.as_str());
                let condition = Condition { happened: EventKind::Unknown, about, change: None };
                ledger.note_condition(&notifications::order_claim(&id), &condition, now)?;
            }
        }
        Ok(())
    });
    noted.await
}

/// Reads both newest pages and what is not final beyond them.
///
/// # Errors
/// The exchange does not answer as asked, or the ledger takes nothing.
pub async fn round(history: &History) -> Result<(), HistoryError> {
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
