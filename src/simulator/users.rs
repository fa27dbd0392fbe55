//! Who is around: the account's own id, the other users, and the addresses that belong to either side.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde::Serialize;
use strum::IntoEnumIterator as _;

use super::addresses::Family;
use super::coins::{COINS, NetworkSpec};
use super::history::Peer;

/// The account's own user id: that of the document's samples.
pub const OWN_UID: i64 = 681_979_174;

/// The address of the document's withdrawal sample; verification-free for everything that travels on Tron.
pub const SAMPLE_ADDRESS: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
/// The coin and the network of the one saved address that nobody ever paid.
pub const NEVER_PAID: (&str, &str) = ("USDT", "Tron (TRC-20)");
/// The deposit address of the document's sample.
const SAMPLE_DEPOSIT_ADDRESS: &str = "TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor";

/// Another user of the exchange, who can be paid in any of three ways. Telephones are from the ranges kept for fiction.
#[derive(Debug)]
pub struct User {
    /// Id.
    pub uid: i64,
    /// E-mail.
    pub email: &'static str,
    /// Telephone: country code without `+`, and number.
    pub phone: (&'static str, &'static str),
}

/// Everybody else. The first one's id is that of the document's samples.
pub const USERS: &[User] = &[
    User { uid: 989_541_187, email: "mira.okafor@example.com", phone: ("44", "7700900123") },
    User { uid: 204_418_366, email: "desk@harbour-otc.example", phone: ("1", "2025550143") },
    User { uid: 557_310_942, email: "li.wei@example.org", phone: ("49", "15112345670") },
];

/// The user that a transfer names, with or without `+` before the country code.
pub fn find(peer: &Peer) -> Option<&'static User> {
    USERS.iter().find(|user| match peer {
        Peer::Uid(uid) => user.uid == *uid,
        Peer::Email(email) => user.email == email,
        Peer::Phone(code, number) => user.phone == (code.strip_prefix('+').unwrap_or(code.as_str()), number.as_str()),
    })
}

/// An address that was saved on the exchange's site as verification-free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The coin it was saved for.
    pub coin: &'static str,
    /// The network it was saved for.
    pub network: &'static str,
    /// The address.
    pub address: String,
    /// The memo that was saved with it: it belongs to the entry.
    pub memo: Option<String>,
}

/// A row of `deposit/address`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DepositPlace {
    /// The coin.
    pub coin: &'static str,
    /// The network.
    pub network: &'static str,
    /// The address.
    pub address: String,
    /// The memo that must go with it.
    pub memo: Option<&'static str>,
}

/// The account's addresses, the same for every world of a seed.
#[derive(Debug, Clone)]
pub struct Addresses {
    own: BTreeMap<Family, Vec<String>>,
    /// The verification-free list. The API can neither show it nor change it (`reference.md §7.2`); tests may.
    pub saved: Vec<Saved>,
}

impl Addresses {
    /// Two saved addresses for every coin and network and a third for one of them, one wallet per chain family, and one or two to receive at.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ 0xadd2_e55e);
        let (mut own, mut wallets) = (BTreeMap::new(), BTreeMap::new());
        for family in Family::iter() {
            let mut receive = vec![family.address(&mut rng)];
            let mut wallet = [family.address(&mut rng), family.address(&mut rng)];
            match family {
                Family::Tron => {
                    SAMPLE_DEPOSIT_ADDRESS.clone_into(&mut receive[0]);
                    SAMPLE_ADDRESS.clone_into(&mut wallet[0]);
                }
                // Bitcoin gives two: the new form and the old one.
                Family::Bitcoin => receive.push(Family::BitcoinCash.address(&mut rng)),
                _ => {}
            }
            own.insert(family, receive);
            wallets.insert(family, wallet);
        }
        let mut saved = Vec::new();
        for (coin, network) in COINS.iter().flat_map(|coin| coin.networks.iter().map(move |n| (coin.name, n))) {
            let memos = match network.memo {
                0 => [None, None],
                1 => [Some("4417"), None],
                _ => [Some("104287"), Some("3310985512")],
            };
            let wallet = wallets.get(&network.family).into_iter().flatten();
            saved.extend(wallet.zip(memos).map(|(address, memo)| Saved {
                coin,
                network: network.name,
                address: address.clone(),
                memo: memo.map(str::to_owned),
            }));
        }
        // Last, so that nothing that happens by itself goes there.
        let address = Family::Tron.address(&mut rng);
        saved.push(Saved { coin: NEVER_PAID.0, network: NEVER_PAID.1, address, memo: None });
        Self { own, saved }
    }

    /// The saved address that nobody ever paid: with it a demo shows what a new address asks for.
    pub fn never_paid(&self) -> Option<&Saved> {
        self.saved_for(NEVER_PAID.0, NEVER_PAID.1).last()
    }

    /// Where a coin can be paid in on a network.
    pub fn deposit(&self, coin: &'static str, network: &NetworkSpec) -> Vec<DepositPlace> {
        let addresses = self.own.get(&network.family).into_iter().flatten();
        addresses
            .map(|address| DepositPlace {
                coin,
                network: network.name,
                address: address.clone(),
                memo: (network.memo > 0).then_some("10428517"),
            })
            .collect()
    }

    /// The saved entries of a coin on a network.
    pub fn saved_for<'a>(&'a self, coin: &'a str, network: &'a str) -> impl Iterator<Item = &'a Saved> {
        self.saved.iter().filter(move |s| s.coin == coin && s.network == network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_has_a_verification_free_address_with_its_memo() {
        let addresses = Addresses::new(1);
        for (coin, network) in COINS.iter().flat_map(|c| c.networks.iter().map(move |n| (c.name, n))) {
            let saved: Vec<_> = addresses.saved_for(coin, network.name).collect();
            let count = if (coin, network.name) == NEVER_PAID { 3 } else { 2 };
            assert_eq!(saved.len(), count, "{coin} {}", network.name);
            assert!(network.memo < 2 || saved.iter().all(|s| s.memo.is_some()));
            assert!(!addresses.deposit(coin, network).is_empty());
        }
        assert_eq!(addresses.saved_for("TRX", "Tron (TRC-20)").next().unwrap().address, SAMPLE_ADDRESS);
        assert_eq!(addresses.saved, Addresses::new(1).saved);
        assert_ne!(addresses.saved, Addresses::new(2).saved);
    }

    #[test]
    fn a_user_is_found_in_each_of_the_three_ways() {
        for user in USERS {
            let phone = |code: &str| Peer::Phone(code.to_owned(), user.phone.1.to_owned());
            for peer in [
                Peer::Uid(user.uid),
                Peer::Email(user.email.to_owned()),
                phone(user.phone.0),
                phone(&format!("+{}", user.phone.0)),
            ] {
                assert_eq!(find(&peer).unwrap().uid, user.uid);
            }
        }
        assert!(find(&Peer::Uid(1)).is_none());
    }
}
