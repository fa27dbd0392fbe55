//! The names that may stand before a colon or a comparison in a filter, and the numbers that can be compared.

use crate::domain::columns::Tab;
use crate::domain::{Amount, Balance, Charge, Record, Wording};

/// The fields of records.
pub const FIELDS: [&str; 15] = [
    "coin", "status", "kind", "network", "after", "before", "amount", "fee", "gross", "address", "txid", "id",
    "remark", "label", "note",
];

/// The fields of balances. `amount` is the total under the name that it has in the other tables.
pub(super) const OF_BALANCES: [&str; 7] = ["coin", "value", "available", "in_use", "total", "price", "amount"];

/// The fields that tell the rows of a tab apart, the most used first. All [`FIELDS`] are understood over every table of records.
pub const fn of_tab(tab: Tab) -> &'static [&'static str] {
    match tab {
        Tab::Balances => OF_BALANCES.split_at(6).0,
        Tab::Deposits => {
            &["coin", "amount", "status", "after", "before", "network", "address", "txid", "label", "note", "id"]
        }
        Tab::Withdrawals => &[
            "coin", "amount", "status", "after", "before", "network", "address", "label", "fee", "gross", "txid",
            "remark", "note", "id",
        ],
        Tab::Transfers => {
            &["coin", "amount", "kind", "status", "after", "before", "address", "remark", "note", "fee", "id"]
        }
    }
}

/// What stands behind a field's name: a comparison for what is a number.
pub fn sign(field: &str) -> &'static str {
    if Quantity::named(field).is_some() { ">" } else { ":" }
}

/// A number that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    /// What was credited or arrives; of a balance its total.
    Amount,
    Fee,
    Gross,
    Available,
    InUse,
    Total,
    Value,
    Price,
}

impl Quantity {
    pub(super) fn named(field: &str) -> Option<Self> {
        Some(match field {
            "amount" => Self::Amount,
            "fee" => Self::Fee,
            "gross" => Self::Gross,
            "available" => Self::Available,
            "in_use" => Self::InUse,
            "total" => Self::Total,
            "value" => Self::Value,
            "price" => Self::Price,
            _ => return None,
        })
    }

    /// The number of a record. What it cost is the exchange's word where `charge` does not say better.
    pub(super) fn of_record<T: Wording>(self, record: &Record<T>, charge: Option<Charge>) -> Option<Amount> {
        match self {
            Self::Amount => record.amount,
            Self::Fee => charge.map_or(record.fee, |charge| charge.fee),
            Self::Gross => charge.map_or_else(|| record.gross(), |charge| charge.gross),
            Self::Available | Self::InUse | Self::Total | Self::Value | Self::Price => None,
        }
    }

    pub(super) fn of_balance(self, held: &Holding<'_>) -> Option<Amount> {
        match self {
            Self::Amount | Self::Total => held.balance.total(),
            Self::Available => held.balance.available,
            Self::InUse => held.balance.in_use,
            Self::Value => held.value,
            Self::Price => held.price,
            Self::Fee | Self::Gross => None,
        }
    }
}

/// A balance with what it is worth in the unit on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// The balance.
    pub balance: &'a Balance,
    /// What it is worth; `None` without a price.
    pub value: Option<Amount>,
    /// The price of one coin.
    pub price: Option<Amount>,
}
