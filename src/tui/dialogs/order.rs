//! The page about one order: that its answer was lost and how the looking goes, or how it ended.

use super::{Goto, Next};
use crate::domain::locale::Lang;
use crate::domain::text_width::span;
use crate::domain::{Millis, Order, OrderId, Receiver, Record, Request};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::engine::explain::Explanation;
use crate::engine::orders::{Decision, Reading, RetryPolicy, evidence, words};
use crate::tui::state::State;
use crate::tui::state::detail::{LIMIT, grouped};
use crate::tui::state::layout::Layout;
use crate::tui::state::orders::PendingOrder;
use crate::tui::widgets::frame;
use crate::tui::widgets::review_layout::{Emphasis, Row, Value};
use ratatui::buffer::Buffer;

/// So many of the things that the user can say of an order are seen at once.
const CHOICES: usize = 6;

/// The page about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPage(pub OrderId);

impl OrderPage {
    /// Who has the keys.
    pub const fn context(self) -> Context {
        Context::Outcome
    }

    /// Whether it is of an order whose outcome the user said.
    pub fn is_by_hand(self, app: &State) -> bool {
        app.watched(self.0).is_some_and(|watched| watched.order.outcome.is_by_hand())
    }

    /// What a key does.
    pub fn update(self, app: &State, action: Action) -> Next {
        let watched = app.watched(self.0);
        match action {
            Action::Back => Next::go(Goto::Behind),
            Action::Orders => Next::go(Goto::Orders),
            Action::Partner => {
                watched.map_or_else(Next::stay, |watched| Next::go(Goto::RecordOf(Box::new(watched.order.clone()))))
            }
            Action::Down => Next::go(Goto::MarkChoice(self.0, true)),
            Action::Up => Next::go(Goto::MarkChoice(self.0, false)),
            Action::Take => watched
                .and_then(PendingOrder::marked)
                .map_or_else(Next::stay, |decision| Next::go(Goto::Decide(self.0, decision.clone()))),
            Action::Undo if self.is_by_hand(app) => Next::go(Goto::Decide(self.0, Decision::TakenBack)),
            _ => Next::stay(),
        }
    }

    /// Draws the page.
    pub(in crate::tui) fn view(self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) {
        let (title, rows) = match app.watched(self.0) {
            Some(watched) => (title_of(&watched.order), app.outcome_rows(watched)),
            None => ("form.title.outcome", Vec::new()),
        };
        frame::page(app, theme, layout, app.lang().t(title), &rows, buf);
    }
}

impl State {
    fn outcome_rows(&self, watched: &PendingOrder) -> Vec<Row> {
        let lang = self.lang();
        let order = &watched.order;
        let said = self.order_words(order);
        let is_open = order.outcome.is_unsettled();
        let emphasis = if order.outcome.blocks_repeat() { Emphasis::Warning } else { Emphasis::Strong };
        let mut rows = vec![Row::sentence(said.cause, emphasis), Row::sentence(said.next, Emphasis::Plain), Row::air()];
        rows.extend(self.summary_rows(&order.request));
        rows.push(Row::new("form.row.ordered", order.time.exact(), Emphasis::Plain).may());
        rows.push(Row::new("form.row.order", order.id.0.to_string(), Emphasis::Plain));
        if let Some(found) = self.contradiction(order.id) {
            rows.push(Row::air());
            rows.push(Row::sentence(words::contradiction(found, lang), Emphasis::Danger));
        }
        if let Some(why) = &watched.unrecorded {
            let said = words::unrecorded(why, lang);
            rows.push(Row::air());
            rows.extend([Row::sentence(said.cause, Emphasis::Danger), Row::sentence(said.next, Emphasis::Danger)]);
        }
        let choices = self.choice_rows(watched);
        if is_open || !choices.is_empty() {
            rows.push(Row::air());
            rows.extend(choices);
        }
        if is_open {
            rows.push(self.looking_row(watched));
            rows.push(Row::sentence(lang.t("form.can_leave"), Emphasis::Muted).may());
        }
        rows
    }

    /// What became of an order, in words. Of a cancel the record and the balance tell more than its answer.
    pub(in crate::tui) fn order_words(&self, order: &Order) -> Explanation {
        let Some(record) = self.target(&order.request) else { return words::order(order, self.lang()) };
        // What was read before it was sent says nothing of what came back.
        let is_after = |at: Millis| at.plus(self.clock_offset.unwrap_or(0)) > order.sent;
        let is_new = self.balances.at().is_some_and(is_after);
        let available = self.available(&record.coin).filter(|_| is_new);
        words::cancel(order, &record, available, self.lang())
    }

    /// What the last look brought, and what the user can say of the order.
    fn choice_rows(&self, watched: &PendingOrder) -> Vec<Row> {
        let lang = self.lang();
        let mut rows = Vec::new();
        let is_said = |reading: &&Reading| !matches!(reading, Reading::Settled(_) | Reading::NotYet(_));
        if let Some(reading) = watched.reading.as_ref().filter(is_said) {
            let said = words::reading(reading, lang);
            rows.extend([Row::sentence(said.cause, Emphasis::Warning), Row::sentence(said.next, Emphasis::Plain)]);
        }
        let all = watched.choices();
        let (count, marked) = (all.len(), watched.marked());
        let at = marked.and_then(|marked| all.iter().position(|choice| choice == marked)).unwrap_or(0);
        let first = at.saturating_sub(CHOICES / 2).min(count.saturating_sub(CHOICES));
        for choice in all.iter().skip(first).take(CHOICES) {
            let text = choice_words(watched, choice, lang);
            let (mark, emphasis) =
                if marked == Some(choice) { ("▌", Emphasis::Marked) } else { (" ", Emphasis::Strong) };
            rows.push(Row::sentence(format!("{mark} {text}"), emphasis));
        }
        if count > CHOICES {
            let (shown, all) = (format!("{}–{}", first + 1, first + CHOICES), count.to_string());
            let text = lang.fill("form.candidates_shown", &[("shown", &shown), ("all", &all)]);
            rows.push(Row::sentence(text, Emphasis::Muted));
        }
        if count > 0 {
            rows.push(Row::sentence(lang.t("form.candidates_keys"), Emphasis::Muted).may());
        }
        rows
    }

    /// How the looking goes.
    fn looking_row(&self, watched: &PendingOrder) -> Row {
        let lang = self.lang();
        let next = match watched.next_look() {
            None => lang.t("form.looking_now").to_owned(),
            Some(at) => {
                let left = at.since(self.now).max(0).saturating_add(999);
                lang.fill("form.next_look", &[("span", &span(left, lang))])
            }
        };
        let values = [
            ("n", watched.readings().to_string()),
            ("most", RetryPolicy::default().readings.to_string()),
            ("next", next),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        Row::sentence(lang.fill("form.looking", &values), Emphasis::Plain)
    }

    /// What was ordered, in as few rows as possible and without leaving anything out.
    pub(in crate::tui) fn summary_rows(&self, request: &Request) -> Vec<Row> {
        let lang = self.lang();
        let mut rows = Vec::new();
        if let (Some(coin), Some(amount)) = (request.coin(), request.amount()) {
            let text = format!("{} {}", grouped(amount), coin.excerpt(LIMIT));
            // What a withdrawal was ordered with is its gross.
            let label = if matches!(request, Request::Withdraw(_)) { "field.gross" } else { "form.row.amount" };
            rows.push(Row::new(label, text, Emphasis::Strong));
        }
        match request {
            Request::Withdraw(w) => {
                rows.push(Row::new("form.row.network", w.network.excerpt(LIMIT), Emphasis::Plain));
                rows.push(Row::of("form.row.to_address", Value::Groups(w.address.shown().into_owned(), None)));
                let memo = w.memo.as_ref().map_or_else(|| lang.t("form.no_memo").to_owned(), |m| m.excerpt(LIMIT));
                rows.push(Row::new("form.row.memo", memo, Emphasis::Plain));
            }
            Request::Transfer(t) => {
                let to = match &t.to {
                    Receiver::Uid(uid) => uid.excerpt(LIMIT),
                    Receiver::Email(email) => email.excerpt(LIMIT),
                    Receiver::Phone { country_code, number } => {
                        format!("{} {}", country_code.excerpt(LIMIT), number.excerpt(LIMIT))
                    }
                };
                rows.push(Row::new("form.row.to", to, Emphasis::Plain));
            }
            Request::Move(m) => {
                let key = match m.direction {
                    crate::domain::MoveDirection::SpotToFutures => "form.spot_to_futures",
                    crate::domain::MoveDirection::FuturesToSpot => "form.futures_to_spot",
                };
                rows.push(Row::new("form.row.direction", lang.t(key), Emphasis::Plain));
            }
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => match self.target(request) {
                Some(record) => rows.extend(self.reviewed(request, None, |reviewed| reviewed.record(&record))),
                None => rows.push(Row::new("form.row.record", id.excerpt(LIMIT), Emphasis::Strong)),
            },
        }
        rows
    }
}

/// What the page is called.
fn title_of(order: &Order) -> &'static str {
    match order.outcome.word() {
        "sending" | "unknown" if order.request.is_cancel() => "form.title.taking_back",
        "sending" | "unknown" => "form.title.unknown",
        _ => "form.title.outcome",
    }
}

/// What the user can say of an order, in one line.
fn choice_words(watched: &PendingOrder, choice: &Decision, lang: Lang) -> String {
    match choice {
        Decision::Executed(Some(id)) => {
            let record = watched.candidate(id).map(|record| candidate(&watched.order, record, lang));
            record.unwrap_or_else(|| id.excerpt(LIMIT))
        }
        Decision::Executed(None) => lang.t("form.it_was_executed").to_owned(),
        Decision::NotExecuted(records) if records.is_empty() => lang.t("form.it_was_not_executed").to_owned(),
        Decision::NotExecuted(_) => lang.t("form.none_of_these").to_owned(),
        Decision::TakenBack => String::new(),
    }
}

/// A record that may be the order, in one line, with what of it is not as it was ordered.
fn candidate(order: &Order, record: &Record, lang: Lang) -> String {
    let amount = record.amount.map(grouped).unwrap_or_default();
    let time = record.time.map(Millis::exact).unwrap_or_default();
    let line = format!("{} · {amount} {} · {time}", record.key.id.excerpt(LIMIT), record.coin.excerpt(LIMIT));
    match evidence::differences(&order.request, record) {
        parts if parts.is_empty() => line,
        parts => format!("{line} · {}", words::parts_words(&parts, lang)),
    }
}
