//! What both sides prove, course by course.

use super::*;
use crate::domain::{Kind, MoveDirection, SideAmounts};
use proptest::prelude::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn side(total: &str) -> SideAmounts {
    SideAmounts { available: Some(amount(total)), total: Some(amount(total)) }
}

fn sides(spot: &str, futures: &str) -> BothSides {
    BothSides { spot: side(spot), futures: side(futures) }
}

fn out(size: &str) -> MoveRequest {
    MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount: amount(size) }
}

fn back(size: &str) -> MoveRequest {
    MoveRequest { direction: MoveDirection::FuturesToSpot, ..out(size) }
}

fn record(kind: Kind, id: &str, net: &str, status: Status) -> Record {
    Record { amount: Some(amount(net)), fee: Some(Amount::ZERO), status, ..Record::bare(kind, id, "USDT") }
}

struct Beside {
    executed: Vec<MoveRequest>,
    open: Vec<MoveRequest>,
    records: Vec<Record>,
}

const ALONE: Beside = Beside { executed: Vec::new(), open: Vec::new(), records: Vec::new() };

/// Of a move after which 1000 and 100 became this.
fn judged(request: &MoveRequest, now: BothSides, beside: &Beside) -> Judgement {
    let Beside { executed, open, records } = beside;
    of_both_sides(&MoveCase { request, before: &sides("1000", "100"), now: &now, executed, open, records })
}

fn verdict(request: &MoveRequest, now: BothSides, beside: &Beside) -> Verdict {
    judged(request, now, beside).verdict
}

fn done() -> Verdict {
    Verdict::Found(Outcome::Accepted { id: "".into(), proof: Proof::Balances })
}

const fn in_the_end(in_the_end: Outcome) -> Verdict {
    Verdict::Nothing { in_the_end }
}

#[test]
fn both_sides_changed_by_the_amount_prove_it_and_neither_disproves_it() {
    assert_eq!(verdict(&out("5"), sides("995", "105"), &ALONE), done());
    assert_eq!(verdict(&back("5"), sides("1005.0", "95.00"), &ALONE), done());
    assert_eq!(verdict(&out("5"), sides("1000", "100"), &ALONE), in_the_end(Outcome::NotExecuted));
    let note = judged(&out("5"), sides("995", "105"), &ALONE).note.unwrap();
    assert_eq!(note.raw(), "spot -5, futures +5");
}

#[test]
fn one_side_alone_makes_it_likely_and_two_that_contradict_say_nothing() {
    let likely = |executed| in_the_end(Outcome::Likely { executed });
    // Funding took 0.3 on the futures side.
    assert_eq!(verdict(&out("5"), sides("995", "104.7"), &ALONE), likely(true));
    assert_eq!(verdict(&out("5"), sides("1000", "99.7"), &ALONE), likely(false));
    // An order was filled on the spot side.
    assert_eq!(verdict(&out("5"), sides("913.2", "105"), &ALONE), likely(true));
    assert_eq!(verdict(&out("5"), sides("913.2", "100"), &ALONE), likely(false));
    // One side has it already.
    assert_eq!(verdict(&out("5"), sides("995", "100"), &ALONE), in_the_end(Outcome::NoTrace));
    assert_eq!(verdict(&out("5"), sides("913.2", "77"), &ALONE), in_the_end(Outcome::NoTrace));
}

#[test]
fn records_explain_what_else_has_changed_the_spot_side_and_are_named() {
    let records = vec![
        record(Kind::Deposit, "7", "40", Status::Success),
        record(Kind::Withdrawal, "8", "3", Status::Success),
        record(Kind::Deposit, "9", "500", Status::Pending),
    ];
    let beside = Beside { records, ..ALONE };
    let found = judged(&out("5"), sides("1032", "105"), &beside);
    assert_eq!(found.verdict, done());
    assert_eq!(found.note.unwrap().raw(), "spot +32, futures +5, deposit 7 +40, withdrawal 8 -3");
    // Whether they came before or after, records do not prove that nothing was moved.
    assert_eq!(verdict(&out("5"), sides("1040", "100"), &beside), in_the_end(Outcome::Likely { executed: false }));
    // What is not credited explains nothing.
    assert_eq!(verdict(&out("5"), sides("1495", "105"), &beside), in_the_end(Outcome::Likely { executed: true }));
}

#[test]
fn other_moves_are_reckoned_with_and_two_that_fit_alike_stay_open() {
    let with = |executed: &[&str], open: &[&str]| Beside {
        executed: executed.iter().map(|size| out(size)).collect(),
        open: open.iter().map(|size| out(size)).collect(),
        records: Vec::new(),
    };
    assert_eq!(verdict(&out("5"), sides("988", "112"), &with(&["7"], &[])), done());
    assert_eq!(verdict(&out("5"), sides("993", "107"), &with(&["7"], &[])), in_the_end(Outcome::NotExecuted));
    // Two lost answers of different size are told apart, of one size only where both or neither were executed.
    assert_eq!(verdict(&out("5"), sides("995", "105"), &with(&[], &["7"])), done());
    assert_eq!(verdict(&out("5"), sides("993", "107"), &with(&[], &["7"])), in_the_end(Outcome::NotExecuted));
    assert_eq!(verdict(&out("5"), sides("990", "110"), &with(&[], &["5"])), done());
    assert_eq!(verdict(&out("5"), sides("995", "105"), &with(&[], &["5"])), in_the_end(Outcome::NoTrace));
    assert_eq!(verdict(&out("5"), sides("995", "105"), &with(&[], &["1"; 5])), in_the_end(Outcome::NoTrace));
}

#[test]
fn totals_count_where_they_are_known_and_what_is_not_known_proves_nothing() {
    // An order of 5 was opened on the spot side: less is available, and nothing was moved.
    let spot = SideAmounts { available: Some(amount("995")), total: Some(amount("1000")) };
    assert_eq!(verdict(&out("5"), BothSides { spot, futures: side("100") }, &ALONE), in_the_end(Outcome::NotExecuted));
    let unknown = BothSides { spot: SideAmounts::default(), futures: side("105") };
    assert_eq!(verdict(&out("5"), unknown, &ALONE), in_the_end(Outcome::NoTrace));
}

proptest! {
    /// Whatever else happened that records tell of: a move that was executed is never called not executed, and the other way round.
    #[test]
    fn truth_is_never_contradicted(
        size in 1_i64..1_000,
        is_executed: bool,
        others in proptest::collection::vec((1_i64..1_000, any::<bool>()), 0..3),
        deposits in proptest::collection::vec(1_i64..1_000, 0..3),
    ) {
        let whole = |n: i64| Amount::new(n.into(), 0).unwrap();
        let moved = |n: i64| MoveRequest { amount: whole(n), ..out("1") };
        let sum: i64 = others.iter().filter(|(_, done)| *done).map(|(n, _)| n).sum::<i64>() + i64::from(is_executed) * size;
        let credited: i64 = deposits.iter().sum();
        let now = sides(&(1_000_000 - sum + credited).to_string(), &(100 + sum).to_string());
        let open: Vec<MoveRequest> = others.iter().map(|(n, _)| moved(*n)).collect();
        let records: Vec<Record> = deposits
            .iter()
            .enumerate()
            .map(|(at, n)| record(Kind::Deposit, &at.to_string(), &n.to_string(), Status::Success))
            .collect();
        let case = MoveCase {
            request: &moved(size),
            before: &sides("1000000", "100"),
            now: &now,
            executed: &[],
            open: &open,
            records: &records,
        };
        match of_both_sides(&case).verdict {
            Verdict::Found(_) => prop_assert!(is_executed),
            Verdict::Nothing { in_the_end: Outcome::NotExecuted | Outcome::Likely { executed: false } } => {
                prop_assert!(!is_executed);
            }
            Verdict::Nothing { in_the_end: Outcome::NoTrace } => prop_assert!(!open.is_empty()),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
