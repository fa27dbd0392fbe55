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
    /// When the asking began that is under way.
    began: Option<Millis>,
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
            began: None,
        }
    }
}

impl<T> Remote<T> {
    /// Starts an asking; replies to earlier ones are stale from now on.
    pub fn begin(&mut self, now: Millis) -> Generation {
        self.newest.0 += 1;
        self.began = Some(now);
        self.newest
    }

    /// Ends the asking. `None` when the reply is stale: then nothing has changed and the result is to be dropped.
    #[must_use]
    pub fn end<R>(&mut self, generation: Generation, at: Millis, result: Result<R, Problem>) -> Option<Option<R>> {
        if generation != self.newest || self.began.is_none() {
            return None;
        }
        self.began = None;
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

    /// Takes a value that is true as of the same moment as before, only more of it.
    pub fn put(&mut self, value: T) {
        self.value = Some(value);
    }

    /// The last known value, to bring it up to date where it stands.
    pub const fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// The last known value is true as of this moment.
    pub const fn date(&mut self, at: Millis) {
        self.at = Some(at);
    }

    /// True while what is known comes from an earlier run: the exchange has not answered in this one.
    pub const fn is_kept(&self) -> bool {
        self.value.is_some() && self.ended.is_none()
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
        self.began.is_some()
    }

    /// Since when an answer is awaited; `None` when none is.
    pub const fn began(&self) -> Option<Millis> {
        self.began
    }
}
