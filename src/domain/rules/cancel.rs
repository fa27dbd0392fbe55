//! The rules of taking a withdrawal or an outgoing transfer back (`reference.md §4.4`, `§4.6`).

use super::{Facts, Fault, Field, Findings, Report};
use crate::domain::{Kind, Record, Request, Text};

/// Everything that the rules say about taking a record back, and the request when nothing is wrong. Whether it is still
/// possible only the exchange knows: a record that is not final may be asked for, and the answer proves nothing.
pub fn check_cancel(record: Option<&Record>, facts: &Facts<'_>) -> Report<Request> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let request = record.and_then(|record| match record.key.kind {
        Kind::Withdrawal => Some(Request::CancelWithdrawal(record.key.id.clone())),
        Kind::TransferOut => Some(Request::CancelTransfer(record.key.id.clone())),
        _ => None,
    });
    match record {
        Some(record) if request.is_some() && record.status.is_final() => {
            findings.fault(Field::Form, Fault::AlreadyFinal { status: Text::from(record.status.word()) });
        }
        _ if request.is_none() => findings.fault(Field::Form, Fault::NotCancellable),
        _ => {}
    }
    findings.report(request)
}
