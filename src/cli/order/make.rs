//! From what was typed to a request, or to everything that is wrong with it; then the review, the yes and the sending.

use super::check::{same_wish, say_faults, say_look_alike, still};
use super::consent::{self, Question};
use super::desk::Desk;
use super::dry::dry_run;
use super::facts::{self, Known};
use super::{CancelArgs, Consent, DespiteArgs, MoveArgs, PayArgs, WithdrawArgs, review, send};
use crate::cli::failure::{BAD_INPUT, End, Failure};
use crate::domain::book::middle_group;
use crate::domain::rules::{
    Despite, MemoChoice, MoveInput, ReceiverInput, TransferInput, WithdrawInput, check_move, check_transfer,
    check_withdraw,
};
use crate::domain::{Amount, Kind, OutgoingFilter, Request, Text};
use crate::orders::fresh_transfer_id;

/// `withdraw`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn withdraw(desk: &mut Desk<'_>, args: &WithdrawArgs) -> Result<(), End> {
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
    let known = begin(desk, &args.coin, Some(Kind::Withdrawal), &args.consent).await?;
    let limits = desk.settings.limits.clone();
    let check = |desk: &Desk<'_>| check_withdraw(&input, &known.facts(&limits, desk.exchange_now()));
    let report = check(desk);
    let notes = report.notes.clone();
    let request = match report.into_result() {
        Ok(request) => request,
        Err(faults) => {
            for fault in &faults {
                say_look_alike(desk, fault, &input, &known);
            }
            return Err(say_faults(desk, &faults));
        }
    };
    let wish = Request::Withdraw(request.clone());
    let despite = same_wish(desk, &wish, &args.despite, &args.consent, &known).await?;
    review::withdraw(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_send", request.gross, &request.coin);
        let must_type = !known.book.was_paid(&request)
            || limits.asks_for_more(&request.coin, request.gross, known.facts(&limits, desk.exchange_now()).prices);
        let group = if must_type { middle_group(&request.address, chance(desk)?) } else { None };
        let question = match group {
            Some(group) => Question::Group { text, address: &request.address, group },
            None => Question::Word { text, word: desk.lang.t("cli.order.yes_word") },
        };
        consent::ask(desk, &question, known.age_ms()).await?;
    }
    consent::delay(desk).await?;
    // At the last moment: the answer and the delay may have taken long.
    let report = check(desk);
    still(desk, report, &request)?;
    let available = known.available(&request.coin);
    send::send(desk, wish, available, despite, &args.consent).await
}

/// `transfer`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn transfer(desk: &mut Desk<'_>, args: &PayArgs) -> Result<(), End> {
    let to = match (&args.to_uid, args.to_phone.as_deref(), &args.to_email) {
        (Some(uid), _, _) => ReceiverInput::Uid(uid.clone()),
        (_, Some([country_code, number, ..]), _) => {
            ReceiverInput::Phone { country_code: country_code.clone(), number: number.clone() }
        }
        (_, _, email) => ReceiverInput::Email(email.clone().unwrap_or_default()),
    };
    let input = TransferInput { to, coin: args.coin.clone(), amount: args.amount.clone(), remark: args.remark.clone() };
    let own_id = fresh_transfer_id().map_err(|why| desk.ledger_failed(&why))?;
    let known = begin(desk, &args.coin, Some(Kind::TransferOut), &args.consent).await?;
    let limits = desk.settings.limits.clone();
    let check = |desk: &Desk<'_>| check_transfer(&input, &own_id, &known.facts(&limits, desk.exchange_now()));
    let report = check(desk);
    let notes = report.notes.clone();
    let request = report.into_result().map_err(|faults| say_faults(desk, &faults))?;
    let wish = Request::Transfer(request.clone());
    let despite = same_wish(desk, &wish, &args.despite, &args.consent, &known).await?;
    review::transfer(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_send", request.amount, &request.coin);
        ask_yes(desk, text, known.age_ms()).await?;
    }
    consent::delay(desk).await?;
    // At the last moment: the answer and the delay may have taken long.
    let report = check(desk);
    still(desk, report, &request)?;
    let available = known.available(&request.coin);
    send::send(desk, wish, available, despite, &args.consent).await
}

/// `move`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn move_funds(desk: &mut Desk<'_>, args: &MoveArgs) -> Result<(), End> {
    let input = MoveInput { direction: args.from.out(), coin: args.coin.clone(), amount: args.amount.clone() };
    let known = begin(desk, &args.coin, None, &args.consent).await?;
    let limits = desk.settings.limits.clone();
    let check = |desk: &Desk<'_>| check_move(&input, &known.facts(&limits, desk.exchange_now()));
    let report = check(desk);
    let notes = report.notes.clone();
    let request = report.into_result().map_err(|faults| say_faults(desk, &faults))?;
    let wish = Request::Move(request.clone());
    let despite = DespiteArgs { order: args.despite, record: Vec::new() };
    let despite = same_wish(desk, &wish, &despite, &args.consent, &known).await?;
    review::move_funds(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_move", request.amount, &request.coin);
        ask_yes(desk, text, known.age_ms()).await?;
    }
    consent::delay(desk).await?;
    // At the last moment: the answer and the delay may have taken long.
    let report = check(desk);
    still(desk, report, &request)?;
    let available = known.available(&request.coin);
    send::send(desk, wish, available, despite, &args.consent).await
}

/// `cancel`
///
/// # Errors
/// An [`End`] with the exit code.
pub async fn cancel(desk: &mut Desk<'_>, args: &CancelArgs) -> Result<(), End> {
    if !args.consent.dry_run {
        desk.adopt().await?;
    }
    let (client, lang) = (desk.client.clone(), desk.lang);
    let id = Text::from(args.id.trim());
    let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let records = desk.unless_interrupted(client.outgoing(&filter)).await?;
    let mut records = records.map_err(|problem| Failure::of_check(&problem, lang))?;
    records.retain(|r| r.key.id == id && matches!(r.key.kind, Kind::Withdrawal | Kind::TransferOut));
    let shown = id.shown();
    let fail = |cause, next, status: &str| {
        Err(End::Failure(Failure::new(lang, BAD_INPUT, cause, next, &[("id", &shown), ("status", status)])))
    };
    let record = match records.as_slice() {
        [record] => record,
        [] => return fail("cli.order.no_record", "cli.order.no_record_next", ""),
        _ => return fail("cli.order.several_records", "cli.order.several_records_next", ""),
    };
    if record.status.is_final() {
        let status = lang.find(&format!("status.{}", record.status.word())).unwrap_or_default();
        return fail("cli.order.final_record", "cli.order.final_record_next", status);
    }
    review::cancel(desk, record);
    let wish = match record.key.kind {
        Kind::TransferOut => Request::CancelTransfer(id.clone()),
        _ => Request::CancelWithdrawal(id.clone()),
    };
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = lang.fill("cli.order.ask_cancel", &[("id", &shown)]);
        ask_yes(desk, text, 0).await?;
    }
    consent::delay(desk).await?;
    send::send(desk, wish, None, Despite::default(), &args.consent).await
}

/// Notices what is open, then reads everything that an order is checked by.
async fn begin(desk: &mut Desk<'_>, coin: &str, leaves: Option<Kind>, consent: &Consent) -> Result<Known, End> {
    if !consent.dry_run {
        desk.adopt().await?;
    }
    facts::read(desk, coin, leaves, consent.dry_run).await
}

async fn ask_yes(desk: &mut Desk<'_>, text: String, age_ms: i64) -> Result<(), End> {
    let word = desk.lang.t("cli.order.yes_word");
    consent::ask(desk, &Question::Word { text, word }, age_ms).await
}

fn question(desk: &Desk<'_>, key: &'static str, amount: Amount, coin: &Text) -> String {
    desk.lang.fill(key, &[("amount", &amount.trimmed().to_string()), ("coin", &coin.shown())])
}

/// Chance for the group that is asked for.
fn chance(desk: &Desk<'_>) -> Result<u64, Failure> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|why| desk.ledger_failed(&Text::from(why.to_string())))?;
    Ok(u64::from_be_bytes(random))
}
