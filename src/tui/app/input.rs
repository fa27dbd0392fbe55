//! What keys, pastes and the mouse do.

use super::{App, Dialog};
use crate::domain::UntrustedText;
use crate::domain::columns::Tab;
use crate::engine::config::keymap::{Action, Context};
use crate::tui::effect::Effect;
use crate::tui::state::config::DustFilter;
use crate::tui::state::form::FormKind;
use crate::tui::state::help::Help;
use crate::tui::state::line_input;
use crate::tui::state::toast::{STAYS_MS, ToastKind};
use crate::tui::widgets::columns;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;
use tui_input::backend::crossterm::to_input_request;

impl App {
    pub(super) fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let context = self.context();
        match self.state.keymap.action(context, key) {
            Some(action) if context == Context::Lock => return self.act_in_lock(action),
            Some(action) => return self.act(action),
            None if context == Context::Lock => self.state.type_in_lock(key),
            None if context == Context::Filter => {
                if let Some(request) = to_input_request(&crossterm::event::Event::Key(key)) {
                    let done =
                        self.state.edit_filter(|filter| line_input::edit(filter, request, line_input::FILTER_LIMIT));
                    self.state.toast_input(done);
                }
            }
            None if context == Context::Places => self.state.edit_search(key),
            None if context == Context::Search => self.state.type_in_help(key),
            None if matches!(
                context,
                Context::Form | Context::Picker | Context::Word | Context::Note | Context::Export
            ) =>
            {
                self.type_in_dialog(key);
            }
            None => self.answer_unbound(context, key),
        }
        Vec::new()
    }

    /// A letter that means nothing where no letters are typed is answered, not passed over. What is being ordered is left alone.
    fn answer_unbound(&mut self, context: Context, key: KeyEvent) {
        let is_order = matches!(context, Context::Ask | Context::Review | Context::Outcome | Context::Help);
        let KeyCode::Char(letter) = key.code else { return };
        if is_order || key.kind != KeyEventKind::Press || !(key.modifiers - KeyModifiers::SHIFT).is_empty() {
            return;
        }
        let help = self.state.keymap().of(context).find(|binding| binding.action == Action::Help);
        let Some(help) = help.and_then(|binding| binding.chords.first()) else { return };
        let letter = UntrustedText::from(letter.to_string());
        let said = self.state.lang().fill("news.no_key", &[("key", &letter.shown()), ("help", &help.label())]);
        self.state.toast_answer(&said);
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        if self.dialog.is_some()
            && !self.state.context.is_help()
            && let Some(effects) = self.act_in_dialog(action)
        {
            return effects;
        }
        // Whoever moves about has chosen another row than the one that was waited for.
        self.state.money.awaited = None;
        if let Some(effects) = self.open(action) {
            return effects;
        }
        match action {
            Action::Balances => self.state.show(Tab::Balances),
            Action::Deposits => self.state.show(Tab::Deposits),
            Action::Withdrawals => self.state.show(Tab::Withdrawals),
            Action::Transfers => self.state.show(Tab::Transfers),
            Action::NextTab => self.state.show(self.state.tab.step(1)),
            Action::PreviousTab => self.state.show(self.state.tab.step(Tab::ALL.len() - 1)),
            Action::Up => self.go(|at, _| at.saturating_sub(1)),
            Action::Down => self.go(|at, _| at.saturating_add(1)),
            Action::PageUp => self.go(usize::saturating_sub),
            Action::PageDown => self.go(usize::saturating_add),
            Action::First => self.go(|_, _| 0),
            Action::Last => self.go(|_, _| usize::MAX),
            Action::Detail => return self.state.open_detail(),
            Action::Filter if self.state.context == Context::Help => self.state.context = Context::Search,
            Action::KeepFilter if self.state.context == Context::Search => self.state.context = Context::Help,
            Action::Filter => {
                self.state.kept_filter = self.state.table().filter().value().to_owned();
                self.state.context = Context::Filter;
            }
            // A word that is not understood would be ignored, and stand beside rows that it does not fit. It stays where it is
            // explained.
            Action::KeepFilter if !self.state.wrong_terms().is_empty() => {}
            Action::KeepFilter => self.state.context = Context::Table,
            Action::Complete => {
                if let Some(whole) = self.state.completions().into_iter().next() {
                    self.state.edit_filter(|filter| *filter = tui_input::Input::new(whole));
                }
            }
            Action::SaveFilter => return self.state.save_filter(),
            Action::OlderFilter => self.state.walk_filters(true),
            Action::NewerFilter => self.state.walk_filters(false),
            Action::Sort => self.state.sort_by_next(),
            Action::Reverse => {
                if let Some(last) = self.state.tables[self.state.tab.index()].sort.last_mut() {
                    last.descending = !last.descending;
                }
                self.state.arrange(self.state.tab);
            }
            Action::ThenSort => self.state.sort_then(),
            Action::SortByOne => {
                self.state.tables[self.state.tab.index()].sort.truncate(1);
                self.state.arrange(self.state.tab);
            }
            Action::Dust if self.state.tab != Tab::Balances => {
                self.state.toast_answer(self.state.lang().t("news.dust_elsewhere"));
            }
            Action::Dust => {
                self.state.dust_filter = match self.state.dust_filter {
                    DustFilter::All => DustFilter::HideZero,
                    DustFilter::HideZero => DustFilter::HideDust,
                    DustFilter::HideDust => DustFilter::All,
                };
                self.state.arrange(Tab::Balances);
                self.state.toast_answer(self.state.lang().t(match self.state.dust_filter {
                    DustFilter::All => "news.dust_all",
                    DustFilter::HideZero => "news.dust_zero",
                    DustFilter::HideDust => "news.dust_dust",
                }));
            }
            Action::Deposit | Action::Another => return self.state.open_deposit(),
            Action::Choose => return self.state.choose_place(),
            Action::CopyMemo => return self.state.copy_memo(),
            Action::Code => self.toggle_code(),
            Action::Unit => self.state.next_unit(),
            Action::Copy => return self.state.copy(),
            Action::Privacy => {
                self.state.hidden = !self.state.hidden;
                if self.state.hidden {
                    // News may name an amount.
                    self.state.drop_all_news();
                }
            }
            Action::Refresh => return self.state.refresh(),
            Action::Help => {
                self.state.context =
                    if self.state.context == Context::Help { self.state.below_help() } else { Context::Help };
                self.state.help = Help::default();
            }
            Action::Lock => self.lock_now(),
            Action::Back => self.state.back(),
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
            Action::Partner => self.state.open_order_of_selected(),
            other => return self.open_dialog(other),
        })
    }

    /// Ends the program; asks once when an order is being sent or something typed would be lost.
    pub(super) fn quit(&mut self) -> Vec<Effect> {
        // Whoever leaves in the delay wants the order not to go: it is taken back, and the next key leaves.
        if self.stop_counting() {
            self.state.toast(self.state.lang().t("form.taken_back").to_owned(), false);
            return Vec::new();
        }
        let is_sending = self.state.money.in_flight.is_some();
        let was_asked = self.state.quit_asked.is_some_and(|at| (0..STAYS_MS).contains(&self.state.now.since(at)));
        if was_asked || !(is_sending || self.has_typed()) {
            return vec![Effect::Quit];
        }
        self.state.quit_asked = Some(self.state.now);
        let key = if is_sending { "form.quit_sending" } else { "form.quit_typed" };
        self.state.toast(self.state.lang().t(key).to_owned(), true);
        Vec::new()
    }

    /// Who had the keys before help was opened.
    pub(super) fn behind_help(&self) -> Context {
        self.dialog.as_ref().map_or_else(|| self.state.below_help(), Dialog::context)
    }

    /// Moves whatever has a cursor here; `to` gets the place and the size of a page.
    fn go(&mut self, to: impl Fn(usize, usize) -> usize) {
        let height = self.state.row_lines();
        let page = height.saturating_sub(1).max(1);
        match self.state.context {
            Context::Help | Context::Search => {
                self.state.help.offset = to(self.state.help.offset, page).min(self.help_last());
            }
            Context::Detail => {
                let last = self.state.detail_fields().len().saturating_sub(1);
                self.state.detail.cursor = to(self.state.detail.cursor, page).min(last);
            }
            Context::Places | Context::Address => self.state.go_in_deposit(to, page),
            _ => self.state.select(to(self.state.table().cursor(), page)),
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.state.lock.is_some() {
            return self.state.paste_in_lock(text);
        }
        if self.state.context == Context::Search {
            return self.state.paste_in_help(text);
        }
        if self.dialog.is_some() {
            if !self.state.context.is_help() {
                self.paste_in_dialog(text);
            }
            return;
        }
        if self.state.context == Context::Places {
            return self.state.paste_search(text);
        }
        if self.state.context != Context::Filter {
            return;
        }
        let done = self.state.edit_filter(|filter| line_input::paste(filter, text, line_input::FILTER_LIMIT));
        self.state.toast_input(done);
    }

    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        // Nothing that is ordered is pointed at.
        if self.state.lock.is_some() {
            return Vec::new();
        }
        if self.dialog.is_some() && !self.state.context.is_help() {
            return Vec::new();
        }
        let at = Position::new(mouse.column, mouse.row);
        let layout = self.state.page_layout();
        if mouse.kind == MouseEventKind::Down(MouseButton::Left) && layout.footer.contains(at) {
            let first = layout.footer.x + 1;
            let action = at.x.checked_sub(first).and_then(|x| self.footer_action_at(x, layout.footer.width - 1));
            return action.map_or_else(Vec::new, |action| self.act(action));
        }
        // A click leaves the filter as Enter does; what is not understood is not kept.
        let leaves = matches!(mouse.kind, MouseEventKind::Down(_)) && self.state.context == Context::Filter;
        if leaves && !self.state.wrong_terms().is_empty() {
            return Vec::new();
        }
        match mouse.kind {
            MouseEventKind::ScrollDown => self.go(|at, _| at.saturating_add(3)),
            MouseEventKind::ScrollUp => self.go(|at, _| at.saturating_sub(3)),
            MouseEventKind::Down(MouseButton::Left) if !self.state.context.is_help() => {
                let is_news = self.state.shown_toast().is_some_and(|toast| toast.kind == ToastKind::Account);
                if layout.status.contains(at) && is_news {
                    return self.open_dialog(Action::Events).unwrap_or_default();
                }
                if layout.tabs.contains(at) {
                    let offset = usize::from(at.x - layout.tabs.x);
                    if let Some(tab) = self.state.tab_at(offset) {
                        self.state.show(tab);
                    }
                } else if self.state.deposit.is_some() || self.state.context == Context::Detail && !layout.is_wide() {
                } else if layout.head.contains(at) {
                    let (tab, width) = (self.state.tab, layout.head.width);
                    let widths = self.state.widths(tab);
                    let places = columns::places(tab, self.state.columns(tab), width, widths);
                    // What is between two columns belongs to the one before it.
                    let pointed = places.iter().rfind(|place| layout.head.x + place.x <= at.x);
                    if let Some(column) = pointed.map(|place| place.column) {
                        self.state.sort_by(column);
                    }
                } else if layout.rows.contains(at) {
                    let line = usize::from(at.y - layout.rows.y);
                    if self.state.table().offset() + line < self.state.table().len() {
                        self.state.context = Context::Table;
                        self.state.select(self.state.table().offset() + line);
                    }
                }
            }
            _ => {}
        }
        Vec::new()
    }
}
