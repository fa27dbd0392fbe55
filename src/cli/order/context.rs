//! Everything that a command about orders has at hand, and where its ledger lies.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::cli::Options;
use crate::cli::failure::{BAD_INPUT, End, Failure, MACHINE, NETWORK};
use crate::domain::locale::Lang;
use crate::domain::{Millis, UntrustedText, text};
use crate::engine::config::{Environment, Settings, places};
use crate::engine::explain::Explanation;
use crate::engine::ledger::{self, KeyPlace, Ledger, LedgerError};
use crate::engine::orders::{Located, NotBegun, Orders, RetryPolicy, locate, words};
use crate::engine::session::{Mode, Session};
use crate::exchange::{BaseUrl, Client};
use crate::platform::clock;
use crate::platform::private::Scratch;
use crate::platform::signals::{ENDING, Signals};

/// Whether a command may begin a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It works with one that is there, and without one.
    Existing,
    /// It begins one where there is none.
    Begin,
}

/// What a command about orders works with.
pub struct CommandContext<'a> {
    /// The exchange.
    pub client: Client,
    /// The account's orders; `None` where there is no ledger and none may be begun.
    pub orders: Option<Orders>,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Language of everything that is said.
    pub lang: Lang,
    /// Whether money is real.
    pub mode: Mode,
    /// Signals.
    pub interrupt: Signals,
    /// Standard output: the result.
    pub out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// Whether no line is written over.
    pub is_plain: bool,
    /// The embedded exchange lives as long as the command, where the command has begun it.
    _simulator: Option<crate::simulator::Simulator>,
    /// Last: the ledger in it is closed before it goes.
    _scratch: Option<Scratch>,
}

impl<'a> CommandContext<'a> {
    /// Opens the ledger of the session's account.
    ///
    /// # Errors
    /// A [`Failure`]: then nothing was sent.
    pub async fn open(
        session: Session,
        options: &Options,
        settings: &'a Settings,
        environment: Environment<'_>,
        streams: (&'a mut dyn Write, &'a mut dyn Write),
        (access, asks_money): (Access, bool),
    ) -> Result<Self, Failure> {
        let lang = settings.lang;
        let machine = |why: &dyn std::fmt::Display| {
            let why = UntrustedText::from(why.to_string());
            Failure::of_words(words::not_begun(&NotBegun::Ledger(why), lang), lang, MACHINE)
        };
        let interrupt = Signals::take(ENDING).map_err(|why| machine(&why))?;
        let (located, path) = if session.mode == Mode::Demo {
            // A demo has one ledger.
            (None, session.ledger.clone().ok_or_else(|| machine(&lang.t("cli.no_home")))?)
        } else {
            let dir = places::data_dir(options.data_dir.as_deref(), environment);
            let dir = dir.ok_or_else(|| machine(&lang.t("cli.no_home")))?;
            let place = key_place(&dir, session.client.base(), session.client.key().unwrap_or_default());
            if access == Access::Existing && place.has_none() {
                (None, place.path())
            } else {
                let writes = access == Access::Begin;
                let found = locate(&place, &session.client, RetryPolicy::default().prepare, writes).await;
                let found = found.map_err(|error| ledger_failure(&error, lang))?;
                let path = found.path().clone();
                (Some(found), path)
            }
        };
        if let (Some(Located::Unknown { problem, .. }), Access::Begin) = (&located, access) {
            // Orders of unknown outcome may stand in a ledger that only the account leads to.
            return Err(Failure::of_check(problem, lang));
        }
        let is_of_key = matches!(located, Some(Located::Key { .. }));
        // Of one that was set aside its successor tells.
        let has_damage = || ledger::has_damage(&path).map_err(|error| ledger_failure(&error, lang));
        let orders = if access == Access::Existing && !path.exists() && !has_damage()? {
            None
        } else {
            let ledger = Ledger::open(&path).map_err(|error| ledger_failure(&error, lang))?;
            let orders = Orders::new(session.client.clone(), ledger)
                .guarded_by(session.guards.clone())
                .of_account(settings.profile.uid.clone());
            Some(if is_of_key || matches!(located, Some(Located::Unknown { .. })) { orders.of_key() } else { orders })
        };
        let (out, err) = streams;
        if is_of_key && asks_money {
            let _ = writeln!(err, "{}", lang.t("form.key_alone"));
        }
        Ok(Self {
            client: session.client,
            orders,
            settings,
            lang,
            mode: session.mode,
            interrupt,
            out,
            err,
            is_plain: options.plain,
            _simulator: session.simulator,
            _scratch: session.scratch,
        })
    }

    /// One line on standard error, sanitized as a whole. A note is a courtesy: what counts is the exit code.
    pub fn say(&mut self, line: &str) {
        let _ = writeln!(self.err, "{}", text::sanitize(line));
        let _ = self.err.flush();
    }

    /// A question without a line end, or a line that is written over.
    pub fn ask(&mut self, line: &str) {
        let _ = write!(self.err, "{}", text::sanitize(line));
        let _ = self.err.flush();
    }

    /// Goes back to the start of the line.
    pub fn rewind(&mut self) {
        let _ = write!(self.err, "\r");
    }

    /// Waits for something that sends no money, unless a signal ends the command first.
    ///
    /// # Errors
    /// The signal came: 128 and its number is the exit code.
    pub async fn unless_interrupted<T>(&mut self, work: impl Future<Output = T>) -> Result<T, End> {
        tokio::select! {
            done = work => Ok(done),
            number = self.interrupt.next() => Err(End::Failure(interrupted(number, self.lang))),
        }
    }

    /// Notices what an earlier run left open, and says so.
    ///
    /// # Errors
    /// The ledger cannot be used.
    pub async fn recover_orphans(&mut self) -> Result<(), Failure> {
        let open = self.orders()?.recover_orphans().await.map_err(|why| self.ledger_failed(&why))?;
        if !open.is_empty() {
            self.say(&self.lang.fill("cli.order.open", &[("count", &open.len().to_string())]));
        }
        Ok(())
    }

    /// The orders, where the command has begun a ledger.
    ///
    /// # Errors
    /// There is no ledger; a command that needs one has opened it.
    pub fn orders(&self) -> Result<Orders, Failure> {
        self.orders.clone().ok_or_else(|| {
            let why = NotBegun::Ledger(UntrustedText::from("no ledger"));
            Failure::of_words(words::not_begun(&why, self.lang), self.lang, MACHINE)
        })
    }

    /// The exchange's time as far as it is known.
    pub fn exchange_now(&self) -> Millis {
        clock::now().plus(self.client.clock().offset_ms)
    }

    /// A ledger that could not be read or written; nothing was sent.
    pub fn ledger_failed(&self, why: &UntrustedText) -> Failure {
        Failure::of_words(words::not_begun(&NotBegun::Ledger(why.clone()), self.lang), self.lang, MACHINE)
    }
}

/// The place of a key's ledger.
pub fn key_place(data_dir: &Path, server: &BaseUrl, key: &str) -> KeyPlace {
    KeyPlace::new(data_dir, &server.origin(), &server.spellings(), key)
}

/// A signal ended the command before anything was sent.
pub fn interrupted(number: i32, lang: Lang) -> Failure {
    let code = u8::try_from(128 + number).unwrap_or(BAD_INPUT);
    Failure::new(lang, code, "cli.order.interrupted", "cli.order.interrupted_next", &[])
}

/// Why there is no ledger, and what to do.
fn ledger_failure(error: &LedgerError, lang: Lang) -> Failure {
    let failure = Failure::of_words(words::no_ledger(error, lang), lang, MACHINE);
    match error {
        LedgerError::Damaged { .. } => failure.with_next(lang.t("cli.order.damaged_next").to_owned()),
        _ => failure,
    }
}

/// Why an order was not begun, with the way on that a command has.
pub fn not_begun(why: &NotBegun, lang: Lang) -> Failure {
    use crate::cli::failure::{KEY, UNKNOWN};
    use crate::engine::explain::exit_code;
    let code = match why {
        NotBegun::SameUnsettled(_) => UNKNOWN,
        NotBegun::Busy => NETWORK,
        NotBegun::Ledger(_)
        | NotBegun::NotTaken(_)
        | NotBegun::NotReadBack(_)
        | NotBegun::NotHome
        | NotBegun::Damaged(_)
        | NotBegun::Missing(_)
        | NotBegun::Elsewhere(_)
        | NotBegun::DamagedOrder(_) => MACHINE,
        NotBegun::Unready(problem) => exit_code(problem, false),
        NotBegun::NoClock
        | NotBegun::WrongClock(_)
        | NotBegun::OtherAccount { .. }
        | NotBegun::AccountUntold
        | NotBegun::OtherKey(_) => KEY,
        NotBegun::NotResendable(_) | NotBegun::Faults(_) | NotBegun::Unconfirmed(_) | NotBegun::Configuration(_) => {
            BAD_INPUT
        }
    };
    let said: Explanation = words::not_begun(why, lang);
    let failure = Failure::of_words(said, lang, code);
    match why {
        NotBegun::SameUnsettled(order) => {
            failure.with_next(lang.fill("cli.order.same_next", &[("order", &order.id.0.to_string())]))
        }
        NotBegun::Damaged(_) | NotBegun::Missing(_) => failure.with_next(lang.t("cli.order.damaged_next").to_owned()),
        NotBegun::DamagedOrder(row) => {
            failure.with_next(lang.fill("cli.order.damaged_order_next", &[("order", &row.id.0.to_string())]))
        }
        _ => failure,
    }
}

/// How long a command looks for an outcome that is not known.
pub const LOOK_UP: Duration = Duration::from_secs(15);
