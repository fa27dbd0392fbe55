//! What happened in the account, the newest first, as the ledger keeps it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Goto, Next};
use crate::domain::{Event, EventKind, EventSubject, OrderId, Record, UntrustedText};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::notifications::words;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{MASK, cells, format, frame, paint};

/// Columns for the time, and for what happened where whom it is from or for stands beside it.
const TIME: u16 = 10;
const WORDS: u16 = 46;
/// From this width on whom it is from or for stands beside what happened.
const WIDE: u16 = 90;

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// What the ledger holds, or why it cannot be read; `None` until it has answered.
    pub found: Option<Result<Vec<Event>, UntrustedText>>,
    /// The marked event; the newest until another one is marked.
    marked: Option<i64>,
}

impl Events {
    fn all(&self) -> &[Event] {
        match &self.found {
            Some(Ok(events)) => events,
            _ => &[],
        }
    }

    fn at(&self) -> usize {
        self.all().iter().position(|event| Some(event.number) == self.marked).unwrap_or(0)
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Events
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        let (at, last) = (self.at(), self.all().len().saturating_sub(1));
        let page = usize::from(app.list_height()).saturating_sub(1).max(1);
        let to = match action {
            Action::Back => return Next::close(),
            Action::Up => at.saturating_sub(1),
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::First => 0,
            Action::Last => last,
            Action::Detail | Action::Partner => return self.lead(app, action),
            _ => return Next::stay(),
        };
        // On the first line the mark stays with the newest, whatever comes.
        self.marked = self.all().get(to.min(last)).filter(|_| to > 0).map(|event| event.number);
        Next::stay()
    }

    /// To the record or the order of the marked line.
    fn lead(&self, app: &State, action: Action) -> Next {
        let Some(event) = self.all().get(self.at()) else { return Next::stay() };
        match &event.subject {
            EventSubject::Record(record) if action == Action::Partner => Next::go(Goto::Order(record.key.clone())),
            EventSubject::Record(record) => Next::go(Goto::Record(record.key.clone())),
            EventSubject::Condition(condition) if condition.happened == EventKind::Unknown => {
                let order = condition.about.raw().parse().ok().map(OrderId);
                let watched = order.filter(|order| app.watched(*order).is_some());
                Next::go(watched.map_or(Goto::Orders, Goto::PageOf))
            }
            EventSubject::Condition(_) => Next::stay().saying(app.lang().t("events.no_record"), false),
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("events.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        let height = app.list_height();
        let rows = Rect { y: inner.y + 1, height, ..inner };
        let nothing = match &self.found {
            None if app.history().is_none() => Some(lang.t("events.no_ledger").to_owned()),
            None => Some(lang.t("events.loading").to_owned()),
            Some(Err(why)) => Some(lang.fill("events.failed", &[("why", &why.shown())])),
            Some(Ok(events)) if events.is_empty() => Some(lang.t("events.empty").to_owned()),
            Some(Ok(_)) => None,
        };
        if let Some(text) = nothing {
            for (line, y) in format::wrap(&text, rows.width.into()).iter().zip(rows.top()..rows.bottom()) {
                paint::put(buf, rows.x, y, rows.width, line, theme.style(Role::Muted));
            }
            return frame::long_news(app, theme, layout, buf);
        }
        let x = inner.x + 1;
        let text = x + TIME + 2;
        let is_wide = inner.width >= WIDE;
        let room = inner.right().saturating_sub(text);
        let width = if is_wide { WORDS.min(room) } else { room };
        let other = text + width + 2;
        paint::put(buf, x, inner.y, TIME, lang.t("column.time"), theme.style(Role::Header));
        paint::put(buf, text, inner.y, width, lang.t("events.what"), theme.style(Role::Header));
        if is_wide {
            let room = inner.right().saturating_sub(other);
            paint::put(buf, other, inner.y, room, lang.t("pending.other"), theme.style(Role::Header));
        }
        let at = self.at();
        let first = (at + 1).saturating_sub(height.into());
        for (place, (event, y)) in self.all().iter().skip(first).zip(rows.top()..rows.bottom()).enumerate() {
            let selected = (at == first + place).then(|| frame::mark(theme, rows, y, buf));
            let style = |role| selected.unwrap_or_else(|| theme.style(role));
            let time = format::relative(event.at, app.exchange_now(), lang, false);
            paint::put(buf, x, y, TIME, &time, style(Role::Muted));
            let role = event.record().map_or(Role::Warning, |record| cells::status_role(&record.status));
            paint::put(buf, text, y, width, &format::cut(&line(app, event), width.into()), style(role));
            if is_wide {
                let room = inner.right().saturating_sub(other);
                let whom = match event.record().and_then(Record::counterparty) {
                    Some(_) if app.is_hidden() => MASK.to_owned(),
                    Some(whom) => format::ends(&whom.excerpt(300), room.into()),
                    None => "–".to_owned(),
                };
                paint::put(buf, other, y, room, &whom, style(Role::Text));
            }
        }
        let all = self.all().len();
        if all > usize::from(height) && !layout.small {
            let (area, count) = (layout.dialog, format!(" {}/{all} ", at + 1));
            let below = area.bottom().saturating_sub(1);
            paint::put_right(buf, area.x, below, area.width.saturating_sub(2), &count, theme.style(Role::Muted));
        }
        frame::long_news(app, theme, layout, buf);
    }
}

/// What happened, in one line; without amounts where they are hidden.
fn line(app: &State, event: &Event) -> String {
    let lang = app.lang();
    match &event.subject {
        _ if !app.is_hidden() => words(event, lang),
        EventSubject::Record(record) => {
            let (kind, status) = (cells::kind_word(record, lang, 20), cells::status(&record.status, lang, 20));
            lang.fill("list.about", &[("what", &kind), ("said", status.trim_end())])
        }
        EventSubject::Condition(_) => lang.t("news.hidden").to_owned(),
    }
}
