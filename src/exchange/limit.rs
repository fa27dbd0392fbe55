//! The pace of requests: the exchange allows ten a second per address (`reference.md §7.1`).
//!
//! What counts is when the *server* sees a request, which is somewhere between its start and its answer. So a place is
//! taken from the start of a request until one second after its end; ten places then mean that no window of one second
//! at the server holds more than ten. Money calls go before reads, otherwise first come, first served.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Requests per window.
const PLACES: usize = 10;
/// The exchange's window with a margin for its own clock.
const WINDOW: Duration = Duration::from_millis(1_050);
/// A request without an answer gives its place back after this, so that a dead network cannot block a money call.
const LONGEST: Duration = Duration::from_secs(4);

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// Before every read.
    Money,
    /// After every waiting money call.
    Read,
}

/// The pace of one client, over all of its calls.
#[derive(Debug, Default)]
pub(super) struct Pace {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When each place can be taken; `None`: at once.
    free_at: [Option<Instant>; PLACES],
    /// Who waits, in order.
    waiting: BTreeSet<(Urgency, u64)>,
    next_number: u64,
}

/// A taken place. Dropping it starts the second after which it is free again.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    pace: &'a Pace,
    place: usize,
    free_at: Instant,
}

/// A place in the queue; leaves it when dropped, so a cancelled caller holds nobody up.
struct Turn<'a> {
    pace: &'a Pace,
    ticket: (Urgency, u64),
}

impl Pace {
    /// Waits for a place.
    pub(super) async fn wait(&self, urgency: Urgency) -> Permit<'_> {
        let turn = self.queue(urgency);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listening starts before looking, or a change in between would be missed.
            changed.as_mut().enable();
            match self.take(turn.ticket) {
                Ok(permit) => return permit,
                Err(Some(at)) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = &mut changed => {}
                },
                Err(None) => changed.await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, urgency: Urgency) -> Turn<'_> {
        let mut state = self.lock();
        let ticket = (urgency, state.next_number);
        state.next_number += 1;
        state.waiting.insert(ticket);
        Turn { pace: self, ticket }
    }

    /// A permit, or when to look again (`None`: when somebody ahead has gone).
    fn take(&self, ticket: (Urgency, u64)) -> Result<Permit<'_>, Option<Instant>> {
        let mut state = self.lock();
        if state.waiting.first() != Some(&ticket) {
            return Err(None);
        }
        let now = Instant::now();
        let mut soonest = None;
        for (place, free_at) in state.free_at.iter_mut().enumerate() {
            match *free_at {
                Some(at) if at > now => soonest = Some(soonest.map_or(at, |s: Instant| s.min(at))),
                _ => {
                    let until = now + LONGEST + WINDOW;
                    *free_at = Some(until);
                    return Ok(Permit { pace: self, place, free_at: until });
                }
            }
        }
        Err(soonest)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        // After LONGEST somebody else may hold the place; then it is not ours to shorten.
        if state.free_at[self.place] == Some(self.free_at) {
            state.free_at[self.place] = Some(self.free_at.min(Instant::now() + WINDOW));
        }
        drop(state);
        self.pace.changed.notify_waiters();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pace.lock().waiting.remove(&self.ticket);
        self.pace.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{join, join_all};

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_ten_requests() {
        let pace = Pace::default();
        let start = Instant::now();
        let seen = join_all((0..45_u64).map(|n| {
            let pace = &pace;
            async move {
                let _permit = pace.wait(Urgency::Read).await;
                // The server sees it somewhere before the answer.
                tokio::time::sleep(Duration::from_millis(n * 37 % 300)).await;
                let seen = start.elapsed();
                tokio::time::sleep(Duration::from_millis(n * 53 % 200)).await;
                seen
            }
        }))
        .await;
        for first in &seen {
            let within = seen.iter().filter(|at| *at >= first && **at < *first + Duration::from_secs(1)).count();
            assert!(within <= PLACES, "{within} requests from {first:?} on");
        }
        assert!(start.elapsed() < Duration::from_secs(9), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_ten_do_not_wait() {
        let pace = Pace::default();
        let start = Instant::now();
        for _ in 0..PLACES {
            drop(pace.wait(Urgency::Read).await);
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        drop(pace.wait(Urgency::Read).await);
        // The timer counts whole milliseconds.
        assert!(start.elapsed() >= WINDOW && start.elapsed() < WINDOW + Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_money_call_goes_before_every_waiting_read() {
        let pace = Pace::default();
        for _ in 0..PLACES {
            drop(pace.wait(Urgency::Read).await);
        }
        let order = Mutex::new(Vec::new());
        let call = |name: &'static str, urgency, after: u64| {
            let (pace, order) = (&pace, &order);
            async move {
                tokio::time::sleep(Duration::from_millis(after)).await;
                let permit = pace.wait(urgency).await;
                order.lock().unwrap().push(name);
                drop(permit);
            }
        };
        let reads = join_all((0..12).map(|_| call("read", Urgency::Read, 0)));
        join(reads, call("money", Urgency::Money, 500)).await;
        assert_eq!(order.into_inner().unwrap()[0], "money");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_caller_and_a_dead_request_hold_nobody_up() {
        let pace = Pace::default();
        let mut held = Vec::new();
        for _ in 0..PLACES {
            held.push(pace.wait(Urgency::Read).await);
        }
        assert!(tokio::time::timeout(Duration::from_millis(10), pace.wait(Urgency::Money)).await.is_err());
        let start = Instant::now();
        drop(pace.wait(Urgency::Read).await);
        assert!(start.elapsed() <= LONGEST + WINDOW + Duration::from_millis(5));
    }
}
