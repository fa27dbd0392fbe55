//! Reading back to the first record: nothing lost, nothing doubled, whatever comes in between.

use std::time::Duration;

use wallet_tui::domain::Millis;
use wallet_tui::engine::history::{History, HistoryError};
use wallet_tui::engine::ledger::{Flow, Ledger};
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Account, Fault, Strike};

use crate::stage::{Stage, all, assert_same, held};

#[tokio::test]
async fn long_history_is_read_to_its_first_record_once() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(750));
    let history = stage.history();
    all(&history).await.unwrap();
    for flow in Flow::BOTH {
        assert_same(&stage, flow, &held(&history, flow).await);
    }
    // Again: one page for each way, nothing else.
    let before = stage.exchange.all_requests();
    all(&history).await.unwrap();
    assert_eq!(stage.exchange.all_requests() - before, 2);
    // More than a page since: the gap between is filled.
    for _ in 0..130 {
        stage.pass(1_000);
        stage.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), true)).unwrap();
    }
    all(&history).await.unwrap();
    assert_same(&stage, Flow::In, &held(&history, Flow::In).await);
    assert!(stage.exchange.all_requests() - before < 10, "only what is new");
}

#[tokio::test]
async fn thousand_rows_of_one_second_are_all_there() {
    let stage = Stage::new(Account::Empty).await;
    let few = |count| stage.many_at_once(count);
    few(30);
    stage.pass(5_000);
    few(1_000);
    stage.pass(5_000);
    // So that the page's edge falls into the thousand.
    few(60);
    let history = stage.history();
    all(&history).await.unwrap();
    let records = held(&history, Flow::In).await;
    let crowded = history.with_ledger(|ledger| ledger.crowded()).await.unwrap();
    if crowded.is_empty() {
        assert_same(&stage, Flow::In, &records);
    }
    // Even split by kind and coin a page may not hold them all: then it is said, and everything else is there.
    let second = |at: Millis| at.0 - at.0.rem_euclid(1_000);
    let missing = stage.ids(Flow::In).len() - records.len();
    let in_crowded =
        |record: &&wallet_tui::domain::Record| crowded.iter().any(|s| Some(s.0) == record.time.map(second));
    assert!(missing == 0 || !crowded.is_empty(), "{missing} are missing and nothing is said");
    assert_eq!(records.iter().filter(|r| !in_crowded(r)).count(), stage.ids(Flow::In).len() - 1_000 * crowded.len());
}

#[tokio::test]
async fn crowded_second_is_split_or_said_to_be_incomplete() {
    let stage = Stage::new(Account::Empty).await;
    stage.many_at_once(240);
    let history = stage.history();
    all(&history).await.unwrap();
    assert_same(&stage, Flow::In, &held(&history, Flow::In).await);
    assert_eq!(history.with_ledger(|ledger| ledger.crowded()).await.unwrap(), []);
    stage.pass(10_000);
    stage.exchange.world(|world| {
        for _ in 0..150 {
            world.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), true).unwrap();
        }
    });
    all(&history).await.unwrap();
    assert_eq!(history.with_ledger(|ledger| ledger.crowded()).await.unwrap().len(), 1);
    assert!(held(&history, Flow::In).await.len() >= 340);
}

#[tokio::test]
async fn rows_that_arrive_while_it_is_paging_are_not_lost() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(450));
    let history = stage.history();
    history.read_newest(Flow::In).await.unwrap();
    let mut more = true;
    while more {
        stage.pass(1_500);
        stage.many_at_once(40);
        more = history.read_older(Flow::In).await.unwrap().is_some();
    }
    // What came meanwhile is newer than what was being read: the next newest page and its gap bring it.
    history.read_all(Flow::In, |_| {}).await.unwrap();
    assert_same(&stage, Flow::In, &held(&history, Flow::In).await);
}

#[tokio::test]
async fn fault_in_the_middle_stops_and_the_next_run_goes_on() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(2_900));
    let strikes = [Strike::Close, Strike::Garble, Strike::Truncate, Strike::Status(502), Strike::Html, Strike::NoData];
    let mut stops = 0;
    for strike in strikes.into_iter().cycle().take(24) {
        // A new archive each time: as after a crash, only the ledger remembers.
        let history = stage.history();
        history.read_newest(Flow::In).await.unwrap();
        history.read_older(Flow::In).await.unwrap();
        stage.exchange.fail("deposit/page", Fault::before(strike));
        if let Err(stop) = history.read_older(Flow::In).await {
            assert!(matches!(stop, HistoryError::Exchange(_)), "{stop:?}");
            stops += 1;
        }
        stage.exchange.clear_faults();
    }
    assert!(stops >= 10, "only {stops} faults were met");
    let history = stage.history();
    all(&history).await.unwrap();
    assert_same(&stage, Flow::In, &held(&history, Flow::In).await);
}

#[tokio::test]
async fn what_is_not_final_is_read_until_it_is() {
    let stage = Stage::new(Account::Empty).await;
    let id = stage.exchange.world(|w| w.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), false)).unwrap();
    stage.pass(10_000);
    for _ in 0..120 {
        stage.pass(1_000);
        stage.exchange.world(|w| w.deposit("XRP", "XRP", "1".parse().unwrap(), true)).unwrap();
    }
    let history = stage.history();
    all(&history).await.unwrap();
    stage.exchange.world(|world| world.decide(id, true));
    let changed = history.read_open(Flow::In).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert!(changed[0].status.is_final());
    assert_eq!(history.read_open(Flow::In).await.unwrap(), []);
    let steps = history.with_ledger(move |ledger| ledger.steps(&changed[0].key)).await.unwrap();
    assert_eq!(steps.len(), 2);
}

#[tokio::test]
async fn two_instances_read_side_by_side_and_lose_nothing() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(700));
    let (one, other) = (stage.history(), stage.history());
    let reader = |history: History| async move {
        for _ in 0..12 {
            history.read_newest(Flow::In).await.unwrap();
            history.read_older(Flow::In).await.unwrap();
        }
    };
    let more = async {
        for _ in 0..6 {
            stage.pass(2_000);
            stage.many_at_once(60);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(reader(one.clone()), reader(other), more);
    all(&one).await.unwrap();
    assert_same(&stage, Flow::In, &held(&one, Flow::In).await);
}

#[tokio::test]
async fn empty_answers_in_a_row_do_not_end_a_history_that_goes_on() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(500));
    let history = stage.history();
    history.read_newest(Flow::In).await.unwrap();
    history.read_older(Flow::In).await.unwrap();
    stage.exchange.fail_always("deposit/page", Fault::before(Strike::NoData));
    for _ in 0..3 {
        assert!(history.read_older(Flow::In).await.unwrap().is_none(), "nothing is taken for the end");
    }
    stage.exchange.clear_faults();
    let gaps = history.with_ledger(|ledger| ledger.gaps(Flow::In)).await.unwrap();
    assert!(gaps.is_some_and(|gaps| !gaps.is_empty()), "it is still missing");
    all(&history).await.unwrap();
    assert_same(&stage, Flow::In, &held(&history, Flow::In).await);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_missing_until_it_can() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(250));
    let bend = Strike::Replace("\"amount\":".to_owned(), "\"amount\":\"1,5\",\"was\":".to_owned());
    stage.exchange.fail_always("deposit/page", Fault::after(bend));
    let history = stage.history();
    all(&history).await.unwrap();
    let missing = history.with_ledger(|ledger| ledger.missing()).await.unwrap();
    assert!(!missing.unread[0].is_empty() && missing.unread[1].is_empty(), "{missing:?}");
    let unread = missing.unread[0].len();
    assert!(missing.unread[0].iter().all(|row| row.name.is_some() && row.detail.raw().contains("1,5")), "{missing:?}");
    assert_eq!(held(&history, Flow::In).await.len() + unread, stage.ids(Flow::In).len(), "none is lost without a word");
    // What is on the newest page is read again with it; what is older, when its stretch is read anew.
    stage.exchange.clear_faults();
    history.read_newest(Flow::In).await.unwrap();
    let now = history.with_ledger(|ledger| ledger.missing()).await.unwrap();
    assert_eq!(now.unread[0].len(), unread - 1);
}

#[tokio::test]
async fn a_pending_record_that_cannot_be_read_has_not_vanished() {
    let stage = Stage::new(Account::Empty).await;
    stage.exchange.world(|w| w.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), false)).unwrap();
    stage.pass(10_000);
    for _ in 0..120 {
        stage.pass(1_000);
        stage.exchange.world(|w| w.deposit("XRP", "XRP", "1".parse().unwrap(), true)).unwrap();
    }
    let history = stage.history();
    all(&history).await.unwrap();
    let bend = Strike::Replace("\"amount\":".to_owned(), "\"amount\":{},\"was\":".to_owned());
    stage.exchange.fail_always("deposit/page", Fault::after(bend));
    assert_eq!(history.read_open(Flow::In).await.unwrap(), []);
    history.read_newest(Flow::In).await.unwrap();
    assert!(history.with_ledger(|ledger| ledger.conflicts()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_key_does_not_list_has_not_vanished() {
    let (stage, other) = (Stage::new(Account::Rich).await, Stage::new(Account::Rich).await);
    let pay = |stage: &Stage, gross: &str| {
        let gross = gross.parse().unwrap();
        stage.exchange.world(|w| w.withdraw("TRX", "Tron (TRC-20)", SAMPLE_ADDRESS, gross, None)).unwrap();
    };
    // The other key lists something from before and from after what the first one lists.
    pay(&other, "11");
    for (at, gross) in ["12", "13"].into_iter().enumerate() {
        stage.pass(60_000 + i64::try_from(at).unwrap());
        pay(&stage, gross);
    }
    other.pass(180_000);
    pay(&other, "14");
    all(&stage.history()).await.unwrap();
    let count = stage.ids(Flow::Out).len();
    let history = History::new(other.client(), Ledger::open(&stage.path()).unwrap());
    history.read_newest(Flow::Out).await.unwrap();
    history.read_open(Flow::Out).await.unwrap();
    assert_eq!(held(&history, Flow::Out).await.len(), count + 2);
    // What this key has listed itself, and lists no more, has.
    let client = other.client();
    let nothing = r#"{"code":"0","msg":"m","data":[],"success":true}"#;
    other.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Body(nothing.to_owned())));
    let history = History::new(client, Ledger::open(&stage.path()).unwrap());
    history.read_open(Flow::Out).await.unwrap();
    let conflicts = history.with_ledger(|ledger| ledger.conflicts()).await.unwrap();
    assert!(!conflicts.is_empty() && conflicts.values().all(|conflict| conflict.raw() == "vanished"), "{conflicts:?}");
}
