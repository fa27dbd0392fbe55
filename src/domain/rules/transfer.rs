//! The rules of a transfer to another user of the exchange (`reference.md §4.5`).

use super::receiver::{ReceiverInput, receiver};
use super::{Facts, Fault, Field, FieldFault, Findings, Note, Report, limits};
use crate::domain::line::{check, without_edges};
use crate::domain::{Receiver, Request, TransferRequest, UntrustedText};

/// Characters that our own id may have.
const OWN_ID_MOST: usize = 32;

/// A transfer as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferInput {
    /// To whom.
    pub to: ReceiverInput,
    /// The coin.
    pub coin: String,
    /// Coin amount.
    pub amount: String,
    /// A note for the receiver; empty for none.
    pub remark: String,
}

impl TransferInput {
    /// As it would have to be typed for this request.
    pub fn of(request: &TransferRequest) -> Self {
        let text = |text: &UntrustedText| text.raw().to_owned();
        Self {
            to: match &request.to {
                Receiver::Uid(uid) => ReceiverInput::Uid(text(uid)),
                Receiver::Email(email) => ReceiverInput::Email(text(email)),
                Receiver::Phone { country_code, number } => {
                    ReceiverInput::Phone { country_code: text(country_code), number: text(number) }
                }
            },
            coin: text(&request.coin),
            amount: request.amount.to_string(),
            remark: request.remark.as_ref().map(text).unwrap_or_default(),
        }
    }
}

/// Everything that the rules say about a transfer, and the request when nothing is wrong. `out_biz_id` is our own id of
/// the order, made by the caller and kept with it.
pub fn check_transfer(input: &TransferInput, out_biz_id: &UntrustedText, facts: &Facts<'_>) -> Report<TransferRequest> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let id = out_biz_id.raw();
    if id.is_empty() || id.len() > OWN_ID_MOST || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        findings.fault(Field::Form, Fault::OwnId);
    }
    let coin = findings.own_coin(facts, &input.coin);
    let to = receiver(&mut findings, &input.to, facts);
    let amount = findings.amount(&input.amount, coin.map(|(_, precision)| precision));
    if let Some((coin, _)) = coin {
        findings.affordable(facts, coin, amount);
        if let Some(amount) = amount {
            let broken = limits::check(facts, &UntrustedText::from(coin), amount);
            findings.faults.extend(broken.into_iter().map(|fault| FieldFault { field: Field::Amount, fault }));
        }
    }
    let remark = remark(&mut findings, &input.remark);
    let request = (|| {
        let (coin, _) = coin?;
        let (coin, out_biz_id) = (UntrustedText::from(coin), out_biz_id.clone());
        Some(TransferRequest { out_biz_id, coin, amount: amount?, to: to?, remark })
    })();
    findings.repeated(facts, request.clone().map(Request::Transfer));
    findings.report(request)
}

/// Kept as typed, blanks too; nothing but blanks is no remark. Line ends around it are left out, and that is said.
fn remark(findings: &mut Findings, typed: &str) -> Option<UntrustedText> {
    if typed.trim().is_empty() {
        return None;
    }
    let text = without_edges(typed);
    if text.len() != typed.len() {
        findings.note(Field::Remark, Note::Trimmed);
    }
    findings.take(Field::Remark, check(text, Field::Remark.room()))?;
    Some(text.into())
}
