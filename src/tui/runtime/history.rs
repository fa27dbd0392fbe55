//! What the runtime does with the ledger's history: shows what earlier runs kept, keeps what loads bring, reads what is
//! missing, and tells what is news.

use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::domain::{Millis, Partial, Records, UntrustedText};
use crate::engine::config::SECRET_VARIABLE;
use crate::engine::history::{self, History, HistoryError, Progress};
use crate::engine::ledger::{Flow, Ledger};
use crate::platform::{clock, private};
use crate::tui::message::{HistoryRead, LedgerSnapshot, Loaded, Message};

/// Until the history is looked at again when nothing is missing, and until what is pending beyond the newest pages is read
/// again.
const NOTHING_MISSING: Duration = Duration::from_secs(60);
/// How long the user's own command may take.
const HOOK_PATIENCE: Duration = Duration::from_secs(10);
/// Until it is looked at again after it could not be read.
const AFTER_TROUBLE: Duration = Duration::from_secs(60);
/// Records of each way that are shown before all are read: more than the largest screen has lines.
const FIRST_LOOK: u32 = 200;
/// Bytes from which on opening a ledger and reading all of it would be felt.
const LARGE: u64 = 2 << 20;

/// What the first pages of a large ledger's tables show, before it is looked through; `None` where opening it is as fast.
pub(super) fn first_look(path: &Path) -> Option<LedgerSnapshot> {
    if std::fs::metadata(path).ok()?.len() < LARGE {
        return None;
    }
    let kept = kept(&mut Ledger::open_read_only(path)?, |ledger, flow| ledger.newest_records(flow, FIRST_LOOK)).ok()?;
    // What is not there yet is missing, as far as the screen knows.
    Some(LedgerSnapshot { is_whole: [false; 2], ..kept })
}

/// All that the ledger holds of earlier runs. The records lie in nameless files beside it, not in memory.
pub(super) fn all_kept(ledger: &mut Ledger, beside: &Path) -> rusqlite::Result<LedgerSnapshot> {
    kept(ledger, |ledger, flow| {
        let folder = private::folder_of(beside);
        let mut records = match tempfile::tempfile_in(folder) {
            Ok(file) => Records::in_file(file, folder.to_owned()),
            Err(_) => Records::default(),
        };
        ledger.every_record(flow, &mut records)?;
        Ok(records)
    })
}

/// What the ledger holds of earlier runs, with these records.
fn kept(
    ledger: &mut Ledger,
    records: impl Fn(&Ledger, Flow) -> rusqlite::Result<Records>,
) -> rusqlite::Result<LedgerSnapshot> {
    let [incoming, outgoing] = Flow::BOTH;
    let read =
        |flow| Ok::<_, rusqlite::Error>(ledger.fact(read_fact(flow))?.and_then(|at| at.parse().ok()).map(Millis));
    let is_whole = |flow| Ok::<_, rusqlite::Error>(ledger.gaps(flow)?.is_some_and(|gaps| gaps.is_empty()));
    Ok(LedgerSnapshot {
        records: [records(ledger, incoming)?, records(ledger, outgoing)?],
        read: [read(incoming)?, read(outgoing)?],
        is_whole: [is_whole(incoming)?, is_whole(outgoing)?],
        balances: ledger.balances()?,
        notes: ledger.notes()?,
        conflicts: ledger.conflicts()?,
        missing: ledger.missing()?,
        ordered: ledger.ordered_amounts()?,
        filters: ledger.filters()?,
        own: ledger.own_addresses()?,
        payments: ledger.payments()?,
    })
}

/// The fact that tells when a way's newest page was last read.
const fn read_fact(flow: Flow) -> &'static str {
    match flow {
        Flow::In => "read_in",
        Flow::Out => "read_out",
    }
}

/// Keeps what a load has brought; answers with what is now known of the history.
pub(super) async fn keep(
    history: &History,
    flow: Flow,
    loaded: Loaded,
    asked: Millis,
    inbox: &mpsc::Sender<Message>,
) -> Option<Message> {
    let now = clock::now();
    let (loaded, left_out) = match loaded {
        Loaded::Partly(found, left_out) => (*found, left_out),
        whole => (whole, Vec::new()),
    };
    let done = match loaded {
        Loaded::Records(found) => {
            let taken = history.take_newest(flow, Partial { found, left_out }, asked).await;
            let dated = history.with_ledger(move |ledger| ledger.set_fact(read_fact(flow), &now.0.to_string())).await;
            dated.and(taken).map(Some)
        }
        Loaded::Balances(Some(balances)) => {
            history.with_ledger(move |ledger| ledger.keep_balances(&balances, now)).await.map(|()| None)
        }
        Loaded::Addresses(own) => {
            history.with_ledger(move |ledger| ledger.remember_own(&own, now)).await.map(|()| None)
        }
        _ => Ok(None),
    };
    match done {
        Ok(None) => None,
        Ok(Some(progress)) => {
            tell(history, inbox).await;
            Some(history_read(progress))
        }
        Err(why) => {
            tracing::error!("what was read could not be kept: {why:?}");
            None
        }
    }
}

/// Runs a command with a line on its standard input and nothing of ours in its environment or on its terminal.
pub(super) async fn hook(words: &[String], line: &str) -> std::io::Result<()> {
    use tokio::io::AsyncWriteExt as _;
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let null = std::process::Stdio::null;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .env_remove(SECRET_VARIABLE)
        .stdin(std::process::Stdio::piped())
        .stdout(null())
        .stderr(null())
        .kill_on_drop(true)
        .spawn()?;
    let running = async {
        if let Some(mut input) = child.stdin.take() {
            input.write_all(line.as_bytes()).await?;
            input.write_all(b"\n").await?;
        }
        let end = child.wait().await?;
        if end.success() { Ok(()) } else { Err(std::io::Error::other(end.to_string())) }
    };
    tokio::time::timeout(HOOK_PATIENCE, running).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

/// Tells the app what is news, and which orders it has opened again.
pub(super) async fn tell(history: &History, inbox: &mpsc::Sender<Message>) {
    let reopened = history.take_reopened();
    if !reopened.is_empty() {
        let _ = inbox.send(Message::Reopened(reopened)).await;
    }
    match history.news().await {
        Ok(news) if news.is_empty() => {}
        Ok(news) => drop(inbox.send(Message::News(news)).await),
        Err(why) => tracing::error!("news could not be told: {why:?}"),
    }
}

fn history_read(progress: Progress) -> Message {
    let Progress { flow, changed, held, oldest, is_whole, conflicts, missing, ordered } = progress;
    let flow = usize::from(flow == Flow::Out);
    Message::HistoryRead(Box::new(HistoryRead { flow, changed, held, oldest, is_whole, conflicts, missing, ordered }))
}

/// Reads what is missing of the history, and again what is not final, as long as the program runs.
pub(super) async fn read_on(history: &History, inbox: &mpsc::Sender<Message>) {
    // A way that gives trouble rests, whatever the other one does.
    let mut rests_until = [None::<Instant>; 2];
    loop {
        let mut pause = NOTHING_MISSING;
        for (flow, rests_until) in Flow::BOTH.into_iter().zip(&mut rests_until) {
            if rests_until.is_some_and(|until| until > Instant::now()) {
                continue;
            }
            match history.read_older(flow).await {
                Ok(None) => {}
                Ok(Some(progress)) => {
                    pause = history::PACE;
                    tell(history, inbox).await;
                    if inbox.send(history_read(progress)).await.is_err() {
                        return;
                    }
                }
                Err(why) => {
                    tracing::error!("the history cannot be read further: {why:?}");
                    *rests_until = Some(Instant::now() + AFTER_TROUBLE);
                }
            }
        }
        if pause == history::PACE {
            tokio::time::sleep(pause).await;
            continue;
        }
        // A new gap ends the pause; what is pending waits for the whole of it.
        if tokio::time::timeout(pause, history.gap_found()).await.is_err() {
            read_open(history, inbox).await;
        }
    }
}

/// Reads again what is not final and older than the newest page.
async fn read_open(history: &History, inbox: &mpsc::Sender<Message>) {
    for flow in Flow::BOTH {
        let changed = match history.read_open(flow).await {
            Ok(changed) => changed,
            Err(why) => return tracing::error!("what is pending cannot be read: {why:?}"),
        };
        tell(history, inbox).await;
        if let Ok(progress) = history.progress(flow, changed).await {
            let _ = inbox.send(history_read(progress)).await;
        }
    }
}

/// Why the ledger did not do something, in its words.
pub(super) fn stop_words(why: &HistoryError) -> UntrustedText {
    match why {
        HistoryError::Ledger(words) => words.clone(),
        HistoryError::Exchange(problem) => UntrustedText::from(problem.endpoint),
    }
}
