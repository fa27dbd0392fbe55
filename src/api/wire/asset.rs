//! Coins, networks and rates as they come.

use serde::Deserialize;

use super::{Data, Row, scalar};
use crate::domain::{Amount, Cause, Coin, MemoRule, Network, Rate, Text};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoinRow {
    #[serde(deserialize_with = "scalar::text")]
    name: Text,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    full_name: Option<Text>,
    #[serde(default, deserialize_with = "scalar::flag")]
    is_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    deposit_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    withdraw_open: Option<bool>,
    #[serde(default)]
    networks: Option<Vec<Row<NetworkRow>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NetworkRow {
    #[serde(deserialize_with = "scalar::text")]
    network: Text,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    chain: Option<Text>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    contract_address: Option<Text>,
    #[serde(default, deserialize_with = "scalar::count")]
    contract_precision: Option<u32>,
    #[serde(default = "no_memo_rule", deserialize_with = "scalar::memo_rule")]
    require_memo: MemoRule,
    #[serde(default, deserialize_with = "scalar::count")]
    deposit_confirm: Option<u32>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    address_regular: Option<Text>,
    #[serde(default, deserialize_with = "scalar::flag")]
    is_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    deposit_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    withdraw_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    withdraw_min: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    withdraw_max: Option<Amount>,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    deposit_min: Option<Amount>,
}

const fn no_memo_rule() -> MemoRule {
    MemoRule::Unknown
}

impl From<CoinRow> for Coin {
    fn from(row: CoinRow) -> Self {
        Self {
            name: row.name,
            full_name: row.full_name,
            open: row.is_open,
            deposit_open: row.deposit_open,
            withdraw_open: row.withdraw_open,
            networks: row.networks.unwrap_or_default().into_iter().map(|row| row.0.into()).collect(),
        }
    }
}

impl From<NetworkRow> for Network {
    fn from(row: NetworkRow) -> Self {
        Self {
            name: row.network,
            chain: row.chain,
            contract: row.contract_address,
            precision: row.contract_precision,
            memo: row.require_memo,
            confirmations: row.deposit_confirm,
            address_pattern: row.address_regular,
            open: row.is_open,
            deposit_open: row.deposit_open,
            withdraw_open: row.withdraw_open,
            withdraw_min: row.withdraw_min,
            withdraw_max: row.withdraw_max,
            deposit_min: row.deposit_min,
        }
    }
}

/// `common/coin/coin_network/list` (`reference.md §4.11`).
pub(in crate::api) fn coins(data: &Data<'_>) -> Result<Vec<Coin>, Cause> {
    Ok(data.rows::<CoinRow>()?.unwrap_or_default().into_iter().map(Coin::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RateRow {
    #[serde(deserialize_with = "scalar::text")]
    base_symbol: Text,
    #[serde(deserialize_with = "scalar::text")]
    quote_symbol: Text,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    rate: Option<Amount>,
}

/// `common/rate/list` (`reference.md §4.12`). A pair without a rate is not a rate.
pub(in crate::api) fn rates(data: &Data<'_>) -> Result<Vec<Rate>, Cause> {
    let rows = data.rows::<RateRow>()?.unwrap_or_default();
    let rate = |row: RateRow| Some(Rate { base: row.base_symbol, quote: row.quote_symbol, rate: row.rate? });
    Ok(rows.into_iter().filter_map(rate).collect())
}
