//! The first line: whose account it is, whether money is real, what everything is worth, what is under way.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::worth::percent;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::value_text;
use crate::tui::state::summary::Total;
use crate::tui::widgets::MASK;
use crate::tui::widgets::paint::{self, Piece};

/// Draws the line.
pub(super) fn draw(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let style = |role| theme.style(role);
    let mut left = vec![
        Piece::new(" wallet-tui", style(Role::Muted)).rank(9),
        match app.config().identity.band {
            // What tells the accounts apart never gives way.
            Some(band) => {
                Piece::new(format!(" {} ", app.config().profile.excerpt(16)), paint::band(band, theme)).gap(1)
            }
            None => Piece::new(format!(" {}", app.config().profile.excerpt(16)), style(Role::Text)).gap(1).rank(3),
        },
    ];
    if let Some(uid) = app.user().value().and_then(|u| u.uid.as_ref()) {
        let uid = if app.is_hidden() { MASK.to_owned() } else { uid.excerpt(20) };
        left.push(Piece::new(format!("uid {uid}"), style(Role::Muted)).rank(7));
    }
    left.push(paint::mode(app, theme));
    if app.config().read_only {
        left.push(Piece::new(format!(" {} ", lang.t("view.read_only")), style(Role::ReadOnly)).gap(1));
    }
    if let Some(host) = &app.config().host {
        left.push(Piece::new(host.excerpt(40), style(Role::Muted)).rank(4));
    }
    if let Some(via) = &app.config().identity.via {
        let text = lang.fill("view.via", &[("proxy", &via.excerpt(40))]);
        left.push(Piece::new(text, style(Role::Muted)).rank(5));
    }
    let total = app.total();
    let mut right = vec![Piece::new(worth(app, &total), style(Role::Accent)).rank(2)];
    if let Some(change) = change(app, theme) {
        right.push(change);
    }
    let pending = app.counts().pending;
    if pending > 0 {
        let text = lang.fill("view.pending", &[("n", &pending.to_string())]);
        right.push(Piece::new(text, style(Role::Text)).rank(6));
    }
    // One column of air at the right edge.
    let area = Rect { width: area.width.saturating_sub(1), ..area };
    // The program's name gives way to the names of what the total leaves out.
    let room = paint::room(area, &left[1..], &right).saturating_sub(1);
    if let Some(text) = unpriced(app, &total, room).or_else(|| unpriced_in_short(app, &total)) {
        right.insert(1, Piece::new(text, style(Role::Muted)).gap(1).rank(8));
    }
    paint::spread(buf, area, left, right);
}

/// How the sum has changed since yesterday, and in how many hours: never a number that the kept values do not tell.
fn change(app: &State, theme: &Theme) -> Option<Piece> {
    let (first, last, hours) = app.change().filter(|_| !app.is_hidden())?;
    let hours = app.lang().fill("view.span.hour", &[("n", &hours.to_string())]);
    let text = app.lang().fill("view.change", &[("change", &percent(first, last)?), ("span", &hours)]);
    let role = if last < first { Role::Danger } else { Role::Gain };
    Some(Piece::new(text, theme.style(role)).rank(5))
}

/// The sum; "at least" where it leaves something out, also when there is no room to say what.
pub(super) fn worth(app: &State, total: &Total) -> String {
    let sign = if total.is_partial() { "≥" } else { "≈" };
    let value = match total.value {
        _ if app.is_hidden() => format!("{sign} {MASK}"),
        Some(value) => format!("{sign} {}", value_text(value, app.unit())),
        None => "–".to_owned(),
    };
    format!("{value} {}", app.unit().excerpt(8))
}

/// Says how many prices are on their way; once none is, names what the total leaves out, in at most `room` columns: all names, some and a count, or the count alone.
pub(super) fn unpriced(app: &State, total: &Total, room: usize) -> Option<String> {
    if total.unpriced.is_empty() || total.value.is_none() {
        return None;
    }
    let to_come = total.unpriced.iter().filter(|coin| app.is_price_to_come(coin)).count();
    if to_come > 0 {
        let text = app.lang().fill("view.prices_to_come", &[("n", &to_come.to_string())]);
        return Some(text).filter(|text| crate::tui::widgets::format::width(text) <= room);
    }
    let names: Vec<String> = total.unpriced.iter().take(20).map(|c| c.excerpt(12)).collect();
    let all = total.unpriced.len();
    let lists = (1..=names.len()).rev().map(|count| {
        let mut list = names[..count].join(", ");
        if count < all {
            list = format!("{list} +{}", all - count);
        }
        app.lang().fill("view.without", &[("coins", &list)])
    });
    lists.chain(unpriced_in_short(app, total)).find(|text| crate::tui::widgets::format::width(text) <= room)
}

/// How many coins the total leaves out.
fn unpriced_in_short(app: &State, total: &Total) -> Option<String> {
    total.value?;
    match total.unpriced.len() {
        0 => None,
        1 => Some(app.lang().t("view.without_one").to_owned()),
        all => Some(app.lang().fill("view.without_many", &[("n", &all.to_string())])),
    }
}
