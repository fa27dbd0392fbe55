//! Balances as they are exported: what the table shows, to the last digit, and when it was true.

use rust_decimal::Decimal;

use crate::domain::{Balance, Millis, UntrustedText};
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount};

/// A balance with what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuedBalance {
    /// The balance.
    pub balance: Balance,
    /// The price of one coin, in [`Self::unit`]; `None` where none is known.
    pub price: Option<Decimal>,
    /// What all of it is worth, rounded.
    pub value: Option<Decimal>,
    /// The coin of price and value.
    pub unit: UntrustedText,
    /// When the exchange said so.
    pub at: Option<Millis>,
}

impl Listed for ValuedBalance {
    const KEYS: &'static [&'static str] =
        &["coin", "available", "in_use", "total", "price", "value", "value_coin", "time_ms", "time"];
    const COLUMNS: &'static [Column] = &[left("cli.column.coin"), point("cli.column.total")];

    fn object(&self) -> Object {
        let number = |value: Option<Decimal>| value.map_or(Cell::Unknown, |v| Cell::Word(v.normalize().to_string()));
        let coin = if self.value.or(self.price).is_some() { Cell::Text(self.unit.clone()) } else { Cell::Unknown };
        let time = self.at.and_then(Millis::iso);
        vec![
            ("coin", Cell::Text(self.balance.coin.clone())),
            ("available", amount(self.balance.available, Cell::Unknown)),
            ("in_use", amount(self.balance.in_use, Cell::Unknown)),
            ("total", amount(self.balance.total(), Cell::Unknown)),
            ("price", number(self.price)),
            ("value", number(self.value)),
            ("value_coin", coin),
            ("time_ms", self.at.map_or(Cell::Unknown, |at| Cell::Count(at.0))),
            ("time", time.map_or(Cell::Unknown, Cell::Word)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        vec![vec![Cell::Text(self.balance.coin.clone()), amount(self.balance.total(), Cell::Unknown)]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::output::{csv, json};

    #[test]
    fn what_has_no_price_is_empty_and_digits_are_those_of_the_wire() {
        let balance = Balance { coin: "=NEW".into(), available: "1.50".parse().ok(), in_use: "0".parse().ok() };
        let unpriced = ValuedBalance {
            balance,
            price: None,
            value: None,
            unit: "USDT".into(),
            at: Some(Millis(1_744_185_294_000)),
        };
        let priced = ValuedBalance { price: Some(Decimal::TWO), value: Some(Decimal::new(300, 2)), ..unpriced.clone() };
        let mut out = Vec::new();
        csv::print(&[unpriced.clone(), priced], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "coin,available,in_use,total,price,value,value_coin,time_ms,time");
        assert_eq!(lines[1], "'=NEW,1.50,0,1.50,,,,1744185294000,2025-04-09T07:54:54Z");
        assert_eq!(lines[2], "'=NEW,1.50,0,1.50,2,3,USDT,1744185294000,2025-04-09T07:54:54Z");
        let mut out = Vec::new();
        json::lines(&[unpriced], &mut out).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert!(line["value"].is_null() && line["total"] == "1.50", "{line}");
    }
}
