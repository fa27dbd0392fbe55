//! Many records in little room: each lies as a few dozen bytes and is read where it lies, so that a history of any length is
//! searched without being unfolded. Only what is shown becomes a [`Record`].

mod packed;
mod room;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::record::Wording;
use super::text::contains;
use super::{Record, RecordKey, UntrustedText};

pub use packed::RecordHead;
use packed::{Reader, is_digit, put_key, write};
use room::{Room, Window};

/// A record where it lies.
pub type RecordRef<'a> = Record<PackedText<'a>>;

/// No more texts than this are held once for all; others lie with their record.
const MOST_SHARED: usize = 4_096;
/// Bytes of replaced records that are not worth a tidying.
const LITTLE: usize = 1 << 20;
/// Bytes that most records need no more than.
const USUAL: usize = 256;

/// Records in the order in which they came. With a file their bytes lie there; in memory is where each begins, what many
/// share, and a window.
#[derive(Default)]
pub struct Records {
    room: Room,
    /// Where each begins.
    starts: Vec<usize>,
    /// Bytes of records that were replaced.
    waste: usize,
    shared: Shared,
    /// What was looked at last, which is on the screen.
    window: Mutex<Window>,
}

/// Texts that many records share, such as coins and networks, each with its number.
#[derive(Clone, Default)]
struct Shared {
    texts: Vec<UntrustedText>,
    numbers: HashMap<UntrustedText, usize>,
}

impl Shared {
    /// The number of a text; `None` when there are too many already.
    fn number(&mut self, text: &UntrustedText) -> Option<usize> {
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
    /// No records yet, and a file for their bytes that nobody else writes to. What does not fit there stays in memory.
    ///
    /// A file that cannot be read any more ends the program: what it shows would be invented.
    pub fn in_file(file: File, folder: PathBuf) -> Self {
        Self { room: Room::of(file, folder), ..Self::default() }
    }

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
        self.look(at, |reader| reader.view().to_record())
    }

    /// The kind and the id of the record at a place.
    pub fn key(&self, at: usize) -> Option<RecordKey> {
        self.look(at, |reader| {
            let RecordKey { kind, id } = reader.key();
            RecordKey { kind, id: id.to_text() }
        })
    }

    fn look<T>(&self, at: usize, read: impl FnOnce(&mut Reader<'_>) -> T) -> Option<T> {
        let start = *self.starts.get(at)?;
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        Some(read(&mut self.reader(self.room.look(&mut window, start))))
    }

    /// The texts that many of them share.
    pub fn shared(&self) -> &[UntrustedText] {
        &self.shared.texts
    }

    /// Looks at all of them, where they lie.
    pub fn each(&self, mut take: impl FnMut(&RecordRef<'_>)) {
        self.each_of(0..self.len(), |_, view| take(view));
    }

    /// Looks at those at these places, where they lie; best in the order of the places.
    pub fn each_of(&self, places: impl IntoIterator<Item = usize>, mut take: impl FnMut(usize, &RecordRef<'_>)) {
        let mut window = Window::default();
        for at in places {
            if let Some(start) = self.starts.get(at) {
                take(at, &self.reader(self.room.scan(&mut window, *start)).view());
            }
        }
    }

    /// What each of them begins with.
    pub fn heads(&self) -> impl Iterator<Item = RecordHead> + '_ {
        let mut window = Window::default();
        self.starts.iter().map(move |start| {
            let mut reader = self.reader(self.room.scan(&mut window, *start));
            let kind = reader.key().kind;
            reader.begin(kind).head
        })
    }

    /// Where each of these records stands, as far as they are here; of several under one key the first.
    pub fn places<'k>(&self, keys: impl IntoIterator<Item = &'k RecordKey>) -> HashMap<&'k RecordKey, usize> {
        let all = self.all_places(keys).into_iter();
        all.filter_map(|(key, places)| Some((key, *places.first()?))).collect()
    }

    /// Where the records under each of these keys stand: the exchange may give one id to two.
    pub fn all_places<'k>(&self, keys: impl IntoIterator<Item = &'k RecordKey>) -> HashMap<&'k RecordKey, Vec<usize>> {
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
        let mut window = Window::default();
        let mut places: HashMap<&RecordKey, Vec<usize>> = HashMap::new();
        for (at, start) in self.starts.iter().enumerate() {
            let record = self.room.scan(&mut window, *start);
            let mut reader = self.reader(record);
            reader.key();
            if let Some(key) = wanted.get(&record[..record.len() - reader.rest.len()]) {
                places.entry(*key).or_default().push(at);
            }
        }
        places
    }

    /// Adds a record behind the others.
    pub fn push(&mut self, record: &Record) {
        let start = self.write(record);
        self.starts.push(start);
    }

    /// Puts another record in a place.
    pub fn replace(&mut self, at: usize, record: &Record) {
        let Some(start) = self.starts.get(at).copied() else { return };
        self.waste += self.room.taken(&mut Window::default(), start);
        self.starts[at] = self.write(record);
        if self.waste > LITTLE && self.waste > self.room.len() / 2 {
            let mut all = Self::default();
            self.each(|view| all.push(&view.to_record()));
            all.room.move_to(&mut self.room);
            *self = all;
        }
    }

    fn write(&mut self, record: &Record) -> usize {
        let mut bytes = Vec::with_capacity(USUAL);
        write(&mut bytes, &mut self.shared, record);
        self.room.add(&bytes)
    }

    fn reader<'a>(&'a self, record: &'a [u8]) -> Reader<'a> {
        Reader { rest: record, shared: &self.shared.texts }
    }
}

impl Extend<Record> for Records {
    fn extend<I: IntoIterator<Item = Record>>(&mut self, records: I) {
        for record in records {
            self.push(&record);
        }
        self.room.shrink();
        self.starts.shrink_to_fit();
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut all = Self::default();
        all.extend(records);
        all
    }
}

impl Clone for Records {
    /// In memory: a file belongs to one alone.
    fn clone(&self) -> Self {
        let mut all = Self::default();
        self.each(|view| all.push(&view.to_record()));
        all
    }
}

impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (0..self.len()).all(|at| self.get(at) == other.get(at))
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).filter_map(|at| self.get(at))).finish()
    }
}

/// A text where it lies.
#[derive(Clone, Copy)]
pub enum PackedText<'a> {
    /// One that many records share, with its number among [`Records::shared`].
    Shared(usize, &'a UntrustedText),
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

impl Wording for PackedText<'_> {
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

    fn to_text(&self) -> UntrustedText {
        match self {
            Self::Shared(_, text) => (*text).clone(),
            other => UntrustedText::from(other.raw().as_ref()),
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

impl PartialEq for PackedText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PackedText<'_> {}

impl Hash for PackedText<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw().hash(state);
    }
}

impl Ord for PackedText<'_> {
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

impl PartialOrd for PackedText<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for PackedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_text(), f)
    }
}

#[cfg(test)]
mod tests;
