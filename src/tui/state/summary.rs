//! What the header and the banners say: sums, counts and the state of the connection.

use rust_decimal::Decimal;

use super::State;
use super::futures::FuturesWorth;
use crate::domain::columns::Tab;
use crate::domain::record::SAME_ID;
use crate::domain::{Charge, LeftOut, Millis, Problem, Record, RecordKey, Status, UntrustedText, Wording};
use crate::engine::config::keymap::Context;
use crate::engine::session::Mode;
use crate::tui::effect::Load;

/// A clock that is wrong by more than this is shown, milliseconds.
pub const CLOCK_MATTERS_MS: i64 = 5_000;

/// An answer that takes longer than this is said to be awaited, milliseconds.
const SLOW_MS: i64 = 5_000;

/// A part of the data on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// The balances.
    Balances,
    /// What the futures side holds.
    Futures,
    /// Deposits and incoming transfers.
    Incoming,
    /// Withdrawals and outgoing transfers.
    Outgoing,
    /// The prices of coins.
    Prices,
    /// The exchange rates.
    Rates,
    /// Coins and networks.
    Coins,
    /// Where to pay in.
    Addresses,
}

/// When it was true, why the last asking failed, since when the next is awaited.
fn state<T>(remote: &super::remote::Remote<T>) -> (Option<Millis>, Option<&Problem>, Option<Millis>) {
    (remote.at(), remote.problem(), remote.began())
}

/// Counts over all records, kept so that drawing does not walk them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records that are not final.
    pub pending: usize,
    /// Records that wait for the user's security check.
    pub verification: usize,
    /// Rows of each tab before filtering.
    pub rows: [usize; 4],
}

/// What the whole account is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The sum of all values that are known, on both sides, in the unit, rounded; `None` while balances or prices are not known.
    pub value: Option<Decimal>,
    /// What of it is on the spot side.
    pub spot: Option<Decimal>,
    /// What of it is on the futures side.
    pub futures: FuturesWorth,
    /// True where more may be there, or not so much: a coin of it was not read, or not lately.
    pub is_futures_partial: bool,
    /// Coins that are held and have no known value; they are not in the sum.
    pub unpriced: Vec<UntrustedText>,
}

impl Total {
    /// True when something of the account may not be in the sum.
    pub const fn is_partial(&self) -> bool {
        !self.unpriced.is_empty() || self.is_futures_partial || matches!(self.futures, FuturesWorth::Unknown)
    }
}

/// The state of the connection, for the data on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// How it goes.
    pub state: LinkState,
    /// Milliseconds since the data on the screen was true; `None` while there is none.
    pub age: Option<i64>,
}

/// How the connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LinkState {
    /// Nothing has come yet.
    Loading,
    /// Nothing has come yet; what is shown was kept by an earlier run.
    Kept,
    /// The last asking was answered.
    Live,
    /// An answer is awaited for longer than it should take.
    Waiting,
    /// The last asking failed; what is shown is old.
    Stale,
    /// The exchange refused the key; nothing is asked any more.
    Stopped,
}

/// What stays on the screen until it is acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// An order is being sent, and no other has an outcome that is not known.
    Sending,
    /// So many orders have an outcome that is not known, one that is being sent included.
    Orders(usize),
    /// Nothing can be ordered: the ledger cannot be used; why.
    Ledger(String),
    /// The key belongs to another account than the profile's: that one, and the profile's.
    OtherAccount(UntrustedText, UntrustedText),
    /// So many records wait for the user's security check in the exchange's app.
    Verification(usize),
    /// Data could not be refreshed.
    Trouble {
        /// Which data; `None` for all that needs the key.
        part: Option<Part>,
        /// Why.
        problem: Problem,
        /// When it will be asked again; `None` when only the user can.
        retry_at: Option<Millis>,
    },
    /// The exchange reports no balances at all where it did before.
    Silence,
    /// So many rows of these data cannot be read and are left out; the first of them.
    LeftOut(Part, usize, LeftOut),
    /// This machine's clock is wrong by so many milliseconds.
    Clock(i64),
}

/// So many of the newest records are held ready.
const RECENT: usize = 8;

impl Banner {
    /// How many lines it needs on a screen of `width` columns: an explanation says what happened and what to do next.
    pub const fn lines(&self, width: u16) -> u16 {
        match self {
            // Only the user can end this one, so the next step must not be cut.
            Self::Trouble { retry_at: None, .. } if width < 100 => 3,
            Self::Trouble { .. } | Self::Ledger(_) | Self::OtherAccount(..) | Self::LeftOut(..) => 2,
            Self::Sending | Self::Orders(_) | Self::Verification(_) | Self::Silence | Self::Clock(_) => 1,
        }
    }
}

impl State {
    /// Counts over all records.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    pub(in crate::tui) fn recount(&mut self) {
        let (mut counts, mut open) = (Counts::default(), Vec::new());
        let mut recent: Vec<(Millis, u32)> = Vec::with_capacity(RECENT + 1);
        for (at, head) in self.heads() {
            // Of a move that is merely likely nothing more will come: its order waits for the user, not for the exchange.
            let is_given_up = head.kind.is_move() && matches!(head.status, Status::Other(_));
            if !head.status.is_final() && !is_given_up {
                open.push(at);
            } else if let Some(time) =
                head.time.filter(|time| recent.len() < RECENT || recent.last().is_some_and(|(oldest, _)| time > oldest))
            {
                let place = recent.partition_point(|(newer, _)| *newer >= time);
                recent.insert(place, (time, at));
                recent.truncate(RECENT);
            }
            counts.verification += usize::from(head.status == Status::Verification);
            for tab in Tab::ALL {
                counts.rows[tab.index()] += usize::from(tab.shows(&head.kind));
            }
        }
        counts.pending = open.len();
        (self.counts, self.open) = (counts, open);
        self.recent = recent.into_iter().map(|(_, at)| at).collect();
    }

    /// The newest records that are final, the newest first.
    pub fn recent_records(&self) -> Vec<Record> {
        self.recent.iter().filter_map(|at| self.record_at(*at)).collect()
    }

    /// What the whole account is worth, hidden rows included.
    pub fn total(&self) -> Total {
        // No balances reported is not nothing held (`reference.md §4.1`).
        let Some(balances) = self.balances.value().filter(|b| !b.is_empty()) else {
            return Total {
                value: None,
                spot: None,
                futures: FuturesWorth::Unknown,
                is_futures_partial: true,
                unpriced: Vec::new(),
            };
        };
        let mut sum = Some(Decimal::ZERO);
        // Coins of which nothing is held are worth nothing for certain; they do not make a sum of unknowns known.
        let mut any = false;
        let mut unpriced = Vec::new();
        for (balance, value) in balances.iter().zip(&self.values) {
            match value {
                Some(value) => {
                    any |= !balance.total().is_some_and(crate::domain::Amount::is_zero);
                    sum = sum.and_then(|s| s.checked_add(*value));
                }
                None => unpriced.push(balance.coin.clone()),
            }
        }
        unpriced.extend(self.balances_left_out());
        let spot = sum.filter(|_| any || unpriced.is_empty());
        let (futures, of_futures) = self.futures_worth();
        unpriced.extend(of_futures.into_iter().filter(|coin| !unpriced.contains(coin)).collect::<Vec<_>>());
        let value = match &futures {
            FuturesWorth::Known(futures) => spot.and_then(|spot| spot.checked_add(*futures)),
            FuturesWorth::Unknown => spot,
        };
        Total { value, spot, futures, is_futures_partial: self.is_futures_partial(), unpriced }
    }

    /// Rows of the exchange's answers that could not be read, each part's once.
    pub fn rows_left_out(&self) -> Vec<(Part, Vec<&LeftOut>)> {
        let mut parts: Vec<(Part, Vec<&LeftOut>)> = Vec::new();
        for (load, rows) in &self.left_out {
            let part = match load {
                Load::Balances => Part::Balances,
                Load::Incoming | Load::OlderIncoming(_) => Part::Incoming,
                Load::Outgoing | Load::OlderOutgoing(_) => Part::Outgoing,
                Load::Coins => Part::Coins,
                Load::Rates => Part::Rates,
                Load::User | Load::Price(_) | Load::Addresses(_) | Load::Futures(_) => continue,
            };
            let at = parts.iter().position(|(known, _)| *known == part).unwrap_or_else(|| {
                parts.push((part, Vec::new()));
                parts.len() - 1
            });
            for row in rows {
                // Two pages may share it.
                if !parts[at].1.iter().any(|known| known.name.is_some() && known.name == row.name) {
                    parts[at].1.push(row);
                }
            }
        }
        parts
    }

    /// The coins whose balance could not be read; what has no name either is a question mark.
    pub(in crate::tui) fn balances_left_out(&self) -> impl Iterator<Item = UntrustedText> + '_ {
        let rows = self.left_out.get(&Load::Balances).into_iter().flatten();
        rows.map(|row| row.name.clone().unwrap_or_else(|| UntrustedText::from("?")))
    }

    /// A value's part of the total in thousandths; `None` where either is not known.
    pub fn share(&self, value: Option<Decimal>, total: &Total) -> Option<u16> {
        let whole = total.value.filter(|w| *w > Decimal::ZERO)?;
        let part = value?.checked_mul(Decimal::ONE_THOUSAND)?.checked_div(whole)?;
        u16::try_from(part.round()).ok()
    }

    /// The state of the connection for a tab's data: the worst of what it is made of.
    pub fn link(&self) -> Link {
        let parts = match self.tab {
            Tab::Balances => vec![state(&self.balances)],
            Tab::Deposits => vec![state(&self.incoming)],
            Tab::Withdrawals => vec![state(&self.outgoing)],
            Tab::Transfers => vec![state(&self.incoming), state(&self.outgoing)],
        };
        let is_kept = match self.tab {
            Tab::Balances => self.balances.is_kept(),
            Tab::Deposits => self.incoming.is_kept(),
            Tab::Withdrawals => self.outgoing.is_kept(),
            Tab::Transfers => self.incoming.is_kept() || self.outgoing.is_kept(),
        };
        let oldest = parts.iter().map(|(at, _, _)| *at).min().flatten();
        let is_slow = |began: &Option<Millis>| began.is_some_and(|at| self.now.since(at) >= SLOW_MS);
        let is_price_old = self.tab == Tab::Balances && self.price_trouble().is_some();
        let state = if self.key_refused().is_some() {
            LinkState::Stopped
        } else if parts.iter().any(|(_, problem, _)| problem.is_some()) || is_price_old {
            LinkState::Stale
        } else if parts.iter().any(|(_, _, began)| is_slow(began)) {
            LinkState::Waiting
        } else if oldest.is_none() {
            LinkState::Loading
        } else if is_kept {
            LinkState::Kept
        } else {
            LinkState::Live
        };
        Link { state, age: oldest.map(|at| self.now.since(at).max(0)) }
    }

    /// True when the tab's data was read at least once.
    pub fn is_loaded(&self, tab: Tab) -> bool {
        match tab {
            Tab::Balances => self.balances.value().is_some(),
            Tab::Deposits => self.incoming.value().is_some(),
            Tab::Withdrawals => self.outgoing.value().is_some(),
            Tab::Transfers => self.incoming.value().is_some() && self.outgoing.value().is_some(),
        }
    }

    /// True when older records exist that the tab does not show (yet).
    pub fn is_cut(&self) -> bool {
        let [incoming, outgoing] = &self.past;
        if let Some(history) = &self.history {
            let [incoming, outgoing] = history.is_whole;
            return match self.tab {
                // Its rows are balances; its exports and sums are about all records.
                Tab::Balances => false,
                Tab::Deposits => !incoming,
                Tab::Withdrawals => !outgoing,
                Tab::Transfers => !(incoming && outgoing),
            };
        }
        match self.tab {
            Tab::Balances => false,
            Tab::Deposits => incoming.is_cut(),
            Tab::Withdrawals => outgoing.is_cut(),
            Tab::Transfers => incoming.is_cut() || outgoing.is_cut(),
        }
    }

    /// True when sums and exports of the tab on the screen may lack records.
    pub fn is_history_cut(&self) -> bool {
        match (self.tab, &self.history) {
            (Tab::Balances, Some(history)) => history.is_whole.contains(&false),
            (Tab::Balances, None) => self.past.iter().any(super::past::Past::is_cut),
            _ => self.is_cut(),
        }
    }

    /// What a record cost, with what was ordered here where the exchange does not say.
    pub fn charge<T: Wording>(&self, record: &Record<T>) -> Charge {
        let is_open = record.key.kind.is_outgoing() && record.gross().is_none() && !self.ordered.is_empty();
        let key = || RecordKey { kind: record.key.kind.clone(), id: record.key.id.to_text() };
        record.charge(is_open.then(key).and_then(|key| self.ordered.get(&key)))
    }

    /// True for a record beside another one under the same id: which of their amounts is true cannot be said.
    pub(in crate::tui) fn has_same_id<T: Wording>(&self, record: &Record<T>) -> bool {
        let key = || RecordKey { kind: record.key.kind.clone(), id: record.key.id.to_text() };
        !self.conflicts.is_empty() && self.conflicts.get(&key()).is_some_and(|conflict| conflict.raw() == SAME_ID)
    }

    /// How many records of the tab on the screen are known to be missing although they were read: rows that cannot be
    /// read, and seconds that hold more than the exchange lists.
    pub fn missing(&self) -> (usize, usize) {
        let (mut unread, mut crowded) = (0, 0);
        for flow in 0..2 {
            let is_of_tab = match self.tab {
                Tab::Deposits => flow == 0,
                Tab::Withdrawals => flow == 1,
                Tab::Balances | Tab::Transfers => true,
            };
            if !is_of_tab {
                continue;
            }
            let part = if flow == 0 { Part::Incoming } else { Part::Outgoing };
            // Without a ledger the pages themselves say it; with one, it knows of all pages.
            let shown: usize =
                self.rows_left_out().iter().filter(|(of, _)| *of == part).map(|(_, rows)| rows.len()).sum();
            unread += shown.max(self.missing.unread[flow].len());
            crowded += self.missing.crowded[flow].len();
        }
        (unread, crowded)
    }

    /// True when sums and exports of the tab on the screen lack records, or may lack some.
    pub fn is_history_incomplete(&self) -> bool {
        self.is_history_cut() || self.missing() != (0, 0)
    }

    /// Rows of the tab on the screen before filtering.
    pub fn rows_unfiltered(&self) -> usize {
        match self.tab {
            Tab::Balances => self.balances.value().map_or(0, Vec::len),
            tab => self.counts.rows[tab.index()],
        }
    }

    /// What stays on the screen until it is acted on, the most pressing first.
    pub fn banners(&self) -> Vec<Banner> {
        let mut banners = Vec::new();
        match self.open_orders() {
            0 => {}
            1 if self.money.in_flight.is_some() => banners.push(Banner::Sending),
            n => banners.push(Banner::Orders(n)),
        }
        if let Some(why) = self.ledger_trouble() {
            banners.push(Banner::Ledger(why));
        }
        if let Some((now, before)) = self.other_account() {
            banners.push(Banner::OtherAccount(now.clone(), before.clone()));
        }
        if self.counts.verification > 0 {
            banners.push(Banner::Verification(self.counts.verification));
        }
        if let Some(problem) = self.key_refused() {
            banners.push(Banner::Trouble { part: None, problem: problem.clone(), retry_at: None });
        } else if let Some((part, problem, retry_at)) = self.trouble() {
            banners.push(Banner::Trouble { part: Some(part), problem: problem.clone(), retry_at: Some(retry_at) });
        }
        if self.silence.is_some() && self.balances.value().is_some_and(|b| !b.is_empty()) {
            banners.push(Banner::Silence);
        }
        for (part, rows) in self.rows_left_out() {
            if let Some(first) = rows.first() {
                banners.push(Banner::LeftOut(part, rows.len(), (*first).clone()));
            }
        }
        if let Some(offset) = self.clock_offset
            && offset.abs() >= CLOCK_MATTERS_MS
        {
            banners.push(Banner::Clock(offset));
        }
        banners
    }

    /// The account that the key belongs to and the one that the profile belonged to, where they differ.
    pub fn other_account(&self) -> Option<(&UntrustedText, &UntrustedText)> {
        let now = self.user.value()?.uid.as_ref()?;
        let before = self.config.identity.uid.as_ref()?;
        (now != before).then_some((now, before))
    }

    /// True while something has the keys that the table's footer does not describe.
    pub fn is_typing(&self) -> bool {
        self.context == Context::Filter
    }

    /// True when money is not real.
    pub fn is_demo(&self) -> bool {
        self.config.mode == Mode::Demo
    }
}
