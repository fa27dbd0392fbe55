//! What is asked again under the money lock: limits, the day's sum, the configuration as it is then, and what the consent
//! covers.

use std::sync::{Arc, Mutex};

use wallet_tui::domain::preflight::GroupReason;
use wallet_tui::domain::rules::{Before, DuplicateOf, Fault as RuleFault, Limit, Limits, Sameness};
use wallet_tui::domain::{AskedBy, Confirmation, Consent, Millis, Outcome, Proof, Request, UntrustedText};
use wallet_tui::engine::orders::{Begun, GuardReader, Guards, NotBegun};
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{
    Stage, accepted_id, consent, known, moved, of_order, place, place_despite, resend, transfer, wanted, withdraw,
};

fn a_day(amount: &str) -> Guards {
    let per_day = Some(Limit { amount: amount.parse().unwrap(), unit: "TRX".into() });
    Guards { limits: Limits { per_day, ..Limits::default() }, ..Guards::default() }
}

fn read_only() -> Guards {
    Guards { limits: Limits { read_only: true, ..Limits::default() }, ..Guards::default() }
}

/// A configuration that a test changes.
fn file(guards: Result<Guards, UntrustedText>) -> (GuardReader, Arc<Mutex<Result<Guards, UntrustedText>>>) {
    let file = Arc::new(Mutex::new(guards));
    let reader = Arc::clone(&file);
    (GuardReader::new(move || reader.lock().unwrap().clone()), file)
}

/// The rules that let an order through no more.
fn faults(end: &Result<Begun, NotBegun>) -> Vec<RuleFault> {
    let Err(NotBegun::Faults(faults)) = end else { panic!("{end:?}") };
    faults.iter().map(|found| found.fault.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_within_the_days_limit_one_is_refused() {
    let stage = Stage::new().await;
    let (reader, _) = file(Ok(a_day("30")));
    let (one, two) = (stage.engine().guarded_by(reader.clone()), stage.engine().guarded_by(reader));
    // Each was judged before by what had been ordered then: nothing.
    let (first, second) = (withdraw("20"), withdraw("21"));
    let (a, b) = tokio::join!(
        place_despite(&one, &first, AskedBy::Command, []),
        place_despite(&two, &second, AskedBy::Command, [])
    );
    let refused = [a, b].into_iter().filter(Result::is_err).collect::<Vec<_>>();
    assert_eq!(refused.len(), 1);
    assert!(matches!(faults(&refused[0])[..], [RuleFault::LimitPerDay { .. }]), "{refused:?}");
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn what_the_configuration_says_at_the_moment_of_sending_holds() {
    let stage = Stage::new().await;
    let (reader, file) = file(Ok(a_day("30")));
    let engine = stage.engine().guarded_by(reader);
    assert!(place(&engine, &withdraw("20")).await.is_ok());
    *file.lock().unwrap() = Ok(a_day("20"));
    assert!(matches!(faults(&place(&engine, &withdraw("1")).await)[..], [RuleFault::LimitPerDay { .. }]));
    for request in [withdraw("1"), transfer("1"), moved("1"), Request::CancelWithdrawal("1".into())] {
        *file.lock().unwrap() = Ok(read_only());
        assert!(faults(&place(&engine, &request).await).contains(&RuleFault::ReadOnly), "{request:?}");
        *file.lock().unwrap() = Err("line 3".into());
        let end = place(&engine, &request).await;
        assert_eq!(end, Err(NotBegun::Configuration("line 3".into())), "{request:?}");
    }
    assert_eq!(stage.executed(), 1);
    let orders = engine.with_ledger(|ledger| ledger.orders(10)).await.unwrap();
    assert_eq!(orders.len(), 1, "what is not begun is not written down");
}

#[tokio::test]
async fn a_transfer_is_not_sent_again_from_a_read_only_profile() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let (reader, file) = file(Ok(Guards::default()));
    let engine = stage.engine().guarded_by(reader);
    let lost = place(&engine, &transfer("10")).await.unwrap().order;
    *file.lock().unwrap() = Ok(read_only());
    assert_eq!(faults(&resend(&engine, lost.id).await), [RuleFault::ReadOnly]);
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn a_word_for_what_had_no_trace_is_none_for_what_was_found() {
    let stage = Stage::new().await;
    let agreed = |request: &Request, id| {
        let before = Before { earlier: of_order(id), ago_ms: 0, is_given_up: true, sameness: Sameness::Whole };
        let given = [Confirmation::Group(GroupReason::New), Confirmation::Again(before)].into();
        Consent { request: request.clone(), given }
    };
    for (request, endpoint) in [(withdraw("20"), "withdraw"), (transfer("10"), "inside_transfer")] {
        stage.exchange.fail(endpoint, Fault::before(Strike::Close));
        let lost = place(&stage.engine(), &request).await.unwrap().order;
        assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
        let engine = stage.engine();
        // Another window finds it while the review is open.
        let found = Outcome::Accepted { id: "77".into(), proof: Proof::History };
        let id = lost.id;
        engine.with_ledger(move |ledger| ledger.set_outcome(id, &found, Millis(1), None)).await.unwrap();
        let end = engine.place(agreed(&request, id), known(), AskedBy::Screen).await;
        assert_eq!(faults(&end), [RuleFault::Changed], "{end:?}");
    }
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn a_limit_of_that_moment_holds_for_a_transfer_that_goes_again() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let (reader, file) = file(Ok(Guards::default()));
    let lost = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
    let engine = stage.engine().guarded_by(reader);
    let per_order = Some(Limit { amount: "9".parse().unwrap(), unit: "USDT".into() });
    *file.lock().unwrap() = Ok(Guards { limits: Limits { per_order, ..Limits::default() }, ..Guards::default() });
    let again = place_despite(&engine, &transfer("10"), AskedBy::Screen, [of_order(lost.id)]).await;
    assert!(matches!(faults(&again)[..], [RuleFault::LimitPerOrder { .. }]), "{again:?}");
    let bare = Consent { given: Vec::new(), ..consent(&transfer("8"), []) };
    let end = engine.place(bare, known(), AskedBy::Screen).await;
    assert!(matches!(&end, Err(NotBegun::Unconfirmed(_))), "{end:?}");
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn resend_asks_for_all_that_a_new_order_asks_for() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let (reader, file) = file(Ok(Guards::default()));
    let lost = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    let engine = stage.engine().guarded_by(reader);
    let limited = |limits: Limits| *file.lock().unwrap() = Ok(Guards { limits, ..Guards::default() });
    let usdt = |amount: &str| Some(Limit { amount: amount.parse().unwrap(), unit: "USDT".into() });
    limited(Limits { per_order: usdt("9"), ..Limits::default() });
    let end = resend(&engine, lost.id).await;
    assert!(matches!(faults(&end)[..], [RuleFault::LimitPerOrder { .. }]), "{end:?}");
    limited(Limits { per_day: usdt("9"), ..Limits::default() });
    let end = resend(&engine, lost.id).await;
    assert!(matches!(faults(&end)[..], [RuleFault::LimitPerDay { .. }]), "{end:?}");
    // Of another unit, and its price is not known.
    let per_day = Some(Limit { amount: "9".parse().unwrap(), unit: "EUR".into() });
    limited(Limits { per_day, ..Limits::default() });
    let end = resend(&engine, lost.id).await;
    assert!(
        matches!(faults(&end)[..], [RuleFault::LimitNoPrice { .. } | RuleFault::LimitStalePrice { .. }]),
        "{end:?}"
    );
    limited(Limits { address_book_only: true, ..Limits::default() });
    assert_eq!(faults(&resend(&engine, lost.id).await), [RuleFault::ReceiverNotKnown]);
    // What it would be, it is itself: not spent twice, and no repetition.
    limited(Limits { per_day: usdt("10"), ..Limits::default() });
    let end = engine.resend(lost.id, Vec::new(), known(), AskedBy::Screen).await;
    assert!(
        matches!(&end, Err(NotBegun::Unconfirmed(wanted)) if wanted[..] == [Confirmation::Group(GroupReason::New)])
    );
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (0, 1));
    assert_eq!(resend(&engine, lost.id).await.unwrap().order.outcome.word(), "accepted");
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn order_given_up_needs_a_word_however_old_it_is() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let first = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace);
    // Some queue of theirs lets it through after all, and hours pass in which nobody looks.
    let address = wallet_tui::simulator::users::SAMPLE_ADDRESS;
    let id = stage.exchange.world(|w| w.withdraw("TRX", "Tron (TRC-20)", address, "20".parse().unwrap(), None));
    let record = DuplicateOf::Record(id.unwrap().to_string().into());
    stage.hands.advance(3 * 3_600_000);
    let engine = stage.engine();
    let end = place_despite(&engine, &withdraw("20"), AskedBy::Screen, [of_order(first.id)]).await;
    assert_eq!(wanted(&end), std::slice::from_ref(&record), "{end:?}");
    assert_eq!(stage.executed(), 1);
    let both = [of_order(first.id), record];
    assert!(place_despite(&engine, &withdraw("20"), AskedBy::Screen, both).await.is_ok(), "it is meant");
    assert_eq!(stage.executed(), 2);
}

#[tokio::test]
async fn a_consent_without_the_group_of_a_new_address_is_not_enough() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    for request in [withdraw("20"), transfer("10")] {
        let bare = Consent { given: Vec::new(), ..consent(&request, []) };
        let end = engine.place(bare, known(), AskedBy::Command).await;
        assert!(matches!(&end, Err(NotBegun::Unconfirmed(wanted)) if wanted.len() == 1), "{end:?}");
    }
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn two_confirmations_that_are_wanted_together_can_both_be_given() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let lost = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
    let engine = stage.engine();
    let paid = place_despite(&engine, &withdraw("20"), AskedBy::Screen, [of_order(lost.id)]).await.unwrap().order;
    assert!(!accepted_id(&paid).is_empty());
    let both = || [of_order(lost.id), of_order(paid.id)];
    for one in both() {
        let end = place_despite(&engine, &withdraw("20"), AskedBy::Screen, [one.clone()]).await;
        let rest: Vec<DuplicateOf> = both().into_iter().filter(|earlier| *earlier != one).collect();
        assert_eq!(wanted(&end), rest, "{end:?}");
    }
    assert!(place_despite(&engine, &withdraw("20"), AskedBy::Screen, both()).await.is_ok());
    assert_eq!(stage.executed(), 2);
}

#[tokio::test]
async fn a_balance_that_is_too_small_by_now_sends_no_move() {
    let stage = Stage::new().await;
    // What was shown was more than what the exchange says just before.
    let end = place(&stage.engine(), &moved("900000")).await;
    assert!(matches!(faults(&end)[..], [RuleFault::AboveAvailable { .. }]), "{end:?}");
    assert_eq!(stage.exchange.requests("funds_transfer"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_holds_for_a_resend_when_the_reads_before_failed() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let lost = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
    let limits =
        || Limits { per_day: Some(Limit { amount: "5".parse().unwrap(), unit: "USDT".into() }), ..Limits::default() };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = stage.exchange.base_url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let reads = std::sync::atomic::AtomicUsize::new(0);
    let guards = GuardReader::new(move || {
        if reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            // the late check: from here on somebody listens
            let (server, listener) = (server.clone(), std::net::TcpListener::bind(("127.0.0.1", port)).unwrap());
            std::thread::spawn(move || {
                for a in listener.incoming().flatten() {
                    let b = std::net::TcpStream::connect(&server).unwrap();
                    for (mut x, mut y) in [(a.try_clone().unwrap(), b.try_clone().unwrap()), (b, a)] {
                        std::thread::spawn(move || {
                            let _ = std::io::copy(&mut x, &mut y);
                            let _ = y.shutdown(std::net::Shutdown::Write);
                        });
                    }
                }
            });
        }
        Ok(Guards { limits: limits(), labels: Vec::new() })
    });
    let engine =
        stage.engine_of(&format!("http://127.0.0.1:{port}"), std::time::Duration::from_secs(10)).guarded_by(guards);
    let end = place_despite(&engine, &transfer("10"), AskedBy::Screen, [of_order(lost.id)]).await;
    assert_eq!(stage.executed(), 0, "{end:?}");
}
