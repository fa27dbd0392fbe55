//! Looking instead of reading: what everything was worth over time, who has which share of it, what came in and went out.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::symbols::Marker;
use ratatui::widgets::{Axis, Bar, BarChart, Chart, Dataset, GraphType, Widget as _};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use strum::IntoEnumIterator as _;

use super::{Goto, Next};
use crate::domain::columns::Tab;
use crate::domain::flows::{CoinFlow, Group, Sum};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::worth::{Worth, comparable, percent};
use crate::domain::{Millis, UntrustedText};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::value_text;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::frame::{missing_words, neighbour};
use crate::tui::widgets::{MASK, format, frame, paint};

const DAY_MS: i64 = 86_400_000;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Page {
    /// The value of everything over time.
    #[default]
    Worth,
    /// The coins' shares of the value now.
    Share,
    /// What came in, went out and was taken as fees.
    Flows,
}

/// How far back the value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Range {
    /// A day.
    Day,
    /// A week.
    #[default]
    Week,
    /// A month of 30 days.
    Month,
    /// A year.
    Year,
}

impl Range {
    /// Its length in milliseconds.
    pub const fn ms(self) -> i64 {
        DAY_MS
            * match self {
                Self::Day => 1,
                Self::Week => 7,
                Self::Month => 30,
                Self::Year => 365,
            }
    }
}

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// What is looked at.
    pub page: Page,
    /// How far back the value is shown.
    pub range: Range,
    /// What the lines of in and out are about.
    pub group: Group,
    /// The marked line.
    pub at: usize,
    /// The lines of in and out.
    pub flows: Vec<CoinFlow>,
}

impl Figures {
    /// The page: over a table of records with the sums of what it shows.
    pub fn new(app: &State) -> Self {
        let page = if app.tab == Tab::Balances { Page::Worth } else { Page::Flows };
        let group = Group::default();
        Self { page, group, flows: app.flows_of_tab(group), ..Self::default() }
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Figures
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let lines = match self.page {
            Page::Worth => 0,
            Page::Share => app.shares().0.len(),
            Page::Flows => self.flows.len(),
        };
        let page = usize::from(app.list_height()).saturating_sub(2).max(1);
        let at = match action {
            Action::Back => return Next::close(),
            Action::NextField | Action::PreviousField => {
                self.page = neighbour(self.page, action == Action::NextField);
                self.at = 0;
                return Next::stay();
            }
            Action::Longer | Action::Shorter if self.page == Page::Worth => {
                self.range = neighbour(self.range, action == Action::Longer);
                return Next::stay();
            }
            Action::Longer | Action::Shorter if self.page == Page::Flows => {
                self.group = neighbour(self.group, action == Action::Longer);
                (self.flows, self.at) = (app.flows_of_tab(self.group), 0);
                return Next::stay();
            }
            Action::Detail if self.page == Page::Flows => {
                let flow = self.flows.get(self.at).cloned().map(Box::new);
                return flow.map_or_else(Next::stay, |flow| Next::go(Goto::Records(flow, self.group)));
            }
            Action::Up => self.at.saturating_sub(1),
            Action::Down => self.at + 1,
            Action::PageUp => self.at.saturating_sub(page),
            Action::PageDown => self.at + page,
            Action::First => 0,
            Action::Last => usize::MAX,
            _ => return Next::stay(),
        };
        self.at = at.min(lines.saturating_sub(1));
        Next::stay()
    }

    /// Sums again what has changed while the sums are looked at.
    pub fn sum_again(&mut self, app: &State) {
        let marked = self.flows.get(self.at).map(|flow| (flow.stretch.clone(), flow.coin.clone()));
        self.flows = app.flows_of_tab(self.group);
        let is_marked = |flow: &CoinFlow| marked.as_ref().is_some_and(|(s, c)| *s == flow.stretch && *c == flow.coin);
        if self.page == Page::Flows {
            self.at = self.flows.iter().position(is_marked).unwrap_or(0);
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let figures = self;
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("figures.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        if inner.height == 0 {
            return;
        }
        let page = |page: Page| name(app, "figures.page", page.into());
        let used = frame::choices(theme, inner, Page::iter().map(|p| (page(p), p == figures.page)), buf);
        let rest = Rect { x: inner.x + used, width: inner.width.saturating_sub(used), ..inner };
        let range = |range: Range| name(app, "figures.range", range.into());
        let group = |group: Group| name(app, "figures.group", group.into());
        match figures.page {
            Page::Worth => at_right(theme, rest, Range::iter().map(|r| (range(r), r == figures.range)).collect(), buf),
            Page::Flows => at_right(theme, rest, Group::iter().map(|g| (group(g), g == figures.group)).collect(), buf),
            Page::Share => {}
        }
        let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        match figures.page {
            // Parts and the shape of a curve tell as much as numbers.
            Page::Worth | Page::Share if app.is_hidden() => {
                let below = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
                say(theme, below, lang.t("figures.hidden"), buf);
            }
            Page::Worth => worth(app, theme, figures.range, body, buf),
            Page::Share => share(app, theme, figures.at, body, buf),
            Page::Flows => flows(app, theme, figures, body, buf),
        }
        frame::long_news(app, theme, layout, buf);
    }

    /// Whether a key means something on the page that is looked at.
    pub fn takes(&self, action: Action) -> bool {
        match action {
            Action::Detail => self.page == Page::Flows && !self.flows.is_empty(),
            Action::Longer | Action::Shorter => self.page != Page::Share,
            _ => true,
        }
    }
}

/// The values of a range that ends now, oldest first.
pub fn within(worth: &[Worth], now: Millis, range: Range) -> impl Iterator<Item = &Worth> {
    worth.iter().filter(move |w| w.at.0 > now.0 - range.ms() && w.at <= now)
}

/// A line is drawn between two values only when no more of the range than this part lies between them: nothing is known of
/// what was in between.
const GAP: i64 = 20;
/// Columns of the names and values before a bar.
const BEFORE_BAR: u16 = 32;

fn name(app: &State, section: &str, word: &str) -> &'static str {
    app.lang().find(&format!("{section}.{word}")).unwrap_or_default()
}

fn at_right(theme: &Theme, area: Rect, all: Vec<(&'static str, bool)>, buf: &mut Buffer) {
    let width = paint::cols(all.iter().map(|(word, _)| format::width(word) + 2).sum::<usize>());
    if width + 1 < area.width {
        frame::choices(theme, Rect { x: area.right() - width, width, ..area }, all.into_iter(), buf);
        return;
    }
    // Where there is no room for all, the one that is taken says it.
    let taken: Vec<_> = all.into_iter().filter(|(_, is_taken)| *is_taken).collect();
    let width = paint::cols(taken.iter().map(|(word, _)| format::width(word) + 2).sum::<usize>()).min(area.width);
    frame::choices(theme, Rect { x: area.right() - width, width, ..area }, taken.into_iter(), buf);
}

fn say(theme: &Theme, area: Rect, text: &str, buf: &mut Buffer) {
    for (line, y) in format::wrap(text, area.width.into()).iter().zip(area.top()..area.bottom()) {
        paint::put(buf, area.x, y, area.width, line, theme.style(Role::Muted));
    }
}

/// The value over time.
fn worth(app: &State, theme: &Theme, range: Range, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let found = match app.worth_kept() {
        _ if app.history().is_none() => return say(theme, below, lang.t("figures.no_ledger"), buf),
        None => return say(theme, below, lang.t("figures.loading"), buf),
        Some(Err(why)) => {
            return say(theme, below, &lang.fill("form.list_problem", &[("why", &why.excerpt(160))]), buf);
        }
        Some(Ok(found)) => found,
    };
    let now = app.exchange_now();
    let present = app.worth_since(found);
    let shown = comparable(within(found, now, range).chain(&present).collect());
    let (Some(first), Some(last), true) = (shown.first(), shown.last(), shown.len() > 1) else {
        return say(theme, below, &lang.fill("figures.few", &[("count", &shown.len().to_string())]), buf);
    };
    let unit = UntrustedText::from(MARKET_QUOTE);
    let text = |value: Decimal| if app.is_hidden() { MASK.to_owned() } else { value_text(value, &unit) };
    let change = percent(first.total(), last.total()).unwrap_or_default();
    // What leaves coins out is at least so much.
    let sum = |worth: &Worth| {
        let sign = if worth.left_out.is_empty() { "" } else { "≥ " };
        format!("{sign}{}", text(worth.total()))
    };
    // The axis begins where the values do: what is not known takes no room.
    let from = first.at.0.max(now.0 - range.ms());
    let span = format::span(now.0 - from, lang);
    let values = [("first", sum(first)), ("last", sum(last)), ("change", change), ("span", span)];
    let mut values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    values.push(("unit", MARKET_QUOTE));
    let mut said = lang.fill("figures.change", &values);
    if last.futures.is_none() {
        said = format!("{said}  {}", lang.t("futures.spot_only"));
    }
    paint::put(buf, area.x, area.y, area.width, &said, theme.style(Role::Text));
    let mut names: Vec<&UntrustedText> = shown.iter().flat_map(|w| &w.left_out).collect();
    names.sort();
    names.dedup();
    let mut chart = below;
    if let Some(came_in) = app.came_in(first, last).filter(|_| chart.height > 5) {
        let rest = last.total().saturating_sub(first.total()).saturating_sub(came_in);
        let signed = |value: Decimal| format!("{}{}", if value.is_sign_negative() { "" } else { "+" }, text(value));
        let said = lang.fill("figures.came_in", &[("came_in", &signed(came_in)), ("rest", &signed(rest))]);
        paint::put(buf, chart.x, chart.y, chart.width, &said, theme.style(Role::Muted));
        chart = Rect { y: chart.y + 1, height: chart.height - 1, ..chart };
    }
    if !names.is_empty() && chart.height > 4 {
        chart.height -= 1;
        let coins = names.iter().take(20).map(|coin| coin.excerpt(12)).collect::<Vec<_>>().join(", ");
        let text = lang.fill("figures.left_out", &[("coins", &coins)]);
        paint::put(buf, area.x, chart.bottom(), area.width, &text, theme.style(Role::Warning));
    }
    let lowest = shown.iter().map(|w| w.total()).min().unwrap_or_default();
    let highest = shown.iter().map(|w| w.total()).max().unwrap_or_default();
    // A flat line stands in the middle.
    let air =
        if lowest == highest { highest.saturating_mul(Decimal::new(1, 2)).max(Decimal::ONE) } else { Decimal::ZERO };
    let (lowest, highest) = (lowest.saturating_sub(air), highest.saturating_add(air));
    let hour = |at: i64| Decimal::from(at - now.0).to_f64().unwrap_or_default();
    let lines = segments(&shown, range);
    let lines: Vec<Vec<(f64, f64)>> = lines
        .iter()
        .map(|line| line.iter().map(|w| (hour(w.at.0), w.total().to_f64().unwrap_or_default())).collect())
        .collect();
    let sets = lines.iter().map(|line| {
        let kind = if line.len() > 1 { GraphType::Line } else { GraphType::Scatter };
        Dataset::default().marker(Marker::Braille).graph_type(kind).style(theme.style(Role::Accent)).data(line)
    });
    let rule = theme.style(Role::Muted);
    let moment = |at: i64| {
        let exact = Millis(at).exact();
        exact.get(if now.0 - from <= 2 * DAY_MS { 11..16 } else { 5..10 }).unwrap_or_default().to_owned()
    };
    let middle = (lowest / Decimal::TWO).saturating_add(highest / Decimal::TWO);
    let x = Axis::default()
        .bounds([hour(from), 0.0])
        .labels([moment(from), moment(now.0 - (now.0 - from) / 2), moment(now.0)])
        .style(rule);
    let y = Axis::default()
        .bounds([lowest, highest].map(|value| value.to_f64().unwrap_or_default()))
        .labels([lowest, middle, highest].map(text))
        .style(rule);
    Chart::new(sets.collect())
        .x_axis(x)
        .y_axis(y)
        .legend_position(None)
        .hidden_legend_constraints((Constraint::Length(0), Constraint::Length(0)))
        .style(theme.style(Role::Text))
        .render(chart.intersection(buf.area), buf);
}

/// Values that belong to one line.
fn segments<'a>(shown: &[&'a Worth], range: Range) -> Vec<Vec<&'a Worth>> {
    let mut lines: Vec<Vec<&Worth>> = Vec::new();
    for value in shown {
        match lines.last_mut() {
            Some(line) if line.last().is_some_and(|last| value.at.since(last.at) <= range.ms() / GAP) => {
                line.push(value);
            }
            _ => lines.push(vec![value]),
        }
    }
    lines
}

/// The window of a list with its marked line in sight: the first line of it.
fn first_of(at: usize, height: u16) -> usize {
    (at + 1).saturating_sub(usize::from(height.max(1)))
}

/// The coins' shares.
fn share(app: &State, theme: &Theme, at: usize, area: Rect, buf: &mut Buffer) {
    let (coins, others) = app.shares();
    let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if coins.is_empty() {
        return say(theme, area, app.lang().t("figures.no_share"), buf);
    }
    let total = app.total();
    let mut rows = area;
    if !others.is_empty() && rows.height > 2 {
        rows.height -= 1;
        let names = others.iter().take(20).map(|coin| coin.excerpt(12)).collect::<Vec<_>>().join(", ");
        let text = app.lang().fill("figures.left_out", &[("coins", &names)]);
        paint::put(buf, area.x, rows.bottom(), area.width, &text, theme.style(Role::Warning));
    }
    let first = first_of(at, rows.height);
    let before = BEFORE_BAR.min(rows.width / 2);
    let mut bars = Vec::new();
    for ((coin, value), y) in coins.iter().skip(first).zip(rows.top()..rows.bottom()) {
        let part = app.share(Some(*value), &total).unwrap_or(0);
        let name = coin.excerpt(9);
        paint::put(buf, rows.x, y, 9, &name, theme.style(Role::Text));
        let value = if app.is_hidden() { MASK.to_owned() } else { value_text(*value, app.unit()) };
        // One column stays empty before the share.
        let room = before.saturating_sub(19);
        paint::put(buf, rows.x + 10, y, room, &format::value(&value, room.into()), theme.style(Role::Text));
        let percent = format!("{}.{} %", part / 10, part % 10);
        paint::put(buf, rows.x + before - 8, y, 8, &format::right(&percent, 7), theme.style(Role::Muted));
        bars.push(Bar::new(part.into()).text_value(""));
    }
    let place = Rect { x: rows.x + before, width: rows.width.saturating_sub(before), ..rows };
    BarChart::horizontal(bars)
        .bar_width(1)
        .bar_gap(0)
        .max(1_000)
        .bar_style(theme.style(Role::Accent))
        .render(place.intersection(buf.area), buf);
}

/// A column of the sums: the catalogue key of its name, its width, whether its texts stand at its right end.
type Column = (&'static str, u16, bool);
const STRETCH: Column = ("figures.column.stretch", 10, false);
const COIN: Column = ("column.coin", 7, false);
const IN: Column = ("figures.column.in", 15, true);
const OUT: Column = ("figures.column.out", 15, true);
const FEES: Column = ("figures.column.fees", 11, true);
const RECORDS: Column = ("figures.column.records", 8, true);

/// What came in, went out and was taken as fees.
fn flows(app: &State, theme: &Theme, figures: &Figures, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let of = if app.tab() == Tab::Balances { "figures.flows_of_all" } else { "figures.flows_of_tab" };
    let (note, role) = if app.is_history_cut() {
        (lang.t("figures.cut").to_owned(), Role::Warning)
    } else if app.is_history_incomplete() {
        (missing_words(app, "history.at_least"), Role::Warning)
    } else {
        (format!("{} · {}", lang.t(of), lang.t("figures.only_done")), Role::Muted)
    };
    if area.height == 0 {
        return;
    }
    // Rows come before what is said of them.
    let area = if area.height > 2 {
        paint::put(buf, area.x, area.y, area.width, &note, theme.style(role));
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    } else {
        area
    };
    if figures.flows.is_empty() {
        return say(theme, area, lang.t("figures.no_flows"), buf);
    }
    let mut columns = match area.width {
        0..60 => vec![STRETCH, COIN, (IN.0, 10, true), (OUT.0, 10, true)],
        _ => vec![STRETCH, COIN, IN, OUT, FEES, RECORDS],
    };
    columns.retain(|column| figures.group != Group::Coin || column.0 != STRETCH.0);
    let mut x = area.x + 1;
    let mut places = Vec::new();
    for (name, width, is_right) in columns {
        let width = width.min(area.right().saturating_sub(x));
        let word = if is_right { format::right(lang.t(name), width.into()) } else { lang.t(name).to_owned() };
        paint::put(buf, x, area.y, width, &word, theme.style(Role::Header));
        places.push((name, x, width));
        x += width + 1;
    }
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let first = first_of(figures.at, rows.height);
    let mut stretch = "";
    for (line, (flow, y)) in figures.flows.iter().skip(first).zip(rows.top()..rows.bottom()).enumerate() {
        let is_marked = first + line == figures.at;
        let selected = is_marked.then(|| frame::mark(theme, rows, y, buf));
        for (name, x, width) in &places {
            let (text, role) = cell(app, flow, name, usize::from(*width));
            // A stretch is named once.
            let is_same = *name == STRETCH.0 && flow.stretch == stretch && !is_marked;
            let style = selected.unwrap_or_else(|| theme.style(role));
            paint::put(buf, *x, y, *width, if is_same { "" } else { &text }, style);
        }
        stretch = &flow.stretch;
    }
}

fn cell(app: &State, flow: &CoinFlow, column: &str, width: usize) -> (String, Role) {
    let sum = |sum: &Sum, role| match sum {
        _ if app.is_hidden() => (format::right(MASK, width), Role::Muted),
        sum if sum.is_nothing() => (format::right("–", width), Role::Muted),
        Sum { amount: None, .. } => (format::right("?", width), Role::Warning),
        Sum { amount: Some(amount), unknown: 0 } if !app.is_history_incomplete() => {
            (format::right(&format::amount(*amount, width, 0), width), role)
        }
        Sum { amount: Some(amount), .. } => {
            let text = format::amount(*amount, width.saturating_sub(2), 0);
            (format::right(&format!("≥ {}", text.trim_start()), width), Role::Warning)
        }
    };
    match column {
        "figures.column.stretch" if flow.stretch.is_empty() => ("–".to_owned(), Role::Muted),
        "figures.column.stretch" => (flow.stretch.clone(), Role::Text),
        "column.coin" => (flow.coin.excerpt(width), Role::Text),
        "figures.column.in" => sum(&flow.came_in, Role::Gain),
        "figures.column.out" => sum(&flow.went_out, Role::Text),
        "figures.column.fees" => sum(&flow.fees, Role::Text),
        _ if flow.not_done > 0 => {
            let done = flow.records - flow.not_done;
            (format::right(&format!("{done} +{}", flow.not_done), width), Role::Muted)
        }
        _ => (format::right(&flow.records.to_string(), width), Role::Muted),
    }
}
