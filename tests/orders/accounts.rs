//! One account, one ledger: another key of it, another spelling of the server, a ledger begun before anybody told whose key it
//! is, and a program that is killed while two ledgers become one.

use std::process::{Command, Stdio};
use std::time::Duration;

use wallet_tui::domain::{AskedBy, Because, Kind, Millis, Outcome, Record, Request};
use wallet_tui::engine::ledger::{Flow, GapChange, KeyPlace, Ledger};
use wallet_tui::engine::orders::{Located, NotBegun, Orders, Reading, locate};
use wallet_tui::exchange::Client;
use wallet_tui::simulator::auth::Auth;
use wallet_tui::simulator::users::{OWN_UID, SAMPLE_ADDRESS};
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, Stage, moved, place, retry_policy, transfer, withdraw};

const LIMIT: Duration = Duration::from_secs(10);

fn key_place(stage: &Stage, client: &Client) -> KeyPlace {
    let base = client.base();
    KeyPlace::new(stage.data_dir(), &base.origin(), &base.spellings(), client.key().unwrap())
}

/// An engine as a run of the program has it, with where it was led to.
pub async fn engine(stage: &Stage, client: Client) -> (Orders, Located) {
    let located = locate(&key_place(stage, &client), &client, LIMIT, true).await.unwrap();
    let orders = Orders::new(client, Ledger::open(located.path()).unwrap()).with_retry_policy(retry_policy());
    let orders = if matches!(located, Located::Account { .. }) { orders } else { orders.of_key() };
    (orders, located)
}

#[tokio::test]
async fn an_unknown_order_blocks_the_same_with_every_key_and_spelling() {
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let stage = Stage::new().await;
        let (key, secret) = stage.exchange.auth(Auth::add_key);
        let base = stage.exchange.base_url();
        let local = base.replace("127.0.0.1", "localhost");
        let (first, located) = engine(&stage, stage.client_of(&base, LIMIT)).await;
        let endpoint = crate::stage::endpoint(&request);
        stage.exchange.fail(endpoint, Fault::after(Strike::Close));
        assert!(place(&first, &request).await.unwrap().order.outcome.is_unsettled());
        for base in [&base, &local] {
            let client = stage.client_with(&key, &secret, base, LIMIT);
            let (second, found) = engine(&stage, client).await;
            assert_eq!(found, located);
            let end = place(&second, &request).await;
            assert!(matches!(end, Err(NotBegun::SameUnsettled(_))), "{end:?}");
        }
        let (third, _) = engine(&stage, stage.client_of(&local, LIMIT)).await;
        assert!(matches!(place(&third, &request).await, Err(NotBegun::SameUnsettled(_))));
        assert_eq!((stage.executed(), stage.exchange.requests(endpoint)), (1, 1));
    }
}

#[tokio::test]
async fn a_ledger_that_cannot_be_brought_home_yet_lets_nothing_out() {
    let stage = Stage::new().await;
    let base = stage.exchange.base_url();
    stage.exchange.fail_always("user/info", Fault::before(Strike::Status(404)));
    let (alone, located) = engine(&stage, stage.client_of(&base, LIMIT)).await;
    assert!(matches!(located, Located::Key { .. }));
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert!(place(&alone, &withdraw("20")).await.unwrap().order.outcome.is_unsettled());
    stage.exchange.clear_faults();
    // It tells now: this window has the wrong ledger, another one cannot have the right one yet.
    let (key, secret) = stage.exchange.auth(Auth::add_key);
    let client = stage.client_of(&base, LIMIT);
    let waiting = locate(&key_place(&stage, &client), &client, LIMIT, true).await;
    assert!(waiting.is_err_and(|why| why.to_string().contains("has it open")));
    assert_eq!(place(&alone, &moved("3")).await, Err(NotBegun::NotHome));
    let found = alone.with_ledger(|ledger| ledger.fact("uid")).await.unwrap();
    assert_eq!(found.as_deref(), Some(&*OWN_UID.to_string()));
    // Nor does another key of the account go on beside it.
    let other = stage.client_with(&key, &secret, &base, LIMIT);
    assert!(locate(&key_place(&stage, &other), &other, LIMIT, true).await.is_err());
    drop(alone);
    let (second, _) = engine(&stage, other).await;
    let end = place(&second, &withdraw("20")).await;
    assert!(matches!(end, Err(NotBegun::SameUnsettled(_))), "{end:?}");
    assert_eq!((stage.executed(), stage.exchange.requests("withdraw")), (0, 1));
}

#[tokio::test]
async fn nothing_is_ordered_before_anybody_told_whose_key_it_is() {
    let stage = Stage::new().await;
    let client = stage.client_of(&stage.exchange.base_url(), LIMIT);
    stage.exchange.fail_always("user/info", Fault::before(Strike::Status(503)));
    let place = key_place(&stage, &client);
    assert!(matches!(locate(&place, &client, LIMIT, true).await, Ok(Located::Unknown { .. })));
    assert_eq!(place.known_uid(), None);
    stage.exchange.clear_faults();
    let found = locate(&place, &client, LIMIT, true).await.unwrap();
    assert!(matches!(&found, Located::Account { uid, .. } if uid.raw() == OWN_UID.to_string()));
    // From then on nobody has to be asked.
    stage.exchange.fail_always("*", Fault::before(Strike::Close));
    assert_eq!(locate(&place, &client, LIMIT, true).await.unwrap(), found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_bring_the_same_ledger_home_at_once_both_find_it() {
    let stage = Stage::new().await;
    let client = stage.client_of(&stage.exchange.base_url(), LIMIT);
    let place = key_place(&stage, &client);
    let mut old = Ledger::open(&place.key_path()).unwrap();
    old.record(&moved("1"), Millis(1), None, AskedBy::Screen, &[], None).unwrap();
    drop(old);
    let find = || locate(&place, &client, LIMIT, true);
    let (one, two) = tokio::join!(find(), find());
    assert_eq!(one.unwrap(), two.unwrap());
    let (engine, _) = engine(&stage, client.clone()).await;
    assert_eq!(engine.with_ledger(|ledger| ledger.orders(9)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn second_ledger_is_not_begun_beside_a_possible_first() {
    for how in ["404 once", "null once", "never told", "one bit of its head"] {
        let stage = Stage::new().await;
        let (key, secret) = stage.exchange.auth(Auth::add_key);
        let base = stage.exchange.base_url();
        let is_told = how.ends_with("once");
        if !is_told {
            stage.exchange.fail_always("user/info", Fault::before(Strike::Status(404)));
        }
        let (first, located) = engine(&stage, stage.client_of(&base, LIMIT)).await;
        stage.exchange.fail("withdraw", Fault::after(Strike::Close));
        assert!(place(&first, &withdraw("20")).await.unwrap().order.outcome.is_unsettled());
        stage.exchange.clear_faults();
        if how.starts_with("one bit") {
            assert_eq!(place(&first, &moved("3")).await, Err(NotBegun::NotHome), "it remembers the uid from here on");
            // Closed by the last of its owners, the whole of it is in the one file.
            first.with_ledger(|_| Ok(())).await.unwrap();
        }
        drop(first);
        stage.hands.advance(20 * 60_000);
        match how {
            "404 once" => stage.exchange.fail("user/info", Fault::before(Strike::Status(404))),
            "null once" => stage.exchange.fail("user/info", Fault::before(Strike::NoData)),
            "one bit of its head" => {
                let mut bytes = std::fs::read(located.path()).unwrap();
                bytes[3] ^= 1;
                std::fs::write(located.path(), bytes).unwrap();
            }
            _ => {}
        }
        let (second, _) = engine(&stage, stage.client_with(&key, &secret, &base, LIMIT)).await;
        if is_told {
            // One failure, one more answer without a uid: neither says that there is no account.
            stage.exchange.fail("user/info", Fault::before(Strike::Status(503)));
            assert!(matches!(place(&second, &withdraw("20")).await, Err(NotBegun::Unready(_))), "{how}");
            stage.exchange.fail("user/info", Fault::before(Strike::NoData));
            assert_eq!(place(&second, &withdraw("20")).await, Err(NotBegun::AccountUntold), "{how}");
            assert_eq!(place(&second, &withdraw("20")).await, Err(NotBegun::NotHome), "{how}");
        } else {
            let end = place(&second, &withdraw("20")).await;
            let Err(NotBegun::Elsewhere(elsewhere)) = end else { panic!("{how}: {end:?}") };
            assert_eq!((&elsewhere.path, elsewhere.unread.is_some()), (located.path(), how.starts_with("one bit")));
        }
        assert_eq!(stage.executed(), 1, "{how}");
    }
}

#[tokio::test]
async fn a_ledger_without_an_account_closes_until_it_is_settled() {
    let stage = Stage::new().await;
    let (key, secret) = stage.exchange.auth(Auth::add_key);
    let base = stage.exchange.base_url();
    stage.exchange.fail_always("user/info", Fault::before(Strike::Status(404)));
    let (first, _) = engine(&stage, stage.client_of(&base, LIMIT)).await;
    let (second, _) = engine(&stage, stage.client_with(&key, &secret, &base, LIMIT)).await;
    assert_eq!(place(&first, &moved("3")).await.unwrap().order.outcome.word(), "accepted");
    assert_eq!(place(&second, &moved("4")).await.unwrap().order.outcome.word(), "accepted", "nothing is unknown");
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let order = place(&first, &withdraw("20")).await.unwrap().order;
    assert!(matches!(place(&second, &moved("5")).await, Err(NotBegun::Elsewhere(_))));
    assert_eq!(place(&first, &moved("6")).await.unwrap().order.outcome.word(), "accepted", "its own key goes on");
    stage.hands.advance(LONG_MS);
    drop(first.look(order.id).await);
    assert_eq!(place(&second, &moved("5")).await.unwrap().order.outcome.word(), "accepted");
}

/// The key of a sub-account tells the master's uid (`reference.md §4.2`), and its history and balances are others.
#[tokio::test]
async fn a_sub_accounts_key_gives_no_order_of_the_master_up() {
    for request in [withdraw("20"), transfer("10"), moved("10")] {
        let (master, sub) = (Stage::new().await, Stage::new().await);
        master.exchange.fail(crate::stage::endpoint(&request), Fault::after(Strike::Close));
        let order = place(&master.engine(), &request).await.unwrap().order;
        assert_eq!((order.outcome.word(), master.executed()), ("unknown", 1));
        let ledger = Ledger::open(&master.ledger_path()).unwrap();
        let other =
            Orders::new(sub.client_of(&sub.exchange.base_url(), LIMIT), ledger).with_retry_policy(retry_policy());
        sub.hands.advance(LONG_MS);
        for _ in 0..3 {
            assert_eq!(other.look(order.id).await, Reading::OtherKey, "{request:?}");
        }
        if matches!(request, Request::Transfer(_)) {
            assert_eq!(crate::stage::resend(&other, order.id).await, Err(NotBegun::OtherKey(order.id)));
        }
        assert_eq!(sub.executed(), 0);
        // Its own key finds it.
        assert_ne!(master.settled(order.id).await.outcome.word(), "no_trace", "{request:?}");
    }
}

#[tokio::test]
async fn sub_account_key_is_independent_of_the_master_account() {
    let (master, sub) = (Stage::new().await, Stage::new().await);
    let of_master = master.engine();
    master.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place(&of_master, &withdraw("20")).await.unwrap().order;
    let paid = Record { time: Some(order.time), ..Record::bare(Kind::Withdrawal, "77", "TRX") };
    let keep = move |ledger: &mut Ledger| ledger.keep_records(Flow::Out, &[paid], GapChange::Nothing, order.time);
    of_master.with_ledger(keep).await.unwrap();
    let ledger = Ledger::open(&master.ledger_path()).unwrap();
    let other = Orders::new(sub.client_of(&sub.exchange.base_url(), LIMIT), ledger).with_retry_policy(retry_policy());
    let nothing = r#"{"code":"0","msg":"m","data":[],"success":true}"#;
    sub.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Body(nothing.to_owned())));
    assert_eq!(other.look(order.id).await, Reading::OtherKey);
    assert_eq!(
        place(&other, &withdraw("30")).await.unwrap().order.outcome.word(),
        "accepted",
        "its list is truly empty"
    );
    sub.exchange.clear_faults();
    // The same is paid from the sub-account, elsewhere: that is not the master's order.
    let same = |w: &mut wallet_tui::simulator::World| {
        w.withdraw("TRX", "Tron (TRC-20)", SAMPLE_ADDRESS, "20".parse().unwrap(), None)
    };
    sub.exchange.world(same).unwrap();
    let reading = other.look(order.id).await;
    assert!(matches!(&reading, Reading::Several(found) if !found.is_empty()), "{reading:?}");
}

const DIR: &str = "WALLET_TUI_TEST_MERGE";
const ORDERS: i64 = 60;

fn merge_place(dir: &std::path::Path) -> KeyPlace {
    KeyPlace::new(dir, "https://x.example:443", &["x.example".to_owned()], "k")
}

/// Not a test: what the child does. Without the variable it does nothing.
#[test]
fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    println!("\nready");
    merge_place(dir.as_ref()).bind("7", &[]).unwrap();
}

#[test]
fn a_merge_that_is_killed_at_any_moment_loses_nothing() {
    use std::io::{BufRead as _, BufReader};
    let mut was_cut = 0;
    for wait in (0..40).map(|step| Duration::from_micros(step * step * 60)) {
        let dir = tempfile::tempdir().unwrap();
        let place = merge_place(dir.path());
        let mut old = Ledger::open(&place.key_path()).unwrap();
        for number in 1..=ORDERS {
            let request = moved(&number.to_string());
            let id = old.record(&request, Millis(number), None, AskedBy::Screen, &["s".into()], None).unwrap();
            let unknown = Outcome::Unknown { why: Because::Timeout.into() };
            old.set_outcome(id, &unknown, Millis(number + 1), None).unwrap();
        }
        drop(old);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "accounts::child", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"), "the child did not start");
        std::thread::sleep(wait);
        child.kill().unwrap();
        was_cut += usize::from(!child.wait().unwrap().success());
        // Until the merge is complete, an order of either is found in one of them, and the old one is whole.
        let home = place.bind("7", &[]).unwrap();
        let ledger = Ledger::open(&home).unwrap();
        let orders = ledger.unsettled().unwrap();
        let amounts: Vec<_> = orders.iter().map(|order| order.request.amount().unwrap().to_string()).collect();
        assert_eq!(amounts, (1..=ORDERS).map(|number| number.to_string()).collect::<Vec<_>>(), "{wait:?}");
        assert!(orders.iter().all(|order| ledger.timeline(order.id).unwrap().len() == 2), "{wait:?}");
        assert_eq!(ledger.damaged_orders().unwrap(), []);
    }
    assert!(was_cut > 0, "no child was killed in time");
}
