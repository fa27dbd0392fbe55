//! Our typed side of the exchange's API: one method per endpoint, domain types in and out.

pub mod sign;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::domain::{
    Amount, Balance, Coin, DepositAddress, IncomingFilter, MoveRequest, OutgoingFilter, Problem, Rate, Record, Text,
    TransferRequest, UserInfo, WithdrawRequest,
};

/// The exchange's own address (`reference.md §1`).
pub const EXCHANGE: &str = "https://openapi.bitunix.com";

/// A key id and its secret. The secret has no `Display`, a redacted `Debug`, and is wiped on drop.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The key's id; not a secret, but nobody else's business.
    pub key: String,
    /// The secret.
    pub secret: SecretString,
}

/// A checked server address: https, or http on loopback; no user, path, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Limits of the client, with sane defaults; tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the start to the last byte of a read's answer.
    pub read_total: Duration,
    /// From the start to the last byte of a money call's answer.
    pub money_total: Duration,
    /// How often a read that failed on the network is asked again.
    pub read_retries: usize,
    /// Largest body, unpacked, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(8),
            read_total: Duration::from_secs(20),
            money_total: Duration::from_secs(30),
            read_retries: 2,
            body: 16 << 20,
        }
    }
}

/// What is known of the difference between the exchange's clock and this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// Exchange time minus machine time, milliseconds; 0 while they agree within the measure's resolution.
    pub offset_ms: i64,
    /// Whether any answer has told yet.
    pub known: bool,
}

/// A connection to the exchange, cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {}
