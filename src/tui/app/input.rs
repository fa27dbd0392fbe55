//! What a key, a click or a paste does.

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;
use tui_input::backend::crossterm::to_input_request;

use super::deposit::Deposit;
use super::form::FormKind;
use super::line_input;
use super::table::Table;
use super::toast::STAYS_MS;
use super::{App, DetailState, DustFilter};
use crate::domain::columns::{self, Column, Tab};
use crate::domain::query::Query;
use crate::engine::config::keymap::{Action, Context};
use crate::tui::effect::Effect;

/// The most columns that a table is sorted by at once.
const SORTED_BY: usize = 3;

impl App {
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let context = self.context();
        match self.keymap.action(context, key) {
            Some(action) if context == Context::Lock => return self.act_in_lock(action),
            Some(action) => return self.act(action),
            None if context == Context::Lock => self.type_in_lock(key),
            None if context == Context::Filter => {
                if let Some(request) = to_input_request(&crossterm::event::Event::Key(key)) {
                    let done = self.edit_filter(|filter| line_input::edit(filter, request, line_input::FILTER_LIMIT));
                    self.toast_input(done);
                }
            }
            None if context == Context::Places => self.edit_search(key),
            None if matches!(
                context,
                Context::Form | Context::Picker | Context::Word | Context::Note | Context::Export
            ) =>
            {
                self.type_in_modal(key);
            }
            None => {}
        }
        Vec::new()
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        if self.modal.is_some()
            && self.context != Context::Help
            && let Some(effects) = self.act_in_modal(action)
        {
            return effects;
        }
        // Whoever moves about has chosen another row than the one that was waited for.
        self.money.awaited = None;
        if let Some(effects) = self.open(action) {
            return effects;
        }
        match action {
            Action::Balances => self.show(Tab::Balances),
            Action::Deposits => self.show(Tab::Deposits),
            Action::Withdrawals => self.show(Tab::Withdrawals),
            Action::Transfers => self.show(Tab::Transfers),
            Action::NextTab => self.show(self.tab.step(1)),
            Action::PreviousTab => self.show(self.tab.step(Tab::ALL.len() - 1)),
            Action::Up => self.go(|at, _| at.saturating_sub(1)),
            Action::Down => self.go(|at, _| at.saturating_add(1)),
            Action::PageUp => self.go(usize::saturating_sub),
            Action::PageDown => self.go(usize::saturating_add),
            Action::First => self.go(|_, _| 0),
            Action::Last => self.go(|_, _| usize::MAX),
            Action::Detail => return self.open_detail(),
            Action::Filter => {
                self.kept_filter = self.table().filter().value().to_owned();
                self.context = Context::Filter;
            }
            // A word that is not understood would be ignored, and stand beside rows that it does not fit. It stays where it is
            // explained.
            Action::KeepFilter if !self.wrong_terms().is_empty() => {}
            Action::KeepFilter => self.context = Context::Table,
            Action::Complete => {
                if let Some(whole) = self.completions().into_iter().next() {
                    self.edit_filter(|filter| *filter = tui_input::Input::new(whole));
                }
            }
            Action::SaveFilter => return self.save_filter(),
            Action::OlderFilter => self.walk_filters(true),
            Action::NewerFilter => self.walk_filters(false),
            Action::Sort => self.sort_by_next(),
            Action::Reverse => {
                if let Some(last) = self.tables[self.tab.index()].sort.last_mut() {
                    last.descending = !last.descending;
                }
                self.arrange(self.tab);
            }
            Action::ThenSort => self.sort_then(),
            Action::SortByOne => {
                self.tables[self.tab.index()].sort.truncate(1);
                self.arrange(self.tab);
            }
            Action::Dust if self.tab != Tab::Balances => {}
            Action::Dust => {
                self.dust_filter = match self.dust_filter {
                    DustFilter::All => DustFilter::HideZero,
                    DustFilter::HideZero => DustFilter::HideDust,
                    DustFilter::HideDust => DustFilter::All,
                };
                self.arrange(Tab::Balances);
                self.toast_answer(self.lang().t(match self.dust_filter {
                    DustFilter::All => "news.dust_all",
                    DustFilter::HideZero => "news.dust_zero",
                    DustFilter::HideDust => "news.dust_dust",
                }));
            }
            Action::Deposit | Action::Another => return self.open_deposit(),
            Action::Choose => return self.choose_place(),
            Action::CopyMemo => return self.copy_memo(),
            Action::Unit => self.next_unit(),
            Action::Copy => return self.copy(),
            Action::Privacy => {
                self.hidden = !self.hidden;
                if self.hidden {
                    // News may name an amount.
                    self.drop_all_news();
                }
            }
            Action::Refresh => return self.refresh(),
            Action::Help => {
                self.context = if self.context == Context::Help { self.below_help() } else { Context::Help };
                self.help_offset = 0;
            }
            Action::Lock => self.lock_now(),
            Action::Back => self.back(),
            Action::Repaint => return vec![Effect::Repaint],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Quit => return self.quit(),
            // The others mean something in what is on top only.
            _ => {}
        }
        Vec::new()
    }

    /// Opens what an action names: a form, or a page on top of the tables.
    fn open(&mut self, action: Action) -> Option<Vec<Effect>> {
        Some(match action {
            Action::Withdraw => self.open_form(FormKind::Withdraw),
            Action::Transfer => self.open_form(FormKind::Transfer),
            Action::Move => self.open_form(FormKind::Move),
            Action::Cancel => self.open_cancel(),
            Action::Orders => self.open_orders_page(),
            Action::Profiles => self.open_profiles(),
            Action::Note => self.open_note(),
            Action::Doctor => self.open_doctor(),
            Action::Pending => self.open_pending(),
            Action::Figures => self.open_figures(),
            Action::Export => self.open_export(),
            Action::Visit => self.open_visit(),
            Action::Partner => self.open_order_of_selected(),
            _ => return None,
        })
    }

    /// Opens the detail of the marked row, and asks the ledger for its way.
    pub(super) fn open_detail(&mut self) -> Vec<Effect> {
        if !self.table().is_empty() {
            self.context = Context::Detail;
            self.detail = DetailState::default();
            if self.history.is_some() {
                return self.selected_record().map(Box::new).map(Effect::ReadSteps).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// Ends the program; asks once when an order is being sent or something typed would be lost.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        // Whoever leaves in the delay wants the order not to go: it is taken back, and the next key leaves.
        if self.stop_counting() {
            self.toast(self.lang().t("form.taken_back").to_owned(), false);
            return Vec::new();
        }
        let is_sending = self.money.in_flight.is_some();
        let was_asked = self.quit_asked.is_some_and(|at| (0..STAYS_MS).contains(&self.now.since(at)));
        if was_asked || !(is_sending || self.has_typed()) {
            return vec![Effect::Quit];
        }
        self.quit_asked = Some(self.now);
        let key = if is_sending { "form.quit_sending" } else { "form.quit_typed" };
        self.toast(self.lang().t(key).to_owned(), true);
        Vec::new()
    }

    pub(super) fn show(&mut self, tab: Tab) {
        self.drop_page_news();
        self.tab = tab;
        self.deposit = None;
        self.context = Context::Table;
        self.keep_cursors_in_sight();
    }

    /// Who had the keys before help was opened.
    pub(super) fn behind_help(&self) -> Context {
        self.modal.as_ref().map_or_else(|| self.below_help(), Self::modal_context)
    }

    /// Who has the keys once help is closed.
    fn below_help(&self) -> Context {
        self.deposit.as_ref().map_or(Context::Table, Deposit::context)
    }

    fn back(&mut self) {
        match self.context {
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

    /// Moves whatever has a cursor here; `to` gets the place and the size of a page.
    fn go(&mut self, to: impl Fn(usize, usize) -> usize) {
        let height = self.row_lines();
        let page = height.saturating_sub(1).max(1);
        match self.context {
            Context::Help => self.help_offset = to(self.help_offset, page).min(self.help_last()),
            Context::Detail => {
                let last = self.detail_fields().len().saturating_sub(1);
                self.detail.cursor = to(self.detail.cursor, page).min(last);
            }
            Context::Places | Context::Address => self.go_in_deposit(to, page),
            _ => self.select(to(self.table().cursor(), page)),
        }
    }

    pub(super) fn select(&mut self, place: usize) {
        let height = self.row_lines();
        let tab = self.tab;
        let mut table = std::mem::replace(&mut self.tables[tab.index()], Table::new(tab));
        table.select(place, height, |at| self.row_id(tab, at));
        self.tables[tab.index()] = table;
        self.detail = DetailState::default();
    }

    pub(super) fn keep_cursors_in_sight(&mut self) {
        let height = self.row_lines();
        for table in &mut self.tables {
            table.scroll_to_cursor(height);
        }
    }

    pub(super) fn row_lines(&self) -> usize {
        usize::from(self.layout().rows.height)
    }

    pub(super) fn edit_filter<T>(&mut self, edit: impl FnOnce(&mut tui_input::Input) -> T) -> T {
        let filter = &mut self.tables[self.tab.index()].filter;
        let before = filter.value().to_owned();
        let done = edit(filter);
        if *filter.value() != *before {
            let query = |text: &str| Query::parse(text, self.exchange_now());
            let narrows = query(self.table().filter.value()).narrows(&query(&before));
            self.filter_anew(self.tab, narrows);
        }
        done
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.lock.is_some() {
            return self.paste_in_lock(text);
        }
        if self.modal.is_some() {
            if self.context != Context::Help {
                self.paste_in_modal(text);
            }
            return;
        }
        if self.context == Context::Places {
            return self.paste_search(text);
        }
        if self.context != Context::Filter {
            return;
        }
        let done = self.edit_filter(|filter| line_input::paste(filter, text, line_input::FILTER_LIMIT));
        self.toast_input(done);
    }

    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        // Nothing that is ordered is pointed at.
        if self.lock.is_some() {
            return;
        }
        if self.modal.is_some() && self.context != Context::Help {
            return;
        }
        let at = Position::new(mouse.column, mouse.row);
        let layout = self.layout();
        // A click leaves the filter as Enter does; what is not understood is not kept.
        let leaves = matches!(mouse.kind, MouseEventKind::Down(_)) && self.context == Context::Filter;
        if leaves && !self.wrong_terms().is_empty() {
            return;
        }
        match mouse.kind {
            MouseEventKind::ScrollDown => self.go(|at, _| at.saturating_add(3)),
            MouseEventKind::ScrollUp => self.go(|at, _| at.saturating_sub(3)),
            MouseEventKind::Down(MouseButton::Left) if self.context != Context::Help => {
                if layout.tabs.contains(at) {
                    let offset = usize::from(at.x - layout.tabs.x);
                    if let Some(tab) = self.tab_at(offset) {
                        self.show(tab);
                    }
                } else if self.deposit.is_none()
                    && layout.rows.contains(at)
                    && (self.context != Context::Detail || layout.is_wide())
                {
                    let line = usize::from(at.y - layout.rows.y);
                    if self.table().offset() + line < self.table().len() {
                        self.context = Context::Table;
                        self.select(self.table().offset() + line);
                    }
                }
            }
            _ => {}
        }
    }

    /// The next column that the table is not sorted by.
    fn next_column(&self) -> Option<columns::Sort> {
        let columns = &self.config.columns[self.tab.index()];
        let sort = self.table().sort();
        let last = sort.last()?.column;
        let at = columns.iter().position(|c| *c == last).unwrap_or(0);
        // A share is a value seen differently: sorting by it would show nothing new.
        let next = (1..=columns.len())
            .map(|step| columns[(at + step) % columns.len()])
            .find(|c| *c != Column::Share && sort.iter().all(|by| by.column != *c))?;
        Some(columns::Sort { column: next, descending: next.starts_descending() })
    }

    /// Puts the next column in the place of the least important one that the table is sorted by.
    fn sort_by_next(&mut self) {
        if let Some(next) = self.next_column() {
            let sort = &mut self.tables[self.tab.index()].sort;
            sort.pop();
            sort.push(next);
            self.arrange(self.tab);
        }
    }

    /// Sorts rows that are equal so far by one more column.
    fn sort_then(&mut self) {
        if self.table().sort().len() < SORTED_BY
            && let Some(next) = self.next_column()
        {
            self.tables[self.tab.index()].sort.push(next);
            self.arrange(self.tab);
        }
    }

    fn next_unit(&mut self) {
        let units = self.units();
        let at = units.iter().position(|u| *u == self.unit).unwrap_or(0);
        if let Some(next) = units.get((at + 1) % units.len().max(1)) {
            self.unit = next.clone();
            self.revalue();
        }
    }

    fn copy(&mut self) -> Vec<Effect> {
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
