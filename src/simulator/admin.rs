//! What tests do to the world from behind the counter: credit, hold, verify, fail.

use super::accounts::{Short, SubAccount};
use super::history::Stage;
use super::listing::coin;
use super::world::World;
use crate::domain::Amount;

impl World {
    /// Free, locked and futures amounts of every coin that was ever held, in the list's order.
    pub fn balances(&self) -> Vec<(&'static str, Amount, Amount, Amount)> {
        let held = |coin, sub_account| self.book.held(coin, sub_account);
        super::coins::COINS
            .iter()
            .map(|c| c.name)
            .filter(|name| self.book.knows(name))
            .map(|c| (c, held(c, SubAccount::Spot), held(c, SubAccount::Locked), held(c, SubAccount::Futures)))
            .collect()
    }

    /// A deposit on a coin's network; `credited` at once, else it stays pending until [`World::decide`]. Returns the
    /// record's id; `None` when the coin has no such network.
    pub fn deposit(&mut self, coin: &str, network: &str, amount: Amount, credited: bool) -> Option<i64> {
        let (coin, network) = self.listing.find(coin, network).map(|r| (r.coin.name, r.network))?;
        let mut chance = self.chance();
        let (txid, from) = (network.family.txid(&mut chance), network.family.address(&mut chance));
        let id = self.announce(coin, amount, Some((network.name, txid)), from);
        if credited {
            self.credit(id, true);
        }
        Some(id)
    }

    /// A transfer from the user with this id, pending or `credited` at once.
    pub fn receive(&mut self, name: &str, amount: Amount, from: i64, credited: bool) -> Option<i64> {
        let id = self.announce(coin(name)?.name, amount, None, from.to_string());
        if credited {
            self.credit(id, true);
        }
        Some(id)
    }

    /// Credits a pending incoming record, or lets it fail.
    pub fn decide(&mut self, id: i64, good: bool) {
        self.credit(id, good);
    }

    /// Puts an order that is not final into a stage, with the postings that belong to it; false when it is final.
    /// From there it goes on by itself.
    pub fn put(&mut self, id: i64, stage: Stage) -> bool {
        if matches!(stage, Stage::Broadcast | Stage::Success) {
            self.broadcast(id);
        }
        let done = self.set_stage(id, stage);
        self.schedule(id);
        done
    }

    /// Holds a coin amount as an open order of the market does.
    ///
    /// # Errors
    /// The spot account does not hold that much.
    pub fn lock(&mut self, name: &str, amount: Amount) -> Result<(), Short> {
        let coin = coin(name).ok_or(Short)?.name;
        let held = self.on_orders(coin).checked_add(amount).ok_or(Short)?;
        self.book.post(coin, SubAccount::Spot, SubAccount::Locked, amount)?;
        self.on_orders.insert(coin, held);
        Ok(())
    }

    /// Frees what [`World::lock`] holds.
    ///
    /// # Errors
    /// Open orders do not hold that much.
    pub fn unlock(&mut self, name: &str, amount: Amount) -> Result<(), Short> {
        let coin = coin(name).ok_or(Short)?.name;
        let held = self.on_orders(coin).checked_sub(amount).filter(|a| !a.is_negative()).ok_or(Short)?;
        self.book.post(coin, SubAccount::Locked, SubAccount::Spot, amount)?;
        self.on_orders.insert(coin, held);
        Ok(())
    }
}
