//! How far the exchange's clock is from this machine's, learned from the `Date` header of its answers.
//!
//! There is no server-time endpoint, and `Date` counts whole seconds (`reference.md §1`), so one answer gives an interval,
//! not a number.

use std::sync::{Mutex, PoisonError};

use super::Clock;
use crate::domain::Millis;

/// Differences up to this much outside the measured interval are taken for agreement.
const GRACE_MS: i64 = 1_000;
/// What `Date` cuts off.
const RESOLUTION_MS: i64 = 1_000;

/// The clock's difference as far as it is known, shared by all calls.
#[derive(Debug, Default)]
pub(super) struct Skew(Mutex<Clock>);

impl Skew {
    /// What is known.
    pub(super) fn get(&self) -> Clock {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one answer into account: the server wrote `date` somewhere between `sent` and `received`.
    pub(super) fn learn(&self, date: Millis, sent: Millis, received: Millis) {
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *clock = next(*clock, date, sent, received);
    }
}

fn next(now: Clock, date: Millis, sent: Millis, received: Millis) -> Clock {
    if received < sent {
        // The machine's clock was set back in between: this answer tells nothing.
        return now;
    }
    let (low, high) = (date.since(received), date.plus(RESOLUTION_MS).since(sent));
    let agrees = (low - GRACE_MS..=high + GRACE_MS).contains(&0);
    let offset_ms = if now.known && now.offset_ms != 0 && (low..=high).contains(&now.offset_ms) {
        // What is known still fits. A slow answer's wide interval must not undo a good measure.
        now.offset_ms
    } else if agrees {
        0
    } else {
        low.midpoint(high)
    };
    Clock { offset_ms, known: true }
}

/// Reads an HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`).
pub(super) fn http_date(text: &str) -> Option<Millis> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text).ok().map(|at| Millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: Clock = Clock { offset_ms: 0, known: false };

    fn measure(from: Clock, date: i64, sent: i64, received: i64) -> i64 {
        let clock = next(from, Millis(date), Millis(sent), Millis(received));
        assert!(clock.known);
        clock.offset_ms
    }

    #[test]
    fn agreement_within_the_resolution_is_no_difference() {
        assert_eq!(measure(UNKNOWN, 10_000, 10_900, 10_950), 0);
        assert_eq!(measure(UNKNOWN, 10_000, 9_100, 9_150), 0);
        assert_eq!(measure(UNKNOWN, 10_000, 11_800, 11_900), 0);
    }

    #[test]
    fn a_real_difference_is_measured_in_both_directions() {
        assert_eq!(measure(UNKNOWN, 300_000, 0, 0), 300_500);
        assert_eq!(measure(UNKNOWN, 0, 300_000, 300_200), -299_600);
    }

    #[test]
    fn a_good_measure_outlives_a_slow_answer_and_does_not_jitter() {
        let known = Clock { offset_ms: 5_000, known: true };
        assert_eq!(measure(known, 20_000, 0, 19_500), 5_000);
        assert_eq!(measure(known, 105_000, 100_100, 100_200), 5_000);
        assert_eq!(measure(known, 100_000, 100_100, 100_200), 0);
    }

    #[test]
    fn an_answer_across_a_clock_change_is_ignored() {
        assert_eq!(next(UNKNOWN, Millis(0), Millis(5_000), Millis(1_000)), UNKNOWN);
    }

    #[test]
    fn http_dates_are_read_and_garbage_is_not() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Millis(784_111_777_000)));
        for garbage in ["", "yesterday", "2026-01-01", "\u{1b}[2J"] {
            assert_eq!(http_date(garbage), None);
        }
    }
}
