//! What may change the app. Plain data, comparable in tests.

use std::collections::{BTreeMap, HashMap};

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;
use rust_decimal::Decimal;

use super::state::remote::Generation;
use crate::domain::worth::Worth;
use crate::domain::{
    Amount, Balance, Coin, DamagedOrder, DepositAddress, Event, FuturesBalance, LeftOut, Millis, Missing,
    MissingOrders, MoveRecord, Order, OrderId, Ordered, Problem, Rate, Record, RecordKey, Records, Status,
    UntrustedText, UserInfo,
};
use crate::engine::diagnostics::Finding;
use crate::engine::explain::Explanation;
use crate::engine::orders::claims::ListedOrders;
use crate::engine::orders::{Begun, NotBegun, NotDecided, Reading};
use crate::tui::effect::{CoinNetwork, Load};

/// Anything that may change the app.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A key was pressed (or repeats).
    Key(KeyEvent),
    /// The terminal pasted a text as one piece.
    Paste(String),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// The terminal has this size now.
    Resized(Size),
    /// The program goes on after it was stopped.
    Resumed,
    /// The terminal window got or lost the focus.
    Focus(bool),
    /// The terminal has obeyed everything up to a question, and so shows the picture before it. The answer to
    /// [`Effect::AskTerminal`](crate::tui::effect::Effect::AskTerminal); 0 is the question after the very first picture.
    Shown(u32),
    /// The time, about once a second, by this machine's clock.
    Tick(Millis),
    /// A load has ended.
    Reply(Reply),
    /// The ledger was read, or could not be.
    Ledger(LedgerNews),
    /// The ledger's newest orders, or why they cannot be read.
    Orders(Result<ListedOrders, UntrustedText>),
    /// The order that a record came of, if there is one, or why the ledger cannot be read. The answer to
    /// [`Effect::FindOrder`](crate::tui::effect::Effect::FindOrder).
    OrderOf {
        /// Which record.
        record: RecordKey,
        /// Its order.
        found: Result<Option<Order>, UntrustedText>,
    },
    /// How an order ended: the only answer to [`Effect::Order`](crate::tui::effect::Effect::Order).
    Ordered(Box<Result<Begun, NotBegun>>),
    /// What a look for an order brought.
    Looked {
        /// Which order.
        order: OrderId,
        /// What was seen.
        reading: Reading,
    },
    /// Orders that are open again: the records that stood for them do not bear it.
    Reopened(Vec<Order>),
    /// Whether what the user said of an order was taken.
    Decided {
        /// Which order.
        order: OrderId,
        /// As it stands now, or why nothing was changed.
        result: Result<Order, NotDecided>,
    },
    /// The ledger is that of this account; or of the key alone, where the exchange tells no account (`None`).
    Bound(Option<UntrustedText>),
    /// The store of the secret answered, and its answer is the secret in use; or why not. The answer to [`Effect::Unlock`](crate::tui::effect::Effect::Unlock).
    Unlocked(Result<(), Explanation>),
    /// The ledger's history cannot be read as a whole; why, in its words.
    HistoryBroken(UntrustedText),
    /// What the ledger holds of the last runs: shown until the exchange answers.
    Kept(Box<LedgerSnapshot>),
    /// A note is in the ledger, or could not be written: why, and what was typed. The answer to [`Effect::KeepNote`](crate::tui::effect::Effect::KeepNote).
    Noted {
        /// What it is about.
        key: RecordKey,
        /// The note; `None` takes it away.
        text: Option<UntrustedText>,
        /// Why it is not there.
        failed: Option<String>,
    },
    /// More of the history was read into the ledger.
    HistoryRead(Box<HistoryRead>),
    /// The way of a record as it was seen. The answer to [`Effect::ReadSteps`](crate::tui::effect::Effect::ReadSteps).
    Steps(Box<RecordTimeline>),
    /// What happened, and no dashboard of the account has told.
    News(Vec<Event>),
    /// What happened, the newest first, or why the ledger cannot be read. The answer to [`Effect::ReadEvents`](crate::tui::effect::Effect::ReadEvents).
    Events(Result<Vec<Event>, UntrustedText>),
    /// The page was not opened; why.
    NotVisited(UntrustedText),
    /// The desktop takes no notifications; why.
    NoDesktop(UntrustedText),
    /// The user's own command did not take news; why.
    NoHook(UntrustedText),
    /// How the writing of a file ended. The answer to [`Effect::Export`](crate::tui::effect::Effect::Export).
    Exported(Export),
    /// The saved filters, or why they could not be written. The answer to [`Effect::SaveFilter`](crate::tui::effect::Effect::SaveFilter).
    Filters(Result<Vec<String>, UntrustedText>),
    /// What everything was worth, oldest first, or why the ledger cannot be read. The answer to [`Effect::ReadWorth`](crate::tui::effect::Effect::ReadWorth).
    Worth(Result<Vec<Worth>, UntrustedText>),
    /// How long withdrawals usually take: the median in milliseconds, and of how many. The answer to
    /// [`Effect::ReadUsualTimes`](crate::tui::effect::Effect::ReadUsualTimes).
    UsualTimes(BTreeMap<CoinNetwork, (i64, usize)>),
    /// What was found out. The answer to [`Effect::Doctor`](crate::tui::effect::Effect::Doctor).
    Doctor(Vec<Finding>),
    /// A text was handed to the clipboard, or could not be.
    Copied(Result<CopiedTo, UntrustedText>),
    /// This machine has no clipboard of the user's, or it did not take this text.
    NoClipboard(String),
}

/// How the writing of a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Export {
    /// It is there.
    Done {
        /// Where.
        path: UntrustedText,
        /// Records in it.
        count: usize,
        /// Records that the form has no place for.
        left_out: usize,
    },
    /// A file is there already; it is as it was.
    Exists,
    /// It could not be written; the system's words.
    Failed(UntrustedText),
}

/// Where a copied text went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CopiedTo {
    /// Into this machine's clipboard; it said so.
    Machine,
    /// To the terminal, which does not say what it did with it.
    Terminal,
    /// Into tmux's buffer, by its own command; it hands it to the terminal, which does not say what it did with it.
    Buffer,
    /// To tmux and through it to the terminal; neither says what it did with it.
    Tmux,
}

/// The last known state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LedgerSnapshot {
    /// Incoming, then outgoing records.
    pub records: [Records; 2],
    /// When the newest page of each was last read; `None` when it never was.
    pub read: [Option<Millis>; 2],
    /// Whether each is known back to its first record.
    pub is_whole: [bool; 2],
    /// The balances, and when they were true.
    pub balances: Option<(Vec<Balance>, Millis)>,
    /// The user's notes on records.
    pub notes: HashMap<RecordKey, UntrustedText>,
    /// Records that the exchange contradicts itself about, and how.
    pub conflicts: HashMap<RecordKey, UntrustedText>,
    /// What is missing of the history although it was read.
    pub missing: Missing,
    /// What was ordered here for records whose gross the exchange does not say.
    pub ordered: HashMap<RecordKey, Ordered>,
    /// The saved filters, newest first.
    pub filters: Vec<String>,
    /// Every deposit address of the account itself that was ever read.
    pub own: Vec<DepositAddress>,
    /// Orders of any age that paid others or may have.
    pub payments: Vec<Order>,
}

/// The way of a record as it was seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTimeline {
    /// Whose.
    pub key: RecordKey,
    /// What it became, and when that was seen, by the exchange's clock.
    pub steps: Vec<(Status, Millis)>,
    /// How long others of its kind took, milliseconds: the median, and of how many.
    pub usual: Option<(i64, usize)>,
    /// The price of one coin at its time in the market quote coin, where that is known.
    pub price: Option<Decimal>,
}

/// How far the reading of the history has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRead {
    /// 0 is incoming, 1 is outgoing.
    pub flow: usize,
    /// Records that are new or differ from before.
    pub changed: Vec<Record>,
    /// Records in the ledger, of both ways.
    pub held: u64,
    /// The oldest moment that was reached.
    pub oldest: Option<Millis>,
    /// True when nothing is missing of this way.
    pub is_whole: bool,
    /// Records that the exchange contradicts itself about, and how: `backwards`, `disagrees`, `addresses`, `same_id` or
    /// `vanished`.
    pub conflicts: HashMap<RecordKey, UntrustedText>,
    /// What is missing of either way although it was read.
    pub missing: Missing,
    /// What was ordered here for records whose gross the exchange does not say.
    pub ordered: HashMap<RecordKey, Ordered>,
}

/// What is damaged of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// A predecessor that was set aside and that the user does not know of yet: nothing is ordered until then.
    SetAside(UntrustedText),
    /// Orders that are missing from it: nothing is ordered until the user knows.
    Missing(MissingOrders),
    /// Rows of orders, answered for or not.
    Orders(Vec<DamagedOrder>),
}

impl From<&str> for Damage {
    fn from(path: &str) -> Self {
        Self::SetAside(UntrustedText::from(path))
    }
}

/// What reading the ledger brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerNews {
    /// It is open.
    Open {
        /// Orders whose outcome is not known, oldest first.
        unsettled: Vec<Order>,
        /// Orders since the moment that was asked for.
        ordered: Vec<Order>,
        /// Orders whose end is not certain, newest first.
        unproven: Vec<Order>,
        /// What is damaged.
        damage: Option<Damage>,
        /// Moves, the newest first.
        moves: Vec<MoveRecord>,
    },
    /// It cannot be used; why.
    Shut(UntrustedText),
}

/// The end of a load.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// What was asked for.
    pub load: Load,
    /// Which asking this answers.
    pub generation: Generation,
    /// When the answer came, by this machine's clock.
    pub at: Millis,
    /// Exchange time minus machine time, milliseconds; `None` while not known.
    pub clock_offset: Option<i64>,
    /// The answer.
    pub result: Result<Loaded, Problem>,
}

/// What a load brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded {
    /// For [`Load::Balances`]; `None` when the exchange reported nothing at all.
    Balances(Option<Vec<Balance>>),
    /// For [`Load::Futures`]; `None` when nothing is listed for the coin.
    Futures(Option<Box<FuturesBalance>>),
    /// For [`Load::Incoming`], [`Load::Outgoing`] and their older pages.
    Records(Vec<Record>),
    /// For [`Load::User`].
    User(UserInfo),
    /// For [`Load::Coins`].
    Coins(Vec<Coin>),
    /// For [`Load::Rates`].
    Rates(Vec<Rate>),
    /// For [`Load::Price`]: in the market quote coin.
    Price(Amount),
    /// For [`Load::Price`]: the exchange knows no such market.
    NoMarket,
    /// For [`Load::Addresses`].
    Addresses(Vec<DepositAddress>),
    /// One of the lists without the rows that could not be read.
    Partly(Box<Loaded>, Vec<LeftOut>),
}
