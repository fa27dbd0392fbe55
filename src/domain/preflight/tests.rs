//! What the preflight wants, of what is known and what is not.

use super::*;
use crate::domain::Receiver;
use crate::domain::rules::{Limit, RECENT_MS, Sameness};
use crate::domain::{AskedBy, Because, Kind, MemoRule, MoveRequest, Network, Outcome, Proof, Status, WithdrawRequest};

const TO: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
const NOW: Millis = Millis(1_795_000_000_000);

fn request() -> Request {
    Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: TO.into(),
        memo: None,
        gross: "20.5".parse().unwrap(),
    })
}

fn transfer() -> Request {
    Request::Transfer(TransferRequest {
        out_biz_id: "".into(),
        coin: "TRX".into(),
        amount: "5".parse().unwrap(),
        to: Receiver::Uid("551203998".into()),
        remark: None,
    })
}

fn order(id: i64, request: Request, outcome: Outcome, ago_ms: i64) -> Order {
    let time = NOW.plus(-ago_ms);
    Order {
        id: OrderId(id),
        request,
        time,
        sent: time,
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome,
        readings: 0,
        changed: time,
    }
}

fn accepted() -> Outcome {
    Outcome::Accepted { id: "1".into(), proof: Proof::Answer }
}

fn paid() -> Record {
    Record {
        network: Some("Tron (TRC-20)".into()),
        amount: "19".parse().ok(),
        fee: "1".parse().ok(),
        status: Status::Success,
        time: Some(NOW.plus(-9_000_000)),
        address: Some(TO.into()),
        ..Record::bare(Kind::Withdrawal, "1801", "TRX")
    }
}

fn known() -> Snapshot {
    let network = Network {
        fault: None,
        name: "Tron (TRC-20)".into(),
        chain: Some("TRON".into()),
        contract: None,
        precision: Some(6),
        memo: MemoRule::None,
        confirmations: None,
        address_pattern: None,
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        withdraw_min: None,
        withdraw_max: None,
        deposit_min: None,
    };
    let coin = Coin {
        fault: None,
        name: "TRX".into(),
        full_name: None,
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        networks: vec![network],
    };
    let balance = Balance { coin: "TRX".into(), available: "5000".parse().ok(), in_use: None };
    Snapshot { coins: Some((vec![coin], NOW)), balances: Some((vec![balance], NOW)), ..Snapshot::default() }
}

/// What is known beside a snapshot.
#[derive(Default)]
struct Beside {
    limits: Limits,
    ordered: Vec<Order>,
    unproven: Vec<Order>,
}

fn judge(request: &Request, known: &Snapshot, beside: &Beside) -> Preflight {
    let facts = Facts {
        ordered: Some(&beside.ordered),
        unproven: Some(&beside.unproven),
        clock_offset: Some(0),
        ..known.facts(&beside.limits, NOW)
    };
    preflight(request, &facts)
}

#[test]
fn a_known_address_wants_nothing_and_a_new_one_its_group() {
    let new = judge(&request(), &known(), &Beside::default());
    assert_eq!(new.confirmations, [Confirmation::Group(GroupReason::New)]);
    assert!(new.faults.is_empty() && new.blockers.is_empty(), "{new:?}");
    let book = AddressBook::build(&[paid()], &[]);
    let old = judge(&request(), &Snapshot { book, ..known() }, &Beside::default());
    assert_eq!(old, Preflight::default());
}

#[test]
fn a_never_paid_receiver_of_a_transfer_wants_a_group_too() {
    let found = judge(&transfer(), &known(), &Beside::default());
    assert_eq!(found.confirmations, [Confirmation::Group(GroupReason::New)]);
    assert!(found.faults.is_empty(), "its own id is given later: {found:?}");
    assert_eq!(destination(&transfer()), Some("551203998".into()));
}

#[test]
fn the_users_own_limit_asks_for_the_group_of_a_known_address() {
    let limit = Limit { amount: "20".parse().unwrap(), unit: "TRX".into() };
    let limits = Limits { confirm_above: Some(limit), ..Limits::default() };
    let book = AddressBook::build(&[paid()], &[]);
    let found = judge(&request(), &Snapshot { book, ..known() }, &Beside { limits, ..Beside::default() });
    assert_eq!(found.confirmations, [Confirmation::Group(GroupReason::Limit)]);
    assert!(Confirmation::Group(GroupReason::New).covers(&found.confirmations[0]), "the same is typed");
}

#[test]
fn order_given_up_and_one_accepted_minutes_ago_both_count() {
    let beside = Beside {
        ordered: vec![order(2, request(), accepted(), 60_000)],
        unproven: vec![order(1, request(), Outcome::NoTrace, 3_600_000)],
        ..Beside::default()
    };
    let book = AddressBook::build(&[paid()], &[]);
    let found = judge(&request(), &Snapshot { book, ..known() }, &beside);
    let again = |id, ago_ms, is_given_up| {
        Confirmation::Again(Before {
            earlier: DuplicateOf::Order(OrderId(id)),
            ago_ms,
            is_given_up,
            sameness: Sameness::Whole,
        })
    };
    assert_eq!(found.confirmations, [again(1, 3_600_000, true), again(2, 60_000, false)]);
    assert_eq!(found.missing(&[again(1, 0, false)]), [again(2, 60_000, false)], "told apart by the order alone");
    assert_eq!(found.missing(&[again(1, 0, false), again(2, 0, false)]), []);
    assert_eq!(found.notes.len(), 2, "both are said: {:?}", found.notes);
    let late = Beside { ordered: vec![order(2, request(), accepted(), RECENT_MS + 1)], ..Beside::default() };
    let book = AddressBook::build(&[paid()], &[]);
    assert_eq!(judge(&request(), &Snapshot { book, ..known() }, &late).confirmations, [], "later it is only said");
}

#[test]
fn the_same_of_unknown_outcome_blocks_whatever_is_confirmed() {
    let unknown = Outcome::Unknown { why: Because::Timeout.into() };
    let beside = Beside { unproven: vec![order(7, request(), unknown, 86_400_000)], ..Beside::default() };
    assert_eq!(judge(&request(), &known(), &beside).blockers, [Blocker::SameUnsettled(OrderId(7))]);
    let move_back = Request::Move(MoveRequest {
        direction: crate::domain::MoveDirection::SpotToFutures,
        coin: "TRX".into(),
        amount: "20.5".parse().unwrap(),
    });
    assert_eq!(judge(&move_back, &known(), &beside).blockers, [], "another thing");
}

#[test]
fn orders_that_cannot_be_read_and_a_wrong_clock_block() {
    let (known, limits) = (known(), Limits::default());
    let of = |clock_offset, unproven| {
        preflight(&request(), &Facts { ordered: Some(&[]), unproven, clock_offset, ..known.facts(&limits, NOW) })
            .blockers
    };
    assert_eq!(of(Some(CLOCK_LIMIT_MS), Some(&[])), []);
    assert_eq!(of(Some(-CLOCK_LIMIT_MS - 1), Some(&[])), [Blocker::Clock(Some(-CLOCK_LIMIT_MS - 1))]);
    assert_eq!(of(None, Some(&[])), [Blocker::Clock(None)]);
    assert_eq!(of(Some(0), None), [Blocker::OrdersUnknown]);
}

#[test]
fn what_the_facts_do_not_allow_any_more_is_a_fault() {
    let read_only = Beside { limits: Limits { read_only: true, ..Limits::default() }, ..Beside::default() };
    for request in [request(), transfer(), Request::CancelWithdrawal("1".into())] {
        let found = judge(&request, &known(), &read_only);
        assert!(found.faults.iter().any(|found| found.fault == Fault::ReadOnly), "{request:?}: {found:?}");
    }
    let per_day = Some(Limit { amount: "30".parse().unwrap(), unit: "TRX".into() });
    let limits = Limits { per_day, ..Limits::default() };
    let spent = vec![order(1, transfer(), accepted(), 60_000), order(2, transfer(), accepted(), 30_000)];
    let found = judge(&request(), &known(), &Beside { limits, ordered: spent, ..Beside::default() });
    assert!(matches!(found.faults[..], [FieldFault { fault: Fault::LimitPerDay { .. }, .. }]), "{found:?}");
}
