//! What stands between a request and its review: faults in words, an equal order before it, and that it is still the same
//! when the yes has come.

use super::consent::{self, Question};
use super::desk::{self, Desk};
use super::facts::Known;
use super::review;
use super::{Consent, DespiteArgs};
use crate::cli::failure::{BAD_INPUT, End, Failure};
use crate::domain::address::ChainHint;
use crate::domain::rules::{Before, Despite, Earlier, Fault, Field, FieldFault, Note, Report, WithdrawInput};
use crate::domain::{Request, Text};
use crate::orders::NotBegun;

/// Every fault on a line of its own with the option that it is about, then the next step.
pub fn say_faults(desk: &mut Desk<'_>, faults: &[FieldFault]) -> End {
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
///
/// # Errors
/// It is not; everything is said.
pub fn still<R: PartialEq>(desk: &mut Desk<'_>, report: Report<R>, shown: &R) -> Result<(), End> {
    match report.into_result() {
        Ok(request) if request == *shown => Ok(()),
        Ok(_) => Err(say_faults(desk, &[FieldFault { field: Field::Form, fault: Fault::Missing }])),
        Err(faults) => Err(say_faults(desk, &faults)),
    }
}

/// Shows both addresses of a look-alike in full, with marks where they differ.
pub fn say_look_alike(desk: &mut Desk<'_>, fault: &FieldFault, input: &WithdrawInput, known: &Known) {
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
///
/// # Errors
/// There is one, and no word.
pub async fn same_wish(
    desk: &mut Desk<'_>,
    wish: &Request,
    despite: &DespiteArgs,
    consent: &Consent,
    known: &Known,
) -> Result<Despite, End> {
    let Some(orders) = desk.orders.clone() else { return Ok(Despite::default()) };
    let found = orders.with_ledger(|ledger| ledger.blocking_repeat()).await.map_err(|why| desk.ledger_failed(&why))?;
    let Some(same) = found.into_iter().find(|order| order.request.is_same_wish(wish)) else {
        return soon_again(desk, wish, despite, consent, known).await;
    };
    let (id, is_open) = (same.id, same.outcome.is_unsettled());
    if is_open || despite.order != Some(id) {
        let failure = desk::not_begun(&NotBegun::SameUnsettled(Box::new(same)), desk.lang);
        if is_open || consent.yes || consent.dry_run || !consent::is_terminal() {
            return Err(End::Failure(failure));
        }
        desk.say(&failure.cause());
        let lang = desk.lang;
        let text = lang.fill("cli.order.ask_again", &[("order", &id.0.to_string())]);
        consent::ask(desk, &Question::Word { text, word: lang.t("cli.order.again_word") }, known.age_ms()).await?;
    }
    // What was given up may be the very payment that shows now: that is asked for by itself.
    let records = soon_again(desk, wish, despite, consent, known).await?.records;
    Ok(Despite { order: Some(id), records })
}

/// An equal payment just before may be a slip: it is repeated on the user's word for each only. A move back and forth is no
/// payment.
async fn soon_again(
    desk: &mut Desk<'_>,
    wish: &Request,
    despite: &DespiteArgs,
    consent: &Consent,
    known: &Known,
) -> Result<Despite, End> {
    let limits = desk.settings.limits.clone();
    let soon = match wish {
        Request::Move(_) => Vec::new(),
        _ => known.facts(&limits, desk.exchange_now()).ordered_soon_before(wish),
    };
    // What was named is meant, whether or not it is seen here: the engine looks at a page of its own.
    let named = despite.record.iter().map(|id| Text::from(id.as_str())).collect();
    let mut meant = Despite { order: despite.order, records: named };
    for before in soon {
        let is_named = match &before.earlier {
            Earlier::Order(id) => despite.order == Some(*id),
            Earlier::Record(id) => despite.record.iter().any(|named| named == id.raw()),
        };
        // A dry run only shows, and the review has the note.
        if !is_named && !consent.dry_run {
            ask_again(desk, &before, consent, known).await?;
        }
        match before.earlier {
            Earlier::Order(id) => meant.order = Some(id),
            Earlier::Record(id) => meant.records.push(id),
        }
    }
    Ok(meant)
}

async fn ask_again(desk: &mut Desk<'_>, before: &Before, consent: &Consent, known: &Known) -> Result<(), End> {
    let lang = desk.lang;
    let (next, ask, name, id) = match &before.earlier {
        Earlier::Order(id) => ("cli.order.soon_again_next", "cli.order.ask_again", "order", id.0.to_string()),
        Earlier::Record(id) => {
            ("cli.order.paid_again_next", "cli.order.ask_paid_again", "record", id.shown().into_owned())
        }
    };
    let words = Note::OrderedBefore(before.clone()).words(lang);
    if consent.yes || !consent::is_terminal() {
        let values = [("words", words.as_str()), (name, id.as_str())];
        return Err(End::Failure(Failure::new(lang, BAD_INPUT, "cli.order.soon_again", next, &values)));
    }
    desk.say(&words);
    let text = lang.fill(ask, &[(name, &id)]);
    consent::ask(desk, &Question::Word { text, word: lang.t("cli.order.again_word") }, known.age_ms()).await
}
