//! The list of orders: what was ordered from here and what became of it.

use std::fmt::Write as _;

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{
    Because, Direction, Kind, MoveRequest, Order, OrderId, Outcome, Proof, Receiver, Request, Status, Text,
    TransferRequest, Why,
};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::orders::claims::{Contradiction, How, ListedOrders};
use wallet_tui::engine::orders::evidence::Part;
use wallet_tui::engine::orders::{Decision, Reading};
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};

use super::desk::Desk;
use super::fixtures::{ADDRESS, Row, ago};
use super::ordering::{accepted, ledger, order, sent, trx, unknown};

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
        at(order(8, moved(Direction::SpotToFutures), Outcome::Likely { executed: true }), "5 min"),
        at(order(7, transfer, accepted("2200")), "1 h"),
        at(order(6, trx(ADDRESS), unknown()), "3 h"),
        at(order(5, moved(Direction::FuturesToSpot), Outcome::Refused { code: "1".into(), msg: "m".into() }), "26 h"),
        at(order(4, trx(ADDRESS), Outcome::NoTrace), "3 d"),
    ]
}

/// The list, open and read.
fn list(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::ordering(lang, size);
    let effects = desk.keys("o");
    assert!(effects.contains(&Effect::ReadOrders), "{effects:?}");
    desk.tell(Message::Orders(Ok(orders().into())));
    desk
}

fn desk() -> Desk {
    list(Lang::En, (80, 24))
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> Desk) {
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
        let mut desk = list(lang, size);
        desk.keys("jjj<enter>");
        desk
    });
    show("none", |lang, size| {
        let mut desk = list(lang, size);
        desk.tell(Message::Orders(Ok(Vec::new().into())));
        desk
    });
}

#[test]
fn unsettled_ones_stand_first_and_each_has_its_word() {
    let desk = desk();
    let screen = desk.screen();
    let line = |text: &str| screen.lines().position(|l| l.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"));
    let first = screen.lines().find(|l| l.contains('▌') && l.contains("TRX")).unwrap();
    assert!(first.contains("withdraw") && first.contains("? "), "{first}");
    assert!(line("too late") < line("accepted") && line("accepted") < line("refused"), "{screen}");
    assert!(screen.contains("1,000,000.25 USDT") && screen.contains("spot to futures"), "{screen}");
}

#[test]
fn what_is_looked_for_is_on_the_list_however_old_it_is() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.tell(ledger(vec![order(1, trx(ADDRESS), unknown())]));
    desk.keys("oo");
    assert_eq!(desk.app.context(), Context::Ledger, "{}", desk.screen());
    desk.tell(Message::Orders(Ok(orders().into_iter().filter(|o| o.id != OrderId(6)).collect::<Vec<_>>().into())));
    assert_eq!(desk.app.order_list().unwrap().orders().unwrap()[0].id, OrderId(1));
}

#[test]
fn settle_now_looks_once_and_says_what_it_brought() {
    let mut desk = desk();
    assert_eq!(desk.keys("s"), [Effect::Look { order: OrderId(6) }]);
    assert_eq!(desk.keys("s"), [], "one look at a time");
    desk.tell(Message::Looked { order: OrderId(6), reading: Reading::NotYet(3) });
    assert_eq!(desk.app.context(), Context::Ledger);
    assert_eq!(desk.keys("s"), [Effect::Look { order: OrderId(6) }]);
    let found = order(6, trx(ADDRESS), Outcome::Accepted { id: "2124".into(), proof: Proof::History });
    desk.tell(Message::Looked { order: OrderId(6), reading: Reading::Settled(found) });
    assert!(desk.screen().contains("2124"), "{}", desk.screen());
    assert!(desk.app.order_list().unwrap().orders().unwrap().iter().all(|o| !o.outcome.is_unsettled()));
}

#[test]
fn what_has_an_end_says_so_and_asks_nobody_but_a_lost_trace_may_turn_up() {
    let mut desk = desk();
    desk.keys("jjj");
    assert_eq!(desk.keys("s"), []);
    assert!(desk.screen().contains("2200"), "{}", desk.screen());
    desk.keys("G");
    assert_eq!(desk.keys("s"), [Effect::Look { order: OrderId(4) }]);
}

#[test]
fn the_page_of_an_order_leads_back_to_the_list_and_the_mark_stays() {
    let mut desk = desk();
    desk.keys("jj<enter>");
    assert!(matches!(desk.app.modal(), Some(Modal::Outcome(OrderId(8)))), "{}", desk.screen());
    desk.keys("<esc>");
    assert_eq!(desk.app.context(), Context::Ledger);
    assert_eq!(desk.app.order_list().unwrap().marked(), 2);
    desk.keys("<esc>");
    assert!(desk.app.modal().is_none());
    assert_eq!(desk.app.context(), Context::Table);
}

#[test]
fn the_mark_stays_with_its_order_when_the_list_is_read_again() {
    let mut desk = desk();
    desk.keys("jj");
    let reads = (0..30).filter(|_| desk.wait(1_000).contains(&Effect::ReadOrders)).count();
    assert_eq!(reads, 1, "another reading waits for the answer to this one");
    let newer = at(order(10, trx(ADDRESS), accepted("1")), "1 s");
    desk.tell(Message::Orders(Ok([newer].into_iter().chain(orders()).collect::<Vec<_>>().into())));
    let list = desk.app.order_list().unwrap();
    assert_eq!(list.orders().unwrap()[list.marked()].id, OrderId(8));
}

#[test]
fn what_was_accepted_and_came_to_nothing_is_not_called_accepted() {
    let mut desk = desk();
    let row = |desk: &Desk| desk.screen().lines().find(|line| line.contains("12.5 USDT")).unwrap().to_owned();
    assert!(row(&desk).contains("✓ accepted"), "{}", desk.screen());
    for (status, word) in
        [(Status::Pending, "✓ accepted"), (Status::Cancelled, "✗ cancelled"), (Status::Fail, "✗ failed")]
    {
        while !desk.open().contains(&Load::Outgoing) {
            desk.wait(1_000);
        }
        let paid = Row::new(Kind::TransferOut, "2200", "USDT", "12.5", status, ago("1 h")).0;
        desk.answer(Load::Outgoing, Loaded::Records(vec![paid]));
        assert!(row(&desk).contains(word), "{}", desk.screen());
    }
}

#[test]
fn a_ledger_that_cannot_be_read_says_so() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.keys("o");
    assert!(desk.screen().contains("reading the ledger"), "{}", desk.screen());
    desk.tell(Message::Orders(Err("disk I/O error".into())));
    assert!(desk.screen().contains("disk I/O error"), "{}", desk.screen());
}

#[test]
fn nothing_private_is_seen_while_hidden() {
    let mut desk = desk();
    desk.keys("p");
    let screen = desk.screen();
    for secret in ["12.5", "1,000,000", "20.5", "551203998", "TJmW"] {
        assert!(!screen.contains(secret), "{secret} in\n{screen}");
    }
}

#[test]
fn no_key_of_the_list_sends_anything() {
    let mut desk = desk();
    for key in "wctmdsjkgGpr?<enter><tab>".split_inclusive(|c| c != '<') {
        assert_eq!(sent(&desk.keys(if key.starts_with('<') { "<enter>" } else { key })), []);
    }
    assert_eq!(sent(&desk.wait(10_000)), []);
}

#[test]
fn hostile_text_stays_in_its_cell() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.keys("o");
    let request = Request::CancelTransfer(Text::from(super::fixtures::HOSTILE));
    desk.tell(Message::Orders(Ok(vec![order(1, request, unknown())].into())));
    assert!(!desk.screen().contains('\u{1b}'));
}

// What contradicts, and what was said by hand.

/// The list with one order that the user has decided and that a record contradicts.
fn decided(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::ordering(lang, size);
    desk.keys("o");
    let orders = vec![
        at(order(3, trx(ADDRESS), Outcome::Dismissed), "5 min"),
        at(order(2, trx(ADDRESS), Outcome::Accepted { id: "2124".into(), proof: Proof::User }), "1 h"),
        at(order(1, trx(ADDRESS), accepted("2100")), "3 h"),
    ];
    let fits = Contradiction { record: "2200".into(), how: How::Fits };
    let differs = Contradiction { record: "2100".into(), how: How::Differs(vec![Part::Amount]) };
    let contradictions = [(OrderId(3), fits), (OrderId(1), differs)].into();
    desk.tell(Message::Orders(Ok(ListedOrders { orders, contradictions })));
    desk
}

#[test]
fn what_the_user_said_and_what_contradicts_is_seen_on_the_list() {
    show("decided", decided);
    let desk = decided(Lang::En, (80, 24));
    let line = |text: &str| desk.screen().lines().find(|line| line.contains(text)).map(str::to_owned).unwrap();
    assert!(line("you: not done").contains('≠') && line("you: accepted").contains('✓'), "{}", desk.screen());
    assert!(line("≠ accepted").contains("withdraw"), "{}", desk.screen());
}

#[test]
fn a_contradiction_is_explained_on_the_page_of_its_order() {
    show("contradicted", |lang, size| {
        let mut desk = decided(lang, size);
        desk.keys("<enter>");
        desk
    });
    let mut desk = decided(Lang::En, (80, 24));
    desk.keys("<enter>");
    assert!(desk.screen().contains("2200") && desk.screen().contains("fits it"), "{}", desk.screen());
    desk.keys("<esc>G<enter>");
    assert!(desk.screen().contains("another amount"), "{}", desk.screen());
}

#[test]
fn what_was_said_by_hand_is_taken_back_after_a_yes() {
    let mut desk = decided(Lang::En, (80, 24));
    desk.keys("<enter>");
    assert!(desk.screen().contains("u take back"), "{}", desk.screen());
    desk.keys("u");
    assert_eq!(desk.app.context(), Context::Ask);
    assert_eq!(desk.keys("<enter><esc>"), []);
    assert_eq!(desk.app.context(), Context::Outcome);
    desk.keys("u");
    assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(3), decision: Decision::TakenBack }]);
    let open = order(3, trx(ADDRESS), Outcome::Unknown { why: Because::TakenBack.into() });
    desk.tell(Message::Decided { order: OrderId(3), result: Ok(open) });
    assert!(desk.screen().contains("you took back what you had said"), "{}", desk.screen());
    assert!(!desk.screen().contains("2200"), "it is no contradiction any more\n{}", desk.screen());
    // What the exchange said is not the user's to take back.
    let mut desk = decided(Lang::En, (80, 24));
    desk.keys("G<enter>");
    assert!(!desk.screen().contains("u take back"), "{}", desk.screen());
    desk.keys("u");
    assert_eq!(desk.app.context(), Context::Outcome);
}

#[test]
fn an_order_that_a_record_opens_again_is_said_and_looked_for() {
    let mut desk = Desk::ordering(Lang::En, (120, 40));
    let why = Why::new(Because::RecordDiffers, "2124");
    desk.tell(Message::Reopened(vec![order(2, trx(ADDRESS), Outcome::Unknown { why })]));
    assert!(desk.screen().contains("Order 2 is open again: the record 2124"), "{}", desk.screen());
    assert!((0..5).any(|_| desk.wait(1_000).contains(&Effect::Look { order: OrderId(2) })));
}
