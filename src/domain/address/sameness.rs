//! Which texts name one account: the spellings that a chain's addresses have, and the memos that mean one receiver.
//!
//! Every comparison of addresses goes by what stands here: orders that repeat one, the address book, the account's own
//! addresses, contracts, look-alikes, and the records that an order is looked for in.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Bech32m};
use strum::IntoEnumIterator as _;

use super::{ChainHint, Family, MAX_LENGTH, SCHEMES, base32, base58, bech, verify};

/// The account that a text names, in one form for all its spellings. Two texts name one account where their forms are equal.
///
/// It takes no knowledge of the chain: what a text is a spelling of is told by its checksum, or it has none and is a number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Canonical {
    /// Base58 with a checksum over twenty bytes (Bitcoin and its kin, Tron) and Bitcoin Cash's own form: the version byte, one
    /// for each kind of account, and the hash.
    Hash160(u8, Vec<u8>),
    /// TON: work chain and account, without the flags of the user-friendly form.
    Ton(i8, Vec<u8>),
    /// SS58: the account, without the prefix of the network.
    Ss58(Vec<u8>),
    /// Hexadecimal digits in small letters, without zeros in front (Ethereum and its kin, Sui, Aptos).
    Hex(String),
    /// The text itself, in small letters where case is no part of it.
    Text(String),
}

/// Version byte of addresses of a script that old Bitcoin, Litecoin (once) and Bitcoin Cash share.
const SCRIPT: u8 = 0x05;
/// Litecoin's present one.
const LITECOIN_SCRIPT: u8 = 0x32;
/// Tron's; in hexadecimal it stands before the digits of the account.
const TRON: u8 = 0x41;

/// Prefixes of addresses in which case has no meaning, also where the rest is not a whole address.
const CASELESS: [&str; 4] = ["bc1", "ltc1", "cosmos1", "addr1"];

/// The account that a text names.
pub fn canonical(text: &str) -> Canonical {
    let trimmed = text.trim();
    let bare = match trimmed.split_once(':') {
        Some((head, rest)) if SCHEMES.contains(&head.to_ascii_lowercase().as_str()) && !rest.is_empty() => rest,
        _ => trimmed,
    };
    if bare.len() > MAX_LENGTH || !bare.is_ascii() {
        return Canonical::Text(trimmed.to_owned());
    }
    let checked = || {
        let of_version =
            |(version, hash)| Canonical::Hash160(if version == LITECOIN_SCRIPT { SCRIPT } else { version }, hash);
        let hash160 = base58::hash160_account(bare).or_else(|| bech::cash_account(bare)).map(of_version);
        hash160
            .or_else(|| base32::ton_account(bare).map(|(chain, account)| Canonical::Ton(chain, account)))
            .or_else(|| base58::ss58_account(bare).map(Canonical::Ss58))
    };
    hexadecimal(bare).or_else(checked).unwrap_or_else(|| {
        let lower = bare.to_ascii_lowercase();
        let is_bech32 =
            || CheckedHrpstring::new::<Bech32>(bare).is_ok() || CheckedHrpstring::new::<Bech32m>(bare).is_ok();
        let is_caseless = bech::is_cash(bare) || CASELESS.iter().any(|p| lower.starts_with(p)) || is_bech32();
        Canonical::Text(if is_caseless { lower } else { bare.to_owned() })
    })
}

/// Digits after `0x` (or after `xdc`, as one of Ethereum's kin has it), as many as there are; without it only as many as an
/// address has. Tron's accounts are written so as well, with their version in front.
fn hexadecimal(text: &str) -> Option<Canonical> {
    let lower = text.to_ascii_lowercase();
    let marked = lower.strip_prefix("0x").or_else(|| lower.strip_prefix("xdc").filter(|digits| digits.len() == 40));
    let digits = marked.unwrap_or(&lower);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number = || Canonical::Hex(digits.trim_start_matches('0').to_owned());
    match (marked, digits.len()) {
        (Some(_), _) | (None, 40 | 64) => Some(number()),
        (None, 42) => {
            let raw = data_encoding::HEXLOWER.decode(digits.as_bytes()).ok()?;
            raw.split_first()
                .filter(|(version, _)| **version == TRON)
                .map(|(v, hash)| Canonical::Hash160(*v, hash.to_vec()))
        }
        (None, _) => None,
    }
}

/// True when two texts name one account, in whatever spelling.
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// What two texts that should be addresses of one chain say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// One account.
    Same,
    /// It cannot be said: one of them is not (only) an address.
    Unclear,
    /// One of them is an address of another chain.
    OtherChain,
    /// Two accounts.
    Different,
}

/// Compares the address of an order with what a record says, on a network of this name. Two are different where a chain reads
/// both, or none reads either.
pub fn compare(network: &str, ours: &str, theirs: &str) -> Comparison {
    if is_same(ours, theirs) {
        return Comparison::Same;
    }
    let lower = |text: &str| text.trim().to_ascii_lowercase();
    let (a, b) = (lower(ours), lower(theirs));
    // In other letters, cut, or with a memo tacked on.
    if a.contains(&b) || b.contains(&a) {
        return Comparison::Unclear;
    }
    let family = ChainHint { network, chain: None }.family();
    let readers = |text: &str| Family::iter().filter(|family| verify(*family, text.trim()).is_ok()).collect::<Vec<_>>();
    let (a, b) = (readers(ours), readers(theirs));
    let is_of_chain = |one: &Family| family.is_none_or(|family| family == *one);
    let is_read_alike = a.iter().any(|one| is_of_chain(one) && b.contains(one));
    if is_read_alike || (a.is_empty() && b.is_empty()) {
        Comparison::Different
    } else if a.is_empty() || b.is_empty() {
        Comparison::Unclear
    } else {
        Comparison::OtherChain
    }
}

/// True when two memos are one on a network of this name: to the letter, or as numbers where the network's memos are numbers.
/// An empty memo is none.
pub fn is_same_memo(network: &str, a: Option<&str>, b: Option<&str>) -> bool {
    let is_number = || ChainHint { network, chain: None }.family() == Some(Family::Xrp);
    match (filled(a), filled(b)) {
        (Some(a), Some(b)) => a == b || (is_same_number(a, b) && is_number()),
        (a, b) => a == b,
    }
}

/// True when two memos may be one: in other letters, or with other zeros in front.
pub fn may_be_same_memo(a: Option<&str>, b: Option<&str>) -> bool {
    match (filled(a), filled(b)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b) || is_same_number(a, b),
        (a, b) => a == b,
    }
}

/// True for two numbers in digits that differ in nothing but zeros in front.
pub fn is_same_number(a: &str, b: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number(a) && is_number(b) && a.trim_start_matches('0') == b.trim_start_matches('0')
}

fn filled(memo: Option<&str>) -> Option<&str> {
    memo.map(str::trim).filter(|memo| !memo.is_empty())
}

#[cfg(test)]
mod tests;
