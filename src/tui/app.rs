//! The state of the program and the one function that changes it.
//!
//! [`App::update`] takes a [`Message`] and answers with [`Effect`]s. There is no I/O, no clock and no chance in here or
//! below: time comes as a message, chance is a number given at the start.

mod address_book;
mod conditions;
mod config;
pub mod deposit;
pub mod detail;
mod filters;
pub mod form;
pub mod help;
pub mod history;
mod input;
pub mod layout;
pub mod line_input;
pub mod loads;
pub mod lock;
mod look;
pub mod modal;
pub mod orders;
pub mod past;
pub mod remote;
pub mod rows;
mod senders;
pub mod summary;
pub mod table;
pub mod toast;
pub mod welcome;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ratatui::layout::Size;
use zeroize::Zeroize as _;

use crate::domain::address_book::AddressBook;
use crate::domain::columns::Tab;
use crate::domain::rules::Paid;
use crate::domain::worth::Worth;
use crate::domain::{
    Balance, Coin, DepositAddress, LeftOut, Millis, Missing, Order, Ordered, Prices, Rate, RecordKey, Records,
    UntrustedText, UserInfo,
};
use crate::engine::config::keymap::{Context, Keymap};
use crate::engine::diagnostics::Finding;
use crate::tui::effect::Place;
use crate::tui::effect::{Effect, Load};
use crate::tui::message::{CopiedTo, Message, RecordTimeline};
use conditions::Conditions;
pub use config::{AppConfig, DustFilter, Guards, Identity, ProfileLine};
use deposit::Deposit;
use history::HistoryState;
use layout::Layout;
use lock::Lock;
use modal::Modal;
use orders::Money;
use past::Past;
use remote::Remote;
use summary::Counts;
use table::Table;
use toast::Toast;

/// How long a new row is marked, milliseconds.
const FRESH_MS: i64 = 30_000;

/// What the detail shows at the cursor, and where its window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DetailState {
    /// The selected field, from 0.
    pub cursor: usize,
}

/// The state of the program.
#[derive(Debug, Clone)]
pub struct App {
    config: AppConfig,
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
    next_toast: Option<Toast>,
    hidden: bool,
    unit: UntrustedText,
    dust_filter: DustFilter,
    balances: Remote<Vec<Balance>>,
    /// Rows that could not be read, by what was asked for last.
    left_out: BTreeMap<Load, Vec<LeftOut>>,
    /// How often in a row, and since when, the exchange reported nothing where it had reported coins.
    silence: Option<(u32, Millis)>,
    incoming: Remote<Records>,
    outgoing: Remote<Records>,
    /// Where the first records of each way go, while there are none.
    rooms: Box<[Records; 2]>,
    /// The newest outgoing records: minutes old, some of them older by now.
    recent_payments: Vec<Paid>,
    /// What is known of the history before the newest pages: incoming, then outgoing.
    past: [Past; 2],
    user: Remote<UserInfo>,
    coins: Remote<Vec<Coin>>,
    rates: Remote<Vec<Rate>>,
    price_loads: BTreeMap<UntrustedText, Remote<()>>,
    without_market: BTreeSet<UntrustedText>,
    prices: Prices,
    values: Vec<Option<rust_decimal::Decimal>>,
    fresh: BTreeMap<RecordKey, Millis>,
    /// The time of the newest record seen.
    newest_seen: Option<Millis>,
    counts: Counts,
    /// Positions of the records that were not final when they were counted.
    open: Vec<u32>,
    /// Where the newest records lie that are final, the newest first.
    recent: Vec<u32>,
    /// True once the exchange has accepted the key in this run.
    key_proved: bool,
    /// What is on top of the tables.
    modal: Option<Modal>,
    money: Money,
    book: AddressBook,
    /// Every deposit address of the account itself that was ever read.
    own: Vec<DepositAddress>,
    /// Orders of any age that paid others or may have, as far as the ledger held them at the start.
    payments: Vec<Order>,
    /// The user's notes on records.
    notes: HashMap<RecordKey, UntrustedText>,
    /// What is news although no record is about it.
    conditions: Conditions,
    /// The saved filters, newest first.
    filters: Vec<String>,
    /// What was typed before a saved filter took its place.
    typed_filter: String,
    /// The coins and the networks of all records, each once.
    words: [Vec<UntrustedText>; 2],
    /// The filter that stood there when the line was opened: going back leads to it.
    kept_filter: String,
    /// Records that the exchange contradicts itself about, and how.
    conflicts: HashMap<RecordKey, UntrustedText>,
    /// What is missing of the history although it was read.
    missing: Missing,
    /// What was ordered here for records whose gross the exchange does not say.
    ordered: HashMap<RecordKey, Ordered>,
    /// The way of the record whose detail was opened last.
    timeline: Option<RecordTimeline>,
    /// How far the ledger knows the history; `None` where there is no ledger to know it.
    history: Option<HistoryState>,
    /// The lock, while the screen is locked.
    lock: Option<Lock>,
    /// When somebody was last there.
    touched: Millis,
    /// When the store of the secret last answered on the user's word.
    proved: Option<Millis>,
    /// What was found out about the machine, the way and the key.
    doctor: Option<Vec<Finding>>,
    /// What everything was worth, as far as it was read from the ledger.
    worth: Option<Result<Vec<Worth>, UntrustedText>>,
    /// When what everything is worth was last given to the ledger.
    worth_at: Option<Millis>,
    /// When what everything was worth was asked for, to stand beside the balances.
    worth_asked: Option<Millis>,
    /// The warning that belongs to what is just being copied.
    copy_warning: Option<String>,
    /// When the user was asked whether the program may end although something would be lost.
    quit_asked: Option<Millis>,
    /// What the terminal was asked.
    terminal: Questions,
}

/// Questions to the terminal, whether it has obeyed all that was written.
#[derive(Debug, Clone, Copy, Default)]
struct Questions {
    /// The number of the last one.
    last: u32,
    /// True once one was answered.
    is_answered: bool,
}

impl App {
    /// The state before anything is known, at a moment, on a screen of a size.
    pub fn new(config: AppConfig, now: Millis, size: Size) -> Self {
        Self {
            book: AddressBook::of_labels(&config.guards.labels),
            own: Vec::new(),
            payments: Vec::new(),
            notes: HashMap::new(),
            conflicts: HashMap::new(),
            missing: Missing::default(),
            ordered: HashMap::new(),
            conditions: Conditions::default(),
            filters: Vec::new(),
            typed_filter: String::new(),
            words: Default::default(),
            kept_filter: String::new(),
            modal: None,
            money: Money::default(),
            copy_warning: None,
            quit_asked: None,
            terminal: Questions::default(),
            unit: config.unit.clone(),
            dust_filter: config.dust_filter,
            keymap: config.keymap.clone(),
            config,
            timeline: None,
            history: None,
            lock: None,
            touched: now,
            proved: None,
            doctor: None,
            worth: None,
            worth_at: None,
            worth_asked: None,
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
            next_toast: None,
            hidden: false,
            balances: Remote::default(),
            left_out: BTreeMap::new(),
            silence: None,
            incoming: Remote::default(),
            outgoing: Remote::default(),
            rooms: Box::default(),
            recent_payments: Vec::new(),
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
            recent: Vec::new(),
            key_proved: false,
        }
    }

    /// The only place where the state changes.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = self.change(message);
        effects.extend(self.watch_review());
        effects
    }

    fn change(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => {
                self.touch();
                self.read_result();
                return self.key(key);
            }
            Message::Paste(mut text) => {
                self.touch();
                self.read_result();
                self.paste(&text);
                // It may have been a passphrase.
                text.zeroize();
            }
            Message::Mouse(mouse) => {
                self.touch();
                self.read_result();
                self.mouse(mouse);
            }
            Message::Steps(timeline) => self.timeline = Some(*timeline),
            Message::News(news) => {
                let steps = news.iter().map(|record| record.key.clone()).collect();
                let mut effects = self.take_news(news);
                effects.push(Effect::MarkDelivered { steps, conditions: Vec::new() });
                return effects;
            }
            Message::Kept(kept) => self.take_kept(*kept),
            Message::HistoryBroken(why) => {
                self.toast_event(self.lang().fill("news.history_broken", &[("why", &why.shown())]), true);
            }
            Message::Noted { key, text, failed } => self.noted(key, text, failed.as_deref()),
            Message::HistoryRead(news) => self.take_history_read(*news),
            Message::Unlocked(result) => self.unlocked(result),
            Message::NotVisited(why) => {
                let text = self.lang().fill("visit.failed", &[("why", &why.shown())]);
                self.toast(text, true);
            }
            Message::Claimed(name) => {
                let mut effects = self.claimed(&name);
                effects.push(Effect::MarkDelivered { steps: Vec::new(), conditions: vec![name] });
                return effects;
            }
            Message::NoDesktop(why) => {
                let text = self.lang().fill("news.no_desktop", &[("why", &why.shown())]);
                self.toast_event(text, true);
            }
            Message::NoHook(why) => {
                let text = self.lang().fill("news.no_hook", &[("why", &why.shown())]);
                self.toast_event(text, true);
            }
            Message::Exported(end) => self.export_ended(end),
            Message::Filters(found) => self.filters_saved(found),
            Message::Worth(found) => self.worth = Some(found),
            Message::Doctor(findings) => self.doctor = Some(findings),
            Message::Resumed => {
                self.stop_counting();
                self.rearm_review();
            }
            Message::Resized(size) => {
                self.size = size;
                self.keep_cursors_in_sight();
                self.show_review_anew();
            }
            Message::Shown(number) => self.shown(number),
            Message::Focus(focused) => {
                self.focused = focused;
                return self.due_loads();
            }
            Message::Tick(now) => {
                // A clock that is set back must not make ages negative or bring old news back.
                self.now = now;
                self.forget_old_news();
                self.lock_when_idle();
                self.arrange_history_read();
                let mut effects = self.tick_modal();
                effects.extend(self.due_looks());
                effects.extend(self.due_loads());
                effects.extend(self.due_worth());
                effects.extend(self.due_overview());
                effects.extend(self.due_conditions());
                return effects;
            }
            Message::Ledger(news) => return self.ledger_read(news),
            Message::Bound(uid) => self.bound(uid),
            Message::Orders(found) => self.orders_read(found),
            Message::Reopened(orders) => return self.reopened(orders),
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

    fn copied(&mut self, result: Result<CopiedTo, UntrustedText>) {
        let to = match &result {
            Ok(CopiedTo::Machine) => "news.copied_machine",
            Ok(CopiedTo::Terminal) => "news.copied_terminal",
            Ok(CopiedTo::Tmux) => "news.copied_tmux",
            Err(_) => "",
        };
        if let (Some(warning), true) = (self.copy_warning.take(), result.is_ok()) {
            // What must not be missed stands first.
            let text = format!("▲ {warning} · {}", self.lang().t(to));
            return self.toast(text, true);
        }
        match result {
            Ok(CopiedTo::Machine) => self.toast_answer(self.lang().t("news.copied_machine")),
            Ok(CopiedTo::Terminal) => self.toast_answer(self.lang().t("news.copied_terminal")),
            Ok(CopiedTo::Tmux) => self.toast_answer(self.lang().t("news.copied_tmux")),
            Err(why) => {
                let text = self.lang().fill("news.not_copied", &[("why", &why.shown())]);
                self.toast(text, true);
            }
        }
    }

    fn forget_old_news(&mut self) {
        let now = self.now;
        self.forget_toast();
        self.fresh.retain(|_, since| now.since(*since) < FRESH_MS);
    }
}
