//! What happened in the account: a step of a record, or a condition that is about no record.

use super::{Amount, Millis, Record, Status, UntrustedText};

/// What happened.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    /// Something is coming in and is not credited yet.
    Seen,
    /// Something came in.
    Credited,
    /// Something is on its way out.
    Pending,
    /// Something waits for the user's security check.
    Verification,
    /// Something went out.
    Done,
    /// Something failed.
    Failed,
    /// Something was taken back.
    Cancelled,
    /// The exchange uses a word of its own.
    Other,
    /// The outcome of an order is not known.
    Unknown,
    /// The exchange refuses the key.
    Key,
    /// This machine's clock is wrong.
    Clock,
    /// A balance changed and no record says why.
    Balance,
}

impl EventKind {
    /// What a record's status means.
    pub fn to(record: &Record) -> Self {
        let is_out = record.key.kind.is_outgoing() || record.key.kind.is_move();
        match &record.status {
            Status::Verification => Self::Verification,
            Status::Pending if is_out => Self::Pending,
            Status::Pending => Self::Seen,
            Status::Success if is_out => Self::Done,
            Status::Success => Self::Credited,
            Status::Fail => Self::Failed,
            Status::Cancelled => Self::Cancelled,
            Status::Other(_) => Self::Other,
        }
    }

    /// Its word in JSON, in the configuration and in the ledger.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// True for what the user may have to do something about.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Failed | Self::Verification | Self::Unknown | Self::Key | Self::Clock | Self::Balance)
    }
}

/// Something that holds, or held, and is about no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What.
    pub happened: EventKind,
    /// The order, or the coin; nothing where it is about neither.
    pub about: UntrustedText,
    /// By how much a balance changed, coin amount.
    pub change: Option<Amount>,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSubject {
    /// A record, with the status that it had then.
    Record(Box<Record>),
    /// A condition.
    Condition(Condition),
}

/// Something that happened, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the ledger: what happened later, or was noticed later, has a greater one.
    pub number: i64,
    /// When it was noticed, by the exchange's clock.
    pub at: Millis,
    /// What it is about.
    pub subject: EventSubject,
}

impl Event {
    /// What happened.
    pub fn kind(&self) -> EventKind {
        match &self.subject {
            EventSubject::Record(record) => EventKind::to(record),
            EventSubject::Condition(condition) => condition.happened,
        }
    }

    /// The record that it is about.
    pub fn record(&self) -> Option<&Record> {
        match &self.subject {
            EventSubject::Record(record) => Some(record),
            EventSubject::Condition(_) => None,
        }
    }
}
