//! The move between spot and futures by keys: asked, yes, no, timed out.

use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Direction, MoveRequest, OrderId, Outcome, Request};
use wallet_tui::engine::orders::Reading;
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;

use super::desk::Desk;
use super::ordering::{accepted, despite, order, sent, unknown};

fn usdt(direction: Direction) -> Request {
    Request::Move(MoveRequest { direction, coin: "USDT".into(), amount: "100".parse().unwrap() })
}

fn out() -> Request {
    usdt(Direction::SpotToFutures)
}

fn fill(desk: &mut Desk) {
    desk.keys("1gjm100");
}

fn desk() -> Desk {
    Desk::ordering(Lang::En, (80, 24))
}

fn sending(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::ordering(lang, size);
    fill(&mut desk);
    desk.review();
    assert_eq!(sent(&desk.press_send()), [out()], "{}", desk.screen());
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
    show("form", |lang, size| {
        let mut desk = Desk::ordering(lang, size);
        fill(&mut desk);
        desk
    });
    show("turned_round", |lang, size| {
        let mut desk = Desk::ordering(lang, size);
        fill(&mut desk);
        desk.keys("<f2>");
        desk.review();
        desk
    });
    show("review", |lang, size| {
        let mut desk = Desk::ordering(lang, size);
        fill(&mut desk);
        desk.review();
        desk
    });
    show("unknown", |lang, size| {
        let mut desk = sending(lang, size);
        desk.ends(out(), unknown());
        desk
    });
    show("likely", |lang, size| {
        let mut desk = sending(lang, size);
        desk.ends(out(), Outcome::Likely { executed: true });
        desk
    });
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut desk = desk();
    fill(&mut desk);
    desk.review();
    let shown = desk.screen();
    for part in
        ["100 USDT", "From          Spot", "To            Futures", "12,050.4 → 11,950.4 USDT", "cannot be read"]
    {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let effects = desk.press_send();
    assert_eq!((sent(&effects), despite(&effects)), (vec![out()], Vec::new()));
}

#[test]
fn one_key_turns_the_direction_round_and_keeps_the_rest() {
    let mut desk = desk();
    fill(&mut desk);
    assert!(desk.screen().contains("spot to futures"), "{}", desk.screen());
    desk.keys("<f2>");
    let screen = desk.screen();
    assert!(
        screen.contains("futures to spot") && screen.contains("100") && screen.contains("cannot be read"),
        "{screen}"
    );
    desk.review();
    assert!(desk.screen().contains("12,050.4 → 12,150.4 USDT"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), [usdt(Direction::FuturesToSpot)]);
    let mut desk = self::desk();
    fill(&mut desk);
    desk.keys("<f2><f2>");
    desk.review();
    assert_eq!(sent(&desk.press_send()), [out()]);
}

#[test]
fn no_part_of_what_cannot_be_read_is_filled_in() {
    let mut desk = desk();
    desk.keys("1gjm<f8>");
    assert!(desk.screen().contains("12050.4"), "{}", desk.screen());
    desk.keys("<c-u><f2><f8>");
    let screen = desk.screen();
    assert!(!screen.contains("12050.4") && screen.contains("no part of it"), "{screen}");
}

#[test]
fn more_than_spot_holds_is_refused_one_way_and_left_to_the_exchange_the_other() {
    let mut desk = desk();
    desk.keys("1gjm99999999<enter><enter>");
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_))), "{}", desk.screen());
    desk.keys("<f2>");
    desk.review();
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))), "{}", desk.screen());
    assert!(desk.screen().contains("exchange will decide"), "{}", desk.screen());
}

// No.

#[test]
fn cancel_goes_back_with_everything_that_was_typed_and_held_enter_never_sends() {
    let mut desk = desk();
    fill(&mut desk);
    desk.review();
    assert_eq!(desk.keys("<enter>"), []);
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_))));
    assert!(desk.screen().contains("100"));
    for step in 0..200 {
        assert_eq!(sent(&desk.keys("<enter>")), []);
        if step % 10 == 0 {
            desk.wait(1_000);
            desk.freshen();
        }
    }
}

// Yes.

#[test]
fn an_accepted_move_leads_to_the_balances() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.keys("<esc>");
    desk.ends(out(), accepted("77"));
    assert!(desk.screen().contains("Accepted under the id 77"), "{}", desk.screen());
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(out(), accepted("77"));
    assert_eq!((desk.app.modal().is_none(), desk.app.tab()), (true, Tab::Balances));
}

#[test]
fn a_refusal_keeps_everything_that_was_typed() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(out(), Outcome::Refused { code: "10034".into(), msg: "x".into() });
    assert!(desk.screen().contains("10034") && desk.screen().contains("100"), "{}", desk.screen());
}

// Timed out.

#[test]
fn a_lost_answer_is_judged_by_the_balance_and_said_as_likely_only() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(out(), unknown());
    assert!(desk.screen().contains("Outcome unknown"), "{}", desk.screen());
    let look = Effect::Look { order: OrderId(7) };
    assert!((0..5).any(|_| desk.wait(1_000).contains(&look)));
    let found = order(7, out(), Outcome::Likely { executed: true });
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    let screen = desk.screen().to_lowercase();
    assert!(screen.contains("likely") && !screen.contains("was executed, by the exchange"), "{screen}");
}
