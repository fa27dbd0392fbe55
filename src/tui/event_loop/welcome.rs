//! The loop of the first screen: keys, and one check after the other in the background.

use std::io;

use crossterm::event::Event;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;
use zeroize::Zeroize as _;

use super::{stopped, theme};
use crate::domain::locale::Lang;
use crate::engine::config::Settings;
use crate::engine::config::profile::{Profile, SHORTEST_PASSPHRASE, StoreName, is_key};
use crate::engine::explain::Explanation;
use crate::engine::secrets;
use crate::exchange::Credentials;
use crate::platform::keyring_state::KeyringState;
use crate::platform::signals::{CONTINUED, ENDING, SUSPEND, Signals};
use crate::platform::terminal::watch;
use crate::tui::app::welcome::{Welcome, Wish};
use crate::tui::terminal::input::Reader;
use crate::tui::terminal::{self, Input, Screen};
use crate::tui::view;

/// How the first screen ended.
#[derive(Debug)]
pub enum Greeted {
    /// A key is stored, and known already: the dashboard can start.
    Stored(Credentials),
    /// The demo was chosen.
    Demo,
    /// The user left.
    Left,
    /// A signal came.
    Signal(i32),
}

/// What was typed.
#[derive(Debug)]
pub struct Typed {
    /// The key and its secret.
    pub credentials: Credentials,
    /// Where the secret shall be kept.
    pub store: StoreName,
    /// What a file is sealed with.
    pub passphrase: Option<SecretString>,
}

/// What comes back from the background.
enum Answer {
    /// Whether the key was checked and stored.
    Kept(Result<Credentials, Explanation>),
    /// How the keyring is.
    Keyring(Option<KeyringState>),
}

/// Asks for a key until one is stored, or the user wants something else. `keep` checks what was typed and stores it.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub async fn welcome<F>(settings: &Settings, keep: impl Fn(Typed) -> F) -> io::Result<Greeted>
where
    F: Future<Output = Result<Credentials, Explanation>> + Send + 'static,
{
    let mut signals = Signals::take(ENDING.into_iter().chain([SUSPEND, CONTINUED]))?;
    let mut screen = Screen::take(false)?;
    terminal::install_panic_hook();
    let gone = watch();
    let end = tokio::select! {
        end = run(settings, keep, &mut screen, &mut signals) => end,
        _ = gone => std::process::exit(128 + 1),
    };
    drop(screen);
    end
}

async fn run<F>(
    settings: &Settings,
    keep: impl Fn(Typed) -> F,
    screen: &mut Screen,
    signals: &mut Signals,
) -> io::Result<Greeted>
where
    F: Future<Output = Result<Credentials, Explanation>> + Send + 'static,
{
    let lang = settings.lang;
    let mut form = Welcome::new(&settings.profile.name, &settings.base_url.to_string());
    let mut input = Reader::open()?;
    let theme = theme(settings, screen, &mut input).await?;
    let (send, mut answers) = mpsc::channel::<Answer>(2);
    let looking = send.clone();
    #[expect(clippy::disallowed_methods, reason = "this is a loop of its own, like event_loop.rs")]
    tokio::spawn(async move {
        // The form is gone when the user left meanwhile.
        let _ = looking.send(Answer::Keyring(secrets::keyring_state().await)).await;
    });
    loop {
        screen.draw(terminal::size()?, |frame| view::welcome::draw(&form, lang, &theme, frame))?;
        let request = tokio::select! {
            biased;
            number = signals.next() => {
                if !stopped(number, screen)? {
                    return Ok(Greeted::Signal(number));
                }
                None
            }
            event = input.next() => match event {
                Ok(Input::Event(Event::Key(key))) => form.key(key),
                Ok(Input::Event(Event::Paste(mut text))) => {
                    form.paste(&text);
                    text.zeroize();
                    None
                }
                Ok(Input::Event(Event::Resize(..))) => Some(Wish::Repaint),
                Ok(_) => None,
                Err(_) => return Ok(Greeted::Left),
            },
            answer = answers.recv() => match answer {
                Some(Answer::Kept(Ok(credentials))) => return Ok(Greeted::Stored(credentials)),
                Some(Answer::Kept(Err(said))) => {
                    form.failed(said);
                    None
                }
                Some(Answer::Keyring(state)) => {
                    form.keyring_found(state.unwrap_or(KeyringState::Silent));
                    None
                }
                None => None,
            },
        };
        match request {
            None => {}
            Some(Wish::Leave) => return Ok(Greeted::Left),
            Some(Wish::Demo) => return Ok(Greeted::Demo),
            Some(Wish::Repaint) => screen.repaint()?,
            Some(Wish::Check) => match typed(&form, lang) {
                Err(said) => form.failed(said),
                Ok(typed) => {
                    (form.is_checking, form.said) = (true, None);
                    let (keeping, send) = (keep(typed), send.clone());
                    #[expect(clippy::disallowed_methods, reason = "this is a loop of its own, like event_loop.rs")]
                    tokio::spawn(async move {
                        // The form is gone when the user left meanwhile.
                        let _ = send.send(Answer::Kept(keeping.await)).await;
                    });
                }
            },
        }
    }
}

/// What was typed, as far as it can be judged without asking anybody.
fn typed(form: &Welcome, lang: Lang) -> Result<Typed, Explanation> {
    let least = SHORTEST_PASSPHRASE.to_string();
    let fail = |cause, next| {
        let values = [("least", least.as_str()), ("profile", form.profile.as_str())];
        Explanation { cause: lang.fill(cause, &values), next: lang.fill(next, &values) }
    };
    if !is_key(&form.key) {
        return Err(fail("cli.login.bad_key", "cli.login.bad_key_next"));
    }
    let secret = secrets::checked(form.secret.secret().expose_secret());
    let secret = secret.map_err(|why| why.words(&Profile::bare(&form.profile), lang))?;
    let passphrase = (form.store == StoreName::File).then(|| form.passphrase.secret());
    if let Some(passphrase) = &passphrase {
        if form.passphrase.len() < SHORTEST_PASSPHRASE {
            return Err(fail("cli.login.short", "cli.login.short_next"));
        }
        if passphrase.expose_secret() != form.again.secret().expose_secret() {
            return Err(fail("cli.login.differ", "cli.login.differ_next"));
        }
    }
    Ok(Typed { credentials: Credentials { key: form.key.clone(), secret }, store: form.store, passphrase })
}
