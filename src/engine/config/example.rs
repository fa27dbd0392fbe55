//! The example of a configuration file, and what it says of each setting.

use serde_json::Value;

/// Every setting with its default, as the repository has it.
pub const EXAMPLE: &str = include_str!("../../../assets/config.example.toml");

/// The table of the profiles.
const PROFILES: &str = "profiles";

/// What the example says of one setting.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    /// `limits.per_order`; a setting of a profile has no table before it.
    pub(super) path: String,
    /// Its comment.
    pub(super) words: String,
    /// Its default; `None` where it has none, and what is shown is an example.
    pub(super) default: Option<Value>,
}

/// What the example says of each setting and of each table.
pub(super) fn described() -> Vec<Described> {
    let mut found: Vec<Described> = Vec::new();
    let (mut table, mut words) = (String::new(), Vec::new());
    let mut ended = true;
    for line in EXAMPLE.lines() {
        // `#name = …` is a setting with its default, `# name = …` one that has none.
        let is_default = line.starts_with('#') && !line.starts_with("# ");
        let bare = line.strip_prefix('#').unwrap_or(line).trim();
        let add = |path: String, words: &[&str], default, found: &mut Vec<Described>| {
            if !found.iter().any(|said| said.path == path) {
                found.push(Described { path, words: words.join(" "), default });
            }
        };
        if let Some(name) = header(bare) {
            add(name.to_owned(), &words, None, &mut found);
            // The settings of a profile are those of every profile.
            if name == PROFILES {
                table.clear();
            } else {
                name.clone_into(&mut table);
            }
            ended = true;
        } else if let Some((name, value)) = setting(bare) {
            let path = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
            let beside = value.rsplit_once("  # ").map(|(_, words)| vec![words.trim()]);
            let default = is_default.then(|| default(name, value)).flatten();
            add(path, beside.as_ref().unwrap_or(&words), default, &mut found);
            ended = true;
        } else if bare.is_empty() {
            ended = true;
        } else {
            if ended {
                words.clear();
            }
            words.push(bare);
            ended = false;
        }
    }
    found
}

/// The table of a header: `[limits]`, `[[addresses]]`, the table of profiles for one of them.
fn header(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    Some(if name.starts_with(PROFILES) { PROFILES } else { name })
}

fn setting(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(" = ")?;
    let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.');
    is_name.then_some((name, value))
}

fn default(name: &str, value: &str) -> Option<Value> {
    toml::from_str::<serde_json::Map<String, Value>>(&format!("{name} = {value}")).ok()?.remove(name)
}
