//! What a console hands over at once, and whether it was pasted: a console that marks no paste gives one as keys, and a line end
//! in it as Enter.

/// So many characters at once, not all the same, are no typing.
const FEWEST: usize = 3;
/// How a terminal that marks a paste begins it, and how it ends it.
const BEGIN: &str = "\u{1b}[200~";
const END: &str = "\u{1b}[201~";

/// Marks what was pasted in the text that a console hands over at once, as a terminal does that marks it itself. What such a
/// terminal has marked stays as it is.
#[derive(Debug, Default)]
pub struct Burst {
    /// Within a paste that the terminal has marked.
    is_marked: bool,
}

impl Burst {
    /// The text with its pastes marked, and whether there was one that was not marked before. `follows` says that such a one has
    /// just been there: this is its rest.
    pub fn mark(&mut self, text: &str, follows: bool) -> (String, bool) {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if self.is_marked {
                let end = rest.find(END).map(|at| at + END.len());
                self.is_marked = end.is_none();
                let (inside, after) = rest.split_at(end.unwrap_or(rest.len()));
                pieces.push((inside, false));
                rest = after;
                continue;
            }
            let (typed, after) = rest.split_at(rest.find('\u{1b}').unwrap_or(rest.len()));
            let (sequence, after) = after.split_at(sequence(after));
            self.is_marked = sequence == BEGIN;
            pieces.extend([(typed, !typed.is_empty()), (sequence, false)]);
            rest = after;
        }
        // An answer of the terminal's may have come in between: what stands around it came at once all the same.
        let is_pasted = follows || pieces.iter().any(|(text, is_typed)| *is_typed && is_paste(text));
        let marked = |(text, is_typed): &(&str, bool)| {
            if *is_typed && is_pasted { format!("{BEGIN}{text}{END}") } else { (*text).to_owned() }
        };
        (pieces.iter().map(marked).collect(), is_pasted)
    }
}

/// A key that is held gives the same character again and again; nobody types a line end together with anything.
fn is_paste(text: &str) -> bool {
    let mut all = text.chars();
    let first = all.next();
    let has_line_end = text.contains(['\r', '\n']);
    let is_long = text.chars().count() >= FEWEST && all.any(|character| Some(character) != first);
    is_long || (has_line_end && text.chars().count() > 1)
}

/// How many bytes the sequence takes up that a text begins with.
fn sequence(text: &str) -> usize {
    let mut all = text.char_indices().skip(1);
    let end = match all.next() {
        // What a key or an answer is: `ESC [`, parameters, one letter or sign.
        Some((_, '[')) => all.find(|(_, character)| ('@'..='~').contains(character)),
        // An answer with a text: to its end.
        Some((_, ']' | 'P' | '_' | '^')) => {
            return text
                .find("\u{1b}\\")
                .map(|at| at + 2)
                .or_else(|| text.find('\u{7}').map(|at| at + 1))
                .unwrap_or(text.len());
        }
        Some((_, 'O')) => all.next(),
        // With Alt.
        other => other,
    };
    end.map_or(text.len(), |(at, character)| at + character.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        Burst::default().mark(text, false).0
    }

    #[test]
    fn typed_keys_stay_keys() {
        for keys in
            ["", "j", "jk", "jjjjjjjj", "\r", "\u{1b}", "\u{1b}[A", "\u{1b}[A\u{1b}[A\u{1b}[B", "\u{1b}OPq", "\u{1b}x"]
        {
            assert_eq!(marked(keys), keys);
        }
        let answers = "\u{1b}[12;40R\u{1b}]11;rgb:0000/0000/0000\u{1b}\\\u{1b}]11;rgb:0000/0000/0000\u{7}y";
        assert_eq!(marked(answers), answers);
    }

    #[test]
    fn many_characters_at_once_are_a_paste_with_their_line_end() {
        assert_eq!(marked("TJmW5D1p\r"), format!("{BEGIN}TJmW5D1p\r{END}"));
        assert_eq!(marked("ye\r"), format!("{BEGIN}ye\r{END}"));
        assert_eq!(marked("yes\u{1b}[A\ryes\r"), format!("{BEGIN}yes{END}\u{1b}[A{BEGIN}\ryes\r{END}"));
        assert_eq!(marked("地址是\r"), format!("{BEGIN}地址是\r{END}"));
        for short in ["5\r", "y\r", "\r\r\r", "\ry"] {
            assert_eq!(marked(short), format!("{BEGIN}{short}{END}"));
        }
        assert_eq!(marked("abc\u{1b}[1;1R\r"), format!("{BEGIN}abc{END}\u{1b}[1;1R{BEGIN}\r{END}"));
    }

    #[test]
    fn what_comes_at_once_after_a_paste_is_its_rest() {
        let mut burst = Burst::default();
        let (_, pasted) = burst.mark("TJmW5D1p", false);
        assert!(pasted);
        assert_eq!(burst.mark("\r", pasted), (format!("{BEGIN}\r{END}"), true));
        assert_eq!(burst.mark("\u{1b}[1;1R\r", true), (format!("\u{1b}[1;1R{BEGIN}\r{END}"), true));
        assert_eq!(burst.mark("\r", false), ("\r".to_owned(), false));
    }

    #[test]
    fn a_paste_that_is_marked_stays_as_it_is_over_several_reads() {
        let mut burst = Burst::default();
        let parts = ["x\u{1b}[200~TJmW", "5D1p\u{1b}[A\r", "yes\r\u{1b}[201~y", "es\r"];
        let marked: Vec<String> = parts.map(|part| burst.mark(part, false).0).into();
        assert_eq!(marked[..3].concat(), parts[..3].concat());
        assert_eq!(marked[3], format!("{BEGIN}es\r{END}"));
    }
}
