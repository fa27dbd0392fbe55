//! What everything was worth at a moment.

use rust_decimal::Decimal;

use super::value::rounded;
use super::{Millis, UntrustedText};

/// Milliseconds between two values that are kept.
pub const WORTH_EVERY: i64 = 5 * 60_000;

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;
/// What is older is not yesterday's.
const OLDEST: i64 = 48 * HOUR;
/// What is younger tells no change of a day.
const YOUNGEST: i64 = HOUR;

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

/// By how much a value has changed, in percent with its sign; `None` where it was nothing before.
pub fn percent(first: Decimal, last: Decimal) -> Option<String> {
    let part = last.checked_sub(first)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(first)?;
    let sign = if part.is_sign_negative() { "" } else { "+" };
    Some(format!("{sign}{} %", rounded(part, 2)))
}

/// The value of yesterday and the last one, where that is new and they can be compared: the last one at least a day old, else the first one of
/// this day. What leaves out other coins or a side is no earlier value of the same.
pub fn since_yesterday<'a>(kept: &'a [Worth], last: &'a Worth, now: Millis) -> Option<(&'a Worth, &'a Worth)> {
    if now.since(last.at) >= 3 * WORTH_EVERY {
        return None;
    }
    let day_old = kept.iter().rfind(|worth| now.since(worth.at) >= DAY && now.since(worth.at) < OLDEST);
    let first = day_old.or_else(|| kept.iter().find(|worth| now.since(worth.at) < DAY))?;
    let is_alike = first.futures.is_some() == last.futures.is_some() && first.left_out == last.left_out;
    (is_alike && last.at.since(first.at) >= YOUNGEST).then_some((first, last))
}

/// Those of a stretch of time that count the same sides, as most of them do: a side that was not known then is no change of value.
pub fn comparable(all: Vec<&Worth>) -> Vec<&Worth> {
    let of_both = all.iter().filter(|worth| worth.futures.is_some()).count();
    let is_of_both = 2 * of_both >= all.len();
    all.into_iter().filter(|worth| worth.futures.is_some() == is_of_both).collect()
}
