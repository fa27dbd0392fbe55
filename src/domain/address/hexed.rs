//! Addresses in hexadecimal: Ethereum and the chains that took its addresses over (EIP-55), Sui and Aptos.

use sha3::{Digest as _, Keccak256};

use super::{AddressFault, Note};

type Verdict = Result<Vec<Note>, AddressFault>;

/// The digits after `0x`, as many as expected.
fn digits<'a>(text: &'a str, count: usize, expected: &'static str) -> Result<&'a str, AddressFault> {
    if text == "0" {
        return Err(AddressFault::Length { found: 1, expected });
    }
    let digits = text.strip_prefix("0x").ok_or(AddressFault::Prefix { expected: "0x" })?;
    match AddressFault::character(digits, |c| c.is_ascii_hexdigit()) {
        Some(AddressFault::Characters { at, found }) => return Err(AddressFault::Characters { at: at + 2, found }),
        Some(other) => return Err(other),
        None => {}
    }
    if digits.len() != count {
        return Err(AddressFault::Length { found: text.len(), expected });
    }
    if digits.bytes().all(|b| b == b'0') {
        return Err(AddressFault::Burn);
    }
    Ok(digits)
}

/// Zeros before the last of so many digits: the zero address, the precompiled contracts of every chain of the family, `0x…dead`.
const NOBODYS: usize = 36;

/// EIP-55: a letter is upper case where the hash of the lower-case digits has eight or more. All-lower and all-upper
/// digits carry no checksum; that is said.
pub(super) fn evm(text: &str) -> Verdict {
    let digits = digits(text, 40, "42")?;
    let lower = digits.to_ascii_lowercase();
    let is_low = lower.get(..NOBODYS).is_some_and(|start| start.bytes().all(|b| b == b'0'));
    if is_low || lower.trim_matches('0') == "dead" {
        return Err(AddressFault::Burn);
    }
    let has = |test: fn(&u8) -> bool| digits.as_bytes().iter().any(test);
    if !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)) {
        return Ok(vec![Note::NoChecksum]);
    }
    let hash = data_encoding::HEXLOWER.encode(&Keccak256::digest(lower.as_bytes()));
    let fits = digits
        .bytes()
        .zip(hash.bytes())
        .all(|(c, h)| !c.is_ascii_alphabetic() || c.is_ascii_uppercase() == (h >= b'8'));
    if fits { Ok(Vec::new()) } else { Err(AddressFault::Checksum) }
}

/// The long form only (Aptos' AIP-40): a short one could as well be an Ethereum address.
pub(super) fn sui_or_aptos(text: &str) -> Verdict {
    digits(text, 64, "66").map(|_| vec![Note::NoChecksum])
}
