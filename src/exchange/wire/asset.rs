//! Coins, networks and rates as they come.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::rows::left_out;
use super::{Data, Row, rows, scalar};
use crate::domain::{Amount, Cause, Coin, LeftOut, MemoRule, Network, Partial, Rate, UntrustedText};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CoinRow<'a> {
    #[serde(deserialize_with = "scalar::text")]
    name: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    full_name: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::flag")]
    is_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    deposit_open: Option<bool>,
    #[serde(default, deserialize_with = "scalar::flag")]
    withdraw_open: Option<bool>,
    /// Read one by one: an unreadable rule closes its network and no other.
    #[serde(default, borrow)]
    networks: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NetworkRow {
    #[serde(deserialize_with = "scalar::text")]
    network: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    chain: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    contract_address: Option<UntrustedText>,
    #[serde(default, deserialize_with = "scalar::count")]
    contract_precision: Option<u32>,
    #[serde(default = "no_memo_rule", deserialize_with = "scalar::memo_rule")]
    require_memo: MemoRule,
    #[serde(default, deserialize_with = "scalar::count")]
    deposit_confirm: Option<u32>,
    #[serde(default, deserialize_with = "scalar::optional_text")]
    address_regular: Option<UntrustedText>,
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
            fault: None,
        }
    }
}

/// `common/coin/coin_network/list` (`reference.md §4.11`). A coin or a network with a rule that cannot be read stays in the
/// list, closed, with what is wrong; it is left out where not even its name can be read. Both are named.
pub(in crate::exchange) fn coins(data: &Data<'_>) -> Result<Partial<Vec<Coin>>, Cause> {
    let mut read = Partial { found: Vec::new(), left_out: Vec::new() };
    for (place, row) in data.each_row()? {
        match data.parse_at::<Row<CoinRow<'_>>>(&place, row) {
            Ok(row) => {
                let (coin, mut bad) = coin(data, &place, row.0);
                read.found.push(coin);
                read.left_out.append(&mut bad);
            }
            Err(cause) => {
                let bad = left_out(cause, rows::coin_name(row));
                read.found.extend(bad.name.clone().map(|name| Coin::unreadable(name, said(&bad))));
                read.left_out.push(bad);
            }
        }
    }
    if read.found.iter().all(|coin| coin.fault.is_some()) {
        read.whole().map(|found| Partial { found, left_out: Vec::new() })
    } else {
        Ok(read)
    }
}

/// A coin with those of its networks that have a name, and what could not be read of them.
fn coin(data: &Data<'_>, place: &str, row: CoinRow<'_>) -> (Coin, Vec<LeftOut>) {
    let (mut networks, mut bad) = (Vec::new(), Vec::new());
    for (at, network) in row.networks.unwrap_or_default().into_iter().enumerate() {
        match data.parse_at::<Row<NetworkRow>>(&format!("{place}.networks[{at}]"), network.get()) {
            Ok(network) => networks.push(network.0.into()),
            Err(cause) => {
                let name = rows::network_name(network.get());
                let whole = name.as_ref().map_or_else(
                    || row.name.clone(),
                    |n| UntrustedText::from(format!("{} · {}", row.name.raw(), n.raw())),
                );
                let left_out = left_out(cause, (Some(whole), None));
                networks.extend(name.map(|name| Network::unreadable(name, said(&left_out))));
                bad.push(left_out);
            }
        }
    }
    let CoinRow { name, full_name, is_open: open, deposit_open, withdraw_open, .. } = row;
    (Coin { name, full_name, open, deposit_open, withdraw_open, networks, fault: None }, bad)
}

/// What is wrong with a row, and where.
fn said(bad: &LeftOut) -> UntrustedText {
    UntrustedText::from(format!("{}: {}", bad.path.raw(), bad.detail.raw()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RateRow {
    #[serde(deserialize_with = "scalar::text")]
    base_symbol: UntrustedText,
    #[serde(deserialize_with = "scalar::text")]
    quote_symbol: UntrustedText,
    #[serde(default, deserialize_with = "scalar::optional_amount")]
    rate: Option<Amount>,
}

/// `common/rate/list` (`reference.md §4.12`). A pair without a rate is not a rate.
pub(in crate::exchange) fn rates(data: &Data<'_>) -> Result<Partial<Vec<Rate>>, Cause> {
    let Some(rows) = data.rows_left::<RateRow>(rows::rate_name)? else {
        return Ok(Partial { found: Vec::new(), left_out: Vec::new() });
    };
    let rate = |row: RateRow| Some(Rate { base: row.base_symbol, quote: row.quote_symbol, rate: row.rate? });
    rows.map(|rows| rows.into_iter().filter_map(rate).collect::<Vec<_>>()).some()
}
