//! Bodies of requests, byte for byte as they are signed and sent.
//!
//! The server may remove spaces from a body before it hashes it (`reference.md §3.2`); so no body holds one. A space inside
//! a text goes out as `\u0020` and everything beyond ASCII as `\uXXXX`: both sides then hash the same bytes.

use std::io;
use std::str::FromStr as _;

use serde::Serialize;
use serde_json::Number;
use serde_json::ser::Formatter;

use super::record::kind_word;
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{
    Amount, Cause, IncomingFilter, Kind, Millis, MoveDirection, MoveRequest, Obstacle, OutgoingFilter, Receiver,
    TransferRequest, UntrustedText, WithdrawRequest,
};

/// Compact JSON without a space or a byte beyond ASCII.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for c in fragment.chars() {
            if c.is_ascii_graphic() {
                writer.write_all(&[u8::try_from(c).unwrap_or(b'?')])?;
            } else {
                for unit in c.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

pub(super) fn body(value: &impl Serialize) -> Result<Vec<u8>, Cause> {
    let mut out = Vec::with_capacity(192);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Ascii);
    value.serialize(&mut serializer).map_err(|why| not_sent(&why.to_string()))?;
    Ok(out)
}

fn not_sent(why: &str) -> Cause {
    Cause::NotSent { obstacle: Obstacle::Other, detail: UntrustedText::from(why) }
}

/// A value worth sending: the exchange treats an empty one as none.
fn filled(text: Option<&UntrustedText>) -> Option<&str> {
    text.map(UntrustedText::raw).filter(|raw| !raw.is_empty())
}

#[derive(Serialize)]
struct Withdraw<'a> {
    coin: &'a str,
    network: &'a str,
    address: &'a str,
    amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    memo: Option<&'a str>,
}

/// `withdraw` (`reference.md §4.3`).
pub(in crate::exchange) fn withdraw(request: &WithdrawRequest) -> Result<Vec<u8>, Cause> {
    body(&Withdraw {
        coin: request.coin.raw(),
        network: request.network.raw(),
        address: request.address.raw(),
        amount: request.gross,
        memo: filled(request.memo.as_ref()),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelWithdrawal<'a> {
    withdraw_id: &'a str,
}

/// `withdraw/cancel` (`reference.md §4.4`).
pub(in crate::exchange) fn cancel_withdrawal(id: &UntrustedText) -> Result<Vec<u8>, Cause> {
    body(&CancelWithdrawal { withdraw_id: id.raw() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CancelTransfer<'a> {
    inside_transfer_id: &'a str,
}

/// `inside_transfer/cancel` (`reference.md §4.6`).
pub(in crate::exchange) fn cancel_transfer(id: &UntrustedText) -> Result<Vec<u8>, Cause> {
    body(&CancelTransfer { inside_transfer_id: id.raw() })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transfer<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    out_biz_id: &'a str,
    coin: &'a str,
    amount: Amount,
    #[serde(flatten)]
    to: To<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(tag = "toType", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum To<'a> {
    Uid { to_uid: Number },
    Phone { to_phone_country_code: &'a str, to_phone_number: &'a str },
    Email { to_email: &'a str },
}

/// `inside_transfer` (`reference.md §4.5`). A user id that is not a number is a problem before anything is sent.
pub(in crate::exchange) fn transfer(request: &TransferRequest) -> Result<Vec<u8>, Cause> {
    let to = match &request.to {
        Receiver::Uid(uid) => {
            let number = Number::from_str(uid.raw()).ok().filter(|_| uid.raw().bytes().all(|b| b.is_ascii_digit()));
            To::Uid { to_uid: number.ok_or_else(|| not_sent("a user id is made of digits only"))? }
        }
        Receiver::Phone { country_code, number } => {
            To::Phone { to_phone_country_code: country_code.raw(), to_phone_number: number.raw() }
        }
        Receiver::Email(email) => To::Email { to_email: email.raw() },
    };
    body(&Transfer {
        out_biz_id: request.out_biz_id.raw(),
        coin: request.coin.raw(),
        amount: request.amount,
        to,
        remark: filled(request.remark.as_ref()),
    })
}

#[derive(Serialize)]
struct Move<'a> {
    #[serde(rename = "type")]
    direction: &'static str,
    coin: &'a str,
    amount: Amount,
}

/// `funds_transfer` (`reference.md §4.8`).
pub(in crate::exchange) fn move_funds(request: &MoveRequest) -> Result<Vec<u8>, Cause> {
    let direction = match request.direction {
        MoveDirection::SpotToFutures => "spot_futures",
        MoveDirection::FuturesToSpot => "futures_spot",
    };
    body(&Move { direction, coin: request.coin.raw(), amount: request.amount })
}

/// The filters of either history; what is empty is left out, the limit never is, so that the body is never empty.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_biz_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_hash: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    limit: u32,
}

fn page_limit(wanted: Option<u32>) -> u32 {
    wanted.unwrap_or(PAGE_LIMIT).clamp(1, PAGE_LIMIT)
}

fn time(at: Option<Millis>) -> Option<i64> {
    at.map(|at| at.0)
}

/// `withdraw_transfer/page` (`reference.md §4.7`).
pub(in crate::exchange) fn outgoing_page(filter: &OutgoingFilter) -> Result<Vec<u8>, Cause> {
    let kind = filter.kind.as_ref().filter(|kind| matches!(kind, Kind::Withdrawal | Kind::TransferOut));
    body(&Page {
        id: filled(filter.id.as_ref()),
        out_biz_id: filled(filter.out_biz_id.as_ref()),
        coin: filled(filter.coin.as_ref()),
        transaction_hash: filled(filter.txid.as_ref()),
        kind: kind.and_then(kind_word),
        start_time: time(filter.start),
        end_time: time(filter.end),
        remark: filled(filter.remark.as_ref()),
        limit: page_limit(filter.limit),
    })
}

/// `deposit/page` (`reference.md §4.9`).
pub(in crate::exchange) fn incoming_page(filter: &IncomingFilter) -> Result<Vec<u8>, Cause> {
    let kind = filter.kind.as_ref().filter(|kind| matches!(kind, Kind::Deposit | Kind::TransferIn));
    body(&Page {
        id: filled(filter.id.as_ref()),
        coin: filled(filter.coin.as_ref()),
        transaction_hash: filled(filter.txid.as_ref()),
        kind: kind.and_then(kind_word),
        start_time: time(filter.start),
        end_time: time(filter.end),
        limit: page_limit(filter.limit),
        ..Page::default()
    })
}

#[derive(Serialize)]
struct Place<'a> {
    coin: &'a str,
    network: &'a str,
}

/// `deposit/address` (`reference.md §4.10`).
pub(in crate::exchange) fn deposit_address(coin: &UntrustedText, network: &UntrustedText) -> Result<Vec<u8>, Cause> {
    body(&Place { coin: coin.raw(), network: network.raw() })
}

/// The query of `market/last_price`: the coin's market against USDT.
pub(in crate::exchange) fn market(coin: &UntrustedText) -> (&'static str, String) {
    ("symbol", format!("{}{MARKET_QUOTE}", coin.raw()))
}

/// The query of `futures/account`.
pub(in crate::exchange) fn margin_coin(coin: &UntrustedText) -> (&'static str, String) {
    ("marginCoin", coin.raw().to_owned())
}

#[cfg(test)]
mod tests;
