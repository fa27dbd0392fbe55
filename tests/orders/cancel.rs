//! Cancels: the answer proves nothing, the record does, and a lost race is reported as one.

use std::time::Duration;

use wallet_tui::domain::rules::{Fault as RuleFault, Field, FieldFault, is_returned};
use wallet_tui::domain::{AskedBy, Because, Outcome, Proof, Record, Request, Status};
use wallet_tui::engine::orders::{NotBegun, Reading};
use wallet_tui::simulator::history::Stage as Step;
use wallet_tui::simulator::{Cancels, Fault, Strike};

use crate::stage::{LONG_MS, Stage, accepted_id, consent, endpoint, known_for, place, transfer, withdraw};

const SOON: Duration = Duration::from_secs(5);

/// A withdrawal and a transfer in their first review, and the cancels of them.
async fn both(stage: &Stage) -> [(i64, Request); 2] {
    let engine = stage.engine();
    let mut ids = Vec::new();
    for request in [withdraw("20"), transfer("10")] {
        let order = place(&engine, &request).await.unwrap().order;
        ids.push(accepted_id(&order).to_owned());
    }
    [
        (ids[0].parse().unwrap(), Request::CancelWithdrawal(ids[0].as_str().into())),
        (ids[1].parse().unwrap(), Request::CancelTransfer(ids[1].as_str().into())),
    ]
}

#[tokio::test]
async fn a_cancel_is_done_when_the_record_says_so_and_not_before() {
    let stage = Stage::new().await;
    for (id, request) in both(&stage).await {
        let engine = stage.engine();
        let order = place(&engine, &request).await.unwrap().order;
        assert!(matches!(&order.outcome, Outcome::Unknown { why } if why.because == Because::Unproven), "{order:?}");
        let Reading::Settled(end) = engine.settle(order.id, SOON).await else { panic!("not followed") };
        assert_eq!(end.outcome, Outcome::Accepted { id: id.to_string().into(), proof: Proof::History });
    }
}

#[tokio::test]
async fn a_lost_race_is_reported_as_one() {
    for which in 0..2 {
        let stage = Stage::new().await;
        stage.exchange.world(|w| w.cancels = Cancels::Lose);
        let (_, request) = both(&stage).await[which].clone();
        let engine = stage.engine();
        let order = place(&engine, &request).await.unwrap().order;
        assert!(order.outcome.is_unsettled(), "the answer was a success all the same");
        let reading = engine.settle(order.id, Duration::from_millis(100)).await;
        assert!(matches!(reading, Reading::NotYet(_)), "still pending: {reading:?}");
        stage.hands.advance(LONG_MS);
        let Reading::Settled(end) = stage.engine().settle(order.id, SOON).await else { panic!("not followed") };
        assert_eq!(end.outcome, Outcome::TooLate { status: "success".into() });
    }
}

#[tokio::test]
async fn cancel_of_an_onchain_pending_withdrawal_is_too_late() {
    let stage = Stage::new().await;
    let [(id, request), _] = both(&stage).await;
    stage.exchange.fail("withdraw/cancel", Fault::before(Strike::Close));
    let engine = stage.engine();
    let order = place(&engine, &request).await.unwrap().order;
    stage.exchange.world(|w| w.put(id, Step::Broadcast));
    let Reading::Settled(end) = engine.settle(order.id, SOON).await else { panic!("not followed") };
    assert_eq!(end.outcome, Outcome::TooLate { status: "on_chain".into() });
    // By now nobody is even asked.
    let again = place(&engine, &request).await;
    assert_eq!(again, Err(NotBegun::Faults(vec![FieldFault { field: Field::Form, fault: RuleFault::OnChain }])));
    assert_eq!(stage.exchange.requests("withdraw/cancel"), 1);
}

#[tokio::test]
async fn a_record_that_is_not_what_was_shown_is_not_taken_back() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let changes: [fn(&mut Record); 6] = [
        |r| r.amount = "190".parse().ok(),
        |r| r.address = Some("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor".into()),
        |r| r.status = Status::Verification,
        |r| r.fee = "7".parse().ok(),
        |r| r.memo = Some("7".into()),
        |r| r.network = Some("Another".into()),
    ];
    for (_, request) in both(&stage).await {
        let shown = known_for(&engine, &request).await;
        for (number, change) in changes.into_iter().enumerate() {
            let mut known = shown.clone();
            known.target.iter_mut().for_each(change);
            let end = engine.place(consent(&request, []), known, AskedBy::Screen).await;
            let Err(NotBegun::Faults(faults)) = end else { panic!("change {number} was taken back: {end:?}") };
            assert!(matches!(&faults[..], [FieldFault { fault: RuleFault::RecordChanged { .. }, .. }]), "{faults:?}");
        }
        assert_eq!(stage.exchange.requests(endpoint(&request)), 0);
        assert!(engine.place(consent(&request, []), shown, AskedBy::Screen).await.is_ok(), "as it was shown");
    }
    let gone = place(&engine, &Request::CancelWithdrawal("42".into())).await;
    assert_eq!(gone, Err(NotBegun::Faults(vec![FieldFault { field: Field::Form, fault: RuleFault::RecordGone }])));
    assert_eq!(stage.exchange.requests("withdraw/cancel"), 1);
}

#[tokio::test]
async fn an_unlisted_answer_to_a_cancel_is_settled_by_the_record() {
    for (code, words) in
        [("500", "result.system.error"), ("110099", "cannot be taken back"), ("999999", "result.system.error")]
    {
        let stage = Stage::new().await;
        for (_, request) in both(&stage).await {
            let strike = Strike::Code(code.to_owned(), words.to_owned());
            stage.exchange.fail(endpoint(&request), Fault { strike, executed: true });
            let engine = stage.engine();
            let order = place(&engine, &request).await.unwrap().order;
            assert_eq!(order.outcome.word(), "unknown", "{words}");
            let Reading::Settled(end) = engine.settle(order.id, SOON).await else { panic!("not followed") };
            assert_eq!(end.outcome.word(), "accepted", "{words}");
        }
    }
}

#[tokio::test]
async fn what_is_available_before_a_cancel_is_read_and_kept() {
    let stage = Stage::new().await;
    for (_, request) in both(&stage).await {
        let engine = stage.engine();
        let record = known_for(&engine, &request).await.target.unwrap();
        let order = place(&engine, &request).await.unwrap().order;
        let Reading::Settled(end) = engine.settle(order.id, SOON).await else { panic!("not followed") };
        let balances = engine.client().balances().await.unwrap().unwrap();
        let now = balances.iter().find(|b| b.coin == record.coin).and_then(|b| b.available);
        assert_eq!(is_returned(&record, end.available_before, now), Some(true), "{end:?} {now:?}");
        assert_eq!(is_returned(&record, end.available_before, end.available_before), Some(false));
    }
}

#[tokio::test]
async fn a_cancel_whose_answer_was_lost_is_settled_by_the_record_too() {
    for strike in [Strike::Close, Strike::Reset, Strike::Html, Strike::Status(504), Strike::Garble, Strike::Truncate] {
        for executed in [false, true] {
            let stage = Stage::new().await;
            for (_, request) in both(&stage).await {
                stage.exchange.fail(endpoint(&request), Fault { strike: strike.clone(), executed });
                let engine = stage.engine();
                let order = place(&engine, &request).await.unwrap().order;
                assert_eq!(order.outcome.word(), "unknown", "{strike:?}");
                let reading = engine.settle(order.id, Duration::from_millis(200)).await;
                match reading {
                    Reading::Settled(end) if executed => assert_eq!(end.outcome.word(), "accepted"),
                    Reading::NotYet(_) if !executed => {
                        // It may be taken back again at once: that pays nobody twice.
                        let again = place(&engine, &request).await.unwrap().order;
                        let Reading::Settled(end) = engine.settle(again.id, SOON).await else { panic!() };
                        assert_eq!(end.outcome.word(), "accepted");
                        let first = engine.settle(order.id, SOON).await;
                        assert!(matches!(first, Reading::Settled(end) if end.outcome.word() == "accepted"));
                    }
                    other => panic!("{strike:?}, executed {executed}: {other:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn cancel_with_an_unlisted_answer_ends_as_its_record_says() {
    let code = |code: &str| Strike::Code(code.to_owned(), "result.system.error".to_owned());
    let strikes = [
        code("110099"),
        code("999999"),
        Strike::Body(r#"{"code":"1","msg":"result.success"}"#.to_owned()),
        Strike::Under("0".to_owned(), Some(false)),
    ];
    for strike in strikes {
        for executed in [false, true] {
            let stage = Stage::new().await;
            for (_, request) in both(&stage).await {
                let fault = match (&strike, executed) {
                    // Without the true answer there is nothing but a refusal of the exchange's system.
                    (Strike::Under(..), false) => continue,
                    _ => Fault { strike: strike.clone(), executed },
                };
                stage.exchange.fail(endpoint(&request), fault);
                let engine = stage.engine();
                let begun = place(&engine, &request).await.unwrap();
                assert_eq!(begun.order.outcome.word(), "unknown", "{strike:?}: {:?}", begun.order.outcome);
                assert!(begun.problem.unwrap().may_have_executed());
                let end = engine.settle(begun.order.id, Duration::from_millis(200)).await;
                match end {
                    Reading::Settled(end) => assert!(executed && end.outcome.word() == "accepted", "{strike:?}"),
                    Reading::NotYet(_) => assert!(!executed, "{strike:?}"),
                    other => panic!("{strike:?}: {other:?}"),
                }
            }
        }
    }
}
