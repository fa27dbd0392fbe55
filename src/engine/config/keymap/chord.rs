//! One key: how it is written, shown and recognised.

use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::text::is_dangerous;

/// One key (with modifiers) as it is matched and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    pub(super) const fn plain(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    pub(super) const fn ctrl(letter: char) -> Self {
        Self { code: KeyCode::Char(letter), modifiers: KeyModifiers::CONTROL }
    }

    pub(super) fn matches(self, key: KeyEvent) -> bool {
        // A letter already says whether Shift was held, and terminals differ in telling it twice.
        let ignored = match self.code {
            KeyCode::Char(_) | KeyCode::BackTab => KeyModifiers::SHIFT,
            _ => KeyModifiers::NONE,
        };
        self.code == key.code && self.modifiers == key.modifiers - ignored
    }

    /// How the key is written on the screen.
    pub fn label(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::Enter => "Enter".to_owned(),
            KeyCode::Esc => "Esc".to_owned(),
            KeyCode::Tab => "Tab".to_owned(),
            KeyCode::BackTab => "Shift-Tab".to_owned(),
            KeyCode::Up => "↑".to_owned(),
            KeyCode::Down => "↓".to_owned(),
            KeyCode::Left => "←".to_owned(),
            KeyCode::Right => "→".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::Home => "Home".to_owned(),
            KeyCode::End => "End".to_owned(),
            KeyCode::F(n) => format!("F{n}"),
            other => format!("{other:?}"),
        };
        let mut label = String::new();
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            label.push_str("Ctrl-");
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            label.push_str("Alt-");
        }
        label + &name
    }

    /// True for what is typed where something can be typed.
    pub(super) const fn is_typed(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// Keys that always mean the same: repaint, suspend, quit, and what a form is refreshed with.
    pub(super) fn is_fixed(self) -> bool {
        ['l', 'z', 'c', 'r'].into_iter().any(|letter| self == Self::ctrl(letter))
    }
}

impl FromStr for Chord {
    type Err = ();

    /// A key as it is written in the configuration: `w`, `G`, `ctrl-w`, `alt-1`, `f5`, `enter`, `pgup`, `shift-tab`, `space`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((word, behind)) = rest.split_once('-').filter(|(_, behind)| !behind.is_empty()) {
            match word.to_ascii_lowercase().as_str() {
                "ctrl" => modifiers |= KeyModifiers::CONTROL,
                "alt" => modifiers |= KeyModifiers::ALT,
                "shift" if behind.eq_ignore_ascii_case("tab") && modifiers.is_empty() => {
                    return Ok(Self::plain(KeyCode::BackTab));
                }
                _ => return Err(()),
            }
            rest = behind;
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            // As they are shown.
            (Some('↑'), None) => KeyCode::Up,
            (Some('↓'), None) => KeyCode::Down,
            (Some('←'), None) => KeyCode::Left,
            (Some('→'), None) => KeyCode::Right,
            (Some(c), None) if !is_dangerous(c) && !c.is_whitespace() && (modifiers.is_empty() || c.is_ascii()) => {
                KeyCode::Char(if modifiers.contains(KeyModifiers::CONTROL) { c.to_ascii_lowercase() } else { c })
            }
            _ => match rest.to_ascii_lowercase().as_str() {
                "space" => KeyCode::Char(' '),
                "enter" => KeyCode::Enter,
                "esc" => KeyCode::Esc,
                "tab" => KeyCode::Tab,
                "up" => KeyCode::Up,
                "down" => KeyCode::Down,
                "left" => KeyCode::Left,
                "right" => KeyCode::Right,
                "pgup" => KeyCode::PageUp,
                "pgdn" => KeyCode::PageDown,
                "home" => KeyCode::Home,
                "end" => KeyCode::End,
                // Numbers are read with a sign or zeros before them too; nobody writes a key so.
                name => {
                    match name.strip_prefix('f').filter(|n| !n.starts_with(['+', '0'])).and_then(|n| n.parse().ok()) {
                        Some(number @ 1..=12) => KeyCode::F(number),
                        _ => return Err(()),
                    }
                }
            },
        };
        Ok(Self { code, modifiers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written_and_others_are_not() {
        for (text, label) in [
            ("w", "w"),
            ("G", "G"),
            ("ctrl-w", "Ctrl-w"),
            ("Ctrl-W", "Ctrl-w"),
            ("alt-1", "Alt-1"),
            ("f5", "F5"),
            ("enter", "Enter"),
            ("shift-tab", "Shift-Tab"),
            ("pgup", "PgUp"),
            ("space", "Space"),
            ("-", "-"),
        ] {
            assert_eq!(text.parse::<Chord>().map(Chord::label), Ok(label.to_owned()), "{text}");
        }
        for text in ["", "ww", "f13", "f0", "f05", "f+5", "hyper-x", "ctrl-", "shift-a", " ", "\u{1b}", "ctrl-é"] {
            assert!(text.parse::<Chord>().is_err(), "{text:?}");
        }
        for text in ["\u{202e}", "\u{200b}", "\u{e0041}"] {
            assert!(text.parse::<Chord>().is_err(), "{text:?} would stand in the help and not be seen");
        }
    }

    #[test]
    fn every_key_is_read_again_from_what_is_shown_of_it() {
        for text in ["up", "down", "ctrl-up", "alt-down", "left", "shift-tab", "space", "ctrl--", "alt-ctrl-x", "F12"] {
            let chord: Chord = text.parse().unwrap();
            assert_eq!(chord.label().parse(), Ok(chord), "{text}");
        }
    }
}
