//! From what the preflight wants to the user's consent: each confirmation by its option, or typed on the terminal.

use super::consent::{self, Question, is_tail};
use super::context::{self, CommandContext};
use super::preflight_data::Known;
use super::{ConfirmArgs, Consent as ConsentArgs, DespiteArgs};
use crate::cli::failure::{BAD_INPUT, End, Failure, UNKNOWN};
use crate::domain::address_book::{Group, is_middle_typed, middle_group};
use crate::domain::preflight::{destination, is_amount_typed, is_network_typed};
use crate::domain::rules::{Before, DuplicateOf, Fault, Sameness, typed_amount};
use crate::domain::{Blocker, Confirmation, Consent, Preflight, Request, TypedWord, UntrustedText, preflight};
use crate::engine::explain::Explanation;
use crate::engine::orders::NotBegun;

/// How much of what was typed is said again, in graphemes.
const TYPED: usize = 64;

/// The options by which an order is agreed to.
pub struct Agreement<'a> {
    /// `--yes`, `--dry-run`, `--wait`.
    pub options: &'a ConsentArgs,
    /// The same before that it is ordered in spite of.
    pub despite: &'a DespiteArgs,
    /// The end of where the money goes, typed apart from it.
    pub tail: Option<&'a str>,
    /// What else was typed once more.
    pub confirm: &'a ConfirmArgs,
    /// Chooses the group that is asked for.
    pub chance: u64,
}

impl Agreement<'_> {
    /// The group of where a request's money goes that is asked for.
    pub fn group(&self, request: &Request) -> Option<Group> {
        middle_group(&destination(request)?, self.chance)
    }

    fn is_given(&self, wanted: &Confirmation, request: &Request) -> bool {
        match wanted {
            Confirmation::Group(_) => match (destination(request), self.tail) {
                (Some(destination), Some(typed)) => is_tail(destination.raw(), typed),
                _ => false,
            },
            Confirmation::Middle { .. } => match (destination(request), &self.confirm.confirm_middle) {
                (Some(address), Some(typed)) => is_middle_typed(&address, typed),
                _ => false,
            },
            Confirmation::Amount(_) => match (request.amount(), &self.confirm.confirm_amount) {
                (Some(amount), Some(typed)) => is_amount_typed(amount, typed),
                _ => false,
            },
            Confirmation::OtherNetwork { network, .. } => {
                self.confirm.confirm_network.as_ref().is_some_and(|typed| is_network_typed(network, typed))
            }
            Confirmation::Again(Before { earlier: DuplicateOf::Order(id), .. }) => self.despite.order.contains(id),
            Confirmation::Again(Before { earlier: DuplicateOf::Record(id), .. }) => {
                self.despite.record.iter().any(|named| named == id.raw())
            }
        }
    }

    /// The option by which something is confirmed, and what was typed with it.
    fn typed(&self, wanted: &Confirmation) -> Option<(&'static str, &str)> {
        let (option, typed) = match wanted {
            Confirmation::Middle { .. } => ("--confirm-middle", &self.confirm.confirm_middle),
            Confirmation::Amount(_) => ("--confirm-amount", &self.confirm.confirm_amount),
            Confirmation::OtherNetwork { .. } => ("--confirm-network", &self.confirm.confirm_network),
            Confirmation::Group(_) | Confirmation::Again(_) => return None,
        };
        typed.as_deref().map(|typed| (option, typed))
    }

    /// What was named is meant, whether or not it is seen here: the engine looks at a page of its own.
    fn named(&self) -> impl Iterator<Item = Confirmation> {
        let orders = self.despite.order.iter().map(|id| DuplicateOf::Order(*id));
        let records = self.despite.record.iter().map(|id| DuplicateOf::Record(UntrustedText::from(id.as_str())));
        let again =
            |earlier| Confirmation::Again(Before { earlier, ago_ms: 0, is_given_up: false, sameness: Sameness::Whole });
        orders.chain(records).map(again)
    }
}

/// Everything that the rules say of a request now.
pub fn preflight_of(context: &CommandContext<'_>, request: &Request, known: &Known) -> Preflight {
    preflight(request, &known.facts(context))
}

/// Ends where something stands in the way whatever is typed.
///
/// # Errors
/// It does.
pub async fn not_blocked(context: &CommandContext<'_>, found: &Preflight) -> Result<(), End> {
    let Some(blocker) = found.blockers.first() else { return Ok(()) };
    let why = match blocker {
        Blocker::Clock(None) => NotBegun::NoClock,
        Blocker::Clock(Some(offset)) => NotBegun::WrongClock(*offset),
        Blocker::OrdersUnknown => NotBegun::Ledger(UntrustedText::from("its orders cannot be read")),
        Blocker::SameUnsettled(id) => {
            let id = *id;
            let order = context.orders()?.with_ledger(move |ledger| ledger.order(id)).await;
            match order.map_err(|why| context.ledger_failed(&why))? {
                Some(order) => NotBegun::SameUnsettled(Box::new(order)),
                None => NotBegun::Ledger(UntrustedText::from("no such order")),
            }
        }
    };
    Err(context::not_begun(&why, context.lang).into())
}

/// Asks for everything that is wanted and not given by an option; at the least for a yes.
///
/// # Errors
/// Something is not given: nothing was sent.
pub async fn agree(
    context: &mut CommandContext<'_>,
    request: &Request,
    wanted: &[Confirmation],
    text: String,
    agreement: &Agreement<'_>,
    age_ms: i64,
) -> Result<Vec<Confirmation>, End> {
    let mut given: Vec<Confirmation> = agreement.named().collect();
    let can_ask = !agreement.options.yes && consent::is_terminal();
    let mut is_asked = false;
    for wanted in wanted {
        if !agreement.is_given(wanted, request) {
            if !can_ask || agreement.typed(wanted).is_some() {
                return Err(not_given(context, wanted, request, agreement).into());
            }
            ask_for(context, request, wanted, &text, agreement, age_ms).await?;
            // The word for the same once more says nothing of the rest of the page.
            is_asked |= !matches!(wanted, Confirmation::Again(_));
        }
        given.push(wanted.clone());
    }
    if can_ask && !is_asked {
        consent::ask(context, &Question::Word { text, word: TypedWord::yes(context.lang) }, age_ms).await?;
    }
    Ok(given)
}

async fn ask_for(
    context: &mut CommandContext<'_>,
    request: &Request,
    wanted: &Confirmation,
    text: &str,
    agreement: &Agreement<'_>,
    age_ms: i64,
) -> Result<(), End> {
    let lang = context.lang;
    match wanted {
        Confirmation::Group(_) => match (destination(request), agreement.group(request)) {
            (Some(address), Some(group)) => {
                let asked = match request {
                    Request::Transfer(_) => "cli.order.ask_group_receiver",
                    _ => "cli.order.ask_group",
                };
                let question = Question::Group { text: text.to_owned(), address: &address, group, asked };
                consent::ask(context, &question, age_ms).await
            }
            _ => Err(missing(context, wanted).into()),
        },
        Confirmation::Middle { .. } | Confirmation::Amount(_) | Confirmation::OtherNetwork { .. } => {
            context.say(&wanted.words(lang));
            let question = match (wanted, destination(request), request.amount()) {
                (Confirmation::Middle { .. }, Some(address), _) => Question::Middle(address),
                (Confirmation::OtherNetwork { network, .. }, ..) => Question::Network(network.clone()),
                (Confirmation::Amount(_), _, Some(amount)) => Question::Amount(amount),
                _ => return Err(missing(context, wanted).into()),
            };
            consent::ask(context, &question, age_ms).await
        }
        Confirmation::Again(before) => {
            context.say(&wanted.words(lang));
            let (key, name, id) = match &before.earlier {
                DuplicateOf::Order(id) => ("cli.order.ask_again", "order", id.0.to_string()),
                DuplicateOf::Record(id) => ("cli.order.ask_paid_again", "record", id.shown().into_owned()),
            };
            let text = lang.fill(key, &[(name, &id)]);
            consent::ask(context, &Question::Word { text, word: TypedWord::again(lang) }, age_ms).await
        }
    }
}

/// What is not confirmed: what was typed for it differs, or nothing was typed.
pub fn not_given(
    context: &CommandContext<'_>,
    wanted: &Confirmation,
    request: &Request,
    agreement: &Agreement<'_>,
) -> Failure {
    let lang = context.lang;
    let Some((option, typed)) = agreement.typed(wanted).filter(|_| !agreement.is_given(wanted, request)) else {
        return missing(context, wanted);
    };
    // An amount that is not written as one says how to write it.
    let why = match (wanted, typed_amount(typed.trim_ascii())) {
        (Confirmation::Amount(_), Err(fault)) => format!(" {}", Fault::from(fault).words(lang)),
        _ => String::new(),
    };
    let said = missing(context, wanted).words();
    let typed = UntrustedText::from(typed).excerpt(TYPED);
    let cause = lang.fill("cli.order.differs", &[("option", option), ("typed", &typed), ("why", &why)]);
    Failure::of_words(Explanation { cause, next: said.next }, lang, BAD_INPUT)
}

/// What is not confirmed, and the option that confirms it.
fn missing(context: &CommandContext<'_>, wanted: &Confirmation) -> Failure {
    let lang = context.lang;
    let words = wanted.words(lang);
    match wanted {
        Confirmation::Group(_) => {
            Failure::new(lang, BAD_INPUT, "cli.order.tail_missing", "cli.order.tail_missing_next", &[])
        }
        Confirmation::Middle { .. } | Confirmation::Amount(_) | Confirmation::OtherNetwork { .. } => {
            let next = match wanted {
                Confirmation::Middle { .. } => "cli.order.middle_next",
                Confirmation::Amount(_) => "cli.order.amount_next",
                _ => "cli.order.network_next",
            };
            Failure::new(lang, BAD_INPUT, "cli.order.soon_again", next, &[("words", words.as_str())])
        }
        Confirmation::Again(before) => {
            let (next, name, id) = match &before.earlier {
                DuplicateOf::Order(id) if before.is_given_up => ("cli.order.despite_next", "order", id.0.to_string()),
                DuplicateOf::Order(id) => ("cli.order.soon_again_next", "order", id.0.to_string()),
                DuplicateOf::Record(id) => ("cli.order.paid_again_next", "record", id.shown().into_owned()),
            };
            let code = if before.is_given_up { UNKNOWN } else { BAD_INPUT };
            Failure::new(lang, code, "cli.order.soon_again", next, &[("words", words.as_str()), (name, id.as_str())])
        }
    }
}

/// The consent to exactly this request.
pub const fn consent_to(request: Request, given: Vec<Confirmation>) -> Consent {
    Consent { request, given }
}
