//! Orders in a real file: written, read back, settled and never changed twice.

use super::*;
use crate::domain::{MoveDirection, MoveRequest, Receiver, TransferRequest, Why, WithdrawRequest};
use strum::IntoEnumIterator as _;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn withdraw(gross: &str) -> Request {
    Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into(),
        memo: None,
        gross: amount(gross),
    })
}

fn requests() -> Vec<Request> {
    let transfer = |to, n: &str| {
        Request::Transfer(TransferRequest {
            out_biz_id: n.into(),
            coin: "USDT".into(),
            amount: amount("10"),
            to,
            remark: Some("оплата \u{202e}".into()),
        })
    };
    vec![
        withdraw("20.500000000000000000"),
        transfer(Receiver::Uid("681979174".into()), "a"),
        transfer(Receiver::Phone { country_code: "+86".into(), number: "138".into() }, "b"),
        transfer(Receiver::Email("u@example.com".into()), "c"),
        Request::Move(MoveRequest {
            direction: MoveDirection::FuturesToSpot,
            coin: "USDT".into(),
            amount: amount("100.01"),
        }),
        Request::CancelWithdrawal("1909879608889339906".into()),
        Request::CancelTransfer("1909879608889339907".into()),
    ]
}

fn open() -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&dir.path().join("l.sqlite")).unwrap();
    (dir, ledger)
}

fn write(ledger: &mut Ledger, request: &Request) -> OrderId {
    ledger.record(request, Millis(5), amount("7.0").into(), AskedBy::Screen, &["s1".into(), "s2".into()], None).unwrap()
}

#[test]
fn order_comes_back_digit_for_digit_also_after_a_restart() {
    let (dir, mut ledger) = open();
    let ids: Vec<_> = requests().iter().map(|request| write(&mut ledger, request)).collect();
    drop(ledger);
    let ledger = Ledger::open(&dir.path().join("l.sqlite")).unwrap();
    for (id, request) in ids.iter().zip(requests()) {
        let order = ledger.order(*id).unwrap().unwrap();
        assert_eq!((&order.request, &order.outcome), (&request, &Outcome::Sending));
        assert_eq!(order.request.amount().map(|a| a.to_string()), request.amount().map(|a| a.to_string()));
        assert_eq!(ledger.seen_before(*id).unwrap(), BTreeSet::from(["s1".into(), "s2".into()]));
    }
    assert_eq!(ledger.unsettled().unwrap().len(), ids.len());
    assert_eq!(ledger.moves(9).unwrap().len(), 1);
}

#[test]
fn every_outcome_with_every_reason_comes_back() {
    let (_dir, mut ledger) = open();
    let mut outcomes = vec![
        Outcome::Accepted { id: "1".into(), proof: Proof::History },
        Outcome::Refused { code: "110008".into(), msg: "x".into() },
        Outcome::NoTrace,
        Outcome::Likely { executed: true },
        Outcome::Likely { executed: false },
        Outcome::TooLate { status: "success".into() },
        Outcome::Dismissed,
    ];
    outcomes.extend(Because::iter().map(|because| Outcome::Unknown { why: Why::new(because, "d") }));
    outcomes.extend(Because::iter().map(|because| Outcome::NotSent { why: because.into() }));
    for outcome in outcomes {
        let id = write(&mut ledger, &withdraw("1"));
        let Written::Done(order) = ledger.set_outcome(id, &outcome, Millis(6), None).unwrap() else {
            panic!("{outcome:?}")
        };
        assert_eq!((&order.outcome, order.changed), (&outcome, Millis(6)));
        assert_eq!(ledger.order(id).unwrap(), Some(order));
        assert_eq!(ledger.timeline(id).unwrap().len(), 2);
    }
}

#[test]
fn what_is_certain_stays_whoever_writes_later() {
    let (_dir, mut ledger) = open();
    let id = write(&mut ledger, &withdraw("1"));
    let accepted = Outcome::Accepted { id: "7".into(), proof: Proof::Answer };
    ledger.set_outcome(id, &accepted, Millis(6), None).unwrap();
    let later = Outcome::Unknown { why: Because::Timeout.into() };
    let Written::Kept(order) = ledger.set_outcome(id, &later, Millis(7), None).unwrap() else { panic!("replaced") };
    assert_eq!((order.outcome, order.changed), (accepted, Millis(6)));
    assert_eq!(ledger.set_outcome(OrderId(99), &later, Millis(7), None).unwrap(), Written::NoOrder);
}

#[test]
fn database_keeps_one_record_from_two_orders() {
    let (dir, mut ledger) = open();
    let mut other = Ledger::open(&dir.path().join("l.sqlite")).unwrap();
    let (first, second) = (write(&mut ledger, &withdraw("1")), write(&mut ledger, &withdraw("1")));
    let accepted = Outcome::Accepted { id: "7".into(), proof: Proof::History };
    assert!(matches!(ledger.set_outcome(first, &accepted, Millis(6), None).unwrap(), Written::Done(_)));
    assert_eq!(other.set_outcome(second, &accepted, Millis(6), None).unwrap(), Written::Claimed);
    assert_eq!(other.order(second).unwrap().unwrap().outcome, Outcome::Sending);
    let moves = requests().remove(4);
    for _ in 0..2 {
        let id = write(&mut ledger, &moves);
        let by_hand = Outcome::Accepted { id: UntrustedText::default(), proof: Proof::User };
        assert!(matches!(ledger.set_outcome(id, &by_hand, Millis(6), None).unwrap(), Written::Done(_)));
    }
}

#[test]
fn a_client_id_is_used_by_one_transfer_only() {
    let (_dir, mut ledger) = open();
    let transfer = requests().remove(1);
    write(&mut ledger, &transfer);
    assert!(ledger.record(&transfer, Millis(5), None, AskedBy::Screen, &[], None).is_err());
    assert_eq!(ledger.orders(9).unwrap().len(), 1);
}

#[test]
fn a_full_disk_is_an_error_and_nothing_half_written_stays() {
    let (_dir, mut ledger) = open();
    write(&mut ledger, &withdraw("1"));
    let pages: i64 = ledger.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    ledger.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut written = 1;
    let error = loop {
        match ledger.record(&withdraw("1"), Millis(5), None, AskedBy::Screen, &[], None) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 10_000);
    };
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    assert_eq!(ledger.orders(10_000).unwrap().len(), written);
}

#[test]
fn balance_is_disturbed_by_whatever_touched_the_coin() {
    let (_dir, mut ledger) = open();
    let moves = requests().remove(4);
    let before = ledger.record(&requests()[1], Millis(1), None, AskedBy::Screen, &[], None).unwrap();
    ledger.set_outcome(before, &Outcome::NoTrace, Millis(2), None).unwrap();
    let id = write(&mut ledger, &moves);
    let order = ledger.order(id).unwrap().unwrap();
    assert!(!ledger.is_balance_disturbed(&order).unwrap(), "that was over before");
    write(&mut ledger, &withdraw("1"));
    assert!(!ledger.is_balance_disturbed(&order).unwrap(), "another coin");
    let other = write(&mut ledger, &requests()[2]);
    assert!(ledger.is_balance_disturbed(&order).unwrap());
    ledger.set_outcome(other, &Outcome::Refused { code: "2".into(), msg: "".into() }, Millis(9), None).unwrap();
    assert!(!ledger.is_balance_disturbed(&order).unwrap());
    write(&mut ledger, &requests()[5]);
    assert!(ledger.is_balance_disturbed(&order).unwrap(), "what is taken back comes back in some coin");
}
