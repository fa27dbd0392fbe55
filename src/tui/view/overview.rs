//! What goes on in the account, beside the balances of a wide screen: the value over time, what is pending, what came last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{RenderDirection, Sparkline, Widget as _};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::domain::text_width::short_span;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::worth::{Worth, comparable};
use crate::domain::{Kind, Record, Status, UntrustedText};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::dialogs::figures::{Range, within};
use crate::tui::state::State;
use crate::tui::state::detail::{grouped, value_text};
use crate::tui::state::futures::FuturesWorth;
use crate::tui::widgets::{MASK, cells, format, paint};

/// From so many lines on the value is told.
const TALL: u16 = 14;
/// Lines of the curve.
const CURVE: u16 = 2;
/// Steps of one line of it.
const STEPS: u64 = 8;
/// The most records of each list.
const MOST: u16 = 6;
/// Columns for an age.
const AGE: u16 = 7;

/// Draws into what is left of the side under its name.
pub(super) fn draw(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    // A column of air on both sides.
    let mut area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    // Where there is little room, what is under way comes first.
    if area.height >= TALL {
        worth(app, theme, &mut area, buf);
    }
    let (pending, recent) = (app.pending_records(), app.recent_records());
    let title = app.lang().fill("overview.pending", &[("n", &pending.len().to_string())]);
    // The newest of what is pending: the list of all is a key away.
    let newest: Vec<&Record> = pending.iter().rev().collect();
    list(app, theme, &title, &newest, &mut area, buf);
    list(app, theme, app.lang().t("overview.recent"), &recent.iter().collect::<Vec<_>>(), &mut area, buf);
}

/// Takes a line from the top of an area; one of no height where there is none.
fn line(area: &mut Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    let cut = Rect { height: lines, ..*area };
    area.y += lines;
    area.height -= lines;
    cut
}

fn worth(app: &State, theme: &Theme, area: &mut Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let kept = app.worth_kept().and_then(|kept| kept.as_ref().ok()).map_or(&[][..], Vec::as_slice);
    let now = app.exchange_now();
    let present = app.worth_since(kept);
    let shown = comparable(within(kept, now, Range::Week).chain(&present).collect());
    let (Some(first), Some(last), true) = (shown.first(), shown.last(), shown.len() > 1 && !app.is_hidden()) else {
        return sides(app, theme, area, buf);
    };
    let span = format::span(now.since(first.at), lang);
    let title = line(area, 1);
    let quote = UntrustedText::from(MARKET_QUOTE);
    let text = |value: Decimal| value_text(value, &quote);
    paint::put(
        buf,
        title.x,
        title.y,
        title.width,
        &lang.fill("overview.value", &[("span", &span)]),
        theme.style(Role::Header),
    );
    let total = app.total();
    // One number for one thing: what was kept last stands there only while nothing newer is known.
    let sum = if total.value.is_some() {
        super::header::worth(app, &total)
    } else {
        // What leaves coins out is at least so much.
        let sign = if last.left_out.is_empty() { "≈" } else { "≥" };
        format!("{sign} {} {MARKET_QUOTE}", text(last.total()))
    };
    paint::put_right(buf, title.x, title.y, title.width, &sum, theme.style(Role::Accent));
    let lowest = shown.iter().map(|w| w.total()).min().unwrap_or_default();
    let highest = shown.iter().map(|w| w.total()).max().unwrap_or_default();
    let curve = line(area, CURVE);
    let most = STEPS * u64::from(CURVE);
    let steps = |value: Decimal| {
        let part = (value - lowest).checked_div(highest - lowest).unwrap_or(Decimal::new(5, 1));
        // What is there is seen.
        (part * Decimal::from(most - 1)).round().to_u64().unwrap_or_default().saturating_add(1)
    };
    let columns = columns(&shown, first.at.0, now.0, curve.width);
    let data: Vec<Option<u64>> = columns.into_iter().map(|value| value.map(steps)).collect();
    Sparkline::default()
        .data(data)
        .max(most)
        .direction(RenderDirection::LeftToRight)
        .style(theme.style(Role::Accent))
        .render(curve.intersection(buf.area), buf);
    let below = line(area, 1);
    let values = [("low", text(lowest)), ("high", text(highest))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut text = lang.fill("overview.low_high", &values);
    if last.futures.is_none() {
        text = format!("{text}  {}", lang.t("futures.spot_only"));
    }
    paint::put(buf, below.x, below.y, below.width, &text, theme.style(Role::Muted));
    sides(app, theme, area, buf);
}

/// Which part of what everything is worth lies on which side.
fn sides(app: &State, theme: &Theme, area: &mut Rect, buf: &mut Buffer) {
    let total = app.total();
    let part = |value| app.share(value, &total).map(|part| format!("{}.{}", part / 10, part % 10));
    if let FuturesWorth::Known(futures) = total.futures
        && let (Some(spot), Some(futures), false) = (part(total.spot), part(Some(futures)), app.is_hidden())
    {
        let text = app.lang().fill("overview.sides", &[("spot", &spot), ("futures", &futures)]);
        let row = line(area, 1);
        paint::put(buf, row.x, row.y, row.width, &text, theme.style(Role::Text));
    }
    line(area, 1);
}

/// The last value of each column's stretch of time; none where none was kept.
fn columns(shown: &[&Worth], from: i64, to: i64, width: u16) -> Vec<Option<Decimal>> {
    let mut columns = vec![None; usize::from(width)];
    let length = (to - from).max(1);
    for worth in shown {
        let at = (worth.at.0 - from).clamp(0, length - 1).saturating_mul(i64::from(width)) / length;
        if let Some(column) = usize::try_from(at).ok().and_then(|at| columns.get_mut(at)) {
            *column = Some(worth.total());
        }
    }
    columns
}

fn list(app: &State, theme: &Theme, title: &str, records: &[&Record], area: &mut Rect, buf: &mut Buffer) {
    let head = line(area, 1);
    if head.height == 0 {
        return;
    }
    paint::put(buf, head.x, head.y, head.width, title, theme.style(Role::Header));
    if records.is_empty() {
        let none = line(area, 1);
        paint::put(buf, none.x, none.y, none.width, app.lang().t("overview.none"), theme.style(Role::Muted));
    }
    for record in records.iter().take(MOST.into()) {
        let row = line(area, 1);
        if row.height > 0 {
            one(app, theme, record, row, buf);
        }
    }
    line(area, 1);
}

/// A record in one line: how far it got, what it is, and its age.
fn one(app: &State, theme: &Theme, record: &Record, row: Rect, buf: &mut Buffer) {
    let (symbol, _) = cells::status_words(&record.status, app.lang(), 1);
    let (text, age) = record_text(app, record, row.width.into());
    paint::put(buf, row.x, row.y, row.width, &text, theme.style(Role::Text));
    paint::put(buf, row.x, row.y, 1, symbol, theme.style(cells::status_role(&record.status)));
    paint::put_right(buf, row.x, row.y, row.width, &age, theme.style(Role::Muted));
}

/// A record in one line with its age at the end, and the age alone.
pub(super) fn record_text(app: &State, record: &Record, width: usize) -> (String, String) {
    let lang = app.lang();
    let (symbol, _) = cells::status_words(&record.status, lang, 1);
    let text = format!("{symbol} {} {}", cells::kind_word(record, lang, 12), what(app, record));
    let age = age_text(app, record);
    let room = width.saturating_sub(format::width(&age).max(AGE.into()) + 1);
    let to = record.counterparty().filter(|_| record.key.kind.is_outgoing() && !app.is_hidden());
    let whole = to.map(|to| format!("{text} → {}", format::ends(&to.excerpt(300), 9)));
    // To whom stands there whole or not at all; the amount comes before what kind of record it is.
    let short = format!("{symbol} {}", what(app, record));
    let fits = |text: &String| format::width(text) <= room;
    let text = whole.into_iter().chain([text]).find(fits).unwrap_or(short);
    let text = format::cut(&text, room).into_owned();
    let age_at = width.saturating_sub(format::width(&text));
    (format!("{text}{}", format::right(&age, age_at)), age)
}

/// The age of a record; of a withdrawal under way also how long one usually takes.
fn age_text(app: &State, record: &Record) -> String {
    let lang = app.lang();
    let Some(time) = record.time else { return String::new() };
    let age = format::relative(time, app.exchange_now(), lang, true);
    let is_under_way = record.key.kind == Kind::Withdrawal && record.status == Status::Pending;
    let usual = record.network.as_ref().filter(|_| is_under_way).and_then(|at| app.usual_time(&record.coin, at));
    match usual {
        Some(usual) => lang.fill("overview.usual", &[("age", &age), ("usual", &short_span(usual, lang))]),
        None => age,
    }
}

/// Amount and coin. Of what went out the gross, which left the account; where that is not known the net.
fn what(app: &State, record: &Record) -> String {
    if app.is_hidden() {
        return MASK.to_owned();
    }
    let coin = record.coin.excerpt(10);
    let trimmed = |amount: crate::domain::Amount| grouped(amount.trimmed());
    if !record.key.kind.is_net() {
        return format!("{} {coin}", record.amount.map_or_else(|| "?".to_owned(), trimmed));
    }
    let charge = app.charge(record);
    let amount = match (charge.gross, record.amount) {
        (Some(gross), _) => trimmed(gross),
        (None, Some(net)) => app.lang().fill("news.net", &[("amount", &trimmed(net))]),
        (None, None) => "?".to_owned(),
    };
    format!("{amount} {coin}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Millis;

    #[test]
    fn chart_column_holds_its_last_value_and_a_gap_stays_one() {
        let worth = |at: i64, value: i64| Worth {
            at: Millis(at),
            spot: Decimal::from(value),
            futures: None,
            left_out: Vec::new(),
        };
        let kept = [worth(0, 1), worth(10, 2), worth(95, 3), worth(100, 4)];
        let shown: Vec<&Worth> = kept.iter().collect();
        let found = columns(&shown, 0, 100, 4);
        assert_eq!(found, [Some(2.into()), None, None, Some(4.into())]);
        assert_eq!(columns(&shown, 0, 0, 0), []);
    }
}
