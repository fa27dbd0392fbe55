//! The one gate for text that somebody else wrote.
//!
//! A [`UntrustedText`] keeps what was received, byte for byte, for comparing and for sending back; what is drawn, logged or
//! printed of it is sanitized. `Display` sanitizes, so that forgetting it takes an effort.

use std::borrow::{Borrow, Cow};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use unicode_segmentation::UnicodeSegmentation as _;

/// The most combining marks that are drawn on one letter; more are said, not drawn.
const MAX_MARKS: usize = 4;

/// Text from the exchange, another user, the clipboard or a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UntrustedText(Arc<str>);

impl Borrow<str> for UntrustedText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl UntrustedText {
    /// Exactly what was received. For comparing, for the wire and for escaped output; never for the screen.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True when nothing was received.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What may be shown: controls, escape sequences, bidirectional overrides and invisible characters are made
    /// visible (`<U+202E>`), never obeyed.
    pub fn shown(&self) -> Cow<'_, str> {
        sanitize(&self.0)
    }

    /// At most `limit` graphemes of what may be shown, with `…` where it was cut.
    pub fn excerpt(&self, limit: usize) -> String {
        if self.0.len() <= limit && is_plain(&self.0) {
            return self.0.to_string();
        }
        // Cut the raw text first: a remark of a megabyte is not worth a walk to its end.
        let raw: String = self.0.chars().take(limit.saturating_mul(8) + 8).collect();
        let was_cut = raw.len() < self.0.len();
        let shown = sanitize(&raw);
        let mut graphemes = shown.graphemes(true);
        let mut out: String = graphemes.by_ref().take(limit).collect();
        if was_cut || graphemes.next().is_some() {
            out.push('…');
        }
        out
    }
}

/// The first and last four characters of a text that is longer than that, as tables show an address.
pub fn ends(text: &str) -> Option<String> {
    let graphemes: Vec<&str> = text.graphemes(true).collect();
    let behind = graphemes.len().checked_sub(4).filter(|behind| *behind > 5)?;
    Some(format!("{}…{}", graphemes[..4].concat(), graphemes[behind..].concat()))
}

impl From<&str> for UntrustedText {
    fn from(raw: &str) -> Self {
        Self(Arc::from(raw))
    }
}

impl From<String> for UntrustedText {
    fn from(raw: String) -> Self {
        Self(Arc::from(raw))
    }
}

impl fmt::Display for UntrustedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown())
    }
}

impl fmt::Debug for UntrustedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl<'de> Deserialize<'de> for UntrustedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(Cow::<'de, str>::deserialize(deserializer)?.as_ref()))
    }
}

/// True for a character that could move the cursor, change direction, hide or be hidden.
pub fn is_dangerous(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'       // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}'          // soft hyphen, grapheme joiner, Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers, drawn as nothing
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'                                // Braille blank
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'                 // tags, variation selectors
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}') // private use
}

/// True for letters, digits and signs of ASCII alone: nothing to obey, each one column wide.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Makes visible what must not be obeyed. Borrowed when there was nothing to do.
pub fn sanitize(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    for grapheme in raw.graphemes(true) {
        let mut marks = 0;
        for (at, c) in grapheme.chars().enumerate() {
            if is_dangerous(c) {
                // Writing into a String cannot fail.
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            } else if at > 0 && unicode_width::UnicodeWidthChar::width(c) == Some(0) {
                marks += 1;
                if marks <= MAX_MARKS {
                    out.push(c);
                }
            } else {
                out.push(c);
            }
        }
        if marks > MAX_MARKS {
            let _ = write!(out, "<+{}>", marks - MAX_MARKS);
        }
    }
    Cow::Owned(out)
}

/// In texts of fewer letters a search begins no faster than it ends.
const SHORT: usize = 12;

/// Whether `text` holds `word` (already in lower case), whatever the case. ASCII, the usual case, costs no allocation.
pub fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        let Some(first) = word.first() else { return true };
        if text.len() < SHORT {
            return text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        }
        // Only where the first letter stands is the rest compared: a filter looks at every record with every key.
        let mut starts = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text);
        return starts.any(|at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)));
    }
    text.to_lowercase().contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        let text = UntrustedText::from("a\u{1b}[2Jb\u{9b}31mc\rd\u{202e}e\u{200b}");
        assert_eq!(text.to_string(), "a<U+001B>[2Jb<U+009B>31mc<U+000D>d<U+202E>e<U+200B>");
        assert_eq!(text.raw().len(), "a\u{1b}[2Jb\u{9b}31mc\rd\u{202e}e\u{200b}".len());
        assert!(!format!("{text:?}").contains('\u{1b}'));
    }

    #[test]
    fn ordinary_text_of_any_language_passes() {
        for text in ["оплата 測試 ✓", "naïve e\u{301}", "日本語", "plain"] {
            assert_eq!(UntrustedText::from(text).to_string(), text);
        }
    }

    #[test]
    fn a_flood_of_marks_is_cut_and_counted() {
        let shown = UntrustedText::from(format!("a{}b", "\u{301}".repeat(60))).to_string();
        assert_eq!(shown, format!("a{}<+56>b", "\u{301}".repeat(4)));
    }

    #[test]
    fn a_long_text_is_cut_with_a_mark() {
        let text = UntrustedText::from("x".repeat(1_000_000));
        assert_eq!(text.excerpt(3), "xxx…");
        assert_eq!(UntrustedText::from("xyz").excerpt(3), "xyz");
    }

    /// Outside the macro below, which would take the braces for its own.
    fn debug(text: &UntrustedText) -> String {
        format!("{text:?}")
    }

    proptest::proptest! {
        #[test]
        fn nothing_dangerous_gets_through(raw in proptest::collection::vec(proptest::char::any(), 0..80)) {
            let raw: String = raw.into_iter().collect();
            let text = UntrustedText::from(raw);
            proptest::prop_assert!(!text.to_string().chars().any(is_dangerous));
            proptest::prop_assert!(!text.excerpt(10).chars().any(is_dangerous));
            proptest::prop_assert!(!debug(&text).chars().any(is_dangerous));
        }
    }
}
