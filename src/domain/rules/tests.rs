//! Every rule closes the form by itself and says so in both languages; what passes satisfies all of them.

mod laws;
mod limits;
mod receiver;
mod transfer;
mod typed;
mod words;

use super::*;
use crate::domain::address::{self, AddressFault, Family};
use crate::domain::address_book::{AddressLabel, Draft, Label};
use crate::domain::line::LineFault;
use crate::domain::locale::Lang;
use crate::domain::{
    AskedBy, DepositAddress, MemoRule, MoveDirection, Network, OrderId, Outcome, Receiver, Request, TransferRequest,
    WithdrawRequest,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::mem::discriminant;
use strum::{EnumCount as _, IntoEnumIterator as _};

const TO: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
const TRON: &str = "Tron (TRC-20)";

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn network() -> Network {
    Network {
        name: TRON.into(),
        chain: Some("TRON".into()),
        contract: Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into()),
        precision: Some(6),
        memo: MemoRule::None,
        confirmations: Some(20),
        address_pattern: Some(".+".into()),
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        withdraw_min: Some(amount("2")),
        withdraw_max: Some(amount("1000")),
        deposit_min: None,
        fault: None,
    }
}

/// What is known, owned, to be changed by a test.
struct Known {
    coins: Vec<Coin>,
    balances: Vec<Balance>,
    futures: FuturesSide,
    prices: Prices,
    limits: Limits,
    spent: Vec<Order>,
    recent_payments: Vec<Paid>,
    book: AddressBook,
    list_age: i64,
    balance_age: i64,
}

impl Known {
    fn new() -> Self {
        let coin = Coin {
            fault: None,
            name: "TRX".into(),
            full_name: None,
            open: Some(true),
            deposit_open: Some(true),
            withdraw_open: Some(true),
            networks: vec![network()],
        };
        let mut prices = Prices::default();
        prices.set_last("TRX".into(), amount("0.25"), Millis(0));
        Self {
            coins: vec![coin],
            balances: vec![Balance { coin: "TRX".into(), available: Some(amount("500")), in_use: None }],
            futures: FuturesSide::NotRead,
            prices,
            limits: Limits::default(),
            spent: Vec::new(),
            recent_payments: Vec::new(),
            book: AddressBook::default(),
            list_age: 0,
            balance_age: 0,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            coins: Some(Fresh::new(&self.coins, self.list_age)),
            balances: Some(Fresh::new(&self.balances, self.balance_age)),
            futures: &self.futures,
            machine_now: Millis(1000),
            prices: &self.prices,
            limits: &self.limits,
            ordered: Some(&self.spent),
            recent_payments: &self.recent_payments,
            book: &self.book,
            own_uid: None,
            unproven: Some(&[]),
            target: None,
            clock_offset: Some(0),
            now: Millis(1000),
        }
    }

    fn network(&mut self) -> &mut Network {
        &mut self.coins[0].networks[0]
    }

    fn withdraw(&self, input: &WithdrawInput) -> Result<WithdrawRequest, Vec<(Field, Fault)>> {
        let result = check_withdraw(input, &self.facts()).into_result();
        result.map_err(|faults| faults.into_iter().map(|f| (f.field, f.fault)).collect())
    }
}

fn input() -> WithdrawInput {
    WithdrawInput {
        coin: "TRX".into(),
        network: TRON.into(),
        address: TO.into(),
        memo: MemoChoice::Undecided,
        amount: "20.5".into(),
    }
}

fn of(amount: &str) -> WithdrawInput {
    WithdrawInput { amount: amount.into(), ..input() }
}

fn order(coin: &str, gross: &str, outcome: Outcome) -> Order {
    let request = WithdrawRequest {
        coin: coin.into(),
        network: TRON.into(),
        address: TO.into(),
        memo: None,
        gross: amount(gross),
    };
    Order {
        id: OrderId(1),
        request: Request::Withdraw(request),
        time: Millis(1),
        sent: Millis(1),
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome,
        readings: 0,
        changed: Millis(1),
    }
}

fn transfer(to: ReceiverInput) -> TransferInput {
    TransferInput { to, coin: "TRX".into(), amount: "10".into(), remark: String::new() }
}

fn uid(text: &str) -> ReceiverInput {
    ReceiverInput::Uid(text.into())
}

fn sent(known: &Known, input: &TransferInput) -> Result<TransferRequest, Vec<(Field, Fault)>> {
    let id = UntrustedText::from("0123456789abcdef0123456789abcdef");
    let result = check_transfer(input, &id, &known.facts()).into_result();
    result.map_err(|faults| faults.into_iter().map(|f| (f.field, f.fault)).collect())
}

#[test]
fn withdrawal_without_fault_becomes_exactly_what_was_typed() {
    let request = Known::new().withdraw(&of("20.500")).unwrap();
    assert_eq!(request.gross.to_string(), "20.5");
    assert_eq!((request.coin.raw(), request.network.raw(), request.address.raw()), ("TRX", TRON, TO));
    assert_eq!(request.memo, None);
}

#[test]
fn an_empty_form_asks_for_its_fields_in_their_order() {
    let faults = Known::new().withdraw(&WithdrawInput::default()).unwrap_err();
    let missing = [Field::Coin, Field::Address, Field::Amount].map(|field| (field, Fault::Missing));
    assert_eq!(faults, missing);
}

#[test]
fn several_faults_are_told_at_once() {
    let typed = WithdrawInput { address: "TJmW".into(), memo: MemoChoice::Text("7".into()), ..of("1,5") };
    let fields: Vec<_> = Known::new().withdraw(&typed).unwrap_err().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, [Field::Address, Field::Memo, Field::Amount]);
}

type Change = fn(&mut Known, &mut WithdrawInput);

#[test]
fn every_rule_of_a_withdrawal_closes_the_form_by_itself() {
    let coin = || UntrustedText::from("TRX");
    let net = || UntrustedText::from(TRON);
    let limit = |known: &mut Known, unit: &str, most: &str| {
        known.limits.per_order = Some(Limit { amount: amount(most), unit: unit.into() });
    };
    let cases: Vec<(Change, Field, Fault)> = vec![
        (|k, _| k.limits.read_only = true, Field::Form, Fault::ReadOnly),
        (|k, _| k.list_age = LIST_MAX_AGE_MS + 1, Field::Form, Fault::ListStale { minutes: 30, limit: 30 }),
        (
            |_, i| i.coin = "trx".into(),
            Field::Coin,
            Fault::UnknownCoin { coin: "trx".into(), meant: Some("TRX".into()) },
        ),
        (|k, _| k.coins.push(k.coins[0].clone()), Field::Coin, Fault::Ambiguous { name: coin() }),
        (|k, _| k.coins[0].withdraw_open = Some(false), Field::Coin, Fault::CoinClosed { coin: coin() }),
        (
            |k, _| k.coins[0].fault = Some("data[0].x: y".into()),
            Field::Coin,
            Fault::RuleUnreadable { name: coin(), why: "data[0].x: y".into() },
        ),
        (
            |k, _| k.network().fault = Some("data[0].networks[0].x: y".into()),
            Field::Network,
            Fault::RuleUnreadable { name: net(), why: "data[0].networks[0].x: y".into() },
        ),
        (|k, _| k.coins[0].withdraw_open = None, Field::Coin, Fault::CoinStateUnknown { coin: coin() }),
        (
            |_, i| i.network = "TRON".into(),
            Field::Network,
            Fault::UnknownNetwork { network: "TRON".into(), meant: Some("Tron (TRC-20)".into()) },
        ),
        (|k, _| k.coins[0].networks.push(network()), Field::Network, Fault::Ambiguous { name: net() }),
        (|k, _| k.network().open = Some(false), Field::Network, Fault::NetworkClosed { network: net() }),
        (|k, _| k.network().withdraw_open = Some(false), Field::Network, Fault::NetworkClosed { network: net() }),
        (|k, _| k.network().open = None, Field::Network, Fault::NetworkStateUnknown { network: net() }),
        (|k, _| k.network().withdraw_open = None, Field::Network, Fault::NetworkStateUnknown { network: net() }),
        (|_, i| i.address = TO.replace("7rU", "7rV"), Field::Address, Fault::Address(AddressFault::Checksum)),
        (
            |_, i| i.address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".into(),
            Field::Address,
            Fault::Address(AddressFault::LooksLike(Family::Evm)),
        ),
        (
            |_, i| i.address = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into(),
            Field::Address,
            Fault::Contract { coin: coin(), network: net() },
        ),
        (|k, _| k.network().address_pattern = Some("^T[A-H]".into()), Field::Address, Fault::Pattern),
        (|k, _| k.limits.address_book_only = true, Field::Address, Fault::NotInBook),
        (|_, i| i.memo = MemoChoice::Text("7".into()), Field::Memo, Fault::MemoNotUsed),
        (|k, _| k.network().memo = MemoRule::Unknown, Field::Memo, Fault::MemoRuleUnknown),
        (|k, _| k.network().memo = MemoRule::Required, Field::Memo, Fault::MemoRequired),
        (|k, _| k.network().memo = MemoRule::Optional, Field::Memo, Fault::MemoUndecided),
        (|_, i| i.amount = "1,5".into(), Field::Amount, Fault::Number(NumberFault::Comma)),
        (|_, i| i.amount = "0.00".into(), Field::Amount, Fault::NotPositive),
        (|_, i| i.amount = "20.1234567".into(), Field::Amount, Fault::Decimals { typed: 7, allowed: 6 }),
        (|k, _| k.network().precision = None, Field::Amount, Fault::PrecisionUnknown),
        (|_, i| i.amount = "1.999999".into(), Field::Amount, Fault::BelowMin { min: amount("2"), coin: coin() }),
        (
            |_, i| i.amount = "500.000001".into(),
            Field::Amount,
            Fault::AboveAvailable { available: amount("500"), coin: coin() },
        ),
        (|k, _| k.balance_age = BALANCE_MAX_AGE_MS + 1, Field::Amount, Fault::BalanceStale { seconds: 60, limit: 60 }),
        (|k, _| k.balances[0].available = None, Field::Amount, Fault::BalanceUnknown { coin: coin() }),
        (|k, _| k.balances.clear(), Field::Amount, Fault::BalanceUnknown { coin: coin() }),
        (|k, _| k.balances.push(k.balances[0].clone()), Field::Amount, Fault::BalanceUnknown { coin: coin() }),
    ];
    for (number, (change, field, fault)) in cases.into_iter().enumerate() {
        let (mut known, mut typed) = (Known::new(), input());
        change(&mut known, &mut typed);
        assert_eq!(known.withdraw(&typed).unwrap_err(), [(field, fault)], "case {number}");
    }
    let mut known = Known::new();
    known.balances[0].available = Some(amount("5000"));
    let above = Fault::AboveMax { max: amount("1000"), coin: coin() };
    assert_eq!(known.withdraw(&of("1000.000001")).unwrap_err(), [(Field::Amount, above)]);
    assert!(known.withdraw(&of("1000")).is_ok() && known.withdraw(&of("2")).is_ok());
    limit(&mut known, "USDT", "5");
    assert!(known.withdraw(&of("20")).is_ok());
    let over = Fault::LimitPerOrder { limit: amount("5"), unit: "USDT".into() };
    assert_eq!(known.withdraw(&of("20.000001")).unwrap_err(), [(Field::Amount, over)]);
}

#[test]
fn what_was_never_read_closes_the_form() {
    let known = Known::new();
    let facts = Facts { coins: None, balances: None, ..known.facts() };
    let report = check_withdraw(&input(), &facts);
    assert_eq!(report.fault(Field::Form), Some(&Fault::ListMissing));
    assert!(report.request().is_none());
    let facts = Facts { balances: None, ..known.facts() };
    assert_eq!(check_withdraw(&input(), &facts).fault(Field::Amount), Some(&Fault::BalanceMissing));
    // A clock that jumped makes the data come from the future: that is no fresh data either.
    assert!(!Fresh::new((), -LIST_MAX_AGE_MS - 1).is_fresh(LIST_MAX_AGE_MS));
}

#[test]
fn an_age_just_within_its_limit_is_fresh() {
    let mut known = Known::new();
    (known.list_age, known.balance_age) = (LIST_MAX_AGE_MS, BALANCE_MAX_AGE_MS);
    assert!(known.withdraw(&input()).is_ok());
}

#[test]
fn unreadable_pattern_is_no_rule_and_is_noted() {
    let mut known = Known::new();
    for pattern in ["", "  ", "7rU$", "W5D1"] {
        known.network().address_pattern = Some(pattern.into());
        let report = check_withdraw(&input(), &known.facts());
        assert!(report.request().is_some() && report.notes.is_empty(), "{pattern}");
    }
    for pattern in ["^(T", "(?!x)T", &"a".repeat(513), "(((T{99}){99}){99}){99}"] {
        known.network().address_pattern = Some(pattern.into());
        let report = check_withdraw(&input(), &known.facts());
        assert!(report.request().is_some(), "{pattern}");
        assert_eq!(report.notes, [FieldNote { field: Field::Address, note: Note::PatternUnreadable }]);
    }
}

#[test]
fn a_memo_is_decided_and_never_assumed() {
    let with = |rule: MemoRule, choice: MemoChoice| {
        let mut known = Known::new();
        known.network().memo = rule;
        known
            .withdraw(&WithdrawInput { memo: choice, ..input() })
            .map(|request| request.memo)
            .map_err(|f| f[0].1.clone())
    };
    let text = |t: &str| MemoChoice::Text(t.into());
    let memo = || Ok(Some(UntrustedText::from("123")));
    for rule in [MemoRule::Required, MemoRule::Optional] {
        assert_eq!(with(rule.clone(), text(" 123\n")), memo());
        let unseen = Fault::Line(LineFault::Invisible { after: 1, found: '\u{202e}' });
        assert_eq!(with(rule.clone(), text("a\u{202e}b")), Err(unseen));
        let long = Fault::Line(LineFault::TooLong { found: 257, room: 256 });
        assert_eq!(with(rule.clone(), text(&"x".repeat(257))), Err(long));
    }
    assert_eq!(with(MemoRule::Required, MemoChoice::ExplicitNone), Err(Fault::MemoRequired));
    assert_eq!(with(MemoRule::Required, text("  ")), Err(Fault::MemoRequired));
    assert_eq!(with(MemoRule::Optional, MemoChoice::ExplicitNone), Ok(None));
    assert_eq!(with(MemoRule::Optional, text("")), Err(Fault::MemoUndecided));
    assert_eq!(with(MemoRule::None, MemoChoice::ExplicitNone), Ok(None));
    assert_eq!(with(MemoRule::None, text(" ")), Ok(None));
    assert_eq!(with(MemoRule::Unknown, text("123")), Err(Fault::MemoRuleUnknown));
}

#[test]
fn xrp_takes_a_number_as_its_tag_and_stellar_a_short_text() {
    let with = |name: &str, address: &str, memo: &str| {
        let mut known = Known::new();
        *known.network() =
            Network { name: name.into(), chain: None, contract: None, memo: MemoRule::Required, ..network() };
        let typed = WithdrawInput {
            network: name.into(),
            address: address.into(),
            memo: MemoChoice::Text(memo.into()),
            ..input()
        };
        known.withdraw(&typed).map(|_| ()).map_err(|f| f[0].1.clone())
    };
    let xrp = |memo: &str| with("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", memo);
    assert_eq!((xrp("0"), xrp("4294967295")), (Ok(()), Ok(())));
    for wrong in ["4294967296", "-1", "+1", "1a", "１"] {
        assert_eq!(xrp(wrong), Err(Fault::MemoTag), "{wrong}");
    }
    let stellar = |memo: &str| with("Stellar", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", memo);
    assert_eq!((stellar(&"x".repeat(28)), stellar(&"ab".repeat(32))), (Ok(()), Ok(())));
    assert_eq!(stellar(&"x".repeat(29)), Err(Fault::MemoTooLong { limit: 28 }));
}

#[test]
fn look_alike_of_a_known_address_is_noted_until_labelled() {
    let label = |address: &str| {
        Label::from(AddressLabel {
            label: "exchange".into(),
            coin: "TRX".into(),
            network: TRON.into(),
            address: address.into(),
            memo: None,
        })
    };
    let mut known = Known::new();
    let poisoned = "TJmWaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    known.book = AddressBook::of_labels(&[label(poisoned)]);
    let notes = |known: &Known| check_withdraw(&input(), &known.facts()).notes;
    let note = FieldNote { field: Field::Address, note: Note::LookAlike { known: poisoned.into() } };
    assert_eq!(notes(&known), [note]);
    known.book = AddressBook::of_labels(&[label(poisoned), label(TO)]);
    known.limits.address_book_only = true;
    assert!(known.withdraw(&input()).is_ok() && notes(&known).is_empty());
}

#[test]
fn own_addresses_and_contracts_of_any_token_are_stopped() {
    const CONTRACT: &str = "0xdAC17F958D2ee523a2206206994597C13D831ec7";
    const OWN: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    let mut known = Known::new();
    let on = |name: &str, chain: &str, contract: Option<&str>| Network {
        name: name.into(),
        chain: Some(chain.into()),
        contract: contract.map(UntrustedText::from),
        precision: Some(18),
        ..network()
    };
    let coin = |name: &str, network: Network| Coin {
        name: name.into(),
        networks: vec![network],
        ..Known::new().coins[0].clone()
    };
    known.coins.push(coin("USDT", on("Ethereum (ERC-20)", "ETH", Some(CONTRACT))));
    known.coins.push(coin("BNB", on("BNB Smart Chain (BEP-20)", "BSC", None)));
    known.coins.push(coin("SUI", on("Sui", "SUI", Some(&format!("0x{}::sui::SUI", "2a".repeat(32))))));
    for name in ["BNB", "SUI"] {
        known.balances.push(Balance { coin: name.into(), available: Some(amount("500")), in_use: None });
    }
    let own = DepositAddress { coin: "ETH".into(), network: "Arbitrum One".into(), address: OWN.into(), memo: None };
    known.book = Draft::default().with_own([&own]).done();
    let bnb = |address: &str| WithdrawInput {
        coin: "BNB".into(),
        network: "BNB Smart Chain (BEP-20)".into(),
        address: address.into(),
        ..input()
    };
    let contract = |coin: &str, network: &str| {
        vec![(Field::Address, Fault::Contract { coin: coin.into(), network: network.into() })]
    };
    // However the letters are written: upper and lower case are no part of such an address.
    for address in [CONTRACT.to_owned(), CONTRACT.to_ascii_lowercase()] {
        assert_eq!(known.withdraw(&bnb(&address)).unwrap_err(), contract("USDT", "Ethereum (ERC-20)"));
    }
    let fault = Fault::OwnAddress { coin: "ETH".into(), network: "Arbitrum One".into() };
    assert_eq!(known.withdraw(&bnb(OWN)).unwrap_err(), [(Field::Address, fault)]);
    let sui = WithdrawInput { coin: "SUI".into(), network: "Sui".into(), ..bnb(&format!("0x{}", "2a".repeat(32))) };
    assert_eq!(known.withdraw(&sui).unwrap_err(), contract("SUI", "Sui"));
    // Sui and Aptos leave zeros in front out; an address is typed with all of them.
    known.coins.pop();
    known.coins.push(coin("SUI", on("Sui", "SUI", Some("0x2::sui::SUI"))));
    let short = WithdrawInput { address: format!("0x{:0>64}", 2), ..sui };
    assert_eq!(known.withdraw(&short).unwrap_err(), contract("SUI", "Sui"));
    let precompiled = known.withdraw(&bnb("0x0000000000000000000000000000000000000004")).unwrap_err();
    assert_eq!(precompiled, [(Field::Address, Fault::Address(AddressFault::Burn))]);
    assert!(known.withdraw(&bnb("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")).is_ok());
}

#[test]
fn amounts_out_of_the_ordinary_are_told_with_their_reason() {
    let mut known = Known::new();
    known.balances[0] = Balance { coin: "TRX".into(), available: Some(amount("600")), in_use: Some(amount("400")) };
    let ask = |known: &Known, gross: &str| {
        let request = order("TRX", gross, Outcome::Sending).request;
        unusual_amount(&request, &known.facts())
    };
    let most = Some(AmountReason::MostOf { held: amount("1000"), coin: "TRX".into(), percent: 50 });
    // Half of what is held is not most of it. 501 TRX are worth 125.25.
    assert_eq!((ask(&known, "500"), ask(&known, "501")), (None, most.clone()));
    // Below a worth that is worth asking for nobody is asked, and what has no known worth may be worth much.
    known.limits.confirm_share_above.amount = amount("200");
    assert_eq!(ask(&known, "501"), None);
    known.prices = Prices::default();
    assert_eq!(ask(&known, "501"), most);
    known.limits.confirm_share = None;
    assert_eq!(ask(&known, "1000"), None);
    // Ten times the greatest that ever went there, under way or not, in the order's own coin.
    known.spent = vec![order("TRX", "2.5", Outcome::Sending)];
    known.book = Draft::default().with_orders(&known.spent).done();
    let far = Some(AmountReason::FarAbove { greatest: amount("2.5"), coin: "TRX".into(), times: 10 });
    assert_eq!((ask(&known, "25"), ask(&known, "25.000001")), (None, far));
    known.limits.confirm_jump = Some(11);
    assert_eq!(ask(&known, "25.000001"), None);
    known.limits.confirm_jump = None;
    assert_eq!(ask(&known, "1000"), None);
    // Of other coins only the worth can be compared, as far as it is known.
    known.limits.confirm_jump = Some(10);
    known.spent = vec![order("USDT", "5", Outcome::Sending)];
    known.book = Draft::default().with_orders(&known.spent).done();
    assert_eq!(ask(&known, "900"), None);
    known.prices.set_last("TRX".into(), amount("0.25"), Millis(0));
    let far = Some(AmountReason::FarAbove { greatest: amount("5"), coin: "USDT".into(), times: 10 });
    assert_eq!((ask(&known, "200"), ask(&known, "201")), (None, far.clone()));
    for lang in [Lang::En, Lang::ZhCn] {
        let words = far.as_ref().unwrap().words(lang);
        assert!(words.contains("USDT") && words.contains("10") && !words.contains(['{', '}']), "{words}");
        let words = AmountReason::MostOf { held: amount("1000"), coin: "TRX".into(), percent: 50 }.words(lang);
        assert!(words.contains("TRX") && words.contains("1,000") && !words.contains(['{', '}']), "{words}");
    }
    // A move pays nobody.
    let direction = MoveDirection::SpotToFutures;
    let moved = Request::Move(crate::domain::MoveRequest { direction, coin: "TRX".into(), amount: amount("999") });
    assert_eq!(unusual_amount(&moved, &Known::new().facts()), None);
}
