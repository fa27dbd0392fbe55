//! What a chain itself knows of an address: its alphabet, its length, its checksum, and how other chains' look.
//!
//! Nothing is guessed and nothing is corrected: an address passes as it was typed or it does not pass. The one liberty
//! is the blank or line end that a paste leaves around it, and that is said ([`Note::Trimmed`]).
//! A checksum proves that nothing was mistyped; it cannot say whose address it is.

mod base32;
mod base58;
mod bech;
mod chain;
mod fault;
mod hexed;
mod sameness;

pub use fault::{AddressFault, Note};
pub use sameness::{
    Canonical, Comparison, canonical, compare, is_same, is_same_memo, is_same_number, may_be_same_memo,
};

use strum::IntoEnumIterator as _;

use super::{Network, UntrustedText};

/// More characters than any address has; what is longer is not even looked at.
pub const MAX_LENGTH: usize = 256;

/// Chains that write addresses in the same way.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter, strum::EnumCount, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Family {
    /// Base58 with a checksum, `T…`.
    Tron,
    /// Base58 with a checksum, `1…` and `3…`, or segwit, `bc1…`.
    Bitcoin,
    /// Ethereum and the chains that took its addresses over: twenty bytes in hexadecimal, EIP-55.
    Evm,
    /// Base58 with Ripple's alphabet and a checksum, `r…`.
    Xrp,
    /// Base58 with a checksum, `L…` and `M…` (once `3…`), or segwit, `ltc1…`.
    Litecoin,
    /// Base58 with a checksum, `D…`, `A…`, `9…`.
    Dogecoin,
    /// The forms of old Bitcoin, or `bitcoincash:q…`.
    BitcoinCash,
    /// Thirty-six bytes in base64 with a CRC, or the raw form `0:…`.
    Ton,
    /// Base32 with a CRC, `G…`.
    Stellar,
    /// Bech32, `cosmos1…`.
    Cosmos,
    /// Bech32, `addr1…`, or base58 with a CRC (Byron).
    Cardano,
    /// SS58, `1…`.
    Polkadot,
    /// Sui and Aptos: thirty-two bytes in hexadecimal, without a checksum.
    Move,
    /// Thirty-two bytes in base58, without a checksum.
    Solana,
}

impl Family {
    /// The catalogue key of its name.
    pub fn key(self) -> String {
        format!("rule.family.{}", <&str>::from(self))
    }

    /// How many characters at the start are the same in (nearly) every address of the family that begins like
    /// `address`: they tell nothing about whose it is.
    pub fn fixed_start(self, address: &str) -> usize {
        let lower = address.get(..12).unwrap_or(address).to_ascii_lowercase();
        let after = |prefixes: &[&str]| prefixes.iter().find(|p| lower.starts_with(**p)).map_or(0, |p| p.len());
        match self {
            // The separator and the version (Bitcoin, Litecoin) or header (Cardano) belong to it.
            Self::Bitcoin => after(&["bc1q", "bc1p"]),
            Self::Litecoin => after(&["ltc1q", "ltc1p"]),
            Self::Cardano => after(&["addr1q", "addr1v", "ddzff", "ae2t"]),
            Self::Cosmos => after(&["cosmos1"]),
            Self::BitcoinCash => after(&["bitcoincash:"]),
            Self::Evm | Self::Move => after(&["0x"]),
            Self::Ton => after(&["eqa", "eqb", "eqc", "eqd", "uqa", "uqb", "uqc", "uqd", "0:"]),
            Self::Stellar => after(&["ga", "gb", "gc", "gd"]),
            Self::Tron | Self::Xrp | Self::Dogecoin | Self::Polkadot | Self::Solana => 0,
        }
    }
}

/// What is known about the chain that an address must belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHint<'a> {
    /// The network's name: `Tron (TRC-20)`.
    pub network: &'a str,
    /// The chain's short name: `TRON`.
    pub chain: Option<&'a str>,
}

impl<'a> ChainHint<'a> {
    /// From a network of the exchange's list.
    pub fn of(network: &'a Network) -> Self {
        Self { network: network.name.raw(), chain: network.chain.as_ref().map(UntrustedText::raw) }
    }

    /// The family, where the names leave no doubt: `None` when neither is known or they contradict each other.
    pub fn family(&self) -> Option<Family> {
        chain::family(self)
    }

    /// Every name that it is given, in small letters and digits only.
    pub fn words(&self) -> Vec<String> {
        chain::words(self)
    }
}

/// An address that its chain would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The address, without the blanks around it.
    pub address: UntrustedText,
    /// The family that it was checked as; `None` when this program does not know the chain's addresses.
    pub family: Option<Family>,
    /// What the user should know although it passed.
    pub notes: Vec<Note>,
}

/// Link schemes that wallets write; refused also where the chain is not known.
const SCHEMES: [&str; 14] = [
    "bitcoin",
    "bitcoincash",
    "ethereum",
    "litecoin",
    "dogecoin",
    "tron",
    "solana",
    "ton",
    "ripple",
    "xrpl",
    "stellar",
    "web+stellar",
    "cardano",
    "web+cardano",
];

/// Checks a typed address with what its chain knows.
///
/// # Errors
/// The first thing that is wrong; [`AddressFault::LooksLike`] where it would be right on another chain.
pub fn check(chain: &ChainHint<'_>, typed: &str) -> Result<Checked, AddressFault> {
    let text = typed.trim_ascii();
    let mut notes = Vec::new();
    if text.len() != typed.len() {
        notes.push(Note::Trimmed);
    }
    let family = chain.family();
    let with_memo = |own| family.and_then(|family| glued(family, text)).unwrap_or(own);
    bare(text).map_err(with_memo)?;
    let verdict = match family {
        Some(family) => match foreign_scheme(text, Some(family)) {
            Some(scheme) => Err(scheme),
            None => verify(family, text),
        },
        None => foreign_scheme(text, None).map_or_else(|| Ok(vec![Note::NoChainCheck]), Err),
    };
    match (verdict, family) {
        (Ok(more), _) => notes.extend(more),
        (Err(own), Some(family)) => {
            return Err(glued(family, text).or_else(|| foreign(family, text)).unwrap_or(own));
        }
        (Err(own), None) => return Err(own),
    }
    Ok(Checked { address: UntrustedText::from(text), family, notes })
}

/// What is true of the addresses of every chain.
fn bare(text: &str) -> Result<(), AddressFault> {
    if text.is_empty() {
        return Err(AddressFault::Empty);
    }
    if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii()) {
        return Err(AddressFault::NotAscii { at: at + 1, found: UntrustedText::from(found.to_string()) });
    }
    if let Some(at) = text.find(|c: char| c.is_ascii_whitespace()) {
        return Err(AddressFault::Whitespace { at: at + 1 });
    }
    if let Some(fault) = AddressFault::character(text, |c| c.is_ascii_graphic()) {
        return Err(fault);
    }
    if text.len() > MAX_LENGTH {
        return Err(AddressFault::Length { found: text.len(), expected: "≤ 256" });
    }
    Ok(())
}

/// More characters than an address with a memo behind it has; what is longer is not looked through.
const GLUED: usize = 2 * MAX_LENGTH;

/// A whole address of the family with something behind it, set apart by a sign: usually its memo.
fn glued(family: Family, text: &str) -> Option<AddressFault> {
    let is_sign = |c: char| " \t:,;/|#?&=+".contains(c);
    let text = Some(text).filter(|text| text.len() <= GLUED)?;
    text.match_indices(is_sign).find_map(|(at, _)| {
        let (address, behind) = text.split_at(at);
        let behind = behind.trim_start_matches(is_sign);
        let is_glued = !address.is_empty() && !behind.is_empty() && verify(family, address).is_ok();
        is_glued.then(|| AddressFault::Glued { address: address.into(), behind: behind.into() })
    })
}

/// A link scheme in front, unless it is a part of the family's addresses.
fn foreign_scheme(text: &str, family: Option<Family>) -> Option<AddressFault> {
    let (head, _) = text.split_once(':')?;
    let lower = head.to_ascii_lowercase();
    let is_scheme = match family {
        Some(Family::BitcoinCash) if lower == "bitcoincash" => false,
        // `0:` and `-1:` are no schemes but TON's work chains; a scheme begins with a letter (RFC 3986).
        Some(_) => head.starts_with(|c: char| c.is_ascii_alphabetic()),
        None => SCHEMES.contains(&lower.as_str()),
    };
    is_scheme.then(|| AddressFault::Scheme { scheme: UntrustedText::from(format!("{head}:")) })
}

fn verify(family: Family, text: &str) -> Result<Vec<Note>, AddressFault> {
    match family {
        Family::Tron => base58::tron(text),
        Family::Bitcoin => bech::bitcoin(text),
        Family::Evm => hexed::evm(text),
        Family::Xrp => base58::xrp(text),
        Family::Litecoin => bech::litecoin(text),
        Family::Dogecoin => base58::dogecoin(text),
        Family::BitcoinCash => bech::bitcoin_cash(text),
        Family::Ton => base32::ton(text),
        Family::Stellar => base32::stellar(text),
        Family::Cosmos => bech::cosmos(text),
        Family::Cardano => bech::cardano(text),
        Family::Polkadot => base58::polkadot(text),
        Family::Move => hexed::sui_or_aptos(text),
        Family::Solana => base58::solana(text),
    }
}

/// The chain that an address, which `family` refuses, is or begins to be of. It is said before anything about letters or length:
/// nobody looks for a slip in what is whole elsewhere.
fn foreign(family: Family, text: &str) -> Option<AddressFault> {
    let whole = other_family(family, text).map(AddressFault::LooksLike);
    whole.or_else(|| begun(text).filter(|other| can_tell(family, *other)).map(AddressFault::BeginsLike))
}

/// How the addresses of one family begin and those of hardly another do.
const STARTS: [(&str, Family); 6] = [
    ("0x", Family::Evm),
    ("bc1", Family::Bitcoin),
    ("ltc1", Family::Litecoin),
    ("cosmos1", Family::Cosmos),
    ("addr1", Family::Cardano),
    ("bitcoincash:", Family::BitcoinCash),
];

/// The family that a text begins like. More digits after `0x` than an address has are not called one: they may as well be a
/// transaction or a private key.
fn begun(text: &str) -> Option<Family> {
    let lower = text.to_ascii_lowercase();
    let (start, family) = STARTS.iter().find(|(start, _)| lower.starts_with(start))?;
    let is_hex = |rest: &str| rest.len() <= 40 && rest.bytes().all(|b| b.is_ascii_hexdigit());
    (*family != Family::Evm || lower.strip_prefix(start).is_some_and(is_hex)).then_some(*family)
}

/// Whether the beginning of `other` is none of `family`'s own. An address of Solana may begin with nearly any letters.
fn can_tell(family: Family, other: Family) -> bool {
    family != other
        && match family {
            Family::Move => other != Family::Evm,
            Family::Solana => matches!(other, Family::Evm | Family::Litecoin | Family::BitcoinCash),
            _ => true,
        }
}

/// The family that would take an address which `family` refuses.
fn other_family(family: Family, text: &str) -> Option<Family> {
    // Sixty-four hexadecimal digits may as well be a transaction or a private key: that is not said to be an address.
    let speaks = |other: &Family| *other != family && *other != Family::Move;
    Family::iter().filter(speaks).find(|other| verify(*other, text).is_ok())
}

#[cfg(test)]
mod tests;
