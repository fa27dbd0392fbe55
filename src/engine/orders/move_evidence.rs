//! What both sides prove of a move whose answer was lost. Pure: what they held before and hold now in, a verdict out.

use super::evidence::Verdict;
use crate::domain::{Amount, BothSides, MoveRequest, Outcome, Proof, Record, Status, UntrustedText};

/// So many records, the newest, are tried as explanations of what else changed on the spot side.
const RECORDS: usize = 8;
/// More moves of unknown outcome than this cannot be told apart.
const OPEN_MOVES: usize = 4;

/// A move whose end is looked for, with what the ledger and the exchange know beside it.
#[derive(Debug)]
pub struct MoveCase<'a> {
    /// What it asks for.
    pub request: &'a MoveRequest,
    /// What both sides held right before it was sent.
    pub before: &'a BothSides,
    /// What they hold now.
    pub now: &'a BothSides,
    /// Moves of the coin that were executed since.
    pub executed: &'a [MoveRequest],
    /// Moves of the coin that may have been executed since.
    pub open: &'a [MoveRequest],
    /// The coin's records that may have changed the spot side since.
    pub records: &'a [Record],
}

/// What is said of a move, and what was reckoned with: for its story in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What is said of it.
    pub verdict: Verdict,
    /// By how much each side has changed, and which records explain the rest of it.
    pub note: Option<UntrustedText>,
}

/// One way in which things may have gone.
struct Course {
    is_executed: bool,
    /// What the moves add to the spot side.
    moved: Amount,
}

/// Judges a move by how both sides have changed. The futures side decides, to the last digit, because no record of the wallet
/// changes it; the spot side must agree, as it is or by records that explain the rest. Where every course that fits says the same,
/// it is so; where one side was changed by something that no record explains, the other one alone makes it likely.
pub fn of_both_sides(case: &MoveCase<'_>) -> Judgement {
    let nothing = |in_the_end| Verdict::Nothing { in_the_end };
    let changes = (case.before.spot.change_until(&case.now.spot), case.before.futures.change_until(&case.now.futures));
    let (Some(spot), Some(futures)) = changes else {
        return Judgement { verdict: nothing(Outcome::NoTrace), note: None };
    };
    let Some(courses) = courses(case) else {
        return Judgement { verdict: nothing(Outcome::NoTrace), note: Some(note(spot, futures, &[])) };
    };
    let of_futures: Vec<&Course> = courses.iter().filter(|course| opposite(course.moved) == Some(futures)).collect();
    let explained: Vec<(&Course, Vec<&Record>)> =
        of_futures.iter().filter_map(|course| Some((*course, explanation(case, spot, course.moved)?))).collect();
    let records = explained.iter().min_by_key(|(_, records)| records.len()).map(|(_, records)| records.clone());
    let note = Some(note(spot, futures, &records.unwrap_or_default()));
    let verdict = match one_answer(explained.iter().map(|(course, _)| *course)) {
        Some(true) => {
            let outcome = Outcome::Accepted { id: UntrustedText::default(), proof: Proof::Balances };
            Verdict::Found(outcome)
        }
        // By records it is likely only: they may have been carried out before.
        Some(false) if explained.iter().any(|(_, records)| records.is_empty()) => nothing(Outcome::NotExecuted),
        Some(false) => nothing(Outcome::Likely { executed: false }),
        None if !explained.is_empty() => nothing(Outcome::NoTrace),
        // One of the sides was changed by something that no record explains: what the other one says is likely.
        None => {
            let by_futures = one_answer(of_futures.iter().copied());
            let by_spot = one_answer(courses.iter().filter(|course| course.moved == spot));
            match (by_futures, by_spot) {
                (Some(executed), None) | (None, Some(executed)) => nothing(Outcome::Likely { executed }),
                // They contradict each other, or neither tells.
                _ => nothing(Outcome::NoTrace),
            }
        }
    };
    Judgement { verdict, note }
}

/// What all of these courses say of the move; `None` where there is none, or they differ.
fn one_answer<'c>(mut courses: impl Iterator<Item = &'c Course>) -> Option<bool> {
    let first = courses.next()?.is_executed;
    courses.all(|other| other.is_executed == first).then_some(first)
}

fn opposite(amount: Amount) -> Option<Amount> {
    Amount::ZERO.checked_sub(amount)
}

/// Every way in which this move and the other open ones may have gone; `None` where there are too many, or an amount is beyond
/// counting.
fn courses(case: &MoveCase<'_>) -> Option<Vec<Course>> {
    if case.open.len() > OPEN_MOVES {
        return None;
    }
    let change = |request: &MoveRequest| request.direction.spot_change(request.amount);
    let mut sure = Amount::ZERO;
    for request in case.executed {
        sure = sure.checked_add(change(request)?)?;
    }
    let mut courses = vec![Course { is_executed: false, moved: sure }];
    courses.push(Course { is_executed: true, moved: sure.checked_add(change(case.request)?)? });
    for request in case.open {
        let with: Option<Vec<Course>> = courses
            .iter()
            .map(|course| {
                Some(Course { moved: course.moved.checked_add(change(request)?)?, is_executed: course.is_executed })
            })
            .collect();
        courses.extend(with?);
    }
    Some(courses)
}

/// The fewest records that explain what the spot side changed by beside the moves; none where nothing is left to explain.
fn explanation<'a>(case: &MoveCase<'a>, spot: Amount, moved: Amount) -> Option<Vec<&'a Record>> {
    let rest = spot.checked_sub(moved)?;
    if rest.is_zero() {
        return Some(Vec::new());
    }
    let changes: Vec<(&Record, Amount)> =
        case.records.iter().filter_map(|record| Some((record, change_by(record)?))).take(RECORDS).collect();
    let mut subsets: Vec<u32> = (1..1_u32 << changes.len()).collect();
    subsets.sort_by_key(|subset| subset.count_ones());
    let chosen =
        |subset: u32| changes.iter().enumerate().filter(move |(at, _)| subset & (1 << at) != 0).map(|(_, c)| c);
    let found = subsets.into_iter().find(|subset| {
        let mut sum = Some(Amount::ZERO);
        for (_, change) in chosen(*subset) {
            sum = sum.and_then(|sum| sum.checked_add(*change));
        }
        sum == Some(rest)
    })?;
    Some(chosen(found).map(|(record, _)| *record).collect())
}

/// What a record adds to the spot side when it is carried out.
fn change_by(record: &Record) -> Option<Amount> {
    if record.status != Status::Success {
        return None;
    }
    if record.key.kind.is_outgoing() { opposite(record.gross()?) } else { record.amount }
}

/// By how much each side has changed, and what explains the rest.
fn note(spot: Amount, futures: Amount, records: &[&Record]) -> UntrustedText {
    let signed = |amount: Amount| if amount.is_positive() { format!("+{amount}") } else { amount.to_string() };
    let mut parts = vec![format!("spot {}", signed(spot.trimmed())), format!("futures {}", signed(futures.trimmed()))];
    for record in records {
        let change = change_by(record).map(|change| signed(change.trimmed())).unwrap_or_default();
        parts.push(format!("{} {} {change}", record.key.kind.word(), record.key.id.raw()));
    }
    UntrustedText::from(parts.join(", "))
}

#[cfg(test)]
mod tests;
