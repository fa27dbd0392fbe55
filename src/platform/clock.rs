//! The one place that reads the machine's clock, which may say anything: a moment that cannot be a date ends no program.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::Millis;
use crate::domain::time::LAST;

/// Names a moment, in milliseconds since 1970, that this machine's clock is said to show; not in a release.
const TEST_VARIABLE: &str = "WALLET_TUI_TEST_CLOCK";

/// What a clock shows that nothing can be dated or signed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// A moment before 1970.
    #[error("this machine's clock is before the year 1970")]
    Before,
    /// A moment after the year 9999.
    #[error("this machine's clock is beyond the year 9999")]
    Beyond,
}

/// Milliseconds since 1970 by this machine's clock, which may be wrong: the exchange's time is this plus the client's
/// measured offset. What cannot be a date becomes the nearest moment that can; [`check`] says that it was so.
pub fn now() -> Millis {
    possible(shown())
}

/// Whether the clock shows a moment that can be written as a date.
///
/// # Errors
/// On which side it is wrong.
pub fn check() -> Result<(), ClockFault> {
    judge(shown())
}

const fn judge(shown: i64) -> Result<(), ClockFault> {
    match shown {
        ..0 => Err(ClockFault::Before),
        _ if shown > LAST.0 => Err(ClockFault::Beyond),
        _ => Ok(()),
    }
}

fn possible(shown: i64) -> Millis {
    Millis(shown.clamp(0, LAST.0))
}

fn shown() -> i64 {
    // For the tests of what a wrong clock does; a release has no such door.
    if cfg!(debug_assertions)
        && let Some(asked) = std::env::var(TEST_VARIABLE).ok().and_then(|text| text.parse().ok())
    {
        return asked;
    }
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let at = SystemTime::now();
    since_1970(at)
}

/// Milliseconds since 1970, rounded down; as near as a number can be where there are more.
fn since_1970(at: SystemTime) -> i64 {
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -1 - ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_beyond_any_date_is_said_and_counts_as_the_nearest() {
        for (shown, fault, counted) in [
            (i64::MIN, Some(ClockFault::Before), 0),
            (-1, Some(ClockFault::Before), 0),
            (0, None, 0),
            (1_744_185_294_000, None, 1_744_185_294_000),
            (LAST.0, None, LAST.0),
            (LAST.0 + 1, Some(ClockFault::Beyond), LAST.0),
            (i64::MAX, Some(ClockFault::Beyond), LAST.0),
        ] {
            assert_eq!((judge(shown).err(), possible(shown)), (fault, Millis(counted)), "{shown}");
            assert!(possible(shown).iso().is_some(), "{shown}");
        }
    }

    #[test]
    fn every_time_of_the_system_becomes_a_number() {
        let far = Duration::from_secs(1 << 55);
        for (at, ms) in
            [(UNIX_EPOCH, 0), (UNIX_EPOCH - Duration::from_micros(1), -1), (UNIX_EPOCH + Duration::from_millis(7), 7)]
        {
            assert_eq!(since_1970(at), ms);
        }
        assert!(UNIX_EPOCH.checked_add(far).is_none_or(|at| since_1970(at) == i64::MAX));
        assert!(UNIX_EPOCH.checked_sub(far).is_none_or(|at| since_1970(at) == i64::MIN));
    }
}
