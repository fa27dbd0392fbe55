//! What makes a record an order's, field by field.

use super::*;
use crate::domain::{AskedBy, Because, OrderId, Receiver, RecordKey};

const T: i64 = 1_744_185_294_000;

fn request() -> WithdrawRequest {
    WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into(),
        memo: None,
        gross: "20.00".parse().unwrap(),
    }
}

fn order(request: Request) -> Order {
    Order {
        id: OrderId(1),
        request,
        time: Millis(T),
        sent: Millis(T),
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome: Outcome::Unknown { why: Because::Timeout.into() },
        readings: 0,
        changed: Millis(T),
    }
}

fn record(id: &str) -> Record {
    Record {
        network: Some("Tron (TRC-20)".into()),
        amount: "19.00000000000000000000".parse().ok(),
        time: Some(Millis(T)),
        address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
        memo: Some("".into()),
        ..Record::bare(Kind::Withdrawal, id, "TRX")
    }
}

fn ids(ids: &[&str]) -> BTreeSet<UntrustedText> {
    ids.iter().map(|id| UntrustedText::from(*id)).collect()
}

fn whole(records: &[Record]) -> ExchangeHistory {
    ExchangeHistory { records: records.to_vec(), is_whole: true }
}

fn look_beside(
    rivals: &[(Order, BTreeSet<UntrustedText>)],
    request: &WithdrawRequest,
    history: &ExchangeHistory,
) -> Verdict {
    let order = order(Request::Withdraw(request.clone()));
    let (seen, claimed) = (ids(&["before"]), ids(&["claimed"]));
    let fee = "1".parse().ok();
    of_withdrawal(&Withdrawal { order: &order, request, fee, seen_before: &seen, claimed: &claimed, rivals }, history)
}

fn look(records: &[Record]) -> Verdict {
    look_beside(&[], &request(), &whole(records))
}

fn accepted(id: UntrustedText) -> Verdict {
    super::accepted(id, Proof::History)
}

fn reckoned(id: UntrustedText) -> Verdict {
    super::accepted(id, Proof::Reckoned)
}

fn nothing() -> Verdict {
    Verdict::Nothing { in_the_end: Outcome::NoTrace }
}

fn asks(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Several(found) if found.len() == 1)
}

#[test]
fn nineteen_digits_that_are_no_moment_tell_none() {
    let mut other = record("9999999999999999999");
    other.time = Some(Millis(T));
    assert_eq!(other.created(), Some(Millis(T)));
}

#[test]
fn one_fitting_record_settles_and_several_do_not() {
    assert_eq!(look(&[record("7")]), reckoned("7".into()));
    assert_eq!(look(&[record("claimed"), record("before"), record("7")]), reckoned("7".into()));
    assert_eq!(look(&[record("claimed"), record("before")]), nothing());
    assert_eq!(look(&[]), nothing());
    assert!(matches!(look(&[record("7"), record("8")]), Verdict::Several(found) if found.len() == 2));
}

#[test]
fn a_record_that_differs_in_anything_is_not_ours() {
    let changes: [fn(&mut Record); 8] = [
        |r| r.coin = "USDT".into(),
        |r| r.key.kind = Kind::TransferOut,
        |r| r.address = Some("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor".into()),
        |r| r.memo = Some("1".into()),
        |r| r.amount = "20.01".parse().ok(),
        |r| r.time = Some(Millis(T - 60_001)),
        |r| r.key.id = "before".into(),
        |r| {
            r.fee = "2".parse().ok();
            r.fee_coin = Some("TRX".into());
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut r = record("7");
        change(&mut r);
        assert_eq!(look(&[r]), nothing(), "change {number}");
    }
}

#[test]
fn one_odd_field_makes_a_question_and_two_make_another_payment() {
    let gross = |r: &mut Record| {
        (r.amount, r.fee, r.fee_coin) = ("20".parse().ok(), "1".parse().ok(), Some("TRX".into()));
    };
    let changes: [fn(&mut Record); 6] = [
        |r| r.network = Some("TRON".into()),
        |r| r.key.kind = Kind::OtherOut("".into()),
        gross,
        |r| r.also_address = Some("41605fce".into()),
        |r| {
            // The id holds the moment of the order.
            r.key.id = "1909877667383767042".into();
            r.time = Some(Millis(T - 8 * 3_600_000));
        },
        |r| {
            r.key.id = "1909877667383767042".into();
            r.time = Some(Millis(T / 1_000));
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut r = record("7");
        change(&mut r);
        assert!(asks(&look(&[r.clone()])), "change {number}");
        assert_eq!(look(&[r.clone(), record("8")]), reckoned("8".into()), "one that fits is it: {number}");
        let other = if number == 0 { &changes[1] } else { &changes[0] };
        other(&mut r);
        assert_eq!(look(&[r]), nothing(), "change {number} and another");
    }
    let mut r = record("7");
    r.memo = Some("-".into());
    assert_eq!(look(&[r]), reckoned("7".into()), "a dash is no memo");
}

#[test]
fn incomplete_record_is_asked_about_and_is_never_no_trace() {
    let changes: [fn(&mut Record); 6] = [
        |r| r.network = None,
        |r| r.address = None,
        |r| r.address = Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU:104".into()),
        |r| r.amount = None,
        |r| r.time = None,
        |r| r.time = Some(Millis(T + 11 * 60_000)),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut r = record("7");
        change(&mut r);
        assert!(asks(&look(&[r.clone()])), "change {number}");
        let whole = Record { fee: "1".parse().ok(), ..record("8") };
        assert_eq!(look(&[r.clone(), whole]), accepted("8".into()), "one that fits in everything is it");
        let both = look(&[r, record("8")]);
        assert!(matches!(both, Verdict::Several(found) if found.len() == 2), "a net alone says not enough");
    }
    let with_memo = WithdrawRequest { memo: Some("104".into()), ..request() };
    assert!(asks(&look_beside(&[], &with_memo, &whole(&[record("7")]))));
}

#[test]
fn a_hexadecimal_address_is_the_same_in_either_case() {
    let request = WithdrawRequest { address: "0xAbCd".into(), ..request() };
    let mut r = record("7");
    r.address = Some("0xabcd".into());
    assert_eq!(look_beside(&[], &request, &whole(&[r])), reckoned("7".into()));
}

#[test]
fn a_history_that_was_not_seen_whole_proves_nothing() {
    let history = |records: &[Record]| ExchangeHistory { records: records.to_vec(), is_whole: false };
    assert_eq!(look_beside(&[], &request(), &history(&[])), Verdict::Unclear(Vec::new()));
    assert_eq!(look_beside(&[], &request(), &history(&[record("7")])), Verdict::Unclear(vec![record("7")]));
}

#[test]
fn a_record_that_fits_another_open_order_as_well_is_nobodys_yet() {
    let more = WithdrawRequest { gross: "20.50".parse().unwrap(), ..request() };
    let rival = (order(Request::Withdraw(more)), BTreeSet::new());
    let rivals = [rival.clone()];
    let look = |r: Record| look_beside(&rivals, &request(), &whole(&[r]));
    assert_eq!(look(record("7")), Verdict::Unclear(vec![record("7")]));
    let mut settled = record("7");
    settled.fee = "1".parse().ok();
    assert_eq!(look(settled), accepted("7".into()), "once the fee is known, only one gross fits");
    let after = [(rival.0, ids(&["7"]))];
    let verdict = look_beside(&after, &request(), &whole(&[record("7")]));
    assert_eq!(verdict, reckoned("7".into()), "it was there before the other order");
}

#[test]
fn a_smaller_payment_whose_fee_is_untold_is_asked_about() {
    let paid = |net: &str, fee: Option<&str>| Record {
        amount: net.parse().ok(),
        fee: fee.and_then(|fee| fee.parse().ok()),
        ..record("7")
    };
    let other_coin = |net: &str| Record { fee_coin: Some("BNB".into()), ..paid(net, Some("0.01")) };
    assert!(asks(&look(&[paid("2", None)])), "any smaller payment fits under the gross");
    assert!(asks(&look(&[paid("18.99", None)])) && asks(&look(&[paid("20", None)])));
    assert_eq!(look(&[paid("2", Some("1"))]), nothing(), "once its fee is told it is not ours");
    assert_eq!(look(&[paid("19", None)]), reckoned("7".into()));
    assert_eq!(look(&[paid("18", Some("2"))]), accepted("7".into()), "gross and fee say it, whatever was reckoned");
    assert_eq!(look(&[other_coin("20")]), accepted("7".into()));
    assert!(asks(&look(&[other_coin("19")])));
    let order = order(Request::Withdraw(request()));
    let none = BTreeSet::new();
    let case =
        Withdrawal { order: &order, request: &request(), fee: None, seen_before: &none, claimed: &none, rivals: &[] };
    assert!(asks(&of_withdrawal(&case, &whole(&[paid("19", None)]))), "nothing was reckoned without a fee");
}

#[test]
fn a_transfer_is_found_by_our_id_alone() {
    let request = TransferRequest {
        out_biz_id: "abc".into(),
        coin: "TRX".into(),
        amount: "20".parse().unwrap(),
        to: Receiver::Uid("1".into()),
        remark: None,
    };
    let order = order(Request::Transfer(request.clone()));
    let look = |records: &[Record]| of_transfer(&order, &request, &whole(records));
    let mut ours = record("7");
    ours.key.kind = Kind::TransferOut;
    ours.out_biz_id = Some("abc".into());
    ours.amount = "20".parse().ok();
    assert_eq!(look(&[ours.clone()]), accepted("7".into()));
    let foreign = Record { out_biz_id: Some("abd".into()), ..ours.clone() };
    assert_eq!(look(&[foreign.clone(), ours.clone()]), accepted("7".into()));
    assert_eq!(look(&[foreign]), nothing());
    let nameless = Record { out_biz_id: None, ..ours.clone() };
    assert!(asks(&look(std::slice::from_ref(&nameless))), "an exchange that does not tell our id");
    let to = |uid: &str| Some(Receiver::Uid(uid.into()));
    assert!(asks(&look(&[Record { receiver: to("1"), ..nameless.clone() }])));
    for (differs, part) in [
        (Record { coin: "USDT".into(), ..ours.clone() }, Part::Coin),
        (Record { amount: "20.5".parse().ok(), ..ours.clone() }, Part::Amount),
        (Record { amount: "19.5".parse().ok(), fee: "0".parse().ok(), ..ours.clone() }, Part::Amount),
        (Record { receiver: to("2"), ..ours.clone() }, Part::Receiver),
        (Record { receiver: Some(Receiver::Email("a@b.c".into())), ..ours.clone() }, Part::Receiver),
    ] {
        assert!(asks(&look(std::slice::from_ref(&differs))), "{part:?}: our id alone does not make it ours");
        assert_eq!(differences(&order.request, &differs), [part]);
    }
    let smaller = Record { amount: "19.5".parse().ok(), ..ours.clone() };
    assert!(asks(&look(std::slice::from_ref(&smaller))));
    assert_eq!(differences(&order.request, &smaller), [], "its fee may not be told yet");
    assert_eq!(look(&[Record { receiver: to("2"), ..nameless }]), nothing());
    let twice = Record { key: RecordKey { id: "8".into(), ..ours.key.clone() }, ..ours.clone() };
    assert!(matches!(look(&[ours, twice]), Verdict::Several(found) if found.len() == 2));
    let cut = ExchangeHistory { records: Vec::new(), is_whole: false };
    assert_eq!(of_transfer(&order, &request, &cut), Verdict::Unclear(Vec::new()));
}

#[test]
fn a_move_is_judged_by_the_balance_and_only_when_it_is_clear() {
    let a = |t: &str| t.parse::<Amount>().ok();
    let likely = |executed| Outcome::Likely { executed };
    let out = MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount: a("5").unwrap() };
    let look = |before, now| of_move(&out, a(before), a(now), false);
    assert_eq!(look("100", "95.0"), Verdict::Found(likely(true)));
    assert_eq!(look("100", "100"), Verdict::Nothing { in_the_end: likely(false) }, "it may still come");
    assert_eq!(look("100", "94"), nothing());
    assert_eq!(look("", "95"), nothing());
    assert_eq!(look("100", ""), nothing());
    assert_eq!(of_move(&out, a("100"), a("95"), true), nothing(), "something else has moved it too");
    let back = MoveRequest { direction: MoveDirection::FuturesToSpot, ..out };
    assert_eq!(of_move(&back, a("100"), a("105"), false), Verdict::Found(likely(true)));
}

#[test]
fn a_cancel_is_judged_by_its_record_and_a_lost_race_is_one() {
    let look = |status: Status, txid: Option<&str>| {
        let record = Record { status, txid: txid.map(UntrustedText::from), ..record("7") };
        of_cancel(&Kind::Withdrawal, &"7".into(), &[record])
    };
    let late = |status: &str| Verdict::Found(Outcome::TooLate { status: status.into() });
    assert_eq!(look(Status::Cancelled, None), accepted("7".into()));
    assert_eq!(look(Status::Success, None), late("success"));
    assert_eq!(look(Status::Fail, None), late("fail"));
    assert_eq!(look(Status::Pending, Some("0x1")), late(ON_CHAIN));
    assert_eq!(look(Status::Pending, None), nothing());
    assert_eq!(look(Status::Verification, None), nothing());
    assert_eq!(look(Status::Other("frozen".into()), None), nothing());
    let unclear = Verdict::Unclear(Vec::new());
    assert_eq!(of_cancel(&Kind::Withdrawal, &"8".into(), &[record("7")]), unclear);
    assert_eq!(of_cancel(&Kind::TransferOut, &"7".into(), &[record("7")]), unclear);
    assert_eq!(of_cancel(&Kind::Withdrawal, &"8".into(), &[]), nothing());
}
