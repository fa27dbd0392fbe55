//! One table's state: which rows, in which order, which one is selected, how far it is scrolled.
//!
//! The selection is a row's identity. A refresh, a sort or a filter moves rows, never the selection to another row.

use tui_input::Input;

use crate::domain::columns::{Sort, Tab};
use crate::domain::{RecordKey, UntrustedText};

/// What makes a row the same row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowId {
    /// A balance.
    Coin(UntrustedText),
    /// A record; of several under one key the first.
    Record(RecordKey),
    /// Another record under a key that is there already, and which of them.
    SameId(RecordKey, usize),
}

/// One table's state.
#[derive(Debug, Clone)]
pub struct Table {
    /// Positions of the rows in the data, filtered and sorted.
    pub(in crate::tui) order: Vec<u32>,
    /// The same before the filter; empty where filtering alone is never asked for.
    pub(in crate::tui) sorted: Vec<u32>,
    pub(in crate::tui) selected: Option<RowId>,
    pub(in crate::tui) cursor: usize,
    pub(in crate::tui) offset: usize,
    /// What the rows are sorted by, most important first; never empty.
    pub(in crate::tui) sort: Vec<Sort>,
    pub(in crate::tui) filter: Input,
    /// True once the user has chosen a row.
    pub(in crate::tui) moved: bool,
}

impl Table {
    pub(in crate::tui) fn new(tab: Tab) -> Self {
        Self {
            order: Vec::new(),
            sorted: Vec::new(),
            selected: None,
            cursor: 0,
            offset: 0,
            sort: vec![tab.first_sort()],
            filter: Input::default(),
            moved: false,
        }
    }

    /// Positions in the data of the rows that a window of `height` lines shows.
    pub fn window(&self, height: usize) -> &[u32] {
        let from = self.offset.min(self.order.len());
        &self.order[from..self.order.len().min(from.saturating_add(height))]
    }

    /// Rows after filtering.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    /// True when no row is left.
    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The selected line within the window, from 0; `None` without rows.
    pub const fn cursor_in_window(&self) -> Option<usize> {
        if self.order.is_empty() { None } else { Some(self.cursor.saturating_sub(self.offset)) }
    }

    /// The selected row's place among all shown rows, from 0.
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// How many rows are above the window.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The position in the data of the selected row.
    pub fn selected_at(&self) -> Option<u32> {
        self.order.get(self.cursor).copied()
    }

    /// The identity of the selected row.
    pub const fn selected(&self) -> Option<&RowId> {
        self.selected.as_ref()
    }

    /// What the rows are sorted by, most important first.
    pub fn sort(&self) -> &[Sort] {
        &self.sort
    }

    /// What is typed into the filter, with its cursor.
    pub const fn filter(&self) -> &Input {
        &self.filter
    }

    /// Takes new rows and finds the selection among them. A vanished row hands the selection to the one in its place.
    /// `find` knows where a row's data stands, `id` whose data stands somewhere.
    pub(in crate::tui) fn take(
        &mut self,
        order: Vec<u32>,
        height: usize,
        find: impl Fn(&RowId) -> Option<u32>,
        id: impl Fn(u32) -> RowId,
    ) {
        let before = self.cursor;
        self.order = order;
        let found = match &self.selected {
            Some(wanted) if self.order.get(before).is_some_and(|at| id(*at) == *wanted) => Some(before),
            Some(wanted) => find(wanted).and_then(|wanted| self.order.iter().position(|at| *at == wanted)),
            None => None,
        };
        self.cursor = found.unwrap_or(before).min(self.order.len().saturating_sub(1));
        // A window at the top stays there, so that what is new is seen; any other moves with its selected row.
        if self.offset > 0 {
            self.offset = (self.offset + self.cursor).saturating_sub(before);
        }
        self.selected = self.selected_at().map(id);
        self.scroll_to_cursor(height);
    }

    /// Selects the row at `place` (clamped) and keeps it in the window.
    pub(in crate::tui) fn select(&mut self, place: usize, height: usize, id: impl Fn(u32) -> RowId) {
        self.moved = true;
        self.cursor = place.min(self.order.len().saturating_sub(1));
        self.selected = self.selected_at().map(id);
        self.scroll_to_cursor(height);
    }

    /// Moves the window as little as possible so that the cursor is in it and no line is wasted.
    pub(in crate::tui) fn scroll_to_cursor(&mut self, height: usize) {
        let height = height.max(1);
        self.offset = self.offset.min(self.cursor).max((self.cursor + 1).saturating_sub(height));
        self.offset = self.offset.min(self.order.len().saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(at: u32) -> RowId {
        RowId::Coin(UntrustedText::from(at.to_string()))
    }

    fn find(wanted: &RowId) -> Option<u32> {
        let RowId::Coin(name) = wanted else { return None };
        name.raw().parse().ok()
    }

    fn table(rows: std::ops::Range<u32>) -> Table {
        let mut t = Table::new(Tab::Balances);
        t.take(rows.collect(), 5, find, id);
        t
    }

    #[test]
    fn a_refresh_keeps_the_selected_row_selected() {
        let mut t = table(10..20);
        t.select(3, 5, id);
        t.take((5..20).collect(), 5, find, id);
        assert_eq!(t.selected(), Some(&id(13)));
        assert_eq!(t.cursor(), 8);
    }

    #[test]
    fn window_at_the_top_shows_new_rows_a_lower_one_stays() {
        let mut t = table(10..30);
        t.take((9..30).collect(), 5, find, id);
        assert_eq!((t.offset(), t.selected()), (0, Some(&id(10))));
        t.select(12, 5, id);
        let line = t.cursor_in_window();
        t.take((4..30).collect(), 5, find, id);
        assert_eq!(t.cursor_in_window(), line, "the selected row did not move on the screen");
    }

    #[test]
    fn a_vanished_row_hands_the_selection_to_the_row_in_its_place() {
        let mut t = table(0..4);
        t.select(3, 5, id);
        t.take(vec![0, 1], 5, find, id);
        assert_eq!(t.selected(), Some(&id(1)));
        t.take(vec![], 5, find, id);
        assert_eq!((t.selected(), t.cursor_in_window()), (None, None));
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_in_the_window(steps in proptest::collection::vec((0_u32..40, 0_u32..40, 0_usize..60, 0_usize..12), 1..30)) {
            let mut t = table(0..7);
            for (from, length, place, height) in steps {
                t.take((from..from + length).collect(), height, find, id);
                t.select(place, height, id);
                if let Some(line) = t.cursor_in_window() {
                    prop_assert!(line < height.max(1));
                    prop_assert!(t.window(height.max(1)).contains(&t.selected_at().unwrap()));
                }
            }
        }
    }
}
