//! Histories that do not keep to the document: filters that are ignored, pages that are full, rows that lack something.

use wallet_tui::domain::rules::DuplicateOf;
use wallet_tui::domain::{AskedBy, Outcome, OutgoingFilter};
use wallet_tui::engine::orders::{Decision, NotDecided, Reading};
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, START, Stage, accepted_id, place, place_despite, transfer, withdraw};

const PAGE: &str = "withdraw_transfer/page";

fn answer(rows: &[String]) -> Fault {
    let body = format!(r#"{{"code":"0","msg":"result.success","data":[{}],"success":true}}"#, rows.join(","));
    Fault::before(Strike::Body(body))
}

/// A row that has nothing to do with the orders of these tests.
fn foreign(id: usize, kind: &str, ctime: i64) -> String {
    format!(
        r#"{{"id":"{id}","outBizId":null,"type":"{kind}","coin":"BTC","network":"Bitcoin","amount":"1","status":"success",
            "ctime":{ctime},"address":"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}}"#
    )
}

#[tokio::test]
async fn history_that_ignores_filters_never_leads_to_a_wrong_end() {
    for (request, endpoint, kind) in
        [(withdraw("20"), "withdraw", "withdraw"), (transfer("10"), "inside_transfer", "inside_transfer_out")]
    {
        let stage = Stage::new().await;
        stage.exchange.fail(endpoint, Fault::after(Strike::Close));
        let engine = stage.engine();
        let order = place(&engine, &request).await.unwrap().order;
        stage.hands.advance(LONG_MS);
        // A full page of other people's rows, always the same one.
        let rows: Vec<_> = (0..100).map(|n| foreign(n + 1, kind, START.0 + LONG_MS)).collect();
        stage.exchange.fail_always(PAGE, answer(&rows));
        for _ in 0..5 {
            let reading = stage.engine().look(order.id).await;
            assert_eq!(reading, Reading::NotYet(0), "a full page proves nothing");
        }
        let end = stage.settled(order.id).await;
        assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id);
    }
}

#[tokio::test]
async fn an_order_under_hundreds_of_others_is_found_page_by_page() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    // So many more of the same coin, each in a second of its own, to another address.
    for n in 0..250 {
        stage.hands.advance(1_000);
        let made = stage.exchange.world(|w| {
            let other = w.addresses.saved_for("TRX", "Tron (TRC-20)").nth(1).unwrap().address.clone();
            w.withdraw("TRX", "Tron (TRC-20)", &other, "15".parse().unwrap(), None)
        });
        assert!(made.is_ok(), "{n}: {made:?}");
    }
    let Reading::Settled(end) = stage.engine().look(order.id).await else { panic!("not found") };
    assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id);
    assert_eq!(stage.executed(), 251);
}

#[tokio::test]
async fn rows_without_what_would_tell_are_asked_about() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    let time = START.0;
    let row = format!(
        r#"{{"id":"7","type":"withdraw","coin":"TRX","network":"Tron (TRC-20)","amount":null,"status":"pending",
            "ctime":{time},"address":"{SAMPLE_ADDRESS}"}}"#
    );
    stage.exchange.fail_always(PAGE, answer(&[row]));
    let reading = stage.engine().look(order.id).await;
    assert!(matches!(&reading, Reading::Several(found) if found.len() == 1), "{reading:?}");
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::NoTrace);
}

#[tokio::test]
async fn a_look_that_fails_counts_for_nothing() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    stage.hands.advance(LONG_MS);
    stage.exchange.fail_always(PAGE, Fault::before(Strike::Status(503)));
    for _ in 0..4 {
        assert!(matches!(stage.engine().look(order.id).await, Reading::Failed(_)));
    }
    stage.exchange.clear_faults();
    assert_eq!(stage.engine().look(order.id).await, Reading::NotYet(1));
    assert!(matches!(stage.engine().look(order.id).await, Reading::Settled(o) if o.outcome == Outcome::NoTrace));
}

#[tokio::test]
async fn readings_alone_or_time_alone_do_not_give_a_trace_up() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    for n in 1..=4 {
        assert_eq!(stage.engine().look(order.id).await, Reading::NotYet(n), "many readings, but too soon");
    }
    stage.hands.advance(LONG_MS);
    assert!(matches!(stage.engine().look(order.id).await, Reading::Settled(o) if o.outcome == Outcome::NoTrace));
}

/// A row whose amount cannot be read.
fn unreadable(id: &str, ctime: i64) -> String {
    format!(
        r#"{{"id":"{id}","type":"withdraw","coin":"TRX","network":"Tron (TRC-20)","amount":{{}},"status":"success",
            "ctime":{ctime},"address":"{SAMPLE_ADDRESS}"}}"#
    )
}

#[tokio::test]
async fn unreadable_row_is_asked_about_and_an_old_one_is_nothing() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let engine = stage.engine();
    let order = place(&engine, &withdraw("20")).await.unwrap().order;
    stage.hands.advance(LONG_MS);
    let (old, new) = (unreadable("8", START.0 - 86_400_000), unreadable("9", order.time.0));
    stage.exchange.fail_always(PAGE, answer(&[new, old.clone()]));
    let reading = stage.engine().look(order.id).await;
    assert!(
        matches!(&reading, Reading::Several(found) if found.len() == 1 && found[0].key.id.raw() == "9"),
        "{reading:?}"
    );
    let end = engine.decide(order.id, Decision::NotExecuted(Vec::new()), "".into()).await;
    assert!(matches!(&end, Err(NotDecided::Fits(found)) if found.len() == 1), "{end:?}");
    let end = engine.decide(order.id, Decision::NotExecuted(vec!["9".into()]), "".into()).await;
    assert_eq!(end.unwrap().outcome, Outcome::Dismissed, "the user has looked it up");
    // The old one alone is in nobody's way.
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    stage.hands.advance(LONG_MS);
    stage.exchange.fail_always(PAGE, answer(&[old]));
    assert_eq!(stage.engine().look(order.id).await, Reading::NotYet(1));
    assert!(matches!(stage.engine().look(order.id).await, Reading::Settled(o) if o.outcome == Outcome::NoTrace));
}

#[tokio::test]
async fn silent_list_after_an_order_gives_nothing_up() {
    let stage = Stage::new().await;
    stage.exchange.world(|w| w.withdraw("TRX", "Tron (TRC-20)", SAMPLE_ADDRESS, "15".parse().unwrap(), None)).unwrap();
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let engine = stage.engine();
    let records = engine.client().outgoing(&OutgoingFilter::default()).await.unwrap();
    let despite = records.into_iter().map(|record| DuplicateOf::Record(record.key.id));
    let order = place_despite(&engine, &withdraw("20"), AskedBy::Screen, despite).await.unwrap().order;
    stage.hands.advance(LONG_MS);
    for data in ["null", "[]"] {
        let body = format!(r#"{{"code":"0","msg":"m","data":{data},"success":true}}"#);
        stage.exchange.clear_faults();
        stage.exchange.fail_always(PAGE, Fault::before(Strike::Body(body)));
        for _ in 0..4 {
            assert_eq!(stage.engine().look(order.id).await, Reading::NotYet(0), "{data}");
        }
    }
    let end = stage.settled(order.id).await;
    assert_eq!(accepted_id(&end), stage.exchange.executed()[1].id);
}

#[tokio::test]
async fn a_full_page_whose_first_row_tells_no_time_closes_nothing() {
    let stage = Stage::new().await;
    let mut rows: Vec<_> =
        (0..99).map(|n| foreign(n + 1, "withdraw", START.0 - 90_000 * i64::try_from(n).unwrap())).collect();
    rows.insert(0, foreign(1_000, "withdraw", 0).replace(r#""ctime":0"#, r#""ctime":null"#));
    stage.exchange.fail_always(PAGE, answer(&rows));
    let end = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(end.outcome.word(), "accepted");
}
