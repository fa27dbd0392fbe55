//! Draws a form: each field with what stands under it, the list of the one with the focus over what follows, and the button.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::widgets::{Clear, Widget as _};

use super::{Checked, beside};
use crate::domain::address::ChainHint;
use crate::domain::rules::{Fault, Field as RuleField, Note};
use crate::domain::text::sanitize;
use crate::engine::config::theme::{Role, Theme};
use crate::tui::state::State;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, marked_at};
use crate::tui::state::layout::Layout;
use crate::tui::widgets::review_layout::{self, Emphasis, LABEL, Row, Value};
use crate::tui::widgets::{Cursor, format, frame, paint};

/// The most lines of a list.
const LIST: u16 = 10;

/// One line of the form.
enum Line {
    /// A field itself.
    Field(usize),
    /// What stands under a field.
    Said(review_layout::Line),
    /// The button that opens the review.
    Button,
    Air,
}

impl Form {
    /// Draws the form; answers where the cursor of the field stands.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
        let form = self;
        let lang = app.lang();
        let kind: &'static str = form.kind.into();
        let title = lang.find(&format!("form.title.{kind}")).unwrap_or(kind);
        let (place, beside) = layout.form();
        Clear.render(layout.dialog.intersection(buf.area), buf);
        frame::draw(app, theme, &Layout { dialog: place, ..*layout }, title, Role::Accent, buf);
        beside::draw(app, theme, form, beside, buf);
        let is_wide = beside.area() > 0;
        let mut area = app.dialog_inner();
        area.width -= layout.dialog.width - place.width;
        // The last line is for news and questions.
        area.height = area.height.saturating_sub(1);
        news(app, theme, form, Rect { y: area.bottom(), height: 1, ..area }, buf);
        let checked = app.check(form);
        // What concerns the form as a whole stays in sight wherever the focus is.
        let said = said(app, form, &checked, area.width.into());
        let most = usize::from(area.height / 2);
        for (line, y) in said.iter().take(most).zip(area.top()..) {
            frame::lines(theme, Rect { y, height: 1, ..area }, std::slice::from_ref(line), buf);
        }
        if !said.is_empty() {
            let used = paint::cols(said.len().min(most));
            let used = if area.height > used + 16 { used + 1 } else { used };
            area = Rect { y: area.y + used, height: area.height - used, ..area };
        }
        let all = lines(app, form, &checked, area, is_wide);
        let focus = all.iter().position(|line| is_focused(form, line)).unwrap_or(0);
        let first =
            (focus + 4).saturating_sub(area.height.into()).min(focus).min(all.len().saturating_sub(area.height.into()));
        let mut cursor = None;
        let mut list_from = None;
        for (line, y) in all.iter().skip(first).zip(area.top()..area.bottom()) {
            let place = Rect { y, height: 1, ..area };
            match line {
                Line::Field(at) => {
                    let Some(field) = form.fields().get(*at) else { continue };
                    let has_focus = form.focused().is_some_and(|f| f.field_id == field.field_id);
                    let at = draw_field(app, theme, form, field, has_focus, place, buf);
                    if has_focus && !form.is_asking {
                        cursor = at;
                        list_from = Some(y + 1);
                    }
                }
                Line::Said(said) => frame::lines(theme, place, std::slice::from_ref(said), buf),
                Line::Button => button(app, theme, form, &checked, place, buf),
                Line::Air => {}
            }
        }
        let is_here = |field: &&Field| !is_wide || field.entry == Entry::Picked;
        if let (Some(y), Some(field)) = (list_from, form.focused().filter(is_here)) {
            let choices = app.choices(form, field.field_id);
            let room = Rect { y, height: area.bottom().saturating_sub(y).min(LIST), ..area };
            list(app, theme, field, &choices, room, buf);
        }
        cursor
    }
}

fn is_focused(form: &Form, line: &Line) -> bool {
    match line {
        Line::Field(at) => {
            form.focused().is_some_and(|f| form.fields().get(*at).is_some_and(|g| g.field_id == f.field_id))
        }
        Line::Button => form.focused().is_none(),
        Line::Said(_) | Line::Air => false,
    }
}

/// Why the last order came to nothing, and what is wrong with the form as a whole.
fn said(app: &State, form: &Form, checked: &Checked, width: usize) -> Vec<review_layout::Line> {
    let lang = app.lang();
    let mut rows = Vec::new();
    if let Some(said) = &form.said {
        rows.extend([Row::sentence(&said.cause, Emphasis::Danger), Row::sentence(&said.next, Emphasis::Plain)]);
    }
    let whole = checked.faults.iter().filter(|f| f.field == RuleField::Form);
    rows.extend(whole.map(|f| Row::sentence(f.fault.words(lang), Emphasis::Danger)));
    review_layout::lay(&rows, width, usize::MAX, lang).lines
}

/// What the fields say, line by line; air only where there is room for all of it.
fn lines(app: &State, form: &Form, checked: &Checked, area: Rect, is_wide: bool) -> Vec<Line> {
    let lang = app.lang();
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let lay =
        |rows: &[Row]| review_layout::lay(rows, width, usize::MAX, lang).lines.into_iter().map(Line::Said).collect();
    let mut blocks: Vec<Vec<Line>> = Vec::new();
    for (at, field) in form.fields().iter().enumerate() {
        let mut block = vec![Line::Field(at)];
        // What is only suggested has a place of its own; a list that must be chosen from may cover what is below.
        let has_focus = form.focused().is_some_and(|focused| focused.field_id == field.field_id);
        if has_focus && field.entry != Entry::Picked && !is_wide {
            let suggested = app.choices(form, field.field_id).len().min(LIST.into());
            block.extend((0..suggested).map(|_| Line::Air));
        }
        let mut rows = below(app, form, field, checked);
        // What the amount means stands beside it then.
        if is_wide && field.field_id == FieldId::Amount {
            rows.retain(|row| !matches!(row.value, Value::Words(_, Emphasis::Muted)));
        }
        let below: Vec<Line> = lay(&rows);
        block.extend(below);
        blocks.push(block);
    }
    blocks.push(vec![Line::Button]);
    let mut used: usize = blocks.iter().map(Vec::len).sum();
    // Where there is not room for all of it, what is only told gives way, from the top; what is wrong stays, and so does
    // what stands under the field with the focus.
    for block in &mut blocks {
        if used <= height {
            break;
        }
        if !block.iter().any(|line| is_focused(form, line)) {
            let before = block.len();
            block.retain(|line| !matches!(line, Line::Said(said) if is_only_told(said)));
            used -= before - block.len();
        }
    }
    let gaps = blocks.len().saturating_sub(1);
    let mut spare = height.saturating_sub(used).min(gaps);
    let mut all = Vec::new();
    let count = blocks.len();
    for (number, block) in blocks.into_iter().enumerate() {
        // Where there is not air for all gaps, the button has it.
        if number > 0 && spare > 0 && (spare >= count - number) {
            all.push(Line::Air);
            spare -= 1;
        }
        all.extend(block);
    }
    all
}

fn is_only_told(line: &review_layout::Line) -> bool {
    // What is strong repeats what the field itself holds, in groups of four.
    line.pieces.iter().all(|piece| matches!(piece.emphasis, Emphasis::Muted | Emphasis::Strong))
}

/// What stands under a field: what is wrong with it once it was touched, else what is known of it.
fn below(app: &State, form: &Form, field: &Field, checked: &Checked) -> Vec<Row> {
    let lang = app.lang();
    let mut rows = Vec::new();
    let faults = checked.faults.iter().filter(|f| f.field == field.field_id.rule() && f.field != RuleField::Form);
    let is_empty = field.value().is_empty() && field.chosen().is_none();
    // What typing on may mend is not called wrong while it is typed.
    let is_typed = form.focused().is_some_and(|f| f.field_id == field.field_id) && !field.is_left();
    let faults = faults.filter(|f| !(is_typed && f.fault.is_of_the_unfinished()));
    for fault in faults.filter(|_| field.is_touched() || !is_empty) {
        rows.push(Row::more(fault.fault.words(lang), Emphasis::Danger));
    }
    let hints = app.hints(form, field.field_id, checked).into_iter();
    rows.extend(hints.map(|(text, emphasis)| Row::more(text, emphasis)));
    for note in checked.notes.iter().filter(|note| note.field == field.field_id.rule()) {
        if let Note::LookAlike { known } = &note.note {
            rows.extend(compare(app, form, known));
        }
    }
    if field.field_id == FieldId::Address && checked.fault(FieldId::Address).is_none() && !is_empty {
        let address = crate::domain::UntrustedText::from(field.value().trim_ascii());
        rows.insert(
            0,
            Row { label: None, ..Row::of("form.row.to", Value::Groups(address.shown().into_owned(), None)) },
        );
    }
    rows
}

/// The typed address and the known one that it could be taken for, in full, with what differs marked.
fn compare(app: &State, form: &Form, known: &crate::domain::UntrustedText) -> Vec<Row> {
    let typed = crate::domain::UntrustedText::from(form.value(FieldId::Address).trim_ascii());
    let hint = ChainHint { network: form.value(FieldId::Network), chain: app.chain_of(form) };
    let found = app.book().look_alikes(hint.family(), &typed);
    let Some(alike) = found.into_iter().find(|alike| alike.known == *known) else { return Vec::new() };
    let of = |label, text: &crate::domain::UntrustedText, differs| {
        Row::of(label, Value::Compare(text.shown().into_owned(), differs))
    };
    vec![of("form.row.typed", &typed, alike.differs), of("form.row.known", &alike.known, alike.known_differs)]
}

fn draw_field(
    app: &State,
    theme: &Theme,
    form: &Form,
    field: &Field,
    has_focus: bool,
    area: Rect,
    buf: &mut Buffer,
) -> Cursor {
    let label = app.lang().find(&field.field_id.label_key()).unwrap_or_default();
    let indent = match area.width {
        // On the narrowest screens a name takes what it needs and no more.
        ..30 => paint::cols(format::width(label) + 1),
        30..50 => 9,
        _ => paint::cols(LABEL),
    };
    let role = if has_focus { Role::Accent } else { Role::Muted };
    if has_focus {
        paint::put(buf, area.x.saturating_sub(1), area.y, 1, "▌", theme.style(Role::Accent));
    }
    paint::put(buf, area.x, area.y, indent.saturating_sub(1), label, theme.style(role));
    let mut place = Rect { x: area.x + indent, width: area.width.saturating_sub(indent), ..area };
    if field.field_id == FieldId::Amount {
        let coin = crate::domain::UntrustedText::from(form.value(FieldId::Coin)).excerpt(12);
        let with = |key| {
            let keys = app.lang().t(key);
            if coin.is_empty() { keys.to_owned() } else { format!("{coin}   {keys}") }
        };
        let typed = paint::cols(format::width(field.input().value()) + 1);
        // The keys give way to digits; the unit never does, and the digits scroll.
        let fits = |text: &String| place.width > typed.max(16) + paint::cols(format::width(text)) + 1;
        let keys = [with("form.percent_keys"), with("form.percent_keys_short")].into_iter().find(fits);
        let text = keys.unwrap_or(coin);
        let wide = paint::cols(format::width(&text));
        if wide > 0 && place.width > wide + 1 {
            paint::put_right(buf, place.x, place.y, place.width, &text, theme.style(Role::Muted));
            place.width -= wide + 1;
        }
    }
    match (field.chosen(), field.entry) {
        (Some(choice), _) => {
            paint::put(buf, place.x, place.y, place.width, &choice.name, frame::style(theme, Emphasis::Strong));
            has_focus.then(|| Position::new(place.x, place.y))
        }
        (None, Entry::Fixed) => {
            let none = if field.field_id == FieldId::Memo { app.lang().t("form.no_memo_network") } else { "–" };
            paint::put(buf, place.x, place.y, place.width, none, theme.style(Role::Muted));
            None
        }
        (None, _) => {
            buf.set_style(place.intersection(buf.area), theme.style(Role::Text));
            if !has_focus {
                let style = frame::style(theme, Emphasis::Strong);
                paint::put(buf, place.x, place.y, place.width, &sanitize(field.input().value()), style);
            }
            let at = if has_focus { frame::input(theme, place, field.input(), buf) } else { (place.x, place.y) };
            if field.input().value().is_empty() && !has_focus {
                paint::put(buf, place.x, place.y, 4, "____", theme.style(Role::Muted));
            }
            has_focus.then_some(Position::from(at))
        }
    }
}

fn button(app: &State, theme: &Theme, form: &Form, checked: &Checked, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let has_focus = form.focused().is_none();
    let is_to_fill = |fault: &Fault| matches!(fault, Fault::Missing | Fault::MemoUndecided | Fault::MemoRequired);
    let missing = checked.faults.iter().filter(|found| is_to_fill(&found.fault)).count();
    let wrong = checked.faults.len() - missing;
    let key = match (wrong, missing) {
        (0, 0) => "form.button.review",
        (0, _) => "form.button.review_missing",
        (_, 0) => "form.button.review_closed",
        _ => "form.button.review_both",
    };
    let text = lang.fill(key, &[("n", &wrong.to_string()), ("missing", &missing.to_string())]);
    let role = match (checked.faults.is_empty(), has_focus) {
        (false, _) => Role::Muted,
        (true, true) => Role::Accent,
        (true, false) => Role::Text,
    };
    let mut style = theme.style(role);
    if has_focus {
        style = style.add_modifier(Modifier::REVERSED);
    }
    let text = if has_focus { format!("▐ {text} ▌") } else { format!("  {text}  ") };
    let indent = if usize::from(area.width) < 50 { 0 } else { paint::cols(LABEL).saturating_sub(2) };
    paint::put(buf, area.x + indent, area.y, area.width.saturating_sub(indent), &text, style);
}

/// The list of the field with the focus: what cannot be chosen says why.
fn list(app: &State, theme: &Theme, field: &Field, choices: &[Choice], area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let is_picked = field.entry == Entry::Picked;
    if area.height == 0 || (choices.is_empty() && !is_picked) {
        return;
    }
    let height = if choices.is_empty() { 1 } else { area.height.min(paint::cols(choices.len())) };
    let indent = if usize::from(area.width) < 50 { 2 } else { paint::cols(LABEL) };
    // What a list covers ends with a line of air; under suggestions nothing is covered.
    let cleared = if is_picked { (height + 1).min(area.height) } else { height };
    Clear.render(Rect { height: cleared, ..area }.intersection(buf.area), buf);
    let area = Rect { x: area.x + indent, width: area.width.saturating_sub(indent), height, ..area };
    if choices.is_empty() {
        let text = lang.t(if app.coins().value().is_some() { "form.no_choice" } else { "form.no_list" });
        paint::put(buf, area.x, area.y, area.width, text, theme.style(Role::Muted));
        return;
    }
    let marked = marked_at(field, choices);
    let first = marked.unwrap_or(0).saturating_sub(usize::from(height) / 2).min(choices.len() - usize::from(height));
    let title = |c: &Choice| if c.label.is_empty() { c.name.clone() } else { format!("{}  “{}”", c.name, c.label) };
    let names = choices.iter().map(|c| format::width(&title(c))).max().unwrap_or(0);
    let column = paint::cols(names).clamp(6, (area.width / 2).max(6));
    for (at, y) in (first..choices.len()).zip(area.top()..area.bottom()) {
        let Some(choice) = choices.get(at) else { break };
        let is_marked = marked == Some(at);
        if is_marked {
            buf.set_style(Rect { y, height: 1, ..area }.intersection(buf.area), theme.style(Role::Selected));
        }
        let base = |role| if is_marked { theme.style(Role::Selected) } else { theme.style(role) };
        paint::put(buf, area.x, y, 1, if is_marked { "▌" } else { "│" }, base(Role::Accent));
        let name = if choice.closed.is_some() { Role::Muted } else { Role::Text };
        // A name that is longer than its column is not cut while nothing stands beside it.
        let rest = area.width.saturating_sub(2);
        let used = paint::put(buf, area.x + 2, y, rest, &title(choice), base(name));
        let x = area.x + 2 + used.max(column) + 2;
        let room = area.right().saturating_sub(x);
        let (mut about, role) = match &choice.closed {
            Some(why) => (format!("✗ {why}"), Role::Warning),
            None => (choice.about.clone(), Role::Muted),
        };
        // What does not fit goes as a whole: a number that is cut would be another one.
        while format::width(&about) > usize::from(room)
            && let Some((head, _)) = about.rsplit_once(" · ")
        {
            about.truncate(head.len());
        }
        paint::put(buf, x, y, room, &about, base(role));
    }
}

/// The question whether what was typed may be lost, else news.
fn news(app: &State, theme: &Theme, form: &Form, area: Rect, buf: &mut Buffer) {
    if form.is_asking {
        paint::put(buf, area.x, area.y, area.width, app.lang().t("form.ask_discard"), theme.style(Role::BannerWarning));
    } else if let Some(toast) = app.shown_toast() {
        paint::put(buf, area.x, area.y, area.width, &toast.text, frame::toast_style(theme, toast));
    }
}
