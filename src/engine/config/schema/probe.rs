//! What a type reads, as a JSON schema: a reader that says yes to whatever the type asks for, and writes down what it was.

use serde::de::value::{BorrowedStrDeserializer, Error, U64Deserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, json};

/// The name by which a value with its place in the file asks for both.
const SPANNED: &str = "$__serde_spanned";

/// The schema of what `T` reads. Where `T` stands within itself, `within` is referred to.
pub fn probe<'de, T: Deserialize<'de>>(within: &str) -> Value {
    let mut found = Found::default();
    // A type that refuses what stands for a value has said before what it asks for.
    let _refused = T::deserialize(Probe { found: &mut found, outer: None, within }).is_err();
    found.schema
}

#[derive(Default)]
struct Found {
    schema: Value,
    /// Whether it may be left out: what is said so by its type, and lists and tables, which are empty then.
    can_be_absent: bool,
}

struct Probe<'a> {
    found: &'a mut Found,
    /// The outermost type.
    outer: Option<&'static str>,
    within: &'a str,
}

impl Probe<'_> {
    fn is(&mut self, schema: Value) {
        self.found.schema = schema;
    }

    /// A reader of what stands inside.
    fn inner<'b>(&'b self, found: &'b mut Found) -> Probe<'b> {
        Probe { found, outer: self.outer, within: self.within }
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    /// Only one type leaves it to the file: one text or a list of them.
    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.is(json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }));
        visitor.visit_str("")
    }

    fn deserialize_bool<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.is(json!({ "type": "boolean" }));
        visitor.visit_bool(false)
    }

    fn deserialize_i64<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.is(json!({ "type": "integer" }));
        visitor.visit_i64(0)
    }

    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        self.is(json!({ "type": "string" }));
        visitor.visit_str("")
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.found.can_be_absent = true;
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let mut items = Found::default();
        let value = visitor.visit_seq(Once(Some(self.inner(&mut items))))?;
        self.found.can_be_absent = true;
        self.is(json!({ "type": "array", "items": items.schema }));
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let (mut names, mut values) = (Found::default(), Found::default());
        let entry = Entry { name: Some(self.inner(&mut names)), value: Some(self.inner(&mut values)) };
        let value = visitor.visit_map(entry)?;
        self.found.can_be_absent = true;
        self.is(json!({ "type": "object", "propertyNames": {}, "additionalProperties": values.schema }));
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name.starts_with(SPANNED) {
            return visitor.visit_map(Spanned { fields: fields.iter(), at: 0, value: Some(self) });
        }
        if self.outer == Some(name) {
            self.is(json!({ "$ref": self.within }));
            return visitor.visit_map(Fields::of(&[], &self, name, &mut Map::new(), &mut Vec::new()));
        }
        let (mut properties, mut required) = (Map::new(), Vec::new());
        let value = visitor.visit_map(Fields::of(fields, &self, name, &mut properties, &mut required))?;
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            schema["required"] = Value::Array(required);
        }
        self.is(schema);
        Ok(value)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        enum identifier ignored_any
    }
}

/// The one item of a list.
struct Once<'a>(Option<Probe<'a>>);

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.take().map(|probe| seed.deserialize(probe)).transpose()
    }
}

/// The one entry of a table with names of the user's own.
struct Entry<'a> {
    name: Option<Probe<'a>>,
    value: Option<Probe<'a>>,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.name.take().map(|probe| seed.deserialize(probe)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.value.take().ok_or_else(nothing_more)?)
    }
}

/// A value with its place: where it begins, where it ends, and itself.
struct Spanned<'a> {
    fields: std::slice::Iter<'static, &'static str>,
    at: usize,
    value: Option<Probe<'a>>,
}

impl<'de> MapAccess<'de> for Spanned<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.at += 1;
        self.fields.next().map(|field| seed.deserialize(BorrowedStrDeserializer::new(field))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        if self.at <= 2 {
            let place: U64Deserializer<Error> = 0_u64.into_deserializer();
            return seed.deserialize(place);
        }
        seed.deserialize(self.value.take().ok_or_else(nothing_more)?)
    }
}

/// The fields of a type, one after the other.
struct Fields<'a> {
    left: std::slice::Iter<'static, &'static str>,
    here: &'static str,
    outer: &'static str,
    within: &'a str,
    properties: &'a mut Map<String, Value>,
    required: &'a mut Vec<Value>,
}

impl<'a> Fields<'a> {
    fn of(
        fields: &'static [&'static str],
        probe: &'a Probe<'_>,
        name: &'static str,
        properties: &'a mut Map<String, Value>,
        required: &'a mut Vec<Value>,
    ) -> Self {
        let outer = probe.outer.unwrap_or(name);
        Self { left: fields.iter(), here: "", outer, within: probe.within, properties, required }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(field) = self.left.next() else { return Ok(None) };
        self.here = field;
        seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let mut found = Found::default();
        let value = seed.deserialize(Probe { found: &mut found, outer: Some(self.outer), within: self.within })?;
        self.properties.insert(self.here.to_owned(), found.schema);
        if !found.can_be_absent {
            self.required.push(Value::from(self.here));
        }
        Ok(value)
    }
}

fn nothing_more() -> Error {
    serde::de::Error::custom("a value was asked for twice")
}
