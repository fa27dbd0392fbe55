//! Points in time, and durations, as a person or a program types them.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::domain::Millis;
use crate::domain::time::day_start;
use crate::platform::clock;

/// A text that is not a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not milliseconds since 1970, a date such as 2026-11-03, a date and time such as 2026-11-03T14:02:11Z, today or yesterday"
)]
pub struct NotAMoment;

/// Reads milliseconds since 1970, a date (its midnight, UTC), an RFC 3339 date and time with its zone, or `today` and
/// `yesterday`, which begin at midnight UTC too.
///
/// # Errors
/// [`NotAMoment`] for anything else, a time without a zone included: guessing a zone finds the wrong rows.
pub fn moment(text: &str) -> Result<Millis, NotAMoment> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        let ms: i64 = text.parse().map_err(|_| NotAMoment)?;
        // A year, 20261101 or seconds since 1970: as milliseconds they would all lie in 1970, which nobody means.
        let is_something_else = matches!(ms, 1_970..=2_199 | 19_000_000..=99_999_999_999);
        return if is_something_else { Err(NotAMoment) } else { Ok(Millis(ms)) };
    }
    let days = match text {
        "today" => Some(0),
        "yesterday" => Some(1),
        _ => None,
    };
    if let Some(days) = days {
        return Ok(day_start(clock::now()).plus(-days * 86_400_000));
    }
    if text.len() == "2026-11-03".len() {
        let date: Date = text.parse().map_err(|_| NotAMoment)?;
        let midnight = date.to_datetime(civil::Time::midnight()).to_zoned_datetime(TimeZone::UTC);
        return Ok(Millis(midnight.map_err(|_| NotAMoment)?.timestamp().as_millisecond()));
    }
    let at: Timestamp = text.parse().map_err(|_| NotAMoment)?;
    Ok(Millis(at.as_millisecond()))
}

/// A text that is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a duration such as 90s, 10m, 2h or 1h30m")]
pub struct NotADuration;

/// Reads a duration with its unit; seconds alone might as well be minutes.
///
/// # Errors
/// [`NotADuration`] for anything else, and for none at all.
pub fn duration(text: &str) -> Result<Duration, NotADuration> {
    let read: jiff::SignedDuration = text.parse().map_err(|_| NotADuration)?;
    Duration::try_from(read).ok().filter(|read| !read.is_zero()).ok_or(NotADuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_are_longer_than_nothing() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7_200), ("1h30m", 5_400)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "90", "0s", "-5s", "soon", "5 parsecs"] {
            assert_eq!(duration(text), Err(NotADuration), "{text:?}");
        }
    }

    #[test]
    fn milliseconds_dates_and_date_times_are_understood() {
        for (text, ms) in [
            ("1744185294000", 1_744_185_294_000),
            ("0", 0),
            ("2025-04-09", 1_744_156_800_000),
            ("2025-04-09T07:54:54Z", 1_744_185_294_000),
            ("2025-04-09T07:54:54.250Z", 1_744_185_294_250),
            ("2025-04-09T15:54:54+08:00", 1_744_185_294_000),
            ("2025-04-09T13:39:54+05:45", 1_744_185_294_000),
            ("2025-04-09 07:54:54Z", 1_744_185_294_000),
        ] {
            assert_eq!(moment(text), Ok(Millis(ms)), "{text}");
        }
    }

    #[test]
    fn a_day_is_named_from_its_midnight_on() {
        let (today, yesterday) = (moment("today").unwrap(), moment("yesterday").unwrap());
        assert_eq!((today.0 - yesterday.0, today.0 % 86_400_000), (86_400_000, 0));
        assert!((0..86_400_000 + 1_000).contains(&clock::now().since(today)));
    }

    #[test]
    fn what_would_have_to_be_guessed_is_refused() {
        for text in [
            "",
            " ",
            "tomorrow",
            "-1",
            "2025-04-09T07:54:54",
            "2025-13-01",
            "2025-02-30",
            "09.04.2025",
            "2025-04-9 ",
            "99999999999999999999",
            "１７４４",
            "20261101",
            "2026",
            "1744185294",
        ] {
            assert_eq!(moment(text), Err(NotAMoment), "{text:?}");
        }
    }
}
