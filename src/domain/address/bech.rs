//! Addresses in bech32 and its kin: segwit (Bitcoin, Litecoin), Cosmos, Cardano, and Bitcoin Cash's own form.

use bech32::Bech32;
use bech32::primitives::decode::{CheckedHrpstring, SegwitHrpstring, SegwitHrpstringError};

use super::base58::{self, Versions};
use super::{AddressFault, Family, Note};

type Verdict = Result<Vec<Note>, AddressFault>;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

const BITCOIN: Versions =
    Versions { main: &[0x00, 0x05], test: &[0x6f, 0xc4], start: "bc1, 1, 3", length: "26–34, 42, 62" };
const LITECOIN: Versions =
    Versions { main: &[0x30, 0x32, 0x05], test: &[0x6f, 0x3a, 0xc4], start: "ltc1, L, M", length: "26–34, 43, 63" };
const BITCOIN_CASH: Versions =
    Versions { main: &[0x00, 0x05], test: &[0x6f, 0xc4], start: "bitcoincash:q", length: "54, 42, 26–34" };

fn starts(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

pub(super) fn bitcoin(text: &str) -> Verdict {
    if starts(text, "tb1") || starts(text, "bcrt1") {
        return Err(AddressFault::Testnet);
    }
    if starts(text, "bc1") {
        return segwit(text, 3, "42, 62");
    }
    base58::hash160(text, &BITCOIN).map(|_| Vec::new())
}

pub(super) fn litecoin(text: &str) -> Verdict {
    if starts(text, "tltc1") || starts(text, "rltc1") {
        return Err(AddressFault::Testnet);
    }
    if starts(text, "ltcmweb1") {
        return Err(AddressFault::Kind);
    }
    if starts(text, "ltc1") {
        return segwit(text, 4, "43, 63");
    }
    // Version 5, `3…`, is Litecoin's old form of `M…` and Bitcoin's present one.
    base58::hash160(text, &LITECOIN).map(|version| base58::shared(version == 0x05, Family::Bitcoin))
}

pub(super) fn bitcoin_cash(text: &str) -> Verdict {
    if starts(text, "bchtest:") || starts(text, "bchreg:") {
        return Err(AddressFault::Testnet);
    }
    let bare = if starts(text, "bitcoincash:") { &text[12..] } else { text };
    // The old form begins with 1 or 3.
    let is_new = bare.len() != text.len() || bare.starts_with(['q', 'p', 'Q', 'P', 'z', 'r', 'Z', 'R']);
    if is_new {
        return cash(text, bare);
    }
    base58::hash160(text, &BITCOIN_CASH).map(|_| base58::shared(true, Family::Bitcoin))
}

/// One case only, and after `skip` characters only those of the alphabet.
fn letters(text: &str, skip: usize) -> Result<(), AddressFault> {
    let is = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    if is(u8::is_ascii_uppercase) && is(u8::is_ascii_lowercase) {
        return Err(AddressFault::MixedCase);
    }
    let fine = |c: char| u8::try_from(c).is_ok_and(|b| ALPHABET.contains(&b.to_ascii_lowercase()));
    match AddressFault::character(text.get(skip..).unwrap_or_default(), fine) {
        Some(AddressFault::Characters { at, found }) => Err(AddressFault::Characters { at: at + skip, found }),
        _ => Ok(()),
    }
}

fn segwit(text: &str, skip: usize, length: &'static str) -> Verdict {
    letters(text, skip)?;
    let found = SegwitHrpstring::new(text).map_err(|why| match why {
        SegwitHrpstringError::InvalidWitnessVersion(_)
        | SegwitHrpstringError::WitnessLength(_)
        | SegwitHrpstringError::Padding(_) => AddressFault::Kind,
        SegwitHrpstringError::TooLong(_) | SegwitHrpstringError::NoData => {
            AddressFault::Length { found: text.len(), expected: length }
        }
        // Twenty or thirty-two bytes after prefix and version, and six letters of checksum.
        _ if ![skip + 39, skip + 59].contains(&text.len()) => {
            AddressFault::Length { found: text.len(), expected: length }
        }
        _ => AddressFault::Checksum,
    })?;
    // What has no meaning on the chain yet could be taken by anyone.
    match (found.witness_version().to_u8(), found.byte_iter().len()) {
        (0, 20 | 32) | (1, 32) => {}
        _ => return Err(AddressFault::Kind),
    }
    if found.byte_iter().all(|b| b == 0) {
        return Err(AddressFault::Burn);
    }
    Ok(Vec::new())
}

/// The bytes of a bech32 address with the given prefix (separator included) and one of two lengths.
fn plain(
    text: &str,
    prefix: &'static str,
    lengths: [usize; 2],
    expected: &'static str,
) -> Result<Vec<u8>, AddressFault> {
    let length = AddressFault::Length { found: text.len(), expected };
    if !starts(text, prefix) {
        return Err(if starts(prefix, text) { length } else { AddressFault::Prefix { expected: prefix } });
    }
    letters(text, prefix.len())?;
    if !lengths.contains(&text.len()) {
        return Err(length);
    }
    let found = CheckedHrpstring::new::<Bech32>(text).map_err(|_| AddressFault::Checksum)?;
    found.validate_segwit_padding().map_err(|_| AddressFault::Kind)?;
    Ok(found.byte_iter().collect())
}

pub(super) fn cosmos(text: &str) -> Verdict {
    // Twenty or thirty-two bytes.
    plain(text, "cosmos1", [45, 65], "45, 65").map(|_| Vec::new())
}

/// CIP-19: the header's upper half is the kind, its lower half the network (1 is the main one).
pub(super) fn cardano(text: &str) -> Verdict {
    if starts(text, "addr_test1") || starts(text, "stake_test1") {
        return Err(AddressFault::Testnet);
    }
    if starts(text, "stake1") {
        return Err(AddressFault::Kind);
    }
    if !starts(text, "addr") && !starts("addr", text) {
        return base58::byron(text);
    }
    let raw = plain(text, "addr1", [58, 103], "58, 103")?;
    let header = raw.first().copied().unwrap_or_default();
    if header.trailing_zeros() >= 4 {
        return Err(AddressFault::Testnet);
    }
    match (header, raw.len()) {
        (0x01 | 0x11 | 0x21 | 0x31, 57) | (0x61 | 0x71, 29) => Ok(Vec::new()),
        _ => Err(AddressFault::Kind),
    }
}

/// Bitcoin Cash: bech32's alphabet with a checksum of forty bits over the prefix `bitcoincash`.
fn cash(text: &str, bare: &str) -> Verdict {
    letters(text, text.len() - bare.len())?;
    // Twenty or thirty-two bytes.
    if !matches!(bare.len(), 42 | 61) {
        return Err(AddressFault::Length { found: text.len(), expected: BITCOIN_CASH.length });
    }
    let raw = cash_payload(bare)?;
    // The first byte: kind (0 key, 1 script) and size (0 twenty bytes, 3 thirty-two).
    match (raw.first(), raw.len()) {
        (Some(0x00 | 0x08), 21) | (Some(0x0b), 33) => Ok(Vec::new()),
        _ => Err(AddressFault::Kind),
    }
}

/// The bytes of Bitcoin Cash's own form, of letters of its alphabet and without the prefix.
fn cash_payload(bare: &str) -> Result<Vec<u8>, AddressFault> {
    let digit = |b: u8| ALPHABET.iter().position(|a| *a == b.to_ascii_lowercase()).and_then(|at| u8::try_from(at).ok());
    let digits: Vec<u8> = bare.bytes().filter_map(digit).collect();
    let prefix = b"bitcoincash".iter().map(|b| b & 0x1f).chain([0]);
    if polymod(prefix.chain(digits.iter().copied())) != 0 {
        return Err(AddressFault::Checksum);
    }
    let payload = digits.get(..digits.len().saturating_sub(8)).unwrap_or_default();
    let (mut raw, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for digit in payload {
        held = (held << 5) | u32::from(*digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            raw.extend(u8::try_from(held >> bits));
            held &= (1 << bits) - 1;
        }
    }
    if held != 0 || bits > 4 { Err(AddressFault::Kind) } else { Ok(raw) }
}

/// Bitcoin Cash's own form, without the prefix, as the account in old Bitcoin's: the version (0 key, 5 script) and the hash of
/// twenty bytes. Kinds that also take tokens (2, 3) are the same account.
pub(super) fn cash_account(bare: &str) -> Option<(u8, Vec<u8>)> {
    if bare.len() != 42 || letters(bare, 0).is_err() {
        return None;
    }
    let raw = cash_payload(bare).ok()?;
    let (kind, hash) = raw.split_first()?;
    let version = match kind {
        0x00 | 0x10 => 0x00,
        0x08 | 0x18 => 0x05,
        _ => return None,
    };
    Some((version, hash.to_vec()))
}

/// Whether a text is of Bitcoin Cash's own form, without the prefix and over bytes of any length: case is no part of it.
pub(super) fn is_cash(bare: &str) -> bool {
    bare.len() > 8 && letters(bare, 0).is_ok() && cash_payload(bare).is_ok()
}

fn polymod(digits: impl Iterator<Item = u8>) -> u64 {
    const GENERATOR: [u64; 5] = [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let mut c = 1_u64;
    for digit in digits {
        let top = c >> 35;
        c = ((c & 0x07_ffff_ffff) << 5) ^ u64::from(digit);
        for (bit, value) in GENERATOR.iter().enumerate() {
            if (top >> bit) & 1 == 1 {
                c ^= value;
            }
        }
    }
    c ^ 1
}
