//! The double-entry book: who holds how much of which coin. The only place where a balance changes.
//!
//! Every change is a posting from one sub-account to another, so the sub-accounts of a coin always sum to zero: no unit appears and
//! none disappears. The world outside (the chains, the other users) may owe; the account's own never may.

use std::collections::BTreeMap;

use crate::domain::Amount;

/// Where an amount of a coin can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter)]
pub enum SubAccount {
    /// The account's spot account, free to use.
    Spot,
    /// The account's spot account, held by orders and pending withdrawals.
    Locked,
    /// The account's futures account, free to use.
    Futures,
    /// The account's futures account, held by open positions.
    Margin,
    /// Fees that the exchange has taken.
    Fees,
    /// Everything on the chains.
    Chain,
    /// All other users of the exchange.
    Users,
    /// Whoever pays or receives what futures bring and cost: profit, loss, funding.
    Traders,
}

impl SubAccount {
    /// True for the sub-accounts that may not go below zero.
    pub const fn must_cover(self) -> bool {
        matches!(self, Self::Spot | Self::Locked | Self::Futures | Self::Margin | Self::Fees)
    }
}

/// A posting that was refused: the sub-account does not hold that much, or the amount cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short;

/// All sub-accounts of all coins.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    held: BTreeMap<(&'static str, SubAccount), Amount>,
}

impl Accounts {
    /// Moves `amount` of `coin`; both change or none does.
    pub(super) fn post(
        &mut self,
        coin: &'static str,
        from: SubAccount,
        to: SubAccount,
        amount: Amount,
    ) -> Result<(), Short> {
        if amount.is_negative() || from == to {
            return Err(Short);
        }
        let left = self.held(coin, from).checked_sub(amount).ok_or(Short)?;
        let right = self.held(coin, to).checked_add(amount).ok_or(Short)?;
        if from.must_cover() && left.is_negative() {
            return Err(Short);
        }
        self.held.insert((coin, from), left.trimmed());
        self.held.insert((coin, to), right.trimmed());
        Ok(())
    }

    /// What a sub-account holds of a coin.
    pub fn held(&self, coin: &'static str, sub_account: SubAccount) -> Amount {
        self.held.get(&(coin, sub_account)).copied().unwrap_or(Amount::ZERO)
    }

    /// True when the coin was ever in the account.
    pub fn knows(&self, coin: &'static str) -> bool {
        self.held.contains_key(&(coin, SubAccount::Spot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_account_cannot_be_overdrawn_by_a_posting() {
        let mut book = Accounts::default();
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        book.post("BTC", SubAccount::Chain, SubAccount::Spot, amount("1.5")).unwrap();
        assert_eq!(book.post("BTC", SubAccount::Spot, SubAccount::Locked, amount("1.50000001")), Err(Short));
        assert_eq!(book.post("BTC", SubAccount::Spot, SubAccount::Locked, amount("-1")), Err(Short));
        assert_eq!(book.held("BTC", SubAccount::Spot), amount("1.5"));
        assert_eq!(book.held("BTC", SubAccount::Locked), Amount::ZERO);
        book.post("BTC", SubAccount::Spot, SubAccount::Locked, amount("1.5")).unwrap();
        assert!(book.held("BTC", SubAccount::Spot).is_zero());
        assert_eq!(book.held("BTC", SubAccount::Chain), amount("-1.5"));
        assert!(book.knows("BTC") && !book.knows("ETH"));
    }
}
