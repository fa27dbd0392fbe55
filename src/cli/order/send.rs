//! Placing an order, looking its outcome up when the answer was lost, following it, and the exit code that it ends with.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Consent;
use super::check::say_faults;
use super::context::{self, CommandContext, LOOK_UP};
use crate::cli::failure::{End, Failure, MACHINE, REFUSED, UNKNOWN};
use crate::domain::locale::Lang;
use crate::domain::preflight::Snapshot;
use crate::domain::rules::{is_returned, too_late};
use crate::domain::value::grouped;
use crate::domain::{
    AskedBy, Confirmation, Consent as Agreed, Kind, Order, OrderId, Outcome, OutgoingFilter, Problem, Record, Request,
    Status, UntrustedText,
};
use crate::engine::explain::{Explanation, exit_code, explain};
use crate::engine::orders::{Begun, NotBegun, Orders, Reading, evidence, words};
use crate::engine::output::print;

/// How long `--wait` looks for an outcome: past the moment when "no trace" may be said.
const WAIT: Duration = Duration::from_secs(10 * 60);
/// The ledger's newest lines among which an order that was cut short is looked for.
const RECENT: u32 = 100;
/// How long a command waits for the balance to show that an amount is back.
const BACK: Duration = Duration::from_secs(5);
/// The longest pause between two readings of a record that is followed.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Places the order, or sends the one that goes again, prints it with its outcome, and follows it if asked to. What the engine
/// wants beyond the consent comes back: then nothing was sent.
///
/// # Errors
/// An [`End`] with the exit code, unless the exchange has accepted the order.
pub async fn send(
    context: &mut CommandContext<'_>,
    agreed: Agreed,
    again: Option<OrderId>,
    known: Snapshot,
    consent: &Consent,
) -> Result<Option<Vec<Confirmation>>, End> {
    let (orders, lang) = (context.orders()?, context.lang);
    let request = agreed.request.clone();
    let before = recent(&orders, again).await.map_err(|why| context.ledger_failed(&why))?;
    let placing = async {
        match again {
            Some(id) => orders.resend(id, agreed.given, known, AskedBy::Command).await,
            None => orders.place(agreed, known, AskedBy::Command).await,
        }
    };
    let placed = tokio::select! {
        placed = placing => placed,
        number = context.interrupt.next() => return Err(cut_short(context, &request, &before, again, number, consent).await),
    };
    let Begun { mut order, problem, unrecorded } = match placed {
        Err(NotBegun::Unconfirmed(wanted)) => return Ok(Some(wanted)),
        Err(NotBegun::Faults(faults)) => return Err(say_faults(context, &faults)),
        Err(NotBegun::NotResendable(order)) if matches!(order.outcome, Outcome::Accepted { .. }) => {
            // The exchange has it: nothing was sent.
            show(context, &order, consent);
            return conclude(context, &order, None).map(|()| None);
        }
        other => other.map_err(|why| context::not_begun(&why, lang))?,
    };
    if let Some(why) = &unrecorded {
        say(context, words::unrecorded(why, lang), MACHINE);
    }
    let mut seen = None;
    if order.outcome.is_unsettled() && unrecorded.is_none() {
        if !order.request.is_cancel() {
            context.say(&words::order(&order, lang).cause);
        }
        let limit = if consent.wait { WAIT } else { LOOK_UP };
        context.say(&lang.fill("cli.order.looking", &[("seconds", &limit.as_secs().to_string())]));
        let id = order.id;
        // A signal ends the looking only: what is known is said all the same.
        if let Ok(reading) = context.unless_interrupted(orders.settle(id, limit)).await {
            seen = Some(reading);
        }
        if let Ok(Some(now)) = orders.with_ledger(move |ledger| ledger.order(id)).await {
            order = now;
        }
    }
    show(context, &order, consent);
    if let Some(reading) = &seen {
        say_candidates(context, &order, reading);
    }
    if order.request.is_cancel() {
        return conclude_cancel(context, &order, problem.as_ref(), consent.wait).await.map(|()| None);
    }
    conclude(context, &order, problem.as_ref())?;
    match (&order.outcome, &order.request, consent.wait) {
        (Outcome::Accepted { id, .. }, Request::Withdraw(_), true) => follow(context, &Kind::Withdrawal, id).await?,
        (Outcome::Accepted { id, .. }, Request::Transfer(_), true) => follow(context, &Kind::TransferOut, id).await?,
        _ => {}
    }
    Ok(None)
}

/// Prints the order. Its id is said on standard error too: a reader that left early loses nothing.
fn show(context: &mut CommandContext<'_>, order: &Order, consent: &Consent) {
    let printed = print(std::slice::from_ref(order), consent.output.format, context.lang, context.out);
    if let Err(why) = printed {
        context.say(&context.lang.fill("cli.output", &[("why", &why.to_string())]));
    }
}

/// The newest orders, and the one that goes again.
async fn recent(orders: &Orders, again: Option<OrderId>) -> Result<Vec<Order>, UntrustedText> {
    let read = orders.with_ledger(move |ledger| {
        let mut found = ledger.orders(RECENT)?;
        if let Some(id) = again.filter(|id| found.iter().all(|order| order.id != *id)) {
            found.extend(ledger.order(id)?);
        }
        Ok(found)
    });
    read.await
}

/// A signal came while the order was being placed. What the ledger has of it beyond what it had `before` decides what is said;
/// what is open there is settled by whoever comes next.
async fn cut_short(
    context: &mut CommandContext<'_>,
    request: &Request,
    before: &[Order],
    again: Option<OrderId>,
    number: i32,
    consent: &Consent,
) -> End {
    let lang = context.lang;
    let orders = match context.orders() {
        Ok(orders) => orders,
        Err(failure) => return End::Failure(failure),
    };
    let adopted = orders.recover_orphans().await;
    let found = recent(&orders, again).await;
    // Written down or sent since: a transfer that goes again stands under its old number.
    let is_new = |now: &Order| !before.iter().any(|order| order.id == now.id && order.sent == now.sent);
    let is_it = |order: &Order| order.request == *request || order.request.is_same_request(request);
    let found = adopted.and(found).map(|all| all.into_iter().find(|order| is_new(order) && is_it(order)));
    match found {
        // The order may have left, and its end cannot be read here.
        Err(why) => {
            let said = words::reading(&Reading::Ledger(why), lang);
            End::Failure(Failure::of_words(said, lang, UNKNOWN).with_next(lang.t("cli.order.cut_next").to_owned()))
        }
        Ok(Some(order)) => {
            show(context, &order, consent);
            conclude(context, &order, None).err().unwrap_or(End::Said(0))
        }
        // Not even written down.
        Ok(None) => End::Failure(context::interrupted(number, lang)),
    }
}

/// Says what became of an order, and what to do; the exit code is in the error.
///
/// # Errors
/// Everything but an order that was carried out.
pub fn conclude(context: &mut CommandContext<'_>, order: &Order, problem: Option<&Problem>) -> Result<(), End> {
    let lang = context.lang;
    let said = words::order(order, lang);
    let number = order.id.0.to_string();
    let open = |said: Explanation| {
        let next = lang.fill("cli.order.unknown_next", &[("order", &number)]);
        Err(End::Failure(Failure::of_words(said, lang, UNKNOWN).with_next(next)))
    };
    match &order.outcome {
        Outcome::Accepted { .. } => {
            context.say(&said.cause);
            Ok(())
        }
        Outcome::Refused { .. } | Outcome::NotSent { .. } => {
            let code = problem.map_or(REFUSED, |problem| exit_code(problem, true));
            let said = problem.map_or(said, |problem| {
                let said = explain(problem, lang);
                Explanation { cause: lang.fill("outcome.refused", &[("cause", &said.cause)]), ..said }
            });
            Err(End::Failure(Failure::of_words(said, lang, code)))
        }
        Outcome::TooLate { .. } | Outcome::NotExecuted | Outcome::Dismissed => {
            Err(End::Failure(Failure::of_words(said, lang, REFUSED)))
        }
        Outcome::Sending | Outcome::Unknown { .. } | Outcome::NoTrace | Outcome::Likely { .. } => open(said),
    }
}

/// Says what became of a record that was to be taken back, as [`conclude`] does: by the record, and by the balance, which alone
/// tells that the amount came back. It is waited for a little, with `--wait` for long.
async fn conclude_cancel(
    context: &mut CommandContext<'_>,
    order: &Order,
    problem: Option<&Problem>,
    waits: bool,
) -> Result<(), End> {
    let (Request::CancelWithdrawal(id) | Request::CancelTransfer(id)) = &order.request else {
        return conclude(context, order, problem);
    };
    let (client, lang) = (context.client.clone(), context.lang);
    let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let reading = async {
        let record = client.outgoing(&filter).await.ok()?.into_iter().find(|record| record.key.id == *id)?;
        let end = Instant::now() + if waits { WAIT } else { BACK };
        for turn in 0_u32.. {
            let balances = client.balances().await.ok().flatten().unwrap_or_default();
            let now = balances.iter().find(|b| b.coin == record.coin).and_then(|b| b.available);
            let pause = Duration::from_secs(1 << turn.min(4)).min(LONGEST_PAUSE);
            let is_over = is_returned(&record, order.available_before, now) != Some(false)
                || record.status != Status::Cancelled
                || Instant::now() + pause >= end;
            if is_over {
                return Some((record, now));
            }
            sleep(pause).await;
        }
        None
    };
    // A signal ends the waiting only.
    let Ok(Some((record, now))) = context.unless_interrupted(reading).await else {
        return conclude(context, order, problem);
    };
    let said = words::cancel(order, &record, now, lang);
    match &order.outcome {
        Outcome::Accepted { .. } => {}
        Outcome::Refused { .. } if record.status == Status::Cancelled => {}
        Outcome::Refused { .. } if too_late(&record).is_some() => {
            return Err(End::Failure(Failure::of_words(said, lang, REFUSED)));
        }
        _ => return conclude(context, order, problem),
    }
    context.say(&said.cause);
    context.say(&said.next);
    Ok(())
}

/// Cause and next step as they are said of a failure, without an end.
fn say(context: &mut CommandContext<'_>, said: Explanation, code: u8) {
    let lang = context.lang;
    let mut lines = Vec::new();
    // Writing into memory does not fail.
    let _ = Failure::of_words(said, lang, code).write(&mut lines);
    for line in String::from_utf8_lossy(&lines).lines() {
        context.say(line);
    }
}

/// Records that may be the order, for the user to say which.
pub fn say_candidates(context: &mut CommandContext<'_>, order: &Order, reading: &Reading) {
    let lang = context.lang;
    match reading {
        Reading::Several(records) => {
            context.say(&words::reading(reading, lang).cause);
            for record in records {
                let line = candidate(order, record, lang);
                context.say(&line);
            }
        }
        Reading::Failed(_) | Reading::Ledger(_) | Reading::OtherKey => {
            context.say(&words::reading(reading, lang).cause);
        }
        Reading::Settled(_) | Reading::NotYet(_) | Reading::InFlight => {}
    }
}

/// A record that may be an order, in one line, with what of it is not as it was ordered.
pub fn candidate(order: &Order, record: &Record, lang: Lang) -> String {
    let maybe = |value: Option<String>| value.unwrap_or_else(|| "?".to_owned());
    let amount = maybe(record.amount.map(|amount| grouped(amount.trimmed())));
    let time = maybe(record.time.map(crate::domain::Millis::exact));
    let to = maybe(record.counterparty().map(|to| to.to_string()));
    let line =
        format!("  {}  {amount} {}  {time}  {}  {to}", record.key.id, record.coin, status_word(&record.status, lang));
    match evidence::differences(&order.request, record) {
        parts if parts.is_empty() => line,
        parts => format!("{line}  {}", words::parts_words(&parts, lang)),
    }
}

/// Reads the record until nothing more will happen to it. Ctrl-C ends the following, not the order.
async fn follow(context: &mut CommandContext<'_>, kind: &Kind, id: &UntrustedText) -> Result<(), End> {
    let lang = context.lang;
    let client = context.client.clone();
    let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let mut last: Option<Status> = None;
    let mut is_silent = false;
    for turn in 0_u32.. {
        let reading = async {
            sleep(Duration::from_secs(1 << turn.min(4)).min(LONGEST_PAUSE)).await;
            client.outgoing(&filter).await
        };
        let Ok(records) = context.unless_interrupted(reading).await else {
            context.say(lang.t("cli.order.followed_enough"));
            return Ok(());
        };
        let record = match records {
            Ok(records) => records.into_iter().find(|r| r.key.id == *id && r.key.kind == *kind),
            Err(problem) if problem.is_about_the_key() => return Err(Failure::of_read(&problem, lang).into()),
            Err(problem) => {
                if !is_silent {
                    context.say(&explain(&problem, lang).cause);
                }
                is_silent = true;
                continue;
            }
        };
        is_silent = false;
        let Some(record) = record else { continue };
        if last.as_ref() != Some(&record.status) {
            let word = status_word(&record.status, lang);
            context.say(&lang.fill("cli.order.status", &[("id", &id.shown()), ("status", &word)]));
            if record.status == Status::Verification {
                context.say(lang.t("cli.order.verification"));
            }
        }
        if record.status == Status::Success {
            return Ok(());
        }
        if record.status.is_final() {
            let word = status_word(&record.status, lang);
            let values = [("status", word.as_str())];
            let failure = Failure::new(lang, REFUSED, "cli.order.ended_badly", "cli.order.ended_badly_next", &values);
            return Err(End::Failure(failure));
        }
        last = Some(record.status);
    }
    Ok(())
}

fn status_word(status: &Status, lang: Lang) -> String {
    let known = lang.find(&format!("status.{}", status.word()));
    known.map_or_else(|| UntrustedText::from(status.word()).excerpt(64), str::to_owned)
}
