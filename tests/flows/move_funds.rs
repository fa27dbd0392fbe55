//! The move between spot and futures by keys: asked, yes, no, timed out.

use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{MoveDirection, MoveRequest, OrderId, Outcome, Request};
use wallet_tui::engine::orders::Reading;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::ordering::{accepted, despite, order, sent, unknown};
use super::test_app::TestApp;

fn usdt(direction: MoveDirection) -> Request {
    Request::Move(MoveRequest { direction, coin: "USDT".into(), amount: "100".parse().unwrap() })
}

fn out() -> Request {
    usdt(MoveDirection::SpotToFutures)
}

fn fill(test: &mut TestApp) {
    test.keys("1gjm100");
}

fn test() -> TestApp {
    TestApp::ordering(Lang::En, (80, 24))
}

fn sending(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    fill(&mut test);
    test.review();
    assert_eq!(sent(&test.press_send()), [out()], "{}", test.screen());
    test
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20)] {
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&scene(lang, size).screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn pictures() {
    show("form", |lang, size| {
        let mut test = TestApp::ordering(lang, size);
        fill(&mut test);
        test
    });
    show("turned_round", |lang, size| {
        let mut test = TestApp::ordering(lang, size);
        fill(&mut test);
        test.keys("<f2>");
        test.review();
        test
    });
    show("review", |lang, size| {
        let mut test = TestApp::ordering(lang, size);
        fill(&mut test);
        test.review();
        test
    });
    show("unknown", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(out(), unknown());
        test
    });
    show("likely", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(out(), Outcome::Likely { executed: true });
        test
    });
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut test = test();
    fill(&mut test);
    test.review();
    let shown = test.screen();
    for part in
        ["100 USDT", "From          Spot", "To            Futures", "12,050.4 → 11,950.4 USDT", "cannot be read"]
    {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let effects = test.press_send();
    assert_eq!((sent(&effects), despite(&effects)), (vec![out()], Vec::new()));
}

#[test]
fn one_key_turns_the_direction_round_and_keeps_the_rest() {
    let mut test = test();
    fill(&mut test);
    assert!(test.screen().contains("spot to futures"), "{}", test.screen());
    test.keys("<f2>");
    let screen = test.screen();
    assert!(
        screen.contains("futures to spot") && screen.contains("100") && screen.contains("cannot be read"),
        "{screen}"
    );
    test.review();
    assert!(test.screen().contains("12,050.4 → 12,150.4 USDT"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), [usdt(MoveDirection::FuturesToSpot)]);
    let mut test = self::test();
    fill(&mut test);
    test.keys("<f2><f2>");
    test.review();
    assert_eq!(sent(&test.press_send()), [out()]);
}

#[test]
fn no_part_of_what_cannot_be_read_is_filled_in() {
    let mut test = test();
    test.keys("1gjm<f8>");
    assert!(test.screen().contains("12050.4"), "{}", test.screen());
    test.keys("<c-u><f2><f8>");
    let screen = test.screen();
    assert!(!screen.contains("12050.4") && screen.contains("no part of it"), "{screen}");
}

#[test]
fn move_beyond_spot_is_refused_from_futures_is_sent() {
    let mut test = test();
    test.keys("1gjm99999999<enter><enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{}", test.screen());
    test.keys("<f2>");
    test.review();
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))), "{}", test.screen());
    assert!(test.screen().contains("exchange will decide"), "{}", test.screen());
}

// No.

#[test]
fn cancel_keeps_what_was_typed_and_held_enter_never_sends() {
    let mut test = test();
    fill(&mut test);
    test.review();
    assert_eq!(test.keys("<enter>"), []);
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))));
    assert!(test.screen().contains("100"));
    for step in 0..200 {
        assert_eq!(sent(&test.keys("<enter>")), []);
        if step % 10 == 0 {
            test.wait(1_000);
            test.freshen();
        }
    }
}

// Yes.

#[test]
fn an_accepted_move_leads_to_the_balances() {
    let mut test = sending(Lang::En, (80, 24));
    test.keys("<esc>");
    test.ends(out(), accepted("77"));
    assert!(test.screen().contains("Accepted under the id 77"), "{}", test.screen());
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), accepted("77"));
    assert_eq!((test.app.dialog().is_none(), test.app.tab()), (true, Tab::Balances));
}

#[test]
fn a_refusal_keeps_everything_that_was_typed() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), Outcome::Refused { code: "10034".into(), msg: "x".into() });
    assert!(test.screen().contains("10034") && test.screen().contains("100"), "{}", test.screen());
}

// Timed out.

#[test]
fn lost_move_is_judged_by_the_balance_as_likely_only() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), unknown());
    assert!(test.screen().contains("Outcome unknown"), "{}", test.screen());
    let look = Effect::Look { order: OrderId(7) };
    assert!((0..5).any(|_| test.wait(1_000).contains(&look)));
    let found = order(7, out(), Outcome::Likely { executed: true });
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    let screen = test.screen().to_lowercase();
    assert!(screen.contains("likely") && !screen.contains("was executed, by the exchange"), "{screen}");
}
