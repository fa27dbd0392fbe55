//! What became of the user's own order, on its line: whole, until a key, whatever else happens.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, OrderId, Outcome, Status};
use wallet_tui::engine::orders::{Decision, NotDecided, Reading};
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::{CopiedTo, Message};
use wallet_tui::tui::state::AppConfig;
use wallet_tui::tui::state::toast::ToastKind;

use super::fixtures::{Row, happened};
use super::ordering::{KNOWN, accepted, order, sent, trx, unknown};
use super::test_app::{NOW, TestApp, config};

fn deposit(test: &TestApp) -> Message {
    Message::News(vec![happened(Row::new(Kind::Deposit, "9", "USDT", "50", Status::Success, test.now).0)])
}

#[test]
fn result_of_an_order_names_it_and_stays_until_a_key() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), accepted("77"));
    let line = "✓ withdraw 20.5 TRX → TEeC…TRYv: Accepted under the id 77";
    assert!(test.screen().contains(line), "{}", test.screen());
    let news = deposit(&test);
    test.tell(news);
    test.wait(60_000);
    assert!(test.screen().contains(line) && !test.screen().contains("50 USDT came in"), "{}", test.screen());
    test.keys("j");
    let screen = test.screen();
    assert!(!screen.contains(line) && screen.contains("50 USDT came in"), "it comes after it: {screen}");
    test.wait(60_000);
    assert_eq!(test.app.shown_toast(), None);
}

#[test]
fn answer_to_a_key_is_read_before_what_happened_meanwhile() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.keys("<esc>");
    test.wait(2_000);
    test.tell(Message::Copied(Ok(CopiedTo::Machine)));
    let answer = test.app.shown_toast().unwrap().clone();
    assert_eq!(answer.kind, ToastKind::Key);
    let news = deposit(&test);
    test.tell(news);
    assert_eq!(test.app.shown_toast(), Some(&answer), "{}", test.screen());
    test.wait(5_000);
    assert!(test.screen().contains("50 USDT came in"), "{}", test.screen());
    test.wait(60_000);
    assert_eq!(test.app.shown_toast(), None);
}

#[test]
fn key_typed_ahead_of_the_result_does_not_take_it_away() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), accepted("77"));
    test.keys("j");
    assert!(test.app.shown_toast().is_some_and(|toast| toast.kind == ToastKind::Own));
    test.wait(1_000);
    test.keys("j");
    assert_eq!(test.app.shown_toast(), None);
}

#[test]
fn an_end_that_is_found_later_has_its_line_too() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), unknown());
    test.keys("<esc>");
    test.wait(2_000);
    let end = order(7, trx(KNOWN), Outcome::NoTrace);
    test.tell(Message::Looked { order: end.id, reading: Reading::Settled(end) });
    let screen = test.screen();
    assert!(screen.contains("▲ withdraw 20.5 TRX → TEeC…TRYv: "), "{screen}");
    // Hidden, it names neither amount nor receiver.
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.keys("<esc>");
    test.wait(2_000);
    test.keys("p");
    test.ends(trx(KNOWN), accepted("77"));
    let screen = test.screen();
    assert!(screen.contains("✓ withdraw: ") && !screen.contains("20.5"), "{screen}");
}

#[test]
fn what_does_not_fit_into_a_line_takes_the_lines_above_it() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut test = TestApp::with(AppConfig { read_only: false, ..config(lang) }, (80, 24)).loaded();
        let why = "a reason that is long ".repeat(7);
        test.tell(Message::NoDesktop(why.trim().into()));
        let words: String = test.screen().split_whitespace().collect();
        let whole: String = why.split_whitespace().collect();
        assert!(words.contains(&whole), "{}", test.screen());
    }
}

#[test]
fn each_of_many_records_can_be_marked_and_none_means_all() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.ends(trx(KNOWN), unknown());
    let record = |id: usize| Row::new(Kind::Withdrawal, &id.to_string(), "TRX", "19", Status::Success, NOW).0;
    let records: Vec<_> = (1801..1810).map(record).collect();
    let ids = records.iter().map(|record| record.key.id.clone()).collect();
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
    assert!(test.screen().contains("1801") && test.screen().contains("1–6 of 10"), "{}", test.screen());
    test.keys(&"<down>".repeat(10));
    assert!(test.screen().contains("1809") && test.screen().contains("none of these"), "{}", test.screen());
    test.keys("<enter>");
    let decision = Decision::NotExecuted(ids);
    assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
}

#[test]
fn candidates_of_a_lost_order_are_seen_before_a_choice() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.ends(trx(KNOWN), unknown());
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let record = Row::new(Kind::Withdrawal, "1801", "TRX", "19", Status::Success, NOW).0;
    let lost = order(7, trx(KNOWN), Outcome::NoTrace);
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(lost) });
    test.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Fits(vec![record])) });
    assert!(test.screen().contains("1801"), "{}", test.screen());
    test.keys("<down><enter>");
    let decision = Decision::Executed(Some("1801".into()));
    assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
}

#[test]
fn likely_move_is_decided_by_the_user() {
    for (keys, decision) in
        [("<down><enter>", Decision::Executed(None)), ("<down><down><enter>", Decision::NotExecuted(Vec::new()))]
    {
        let mut test = TestApp::ordering(Lang::En, (80, 24));
        test.keys("1gjm100");
        test.review();
        let moved = sent(&test.press_send()).remove(0);
        test.ends(moved, Outcome::Likely { executed: true });
        assert!(test.screen().contains("it was not executed"), "{}", test.screen());
        assert_eq!(test.keys("<enter>y"), [], "nothing is marked");
        test.keys(keys);
        assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
    }
}

#[test]
fn news_behind_a_result_is_dropped_once_amounts_are_hidden() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), accepted("77"));
    let news = deposit(&test);
    test.tell(news);
    test.keys("p");
    // The next result is read, and nothing old comes after it.
    test.wait(2_000);
    test.keys("j");
    assert!(test.app.shown_toast().is_none_or(|toast| !toast.text.contains("50")), "{:?}", test.app.shown_toast());
    assert!(!test.screen().contains("20.5"), "{}", test.screen());
    let settled = order(8, trx(KNOWN), unknown());
    test.tell(Message::Reopened(vec![settled]));
    test.wait(2_000);
    test.keys("j");
    assert_eq!(test.app.shown_toast(), None, "what waited is gone");
}
