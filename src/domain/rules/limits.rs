//! Limits that the user sets: read-only, address book only, most per order, most per day.
//!
//! They are about money that leaves the account: withdrawals and transfers to other users. A move between the account's
//! own purses counts towards neither; it is closed in a read-only profile.

use rust_decimal::Decimal;

use super::{Facts, Fault, PRICE_MAX_AGE_MS};
use crate::domain::time::day_start;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Amount, Outcome, Prices, Request, UntrustedText};

/// A most, by value or by coin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// How much, in `unit`.
    pub amount: Amount,
    /// A coin or a unit of value. Every order is measured in it, whatever its coin.
    pub unit: UntrustedText,
}

impl Limit {
    /// True when so much of a coin is more than this. What cannot be valued is taken for much.
    pub(super) fn is_passed(&self, coin: &UntrustedText, amount: Amount, prices: &Prices) -> bool {
        if self.unit == *coin {
            return amount > self.amount;
        }
        let value = prices.value(coin, amount, &self.unit);
        value.zip(self.amount.to_decimal_rounded()).is_none_or(|(value, limit)| value > limit)
    }
}

/// The limits of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most for one order, gross.
    pub per_order: Option<Limit>,
    /// Most for all orders of a day (UTC), gross, this one included.
    pub per_day: Option<Limit>,
    /// Above this a part of the address must be typed although it was paid before. It closes nothing.
    pub confirm_above: Option<Limit>,
    /// A part of the address must be typed for every order, whatever was paid before.
    pub confirm_always: bool,
    /// More than so many times the greatest payment that ever went to a place is confirmed by typing the amount; `None` for
    /// never.
    pub confirm_jump: Option<u32>,
    /// More than this part of all that is held of a coin, per cent, is confirmed by typing the amount; `None` for never.
    pub confirm_share: Option<u32>,
    /// But only above this worth.
    pub confirm_share_above: Limit,
    /// Only to addresses of the book and to users who were paid before.
    pub address_book_only: bool,
    /// Nothing moves.
    pub read_only: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let hundred = Amount::new(100, 0).unwrap_or(Amount::ZERO);
        Self {
            per_order: None,
            per_day: None,
            confirm_above: None,
            confirm_always: false,
            confirm_jump: Some(10),
            confirm_share: Some(50),
            confirm_share_above: Limit { amount: hundred, unit: UntrustedText::from(MARKET_QUOTE) },
            address_book_only: false,
            read_only: false,
        }
    }
}

impl Limits {
    /// True when so much is sent that the user asked to type a part of where it goes.
    pub fn asks_for_more(&self, coin: &UntrustedText, amount: Amount, prices: &Prices) -> bool {
        self.confirm_always || self.confirm_above.as_ref().is_some_and(|limit| limit.is_passed(coin, amount, prices))
    }
}

/// True for what leaves the account, and did or may have.
fn is_spent(request: &Request, outcome: &Outcome) -> bool {
    matches!(request, Request::Withdraw(_) | Request::Transfer(_))
        && !matches!(outcome, Outcome::Refused { .. } | Outcome::NotSent { .. })
}

/// Checks both limits for an order of `amount` of `coin`.
pub(super) fn check(facts: &Facts<'_>, coin: &UntrustedText, amount: Amount) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(limit) = &facts.limits.per_order {
        match fits(facts, limit, &[(coin, amount)]) {
            Ok(true) => {}
            Ok(false) => faults.push(Fault::LimitPerOrder { limit: limit.amount, unit: limit.unit.clone() }),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(limit) = &facts.limits.per_day {
        match today(facts, coin, amount, limit) {
            Ok(true) => {}
            Ok(false) => faults.push(Fault::LimitPerDay { limit: limit.amount, unit: limit.unit.clone() }),
            Err(fault) => faults.push(fault),
        }
    }
    faults.dedup();
    faults
}

fn today(facts: &Facts<'_>, coin: &UntrustedText, amount: Amount, limit: &Limit) -> Result<bool, Fault> {
    let orders = facts.ordered.ok_or(Fault::SpentUnknown)?;
    let since = day_start(facts.now);
    let spent =
        orders.iter().filter(|order| order.sent.max(order.time) >= since && is_spent(&order.request, &order.outcome));
    let mut all: Vec<(&UntrustedText, Amount)> =
        spent.filter_map(|order| Some((order.request.coin()?, order.request.amount()?))).collect();
    all.push((coin, amount));
    fits(facts, limit, &all)
}

/// Whether all of it together is within the limit. Exact for the limit's own coin; what must be valued is as exact as
/// valuations are (28 digits).
fn fits(facts: &Facts<'_>, limit: &Limit, spent: &[(&UntrustedText, Amount)]) -> Result<bool, Fault> {
    let no_price = |coin: &UntrustedText| Fault::LimitNoPrice { coin: coin.clone(), unit: limit.unit.clone() };
    let (mut own, mut valued) = (Amount::ZERO, Decimal::ZERO);
    for (coin, amount) in spent {
        if **coin == limit.unit {
            own = own.checked_add(*amount).ok_or_else(|| no_price(coin))?;
        } else {
            for priced in [*coin, &limit.unit] {
                let age = facts.prices.age_of(priced).map_or(0, |at| facts.now.since(at));
                if !(-PRICE_MAX_AGE_MS..=PRICE_MAX_AGE_MS).contains(&age) {
                    return Err(Fault::LimitStalePrice { coin: priced.clone(), limit: PRICE_MAX_AGE_MS / 60_000 });
                }
            }
            let value = facts.prices.value(coin, *amount, &limit.unit).ok_or_else(|| no_price(coin))?;
            valued = valued.checked_add(value).ok_or_else(|| no_price(coin))?;
        }
    }
    let Some(left) = limit.amount.checked_sub(own) else { return Ok(false) };
    if left.is_negative() {
        return Ok(false);
    }
    Ok(valued.is_zero() || left.to_decimal_rounded().is_none_or(|left| valued <= left))
}
