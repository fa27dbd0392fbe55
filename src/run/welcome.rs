//! The loop of the first screen: keys, and one check after the other in the background.

use std::io;

use crossterm::event::Event;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;
use zeroize::Zeroize as _;

use super::{suspend, watch_terminal};
use crate::api::Credentials;
use crate::app::welcome::{Welcome, Wish};
use crate::cli::connect::trouble_words;
use crate::cli::login::{Kept, keep_checked};
use crate::explain::Explanation;
use crate::locale::Lang;
use crate::secret::SHORTEST_PASSPHRASE;
use crate::settings::Settings;
use crate::settings::profile::{Profile, StoreName, is_key};
use crate::signals::{ENDING, SUSPEND, Signals};
use crate::terminal::input::Reader;
use crate::terminal::{self, Input, Screen};
use crate::theme::Theme;
use crate::view;

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

/// Asks for a key until one is stored, or the user wants something else.
///
/// # Errors
/// When the terminal cannot be set up or written to.
pub async fn welcome(settings: &Settings, kept: Kept) -> io::Result<Greeted> {
    let mut signals = Signals::take(ENDING.into_iter().chain([SUSPEND]))?;
    let theme = settings.theme_file.clone().or_else(|| Theme::named(settings.theme.into())).unwrap_or_default();
    let mut screen = Screen::take(false)?;
    terminal::install_panic_hook();
    let gone = watch_terminal();
    let end = tokio::select! {
        end = run(settings, kept, &theme, &mut screen, &mut signals) => end,
        _ = gone => std::process::exit(128 + 1),
    };
    drop(screen);
    end
}

async fn run(
    settings: &Settings,
    kept: Kept,
    theme: &Theme,
    screen: &mut Screen,
    signals: &mut Signals,
) -> io::Result<Greeted> {
    let lang = settings.lang;
    let mut form = Welcome::new(&settings.profile.name, &settings.base_url.to_string());
    let mut input = Reader::open()?;
    let (send, mut answers) = mpsc::channel::<Result<Credentials, Explanation>>(1);
    loop {
        screen.draw(terminal::size()?, |frame| view::welcome::draw(&form, lang, theme, frame))?;
        let wish = tokio::select! {
            biased;
            number = signals.next() => {
                if number == SUSPEND {
                    suspend(screen)?;
                    continue;
                }
                return Ok(Greeted::Signal(number));
            }
            event = input.next() => match event {
                Ok(Input::Event(Event::Key(key))) => form.key(key),
                Ok(Input::Event(Event::Paste(mut text))) => {
                    form.paste(&text);
                    text.zeroize();
                    None
                }
                Ok(_) => None,
                Err(_) => return Ok(Greeted::Left),
            },
            answer = answers.recv() => match answer {
                Some(Ok(credentials)) => return Ok(Greeted::Stored(credentials)),
                Some(Err(said)) => {
                    form.failed(said);
                    None
                }
                None => None,
            },
        };
        match wish {
            None => {}
            Some(Wish::Leave) => return Ok(Greeted::Left),
            Some(Wish::Demo) => return Ok(Greeted::Demo),
            Some(Wish::Repaint) => screen.repaint()?,
            Some(Wish::Check) => match typed(&form, lang) {
                Err(said) => form.failed(said),
                Ok((credentials, passphrase)) => {
                    (form.is_checking, form.said) = (true, None);
                    let (settings, kept, send) = (settings.clone(), kept.clone(), send.clone());
                    let store = form.store;
                    #[expect(clippy::disallowed_methods, reason = "this is a loop of its own, like run.rs")]
                    tokio::spawn(async move {
                        let done =
                            keep_checked(&settings, &kept, &credentials, store, passphrase).await.map(|()| credentials);
                        // The form is gone when the user left meanwhile.
                        let _ = send.send(done.map_err(crate::cli::failure::Failure::words)).await;
                    });
                }
            },
        }
    }
}

/// What was typed, as far as it can be judged without asking anybody.
fn typed(form: &Welcome, lang: Lang) -> Result<(Credentials, Option<SecretString>), Explanation> {
    let least = SHORTEST_PASSPHRASE.to_string();
    let fail = |cause, next| {
        let values = [("least", least.as_str()), ("profile", form.profile.as_str())];
        Explanation { cause: lang.fill(cause, &values), next: lang.fill(next, &values) }
    };
    if !is_key(&form.key) {
        return Err(fail("cli.login.bad_key", "cli.login.bad_key_next"));
    }
    let secret = crate::secret::checked(form.secret.secret().expose_secret());
    let secret = secret.map_err(|why| trouble_words(&why, &Profile::bare(&form.profile), lang))?;
    let passphrase = (form.store == StoreName::File).then(|| form.passphrase.secret());
    if let Some(passphrase) = &passphrase {
        if form.passphrase.len() < SHORTEST_PASSPHRASE {
            return Err(fail("cli.login.short", "cli.login.short_next"));
        }
        if passphrase.expose_secret() != form.again.secret().expose_secret() {
            return Err(fail("cli.login.differ", "cli.login.differ_next"));
        }
    }
    Ok((Credentials { key: form.key.clone(), secret }, passphrase))
}
