//! Everything that is under way, from all tables: what is not final, oldest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Goto, Next};
use crate::domain::columns::Tab;
use crate::domain::{Record, RecordKey};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, cells, format, frame, paint};

/// The columns: the catalogue keys of their names, and their widths; whom it is from or for has what is left.
const COLUMNS: [(&str, u16); 4] =
    [("column.time", 10), ("field.kind", 12), ("column.amount", 17), ("column.status", 14)];
/// On narrow screens only these columns are left.
const NARROW: [usize; 2] = [2, 3];

fn cell(app: &State, record: &Record, column: usize, width: usize) -> (String, Role) {
    let lang = app.lang();
    match column {
        0 => {
            let time = record.time.map(|time| format::relative(time, app.exchange_now(), lang, width < 10));
            (time.unwrap_or_else(|| "–".to_owned()), Role::Muted)
        }
        1 => (cells::kind_word(record, lang, width), Role::Text),
        2 if app.is_hidden() => (format::right(MASK, width), Role::Muted),
        2 => match record.amount {
            Some(amount) => {
                let text = format!("{} {}", grouped(amount.trimmed()), record.coin.excerpt(10));
                (format::right(&text, width), Role::Text)
            }
            None => (format::right("–", width), Role::Muted),
        },
        _ => (cells::status(&record.status, lang, width), cells::status_role(&record.status)),
    }
}

impl State {
    /// The records that are not final, oldest first; what has no time comes before what has.
    pub fn pending_records(&self) -> Vec<Record> {
        let mut open: Vec<Record> = self.open.iter().filter_map(|at| self.record_at(*at)).collect();
        open.retain(|record| !record.status.is_final());
        open.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.key.cmp(&b.key)));
        open
    }

    /// Which line of the list is marked; `None` once the marked record is final: no other takes its place unasked.
    pub fn pending_marked(&self, marked: Option<&RecordKey>) -> Option<usize> {
        let wanted = marked?;
        self.pending_records().iter().position(|record| record.key == *wanted)
    }
}

/// The list.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The marked record.
    marked: Option<RecordKey>,
}

impl Pending {
    /// The list with the mark on its first record.
    pub fn new(app: &State) -> Self {
        Self { marked: app.pending_records().first().map(|record| record.key.clone()) }
    }

    /// The marked record, as long as it is not final.
    pub fn record(&self, app: &State) -> Option<Record> {
        app.pending_records().into_iter().find(|record| Some(&record.key) == self.marked.as_ref())
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Pending
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let records = app.pending_records();
        let (here, last) = (app.pending_marked(self.marked.as_ref()), records.len().saturating_sub(1));
        let page = usize::from(app.list_height()).saturating_sub(1).max(1);
        let at = here.unwrap_or(0);
        let to = match action {
            Action::Back => return Next::close(),
            Action::Up => at.saturating_sub(1),
            Action::Down if here.is_none() => 0,
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::First => 0,
            Action::Last => last,
            Action::Detail | Action::Partner | Action::Cancel => {
                let Some(key) = self.marked.clone().filter(|_| here.is_some()) else {
                    return Next::stay().saying(app.lang().t("pending.none_marked"), false);
                };
                return Next::go(match action {
                    Action::Detail => Goto::Record(key),
                    Action::Partner => Goto::Order(key),
                    _ => Goto::Cancel(key),
                });
            }
            _ => return Next::stay(),
        };
        self.marked = records.get(to.min(last)).map(|record| record.key.clone());
        Next::stay()
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let marked = self.marked.as_ref();
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("pending.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        let height = app.list_height();
        let rows = Rect { y: inner.y + 1, height, ..inner };
        let records = app.pending_records();
        if records.is_empty() {
            let text = lang.t(if Tab::ALL.into_iter().all(|tab| app.is_loaded(tab)) {
                "pending.empty"
            } else {
                "pending.loading"
            });
            for (line, y) in format::wrap(text, rows.width.into()).iter().zip(rows.top()..rows.bottom()) {
                paint::put(buf, rows.x, y, rows.width, line, theme.style(Role::Muted));
            }
            return frame::long_news(app, theme, layout, buf);
        }
        let is_narrow = inner.width < 60;
        let chosen: Vec<usize> = if is_narrow { NARROW.to_vec() } else { (0..COLUMNS.len()).collect() };
        let mut x = inner.x + 1;
        let mut places = Vec::new();
        for at in chosen {
            let (name, width) = COLUMNS[at];
            let width = if is_narrow { width.min(inner.width / 2) } else { width };
            let name = if at == 2 { format::right(lang.t(name), width.into()) } else { lang.t(name).to_owned() };
            paint::put(buf, x, inner.y, width, &name, theme.style(Role::Header));
            places.push((at, x, width));
            x += width + 2;
        }
        let other = (x, inner.right().saturating_sub(x));
        paint::put(buf, other.0, inner.y, other.1, lang.t("pending.other"), theme.style(Role::Header));
        let at = app.pending_marked(marked);
        let first = (at.unwrap_or(0) + 1).saturating_sub(height.into());
        for (place, (record, y)) in records.iter().skip(first).zip(rows.top()..rows.bottom()).enumerate() {
            let is_marked = at == Some(first + place);
            let selected = is_marked.then(|| frame::mark(theme, rows, y, buf));
            let style = |role| selected.unwrap_or_else(|| theme.style(role));
            for (column, x, width) in &places {
                let (text, role) = cell(app, record, *column, (*width).into());
                paint::put(buf, *x, y, *width, &text, style(role));
            }
            let whom = match record.counterparty() {
                Some(_) if app.is_hidden() => MASK.to_owned(),
                Some(whom) => {
                    format::ends(&whom.excerpt(300), usize::from(other.1).saturating_sub(if is_narrow { 2 } else { 0 }))
                }
                None => "–".to_owned(),
            };
            // Without its kind a record says by an arrow which way it goes.
            let arrow = match record.key.kind.is_outgoing() {
                _ if !is_narrow => "",
                true => "→ ",
                false => "← ",
            };
            paint::put(buf, other.0, y, other.1, &format!("{arrow}{whom}"), style(Role::Text));
        }
        if records.len() > usize::from(height) && !layout.small {
            let (area, count) = (layout.dialog, format!(" {}/{} ", at.map_or(0, |at| at + 1), records.len()));
            let below = area.bottom().saturating_sub(1);
            paint::put_right(buf, area.x, below, area.width.saturating_sub(2), &count, theme.style(Role::Muted));
        }
        frame::long_news(app, theme, layout, buf);
    }
}
