//! Stories about what is known of an address and an amount, and what is confirmed by hand for it.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::Limits;
use wallet_tui::domain::{DepositAddress, Kind, Record, Status};
use wallet_tui::tui::effect::CoinNetwork;
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::{LedgerSnapshot, Loaded, Message};
use wallet_tui::tui::state::{AppConfig, OrderSettings};

use super::fixtures::{Row, ago};
use super::ordering::{KNOWN, history, order, sent, trx, unknown};
use super::test_app::{TestApp, config};

/// A well-formed address of Tron that nobody here knows.
const NEW: &str = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL";

fn desk_of(limits: Limits) -> TestApp {
    let order_settings = OrderSettings { limits, ..OrderSettings::default() };
    TestApp::ordering_with(AppConfig { order_settings, ..config(Lang::En) }, (100, 40))
}

/// The form with another amount than the usual one.
fn fill(test: &mut TestApp, address: &str, amount: &str) {
    test.fill(address);
    test.keys("<c-u>");
    test.keys(amount);
}

/// Types a word into the first field of the review and presses the button.
fn with_word(test: &mut TestApp, word: &str) -> usize {
    test.keys("<tab>");
    test.keys(word);
    test.keys("<tab>");
    test.wait(1_000);
    sent(&test.keys("<enter>")).len()
}

#[test]
fn an_amount_far_above_all_before_is_typed_once_more() {
    // 20 TRX is the most that ever went there.
    let mut test = desk_of(Limits::default());
    fill(&mut test, KNOWN, "200");
    test.review();
    assert_eq!(sent(&test.press_send()).len(), 1, "ten times is asked for nothing: {}", test.screen());
    let mut test = desk_of(Limits::default());
    fill(&mut test, KNOWN, "200.5");
    test.review();
    let screen = test.screen();
    assert!(screen.contains("more than 10 ×") && screen.contains("Type the amount once more"), "{screen}");
    assert_eq!(sent(&test.press_send()), [], "without it");
    test.keys("<tab>");
    assert_eq!(with_word(&mut test, "200"), 0, "another amount");
    test.keys("<btab><btab>");
    assert_eq!(with_word(&mut test, ".50"), 1);
    let mut test = desk_of(Limits { confirm_jump: None, ..Limits::default() });
    fill(&mut test, KNOWN, "200.5");
    test.review();
    assert_eq!(sent(&test.press_send()).len(), 1, "ended by the user: {}", test.screen());
}

#[test]
fn most_of_what_is_held_is_typed_once_more() {
    let limits = |share| Limits { confirm_jump: None, confirm_share: share, ..Limits::default() };
    for (share, amount, asks) in
        [(Some(50), "2500", false), (Some(50), "2600", true), (None, "5000", false), (Some(90), "4500", false)]
    {
        let mut test = desk_of(limits(share));
        fill(&mut test, KNOWN, amount);
        test.review();
        assert_eq!(test.screen().contains("Type the amount once more"), asks, "{amount}\n{}", test.screen());
        assert_eq!(sent(&test.press_send()).is_empty(), asks);
    }
}

/// An app that knows a payment to [`NEW`] over another network.
fn paid_elsewhere() -> TestApp {
    let mut test = desk_of(Limits::default());
    let row = Row::new(Kind::Withdrawal, "1700", "TRX", "19", Status::Success, ago("19 d"));
    let paid: Record = row.on("BNB Smart Chain (BEP-20)", NEW).fee("1").0;
    test.wait(60_000);
    test.answer(Load::Outgoing, Loaded::Records(history().into_iter().chain([paid]).collect()));
    test.freshen();
    test
}

#[test]
fn an_address_paid_elsewhere_is_said_so_and_its_network_typed() {
    let mut test = paid_elsewhere();
    test.fill(NEW);
    let said =
        |test: &TestApp| test.screen().replace(['│', '\n'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["paid 1 × on BNB Smart Chain (BEP-20)", "NEVER on Tron (TRC-20)"] {
        assert!(said(&test).contains(words), "{}", test.screen());
    }
    test.review();
    assert!(said(&test).contains("paid 1 × on BNB Smart Chain (BEP-20)"), "{}", test.screen());
    assert!(!said(&test).contains("never paid from this account") && said(&test).contains("Type “Tron”"));
    let group = test.group();
    test.keys(&group);
    test.keys("<tab><tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [], "the group is not the network");
    test.keys("<btab>tron<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [trx(NEW)], "{}", test.screen());
}

#[test]
fn an_own_deposit_address_is_read_and_stopped() {
    let mut test = desk_of(Limits::default());
    let place = CoinNetwork { coin: "TRX".into(), network: "Tron (TRC-20)".into() };
    test.fill(NEW);
    test.wait(1_000);
    assert!(test.open().contains(&Load::Addresses(place.clone())), "{:?}", test.open());
    let own = DepositAddress { coin: "TRX".into(), network: "Tron (TRC-20)".into(), address: NEW.into(), memo: None };
    test.answer(Load::Addresses(place.clone()), Loaded::Addresses(vec![own.clone()]));
    assert!(test.screen().contains("deposit address of this account itself"), "{}", test.screen());
    // One that was read in an earlier run, for whatever coin, need not be read again.
    let mut test = desk_of(Limits::default());
    test.tell(Message::Kept(Box::new(LedgerSnapshot { own: vec![own], ..LedgerSnapshot::default() })));
    test.fill(NEW);
    test.wait(1_000);
    assert!(test.screen().contains("deposit address of this account itself"), "{}", test.screen());
    assert!(!test.open().contains(&Load::Addresses(place.clone())));
    // Who was paid before is not asked about.
    let mut test = desk_of(Limits::default());
    test.fill(KNOWN);
    test.wait(1_000);
    assert!(!test.open().contains(&Load::Addresses(place)));
}

#[test]
fn an_order_under_way_is_no_first_payment() {
    let mut test = desk_of(Limits::default());
    let payments = vec![order(3, trx(NEW), unknown())];
    test.tell(Message::Kept(Box::new(LedgerSnapshot { payments, ..LedgerSnapshot::default() })));
    test.fill(NEW);
    assert!(test.screen().contains("paid 1 ×") && test.screen().contains("(1 under way)"), "{}", test.screen());
}
