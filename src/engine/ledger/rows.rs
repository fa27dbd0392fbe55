//! An order as a row of the ledger, and back. What cannot be read is an error, never skipped in silence: a lost order could
//! be sent twice.

use std::fmt::Display;

use rusqlite::{Row, RowIndex};

use crate::domain::{
    Amount, AskedBy, Because, Millis, MoveDirection, MoveRequest, Order, OrderId, Outcome, Proof, Receiver, Request,
    TransferRequest, UntrustedText, Why, WithdrawRequest,
};

/// The columns that [`order`] wants, and that the checksum is made of, in this order.
pub(super) const COLUMNS: &str = "id, kind, coin, network, address, memo, amount, direction, to_type, \
    to_country_code, to_name, remark, out_biz_id, target_id, time_ms, sent_ms, available_before, asked_by, outcome, \
    exchange_id, proof, code, detail, readings, changed_ms";

/// The columns that differ from one kind of request to another.
#[derive(Debug, Default)]
pub(super) struct RequestColumns<'a> {
    pub(super) network: Option<&'a str>,
    pub(super) address: Option<&'a str>,
    pub(super) memo: Option<&'a str>,
    pub(super) direction: Option<&'static str>,
    pub(super) to_type: Option<&'static str>,
    pub(super) to_country_code: Option<&'a str>,
    pub(super) to_name: Option<&'a str>,
    pub(super) remark: Option<&'a str>,
    pub(super) out_biz_id: Option<&'a str>,
    pub(super) target_id: Option<&'a str>,
}

impl<'a> RequestColumns<'a> {
    pub(super) fn of(request: &'a Request) -> Self {
        match request {
            Request::Withdraw(w) => Self {
                network: Some(w.network.raw()),
                address: Some(w.address.raw()),
                memo: w.memo.as_ref().map(UntrustedText::raw),
                ..Self::default()
            },
            Request::Transfer(t) => {
                let (to_type, to_country_code, to_name) = match &t.to {
                    Receiver::Uid(uid) => ("uid", None, uid.raw()),
                    Receiver::Phone { country_code, number } => ("phone", Some(country_code.raw()), number.raw()),
                    Receiver::Email(email) => ("email", None, email.raw()),
                };
                Self {
                    to_type: Some(to_type),
                    to_country_code,
                    to_name: Some(to_name),
                    remark: t.remark.as_ref().map(UntrustedText::raw),
                    out_biz_id: Some(t.out_biz_id.raw()),
                    ..Self::default()
                }
            }
            Request::Move(m) => {
                let direction = match m.direction {
                    MoveDirection::SpotToFutures => "spot_to_futures",
                    MoveDirection::FuturesToSpot => "futures_to_spot",
                };
                Self { direction: Some(direction), ..Self::default() }
            }
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => {
                Self { target_id: Some(id.raw()), ..Self::default() }
            }
        }
    }
}

/// The columns that tell what became of an order, beside the outcome's word.
#[derive(Debug, Default)]
pub(super) struct OutcomeColumns<'a> {
    pub(super) exchange_id: Option<&'a str>,
    pub(super) proof: Option<&'static str>,
    pub(super) code: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
}

impl<'a> OutcomeColumns<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Accepted { id, proof } => {
                Self { exchange_id: Some(id.raw()), proof: Some(proof.into()), ..Self::default() }
            }
            Outcome::Refused { code, msg } => {
                Self { code: Some(code.raw()), detail: Some(msg.raw()), ..Self::default() }
            }
            Outcome::NotSent { why } | Outcome::Unknown { why } => {
                let because: &'static str = why.because.into();
                Self { code: Some(because), detail: Some(why.detail.raw()), ..Self::default() }
            }
            Outcome::TooLate { status } => Self { detail: Some(status.raw()), ..Self::default() },
            Outcome::Sending
            | Outcome::NoTrace
            | Outcome::NotExecuted
            | Outcome::Likely { .. }
            | Outcome::Dismissed => Self::default(),
        }
    }
}

/// The order of a row with all [`COLUMNS`]; whether it fits its checksum is looked at elsewhere.
pub(super) fn order(row: &Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order {
        id: OrderId(row.get("id")?),
        request: request(row)?,
        time: Millis(row.get("time_ms")?),
        sent: Millis(row.get("sent_ms")?),
        available_before: amount(row, "available_before")?,
        asked_by: must(row, "asked_by")?.raw().parse::<AskedBy>().map_err(|_| broken("asked_by"))?,
        outcome: outcome(row)?,
        readings: row.get("readings")?,
        changed: Millis(row.get("changed_ms")?),
    })
}

fn request(row: &Row<'_>) -> rusqlite::Result<Request> {
    let must = |name| must(row, name);
    let must_amount = || amount(row, "amount")?.ok_or_else(|| broken("amount"));
    Ok(match must("kind")?.raw() {
        "withdraw" => Request::Withdraw(WithdrawRequest {
            coin: must("coin")?,
            network: must("network")?,
            address: must("address")?,
            memo: text(row, "memo")?,
            gross: must_amount()?,
        }),
        "transfer" => Request::Transfer(TransferRequest {
            out_biz_id: must("out_biz_id")?,
            coin: must("coin")?,
            amount: must_amount()?,
            to: match must("to_type")?.raw() {
                "uid" => Receiver::Uid(must("to_name")?),
                "phone" => Receiver::Phone { country_code: must("to_country_code")?, number: must("to_name")? },
                "email" => Receiver::Email(must("to_name")?),
                _ => return Err(broken("to_type")),
            },
            remark: text(row, "remark")?,
        }),
        "move" => Request::Move(MoveRequest {
            direction: match must("direction")?.raw() {
                "spot_to_futures" => MoveDirection::SpotToFutures,
                "futures_to_spot" => MoveDirection::FuturesToSpot,
                _ => return Err(broken("direction")),
            },
            coin: must("coin")?,
            amount: must_amount()?,
        }),
        "cancel_withdrawal" => Request::CancelWithdrawal(must("target_id")?),
        "cancel_transfer" => Request::CancelTransfer(must("target_id")?),
        _ => return Err(broken("kind")),
    })
}

fn outcome(row: &Row<'_>) -> rusqlite::Result<Outcome> {
    let detail = || Ok::<_, rusqlite::Error>(text(row, "detail")?.unwrap_or_default());
    let why = || {
        let because = must(row, "code")?.raw().parse::<Because>().map_err(|_| broken("code"))?;
        Ok::<_, rusqlite::Error>(Why { because, detail: detail()? })
    };
    Ok(match must(row, "outcome")?.raw() {
        "sending" => Outcome::Sending,
        "accepted" => Outcome::Accepted {
            id: must(row, "exchange_id")?,
            proof: must(row, "proof")?.raw().parse::<Proof>().map_err(|_| broken("proof"))?,
        },
        "refused" => Outcome::Refused { code: must(row, "code")?, msg: detail()? },
        "not_sent" => Outcome::NotSent { why: why()? },
        "unknown" => Outcome::Unknown { why: why()? },
        "no_trace" => Outcome::NoTrace,
        "not_executed" => Outcome::NotExecuted,
        "likely_executed" => Outcome::Likely { executed: true },
        "likely_not_executed" => Outcome::Likely { executed: false },
        "too_late" => Outcome::TooLate { status: detail()? },
        "dismissed" => Outcome::Dismissed,
        _ => return Err(broken("outcome")),
    })
}

/// A column by its name, or by its place where many rows are read.
pub(super) trait Column: RowIndex + Display + Copy {}

impl<T: RowIndex + Display + Copy> Column for T {}

fn raw<'a>(row: &'a Row<'_>, column: impl Column) -> rusqlite::Result<Option<&'a str>> {
    row.get_ref(column)?.as_str_or_null().map_err(|_| broken(column))
}

pub(super) fn text(row: &Row<'_>, column: impl Column) -> rusqlite::Result<Option<UntrustedText>> {
    Ok(raw(row, column)?.map(UntrustedText::from))
}

pub(super) fn must(row: &Row<'_>, column: impl Column) -> rusqlite::Result<UntrustedText> {
    text(row, column)?.ok_or_else(|| broken(column))
}

pub(super) fn must_raw<'a>(row: &'a Row<'_>, column: impl Column) -> rusqlite::Result<&'a str> {
    raw(row, column)?.ok_or_else(|| broken(column))
}

pub(super) fn amount(row: &Row<'_>, column: impl Column) -> rusqlite::Result<Option<Amount>> {
    raw(row, column)?.map(|t| t.parse::<Amount>().map_err(|_| broken(column))).transpose()
}

pub(super) fn broken(column: impl Display) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnName(format!("{column}: not a value that this program writes"))
}
