//! Who may pass: key, timestamp, nonce, signature, permissions and pace, as strict as the exchange was seen to be.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use hyper::HeaderMap;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::refusal::Refusal;
use crate::domain::Millis;
use crate::exchange::sign::{Signable, sign};

/// How old a timestamp may be: 61 s was refused (`reference.md §3.1`).
const WINDOW_BACK_MS: i64 = 60_000;
/// How far ahead it may be: 61 s was accepted, the real limit is not known; our choice.
const WINDOW_AHEAD_MS: i64 = 300_000;
/// The nonce's length, in characters.
const NONCE_LENGTH: usize = 32;

/// What the key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Signed calls at all.
    pub read: bool,
    /// Withdrawals and transfers to other users (`reference.md §7.2`).
    pub withdraw: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Self { read: true, withdraw: true }
    }
}

/// The keys and switches of authentication; tests turn the switches.
#[derive(Debug)]
pub struct Auth {
    key: String,
    secret: String,
    /// Further keys of the same account, with their secrets.
    more: Vec<(String, String)>,
    /// What the keys may do.
    pub permissions: Permissions,
    /// Answers every signed call with 100011, as for a caller whose address is not on the key's list.
    pub ip_refused: bool,
    /// Answers every call to the futures side with this, as for a key or an address that is not served there.
    pub futures_refusal: Option<Refusal>,
    /// Takes all spaces out of the body before hashing, as one sentence of the document says (`reference.md §3.2`).
    pub strip_spaces: bool,
    /// Requests that each POST endpoint takes in a second.
    pub requests_per_second: usize,
    nonces: HashMap<String, Millis>,
    recent: HashMap<&'static str, VecDeque<Instant>>,
}

impl Auth {
    /// A gate whose key and secret follow from the seed, and can be told for what they are.
    pub fn new(seed: u64, permissions: Permissions, requests_per_second: usize) -> Self {
        let tail = |word: &str| {
            data_encoding::HEXLOWER
                .encode(&Sha256::digest(format!("{word} {seed}").as_bytes()))
                .chars()
                .take(12)
                .collect::<String>()
        };
        Self {
            key: format!("simulator-key-{}", tail("key")),
            secret: format!("simulator-secret-not-real-{}", tail("secret")),
            more: Vec::new(),
            permissions,
            ip_refused: false,
            futures_refusal: None,
            strip_spaces: false,
            requests_per_second,
            nonces: HashMap::new(),
            recent: HashMap::new(),
        }
    }

    /// The key's id.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The secret; plainly not one.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Makes another key of the same account; answers with it and its secret.
    pub fn add_key(&mut self) -> (String, String) {
        let number = self.more.len() + 2;
        let pair = (format!("{}-{number}", self.key), format!("{}-{number}", self.secret));
        self.more.push(pair.clone());
        pair
    }

    /// Counts a POST and refuses the one that is too many within a second (`reference.md §7.1`).
    pub(super) fn pace(&mut self, endpoint: &'static str) -> Result<(), Refusal> {
        let now = Instant::now();
        let recent = self.recent.entry(endpoint).or_default();
        while recent.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            recent.pop_front();
        }
        if recent.len() >= self.requests_per_second {
            return Err(Refusal::TooFast);
        }
        recent.push_back(now);
        Ok(())
    }

    /// Checks a signed call before anything of it is looked at. `query` is in its signed form.
    pub(super) fn check(
        &mut self,
        headers: &HeaderMap,
        query: &str,
        body: &[u8],
        clock: Millis,
    ) -> Result<(), Refusal> {
        let header = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.filter(|value| !value.is_empty()).ok_or(Refusal::Missing)
        };
        let (key, nonce) = (header("api-key")?, header("nonce")?);
        let (timestamp, given) = (header("timestamp")?, header("sign")?);
        let own = [(&self.key, &self.secret)].into_iter().chain(self.more.iter().map(|(key, secret)| (key, secret)));
        let secret = own.filter(|(known, _)| *known == key).map(|(_, secret)| secret.clone()).next();
        let secret = secret.ok_or(Refusal::NoSuchKey)?;
        let at = timestamp.parse::<i64>().map_err(|_| Refusal::Expired)?;
        let age = clock.since(Millis(at));
        if !(-WINDOW_AHEAD_MS..=WINDOW_BACK_MS).contains(&age) {
            return Err(Refusal::Expired);
        }
        let stripped: Vec<u8>;
        let hashed = if self.strip_spaces {
            stripped = body.iter().copied().filter(|byte| *byte != b' ').collect();
            &stripped
        } else {
            body
        };
        let secret = SecretString::from(secret);
        let expected = sign(Signable { nonce, timestamp, api_key: key, query, body: hashed }, &secret);
        if given != expected || nonce.chars().count() != NONCE_LENGTH {
            return Err(Refusal::Signature);
        }
        // A nonce has to be remembered for as long as its timestamp could pass.
        self.nonces.retain(|_, seen| clock.since(*seen) <= WINDOW_BACK_MS + WINDOW_AHEAD_MS);
        if self.nonces.insert(nonce.to_owned(), clock).is_some() {
            return Err(Refusal::Signature);
        }
        if self.ip_refused {
            return Err(Refusal::IpRule);
        }
        if self.permissions.read { Ok(()) } else { Err(Refusal::NoAuthority) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn eleventh_post_in_a_second_is_too_fast_for_its_endpoint() {
        let mut auth = Auth::new(1, Permissions::default(), 10);
        for _ in 0..10 {
            assert_eq!(auth.pace("deposit/page"), Ok(()));
            tokio::time::advance(Duration::from_millis(50)).await;
        }
        assert_eq!(auth.pace("deposit/page"), Err(Refusal::TooFast));
        assert_eq!(auth.pace("withdraw"), Ok(()));
        tokio::time::advance(Duration::from_millis(499)).await;
        assert_eq!(auth.pace("deposit/page"), Err(Refusal::TooFast));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(auth.pace("deposit/page"), Ok(()), "the first is a second old");
        assert_eq!(auth.pace("deposit/page"), Err(Refusal::TooFast));
    }

    #[test]
    fn key_and_secret_follow_from_the_seed_and_are_plainly_not_real() {
        let auth = |seed| Auth::new(seed, Permissions::default(), 10);
        assert_eq!((auth(1).key(), auth(1).secret()), (auth(1).key(), auth(1).secret()));
        assert_ne!(auth(1).secret(), auth(2).secret());
        assert!(auth(1).key().starts_with("simulator-key-") && auth(1).secret().contains("not-real"));
    }
}
