//! What both sides hold of a move's coin, read when its answer was lost, and judged with what the ledger knows. Reads only.

use super::Orders;
use super::evidence::{self, Verdict};
use super::move_evidence::{Judgement, MoveCase, of_both_sides};
use crate::domain::{
    Amount, BothSides, DamagedOrder, IncomingFilter, MoveRequest, Order, Outcome, OutgoingFilter, Problem, Record,
    SideAmounts, UntrustedText,
};
use crate::engine::ledger::Ledger;

/// So much earlier than a move a record may have been made that has changed the spot side since: a deposit that was pending.
const RECORDS_SINCE_MS: i64 = 24 * 3_600_000;

/// What was read for a move.
pub(super) struct ReadSides {
    /// What both sides hold of its coin; nothing of the futures side where that was not read.
    now: BothSides,
    /// Records that may have changed the spot side.
    records: Vec<Record>,
}

impl ReadSides {
    /// Whether neither side has changed since another reading.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_still =
            |one: &SideAmounts, other: &SideAmounts| one.change_until(other).map_or(one == other, Amount::is_zero);
        is_still(&self.now.spot, &other.now.spot) && is_still(&self.now.futures, &other.now.futures)
    }
}

impl Orders {
    async fn spot_amounts(&self, coin: &UntrustedText) -> Result<SideAmounts, Problem> {
        let balances = self.client.balances_for(coin).await?;
        Ok(balances.iter().find(|balance| balance.coin == *coin).map(SideAmounts::from).unwrap_or_default())
    }

    /// What both sides hold of a move's coin. The futures side is asked only where it was read before the move; `None` where it
    /// cannot be read in the end.
    pub(super) async fn ask_sides(&self, order: &Order, request: &MoveRequest) -> Result<Option<ReadSides>, Problem> {
        let id = order.id;
        let before = self.with_ledger(move |ledger| ledger.sides_before(id)).await.ok().flatten();
        let spot = self.spot_amounts(&request.coin).await?;
        let Some(before) = before.filter(|before| before.futures.is_known()) else {
            let now = BothSides { spot, futures: SideAmounts::default() };
            return Ok(Some(ReadSides { now, records: Vec::new() }));
        };
        let futures = match self.client.futures_balance(&request.coin).await {
            Ok(found) => found.as_ref().map(SideAmounts::from).unwrap_or_default(),
            // It served this key before: that it does not now tells nothing of the move.
            Err(_) if self.is_late(order) => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let now = BothSides { spot, futures };
        let records = self.records_beside(order, request, (&before, &now)).await;
        Ok(Some(ReadSides { now, records }))
    }

    /// The newest records of a move's coin from about its time on, where more than the move has changed the sides. Those that cannot
    /// be read explain nothing.
    async fn records_beside(
        &self,
        order: &Order,
        request: &MoveRequest,
        (before, now): (&BothSides, &BothSides),
    ) -> Vec<Record> {
        let spot = before.spot.change_until(&now.spot);
        let futures = before.futures.change_until(&now.futures);
        let opposite = futures.and_then(|change| Amount::ZERO.checked_sub(change));
        if spot.is_none() || futures.is_none() || spot == opposite {
            return Vec::new();
        }
        let start = Some(order.time.plus(-RECORDS_SINCE_MS));
        let outgoing = OutgoingFilter { coin: Some(request.coin.clone()), start, ..OutgoingFilter::default() };
        let incoming = IncomingFilter { coin: Some(request.coin.clone()), start, ..IncomingFilter::default() };
        let (outgoing, incoming) =
            tokio::join!(self.client.list_outgoing(&outgoing), self.client.list_incoming(&incoming));
        let mut found = outgoing.map(|page| page.found).unwrap_or_default();
        found.extend(incoming.map(|page| page.found).unwrap_or_default());
        found.retain(|record| record.coin == request.coin);
        found.sort_by_key(|record| std::cmp::Reverse(record.time));
        found
    }
}

/// By both sides where both are known from before the move and now; by the spot side alone where they are not.
pub(super) fn judge_move(
    ledger: &Ledger,
    order: &Order,
    request: &MoveRequest,
    ReadSides { now, records }: &ReadSides,
) -> rusqlite::Result<Judgement> {
    // What a damaged row moved is in no sum.
    let is_of_moves = |row: &DamagedOrder| row.kind.is_none_or(|kind| kind == order.request.kind());
    if ledger.damaged_orders()?.iter().any(is_of_moves) {
        return Ok(Judgement { verdict: Verdict::Nothing { in_the_end: Outcome::NoTrace }, note: None });
    }
    let before = ledger.sides_before(order.id)?;
    let Some(before) = before.filter(|before| before.futures.is_known() && now.futures.is_known()) else {
        let is_disturbed = ledger.is_balance_disturbed(order)?;
        let verdict = evidence::of_move(request, order.available_before, now.spot.available, is_disturbed);
        return Ok(Judgement { verdict, note: None });
    };
    let beside = ledger.moves_beside(order)?;
    let (executed, open) = (&beside.executed, &beside.open);
    Ok(of_both_sides(&MoveCase { request, before: &before, now, executed, open, records }))
}
