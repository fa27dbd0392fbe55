//! What is wrong with a command line: clap tells what it found and in which part, and says it in English itself; the Chinese of
//! it is made here.

use std::error::Error;
use std::io::{self, Write as _};
use std::num::ParseIntError;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::BAD_INPUT;
use super::order::NotAnOrder;
use super::time_arg::{NotADuration, NotAMoment};
use super::watch::NotAName;
use super::{Cli, help};
use crate::domain::likely::likely;
use crate::domain::locale::{Lang, fill};
use crate::domain::text;

const LANG: Lang = Lang::ZhCn;

/// Prints what clap says of a command line that it does not understand, with the next step, or the help that was asked for, and
/// gives the exit code.
pub fn refuse(mut error: clap::Error, lang: Lang, next: &'static str) -> u8 {
    let said_next = suggest(&mut error);
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let rendered = match lang {
        Lang::ZhCn if is_help => help::finish(&error.render().to_string(), help::columns()),
        Lang::ZhCn => in_chinese(&error),
        Lang::En => error.render().to_string(),
    };
    let lines = rendered.lines().filter(|line| !said_next || !line.starts_with("For more information"));
    // What was typed is repeated in it: made visible line by line, never obeyed.
    let mut shown: String = lines.flat_map(|line| [text::sanitize(line), "\n".into()]).collect();
    // Nobody left to read it is no reason to complain.
    let _ = if error.use_stderr() {
        if said_next {
            let next = lang.fill("cli.next", &[("text", lang.t(next))]);
            shown = format!("{}\n{next}\n", shown.trim_end());
        }
        io::stderr().write_all(shown.as_bytes())
    } else {
        io::stdout().write_all(shown.as_bytes())
    };
    u8::try_from(error.exit_code()).unwrap_or(BAD_INPUT)
}

/// Leaves of the commands that clap thinks were meant the most likely one. Whether the error needs a next step.
fn suggest(error: &mut clap::Error) -> bool {
    if let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) {
        let definition = Cli::command();
        let names: Vec<&str> = definition
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(clap::Command::get_name)
            .collect();
        if let Some(meant) = likely(typed, &names) {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant.to_owned()]));
        }
    }
    error.use_stderr()
}

/// The error, the values that would do, what was probably meant, and the usage.
fn in_chinese(error: &clap::Error) -> String {
    let mut lines = vec![LANG.fill("cli.error", &[("text", &cause(error))])];
    let mut add = |key: &str, words: &str| {
        let pattern = LANG.find(&format!("clap.error.{key}")).unwrap_or_default();
        lines.push(format!("  {}", fill(pattern, &[("words", words)])));
    };
    let valid = words(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        add("possible", &valid.join("、"));
    }
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        let meant = words(error, kind);
        if !meant.is_empty() {
            add("meant", &meant.join("、"));
        }
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let heading = LANG.find("clap.heading.usage").unwrap_or_default();
        lines.push(String::new());
        lines.push(format!("{heading}{}", help::chinese_usage(usage.trim_start_matches("Usage: "))));
    }
    lines.join("\n") + "\n"
}

fn words(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

fn cause(error: &clap::Error) -> String {
    let of = |kind| words(error, kind).join("、");
    // One of our own: its key.
    if let Some(text) = LANG.find(&of(ContextKind::Custom)) {
        return text.to_owned();
    }
    let (arg, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let key = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => "no_value",
        ErrorKind::InvalidValue => "value",
        ErrorKind::UnknownArgument => "argument",
        ErrorKind::InvalidSubcommand => "command",
        ErrorKind::NoEquals => "equals",
        ErrorKind::ValueValidation => "validation",
        ErrorKind::TooManyValues => "too_many",
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "too_few",
        ErrorKind::ArgumentConflict => "conflict",
        ErrorKind::MissingRequiredArgument => "missing",
        ErrorKind::MissingSubcommand => "no_command",
        ErrorKind::InvalidUtf8 => "not_text",
        _ => "other",
    };
    let prior = Some(of(ContextKind::PriorArg)).filter(|prior| !prior.is_empty() && *prior != arg);
    let key = if key == "conflict" && prior.is_none() { "twice" } else { key };
    let why = error.source().map(reason).unwrap_or_default();
    let values = [
        ("arg", arg.as_str()),
        ("value", &value),
        ("prior", prior.as_deref().unwrap_or_default()),
        ("command", &of(ContextKind::InvalidSubcommand)),
        ("why", &why),
    ];
    fill(LANG.find(&format!("clap.error.{key}")).unwrap_or_default(), &values)
}

/// Why a value is none for its argument: by the parser that refused it, by the bounds that clap names, else what clap says.
fn reason(why: &(dyn Error + 'static)) -> String {
    let said = why.to_string();
    if let Some((least, most)) = said.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        let pattern = LANG.find("clap.error.range").unwrap_or_default();
        return fill(pattern, &[("least", least), ("most", most)]);
    }
    let key = if why.is::<NotAMoment>() {
        "time"
    } else if why.is::<NotADuration>() {
        "duration"
    } else if why.is::<NotAnOrder>() {
        "order"
    } else if why.is::<NotAName>() {
        "name"
    } else if why.is::<ParseIntError>() {
        "number"
    } else {
        return said;
    };
    LANG.find(&format!("clap.error.{key}")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn said(line: &str) -> String {
        let args = std::iter::once("wallet-tui").chain(line.split_whitespace()).map(OsString::from);
        in_chinese(&Cli::parse_in(args, LANG).unwrap_err())
    }

    #[test]
    fn what_cannot_be_understood_is_said_in_chinese() {
        for (line, words) in [
            ("balances --bla", "未知参数：--bla"),
            ("balances --outptu json", "--output"),
            ("balnces", "没有 balnces 这个命令"),
            ("balances --output xml", "可选：table、json、ndjson、csv"),
            ("balances --output", "--output <FORMAT> 缺少值"),
            ("withdraw --coin TRX", "--network <NETWORK>、--address <ADDRESS>、--amount <AMOUNT>"),
            ("orders --limit 0", "应在 1 到 100000 之间"),
            ("orders --limit x", "应为整数"),
            ("settle x", "指令编号"),
            ("watch --until 5 --timeout 5", "应为时长，如 90s、10m、2h 或 1h30m"),
            ("watch --name a/b", "字母、数字"),
            ("simulate --port x", "应为整数"),
            ("deposits --start-time lately", "today"),
            ("transfer --coin TRX --amount 1 --to-uid 1 --to-email a@b.c", "不能与"),
            ("transfer --coin TRX --amount 1 --to-phone 86", "值不够"),
            ("balances --account spot --account all", "只能给出一次"),
            ("--demo --base-url http://127.0.0.1:1", "--demo 与 --base-url"),
            ("--demo --futures-url http://127.0.0.1:1", "--demo 与 --futures-url"),
            ("--chaos", "simulate"),
        ] {
            let text = said(line);
            assert!(text.starts_with("错误：") && text.contains(words), "{line}: {text}");
            for english in ["error:", "tip:", "Usage", "found", "required", "value", "[OPTIONS]", "[COMMAND]"] {
                assert!(!text.contains(english), "{line}: {english}\n{text}");
            }
        }
    }
}
