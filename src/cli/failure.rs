//! What is said when a command does not work: the cause, then the next step, then an exit code.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use super::sentence::sentence;
use crate::domain::bookkeeping::BookTool;
use crate::domain::locale::Lang;
use crate::domain::{Problem, text};
use crate::engine::config::{DELAY_SECONDS, Fault, LOCK_MINUTES, REFRESH_SECONDS, SettingsError};
use crate::engine::explain::{Explanation, exit_code, explain};

/// Exit code of bad input.
pub const BAD_INPUT: u8 = 2;
/// Exit code of a no of the exchange's.
pub const REFUSED: u8 = 3;
/// Exit code of a network in the way, or of another order in the way.
pub const NETWORK: u8 = 5;
/// Exit code of an order that may have been executed.
pub const UNKNOWN: u8 = 6;
/// Exit code of everything about key and secret.
pub const KEY: u8 = 4;
/// Exit code of work that was done over less than everything: rows that cannot be read, a history that is not whole, an
/// exchange that contradicts itself.
pub const INCOMPLETE: u8 = 7;
/// Exit code of waiting that has lasted for as long as it was to.
pub const TIMED_OUT: u8 = 8;
/// Exit code of a machine in trouble: no port, no disk. None of the exchange's.
pub const MACHINE: u8 = 1;

/// Why a command ends without having done its work.
#[derive(Debug)]
pub enum End {
    /// Something to say.
    Failure(Failure),
    /// Standard output is gone or full.
    Output(io::Error),
    /// Everything was said already; the exit code.
    Said(u8),
    /// Everything was said already: more was to leave the futures side than can be moved out of it. Nothing was sent.
    AboveMovable,
}

impl End {
    /// Says what is not said yet, and gives the exit code.
    pub fn conclude(self, lang: Lang, err: &mut dyn Write) -> u8 {
        let failure = match self {
            // `wallet-tui … | head` is not an error.
            Self::Output(why) if why.kind() == io::ErrorKind::BrokenPipe => return 0,
            Self::Output(why) => {
                Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why.to_string())])
            }
            Self::Failure(failure) => failure,
            Self::Said(code) => return code,
            Self::AboveMovable => return BAD_INPUT,
        };
        tracing::error!(code = failure.code, "{}", failure.cause());
        // Without a place to complain the exit code says it alone.
        let _ = failure.write(err);
        failure.code
    }
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for End {
    fn from(why: io::Error) -> Self {
        Self::Output(why)
    }
}

/// A cause and a next step, in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    lang: Lang,
    cause: String,
    next: String,
    /// The program's exit code.
    pub code: u8,
}

impl Failure {
    /// A failure with both texts from the catalogue.
    pub fn new(lang: Lang, code: u8, cause: &'static str, next: &'static str, values: &[(&str, &str)]) -> Self {
        Self { lang, cause: lang.fill(cause, values), next: lang.fill(next, values), code }
    }

    /// A failure in words that are there already.
    pub fn of_words(said: Explanation, lang: Lang, code: u8) -> Self {
        Self { lang, cause: said.cause, next: said.next, code }
    }

    /// The same cause with another next step.
    #[must_use]
    pub fn with_next(self, next: String) -> Self {
        Self { next, ..self }
    }

    /// A read that did not work.
    pub fn of_read(problem: &Problem, lang: Lang) -> Self {
        let said = explain(problem, lang);
        Self { lang, cause: said.cause, next: said.next, code: exit_code(problem, false) }
    }

    /// A read that did not work while an order was being checked: no order has left.
    pub fn of_check(problem: &Problem, lang: Lang) -> Self {
        let read = Self::of_read(problem, lang);
        Self { cause: lang.fill("outcome.not_begun.unchecked.cause", &[("why", &read.cause)]), ..read }
    }

    /// A choice that cannot be used.
    pub fn of_settings(error: &SettingsError, lang: Lang) -> Self {
        let range = match error.fault {
            Fault::Delay(_) => DELAY_SECONDS,
            Fault::Lock(_) => LOCK_MINUTES,
            _ => REFRESH_SECONDS,
        };
        let (least, most) = (range.start().to_string(), range.end().to_string());
        let (cause, next, value, other) = words(&error.fault, lang);
        let values = [
            ("place", error.place.as_str()),
            ("value", value.as_str()),
            ("other", other.as_str()),
            ("least", &least),
            ("most", &most),
        ];
        Self::new(lang, BAD_INPUT, cause, next, &values)
    }

    /// The words alone.
    pub fn words(self) -> Explanation {
        Explanation { cause: self.cause, next: self.next }
    }

    /// The cause on one line, safe to print.
    pub fn cause(&self) -> Cow<'_, str> {
        text::sanitize(&self.cause)
    }

    /// Writes the two lines. Nothing in them is obeyed by a terminal; each stays one line, but on a terminal, where it is
    /// broken between words.
    ///
    /// # Errors
    /// When `to` cannot be written.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        for (key, said) in [("cli.error", &self.cause), ("cli.next", &self.next)] {
            let line = self.lang.fill(key, &[("text", said)]);
            let line = text::sanitize(&line);
            sentence(to, "", &line, io::stderr().is_terminal())?;
        }
        to.flush()
    }
}

/// The catalogue's keys of a fault, and the two values that its words are filled with.
fn words(fault: &Fault, lang: Lang) -> (&'static str, &'static str, String, String) {
    let none = String::new;
    match fault {
        Fault::Missing => ("cli.settings.missing", "cli.settings.missing_next", none(), none()),
        Fault::LeadsNowhere(target) => {
            ("cli.settings.leads_nowhere", "cli.settings.leads_nowhere_next", target.clone(), none())
        }
        Fault::NotReadable(why) => ("cli.settings.not_readable", "cli.settings.not_readable_next", why.clone(), none()),
        Fault::TooLarge => ("cli.settings.too_large", "cli.settings.too_large_next", none(), none()),
        Fault::NotUnderstood(why) => ("cli.settings.not_understood", "cli.settings.file_next", why.clone(), none()),
        Fault::UnknownKey(key, None) => ("cli.settings.unknown", "cli.settings.file_next", key.clone(), none()),
        Fault::UnknownKey(key, Some(meant)) => {
            ("cli.settings.unknown", "cli.settings.unknown_next", key.clone(), meant.clone())
        }
        Fault::OfAProfile(key) => ("cli.settings.of_a_profile", "cli.settings.of_a_profile_next", key.clone(), none()),
        Fault::OfTheFile(key) => ("cli.settings.of_the_file", "cli.settings.of_the_file_next", key.clone(), none()),
        Fault::ProfileName(name) => {
            ("cli.settings.profile_name", "cli.settings.profile_name_next", name.clone(), none())
        }
        Fault::NoProfile(name, known) if known.is_empty() => {
            ("cli.settings.no_profile", "cli.settings.no_profile_yet", name.clone(), none())
        }
        Fault::NoProfile(name, known) => {
            ("cli.settings.no_profile", "cli.settings.no_profile_next", name.clone(), known.clone())
        }
        Fault::WhichProfile(known) => {
            ("cli.settings.which_profile", "cli.settings.which_profile_next", known.clone(), none())
        }
        Fault::OneOf(word, known) => ("cli.settings.one_of", "cli.settings.one_of_next", word.clone(), known.clone()),
        Fault::Key => ("cli.settings.key", "cli.settings.key_next", none(), none()),
        Fault::OtherStore(store) => {
            ("cli.settings.other_store", "cli.settings.other_store_next", store.clone(), none())
        }
        Fault::NoCommand => ("cli.settings.no_command", "cli.settings.no_command_next", none(), none()),
        Fault::OtherFile(path, why) => {
            ("cli.settings.other_file", "cli.settings.other_file_next", path.clone(), why.clone())
        }
        Fault::Chord(word) => ("cli.settings.chord", "cli.settings.chord_next", word.clone(), none()),
        Fault::KeyConflict(conflict) => {
            let name = |action: crate::engine::config::keymap::Action| -> &'static str { action.into() };
            let [first, second] = conflict.actions;
            let both = format!("{}, {}", name(first), name(second));
            let where_ = format!("{:?}", conflict.context).to_lowercase();
            ("cli.settings.conflict", "cli.settings.conflict_next", format!("{} ({where_})", conflict.chord), both)
        }
        Fault::NoCoinColumn => ("cli.settings.no_coin", "cli.settings.no_coin_next", none(), none()),
        Fault::NothingToAsk => ("cli.settings.nothing_to_ask", "cli.settings.nothing_to_ask_next", none(), none()),
        Fault::Proxy => ("cli.settings.proxy", "cli.settings.proxy_next", none(), none()),
        Fault::ProxyVariable => ("cli.settings.proxy", "cli.settings.proxy_variable_next", none(), none()),
        Fault::ProxyExceptions => {
            ("cli.settings.proxy_exceptions", "cli.settings.proxy_exceptions_next", none(), none())
        }
        Fault::Explorer(page) => ("cli.settings.explorer", "cli.settings.explorer_next", page.clone(), none()),
        Fault::Hour(word) => ("cli.settings.hour", "cli.settings.hour_next", word.clone(), none()),
        Fault::Lock(number) => ("cli.settings.lock", "cli.settings.refresh_next", number.to_string(), none()),
        Fault::Lang(word) => ("cli.settings.lang", "cli.settings.lang_next", word.clone(), none()),
        Fault::Theme(word) => ("cli.settings.theme", "cli.settings.theme_next", word.clone(), none()),
        Fault::Unit => ("cli.settings.unit", "cli.settings.unit_next", none(), none()),
        Fault::Amount(word) => ("cli.settings.amount", "cli.settings.amount_next", word.clone(), none()),
        Fault::Address(word) => ("cli.settings.address", "cli.settings.address_next", word.clone(), none()),
        Fault::Receiver(word) => ("cli.settings.receiver", "cli.settings.receiver_next", word.clone(), none()),
        Fault::Account(word, tool) => {
            let next = match tool {
                BookTool::Hledger => "cli.settings.account_of_hledger",
                BookTool::Beancount => "cli.settings.account_of_beancount",
            };
            ("cli.settings.account", next, word.clone(), tool.to_string())
        }
        Fault::Refresh(number) | Fault::Delay(number) => {
            ("cli.settings.refresh", "cli.settings.refresh_next", number.to_string(), none())
        }
        Fault::BaseUrl(why) => {
            ("cli.settings.base_url", "cli.settings.base_url_next", lang.t(why.key()).to_owned(), none())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::BaseUrlError;

    fn said(failure: &Failure) -> String {
        let mut out = Vec::new();
        failure.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_failure_is_a_cause_and_a_next_step_on_two_lines() {
        let error =
            SettingsError { place: "c.toml:3:3".into(), fault: Fault::NotUnderstood("unknown\nkey\u{1b}[2J".into()) };
        let text = said(&Failure::of_settings(&error, Lang::En));
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.starts_with("error: c.toml:3:3: "), "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with("next: "), "{text}");
        assert!(!text.contains('\u{1b}'));
        assert!(said(&Failure::of_settings(&error, Lang::ZhCn)).starts_with("错误："));
    }

    #[test]
    fn every_fault_has_its_words_in_both_languages() {
        for lang in [Lang::En, Lang::ZhCn] {
            for fault in [
                Fault::Missing,
                Fault::LeadsNowhere("x".into()),
                Fault::NotReadable("why".into()),
                Fault::TooLarge,
                Fault::NotUnderstood("why".into()),
                Fault::Lang("x".into()),
                Fault::Theme("x".into()),
                Fault::UnknownKey("x".into(), None),
                Fault::UnknownKey("x".into(), Some("y".into())),
                Fault::OfAProfile("x".into()),
                Fault::OfTheFile("x".into()),
                Fault::ProfileName("x".into()),
                Fault::NoProfile("x".into(), String::new()),
                Fault::NoProfile("x".into(), "y".into()),
                Fault::WhichProfile("x, y".into()),
                Fault::OneOf("x".into(), "y, z".into()),
                Fault::Key,
                Fault::OtherStore("file".into()),
                Fault::NoCommand,
                Fault::OtherFile("x".into(), "why".into()),
                Fault::Chord("x".into()),
                Fault::KeyConflict(crate::engine::config::keymap::Conflict {
                    chord: "x".into(),
                    context: crate::engine::config::keymap::Context::Table,
                    actions: [crate::engine::config::keymap::Action::Quit, crate::engine::config::keymap::Action::Help],
                }),
                Fault::NoCoinColumn,
                Fault::NothingToAsk,
                Fault::Proxy,
                Fault::ProxyVariable,
                Fault::ProxyExceptions,
                Fault::Lock(1),
                Fault::Hour("x".into()),
                Fault::Explorer("x".into()),
                Fault::Unit,
                Fault::Amount("x".into()),
                Fault::Address("x".into()),
                Fault::Receiver("x".into()),
                Fault::Account("x".into(), BookTool::Hledger),
                Fault::Account("x".into(), BookTool::Beancount),
                Fault::Refresh(1),
                Fault::Delay(1),
                Fault::BaseUrl(BaseUrlError::User),
            ] {
                let text = said(&Failure::of_settings(&SettingsError { place: "P".into(), fault }, lang));
                assert!(!text.contains("cli.") && !text.contains('{'), "{text}");
                assert!(text.lines().next().unwrap().contains('P'), "{text}");
            }
        }
    }
}
