//! What every field of one line does with keys and pastes: it takes them whole, or refuses them and says why. A refused one leaves
//! the field as it was.

use tui_input::{Input, InputRequest};

use super::State;
use crate::domain::line::{self, LineFault};
use crate::domain::locale::Lang;

/// The longest filter that can be typed or pasted, in characters.
pub(in crate::tui) const FILTER_LIMIT: usize = 200;

/// What is said of a key or a paste.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputNews {
    /// The key was not taken.
    Key(LineFault),
    /// The paste was not taken.
    Paste(LineFault),
    /// Line ends around the paste were left out; the rest was taken.
    LeftOut,
}

impl InputNews {
    /// The sentence, in the user's language.
    pub fn words(self, lang: Lang) -> String {
        match self {
            Self::Key(LineFault::TooLong { room, .. }) => lang.fill("line.full", &[("room", &room.to_string())]),
            Self::Key(fault) => lang.fill("line.key", &[("what", &fault.words(lang))]),
            Self::Paste(fault) => lang.fill("line.paste", &[("what", &fault.words(lang))]),
            Self::LeftOut => lang.t("line.left_out").to_owned(),
        }
    }

    /// True when something was not taken.
    pub const fn is_refusal(self) -> bool {
        !matches!(self, Self::LeftOut)
    }
}

/// Edits a line of at most `room` characters.
///
/// # Errors
/// What the line does not take; it is as it was.
pub fn edit(input: &mut Input, request: InputRequest, room: usize) -> Result<(), InputNews> {
    if let InputRequest::InsertChar(c) = request {
        line::check(c.encode_utf8(&mut [0; 4]), 1).map_err(InputNews::Key)?;
    }
    let before = input.clone();
    input.handle(request);
    let count = |input: &Input| input.value().chars().count();
    let found = count(input);
    // What was cut out elsewhere in the line comes back as one piece.
    if found > room && found > count(&before) {
        *input = before;
        return Err(InputNews::Key(LineFault::TooLong { found, room }));
    }
    Ok(())
}

/// Puts a paste into a line of at most `room` characters as one piece.
///
/// # Errors
/// What the line does not take, then it is as it was; or that line ends around the paste were left out.
pub fn paste(input: &mut Input, text: &str, room: usize) -> Result<(), InputNews> {
    let taken = line::without_edges(text);
    let room = room.saturating_sub(input.value().chars().count());
    line::check(taken, room).map_err(InputNews::Paste)?;
    for c in taken.chars() {
        input.handle(InputRequest::InsertChar(c));
    }
    if taken.len() == text.len() { Ok(()) } else { Err(InputNews::LeftOut) }
}

impl State {
    /// Says why a key or a paste was not taken, or what was left out of it.
    pub(in crate::tui) fn toast_input(&mut self, done: Result<(), InputNews>) {
        if let Err(news) = done {
            self.toast_answer(&news.words(self.lang()));
            if let Some(toast) = &mut self.toast {
                toast.is_trouble = news.is_refusal();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_key_or_paste_leaves_the_line_as_it_was() {
        let mut input = Input::new("12".into());
        for text in ["3\n4", "3\t4", "3\u{1b}4", "3\u{200b}", "345"] {
            assert!(matches!(paste(&mut input, text, 4), Err(InputNews::Paste(_))), "{text:?}");
        }
        let found = edit(&mut input, InputRequest::InsertChar('\u{200b}'), 4);
        assert!(matches!(found, Err(InputNews::Key(LineFault::Invisible { .. }))), "{found:?}");
        assert_eq!((input.value(), input.cursor()), ("12", 2));
        assert_eq!(paste(&mut input, "34\r\n", 4), Err(InputNews::LeftOut));
        assert_eq!(input.value(), "1234");
        let full = edit(&mut input, InputRequest::InsertChar('5'), 4);
        assert_eq!(full, Err(InputNews::Key(LineFault::TooLong { found: 5, room: 4 })));
        assert_eq!(edit(&mut input, InputRequest::DeletePrevChar, 4), Ok(()));
        assert_eq!(input.value(), "123");
    }

    #[test]
    fn what_was_cut_out_comes_back_only_where_there_is_room() {
        let mut input = Input::new("123".into());
        edit(&mut input, InputRequest::DeleteLine, 4).unwrap();
        edit(&mut input, InputRequest::Yank, 4).unwrap();
        assert_eq!(input.value(), "123");
        assert!(edit(&mut input, InputRequest::Yank, 4).is_err());
        assert_eq!(input.value(), "123");
    }

    #[test]
    fn a_paste_goes_where_the_cursor_is() {
        let mut input = Input::new("14".into()).with_cursor(1);
        paste(&mut input, "23", 4).unwrap();
        assert_eq!((input.value(), input.cursor()), ("1234", 3));
    }
}
