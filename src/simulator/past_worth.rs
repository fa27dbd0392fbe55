//! What the account was worth at moments of its past: what it held then, at the prices of then. A demo begins with these, so
//! that its chart says something; nothing else asks for them.

use rust_decimal::Decimal;

use super::accounts::SubAccount;
use super::coins::{COINS, RATES};
use super::prices;
use super::world::World;
use crate::domain::value::{MARKET_QUOTE, Prices};
use crate::domain::worth::{WORTH_EVERY, Worth};
use crate::domain::{Amount, Millis, Rate, UntrustedText};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Up to which age there is one value for which stretch, milliseconds: as close as the chart of that length wants them.
const STEPS: [(i64, i64); 3] = [(DAY, HOUR / 2), (7 * DAY, 3 * HOUR), (31 * DAY, 6 * HOUR)];

impl World {
    /// What everything was worth in the month before the world began, oldest first.
    pub fn past_worth(&self) -> Vec<Worth> {
        let mut ages = Vec::new();
        let mut age = WORTH_EVERY;
        for (until, step) in STEPS {
            while age < until {
                ages.push(age);
                age += step;
            }
        }
        ages.into_iter().rev().filter_map(|age| self.worth_at(self.began.plus(-age))).collect()
    }

    /// `None` before the first thing that the account ever held.
    fn worth_at(&self, at: Millis) -> Option<Worth> {
        let known = self.past.partition_point(|(since, _)| *since <= at);
        let (_, book) = self.past.get(known.checked_sub(1)?)?;
        let prices = self.prices_at(at);
        let mut left_out = Vec::new();
        let mut sum = |free: SubAccount, held: SubAccount| {
            let mut sum = Decimal::ZERO;
            for coin in COINS.iter().map(|coin| coin.name).filter(|name| book.knows(name)) {
                let total = book.held(coin, free).checked_add(book.held(coin, held))?;
                match prices.value(&coin.into(), total, &MARKET_QUOTE.into()) {
                    Some(value) => sum = sum.checked_add(value)?,
                    None => left_out.push(UntrustedText::from(coin)),
                }
            }
            Some(sum)
        };
        let spot = sum(SubAccount::Spot, SubAccount::Locked)?;
        let futures = sum(SubAccount::Futures, SubAccount::Margin)?;
        left_out.dedup();
        Some(Worth { at: at.plus(self.skew_ms), spot, futures: Some(futures), left_out })
    }

    fn prices_at(&self, at: Millis) -> Prices {
        let mut prices = Prices::default();
        let rate = |(base, quote, rate): &(&str, &str, &str)| {
            Some(Rate { base: (*base).into(), quote: (*quote).into(), rate: rate.parse::<Amount>().ok()? })
        };
        prices.set_rates(&RATES.iter().filter_map(rate).collect::<Vec<_>>());
        for coin in COINS {
            if let Some(price) = prices::last(&format!("{}{MARKET_QUOTE}", coin.name), self.seed, at) {
                prices.set_last(coin.name.into(), price, at);
            }
        }
        prices
    }

    /// Remembers what is held from this moment on.
    pub(super) fn remember_holdings(&mut self) {
        self.past.push((self.now, self.book.clone()));
    }
}
