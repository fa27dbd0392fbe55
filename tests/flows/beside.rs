//! What stands beside a form on a wide screen: what the order would mean, and the known addresses and receivers.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Amount, Kind, Receiver, Status};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::Loaded;
use wallet_tui::tui::state::form::FieldId;

use super::fixtures::{Row, ago};
use super::ordering::{KNOWN, history, letters, sent, trx};
use super::test_app::TestApp;

const WIDE: (u16, u16) = (120, 40);

fn wide() -> TestApp {
    TestApp::ordering(Lang::En, WIDE)
}

/// What stands right of the form, line by line.
fn beside(test: &TestApp) -> String {
    let screen = test.screen();
    let edge = |line: &&str| line.chars().position(|c| c == '┬');
    let at = screen.lines().find_map(|line| edge(&line)).unwrap_or_else(|| panic!("nothing beside\n{screen}"));
    let lines =
        screen.lines().skip_while(|line| !line.contains('┬')).map(|line| line.chars().skip(at).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_stands_beside_the_form_is_what_the_review_says() {
    let mut test = wide();
    test.fill(KNOWN);
    let summary = beside(&test);
    test.review();
    let review = test.screen();
    for (part, same) in [
        ("20.5 TRX", "20.5 TRX"),
        ("≈ 5.15 USDT", "≈ 5.15 USDT"),
        ("about 1 TRX", "about 1 TRX"),
        ("last paid 3 Nov, 2 samples", "last paid 3 Nov, 2 samples"),
        ("about 19.5 TRX", "about 19.5 TRX"),
        ("Left     4,979.5 TRX", "→ 4,979.5 TRX"),
    ] {
        assert!(summary.contains(part) && review.contains(same), "{part}\n{summary}\n{review}");
    }
}

#[test]
fn what_is_not_known_beside_the_form_is_a_question_mark() {
    let mut test = wide();
    test.choose("TRX");
    test.keys("w");
    let empty = beside(&test);
    for row in ["You send ?", "Arrives  ?", "Left     ?"] {
        assert!(empty.contains(row), "{row} in\n{empty}");
    }
    assert!(!empty.contains(" 0 "), "{empty}");
    // More than there is leaves nothing, and no number below zero.
    test.keys("<tab>999999");
    let above = beside(&test);
    assert!(above.contains("Left     –"), "{above}");
}

#[test]
fn hidden_amounts_are_hidden_beside_the_form_too() {
    for key in ["w", "t", "m"] {
        let mut test = wide();
        test.choose("TRX");
        test.keys("p");
        assert!(test.app.is_hidden());
        test.keys(key);
        let form = |test: &TestApp| match test.app.dialog() {
            Some(Dialog::Form(form)) => form.value(FieldId::Amount).to_owned(),
            _ => panic!("{}", test.screen()),
        };
        while !test.app.dialog().is_some_and(
            |dialog| matches!(dialog, Dialog::Form(form) if form.focused().is_some_and(|f| f.field_id == FieldId::Amount)),
        ) {
            test.keys("<tab>");
        }
        test.keys("20.5");
        assert_eq!(form(&test).parse(), Ok("20.5".parse::<Amount>().unwrap()));
        let shown = beside(&test);
        assert!(shown.contains("••••") && !shown.contains("4,979") && !shown.contains("5,000"), "{key}\n{shown}");
    }
}

#[test]
fn an_address_beside_the_form_is_chosen_in_as_few_keys() {
    let mut test = wide();
    test.choose("TRX");
    test.keys("w");
    let shown = beside(&test);
    assert!(shown.contains("Known addresses (↓)") && letters(&shown).contains(KNOWN), "{shown}");
    test.keys("<enter>");
    assert!(beside(&test).contains("▌ TEeC"), "Enter leads into the list\n{}", test.screen());
    test.keys("<enter>20.5<enter>");
    test.pause();
    test.keys("<tab>");
    test.wait(1_000);
    test.keys("<enter>");
    assert_eq!(sent(&test.effects), [trx(KNOWN)], "{}", test.screen());
}

#[test]
fn what_is_known_stays_beside_whatever_has_the_focus() {
    let mut test = wide();
    test.wait(20_000);
    let phone = Receiver::Phone { country_code: "44".into(), number: "7700900123".into() };
    let paid = Row::new(Kind::TransferOut, "802", "USDT", "5", Status::Success, ago("8 d")).to(phone).0;
    test.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain([paid]).collect()));
    test.keys("1gjt");
    assert!(beside(&test).contains("Known receivers (↓)"), "{}", test.screen());
    test.keys("<tab>12.5");
    let shown = beside(&test);
    assert!(shown.contains("Known receivers ") && shown.contains("+44 7700900123"), "{shown}");
    assert!(!shown.contains('↓') && shown.contains("Left     12,037.9 USDT"), "{shown}");
}

#[test]
fn a_form_is_never_wider_than_ninety_columns_beside_something() {
    for width in [120, 121, 160, 250] {
        let mut test = TestApp::ordering(Lang::En, (width, 40));
        for key in ["w", "t", "m"] {
            test.keys(key);
            let screen = test.screen();
            let top = screen.lines().find(|line| line.contains('┬')).unwrap();
            let at = top.chars().position(|c| c == '┬').unwrap();
            assert!((60..90).contains(&at), "{width} {key}\n{screen}");
            test.keys("<esc>");
        }
    }
    let mut test = TestApp::ordering(Lang::En, (119, 40));
    test.keys("w");
    assert!(!test.screen().contains('┬'), "{}", test.screen());
}
