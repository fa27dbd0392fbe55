//! What holds for everything that can be typed.

use super::*;

fn flags() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)]
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[1-9][0-9]{0,3}(\\.[0-9]{1,8})?", 1 => any::<String>(), 1 => "[0-9.,e+-]{0,8}"]
}

proptest! {
    #[test]
    fn a_request_satisfies_every_rule(
        flags in proptest::array::uniform4(flags()),
        precision in proptest::option::of(0..9_u32),
        (min, max, available) in (proptest::option::of(0..50_i128), proptest::option::of(50..900_i128), proptest::option::of(0..2000_i128)),
        rule in prop_oneof![Just(MemoRule::None), Just(MemoRule::Optional), Just(MemoRule::Required), Just(MemoRule::Unknown)],
        memo in prop_oneof![Just(MemoChoice::Undecided), Just(MemoChoice::ExplicitNone), "[0-9]{0,4}".prop_map(MemoChoice::Text)],
        typed in typed(),
        address in prop_oneof![6 => Just(TO.to_owned()), 1 => any::<String>(), 1 => Just("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor\n".to_owned())],
        ages in (0..LIST_MAX_AGE_MS * 2, 0..BALANCE_MAX_AGE_MS * 2),
        per_order in proptest::option::of(1..500_i128),
    ) {
        let mut known = Known::new();
        [known.coins[0].open, known.coins[0].withdraw_open, ..] = flags;
        [.., known.network().open, known.network().withdraw_open] = flags;
        known.network().precision = precision;
        known.network().withdraw_min = min.and_then(|m| Amount::new(m, 0));
        known.network().withdraw_max = max.and_then(|m| Amount::new(m, 0));
        known.network().memo = rule.clone();
        known.balances[0].available = available.and_then(|m| Amount::new(m, 0));
        (known.list_age, known.balance_age) = ages;
        known.limits.per_order = per_order.and_then(|m| Amount::new(m, 0)).map(|amount| Limit { amount, unit: "USDT".into() });
        let input = WithdrawInput { memo, address, amount: typed.clone(), ..input() };
        let report = check_withdraw(&input, &known.facts());
        prop_assert_eq!(report.request().is_some(), report.faults.is_empty());
        prop_assert!(report.faults.is_sorted_by_key(|f| f.field));
        if let Ok(request) = report.into_result() {
            // Whether the coin is listed at all says nothing: a delisted one can still be withdrawn.
            prop_assert_eq!(&flags[1..], &[Some(true); 3]);
            prop_assert!(ages.0 <= LIST_MAX_AGE_MS && ages.1 <= BALANCE_MAX_AGE_MS);
            prop_assert_eq!(request.gross, typed.trim().parse::<Amount>().unwrap());
            prop_assert!(request.gross.is_positive() && request.gross.scale() <= precision.unwrap());
            let whole = |m: i128| Amount::new(m, 0).unwrap();
            prop_assert!(min.is_none_or(|m| request.gross >= whole(m)) && max.is_none_or(|m| request.gross <= whole(m)));
            prop_assert!(request.gross <= whole(available.unwrap()));
            // A coin is worth 0.25 USDT.
            prop_assert!(per_order.is_none_or(|m| request.gross <= whole(4 * m)));
            prop_assert_eq!(request.address.raw(), input.address.trim());
            match rule {
                MemoRule::None => prop_assert_eq!(request.memo, None),
                MemoRule::Required => prop_assert!(request.memo.is_some()),
                MemoRule::Optional => prop_assert_eq!(request.memo.is_none(), input.memo == MemoChoice::ExplicitNone),
                MemoRule::Unknown => prop_assert!(false),
            }
        }
    }

    #[test]
    fn a_percentage_is_the_greatest_that_is_not_more_than_its_part(
        mantissa in 1..i128::MAX / 1_000_000, scale in 0..24_u32, precision in 0..24_u32, quarters in 1..=4_usize
    ) {
        use num_bigint::BigInt;
        let available = Amount::new(mantissa, scale).unwrap();
        let percent = Percent::iter().nth(quarters - 1).unwrap();
        let part = percent_of(available, percent, precision);
        prop_assert!(part.scale() <= precision && part <= available && !part.is_negative());
        // Everything over 4 · 10^scale · 10^precision, in integers without a limit.
        let ten = |n: u32| BigInt::from(10).pow(n);
        let exact = BigInt::from(mantissa) * quarters * ten(precision) / (BigInt::from(4) * ten(scale));
        let found = BigInt::from(part.mantissa()) * ten(precision - part.scale());
        prop_assert_eq!(found, exact);
    }

    #[test]
    fn nothing_typed_panics(a in any::<String>(), b in any::<String>(), c in any::<String>(), d in any::<String>()) {
        let known = Known::new();
        let facts = known.facts();
        let typed = WithdrawInput {
            coin: a.clone(), network: b.clone(), address: c.clone(), memo: MemoChoice::Text(d.clone()), amount: d.clone(),
        };
        prop_assert!(check_withdraw(&typed, &facts).into_result().is_err());
        let _ = check_withdraw(&WithdrawInput { address: c.clone(), amount: a.clone(), ..input() }, &facts);
        for to in [uid(&a), ReceiverInput::Email(a.clone()), ReceiverInput::Phone { country_code: a, number: b }] {
            let typed = TransferInput { to, coin: "TRX".into(), amount: c.clone(), remark: d.clone() };
            let _ = check_transfer(&typed, &"a".into(), &facts);
        }
        let _ = check_move(&MoveInput { direction: MoveDirection::SpotToFutures, coin: c, amount: d }, &facts);
    }
}
