//! (being written) The dashboard.

use crate::api::Client;
use crate::settings::Settings;
use crate::simulator::Simulator;

/// Whose money it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Invented money on the embedded exchange.
    Demo,
    /// Real money.
    Live,
}

/// A connection and what the screen says about it.
#[derive(Debug)]
pub struct Session {
    /// The connection.
    pub client: Client,
    /// Demo or live.
    pub mode: Mode,
    /// The name of the key in use.
    pub profile: String,
    /// The embedded exchange of a demo; it stops when this is dropped.
    pub simulator: Option<Simulator>,
}

/// Opens the dashboard and returns when the user leaves it.
///
/// # Errors
/// What cannot be said on the screen.
pub async fn dashboard(session: Session, settings: &Settings) -> color_eyre::Result<()> {
    let _ = (session, settings);
    std::future::ready(Ok(())).await
}
