//! The yes: typed on a terminal, or given by options where there is none. Enter alone is a no everywhere.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::time::sleep;

use super::Consent;
use super::context::CommandContext;
use crate::cli::failure::{BAD_INPUT, End, Failure};
use crate::domain::address_book::{Group, groups_of_four, is_middle_typed};
use crate::domain::locale::Lang;
use crate::domain::preflight::{is_amount_typed, is_network_typed, network_word};
use crate::domain::review::mask;
use crate::domain::rules::BALANCE_MAX_AGE_MS;
use crate::domain::{Amount, TypedWord, UntrustedText, line};
use crate::engine::config::Settings;
use crate::platform::terminal::{self, Answer, line_within};

/// The characters of an address that are typed apart from it.
const TAIL: usize = 6;
/// The longest line that is read as an answer, bytes.
const LONGEST: usize = 1024;

/// Whether there is somebody to ask: answers come from standard input, questions go to standard error.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// In a read-only profile the commands that move money do nothing at all.
///
/// # Errors
/// The profile is read-only.
pub fn not_read_only(settings: &Settings) -> Result<(), Failure> {
    if settings.read_only {
        let (cause, next) = ("cli.order.read_only", "cli.order.read_only_next");
        return Err(Failure::new(settings.lang, BAD_INPUT, cause, next, &[]));
    }
    Ok(())
}

/// What can be said about the options before anything is read: `address` comes with what was typed of its end.
///
/// # Errors
/// The end is not the address's, or a yes is missing and nobody can be asked.
pub fn check(consent: &Consent, address: Option<(&str, Option<&str>)>, lang: Lang) -> Result<(), Failure> {
    let fail = |cause, next| Err(Failure::new(lang, BAD_INPUT, cause, next, &[]));
    let needs_tail = consent.yes && !consent.dry_run;
    match address {
        Some((address, Some(typed))) if !is_tail(address, typed) => {
            return fail("cli.order.tail_wrong", "cli.order.tail_wrong_next");
        }
        Some((_, None)) if needs_tail => return fail("cli.order.tail_missing", "cli.order.tail_missing_next"),
        _ => {}
    }
    if consent.dry_run || consent.yes || is_terminal() {
        return Ok(());
    }
    match address {
        Some(_) => fail("cli.order.no_yes", "cli.order.no_yes_tail_next"),
        None => fail("cli.order.no_yes", "cli.order.no_yes_next"),
    }
}

/// The same for a question without an address.
///
/// # Errors
/// A yes is missing and nobody can be asked.
pub fn check_yes(yes: bool, lang: Lang) -> Result<(), Failure> {
    if yes || is_terminal() {
        return Ok(());
    }
    // Nothing is sent by it, so there is nothing to try first.
    Err(Failure::new(lang, BAD_INPUT, "cli.order.no_yes_said", "cli.order.no_yes_said_next", &[]))
}

/// The last six characters, to the letter. A shorter address is no address; the rules say so.
pub fn is_tail(address: &str, typed: &str) -> bool {
    let address: Vec<char> = address.trim_ascii().chars().collect();
    let tail: String = address.iter().skip(address.len().saturating_sub(TAIL)).collect();
    typed == tail && !typed.is_empty()
}

/// What is asked before an order.
pub enum Question<'a> {
    /// For a word; anything else is a no.
    Word {
        /// What the yes is to.
        text: String,
        /// The word.
        word: TypedWord,
    },
    /// For a marked group of an address that was never paid.
    Group {
        /// What the yes is to.
        text: String,
        /// The address.
        address: &'a UntrustedText,
        /// The group.
        group: Group,
        /// The catalogue key of the question.
        asked: &'static str,
    },
    /// For all groups of an address but the first and the last.
    Middle(UntrustedText),
    /// For the amount.
    Amount(Amount),
    /// For the name of the network.
    Network(UntrustedText),
}

/// Asks on the terminal. Keys that were typed before the question are thrown away; an answer that takes longer than the
/// data stays fresh is a no.
///
/// # Errors
/// No yes, or a signal: the command ends, and nothing was sent.
pub async fn ask(context: &mut CommandContext<'_>, question: &Question<'_>, age_ms: i64) -> Result<(), End> {
    // What was typed ahead answers no question.
    terminal::forget_typed_ahead();
    match question {
        Question::Word { text, word } => {
            context.ask(&context.lang.fill("cli.order.ask_word", &[("what", text), ("word", word.named())]));
        }
        Question::Group { text, address, group, asked } => {
            let mut groups = groups_of_four(&address.shown());
            if let Some(found) = groups.get_mut(group.index) {
                // What is typed comes from where the address came from, not from this line.
                *found = mask(found);
            }
            let marked = super::review::marked_groups(&groups.concat(), Some(group.index));
            context.say(&format!("  {marked}"));
            context.ask(&context.lang.fill(asked, &[("what", text)]));
        }
        Question::Middle(_) => context.ask(context.lang.t("cli.order.ask_middle")),
        Question::Amount(_) => context.ask(context.lang.t("cli.order.ask_amount")),
        Question::Network(network) => {
            let word = UntrustedText::from(network_word(network)).shown().into_owned();
            context.ask(&context.lang.fill("cli.order.ask_network", &[("word", &word)]));
        }
    }
    let limit = Duration::from_millis(u64::try_from(BALANCE_MAX_AGE_MS.saturating_sub(age_ms)).unwrap_or_default());
    let (stop, wake) = io::pipe()?;
    let mut reading = tokio::task::spawn_blocking(move || line_within(&io::stdin(), &stop, limit));
    let answered = context.unless_interrupted(&mut reading).await;
    drop(wake);
    if answered.is_err() {
        // Nobody waits for the answer any more: what is typed next is not taken for it.
        let _ = reading.await;
    }
    if !matches!(answered, Ok(Ok(Answer::Line(_)))) {
        context.say("");
    }
    let fail =
        |cause| Err(End::Failure(Failure::new(context.lang, BAD_INPUT, cause, "cli.order.not_agreed_next", &[])));
    match answered? {
        Ok(Answer::Line(line)) if is_yes(question, &line) => Ok(()),
        Ok(Answer::Line(line)) => match line::check(line::without_end(&line), LONGEST) {
            Ok(()) => fail("cli.order.not_agreed"),
            Err(fault) => {
                let values = [("what", &*fault.words(context.lang))];
                let (cause, next) = ("cli.order.answer_holds", "cli.order.not_agreed_next");
                Err(Failure::new(context.lang, BAD_INPUT, cause, next, &values).into())
            }
        },
        Ok(Answer::TooLate) => fail("cli.order.no_answer"),
        Ok(Answer::Nobody) | Err(_) => fail("cli.order.not_agreed"),
    }
}

fn is_yes(question: &Question<'_>, line: &str) -> bool {
    match question {
        Question::Word { word, .. } => word.is_typed(line),
        Question::Group { group, .. } => group.is_typed(line),
        Question::Middle(address) => is_middle_typed(address, line),
        Question::Amount(amount) => is_amount_typed(*amount, line),
        Question::Network(network) => is_network_typed(network, line),
    }
}

/// The time in which an order can still be taken back, by a signal. A terminal is told every second, anything else once.
///
/// # Errors
/// It was taken back: nothing was sent.
pub async fn delay(context: &mut CommandContext<'_>) -> Result<(), End> {
    let seconds = context.settings.order_delay.as_secs();
    if seconds == 0 {
        return Ok(());
    }
    let is_counted = is_terminal() && !context.is_plain;
    if !is_counted {
        context.say(&context.lang.fill("cli.order.delay_once", &[("seconds", &seconds.to_string())]));
    }
    for left in (1..=seconds).rev() {
        if is_counted {
            context.rewind();
            context.ask(&context.lang.fill("cli.order.delay", &[("seconds", &left.to_string())]));
        }
        if let Err(end) = context.unless_interrupted(sleep(Duration::from_secs(1))).await {
            if is_counted {
                context.say("");
            }
            return Err(match end {
                End::Failure(interrupted) => {
                    let (key, next) = ("cli.order.taken_back", "cli.order.interrupted_next");
                    Failure::new(context.lang, interrupted.code, key, next, &[]).into()
                }
                other => other,
            });
        }
    }
    if is_counted {
        context.say("");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_the_last_six_characters_to_the_letter() {
        assert!(is_tail(" TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU\n", "5HV7rU"));
        for wrong in ["5hv7ru", "HV7rU", "v5HV7rU", " 5HV7rU", "", "5HV7rV"] {
            assert!(!is_tail("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", wrong), "{wrong:?}");
        }
        assert!(!is_tail("", ""));
    }

    #[test]
    fn only_the_whole_word_or_the_marked_group_is_a_yes() {
        let word = Question::Word { text: String::new(), word: TypedWord::yes(Lang::En) };
        let address = UntrustedText::from("TJmW5D1p1LnM");
        let group = Group { index: 1, text: "5D1p".into() };
        let group = Question::Group { text: String::new(), address: &address, group, asked: "cli.order.ask_group" };
        assert!(is_yes(&word, "yes\n") && is_yes(&group, "5D1p\n"));
        for line in ["\n", "", "y\n", "YES\n", "yes yes\n", "5d1p\n", "TJmW\n"] {
            assert!(!is_yes(&word, line) && !is_yes(&group, line), "{line:?}");
        }
        assert!(!is_yes(&group, "yes\n") && !is_yes(&word, "5D1p\n"));
    }
}
