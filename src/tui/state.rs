//! What the screen is made of, but for what is on top of the tables: what was read, what is chosen, what is told.

pub mod accessors;
pub mod address_book;
pub mod coin_detail;
pub mod conditions;
pub mod config;
pub mod deposit;
pub mod detail;
pub mod filters;
pub mod form;
pub mod futures;
pub mod help;
pub mod history;
pub mod input;
pub mod layout;
pub mod line_input;
pub mod loads;
pub mod lock;
pub mod notes;
pub mod order_list;
pub mod orders;
pub mod past;
pub mod remote;
pub mod replies;
pub mod rows;
pub mod senders;
pub mod summary;
pub mod table;
pub mod toast;
pub mod widths;
pub mod worth;

use crate::domain::address_book::AddressBook;
use crate::domain::columns::Tab;
use crate::domain::rules::Paid;
use crate::domain::worth::Worth;
use crate::domain::{
    Balance, Coin, DepositAddress, LeftOut, Millis, Missing, Order, Ordered, Prices, Rate, RecordKey, Records,
    UntrustedText, UserInfo,
};
use crate::engine::config::keymap::{Context, Keymap};
use crate::tui::effect::{CoinNetwork, Load};
use crate::tui::message::{CopiedTo, RecordTimeline};
use conditions::Conditions;
pub use config::{AppConfig, DustFilter, Identity, OrderSettings, ProfileLine};
use deposit::Deposit;
use futures::FuturesState;
use history::HistoryState;
use layout::Layout;
use lock::Lock;
use orders::OrdersState;
use past::Past;
use ratatui::layout::Size;
use remote::Remote;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that is true or not")]
#[derive(Debug, Clone)]
pub struct State {
    pub(in crate::tui) config: AppConfig,
    pub(in crate::tui) keymap: Keymap,
    pub(in crate::tui) now: Millis,
    pub(in crate::tui) clock_offset: Option<i64>,
    pub(in crate::tui) size: Size,
    pub(in crate::tui) focused: bool,
    pub(in crate::tui) tab: Tab,
    pub(in crate::tui) tables: [Table; 4],
    pub(in crate::tui) context: Context,
    pub(in crate::tui) detail: DetailState,
    pub(in crate::tui) coin_detail: coin_detail::CoinDetail,
    pub(in crate::tui) deposit: Option<Deposit>,
    /// What was read of where coins can be paid in.
    pub(in crate::tui) addresses: BTreeMap<CoinNetwork, Remote<Vec<DepositAddress>>>,
    pub(in crate::tui) help: help::Help,
    /// Coins of the records that the charts were opened over.
    pub(in crate::tui) charted: BTreeSet<UntrustedText>,
    pub(in crate::tui) toast: Option<Toast>,
    pub(in crate::tui) next_toast: Option<Toast>,
    pub(in crate::tui) hidden: bool,
    pub(in crate::tui) unit: UntrustedText,
    pub(in crate::tui) dust_filter: DustFilter,
    pub(in crate::tui) balances: Remote<Vec<Balance>>,
    pub(in crate::tui) futures: FuturesState,
    /// Rows that could not be read, by what was asked for last.
    pub(in crate::tui) left_out: BTreeMap<Load, Vec<LeftOut>>,
    /// How often in a row, and since when, the exchange reported nothing where it had reported coins.
    pub(in crate::tui) silence: Option<(u32, Millis)>,
    pub(in crate::tui) incoming: Remote<Records>,
    pub(in crate::tui) outgoing: Remote<Records>,
    /// Where the first records of each way go, while there are none.
    pub(in crate::tui) record_stores: Box<[Records; 2]>,
    /// The newest outgoing records: minutes old, some of them older by now.
    pub(in crate::tui) recent_payments: Vec<Paid>,
    /// What is known of the history before the newest pages: incoming, then outgoing.
    pub(in crate::tui) past: [Past; 2],
    pub(in crate::tui) user: Remote<UserInfo>,
    pub(in crate::tui) coins: Remote<Vec<Coin>>,
    pub(in crate::tui) rates: Remote<Vec<Rate>>,
    pub(in crate::tui) price_loads: BTreeMap<UntrustedText, Remote<()>>,
    pub(in crate::tui) without_market: BTreeSet<UntrustedText>,
    pub(in crate::tui) prices: Prices,
    pub(in crate::tui) values: Vec<Option<rust_decimal::Decimal>>,
    pub(in crate::tui) fresh: BTreeMap<RecordKey, Millis>,
    /// The time of the newest record seen.
    pub(in crate::tui) newest_seen: Option<Millis>,
    pub(in crate::tui) counts: Counts,
    /// Positions of the records that were not final when they were counted.
    pub(in crate::tui) open: Vec<u32>,
    /// Where the newest records lie that are final, the newest first.
    pub(in crate::tui) recent: Vec<u32>,
    /// True when records have changed since the last sums.
    pub(in crate::tui) sums_are_old: bool,
    /// True once the exchange has accepted the key in this run.
    pub(in crate::tui) key_proved: bool,
    pub(in crate::tui) money: OrdersState,
    pub(in crate::tui) book: AddressBook,
    /// Every deposit address of the account itself that was ever read.
    pub(in crate::tui) own: Vec<DepositAddress>,
    /// Orders of any age that paid others or may have, as far as the ledger held them at the start.
    pub(in crate::tui) payments: Vec<Order>,
    /// The user's notes on records.
    pub(in crate::tui) notes: HashMap<RecordKey, UntrustedText>,
    /// What is news although no record is about it.
    pub(in crate::tui) conditions: Conditions,
    /// The saved filters, newest first.
    pub(in crate::tui) filters: Vec<String>,
    /// What was typed before a saved filter took its place.
    pub(in crate::tui) typed_filter: String,
    /// The coins and the networks of all records, each once.
    pub(in crate::tui) words: [Vec<UntrustedText>; 2],
    /// What the widest numbers of each table need.
    pub(in crate::tui) widths: [widths::Widths; 4],
    /// The filter that stood there when the line was opened: going back leads to it.
    pub(in crate::tui) kept_filter: String,
    /// When a network that is closed was last seen open for withdrawals, in this run.
    pub(in crate::tui) last_open: BTreeMap<CoinNetwork, Millis>,
    /// How long a withdrawal usually takes, and of how many that is told.
    pub(in crate::tui) usual_times: BTreeMap<CoinNetwork, (i64, usize)>,
    /// Records that the exchange contradicts itself about, and how.
    pub(in crate::tui) conflicts: HashMap<RecordKey, UntrustedText>,
    /// What is missing of the history although it was read.
    pub(in crate::tui) missing: Missing,
    /// What was ordered here for records whose gross the exchange does not say.
    pub(in crate::tui) ordered: HashMap<RecordKey, Ordered>,
    /// The way of the record whose detail was opened last.
    pub(in crate::tui) timeline: Option<RecordTimeline>,
    /// How far the ledger knows the history; `None` where there is no ledger to know it.
    pub(in crate::tui) history: Option<HistoryState>,
    /// The lock, while the screen is locked.
    pub(in crate::tui) lock: Option<Lock>,
    /// When somebody was last there.
    pub(in crate::tui) touched: Millis,
    /// When the store of the secret last answered on the user's word.
    pub(in crate::tui) proved: Option<Millis>,
    /// What everything was worth, as far as it was read from the ledger.
    pub(in crate::tui) worth: Option<Result<Vec<Worth>, UntrustedText>>,
    /// When what everything is worth was last given to the ledger.
    pub(in crate::tui) worth_at: Option<Millis>,
    /// When what everything was worth was asked for, to stand beside the balances.
    pub(in crate::tui) worth_asked: Option<Millis>,
    /// The warning that belongs to what is just being copied.
    pub(in crate::tui) copy_warning: Option<String>,
    /// When the user was asked whether the program may end although something would be lost.
    pub(in crate::tui) quit_asked: Option<Millis>,
    /// What the terminal was asked.
    pub(in crate::tui) terminal: Questions,
}

/// Questions to the terminal, whether it has obeyed all that was written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::tui) struct Questions {
    /// The number of the last one.
    pub(in crate::tui) last: u32,
    /// True once one was answered.
    pub(in crate::tui) is_answered: bool,
}

impl State {
    /// The state before anything is known, at a moment, on a screen of a size.
    pub fn new(config: AppConfig, now: Millis, size: Size) -> Self {
        Self {
            book: AddressBook::of_labels(&config.order_settings.labels),
            own: Vec::new(),
            payments: Vec::new(),
            notes: HashMap::new(),
            last_open: BTreeMap::new(),
            usual_times: BTreeMap::new(),
            conflicts: HashMap::new(),
            missing: Missing::default(),
            ordered: HashMap::new(),
            conditions: Conditions::default(),
            filters: Vec::new(),
            typed_filter: String::new(),
            words: Default::default(),
            widths: Default::default(),
            kept_filter: String::new(),
            money: OrdersState::default(),
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
            coin_detail: coin_detail::CoinDetail::default(),
            deposit: None,
            addresses: BTreeMap::new(),
            help: help::Help::default(),
            charted: BTreeSet::new(),
            toast: None,
            next_toast: None,
            hidden: false,
            balances: Remote::default(),
            futures: FuturesState::default(),
            left_out: BTreeMap::new(),
            silence: None,
            incoming: Remote::default(),
            outgoing: Remote::default(),
            record_stores: Box::default(),
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
            sums_are_old: false,
            key_proved: false,
        }
    }
}

impl State {
    /// The same while nothing is on top of the tables.
    pub fn page_layout(&self) -> Layout {
        let banners = self.banners().iter().map(|banner| banner.lines(self.size.width)).sum();
        let sums = if self.tab == Tab::Balances { 1 + self.futures_lines().len() } else { 0 };
        Layout::new(self.size, banners, sums, self.context == Context::Detail)
    }

    pub(in crate::tui) fn copied(&mut self, result: Result<CopiedTo, UntrustedText>) {
        let to = |to| match to {
            CopiedTo::Machine => "news.copied_machine",
            CopiedTo::Terminal => "news.copied_terminal",
            CopiedTo::Buffer => "news.copied_buffer",
            CopiedTo::Tmux => "news.copied_tmux",
        };
        let warning = self.copy_warning.take();
        match result {
            Ok(place) => {
                let text = self.lang().t(to(place));
                match warning {
                    // What must not be missed stands first.
                    Some(warning) => self.toast(format!("▲ {warning} · {text}"), true),
                    None => self.toast_answer(text),
                }
            }
            Err(why) => {
                let text = self.lang().fill("news.not_copied", &[("why", &why.shown())]);
                self.toast(text, true);
            }
        }
    }

    pub(in crate::tui) fn forget_old_news(&mut self) {
        let now = self.now;
        self.forget_toast();
        self.fresh.retain(|_, since| now.since(*since) < FRESH_MS);
    }
}
