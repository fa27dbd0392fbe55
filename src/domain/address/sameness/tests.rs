//! Every spelling of a random account is that account, and never another one.

use bech32::Hrp;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::super::check;
use super::*;

/// The spellings of one account of a chain, those first that the chain's check takes.
struct Spelt {
    network: &'static str,
    spellings: Vec<String>,
    /// How many of them the chain's check takes.
    typed: usize,
}

const KINDS: usize = 15;

fn base58(version: u8, hash: &[u8], alphabet: &bs58::Alphabet) -> String {
    let mut whole = vec![version];
    whole.extend(hash);
    let check = Sha256::digest(Sha256::digest(&whole));
    whole.extend(&check[..4]);
    bs58::encode(whole).with_alphabet(alphabet).into_string()
}

fn ton(flags: u8, account: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut raw = vec![flags, 0];
    raw.extend(account);
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    let crc = raw.iter().fold(0_u16, |crc, b| (0..8).fold(crc ^ (u16::from(*b) << 8), |crc, _| step(crc)));
    raw.extend(crc.to_be_bytes());
    let digits = |c: &[u8]| {
        let n = c.iter().fold(0_usize, |n, b| (n << 8) | usize::from(*b));
        [18, 12, 6, 0].map(|at| char::from(DIGITS[(n >> at) & 63]))
    };
    raw.chunks(3).flat_map(digits).collect()
}

/// Bitcoin Cash's own form of twenty bytes, without the prefix.
fn cash(kind: u8, hash: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let mut digits = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in std::iter::once(&kind).chain(hash) {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            digits.push(u8::try_from((held >> bits) & 31).unwrap());
        }
    }
    digits.push(u8::try_from((held << (5 - bits)) & 31).unwrap());
    let polymod = |all: &[u8]| {
        let generator = [0x98_f2bc_8e61_u64, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
        let step = |c: u64, d: &u8| {
            let next = ((c & 0x07_ffff_ffff) << 5) ^ u64::from(*d);
            (0..5).filter(|bit| (c >> 35 >> bit) & 1 == 1).fold(next, |next, bit| next ^ generator[bit])
        };
        all.iter().fold(1, step) ^ 1
    };
    let prefix: Vec<u8> = b"bitcoincash".iter().map(|b| b & 31).chain([0]).collect();
    let sum = polymod(&[prefix.as_slice(), &digits, &[0; 8]].concat());
    digits.extend((0..8).rev().map(|at| u8::try_from((sum >> (5 * at)) & 31).unwrap()));
    digits.iter().map(|d| char::from(ALPHABET[usize::from(*d)])).collect()
}

fn ss58(prefix: &[u8], account: &[u8]) -> String {
    use blake2::Blake2b512;
    let whole = [prefix, account].concat();
    let check = Blake2b512::new().chain_update(b"SS58PRE").chain_update(&whole).finalize();
    bs58::encode([whole.as_slice(), &check[..2]].concat()).into_string()
}

fn stellar(account: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut raw = vec![6 << 3];
    raw.extend(account);
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    let crc = raw.iter().fold(0_u16, |crc, b| (0..8).fold(crc ^ (u16::from(*b) << 8), |crc, _| step(crc)));
    raw.extend(crc.to_le_bytes());
    let digits = |c: &[u8]| {
        let n = c.iter().fold(0_u64, |n, b| (n << 8) | u64::from(*b));
        [35, 30, 25, 20, 15, 10, 5, 0].map(|at| char::from(DIGITS[usize::try_from((n >> at) & 31).unwrap()]))
    };
    raw.chunks(5).flat_map(digits).collect()
}

/// An account of one kind with these bytes, in all its spellings.
fn spelt(kind: usize, raw: &[u8; 32]) -> Spelt {
    let (hash, bitcoin) = (&raw[..20], bs58::Alphabet::BITCOIN);
    let hrp = |h: &str| Hrp::parse(h).unwrap();
    let hex = |raw: &[u8]| data_encoding::HEXLOWER.encode(raw);
    let upper = |text: &str| text.to_ascii_uppercase();
    let of = |network, typed, spellings| Spelt { network, spellings, typed };
    let bech = |network, address: String| of(network, 2, vec![address.clone(), upper(&address)]);
    let old_and_new = |version, kind| {
        let new = cash(kind, hash);
        let whole = format!("bitcoincash:{new}");
        let also = cash(kind | 0x10, hash);
        vec![base58(version, hash, bitcoin), new.clone(), whole.clone(), upper(&new), upper(&whole), also]
    };
    match kind {
        0 => {
            let address = base58(0x41, hash, bitcoin);
            of("Tron (TRC-20)", 1, vec![address.clone(), format!("tron:{address}"), format!("41{}", hex(hash))])
        }
        1 => of("Bitcoin", 1, vec![base58(0, hash, bitcoin), format!("bitcoin:{}", base58(0, hash, bitcoin))]),
        2 => of("Litecoin", 2, vec![base58(0x32, hash, bitcoin), base58(0x05, hash, bitcoin)]),
        3 => of("Dogecoin", 1, vec![base58(0x1e, hash, bitcoin)]),
        4 => of("Bitcoin Cash", 5, old_and_new(0x00, 0x00)),
        5 => of("Bitcoin Cash", 5, old_and_new(0x05, 0x08)),
        6 => bech("Bitcoin", bech32::segwit::encode_v0(hrp("bc"), hash).unwrap()),
        7 => bech("Litecoin", bech32::segwit::encode_v1(hrp("ltc"), raw).unwrap()),
        8 => bech("Cosmos", bech32::encode::<Bech32>(hrp("cosmos"), hash).unwrap()),
        9 => {
            let (raw_form, friendly) = (format!("0:{}", hex(raw)), [0x11, 0x51].map(|flags| ton(flags, raw)));
            let other = friendly.clone().map(|text| text.replace('-', "+").replace('_', "/"));
            let typed = [friendly.to_vec(), other.to_vec(), vec![raw_form.clone(), format!("0:{}", upper(&hex(raw)))]];
            of("Toncoin", 6, [typed.concat(), vec![format!(" {raw_form}\n")]].concat())
        }
        10 => {
            let digits = hex(hash);
            let other = vec![digits.clone(), format!("0X{digits}"), format!("ethereum:0x{digits}")];
            of("Ethereum (ERC-20)", 2, [vec![format!("0x{digits}"), format!("0x{}", upper(&digits))], other].concat())
        }
        11 => {
            let mut low = *raw;
            low[0] = 0;
            let digits = hex(&low);
            let short = format!("0x{}", digits.trim_start_matches('0'));
            of("Sui", 2, vec![format!("0x{digits}"), format!("0x{}", upper(&digits)), short, digits])
        }
        12 => of("Polkadot", 1, vec![ss58(&[0], raw), ss58(&[42], raw), ss58(&[0x50, 0x01], raw)]),
        13 => of("Stellar", 1, vec![stellar(raw)]),
        _ => of("XRP", 1, vec![base58(0, hash, bs58::Alphabet::RIPPLE)]),
    }
}

proptest! {
    #[test]
    fn every_spelling_of_an_account_is_that_account_and_no_other(
        kind in 0..KINDS, one in any::<[u8; 32]>(), at in 1..20_usize, bit in 0..8_u32
    ) {
        let mut two = one;
        two[at] ^= 1 << bit;
        // Numbers as low as these are nobody's.
        prop_assume!(one[1..18].iter().any(|b| *b != 0) && two[1..18].iter().any(|b| *b != 0));
        let (one, two) = (spelt(kind, &one), spelt(kind, &two));
        let network = one.network;
        for (place, a) in one.spellings.iter().enumerate() {
            let verdict = check(&ChainHint { network, chain: None }, a);
            prop_assert_eq!(verdict.is_ok(), place < one.typed || a.ends_with('\n'), "{}: {} {:?}", network, a, verdict);
            for b in &one.spellings {
                prop_assert!(is_same(a, b), "{}: {} is {}", network, a, b);
                prop_assert_eq!(compare(network, a, b), Comparison::Same);
                prop_assert_eq!(compare("A chain of no known name", a, b), Comparison::Same);
            }
            for (other, b) in two.spellings.iter().enumerate() {
                prop_assert!(!is_same(a, b), "{}: {} is not {}", network, a, b);
                let are_typed = place < one.typed && other < two.typed;
                let compared = compare(network, a, b);
                prop_assert!(compared == Comparison::Different || (!are_typed && compared < Comparison::Different));
            }
        }
    }

    #[test]
    fn no_text_panics_the_comparison(a in any::<String>(), b in "[0-9a-zA-Z:+/_-]{0,110}", prefix in
        "(bc1|ltc1|bitcoincash:|q|0x|41|xdc|0:|-1:|addr1|cosmos1|G|EQ|r|T|X)") {
        for text in [&a, &b, &format!("{prefix}{b}"), &format!("{prefix}{a}")] {
            let padded = format!(" {text} ");
            prop_assert!(is_same(text, &padded));
            let _ = compare("TON", text, &a);
            let _ = compare(&a, text, &b);
        }
    }
}

#[test]
fn accounts_of_other_kinds_with_one_hash_are_others() {
    let raw = [7; 32];
    let all: Vec<Spelt> = (0..KINDS).map(|kind| spelt(kind, &raw)).collect();
    // Bitcoin, Litecoin and Bitcoin Cash share the forms of a key's and of a script's account.
    let is_shared = |a: usize, b: usize| [[1, 4], [2, 5]].contains(&[a.min(b), a.max(b)]);
    for (a, one) in all.iter().enumerate() {
        for (b, two) in all.iter().enumerate().filter(|(b, _)| *b != a) {
            let is_one = is_same(&one.spellings[0], &two.spellings[0]);
            assert_eq!(is_one, is_shared(a, b), "{} {}", one.spellings[0], two.spellings[0]);
        }
    }
}

#[test]
fn what_cannot_be_read_beside_what_can_is_unclear() {
    let (one, two) = ("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", "TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor");
    let tron = |a: &str, b: &str| compare("Tron (TRC-20)", a, b);
    assert_eq!(tron(one, two), Comparison::Different);
    for odd in ["TJmW****7rU", "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU:104", "someone"] {
        assert_eq!((tron(one, odd), tron(odd, one)), (Comparison::Unclear, Comparison::Unclear), "{odd}");
    }
    let evm = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    assert_eq!((tron(one, evm), tron(evm, one)), (Comparison::OtherChain, Comparison::OtherChain));
    // Of a chain that is not known a text is a text.
    let near = |a: &str, b: &str| compare("Near Protocol", a, b);
    assert_eq!(near("alice.near", "bob.near"), Comparison::Different);
    assert_eq!(near("alice.near", "Alice.near"), Comparison::Unclear);
    assert_eq!(near("alice.near", "alice.near:7"), Comparison::Unclear);
    assert_eq!(near("alice.near", " alice.near "), Comparison::Same);
}

#[test]
fn tags_that_are_numbers_are_compared_as_numbers() {
    let same = |network: &str, a: &str, b: &str| is_same_memo(network, Some(a), Some(b));
    assert!(same("XRP Ledger", "7", "007") && same("XRP", "0", "000") && same("XRP", " 7", "7"));
    assert!(!same("XRP", "7", "70") && !same("XRP", "7", "") && !same("XRP", "0x7", "7"));
    assert!(!same("Toncoin", "7", "007"), "a text");
    assert!(may_be_same_memo(Some("7"), Some("007")) && may_be_same_memo(Some("aB"), Some("Ab")));
    assert!(!may_be_same_memo(Some("7"), None) && may_be_same_memo(Some(" "), None));
    assert!(!may_be_same_memo(Some("7"), Some("17")));
}
