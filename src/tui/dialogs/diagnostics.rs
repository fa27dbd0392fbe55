//! What was found out about the machine, the way to the exchange and the key.

use ratatui::buffer::Buffer;

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::diagnostics::{Check, Finding, State as Found, redacted};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, format, frame, paint};

/// Screen columns for the name of what was looked at.
const NAME: u16 = 13;

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// The first finding in sight.
    first: usize,
    /// What was found, once it was.
    pub findings: Option<Vec<Finding>>,
}

impl Diagnostics {
    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Doctor
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        // A finding takes up to three lines, and none may be passed by.
        let page = usize::from(app.dialog_inner().height / 3).max(1);
        match (action, &self.findings) {
            (Action::Back, _) => return Next::close(),
            (Action::Refresh, Some(_)) => {
                *self = Self::default();
                return Next::stay().with(Effect::Doctor);
            }
            (Action::Copy, Some(findings)) => {
                let identity = &app.config.identity;
                let known = [app.user.value().and_then(|user| user.uid.clone()), identity.uid.clone()];
                let mut private = identity.private.clone();
                private.extend(known.into_iter().flatten().map(|uid| uid.raw().to_owned()));
                return Next::stay().with(Effect::Copy(redacted(findings, &private, app.lang())));
            }
            (Action::Up, _) => self.first = self.first.saturating_sub(1),
            (Action::Down, _) => self.first += 1,
            (Action::PageUp, _) => self.first = self.first.saturating_sub(page),
            (Action::PageDown, _) => self.first += page,
            (Action::First, _) => self.first = 0,
            (Action::Last, _) => self.first = usize::MAX,
            _ => {}
        }
        // The last page is a full one.
        let most = self.findings.as_ref().map_or(0, |findings| findings.len().saturating_sub(page));
        self.first = self.first.min(most);
        Next::stay()
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let first = self.first;
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("doctor.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        let bottom = inner.bottom();
        let Some(findings) = &self.findings else {
            paint::put(buf, inner.x, inner.y, inner.width, lang.t("doctor.looking"), theme.style(Role::Muted));
            return;
        };
        let mut y = inner.y;
        let mut drawn = first;
        for finding in findings.iter().skip(first) {
            let role = match finding.state {
                Found::Good => Role::Gain,
                Found::Note => Role::Warning,
                Found::Bad => Role::Danger,
                Found::Skipped => Role::Muted,
            };
            if y >= bottom {
                break;
            }
            paint::put(buf, inner.x, y, 1, finding.state.symbol(), theme.style(role));
            let indent = (NAME + 3).min(inner.width / 3);
            let name = indent.saturating_sub(3);
            paint::put(buf, inner.x + 2, y, name, finding.name(lang), theme.style(Role::Header));
            let room = inner.width.saturating_sub(indent);
            let is_private = app.is_hidden() && finding.check == Check::Signed;
            let says = if is_private { MASK } else { &finding.says };
            let texts = [(says, Role::Text), (finding.next.as_str(), Role::Muted)];
            for (text, role) in texts.into_iter().filter(|(text, _)| !text.is_empty()) {
                for line in format::wrap(text, room.into()) {
                    if y < bottom {
                        paint::put(buf, inner.x + indent, y, room, &line, theme.style(role));
                    }
                    y += 1;
                }
            }
            drawn += usize::from(y <= bottom);
        }
        let more = format!(" {}–{}/{} ", first + 1, drawn.max(first + 1), findings.len());
        if !layout.small && (first > 0 || drawn < findings.len()) {
            let area = layout.dialog;
            paint::put_right(
                buf,
                area.x,
                area.bottom().saturating_sub(1),
                area.width.saturating_sub(2),
                &more,
                theme.style(Role::Muted),
            );
        }
        frame::long_news(app, theme, layout, buf);
    }
}
