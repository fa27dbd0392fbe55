//! Stories about the tables: what a narrow screen keeps, what is filtered, sorted and pointed at.

use wallet_tui::domain::address_book::Label;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, Status};
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::Loaded;
use wallet_tui::tui::state::{AppConfig, OrderSettings};

use super::fixtures::{ADDRESS, Row, ago, balance};
use super::test_app::{TestApp, config};

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
        let label = Label {
            label: "cold wallet".into(),
            coin: "USDT".into(),
            network: "Tron (TRC-20)".into(),
            address: ADDRESS.into(),
            memo: None,
        };
        let order_settings = OrderSettings { labels: vec![label], ..OrderSettings::default() };
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
