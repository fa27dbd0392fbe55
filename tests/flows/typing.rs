//! What keys do, and what they do not do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::fixtures::{ADDRESS, TXID};
use super::test_app::TestApp;

fn test() -> TestApp {
    TestApp::new(Lang::En, (80, 24)).loaded()
}

#[test]
fn letters_typed_into_a_filter_do_nothing_else() {
    let mut test = test();
    let effects = test.keys("3/q1rpszuy?jkG");
    assert_eq!(effects, Vec::new());
    assert_eq!(test.app.tab(), Tab::Withdrawals);
    assert_eq!(test.app.context(), Context::Filter);
    assert_eq!(test.app.table().filter().value(), "q1rpszuy?jkG");
    assert!(!test.app.is_hidden());
}

#[test]
fn q_quits_outside_and_is_a_letter_inside_a_filter() {
    let mut test = test();
    assert_eq!(test.keys("/q"), Vec::new());
    assert_eq!(test.keys("<c-c>"), vec![Effect::Quit], "Ctrl-C always quits");
    assert_eq!(test.keys("<esc>q"), vec![Effect::Quit]);
}

#[test]
fn a_filter_narrows_while_it_is_typed_and_escape_gives_all_back() {
    let mut test = test();
    test.keys("3");
    let all = test.app.table().len();
    test.keys("/tron");
    assert!(test.app.table().len() < all);
    assert!(test.screen().contains("2 of 4"), "{}", test.screen());
    test.keys("<enter>");
    assert_eq!((test.app.context(), test.app.table().len()), (Context::Table, 2));
    test.keys("<esc>");
    assert_eq!(test.app.table().len(), all);
}

#[test]
fn cursor_stands_behind_what_was_typed_however_wide_it_is() {
    let mut test = test();
    let theme = Theme::named("none").unwrap();
    assert_eq!(test.draw_in(&theme).1, None);
    test.keys("/ab日");
    assert_eq!(test.draw_in(&theme).1, Some((3 + 4, 22)));
    test.keys("<left>");
    assert_eq!(test.draw_in(&theme).1, Some((3 + 2, 22)));
    test.tell(Message::Paste("日本語 long ".repeat(20)));
    let (buffer, cursor) = test.draw_in(&theme);
    let (x, y) = cursor.unwrap();
    assert!(x < 79 && y == 22);
    assert!(super::test_app::text(&buffer).contains("0 of 10"), "the count is not written over");
}

#[test]
fn a_paste_outside_of_a_filter_does_nothing() {
    let mut test = test();
    let before = test.screen();
    assert_eq!(test.tell(Message::Paste("q\nr3".into())), Vec::new());
    assert_eq!(test.screen(), before);
    // A letter is answered, and does nothing else.
    assert_eq!(test.tell(Message::Key(KeyEvent::new(KeyCode::Char('ü'), KeyModifiers::NONE))), Vec::new());
    assert!(test.screen().contains("ü means nothing here; ? shows what does"), "{}", test.screen());
    test.wait(10_000);
    assert!(!test.screen().contains("means nothing"));
}

#[test]
fn sorting_keeps_the_selected_row_and_shows_its_arrow() {
    let mut test = test();
    test.keys("jj");
    let selected = test.app.table().selected().cloned();
    test.keys("ss");
    assert_eq!(test.app.table().selected().cloned(), selected);
    assert!(test.screen().contains("Available ▼"), "{}", test.screen());
    test.keys("S");
    assert!(test.screen().contains("Available ▲"));
}

#[test]
fn what_is_copied_is_the_whole_field_and_never_its_short_form() {
    let mut test = test();
    test.keys("3jj");
    assert_eq!(test.keys("y"), vec![Effect::Copy(TXID.into())]);
    test.keys("<up><enter>");
    let copied: Vec<_> = (0..20).flat_map(|_| test.keys("yj")).collect();
    assert!(copied.contains(&Effect::Copy(ADDRESS.into())), "{copied:?}");
    assert!(copied.contains(&Effect::Copy("1909877667383767042".into())));
}

#[test]
fn every_field_of_the_detail_can_be_brought_into_sight() {
    for size in [(80, 24), (60, 20), (40, 12), (120, 40)] {
        let mut test = TestApp::new(Lang::En, size).loaded();
        test.keys("3jj<enter>");
        let mut seen = String::new();
        for _ in 0..20 {
            seen.push_str(&test.screen());
            test.keys("j");
        }
        for word in ["Kind", "Status", "Created", "Gross", "Fee", "Net", "To", "Memo", "TxID", "Remark", "Id"] {
            assert!(seen.contains(word), "{word} at {size:?}");
        }
        assert!(seen.contains("6f2e 3b1f"), "{size:?}");
    }
}

#[test]
fn help_scrolls_to_its_end_and_no_further() {
    for size in [(80, 24), (60, 20), (40, 12), (120, 40)] {
        let mut test = TestApp::new(Lang::En, size).loaded();
        test.keys("?");
        assert!(test.screen().contains("Tables"));
        test.keys("G");
        let end = test.screen();
        assert!(end.contains("quit"), "{end}");
        test.keys("jjj<pgdn>");
        assert_eq!(test.screen(), end);
        test.keys("g");
        assert!(test.screen().contains("Tables"));
        test.keys("<esc>");
        assert_eq!(test.app.context(), Context::Table);
    }
}

#[test]
fn a_click_selects_the_row_under_it() {
    let mut test = test();
    test.keys("3");
    let rows = test.app.layout().rows;
    let click = |row| {
        Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 10,
            row,
            modifiers: KeyModifiers::NONE,
        })
    };
    test.tell(click(rows.y + 2));
    assert_eq!(test.app.table().cursor(), 2);
    test.tell(click(rows.bottom() - 1));
    assert_eq!(test.app.table().cursor(), 2, "below the last row there is nothing to select");
}

#[test]
fn a_key_that_means_nothing_changes_nothing() {
    let mut test = test();
    let before = test.screen();
    for code in [KeyCode::F(9), KeyCode::Insert, KeyCode::Null] {
        assert_eq!(test.tell(Message::Key(KeyEvent::new(code, KeyModifiers::NONE))), Vec::new());
    }
    assert_eq!(test.screen(), before);
}
