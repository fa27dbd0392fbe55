//! Small panes: a review longer than the screen is read to its end, and forms keep what is typed in sight. And how few keys a
//! withdrawal takes.

use wallet_tui::domain::locale::Lang;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::dialogs::review::ConfirmationKind;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;
use wallet_tui::tui::state::form::FieldId;

use super::fixtures::ADDRESS;
use super::ordering::{KNOWN, letters, sent, trx};
use super::test_app::TestApp;

fn is_open(test: &TestApp) -> bool {
    matches!(test.app.dialog(), Some(Dialog::Review(review)) if test.app.review_closed(review).is_none())
}

#[test]
fn review_longer_than_the_screen_is_sent_once_read_to_its_end() {
    for (lang, size) in [(Lang::En, (60, 15)), (Lang::ZhCn, (60, 15)), (Lang::En, (40, 12))] {
        let mut test = TestApp::ordering(lang, size);
        test.fill(KNOWN).review();
        assert_eq!(sent(&test.press_send()), [], "{}", test.screen());
        assert!(test.screen().contains("PgDn") && test.screen().contains('▼'), "{}", test.screen());
        let mut read = letters(&test.screen());
        for page in 0.. {
            assert!(page < 20, "{size:?}\n{}", test.screen());
            if is_open(&test) {
                break;
            }
            assert_eq!(sent(&test.keys("<enter>")), []);
            test.keys("<pgdn>");
            assert_eq!(sent(&test.keys("<enter>")), [], "what is just being turned to is not read");
            test.pause();
            read.push_str(&letters(&test.screen()));
        }
        for group in KNOWN.as_bytes().chunks(4) {
            assert!(read.contains(std::str::from_utf8(group).unwrap()), "{size:?} {read}");
        }
        assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)], "{}", test.screen());
    }
}

#[test]
fn lines_that_were_turned_past_unshown_keep_sending_closed() {
    let mut test = TestApp::ordering(Lang::En, (40, 12));
    test.fill(KNOWN).review();
    test.answers = false;
    test.keys("<pgdn>");
    test.answers = true;
    test.keys("<pgdn><pgdn><pgdn>");
    test.pause();
    assert!(!is_open(&test) && test.screen().contains("PgUp"), "{}", test.screen());
    for _ in 0..4 {
        test.keys("<pgup>");
        test.pause();
    }
    assert!(is_open(&test), "{}", test.screen());
}

#[test]
fn another_width_is_another_page_to_read() {
    let mut test = TestApp::ordering(Lang::En, (60, 15));
    test.fill(KNOWN).review();
    for _ in 0..4 {
        test.keys("<pgdn>");
        test.pause();
    }
    assert!(is_open(&test), "{}", test.screen());
    test.resize((50, 15));
    test.pause();
    assert!(!is_open(&test), "{}", test.screen());
}

#[test]
fn group_is_typed_without_a_key_before_it() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(ADDRESS).review();
    let group = test.group();
    let swapped: String = group
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    assert_ne!(swapped, group);
    test.keys(&swapped);
    assert!(test.screen().contains("The letters are right, the capitals are not"), "{}", test.screen());
    assert!(!letters(&test.screen()).contains(&group), "the answer stays hidden\n{}", test.screen());
    test.keys("<bs><bs><bs><bs>zzzz");
    assert!(test.screen().contains("That is not what stands there"), "{}", test.screen());
    test.keys("<bs><bs><bs><bs>");
    test.keys(&group);
    assert_eq!(sent(&test.keys("<enter>")), [], "Enter in what is typed sends nothing");
    assert!(test.screen().contains("Tab goes to the buttons"), "and says what does: {}", test.screen());
    assert_eq!(sent(&test.press_send()), [trx(ADDRESS)]);
}

#[test]
fn what_is_typed_on_a_review_unreads_nothing_and_news_covers_no_button() {
    let mut test = TestApp::ordering(Lang::En, (40, 12));
    test.fill(ADDRESS).keys("<enter>ab");
    let screen = test.screen();
    let buttons = screen.lines().find(|line| line.contains("Cancel")).unwrap();
    assert!(screen.contains("Too early") && buttons.contains("Send 20.5 TRX"), "{screen}");
    assert_eq!(buttons.split_whitespace().collect::<Vec<_>>(), ["Cancel", "Send", "20.5", "TRX"], "{screen}");
    for _ in 0..12 {
        test.pause();
        test.keys("<pgdn>");
    }
    test.pause();
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
    let ConfirmationKind::Group(group) = &review.words()[0].ask else { panic!() };
    let group = group.text.clone();
    test.keys("<enter>");
    assert!(test.screen().contains("Sending opens when the marked group"), "{}", test.screen());
    test.keys(&group);
    assert!(is_open(&test), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), [trx(ADDRESS)]);
}

#[test]
fn letters_typed_too_early_are_dropped_and_that_is_said() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(ADDRESS).keys("<enter>ab");
    assert!(test.screen().contains("Too early"), "{}", test.screen());
    test.pause();
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
    assert_eq!(review.words()[0].input().value(), "");
}

/// Types keys and counts them: one in brackets is one.
fn counted(test: &mut TestApp, keys: &str, count: &mut usize) {
    *count +=
        keys.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest).chars().count()).sum::<usize>()
            + keys.matches('<').count();
    test.keys(keys);
}

#[test]
fn withdrawal_takes_seven_keys_besides_what_is_typed() {
    // To a known address; the amount is all that there is.
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose("TRX");
    let mut count = 0;
    counted(&mut test, "w<enter><enter>", &mut count);
    test.keys("20.5");
    counted(&mut test, "<enter>", &mut count);
    test.pause();
    counted(&mut test, "<tab>", &mut count);
    test.wait(1_000);
    counted(&mut test, "<enter>", &mut count);
    let orders = sent(&test.effects);
    assert!(orders.len() == 1 && count <= 7, "{count}\n{}", test.screen());
    // To a new one, over a network that is chosen.
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose("USDT");
    let mut count = 0;
    counted(&mut test, "w<enter>", &mut count);
    test.keys(ADDRESS);
    counted(&mut test, "<enter>", &mut count);
    test.keys("20.5");
    counted(&mut test, "<enter>", &mut count);
    test.pause();
    let group = test.group();
    test.keys(&group);
    counted(&mut test, "<tab>", &mut count);
    test.wait(1_000);
    counted(&mut test, "<enter>", &mut count);
    assert!(sent(&test.effects).len() == 1 && count <= 7, "{count}\n{}", test.screen());
}

#[test]
fn focused_field_is_in_sight_with_its_unit_however_small() {
    for size in [(20, 5), (40, 12), (60, 15)] {
        let mut test = TestApp::ordering(Lang::En, size);
        test.fill(KNOWN);
        let screen = test.screen();
        assert!(screen.contains("Amount") && screen.contains("20.5") && screen.contains("TRX"), "{size:?}\n{screen}");
        test.keys(&"1".repeat(40));
        let screen = test.screen();
        let line = screen.lines().find(|line| line.contains("Amount")).unwrap_or_default().to_owned();
        assert!(line.contains("111") && line.contains("TRX"), "{size:?}\n{screen}");
    }
}

#[test]
fn direction_of_a_move_stays_in_sight_at_60_by_15() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut test = TestApp::ordering(lang, (60, 15));
        test.keys("1gjm12");
        let Some(Dialog::Form(form)) = test.app.dialog() else { panic!() };
        assert_eq!(form.value(FieldId::Amount), "12");
        let screen = test.screen();
        let direction = lang.t("form.spot_to_futures");
        assert!(screen.contains(direction) && screen.contains("USDT") && screen.contains("F8"), "{screen}");
        test.keys("<f8>");
        let Some(Dialog::Form(form)) = test.app.dialog() else { panic!() };
        assert_ne!(form.value(FieldId::Amount), "12", "all of it is filled in\n{}", test.screen());
    }
}

#[test]
fn a_line_that_changes_in_sight_is_read_when_the_terminal_shows_it() {
    let mut test = TestApp::ordering(Lang::En, (40, 12));
    test.fill(KNOWN).review();
    for _ in 0..8 {
        test.keys("<pgdn>");
        test.pause();
    }
    assert!(is_open(&test), "{}", test.screen());
    test.keys("<btab>");
    test.pause();
    test.answers = false;
    test.trx_left("30");
    assert!(test.screen().contains("9.5"), "the changed line is in sight\n{}", test.screen());
    let asked = |test: &TestApp| {
        let number = |effect: &Effect| if let Effect::AskTerminal(number) = effect { Some(*number) } else { None };
        test.effects.iter().rev().find_map(number).unwrap()
    };
    for _ in 0..3 {
        assert!(!is_open(&test) && test.screen().contains("A moment:"), "{}", test.screen());
        assert_eq!(sent(&test.keys("<enter>")), [], "{}", test.screen());
        test.wait(1_000);
    }
    // What changes once more is not what the terminal answers for.
    test.trx_left("31");
    let before = asked(&test);
    test.tell(Message::Shown(before));
    assert!(!is_open(&test), "{}", test.screen());
    let now = asked(&test);
    assert_ne!(now, before, "what changed is asked about");
    test.tell(Message::Shown(now));
    for _ in 0..2 {
        test.wait(1_000);
    }
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)], "{}", test.screen());
}
