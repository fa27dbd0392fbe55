//! Draws the first screen of somebody without a key.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::engine::config::SECRET_VARIABLE;
use crate::engine::config::profile::{SHORTEST_PASSPHRASE, STORE_TIMEOUT, StoreName};
use crate::engine::config::theme::{Role, Theme};
use crate::platform::keyring_state::KeyringState;
use crate::tui::app::welcome::{Welcome, WelcomeField};
use crate::tui::widgets::{format, paint};

/// Screen columns for the names of the fields.
const NAME: u16 = 18;
/// The widest the page becomes.
const WIDEST: u16 = 76;

/// One line of the page.
struct Line {
    name: String,
    text: String,
    role: Role,
    field: Option<WelcomeField>,
}

/// Draws the page.
pub fn draw(form: &Welcome, lang: Lang, theme: &Theme, frame: &mut Frame<'_>) {
    let whole = frame.area();
    let width = whole.width.saturating_sub(2).min(WIDEST);
    let x = whole.x + whole.width.saturating_sub(width) / 2;
    let lines = lines(form, lang, width);
    // Where not everything fits, the field with the keys is in sight, and what is said of it.
    let height = usize::from(whole.height.saturating_sub(1)).max(1);
    let focused = lines.iter().position(|line| line.field == Some(form.field)).unwrap_or(0);
    let first = lines.len().saturating_sub(height).min(focused);
    let mut cursor = None;
    let buf = frame.buffer_mut();
    for (line, y) in lines.iter().skip(first).zip(whole.top()..whole.bottom().saturating_sub(1)) {
        let is_focused = line.field == Some(form.field);
        let style = theme.style(if is_focused { Role::Accent } else { line.role });
        if line.field.is_none() {
            paint::put(buf, x, y, width, &line.text, style);
            continue;
        }
        let indent = NAME.min(width / 2);
        if is_focused {
            paint::put(buf, x.saturating_sub(1), y, 1, "▌", style);
        }
        paint::put(buf, x, y, indent.saturating_sub(1), &line.name, theme.style(Role::Muted));
        let used = paint::put(buf, x + indent, y, width.saturating_sub(indent), &line.text, style);
        if is_focused && !matches!(form.field, WelcomeField::Button | WelcomeField::Store) {
            cursor = Some(Position::new((x + indent + used).min(whole.right().saturating_sub(1)), y));
        }
    }
    let foot = Rect { y: whole.bottom().saturating_sub(1), height: whole.height.min(1), ..whole };
    paint::put(buf, foot.x + 1, foot.y, foot.width.saturating_sub(1), lang.t("welcome.keys"), theme.style(Role::Muted));
    if let Some(at) = cursor {
        frame.set_cursor_position(at);
    }
}

fn lines(form: &Welcome, lang: Lang, width: u16) -> Vec<Line> {
    let text = |text: String, role| Line { name: String::new(), text, role, field: None };
    let wrapped = |words: &str, role| format::wrap(words, width.into()).into_iter().map(move |line| text(line, role));
    let mut lines = vec![text(String::new(), Role::Text)];
    lines.extend(wrapped(
        &lang.fill("welcome.title", &[("profile", &form.profile), ("server", &sanitize(&form.server))]),
        Role::Accent,
    ));
    lines.extend(wrapped(lang.t("welcome.about"), Role::Text));
    lines.push(text(String::new(), Role::Text));
    let dots = |count: usize| "•".repeat(count.min(40));
    for field in form.slots() {
        let shown = match field {
            WelcomeField::Key => sanitize(&form.key).into_owned(),
            WelcomeField::Secret => dots(form.secret.len()),
            WelcomeField::Passphrase => dots(form.passphrase.len()),
            WelcomeField::Again => dots(form.again.len()),
            WelcomeField::Store => format!("← {} →", lang.t(store_key(form.store))),
            WelcomeField::Button if form.is_checking => lang.t("welcome.checking").to_owned(),
            WelcomeField::Button => format!("▐ {} ▌", lang.t("welcome.button")),
        };
        let name: &'static str = (*field).into();
        let name = lang.find(&format!("welcome.field.{name}")).unwrap_or_default().to_owned();
        let is_closed = *field == WelcomeField::Button && !form.is_complete();
        let role = if is_closed { Role::Muted } else { Role::Text };
        lines.push(Line { name, text: shown, role, field: Some(*field) });
    }
    lines.push(text(String::new(), Role::Text));
    lines.extend(wrapped(&hint(form, lang), Role::Muted));
    if let Some(news) = form.news {
        lines.push(text(String::new(), Role::Text));
        lines.extend(wrapped(&news.words(lang), if news.is_refusal() { Role::Danger } else { Role::Text }));
    }
    if let Some(said) = &form.said {
        lines.push(text(String::new(), Role::Text));
        lines.extend(wrapped(&said.cause, Role::Danger));
        lines.extend(wrapped(&said.next, Role::Text));
    }
    lines
}

const fn store_key(store: StoreName) -> &'static str {
    match store {
        StoreName::Keyring | StoreName::Command => "store.keyring",
        StoreName::Keyutils => "store.keyutils",
        StoreName::Environment => "store.environment",
        StoreName::File => "welcome.file",
    }
}

/// The rule of the field with the keys, before it is broken.
fn hint(form: &Welcome, lang: Lang) -> String {
    let least = SHORTEST_PASSPHRASE.to_string();
    let detail = match &form.keyring {
        Some(KeyringState::Absent(why)) => sanitize(why).into_owned(),
        _ => String::new(),
    };
    let key = match (form.field, form.store) {
        (WelcomeField::Key, _) => "welcome.hint.key",
        (WelcomeField::Secret, _) => "welcome.hint.secret",
        (WelcomeField::Passphrase | WelcomeField::Again, _) => "welcome.hint.passphrase",
        (WelcomeField::Store | WelcomeField::Button, StoreName::File) => "welcome.hint.file",
        (WelcomeField::Store | WelcomeField::Button, StoreName::Keyutils) => "welcome.hint.keyutils",
        (WelcomeField::Store | WelcomeField::Button, StoreName::Environment) => "welcome.hint.environment",
        (WelcomeField::Store | WelcomeField::Button, StoreName::Keyring | StoreName::Command) => match &form.keyring {
            None => "welcome.keyring.asked",
            Some(KeyringState::Ready) => "welcome.keyring.ready",
            Some(KeyringState::Locked) => "welcome.keyring.locked",
            Some(KeyringState::NoCollection) => "welcome.keyring.no_collection",
            Some(KeyringState::Absent(_)) => "welcome.keyring.absent",
            Some(KeyringState::Silent) => "welcome.keyring.silent",
        },
    };
    let seconds = STORE_TIMEOUT.as_secs().to_string();
    lang.fill(key, &[("least", &least), ("variable", SECRET_VARIABLE), ("detail", &detail), ("seconds", &seconds)])
}
