//! Checked, complete wishes to move money. Building one sends nothing.

use super::{Amount, Receiver, UntrustedText};

/// A withdrawal to a chain (`reference.md §4.3`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawRequest {
    /// The coin, as the exchange's list names it.
    pub coin: UntrustedText,
    /// The network, to the letter as the exchange's list names it.
    pub network: UntrustedText,
    /// The receiving address. The exchange accepts only addresses saved there as verification-free.
    pub address: UntrustedText,
    /// Memo or tag, where the network has one.
    pub memo: Option<UntrustedText>,
    /// Gross coin amount: the fee is taken out of it.
    pub gross: Amount,
}

/// A transfer to another user of the exchange (`reference.md §4.5`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRequest {
    /// Our own id of the order, at most 32 characters; the exchange treats it as the idempotency key.
    pub out_biz_id: UntrustedText,
    /// The coin.
    pub coin: UntrustedText,
    /// Coin amount.
    pub amount: Amount,
    /// The other user.
    pub to: Receiver,
    /// A note of at most 256 characters that the receiver sees.
    pub remark: Option<UntrustedText>,
}

/// A move between spot and futures (`reference.md §4.8`). The exchange keeps no history of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRequest {
    /// Which way.
    pub direction: MoveDirection,
    /// The coin.
    pub coin: UntrustedText,
    /// Coin amount.
    pub amount: Amount,
}

/// Which way a move goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveDirection {
    /// Out of the spot account.
    SpotToFutures,
    /// Into the spot account.
    FuturesToSpot,
}
