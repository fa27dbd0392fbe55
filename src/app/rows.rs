//! From data to rows: which rows a tab has, filtered and sorted; what the balances are worth.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::tab::{Column, Tab};
use super::table::Table;
use super::{App, DustFilter};
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
        let order = match tab {
            Tab::Balances => self.balance_order(),
            _ => self.record_order(tab),
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
        let words = words(table.filter.value());
        let balances = self.balances.value().map_or(&[][..], Vec::as_slice);
        let mut order: Vec<u32> = (0..)
            .zip(balances)
            .filter(|(at, b)| !self.is_put_away(*at, b) && words.iter().all(|w| contains(b.coin.raw(), w)))
            .map(|(at, _)| at)
            .collect();
        let sort = table.sort;
        order.sort_by(|x, y| {
            let (Some(a), Some(b)) = (self.balance_at(*x), self.balance_at(*y)) else {
                return Ordering::Equal;
            };
            let by_column = match sort.column {
                Column::Available => a.available.cmp(&b.available),
                Column::InUse => a.in_use.cmp(&b.in_use),
                Column::Total => a.total().cmp(&b.total()),
                Column::Price => self.price_of(&a.coin).cmp(&self.price_of(&b.coin)),
                Column::Coin => a.coin.cmp(&b.coin),
                _ => self.value_at(*x).cmp(&self.value_at(*y)),
            };
            sort.directed(by_column).then_with(|| a.coin.cmp(&b.coin))
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

    fn record_order(&self, tab: Tab) -> Vec<u32> {
        let table = &self.tables[tab.index()];
        let words = words(table.filter.value());
        let mut order: Vec<u32> = (0..)
            .zip(self.all_records())
            .filter(|(_, r)| tab.shows(&r.key.kind) && words.iter().all(|w| self.record_has(r, w)))
            .map(|(at, _)| at)
            .collect();
        let sort = table.sort;
        order.sort_by(|x, y| {
            let (Some(a), Some(b)) = (self.record_at(*x), self.record_at(*y)) else {
                return Ordering::Equal;
            };
            sort.directed(sort.column.compare(a, b)).then_with(|| b.time.cmp(&a.time)).then_with(|| a.key.cmp(&b.key))
        });
        order
    }

    /// True when any field of the record that a user could look for holds the word.
    fn record_has(&self, r: &Record, word: &str) -> bool {
        let optional = [&r.network, &r.address, &r.from_address, &r.memo, &r.txid, &r.remark, &r.out_biz_id];
        contains(r.coin.raw(), word)
            || contains(r.key.id.raw(), word)
            || contains(r.status.word(), word)
            || self.lang().find(&format!("status.{}", r.status.word())).is_some_and(|s| contains(s, word))
            || optional.into_iter().flatten().any(|field| contains(field.raw(), word))
            || (r.receiver.is_some() && r.counterparty().is_some_and(|c| contains(c.raw(), word)))
    }
}

fn words(filter: &str) -> Vec<String> {
    filter.split_whitespace().map(str::to_lowercase).collect()
}

/// Whether `text` holds `word` (already in lower case), whatever the case. ASCII, the usual case, costs no allocation.
fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        return word.is_empty() || text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_script() {
        assert!(contains("Tron (TRC-20)", "trc"));
        assert!(contains("ОПЛАТА", "опл"));
        assert!(!contains("Tron", "tronx"));
        assert!(contains("anything", ""));
        assert_eq!(words("  Usdt  PENDING "), ["usdt", "pending"]);
    }
}
