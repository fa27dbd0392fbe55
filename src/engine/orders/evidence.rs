//! What proves that an order was executed. Pure: an order and what the exchange showed in, a verdict out.

use std::collections::BTreeSet;

use super::history::ExchangeHistory;
use crate::domain::address::{Comparison, compare, is_same_memo, may_be_same_memo};
use crate::domain::outcome::ON_CHAIN;
use crate::domain::{
    Amount, Kind, Millis, MoveDirection, MoveRequest, Order, Outcome, Proof, Record, Request, Status, TransferRequest,
    UntrustedText, WithdrawRequest,
};

/// How much earlier than the order a record may seem to be, and still be its own. Generous: the clocks are measured in whole
/// seconds over a network that may be slow, and what was there before the order is known by its id.
const GRACE_MS: i64 = 60_000;
/// How much later than the sending a record may be without a doubt. What comes later may be another one, made elsewhere.
const LATE_MS: i64 = 10 * 60_000;

/// What was seen says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This became of it.
    Found(Outcome),
    /// It is not there, so far.
    Nothing {
        /// What to say when it has not been there for long enough.
        in_the_end: Outcome,
    },
    /// These may be it; which one, if any, cannot be said.
    Several(Vec<Record>),
    /// Nothing can be said: the history was not seen whole, or what fits may also be another open order's. These fit.
    Unclear(Vec<Record>),
}

/// A withdrawal whose end is looked for, with what the ledger knows beside it.
#[derive(Debug)]
pub struct Withdrawal<'a> {
    /// The order.
    pub order: &'a Order,
    /// What it asks for.
    pub request: &'a WithdrawRequest,
    /// What a withdrawal of this coin over this network cost before the order was placed; `None` when that is not known.
    pub fee: Option<Amount>,
    /// Ids of records that were there before it was sent.
    pub seen_before: &'a BTreeSet<UntrustedText>,
    /// Ids that stand for other orders.
    pub claimed: &'a BTreeSet<UntrustedText>,
    /// Other withdrawals that are being sent or looked for, with what was there before them.
    pub rivals: &'a [(Order, BTreeSet<UntrustedText>)],
}

impl Withdrawal<'_> {
    /// How well a record fits the order, whoever claims it.
    pub fn fit(&self, record: &Record) -> Fit {
        fit(self.order, self.request, self.fee, self.seen_before, record)
    }

    /// What of a record is not as it should be, and may only be told in another way.
    pub fn odd_parts(&self, record: &Record) -> Vec<Part> {
        let parts = fit_parts(self.order, self.request, self.fee, record);
        parts.into_iter().filter(|(fit, _)| *fit == Fit::Odd).map(|(_, part)| part).collect()
    }

    /// Records that may be it and that nobody claims, with how well each fits.
    pub fn candidates<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> Vec<(Fit, Record)> {
        let free = records.into_iter().filter(|record| !self.claimed.contains(&record.key.id));
        free.map(|record| (self.fit(record), record.clone())).filter(|(fit, _)| *fit != Fit::No).collect()
    }
}

/// Looks for a withdrawal in the history.
pub fn of_withdrawal(case: &Withdrawal<'_>, history: &ExchangeHistory) -> Verdict {
    let all = case.candidates(&history.records);
    let (fitting, odd): (Vec<_>, Vec<_>) = all.into_iter().partition(|(fit, _)| *fit > Fit::Odd);
    let (sure, perhaps): (Vec<_>, Vec<_>) = fitting.into_iter().partition(|(fit, _)| *fit >= Fit::Reckoned);
    let bare = |found: Vec<(Fit, Record)>| found.into_iter().map(|(_, record)| record).collect::<Vec<_>>();
    let is_shared = |record: &Record| {
        case.rivals.iter().any(|(rival, seen)| match &rival.request {
            Request::Withdraw(request) => fit(rival, request, None, seen, record) > Fit::Odd,
            _ => false,
        })
    };
    // What fits another open order in everything is that one's.
    let odd: Vec<Record> = bare(odd).into_iter().filter(|record| !is_shared(record)).collect();
    if !history.is_whole || sure.iter().chain(&perhaps).any(|(_, record)| is_shared(record)) {
        return Verdict::Unclear([bare(sure), bare(perhaps), odd].concat());
    }
    match (sure.as_slice(), perhaps.len()) {
        ([(Fit::Yes, record)], _) => accepted(record.key.id.clone(), Proof::History),
        // The fee is not told: the net alone does not say that none of the others is it.
        ([(_, record)], 0) => accepted(record.key.id.clone(), Proof::Reckoned),
        ([], 0) if odd.is_empty() => Verdict::Nothing { in_the_end: Outcome::NoTrace },
        // One field is not as it should be: whether it is this order the user says, who sees which.
        ([], 0) => Verdict::Several(odd),
        ([_] | [], _) => Verdict::Several([bare(sure), bare(perhaps)].concat()),
        _ => Verdict::Several(bare(sure)),
    }
}

/// Looks for a withdrawal in the history of another key, which may be another account's: what fits is asked about.
pub fn of_other_key(case: &Withdrawal<'_>, history: &ExchangeHistory) -> Verdict {
    match case.candidates(&history.records) {
        found if found.is_empty() => Verdict::Unclear(Vec::new()),
        found => Verdict::Several(found.into_iter().map(|(_, record)| record).collect()),
    }
}

/// Looks for a transfer by our own id of it. A record under that id in which anything differs from what was asked for is
/// not taken for it: the user is asked.
pub fn of_transfer(order: &Order, request: &TransferRequest, history: &ExchangeHistory) -> Verdict {
    let ours: Vec<&Record> = history.records.iter().filter(|record| is_under_our_id(request, record)).collect();
    match ours.as_slice() {
        [] => {}
        // As long as its fee is not told a smaller amount may be its net; whether it is, is for the user to see.
        [record] if differences(&order.request, record).is_empty() && is_of_amount(request, record) => {
            return accepted(record.key.id.clone(), Proof::History);
        }
        // Our ids are random: a second record under the same one would be the exchange's fault, and for the user to see.
        _ => return Verdict::Several(ours.into_iter().cloned().collect()),
    }
    let nameless = nameless_transfers(order, request, &history.records);
    match (nameless.is_empty(), history.is_whole) {
        (true, true) => Verdict::Nothing { in_the_end: Outcome::NoTrace },
        (false, true) => Verdict::Several(nameless),
        (_, false) => Verdict::Unclear(nameless),
    }
}

/// Records that may be a transfer: under its own id whatever they say, and those that fit and name no id.
pub fn transfer_candidates(order: &Order, request: &TransferRequest, records: &[Record]) -> Vec<Record> {
    let ours = records.iter().filter(|record| is_under_our_id(request, record)).cloned();
    ours.chain(nameless_transfers(order, request, records)).collect()
}

fn is_under_our_id(request: &TransferRequest, record: &Record) -> bool {
    matches!(record.key.kind, Kind::TransferOut | Kind::OtherOut(_))
        && record.out_biz_id.as_ref() == Some(&request.out_biz_id)
}

fn is_of_amount(request: &TransferRequest, record: &Record) -> bool {
    record.amount.is_none_or(|net| net == request.amount || record.gross() == Some(request.amount))
}

fn nameless_transfers(order: &Order, request: &TransferRequest, records: &[Record]) -> Vec<Record> {
    let nameless = records.iter().filter(|r| {
        let is_kind = match r.key.kind {
            Kind::TransferOut => true,
            // Of a kind that is not known it is one only where it says whom it paid.
            Kind::OtherOut(_) => r.receiver.is_some(),
            _ => false,
        };
        is_kind
            && r.out_biz_id.as_ref().is_none_or(UntrustedText::is_empty)
            && r.coin == request.coin
            && r.amount.is_none_or(|amount| amount <= request.amount)
            && r.receiver.as_ref().is_none_or(|to| to.is_same(&request.to))
            && !is_older(order, r)
    });
    nameless.cloned().collect()
}

/// Something of a record that is not as the order asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// It is a record of another kind.
    Kind,
    /// Another coin.
    Coin,
    /// Another network.
    Network,
    /// Another address.
    Address,
    /// Another memo.
    Memo,
    /// Another amount: more arrives than was asked for, or net and fee are not the gross; of a transfer any other.
    Amount,
    /// Another user.
    Receiver,
    /// It was there before the order.
    Time,
}

/// What of a record contradicts what was asked for. What the record does not tell contradicts nothing.
pub fn differences(request: &Request, record: &Record) -> Vec<Part> {
    let is_kind = |kind: Kind| (record.key.kind == kind, Part::Kind);
    let is_coin = request.coin().is_none_or(|coin| *coin == record.coin);
    let checks = match request {
        Request::Withdraw(w) => vec![
            is_kind(Kind::Withdrawal),
            (is_coin, Part::Coin),
            (fit_network(w, record) != Fit::No, Part::Network),
            (best_address(w, record) > Fit::Odd, Part::Address),
            (fit_memo(w, record) != Fit::No, Part::Memo),
            (fit_amount(w, None, record) != Fit::No, Part::Amount),
        ],
        Request::Transfer(t) => {
            // The fee may not be told yet.
            let may_be_net = record.fee.is_none() && record.amount.is_some_and(|net| net < t.amount);
            let is_amount = may_be_net || is_of_amount(t, record);
            let is_receiver = record.receiver.as_ref().is_none_or(|to| to.is_same(&t.to));
            vec![
                is_kind(Kind::TransferOut),
                (is_coin, Part::Coin),
                (is_amount, Part::Amount),
                (is_receiver, Part::Receiver),
            ]
        }
        // The exchange keeps no record of a move.
        Request::Move(_) => vec![(false, Part::Kind)],
        Request::CancelWithdrawal(_) => vec![is_kind(Kind::Withdrawal)],
        Request::CancelTransfer(_) => vec![is_kind(Kind::TransferOut)],
    };
    checks.into_iter().filter(|(is_same, _)| !is_same).map(|(_, part)| part).collect()
}

/// True when a record was made clearly before the order, by all that it tells of that.
pub fn is_older(order: &Order, record: &Record) -> bool {
    record.created().is_some_and(|at| at < order.time.plus(-GRACE_MS))
        && !record.moments().into_iter().flatten().any(|at| is_near(order, at))
}

/// Whether something at a moment may come of the order.
fn is_near(order: &Order, at: Millis) -> bool {
    at >= order.time.plus(-GRACE_MS) && at <= order.sent.plus(LATE_MS)
}

/// Judges a move by what is available now. `is_disturbed` says that another order may have changed it too. That it was not
/// executed is never said at once: it may still be on its way.
pub fn of_move(request: &MoveRequest, before: Option<Amount>, now: Option<Amount>, is_disturbed: bool) -> Verdict {
    let cannot_tell = Verdict::Nothing { in_the_end: Outcome::NoTrace };
    let (Some(before), Some(now)) = (before, now) else { return cannot_tell };
    let after = match request.direction {
        MoveDirection::SpotToFutures => before.checked_sub(request.amount),
        MoveDirection::FuturesToSpot => before.checked_add(request.amount),
    };
    if is_disturbed {
        cannot_tell
    } else if Some(now) == after {
        Verdict::Found(Outcome::Likely { executed: true })
    } else if now == before {
        Verdict::Nothing { in_the_end: Outcome::Likely { executed: false } }
    } else {
        cannot_tell
    }
}

/// Judges a cancel by the record that it was about.
pub fn of_cancel(kind: &Kind, id: &UntrustedText, records: &[Record]) -> Verdict {
    let Some(record) = records.iter().find(|r| r.key.kind == *kind && r.key.id == *id) else {
        // Other records instead of it: the exchange did not look at the id. None: it knows no such record.
        let is_asked = records.is_empty();
        let nothing = Verdict::Nothing { in_the_end: Outcome::NoTrace };
        return if is_asked { nothing } else { Verdict::Unclear(Vec::new()) };
    };
    match &record.status {
        Status::Cancelled => accepted(id.clone(), Proof::History),
        // On the chain, or with another end: nobody takes it back any more.
        status if status.is_final() || record.txid.as_ref().is_some_and(|txid| !txid.is_empty()) => {
            let status = if status.is_final() { status.word() } else { ON_CHAIN };
            Verdict::Found(Outcome::TooLate { status: UntrustedText::from(status) })
        }
        _ => Verdict::Nothing { in_the_end: Outcome::NoTrace },
    }
}

fn accepted(id: UntrustedText, proof: Proof) -> Verdict {
    Verdict::Found(Outcome::Accepted { id, proof })
}

/// Whether a record is an order's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Something contradicts.
    No,
    /// One thing is not as it should be, and it is a thing that the exchange may tell in another way: the kind or the network
    /// by another word, an address in the form of another chain, the gross for the net, two moments or two addresses of which
    /// one fits.
    Odd,
    /// Nothing contradicts, but something that would tell is missing or unusual.
    Perhaps,
    /// Everything agrees but the fee, which is not told: the net is what was reckoned with the fee as last paid.
    Reckoned,
    /// Everything agrees.
    Yes,
}

fn fit(
    order: &Order,
    request: &WithdrawRequest,
    fee: Option<Amount>,
    seen_before: &BTreeSet<UntrustedText>,
    record: &Record,
) -> Fit {
    if record.coin != request.coin || seen_before.contains(&record.key.id) {
        return Fit::No;
    }
    let parts = fit_parts(order, request, fee, record);
    if parts.iter().filter(|(fit, _)| *fit == Fit::Odd).count() > 1 {
        return Fit::No;
    }
    parts.into_iter().map(|(fit, _)| fit).min().unwrap_or(Fit::No)
}

fn fit_parts(order: &Order, request: &WithdrawRequest, fee: Option<Amount>, record: &Record) -> [(Fit, Part); 6] {
    [
        (fit_kind(record), Part::Kind),
        (fit_network(request, record), Part::Network),
        (fit_address(request, record), Part::Address),
        (fit_memo(request, record), Part::Memo),
        (fit_amount(request, fee, record), Part::Amount),
        (fit_time(order, record), Part::Time),
    ]
}

fn fit_kind(record: &Record) -> Fit {
    match record.key.kind {
        Kind::Withdrawal => Fit::Yes,
        // It came in an answer about withdrawals.
        Kind::OtherOut(_) => Fit::Odd,
        _ => Fit::No,
    }
}

fn fit_network(request: &WithdrawRequest, record: &Record) -> Fit {
    match record.network.as_ref().filter(|n| !n.is_empty()) {
        None => Fit::Perhaps,
        Some(network) if *network == request.network => Fit::Yes,
        Some(_) => Fit::Odd,
    }
}

fn addresses(record: &Record) -> impl Iterator<Item = &UntrustedText> {
    [&record.address, &record.also_address].into_iter().flatten().filter(|address| !address.is_empty())
}

fn fit_address(request: &WithdrawRequest, record: &Record) -> Fit {
    let best = best_address(request, record);
    // Of two that differ one is true.
    if addresses(record).count() > 1 { best.min(Fit::Odd) } else { best }
}

/// The better one of two; a record without any may be to this one.
fn best_address(request: &WithdrawRequest, record: &Record) -> Fit {
    addresses(record).map(|found| fit_one_address(request, found)).max().unwrap_or(Fit::Perhaps)
}

fn fit_one_address(request: &WithdrawRequest, found: &UntrustedText) -> Fit {
    match compare(request.network.raw(), request.address.raw(), found.raw()) {
        Comparison::Same => Fit::Yes,
        Comparison::Unclear => Fit::Perhaps,
        Comparison::OtherChain => Fit::Odd,
        Comparison::Different => Fit::No,
    }
}

fn fit_memo(request: &WithdrawRequest, record: &Record) -> Fit {
    // A dash is none.
    fn filled(memo: Option<&UntrustedText>) -> Option<&str> {
        memo.map(UntrustedText::raw).filter(|memo| memo.chars().any(char::is_alphanumeric))
    }
    let (ours, theirs) = (filled(request.memo.as_ref()), filled(record.memo.as_ref()));
    if is_same_memo(request.network.raw(), ours, theirs) {
        return Fit::Yes;
    }
    // The memo is not in the document's table of the history; it may not be told.
    let is_untold = ours.is_some() && theirs.is_none();
    if is_untold || may_be_same_memo(ours, theirs) { Fit::Perhaps } else { Fit::No }
}

/// `fee` is what such a withdrawal cost before, where that is known. A record whose net only fits under the gross says
/// nothing: anything smaller to the same address does.
fn fit_amount(request: &WithdrawRequest, fee: Option<Amount>, record: &Record) -> Fit {
    let Some(net) = record.amount else { return Fit::Perhaps };
    match record.gross() {
        Some(gross) if gross == request.gross => Fit::Yes,
        // The gross may stand where the net should.
        Some(_) if net == request.gross => Fit::Odd,
        Some(_) => Fit::No,
        None if net > request.gross => Fit::No,
        // Paid in another coin: nothing is taken out of the amount.
        None if record.fee.is_some() && net == request.gross => Fit::Yes,
        None if record.fee.is_none() && fee.is_some_and(|fee| net.checked_add(fee) == Some(request.gross)) => {
            Fit::Reckoned
        }
        None => Fit::Perhaps,
    }
}

fn fit_time(order: &Order, record: &Record) -> Fit {
    match record.created() {
        None => Fit::Perhaps,
        Some(_) if is_older(order, record) => Fit::No,
        // Its id tells another moment than its time, and that one fits.
        Some(at) if at < order.time.plus(-GRACE_MS) => Fit::Odd,
        Some(at) if at > order.sent.plus(LATE_MS) => Fit::Perhaps,
        Some(_) => Fit::Yes,
    }
}

#[cfg(test)]
mod tests;
