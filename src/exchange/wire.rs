//! The wire's spelling of everything. The only place with the exchange's own field names, and the only one that reads or
//! writes JSON for it.
//!
//! Loose towards the exchange's documented and observed quirks (`reference.md §4`, `§9`), strict about everything else: an
//! answer that is not understood is an error with the place in it, never a default.

mod account;
mod asset;
mod record;
mod request;
mod rows;
mod scalar;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::domain::{Cause, Loss, Refusal, UntrustedText};

pub(super) use account::{balances, deposit_addresses, futures_balance, last_price, order_id, user_info};
pub(super) use asset::{coins, rates};
pub(super) use record::{incoming, outgoing};
pub(super) use request::{
    cancel_transfer, cancel_withdrawal, deposit_address, incoming_page, margin_coin, market, move_funds, outgoing_page,
    transfer, withdraw,
};

/// One of the exchange's two interfaces. They share keys and signing, and differ in paths and codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// Spot, and everything about the wallet.
    Spot,
    /// The futures side, of which one call is used (`reference.md §4.14`).
    Futures,
}

impl Api {
    /// What every path starts with (`reference.md §1`, `§4.14`).
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Spot => "/api/spot/v1/",
            Self::Futures => "/api/v1/",
        }
    }

    fn refusal(self, code: &str) -> Refusal {
        match self {
            Self::Spot => Refusal::of_code(code),
            Self::Futures => Refusal::of_futures_code(code),
        }
    }
}

/// How much of foreign words is kept in an error, in graphemes.
const DETAIL: usize = 200;
/// How much of the exchange's message is kept, in graphemes.
const MESSAGE: usize = 1_000;

/// The envelope around every answer (`reference.md §1`).
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    msg: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    success: Option<&'a RawValue>,
}

/// The `data` of an answer that said success.
pub(super) struct Data<'a> {
    /// JSON; `None` when it was null or not there.
    text: Option<&'a str>,
    /// Where it starts in the body.
    offset: usize,
}

/// Opens the answer of a read: its data when the code says success, else why not.
pub(super) fn open(api: Api, body: &[u8]) -> Result<Data<'_>, Cause> {
    answer(body)?.data(api)
}

/// Opens the answer of a money call, closed (`reference.md §6.3`): a listed code beside an id or beside a `success` that
/// does not say no is a contradiction, not a refusal.
pub(super) fn open_money(body: &[u8]) -> Result<Data<'_>, Cause> {
    let answer = answer(body)?;
    let is_listed = !matches!(Refusal::of_code(&answer.code), Refusal::Unlisted | Refusal::System);
    let is_contradicted = is_listed && (!matches!(answer.success, None | Some("false")) || answer.names_an_id());
    if is_contradicted { Err(answer.contradiction()) } else { answer.data(Api::Spot) }
}

/// An envelope that could be read.
struct Answer<'a> {
    /// `0`, or another code.
    code: String,
    msg: String,
    data: Data<'a>,
    /// JSON; `None` when it was null or not there.
    success: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn data(self, api: Api) -> Result<Data<'a>, Cause> {
        match (self.code.as_str(), self.success) {
            ("0", None | Some("true")) => Ok(self.data),
            ("0", Some(_)) => Err(self.contradiction()),
            (code, _) => {
                let refusal = api.refusal(code);
                Err(Cause::Refused {
                    refusal,
                    code: UntrustedText::from(self.code),
                    msg: UntrustedText::from(self.msg),
                })
            }
        }
    }

    fn contradiction(self) -> Cause {
        Cause::Contradiction { code: UntrustedText::from(self.code), msg: UntrustedText::from(self.msg) }
    }

    /// Whether there is anything in `data` that could be the id of an order.
    fn names_an_id(&self) -> bool {
        let bare: String = self.data.text.unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        !matches!(bare.as_str(), "" | "null" | "\"\"" | "{}" | "[]" | "true" | "false")
    }
}

/// Reads the envelope of an answer.
fn answer(body: &[u8]) -> Result<Answer<'_>, Cause> {
    let not_the_api = |why: &str| Cause::NoAnswer { loss: Loss::NotTheApi, detail: UntrustedText::from(why) };
    let text =
        std::str::from_utf8(body).map_err(|why| not_the_api(&format!("not UTF-8 at byte {}", why.valid_up_to())))?;
    // A captive portal's page, a bare array, a byte-order mark: not an envelope. Serde would take an array for one.
    if !text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
        return Err(not_the_api("not a JSON object"));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|why| {
        if why.is_data() { unreadable("reply", text, 0, &why) } else { not_the_api(&located(text, 0, &why)) }
    })?;
    let code = match envelope.code.map(RawValue::get) {
        Some(raw) => code_of(raw),
        None => return Err(not_the_api("no code")),
    };
    let msg = envelope.msg.map(|raw| message(raw.get())).unwrap_or_default();
    match code {
        Some(code) if code == "0" || is_code(&code) => {
            let text = envelope.data.map(RawValue::get);
            let offset = text.map_or(0, |data| data.as_ptr().addr().saturating_sub(body.as_ptr().addr()));
            let success = envelope.success.map(RawValue::get);
            Ok(Answer { code, msg, data: Data { text, offset }, success })
        }
        // Neither success nor a code of theirs. Calling it a refusal could hide that an order was executed.
        _ => {
            let raw = envelope.code.map(RawValue::get).unwrap_or_default();
            let detail = UntrustedText::from(format!("{raw} {msg}")).excerpt(DETAIL);
            Err(Cause::Unreadable { path: UntrustedText::from("code"), detail: UntrustedText::from(detail) })
        }
    }
}

/// The code's text, from a string or a number token.
fn code_of(raw: &str) -> Option<String> {
    match raw.bytes().next() {
        Some(b'"') => serde_json::from_str(raw).ok(),
        Some(b'-' | b'0'..=b'9') => Some(raw.to_owned()),
        _ => None,
    }
}

/// True for an integer in plain notation other than some zero.
fn is_code(code: &str) -> bool {
    let digits = code.strip_prefix('-').unwrap_or(code);
    !digits.is_empty() && digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

/// The message's text; whatever it is, it is shown and never used for logic.
fn message(raw: &str) -> String {
    let text = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
    // Kept raw, only shorter: it is sanitized when it is shown.
    text.chars().take(MESSAGE).collect()
}

impl<'a> Data<'a> {
    /// The rows of a list, each of them or none: null is `None`, a single object is a list of one (`reference.md §9`,
    /// quirk 3).
    fn rows<T: Deserialize<'a>>(&self) -> Result<Option<Vec<T>>, Cause> {
        match self.text {
            None => Ok(None),
            Some(text) if text.starts_with('{') => Ok(Some(vec![self.parse::<Row<T>>(text)?.0])),
            Some(text) => {
                let rows: Vec<Row<T>> = self.parse(text)?;
                Ok(Some(rows.into_iter().map(|row| row.0).collect()))
            }
        }
    }

    fn parse<T: Deserialize<'a>>(&self, text: &'a str) -> Result<T, Cause> {
        self.parse_at("data", text)
    }

    /// Reads a part of the data that stands at a place in it.
    fn parse_at<T: Deserialize<'a>>(&self, place: &str, text: &'a str) -> Result<T, Cause> {
        match serde_json::from_str(text) {
            Ok(found) => Ok(found),
            // Only now, because keeping the path costs an allocation per field.
            Err(first) => {
                let mut json = serde_json::Deserializer::from_str(text);
                let found: Result<T, _> = serde_path_to_error::deserialize(&mut json);
                let path = match found {
                    Ok(_) => String::from("."),
                    Err(why) => why.path().to_string(),
                };
                let path = match path.as_str() {
                    "." => place.to_owned(),
                    inner if inner.starts_with('[') => format!("{place}{inner}"),
                    inner => format!("{place}.{inner}"),
                };
                let begin = self.text.map_or(0, |all| text.as_ptr().addr().saturating_sub(all.as_ptr().addr()));
                Err(unreadable(&path, text, self.offset + begin, &first))
            }
        }
    }
}

fn unreadable(path: &str, text: &str, offset: usize, why: &serde_json::Error) -> Cause {
    let detail = UntrustedText::from(located(text, offset, why)).excerpt(DETAIL);
    Cause::Unreadable { path: UntrustedText::from(path), detail: UntrustedText::from(detail) }
}

/// An error's words with its byte in the body in place of a line and column in a part of it.
fn located(text: &str, offset: usize, why: &serde_json::Error) -> String {
    let words = why.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let lines: usize = text.split_inclusive('\n').take(why.line().saturating_sub(1)).map(str::len).sum();
    let words = UntrustedText::from(words).excerpt(DETAIL - 30);
    format!("{words}, byte {}", offset + lines + why.column())
}

/// A JSON object and nothing else. Serde's derived code takes an array for a struct, field by position.
struct Row<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Row<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Row<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Row<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Row)
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

#[cfg(test)]
mod tests;
