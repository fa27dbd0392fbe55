//! The list of orders: what was ordered from here and what became of it.

use std::fmt::Write as _;

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{
    Because, Kind, MoveDirection, MoveRequest, Order, OrderId, Outcome, Proof, Receiver, Request, Status,
    TransferRequest, UntrustedText, Why,
};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::orders::claims::{Contradiction, How, ListedOrders};
use wallet_tui::engine::orders::evidence::Part;
use wallet_tui::engine::orders::{Decision, Reading};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};

use super::fixtures::{ADDRESS, Row, ago};
use super::ordering::{accepted, ledger, order, sent, trx, unknown};
use super::test_app::TestApp;

fn at(mut order: Order, time: &str) -> Order {
    order.time = ago(time);
    order
}

/// What a ledger may hold, newest first.
fn orders() -> Vec<Order> {
    let transfer = Request::Transfer(TransferRequest {
        out_biz_id: "a1".into(),
        coin: "USDT".into(),
        amount: "12.5".parse().unwrap(),
        to: Receiver::Uid("551203998".into()),
        remark: None,
    });
    let moved = |direction| {
        Request::Move(MoveRequest { direction, coin: "USDT".into(), amount: "1000000.25".parse().unwrap() })
    };
    vec![
        at(order(9, Request::CancelWithdrawal("1908".into()), Outcome::TooLate { status: "success".into() }), "1 min"),
        at(order(8, moved(MoveDirection::SpotToFutures), Outcome::Likely { executed: true }), "5 min"),
        at(order(7, transfer, accepted("2200")), "1 h"),
        at(order(6, trx(ADDRESS), unknown()), "3 h"),
        at(
            order(5, moved(MoveDirection::FuturesToSpot), Outcome::Refused { code: "1".into(), msg: "m".into() }),
            "26 h",
        ),
        at(order(4, trx(ADDRESS), Outcome::NoTrace), "3 d"),
    ]
}

/// The list, open and read.
fn list(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    let effects = test.keys("o");
    assert!(effects.contains(&Effect::ReadOrders), "{effects:?}");
    test.tell(Message::Orders(Ok(orders().into())));
    test
}

fn test() -> TestApp {
    list(Lang::En, (80, 24))
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&scene(lang, size).screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn pictures() {
    show("list", list);
    show("detail", |lang, size| {
        let mut test = list(lang, size);
        test.keys("jjj<enter>");
        test
    });
    show("none", |lang, size| {
        let mut test = list(lang, size);
        test.tell(Message::Orders(Ok(Vec::new().into())));
        test
    });
}

#[test]
fn unsettled_ones_stand_first_and_each_has_its_word() {
    let test = test();
    let screen = test.screen();
    let line = |text: &str| screen.lines().position(|l| l.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"));
    let first = screen.lines().find(|l| l.contains('▌') && l.contains("TRX")).unwrap();
    assert!(first.contains("withdraw") && first.contains("? "), "{first}");
    assert!(line("too late") < line("accepted") && line("accepted") < line("refused"), "{screen}");
    assert!(screen.contains("1,000,000.25 USDT") && screen.contains("spot to futures"), "{screen}");
}

#[test]
fn what_is_looked_for_is_on_the_list_however_old_it_is() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.tell(ledger(vec![order(1, trx(ADDRESS), unknown())]));
    test.keys("oo");
    assert_eq!(test.app.context(), Context::Ledger, "{}", test.screen());
    test.tell(Message::Orders(Ok(orders().into_iter().filter(|o| o.id != OrderId(6)).collect::<Vec<_>>().into())));
    assert_eq!(test.app.order_list().unwrap().orders().unwrap()[0].id, OrderId(1));
}

#[test]
fn settle_now_looks_once_and_says_what_it_brought() {
    let mut test = test();
    assert_eq!(test.keys("s"), [Effect::Look { order: OrderId(6) }]);
    assert_eq!(test.keys("s"), [], "one look at a time");
    test.tell(Message::Looked { order: OrderId(6), reading: Reading::NotYet(3) });
    assert_eq!(test.app.context(), Context::Ledger);
    assert_eq!(test.keys("s"), [Effect::Look { order: OrderId(6) }]);
    let found = order(6, trx(ADDRESS), Outcome::Accepted { id: "2124".into(), proof: Proof::History });
    test.tell(Message::Looked { order: OrderId(6), reading: Reading::Settled(found) });
    assert!(test.screen().contains("2124"), "{}", test.screen());
    assert!(test.app.order_list().unwrap().orders().unwrap().iter().all(|o| !o.outcome.is_unsettled()));
}

#[test]
fn settled_order_asks_nobody_but_a_lost_one_may_turn_up() {
    let mut test = test();
    test.keys("jjj");
    assert_eq!(test.keys("s"), []);
    assert!(test.screen().contains("2200"), "{}", test.screen());
    test.keys("G");
    assert_eq!(test.keys("s"), [Effect::Look { order: OrderId(4) }]);
}

#[test]
fn page_of_an_order_leads_back_to_the_marked_line() {
    let mut test = test();
    test.keys("jj<enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Order(page)) if page.0 == OrderId(8)), "{}", test.screen());
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Ledger);
    assert_eq!(test.app.order_list().unwrap().marked(), 2);
    test.keys("<esc>");
    assert!(test.app.dialog().is_none());
    assert_eq!(test.app.context(), Context::Table);
}

#[test]
fn the_mark_stays_with_its_order_when_the_list_is_read_again() {
    let mut test = test();
    test.keys("jj");
    let reads = (0..30).filter(|_| test.wait(1_000).contains(&Effect::ReadOrders)).count();
    assert_eq!(reads, 1, "another reading waits for the answer to this one");
    let newer = at(order(10, trx(ADDRESS), accepted("1")), "1 s");
    test.tell(Message::Orders(Ok([newer].into_iter().chain(orders()).collect::<Vec<_>>().into())));
    let list = test.app.order_list().unwrap();
    assert_eq!(list.orders().unwrap()[list.marked()].id, OrderId(8));
}

#[test]
fn what_was_accepted_and_came_to_nothing_is_not_called_accepted() {
    let mut test = test();
    let row = |test: &TestApp| test.screen().lines().find(|line| line.contains("12.5 USDT")).unwrap().to_owned();
    assert!(row(&test).contains("✓ accepted"), "{}", test.screen());
    for (status, word) in
        [(Status::Pending, "✓ accepted"), (Status::Cancelled, "✗ cancelled"), (Status::Fail, "✗ failed")]
    {
        while !test.open().contains(&Load::Outgoing) {
            test.wait(1_000);
        }
        let paid = Row::new(Kind::TransferOut, "2200", "USDT", "12.5", status, ago("1 h")).0;
        test.answer(Load::Outgoing, Loaded::Records(vec![paid]));
        assert!(row(&test).contains(word), "{}", test.screen());
    }
}

#[test]
fn a_ledger_that_cannot_be_read_says_so() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.keys("o");
    assert!(test.screen().contains("reading the ledger"), "{}", test.screen());
    test.tell(Message::Orders(Err("disk I/O error".into())));
    assert!(test.screen().contains("disk I/O error"), "{}", test.screen());
}

#[test]
fn nothing_private_is_seen_while_hidden() {
    let mut test = test();
    test.keys("p");
    let screen = test.screen();
    for secret in ["12.5", "1,000,000", "20.5", "551203998", "TJmW"] {
        assert!(!screen.contains(secret), "{secret} in\n{screen}");
    }
}

#[test]
fn no_key_of_the_list_sends_anything() {
    let mut test = test();
    for key in "wctmdsjkgGpr?<enter><tab>".split_inclusive(|c| c != '<') {
        assert_eq!(sent(&test.keys(if key.starts_with('<') { "<enter>" } else { key })), []);
    }
    assert_eq!(sent(&test.wait(10_000)), []);
}

#[test]
fn hostile_text_stays_in_its_cell() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.keys("o");
    let request = Request::CancelTransfer(UntrustedText::from(super::fixtures::HOSTILE));
    test.tell(Message::Orders(Ok(vec![order(1, request, unknown())].into())));
    assert!(!test.screen().contains('\u{1b}'));
}

// What contradicts, and what was said by hand.

/// The list with one order that the user has decided and that a record contradicts.
fn decided(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    test.keys("o");
    let orders = vec![
        at(order(3, trx(ADDRESS), Outcome::Dismissed), "5 min"),
        at(order(2, trx(ADDRESS), Outcome::Accepted { id: "2124".into(), proof: Proof::User }), "1 h"),
        at(order(1, trx(ADDRESS), accepted("2100")), "3 h"),
    ];
    let fits = Contradiction { record: "2200".into(), how: How::Fits };
    let differs = Contradiction { record: "2100".into(), how: How::Differs(vec![Part::Amount]) };
    let contradictions = [(OrderId(3), fits), (OrderId(1), differs)].into();
    test.tell(Message::Orders(Ok(ListedOrders { orders, contradictions })));
    test
}

#[test]
fn what_the_user_said_and_what_contradicts_is_seen_on_the_list() {
    show("decided", decided);
    let test = decided(Lang::En, (80, 24));
    let line = |text: &str| test.screen().lines().find(|line| line.contains(text)).map(str::to_owned).unwrap();
    assert!(line("you: not done").contains('≠') && line("you: accepted").contains('✓'), "{}", test.screen());
    assert!(line("≠ accepted").contains("withdraw"), "{}", test.screen());
}

#[test]
fn a_contradiction_is_explained_on_the_page_of_its_order() {
    show("contradicted", |lang, size| {
        let mut test = decided(lang, size);
        test.keys("<enter>");
        test
    });
    let mut test = decided(Lang::En, (80, 24));
    test.keys("<enter>");
    assert!(test.screen().contains("2200") && test.screen().contains("fits it"), "{}", test.screen());
    test.keys("<esc>G<enter>");
    assert!(test.screen().contains("another amount"), "{}", test.screen());
}

#[test]
fn what_was_said_by_hand_is_taken_back_after_a_yes() {
    let mut test = decided(Lang::En, (80, 24));
    test.keys("<enter>");
    assert!(test.screen().contains("u take back"), "{}", test.screen());
    test.keys("u");
    assert_eq!(test.app.context(), Context::Ask);
    assert_eq!(test.keys("<enter><esc>"), []);
    assert_eq!(test.app.context(), Context::Outcome);
    test.keys("u");
    assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(3), decision: Decision::TakenBack }]);
    let open = order(3, trx(ADDRESS), Outcome::Unknown { why: Because::TakenBack.into() });
    test.tell(Message::Decided { order: OrderId(3), result: Ok(open) });
    assert!(test.screen().contains("you took back what you had said"), "{}", test.screen());
    assert!(!test.screen().contains("2200"), "it is no contradiction any more\n{}", test.screen());
    // What the exchange said is not the user's to take back.
    let mut test = decided(Lang::En, (80, 24));
    test.keys("G<enter>");
    assert!(!test.screen().contains("u take back"), "{}", test.screen());
    test.keys("u");
    assert_eq!(test.app.context(), Context::Outcome);
}

#[test]
fn an_order_that_a_record_opens_again_is_said_and_looked_for() {
    let mut test = TestApp::ordering(Lang::En, (120, 40));
    let why = Why::new(Because::RecordDiffers, "2124");
    test.tell(Message::Reopened(vec![order(2, trx(ADDRESS), Outcome::Unknown { why })]));
    assert!(test.screen().contains("Order 2 is open again: the record 2124"), "{}", test.screen());
    assert!((0..5).any(|_| test.wait(1_000).contains(&Effect::Look { order: OrderId(2) })));
}
