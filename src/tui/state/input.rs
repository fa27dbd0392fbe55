//! What keys do to the tables: tab, selection, filter, sorting, unit, copying.

use super::deposit::Deposit;
use super::help::Help;
use super::table::Table;
use super::{DetailState, State};
use crate::domain::columns::{self, Column, Tab};
use crate::domain::query::Query;
use crate::engine::config::keymap::Context;
use crate::tui::effect::Effect;

/// The most columns that a table is sorted by at once.
const SORTED_BY: usize = 3;

impl State {
    /// Opens the detail of the marked row, and asks the ledger for its way.
    pub(in crate::tui) fn open_detail(&mut self) -> Vec<Effect> {
        if !self.table().is_empty() {
            self.context = Context::Detail;
            self.detail = DetailState::default();
            self.read_coin_detail();
            if self.history.is_some() {
                return self.selected_record().map(Box::new).map(Effect::ReadSteps).into_iter().collect();
            }
        }
        Vec::new()
    }

    pub(in crate::tui) fn show(&mut self, tab: Tab) {
        self.drop_page_news();
        self.tab = tab;
        self.deposit = None;
        self.context = Context::Table;
        self.keep_cursors_in_sight();
    }

    /// Who has the keys once help is closed.
    pub(in crate::tui) fn below_help(&self) -> Context {
        self.deposit.as_ref().map_or(Context::Table, Deposit::context)
    }

    pub(in crate::tui) fn back(&mut self) {
        match self.context {
            Context::Search => {
                self.help = Help::default();
                return self.context = Context::Help;
            }
            Context::Help if !self.help.search.value().is_empty() => return self.help = Help::default(),
            Context::Help => return self.context = self.below_help(),
            Context::Places | Context::Address => return self.leave_deposit(),
            _ => {}
        }
        match self.context {
            Context::Table => self.edit_filter(tui_input::Input::reset),
            Context::Filter => {
                let kept = std::mem::take(&mut self.kept_filter);
                self.edit_filter(|typed| *typed = tui_input::Input::new(kept));
            }
            _ => {}
        }
        self.context = Context::Table;
    }

    pub(in crate::tui) fn select(&mut self, place: usize) {
        let height = self.row_lines();
        let tab = self.tab;
        let mut table = std::mem::replace(&mut self.tables[tab.index()], Table::new(tab));
        table.select(place, height, |at| self.row_id(tab, at));
        self.tables[tab.index()] = table;
        self.detail = DetailState::default();
    }

    pub(in crate::tui) fn keep_cursors_in_sight(&mut self) {
        let height = self.row_lines();
        for table in &mut self.tables {
            table.scroll_to_cursor(height);
        }
    }

    pub(in crate::tui) fn row_lines(&self) -> usize {
        usize::from(self.page_layout().rows.height)
    }

    pub(in crate::tui) fn edit_filter<T>(&mut self, edit: impl FnOnce(&mut tui_input::Input) -> T) -> T {
        let filter = &mut self.tables[self.tab.index()].filter;
        let before = filter.value().to_owned();
        let done = edit(filter);
        if *filter.value() != *before {
            let query = |text: &str| Query::parse_in(self.tab, text, self.exchange_now());
            let narrows = query(self.table().filter.value()).narrows(&query(&before));
            self.filter_anew(self.tab, narrows);
        }
        done
    }

    /// The next column that the table is not sorted by.
    pub(in crate::tui) fn next_column(&self) -> Option<columns::Sort> {
        let columns = &self.config.columns[self.tab.index()];
        let sort = self.table().sort();
        let last = sort.last()?.column;
        let at = columns.iter().position(|c| *c == last).unwrap_or(0);
        // A share is a value seen differently: sorting by it would show nothing new. Notes are no order.
        let next = (1..=columns.len())
            .map(|step| columns[(at + step) % columns.len()])
            .find(|c| !matches!(c, Column::Share | Column::Note) && sort.iter().all(|by| by.column != *c))?;
        Some(columns::Sort { column: next, descending: next.starts_descending() })
    }

    /// Sorts by a column alone; by the one that is sorted by already the other way round.
    pub(in crate::tui) fn sort_by(&mut self, column: Column) {
        if column == Column::Note {
            return;
        }
        // A share is a value seen differently.
        let column = if column == Column::Share { Column::Value } else { column };
        let sort = &mut self.tables[self.tab.index()].sort;
        match sort.first_mut().filter(|by| by.column == column) {
            Some(by) => by.descending = !by.descending,
            None => *sort = vec![columns::Sort { column, descending: column.starts_descending() }],
        }
        self.arrange(self.tab);
    }

    /// Puts the next column in the place of the least important one that the table is sorted by.
    pub(in crate::tui) fn sort_by_next(&mut self) {
        if let Some(next) = self.next_column() {
            let sort = &mut self.tables[self.tab.index()].sort;
            sort.pop();
            sort.push(next);
            self.arrange(self.tab);
        }
    }

    /// Sorts rows that are equal so far by one more column.
    pub(in crate::tui) fn sort_then(&mut self) {
        if self.table().sort().len() < SORTED_BY
            && let Some(next) = self.next_column()
        {
            self.tables[self.tab.index()].sort.push(next);
            self.arrange(self.tab);
        }
    }

    pub(in crate::tui) fn next_unit(&mut self) {
        let units = self.units();
        let at = units.iter().position(|u| *u == self.unit).unwrap_or(0);
        if let Some(next) = units.get((at + 1) % units.len().max(1)) {
            self.unit = next.clone();
            self.revalue();
        }
    }

    pub(in crate::tui) fn copy(&mut self) -> Vec<Effect> {
        let field = match self.context {
            Context::Detail => self.detail_fields().get(self.detail.cursor).cloned(),
            Context::Address => return self.copy_address(),
            _ => self.main_field(),
        };
        self.copy_warning = self.selected_record().and_then(|record| self.sender_warning(&record));
        if let Some(text) = field.and_then(|f| f.copy) {
            return vec![Effect::Copy(text.to_string())];
        }
        self.toast_answer(self.lang().t("news.nothing_to_copy"));
        Vec::new()
    }
}
