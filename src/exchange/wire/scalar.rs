//! Single values: string or number, flag or digit, empty or null. Nothing passes through a float.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::{Amount, MemoRule, Millis, UntrustedText};

/// One JSON value that is not an array or an object, digits untouched.
enum Scalar<'a> {
    Null,
    Text(Cow<'a, str>),
    /// The number's own token.
    Number(String),
    Flag(bool),
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Flag(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Number(value.to_string()))
    }

    /// `serde_json` hands a number over as a private map when `arbitrary_precision` is on.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar<'de>, A::Error> {
        let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Scalar::Number(number.as_str().to_owned()))
    }
}

/// A text that must be there; a number gives its digits.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UntrustedText, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| D::Error::custom("empty, and it must not be"))
}

/// A text; null and empty are `None`, a number gives its digits (a memo may come as one).
pub(super) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UntrustedText>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Null => Ok(None),
        Scalar::Text(text) => Ok(Some(UntrustedText::from(&*text)).filter(|text| !text.is_empty())),
        Scalar::Number(token) => Ok(Some(UntrustedText::from(token))),
        Scalar::Flag(_) => Err(D::Error::custom("true or false in place of a text")),
    }
}

/// A text of a field that was there: null counts as empty. With `default` this tells absent from null.
pub(super) fn present_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UntrustedText>, D::Error> {
    Ok(Some(optional_text(deserializer)?.unwrap_or_default()))
}

/// An id that must be there.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UntrustedText, D::Error> {
    optional_id(deserializer)?.ok_or_else(|| D::Error::custom("an id is missing"))
}

/// An id as text, digit for digit: ids come as texts and as numbers beyond 2^53 (`reference.md §9`, quirk 6).
pub(super) fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UntrustedText>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Null => Ok(None),
        Scalar::Text(text) => Ok(Some(UntrustedText::from(&*text)).filter(|text| !text.raw().trim().is_empty())),
        // A point or an exponent means that somebody rounded it on the way.
        Scalar::Number(token) if token.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(UntrustedText::from(token))),
        Scalar::Number(_) => Err(D::Error::custom("an id that is not a whole number")),
        Scalar::Flag(_) => Err(D::Error::custom("true or false in place of an id")),
    }
}

/// An amount that must be there.
pub(super) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    optional_amount(deserializer)?.ok_or_else(|| D::Error::custom("a number is missing"))
}

/// An exact amount from a string or number token; null and empty are `None`, never zero.
pub(super) fn optional_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    amount_of(Scalar::deserialize(deserializer)?)
}

fn amount_of<E: Error>(scalar: Scalar<'_>) -> Result<Option<Amount>, E> {
    let token = match scalar {
        Scalar::Null => return Ok(None),
        Scalar::Text(text) if text.is_empty() => return Ok(None),
        Scalar::Text(text) => text,
        Scalar::Number(token) => Cow::Owned(token),
        Scalar::Flag(_) => return Err(E::custom("true or false in place of a number")),
    };
    token.parse().map(Some).map_err(|why| {
        let shown = UntrustedText::from(&*token).excerpt(40);
        E::custom(format_args!("{why}: {shown:?}"))
    })
}

/// A whole number, however it is written (`6`, `"6"`, `6.0`, `1.7e12`); null and empty are `None`.
fn whole<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let Some(amount) = amount_of::<D::Error>(Scalar::deserialize(deserializer)?)? else {
        return Ok(None);
    };
    let amount = amount.trimmed();
    let value = if amount.scale() == 0 { T::try_from(amount.mantissa()).ok() } else { None };
    value.map(Some).ok_or_else(|| D::Error::custom("not a whole number in range"))
}

/// A count.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    whole(deserializer)
}

/// A point in time, milliseconds since 1970.
pub(super) fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    Ok(whole(deserializer)?.map(Millis))
}

/// A flag: `0`/`1`, `"0"`/`"1"`, `true`/`false` (`reference.md §9`, quirk 7). Anything else says nothing: `None`.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Null => None,
        Scalar::Flag(value) => Some(value),
        Scalar::Text(text) => flag_of(&text),
        Scalar::Number(token) => flag_of(&token),
    })
}

fn flag_of(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// `requireMemo` as a number or a text; what is not understood is not guessed.
pub(super) fn memo_rule<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MemoRule, D::Error> {
    let scalar = Scalar::deserialize(deserializer)?;
    let word = match &scalar {
        Scalar::Text(text) => text,
        Scalar::Number(token) => token.as_str(),
        Scalar::Null | Scalar::Flag(_) => "",
    };
    Ok(match word {
        "0" => MemoRule::None,
        "1" => MemoRule::Optional,
        "2" => MemoRule::Required,
        _ => MemoRule::Unknown,
    })
}
