//! One line of input: taken whole, or refused with what it holds and where. The one rule for every field, option and prompt:
//! nothing that was typed or pasted is dropped, glued to the rest or cut.

use super::text::is_dangerous;
use crate::domain::locale::{Lang, fill};

/// Why a text is not taken as one line. `after` counts the characters before what is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LineFault {
    /// A line end.
    LineEnd {
        /// Where.
        after: usize,
    },
    /// A tab.
    Tab {
        /// Where.
        after: usize,
    },
    /// Another control character.
    Control {
        /// Where.
        after: usize,
        /// Which.
        found: char,
    },
    /// A character that is not seen, or that changes how others are seen.
    Invisible {
        /// Where.
        after: usize,
        /// Which.
        found: char,
    },
    /// A blank, where there is none: in a key or a secret.
    Blank {
        /// Where.
        after: usize,
    },
    /// Something beyond visible ASCII in a key or a secret. It is not kept: it may be a part of the secret.
    Foreign {
        /// Where.
        after: usize,
    },
    /// More characters than there is room for.
    TooLong {
        /// How many there are.
        found: usize,
        /// How many may be.
        room: usize,
    },
}

impl LineFault {
    fn dangerous(after: usize, found: char) -> Self {
        match found {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::LineEnd { after },
            '\t' => Self::Tab { after },
            _ if found.is_control() => Self::Control { after, found },
            _ => Self::Invisible { after, found },
        }
    }

    /// What is wrong, as the end of a sentence whose subject is the text: `holds a tab after character 2`.
    pub fn words(self, lang: Lang) -> String {
        let place = |after: usize| match after {
            0 => lang.t("line.start").to_owned(),
            _ => lang.fill("line.after", &[("after", &after.to_string())]),
        };
        let (place, code) = match self {
            Self::LineEnd { after } | Self::Tab { after } | Self::Blank { after } | Self::Foreign { after } => {
                (place(after), String::new())
            }
            Self::Control { after, found } | Self::Invisible { after, found } => (place(after), code(found)),
            Self::TooLong { found, room } => {
                let (found, room) = (found.to_string(), room.to_string());
                return lang.fill("line.too_long", &[("found", &found), ("room", &room)]);
            }
        };
        let pattern = lang.find(&format!("line.{}", <&str>::from(self))).unwrap_or_default();
        fill(pattern, &[("place", &place), ("code", &code)])
    }
}

/// A character by its number: `U+200B`.
pub fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Whether a text is one line of visible characters, at most `room` of them. Blanks are characters like others.
///
/// # Errors
/// The first thing that it holds, else its length.
pub fn check(text: &str, room: usize) -> Result<(), LineFault> {
    if let Some((after, found)) = text.chars().enumerate().find(|(_, c)| is_dangerous(*c)) {
        return Err(LineFault::dangerous(after, found));
    }
    let found = text.chars().count();
    if found > room { Err(LineFault::TooLong { found, room }) } else { Ok(()) }
}

/// The same for a key or a secret, which hold neither blanks nor anything beyond ASCII.
///
/// # Errors
/// The first thing that it holds, else its length.
pub fn check_word(text: &str, room: usize) -> Result<(), LineFault> {
    let Some((after, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) else {
        return check(text, room);
    };
    Err(match found {
        _ if is_dangerous(found) => LineFault::dangerous(after, found),
        _ if found.is_whitespace() => LineFault::Blank { after },
        _ => LineFault::Foreign { after },
    })
}

/// A text without the line ends and tabs at its edges, which copying puts there, and the blanks among them. Blanks alone stay:
/// they may be meant. Whoever leaves something out says so.
pub fn without_edges(text: &str) -> &str {
    let is_edge = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let is_left_out = |edge: &str| edge.contains(['\t', '\r', '\n']);
    let from = text.len() - text.trim_start_matches(is_edge).len();
    let text = if text.get(..from).is_some_and(is_left_out) { text.get(from..).unwrap_or_default() } else { text };
    let to = text.trim_end_matches(is_edge).len();
    if text.get(to..).is_some_and(is_left_out) { text.get(..to).unwrap_or_default() } else { text }
}

/// A text without the line ends behind it, which files and commands put there.
pub fn without_end(text: &str) -> &str {
    text.trim_end_matches(['\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_whole_or_refused_with_what_it_holds() {
        for (text, fault) in [
            ("50\n60", LineFault::LineEnd { after: 2 }),
            ("50\r\n60", LineFault::LineEnd { after: 2 }),
            ("a\u{2028}b", LineFault::LineEnd { after: 1 }),
            ("104287\t3", LineFault::Tab { after: 6 }),
            ("1\u{1b}2", LineFault::Control { after: 1, found: '\u{1b}' }),
            ("\u{0}", LineFault::Control { after: 0, found: '\u{0}' }),
            ("оп\u{200b}", LineFault::Invisible { after: 2, found: '\u{200b}' }),
            ("\u{202e}1", LineFault::Invisible { after: 0, found: '\u{202e}' }),
            ("123456789", LineFault::TooLong { found: 9, room: 8 }),
            ("1234567\n89", LineFault::LineEnd { after: 7 }),
        ] {
            assert_eq!(check(text, 8), Err(fault), "{text:?}");
        }
        for text in ["", " ", "12345678", " a b ", "оплата 測", "e\u{301}"] {
            assert_eq!(check(text, 8), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_key_or_a_secret_is_visible_ascii() {
        for (text, fault) in [
            ("ab cd", LineFault::Blank { after: 2 }),
            ("ab\u{a0}", LineFault::Blank { after: 2 }),
            ("ключ", LineFault::Foreign { after: 0 }),
            ("one\ntwo", LineFault::LineEnd { after: 3 }),
            ("a\u{200b}", LineFault::Invisible { after: 1, found: '\u{200b}' }),
            ("123456789", LineFault::TooLong { found: 9, room: 8 }),
        ] {
            assert_eq!(check_word(text, 8), Err(fault), "{text:?}");
        }
        assert_eq!(check_word("s3=cr+t/", 8), Ok(()));
    }

    #[test]
    fn only_line_ends_and_tabs_at_the_edges_are_left_out() {
        for (text, left) in [
            ("50\n", "50"),
            ("\r\n 50 \r\n", "50"),
            ("\t50", "50"),
            (" 50 ", " 50 "),
            (" 50\n", " 50"),
            ("5\n0\n", "5\n0"),
            ("\n", ""),
            ("", ""),
            ("\u{200b}50\n", "\u{200b}50"),
        ] {
            assert_eq!(without_edges(text), left, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_both_languages() {
        let all = [
            LineFault::LineEnd { after: 2 },
            LineFault::Tab { after: 0 },
            LineFault::Control { after: 2, found: '\u{1b}' },
            LineFault::Invisible { after: 2, found: '\u{200b}' },
            LineFault::Blank { after: 2 },
            LineFault::Foreign { after: 2 },
            LineFault::TooLong { found: 257, room: 256 },
        ];
        for lang in [Lang::En, Lang::ZhCn] {
            for fault in all {
                let words = fault.words(lang);
                assert!(words.chars().count() > 4 && !words.contains(['{', '\u{1b}', '\u{200b}']), "{words}");
            }
        }
        assert_eq!(all[0].words(Lang::En), "holds a line end after character 2");
        assert_eq!(all[6].words(Lang::En), "has 257 characters; there is room for 256");
    }

    proptest::proptest! {
        #[test]
        fn what_passes_holds_nothing_that_is_not_seen(text in "\\PC{0,12}|[\\x00-\\x7f]{0,12}|.{0,6}\n.{0,6}") {
            if check(&text, 12).is_ok() {
                proptest::prop_assert!(!text.chars().any(is_dangerous) && text.chars().count() <= 12);
            }
            proptest::prop_assert!(text.contains(without_edges(&text)));
        }
    }
}
