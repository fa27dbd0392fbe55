//! The request in words, as it would be sent: the whole address, network and memo, gross, fee and net, what is left.

use unicode_width::UnicodeWidthStr as _;

use super::context::CommandContext;
use super::preflight_data::Known;
use crate::domain::address_book::{Group, groups_of_four};
use crate::domain::fees::Learnt;
use crate::domain::locale::Lang;
use crate::domain::preflight::Snapshot;
use crate::domain::record::Ordered;
use crate::domain::review::{Emphasis, Need, Reviewed, Row, Value};
use crate::domain::rules::{Facts, FieldNote, Limits};
use crate::domain::{Record, Request, UntrustedText};
use crate::engine::session::Mode;

/// A request before it is sent, with the group that must be typed masked.
pub fn of(
    context: &mut CommandContext<'_>,
    request: &Request,
    known: &Known,
    notes: &[FieldNote],
    group: Option<&Group>,
) {
    let fees = match request {
        Request::Withdraw(w) => known.fees(&w.coin, &w.network),
        _ => None,
    };
    let facts = known.facts(context);
    let mut rows = reviewed(&facts, context.lang, fees.as_ref(), group).rows(request, notes);
    if let Request::Transfer(t) = request {
        rows.push(Row::new("form.row.own_id", t.out_biz_id.shown(), Emphasis::Plain));
    }
    show(context, request, &rows);
}

/// The record that is to be taken back, with what was ordered here for it.
pub fn cancel(context: &mut CommandContext<'_>, request: &Request, record: &Record, ordered: Option<&Ordered>) {
    let (known, limits) = (Snapshot { target: Some(record.clone()), ..Snapshot::default() }, Limits::default());
    let facts = known.facts(&limits, context.exchange_now());
    let gross = record.charge(ordered).gross;
    let rows = Reviewed { gross, ..reviewed(&facts, context.lang, None, None) }.rows(request, &[]);
    show(context, request, &rows);
}

const fn reviewed<'a>(
    facts: &'a Facts<'a>,
    lang: Lang,
    fees: Option<&'a Learnt>,
    group: Option<&'a Group>,
) -> Reviewed<'a> {
    let group = match group {
        Some(group) => Some((group, false)),
        None => None,
    };
    Reviewed { facts, fees, gross: None, unit: None, is_hidden: false, group, lang }
}

fn show(context: &mut CommandContext<'_>, request: &Request, rows: &[Row]) {
    let lang = context.lang;
    let place = match context.mode {
        Mode::Demo => lang.t("cli.order.review.demo").to_owned(),
        Mode::Live => lang.fill("cli.order.review.live", &[("host", context.client.base().host())]),
    };
    let kind = request.kind();
    let what = lang.find(&format!("form.title.{kind}")).unwrap_or(kind);
    context.say(&format!("{} · {place}", lang.fill("form.title.review", &[("what", what)])));
    let label = |row: &Row| row.label.map_or("", |key| lang.t(key));
    let indent = rows.iter().map(|row| label(row).width()).max().unwrap_or(0);
    for row in rows.iter().filter(|row| row.need != Need::Air) {
        let label = label(row);
        let value = match &row.value {
            Value::Words(text, _) | Value::Sentence(text, _) => text.clone(),
            Value::Groups(text, marked) => marked_groups(text, *marked),
            Value::Compare(text, _) => groups_of_four(text).join(" "),
        };
        let aside = row.aside.iter().filter(|(text, _)| !text.is_empty()).map(|(text, _)| text.clone());
        let said = Some(value).filter(|value| !value.is_empty()).into_iter().chain(aside).collect::<Vec<_>>();
        let space = " ".repeat(indent.saturating_sub(label.width()));
        context.say(&format!("  {label}{space}  {}", said.join(lang.t("list.beside"))));
    }
}

/// Groups of four with the marked one in brackets.
pub fn marked_groups(text: &str, marked: Option<usize>) -> String {
    let groups = groups_of_four(text).into_iter().enumerate();
    let marked = groups.map(|(at, group)| if marked == Some(at) { format!("[{group}]") } else { group });
    marked.collect::<Vec<_>>().join(" ")
}

/// Two addresses that could be taken for each other, one below the other, with marks where they differ.
pub fn look_alike(context: &mut CommandContext<'_>, typed: &UntrustedText, known: &UntrustedText, differs: &[usize]) {
    let marks: String =
        (0..typed.raw().chars().count()).map(|at| if differs.contains(&at) { '^' } else { ' ' }).collect();
    for text in [known.shown().as_ref(), typed.shown().as_ref(), &marks] {
        let line = groups_of_four(text).join(" ");
        context.say(format!("  {line}").trim_end());
    }
}
