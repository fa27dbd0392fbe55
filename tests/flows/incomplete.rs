//! What cannot be read, what is missing, what contradicts itself, and what the own order tells: on the screen.

use std::collections::HashMap;

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{LeftOut, Missing, Ordered, Record, UntrustedText};
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::{HistoryRead, LedgerSnapshot, Loaded, Message};

use super::fixtures;
use super::test_app::TestApp;

fn bad(path: &str, name: Option<&str>) -> LeftOut {
    LeftOut { path: path.into(), detail: "a comma\u{1b}[2J".into(), name: name.map(UntrustedText::from), time: None }
}

fn news(missing: Missing, ordered: HashMap<wallet_tui::domain::RecordKey, Ordered>) -> Message {
    Message::HistoryRead(Box::new(HistoryRead {
        flow: 1,
        changed: Vec::new(),
        held: 10,
        oldest: None,
        is_whole: true,
        conflicts: HashMap::new(),
        missing,
        ordered,
    }))
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut test = TestApp::new(lang, (120, 30)).loaded();
        test.wait(60_000);
        let records = fixtures::outgoing();
        let left_out = vec![bad("data[3].amount", Some("19098"))];
        test.answer(Load::Outgoing, Loaded::Partly(Box::new(Loaded::Records(records)), left_out));
        test.keys("3");
        let screen = test.screen();
        assert!(screen.contains("19098") && screen.contains("data[3].amount"), "{screen}");
        assert!(!screen.contains('\u{1b}'));
        assert!(test.app.is_history_incomplete(), "its sums are not whole");
        test.wait(60_000);
        test.answer(Load::Outgoing, Loaded::Records(fixtures::outgoing()));
        assert!(!test.screen().contains("data[3]"), "{}", test.screen());
    }
}

#[test]
fn unreadable_balance_makes_the_total_at_least_so_much() {
    let mut test = TestApp::new(Lang::En, (120, 30)).loaded();
    test.wait(60_000);
    let left_out = vec![bad("data[9].balance", Some("DOGE"))];
    test.answer(Load::Balances, Loaded::Partly(Box::new(fixtures::balances()), left_out));
    let screen = test.screen();
    assert!(screen.contains('≥') && screen.contains("DOGE"), "{screen}");
}

#[test]
fn missing_records_are_said_by_the_status_line_and_by_sums() {
    let mut test = TestApp::new(Lang::En, (100, 30)).loaded();
    test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [true; 2], ..LedgerSnapshot::default() })));
    test.keys("3");
    assert!(!test.screen().contains("records are missing"), "{}", test.screen());
    let crowded = Missing { crowded: [Vec::new(), vec![test.now]], ..Missing::default() };
    test.tell(news(crowded, HashMap::new()));
    test.wait(5_000);
    assert!(test.screen().contains("records are missing"), "{}", test.screen());
    test.keys("v");
    let figures = test.screen();
    assert!(figures.contains("1 seconds hold more") && figures.matches('≥').count() > 1, "{figures}");
    test.keys("<esc>x");
    assert!(test.screen().contains("Records are missing"), "{}", test.screen());
}

#[test]
fn gross_and_fee_of_the_own_order_are_shown_as_reckoned() {
    let mut test = TestApp::new(Lang::En, (140, 40)).loaded();
    test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [true; 2], ..LedgerSnapshot::default() })));
    test.keys("3");
    let open = fixtures::outgoing().into_iter().find(|r| r.fee.is_none() && r.amount.is_some() && r.network.is_some());
    let open = open.unwrap();
    let gross = open.amount.unwrap().checked_add("1".parse().unwrap()).unwrap();
    let ordered = [(open.key.clone(), Ordered { coin: open.coin.clone(), gross })].into();
    test.tell(news(Missing::default(), ordered));
    test.wait(2_000);
    assert!(test.screen().contains("≈1"), "{}", test.screen());
    test.keys(&format!("/{}<enter><enter>", open.key.id.raw()));
    let detail = test.screen();
    assert!(detail.matches("reckoned from").count() == 2, "{detail}");
}

#[test]
fn two_records_of_one_id_are_two_rows_and_both_are_marked() {
    let mut test = TestApp::new(Lang::En, (100, 30)).loaded();
    test.wait(60_000);
    let mut records = fixtures::outgoing();
    let at = records.iter().position(|r| r.network.is_some() && r.amount.is_some()).unwrap();
    let amount = records[at].amount.unwrap().checked_add("7".parse().unwrap()).unwrap();
    let twin = Record { amount: Some(amount), ..records[at].clone() };
    records.push(twin.clone());
    let count = test.app.rows_unfiltered();
    test.keys("3");
    let before = test.app.rows_unfiltered();
    assert!(count > 0);
    test.answer(Load::Outgoing, Loaded::Records(records.clone()));
    assert_eq!(test.app.rows_unfiltered(), before + 1);
    test.keys(&format!("/{}<enter>", twin.key.id.raw()));
    assert_eq!(test.screen().matches('!').count(), 2, "{}", test.screen());
    // Each is a row of its own: the second stays selected while readings come.
    test.keys("j");
    let second = test.app.selected_record().unwrap();
    test.wait(60_000);
    test.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(test.app.selected_record(), Some(second));
    assert_eq!(test.app.rows_unfiltered(), before + 1, "and neither is news again");
    test.keys("<enter>");
    assert!(test.screen().contains("two records under this id"), "{}", test.screen());
}

#[test]
fn two_addresses_of_one_record_are_both_in_the_detail() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    test.wait(60_000);
    let mut records = fixtures::outgoing();
    let record = records.iter_mut().find(|r| r.network.is_some() && r.address.is_some()).unwrap();
    record.also_address = Some("TOTHEROTHEROTHER".into());
    let id = record.key.id.clone();
    test.answer(Load::Outgoing, Loaded::Records(records));
    test.keys(&format!("3/{}<enter>", id.raw()));
    assert!(test.screen().contains('!'), "{}", test.screen());
    test.keys("<enter>");
    let detail = test.screen();
    assert!(detail.contains("exchange names two") && detail.contains("TOTH EROT"), "{detail}");
}
