//! The exchange's own filters of a history. The filter that is typed is in `query.rs`.

use super::{Kind, Millis, UntrustedText};

/// The most rows that one reply holds, and what the exchange sends when no limit is named (`reference.md §7.4`).
pub const PAGE_LIMIT: u32 = 100;

/// Filters of the withdrawal history: chain withdrawals and outgoing transfers (`reference.md §4.7`). Empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutgoingFilter {
    /// The record's id.
    pub id: Option<UntrustedText>,
    /// Our own id of an order.
    pub out_biz_id: Option<UntrustedText>,
    /// The coin.
    pub coin: Option<UntrustedText>,
    /// Transaction on the chain; the exchange looks at it for withdrawals only.
    pub txid: Option<UntrustedText>,
    /// [`Kind::Withdrawal`] or [`Kind::TransferOut`]; anything else asks for both.
    pub kind: Option<Kind>,
    /// Not before, milliseconds.
    pub start: Option<Millis>,
    /// Not after, milliseconds.
    pub end: Option<Millis>,
    /// Remark, to the letter.
    pub remark: Option<UntrustedText>,
    /// Rows, 1 to [`PAGE_LIMIT`].
    pub limit: Option<u32>,
}

/// Filters of the deposit history: chain deposits and incoming transfers (`reference.md §4.9`). Empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncomingFilter {
    /// The record's id.
    pub id: Option<UntrustedText>,
    /// The coin.
    pub coin: Option<UntrustedText>,
    /// Transaction on the chain; for chain deposits only.
    pub txid: Option<UntrustedText>,
    /// [`Kind::Deposit`] or [`Kind::TransferIn`]; anything else asks for both.
    pub kind: Option<Kind>,
    /// Not before, milliseconds.
    pub start: Option<Millis>,
    /// Not after, milliseconds.
    pub end: Option<Millis>,
    /// Rows, 1 to [`PAGE_LIMIT`].
    pub limit: Option<u32>,
}
