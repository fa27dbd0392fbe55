//! The rules of a move between spot and futures (`reference.md §4.8`).

use super::{BALANCE_MAX_AGE_MS, Facts, Fault, Field, Findings, Fresh, Note, Report};
use crate::domain::{Amount, MoveDirection, MoveRequest, Request, UntrustedText};

/// A move as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveInput {
    /// Which way.
    pub direction: MoveDirection,
    /// The coin.
    pub coin: String,
    /// Coin amount.
    pub amount: String,
}

impl MoveInput {
    /// As it would have to be typed for this request.
    pub fn of(request: &MoveRequest) -> Self {
        Self { direction: request.direction, coin: request.coin.raw().to_owned(), amount: request.amount.to_string() }
    }
}

/// Everything that the rules say about a move, and the request when nothing is wrong. Where the futures side does not tell what
/// can be moved out of it, a move is checked for its form only, and that is said.
pub fn check_move(input: &MoveInput, facts: &Facts<'_>) -> Report<MoveRequest> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let coin = findings.own_coin(facts, &input.coin);
    let amount = findings.amount(&input.amount, coin.map(|(_, precision)| precision));
    match (input.direction, coin) {
        (MoveDirection::SpotToFutures, Some((coin, _))) => findings.affordable(facts, coin, amount),
        (MoveDirection::FuturesToSpot, Some((coin, _))) => findings.movable(facts, coin, amount),
        (_, None) => {}
    }
    let request = (|| {
        let (coin, _) = coin?;
        Some(MoveRequest { direction: input.direction, coin: UntrustedText::from(coin), amount: amount? })
    })();
    findings.repeated(facts, request.clone().map(Request::Move));
    findings.report(request)
}

impl Findings {
    /// Not more than can be moved out of the futures side, by a reading that is fresh enough.
    fn movable(&mut self, facts: &Facts<'_>, coin: &str, amount: Option<Amount>) {
        let Some(reading) = facts.futures.reading(coin) else {
            if facts.futures.is_refused() {
                return self.note(Field::Amount, Note::FuturesNotReadable);
            }
            return self.fault(Field::Amount, Fault::FuturesMissing);
        };
        let reading_age = Fresh::new((), facts.machine_now.since(reading.at));
        if !reading_age.is_fresh(BALANCE_MAX_AGE_MS) {
            let (seconds, limit) = (reading_age.age_ms.saturating_abs() / 1000, BALANCE_MAX_AGE_MS / 1000);
            self.fault(Field::Amount, Fault::FuturesStale { seconds, limit });
        }
        match (reading.balance.as_ref().and_then(|balance| balance.movable), amount) {
            (None, _) => self.note(Field::Amount, Note::FuturesNotListed { coin: coin.into() }),
            (Some(movable), Some(amount)) if amount > movable => {
                self.fault(Field::Amount, Fault::AboveMovable { movable, coin: coin.into() });
            }
            _ => {}
        }
    }
}
