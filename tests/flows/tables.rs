//! Stories about the tables: what a narrow screen keeps, what is filtered, sorted and pointed at.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use rust_decimal::Decimal;
use wallet_tui::domain::address_book::AddressLabel;
use wallet_tui::domain::export::ExportFormat;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::worth::Worth;
use wallet_tui::domain::{Kind, Status};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{LedgerSnapshot, Loaded, Message};
use wallet_tui::tui::state::{AppConfig, OrderSettings};

use super::fixtures::{ADDRESS, Row, ago, balance};
use super::test_app::{NOW, TestApp, config};

/// The withdrawals' tab with these records alone.
fn withdrawals(config: AppConfig, rows: Vec<Row>) -> TestApp {
    let mut test = TestApp::with(config, (80, 24)).loaded();
    test.wait(10_000);
    test.answer(Load::Outgoing, Loaded::Records(rows.into_iter().map(|row| row.0).collect()));
    test.keys("3");
    test
}

/// A withdrawal of USDT that was done minutes ago.
fn withdrawal(id: &str, net: &str) -> Row {
    Row::new(Kind::Withdrawal, id, "USDT", net, Status::Success, ago("43 min")).on("Tron (TRC-20)", ADDRESS)
}

#[test]
fn eighty_columns_show_where_it_went_by_its_label() {
    for (lang, age) in [(Lang::En, "43m"), (Lang::ZhCn, "43分")] {
        let label = AddressLabel {
            label: "cold wallet".into(),
            coin: "USDT".into(),
            network: "Tron (TRC-20)".into(),
            address: ADDRESS.into(),
            memo: None,
        };
        let order_settings = OrderSettings { labels: vec![label.into()], ..OrderSettings::default() };
        let test = withdrawals(AppConfig { order_settings, ..config(lang) }, vec![withdrawal("1", "499")]);
        let screen = test.screen();
        for words in ["TJmW…V7rU “cold wallet”", age, " TRC-20 "] {
            assert!(screen.contains(words), "{words}\n{screen}");
        }
    }
}

#[test]
fn digits_are_whole_while_a_column_can_give_way() {
    let wei = "0.123456789012345678";
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    for (available, is_share_there) in [("0.12345678", true), (wei, false)] {
        test.wait(60_000);
        let held = vec![balance("ETH", available, "0"), balance("USDT", "5", "0")];
        test.answer(Load::Balances, Loaded::Balances(Some(held)));
        let screen = test.screen();
        assert!(screen.contains(available) && screen.contains("Share") == is_share_there, "{screen}");
    }
    let long = "1234567.12345678";
    let test = withdrawals(config(Lang::En), vec![withdrawal("1", long), withdrawal("2", "1")]);
    assert!(test.screen().contains("1,234,567.12345678"), "{}", test.screen());
}

#[test]
fn fee_in_another_coin_says_which() {
    let mut row = withdrawal("1", "1").fee("0.00123456");
    row.0.fee_coin = Some("ETH".into());
    let mut test = withdrawals(config(Lang::En), vec![row, withdrawal("2", "2").fee("1")]);
    test.resize((200, 60));
    assert!(test.screen().contains("0.00123456 ETH"), "{}", test.screen());
}

/// A click with the left button.
fn click(test: &mut TestApp, column: usize, row: usize) -> Vec<Effect> {
    let (column, row) = (u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    let kind = MouseEventKind::Down(MouseButton::Left);
    test.tell(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

/// Where a word stands on the screen.
fn place_of(test: &TestApp, word: &str) -> (usize, usize) {
    let screen = test.screen();
    let mut lines = screen.lines().enumerate();
    let found = lines.find_map(|(row, line)| line.find(word).map(|at| (line[..at].chars().count(), row)));
    found.unwrap_or_else(|| panic!("{word}\n{screen}"))
}

/// The coins of the balances' table from above.
fn coins(test: &TestApp) -> Vec<String> {
    test.app.exported_balances().into_iter().map(|row| row.balance.coin.raw().to_owned()).collect()
}

#[test]
fn balances_are_filtered_by_what_their_table_shows() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("/");
    assert!(test.screen().contains("value>  available>  in_use>  total>"), "{}", test.screen());
    test.keys("value>5000<enter>");
    assert_eq!(coins(&test), ["BTC", "USDT"]);
    test.keys("/ available>100<enter>");
    assert_eq!(coins(&test), ["USDT"]);
    test.keys("<esc>/status:pending");
    // In full, over two lines.
    let screen = test.screen().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(screen.contains("there are coin value available in_use total price"), "{screen}");
    // The other tables have fields of their own.
    test.keys("<esc><esc>3/");
    assert!(test.screen().contains("status:  after:") && !test.screen().contains("available>"), "{}", test.screen());
    test.keys("fee>0<enter>");
    assert!(test.app.context() == Context::Table, "{}", test.screen());
}

#[test]
fn click_on_a_head_sorts_by_it_and_again_turns_it_round() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    let (column, row) = place_of(&test, " Coin ");
    click(&mut test, column + 1, row);
    let mut sorted = coins(&test);
    sorted.sort();
    assert_eq!(coins(&test), sorted);
    click(&mut test, column + 1, row);
    sorted.reverse();
    assert_eq!(coins(&test), sorted);
    let (column, row) = place_of(&test, "Total ");
    click(&mut test, column, row);
    assert!(test.screen().contains("Total ▼"), "{}", test.screen());
}

#[test]
fn click_on_an_entry_of_the_last_line_presses_its_key() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    let (column, row) = place_of(&test, "/ filter");
    click(&mut test, column + 2, row);
    assert_eq!(test.app.context(), Context::Filter);
    // A hint is no key.
    let (column, row) = place_of(&test, "available>");
    click(&mut test, column, row);
    assert_eq!(test.app.context(), Context::Filter);
    test.keys("<esc>");
    let (column, row) = place_of(&test, "q quit");
    assert_eq!(click(&mut test, column, row), [Effect::Quit]);
    // What is ordered is not pointed at.
    let (column, row) = place_of(&test, "w withdraw");
    click(&mut test, column, row);
    assert!(test.app.dialog().is_some());
    let before = test.screen();
    for column in 0..80 {
        assert_eq!(click(&mut test, column, 23), []);
    }
    assert_eq!(test.screen(), before);
}

#[test]
fn balances_are_written_as_the_table_shows_them() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("/value>5000<enter>x");
    assert!(test.screen().contains("as the table shows them: 2"), "{}", test.screen());
    test.keys("<down>");
    let effects = test.keys("<enter>");
    let [Effect::ExportBalances { format, path, balances, replace: false }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(*format, ExportFormat::Json);
    assert!(
        path.starts_with("~/wallet-tui-balances-2026-")
            && std::path::Path::new(path).extension().is_some_and(|end| end == "json"),
        "{path}"
    );
    let [btc, usdt] = balances.as_slice() else { panic!("{balances:?}") };
    assert_eq!((btc.balance.coin.raw(), usdt.balance.coin.raw()), ("BTC", "USDT"));
    assert_eq!(btc.value.map(|value| value.to_string()).as_deref(), Some("18920.85"));
    // Three seconds have passed since they were read.
    assert_eq!(btc.at, Some(test.app.exchange_now().plus(-3_000)));
    // A tax tool takes payments: the whole history, as it is.
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("x<down><down><down>");
    assert!(test.screen().contains("wallet-tui-history-"), "{}", test.screen());
    assert!(matches!(test.keys("<enter>").as_slice(), [Effect::Export { .. }]));
}

#[test]
fn first_line_tells_the_change_since_yesterday_or_nothing() {
    let worth = |hours: i64, value: i64| Worth {
        at: NOW.plus(-hours * 3_600_000),
        spot: Decimal::from(value),
        futures: Some(Decimal::ZERO),
        left_out: Vec::new(),
    };
    let without = |mut worth: Worth| {
        worth.left_out = vec!["NEW".into()];
        worth
    };
    for (kept, told) in [
        (vec![worth(60, 1), worth(26, 38_000), worth(3, 1), worth(0, 38_456)], Some("+1.20 % in 26 h")),
        (vec![worth(5, 40_000), worth(0, 38_000)], Some("-5.00 % in 5 h")),
        (vec![worth(0, 38_000)], None),
        (vec![worth(26, 38_000), worth(3, 39_000)], None),
        (vec![without(worth(26, 38_000)), worth(0, 39_000)], None),
    ] {
        let mut test = TestApp::new(Lang::En, (120, 24)).loaded();
        test.tell(Message::Worth(Ok(kept)));
        let first = test.screen().lines().next().unwrap().to_owned();
        assert_eq!(first.contains(" % in "), told.is_some(), "{first}");
        assert!(told.is_none_or(|told| first.contains(told)), "{first}");
        test.keys("p");
        assert!(!test.screen().contains(" % in "), "hidden it tells nothing");
    }
}

#[test]
fn change_is_that_of_the_total_beside_it() {
    let worth = |hours: i64, value: i64| Worth {
        at: NOW.plus(-hours * 3_600_000),
        spot: Decimal::from(value),
        futures: Some(Decimal::ZERO),
        left_out: vec!["NEW".into(), "ODD".into()],
    };
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    test.tell(Message::Worth(Ok(vec![worth(26, 38_000), worth(0, 38_456)])));
    let screen = test.screen();
    let first = screen.lines().next().unwrap();
    assert!(first.contains("40,058.46") && first.contains("+5.42 % in 26 h"), "{screen}");
    assert!(screen.contains("low 38,000.00, high 40,058.46"), "{screen}");
}

#[test]
fn two_hundred_columns_hold_destination_txid_and_note() {
    let row = Row::new(Kind::Withdrawal, "7", "ETH", "1", Status::Success, ago("1 min"))
        .on("Ethereum (ERC-20)", "0x52908400098527886E0F7030069857D2E4169EE7")
        .tx("0xfeed0000000000000000000000000000000000000000000000000000000beef1");
    let key = row.0.key.clone();
    let mut test = withdrawals(config(Lang::En), vec![row, withdrawal("8", "2")]);
    let noted = Message::Noted { key, text: Some("rent for May".into()), failed: None };
    test.tell(noted);
    test.keys("<down>");
    let marked = test.screen().lines().any(|line| line.starts_with('*') && line.contains("ETH"));
    assert!(marked, "a row with a note has a mark: {}", test.screen());
    test.resize((200, 60));
    let screen = test.screen();
    let row = screen.lines().find(|line| line.starts_with('*')).unwrap();
    for words in ["0x52908400098527886E0F7030069857D2E4169EE7", "0xfe…eef1", "rent for May"] {
        assert!(row.contains(words), "{words}\n{screen}");
    }
}

#[test]
fn coin_in_detail_compares_its_networks_and_tells_its_last_rows() {
    for (lang, [open, last]) in [(Lang::En, ["in out", "deposit 250 USDT"]), (Lang::ZhCn, ["充  提", "充币 250 USDT"])]
    {
        let mut test = TestApp::new(lang, (80, 24)).loaded();
        test.keys("/usdt<enter><enter>");
        let screen = test.screen();
        assert!(screen.contains(open) && screen.contains("Tron (TRC-20)"), "{screen}");
        test.keys("G");
        assert!(test.screen().contains(last), "{}", test.screen());
        // Its name is what is copied of a network.
        test.keys("gjjjjj");
    }
}

#[test]
fn deposits_are_told_apart_from_what_prices_did() {
    let worth = |minutes: i64, value: i64| Worth {
        at: NOW.plus(-minutes * 60_000),
        spot: Decimal::from(value),
        futures: Some(Decimal::ZERO),
        left_out: Vec::new(),
    };
    for (is_whole, told) in [(true, true), (false, false)] {
        let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
        test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [is_whole; 2], ..LedgerSnapshot::default() })));
        test.wait(10_000);
        let paid_in = Row::new(Kind::Deposit, "91", "USDT", "500", Status::Success, ago("10 min")).0;
        test.answer(Load::Incoming, Loaded::Records(vec![paid_in]));
        test.answer(Load::Outgoing, Loaded::Records(Vec::new()));
        test.keys("v");
        test.tell(Message::Worth(Ok(vec![worth(20, 1_000), worth(0, 1_450)])));
        let screen = test.screen();
        assert_eq!(screen.contains("+500.00 came in"), told, "{screen}");
        assert_eq!(screen.contains("-50.00 by prices"), told, "{screen}");
        assert!(screen.contains("in 20 min"), "the span of the values is said: {screen}");
    }
}

#[test]
fn what_a_withdrawal_took_is_not_told_while_its_fee_is_not_known() {
    let worth = |minutes: i64, value: i64| Worth {
        at: NOW.plus(-minutes * 60_000),
        spot: Decimal::from(value),
        futures: Some(Decimal::ZERO),
        left_out: Vec::new(),
    };
    let without = Row::new(Kind::Withdrawal, "91", "USDT", "499", Status::Success, ago("10 min"));
    let with = Row(without.0.clone()).fee("1");
    for (row, told) in [(without, false), (with, true)] {
        let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
        test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [true; 2], ..LedgerSnapshot::default() })));
        test.wait(10_000);
        test.answer(Load::Incoming, Loaded::Records(Vec::new()));
        test.answer(Load::Outgoing, Loaded::Records(vec![row.0]));
        test.keys("v");
        test.tell(Message::Worth(Ok(vec![worth(20, 1_500), worth(0, 1_000)])));
        let screen = test.screen();
        assert_eq!(screen.contains("came in by"), told, "{screen}");
        assert_eq!(screen.contains("-500.00 came in"), told, "{screen}");
    }
}
