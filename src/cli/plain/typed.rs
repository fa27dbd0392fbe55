//! Lines of commands from standard input: each taken whole, or refused with what it holds. Nothing is read ahead of a line on a
//! terminal, so that the answer to a question goes to whoever asks.

use crate::cli::failure::{BAD_INPUT, Failure};
use crate::domain::line::{self, LineFault};
use crate::domain::locale::Lang;
use crate::platform::terminal::{LONGEST_LINE, read_input};

/// The longest line that is taken, in bytes. One that fills what a terminal gives with its end may have been cut, and an order
/// whose amount was cut is another order.
const LONGEST: usize = LONGEST_LINE - 2;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its words, as a shell would split them; none of an empty one, and of a remark that begins with `#`.
    Words(Vec<String>),
    /// It is not taken.
    Fault(Fault),
    /// There is nothing more to read.
    End,
}

/// Why a line is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// What it holds, or its length.
    Line(LineFault),
    /// It is no text.
    NotText,
    /// A quote in it is not closed.
    Quote,
    /// The input ended within it: whoever wrote it may not have been done.
    Cut,
}

impl Fault {
    /// The same in words.
    pub fn failure(&self, lang: Lang) -> Failure {
        let fail = |cause, next, what: &str| Failure::new(lang, BAD_INPUT, cause, next, &[("what", what)]);
        match self {
            Self::Line(fault) => fail("plain.line", "plain.line_next", &fault.words(lang)),
            Self::NotText => fail("plain.not_text", "plain.line_next", ""),
            Self::Quote => fail("plain.quote", "plain.quote_next", ""),
            Self::Cut => fail("plain.cut", "plain.cut_next", ""),
        }
    }
}

/// What was read and is not taken yet: more than a line where the input is no terminal.
#[derive(Debug, Default)]
pub struct Typed {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Typed {
    /// Waits for the next line of standard input.
    pub fn next_line(mut self) -> (Self, Line) {
        let line = self.read(|room| read_input(room).unwrap_or(0));
        (self, line)
    }

    /// The next line out of what `read` brings; 0 bytes are the end.
    fn read(&mut self, mut read: impl FnMut(&mut [u8]) -> usize) -> Line {
        let mut skipped = 0;
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                let rest = self.bytes.split_off(end + 1);
                let line = std::mem::replace(&mut self.bytes, rest);
                return if skipped + end > LONGEST { too_long(skipped + end) } else { words(&line[..end]) };
            }
            if self.bytes.len() > LONGEST {
                skipped += self.bytes.len();
                self.bytes.clear();
            }
            if self.is_over {
                let is_cut = !std::mem::take(&mut self.bytes).is_empty() || skipped > 0;
                return if is_cut { Line::Fault(Fault::Cut) } else { Line::End };
            }
            let mut room = [0; LONGEST_LINE];
            let count = read(&mut room);
            self.is_over = count == 0;
            self.bytes.extend_from_slice(&room[..count.min(LONGEST_LINE)]);
        }
    }
}

const fn too_long(found: usize) -> Line {
    Line::Fault(Fault::Line(LineFault::TooLong { found, room: LONGEST }))
}

fn words(line: &[u8]) -> Line {
    let Ok(text) = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) else {
        return Line::Fault(Fault::NotText);
    };
    if let Err(fault) = line::check(text, LONGEST) {
        return Line::Fault(Fault::Line(fault));
    }
    let Ok(mut words) = shell_words::split(text) else { return Line::Fault(Fault::Quote) };
    // As the examples of the help are written.
    if words.first().is_some_and(|word| word == "wallet-tui") {
        words.remove(0);
    }
    Line::Words(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Line> {
        let (mut typed, mut chunks) = (Typed::default(), chunks.iter());
        let mut found = Vec::new();
        loop {
            let line = typed.read(|room| {
                let chunk = chunks.next().copied().unwrap_or_default();
                room[..chunk.len()].copy_from_slice(chunk);
                chunk.len()
            });
            if line == Line::End {
                return found;
            }
            found.push(line);
        }
    }

    fn of(words: &[&str]) -> Line {
        Line::Words(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lines_are_split_as_a_shell_does_however_they_arrive() {
        let text = b"wallet-tui address TRX 'Tron (TRC-20)'\nbalances\r\n\n# a remark\nhelp  \"a b\" c\\ d\n";
        let expected = [
            of(&["address", "TRX", "Tron (TRC-20)"]),
            of(&["balances"]),
            of(&[]),
            of(&[]),
            of(&["help", "a b", "c d"]),
        ];
        assert_eq!(lines(&[text]), expected);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(lines(&bytes), expected);
    }

    #[test]
    fn what_is_no_whole_line_is_refused_and_the_next_one_is_taken() {
        let fault = |fault| Line::Fault(fault);
        let tab = fault(Fault::Line(LineFault::Tab { after: 5 }));
        assert_eq!(lines(&[b"move \t--all\nquit\n"]), [tab, of(&["quit"])]);
        assert_eq!(lines(&[b"move 'a\nquit\n"]), [fault(Fault::Quote), of(&["quit"])]);
        assert_eq!(lines(&[b"\xff\nquit\n"]), [fault(Fault::NotText), of(&["quit"])]);
        // An order whose amount was cut off is another order.
        assert_eq!(lines(&[b"move --amount 1"]), [fault(Fault::Cut)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_as_a_whole() {
        let half = [b'a'; LONGEST];
        let long = Line::Fault(Fault::Line(LineFault::TooLong { found: 3 * LONGEST + 3, room: LONGEST }));
        assert_eq!(lines(&[&half, &half, &half, b"aaa\nquit\n"]), [long, of(&["quit"])]);
        let most = [&half, &b"\n"[..]].concat();
        assert!(matches!(lines(&[&most]).as_slice(), [Line::Words(words)] if words.len() == 1));
        // Fewer characters than there is room for, and more bytes.
        let wide = "é".repeat(LONGEST / 2 + 1);
        assert_eq!(lines(&[wide.as_bytes(), b"\n"]), [too_long(LONGEST + 2)]);
    }
}
