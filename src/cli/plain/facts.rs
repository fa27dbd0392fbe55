//! What a session of lines begins with: whose account it is, what it holds, what is under way, and what waits for the user.

use std::io::{self, Write};

use super::line;
use super::news::News;
use crate::cli::failure::Failure;
use crate::cli::run_context::Opened;
use crate::domain::locale::Lang;
use crate::domain::value::grouped;
use crate::domain::{Amount, Balance, Order, Record, Status};
use crate::engine::explain::left_out_words;
use crate::engine::history::{History, HistoryError};
use crate::engine::ledger::Flow;
use crate::engine::orders::words;
use crate::engine::session::Mode;
use crate::exchange::EXCHANGE;

/// Says all of it; answers whether what is under way was known.
///
/// # Errors
/// Nobody reads it.
pub async fn begin(opened: &Opened, news: &mut News<'_>, out: &mut dyn Write) -> io::Result<bool> {
    who(opened, out)?;
    out.flush()?;
    let lang = opened.settings.lang;
    let client = &opened.session.client;
    // An exchange that does not tell whose key it is is none the worse; one that does not answer at all is said below.
    let uid = client.user_info().await.ok().and_then(|info| info.uid);
    if let Some(uid) = &uid {
        line(out, &lang.fill("plain.uid", &[("uid", &uid.shown())]))?;
    }
    if let (Some(now), Some(before)) = (&uid, &opened.session.profile.uid)
        && now != before
    {
        let values = [("now", &*now.shown()), ("before", &*before.shown())];
        line(out, &lang.fill("view.banner.other_account", &values))?;
    }
    match client.list_balances().await {
        Ok(found) => {
            let (found, left_out) = found.map(|partial| (partial.found, partial.left_out)).unwrap_or_default();
            balances(&found, left_out.is_empty(), lang, out)?;
            for row in &left_out {
                line(out, &left_out_words(lang.t("view.banner.part.balances"), 1, row, lang))?;
            }
        }
        Err(problem) => news.say_trouble(Failure::of_read(&problem, lang)),
    }
    out.flush()?;
    let round = news.round().await;
    let is_read = round.is_ok();
    let said = news.lines_of(round).await;
    news.tell(said, out).await?;
    let is_known = under_way(news, is_read, out).await?;
    line(out, lang.t("plain.begin"))?;
    out.flush()?;
    Ok(is_known)
}

/// Says what is under way and what waits for the user, as far as it is known; `is_read` tells whether the exchange was just asked.
/// Answers whether all of it is.
///
/// # Errors
/// Nobody reads it.
pub async fn under_way(news: &News<'_>, is_read: bool, out: &mut dyn Write) -> io::Result<bool> {
    let lang = news.lang();
    let found = match news.history() {
        Some(history) => read(history).await.ok(),
        None => None,
    };
    match &found {
        Some(found) if is_read => pending(found, lang, out)?,
        _ if news.is_over() => {}
        // What the ledger holds of records may be over by now.
        _ => line(out, lang.t("plain.not_known"))?,
    }
    if let Some(found) = &found {
        to_act_on(found, is_read, lang, out)?;
    }
    out.flush()?;
    Ok(is_read && found.is_some())
}

fn who(opened: &Opened, out: &mut dyn Write) -> io::Result<()> {
    let Opened { session, settings } = opened;
    let lang = settings.lang;
    let mode = lang.t(if session.mode == Mode::Demo { "plain.demo" } else { "plain.live" });
    let values = [("version", crate::engine::VERSION), ("profile", session.profile.name.as_str()), ("mode", mode)];
    line(out, &lang.fill("plain.who", &values))?;
    let base = session.client.base();
    if session.mode == Mode::Live && base.to_string() != EXCHANGE {
        line(out, &lang.fill("plain.server", &[("host", base.host())]))?;
    }
    if settings.read_only {
        line(out, lang.t("cli.order.read_only"))?;
    }
    Ok(())
}

fn balances(found: &[Balance], is_all: bool, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let is_held = |balance: &&Balance| balance.total().is_none_or(|total| !total.is_zero());
    let held: Vec<&Balance> = found.iter().filter(is_held).collect();
    if held.is_empty() && is_all {
        return line(out, lang.t("plain.nothing_held"));
    }
    for balance in held {
        let shown = |amount: Option<Amount>| {
            amount.map_or_else(|| lang.t("plain.unknown").to_owned(), |amount| grouped(amount.trimmed()))
        };
        let (available, in_use, total) = (shown(balance.available), shown(balance.in_use), shown(balance.total()));
        let values =
            [("coin", &*balance.coin.shown()), ("available", &*available), ("in_use", &*in_use), ("total", &*total)];
        line(out, &lang.fill("plain.balance", &values))?;
    }
    Ok(())
}

/// What is not final, and what only the user can bring on.
struct UnderWay {
    records: Vec<Record>,
    orders: Vec<Order>,
    is_damaged: bool,
}

async fn read(history: &History) -> Result<UnderWay, HistoryError> {
    let found = history.with_ledger(|ledger| {
        let mut records = Vec::new();
        for flow in Flow::BOTH {
            records.extend(ledger.open_records(flow)?);
        }
        records.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.key.cmp(&b.key)));
        let is_damaged = ledger.damage()?.is_some()
            || ledger.missing_orders()?.is_some()
            || ledger.damaged_orders()?.iter().any(|row| !row.is_answered);
        Ok(UnderWay { records, orders: ledger.unsettled()?, is_damaged })
    });
    found.await
}

fn pending(found: &UnderWay, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    if found.records.is_empty() {
        line(out, lang.t("pending.empty"))?;
    }
    let (waiting, pending): (Vec<&Record>, Vec<&Record>) = found.records.iter().partition(|record| waits(record));
    for record in pending {
        line(out, &lang.fill("plain.pending", &[("record", &words_of(record, lang))]))?;
    }
    for record in waiting {
        line(out, &lang.fill("plain.verification", &[("record", &words_of(record, lang))]))?;
    }
    Ok(())
}

/// Only the user brings it on.
fn waits(record: &Record) -> bool {
    record.status == Status::Verification
}

/// What the ledger alone tells; that nothing waits is said only where the records were read.
fn to_act_on(found: &UnderWay, is_read: bool, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    for order in &found.orders {
        let (number, said) = (order.id.0.to_string(), words::order(order, lang));
        line(out, &lang.fill("plain.order", &[("order", &number), ("cause", &said.cause), ("next", &said.next)]))?;
    }
    if found.is_damaged {
        line(out, lang.t("plain.damaged"))?;
    }
    if is_read && !found.records.iter().any(waits) && found.orders.is_empty() && !found.is_damaged {
        line(out, lang.t("plain.nothing_to_do"))?;
    }
    Ok(())
}

/// A record in a line: kind, amount, whom it is from or for, status, time and id.
fn words_of(record: &Record, lang: Lang) -> String {
    let word =
        |table: &str, word: &str| lang.find(&format!("{table}.{word}")).map_or_else(|| word.to_owned(), str::to_owned);
    let amount = record.amount.map_or_else(|| "?".to_owned(), |amount| grouped(amount.trimmed()));
    let amount = if record.key.kind.is_net() { lang.fill("news.net", &[("amount", &amount)]) } else { amount };
    let mut parts = vec![
        word("pending.kind", record.key.kind.word()),
        format!("{amount} {}", record.coin.shown()),
        word("status", record.status.word()),
    ];
    parts.extend(record.time.map(crate::domain::Millis::exact));
    let whom = if record.key.kind.is_outgoing() { "plain.to" } else { "plain.from" };
    parts.extend(record.counterparty().map(|other| lang.fill(whom, &[("whom", &other.shown())])));
    parts.push(lang.fill("plain.id", &[("id", &record.key.id.shown())]));
    parts.join(lang.t("list.join"))
}
