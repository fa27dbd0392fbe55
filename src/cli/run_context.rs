//! What a command runs with: its options, the environment, and the session where one is open already.

use super::connect::{self, NeedsKey};
use super::failure::Failure;
use super::{Options, guards, layers};
use crate::engine::config::{Environment, Settings};
use crate::engine::session::Session;

/// A session that commands share, with the settings that it was opened with: what stands in the file by now may name another
/// server or another key. What the file allows of orders is read anew all the same, by the guards of the session.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// The settings.
    pub settings: Settings,
}

/// What a command runs with.
#[derive(Clone, Copy)]
pub struct RunContext<'a> {
    /// The options of the command line.
    pub options: &'a Options,
    /// The environment.
    pub environment: Environment<'a>,
    /// The session that is open already; a command alone opens one of its own.
    pub opened: Option<&'a Opened>,
}

impl RunContext<'_> {
    /// The settings.
    ///
    /// # Errors
    /// What file, environment or options say cannot be read or used.
    pub fn settings(&self) -> Result<Settings, Failure> {
        match self.opened {
            Some(opened) => Ok(opened.settings.clone()),
            None => layers::settings(self.options, self.environment),
        }
    }

    /// The session that is open, else a new one.
    ///
    /// # Errors
    /// There is no key, its secret cannot be read, or the embedded exchange cannot be started.
    pub async fn session(&self, needs: NeedsKey, settings: &Settings) -> Result<Session, Failure> {
        match self.opened {
            Some(opened) => Ok(opened.session.share()),
            None => connect::session(needs, self.options, settings, self.environment).await,
        }
    }

    /// The same for orders: with what the configuration allows of them, read anew before each.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub async fn ordering_session(&self, settings: &Settings) -> Result<Session, Failure> {
        let mut session = self.session(NeedsKey::Yes, settings).await?;
        if self.opened.is_none() {
            session.guards = guards::reader(self.options, self.environment, settings);
        }
        Ok(session)
    }
}
