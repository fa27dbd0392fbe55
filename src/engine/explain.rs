//! A [`Problem`] in the user's words: what happened and what to do next. Also what a program that called us is told.
//!
//! Pure: it sends nothing and knows no screen. Every foreign text in it is sanitized.

use crate::domain::locale::{Lang, fill};
use crate::domain::{Cause, LeftOut, Loss, Problem, UntrustedText};
use crate::exchange::endpoint;

/// How much of the system's or the exchange's own words is shown, in graphemes.
const FOREIGN: usize = 160;
/// How much of a name is shown, in graphemes.
const NAME: usize = 48;
/// How much of a code is shown, in graphemes.
const CODE: usize = 24;

/// What to tell the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What happened, one sentence.
    pub cause: String,
    /// What to do next.
    pub next: String,
}

/// The words for a problem (`reference.md §6.1`). Where a money call's outcome is open, the next step says so before
/// anything else: the endpoint tells.
pub fn explain(problem: &Problem, lang: Lang) -> Explanation {
    let key = key_of(&problem.cause);
    let find = |part: &str| lang.find(&format!("problem.{key}.{part}")).unwrap_or_default();
    let cause = cause(problem, lang, find("cause"));
    let next = match unknown_key(problem) {
        Some(key) => lang.t(key),
        None => find("next"),
    };
    Explanation { cause, next: next.to_owned() }
}

fn cause(problem: &Problem, lang: Lang, pattern: &str) -> String {
    match &problem.cause {
        Cause::NotSent { detail, .. } => fill(pattern, &[("detail", &foreign(detail, lang))]),
        Cause::NoAnswer { loss, detail } => {
            let status = match loss {
                Loss::Status(status) => status.to_string(),
                _ => String::new(),
            };
            fill(pattern, &[("detail", &foreign(detail, lang)), ("status", &status)])
        }
        Cause::Unreadable { path, detail } => fill(
            pattern,
            &[("endpoint", problem.endpoint), ("path", &path.excerpt(FOREIGN)), ("detail", &foreign(detail, lang))],
        ),
        Cause::NoId | Cause::NoKey => pattern.to_owned(),
        Cause::Refused { code, msg, .. } | Cause::Contradiction { code, msg } => {
            let cause = fill(pattern, &[("msg", &foreign(msg, lang))]);
            lang.fill("problem.with_code", &[("cause", &cause), ("code", &code.excerpt(CODE))])
        }
    }
}

/// The words for rows of a list that could not be read: how many, and which is the first.
pub fn left_out_words(part: &str, count: usize, first: &LeftOut, lang: Lang) -> String {
    let row = left_out_row(first, lang);
    let count_text = count.to_string();
    let key = if count == 1 { "left_out.one" } else { "left_out.many" };
    lang.fill(key, &[("part", part.trim_end_matches(['.', '。'])), ("count", &count_text), ("row", &row)])
}

/// Which row could not be read, and what was wrong with it.
pub fn left_out_row(row: &LeftOut, lang: Lang) -> String {
    let name = row.name.as_ref().map(|name| name.excerpt(NAME)).unwrap_or_default();
    let values = [("name", &*name), ("path", &row.path.excerpt(FOREIGN)), ("why", &foreign(&row.detail, lang))];
    lang.fill("left_out.row", &values).trim_start().to_owned()
}

/// The catalogue's table of a cause, after `problem.`.
fn key_of(cause: &Cause) -> String {
    match cause {
        Cause::NotSent { obstacle, .. } => format!("not_sent.{}", <&str>::from(obstacle)),
        Cause::NoAnswer { loss, .. } => format!("no_answer.{}", loss.key()),
        Cause::Unreadable { .. } => String::from("unreadable"),
        Cause::NoId => String::from("no_id"),
        Cause::Contradiction { .. } => String::from("contradiction"),
        Cause::Refused { refusal, .. } => format!("refused.{}", <&str>::from(refusal)),
        Cause::NoKey => String::from("no_key"),
    }
}

/// The next step after a money call that may have been executed.
fn unknown_key(problem: &Problem) -> Option<&'static str> {
    if !problem.may_have_executed() {
        return None;
    }
    match problem.endpoint {
        endpoint::WITHDRAW | endpoint::TRANSFER => Some("problem.unknown.order"),
        endpoint::MOVE => Some("problem.unknown.move"),
        endpoint::CANCEL_WITHDRAWAL | endpoint::CANCEL_TRANSFER => Some("problem.unknown.cancel"),
        _ => None,
    }
}

fn foreign(text: &UntrustedText, lang: Lang) -> String {
    if text.raw().trim().is_empty() {
        return lang.t("problem.no_message").to_owned();
    }
    // The patterns end the sentence.
    text.excerpt(FOREIGN).trim_end_matches(['.', '。']).to_owned()
}

/// The process's exit code for a problem: 6 outcome of a money call unknown, 5 network or unreadable reply, 4 key,
/// signature, clock, IP or permission, 3 refused by the exchange. `money` says whether the call could move money.
pub fn exit_code(problem: &Problem, money: bool) -> u8 {
    if money && problem.may_have_executed() {
        return 6;
    }
    if problem.is_about_the_key() {
        return 4;
    }
    match &problem.cause {
        Cause::Refused { .. } => 3,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Obstacle, Refusal};
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator as _;

    fn every_cause() -> Vec<Cause> {
        let word = || UntrustedText::from("some words.");
        let losses = [Loss::Timeout, Loss::Broken, Loss::Status(502), Loss::NotTheApi, Loss::TooLarge];
        let mut all =
            vec![Cause::NoId, Cause::NoKey, Cause::Unreadable { path: "data[3].amount".into(), detail: word() }];
        all.push(Cause::Contradiction { code: "0".into(), msg: word() });
        all.extend(Obstacle::iter().map(|obstacle| Cause::NotSent { obstacle, detail: word() }));
        all.extend(losses.map(|loss| Cause::NoAnswer { loss, detail: word() }));
        all.extend(Refusal::iter().map(|refusal| Cause::Refused { refusal, code: "123456".into(), msg: word() }));
        all
    }

    #[test]
    fn every_cause_has_words_of_its_own_in_both_languages() {
        for lang in [Lang::En, Lang::ZhCn] {
            let own: BTreeSet<_> = lang.keys().collect();
            let mut seen = BTreeSet::new();
            for cause in every_cause() {
                for part in ["cause", "next"] {
                    let key = format!("problem.{}.{part}", key_of(&cause));
                    assert!(own.contains(key.as_str()), "{key} in {lang:?}");
                }
                let said = explain(&Problem { endpoint: endpoint::ACCOUNT, cause: cause.clone() }, lang);
                assert!(!said.cause.contains(['{', '}']) && !said.next.contains(['{', '}']), "{said:?}");
                assert!(!said.cause.contains(".)") && !said.cause.contains(".."), "{said:?}");
                assert!(seen.insert(said.cause), "{cause:?} has another's words");
            }
        }
    }

    #[test]
    fn no_words_are_left_over() {
        let used: BTreeSet<String> = every_cause().iter().map(key_of).collect();
        for key in Lang::En.keys() {
            for table in ["problem.not_sent.", "problem.no_answer.", "problem.refused."] {
                if let Some((name, _)) = key.strip_prefix("problem.").and_then(|rest| rest.rsplit_once('.'))
                    && key.starts_with(table)
                {
                    assert!(used.contains(name), "{key} explains nothing");
                }
            }
        }
    }

    #[test]
    fn unlisted_code_is_named_with_its_sanitized_message() {
        let refused = |code: &str, msg: &str| Problem {
            endpoint: endpoint::WITHDRAW,
            cause: Cause::Refused { refusal: Refusal::of_code(code), code: code.into(), msg: msg.into() },
        };
        let said = explain(&refused("110008", "result.x"), Lang::En);
        assert!(said.cause.ends_with("(code 110008)") && said.next.contains("memo"), "{said:?}");
        assert!(explain(&refused("110008", ""), Lang::ZhCn).next.contains("免认证"));
        let said = explain(&refused("919191", "go\u{1b}[2J away"), Lang::En);
        assert!(said.cause.contains("go<U+001B>[2J away") && said.cause.contains("919191"), "{said:?}");
        assert!(explain(&refused("919191", " "), Lang::En).cause.contains("no message"));
    }

    #[test]
    fn an_open_outcome_says_do_not_send_again() {
        let lost = |endpoint| Problem { endpoint, cause: Cause::NoId };
        let next = |endpoint| explain(&lost(endpoint), Lang::En).next;
        assert!(next(endpoint::WITHDRAW).contains("Do not send it again"));
        assert!(next(endpoint::TRANSFER).contains("Do not send it again"));
        assert!(next(endpoint::MOVE).contains("balances"));
        assert!(next(endpoint::CANCEL_TRANSFER).contains("cancelled"));
        let system = Cause::Refused { refusal: Refusal::System, code: "500".into(), msg: UntrustedText::default() };
        assert!(explain(&Problem { endpoint: endpoint::MOVE, cause: system }, Lang::En).next.contains("balances"));
    }

    #[test]
    fn exit_codes_say_whose_turn_it_is() {
        let code = |cause: &Cause, money| exit_code(&Problem { endpoint: endpoint::NONE, cause: cause.clone() }, money);
        for cause in every_cause() {
            let (read, money) = match &cause {
                Cause::NoKey => (4, 4),
                Cause::NotSent { .. } => (5, 5),
                Cause::NoAnswer { .. } | Cause::Unreadable { .. } | Cause::NoId | Cause::Contradiction { .. } => (5, 6),
                Cause::Refused { refusal, .. } => match refusal {
                    Refusal::System | Refusal::Unlisted => (3, 6),
                    Refusal::KeyUnknown | Refusal::Signature | Refusal::Clock | Refusal::Ip | Refusal::Permission => {
                        (4, 4)
                    }
                    _ => (3, 3),
                },
            };
            assert_eq!((code(&cause, false), code(&cause, true)), (read, money), "{cause:?}");
        }
    }
}
