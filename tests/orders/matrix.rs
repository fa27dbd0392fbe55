//! Withdraw, transfer and move, each with every fault: executed once at the most, the true word at once, the truth in the
//! end, and no second order of the same until then.

use std::time::Duration;

use wallet_tui::domain::{AskedBy, Because, Outcome, Proof, Request};
use wallet_tui::engine::orders::NotBegun;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{Stage, accepted_id, endpoint, moved, of_order, place, place_despite, transfer, withdraw};

/// A name, the fault, whether the exchange executes, and the word that the ledger has at once, with its reason.
type Case = (&'static str, Fault, bool, &'static str, Option<Because>);

fn code(code: &str, msg: &str) -> Strike {
    Strike::Code(code.to_owned(), msg.to_owned())
}

fn body(text: &str) -> Strike {
    Strike::Body(text.to_owned())
}

/// Faults where answers are lost after the request was read, each before and after the call is carried out.
fn lost() -> Vec<Case> {
    let kinds: Vec<(&'static str, Strike, Because)> = vec![
        ("closed", Strike::Close, Because::Broken),
        ("reset", Strike::Reset, Because::Broken),
        ("cut in the head", Strike::Cut(20), Because::Broken),
        ("truncated", Strike::Truncate, Because::Broken),
        ("garbled", Strike::Garble, Because::NotTheApi),
        ("status 500", Strike::Status(500), Because::Status),
        ("status 502", Strike::Status(502), Because::Status),
        ("status 503", Strike::Status(503), Because::Status),
        ("status 504", Strike::Status(504), Because::Status),
        ("status 408", Strike::Status(408), Because::Status),
        ("status 401 as a page", Strike::Status(401), Because::Status),
        ("status 429", Strike::TooMany(Some("1".to_owned())), Because::Status),
        ("a page", Strike::Html, Because::NotTheApi),
        ("empty", Strike::Body(String::new()), Because::NotTheApi),
        ("redirect", Strike::Redirect("http://127.0.0.1:1/".to_owned()), Because::Status),
        ("code 500", code("500", "result.system.error"), Because::System),
        ("code 0 without id", Strike::NoData, Because::NoId),
        ("an unlisted code", code("110099", "result.address.not.allowed"), Because::Unlisted),
        ("an unlisted code of the system", code("999999", "result.system.error"), Because::Unlisted),
        ("an unlisted code of a repetition", code("919191", "重复提交"), Because::Unlisted),
        (
            "an unlisted code with an id",
            body(r#"{"code":"200","msg":"result.success","data":"77"}"#),
            Because::Unlisted,
        ),
        ("an unlisted code that says success", body(r#"{"code":"1","msg":"result.success"}"#), Because::Unlisted),
        (
            "a listed code that says success",
            body(r#"{"code":"2","msg":"m","data":null,"success":true}"#),
            Because::Contradiction,
        ),
        ("a listed code beside an id", body(r#"{"code":"2","data":"77"}"#), Because::Contradiction),
        (
            "code 0 without success",
            body(r#"{"code":"0","msg":"m","data":"77","success":false}"#),
            Because::Contradiction,
        ),
    ];
    let both = |(name, strike, because): (&'static str, Strike, Because)| {
        [
            (name, Fault::before(strike.clone()), false, "unknown", Some(because)),
            (name, Fault::after(strike), true, "unknown", Some(because)),
        ]
    };
    let mut all: Vec<Case> = kinds.into_iter().flat_map(both).collect();
    // With the order's own id, which only an exchange that has executed it knows.
    for (name, code, success, because) in [
        ("a listed code beside its id", "2", None, Because::Contradiction),
        ("a listed code beside its id and a no", "110008", Some(false), Because::Contradiction),
        ("an unlisted code beside its id", "200", Some(true), Because::Unlisted),
        ("code 0 beside its id and a no", "0", Some(false), Because::Contradiction),
    ] {
        all.push((name, Fault::after(Strike::Under(code.to_owned(), success)), true, "unknown", Some(because)));
    }
    all
}

fn cases() -> Vec<Case> {
    let refused = |name, c, msg| (name, Fault::before(code(c, msg)), false, "refused", None);
    let mut cases = vec![
        ("slow, but in time", Fault::after(Strike::Late(Duration::from_millis(50))), true, "accepted", None),
        refused("too fast", "110041", "result.request.too.fast"),
        refused("expired", "100008", "result.request.time.expired"),
        refused("bad signature", "100005", "result.api.parameter.sign.illegal"),
        refused("no permission", "110033", "OPEN_API_KEY_NO_AUTHORITY"),
        refused("address not saved", "110008", "result.withdraw.address.not.whitelisted"),
        refused("a listed code whatever it says", "2", "gateway timeout, 系统繁忙"),
    ];
    cases.extend(lost());
    cases
}

/// Faults that need a client that gives up quickly.
fn timeouts() -> Vec<Case> {
    let late = Strike::Late(Duration::from_secs(30));
    vec![
        ("timeout before", Fault::before(late.clone()), false, "unknown", Some(Because::Timeout)),
        ("timeout after", Fault::after(late), true, "unknown", Some(Because::Timeout)),
    ]
}

async fn run(request: &Request, case: Case, is_impatient: bool) {
    let (name, fault, is_executed, word, because) = case;
    let what = format!("{} × {name}, executed: {is_executed}", request.kind());
    let stage = Stage::new().await;
    stage.exchange.fail(endpoint(request), fault);
    let engine = if is_impatient { stage.impatient_engine() } else { stage.engine() };
    let begun = place(&engine, request).await.unwrap();
    assert_eq!(stage.exchange.requests(endpoint(request)), 1, "{what}: sent once");
    assert_eq!(begun.unrecorded, None, "{what}");
    let id = begun.order.id;
    let on_disk = engine.with_ledger(move |ledger| ledger.order(id)).await.unwrap().unwrap();
    assert_eq!(begun.order, on_disk, "{what}: the screen shows what is written down");
    assert_eq!(on_disk.outcome.word(), word, "{what}: {:?}", on_disk.outcome);
    if let Outcome::Unknown { why } = &on_disk.outcome {
        assert_eq!(Some(why.because), because, "{what}: {why:?}");
    }
    assert_eq!(stage.executed(), usize::from(is_executed), "{what}");
    if on_disk.outcome.is_unsettled() {
        // Blocked here and in another instance, also for somebody who types the word.
        for other in [engine, stage.engine()] {
            for despite in [None, Some(of_order(id))] {
                match place_despite(&other, request, AskedBy::Command, despite).await {
                    Err(NotBegun::SameUnsettled(same)) => assert_eq!(same.id, id, "{what}"),
                    other => panic!("{what}: {other:?}"),
                }
            }
        }
        assert_eq!(stage.exchange.requests(endpoint(request)), 1, "{what}: blocked");
    }
    let end = stage.settled(id).await;
    match (&end.outcome, request) {
        (Outcome::Refused { .. }, _) => assert!(!is_executed && word == "refused", "{what}"),
        (Outcome::Accepted { id, proof: Proof::Balances }, Request::Move(_)) => {
            assert!(is_executed && id.is_empty(), "{what}");
        }
        (Outcome::NotExecuted, Request::Move(_)) | (Outcome::NoTrace, Request::Withdraw(_) | Request::Transfer(_)) => {
            assert!(!is_executed, "{what}");
        }
        (Outcome::Accepted { .. }, _) => {
            assert!(is_executed, "{what}");
            assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id, "{what}");
        }
        other => panic!("{what}: {other:?}"),
    }
    assert_eq!(stage.exchange.requests(endpoint(request)), 1, "{what}: settling sends nothing");
    assert_eq!(stage.executed(), usize::from(is_executed), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withdrawal_is_executed_once_and_its_end_is_the_truth() {
    for case in cases() {
        run(&withdraw("20.00"), case, false).await;
    }
    for case in timeouts() {
        run(&withdraw("20.00"), case, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfer_is_executed_once_and_its_end_is_the_truth() {
    for case in cases() {
        run(&transfer("10"), case, false).await;
    }
    for case in timeouts() {
        run(&transfer("10"), case, true).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn move_is_executed_once_and_its_end_is_the_truth() {
    for case in cases() {
        run(&moved("10"), case, false).await;
    }
    for case in timeouts() {
        run(&moved("10"), case, true).await;
    }
}

#[tokio::test]
async fn unreachable_exchange_means_not_sent_and_blocks_nothing() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let stage = Stage::new().await;
        let tls = stage.exchange.base_url().replace("http://", "https://");
        for (base, because) in [
            (format!("http://{free}"), Because::Unreachable),
            ("https://no-such-host.invalid".to_owned(), Because::Dns),
            (tls, Because::Tls),
        ] {
            let engine = stage.engine_of(&base, Duration::from_secs(10));
            let begun = place(&engine, &request).await.unwrap();
            let Outcome::NotSent { why } = &begun.order.outcome else { panic!("{base}: {begun:?}") };
            assert_eq!(why.because, because, "{base}: {why:?}");
            let id = begun.order.id;
            let written = engine.with_ledger(move |ledger| ledger.order(id)).await.unwrap();
            assert_eq!(written, Some(begun.order), "{base}");
        }
        assert_eq!(stage.exchange.requests(endpoint(&request)), 0);
        let begun = place(&stage.engine(), &request).await.unwrap();
        assert_eq!(begun.order.outcome.word(), "accepted", "nothing blocks what was never sent");
        assert_eq!(stage.executed(), 1);
    }
}

#[tokio::test]
async fn without_the_reads_that_would_settle_it_an_order_is_not_begun() {
    for (request, read) in [(withdraw("20"), "withdraw_transfer/page"), (moved("10"), "user/account")] {
        for strike in [Strike::Close, Strike::Html, Strike::Status(503), code("100005", "x"), Strike::Garble] {
            let stage = Stage::new().await;
            stage.exchange.fail_always(read, Fault::before(strike.clone()));
            let engine = stage.engine();
            let end = place(&engine, &request).await;
            assert!(matches!(end, Err(NotBegun::Unready(_))), "{strike:?}: {end:?}");
            assert_eq!(stage.exchange.requests(endpoint(&request)), 0);
            assert_eq!(engine.with_ledger(|ledger| ledger.orders(9)).await.unwrap(), []);
        }
    }
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked_for_to_the_last_digit() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    for request in [withdraw("20.10"), transfer("10.50"), moved("7.0")] {
        let begun = place(&engine, &request).await.unwrap();
        assert_eq!(begun.order.outcome.word(), "accepted");
    }
    let sent = stage.exchange.executed();
    let digits: Vec<_> = sent.iter().map(|e| e.amount.to_string()).collect();
    assert_eq!(digits, ["20.10", "10.50", "7.0"]);
    assert_eq!(sent[1].out_biz_id.as_ref().map(String::len), Some(32));
    assert_eq!(sent[1].remark.as_deref(), Some("rent"));
    let moves = engine.with_ledger(|ledger| ledger.moves(9)).await.unwrap();
    assert_eq!(moves[0].exchange_id.as_ref().map(wallet_tui::domain::UntrustedText::raw), Some(sent[2].id.as_str()));
}
