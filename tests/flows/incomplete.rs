//! What cannot be read, what is missing, what contradicts itself, and what the own order tells: on the screen.

use std::collections::HashMap;

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{LeftOut, Missing, Ordered, Record, Text};
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::{Archived, Kept, Loaded, Message};

use super::desk::Desk;
use super::fixtures;

fn bad(path: &str, name: Option<&str>) -> LeftOut {
    LeftOut { path: path.into(), detail: "a comma\u{1b}[2J".into(), name: name.map(Text::from), time: None }
}

fn news(missing: Missing, ordered: HashMap<wallet_tui::domain::RecordKey, Ordered>) -> Message {
    Message::Archived(Box::new(Archived {
        way: 1,
        changed: Vec::new(),
        held: 10,
        oldest: None,
        is_whole: true,
        doubts: HashMap::new(),
        missing,
        ordered,
    }))
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut desk = Desk::new(lang, (120, 30)).loaded();
        desk.wait(60_000);
        let records = fixtures::outgoing();
        let left_out = vec![bad("data[3].amount", Some("19098"))];
        desk.answer(Load::Outgoing, Loaded::Partly(Box::new(Loaded::Records(records)), left_out));
        desk.keys("3");
        let screen = desk.screen();
        assert!(screen.contains("19098") && screen.contains("data[3].amount"), "{screen}");
        assert!(!screen.contains('\u{1b}'));
        assert!(desk.app.is_history_incomplete(), "its sums are not whole");
        desk.wait(60_000);
        desk.answer(Load::Outgoing, Loaded::Records(fixtures::outgoing()));
        assert!(!desk.screen().contains("data[3]"), "{}", desk.screen());
    }
}

#[test]
fn a_balance_that_cannot_be_read_makes_the_total_at_least_so_much() {
    let mut desk = Desk::new(Lang::En, (120, 30)).loaded();
    desk.wait(60_000);
    let left_out = vec![bad("data[9].balance", Some("DOGE"))];
    desk.answer(Load::Balances, Loaded::Partly(Box::new(fixtures::balances()), left_out));
    let screen = desk.screen();
    assert!(screen.contains('≥') && screen.contains("DOGE"), "{screen}");
}

#[test]
fn missing_records_are_said_by_the_status_line_and_by_sums() {
    let mut desk = Desk::new(Lang::En, (100, 30)).loaded();
    desk.tell(Message::Kept(Box::new(Kept { is_whole: [true; 2], ..Kept::default() })));
    desk.keys("3");
    assert!(!desk.screen().contains("records are missing"), "{}", desk.screen());
    let crowded = Missing { crowded: [Vec::new(), vec![desk.now]], ..Missing::default() };
    desk.tell(news(crowded, HashMap::new()));
    desk.wait(5_000);
    assert!(desk.screen().contains("records are missing"), "{}", desk.screen());
    desk.keys("v");
    let figures = desk.screen();
    assert!(figures.contains("1 seconds hold more") && figures.matches('≥').count() > 1, "{figures}");
    desk.keys("<esc>x");
    assert!(desk.screen().contains("Records are missing"), "{}", desk.screen());
}

#[test]
fn gross_and_fee_of_the_own_order_are_shown_as_reckoned() {
    let mut desk = Desk::new(Lang::En, (140, 40)).loaded();
    desk.tell(Message::Kept(Box::new(Kept { is_whole: [true; 2], ..Kept::default() })));
    desk.keys("3");
    let open = fixtures::outgoing().into_iter().find(|r| r.fee.is_none() && r.amount.is_some() && r.network.is_some());
    let open = open.unwrap();
    let gross = open.amount.unwrap().checked_add("1".parse().unwrap()).unwrap();
    let ordered = [(open.key.clone(), Ordered { coin: open.coin.clone(), gross })].into();
    desk.tell(news(Missing::default(), ordered));
    desk.wait(2_000);
    assert!(desk.screen().contains("≈1"), "{}", desk.screen());
    desk.keys(&format!("/{}<enter><enter>", open.key.id.raw()));
    let detail = desk.screen();
    assert!(detail.matches("reckoned from").count() == 2, "{detail}");
}

#[test]
fn two_records_of_one_id_are_two_rows_and_both_are_marked() {
    let mut desk = Desk::new(Lang::En, (100, 30)).loaded();
    desk.wait(60_000);
    let mut records = fixtures::outgoing();
    let at = records.iter().position(|r| r.network.is_some() && r.amount.is_some()).unwrap();
    let amount = records[at].amount.unwrap().checked_add("7".parse().unwrap()).unwrap();
    let twin = Record { amount: Some(amount), ..records[at].clone() };
    records.push(twin.clone());
    let count = desk.app.rows_unfiltered();
    desk.keys("3");
    let before = desk.app.rows_unfiltered();
    assert!(count > 0);
    desk.answer(Load::Outgoing, Loaded::Records(records.clone()));
    assert_eq!(desk.app.rows_unfiltered(), before + 1);
    desk.keys(&format!("/{}<enter>", twin.key.id.raw()));
    assert_eq!(desk.screen().matches('!').count(), 2, "{}", desk.screen());
    // Each is a row of its own: the second stays selected while readings come.
    desk.keys("j");
    let second = desk.app.selected_record().unwrap();
    desk.wait(60_000);
    desk.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(desk.app.selected_record(), Some(second));
    assert_eq!(desk.app.rows_unfiltered(), before + 1, "and neither is news again");
    desk.keys("<enter>");
    assert!(desk.screen().contains("two records under this id"), "{}", desk.screen());
}

#[test]
fn two_addresses_of_one_record_are_both_in_the_detail() {
    let mut desk = Desk::new(Lang::En, (120, 40)).loaded();
    desk.wait(60_000);
    let mut records = fixtures::outgoing();
    let record = records.iter_mut().find(|r| r.network.is_some() && r.address.is_some()).unwrap();
    record.also_address = Some("TOTHEROTHEROTHER".into());
    let id = record.key.id.clone();
    desk.answer(Load::Outgoing, Loaded::Records(records));
    desk.keys(&format!("3/{}<enter>", id.raw()));
    assert!(desk.screen().contains('!'), "{}", desk.screen());
    desk.keys("<enter>");
    let detail = desk.screen();
    assert!(detail.contains("exchange names two") && detail.contains("TOTH EROT"), "{detail}");
}
