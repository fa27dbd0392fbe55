//! Why a payment link is not taken. Each has a cause and a next step in the catalogue, under `rule.link`.

use super::LinkChain;
use crate::domain::UntrustedText;
use crate::domain::line::LineFault;
use crate::domain::locale::{Lang, fill};

/// How much of a foreign text is shown inside a sentence, in graphemes.
const NAME: usize = 64;
/// Addresses and contracts are shown whole.
const WHOLE: usize = 256;

/// Why a link is not taken. Nothing of it is then.
#[derive(Debug, Clone, PartialEq, Eq, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LinkFault {
    /// More than is read.
    TooLong {
        /// Its bytes.
        found: usize,
        /// How many may be.
        room: usize,
    },
    /// Line ends, controls or invisible characters in the link itself.
    Line(LineFault),
    /// The same in a value, once it is decoded.
    Value {
        /// Which.
        name: UntrustedText,
        /// What it holds.
        fault: LineFault,
    },
    /// No kind of link that is read here.
    Scheme {
        /// How it begins.
        scheme: UntrustedText,
    },
    /// A `#` and what follows.
    Fragment,
    /// `//`, or a name in front of an `@`, where an address belongs.
    Authority,
    /// Percent-encoding that is broken, or where none belongs: it could hide what is paid.
    Encoded {
        /// Where.
        name: UntrustedText,
    },
    /// There is no address in it.
    NoAddress,
    /// A parameter without a name or without a value.
    NoValue {
        /// Which.
        name: UntrustedText,
    },
    /// A parameter that stands there twice: which one counts cannot be said.
    Twice {
        /// Which.
        name: UntrustedText,
    },
    /// A parameter without which the link must not be paid (BIP-21), and which is not understood.
    Required {
        /// Which.
        name: UntrustedText,
    },
    /// An amount that is not plain digits above zero.
    Amount {
        /// The parameter.
        name: UntrustedText,
        /// As it stands there.
        text: UntrustedText,
    },
    /// Not the number of a chain.
    ChainId {
        /// As it stands there.
        text: UntrustedText,
    },
    /// More than a payment: a call of a contract, a transaction made elsewhere, a payload.
    Call {
        /// Which.
        name: UntrustedText,
    },
    /// Coin and network are not chosen yet.
    NothingChosen,
    /// This program does not know the network's addresses, so the link cannot be compared with it.
    NetworkUnread {
        /// The network.
        network: UntrustedText,
    },
    /// Whether the network is the link's chain cannot be told.
    ChainUntold {
        /// The link's.
        chain: LinkChain,
        /// The network that is chosen.
        network: UntrustedText,
    },
    /// The network is not the link's chain.
    OtherChain {
        /// The link's.
        chain: LinkChain,
        /// The network that is chosen.
        network: UntrustedText,
    },
    /// The link's token is not the chosen coin.
    OtherToken {
        /// The link's contract.
        contract: UntrustedText,
        /// The coin that is chosen.
        coin: UntrustedText,
        /// The network that is chosen.
        network: UntrustedText,
    },
    /// The link asks for the chain's own coin, and another is chosen.
    OtherCoin {
        /// The chain's own.
        asked: &'static str,
        /// The coin that is chosen.
        coin: UntrustedText,
    },
    /// The link counts in smallest units, and how many make a coin is not known.
    DecimalsUnknown {
        /// The coin.
        coin: UntrustedText,
        /// The network.
        network: UntrustedText,
    },
    /// The address field holds something already.
    AddressTyped,
    /// The memo field holds something else already.
    MemoTyped {
        /// What the link says.
        memo: UntrustedText,
    },
}

impl LinkFault {
    /// The catalogue key.
    pub fn key(&self) -> String {
        format!("rule.link.{}", <&str>::from(self))
    }

    /// Cause and next step, in the user's language.
    pub fn words(&self, lang: Lang) -> String {
        let name = |text: &UntrustedText| text.excerpt(NAME);
        let values: Vec<(&str, String)> = match self {
            Self::TooLong { found, room } => vec![("found", found.to_string()), ("room", room.to_string())],
            Self::Line(fault) => vec![("what", fault.words(lang))],
            Self::Value { name: of, fault } => vec![("name", name(of)), ("what", fault.words(lang))],
            Self::Scheme { scheme } => vec![("scheme", name(scheme))],
            Self::Encoded { name: of }
            | Self::NoValue { name: of }
            | Self::Twice { name: of }
            | Self::Required { name: of }
            | Self::Call { name: of } => vec![("name", name(of))],
            Self::Amount { name: of, text } => vec![("name", name(of)), ("text", name(text))],
            Self::ChainId { text } => vec![("text", name(text))],
            Self::NetworkUnread { network } => vec![("network", name(network))],
            Self::ChainUntold { chain, network } | Self::OtherChain { chain, network } => {
                vec![("chain", chain.words(lang)), ("network", name(network))]
            }
            Self::OtherToken { contract, coin, network } => {
                vec![("contract", contract.excerpt(WHOLE)), ("coin", name(coin)), ("network", name(network))]
            }
            Self::OtherCoin { asked, coin } => vec![("asked", (*asked).to_owned()), ("coin", name(coin))],
            Self::DecimalsUnknown { coin, network } => vec![("coin", name(coin)), ("network", name(network))],
            Self::MemoTyped { memo } => vec![("memo", memo.excerpt(WHOLE))],
            Self::Fragment | Self::Authority | Self::NoAddress | Self::NothingChosen | Self::AddressTyped => Vec::new(),
        };
        let key = self.key();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(lang.find(&key).unwrap_or(&key), &values)
    }
}
