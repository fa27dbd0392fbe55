//! A page that the terminal has not shown cannot be confirmed: what the terminal says, late, never, and of another page.

use wallet_tui::domain::Request;
use wallet_tui::domain::locale::Lang;
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::desk::{Desk, session};
use super::ordering::{KNOWN, ledger, sent, trx};

/// A desk at a terminal that answers nothing until the test does.
fn silent() -> Desk {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.answers = false;
    desk
}

/// The same where the terminal has never answered anything.
fn mute(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::with_mute_terminal(session(lang), size).loaded();
    desk.wait(600_000);
    desk.freshen();
    desk.tell(ledger(Vec::new()));
    desk
}

/// The questions among what the app wished for.
fn asked(desk: &Desk) -> Vec<u32> {
    let number = |effect: &Effect| if let Effect::AskTerminal(number) = effect { Some(*number) } else { None };
    desk.effects.iter().filter_map(number).collect()
}

fn seconds(desk: &mut Desk, count: usize) {
    for _ in 0..count {
        desk.wait(1_000);
        desk.freshen();
    }
}

/// Everything that somebody might press who sees nothing.
fn press_everything(desk: &mut Desk) {
    for keys in ["<tab>", "<enter>", "<btab>", "<enter>", "20.5", "<tab><enter>", "20.5<enter>"] {
        desk.keys(keys);
        desk.wait(1_000);
        desk.freshen();
    }
}

#[test]
fn a_page_that_the_terminal_does_not_show_is_never_confirmed() {
    let mut desk = silent();
    desk.fill(KNOWN).review();
    for _ in 0..10 {
        press_everything(&mut desk);
        assert!(desk.screen().contains("has not said yet"), "{}", desk.screen());
    }
    assert_eq!(sent(&desk.effects), []);
    let Some(Modal::Review(review)) = desk.app.modal() else { panic!("{}", desk.screen()) };
    assert_eq!(review.words().len(), 0, "a terminal that answers is waited for, however long");
}

#[test]
fn the_wait_begins_with_the_answer_and_not_with_the_drawing() {
    let mut desk = silent();
    desk.fill(KNOWN).review();
    seconds(&mut desk, 3);
    let number = *asked(&desk).last().unwrap();
    desk.tell(Message::Shown(number));
    assert_eq!(sent(&desk.keys("<btab><enter>")), [], "armed by the answer alone");
    seconds(&mut desk, 3);
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)]);
}

#[test]
fn an_answer_about_another_page_shows_nothing() {
    let mut desk = silent();
    desk.fill(KNOWN).review();
    let first = *asked(&desk).last().unwrap();
    desk.keys("<esc><enter>");
    let second = *asked(&desk).last().unwrap();
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))) && second != first, "{}", desk.screen());
    desk.tell(Message::Shown(first));
    seconds(&mut desk, 3);
    press_everything(&mut desk);
    assert_eq!(sent(&desk.effects), []);
}

#[test]
fn a_lost_answer_is_asked_for_again() {
    let mut desk = silent();
    desk.fill(KNOWN).review();
    let before = asked(&desk).len();
    seconds(&mut desk, 20);
    let now = asked(&desk);
    assert!((3..=5).contains(&(now.len() - before)), "{now:?}");
    desk.tell(Message::Shown(*now.last().unwrap()));
    seconds(&mut desk, 3);
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)]);
}

#[test]
fn another_size_is_another_page() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.fill(KNOWN).review();
    desk.answers = false;
    desk.resize((100, 30));
    seconds(&mut desk, 3);
    press_everything(&mut desk);
    assert_eq!(sent(&desk.effects), []);
    let number = *asked(&desk).last().unwrap();
    desk.tell(Message::Shown(number));
    seconds(&mut desk, 3);
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)]);
}

#[test]
fn what_covers_the_page_makes_it_unseen() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.fill(KNOWN).review();
    desk.keys("<f1>");
    assert_eq!(desk.app.context(), Context::Help);
    desk.keys("<f1><btab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [], "the help was in front of it a moment ago");
    desk.pause();
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)]);
}

#[test]
fn a_terminal_that_answers_nothing_asks_for_the_amount() {
    let mut desk = mute(Lang::En, (80, 24));
    desk.fill(KNOWN).review();
    seconds(&mut desk, 3);
    assert!(desk.screen().contains("does not say whether it shows this page"), "{}", desk.screen());
    seconds(&mut desk, 3);
    assert_eq!(sent(&desk.press_send()), [], "{}", desk.screen());
    desk.keys("<btab>20.4");
    desk.keys("<tab>");
    seconds(&mut desk, 1);
    assert_eq!(sent(&desk.keys("<enter>")), [], "another amount");
    desk.keys("<btab><bs>5<tab>");
    seconds(&mut desk, 1);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)], "{}", desk.screen());
}

#[test]
fn keys_before_the_amount_was_asked_for_do_not_count() {
    let mut desk = mute(Lang::En, (80, 24));
    desk.fill(KNOWN);
    desk.keys("<enter><enter>");
    for _ in 0..4 {
        desk.keys("<tab>20.5<tab><enter>");
        desk.wait(1_000);
    }
    seconds(&mut desk, 4);
    let Some(Modal::Review(review)) = desk.app.modal() else { panic!("{}", desk.screen()) };
    assert_eq!(review.words()[0].input().value(), "");
    assert_eq!(sent(&desk.effects), []);
}

#[test]
fn one_that_answers_after_all_asks_for_nothing_more() {
    let mut desk = mute(Lang::En, (80, 24));
    desk.fill(KNOWN).review();
    seconds(&mut desk, 6);
    let number = *asked(&desk).last().unwrap();
    desk.tell(Message::Shown(number));
    assert_eq!(sent(&desk.press_send()), [], "the wait begins with the answer");
    seconds(&mut desk, 3);
    desk.keys("<esc><enter>");
    desk.answers = true;
    desk.pause();
    let number = *asked(&desk).last().unwrap();
    desk.tell(Message::Shown(number));
    desk.pause();
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)], "{}", desk.screen());
}

#[test]
fn a_cancel_waits_for_the_terminal_too() {
    let mut desk = mute(Lang::En, (80, 24));
    desk.keys("3g");
    while desk.app.selected_record().is_none_or(|r| r.key.id.raw() != "1909877667383767043") {
        desk.keys("j");
    }
    desk.keys("c");
    seconds(&mut desk, 8);
    assert_eq!(sent(&desk.press_send()), [], "{}", desk.screen());
    desk.keys("<btab>19<tab>");
    seconds(&mut desk, 1);
    assert_eq!(
        sent(&desk.keys("<enter>")),
        [Request::CancelWithdrawal("1909877667383767043".into())],
        "{}",
        desk.screen()
    );
}

#[test]
fn a_wait_at_the_button_says_what_it_is_for() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.keys("<btab><enter>")), []);
    assert!(desk.screen().contains("Enter counts a second after the button was reached"), "{}", desk.screen());
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn pictures() {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (60, 20)] {
            let mut desk = mute(lang, size);
            desk.fill(KNOWN).review();
            all.push_str(&desk.screen());
            seconds(&mut desk, 5);
            all.push_str(&desk.screen());
        }
        insta::assert_snapshot!(format!("unanswered_{suffix}"), all);
    }
}
