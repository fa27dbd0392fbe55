//! The loop: waits for what happens, lets the app change, performs its wishes, draws when nothing waits.

pub mod welcome;

use std::io;
use std::time::Duration;

use color_eyre::eyre::WrapErr as _;
use crossterm::event::Event;
use ratatui::layout::Size;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::domain::UntrustedText;
use crate::engine::config::Settings;
use crate::engine::config::profile::Store;
use crate::engine::config::theme::Theme;
use crate::engine::diagnostics::{DiagnosticsInput, Terminal};
use crate::engine::notifications::Source;
use crate::engine::session::{Mode, Session};
use crate::platform::clock;
use crate::platform::signals::{self, CONTINUED, ENDING, SUSPEND, Signals};
use crate::platform::terminal::watch;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::runtime::{OrderingConfig, ProfileContext, Runtime};
use crate::tui::state::{AppConfig, DustFilter, Identity, OrderSettings, ProfileLine};
use crate::tui::terminal::input::Reader;
use crate::tui::terminal::{self, Input, Screen};
use crate::tui::view;

/// Messages that may wait for the app; beyond that, whoever sends waits.
const INBOX: usize = 1024;
/// At most so many messages are taken before the screen is drawn again.
const BURST: usize = 4096;

/// What else the dashboard knows of where it runs.
#[derive(Debug, Clone, Default)]
pub struct DashboardContext {
    /// All profiles of the configuration file.
    pub profiles: Vec<ProfileLine>,
    /// What a report must not repeat.
    pub private: Vec<String>,
    /// Whether the file has this profile, so that its account can be written down.
    pub remembers: bool,
    /// Whether the environment holds a secret that this profile does not use.
    pub stray_secret: bool,
}

/// What comes after the dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The shell.
    Leave,
    /// The dashboard of another profile.
    Switch(String),
}

/// How the loop ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// The user said so.
    Quit,
    /// The user wants another profile.
    Switch(String),
    /// A signal came.
    Signal(i32),
    /// Nobody is at the other end of the terminal any more.
    TerminalGone,
}

/// Runs the dashboard until the user, a signal or the terminal ends it.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub async fn dashboard(session: Session, settings: &Settings, around: DashboardContext) -> color_eyre::Result<Next> {
    let mut ending =
        Signals::take(ENDING.into_iter().chain([SUSPEND, CONTINUED])).wrap_err("signals cannot be handled")?;
    let mut screen = Screen::take(settings.mouse).wrap_err("the terminal cannot be set up")?;
    terminal::install_panic_hook();
    let mut input = Reader::open().wrap_err("the terminal cannot be read")?;
    let theme = theme(settings, &mut screen, &mut input).await.wrap_err("the terminal cannot be asked")?;
    let size = terminal::size().unwrap_or(Size::new(80, 24));
    let profile_context = profile_context(&session, settings, &around);
    let mut app = App::new(app_config(&session, settings, around), clock::now(), size);
    let (send, inbox) = mpsc::channel(INBOX);
    let ordering = (!settings.read_only).then_some(OrderingConfig {
        ledger: session.ledger,
        uid: session.profile.uid,
        guards: session.guards,
    });
    let mut runtime =
        Runtime::new(session.client, send, ordering).with_profile(profile_context).with_place(session.place);
    runtime.open_history();
    let scratch = session.scratch;
    let gone = watch();
    let end = tokio::select! {
        end = run(&mut app, &theme, &mut screen, &mut input, inbox, &mut runtime, &mut ending) => end,
        _ = gone => Ok(End::TerminalGone),
    };
    drop(screen);
    // A demo's ledger goes before a signal ends everything.
    drop(scratch);
    match end {
        Ok(End::Quit) => {
            // The process ends: taking a long history apart piece by piece would only keep the user waiting.
            std::mem::forget(app);
            Ok(Next::Leave)
        }
        Ok(End::Switch(profile)) => Ok(Next::Switch(profile)),
        Ok(End::Signal(number)) => {
            // Whoever sent the signal shall see that it was the signal that ended the program.
            signals::obey(number).wrap_err("the signal could not be passed on")?;
            Ok(Next::Leave)
        }
        Ok(End::TerminalGone) => std::process::exit(128 + 1),
        Err(error) => Err(error).wrap_err("the terminal cannot be written to"),
    }
}

/// The theme that the settings name. For `auto` the terminal is asked what it draws on, and then where its cursor is: one that
/// does not know the first question answers the second at once.
async fn theme(settings: &Settings, screen: &mut Screen, input: &mut Reader) -> io::Result<Theme> {
    if let Some(theme) = settings.theme_file.clone().or_else(|| Theme::named(settings.theme.into())) {
        return Ok(theme);
    }
    screen.ask_background()?;
    screen.ask(0)?;
    Ok(Theme::auto(input.background().await?, |name| std::env::var(name).ok()))
}

/// What the runtime knows of the profile and the machine.
fn profile_context(session: &Session, settings: &Settings, around: &DashboardContext) -> ProfileContext {
    let is_demo = session.mode == Mode::Demo;
    let store = session.profile.store.as_ref().map(|store| store.words(settings.lang));
    let mut settings = settings.clone();
    settings.base_url = session.client.base().clone();
    settings.futures_url = Some(session.client.futures_base().clone());
    settings.profile = session.profile.clone();
    let diagnostics = DiagnosticsInput {
        lang: settings.lang,
        mistake: None,
        config: session.config.clone().filter(|_| !is_demo),
        client: Some(session.client.clone()),
        proxy_fault: None,
        no_key: None,
        store: store.filter(|_| !is_demo),
        stray_secret: around.stray_secret,
        ledger: session.ledger.clone(),
        terminal: Terminal::of(|name| std::env::var(name).ok()),
        settings,
    };
    ProfileContext { profile: session.profile.clone(), config: session.config.clone(), diagnostics }
}

fn identity(session: &Session, settings: &Settings, around: DashboardContext) -> Identity {
    let profile = &session.profile;
    let store = profile.store.as_ref();
    Identity {
        band: profile.band,
        uid: profile.uid.clone(),
        origin: Source::of(&profile.name, None, session.client.base()).origin,
        remembers: around.remembers,
        store: UntrustedText::from(store.map(|store| store.words(settings.lang)).unwrap_or_default()),
        via: settings.network.proxy_of(session.client.base()).map(UntrustedText::from),
        can_lock: store.is_some_and(Store::can_be_asked_again),
        asks_passphrase: matches!(store, Some(Store::File(_))),
        lock_after_ms: settings.lock_after.and_then(|after| i64::try_from(after.as_millis()).ok()),
        // A demo has no store to ask.
        recheck: settings.recheck && session.mode == Mode::Live,
        private: around.private,
        profiles: around.profiles,
    }
}

fn app_config(session: &Session, settings: &Settings, around: DashboardContext) -> AppConfig {
    let mut chance = [0_u8; 8];
    // Without a random source retries are merely not spread.
    let _ = getrandom::fill(&mut chance);
    let base = session.client.base();
    let is_the_exchange = base.to_string() == crate::exchange::EXCHANGE;
    AppConfig {
        profile: UntrustedText::from(session.profile.name.as_str()),
        mode: session.mode,
        read_only: settings.read_only,
        host: (session.mode == Mode::Live && !is_the_exchange).then(|| UntrustedText::from(base.host())),
        lang: settings.lang,
        unit: settings.unit.clone(),
        dust: settings.dust,
        dust_filter: if settings.hide_zero { DustFilter::HideDust } else { DustFilter::All },
        refresh: i64::try_from(settings.refresh.as_millis()).unwrap_or(i64::MAX),
        chance: chance[0],
        order_settings: OrderSettings {
            chance: u64::from_be_bytes(chance),
            limits: settings.limits.clone(),
            order_delay_ms: i64::try_from(settings.order_delay.as_millis()).unwrap_or(i64::MAX),
            labels: settings.labels.clone(),
        },
        identity: identity(session, settings, around),
        keymap: settings.keymap.clone(),
        columns: settings.columns.clone(),
        notifications: settings.notifications.clone(),
        explorers: settings.explorers.clone(),
        futures_coins: settings.futures_coins.clone(),
    }
}

async fn run(
    app: &mut App,
    theme: &Theme,
    screen: &mut Screen,
    input: &mut Reader,
    mut inbox: mpsc::Receiver<Message>,
    runtime: &mut Runtime,
    signals: &mut Signals,
) -> io::Result<End> {
    let mut ticker = tokio::time::interval(Duration::from_secs(1));
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Whether this terminal answers at all is found out with the first picture.
    let mut ask = Some(0);
    loop {
        let next = tokio::select! {
            biased;
            number = signals.next() => {
                if !stopped(number, screen)? {
                    return Ok(End::Signal(number));
                }
                Some(Message::Resumed)
            }
            event = input.next() => match event {
                Ok(event) => to_message(event, screen),
                Err(_) => return Ok(End::TerminalGone),
            },
            message = inbox.recv() => message,
            _ = ticker.tick() => Some(Message::Tick(clock::now())),
        };
        let mut waiting = next;
        let mut taken = 0;
        loop {
            if let Some(message) = waiting.take()
                && let Some(end) = perform(app.update(message), screen, runtime, app, signals, &mut ask)?
            {
                return Ok(end);
            }
            taken += 1;
            if taken >= BURST {
                break;
            }
            // Whatever waits already.
            waiting = tokio::select! {
                biased;
                event = input.next() => match event {
                    Ok(event) => to_message(event, screen),
                    Err(_) => return Ok(End::TerminalGone),
                },
                message = inbox.recv() => message,
                () = std::future::ready(()) => break,
            };
        }
        // Terminals that are resized quickly do not tell every size; the last one must be known before it is drawn on.
        let size = terminal::size()?;
        if size != app.size() {
            app.update(Message::Resized(size));
        }
        screen.draw(size, |frame| view::draw(app, theme, frame))?;
        if let Some(number) = ask.take() {
            screen.ask(number)?;
        }
    }
}

fn perform(
    effects: Vec<Effect>,
    screen: &mut Screen,
    runtime: &mut Runtime,
    app: &mut App,
    signals: &mut Signals,
    ask: &mut Option<u32>,
) -> io::Result<Option<End>> {
    for effect in effects {
        match effect {
            // After the picture that the question is about.
            Effect::AskTerminal(number) => *ask = Some(number),
            Effect::CopyByTerminal(text) => {
                runtime.give_up_clipboard();
                let result = screen.copy(&text).map_err(|error| UntrustedText::from(error.to_string()));
                // Answering a copy wishes for nothing more.
                app.update(Message::Copied(result));
            }
            Effect::Unlock(proof) if runtime.asks_by_command() => {
                let lang = app.lang();
                let mut answer = None;
                // The command may ask on the terminal; it gets the whole of it.
                screen.step_aside(|| answer = Some(runtime.unlock_now(proof, lang, signals)))?;
                match answer {
                    Some(Ok(answer)) => drop(app.update(answer)),
                    Some(Err(number)) => return Ok(Some(End::Signal(number))),
                    None => {}
                }
            }
            Effect::Notify { channels, text, lines } => {
                let told = Effect::Notify { channels: channels.clone(), text: text.clone(), lines };
                runtime.perform(told, app.exchange_now(), app.lang());
                screen.notify(&channels, &text)?;
            }
            Effect::Switch(profile) => return Ok(Some(End::Switch(profile))),
            Effect::Suspend => {
                suspend(screen)?;
                app.update(Message::Resumed);
            }
            Effect::Repaint => {
                // For the tests of what a panic does and may tell; a release has no such door.
                if cfg!(debug_assertions) {
                    panic_where_asked(screen)?;
                }
                screen.repaint()?;
            }
            Effect::Quit => return Ok(Some(End::Quit)),
            other => runtime.perform(other, app.exchange_now(), app.lang()),
        }
    }
    Ok(None)
}

/// Panics here, in a task or while drawing, as a test asks by the environment.
#[expect(clippy::disallowed_methods, reason = "a task whose panic is nobody's to take")]
fn panic_where_asked(screen: &mut Screen) -> io::Result<()> {
    let Some(place) = std::env::var_os("WALLET_TUI_TEST_PANIC") else { return Ok(()) };
    let go = || debug_assert!(false, "a panic was asked for");
    match place.to_str() {
        Some("task") => drop(tokio::spawn(async move { go() })),
        Some("draw") => {
            screen.terminal.draw(|_| go())?;
        }
        _ => go(),
    }
    Ok(())
}

/// What the terminal sent, as a message; `None` for an answer that nobody waits for.
fn to_message(input: Input, screen: &mut Screen) -> Option<Message> {
    Some(match input {
        Input::CursorAt(line, column) => Message::Shown(screen.answered((line, column))?),
        // It came too late to begin with.
        Input::Background(_) => return None,
        Input::Event(Event::Key(key)) => Message::Key(key),
        Input::Event(Event::Mouse(mouse)) => Message::Mouse(mouse),
        Input::Event(Event::Paste(text)) => Message::Paste(text),
        Input::Event(Event::Resize(width, height)) => Message::Resized(Size::new(width, height)),
        Input::Event(Event::FocusGained) => Message::Focus(true),
        Input::Event(Event::FocusLost) => Message::Focus(false),
    })
}

/// What a signal does that is about stopping and going on; false for one that ends the program. A stop that was not heard of
/// (SIGSTOP) is known by its end alone: somebody else had the terminal meanwhile.
fn stopped(number: i32, screen: &mut Screen) -> io::Result<bool> {
    match number {
        SUSPEND => suspend(screen)?,
        CONTINUED => screen.take_again()?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Gives the terminal to the shell and stops, until the shell lets the program go on.
fn suspend(screen: &mut Screen) -> io::Result<()> {
    if !signals::has_shell() {
        return Ok(());
    }
    screen.step_aside(|| {
        // When it cannot be stopped it simply goes on.
        let _ = signals::obey(SUSPEND);
    })
}
