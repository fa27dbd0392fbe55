//! Orders in the user's words: what became of one, why one was not begun, what a look brought (`[outcome]` in the
//! catalogues). Pure. Every foreign text in it is sanitized.

use super::claims::{Contradiction, How};
use super::evidence::Part;
use super::{NotBegun, NotDecided, Reading};
use crate::domain::locale::{Lang, fill};
use crate::domain::outcome::ON_CHAIN;
use crate::domain::rules::{is_returned, too_late};
use crate::domain::text_width::span;
use crate::domain::{
    Amount, Because, Cause, DamagedOrder, MissingOrders, Order, Outcome, Problem, Record, Refusal, Request, Status,
    UntrustedText, Why,
};
use crate::engine::explain::{Explanation, explain};
use crate::engine::ledger::{Elsewhere, LedgerError};

/// How much of somebody else's words is shown, in graphemes.
const FOREIGN: usize = 160;

/// An outcome in a word or two, for a cell of a table.
pub fn label(outcome: &Outcome, lang: Lang) -> &'static str {
    lang.find(&format!("outcome.label.{}", outcome.word())).unwrap_or_default()
}

/// A reason as a clause, without an end: "no answer came in time".
pub fn because(why: &Why, lang: Lang) -> String {
    let word: &'static str = why.because.into();
    let pattern = lang.find(&format!("outcome.because.{word}")).unwrap_or_default();
    fill(pattern, &[("detail", &detail(why, lang))])
}

/// What stands in brackets behind a reason. The end of a repetition is kept as a code and the exchange's words, or as the name of
/// what stood in the way: both have words of their own.
fn detail(why: &Why, lang: Lang) -> String {
    let kept = foreign(&why.detail, lang);
    if !matches!(why.because, Because::Repeated | Because::Undecided) {
        return kept;
    }
    let (code, msg) = kept.split_once(' ').unwrap_or((&kept, ""));
    match (Refusal::of_code(code), lang.find(&format!("outcome.because.{kept}"))) {
        (Refusal::Unlisted, Some(words)) if !words.contains('{') => words.to_owned(),
        (Refusal::Unlisted, _) => kept,
        _ => {
            let said = refused(&UntrustedText::from(code), &UntrustedText::from(msg), lang).cause;
            said.trim_end_matches(['.', '。']).to_owned()
        }
    }
}

/// A refusal by its code, in the words that it has right after sending too.
fn refused(code: &UntrustedText, msg: &UntrustedText, lang: Lang) -> Explanation {
    let cause = Cause::Refused { refusal: Refusal::of_code(code.raw()), code: code.clone(), msg: msg.clone() };
    // No endpoint: what is refused for good was not executed, whatever it asked for.
    explain(&Problem { endpoint: "", cause }, lang)
}

/// An outcome in a word or two, told as the user's word where it is one.
pub fn label_of(outcome: &Outcome, lang: Lang) -> &'static str {
    let by_hand = outcome.is_by_hand().then(|| lang.find(&format!("outcome.by_hand.{}", outcome.word()))).flatten();
    by_hand.unwrap_or_else(|| label(outcome, lang))
}

/// The symbol of an outcome, for tables and lines.
pub const fn symbol(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sending => "◌",
        Outcome::Accepted { .. } => "✓",
        Outcome::Refused { .. } | Outcome::NotSent { .. } => "✗",
        Outcome::Unknown { .. } => "?",
        Outcome::NoTrace | Outcome::Likely { .. } | Outcome::TooLate { .. } => "▲",
        Outcome::NotExecuted | Outcome::Dismissed => "–",
    }
}

/// That an order which had an end is open again, and why.
pub fn reopened(order: &Order, lang: Lang) -> String {
    let why = match &order.outcome {
        Outcome::Unknown { why } => because(why, lang),
        _ => String::new(),
    };
    lang.fill("form.reopened", &[("order", &order.id.0.to_string()), ("why", &why)])
}

/// How a record contradicts what stands about an order.
pub fn contradiction(found: &Contradiction, lang: Lang) -> String {
    let record = found.record.excerpt(FOREIGN);
    let fill = |key: &'static str, name: &str, value: &str| lang.fill(key, &[("record", &record), (name, value)]);
    match &found.how {
        How::Fits => fill("outcome.contradiction.fits", "", ""),
        How::Differs(parts) => fill("outcome.contradiction.differs", "parts", &parts_words(parts, lang)),
        How::Doubted(conflict) => {
            let known = lang.find(&format!("doubt.{}", conflict.raw()));
            let conflict =
                known.map_or_else(|| foreign(conflict, lang), |text| text.trim_end_matches(['.', '。']).to_owned());
            fill("outcome.contradiction.doubted", "doubt", &conflict)
        }
        How::Cancelled => fill("outcome.contradiction.cancelled", "", ""),
    }
}

/// What of a record is not as it was ordered: "another coin, another amount".
pub fn parts_words(parts: &[Part], lang: Lang) -> String {
    let word = |part: &Part| lang.find(&format!("outcome.part.{}", <&str>::from(part))).unwrap_or_default();
    parts.iter().map(word).collect::<Vec<_>>().join(lang.t("list.join"))
}

/// A record's status.
fn status_words(status: &str, lang: Lang) -> String {
    let known = lang.find(&format!("status.{status}"));
    known.map_or_else(|| foreign(&UntrustedText::from(status), lang), str::to_owned)
}

/// What became of an order, and what to do next.
pub fn order(order: &Order, lang: Lang) -> Explanation {
    let word = order.outcome.word();
    let class = match &order.request {
        Request::Withdraw(_) => "withdraw",
        Request::Transfer(_) => "transfer",
        Request::Move(_) => "move",
        Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => "cancel",
    };
    let find = |part: &str| {
        let special = lang.find(&format!("outcome.said.{word}_{class}.{part}"));
        special.or_else(|| lang.find(&format!("outcome.said.{word}.{part}"))).unwrap_or_default()
    };
    let (mut id, mut why, mut proof) = (String::new(), String::new(), "");
    match &order.outcome {
        Outcome::Accepted { id: found, proof: how } => {
            id = if found.is_empty() { lang.t("outcome.no_id").to_owned() } else { found.excerpt(FOREIGN) };
            let how: &'static str = how.into();
            proof = lang.find(&format!("outcome.proof.{how}")).unwrap_or_default();
        }
        Outcome::Refused { code, msg } => {
            let said = refused(code, msg, lang);
            let is_about_values = Refusal::of_code(code.raw()) == Refusal::Parameter;
            // A cancel names its record and nothing else.
            let next = if is_about_values && order.request.is_cancel() {
                lang.t("outcome.cancel.refused_next").to_owned()
            } else {
                said.next
            };
            return Explanation { cause: lang.fill("outcome.refused", &[("cause", &said.cause)]), next };
        }
        Outcome::NotSent { why: w } | Outcome::Unknown { why: w } => why = because(w, lang),
        Outcome::TooLate { status } if status.raw() == ON_CHAIN => {
            lang.t("outcome.on_chain").clone_into(&mut why);
        }
        Outcome::TooLate { status } => why = status_words(status.raw(), lang),
        Outcome::Sending | Outcome::NoTrace | Outcome::NotExecuted | Outcome::Likely { .. } | Outcome::Dismissed => {}
    }
    let values = [("id", id.as_str()), ("why", &why), ("proof", proof)];
    Explanation { cause: fill(find("cause"), &values), next: fill(find("next"), &values) }
}

/// What became of an order that takes a record back, by the record as it was read last and by what is available of its coin
/// since then: a refusal does not stand against what the record says, and an amount is back when the balance says so.
pub fn cancel(asked: &Order, record: &Record, available: Option<Amount>, lang: Lang) -> Explanation {
    let status = || {
        let known = lang.find(&format!("status.{}", record.status.word()));
        known.map_or_else(|| foreign(&UntrustedText::from(record.status.word()), lang), str::to_owned)
    };
    let is_cancelled = record.status == Status::Cancelled;
    let is_late = !is_cancelled && too_late(record).is_some();
    let plain = order(asked, lang);
    let cause = match &asked.outcome {
        Outcome::Accepted { .. } => plain.cause,
        Outcome::Refused { code, msg } if is_cancelled || is_late => {
            let key = if is_cancelled { "outcome.cancel.refused_yet_cancelled" } else { "outcome.cancel.refused_late" };
            let (why, status) = (refused(code, msg, lang).cause, status());
            lang.fill(key, &[("why", &why), ("status", &status)])
        }
        Outcome::NoTrace if is_cancelled => lang.t("outcome.cancel.seen_cancelled").to_owned(),
        Outcome::NoTrace if is_late => lang.fill("outcome.cancel.seen_late", &[("status", &status())]),
        _ => return plain,
    };
    let next = if is_late {
        "outcome.cancel.goes_on"
    } else {
        match is_returned(record, asked.available_before, available) {
            Some(true) => "outcome.cancel.back",
            Some(false) => "outcome.cancel.not_back",
            None => "outcome.cancel.not_told",
        }
    };
    Explanation { cause, next: lang.t(next).to_owned() }
}

/// Why an order was not begun, and what to do next.
pub fn not_begun(why: &NotBegun, lang: Lang) -> Explanation {
    match why {
        NotBegun::SameUnsettled(order) => {
            let values = [("order", order.id.0.to_string()), ("time", order.time.exact())];
            said("not_begun", "same_unsettled", &values, lang)
        }
        NotBegun::Busy => said("not_begun", "busy", &[], lang),
        NotBegun::Ledger(why) => said("not_begun", "ledger", &[("why", foreign(why, lang))], lang),
        NotBegun::NotTaken(why) => said("not_begun", "not_taken", &[("why", foreign(why, lang))], lang),
        NotBegun::NotReadBack(path) => {
            let path = UntrustedText::from(path.to_string_lossy().into_owned());
            said("not_begun", "not_read_back", &[("path", path.shown().into_owned())], lang)
        }
        NotBegun::DamagedOrder(row) => damaged_order(row, lang),
        NotBegun::NotHome => said("not_begun", "not_home", &[], lang),
        NotBegun::OtherKey(id) => said("not_begun", "other_key", &[("order", id.0.to_string())], lang),
        NotBegun::AccountUntold => said("not_begun", "account_untold", &[], lang),
        NotBegun::Elsewhere(Elsewhere { path, unread }) => {
            let path = UntrustedText::from(path.to_string_lossy().into_owned());
            let why = unread.as_deref().map(|why| foreign(&UntrustedText::from(why), lang));
            let key = if why.is_some() { "elsewhere_unread" } else { "elsewhere" };
            let values = [("path", path.shown().into_owned()), ("why", why.unwrap_or_default())];
            said("not_begun", key, &values, lang)
        }
        NotBegun::Unready(problem) => {
            let inner = explain(problem, lang);
            Explanation { next: inner.next, ..said("not_begun", "unready", &[("why", inner.cause)], lang) }
        }
        NotBegun::NoClock => said("not_begun", "no_clock", &[], lang),
        NotBegun::WrongClock(offset) => {
            said("not_begun", "wrong_clock", &[("offset", span(offset.saturating_abs(), lang))], lang)
        }
        NotBegun::OtherAccount { ledger, key } => {
            let values = [("ledger", ledger.excerpt(FOREIGN)), ("key", key.excerpt(FOREIGN))];
            said("not_begun", "other_account", &values, lang)
        }
        NotBegun::Damaged(path) => {
            let path = UntrustedText::from(path.to_string_lossy().into_owned());
            said("not_begun", "damaged", &[("path", path.shown().into_owned())], lang)
        }
        NotBegun::Missing(missing) => missing_orders(*missing, lang),
        NotBegun::NotResendable(order) => {
            said("not_begun", "not_resendable", &[("label", label(&order.outcome, lang).to_owned())], lang)
        }
        NotBegun::Faults(faults) => {
            let words: Vec<String> = faults.iter().map(|found| found.fault.words(lang)).collect();
            said("not_begun", "faults", &[("words", words.join(" "))], lang)
        }
        NotBegun::Unconfirmed(wanted) => {
            let words: Vec<String> = wanted.iter().map(|wanted| wanted.words(lang)).collect();
            said("not_begun", "unconfirmed", &[("words", words.join(" "))], lang)
        }
        NotBegun::Configuration(why) => said("not_begun", "configuration", &[("why", foreign(why, lang))], lang),
    }
}

/// Orders that are missing from the ledger, and what to do next.
pub fn missing_orders(missing: MissingOrders, lang: Lang) -> Explanation {
    let MissingOrders { last, written } = missing;
    let values = [("last", last.0.to_string()), ("written", written.unwrap_or(last).0.to_string())];
    let key = match written {
        Some(written) if written > last => "missing",
        Some(_) => "missing_again",
        None => "missing_note",
    };
    said("not_begun", key, &values, lang)
}

/// A row of the ledger that does not fit its checksum: what that closes, and what to do next.
pub fn damaged_order(row: &DamagedOrder, lang: Lang) -> Explanation {
    let kind = row.kind.and_then(|kind| lang.find(&format!("form.kind.{kind}")));
    let values = [("order", row.id.0.to_string()), ("kind", kind.unwrap_or_default().to_owned())];
    let key = if kind.is_some() { "damaged_order" } else { "damaged_order_of_no_kind" };
    said("not_begun", key, &values, lang)
}

/// The same as a line of a list, whether the user has answered for it or not.
pub fn damaged_line(row: &DamagedOrder, lang: Lang) -> String {
    let kind = row.kind.and_then(|kind| lang.find(&format!("form.kind.{kind}"))).unwrap_or("?");
    let values = [("order", &*row.id.0.to_string()), ("kind", kind)];
    lang.fill(if row.is_answered { "form.damaged_answered" } else { "form.damaged_line" }, &values)
}

/// What a look brought, and what to do next.
pub fn reading(reading: &Reading, lang: Lang) -> Explanation {
    match reading {
        Reading::Settled(found) => order(found, lang),
        Reading::NotYet(readings) => said("reading", "not_yet", &[("readings", readings.to_string())], lang),
        Reading::InFlight => said("reading", "in_flight", &[], lang),
        Reading::OtherKey => said("reading", "other_key", &[], lang),
        Reading::Several(records) => said("reading", "several", &[("count", records.len().to_string())], lang),
        Reading::Failed(problem) => {
            let inner = explain(problem, lang);
            said("reading", "failed", &[("why", inner.cause)], lang)
        }
        Reading::Ledger(why) => said("reading", "ledger", &[("why", foreign(why, lang))], lang),
    }
}

/// Why a decision by hand was not taken, and what to do next.
pub fn not_decided(why: &NotDecided, lang: Lang) -> Explanation {
    match why {
        NotDecided::Busy => said("not_decided", "busy", &[], lang),
        NotDecided::Settled(found) => {
            said("not_decided", "settled", &[("label", label(&found.outcome, lang).to_owned())], lang)
        }
        NotDecided::IdNeeded => said("not_decided", "id_needed", &[], lang),
        NotDecided::Claimed => said("not_decided", "claimed", &[], lang),
        NotDecided::Unasked(problem) => {
            let why = explain(problem, lang).cause;
            said("not_decided", "unasked", &[("why", why)], lang)
        }
        NotDecided::Incomplete => said("not_decided", "incomplete", &[], lang),
        NotDecided::NotFound(id) => said("not_decided", "not_found", &[("id", id.excerpt(FOREIGN))], lang),
        NotDecided::Differs(id, parts) => {
            let values = [("id", id.excerpt(FOREIGN)), ("parts", parts_words(parts, lang))];
            said("not_decided", "differs", &values, lang)
        }
        NotDecided::Fits(records) => {
            let ids: Vec<_> = records.iter().map(|record| record.key.id.excerpt(40)).collect();
            said("not_decided", "fits", &[("ids", ids.join(lang.t("list.join")))], lang)
        }
        NotDecided::RecordSays(status) => {
            said("not_decided", "record_says", &[("status", status_words(status.word(), lang))], lang)
        }
        NotDecided::NoOrder => said("not_decided", "no_order", &[], lang),
        NotDecided::Ledger(why) => said("reading", "ledger", &[("why", foreign(why, lang))], lang),
    }
}

/// An outcome that could not be written down: the screen is the only record of it.
pub fn unrecorded(why: &UntrustedText, lang: Lang) -> Explanation {
    said("not_begun", "unrecorded", &[("why", foreign(why, lang))], lang)
}

/// Why there is no ledger, without which nothing may be ordered.
pub fn no_ledger(why: &LedgerError, lang: Lang) -> Explanation {
    let one =
        |key, name, value: String| said("no_ledger", key, &[(name, foreign(&UntrustedText::from(value), lang))], lang);
    match why {
        LedgerError::Damaged { set_aside } => one("damaged", "path", set_aside.to_string_lossy().into_owned()),
        LedgerError::Newer { found } => one("newer", "version", found.to_string()),
        LedgerError::Place { path, why } => {
            let values = [
                ("path", UntrustedText::from(path.as_str()).shown().into_owned()),
                ("why", foreign(&UntrustedText::from(why.as_str()), lang)),
            ];
            said("no_ledger", "place", &values, lang)
        }
        LedgerError::Database(error) => one("database", "why", error.to_string()),
    }
}

fn said(table: &str, key: &str, values: &[(&str, String)], lang: Lang) -> Explanation {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let find = |part: &str| {
        let pattern = lang.find(&format!("outcome.{table}.{key}.{part}")).unwrap_or_default();
        fill(pattern, &values)
    };
    Explanation { cause: find("cause"), next: find("next") }
}

fn foreign(text: &UntrustedText, lang: Lang) -> String {
    if text.raw().trim().is_empty() {
        return lang.t("problem.no_message").to_owned();
    }
    // The patterns end the sentence.
    text.excerpt(FOREIGN).trim_end_matches(['.', '。']).to_owned()
}

#[cfg(test)]
mod tests;
