//! From the bytes that a terminal sends to events. Pure: time is told by whoever reads.
//!
//! Only keys are keys. What a terminal answers (control strings, reports) is taken as a whole and acts nowhere, however it
//! was cut on its way; crossterm's own reader has no place for it and takes its letters for keys.

use std::collections::VecDeque;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::engine::config::theme::Background;

/// What ends a bracketed paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// Of a paste so much is kept, bytes: more than any field takes.
const LONGEST_PASTE: usize = 1 << 20;
/// Ctrl-C.
const INTERRUPT: u8 = 3;
/// The longest control sequence that is understood; what is longer is passed over.
const LONGEST: usize = 64;

/// Something that a terminal sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// The user did something, or the window did.
    Event(Event),
    /// Where the cursor is, by the terminal's own answer: line and column, from 1.
    CursorAt(u16, u16),
    /// What the terminal draws on, by its own answer (OSC 11).
    Background(Background),
}

/// What was begun and is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unfinished {
    /// Nothing.
    #[default]
    Nothing,
    /// An escape character, which is a key of its own if nothing follows.
    Escape,
    /// A sequence whose rest must come.
    Sequence,
    /// A paste, however long it takes.
    Paste,
    /// A paste whose last byte is an escape character: the beginning of its end, or a key after an end that got lost.
    PasteEscape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Ground,
    Escape,
    /// `ESC [`
    Control,
    /// `ESC [ M`: three bytes of the oldest mouse protocol follow.
    OldMouse,
    /// `ESC [ [`: the Linux console's function keys.
    Console,
    /// `ESC O`
    Shift3,
    /// A control string (DCS, SOS, OSC, PM, APC), until its terminator; its end may have begun. Of an OSC the beginning is held.
    Text {
        is_osc: bool,
        ends: bool,
    },
    Paste,
}

/// Takes bytes, gives events.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// Of the sequence, the character or the paste that is under way.
    held: Vec<u8>,
    /// An escape character came before the character that is under way.
    is_alt: bool,
    ready: VecDeque<Input>,
}

impl Parser {
    /// Takes what was read.
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take(*byte);
        }
    }

    /// The next event.
    pub fn next(&mut self) -> Option<Input> {
        self.ready.pop_front()
    }

    /// Takes back what was given away, to give it again before everything else.
    pub fn put_back(&mut self, mut inputs: VecDeque<Input>) {
        inputs.append(&mut self.ready);
        self.ready = inputs;
    }

    /// What is not complete.
    pub fn unfinished(&self) -> Unfinished {
        match self.state {
            State::Ground if self.held.is_empty() => Unfinished::Nothing,
            State::Escape => Unfinished::Escape,
            State::Paste if matches!(self.held.last(), Some(0x1b)) => Unfinished::PasteEscape,
            State::Paste => Unfinished::Paste,
            _ => Unfinished::Sequence,
        }
    }

    /// Nothing has followed for too long: an escape character was the key, anything else was never completed. A paste without
    /// an end is given away with the escape character in it, which no field takes.
    pub fn give_up(&mut self) {
        if self.state == State::Paste {
            self.end_paste(0);
        }
        if matches!(self.state, State::Escape | State::Paste) {
            self.key(KeyCode::Esc, KeyModifiers::NONE);
        }
        self.reset();
    }

    /// What was read at once in a paste: interrupts, with nothing but escape characters beside them, are keys after an end that
    /// got lost. Answers whether they were.
    pub fn interrupt(&mut self, bytes: &[u8]) -> bool {
        let is_key = self.state == State::Paste
            && bytes.contains(&INTERRUPT)
            && bytes.iter().all(|byte| matches!(*byte, INTERRUPT | 0x1b));
        if is_key {
            self.held.push(INTERRUPT);
            self.end_paste(0);
            self.reset();
            self.key(KeyCode::Char('c'), KeyModifiers::CONTROL);
        }
        is_key
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.held.clear();
        self.is_alt = false;
    }

    fn take(&mut self, byte: u8) {
        match self.state {
            State::Paste => self.take_pasted(byte),
            State::Text { is_osc, ends } => self.take_text(byte, is_osc, ends),
            _ if byte == 0x1b => {
                // The one before stood alone; what else was under way is over.
                if self.state == State::Escape {
                    self.key(KeyCode::Esc, KeyModifiers::NONE);
                }
                self.reset();
                self.state = State::Escape;
            }
            State::Ground => self.take_plain(byte),
            State::Escape => self.take_escaped(byte),
            State::Control => self.take_control(byte),
            State::OldMouse => {
                self.held.push(byte);
                if let [code, column, line] = self.held[..] {
                    self.reset();
                    let at = |value: u8| u16::from(value.saturating_sub(33));
                    self.mouse(u16::from(code.saturating_sub(32)), at(column), at(line), None);
                }
            }
            State::Console => {
                self.reset();
                if let b'A'..=b'E' = byte {
                    self.key(KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE);
                }
            }
            State::Shift3 => {
                self.reset();
                if let Some(code) = letter_key(byte) {
                    self.key(code, KeyModifiers::NONE);
                }
            }
        }
    }

    fn take_escaped(&mut self, byte: u8) {
        self.state = match byte {
            b'[' => State::Control,
            b'O' => State::Shift3,
            b'P' | b'X' | b']' | b'^' | b'_' => State::Text { is_osc: byte == b']', ends: false },
            _ => State::Ground,
        };
        // The terminator of a string whose beginning is lost is no key either.
        if self.state == State::Ground && byte != b'\\' {
            self.is_alt = true;
            self.take_plain(byte);
        }
    }

    fn take_control(&mut self, byte: u8) {
        match byte {
            b'[' if self.held.is_empty() => self.state = State::Console,
            b'M' if self.held.is_empty() => self.state = State::OldMouse,
            0x20..=0x3f => {
                // Longer than anything that is known: passed over to its end.
                if self.held.len() < LONGEST {
                    self.held.push(byte);
                }
            }
            0x40..=0x7e => {
                let held = std::mem::take(&mut self.held);
                self.state = State::Ground;
                if held.len() < LONGEST {
                    self.control(&held, byte);
                }
            }
            // No sequence: what else stands in one is neither a part of it nor a key.
            _ => self.reset(),
        }
    }

    /// A byte of a control string. BEL ends an OSC, and what came instead of an end; these end any string. No answer holds an
    /// interrupt: that is somebody who typed what begins a string.
    fn take_text(&mut self, byte: u8, is_osc: bool, ends: bool) {
        match byte {
            b'\\' if ends => self.end_text(is_osc),
            0x07 => self.end_text(is_osc),
            0x18 | 0x1a => self.reset(),
            INTERRUPT => {
                self.reset();
                self.take_plain(byte);
            }
            _ => {
                self.state = State::Text { is_osc, ends: byte == 0x1b };
                // What is longer than any answer that is understood is passed over.
                if is_osc && byte != 0x1b && self.held.len() < LONGEST {
                    self.held.push(byte);
                }
            }
        }
    }

    fn end_text(&mut self, is_osc: bool) {
        let held = std::mem::take(&mut self.held);
        self.reset();
        let colour = held.strip_prefix(b"11;").filter(|_| is_osc && held.len() < LONGEST);
        let background = colour.and_then(|colour| Background::of_answer(std::str::from_utf8(colour).ok()?));
        self.ready.extend(background.map(Input::Background));
    }

    fn take_pasted(&mut self, byte: u8) {
        self.held.push(byte);
        if self.held.ends_with(PASTE_END) {
            self.end_paste(PASTE_END.len());
            self.state = State::Ground;
        } else if self.held.len() > 2 * LONGEST_PASTE {
            // What is left is still longer than any field.
            self.held.drain(..LONGEST_PASTE);
        }
    }

    /// Gives away what was pasted but for the last so many bytes.
    fn end_paste(&mut self, end: usize) {
        let mut text = std::mem::take(&mut self.held);
        text.truncate(text.len().saturating_sub(end));
        let text = String::from_utf8(text).unwrap_or_else(|no| String::from_utf8_lossy(no.as_bytes()).into_owned());
        self.ready.push_back(Input::Event(Event::Paste(text)));
    }

    /// A byte that belongs to no sequence.
    fn take_plain(&mut self, byte: u8) {
        if byte >= 0x80 || !self.held.is_empty() {
            return self.take_utf8(byte);
        }
        let (code, modifiers) = match byte {
            b'\r' => (KeyCode::Enter, KeyModifiers::NONE),
            b'\t' => (KeyCode::Tab, KeyModifiers::NONE),
            0x7f => (KeyCode::Backspace, KeyModifiers::NONE),
            0 => (KeyCode::Char(' '), KeyModifiers::CONTROL),
            0x01..=0x1a => (KeyCode::Char(char::from(byte - 1 + b'a')), KeyModifiers::CONTROL),
            0x1c..=0x1f => (KeyCode::Char(char::from(byte - 0x1c + b'4')), KeyModifiers::CONTROL),
            _ => return self.character(char::from(byte)),
        };
        let alt = self.alt();
        self.key(code, modifiers | alt);
    }

    fn take_utf8(&mut self, byte: u8) {
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                let c = text.chars().next();
                self.held.clear();
                if let Some(c) = c {
                    self.character(c);
                }
            }
            Err(error) if error.error_len().is_none() => {}
            // What is no text is no key; a byte that begins something else begins it.
            Err(_) => {
                let has_begun = self.held.len() > 1;
                self.reset();
                if has_begun {
                    self.take(byte);
                }
            }
        }
    }

    fn character(&mut self, c: char) {
        let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        let alt = self.alt();
        self.key(KeyCode::Char(c), shift | alt);
    }

    /// Whether Alt is held with the character that ends here.
    fn alt(&mut self) -> KeyModifiers {
        if std::mem::take(&mut self.is_alt) { KeyModifiers::ALT } else { KeyModifiers::NONE }
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.ready.push_back(Input::Event(Event::Key(KeyEvent::new(code, modifiers))));
    }

    /// A whole control sequence: its parameters and its last byte.
    fn control(&mut self, held: &[u8], last: u8) {
        let Ok(text) = std::str::from_utf8(held) else { return };
        if let (Some(parts), b'M' | b'm') = (text.strip_prefix('<'), last) {
            if let [Some(code), Some(column), Some(line)] = numbers(parts)[..] {
                self.mouse(code, column.saturating_sub(1), line.saturating_sub(1), Some(last == b'm'));
            }
            return;
        }
        // Private parameters and intermediate bytes are the marks of answers.
        if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b';' | b':')) {
            return;
        }
        let parts = numbers(text);
        let first = parts.first().copied().flatten();
        let event = match (last, &parts[..]) {
            (b'I', [None]) => Event::FocusGained,
            (b'O', [None]) => Event::FocusLost,
            (b'Z', _) => Event::Key(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
            (b'M', &[Some(code), Some(column), Some(line)]) => {
                return self.mouse(code.saturating_sub(32), column.saturating_sub(1), line.saturating_sub(1), None);
            }
            // A function key with another key held looks the same in the first line; nobody is asked about that one.
            (b'R', &[Some(line @ 2..), Some(column)]) => {
                return self.ready.push_back(Input::CursorAt(line, column));
            }
            (b'~', [Some(200)]) => return self.state = State::Paste,
            (b'~', &[Some(27), _, Some(code)]) => match key_of(code.into(), modifiers_of(text, 1)) {
                Some(key) => Event::Key(key),
                None => return,
            },
            (b'u', _) => match first.and_then(|code| key_of(code.into(), modifiers_of(text, 1))) {
                Some(key) => Event::Key(key),
                None => return,
            },
            (b'~', _) => match first.and_then(number_key) {
                Some(code) => Event::Key(with_modifiers(code, modifiers_of(text, 1))),
                None => return,
            },
            (_, [None | Some(1)] | [None | Some(1), Some(_)]) => match letter_key(last) {
                Some(code) => Event::Key(with_modifiers(code, modifiers_of(text, 1))),
                None => return,
            },
            _ => return,
        };
        self.ready.push_back(Input::Event(event));
    }

    /// A report of the mouse; `released` where the protocol tells it apart.
    fn mouse(&mut self, code: u16, column: u16, row: u16, released: Option<bool>) {
        let button = match (code & 0b11) | ((code & 0b1100_0000) >> 4) {
            0 => Some(MouseButton::Left),
            1 => Some(MouseButton::Middle),
            2 => Some(MouseButton::Right),
            _ => None,
        };
        let kind = match ((code & 0b11) | ((code & 0b1100_0000) >> 4), button, code & 0b10_0000 != 0) {
            (0..=2, Some(button), false) if released == Some(true) => MouseEventKind::Up(button),
            (0..=2, Some(button), false) => MouseEventKind::Down(button),
            (0..=2, Some(button), true) => MouseEventKind::Drag(button),
            (3, _, false) => MouseEventKind::Up(MouseButton::Left),
            (3, _, true) => MouseEventKind::Moved,
            (4, ..) => MouseEventKind::ScrollUp,
            (5, ..) => MouseEventKind::ScrollDown,
            (6, ..) => MouseEventKind::ScrollLeft,
            (7, ..) => MouseEventKind::ScrollRight,
            _ => return,
        };
        let mut modifiers = KeyModifiers::NONE;
        modifiers.set(KeyModifiers::SHIFT, code & 0b100 != 0);
        modifiers.set(KeyModifiers::ALT, code & 0b1000 != 0);
        modifiers.set(KeyModifiers::CONTROL, code & 0b1_0000 != 0);
        self.ready.push_back(Input::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers })));
    }
}

/// The parameters of a control sequence; what is left out or no number is `None`.
fn numbers(text: &str) -> Vec<Option<u16>> {
    text.split(';').map(|part| part.split(':').next().and_then(|number| number.parse().ok())).collect()
}

/// Which keys are held, and whether the key went down, repeats or came up: the parameter at a place, `modifiers:kind`.
fn modifiers_of(text: &str, at: usize) -> (KeyModifiers, KeyEventKind, KeyEventState) {
    let mut parts = text.split(';').nth(at).unwrap_or_default().split(':');
    let bits = parts.next().and_then(|part| part.parse::<u16>().ok()).unwrap_or(1).saturating_sub(1);
    let kind = match parts.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let mut modifiers = KeyModifiers::NONE;
    let all = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    for (bit, modifier) in all.into_iter().enumerate() {
        modifiers.set(modifier, bits & (1 << bit) != 0);
    }
    let mut state = KeyEventState::NONE;
    state.set(KeyEventState::CAPS_LOCK, bits & 64 != 0);
    state.set(KeyEventState::NUM_LOCK, bits & 128 != 0);
    (modifiers, kind, state)
}

fn with_modifiers(code: KeyCode, (modifiers, kind, state): (KeyModifiers, KeyEventKind, KeyEventState)) -> KeyEvent {
    KeyEvent::new_with_kind_and_state(code, modifiers, kind, state)
}

/// A key by its code point, as terminals tell it that tell every key apart.
fn key_of(code: u32, with: (KeyModifiers, KeyEventKind, KeyEventState)) -> Option<KeyEvent> {
    let (mut modifiers, kind, state) = with;
    let code = match code {
        9 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        13 | 57_414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        // The digits of the number block.
        57_399..=57_408 => KeyCode::Char(char::from_digit(code - 57_399, 10)?),
        // Keys that are no text.
        57_344..=63_743 => return None,
        code => KeyCode::Char(char::from_u32(code).filter(|c| !c.is_control())?),
    };
    if let KeyCode::Char(c) = code {
        if c.is_uppercase() {
            modifiers |= KeyModifiers::SHIFT;
        } else if modifiers == KeyModifiers::SHIFT && c.is_lowercase() {
            let upper = c.to_uppercase().next().unwrap_or(c);
            return Some(with_modifiers(KeyCode::Char(upper), (modifiers, kind, state)));
        }
    }
    Some(with_modifiers(code, (modifiers, kind, state)))
}

/// A key by the letter that ends its sequence.
const fn letter_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

/// A key by the number before its `~`.
fn number_key(number: u16) -> Option<KeyCode> {
    let function = |first: u16, key: u8| u8::try_from(number - first).ok().map(|more| KeyCode::F(key + more));
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=26 => function(23, 11),
        28..=29 => function(28, 15),
        31..=34 => function(31, 17),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
