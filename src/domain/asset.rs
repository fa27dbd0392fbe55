//! Coins, their networks and the rules that the exchange sets for them (`reference.md §4.11`, `§4.12`).

use super::{Amount, UntrustedText};

/// One coin with the networks it travels on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coin {
    /// The short name that balances, orders and records use.
    pub name: UntrustedText,
    /// The long name.
    pub full_name: Option<UntrustedText>,
    /// Whether the coin is listed at all; `None` when the exchange does not say.
    pub open: Option<bool>,
    /// Whether deposits of the coin are open on any network; `None` when the exchange does not say.
    pub deposit_open: Option<bool>,
    /// Whether withdrawals of the coin are open on any network; `None` when the exchange does not say.
    pub withdraw_open: Option<bool>,
    /// The networks, in the exchange's order.
    pub networks: Vec<Network>,
    /// What of the coin's own row could not be read; then nothing of it counts but its name, and the coin is closed.
    pub fault: Option<UntrustedText>,
}

/// One network of one coin. Limits are coin amounts; `None` means that the exchange sets or names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The name that requests and records use, to the letter: `Tron (TRC-20)`.
    pub name: UntrustedText,
    /// The chain's short name: `TRON`.
    pub chain: Option<UntrustedText>,
    /// The token's contract; `None` for a native coin.
    pub contract: Option<UntrustedText>,
    /// Decimals of the coin on this chain.
    pub precision: Option<u32>,
    /// Whether a memo (tag) belongs to an address.
    pub memo: MemoRule,
    /// Confirmations until a deposit is credited.
    pub confirmations: Option<u32>,
    /// The exchange's own pattern for addresses; may be useless (`.+`).
    pub address_pattern: Option<UntrustedText>,
    /// Whether the network is open at all.
    pub open: Option<bool>,
    /// Whether deposits are open.
    pub deposit_open: Option<bool>,
    /// Whether withdrawals are open.
    pub withdraw_open: Option<bool>,
    /// Least coin amount of a withdrawal, gross.
    pub withdraw_min: Option<Amount>,
    /// Greatest coin amount of a withdrawal, gross.
    pub withdraw_max: Option<Amount>,
    /// Least coin amount of a deposit that is credited.
    pub deposit_min: Option<Amount>,
    /// What of the network's row could not be read; then nothing of it counts but its name, and the network is closed.
    pub fault: Option<UntrustedText>,
}

impl Coin {
    /// A coin of which no more than the name can be read.
    pub fn unreadable(name: UntrustedText, fault: UntrustedText) -> Self {
        let (open, networks) = (Some(false), Vec::new());
        Self { name, full_name: None, open, deposit_open: open, withdraw_open: open, networks, fault: Some(fault) }
    }
}

impl Network {
    /// A network of which no more than the name can be read.
    pub fn unreadable(name: UntrustedText, fault: UntrustedText) -> Self {
        Self {
            name,
            chain: None,
            contract: None,
            precision: None,
            memo: MemoRule::Unknown,
            confirmations: None,
            address_pattern: None,
            open: Some(false),
            deposit_open: Some(false),
            withdraw_open: Some(false),
            withdraw_min: None,
            withdraw_max: None,
            deposit_min: None,
            fault: Some(fault),
        }
    }
}

/// Whether an address on a network needs a memo (`requireMemo`, `reference.md §4.11`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoRule {
    /// 0: the network has none.
    None,
    /// 1: some receivers need one.
    Optional,
    /// 2: without one the money is lost.
    Required,
    /// Missing or not understood: nothing may be assumed.
    Unknown,
}

/// `1 base = rate quote` (`reference.md §4.12`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// What is priced.
    pub base: UntrustedText,
    /// What it is priced in.
    pub quote: UntrustedText,
    /// Units of `quote` for one `base`.
    pub rate: Amount,
}
