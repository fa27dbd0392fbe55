//! A list of which some rows could not be read: one bad row is one bad row. It is named and left out; what stands beside it
//! is used, and whatever is made of the list counts as incomplete.

use super::{Cause, Millis, UntrustedText};

/// A row, or a part of one, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where in the answer, for instance `data[3].amount`.
    pub path: UntrustedText,
    /// What was wrong there.
    pub detail: UntrustedText,
    /// What the row is about, where that can be read: a record's id, a coin, a coin and its network, a pair.
    pub name: Option<UntrustedText>,
    /// When a record was created, where that can be read.
    pub time: Option<Millis>,
}

impl LeftOut {
    /// The row as a problem of the whole answer.
    pub fn cause(&self) -> Cause {
        Cause::Unreadable { path: self.path.clone(), detail: self.detail.clone() }
    }
}

/// What could be read of a list, and what could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial<T> {
    /// What could be read.
    pub found: T,
    /// What was left out, in the order of the answer.
    pub left_out: Vec<LeftOut>,
}

impl<T> Partial<T> {
    /// The list, where nothing was left out.
    ///
    /// # Errors
    /// The first row that could not be read.
    pub fn whole(self) -> Result<T, Cause> {
        match self.left_out.first() {
            Some(first) => Err(first.cause()),
            None => Ok(self.found),
        }
    }

    /// What was found, where nothing that was left out matters.
    ///
    /// # Errors
    /// The first row that could not be read and does.
    pub fn unless(self, matters: impl Fn(&LeftOut) -> bool) -> Result<T, Cause> {
        match self.left_out.iter().find(|row| matters(row)) {
            Some(row) => Err(row.cause()),
            None => Ok(self.found),
        }
    }

    /// The same with another form of what was found.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Partial<U> {
        Partial { found: form(self.found), left_out: self.left_out }
    }
}

impl<T> Partial<Vec<T>> {
    /// The list, unless none of its rows could be read: then the answer as a whole was not understood.
    ///
    /// # Errors
    /// The first row that could not be read.
    pub fn some(self) -> Result<Self, Cause> {
        match self.left_out.first() {
            Some(first) if self.found.is_empty() => Err(first.cause()),
            _ => Ok(self),
        }
    }
}

/// What is missing of the history although it was read; what was not read yet is another thing. Incoming first, then outgoing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Missing {
    /// Seconds that hold more records than the exchange can be made to list.
    pub crowded: [Vec<Millis>; 2],
    /// Rows that could not be read.
    pub unread: [Vec<LeftOut>; 2],
}

impl Missing {
    /// True when nothing is missing of incoming (0) or outgoing (1) records.
    pub fn is_nothing(&self, way: usize) -> bool {
        let is_empty = |found: Option<bool>| found.unwrap_or(true);
        is_empty(self.crowded.get(way).map(Vec::is_empty)) && is_empty(self.unread.get(way).map(Vec::is_empty))
    }

    /// True when nothing is missing at all.
    pub fn is_none(&self) -> bool {
        self.is_nothing(0) && self.is_nothing(1)
    }
}
