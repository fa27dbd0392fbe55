//! Answers of the exchange that are odd, empty or backward: what they do not say is not taken for "it is not there".

use wallet_tui::domain::{AskedBy, OrderId, OutgoingFilter, Request, WithdrawRequest};
use wallet_tui::engine::ledger::{Flow, GapChange, Ledger};
use wallet_tui::engine::orders::Decision;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, Stage, consent, known, moved, of_order, place, place_despite, wanted, withdraw};

const PAGE: &str = "withdraw_transfer/page";
const MIN: i64 = 60_000;

fn replace(from: &str, to: &str) -> Fault {
    Fault::after(Strike::Replace(from.into(), to.into()))
}

/// The same is paid with the exchange's own page.
fn elsewhere(stage: &Stage) {
    let pay = |w: &mut wallet_tui::simulator::World| {
        w.withdraw("TRX", "Tron (TRC-20)", SAMPLE_ADDRESS, "20".parse().unwrap(), None)
    };
    stage.exchange.world(pay).unwrap();
}

/// An order that was executed and whose answer was lost.
async fn lost(stage: &Stage) -> OrderId {
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!((order.outcome.word(), stage.executed()), ("unknown", 1));
    order.id
}

/// What stands of an order after all the looks that it takes to give it up.
async fn looked(stage: &Stage, id: OrderId) -> &'static str {
    stage.hands.advance(LONG_MS);
    for _ in 0..4 {
        drop(stage.engine().look(id).await);
    }
    stage.engine().with_ledger(move |ledger| ledger.order(id)).await.unwrap().unwrap().outcome.word()
}

/// What the exchange lists reaches the ledger.
async fn held(stage: &Stage) {
    let page = stage.engine().client().outgoing(&OutgoingFilter::default()).await.unwrap();
    let keep =
        move |l: &mut Ledger| l.keep_records(Flow::Out, &page, GapChange::Whole, wallet_tui::platform::clock::now());
    stage.engine().with_ledger(keep).await.unwrap();
}

#[tokio::test]
async fn record_in_the_ledger_is_a_trace_whatever_is_listed_now() {
    let stage = Stage::new().await;
    let id = lost(&stage).await;
    held(&stage).await;
    stage.exchange.fail_always(PAGE, Fault::after(Strike::NoData));
    let word = looked(&stage, id).await;
    let _ = place_despite(&stage.engine(), &withdraw("20"), AskedBy::Screen, [of_order(id)]).await;
    assert_eq!((word, stage.executed()), ("unknown", 1), "an answer that lists nothing at all is none");
}

#[tokio::test]
async fn one_odd_field_makes_a_question_and_not_no_trace() {
    let mut given_up = Vec::new();
    for (what, from, to) in [
        ("type null", r#""type":"withdraw""#, r#""type":null"#),
        ("type in capitals", r#""type":"withdraw""#, r#""type":"WITHDRAW""#),
        (
            "toAddress beside address",
            r#""address":"#,
            r#""toAddress":"41605fce0000000000000000000000000000000000","address":"#,
        ),
        ("ctime 8 h off", r#""ctime":1795000000"#, r#""ctime":1794971200"#),
        ("ctime in seconds", r#""ctime":1795000000000"#, r#""ctime":1795000000"#),
        ("the chain's name", r#""network":"Tron (TRC-20)""#, r#""network":"TRON""#),
        ("gross for net", r#""amount":"19."#, r#""amount":"20."#),
        ("a dash for no memo", r#""memo":null"#, r#""memo":"-""#),
    ] {
        let stage = Stage::new().await;
        let id = lost(&stage).await;
        stage.exchange.fail_always(PAGE, replace(from, to));
        if looked(&stage, id).await == "no_trace" {
            given_up.push(what);
        }
    }
    assert!(given_up.is_empty(), "{given_up:?}");
}

#[tokio::test]
async fn payment_elsewhere_is_asked_about_whatever_the_page_is() {
    let old: Vec<String> = (0..100_i64).map(|n| format!(
        r#"{{"id":"{}","type":"withdraw","coin":"TRX","network":"Tron (TRC-20)","amount":"1","fee":"1","address":"T{n}","status":"success","ctime":{}}}"#,
        1_600_000_000_000_000_000 + n, 1_700_000_000_000 + n * 1000)).collect();
    let backward = format!(r#"{{"code":"0","msg":"","data":[{}],"success":true}}"#, old.join(","));
    let mut unasked = Vec::new();
    for (what, fault) in [
        ("nothing at all", Fault::after(Strike::NoData)),
        ("a full page, oldest first", Fault::after(Strike::Body(backward))),
        ("ctime null", replace(r#""ctime":"#, r#""ctime":null,"was":"#)),
        ("ctime 8 h off", replace(r#""ctime":1795000000"#, r#""ctime":1794971200"#)),
        ("type null", replace(r#""type":"withdraw""#, r#""type":null"#)),
        (
            "toAddress beside address",
            replace(r#""address":"#, r#""toAddress":"41605fce0000000000000000000000000000000000","address":"#),
        ),
    ] {
        let stage = Stage::new().await;
        held(&stage).await; // that there never was any is known to be untrue
        elsewhere(&stage);
        assert_eq!(wanted(&place(&stage.engine(), &withdraw("20")).await).len(), 1, "control");
        stage.exchange.fail_always(PAGE, fault);
        let _ = place(&stage.engine(), &withdraw("20")).await;
        if stage.executed() > 1 {
            unasked.push(what);
        }
    }
    assert!(unasked.is_empty(), "{unasked:?}");
}

#[tokio::test]
async fn not_executed_is_not_taken_while_a_row_cannot_be_read() {
    let stage = Stage::new().await;
    let id = lost(&stage).await;
    let engine = stage.engine();
    stage.exchange.fail_always(PAGE, replace(r#""amount":"#, r#""amount":"1,5","was":"#));
    let end = engine.decide(id, Decision::NotExecuted(Vec::new()), "".into()).await;
    stage.exchange.clear_faults();
    stage.hands.advance(20 * MIN);
    let _ = place(&engine, &withdraw("20")).await;
    assert_eq!(stage.executed(), 1, "{:?}", end.map(|o| o.outcome));
}

#[tokio::test]
async fn own_address_is_not_paid_when_asking_for_it_was_refused() {
    for code in ["110041", "500", "999999"] {
        let stage = Stage::new().await;
        let own = stage.engine().client().deposit_addresses(&"TRX".into(), &"Tron (TRC-20)".into()).await.unwrap();
        let address = own[0].address.clone();
        let request = Request::Withdraw(WithdrawRequest {
            coin: "TRX".into(),
            network: "Tron (TRC-20)".into(),
            address,
            memo: None,
            gross: "5".parse().unwrap(),
        });
        stage.exchange.fail_always("deposit/address", Fault::before(Strike::Code(code.into(), "x".into())));
        let end = stage.engine().place(consent(&request, []), known(), AskedBy::Command).await;
        assert_eq!(stage.exchange.requests("withdraw"), 0, "{code}: {end:?}");
    }
}

#[tokio::test]
async fn an_id_of_another_kind_hides_no_record() {
    let stage = Stage::new().await;
    stage.exchange.fail(
        "funds_transfer",
        Fault::before(Strike::Body(r#"{"code":"0","msg":"","data":"123456","success":true}"#.into())),
    );
    place(&stage.engine(), &moved("3")).await.unwrap();
    let id = lost(&stage).await;
    let real = stage.exchange.executed()[0].id.clone();
    stage.exchange.fail_always(PAGE, replace(&format!(r#""id":"{real}""#), r#""id":"123456""#));
    assert_eq!(looked(&stage, id).await, "accepted");
}
