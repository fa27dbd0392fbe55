//! What is wrong with a request, in words.

use super::context::CommandContext;
use super::preflight_data::Known;
use super::review;
use crate::cli::failure::{BAD_INPUT, End, REFUSED};
use crate::domain::UntrustedText;
use crate::domain::address::ChainHint;
use crate::domain::rules::{Fault, Field, FieldFault, FieldNote, Note, WithdrawInput};

/// Every fault on a line of its own with the option that it is about, then the next step. What comes too late is no input to
/// correct, and ends as a refusal.
pub fn say_faults(context: &mut CommandContext<'_>, faults: &[FieldFault]) -> End {
    let lang = context.lang;
    for FieldFault { field, fault } in faults {
        let option = match field {
            Field::Form => "",
            Field::Coin => "--coin: ",
            Field::Network => "--network: ",
            Field::Address => "--address: ",
            Field::Memo => "--memo, --no-memo: ",
            Field::To => "--to: ",
            Field::Uid => "--to-uid: ",
            Field::CountryCode | Field::Number => "--to-phone: ",
            Field::Email => "--to-email: ",
            Field::Amount => "--amount: ",
            Field::Remark => "--remark: ",
        };
        context.say(&lang.fill("cli.error", &[("text", &format!("{option}{}", fault.words(lang)))]));
    }
    let (next, code) = match faults {
        [FieldFault { fault: Fault::AlreadyFinal { .. }, .. }] => ("cli.order.ended_next", REFUSED),
        [FieldFault { fault: Fault::OnChain, .. }] => ("cli.order.on_chain_next", REFUSED),
        [FieldFault { fault: Fault::RecordGone | Fault::RecordChanged { .. }, .. }] => {
            ("cli.order.changed_next", BAD_INPUT)
        }
        _ => ("cli.order.faults_next", BAD_INPUT),
    };
    context.say(&lang.fill("cli.next", &[("text", lang.t(next))]));
    match faults {
        [FieldFault { fault: Fault::AboveMovable { .. }, .. }] => End::AboveMovable,
        _ => End::Said(code),
    }
}

/// Shows both addresses of a look-alike in full, with marks where they differ.
pub fn say_look_alike(context: &mut CommandContext<'_>, note: &FieldNote, input: &WithdrawInput, known: &Known) {
    let Note::LookAlike { .. } = note.note else { return };
    let coins = known.snapshot.coins.iter().flat_map(|(coins, _)| coins);
    let networks = coins.filter(|c| c.name.raw() == input.coin.trim()).flat_map(|c| &c.networks);
    let network = networks.into_iter().find(|n| n.name.raw() == input.network.trim());
    let family = network.and_then(|network| ChainHint::of(network).family());
    let typed = UntrustedText::from(input.address.trim_ascii());
    for alike in known.snapshot.book.look_alikes(family, &typed) {
        review::look_alike(context, &typed, &alike.known, &alike.differs);
    }
}
