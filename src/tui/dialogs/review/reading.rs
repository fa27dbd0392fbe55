//! Reading a review that is longer than the screen: which of its lines are in sight, and which were shown so far: those that the
//! terminal has answered for, as they were then. Sending opens when every line was.

use super::arming::{ANSWER_MS, Shown};
use super::{ConfirmationKind, Review};
use crate::domain::Millis;
use crate::domain::locale::Lang;
use crate::tui::widgets::review_layout::{self, LEAST_ROOM, Line, ReviewLayout, Row};

/// With fewer lines in sight than this nothing is read in its context.
const LEAST_LINES: usize = 3;

/// What a review says at one size of the screen.
#[derive(Debug, Clone)]
pub struct Page {
    /// By what its lines are known again: its rows without what the user typed into them, which is shown to nobody else.
    rows: Vec<Row>,
    sheet: ReviewLayout,
    room: usize,
    height: usize,
}

/// A line by what it says: its row without what stands at the end of it, which tells ages and grows old by itself, and which
/// of the row's lines it is.
type Mark = (Row, usize);

/// What of a page is in sight, and what of it was shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    first: usize,
    /// The columns for which the lines were broken: at another width they are others.
    room: usize,
    shown: Vec<Mark>,
    asked: Option<Asked>,
}

/// What was in sight when the terminal was asked, and has been since: when it answers, these lines were shown.
#[derive(Debug, Clone)]
struct Asked {
    question: u32,
    at: Millis,
    lines: Vec<Mark>,
}

/// How many lines were not shown yet, above and below what is in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Above.
    pub above: usize,
    /// Below.
    pub below: usize,
}

impl Page {
    /// Breaks the rows of a review into lines; `untyped` are the same before anything was typed.
    pub(super) fn new(rows: &[Row], untyped: Vec<Row>, room: usize, height: usize, lang: Lang) -> Self {
        Self { sheet: review_layout::lay(rows, room, height, lang), rows: untyped, room, height }
    }

    /// True when all of it is in sight at once.
    pub const fn fits(&self) -> bool {
        self.sheet.fits
    }

    /// False where it cannot even be read in parts.
    pub(super) const fn can_be_read(&self) -> bool {
        self.sheet.fits || self.room >= LEAST_ROOM && self.height >= LEAST_LINES
    }

    /// The last line that can stand at the top.
    const fn last_first(&self) -> usize {
        self.sheet.lines.len().saturating_sub(self.height)
    }

    fn mark(&self, line: usize) -> Option<Mark> {
        let (row, at) = self.sheet.places.get(line)?;
        self.rows.get(*row).map(|row| (Row { aside: None, ..row.clone() }, *at))
    }
}

impl Review {
    /// The first line in sight.
    fn first_line(&self, page: &Page) -> usize {
        self.reading.first.min(page.last_first())
    }

    /// The lines in sight, and whether there are more above and below.
    pub(super) fn lines_in_sight<'a>(&self, page: &'a Page) -> (&'a [Line], bool, bool) {
        let first = self.first_line(page);
        let end = (first + page.height).min(page.sheet.lines.len());
        (page.sheet.lines.get(first..end).unwrap_or_default(), first > 0, end < page.sheet.lines.len())
    }

    /// Turns a page longer than the screen; a line of what was in sight stays there. What comes into sight has to be shown first.
    pub(super) fn turn(&mut self, page: &Page, forward: bool) {
        let (before, step) = (self.first_line(page), page.height.saturating_sub(1).max(1));
        let first = if forward { (before + step).min(page.last_first()) } else { before.saturating_sub(step) };
        self.reading.first = first;
        if first != before {
            self.shown = Shown::No;
        }
    }

    fn in_sight(&self, page: &Page) -> Vec<Mark> {
        let first = self.first_line(page);
        (first..first + page.height).filter_map(|line| page.mark(line)).collect()
    }

    /// What changed since the terminal was asked is not what it answers for. True when something in sight has to be asked about.
    pub(super) fn look(&mut self, page: &Page, now: Millis) -> bool {
        if self.reading.room != page.room {
            self.reading = Reading { first: self.reading.first, room: page.room, ..Reading::default() };
        }
        let lines = self.in_sight(page);
        if let Some(asked) = &mut self.reading.asked {
            asked.lines.retain(|mark| lines.contains(mark));
        }
        if self.words.iter().any(|word| matches!(word.ask, ConfirmationKind::Unanswered(_))) {
            // Nobody answers for any line: who types what stands on the page has seen it.
            self.mark_shown(lines);
            return false;
        }
        let is_awaited = self.reading.asked.as_ref().is_some_and(|asked| now.since(asked.at) < ANSWER_MS);
        let is_read = page.fits() || lines.iter().all(|mark| self.reading.shown.contains(mark));
        matches!(self.shown, Shown::Yes(_)) && !is_awaited && !is_read
    }

    /// The terminal is asked about what is in sight.
    pub(super) fn ask_about(&mut self, page: &Page, question: u32, now: Millis) {
        self.reading.asked = Some(Asked { question, at: now, lines: self.in_sight(page) });
    }

    /// The terminal has answered: what was in sight all the while is read.
    pub(super) fn mark_answered(&mut self, question: u32) {
        if let Some(asked) = self.reading.asked.take_if(|asked| asked.question == question) {
            self.mark_shown(asked.lines);
        }
    }

    fn mark_shown(&mut self, lines: Vec<Mark>) {
        for mark in lines {
            if !self.reading.shown.contains(&mark) {
                self.reading.shown.push(mark);
            }
        }
    }

    /// What was not shown yet of a page longer than the screen; `None` when everything was.
    pub(super) fn unread(&self, page: &Page) -> Option<Unread> {
        if page.sheet.fits {
            return None;
        }
        let first = self.first_line(page);
        let is_unread = |line: &usize| {
            self.reading.room != page.room || page.mark(*line).is_some_and(|mark| !self.reading.shown.contains(&mark))
        };
        let count = |lines: std::ops::Range<usize>| lines.filter(is_unread).count();
        let all = page.sheet.lines.len();
        let end = (first + page.height).min(all);
        let (above, seen, below) = (count(0..first), count(first..end), count(end..all));
        (above + seen + below > 0).then_some(Unread { above, below })
    }
}
