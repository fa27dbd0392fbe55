//! What became of an order, how that is known, and what it may still become.

use super::UntrustedText;

/// How it is known that an order was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Proof {
    /// The exchange's answer.
    Answer,
    /// The exchange's history, in which everything agrees, the gross too.
    History,
    /// The exchange's history, in which the fee is not told yet: the net is what was reckoned with the fee as last paid.
    /// Looked at again until the fee is known.
    Reckoned,
    /// What both sides of a move hold: each changed by the amount, and nothing else explains it.
    Balances,
    /// The user, who looked it up.
    User,
}

/// Why something was not sent, or how its answer was lost: one stable word each, which the ledger keeps and the catalogue
/// explains (`outcome.because.*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Because {
    /// Not sent: the name of the server was not found.
    Dns,
    /// Not sent: nobody listens there, or the network is not reachable.
    Unreachable,
    /// Not sent: connecting took too long.
    ConnectTimeout,
    /// Not sent: no trusted, encrypted connection.
    Tls,
    /// Not sent: something on this machine stood in the way.
    Machine,
    /// Not sent: there is no key.
    NoKey,
    /// Lost: no answer in time.
    Timeout,
    /// Lost: the connection broke.
    Broken,
    /// Lost: an HTTP status other than 200; the detail is its number.
    Status,
    /// Lost: the answer was not the exchange's.
    NotTheApi,
    /// Lost: the answer was larger than any real one.
    TooLarge,
    /// Lost: the answer cannot be understood.
    Unreadable,
    /// Lost: success without an id.
    NoId,
    /// Lost: the answer gave the id of another order; the detail is that id.
    ForeignId,
    /// Open: the exchange reported an error of its own system.
    System,
    /// Open: the exchange answered with a code that is not on its list; the detail is code and message.
    Unlisted,
    /// Open: the answer says yes and no at once; the detail is code and message.
    Contradiction,
    /// Open, as earlier versions wrote it: a refusal whose words left the end open; the detail is code and message.
    Undecided,
    /// Open again: the record that stood for it does not fit it; the detail is that record's id.
    RecordDiffers,
    /// Open again: another record fits it better than the one that stood for it; the detail is the other one's id.
    BetterRecord,
    /// Open again: the user took back what they had said of it.
    TakenBack,
    /// Open: the program ended before the answer came.
    Ended,
    /// Open: a cancel was taken, which proves nothing until the record says so.
    Unproven,
    /// Open: it was sent again and the repetition was refused or not sent, which says nothing about the first sending.
    Repeated,
}

/// A [`Because`] with the system's or the exchange's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// In one stable word.
    pub because: Because,
    /// Their own words; may be empty.
    pub detail: UntrustedText,
}

impl Why {
    /// A word with details.
    pub fn new(because: Because, detail: impl Into<UntrustedText>) -> Self {
        Self { because, detail: detail.into() }
    }
}

impl From<Because> for Why {
    fn from(because: Because) -> Self {
        Self { because, detail: UntrustedText::default() }
    }
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Written down; the request may be on its way. Found without the money lock, it means: the program ended before the
    /// answer.
    Sending,
    /// Executed, under this id. Of a cancel: the record says that it was taken back.
    Accepted {
        /// The exchange's id; of a cancel, that of the record. Empty only where the user or the balances say that a move was
        /// executed.
        id: UntrustedText,
        /// How that is known.
        proof: Proof,
    },
    /// The exchange said no: nothing was executed.
    Refused {
        /// The exchange's code.
        code: UntrustedText,
        /// The exchange's message.
        msg: UntrustedText,
    },
    /// Not one byte left: nothing was executed.
    NotSent {
        /// Why.
        why: Why,
    },
    /// It may have been executed. It is looked up, and never sent again unasked.
    Unknown {
        /// How the answer was lost.
        why: Why,
    },
    /// Looked for long enough and not found. Only the user may send it again.
    NoTrace,
    /// A move after which neither side had changed, by enough readings: it was not executed.
    NotExecuted,
    /// A move of which the balances do not tell enough: likely, not certain.
    Likely {
        /// Whether the balance says that it was executed.
        executed: bool,
    },
    /// A cancel that lost the race: the record had moved on.
    TooLate {
        /// The record's status then, or [`ON_CHAIN`].
        status: UntrustedText,
    },
    /// The user, who looked it up elsewhere, says that it was not executed.
    Dismissed,
}

/// What [`Outcome::TooLate`] says of a record that was pending still, and on its chain.
pub const ON_CHAIN: &str = "on_chain";

impl Outcome {
    /// The word that output and the ledger use.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::NotSent { .. } => "not_sent",
            Self::Unknown { .. } => "unknown",
            Self::NoTrace => "no_trace",
            Self::NotExecuted => "not_executed",
            Self::Likely { executed: true } => "likely_executed",
            Self::Likely { executed: false } => "likely_not_executed",
            Self::TooLate { .. } => "too_late",
            Self::Dismissed => "dismissed",
        }
    }

    /// True while it must still be found out.
    pub const fn is_unsettled(&self) -> bool {
        matches!(self, Self::Sending | Self::Unknown { .. })
    }

    /// True when the same thing must not simply be sent again: never while unsettled, else after the user's typed word.
    pub const fn blocks_repeat(&self) -> bool {
        matches!(self, Self::Sending | Self::Unknown { .. } | Self::NoTrace | Self::Likely { .. })
    }

    /// True when nothing was taken from the account, as far as can be known.
    pub const fn is_without_effect(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::NotSent { .. } | Self::NotExecuted | Self::Dismissed | Self::TooLate { .. }
        )
    }

    /// True for what the user said of it.
    pub const fn is_by_hand(&self) -> bool {
        matches!(self, Self::Accepted { proof: Proof::User, .. } | Self::Dismissed)
    }

    /// Whether the ledger may replace this outcome by `next`. What is certain is never overwritten; what was given up as
    /// untraceable may still turn up; what was found in the history, or said by the user, is opened again for its own
    /// reasons only.
    pub const fn may_become(&self, next: &Self) -> bool {
        let reopens = match next {
            Self::Unknown { why } => Some(why.because),
            _ => None,
        };
        match self {
            Self::Sending => !matches!(next, Self::Sending),
            Self::Unknown { .. } => !matches!(next, Self::Unknown { .. }),
            Self::NoTrace => {
                matches!(next, Self::Sending | Self::Accepted { .. } | Self::TooLate { .. } | Self::Dismissed)
            }
            Self::Likely { .. } => matches!(next, Self::Accepted { proof: Proof::User, .. } | Self::Dismissed),
            Self::NotExecuted => matches!(next, Self::Accepted { proof: Proof::User, .. }),
            Self::Accepted { proof: Proof::History, .. } => {
                matches!(reopens, Some(Because::RecordDiffers | Because::BetterRecord))
            }
            Self::Accepted { proof: Proof::Reckoned, .. } => {
                matches!(reopens, Some(Because::RecordDiffers | Because::BetterRecord))
                    || matches!(next, Self::Accepted { proof: Proof::History, .. })
            }
            Self::Accepted { proof: Proof::User, .. } | Self::Dismissed => matches!(reopens, Some(Because::TakenBack)),
            // Somebody may have made the same move elsewhere.
            Self::Accepted { proof: Proof::Balances, .. } => matches!(next, Self::Dismissed),
            Self::Accepted { proof: Proof::Answer, .. }
            | Self::Refused { .. }
            | Self::NotSent { .. }
            | Self::TooLate { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator as _;

    fn every_outcome() -> Vec<Outcome> {
        vec![
            Outcome::Sending,
            Outcome::Accepted { id: "1".into(), proof: Proof::Answer },
            Outcome::Refused { code: "2".into(), msg: "m".into() },
            Outcome::NotSent { why: Because::Dns.into() },
            Outcome::Unknown { why: Because::Timeout.into() },
            Outcome::NoTrace,
            Outcome::NotExecuted,
            Outcome::Likely { executed: true },
            Outcome::Likely { executed: false },
            Outcome::TooLate { status: "success".into() },
            Outcome::Dismissed,
        ]
    }

    #[test]
    fn what_is_certain_is_never_overwritten() {
        for from in every_outcome() {
            let is_open = from.is_unsettled() || from.blocks_repeat();
            for to in every_outcome() {
                let is_corrected = from == Outcome::NotExecuted && to.is_by_hand();
                assert!(is_open || is_corrected || !from.may_become(&to), "{from:?} -> {to:?}");
                assert!(from.word() != to.word() || !from.may_become(&to) || matches!(from, Outcome::Likely { .. }));
            }
        }
        assert!(!Outcome::NoTrace.may_become(&Outcome::Unknown { why: Because::Timeout.into() }));
        assert!(!Outcome::Likely { executed: true }.may_become(&Outcome::Likely { executed: false }));
    }

    #[test]
    fn claim_and_decision_reopen_for_their_own_reasons() {
        let accepted = |proof| Outcome::Accepted { id: "1".into(), proof };
        let open = |because: Because| Outcome::Unknown { why: because.into() };
        for because in Because::iter() {
            let (is_of_record, is_of_user) =
                (matches!(because, Because::RecordDiffers | Because::BetterRecord), because == Because::TakenBack);
            assert!(!accepted(Proof::Answer).may_become(&open(because)), "{because:?}");
            for claim in [Proof::History, Proof::Reckoned] {
                assert_eq!(accepted(claim).may_become(&open(because)), is_of_record, "{because:?}");
            }
            for said in [accepted(Proof::User), Outcome::Dismissed] {
                assert_eq!(said.may_become(&open(because)), is_of_user, "{because:?}");
                assert!(said.is_by_hand());
            }
        }
        assert!(accepted(Proof::Reckoned).may_become(&accepted(Proof::History)));
        assert!(!accepted(Proof::History).may_become(&accepted(Proof::Reckoned)));
    }
}
