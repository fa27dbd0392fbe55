//! The memo: needed, possible or not used, and what the chain takes as one.

use super::{Fault, Field, Findings};
use crate::domain::address::Family;
use crate::domain::{MemoRule, UntrustedText};

/// Bytes of a Stellar text memo.
const STELLAR_MOST: usize = 28;

/// What the user chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MemoChoice {
    /// Nothing yet.
    #[default]
    Undecided,
    /// "No memo", said so.
    ExplicitNone,
    /// This one.
    Text(String),
}

/// The memo to send: `Some(None)` is "no memo"; `None` has its fault among the findings.
#[expect(clippy::option_option, reason = "undecided, none and some are three different things here")]
pub(super) fn check(
    findings: &mut Findings,
    rule: &MemoRule,
    choice: &MemoChoice,
    family: Option<Family>,
) -> Option<Option<UntrustedText>> {
    let typed = match choice {
        MemoChoice::Text(typed) => Some(findings.line(Field::Memo, typed)?).filter(|text| !text.is_empty()),
        MemoChoice::Undecided | MemoChoice::ExplicitNone => None,
    };
    let fault = match (rule, typed) {
        (MemoRule::Unknown, _) => Fault::MemoRuleUnknown,
        (MemoRule::None, None) => return Some(None),
        (MemoRule::None, Some(_)) => Fault::MemoNotUsed,
        (MemoRule::Required, None) => Fault::MemoRequired,
        (MemoRule::Optional, None) if *choice == MemoChoice::ExplicitNone => return Some(None),
        (MemoRule::Optional, None) => Fault::MemoUndecided,
        (MemoRule::Required | MemoRule::Optional, Some(text)) => match shape(text, family) {
            None => return Some(Some(UntrustedText::from(text))),
            Some(fault) => fault,
        },
    };
    findings.fault(Field::Memo, fault);
    None
}

/// What the chain would not take.
fn shape(text: &str, family: Option<Family>) -> Option<Fault> {
    match family {
        Some(Family::Xrp) => {
            let is_tag = text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u32>().is_ok();
            (!is_tag).then_some(Fault::MemoTag)
        }
        // A hash or a returned hash is sixty-four hexadecimal digits, everything else a text or a number.
        Some(Family::Stellar) => {
            let is_hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
            (text.len() > STELLAR_MOST && !is_hash).then_some(Fault::MemoTooLong { limit: STELLAR_MOST })
        }
        _ => None,
    }
}
