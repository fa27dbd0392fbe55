//! The rules of taking a withdrawal or an outgoing transfer back (`reference.md §4.4`, `§4.6`).

use super::{Facts, Fault, Field, Findings, Report};
use crate::domain::value::grouped;
use crate::domain::{Amount, Kind, Receiver, Record, Request, UntrustedText};

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
        Some(record) if request.is_some() => {
            if let Some(fault) = too_late(record) {
                findings.fault(Field::Form, fault);
            }
        }
        _ => findings.fault(Field::Form, Fault::NotCancellable),
    }
    findings.report(request)
}

/// Why nobody takes a record back any more: it has its end, or is on its chain (`reference.md §4.4`).
pub fn too_late(record: &Record) -> Option<Fault> {
    if record.status.is_final() {
        return Some(Fault::AlreadyFinal { status: UntrustedText::from(record.status.word()) });
    }
    let is_on_chain = record.txid.as_ref().is_some_and(|txid| !txid.is_empty());
    is_on_chain.then_some(Fault::OnChain)
}

/// What keeps a record, as it is now, from being taken back on the strength of what was shown of it: it is not there any more,
/// it is too late, or anything else is not what was shown.
pub fn changed_since(shown: &Record, now: Option<&Record>) -> Option<Fault> {
    let Some(now) = now else { return Some(Fault::RecordGone) };
    if let Some(fault) = too_late(now) {
        return Some(fault);
    }
    let amount = |amount: Option<Amount>| amount.map(|a| UntrustedText::from(grouped(a.trimmed()))).unwrap_or_default();
    let text = |text: &Option<UntrustedText>| text.clone().unwrap_or_default();
    let to = |record: &Record| match &record.receiver {
        None => text(&record.address),
        Some(Receiver::Uid(to) | Receiver::Email(to)) => to.clone(),
        Some(Receiver::Phone { country_code, number }) => {
            UntrustedText::from(format!("{} {}", country_code.raw(), number.raw()))
        }
    };
    let parts = |record: &Record| {
        [
            ("coin", record.coin.clone()),
            ("network", text(&record.network)),
            ("to", to(record)),
            ("to", text(&record.address)),
            ("memo", text(&record.memo)),
            ("amount", amount(record.amount)),
            ("fee", amount(record.fee)),
            ("fee", text(&record.fee_coin)),
            ("status", UntrustedText::from(record.status.word())),
            ("time", record.time.map(|at| UntrustedText::from(at.exact())).unwrap_or_default()),
            ("remark", text(&record.remark)),
            ("out_biz_id", text(&record.out_biz_id)),
        ]
    };
    let mut pairs = parts(shown).into_iter().zip(parts(now));
    let ((field, before), (_, after)) = pairs.find(|(before, after)| before != after)?;
    Some(Fault::RecordChanged { field, before, after })
}

/// Whether what a record held is available again, by what was available of its coin before it was taken back and is now.
/// Where the fee is not known, what would have arrived must be back at least. `None` where that cannot be told.
pub fn is_returned(record: &Record, before: Option<Amount>, now: Option<Amount>) -> Option<bool> {
    let held = record.gross().or(record.amount)?;
    Some(now? >= before?.checked_add(held)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Millis, Status};

    fn record() -> Record {
        Record {
            network: Some("Tron (TRC-20)".into()),
            amount: "19".parse().ok(),
            time: Some(Millis(1_744_185_294_000)),
            address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            ..Record::bare(Kind::Withdrawal, "7", "TRX")
        }
    }

    #[test]
    fn a_record_that_is_as_it_was_shown_can_be_taken_back() {
        let mut same = record();
        same.amount = "19.000".parse().ok();
        assert_eq!(changed_since(&record(), Some(&same)), None);
    }

    #[test]
    fn any_change_of_a_record_is_one_and_is_named() {
        type Change = fn(&mut Record);
        let changes: [(&str, Change); 9] = [
            ("amount", |r| r.amount = "19.1".parse().ok()),
            ("amount", |r| r.amount = None),
            ("to", |r| r.address = Some("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor".into())),
            ("to", |r| r.receiver = Some(Receiver::Uid("1".into()))),
            ("network", |r| r.network = None),
            ("memo", |r| r.memo = Some("1".into())),
            ("fee", |r| r.fee = "1".parse().ok()),
            ("status", |r| r.status = Status::Verification),
            ("time", |r| r.time = Some(Millis(0))),
        ];
        for (name, change) in changes {
            let mut now = record();
            change(&mut now);
            let found = changed_since(&record(), Some(&now));
            assert!(matches!(found, Some(Fault::RecordChanged { field, .. }) if field == name), "{name}: {found:?}");
        }
    }

    #[test]
    fn record_vanished_ended_or_on_chain_is_not_taken_back() {
        assert_eq!(changed_since(&record(), None), Some(Fault::RecordGone));
        let ended = Record { status: Status::Success, ..record() };
        assert_eq!(changed_since(&record(), Some(&ended)), Some(Fault::AlreadyFinal { status: "success".into() }));
        let sent = Record { txid: Some("0x1".into()), ..record() };
        assert_eq!(changed_since(&record(), Some(&sent)), Some(Fault::OnChain));
        assert_eq!(too_late(&sent), Some(Fault::OnChain));
        assert_eq!(too_late(&record()), None);
    }

    #[test]
    fn an_amount_is_back_when_the_balance_says_so() {
        let a = |text: &str| text.parse::<Amount>().ok();
        assert_eq!(is_returned(&record(), a("100"), a("118.9")), Some(false));
        assert_eq!(is_returned(&record(), a("100"), a("119")), Some(true));
        let known = Record { fee: a("1"), fee_coin: Some("TRX".into()), ..record() };
        assert_eq!(is_returned(&known, a("100"), a("119")), Some(false), "the fee comes back too");
        assert_eq!(is_returned(&known, a("100"), a("120")), Some(true));
        assert_eq!(is_returned(&record(), None, a("120")), None);
        assert_eq!(is_returned(&record(), a("100"), None), None);
    }
}
