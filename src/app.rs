//! The state of the program and the one function that changes it.
//!
//! [`App::update`] takes a [`Message`] and answers with [`Effect`]s. There is no I/O, no clock and no chance in here or
//! below: time comes as a message, chance is a number given at the start.

pub mod archive;
mod conditions;
pub mod deposit;
pub mod detail;
mod filters;
pub mod form;
pub mod help;
pub mod layout;
pub mod loads;
pub mod lock;
pub mod message;
pub mod modal;
pub mod orders;
pub mod past;
pub mod remote;
pub mod rows;
pub mod summary;
pub mod tab;
pub mod table;
pub mod welcome;

use std::collections::HashMap;

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Size};
use tui_input::InputRequest;
use tui_input::backend::crossterm::to_input_request;
use zeroize::Zeroize as _;

use crate::doctor::Finding;
use crate::domain::book::{Book, Label};
use crate::domain::explorer::Explorers;
use crate::domain::query::Query;
use crate::domain::rules::Limits;
use crate::domain::worth::Worth;
use crate::domain::{
    Amount, Balance, Coin, DepositAddress, Millis, Prices, Rate, RecordKey, Records, Text, UserInfo, Wording as _,
};
use crate::keymap::{Action, Context, Keymap};
use crate::locale::Lang;
use crate::news::Notices;
use crate::settings::profile::Band;
use archive::ArchiveState;
use conditions::Conditions;
use deposit::{Deposit, Place};
use form::FormKind;
use layout::Layout;
use lock::Lock;
use message::{CopiedTo, Effect, Message, Story};
use modal::Modal;
use orders::Money;
use past::Past;
use remote::Remote;
use summary::Counts;
use tab::{Column, Tab};
use table::{RowId, Table};

/// The longest filter that can be typed or pasted, in characters.
const FILTER_LIMIT: usize = 200;
/// The most columns that a table is sorted by at once.
const SORTED_BY: usize = 3;
/// How long a line of news stays, milliseconds.
const TOAST_MS: i64 = 4_000;
/// How long a new row is marked, milliseconds.
const FRESH_MS: i64 = 30_000;

/// What does not change while the program runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The profile's name.
    pub profile: Text,
    /// Whether money is real.
    pub mode: Mode,
    /// True when no money can be moved in this run.
    pub read_only: bool,
    /// The server's name, shown when it is not the exchange's own.
    pub host: Option<Text>,
    /// The language of the screen.
    pub lang: Lang,
    /// The coin or currency that values are shown in at first.
    pub unit: Text,
    /// Balances worth less than this, in `unit`, are dust.
    pub dust: Amount,
    /// What is hidden among the balances at first.
    pub dust_filter: DustFilter,
    /// Milliseconds between two readings when nothing is pending.
    pub refresh: i64,
    /// Spreads retries; from a random source, so that many programs do not ask in step.
    pub chance: u8,
    /// What the user put between themselves and a mistake.
    pub guards: Guards,
    /// Whose key it is, and what tells it from others.
    pub identity: Identity,
    /// What the keys of the keyboard ask for.
    pub keymap: Keymap,
    /// The columns of each table, in the order of [`Tab::ALL`].
    pub columns: [Vec<Column>; 4],
    /// Which news reach the user, and how.
    pub notices: Notices,
    /// Where transactions can be looked up.
    pub explorers: Explorers,
}

/// A profile as the screen knows it.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that is true or not")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// Its colour.
    pub band: Option<Band>,
    /// The account that it belonged to when it was last looked at.
    pub uid: Option<Text>,
    /// True when the account can be written down for the next start.
    pub remembers: bool,
    /// Where the secret is, in words.
    pub store: Text,
    /// The proxy that everything goes through.
    pub via: Option<Text>,
    /// True when the store can be asked again.
    pub can_lock: bool,
    /// True when it must be asked with a passphrase.
    pub asks_passphrase: bool,
    /// Milliseconds without a key after which the screen is locked.
    pub lock_after_ms: Option<i64>,
    /// Whether the store must answer before each order.
    pub recheck: bool,
    /// What a report must not repeat: the key's id, the home directory, the user.
    pub private: Vec<String>,
    /// All profiles.
    pub profiles: Vec<ProfileLine>,
}

/// A profile in the list of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProfileLine {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub band: Option<Band>,
    /// Its account, where one is remembered.
    pub uid: Option<Text>,
    /// Its server, when it is not the exchange's own.
    pub host: Option<Text>,
    /// Where its secret is, in words.
    pub store: Text,
    /// Whether it can move money.
    pub read_only: bool,
}

/// What stands between the user and a mistake with money.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Guards {
    /// What the profile limits.
    pub limits: Limits,
    /// Milliseconds in which an order can still be taken back before anything is sent.
    pub order_delay_ms: i64,
    /// Names that the user gave to addresses.
    pub labels: Vec<Label>,
    /// Chooses the part of an address that must be typed; from a random source, so that it cannot be foreseen.
    pub chance: u64,
}

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The embedded exchange.
    Demo,
    /// A real account.
    Live,
}

/// What is hidden among the balances. The total counts everything all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DustFilter {
    /// Nothing.
    #[default]
    All,
    /// Coins of which nothing is held.
    HideZero,
    /// Those, and coins worth less than the dust limit; what has no price is not dust.
    HideDust,
}

/// One line of news that leaves by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The words, in the user's language and through the gate.
    pub text: String,
    /// True when something did not work.
    pub is_trouble: bool,
    /// True when it answers a key: then it belongs to the page on which that was pressed.
    is_answer: bool,
    until: Millis,
}

/// What the detail shows at the cursor, and where its window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DetailState {
    /// The selected field, from 0.
    pub cursor: usize,
}

/// The state of the program.
#[derive(Debug, Clone)]
pub struct App {
    session: Session,
    keymap: Keymap,
    now: Millis,
    clock_offset: Option<i64>,
    size: Size,
    focused: bool,
    tab: Tab,
    tables: [Table; 4],
    context: Context,
    detail: DetailState,
    deposit: Option<Deposit>,
    /// What was read of where coins can be paid in.
    addresses: BTreeMap<Place, Remote<Vec<DepositAddress>>>,
    help_offset: usize,
    toast: Option<Toast>,
    hidden: bool,
    unit: Text,
    dust_filter: DustFilter,
    balances: Remote<Vec<Balance>>,
    /// How often in a row, and since when, the exchange reported nothing where it had reported coins.
    silence: Option<(u32, Millis)>,
    incoming: Remote<Records>,
    outgoing: Remote<Records>,
    /// What is known of the history before the newest pages: incoming, then outgoing.
    past: [Past; 2],
    user: Remote<UserInfo>,
    coins: Remote<Vec<Coin>>,
    rates: Remote<Vec<Rate>>,
    price_loads: BTreeMap<Text, Remote<()>>,
    without_market: BTreeSet<Text>,
    prices: Prices,
    values: Vec<Option<rust_decimal::Decimal>>,
    fresh: BTreeMap<RecordKey, Millis>,
    /// The time of the newest record seen.
    newest_seen: Option<Millis>,
    counts: Counts,
    /// Positions of the records that were not final when they were counted.
    open: Vec<u32>,
    /// True once the exchange has accepted the key in this run.
    key_proved: bool,
    /// What is on top of the tables.
    modal: Option<Modal>,
    money: Money,
    book: Book,
    /// The user's notes on records.
    notes: HashMap<RecordKey, Text>,
    /// What is news although no record is about it.
    conditions: Conditions,
    /// The saved filters, newest first.
    filters: Vec<String>,
    /// What was typed before a saved filter took its place.
    typed_filter: String,
    /// The coins and the networks of all records, each once.
    words: [Vec<Text>; 2],
    /// The filter that stood there when the line was opened: going back leads to it.
    kept_filter: String,
    /// Records that the exchange contradicts itself about, and how.
    doubts: HashMap<RecordKey, Text>,
    /// The way of the record whose detail was opened last.
    story: Option<Story>,
    /// How far the ledger knows the history; `None` where there is no ledger to know it.
    archive: Option<ArchiveState>,
    /// The lock, while the screen is locked.
    lock: Option<Lock>,
    /// When somebody was last there.
    touched: Millis,
    /// When the store of the secret last answered on the user's word.
    proved: Option<Millis>,
    /// What was found out about the machine, the way and the key.
    doctor: Option<Vec<Finding>>,
    /// What everything was worth, as far as it was read from the ledger.
    worth: Option<Result<Vec<Worth>, Text>>,
    /// When what everything is worth was last given to the ledger.
    worth_at: Option<Millis>,
    /// When the user was asked whether the program may end although something would be lost.
    quit_asked: Option<Millis>,
}

impl App {
    /// The state before anything is known, at a moment, on a screen of a size.
    pub fn new(session: Session, now: Millis, size: Size) -> Self {
        Self {
            book: Book::of_labels(&session.guards.labels),
            notes: HashMap::new(),
            doubts: HashMap::new(),
            conditions: Conditions::default(),
            filters: Vec::new(),
            typed_filter: String::new(),
            words: Default::default(),
            kept_filter: String::new(),
            modal: None,
            money: Money::default(),
            quit_asked: None,
            unit: session.unit.clone(),
            dust_filter: session.dust_filter,
            keymap: session.keymap.clone(),
            session,
            story: None,
            archive: None,
            lock: None,
            touched: now,
            proved: None,
            doctor: None,
            worth: None,
            worth_at: None,
            now,
            clock_offset: None,
            size,
            focused: true,
            tab: Tab::default(),
            tables: Tab::ALL.map(Table::new),
            context: Context::Table,
            detail: DetailState::default(),
            deposit: None,
            addresses: BTreeMap::new(),
            help_offset: 0,
            toast: None,
            hidden: false,
            balances: Remote::default(),
            silence: None,
            incoming: Remote::default(),
            outgoing: Remote::default(),
            past: [Past::default(), Past::default()],
            user: Remote::default(),
            coins: Remote::default(),
            rates: Remote::default(),
            price_loads: BTreeMap::new(),
            without_market: BTreeSet::new(),
            prices: Prices::default(),
            values: Vec::new(),
            fresh: BTreeMap::new(),
            newest_seen: None,
            counts: Counts::default(),
            open: Vec::new(),
            key_proved: false,
        }
    }

    /// The only place where the state changes.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let effects = self.change(message);
        self.watch_review();
        effects
    }

    fn change(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => {
                self.touch();
                return self.key(key);
            }
            Message::Paste(mut text) => {
                self.touch();
                self.paste(&text);
                // It may have been a passphrase.
                text.zeroize();
            }
            Message::Mouse(mouse) => {
                self.touch();
                self.mouse(mouse);
            }
            Message::Steps(story) => self.story = Some(*story),
            Message::News(news) => return self.take_news(news),
            Message::Kept(kept) => self.take_kept(*kept),
            Message::HistoryBroken(why) => {
                self.tell(self.lang().fill("news.history_broken", &[("why", &why.shown())]), true);
            }
            Message::Noted { key, text, failed } => self.noted(key, text, failed.as_deref()),
            Message::Archived(news) => self.take_archived(*news),
            Message::Unlocked(result) => self.unlocked(result),
            Message::NotVisited(why) => {
                let text = self.lang().fill("visit.failed", &[("why", &why.shown())]);
                self.tell(text, true);
            }
            Message::Claimed(name) => return self.claimed(&name),
            Message::NoDesktop(why) => {
                let text = self.lang().fill("news.no_desktop", &[("why", &why.shown())]);
                self.tell(text, true);
            }
            Message::Exported(end) => self.export_ended(end),
            Message::Filters(found) => self.filters_saved(found),
            Message::Worth(found) => self.worth = Some(found),
            Message::Doctor(findings) => self.doctor = Some(findings),
            Message::Resized(size) => {
                self.size = size;
                self.keep_cursors_in_sight();
            }
            Message::Focus(focused) => {
                self.focused = focused;
                return self.due_loads();
            }
            Message::Tick(now) => {
                // A clock that is set back must not make ages negative or bring old news back.
                self.now = now;
                self.forget_old_news();
                self.lock_when_idle();
                self.arrange_archived();
                let mut effects = self.tick_modal();
                effects.extend(self.due_looks());
                effects.extend(self.due_loads());
                effects.extend(self.due_worth());
                effects.extend(self.due_conditions());
                return effects;
            }
            Message::Ledger(news) => return self.ledger_read(news),
            Message::Orders(found) => self.orders_read(found),
            Message::OrderOf { record, found } => self.order_found(&record, found),
            Message::Ordered(end) => return self.ordered(*end),
            Message::Decided { order, result } => return self.decided(order, result),
            Message::Looked { order, reading } => return self.looked(order, reading),
            Message::Reply(reply) => return self.reply(reply),
            Message::Copied(result) => self.copied(result),
            Message::NoClipboard(text) => return vec![Effect::CopyByTerminal(text)],
        }
        Vec::new()
    }

    /// Where everything is on the screen now.
    pub fn layout(&self) -> Layout {
        let banners = self.banners().iter().map(|banner| banner.lines(self.size.width)).sum();
        let layout = Layout::new(self.size, banners, self.tab == Tab::Balances, self.context == Context::Detail);
        if self.modal.is_some() { layout.under_modal() } else { layout }
    }

    fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let context = self.context();
        match self.keymap.action(context, key) {
            Some(action) if context == Context::Lock => return self.act_in_lock(action),
            Some(action) => return self.act(action),
            None if context == Context::Lock => self.type_in_lock(key),
            None if context == Context::Filter => {
                if let Some(request) = to_input_request(&crossterm::event::Event::Key(key)) {
                    self.edit_filter(|filter| {
                        let is_insert = matches!(request, InputRequest::InsertChar(_));
                        if !is_insert || filter.value().chars().count() < FILTER_LIMIT {
                            filter.handle(request);
                        }
                    });
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
                self.say(self.lang().t(match self.dust_filter {
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
                // A notice may name an amount.
                self.toast.take_if(|_| self.hidden);
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
    fn open_detail(&mut self) -> Vec<Effect> {
        if !self.table().is_empty() {
            self.context = Context::Detail;
            self.detail = DetailState::default();
            if self.archive.is_some() {
                return self.selected_record().map(Box::new).map(Effect::ReadSteps).into_iter().collect();
            }
        }
        Vec::new()
    }

    /// Ends the program; asks once when an order is being sent or something typed would be lost.
    fn quit(&mut self) -> Vec<Effect> {
        let is_sending = self.money.in_flight.is_some();
        let was_asked = self.quit_asked.is_some_and(|at| (0..TOAST_MS).contains(&self.now.since(at)));
        if was_asked || !(is_sending || self.has_typed()) {
            return vec![Effect::Quit];
        }
        self.quit_asked = Some(self.now);
        let key = if is_sending { "form.quit_sending" } else { "form.quit_typed" };
        self.tell(self.lang().t(key).to_owned(), true);
        Vec::new()
    }

    fn show(&mut self, tab: Tab) {
        self.toast.take_if(|toast| toast.is_answer);
        self.tab = tab;
        self.deposit = None;
        self.context = Context::Table;
        self.keep_cursors_in_sight();
    }

    /// Who had the keys before help was opened.
    fn behind_help(&self) -> Context {
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

    fn select(&mut self, place: usize) {
        let height = self.row_lines();
        let tab = self.tab;
        let mut table = std::mem::replace(&mut self.tables[tab.index()], Table::new(tab));
        table.select(place, height, |at| self.row_id(tab, at));
        self.tables[tab.index()] = table;
        self.detail = DetailState::default();
    }

    fn keep_cursors_in_sight(&mut self) {
        let height = self.row_lines();
        for table in &mut self.tables {
            table.scroll_to_cursor(height);
        }
    }

    fn row_lines(&self) -> usize {
        usize::from(self.layout().rows.height)
    }

    fn edit_filter(&mut self, edit: impl FnOnce(&mut tui_input::Input)) {
        let filter = &mut self.tables[self.tab.index()].filter;
        let before = filter.value().to_owned();
        edit(filter);
        if *filter.value() != *before {
            let query = |text: &str| Query::parse(text, self.exchange_now());
            let narrows = query(self.table().filter.value()).narrows(&query(&before));
            self.filter_anew(self.tab, narrows);
        }
    }

    fn paste(&mut self, text: &str) {
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
        self.edit_filter(|filter| {
            let room = FILTER_LIMIT.saturating_sub(filter.value().chars().count());
            for c in text.chars().filter(|c| !crate::domain::text::is_dangerous(*c)).take(room) {
                filter.handle(InputRequest::InsertChar(c));
            }
        });
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        // Nothing that is ordered is pointed at.
        if self.lock.is_some() {
            return;
        }
        if self.modal.is_some() && self.context != Context::Help {
            return;
        }
        let at = Position::new(mouse.column, mouse.row);
        let layout = self.layout();
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
    fn next_column(&self) -> Option<tab::Sort> {
        let columns = &self.session.columns[self.tab.index()];
        let sort = self.table().sort();
        let last = sort.last()?.column;
        let at = columns.iter().position(|c| *c == last).unwrap_or(0);
        // A share is a value seen differently: sorting by it would show nothing new.
        let next = (1..=columns.len())
            .map(|step| columns[(at + step) % columns.len()])
            .find(|c| *c != Column::Share && sort.iter().all(|by| by.column != *c))?;
        Some(tab::Sort { column: next, descending: next.starts_descending() })
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
        if let Some(text) = field.and_then(|f| f.copy) {
            return vec![Effect::Copy(text.to_string())];
        }
        self.say(self.lang().t("news.nothing_to_copy"));
        Vec::new()
    }

    fn copied(&mut self, result: Result<CopiedTo, Text>) {
        match result {
            Ok(CopiedTo::Machine) => self.say(self.lang().t("news.copied_machine")),
            Ok(CopiedTo::Terminal) => self.say(self.lang().t("news.copied_terminal")),
            Ok(CopiedTo::Tmux) => self.say(self.lang().t("news.copied_tmux")),
            Err(why) => {
                let text = self.lang().fill("news.not_copied", &[("why", &why.shown())]);
                self.tell(text, true);
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.tell(text.to_owned(), false);
        if let Some(toast) = &mut self.toast {
            toast.is_answer = true;
        }
    }

    fn tell(&mut self, text: String, is_trouble: bool) {
        self.toast = Some(Toast { text, is_trouble, is_answer: false, until: self.now.plus(TOAST_MS) });
    }

    fn forget_old_news(&mut self) {
        let now = self.now;
        self.toast.take_if(|t| t.until <= now);
        self.fresh.retain(|_, since| now.since(*since) < FRESH_MS);
    }
}

/// What drawing may read.
impl App {
    /// What does not change while the program runs.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The language of the screen.
    pub const fn lang(&self) -> Lang {
        self.session.lang
    }

    /// The bindings.
    pub const fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The time by this machine's clock.
    pub const fn now(&self) -> Millis {
        self.now
    }

    /// The time by the exchange's clock, as far as it is known.
    pub fn exchange_now(&self) -> Millis {
        self.now.plus(self.clock_offset.unwrap_or(0))
    }

    /// Exchange time minus machine time, milliseconds; `None` while not known.
    pub const fn clock_offset(&self) -> Option<i64> {
        self.clock_offset
    }

    /// The size of the screen.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Who has the keys.
    pub fn context(&self) -> Context {
        match &self.modal {
            _ if self.lock.is_some() => Context::Lock,
            Some(modal) if self.context != Context::Help => Self::modal_context(modal),
            _ => self.context,
        }
    }

    /// The columns of a table, as the user wants them.
    pub fn columns(&self, tab: Tab) -> &[Column] {
        &self.session.columns[tab.index()]
    }

    /// The tab on the screen.
    pub const fn tab(&self) -> Tab {
        self.tab
    }

    /// The state of the table on the screen.
    pub const fn table(&self) -> &Table {
        &self.tables[self.tab.index()]
    }

    /// The cursor in the detail.
    pub const fn detail(&self) -> DetailState {
        self.detail
    }

    /// Lines of help above the window.
    pub const fn help_offset(&self) -> usize {
        self.help_offset
    }

    /// The line of news, if there is one.
    pub const fn toast(&self) -> Option<&Toast> {
        self.toast.as_ref()
    }

    /// True when amounts and addresses are not to be seen.
    pub const fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// What values are shown in.
    pub const fn unit(&self) -> &Text {
        &self.unit
    }

    /// What is hidden among the balances.
    pub const fn dust_filter(&self) -> DustFilter {
        self.dust_filter
    }

    /// Coins and networks.
    pub const fn coins(&self) -> &Remote<Vec<Coin>> {
        &self.coins
    }

    /// Whose account it is.
    pub const fn user(&self) -> &Remote<UserInfo> {
        &self.user
    }

    /// True for a record that came less than half a minute ago.
    pub fn is_fresh(&self, key: &RecordKey) -> bool {
        self.fresh.contains_key(key)
    }

    /// What stands on the tabs, in order; only the digits where there is little room, except for the tab on the screen.
    pub fn tab_labels(&self) -> [(Tab, String); 4] {
        let short = self.layout().small;
        Tab::ALL.map(|tab| {
            let name: &'static str = tab.into();
            let name = self.lang().find(&format!("tab.{name}")).unwrap_or(name);
            let digit = tab.index() + 1;
            let label = if short && tab != self.tab { format!(" {digit} ") } else { format!(" {digit} {name} ") };
            (tab, label)
        })
    }

    fn tab_at(&self, column: usize) -> Option<Tab> {
        let mut end = 0;
        self.tab_labels().into_iter().find_map(|(tab, label)| {
            end += unicode_width::UnicodeWidthStr::width(label.as_str());
            (column < end).then_some(tab)
        })
    }

    /// The identity of the row at a position of a tab's data.
    fn row_id(&self, tab: Tab, at: u32) -> RowId {
        match tab {
            Tab::Balances => RowId::Coin(self.balance_at(at).map(|b| b.coin.clone()).unwrap_or_default()),
            _ => match self.key_at(at) {
                Some(RecordKey { kind, id }) => RowId::Record(RecordKey { kind, id: id.to_text() }),
                None => RowId::Coin(Text::default()),
            },
        }
    }
}
