//! The disk fails, the file disappears, the key is another account's: nothing is sent, or what was sent is not lost.

use std::fs;

use wallet_tui::domain::{AskedBy, Outcome};
use wallet_tui::ledger::{Ledger, LedgerError};
use wallet_tui::orders::NotBegun;

use crate::stage::{Stage, accepted_id, moved, place, transfer, withdraw};

/// Lets the database fail at a statement, as a full or broken disk does.
fn break_at(stage: &Stage, statement: &str) -> rusqlite::Connection {
    let hand = rusqlite::Connection::open(stage.ledger_path()).unwrap();
    hand.execute_batch(&format!(
        "CREATE TRIGGER broken BEFORE {statement} ON orders BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
    ))
    .unwrap();
    hand
}

#[tokio::test]
async fn an_order_that_cannot_be_written_down_is_not_sent() {
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let stage = Stage::new().await;
        let engine = stage.engine();
        let _hand = break_at(&stage, "INSERT");
        let end = place(&engine, &request).await;
        assert!(matches!(&end, Err(NotBegun::Ledger(why)) if why.raw().contains("disk I/O")), "{end:?}");
        assert_eq!(stage.executed(), 0);
        assert_eq!(stage.exchange.requests(crate::stage::endpoint(&request)), 0);
    }
}

#[tokio::test]
async fn an_outcome_that_cannot_be_written_down_is_said_and_found_again() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let hand = break_at(&stage, "UPDATE");
    let begun = place(&engine, &withdraw("20")).await.unwrap();
    assert!(begun.unrecorded.as_ref().is_some_and(|why| why.raw().contains("disk I/O")), "{begun:?}");
    assert_eq!(accepted_id(&begun.order), stage.exchange.executed()[0].id, "the screen still knows");
    assert!(matches!(place(&engine, &withdraw("20")).await, Err(NotBegun::Ledger(_))), "and nothing is sent meanwhile");
    hand.execute_batch("DROP TRIGGER broken").unwrap();
    let end = stage.settled(begun.order.id).await;
    assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id);
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn a_ledger_that_was_moved_away_takes_no_more_orders() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    fs::rename(stage.ledger_path(), stage.ledger_path().with_extension("gone")).unwrap();
    assert!(matches!(place(&engine, &withdraw("20")).await, Err(NotBegun::Ledger(_))));
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn after_damage_nothing_is_sent_until_the_user_knows_of_it() {
    let stage = Stage::new().await;
    fs::write(stage.ledger_path(), "not a database at all, whatever its name may say".repeat(99)).unwrap();
    assert!(matches!(Ledger::open(&stage.ledger_path()), Err(LedgerError::Damaged { .. })));
    let engine = stage.engine();
    let Err(NotBegun::Damaged(path)) = place(&engine, &withdraw("20")).await else { panic!("sent") };
    assert!(path.exists());
    assert_eq!(stage.executed(), 0);
    engine.acknowledge_damage().await.unwrap();
    assert_eq!(place(&engine, &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
}

#[tokio::test]
async fn a_key_of_another_account_orders_nothing() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    engine.recognise(&"111".into()).await.unwrap();
    for engine in [stage.engine(), stage.engine()] {
        let end = place(&engine, &withdraw("20")).await;
        let Err(NotBegun::OtherAccount { ledger, key }) = end else { panic!("{end:?}") };
        assert_eq!((ledger.raw(), key.raw()), ("111", "681979174"));
        assert!(matches!(engine.recognise(&key).await, Err(NotBegun::OtherAccount { .. })));
    }
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn the_account_is_remembered_from_the_first_order_on() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    assert_eq!(place(&engine, &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
    let uid = engine.with_ledger(|ledger| ledger.fact("uid")).await.unwrap();
    assert_eq!(uid.as_deref(), Some("681979174"));
    assert!(matches!(engine.recognise(&"1".into()).await, Err(NotBegun::OtherAccount { .. })));
}

#[tokio::test]
async fn a_transfers_id_is_never_used_for_another_order() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let first = place(&engine, &transfer("10")).await.unwrap().order;
    // Not even on the user's word.
    let end = engine.place(first.request.clone(), AskedBy::Screen, None, Some(first.id)).await;
    assert!(matches!(&end, Err(NotBegun::Ledger(_))), "{end:?}");
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (1, 1));
    assert!(matches!(first.outcome, Outcome::Accepted { .. }));
}
