//! The one place that reads the machine's clock.

use crate::domain::Millis;

/// Milliseconds since 1970 by this machine's clock, which may be wrong: the exchange's time is this plus the client's
/// measured offset.
pub fn now() -> Millis {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let at = jiff::Timestamp::now();
    Millis(at.as_millisecond())
}
