//! Keys of the keyboard: lines such as `withdraw=ctrl-w`, or a key alone.
//!
//! A key is read again from what is shown of it; two keys that are shown alike are one; what is read is what was written;
//! and after any rebinding without a conflict no key means two things and Ctrl-C still ends the program.

#![no_main]

use checks::assert_harmless;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use libfuzzer_sys::fuzz_target;
use strum::IntoEnumIterator as _;
use wallet_tui::engine::config::keymap::{Action, Chord, Context, Keymap};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut keymap = Keymap::default();
    let mut seen: Vec<Chord> = Vec::new();
    for line in text.split('\n').take(8) {
        let (action, word) = match line.split_once('=') {
            Some((action, word)) if !word.is_empty() => (action.parse::<Action>().ok(), word),
            _ => (None, line),
        };
        let Ok(chord) = word.parse::<Chord>() else { continue };
        check_chord(word, chord);
        for other in &seen {
            assert_eq!(other.label() == chord.label(), *other == chord, "{}", chord.label());
        }
        seen.push(chord);
        if let Some(action) = action {
            keymap.rebind(action, &seen);
        }
    }
    check_keymap(&keymap);
});

fn check_chord(word: &str, chord: Chord) {
    let label = chord.label();
    assert_harmless(&label, "a key");
    assert!(!label.contains(char::is_whitespace) && !label.is_empty(), "{label:?}");
    assert_eq!(label.parse::<Chord>(), Ok(chord), "{word:?} is shown as {label:?}");
    // Nothing else was read than what was written: the same words but for case, order and the arrows' names.
    let mut written: Vec<String> = words(&word.to_lowercase());
    let mut shown: Vec<String> = words(&label.to_lowercase());
    written.sort();
    written.dedup();
    shown.sort();
    assert_eq!(written, shown, "{word:?} is shown as {label:?}");
}

/// The parts of a key; a `-` at the end is the key itself.
fn words(text: &str) -> Vec<String> {
    let (before, last) = match text.strip_suffix('-') {
        Some(before) => (before.strip_suffix('-').unwrap_or(before), "-"),
        None => text.rsplit_once('-').unwrap_or(("", text)),
    };
    let last = match last {
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        other => other,
    };
    before.split('-').filter(|part| !part.is_empty()).chain([last]).map(str::to_owned).collect()
}

fn check_keymap(keymap: &Keymap) {
    let is_clear = keymap.conflict().is_none();
    for context in Context::iter() {
        let mut met: Vec<(Chord, Action)> = Vec::new();
        for binding in keymap.of(context) {
            assert!(!binding.chords.is_empty(), "{:?} has no key", binding.action);
            for chord in &binding.chords {
                let other = met.iter().find(|(known, action)| known == chord && *action != binding.action);
                assert!(other.is_none() || !is_clear, "{} means two things", chord.label());
                met.push((*chord, binding.action));
            }
        }
        if is_clear {
            let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
            assert_eq!(keymap.action(context, interrupt), Some(Action::Quit), "{context:?}");
        }
    }
}
