//! The transfer to another user by keys: asked, yes, no, timed out.

use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, OrderId, Outcome, Receiver, RecordKey, Request, Status, Text, TransferRequest};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::orders::{Begun, Reading};
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::app::table::RowId;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};

use super::desk::{Desk, session};
use super::fixtures::{Row, ago};
use super::ordering::{accepted, despite, history, order, sent, unknown, wants_word_for};
use wallet_tui::domain::rules::Earlier;

/// A user whom this account has paid.
const KNOWN: &str = "551203998";
/// One whom it has not.
const NEW: &str = "989541187";

fn usdt(to: Receiver, remark: Option<&str>) -> Request {
    Request::Transfer(TransferRequest {
        out_biz_id: Text::default(),
        coin: "USDT".into(),
        amount: "12.5".parse().unwrap(),
        to,
        remark: remark.map(Text::from),
    })
}

fn to_known() -> Request {
    usdt(Receiver::Uid(KNOWN.into()), Some("lunch"))
}

/// A desk at which somebody was paid by user id, and somebody by telephone.
fn desk_in(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::ordering(lang, size);
    desk.wait(20_000);
    let paid = |id: &str, to| Row::new(Kind::TransferOut, id, "USDT", "5", Status::Success, ago("8 d")).to(to).0;
    let phone = Receiver::Phone { country_code: "+44".into(), number: "7700900123".into() };
    let more = [paid("801", Receiver::Uid(KNOWN.into())), paid("802", phone)];
    desk.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain(more).collect()));
    desk
}

fn desk() -> Desk {
    desk_in(Lang::En, (80, 24))
}

/// 12.5 USDT to a user, with a remark. The focus ends on the remark.
fn fill(desk: &mut Desk, uid: &str) {
    desk.keys("1gjt");
    desk.keys(uid);
    desk.keys("<tab>12.5<tab>lunch");
}

/// Like [`Desk::review`], but the history stays what it is here.
fn review(desk: &mut Desk) {
    desk.keys("<enter><enter>");
    pause(desk);
}

fn pause(desk: &mut Desk) {
    for _ in 0..3 {
        desk.wait(1_000);
    }
}

fn sending(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = desk_in(lang, size);
    fill(&mut desk, KNOWN);
    review(&mut desk);
    assert_eq!(sent(&desk.press_send()), [to_known()], "{}", desk.screen());
    desk
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> Desk) {
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
    show("empty", |lang, size| {
        let mut desk = desk_in(lang, size);
        desk.keys("1gjt");
        desk
    });
    show("phone", |lang, size| {
        let mut desk = desk_in(lang, size);
        desk.keys("1gjt<btab><down><enter>+86<tab>138");
        desk
    });
    show("review_known", |lang, size| {
        let mut desk = desk_in(lang, size);
        fill(&mut desk, KNOWN);
        review(&mut desk);
        desk
    });
    show("review_new", |lang, size| {
        let mut desk = desk_in(lang, size);
        fill(&mut desk, NEW);
        review(&mut desk);
        desk
    });
    show("unknown", |lang, size| {
        let mut desk = sending(lang, size);
        desk.ends(to_known(), unknown());
        desk
    });
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut desk = desk();
    fill(&mut desk, KNOWN);
    review(&mut desk);
    let shown = desk.screen();
    for part in ["12.5 USDT", KNOWN, "User id", "lunch", "paid 1 ×", "12,050.4 → 12,037.9 USDT"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let effects = desk.press_send();
    assert_eq!(
        (sent(&effects), despite(&effects)),
        (vec![to_known()], Vec::new()),
        "with an id of its own given when it is written down"
    );
}

#[test]
fn each_way_to_name_the_receiver_asks_for_its_own_fields() {
    let phone = Receiver::Phone { country_code: "+86".into(), number: "13800138000".into() };
    for (keys, group, to) in [
        ("<btab><down><enter>+86<tab>13800138000<tab>12.5", true, phone),
        ("<btab><down><down><enter>a.b@example.com<tab>12.5", true, Receiver::Email("a.b@example.com".into())),
    ] {
        let mut desk = desk();
        desk.keys("1gjt");
        desk.keys(keys);
        desk.keys("<tab>");
        review(&mut desk);
        assert!(matches!(desk.app.modal(), Some(Modal::Review(_))), "{}", desk.screen());
        if group {
            let group = desk.group();
            desk.keys("<tab>");
            desk.keys(&group);
            desk.keys("<tab>");
        }
        desk.wait(1_000);
        assert_eq!(sent(&desk.keys("<enter>")), [usdt(to, None)], "{}", desk.screen());
    }
}

#[test]
fn another_way_keeps_what_was_typed_for_the_first_one() {
    let mut desk = desk();
    desk.keys("1gjt12345<btab><down><enter>");
    assert!(desk.screen().contains("Country code") && !desk.screen().contains("12345"), "{}", desk.screen());
    desk.keys("<btab><up><enter>");
    assert!(desk.screen().contains("12345"), "{}", desk.screen());
    desk.keys("<btab><down><enter><esc>");
    assert_eq!(desk.app.context(), Context::Ask, "it would be lost, though it is not seen now");
}

#[test]
fn known_receivers_are_offered_with_their_country_code() {
    let mut desk = desk();
    desk.keys("1gjt");
    assert!(desk.screen().contains(&format!("{KNOWN}  paid 1 ×")), "{}", desk.screen());
    desk.keys("<down><enter>");
    assert!(desk.screen().contains(&format!("User id       {KNOWN}")), "{}", desk.screen());
    desk.keys("<btab><btab><down><enter><tab><down><enter>");
    let screen = desk.screen();
    assert!(screen.contains("Country code  +44") && screen.contains("Phone number  7700900123"), "{screen}");
}

#[test]
fn a_new_receiver_asks_for_a_group_typed_by_hand() {
    let mut desk = desk();
    fill(&mut desk, NEW);
    assert!(desk.screen().contains("NEW receiver"), "{}", desk.screen());
    review(&mut desk);
    let group = desk.group();
    assert!(NEW.contains(&group));
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>");
    desk.tell(Message::Paste(group.clone()));
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [], "a paste is not typed");
    desk.keys("<btab>");
    desk.keys(&group);
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")).len(), 1);
}

#[test]
fn what_has_to_be_typed_is_not_written_over_the_reason_where_there_is_no_room() {
    let mut desk = desk();
    fill(&mut desk, "700800900");
    review(&mut desk);
    for size in [(20, 5), (20, 6), (24, 7), (40, 12)] {
        desk.resize(size);
        let screen = desk.screen();
        assert!(screen.contains("Too small: this"), "{size:?}\n{screen}");
        assert!(screen.contains("▐ Cancel ▌"), "{size:?}\n{screen}");
    }
}

#[test]
fn what_is_wrong_stands_under_its_field_and_keeps_the_review_closed() {
    for (keys, words) in [
        ("681979174<tab>12.5", "the account itself"),
        ("0123<tab>12.5", "correct"),
        ("551203998<tab>99999999", "available"),
        ("551203998<tab>1,5", "point for decimals"),
    ] {
        let mut desk = desk();
        desk.keys("1gjt");
        desk.keys(keys);
        desk.keys("<tab><tab><enter>");
        assert!(matches!(desk.app.modal(), Some(Modal::Form(_))), "{keys}");
        assert!(desk.screen().to_lowercase().contains(words), "{words} in\n{}", desk.screen());
    }
}

#[test]
fn a_remark_is_never_longer_than_the_exchange_takes() {
    let mut desk = desk();
    fill(&mut desk, KNOWN);
    desk.tell(Message::Paste("x".repeat(252)));
    assert!(desk.screen().contains("5 of 256"), "nothing is cut: {}", desk.screen());
    assert!(desk.screen().contains("has 252 characters; there is room for 251"), "{}", desk.screen());
    desk.keys(&"x".repeat(251));
    assert!(desk.screen().contains("256 of 256"), "{}", desk.screen());
    desk.keys("x");
    assert!(desk.screen().contains("No more than 256 characters fit here"), "{}", desk.screen());
    assert!(desk.screen().contains("256 of 256"), "{}", desk.screen());
}

#[test]
fn only_whom_this_account_has_paid_is_filled_in_from_a_row() {
    let mut desk = desk();
    desk.keys("4G");
    while desk.app.selected_record().is_some_and(|r| r.key.id.raw() != "801") {
        desk.keys("k");
    }
    desk.keys("t");
    assert!(desk.screen().contains(&format!("User id       {KNOWN}")), "{}", desk.screen());
    desk.keys("<esc>");
    assert!(desk.app.modal().is_none(), "nothing was typed");
    desk.keys("4g");
    while desk.app.selected_record().is_some_and(|r| r.key.kind != Kind::TransferIn) {
        desk.keys("j");
    }
    desk.keys("t");
    assert!(!desk.screen().contains("User id       5"), "who paid in is not paid back by accident\n{}", desk.screen());
}

// No.

#[test]
fn cancel_and_escape_go_back_with_everything_that_was_typed() {
    for key in ["<enter>", "<esc>"] {
        let mut desk = desk();
        fill(&mut desk, KNOWN);
        review(&mut desk);
        assert_eq!(desk.keys(key), []);
        assert!(matches!(desk.app.modal(), Some(Modal::Form(_))));
        for part in [KNOWN, "12.5", "lunch"] {
            assert!(desk.screen().contains(part), "{part} in\n{}", desk.screen());
        }
    }
}

#[test]
fn enter_that_is_held_or_typed_ahead_never_sends() {
    let mut desk = desk();
    fill(&mut desk, KNOWN);
    assert_eq!(sent(&desk.keys("<enter><enter><tab><enter><btab><enter>")), []);
    for step in 0..200 {
        assert_eq!(sent(&desk.keys("<enter>")), []);
        if step % 10 == 0 {
            assert_eq!(sent(&desk.wait(1_000)), []);
        }
    }
}

#[test]
fn a_read_only_run_has_no_such_form() {
    let read_only = wallet_tui::tui::app::Session { read_only: true, ..session(Lang::En) };
    let mut desk = Desk::with(read_only, (80, 24)).loaded();
    for key in ["t", "m", "c", "o"] {
        assert_eq!(desk.keys(key), [], "{key}");
        assert!(desk.app.modal().is_none(), "{key}");
        assert!(desk.screen().contains("read-only"), "{}", desk.screen());
    }
    let footer = desk.screen().lines().last().unwrap().to_owned();
    for word in ["transfer", "move", "cancel", "withdraw"] {
        assert!(!footer.contains(word), "{footer}");
    }
}

// Yes.

#[test]
fn an_accepted_transfer_leads_to_its_row() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(to_known(), accepted("2200"));
    assert_eq!(desk.app.tab(), Tab::Transfers);
    let row = Row::new(Kind::TransferOut, "2200", "USDT", "12.5", Status::Pending, ago("1 s"))
        .to(Receiver::Uid(KNOWN.into()));
    desk.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain([row.0]).collect()));
    let key = RecordKey { kind: Kind::TransferOut, id: "2200".into() };
    assert_eq!(desk.app.table().selected(), Some(&RowId::Record(key)));
}

#[test]
fn a_refusal_keeps_everything_that_was_typed() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(to_known(), Outcome::Refused { code: "10034".into(), msg: "x".into() });
    for part in ["10034", KNOWN, "12.5", "lunch"] {
        assert!(desk.screen().contains(part), "{part} in\n{}", desk.screen());
    }
}

// Timed out.

#[test]
fn a_lost_answer_is_looked_up_and_the_same_is_closed_until_it_is_known() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(to_known(), unknown());
    assert!(desk.screen().contains("Outcome unknown") && desk.screen().contains(KNOWN), "{}", desk.screen());
    let look = Effect::Look { order: OrderId(7) };
    assert!((0..5).any(|_| desk.wait(1_000).contains(&look)));
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(1) });
    desk.keys("<esc>");
    fill(&mut desk, KNOWN);
    review(&mut desk);
    assert!(desk.screen().contains("The same was ordered before (order 7)"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), []);
}

#[test]
fn one_without_a_trace_is_repeated_by_a_typed_word_only() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.does_not_begin(wants_word_for(3));
    pause(&mut desk);
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    let effects = desk.keys("<enter>");
    assert_eq!(despite(&effects), [Earlier::Order(OrderId(3))], "{effects:?}");
    // It goes again as the same order; when that answer is lost too, nothing on the screen says that it left no trace.
    let again = order(3, to_known(), unknown());
    desk.tell(Message::Ordered(Box::new(Ok(Begun { order: again, problem: None, unrecorded: None }))));
    let screen = desk.screen();
    assert!(screen.contains("Outcome unknown") && screen.contains("reading 0 of 20"), "{screen}");
    desk.keys("<esc>");
    fill(&mut desk, KNOWN);
    review(&mut desk);
    assert!(desk.screen().contains("The same was ordered before (order 3)"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), []);
}
