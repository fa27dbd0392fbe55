//! The frame of what stands on top of the tables: its name, the profile and whether money is real; its lines, fields and news.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line as Title;
use ratatui::widgets::{Block, Clear, Widget as _};
use tui_input::Input;

use super::{format, paint};
use crate::domain::text::sanitize;
use crate::domain::text_width;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::state::toast::{Toast, ToastKind};
use crate::tui::widgets::review_layout::{self, Emphasis, Line, Row};

/// Lines that news has at the most.
pub(in crate::tui) const LINES: u16 = 4;

/// The frame. On small screens only what is in it is drawn: the header above says the kind of money.
pub(in crate::tui) fn draw(app: &State, theme: &Theme, layout: &Layout, title: &str, role: Role, buf: &mut Buffer) {
    let area = layout.dialog.intersection(buf.area);
    Clear.render(area, buf);
    if layout.small || area.area() == 0 {
        return;
    }
    let mode = app.lang().t(if app.is_demo() { "view.demo" } else { "view.live" });
    let whose = format!(" {} · {mode} ", app.config().profile.excerpt(16));
    let room = usize::from(area.width.saturating_sub(4)).saturating_sub(format::width(&whose));
    let title = format!(" {} ", format::cut(title, room.saturating_sub(3)));
    Block::bordered()
        .border_style(theme.style(role))
        .title(Title::styled(title, theme.style(Role::Accent)))
        .title(Title::styled(whose, theme.style(if app.is_demo() { Role::Demo } else { Role::Live })).right_aligned())
        .render(area, buf);
}

/// News, on the lower edge of the frame.
pub(in crate::tui) fn news(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.dialog;
    let Some(toast) = app.shown_toast().filter(|_| area.height > 1) else { return };
    let room = area.width.saturating_sub(4);
    let text = format!(" {} ", format::cut(&toast.text, usize::from(room.saturating_sub(2))));
    paint::put(buf, area.x + 2, area.bottom() - 1, room, &text, toast_style(theme, toast));
}

/// News, on the lower edge of the frame; what needs more room has the lines above it too.
pub(in crate::tui) fn long_news(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
    let area = layout.dialog;
    let Some(toast) = app.shown_toast().filter(|_| area.height > 1) else { return };
    if format::width(&toast.text) + 6 <= usize::from(area.width) {
        return news(app, theme, layout, buf);
    }
    let height = LINES.min(area.height);
    let over = Rect { x: area.x + 1, y: area.bottom() - height, width: area.width.saturating_sub(2), height };
    paint::put_over(buf, over, &toast.text, toast_style(theme, toast));
}

/// What a tone looks like. Marks are told apart without any colour.
pub(in crate::tui) fn style(theme: &Theme, emphasis: Emphasis) -> Style {
    match emphasis {
        Emphasis::Plain => theme.style(Role::Text),
        Emphasis::Strong => theme.style(Role::Text).add_modifier(Modifier::BOLD),
        Emphasis::Muted => theme.style(Role::Muted),
        Emphasis::Warning => theme.style(Role::Warning),
        Emphasis::Danger => theme.style(Role::Danger),
        Emphasis::Marked => theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::REVERSED),
    }
}

/// Draws the bar of the marked line of a list; what stands on it has its style.
pub(in crate::tui) fn mark(theme: &Theme, rows: Rect, y: u16, buf: &mut Buffer) -> Style {
    let selected = theme.style(Role::Selected);
    buf.set_style(Rect { y, height: 1, ..rows }.intersection(buf.area), selected);
    paint::put(buf, rows.x, y, 1, "▌", selected);
    selected
}

/// Draws lines of a sheet from the top of an area down.
pub(in crate::tui) fn lines(theme: &Theme, area: Rect, lines: &[Line], buf: &mut Buffer) {
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        for piece in &line.pieces {
            let at = paint::cols(piece.at);
            let room = area.width.saturating_sub(at);
            paint::put(buf, area.x.saturating_add(at), y, room, &piece.text, style(theme, piece.emphasis));
        }
    }
}

/// Draws a text field, scrolled so that its cursor is in sight, with `…` where it goes on; answers where the cursor is.
pub(in crate::tui) fn input(theme: &Theme, area: Rect, input: &Input, buf: &mut Buffer) -> (u16, u16) {
    let split = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(split);
    let (before, after) = (sanitize(before), sanitize(after));
    let room = usize::from(area.width.saturating_sub(1));
    let shown = if format::width(&before) > room {
        Cow::Owned(format!("…{}", tail(&before, room.saturating_sub(1))))
    } else {
        before
    };
    let style = theme.style(Role::Text).add_modifier(Modifier::BOLD);
    let x = area.x + paint::put(buf, area.x, area.y, area.width, &shown, style);
    paint::put(buf, x, area.y, area.right().saturating_sub(x), &after, style);
    (x, area.y)
}

/// What news looks like, whatever line it is written over.
pub(in crate::tui) fn toast_style(theme: &Theme, toast: &Toast) -> Style {
    let role = match toast.kind {
        _ if toast.is_trouble => Role::Warning,
        ToastKind::Own => Role::Gain,
        ToastKind::Key | ToastKind::Page | ToastKind::Account => Role::Text,
    };
    Style::reset().patch(theme.style(role))
}

/// The longest end of a text that fits.
pub(in crate::tui) fn tail(text: &str, room: usize) -> &str {
    let mut rest = text;
    while format::width(rest) > room {
        let mut chars = rest.chars();
        chars.next();
        rest = chars.as_str();
    }
    rest
}

/// Draws choices beside one another; the one that is taken has edges, so that it shows without any colour. Where there is no room
/// for all of them, those in front give way to it.
pub(in crate::tui) fn choices(
    theme: &Theme,
    area: Rect,
    all: impl Iterator<Item = (&'static str, bool)>,
    buf: &mut Buffer,
) -> u16 {
    let all: Vec<(&'static str, bool)> = all.collect();
    let taken = all.iter().position(|(_, is_taken)| *is_taken).unwrap_or(0);
    let needed = |from: usize| -> usize {
        let words = all.get(from..=taken).unwrap_or_default();
        usize::from(from > 0) + words.iter().map(|(word, _)| text_width::width(word) + 2).sum::<usize>()
    };
    let first = (0..taken).find(|from| needed(*from) <= usize::from(area.width)).unwrap_or(taken);
    let mut x = match first {
        0 => 0,
        _ => paint::put(buf, area.x, area.y, area.width, "…", theme.style(Role::Muted)),
    };
    for (word, is_taken) in all.into_iter().skip(first) {
        let (text, role) =
            if is_taken { (format!("▐{word}▌"), Role::Accent) } else { (format!(" {word} "), Role::Muted) };
        x += paint::put(buf, area.x + x, area.y, area.width.saturating_sub(x), &text, theme.style(role));
    }
    x
}

/// How much is missing, in words.
pub(in crate::tui) fn missing_words(app: &State, key: &'static str) -> String {
    let (unread, crowded) = app.missing();
    app.lang().fill(key, &[("unread", &unread.to_string()), ("crowded", &crowded.to_string())])
}

/// The neighbour of a choice, round and round.
pub(in crate::tui) fn neighbour<T: strum::IntoEnumIterator + PartialEq + Copy>(of: T, forward: bool) -> T {
    let all: Vec<T> = T::iter().collect();
    let at = all.iter().position(|choice| *choice == of).unwrap_or(0);
    let step = if forward { 1 } else { all.len().saturating_sub(1) };
    all.get((at + step) % all.len().max(1)).copied().unwrap_or(of)
}

/// Draws a page of rows, as far as there is room, in a frame of its own.
pub(in crate::tui) fn page(app: &State, theme: &Theme, layout: &Layout, title: &str, rows: &[Row], buf: &mut Buffer) {
    let inner = app.dialog_inner();
    let laid = review_layout::lay(rows, inner.width.into(), inner.height.into(), app.lang());
    draw(app, theme, layout, title, Role::Warning, buf);
    news(app, theme, layout, buf);
    lines(theme, inner, &laid.lines, buf);
}
