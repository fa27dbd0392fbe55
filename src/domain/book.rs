//! The address book: addresses that the account has paid or the user has labelled, and what looks like them but is not.
//!
//! A book of history is a trap where anybody can write into the history; so only the account's own successful
//! withdrawals and the user's own labels come in, never what others sent.

use std::collections::{HashMap, HashSet};

use super::address::{Family, is_same};
use super::{Kind, Millis, Receiver, Record, Status, Text, WithdrawRequest, Wording};
use sha2::{Digest as _, Sha256};

/// So many characters at an end make two addresses look alike.
const ALIKE: usize = 4;

/// A name that the user gave to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The name.
    pub label: Text,
    /// The coin.
    pub coin: Text,
    /// The network.
    pub network: Text,
    /// The address.
    pub address: Text,
    /// The memo that belongs to it.
    pub memo: Option<Text>,
}

/// A known address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name that the user gave to it.
    pub label: Option<Text>,
    /// The coin.
    pub coin: Text,
    /// The network.
    pub network: Text,
    /// The address.
    pub address: Text,
    /// The memo that belongs to it.
    pub memo: Option<Text>,
    /// The first successful withdrawal to it.
    pub first_used: Option<Millis>,
    /// The last one.
    pub last_used: Option<Millis>,
    /// How many there were.
    pub count: u32,
}

/// A known address that another one resembles. Positions count characters from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    /// The known address.
    pub known: Text,
    /// Its label.
    pub label: Option<Text>,
    /// Where the checked address differs from it.
    pub differs: Vec<usize>,
    /// Where the known address differs from the checked one.
    pub known_differs: Vec<usize>,
}

/// The address book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    entries: Vec<Entry>,
    receivers: HashSet<Receiver>,
}

/// An empty memo is none.
fn memo(of: Option<&Text>) -> Option<&Text> {
    of.filter(|memo| !memo.is_empty())
}

impl Entry {
    fn is(&self, coin: &Text, network: &Text, address: &Text, with: Option<&Text>) -> bool {
        self.coin == *coin
            && self.network == *network
            && is_same(self.address.raw(), address.raw())
            && memo(self.memo.as_ref()) == memo(with)
    }
}

/// Places of entries by their address in small letters.
type Index = HashMap<String, Vec<usize>>;

/// A book that is being written.
#[derive(Default)]
pub struct Draft {
    book: Book,
    /// The history may be long and the book with it: an entry is found by its address.
    index: Index,
}

impl Draft {
    /// A book with the user's labels.
    pub fn of_labels(labels: &[Label]) -> Self {
        let mut draft = Self::default();
        for l in labels {
            draft.entry(&l.coin, &l.network, &l.address, l.memo.as_ref()).label = Some(l.label.clone());
        }
        draft
    }

    /// Enters where the money of a record went; the account's own records, in any order.
    pub fn add<T: Wording>(&mut self, record: &Record<T>) {
        if record.status != Status::Success {
            return;
        }
        match (&record.key.kind, &record.network, &record.address, &record.receiver) {
            (Kind::Withdrawal, Some(network), Some(address), _) if !address.raw().is_empty() => {
                let (coin, network, address) = (record.coin.to_text(), network.to_text(), address.to_text());
                let memo = record.memo.as_ref().map(T::to_text);
                let entry = self.entry(&coin, &network, &address, memo.as_ref());
                entry.count = entry.count.saturating_add(1);
                if let Some(time) = record.time {
                    entry.first_used = Some(entry.first_used.map_or(time, |first| first.min(time)));
                    entry.last_used = entry.last_used.max(Some(time));
                }
            }
            (Kind::TransferOut, _, _, Some(receiver)) => {
                self.book.receivers.insert(receiver.clone());
            }
            _ => {}
        }
    }

    /// The book: newest use first, then labels never used.
    pub fn done(mut self) -> Book {
        self.book.entries.sort_by(|a, b| b.last_used.cmp(&a.last_used).then_with(|| a.label.cmp(&b.label)));
        self.book
    }

    fn entry(&mut self, coin: &Text, network: &Text, address: &Text, with: Option<&Text>) -> &mut Entry {
        let entries = &mut self.book.entries;
        let alike = self.index.entry(address.raw().to_ascii_lowercase()).or_default();
        let known = alike.iter().copied().find(|at| entries[*at].is(coin, network, address, with));
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
            });
            entries.len() - 1
        });
        &mut entries[at]
    }
}

impl Book {
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

    /// Every entry, last used first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of exactly this coin, network, address and memo.
    pub fn find(&self, coin: &Text, network: &Text, address: &Text, memo: Option<&Text>) -> Option<&Entry> {
        self.entries.iter().find(|e| e.is(coin, network, address, memo))
    }

    /// The label of the address that a record went to.
    pub fn label_of<T: Wording>(&self, record: &Record<T>) -> Option<&Text> {
        let (network, address) = (record.network.as_ref()?.to_text(), record.address.as_ref()?.to_text());
        let (coin, memo) = (record.coin.to_text(), record.memo.as_ref().map(T::to_text));
        let mut labelled = self.entries.iter().filter(|entry| entry.label.is_some());
        labelled.find(|e| e.is(&coin, &network, &address, memo.as_ref()))?.label.as_ref()
    }

    /// True when the address is known on this network, with whatever memo.
    pub fn is_known_place(&self, coin: &Text, network: &Text, address: &Text) -> bool {
        self.entries.iter().any(|e| e.is(coin, network, address, e.memo.as_ref()))
    }

    /// True when exactly this coin, network, address and memo was paid before or has a label.
    pub fn is_known(&self, coin: &Text, network: &Text, address: &Text, memo: Option<&Text>) -> bool {
        self.find(coin, network, address, memo).is_some()
    }

    /// True when money went to exactly this coin, network, address and memo before; a label alone is no proof of a place.
    pub fn was_paid(&self, w: &WithdrawRequest) -> bool {
        self.find(&w.coin, &w.network, &w.address, w.memo.as_ref()).is_some_and(|entry| entry.count > 0)
    }

    /// True when this user of the exchange was paid before, named in the same way.
    pub fn is_known_receiver(&self, receiver: &Receiver) -> bool {
        self.receivers.contains(receiver)
    }

    /// Entries of a coin and network whose label, address or memo holds the text, in any case. Empty text: all of them.
    pub fn search(&self, coin: &Text, network: &Text, text: &str) -> Vec<&Entry> {
        let text = text.trim().to_lowercase();
        let holds = |field: Option<&Text>| field.is_some_and(|f| f.raw().to_lowercase().contains(&text));
        let fits = |e: &&Entry| {
            e.coin == *coin
                && e.network == *network
                && (holds(e.label.as_ref()) || holds(Some(&e.address)) || holds(e.memo.as_ref()))
        };
        self.entries.iter().filter(fits).collect()
    }

    /// Known addresses (of any coin and network) that `address` could be taken for. None for one that is known itself.
    pub fn look_alikes(&self, family: Option<Family>, address: &Text) -> Vec<LookAlike> {
        let known = self.entries.iter().map(|e| (&e.address, e.label.as_ref()));
        look_alikes(family, address, known)
    }
}

/// Known addresses with the same four characters at the start or at the end, in any case, and others elsewhere. What is
/// the same in all addresses of a family (`0x`, `bc1q`) is no start. Each address is named once.
pub fn look_alikes<'a>(
    family: Option<Family>,
    address: &Text,
    known: impl Iterator<Item = (&'a Text, Option<&'a Text>)>,
) -> Vec<LookAlike> {
    let mut found: Vec<LookAlike> = Vec::new();
    for (other, label) in known {
        if is_same(other.raw(), address.raw()) {
            return Vec::new();
        }
        if found.iter().all(|f| f.known != *other) && is_alike(family, address.raw(), other.raw()) {
            let (differs, known_differs) = differences(address.raw(), other.raw());
            found.push(LookAlike { known: other.clone(), label: label.cloned(), differs, known_differs });
        }
    }
    found
}

fn is_alike(family: Option<Family>, a: &str, b: &str) -> bool {
    let lower = |text: &str| text.chars().map(|c| c.to_ascii_lowercase()).collect::<Vec<_>>();
    let (a_chars, b_chars) = (lower(a), lower(b));
    if a_chars.len() < ALIKE || b_chars.len() < ALIKE {
        return false;
    }
    // Of a chain that is not known no more than `0x` is known to be common.
    let skip = |text: &str| family.unwrap_or(Family::Move).fixed_start(text);
    let start = |chars: &[char], text: &str| chars.get(skip(text)..skip(text) + ALIKE).map(<[char]>::to_vec);
    let same_start = match (start(&a_chars, a), start(&b_chars, b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    };
    same_start || a_chars.iter().rev().take(ALIKE).eq(b_chars.iter().rev().take(ALIKE))
}

/// Where two texts differ, in each of them. Of one length: character by character. Else: what lies between their common
/// start and their common end.
fn differences(a: &str, b: &str) -> (Vec<usize>, Vec<usize>) {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() == b.len() {
        let at: Vec<usize> = (0..a.len()).filter(|i| a.get(*i) != b.get(*i)).collect();
        return (at.clone(), at);
    }
    let most = a.len().min(b.len());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let end = a.iter().rev().zip(b.iter().rev()).take(most - start).take_while(|(x, y)| x == y).count();
    ((start..a.len() - end).collect(), (start..b.len() - end).collect())
}

/// A group of an address that the user is asked to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which one, from 0, among [`groups_of_four`].
    pub index: usize,
    /// What stands there.
    pub text: String,
}

impl Group {
    /// True when the user typed it, to the letter.
    pub fn is_typed(&self, typed: &str) -> bool {
        typed.trim_ascii() == self.text
    }
}

/// An address in groups of four characters, the last one as long as what is left.
pub fn groups_of_four(address: &str) -> Vec<String> {
    let chars: Vec<char> = address.chars().collect();
    chars.chunks(4).map(|group| group.iter().collect()).collect()
}

/// The group from the middle that must be typed: none of the first two and last two where the address is long enough.
/// The same for the same address and `chance`, and not to be foreseen without them. `None` for an empty address.
pub fn middle_group(address: &Text, chance: u64) -> Option<Group> {
    let groups = groups_of_four(address.raw());
    let edge = groups.len().saturating_sub(1).div_euclid(2).min(2);
    let candidates = groups.len().checked_sub(2 * edge).filter(|count| *count > 0)?;
    let hash = Sha256::new().chain_update(address.raw()).chain_update(chance.to_be_bytes()).finalize();
    let number = hash.iter().take(8).fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
    let step = usize::try_from(number % u64::try_from(candidates).ok()?).ok()?;
    let index = edge + step;
    Some(Group { index, text: groups.into_iter().nth(index)? })
}

#[cfg(test)]
mod tests;
