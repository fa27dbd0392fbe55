//! From data to rows: which rows a tab has, filtered and sorted; what the balances are worth.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

use rust_decimal::Decimal;

use super::remote::Remote;
use super::table::{RowId, Table};
use super::{DustFilter, State};
use crate::domain::columns::{Column, Sort, SortKey, Tab};
use crate::domain::query::fields::Holding;
use crate::domain::query::{Annotations, Query, STATUSES, Wrong, completions};
use crate::domain::record::SAME_ID;
use crate::domain::records::{PackedText, RecordHead, RecordRef};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Amount, Balance, Millis, Record, RecordKey, Records, Status, UntrustedText, Wording as _};

/// What is added to the positions of outgoing records, so that they stay where they are while incoming ones come.
const OUTGOING: u32 = 1 << 31;

/// So many rows are more than one thread looks through unnoticed.
const MANY: usize = 10_000;

/// Units that are offered besides the one in the settings, where prices lead there.
const UNITS: [&str; 6] = [MARKET_QUOTE, "USD", "EUR", "CNY", "BTC", "ETH"];

impl State {
    /// A record by its position, which stays its own however many come.
    pub fn record_at(&self, at: u32) -> Option<Record> {
        let (records, place) = self.records_at(at)?;
        records.get(place)
    }

    /// Kind and id of the record at a position.
    pub(in crate::tui) fn key_at(&self, at: u32) -> Option<RecordKey> {
        let (records, place) = self.records_at(at)?;
        records.key(place)
    }

    pub(in crate::tui) fn records_at(&self, at: u32) -> Option<(&Records, usize)> {
        let remote = if at & OUTGOING == 0 { &self.incoming } else { &self.outgoing };
        Some((remote.value()?, (at & !OUTGOING) as usize))
    }

    /// Where a row's data stands.
    pub(in crate::tui) fn row_at(&self, tab: Tab, wanted: &RowId) -> Option<u32> {
        match wanted {
            RowId::Coin(_) if tab != Tab::Balances => None,
            RowId::Coin(coin) => self.balances.value()?.iter().position(|b| b.coin == *coin).map(position),
            RowId::Record(key) => self.rows_of(key).first().copied(),
            RowId::SameId(key, number) => self.rows_of(key).get(*number).copied(),
        }
    }

    /// The positions of the records under a key.
    pub(in crate::tui) fn rows_of(&self, key: &RecordKey) -> Vec<u32> {
        let is_outgoing = key.kind.is_outgoing();
        let Some(records) = if is_outgoing { &self.outgoing } else { &self.incoming }.value() else {
            return Vec::new();
        };
        let places = records.all_places([key]).remove(key).unwrap_or_default();
        places.into_iter().map(|at| if is_outgoing { position(at) | OUTGOING } else { position(at) }).collect()
    }

    /// Of the records under a key the one that came last.
    pub(in crate::tui) fn last_of(&self, key: &RecordKey) -> Option<Record> {
        self.record_at(*self.rows_of(key).last()?)
    }

    /// The identity of the record at a position.
    pub(in crate::tui) fn record_row_id(&self, at: u32) -> Option<RowId> {
        let key = self.key_at(at)?;
        // Looking all of them through is for those that need it.
        if self.conflicts.get(&key).is_some_and(|why| why.raw() == SAME_ID)
            && let Some(number) = self.rows_of(&key).iter().position(|row| *row == at).filter(|number| *number > 0)
        {
            return Some(RowId::SameId(key, number));
        }
        Some(RowId::Record(key))
    }

    /// The positions of all records with what they begin with.
    pub(in crate::tui) fn heads(&self) -> impl Iterator<Item = (u32, RecordHead)> + '_ {
        let incoming = self.incoming.value().into_iter().flat_map(Records::heads);
        let outgoing = self.outgoing.value().into_iter().flat_map(Records::heads);
        (0..).zip(incoming).chain((OUTGOING..).zip(outgoing))
    }

    /// How many records are held.
    pub(in crate::tui) fn records_held(&self) -> usize {
        [&self.incoming, &self.outgoing].into_iter().filter_map(Remote::value).map(Records::len).sum()
    }

    /// The records of both ways, each with what is added to the positions.
    pub(in crate::tui) fn flows(&self) -> impl Iterator<Item = (&Records, u32)> {
        [(&self.incoming, 0), (&self.outgoing, OUTGOING)]
            .into_iter()
            .filter_map(|(remote, first)| Some((remote.value()?, first)))
    }

    /// Looks at all records, where they lie.
    pub(in crate::tui) fn each_record(&self, mut take: impl FnMut(u32, &RecordRef<'_>)) {
        for (records, first) in self.flows() {
            records.each_of(0..records.len(), |at, view| take(first | position(at), view));
        }
    }

    /// Looks at the records at these positions, in the order in which they lie.
    pub(in crate::tui) fn each_of(&self, positions: &[u32], mut take: impl FnMut(u32, &RecordRef<'_>)) {
        for (records, first) in self.flows() {
            let marks = marks(records, first, positions);
            let marked = (0..records.len()).filter(|at| marks[*at]);
            records.each_of(marked, |at, view| take(first | position(at), view));
        }
    }

    /// A balance by its position.
    pub fn balance_at(&self, at: u32) -> Option<&Balance> {
        self.balances.value()?.get(at as usize)
    }

    /// What a balance is worth in the unit, rounded; `None` when it has no price.
    pub fn value_at(&self, at: u32) -> Option<Decimal> {
        self.values.get(at as usize).copied().flatten()
    }

    /// The price of one coin in the unit, rounded.
    pub fn price_of(&self, coin: &UntrustedText) -> Option<Decimal> {
        self.prices.price(coin, &self.unit)
    }

    /// The selected balance with its position.
    pub fn selected_balance(&self) -> Option<(u32, &Balance)> {
        if self.tab != Tab::Balances {
            return None;
        }
        let at = self.table().selected_at()?;
        Some((at, self.balance_at(at)?))
    }

    /// The selected record.
    pub fn selected_record(&self) -> Option<Record> {
        if self.tab == Tab::Balances {
            return None;
        }
        self.record_at(self.table().selected_at()?)
    }

    /// The units that can be chosen: the one in the settings and those that prices lead to.
    pub(in crate::tui) fn units(&self) -> Vec<UntrustedText> {
        let mut units = vec![self.config.unit.clone()];
        for name in UNITS {
            let unit = UntrustedText::from(name);
            if !units.contains(&unit) && self.prices.price(&UntrustedText::from(MARKET_QUOTE), &unit).is_some() {
                units.push(unit);
            }
        }
        units
    }

    /// Values every balance anew, then puts the balances in order.
    pub(in crate::tui) fn revalue(&mut self) {
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        self.values = balances.iter().map(|b| self.prices.value(&b.coin, b.total()?, &self.unit)).collect();
        self.measure_balances();
        self.arrange(Tab::Balances);
    }

    /// Filters and sorts a tab's rows; the selection stays with its row.
    pub(in crate::tui) fn arrange(&mut self, tab: Tab) {
        if tab != Tab::Balances {
            self.tables[tab.index()].sorted = self.sorted_records(tab);
        }
        self.filter_anew(tab, false);
    }

    /// Filters a tab's rows, which are in order already; the selection stays with its row. `narrows`: only what is shown can
    /// be shown afterwards.
    pub(in crate::tui) fn filter_anew(&mut self, tab: Tab, narrows: bool) {
        let table = &self.tables[tab.index()];
        let order = match tab {
            Tab::Balances => self.balance_order(),
            _ => self.filtered_records(tab, if narrows { &table.order } else { &table.sorted }),
        };
        let height = self.row_lines();
        let mut table = std::mem::replace(&mut self.tables[tab.index()], Table::new(tab));
        // While prices come in the order of worth changes; the top stays the top until the user has chosen a row.
        if tab == Tab::Balances && !table.moved {
            (table.selected, table.cursor) = (None, 0);
        }
        table.take(order, height, |wanted| self.row_at(tab, wanted), |at| self.row_id(tab, at));
        self.tables[tab.index()] = table;
    }

    /// A balance with what it is worth.
    fn holding<'a>(&self, at: u32, balance: &'a Balance) -> Holding<'a> {
        let number = |value: Option<Decimal>| value.map(Amount::from_decimal);
        Holding { balance, value: number(self.value_at(at)), price: number(self.price_of(&balance.coin)) }
    }

    pub(in crate::tui) fn balance_order(&self) -> Vec<u32> {
        let table = &self.tables[Tab::Balances.index()];
        let query = Query::parse_in(Tab::Balances, table.filter.value(), self.exchange_now());
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        let mut order: Vec<u32> = (0..)
            .zip(balances)
            .filter(|(at, b)| !self.is_dust_hidden(*at, b) && query.takes_balance(&self.holding(*at, b)))
            .map(|(at, _)| at)
            .collect();
        order.sort_by(|x, y| {
            let (Some(a), Some(b)) = (self.balance_at(*x), self.balance_at(*y)) else {
                return Ordering::Equal;
            };
            let by_column = |by: usize| match table.sort[by].column {
                Column::Available => a.available.cmp(&b.available),
                Column::InUse => a.in_use.cmp(&b.in_use),
                Column::Total => a.total().cmp(&b.total()),
                Column::Price => self.price_of(&a.coin).cmp(&self.price_of(&b.coin)),
                Column::Coin => a.coin.cmp(&b.coin),
                _ => self.value_at(*x).cmp(&self.value_at(*y)),
            };
            by_all(&table.sort, by_column).then_with(|| a.coin.cmp(&b.coin))
        });
        order
    }

    /// How many coins the dust filter hides.
    pub fn put_away(&self) -> usize {
        if self.dust_filter == DustFilter::All {
            return 0;
        }
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        (0..).zip(balances).filter(|(at, b)| self.is_dust_hidden(*at, b)).count()
    }

    pub(in crate::tui) fn is_dust_hidden(&self, at: u32, balance: &Balance) -> bool {
        let is_zero = balance.total().is_some_and(Amount::is_zero);
        match self.dust_filter {
            DustFilter::All => false,
            DustFilter::HideZero => is_zero,
            DustFilter::HideDust => {
                let limit = self.dust_limit();
                is_zero || self.value_at(at).zip(limit).is_some_and(|(value, limit)| value < limit)
            }
        }
    }

    /// The dust limit in the unit on the screen; it is set in the unit of the settings.
    pub(in crate::tui) fn dust_limit(&self) -> Option<Decimal> {
        self.prices.value(&self.config.unit, self.config.dust, &self.unit)
    }

    pub(in crate::tui) fn sorted_records(&self, tab: Tab) -> Vec<u32> {
        let sort = &self.tables[tab.index()].sort;
        let last = |(x_time, x): (Option<Millis>, u32), (y_time, y): (Option<Millis>, u32)| {
            y_time.cmp(&x_time).then_with(|| self.key_at(x).cmp(&self.key_at(y)))
        };
        let Some(by_time) = sort.iter().find(|by| by.column == Column::Time).filter(|_| sort.len() == 1) else {
            // What rows are ordered by is taken out once: comparing looks at each many times.
            let mut sorted: Vec<(Vec<SortKey>, _)> = Vec::new();
            self.each_record(|at, view| {
                if tab.shows(&view.key.kind) {
                    let key = |by: &Sort| match by.column {
                        Column::Gross => SortKey::Amount(self.charge(view).gross),
                        Column::Fee => SortKey::Amount(self.charge(view).fee),
                        other => other.key(view),
                    };
                    sorted.push((sort.iter().map(key).collect(), (view.time, at)));
                }
            });
            // No two rows are equal: a sort that keeps the order of equal ones would only need more room.
            sorted.sort_unstable_by(|(x_keys, x), (y_keys, y)| {
                let by_column = |by: usize| match sort[by].column {
                    Column::Time => x.0.cmp(&y.0),
                    _ => x_keys.get(by).cmp(&y_keys.get(by)),
                };
                by_all(sort, by_column).then_with(|| last(*x, *y))
            });
            return sorted.into_iter().map(|(_, (_, at))| at).collect();
        };
        let rows = self.heads().filter(|(_, head)| tab.shows(&head.kind));
        let mut sorted: Vec<_> = rows.map(|(at, head)| (head.time, at)).collect();
        // They come nearly in this order, which this sort makes use of.
        sorted.sort_by(|x, y| by_time.directed(x.0.cmp(&y.0)).then_with(|| last(*x, *y)));
        sorted.into_iter().map(|(_, at)| at).collect()
    }

    pub(in crate::tui) fn filtered_records(&self, tab: Tab, among: &[u32]) -> Vec<u32> {
        let query = Query::parse(self.tables[tab.index()].filter.value(), self.exchange_now());
        if query.is_empty() {
            return among.to_vec();
        }
        let (asks_for_label, asks_for_words) = (query.asks_for_label(), query.asks_for_words());
        let asks_for_charge = query.asks_for_charge();
        let words = STATUSES.map(|word| self.status_word(word));
        let status = |r: &RecordRef<'_>| match &r.status {
            _ if !asks_for_words => "",
            Status::Verification => words[0],
            Status::Pending => words[1],
            Status::Success => words[2],
            Status::Fail => words[3],
            Status::Cancelled => words[4],
            Status::Other(word) => self.status_word(word.raw()),
        };
        let notes = self.notes_at();
        let own = |at: u32, r: &RecordRef<'_>| Annotations {
            status: status(r),
            label: asks_for_label.then(|| self.book().label_of(r)).flatten(),
            note: notes.get(&at).copied(),
            charge: asks_for_charge.then(|| self.charge(r)),
        };
        let mut taken = [Vec::new(), Vec::new()];
        for (records, first) in self.flows() {
            // What many records share is looked into once.
            let hits = query.hits(records.shared());
            let holds = |term: usize, piece: &PackedText<'_>, word: &str| match piece {
                PackedText::Shared(number, _) => hits[term][*number],
                other => other.holds(word),
            };
            // Records are looked at in the order in which they lie, whatever the table's.
            let look_through = |from: usize, marks: &mut [bool]| {
                let marks = Cell::from_mut(marks).as_slice_of_cells();
                let marked = (0..marks.len()).filter(|at| marks[*at].get());
                records.each_of(marked.map(|at| from + at), |at, view| {
                    marks[at - from].set(query.takes_by(view, own(first | position(at), view), holds));
                });
            };
            let mut marks = marks(records, first, among);
            if among.len() < MANY {
                look_through(0, &mut marks);
            } else {
                // Every letter of a filter waits for this: two look at a long history.
                let half = marks.len() / 2;
                let (former, latter) = marks.split_at_mut(half);
                std::thread::scope(|scope| {
                    scope.spawn(|| look_through(half, latter));
                    look_through(0, former);
                });
            }
            taken[flow(first)] = marks;
        }
        let is_taken = |at: &u32| taken[flow(*at)].get((at & !OUTGOING) as usize) == Some(&true);
        among.iter().copied().filter(is_taken).collect()
    }

    /// A status in the user's language.
    pub(in crate::tui) fn status_word(&self, word: &str) -> &'static str {
        self.lang().find(&format!("status.{word}")).unwrap_or_default()
    }

    /// The notes, by the positions of what they are about.
    pub(in crate::tui) fn notes_at(&self) -> HashMap<u32, &UntrustedText> {
        let places = self.flows().flat_map(|(records, first)| {
            records.places(self.notes.keys()).into_iter().map(move |(key, at)| (key, first | position(at)))
        });
        places.filter_map(|(key, at)| Some((at, self.note(key)?))).collect()
    }

    /// What of the filter on the screen is not understood.
    pub fn wrong_terms(&self) -> Vec<Wrong> {
        Query::parse_in(self.tab, self.table().filter.value(), self.exchange_now()).wrong
    }

    /// Collects the coins and networks that completions offer.
    pub(in crate::tui) fn learn_words(&mut self) {
        let mut found = [HashSet::new(), HashSet::new()];
        self.each_record(|_, view| {
            for (found, piece) in found.iter_mut().zip([Some(view.coin), view.network]) {
                let Some(piece) = piece else { continue };
                // Most of them are known already, and need no copy to be found.
                if !found.contains::<str>(&piece.raw()) {
                    found.insert(piece.to_text());
                }
            }
        });
        self.words = found.map(|found| found.into_iter().collect());
    }

    /// What the last term of the filter could become, the whole filter with it.
    pub fn completions(&self) -> Vec<String> {
        let [coins, networks] =
            self.words.each_ref().map(|words| words.iter().map(UntrustedText::raw).collect::<BTreeSet<_>>());
        let mut coins = coins;
        coins.extend(self.balances.value().into_iter().flatten().map(|balance| balance.coin.raw()));
        let (coins, networks): (Vec<&str>, Vec<&str>) = (coins.into_iter().collect(), networks.into_iter().collect());
        completions(self.tab, self.table().filter.value(), &coins, &networks)
    }
}

/// The way of a position: 0 is incoming, 1 is outgoing.
fn flow(at: u32) -> usize {
    usize::from(at & OUTGOING != 0)
}

/// Which of a way's records are among these positions; `first` is what is added to that way's.
fn marks(records: &Records, first: u32, positions: &[u32]) -> Vec<bool> {
    let mut marks = vec![false; records.len()];
    for at in positions.iter().filter(|at| flow(**at) == flow(first)) {
        if let Some(mark) = marks.get_mut((at & !OUTGOING) as usize) {
            *mark = true;
        }
    }
    marks
}

/// A place among the records of a way.
fn position(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX) & !OUTGOING
}

/// The order of two rows by several columns, the first that tells them apart; `compare` compares by one of them.
fn by_all(sort: &[Sort], compare: impl Fn(usize) -> Ordering) -> Ordering {
    (0..sort.len()).fold(Ordering::Equal, |order, by| order.then_with(|| sort[by].directed(compare(by))))
}
