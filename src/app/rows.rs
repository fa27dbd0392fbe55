//! From data to rows: which rows a tab has, filtered and sorted; what the balances are worth.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::tab::{Column, Sort, Tab};
use super::table::Table;
use super::{App, DustFilter};
use crate::domain::query::{Own, Query, Wrong, completions};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Balance, Record, Text};

/// Units that are offered besides the one in the settings, where prices lead there.
const UNITS: [&str; 6] = [MARKET_QUOTE, "USD", "EUR", "CNY", "BTC", "ETH"];

impl App {
    /// A record by its position: incoming records first, then outgoing ones.
    pub fn record_at(&self, at: u32) -> Option<&Record> {
        let at = at as usize;
        let incoming = self.incoming.value().map_or(&[][..], Vec::as_slice);
        match incoming.get(at) {
            Some(found) => Some(found),
            None => self.outgoing.value()?.get(at - incoming.len()),
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
    pub fn price_of(&self, coin: &Text) -> Option<Decimal> {
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
    pub fn selected_record(&self) -> Option<&Record> {
        if self.tab == Tab::Balances {
            return None;
        }
        self.record_at(self.table().selected_at()?)
    }

    /// The units that can be chosen: the one in the settings and those that prices lead to.
    pub(super) fn units(&self) -> Vec<Text> {
        let mut units = vec![self.session.unit.clone()];
        for name in UNITS {
            let unit = Text::from(name);
            if !units.contains(&unit) && self.prices.price(&Text::from(MARKET_QUOTE), &unit).is_some() {
                units.push(unit);
            }
        }
        units
    }

    /// Values every balance anew, then puts the balances in order.
    pub(super) fn revalue(&mut self) {
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        self.values = balances.iter().map(|b| self.prices.value(&b.coin, b.total()?, &self.unit)).collect();
        self.arrange(Tab::Balances);
    }

    /// Filters and sorts a tab's rows; the selection stays with its row.
    pub(super) fn arrange(&mut self, tab: Tab) {
        if tab != Tab::Balances {
            self.tables[tab.index()].sorted = self.sorted_records(tab);
        }
        self.filter_anew(tab);
    }

    /// Filters a tab's rows, which are in order already; the selection stays with its row.
    pub(super) fn filter_anew(&mut self, tab: Tab) {
        let order = match tab {
            Tab::Balances => self.balance_order(),
            _ => self.filtered_records(tab),
        };
        let height = self.row_lines();
        let mut table = std::mem::replace(&mut self.tables[tab.index()], Table::new(tab));
        // While prices come in the order of worth changes; the top stays the top until the user has chosen a row.
        if tab == Tab::Balances && !table.moved {
            (table.selected, table.cursor) = (None, 0);
        }
        table.take(order, height, |at| self.row_id(tab, at));
        self.tables[tab.index()] = table;
    }

    pub(super) fn all_records(&self) -> impl Iterator<Item = &Record> {
        self.incoming.value().into_iter().flatten().chain(self.outgoing.value().into_iter().flatten())
    }

    fn balance_order(&self) -> Vec<u32> {
        let table = &self.tables[Tab::Balances.index()];
        let query = Query::parse(table.filter.value(), self.exchange_now());
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        let mut order: Vec<u32> = (0..)
            .zip(balances)
            .filter(|(at, b)| !self.is_put_away(*at, b) && query.takes_coin(&b.coin, b.total()))
            .map(|(at, _)| at)
            .collect();
        order.sort_by(|x, y| {
            let (Some(a), Some(b)) = (self.balance_at(*x), self.balance_at(*y)) else {
                return Ordering::Equal;
            };
            let by_column = |column| match column {
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
        (0..).zip(balances).filter(|(at, b)| self.is_put_away(*at, b)).count()
    }

    fn is_put_away(&self, at: u32, balance: &Balance) -> bool {
        let is_zero = balance.total().is_some_and(crate::domain::Amount::is_zero);
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
    fn dust_limit(&self) -> Option<Decimal> {
        self.prices.value(&self.session.unit, self.session.dust, &self.unit)
    }

    fn sorted_records(&self, tab: Tab) -> Vec<u32> {
        let sort = &self.tables[tab.index()].sort;
        let rows = (0..).zip(self.all_records()).filter(|(_, r)| tab.shows(&r.key.kind));
        let mut sorted: Vec<u32> = rows.map(|(at, _)| at).collect();
        sorted.sort_by(|x, y| {
            let (Some(a), Some(b)) = (self.record_at(*x), self.record_at(*y)) else {
                return Ordering::Equal;
            };
            by_all(sort, |column| column.compare(a, b))
                .then_with(|| b.time.cmp(&a.time))
                .then_with(|| a.key.cmp(&b.key))
        });
        sorted
    }

    fn filtered_records(&self, tab: Tab) -> Vec<u32> {
        let table = &self.tables[tab.index()];
        let query = Query::parse(table.filter.value(), self.exchange_now());
        if query.is_empty() {
            return table.sorted.clone();
        }
        let (asks_for_label, asks_for_words) = (query.asks_for_label(), query.asks_for_words());
        let status = |r: &Record| match r.status.word() {
            // Looking words up costs more than comparing them.
            _ if !asks_for_words => "",
            word => self.lang().find(&format!("status.{word}")).unwrap_or_default(),
        };
        let own = |r: &Record| Own {
            status: status(r),
            label: asks_for_label.then(|| self.book().label_of(r)).flatten(),
            note: if self.notes.is_empty() { None } else { self.note(&r.key) },
        };
        let takes = |at: &u32| self.record_at(*at).is_some_and(|record| query.takes(record, own(record)));
        table.sorted.iter().copied().filter(takes).collect()
    }

    /// What of the filter on the screen is not understood.
    pub fn wrong_terms(&self) -> Vec<Wrong> {
        Query::parse(self.table().filter.value(), self.exchange_now()).wrong
    }

    /// Collects the coins and networks that completions offer.
    pub(super) fn learn_words(&mut self) {
        let (mut coins, mut networks) = (HashSet::new(), HashSet::new());
        for record in self.all_records() {
            coins.insert(&record.coin);
            networks.extend(&record.network);
        }
        self.words = [coins, networks].map(|found| found.into_iter().cloned().collect());
    }

    /// What the last term of the filter could become, the whole filter with it.
    pub fn completions(&self) -> Vec<String> {
        let [coins, networks] = self.words.each_ref().map(|words| words.iter().map(Text::raw).collect::<BTreeSet<_>>());
        let mut coins = coins;
        coins.extend(self.balances.value().into_iter().flatten().map(|balance| balance.coin.raw()));
        let (coins, networks): (Vec<&str>, Vec<&str>) = (coins.into_iter().collect(), networks.into_iter().collect());
        completions(self.table().filter.value(), &coins, &networks)
    }
}

/// The order of two rows by several columns, the first that tells them apart.
fn by_all(sort: &[Sort], compare: impl Fn(Column) -> Ordering) -> Ordering {
    sort.iter().fold(Ordering::Equal, |order, by| order.then_with(|| by.directed(compare(by.column))))
}
