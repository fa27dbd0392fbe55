//! `export`: the history out of the ledger, filtered, in a form for people, programs or tax tools. `--all` reads it back to
//! the first record before.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::failure::{BAD_INPUT, End, Failure, INCOMPLETE, MACHINE};
use super::one_of;
use crate::domain::address_book::Label;
use crate::domain::bookkeeping::Bookkeeping;
use crate::domain::export::ExportFormat;
use crate::domain::locale::{Lang, fill};
use crate::domain::query::fields::FIELDS;
use crate::domain::query::{Annotations, Query};
use crate::domain::text::sanitize;
use crate::domain::{Millis, Missing, MoveRecord, Record};
use crate::engine::explain::left_out_words;
use crate::engine::export::{Known, write, write_file};
use crate::engine::history::{History, HistoryError, Progress};
use crate::engine::ledger::{Flow, Ledger};
use crate::engine::orders::words;
use crate::platform::clock;
use clap::Args;

/// So many seconds are named.
const NAMED: usize = 5;

/// `export`
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Read the whole history first, back to the first record
    #[arg(long, conflicts_with = "offline")]
    pub all: bool,
    /// Ask nobody: what the ledger holds
    #[arg(long)]
    pub offline: bool,
    /// What to write; koinly, cointracker, hledger and beancount hold what is done, not what is pending or failed; spreadsheet is
    /// CSV whose ids keep all their digits there
    #[arg(long, default_value = "csv", value_parser = one_of::<ExportFormat>())]
    pub format: ExportFormat,
    /// Only what this filter takes, as typed on the screen: 'coin:usdt after:2026-01-01'
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub filter: String,
    /// File to write, as a whole; one that is there is left alone (see --replace). Without it: standard output
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Let the file take the place of one that is there
    #[arg(long, requires = "to")]
    pub replace: bool,
}

/// `export`
///
/// # Errors
/// An [`End`]; then nothing was written.
pub async fn export(
    args: &ExportArgs,
    history: &History,
    (labels, bookkeeping): (&[Label], &Bookkeeping),
    (lang, shows_progress): (Lang, bool),
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), End> {
    let query = Query::parse(&args.filter, clock::now());
    if !query.wrong.is_empty() {
        let words = query.wrong.iter().map(|wrong| {
            let why: &'static str = wrong.why.into();
            let pattern = lang.find(&format!("query.{why}")).unwrap_or_default();
            fill(pattern, &[("term", &wrong.term), ("words", &wrong.choices(&FIELDS))])
        });
        let words: Vec<String> = words.collect();
        let values = [("why", &*words.join("; "))];
        return Err(Failure::new(lang, BAD_INPUT, "cli.export.filter", "cli.export.filter_next", &values).into());
    }
    // As everywhere, one dash is the standard output.
    let to = args.to.as_ref().filter(|path| path.as_os_str() != "-");
    if let Some(path) = to.filter(|path| path.exists() && !args.replace) {
        return Err(exists(path, lang).into());
    }
    if !args.offline {
        read(args.all, history, (lang, shows_progress), err).await?;
    }
    let Held { mut records, is_whole, missing } = held(history, lang).await?;
    let moves = history.with_ledger(|ledger| ledger.moves(u32::MAX)).await.map_err(|stop| stopped(stop, lang))?;
    records.extend(moves.iter().map(MoveRecord::to_record));
    records.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.key.cmp(&b.key)));
    let (labels, mut bytes) = (labels.to_vec(), Vec::new());
    let known = move |ledger: &mut Ledger| Ok((ledger.record_facts()?, ledger.address_book(&labels, &[], false)?));
    let (facts, book) = history.with_ledger(known).await.map_err(|stop| stopped(stop, lang))?;
    let own = |record: &Record| Annotations {
        status: "",
        label: book.label_of(record),
        note: facts.notes.get(&record.key),
        charge: Some(record.charge(facts.ordered.get(&record.key))),
    };
    let records: Vec<Record> = records.into_iter().filter(|record| query.takes(record, own(record))).collect();
    let count = records.len();
    let doubted = records.iter().filter(|record| facts.conflict(record).is_some()).count();
    let left_out = write(args.format, records, Known { book: &book, facts: &facts }, bookkeeping, &mut bytes)?;
    match to {
        None => out.write_all(&bytes)?,
        Some(path) => write_file(path, &bytes, args.replace).map_err(|why| match why.kind() {
            std::io::ErrorKind::AlreadyExists => exists(path, lang),
            _ => not_written(path, &why, lang),
        })?,
    }
    out.flush()?;
    let mut note = |key: &'static str, count: usize| {
        // A courtesy: the records are out already.
        let _ = writeln!(err, "{}", sanitize(&lang.fill(key, &[("count", &count.to_string())])));
    };
    if left_out > 0 {
        note("cli.export.left_out", left_out);
    }
    if doubted > 0 {
        note("cli.export.doubted", doubted);
    }
    if to.is_some() {
        note("cli.export.done", count - left_out);
    }
    say_missing((args.all, is_whole), count, &missing, lang, err)
}

/// Says what the history lacks. `all` tells whether all of it was asked for.
///
/// # Errors
/// [`INCOMPLETE`] where it lacks what was asked for: whatever was made of it is out already.
pub fn say_missing(
    (all, is_whole): (bool, bool),
    count: usize,
    missing: &Missing,
    lang: Lang,
    err: &mut dyn Write,
) -> Result<(), End> {
    // A courtesy: the records are out already.
    let mut say = |text: &str| drop(writeln!(err, "{}", sanitize(text)));
    if !is_whole {
        say(&lang.fill("cli.export.not_whole", &[("count", &count.to_string())]));
    }
    let crowded: Vec<&Millis> = missing.crowded.iter().flatten().collect();
    if !crowded.is_empty() {
        let first =
            crowded.iter().take(NAMED).map(|second| second.exact()).collect::<Vec<_>>().join(lang.t("list.join"));
        say(&lang.fill("cli.export.crowded", &[("count", &crowded.len().to_string()), ("seconds", &first)]));
    }
    for row in missing.unread.iter().flatten() {
        say(&left_out_words(lang.t("left_out.records"), 1, row, lang));
    }
    if (is_whole || !all) && missing.is_none() { Ok(()) } else { Err(End::Said(INCOMPLETE)) }
}

/// Asks the exchange for every record back to the first, or for the newest; with `shows_progress` it says on a line that it
/// writes over how far it is.
///
/// # Errors
/// The exchange does not answer, or the ledger takes nothing.
pub async fn read(
    all: bool,
    history: &History,
    (lang, shows_progress): (Lang, bool),
    err: &mut dyn Write,
) -> Result<(), End> {
    let failed = |stop| stopped(stop, lang);
    for flow in Flow::BOTH {
        if !all {
            history.read_newest(flow).await.map_err(failed)?;
            continue;
        }
        let tell = |progress: &Progress| {
            if shows_progress {
                let day = progress.oldest.map_or_else(String::new, Millis::exact);
                let values = [("held", progress.held.to_string()), ("day", day)];
                let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let _ = write!(err, "\r{} ", sanitize(&lang.fill("view.reading", &values)));
                let _ = err.flush();
            }
        };
        let done = history.read_all(flow, tell).await;
        if shows_progress {
            let _ = writeln!(err);
        }
        done.map_err(failed)?;
        history.read_open(flow).await.map_err(failed)?;
    }
    for order in history.take_reopened() {
        let _ = writeln!(err, "{}", sanitize(&words::reopened(&order, lang)));
    }
    Ok(())
}

/// What the ledger holds of the history.
#[derive(Debug)]
pub struct Held {
    /// The records, newest first.
    pub records: Vec<Record>,
    /// Whether it goes back to the first record of both ways.
    pub is_whole: bool,
    /// What is missing although it was read.
    pub missing: Missing,
}

/// What the ledger holds.
///
/// # Errors
/// The ledger cannot be read.
pub async fn held(history: &History, lang: Lang) -> Result<Held, End> {
    let read = history.with_ledger(|ledger| {
        let mut records = ledger.records(Flow::In)?;
        records.extend(ledger.records(Flow::Out)?);
        records.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.key.cmp(&b.key)));
        let mut is_whole = true;
        for flow in Flow::BOTH {
            is_whole &= ledger.gaps(flow)?.is_some_and(|gaps| gaps.is_empty());
        }
        Ok(Held { records, is_whole, missing: ledger.missing()? })
    });
    read.await.map_err(|stop| stopped(stop, lang))
}

/// Why reading stopped, in words.
pub fn why_stopped(stop: HistoryError, lang: Lang) -> Failure {
    match stop {
        HistoryError::Exchange(problem) => Failure::of_read(&problem, lang),
        HistoryError::Ledger(why) => {
            let why = why.shown();
            Failure::new(lang, MACHINE, "cli.export.ledger", "cli.export.ledger_next", &[("why", &why)])
        }
    }
}

/// The end of a command whose reading stopped.
pub fn stopped(stop: HistoryError, lang: Lang) -> End {
    why_stopped(stop, lang).into()
}

/// There is a file already, which stays.
pub fn exists(path: &Path, lang: Lang) -> Failure {
    let place = path.display().to_string();
    Failure::new(lang, BAD_INPUT, "cli.export.exists", "cli.export.exists_next", &[("place", &place)])
}

/// The file could not be written.
pub fn not_written(path: &Path, why: &std::io::Error, lang: Lang) -> Failure {
    let (place, why) = (path.display().to_string(), why.to_string());
    let values = [("place", place.as_str()), ("why", why.as_str())];
    Failure::new(lang, MACHINE, "cli.export.not_written", "cli.export.not_written_next", &values)
}
