//! How much room the numbers of each table need, so that no digit is cut while a column stands that is needed less.

use std::collections::BTreeMap;

use super::State;
use crate::domain::columns::{Column, Tab};
use crate::domain::value::rounded_price;
use crate::domain::{Amount, Charge};

/// What the widest number of each column needs, in screen columns.
pub type Widths = BTreeMap<Column, u16>;

/// Numbers that are longer than this stand in the detail: no honest one is, and a table has other columns.
const LONGEST: u16 = 28;

impl State {
    /// What the widest number of each column of a tab needs.
    pub const fn widths(&self, tab: Tab) -> &Widths {
        &self.widths[tab.index()]
    }

    /// Measures the balances and their prices.
    pub(in crate::tui) fn measure_balances(&mut self) {
        let mut widths = Widths::new();
        for balance in self.balances.value().into_iter().flatten() {
            let price = self.price_of(&balance.coin).map(|price| Amount::from_decimal(rounded_price(price)));
            for (column, number) in [
                (Column::Available, balance.available),
                (Column::InUse, balance.in_use),
                (Column::Total, balance.total()),
                (Column::Price, price),
            ] {
                widen(&mut widths, column, number, 0);
            }
        }
        self.widths[Tab::Balances.index()] = widths;
    }

    /// Measures the amounts of all records.
    pub(in crate::tui) fn measure_records(&mut self) {
        let mut found = [const { Widths::new() }; 4];
        self.each_record(|_, record| {
            let Some(tab) = Tab::ALL.into_iter().find(|tab| tab.shows(&record.key.kind)) else { return };
            let widths = &mut found[tab.index()];
            let Charge { gross, fee, is_reckoned } = self.charge(record);
            let mark = u16::from(is_reckoned);
            // A fee in another coin has that coin's name behind it.
            let name = if *record.coin_of_fee() == record.coin { 0 } else { FEE_COIN + 1 };
            widen(widths, if tab == Tab::Withdrawals { Column::Net } else { Column::Amount }, record.amount, 0);
            widen(widths, Column::Gross, gross, mark);
            widen(widths, Column::Fee, fee, mark + name);
        });
        let [balances, ..] = std::mem::take(&mut self.widths);
        found[Tab::Balances.index()] = balances;
        self.widths = found;
    }
}

/// The most columns of the name of a fee's own coin.
pub const FEE_COIN: u16 = 6;

fn widen(widths: &mut Widths, column: Column, number: Option<Amount>, beside: u16) {
    let Some(number) = number else { return };
    let needed = u16::try_from(number.columns()).unwrap_or(LONGEST).saturating_add(beside).min(LONGEST);
    let widest = widths.entry(column).or_default();
    *widest = needed.max(*widest);
}
