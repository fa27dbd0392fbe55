//! What stands beside a form on a wide screen: what the order would mean as far as it is filled in, and the known addresses or
//! receivers that can be chosen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, Widget as _};

use super::moves::direction_of;
use crate::domain::UntrustedText;
use crate::domain::address_book::groups_of_four;
use crate::domain::review::{Reviewed, SummaryOf};
use crate::domain::rules::typed_amount;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, FormKind, marked_at};
use crate::tui::widgets::review_layout::{self, Row};
use crate::tui::widgets::{format, frame, paint};

/// Lines that the list has at the least, with its name.
const LEAST_LIST: u16 = 4;

/// Draws it in a frame of its own, of which the left edge is the right one of the form.
pub(super) fn draw(app: &State, theme: &Theme, form: &Form, area: Rect, buf: &mut Buffer) {
    if area.area() == 0 {
        return;
    }
    let lang = app.lang();
    let border = theme.style(Role::Accent);
    let title = format!(" {} ", lang.t("form.beside.title"));
    Block::bordered().border_style(border).title_top(title).title_style(border).render(area, buf);
    paint::put(buf, area.x, area.y, 1, "┬", border);
    paint::put(buf, area.x, area.bottom() - 1, 1, "┴", border);
    let mut inner = Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 };
    let known = known(form);
    let choices = known.map(|field| app.choices(form, field.field_id)).unwrap_or_default();
    let rows = app.summary(form);
    let lines = review_layout::lay(&rows, inner.width.into(), usize::MAX, lang).lines;
    let list = if choices.is_empty() { 0 } else { LEAST_LIST };
    let used = paint::cols(lines.len()).min(inner.height.saturating_sub(list));
    frame::lines(theme, Rect { height: used, ..inner }, &lines, buf);
    // A line of air before the list, where there is room for it.
    let used = if inner.height > used + LEAST_LIST { used + 1 } else { used };
    inner = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    if let Some(field) = known.filter(|_| !choices.is_empty()) {
        self::list(app, theme, form, field, &choices, inner, buf);
    }
}

/// The field whose list stands here: the one with the focus, else the one for where the money goes.
fn known(form: &Form) -> Option<&Field> {
    let is_suggested = |field: &&Field| matches!(field.entry, Entry::Suggested(_));
    let place = || form.fields().iter().find(|f| matches!(f.field_id, FieldId::Address | FieldId::To));
    form.focused().filter(is_suggested).or_else(place)
}

fn list(app: &State, theme: &Theme, form: &Form, field: &Field, choices: &[Choice], area: Rect, buf: &mut Buffer) {
    let has_focus = form.focused().is_some_and(|focused| focused.field_id == field.field_id);
    let key = match field.field_id {
        FieldId::To => "form.beside.receivers",
        FieldId::Address => "form.beside.addresses",
        _ => "form.field.memo",
    };
    let arrow = if has_focus { " (↓)" } else { "" };
    let role = if has_focus { Role::Accent } else { Role::Muted };
    paint::put(buf, area.x, area.y, area.width, &format!("{}{arrow}", app.lang().t(key)), theme.style(role));
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let room = usize::from(rows.width.saturating_sub(2));
    let is_address = field.field_id == FieldId::Address;
    let blocks: Vec<Vec<(String, Role)>> = choices.iter().map(|choice| block(choice, is_address, room)).collect();
    let marked = marked_at(field, choices);
    let height = |from: usize, to: usize| blocks[from..=to].iter().map(Vec::len).sum::<usize>();
    // As far down as it takes to have all of the marked one in sight.
    let last = marked.unwrap_or(0);
    let first = (0..=last).find(|first| height(*first, last) <= rows.height.into()).unwrap_or(last);
    let shown =
        (first..blocks.len()).flat_map(|at| blocks[at].iter().enumerate().map(move |(line, said)| (at, line, said)));
    for ((at, line, (text, role)), y) in shown.zip(rows.top()..rows.bottom()) {
        let mut style = theme.style(*role);
        if marked == Some(at) {
            style = theme.style(Role::Selected);
            buf.set_style(Rect { y, height: 1, ..rows }.intersection(buf.area), style);
        }
        let edge = match (marked == Some(at), line) {
            (true, _) => "▌",
            (false, 0) => "│",
            (false, _) => " ",
        };
        let edge_style = if marked == Some(at) { style } else { theme.style(Role::Accent) };
        paint::put(buf, rows.x, y, 1, edge, edge_style);
        paint::put(buf, rows.x + 2, y, rows.width.saturating_sub(2), text, style);
    }
}

/// A choice over as many lines as it takes: what the user calls it, what is chosen, what is known of it.
fn block(choice: &Choice, is_address: bool, room: usize) -> Vec<(String, Role)> {
    let name = if is_address { groups_of_four(&choice.name).join(" ") } else { choice.name.clone() };
    let label = if choice.label.is_empty() { String::new() } else { format!("“{}”", choice.label) };
    let parts = [(label, Role::Text), (name, Role::Text), (choice.about.clone(), Role::Muted)];
    let said = parts.into_iter().filter(|(text, _)| !text.is_empty());
    said.flat_map(|(text, role)| format::wrap(&text, room).into_iter().map(move |line| (line, role))).collect()
}

impl State {
    /// What the order would mean as far as its form is filled in.
    fn summary(&self, form: &Form) -> Vec<Row> {
        let text = |field_id| UntrustedText::from(form.value(field_id));
        let of = match form.kind {
            FormKind::Withdraw => SummaryOf::Withdraw,
            FormKind::Transfer => SummaryOf::Transfer,
            FormKind::Move => match direction_of(form) {
                Some(direction) => SummaryOf::Move(direction),
                None => return Vec::new(),
            },
            FormKind::CancelWithdrawal | FormKind::CancelTransfer => return Vec::new(),
        };
        let coin = text(FieldId::Coin);
        let is_withdrawal = of == SummaryOf::Withdraw && !coin.is_empty();
        let fees = if is_withdrawal { self.learnt_fees(&coin, &text(FieldId::Network)) } else { None };
        let reviewed = Reviewed {
            facts: &self.facts(),
            fees: fees.as_ref(),
            gross: None,
            unit: Some(&self.unit),
            is_hidden: self.hidden,
            group: None,
            lang: self.lang(),
        };
        reviewed.summary(of, &coin, typed_amount(form.value(FieldId::Amount).trim_ascii()).ok())
    }
}
