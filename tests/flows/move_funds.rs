//! The move between spot and futures by keys: asked, yes, no, timed out.

use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{
    Cause, Kind, MoveDirection, MoveRecord, MoveRequest, OrderId, Outcome, Problem, Refusal, Request,
};
use wallet_tui::engine::orders::Reading;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{LedgerNews, Loaded, Message};

use super::fixtures::{HOSTILE, balance, futures, no_futures};
use super::ordering::{accepted, despite, order, sent, unknown};
use super::test_app::{NOW, TestApp};

fn usdt(direction: MoveDirection) -> Request {
    Request::Move(MoveRequest { direction, coin: "USDT".into(), amount: "100".parse().unwrap() })
}

fn out() -> Request {
    usdt(MoveDirection::SpotToFutures)
}

fn fill(test: &mut TestApp) {
    test.keys("1gjm100");
}

/// Everything is known, and the futures side holds 1,250 USDT of which 990.5 can be moved.
fn known(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    holding(&mut test);
    test
}

fn holding(test: &mut TestApp) {
    test.wait(60_000);
    test.on_futures(|coin| match coin.raw() {
        "USDT" => futures(coin, "990.5", ["1000", "250", "-9.5"]),
        _ => no_futures(coin),
    });
    test.freshen();
}

fn test() -> TestApp {
    known(Lang::En, (80, 24))
}

/// The futures side does not serve this key.
fn refused(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    test.wait(60_000);
    let cause = Cause::Refused { refusal: Refusal::Permission, code: "403".into(), msg: "no permission".into() };
    test.fail(Load::Futures("USDT".into()), Problem { endpoint: "futures/account", cause });
    test.freshen();
    test
}

fn sending(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = known(lang, size);
    fill(&mut test);
    test.review();
    assert_eq!(sent(&test.press_send()), [out()], "{}", test.screen());
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
    show("form", |lang, size| {
        let mut test = known(lang, size);
        fill(&mut test);
        test
    });
    show("turned_round", |lang, size| {
        let mut test = known(lang, size);
        fill(&mut test);
        test.keys("<f2>");
        test.review();
        test
    });
    show("review", |lang, size| {
        let mut test = known(lang, size);
        fill(&mut test);
        test.review();
        test
    });
    show("balances", known);
    show("balances_hidden", |lang, size| {
        let mut test = known(lang, size);
        test.keys("p");
        test
    });
    show("balances_refused", refused);
    show("refused", |lang, size| {
        let mut test = refused(lang, size);
        fill(&mut test);
        test.keys("<f2>");
        test
    });
    show("unknown", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(out(), unknown());
        test
    });
    show("likely", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(out(), Outcome::Likely { executed: true });
        test
    });
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut test = test();
    fill(&mut test);
    test.review();
    let shown = test.screen();
    for part in
        ["100 USDT", "From          Spot", "To            Futures", "12,050.4 → 11,950.4 USDT", "990.5 → 1,090.5 USDT"]
    {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let effects = test.press_send();
    assert_eq!((sent(&effects), despite(&effects)), (vec![out()], Vec::new()));
}

#[test]
fn one_key_turns_the_direction_round_and_keeps_the_rest() {
    let mut test = test();
    fill(&mut test);
    assert!(test.screen().contains("spot to futures"), "{}", test.screen());
    test.keys("<f2>");
    let screen = test.screen();
    assert!(screen.contains("futures to spot") && screen.contains("990.5 can be moved of 1,250"), "{screen}");
    test.review();
    let screen = test.screen();
    assert!(screen.contains("12,050.4 → 12,150.4 USDT") && screen.contains("990.5 → 890.5 USDT"), "{screen}");
    assert_eq!(sent(&test.press_send()), [usdt(MoveDirection::FuturesToSpot)]);
    let mut test = self::test();
    fill(&mut test);
    test.keys("<f2><f2>");
    test.review();
    assert_eq!(sent(&test.press_send()), [out()]);
}

#[test]
fn all_of_a_side_is_what_can_be_moved_out_of_it() {
    let mut test = test();
    test.keys("1gjm<f8>");
    assert!(test.screen().contains("12050.4"), "{}", test.screen());
    test.keys("<c-u><f2><f8>");
    assert!(test.screen().contains("990.5"), "not what is available: {}", test.screen());
    test.review();
    let all =
        MoveRequest { direction: MoveDirection::FuturesToSpot, coin: "USDT".into(), amount: "990.5".parse().unwrap() };
    assert_eq!(sent(&test.press_send()), [Request::Move(all)]);
    // A key that may not read it fills in nothing.
    let mut test = refused(Lang::En, (80, 24));
    test.keys("1gjm<f2><f8>");
    let screen = test.screen();
    assert!(!screen.contains("12050.4") && screen.contains("no part of it"), "{screen}");
}

#[test]
fn move_beyond_what_a_side_has_is_closed_before_it_is_sent() {
    let mut test = test();
    test.keys("1gjm99999999<enter><enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{}", test.screen());
    test.keys("<f2>");
    test.keys("<enter>");
    let screen = test.screen();
    assert!(
        matches!(test.app.dialog(), Some(Dialog::Form(_))) && screen.contains("990.5 USDT that can be moved"),
        "{screen}"
    );
}

#[test]
fn old_reading_of_the_futures_side_closes_what_leaves_it() {
    let mut test = test();
    fill(&mut test);
    test.keys("<f2>");
    // Everything is read again but the futures side.
    test.wait(70_000);
    for load in test.open() {
        if !matches!(load, Load::Futures(_)) {
            test.answer_usual(load);
        }
    }
    test.keys("<enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{}", test.screen());
    test.freshen();
    holding(&mut test);
    test.review();
    assert_eq!(sent(&test.press_send()), [usdt(MoveDirection::FuturesToSpot)]);
}

#[test]
fn refusal_of_the_futures_side_is_said_and_asked_again_on_request() {
    let mut test = refused(Lang::En, (80, 24));
    let screen = test.screen();
    assert!(screen.contains("this key is not served there") && screen.contains("spot side only"), "{screen}");
    assert!(screen.contains("≥"), "a part is missing: {screen}");
    for _ in 0..8 {
        test.wait(60_000);
        assert!(!test.open().iter().any(|load| matches!(load, Load::Futures(_))), "asked again soon");
        test.freshen();
    }
    test.keys("r");
    test.on_futures(|coin| futures(coin, "5", ["5", "0", "0"]));
    let screen = test.screen();
    assert!(!screen.contains("not served") && screen.contains("5 can be moved"), "{screen}");
}

#[test]
fn move_out_of_a_futures_side_that_tells_nothing_is_left_to_the_exchange() {
    let mut test = refused(Lang::En, (80, 24));
    test.keys("1gjm99999999<f2>");
    test.review();
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))), "{}", test.screen());
    assert!(test.screen().contains("exchange will decide"), "{}", test.screen());
}

// No.

#[test]
fn cancel_keeps_what_was_typed_and_held_enter_never_sends() {
    let mut test = test();
    fill(&mut test);
    test.review();
    assert_eq!(test.keys("<enter>"), []);
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))));
    assert!(test.screen().contains("100"));
    for step in 0..200 {
        assert_eq!(sent(&test.keys("<enter>")), []);
        if step % 10 == 0 {
            test.wait(1_000);
            test.freshen();
        }
    }
}

// Yes.

#[test]
fn an_accepted_move_leads_to_the_balances() {
    let mut test = sending(Lang::En, (80, 24));
    test.keys("<esc>");
    test.ends(out(), accepted("77"));
    assert!(test.screen().contains("✓ 100 USDT moved to futures: Accepted under the id 77"), "{}", test.screen());
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), accepted("77"));
    assert_eq!((test.app.dialog().is_none(), test.app.tab()), (true, Tab::Balances));
}

#[test]
fn a_refusal_keeps_everything_that_was_typed() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), Outcome::Refused { code: "10034".into(), msg: "x".into() });
    assert!(test.screen().contains("10034") && test.screen().contains("100"), "{}", test.screen());
}

#[test]
fn moves_stand_among_the_transfers_and_lead_to_their_order() {
    let done = |order: i64, outcome| MoveRecord {
        order: OrderId(order),
        time: NOW,
        direction: MoveDirection::SpotToFutures,
        coin: "USDT".into(),
        amount: "77".parse().unwrap(),
        outcome,
        exchange_id: Some("9".into()),
    };
    let mut test = test();
    let news = |moves| LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: Vec::new(),
        unproven: Vec::new(),
        damage: None,
        moves,
    };
    test.tell(Message::Ledger(news(vec![done(4, Outcome::Likely { executed: true }), done(3, accepted("9"))])));
    test.keys("4");
    let screen = test.screen();
    assert!(screen.contains("own →") && screen.contains("Futures") && screen.contains("likely exec"), "{screen}");
    // It becomes of the one what becomes of its order, and no second line comes.
    let count = |screen: &str| screen.matches("own →").count();
    test.tell(Message::Ledger(news(vec![done(4, accepted("10")), done(3, accepted("9"))])));
    let screen = test.screen();
    assert!(count(&screen) == 2 && !screen.contains("likely exec"), "{screen}");
    test.keys("g<enter>");
    assert!(test.screen().contains("order-"), "{}", test.screen());
    let asked = test.keys("O");
    assert!(asked.iter().any(|effect| matches!(effect, Effect::FindOrder(key) if key.kind == Kind::MoveToFutures)));
    // What stays in the account is no income and no expense.
    test.keys("<esc><esc>1v<tab><tab>");
    assert!(!test.screen().contains("77"), "{}", test.screen());
}

// Timed out.

#[test]
fn lost_move_is_judged_by_the_balance_as_likely_only() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(out(), unknown());
    assert!(test.screen().contains("Outcome unknown"), "{}", test.screen());
    let look = Effect::Look { order: OrderId(7) };
    assert!((0..5).any(|_| test.wait(1_000).contains(&look)));
    let found = order(7, out(), Outcome::Likely { executed: true });
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    let screen = test.screen().to_lowercase();
    assert!(screen.contains("likely") && !screen.contains("was executed, by the exchange"), "{screen}");
}

#[test]
fn hostile_coin_without_futures_is_shown_and_not_obeyed() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.wait(60_000);
    test.answer(Load::Balances, Loaded::Balances(Some(vec![balance(HOSTILE, "5", "0"), balance("USDT", "1", "0")])));
    test.on_futures(no_futures);
    test.freshen();
    for _ in 0..2 {
        test.keys("1gjm");
        let screen = test.screen();
        assert!(!screen.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{screen:?}");
        test.keys("<esc>gg");
    }
}
