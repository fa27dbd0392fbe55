//! Which family of addresses a network has, from the names that the exchange gives it. Data and a look-up.
//!
//! Only whole names count: `Bitcoin Lightning` is not Bitcoin, and a name that is not here is not guessed.

use super::{ChainHint, Family};

/// Names in lower case with letters and digits only.
const NAMES: &[(Family, &[&str])] = &[
    (Family::Tron, &["tron", "trx", "trc20", "trc10", "tronnetwork"]),
    (Family::Bitcoin, &["bitcoin", "btc", "brc20", "bitcoinnetwork", "segwit", "btcsegwit", "runes"]),
    (
        Family::Evm,
        &[
            "ethereum",
            "eth",
            "erc20",
            "ethereumnetwork",
            "ethereumclassic",
            "etc",
            "ethereumpow",
            "ethw",
            "bsc",
            "bep20",
            "bnb",
            "bnbchain",
            "bnbsmartchain",
            "binancesmartchain",
            "bepsc",
            "opbnb",
            "arbitrum",
            "arb",
            "arbi",
            "arbitrumone",
            "arbone",
            "arbevm",
            "arbitrumnova",
            "arbnova",
            "optimism",
            "op",
            "opmainnet",
            "opeth",
            "optimismethereum",
            "polygon",
            "matic",
            "pol",
            "polygonpos",
            "polygonzkevm",
            "maticnetwork",
            "avalanchecchain",
            "avaxc",
            "avaxcchain",
            "cavax",
            "cchain",
            "avaxevm",
            "base",
            "baseevm",
            "baseeth",
            "basemainnet",
            "zksync",
            "zksyncera",
            "zks",
            "era",
            "linea",
            "scroll",
            "mantle",
            "blast",
            "cronos",
            "cro",
            "fantom",
            "ftm",
            "sonic",
            "gnosis",
            "xdai",
            "gnosischain",
            "celo",
            "kaia",
            "klay",
            "klaytn",
            "moonbeam",
            "glmr",
            "moonriver",
            "movr",
            "berachain",
            "bera",
            "mantapacific",
            "mode",
            "monad",
            "mon",
            "hyperevm",
            "hyperliquid",
            "unichain",
            "worldchain",
            "ink",
            "abstract",
            "taiko",
            "metis",
            "confluxespace",
            "cfxevm",
            "plasma",
            "aurora",
            "boba",
            "storyprotocol",
            "apechain",
            "soneium",
            "zircuit",
            "fraxtal",
            "bob",
        ],
    ),
    (Family::Xrp, &["xrp", "xrpl", "xrpledger", "ripple"]),
    (Family::Litecoin, &["litecoin", "ltc"]),
    (Family::Dogecoin, &["dogecoin", "doge"]),
    (Family::BitcoinCash, &["bitcoincash", "bch"]),
    (Family::Ton, &["ton", "toncoin", "theopennetwork", "jetton"]),
    (Family::Stellar, &["stellar", "xlm", "stellarlumens", "stellarnetwork"]),
    (Family::Cosmos, &["cosmos", "atom", "cosmoshub"]),
    (Family::Cardano, &["cardano", "ada"]),
    (Family::Polkadot, &["polkadot", "dot", "polkadotassethub", "dotassethub", "assethubpolkadot"]),
    (Family::Move, &["sui", "aptos", "apt"]),
    (Family::Solana, &["solana", "sol", "spl", "spltoken"]),
];

/// Words that say nothing about which chain it is.
const FILLERS: [&str; 4] = ["network", "mainnet", "chain", "blockchain"];

pub(super) fn family(hint: &ChainHint<'_>) -> Option<Family> {
    let (outside, inside) = split(hint.network);
    let chain = hint.chain.unwrap_or_default();
    // A suffix after `_` may follow the chain's name (`reference.md §4.11`); the whole name is asked first.
    let short = chain.split('_').next().unwrap_or_default();
    let from_chain = of_name(chain).or_else(|| of_name(short));
    let found = [of_name(outside), of_name(inside), of_name(hint.network), from_chain];
    let mut found = found.into_iter().flatten();
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// `Tron (TRC-20)` as `Tron` and `TRC-20`.
fn split(name: &str) -> (&str, &str) {
    match name.split_once(['(', '（', '[']) {
        Some((outside, rest)) => (outside, rest.trim_end_matches([')', '）', ']', ' '])),
        None => (name, ""),
    }
}

fn of_name(name: &str) -> Option<Family> {
    let of = |word: &str| NAMES.iter().find(|(_, names)| names.contains(&word)).map(|(family, _)| *family);
    let word = plain(name)?;
    of(&word).or_else(|| FILLERS.iter().find_map(|filler| of(word.strip_suffix(filler)?)))
}

/// A name in small letters and digits only. A letter beyond ASCII is not left out, it makes another name.
fn plain(name: &str) -> Option<String> {
    if name.len() > 80 || !name.is_ascii() {
        return None;
    }
    Some(name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect())
}

/// Every name that a network is given, in small letters and digits only, also without the words that say nothing.
pub(super) fn words(hint: &ChainHint<'_>) -> Vec<String> {
    let (outside, inside) = split(hint.network);
    let chain = hint.chain.unwrap_or_default();
    let names = [outside, inside, hint.network, chain, chain.split('_').next().unwrap_or_default()];
    let words: Vec<String> = names.into_iter().filter_map(plain).filter(|word| !word.is_empty()).collect();
    let bare = words.iter().flat_map(|word| FILLERS.iter().filter_map(|filler| word.strip_suffix(filler)));
    let bare: Vec<String> = bare.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    [words, bare].concat()
}
