//! A request's JSON body, read strictly: a value of the wrong type is refused, not bent into shape.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::domain::Amount;

/// The fields of a body.
#[derive(Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body. None at all counts as `{}`, because clients without parameters send nothing (`reference.md §3.2`).
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(Refusal::Parameter),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text, where there is one. Empty text counts as none, as in the document's sample of the deposit history.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(_) => Err(Refusal::Parameter),
        }
    }

    /// A text that must be there.
    pub fn must(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or(Refusal::Missing)
    }

    /// A whole JSON number, where there is one.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number.as_str().parse().map(Some).map_err(|_| Refusal::Parameter),
            Some(_) => Err(Refusal::Parameter),
        }
    }

    /// An amount above zero that must be there, as a JSON number. Whether the exchange would take a text is not known
    /// (`reference.md §11`), so a text is refused here.
    pub fn amount(&self, name: &str) -> Result<Amount, Refusal> {
        match self.get(name) {
            None => Err(Refusal::Missing),
            Some(Value::Number(number)) => {
                number.as_str().parse::<Amount>().ok().filter(|a| a.is_positive()).ok_or(Refusal::Parameter)
            }
            Some(_) => Err(Refusal::Parameter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_types_are_refused_and_absent_is_told_from_wrong() {
        let fields = Fields::read(br#"{"a":"x","n":5,"e":"","z":null,"d":1.50,"f":-1,"t":"1"}"#).unwrap();
        assert_eq!(fields.must("a"), Ok("x"));
        assert_eq!(fields.must("n"), Err(Refusal::Parameter));
        assert_eq!(fields.must("e"), Err(Refusal::Missing));
        assert_eq!(fields.must("z"), Err(Refusal::Missing));
        assert_eq!(fields.integer("n"), Ok(Some(5)));
        assert_eq!(fields.integer("d"), Err(Refusal::Parameter));
        assert_eq!(fields.integer("t"), Err(Refusal::Parameter));
        assert_eq!(fields.amount("d").unwrap().to_string(), "1.50");
        assert_eq!(fields.amount("f"), Err(Refusal::Parameter));
        assert_eq!(fields.amount("t"), Err(Refusal::Parameter));
        assert_eq!(fields.amount("none"), Err(Refusal::Missing));
        assert!(Fields::read(b"").is_ok());
        assert!(Fields::read(b"[]").is_err());
        assert!(Fields::read(b"{").is_err());
    }
}
