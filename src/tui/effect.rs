//! What the app may wish for. Plain data, comparable in tests; [`Runtime`](crate::tui::runtime::Runtime) performs it.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::domain::export::ExportFormat;
use crate::domain::preflight::Snapshot;
use crate::domain::worth::Worth;
use crate::domain::{Condition, Consent, DamagedOrder, Millis, OrderId, Record, RecordKey, UntrustedText};
use crate::engine::export::balances::ValuedBalance;
use crate::engine::notifications::Channel;
use crate::engine::orders::Decision;
use crate::tui::state::remote::Generation;

/// A wish for I/O.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask the exchange.
    Load {
        /// For what.
        load: Load,
        /// Comes back with the reply.
        generation: Generation,
    },
    /// Open the ledger if it is not, adopt what a program that ended left, and read what is unsettled and what was spent.
    ReadLedger {
        /// Spent since then.
        since: Millis,
    },
    /// Read the ledger's newest orders, for the list.
    ReadOrders,
    /// Find the order that a record came of.
    FindOrder(RecordKey),
    /// The user knows that a damaged ledger was set aside; answered like [`Effect::ReadLedger`].
    AcknowledgeDamage,
    /// The user has answered for a damaged row as it was shown; answered like [`Effect::ReadLedger`].
    AnswerForOrder(DamagedOrder),
    /// Write this order down and send it, once. Only ever made from a review that was shown and confirmed.
    Order {
        /// Exactly what was shown, and what was typed for it.
        consent: Consent,
        /// What it was judged by.
        known: Box<Snapshot>,
    },
    /// Look once for what became of an order.
    Look {
        /// Which.
        order: OrderId,
    },
    /// Write down what the user, who looked it up, says of an order of unknown outcome.
    Decide {
        /// Which.
        order: OrderId,
        /// What.
        decision: Decision,
    },
    /// Ask the store of the secret again.
    Unlock(Proof),
    /// Write down whose key the profile has.
    Remember(UntrustedText),
    /// Read the way of a record as it was seen.
    ReadSteps(Box<Record>),
    /// Tell the user beyond the screen.
    Notify {
        /// By the bell and the terminal's notifications.
        channels: Vec<Channel>,
        /// In words.
        text: String,
        /// For the hook: a JSON object each.
        lines: Vec<String>,
    },
    /// Note in the ledger, under this name, a condition that holds now; it is news if it was not noted before.
    Note(String, Condition),
    /// Read what happened.
    ReadEvents,
    /// News have reached the user: their numbers.
    MarkDelivered(Vec<i64>),
    /// A condition is over: it is news when it comes again.
    Forget(String),
    /// Go on with another profile.
    Switch(String),
    /// Look at the machine, the way to the exchange and the key.
    Doctor,
    /// Hand a text to the clipboard.
    Copy(String),
    /// Hand a text to the terminal, for its clipboard.
    CopyByTerminal(String),
    /// Stop the process and wait for the shell (Ctrl-Z).
    Suspend,
    /// Keep the user's note on a record in the ledger; `None` takes it away.
    KeepNote(RecordKey, Option<UntrustedText>),
    /// Open a page in the browser.
    Visit(UntrustedText),
    /// Write a file.
    Export {
        /// In which form.
        format: ExportFormat,
        /// Where to, as typed: `~/` is the home directory.
        path: String,
        /// What.
        records: Vec<Record>,
        /// Whether a file that is there may be replaced.
        replace: bool,
    },
    /// Write a file of balances.
    ExportBalances {
        /// In which form.
        format: ExportFormat,
        /// Where to, as typed: `~/` is the home directory.
        path: String,
        /// What.
        balances: Vec<ValuedBalance>,
        /// Whether a file that is there may be replaced.
        replace: bool,
    },
    /// Save a filter, or save it no more.
    SaveFilter {
        /// The filter.
        words: String,
        /// Whether it is kept.
        keep: bool,
    },
    /// Read what everything was worth.
    ReadWorth,
    /// Read from the ledger how long withdrawals usually take.
    ReadUsualTimes,
    /// Keep what everything is worth, and the prices of coins, in the market quote coin.
    KeepWorth(Box<Worth>, BTreeMap<UntrustedText, Decimal>),
    /// Ask the terminal, after the next picture, whether it has come so far.
    AskTerminal(u32),
    /// Paint every cell anew.
    Repaint,
    /// End the program.
    Quit,
}

/// Something to ask the exchange for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Load {
    /// The balances.
    Balances,
    /// What the futures side holds of a coin.
    Futures(UntrustedText),
    /// The newest deposits and incoming transfers.
    Incoming,
    /// The newest withdrawals and outgoing transfers.
    Outgoing,
    /// Deposits and incoming transfers that are no newer than a moment.
    OlderIncoming(Millis),
    /// Withdrawals and outgoing transfers that are no newer than a moment.
    OlderOutgoing(Millis),
    /// Whose account it is.
    User,
    /// Coins and networks.
    Coins,
    /// Rates.
    Rates,
    /// The last price of one coin.
    Price(UntrustedText),
    /// The addresses at which a coin can be paid in over a network.
    Addresses(CoinNetwork),
}

impl Load {
    /// True when the key is needed on the spot side: what the futures side says of a key counts there alone.
    pub const fn is_signed(&self) -> bool {
        matches!(
            self,
            Self::Balances
                | Self::Incoming
                | Self::Outgoing
                | Self::OlderIncoming(_)
                | Self::OlderOutgoing(_)
                | Self::User
                | Self::Addresses(_)
        )
    }

    /// The load of an older page of a way: 0 is incoming, 1 is outgoing.
    pub const fn older(way: usize, end: Millis) -> Self {
        if way == 0 { Self::OlderIncoming(end) } else { Self::OlderOutgoing(end) }
    }
}

/// One coin over one network, named as the exchange's list does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoinNetwork {
    /// The coin.
    pub coin: UntrustedText,
    /// The network.
    pub network: UntrustedText,
}

/// What the store is asked with: a passphrase where it needs one.
#[derive(Clone)]
pub struct Proof(pub Option<SecretString>);

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof([REDACTED])")
    }
}

impl PartialEq for Proof {
    fn eq(&self, other: &Self) -> bool {
        let exposed =
            |proof: &Self| proof.0.as_ref().map(|secret| secret.expose_secret().to_owned()).map(Zeroizing::new);
        exposed(self) == exposed(other)
    }
}

impl Eq for Proof {}
