//! Every fault and note has its words in both languages.

use super::*;
use crate::domain::payment_link::LinkFault;

/// One fault of every kind.
fn every_fault() -> Vec<Fault> {
    let t = || UntrustedText::from("a\u{202e}b");
    let a = || amount("1.50");
    let mut all = vec![
        Fault::Missing,
        Fault::ReadOnly,
        Fault::ListMissing,
        Fault::ListStale { minutes: 31, limit: 30 },
        Fault::UnknownCoin { coin: t(), meant: None },
        Fault::Ambiguous { name: t() },
        Fault::CoinClosed { coin: t() },
        Fault::CoinStateUnknown { coin: t() },
        Fault::RuleUnreadable { name: "TRX".into(), why: "data[0].x: y".into() },
        Fault::UnknownNetwork { network: t(), meant: Some(t()) },
        Fault::NetworkClosed { network: t() },
        Fault::NetworkStateUnknown { network: t() },
        Fault::Pattern,
        Fault::Contract { coin: t(), network: t() },
        Fault::OwnAddress { coin: t(), network: t() },
        Fault::NotInBook,
        Fault::MemoRuleUnknown,
        Fault::MemoRequired,
        Fault::MemoUndecided,
        Fault::MemoNotUsed,
        Fault::MemoTooLong { limit: 28 },
        Fault::MemoTag,
        Fault::NotPositive,
        Fault::Decimals { typed: 7, allowed: 6 },
        Fault::PrecisionUnknown,
        Fault::BelowMin { min: a(), coin: t() },
        Fault::AboveMax { max: a(), coin: t() },
        Fault::BalanceMissing,
        Fault::FuturesMissing,
        Fault::FuturesStale { seconds: 61, limit: 60 },
        Fault::AboveMovable { movable: a(), coin: t() },
        Fault::BalanceStale { seconds: 61, limit: 60 },
        Fault::BalanceUnknown { coin: t() },
        Fault::AboveAvailable { available: a(), coin: t() },
        Fault::LimitPerOrder { limit: a(), unit: t() },
        Fault::LimitPerDay { limit: a(), unit: t() },
        Fault::LimitNoPrice { coin: t(), unit: t() },
        Fault::LimitStalePrice { coin: t(), limit: 30 },
        Fault::SpentUnknown,
        Fault::ReceiverNotKnown,
        Fault::Yourself,
        Fault::NotDigits,
        Fault::UidRange,
        Fault::CountryCode,
        Fault::NumberLength { min: 4, max: 15 },
        Fault::Email,
        Fault::Line(LineFault::LineEnd { after: 2 }),
        Fault::Changed,
        Fault::OwnId,
        Fault::NotCancellable,
        Fault::NoReceiver,
        Fault::PhoneWithoutPlus,
        Fault::NoCountryCode { code: t() },
        Fault::CodeUncertain { code: t(), area: "868" },
        Fault::TrunkZero,
        Fault::OnChain,
        Fault::RecordGone,
        Fault::RecordChanged { field: "status", before: "pending".into(), after: UntrustedText::default() },
        Fault::AlreadyFinal { status: t() },
    ];
    let addresses = vec![
        AddressFault::NotAscii { at: 1, found: t() },
        AddressFault::Whitespace { at: 1 },
        AddressFault::Scheme { scheme: t() },
        AddressFault::Prefix { expected: "0x" },
        AddressFault::Characters { at: 1, found: t() },
        AddressFault::Length { found: 1, expected: "34" },
        AddressFault::MixedCase,
        AddressFault::Checksum,
        AddressFault::Testnet,
        AddressFault::Kind,
        AddressFault::Burn,
        AddressFault::Combined,
        AddressFault::Glued { address: t(), behind: t() },
        AddressFault::LooksLike(Family::Tron),
        AddressFault::BeginsLike(Family::Tron),
    ];
    // `Empty` becomes `Missing`, here and for numbers.
    assert_eq!(addresses.len() + 1, AddressFault::COUNT);
    assert_eq!(addresses.iter().map(discriminant).collect::<std::collections::HashSet<_>>().len(), addresses.len());
    let numbers = vec![
        NumberFault::Comma,
        NumberFault::Points,
        NumberFault::Sided { expected: "0.5".into() },
        NumberFault::Sign,
        NumberFault::Exponent { written: Some("100000".into()) },
        NumberFault::LeadingZero,
        NumberFault::NotAscii,
        NumberFault::NotDigits,
        NumberFault::TooManyDigits,
    ];
    assert_eq!(numbers.len() + 1, NumberFault::COUNT);
    all.extend(addresses.into_iter().map(Fault::Address));
    all.extend(numbers.into_iter().map(Fault::Number));
    all.extend([Fault::Link(LinkFault::NoAddress), Fault::Number(NumberFault::Exponent { written: None })]);
    all.extend(Family::iter().map(|family| Fault::Address(AddressFault::LooksLike(family))));
    assert_eq!(all.iter().map(discriminant).collect::<std::collections::HashSet<_>>().len(), Fault::COUNT);
    all
}

fn every_note() -> Vec<Note> {
    let mut all = vec![
        Note::Trimmed,
        Note::LookAlike { known: "T\u{202e}1".into() },
        Note::PatternUnreadable,
        Note::PrecisionAssumed { decimals: 18 },
        Note::FuturesNotReadable,
        Note::FuturesNotListed { coin: "TRX".into() },
        Note::Thousands { read: amount("1"), other: amount("1000") },
        Note::OrderedBefore(Before {
            earlier: DuplicateOf::Order(OrderId(3)),
            ago_ms: 12_000,
            is_given_up: false,
            sameness: Sameness::Whole,
        }),
        Note::OrderedBefore(Before {
            earlier: DuplicateOf::Order(OrderId(3)),
            ago_ms: 12_000,
            is_given_up: true,
            sameness: Sameness::Whole,
        }),
        Note::Address(address::Note::Trimmed),
        Note::Address(address::Note::NoChecksum),
        Note::Address(address::Note::NoChainCheck),
    ];
    let elsewhere = [Sameness::Whole, Sameness::FeeUnknown, Sameness::PartUnknown].map(|sameness| {
        Note::OrderedBefore(Before {
            earlier: DuplicateOf::Record("19\u{202e}9".into()),
            ago_ms: 12_000,
            is_given_up: false,
            sameness,
        })
    });
    all.extend(elsewhere);
    all.extend(Family::iter().map(|family| Note::Address(address::Note::SharedWith(family))));
    assert_eq!(Note::COUNT, 9);
    assert_eq!(address::Note::COUNT, 4);
    all
}

#[test]
fn fault_and_note_have_words_in_both_languages() {
    let check = |key: &str, words: &dyn Fn(Lang) -> String| {
        let both = [words(Lang::En), words(Lang::ZhCn)];
        assert_ne!(both[0], both[1], "{key}");
        for words in both {
            assert!(!words.contains("rule.") && !words.contains('{') && !words.contains('}'), "{key}: {words}");
            assert!(!words.contains('\u{202e}'), "{key}: {words:?}");
        }
    };
    let mut used = BTreeSet::new();
    for fault in every_fault() {
        check(&fault.key(), &|lang| fault.words(lang));
        used.insert(fault.key());
    }
    for note in every_note() {
        check(&note.key(), &|lang| note.words(lang));
        used.insert(note.key());
    }
    used.extend(Family::iter().map(Family::key));
    used.extend(["rule.fee.large_part", "rule.fee.eats_it_all", "rule.meant"].map(str::to_owned));
    // Those of links have a test of their own beside them.
    let is_here =
        |key: &&str| key.starts_with("rule.") && (!key.starts_with("rule.link.") || *key == "rule.link.no_address");
    let written: BTreeSet<String> = Lang::En.keys().filter(is_here).map(str::to_owned).collect();
    assert_eq!(used, written, "the catalogue has exactly the words that are used");
}
