//! An exact decimal amount of a coin.
//!
//! An [`Amount`] is an integer mantissa and a count of decimals. Reading, printing, adding and comparing are exact or
//! they fail; nothing here rounds and nothing passes through a float. Valuations, where rounding is honest, belong to
//! `value.rs` and `rust_decimal`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{self, MapAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most decimals an amount may have. The wire shows up to 20 (`reference.md §4.7`); chains use up to 24.
const MAX_SCALE: u32 = 64;

/// An exact decimal: `mantissa × 10^-scale`, with at least 38 significant digits.
///
/// Trailing zeros are kept (`0.10` prints as `0.10`); comparison and equality are by value (`0.10 == 0.1`).
#[derive(Clone, Copy)]
pub struct Amount {
    mantissa: i128,
    scale: u32,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a number in JSON's grammar.
    #[error("not a plain decimal number")]
    NotANumber,
    /// The number is real but cannot be held exactly.
    #[error("more digits than can be held exactly")]
    TooManyDigits,
}

impl Amount {
    /// Nothing, without decimals.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// An amount from its parts; `None` when `scale` is over the limit of 64 decimals, and for the one mantissa without a
    /// positive twin: what it prints could not be read.
    pub const fn new(mantissa: i128, scale: u32) -> Option<Self> {
        if scale > MAX_SCALE || mantissa == i128::MIN {
            return None;
        }
        Some(Self { mantissa, scale })
    }

    /// The integer that, divided by `10^scale`, is this amount.
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many decimals are written, trailing zeros included.
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// True for zero, however it is written.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// True above zero.
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// The same value without trailing zeros after the point.
    #[must_use]
    pub const fn trimmed(self) -> Self {
        let mut out = self;
        // Twenty decimals are sent (`reference.md §4.7`), and most of them are zeros.
        while out.scale >= 10 && out.mantissa % 10_000_000_000 == 0 {
            out.mantissa /= 10_000_000_000;
            out.scale -= 10;
        }
        while out.scale > 0 && out.mantissa % 10 == 0 {
            out.mantissa /= 10;
            out.scale -= 1;
        }
        out
    }

    /// Columns that the number takes with its thousands grouped and without zeros at its end.
    pub const fn columns(self) -> u32 {
        let number = self.trimmed();
        let digits = match number.mantissa.unsigned_abs().checked_ilog10() {
            Some(power) => power + 1,
            None => 1,
        };
        let whole = if digits > number.scale { digits - number.scale } else { 1 };
        let fraction = if number.scale > 0 { number.scale + 1 } else { 0 };
        whole + (whole - 1) / 3 + fraction + number.is_negative() as u32
    }

    /// The exact sum, or `None` when it cannot be held.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = Self::aligned(self, other)?;
        Self::new(a.checked_add(b)?, scale)
    }

    /// The exact difference, or `None` when it cannot be held.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (a, b, scale) = Self::aligned(self, other)?;
        Self::new(a.checked_sub(b)?, scale)
    }

    /// Both mantissas at one scale. Trailing zeros are given up first where that alone makes them fit.
    fn aligned(a: Self, b: Self) -> Option<(i128, i128, u32)> {
        Self::align_once(a, b).or_else(|| Self::align_once(a.trimmed(), b.trimmed()))
    }

    fn align_once(a: Self, b: Self) -> Option<(i128, i128, u32)> {
        let scale = a.scale.max(b.scale);
        let lift = |x: Self| {
            if x.mantissa == 0 {
                return Some(0);
            }
            10_i128.checked_pow(scale - x.scale).and_then(|factor| x.mantissa.checked_mul(factor))
        };
        Some((lift(a)?, lift(b)?, scale))
    }

    /// The same value as a [`Decimal`], or `None` when that type cannot hold it exactly.
    pub fn to_decimal_exact(self) -> Option<Decimal> {
        let t = self.trimmed();
        Decimal::try_from_i128_with_scale(t.mantissa, t.scale).ok()
    }

    /// The nearest [`Decimal`] at or below in magnitude, for valuations; `None` when the number is too large for it.
    pub fn to_decimal_rounded(self) -> Option<Decimal> {
        let mut t = self.trimmed();
        loop {
            if let Ok(found) = Decimal::try_from_i128_with_scale(t.mantissa, t.scale) {
                return Some(found);
            }
            if t.scale == 0 {
                return None;
            }
            t.mantissa /= 10;
            t.scale -= 1;
        }
    }

    /// A [`Decimal`] as an exact amount (its own digits, trailing zeros kept).
    pub fn from_decimal(value: Decimal) -> Self {
        Self { mantissa: value.mantissa(), scale: value.scale() }
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads JSON's number grammar and nothing else: no blanks, no `+`, no `_`, no leading zeros, ASCII digits only.
    /// Exponents are expanded. Trailing zeros are dropped only where the number does not fit with them.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (digits, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], Some(&rest[at + 1..])),
            None => (rest, None),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(AmountError::NotANumber),
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return Err(AmountError::NotANumber);
        }
        let exponent = match exponent {
            None => 0_i64,
            Some(e) => {
                let unsigned = e.strip_prefix(['+', '-']).unwrap_or(e);
                if unsigned.is_empty() || !all_digits(unsigned) {
                    return Err(AmountError::NotANumber);
                }
                // An exponent too long for i64 only fits a zero; saturate and let the checks below decide.
                let size = unsigned.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
                if e.starts_with('-') { -size } else { size }
            }
        };
        Self::from_digits(negative, whole, fraction, exponent)
    }
}

impl Amount {
    fn from_digits(negative: bool, whole: &str, fraction: &str, exponent: i64) -> Result<Self, AmountError> {
        let too_many = AmountError::TooManyDigits;
        let all = || whole.bytes().chain(fraction.bytes());
        let total = whole.len() + fraction.len();
        let zeros_at_end = all().rev().take_while(|b| *b == b'0').count();
        let mut scale = i64::try_from(fraction.len()).map_err(|_| too_many)? - exponent;
        if zeros_at_end == total {
            let scale = u32::try_from(scale.clamp(0, i64::from(MAX_SCALE))).unwrap_or(0);
            return Ok(Self { mantissa: 0, scale });
        }
        let read = |count: usize| {
            all().take(count).try_fold(0_i128, |acc, b| acc.checked_mul(10)?.checked_add(i128::from(b - b'0')))
        };
        // With every digit first; else without the zeros at the end, as far as they stand after the point.
        let mut mantissa = None;
        if scale <= i64::from(MAX_SCALE) {
            mantissa = read(total);
        }
        let mut mantissa = if let Some(found) = mantissa {
            found
        } else {
            let droppable = zeros_at_end.min(usize::try_from(scale.max(0)).unwrap_or(0));
            scale -= i64::try_from(droppable).map_err(|_| too_many)?;
            read(total - droppable).ok_or(too_many)?
        };
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or(too_many)?;
            scale += 1;
        }
        let scale = u32::try_from(scale).map_err(|_| too_many)?;
        if negative {
            mantissa = -mantissa;
        }
        Self::new(mantissa, scale).ok_or(too_many)
    }
}

impl fmt::Display for Amount {
    /// Plain notation with every digit: never an exponent, never a group mark.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let sign = if self.mantissa < 0 { "-" } else { "" };
        if scale == 0 {
            return f.pad(&format!("{sign}{digits}"));
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        f.pad(&format!("{sign}{whole}.{fraction}"))
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({self})")
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some((a, b, _)) = Self::align_once(*self, *other) {
            return a.cmp(&b);
        }
        // The scales are too far apart for one integer: compare sign, whole part, then the digits behind the point.
        let by_sign = self.mantissa.signum().cmp(&other.mantissa.signum());
        if by_sign != Ordering::Equal {
            return by_sign;
        }
        let parts = |x: &Self| {
            let text = Self { mantissa: x.mantissa.abs(), scale: x.scale }.trimmed().to_string();
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            (whole.len(), whole.to_owned(), fraction.to_owned())
        };
        let by_size = parts(self).cmp(&parts(other));
        if self.mantissa < 0 { by_size.reverse() } else { by_size }
    }
}

impl Serialize for Amount {
    /// A JSON number token in plain notation with exactly these digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::Number::from_str(&self.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// From a JSON string or number token, digit for digit. There is no way in for a float.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl<'de> Visitor<'de> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number or a text that holds one")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(|why| {
            let shown = super::UntrustedText::from(text).excerpt(40);
            E::custom(format_args!("{why}: {shown:?}"))
        })
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Amount, E> {
        Ok(Amount { mantissa: i128::from(value), scale: 0 })
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Amount, E> {
        Ok(Amount { mantissa: i128::from(value), scale: 0 })
    }

    /// `serde_json` hands a number over as a private map when `arbitrary_precision` is on, digits untouched.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Amount, A::Error> {
        let number = serde_json::Number::deserialize(de::value::MapAccessDeserializer::new(map))?;
        self.visit_str(number.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn digits_are_kept_as_received() {
        for text in [
            "0",
            "0.10",
            "19.00000000000000000000",
            "123456789012.123456789012345678",
            "99999999999999999999999999999999999999",
            "-1.5",
            "0.000000000000000001",
        ] {
            assert_eq!(amount(text).to_string(), text);
        }
    }

    #[test]
    fn exponents_are_expanded() {
        for (text, plain) in [
            ("1e-18", "0.000000000000000001"),
            ("0E-18", "0.000000000000000000"),
            ("1.5e3", "1500"),
            ("1.5E+1", "15"),
            ("12.30e1", "123.0"),
            ("0e99999999999999999999", "0"),
        ] {
            assert_eq!(amount(text).to_string(), plain, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in [
            "", " 1", "1 ", "+1", "01", "1.", ".5", "1_000", "1,5", "1.000,50", "NaN", "Infinity", "0x10", "1e", "1e+",
            "-", "١", "１", "1.2.3", "--1",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_never_rounded() {
        for text in
            ["1e400", "1e-400", "1.00000000000000000000000000000000000000000000000000000000000000001", &"9".repeat(40)]
        {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::TooManyDigits), "{text:?}");
        }
    }

    #[test]
    fn zeros_at_the_end_are_dropped_only_to_fit() {
        assert_eq!(amount(&format!("1.{}", "0".repeat(50))).to_string(), "1");
        assert_eq!(amount(&format!("1.5{}", "0".repeat(80))).to_string(), "1.5");
    }

    #[test]
    fn json_tokens_pass_without_a_float() {
        for token in ["0.1", "\"0.1\"", "12345678901234567890.123456789", "1E5", "0", "18446744073709551616", "-0.5"] {
            let read: Amount = serde_json::from_str(token).unwrap();
            assert_eq!(read, amount(token.trim_matches('"')), "{token}");
        }
        assert!(serde_json::from_str::<Amount>("true").is_err());
        assert!(serde_json::from_str::<Amount>("null").is_err());
        assert!(serde_json::from_str::<Amount>("{\"a\":1}").is_err());
        assert_eq!(serde_json::to_string(&amount("20.50")).unwrap(), "20.50");
    }

    #[test]
    fn distant_scales_compare() {
        assert!(amount("1e-60") < amount("99999999999999999999999999999999999999"));
        assert!(amount("-1e-60") > amount("-99999999999999999999999999999999999999"));
        assert!(amount("100000000000000000000000000000000000") > amount("99999.99999999999999999999999999999999"));
    }

    #[test]
    fn no_sum_gives_an_amount_that_cannot_be_read_again() {
        let least = amount("-170141183460469231731687303715884105727");
        assert_eq!(least.to_string().parse(), Ok(least));
        assert_eq!(least.checked_sub(amount("1")), None);
        assert_eq!(Amount::new(i128::MIN, 0), None);
    }

    fn big(a: Amount, scale: u32) -> num_bigint::BigInt {
        num_bigint::BigInt::from(a.mantissa) * num_bigint::BigInt::from(10).pow(scale - a.scale)
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(mantissa: i128, scale in 0_u32..=64) {
            // One mantissa in 2^128 is none.
            prop_assume!(mantissa != i128::MIN);
            let a = Amount::new(mantissa, scale).unwrap();
            let back: Amount = a.to_string().parse().unwrap();
            prop_assert_eq!((back.mantissa, back.scale), (mantissa, scale));
        }

        #[test]
        fn sums_and_order_agree_with_big_integers(a: i128, b: i128, s in 0_u32..=40, t in 0_u32..=40) {
            let (x, y) = (Amount::new(a, s).unwrap(), Amount::new(b, t).unwrap());
            let scale = s.max(t);
            prop_assert_eq!(x.cmp(&y), big(x, scale).cmp(&big(y, scale)));
            if let Some(sum) = x.checked_add(y) {
                prop_assert_eq!(big(sum, 64), big(x, 64) + big(y, 64));
            }
            if let Some(rest) = x.checked_sub(y) {
                prop_assert_eq!(big(rest, 64), big(x, 64) - big(y, 64));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = text.parse::<Amount>();
        }
    }
}
