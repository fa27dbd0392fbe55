//! From what was typed to a request, or to everything that is wrong with it; then the review, the yes and the sending.

use std::time::Duration;

use super::agree::{Agreement, agree, consent_to, not_blocked, not_given, preflight_of};
use super::check::{say_faults, say_look_alike};
use super::context::CommandContext;
use super::dry_run::dry_run;
use super::preflight_data::{self, Known};
use super::{
    CancelArgs, ConfirmArgs, Consent, DespiteArgs, MoveArgs, PayArgs, SettleArgs, WithdrawArgs, consent, review, send,
};
use crate::cli::failure::{BAD_INPUT, End, Failure, REFUSED};
use crate::domain::preflight::Snapshot;
use crate::domain::record::Ordered;
use crate::domain::rules::{
    ASSUMED_DECIMALS, Before, DuplicateOf, Field, FieldFault, FieldNote, MemoChoice, MoveInput, Percent, TransferInput,
    WithdrawInput, check_move, check_transfer, check_withdraw, percent_of, too_late,
};
use crate::domain::value::grouped;
use crate::domain::{
    Amount, Confirmation, Kind, MoveDirection, Order, OrderId, Outcome, OutgoingFilter, Record, Request, TypedWord,
    UntrustedText,
};
use crate::engine::orders::{NotBegun, fresh_transfer_id, resend, words};

/// How often an order is confirmed once more because the engine, which reads anew, wants more than was known.
const ROUNDS: usize = 3;
/// How often all of a side is reckoned anew while less and less of it can be moved.
const ATTEMPTS: usize = 10;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(300);

/// `withdraw`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn withdraw(context: &mut CommandContext<'_>, args: &WithdrawArgs) -> Result<(), End> {
    let memo = match (&args.memo, args.no_memo) {
        (Some(memo), _) => MemoChoice::Text(memo.clone()),
        (None, true) => MemoChoice::ExplicitNone,
        (None, false) => MemoChoice::Undecided,
    };
    let input = WithdrawInput {
        coin: args.coin.clone(),
        network: args.network.clone(),
        address: args.address.clone(),
        memo,
        amount: args.amount.clone(),
    };
    let mut known = begin(context, &args.coin, Some(Kind::Withdrawal), &args.consent).await?;
    preflight_data::read_own(context, &mut known, &input, args.consent.dry_run).await?;
    let report = check_withdraw(&input, &known.facts(context));
    let notes = report.notes.clone();
    let request = match report.into_result() {
        Ok(request) => request,
        Err(faults) => return Err(say_faults(context, &faults)),
    };
    for note in &notes {
        say_look_alike(context, note, &input, &known);
    }
    let confirm = (args.confirm_tail.as_deref(), &args.confirm);
    let agreement = agreement(context, &args.consent, &args.despite, confirm)?;
    order(context, Request::Withdraw(request), None, &notes, &known, &agreement).await
}

/// `transfer`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn transfer(context: &mut CommandContext<'_>, args: &PayArgs) -> Result<(), End> {
    let (coin, amount, remark) = (args.coin.clone(), args.amount.clone(), args.remark.clone());
    let input = TransferInput { to: args.receiver(), coin, amount, remark };
    let own_id = fresh_transfer_id().map_err(|why| context.ledger_failed(&why))?;
    let known = begin(context, &args.coin, Some(Kind::TransferOut), &args.consent).await?;
    let report = check_transfer(&input, &own_id, &known.facts(context));
    let notes = report.notes.clone();
    let request = report.into_result().map_err(|faults| say_faults(context, &faults))?;
    let confirm = ConfirmArgs { confirm_amount: args.confirm_amount.clone(), ..ConfirmArgs::default() };
    let agreement = agreement(context, &args.consent, &args.despite, (args.confirm_tail.as_deref(), &confirm))?;
    order(context, Request::Transfer(request), None, &notes, &known, &agreement).await
}

/// `move`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn move_funds(context: &mut CommandContext<'_>, args: &MoveArgs) -> Result<(), End> {
    let direction = args.from.out();
    let mut known = begin(context, &args.coin, None, &args.consent).await?;
    known.snapshot.futures = preflight_data::futures_side(context, &known, &args.coin, direction).await?;
    if let Some(amount) = &args.amount {
        return move_once(context, args, &known, amount.clone()).await;
    }
    let mut all = all_of(context, &known, &args.coin, direction)?;
    let more = if args.consent.yes { ATTEMPTS - 1 } else { 0 };
    for _ in 0..more {
        let end = move_once(context, args, &known, all.to_string()).await;
        // A position that loses leaves less to move than a moment ago. Whatever else ended it, a signal above all, ends it.
        if !matches!(end, Err(End::AboveMovable)) {
            return end;
        }
        context.unless_interrupted(tokio::time::sleep(PAUSE)).await?;
        known.snapshot.futures = preflight_data::futures_side(context, &known, &args.coin, direction).await?;
        let now = all_of(context, &known, &args.coin, direction)?;
        if now >= all {
            return end;
        }
        all = now;
    }
    move_once(context, args, &known, all.to_string()).await
}

async fn move_once(
    context: &mut CommandContext<'_>,
    args: &MoveArgs,
    known: &Known,
    amount: String,
) -> Result<(), End> {
    let input = MoveInput { direction: args.from.out(), coin: args.coin.clone(), amount };
    let report = check_move(&input, &known.facts(context));
    let notes = report.notes.clone();
    let request = report.into_result().map_err(|faults| say_faults(context, &faults))?;
    let despite = DespiteArgs { order: args.despite.clone(), record: Vec::new() };
    let confirm = ConfirmArgs::default();
    let agreement = agreement(context, &args.consent, &despite, (None, &confirm))?;
    order(context, Request::Move(request), None, &notes, known, &agreement).await
}

/// All that can be moved out of a side, in as many decimals as the coin has.
fn all_of(
    context: &CommandContext<'_>,
    known: &Known,
    coin: &str,
    direction: MoveDirection,
) -> Result<Amount, Failure> {
    let name = UntrustedText::from(coin.trim_ascii());
    let held = match direction {
        MoveDirection::SpotToFutures => known.snapshot.available(&name),
        MoveDirection::FuturesToSpot => {
            known.snapshot.futures.reading(name.raw()).and_then(|reading| reading.balance.as_ref()?.movable)
        }
    };
    let Some(held) = held else {
        let values = [("coin", &*name.shown())];
        return Err(Failure::new(
            context.lang,
            BAD_INPUT,
            "cli.order.all_unknown",
            "cli.order.all_unknown_next",
            &values,
        ));
    };
    let coins = known.snapshot.coins.as_ref().map_or(&[][..], |(coins, _)| coins.as_slice());
    let networks = coins.iter().filter(|coin| coin.name == name).flat_map(|coin| &coin.networks);
    let precision = networks.filter_map(|network| network.precision).max().unwrap_or(ASSUMED_DECIMALS);
    Ok(percent_of(held, Percent::All, precision))
}

/// `settle --resend`: a transfer whose end is not known goes again under its own id, judged and shown like a new one.
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn send_again(context: &mut CommandContext<'_>, before: &Order, args: &SettleArgs) -> Result<(), End> {
    let Request::Transfer(request) = &before.request else { return Err(not_resendable(context, before)) };
    if !matches!(before.outcome, Outcome::Unknown { .. } | Outcome::NoTrace) {
        return Err(not_resendable(context, before));
    }
    let mut known = preflight_data::read(context, request.coin.raw(), Some(Kind::TransferOut), false).await?;
    known.leave_out(before.id);
    let found = preflight_of(context, &before.request, &known);
    if !found.faults.is_empty() {
        return Err(say_faults(context, &found.faults));
    }
    let options = Consent { yes: args.yes, dry_run: false, wait: false, output: args.output };
    let despite = DespiteArgs { order: args.despite.clone(), record: args.despite_record.clone() };
    let confirm = ConfirmArgs { confirm_amount: args.confirm_amount.clone(), ..ConfirmArgs::default() };
    let agreement = agreement(context, &options, &despite, (args.confirm_tail.as_deref(), &confirm))?;
    order(context, before.request.clone(), Some(before.id), &found.notes, &known, &agreement).await
}

fn not_resendable(context: &CommandContext<'_>, order: &Order) -> End {
    super::context::not_begun(&NotBegun::NotResendable(Box::new(order.clone())), context.lang).into()
}

/// The review of a request, the consent to it, the time in which it can be taken back, and the sending; `again` is the order
/// that goes again.
async fn order(
    context: &mut CommandContext<'_>,
    request: Request,
    again: Option<OrderId>,
    notes: &[FieldNote],
    known: &Known,
    agreement: &Agreement<'_>,
) -> Result<(), End> {
    let found = preflight_of(context, &request, known);
    not_blocked(context, &found).await?;
    still_wanted(context, &found.confirmations, agreement).await?;
    // What goes again has its id already.
    let request =
        if again.is_some() { request } else { under_its_own_id(context, request, &found.confirmations).await? };
    let asks_group = found.confirmations.iter().any(|wanted| matches!(wanted, Confirmation::Group(_)));
    let group = asks_group.then(|| agreement.group(&request)).flatten();
    review::of(context, &request, known, notes, group.as_ref());
    if agreement.options.dry_run {
        for wanted in &found.confirmations {
            let words = wanted.words(context.lang);
            context.say(&words);
        }
        return dry_run(context, &request, agreement.options.output.format);
    }
    let mut wanted = found.confirmations;
    for _ in 0..ROUNDS {
        let text = question(context, &request, again);
        let given = agree(context, &request, &wanted, text, agreement, known.age_ms()).await?;
        consent::delay(context).await?;
        // At the last moment: the answer and the delay may have taken long.
        let now = preflight_of(context, &request, known);
        if !now.faults.is_empty() {
            return Err(say_faults(context, &now.faults));
        }
        let consent = consent_to(request.clone(), given);
        // On the heap: with all that is known it is too large to be moved about.
        let sent = Box::pin(send::send(context, consent, again, known.snapshot.clone(), agreement.options)).await?;
        match sent {
            None => return Ok(()),
            // The engine has read anew, and wants more than was known.
            Some(more) if agreement.options.yes || !consent::is_terminal() => {
                let first = more.first().map(|wanted| not_given(context, wanted, &request, agreement));
                return Err(first.map_or(End::Said(BAD_INPUT), End::Failure));
            }
            Some(more) => wanted.extend(more),
        }
    }
    Err(super::context::not_begun(&NotBegun::Unconfirmed(wanted), context.lang).into())
}

/// An order that is named to be repeated must still be one to be asked about: the advice to name it may be older than what is
/// known of it now.
async fn still_wanted(
    context: &CommandContext<'_>,
    wanted: &[Confirmation],
    agreement: &Agreement<'_>,
) -> Result<(), End> {
    let is_wanted = |id: &OrderId| {
        wanted.iter().any(|wanted| matches!(wanted, Confirmation::Again(before) if before.earlier.order() == Some(*id)))
    };
    let Some(id) = agreement.despite.order.iter().find(|id| !is_wanted(id)).copied() else { return Ok(()) };
    let order = context.orders()?.with_ledger(move |ledger| ledger.order(id)).await;
    let order = order.map_err(|why| context.ledger_failed(&why))?;
    let (lang, number) = (context.lang, id.0.to_string());
    let label = order.map_or(lang.t("cli.order.unknown_number"), |order| words::label_of(&order.outcome, lang));
    let values = [("order", number.as_str()), ("label", label)];
    Err(Failure::new(lang, BAD_INPUT, "cli.order.not_wanted", "cli.order.not_wanted_next", &values).into())
}

/// A transfer that repeats to the letter one without a trace goes again under that one's id: that is shown.
async fn under_its_own_id(
    context: &CommandContext<'_>,
    request: Request,
    wanted: &[Confirmation],
) -> Result<Request, End> {
    let Request::Transfer(transfer) = &request else { return Ok(request) };
    for wanted in wanted {
        let Confirmation::Again(Before { earlier: DuplicateOf::Order(id), is_given_up: true, .. }) = wanted else {
            continue;
        };
        let id = *id;
        let order = context.orders()?.with_ledger(move |ledger| ledger.order(id)).await;
        let order = order.map_err(|why| context.ledger_failed(&why))?;
        if let Some(own) = order.and_then(|order| resend::repeated(&order, transfer)) {
            return Ok(Request::Transfer(own));
        }
    }
    Ok(request)
}

fn agreement<'a>(
    context: &CommandContext<'_>,
    options: &'a Consent,
    despite: &'a DespiteArgs,
    (tail, confirm): (Option<&'a str>, &'a ConfirmArgs),
) -> Result<Agreement<'a>, Failure> {
    Ok(Agreement { options, despite, tail, confirm, chance: chance(context)? })
}

/// `cancel`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn cancel(context: &mut CommandContext<'_>, args: &CancelArgs) -> Result<(), End> {
    if !args.consent.dry_run {
        context.recover_orphans().await?;
    }
    let (client, lang) = (context.client.clone(), context.lang);
    let id = UntrustedText::from(args.id.as_str());
    let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let records = context.unless_interrupted(client.outgoing(&filter)).await?;
    let mut records = records.map_err(|problem| Failure::of_check(&problem, lang))?;
    records.retain(|r| r.key.id == id && matches!(r.key.kind, Kind::Withdrawal | Kind::TransferOut));
    let shown = id.shown();
    let fail = |cause, next| Err(End::Failure(Failure::new(lang, BAD_INPUT, cause, next, &[("id", &shown)])));
    let record = match records.as_slice() {
        [record] => record,
        [] => return fail("cli.order.no_record", "cli.order.no_record_next"),
        _ => return fail("cli.order.several_records", "cli.order.several_records_next"),
    };
    if record.status.is_final() {
        let status = lang.find(&format!("status.{}", record.status.word())).unwrap_or_default();
        let values = [("id", &*shown), ("status", status)];
        return Err(Failure::new(lang, REFUSED, "cli.order.final_record", "cli.order.ended_next", &values).into());
    }
    if let Some(fault) = too_late(record) {
        return Err(say_faults(context, &[FieldFault { field: Field::Form, fault }]));
    }
    let request = match record.key.kind {
        Kind::TransferOut => Request::CancelTransfer(id.clone()),
        _ => Request::CancelWithdrawal(id.clone()),
    };
    let ordered = ordered(context, record).await?;
    review::cancel(context, &request, record, ordered.as_ref());
    if args.consent.dry_run {
        return dry_run(context, &request, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(context, &request, None);
        let word = TypedWord::yes(context.lang);
        consent::ask(context, &consent::Question::Word { text, word }, 0).await?;
    }
    consent::delay(context).await?;
    let known = Snapshot { target: Some(record.clone()), ..Snapshot::default() };
    match send::send(context, consent_to(request, Vec::new()), None, known, &args.consent).await? {
        None => Ok(()),
        Some(wanted) => Err(super::context::not_begun(&NotBegun::Unconfirmed(wanted), context.lang).into()),
    }
}

/// What was ordered here for a record whose gross the exchange does not say.
async fn ordered(context: &CommandContext<'_>, record: &Record) -> Result<Option<Ordered>, Failure> {
    let Some(orders) = &context.orders else { return Ok(None) };
    let key = record.key.clone();
    let found = orders.with_ledger(move |ledger| Ok(ledger.ordered_amounts()?.remove(&key))).await;
    found.map_err(|why| context.ledger_failed(&why))
}

/// Notices what is open, then reads everything that an order is checked by.
async fn begin(
    context: &mut CommandContext<'_>,
    coin: &str,
    leaves: Option<Kind>,
    consent: &Consent,
) -> Result<Known, End> {
    if !consent.dry_run {
        context.recover_orphans().await?;
    }
    preflight_data::read(context, coin, leaves, consent.dry_run).await
}

/// What the yes is to.
fn question(context: &CommandContext<'_>, request: &Request, again: Option<OrderId>) -> String {
    let lang = context.lang;
    if let Some(id) = again {
        return lang.fill("cli.order.ask_resend", &[("order", &id.0.to_string())]);
    }
    let amount = grouped(request.amount().unwrap_or(Amount::ZERO).trimmed());
    let coin = request.coin().map(|coin| coin.shown().into_owned()).unwrap_or_default();
    let moved = [("amount", amount.as_str()), ("coin", coin.as_str())];
    match request {
        Request::Withdraw(_) | Request::Transfer(_) => lang.fill("cli.order.ask_send", &moved),
        Request::Move(_) => lang.fill("cli.order.ask_move", &moved),
        Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => {
            lang.fill("cli.order.ask_cancel", &[("id", &id.shown())])
        }
    }
}

/// Chance for the group that is asked for.
fn chance(context: &CommandContext<'_>) -> Result<u64, Failure> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|why| context.ledger_failed(&UntrustedText::from(why.to_string())))?;
    Ok(u64::from_be_bytes(random))
}
