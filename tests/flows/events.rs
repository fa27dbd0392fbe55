//! What happened can be read again: from every tab, newest first, and it leads to the record or the order.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Condition, Event, EventKind, EventSubject, Kind, Status};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::{LedgerSnapshot, Message};

use super::fixtures::{Row, happened, outgoing};
use super::test_app::TestApp;

fn test(size: (u16, u16)) -> TestApp {
    let mut test = TestApp::new(Lang::En, size).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test
}

/// A record of the table, a deposit that is in none, an order of unknown outcome, a wrong clock: the newest first.
fn events(test: &TestApp) -> Vec<Event> {
    let deposit = Row::new(Kind::Deposit, "9", "USDT", "50", Status::Success, test.now).0;
    let condition =
        |happened, about: &str| EventSubject::Condition(Condition { happened, about: about.into(), change: None });
    let record = |record| EventSubject::Record(Box::new(record));
    let subjects = [
        record(outgoing().remove(0)),
        record(deposit),
        condition(EventKind::Unknown, "7"),
        condition(EventKind::Clock, ""),
    ];
    let numbered = (1..=4).rev().zip(subjects);
    numbered.map(|(number, subject)| Event { number, at: test.now, subject }).collect()
}

#[test]
fn key_opens_what_happened_from_every_tab_and_enter_leads() {
    for tab in ["1", "2", "3", "4"] {
        let mut test = test((80, 24));
        test.keys(tab);
        assert_eq!(test.keys("e"), [Effect::ReadEvents], "{tab}");
        assert!(test.screen().contains("reading …"), "{}", test.screen());
        let found = events(&test);
        test.tell(Message::Events(Ok(found)));
        let screen = test.screen();
        let at = |words: &str| screen.find(words).unwrap_or_else(|| panic!("{words}: {screen}"));
        assert!(at("50 USDT came in") < at("clock"), "{screen}");
        // About no record: it says so and stays.
        test.keys("G<enter>");
        assert_eq!(test.app.context(), Context::Events);
        assert!(test.screen().contains("about no record"), "{}", test.screen());
        test.keys("g<enter>");
        assert_eq!((test.app.context(), test.app.selected_record()), (Context::Detail, outgoing().into_iter().next()));
    }
}

#[test]
fn unknown_order_among_the_events_leads_to_the_orders() {
    let mut test = test((80, 24));
    test.keys("e");
    let found = events(&test);
    test.tell(Message::Events(Ok(found)));
    assert_eq!(test.keys("jj<enter>"), [Effect::ReadOrders]);
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Table);
}

#[test]
fn more_news_than_a_line_holds_are_opened_by_a_click_on_it() {
    let mut test = test((80, 24));
    let found = events(&test);
    test.tell(Message::News(found[..2].to_vec()));
    let screen = test.screen();
    assert!(screen.contains("and 1 more (e)"), "{screen}");
    let status = test.app.layout().status;
    let click = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: status.x + 3,
        row: status.y,
        modifiers: KeyModifiers::NONE,
    };
    assert_eq!(test.tell(Message::Mouse(click)), [Effect::ReadEvents]);
    assert_eq!(test.app.context(), Context::Events);
    // What comes while it is open stands in it.
    let news = Message::News(vec![found[1].clone()]);
    assert!(test.tell(news).contains(&Effect::ReadEvents));
    // Without news on the line a click there opens nothing.
    test.keys("<esc>");
    test.wait(60_000);
    assert_eq!(test.tell(Message::Mouse(click)), []);
    assert_eq!(test.app.context(), Context::Table);
}

#[test]
fn hidden_amounts_are_hidden_among_what_happened() {
    let mut test = test((120, 40));
    test.keys("pe");
    let found = events(&test);
    test.tell(Message::Events(Ok(found)));
    let screen = test.screen();
    assert!(!screen.contains("50 USDT") && screen.contains("deposit"), "{screen}");
    test.tell(Message::Events(Err("disk I/O error".into())));
    assert!(test.screen().contains("disk I/O error"), "{}", test.screen());
}

#[test]
fn move_ordered_elsewhere_is_news_and_one_of_this_screen_is_not() {
    use super::ordering::accepted;
    use wallet_tui::domain::OrderId;
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.keys("1gjm100");
    test.review();
    let moved = super::ordering::sent(&test.press_send()).remove(0);
    test.ends(moved, accepted("5"));
    test.wait(2_000);
    test.keys("1");
    let event = |id: OrderId, test: &TestApp| {
        happened(Row::new(Kind::MoveToFutures, &format!("order-{}", id.0), "USDT", "100", Status::Success, test.now).0)
    };
    let own = event(OrderId(7), &test);
    test.tell(Message::News(vec![own]));
    assert_eq!(test.app.shown_toast(), None, "it had a line of its own");
    let other = event(OrderId(8), &test);
    test.tell(Message::News(vec![other]));
    assert!(test.app.shown_toast().is_some_and(|toast| toast.text.contains("100 USDT")), "{}", test.screen());
}
