//! Orders: wishes to move money that were written down before they were sent, and what became of them.

use super::{Amount, Millis, MoveRequest, Receiver, Text, TransferRequest, WithdrawRequest};

/// Everything that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To a chain.
    Withdraw(WithdrawRequest),
    /// To another user of the exchange.
    Transfer(TransferRequest),
    /// Between the account's own purses.
    Move(MoveRequest),
    /// Take back the withdrawal with this id, while the exchange still lets one.
    CancelWithdrawal(Text),
    /// Take back the transfer with this id, while the exchange still lets one.
    CancelTransfer(Text),
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
    pub const fn coin(&self) -> Option<&Text> {
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

    /// True for what takes money out of the account's own hands or purses; false for a cancel.
    pub const fn moves_money(&self) -> bool {
        self.amount().is_some()
    }

    /// True when a person would call both the same payment: same money to the same place. Ids and remarks of our own
    /// do not make a payment another one.
    pub fn is_same_wish(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Withdraw(a), Self::Withdraw(b)) => a == b,
            (Self::Transfer(a), Self::Transfer(b)) => (&a.coin, a.amount, &a.to) == (&b.coin, b.amount, &b.to),
            (Self::Move(a), Self::Move(b)) => a == b,
            (Self::CancelWithdrawal(a), Self::CancelWithdrawal(b))
            | (Self::CancelTransfer(a), Self::CancelTransfer(b)) => a == b,
            _ => false,
        }
    }

    /// The other user of a transfer.
    pub const fn receiver(&self) -> Option<&Receiver> {
        match self {
            Self::Transfer(t) => Some(&t.to),
            _ => None,
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
    /// The exchange's history.
    History,
    /// The user, who looked it up.
    User,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Written down; the request may be on its way. Found at a start, it means: the program ended before the answer.
    Sending,
    /// Executed, under this id.
    Accepted {
        /// The exchange's id.
        id: Text,
        /// How that is known.
        proof: Proof,
    },
    /// The exchange said no: nothing was executed.
    Refused {
        /// The exchange's code.
        code: Text,
        /// The exchange's message.
        msg: Text,
    },
    /// Not one byte left: nothing was executed.
    NotSent {
        /// Why.
        why: Text,
    },
    /// It may have been executed. It is looked up, and never sent again unasked.
    Unknown {
        /// How the answer was lost.
        why: Text,
    },
    /// Looked for long enough and not found. Only the user may send it again.
    NoTrace,
    /// A move, judged by the balance alone: likely, not certain.
    Likely {
        /// Whether the balance says that it was executed.
        executed: bool,
    },
}

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
            Self::Likely { executed: true } => "likely_executed",
            Self::Likely { executed: false } => "likely_not_executed",
        }
    }

    /// True while it must still be found out.
    pub const fn is_unsettled(&self) -> bool {
        matches!(self, Self::Sending | Self::Unknown { .. })
    }

    /// True when the same thing must not be sent again without the user's typed word.
    pub const fn blocks_repeat(&self) -> bool {
        matches!(self, Self::Sending | Self::Unknown { .. } | Self::NoTrace | Self::Likely { .. })
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
    /// What was available before, in the request's coin; `None` when not known.
    pub available_before: Option<Amount>,
    /// Who asked.
    pub asked_by: AskedBy,
    /// What became of it.
    pub outcome: Outcome,
    /// How often the exchange's history was read for it.
    pub readings: u32,
    /// When the outcome was last written.
    pub changed: Millis,
}
