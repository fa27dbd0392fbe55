//! Draws the list of profiles.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::MASK;
use crate::tui::widgets::frame;
use crate::tui::widgets::paint;

/// Draws the page.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, at: usize, buf: &mut Buffer) {
    let lang = app.lang();
    frame::draw(app, theme, layout, lang.t("profiles.title"), Role::Accent, buf);
    let inner = app.modal_inner();
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
