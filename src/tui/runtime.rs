//! Performs effects: the only place that spawns. It never sees the app; a task ends by sending exactly one message.

mod history;
mod ledger;
mod loads;
mod orders;
mod storage;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::domain::locale::Lang;
use crate::domain::{Millis, UntrustedText};
use crate::engine::config::SECRET_VARIABLE;
use crate::engine::config::profile::{Profile, Store};
use crate::engine::config::write::{ProfileChange, change_profile};
use crate::engine::diagnostics::{self, DiagnosticsInput};
use crate::engine::explain::Explanation;
use crate::engine::history::History;
use crate::engine::ledger::KeyPlace;
use crate::engine::notifications::Channel;
use crate::engine::orders::{GuardReader, Located, Orders};
use crate::engine::secrets;
use crate::exchange::Client;
use crate::platform::desktop;
use crate::platform::process::PAGE_OPENER;
use crate::platform::signals::{self, CONTINUED, SUSPEND, Signals};
use crate::tui::clipboard::{self, Clipboard};
use crate::tui::effect::{Effect, Proof};
use crate::tui::message::{CopiedTo, Message};

/// How long the desktop may take.
const DESKTOP_TIMEOUT: Duration = Duration::from_secs(5);

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
            Effect::ExportBalances { format, path, balances, replace } => {
                self.export_balances(format, &path, balances, replace);
            }
            Effect::SaveFilter { words, keep } => self.save_filter(words, keep),
            Effect::ReadWorth => self.read_worth(),
            Effect::ReadUsualTimes => self.read_usual_times(),
            Effect::KeepWorth(worth, prices) => self.keep_worth(*worth, prices),
            Effect::KeepNote(key, text) => self.keep_note(key, text),
            Effect::Notify { channels, text, lines } => {
                self.run_hook(lines);
                if channels.contains(&Channel::Desktop) {
                    self.notify_desktop(text);
                }
            }
            Effect::Visit(page) => self.visit(page.raw().to_owned()),
            Effect::Note(name, condition) => self.note(name, condition),
            Effect::ReadEvents => self.read_events(),
            Effect::MarkDelivered(events) => self.mark_delivered(events),
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
                        SUSPEND | CONTINUED => {}
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
            let why = match tokio::time::timeout(DESKTOP_TIMEOUT, told).await {
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
            let null = std::process::Stdio::null;
            let [program, before @ ..] = PAGE_OPENER else { return None };
            let opened = tokio::process::Command::new(program)
                .args(before)
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

    /// Hands a text to this machine's clipboard; where there is none, or it does not take it, to tmux; where there is none either
    /// the app is told to ask the terminal.
    fn copy(&mut self, text: String) {
        let answer = self.clipboard.set(text.clone());
        self.spawn(async move {
            let taken = match answer {
                Some(answer) => matches!(tokio::time::timeout(clipboard::TIMEOUT, answer).await, Ok(Ok(Ok(())))),
                None => false,
            };
            if taken {
                Message::Copied(Ok(CopiedTo::Machine))
            } else if clipboard::copy_by_tmux(&text).await {
                Message::Copied(Ok(CopiedTo::Buffer))
            } else {
                Message::NoClipboard(text)
            }
        });
    }

    /// The machine's clipboard failed once: it is asked no more.
    pub const fn give_up_clipboard(&mut self) {
        self.clipboard.give_up();
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
