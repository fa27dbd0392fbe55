//! Performs effects: the only place that spawns. It never sees the app; a task ends by sending exactly one message.

mod desktop;
mod history;
mod storage;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::domain::locale::Lang;
use crate::domain::preflight::Snapshot;
use crate::domain::rules::ordered_since;
use crate::domain::{
    AskedBy, Consent, DamagedOrder, Millis, OrderId, Partial, Problem, Record, RecordKey, UntrustedText,
};
use crate::engine::config::SECRET_VARIABLE;
use crate::engine::config::profile::{Profile, Store};
use crate::engine::config::write::{ProfileChange, change_profile};
use crate::engine::diagnostics::{self, DiagnosticsInput};
use crate::engine::explain::Explanation;
use crate::engine::history::History;
use crate::engine::ledger::{Flow, KeyPlace, Ledger, LedgerError};
use crate::engine::notifications::Channel;
use crate::engine::orders::claims::ListedOrders;
use crate::engine::orders::{
    Decision, GuardReader, Located, NotBegun, NotDecided, Orders, Reading, RetryPolicy, locate,
};
use crate::engine::secrets;
use crate::exchange::{Client, endpoint};
use crate::platform::clock;
use crate::platform::signals::{self, SUSPEND, Signals};
use crate::tui::clipboard::{self, Clipboard};
use crate::tui::effect::Effect;
use crate::tui::effect::{Load, Proof};
use crate::tui::message::{CopiedTo, Damage, LedgerNews, Loaded, Message, Reply};
use crate::tui::state::remote::Generation;

/// Until the exchange is asked again whose key it is, or a ledger that could not be brought home is tried again.
const UNTIL_ASKED_AGAIN: Duration = Duration::from_secs(3);
/// Until what the key's own ledger holds is shown while nobody says whose key it is.
const UNTIL_KEPT_IS_SHOWN: Duration = Duration::from_millis(500);
/// The most orders that are listed.
const LISTED: u32 = 500;
/// The most moves that stand among the transfers.
const MOVES: u32 = 10_000;

/// What orders are made with. A read-only run has none.
#[derive(Debug)]
pub struct OrderingConfig {
    /// Where the ledger is; `None` when there is no place for one.
    pub ledger: Option<PathBuf>,
    /// The account that the profile belonged to when it was last looked at.
    pub uid: Option<UntrustedText>,
    /// What the configuration allows, read anew before each order.
    pub guards: GuardReader,
}

/// What the runtime knows of the profile and the machine.
#[derive(Debug, Clone)]
pub struct ProfileContext {
    /// The profile.
    pub profile: Profile,
    /// The configuration file, where there is one.
    pub config: Option<PathBuf>,
    /// What the doctor looks at.
    pub diagnostics: DiagnosticsInput,
}

/// What performs effects in the background.
#[derive(Debug)]
pub struct Runtime {
    client: Client,
    inbox: mpsc::Sender<Message>,
    /// They end with the runtime. Loads only read; an order that is cut off stands in the ledger as being sent, and the next
    /// start finds out what became of it.
    tasks: JoinSet<()>,
    ordering: Option<OrderingConfig>,
    orders: Arc<Mutex<Option<Orders>>>,
    clipboard: Clipboard,
    profile_context: Option<ProfileContext>,
    history: Arc<Mutex<Option<History>>>,
    /// Whose key it is, where the ledger is found by that.
    place: Option<KeyPlace>,
    located: Arc<Mutex<Option<Located>>>,
    /// Held while a notification is on its way to the desktop.
    desktop: Arc<Mutex<()>>,
    /// The ends of the user's commands that are having news which nobody has called told yet.
    hooks: Vec<oneshot::Receiver<()>>,
}

impl Runtime {
    /// A runtime that asks with `client` and answers to `inbox`; it orders only with an ordering configuration.
    pub fn new(client: Client, inbox: mpsc::Sender<Message>, ordering: Option<OrderingConfig>) -> Self {
        let (tasks, orders, clipboard) = (JoinSet::new(), Arc::default(), Clipboard::default());
        Self {
            client,
            inbox,
            tasks,
            ordering,
            orders,
            clipboard,
            profile_context: None,
            history: Arc::default(),
            place: None,
            located: Arc::default(),
            desktop: Arc::default(),
            hooks: Vec::new(),
        }
    }

    /// The same with what is known of the profile and the machine.
    #[must_use]
    pub fn with_profile(mut self, profile_context: ProfileContext) -> Self {
        self.profile_context = Some(profile_context);
        self
    }

    /// The same for a key whose account's ledger has to be found; nothing is ordered before it is known whose key it is.
    #[must_use]
    pub fn with_place(mut self, place: Option<KeyPlace>) -> Self {
        self.place = place;
        self
    }

    /// Performs an effect; `now` is the exchange's time. What is the terminal's to do, or ends the loop, is not for here.
    pub fn perform(&mut self, effect: Effect, now: Millis, lang: Lang) {
        match effect {
            Effect::Load { load, generation } => self.load(load, generation),
            Effect::ReadLedger { since } => self.read_ledger(since),
            Effect::ReadOrders => self.read_orders(),
            Effect::FindOrder(record) => self.find_order(record),
            Effect::AnswerForOrder(row) => self.answer_for(row, now),
            Effect::AcknowledgeDamage => self.acknowledge_damage(now),
            Effect::Order { consent, known } => self.order(consent, *known),
            Effect::Decide { order, decision } => self.decide(order, decision),
            Effect::Look { order } => self.look(order),
            Effect::Copy(text) => self.copy(text),
            Effect::Unlock(proof) => self.unlock(proof, lang),
            Effect::ReadSteps(record) => self.read_steps(*record),
            Effect::Export { format, path, records, replace } => self.export(format, &path, records, replace),
            Effect::SaveFilter { words, keep } => self.save_filter(words, keep),
            Effect::ReadWorth => self.read_worth(),
            Effect::KeepWorth(worth, prices) => self.keep_worth(*worth, prices),
            Effect::KeepNote(key, text) => self.keep_note(key, text),
            Effect::Notify { channels, text, lines } => {
                self.run_hook(lines);
                if channels.contains(&Channel::Desktop) {
                    self.notify_desktop(text);
                }
            }
            Effect::Visit(page) => self.visit(page.raw().to_owned()),
            Effect::Claim(name) => self.claim(name),
            Effect::MarkDelivered { steps, conditions } => self.mark_delivered(steps, conditions),
            Effect::Forget(name) => self.forget(name),
            Effect::Remember(uid) => self.remember(&uid),
            Effect::Doctor => self.examine(),
            Effect::AskTerminal(_)
            | Effect::CopyByTerminal(_)
            | Effect::Switch(_)
            | Effect::Suspend
            | Effect::Repaint
            | Effect::Quit => {}
        }
    }

    /// Asks the store of the secret again, and compares its answer with the secret in use; what that brings arrives as one
    /// message. A store that asks on the terminal must have it while this runs.
    fn unlock(&mut self, proof: Proof, lang: Lang) {
        let (client, profile_context) = (self.client.clone(), self.profile_context.clone());
        self.spawn(async move { Message::Unlocked(prove(&client, profile_context.as_ref(), proof, lang).await) });
    }

    /// The profile's store, where it is a command.
    pub fn asks_by_command(&self) -> bool {
        self.profile_context
            .as_ref()
            .is_some_and(|profile_context| matches!(profile_context.profile.store, Some(Store::Command(_))))
    }

    /// The same, and waits for it: for a store that needs the terminal. A signal that ends the program ends the waiting.
    ///
    /// # Errors
    /// The signal's number.
    pub fn unlock_now(&mut self, proof: Proof, lang: Lang, signals: &mut Signals) -> Result<Message, i32> {
        let (client, profile_context) = (self.client.clone(), self.profile_context.clone());
        let waiting = async {
            let mut asking = std::pin::pin!(prove(&client, profile_context.as_ref(), proof, lang));
            loop {
                tokio::select! {
                    answer = &mut asking => return Ok(Message::Unlocked(answer)),
                    number = signals.next() => match number {
                        // The terminal is the shell's already. When it cannot be stopped it simply goes on.
                        SUSPEND if signals::has_shell() => drop(signals::obey(SUSPEND)),
                        SUSPEND => {}
                        number => return Err(number),
                    },
                }
            }
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(waiting))
    }

    /// Writes down whose key the profile has. Where that fails it is asked again at the next start.
    fn remember(&mut self, uid: &UntrustedText) {
        let Some(profile_context) = &self.profile_context else { return };
        let Some(config) = profile_context.config.clone() else { return };
        let (name, change) = (
            profile_context.profile.name.clone(),
            ProfileChange { uid: Some(uid.raw().to_owned()), ..ProfileChange::default() },
        );
        self.tasks.spawn_blocking(move || {
            if let Err(why) = change_profile(&config, &name, &change) {
                tracing::error!("the account could not be written down: {why}");
            }
        });
    }

    /// Hands news to the user's own command, one run for each, one after the other. What it does is its own affair.
    fn run_hook(&mut self, lines: Vec<String>) {
        let words = self
            .profile_context
            .as_ref()
            .map(|profile_context| profile_context.diagnostics.settings.notifications.hook.clone())
            .unwrap_or_default();
        if words.is_empty() {
            return;
        }
        let (done, ends) = oneshot::channel();
        self.hooks.push(ends);
        self.spawn(async move {
            let mut failed = None;
            for line in lines {
                if let Err(why) = history::hook(&words, &line).await {
                    tracing::error!("the hook failed: {why}");
                    failed = Some(why);
                }
            }
            let _ = done.send(());
            failed.map(|why| Message::NoHook(UntrustedText::from(format!("{}: {why}", words[0]))))
        });
    }

    /// Hands news to the desktop; where there is none that takes it, the app hears of it.
    fn notify_desktop(&mut self, text: String) {
        // One that never answers holds one thread, not more and more of them.
        let Ok(turn) = Arc::clone(&self.desktop).try_lock_owned() else { return };
        self.spawn(async move {
            let told = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                desktop::notify(&text)
            });
            let why = match tokio::time::timeout(desktop::TIMEOUT, told).await {
                Ok(Ok(Ok(()))) => return None,
                Ok(Ok(Err(why))) => why,
                Ok(Err(why)) => why.to_string(),
                Err(why) => why.to_string(),
            };
            tracing::error!("the desktop takes no notification: {why}");
            Some(Message::NoDesktop(UntrustedText::from(why)))
        });
    }

    /// Opens a page in the user's browser, away from the terminal.
    fn visit(&mut self, page: String) {
        self.spawn(async move {
            let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
            let null = std::process::Stdio::null;
            let opened = tokio::process::Command::new(program)
                .arg(page)
                .env_remove(SECRET_VARIABLE)
                .stdin(null())
                .stdout(null())
                .stderr(null())
                .status()
                .await;
            let why = match opened {
                Ok(end) if end.success() => return None,
                Ok(end) => format!("{program}: {end}"),
                Err(why) => format!("{program}: {why}"),
            };
            Some(Message::NotVisited(UntrustedText::from(why)))
        });
    }

    /// Looks at the machine, the way to the exchange and the key; what was found arrives as one message.
    fn examine(&mut self) {
        let Some(profile_context) = self.profile_context.clone() else { return };
        self.spawn(async move { Message::Doctor(diagnostics::examine(&profile_context.diagnostics, |_| {}).await) });
    }

    /// Starts a load; its end arrives as one message. What it brings of the account is kept in the ledger afterwards.
    fn load(&mut self, load: Load, generation: Generation) {
        let (client, history, inbox) = (self.client.clone(), Arc::clone(&self.history), self.inbox.clone());
        self.spawn(async move {
            let asked = clock::now().plus(client.clock().offset_ms);
            let result = ask(&client, &load).await;
            let clock = client.clock();
            let kept = result.as_ref().ok().filter(|_| load.is_signed()).cloned();
            let is_newest = matches!(load, Load::Balances | Load::Incoming | Load::Outgoing | Load::Addresses(_));
            let flow = if load == Load::Incoming { Flow::In } else { Flow::Out };
            let reply = Message::Reply(Reply {
                load,
                generation,
                at: clock::now(),
                clock_offset: clock.known.then_some(clock.offset_ms),
                result,
            });
            let history = history.lock().await.clone();
            if let (Some(history), Some(kept), true) = (history, kept, is_newest) {
                // The screen first.
                let _ = inbox.send(reply).await;
                return history::keep(&history, flow, kept, asked, &inbox).await;
            }
            Some(reply)
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

    /// Hands a text to this machine's clipboard; where there is none, or it does not take it, the app is told to ask the
    /// terminal.
    fn copy(&mut self, text: String) {
        let answer = self.clipboard.set(text.clone());
        self.spawn(async move {
            let taken = match answer {
                Some(answer) => matches!(tokio::time::timeout(clipboard::TIMEOUT, answer).await, Ok(Ok(Ok(())))),
                None => false,
            };
            if taken { Message::Copied(Ok(CopiedTo::Machine)) } else { Message::NoClipboard(text) }
        });
    }

    /// The machine's clipboard failed once: it is asked no more.
    pub const fn give_up_clipboard(&mut self) {
        self.clipboard.give_up();
    }

    /// Opens the ledger if it is not, adopts what a program that ended left, and reads what is unsettled and was spent.
    fn read_ledger(&mut self, since: Millis) {
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

    /// Reads the ledger's newest orders, if it is open.
    fn read_orders(&mut self) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let found = match open {
                Some(orders) => orders.with_ledger(|ledger| ListedOrders::read(ledger, LISTED)).await,
                None => Err(UntrustedText::from("it is not open")),
            };
            Message::Orders(found)
        });
    }

    /// Finds the order that a record came of, if the ledger is open.
    fn find_order(&mut self, record: RecordKey) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let key = record.clone();
            let found = match open {
                Some(orders) => orders.with_ledger(move |ledger| ledger.order_of(&key)).await,
                None => Err(UntrustedText::from("it is not open")),
            };
            Message::OrderOf { record, found }
        });
    }

    /// The user goes on without a damaged ledger that was set aside; then the ledger is read.
    fn acknowledge_damage(&mut self, now: Millis) {
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
    fn answer_for(&mut self, row: DamagedOrder, now: Millis) {
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

    /// Writes an order down and sends it, once; how that ends arrives as one message.
    fn order(&mut self, consent: Consent, known: Snapshot) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            // Cloned out: a slow answer must not keep anybody from reading the ledger.
            let open = orders.lock().await.clone();
            let end = match open {
                Some(orders) => orders.place(consent, known, AskedBy::Screen).await,
                None => Err(NotBegun::Ledger(UntrustedText::from("it is not open"))),
            };
            Message::Ordered(Box::new(end))
        });
    }

    /// Looks once for what became of an order; what that brings arrives as one message.
    fn look(&mut self, order: OrderId) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let reading = match open {
                Some(orders) => orders.look(order).await,
                None => Reading::Ledger(UntrustedText::from("it is not open")),
            };
            Message::Looked { order, reading }
        });
    }

    /// Writes down what the user says of an order; whether that was taken arrives as one message.
    fn decide(&mut self, order: OrderId, decision: Decision) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let result = match open {
                Some(orders) => orders.decide(order, decision, UntrustedText::from("on the screen")).await,
                None => Err(NotDecided::Ledger(UntrustedText::from("it is not open"))),
            };
            Message::Decided { order, result }
        });
    }

    fn spawn<M: Into<Option<Message>>>(&mut self, task: impl Future<Output = M> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        let inbox = self.inbox.clone();
        self.tasks.spawn(async move {
            if let Some(message) = task.await.into() {
                // The loop is gone only when the program ends.
                let _ = inbox.send(message).await;
            }
        });
    }
}

/// Whether the store answers with the secret in use.
async fn prove(
    client: &Client,
    profile_context: Option<&ProfileContext>,
    proof: Proof,
    lang: Lang,
) -> Result<(), Explanation> {
    let Some(profile_context) = profile_context else { return Ok(()) };
    let (profile, key) = (&profile_context.profile, client.key().unwrap_or_default());
    let Some(store) = &profile.store else { return Ok(()) };
    let account = secrets::Account::of(profile, key);
    let asked = secrets::get(store, &account, proof.0, None).await;
    let found = asked.map_err(|why| why.words(profile, lang))?;
    if client.is_secret(&found) {
        return Ok(());
    }
    let text = |key| lang.t(key).to_owned();
    Err(Explanation { cause: text("lock.other_secret"), next: text("lock.other_secret_next") })
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
fn open(path: &std::path::Path) -> Result<Ledger, LedgerError> {
    match Ledger::open(path) {
        Err(LedgerError::Damaged { .. }) => Ledger::open(path),
        other => other,
    }
}

async fn ask(client: &Client, load: &Load) -> Result<Loaded, Problem> {
    use crate::domain::{IncomingFilter, OutgoingFilter};
    let incoming = |end| IncomingFilter { end, ..IncomingFilter::default() };
    let outgoing = |end| OutgoingFilter { end, ..OutgoingFilter::default() };
    Ok(match load {
        Load::Balances => match client.list_balances().await? {
            Some(balances) => loaded(balances, |balances| Loaded::Balances(Some(balances))),
            None => Loaded::Balances(None),
        },
        Load::Futures(coin) => Loaded::Futures(client.futures_balance(coin).await?.map(Box::new)),
        Load::Incoming => page(endpoint::INCOMING, client.list_incoming(&incoming(None)).await?)?,
        Load::Outgoing => page(endpoint::OUTGOING, client.list_outgoing(&outgoing(None)).await?)?,
        Load::OlderIncoming(end) => page(endpoint::INCOMING, client.list_incoming(&incoming(Some(*end))).await?)?,
        Load::OlderOutgoing(end) => page(endpoint::OUTGOING, client.list_outgoing(&outgoing(Some(*end))).await?)?,
        Load::User => Loaded::User(client.user_info().await?),
        Load::Coins => loaded(client.list_coins().await?, Loaded::Coins),
        Load::Rates => loaded(client.list_rates().await?, Loaded::Rates),
        Load::Price(coin) => Loaded::Price(client.last_price(coin).await?),
        Load::Addresses(place) => Loaded::Addresses(client.deposit_addresses(&place.coin, &place.network).await?),
    })
}

/// A list with what was left out of it.
fn loaded<T>(list: Partial<T>, form: impl FnOnce(T) -> Loaded) -> Loaded {
    let Partial { found, left_out } = list.map(form);
    if left_out.is_empty() { found } else { Loaded::Partly(Box::new(found), left_out) }
}

/// A page of records; one of which nothing can be read is no answer.
fn page(endpoint: &'static str, page: Partial<Vec<Record>>) -> Result<Loaded, Problem> {
    let page = page.some().map_err(|cause| Problem { endpoint, cause })?;
    Ok(loaded(page, Loaded::Records))
}
