//! Many records in little room: each lies as a few dozen bytes and is read where it lies, so that a history of any length is
//! searched without being unfolded. Only what is shown becomes a [`Record`].

mod packed;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::query::contains;
use super::record::Wording;
use super::{Record, RecordKey, Text};

pub use packed::Head;
use packed::{Reader, is_digit, put_key, write};

/// A record where it lies.
pub type View<'a> = Record<Piece<'a>>;

/// No more texts than this are held once for all; others lie with their record.
const MOST_SHARED: usize = 4_096;
/// Bytes of replaced records that are not worth a tidying.
const LITTLE: usize = 1 << 20;

/// Records in the order in which they came.
#[derive(Clone, Default)]
pub struct Records {
    bytes: Vec<u8>,
    /// Where each begins.
    starts: Vec<usize>,
    /// Bytes of records that were replaced.
    waste: usize,
    shared: Shared,
}

/// Texts that many records share, such as coins and networks, each with its number.
#[derive(Clone, Default)]
struct Shared {
    texts: Vec<Text>,
    numbers: HashMap<Text, usize>,
}

impl Shared {
    /// The number of a text; `None` when there are too many already.
    fn number(&mut self, text: &Text) -> Option<usize> {
        if let Some(number) = self.numbers.get(text) {
            return Some(*number);
        }
        if self.texts.len() >= MOST_SHARED {
            return None;
        }
        self.numbers.insert(text.clone(), self.texts.len());
        self.texts.push(text.clone());
        Some(self.texts.len() - 1)
    }
}

impl Records {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.starts.len()
    }

    /// True when there are none.
    pub const fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The record at a place.
    pub fn get(&self, at: usize) -> Option<Record> {
        self.view(at).map(|view| view.to_record())
    }

    /// The record at a place, where it lies.
    pub fn view(&self, at: usize) -> Option<View<'_>> {
        Some(self.reader(at)?.view())
    }

    /// The kind and the id of the record at a place.
    pub fn key(&self, at: usize) -> Option<RecordKey<Piece<'_>>> {
        Some(self.reader(at)?.key())
    }

    /// The texts that many of them share.
    pub fn shared(&self) -> &[Text] {
        &self.shared.texts
    }

    /// All of them, where they lie.
    pub fn views(&self) -> impl DoubleEndedIterator<Item = View<'_>> + ExactSizeIterator {
        self.starts.iter().map(|start| self.reader_from(*start).view())
    }

    /// What each of them begins with.
    pub fn heads(&self) -> impl Iterator<Item = Head> + '_ {
        self.starts.iter().map(|start| {
            let mut reader = self.reader_from(*start);
            let kind = reader.key().kind;
            reader.begin(kind).head
        })
    }

    /// Where each of these records stands, as far as they are here.
    pub fn places<'k>(&self, keys: impl IntoIterator<Item = &'k RecordKey>) -> HashMap<&'k RecordKey, usize> {
        let mut wanted: HashMap<Vec<u8>, &RecordKey> = HashMap::new();
        for key in keys {
            let mut packed = Vec::new();
            // A key lies in the same bytes wherever it is.
            put_key(&mut packed, key);
            wanted.insert(packed, key);
        }
        if wanted.is_empty() {
            return HashMap::new();
        }
        let places = self.starts.iter().enumerate().filter_map(|(at, start)| {
            let mut reader = self.reader_from(*start);
            let from = reader.rest;
            reader.key();
            wanted.get(&from[..from.len() - reader.rest.len()]).map(|key| (*key, at))
        });
        places.collect()
    }

    /// Adds a record behind the others.
    pub fn push(&mut self, record: &Record) {
        self.starts.push(self.bytes.len());
        write(&mut self.bytes, &mut self.shared, record);
    }

    /// Puts another record in a place.
    pub fn replace(&mut self, at: usize, record: &Record) {
        let Some(mut reader) = self.reader(at) else { return };
        let length = reader.rest.len();
        reader.view();
        self.waste += length - reader.rest.len();
        self.starts[at] = self.bytes.len();
        write(&mut self.bytes, &mut self.shared, record);
        if self.waste > LITTLE && self.waste > self.bytes.len() / 2 {
            *self = self.views().map(|view| view.to_record()).collect();
        }
    }

    fn reader(&self, at: usize) -> Option<Reader<'_>> {
        self.starts.get(at).map(|start| self.reader_from(*start))
    }

    fn reader_from(&self, start: usize) -> Reader<'_> {
        Reader { rest: &self.bytes[start..], shared: &self.shared.texts }
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut all = Self::default();
        for record in records {
            all.push(&record);
        }
        all.bytes.shrink_to_fit();
        all.starts.shrink_to_fit();
        all
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.views().zip(other.views()).all(|(a, b)| a.to_record() == b.to_record())
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.views().map(|view| view.to_record())).finish()
    }
}

/// A text where it lies.
#[derive(Clone, Copy)]
pub enum Piece<'a> {
    /// One that many records share, with its number among [`Records::shared`].
    Shared(usize, &'a Text),
    /// Letter for letter.
    Plain(&'a str),
    /// Digits of the base 16 in small letters, two in a byte; ids and transactions are such.
    Digits {
        /// True where `0x` stands before them.
        is_marked: bool,
        /// How many digits.
        count: usize,
        /// The digits, the first in the high half; of an odd count the last half is empty.
        packed: &'a [u8],
    },
}

impl Wording for Piece<'_> {
    fn raw(&self) -> Cow<'_, str> {
        match self {
            Self::Shared(_, text) => Cow::Borrowed(text.raw()),
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Digits { is_marked, count, packed } => {
                let mut text = String::with_capacity(count + 2);
                if *is_marked {
                    text.push_str("0x");
                }
                for byte in *packed {
                    for half in [byte >> 4, byte & 15] {
                        text.push(char::from_digit(half.into(), 16).unwrap_or('?'));
                    }
                }
                text.truncate(if *is_marked { count + 2 } else { *count });
                Cow::Owned(text)
            }
        }
    }

    fn to_text(&self) -> Text {
        match self {
            Self::Shared(_, text) => (*text).clone(),
            other => Text::from(other.raw().as_ref()),
        }
    }

    fn holds(&self, word: &str) -> bool {
        match self {
            // Most words hold a letter that no digits hold, and need no unfolding.
            Self::Digits { .. } if !word.bytes().all(|b| is_digit(b) || b == b'x') => false,
            other => contains(&other.raw(), word),
        }
    }
}

impl PartialEq for Piece<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Piece<'_> {}

impl Hash for Piece<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw().hash(state);
    }
}

impl Ord for Piece<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Digits are ordered as their letters are, and the empty half of a last byte comes first.
            (
                Self::Digits { is_marked: a_marked, count: a_count, packed: a },
                Self::Digits { is_marked: b_marked, count: b_count, packed: b },
            ) if a_marked == b_marked => a.cmp(b).then(a_count.cmp(b_count)),
            _ => self.raw().cmp(&other.raw()),
        }
    }
}

impl PartialOrd for Piece<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_text(), f)
    }
}

#[cfg(test)]
mod tests;
