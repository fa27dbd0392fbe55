//! The disk fails, the file disappears, the key is another account's: nothing is sent, or what was sent is not lost.

use std::fs;
use std::time::Duration;

use wallet_tui::domain::rules::{Fault as RuleFault, Limit, Limits};
use wallet_tui::domain::{AskedBy, Order, Outcome};
use wallet_tui::engine::ledger::{Ledger, LedgerError};
use wallet_tui::engine::orders::{GuardReader, Guards, NotBegun};
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{Stage, accepted_id, moved, of_order, place, place_despite, resend, transfer, withdraw};

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
async fn outcome_that_cannot_be_written_is_said_and_found_again() {
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

/// What can happen to the files of a ledger that is open.
const LOSSES: [&str; 6] = ["-wal", "-shm", "both", "moved", "replaced", "deleted"];

fn lose(stage: &Stage, how: &str) {
    let path = stage.ledger_path();
    let beside = |suffix: &str| std::path::PathBuf::from(format!("{}{suffix}", path.display()));
    match how {
        "both" => ["-wal", "-shm"].iter().for_each(|suffix| fs::remove_file(beside(suffix)).unwrap()),
        "moved" => fs::rename(&path, path.with_extension("gone")).unwrap(),
        "replaced" => {
            fs::copy(&path, beside(".copy")).unwrap();
            fs::rename(beside(".copy"), &path).unwrap();
        }
        "deleted" => fs::remove_file(&path).unwrap(),
        suffix => fs::remove_file(beside(suffix)).unwrap(),
    }
}

#[tokio::test]
async fn nothing_is_sent_that_no_other_reader_can_find() {
    for how in LOSSES {
        for request in [withdraw("20"), transfer("10"), moved("10")] {
            let stage = Stage::new().await;
            let engine = stage.engine();
            assert_eq!(place(&engine, &moved("3")).await.unwrap().order.outcome.word(), "accepted");
            lose(&stage, how);
            let end = place(&engine, &request).await;
            assert!(matches!(&end, Err(NotBegun::NotReadBack(path)) if *path == stage.ledger_path()), "{how}: {end:?}");
            assert_eq!(stage.executed(), 1, "{how}");
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_again_that_no_other_reader_can_find() {
    for how in LOSSES {
        let stage = Stage::new().await;
        stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
        let engine = stage.engine();
        let order = place(&engine, &transfer("10")).await.unwrap().order;
        lose(&stage, how);
        let end = resend(&engine, order.id).await;
        assert!(matches!(end, Err(NotBegun::NotReadBack(_))), "{how}: {end:?}");
        assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (0, 1), "{how}");
        let order = engine.with_ledger(move |ledger| ledger.order(order.id)).await.unwrap().unwrap();
        assert_eq!(order.outcome.word(), "unknown", "{how}");
    }
}

#[tokio::test]
async fn a_second_reader_notices_what_is_deleted_meanwhile() {
    let stage = Stage::new().await;
    let mut ledger = Ledger::open(&stage.ledger_path()).unwrap();
    let id = ledger.record(&withdraw("20"), stage.hands.now(), None, AskedBy::Screen, &["s".into()], None).unwrap();
    let order = ledger.order(id).unwrap().unwrap();
    assert!(ledger.is_read_back(&order, &["s".into()]));
    assert!(!ledger.is_read_back(&order, &[]), "with all that belongs to it");
    let other = Order { sent: order.sent.plus(1), ..order.clone() };
    assert!(!ledger.is_read_back(&other, &["s".into()]), "equal in every field");
    lose(&stage, "-wal");
    assert!(!ledger.is_read_back(&order, &["s".into()]));
}

/// Changes what a row holds, as a flipped bit does.
fn change(stage: &Stage, sql: &str) {
    rusqlite::Connection::open(stage.ledger_path()).unwrap().execute(sql, []).unwrap();
}

#[tokio::test]
async fn a_changed_row_closes_its_kind_until_the_user_answers_for_it() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let engine = stage.engine();
    let order = place(&engine, &withdraw("20")).await.unwrap().order;
    change(&stage, "UPDATE orders SET outcome = 'dismissed' WHERE id = 1");
    for engine in [&engine, &stage.engine()] {
        let end = place(engine, &withdraw("20")).await;
        assert!(matches!(&end, Err(NotBegun::DamagedOrder(row)) if row.id == order.id), "{end:?}");
        assert!(matches!(place(engine, &withdraw("21")).await, Err(NotBegun::DamagedOrder(_))), "nor another one");
    }
    assert_eq!(stage.executed(), 0);
    assert_eq!(place(&engine, &moved("3")).await.unwrap().order.outcome.word(), "accepted", "another kind goes on");
    let row = engine.damaged_orders().await.unwrap().remove(0);
    engine.answer_for(row).await.unwrap();
    assert_eq!(place(&engine, &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
    assert_eq!(engine.with_ledger(|ledger| ledger.orders(9)).await.unwrap().len(), 2, "and it stays damaged");
    assert!(engine.damaged_orders().await.unwrap()[0].is_answered);
}

#[tokio::test]
async fn what_a_changed_row_spent_is_not_taken_for_nothing() {
    let stage = Stage::new().await;
    assert_eq!(place(&stage.engine(), &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
    change(&stage, "UPDATE orders SET amount = '2' WHERE id = 1");
    let limits = |per_day| Limits { per_day, ..Limits::default() };
    let guarded = |limits: Limits| {
        let guards = Guards { limits, ..Guards::default() };
        stage.engine().guarded_by(GuardReader::new(move || Ok(guards.clone())))
    };
    let engine = guarded(limits(Some(Limit { amount: "1000".parse().unwrap(), unit: "USDT".into() })));
    let end = place(&engine, &transfer("10")).await;
    let Err(NotBegun::Faults(faults)) = &end else { panic!("{end:?}") };
    assert!(faults.iter().any(|found| found.fault == RuleFault::SpentUnknown), "{faults:?}");
    assert_eq!(stage.executed(), 1);
    assert_eq!(place(&engine, &moved("3")).await.unwrap().order.outcome.word(), "accepted", "a move spends nothing");
    let engine = guarded(limits(None));
    assert_eq!(place(&engine, &transfer("10")).await.unwrap().order.outcome.word(), "accepted", "no limit, no sum");
}

#[tokio::test]
async fn the_kind_of_a_changed_row_is_believed_only_with_its_fields() {
    let stage = Stage::new().await;
    assert_eq!(place(&stage.engine(), &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
    change(&stage, "UPDATE orders SET kind = 'transfer' WHERE id = 1");
    let engine = stage.engine();
    for request in [withdraw("20"), transfer("10"), moved("3")] {
        let end = place(&engine, &request).await;
        assert!(matches!(&end, Err(NotBegun::DamagedOrder(row)) if row.kind.is_none()), "{end:?}");
    }
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn nothing_is_sent_under_a_lock_that_others_do_not_see() {
    let stage = Stage::new().await;
    let lock = std::path::PathBuf::from(format!("{}.lock", stage.ledger_path().display()));
    // While it reads what an order is judged by, the file of the lock goes.
    stage.exchange.fail_always("withdraw_transfer/page", Fault::after(Strike::Late(Duration::from_millis(300))));
    let engine = stage.engine();
    let losing = async {
        while stage.exchange.requests("withdraw_transfer/page") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fs::remove_file(&lock).unwrap();
    };
    let (end, ()) = tokio::join!(place(&engine, &withdraw("20")), losing);
    assert!(matches!(end, Err(NotBegun::NotReadBack(_))), "{end:?}");
    assert_eq!(stage.executed(), 0);
    stage.exchange.clear_faults();
    assert_eq!(place(&engine, &withdraw("20")).await.unwrap().order.outcome.word(), "accepted");
}

#[tokio::test]
async fn a_changed_transfer_is_not_sent_again() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let engine = stage.engine();
    let order = place(&engine, &transfer("10")).await.unwrap().order;
    change(&stage, "UPDATE orders SET to_name = '989541186' WHERE id = 1");
    assert!(resend(&engine, order.id).await.is_err());
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (0, 1));
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
    let end = place_despite(&engine, &first.request, AskedBy::Screen, [of_order(first.id)]).await;
    assert!(matches!(&end, Err(NotBegun::NotTaken(_))), "{end:?}");
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (1, 1));
    assert!(matches!(first.outcome, Outcome::Accepted { .. }));
}

/// What becomes of the log of the database that a killed program leaves.
const LOG_LOSSES: [&str; 4] = ["one bit changed", "log gone", "an older copy", "killed while it is set aside"];

/// The ledger with one order in its log only, after something of [`LOG_LOSSES`].
async fn lose_log(stage: &Stage, how: &str) {
    let path = stage.ledger_path();
    let beside = |suffix: &str| std::path::PathBuf::from(format!("{}{suffix}", path.display()));
    drop(stage.engine());
    let older = fs::read(&path).unwrap();
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let engine = stage.engine();
    assert_eq!(place(&engine, &withdraw("20")).await.unwrap().order.outcome.word(), "unknown");
    // Copied while it is open: a program that ends by itself puts everything into the one file.
    let (main, mut log) = (fs::read(&path).unwrap(), fs::read(beside("-wal")).unwrap());
    drop(engine);
    for suffix in ["-shm", "-wal", ""] {
        let _ = fs::remove_file(beside(suffix));
    }
    fs::write(&path, if how == "an older copy" { &older } else { &main }).unwrap();
    match how {
        "one bit changed" => {
            let at = log.len() / 2;
            log[at] ^= 1;
            fs::write(beside("-wal"), &log).unwrap();
        }
        "killed while it is set aside" => fs::write(beside(".damaged-1-wal"), &log).unwrap(),
        _ => {}
    }
    stage.hands.advance(20 * 60_000);
}

#[tokio::test]
async fn an_order_in_the_log_is_never_lost_in_silence() {
    for how in LOG_LOSSES {
        let stage = Stage::new().await;
        lose_log(&stage, how).await;
        let engine = stage.engine();
        for request in [withdraw("20"), moved("3")] {
            let end = place(&engine, &request).await;
            assert!(matches!(end, Err(NotBegun::Missing(_) | NotBegun::Damaged(_))), "{how}: {end:?}");
        }
        assert_eq!(stage.executed(), 1, "{how}");
        // A new start, and whoever writes into it meanwhile, hide nothing.
        drop(engine);
        let engine = stage.engine();
        assert!(place(&engine, &withdraw("20")).await.is_err(), "{how}");
        engine.acknowledge_damage().await.unwrap();
        assert_eq!(engine.damage().await.unwrap(), None, "{how}");
        assert_eq!(place(&engine, &moved("3")).await.unwrap().order.outcome.word(), "accepted", "{how}");
        drop(engine);
        assert_eq!(place(&stage.engine(), &moved("4")).await.unwrap().order.outcome.word(), "accepted", "{how}");
    }
}

#[tokio::test]
async fn an_order_whose_number_cannot_be_noted_is_not_sent() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    fs::create_dir(format!("{}.newest", stage.ledger_path().display())).unwrap();
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let end = place(&engine, &request).await;
        assert!(matches!(end, Err(NotBegun::Ledger(_))), "{end:?}");
    }
    assert_eq!(stage.executed(), 0);
}
