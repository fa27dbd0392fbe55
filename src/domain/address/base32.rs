//! Addresses with a CRC-16: Stellar in base32, TON in base64.

use super::{AddressFault, Note};

type Verdict = Result<Vec<Note>, AddressFault>;

/// CRC-16/XMODEM.
fn crc16(raw: &[u8]) -> u16 {
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    raw.iter().fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| step(crc)))
}

/// Digits of `width` bits each, most significant first. The addresses here fill whole bytes, so nothing is left over.
fn unpacked(text: &str, width: u32, digit: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let (mut out, mut held, mut bits) = (Vec::with_capacity(text.len()), 0_u32, 0);
    for b in text.bytes() {
        held = (held << width) | u32::from(digit(b)?);
        bits += width;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (bits == 0).then_some(out)
}

/// SEP-23: a version byte (`6 << 3` for an account), thirty-two bytes, the CRC with its low byte first.
pub(super) fn stellar(text: &str) -> Verdict {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'2'..=b'7' => Some(b - b'2' + 26),
        _ => None,
    };
    if let Some(fault) = AddressFault::character(text, |c| u8::try_from(c).is_ok_and(|b| digit(b).is_some())) {
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
    let raw = unpacked(text, 5, digit).ok_or(AddressFault::Checksum)?;
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
    let digit = base64_digit(text);
    if let Some(fault) = AddressFault::character(text, |c| u8::try_from(c).is_ok_and(|b| digit(b).is_some())) {
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
fn base64_digit(text: &str) -> impl Fn(u8) -> Option<u8> + use<> {
    let url_safe = !text.contains(['+', '/']);
    move |b| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'-' if url_safe => Some(62),
        b'_' if url_safe => Some(63),
        b'+' if !url_safe => Some(62),
        b'/' if !url_safe => Some(63),
        _ => None,
    }
}

/// The thirty-four bytes of the user-friendly form before its CRC, where that fits.
fn friendly(text: &str) -> Option<Vec<u8>> {
    let mut raw = unpacked(text, 6, base64_digit(text))?;
    let (body, check) = raw.split_at_checked(34)?;
    let fits = crc16(body).to_be_bytes() == check;
    raw.truncate(34);
    fits.then_some(raw)
}

/// The work chain and the account of either form, whatever the flags say: they tell a wallet how to send and not to whom.
pub(super) fn ton_account(text: &str) -> Option<(i8, Vec<u8>)> {
    if let Some((chain, digits)) = text.split_once(':') {
        let account = base16ct::mixed::decode_vec(digits).ok().filter(|raw| raw.len() == 32)?;
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
