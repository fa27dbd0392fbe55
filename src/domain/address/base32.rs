//! Addresses with a CRC-16: Stellar in base32, TON in base64.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL, Encoding, HEXLOWER_PERMISSIVE};

use super::{AddressFault, Note};

type Verdict = Result<Vec<Note>, AddressFault>;

/// CRC-16/XMODEM.
fn crc16(raw: &[u8]) -> u16 {
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    raw.iter().fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| step(crc)))
}

/// SEP-23: a version byte (`6 << 3` for an account), thirty-two bytes, the CRC with its low byte first.
pub(super) fn stellar(text: &str) -> Verdict {
    if let Some(fault) = AddressFault::character(text, |c| matches!(c, 'A'..='Z' | '2'..='7')) {
        return Err(fault);
    }
    if text.starts_with('M') && text.len() == 69 {
        return Err(AddressFault::Combined);
    }
    if text.len() != 56 {
        return Err(AddressFault::Length { found: text.len(), expected: "56" });
    }
    if !text.starts_with('G') {
        return Err(AddressFault::Prefix { expected: "G" });
    }
    let raw = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| AddressFault::Checksum)?;
    let (body, check) = raw.split_at_checked(33).ok_or(AddressFault::Checksum)?;
    if crc16(body).to_le_bytes() != check || body.first() != Some(&(6 << 3)) {
        return Err(AddressFault::Checksum);
    }
    if body.iter().skip(1).all(|b| *b == 0) {
        return Err(AddressFault::Burn);
    }
    Ok(Vec::new())
}

/// The user-friendly form (flags, work chain, account, CRC; TEP-2) or the raw one (`0:` and sixty-four digits).
pub(super) fn ton(text: &str) -> Verdict {
    if let Some(raw) = text.strip_prefix("0:").or_else(|| text.strip_prefix("-1:")) {
        if let Some(AddressFault::Characters { at, found }) = AddressFault::character(raw, |c| c.is_ascii_hexdigit()) {
            return Err(AddressFault::Characters { at: at + text.len() - raw.len(), found });
        }
        if raw.len() != 64 {
            return Err(AddressFault::Length { found: text.len(), expected: "66, 67" });
        }
        if raw.bytes().all(|b| b == b'0') {
            return Err(AddressFault::Burn);
        }
        return Ok(vec![Note::NoChecksum]);
    }
    let is_plain = text.contains(['+', '/']);
    let is_digit = |c: char| c.is_ascii_alphanumeric() || if is_plain { "+/" } else { "-_" }.contains(c);
    if let Some(fault) = AddressFault::character(text, is_digit) {
        return Err(fault);
    }
    if text.len() != 48 {
        return Err(AddressFault::Length { found: text.len(), expected: "48" });
    }
    match friendly(text).ok_or(AddressFault::Checksum)?.as_slice() {
        [flags, ..] if flags & 0x80 != 0 => Err(AddressFault::Testnet),
        [0x11 | 0x51, 0x00 | 0xff, account @ ..] if account.iter().all(|b| *b == 0) => Err(AddressFault::Burn),
        [0x11 | 0x51, 0x00 | 0xff, ..] => Ok(Vec::new()),
        _ => Err(AddressFault::Kind),
    }
}

/// Either alphabet of base64, but not both at once.
fn base64(text: &str) -> Encoding {
    if text.contains(['+', '/']) { BASE64 } else { BASE64URL }
}

/// The thirty-four bytes of the user-friendly form before its CRC, where that fits.
fn friendly(text: &str) -> Option<Vec<u8>> {
    let mut raw = base64(text).decode(text.as_bytes()).ok()?;
    let (body, check) = raw.split_at_checked(34)?;
    let fits = crc16(body).to_be_bytes() == check;
    raw.truncate(34);
    fits.then_some(raw)
}

/// The work chain and the account of either form, whatever the flags say: they tell a wallet how to send and not to whom.
pub(super) fn ton_account(text: &str) -> Option<(i8, Vec<u8>)> {
    if let Some((chain, digits)) = text.split_once(':') {
        let account = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok().filter(|raw| raw.len() == 32)?;
        return Some((chain.parse().ok()?, account));
    }
    let body = (text.len() == 48).then(|| friendly(text))??;
    match body.as_slice() {
        [0x11 | 0x51 | 0x91 | 0xd1, chain, account @ ..] => Some((chain.cast_signed(), account.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_crc_has_its_published_check_value() {
        assert_eq!(super::crc16(b"123456789"), 0x31c3);
    }
}
