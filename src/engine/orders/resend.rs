//! A transfer that goes again under its own id, which the exchange takes once at the most: by the user's word, and only if the
//! exchange, asked just before, does not have it.

use tokio::time::timeout;

use super::evidence::Verdict;
use super::place::{Checked, Reread, is_whole, read_back};
use super::prepare::no_answer_to_reads;
use super::settle::judge_transfer;
use super::{Begun, NotBegun, Orders, recover_orphans_in};
use crate::domain::preflight::Snapshot;
use crate::domain::{
    AskedBy, Because, Confirmation, Consent, Order, OrderId, Outcome, Request, TransferRequest, UntrustedText, Why,
};
use crate::engine::ledger::{Ledger, MoneyLock, Written};

/// The transfer of an order without a trace that a wish repeats to the letter, with its own id; `None` where it is none.
pub fn repeated(order: &Order, request: &TransferRequest) -> Option<TransferRequest> {
    let Request::Transfer(sent) = &order.request else { return None };
    let is_same = TransferRequest { out_biz_id: sent.out_biz_id.clone(), ..request.clone() } == *sent;
    (is_same && order.outcome == Outcome::NoTrace).then(|| sent.clone())
}

impl Orders {
    /// The order without a trace that a transfer repeats to the letter, if the user decided to repeat it.
    pub(super) async fn same_transfer(&self, consent: &Consent) -> Result<Option<OrderId>, NotBegun> {
        let Request::Transfer(request) = &consent.request else { return Ok(None) };
        for id in consent.repeated_orders() {
            let before = self.with_ledger(move |ledger| ledger.order(id)).await.map_err(NotBegun::Ledger)?;
            if before.is_some_and(|order| repeated(&order, request).is_some()) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Sends a transfer again: the same order, the same bytes, the same id, so that the exchange takes it once at the most.
    /// Only for one of unknown outcome or without a trace, only when the exchange, asked just before, does not have it, and
    /// not when the user has meanwhile ordered the same anew. Everything else that is asked before an order is asked as well:
    /// `given` is what the user did by hand for it, `known` what it was judged by.
    ///
    /// A refusal or a failure of the repetition proves nothing about the first sending: the order then stays unknown.
    ///
    /// # Errors
    /// [`NotBegun`]: nothing was sent. [`NotBegun::NotResendable`] holds the order as it is, settled if it was found.
    pub async fn resend(
        &self,
        id: OrderId,
        given: Vec<Confirmation>,
        known: Snapshot,
        asked_by: AskedBy,
    ) -> Result<Begun, NotBegun> {
        let lock = self.take_lock(asked_by).await?;
        let (order, _) = self.to_send_again(id).await?;
        let consent = Consent { request: order.request, given };
        let check = self.check(consent.clone(), known.clone(), Reread::early(Some(id)));
        self.with_ledger(check).await.map_err(NotBegun::Ledger)??;
        self.place_under(lock, consent, known, Some(id), asked_by).await
    }

    /// The order, if it is one that may go again, and what its transfer is.
    async fn to_send_again(&self, id: OrderId) -> Result<(Order, TransferRequest), NotBegun> {
        let now = self.exchange_now();
        let found = self.with_ledger(move |ledger| {
            recover_orphans_in(ledger, now)?;
            let Some(order) = ledger.order(id)? else {
                return Ok(Err(NotBegun::Ledger(UntrustedText::from("no such order"))));
            };
            if let Err(why) = is_whole(ledger, &order.request)? {
                return Ok(Err(why));
            }
            if ledger.is_of_other_key(id)? {
                return Ok(Err(NotBegun::OtherKey(id)));
            }
            let is_replaced = ledger.is_repeated(&order)?;
            Ok(Ok((order, is_replaced)))
        });
        let (order, is_replaced) = found.await.map_err(NotBegun::Ledger)??;
        let is_open = matches!(order.outcome, Outcome::Unknown { .. } | Outcome::NoTrace) && !is_replaced;
        match &order.request {
            Request::Transfer(transfer) if is_open => {
                let transfer = transfer.clone();
                Ok((order, transfer))
            }
            _ => Err(NotBegun::NotResendable(Box::new(order))),
        }
    }

    /// Asks the exchange for an order that is to go again. If it is there, it is settled and does not go.
    pub(super) async fn not_there(&self, id: OrderId) -> Result<(), NotBegun> {
        let (order, transfer) = self.to_send_again(id).await?;
        let verdict = match timeout(self.retry_policy.prepare, self.find_transfer(&order, &transfer)).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(problem)) => return Err(NotBegun::Unready(problem)),
            Err(_) => return Err(NotBegun::Unready(no_answer_to_reads())),
        };
        let asked = order.clone();
        let judged = self.with_ledger(move |ledger| judge_transfer(ledger, &asked, &transfer, verdict)).await;
        match judged.map_err(NotBegun::Ledger)? {
            Verdict::Nothing { .. } => Ok(()),
            Verdict::Found(outcome) => {
                let now = self.exchange_now();
                let settled = self.with_ledger(move |ledger| ledger.set_outcome(id, &outcome, now, None)).await;
                let order = match settled.map_err(NotBegun::Ledger)? {
                    Written::Done(order) | Written::Kept(order) => order,
                    Written::Claimed | Written::NoOrder => order,
                };
                Err(NotBegun::NotResendable(Box::new(order)))
            }
            Verdict::Several(_) | Verdict::Unclear(_) => Err(NotBegun::NotResendable(Box::new(order))),
        }
    }

    /// The order goes again, if `check` has nothing against it.
    pub(super) async fn send_again(
        &self,
        lock: MoneyLock,
        id: OrderId,
        check: impl FnOnce(&mut Ledger) -> Checked + Send + 'static,
    ) -> Result<Begun, NotBegun> {
        let time = self.exchange_now();
        let begun = self.with_ledger(move |ledger| {
            if let Err(why) = check(ledger)? {
                return Ok(Err(why));
            }
            if !lock.is_in_place() || !ledger.is_in_place() {
                return Ok(Err(NotBegun::NotReadBack(ledger.path().to_owned())));
            }
            let seen: Vec<UntrustedText> = ledger.seen_before(id)?.into_iter().collect();
            let still_open = Outcome::Unknown { why: Why::new(Because::Repeated, "machine") };
            Ok(match ledger.set_outcome(id, &Outcome::Sending, time, None)? {
                Written::Done(order) => read_back(ledger, order, &seen, &still_open).map(|order| (order, lock)),
                Written::Kept(order) => Err(NotBegun::NotResendable(Box::new(order))),
                Written::Claimed | Written::NoOrder => Err(NotBegun::Ledger(UntrustedText::from("no such order"))),
            })
        });
        let (order, lock) = begun.await.map_err(NotBegun::Ledger)??;
        let (outcome, problem) = self.send(&order.request).await;
        let outcome = match outcome {
            Outcome::Refused { code, msg } => {
                let detail = format!("{} {}", code.raw(), msg.raw());
                Outcome::Unknown { why: Why::new(Because::Repeated, detail) }
            }
            Outcome::NotSent { why } => {
                let because: &'static str = why.because.into();
                Outcome::Unknown { why: Why::new(Because::Repeated, because) }
            }
            other => other,
        };
        let order = Order { outcome, changed: self.exchange_now(), ..order };
        Ok(self.write_down(order, problem, lock).await)
    }
}
