//! A page that the terminal has not shown cannot be confirmed: what the terminal says, late, never, and of another page.

use wallet_tui::domain::Request;
use wallet_tui::domain::locale::Lang;
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::ordering::{KNOWN, ledger, sent, trx};
use super::test_app::{TestApp, config};

/// A desk at a terminal that answers nothing until the test does.
fn silent() -> TestApp {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.answers = false;
    test
}

/// The same where the terminal has never answered anything.
fn mute(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::with_mute_terminal(config(lang), size).loaded();
    test.wait(600_000);
    test.freshen();
    test.tell(ledger(Vec::new()));
    test
}

/// The questions among what the app wished for.
fn asked(test: &TestApp) -> Vec<u32> {
    let number = |effect: &Effect| if let Effect::AskTerminal(number) = effect { Some(*number) } else { None };
    test.effects.iter().filter_map(number).collect()
}

fn seconds(test: &mut TestApp, count: usize) {
    for _ in 0..count {
        test.wait(1_000);
        test.freshen();
    }
}

/// Everything that somebody might press who sees nothing.
fn press_everything(test: &mut TestApp) {
    for keys in ["<tab>", "<enter>", "<btab>", "<enter>", "20.5", "<tab><enter>", "20.5<enter>"] {
        test.keys(keys);
        test.wait(1_000);
        test.freshen();
    }
}

#[test]
fn a_page_that_the_terminal_does_not_show_is_never_confirmed() {
    let mut test = silent();
    test.fill(KNOWN).review();
    for _ in 0..10 {
        press_everything(&mut test);
        assert!(test.screen().contains("has not said yet"), "{}", test.screen());
    }
    assert_eq!(sent(&test.effects), []);
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!("{}", test.screen()) };
    assert_eq!(review.words().len(), 0, "a terminal that answers is waited for, however long");
}

#[test]
fn the_wait_begins_with_the_answer_and_not_with_the_drawing() {
    let mut test = silent();
    test.fill(KNOWN).review();
    seconds(&mut test, 3);
    let number = *asked(&test).last().unwrap();
    test.tell(Message::Shown(number));
    assert_eq!(sent(&test.keys("<btab><enter>")), [], "armed by the answer alone");
    seconds(&mut test, 3);
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn an_answer_about_another_page_shows_nothing() {
    let mut test = silent();
    test.fill(KNOWN).review();
    let first = *asked(&test).last().unwrap();
    test.keys("<esc><enter>");
    let second = *asked(&test).last().unwrap();
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))) && second != first, "{}", test.screen());
    test.tell(Message::Shown(first));
    seconds(&mut test, 3);
    press_everything(&mut test);
    assert_eq!(sent(&test.effects), []);
}

#[test]
fn a_lost_answer_is_asked_for_again() {
    let mut test = silent();
    test.fill(KNOWN).review();
    let before = asked(&test).len();
    seconds(&mut test, 20);
    let now = asked(&test);
    assert!((3..=5).contains(&(now.len() - before)), "{now:?}");
    test.tell(Message::Shown(*now.last().unwrap()));
    seconds(&mut test, 3);
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn another_size_is_another_page() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(KNOWN).review();
    test.answers = false;
    test.resize((100, 30));
    seconds(&mut test, 3);
    press_everything(&mut test);
    assert_eq!(sent(&test.effects), []);
    let number = *asked(&test).last().unwrap();
    test.tell(Message::Shown(number));
    seconds(&mut test, 3);
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn what_covers_the_page_makes_it_unseen() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(KNOWN).review();
    test.keys("<f1>");
    assert_eq!(test.app.context(), Context::Help);
    test.keys("<f1><btab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [], "the help was in front of it a moment ago");
    test.pause();
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn a_terminal_that_answers_nothing_asks_for_the_amount() {
    let mut test = mute(Lang::En, (80, 24));
    test.fill(KNOWN).review();
    seconds(&mut test, 3);
    assert!(test.screen().contains("does not say whether it shows this page"), "{}", test.screen());
    seconds(&mut test, 3);
    assert_eq!(sent(&test.press_send()), [], "{}", test.screen());
    test.keys("<btab>20.4");
    test.keys("<tab>");
    seconds(&mut test, 1);
    assert_eq!(sent(&test.keys("<enter>")), [], "another amount");
    test.keys("<btab><bs>5<tab>");
    seconds(&mut test, 1);
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)], "{}", test.screen());
}

#[test]
fn keys_before_the_amount_was_asked_for_do_not_count() {
    let mut test = mute(Lang::En, (80, 24));
    test.fill(KNOWN);
    test.keys("<enter>");
    for _ in 0..4 {
        test.keys("<tab>20.5<tab><enter>");
        test.wait(1_000);
    }
    seconds(&mut test, 4);
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!("{}", test.screen()) };
    assert_eq!(review.words()[0].input().value(), "");
    assert_eq!(sent(&test.effects), []);
}

#[test]
fn one_that_answers_after_all_asks_for_nothing_more() {
    let mut test = mute(Lang::En, (80, 24));
    test.fill(KNOWN).review();
    seconds(&mut test, 6);
    let number = *asked(&test).last().unwrap();
    test.tell(Message::Shown(number));
    assert_eq!(sent(&test.press_send()), [], "the wait begins with the answer");
    seconds(&mut test, 3);
    test.keys("<esc><enter>");
    test.answers = true;
    test.pause();
    let number = *asked(&test).last().unwrap();
    test.tell(Message::Shown(number));
    test.pause();
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)], "{}", test.screen());
}

#[test]
fn a_cancel_waits_for_the_terminal_too() {
    let mut test = mute(Lang::En, (80, 24));
    test.keys("3g");
    while test.app.selected_record().is_none_or(|r| r.key.id.raw() != "1909877667383767043") {
        test.keys("j");
    }
    test.keys("c");
    seconds(&mut test, 8);
    assert_eq!(sent(&test.press_send()), [], "{}", test.screen());
    test.keys("<btab>19<tab>");
    seconds(&mut test, 1);
    assert_eq!(
        sent(&test.keys("<enter>")),
        [Request::CancelWithdrawal("1909877667383767043".into())],
        "{}",
        test.screen()
    );
}

#[test]
fn a_wait_at_the_button_says_what_it_is_for() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.keys("<btab><enter>")), []);
    assert!(test.screen().contains("Enter counts a second after the button was reached"), "{}", test.screen());
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn pictures() {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (60, 20)] {
            let mut test = mute(lang, size);
            test.fill(KNOWN).review();
            all.push_str(&test.screen());
            seconds(&mut test, 5);
            all.push_str(&test.screen());
        }
        insta::assert_snapshot!(format!("unanswered_{suffix}"), all);
    }
}
