//! Payment links: whatever the text, it is refused with words, or what it says is plain, above zero, and may be shown.
//!
//! A link that fits a coin and a network fits them exactly once: an amount in smallest units becomes the same digits with a point
//! in them, and a link for one chain never fits a network of another.

#![no_main]

use checks::{assert_gated, assert_harmless, is_plain_number};
use libfuzzer_sys::fuzz_target;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::payment_link::{LinkAmount, MAX_LINK, is_link, read};
use wallet_tui::domain::{Coin, Network, UntrustedText};

/// Networks of three chains with what is listed there: coin, network, short name, contract, decimals.
const PLACES: [(&str, &str, &str, Option<&str>, u32); 4] = [
    ("BTC", "Bitcoin", "BTC", None, 8),
    ("ETH", "Ethereum (ERC-20)", "ETH", None, 18),
    ("USDT", "Ethereum (ERC-20)", "ETH", Some("0xdAC17F958D2ee523a2206206994597C13D831ec7"), 6),
    ("TRX", "Tron (TRC-20)", "TRON", None, 6),
];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let link = match read(text) {
        Ok(link) => link,
        Err(why) => {
            for lang in [Lang::En, Lang::ZhCn] {
                let words = why.words(lang);
                assert!(!words.is_empty() && !words.contains("rule."), "{why:?}");
                assert_harmless(&words, "a refusal");
            }
            return;
        }
    };
    assert!(text.trim_ascii().len() <= MAX_LINK && !link.address.is_empty());
    assert!(!is_link(text) || !text.contains('#'), "a fragment was taken: {text:?}");
    for held in [Some(&link.address), link.memo.as_ref(), link.label.as_ref()].into_iter().flatten() {
        assert_gated(held);
    }
    for (_, value) in link.said(Lang::En) {
        assert_harmless(&value, "what a link says");
    }
    let mut chains: Vec<&str> = Vec::new();
    for (coin, network, chain, contract, decimals) in PLACES {
        let coin = Coin::unreadable(coin.into(), UntrustedText::default());
        let over = Network {
            chain: Some(chain.into()),
            contract: contract.map(UntrustedText::from),
            precision: Some(decimals),
            ..Network::unreadable(network.into(), UntrustedText::default())
        };
        let Ok(found) = link.fits(&coin, &over) else { continue };
        if link.chain.is_some() && !chains.contains(&network) {
            chains.push(network);
        }
        let (Some(amount), Some(said)) = (found, link.amount) else { continue };
        assert!(amount.is_positive() && is_plain_number(&amount.to_string()), "{amount}");
        match said {
            LinkAmount::Coins(said) => assert_eq!(amount, said),
            LinkAmount::Units(units) => {
                let digits = |text: String| text.replace('.', "").trim_matches('0').to_owned();
                assert_eq!(digits(amount.to_string()), digits(units.to_string()));
            }
        }
    }
    assert!(chains.len() <= 1, "one link for {chains:?}");
});
