//! The line above the keys: the filter being typed, else news, else where in the table the user is.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::domain::columns::Tab;
use crate::domain::query::{Wrong, fields};
use crate::domain::text::sanitize;
use crate::engine::config::keymap::Context;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::toast::ToastKind;
use crate::tui::state::{DustFilter, State};
use crate::tui::widgets::paint::{self, Piece};
use crate::tui::widgets::{Cursor, columns, format, frame};

/// Draws the line; answers where the cursor of the filter stands while one is typed.
pub(super) fn draw(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) -> Cursor {
    if area.area() == 0 {
        return None;
    }
    if app.context == Context::Filter {
        return Some(prompt(app, theme, area, buf));
    }
    // News stands beside the place in the table, and before what gives way to it.
    let mut left = place(app, theme);
    let Some(news) = toast(app, theme) else {
        spread(theme, area, left, marks(app, theme), buf);
        return None;
    };
    if news.width() > usize::from(area.width.saturating_sub(2)) {
        self::news(app, theme, area, buf);
        return None;
    }
    left = left.into_iter().map(|piece| piece.rank(4)).collect();
    left.push(news.gap(1));
    spread(theme, area, left, Vec::new(), buf);
    None
}

/// Draws the line with nothing but the news in it, if there is any; what needs more room has the lines above it too.
pub(super) fn news(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) {
    match (toast(app, theme), app.shown_toast()) {
        (Some(news), Some(toast)) if news.width() > usize::from(area.width.saturating_sub(2)) => {
            let height = frame::LINES.min(area.bottom());
            let over = Rect { y: area.bottom() - height, height, ..area };
            paint::put_over(buf, over, &toast.text, frame::toast_style(theme, toast));
        }
        (news, _) => spread(theme, area, news.into_iter().collect(), Vec::new(), buf),
    }
}

/// Draws pieces on a rule.
fn spread(theme: &Theme, area: Rect, left: Vec<Piece>, right: Vec<Piece>, buf: &mut Buffer) {
    paint::rule(buf, area, theme.style(Role::Rule));
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    paint::spread(buf, inner, left, right);
}

/// The line of news, if there is one.
fn toast(app: &State, theme: &Theme) -> Option<Piece> {
    let toast = app.shown_toast()?;
    Some(Piece::new(format!(" {} ", toast.text), frame::toast_style(theme, toast)))
}

/// Which row of how many, and what was left out on the user's word.
fn place(app: &State, theme: &Theme) -> Vec<Piece> {
    let (lang, table) = (app.lang(), app.table());
    let muted = theme.style(Role::Muted);
    let filter = table.filter().value().trim();
    let mut pieces = Vec::new();
    if !table.is_empty() {
        pieces.push(Piece::new(format!(" {}/{} ", table.cursor() + 1, table.len()), muted));
    }
    if !filter.is_empty() {
        let count = matches(app);
        let text = format!(" / {} ", sanitize(filter));
        let text = format::cut(&text, usize::from(app.page_layout().head.width / 2).max(40)).into_owned();
        pieces.push(Piece::new(text, theme.style(Role::Accent)).then(format!("{count} "), muted).gap(1));
    }
    if app.tab() == Tab::Balances && app.dust_filter() != DustFilter::All {
        let key = if app.dust_filter() == DustFilter::HideZero { "view.dust.zero" } else { "view.dust.dust" };
        pieces.push(Piece::new(format!(" {} ", lang.t(key)), muted).gap(1).rank(2));
    }
    pieces
}

/// What else is to be known: that there is more than is shown, and the order where no column tells it.
fn marks(app: &State, theme: &Theme) -> Vec<Piece> {
    let lang = app.lang();
    let muted = theme.style(Role::Muted);
    let mut pieces = Vec::new();
    if let Some(reading) = reading(app) {
        pieces.push(Piece::new(format!(" {reading} "), muted).rank(1));
    } else if app.is_cut() {
        pieces.push(Piece::new(format!(" {} ", lang.t("view.cut")), muted).rank(1));
    } else if app.tab() != Tab::Balances && app.missing() != (0, 0) {
        pieces.push(Piece::new(format!(" {} ", lang.t("view.incomplete")), theme.style(Role::Warning)).rank(1));
    }
    let width = app.page_layout().head.width;
    let shown = columns::places(app.tab(), app.columns(app.tab()), width, app.widths(app.tab()));
    for (rank, by) in app.table().sort().iter().enumerate() {
        if !shown.iter().any(|p| p.column == by.column) {
            let text = lang.fill("view.sorted", &[("column", columns::column_name(by.column, lang))]);
            pieces.push(Piece::new(format!(" {text} {} ", columns::arrow(by.descending, rank)), muted).gap(1).rank(3));
        }
    }
    pieces
}

/// How far the history has been read, while it is.
fn reading(app: &State) -> Option<String> {
    let history = app.history().filter(|_| app.is_cut())?;
    let (held, oldest) = (history.held?, history.oldest?);
    let day = oldest.exact().chars().take(10).collect::<String>();
    Some(app.lang().fill("view.reading", &[("held", &held.to_string()), ("day", &day)]))
}

/// How many rows pass the filter, of how many there are.
fn matches(app: &State) -> String {
    let (shown, all) = (app.table().len().to_string(), app.rows_unfiltered().to_string());
    app.lang().fill("view.matches", &[("shown", &shown), ("all", &all)])
}

/// What is wrong with a term, in words.
fn wrong_words(app: &State, wrong: &Wrong) -> String {
    let why: &'static str = wrong.why.into();
    let pattern = app.lang().find(&format!("query.{why}")).unwrap_or_default();
    crate::domain::locale::fill(
        pattern,
        &[("term", &sanitize(&wrong.term)), ("words", &wrong.choices(fields::of_tab(app.tab())))],
    )
}

/// What is wrong with each term that is not understood.
pub(super) fn all_wrong_words(app: &State) -> Vec<String> {
    app.wrong_terms().iter().map(|wrong| wrong_words(app, wrong)).collect()
}

/// Several terms that are not understood, by name: there is no room for the reasons of all.
fn all_wrong(app: &State, wrong: &[Wrong]) -> String {
    let terms: Vec<_> = wrong.iter().map(|wrong| sanitize(&wrong.term)).collect();
    app.lang().fill("query.several", &[("terms", &terms.join(", "))])
}

/// The filter while it is typed. What is typed is foreign text too: it may have been pasted.
fn prompt(app: &State, theme: &Theme, area: Rect, buf: &mut Buffer) -> Position {
    let filter = app.table().filter();
    let wrong = app.wrong_terms();
    let answer = app.shown_toast().filter(|toast| toast.kind == ToastKind::Key);
    let count = match (wrong.first(), app.completions().first()) {
        _ if answer.is_some() => format!("{} ", answer.map(|toast| toast.text.as_str()).unwrap_or_default()),
        (Some(first), _) => {
            let words = if wrong.len() == 1 { wrong_words(app, first) } else { all_wrong(app, &wrong) };
            let room = usize::from(area.width) * 3 / 5;
            if format::width(&words) > room {
                // The whole of it above the line.
                let height = (frame::LINES - 1).min(area.y);
                let over = Rect { y: area.y - height, height, ..area };
                paint::put_over(buf, over, &words, theme.style(Role::Warning));
            }
            format!("{} ", format::cut(&words, room))
        }
        (None, Some(next)) => {
            let last = sanitize(next.rsplit(char::is_whitespace).next().unwrap_or_default()).into_owned();
            format!("{} · {} ", format::cut(&last, 24), matches(app))
        }
        (None, None) => format!("{} ", matches(app)),
    };
    // Seen without colours: this filter is saved.
    let count = if app.is_filter_saved() { format!("★ {count}") } else { count };
    let accent = theme.style(Role::Accent);
    let start = area.x + paint::put(buf, area.x, area.y, area.width, " / ", accent);
    let end = paint::cols(format::width(&count)) + 1;
    let room = area.right().saturating_sub(start.saturating_add(end)).max(1);
    let split = filter.value().char_indices().nth(filter.cursor()).map_or(filter.value().len(), |(at, _)| at);
    let (before, after) = filter.value().split_at(split);
    let before = sanitize(before);
    // As much before the cursor as leaves a column for it.
    let shown = frame::tail(&before, usize::from(room.saturating_sub(1)));
    let x = start + paint::put(buf, start, area.y, room, shown, theme.style(Role::Text));
    let rest = (start + room).saturating_sub(x);
    paint::put(buf, x, area.y, rest, &sanitize(after), theme.style(Role::Text));
    let role = match answer {
        Some(toast) if !toast.is_trouble => Role::Text,
        None if wrong.is_empty() => Role::Muted,
        _ => Role::Warning,
    };
    paint::put_right(buf, area.x, area.y, area.width, &count, theme.style(role));
    Position::new(x, area.y)
}
