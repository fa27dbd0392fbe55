//! Prices that move: a pure function of seed, coin and time, so nothing has to run to keep them alive.

use super::coins::{COINS, CoinSpec};
use crate::domain::{Amount, Millis};

/// The coin that markets are priced in.
const QUOTE: &str = "USDT";

/// Waves of chance, from quick and small to slow and large: length in milliseconds, height in millionths.
const WAVES: [(i64, i64); 4] = [(4_000, 350), (45_000, 1_800), (900_000, 9_000), (21_600_000, 26_000)];

/// The last price of a market such as `BTCUSDT`; `None` when there is no such market.
pub fn last(symbol: &str, seed: u64, at: Millis) -> Option<Amount> {
    let name = symbol.strip_suffix(QUOTE)?;
    let (index, coin) = COINS.iter().enumerate().find(|(_, c)| c.name == name && c.market)?;
    price(coin, seed ^ u64::try_from(index).unwrap_or(0).wrapping_mul(0x9e37_79b9_7f4a_7c15), at)
}

fn price(coin: &CoinSpec, seed: u64, at: Millis) -> Option<Amount> {
    let base = coin.price.parse::<Amount>().ok()?;
    // A stablecoin trembles, it does not swing.
    let calm = if coin.track == "Stablecoin" { 100 } else { 1 };
    let drift = WAVES.iter().map(|(length, height)| wave(seed, *length, at) * height / 1_000 / calm).sum::<i64>();
    // Two digits more than the base has, so that small movements show in coins of small price too.
    let mantissa = base.mantissa().checked_mul(100)?.checked_mul(1_000_000 + i128::from(drift))? / 1_000_000;
    Amount::new(mantissa.max(1), base.scale() + 2)
}

/// A broken line through random points, in thousandths from -1000 to 1000.
fn wave(seed: u64, length: i64, at: Millis) -> i64 {
    let (step, within) = (at.0.div_euclid(length), at.0.rem_euclid(length));
    let (a, b) = (point(seed, length, step), point(seed, length, step.wrapping_add(1)));
    a + (b - a) * within / length
}

fn point(seed: u64, length: i64, step: i64) -> i64 {
    // SplitMix64's finisher: every bit of the step moves every bit of the result.
    let mut x = seed ^ step.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ length.cast_unsigned();
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    i64::try_from((x ^ (x >> 31)) % 2_001).unwrap_or(0) - 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_moves_smoothly_stays_near_its_base_and_repeats() {
        let at = |ms: i64| last("BTCUSDT", 1, Millis(1_790_000_000_000 + ms)).unwrap();
        let prices: Vec<_> = (0..2_000).map(|i| at(i * 2_000)).collect();
        assert!(prices.windows(2).any(|w| w[0] != w[1]));
        for price in &prices {
            assert!(*price > "85000".parse().unwrap() && *price < "98000".parse().unwrap(), "{price}");
        }
        assert_eq!(at(5), at(5));
        assert_ne!(last("BTCUSDT", 2, Millis(0)), last("BTCUSDT", 1, Millis(0)));
    }

    #[test]
    fn what_has_no_market_has_no_price() {
        for symbol in ["USDTUSDT", "WINUSDT", "btcusdt", "BTC", "", "BTCUSD"] {
            assert_eq!(last(symbol, 1, Millis(0)), None, "{symbol}");
        }
        assert_eq!(COINS.iter().filter(|c| !c.market).count(), 2);
    }
}
