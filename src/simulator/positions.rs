//! The futures side: positions whose profit and loss changes what can be moved while nothing is moved (`reference.md §4.14`).

use serde_json::{Value, json};

use super::accounts::{Short, SubAccount};
use super::futures::Unrealised;
use super::listing::coin;
use super::prices;
use super::world::World;
use crate::domain::Amount;

/// The coins that positions can be opened with whether or not the account has any.
const MARGIN_COINS: &[&str] = &["USDT", "USDC", "BTC", "ETH"];
/// The market of the demo's position.
const MARKET: &str = "BTCUSDT";
/// How many coins the demo's position holds, in hundredths.
const SIZE: i128 = 5;

impl World {
    /// The row of a margin coin; `None` where the futures side knows no such account.
    pub(super) fn futures_row(&self, name: &str) -> Option<Value> {
        let coin = coin(name)?.name;
        let held = |sub_account| self.book.held(coin, sub_account);
        let (free, margin) = (held(SubAccount::Futures), held(SubAccount::Margin));
        if !MARGIN_COINS.contains(&coin) && free.is_zero() && margin.is_zero() {
            return None;
        }
        let text = |amount: Amount| amount.to_string();
        Some(json!({
            "marginCoin": coin,
            "available": text(free),
            "frozen": "0",
            "margin": text(margin),
            "transfer": text(self.movable(coin)),
            "positionMode": "HEDGE",
            "crossUnrealizedPNL": text(self.unrealised(coin)),
            "isolationUnrealizedPNL": "0",
            "bonus": "0",
        }))
    }

    /// What can be moved to spot now: what is free, less what open positions would lose.
    pub fn movable(&self, coin: &'static str) -> Amount {
        let free = self.book.held(coin, SubAccount::Futures);
        let loss = Some(self.unrealised(coin)).filter(|pnl| pnl.is_negative());
        let left = loss.map_or(Some(free), |loss| free.checked_add(loss));
        left.filter(|left| !left.is_negative()).unwrap_or(Amount::ZERO)
    }

    fn unrealised(&self, coin: &'static str) -> Amount {
        let found = match self.unrealised.get(coin) {
            None => None,
            Some(Unrealised::Fixed(amount)) => Some(*amount),
            Some(Unrealised::Market(entry)) => prices::last(MARKET, self.seed(), self.clock()).and_then(|price| {
                let change = price.checked_sub(*entry)?;
                Amount::new(change.mantissa().checked_mul(SIZE)?, change.scale() + 2)
            }),
        };
        found.unwrap_or(Amount::ZERO)
    }

    /// Opens a position with a margin, or adds to it.
    ///
    /// # Errors
    /// The futures account does not hold that much.
    pub fn open_position(&mut self, name: &str, margin: Amount) -> Result<(), Short> {
        let coin = coin(name).ok_or(Short)?.name;
        self.book.post(coin, SubAccount::Futures, SubAccount::Margin, margin)
    }

    /// Sets what the open positions of a coin would bring.
    pub fn set_unrealised(&mut self, name: &str, amount: Amount) {
        if let Some(coin) = coin(name) {
            self.unrealised.insert(coin.name, Unrealised::Fixed(amount));
        }
    }

    /// Closes the positions of a coin with this profit, or loss, which others pay or receive.
    ///
    /// # Errors
    /// Margin and what is free do not cover the loss.
    pub fn close_positions(&mut self, name: &str, profit: Amount) -> Result<(), Short> {
        let coin = coin(name).ok_or(Short)?.name;
        let margin = self.book.held(coin, SubAccount::Margin);
        self.book.post(coin, SubAccount::Margin, SubAccount::Futures, margin)?;
        self.settle_futures(name, profit)?;
        self.unrealised.remove(coin);
        Ok(())
    }

    /// Funding, a fee or a realised profit: others pay it to the account, or receive it.
    ///
    /// # Errors
    /// What is free does not cover it.
    pub fn settle_futures(&mut self, name: &str, amount: Amount) -> Result<(), Short> {
        let coin = coin(name).ok_or(Short)?.name;
        if amount.is_negative() {
            let owed = Amount::ZERO.checked_sub(amount).ok_or(Short)?;
            return self.book.post(coin, SubAccount::Futures, SubAccount::Traders, owed);
        }
        self.book.post(coin, SubAccount::Traders, SubAccount::Futures, amount)
    }

    /// The demo's position: a part of what is free is its margin, and the market does the rest.
    pub(super) fn open_demo_position(&mut self) {
        let Some(coin) = coin("USDT").map(|coin| coin.name) else { return };
        let free = self.book.held(coin, SubAccount::Futures);
        let margin = Amount::new(free.mantissa() / 4, free.scale());
        let opened = margin.is_some_and(|margin| self.open_position(coin, margin).is_ok());
        if let (true, Some(price)) = (opened, prices::last(MARKET, self.seed(), self.clock())) {
            self.unrealised.insert(coin, Unrealised::Market(price));
        }
    }
}
