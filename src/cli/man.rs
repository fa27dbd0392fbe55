//! The man pages, in English: one for the program and one for each command, from the same definitions as `--help`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::help::{definition, path_of};
use crate::domain::locale::Lang;

const LANG: Lang = Lang::En;

/// Writes all of them into a directory, which is made where it is not there.
///
/// # Errors
/// It cannot be written to.
pub fn write(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut root = definition(LANG);
    root.build();
    let every: Vec<String> = root
        .get_arguments()
        .filter(|arg| arg.is_global_set())
        .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
        .collect();
    page(&root, "", &every, dir)
}

fn page(command: &Command, path: &str, every: &[String], dir: &Path) -> io::Result<()> {
    let has_inner = command.has_subcommands();
    let mut command = command.clone().mut_args(with_words);
    command = command.subcommand_help_heading("COMMANDS").subcommand_value_name("COMMAND");
    let man = Man::new(command.clone()).manual("wallet-tui").source(format!("wallet-tui {}", crate::engine::VERSION));
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    let mut usage = Roff::default();
    usage.control("SH", ["SYNOPSIS"]);
    usage.text([roman(command.render_usage().to_string().trim_start_matches("Usage: "))]);
    if path.is_empty() {
        usage.control("SH", ["DESCRIPTION"]);
        usage.text([roman(LANG.t("help.start"))]);
    }
    usage.to_writer(&mut out)?;
    if has_inner {
        man.render_subcommands_section(&mut out)?;
    }
    man.render_options_section(&mut out)?;
    let mut rest = Roff::default();
    if path.is_empty() {
        of_the_program(&mut rest);
    } else {
        of_a_command(&mut rest, path, every);
    }
    rest.to_writer(&mut out)?;
    let mut file = fs::File::create(dir.join(man.get_filename()))?;
    file.write_all(&out)?;
    file.flush()?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        page(inner, &path_of(path, inner), every, dir)?;
    }
    Ok(())
}

/// An option with the words that it takes in one line, as `--help` has them.
fn with_words(arg: Arg) -> Arg {
    let words: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if words.is_empty() || !arg.get_action().takes_values() {
        return arg;
    }
    let told = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{told} [possible values: {}]", words.join(", "))).hide_possible_values(true)
}

fn of_the_program(page: &mut Roff) {
    page.control("SH", ["EXAMPLES"]);
    list(page, LANG.t("help.example.program"));
    page.control("SH", ["ENVIRONMENT"]);
    let (told, variables): (Vec<&str>, Vec<&str>) =
        LANG.t("help.environment").lines().partition(|line| !line.starts_with(' '));
    page.text([roman(told.join(" "))]);
    list(page, &variables.join("\n"));
    page.control("SH", ["FILES"]);
    list(page, LANG.t("help.files"));
    page.control("SH", ["EXIT STATUS"]);
    list(page, LANG.t("help.exit"));
}

fn of_a_command(page: &mut Roff, path: &str, every: &[String]) {
    if let Some(examples) = LANG.find(&format!("help.example.{path}")) {
        page.control("SH", ["EXAMPLES"]);
        page.control("nf", []);
        for line in examples.lines() {
            page.text([roman(line)]);
        }
        page.control("fi", []);
    }
    page.control("SH", ["OPTIONS OF EVERY COMMAND"]);
    page.text([roman(every.join(" "))]);
    page.control("SH", ["SEE ALSO"]);
    page.text([bold("wallet-tui"), roman("(1) describes the options of every command and the exit status.")]);
}

/// Lines of a name and, behind two blanks or more, of what it is told to be. What is told may stand on the line below.
fn list(page: &mut Roff, lines: &str) {
    let mut is_told = true;
    for line in lines.lines() {
        if line.trim_start().len() + 8 < line.len() {
            page.text([roman(line.trim())]);
            is_told = true;
            continue;
        }
        if !is_told {
            page.text([roman("")]);
        }
        page.control("TP", []);
        let (name, told) = line.trim().split_once("  ").unwrap_or((line.trim(), ""));
        page.text([bold(name)]);
        is_told = !told.is_empty();
        if is_told {
            page.text([roman(told.trim())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_sections_in_order_and_examples() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path()).unwrap();
        let mut pages = 0;
        for entry in fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let sections: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
            let wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS"];
            let found: Vec<&str> = wanted.into_iter().filter(|name| sections.contains(name)).collect();
            assert!(sections.starts_with(&found) && found.contains(&"SYNOPSIS"), "{}: {sections:?}", path.display());
            // A command that only leads to others has its examples there.
            assert!(sections.contains(&"EXAMPLES") || sections.contains(&"COMMANDS"), "{}", path.display());
            assert!(!text.contains("[possible values: ]") && !text.contains("Usage:"), "{}", path.display());
            pages += 1;
        }
        assert!(pages > 30, "{pages}");
        let of_the_program = fs::read_to_string(dir.path().join("wallet-tui.1")).unwrap();
        for section in ["EXAMPLES", "ENVIRONMENT", "FILES", "\"EXIT STATUS\""] {
            assert!(of_the_program.contains(&format!(".SH {section}\n")), "{section}");
        }
    }
}
