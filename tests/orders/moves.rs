//! A move whose answer was lost: what both sides show of it, with positions, funding, deposits and other moves in between.

use std::time::Duration;

use wallet_tui::domain::move_record::coins_of;
use wallet_tui::domain::rules::Fault as RuleFault;
use wallet_tui::domain::{AskedBy, MoveDirection, MoveRequest, Order, Outcome, Proof, Request};
use wallet_tui::engine::ledger::Ledger;
use wallet_tui::engine::orders::{NotBegun, Orders, Reading};
use wallet_tui::simulator::futures::Shape;
use wallet_tui::simulator::refusal::Refusal;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, Stage, consent, known, moved, place, retry_policy};

fn back(amount: &str) -> Request {
    Request::Move(MoveRequest {
        direction: MoveDirection::FuturesToSpot,
        coin: "USDT".into(),
        amount: amount.parse().unwrap(),
    })
}

/// A move whose answer never came, executed or not.
async fn lost(stage: &Stage, request: &Request, is_executed: bool) -> Order {
    let fault = if is_executed { Fault::after(Strike::Close) } else { Fault::before(Strike::Close) };
    stage.exchange.fail("funds_transfer", fault);
    let begun = place(&stage.engine(), request).await.unwrap();
    assert!(begun.order.outcome.is_unsettled(), "{:?}", begun.order);
    begun.order
}

/// How the order was judged, by the last line of its story.
async fn story(stage: &Stage, order: &Order) -> String {
    let id = order.id;
    let lines = stage.engine().with_ledger(move |ledger| ledger.timeline(id)).await.unwrap();
    lines.last().and_then(|(_, _, said)| said.as_ref().map(|said| said.raw().to_owned())).unwrap_or_default()
}

fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { proof: Proof::Balances, .. })
}

#[tokio::test]
async fn both_ways_and_both_shapes_end_as_they_were() {
    for shape in [Shape::List, Shape::Row] {
        for is_executed in [true, false] {
            for request in [moved("10"), back("10")] {
                let stage = Stage::new().await;
                stage.exchange.world(|world| world.futures_shape = shape);
                let order = lost(&stage, &request, is_executed).await;
                let end = stage.settled(order.id).await;
                if is_executed {
                    assert!(is_done(&end.outcome), "{end:?}");
                    assert!(story(&stage, &end).await.contains("futures"), "{}", story(&stage, &end).await);
                } else {
                    assert_eq!(end.outcome, Outcome::NotExecuted);
                }
                assert_eq!(stage.executed(), usize::from(is_executed));
            }
        }
    }
}

#[tokio::test]
async fn what_is_proven_closes_nothing_and_can_be_ordered_again() {
    let stage = Stage::new().await;
    let order = lost(&stage, &moved("10"), false).await;
    assert!(matches!(place(&stage.engine(), &moved("10")).await, Err(NotBegun::SameUnsettled(_))));
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::NotExecuted);
    let again = place(&stage.engine(), &moved("10")).await.unwrap().order;
    assert_eq!((again.outcome.word(), stage.executed()), ("accepted", 1));
}

#[tokio::test]
async fn deposit_in_between_is_reckoned_with_and_named() {
    for is_executed in [true, false] {
        let stage = Stage::new().await;
        let order = lost(&stage, &moved("10"), is_executed).await;
        stage.exchange.world(|world| world.deposit("USDT", "Tron (TRC-20)", "40".parse().unwrap(), true).unwrap());
        let end = stage.settled(order.id).await;
        assert_eq!(is_done(&end.outcome), is_executed, "{end:?}");
        assert_eq!(end.outcome == Outcome::Likely { executed: false }, !is_executed, "{end:?}");
        let said = story(&stage, &end).await;
        assert!(said.contains("deposit") && said.contains("+40"), "{said}");
    }
}

#[tokio::test]
async fn what_no_record_explains_leaves_likely() {
    for is_executed in [true, false] {
        let stage = Stage::new().await;
        let order = lost(&stage, &moved("10"), is_executed).await;
        // Funding was paid on the futures side.
        stage.exchange.world(|world| world.settle_futures("USDT", "-0.3".parse().unwrap()).unwrap());
        assert_eq!(stage.settled(order.id).await.outcome, Outcome::Likely { executed: is_executed });
    }
}

#[tokio::test]
async fn position_that_is_opened_or_loses_moves_nothing() {
    for is_executed in [true, false] {
        let stage = Stage::new().await;
        let order = lost(&stage, &moved("10"), is_executed).await;
        stage.exchange.world(|world| {
            world.open_position("USDT", "5".parse().unwrap()).unwrap();
            world.set_unrealised("USDT", "-4".parse().unwrap());
            world.lock("USDT", "7".parse().unwrap()).unwrap();
        });
        let end = stage.settled(order.id).await;
        assert_eq!(
            (is_done(&end.outcome), end.outcome == Outcome::NotExecuted),
            (is_executed, !is_executed),
            "{end:?}"
        );
    }
}

#[tokio::test]
async fn two_lost_moves_are_told_apart() {
    for (first_done, second_done) in [(true, false), (false, true), (true, true), (false, false)] {
        let stage = Stage::new().await;
        let first = lost(&stage, &moved("10"), first_done).await;
        let second = lost(&stage, &moved("7"), second_done).await;
        let ends = [stage.settled(first.id).await, stage.settled(second.id).await];
        assert_eq!(ends.map(|end| is_done(&end.outcome)), [first_done, second_done]);
        assert_eq!(stage.executed(), usize::from(first_done) + usize::from(second_done));
    }
}

#[tokio::test]
async fn key_that_may_not_read_futures_still_moves_and_is_judged_by_one_side() {
    let stage = Stage::new().await;
    stage.exchange.auth(|auth| auth.futures_refusal = Some(Refusal::NoAuthority));
    assert_eq!(place(&stage.engine(), &back("3")).await.unwrap().order.outcome.word(), "accepted");
    stage.hands.advance(5_000);
    let order = lost(&stage, &moved("10"), true).await;
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::Likely { executed: true });
}

#[tokio::test]
async fn futures_side_that_is_down_closes_the_way_out_of_it_only() {
    let stage = Stage::new().await;
    stage.exchange.fail_always("futures/account", Fault::before(Strike::Status(503)));
    assert!(matches!(place(&stage.engine(), &back("3")).await, Err(NotBegun::Unready(_))));
    assert_eq!(stage.executed(), 0);
    assert_eq!(place(&stage.engine(), &moved("3")).await.unwrap().order.outcome.word(), "accepted");
    stage.hands.advance(5_000);
    // It was not read before, so nothing waits for it.
    let order = lost(&stage, &moved("10"), true).await;
    stage.hands.advance(LONG_MS);
    assert_eq!(stage.settled_now(order.id).await.outcome, Outcome::Likely { executed: true });
}

#[tokio::test]
async fn futures_side_that_goes_down_afterwards_is_waited_for_and_then_asked_about() {
    let stage = Stage::new().await;
    let order = lost(&stage, &moved("10"), false).await;
    stage.exchange.fail_always("futures/account", Fault::before(Strike::Status(503)));
    assert!(matches!(stage.engine().look(order.id).await, Reading::Failed(_)));
    stage.hands.advance(LONG_MS);
    assert_eq!(stage.settled_now(order.id).await.outcome, Outcome::NoTrace);
}

#[tokio::test]
async fn moves_of_another_key_are_not_reckoned_with_this_ones_balances() {
    let stage = Stage::new().await;
    let order = lost(&stage, &moved("100"), true).await;
    stage.hands.advance(5_000);
    // As much was moved in two parts with another key, which may be a sub-account's: these sides do not show it.
    let (key, secret) = stage.exchange.auth(wallet_tui::simulator::auth::Auth::add_key);
    for part in ["60", "40"] {
        let client = stage.client_with(&key, &secret, &stage.exchange.base_url(), Duration::from_secs(10));
        let ledger = Ledger::open(&stage.ledger_path()).unwrap();
        let other = Orders::new(client, ledger).with_retry_policy(retry_policy());
        assert_eq!(place(&other, &moved(part)).await.unwrap().order.outcome.word(), "accepted");
    }
    for back in [back("60"), back("40")] {
        // What the other account's key moved is not on this account's sides: taken back behind the ledger's back.
        let Request::Move(back) = back else { unreachable!() };
        stage.exchange.world(|world| world.funds_transfer(back.direction, "USDT", back.amount)).unwrap();
    }
    let end = stage.settled(order.id).await;
    assert!(is_done(&end.outcome) || end.outcome == Outcome::NoTrace, "{end:?}");
}

#[tokio::test]
async fn more_than_can_be_moved_is_closed_by_what_is_read_at_the_last_moment() {
    let stage = Stage::new().await;
    let movable = stage.exchange.world(|world| {
        world.open_position("USDT", "1".parse().unwrap()).unwrap();
        world.movable("USDT")
    });
    let all = back(&movable.to_string());
    // What was known when the user agreed; since then a position has lost.
    stage.exchange.world(|world| world.set_unrealised("USDT", "-0.5".parse().unwrap()));
    let engine = stage.engine();
    let end = engine.place(consent(&all, []), known(), AskedBy::Screen).await;
    let Err(NotBegun::Faults(faults)) = &end else { panic!("{end:?}") };
    assert!(matches!(&faults[0].fault, RuleFault::AboveMovable { .. }), "{faults:?}");
    assert_eq!(stage.exchange.requests("funds_transfer"), 0);
}

#[tokio::test]
async fn sides_and_coins_of_a_move_stand_in_the_ledger() {
    let stage = Stage::new().await;
    let order = lost(&stage, &moved("10"), true).await;
    let id = order.id;
    let sides = stage.engine().with_ledger(move |ledger| ledger.sides_before(id)).await.unwrap().unwrap();
    assert!(sides.spot.total.is_some() && sides.futures.total.is_some(), "{sides:?}");
    let moves = stage.engine().with_ledger(|ledger| ledger.moves(9)).await.unwrap();
    assert_eq!(coins_of(&moves), ["USDT".into()].into());
}
