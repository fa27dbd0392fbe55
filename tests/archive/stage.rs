//! An exchange whose time stands until a test moves it, and an archive that can be begun anew on the same ledger.

use std::collections::BTreeSet;
use std::path::PathBuf;

use secrecy::SecretString;
use wallet_tui::domain::{Millis, Record};
use wallet_tui::engine::history::{History, HistoryError};
use wallet_tui::engine::ledger::{Flow, Ledger};
use wallet_tui::exchange::{Client, Credentials, Limits};
use wallet_tui::simulator::{Account, Clock, Config, ManualClock, Simulator};

pub const START: Millis = Millis(1_795_000_000_123);

pub struct Stage {
    pub exchange: Simulator,
    pub hands: ManualClock,
    dir: tempfile::TempDir,
}

impl Stage {
    pub async fn new(profile: Account) -> Self {
        let hands = ManualClock::at(START);
        let clock = Clock::ManualClock(hands.clone());
        let config = Config { quiet: true, requests_per_second: 10_000, clock, profile, ..Config::default() };
        let exchange = Simulator::start(config).await.unwrap();
        Self { exchange, hands, dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("ledger.sqlite")
    }

    pub fn client(&self) -> Client {
        let key = self.exchange.api_key().to_owned();
        let credentials = Credentials { key, secret: SecretString::from(self.exchange.secret()) };
        let limits = Limits { read_retries: 0, ..Limits::default() };
        Client::new(self.exchange.base_url().parse().unwrap(), Some(credentials), limits).unwrap()
    }

    pub fn history(&self) -> History {
        History::new(self.client(), Ledger::open(&self.path()).unwrap())
    }

    /// Deposits of several coins, all in the second of now.
    pub fn many_at_once(&self, count: usize) {
        let coins = [("TRX", "Tron (TRC-20)"), ("XRP", "XRP"), ("USDT", "Tron (TRC-20)"), ("LTC", "Litecoin")];
        self.exchange.world(|world| {
            for at in 0..count {
                let one = "1".parse().unwrap();
                if at % 3 == 0 {
                    world.receive(coins[at % 4].0, one, 42, true).unwrap();
                } else {
                    let known = coins.iter().cycle().skip(at).find_map(|(c, n)| world.deposit(c, n, one, true));
                    known.unwrap();
                }
            }
        });
    }

    pub fn pass(&self, ms: i64) {
        self.hands.advance(ms);
    }

    /// The exchange's own list of ids, by way.
    pub fn ids(&self, flow: Flow) -> BTreeSet<String> {
        self.exchange.world(|world| match flow {
            Flow::In => world.history().incoming().iter().map(|r| r.id.to_string()).collect(),
            Flow::Out => world.history().outgoing().iter().map(|r| r.id.to_string()).collect(),
        })
    }
}

/// What is held of a way. The exchange contradicts itself nowhere in these stories, and nobody may say that it does.
pub async fn held(history: &History, flow: Flow) -> Vec<Record> {
    let conflicts = history.with_ledger(|ledger| ledger.conflicts()).await.unwrap();
    assert!(conflicts.is_empty(), "{conflicts:?}");
    history.with_ledger(move |ledger| ledger.records(flow)).await.unwrap()
}

pub async fn all(history: &History) -> Result<(), HistoryError> {
    for flow in Flow::BOTH {
        history.read_all(flow, |_| {}).await?;
    }
    Ok(())
}

/// None lost, none doubled.
#[track_caller]
pub fn assert_same(stage: &Stage, flow: Flow, records: &[Record]) {
    let ids: Vec<String> = records.iter().map(|r| r.key.id.raw().to_owned()).collect();
    let distinct: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(ids.len(), distinct.len(), "doubled");
    let own = stage.ids(flow);
    let lost: Vec<_> = own.difference(&distinct).take(5).collect();
    let invented: Vec<_> = distinct.difference(&own).take(5).collect();
    assert!(lost.is_empty() && invented.is_empty(), "lost {lost:?}, invented {invented:?} of {}", own.len());
}
