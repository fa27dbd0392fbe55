//! The address book: where this account's money went and goes, what the user has named, the account's own deposit addresses,
//! and what looks like one of them but is another.
//!
//! A book of history is a trap where anybody can write into the history; so only the account's own outgoing records and orders
//! and the user's own labels come in, never what others sent. What failed or was taken back paid nobody and does not count.
//! What is under way is told and looked out for, but proves nothing of an address yet: until a payment has succeeded it is typed
//! like a new one.

mod alike;
mod draft;
mod group;
mod known;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::address::{Canonical, Family, canonical, is_same_memo};
use super::{Amount, DepositAddress, Millis, Receiver, Record, UntrustedText, WithdrawRequest, Wording};

use alike::Ends;
pub use alike::LookAlike;
pub use draft::Draft;
pub use group::{Group, groups_of_four, is_middle_typed, middle_group};
pub use known::{Degree, Knowledge, Payments};

/// A name that the user gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// To an address.
    Address(AddressLabel),
    /// To another user of the exchange.
    Receiver(ReceiverLabel),
}

impl From<AddressLabel> for Label {
    fn from(label: AddressLabel) -> Self {
        Self::Address(label)
    }
}

/// A name that the user gave to another user of the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverLabel {
    /// The name.
    pub label: UntrustedText,
    /// The other user.
    pub to: Receiver,
}

/// A name that the user gave to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressLabel {
    /// The name.
    pub label: UntrustedText,
    /// The coin.
    pub coin: UntrustedText,
    /// The network.
    pub network: UntrustedText,
    /// The address.
    pub address: UntrustedText,
    /// The memo that belongs to it.
    pub memo: Option<UntrustedText>,
}

/// A known address, with one coin, network and memo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name that the user gave to it.
    pub label: Option<UntrustedText>,
    /// The coin.
    pub coin: UntrustedText,
    /// The network.
    pub network: UntrustedText,
    /// The address.
    pub address: UntrustedText,
    /// The memo that belongs to it.
    pub memo: Option<UntrustedText>,
    /// The first payment to it.
    pub first_used: Option<Millis>,
    /// The last one.
    pub last_used: Option<Millis>,
    /// How many there were, those that are under way among them.
    pub count: u32,
    /// How many of them are under way.
    pub open: u32,
    /// The greatest of them, in the coin: gross where that is known, else net.
    pub greatest: Option<Amount>,
    /// The account that the address names, in whatever spelling.
    canonical: Canonical,
}

/// How often another user of the exchange was paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiverUse {
    /// How many transfers there were, those that are under way among them.
    pub count: u32,
    /// How many of them are under way.
    pub open: u32,
    /// The last one.
    pub last_used: Option<Millis>,
    /// The greatest of each coin.
    pub greatest: Vec<(UntrustedText, Amount)>,
}

/// The address book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressBook {
    entries: Vec<Entry>,
    receivers: HashMap<Receiver, ReceiverUse>,
    /// The user's names of receivers, by how they are typed: a country code with its plus or without is the same.
    receiver_labels: BTreeMap<UntrustedText, ReceiverLabel>,
    /// Every deposit address of the account that was ever read.
    own: Vec<DepositAddress>,
    /// Where entries, then own addresses, are found by how their addresses begin and end.
    ends: Ends,
    /// Where they are found by the account that the address names.
    accounts: Index,
    /// True when older payments may be missing.
    is_partial: bool,
}

/// An empty memo is none.
fn memo(of: Option<&UntrustedText>) -> Option<&UntrustedText> {
    of.filter(|memo| !memo.is_empty())
}

impl Entry {
    /// Whether an entry of one account is that of this coin, network and memo.
    fn is(&self, coin: &UntrustedText, network: &UntrustedText, with: Option<&UntrustedText>) -> bool {
        self.coin == *coin
            && self.network == *network
            && is_same_memo(network.raw(), self.memo.as_ref().map(UntrustedText::raw), with.map(UntrustedText::raw))
    }

    /// True when a payment to it has succeeded.
    pub const fn is_proved(&self) -> bool {
        self.count > self.open
    }
}

/// Places of addresses by the account that they name.
type Index = HashMap<Canonical, Vec<usize>>;

impl AddressBook {
    /// The book of the user's labels alone.
    pub fn of_labels(labels: &[Label]) -> Self {
        Draft::of_labels(labels).done()
    }

    /// The book of an account's records (any order) and the user's labels.
    pub fn build(records: &[Record], labels: &[Label]) -> Self {
        let mut draft = Draft::of_labels(labels);
        for record in records {
            draft.add(record);
        }
        draft.done()
    }

    /// The same with these labels and no others; what was only labelled, and is no more, goes.
    #[must_use]
    pub fn with_labels(&self, labels: &[Label]) -> Self {
        let book = Self { entries: Vec::new(), receiver_labels: BTreeMap::new(), ..self.clone() };
        let mut draft = Draft::of(book);
        for entry in self.entries.iter().filter(|entry| entry.count > 0) {
            let same = draft.entry(&entry.coin, &entry.network, &entry.address, entry.memo.as_ref());
            *same = Entry { label: None, ..entry.clone() };
        }
        for label in labels {
            draft.name(label);
        }
        draft.done()
    }

    /// The same with these deposit addresses of the account itself besides.
    #[must_use]
    pub fn with_own(mut self, own: &[DepositAddress]) -> Self {
        let new: Vec<DepositAddress> = own.iter().filter(|own| !self.own.contains(own)).cloned().collect();
        if new.is_empty() {
            return self;
        }
        let entries = std::mem::take(&mut self.entries);
        let mut draft = Draft::of(self).with_own(&new);
        draft.book.entries = entries;
        draft.done()
    }

    /// Every entry, last used first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of exactly this coin, network, address and memo.
    pub fn find(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
        address: &UntrustedText,
        memo: Option<&UntrustedText>,
    ) -> Option<&Entry> {
        self.of_address(address).find(|e| e.is(coin, network, memo))
    }

    /// The label of the address, or of the other user, that a record went to.
    pub fn label_of<T: Wording>(&self, record: &Record<T>) -> Option<&UntrustedText> {
        if let Some(to) = &record.receiver {
            return self.receiver_label(to);
        }
        let (network, address) = (record.network.as_ref()?.to_text(), record.address.as_ref()?.to_text());
        let (coin, memo) = (record.coin.to_text(), record.memo.as_ref().map(T::to_text));
        let mut labelled = self.of_address(&address).filter(|entry| entry.label.is_some());
        labelled.find(|e| e.is(&coin, &network, memo.as_ref()))?.label.as_ref()
    }

    /// True when exactly this coin, network, address and memo was paid with success or has a label.
    pub fn is_known(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
        address: &UntrustedText,
        memo: Option<&UntrustedText>,
    ) -> bool {
        self.find(coin, network, address, memo).is_some_and(|entry| entry.is_proved() || entry.label.is_some())
    }

    /// True when exactly this coin, network, address and memo was paid with success before; neither a label nor what is under
    /// way is proof of a place.
    pub fn was_paid(&self, w: &WithdrawRequest) -> bool {
        self.find(&w.coin, &w.network, &w.address, w.memo.as_ref()).is_some_and(Entry::is_proved)
    }

    /// The networks on which an address is known although it is not on this one, each once; none for an address that is known
    /// here, or nowhere.
    pub fn only_elsewhere<'a>(&'a self, network: &UntrustedText, address: &UntrustedText) -> Vec<&'a UntrustedText> {
        let mut networks = Vec::new();
        for entry in self.of_address(address) {
            if entry.network == *network {
                return Vec::new();
            }
            if !networks.contains(&&entry.network) {
                networks.push(&entry.network);
            }
        }
        networks
    }

    /// The greatest payment of each coin that went to an address, whatever the network and memo.
    pub fn greatest_to<'a>(&'a self, address: &UntrustedText) -> Vec<(&'a UntrustedText, Amount)> {
        let mut greatest: Vec<(&'a UntrustedText, Amount)> = Vec::new();
        for (coin, amount) in self.of_address(address).filter_map(|entry| Some((&entry.coin, entry.greatest?))) {
            match greatest.iter_mut().find(|(known, _)| *known == coin) {
                Some((_, most)) => *most = (*most).max(amount),
                None => greatest.push((coin, amount)),
            }
        }
        greatest
    }

    /// True when this user of the exchange was paid with success before, named in the same way.
    pub fn is_known_receiver(&self, receiver: &Receiver) -> bool {
        self.receivers.get(receiver).is_some_and(|known| known.count > known.open)
    }

    /// How often another user of the exchange was paid, named in the same way; `None` for never.
    pub fn receiver(&self, receiver: &Receiver) -> Option<&ReceiverUse> {
        self.receivers.get(receiver)
    }

    /// Users of the exchange who were paid with success, last paid first, then those who only have a name. Each stands there
    /// once, however their country code is written.
    pub fn receivers(&self) -> Vec<&Receiver> {
        let paid = self.receivers.iter().filter(|(_, known)| known.count > known.open);
        let mut paid: Vec<_> = paid.map(|(to, known)| (known.last_used, to.as_typed(), to)).collect();
        // The map has no order of its own.
        paid.sort_by(|(one, a, _), (other, b, _)| other.cmp(one).then_with(|| a.cmp(b)));
        let named = self.receiver_labels.iter().map(|(typed, label)| (None, typed.clone(), &label.to));
        let mut seen = HashSet::new();
        paid.into_iter().chain(named).filter(|(_, typed, _)| seen.insert(typed.clone())).map(|(.., to)| to).collect()
    }

    /// The user's name of another user of the exchange.
    pub fn receiver_label(&self, to: &Receiver) -> Option<&UntrustedText> {
        self.receiver_labels.get(&to.as_typed()).map(|label| &label.label)
    }

    /// The telephone number that was paid with success, its country code as the exchange writes it: with or without a plus. Of
    /// both, the one that is asked for, else the one paid last.
    pub fn paid_number(&self, country_code: &UntrustedText, number: &UntrustedText) -> Option<&Receiver> {
        let bare = |code: &UntrustedText| code.raw().strip_prefix('+').unwrap_or(code.raw()).to_owned();
        let is_same = |to: &Receiver| {
            matches!(to, Receiver::Phone { country_code: code, number: paid }
                if paid == number && bare(code) == bare(country_code))
        };
        let paid = self.receivers.iter().filter(|(to, known)| known.count > known.open && is_same(to));
        let is_asked = |to: &Receiver| matches!(to, Receiver::Phone { country_code: code, .. } if code == country_code);
        paid.max_by_key(|(to, known)| (is_asked(to), known.last_used)).map(|(to, _)| to)
    }

    /// The account's own deposit address that this is, on whatever network: what is sent there comes back, less the fee.
    pub fn own(&self, address: &UntrustedText) -> Option<&DepositAddress> {
        self.at(address).find_map(|at| self.own.get(at.checked_sub(self.entries.len())?))
    }

    /// True when the account's own deposit address of a coin over a network was read once.
    pub fn is_own_read(&self, coin: &UntrustedText, network: &UntrustedText) -> bool {
        self.own.iter().any(|own| own.coin == *coin && own.network == *network)
    }

    /// Entries of a coin and network whose label, address or memo holds the text, in any case, as far as they have a label or
    /// were paid with success. Empty text: all of them.
    pub fn search(&self, coin: &UntrustedText, network: &UntrustedText, text: &str) -> Vec<&Entry> {
        let text = text.trim().to_lowercase();
        let holds = |field: Option<&UntrustedText>| field.is_some_and(|f| f.raw().to_lowercase().contains(&text));
        let fits = |e: &&Entry| {
            (e.is_proved() || e.label.is_some())
                && e.coin == *coin
                && e.network == *network
                && (holds(e.label.as_ref()) || holds(Some(&e.address)) || holds(e.memo.as_ref()))
        };
        self.entries.iter().filter(fits).collect()
    }

    /// Known addresses (of any coin and network, the account's own among them) that `address` could be taken for. None for one
    /// that is known itself.
    pub fn look_alikes(&self, family: Option<Family>, address: &UntrustedText) -> Vec<LookAlike> {
        if self.at(address).next().is_some() {
            return Vec::new();
        }
        let mut found: Vec<LookAlike> = Vec::new();
        for at in self.ends.near(family, address.raw()) {
            let (known, label, is_own) = match (self.entries.get(at), self.own.get(at.wrapping_sub(self.entries.len())))
            {
                (Some(entry), _) => (&entry.address, entry.label.as_ref(), false),
                (None, Some(own)) => (&own.address, None, true),
                (None, None) => continue,
            };
            match found.iter_mut().find(|alike| alike.known == *known) {
                // Of several entries of one address the one with a name says most.
                Some(alike) => {
                    alike.is_own |= is_own;
                    alike.label = alike.label.take().or_else(|| label.cloned());
                }
                None => found.extend(LookAlike::of(family, address, known, label, is_own)),
            }
        }
        found
    }

    /// The known address, or the known user, that the sender of an incoming record looks like but is not.
    pub fn sender_alike<T: Wording>(&self, record: &Record<T>, family: Option<Family>) -> Option<LookAlike> {
        let from = record.from_address.as_ref().filter(|_| !record.key.kind.is_outgoing())?.to_text();
        if record.key.kind.is_transfer() {
            let known = self.receivers.keys().filter_map(|known| match known {
                Receiver::Uid(uid) => Some(uid),
                Receiver::Phone { .. } | Receiver::Email(_) => None,
            });
            return alike::number_alike(&from, known);
        }
        self.look_alikes(family, &from).into_iter().next()
    }

    /// Entries of an address, whatever coin, network and memo.
    fn of_address<'a>(&'a self, address: &UntrustedText) -> impl Iterator<Item = &'a Entry> {
        self.at(address).filter_map(|at| self.entries.get(at))
    }

    /// The places of an address among entries, then own addresses.
    fn at<'a>(&'a self, address: &UntrustedText) -> impl Iterator<Item = usize> + use<'a> {
        let found = (!self.accounts.is_empty()).then(|| self.accounts.get(&canonical(address.raw()))).flatten();
        found.into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests;
