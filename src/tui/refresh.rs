//! When to ask the exchange again. A pure planner: times in, times out.

use crate::domain::Millis;

/// How lively the account and the user are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Something is pending.
    pub pending: bool,
    /// The terminal has the focus.
    pub focused: bool,
    /// Milliseconds between two readings when nothing is pending.
    pub normal: i64,
}

impl Pace {
    /// Milliseconds from the end of one reading of the account to the next.
    pub const fn account(self) -> i64 {
        match (self.focused, self.pending) {
            (true, true) => self.normal / 3,
            (true, false) => self.normal,
            (false, true) => self.normal * 2,
            (false, false) => self.normal * 4,
        }
    }
}

/// Milliseconds between two readings of a coin's price.
pub const PRICE_EVERY: i64 = 30_000;
/// Milliseconds between two readings of the rates.
pub const RATES_EVERY: i64 = 60_000;
/// Milliseconds between two readings of coins and networks, and of a coin that has no market.
pub const RARE: i64 = 600_000;
/// Milliseconds between two readings of what went out, while a payment is being reviewed.
pub const REVIEW_EVERY: i64 = 5_000;
/// The longest pause after failures, milliseconds.
const LONGEST: i64 = 120_000;
/// Prices asked for at the same time: a wallet of fifty coins must not crowd out everything else.
pub const PRICES_AT_ONCE: usize = 2;

/// When to ask again after an asking ended at `ended` with `failures` in a row. `chance` is 0..=255 and spreads retries
/// of many programs over half the pause.
pub const fn due(ended: Millis, failures: u32, every: i64, chance: u8) -> Millis {
    if failures == 0 {
        return ended.plus(every);
    }
    let doublings = if failures > 7 { 6 } else { failures - 1 };
    let pause = 2_000 << doublings;
    let pause = if pause > LONGEST { LONGEST } else { pause };
    ended.plus(pause / 2 + pause * (chance as i64) / 510)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_items_quicken_and_a_lost_focus_slows() {
        let pace = |pending, focused| Pace { pending, focused, normal: 15_000 }.account();
        assert!(pace(true, true) < pace(false, true));
        assert!(pace(false, true) < pace(false, false));
        assert!(pace(true, false) < pace(false, false));
    }

    #[test]
    fn failures_back_off_to_a_limit_and_are_spread() {
        let pause = |failures, chance| due(Millis(0), failures, 15_000, chance).0;
        assert_eq!(pause(0, 255), 15_000);
        assert_eq!((pause(1, 0), pause(1, 255)), (1_000, 2_000));
        assert!(pause(3, 0) > pause(2, 0));
        assert_eq!(pause(u32::MAX, 255), LONGEST);
    }
}
