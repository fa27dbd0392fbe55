//! Numbers and lines as they are typed.

use super::*;

#[test]
fn typed_number_is_read_exactly_or_refused_with_its_form() {
    for right in ["0", "1", "20.5", "0.000000000000000001", "123456789012.123456789012345678", "10"] {
        assert_eq!(typed_amount(right).unwrap().to_string(), right);
    }
    let sided = |expected: &str| NumberFault::Sided { expected: expected.into() };
    let exponent = |written: Option<&str>| NumberFault::Exponent { written: written.map(str::to_owned) };
    for (wrong, fault) in [
        ("", NumberFault::Empty),
        ("1,5", NumberFault::Comma),
        ("1.000,50", NumberFault::Comma),
        ("1,000.5", NumberFault::Comma),
        ("1'000", NumberFault::Comma),
        ("1.2.3", NumberFault::Points),
        ("1..2", NumberFault::Points),
        (".5", sided("0.5")),
        ("5.", sided("5")),
        (".", NumberFault::NotDigits),
        ("+1", NumberFault::Sign),
        ("-1", NumberFault::Sign),
        ("1e3", exponent(Some("1000"))),
        ("1e5", exponent(Some("100000"))),
        ("1.50E+2", exponent(Some("150"))),
        ("1E-3", exponent(Some("0.001"))),
        ("1e30", exponent(None)),
        ("1e400", exponent(None)),
        ("1.e3", exponent(None)),
        ("01", NumberFault::LeadingZero),
        ("00.5", NumberFault::LeadingZero),
        ("１２", NumberFault::NotAscii),
        ("١", NumberFault::NotAscii),
        ("1\u{a0}000", NumberFault::NotAscii),
        ("1 000", NumberFault::NotDigits),
        ("1_000", NumberFault::NotDigits),
        ("NaN", NumberFault::NotDigits),
        ("Infinity", NumberFault::NotDigits),
        ("0x10", NumberFault::NotDigits),
        ("e", NumberFault::NotDigits),
        ("1.00000000000000000000000000000000000000000000000000000000000000000000001", NumberFault::TooManyDigits),
    ] {
        assert_eq!(typed_amount(wrong), Err(fault), "{wrong:?}");
    }
    // A pasted line end is left out and said.
    let report = check_withdraw(&of(" 20.5\n"), &Known::new().facts());
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::Trimmed }]);
    assert_eq!(report.into_result().unwrap().gross, amount("20.5"));
}

#[test]
fn percent_keys_round_down() {
    for (available, percent, precision, expected) in [
        ("100", Percent::Quarter, 6, "25"),
        ("0.01", Percent::Quarter, 2, "0"),
        ("0.10", Percent::ThreeQuarters, 2, "0.07"),
        ("0.1", Percent::ThreeQuarters, 3, "0.075"),
        ("1.999999999", Percent::All, 6, "1.999999"),
        ("3", Percent::Half, 0, "1"),
        ("-5", Percent::All, 6, "0"),
        ("0.000000000000000001", Percent::All, 0, "0"),
        (
            "99999999999999999999999999999999999999",
            Percent::ThreeQuarters,
            18,
            "74999999999999999999999999999999999999",
        ),
    ] {
        assert_eq!(percent_of(amount(available), percent, precision).to_string(), expected, "{available}");
    }
}

#[test]
fn what_is_no_single_line_is_refused_with_what_it_holds() {
    let known = Known::new();
    let end = |after| Fault::Line(LineFault::LineEnd { after });
    let tab = |after| Fault::Line(LineFault::Tab { after });
    let base = of("20.5");
    let cases = [
        (WithdrawInput { amount: "50\n60".into(), ..base.clone() }, Field::Amount, end(2)),
        (WithdrawInput { amount: "50\t60".into(), ..base.clone() }, Field::Amount, tab(2)),
        (WithdrawInput { amount: "5\u{200b}0".into(), ..base.clone() }, Field::Amount, {
            Fault::Line(LineFault::Invisible { after: 1, found: '\u{200b}' })
        }),
        (WithdrawInput { address: format!("{}\n{}", &TO[..9], &TO[9..]), ..base.clone() }, Field::Address, end(9)),
        (WithdrawInput { address: "T".repeat(257), ..base.clone() }, Field::Address, {
            Fault::Line(LineFault::TooLong { found: 257, room: 256 })
        }),
        (WithdrawInput { coin: "TR\nX".into(), ..base.clone() }, Field::Coin, end(2)),
        (WithdrawInput { network: format!("{TRON}\tx"), ..base.clone() }, Field::Network, tab(13)),
        (WithdrawInput { amount: "1".repeat(65), ..base.clone() }, Field::Amount, {
            Fault::Line(LineFault::TooLong { found: 65, room: 64 })
        }),
    ];
    for (input, field, fault) in cases {
        let faults = check_withdraw(&input, &known.facts()).into_result().unwrap_err();
        let said: Vec<&Fault> = faults.iter().filter(|f| f.field == field).map(|f| &f.fault).collect();
        assert_eq!(said, [&fault], "{input:?}");
    }
    let code = |code: &str, number: &str| ReceiverInput::Phone { country_code: code.into(), number: number.into() };
    let long = Fault::Line(LineFault::TooLong { found: 14, room: 8 });
    for (to, field, fault) in [
        (uid("4\n2"), Field::Uid, end(1)),
        (code("a@example.com!", "13800138000"), Field::CountryCode, long),
        (code("86", "138\t00138000"), Field::Number, tab(3)),
        (ReceiverInput::Email("a@b\n.cd".into()), Field::Email, end(3)),
    ] {
        assert_eq!(sent(&known, &transfer(to.clone())).unwrap_err(), [(field, fault)], "{to:?}");
    }
    // A tag with a tab in it is no other tag.
    let memo = |text: &str| {
        let mut known = Known::new();
        known.coins[0].networks[0].memo = MemoRule::Required;
        let input = WithdrawInput { memo: MemoChoice::Text(text.into()), ..of("20.5") };
        check_withdraw(&input, &known.facts()).into_result().map(|w| w.memo).map_err(|faults| faults[0].fault.clone())
    };
    assert_eq!(memo("104287\t3"), Err(tab(6)));
    assert_eq!(memo("104287\n"), Ok(Some("104287".into())));
    assert_eq!(memo(&"1".repeat(257)), Err(Fault::Line(LineFault::TooLong { found: 257, room: 256 })));
}

#[test]
fn an_amount_that_may_be_thousands_is_asked_about() {
    for (typed, other) in [
        ("1.000", Some("1000")),
        ("12.500", Some("12500")),
        ("999.999", Some("999999")),
        ("1.00", None),
        ("1.0000", None),
        ("0.500", None),
        ("1000.500", None),
        ("1000", None),
        ("1.5", None),
    ] {
        assert_eq!(as_thousands(typed), other.map(amount), "{typed}");
    }
    let report = check_withdraw(&WithdrawInput { amount: "20.500".into(), ..of("20.5") }, &Known::new().facts());
    let note = Note::Thousands { read: amount("20.5"), other: amount("20500") };
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: note.clone() }]);
    assert_eq!(report.into_result().unwrap().gross, amount("20.5"), "it is asked about, not changed");
    let words = note.words(Lang::En);
    assert!(words.contains("Is 20.5 meant, or 20500?") && words.contains("read as 20.5"), "{words}");
}
