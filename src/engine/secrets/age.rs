//! The age format, version 1, with one passphrase (scrypt) and one short text: what `age -p` writes and `age -d` opens.
//! <https://age-encryption.org/v1>; the cryptography comes from crates, only the layout is ours.

use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit as _, Nonce};
use data_encoding::BASE64_NOPAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What every such file begins with.
pub(super) const MAGIC: &str = "age-encryption.org/v1";
const SALT_LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// Logarithm of scrypt's cost: that of `age` itself, about a second and 256 MiB.
const WORK: u8 = 18;
/// The costliest that is tried, as in `age`.
const MOST_WORK: u8 = 22;
/// A longer text would take a second chunk, in bytes.
const CHUNK: usize = 64 << 10;
/// Of an authenticated ciphertext, in bytes.
const TAG: usize = 16;

/// Why a file was not opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The passphrase is another.
    Passphrase,
    /// Not of this kind, damaged, sealed for a key instead of a passphrase, or longer than one chunk.
    Format,
}

/// Seals a text of at most 64 KiB; `None` where it is longer or the system has no chance to give.
pub(super) fn seal(text: &[u8], passphrase: &SecretString) -> Option<Vec<u8>> {
    seal_with(text, passphrase, WORK)
}

fn seal_with(text: &[u8], passphrase: &SecretString, work: u8) -> Option<Vec<u8>> {
    if text.len() > CHUNK {
        return None;
    }
    let (salt, nonce) = (chance()?, chance()?);
    let file_key = Zeroizing::new(chance()?);
    let wrapped = cipher(&*wrapping_key(passphrase, &salt, work)?).encrypt(&Nonce::default(), &file_key[..]).ok()?;
    let (salt, wrapped) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&wrapped));
    let header = format!("{MAGIC}\n-> scrypt {salt} {work}\n{wrapped}\n---");
    let mac = BASE64_NOPAD.encode(&header_mac(&file_key[..], header.as_bytes())?.finalize().into_bytes());
    let mut sealed = format!("{header} {mac}\n").into_bytes();
    sealed.extend(nonce);
    sealed.extend(cipher(&*derived(&file_key[..], &nonce, b"payload")?).encrypt(&only_chunk(), text).ok()?);
    Some(sealed)
}

/// Opens what `seal` or another program of this format has sealed.
pub(super) fn open(sealed: &[u8], passphrase: &SecretString) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let header = Header::read(sealed).ok_or(NotOpened::Format)?;
    let key = wrapping_key(passphrase, &header.salt, header.work).ok_or(NotOpened::Format)?;
    let file_key = cipher(&key).decrypt(&Nonce::default(), &header.wrapped[..]).map_err(|_| NotOpened::Passphrase)?;
    let file_key = Zeroizing::new(file_key);
    let mac = header_mac(&file_key[..], header.signed).ok_or(NotOpened::Format)?;
    mac.verify_slice(&header.mac).map_err(|_| NotOpened::Format)?;
    let key = derived(&file_key, header.nonce, b"payload").ok_or(NotOpened::Format)?;
    cipher(&key).decrypt(&only_chunk(), header.payload).map(Zeroizing::new).map_err(|_| NotOpened::Format)
}

/// The parts of a sealed file.
struct Header<'a> {
    salt: [u8; 16],
    work: u8,
    /// The file's key, sealed with the passphrase.
    wrapped: [u8; 16 + TAG],
    /// What the header's authentication covers.
    signed: &'a [u8],
    mac: [u8; 32],
    nonce: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Header<'a> {
    fn read(sealed: &'a [u8]) -> Option<Self> {
        let (magic, rest) = line(sealed)?;
        let (recipient, rest) = line(rest)?;
        let (wrapped, rest) = line(rest)?;
        // A second recipient would stand here: beside a passphrase the format allows none.
        let (end, body) = line(rest)?;
        let mac = end.strip_prefix("--- ")?;
        let (salt, work) = recipient.strip_prefix("-> scrypt ")?.split_once(' ')?;
        let is_plain = !work.starts_with('0') && work.bytes().all(|byte| byte.is_ascii_digit());
        let work = work.parse().ok().filter(|work| is_plain && *work <= MOST_WORK)?;
        if magic != MAGIC || body.len() < 16 + TAG {
            return None;
        }
        let signed = sealed.get(..sealed.len() - rest.len() + "---".len())?;
        let (nonce, payload) = body.split_at(16);
        Some(Self { salt: bytes(salt)?, work, wrapped: bytes(wrapped)?, signed, mac: bytes(mac)?, nonce, payload })
    }
}

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

fn chance() -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

fn wrapping_key(passphrase: &SecretString, salt: &[u8], work: u8) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    let salt = [SALT_LABEL, salt].concat();
    let cost = scrypt::Params::new(work, 8, 1).ok()?;
    scrypt::scrypt(passphrase.expose_secret().as_bytes(), &salt, &cost, &mut *key).ok()?;
    Some(key)
}

fn derived(file_key: &[u8], salt: &[u8], label: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), file_key).expand(label, &mut *key).ok()?;
    Some(key)
}

fn header_mac(file_key: &[u8], header: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&derived(file_key, &[], b"header")?[..]).ok()?;
    mac.update(header);
    Some(mac)
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(*key))
}

/// The nonce of the first chunk (counter 0), which is the last.
fn only_chunk() -> Nonce {
    let mut nonce = Nonce::default();
    nonce[11] = 1;
    nonce
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Cheap, for tests.
    const LITTLE: u8 = 2;
    /// Sealed by the crate `age` 0.11.5 with a cost of 10.
    const OF_AGE: &[u8] = b"age-encryption.org/v1\n-> scrypt 2s/mcjQyCXOKIzKKwIkigQ 10\n\
        vsWAZb3bk11JD5wQnXvshB9KkRwpLtw49xaFKt3ZA1s\n--- 9lPzVgdd890t3a/or4OGfmbTBx6hRqZz9m2pBnqZJY0\n\
        \xdb\xe6\xaf\x1b\x06\x94\x4e\x56\x98\xa1\x12\xab\x21\x41\xfd\x46\x5c\x63\xdd\x3a\xd4\x09\xc6\x8b\xbe\
        \xde\x28\x53\x5d\x90\xec\xfd\x89\xe1\x37\xb2\xb0\xa9\x97\xc2\x9c\xbc\x57\xb2\x01\x7d\x21\x52\xf6\x63\x4a";

    fn passphrase(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn file_sealed_by_the_age_crate_opens() {
        assert_eq!(*open(OF_AGE, &passphrase("open sesame")).unwrap(), b"the secret of a key");
        assert_eq!(open(OF_AGE, &passphrase("open sesam")), Err(NotOpened::Passphrase));
    }

    #[test]
    fn changed_byte_or_cut_file_never_opens() {
        for at in 0..OF_AGE.len() {
            let mut changed = OF_AGE.to_vec();
            changed[at] ^= 1;
            assert!(open(&changed, &passphrase("open sesame")).is_err(), "byte {at}");
            assert!(open(&OF_AGE[..at], &passphrase("open sesame")).is_err(), "cut at {at}");
        }
        assert!(open(&[OF_AGE, b"x"].concat(), &passphrase("open sesame")).is_err());
    }

    #[test]
    fn what_another_kind_of_recipient_opens_is_not_tried() {
        let text = str::from_utf8(&OF_AGE[..120]).unwrap();
        for (from, to) in [("-> scrypt", "-> X25519"), (" 10\n", " 010\n"), (" 10\n", " 23\n"), (" 10\n", " +9\n")] {
            let changed = [text.replace(from, to).as_bytes(), &OF_AGE[120..]].concat();
            assert_eq!(open(&changed, &passphrase("open sesame")), Err(NotOpened::Format), "{to}");
        }
    }

    #[test]
    fn text_that_takes_a_second_chunk_is_not_sealed() {
        assert_eq!(seal_with(&vec![b'x'; CHUNK + 1], &passphrase("p"), LITTLE), None);
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_with_its_passphrase_alone(text in ".{0,200}", words in "[ -~]{0,40}", other in "[ -~]{0,40}") {
            let sealed = seal_with(text.as_bytes(), &passphrase(&words), LITTLE).unwrap();
            prop_assert_eq!(&**open(&sealed, &passphrase(&words)).unwrap(), text.as_bytes());
            prop_assume!(words != other);
            prop_assert_eq!(open(&sealed, &passphrase(&other)), Err(NotOpened::Passphrase));
            prop_assert_ne!(seal_with(text.as_bytes(), &passphrase(&words), LITTLE).unwrap(), sealed);
        }
    }
}
