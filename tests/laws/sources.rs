//! What each part of the program may know of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use wallet_tui::domain::locale::Lang;

fn files(under: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut waiting = vec![root.join(under)];
    let file = root.join(format!("{under}.rs"));
    if file.exists() {
        waiting.push(file);
    }
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root).unwrap().to_owned(), text));
        }
    }
    assert!(!found.is_empty(), "nothing under {under}");
    found
}

/// The lines of a file that are code, up to its tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
}

fn assert_absent(under: &str, words: &[&str]) {
    for (path, text) in files(under) {
        for line in code(&text) {
            for word in words {
                assert!(!line.contains(word), "{}: {word}: {line}", path.display());
            }
        }
    }
}

#[test]
fn state_and_drawing_know_no_network_no_disk_and_no_clock() {
    let words = ["tokio", "reqwest", "rusqlite", "keyring::", "engine::secrets", "std::fs", "Instant", "SystemTime"];
    let words = [&words[..], &["platform::clock", "crate::exchange", "engine::ledger"]].concat();
    for part in ["app", "state", "dialogs", "view", "widgets", "effect", "message", "refresh"] {
        assert_absent(&format!("src/tui/{part}"), &words);
    }
}

#[test]
fn only_the_platform_asks_which_system_it_is() {
    let words = ["cfg(unix", "cfg(windows", "cfg!(unix", "cfg!(windows", "target_os", "target_family", "std::os::"];
    let words =
        [&words[..], &["rustix", "signal_hook", "winapi", "windows_permissions", "zbus::", "linux_keyutils"]].concat();
    for (path, text) in files("src") {
        // What its tests ask counts as well: they run on each system.
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let asked = words.iter().find(|word| line.contains(**word));
            assert!(
                path.to_string_lossy().starts_with("src/platform") || asked.is_none(),
                "{}: {line}",
                path.display()
            );
        }
    }
}

#[test]
fn the_domain_knows_no_runtime_no_network_and_no_terminal() {
    assert_absent("src/domain", &["tokio", "reqwest", "crossterm", "rusqlite", "keyring::", "Instant"]);
    for (path, text) in files("src/domain") {
        // How wide a text is, the terminal's own library says.
        if !path.ends_with("text_width.rs") {
            assert!(!code(&text).any(|line| line.contains("ratatui")), "{}", path.display());
        }
    }
}

#[test]
fn the_client_and_the_simulator_know_no_screen() {
    for part in ["src/exchange", "src/simulator"] {
        assert_absent(part, &["ratatui", "crossterm"]);
    }
}

#[test]
fn drawing_changes_nothing() {
    for part in ["view", "widgets"] {
        assert_absent(&format!("src/tui/{part}"), &["&mut App", "&mut State"]);
    }
}

#[test]
fn wire_names_are_spelled_by_the_wire_and_by_the_exchange_alone() {
    for (path, text) in files("src") {
        let path = path.display().to_string();
        let may = ["src/exchange", "src/simulator", "src/cli", "src/engine/export"];
        if may.iter().any(|room| path.starts_with(room)) {
            continue;
        }
        for line in code(&text) {
            for word in ["withdrawId", "insideTransferId", "\"inside_transfer", "balanceLocked", "transactionHash"] {
                assert!(!line.contains(word), "{path}: {word}: {line}");
            }
        }
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for folder in ["src", "tests", "benches"] {
        for (path, text) in files(folder) {
            assert!(text.starts_with("//!"), "{} does not begin with what it is about", path.display());
        }
    }
}

#[test]
fn every_key_that_the_code_names_is_in_the_catalogue() {
    let keys: BTreeSet<&str> = Lang::En.keys().collect();
    let sections: BTreeSet<&str> = keys.iter().filter_map(|key| Some(key.split_once('.')?.0)).collect();
    let is_word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let mut checked = 0;
    for (path, text) in files("src") {
        for line in code(&text) {
            // Every second piece between quotation marks is the inside of a text.
            for literal in line.split('"').skip(1).step_by(2) {
                let is_key = literal.contains('.') && literal.split('.').all(is_word);
                if !is_key || !literal.split('.').next().is_some_and(|first| sections.contains(first)) {
                    continue;
                }
                checked += 1;
                let is_section = keys.iter().any(|key| key.starts_with(&format!("{literal}.")));
                assert!(keys.contains(literal) || is_section, "{}: no words for {literal}", path.display());
            }
        }
    }
    assert!(checked > 150, "only {checked} keys were found: the search is broken");
}
