//! Data that the exchange owns: its last value, when that was true, and how the asking goes.

use crate::domain::{Millis, Problem};

/// One asking. A reply to an older one is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(pub u64);

/// The last known value with its age, and the state of the present asking.
#[derive(Debug, Clone, PartialEq)]
pub struct Remote<T> {
    value: Option<T>,
    /// When the value was true.
    at: Option<Millis>,
    problem: Option<Problem>,
    /// When the last asking ended, well or not.
    ended: Option<Millis>,
    failures: u32,
    newest: Generation,
    under_way: bool,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self {
            value: None,
            at: None,
            problem: None,
            ended: None,
            failures: 0,
            newest: Generation::default(),
            under_way: false,
        }
    }
}

impl<T> Remote<T> {
    /// Starts an asking; replies to earlier ones are stale from now on.
    pub fn begin(&mut self) -> Generation {
        self.newest.0 += 1;
        self.under_way = true;
        self.newest
    }

    /// Ends the asking. `None` when the reply is stale: then nothing has changed and the result is to be dropped.
    #[must_use]
    pub fn end<R>(&mut self, generation: Generation, at: Millis, result: Result<R, Problem>) -> Option<Option<R>> {
        if generation != self.newest || !self.under_way {
            return None;
        }
        self.under_way = false;
        self.ended = Some(at);
        match result {
            Ok(found) => {
                self.failures = 0;
                self.problem = None;
                Some(Some(found))
            }
            Err(problem) => {
                self.failures = self.failures.saturating_add(1);
                self.problem = Some(problem);
                Some(None)
            }
        }
    }

    /// Takes a value as true at a moment.
    pub fn set(&mut self, value: T, at: Millis) {
        self.value = Some(value);
        self.at = Some(at);
    }

    /// The last known value, however old.
    pub const fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// When the last known value was true.
    pub const fn at(&self) -> Option<Millis> {
        self.at
    }

    /// Why the last asking failed; `None` after one that did not.
    pub const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// When the last asking ended.
    pub const fn ended(&self) -> Option<Millis> {
        self.ended
    }

    /// Failures since the last success.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// True while an answer is awaited.
    pub const fn is_under_way(&self) -> bool {
        self.under_way
    }
}
