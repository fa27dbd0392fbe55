//! Rows of the two histories.

use serde::Deserialize;

use super::{Data, rows, scalar};
use crate::domain::address::is_same;
use crate::domain::{Amount, Cause, Kind, Millis, Partial, Receiver, Record, RecordKey, Status, UntrustedText};

/// A row of either history: every field that one of them has (`reference.md §4.7`, `§4.9`).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordRow {
    #[serde(deserialize_with = "scalar::id")]
    id: UntrustedText,
    /// `None` only when the field is not there at all; null is an empty word.
    #[serde(default, rename = "type", deserialize_with = "scalar::present_text")]
    kind: Option<UntrustedText>,
    #[serde(deserialize_with = "scalar::text")]
    coin: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    network: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    amount: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    fee: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    fee_coin: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    status: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::millis")]
    ctime: Option<Millis>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    from_address: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    to_address: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    address: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    memo: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    transaction_hash: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    remark: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    out_biz_id: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    to_type: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_id")]
    to_uid: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    to_phone_country_code: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    to_phone_number: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    to_email: Option<UntrustedText>,
}

impl RecordRow {
    /// The receiver in the way that `toType` names; without that word, the one way that is filled in.
    fn receiver(&self) -> Option<Receiver> {
        let uid = || self.to_uid.clone().map(Receiver::Uid);
        let email = || self.to_email.clone().map(Receiver::Email);
        let phone = || {
            let number = self.to_phone_number.clone()?;
            Some(Receiver::Phone { country_code: self.to_phone_country_code.clone().unwrap_or_default(), number })
        };
        match self.to_type.as_ref().map(UntrustedText::raw) {
            Some("uid") => uid(),
            Some("phone") => phone(),
            Some("email") => email(),
            _ => {
                let mut filled = [uid(), phone(), email()].into_iter().flatten();
                filled.next().filter(|_| filled.next().is_none())
            }
        }
    }

    fn record(self, kind: Kind) -> Record {
        // The documents say one name, their sample the other (`reference.md §9`, quirk 4). Two that differ are both kept.
        let also_address = self
            .address
            .clone()
            .filter(|other| self.to_address.as_ref().is_some_and(|address| !is_same(address.raw(), other.raw())));
        Record {
            also_address,
            receiver: self.receiver(),
            key: RecordKey { kind, id: self.id },
            coin: self.coin,
            network: self.network,
            amount: self.amount,
            fee: self.fee,
            fee_coin: self.fee_coin,
            status: status(self.status),
            time: self.ctime,
            from_address: self.from_address,
            address: self.to_address.or(self.address),
            memo: self.memo,
            txid: self.transaction_hash,
            remark: self.remark,
            out_biz_id: self.out_biz_id,
        }
    }
}

fn status(word: Option<UntrustedText>) -> Status {
    match word.as_ref().map(UntrustedText::raw) {
        Some("verification") => Status::Verification,
        Some("pending") => Status::Pending,
        Some("success") => Status::Success,
        Some("fail") => Status::Fail,
        Some("cancelled") => Status::Cancelled,
        _ => Status::Other(word.unwrap_or_default()),
    }
}

/// The words of `type`, for rows and filters alike.
pub(super) const fn kind_word(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Deposit => Some("deposit"),
        Kind::TransferIn => Some("inside_transfer_in"),
        Kind::Withdrawal => Some("withdraw"),
        Kind::TransferOut => Some("inside_transfer_out"),
        // The exchange lists no moves.
        Kind::MoveToSpot | Kind::MoveToFutures | Kind::OtherIn(_) | Kind::OtherOut(_) => None,
    }
}

fn is_word(word: &UntrustedText, kind: &Kind) -> bool {
    kind_word(kind).is_some_and(|own| own.eq_ignore_ascii_case(word.raw()))
}

/// A row's kind: the endpoint's main kind when `type` is not there at all (an older form), else one of the endpoint's two
/// words, else the word as it came. Null and empty are words that name neither.
fn kind(word: Option<UntrustedText>, main: Kind, second: Kind, other: fn(UntrustedText) -> Kind) -> Kind {
    match word {
        None => main,
        Some(word) if is_word(&word, &main) => main,
        Some(word) if is_word(&word, &second) => second,
        Some(word) => other(word),
    }
}

fn records(data: &Data<'_>, kind: impl Fn(Option<UntrustedText>) -> Kind) -> Result<Partial<Vec<Record>>, Cause> {
    let rows = data.rows_left::<RecordRow>(rows::record_name)?;
    let rows = rows.unwrap_or_else(|| Partial { found: Vec::new(), left_out: Vec::new() });
    let record = |mut row: RecordRow| {
        let kind = kind(row.kind.take());
        row.record(kind)
    };
    Ok(rows.map(|rows| rows.into_iter().map(record).collect()))
}

/// `withdraw_transfer/page` (`reference.md §4.7`).
pub(in crate::exchange) fn outgoing(data: &Data<'_>) -> Result<Partial<Vec<Record>>, Cause> {
    records(data, |word| kind(word, Kind::Withdrawal, Kind::TransferOut, Kind::OtherOut))
}

/// `deposit/page` (`reference.md §4.9`).
pub(in crate::exchange) fn incoming(data: &Data<'_>) -> Result<Partial<Vec<Record>>, Cause> {
    records(data, |word| kind(word, Kind::Deposit, Kind::TransferIn, Kind::OtherIn))
}
