//! Help in the user's language, and before the command line is understood: which language that is.
//!
//! English stands in the definitions: their doc comments, and clap's own words. The Chinese of both stands in its catalogue
//! alone, under `[clap]`; a test proves that no argument and no command lacks it. What a command's help says besides, its
//! examples and the options of every command in short, stands in both.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::Cli;
use super::layers::locale;
use crate::domain::locale::Lang;
use crate::domain::text_width::{width, wrap};
use crate::engine::config::file::{Absence, FileSettings};
use crate::engine::config::{Environment, places};

/// Columns of help where it goes to no terminal, and the most anywhere, as clap has it.
const COLUMNS: usize = 100;
/// Fewer columns than these beside the options are none: a line is left to the terminal.
const LEAST: usize = 16;
/// Where the name of an option without a letter begins.
const DEEPEST: usize = 6;

/// The language of a command line that need not be understood: its own `--lang`, else the configuration file's, else the locale's.
/// It decides on help and usage errors only, so a value that merely looks like the option does no harm.
pub fn lang_of(args: &[OsString], environment: Environment<'_>) -> Lang {
    let words: Vec<&str> = args.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--").collect();
    let value = |name: &str| {
        words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(name)? {
            "" => words.get(at + 1).copied(),
            rest => rest.strip_prefix('='),
        })
    };
    let of_file = || {
        let path = value("--config").map(PathBuf::from);
        FileSettings::read(&places::config_file(path.as_deref(), environment)?.path, Absence::IsFine).ok()?.lang()
    };
    let named = value("--lang").and_then(|word| word.parse().ok());
    named.or_else(of_file).unwrap_or_else(|| locale(environment))
}

/// What may be typed, as `--help` tells it: a command's own options before those of every command, which are only named.
pub fn definition(lang: Lang) -> Command {
    let root = Cli::command();
    let every: Vec<Arg> = root.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let root = root.mut_subcommands(|command| own_first(command, "", &every, lang));
    match lang {
        Lang::En => root,
        Lang::ZhCn => in_chinese(root, "program").after_help(after(lang)),
    }
}

/// What stands below the options of the program.
pub fn after(lang: Lang) -> String {
    let block = |heading, key| format!("{}\n{}", lang.t(heading), lang.t(key));
    [
        lang.t("help.start").to_owned(),
        lang.t("help.environment").to_owned(),
        block("help.examples", "help.example.program"),
        block("help.exit_codes", "help.exit"),
    ]
    .join("\n\n")
}

/// The name of a command in the catalogue: `config-path`.
pub fn path_of(parent: &str, command: &Command) -> String {
    let name = command.get_name();
    if parent.is_empty() { name.to_owned() } else { format!("{parent}-{name}") }
}

fn own_first(command: Command, parent: &str, every: &[Arg], lang: Lang) -> Command {
    let path = path_of(parent, &command);
    let mut said = Vec::new();
    if let Some(examples) = lang.find(&format!("help.example.{path}")) {
        said.push(lang.t("help.examples").to_owned());
        said.extend(examples.lines().map(|line| format!("  {line}")));
        said.push(String::new());
    }
    said.push(lang.t("help.every").to_owned());
    let names: Vec<String> = every.iter().map(short).collect();
    said.extend(wrap(&names.join("  "), 76).into_iter().map(|line| format!("  {}", line.replace('\u{a0}', " "))));
    let command = command
        .mut_subcommands(|inner| own_first(inner, &path, every, lang))
        .args(every.iter().map(|arg| arg.clone().hide(true)))
        .after_help(said.join("\n"));
    if lang == Lang::ZhCn { in_chinese(command, &path) } else { command }
}

/// An option with its value, as short as it can be. A line ends between the two nowhere.
fn short(arg: &Arg) -> String {
    let name = arg.get_long().unwrap_or_default();
    match arg.get_value_names() {
        Some([value, ..]) if arg.get_action().takes_values() => format!("--{name}\u{a0}{value}"),
        _ if arg.get_action().takes_values() => format!("--{name}\u{a0}{}", name.to_uppercase()),
        _ => format!("--{name}"),
    }
}

/// The Chinese words of an argument: those of the command, else those that it has everywhere.
fn words_of(path: &str, id: &str) -> Option<&'static str> {
    let lang = Lang::ZhCn;
    lang.find(&format!("clap.of.{path}.{id}")).or_else(|| lang.find(&format!("clap.any.{id}")))
}

fn heading(name: &str) -> &'static str {
    Lang::ZhCn.find(&format!("clap.heading.{name}")).unwrap_or_default()
}

fn in_chinese(command: Command, path: &str) -> Command {
    let flag = |id: &'static str, letter, action| {
        Arg::new(id).short(letter).long(id).action(action).help(heading(id)).help_heading(heading("options"))
    };
    let about = Lang::ZhCn.find(&format!("clap.command.{path}")).unwrap_or_default();
    let is_root = path == "program";
    let command = command
        .mut_args(|arg| argument(arg, path))
        .about(about)
        .term_width(0)
        .subcommand_help_heading(heading("commands"))
        .subcommand_value_name(heading("commands"))
        .help_template(format!("{{about}}\n\n{}{{usage}}\n\n{{all-args}}{{after-help}}", heading("usage")))
        .disable_help_flag(true)
        .arg(flag("help", 'h', ArgAction::Help));
    if is_root { command.disable_version_flag(true).arg(flag("version", 'V', ArgAction::Version)) } else { command }
}

/// Puts clap's own words in rendered Chinese help into Chinese, and breaks its lines for so many columns.
pub fn finish(rendered: &str, columns: usize) -> String {
    rendered.lines().flat_map(|line| finish_line(line, columns)).map(|line| line + "\n").collect()
}

/// The columns that help has where it is printed.
pub fn columns() -> usize {
    let is_seen = std::io::stdout().is_terminal();
    let found = is_seen.then(crossterm::terminal::size).and_then(Result::ok).map(|(columns, _)| usize::from(columns));
    found.map_or(COLUMNS, |columns| columns.min(COLUMNS))
}

fn finish_line(line: &str, columns: usize) -> Vec<String> {
    if let Some(usage) = line.strip_prefix(heading("usage")) {
        return beside(heading("usage"), &chinese_usage(usage), columns);
    }
    if !line.starts_with(' ') {
        return line.strip_suffix(':').map_or_else(|| wrap(line, columns), |name| vec![format!("{name}：")]);
    }
    match told_from(line) {
        Some(at) if width(line) > columns => beside(&line[..at], &line[at..], columns),
        _ => vec![line.to_owned()],
    }
}

/// What stands beside a name, in as many lines as it takes.
fn beside(name: &str, told: &str, columns: usize) -> Vec<String> {
    let Some(room) = columns.checked_sub(width(name)).filter(|room| *room >= LEAST) else {
        return vec![format!("{name}{told}")];
    };
    let before = |at: usize| if at == 0 { name.to_owned() } else { " ".repeat(width(name)) };
    wrap(told, room).iter().enumerate().map(|(at, line)| before(at) + line).collect()
}

/// Where in a line what an option is told to be begins: behind the blanks that follow its name.
fn told_from(line: &str) -> Option<usize> {
    let name = line.find(|c| c != ' ')?;
    // Deeper than an option stands only what goes on from the line above.
    if name > DEEPEST {
        return Some(name);
    }
    let blanks = name + line[name..].find("  ")?;
    Some(blanks + line[blanks..].find(|c| c != ' ')?)
}

/// A usage line with clap's own words in Chinese.
pub fn chinese_usage(usage: &str) -> String {
    usage.replace("[OPTIONS]", &format!("[{}]", heading("options")))
}

/// An argument with Chinese help, and with what clap would add to it in English.
fn argument(arg: Arg, path: &str) -> Arg {
    let mut help = words_of(path, arg.get_id().as_str()).unwrap_or_default().to_owned();
    if arg.get_action().takes_values() {
        let list = |name: &str, words: Vec<String>| format!(" [{}{}]", heading(name), words.join("、"));
        let usual = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
        let usual: Vec<String> = usual.filter(|_| !arg.is_hide_default_value_set()).collect();
        if !usual.is_empty() {
            help.push_str(&list("default", usual));
        }
        let possible: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if !possible.is_empty() {
            help.push_str(&list("possible", possible));
        }
    }
    let group = match arg.get_help_heading() {
        Some(_) => "every",
        None if arg.is_positional() => "arguments",
        None => "options",
    };
    let takes_values = arg.get_action().takes_values();
    arg.help(help).help_heading(heading(group)).hide_default_value(takes_values).hide_possible_values(takes_values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every command with its name in the catalogue, the program itself first.
    fn all() -> Vec<(String, Command)> {
        fn walk(command: &Command, parent: &str, found: &mut Vec<(String, Command)>) {
            for inner in command.get_subcommands() {
                let path = path_of(parent, inner);
                found.push((path.clone(), inner.clone()));
                walk(inner, &path, found);
            }
        }
        let mut found = vec![("program".to_owned(), Cli::command())];
        walk(&Cli::command(), "", &mut found);
        found
    }

    #[test]
    fn every_command_and_argument_has_its_chinese_words() {
        let mut used = BTreeSet::new();
        for (path, command) in all() {
            let key = format!("clap.command.{path}");
            assert!(Lang::ZhCn.find(&key).is_some(), "{key}");
            used.insert(key);
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                assert!(words_of(&path, id).is_some(), "clap.of.{path}.{id} or clap.any.{id}");
                used.extend([format!("clap.of.{path}.{id}"), format!("clap.any.{id}")]);
            }
        }
        let left: Vec<_> = Lang::ZhCn
            .keys()
            .filter(|key| ["clap.command.", "clap.of.", "clap.any."].iter().any(|part| key.starts_with(part)))
            .filter(|key| !used.contains(*key))
            .collect();
        assert!(left.is_empty(), "of nothing that can be typed: {left:?}");
    }

    #[test]
    fn every_command_has_two_examples_that_are_understood() {
        for lang in [Lang::En, Lang::ZhCn] {
            for (path, command) in all() {
                if path == "program" || command.is_hide_set() || command.has_subcommands() {
                    continue;
                }
                let examples = lang.find(&format!("help.example.{path}")).unwrap_or_default();
                assert!(examples.lines().count() >= 2, "{path}");
                for line in examples.lines() {
                    assert!(line.starts_with(&format!("wallet-tui {}", path.replace('-', " "))), "{line}");
                    // Where its output goes is the shell's.
                    let line = line.split(" > ").next().unwrap_or_default();
                    let words = line.split('\'').enumerate().flat_map(|(at, part)| {
                        let is_quoted = at % 2 == 1;
                        if is_quoted { vec![part] } else { part.split_whitespace().collect() }
                    });
                    assert!(Cli::parse_from_args(words.map(OsString::from)).is_ok(), "{line}");
                }
            }
        }
    }

    #[test]
    fn language_of_help_is_the_options_then_the_locales() {
        let of = |line: &str, locale: &'static str| {
            let args: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            lang_of(&args, &move |name: &str| (name == "LANG").then(|| OsString::from(locale)))
        };
        assert_eq!(of("wallet-tui --nonsense --lang zh-CN", "C"), Lang::ZhCn);
        assert_eq!(of("wallet-tui balances --help --lang=zh", "C"), Lang::ZhCn);
        assert_eq!(of("wallet-tui --lang en --help", "zh_CN.UTF-8"), Lang::En);
        assert_eq!(of("wallet-tui --lang pink", "zh_CN.UTF-8"), Lang::ZhCn);
        assert_eq!(of("wallet-tui -- --lang zh", "C"), Lang::En);
        assert_eq!(of("wallet-tui --help --lang", "C"), Lang::En);
    }

    #[test]
    fn chinese_help_holds_no_english_sentence() {
        definition(Lang::ZhCn).debug_assert();
        for (path, _) in all() {
            let mut command = definition(Lang::ZhCn);
            command.build();
            let mut here = &mut command;
            for name in path.split('-').filter(|_| path != "program") {
                here = here.find_subcommand_mut(name).unwrap();
            }
            let help = finish(&here.render_help().to_string(), 80);
            assert!(!help.contains("[OPTIONS]") && help.contains("选项：\n"), "{path}\n{help}");
            // Lines to be copied to a shell stay whole.
            let is_too_wide = |line: &&str| width(line) > 80 && !line.starts_with("  wallet-tui");
            assert_eq!(help.lines().find(is_too_wide), None, "{path}");
            for english in [
                "Usage",
                "Options",
                "Arguments",
                "Commands",
                "Print",
                "default:",
                "possible",
                " the ",
                " of ",
                "COMMAND",
            ] {
                assert!(!help.contains(english), "{path}: {english}\n{help}");
            }
        }
    }
}
