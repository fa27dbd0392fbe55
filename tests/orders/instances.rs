//! Two instances of the program on one account.

use std::time::Duration;

use wallet_tui::domain::{AskedBy, Outcome};
use wallet_tui::engine::ledger::{Ledger, MoneyLock};
use wallet_tui::engine::orders::{Decision, NotBegun, NotDecided, Reading};
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{Stage, moved, place, place_despite, transfer, withdraw};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_send_at_once_one_is_told_that_the_other_is_busy() {
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let stage = Stage::new().await;
        stage.exchange.fail_always("*", Fault::after(Strike::Late(Duration::from_millis(200))));
        let (one, two) = (stage.engine(), stage.engine());
        let (a, b) = tokio::join!(place(&one, &request), place(&two, &request));
        let busy = [&a, &b].into_iter().filter(|end| matches!(end, Err(NotBegun::Busy))).count();
        assert_eq!(busy, 1, "{a:?} {b:?}");
        assert_eq!(stage.executed(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn command_waits_then_sees_what_the_other_left_unsettled() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Late(Duration::from_secs(30))));
    let (one, two) = (stage.impatient_engine(), stage.engine());
    let other = async {
        while stage.exchange.requests("withdraw") == 0 {
            tokio::task::yield_now().await;
        }
        place_despite(&two, &withdraw("20"), AskedBy::Command, []).await
    };
    let (a, b) = tokio::join!(place(&one, &withdraw("20")), other);
    assert!(a.unwrap().order.outcome.is_unsettled());
    assert!(matches!(b, Err(NotBegun::SameUnsettled(_))), "{b:?}");
    assert_eq!(stage.exchange.requests("withdraw"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_judges_an_order_while_it_is_being_sent() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::after(Strike::Late(Duration::from_millis(400))));
    let (one, two) = (stage.engine(), stage.engine());
    let watcher = async {
        while stage.executed() == 0 {
            tokio::task::yield_now().await;
        }
        let all = two.recover_orphans().await.unwrap();
        let id = all[0].id;
        assert_eq!(all[0].outcome, Outcome::Sending, "not an orphan");
        assert_eq!(two.look(id).await, Reading::InFlight);
        assert_eq!(two.decide(id, Decision::NotExecuted(Vec::new()), "".into()).await, Err(NotDecided::Busy));
    };
    let (begun, ()) = tokio::join!(place(&one, &withdraw("20")), watcher);
    assert_eq!(begun.unwrap().order.outcome.word(), "accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_settle_at_once_write_one_end() {
    for executed in [false, true] {
        let stage = Stage::new().await;
        stage.exchange.fail("withdraw", Fault { strike: Strike::Close, executed });
        let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
        stage.hands.advance(crate::stage::LONG_MS);
        let (one, two) = (stage.engine(), stage.engine());
        let limit = Duration::from_secs(20);
        let (a, b) = tokio::join!(one.settle(order.id, limit), two.settle(order.id, limit));
        let (Reading::Settled(a), Reading::Settled(b)) = (a, b) else { panic!("no end") };
        assert_eq!(a.outcome, b.outcome);
        assert_eq!(a.outcome.word(), if executed { "accepted" } else { "no_trace" });
        let timeline = one.with_ledger(move |ledger| ledger.timeline(order.id)).await.unwrap();
        assert_eq!(timeline.len(), 3, "sending, unknown, and one end: {timeline:?}");
    }
}

#[tokio::test]
async fn order_left_while_sending_becomes_unknown_for_the_next() {
    let stage = Stage::new().await;
    let id = Ledger::open(&stage.ledger_path())
        .unwrap()
        .record(&withdraw("20"), stage.hands.now(), None, AskedBy::Screen, &[], None)
        .unwrap();
    {
        let _held = MoneyLock::try_take(&stage.ledger_path()).unwrap().unwrap();
        assert_eq!(
            stage.engine().recover_orphans().await.unwrap()[0].outcome,
            Outcome::Sending,
            "somebody may be sending it"
        );
    }
    let found = stage.engine().recover_orphans().await.unwrap();
    assert_eq!((found[0].id, found[0].outcome.word()), (id, "unknown"));
    assert!(matches!(place(&stage.engine(), &withdraw("20")).await, Err(NotBegun::SameUnsettled(_))));
    assert_eq!(stage.settled(id).await.outcome, Outcome::NoTrace);
    assert_eq!(stage.exchange.requests("withdraw"), 0, "never sent by itself");
}

#[tokio::test]
async fn dropped_call_leaves_an_order_that_is_settled_as_usual() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::after(Strike::Late(Duration::from_secs(30))));
    let engine = stage.engine();
    let seen = async {
        while stage.executed() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        end = place(&engine, &withdraw("20")) => panic!("{end:?}"),
        () = seen => {}
    }
    let left = engine.recover_orphans().await.unwrap();
    assert_eq!(left[0].outcome.word(), "unknown");
    assert_eq!(stage.settled(left[0].id).await.outcome.word(), "accepted");
    assert_eq!(stage.executed(), 1);
}
