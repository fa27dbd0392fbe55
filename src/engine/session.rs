//! A session: a client of an exchange, the profile that it acts for, and where its ledger is.

use std::path::PathBuf;

use crate::engine::config::profile::Profile;
use crate::engine::ledger::KeyPlace;
use crate::engine::orders::GuardReader;
use crate::exchange::Client;
use crate::platform::private::Scratch;
use crate::simulator::Simulator;

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The embedded exchange.
    Demo,
    /// A real account.
    Live,
}

/// What the dashboard and the commands run on.
#[derive(Debug)]
pub struct Session {
    /// The exchange.
    pub client: Client,
    /// Whether money is real.
    pub mode: Mode,
    /// The profile.
    pub profile: Profile,
    /// Where the configuration file is, or would be; a demo has none.
    pub config: Option<PathBuf>,
    /// The embedded exchange, kept alive while the dashboard runs.
    pub simulator: Option<Simulator>,
    /// Where the ledger is; `None` when there is no place for one, and then nothing can be ordered.
    pub ledger: Option<PathBuf>,
    /// What the configuration allows of orders, read anew before each.
    pub guards: GuardReader,
    /// Whose key it is, for the ledger of its account; a demo has a ledger of its own.
    pub place: Option<KeyPlace>,
    /// A directory that goes with the session: a demo leaves nothing behind.
    pub scratch: Option<Scratch>,
}

impl Session {
    /// The same exchange, account and ledger for a command that ends before this session does.
    #[must_use]
    pub fn share(&self) -> Self {
        Self {
            client: self.client.clone(),
            mode: self.mode,
            profile: self.profile.clone(),
            config: self.config.clone(),
            simulator: None,
            ledger: self.ledger.clone(),
            guards: self.guards.clone(),
            place: self.place.clone(),
            scratch: None,
        }
    }
}
