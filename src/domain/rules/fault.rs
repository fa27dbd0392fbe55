//! What can be wrong with a form, and what should be known of it, with the catalogue's key and values for each.
//! One list on purpose, which is why the file is long: a fault, its values and its words are read side by side.

use super::{Field, NumberFault};
use crate::domain::address::{self, AddressFault};
use crate::domain::line::LineFault;
use crate::domain::locale::{Lang, fill};
use crate::domain::payment_link::LinkFault;
use crate::domain::rules::{Before, DuplicateOf, Sameness};
use crate::domain::text_width::span;
use crate::domain::value::grouped;
use crate::domain::{Amount, UntrustedText};

/// How much of a foreign name is shown inside a sentence, in graphemes.
const NAME: usize = 64;
/// How much of a reason is shown, in graphemes.
const WHY: usize = 160;
/// Addresses are shown whole.
const ADDRESS: usize = address::MAX_LENGTH;

/// Something wrong with a field: the form cannot be submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Where.
    pub field: Field,
    /// What.
    pub fault: Fault,
}

/// Something that the user should know about a field that is not wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldNote {
    /// Where.
    pub field: Field,
    /// What.
    pub note: Note,
}

/// What can be wrong. Amounts are coin amounts unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Fault {
    /// Nothing was typed or chosen yet.
    Missing,
    /// It is not one line of visible characters, or a longer one than the field takes.
    Line(LineFault),
    /// The profile is read-only.
    ReadOnly,
    /// The exchange's list has not been read.
    ListMissing,
    /// The exchange's list is too old.
    ListStale {
        /// Its age.
        minutes: i64,
        /// How old it may be, minutes.
        limit: i64,
    },
    /// The exchange does not list such a coin.
    UnknownCoin {
        /// As typed.
        coin: UntrustedText,
        /// Which one was probably meant.
        meant: Option<UntrustedText>,
    },
    /// The exchange lists the name more than once: which one is meant cannot be said.
    Ambiguous {
        /// The name.
        name: UntrustedText,
    },
    /// The coin, or its withdrawals on all networks, are closed.
    CoinClosed {
        /// The coin.
        coin: UntrustedText,
    },
    /// Whether the coin is open cannot be read from the list.
    CoinStateUnknown {
        /// The coin.
        coin: UntrustedText,
    },
    /// The exchange's row about the coin or network cannot be read.
    RuleUnreadable {
        /// Which coin or network.
        name: UntrustedText,
        /// What cannot be read, and where.
        why: UntrustedText,
    },
    /// The coin has no such network.
    UnknownNetwork {
        /// As typed.
        network: UntrustedText,
        /// Which one was probably meant; the only one, or the most alike.
        meant: Option<UntrustedText>,
    },
    /// The network, or its withdrawals, are closed.
    NetworkClosed {
        /// The network.
        network: UntrustedText,
    },
    /// Whether the network is open cannot be read from the list.
    NetworkStateUnknown {
        /// The network.
        network: UntrustedText,
    },
    /// The chain would not take the address.
    Address(AddressFault),
    /// The payment link that the address came with is not for what is chosen.
    Link(LinkFault),
    /// The address does not fit the exchange's own pattern.
    Pattern,
    /// The address is the contract of a token: what is sent there is lost.
    Contract {
        /// The token.
        coin: UntrustedText,
        /// The network that it is the contract on.
        network: UntrustedText,
    },
    /// The address is a deposit address of the account itself.
    OwnAddress {
        /// The coin that it was read for.
        coin: UntrustedText,
        /// The network that it was read for.
        network: UntrustedText,
    },
    /// The profile allows addresses of the book only.
    NotInBook,
    /// Whether the network uses memos cannot be read from the list.
    MemoRuleUnknown,
    /// The network needs a memo.
    MemoRequired,
    /// Neither a memo nor "no memo" was chosen.
    MemoUndecided,
    /// The network has no memos.
    MemoNotUsed,
    /// The memo is longer than the chain takes.
    MemoTooLong {
        /// How many characters (or bytes) it takes.
        limit: usize,
    },
    /// A destination tag is a whole number up to 4294967295.
    MemoTag,
    /// The amount is not written as one.
    Number(NumberFault),
    /// Zero.
    NotPositive,
    /// More decimals than the network has.
    Decimals {
        /// How many were typed, without zeros at the end.
        typed: u32,
        /// How many are allowed.
        allowed: u32,
    },
    /// How many decimals the network has cannot be read from the list.
    PrecisionUnknown,
    /// Less than the network's minimum.
    BelowMin {
        /// The minimum.
        min: Amount,
        /// Its coin.
        coin: UntrustedText,
    },
    /// More than the network's maximum.
    AboveMax {
        /// The maximum.
        max: Amount,
        /// Its coin.
        coin: UntrustedText,
    },
    /// The balances have not been read.
    BalanceMissing,
    /// The balances are too old.
    BalanceStale {
        /// Their age.
        seconds: i64,
        /// How old they may be, seconds.
        limit: i64,
    },
    /// What is available of the coin is not known.
    BalanceUnknown {
        /// The coin.
        coin: UntrustedText,
    },
    /// More than is available.
    AboveAvailable {
        /// What is.
        available: Amount,
        /// The coin.
        coin: UntrustedText,
    },
    /// What the futures side holds has not been read.
    FuturesMissing,
    /// What the futures side holds was read too long ago.
    FuturesStale {
        /// Its age, seconds.
        seconds: i64,
        /// How old it may be, seconds.
        limit: i64,
    },
    /// More than can be moved out of the futures side now.
    AboveMovable {
        /// What can.
        movable: Amount,
        /// The coin.
        coin: UntrustedText,
    },
    /// More than the profile allows for one order.
    LimitPerOrder {
        /// The limit, in `unit`.
        limit: Amount,
        /// A coin or a unit of value.
        unit: UntrustedText,
    },
    /// Together with today's orders, more than the profile allows for a day.
    LimitPerDay {
        /// The limit, in `unit`.
        limit: Amount,
        /// A coin or a unit of value.
        unit: UntrustedText,
    },
    /// A limit cannot be measured: there is no price.
    LimitNoPrice {
        /// What has none.
        coin: UntrustedText,
        /// In which unit.
        unit: UntrustedText,
    },
    /// A limit cannot be measured: the price is too old.
    LimitStalePrice {
        /// Whose price.
        coin: UntrustedText,
        /// How old it may be, minutes.
        limit: i64,
    },
    /// The limit per day cannot be measured: today's orders cannot be read.
    SpentUnknown,
    /// The profile allows known receivers only, and this one has never been paid.
    ReceiverNotKnown,
    /// Neither a user id nor an e-mail nor a telephone number.
    NoReceiver,
    /// It could be a telephone number, which begins with `+` and its country code here.
    PhoneWithoutPlus,
    /// No country code begins so.
    NoCountryCode {
        /// The digits behind the `+`.
        code: UntrustedText,
    },
    /// The area may belong to the country code or to the number.
    CodeUncertain {
        /// The country code.
        code: UntrustedText,
        /// The area that some lists count among it.
        area: &'static str,
    },
    /// A zero in brackets.
    TrunkZero,
    /// The receiver is the account itself.
    Yourself,
    /// Only digits belong here.
    NotDigits,
    /// No user id is so long or begins with zero.
    UidRange,
    /// Not a country code: `+86` or `86`.
    CountryCode,
    /// A telephone number has so many digits.
    NumberLength {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// Not the shape of an e-mail address.
    Email,
    /// What the rules would send now is not what was shown.
    Changed,
    /// Our own id of the order is not 1 to 32 letters and digits: a fault of the program, not of the user.
    OwnId,
    /// Only a withdrawal or an outgoing transfer can be taken back, and this is neither, or is not known any more.
    NotCancellable,
    /// The record has its end already.
    AlreadyFinal {
        /// The exchange's word for its end.
        status: UntrustedText,
    },
    /// The record is on its chain already.
    OnChain,
    /// The exchange does not show the record any more.
    RecordGone,
    /// The record is not what was shown of it.
    RecordChanged {
        /// What of it, by its name in the catalogue's `field`.
        field: &'static str,
        /// As it was shown; empty where it was not known.
        before: UntrustedText,
        /// As it is now.
        after: UntrustedText,
    },
}

impl Fault {
    /// True for what typing on may mend: a length, or the end that is still to come. It is said once the field is left.
    pub const fn is_of_the_unfinished(&self) -> bool {
        matches!(
            self,
            Self::Address(AddressFault::Length { .. })
                | Self::Number(NumberFault::Sided { .. })
                | Self::NumberLength { .. }
                | Self::CountryCode
                | Self::NoCountryCode { .. }
                | Self::NoReceiver
                | Self::Email
        )
    }
}

impl From<LineFault> for Fault {
    fn from(fault: LineFault) -> Self {
        Self::Line(fault)
    }
}

impl From<AddressFault> for Fault {
    fn from(fault: AddressFault) -> Self {
        match fault {
            AddressFault::Empty => Self::Missing,
            other => Self::Address(other),
        }
    }
}

impl From<LinkFault> for Fault {
    fn from(fault: LinkFault) -> Self {
        Self::Link(fault)
    }
}

impl From<NumberFault> for Fault {
    fn from(fault: NumberFault) -> Self {
        match fault {
            NumberFault::Empty => Self::Missing,
            other => Self::Number(other),
        }
    }
}

/// What should be known although it is not wrong.
#[derive(Debug, Clone, PartialEq, Eq, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Note {
    /// Blanks or line ends around it were left out.
    Trimmed,
    /// About the address.
    Address(address::Note),
    /// One number if its point begins the decimals, another if it marks thousands.
    Thousands {
        /// How it is read.
        read: Amount,
        /// How it could be meant.
        other: Amount,
    },
    /// The address resembles a known one at an end and differs elsewhere: it is sent to only after its whole middle was typed.
    LookAlike {
        /// The known one; [`AddressBook::look_alikes`](crate::domain::address_book::AddressBook::look_alikes) marks the differences.
        known: UntrustedText,
    },
    /// The exchange's own pattern cannot be read and was not applied.
    PatternUnreadable,
    /// The coin names no precision; so many decimals are let through.
    PrecisionAssumed {
        /// How many.
        decimals: u32,
    },
    /// What is available on the futures side cannot be read: the exchange will decide.
    FuturesNotReadable,
    /// The futures side does not say what of a coin can be moved: the exchange will decide.
    FuturesNotListed {
        /// The coin.
        coin: UntrustedText,
    },
    /// The same was ordered before and accepted or given up, or was paid before by an order from elsewhere.
    OrderedBefore(Before),
}

type Values = Vec<(&'static str, String)>;

impl Fault {
    /// The catalogue key.
    pub fn key(&self) -> String {
        match self {
            Self::Address(fault) => fault.key(),
            Self::Number(fault) => fault.key(),
            Self::Link(fault) => fault.key(),
            other => format!("rule.{}", <&str>::from(other)),
        }
    }

    /// The sentence, in the user's language.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Link(fault) => fault.words(lang),
            other => key_words(&other.key(), &other.values(lang), lang),
        }
    }

    fn values(&self, lang: Lang) -> Values {
        let name = |text: &UntrustedText| text.excerpt(NAME);
        match self {
            Self::ListStale { minutes, limit } => vec![("minutes", minutes.to_string()), ("limit", limit.to_string())],
            Self::UnknownCoin { coin, meant } => {
                vec![("coin", name(coin)), ("meant", did_you_mean(meant.as_ref(), lang))]
            }
            Self::CoinClosed { coin } | Self::CoinStateUnknown { coin } | Self::BalanceUnknown { coin } => {
                vec![("coin", name(coin))]
            }
            Self::Ambiguous { name: n } => vec![("name", name(n))],
            Self::RuleUnreadable { name: n, why } => vec![("name", name(n)), ("why", why.excerpt(WHY))],
            Self::UnknownNetwork { network, meant } => {
                vec![("network", name(network)), ("meant", did_you_mean(meant.as_ref(), lang))]
            }
            Self::NetworkClosed { network } | Self::NetworkStateUnknown { network } => vec![("network", name(network))],
            Self::Address(fault) => address_values(fault, lang),
            Self::Contract { coin, network } | Self::OwnAddress { coin, network } => {
                vec![("coin", name(coin)), ("network", name(network))]
            }
            Self::AlreadyFinal { status } => {
                let known = lang.find(&format!("status.{}", status.raw()));
                vec![("status", known.map_or_else(|| name(status), str::to_owned))]
            }
            Self::RecordChanged { field, before, after } => {
                let shown = |value: &UntrustedText| {
                    let known = (*field == "status").then(|| lang.find(&format!("status.{}", value.raw()))).flatten();
                    let shown = known.map_or_else(|| value.excerpt(ADDRESS), str::to_owned);
                    if shown.is_empty() { "–".to_owned() } else { shown }
                };
                let label = lang.find(&format!("field.{field}")).unwrap_or(field);
                vec![("field", label.to_owned()), ("before", shown(before)), ("after", shown(after))]
            }
            Self::MemoTooLong { limit } => vec![("limit", limit.to_string())],
            Self::Number(NumberFault::Sided { expected } | NumberFault::Exponent { written: Some(expected) }) => {
                vec![("expected", expected.clone())]
            }
            Self::Decimals { typed, allowed } => {
                vec![("typed", typed.to_string()), ("allowed", allowed.to_string())]
            }
            Self::BelowMin { min, coin } => vec![("min", grouped(min.trimmed())), ("coin", name(coin))],
            Self::AboveMax { max, coin } => vec![("max", grouped(max.trimmed())), ("coin", name(coin))],
            Self::BalanceStale { seconds, limit } | Self::FuturesStale { seconds, limit } => {
                vec![("seconds", seconds.to_string()), ("limit", limit.to_string())]
            }
            Self::AboveAvailable { available, coin } => {
                vec![("available", grouped(available.trimmed())), ("coin", name(coin))]
            }
            Self::AboveMovable { movable, coin } => {
                vec![("movable", grouped(movable.trimmed())), ("coin", name(coin))]
            }
            Self::LimitPerOrder { limit, unit } | Self::LimitPerDay { limit, unit } => {
                vec![("limit", grouped(*limit)), ("unit", name(unit))]
            }
            Self::LimitNoPrice { coin, unit } => vec![("coin", name(coin)), ("unit", name(unit))],
            Self::LimitStalePrice { coin, limit } => vec![("coin", name(coin)), ("limit", limit.to_string())],
            Self::NoCountryCode { code } => vec![("code", name(code))],
            Self::CodeUncertain { code, area } => vec![("code", name(code)), ("area", (*area).to_owned())],
            Self::NumberLength { min, max } => vec![("min", min.to_string()), ("max", max.to_string())],
            Self::Line(fault) => vec![("what", fault.words(lang))],
            _ => Vec::new(),
        }
    }
}

impl Note {
    /// The catalogue key.
    pub fn key(&self) -> String {
        match self {
            Self::Address(note) => format!("rule.note.{}", <&str>::from(note)),
            Self::OrderedBefore(Before { earlier: DuplicateOf::Record(_), sameness, .. }) => match sameness {
                Sameness::Whole => "rule.note.paid_elsewhere".to_owned(),
                Sameness::FeeUnknown => "rule.note.paid_perhaps".to_owned(),
                Sameness::PartUnknown => "rule.note.paid_partly".to_owned(),
            },
            Self::OrderedBefore(Before { is_given_up: true, .. }) => "rule.note.given_up_before".to_owned(),
            other => format!("rule.note.{}", <&str>::from(other)),
        }
    }

    /// The sentence, in the user's language.
    pub fn words(&self, lang: Lang) -> String {
        let values = match self {
            Self::Address(address::Note::SharedWith(family)) => vec![("family", key_words(&family.key(), &[], lang))],
            Self::LookAlike { known } => vec![("known", known.excerpt(ADDRESS))],
            Self::FuturesNotListed { coin } => vec![("coin", coin.excerpt(NAME))],
            Self::PrecisionAssumed { decimals } => vec![("decimals", decimals.to_string())],
            Self::Thousands { read, other } => vec![("read", read.to_string()), ("other", other.to_string())],
            Self::OrderedBefore(before) => {
                let (name, id) = match &before.earlier {
                    DuplicateOf::Order(id) => ("order", id.0.to_string()),
                    DuplicateOf::Record(id) => ("record", id.excerpt(NAME)),
                };
                vec![(name, id), ("span", span(before.ago_ms, lang))]
            }
            _ => Vec::new(),
        };
        key_words(&self.key(), &values, lang)
    }
}

fn address_values(fault: &AddressFault, lang: Lang) -> Values {
    match fault {
        AddressFault::NotAscii { at, found } | AddressFault::Characters { at, found } => {
            vec![("at", at.to_string()), ("found", found.excerpt(NAME))]
        }
        AddressFault::Whitespace { at } => vec![("at", at.to_string())],
        AddressFault::Scheme { scheme } => vec![("scheme", scheme.excerpt(NAME))],
        AddressFault::Prefix { expected } => vec![("expected", (*expected).to_owned())],
        AddressFault::Length { found, expected } => {
            vec![("found", found.to_string()), ("expected", (*expected).to_owned())]
        }
        AddressFault::Glued { address, behind } => {
            vec![("address", address.excerpt(ADDRESS)), ("behind", behind.excerpt(NAME))]
        }
        AddressFault::LooksLike(family) | AddressFault::BeginsLike(family) => {
            vec![("family", key_words(&family.key(), &[], lang))]
        }
        _ => Vec::new(),
    }
}

/// A question behind a sentence; nothing where there is nothing to ask.
fn did_you_mean(meant: Option<&UntrustedText>, lang: Lang) -> String {
    meant.map_or_else(String::new, |meant| lang.fill("rule.meant", &[("name", &meant.excerpt(NAME))]))
}

/// The text of a key that is put together at run time, with its values; the key itself where the catalogue has none.
pub fn key_words(key: &str, values: &[(&'static str, String)], lang: Lang) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fill(lang.find(key).unwrap_or(key), &values)
}
