//! What an order takes for its own: never an id that was known before, never a smaller payment of somebody else's, and
//! nothing that its record does not bear later. What the user says is compared with the exchange, and can be taken back.

use wallet_tui::domain::rules::DuplicateOf;
use wallet_tui::domain::{
    AskedBy, Because, Kind, Order, OrderId, Outcome, OutgoingFilter, Proof, Record, RecordKey, Request, Status,
    UntrustedText,
};
use wallet_tui::engine::ledger::{Flow, GapChange};
use wallet_tui::engine::orders::claims::{self, Contradiction, How};
use wallet_tui::engine::orders::evidence::Part;
use wallet_tui::engine::orders::{Decision, NotDecided, Orders, Reading};
use wallet_tui::simulator::history::Stage as Step;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, Stage, accepted_id, endpoint, moved, place, place_despite, resend, transfer, withdraw};

const TRON: &str = "Tron (TRC-20)";

/// A withdrawal that was made elsewhere, with the same account; its id.
fn paid_elsewhere(stage: &Stage, gross: &str) -> String {
    let gross = gross.parse().unwrap();
    stage.exchange.world(|world| world.withdraw("TRX", TRON, SAMPLE_ADDRESS, gross, None).unwrap().to_string())
}

/// The outgoing records, as the exchange lists them.
async fn listed(engine: &Orders) -> Vec<Record> {
    engine.client().outgoing(&OutgoingFilter::default()).await.unwrap()
}

/// Records reach the ledger; answers with the orders that are open again.
async fn reach_the_ledger(engine: &Orders, records: Vec<Record>, order: &Order) -> Vec<Order> {
    let now = order.time.plus(1_000);
    let done = engine.with_ledger(move |ledger| {
        ledger.keep_records(Flow::Out, &records, GapChange::Nothing, now)?;
        claims::review(ledger, now)
    });
    done.await.unwrap()
}

async fn lost(engine: &Orders, stage: &Stage, request: Request, executed: bool) -> Order {
    stage.exchange.fail(endpoint(&request), Fault { strike: Strike::Close, executed });
    let order = place_beside(engine, &request).await;
    assert_eq!(order.outcome.word(), "unknown");
    order
}

/// Orders although the same may have been paid elsewhere: the word was typed for each record.
async fn place_beside(engine: &Orders, request: &Request) -> Order {
    let records = listed(engine).await.into_iter().map(|record| DuplicateOf::Record(record.key.id));
    place_despite(engine, request, AskedBy::Screen, records).await.unwrap().order
}

async fn on_disk(engine: &Orders, id: OrderId) -> Order {
    engine.with_ledger(move |ledger| ledger.order(id)).await.unwrap().unwrap()
}

async fn contradiction(engine: &Orders, id: OrderId) -> Option<Contradiction> {
    let found = engine.with_ledger(|ledger| claims::ListedOrders::read(ledger, 99)).await.unwrap();
    found.contradictions.get(&id).cloned()
}

fn why(order: &Order) -> Because {
    match &order.outcome {
        Outcome::Unknown { why } => why.because,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_with_an_id_known_here_is_not_believed_of_any_kind() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let mut known = vec!["487067".to_owned()];
    let mut first = None;
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let order = place(&engine, &request).await.unwrap().order;
        known.push(accepted_id(&order).to_owned());
        first.get_or_insert(order);
    }
    let mut deposit = listed(&engine).await.remove(0);
    deposit.key = RecordKey { kind: Kind::Deposit, id: "487067".into() };
    let now = first.unwrap().time;
    let kept = engine.with_ledger(move |ledger| ledger.keep_records(Flow::In, &[deposit], GapChange::Nothing, now));
    kept.await.unwrap();
    let mut amount = 30;
    for id in known {
        for request in [withdraw, transfer, moved] {
            amount += 1;
            let request = request(&format!("{amount}.07"));
            let body = format!(r#"{{"code":"0","msg":"result.success","data":"{id}","success":true}}"#);
            stage.exchange.fail(endpoint(&request), Fault::before(Strike::Body(body)));
            let order = place_beside(&engine, &request).await;
            assert_eq!(why(&order), Because::ForeignId, "{id}: {order:?}");
        }
    }
}

#[tokio::test]
async fn resend_answered_with_a_known_id_is_not_believed() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let id = accepted_id(&place(&engine, &withdraw("20")).await.unwrap().order).to_owned();
    let order = lost(&engine, &stage, transfer("10"), false).await;
    let body = format!(r#"{{"code":"0","msg":"m","data":"{id}"}}"#);
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Body(body)));
    let again = resend(&engine, order.id).await.unwrap().order;
    assert_eq!(why(&again), Because::ForeignId);
}

#[tokio::test]
async fn record_read_by_another_window_before_the_answer_is_ours() {
    let stage = Stage::new().await;
    let late = Strike::Late(std::time::Duration::from_millis(400));
    stage.exchange.fail("withdraw", Fault::after(late));
    let (one, two) = (stage.engine(), stage.engine());
    let watcher = async {
        while stage.executed() == 0 {
            tokio::task::yield_now().await;
        }
        let order = two.with_ledger(|ledger| ledger.orders(1)).await.unwrap().remove(0);
        let page = listed(&two).await;
        reach_the_ledger(&two, page, &order).await;
    };
    let request = withdraw("20");
    let (begun, ()) = tokio::join!(place(&one, &request), watcher);
    assert_eq!(begun.unwrap().order.outcome.word(), "accepted");
}

#[tokio::test]
async fn smaller_payment_elsewhere_is_asked_about_never_claimed() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), false).await;
    let other = paid_elsewhere(&stage, "3");
    let reading = engine.look(order.id).await;
    assert!(matches!(&reading, Reading::Several(all) if all.len() == 1 && all[0].key.id.raw() == other), "{reading:?}");
    // Its fee is told, and it is not ours.
    stage.exchange.world(|world| assert!(world.put(other.parse().unwrap(), Step::Success)));
    let reading = engine.look(order.id).await;
    assert!(matches!(reading, Reading::NotYet(_)), "{reading:?}");
    // The true record comes; its fee is not told yet, and the net is what was reckoned.
    let own = paid_elsewhere(&stage, "20.5");
    let Reading::Settled(end) = engine.look(order.id).await else { panic!("not found") };
    assert_eq!(end.outcome, Outcome::Accepted { id: own.as_str().into(), proof: Proof::Reckoned });
    stage.exchange.world(|world| assert!(world.put(own.parse().unwrap(), Step::Success)));
    let Reading::Settled(end) = engine.look(order.id).await else { panic!("not confirmed") };
    assert_eq!(end.outcome, Outcome::Accepted { id: own.as_str().into(), proof: Proof::History });
}

#[tokio::test]
async fn a_claim_is_opened_again_when_its_fee_contradicts_it() {
    for proof in [Proof::Reckoned, Proof::History] {
        let stage = Stage::new().await;
        let engine = stage.engine();
        let order = lost(&engine, &stage, withdraw("20.5"), true).await;
        if proof == Proof::History {
            stage.hands.advance(LONG_MS);
        }
        let Reading::Settled(claimed) = stage.engine().look(order.id).await else { panic!("not found") };
        assert!(matches!(&claimed.outcome, Outcome::Accepted { proof: found, .. } if *found == proof), "{claimed:?}");
        let id = UntrustedText::from(accepted_id(&claimed));
        let mut record = listed(&engine).await.into_iter().find(|record| record.key.id == id).unwrap();
        assert_eq!(reach_the_ledger(&engine, vec![record.clone()], &order).await, [], "{proof:?}: it bears it");
        record.fee = "1.5".parse().ok();
        record.fee_coin = Some("TRX".into());
        let opened = reach_the_ledger(&engine, vec![record], &order).await;
        assert_eq!(opened.iter().map(why).collect::<Vec<_>>(), [Because::RecordDiffers], "{proof:?}");
        assert!(on_disk(&engine, order.id).await.outcome.is_unsettled());
        let same = place(&engine, &withdraw("20.5")).await;
        assert!(same.is_err(), "the same is closed again: {same:?}");
    }
}

#[tokio::test]
async fn claim_reopens_when_its_id_is_given_to_another_amount() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), true).await;
    let Reading::Settled(claimed) = engine.look(order.id).await else { panic!("not found") };
    let mut record = listed(&engine).await.into_iter().find(|r| r.key.id.raw() == accepted_id(&claimed)).unwrap();
    assert_eq!(reach_the_ledger(&engine, vec![record.clone()], &order).await, []);
    record.amount = "25".parse().ok();
    let opened = reach_the_ledger(&engine, vec![record], &order).await;
    assert_eq!(opened.iter().map(why).collect::<Vec<_>>(), [Because::RecordDiffers]);
}

#[tokio::test]
async fn a_claim_is_opened_again_when_a_better_record_comes() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), true).await;
    let Reading::Settled(claimed) = engine.look(order.id).await else { panic!("not found") };
    assert!(matches!(claimed.outcome, Outcome::Accepted { proof: Proof::Reckoned, .. }));
    let own = listed(&engine).await.into_iter().find(|record| record.key.id.raw() == accepted_id(&claimed)).unwrap();
    let better = Record {
        key: RecordKey { id: "1999".into(), ..own.key.clone() },
        fee: "1".parse().ok(),
        fee_coin: Some("TRX".into()),
        status: Status::Success,
        ..own.clone()
    };
    let opened = reach_the_ledger(&engine, vec![own, better], &order).await;
    assert_eq!(opened.iter().map(why).collect::<Vec<_>>(), [Because::BetterRecord]);
}

#[tokio::test]
async fn reckoned_claim_becomes_certain_when_its_record_says_all() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), true).await;
    let Reading::Settled(claimed) = engine.look(order.id).await else { panic!("not found") };
    let id = UntrustedText::from(accepted_id(&claimed));
    stage.exchange.world(|world| assert!(world.put(id.raw().parse().unwrap(), Step::Success)));
    let page = listed(&engine).await;
    assert_eq!(reach_the_ledger(&engine, page, &order).await, []);
    assert_eq!(on_disk(&engine, order.id).await.outcome, Outcome::Accepted { id, proof: Proof::History });
}

#[tokio::test]
async fn an_id_that_the_user_names_must_be_of_what_was_ordered() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let old = paid_elsewhere(&stage, "20.4");
    let paid = accepted_id(&place(&engine, &transfer("10")).await.unwrap().order).to_owned();
    let order = lost(&engine, &stage, withdraw("20.5"), false).await;
    let (more, fits) = (paid_elsewhere(&stage, "30"), paid_elsewhere(&stage, "20.5"));
    let yes = |id: &str| Decision::Executed(Some(id.into()));
    let differs = |id: &str, parts: Vec<Part>| Err(NotDecided::Differs(id.into(), parts));
    for (id, end) in [
        (old.as_str(), differs(&old, vec![Part::Time])),
        (more.as_str(), differs(&more, vec![Part::Amount])),
        ("123", Err(NotDecided::NotFound("123".into()))),
        (paid.as_str(), Err(NotDecided::Claimed)),
    ] {
        assert_eq!(engine.decide(order.id, yes(id), "".into()).await, end);
    }
    let lost_transfer = lost(&engine, &stage, transfer("11"), false).await;
    let end = engine.decide(lost_transfer.id, yes(&fits), "".into()).await;
    assert_eq!(end, differs(&fits, vec![Part::Kind, Part::Coin, Part::Amount]));
    // An exchange that cannot be asked confirms nothing.
    stage.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Close));
    let end = engine.decide(order.id, yes(&fits), "".into()).await;
    assert!(matches!(end, Err(NotDecided::Unasked(_))), "{end:?}");
    let end = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await;
    assert!(matches!(end, Err(NotDecided::Unasked(_))), "{end:?}");
    assert_eq!(on_disk(&engine, order.id).await.outcome, order.outcome, "nothing was changed");
    stage.exchange.clear_faults();
    let end = engine.decide(order.id, yes(&fits), "seen".into()).await.unwrap();
    assert_eq!(end.outcome, Outcome::Accepted { id: fits.as_str().into(), proof: Proof::User });
}

#[tokio::test]
async fn user_decides_on_other_spellings_but_never_another_chain() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), false).await;
    let row = |id: u8, kind: &str, network: &str, address: &str, net: &str| {
        format!(
            r#"{{"id":"{id}","type":"{kind}","coin":"TRX","network":"{network}","address":"{address}","amount":"{net}",
                "fee":"1","status":"success","ctime":{}}}"#,
            order.time.0
        )
    };
    let elsewhere = "0x4bA3cE1F9B8Bd4Cc0a1A8C2a6C9F5C2b1E5a02dB".to_lowercase();
    let rows = [
        row(1, "withdraw", TRON, &elsewhere, "19.5"),
        row(2, "withdraw", "TRX-20", SAMPLE_ADDRESS, "20.5"),
        row(3, "payout", TRON, SAMPLE_ADDRESS, "19.5"),
    ];
    let page = format!(r#"{{"code":"0","msg":"m","data":[{}],"success":true}}"#, rows.join(","));
    stage.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Body(page)));
    for (id, parts) in [("1", vec![Part::Address]), ("2", vec![Part::Network, Part::Amount])] {
        let end = engine.decide(order.id, Decision::Executed(Some(id.into())), "".into()).await;
        assert_eq!(end, Err(NotDecided::Differs(id.into(), parts)));
    }
    let end = engine.decide(order.id, Decision::Executed(Some("3".into())), "".into()).await.unwrap();
    assert_eq!(end.outcome, Outcome::Accepted { id: "3".into(), proof: Proof::User });
}

#[tokio::test]
async fn what_was_not_executed_is_confronted_with_a_record_that_fits() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), true).await;
    let id = UntrustedText::from(stage.exchange.executed()[0].id.as_str());
    let end = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await;
    assert!(matches!(&end, Err(NotDecided::Fits(records)) if records[0].key.id == id), "{end:?}");
    let order = engine.decide(order.id, Decision::NotExecuted(vec![id.clone()]), "web".into()).await.unwrap();
    assert_eq!(order.outcome, Outcome::Dismissed);
    let page = listed(&engine).await;
    reach_the_ledger(&engine, page, &order).await;
    assert_eq!(contradiction(&engine, order.id).await, None, "the user has answered for this one");
    // Another one that fits comes later.
    let later = paid_elsewhere(&stage, "20.5");
    let page = listed(&engine).await;
    reach_the_ledger(&engine, page, &order).await;
    let found = Contradiction { record: later.as_str().into(), how: How::Fits };
    assert_eq!(contradiction(&engine, order.id).await, Some(found));
    // Taken back: it is looked for anew, and both may be it.
    let open = engine.decide(order.id, Decision::TakenBack, "".into()).await.unwrap();
    assert_eq!(why(&open), Because::TakenBack);
    let reading = engine.look(order.id).await;
    assert!(matches!(&reading, Reading::Several(records) if records.len() == 2), "{reading:?}");
    // A transfer that the exchange has under its own id was executed, whatever anybody says.
    let paid = lost(&engine, &stage, transfer("10"), true).await;
    let id = UntrustedText::from(stage.exchange.executed().last().unwrap().id.as_str());
    for not_these in [vec![], vec![id.clone()]] {
        // The last one executed is the transfer itself.
        let end = engine.decide(paid.id, Decision::NotExecuted(not_these), "".into()).await;
        assert!(matches!(end, Err(NotDecided::Fits(_))), "{end:?}");
    }
}

#[tokio::test]
async fn what_the_user_said_is_taken_back_and_what_is_certain_is_not() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let accepted = place(&engine, &withdraw("20")).await.unwrap().order;
    let end = engine.decide(accepted.id, Decision::TakenBack, "".into()).await;
    assert!(matches!(end, Err(NotDecided::Settled(_))), "{end:?}");
    for request in [withdraw("20.5"), transfer("10"), moved("10")] {
        let order = lost(&engine, &stage, request.clone(), false).await;
        let said = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await.unwrap();
        assert!(said.outcome.is_by_hand());
        let open = engine.decide(order.id, Decision::TakenBack, "".into()).await.unwrap();
        assert_eq!(why(&open), Because::TakenBack);
        assert!(place(&engine, &request).await.is_err(), "the same is closed again");
    }
    let told = accepted_id(&accepted).to_owned();
    let move_with_an_id = lost(&engine, &stage, moved("11"), false).await;
    let end = engine.decide(move_with_an_id.id, Decision::Executed(Some(told.into())), "".into()).await;
    assert_eq!(end, Err(NotDecided::Claimed), "a record's id is no move's");
}

#[tokio::test]
async fn a_cancel_that_the_user_decides_is_compared_with_its_record() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let id = accepted_id(&place(&engine, &withdraw("20")).await.unwrap().order).to_owned();
    let order = lost(&engine, &stage, Request::CancelWithdrawal(id.as_str().into()), false).await;
    let yes = || Decision::Executed(None);
    let end = engine.decide(order.id, yes(), "".into()).await;
    assert_eq!(end, Err(NotDecided::RecordSays(Status::Pending)));
    let no = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await.unwrap();
    assert_eq!(no.outcome, Outcome::Dismissed);
    stage.exchange.world(|world| assert!(world.put(id.parse().unwrap(), Step::Cancelled)));
    let page = listed(&engine).await;
    reach_the_ledger(&engine, page, &order).await;
    assert_eq!(contradiction(&engine, order.id).await.map(|found| found.how), Some(How::Cancelled));
    engine.decide(order.id, Decision::TakenBack, "".into()).await.unwrap();
    let end = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await;
    assert_eq!(end, Err(NotDecided::RecordSays(Status::Cancelled)));
    assert!(engine.decide(order.id, yes(), "".into()).await.is_ok());
}

#[tokio::test]
async fn a_record_that_is_not_what_was_ordered_contradicts_its_order() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = place(&engine, &withdraw("20.5")).await.unwrap().order;
    let id = UntrustedText::from(accepted_id(&order));
    let mut record = listed(&engine).await.into_iter().find(|record| record.key.id == id).unwrap();
    reach_the_ledger(&engine, vec![record.clone()], &order).await;
    assert_eq!(contradiction(&engine, order.id).await, None);
    record.amount = "25".parse().ok();
    assert_eq!(reach_the_ledger(&engine, vec![record], &order).await, [], "the exchange's own answer stands");
    let found = Contradiction { record: id, how: How::Differs(vec![Part::Amount]) };
    assert_eq!(contradiction(&engine, order.id).await, Some(found));
}

#[tokio::test]
async fn transfer_under_its_id_with_another_amount_is_asked_about() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, transfer("10"), true).await;
    let Request::Transfer(sent) = &order.request else { panic!("no transfer") };
    let row = format!(
        r#"{{"id":"7","type":"inside_transfer_out","coin":"USDT","amount":"9","status":"success","ctime":{},"outBizId":"{}"}}"#,
        order.time.0, sent.out_biz_id
    );
    let page = format!(r#"{{"code":"0","msg":"m","data":[{row}],"success":true}}"#);
    stage.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Body(page)));
    let reading = engine.look(order.id).await;
    assert!(matches!(&reading, Reading::Several(records) if records.len() == 1), "{reading:?}");
    // It is under an id that nobody else has: it is not said of it that it is another one, and may be said that it is this one.
    for not_these in [vec![], vec![UntrustedText::from("7")]] {
        let end = engine.decide(order.id, Decision::NotExecuted(not_these), "".into()).await;
        assert!(matches!(end, Err(NotDecided::Fits(_))), "{end:?}");
    }
    let end = engine.decide(order.id, Decision::Executed(Some("7".into())), "".into()).await.unwrap();
    assert_eq!(end.outcome, Outcome::Accepted { id: "7".into(), proof: Proof::User });
}

#[tokio::test]
async fn claim_without_a_fee_stays_despite_a_smaller_payment() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let order = lost(&engine, &stage, withdraw("20.5"), true).await;
    let Reading::Settled(claimed) = engine.look(order.id).await else { panic!("not found") };
    assert!(matches!(&claimed.outcome, Outcome::Accepted { proof: Proof::Reckoned, .. }), "{claimed:?}");
    paid_elsewhere(&stage, "12");
    let reading = engine.look(order.id).await;
    assert!(matches!(&reading, Reading::Settled(found) if found.outcome == claimed.outcome), "{reading:?}");
}
