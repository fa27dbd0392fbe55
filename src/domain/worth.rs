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
    /// The sum of the spot side, in the market quote coin.
    pub spot: Decimal,
    /// That of the futures side; `None` where it was not known.
    pub futures: Option<Decimal>,
    /// Coins that were held and had no price: they are not in it.
    pub left_out: Vec<UntrustedText>,
}

impl Worth {
    /// Both sides together, as far as they are known.
    pub fn total(&self) -> Decimal {
        self.spot.saturating_add(self.futures.unwrap_or_default())
    }
}

/// Those of a stretch of time that count the same sides, as most of them do: a side that was not known then is no change of value.
pub fn comparable(all: Vec<&Worth>) -> Vec<&Worth> {
    let of_both = all.iter().filter(|worth| worth.futures.is_some()).count();
    let is_of_both = 2 * of_both >= all.len();
    all.into_iter().filter(|worth| worth.futures.is_some() == is_of_both).collect()
}
