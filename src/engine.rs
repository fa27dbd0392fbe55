//! What the screen and the commands have in common: configuration, secrets, the ledger, orders, the history, diagnostics.

/// The version, with the commit that it was built from where that is known.
pub const VERSION: &str = env!("WALLET_TUI_VERSION");

pub mod config;
pub mod diagnostics;
pub mod explain;
pub mod export;
pub mod futures;
pub mod history;
pub mod ledger;
pub mod logging;
pub mod notifications;
pub mod orders;
pub mod output;
pub mod secrets;
pub mod session;
