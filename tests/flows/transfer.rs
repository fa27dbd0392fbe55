//! The transfer to another user by keys: asked, yes, no, timed out.

use std::fmt::Write as _;

use wallet_tui::domain::address_book::{Label, ReceiverLabel};
use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{
    Kind, OrderId, Outcome, Receiver, RecordKey, Request, Status, TransferRequest, UntrustedText,
};
use wallet_tui::engine::orders::{Begun, Reading};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};
use wallet_tui::tui::state::AppConfig;
use wallet_tui::tui::state::config::OrderSettings;
use wallet_tui::tui::state::table::RowId;

use super::fixtures::{Row, ago};
use super::ordering::{accepted, despite, history, order, sent, unknown, wants_word_for};
use super::test_app::{TestApp, config};
use wallet_tui::domain::rules::DuplicateOf;

/// A user whom this account has paid.
const KNOWN: &str = "551203998";
/// One whom it has not.
const NEW: &str = "989541187";

fn usdt(to: Receiver, remark: Option<&str>) -> Request {
    Request::Transfer(TransferRequest {
        out_biz_id: UntrustedText::default(),
        coin: "USDT".into(),
        amount: "12.5".parse().unwrap(),
        to,
        remark: remark.map(UntrustedText::from),
    })
}

fn to_known() -> Request {
    usdt(Receiver::Uid(KNOWN.into()), Some("lunch"))
}

/// A desk at which somebody was paid by user id, and somebody by telephone.
fn test_in(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    test.wait(20_000);
    let paid = |id: &str, to| Row::new(Kind::TransferOut, id, "USDT", "5", Status::Success, ago("8 d")).to(to).0;
    let phone = Receiver::Phone { country_code: "+44".into(), number: "7700900123".into() };
    let more = [paid("801", Receiver::Uid(KNOWN.into())), paid("802", phone)];
    test.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain(more).collect()));
    test
}

fn test() -> TestApp {
    test_in(Lang::En, (80, 24))
}

/// 12.5 USDT to a user, with a remark. The focus ends on the remark.
fn fill(test: &mut TestApp, uid: &str) {
    test.keys("1gjt");
    test.keys(uid);
    test.keys("<tab>12.5<tab>lunch");
}

/// Like [`TestApp::review`], but the history stays what it is here.
fn review(test: &mut TestApp) {
    test.keys("<enter>");
    pause(test);
}

fn pause(test: &mut TestApp) {
    for _ in 0..3 {
        test.wait(1_000);
    }
}

fn sending(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = test_in(lang, size);
    fill(&mut test, KNOWN);
    review(&mut test);
    assert_eq!(sent(&test.press_send()), [to_known()], "{}", test.screen());
    test
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20), (60, 15)] {
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&scene(lang, size).screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn pictures() {
    show("empty", |lang, size| {
        let mut test = test_in(lang, size);
        test.keys("1gjt");
        test
    });
    show("phone", |lang, size| {
        let mut test = test_in(lang, size);
        test.keys("1gjt+65 9123 4567");
        test
    });
    show("review_known", |lang, size| {
        let mut test = test_in(lang, size);
        fill(&mut test, KNOWN);
        review(&mut test);
        test
    });
    show("review_new", |lang, size| {
        let mut test = test_in(lang, size);
        fill(&mut test, NEW);
        review(&mut test);
        test
    });
    show("unknown", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(to_known(), unknown());
        test
    });
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut test = test();
    fill(&mut test, KNOWN);
    review(&mut test);
    let shown = test.screen();
    for part in ["12.5 USDT", KNOWN, "User id", "lunch", "paid 1 ×", "12,050.4 → 12,037.9 USDT"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let effects = test.press_send();
    assert_eq!(
        (sent(&effects), despite(&effects)),
        (vec![to_known()], Vec::new()),
        "with an id of its own given when it is written down"
    );
}

#[test]
fn one_field_takes_each_kind_of_receiver() {
    let phone = Receiver::Phone { country_code: "+65".into(), number: "91234567".into() };
    for (typed, read, rows, to) in [
        ("+65 9123 4567", "phone: code +65, number 9123 4567", &["Country code  +65", "Number "][..], phone),
        ("a.b@example.com", "e-mail", &["E-mail"], Receiver::Email("a.b@example.com".into())),
        ("989541187", "user id", &["User id"], Receiver::Uid(NEW.into())),
    ] {
        let mut test = test();
        test.keys("1gjt");
        test.keys(typed);
        assert!(test.screen().contains(&format!("{read} · NEW receiver")), "at once\n{}", test.screen());
        test.keys("<tab>12.5<tab>");
        review(&mut test);
        assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))), "{}", test.screen());
        for row in rows {
            assert!(test.screen().contains(row), "{row} in\n{}", test.screen());
        }
        let group = test.group();
        test.keys(&group);
        test.keys("<tab>");
        test.wait(1_000);
        assert_eq!(sent(&test.keys("<enter>")), [usdt(to, None)], "{}", test.screen());
    }
}

#[test]
fn a_number_in_one_paste_is_taken_and_a_doubtful_one_is_refused() {
    let phone = |code: &str, number: &str| Receiver::Phone { country_code: code.into(), number: number.into() };
    let mut test = test();
    test.keys("1gjt");
    test.tell(Message::Paste("+1 (202) 555-0143\n".into()));
    test.keys("<tab>12.5");
    assert!(test.screen().contains("code +1, number 2025 5501 43"), "{}", test.screen());
    test.keys("<btab>");
    test.keys(&"<bs>".repeat(20));
    for (typed, words) in [
        ("+18685551234", "868 belongs to the country code is not certain"),
        ("006591234567", "begins with + and the country code"),
        ("138 0013 8000", "begins with + and the country code"),
        ("+44 (0)20 7946 0958", "Leave out the (0)"),
    ] {
        test.keys(typed);
        // Said while the field has the focus.
        assert!(test.screen().contains(words), "{words} in\n{}", test.screen());
        test.keys("<tab><tab><tab><enter>");
        assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{typed}");
        assert!(test.screen().contains(typed), "nothing typed is lost\n{}", test.screen());
        test.keys(&"<bs>".repeat(20));
    }
    test.keys("no one");
    assert!(!test.screen().contains("This is no user id"), "it may become an e-mail\n{}", test.screen());
    test.keys("<tab>");
    assert!(test.screen().contains("This is no user id (digits), no e-mail"), "{}", test.screen());
    test.keys("<btab>");
    test.keys(&"<bs>".repeat(20));
    test.keys("+1868 5557986<tab><tab>");
    review(&mut test);
    assert!(test.screen().contains("Country code  +1868"), "{}", test.screen());
    let group = test.group();
    test.keys(&group);
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [usdt(phone("+1868", "5557986"), None)], "{}", test.screen());
}

#[test]
fn known_receivers_of_every_kind_are_offered_and_taken_as_they_were_paid() {
    let known = [
        (Receiver::Uid(KNOWN.into()), KNOWN),
        (Receiver::Phone { country_code: "44".into(), number: "7700900123".into() }, "+44 7700900123"),
        (Receiver::Email("mira@example.com".into()), "mira@example.com"),
    ];
    for (at, (to, text)) in known.iter().enumerate() {
        let mut test = TestApp::ordering(Lang::En, (80, 24));
        test.wait(20_000);
        let paid = known.iter().zip([3, 2, 1]).map(|((to, _), days)| {
            Row::new(
                Kind::TransferOut,
                &format!("80{days}"),
                "USDT",
                "5",
                Status::Success,
                ago(&format!("{} d", 9 - days)),
            )
            .to(to.clone())
            .0
        });
        test.answer(Load::Outgoing, Loaded::Records(paid.collect()));
        test.keys("1gjt");
        for (_, text) in &known {
            assert!(test.screen().contains(&format!("{text} ")), "{text} in\n{}", test.screen());
        }
        test.keys(&"<down>".repeat(at + 1));
        test.keys("<enter>");
        assert!(test.screen().contains(&format!("To            {text}")), "{}", test.screen());
        test.keys("12.5<tab>");
        review(&mut test);
        assert_eq!(sent(&test.press_send()), [usdt(to.clone(), None)], "{}", test.screen());
    }
}

#[test]
fn a_named_receiver_is_found_by_name_and_still_proved_by_hand() {
    let label = Label::Receiver(ReceiverLabel { label: "Mira desk".into(), to: Receiver::Uid(NEW.into()) });
    let order_settings = OrderSettings { labels: vec![label], ..OrderSettings::default() };
    for size in [(80, 24), (120, 40)] {
        let config = AppConfig { order_settings: order_settings.clone(), ..config(Lang::En) };
        let mut test = TestApp::ordering_with(config, size);
        test.keys("1gjtmira");
        assert!(test.screen().contains("“Mira desk”"), "{}", test.screen());
        test.keys("<down><enter>12.5<tab>");
        assert!(test.screen().contains(&format!("To            {NEW}")), "{}", test.screen());
        let known = "user id · “Mira desk”, NEW receiver, never paid from this";
        assert!(test.screen().contains(known), "{}", test.screen());
        review(&mut test);
        assert_eq!(sent(&test.press_send()), [], "a name is no proof");
        test.keys("<btab>");
        let group = test.group();
        test.keys(&group);
        test.keys("<tab>");
        test.wait(1_000);
        assert_eq!(sent(&test.keys("<enter>")), [usdt(Receiver::Uid(NEW.into()), None)], "{}", test.screen());
    }
}

#[test]
fn what_is_typed_narrows_the_known_receivers() {
    let mut test = test();
    test.keys("1gjt+44770");
    assert!(test.screen().contains("│ +44 7700900123"), "blanks in it do not matter\n{}", test.screen());
    assert!(!test.screen().contains(KNOWN), "{}", test.screen());
    test.keys("0900123");
    assert!(!test.screen().contains("│ +44"), "it is the known one already\n{}", test.screen());
    assert!(test.screen().contains("code +44, number 7700 9001 23 · paid 1 ×"), "{}", test.screen());
}

#[test]
fn a_new_receiver_asks_for_a_group_typed_by_hand() {
    let mut test = test();
    fill(&mut test, NEW);
    assert!(test.screen().contains("NEW receiver"), "{}", test.screen());
    review(&mut test);
    let group = test.group();
    assert!(NEW.contains(&group));
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>");
    test.tell(Message::Paste(group.clone()));
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [], "a paste is not typed");
    test.keys("<btab>");
    test.keys(&group);
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")).len(), 1);
}

#[test]
fn word_to_type_never_covers_the_reason() {
    let mut test = test();
    fill(&mut test, "700800900");
    review(&mut test);
    for (size, reason) in
        [((20, 5), "Too small to"), ((20, 6), "Too small to"), ((24, 7), "Too small to"), ((40, 12), "Sending opens")]
    {
        test.resize(size);
        let screen = test.screen();
        assert!(screen.contains(reason), "{size:?}\n{screen}");
        assert!(screen.contains("  Cancel  "), "{size:?}\n{screen}");
    }
}

#[test]
fn fault_stands_under_its_field_and_closes_the_review() {
    for (keys, words) in [
        ("681979174<tab>12.5", "the account itself"),
        ("0123<tab>12.5", "correct"),
        ("551203998<tab>99999999", "available"),
        ("551203998<tab>1,5", "point for decimals"),
    ] {
        let mut test = test();
        test.keys("1gjt");
        test.keys(keys);
        test.keys("<tab><tab><enter>");
        assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{keys}");
        assert!(test.screen().to_lowercase().contains(words), "{words} in\n{}", test.screen());
    }
}

#[test]
fn a_remark_is_never_longer_than_the_exchange_takes() {
    let mut test = test();
    fill(&mut test, KNOWN);
    test.tell(Message::Paste("x".repeat(252)));
    assert!(test.screen().contains("5 of 256"), "nothing is cut: {}", test.screen());
    assert!(test.screen().contains("has 252 characters; there is room for 251"), "{}", test.screen());
    test.keys(&"x".repeat(251));
    assert!(test.screen().contains("256 of 256"), "{}", test.screen());
    test.keys("x");
    assert!(test.screen().contains("No more than 256 characters fit here"), "{}", test.screen());
    assert!(test.screen().contains("256 of 256"), "{}", test.screen());
}

#[test]
fn only_whom_this_account_has_paid_is_filled_in_from_a_row() {
    let mut test = test();
    test.keys("4G");
    while test.app.selected_record().is_some_and(|r| r.key.id.raw() != "801") {
        test.keys("k");
    }
    test.keys("t");
    assert!(test.screen().contains(&format!("To            {KNOWN}")), "{}", test.screen());
    test.keys("<esc>");
    assert!(test.app.dialog().is_none(), "nothing was typed");
    test.keys("4g");
    while test.app.selected_record().is_some_and(|r| r.key.kind != Kind::TransferIn) {
        test.keys("j");
    }
    test.keys("t");
    assert!(!test.screen().contains("To            5"), "who paid in is not paid back by accident\n{}", test.screen());
}

// No.

#[test]
fn cancel_and_escape_go_back_with_everything_that_was_typed() {
    for key in ["<enter>", "<esc>"] {
        let mut test = test();
        fill(&mut test, KNOWN);
        review(&mut test);
        assert_eq!(test.keys(key), []);
        assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))));
        for part in [KNOWN, "12.5", "lunch"] {
            assert!(test.screen().contains(part), "{part} in\n{}", test.screen());
        }
    }
}

#[test]
fn enter_that_is_held_or_typed_ahead_never_sends() {
    let mut test = test();
    fill(&mut test, KNOWN);
    assert_eq!(sent(&test.keys("<enter><enter><tab><enter><btab><enter>")), []);
    for step in 0..200 {
        assert_eq!(sent(&test.keys("<enter>")), []);
        if step % 10 == 0 {
            assert_eq!(sent(&test.wait(1_000)), []);
        }
    }
}

#[test]
fn a_read_only_run_has_no_such_form() {
    let read_only = AppConfig { read_only: true, ..config(Lang::En) };
    let mut test = TestApp::with(read_only, (80, 24)).loaded();
    for key in ["t", "m", "c", "o"] {
        assert_eq!(test.keys(key), [], "{key}");
        assert!(test.app.dialog().is_none(), "{key}");
        assert!(test.screen().contains("read-only"), "{}", test.screen());
    }
    let footer = test.screen().lines().last().unwrap().to_owned();
    for word in ["transfer", "move", "cancel", "withdraw"] {
        assert!(!footer.contains(word), "{footer}");
    }
}

// Yes.

#[test]
fn an_accepted_transfer_leads_to_its_row() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(to_known(), accepted("2200"));
    assert_eq!(test.app.tab(), Tab::Transfers);
    let row = Row::new(Kind::TransferOut, "2200", "USDT", "12.5", Status::Pending, ago("1 s"))
        .to(Receiver::Uid(KNOWN.into()));
    test.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain([row.0]).collect()));
    let key = RecordKey { kind: Kind::TransferOut, id: "2200".into() };
    assert_eq!(test.app.table().selected(), Some(&RowId::Record(key)));
}

#[test]
fn a_refusal_keeps_everything_that_was_typed() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(to_known(), Outcome::Refused { code: "10034".into(), msg: "x".into() });
    for part in ["10034", KNOWN, "12.5", "lunch"] {
        assert!(test.screen().contains(part), "{part} in\n{}", test.screen());
    }
}

// Timed out.

#[test]
fn lost_transfer_is_looked_up_and_its_like_is_closed() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(to_known(), unknown());
    assert!(test.screen().contains("Outcome unknown") && test.screen().contains(KNOWN), "{}", test.screen());
    let look = Effect::Look { order: OrderId(7) };
    assert!((0..5).any(|_| test.wait(1_000).contains(&look)));
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(1) });
    test.keys("<esc>");
    fill(&mut test, KNOWN);
    review(&mut test);
    assert!(test.screen().contains("The same was ordered before (order 7)"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), []);
}

#[test]
fn one_without_a_trace_is_repeated_by_a_typed_word_only() {
    let mut test = sending(Lang::En, (80, 24));
    test.does_not_begin(wants_word_for(3));
    pause(&mut test);
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    let effects = test.keys("<enter>");
    assert_eq!(despite(&effects), [DuplicateOf::Order(OrderId(3))], "{effects:?}");
    // It goes again as the same order; when that answer is lost too, nothing on the screen says that it left no trace.
    let again = order(3, to_known(), unknown());
    test.tell(Message::Ordered(Box::new(Ok(Begun { order: again, problem: None, unrecorded: None }))));
    let screen = test.screen();
    assert!(screen.contains("Outcome unknown") && screen.contains("reading 0 of 20"), "{screen}");
    test.keys("<esc>");
    fill(&mut test, KNOWN);
    review(&mut test);
    assert!(test.screen().contains("The same was ordered before (order 3)"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), []);
}
