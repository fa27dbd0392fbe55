//! The list of profiles: which account is on the screen, and which others there are.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, frame, paint};

/// The list.
#[derive(Debug, Clone)]
pub struct Profiles {
    /// The marked line.
    at: usize,
}

impl Profiles {
    /// The list with the mark on the profile of the screen; `None` where there is no other.
    pub fn new(app: &State) -> Option<Self> {
        let profiles = &app.config.identity.profiles;
        let at = profiles.iter().position(|line| line.name == app.config.profile.raw()).unwrap_or(0);
        (profiles.len() > 1).then_some(Self { at })
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Profiles
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let profiles = &app.config.identity.profiles;
        let last = profiles.len().saturating_sub(1);
        match action {
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::Down => self.at = (self.at + 1).min(last),
            Action::First | Action::PageUp => self.at = 0,
            Action::Last | Action::PageDown => self.at = last,
            Action::Back => return Next::close(),
            Action::Take => {
                return match profiles.get(self.at) {
                    Some(line) if line.name != app.config.profile.raw() => {
                        if app.money.in_flight.is_some() {
                            return Next::stay().saying(app.lang().t("profiles.busy"), true);
                        }
                        Next::close().with(Effect::Switch(line.name.clone()))
                    }
                    _ => Next::close(),
                };
            }
            _ => {}
        }
        Next::stay()
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let at = self.at;
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("profiles.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        let height = usize::from(inner.height.saturating_sub(1)).max(1);
        let first = (at + 1).saturating_sub(height);
        let lines = app.config().identity.profiles.iter().enumerate().skip(first);
        for ((place, line), y) in lines.zip(inner.top()..inner.bottom().saturating_sub(1)) {
            let is_marked = place == at;
            let selected = theme.style(Role::Selected);
            let style = |role| if is_marked { selected } else { theme.style(role) };
            let row = Rect { y, height: 1, ..inner };
            if is_marked {
                buf.set_style(row.intersection(buf.area), selected);
                paint::put(buf, row.x, y, 1, "▌", selected);
            }
            let mut x = inner.x + 1;
            let name = format!(" {} ", crate::domain::text::sanitize(&line.name));
            let band = line.band.map_or_else(|| style(Role::Text), |band| paint::band(band, theme));
            x += paint::put(buf, x, y, 20, &name, band);
            x = x.max(inner.x + 18) + 1;
            let uid = match &line.uid {
                Some(_) if app.is_hidden() => format!("uid {MASK}"),
                Some(uid) => format!("uid {}", uid.excerpt(20)),
                None => "–".to_owned(),
            };
            x += paint::put(buf, x, y, 22, &uid, style(Role::Muted));
            x = x.max(inner.x + 38) + 1;
            let mut about = line.store.excerpt(60);
            if let Some(host) = &line.host {
                about = format!("{} · {about}", host.excerpt(40));
            }
            if line.read_only {
                about = format!("{} · {about}", lang.t("view.read_only"));
            }
            paint::put(buf, x, y, inner.right().saturating_sub(x), &about, style(Role::Muted));
        }
        frame::long_news(app, theme, layout, buf);
    }
}
