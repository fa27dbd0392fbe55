//! Amounts as people type them: plain digits with at most one point, or a refusal that says how to write it. Also the
//! percent keys, which round down.

use crate::domain::{Amount, AmountError};

/// The longest number that is written out for who typed an exponent, characters.
const WRITTEN_OUT: usize = 24;

/// Why a typed text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum NumberFault {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// A comma or an apostrophe: thousands or decimals, it is not guessed which.
    #[error("a comma")]
    Comma,
    /// More than one point.
    #[error("several points")]
    Points,
    /// Digits on one side of the point only.
    #[error("digits on one side of the point only, expected {expected}")]
    Sided {
        /// How to write it.
        expected: String,
    },
    /// A sign.
    #[error("a sign")]
    Sign,
    /// An exponent.
    #[error("an exponent")]
    Exponent {
        /// The same written out, where that is short.
        written: Option<String>,
    },
    /// A zero in front of other digits.
    #[error("a zero in front")]
    LeadingZero,
    /// Digits beyond ASCII: full-width, Arabic and the like.
    #[error("digits beyond ASCII")]
    NotAscii,
    /// Anything else that is no digit.
    #[error("not digits")]
    NotDigits,
    /// More digits than can be held exactly.
    #[error("too many digits")]
    TooManyDigits,
}

impl NumberFault {
    /// The catalogue key.
    pub fn key(&self) -> String {
        match self {
            Self::Exponent { written: Some(_) } => "rule.number.exponent_written".to_owned(),
            other => format!("rule.number.{}", <&str>::from(other)),
        }
    }
}

/// Reads a typed amount: ASCII digits with at most one point that has digits on both sides.
///
/// # Errors
/// Why it is not one. Nothing is guessed: `1,5` may mean two things and means nothing here.
pub fn typed_amount(text: &str) -> Result<Amount, NumberFault> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if text.is_empty() {
        return Err(NumberFault::Empty);
    }
    if !text.is_ascii() {
        return Err(NumberFault::NotAscii);
    }
    if text.contains([',', '\'']) {
        return Err(NumberFault::Comma);
    }
    if text.starts_with(['+', '-']) {
        return Err(NumberFault::Sign);
    }
    if let Some((head, tail)) = text.split_once(['e', 'E'])
        && head.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && is_digits(tail.strip_prefix(['+', '-']).unwrap_or(tail))
        && !head.is_empty()
    {
        let written = text.parse::<Amount>().ok().map(|amount| amount.trimmed().to_string());
        return Err(NumberFault::Exponent { written: written.filter(|text| text.len() <= WRITTEN_OUT) });
    }
    if text.bytes().any(|b| !b.is_ascii_digit() && b != b'.') {
        return Err(NumberFault::NotDigits);
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    if fraction.is_some_and(|f| f.contains('.')) {
        return Err(NumberFault::Points);
    }
    match (whole.is_empty(), fraction) {
        (true, Some("")) => return Err(NumberFault::NotDigits),
        (true, Some(fraction)) => return Err(NumberFault::Sided { expected: format!("0.{fraction}") }),
        (false, Some("")) => return Err(NumberFault::Sided { expected: whole.to_owned() }),
        _ => {}
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(NumberFault::LeadingZero);
    }
    text.parse().map_err(|why| match why {
        AmountError::NotANumber => NumberFault::NotDigits,
        AmountError::TooManyDigits => NumberFault::TooManyDigits,
    })
}

/// What a typed amount would be if its point were a mark for thousands, as many write it: one to three digits, the point, three
/// digits. `None` where it cannot be one.
pub fn as_thousands(text: &str) -> Option<Amount> {
    let (whole, rest) = text.split_once('.')?;
    let can_be = (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3;
    if can_be { format!("{whole}{rest}").parse().ok() } else { None }
}

/// A part of what is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Percent {
    /// 25 %.
    Quarter,
    /// 50 %.
    Half,
    /// 75 %.
    ThreeQuarters,
    /// 100 %.
    All,
}

impl Percent {
    /// Quarters.
    const fn quarters(self) -> i128 {
        match self {
            Self::Quarter => 1,
            Self::Half => 2,
            Self::ThreeQuarters => 3,
            Self::All => 4,
        }
    }
}

/// The greatest amount with at most `precision` decimals that is not more than that part of `available`; zero when
/// nothing is available. Only where the exact part has more digits than an [`Amount`] holds is it smaller still.
pub fn percent_of(available: Amount, percent: Percent, precision: u32) -> Amount {
    if !available.is_positive() {
        return Amount::ZERO;
    }
    let trimmed = available.trimmed();
    let (mut mantissa, mut scale) = (trimmed.mantissa(), trimmed.scale());
    // Two more decimals hold every quarter exactly.
    for _ in 0..2 {
        if let Some(longer) = mantissa.checked_mul(10) {
            (mantissa, scale) = (longer, scale + 1);
        }
    }
    let quarters = percent.quarters();
    // Whole quarters first: the product of the full number may not fit, and the floor is the same.
    let mut part = (mantissa / 4) * quarters + (mantissa % 4) * quarters / 4;
    while scale > precision {
        part /= 10;
        scale -= 1;
    }
    Amount::new(part, scale).unwrap_or(Amount::ZERO).trimmed()
}
