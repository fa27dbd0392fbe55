//! `kill -9` at any instant. The program that is killed is this test's own binary, started again as a child that places one
//! order over real HTTP.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use wallet_tui::domain::Request;
use wallet_tui::engine::ledger::Ledger;
use wallet_tui::engine::orders::{NotBegun, Orders};
use wallet_tui::exchange::{Client, Credentials, Limits};
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{Stage, accepted_id, endpoint, moved, place, retry_policy, transfer, withdraw};

const BASE: &str = "WALLET_TUI_TEST_BASE";
const KEY: &str = "WALLET_TUI_TEST_KEY";
const SECRET: &str = "WALLET_TUI_TEST_SECRET";
const LEDGER: &str = "WALLET_TUI_TEST_LEDGER";
const KIND: &str = "WALLET_TUI_TEST_KIND";

fn request(kind: &str) -> Request {
    match kind {
        "withdraw" => withdraw("20"),
        "transfer" => transfer("10"),
        _ => moved("10"),
    }
}

/// Not a test: what the child does. Without the variables it does nothing.
#[test]
fn child() {
    let Ok(base) = std::env::var(BASE) else { return };
    let get = |name| std::env::var(name).unwrap();
    let credentials = Credentials { key: get(KEY), secret: SecretString::from(get(SECRET)) };
    let client = Client::new(base.parse().unwrap(), Some(credentials), Limits::default()).unwrap();
    let orders = Orders::new(client, Ledger::open(get(LEDGER).as_ref()).unwrap()).with_retry_policy(retry_policy());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("\nready");
    let end = runtime.block_on(place(&orders, &request(&get(KIND))));
    println!("\nover {}", end.unwrap().order.outcome.word());
}

/// Starts the child and waits until it is about to place its order.
fn start(stage: &Stage, kind: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(BASE, stage.exchange.base_url())
        .env(KEY, stage.exchange.api_key())
        .env(SECRET, stage.exchange.secret())
        .env(LEDGER, stage.ledger_path())
        .env(KIND, kind)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "ready"), "the child did not start");
    child
}

/// SIGKILL: the child does nothing more, not even close its files by itself.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Waits, with a limit, until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), wait).await.is_ok(), "{what}");
}

/// Waits until the exchange has read whatever a killed child had still sent.
async fn calm(stage: &Stage) {
    for _ in 0..100 {
        let before = (stage.exchange.all_requests(), stage.executed());
        tokio::time::sleep(Duration::from_millis(30)).await;
        if before == (stage.exchange.all_requests(), stage.executed()) {
            return;
        }
    }
}

/// What must be true after a killed program, whenever it was killed.
async fn aftermath(stage: &Stage, kind: &str, what: &str) {
    calm(stage).await;
    let request = request(kind);
    let sent = stage.exchange.requests(endpoint(&request));
    let left = stage.engine().recover_orphans().await.unwrap();
    let all = stage.engine().with_ledger(|ledger| ledger.orders(9)).await.unwrap();
    assert!(sent <= 1 && all.len() <= 1, "{what}");
    assert!(sent <= all.len(), "{what}: nothing is sent that was not written down before");
    let Some(order) = all.first() else { return };
    if let [left] = left.as_slice() {
        assert_eq!(left.outcome.word(), "unknown", "{what}");
        let again = place(&stage.engine(), &request).await;
        assert!(matches!(again, Err(NotBegun::SameUnsettled(_))), "{what}: {again:?}");
    }
    let executed = stage.exchange.executed();
    let end = stage.settled(order.id).await;
    match (end.outcome.word(), executed.as_slice()) {
        // Of a move no id is told but by its answer.
        ("accepted", [_]) if kind == "move" && accepted_id(&end).is_empty() => {}
        ("accepted", [one]) => assert_eq!(accepted_id(&end), one.id, "{what}"),
        ("not_executed", []) => assert_eq!(kind, "move", "{what}"),
        ("no_trace", []) => assert_ne!(kind, "move", "{what}"),
        (word, executed) => panic!("{what}: {word}, {executed:?}"),
    }
    assert_eq!(stage.exchange.requests(endpoint(&request)), sent, "{what}: never sent again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_killed_before_the_reply_is_found_and_not_resent() {
    for kind in ["withdraw", "transfer", "move"] {
        for executed in [false, true] {
            let stage = Stage::new().await;
            let to = endpoint(&request(kind));
            let strike = Strike::Late(Duration::from_secs(30));
            stage.exchange.fail(to, Fault { strike, executed });
            let child = start(&stage, kind);
            until("the order arrives", || {
                stage.exchange.requests(to) == 1 && stage.executed() == usize::from(executed)
            })
            .await;
            kill(child);
            aftermath(&stage, kind, &format!("{kind}, executed {executed}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_at_any_instant_loses_nothing_and_sends_once() {
    // From before the ledger is written to after the answer is: the steps are finer than what happens between them.
    for step in 0..24 {
        let kind = ["withdraw", "transfer", "move"][step % 3];
        let stage = Stage::new().await;
        // Slow answers stretch the time in which something can be in between.
        stage.exchange.fail_always("*", Fault::after(Strike::Late(Duration::from_millis(8))));
        let child = start(&stage, kind);
        tokio::time::sleep(Duration::from_millis(u64::try_from(step).unwrap() * 3)).await;
        kill(child);
        stage.exchange.clear_faults();
        aftermath(&stage, kind, &format!("{kind}, killed after step {step}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_reply_the_outcome_stands() {
    let stage = Stage::new().await;
    let mut child = start(&stage, "withdraw");
    assert!(child.wait().is_ok());
    let all = stage.engine().with_ledger(|ledger| ledger.orders(9)).await.unwrap();
    assert_eq!(accepted_id(&all[0]), stage.exchange.executed()[0].id);
    assert_eq!(stage.engine().recover_orphans().await.unwrap(), []);
}
