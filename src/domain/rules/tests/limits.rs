//! What a day may pay, and when that is known.

use super::*;
use crate::domain::time::day_start;

#[test]
fn the_limit_per_day_counts_what_may_have_been_executed() {
    let mut known = Known::new();
    known.limits.per_day = Some(Limit { amount: amount("100"), unit: "TRX".into() });
    let unknown = || Outcome::Unknown { why: crate::domain::Because::Timeout.into() };
    let refused = Outcome::Refused { code: "2".into(), msg: "x".into() };
    known.spent = vec![order("TRX", "60", unknown()), order("TRX", "30", refused)];
    assert!(known.withdraw(&of("40")).is_ok());
    let over = || Fault::LimitPerDay { limit: amount("100"), unit: "TRX".into() };
    assert_eq!(known.withdraw(&of("40.000001")).unwrap_err(), [(Field::Amount, over())]);
    // Two coins: 10 USDT are 40 TRX.
    known.spent.push(order("USDT", "5", unknown()));
    assert!(known.withdraw(&of("20")).is_ok());
    assert_eq!(known.withdraw(&of("20.000001")).unwrap_err(), [(Field::Amount, over())]);
    known.spent.push(order("NEW", "5", unknown()));
    let no_price = Fault::LimitNoPrice { coin: "NEW".into(), unit: "TRX".into() };
    assert_eq!(known.withdraw(&of("20")).unwrap_err(), [(Field::Amount, no_price)]);
    let facts = Facts { ordered: None, ..known.facts() };
    assert_eq!(check_withdraw(&input(), &facts).fault(Field::Amount), Some(&Fault::SpentUnknown));
}

#[test]
fn a_limit_that_cannot_be_measured_closes_the_form() {
    let mut known = Known::new();
    known.limits.per_order = Some(Limit { amount: amount("100"), unit: "USD".into() });
    let no_price = Fault::LimitNoPrice { coin: "TRX".into(), unit: "USD".into() };
    assert_eq!(known.withdraw(&input()).unwrap_err(), [(Field::Amount, no_price)]);
    known.limits.per_order = Some(Limit { amount: amount("100"), unit: "USDT".into() });
    let now = Millis(PRICE_MAX_AGE_MS + 1);
    let facts = Facts { now, ..known.facts() };
    let stale = Fault::LimitStalePrice { coin: "TRX".into(), limit: 30 };
    assert_eq!(check_withdraw(&input(), &facts).fault(Field::Amount), Some(&stale));
}

#[test]
fn a_day_begins_at_midnight_utc() {
    assert_eq!(day_start(Millis(1_744_185_294_000)).exact(), "2025-04-09 00:00:00 UTC");
    assert_eq!(day_start(Millis(-1)), Millis(-86_400_000));
}
