//! Draws the page of the doctor.

use ratatui::buffer::Buffer;

use crate::engine::config::theme::{Role, Theme};
use crate::engine::diagnostics::{self};
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::MASK;
use crate::tui::widgets::frame;
use crate::tui::widgets::{format, paint};

/// Screen columns for the name of what was looked at.
const NAME: u16 = 13;

/// Draws the page, from the finding `first` on.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, first: usize, buf: &mut Buffer) {
    let lang = app.lang();
    frame::draw(app, theme, layout, lang.t("doctor.title"), Role::Accent, buf);
    let inner = app.modal_inner();
    let bottom = inner.bottom();
    let Some(findings) = app.findings() else {
        paint::put(buf, inner.x, inner.y, inner.width, lang.t("doctor.looking"), theme.style(Role::Muted));
        return;
    };
    let mut y = inner.y;
    let mut drawn = first;
    for finding in findings.iter().skip(first) {
        let role = match finding.state {
            diagnostics::State::Good => Role::Gain,
            diagnostics::State::Note => Role::Warning,
            diagnostics::State::Bad => Role::Danger,
            diagnostics::State::Skipped => Role::Muted,
        };
        if y >= bottom {
            break;
        }
        paint::put(buf, inner.x, y, 1, finding.state.symbol(), theme.style(role));
        let indent = (NAME + 3).min(inner.width / 3);
        let name = indent.saturating_sub(3);
        paint::put(buf, inner.x + 2, y, name, finding.name(lang), theme.style(Role::Header));
        let room = inner.width.saturating_sub(indent);
        let is_private = app.is_hidden() && finding.check == diagnostics::Check::Signed;
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
        let area = layout.modal;
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
