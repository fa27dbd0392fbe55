//! Stories about what is known of an address and an amount, and what is confirmed by hand for it.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::Limits;
use wallet_tui::domain::{DepositAddress, Kind, Record, Status};
use wallet_tui::tui::app::{Guards, Session};
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::effect::Place;
use wallet_tui::tui::message::{Kept, Loaded, Message};

use super::desk::{Desk, session};
use super::fixtures::{Row, ago};
use super::ordering::{KNOWN, history, order, sent, trx, unknown};

/// A well-formed address of Tron that nobody here knows.
const NEW: &str = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL";

fn desk_of(limits: Limits) -> Desk {
    let guards = Guards { limits, ..Guards::default() };
    Desk::ordering_with(Session { guards, ..session(Lang::En) }, (100, 40))
}

/// The form with another amount than the usual one.
fn fill(desk: &mut Desk, address: &str, amount: &str) {
    desk.fill(address);
    desk.keys("<c-u>");
    desk.keys(amount);
}

/// Types a word into the first field of the review and presses the button.
fn with_word(desk: &mut Desk, word: &str) -> usize {
    desk.keys("<tab>");
    desk.keys(word);
    desk.keys("<tab>");
    desk.wait(1_000);
    sent(&desk.keys("<enter>")).len()
}

#[test]
fn an_amount_far_above_all_before_is_typed_once_more() {
    // 20 TRX is the most that ever went there.
    let mut desk = desk_of(Limits::default());
    fill(&mut desk, KNOWN, "200");
    desk.review();
    assert_eq!(sent(&desk.press_send()).len(), 1, "ten times is asked for nothing: {}", desk.screen());
    let mut desk = desk_of(Limits::default());
    fill(&mut desk, KNOWN, "200.5");
    desk.review();
    let screen = desk.screen();
    assert!(screen.contains("more than 10 ×") && screen.contains("Type the amount once more"), "{screen}");
    assert_eq!(sent(&desk.press_send()), [], "without it");
    desk.keys("<tab>");
    assert_eq!(with_word(&mut desk, "200"), 0, "another amount");
    desk.keys("<btab><btab>");
    assert_eq!(with_word(&mut desk, ".50"), 1);
    let mut desk = desk_of(Limits { confirm_jump: None, ..Limits::default() });
    fill(&mut desk, KNOWN, "200.5");
    desk.review();
    assert_eq!(sent(&desk.press_send()).len(), 1, "ended by the user: {}", desk.screen());
}

#[test]
fn most_of_what_is_held_is_typed_once_more() {
    let limits = |share| Limits { confirm_jump: None, confirm_share: share, ..Limits::default() };
    for (share, amount, asks) in
        [(Some(50), "2500", false), (Some(50), "2600", true), (None, "5000", false), (Some(90), "4500", false)]
    {
        let mut desk = desk_of(limits(share));
        fill(&mut desk, KNOWN, amount);
        desk.review();
        assert_eq!(desk.screen().contains("Type the amount once more"), asks, "{amount}\n{}", desk.screen());
        assert_eq!(sent(&desk.press_send()).is_empty(), asks);
    }
}

/// A desk that knows a payment to [`NEW`] over another network.
fn paid_elsewhere() -> Desk {
    let mut desk = desk_of(Limits::default());
    let row = Row::new(Kind::Withdrawal, "1700", "TRX", "19", Status::Success, ago("19 d"));
    let paid: Record = row.on("BNB Smart Chain (BEP-20)", NEW).fee("1").0;
    desk.wait(60_000);
    desk.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain([paid]).collect()));
    desk.freshen();
    desk
}

#[test]
fn an_address_paid_elsewhere_is_said_so_and_its_network_typed() {
    let mut desk = paid_elsewhere();
    desk.fill(NEW);
    let said = |desk: &Desk| desk.screen().replace(['│', '\n'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["paid 1 × on BNB Smart Chain (BEP-20)", "NEVER on Tron (TRC-20)"] {
        assert!(said(&desk).contains(words), "{}", desk.screen());
    }
    desk.review();
    assert!(said(&desk).contains("paid 1 × on BNB Smart Chain (BEP-20)"), "{}", desk.screen());
    assert!(!said(&desk).contains("never paid from this account") && said(&desk).contains("Type “Tron”"));
    let group = desk.group();
    desk.keys("<tab>");
    desk.keys(&group);
    desk.keys("<tab><tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [], "the group is not the network");
    desk.keys("<btab>tron<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(NEW)], "{}", desk.screen());
}

#[test]
fn an_own_deposit_address_is_read_and_stopped() {
    let mut desk = desk_of(Limits::default());
    let place = Place { coin: "TRX".into(), network: "Tron (TRC-20)".into() };
    desk.fill(NEW);
    desk.wait(1_000);
    assert!(desk.open().contains(&Load::Addresses(place.clone())), "{:?}", desk.open());
    let own = DepositAddress { coin: "TRX".into(), network: "Tron (TRC-20)".into(), address: NEW.into(), memo: None };
    desk.answer(Load::Addresses(place.clone()), Loaded::Addresses(vec![own.clone()]));
    assert!(desk.screen().contains("deposit address of this account itself"), "{}", desk.screen());
    // One that was read in an earlier run, for whatever coin, need not be read again.
    let mut desk = desk_of(Limits::default());
    desk.tell(Message::Kept(Box::new(Kept { own: vec![own], ..Kept::default() })));
    desk.fill(NEW);
    desk.wait(1_000);
    assert!(desk.screen().contains("deposit address of this account itself"), "{}", desk.screen());
    assert!(!desk.open().contains(&Load::Addresses(place.clone())));
    // Who was paid before is not asked about.
    let mut desk = desk_of(Limits::default());
    desk.fill(KNOWN);
    desk.wait(1_000);
    assert!(!desk.open().contains(&Load::Addresses(place)));
}

#[test]
fn an_order_under_way_is_no_first_payment() {
    let mut desk = desk_of(Limits::default());
    let payments = vec![order(3, trx(NEW), unknown())];
    desk.tell(Message::Kept(Box::new(Kept { payments, ..Kept::default() })));
    desk.fill(NEW);
    assert!(desk.screen().contains("paid 1 ×") && desk.screen().contains("(1 under way)"), "{}", desk.screen());
}
