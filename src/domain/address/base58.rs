//! Addresses in base58: with a checksum of two SHA-256 (Bitcoin and its kin, Tron, XRP), of `BLAKE2b` (SS58), with a
//! CRC-32 (Cardano's Byron) or with none (Solana).

use blake2::Blake2b512;
use bs58::Alphabet;
use sha2::{Digest as _, Sha256};

use super::{AddressFault, Family, Note};

type Verdict = Result<Vec<Note>, AddressFault>;

/// Version bytes of one chain's base58 addresses.
pub(super) struct Versions {
    /// Those that can be paid.
    pub(super) main: &'static [u8],
    /// Those of the test networks.
    pub(super) test: &'static [u8],
    /// How addresses begin, for the user.
    pub(super) start: &'static str,
    /// How many characters they have, for the user.
    pub(super) length: &'static str,
}

const TRON: Versions = Versions { main: &[0x41], test: &[], start: "T", length: "34" };
const DOGECOIN: Versions = Versions { main: &[0x1e, 0x16], test: &[0x71, 0xc4], start: "D", length: "34" };
const XRP: Versions = Versions { main: &[0], test: &[], start: "r", length: "25–35" };

/// Well-formed addresses that are known to be nobody's: Tron's black hole, Solana's incinerator, and two of Bitcoin that were
/// made to be seen as such.
const NOBODYS: [&str; 4] = [
    "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy",
    "1nc1nerator11111111111111111111111111111111",
    "1BitcoinEaterAddressDontSendf59kuE",
    "1CounterpartyXXXXXXXXXXXXXXXUWLpVr",
];

pub(super) fn tron(text: &str) -> Verdict {
    match hash160(text, &TRON) {
        Err(AddressFault::Checksum) if text.len() != 34 => {
            Err(AddressFault::Length { found: text.len(), expected: TRON.length })
        }
        verdict => verdict.map(|_| Vec::new()),
    }
}

pub(super) fn dogecoin(text: &str) -> Verdict {
    hash160(text, &DOGECOIN).map(|_| Vec::new())
}

pub(super) fn xrp(text: &str) -> Verdict {
    // X-addresses: two bytes of prefix, the account, a flag, the tag (XLS-5d).
    if text.starts_with(['X', 'T'])
        && let Ok(raw) = checked(text, Alphabet::RIPPLE)
        && raw.len() == 31
    {
        match raw.get(..2) {
            Some([0x05, 0x44]) => return Err(AddressFault::Combined),
            Some([0x04, 0x93]) => return Err(AddressFault::Testnet),
            _ => {}
        }
    }
    versioned(text, Alphabet::RIPPLE, &XRP).map(|_| Vec::new())
}

/// The version of a base58 address over twenty bytes.
pub(super) fn hash160(text: &str, versions: &Versions) -> Result<u8, AddressFault> {
    versioned(text, Alphabet::BITCOIN, versions)
}

/// The version and the hash of any base58 address over twenty bytes.
pub(super) fn hash160_account(text: &str) -> Option<(u8, Vec<u8>)> {
    // Twenty-five bytes have no more digits and, with one of them for each zero in front, no fewer.
    if !(25..=35).contains(&text.len()) {
        return None;
    }
    let raw = decode(text, Alphabet::BITCOIN).ok().filter(|raw| raw.len() == 25)?;
    let (version, hash) = body(&raw)?.split_first()?;
    Some((*version, hash.to_vec()))
}

fn versioned(text: &str, alphabet: &Alphabet, versions: &Versions) -> Result<u8, AddressFault> {
    let raw = decode(text, alphabet)?;
    if raw.len() != 25 {
        return Err(AddressFault::Length { found: text.len(), expected: versions.length });
    }
    let body = body(&raw).ok_or(AddressFault::Checksum)?;
    let (version, rest) = body.split_first().ok_or(AddressFault::Checksum)?;
    if versions.test.contains(version) {
        return Err(AddressFault::Testnet);
    }
    if !versions.main.contains(version) {
        return Err(AddressFault::Prefix { expected: versions.start });
    }
    // The zero address and the first numbers after it, where chains have contracts and accounts of their own.
    if rest.iter().rev().skip(2).all(|b| *b == 0) || NOBODYS.contains(&text) {
        return Err(AddressFault::Burn);
    }
    Ok(*version)
}

fn decode(text: &str, alphabet: &Alphabet) -> Result<Vec<u8>, AddressFault> {
    bs58::decode(text).with_alphabet(alphabet).into_vec().map_err(|why| match why {
        bs58::decode::Error::InvalidCharacter { index, .. } => {
            let found = text.get(index..=index).unwrap_or_default();
            AddressFault::Characters { at: index + 1, found: found.into() }
        }
        _ => AddressFault::Checksum,
    })
}

/// What stands before a fitting checksum of four bytes.
fn body(raw: &[u8]) -> Option<&[u8]> {
    let (body, check) = raw.split_at_checked(raw.len().checked_sub(4)?)?;
    let hash = Sha256::digest(Sha256::digest(body));
    (hash.get(..4)? == check).then_some(body)
}

fn checked(text: &str, alphabet: &Alphabet) -> Result<Vec<u8>, AddressFault> {
    let raw = decode(text, alphabet)?;
    body(&raw).map(<[u8]>::to_vec).ok_or(AddressFault::Checksum)
}

pub(super) fn solana(text: &str) -> Verdict {
    let raw = decode(text, Alphabet::BITCOIN)?;
    if raw.len() != 32 {
        return Err(AddressFault::Length { found: text.len(), expected: "32–44" });
    }
    if raw.iter().all(|b| *b == 0) || NOBODYS.contains(&text) {
        return Err(AddressFault::Burn);
    }
    Ok(vec![Note::NoChecksum])
}

/// SS58 with Polkadot's own prefix, 0: one byte of prefix, thirty-two of account, two of checksum.
pub(super) fn polkadot(text: &str) -> Verdict {
    let raw = decode(text, Alphabet::BITCOIN)?;
    if !matches!(raw.len(), 35 | 36) {
        return Err(AddressFault::Length { found: text.len(), expected: "46–48" });
    }
    match ss58_parts(&raw).ok_or(AddressFault::Checksum)? {
        ([0], account) if account.iter().all(|b| *b == 0) => Err(AddressFault::Burn),
        ([0], _) => Ok(Vec::new()),
        _ => Err(AddressFault::Prefix { expected: "1" }),
    }
}

/// The account of an SS58 address of any network.
pub(super) fn ss58_account(text: &str) -> Option<Vec<u8>> {
    if !(46..=50).contains(&text.len()) {
        return None;
    }
    ss58_parts(&decode(text, Alphabet::BITCOIN).ok()?).map(|(_, account)| account.to_vec())
}

/// The prefix (of one byte, above 63 of two) and the account of thirty-two bytes, where the checksum of two fits.
fn ss58_parts(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, check) = raw.split_at_checked(raw.len().checked_sub(2)?)?;
    let hash = Blake2b512::new().chain_update(b"SS58PRE").chain_update(body).finalize();
    let (prefix, account) = body.split_at_checked(body.len().checked_sub(32)?)?;
    (hash.get(..2) == Some(check) && matches!(prefix.len(), 1 | 2)).then_some((prefix, account))
}

/// Cardano's addresses before Shelley: CBOR `[24(bytes), crc32(bytes)]` in base58.
pub(super) fn byron(text: &str) -> Verdict {
    let raw = decode(text, Alphabet::BITCOIN)?;
    let wrong = || AddressFault::Prefix { expected: "addr1" };
    let rest = raw.strip_prefix(&[0x82, 0xd8, 0x18, 0x58]).ok_or_else(wrong)?;
    let (length, rest) = rest.split_first().ok_or_else(wrong)?;
    let (payload, rest) = rest.split_at_checked(usize::from(*length)).ok_or_else(wrong)?;
    let check = rest.strip_prefix(&[0x1a]).ok_or_else(wrong)?;
    if check != crc32(payload).to_be_bytes() {
        return Err(AddressFault::Checksum);
    }
    // `[root, attributes, type]`; attribute 2 is the magic number of a test network.
    match payload.strip_prefix(&[0x83, 0x58, 0x1c]).and_then(|p| p.get(28..30)) {
        Some([0xa0, _] | [0xa1, 0x01]) => Ok(Vec::new()),
        _ => Err(AddressFault::Testnet),
    }
}

/// CRC-32 as in zip and PNG.
fn crc32(raw: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0xedb8_8320 };
    !raw.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

/// A note where other chains use the same version bytes.
pub(super) fn shared(is_shared: bool, with: Family) -> Vec<Note> {
    if is_shared { vec![Note::SharedWith(with)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_crc_has_its_published_check_value() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
    }
}
