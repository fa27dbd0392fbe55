//! Amounts. With a first byte `n`: the rest is a text, read as an amount and by big integers on the side. Else the bytes
//! are two amounts by their parts.
//!
//! Exactly JSON's numbers are read, and of them all that fit; reading never changes a value; printing gives plain digits
//! that read as the same amount, digit for digit; sums and order agree with big integers.

#![no_main]

use std::cmp::Ordering;
use std::str::FromStr as _;

use checks::is_plain_number;
use libfuzzer_sys::fuzz_target;
use num_bigint::{BigInt, BigUint, Sign};
use wallet_tui::domain::{Amount, AmountError};

/// What an amount can hold: 64 decimals, and a mantissa of 127 bits beside its sign.
const MOST_DECIMALS: i64 = 64;

fuzz_target!(|data: &[u8]| {
    match data.split_first() {
        Some((b'n', text)) => {
            if let Ok(text) = std::str::from_utf8(text) {
                check_text(text);
            }
        }
        Some(_) => {
            if let Some((a, b)) = two(data) {
                check_amount(a);
                check_amount(b);
                check_pair(a, b);
            }
        }
        None => {}
    }
});

/// Two amounts of 17 bytes each.
fn two(data: &[u8]) -> Option<(Amount, Amount)> {
    let (a, rest) = data.split_first_chunk::<17>()?;
    let (b, _) = rest.split_first_chunk::<17>()?;
    let amount = |bytes: &[u8; 17]| {
        let (scale, mantissa) = bytes.split_last_chunk::<16>()?;
        Amount::new(i128::from_be_bytes(*mantissa), u32::from(scale[0]) % 70)
    };
    Some((amount(a)?, amount(b)?))
}

fn check_text(text: &str) {
    let is_json = !text.contains(|c: char| c.is_whitespace())
        && text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok();
    let parsed = text.parse::<Amount>();
    assert_eq!(parsed == Err(AmountError::NotANumber), !is_json, "{text:?} is JSON: {is_json}, read: {parsed:?}");
    if !is_json {
        return;
    }
    let value = Decimal::of(text);
    match parsed {
        Ok(amount) => {
            check_amount(amount);
            assert_eq!(Decimal::of(&amount.to_string()), value, "{text} became {amount}");
        }
        Err(_) => assert!(!value.fits(), "{text} is refused and would fit"),
    }
    // The way in that answers take: as a token and as a text.
    for json in [text.to_owned(), format!("\"{text}\"")] {
        assert_eq!(serde_json::from_str::<Amount>(&json).ok(), parsed.ok(), "{json}");
    }
}

fn check_amount(amount: Amount) {
    let printed = amount.to_string();
    assert!(is_plain_number(&printed), "{printed:?}");
    let back: Amount = printed.parse().unwrap_or_else(|why| panic!("{printed} cannot be read: {why}"));
    assert_eq!((back.mantissa(), back.scale()), (amount.mantissa(), amount.scale()), "{printed}");
    assert_eq!(serde_json::to_string(&amount).ok().as_deref(), Some(printed.as_str()));
    let trimmed = amount.trimmed();
    assert_eq!(trimmed, amount);
    assert!(trimmed.scale() == 0 || !trimmed.to_string().ends_with('0'), "{trimmed}");
    if let Some(exact) = amount.to_decimal_exact() {
        assert_eq!(Amount::from_decimal(exact), amount, "{exact}");
    }
    if let Some(near) = amount.to_decimal_rounded().map(Amount::from_decimal) {
        let is_nearer_to_zero = if amount.is_negative() { near >= amount } else { near <= amount };
        assert!(is_nearer_to_zero, "{near} is beyond {amount}");
    }
}

fn check_pair(a: Amount, b: Amount) {
    let big = |x: Amount| BigInt::from(x.mantissa()) * BigInt::from(10).pow(64 - x.scale());
    assert_eq!(a.cmp(&b), big(a).cmp(&big(b)), "{a} and {b}");
    assert_eq!(b.cmp(&a), a.cmp(&b).reverse());
    assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
    let (sum, rest) = (a.checked_add(b), a.checked_sub(b));
    assert!(sum.is_none_or(|sum| big(sum) == big(a) + big(b)), "{a} + {b} is not {sum:?}");
    assert!(rest.is_none_or(|rest| big(rest) == big(a) - big(b)), "{a} - {b} is not {rest:?}");
    assert_eq!(sum.map(big), b.checked_add(a).map(big));
    sum.into_iter().chain(rest).for_each(check_amount);
}

/// A number as `digits × 10^exponent`, without zeros at either end of the digits.
#[derive(Debug, PartialEq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i128,
}

impl Decimal {
    /// Of a text in JSON's grammar.
    fn of(text: &str) -> Self {
        let bare = text.strip_prefix('-').unwrap_or(text);
        let (number, exponent) = bare.split_once(['e', 'E']).unwrap_or((bare, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0').trim_end_matches('0');
        if digits.is_empty() {
            return Self { is_negative: false, digits: String::new(), exponent: 0 };
        }
        // An exponent of so many digits is out of every range.
        let exponent = BigInt::from_str(exponent.strip_prefix('+').unwrap_or(exponent)).expect("digits");
        let far = i128::from(i64::MAX);
        let exponent = i128::try_from(&exponent).unwrap_or(match exponent.sign() {
            Sign::Minus => -far,
            _ => far,
        });
        let zeros_at_end = all.len() - all.trim_end_matches('0').len();
        let exponent = exponent.clamp(-far, far) + zeros_at_end as i128 - fraction.len() as i128;
        Self { is_negative: text.starts_with('-'), digits: digits.to_owned(), exponent }
    }

    fn fits(&self) -> bool {
        if self.digits.is_empty() {
            return true;
        }
        if self.exponent < i128::from(-MOST_DECIMALS) || self.exponent > 40 || self.digits.len() > 40 {
            return false;
        }
        let zeros = u32::try_from(self.exponent.max(0)).expect("at most 40");
        let mantissa = BigUint::from_str(&self.digits).expect("digits") * BigUint::from(10_u8).pow(zeros);
        mantissa <= BigUint::from(i128::MAX.unsigned_abs())
    }
}
