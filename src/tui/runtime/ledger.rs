//! Whose key it is, which ledger that leads to, and reading it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};

use super::{Runtime, history};
use crate::domain::rules::ordered_since;
use crate::domain::{DamagedOrder, Millis, UntrustedText};
use crate::engine::history::History;
use crate::engine::ledger::{KeyPlace, Ledger, LedgerError};
use crate::engine::orders::{GuardReader, Located, NotBegun, Orders, RetryPolicy, locate};
use crate::exchange::Client;
use crate::tui::message::{Damage, LedgerNews, Message};

/// Until the exchange is asked again whose key it is, or a ledger that could not be brought home is tried again.
const UNTIL_ASKED_AGAIN: Duration = Duration::from_secs(3);
/// Until what the key's own ledger holds is shown while nobody says whose key it is.
const UNTIL_KEPT_IS_SHOWN: Duration = Duration::from_millis(500);
/// The most moves that stand among the transfers.
const MOVES: u32 = 10_000;

impl Runtime {
    /// Opens the ledger if it is not, adopts what a program that ended left, and reads what is unsettled and was spent.
    pub(super) fn read_ledger(&mut self, since: Millis) {
        let (client, orders) = (self.client.clone(), Arc::clone(&self.orders));
        let path = self.ordering.as_ref().map(|ordering| ordering.ledger.clone());
        let uid = self.ordering.as_ref().and_then(|ordering| ordering.uid.clone());
        let guards = self.ordering.as_ref().map(|ordering| ordering.guards.clone()).unwrap_or_default();
        let (place, located, inbox) = (self.place.clone(), Arc::clone(&self.located), self.inbox.clone());
        self.spawn(async move {
            let news = match (path, place) {
                (None, _) => Err(UntrustedText::from("read-only")),
                (Some(None), _) => Err(UntrustedText::from("no place for it is known")),
                (Some(Some(path)), None) => news((client, guards), &orders, (path, false), uid, since).await,
                (Some(Some(_)), Some(place)) => match whose(&place, &client, &located, &inbox).await {
                    Ok(found) => {
                        let is_of_key = matches!(found, Located::Key { .. });
                        news((client, guards), &orders, (found.path().clone(), is_of_key), uid, since).await
                    }
                    Err(why) => Err(why),
                },
            };
            Message::Ledger(news.unwrap_or_else(LedgerNews::Shut))
        });
    }

    /// The user goes on without a damaged ledger that was set aside; then the ledger is read.
    pub(super) fn acknowledge_damage(&mut self, now: Millis) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let Some(open) = open else {
                return Message::Ledger(LedgerNews::Shut(UntrustedText::from("it is not open")));
            };
            let news = match open.acknowledge_damage().await {
                Ok(()) => read(&open, ordered_since(now)).await,
                Err(why) => Err(why),
            };
            Message::Ledger(news.unwrap_or_else(LedgerNews::Shut))
        });
    }

    /// The user has answered for a damaged row; then the ledger is read.
    pub(super) fn answer_for(&mut self, row: DamagedOrder, now: Millis) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let Some(open) = open else {
                return Message::Ledger(LedgerNews::Shut(UntrustedText::from("it is not open")));
            };
            let news = match open.answer_for(row).await {
                Ok(()) => read(&open, ordered_since(now)).await,
                Err(why) => Err(why),
            };
            Message::Ledger(news.unwrap_or_else(LedgerNews::Shut))
        });
    }

    /// Opens the ledger's history: what it holds arrives as one message, then what is read into it, window by window. Where
    /// it cannot be opened the dashboard works without.
    pub fn open_history(&mut self) {
        let path = self.profile_context.as_ref().and_then(|profile_context| profile_context.diagnostics.ledger.clone());
        let Some(mut path) = path else { return };
        let (client, shared, inbox) = (self.client.clone(), Arc::clone(&self.history), self.inbox.clone());
        let (place, located) = (self.place.clone(), Arc::clone(&self.located));
        self.tasks.spawn(async move {
            if let Some(place) = place {
                path = found_path(&place, &client, &located, &inbox).await;
            }
            // What the first pages show comes at once, all of a long history after a look at the whole ledger.
            let (there, beside) = (path.clone(), path.clone());
            if let Ok(Some(kept)) = tokio::task::spawn_blocking(move || history::first_look(&there)).await {
                drop(inbox.send(Message::Kept(Box::new(kept))).await);
            }
            let opened = tokio::task::spawn_blocking(move || open(&path)).await;
            let Ok(Ok(ledger)) = opened else { return };
            let history = History::new(client, ledger);
            *shared.lock().await = Some(history.clone());
            match history.with_ledger(move |ledger| history::all_kept(ledger, &beside)).await {
                Ok(kept) => drop(inbox.send(Message::Kept(Box::new(kept))).await),
                Err(why) => {
                    tracing::error!("the history cannot be read: {why:?}");
                    drop(inbox.send(Message::HistoryBroken(history::stop_words(&why))).await);
                }
            }
            history::read_on(&history, &inbox).await;
        });
    }
}

/// Waits until it is known whose key this is, and so which ledger is its account's; the app hears of it once.
async fn whose(
    place: &KeyPlace,
    client: &Client,
    located: &Mutex<Option<Located>>,
    inbox: &mpsc::Sender<Message>,
) -> Result<Located, UntrustedText> {
    loop {
        {
            let mut located = located.lock().await;
            if let Some(known) = &*located {
                return Ok(known.clone());
            }
            let found = locate(place, client, RetryPolicy::default().prepare, true).await;
            let uid = match found.as_ref().map_err(|why| UntrustedText::from(why.to_string()))? {
                Located::Account { uid, .. } => Some(Some(uid.clone())),
                Located::Key { .. } => Some(None),
                Located::Unknown { .. } => None,
            };
            if let (Some(uid), Ok(found)) = (uid, found) {
                *located = Some(found.clone());
                drop(inbox.send(Message::Bound(uid)).await);
                return Ok(found);
            }
        }
        tokio::time::sleep(UNTIL_ASKED_AGAIN).await;
    }
}

/// The same for the history, which waits as long as it takes, and shows meanwhile what the key's ledger holds.
async fn found_path(
    place: &KeyPlace,
    client: &Client,
    located: &Mutex<Option<Located>>,
    inbox: &mpsc::Sender<Message>,
) -> PathBuf {
    let kept = async {
        let path = place.path();
        let read = move || history::all_kept(&mut Ledger::open_read_only(&path)?, &path).ok();
        if let Ok(Some(kept)) = tokio::task::spawn_blocking(read).await {
            drop(inbox.send(Message::Kept(Box::new(kept))).await);
        }
    };
    let asked = whose(place, client, located, inbox);
    tokio::pin!(asked);
    // An index that knows answers at once, and then the ledger itself is opened.
    let mut found = tokio::select! {
        biased;
        found = &mut asked => Some(found),
        () = tokio::time::sleep(UNTIL_KEPT_IS_SHOWN) => None,
    };
    if found.is_none() {
        kept.await;
        found = Some(asked.await);
    }
    loop {
        match found {
            Some(Ok(found)) => return found.path().clone(),
            Some(Err(why)) => tracing::error!("the ledger cannot be opened: {}", why.shown()),
            None => {}
        }
        tokio::time::sleep(UNTIL_ASKED_AGAIN).await;
        found = Some(whose(place, client, located, inbox).await);
    }
}

async fn news(
    (client, guards): (Client, GuardReader),
    shared: &Mutex<Option<Orders>>,
    (path, is_of_key): (PathBuf, bool),
    uid: Option<UntrustedText>,
    since: Millis,
) -> Result<LedgerNews, UntrustedText> {
    let orders = {
        let mut shared = shared.lock().await;
        if let Some(open) = &*shared {
            open.clone()
        } else {
            let opened = tokio::task::spawn_blocking(move || open(&path)).await;
            let ledger = opened.map_err(|error| UntrustedText::from(error.to_string()))?;
            let ledger = ledger.map_err(|error| UntrustedText::from(error.to_string()))?;
            let orders = Orders::new(client, ledger).guarded_by(guards).of_account(uid);
            shared.insert(if is_of_key { orders.of_key() } else { orders }).clone()
        }
    };
    read(&orders, since).await
}

async fn read(orders: &Orders, since: Millis) -> Result<LedgerNews, UntrustedText> {
    let damage = match orders.damage().await? {
        Some(NotBegun::Damaged(path)) => {
            Some(Damage::SetAside(UntrustedText::from(path.to_string_lossy().into_owned())))
        }
        Some(NotBegun::Missing(missing)) => Some(Damage::Missing(missing)),
        _ => Some(orders.damaged_orders().await?).filter(|rows| !rows.is_empty()).map(Damage::Orders),
    };
    let unsettled = orders.recover_orphans().await?;
    let read = orders
        .with_ledger(move |ledger| Ok((ledger.spent_since(since)?, ledger.blocking_repeat()?, ledger.moves(MOVES)?)));
    let (ordered, unproven, moves) = read.await?;
    Ok(LedgerNews::Open { unsettled, ordered, unproven, damage, moves })
}

/// A damaged ledger is set aside when it is opened; the one that is begun in its place tells of it.
fn open(path: &Path) -> Result<Ledger, LedgerError> {
    match Ledger::open(path) {
        Err(LedgerError::Damaged { .. }) => Ledger::open(path),
        other => other,
    }
}
