//! Every word the user reads, in both languages, from the catalogues in `assets/locales`.
//!
//! A key is a dotted path (`error.cause.not_sent.dns`). Values may hold `{names}` that [`Lang::fill`] replaces.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
pub enum Lang {
    /// English.
    #[default]
    #[strum(serialize = "en")]
    En,
    /// Simplified Chinese.
    #[strum(to_string = "zh-CN", serialize = "zh")]
    ZhCn,
}

type Table = HashMap<String, &'static str>;

static ENGLISH: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../assets/locales/en.toml")));
static CHINESE: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../assets/locales/zh-CN.toml")));

impl Lang {
    /// The language of a POSIX locale: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set and not empty.
    pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let name = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|key| get(key).filter(|v| !v.is_empty()))
            .unwrap_or_default();
        if name.to_ascii_lowercase().starts_with("zh") { Self::ZhCn } else { Self::En }
    }

    /// The text of a key in this language, else in English, else the key itself (a test proves that no such key is used).
    pub fn t(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key that is put together at run time; `None` when there is none.
    pub fn find(self, key: &str) -> Option<&'static str> {
        let table = match self {
            Self::En => &ENGLISH,
            Self::ZhCn => &CHINESE,
        };
        table.get(key).or_else(|| ENGLISH.get(key)).copied()
    }

    /// The text of a key with `{name}` replaced by its value. Values are not searched again for names.
    pub fn fill(self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(self.t(key), values)
    }

    /// All keys of this language's own catalogue.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let table: &'static Table = match self {
            Self::En => &ENGLISH,
            Self::ZhCn => &CHINESE,
        };
        table.keys().map(String::as_str)
    }
}

/// Replaces every `{name}` in `pattern` by its value; a name without a value stays as it is.
pub fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            break;
        };
        out.push_str(&rest[..open]);
        let name = &rest[open + 1..open + length];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=open + length]),
        }
        rest = &rest[open + length + 1..];
    }
    out.push_str(rest);
    out
}

fn read(source: &'static str) -> Table {
    let mut table = Table::new();
    match source.parse::<toml::Table>() {
        Ok(root) => flatten("", root, &mut table),
        // The catalogues are part of the program and a test reads both; a broken one shows keys instead of words.
        Err(_) => debug_assert!(false, "a catalogue is not TOML"),
    }
    table
}

fn flatten(prefix: &str, from: toml::Table, into: &mut Table) {
    for (key, value) in from {
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, into),
            // Leaked on purpose: read once per run, used until its end.
            toml::Value::String(text) => {
                into.insert(path, Box::leak(text.into_boxed_str()));
            }
            _ => debug_assert!(false, "a catalogue holds texts only"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn both_languages_have_every_key_with_the_same_names_in_it() {
        let english: BTreeSet<_> = Lang::En.keys().collect();
        // What clap and the definitions of the command line say in English themselves stands in the other catalogue alone.
        let chinese: BTreeSet<_> = Lang::ZhCn.keys().filter(|key| !key.starts_with("clap.")).collect();
        assert_eq!(english.symmetric_difference(&chinese).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert!(!english.is_empty());
        for key in english {
            assert_eq!(names(ENGLISH[key]), names(CHINESE[key]), "{key}");
            assert!(!CHINESE[key].trim().is_empty() && !ENGLISH[key].trim().is_empty(), "{key} is empty");
        }
    }

    #[test]
    fn chinese_has_one_word_for_each_thing() {
        // (what must not stand there, the word that does); what traders of another exchange or a translator might write.
        let wrong = [
            ("充值", "充币"),
            ("提现", "提币"),
            ("提款", "提币"),
            ("扣款", "提币数量"),
            ("App", "应用"),
            ("净额", "到账数量"),
            // What is pending or failed did not arrive.
            ("实际到账", "到账数量"),
            ("到帐", "到账"),
            ("帐", "账"),
            ("收款人", "收款方"),
            ("付款人", "付款方"),
            ("总额", "合计"),
            ("总值", "合计"),
            ("撤回", "撤销"),
            ("收回", "撤销"),
            ("安全验证", "安全认证"),
            ("免验证", "免认证"),
            ("审核", "复核"),
            ("复查", "复核"),
            ("配置档", "配置"),
            ("档案", "配置"),
            ("订单", "指令"),
            ("界面", "看板"),
            ("你", "您"),
        ];
        for key in Lang::ZhCn.keys() {
            let text = CHINESE[key];
            for (word, right) in wrong {
                assert!(!text.contains(word), "{key}: {word} is called {right} here: {text}");
            }
        }
    }

    #[test]
    fn values_are_filled_in_once() {
        assert_eq!(fill("a {x} b {y} {z}", &[("x", "{y}"), ("y", "2")]), "a {y} b 2 {z}");
        assert_eq!(fill("open {", &[]), "open {");
    }

    #[test]
    fn the_language_comes_from_the_locale() {
        let with = |name: &'static str, value: &'static str| {
            Lang::from_environment(move |key| (key == name).then(|| value.to_owned()))
        };
        assert_eq!(with("LANG", "zh_CN.UTF-8"), Lang::ZhCn);
        assert_eq!(with("LC_ALL", "en_GB.UTF-8"), Lang::En);
        assert_eq!(Lang::from_environment(|_| None), Lang::En);
    }
}
