//! What an account holds, who it is, and where it can be paid.

use super::{Amount, UntrustedText};

/// One coin of the account (`reference.md §4.1`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The coin's name, as the exchange writes it.
    pub coin: UntrustedText,
    /// Coin amount that can be used now; `None` when the exchange left it out.
    pub available: Option<Amount>,
    /// Coin amount held by orders or pending withdrawals; `None` when the exchange left it out.
    pub in_use: Option<Amount>,
}

impl Balance {
    /// Available and in use together, exact; `None` when either is not known.
    pub fn total(&self) -> Option<Amount> {
        self.available?.checked_add(self.in_use?)
    }
}

/// Whose account a key belongs to (`reference.md §4.2`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// The user id of the key's master account; `None` when the exchange does not say.
    pub uid: Option<UntrustedText>,
}

/// One place where a coin can be paid in (`reference.md §4.10`). Several may be given; each is usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositAddress {
    /// The coin.
    pub coin: UntrustedText,
    /// The network, as the exchange writes it.
    pub network: UntrustedText,
    /// The address.
    pub address: UntrustedText,
    /// The memo or tag that must go with the address, where there is one.
    pub memo: Option<UntrustedText>,
}
