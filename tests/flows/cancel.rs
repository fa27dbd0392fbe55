//! Taking a withdrawal or a transfer back: asked, yes, no, timed out, and the race that it is.

use std::collections::HashMap;
use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Because, Kind, OrderId, Outcome, Proof, Record, RecordKey, Request, Status, Why};
use wallet_tui::engine::config::keymap::{Action, Context};
use wallet_tui::engine::orders::{Begun, NotBegun, Reading};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{HistoryRead, Loaded, Message};

use super::fixtures::balance;
use super::ordering::{history, letters, order, sent};
use super::test_app::TestApp;

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

fn select(test: &mut TestApp, tab: &str, id: &str) {
    test.keys(tab);
    test.keys("g");
    for _ in 0..40 {
        if test.app.selected_record().is_some_and(|r| r.key.id.raw() == id) {
            return;
        }
        test.keys("j");
    }
    panic!("no row {id} in\n{}", test.screen());
}

fn test() -> TestApp {
    test_in(Lang::En, (80, 24))
}

fn test_in(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::ordering(lang, size);
    select(&mut test, "3", PENDING);
    test
}

fn asked(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = test_in(lang, size);
    test.keys("c");
    test.pause();
    test
}

fn sending(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = asked(lang, size);
    assert_eq!(sent(&test.press_send()), [request()], "{}", test.screen());
    test
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
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
        let mut test = sending(lang, size);
        test.ends(request(), unproven());
        test
    });
    show("taken_back", |lang, size| ended(lang, size, &Status::Cancelled, accepted()));
    show("too_late", |lang, size| ended(lang, size, &Status::Success, too_late()));
    show("refused", |lang, size| {
        let mut test = sending(lang, size);
        test.ends(request(), Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() });
        test
    });
}

fn accepted() -> Outcome {
    Outcome::Accepted { id: PENDING.into(), proof: Proof::History }
}

fn too_late() -> Outcome {
    Outcome::TooLate { status: "success".into() }
}

/// A cancel that was taken, and how the record ended.
fn ended(lang: Lang, size: (u16, u16), status: &Status, outcome: Outcome) -> TestApp {
    let mut test = sending(lang, size);
    test.ends(request(), unproven());
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let found = order(7, request(), outcome);
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    test.answer(Load::Outgoing, Loaded::Records(history_with(status)));
    test
}

#[test]
fn unlisted_answer_to_a_cancel_waits_for_the_record() {
    let mut test = sending(Lang::En, (120, 40));
    let why = Why::new(Because::Unlisted, "999999 result.system.error");
    test.ends(request(), Outcome::Unknown { why });
    let screen = test.screen();
    assert!(screen.contains("may or may not") && screen.contains("is not on its list: 999999"), "{screen}");
    assert!(!screen.contains("Nothing was executed"), "{screen}");
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let found = order(7, request(), accepted());
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    test.answer(Load::Outgoing, Loaded::Records(history_with(&Status::Cancelled)));
    let screen = test.screen();
    assert!(screen.contains("It was taken back") && !screen.contains("Nothing was executed"), "{screen}");
}

// Asked.

#[test]
fn cancel_shows_the_whole_record_before_it_asks() {
    let test = asked(Lang::En, (80, 24));
    let screen = test.screen();
    for part in ["Take a withdrawal back", "TRX", "Tron (TRC-20)", "pending", PENDING, "Leave it"] {
        assert!(screen.contains(part), "{part} in\n{screen}");
    }
    assert!(letters(&screen).contains("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU"), "{screen}");
    assert_eq!(sent(&test.effects), []);
}

#[test]
fn a_transfer_is_taken_back_by_its_own_call() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    select(&mut test, "4", "899");
    test.keys("c");
    test.pause();
    assert!(
        test.screen().contains("Take a transfer back") && test.screen().contains("13800138000"),
        "{}",
        test.screen()
    );
    assert_eq!(sent(&test.press_send()), [Request::CancelTransfer("899".into())]);
}

#[test]
fn cancel_of_an_ended_record_is_refused_with_words() {
    for (tab, id, words) in [
        ("3", "1909", "has its end already (success)"),
        ("3", "1908", "has its end already (cancelled)"),
        ("4", "900", "has its end already (failed)"),
        ("2", "7001", "Only a withdrawal or a transfer"),
        ("4", "7002", "Only a withdrawal or a transfer"),
    ] {
        let mut test = TestApp::ordering(Lang::En, (80, 24));
        select(&mut test, tab, id);
        assert!(!test.app.footer().iter().any(|entry| entry.action == Some(Action::Cancel)), "not offered: {id}");
        assert_eq!(test.keys("c"), [], "{id}");
        assert!(test.app.dialog().is_none(), "{id}");
        assert!(test.screen().contains(words), "{words} in\n{}", test.screen());
    }
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.keys("1c");
    assert!(test.screen().contains("Only a withdrawal"), "a balance is nothing to take back\n{}", test.screen());
}

#[test]
fn one_that_waits_for_the_user_can_be_taken_back_too() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    select(&mut test, "3", "1909877667383767042");
    test.keys("c");
    assert_eq!(test.app.context(), Context::Review);
    assert!(test.screen().contains("verification"), "{}", test.screen());
}

#[test]
fn the_row_under_the_cursor_is_the_one_that_was_shown() {
    let mut test = asked(Lang::En, (80, 24));
    // A newer record slides in above while the page is read.
    let mut records = history();
    let mut newer = records[0].clone();
    newer.key.id = "2999".into();
    newer.time = newer.time.map(|t| t.plus(60_000));
    records.insert(0, newer);
    test.wait(10_000);
    test.answer(Load::Outgoing, Loaded::Records(records));
    test.pause();
    assert_eq!(sent(&test.press_send()), [request()]);
}

// No.

#[test]
fn leave_it_and_escape_leave_it_and_go_back_to_the_row() {
    for key in ["<enter>", "<esc>"] {
        let mut test = asked(Lang::En, (80, 24));
        assert_eq!(test.keys(key), []);
        assert!(test.app.dialog().is_none(), "{key}");
        assert_eq!(test.app.tab(), Tab::Withdrawals);
        assert!(test.app.selected_record().is_some_and(|r| r.key.id.raw() == PENDING));
    }
}

#[test]
fn held_or_buffered_keys_take_nothing_back() {
    let mut test = test();
    assert_eq!(sent(&test.keys("c<enter><tab><enter><btab><enter>")), []);
    for step in 0..200 {
        assert_eq!(sent(&test.keys("c<enter>")), []);
        if step % 10 == 0 {
            test.wait(1_000);
            test.freshen();
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
        let mut test = asked(Lang::En, (200, 30));
        test.wait(15_000);
        test.answer(Load::Outgoing, Loaded::Records(changed(change)));
        assert!(test.app.dialog().is_none(), "{words}\n{}", test.screen());
        assert!(test.screen().contains(words), "{words} in\n{}", test.screen());
        assert_eq!(sent(&test.press_send()), []);
        assert_eq!(sent(&test.wait(5_000)), []);
    }
}

#[test]
fn contradiction_closes_the_review_unless_it_was_shown() {
    let conflict = |word: &str| {
        let key = RecordKey { kind: Kind::Withdrawal, id: PENDING.into() };
        let conflicts = HashMap::from([(key, word.into())]);
        let news = HistoryRead {
            flow: 1,
            changed: Vec::new(),
            held: 9,
            oldest: None,
            is_whole: true,
            conflicts,
            missing: wallet_tui::domain::Missing::default(),
            ordered: HashMap::new(),
        };
        Message::HistoryRead(Box::new(news))
    };
    let mut test = asked(Lang::En, (120, 40));
    test.tell(conflict("disagrees"));
    assert!(test.app.dialog().is_none() && test.screen().contains("said something else"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), []);
    // Opened again, it is a part of what is shown.
    test.pause();
    select(&mut test, "3", PENDING);
    test.keys("c");
    test.pause();
    assert!(test.screen().contains("said something else"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), [request()]);
    // What is not there is not asked about.
    let mut test = asked(Lang::En, (120, 40));
    test.tell(conflict("vanished"));
    assert!(test.app.dialog().is_none() && test.screen().contains("does not list"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), []);
    test.pause();
    select(&mut test, "3", PENDING);
    test.keys("c");
    assert!(test.app.dialog().is_none() && test.screen().contains("does not list"), "{}", test.screen());
}

// Yes.

#[test]
fn an_answer_proves_nothing_the_record_is_read_until_it_says_so() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(request(), unproven());
    let screen = test.screen();
    assert!(screen.contains("Taking back") && screen.contains("may or may not"), "{screen}");
    let mut looks = 0;
    for _ in 0..20 {
        if test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {
            looks += 1;
            test.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(looks) });
        }
        test.freshen();
    }
    assert!(looks >= 3, "{looks}");
    assert_eq!(sent(&test.effects).len(), 1, "it is asked for once");
}

#[test]
fn cancelled_record_is_said_and_its_row_is_shown() {
    let mut test = ended(Lang::En, (80, 24), &Status::Cancelled, accepted());
    assert!(test.screen().contains("cancelled"), "{}", test.screen());
    test.keys("<esc>");
    assert_eq!((test.app.dialog().is_none(), test.app.tab()), (true, Tab::Withdrawals));
    assert!(test.app.selected_record().is_some_and(|r| r.key.id.raw() == PENDING && r.key.kind == Kind::Withdrawal));
}

#[test]
fn a_lost_race_is_said_as_one() {
    let test = ended(Lang::En, (80, 24), &Status::Success, too_late());
    assert!(test.screen().contains("too late"), "{}", test.screen());
    assert!(test.screen().contains("success"));
}

/// The balance of TRX when the withdrawal was taken back, and now.
fn with_balances(status: &Status, outcome: Outcome, before: &str, now: &str) -> TestApp {
    let mut test = sending(Lang::En, (120, 40));
    test.wait(1_000);
    let mut found = order(7, request(), outcome);
    found.available_before = before.parse().ok();
    test.tell(Message::Ordered(Box::new(Ok(Begun { order: found, problem: None, unrecorded: None }))));
    test.wait(1_000);
    test.answer(Load::Outgoing, Loaded::Records(history_with(status)));
    test.answer(Load::Balances, Loaded::Balances(Some(vec![balance("TRX", now, "0")])));
    test
}

#[test]
fn a_refusal_does_not_stand_against_what_the_record_says() {
    let refused = || Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() };
    let test = with_balances(&Status::Success, refused(), "100", "100");
    assert!(test.screen().contains("It was too late to take it back"), "{}", test.screen());
    assert!(!test.screen().contains("Nothing was executed"), "{}", test.screen());
    let test = with_balances(&Status::Cancelled, refused(), "100", "119");
    let screen = test.screen();
    assert!(screen.contains("and yet the record says cancelled"), "{screen}");
    assert!(!screen.contains("Nothing was executed") && screen.contains("available again"), "{screen}");
    let test = with_balances(&Status::Pending, refused(), "100", "100");
    assert!(test.screen().contains("refused a value") && !test.screen().contains("too late"), "{}", test.screen());
}

#[test]
fn an_amount_is_back_when_the_balance_says_so_and_not_before() {
    let mut test = sending(Lang::En, (80, 24));
    test.wait(1_000);
    test.ends(request(), unproven());
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let mut found = order(7, request(), accepted());
    found.available_before = "5000".parse().ok();
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Settled(found) });
    test.answer(Load::Outgoing, Loaded::Records(history_with(&Status::Cancelled)));
    assert!(!test.screen().contains("available again"), "{}", test.screen());
    test.answer(Load::Balances, Loaded::Balances(Some(vec![balance("TRX", "5018.9", "20")])));
    assert!(test.screen().contains("the amount is not back yet"), "{}", test.screen());
    test.trx_left("5019");
    assert!(test.screen().contains("The amount is available again."), "{}", test.screen());
}

#[test]
fn a_refusal_is_a_page_that_stays_and_nothing_is_kept_as_typed() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(request(), Outcome::Refused { code: "2".into(), msg: "cannot cancel".into() });
    assert!(test.screen().contains("refused a value"), "{}", test.screen());
    test.keys("<esc>");
    assert!(test.app.dialog().is_none());
    assert_eq!(test.keys("q"), [Effect::Quit], "nothing typed would be lost");
}

#[test]
fn one_that_could_not_begin_shows_the_record_again() {
    let mut test = sending(Lang::En, (80, 24));
    test.does_not_begin(NotBegun::Busy);
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))), "{}", test.screen());
}

// Timed out.

#[test]
fn a_lost_answer_is_followed_like_any_other() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(request(), Outcome::Unknown { why: Because::Timeout.into() });
    assert!(test.screen().contains("Taking back"), "{}", test.screen());
    assert!((0..5).any(|_| test.wait(1_000).contains(&Effect::Look { order: OrderId(7) })));
}

#[test]
fn asking_again_while_it_is_followed_shows_the_following() {
    let mut test = sending(Lang::En, (80, 24));
    test.ends(request(), unproven());
    test.keys("<esc>");
    test.pause();
    select(&mut test, "3", PENDING);
    test.keys("c");
    assert!(matches!(test.app.dialog(), Some(Dialog::Order(page)) if page.0 == OrderId(7)), "{}", test.screen());
    assert_eq!(sent(&test.effects).len(), 1);
}
