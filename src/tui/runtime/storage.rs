//! What the ledger keeps beside orders: the way of records, notes, filters, values, what happened; and the file of what is
//! taken along.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::Runtime;
use super::history::{stop_words, tell};
use crate::domain::address_book::AddressBook;
use crate::domain::export::ExportFormat;
use crate::domain::worth::Worth;
use crate::domain::{Condition, Millis, Record, RecordKey, UntrustedText};
use crate::engine::export;
use crate::engine::export::balances::ValuedBalance;
use crate::engine::history::HistoryError;
use crate::engine::ledger::Ledger;
use crate::platform::clock;
use crate::tui::effect::CoinNetwork;
use crate::tui::message::{Export, Message, RecordTimeline};

/// So many of the newest events are listed.
const EVENTS: u32 = 1_000;

impl Runtime {
    /// Reads the way of a record as it was seen; without a ledger nothing arrives.
    pub(super) fn read_steps(&mut self, record: Record) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            let timeline = history.with_ledger(move |ledger| {
                let steps = ledger.steps(&record.key)?.into_iter().map(|step| (step.status, step.at)).collect();
                let usual = ledger.usual_time(&record)?;
                let price = ledger.price(&record.key)?;
                Ok(RecordTimeline { key: record.key, steps, usual, price })
            });
            Some(Message::Steps(Box::new(timeline.await.ok()?)))
        });
    }

    /// Writes a file with what is known of the records.
    pub(super) fn export(&mut self, format: ExportFormat, path: &str, records: Vec<Record>, replace: bool) {
        let history = Arc::clone(&self.history);
        let settings = self.profile_context.as_ref().map(|context| &context.diagnostics.settings);
        let labels = settings.map(|settings| settings.labels.clone()).unwrap_or_default();
        let bookkeeping = settings.map(|settings| settings.bookkeeping.clone()).unwrap_or_default();
        let path = at_home(path);
        self.spawn(async move {
            let known = match history.lock().await.clone() {
                Some(history) => {
                    let known = move |ledger: &mut Ledger| {
                        Ok((ledger.record_facts()?, ledger.address_book(&labels, &[], false)?))
                    };
                    history.with_ledger(known).await
                }
                None => Ok((crate::engine::ledger::RecordFacts::default(), AddressBook::of_labels(&labels))),
            };
            let (facts, book) = match known {
                Ok(known) => known,
                Err(why) => return Message::Exported(Export::Failed(stop_words(&why))),
            };
            let bytes = move |bytes: &mut Vec<u8>| {
                let count = records.len();
                let known = export::Known { book: &book, facts: &facts };
                let left_out = export::write(format, records, known, &bookkeeping, bytes)?;
                Ok((count - left_out, left_out))
            };
            Message::Exported(written(path, replace, bytes).await)
        });
    }

    /// Writes a file of balances.
    pub(super) fn export_balances(
        &mut self,
        format: ExportFormat,
        path: &str,
        balances: Vec<ValuedBalance>,
        replace: bool,
    ) {
        let path = at_home(path);
        self.spawn(async move {
            let bytes = move |bytes: &mut Vec<u8>| {
                export::write_balances(format, &balances, bytes)?;
                Ok((balances.len(), 0))
            };
            Message::Exported(written(path, replace, bytes).await)
        });
    }

    /// Saves a filter, or saves it no more.
    pub(super) fn save_filter(&mut self, words: String, keep: bool) {
        let (history, now) = (Arc::clone(&self.history), clock::now());
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            let done = history.with_ledger(move |ledger| {
                ledger.save_filter(&words, keep, now)?;
                ledger.filters()
            });
            Some(Message::Filters(done.await.map_err(|why| stop_words(&why))))
        });
    }

    /// Reads what everything was worth.
    pub(super) fn read_worth(&mut self) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            Some(Message::Worth(history.with_ledger(|ledger| ledger.worth()).await.map_err(|why| stop_words(&why))))
        });
    }

    /// Reads how long withdrawals usually take; without a ledger nothing arrives.
    pub(super) fn read_usual_times(&mut self) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            let times = history.with_ledger(|ledger| ledger.usual_times()).await.ok()?;
            let place = |(coin, network, median, count)| (CoinNetwork { coin, network }, (median, count));
            Some(Message::UsualTimes(times.into_iter().map(place).collect()))
        });
    }

    /// Keeps what everything is worth. Where that fails, the next time may not.
    pub(super) fn keep_worth(&mut self, worth: Worth, prices: BTreeMap<UntrustedText, Decimal>) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            if let Err(why) = history.with_ledger(move |ledger| ledger.keep_worth(&worth, &prices)).await {
                tracing::error!("what everything is worth could not be kept: {why:?}");
            }
            None::<Message>
        });
    }

    /// Keeps a note on a record.
    pub(super) fn keep_note(&mut self, key: RecordKey, text: Option<UntrustedText>) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let done = match history.lock().await.clone() {
                Some(history) => {
                    let (key, text) = (key.clone(), text.clone());
                    history.with_ledger(move |ledger| ledger.set_note(&key, text.as_ref())).await
                }
                // It was there when the note was opened; the profile may have lost it since.
                None => Err(HistoryError::Ledger("no ledger".into())),
            };
            let failed = done.err().map(|why| stop_words(&why).shown().into_owned());
            Some(Message::Noted { key, text, failed })
        });
    }

    /// Notes a condition in the ledger, and tells of it if it is new.
    pub(super) fn note(&mut self, name: String, condition: Condition) {
        let (history, inbox) = (Arc::clone(&self.history), self.inbox.clone());
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            let now = history.now();
            match history.with_ledger(move |ledger| ledger.note_condition(&name, &condition, now)).await {
                Ok(()) => tell(&history, &inbox).await,
                Err(why) => tracing::error!("a condition could not be told: {why:?}"),
            }
            None::<Message>
        });
    }

    /// Reads what happened, the newest first.
    pub(super) fn read_events(&mut self) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            let always = (Millis(i64::MIN), Millis(i64::MAX));
            let found = history.with_ledger(move |ledger| ledger.events(always, EVENTS)).await;
            Some(Message::Events(found.map_err(|why| stop_words(&why))))
        });
    }

    /// News have reached the user.
    pub(super) fn mark_delivered(&mut self, events: Vec<i64>) {
        let (history, hooks) = (Arc::clone(&self.history), std::mem::take(&mut self.hooks));
        self.spawn(async move {
            // The user's own command may not have had it yet; where the program ends before, it is told again.
            for hook in hooks {
                hook.await.ok()?;
            }
            let history = history.lock().await.clone()?;
            if let Err(why) = history.mark_delivered(events).await {
                tracing::error!("news may be told again: {why:?}");
            }
            None::<Message>
        });
    }

    /// A condition is over.
    pub(super) fn forget(&mut self, name: String) {
        let history = Arc::clone(&self.history);
        self.spawn(async move {
            let history = history.lock().await.clone()?;
            if let Err(why) = history.with_ledger(move |ledger| ledger.forget(&name)).await {
                tracing::error!("the end of a condition could not be kept: {why:?}");
            }
            None::<Message>
        });
    }
}

/// Makes a file of what `bytes` fills in, which answers how much is in it and how much had no place.
async fn written(
    path: PathBuf,
    replace: bool,
    fill: impl FnOnce(&mut Vec<u8>) -> std::io::Result<(usize, usize)> + Send + 'static,
) -> Export {
    let shown = UntrustedText::from(path.to_string_lossy().into_owned());
    let work = move || -> std::io::Result<(usize, usize)> {
        let mut bytes = Vec::new();
        let counts = fill(&mut bytes)?;
        export::write_file(&path, &bytes, replace)?;
        Ok(counts)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok((count, left_out))) => Export::Done { path: shown, count, left_out },
        Ok(Err(why)) if why.kind() == std::io::ErrorKind::AlreadyExists => Export::Exists,
        Ok(Err(why)) => Export::Failed(UntrustedText::from(why.to_string())),
        Err(why) => Export::Failed(UntrustedText::from(why.to_string())),
    }
}

/// A path as people write it.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
