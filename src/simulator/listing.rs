//! The token list as it is now: limits and switches that can change while the exchange runs, and its wire form.

use serde::Serialize;

use super::coins::{COINS, CoinSpec, NetworkSpec};
use crate::domain::Amount;

/// The present rules of one coin on one network. Tests change them at will.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The coin.
    pub coin: &'static CoinSpec,
    /// What does not change.
    pub network: &'static NetworkSpec,
    /// Fee of a withdrawal, in the coin. The API shows it nowhere before it is taken (`reference.md §7.2`).
    pub fee: Amount,
    /// Least gross amount of a withdrawal.
    pub min: Amount,
    /// Greatest gross amount of a withdrawal.
    pub max: Amount,
    /// Least amount of a deposit.
    pub deposit_min: Amount,
    /// Whether deposits are open.
    pub deposit_open: bool,
    /// Whether withdrawals are open.
    pub withdraw_open: bool,
}

/// All rules, in the list's order.
#[derive(Debug, Clone)]
pub struct Listing(Vec<Rules>);

impl Default for Listing {
    fn default() -> Self {
        // A test proves that every figure in the data reads as an amount.
        let amount = |text: &str| text.parse().unwrap_or(Amount::ZERO);
        let pairs = COINS.iter().flat_map(|coin| coin.networks.iter().map(move |network| (coin, network)));
        Self(
            pairs
                .map(|(coin, network)| Rules {
                    coin,
                    network,
                    fee: amount(network.fee),
                    min: amount(network.min),
                    max: amount(network.max),
                    deposit_min: amount(network.deposit_min),
                    deposit_open: network.deposit_open,
                    withdraw_open: network.withdraw_open,
                })
                .collect(),
        )
    }
}

impl Listing {
    /// The rules of a coin on a network, spelled to the letter.
    pub fn find(&self, coin: &str, network: &str) -> Option<&Rules> {
        self.0.iter().find(|r| r.coin.name == coin && r.network.name == network)
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, coin: &str, network: &str) -> Option<&mut Rules> {
        self.0.iter_mut().find(|r| r.coin.name == coin && r.network.name == network)
    }

    /// Every network of a coin.
    pub fn of<'a>(&'a self, coin: &'a str) -> impl Iterator<Item = &'a Rules> {
        self.0.iter().filter(move |r| r.coin.name == coin)
    }

    /// The wire form of the whole list.
    pub fn rows(&self) -> Vec<CoinRow> {
        COINS.iter().map(|coin| CoinRow::new(coin, self.of(coin.name).collect())).collect()
    }
}

/// The coin of a name.
pub fn coin(name: &str) -> Option<&'static CoinSpec> {
    COINS.iter().find(|c| c.name == name)
}

/// A coin in the shape of the REST sample: numbers for flags, useless limits at this level (`reference.md §4.11`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoinRow {
    name: &'static str,
    full_name: &'static str,
    logo: String,
    track: &'static str,
    is_open: u8,
    is_hot: u8,
    is_show: u8,
    deposit_open: u8,
    withdraw_open: u8,
    withdraw_min: &'static str,
    withdraw_max: Option<&'static str>,
    networks: Vec<NetworkRow>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NetworkRow {
    network: &'static str,
    chain: &'static str,
    contract_address: Option<&'static str>,
    contract_precision: u32,
    require_memo: u8,
    deposit_confirm: u32,
    address_regular: &'static str,
    is_open: u8,
    is_show: u8,
    deposit_open: u8,
    withdraw_open: u8,
    withdraw_min: String,
    withdraw_max: String,
    deposit_min: String,
}

impl CoinRow {
    fn new(coin: &'static CoinSpec, rules: Vec<&Rules>) -> Self {
        Self {
            name: coin.name,
            full_name: coin.full_name,
            logo: format!("https://images.invalid/{}.png", coin.name.to_lowercase()),
            track: coin.track,
            is_open: 1,
            is_hot: u8::from(matches!(coin.name, "BTC" | "ETH" | "USDT")),
            is_show: 1,
            deposit_open: u8::from(rules.iter().any(|r| r.deposit_open)),
            withdraw_open: u8::from(rules.iter().any(|r| r.withdraw_open)),
            withdraw_min: "0",
            withdraw_max: None,
            networks: rules.into_iter().map(NetworkRow::new).collect(),
        }
    }
}

impl NetworkRow {
    fn new(rules: &Rules) -> Self {
        let network = rules.network;
        Self {
            network: network.name,
            chain: network.chain,
            contract_address: network.contract,
            contract_precision: network.precision,
            require_memo: network.memo,
            deposit_confirm: network.confirmations,
            address_regular: network.family.pattern(),
            is_open: u8::from(rules.deposit_open || rules.withdraw_open),
            is_show: 1,
            deposit_open: u8::from(rules.deposit_open),
            withdraw_open: u8::from(rules.withdraw_open),
            withdraw_min: rules.min.to_string(),
            withdraw_max: rules.max.to_string(),
            deposit_min: rules.deposit_min.to_string(),
        }
    }
}
