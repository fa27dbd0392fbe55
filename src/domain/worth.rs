//! What everything was worth at a moment.

use rust_decimal::Decimal;

use super::{Millis, UntrustedText};

/// Milliseconds between two values that are kept.
pub const WORTH_EVERY: i64 = 5 * 60_000;

/// What everything was worth at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// When, by the exchange's clock.
    pub at: Millis,
    /// The sum, in the market quote coin.
    pub value: Decimal,
    /// Coins that were held and had no price: they are not in it.
    pub left_out: Vec<UntrustedText>,
}
