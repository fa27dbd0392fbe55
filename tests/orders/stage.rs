//! An exchange whose time stands until a test moves it, a ledger in a directory of its own, and engines between them.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use wallet_tui::api::{Client, Credentials, Limits};
use wallet_tui::domain::{
    AskedBy, Direction, Millis, MoveRequest, Order, OrderId, Outcome, Receiver, Request, TransferRequest,
    WithdrawRequest,
};
use wallet_tui::ledger::Ledger;
use wallet_tui::orders::{Begun, NotBegun, Orders, Patience, Reading};
use wallet_tui::simulator::people::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Clock, Config, Hands, Simulator};

/// When the hands of these tests' clocks stand at the start.
pub const START: Millis = Millis(1_795_000_000_123);
/// Longer than it takes to give a trace up, and than records take to be final.
pub const LONG_MS: i64 = 6 * 60_000;

pub struct Stage {
    pub exchange: Simulator,
    pub hands: Hands,
    dir: tempfile::TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        let hands = Hands::at(START);
        let config =
            Config { quiet: true, requests_per_second: 1_000, clock: Clock::Hands(hands.clone()), ..Config::default() };
        let exchange = Simulator::start(config).await.unwrap();
        Self { exchange, hands, dir: tempfile::tempdir().unwrap() }
    }

    pub fn ledger_path(&self) -> PathBuf {
        self.dir.path().join("ledger.sqlite")
    }

    pub fn client_of(&self, base: &str, money_total: Duration) -> Client {
        let key = self.exchange.api_key().to_owned();
        let credentials = Credentials { key, secret: SecretString::from(self.exchange.secret()) };
        let limits = Limits { money_total, read_retries: 0, ..Limits::default() };
        Client::new(base.parse().unwrap(), Some(credentials), limits).unwrap()
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
        Orders::new(self.client_of(base, money_total), ledger).with_patience(patience())
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

pub fn patience() -> Patience {
    Patience { readings: 2, pause: |_| Duration::from_millis(1), lock: Duration::from_secs(20), ..Patience::default() }
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
        direction: Direction::SpotToFutures,
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

pub fn place<'a>(orders: &'a Orders, request: &Request) -> impl Future<Output = Result<Begun, NotBegun>> + use<'a> {
    orders.place(request.clone(), AskedBy::Screen, None, None)
}

/// The id of an accepted order.
pub fn accepted_id(order: &Order) -> &str {
    match &order.outcome {
        Outcome::Accepted { id, .. } => id.raw(),
        other => panic!("{other:?}"),
    }
}
