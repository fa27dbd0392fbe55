//! What the embedded exchange lists: coins, their networks, limits, fees and first prices. Data only, in one
//! table, which is why the file is long.
//!
//! Names of networks other than `Tron (TRC-20)` are in the style of that one; the exchange's own list decides in real
//! life. Contracts are the tokens' published ones. Limits and fees are invented but plausible; the limits of USDT over
//! Tron are those of the document's sample.

use super::addresses::Family;

/// A listed coin.
#[derive(Debug)]
pub struct CoinSpec {
    /// The short name.
    pub name: &'static str,
    /// The long name.
    pub full_name: &'static str,
    /// The shelf it stands on (`track`).
    pub track: &'static str,
    /// USDT for one coin around which the price moves.
    pub price: &'static str,
    /// Whether there is a market against USDT.
    pub market: bool,
    /// Decimals that people use for amounts of it.
    pub decimals: u32,
    /// The networks.
    pub networks: &'static [NetworkSpec],
}

/// A network of a coin.
#[derive(Debug, Clone, Copy)]
pub struct NetworkSpec {
    /// What requests name.
    pub name: &'static str,
    /// The chain's short name.
    pub chain: &'static str,
    /// How the chain writes addresses.
    pub family: Family,
    /// The token's contract; none for a native coin.
    pub contract: Option<&'static str>,
    /// Decimals on the chain.
    pub precision: u32,
    /// Confirmations until a deposit is credited.
    pub confirmations: u32,
    /// 0 no memo, 1 optional, 2 required.
    pub memo: u8,
    /// Fee of a withdrawal.
    pub fee: &'static str,
    /// Least withdrawal.
    pub min: &'static str,
    /// Greatest withdrawal.
    pub max: &'static str,
    /// Least deposit.
    pub deposit_min: &'static str,
    /// Whether deposits are open at the start.
    pub deposit_open: bool,
    /// Whether withdrawals are open at the start.
    pub withdraw_open: bool,
}

const fn net(name: &'static str, chain: &'static str, family: Family, precision: u32, blocks: u32) -> NetworkSpec {
    NetworkSpec {
        name,
        chain,
        family,
        contract: None,
        precision,
        confirmations: blocks,
        memo: 0,
        fee: "0",
        min: "0",
        max: "3000000",
        deposit_min: "0.000001",
        deposit_open: true,
        withdraw_open: true,
    }
}

impl NetworkSpec {
    const fn of(mut self, contract: &'static str) -> Self {
        self.contract = Some(contract);
        self
    }

    const fn terms(mut self, fee: &'static str, min: &'static str, max: &'static str) -> Self {
        self.fee = fee;
        self.min = min;
        self.max = max;
        self
    }

    const fn from(mut self, deposit_min: &'static str) -> Self {
        self.deposit_min = deposit_min;
        self
    }

    const fn memo(mut self, rule: u8) -> Self {
        self.memo = rule;
        self
    }

    const fn open(mut self, deposits: bool, withdrawals: bool) -> Self {
        self.deposit_open = deposits;
        self.withdraw_open = withdrawals;
        self
    }
}

const fn tron(precision: u32) -> NetworkSpec {
    net("Tron (TRC-20)", "TRON", Family::Tron, precision, 20)
}
const fn ethereum(precision: u32) -> NetworkSpec {
    net("Ethereum (ERC-20)", "ETH", Family::Evm, precision, 12)
}
const fn bnb(precision: u32) -> NetworkSpec {
    net("BNB Smart Chain (BEP-20)", "BSC", Family::Evm, precision, 15)
}
const fn solana(precision: u32) -> NetworkSpec {
    net("Solana", "SOL", Family::Solana, precision, 32)
}
const fn polygon(precision: u32) -> NetworkSpec {
    net("Polygon", "MATIC", Family::Evm, precision, 128)
}
const fn arbitrum(precision: u32) -> NetworkSpec {
    net("Arbitrum One", "ARBITRUM", Family::Evm, precision, 64)
}
const fn optimism(precision: u32) -> NetworkSpec {
    net("Optimism", "OPTIMISM", Family::Evm, precision, 64)
}
const fn base(precision: u32) -> NetworkSpec {
    net("Base", "BASE", Family::Evm, precision, 64)
}
const fn avalanche(precision: u32) -> NetworkSpec {
    net("Avalanche C-Chain", "AVAXC", Family::Evm, precision, 20)
}
const fn ton(precision: u32) -> NetworkSpec {
    net("Toncoin", "TON", Family::Ton, precision, 10).memo(1)
}

const fn coin(
    name: &'static str,
    full_name: &'static str,
    track: &'static str,
    price: &'static str,
    decimals: u32,
    networks: &'static [NetworkSpec],
) -> CoinSpec {
    CoinSpec { name, full_name, track, price, market: true, decimals, networks }
}

const fn unpriced(mut spec: CoinSpec) -> CoinSpec {
    spec.market = false;
    spec
}

/// Every coin, in the list's order.
pub const COINS: &[CoinSpec] = &[
    unpriced(coin(
        "USDT",
        "Tether USD",
        "Metaverse",
        "1",
        2,
        &[
            tron(6).of("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t").terms("1", "0.000001", "3000000"),
            ethereum(6).of("0xdAC17F958D2ee523a2206206994597C13D831ec7").terms("3.5", "10", "2000000"),
            bnb(18).of("0x55d398326f99059fF775485246999027B3197955").terms("0.01", "5", "2000000"),
            solana(6).of("Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB").terms("1", "5", "1000000"),
            polygon(6).of("0xc2132D05D31c914a87C6611C10748AEb04B58e8F").terms("0.2", "5", "500000"),
            arbitrum(6).of("0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9").terms("0.15", "5", "1000000"),
            optimism(6).of("0x94b008aA00579c1307B0EF2c499aD98a8ce58e58").terms("0.1", "5", "500000"),
            avalanche(6).of("0x9702230A8Ea53601f5cD2dc00fDBc13d4dF4A8c7").terms("0.2", "5", "500000").open(true, false),
            ton(6).of("EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs").terms("0.15", "2", "500000"),
        ],
    )),
    coin(
        "BTC",
        "Bitcoin",
        "Layer 1",
        "91250.50",
        6,
        &[
            net("Bitcoin", "BTC", Family::Bitcoin, 8, 2).terms("0.0002", "0.001", "50").from("0.0001"),
            bnb(18)
                .of("0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c")
                .terms("0.000005", "0.00005", "10")
                .open(true, false),
        ],
    ),
    coin(
        "ETH",
        "Ethereum",
        "Layer 1",
        "3120.44",
        5,
        &[
            ethereum(18).terms("0.0008", "0.002", "1000").from("0.0005"),
            arbitrum(18).terms("0.0001", "0.001", "500"),
            optimism(18).terms("0.0001", "0.001", "500"),
            base(18).terms("0.0001", "0.001", "500"),
        ],
    ),
    coin("TRX", "TRON", "Layer 1", "0.2731", 2, &[tron(6).terms("1", "2", "5000000").from("1")]),
    coin(
        "USDC",
        "USD Coin",
        "Stablecoin",
        "1.0001",
        2,
        &[
            ethereum(6).of("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48").terms("3.5", "10", "2000000"),
            solana(6).of("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v").terms("1", "5", "1000000"),
            bnb(18).of("0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d").terms("0.01", "5", "1000000"),
            base(6).of("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913").terms("0.1", "5", "1000000"),
            arbitrum(6).of("0xaf88d065e77c8cC2239327C5EDb3A432268e5831").terms("0.15", "5", "1000000"),
            polygon(6).of("0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359").terms("0.2", "5", "500000").open(false, false),
        ],
    ),
    coin(
        "XRP",
        "XRP",
        "Payments",
        "2.1874",
        2,
        &[net("XRP", "XRP", Family::Xrp, 6, 1).memo(2).terms("0.2", "1", "1000000").from("0.1")],
    ),
    coin("SOL", "Solana", "Layer 1", "138.62", 4, &[solana(9).terms("0.008", "0.05", "20000").from("0.01")]),
    coin("TON", "Toncoin", "Layer 1", "1.642", 3, &[ton(9).terms("0.04", "0.5", "200000").from("0.01")]),
    coin("BNB", "BNB", "Layer 1", "884.30", 4, &[bnb(18).terms("0.0005", "0.005", "5000").from("0.001")]),
    coin(
        "DOGE",
        "Dogecoin",
        "Meme",
        "0.15283",
        1,
        &[net("Dogecoin", "DOGE", Family::Dogecoin, 8, 40).terms("4", "10", "3000000").from("1").open(false, true)],
    ),
    coin(
        "LTC",
        "Litecoin",
        "Layer 1",
        "92.41",
        4,
        &[net("Litecoin", "LTC", Family::Litecoin, 8, 6).terms("0.001", "0.01", "10000").from("0.001")],
    ),
    coin(
        "ADA",
        "Cardano",
        "Layer 1",
        "0.4436",
        2,
        &[net("Cardano", "ADA", Family::Cardano, 6, 30).terms("0.8", "3", "2000000").from("1")],
    ),
    coin(
        "ATOM",
        "Cosmos",
        "Layer 0",
        "2.613",
        3,
        &[net("Cosmos", "ATOM", Family::Cosmos, 6, 10).memo(1).terms("0.02", "0.2", "200000").from("0.01")],
    ),
    coin(
        "XLM",
        "Stellar Lumens",
        "Payments",
        "0.2517",
        2,
        &[net("Stellar", "XLM", Family::Stellar, 7, 1).memo(2).terms("0.02", "2", "3000000").from("0.1")],
    ),
    coin("AVAX", "Avalanche", "Layer 1", "14.27", 3, &[avalanche(18).terms("0.008", "0.1", "50000").from("0.01")]),
    coin(
        "POL",
        "Polygon Ecosystem Token",
        "Layer 2",
        "0.1389",
        2,
        &[polygon(18).terms("0.1", "2", "2000000").from("0.1")],
    ),
    coin(
        "LINK",
        "Chainlink",
        "Oracle",
        "13.184",
        3,
        &[
            ethereum(18).of("0x514910771AF9Ca656af840dff83E8264EcF986CA").terms("0.22", "0.6", "100000").from("0.05"),
            bnb(18).of("0xF8A0BF9cF54Bb92F17374d9e9A321E6a111a51bD").terms("0.002", "0.1", "50000").from("0.01"),
        ],
    ),
    coin(
        "UNI",
        "Uniswap",
        "DeFi",
        "6.082",
        3,
        &[ethereum(18).of("0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984").terms("0.5", "1.2", "100000").from("0.1")],
    ),
    coin(
        "AAVE",
        "Aave",
        "DeFi",
        "172.35",
        4,
        &[ethereum(18).of("0x7Fc66500c84A76Ad7e9c93437bFc5Ac33E2DDaE9").terms("0.015", "0.04", "10000").from("0.005")],
    ),
    coin(
        "SHIB",
        "Shiba Inu",
        "Meme",
        "0.00000846",
        0,
        &[ethereum(18)
            .of("0x95aD61b0a150d79219dCF64E1E6Cc01f0B64C4cE")
            .terms("320000", "700000", "90000000000")
            .from("100000")],
    ),
    coin(
        "PEPE",
        "Pepe",
        "Meme",
        "0.000004712",
        0,
        &[ethereum(18)
            .of("0x6982508145454Ce325dDbE47a25d4ec3d2311933")
            .terms("600000", "1300000", "90000000000")
            .from("200000")],
    ),
    coin(
        "ARB",
        "Arbitrum",
        "Layer 2",
        "0.2146",
        2,
        &[
            arbitrum(18).of("0x912CE59144191C1204E64559FE8253a0e49E6548").terms("0.2", "2", "1000000").from("0.1"),
            ethereum(18)
                .of("0xB50721BCf8d664c30412Cfbc6cf7a15145234ad1")
                .terms("9", "25", "500000")
                .from("1")
                .open(false, true),
        ],
    ),
    coin(
        "OP",
        "Optimism",
        "Layer 2",
        "0.3308",
        2,
        &[optimism(18).of("0x4200000000000000000000000000000000000042").terms("0.1", "1", "1000000").from("0.1")],
    ),
    coin(
        "BCH",
        "Bitcoin Cash",
        "Layer 1",
        "541.20",
        4,
        &[net("Bitcoin Cash", "BCH", Family::BitcoinCash, 8, 6).terms("0.0005", "0.005", "3000").from("0.001")],
    ),
    coin(
        "SUI",
        "Sui",
        "Layer 1",
        "1.529",
        2,
        &[net("Sui", "SUI", Family::Move, 9, 1).terms("0.05", "1", "500000").from("0.1")],
    ),
    coin(
        "APT",
        "Aptos",
        "Layer 1",
        "2.374",
        2,
        &[net("Aptos", "APTOS", Family::Move, 8, 1).terms("0.02", "0.5", "200000").from("0.1").open(false, false)],
    ),
    unpriced(coin(
        "WIN",
        "WINkLink",
        "Oracle",
        "0.0000412",
        0,
        &[tron(6)
            .of("TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7")
            .terms("40000", "100000", "5000000000")
            .from("1000")
            .open(false, true)],
    )),
];

/// `1 base = rate quote`, the fiat and stablecoin rates that the exchange names (`reference.md §4.12`).
pub const RATES: &[(&str, &str, &str)] = &[
    ("USDT", "USD", "0.9994"),
    ("USDC", "USD", "0.9998"),
    ("USD", "CNY", "7.1052"),
    ("USD", "EUR", "0.8687"),
    ("USD", "GBP", "0.7641"),
    ("USD", "JPY", "156.42"),
    ("USD", "KRW", "1471.8"),
    ("USD", "RUB", "79.05"),
    ("USD", "TRY", "42.45"),
    ("USD", "VND", "26355"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Amount;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_is_sound() {
        assert!(COINS.len() >= 24);
        let names: BTreeSet<_> = COINS.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), COINS.len(), "a coin stands twice");
        for coin in COINS {
            let networks: BTreeSet<_> = coin.networks.iter().map(|n| n.name).collect();
            assert_eq!(networks.len(), coin.networks.len(), "{}", coin.name);
            assert!(coin.price.parse::<Amount>().unwrap().is_positive());
            for n in coin.networks {
                let amount = |text: &str| text.parse::<Amount>().unwrap();
                assert!(amount(n.fee).is_positive() && amount(n.min) < amount(n.max), "{} {}", coin.name, n.name);
                assert!(amount(n.fee).trimmed().scale() <= n.precision && amount(n.min).scale() <= n.precision);
                assert!(coin.decimals <= n.precision);
            }
        }
        for (base, quote, rate) in RATES {
            assert!(base != quote && rate.parse::<Amount>().unwrap().is_positive());
        }
    }

    #[test]
    fn contracts_are_written_with_their_checksum() {
        use sha2::Digest as _;
        for (coin, n) in COINS.iter().flat_map(|c| c.networks.iter().map(move |n| (c.name, n))) {
            let Some(contract) = n.contract else { continue };
            match n.family {
                Family::Evm => {
                    let lower = contract[2..].to_lowercase();
                    let hash = data_encoding::HEXLOWER.encode(&sha3::Keccak256::digest(lower.as_bytes()));
                    for ((c, l), h) in contract[2..].chars().zip(lower.chars()).zip(hash.chars()) {
                        assert_eq!(c, if h >= '8' { l.to_ascii_uppercase() } else { l }, "{coin} {contract}");
                    }
                }
                Family::Tron => {
                    let raw = bs58::decode(contract).into_vec().unwrap();
                    let (body, check) = raw.split_at(21);
                    assert_eq!(sha2::Sha256::digest(sha2::Sha256::digest(body))[..4], *check, "{coin}");
                }
                Family::Solana => assert_eq!(bs58::decode(contract).into_vec().unwrap().len(), 32, "{coin}"),
                _ => assert!(contract.len() == 48, "{coin}"),
            }
        }
    }
}
