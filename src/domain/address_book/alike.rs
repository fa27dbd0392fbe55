//! What looks like a known address but is another: people compare the ends of an address, and so does who wants to be taken
//! for somebody else.

use std::collections::HashMap;

use strum::IntoEnumIterator as _;

use crate::domain::UntrustedText;
use crate::domain::address::Family;

/// So many characters at an end make two addresses look alike.
const ALIKE: usize = 4;

/// A known address that another one resembles. Positions count characters from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    /// The known address.
    pub known: UntrustedText,
    /// Its label.
    pub label: Option<UntrustedText>,
    /// True when it is a deposit address of the account itself.
    pub is_own: bool,
    /// Where the checked address differs from it.
    pub differs: Vec<usize>,
    /// Where the known address differs from the checked one.
    pub known_differs: Vec<usize>,
}

impl LookAlike {
    /// An address beside a known one, if it has the same four characters at the start or at the end, in any case, and others
    /// elsewhere. What is the same in all addresses of a family (`0x`, `bc1q`) is no start.
    pub(super) fn of(
        family: Option<Family>,
        address: &UntrustedText,
        known: &UntrustedText,
        label: Option<&UntrustedText>,
        is_own: bool,
    ) -> Option<Self> {
        let (a, b) = (address.raw(), known.raw());
        let is_start = start(a, skip(family, a)).is_some_and(|found| start(b, skip(family, b)) == Some(found));
        let is_end = end(a).is_some_and(|found| end(b) == Some(found));
        if !(is_start || is_end) {
            return None;
        }
        // Written in capitals, as codes to scan are, it differs in its letters and not in their case.
        let is_caseless = matches!(family, Some(Family::Bitcoin | Family::Litecoin | Family::Cosmos | Family::Cardano));
        let fold = |text: &str| {
            let is_capital = is_caseless && !text.bytes().any(|b| b.is_ascii_lowercase());
            if is_capital { text.to_ascii_lowercase() } else { text.to_owned() }
        };
        let (differs, known_differs) = differences(&fold(a), &fold(b));
        Some(Self { known: known.clone(), label: label.cloned(), is_own, differs, known_differs })
    }
}

/// Four characters in small letters.
type Part = [u8; ALIKE];

/// Where addresses are found by how they begin and how they end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ends {
    starts: HashMap<Part, Vec<usize>>,
    ends: HashMap<Part, Vec<usize>>,
}

impl Ends {
    /// Of these addresses, by their places.
    pub(super) fn of<'a>(addresses: impl Iterator<Item = &'a UntrustedText>) -> Self {
        let mut all = Self::default();
        for (at, address) in addresses.enumerate() {
            let address = address.raw();
            if let Some(end) = end(address) {
                all.ends.entry(end).or_default().push(at);
            }
            // Which family it will be looked up as is not known here: what any of them skips is one way in.
            let mut skips: Vec<usize> = Family::iter().map(|family| family.fixed_start(address)).collect();
            skips.sort_unstable();
            skips.dedup();
            for start in skips.into_iter().filter_map(|skip| start(address, skip)) {
                all.starts.entry(start).or_default().push(at);
            }
        }
        all
    }

    /// The places of what may look like an address, each once and in order; the address itself is among them.
    pub(super) fn near(&self, family: Option<Family>, address: &str) -> Vec<usize> {
        let found = |all: &HashMap<Part, Vec<usize>>, part: Option<Part>| {
            part.and_then(|part| all.get(&part)).cloned().unwrap_or_default()
        };
        let mut places = found(&self.starts, start(address, skip(family, address)));
        places.extend(found(&self.ends, end(address)));
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// How much of an address is no start. Of a chain that is not known no more than `0x` is known to be common.
fn skip(family: Option<Family>, address: &str) -> usize {
    family.unwrap_or(Family::Move).fixed_start(address)
}

fn start(address: &str, skip: usize) -> Option<Part> {
    part(*address.as_bytes().get(skip..)?.first_chunk()?)
}

fn end(address: &str) -> Option<Part> {
    part(*address.as_bytes().last_chunk()?)
}

/// Addresses are of ASCII; what is not is refused elsewhere and resembles nothing here.
fn part(mut bytes: Part) -> Option<Part> {
    bytes.make_ascii_lowercase();
    bytes.is_ascii().then_some(bytes)
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

/// Digits at either end by which users of the exchange are told apart.
const NUMBER_ENDS: usize = 3;

/// The known number of a user that another one looks like: as long, with the same digits at both ends, or with one digit that
/// is another. None for one that is known itself.
pub(super) fn number_alike<'a>(
    number: &UntrustedText,
    known: impl Iterator<Item = &'a UntrustedText>,
) -> Option<LookAlike> {
    let mut found: Option<LookAlike> = None;
    for known in known {
        if known == number {
            return None;
        }
        let (a, b) = (number.raw(), known.raw());
        if a.len() != b.len() || a.len() <= 2 * NUMBER_ENDS || !a.is_ascii() || !b.is_ascii() {
            continue;
        }
        let (differs, known_differs) = differences(a, b);
        let is_within = differs.iter().all(|at| (NUMBER_ENDS..a.len() - NUMBER_ENDS).contains(at));
        // Of several the same one each time.
        if (is_within || differs.len() == 1) && found.as_ref().is_none_or(|found| *known < found.known) {
            found = Some(LookAlike { known: known.clone(), label: None, is_own: false, differs, known_differs });
        }
    }
    found
}
