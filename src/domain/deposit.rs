//! Whether a coin can be paid in over a network, and what makes an answer of the exchange one that somebody may pay to: it is
//! for the coin and the network that were asked about, and has the memo without which the money is lost. The screen and the command
//! `address` judge by this alone.

use super::locale::Lang;
use super::{Coin, DepositAddress, MemoRule, Network, UntrustedText};

/// What is wrong with a deposit address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositFault {
    /// It is for another coin or network than was asked about: what is paid in there may be lost.
    Foreign,
    /// The network needs a memo, and none came with it.
    NoMemo,
}

/// What is wrong with a deposit address that came for a coin over a network of the exchange's list.
pub fn deposit_fault(
    row: &DepositAddress,
    coin: &UntrustedText,
    network: &UntrustedText,
    listed: Option<&Network>,
) -> Option<DepositFault> {
    let same = |a: &UntrustedText, b: &UntrustedText| a.raw().trim().eq_ignore_ascii_case(b.raw().trim());
    let chain = listed.and_then(|listed| listed.chain.as_ref());
    let is_network = same(&row.network, network) || chain.is_some_and(|chain| same(&row.network, chain));
    if !same(&row.coin, coin) || !is_network {
        return Some(DepositFault::Foreign);
    }
    let has_memo = row.memo.as_ref().is_some_and(|memo| !memo.is_empty());
    let is_needed = listed.is_some_and(|listed| listed.memo == MemoRule::Required);
    (is_needed && !has_memo).then_some(DepositFault::NoMemo)
}

/// The one line of a list with these names: of two nobody could say which is meant.
pub fn listed_network<'a>(
    coins: &'a [Coin],
    coin: &UntrustedText,
    network: &UntrustedText,
) -> Option<(&'a Coin, &'a Network)> {
    let named = coins.iter().filter(|found| found.name == *coin);
    let mut found = named.flat_map(|coin| coin.networks.iter().map(move |network| (coin, network)));
    let is_it = |(_, found): &(&Coin, &Network)| found.name == *network;
    let first = found.by_ref().find(is_it)?;
    found.all(|other| !is_it(&other)).then_some(first)
}

/// Why nothing can be paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositBlocker {
    /// The exchange has closed deposits of the coin.
    Coin,
    /// The exchange has closed the network.
    Network,
    /// The exchange has closed deposits over the network.
    Deposits,
    /// The exchange does not say, so nothing may be assumed.
    NotSaid,
    /// The exchange's row about the coin or the network cannot be read.
    Unreadable,
}

impl DepositBlocker {
    /// The same in words.
    pub fn words(self, lang: Lang) -> &'static str {
        lang.t(match self {
            Self::Coin => "deposit.closed.coin",
            Self::Network => "deposit.closed.network",
            Self::Deposits => "deposit.closed.deposits",
            Self::NotSaid => "deposit.closed.not_said",
            Self::Unreadable => "deposit.closed.unreadable",
        })
    }
}

/// Whether a coin can be paid in over a network.
///
/// # Errors
/// Why not.
pub fn deposit_state(coin: &Coin, network: &Network) -> Result<(), DepositBlocker> {
    if coin.fault.is_some() || network.fault.is_some() {
        return Err(DepositBlocker::Unreadable);
    }
    match (coin.deposit_open, network.open, network.deposit_open) {
        (Some(true), Some(true), Some(true)) => Ok(()),
        (Some(false), ..) => Err(DepositBlocker::Coin),
        (_, Some(false), _) => Err(DepositBlocker::Network),
        (.., Some(false)) => Err(DepositBlocker::Deposits),
        _ => Err(DepositBlocker::NotSaid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(memo: MemoRule) -> Network {
        Network {
            name: "XRP Ledger".into(),
            chain: Some("XRP".into()),
            contract: None,
            precision: None,
            memo,
            confirmations: None,
            address_pattern: None,
            open: Some(true),
            deposit_open: Some(true),
            withdraw_open: None,
            withdraw_min: None,
            withdraw_max: None,
            deposit_min: None,
            fault: None,
        }
    }

    #[test]
    fn an_address_is_for_what_was_asked_and_has_its_memo() {
        let row = |coin: &str, network: &str, memo: Option<&str>| DepositAddress {
            coin: coin.into(),
            network: network.into(),
            address: "r".into(),
            memo: memo.map(UntrustedText::from),
        };
        let fault =
            |row: &DepositAddress, rule| deposit_fault(row, &"XRP".into(), &"XRP Ledger".into(), Some(&network(rule)));
        assert_eq!(fault(&row("XRP", "XRP Ledger", Some("7")), MemoRule::Required), None);
        assert_eq!(fault(&row("xrp", "XRP", None), MemoRule::Optional), None);
        for without in [None, Some("")] {
            assert_eq!(fault(&row("XRP", "XRP", without), MemoRule::Required), Some(DepositFault::NoMemo));
        }
        for foreign in [row("BTC", "XRP", Some("7")), row("XRP", "BNB Smart Chain", Some("7"))] {
            assert_eq!(fault(&foreign, MemoRule::Required), Some(DepositFault::Foreign));
        }
        let unlisted = deposit_fault(&row("XRP", "XRP", None), &"XRP".into(), &"XRP Ledger".into(), None);
        assert_eq!(unlisted, Some(DepositFault::Foreign), "a short name is only known from the list");
    }

    #[test]
    fn a_name_that_is_listed_twice_names_nothing() {
        let coin = |networks: Vec<Network>| Coin {
            name: "XRP".into(),
            full_name: None,
            open: None,
            deposit_open: None,
            withdraw_open: None,
            networks,
            fault: None,
        };
        let find = |coins: &[Coin], network: &str| listed_network(coins, &"XRP".into(), &network.into()).is_some();
        let once = [coin(vec![network(MemoRule::None)])];
        assert!(find(&once, "XRP Ledger") && !find(&once, "XRP") && !find(&[], "XRP Ledger"));
        assert!(!find(&[coin(vec![network(MemoRule::None); 2])], "XRP Ledger"));
        assert!(!find(&[once[0].clone(), once[0].clone()], "XRP Ledger"));
    }

    #[test]
    fn only_what_is_said_to_be_open_is_open() {
        let network = network(MemoRule::None);
        let coin = Coin {
            fault: None,
            name: "USDT".into(),
            full_name: None,
            open: Some(false),
            deposit_open: Some(true),
            withdraw_open: None,
            networks: Vec::new(),
        };
        let (yes, no) = (Some(true), Some(false));
        for (coin_open, open, deposit_open, state) in [
            (yes, yes, yes, Ok(())),
            (no, yes, yes, Err(DepositBlocker::Coin)),
            (yes, no, yes, Err(DepositBlocker::Network)),
            (yes, yes, no, Err(DepositBlocker::Deposits)),
            (None, yes, yes, Err(DepositBlocker::NotSaid)),
            (yes, None, yes, Err(DepositBlocker::NotSaid)),
            (yes, yes, None, Err(DepositBlocker::NotSaid)),
            (None, None, no, Err(DepositBlocker::Deposits)),
        ] {
            let coin = Coin { deposit_open: coin_open, ..coin.clone() };
            let network = Network { open, deposit_open, ..network.clone() };
            assert_eq!(deposit_state(&coin, &network), state);
        }
    }
}
