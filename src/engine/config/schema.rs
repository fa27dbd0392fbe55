//! The JSON schema of the configuration file, by which editors complete and check it.
//!
//! It is no second list of settings. Which keys there are, and of which type, is read off the types that read the file; where
//! a key may stand, off the reader itself; what it means and its default, off the example; the words that it takes, off the
//! lists that check them.

mod probe;

use serde_json::{Map, Value, json};
use strum::VariantNames as _;

use super::apply::{MOST_PERCENT, MOST_TIMES};
use super::example::{self, Described};
use super::file::{FileSettings, Keys};
use super::keymap::Action;
use super::profile::{Band, StoreName};
use super::{DELAY_SECONDS, Fault, LOCK_MINUTES, REFRESH_SECONDS, ThemeName};
use crate::domain::EventKind;
use crate::domain::columns::Tab;
use crate::engine::notifications::Channel;
use probe::probe;

/// Where the schema of a profile stands in the schema of the file.
const PROFILE: &str = "profile";

/// The schema, as it is printed: JSON Schema draft 7, which editors of TOML read.
pub fn schema() -> String {
    let mut keys = probe::<Keys>(&format!("#/definitions/{PROFILE}"));
    describe(&mut keys, "", &example::described());
    let of = |may_stand: fn(&str, &Value) -> bool| {
        let mut keys = keys.clone();
        if let Some(properties) = keys.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, property| may_stand(name, property));
        }
        keys
    };
    let mut file = of(may_stand_at_the_top);
    if let Some(file) = file.as_object_mut() {
        file.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        file.insert("title".to_owned(), json!("The configuration file of wallet-tui"));
        file.insert("definitions".to_owned(), json!({ PROFILE: of(may_stand_in_a_profile) }));
    }
    format!("{file:#}\n")
}

fn may_stand_at_the_top(name: &str, property: &Value) -> bool {
    let fault = FileSettings::parse(&format!("{name} = {}", sample(property)), "").err().map(|error| error.fault);
    !matches!(fault, Some(Fault::OfAProfile(_)))
}

fn may_stand_in_a_profile(name: &str, property: &Value) -> bool {
    let file = format!("[profiles.a]\n{name} = {}", sample(property));
    !matches!(FileSettings::parse(&file, "").err().map(|error| error.fault), Some(Fault::OfTheFile(_)))
}

/// Some value of a property's type, in TOML.
fn sample(property: &Value) -> &'static str {
    match property.get("type").and_then(Value::as_str) {
        Some("boolean") => "true",
        Some("integer") => "1",
        Some("array") => "[]",
        Some("object") => "{}",
        _ => "''",
    }
}

/// Adds to a property and all below it what the example says of it and what it may be.
fn describe(schema: &mut Value, path: &str, example: &[Described]) {
    if let Some(words) = words(path) {
        let place = match schema.get("type").and_then(Value::as_str) {
            Some("array") => "/items",
            Some("object") => "/propertyNames",
            _ => "",
        };
        if let Some(place) = schema.pointer_mut(place) {
            merge(place, &json!({ "enum": words }));
        }
    }
    if let Some((least, most)) = range(path) {
        merge(schema, &json!({ "minimum": least, "maximum": most }));
    }
    if let Some(said) = example.iter().find(|said| said.path == path) {
        merge(schema, &json!({ "description": said.words }));
        if let Some(default) = &said.default {
            merge(schema, &json!({ "default": default }));
        }
    }
    for place in ["/properties", "/items/properties"] {
        let properties = schema.pointer_mut(place).and_then(Value::as_object_mut);
        let Some(properties) = properties else { continue };
        // The two programs that keep accounts share their keys but for this one.
        if path.strip_prefix("export.") == Some("hledger") {
            properties.remove("open");
        }
        for (name, property) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            describe(property, &path, example);
        }
    }
}

fn merge(schema: &mut Value, more: &Value) {
    let into: Option<&mut Map<String, Value>> = schema.as_object_mut();
    if let (Some(into), Some(more)) = (into, more.as_object()) {
        into.extend(more.clone());
    }
}

/// The words that a setting takes, or each of its list, or the names in its table.
fn words(path: &str) -> Option<Vec<&'static str>> {
    let of_columns = |tab: Tab| tab.columns().iter().map(|column| (*column).into()).collect();
    Some(match path {
        "lang" => vec!["en", "zh-CN", "zh"],
        "theme" => ThemeName::VARIANTS.to_vec(),
        "band" => Band::VARIANTS.to_vec(),
        "store" => StoreName::VARIANTS.to_vec(),
        "limits.confirm" => vec!["new", "always"],
        "notices.channels" => Channel::VARIANTS.to_vec(),
        "notices.kinds" => EventKind::VARIANTS.to_vec(),
        "keys" => Action::VARIANTS.to_vec(),
        _ => {
            let tab = path.strip_prefix("columns.")?;
            return Tab::ALL.into_iter().find(|known| <&'static str>::from(*known) == tab).map(of_columns);
        }
    })
}

/// The least and the most that a number may be.
fn range(path: &str) -> Option<(u32, u32)> {
    Some(match path {
        "refresh_seconds" => REFRESH_SECONDS.into_inner(),
        "lock_minutes" => LOCK_MINUTES.into_inner(),
        "limits.order_delay_seconds" => DELAY_SECONDS.into_inner(),
        "limits.confirm_jump" => (0, MOST_TIMES),
        "limits.confirm_share" => (0, MOST_PERCENT),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::{Overrides, Settings};

    fn fault(file: &str) -> Option<Fault> {
        let settings = FileSettings::parse(file, "c.toml")
            .and_then(|file| Settings::of_profile("a", &file, &|_| None, &Overrides::default()));
        settings.err().map(|error| error.fault)
    }

    fn read() -> Value {
        serde_json::from_str(&schema()).unwrap()
    }

    /// Every property below, with its path.
    fn properties(schema: &Value, path: &str) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for place in ["/properties", "/items/properties"] {
            for (name, property) in schema.pointer(place).and_then(Value::as_object).into_iter().flatten() {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                found.push((path.clone(), property.clone()));
                found.extend(properties(property, &path));
            }
        }
        found
    }

    #[test]
    fn the_schema_in_the_repository_is_what_is_printed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/config.schema.json");
        if std::env::var_os("WALLET_TUI_WRITE_SCHEMA").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == schema(), "WALLET_TUI_WRITE_SCHEMA=1 cargo test --lib the_schema writes it");
    }

    #[test]
    fn every_setting_is_in_the_schema_with_what_the_example_says() {
        let schema = read();
        let all = [properties(&schema, ""), properties(&schema["definitions"][PROFILE], "")].concat();
        assert!(all.len() > 60, "{}", all.len());
        for (path, property) in &all {
            // What an amount with its unit is made of goes without saying.
            let is_part = path.rsplit_once('.').is_some_and(|(_, name)| ["amount", "unit"].contains(&name));
            assert!(is_part || property["description"].is_string(), "{path} is not described");
            assert!(property.get("type").is_some() || property.get("anyOf").is_some(), "{path}");
        }
        for said in example::described() {
            let is_own = ["keys.", "explorers."].iter().any(|table| said.path.starts_with(table));
            assert!(is_own || all.iter().any(|(path, _)| *path == said.path), "{} is no setting", said.path);
        }
    }

    #[test]
    fn where_a_key_may_stand_is_what_the_reader_says() {
        let schema = read();
        let at = |place: &str, name: &str| schema.pointer(&format!("{place}/properties/{name}")).is_some();
        for (name, top, profile) in [
            ("profiles", true, false),
            ("profile", true, false),
            ("key", false, true),
            ("band", false, true),
            ("lang", true, true),
        ] {
            assert_eq!((at("", name), at("/definitions/profile", name)), (top, profile), "{name}");
        }
        let of = |path: &str| schema.pointer(path).unwrap();
        assert_eq!(of("/properties/addresses/items/required"), &json!(["label", "coin", "network", "address"]));
        assert_eq!(of("/properties/profiles/additionalProperties"), &json!({ "$ref": "#/definitions/profile" }));
        assert_eq!(of("/additionalProperties"), &json!(false));
    }

    #[test]
    fn words_and_ranges_of_the_schema_are_those_of_the_reader() {
        let schema = read();
        let mut checked = 0;
        for (path, property) in properties(&schema["definitions"][PROFILE], "") {
            let set = |value: &str| format!("profiles.a.{path} = {value}");
            let list = property.pointer("/items/enum").or(property.get("enum")).and_then(Value::as_array);
            for word in list.into_iter().flatten() {
                let is_list = property["type"] == "array";
                let text = if !is_list {
                    set(&word.to_string())
                } else if path.starts_with("columns.") && word != "coin" {
                    set(&format!("['coin', {word}]"))
                } else {
                    set(&format!("[{word}]"))
                };
                assert!(!matches!(fault(&text), Some(Fault::OneOf(..) | Fault::Lang(_) | Fault::Theme(_))), "{text}");
                checked += 1;
            }
            if let (Some(least), Some(most)) = (property["minimum"].as_i64(), property["maximum"].as_i64()) {
                for (number, is_right) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
                    assert_eq!(fault(&set(&number.to_string())).is_none(), is_right, "{path} {number}");
                    checked += 1;
                }
            }
        }
        for name in read().pointer("/properties/keys/propertyNames/enum").and_then(Value::as_array).unwrap() {
            let bound = fault(&format!("keys.{} = 'f11'", name.as_str().unwrap()));
            assert!(!matches!(bound, Some(Fault::UnknownKey(..))), "{name}");
            checked += 1;
        }
        assert!(checked > 100, "{checked}");
    }
}
