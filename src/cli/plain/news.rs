//! What changes, for lines: read as `watch` reads it, under a name of its own, and each thing said once; so is trouble with the
//! connection, and its end.

use std::io::{self, Write};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::line;
use crate::cli::commands;
use crate::cli::export::why_stopped;
use crate::cli::failure::Failure;
use crate::cli::run_context::{Opened, RunContext};
use crate::cli::watch::{self, LONGEST_PAUSE};
use crate::domain::Event;
use crate::domain::locale::Lang;
use crate::engine::history::{History, HistoryError};
use crate::engine::ledger::Reader;
use crate::engine::notifications;
use crate::engine::orders::{Located, RetryPolicy, locate};

/// So many news at once are said one by one; of more only the newest, and how many there are.
const MOST: usize = 20;

/// Why nothing can be read just now.
pub enum Trouble {
    /// It is tried again.
    Passing(Failure),
    /// The key is refused, or there is no ledger: asking again does not help.
    Lasting(Failure),
}

/// The news of a session.
pub struct News<'a> {
    context: RunContext<'a>,
    opened: &'a Opened,
    /// Once the ledger of the account is known and open.
    history: Option<History>,
    /// What was said of the connection.
    trouble: Option<Failure>,
    is_over: bool,
    due: Instant,
    pause: Duration,
}

/// What is to be said.
#[derive(Default)]
pub struct Lines {
    trouble: Option<Failure>,
    is_back: bool,
    is_end: bool,
    events: Vec<Event>,
}

impl Lines {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.trouble.is_none() && !self.is_back && !self.is_end && self.events.is_empty()
    }
}

impl<'a> News<'a> {
    /// Nothing is read yet.
    pub fn new(context: RunContext<'a>, opened: &'a Opened) -> Self {
        let pause = opened.settings.refresh;
        Self { context, opened, history: None, trouble: None, is_over: false, due: Instant::now(), pause }
    }

    /// The language of everything that is said.
    pub const fn lang(&self) -> Lang {
        self.opened.settings.lang
    }

    /// Whether nothing is read any more.
    pub const fn is_over(&self) -> bool {
        self.is_over
    }

    /// The history, once it is open.
    pub const fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Reads at the next moment: something was ordered, perhaps.
    pub fn hurry(&mut self) {
        if !self.is_over && self.trouble.is_none() {
            self.due = Instant::now();
        }
    }

    /// Waits until it is time, and reads what is new. What breaks it off loses nothing.
    ///
    /// # Errors
    /// The [`Trouble`].
    pub async fn round(&mut self) -> Result<(), Trouble> {
        if self.is_over {
            std::future::pending::<()>().await;
        }
        sleep_until(self.due).await;
        let history = if let Some(history) = &self.history {
            history
        } else {
            let history = self.open().await?;
            self.history.insert(history)
        };
        watch::round(history).await.map_err(|stop| trouble_of(stop, self.opened.settings.lang))
    }

    /// Opens the account's ledger: not the one of the key, which cannot be brought home while it is in use.
    async fn open(&self) -> Result<History, Trouble> {
        let (session, lang) = (&self.opened.session, self.lang());
        let (path, uid) = if let Some(path) = &session.ledger {
            (path.clone(), None)
        } else {
            let place = commands::ledger_of(session, self.context, &self.opened.settings).map_err(Trouble::Lasting)?;
            let found = locate(&place, &session.client, RetryPolicy::default().prepare, true).await;
            match found.map_err(|why| Trouble::Passing(commands::shut(&why, lang)))? {
                Located::Unknown { problem, .. } => return Err(trouble_of(HistoryError::Exchange(problem), lang)),
                found => (found.path().clone(), place.known_uid()),
            }
        };
        let opened = commands::open_history(session, &path, uid, Reader::Plain, lang);
        opened.map(|(history, _)| history).map_err(Trouble::Lasting)
    }

    /// What a round has brought that is to be said. Events of it are claimed: [`Self::tell`] has to follow.
    pub async fn lines_of(&mut self, round: Result<(), Trouble>) -> Lines {
        let mut lines = Lines::default();
        let usual = self.opened.settings.refresh;
        let claimed = match (round, &self.history) {
            (Ok(()), Some(history)) => {
                self.pause = usual;
                watch::claim(history).await.map_err(|stop| trouble_of(stop, self.opened.settings.lang))
            }
            (Err(trouble), _) => Err(trouble),
            (Ok(()), None) => return lines,
        };
        match claimed {
            Ok(events) => {
                lines.is_back = self.trouble.take().is_some();
                lines.events = events;
            }
            Err(trouble) => {
                self.is_over = matches!(trouble, Trouble::Lasting(_));
                lines.is_end = self.is_over;
                let (Trouble::Passing(failure) | Trouble::Lasting(failure)) = trouble;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                if self.trouble.as_ref() != Some(&failure) {
                    self.trouble = Some(failure.clone());
                    lines.trouble = Some(failure);
                }
            }
        }
        self.due = Instant::now() + self.pause;
        lines
    }

    /// Says what is in the way, unless it was said already.
    pub fn say_trouble(&mut self, failure: Failure) {
        if self.trouble.as_ref() != Some(&failure) {
            // Without a place to complain the missing lines say it.
            let _ = failure.write(&mut io::stderr());
            self.trouble = Some(failure);
        }
    }

    /// Says it, and that it was said.
    ///
    /// # Errors
    /// Nobody reads it: then whoever comes next says it.
    pub async fn tell(&mut self, lines: Lines, out: &mut dyn Write) -> io::Result<()> {
        let lang = self.lang();
        if let Some(failure) = &lines.trouble {
            let _ = failure.write(&mut io::stderr());
        }
        if lines.is_end {
            line(out, lang.t("plain.no_news"))?;
        }
        if lines.is_back {
            line(out, lang.t("plain.back"))?;
        }
        let Some(history) = &self.history else { return out.flush() };
        let wanted: Vec<&Event> =
            lines.events.iter().filter(|event| self.opened.settings.notifications.takes(event)).collect();
        let done = write(&wanted, lang, out);
        // What nobody may have read is told again by the next run, and so is what could not be written down.
        let _ = watch::end_telling(history, &lines.events, done.is_ok()).await;
        done
    }
}

fn write(events: &[&Event], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let earlier = events.len().saturating_sub(MOST);
    if earlier > 0 {
        line(out, &lang.fill("plain.earlier", &[("count", &earlier.to_string())]))?;
    }
    for event in &events[earlier..] {
        let (time, words) = (event.at.exact(), notifications::words(event, lang));
        // A move has no id of its own at the exchange.
        let record = event.record().filter(|record| !record.key.kind.is_move());
        let id = record.map(|record| record.key.id.shown().into_owned());
        let key = if id.is_some() { "plain.news_of" } else { "plain.news" };
        let values = [("time", &*time), ("words", &words), ("id", id.as_deref().unwrap_or_default())];
        line(out, &lang.fill(key, &values))?;
    }
    out.flush()
}

fn trouble_of(stop: HistoryError, lang: Lang) -> Trouble {
    let is_lasting = matches!(&stop, HistoryError::Exchange(problem) if problem.is_about_the_key());
    let failure = why_stopped(stop, lang);
    if is_lasting { Trouble::Lasting(failure) } else { Trouble::Passing(failure) }
}
