//! What the program is started with and what does not change while it runs: whose account it is, what guards it, what the user
//! has chosen.

use crate::domain::address_book::Label;
use crate::domain::explorer::Explorers;
use crate::domain::locale::Lang;
use crate::domain::rules::Limits;
use crate::domain::{Amount, UntrustedText};
use crate::engine::config::keymap::Keymap;
use crate::engine::config::profile::Band;
use crate::engine::notifications::NotificationConfig;
use crate::engine::session::Mode;

use crate::domain::columns::Column;

/// What does not change while the program runs.
#[derive(Debug, Clone, PartialEq)]
pub struct AppConfig {
    /// The profile's name.
    pub profile: UntrustedText,
    /// Whether money is real.
    pub mode: Mode,
    /// True when no money can be moved in this run.
    pub read_only: bool,
    /// The server's name, shown when it is not the exchange's own.
    pub host: Option<UntrustedText>,
    /// The language of the screen.
    pub lang: Lang,
    /// The coin or currency that values are shown in at first.
    pub unit: UntrustedText,
    /// Balances worth less than this, in `unit`, are dust.
    pub dust: Amount,
    /// What is hidden among the balances at first.
    pub dust_filter: DustFilter,
    /// Milliseconds between two readings when nothing is pending.
    pub refresh: i64,
    /// Spreads retries; from a random source, so that many programs do not ask in step.
    pub chance: u8,
    /// What the user put between themselves and a mistake.
    pub order_settings: OrderSettings,
    /// Whose key it is, and what tells it from others.
    pub identity: Identity,
    /// What the keys of the keyboard ask for.
    pub keymap: Keymap,
    /// The columns of each table, in the order of [`Tab::ALL`](crate::domain::columns::Tab::ALL).
    pub columns: [Vec<Column>; 4],
    /// Which news reach the user, and how.
    pub notifications: NotificationConfig,
    /// Where transactions can be looked up.
    pub explorers: Explorers,
    /// Coins that the futures side is asked about besides those that are found there by themselves.
    pub futures_coins: Vec<UntrustedText>,
}

/// A profile as the screen knows it.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that is true or not")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// Its colour.
    pub band: Option<Band>,
    /// The account that it belonged to when it was last looked at.
    pub uid: Option<UntrustedText>,
    /// The server, when it is not the exchange's own; for programs.
    pub origin: Option<String>,
    /// True when the account can be written down for the next start.
    pub remembers: bool,
    /// Where the secret is, in words.
    pub store: UntrustedText,
    /// The proxy that everything goes through.
    pub via: Option<UntrustedText>,
    /// True when the store can be asked again.
    pub can_lock: bool,
    /// True when it must be asked with a passphrase.
    pub asks_passphrase: bool,
    /// Milliseconds without a key after which the screen is locked.
    pub lock_after_ms: Option<i64>,
    /// Whether the store must answer before each order.
    pub recheck: bool,
    /// What a report must not repeat: the key's id, the home directory, the user.
    pub private: Vec<String>,
    /// All profiles.
    pub profiles: Vec<ProfileLine>,
}

/// A profile in the list of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProfileLine {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub band: Option<Band>,
    /// Its account, where one is remembered.
    pub uid: Option<UntrustedText>,
    /// Its server, when it is not the exchange's own.
    pub host: Option<UntrustedText>,
    /// Where its secret is, in words.
    pub store: UntrustedText,
    /// Whether it can move money.
    pub read_only: bool,
}

/// What stands between the user and a mistake with money.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrderSettings {
    /// What the profile limits.
    pub limits: Limits,
    /// Milliseconds in which an order can still be taken back before anything is sent.
    pub order_delay_ms: i64,
    /// Names that the user gave to addresses.
    pub labels: Vec<Label>,
    /// Chooses the part of an address that must be typed; from a random source, so that it cannot be foreseen.
    pub chance: u64,
}

/// What is hidden among the balances. The total counts everything all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DustFilter {
    /// Nothing.
    #[default]
    All,
    /// Coins of which nothing is held.
    HideZero,
    /// Those, and coins worth less than the dust limit; what has no price is not dust.
    HideDust,
}
