//! The records of the account, the filters of both history pages, and the rows as the wire shows them.

use serde::Serialize;

use super::addresses::Family;
use crate::domain::{Amount, Millis};

/// Decimals of amounts among withdrawals (`reference.md §4.7`).
const OUTGOING_DECIMALS: u32 = 20;
/// Decimals of amounts among deposits (`reference.md §4.9`).
const INCOMING_DECIMALS: u32 = 8;

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
    pub fn outgoing_page(&self, filter: &Filter) -> Vec<OutgoingRow<'_>> {
        let until = self.outgoing.partition_point(|r| filter.end.is_none_or(|end| r.ctime.0 <= end));
        self.outgoing[..until]
            .iter()
            .rev()
            .take_while(|r| filter.start.is_none_or(|start| r.ctime.0 >= start))
            .map(OutgoingRow::from)
            .filter(|row| {
                same(filter.id.as_deref(), Some(&row.id))
                    && same(filter.out_biz_id.as_deref(), row.out_biz_id)
                    && same(filter.coin.as_deref(), Some(row.coin))
                    && same(filter.txid.as_deref(), row.transaction_hash)
                    && same(filter.remark.as_deref(), row.remark)
                    && filter.chain.is_none_or(|chain| chain == row.network.is_some())
            })
            .take(filter.limit)
            .collect()
    }

    /// One page of deposits and incoming transfers, newest first.
    pub fn incoming_page(&self, filter: &Filter) -> Vec<IncomingRow<'_>> {
        let until = self.incoming.partition_point(|r| filter.end.is_none_or(|end| r.ctime.0 <= end));
        self.incoming[..until]
            .iter()
            .rev()
            .take_while(|r| filter.start.is_none_or(|start| r.ctime.0 >= start))
            .filter(|r| {
                (filter.id.is_none() || filter.id == Some(r.id.to_string()))
                    && same(filter.coin.as_deref(), Some(r.coin))
                    && same(filter.txid.as_deref(), r.chain.as_ref().map(|(_, txid)| txid.as_str()))
                    && filter.chain.is_none_or(|chain| chain == r.chain.is_some())
            })
            .take(filter.limit)
            .map(IncomingRow::from)
            .collect()
    }
}

fn same(wanted: Option<&str>, found: Option<&str>) -> bool {
    wanted.is_none() || wanted == found
}

/// An amount with at least this many decimals, exact.
fn fixed(amount: Amount, decimals: u32) -> String {
    let zero = Amount::new(0, decimals).unwrap_or(Amount::ZERO);
    amount.checked_add(zero).unwrap_or(amount).to_string()
}

/// A row of `withdraw_transfer/page` in the shape of the document's sample: `address`, not `toAddress`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingRow<'a> {
    id: String,
    out_biz_id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    coin: &'a str,
    amount: String,
    status: &'static str,
    ctime: i64,
    network: Option<&'a str>,
    address: Option<&'a str>,
    transaction_hash: Option<&'a str>,
    fee_coin: Option<&'a str>,
    fee: Option<String>,
    memo: Option<&'a str>,
    to_type: Option<&'static str>,
    to_uid: Option<i64>,
    to_phone_country_code: Option<&'a str>,
    to_phone_number: Option<&'a str>,
    to_email: Option<&'a str>,
    remark: Option<&'a str>,
}

impl<'a> From<&'a Outgoing> for OutgoingRow<'a> {
    fn from(record: &'a Outgoing) -> Self {
        let net = record.gross.checked_sub(record.fee).unwrap_or(record.gross);
        let done = record.stage.is_final();
        let mut row = Self {
            id: record.id.to_string(),
            out_biz_id: record.out_biz_id.as_deref(),
            kind: "withdraw",
            coin: record.coin,
            amount: fixed(net, OUTGOING_DECIMALS),
            status: record.stage.word(),
            ctime: record.ctime.0,
            network: None,
            address: None,
            transaction_hash: None,
            fee_coin: done.then_some(record.coin),
            fee: done.then(|| fixed(record.fee, OUTGOING_DECIMALS)),
            memo: None,
            to_type: None,
            to_uid: None,
            to_phone_country_code: None,
            to_phone_number: None,
            to_email: None,
            remark: record.remark.as_deref(),
        };
        match &record.target {
            Target::Chain { network, address, memo, txid, .. } => {
                row.network = Some(network);
                row.address = Some(address);
                row.memo = memo.as_deref();
                row.transaction_hash = txid.as_deref();
            }
            Target::User(peer) => {
                row.kind = "inside_transfer_out";
                match peer {
                    Peer::Uid(uid) => (row.to_type, row.to_uid) = (Some("uid"), Some(*uid)),
                    Peer::Email(email) => (row.to_type, row.to_email) = (Some("email"), Some(email.as_str())),
                    Peer::Phone(code, number) => {
                        row.to_type = Some("phone");
                        row.to_phone_country_code = Some(code);
                        row.to_phone_number = Some(number);
                    }
                }
            }
        }
        row
    }
}

/// A row of `deposit/page` in the shape of the document's sample: the id is a JSON number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncomingRow<'a> {
    id: i64,
    transaction_hash: Option<&'a str>,
    coin: &'a str,
    network: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    from_address: &'a str,
    to_address: &'a str,
    amount: String,
    status: &'static str,
    ctime: i64,
}

impl<'a> From<&'a Incoming> for IncomingRow<'a> {
    fn from(record: &'a Incoming) -> Self {
        Self {
            id: record.id,
            transaction_hash: record.chain.as_ref().map(|(_, txid)| txid.as_str()),
            coin: record.coin,
            network: record.chain.as_ref().map(|(network, _)| *network),
            kind: if record.chain.is_some() { "deposit" } else { "inside_transfer_in" },
            from_address: &record.from,
            to_address: &record.to,
            amount: fixed(record.amount, INCOMING_DECIMALS),
            status: match record.status {
                Arrival::Pending => "pending",
                Arrival::Success => "success",
                Arrival::Fail => "fail",
            },
            ctime: record.ctime.0,
        }
    }
}
