//! The list of orders: what was ordered from here and what became of it, unsettled ones first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Goto, Next};
use crate::domain::{Order, Outcome, Status};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::orders::words;
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::layout::Layout;
use crate::tui::state::order_list::OrderList;
use crate::tui::widgets::{MASK, format, frame, paint};

/// The columns: the catalogue keys of their names, and their widths; the outcome has what is left.
const COLUMNS: [(&str, u16); 4] =
    [("column.time", 10), ("form.column.order", 8), ("column.amount", 17), ("form.column.to", 15)];
/// On narrow screens only these columns and the outcome are left.
const NARROW: [usize; 2] = [1, 2];

/// The list; what is on it belongs to the state, for it is still there below the page of one of its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orders;

impl Orders {
    /// Who has the keys.
    pub const fn context(self) -> Context {
        Context::Ledger
    }

    /// What a key does.
    pub fn update(self, app: &State, action: Action) -> Next {
        let page = usize::from(app.list_height()).saturating_sub(1).max(1);
        let at = app.order_list().map_or(0, OrderList::marked);
        let order = app.marked_order();
        match action {
            Action::Back => Next::go(Goto::Behind),
            Action::Up => Next::go(Goto::MarkOrder(at.saturating_sub(1))),
            Action::Down => Next::go(Goto::MarkOrder(at + 1)),
            Action::PageUp => Next::go(Goto::MarkOrder(at.saturating_sub(page))),
            Action::PageDown => Next::go(Goto::MarkOrder(at + page)),
            Action::First => Next::go(Goto::MarkOrder(0)),
            Action::Last => Next::go(Goto::MarkOrder(usize::MAX)),
            Action::Detail => order.map_or_else(Next::stay, |order| Self::open(app, order)),
            Action::Partner => order.map_or_else(Next::stay, |order| Next::go(Goto::RecordOf(Box::new(order)))),
            Action::Settle => order.map_or_else(Next::stay, |order| Self::settle(app, order)),
            _ => Next::stay(),
        }
    }

    fn open(app: &State, order: Order) -> Next {
        let is_flying = order.outcome == Outcome::Sending
            && app.money.in_flight.as_ref().is_some_and(|flight| flight.is_of(&order.request));
        if is_flying {
            return Next::go(Goto::Sending);
        }
        // What is still open needs the user, hidden or not.
        if app.is_hidden() && !order.outcome.is_unsettled() {
            return Next::stay().saying(app.lang().t("note.hidden"), false);
        }
        Next::go(Goto::Page(Box::new(order)))
    }

    /// Looks at once for what became of an order; one that has an end says so.
    fn settle(app: &State, order: Order) -> Next {
        if !order.outcome.is_unsettled() && order.outcome != Outcome::NoTrace {
            return Next::stay().saying(&words::order(&order, app.lang()).cause, false);
        }
        Next::go(Goto::Settle(Box::new(order))).saying(app.lang().t("form.looking_now_long"), false)
    }

    /// Draws the page.
    pub(in crate::tui) fn view(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        frame::draw(app, theme, layout, app.lang().t("form.title.ledger"), Role::Accent, buf);
        list(app, theme, app.dialog_inner(), buf);
        frame::long_news(app, theme, layout, buf);
    }
}

fn list(app: &State, theme: &Theme, inner: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let height = app.list_height();
    let damaged = app.damaged_lines();
    for (row, y) in app.damaged_orders().iter().zip(inner.y + 1..inner.y + 1 + damaged) {
        let text = format!("✗ {}", words::damaged_line(row, lang));
        paint::put(buf, inner.x + 1, y, inner.width.saturating_sub(1), &text, theme.style(Role::Danger));
    }
    let rows = Rect { y: inner.y + 1 + damaged, height, ..inner };
    let Some(list) = app.order_list() else { return };
    let orders = match list.orders() {
        Some(orders) if !orders.is_empty() => orders,
        found => {
            let text = match (found, list.problem()) {
                (_, Some(why)) => lang.fill("form.list_problem", &[("why", &why.excerpt(160))]),
                (Some(_), None) if damaged > 0 => String::new(),
                (Some(_), None) => lang.t("form.list_empty").to_owned(),
                (None, None) => lang.t("form.list_loading").to_owned(),
            };
            let lines = format::wrap(&text, rows.width.into());
            for (line, y) in lines.iter().zip(rows.top()..rows.bottom()) {
                paint::put(buf, rows.x, y, rows.width, line, theme.style(Role::Muted));
            }
            return;
        }
    };
    let chosen: Vec<usize> = if inner.width < 60 { NARROW.to_vec() } else { (0..COLUMNS.len()).collect() };
    let mut x = inner.x + 1;
    let mut places = Vec::new();
    for at in chosen {
        let (name, width) = COLUMNS[at];
        let width = if inner.width < 60 { width.min(inner.width / 3) } else { width };
        let name = if at == 2 { format::right(lang.t(name), width.into()) } else { lang.t(name).to_owned() };
        paint::put(buf, x, inner.y, width, &name, theme.style(Role::Header));
        places.push((at, x, width));
        x += width + 2;
    }
    let outcome = (x, inner.right().saturating_sub(x));
    paint::put(buf, outcome.0, inner.y, outcome.1, lang.t("form.column.outcome"), theme.style(Role::Header));
    let (marked, first) = (list.marked(), list.first(height.into()));
    for (at, (order, y)) in orders.iter().skip(first).zip(rows.top()..rows.bottom()).enumerate() {
        let is_marked = first + at == marked;
        let selected = is_marked.then(|| frame::mark(theme, rows, y, buf));
        let style = |role| selected.unwrap_or_else(|| theme.style(role));
        for (column, x, width) in &places {
            let (text, role) = cell(app, order, *column, (*width).into());
            paint::put(buf, *x, y, *width, &text, style(role));
        }
        // What was accepted and then came to nothing is no payment.
        let nothing = list.fate(order.id).filter(|status| matches!(status, Status::Fail | Status::Cancelled));
        let (symbol, role) = match nothing {
            _ if app.contradiction(order.id).is_some() => ("≠", Role::Danger),
            Some(_) => ("✗", Role::Warning),
            None => (words::symbol(&order.outcome), role(&order.outcome)),
        };
        let word = match nothing {
            Some(status) => lang.find(&format!("status.{}", status.word())).unwrap_or_default(),
            None => words::label_of(&order.outcome, lang),
        };
        let text = format!("{symbol} {word}");
        paint::put(buf, outcome.0, y, outcome.1, &text, style(role));
    }
}

fn cell(app: &State, order: &Order, column: usize, width: usize) -> (String, Role) {
    let lang = app.lang();
    match column {
        0 => (format::relative(order.time, app.exchange_now(), lang, width < 10), Role::Muted),
        1 => {
            let kind = order.request.kind();
            (lang.find(&format!("form.kind.{kind}")).unwrap_or(kind).to_owned(), Role::Text)
        }
        2 => match (order.request.amount(), order.request.coin()) {
            (Some(_), Some(_)) if app.is_hidden() => (format::right(MASK, width), Role::Muted),
            (Some(amount), Some(coin)) => {
                let text = format!("{} {}", grouped(amount.trimmed()), coin.excerpt(10));
                (format::right(&text, width), Role::Text)
            }
            _ => (format::right("–", width), Role::Muted),
        },
        _ if app.is_hidden() => (MASK.to_owned(), Role::Muted),
        _ => (format::ends(&app.order_target(&order.request).excerpt(300), width), Role::Text),
    }
}

const fn role(outcome: &Outcome) -> Role {
    match outcome {
        Outcome::Sending => Role::Accent,
        Outcome::Accepted { .. } => Role::Gain,
        Outcome::Refused { .. } | Outcome::NotSent { .. } | Outcome::NotExecuted | Outcome::Dismissed => Role::Muted,
        Outcome::Unknown { .. } | Outcome::NoTrace | Outcome::Likely { .. } | Outcome::TooLate { .. } => Role::Warning,
    }
}
