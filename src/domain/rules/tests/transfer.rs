//! Transfers to other users, and moves between the two sides.

use super::*;
use crate::domain::{FuturesBalance, FuturesReading};

#[test]
fn a_receiver_has_the_shape_of_one() {
    let known = Known::new();
    let ok = |to: ReceiverInput| sent(&known, &transfer(to)).map(|request| request.to);
    let phone = |code: &str, number: &str| ReceiverInput::Phone { country_code: code.into(), number: number.into() };
    let email = |text: &str| ReceiverInput::Email(text.into());
    assert_eq!(ok(uid("681979174")), Ok(Receiver::Uid("681979174".into())));
    for (wrong, fault) in [
        ("", Fault::Missing),
        ("12a", Fault::NotDigits),
        ("１２", Fault::Number(NumberFault::NotAscii)),
        ("1 2", Fault::NotDigits),
        ("012", Fault::UidRange),
        ("9223372036854775808", Fault::UidRange),
    ] {
        assert_eq!(ok(uid(wrong)), Err(vec![(Field::Uid, fault)]), "{wrong}");
    }
    for code in ["+86", "86", "1", "+1246"] {
        let receiver = Receiver::Phone { country_code: code.into(), number: "13800138000".into() };
        assert_eq!(ok(phone(code, "13800138000")), Ok(receiver));
    }
    for code in ["++86", "+", "086", "12345", "8 6", "cn"] {
        assert_eq!(ok(phone(code, "13800138000")), Err(vec![(Field::CountryCode, Fault::CountryCode)]), "{code}");
    }
    assert_eq!(
        ok(phone("", "1-2")),
        Err(vec![(Field::CountryCode, Fault::Missing), (Field::Number, Fault::NotDigits)])
    );
    let length = Fault::NumberLength { min: 4, max: 15 };
    assert_eq!(ok(phone("86", "123")), Err(vec![(Field::Number, length)]));
    for right in ["u@example.com", "first.last+tag@sub.example.co.uk", "_x@a-b.io"] {
        assert!(ok(email(right)).is_ok(), "{right}");
    }
    for wrong in ["u", "u@", "@b.c", "u@b", "u@@b.c", "u@b..c", "u@-b.c", "a b@c.d", "u..v@b.c", "ü@b.c", "u@b.c,v@b.c"]
    {
        assert_eq!(ok(email(wrong)), Err(vec![(Field::Email, Fault::Email)]), "{wrong}");
    }
    let own = UntrustedText::from("42");
    let facts = Facts { own_uid: Some(&own), ..known.facts() };
    let report = check_transfer(&transfer(uid("42")), &"a".into(), &facts);
    assert_eq!(report.fault(Field::Uid), Some(&Fault::Yourself));
}

#[test]
fn a_transfer_obeys_remark_limits_and_profile() {
    let mut known = Known::new();
    let with = |remark: &str| TransferInput { remark: remark.into(), ..transfer(uid("42")) };
    assert_eq!(sent(&known, &with("оплата 測試 ✓")).unwrap().remark, Some("оплата 測試 ✓".into()));
    assert_eq!(sent(&known, &with("  ")).unwrap().remark, None);
    assert!(sent(&known, &with(&"測".repeat(256))).is_ok());
    let long = Fault::Line(LineFault::TooLong { found: 257, room: 256 });
    assert_eq!(sent(&known, &with(&"測".repeat(257))).unwrap_err(), [(Field::Remark, long)]);
    for (wrong, fault) in [
        ("a\nb", LineFault::LineEnd { after: 1 }),
        ("a\u{1b}[31m", LineFault::Control { after: 1, found: '\u{1b}' }),
        ("a\u{202e}b", LineFault::Invisible { after: 1, found: '\u{202e}' }),
        ("a\u{200b}b", LineFault::Invisible { after: 1, found: '\u{200b}' }),
    ] {
        assert_eq!(sent(&known, &with(wrong)).unwrap_err(), [(Field::Remark, Fault::Line(fault))], "{wrong:?}");
    }
    assert_eq!(sent(&known, &with(" a b \n")).unwrap().remark, Some(" a b".into()));
    for id in ["", "x y", &"a".repeat(33)] {
        let report = check_transfer(&with(""), &id.into(), &known.facts());
        assert_eq!(report.fault(Field::Form), Some(&Fault::OwnId));
    }
    known.limits.address_book_only = true;
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Uid, Fault::ReceiverNotKnown)]);
    known.limits = Limits { per_order: Some(Limit { amount: amount("9"), unit: "TRX".into() }), ..Limits::default() };
    let over = Fault::LimitPerOrder { limit: amount("9"), unit: "TRX".into() };
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Amount, over)]);
    known.limits = Limits { read_only: true, ..Limits::default() };
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Form, Fault::ReadOnly)]);
}

#[test]
fn transfer_takes_its_coins_greatest_precision_or_eighteen() {
    let mut known = Known::new();
    known.coins[0].networks.push(Network { name: "Other".into(), precision: Some(8), ..network() });
    let of = |amount: &str| TransferInput { amount: amount.into(), ..transfer(uid("42")) };
    assert!(sent(&known, &of("1.12345678")).is_ok());
    let fault = Fault::Decimals { typed: 9, allowed: 8 };
    assert_eq!(sent(&known, &of("1.123456789")).unwrap_err(), [(Field::Amount, fault)]);
    known.coins.clear();
    let report = check_transfer(&of("1.123456789012345678"), &"a".into(), &known.facts());
    assert!(report.request().is_some(), "{:?}", report.faults);
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::PrecisionAssumed { decimals: 18 } }]);
    assert!(sent(&known, &of("1.1234567890123456789")).is_err());
}

fn holding(movable: Option<&str>, at: i64) -> FuturesSide {
    let number = |text: &str| text.parse::<Amount>().ok();
    let balance = FuturesBalance {
        coin: "TRX".into(),
        movable: movable.and_then(number),
        available: number("100"),
        on_orders: number("0"),
        in_positions: number("20"),
        cross_unrealised: number("-3"),
        isolated_unrealised: number("0"),
        bonus: number("0"),
    };
    FuturesSide::Read(vec![FuturesReading { coin: "TRX".into(), balance: Some(balance), at: Millis(at) }])
}

#[test]
fn move_out_of_futures_needs_a_fresh_reading_of_what_can_be_moved() {
    let mut known = Known::new();
    let back =
        |amount: &str| MoveInput { direction: MoveDirection::FuturesToSpot, coin: "TRX".into(), amount: amount.into() };
    assert_eq!(check_move(&back("1"), &known.facts()).fault(Field::Amount), Some(&Fault::FuturesMissing));
    known.futures = holding(Some("97"), 900);
    assert!(check_move(&back("97"), &known.facts()).into_result().is_ok());
    let above = Fault::AboveMovable { movable: "97".parse().unwrap(), coin: "TRX".into() };
    // 100 are available, and 3 of them hold up positions.
    assert_eq!(check_move(&back("97.000001"), &known.facts()).fault(Field::Amount), Some(&above));
    known.futures = holding(Some("97"), 1000 - BALANCE_MAX_AGE_MS - 1);
    let stale = Fault::FuturesStale { seconds: 60, limit: 60 };
    assert_eq!(check_move(&back("1"), &known.facts()).fault(Field::Amount), Some(&stale));
    // What the exchange does not say closes nothing, and is said.
    known.futures = holding(None, 1000);
    let report = check_move(&back("1"), &known.facts());
    assert!(report.request().is_some());
    let note = Note::FuturesNotListed { coin: "TRX".into() };
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note }]);
}

#[test]
fn move_with_a_key_that_may_not_read_futures_is_left_to_the_exchange() {
    let mut known = Known::new();
    known.futures = FuturesSide::Refused;
    let with = |direction, amount: &str| MoveInput { direction, coin: "TRX".into(), amount: amount.into() };
    let report = check_move(&with(MoveDirection::FuturesToSpot, "9999"), &known.facts());
    assert!(report.request().is_some());
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::FuturesNotReadable }]);
    let report = check_move(&with(MoveDirection::SpotToFutures, "9999"), &known.facts());
    assert!(matches!(report.fault(Field::Amount), Some(Fault::AboveAvailable { .. })));
    assert!(check_move(&with(MoveDirection::SpotToFutures, "500"), &known.facts()).into_result().is_ok());
    let unknown = MoveInput { coin: "NEW".into(), ..with(MoveDirection::FuturesToSpot, "1") };
    assert!(matches!(check_move(&unknown, &known.facts()).fault(Field::Coin), Some(Fault::UnknownCoin { .. })));
    known.limits.read_only = true;
    assert!(check_move(&with(MoveDirection::SpotToFutures, "1"), &known.facts()).into_result().is_err());
}
