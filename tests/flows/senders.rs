//! Stories about payments that came in from somebody who looks like somebody known.

use wallet_tui::domain::address_book::AddressLabel;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, Receiver, Record, Status};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{CopiedTo, Loaded, Message};
use wallet_tui::tui::state::{AppConfig, OrderSettings};

use super::fixtures::{Row, ago, outgoing};
use super::ordering::{ALIKE, KNOWN, history};
use super::test_app::{TestApp, config};

/// A desk at which `incoming` has come in.
fn received(config: AppConfig, size: (u16, u16), incoming: &[Record]) -> TestApp {
    let mut test = TestApp::with(config, size).loaded();
    test.wait(600_000);
    test.answer(Load::Outgoing, Loaded::Records(history()));
    test.answer(Load::Incoming, Loaded::Records(incoming.to_vec()));
    test
}

fn deposit(id: &str, from: &str) -> Record {
    let row = Row::new(Kind::Deposit, id, "TRX", "0.000001", Status::Success, ago("1 s"));
    row.on("Tron (TRC-20)", "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL").from(from).tx("f00d").0
}

#[test]
fn a_deposit_from_a_look_alike_is_marked_in_the_table() {
    for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
        let mut test = received(config(Lang::En), size, &[deposit("1", ALIKE)]);
        test.keys("2gj");
        let screen = test.screen();
        assert_eq!(screen.lines().filter(|line| line.contains('≠')).count(), 1, "{size:?}\n{screen}");
        let mut test = received(config(Lang::En), size, &[deposit("2", KNOWN)]);
        test.keys("2");
        assert!(!test.screen().contains('≠'), "one that is known itself: {}", test.screen());
    }
}

#[test]
fn a_look_alike_is_told_in_the_detail_and_when_it_is_copied() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut test = received(config(lang), (120, 40), &[deposit("1", ALIKE)]);
        test.keys("2g<enter>");
        let words = lang.fill("sender.alike", &[("known", KNOWN)]);
        let said = |test: &TestApp| test.screen().split_whitespace().collect::<String>();
        let start: String = words.split_whitespace().collect::<String>().chars().take(8).collect();
        assert!(said(&test).contains(&start), "{}", test.screen());
        let mut copied = Vec::new();
        while !copied.contains(&Effect::Copy(ALIKE.into())) {
            copied = test.keys("jy");
        }
        for to in [CopiedTo::Machine, CopiedTo::Terminal] {
            test.keys("y");
            test.tell(Message::Copied(Ok(to)));
            let toast = test.app.shown_toast().unwrap();
            assert!(toast.is_trouble && toast.text.contains(&words), "{}", toast.text);
        }
        // From the table, without opening it.
        test.keys("<esc>y");
        test.tell(Message::Copied(Ok(CopiedTo::Machine)));
        assert!(test.app.shown_toast().unwrap().text.contains(&words));
        // Nobody is warned of anybody else.
        let mut test = received(config(lang), (120, 40), &[deposit("1", KNOWN)]);
        test.keys("2gy");
        test.tell(Message::Copied(Ok(CopiedTo::Machine)));
        assert!(!test.app.shown_toast().unwrap().is_trouble);
    }
}

#[test]
fn a_sender_is_compared_with_labels_as_well() {
    let label = AddressLabel {
        label: "cold wallet".into(),
        coin: "ETH".into(),
        network: "Ethereum (ERC-20)".into(),
        address: "0x52908400098527886E0F7030069857D2E4169EE7".into(),
        memo: None,
    };
    let order_settings = OrderSettings { labels: vec![label.into()], ..OrderSettings::default() };
    let config = AppConfig { order_settings, ..config(Lang::En) };
    let row = Row::new(Kind::Deposit, "1", "ETH", "0.1", Status::Success, ago("1 s"));
    let row = row.on("Ethereum (ERC-20)", "0xde").from("0x5290999999999999999999999999999999999EE7").0;
    let mut test = received(config, (120, 40), &[row]);
    test.keys("2g<enter>");
    assert!(test.screen().contains("cold wallet"), "{}", test.screen());
}

#[test]
fn transfer_from_a_look_alike_of_a_paid_user_is_marked() {
    let paid = Receiver::Uid("681979174".into());
    assert!(outgoing().iter().any(|r| r.receiver.as_ref() == Some(&paid)), "the fixtures are what they say");
    let from = |uid: &str| Row::new(Kind::TransferIn, uid, "USDT", "1", Status::Success, ago("1 s")).from(uid).0;
    let mut test = received(config(Lang::En), (80, 24), &[from("681555174"), from("681979174"), from("551203998")]);
    test.keys("4G");
    let marked: Vec<String> = test.screen().lines().filter(|l| l.contains('≠')).map(str::to_owned).collect();
    assert!(marked.len() == 1 && marked[0].contains("≠681555174"), "{}", test.screen());
}
