//! What tmux lets through: the options that copied texts and notifications depend on, as tmux itself tells them.

use std::process::Stdio;
use std::time::Duration;

use super::{Check, Finding, State, said};
use crate::domain::locale::Lang;
use crate::engine::config::SECRET_VARIABLE;

/// How long tmux may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The options, in tmux's own words; empty where this tmux has no such option.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TmuxOptions {
    set_clipboard: String,
    allow_passthrough: String,
    focus_events: String,
}

/// Asks the tmux around this terminal. `None` when it does not answer.
pub(super) async fn read() -> Option<TmuxOptions> {
    let words = "show-options -sq set-clipboard ; show-options -pAq allow-passthrough ; show-options -sq focus-events";
    let asked = tokio::process::Command::new("tmux")
        .args(words.split(' '))
        .env_remove(SECRET_VARIABLE)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(TIMEOUT, asked).await.ok()?.ok()?;
    answer.status.success().then(|| parsed(&String::from_utf8_lossy(&answer.stdout)))
}

/// A line for each option; one that is inherited has a star after its name.
fn parsed(answer: &str) -> TmuxOptions {
    let mut options = TmuxOptions::default();
    for (name, value) in answer.lines().filter_map(|line| line.split_once(' ')) {
        match name.trim_end_matches('*') {
            "set-clipboard" => value.clone_into(&mut options.set_clipboard),
            "allow-passthrough" => value.clone_into(&mut options.allow_passthrough),
            "focus-events" => value.clone_into(&mut options.focus_events),
            _ => {}
        }
    }
    options
}

/// What there is to say of them.
pub(super) fn finding(options: Option<&TmuxOptions>, lang: Lang) -> Finding {
    let Some(options) = options else {
        return Finding::new(Check::Tmux, State::Note, &said("doctor.tmux.silent", &[], lang));
    };
    // A tmux that is too old for an option has what it is about switched on, or has nothing to switch.
    let shown = |value: &str| if value.is_empty() { "–".to_owned() } else { value.to_owned() };
    let (clipboard, passthrough, focus) =
        (shown(&options.set_clipboard), shown(&options.allow_passthrough), shown(&options.focus_events));
    let values = [("clipboard", &*clipboard), ("passthrough", &*passthrough), ("focus", &*focus)];
    let is_off = |value: &str| matches!(value, "off" | "0");
    let wanted = [
        (is_off(&options.allow_passthrough), "doctor.tmux.passthrough"),
        (is_off(&options.focus_events), "doctor.tmux.focus"),
    ];
    let next: Vec<&str> = wanted.into_iter().filter(|(is_off, _)| *is_off).map(|(_, key)| lang.t(key)).collect();
    let mut words = said("doctor.tmux.options", &values, lang);
    words.next = next.join(" ");
    Finding::new(Check::Tmux, if next.is_empty() { State::Good } else { State::Note }, &words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_tmux_writes_them() {
        let of = |clipboard: &str, passthrough: &str, focus: &str| TmuxOptions {
            set_clipboard: clipboard.to_owned(),
            allow_passthrough: passthrough.to_owned(),
            focus_events: focus.to_owned(),
        };
        let usual = parsed("set-clipboard external\nallow-passthrough* off\nfocus-events off\n");
        assert_eq!(usual, of("external", "off", "off"));
        assert_eq!(parsed("allow-passthrough all\nother x\n\n"), of("", "all", ""));
        for lang in [Lang::En, Lang::ZhCn] {
            let found = finding(Some(&usual), lang);
            assert_eq!(found.state, State::Note);
            assert!(found.says.contains("external") && !found.says.contains('{'), "{found:?}");
            assert!(found.next.contains("allow-passthrough on") && found.next.contains("focus-events on"), "{found:?}");
            let good = finding(Some(&of("on", "on", "on")), lang);
            assert_eq!((good.state, good.next.as_str()), (State::Good, ""));
            assert!(!finding(None, lang).next.is_empty());
        }
    }
}
