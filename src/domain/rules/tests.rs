//! Every rule closes the form by itself and says so in both languages; what passes satisfies all of them.

use super::*;
use crate::domain::address::{self, AddressFault, Family};
use crate::domain::book::{Draft, Label};
use crate::domain::line::LineFault;
use crate::domain::{
    AskedBy, DepositAddress, Direction, MemoRule, Network, OrderId, Outcome, Receiver, Request, TransferRequest,
    WithdrawRequest,
};
use crate::locale::Lang;
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
    prices: Prices,
    limits: Limits,
    spent: Vec<Order>,
    lately: Vec<Paid>,
    book: Book,
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
            prices,
            limits: Limits::default(),
            spent: Vec::new(),
            lately: Vec::new(),
            book: Book::default(),
            list_age: 0,
            balance_age: 0,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            coins: Some(Fresh::new(&self.coins, self.list_age)),
            balances: Some(Fresh::new(&self.balances, self.balance_age)),
            prices: &self.prices,
            limits: &self.limits,
            ordered: Some(&self.spent),
            lately: &self.lately,
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

#[test]
fn a_withdrawal_that_breaks_no_rule_becomes_exactly_what_was_typed() {
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
    let coin = || Text::from("TRX");
    let net = || Text::from(TRON);
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
fn an_unreadable_or_empty_pattern_is_no_rule_and_the_unreadable_one_is_noted() {
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
    let memo = || Ok(Some(Text::from("123")));
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
fn a_look_alike_of_a_known_address_is_noted_until_it_has_a_label() {
    let label = |address: &str| Label {
        label: "exchange".into(),
        coin: "TRX".into(),
        network: TRON.into(),
        address: address.into(),
        memo: None,
    };
    let mut known = Known::new();
    let poisoned = "TJmWaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    known.book = Book::of_labels(&[label(poisoned)]);
    let notes = |known: &Known| check_withdraw(&input(), &known.facts()).notes;
    let note = FieldNote { field: Field::Address, note: Note::LookAlike { known: poisoned.into() } };
    assert_eq!(notes(&known), [note]);
    known.book = Book::of_labels(&[label(poisoned), label(TO)]);
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
        contract: contract.map(Text::from),
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
        assert!(words.contains("TRX") && words.contains("1000") && !words.contains(['{', '}']), "{words}");
    }
    // A move pays nobody.
    let direction = Direction::SpotToFutures;
    let moved = Request::Move(crate::domain::MoveRequest { direction, coin: "TRX".into(), amount: amount("999") });
    assert_eq!(unusual_amount(&moved, &Known::new().facts()), None);
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

#[test]
fn the_limit_per_day_counts_what_may_have_been_executed() {
    let mut known = Known::new();
    known.limits.per_day = Some(Limit { amount: amount("100"), unit: "TRX".into() });
    let unknown = || Outcome::Unknown { why: crate::domain::Because::Timeout.into() };
    let refused = Outcome::Refused { code: "2".into(), msg: "x".into() };
    known.spent = vec![order("TRX", "60", unknown()), order("TRX", "30", refused)];
    assert!(known.withdraw(&of("40")).is_ok());
    let over = || Fault::LimitPerDay { limit: amount("100"), unit: "TRX".into() };
    assert_eq!(known.withdraw(&of("40.000001")).unwrap_err(), [(Field::Amount, over())]);
    // Two coins: 10 USDT are 40 TRX.
    known.spent.push(order("USDT", "5", unknown()));
    assert!(known.withdraw(&of("20")).is_ok());
    assert_eq!(known.withdraw(&of("20.000001")).unwrap_err(), [(Field::Amount, over())]);
    known.spent.push(order("NEW", "5", unknown()));
    let no_price = Fault::LimitNoPrice { coin: "NEW".into(), unit: "TRX".into() };
    assert_eq!(known.withdraw(&of("20")).unwrap_err(), [(Field::Amount, no_price)]);
    let facts = Facts { ordered: None, ..known.facts() };
    assert_eq!(check_withdraw(&input(), &facts).fault(Field::Amount), Some(&Fault::SpentUnknown));
}

#[test]
fn a_limit_that_cannot_be_measured_closes_the_form() {
    let mut known = Known::new();
    known.limits.per_order = Some(Limit { amount: amount("100"), unit: "USD".into() });
    let no_price = Fault::LimitNoPrice { coin: "TRX".into(), unit: "USD".into() };
    assert_eq!(known.withdraw(&input()).unwrap_err(), [(Field::Amount, no_price)]);
    known.limits.per_order = Some(Limit { amount: amount("100"), unit: "USDT".into() });
    let now = Millis(PRICE_MAX_AGE_MS + 1);
    let facts = Facts { now, ..known.facts() };
    let stale = Fault::LimitStalePrice { coin: "TRX".into(), limit: 30 };
    assert_eq!(check_withdraw(&input(), &facts).fault(Field::Amount), Some(&stale));
}

#[test]
fn a_day_begins_at_midnight_utc() {
    assert_eq!(day_start(Millis(1_744_185_294_000)).exact(), "2025-04-09 00:00:00 UTC");
    assert_eq!(day_start(Millis(-1)), Millis(-86_400_000));
}

fn transfer(to: ReceiverInput) -> TransferInput {
    TransferInput { to, coin: "TRX".into(), amount: "10".into(), remark: String::new() }
}

fn uid(text: &str) -> ReceiverInput {
    ReceiverInput::Uid(text.into())
}

fn sent(known: &Known, input: &TransferInput) -> Result<TransferRequest, Vec<(Field, Fault)>> {
    let id = Text::from("0123456789abcdef0123456789abcdef");
    let result = check_transfer(input, &id, &known.facts()).into_result();
    result.map_err(|faults| faults.into_iter().map(|f| (f.field, f.fault)).collect())
}

#[test]
fn a_receiver_has_the_shape_of_one() {
    let known = Known::new();
    let ok = |to: ReceiverInput| sent(&known, &transfer(to)).map(|request| request.to);
    let phone = |code: &str, number: &str| ReceiverInput::Phone { country_code: code.into(), number: number.into() };
    let email = |text: &str| ReceiverInput::Email(text.into());
    assert_eq!(ok(uid("681979174")), Ok(Receiver::Uid("681979174".into())));
    for (wrong, fault) in [
        ("", Fault::Missing),
        ("12a", Fault::NotDigits),
        ("１２", Fault::NotDigits),
        ("1 2", Fault::NotDigits),
        ("012", Fault::UidRange),
        ("9223372036854775808", Fault::UidRange),
    ] {
        assert_eq!(ok(uid(wrong)), Err(vec![(Field::Uid, fault)]), "{wrong}");
    }
    for code in ["+86", "86", "1", "+1246"] {
        let receiver = Receiver::Phone { country_code: code.into(), number: "13800138000".into() };
        assert_eq!(ok(phone(code, "13800138000")), Ok(receiver));
    }
    for code in ["++86", "+", "086", "12345", "8 6", "cn"] {
        assert_eq!(ok(phone(code, "13800138000")), Err(vec![(Field::CountryCode, Fault::CountryCode)]), "{code}");
    }
    assert_eq!(
        ok(phone("", "1-2")),
        Err(vec![(Field::CountryCode, Fault::Missing), (Field::Number, Fault::NotDigits)])
    );
    let length = Fault::NumberLength { min: 4, max: 15 };
    assert_eq!(ok(phone("86", "123")), Err(vec![(Field::Number, length)]));
    for right in ["u@example.com", "first.last+tag@sub.example.co.uk", "_x@a-b.io"] {
        assert!(ok(email(right)).is_ok(), "{right}");
    }
    for wrong in ["u", "u@", "@b.c", "u@b", "u@@b.c", "u@b..c", "u@-b.c", "a b@c.d", "u..v@b.c", "ü@b.c", "u@b.c,v@b.c"]
    {
        assert_eq!(ok(email(wrong)), Err(vec![(Field::Email, Fault::Email)]), "{wrong}");
    }
    let own = Text::from("42");
    let facts = Facts { own_uid: Some(&own), ..known.facts() };
    let report = check_transfer(&transfer(uid("42")), &"a".into(), &facts);
    assert_eq!(report.fault(Field::Uid), Some(&Fault::Yourself));
}

#[test]
fn a_transfer_obeys_remark_limits_and_profile() {
    let mut known = Known::new();
    let with = |remark: &str| TransferInput { remark: remark.into(), ..transfer(uid("42")) };
    assert_eq!(sent(&known, &with("оплата 測試 ✓")).unwrap().remark, Some("оплата 測試 ✓".into()));
    assert_eq!(sent(&known, &with("  ")).unwrap().remark, None);
    assert!(sent(&known, &with(&"測".repeat(256))).is_ok());
    let long = Fault::Line(LineFault::TooLong { found: 257, room: 256 });
    assert_eq!(sent(&known, &with(&"測".repeat(257))).unwrap_err(), [(Field::Remark, long)]);
    for (wrong, fault) in [
        ("a\nb", LineFault::LineEnd { after: 1 }),
        ("a\u{1b}[31m", LineFault::Control { after: 1, found: '\u{1b}' }),
        ("a\u{202e}b", LineFault::Invisible { after: 1, found: '\u{202e}' }),
        ("a\u{200b}b", LineFault::Invisible { after: 1, found: '\u{200b}' }),
    ] {
        assert_eq!(sent(&known, &with(wrong)).unwrap_err(), [(Field::Remark, Fault::Line(fault))], "{wrong:?}");
    }
    assert_eq!(sent(&known, &with(" a b \n")).unwrap().remark, Some(" a b".into()));
    for id in ["", "x y", &"a".repeat(33)] {
        let report = check_transfer(&with(""), &id.into(), &known.facts());
        assert_eq!(report.fault(Field::Form), Some(&Fault::OwnId));
    }
    known.limits.address_book_only = true;
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Uid, Fault::ReceiverNotKnown)]);
    known.limits = Limits { per_order: Some(Limit { amount: amount("9"), unit: "TRX".into() }), ..Limits::default() };
    let over = Fault::LimitPerOrder { limit: amount("9"), unit: "TRX".into() };
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Amount, over)]);
    known.limits = Limits { read_only: true, ..Limits::default() };
    assert_eq!(sent(&known, &with("")).unwrap_err(), [(Field::Form, Fault::ReadOnly)]);
}

#[test]
fn a_transfer_takes_the_greatest_precision_of_its_coin_or_eighteen_with_a_note() {
    let mut known = Known::new();
    known.coins[0].networks.push(Network { name: "Other".into(), precision: Some(8), ..network() });
    let of = |amount: &str| TransferInput { amount: amount.into(), ..transfer(uid("42")) };
    assert!(sent(&known, &of("1.12345678")).is_ok());
    let fault = Fault::Decimals { typed: 9, allowed: 8 };
    assert_eq!(sent(&known, &of("1.123456789")).unwrap_err(), [(Field::Amount, fault)]);
    known.coins.clear();
    let report = check_transfer(&of("1.123456789012345678"), &"a".into(), &known.facts());
    assert!(report.request().is_some(), "{:?}", report.faults);
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::PrecisionAssumed { decimals: 18 } }]);
    assert!(sent(&known, &of("1.1234567890123456789")).is_err());
}

#[test]
fn a_move_out_of_futures_says_that_nobody_can_see_what_is_there() {
    let mut known = Known::new();
    let with = |direction, amount: &str| MoveInput { direction, coin: "TRX".into(), amount: amount.into() };
    let report = check_move(&with(Direction::FuturesToSpot, "9999"), &known.facts());
    assert!(report.request().is_some());
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::FuturesNotReadable }]);
    let report = check_move(&with(Direction::SpotToFutures, "9999"), &known.facts());
    assert!(matches!(report.fault(Field::Amount), Some(Fault::AboveAvailable { .. })));
    assert!(check_move(&with(Direction::SpotToFutures, "500"), &known.facts()).into_result().is_ok());
    let unknown = MoveInput { coin: "NEW".into(), ..with(Direction::FuturesToSpot, "1") };
    assert!(matches!(check_move(&unknown, &known.facts()).fault(Field::Coin), Some(Fault::UnknownCoin { .. })));
    known.limits.read_only = true;
    assert!(check_move(&with(Direction::SpotToFutures, "1"), &known.facts()).into_result().is_err());
}

#[test]
fn typed_numbers_are_read_exactly_or_refused_with_the_expected_form() {
    for right in ["0", "1", "20.5", "0.000000000000000001", "123456789012.123456789012345678", "10"] {
        assert_eq!(typed_amount(right).unwrap().to_string(), right);
    }
    let sided = |expected: &str| NumberFault::Sided { expected: expected.into() };
    let exponent = |written: Option<&str>| NumberFault::Exponent { written: written.map(str::to_owned) };
    for (wrong, fault) in [
        ("", NumberFault::Empty),
        ("1,5", NumberFault::Comma),
        ("1.000,50", NumberFault::Comma),
        ("1,000.5", NumberFault::Comma),
        ("1'000", NumberFault::Comma),
        ("1.2.3", NumberFault::Points),
        ("1..2", NumberFault::Points),
        (".5", sided("0.5")),
        ("5.", sided("5")),
        (".", NumberFault::NotDigits),
        ("+1", NumberFault::Sign),
        ("-1", NumberFault::Sign),
        ("1e3", exponent(Some("1000"))),
        ("1e5", exponent(Some("100000"))),
        ("1.50E+2", exponent(Some("150"))),
        ("1E-3", exponent(Some("0.001"))),
        ("1e30", exponent(None)),
        ("1e400", exponent(None)),
        ("1.e3", exponent(None)),
        ("01", NumberFault::LeadingZero),
        ("00.5", NumberFault::LeadingZero),
        ("１２", NumberFault::NotAscii),
        ("١", NumberFault::NotAscii),
        ("1\u{a0}000", NumberFault::NotAscii),
        ("1 000", NumberFault::NotDigits),
        ("1_000", NumberFault::NotDigits),
        ("NaN", NumberFault::NotDigits),
        ("Infinity", NumberFault::NotDigits),
        ("0x10", NumberFault::NotDigits),
        ("e", NumberFault::NotDigits),
        ("1.00000000000000000000000000000000000000000000000000000000000000000000001", NumberFault::TooManyDigits),
    ] {
        assert_eq!(typed_amount(wrong), Err(fault), "{wrong:?}");
    }
    // A pasted line end is left out and said.
    let report = check_withdraw(&of(" 20.5\n"), &Known::new().facts());
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: Note::Trimmed }]);
    assert_eq!(report.into_result().unwrap().gross, amount("20.5"));
}

#[test]
fn percent_keys_round_down() {
    for (available, percent, precision, expected) in [
        ("100", Percent::Quarter, 6, "25"),
        ("0.01", Percent::Quarter, 2, "0"),
        ("0.10", Percent::ThreeQuarters, 2, "0.07"),
        ("0.1", Percent::ThreeQuarters, 3, "0.075"),
        ("1.999999999", Percent::All, 6, "1.999999"),
        ("3", Percent::Half, 0, "1"),
        ("-5", Percent::All, 6, "0"),
        ("0.000000000000000001", Percent::All, 0, "0"),
        (
            "99999999999999999999999999999999999999",
            Percent::ThreeQuarters,
            18,
            "74999999999999999999999999999999999999",
        ),
    ] {
        assert_eq!(percent_of(amount(available), percent, precision).to_string(), expected, "{available}");
    }
}

/// One fault of every kind.
fn every_fault() -> Vec<Fault> {
    let t = || Text::from("a\u{202e}b");
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
        Fault::OnChain,
        Fault::RecordGone,
        Fault::RecordChanged { field: "status", before: "pending".into(), after: Text::default() },
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
    all.push(Fault::Number(NumberFault::Exponent { written: None }));
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
        Note::Thousands { read: amount("1"), other: amount("1000") },
        Note::OrderedBefore(Before {
            earlier: Earlier::Order(OrderId(3)),
            ago_ms: 12_000,
            is_given_up: false,
            sameness: Sameness::Whole,
        }),
        Note::OrderedBefore(Before {
            earlier: Earlier::Order(OrderId(3)),
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
            earlier: Earlier::Record("19\u{202e}9".into()),
            ago_ms: 12_000,
            is_given_up: false,
            sameness,
        })
    });
    all.extend(elsewhere);
    all.extend(Family::iter().map(|family| Note::Address(address::Note::SharedWith(family))));
    assert_eq!(Note::COUNT, 8);
    assert_eq!(address::Note::COUNT, 4);
    all
}

#[test]
fn every_fault_and_note_has_words_in_both_languages_with_its_values_filled_in() {
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
    used.extend(
        ["rule.fee.large_part", "rule.fee.eats_it_all", "rule.fee.as_last", "rule.fee.unknown", "rule.meant"]
            .map(str::to_owned),
    );
    let written: BTreeSet<String> = Lang::En.keys().filter(|k| k.starts_with("rule.")).map(str::to_owned).collect();
    assert_eq!(used, written, "the catalogue has exactly the words that are used");
}

fn flags() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)]
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[1-9][0-9]{0,3}(\\.[0-9]{1,8})?", 1 => any::<String>(), 1 => "[0-9.,e+-]{0,8}"]
}

proptest! {
    #[test]
    fn a_request_satisfies_every_rule(
        flags in proptest::array::uniform4(flags()),
        precision in proptest::option::of(0..9_u32),
        (min, max, available) in (proptest::option::of(0..50_i128), proptest::option::of(50..900_i128), proptest::option::of(0..2000_i128)),
        rule in prop_oneof![Just(MemoRule::None), Just(MemoRule::Optional), Just(MemoRule::Required), Just(MemoRule::Unknown)],
        memo in prop_oneof![Just(MemoChoice::Undecided), Just(MemoChoice::ExplicitNone), "[0-9]{0,4}".prop_map(MemoChoice::Text)],
        typed in typed(),
        address in prop_oneof![6 => Just(TO.to_owned()), 1 => any::<String>(), 1 => Just("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor\n".to_owned())],
        ages in (0..LIST_MAX_AGE_MS * 2, 0..BALANCE_MAX_AGE_MS * 2),
        per_order in proptest::option::of(1..500_i128),
    ) {
        let mut known = Known::new();
        [known.coins[0].open, known.coins[0].withdraw_open, ..] = flags;
        [.., known.network().open, known.network().withdraw_open] = flags;
        known.network().precision = precision;
        known.network().withdraw_min = min.and_then(|m| Amount::new(m, 0));
        known.network().withdraw_max = max.and_then(|m| Amount::new(m, 0));
        known.network().memo = rule.clone();
        known.balances[0].available = available.and_then(|m| Amount::new(m, 0));
        (known.list_age, known.balance_age) = ages;
        known.limits.per_order = per_order.and_then(|m| Amount::new(m, 0)).map(|amount| Limit { amount, unit: "USDT".into() });
        let input = WithdrawInput { memo, address, amount: typed.clone(), ..input() };
        let report = check_withdraw(&input, &known.facts());
        prop_assert_eq!(report.request().is_some(), report.faults.is_empty());
        prop_assert!(report.faults.is_sorted_by_key(|f| f.field));
        if let Ok(request) = report.into_result() {
            // Whether the coin is listed at all says nothing: a delisted one can still be withdrawn.
            prop_assert_eq!(&flags[1..], &[Some(true); 3]);
            prop_assert!(ages.0 <= LIST_MAX_AGE_MS && ages.1 <= BALANCE_MAX_AGE_MS);
            prop_assert_eq!(request.gross, typed.trim().parse::<Amount>().unwrap());
            prop_assert!(request.gross.is_positive() && request.gross.scale() <= precision.unwrap());
            let whole = |m: i128| Amount::new(m, 0).unwrap();
            prop_assert!(min.is_none_or(|m| request.gross >= whole(m)) && max.is_none_or(|m| request.gross <= whole(m)));
            prop_assert!(request.gross <= whole(available.unwrap()));
            // A coin is worth 0.25 USDT.
            prop_assert!(per_order.is_none_or(|m| request.gross <= whole(4 * m)));
            prop_assert_eq!(request.address.raw(), input.address.trim());
            match rule {
                MemoRule::None => prop_assert_eq!(request.memo, None),
                MemoRule::Required => prop_assert!(request.memo.is_some()),
                MemoRule::Optional => prop_assert_eq!(request.memo.is_none(), input.memo == MemoChoice::ExplicitNone),
                MemoRule::Unknown => prop_assert!(false),
            }
        }
    }

    #[test]
    fn a_percentage_is_the_greatest_that_is_not_more_than_its_part(
        mantissa in 1..i128::MAX / 1_000_000, scale in 0..24_u32, precision in 0..24_u32, quarters in 1..=4_usize
    ) {
        use num_bigint::BigInt;
        let available = Amount::new(mantissa, scale).unwrap();
        let percent = Percent::iter().nth(quarters - 1).unwrap();
        let part = percent_of(available, percent, precision);
        prop_assert!(part.scale() <= precision && part <= available && !part.is_negative());
        // Everything over 4 · 10^scale · 10^precision, in integers without a limit.
        let ten = |n: u32| BigInt::from(10).pow(n);
        let exact = BigInt::from(mantissa) * quarters * ten(precision) / (BigInt::from(4) * ten(scale));
        let found = BigInt::from(part.mantissa()) * ten(precision - part.scale());
        prop_assert_eq!(found, exact);
    }

    #[test]
    fn nothing_typed_panics(a in any::<String>(), b in any::<String>(), c in any::<String>(), d in any::<String>()) {
        let known = Known::new();
        let facts = known.facts();
        let typed = WithdrawInput {
            coin: a.clone(), network: b.clone(), address: c.clone(), memo: MemoChoice::Text(d.clone()), amount: d.clone(),
        };
        prop_assert!(check_withdraw(&typed, &facts).into_result().is_err());
        let _ = check_withdraw(&WithdrawInput { address: c.clone(), amount: a.clone(), ..input() }, &facts);
        for to in [uid(&a), ReceiverInput::Email(a.clone()), ReceiverInput::Phone { country_code: a, number: b }] {
            let typed = TransferInput { to, coin: "TRX".into(), amount: c.clone(), remark: d.clone() };
            let _ = check_transfer(&typed, &"a".into(), &facts);
        }
        let _ = check_move(&MoveInput { direction: Direction::SpotToFutures, coin: c, amount: d }, &facts);
    }
}

#[test]
fn what_is_no_single_line_is_refused_with_what_it_holds() {
    let known = Known::new();
    let end = |after| Fault::Line(LineFault::LineEnd { after });
    let tab = |after| Fault::Line(LineFault::Tab { after });
    let base = of("20.5");
    let cases = [
        (WithdrawInput { amount: "50\n60".into(), ..base.clone() }, Field::Amount, end(2)),
        (WithdrawInput { amount: "50\t60".into(), ..base.clone() }, Field::Amount, tab(2)),
        (WithdrawInput { amount: "5\u{200b}0".into(), ..base.clone() }, Field::Amount, {
            Fault::Line(LineFault::Invisible { after: 1, found: '\u{200b}' })
        }),
        (WithdrawInput { address: format!("{}\n{}", &TO[..9], &TO[9..]), ..base.clone() }, Field::Address, end(9)),
        (WithdrawInput { address: "T".repeat(257), ..base.clone() }, Field::Address, {
            Fault::Line(LineFault::TooLong { found: 257, room: 256 })
        }),
        (WithdrawInput { coin: "TR\nX".into(), ..base.clone() }, Field::Coin, end(2)),
        (WithdrawInput { network: format!("{TRON}\tx"), ..base.clone() }, Field::Network, tab(13)),
        (WithdrawInput { amount: "1".repeat(65), ..base.clone() }, Field::Amount, {
            Fault::Line(LineFault::TooLong { found: 65, room: 64 })
        }),
    ];
    for (input, field, fault) in cases {
        let faults = check_withdraw(&input, &known.facts()).into_result().unwrap_err();
        let said: Vec<&Fault> = faults.iter().filter(|f| f.field == field).map(|f| &f.fault).collect();
        assert_eq!(said, [&fault], "{input:?}");
    }
    let code = |code: &str, number: &str| ReceiverInput::Phone { country_code: code.into(), number: number.into() };
    let long = Fault::Line(LineFault::TooLong { found: 14, room: 8 });
    for (to, field, fault) in [
        (uid("4\n2"), Field::Uid, end(1)),
        (code("a@example.com!", "13800138000"), Field::CountryCode, long),
        (code("86", "138\t00138000"), Field::Number, tab(3)),
        (ReceiverInput::Email("a@b\n.cd".into()), Field::Email, end(3)),
    ] {
        assert_eq!(sent(&known, &transfer(to.clone())).unwrap_err(), [(field, fault)], "{to:?}");
    }
    // A tag with a tab in it is no other tag.
    let memo = |text: &str| {
        let mut known = Known::new();
        known.coins[0].networks[0].memo = MemoRule::Required;
        let input = WithdrawInput { memo: MemoChoice::Text(text.into()), ..of("20.5") };
        check_withdraw(&input, &known.facts()).into_result().map(|w| w.memo).map_err(|faults| faults[0].fault.clone())
    };
    assert_eq!(memo("104287\t3"), Err(tab(6)));
    assert_eq!(memo("104287\n"), Ok(Some("104287".into())));
    assert_eq!(memo(&"1".repeat(257)), Err(Fault::Line(LineFault::TooLong { found: 257, room: 256 })));
}

#[test]
fn an_amount_that_may_be_thousands_is_asked_about() {
    for (typed, other) in [
        ("1.000", Some("1000")),
        ("12.500", Some("12500")),
        ("999.999", Some("999999")),
        ("1.00", None),
        ("1.0000", None),
        ("0.500", None),
        ("1000.500", None),
        ("1000", None),
        ("1.5", None),
    ] {
        assert_eq!(as_thousands(typed), other.map(amount), "{typed}");
    }
    let report = check_withdraw(&WithdrawInput { amount: "20.500".into(), ..of("20.5") }, &Known::new().facts());
    let note = Note::Thousands { read: amount("20.5"), other: amount("20500") };
    assert_eq!(report.notes, [FieldNote { field: Field::Amount, note: note.clone() }]);
    assert_eq!(report.into_result().unwrap().gross, amount("20.5"), "it is asked about, not changed");
    let words = note.words(Lang::En);
    assert!(words.contains("Is 20.5 meant, or 20500?") && words.contains("read as 20.5"), "{words}");
}
