//! Whatever order things happen in: an order that was confirmed once is executed once at the most, and no final word
//! contradicts the exchange's own list.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use wallet_tui::domain::rules::{Limit, Limits};
use wallet_tui::domain::{AskedBy, Order, OrderId, Outcome, Proof, Request};
use wallet_tui::engine::orders::{GuardReader, Guards, NotBegun, Orders, Reading};
use wallet_tui::simulator::auth::Auth;
use wallet_tui::simulator::{Fault, Strike};

use crate::stage::{LONG_MS, Stage, endpoint, moved, of_order, place_despite, resend, transfer, wanted, withdraw};

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody confirms an order; perhaps a fault waits for it, perhaps the word is typed for what blocks it.
    CoinNetwork { what: usize, fault: Option<(usize, bool)>, typed: bool },
    /// The program is dropped in the middle of an order, after so many milliseconds.
    Drop { what: usize, after: u64 },
    /// Somebody looks at an order, perhaps while the history does not answer.
    Look { which: usize, broken: bool },
    /// A lost transfer is sent again.
    Resend { which: usize, fault: Option<(usize, bool)> },
    /// Time goes by.
    Sleep { minutes: i64 },
    /// The configuration is changed: read-only, at most 15 TRX for one order, or nothing limited.
    Configure { what: usize },
    /// The program starts anew.
    Restart,
}

fn wishes() -> Vec<Request> {
    vec![withdraw("20"), withdraw("20.5"), transfer("10"), transfer("11"), moved("10"), moved("12.5")]
}

fn strikes() -> Vec<Strike> {
    let code = |code: &str, msg: &str| Strike::Code(code.to_owned(), msg.to_owned());
    vec![
        Strike::Close,
        Strike::Reset,
        Strike::Truncate,
        Strike::Garble,
        Strike::Status(503),
        Strike::Html,
        Strike::NoData,
        code("500", "result.system.error"),
        code("110099", "result.address.not.allowed"),
        code("999999", "result.system.error"),
        Strike::Body(r#"{"code":"1","msg":"result.success"}"#.to_owned()),
        Strike::Under("200".to_owned(), Some(true)),
    ]
}

/// Only where the order was executed: without it there is nothing but a plain refusal to answer.
fn contradictory() -> Vec<Strike> {
    [("2", None), ("0", Some(false))].into_iter().map(|(code, no)| Strike::Under(code.to_owned(), no)).collect()
}

fn step() -> impl Strategy<Value = Step> {
    let all = strikes().len() + contradictory().len();
    let fault = move || proptest::option::weighted(0.7, (0..all, any::<bool>()));
    prop_oneof![
        5 => (0..6_usize, fault(), any::<bool>())
            .prop_map(|(what, fault, typed)| Step::CoinNetwork { what, fault, typed }),
        1 => (0..6_usize, 0..30_u64).prop_map(|(what, after)| Step::Drop { what, after }),
        3 => (0..8_usize, any::<bool>()).prop_map(|(which, broken)| Step::Look { which, broken }),
        1 => (0..8_usize, fault()).prop_map(|(which, fault)| Step::Resend { which, fault }),
        2 => (0..8_i64).prop_map(|minutes| Step::Sleep { minutes }),
        1 => (0..4_usize).prop_map(|what| Step::Configure { what }),
        1 => Just(Step::Restart),
    ]
}

/// A run, with the truth: what the exchange executed for which order.
struct Run {
    stage: Stage,
    /// How many executions each begun order brought.
    truth: BTreeMap<OrderId, usize>,
    /// Another key of the same account, with its secret.
    second: (String, String),
    /// How many engines there were.
    turn: Cell<usize>,
    /// What the configuration allows just now.
    guards: Arc<Mutex<Guards>>,
}

impl Run {
    /// An engine with one of the account's keys at one of the server's names, in turn.
    async fn engine(&self) -> Orders {
        let turn = self.turn.replace(self.turn.get() + 1);
        let base = self.stage.exchange.base_url();
        let base = if turn.is_multiple_of(3) { base } else { base.replace("127.0.0.1", "localhost") };
        let own = (self.stage.exchange.api_key().to_owned(), self.stage.exchange.secret().to_owned());
        let (key, secret) = if turn.is_multiple_of(2) { &own } else { &self.second };
        let client = self.stage.client_with(key, secret, &base, Duration::from_secs(10));
        let guards = Arc::clone(&self.guards);
        let reader = GuardReader::new(move || Ok(guards.lock().unwrap().clone()));
        crate::accounts::engine(&self.stage, client).await.0.guarded_by(reader)
    }

    /// Whether the configuration lets no such order through. A value that cannot be measured is taken for too much.
    fn is_closed(&self, request: &Request) -> bool {
        let limits = &self.guards.lock().unwrap().limits;
        let is_measured = matches!(request, Request::Withdraw(_) | Request::Transfer(_));
        limits.read_only || limits.per_order.is_some() && is_measured
    }

    fn fail(&self, to: &str, fault: Option<(usize, bool)>) {
        let Some((number, executed)) = fault else { return };
        let fault = match strikes().get(number) {
            Some(strike) => Fault { strike: strike.clone(), executed },
            None => Fault::after(contradictory()[number - strikes().len()].clone()),
        };
        self.stage.exchange.fail(to, fault);
    }

    async fn step(&mut self, step: Step) {
        let before = self.stage.executed();
        match step {
            Step::CoinNetwork { what, fault, typed } => {
                let request = wishes()[what].clone();
                self.fail(endpoint(&request), fault);
                let engine = self.engine().await;
                let mut end = place_despite(&engine, &request, AskedBy::Command, []).await;
                if let (Err(NotBegun::SameUnsettled(same)), true) = (&end, typed) {
                    end = place_despite(&engine, &request, AskedBy::Command, [of_order(same.id)]).await;
                    assert!(end.is_err(), "no word overrides what is unsettled");
                }
                if typed && !wanted(&end).is_empty() {
                    end = place_despite(&engine, &request, AskedBy::Command, wanted(&end)).await;
                }
                let delta = self.stage.executed() - before;
                assert!(
                    !self.is_closed(&request) || delta == 0 && end.is_err(),
                    "the configuration allows it not: {end:?}"
                );
                match end {
                    Ok(begun) => assert!(self.truth.insert(begun.order.id, delta).is_none(), "a new order each time"),
                    Err(why) => assert_eq!(delta, 0, "{why:?}"),
                }
            }
            Step::Drop { what, after } => {
                let request = wishes()[what].clone();
                self.stage.exchange.fail_always("*", Fault::after(Strike::Late(Duration::from_millis(5))));
                let engine = self.engine().await;
                let placing = place_despite(&engine, &request, AskedBy::Command, []);
                let _ = tokio::time::timeout(Duration::from_millis(after), placing).await;
                self.settle_down().await;
                let newest = engine.with_ledger(|ledger| ledger.orders(1)).await.unwrap();
                let delta = self.stage.executed() - before;
                match newest.first().filter(|order| !self.truth.contains_key(&order.id)) {
                    Some(order) => drop(self.truth.insert(order.id, delta)),
                    None => assert_eq!(delta, 0, "sent without being written down"),
                }
            }
            Step::Look { which, broken } => {
                if broken {
                    self.stage.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Status(503)));
                    self.stage.exchange.fail_always("user/account", Fault::before(Strike::Truncate));
                }
                if let Some(id) = self.truth.keys().nth(which) {
                    let _ = self.engine().await.look(*id).await;
                }
                assert_eq!(self.stage.executed(), before, "a look executes nothing");
            }
            Step::Resend { which, fault } => {
                let Some(id) = self.truth.keys().nth(which).copied() else { return };
                self.fail("inside_transfer", fault);
                let _ = resend(&self.engine().await, id).await;
                let delta = self.stage.executed() - before;
                assert!(!self.guards.lock().unwrap().limits.read_only || delta == 0, "nothing moves");
                *self.truth.entry(id).or_default() += delta;
            }
            Step::Configure { what } => {
                let most = Limit { amount: "15".parse().unwrap(), unit: "TRX".into() };
                let (read_only, per_order) = (what == 0, Some(most).filter(|_| what == 1));
                let limits = Limits { read_only, per_order, ..Limits::default() };
                *self.guards.lock().unwrap() = Guards { limits, ..Guards::default() };
            }
            Step::Sleep { minutes } => self.stage.hands.advance(minutes * 60_000),
            Step::Restart => drop(self.engine().await.recover_orphans().await.unwrap()),
        }
        self.stage.exchange.clear_faults();
    }

    /// Waits until the exchange has carried out whatever a dropped call had still sent, and the ledger is quiet.
    async fn settle_down(&self) {
        for _ in 0..100 {
            let before = (self.stage.exchange.all_requests(), self.stage.executed());
            tokio::time::sleep(Duration::from_millis(60)).await;
            if before == (self.stage.exchange.all_requests(), self.stage.executed()) {
                return;
            }
        }
    }

    /// Faults are over: everything must reach an end, and the right one.
    async fn end(&self) {
        self.stage.exchange.clear_faults();
        self.stage.hands.advance(LONG_MS);
        let mut rounds = 0;
        loop {
            let open = self.engine().await.recover_orphans().await.unwrap();
            if open.is_empty() {
                break;
            }
            rounds += 1;
            assert!(rounds < 8, "no end: {open:?}");
            for order in open {
                let mut reading = self.engine().await.look(order.id).await;
                if matches!(reading, Reading::OtherKey | Reading::Several(_)) {
                    // The other of the two keys is the one that it was sent with.
                    reading = self.engine().await.look(order.id).await;
                }
                assert!(matches!(reading, Reading::Settled(_) | Reading::NotYet(_)), "{reading:?} of {order:?}");
            }
        }
        let executed = self.stage.exchange.executed();
        let orders = self.engine().await.with_ledger(|ledger| ledger.orders(99)).await.unwrap();
        assert_eq!(executed.len(), self.truth.values().sum::<usize>());
        let mut ids = Vec::new();
        for order in &orders {
            // One that a dropped program wrote down at the last moment was never sent.
            let count = self.truth.get(&order.id).copied().unwrap_or(0);
            assert!(count <= 1, "executed {count} times: {order:?}");
            let is_move = matches!(order.request, Request::Move(_));
            match &order.outcome {
                Outcome::Accepted { id, proof: Proof::Balances } => {
                    assert!(count == 1 && is_move && id.is_empty(), "{order:?}");
                }
                Outcome::NotExecuted => assert_eq!((count, is_move), (0, true), "{order:?}"),
                Outcome::Accepted { id, proof } => {
                    assert!(count == 1 && *proof != Proof::User, "{order:?}");
                    let found = executed.iter().find(|e| e.id == id.raw());
                    let found = found.unwrap_or_else(|| panic!("no such execution: {order:?}"));
                    assert_eq!(found.endpoint, endpoint(&order.request), "{order:?}");
                    assert_eq!(Some(found.amount), order.request.amount(), "{order:?}");
                    ids.push(id.clone());
                }
                Outcome::Refused { .. } | Outcome::NotSent { .. } => assert_eq!(count, 0, "{order:?}"),
                Outcome::NoTrace => assert!(count == 0 || is_move, "{order:?}"),
                Outcome::Likely { executed } => {
                    assert_eq!((usize::from(*executed), is_move), (count, true), "{order:?}");
                }
                other => panic!("{other:?} is no end"),
            }
        }
        ids.sort();
        ids.dedup();
        let has_id = |o: &&Order| matches!(&o.outcome, Outcome::Accepted { id, .. } if !id.is_empty());
        let accepted = orders.iter().filter(has_id).count();
        assert_eq!(ids.len(), accepted, "one record stands for one order");
    }
}

/// Each takes half a second, so a few by default; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn an_order_is_executed_once_at_the_most_and_every_end_is_true(steps in proptest::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let stage = Stage::new().await;
            let second = stage.exchange.auth(Auth::add_key);
            let mut run = Run { stage, truth: BTreeMap::new(), second, turn: Cell::new(0), guards: Arc::default() };
            for step in steps {
                run.step(step).await;
            }
            run.end().await;
        });
    }
}
