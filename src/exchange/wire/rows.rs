//! The rows of a list, one by one where they cannot be read all at once: a bad one is left out and named.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Data, Row, scalar};
use crate::domain::{Cause, LeftOut, Millis, Partial, UntrustedText};

/// What a row is about: of a row that cannot be read this much may be readable still.
pub(super) type Name = fn(&str) -> (Option<UntrustedText>, Option<Millis>);

impl<'a> Data<'a> {
    /// The rows of a list as far as they can be read: null is `None`, a single object is a list of one
    /// (`reference.md §9`, quirk 3). What is no list at all is an error.
    pub(super) fn rows_left<T: Deserialize<'a>>(&self, name: Name) -> Result<Option<Partial<Vec<T>>>, Cause> {
        // Row by row only where one of them is bad.
        if let Ok(rows) = self.rows::<T>() {
            return Ok(rows.map(|found| Partial { found, left_out: Vec::new() }));
        }
        let mut read = Partial { found: Vec::new(), left_out: Vec::new() };
        for (place, row) in self.each_row()? {
            match self.parse_at::<Row<T>>(&place, row) {
                Ok(row) => read.found.push(row.0),
                Err(cause) => read.left_out.push(left_out(cause, name(row))),
            }
        }
        Ok(Some(read))
    }

    /// Each row of a list as it came, with its place.
    pub(super) fn each_row(&self) -> Result<Vec<(String, &'a str)>, Cause> {
        match self.text {
            None => Ok(Vec::new()),
            Some(text) if text.starts_with('{') => Ok(vec![(String::from("data"), text)]),
            Some(text) => {
                let rows: Vec<&'a RawValue> = self.parse(text)?;
                Ok(rows.into_iter().enumerate().map(|(at, row)| (format!("data[{at}]"), row.get())).collect())
            }
        }
    }
}

/// A row that could not be read, with what could be read of it.
pub(super) fn left_out(cause: Cause, (name, time): (Option<UntrustedText>, Option<Millis>)) -> LeftOut {
    let (path, detail) = match cause {
        Cause::Unreadable { path, detail } => (path, detail),
        // Reading a row fails in no other way.
        _ => (UntrustedText::default(), UntrustedText::default()),
    };
    LeftOut { path, detail, name, time }
}

/// The fields of a row, whatever they are.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(All)
    }
}

/// One field of a row that cannot be read as a whole; `None` where it is missing, cannot be read, or is there twice.
pub(super) fn field<'a, T>(
    row: &'a str,
    name: &str,
    read: fn(&mut serde_json::Deserializer<serde_json::de::StrRead<'a>>) -> serde_json::Result<Option<T>>,
) -> Option<T> {
    let fields: Fields<'a> = serde_json::from_str(row).ok()?;
    let mut named = fields.0.into_iter().filter(|(key, _)| key == name);
    let (Some((_, value)), None) = (named.next(), named.next()) else { return None };
    read(&mut serde_json::Deserializer::from_str(value.get())).ok()?
}

/// Id and time of a record.
pub(super) fn record_name(row: &str) -> (Option<UntrustedText>, Option<Millis>) {
    (field(row, "id", |json| scalar::optional_id(json)), field(row, "ctime", |json| scalar::millis(json)))
}

/// The coin of a balance.
pub(super) fn balance_name(row: &str) -> (Option<UntrustedText>, Option<Millis>) {
    (field(row, "coin", |json| scalar::optional_text(json)), None)
}

/// The name of a coin.
pub(super) fn coin_name(row: &str) -> (Option<UntrustedText>, Option<Millis>) {
    (field(row, "name", |json| scalar::optional_text(json)), None)
}

/// The name of a network.
pub(super) fn network_name(row: &str) -> Option<UntrustedText> {
    field(row, "network", |json| scalar::optional_text(json))
}

/// The pair of a rate.
pub(super) fn rate_name(row: &str) -> (Option<UntrustedText>, Option<Millis>) {
    let symbol = |name| field(row, name, |json| scalar::optional_text(json));
    let pair = symbol("baseSymbol").zip(symbol("quoteSymbol"));
    (pair.map(|(base, quote)| UntrustedText::from(format!("{}/{}", base.raw(), quote.raw()))), None)
}
