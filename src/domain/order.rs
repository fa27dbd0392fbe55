//! Orders: wishes to move money that were written down before they were sent, and what became of them.

use super::{
    Amount, Kind, Millis, MoveRequest, Receiver, RecordKey, TransferRequest, UntrustedText, WithdrawRequest, address,
};

/// Everything that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To a chain.
    Withdraw(WithdrawRequest),
    /// To another user of the exchange.
    Transfer(TransferRequest),
    /// Between spot and futures.
    Move(MoveRequest),
    /// Take back the withdrawal with this id, while the exchange still lets one.
    CancelWithdrawal(UntrustedText),
    /// Take back the transfer with this id, while the exchange still lets one.
    CancelTransfer(UntrustedText),
}

impl Request {
    /// The word that output and the ledger use.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Withdraw(_) => "withdraw",
            Self::Transfer(_) => "transfer",
            Self::Move(_) => "move",
            Self::CancelWithdrawal(_) => "cancel_withdrawal",
            Self::CancelTransfer(_) => "cancel_transfer",
        }
    }

    /// The coin that moves; `None` for a cancel.
    pub const fn coin(&self) -> Option<&UntrustedText> {
        match self {
            Self::Withdraw(w) => Some(&w.coin),
            Self::Transfer(t) => Some(&t.coin),
            Self::Move(m) => Some(&m.coin),
            Self::CancelWithdrawal(_) | Self::CancelTransfer(_) => None,
        }
    }

    /// Gross coin amount; `None` for a cancel.
    pub const fn amount(&self) -> Option<Amount> {
        match self {
            Self::Withdraw(w) => Some(w.gross),
            Self::Transfer(t) => Some(t.amount),
            Self::Move(m) => Some(m.amount),
            Self::CancelWithdrawal(_) | Self::CancelTransfer(_) => None,
        }
    }

    /// True for what takes money out of the account; false for a cancel.
    pub const fn moves_money(&self) -> bool {
        self.amount().is_some()
    }

    /// True when a person would call both the same payment: same money to the same place. Ids and remarks of our own do
    /// not make a payment another one, nor does the case of letters or the spelling of an address: rather one question too many than a payment too many.
    /// Taking something back twice is not a payment, so cancels are never the same wish.
    pub fn is_same_request(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Withdraw(a), Self::Withdraw(b)) => {
                same(&a.coin, &b.coin)
                    && same(&a.network, &b.network)
                    && (same(&a.address, &b.address) || address::is_same(a.address.raw(), b.address.raw()))
                    && address::may_be_same_memo(
                        a.memo.as_ref().map(UntrustedText::raw),
                        b.memo.as_ref().map(UntrustedText::raw),
                    )
                    && a.gross == b.gross
            }
            (Self::Transfer(a), Self::Transfer(b)) => {
                same(&a.coin, &b.coin) && a.amount == b.amount && a.to.is_same(&b.to)
            }
            (Self::Move(a), Self::Move(b)) => {
                a.direction == b.direction && same(&a.coin, &b.coin) && a.amount == b.amount
            }
            _ => false,
        }
    }

    /// True for a cancel.
    pub const fn is_cancel(&self) -> bool {
        matches!(self, Self::CancelWithdrawal(_) | Self::CancelTransfer(_))
    }

    /// The other user of a transfer.
    pub const fn receiver(&self) -> Option<&Receiver> {
        match self {
            Self::Transfer(t) => Some(&t.to),
            _ => None,
        }
    }
}

/// Equal for a person: without blanks around it, in letters of either case.
fn same(one: &UntrustedText, other: &UntrustedText) -> bool {
    one.raw().trim().eq_ignore_ascii_case(other.raw().trim())
}

impl Receiver {
    /// True when a person would call both the same user: letters in either case, a country code with or without its plus, zeros
    /// before a number or none.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_number = |a: &UntrustedText, b: &UntrustedText| {
            same(a, b) || address::is_same_number(a.raw().trim(), b.raw().trim())
        };
        match (self, other) {
            (Self::Uid(one), Self::Uid(other)) => same_number(one, other),
            (Self::Email(one), Self::Email(other)) => same(one, other),
            (Self::Phone { country_code, number }, Self::Phone { country_code: other_code, number: other_number }) => {
                let bare = |code: &UntrustedText| UntrustedText::from(code.raw().trim().trim_start_matches(['+', '0']));
                same(&bare(country_code), &bare(other_code)) && same_number(number, other_number)
            }
            _ => false,
        }
    }
}

/// The ledger's own number of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub i64);

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AskedBy {
    /// The dashboard.
    Screen,
    /// A command.
    Command,
}

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

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The ledger's number.
    pub id: OrderId,
    /// Exactly what was (or is to be) sent.
    pub request: Request,
    /// When it was written down, by the exchange's clock as far as it is known.
    pub time: Millis,
    /// When it was last begun to be sent; later than `time` only for a transfer that was sent again under its id.
    pub sent: Millis,
    /// What was available before, in the request's coin; `None` when not known.
    pub available_before: Option<Amount>,
    /// Who asked.
    pub asked_by: AskedBy,
    /// What became of it.
    pub outcome: Outcome,
    /// How often the exchange was looked at for it without finding it.
    pub readings: u32,
    /// When the outcome was last written.
    pub changed: Millis,
}

impl Order {
    /// The record that came of a payment; `None` where there is none or it is not known.
    pub fn record(&self) -> Option<RecordKey> {
        let kind = match &self.request {
            Request::Withdraw(_) => Kind::Withdrawal,
            Request::Transfer(_) => Kind::TransferOut,
            Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => return None,
        };
        match &self.outcome {
            Outcome::Accepted { id, .. } if !id.is_empty() => Some(RecordKey { kind, id: id.clone() }),
            _ => None,
        }
    }
}

/// A row of the ledger that does not fit its checksum, or that no order can be read from. Nothing in it is believed but its
/// number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedOrder {
    /// The ledger's number.
    pub id: OrderId,
    /// The kind that stands in it, where that still is one that this program writes.
    pub kind: Option<&'static str>,
    /// The checksum of what it holds now: an answer of the user counts for this and for nothing that it becomes later.
    pub found: String,
    /// Whether the user has answered for it.
    pub is_answered: bool,
}

impl DamagedOrder {
    /// The words of all kinds of requests.
    pub const KINDS: [&'static str; 5] = ["withdraw", "transfer", "move", "cancel_withdrawal", "cancel_transfer"];

    /// Whether it closes the sending of a request: one of its kind, or of any where its kind cannot be read, until the user
    /// has answered for it.
    pub fn closes(&self, request: &Request) -> bool {
        !self.is_answered && self.kind.is_none_or(|kind| kind == request.kind())
    }
}

/// Orders that were written into a ledger and are not in it any more: the end of the database's log was lost, or the file is an
/// older copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingOrders {
    /// The highest number that was left in it.
    pub last: OrderId,
    /// The highest number that was written; the same where what is missing is that one went again. `None` where what tells it
    /// cannot be read.
    pub written: Option<OrderId>,
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

    #[test]
    fn the_same_payment_is_known_again_however_it_is_spelt() {
        let withdraw = |address: &str, memo: Option<&str>, gross: &str| {
            Request::Withdraw(WithdrawRequest {
                coin: "ETH".into(),
                network: "Ethereum (ERC-20)".into(),
                address: address.into(),
                memo: memo.map(UntrustedText::from),
                gross: gross.parse().unwrap(),
            })
        };
        let first = withdraw("0xAbC", None, "1.50");
        assert!(first.is_same_request(&withdraw("0xabc ", Some(""), "1.5")));
        assert!(!first.is_same_request(&withdraw("0xabc", Some("7"), "1.5")));
        assert!(!first.is_same_request(&withdraw("0xabc", None, "1.51")));
        let transfer = |to: Receiver, id: &str| {
            Request::Transfer(TransferRequest {
                out_biz_id: id.into(),
                coin: "USDT".into(),
                amount: "5".parse().unwrap(),
                to,
                remark: Some(id.into()),
            })
        };
        let phone = |code: &str| transfer(Receiver::Phone { country_code: code.into(), number: "138".into() }, code);
        assert!(phone("+86").is_same_request(&phone("0086")) && !phone("86").is_same_request(&phone("1")));
        let mail = |m: &str| transfer(Receiver::Email(m.into()), m);
        assert!(mail("A@b.c").is_same_request(&mail("a@b.c")) && !mail("a@b.c").is_same_request(&phone("86")));
        let cancel = Request::CancelWithdrawal("1".into());
        assert!(!cancel.is_same_request(&cancel), "taking back twice pays nobody twice");
    }
}
