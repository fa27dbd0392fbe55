//! Taking a withdrawal or a transfer back: asked, yes, no, timed out, and the race that it is.

use std::collections::HashMap;
use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Because, Kind, OrderId, Outcome, Proof, Record, RecordKey, Request, Status, Why};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::orders::{Begun, NotBegun, Reading};
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Archived, Loaded, Message};

use super::desk::Desk;
use super::fixtures::balance;
use super::ordering::{history, letters, order, sent};

/// The pending withdrawal of the fixtures: 19 TRX to an address on Tron.
const PENDING: &str = "1909877667383767043";

fn request() -> Request {
    Request::CancelWithdrawal(PENDING.into())
}

fn unproven() -> Outcome {
    Outcome::Unknown { why: Because::Unproven.into() }
}

/// The history with that withdrawal in another state.
fn history_with(status: &Status) -> Vec<Record> {
    let change = |mut record: Record| {
        if record.key.id.raw() == PENDING {
            record.status = status.clone();
        }
        record
    };
    history().into_iter().map(change).collect()
}

fn select(desk: &mut Desk, tab: &str, id: &str) {
    desk.keys(tab);
    desk.keys("g");
    for _ in 0..40 {
        if desk.app.selected_record().is_some_and(|r| r.key.id.raw() == id) {
            return;
        }
        desk.keys("j");
    }
    panic!("no row {id} in\n{}", desk.screen());
}

fn desk() -> Desk {
    desk_in(Lang::En, (80, 24))
}

fn desk_in(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = Desk::ordering(lang, size);
    select(&mut desk, "3", PENDING);
    desk
}

fn asked(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = desk_in(lang, size);
    desk.keys("c");
    desk.pause();
    desk
}

fn sending(lang: Lang, size: (u16, u16)) -> Desk {
    let mut desk = asked(lang, size);
    assert_eq!(sent(&desk.press_send()), [request()], "{}", desk.screen());
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
    show("asked", asked);
    show("following", |lang, size| {
        let mut desk = sending(lang, size);
        desk.ends(request(), unproven());
        desk
    });
    show("taken_back", |lang, size| ended(lang, size, &Status::Cancelled, accepted()));
    show("too_late", |lang, size| ended(lang, size, &Status::Success, too_late()));
    show("refused", |lang, size| {
        let mut desk = sending(lang, size);
        desk.ends(request(), Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() });
        desk
    });
}

fn accepted() -> Outcome {
    Outcome::Accepted { id: PENDING.into(), proof: Proof::History }
}

fn too_late() -> Outcome {
    Outcome::TooLate { status: "success".into() }
}

/// A cancel that was taken, and how the record ended.
fn ended(lang: Lang, size: (u16, u16), status: &Status, outcome: Outcome) -> Desk {
    let mut desk = sending(lang, size);
    desk.ends(request(), unproven());
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let found = order(7, request(), outcome);
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    desk.answer(Load::Outgoing, Loaded::Records(history_with(status)));
    desk
}

#[test]
fn an_unlisted_answer_to_a_cancel_is_unknown_until_the_record_says() {
    let mut desk = sending(Lang::En, (120, 40));
    let why = Why::new(Because::Unlisted, "999999 result.system.error");
    desk.ends(request(), Outcome::Unknown { why });
    let screen = desk.screen();
    assert!(screen.contains("may or may not") && screen.contains("is not on its list: 999999"), "{screen}");
    assert!(!screen.contains("Nothing was executed"), "{screen}");
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let found = order(7, request(), accepted());
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    desk.answer(Load::Outgoing, Loaded::Records(history_with(&Status::Cancelled)));
    let screen = desk.screen();
    assert!(screen.contains("It was taken back") && !screen.contains("Nothing was executed"), "{screen}");
}

// Asked.

#[test]
fn the_record_is_shown_whole_before_anything_is_asked_of_the_exchange() {
    let desk = asked(Lang::En, (80, 24));
    let screen = desk.screen();
    for part in ["Take a withdrawal back", "TRX", "Tron (TRC-20)", "pending", PENDING, "Leave it"] {
        assert!(screen.contains(part), "{part} in\n{screen}");
    }
    assert!(letters(&screen).contains("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU"), "{screen}");
    assert_eq!(sent(&desk.effects), []);
}

#[test]
fn a_transfer_is_taken_back_by_its_own_call() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    select(&mut desk, "4", "899");
    desk.keys("c");
    desk.pause();
    assert!(
        desk.screen().contains("Take a transfer back") && desk.screen().contains("13800138000"),
        "{}",
        desk.screen()
    );
    assert_eq!(sent(&desk.press_send()), [Request::CancelTransfer("899".into())]);
}

#[test]
fn what_has_its_end_or_cannot_be_taken_back_is_refused_with_words() {
    for (tab, id, words) in [
        ("3", "1909", "has its end already (success)"),
        ("3", "1908", "has its end already (cancelled)"),
        ("4", "900", "has its end already (failed)"),
        ("2", "7001", "Only a withdrawal or a transfer"),
        ("4", "7002", "Only a withdrawal or a transfer"),
    ] {
        let mut desk = Desk::ordering(Lang::En, (80, 24));
        select(&mut desk, tab, id);
        assert_eq!(desk.keys("c"), [], "{id}");
        assert!(desk.app.modal().is_none(), "{id}");
        assert!(desk.screen().contains(words), "{words} in\n{}", desk.screen());
    }
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.keys("1c");
    assert!(desk.screen().contains("Only a withdrawal"), "a balance is nothing to take back\n{}", desk.screen());
}

#[test]
fn one_that_waits_for_the_user_can_be_taken_back_too() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    select(&mut desk, "3", "1909877667383767042");
    desk.keys("c");
    assert_eq!(desk.app.context(), Context::Review);
    assert!(desk.screen().contains("verification"), "{}", desk.screen());
}

#[test]
fn the_row_under_the_cursor_is_the_one_that_was_shown() {
    let mut desk = asked(Lang::En, (80, 24));
    // A newer record slides in above while the page is read.
    let mut records = history();
    let mut newer = records[0].clone();
    newer.key.id = "2999".into();
    newer.time = newer.time.map(|t| t.plus(60_000));
    records.insert(0, newer);
    desk.wait(10_000);
    desk.answer(Load::Outgoing, Loaded::Records(records));
    desk.pause();
    assert_eq!(sent(&desk.press_send()), [request()]);
}

// No.

#[test]
fn leave_it_and_escape_leave_it_and_go_back_to_the_row() {
    for key in ["<enter>", "<esc>"] {
        let mut desk = asked(Lang::En, (80, 24));
        assert_eq!(desk.keys(key), []);
        assert!(desk.app.modal().is_none(), "{key}");
        assert_eq!(desk.app.tab(), Tab::Withdrawals);
        assert!(desk.app.selected_record().is_some_and(|r| r.key.id.raw() == PENDING));
    }
}

#[test]
fn held_or_buffered_keys_take_nothing_back() {
    let mut desk = desk();
    assert_eq!(sent(&desk.keys("c<enter><tab><enter><btab><enter>")), []);
    for step in 0..200 {
        assert_eq!(sent(&desk.keys("c<enter>")), []);
        if step % 10 == 0 {
            desk.wait(1_000);
            desk.freshen();
        }
    }
}

/// The history with that withdrawal changed.
fn changed(change: impl Fn(&mut Record)) -> Vec<Record> {
    let mut records = history();
    records.iter_mut().filter(|record| record.key.id.raw() == PENDING).for_each(change);
    records
}

#[test]
fn any_change_of_the_record_closes_its_review_with_the_reason() {
    type Change = fn(&mut Record);
    let changes: [(&str, Change); 7] = [
        ("has its end already (success)", |r| r.status = Status::Success),
        ("Status: pending → verification", |r| r.status = Status::Verification),
        ("Amount: 19 → 190", |r| r.amount = "190".parse().ok()),
        ("Fee: – → 1", |r| r.fee = "1".parse().ok()),
        ("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor", |r| r.address = Some("TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor".into())),
        ("Memo: – → 7", |r| r.memo = Some("7".into())),
        ("on its chain already", |r| r.txid = Some("ab12".into())),
    ];
    for (words, change) in changes {
        let mut desk = asked(Lang::En, (200, 30));
        desk.wait(15_000);
        desk.answer(Load::Outgoing, Loaded::Records(changed(change)));
        assert!(desk.app.modal().is_none(), "{words}\n{}", desk.screen());
        assert!(desk.screen().contains(words), "{words} in\n{}", desk.screen());
        assert_eq!(sent(&desk.press_send()), []);
        assert_eq!(sent(&desk.wait(5_000)), []);
    }
}

#[test]
fn a_contradiction_closes_the_review_and_one_that_was_shown_does_not() {
    let doubt = |word: &str| {
        let key = RecordKey { kind: Kind::Withdrawal, id: PENDING.into() };
        let doubts = HashMap::from([(key, word.into())]);
        let news = Archived {
            way: 1,
            changed: Vec::new(),
            held: 9,
            oldest: None,
            is_whole: true,
            doubts,
            missing: wallet_tui::domain::Missing::default(),
            ordered: HashMap::new(),
        };
        Message::Archived(Box::new(news))
    };
    let mut desk = asked(Lang::En, (120, 40));
    desk.tell(doubt("disagrees"));
    assert!(desk.app.modal().is_none() && desk.screen().contains("said something else"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), []);
    // Opened again, it is a part of what is shown.
    desk.pause();
    select(&mut desk, "3", PENDING);
    desk.keys("c");
    desk.pause();
    assert!(desk.screen().contains("said something else"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), [request()]);
    // What is not there is not asked about.
    let mut desk = asked(Lang::En, (120, 40));
    desk.tell(doubt("vanished"));
    assert!(desk.app.modal().is_none() && desk.screen().contains("does not list"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), []);
    desk.pause();
    select(&mut desk, "3", PENDING);
    desk.keys("c");
    assert!(desk.app.modal().is_none() && desk.screen().contains("does not list"), "{}", desk.screen());
}

// Yes.

#[test]
fn an_answer_proves_nothing_the_record_is_read_until_it_says_so() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(request(), unproven());
    let screen = desk.screen();
    assert!(screen.contains("Taking back") && screen.contains("may or may not"), "{screen}");
    let mut looks = 0;
    for _ in 0..20 {
        if desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {
            looks += 1;
            desk.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(looks) });
        }
        desk.freshen();
    }
    assert!(looks >= 3, "{looks}");
    assert_eq!(sent(&desk.effects).len(), 1, "it is asked for once");
}

#[test]
fn when_the_record_says_so_it_is_taken_back_and_its_row_is_shown() {
    let mut desk = ended(Lang::En, (80, 24), &Status::Cancelled, accepted());
    assert!(desk.screen().contains("cancelled"), "{}", desk.screen());
    desk.keys("<esc>");
    assert_eq!((desk.app.modal().is_none(), desk.app.tab()), (true, Tab::Withdrawals));
    assert!(desk.app.selected_record().is_some_and(|r| r.key.id.raw() == PENDING && r.key.kind == Kind::Withdrawal));
}

#[test]
fn a_lost_race_is_said_as_one() {
    let desk = ended(Lang::En, (80, 24), &Status::Success, too_late());
    assert!(desk.screen().contains("too late"), "{}", desk.screen());
    assert!(desk.screen().contains("success"));
}

/// The balance of TRX when the withdrawal was taken back, and now.
fn with_balances(status: &Status, outcome: Outcome, before: &str, now: &str) -> Desk {
    let mut desk = sending(Lang::En, (120, 40));
    desk.wait(1_000);
    let mut found = order(7, request(), outcome);
    found.available_before = before.parse().ok();
    desk.tell(Message::Ordered(Box::new(Ok(Begun { order: found, problem: None, unrecorded: None }))));
    desk.wait(1_000);
    desk.answer(Load::Outgoing, Loaded::Records(history_with(status)));
    desk.answer(Load::Balances, Loaded::Balances(Some(vec![balance("TRX", now, "0")])));
    desk
}

#[test]
fn a_refusal_does_not_stand_against_what_the_record_says() {
    let refused = || Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() };
    let desk = with_balances(&Status::Success, refused(), "100", "100");
    assert!(desk.screen().contains("It was too late to take it back"), "{}", desk.screen());
    assert!(!desk.screen().contains("Nothing was executed"), "{}", desk.screen());
    let desk = with_balances(&Status::Cancelled, refused(), "100", "119");
    let screen = desk.screen();
    assert!(screen.contains("and yet the record says cancelled"), "{screen}");
    assert!(!screen.contains("Nothing was executed") && screen.contains("available again"), "{screen}");
    let desk = with_balances(&Status::Pending, refused(), "100", "100");
    assert!(desk.screen().contains("refused a value") && !desk.screen().contains("too late"), "{}", desk.screen());
}

#[test]
fn an_amount_is_back_when_the_balance_says_so_and_not_before() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.wait(1_000);
    desk.ends(request(), unproven());
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let mut found = order(7, request(), accepted());
    found.available_before = "5000".parse().ok();
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    desk.answer(Load::Outgoing, Loaded::Records(history_with(&Status::Cancelled)));
    assert!(!desk.screen().contains("available again"), "{}", desk.screen());
    desk.answer(Load::Balances, Loaded::Balances(Some(vec![balance("TRX", "5018.9", "20")])));
    assert!(desk.screen().contains("the amount is not back yet"), "{}", desk.screen());
    desk.trx_left("5019");
    assert!(desk.screen().contains("The amount is available again."), "{}", desk.screen());
}

#[test]
fn a_refusal_is_a_page_that_stays_and_nothing_is_kept_as_typed() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(request(), Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() });
    assert!(desk.screen().contains("refused a value"), "{}", desk.screen());
    desk.keys("<esc>");
    assert!(desk.app.modal().is_none());
    assert_eq!(desk.keys("q"), [Effect::Quit], "nothing typed would be lost");
}

#[test]
fn one_that_could_not_begin_shows_the_record_again() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.does_not_begin(NotBegun::Busy);
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))), "{}", desk.screen());
}

// Timed out.

#[test]
fn a_lost_answer_is_followed_like_any_other() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(request(), Outcome::Unknown { why: Because::Timeout.into() });
    assert!(desk.screen().contains("Taking back"), "{}", desk.screen());
    assert!((0..5).any(|_| desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) })));
}

#[test]
fn asking_again_while_it_is_followed_shows_the_following() {
    let mut desk = sending(Lang::En, (80, 24));
    desk.ends(request(), unproven());
    desk.keys("<esc>");
    desk.pause();
    select(&mut desk, "3", PENDING);
    desk.keys("c");
    assert!(matches!(desk.app.modal(), Some(Modal::Outcome(OrderId(7)))), "{}", desk.screen());
    assert_eq!(sent(&desk.effects).len(), 1);
}
