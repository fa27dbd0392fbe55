//! What is pasted or typed is taken whole or refused with the reason, in every field of one line.

use wallet_tui::domain::locale::Lang;
use wallet_tui::tui::app::form::Field;
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::app::{Identity, Session};
use wallet_tui::tui::message::{Kept, Message};

use super::desk::{Desk, session};
use super::fixtures::ADDRESS;
use super::ordering::{KNOWN, sent, trx};

const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn desk_in(lang: Lang) -> Desk {
    let identity = Identity { can_lock: true, asks_passphrase: true, ..Identity::default() };
    let mut desk = Desk::ordering_with(Session { identity, ..session(lang) }, (80, 24));
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk
}

fn desk() -> Desk {
    desk_in(Lang::En)
}

fn paste(desk: &mut Desk, text: &str) {
    assert_eq!(desk.tell(Message::Paste(text.into())), [], "a paste asks for nothing");
}

/// Everything that is typed anywhere.
fn held(desk: &Desk) -> String {
    let field = match desk.app.modal() {
        Some(Modal::Form(form)) => form.fields().iter().map(Field::value).collect::<Vec<_>>().join("|"),
        Some(Modal::Note(note)) => note.input.value().to_owned(),
        Some(Modal::Export(export)) => export.path.value().to_owned(),
        Some(Modal::Review(review)) => review.words().iter().map(|word| word.input().value()).collect(),
        _ => String::new(),
    };
    let search = desk.app.deposit().map_or("", |deposit| deposit.search().value());
    let lock = desk.app.lock().map_or(0, |lock| lock.typed.len());
    format!("{field}/{}/{search}/{lock}", desk.app.table().filter().value())
}

#[track_caller]
fn says(desk: &Desk, words: &str) {
    assert!(desk.screen().contains(words), "{words} in\n{}", desk.screen());
}

/// Opens a field.
type Open = Box<dyn Fn(&mut Desk)>;

/// A way to each field of one line, and the most characters that it takes.
fn doors() -> Vec<(&'static str, usize, Open)> {
    fn by(keys: &'static str) -> Open {
        Box::new(move |desk| drop(desk.keys(keys)))
    }
    fn at(coin: &'static str, keys: &'static str) -> Open {
        Box::new(move |desk| {
            desk.choose(coin);
            desk.keys(keys);
        })
    }
    vec![
        ("coin", 64, by("2w")),
        ("address", 256, at("TRX", "w")),
        ("memo", 256, at("XRP", "w<tab>")),
        ("amount", 64, at("TRX", "w<tab>")),
        ("user id", 32, by("1gjt")),
        ("country code", 8, by("1gjt<btab><down><enter>")),
        ("number", 32, by("1gjt<btab><down><enter><tab>")),
        ("e-mail", 254, by("1gjt<btab><down><down><enter>")),
        ("amount of a transfer", 64, by("1gjt<tab>")),
        ("remark", 256, by("1gjt<tab><tab>")),
        ("amount of a move", 64, by("1gjm")),
        ("filter", 200, by("3/")),
        ("search of a coin", 200, by("2dd")),
        ("note", 200, by("3gn")),
        ("path", 1_000, Box::new(|desk| drop(desk.keys("3x<c-u>")))),
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
            let mut desk = desk();
            open(&mut desk);
            let before = held(&desk);
            paste(&mut desk, text);
            assert_eq!(held(&desk), before, "{name}: {text:?}");
            says(&desk, &format!("The paste {words}: nothing was taken."));
        }
        let mut desk = desk();
        open(&mut desk);
        let before = held(&desk);
        paste(&mut desk, &"5".repeat(room + 1));
        assert_eq!(held(&desk), before, "{name}");
        says(&desk, &format!("has {} characters; there is room for {room}: nothing was taken.", room + 1));
        paste(&mut desk, &"5".repeat(room));
        let full = held(&desk);
        assert_ne!(full, before, "{name} takes what fits");
        desk.wait(5_000);
        desk.keys("5");
        assert_eq!(held(&desk), full, "{name} is full");
        says(&desk, &format!("No more than {room} characters fit here"));
        desk.keys("<bs>");
        assert_ne!(held(&desk), full, "{name} can be edited");
    }
}

#[test]
fn line_ends_around_a_paste_are_left_out_and_that_is_said() {
    for (name, _, open) in doors() {
        let mut desk = desk();
        open(&mut desk);
        let mut other = desk_in(Lang::En);
        open(&mut other);
        paste(&mut desk, "\r\n 55\t\n");
        paste(&mut other, "55");
        assert_eq!(held(&desk), held(&other), "{name}");
        says(&desk, "The line ends around the paste were left out.");
        assert!(!other.screen().contains("left out"), "{name}");
    }
}

#[test]
fn a_refusal_is_said_in_chinese_too() {
    for (name, room, open) in doors() {
        let mut desk = desk_in(Lang::ZhCn);
        open(&mut desk);
        let before = held(&desk);
        paste(&mut desk, "50\n60");
        assert_eq!(held(&desk), before, "{name}");
        says(&desk, "第 2 个字符之后有换行，未采用任何部分");
        paste(&mut desk, &"5".repeat(room + 1));
        says(&desk, "未采用任何部分");
    }
}

#[test]
fn two_amounts_in_one_paste_never_become_a_third() {
    let mut desk = desk();
    desk.choose("TRX");
    desk.keys("w");
    paste(&mut desk, KNOWN);
    desk.keys("<tab>");
    paste(&mut desk, "50\n60");
    desk.review();
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_))), "there is no amount\n{}", desk.screen());
    paste(&mut desk, "20.5\n");
    desk.review();
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)]);
}

#[test]
fn a_key_that_cannot_be_seen_is_refused_and_said() {
    for (name, _, open) in doors() {
        let mut desk = desk();
        open(&mut desk);
        let before = held(&desk);
        desk.keys("\u{200b}");
        assert_eq!(held(&desk), before, "{name}");
        says(&desk, "This key holds an invisible U+200B");
    }
}

#[test]
fn a_word_of_the_review_takes_keys_only_and_says_when_it_is_full() {
    let mut desk = desk();
    desk.fill(ADDRESS).review();
    desk.keys("<tab>");
    let group = desk.group();
    paste(&mut desk, &group);
    assert!(held(&desk).starts_with('/'), "{}", held(&desk));
    says(&desk, "pasting is refused");
    desk.keys(&"x".repeat(33));
    assert!(held(&desk).starts_with(&format!("{}/", "x".repeat(32))), "{}", held(&desk));
    says(&desk, "No more than 32 characters fit here");
}

#[test]
fn the_wrong_chain_is_said_from_its_first_letters_on() {
    let mut desk = desk();
    desk.choose("TRX");
    desk.keys("w0x");
    let words = "begins like an address of another chain: Ethereum";
    says(&desk, words);
    desk.keys("5aAe");
    says(&desk, words);
    desk.keys("<c-u>");
    paste(&mut desk, EVM);
    says(&desk, "looks like an address of another chain: Ethereum");
}

#[test]
fn an_error_about_length_waits_until_the_field_is_left() {
    let mut desk = desk();
    desk.choose("TRX");
    desk.keys("wTJmW5D");
    assert!(!desk.screen().contains("addresses of this network have"), "{}", desk.screen());
    desk.keys("<tab>");
    says(&desk, "The address has 6 characters; addresses of this network have");
    desk.keys("<btab>1");
    says(&desk, "The address has 7 characters");
    desk.keys("<c-u>TJ");
    assert!(!desk.screen().contains("addresses of this network have"), "begun anew\n{}", desk.screen());
    // A wrong letter is none of those.
    desk.keys("0");
    says(&desk, "Character 3, 0, does not occur");
    let mut desk = self::desk();
    desk.choose("TRX");
    desk.keys("w<tab>1.");
    assert!(!desk.screen().contains("both sides of the point"), "{}", desk.screen());
    desk.keys("<tab>");
    says(&desk, "both sides of the point");
    let mut desk = self::desk();
    desk.keys("1gjt<btab><down><down><enter>some");
    assert!(!desk.screen().contains("not an e-mail address"), "{}", desk.screen());
    desk.keys("<tab>");
    says(&desk, "not an e-mail address");
}

#[test]
fn what_may_be_thousands_is_asked_on_form_and_review() {
    let mut desk = desk();
    desk.choose("TRX");
    desk.keys("w");
    paste(&mut desk, KNOWN);
    desk.keys("<tab>20.500");
    let words = "Is 20.5 meant, or 20500?";
    says(&desk, words);
    desk.review();
    says(&desk, words);
    assert_eq!(sent(&desk.press_send()), [trx(KNOWN)], "a note closes nothing");
}
