//! What is read right before an order: what it is judged by once more, and what its end is found out by later.

use std::time::Duration;

use tokio::time::timeout;

use super::Orders;
use crate::domain::deposit::listed_network;
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::preflight::Snapshot;
use crate::domain::rules::RECENT_MS;
use crate::domain::{
    Amount, BothSides, Cause, Coin, DepositAddress, FuturesReading, FuturesSide, Kind, Loss, MoveDirection,
    OutgoingFilter, Partial, Problem, Record, Refusal, Request, SideAmounts, UntrustedText,
};
use crate::exchange::{Client, endpoint};
use crate::platform::clock;

/// What has to be known before an order can be sent, so that its end can be found out.
#[derive(Default)]
pub(super) struct Prepared {
    /// Records that are there already and so are not the order's.
    pub seen: Vec<UntrustedText>,
    /// What is available now, where that was read.
    pub available: Option<Amount>,
    /// The exchange's newest page of such payments, where that was read.
    pub newest: Vec<Record>,
    /// The record that would be taken back, as it is now.
    pub target: Option<Record>,
    /// The account's own deposit addresses for the coin and network, where they were read.
    pub own: Vec<DepositAddress>,
    /// What both sides hold of a move's coin.
    pub sides: Option<BothSides>,
    /// What is known of the futures side, for a move.
    pub futures: Option<FuturesSide>,
}

impl Orders {
    /// Reads all of it.
    pub(super) async fn prepare(&self, request: &Request, known: &Snapshot) -> Result<Prepared, Problem> {
        match request {
            Request::Withdraw(w) => {
                let own = async {
                    // What was paid with success before is not the account itself.
                    let is_known = known.book.was_paid(w) || known.book.is_own_read(&w.coin, &w.network);
                    if is_known {
                        return Ok(Vec::new());
                    }
                    let coins = known.coins.as_ref().map_or(&[][..], |(coins, _)| coins.as_slice());
                    let is_closed = are_deposits_closed(coins, &w.coin, &w.network);
                    own_addresses(&self.client, &w.coin, &w.network, is_closed).await
                };
                let (newest, own) = tokio::try_join!(self.newest(&w.coin, Kind::Withdrawal), own)?;
                let Partial { found: newest, left_out } = newest;
                let unread = left_out.into_iter().filter_map(|row| row.name);
                let seen = newest.iter().map(|r| r.key.id.clone()).chain(unread).collect();
                Ok(Prepared { seen, newest, own, ..Prepared::default() })
            }
            Request::Move(m) => {
                let limit = self.retry_policy.prepare / 2;
                let futures = futures_side(&self.client, &m.coin, m.direction, limit);
                let (balances, futures) = tokio::join!(self.client.balances_for(&m.coin), futures);
                let spot = balances?.iter().find(|b| b.coin == m.coin).map(SideAmounts::from).unwrap_or_default();
                let futures = futures?;
                let held = futures.reading(m.coin.raw()).and_then(|reading| reading.balance.as_ref());
                let sides = BothSides { spot, futures: held.map(SideAmounts::from).unwrap_or_default() };
                let (sides, futures) = (Some(sides), Some(futures));
                Ok(Prepared { available: spot.available, sides, futures, ..Prepared::default() })
            }
            Request::Transfer(t) => {
                let Partial { found: newest, left_out } = self.newest(&t.coin, Kind::TransferOut).await?;
                let unread = left_out.into_iter().filter_map(|row| row.name);
                let seen = newest.iter().map(|r| r.key.id.clone()).chain(unread).collect();
                Ok(Prepared { seen, newest, ..Prepared::default() })
            }
            Request::CancelWithdrawal(id) => self.prepare_cancel(Kind::Withdrawal, id).await,
            Request::CancelTransfer(id) => self.prepare_cancel(Kind::TransferOut, id).await,
        }
    }

    /// The record that would be taken back, and what is available of its coin: by that it is seen later that the amount came
    /// back. Only the record is needed.
    async fn prepare_cancel(&self, kind: Kind, id: &UntrustedText) -> Result<Prepared, Problem> {
        let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
        let (records, balances) = tokio::join!(self.client.outgoing(&filter), self.client.balances());
        let target = records?.into_iter().find(|record| record.key.kind == kind && record.key.id == *id);
        let balances = balances.ok().flatten().unwrap_or_default();
        let row = target.as_ref().and_then(|record| balances.iter().find(|b| b.coin == record.coin));
        Ok(Prepared { available: row.and_then(|b| b.available), target, ..Prepared::default() })
    }

    /// The newest page of a coin's payments of a kind, which holds whatever could be mistaken for the next one. Without times:
    /// the clock may not be known yet.
    /// A row that cannot be read and may be one of the last minutes may be the same payment: then nothing is known; neither is it
    /// by a page of the oldest, nor by none where records are known.
    pub(super) async fn newest(&self, coin: &UntrustedText, kind: Kind) -> Result<Partial<Vec<Record>>, Problem> {
        let filter = OutgoingFilter { coin: Some(coin.clone()), kind: Some(kind.clone()), ..OutgoingFilter::default() };
        let page = self.client.list_outgoing(&filter).await?;
        let since = self.exchange_now().plus(-RECENT_MS);
        let failed = |cause| Err(Problem { endpoint: endpoint::OUTGOING, cause });
        let unreadable =
            |detail: &str| Cause::Unreadable { path: UntrustedText::from("data"), detail: UntrustedText::from(detail) };
        if let Some(row) = page.left_out.iter().find(|row| row.time.is_none_or(|time| time >= since)) {
            return failed(row.cause());
        }
        let mut times = page.found.iter().filter_map(|record| record.time);
        let is_backward = times.next().is_some_and(|first| times.next_back().is_some_and(|last| first < last));
        if page.found.len() + page.left_out.len() >= PAGE_LIMIT as usize && is_backward {
            return failed(unreadable("the oldest come first, and the newest are not among them"));
        }
        let is_empty = page.found.is_empty() && page.left_out.is_empty();
        if is_empty && self.is_known_to_be_listed(coin, &kind).await {
            return failed(unreadable("nothing is listed, and records are known"));
        }
        Ok(page)
    }
}

/// Whether the exchange's list says that nothing can be paid in there.
pub fn are_deposits_closed(coins: &[Coin], coin: &UntrustedText, network: &UntrustedText) -> bool {
    listed_network(coins, coin, network)
        .is_some_and(|(coin, network)| [coin.deposit_open, network.deposit_open].contains(&Some(false)))
}

/// Refusals that say that there is no address, or that this key may not ask for one.
const fn is_none(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Permission | Refusal::Parameter | Refusal::Missing)
}

/// The account's own deposit addresses for a coin over a network. Where the exchange gives none, because it has none for them or
/// the key may not ask, or where deposits `is_closed` and it refuses, there is none to be mistaken for somebody else's.
///
/// # Errors
/// It could not be asked, or its answer is not understood.
pub async fn own_addresses(
    client: &Client,
    coin: &UntrustedText,
    network: &UntrustedText,
    is_closed: bool,
) -> Result<Vec<DepositAddress>, Problem> {
    match client.deposit_addresses(coin, network).await {
        Err(Problem { cause: Cause::Refused { refusal, .. }, .. }) if is_closed || is_none(refusal) => Ok(Vec::new()),
        other => other,
    }
}

/// What the futures side holds of the coin of a move. Where it does not serve the key, or does not answer in time and is not what
/// the coin leaves, a move is judged without it.
///
/// # Errors
/// It could not be asked, and the coin leaves it.
pub async fn futures_side(
    client: &Client,
    coin: &UntrustedText,
    direction: MoveDirection,
    limit: Duration,
) -> Result<FuturesSide, Problem> {
    let asked = timeout(limit, client.futures_balance(coin)).await;
    match asked.unwrap_or_else(|_| Err(Problem { endpoint: endpoint::FUTURES, ..no_answer_to_reads() })) {
        Ok(balance) => Ok(FuturesSide::Read(vec![FuturesReading { coin: coin.clone(), balance, at: clock::now() }])),
        Err(problem) if problem.is_about_access_to_futures() => Ok(FuturesSide::Refused),
        Err(problem) if direction == MoveDirection::FuturesToSpot => Err(problem),
        Err(_) => Ok(FuturesSide::NotRead),
    }
}

pub(super) fn no_answer_to_reads() -> Problem {
    let cause = Cause::NoAnswer { loss: Loss::Timeout, detail: UntrustedText::default() };
    Problem { endpoint: endpoint::OUTGOING, cause }
}
