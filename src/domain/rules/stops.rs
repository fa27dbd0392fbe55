//! Addresses that nothing is sent to, whatever is typed: the account's own deposit addresses and the contracts of tokens. Nobody's
//! addresses (zero, burnt, precompiled) are refused as addresses already ([`AddressFault::Burn`](crate::domain::address::AddressFault)).

use super::{Facts, Fault};
use crate::domain::UntrustedText;
use crate::domain::address::is_same;

/// Why nothing is sent to an address; `None` where nothing of the kind is known of it.
///
/// An address of one chain is as often one of another: which network the contract or the own address is listed for does not
/// matter, a text that is the same is the same kind of address.
pub(super) fn stop(facts: &Facts<'_>, address: &UntrustedText) -> Option<Fault> {
    if let Some(own) = facts.book.own(address) {
        return Some(Fault::OwnAddress { coin: own.coin.clone(), network: own.network.clone() });
    }
    let coins = facts.coins.map(|list| list.value).unwrap_or_default();
    coins.iter().find_map(|coin| {
        let is_contract = |contract: &UntrustedText| is_same(account_of(contract.raw()), address.raw());
        let network = coin.networks.iter().find(|n| n.contract.as_ref().is_some_and(is_contract))?;
        Some(Fault::Contract { coin: coin.name.clone(), network: network.name.clone() })
    })
}

/// The account that a token's code lies in: of `0x2::sui::SUI` it is `0x2`.
fn account_of(contract: &str) -> &str {
    let contract = contract.trim();
    contract.split_once("::").map_or(contract, |(account, _)| account)
}
