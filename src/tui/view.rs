//! Draws the screen: one file for each region, each with one `draw`.
//!
//! Drawing borrows the state and changes nothing; where things are comes from `state::layout`, what they look like from
//! the theme. Text from outside is sanitized by `domain::UntrustedText`. No clock, no I/O.

pub mod welcome;

mod banner;
mod deposit;
mod detail;
mod footer;
mod futures;
mod header;
mod help;
mod lock;
mod overview;
mod status;
mod table;
mod tabs;
mod totals;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::engine::config::theme::{Role, Theme};
use crate::tui::app::App;
use crate::tui::state::layout::Layout;
use crate::tui::state::lock::Lock;
use crate::tui::widgets::paint;

/// Draws everything.
pub fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let layout = app.layout();
    let cursor = {
        let buf = frame.buffer_mut();
        if layout.too_small {
            return too_small(app, theme, layout.whole, buf);
        }
        if let Some(lock) = app.lock() {
            return locked(app, theme, &layout, lock, frame);
        }
        header::draw(app, theme, layout.header, buf);
        tabs::draw(app, theme, &layout, buf);
        footer::draw(app, theme, layout.footer, buf);
        if app.context().is_help() {
            help::draw(app, theme, &layout, buf)
        } else if app.dialog().is_some() {
            banner::draw(app, theme, layout.banner, buf);
            app.dialog().and_then(|dialog| dialog.view(app, theme, &layout, buf))
        } else if app.deposit().is_some() {
            // First, because a code that has the screen to itself has this line too.
            status::news(app, theme, layout.status, buf);
            deposit::draw(app, theme, &layout, buf)
        } else {
            paint::rule(buf, layout.rule, theme.style(Role::Rule));
            banner::draw(app, theme, layout.banner, buf);
            if layout.detail.area() == 0 || layout.is_wide() {
                table::draw(app, theme, &layout, buf);
                totals::draw(app, theme, &layout, buf);
            }
            detail::draw(app, theme, &layout, buf);
            status::draw(app, theme, layout.status, buf)
        }
    };
    if let Some(at) = cursor.filter(|at| frame.area().contains(*at)) {
        frame.set_cursor_position(at);
    }
}

/// A locked screen: whose it is, how it opens, and nothing else.
fn locked(app: &App, theme: &Theme, layout: &Layout, lock: &Lock, frame: &mut Frame<'_>) {
    let buf = frame.buffer_mut();
    let profile = format!(" {} ", app.config().profile.excerpt(16));
    let style = app.config().identity.band.map_or_else(|| theme.style(Role::Text), |band| paint::band(band, theme));
    let name = paint::Piece::new(" wallet-tui", theme.style(Role::Muted)).rank(1);
    let pieces = vec![name, paint::Piece::new(profile, style).gap(1), paint::mode(app, theme)];
    paint::spread(buf, layout.header, pieces, Vec::new());
    footer::draw(app, theme, layout.footer, buf);
    let page = Rect { y: layout.header.bottom(), height: layout.whole.height.saturating_sub(2), ..layout.whole };
    if let Some(at) = lock::draw(app, theme, lock, page, buf).filter(|at| layout.whole.contains(*at)) {
        frame.set_cursor_position(at);
    }
}

/// The word for the kind of money, and the one line that fits.
fn too_small(app: &App, theme: &Theme, area: Rect, buf: &mut ratatui::buffer::Buffer) {
    let pieces =
        vec![paint::mode(app, theme), paint::Piece::new(app.lang().t("view.too_small"), theme.style(Role::Text))];
    paint::spread(buf, Rect { height: area.height.min(1), ..area }, pieces, Vec::new());
}
