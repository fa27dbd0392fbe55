//! Payment links in the form of a withdrawal: what they fill in, what is said of them, and that no check asks less of them.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Request, UntrustedText, WithdrawRequest};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::message::Message;
use wallet_tui::tui::state::form::{Field, FieldId, Form};

use super::fixtures::ADDRESS;
use super::ordering::{KNOWN, sent, trx};
use super::test_app::TestApp;

const USDT: &str = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
const XRP: &str = "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh";

fn form(test: &TestApp) -> &Form {
    let Some(Dialog::Form(form)) = test.app.dialog() else { panic!("no form:\n{}", test.screen()) };
    form
}

fn value(test: &TestApp, field_id: FieldId) -> &str {
    form(test).value(field_id)
}

fn held(test: &TestApp) -> Vec<String> {
    form(test).fields().iter().map(Field::value).map(str::to_owned).collect()
}

/// What stands on the screen without the ends of its lines, at which long sentences are broken.
fn words(test: &TestApp) -> String {
    let letters = |c: char| !c.is_whitespace() && !"│┌┐└┘─▌".contains(c);
    test.screen().chars().filter(|c| letters(*c)).collect()
}

#[track_caller]
fn says(test: &TestApp, said: &str) {
    let said: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(words(test).contains(&said), "{said} in\n{}", test.screen());
}

fn paste(test: &mut TestApp, pasted: &str) {
    assert_eq!(test.tell(Message::Paste(pasted.into())), [], "a paste asks for nothing");
}

/// The form of a coin with the focus on the address.
fn at(coin: &str) -> TestApp {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose(coin);
    test.keys("w");
    if coin == "USDT" {
        test.keys("Tron<enter>");
    }
    assert_eq!(form(&test).focused().map(|field| field.field_id), Some(FieldId::Address), "{}", test.screen());
    test
}

#[test]
fn what_a_link_says_is_filled_in_and_sent_as_if_typed() {
    let mut test = at("TRX");
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.50&label=The%20shop&message=Order%207\n"));
    assert_eq!((value(&test, FieldId::Address), value(&test, FieldId::Amount)), (KNOWN, "20.50"));
    says(&test, "from a payment link for Tron");
    says(&test, "the link calls the receiver “The shop”, which nobody has checked");
    says(&test, "The link also says, and no field holds: message=Order 7");
    says(&test, "not all of it was taken");
    test.keys("<tab>");
    test.review();
    assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
}

#[test]
fn a_link_to_a_new_address_asks_for_its_group_too() {
    let mut test = at("TRX");
    paste(&mut test, &format!("tron:{ADDRESS}?amount=20.5&label=cold%20wallet"));
    test.keys("<tab>");
    test.review();
    let group = test.group();
    assert_eq!(sent(&test.press_send()), [], "without the word");
    test.keys("<tab><tab>");
    paste(&mut test, &group);
    assert!(test.screen().contains("pasting is refused"), "{}", test.screen());
}

#[test]
fn a_typed_amount_stays_and_what_the_link_asks_is_said() {
    let mut test = at("TRX");
    test.keys("<tab>7<btab>");
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.5"));
    assert_eq!((value(&test, FieldId::Address), value(&test, FieldId::Amount)), (KNOWN, "7"));
    test.keys("<tab>");
    says(&test, "The link asks for 20.5 TRX; what stands here stays.");
    test.keys("<c-u>20.50");
    says(&test, "as the link asks; less arrives");
    // The address is another: the link has nothing to say any more.
    test.keys("<btab><c-u>");
    paste(&mut test, ADDRESS);
    assert!(!test.screen().contains("the link"), "{}", test.screen());
}

#[test]
fn a_link_for_something_else_is_refused_and_nothing_taken() {
    let usdt_of = |token: &str| format!("tron:{KNOWN}?amount=20.5&token={token}");
    for (coin, link, said) in [
        (
            "TRX",
            "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=1".to_owned(),
            "The link is for Bitcoin, and Tron (TRC-20) is chosen.",
        ),
        ("TRX", usdt_of(USDT), "which is not that of TRX over Tron (TRC-20)"),
        ("USDT", usdt_of(KNOWN), "which is not that of USDT over Tron (TRC-20)"),
        (
            "USDT",
            format!("tron:{KNOWN}?amount=20.5"),
            "The link asks for TRX, the chain's own coin, and USDT is chosen.",
        ),
        ("TRX", format!("tron:{KNOWN}?amount=-5"), "amount=-5 in the link is no amount"),
        ("TRX", format!("tron:{KNOWN}?amount=1e3"), "amount=1e3 in the link is no amount"),
        ("TRX", format!("tron:{KNOWN}?amount=1&amount=2"), "says amount more than once"),
        ("TRX", format!("tron:{}x?amount=1", &KNOWN[..33]), "The checksum does not fit"),
        ("TRX", format!("tron:{KNOWN}?label=%E2%80%AE"), "it could hide what is paid"),
        ("TRX", "https://shop.example/pay?id=7".to_owned(), "https: links are not read here."),
    ] {
        let mut test = at(coin);
        let before = held(&test);
        paste(&mut test, &link);
        assert_eq!(held(&test), before, "{link}");
        says(&test, said);
        says(&test, "Nothing of the link was taken.");
        // Whatever was refused is forgotten with the next key.
        test.keys("T");
        assert!(!test.screen().contains("Nothing of the link"), "{}", test.screen());
    }
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose("USDT");
    test.keys("w");
    paste(&mut test, &usdt_of(USDT));
    says(&test, "Choose coin and network first");
    assert_eq!(held(&test), ["USDT", "", "", "", ""], "it narrows no list");
    test.keys("<tab>");
    paste(&mut test, &usdt_of(USDT));
    says(&test, "Choose coin and network first");
    let mut test = at("TRX");
    test.keys("T");
    paste(&mut test, &format!("tron:{KNOWN}"));
    assert_eq!(value(&test, FieldId::Address), "T");
    says(&test, "The field holds something already.");
}

#[test]
fn coin_chosen_after_the_link_is_held_against_it() {
    let mut test = at("USDT");
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.5&token={USDT}"));
    assert_eq!(value(&test, FieldId::Amount), "20.5");
    test.keys("<btab><btab>TRX<enter>");
    assert_eq!(value(&test, FieldId::Coin), "TRX", "{}", test.screen());
    assert_eq!(value(&test, FieldId::Address), KNOWN);
    says(&test, "which is not that of TRX over Tron (TRC-20)");
    for _ in 0..6 {
        test.keys("<enter>");
    }
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "there is nothing to review\n{}", test.screen());
}

#[test]
fn tag_behind_an_address_becomes_its_memo_or_is_named() {
    let mut test = at("XRP");
    paste(&mut test, &format!("{XRP}?dt=104201"));
    assert_eq!((value(&test, FieldId::Address), value(&test, FieldId::Memo)), (XRP, "104201"));
    says(&test, "it came with what stood behind it");
    test.keys("<tab><c-u>7");
    says(&test, "The link's memo is 104201.");
    for glued in [format!("{XRP}:104201"), format!("{XRP} 104201")] {
        let mut test = at("XRP");
        paste(&mut test, &glued);
        assert_eq!(value(&test, FieldId::Memo), "", "{glued}");
        says(&test, &format!("the address is {XRP}, and behind it stands 104201"));
    }
    // Another memo than the one that was typed, or than the word that there is none.
    for keys in ["<tab>7<btab>", "<tab><down><enter><btab><btab>"] {
        let mut test = at("XRP");
        test.keys(keys);
        paste(&mut test, &format!("{XRP}?dt=104201"));
        assert_eq!(value(&test, FieldId::Address), "", "{keys}");
        says(&test, "The link's memo is 104201, and the memo field says otherwise.");
    }
}

#[test]
fn memo_on_a_network_without_memos_must_be_taken_out_by_hand() {
    let mut test = at("TRX");
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.5&memo=7"));
    assert_eq!(value(&test, FieldId::Memo), "7");
    test.keys("<tab><tab><enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{}", test.screen());
    says(&test, "as the link says");
}

#[test]
fn a_link_that_is_typed_is_read_when_the_field_is_left() {
    for key in ["<enter>", "<tab>"] {
        let mut test = at("TRX");
        test.keys(&format!("tron:{KNOWN}?amount=20.5"));
        says(&test, "begins like a payment link");
        test.keys(key);
        assert_eq!((value(&test, FieldId::Address), value(&test, FieldId::Amount)), (KNOWN, "20.5"), "{key}");
        let mut test = at("TRX");
        test.keys("monero:4abc");
        test.keys(key);
        says(&test, "monero: links are not read here.");
        assert_eq!(form(&test).focused().map(|field| field.field_id), Some(FieldId::Amount), "{key}");
    }
}

#[test]
fn a_token_of_the_listed_contract_is_reviewed_as_typed() {
    let mut test = at("USDT");
    let request = WithdrawRequest {
        coin: "USDT".into(),
        network: "Tron (TRC-20)".into(),
        address: KNOWN.into(),
        memo: None,
        gross: "20.5".parse().unwrap(),
    };
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.5&contract={USDT}"));
    test.keys("<tab>");
    test.review();
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!("{}", test.screen()) };
    assert_eq!(*review.request(), Request::Withdraw(request));
}

#[test]
fn links_elsewhere_than_in_the_address_are_text() {
    let mut test = at("XRP");
    test.keys("<tab>");
    paste(&mut test, &format!("xrp:{XRP}?dt=1"));
    assert_eq!((value(&test, FieldId::Memo), value(&test, FieldId::Address)), (&*format!("xrp:{XRP}?dt=1"), ""));
}

#[test]
fn a_link_is_read_and_refused_in_chinese_too() {
    let mut test = TestApp::ordering(Lang::ZhCn, (80, 24));
    test.choose("TRX");
    test.keys("w");
    paste(&mut test, "bitcoin:bc1q?amount=1");
    says(&test, "链接属于 比特币");
    paste(&mut test, &format!("tron:{KNOWN}?amount=20.5"));
    says(&test, "来自 波场 的付款链接");
    assert_eq!(UntrustedText::from(value(&test, FieldId::Amount)), UntrustedText::from("20.5"));
}
