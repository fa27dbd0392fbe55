//! Answers about the account itself, and the ids and prices that come alone.

use serde::Deserialize;

use super::{Data, Row, rows, scalar};
use crate::domain::{
    Amount, Balance, Cause, DepositAddress, FuturesBalance, LeftOut, Partial, UntrustedText, UserInfo,
};

#[derive(Deserialize)]
struct BalanceRow {
    #[serde(deserialize_with = "scalar::text")]
    coin: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    balance: Option<Amount>,
    #[serde(default, rename = "balanceLocked", deserialize_with = "scalar::optional_amount")]
    balance_locked: Option<Amount>,
}

/// `user/account` (`reference.md §4.1`).
pub(in crate::exchange) fn balances(data: &Data<'_>) -> Result<Option<Partial<Vec<Balance>>>, Cause> {
    let rows = data.rows_left::<BalanceRow>(rows::balance_name)?;
    let Some(mut rows) = rows else { return Ok(None) };
    // Of two rows of one coin neither is what is held.
    let names: Vec<UntrustedText> = rows.found.iter().map(|row| row.coin.clone()).collect();
    let is_twice = |coin: &UntrustedText| names.iter().filter(|name| *name == coin).count() > 1;
    for (at, row) in rows.found.iter().enumerate().filter(|(_, row)| is_twice(&row.coin)) {
        let detail = UntrustedText::from("listed twice");
        rows.left_out.push(LeftOut {
            path: UntrustedText::from(format!("data[{at}].coin")),
            detail,
            name: Some(row.coin.clone()),
            time: None,
        });
    }
    rows.found.retain(|row| !is_twice(&row.coin));
    let balance = |row: BalanceRow| Balance { coin: row.coin, available: row.balance, in_use: row.balance_locked };
    rows.map(|rows| rows.into_iter().map(balance).collect::<Vec<_>>()).some().map(Some)
}

#[derive(Deserialize)]
struct FuturesRow {
    #[serde(rename = "marginCoin", deserialize_with = "scalar::text")]
    coin: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    transfer: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    available: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    frozen: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    margin: Option<Amount>,
    #[serde(default, rename = "crossUnrealizedPNL", deserialize_with = "scalar::optional_amount")]
    cross_unrealised: Option<Amount>,
    #[serde(default, rename = "isolationUnrealizedPNL", deserialize_with = "scalar::optional_amount")]
    isolated_unrealised: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    bonus: Option<Amount>,
}

/// `futures/account` (`reference.md §4.14`): a list of one, or the row alone. `None` when nothing is listed for the coin that
/// was asked for; rows of other coins in its place are an answer to another question.
pub(in crate::exchange) fn futures_balance(
    data: &Data<'_>,
    coin: &UntrustedText,
) -> Result<Option<FuturesBalance>, Cause> {
    let rows = data.rows::<FuturesRow>()?.unwrap_or_default();
    let unreadable = |detail: &str| {
        let (path, detail) = (UntrustedText::from("data.marginCoin"), UntrustedText::from(detail));
        Err(Cause::Unreadable { path, detail })
    };
    let is_any = !rows.is_empty();
    let mut own = rows.into_iter().filter(|row| row.coin == *coin);
    let row = match (own.next(), own.next()) {
        (None, _) if is_any => return unreadable("another coin than was asked for"),
        (None, _) => return Ok(None),
        (Some(row), None) => row,
        // Of two rows of one coin neither is what is held.
        (Some(_), Some(_)) => return unreadable("listed twice"),
    };
    Ok(Some(FuturesBalance {
        coin: row.coin,
        movable: row.transfer,
        available: row.available,
        on_orders: row.frozen,
        in_positions: row.margin,
        cross_unrealised: row.cross_unrealised,
        isolated_unrealised: row.isolated_unrealised,
        bonus: row.bonus,
    }))
}

#[derive(Deserialize)]
struct UserRow {
    #[serde(default, deserialize_with = "scalar::optional_id")]
    uid: Option<UntrustedText>,
}

/// `user/info` (`reference.md §4.2`).
pub(in crate::exchange) fn user_info(data: &Data<'_>) -> Result<UserInfo, Cause> {
    let uid = match data.text {
        None => None,
        Some(text) => data.parse::<Row<UserRow>>(text)?.0.uid,
    };
    Ok(UserInfo { uid })
}

#[derive(Deserialize)]
struct AddressRow {
    #[serde(deserialize_with = "scalar::text")]
    coin: UntrustedText,
    #[serde(deserialize_with = "scalar::text")]
    network: UntrustedText,
    #[serde(deserialize_with = "scalar::text")]
    address: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    memo: Option<UntrustedText>,
}

/// `deposit/address` (`reference.md §4.10`). Coin and network must be said: an address is not filed under a guess.
pub(in crate::exchange) fn deposit_addresses(data: &Data<'_>) -> Result<Vec<DepositAddress>, Cause> {
    let rows = data.rows::<AddressRow>()?.unwrap_or_default();
    let address =
        |row: AddressRow| DepositAddress { coin: row.coin, network: row.network, address: row.address, memo: row.memo };
    Ok(rows.into_iter().map(address).collect())
}

/// An id inside an object, under the name that its endpoint documents.
#[derive(Deserialize)]
struct IdRow {
    #[serde(default, rename = "withdrawId", deserialize_with = "scalar::optional_id")]
    withdrawal: Option<UntrustedText>,
    #[serde(default, rename = "insideTransferId", deserialize_with = "scalar::optional_id")]
    transfer: Option<UntrustedText>,
    #[serde(default, rename = "transferId", deserialize_with = "scalar::optional_id")]
    moved: Option<UntrustedText>,
}

#[derive(Deserialize)]
struct BareId(#[serde(deserialize_with = "scalar::optional_id")] Option<UntrustedText>);

/// The id of an accepted order: a bare string (seen), an object (documented) or a number (`reference.md §9`, quirk 2).
/// Success without an id is [`Cause::NoId`]: accepted perhaps, refused perhaps.
pub(in crate::exchange) fn order_id(data: &Data<'_>) -> Result<UntrustedText, Cause> {
    let id = match data.text {
        None => None,
        Some(text) if text.starts_with('{') => {
            let row = data.parse::<Row<IdRow>>(text)?.0;
            row.withdrawal.or(row.transfer).or(row.moved)
        }
        Some(text) => data.parse::<BareId>(text)?.0,
    };
    // A word without a digit ("null", "false", "rejected") or nothing but zeros is no id: whatever was meant by it, it is
    // not known to be a success.
    let is_id = |id: &UntrustedText| {
        let mut bytes = id.raw().bytes();
        bytes.clone().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && bytes.any(|b| matches!(b, b'1'..=b'9'))
    };
    id.filter(is_id).ok_or(Cause::NoId)
}

#[derive(Deserialize)]
struct BarePrice(#[serde(deserialize_with = "scalar::amount")] Amount);

/// `market/last_price` (`reference.md §2`): a bare string or number.
pub(in crate::exchange) fn last_price(data: &Data<'_>) -> Result<Amount, Cause> {
    Ok(data.parse::<BarePrice>(data.text.unwrap_or("null"))?.0)
}
