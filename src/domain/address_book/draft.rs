//! An address book that is being written: out of the user's labels, and of what went out in records and orders.

use std::collections::HashMap;

use super::alike::Ends;
use super::{AddressBook, Entry, Index, Label, ReceiverUse, memo};
use crate::domain::address::{Canonical, canonical, is_same};
use crate::domain::{
    Amount, DepositAddress, Kind, Millis, Order, Outcome, Record, Request, Status, UntrustedText, Wording,
};

/// No record is so much older than the order that it came of, milliseconds.
const SLACK_MS: i64 = 2 * 60_000;

/// A book that is being written.
#[derive(Default)]
pub struct Draft {
    pub(super) book: AddressBook,
    /// The history may be long and the book with it: an entry is found by its address.
    index: Index,
    /// And the same address comes again and again: each text is decoded once.
    read: HashMap<String, Canonical>,
    /// Orders that no record has been seen of yet.
    orders: Vec<Order>,
}

impl Draft {
    /// What is added to a book that was written before.
    pub(super) fn of(book: AddressBook) -> Self {
        Self { book, ..Self::default() }
    }

    /// A book with the user's labels.
    pub fn of_labels(labels: &[Label]) -> Self {
        let mut draft = Self::default();
        for label in labels {
            draft.name(label);
        }
        draft
    }

    pub(super) fn name(&mut self, label: &Label) {
        match label {
            Label::Address(l) => {
                self.entry(&l.coin, &l.network, &l.address, l.memo.as_ref()).label = Some(l.label.clone());
            }
            Label::Receiver(l) => {
                self.book.receiver_labels.insert(l.to.as_typed(), l.clone());
            }
        }
    }

    /// Enters the account's own orders as far as they paid or may have paid somebody: accepted, or of unknown outcome. To be
    /// called before [`Self::add`], which leaves out those whose record it sees: what became of them is said there.
    #[must_use]
    pub fn with_orders<'a>(mut self, orders: impl IntoIterator<Item = &'a Order>) -> Self {
        let may_have_paid = |order: &&Order| {
            matches!(order.outcome, Outcome::Accepted { .. } | Outcome::Sending | Outcome::Unknown { .. })
        };
        self.orders.extend(orders.into_iter().filter(may_have_paid).cloned());
        self
    }

    /// Enters deposit addresses of the account itself.
    #[must_use]
    pub fn with_own<'a>(mut self, own: impl IntoIterator<Item = &'a DepositAddress>) -> Self {
        self.book.own.extend(own.into_iter().filter(|own| !own.address.is_empty()).cloned());
        self
    }

    /// Says that payments may be missing, so that no address is called one that was never paid.
    #[must_use]
    pub const fn partial(mut self, is_partial: bool) -> Self {
        self.book.is_partial = is_partial;
        self
    }

    /// Enters where the money of a record went or goes; the account's own records, in any order.
    pub fn add<T: Wording>(&mut self, record: &Record<T>) {
        if !self.orders.is_empty() {
            self.orders.retain(|order| !is_of(record, order));
        }
        if matches!(record.status, Status::Fail | Status::Cancelled) {
            return;
        }
        let is_open = record.status != Status::Success;
        let amount = record.gross().or(record.amount);
        match (&record.key.kind, &record.network, &record.address, &record.receiver) {
            (Kind::Withdrawal, Some(network), Some(address), _) if !address.raw().is_empty() => {
                let (coin, network, address) = (record.coin.to_text(), network.to_text(), address.to_text());
                let memo = record.memo.as_ref().map(T::to_text);
                self.entry(&coin, &network, &address, memo.as_ref()).pay(record.time, amount, is_open);
            }
            (Kind::TransferOut, _, _, Some(receiver)) => {
                let known = self.book.receivers.entry(receiver.clone()).or_default();
                known.pay(record.time, &record.coin.to_text(), amount, is_open);
            }
            _ => {}
        }
    }

    /// The book: newest use first, then labels never used.
    pub fn done(mut self) -> AddressBook {
        for order in std::mem::take(&mut self.orders) {
            let time = Some(order.sent.max(order.time));
            match &order.request {
                Request::Withdraw(w) => {
                    self.entry(&w.coin, &w.network, &w.address, w.memo.as_ref()).pay(time, Some(w.gross), true);
                }
                Request::Transfer(t) => {
                    self.book.receivers.entry(t.to.clone()).or_default().pay(time, &t.coin, Some(t.amount), true);
                }
                Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => {}
            }
        }
        let mut book = self.book;
        book.entries.sort_by(|a, b| b.last_used.cmp(&a.last_used).then_with(|| a.label.cmp(&b.label)));
        let known = book.entries.iter().map(|e| &e.address).chain(book.own.iter().map(|own| &own.address));
        book.ends = Ends::of(known);
        let own = book.own.iter().map(|own| canonical(own.address.raw()));
        book.accounts = Index::new();
        for (at, account) in book.entries.iter().map(|e| e.canonical.clone()).chain(own).enumerate() {
            book.accounts.entry(account).or_default().push(at);
        }
        book
    }

    pub(super) fn entry(
        &mut self,
        coin: &UntrustedText,
        network: &UntrustedText,
        address: &UntrustedText,
        with: Option<&UntrustedText>,
    ) -> &mut Entry {
        let entries = &mut self.book.entries;
        let account = match self.read.get(address.raw()) {
            Some(read) => read.clone(),
            None => self.read.entry(address.raw().to_owned()).or_insert(canonical(address.raw())).clone(),
        };
        let alike = self.index.entry(account.clone()).or_default();
        let known = alike.iter().copied().find(|at| entries[*at].is(coin, network, with));
        let at = known.unwrap_or_else(|| {
            alike.push(entries.len());
            entries.push(Entry {
                label: None,
                coin: coin.clone(),
                network: network.clone(),
                address: address.clone(),
                memo: memo(with).cloned(),
                first_used: None,
                last_used: None,
                count: 0,
                open: 0,
                greatest: None,
                canonical: account,
            });
            entries.len() - 1
        });
        &mut entries[at]
    }
}

/// True for the record of an order: the one that its answer named, or, while the outcome is not known, one that paid the same
/// place since.
fn is_of<T: Wording>(record: &Record<T>, order: &Order) -> bool {
    let kind = match order.request {
        Request::Withdraw(_) => Kind::Withdrawal,
        Request::Transfer(_) => Kind::TransferOut,
        _ => return false,
    };
    if record.key.kind != kind {
        return false;
    }
    if let Outcome::Accepted { id, .. } = &order.outcome {
        return record.key.id.raw() == id.raw();
    }
    let same = |text: Option<&T>, own: &UntrustedText| text.is_some_and(|text| text.raw() == own.raw());
    let is_later = record.time.is_some_and(|time| time >= order.time.plus(-SLACK_MS));
    let is_there = match &order.request {
        Request::Withdraw(w) => {
            same(Some(&record.coin), &w.coin)
                && same(record.network.as_ref(), &w.network)
                && record.address.as_ref().is_some_and(|to| is_same(&to.raw(), w.address.raw()))
        }
        Request::Transfer(t) => same(record.out_biz_id.as_ref(), &t.out_biz_id),
        _ => false,
    };
    is_later && is_there && !matches!(record.status, Status::Fail | Status::Cancelled)
}

impl Entry {
    fn pay(&mut self, time: Option<Millis>, amount: Option<Amount>, is_open: bool) {
        self.count = self.count.saturating_add(1);
        self.open = self.open.saturating_add(u32::from(is_open));
        if let Some(time) = time {
            self.first_used = Some(self.first_used.map_or(time, |first| first.min(time)));
            self.last_used = self.last_used.max(Some(time));
        }
        self.greatest = self.greatest.max(amount);
    }
}

impl ReceiverUse {
    fn pay(&mut self, time: Option<Millis>, coin: &UntrustedText, amount: Option<Amount>, is_open: bool) {
        self.count = self.count.saturating_add(1);
        self.open = self.open.saturating_add(u32::from(is_open));
        self.last_used = self.last_used.max(time);
        let Some(amount) = amount else { return };
        match self.greatest.iter_mut().find(|(known, _)| known == coin) {
            Some((_, greatest)) => *greatest = (*greatest).max(amount),
            None => self.greatest.push((coin.clone(), amount)),
        }
    }
}
