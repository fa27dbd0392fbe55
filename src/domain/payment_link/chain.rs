//! Ids of chains with Ethereum's addresses (EIP-155), the names that networks of the exchange's list give them, and what their own
//! coins are called. A name or an id that is not here is not guessed.

use crate::domain::address::ChainHint;

/// A chain: id, name, names of networks in small letters and digits only, names of its own coin.
type Chain = (u64, &'static str, &'static [&'static str], &'static [&'static str]);

const CHAINS: &[Chain] = &[
    (1, "Ethereum", &["ethereum", "eth", "erc20"], &["ETH"]),
    (10, "Optimism", &["optimism", "op", "opeth", "optimismethereum"], &["ETH"]),
    (25, "Cronos", &["cronos", "cro"], &["CRO"]),
    (
        56,
        "BNB Smart Chain",
        &["bsc", "bep20", "bnb", "bnbchain", "bnbsmartchain", "binancesmartchain", "bepsc"],
        &["BNB"],
    ),
    (61, "Ethereum Classic", &["ethereumclassic", "etc"], &["ETC"]),
    (100, "Gnosis", &["gnosis", "xdai", "gnosischain"], &["XDAI"]),
    (137, "Polygon", &["polygon", "matic", "pol", "polygonpos"], &["POL", "MATIC"]),
    (146, "Sonic", &["sonic"], &["S"]),
    (204, "opBNB", &["opbnb"], &["BNB"]),
    (250, "Fantom", &["fantom", "ftm"], &["FTM"]),
    (324, "zkSync Era", &["zksync", "zksyncera", "zks", "era"], &["ETH"]),
    (5000, "Mantle", &["mantle"], &["MNT"]),
    (8217, "Kaia", &["kaia", "klay", "klaytn"], &["KAIA", "KLAY"]),
    (8453, "Base", &["base", "baseevm", "baseeth"], &["ETH"]),
    (42161, "Arbitrum One", &["arbitrum", "arb", "arbi", "arbitrumone", "arbone", "arbevm"], &["ETH"]),
    (42220, "Celo", &["celo"], &["CELO"]),
    (43114, "Avalanche C-Chain", &["avalanchecchain", "avaxc", "avaxcchain", "cavax", "cchain", "avaxevm"], &["AVAX"]),
    (59144, "Linea", &["linea"], &["ETH"]),
    (81457, "Blast", &["blast"], &["ETH"]),
    (534_352, "Scroll", &["scroll"], &["ETH"]),
];

fn chain(id: u64) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.0 == id)
}

/// What a chain is called.
pub(super) fn name_of(id: u64) -> Option<&'static str> {
    chain(id).map(|chain| chain.1)
}

/// What its own coin is called.
pub(super) fn coins_of(id: u64) -> Option<&'static [&'static str]> {
    chain(id).map(|chain| chain.3)
}

/// The id of a network's chain, where its names leave no doubt.
pub(super) fn id_of(hint: &ChainHint<'_>) -> Option<u64> {
    let words = hint.words();
    let mut found = words.iter().filter_map(|word| CHAINS.iter().find(|chain| chain.2.contains(&word.as_str())));
    let first = found.next()?.0;
    found.all(|chain| chain.0 == first).then_some(first)
}
