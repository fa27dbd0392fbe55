//! An exchange whose time stands until a test moves it, a ledger in a directory of its own, and engines between them.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use wallet_tui::domain::preflight::{GroupReason, Snapshot};
use wallet_tui::domain::rules::{Before, DuplicateOf, Sameness};
use wallet_tui::domain::{
    AskedBy, Balance, Coin, Confirmation, Consent, Kind, MemoRule, Millis, MoveDirection, MoveRequest, Network, Order,
    OrderId, Outcome, OutgoingFilter, Receiver, Record, Request, TransferRequest, WithdrawRequest,
};
use wallet_tui::engine::ledger::Ledger;
use wallet_tui::engine::orders::{Begun, NotBegun, Orders, Reading, RetryPolicy};
use wallet_tui::exchange::{Client, Credentials, Limits, Route, Servers};
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Clock, Config, ManualClock, Simulator};

/// When the hands of these tests' clocks stand at the start.
pub const START: Millis = Millis(1_795_000_000_123);
/// A certificate to trust that no server here has.
const ROOT: &[u8] = include_bytes!("../client/tls/other.pem");
/// Longer than it takes to give a trace up, and than records take to be final.
pub const LONG_MS: i64 = 6 * 60_000;

pub struct Stage {
    pub exchange: Simulator,
    pub hands: ManualClock,
    dir: tempfile::TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        let hands = ManualClock::at(START);
        let config = Config {
            quiet: true,
            requests_per_second: 1_000,
            clock: Clock::ManualClock(hands.clone()),
            ..Config::default()
        };
        let exchange = Simulator::start(config).await.unwrap();
        Self { exchange, hands, dir: tempfile::tempdir().unwrap() }
    }

    pub fn ledger_path(&self) -> PathBuf {
        self.dir.path().join("ledger.sqlite")
    }

    /// Where the ledgers of accounts are.
    pub fn data_dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn client_of(&self, base: &str, money_total: Duration) -> Client {
        self.client_with(self.exchange.api_key(), self.exchange.secret(), base, money_total)
    }

    #[expect(clippy::unused_self, reason = "it stands with the others")]
    pub fn client_with(&self, key: &str, secret: &str, base: &str, money_total: Duration) -> Client {
        let credentials = Credentials { key: key.to_owned(), secret: SecretString::from(secret) };
        let limits = Limits { money_total, read_retries: 0, ..Limits::default() };
        // A machine that has no certificates would not even try a server with TLS.
        let route = Route { roots: Some(ROOT.to_vec()), ..Route::default() };
        Client::by(&route, Servers::new(base.parse().unwrap(), None), Some(credentials), limits).unwrap()
    }

    /// An instance of the program's engine, begun anew: its own connection, its own clock and pace.
    pub fn engine(&self) -> Orders {
        self.engine_of(&self.exchange.base_url(), Duration::from_secs(10))
    }

    /// One that gives up waiting for the answer of a money call quickly.
    pub fn impatient_engine(&self) -> Orders {
        self.engine_of(&self.exchange.base_url(), Duration::from_millis(300))
    }

    pub fn engine_of(&self, base: &str, money_total: Duration) -> Orders {
        let ledger = Ledger::open(&self.ledger_path()).unwrap();
        Orders::new(self.client_of(base, money_total), ledger).with_retry_policy(retry_policy())
    }

    pub fn executed(&self) -> usize {
        self.exchange.executed().len()
    }

    /// Looks, from a fresh instance and in a healthy world, until the order has an end.
    pub async fn settled(&self, id: OrderId) -> Order {
        self.exchange.clear_faults();
        self.hands.advance(LONG_MS);
        self.settled_now(id).await
    }

    pub async fn settled_now(&self, id: OrderId) -> Order {
        for _ in 0..10 {
            match self.engine().look(id).await {
                Reading::Settled(order) => return order,
                Reading::NotYet(_) => {}
                other => panic!("{other:?}"),
            }
        }
        panic!("order {id:?} has no end");
    }
}

pub fn retry_policy() -> RetryPolicy {
    // The hands of the exchange's clock stand where they were put, which is not this machine's time.
    let clock_limit_ms = i64::MAX;
    RetryPolicy {
        clock_limit_ms,
        readings: 2,
        pause: |_| Duration::from_millis(1),
        lock: Duration::from_secs(20),
        ..RetryPolicy::default()
    }
}

pub fn withdraw(gross: &str) -> Request {
    Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: SAMPLE_ADDRESS.into(),
        memo: None,
        gross: gross.parse().unwrap(),
    })
}

pub fn transfer(amount: &str) -> Request {
    Request::Transfer(TransferRequest {
        out_biz_id: "".into(),
        coin: "USDT".into(),
        amount: amount.parse().unwrap(),
        to: Receiver::Uid("989541187".into()),
        remark: Some("rent".into()),
    })
}

pub fn moved(amount: &str) -> Request {
    Request::Move(MoveRequest {
        direction: MoveDirection::SpotToFutures,
        coin: "USDT".into(),
        amount: amount.parse().unwrap(),
    })
}

/// The path of a request's endpoint.
pub const fn endpoint(request: &Request) -> &'static str {
    match request {
        Request::Withdraw(_) => "withdraw",
        Request::Transfer(_) => "inside_transfer",
        Request::Move(_) => "funds_transfer",
        Request::CancelWithdrawal(_) => "withdraw/cancel",
        Request::CancelTransfer(_) => "inside_transfer/cancel",
    }
}

/// Coins, networks and balances that let every order of these tests through, read just now.
pub fn known() -> Snapshot {
    let network = |name: &str, chain: &str| Network {
        fault: None,
        name: name.into(),
        chain: Some(chain.into()),
        contract: None,
        precision: Some(30),
        memo: MemoRule::None,
        confirmations: None,
        address_pattern: None,
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        withdraw_min: None,
        withdraw_max: None,
        deposit_min: None,
    };
    let coin = |name: &str| Coin {
        fault: None,
        name: name.into(),
        full_name: None,
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        networks: vec![network("Tron (TRC-20)", "TRON")],
    };
    let balance = |coin: &str| Balance { coin: coin.into(), available: "1000000".parse().ok(), in_use: None };
    let now = wallet_tui::platform::clock::now();
    Snapshot {
        coins: Some((vec![coin("TRX"), coin("USDT")], now)),
        balances: Some((vec![balance("TRX"), balance("USDT")], now)),
        ..Snapshot::default()
    }
}

/// The same with the record that a cancel is about, as somebody reads it who looks at it just before.
pub async fn known_for(orders: &Orders, request: &Request) -> Snapshot {
    let (kind, id) = match request {
        Request::CancelWithdrawal(id) => (Kind::Withdrawal, id),
        Request::CancelTransfer(id) => (Kind::TransferOut, id),
        _ => return known(),
    };
    let filter = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let found = orders.client().outgoing(&filter).await.unwrap_or_default();
    if let Some(target) = found.into_iter().find(|record| record.key.kind == kind && record.key.id == *id) {
        return Snapshot { target: Some(target), ..known() };
    }
    let target = Record { ..Record::bare(kind, id.clone(), "TRX") };
    Snapshot { target: Some(target), ..known() }
}

/// The word for an order.
pub fn of_order(id: OrderId) -> DuplicateOf {
    DuplicateOf::Order(id)
}

/// Consent to a request with its group typed, and the word for each of these.
pub fn consent(request: &Request, despite: impl IntoIterator<Item = DuplicateOf>) -> Consent {
    let again =
        |earlier| Confirmation::Again(Before { earlier, ago_ms: 0, is_given_up: false, sameness: Sameness::Whole });
    let given = [Confirmation::Group(GroupReason::New)].into_iter().chain(despite.into_iter().map(again));
    Consent { request: request.clone(), given: given.collect() }
}

/// Places an order with everything confirmed that these words confirm.
pub async fn place_despite(
    orders: &Orders,
    request: &Request,
    asked_by: AskedBy,
    despite: impl IntoIterator<Item = DuplicateOf>,
) -> Result<Begun, NotBegun> {
    orders.place(consent(request, despite), known_for(orders, request).await, asked_by).await
}

/// Sends a transfer again with its group typed.
pub async fn resend(orders: &Orders, id: OrderId) -> Result<Begun, NotBegun> {
    let given = vec![Confirmation::Group(GroupReason::New)];
    orders.resend(id, given, known(), AskedBy::Screen).await
}

pub fn place<'a>(orders: &'a Orders, request: &Request) -> impl Future<Output = Result<Begun, NotBegun>> + use<'a> {
    let request = request.clone();
    async move { orders.place(consent(&request, []), known_for(orders, &request).await, AskedBy::Screen).await }
}

/// What the engine wants to be confirmed once more, each by what came before.
pub fn wanted(end: &Result<Begun, NotBegun>) -> Vec<DuplicateOf> {
    let Err(NotBegun::Unconfirmed(wanted)) = end else { return Vec::new() };
    let earlier = |wanted: &Confirmation| match wanted {
        Confirmation::Again(before) => Some(before.earlier.clone()),
        _ => None,
    };
    wanted.iter().filter_map(earlier).collect()
}

/// The id of an accepted order.
pub fn accepted_id(order: &Order) -> &str {
    match &order.outcome {
        Outcome::Accepted { id, .. } => id.raw(),
        other => panic!("{other:?}"),
    }
}
