//! What several targets check.

use wallet_tui::domain::UntrustedText;
use wallet_tui::domain::text::is_dangerous;

/// Text for a terminal: nothing in it may be obeyed. `what` says whose it is.
pub fn assert_harmless(shown: &str, what: &str) {
    if let Some(found) = shown.chars().find(|c| is_dangerous(*c) || c.is_control()) {
        panic!("{what} holds U+{:04X}: {shown:?}", u32::from(found));
    }
}

/// The same for text of several lines.
pub fn assert_harmless_lines(shown: &str, what: &str) {
    for line in shown.lines() {
        assert_harmless(line, what);
    }
}

/// Every way in which a text of the exchange's may be shown.
pub fn assert_gated(text: &UntrustedText) {
    assert_harmless(&text.to_string(), "Display");
    assert_harmless(&text.shown(), "shown()");
    assert_harmless(&text.excerpt(20), "excerpt()");
    assert_harmless(&format!("{text:?}"), "Debug");
}

/// True for a number in plain notation: a sign perhaps, digits, and a point between digits.
pub fn is_plain_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let bare = text.strip_prefix('-').unwrap_or(text);
    match bare.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(bare),
    }
}

/// The first byte chooses one of `count`, the rest is the input proper.
pub fn choice(data: &[u8], count: usize) -> Option<(usize, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((usize::from(*first) % count, rest))
}
