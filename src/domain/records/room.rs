//! Where the bytes of records lie: in memory, or in a file of which only a window is in memory.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::packed::{Reader, put_number};

/// So many bytes go to the file at once.
const PORTION: usize = 64 << 10;
/// The most bytes of a window that moves over the file, and the fewest.
const MOST: usize = 64 << 10;
const FEWEST: usize = 1 << 10;
/// So many bytes are left on the disk for what must not be lost.
const LEFT: u64 = 64 << 20;
/// Bytes around a record that is looked at alone: its neighbours on the screen are likely there.
const AROUND: usize = 8 << 10;

/// Bytes of records, one behind the other, each behind its length.
#[derive(Debug, Default)]
pub(super) struct Room {
    file: Option<Backing>,
    /// How many bytes lie in the file.
    filed: usize,
    /// What follows them.
    tail: Vec<u8>,
    /// True once the file took no more: what comes then stays in memory.
    is_full: bool,
}

/// The file that bytes lie in. Nobody else writes there, and nothing is ever written twice to a place.
#[derive(Debug)]
struct Backing {
    /// Has one place that it is read or written at: whoever sets it has the file until they are done.
    file: Mutex<File>,
    /// Where the file stands.
    folder: PathBuf,
}

impl Backing {
    fn write_at(&self, bytes: &[u8], at: usize) -> io::Result<()> {
        self.at(at)?.write_all(bytes)
    }

    fn read_at(&self, bytes: &mut [u8], at: usize) -> io::Result<()> {
        self.at(at)?.read_exact(bytes)
    }

    fn cut(&self, length: usize) -> io::Result<()> {
        self.at(0)?.set_len(length as u64)
    }

    fn at(&self, at: usize) -> io::Result<MutexGuard<'_, File>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at as u64))?;
        Ok(file)
    }

    /// Whether the disk has more room than others need: orders are written down on the same.
    fn has_room(&self) -> bool {
        fs4::available_space(&self.folder).is_ok_and(|bytes| bytes > LEFT)
    }
}

impl Room {
    /// In a file that stands in a folder.
    pub(super) fn of(file: File, folder: PathBuf) -> Self {
        Self { file: Some(Backing { file: Mutex::new(file), folder }), ..Self::default() }
    }

    /// How many bytes lie here.
    pub(super) const fn len(&self) -> usize {
        self.filed + self.tail.len()
    }

    /// Adds the bytes of a record; answers where it begins.
    pub(super) fn add(&mut self, record: &[u8]) -> usize {
        let start = self.len();
        put_number(&mut self.tail, record.len());
        self.tail.extend_from_slice(record);
        if self.tail.len() >= PORTION {
            self.file();
        }
        start
    }

    /// Moves what follows the file into it. What does not fit there stays.
    fn file(&mut self) {
        let Some(file) = self.file.as_ref().filter(|_| !self.is_full) else { return };
        if file.has_room() && file.write_at(&self.tail, self.filed).is_ok() {
            self.filed += self.tail.len();
            self.tail.clear();
        } else {
            self.is_full = true;
            // What was half written is given back.
            let _ = file.cut(self.filed);
        }
    }

    /// Moves everything into the file of another, whose bytes nobody needs any more.
    pub(super) fn move_to(&mut self, other: &mut Self) {
        self.file = other.file.take().filter(|file| file.cut(0).is_ok());
        self.shrink();
    }

    /// Gives back room that was taken in advance.
    pub(super) fn shrink(&mut self) {
        self.file();
        self.tail.shrink_to_fit();
    }

    /// How many bytes lie in memory.
    #[cfg(test)]
    pub(super) const fn in_memory(&self) -> usize {
        self.tail.capacity()
    }

    /// How many bytes the record that begins here takes up with its length.
    pub(super) fn taken(&self, window: &mut Window, start: usize) -> usize {
        let record = self.look(window, start).len();
        let mut length = Vec::new();
        put_number(&mut length, record);
        length.len() + record
    }

    /// The bytes of the record that begins here, for one who looks at few of them.
    pub(super) fn look<'a>(&'a self, window: &'a mut Window, start: usize) -> &'a [u8] {
        if start >= self.filed {
            return at(&self.tail, start - self.filed);
        }
        if window.range(start).is_none() {
            window.load(self, start, start.saturating_sub(AROUND / 2), AROUND);
        }
        window.record(start)
    }

    /// The bytes of the record that begins here, for one who looks at many, one behind the other: the window grows.
    pub(super) fn scan<'a>(&'a self, window: &'a mut Window, start: usize) -> &'a [u8] {
        if start >= self.filed {
            return at(&self.tail, start - self.filed);
        }
        if window.range(start).is_none() {
            let (size, end) = (window.bytes.len(), window.from + window.bytes.len());
            let goes_on = size > 0 && start >= window.from && start <= end.saturating_add(size);
            window.load(self, start, start, if goes_on { (2 * size).min(MOST) } else { FEWEST });
        }
        window.record(start)
    }
}

/// A part of the file in memory.
#[derive(Debug, Default)]
pub(super) struct Window {
    from: usize,
    bytes: Vec<u8>,
}

impl Window {
    /// How many bytes it holds.
    #[cfg(test)]
    pub(super) const fn in_memory(&self) -> usize {
        self.bytes.capacity()
    }

    /// Where in the window the record is that begins here, if all of it is.
    fn range(&self, start: usize) -> Option<Range<usize>> {
        let at = start.checked_sub(self.from)?;
        let range = range(self.bytes.get(at..)?)?;
        Some(at + range.start..at + range.end)
    }

    fn record(&self, start: usize) -> &[u8] {
        self.range(start).and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }

    /// Reads `size` bytes from a place, or as many more as the record that begins at `start` needs.
    #[expect(
        clippy::expect_used,
        reason = "what was shown cannot be read again: an end is better than an invented value"
    )]
    fn load(&mut self, room: &Room, start: usize, from: usize, mut size: usize) {
        let file = room.file.as_ref().expect("records that were filed have a file");
        loop {
            let end = from.saturating_add(size).min(room.filed);
            self.from = from;
            self.bytes.resize(end - from, 0);
            file.read_at(&mut self.bytes, from).expect("the file with the records on the screen is readable");
            if self.range(start).is_some() || end == room.filed {
                return;
            }
            size *= 2;
        }
    }
}

/// Where the first record of these bytes is, behind its length, if all of it is here.
fn range(bytes: &[u8]) -> Option<Range<usize>> {
    // A length takes up no more than ten bytes; it may be cut.
    if !bytes.iter().take(10).any(|byte| *byte < 0x80) {
        return None;
    }
    let mut reader = Reader { rest: bytes, shared: &[] };
    let length = reader.number();
    let begin = bytes.len() - reader.rest.len();
    (length <= reader.rest.len()).then_some(begin..begin + length)
}

fn at(bytes: &[u8], start: usize) -> &[u8] {
    let bytes = &bytes[start..];
    range(bytes).map(|range| &bytes[range]).unwrap_or_default()
}
