//! Conditions that are news: told once, and only where no record says the same.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{EventKind, EventSubject, Kind, Status};
use wallet_tui::engine::notifications::{Channel, NotificationConfig};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{LedgerSnapshot, Loaded, Message};
use wallet_tui::tui::state::AppConfig;

use super::fixtures::{Row, balance, event, key_unknown};
use super::test_app::{TestApp, config};

/// A desk with a ledger and loud news.
fn test() -> TestApp {
    let notifications = NotificationConfig {
        channels: vec![Channel::Toast, Channel::Desktop],
        balance_change: Some("100".parse().unwrap()),
        ..NotificationConfig::default()
    };
    let mut test = TestApp::with(AppConfig { notifications, ..config(Lang::En) }, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    // What was read at the start explains whatever happened before it.
    wait_long(&mut test);
    test.keys("r");
    test.answer(Load::Balances, super::fixtures::balances());
    test
}

fn claims(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Note(name, _) = effect { Some(name.as_str()) } else { None })
        .collect()
}

/// What the ledger answers to the conditions that were noted: that they are news.
fn noted(effects: &[Effect], test: &TestApp) -> Message {
    let conditions = effects
        .iter()
        .filter_map(|effect| if let Effect::Note(_, condition) = effect { Some(condition) } else { None });
    Message::News(conditions.map(|condition| event(EventSubject::Condition(condition.clone()), test.now)).collect())
}

/// What says that it reached the user.
fn was_told() -> Effect {
    Effect::MarkDelivered(vec![1])
}

fn lines(effects: &[Effect]) -> Vec<&str> {
    let all =
        effects.iter().filter_map(|effect| if let Effect::Notify { lines, .. } = effect { Some(lines) } else { None });
    all.flatten().map(String::as_str).collect()
}

/// The seconds after something changed, with every claim that was made.
fn wait_long(test: &mut TestApp) -> Vec<Effect> {
    (0..100).flat_map(|_| test.wait(1_000)).collect()
}

#[test]
fn a_refused_key_is_told_once_until_it_works_again() {
    let mut test = test();
    test.keys("r");
    test.fail(Load::Balances, key_unknown());
    let effects = test.wait(1_000);
    assert_eq!(claims(&effects), ["key"]);
    assert_eq!(claims(&test.wait(1_000)), [""; 0], "it is asked once");
    let news = noted(&effects, &test);
    let effects = test.tell(news);
    assert!(
        matches!(effects.as_slice(), [Effect::Notify { channels, .. }, told] if *channels == [Channel::Desktop] && *told == was_told()),
        "{effects:?}"
    );
    assert!(lines(&effects)[0].contains("\"event\":\"key\""));
    test.keys("r");
    test.answer(Load::Balances, super::fixtures::balances());
    let effects = test.wait(1_000);
    assert!(effects.contains(&Effect::Forget("key".into())), "{effects:?}");
}

/// The balances that the desk has, with this one of USDT, where any is left.
fn balances_with(usdt: Option<&str>) -> Loaded {
    let Loaded::Balances(Some(all)) = super::fixtures::balances() else { unreachable!("the fixture has balances") };
    let mut all: Vec<_> = all.into_iter().filter(|b| b.coin.raw() != "USDT").collect();
    all.extend(usdt.map(|available| balance("USDT", available, "0")));
    Loaded::Balances(Some(all))
}

#[test]
fn a_balance_that_no_record_explains_is_told_after_a_while() {
    let mut test = test();
    test.keys("r");
    test.answer(Load::Balances, balances_with(Some("1")));
    let effects = wait_long(&mut test);
    let named = claims(&effects);
    assert!(named.len() == 1 && named[0].starts_with("balance:USDT:"), "{named:?}");
    let news = noted(&effects, &test);
    let effects = test.tell(news);
    assert!(lines(&effects)[0].contains("\"about\":\"USDT\""), "{effects:?}");
    assert!(test.screen().contains("no record says why"), "{}", test.screen());
    // Hidden amounts stay hidden.
    test.keys("p");
}

#[test]
fn a_coin_that_leaves_the_list_or_comes_into_it_has_changed() {
    let mut test = test();
    test.keys("r");
    test.answer(Load::Balances, balances_with(None));
    let effects = wait_long(&mut test);
    let named = claims(&effects);
    assert!(named.len() == 1 && named[0].starts_with("balance:USDT:0:"), "{named:?}");
    test.keys("r");
    test.answer(Load::Balances, balances_with(Some("500")));
    let effects = wait_long(&mut test);
    let named = claims(&effects);
    assert!(named.len() == 1 && named[0].starts_with("balance:USDT:500:"), "{named:?}");
    // An account that reports nothing at all is not believed at once.
    test.keys("r");
    test.answer(Load::Balances, Loaded::Balances(None));
    assert_eq!(claims(&wait_long(&mut test)), [""; 0]);
}

#[test]
fn a_balance_that_a_record_explains_is_not_told() {
    let mut test = test();
    test.keys("r");
    test.answer(Load::Balances, balances_with(Some("1")));
    let mut records = super::fixtures::outgoing();
    records.insert(0, Row::new(Kind::Withdrawal, "77", "USDT", "500", Status::Success, test.now).0);
    test.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(claims(&wait_long(&mut test)), [""; 0]);
}

#[test]
fn small_changes_and_small_records_are_not_told() {
    let mut test = test();
    let before = test.app.balance_at(0).cloned().unwrap();
    let mut all: Vec<_> = (0..50).filter_map(|at| test.app.balance_at(at).cloned()).collect();
    all[0].available = before.available.and_then(|a| a.checked_add("0.00000001".parse().unwrap()));
    test.keys("r");
    test.answer(Load::Balances, Loaded::Balances(Some(all)));
    assert_eq!(claims(&wait_long(&mut test)), [""; 0]);
    let notifications = NotificationConfig {
        least: Some("10".parse().unwrap()),
        channels: vec![Channel::Bell],
        ..NotificationConfig::default()
    };
    let mut test = TestApp::with(AppConfig { notifications, ..config(Lang::En) }, (80, 24)).loaded();
    let record = |coin: &str, net: &str| Row::new(Kind::Deposit, "9", coin, net, Status::Success, test.now).0;
    let record = |coin: &str, net: &str| event(EventSubject::Record(Box::new(record(coin, net))), test.now);
    let (small, large, unpriced) = (record("USDT", "9.99"), record("USDT", "10"), record("NEW", "1"));
    let untold = test.tell(Message::News(vec![small.clone()]));
    assert!(lines(&untold).is_empty() && untold.len() == 1, "nobody is told of it later either: {untold:?}");
    assert_eq!(lines(&test.tell(Message::News(vec![small, large, unpriced]))).len(), 2, "what has no price is told");
}

#[test]
fn kinds_choose_conditions_too() {
    let notifications = NotificationConfig { kinds: vec![EventKind::Credited], ..NotificationConfig::default() };
    let mut test = TestApp::with(AppConfig { notifications, ..config(Lang::En) }, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("r");
    test.fail(Load::Balances, key_unknown());
    let effects = test.wait(1_000);
    assert_eq!(claims(&effects), ["key"]);
    let news = noted(&effects, &test);
    assert_eq!(test.tell(news), [was_told()]);
    test.tell(Message::NoDesktop("no bus".into()));
    test.wait(5_000);
    assert!(test.screen().contains("no bus"), "after the answer to the key: {}", test.screen());
    test.tell(Message::NoHook("/no/such: not found".into()));
    assert!(test.screen().contains("Your command for news failed: /no/such: not found"), "{}", test.screen());
}

#[test]
fn a_key_that_works_ends_what_an_earlier_run_has_told_of_it() {
    let mut test = test();
    let effects: Vec<Effect> = [test.effects.clone(), test.wait(1_000)].concat();
    test.keys("r");
    test.answer(Load::Balances, super::fixtures::balances());
    let effects = [effects, test.wait(1_000)].concat();
    let forgotten = effects.iter().filter(|effect| **effect == Effect::Forget("key".into())).count();
    assert_eq!(forgotten, 1, "{effects:?}");
    test.keys("r");
    test.answer(Load::Balances, super::fixtures::balances());
    assert!(!test.wait(1_000).contains(&Effect::Forget("key".into())), "once is enough");
}
