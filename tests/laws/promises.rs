//! Every promise of the README has its tests, and every test that is named is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("../promises.md");

/// The README without its line breaks.
fn readme() -> String {
    include_str!("../../README.md").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The titles of the table with what stands below each.
fn sections() -> Vec<(&'static str, &'static str)> {
    TABLE.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, ""))).collect()
}

/// What the README promises in bold, below its two headings of promises.
fn promised() -> BTreeSet<String> {
    let readme = readme();
    let (_, rest) = readme.split_once("What the screen promises").unwrap();
    let (promises, _) = rest.split_once("## Keys").unwrap();
    promises.split("- **").skip(1).map(|text| text.split_once("**").unwrap().0.to_owned()).collect()
}

#[test]
fn every_promise_has_its_tests_and_every_section_its_promise() {
    let titles: BTreeSet<String> = sections().iter().map(|(title, _)| (*title).to_owned()).collect();
    let promised = promised();
    assert!(promised.len() > 8, "{promised:?}");
    let missing: Vec<_> = promised.difference(&titles).collect();
    assert!(missing.is_empty(), "without a test: {missing:?}");
    let readme = readme();
    for title in titles {
        assert!(readme.contains(&title), "not in the README: {title}");
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (title, below) in sections() {
        let mut count = 0;
        for named in below.split('`').skip(1).step_by(2) {
            let (file, test) = named.split_once("::").unwrap_or_else(|| panic!("{title}: {named}"));
            let source = fs::read_to_string(root.join(file)).unwrap_or_else(|why| panic!("{file}: {why}"));
            let begin = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("{file} has no {test}"));
            let before: Vec<&str> = source[..begin].lines().rev().take(4).collect();
            let is_test = before.iter().any(|line| line.contains("#[test]") || line.contains("::test"));
            assert!(is_test, "{file}: {test} is no test");
            count += 1;
        }
        assert!(count > 0, "{title}: no test");
    }
}
