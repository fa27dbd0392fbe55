//! Links of every kind, and hostile ones: what is taken, what is named, what is refused.

use strum::EnumCount as _;

use super::*;
use crate::domain::MemoRule;
use crate::domain::line::LineFault;

const BTC: &str = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const USDT_ETH: &str = "0xdAC17F958D2ee523a2206206994597C13D831ec7";
const TRON: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
const USDT_TRON: &str = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
const XRP: &str = "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh";

fn network(name: &str, chain: &str, contract: Option<&str>, precision: Option<u32>) -> Network {
    Network {
        chain: Some(chain.into()),
        contract: contract.map(UntrustedText::from),
        precision,
        memo: MemoRule::None,
        ..Network::unreadable(name.into(), UntrustedText::default())
    }
}

fn coin(name: &str) -> Coin {
    Coin::unreadable(name.into(), UntrustedText::default())
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// The amount that a link asks for of a coin over a network.
fn fits(link: &str, name: &str, over: &Network) -> Result<Option<Amount>, LinkFault> {
    read(link).unwrap_or_else(|why| panic!("{link}: {why:?}")).fits(&coin(name), over)
}

fn key(fault: &LinkFault) -> &'static str {
    fault.into()
}

/// Why a link is refused.
#[track_caller]
fn refused(link: &str) -> &'static str {
    key(&read(link).expect_err(link))
}

#[test]
fn bitcoin_link_gives_address_amount_and_label() {
    let link =
        read(&format!("bitcoin:{BTC}?amount=0.0150&label=The%20shop&message=Order%207&lightning=lnbc1x")).unwrap();
    assert_eq!((link.address.raw(), link.memo.as_ref()), (BTC, None));
    assert_eq!(link.amount, Some(LinkAmount::Coins(amount("0.015"))));
    assert_eq!(link.label.as_ref().map(UntrustedText::raw), Some("The shop"));
    assert_eq!(link.left_words(Lang::En), "message=Order 7, lightning=lnbc1x", "what no field holds is named");
    let bitcoin = network("Bitcoin", "BTC", None, Some(8));
    assert_eq!(link.fits(&coin("BTC"), &bitcoin), Ok(Some(amount("0.015"))));
    assert_eq!(key(&link.fits(&coin("BTC"), &network("Litecoin", "LTC", None, Some(8))).unwrap_err()), "other_chain");
    // As codes to scan have it, for which capitals are shorter.
    let capital = read(&format!("BITCOIN:{}?AMOUNT=1", BTC.to_ascii_uppercase())).unwrap();
    assert!(is_same(capital.address.raw(), BTC) && capital.amount == Some(LinkAmount::Coins(amount("1"))));
}

#[test]
fn the_kin_of_bitcoin_are_told_apart() {
    for (scheme, name, over) in [
        ("litecoin", "LTC", network("Litecoin", "LTC", None, Some(8))),
        ("dogecoin", "DOGE", network("Dogecoin", "DOGE", None, Some(8))),
        ("bitcoincash", "BCH", network("Bitcoin Cash", "BCH", None, Some(8))),
    ] {
        let link = format!("{scheme}:qqx?amount=2.5");
        assert_eq!(fits(&link, name, &over), Ok(Some(amount("2.5"))), "{link}");
        let bitcoin = network("Bitcoin", "BTC", None, Some(8));
        assert_eq!(key(&fits(&link, "BTC", &bitcoin).unwrap_err()), "other_chain", "{link}");
    }
    assert_eq!(read("bitcoincash:qqx?amount=1").unwrap().address.raw(), "bitcoincash:qqx");
    assert!(!is_link("bitcoincash:qqx"), "a plain address of this chain begins so");
}

#[test]
fn ethereum_link_is_held_against_chain_coin_and_contract() {
    let small = USDT_ETH.to_ascii_lowercase();
    let ethereum = |contract| network("Ethereum (ERC-20)", "ETH", contract, Some(6));
    let arbitrum = network("Arbitrum One", "ARBITRUM", None, Some(18));
    let native = format!("ethereum:{EVM}@1?value=1500000000000000000&gas=21000");
    assert_eq!(fits(&native, "ETH", &ethereum(None)), Ok(Some(amount("1.5"))), "by the chain's decimals");
    assert_eq!(read(&native).unwrap().left_words(Lang::En), "gas=21000");
    assert_eq!(key(&fits(&native, "ETH", &arbitrum).unwrap_err()), "other_chain");
    assert_eq!(key(&fits(&native, "USDT", &ethereum(Some(USDT_ETH))).unwrap_err()), "other_coin");
    // An amount without a chain is one of Ethereum's own; a bare address is one of each chain.
    assert_eq!(key(&fits(&format!("ethereum:{EVM}?value=1"), "ETH", &arbitrum).unwrap_err()), "other_chain");
    assert_eq!(fits(&format!("ethereum:{EVM}"), "ETH", &arbitrum), Ok(None));
    assert_eq!(
        fits(&format!("ethereum:pay-{EVM}@0xa4b1?value=5"), "ETH", &arbitrum),
        Ok(Some(amount("0.000000000000000005")))
    );
    for (id, why) in [("42161", "other_chain"), ("56", "other_chain"), ("999999", "other_chain")] {
        assert_eq!(key(&fits(&format!("ethereum:{EVM}@{id}"), "ETH", &ethereum(None)).unwrap_err()), why);
    }
    let unknown = network("Manta Pacific", "MANTAPACIFIC", None, Some(18));
    assert_eq!(key(&fits(&format!("ethereum:{EVM}@1"), "ETH", &unknown).unwrap_err()), "chain_untold");

    let token = format!("ethereum:{USDT_ETH}@1/transfer?address={EVM}&uint256=20500000");
    let link = read(&token).unwrap();
    assert_eq!((link.address.raw(), &link.asset), (EVM, &LinkAsset::Token(USDT_ETH.into())));
    assert_eq!(fits(&token, "USDT", &ethereum(Some(&small))), Ok(Some(amount("20.5"))));
    assert_eq!(key(&fits(&token, "USDC", &ethereum(Some(EVM))).unwrap_err()), "other_token");
    assert_eq!(key(&fits(&token, "ETH", &ethereum(None)).unwrap_err()), "other_token");
    let no_decimals = network("Ethereum (ERC-20)", "ETH", Some(USDT_ETH), None);
    assert_eq!(key(&fits(&token, "USDT", &no_decimals).unwrap_err()), "decimals_unknown");
    for (link, why) in [
        (format!("ethereum:{USDT_ETH}@1/approve?address={EVM}&uint256=1"), "call"),
        (format!("ethereum:{USDT_ETH}@1/transfer?address={EVM}&uint256=1&value=1"), "call"),
        (format!("ethereum:{USDT_ETH}?address={EVM}&uint256=1"), "call"),
        (format!("ethereum:{USDT_ETH}@1/transfer?uint256=1"), "no_address"),
        (format!("ethereum:{EVM}@one"), "chain_id"),
        (format!("ethereum:{EVM}@"), "chain_id"),
        (format!("ethereum:{EVM}@1?value=2.014e18"), "amount"),
        (format!("ethereum:{EVM}@1?value=1.5"), "amount"),
    ] {
        assert_eq!(refused(&link), why, "{link}");
    }
}

#[test]
fn tokens_of_tron_solana_and_ton_are_held_against_the_listed_contract() {
    let over_tron = |contract| network("Tron (TRC-20)", "TRON", contract, Some(6));
    assert_eq!(fits(&format!("tron:{TRON}?amount=20.5"), "TRX", &over_tron(None)), Ok(Some(amount("20.5"))));
    assert_eq!(
        key(&fits(&format!("tron:{TRON}?amount=20.5"), "USDT", &over_tron(Some(USDT_TRON))).unwrap_err()),
        "other_coin"
    );
    let token = format!("tron:{TRON}?amount=20.5&token={USDT_TRON}");
    assert_eq!(fits(&token, "USDT", &over_tron(Some(USDT_TRON))), Ok(Some(amount("20.5"))));
    assert_eq!(key(&fits(&token, "USDT", &over_tron(Some(TRON))).unwrap_err()), "other_token");

    let mint = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    let solana = network("Solana", "SOL", Some(mint), Some(6));
    let link = format!("solana:So1?amount=0.01&spl-token={mint}&reference=a&reference=b&memo=Order%20%237");
    assert_eq!(fits(&link, "USDC", &solana), Ok(Some(amount("0.01"))));
    let link = read(&link).unwrap();
    assert_eq!(link.memo.as_ref().map(UntrustedText::raw), Some("Order #7"));
    assert_eq!(link.left_words(Lang::En), "reference=a, reference=b");
    assert_eq!(refused("solana:https://shop.example/pay"), "call");

    let ton = network("Toncoin", "TON", None, Some(9));
    let link = "ton://transfer/UQx?amount=1500000000&text=104201&exp=1800000000";
    assert_eq!(fits(link, "TON", &ton), Ok(Some(amount("1.5"))));
    let link = read(link).unwrap();
    assert_eq!((link.memo.as_ref().unwrap().raw(), &*link.left_words(Lang::En)), ("104201", "exp=1800000000"));
    for (link, why) in [
        ("ton://transfer/UQx?amount=1&bin=te6cc", "call"),
        ("ton://transfer/UQx?amount=1&init=te6cc", "call"),
        ("ton://stake/UQx?amount=1", "call"),
        ("ton:UQx?amount=1", "scheme"),
        ("ton://transfer/?amount=1", "no_address"),
    ] {
        assert_eq!(refused(link), why, "{link}");
    }
}

#[test]
fn a_tag_behind_an_address_is_its_memo() {
    let over = network("XRP", "XRP", None, Some(6));
    for link in [format!("{XRP}?dt=104201"), format!("xrp:{XRP}?dt=104201"), format!("xrpl:{XRP}?tag=104201")] {
        let read = read(&link).unwrap();
        assert_eq!((read.address.raw(), read.memo.as_ref().unwrap().raw()), (XRP, "104201"), "{link}");
        assert_eq!(fits(&link, "XRP", &over), Ok(None));
    }
    // In coins or in drops: it is not agreed on, so it is named and not taken.
    let link = read(&format!("{XRP}?amount=5&dt=1")).unwrap();
    assert_eq!((link.amount, &*link.left_words(Lang::En)), (None, "amount=5"));
    assert_eq!(refused(&format!("{XRP}?dt=1&tag=2")), "twice");
}

#[test]
fn a_hostile_link_is_refused_with_its_cause() {
    let long = format!("bitcoin:{BTC}?label={}", "x".repeat(MAX_LINK));
    for (link, why) in [
        (long.as_str(), "too_long"),
        ("bitcoin:bc1\u{202e}q?amount=1", "line"),
        ("bitcoin:bc1q?amount=1\n&label=x", "line"),
        ("bitcoin:bc1q?label=%E2%80%AEevil", "value"),
        ("bitcoin:bc1q?x=%0A", "value"),
        ("bitcoin:bc1q?label=%ff", "encoded"),
        ("bitcoin:bc1q?label=%4", "encoded"),
        ("bitcoin:bc1q?label=%+1", "encoded"),
        ("bitcoin:bc%31q", "encoded"),
        ("bitcoin:bc1q?%61mount=1", "encoded"),
        ("bitcoin:bc1q?amount=%31", "amount"),
        ("tron:T1?token=%41", "encoded"),
        ("bitcoin:bc1q?amount=1&amount=2", "twice"),
        ("bitcoin:bc1q?amount=1&AMOUNT=2", "twice"),
        ("tron:T1?token=a&contract=b", "twice"),
        ("bitcoin:bc1q#amount=1", "fragment"),
        ("bitcoin:bc1q?amount=1#", "fragment"),
        ("bitcoin://bc1q?amount=1", "authority"),
        ("bitcoin:user@bc1q", "authority"),
        ("bitcoin:", "no_address"),
        ("bitcoin:?amount=1", "no_address"),
        ("?amount=1", "no_address"),
        ("bitcoin:bc1q?amount=", "no_value"),
        ("bitcoin:bc1q?amount", "no_value"),
        ("bitcoin:bc1q?=1", "no_value"),
        ("bitcoin:bc1q?req-pj=1", "required"),
        ("bitcoin:bc1q?REQ-amount=1", "required"),
        ("monero:4abc", "scheme"),
        ("https://shop.example/?a=b", "scheme"),
    ] {
        assert_eq!(refused(link), why, "{link}");
    }
    for text in ["-1", "+1", "1e3", "1E3", "0x10", ".5", "5.", "1.2.3", "1,5", "007", "0", "0.00", "NaN", "1 ", "１"] {
        assert_eq!(refused(&format!("bitcoin:{BTC}?amount={text}&x=1")), "amount", "{text}");
    }
    assert_eq!(refused(&format!("bitcoin:{BTC}?amount={}", "9".repeat(60))), "amount");
    assert_eq!(refused(&format!("ethereum:{EVM}@1?value=-5")), "amount");
}

#[test]
fn what_is_no_link_is_left_to_the_rules_of_addresses() {
    for text in ["", BTC, EVM, TRON, "0:abc", "-1:abc", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh:7", "r 7", "a:b"] {
        assert!(!is_link(text), "{text}");
    }
    for text in ["bitcoin:x", " BITCOIN:x\n", "web+stellar:pay", "r?dt=1", "mailto:a@b"] {
        assert!(is_link(text), "{text}");
    }
}

/// One fault of every kind.
fn every_fault() -> Vec<LinkFault> {
    let t = || UntrustedText::from("a\u{202e}b");
    vec![
        LinkFault::TooLong { found: 3000, room: MAX_LINK },
        LinkFault::Line(LineFault::LineEnd { after: 2 }),
        LinkFault::Value { name: t(), fault: LineFault::Tab { after: 0 } },
        LinkFault::Scheme { scheme: t() },
        LinkFault::Fragment,
        LinkFault::Authority,
        LinkFault::Encoded { name: t() },
        LinkFault::NoAddress,
        LinkFault::NoValue { name: t() },
        LinkFault::Twice { name: t() },
        LinkFault::Required { name: t() },
        LinkFault::Amount { name: t(), text: t() },
        LinkFault::ChainId { text: t() },
        LinkFault::Call { name: t() },
        LinkFault::NothingChosen,
        LinkFault::NetworkUnread { network: t() },
        LinkFault::ChainUntold { chain: LinkChain::Evm(Some(7)), network: t() },
        LinkFault::OtherChain { chain: LinkChain::Of(Family::Bitcoin), network: t() },
        LinkFault::OtherToken { contract: t(), coin: t(), network: t() },
        LinkFault::OtherCoin { asked: "ETH", coin: t() },
        LinkFault::DecimalsUnknown { coin: t(), network: t() },
        LinkFault::AddressTyped,
        LinkFault::MemoTyped { memo: t() },
    ]
}

#[test]
fn every_refusal_has_words_in_both_languages() {
    let all = every_fault();
    assert_eq!(all.iter().map(LinkFault::key).collect::<std::collections::BTreeSet<_>>().len(), LinkFault::COUNT);
    for fault in all {
        let both = [fault.words(Lang::En), fault.words(Lang::ZhCn)];
        assert_ne!(both[0], both[1], "{fault:?}");
        for words in both {
            assert!(!words.contains("rule.") && !words.contains(['{', '\u{202e}']), "{words}");
        }
    }
}

fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    prop_oneof![
        Just("amount".to_owned()),
        Just("label".to_owned()),
        Just("memo".to_owned()),
        Just("req-x".to_owned()),
        Just("dt".to_owned()),
        Just("value".to_owned()),
        "[0-9.]{1,6}",
        "(%[0-9a-fA-F]{2}){1,4}",
        "[ -~]{0,8}",
        "\\PC{0,4}",
        any::<String>(),
    ]
}

proptest::proptest! {
    #[test]
    fn whatever_is_read_is_taken_or_named(
        scheme in proptest::sample::select(vec!["bitcoin:", "ethereum:", "solana:", "tron:", "ton://transfer/", "xrp:", "", "x:"]),
        path in piece(),
        query in proptest::collection::vec((piece(), piece()), 0..6),
    ) {
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let text = format!("{scheme}{path}?{}", query.join("&"));
        match read(&text) {
            Err(why) => proptest::prop_assert!(!why.words(Lang::En).is_empty()),
            Ok(link) => {
                proptest::prop_assert!(!link.address.is_empty());
                let rest = text.trim_ascii().split_once('?').map_or("", |(_, rest)| rest);
                let said = rest.split('&').filter(|part| !part.is_empty()).count();
                let token = matches!(link.asset, LinkAsset::Token(_)) && scheme != "ethereum:";
                let in_transfer = matches!(link.asset, LinkAsset::Token(_)) && scheme == "ethereum:";
                let taken = [link.amount.is_some(), link.memo.is_some(), link.label.is_some(), token, in_transfer];
                let taken = taken.iter().filter(|is_taken| **is_taken).count();
                proptest::prop_assert_eq!(said, taken + link.left.len(), "{}: {:?}", text, link);
                for (_, value) in link.said(Lang::En) {
                    proptest::prop_assert!(!value.chars().any(crate::domain::text::is_dangerous));
                }
                if let Some(LinkAmount::Coins(amount) | LinkAmount::Units(amount)) = link.amount {
                    proptest::prop_assert!(amount.is_positive());
                }
            }
        }
    }
}
