//! The terminal: how large it is, what it can show, and where a copied text goes.

use std::io::{self, IsTerminal as _, Write as _};

use unicode_width::UnicodeWidthStr as _;

use super::{Check, Finding, State, said};
use crate::domain::locale::Lang;
use crate::platform::process::HAS_DISPLAY;
use crate::platform::terminal::IS_UNICODE;

/// Letters that terminals disagree on: an ideograph, an ambiguous dot, an arrow, a combined letter.
const SAMPLES: [&str; 4] = ["币", "●", "▲", "e\u{301}"];

/// What is known of a terminal.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that is true or not")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Columns and lines; `None` without a terminal.
    pub size: Option<(u16, u16)>,
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`.
    pub colour_term: String,
    /// Whether `NO_COLOR` is set.
    pub no_colour: bool,
    /// Whether the locale says UTF-8.
    pub is_utf8: bool,
    /// Whether tmux is in between.
    pub is_tmux: bool,
    /// Whether the user sits at another machine.
    pub is_remote: bool,
    /// Whether there is a display with a clipboard.
    pub has_display: bool,
    /// Letters whose width is another one than we count with; `None` when it was not measured.
    pub odd_letters: Option<Vec<&'static str>>,
}

impl Terminal {
    /// What the environment and the size tell.
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).unwrap_or_default();
        let is_set = |name: &str| get(name).is_some_and(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| get(name).filter(|v| !v.is_empty()));
        let locale = locale.unwrap_or_default().to_ascii_lowercase();
        Self {
            size: io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten(),
            term: text("TERM"),
            colour_term: text("COLORTERM"),
            no_colour: is_set("NO_COLOR"),
            is_utf8: IS_UNICODE || locale.contains("utf-8") || locale.contains("utf8"),
            is_tmux: is_set("TMUX"),
            is_remote: ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "MOSH_CONNECTION"].into_iter().any(is_set),
            has_display: is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || HAS_DISPLAY,
            odd_letters: None,
        }
    }
}

/// Writes a few letters and asks the terminal where its cursor is then. `None` where there is no terminal, or it does not
/// answer.
pub fn measured_width() -> Option<Vec<&'static str>> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    crossterm::terminal::enable_raw_mode().ok()?;
    let measure = |sample: &'static str| {
        let mut out = io::stdout();
        write!(out, "\r{sample}").ok()?;
        out.flush().ok()?;
        let (column, _) = crossterm::cursor::position().ok()?;
        write!(out, "\r{}\r", " ".repeat(usize::from(column))).ok()?;
        Some((usize::from(column) != sample.width()).then_some(sample))
    };
    // The first sample without an answer ends it.
    let measured: Option<Vec<Option<&'static str>>> = SAMPLES.into_iter().map(measure).collect();
    let _ = crossterm::terminal::disable_raw_mode();
    let _ = io::stdout().flush();
    Some(measured?.into_iter().flatten().collect())
}

/// What there is to say of it.
pub(super) fn terminal(terminal: &Terminal, lang: Lang) -> Vec<Finding> {
    let finding =
        |check, state, key: &str, values: &[(&str, &str)]| Finding::new(check, state, &said(key, values, lang));
    let size = match terminal.size {
        None => finding(Check::Terminal, State::Skipped, "doctor.terminal.none", &[]),
        Some((columns, lines)) => {
            let values = [
                ("columns", columns.to_string()),
                ("lines", lines.to_string()),
                ("term", if terminal.term.is_empty() { "?".to_owned() } else { terminal.term.clone() }),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            match (columns, lines) {
                (80.., 24..) => finding(Check::Terminal, State::Good, "doctor.terminal.good", &values),
                (60.., 15..) => finding(Check::Terminal, State::Note, "doctor.terminal.small", &values),
                // The least at which a review can be read, if only page by page.
                (20.., 12..) => finding(Check::Terminal, State::Note, "doctor.terminal.narrow", &values),
                _ => finding(Check::Terminal, State::Bad, "doctor.terminal.tiny", &values),
            }
        }
    };
    let is_true = matches!(terminal.colour_term.as_str(), "truecolor" | "24bit");
    let colours = if terminal.no_colour {
        finding(Check::Colours, State::Note, "doctor.colours.off", &[])
    } else if terminal.term == "dumb" || terminal.term.is_empty() {
        finding(Check::Colours, State::Note, "doctor.colours.unknown", &[])
    } else {
        let count = if is_true {
            "16 million"
        } else if terminal.term.contains("256color") {
            "256"
        } else {
            "16"
        };
        finding(Check::Colours, State::Good, "doctor.colours.good", &[("count", count)])
    };
    let unicode = match &terminal.odd_letters {
        _ if !terminal.is_utf8 => finding(Check::Unicode, State::Bad, "doctor.unicode.locale", &[]),
        None => finding(Check::Unicode, State::Good, "doctor.unicode.unmeasured", &[]),
        Some(odd) if odd.is_empty() => finding(Check::Unicode, State::Good, "doctor.unicode.good", &[]),
        Some(odd) => finding(Check::Unicode, State::Note, "doctor.unicode.odd", &[("letters", &odd.join(" "))]),
    };
    let clipboard = match terminal {
        Terminal { has_display: true, is_remote: false, .. } => ("doctor.clipboard.display", State::Good),
        Terminal { is_tmux: true, .. } => ("doctor.clipboard.tmux", State::Note),
        _ => ("doctor.clipboard.terminal", State::Note),
    };
    vec![size, colours, unicode, finding(Check::Clipboard, clipboard.1, clipboard.0, &[])]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &'static [(&'static str, &'static str)]) -> Terminal {
        Terminal::of(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn what_the_terminal_tells_is_told_in_words() {
        let mut known =
            of(&[("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8"), ("SSH_TTY", "/dev/pts/1"), ("TMUX", "x")]);
        known.size = Some((80, 24));
        known.odd_letters = Some(vec!["币"]);
        for lang in [Lang::En, Lang::ZhCn] {
            let found = terminal(&known, lang);
            let states: Vec<State> = found.iter().map(|finding| finding.state).collect();
            assert_eq!(states, [State::Good, State::Good, State::Note, State::Note], "{found:?}");
            assert!(found.iter().all(|f| !f.says.is_empty() && !f.says.contains('{')), "{found:?}");
            assert!(found.iter().all(|f| (f.state == State::Good) == f.next.is_empty()), "{found:?}");
        }
        known.size = Some((20, 5));
        assert_eq!(terminal(&known, Lang::En)[0].state, State::Bad);
        let bare = terminal(&of(&[]), Lang::En);
        let letters = if IS_UNICODE { State::Good } else { State::Bad };
        assert_eq!((bare[1].state, bare[2].state), (State::Note, letters));
    }
}
