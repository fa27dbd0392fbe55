//! What coins are worth: prices, rates and the way from one to another. The only place where numbers are rounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Amount, Millis, Rate, UntrustedText};

/// The coin that markets are priced in (`reference.md §4.12`).
pub const MARKET_QUOTE: &str = "USDT";

/// Decimals that a value in `unit` is rounded to.
pub fn places(unit: &UntrustedText) -> u32 {
    match unit.raw() {
        "BTC" | "ETH" => 8,
        _ => 2,
    }
}

/// A value rounded to exactly `places` decimals, half away from zero.
pub fn rounded(value: Decimal, places: u32) -> Decimal {
    let mut value = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    // Adds zeros at the end where they fit.
    value.rescale(places);
    value
}

/// A price rounded to what can be taken in: two decimals from 1000 on, four from 1 on, below that four digits.
pub fn rounded_price(price: Decimal) -> Decimal {
    let size = price.abs();
    let away = RoundingStrategy::MidpointAwayFromZero;
    if size >= Decimal::ONE_THOUSAND {
        rounded(price, 2)
    } else if size >= Decimal::ONE {
        price.round_dp_with_strategy(4, away).normalize()
    } else {
        price.round_sf_with_strategy(4, away).unwrap_or(price).normalize()
    }
}

/// Everything that is known about prices. Empty at first: what has no price has no value, never zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    last: BTreeMap<UntrustedText, (Decimal, Millis)>,
    rates: Vec<(UntrustedText, UntrustedText, Decimal)>,
}

impl Prices {
    /// Takes a market's last price of one `coin` in [`MARKET_QUOTE`]; a price of zero or below is not a price.
    pub fn set_last(&mut self, coin: UntrustedText, price: Amount, at: Millis) {
        match price.to_decimal_rounded() {
            Some(price) if price > Decimal::ZERO => {
                self.last.insert(coin, (price, at));
            }
            _ => {
                self.last.remove(&coin);
            }
        }
    }

    /// Forgets a coin's own market: there is none.
    pub fn forget_last(&mut self, coin: &UntrustedText) {
        self.last.remove(coin);
    }

    /// Takes the whole rate list, in place of the one before.
    pub fn set_rates(&mut self, rates: &[Rate]) {
        self.rates = rates
            .iter()
            .filter_map(|r| Some((r.base.clone(), r.quote.clone(), r.rate.to_decimal_rounded()?)))
            .filter(|(_, _, rate)| *rate > Decimal::ZERO)
            .collect();
    }

    /// When the coin's own market was last read.
    pub fn age_of(&self, coin: &UntrustedText) -> Option<Millis> {
        self.last.get(coin).map(|(_, at)| *at)
    }

    /// Units of `unit` for one `coin`, over as few steps as possible; `None` when no chain of prices leads there.
    pub fn price(&self, coin: &UntrustedText, unit: &UntrustedText) -> Option<Decimal> {
        let quote = UntrustedText::from(MARKET_QUOTE);
        let mut seen = BTreeSet::from([coin.clone()]);
        let mut queue = VecDeque::from([(coin.clone(), Decimal::ONE)]);
        while let Some((at, factor)) = queue.pop_front() {
            if at == *unit {
                return Some(factor);
            }
            let mut steps = Vec::new();
            if let Some((price, _)) = self.last.get(&at) {
                steps.push((quote.clone(), Some(*price)));
            }
            for (base, other, rate) in &self.rates {
                if *base == at {
                    steps.push((other.clone(), Some(*rate)));
                } else if *other == at {
                    steps.push((base.clone(), Decimal::ONE.checked_div(*rate)));
                }
            }
            if at == quote
                && let Some((price, _)) = self.last.get(unit)
            {
                steps.push((unit.clone(), Decimal::ONE.checked_div(*price)));
            }
            for (next, step) in steps {
                if let Some(next_factor) = step.and_then(|s| factor.checked_mul(s))
                    && seen.insert(next.clone())
                {
                    queue.push_back((next, next_factor));
                }
            }
        }
        None
    }

    /// What `amount` of `coin` is worth in `unit`, rounded; `None` when it has no price or is too large to value.
    pub fn value(&self, coin: &UntrustedText, amount: Amount, unit: &UntrustedText) -> Option<Decimal> {
        if amount.is_zero() {
            return Some(Decimal::ZERO);
        }
        self.price(coin, unit)?.checked_mul(amount.to_decimal_rounded()?)
    }
}

/// A value in `unit` as it is written everywhere, without the `≈` that belongs before it: rounded, grouped, and never
/// zero for what is not zero.
pub fn value_text(value: Decimal, unit: &UntrustedText) -> String {
    let places = places(unit);
    let rounded = rounded(value, places);
    if rounded.is_zero() && !value.is_zero() {
        let sign = if value.is_sign_negative() { ">-" } else { "<" };
        return format!("{sign}{}", Decimal::new(1, places));
    }
    grouped(Amount::from_decimal(rounded))
}

/// `1234567.5` as `1,234,567.5`.
pub fn grouped(number: Amount) -> String {
    let text = number.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(&digits[whole.len()..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices() -> Prices {
        let mut p = Prices::default();
        p.set_last("BTC".into(), "60000".parse().unwrap(), Millis(1));
        p.set_last("TRX".into(), "0.25".parse().unwrap(), Millis(1));
        p.set_rates(&[
            Rate { base: "USDT".into(), quote: "USD".into(), rate: "1.001".parse().unwrap() },
            Rate { base: "USD".into(), quote: "CNY".into(), rate: "6.5".parse().unwrap() },
        ]);
        p
    }

    #[test]
    fn a_value_is_found_over_several_steps() {
        let value = |coin: &str, amount: &str, unit: &str| {
            prices()
                .value(&coin.into(), amount.parse().unwrap(), &unit.into())
                .map(|d| d.round_dp(6).normalize().to_string())
        };
        assert_eq!(value("TRX", "20", "USDT").unwrap(), "5");
        assert_eq!(value("USDT", "7", "USDT").unwrap(), "7");
        assert_eq!(value("TRX", "20", "CNY").unwrap(), "32.5325");
        assert_eq!(value("CNY", "6.5065", "USDT").unwrap(), "1");
        assert_eq!(value("TRX", "240000", "BTC").unwrap(), "1");
    }

    #[test]
    fn prices_keep_the_digits_that_matter() {
        let text = |price: &str| rounded_price(price.parse().unwrap()).to_string();
        assert_eq!(text("60123.456"), "60123.46");
        assert_eq!(text("2.18317"), "2.1832");
        assert_eq!(text("0.2512345"), "0.2512");
        assert_eq!(text("0.00000812349"), "0.000008123");
        assert_eq!(text("1.0"), "1");
        assert_eq!(rounded("5".parse().unwrap(), 2).to_string(), "5.00");
    }

    #[test]
    fn what_has_no_price_has_no_value_and_is_not_zero() {
        assert_eq!(prices().value(&"NEW".into(), "1".parse().unwrap(), &"USDT".into()), None);
        let mut p = prices();
        p.set_last("TRX".into(), "0".parse().unwrap(), Millis(2));
        assert_eq!(p.price(&"TRX".into(), &"USDT".into()), None);
    }

    #[test]
    fn values_are_rounded_and_never_look_like_nothing() {
        let text = |value: &str, unit: &str| value_text(value.parse().unwrap(), &unit.into());
        assert_eq!(text("38412.2249", "USDT"), "38,412.22");
        assert_eq!(text("0.005", "USDT"), "0.01");
        assert_eq!(text("0.0049", "USDT"), "<0.01");
        assert_eq!(text("-0.0049", "USDT"), ">-0.01");
        assert_eq!(text("0", "USDT"), "0.00");
        assert_eq!(text("5", "USDT"), "5.00");
        assert_eq!(text("0.640203664", "BTC"), "0.64020366");
    }

    #[test]
    fn thousands_are_grouped_before_the_point_only() {
        for (plain, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.1234567", "-1,234,567.1234567"),
            ("0.0001", "0.0001"),
        ] {
            assert_eq!(grouped(plain.parse().unwrap()), expected);
        }
    }
}
