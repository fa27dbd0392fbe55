//! Published addresses pass, the same ones with one character changed do not, and nothing panics on any text.

use super::*;
use proptest::prelude::*;

fn hint(network: &str) -> ChainHint<'_> {
    ChainHint { network, chain: None }
}

fn on(network: &str, text: &str) -> Result<Vec<Note>, AddressFault> {
    check(&hint(network), text).map(|checked| checked.notes)
}

/// Addresses from specifications, explorers and the exchange's own document, with what is noted about them.
const KNOWN: &[(&str, &str, &[Note])] = &[
    ("Tron (TRC-20)", "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", &[]),
    ("Tron (TRC-20)", "TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor", &[]),
    ("Tron (TRC-20)", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", &[]),
    ("Bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", &[]),
    ("Bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", &[]),
    ("Bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", &[]),
    ("Bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", &[]),
    ("Bitcoin", "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", &[]),
    ("Bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", &[]),
    ("Ethereum (ERC-20)", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", &[]),
    ("Ethereum (ERC-20)", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", &[]),
    ("BNB Smart Chain (BEP-20)", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", &[]),
    ("Arbitrum One", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", &[]),
    ("Polygon", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", &[Note::NoChecksum]),
    ("Base", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", &[Note::NoChecksum]),
    ("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", &[]),
    ("XRP", "rf1BiGeXwwQoi8Z2ueFYTEXSwuJYfV2Jpn", &[]),
    ("Solana", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", &[Note::NoChecksum]),
    ("Solana", "So11111111111111111111111111111111111111112", &[Note::NoChecksum]),
    ("Litecoin", "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz", &[]),
    ("Litecoin", "MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441", &[]),
    ("Litecoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", &[Note::SharedWith(Family::Bitcoin)]),
    ("Dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", &[]),
    ("Bitcoin Cash", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", &[]),
    ("Bitcoin Cash", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", &[]),
    ("Bitcoin Cash", "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", &[]),
    ("Bitcoin Cash", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", &[Note::SharedWith(Family::Bitcoin)]),
    ("Toncoin", "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs", &[]),
    ("Toncoin", "UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA", &[]),
    ("Toncoin", "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e", &[Note::NoChecksum]),
    ("Stellar", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", &[]),
    ("Cosmos", "cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh", &[]),
    (
        "Cardano",
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
        &[],
    ),
    ("Cardano", "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8", &[]),
    ("Cardano", "Ae2tdPwUPEZFSi1cTyL1ZL6bgixhc2vSy5heg6Zg9uP7PpumkAJ82Qprt8b", &[]),
    (
        "Cardano",
        "DdzFFzCqrhsfZHjaBunVySZBU8i9Zom7Gujham6Jz8scCcAdkDmEbD9XSdXKdBiPoa1fjgL4ksGjQXD8ZkSNHGJfT25ieA9rWNCSA5qc",
        &[],
    ),
    ("Polkadot", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", &[]),
    ("Sui", "0x0000000000000000000000000000000000000000000000000000000000000002", &[Note::NoChecksum]),
    ("Near Protocol", "alice.near", &[Note::NoChainCheck]),
];

#[test]
fn published_addresses_pass_on_their_own_chain() {
    let wrong: Vec<_> = KNOWN
        .iter()
        .filter_map(|(network, address, notes)| {
            let found = on(network, address);
            (found.as_deref() != Ok(*notes)).then_some((network, address, found))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn address_with_a_checksum_refuses_every_single_change() {
    let with_checksum =
        KNOWN.iter().filter(|(_, _, notes)| !notes.contains(&Note::NoChecksum) && !notes.contains(&Note::NoChainCheck));
    for (network, address, _) in with_checksum {
        let family = hint(network).family().unwrap();
        for at in 0..address.len() {
            let with =
                |c: char| -> String { address.chars().enumerate().map(|(i, o)| if i == at { c } else { o }).collect() };
            for changed in ('!'..='~').map(with) {
                // Another letter of the same value in TON's other alphabet is the same address.
                let is_same_value = changed.replace('+', "-").replace('/', "_") == *address;
                if changed != *address && !is_same_value {
                    assert!(verify(family, &changed).is_err(), "{network}: {changed} passed, it was {address}");
                }
            }
            // A blank at either end is left out, and then one character is missing.
            for changed in ['é', '０', '\u{202e}', ' '].map(with) {
                assert!(on(network, &changed).is_err(), "{network}: {changed} passed, it was {address}");
            }
        }
    }
}

#[test]
fn address_without_a_checksum_has_an_alphabet_and_a_length() {
    let solana = "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB";
    assert!(matches!(on("Solana", &solana.replace('v', "0")), Err(AddressFault::Characters { at: 4, .. })));
    assert!(matches!(on("Solana", &solana[..40]), Err(AddressFault::Length { found: 40, .. })));
    let evm = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    assert!(matches!(on("Ethereum", &evm[..41]), Err(AddressFault::Length { found: 41, expected: "42" })));
    assert!(matches!(on("Ethereum", &evm.replace("5a", "5g")), Err(AddressFault::Characters { at: 4, .. })));
    assert_eq!(on("Ethereum", &evm[2..]), Err(AddressFault::Prefix { expected: "0x" }));
    // A transaction id or a private key is not called an address of another chain.
    let long = format!("0x{}", "ab".repeat(32));
    assert_eq!(on("Ethereum", &long), Err(AddressFault::Length { found: 66, expected: "42" }));
}

#[test]
fn an_address_of_another_chain_is_called_by_its_name() {
    let of = |network: &str, text: &str| match on(network, text) {
        Err(AddressFault::LooksLike(family)) => Some(family),
        _ => None,
    };
    for (text, family) in [
        ("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", Family::Tron),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Family::Bitcoin),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Family::Evm),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", Family::Xrp),
        ("Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", Family::Solana),
        ("LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz", Family::Litecoin),
        ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", Family::Dogecoin),
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", Family::BitcoinCash),
        ("EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs", Family::Ton),
        ("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", Family::Stellar),
        ("cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh", Family::Cosmos),
        ("addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8", Family::Cardano),
        ("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", Family::Polkadot),
    ] {
        for network in ["Tron (TRC-20)", "Ethereum (ERC-20)", "Bitcoin", "Solana", "Stellar", "Sui"] {
            if hint(network).family() != Some(family) {
                assert_eq!(of(network, text), Some(family), "{text} on {network}");
            }
        }
    }
}

#[test]
fn the_wrong_chain_is_said_before_a_wrong_letter_or_length() {
    let evm = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    let broken = evm.replace("5aAe", "5AAe");
    for (network, typed, family) in [
        ("Tron", "0x", Family::Evm),
        ("Tron", "0x5aAe", Family::Evm),
        ("Tron", broken.as_str(), Family::Evm),
        ("Bitcoin", "0x5aAe", Family::Evm),
        ("Solana", "0x5aAe", Family::Evm),
        ("XRP", "0x5aAe", Family::Evm),
        ("Toncoin", "0x5aAe", Family::Evm),
        ("Stellar", "0x5aAe", Family::Evm),
        ("Ethereum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3", Family::Bitcoin),
        ("Tron", "bc1qw508", Family::Bitcoin),
        ("Bitcoin", "ltc1qw508", Family::Litecoin),
        ("Litecoin", "bc1qw508", Family::Bitcoin),
        ("Dogecoin", "addr1vx2f", Family::Cardano),
        ("Cardano", "cosmos1fl4", Family::Cosmos),
        ("Polkadot", "bitcoincash:qpm2", Family::BitcoinCash),
    ] {
        assert_eq!(on(network, typed), Err(AddressFault::BeginsLike(family)), "{typed} on {network}");
    }
    assert_eq!(on("Tron", evm), Err(AddressFault::LooksLike(Family::Evm)), "a whole one is called an address");
    // A transaction or a private key is none, and what is no address elsewhere either has a wrong letter.
    let long = format!("0x{}", "ab".repeat(32));
    for typed in [long.as_str(), "0xyz"] {
        assert!(matches!(on("Tron", typed), Err(AddressFault::Characters { at: 1, .. })), "{typed}");
    }
    // What begins so by chance.
    assert!(matches!(on("Solana", "bc1qw5"), Err(AddressFault::Length { .. })));
}

#[test]
fn what_may_still_become_an_address_is_short_and_nothing_else() {
    let alike = KNOWN.iter().filter(|(network, _, notes)| !notes.contains(&Note::NoChainCheck) && *network != "Sui");
    for (network, address, _) in alike {
        // The old form of Cardano tells what it is by its end only.
        if address.starts_with("Ae2") || address.starts_with("Ddz") {
            continue;
        }
        for length in 1..address.len() {
            let found = on(network, &address[..length]);
            let is_short = matches!(found, Err(AddressFault::Length { .. }));
            // Where more than one length can be, the checksum tells.
            let can_be = length + 3 > address.len() || [42, 43, 45, 54, 58].contains(&length);
            let is_nearly = can_be && matches!(found, Err(AddressFault::Checksum) | Ok(_));
            // Without a checksum as many letters are an address of Solana.
            let is_other = matches!(found, Err(AddressFault::LooksLike(Family::Solana))) && length >= 43;
            assert!(is_short || is_nearly || is_other, "{}: {found:?}", &address[..length]);
        }
    }
}

#[test]
fn what_is_wrong_is_said_in_particular() {
    let text = |t: &str| UntrustedText::from(t);
    let tron = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
    for (network, typed, fault) in [
        ("Bitcoin", "", AddressFault::Empty),
        ("Bitcoin", " \r\n", AddressFault::Empty),
        ("Tron", "TJmW 5D1p", AddressFault::Whitespace { at: 5 }),
        ("Tron", "TJmW\n5D1p", AddressFault::Whitespace { at: 5 }),
        ("Tron", "ТJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", AddressFault::NotAscii { at: 1, found: text("Т") }),
        ("Tron", "T\u{200b}JmW", AddressFault::NotAscii { at: 2, found: text("\u{200b}") }),
        ("Tron", "TJ\u{1b}[2J", AddressFault::Characters { at: 3, found: text("\u{1b}") }),
        ("Tron", &tron.to_lowercase(), AddressFault::Characters { at: 10, found: text("l") }),
        ("Tron", &tron[..33], AddressFault::Length { found: 33, expected: "34" }),
        ("Bitcoin", "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", AddressFault::Scheme { scheme: text("bitcoin:") }),
        (
            "Ethereum",
            "ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed@1",
            AddressFault::Scheme { scheme: text("ethereum:") },
        ),
        ("Some new chain", "solana:abc", AddressFault::Scheme { scheme: text("solana:") }),
        ("Bitcoin", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", AddressFault::MixedCase),
        ("Bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", AddressFault::Testnet),
        ("Bitcoin", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", AddressFault::Testnet),
        // Bech32 where bech32m belongs and the other way round (BIP-350's test vectors).
        ("Bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", AddressFault::Checksum),
        (
            "Bitcoin",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            AddressFault::Characters { at: 60, found: text("o") },
        ),
        // Witness versions without a meaning, and a program of two bytes: anyone could take it.
        ("Bitcoin", "BC1SW50QGDZ25J", AddressFault::Kind),
        ("Bitcoin", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", AddressFault::Kind),
        ("Bitcoin", "bc1pfeessrawgf", AddressFault::Kind),
        ("Ethereum", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", AddressFault::Checksum),
        ("Ethereum", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", AddressFault::Prefix { expected: "0x" }),
        ("Ethereum", "0x0000000000000000000000000000000000000000", AddressFault::Burn),
        ("Ethereum", "0x000000000000000000000000000000000000dEaD", AddressFault::Burn),
        ("BNB Smart Chain (BEP-20)", "0x0000000000000000000000000000000000000001", AddressFault::Burn),
        ("Ethereum", "0x000000000000000000000000000000000000FfFf", AddressFault::Burn),
        ("Ethereum", "0xdead000000000000000000000000000000000000", AddressFault::Burn),
        ("Tron (TRC-20)", "TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy", AddressFault::Burn),
        ("Bitcoin", "1BitcoinEaterAddressDontSendf59kuE", AddressFault::Burn),
        ("Bitcoin", "1CounterpartyXXXXXXXXXXXXXXXUWLpVr", AddressFault::Burn),
        ("XRP", "rrrrrrrrrrrrrrrrrrrrBZbvji", AddressFault::Burn),
        ("Solana", "1nc1nerator11111111111111111111111111111111", AddressFault::Burn),
        ("XRP", "rrrrrrrrrrrrrrrrrrrrrhoLvTp", AddressFault::Burn),
        ("XRP", "XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb", AddressFault::Combined),
        ("Solana", "11111111111111111111111111111111", AddressFault::Burn),
        ("Stellar", "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ", AddressFault::Combined),
        ("Toncoin", "kQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPgpP", AddressFault::Testnet),
        ("Cardano", "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz", AddressFault::Testnet),
        ("Cardano", "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw", AddressFault::Kind),
        ("Polkadot", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", AddressFault::Prefix { expected: "1" }),
        ("Cosmos", "osmo1zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3wr7l3z", AddressFault::Prefix { expected: "cosmos1" }),
    ] {
        assert_eq!(on(network, typed), Err(fault), "{typed:?} on {network}");
    }
    assert!(matches!(on("Some new chain", &"x".repeat(257)), Err(AddressFault::Length { found: 257, .. })));
}

#[test]
fn blanks_around_an_address_are_left_out_and_that_is_said() {
    let checked = check(&hint("Tron (TRC-20)"), " \tTJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU\r\n").unwrap();
    assert_eq!(checked.address.raw(), "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU");
    assert_eq!(checked.notes, [Note::Trimmed]);
}

#[test]
fn the_family_comes_from_whole_names_and_never_from_a_guess() {
    let family = |network: &str, chain: Option<&str>| ChainHint { network, chain }.family();
    for (network, chain, expected) in [
        ("Tron (TRC-20)", Some("TRON"), Some(Family::Tron)),
        ("TRC20", None, Some(Family::Tron)),
        ("Ethereum (ERC-20)", Some("ETH"), Some(Family::Evm)),
        ("BNB Smart Chain (BEP-20)", Some("BSC"), Some(Family::Evm)),
        ("BSC_BNB", Some("BSC"), Some(Family::Evm)),
        ("Arbitrum One", Some("ARBITRUM"), Some(Family::Evm)),
        ("Optimism", Some("OPTIMISM"), Some(Family::Evm)),
        ("Polygon", Some("MATIC"), Some(Family::Evm)),
        ("Base", Some("BASE"), Some(Family::Evm)),
        ("Avalanche C-Chain", Some("AVAXC"), Some(Family::Evm)),
        ("Avalanche X-Chain", Some("AVAX"), None),
        ("Bitcoin", Some("BTC"), Some(Family::Bitcoin)),
        ("Bitcoin Lightning", None, None),
        ("Bitcoin Cash", Some("BCH"), Some(Family::BitcoinCash)),
        ("Solana (SPL)", Some("SOL_mainnet"), Some(Family::Solana)),
        ("The Open Network", Some("TON"), Some(Family::Ton)),
        ("Unheard of", Some("TRON"), Some(Family::Tron)),
        ("Тron (TRC-20)", None, Some(Family::Tron)),
        ("Тron", None, None),
        // The two names contradict each other.
        ("Ethereum (ERC-20)", Some("TRON"), None),
        ("Near Protocol", Some("NEAR"), None),
        ("", None, None),
    ] {
        assert_eq!(family(network, chain), expected, "{network} {chain:?}");
    }
}

/// A valid address with a checksum that covers every character, from random bytes.
fn checksummed() -> impl Strategy<Value = (&'static str, String)> {
    let base58 = |version: u8, raw: &[u8], alphabet: &bs58::Alphabet| {
        use sha2::{Digest as _, Sha256};
        let mut whole = vec![version];
        whole.extend(raw);
        let check = Sha256::digest(Sha256::digest(&whole));
        whole.extend(&check[..4]);
        bs58::encode(whole).with_alphabet(alphabet).into_string()
    };
    (0..6_usize, proptest::array::uniform20(any::<u8>())).prop_map(move |(kind, raw)| {
        let hrp = |h: &str| bech32::Hrp::parse(h).unwrap();
        match kind {
            0 => ("Tron (TRC-20)", base58(0x41, &raw, bs58::Alphabet::BITCOIN)),
            1 => ("Dogecoin", base58(0x1e, &raw, bs58::Alphabet::BITCOIN)),
            2 => ("XRP", base58(0, &raw, bs58::Alphabet::RIPPLE)),
            3 => ("Bitcoin", bech32::segwit::encode_v0(hrp("bc"), &raw).unwrap()),
            4 => ("Litecoin", bech32::segwit::encode_v0(hrp("ltc"), &raw).unwrap()),
            _ => ("Cosmos", bech32::encode::<bech32::Bech32>(hrp("cosmos"), &raw).unwrap()),
        }
    })
}

proptest! {
    #[test]
    fn a_random_change_of_any_checksummed_address_is_refused(
        (network, address) in checksummed(), at in any::<prop::sample::Index>(), c in proptest::char::range('!', '~')
    ) {
        prop_assert_eq!(on(network, &address), Ok(Vec::new()));
        let at = at.index(address.len());
        let changed: String = address.chars().enumerate().map(|(i, o)| if i == at { c } else { o }).collect();
        prop_assert!(changed == address || on(network, &changed).is_err(), "{} for {}", changed, address);
    }

    #[test]
    fn no_text_panics_any_family(text in any::<String>(), noise in "[0-9a-zA-Z:+/_-]{0,110}", prefix in
        "(bc1|ltc1|bitcoincash:|q|0x|0:|addr1|cosmos1|G|EQ|r|T|X)") {
        for family in Family::iter() {
            for text in [&text, &noise, &format!("{prefix}{noise}"), &format!("{prefix}{text}")] {
                let _ = verify(family, text);
                let _ = family.fixed_start(text);
            }
        }
        let _ = check(&hint(&text), &noise);
        let _ = check(&hint("Bitcoin"), &text);
    }
}

#[test]
fn address_with_something_behind_it_says_which_part_is_which() {
    let glued = |network: &str, address: &str, behind: &str| {
        for sign in [":", " ", ", ", "?dt=", "#", "/"] {
            let behind = if sign == "?dt=" { format!("dt={behind}") } else { behind.to_owned() };
            let typed = format!("{address}{}{behind}", sign.trim_end_matches("dt="));
            let expected = AddressFault::Glued { address: address.into(), behind: behind.as_str().into() };
            assert_eq!(on(network, &typed), Err(expected), "{typed}");
        }
    };
    glued("XRP", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "104201");
    glued("Ethereum (ERC-20)", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "memo 7");
    glued("Bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "x");
    for typed in ["rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh:", "104201 rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"] {
        let found = on("XRP", typed);
        assert!(found.is_err() && !matches!(found, Err(AddressFault::Glued { .. })), "{typed}: {found:?}");
    }
    let long = format!("rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh {}", "x".repeat(600));
    assert!(matches!(on("XRP", &long), Err(AddressFault::Whitespace { .. })));
}
