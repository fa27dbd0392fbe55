//! The records of the account and the filters of both history pages. Their wire form is in `rows.rs`.

use super::addresses::Family;
use crate::domain::{Amount, Millis};

/// How far an outgoing record got. The wire shows the middle three as one word (`reference.md §5`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Waits for the user's security check.
    Verification,
    /// In the first review by hand: the only stage, besides the one before, in which it can be taken back.
    Review,
    /// Reviewed, on its way to the chain or the other user.
    Approved,
    /// On the chain, with a transaction id; waits for confirmations.
    Broadcast,
    /// Done.
    Success,
    /// Failed for good; the money is free again.
    Fail,
    /// Taken back; the money is free again.
    Cancelled,
}

impl Stage {
    /// The wire's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Review | Self::Approved | Self::Broadcast => "pending",
            Self::Success => "success",
            Self::Fail => "fail",
            Self::Cancelled => "cancelled",
        }
    }

    /// True when nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Fail | Self::Cancelled)
    }
}

/// Another user, in the way that the sender named him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// By id.
    Uid(i64),
    /// By telephone: country code as sent, number.
    Phone(String, String),
    /// By e-mail.
    Email(String),
}

/// Where an outgoing record goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To an address on a chain.
    Chain {
        /// The network's name.
        network: &'static str,
        /// How the chain writes transaction ids.
        family: Family,
        /// The address.
        address: String,
        /// The memo, where one was given.
        memo: Option<String>,
        /// The transaction, once it is on the chain.
        txid: Option<String>,
    },
    /// To another user.
    User(Peer),
}

/// A withdrawal or a transfer to another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The id, a snowflake.
    pub id: i64,
    /// The coin.
    pub coin: &'static str,
    /// Coin amount taken from the account.
    pub gross: Amount,
    /// The part of it that the exchange keeps, in the same coin.
    pub fee: Amount,
    /// Where it goes.
    pub target: Target,
    /// How far it got.
    pub stage: Stage,
    /// When it was made, whole seconds.
    pub ctime: Millis,
    /// The client's own id.
    pub out_biz_id: Option<String>,
    /// The sender's note.
    pub remark: Option<String>,
}

/// A deposit or a transfer from another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The id: a small sequence for deposits, a snowflake for transfers.
    pub id: i64,
    /// The coin.
    pub coin: &'static str,
    /// Coin amount credited on success.
    pub amount: Amount,
    /// Network and transaction of a deposit; none for a transfer.
    pub chain: Option<(&'static str, String)>,
    /// Chain address or user id that paid.
    pub from: String,
    /// Chain address or user id that received.
    pub to: String,
    /// `pending`, `success`, `fail`.
    pub status: Arrival,
    /// When it was seen, whole seconds.
    pub ctime: Millis,
}

/// How far an incoming record got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Waits for confirmations.
    Pending,
    /// Credited.
    Success,
    /// Will never be credited.
    Fail,
}

/// The filters of either page; an absent one matches everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Record id, as text.
    pub id: Option<String>,
    /// The client's own id.
    pub out_biz_id: Option<String>,
    /// The coin.
    pub coin: Option<String>,
    /// Transaction on the chain.
    pub txid: Option<String>,
    /// `Some(true)`: chain records only; `Some(false)`: transfers only.
    pub chain: Option<bool>,
    /// Not before, inclusive.
    pub start: Option<i64>,
    /// Not after, inclusive.
    pub end: Option<i64>,
    /// The note, to the letter.
    pub remark: Option<String>,
    /// Rows at most.
    pub limit: usize,
}

/// All records, each list in order of time.
#[derive(Debug, Clone, Default)]
pub struct History {
    outgoing: Vec<Outgoing>,
    incoming: Vec<Incoming>,
}

impl History {
    /// Adds a record at its place in time.
    pub fn add_outgoing(&mut self, record: Outgoing) {
        let at = self.outgoing.partition_point(|r| r.ctime <= record.ctime);
        self.outgoing.insert(at, record);
    }

    /// Adds a record at its place in time.
    pub fn add_incoming(&mut self, record: Incoming) {
        let at = self.incoming.partition_point(|r| r.ctime <= record.ctime);
        self.incoming.insert(at, record);
    }

    /// Puts many older records in, which must be in order of time and not after any that is there.
    pub fn add_past(&mut self, records: Vec<Incoming>) {
        self.incoming.splice(0..0, records);
    }

    /// Withdrawals and outgoing transfers, oldest first.
    pub fn outgoing(&self) -> &[Outgoing] {
        &self.outgoing
    }

    /// Deposits and incoming transfers, oldest first.
    pub fn incoming(&self) -> &[Incoming] {
        &self.incoming
    }

    /// The outgoing record of an id; new ones are found soonest.
    pub fn outgoing_mut(&mut self, id: i64) -> Option<&mut Outgoing> {
        self.outgoing.iter_mut().rev().find(|r| r.id == id)
    }

    /// The incoming record of an id.
    pub fn incoming_mut(&mut self, id: i64) -> Option<&mut Incoming> {
        self.incoming.iter_mut().rev().find(|r| r.id == id)
    }

    /// One page of withdrawals and outgoing transfers, newest first.
    pub fn outgoing_page(&self, filter: &Filter) -> Vec<&Outgoing> {
        page(
            &self.outgoing,
            filter,
            |r| r.ctime,
            |r| {
                filter.takes(r.id, r.coin, r.txid(), matches!(r.target, Target::Chain { .. }))
                    && same(filter.out_biz_id.as_deref(), r.out_biz_id.as_deref())
                    && same(filter.remark.as_deref(), r.remark.as_deref())
            },
        )
    }

    /// One page of deposits and incoming transfers, newest first.
    pub fn incoming_page(&self, filter: &Filter) -> Vec<&Incoming> {
        page(&self.incoming, filter, |r| r.ctime, |r| filter.takes(r.id, r.coin, r.txid(), r.chain.is_some()))
    }
}

/// The newest rows, newest first, within the filter's time (both ends included) that are wanted.
fn page<'a, R>(
    rows: &'a [R],
    filter: &Filter,
    ctime: impl Fn(&R) -> Millis,
    wanted: impl Fn(&R) -> bool,
) -> Vec<&'a R> {
    let until = rows.partition_point(|r| filter.end.is_none_or(|end| ctime(r).0 <= end));
    let since = rows.partition_point(|r| filter.start.is_some_and(|start| ctime(r).0 < start));
    let within = rows.get(since..until).unwrap_or_default();
    within.iter().rev().filter(|r| wanted(r)).take(filter.limit).collect()
}

impl Filter {
    /// The part that both pages share.
    fn takes(&self, id: i64, coin: &str, txid: Option<&str>, chain: bool) -> bool {
        self.id.as_ref().is_none_or(|wanted| *wanted == id.to_string())
            && same(self.coin.as_deref(), Some(coin))
            && same(self.txid.as_deref(), txid)
            && self.chain.is_none_or(|wanted| wanted == chain)
    }
}

impl Outgoing {
    /// The transaction on the chain, once there is one.
    pub fn txid(&self) -> Option<&str> {
        match &self.target {
            Target::Chain { txid, .. } => txid.as_deref(),
            Target::User(_) => None,
        }
    }
}

impl Incoming {
    /// The transaction on the chain; none for a transfer.
    pub fn txid(&self) -> Option<&str> {
        self.chain.as_ref().map(|(_, txid)| txid.as_str())
    }
}

fn same(wanted: Option<&str>, found: Option<&str>) -> bool {
    wanted.is_none() || wanted == found
}
