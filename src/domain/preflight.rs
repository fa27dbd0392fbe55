//! The preflight: everything that the rules say of a request at one moment. What may be sent, what must be confirmed by hand
//! and why not is decided here and nowhere else: the review page and the commands show it, and the engine asks it again under
//! the money lock, with facts read anew, and sends only what the user's [`Consent`] covers.

use super::address::{ChainHint, MAX_LENGTH};
use super::address_book::AddressBook;
use super::deposit::listed_network;
use super::rules::{
    AmountReason, Before, DuplicateOf, Facts, Fault, Field, FieldFault, FieldNote, Fresh, Limits, MoveInput, Note,
    Report, TransferInput, WithdrawInput, check_cancel, check_move, check_transfer, check_withdraw, typed_amount,
    unusual_amount,
};
use super::{
    Amount, Balance, Coin, FuturesSide, Millis, Order, OrderId, Prices, Record, Request, TransferRequest, UntrustedText,
};
use crate::domain::locale::Lang;

/// A clock that is wrong by more than this closes sending, milliseconds: the exchange's own window (`reference.md §3.1`).
pub const CLOCK_LIMIT_MS: i64 = 60_000;
/// How much of a network's name is shown inside a sentence, in graphemes.
const NAME: usize = 40;
/// So many networks are named.
const NETWORKS: usize = 3;
/// Stands for a transfer's own id until it is written down.
const ID_TO_COME: &str = "00000000000000000000000000000000";

/// What the rules say of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preflight {
    /// What is wrong, in the order of the fields: with any of it nothing is sent.
    pub faults: Vec<FieldFault>,
    /// What the user should know although it is not wrong.
    pub notes: Vec<FieldNote>,
    /// What the user must do by hand, each once.
    pub confirmations: Vec<Confirmation>,
    /// Why nothing can be sent now, whatever is typed; the most pressing first.
    pub blockers: Vec<Blocker>,
}

impl Preflight {
    /// What it wants that a consent does not give.
    pub fn missing(&self, given: &[Confirmation]) -> Vec<Confirmation> {
        let is_given = |wanted: &Confirmation| given.iter().any(|confirmation| confirmation.covers(wanted));
        self.confirmations.iter().filter(|wanted| !is_given(wanted)).cloned().collect()
    }
}

/// One thing that the user must do by hand before a request is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// Type one group of where the money goes: the address, or the receiver's uid, number or e-mail.
    Group(GroupReason),
    /// Type the whole middle of an address that looks like a known one but is another.
    Middle {
        /// The known one.
        known: UntrustedText,
    },
    /// Type the name of the network: the address is known on others only.
    OtherNetwork {
        /// The network that is meant now.
        network: UntrustedText,
        /// Those on which it is known.
        known: Vec<UntrustedText>,
    },
    /// Type the amount once more: it is out of the ordinary.
    Amount(AmountReason),
    /// Say that the same is meant once more, although it was ordered or paid before.
    Again(Before),
}

impl Confirmation {
    /// True when whoever gave this has given `wanted` as well: the same thing was typed for the same reason to ask.
    pub fn covers(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            // Group, amount and middle are the same, whyever they were asked for; in the middle is every group that could be.
            (Self::Group(_) | Self::Middle { .. }, Self::Group(_))
            | (Self::Amount(_), Self::Amount(_))
            | (Self::Middle { .. }, Self::Middle { .. }) => true,
            (Self::OtherNetwork { network: given, .. }, Self::OtherNetwork { network, .. }) => given == network,
            // What was confirmed as given up is not confirmed as paid.
            (Self::Again(given), Self::Again(wanted)) => {
                given.earlier == wanted.earlier && (wanted.is_given_up || !given.is_given_up)
            }
            _ => false,
        }
    }

    /// Why it is wanted, in the user's language.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Group(GroupReason::New) => lang.t("confirm.group_new").to_owned(),
            Self::Group(GroupReason::Limit) => lang.t("confirm.group_limit").to_owned(),
            Self::Middle { known } => lang.fill("confirm.middle", &[("known", &known.excerpt(MAX_LENGTH))]),
            Self::OtherNetwork { network, known } => {
                let known: Vec<String> = known.iter().take(NETWORKS).map(|network| network.excerpt(NAME)).collect();
                let values = [("known", known.join(", ")), ("network", network.excerpt(NAME))];
                let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                lang.fill("confirm.other_network", &values)
            }
            Self::Amount(reason) => lang.fill("confirm.amount", &[("why", &reason.words(lang))]),
            Self::Again(before) => Note::OrderedBefore(before.clone()).words(lang),
        }
    }
}

/// Why a group must be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupReason {
    /// Nothing was ever paid there.
    New,
    /// The user asks for it: always, or above a limit.
    Limit,
}

/// Why nothing can be sent now, whatever is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocker {
    /// The ledger's orders are not known: whether the same is under way cannot be said.
    OrdersUnknown,
    /// The same was ordered before and its outcome is not known.
    SameUnsettled(OrderId),
    /// How wrong this machine's clock is, milliseconds; `None` while no answer told the exchange's time.
    Clock(Option<i64>),
}

/// What the user agreed to: the very request that was shown, and everything that was typed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Exactly what was shown. A transfer is given its own id when it is written down.
    pub request: Request,
    /// What was done by hand.
    pub given: Vec<Confirmation>,
}

impl Consent {
    /// The orders that the user has decided to repeat because they were given up.
    pub fn given_up_orders(&self) -> impl Iterator<Item = OrderId> {
        self.given.iter().filter_map(|given| match given {
            Confirmation::Again(Before { earlier: DuplicateOf::Order(id), is_given_up: true, .. }) => Some(*id),
            _ => None,
        })
    }

    /// The orders that the user has decided to repeat.
    pub fn repeated_orders(&self) -> impl Iterator<Item = OrderId> {
        self.given.iter().filter_map(|given| match given {
            Confirmation::Again(Before { earlier: DuplicateOf::Order(id), .. }) => Some(*id),
            _ => None,
        })
    }
}

/// What was known when a request was confirmed, as far as it is not read anew before it is sent. Moments are by this
/// machine's clock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// The exchange's list, and when it was read.
    pub coins: Option<(Vec<Coin>, Millis)>,
    /// The spot balances, and when they were read.
    pub balances: Option<(Vec<Balance>, Millis)>,
    /// The futures side, for moves.
    pub futures: FuturesSide,
    /// Prices, for limits by value.
    pub prices: Prices,
    /// The address book.
    pub book: AddressBook,
    /// The account's own user id, where it is known.
    pub own_uid: Option<UntrustedText>,
    /// The record that a cancel is about, as it was shown.
    pub target: Option<Record>,
}

impl Snapshot {
    /// What is available of a coin on the spot side.
    pub fn available(&self, coin: &UntrustedText) -> Option<Amount> {
        self.balances.as_ref()?.0.iter().find(|b| b.coin == *coin)?.available
    }

    /// As the rules want it, at a moment by this machine's clock. What is read anew is left empty.
    pub fn facts<'a>(&'a self, limits: &'a Limits, machine_now: Millis) -> Facts<'a> {
        Facts {
            coins: self.coins.as_ref().map(|(coins, at)| Fresh::new(coins.as_slice(), machine_now.since(*at))),
            balances: self.balances.as_ref().map(|(rows, at)| Fresh::new(rows.as_slice(), machine_now.since(*at))),
            futures: &self.futures,
            machine_now,
            prices: &self.prices,
            limits,
            ordered: None,
            unproven: None,
            recent_payments: &[],
            book: &self.book,
            own_uid: self.own_uid.as_ref(),
            target: self.target.as_ref(),
            clock_offset: None,
            now: machine_now,
        }
    }
}

/// Everything that the rules say of a request by what is known.
pub fn preflight(request: &Request, facts: &Facts<'_>) -> Preflight {
    let (faults, notes) = match request {
        Request::Withdraw(w) => parts(check_withdraw(&WithdrawInput::of(w), facts), w),
        Request::Transfer(t) => {
            let own_id = Some(t.out_biz_id.clone()).filter(|id| !id.is_empty());
            let out_biz_id = own_id.unwrap_or_else(|| UntrustedText::from(ID_TO_COME));
            let t = TransferRequest { out_biz_id, ..t.clone() };
            parts(check_transfer(&TransferInput::of(&t), &t.out_biz_id, facts), &t)
        }
        Request::Move(m) => parts(check_move(&MoveInput::of(m), facts), m),
        Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => parts(check_cancel(facts.target, facts), request),
    };
    Preflight { faults, notes, confirmations: confirmations(request, facts), blockers: blockers(request, facts) }
}

/// Faults and notes of a report; a request that would not be the same any more is a fault of its own.
fn parts<R: PartialEq>(report: Report<R>, shown: &R) -> (Vec<FieldFault>, Vec<FieldNote>) {
    let notes = report.notes.clone();
    match report.into_result() {
        Ok(request) if request == *shown => (Vec::new(), notes),
        Ok(_) => (vec![FieldFault { field: Field::Form, fault: Fault::Changed }], notes),
        Err(faults) => (faults, notes),
    }
}

/// What must be done by hand for a request.
fn confirmations(request: &Request, facts: &Facts<'_>) -> Vec<Confirmation> {
    let mut wanted = Vec::new();
    match look_alike(request, facts) {
        Some(known) => wanted.push(Confirmation::Middle { known }),
        None => wanted.extend(group(request, facts).map(Confirmation::Group)),
    }
    wanted.extend(other_network(request, facts));
    wanted.extend(unusual_amount(request, facts).map(Confirmation::Amount));
    wanted.extend(facts.given_up_before(request).map(Confirmation::Again));
    wanted.extend(facts.ordered_soon_before(request).into_iter().map(Confirmation::Again));
    wanted
}

/// The known address that the one of a withdrawal looks like but is not.
fn look_alike(request: &Request, facts: &Facts<'_>) -> Option<UntrustedText> {
    let Request::Withdraw(w) = request else { return None };
    let listed = facts.coins.and_then(|coins| listed_network(coins.value, &w.coin, &w.network));
    let family = listed.and_then(|(_, network)| ChainHint::of(network).family());
    facts.book.look_alikes(family, &w.address).into_iter().next().map(|alike| alike.known)
}

/// Whether the address is known, but on other networks only: on this one it may be nobody's.
fn other_network(request: &Request, facts: &Facts<'_>) -> Option<Confirmation> {
    let Request::Withdraw(w) = request else { return None };
    let known: Vec<UntrustedText> = facts.book.only_elsewhere(&w.network, &w.address).into_iter().cloned().collect();
    (!known.is_empty()).then(|| Confirmation::OtherNetwork { network: w.network.clone(), known })
}

/// What of a network's name is typed to confirm it: of `Tron (TRC-20)` it is `Tron`.
pub fn network_word(network: &UntrustedText) -> &str {
    let name = network.raw();
    let word = name.split(['(', '（']).next().unwrap_or_default().trim();
    if word.is_empty() { name.trim() } else { word }
}

/// Whether somebody typed a network's name, whole or without what stands in brackets, in letters of either case.
pub fn is_network_typed(network: &UntrustedText, typed: &str) -> bool {
    let typed = typed.trim();
    typed.eq_ignore_ascii_case(network_word(network)) || typed.eq_ignore_ascii_case(network.raw().trim())
}

/// Whether somebody typed an amount, in plain digits.
pub fn is_amount_typed(amount: Amount, typed: &str) -> bool {
    typed_amount(typed.trim_ascii()) == Ok(amount)
}

/// Whether a group of where the money goes must be typed, and why.
fn group(request: &Request, facts: &Facts<'_>) -> Option<GroupReason> {
    let (coin, amount, is_known) = match request {
        Request::Withdraw(w) => (&w.coin, w.gross, facts.book.was_paid(w)),
        Request::Transfer(t) => (&t.coin, t.amount, facts.book.is_known_receiver(&t.to)),
        Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => return None,
    };
    if !is_known {
        return Some(GroupReason::New);
    }
    facts.limits.asks_for_more(coin, amount, facts.prices).then_some(GroupReason::Limit)
}

/// The text of which a group is typed: the address, or the receiver's uid, number or e-mail; `None` where nothing leaves.
pub fn destination(request: &Request) -> Option<UntrustedText> {
    match request {
        Request::Withdraw(w) => Some(w.address.clone()),
        Request::Transfer(t) => Some(t.to.name().clone()),
        Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => None,
    }
}

fn blockers(request: &Request, facts: &Facts<'_>) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    match facts.clock_offset {
        Some(offset) if (-CLOCK_LIMIT_MS..=CLOCK_LIMIT_MS).contains(&offset) => {}
        // Nothing is looked for afterwards by the time of a cancel.
        None if request.is_cancel() => {}
        other => blockers.push(Blocker::Clock(other)),
    }
    match facts.unproven {
        None => blockers.push(Blocker::OrdersUnknown),
        Some(orders) => {
            let is_same = |o: &&Order| o.outcome.is_unsettled() && o.request.is_same_request(request);
            blockers.extend(orders.iter().find(is_same).map(|order| Blocker::SameUnsettled(order.id)));
        }
    }
    blockers
}

#[cfg(test)]
mod tests;
