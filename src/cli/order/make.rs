//! From what was typed to a request, or to everything that is wrong with it; then the review, the yes and the sending.

use super::consent::{self, Question};
use super::desk::{self, Desk};
use super::facts::{self, Known};
use super::{CancelArgs, Consent, MoveArgs, PayArgs, WithdrawArgs, review, send};
use crate::api::MoneyCall;
use crate::cli::failure::{BAD_INPUT, End, Failure, MACHINE};
use crate::cli::output::table::Column;
use crate::cli::output::{Cell, Format, Listed, Object, print};
use crate::domain::address::ChainHint;
use crate::domain::book::middle_group;
use crate::domain::rules::{
    Fault, Field, FieldFault, MemoChoice, MoveInput, ReceiverInput, Report, TransferInput, WithdrawInput, check_move,
    check_transfer, check_withdraw,
};
use crate::domain::{Amount, Kind, OrderId, OutgoingFilter, Request, Text};
use crate::orders::{NotBegun, fresh_transfer_id};

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
    let despite = same_wish(desk, &wish, args.despite, &args.consent, &known).await?;
    review::withdraw(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_send", request.gross, &request.coin);
        let is_known = known.book.is_known(&request.coin, &request.network, &request.address, request.memo.as_ref());
        let group = if is_known { None } else { middle_group(&request.address, chance(desk)?) };
        let question = match group {
            Some(group) => Question::Group { text, address: &request.address, group },
            None => Question::Word { text, word: desk.lang.t("cli.order.yes_word") },
        };
        consent::ask(desk, &question, known.age_ms()).await?;
    }
    let report = check(desk);
    still(desk, report, &request)?;
    consent::delay(desk).await?;
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
    let despite = same_wish(desk, &wish, args.despite, &args.consent, &known).await?;
    review::transfer(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_send", request.amount, &request.coin);
        ask_yes(desk, text, known.age_ms()).await?;
    }
    let report = check(desk);
    still(desk, report, &request)?;
    consent::delay(desk).await?;
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
    let despite = same_wish(desk, &wish, args.despite, &args.consent, &known).await?;
    review::move_funds(desk, &request, &known, &notes);
    if args.consent.dry_run {
        return dry_run(desk, &wish, args.consent.output.format);
    }
    if !args.consent.yes {
        let text = question(desk, "cli.order.ask_move", request.amount, &request.coin);
        ask_yes(desk, text, known.age_ms()).await?;
    }
    let report = check(desk);
    still(desk, report, &request)?;
    consent::delay(desk).await?;
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
    let mut records = records.map_err(|problem| Failure::of_read(&problem, lang))?;
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
    send::send(desk, wish, None, None, &args.consent).await
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

/// Every fault on a line of its own with the option that it is about, then the next step.
fn say_faults(desk: &mut Desk<'_>, faults: &[FieldFault]) -> End {
    let lang = desk.lang;
    for FieldFault { field, fault } in faults {
        let option = match field {
            Field::Form => "",
            Field::Coin => "--coin: ",
            Field::Network => "--network: ",
            Field::Address => "--address: ",
            Field::Memo => "--memo, --no-memo: ",
            Field::Uid => "--to-uid: ",
            Field::CountryCode | Field::Number => "--to-phone: ",
            Field::Email => "--to-email: ",
            Field::Amount => "--amount: ",
            Field::Remark => "--remark: ",
        };
        desk.say(&lang.fill("cli.error", &[("text", &format!("{option}{}", fault.words(lang)))]));
    }
    desk.say(&lang.fill("cli.next", &[("text", lang.t("cli.order.faults_next"))]));
    End::Said(BAD_INPUT)
}

/// The request that the rules let through now must be the one that was shown.
fn still<R: PartialEq>(desk: &mut Desk<'_>, report: Report<R>, shown: &R) -> Result<(), End> {
    match report.into_result() {
        Ok(request) if request == *shown => Ok(()),
        Ok(_) => Err(say_faults(desk, &[FieldFault { field: Field::Form, fault: Fault::Missing }])),
        Err(faults) => Err(say_faults(desk, &faults)),
    }
}

/// Shows both addresses of a look-alike in full, with marks where they differ.
fn say_look_alike(desk: &mut Desk<'_>, fault: &FieldFault, input: &WithdrawInput, known: &Known) {
    let Fault::LookAlike { .. } = fault.fault else { return };
    let networks = known.coins.iter().filter(|c| c.name.raw() == input.coin.trim()).flat_map(|c| &c.networks);
    let network = networks.into_iter().find(|n| n.name.raw() == input.network.trim());
    let family = network.and_then(|network| ChainHint::of(network).family());
    let typed = Text::from(input.address.trim_ascii());
    for alike in known.book.look_alikes(family, &typed) {
        review::look_alike(desk, &typed, &alike.known, &alike.differs);
    }
}

/// Looks for an equal order of which it is not certain that it was not executed: while it is open nothing is sent, and
/// after it was given up only by the user's word.
async fn same_wish(
    desk: &mut Desk<'_>,
    wish: &Request,
    despite: Option<OrderId>,
    consent: &Consent,
    known: &Known,
) -> Result<Option<OrderId>, End> {
    let Some(orders) = desk.orders.clone() else { return Ok(None) };
    let found = orders.with_ledger(|ledger| ledger.blocking_repeat()).await.map_err(|why| desk.ledger_failed(&why))?;
    let Some(same) = found.into_iter().find(|order| order.request.is_same_wish(wish)) else { return Ok(None) };
    let id = same.id;
    if despite == Some(id) && !same.outcome.is_unsettled() {
        return Ok(despite);
    }
    let is_open = same.outcome.is_unsettled();
    let failure = desk::not_begun(&NotBegun::SameUnsettled(Box::new(same)), desk.lang);
    if is_open || consent.yes || consent.dry_run || !consent::is_terminal() {
        return Err(End::Failure(failure));
    }
    desk.say(&failure.cause());
    let lang = desk.lang;
    let text = lang.fill("cli.order.ask_again", &[("order", &id.0.to_string())]);
    consent::ask(desk, &Question::Word { text, word: lang.t("cli.order.again_word") }, known.age_ms()).await?;
    Ok(Some(id))
}

/// The request as it would be sent.
struct Unsent {
    url: String,
    body: String,
}

impl Listed for Unsent {
    const KEYS: &'static [&'static str] = &["method", "url", "body"];
    const COLUMNS: &'static [Column] = &[];

    fn object(&self) -> Object {
        vec![
            ("method", Cell::Word("POST".to_owned())),
            ("url", Cell::Word(self.url.clone())),
            ("body", Cell::Text(Text::from(self.body.as_str()))),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        Vec::new()
    }
}

/// Prints what would be sent, byte for byte, and sends nothing.
fn dry_run(desk: &mut Desk<'_>, wish: &Request, format: Format) -> Result<(), End> {
    let lang = desk.lang;
    let call = MoneyCall::of(wish).map_err(|problem| Failure::of_read(&problem, lang))?;
    let url = call.url(desk.client.base());
    let body = String::from_utf8(call.body)
        .map_err(|why| Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why.to_string())]))?;
    match format {
        Format::Table => writeln!(desk.out, "POST {url}\n{body}")?,
        other => print(&[Unsent { url, body }], other, lang, desk.out)?,
    }
    desk.out.flush()?;
    desk.say(lang.t("cli.order.dry_run"));
    Ok(())
}
