//! What is pasted or typed is taken whole or refused with the reason, in every field of one line.

use wallet_tui::domain::locale::Lang;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::message::{LedgerSnapshot, Message};
use wallet_tui::tui::state::form::Field;
use wallet_tui::tui::state::{AppConfig, Identity};

use super::fixtures::ADDRESS;
use super::ordering::{KNOWN, sent, trx};
use super::test_app::{TestApp, config};

const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn test_in(lang: Lang) -> TestApp {
    let identity = Identity { can_lock: true, asks_passphrase: true, ..Identity::default() };
    let mut test = TestApp::ordering_with(AppConfig { identity, ..config(lang) }, (80, 24));
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test
}

fn test() -> TestApp {
    test_in(Lang::En)
}

fn paste(test: &mut TestApp, pasted: &str) {
    assert_eq!(test.tell(Message::Paste(pasted.into())), [], "a paste asks for nothing");
}

/// Everything that is typed anywhere.
fn held(test: &TestApp) -> String {
    let field = match test.app.dialog() {
        Some(Dialog::Form(form)) => form.fields().iter().map(Field::value).collect::<Vec<_>>().join("|"),
        Some(Dialog::Note(note)) => note.input.value().to_owned(),
        Some(Dialog::Export(export)) => export.path.value().to_owned(),
        Some(Dialog::Review(review)) => review.words().iter().map(|word| word.input().value()).collect(),
        _ => String::new(),
    };
    let search = test.app.deposit().map_or("", |deposit| deposit.search().value());
    let lock = test.app.lock().map_or(0, |lock| lock.typed.len());
    format!("{field}/{}/{search}/{lock}", test.app.table().filter().value())
}

#[track_caller]
fn says(test: &TestApp, words: &str) {
    assert!(test.screen().contains(words), "{words} in\n{}", test.screen());
}

/// Opens a field.
type Open = Box<dyn Fn(&mut TestApp)>;

/// A way to each field of one line, and the most characters that it takes.
fn doors() -> Vec<(&'static str, usize, Open)> {
    fn by(keys: &'static str) -> Open {
        Box::new(move |test| drop(test.keys(keys)))
    }
    fn at(coin: &'static str, keys: &'static str) -> Open {
        Box::new(move |test| {
            test.choose(coin);
            test.keys(keys);
        })
    }
    vec![
        ("coin", 64, by("2w")),
        ("address", 256, at("TRX", "w")),
        ("memo", 256, at("XRP", "w<tab>")),
        ("amount", 64, at("TRX", "w<tab>")),
        ("receiver", 254, by("1gjt")),
        ("amount of a transfer", 64, by("1gjt<tab>")),
        ("remark", 256, by("1gjt<tab><tab>")),
        ("amount of a move", 64, by("1gjm")),
        ("filter", 200, by("3/")),
        ("search of a coin", 200, by("2dd")),
        ("note", 200, by("3gn")),
        ("path", 1_000, Box::new(|test| drop(test.keys("3x<c-u>")))),
        ("passphrase", 512, by("L")),
    ]
}

#[test]
fn a_paste_that_is_no_single_line_is_refused_in_every_field() {
    for (name, room, open) in doors() {
        for (text, words) in [
            ("50\n60", "holds a line end after character 2"),
            ("50\r\n60", "holds a line end after character 2"),
            ("5\t6", "holds a tab after character 1"),
            ("5\u{1b}6", "holds a control (U+001B) after character 1"),
            ("5\u{200b}6", "holds an invisible U+200B after character 1"),
            ("\u{202e}5", "holds an invisible U+202E at its start"),
            ("\n5\n6\n", "holds a line end after character 1"),
        ] {
            let mut test = test();
            open(&mut test);
            let before = held(&test);
            paste(&mut test, text);
            assert_eq!(held(&test), before, "{name}: {text:?}");
            says(&test, &format!("The paste {words}: nothing was taken."));
        }
        let mut test = test();
        open(&mut test);
        let before = held(&test);
        paste(&mut test, &"5".repeat(room + 1));
        assert_eq!(held(&test), before, "{name}");
        says(&test, &format!("has {} characters; there is room for {room}: nothing was taken.", room + 1));
        paste(&mut test, &"5".repeat(room));
        let full = held(&test);
        assert_ne!(full, before, "{name} takes what fits");
        test.wait(5_000);
        test.keys("5");
        assert_eq!(held(&test), full, "{name} is full");
        says(&test, &format!("No more than {room} characters fit here"));
        test.keys("<bs>");
        assert_ne!(held(&test), full, "{name} can be edited");
    }
}

#[test]
fn line_ends_around_a_paste_are_left_out_and_that_is_said() {
    for (name, _, open) in doors() {
        let mut test = test();
        open(&mut test);
        let mut other = test_in(Lang::En);
        open(&mut other);
        paste(&mut test, "\r\n 55\t\n");
        paste(&mut other, "55");
        assert_eq!(held(&test), held(&other), "{name}");
        says(&test, "The line ends around the paste were left out.");
        assert!(!other.screen().contains("left out"), "{name}");
    }
}

#[test]
fn a_refusal_is_said_in_chinese_too() {
    for (name, room, open) in doors() {
        let mut test = test_in(Lang::ZhCn);
        open(&mut test);
        let before = held(&test);
        paste(&mut test, "50\n60");
        assert_eq!(held(&test), before, "{name}");
        says(&test, "第 2 个字符之后有换行，未采用任何部分");
        paste(&mut test, &"5".repeat(room + 1));
        says(&test, "未采用任何部分");
    }
}

#[test]
fn two_amounts_in_one_paste_never_become_a_third() {
    let mut test = test();
    test.choose("TRX");
    test.keys("w");
    paste(&mut test, KNOWN);
    test.keys("<tab>");
    paste(&mut test, "50\n60");
    test.keys("<enter>");
    test.review();
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "there is no amount\n{}", test.screen());
    paste(&mut test, "20.5\n");
    test.review();
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn a_key_that_cannot_be_seen_is_refused_and_said() {
    for (name, _, open) in doors() {
        let mut test = test();
        open(&mut test);
        let before = held(&test);
        test.keys("\u{200b}");
        assert_eq!(held(&test), before, "{name}");
        says(&test, "This key holds an invisible U+200B");
    }
}

#[test]
fn review_word_takes_keys_only_and_says_when_it_is_full() {
    let mut test = test();
    test.fill(ADDRESS).review();
    let group = test.group();
    paste(&mut test, &group);
    assert!(held(&test).starts_with('/'), "{}", held(&test));
    says(&test, "pasting is refused");
    test.keys(&"x".repeat(33));
    assert!(held(&test).starts_with(&format!("{}/", "x".repeat(32))), "{}", held(&test));
    says(&test, "No more than 32 characters fit here");
}

#[test]
fn the_wrong_chain_is_said_from_its_first_letters_on() {
    let mut test = test();
    test.choose("TRX");
    test.keys("w0x");
    let words = "begins like an address of another chain: Ethereum";
    says(&test, words);
    test.keys("5aAe");
    says(&test, words);
    test.keys("<c-u>");
    paste(&mut test, EVM);
    says(&test, "looks like an address of another chain: Ethereum");
}

#[test]
fn an_error_about_length_waits_until_the_field_is_left() {
    let mut test = test();
    test.choose("TRX");
    test.keys("wTJmW5D");
    assert!(!test.screen().contains("addresses of this network have"), "{}", test.screen());
    test.keys("<tab>");
    says(&test, "The address has 6 characters; addresses of this network have");
    test.keys("<btab>1");
    says(&test, "The address has 7 characters");
    test.keys("<c-u>TJ");
    assert!(!test.screen().contains("addresses of this network have"), "begun anew\n{}", test.screen());
    // A wrong letter is none of those.
    test.keys("0");
    says(&test, "Character 3, 0, does not occur");
    let mut test = self::test();
    test.choose("TRX");
    test.keys("w<tab>1.");
    assert!(!test.screen().contains("both sides of the point"), "{}", test.screen());
    test.keys("<tab>");
    says(&test, "both sides of the point");
    let mut test = self::test();
    test.keys("1gjtsome@");
    assert!(!test.screen().contains("not an e-mail address"), "{}", test.screen());
    test.keys("<tab>");
    says(&test, "not an e-mail address");
}

#[test]
fn what_may_be_thousands_is_asked_on_form_and_review() {
    let mut test = test();
    test.choose("TRX");
    test.keys("w");
    paste(&mut test, KNOWN);
    test.keys("<tab>20.500");
    let words = "Is 20.5 meant, or 20500?";
    says(&test, words);
    test.review();
    says(&test, words);
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)], "a note closes nothing");
}
