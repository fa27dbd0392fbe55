//! Lines that stay until they are acted on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::Millis;
use crate::engine::config::theme::{Role, Theme};
use crate::engine::explain::{explain, left_out_words};
use crate::tui::state::State;
use crate::tui::state::summary::Banner;
use crate::tui::widgets::{format, paint};

/// One line of banner.
struct Line {
    symbol: &'static str,
    text: String,
    /// At the right end.
    end: String,
    role: Role,
}

/// Draws as many lines as there is room for; the last one says how many more there are.
pub(super) fn draw(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.area() == 0 {
        return;
    }
    let banners = app.banners();
    let mut lines: Vec<Line> = Vec::new();
    let mut ends = Vec::new();
    for banner in &banners {
        lines.extend(lines_of(app, banner, area.width));
        ends.push(lines.len());
    }
    let (shown, all) = (usize::from(area.height), lines.len());
    let more = all.saturating_sub(shown);
    lines.truncate(shown);
    if let Some(last) = lines.last_mut().filter(|_| more > 0 && !ends.contains(&shown)) {
        // Its sentence goes on in lines that have no room.
        last.text.push_str(" …");
    }
    if more > 0
        && let Some(last) = lines.last_mut()
    {
        last.end = if last.end.is_empty() { format!("+{more}") } else { format!("{} +{more}", last.end) };
    }
    for (line, y) in lines.iter().zip(area.top()..) {
        let style = theme.style(line.role);
        buf.set_style(Rect { y, height: 1, ..area }, style);
        paint::put(buf, area.x + 1, y, area.width.saturating_sub(1), line.symbol, style);
        let end = if line.end.is_empty() { 0 } else { paint::cols(format::width(&line.end)) + 2 };
        let room = area.width.saturating_sub(4 + end);
        paint::put(buf, area.x + 3, y, room, &line.text, style);
        paint::put_right(buf, area.x, y, area.width.saturating_sub(1), &line.end, style);
    }
}

fn lines_of(app: &State, banner: &Banner, width: u16) -> Vec<Line> {
    let lang = app.lang();
    let one = |symbol, text, role| vec![Line { symbol, text, end: String::new(), role }];
    match banner {
        Banner::Sending => one("▲", lang.t("view.banner.sending").to_owned(), Role::BannerWarning),
        Banner::Orders(1) => one("▲", lang.t("view.banner.order").to_owned(), Role::BannerWarning),
        Banner::Orders(n) => one("▲", lang.fill("view.banner.orders", &[("n", &n.to_string())]), Role::BannerWarning),
        Banner::OtherAccount(now, before) => {
            let hidden = || crate::tui::widgets::MASK.to_owned();
            let shown = |uid: &crate::domain::UntrustedText| if app.is_hidden() { hidden() } else { uid.excerpt(24) };
            let values = [("now", shown(now)), ("before", shown(before))];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let text = lang.fill("view.banner.other_account", &values);
            danger(format::wrap(&text, usize::from(width).saturating_sub(4)), banner.lines(width), width)
        }
        Banner::Ledger(why) => {
            danger(format::wrap(why, usize::from(width).saturating_sub(4)), banner.lines(width), width)
        }
        Banner::Verification(1) => one("▲", lang.t("view.banner.verification_one").to_owned(), Role::BannerWarning),
        Banner::Verification(n) => {
            let text = lang.fill("view.banner.verification", &[("n", &n.to_string())]);
            one("▲", text, Role::BannerWarning)
        }
        Banner::Silence => one("▲", lang.t("view.banner.silence").to_owned(), Role::Warning),
        Banner::LeftOut(part, count, first) => {
            let part = <&'static str>::from(*part);
            let part = lang.find(&format!("view.banner.part.{part}")).unwrap_or_default();
            let text = format!("{} {}", left_out_words(part, *count, first, lang), lang.t("left_out.next"));
            let (most, room) = (usize::from(banner.lines(width)), usize::from(width).saturating_sub(4));
            let mut lines = format::wrap(&text, room);
            if lines.len() > most {
                let rest = lines.split_off(most - 1).join(" ");
                lines.push(format::cut(&rest, room).into_owned());
            }
            let symbol = |at| if at == 0 { "▲" } else { " " };
            let line = |(at, text)| Line { symbol: symbol(at), text, end: String::new(), role: Role::Warning };
            lines.into_iter().enumerate().map(line).collect()
        }
        Banner::Clock(offset) => {
            let key = if *offset > 0 { "view.banner.clock_behind" } else { "view.banner.clock_ahead" };
            one("▲", lang.fill(key, &[("offset", &format::span(offset.abs(), lang))]), Role::Warning)
        }
        Banner::Trouble { part, problem, retry_at } => {
            let said = explain(problem, lang);
            let cause = match part.map(<&'static str>::from).and_then(|p| lang.find(&format!("view.banner.part.{p}"))) {
                Some(part) => format!("{part} {}", said.cause),
                None => said.cause,
            };
            let (symbol, role) = match retry_at {
                Some(_) => ("○", Role::Warning),
                None => ("✗", Role::BannerDanger),
            };
            let end = match retry_at {
                Some(at) => retry(app, *at),
                None => lang.t("view.banner.ask_again").to_owned(),
            };
            // What happened comes first, beside the countdown; what to do next has the lines that are left.
            let mut room = usize::from(width).saturating_sub(6 + format::width(&end));
            let mut lines = format::wrap(&cause, room);
            room = usize::from(width).saturating_sub(4);
            lines.extend(format::wrap(&said.next, room));
            let most = usize::from(banner.lines(width));
            if lines.len() > most {
                let rest = lines.split_off(most - 1).join(" ");
                lines.push(format::cut(&rest, room).into_owned());
            }
            let mut lines: Vec<_> =
                lines.into_iter().map(|text| Line { symbol: " ", text, end: String::new(), role }).collect();
            if let Some(first) = lines.first_mut() {
                (first.symbol, first.end) = (symbol, end);
            }
            lines
        }
    }
}

/// Lines about something that stopped; what does not fit into `most` of them is cut at the end.
fn danger(mut lines: Vec<String>, most: u16, width: u16) -> Vec<Line> {
    let (most, room) = (usize::from(most), usize::from(width).saturating_sub(4));
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(format::cut(&rest, room).into_owned());
    }
    let symbol = |at| if at == 0 { "✗" } else { " " };
    let line = |(at, text)| Line { symbol: symbol(at), text, end: String::new(), role: Role::BannerDanger };
    lines.into_iter().enumerate().map(line).collect()
}

/// When something will be asked again.
pub(super) fn retry(app: &State, at: Millis) -> String {
    let left = at.since(app.now());
    if left <= 0 {
        return app.lang().t("view.banner.asking").to_owned();
    }
    // Up, so that it never says 0 before it asks.
    let left = left.saturating_add(999);
    app.lang().fill("view.banner.retry", &[("span", &format::span(left, app.lang()))])
}
