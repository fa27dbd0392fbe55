//! What is said of an order's end, in both languages.

use super::*;
use crate::domain::preflight::{Confirmation, GroupReason};
use crate::domain::rules::{Before, DuplicateOf, Fault, Field, FieldFault, Sameness};
use crate::domain::{
    AskedBy, Kind, Millis, MoveDirection, MoveRequest, OrderId, Proof, Receiver, TransferRequest, WithdrawRequest,
};
use strum::IntoEnumIterator as _;

fn requests() -> Vec<Request> {
    let amount = "5".parse().unwrap();
    vec![
        Request::Withdraw(WithdrawRequest {
            coin: "TRX".into(),
            network: "Tron (TRC-20)".into(),
            address: "T".into(),
            memo: None,
            gross: amount,
        }),
        Request::Transfer(TransferRequest {
            out_biz_id: "a".into(),
            coin: "USDT".into(),
            amount,
            to: Receiver::Uid("1".into()),
            remark: None,
        }),
        Request::Move(MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount }),
        Request::CancelWithdrawal("1".into()),
        Request::CancelTransfer("1".into()),
    ]
}

fn outcomes() -> Vec<Outcome> {
    let mut all = vec![
        Outcome::Sending,
        Outcome::Refused { code: "2".into(), msg: "go\u{1b}[2J".into() },
        Outcome::NoTrace,
        Outcome::Likely { executed: true },
        Outcome::Likely { executed: false },
        Outcome::TooLate { status: "success".into() },
        Outcome::TooLate { status: "frozen\u{1b}".into() },
        Outcome::Dismissed,
    ];
    all.extend(Because::iter().map(|because| Outcome::Unknown { why: Why::new(because, "503") }));
    all.extend(Because::iter().map(|because| Outcome::NotSent { why: because.into() }));
    for proof in [Proof::Answer, Proof::History, Proof::Reckoned, Proof::User] {
        all.push(Outcome::Accepted { id: "190".into(), proof });
        all.push(Outcome::Accepted { id: UntrustedText::default(), proof });
    }
    all
}

fn line(request: Request, outcome: Outcome) -> Order {
    let time = Millis(1_744_185_294_000);
    Order {
        id: OrderId(7),
        request,
        time,
        sent: time,
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome,
        readings: 3,
        changed: time,
    }
}

fn damaged(kind: Option<&'static str>) -> DamagedOrder {
    DamagedOrder { id: OrderId(7), kind, found: "a".into(), is_answered: false }
}

fn check(said: &Explanation, lang: Lang, what: &str) {
    for text in [&said.cause, &said.next] {
        assert!(!text.trim().is_empty(), "{what} has no words in {lang:?}");
        assert!(!text.contains(['{', '}', '\u{1b}']), "{what}: {text}");
        assert!(text.ends_with(['.', '。']), "{what}: {text}");
    }
    let is_chinese = said.cause.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    assert_eq!(is_chinese, lang == Lang::ZhCn, "{what}: {}", said.cause);
}

#[test]
fn every_outcome_of_every_kind_has_words_in_both_languages() {
    for lang in Lang::iter() {
        for outcome in outcomes() {
            assert!(!label(&outcome, lang).is_empty(), "{outcome:?}");
            for request in requests() {
                let what = format!("{} {outcome:?}", request.kind());
                check(&order(&line(request, outcome.clone()), lang), lang, &what);
            }
        }
    }
}

#[test]
fn every_refusal_of_the_engine_has_words_in_both_languages() {
    let problem = Problem { endpoint: "user/info", cause: Cause::NoId };
    let order = |outcome| Box::new(line(requests().remove(0), outcome));
    let unknown = Outcome::Unknown { why: Because::Timeout.into() };
    let before = Before {
        earlier: DuplicateOf::Record("19".into()),
        ago_ms: 9_000,
        is_given_up: false,
        sameness: Sameness::Whole,
    };
    let again = Confirmation::Again(before);
    for lang in Lang::iter() {
        for why in [
            NotBegun::SameUnsettled(order(unknown.clone())),
            NotBegun::Busy,
            NotBegun::Ledger("disk full".into()),
            NotBegun::NotTaken("UNIQUE constraint failed".into()),
            NotBegun::NotReadBack("/x".into()),
            NotBegun::DamagedOrder(damaged(Some("withdraw"))),
            NotBegun::DamagedOrder(damaged(None)),
            NotBegun::NotHome,
            NotBegun::AccountUntold,
            NotBegun::OtherKey(OrderId(3)),
            NotBegun::Elsewhere(Elsewhere { path: "/x".into(), unread: None }),
            NotBegun::Elsewhere(Elsewhere { path: "/x".into(), unread: Some("no database".to_owned()) }),
            NotBegun::Unready(problem.clone()),
            NotBegun::NoClock,
            NotBegun::WrongClock(-7_200_000),
            NotBegun::OtherAccount { ledger: "1".into(), key: "2".into() },
            NotBegun::Damaged("/x".into()),
            NotBegun::Missing(MissingOrders { last: OrderId(3), written: Some(OrderId(5)) }),
            NotBegun::Missing(MissingOrders { last: OrderId(3), written: Some(OrderId(3)) }),
            NotBegun::Missing(MissingOrders { last: OrderId(3), written: None }),
            NotBegun::NotResendable(order(Outcome::Dismissed)),
            NotBegun::Faults(vec![FieldFault { field: Field::Form, fault: Fault::ReadOnly }]),
            NotBegun::Unconfirmed(vec![again.clone(), Confirmation::Group(GroupReason::New)]),
            NotBegun::Configuration("config.toml:3".into()),
        ] {
            check(&not_begun(&why, lang), lang, &format!("{why:?}"));
        }
        for found in [
            Reading::Settled(*order(Outcome::NoTrace)),
            Reading::NotYet(3),
            Reading::InFlight,
            Reading::OtherKey,
            Reading::Several(Vec::new()),
            Reading::Failed(problem.clone()),
            Reading::Ledger("locked".into()),
        ] {
            check(&reading(&found, lang), lang, &format!("{found:?}"));
        }
        for why in [
            NotDecided::Busy,
            NotDecided::Settled(order(Outcome::Dismissed)),
            NotDecided::IdNeeded,
            NotDecided::Claimed,
            NotDecided::Unasked(problem.clone()),
            NotDecided::Incomplete,
            NotDecided::NotFound("19\u{1b}".into()),
            NotDecided::Differs("19".into(), Part::iter().collect()),
            NotDecided::Fits(Vec::new()),
            NotDecided::RecordSays(Status::Cancelled),
            NotDecided::RecordSays(Status::Other("frozen\u{1b}".into())),
            NotDecided::NoOrder,
            NotDecided::Ledger("locked".into()),
        ] {
            check(&not_decided(&why, lang), lang, &format!("{why:?}"));
        }
        check(&unrecorded(&"disk full".into(), lang), lang, "unrecorded");
        for why in [
            LedgerError::Damaged { set_aside: "/x".into() },
            LedgerError::Newer { found: 9 },
            LedgerError::Place { path: "/x".to_owned(), why: "no permission".to_owned() },
            LedgerError::Database(rusqlite::Error::QueryReturnedNoRows),
        ] {
            check(&no_ledger(&why, lang), lang, &format!("{why:?}"));
        }
    }
}

#[test]
fn a_cancel_is_told_by_its_record_and_its_balance() {
    let record =
        |status: Status| Record { amount: "19".parse().ok(), status, ..Record::bare(Kind::Withdrawal, "1", "TRX") };
    let a = |text: &str| text.parse::<Amount>().ok();
    for lang in Lang::iter() {
        for outcome in outcomes() {
            for status in [Status::Cancelled, Status::Success, Status::Pending, Status::Other("x\u{1b}".into())] {
                for (before, now) in [("", ""), ("100", "100"), ("100", "119")] {
                    let mut asked = line(Request::CancelWithdrawal("1".into()), outcome.clone());
                    asked.available_before = a(before);
                    let said = cancel(&asked, &record(status.clone()), a(now), lang);
                    check(&said, lang, &format!("{outcome:?} {status:?}"));
                    let all = format!("{} {}", said.cause, said.next);
                    let is_back = all.contains("available again");
                    let is_over = status == Status::Cancelled || matches!(outcome, Outcome::Accepted { .. });
                    assert!(!is_back || (now == "119" && is_over), "{outcome:?} {status:?} {all}");
                    let claims = all.contains("Nothing was executed") && status != Status::Pending;
                    assert!(!claims || status == Status::Other("x\u{1b}".into()), "{outcome:?} {status:?} {all}");
                }
            }
        }
    }
}

#[test]
fn every_contradiction_has_words_in_both_languages() {
    for lang in Lang::iter() {
        for how in [
            How::Fits,
            How::Differs(Part::iter().collect()),
            How::Doubted("vanished".into()),
            How::Doubted("new\u{1b}".into()),
            How::Cancelled,
        ] {
            let text = contradiction(&Contradiction { record: "19".into(), how: how.clone() }, lang);
            assert!(text.contains("19") && !text.contains(['{', '}', '\u{1b}']), "{how:?}: {text}");
        }
        let by_hand = label_of(&Outcome::Dismissed, lang);
        assert_ne!(by_hand, label(&Outcome::Dismissed, lang), "the user's word is told as what it is");
        assert_eq!(label_of(&Outcome::NoTrace, lang), label(&Outcome::NoTrace, lang));
    }
}

#[test]
fn words_say_what_is_certain_and_what_is_not() {
    let say = |request: usize, outcome| order(&line(requests().remove(request), outcome), Lang::En);
    let unknown = say(0, Outcome::Unknown { why: Because::Timeout.into() });
    assert!(unknown.cause.contains("may have been executed"), "{unknown:?}");
    let moved = say(2, Outcome::Likely { executed: true });
    assert!(moved.cause.contains("likely"), "{moved:?}");
    let late = say(3, Outcome::TooLate { status: "success".into() });
    assert!(late.cause.contains("too late"), "{late:?}");
    let cancel = say(3, Outcome::Unknown { why: Because::Unproven.into() });
    assert!(cancel.cause.contains("may or may not"), "{cancel:?}");
}
