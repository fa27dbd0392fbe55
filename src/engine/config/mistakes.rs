//! Every mistake of a configuration file, not the first alone: what stands at a mistake is taken out in memory, and the
//! rest is read again. Nothing is written.

use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::file::{Absence, FileSettings, read_text};
use super::{Environment, Fault, Overrides, Settings, SettingsError};

/// More than anybody mends at once; a file that is something else altogether is not listed line by line.
const MOST: usize = 20;

/// What is wrong with the file at `path`, in the file's order; empty where it is right.
///
/// What hangs together with a line that is wrong already (the only command of an unknown store) is not said before that
/// line is right.
pub fn mistakes(path: &Path, absence: Absence, environment: Environment<'_>) -> Vec<SettingsError> {
    let mut found: Vec<SettingsError> = Vec::new();
    let (mut source, name) = match read_text(path, absence) {
        Ok(Some(read)) => read,
        Ok(None) => return found,
        Err(error) => return vec![error],
    };
    while found.len() < MOST {
        let Some(error) = first(&source, &name, path, environment) else { break };
        let rest = offset(&source, &error.place).and_then(|at| without(&source, at));
        if found.is_empty() || !hangs_together(&error.fault) {
            found.push(error);
        }
        match rest {
            Some(rest) => source = rest,
            None => break,
        }
    }
    found.sort_by_key(|error| line_and_column(&error.place));
    found
}

fn first(source: &str, name: &str, path: &Path, environment: Environment<'_>) -> Option<SettingsError> {
    let file = match FileSettings::parse(source, name) {
        Ok(file) => file.at_home(path),
        Err(error) => return Some(error),
    };
    let names = file.profile_names();
    let of = |name: &str| Settings::of_profile(name, &file, environment, &Overrides::default()).err();
    if names.is_empty() { of(super::profile::FIRST_PROFILE) } else { names.iter().find_map(|name| of(name)) }
        .or_else(|| file.choose(None).err())
}

/// Whether a fault is about two lines, of which the other may be the one that is wrong.
const fn hangs_together(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::OtherStore(_)
            | Fault::NoCommand
            | Fault::NothingToAsk
            | Fault::KeyConflict(_)
            | Fault::NoProfile(..)
            | Fault::WhichProfile(_)
    )
}

fn line_and_column(place: &str) -> Option<(usize, usize)> {
    let mut numbers = place.rsplit(':').map(str::parse::<usize>);
    let (column, line) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some((line, column))
}

/// Where in the text `name:line:column` is.
fn offset(source: &str, place: &str) -> Option<usize> {
    let (line, column) = line_and_column(place)?;
    let start: usize = source.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let within =
        source.get(start..)?.char_indices().nth(column.checked_sub(1)?).map_or(source.len() - start, |(at, _)| at);
    Some(start + within)
}

/// The text with blanks for the setting that stands at `at`, so that all else keeps its place; `None` where no setting
/// stands there, or the text is not TOML.
fn without(source: &str, at: usize) -> Option<String> {
    let document = Document::parse(source).ok()?;
    let mut spans = Vec::new();
    gather(document.as_table(), &mut spans);
    let (start, end) =
        spans.into_iter().filter(|(start, end)| (*start..=*end).contains(&at)).min_by_key(|(a, b)| b - a)?;
    // A setting begins its line, dotted names before it included.
    let start = source[..start].rfind('\n').map_or(0, |line| line + 1);
    let blank: String = source[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    let rest = format!("{}{blank}{}", &source[..start], &source[end..]);
    (rest != source).then_some(rest)
}

/// From the first to the last letter of every setting, and of every table with all that stands in it.
fn gather(table: &dyn TableLike, spans: &mut Vec<(usize, usize)>) {
    for (name, item) in table.iter() {
        let key = table.key(name).and_then(toml_edit::Key::span);
        match item {
            Item::Value(value) => spans.extend(key.zip(value.span()).map(|(key, value)| (key.start, value.end))),
            Item::Table(inner) => whole(inner, spans),
            Item::ArrayOfTables(list) => list.iter().for_each(|inner| whole(inner, spans)),
            Item::None => {}
        }
    }
}

fn whole(table: &toml_edit::Table, spans: &mut Vec<(usize, usize)>) {
    let before = spans.len();
    gather(table, spans);
    if let Some(header) = table.span() {
        let end = spans[before..].iter().map(|(_, end)| *end).max().unwrap_or(header.end);
        spans.push((header.start, end.max(header.end)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, text).unwrap();
        let list = mistakes(&path, Absence::IsWrong, &|_| None);
        list.iter().map(|error| error.place.rsplit_once("c.toml:").unwrap().1.to_owned()).collect()
    }

    #[test]
    fn every_mistake_is_found_at_its_place() {
        let text = "them = 'dark'\nlang = 'de' # why not\nrefresh_seconds = 1\n\n[limits]\nper_day = 5\n\n[nope]\na = 1\n\
                    b = 2\n\n[profiles.desk]\nlimits.order_delay_seconds = 999\nband = 'pink'\n\n[[profiles.desk.addresses]]\nlabel = 'x'\n\n[keys]\nquitt = 'q'\n";
        assert_eq!(found(text), ["1:1", "2:8", "3:19", "6:11", "8:2", "13:30", "14:8", "16:1", "20:1"]);
    }

    #[test]
    fn what_hangs_on_a_wrong_line_waits_for_it() {
        let text =
            "[profiles.desk]\nkey = '0123456789abcdef0123456789abcdef'\nstore = 'comand'\nsecret_command = ['pass']\n";
        assert_eq!(found(text), ["3:9"]);
        let text = "[profiles.desk]\nstore = 'keyring'\nsecret_command = ['pass']\n";
        assert_eq!(found(text), ["3:18"]);
    }

    #[test]
    fn right_file_has_no_mistake_and_no_toml_has_one() {
        assert!(found("").is_empty());
        assert!(found("lang = 'en'\n").is_empty());
        assert!(mistakes(Path::new("/nonexistent/c.toml"), Absence::IsFine, &|_| None).is_empty());
        assert_eq!(found("lang = 'de'\nthis is no toml\n").len(), 1);
    }
}
