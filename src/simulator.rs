//! The embedded exchange: a stand-in for theirs, on a loopback port, for the demo and for tests.
//!
//! It follows `reference.md`: the shapes and quirks that were seen, the strictness that was seen, and a life of its own.
//! It holds no real money and knows no real key; nobody but this machine can reach it.
//!
//! ```text
//! server.rs  HTTP on loopback ── faults.rs  failures on demand ── wire.rs  connections that can be cut
//!   auth.rs    key, time, nonce, signature, permission, pace
//!   routes.rs  endpoints and shapes ── fields.rs  strict bodies ── refusal.rs  codes
//!     world.rs   state, time, queue
//!       accounts.rs  double entry · history.rs, rows.rs  records, filters, wire form · listing.rs, coins.rs  what is listed
//!       money.rs what calls do · positions.rs, futures.rs the futures side · scheduler.rs  what happens by itself · seed_history.rs  the account's months before
//!       past_worth.rs  what it was worth in the month before
//!       users.rs, addresses.rs  who and where · prices.rs  what it is worth · admin.rs  what a test changes by hand
//! ```

pub mod accounts;
pub mod addresses;
mod admin;
pub mod auth;
pub mod coins;
mod executed;
pub mod faults;
mod fields;
pub mod futures;
pub mod history;
pub mod listing;
pub mod money;
mod past_worth;
mod positions;
mod prices;
pub mod refusal;
mod routes;
mod rows;
mod scheduler;
mod seed_history;
mod server;
pub mod users;
mod wire;
pub mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use auth::{Auth, Permissions};
pub use executed::Executed;
pub use faults::{Fault, Strike};
pub use world::{Account, Cancels, World};

use crate::domain::Millis;
use faults::Faults;

/// How the embedded exchange is to be.
#[derive(Debug, Clone)]
pub struct Config {
    /// Everything that looks like chance follows from it.
    pub seed: u64,
    /// Life runs so many times faster; 1 is made for somebody who watches.
    pub speed: u32,
    /// The port on loopback; 0 takes any that is free.
    pub port: u16,
    /// Lets about one request in eight fail in some way.
    pub chaos: bool,
    /// Nothing comes by itself and no order fails by chance: for tests. Orders still go on unless time stands.
    pub quiet: bool,
    /// What the account is like at the start.
    pub profile: Account,
    /// What the key may do.
    pub permissions: Permissions,
    /// Exchange clock minus machine clock, milliseconds.
    pub skew_ms: i64,
    /// Requests that each POST endpoint takes in a second (`reference.md §7.1`).
    pub requests_per_second: usize,
    /// What drives time.
    pub clock: Clock,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: 1,
            port: 0,
            chaos: false,
            quiet: false,
            profile: Account::Rich,
            permissions: Permissions::default(),
            skew_ms: 0,
            requests_per_second: 10,
            clock: Clock::Machine,
        }
    }
}

/// What drives the exchange's time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    Machine,
    /// Hands that a test moves.
    ManualClock(ManualClock),
}

impl Clock {
    fn now(&self) -> Millis {
        match self {
            Self::Machine => crate::platform::clock::now(),
            Self::ManualClock(hands) => hands.now(),
        }
    }
}

/// The hands of a clock that stands until it is moved. Clones move together.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Hands that show this moment.
    pub fn at(moment: Millis) -> Self {
        Self(Arc::new(AtomicI64::new(moment.0)))
    }

    /// What they show.
    pub fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }

    /// Moves them on by milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

#[derive(Debug)]
struct State {
    world: World,
    auth: Auth,
    faults: Faults,
    requests: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

/// A running exchange. The server and all its connections end when this is dropped.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    key: String,
    secret: String,
    server: JoinHandle<()>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Simulator {
    /// Starts the exchange on loopback, in the present tokio runtime.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;
        let mut world = World::new(config.seed, config.profile, config.clock.now(), config.speed, config.quiet);
        world.skew_ms = config.skew_ms;
        let auth = Auth::new(config.seed, config.permissions, config.requests_per_second);
        let (key, secret) = (auth.key().to_owned(), auth.secret().to_owned());
        let faults = Faults::new(config.chaos.then_some(config.seed));
        let state = Mutex::new(State { world, auth, faults, requests: BTreeMap::new() });
        let shared = Arc::new(Shared { clock: config.clock, state });
        #[expect(clippy::disallowed_methods, reason = "the exchange is a process of its own that happens to live here")]
        let server = tokio::spawn(server::serve(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, key, secret, server })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The only key that the exchange knows; follows from the seed.
    pub fn api_key(&self) -> &str {
        &self.key
    }

    /// Its secret; follows from the seed and opens nothing but this.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Lets the next request to an endpoint (the path after `/api/spot/v1/`, or [`faults::ANY`]) fail; several queue up.
    pub fn fail(&self, endpoint: &str, fault: Fault) {
        self.shared.lock().faults.once(endpoint, fault);
    }

    /// Lets every request to an endpoint fail until [`Simulator::clear_faults`].
    pub fn fail_always(&self, endpoint: &str, fault: Fault) {
        self.shared.lock().faults.always(endpoint, fault);
    }

    /// Ends planned failures and chaos.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// How many requests to an endpoint arrived, refused and failed ones included.
    pub fn requests(&self, endpoint: &str) -> usize {
        self.shared.lock().requests.get(endpoint).copied().unwrap_or(0)
    }

    /// How many requests arrived in all.
    pub fn all_requests(&self) -> usize {
        self.shared.lock().requests.values().sum()
    }

    /// Money calls that were really carried out, in order.
    pub fn executed(&self) -> Vec<Executed> {
        self.world(|world| world.executed().to_vec())
    }

    /// Looks at the world, or changes it, at the present moment.
    pub fn world<R>(&self, with: impl FnOnce(&mut World) -> R) -> R {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        state.world.advance(now);
        with(&mut state.world)
    }

    /// Looks at the gate, or turns its switches.
    pub fn auth<R>(&self, with: impl FnOnce(&mut Auth) -> R) -> R {
        with(&mut self.shared.lock().auth)
    }
}
