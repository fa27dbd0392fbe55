//! The rules of a move between spot and futures (`reference.md §4.8`).

use super::{Facts, Fault, Field, Findings, Note, Report};
use crate::domain::{MoveDirection, MoveRequest, Request, UntrustedText};

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

/// Everything that the rules say about a move, and the request when nothing is wrong. What the futures side holds cannot
/// be read: a move out of it is checked for its form only, and that is said.
pub fn check_move(input: &MoveInput, facts: &Facts<'_>) -> Report<MoveRequest> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let coin = findings.own_coin(facts, &input.coin);
    let amount = findings.amount(&input.amount, coin.map(|(_, precision)| precision));
    match (input.direction, coin) {
        (MoveDirection::SpotToFutures, Some((coin, _))) => findings.affordable(facts, coin, amount),
        (MoveDirection::SpotToFutures, None) => {}
        (MoveDirection::FuturesToSpot, _) => findings.note(Field::Amount, Note::FuturesNotReadable),
    }
    let request = (|| {
        let (coin, _) = coin?;
        Some(MoveRequest { direction: input.direction, coin: UntrustedText::from(coin), amount: amount? })
    })();
    findings.repeated(facts, request.clone().map(Request::Move));
    findings.report(request)
}
