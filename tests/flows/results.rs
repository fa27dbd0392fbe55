//! What became of the user's own order, on its line: whole, until a key, whatever else happens.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, OrderId, Outcome, Status};
use wallet_tui::engine::orders::{Decision, NotDecided, Reading};
use wallet_tui::tui::app::Session;
use wallet_tui::tui::app::toast::About;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::desk::{Desk, NOW, session};
use super::fixtures::Row;
use super::ordering::{KNOWN, accepted, order, sent, trx, unknown};

fn deposit(desk: &Desk) -> Message {
    Message::News(vec![Row::new(Kind::Deposit, "9", "USDT", "50", Status::Success, desk.now).0])
}

#[test]
fn the_result_of_an_order_names_it_and_stays_until_a_key_whatever_others_do() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), accepted("77"));
    let line = "✓ withdraw 20.5 TRX → TEeC…TRYv: Accepted under the id 77";
    assert!(desk.screen().contains(line), "{}", desk.screen());
    let news = deposit(&desk);
    desk.tell(news);
    desk.wait(60_000);
    assert!(desk.screen().contains(line) && !desk.screen().contains("50 USDT came in"), "{}", desk.screen());
    desk.keys("j");
    let screen = desk.screen();
    assert!(!screen.contains(line) && screen.contains("50 USDT came in"), "it comes after it: {screen}");
    desk.wait(60_000);
    assert_eq!(desk.app.toast(), None);
}

#[test]
fn a_key_that_was_typed_ahead_of_the_result_does_not_take_it_away() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), accepted("77"));
    desk.keys("j");
    assert!(desk.app.toast().is_some_and(|toast| toast.about == About::Own));
    desk.wait(1_000);
    desk.keys("j");
    assert_eq!(desk.app.toast(), None);
}

#[test]
fn an_end_that_is_found_later_has_its_line_too() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), unknown());
    desk.keys("<esc>");
    desk.wait(2_000);
    let end = order(7, trx(KNOWN), Outcome::NoTrace);
    desk.tell(Message::Looked { order: end.id, reading: Reading::Settled(end) });
    let screen = desk.screen();
    assert!(screen.contains("▲ withdraw 20.5 TRX → TEeC…TRYv: "), "{screen}");
    // Hidden, it names neither amount nor receiver.
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.keys("<esc>");
    desk.wait(2_000);
    desk.keys("p");
    desk.ends(trx(KNOWN), accepted("77"));
    let screen = desk.screen();
    assert!(screen.contains("✓ withdraw: ") && !screen.contains("20.5"), "{screen}");
}

#[test]
fn what_does_not_fit_into_a_line_takes_the_lines_above_it() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut desk = Desk::with(Session { read_only: false, ..session(lang) }, (80, 24)).loaded();
        let why = "a reason that is long ".repeat(7);
        desk.tell(Message::NoDesktop(why.trim().into()));
        let words: String = desk.screen().split_whitespace().collect();
        let whole: String = why.split_whitespace().collect();
        assert!(words.contains(&whole), "{}", desk.screen());
    }
}

#[test]
fn of_many_records_each_can_be_marked_and_none_of_them_means_all() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.ends(trx(KNOWN), unknown());
    let record = |id: usize| Row::new(Kind::Withdrawal, &id.to_string(), "TRX", "19", Status::Success, NOW).0;
    let records: Vec<_> = (1801..1810).map(record).collect();
    let ids = records.iter().map(|record| record.key.id.clone()).collect();
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
    assert!(desk.screen().contains("1801") && desk.screen().contains("1–6 of 10"), "{}", desk.screen());
    desk.keys(&"<down>".repeat(10));
    assert!(desk.screen().contains("1809") && desk.screen().contains("none of these"), "{}", desk.screen());
    desk.keys("<enter>");
    let decision = Decision::NotExecuted(ids);
    assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
}

#[test]
fn records_that_may_be_an_order_without_a_trace_are_seen_before_one_is_chosen() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.ends(trx(KNOWN), unknown());
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let record = Row::new(Kind::Withdrawal, "1801", "TRX", "19", Status::Success, NOW).0;
    let lost = order(7, trx(KNOWN), Outcome::NoTrace);
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(lost) });
    desk.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Fits(vec![record])) });
    assert!(desk.screen().contains("1801"), "{}", desk.screen());
    desk.keys("<down><enter>");
    let decision = Decision::Executed(Some("1801".into()));
    assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
}

#[test]
fn of_a_move_whose_end_is_only_likely_the_user_says_which_it_was() {
    for (keys, decision) in
        [("<down><enter>", Decision::Executed(None)), ("<down><down><enter>", Decision::NotExecuted(Vec::new()))]
    {
        let mut desk = Desk::ordering(Lang::En, (80, 24));
        desk.keys("1gjm100");
        desk.review();
        let moved = sent(&desk.press_send()).remove(0);
        desk.ends(moved, Outcome::Likely { executed: true });
        assert!(desk.screen().contains("it was not executed"), "{}", desk.screen());
        assert_eq!(desk.keys("<enter>y"), [], "nothing is marked");
        desk.keys(keys);
        assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
    }
}

#[test]
fn what_waits_behind_a_result_is_not_told_once_amounts_are_hidden() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), accepted("77"));
    let news = deposit(&desk);
    desk.tell(news);
    desk.keys("p");
    // The next result is read, and nothing old comes after it.
    desk.wait(2_000);
    desk.keys("j");
    assert!(desk.app.toast().is_none_or(|toast| !toast.text.contains("50")), "{:?}", desk.app.toast());
    assert!(!desk.screen().contains("20.5"), "{}", desk.screen());
    let settled = order(8, trx(KNOWN), unknown());
    desk.tell(Message::Reopened(vec![settled]));
    desk.wait(2_000);
    desk.keys("j");
    assert_eq!(desk.app.toast(), None, "what waited is gone");
}
