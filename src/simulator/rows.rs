//! Records as the wire shows them: the shapes of the document's samples, which differ from its tables.

use serde::Serialize;

use super::history::{Arrival, Incoming, Outgoing, Peer, Target};
use crate::domain::Amount;

/// Decimals of amounts among withdrawals (`reference.md §4.7`).
const OUTGOING_DECIMALS: u32 = 20;
/// Decimals of amounts among deposits (`reference.md §4.9`).
const INCOMING_DECIMALS: u32 = 8;

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
            transaction_hash: record.txid(),
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
