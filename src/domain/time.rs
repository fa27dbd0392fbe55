//! Points in time. There is no clock here: the time comes in as a value.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since 1970-01-01 UTC, as the exchange counts (`reference.md §1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub i64);

/// The last moment that can be written as a date in every zone: the end of the year 9999, less what zones take of it.
pub const LAST: Millis = Millis(253_402_207_200_000);

impl Millis {
    /// Milliseconds from `earlier` to this one; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment plus `ms` milliseconds.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The whole second that this moment is in, which is all that the exchange tells of records (`reference.md §4.7`).
    #[must_use]
    pub const fn second(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(1_000)))
    }

    /// `2026-11-03 14:02:11 UTC`; what cannot be a date is shown as the bare number.
    pub fn exact(self) -> String {
        match Timestamp::from_millisecond(self.0) {
            Ok(at) => at.to_zoned_datetime(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            Err(_) => self.0.to_string(),
        }
    }

    /// `2026-11-03T14:02:11.000Z`, for files and other programs; `None` when it cannot be a date.
    pub fn iso(self) -> Option<String> {
        Timestamp::from_millisecond(self.0).ok().map(|at| at.to_string())
    }
}

/// Midnight UTC before `now`.
pub const fn day_start(now: Millis) -> Millis {
    Millis(now.0.saturating_sub(now.0.rem_euclid(24 * 60 * 60_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_sample_time_reads_as_its_date() {
        assert_eq!(Millis(1_744_185_294_000).exact(), "2025-04-09 07:54:54 UTC");
        assert_eq!(Millis(i64::MAX).exact(), i64::MAX.to_string());
    }

    #[test]
    fn the_last_moment_is_the_last_that_is_a_date() {
        assert_eq!(LAST.exact(), "9999-12-30 22:00:00 UTC");
        for beyond in [LAST.plus(1), Millis(i64::MIN)] {
            assert_eq!((beyond.iso(), beyond.exact()), (None, beyond.0.to_string()));
        }
    }
}
