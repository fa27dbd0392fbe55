//! The withdrawal by keys: asked, yes, no, timed out; and every way that must not lead to an order.

use std::fmt::Write as _;

use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::{Limit, Limits};
use wallet_tui::domain::{
    Because, Cause, DamagedOrder, Kind, MissingOrders, Order, OrderId, Outcome, Problem, Proof, Record, RecordKey,
    Refusal, Request, Status, Why,
};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::orders::{Begun, Decision, NotBegun, NotDecided, Reading};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::dialogs::review::ReviewFocus;
use wallet_tui::tui::effect::{CoinNetwork, Effect, Load};
use wallet_tui::tui::message::{Damage, LedgerNews, Loaded, Message, Reply};
use wallet_tui::tui::state::form::FieldId;
use wallet_tui::tui::state::table::RowId;
use wallet_tui::tui::state::{AppConfig, OrderSettings};

use super::fixtures::{ADDRESS, Row, ago, rates};
use super::ordering::{
    ALIKE, KNOWN, accepted, despite, history, ledger, letters, order, sent, trx, unknown, wants_word_for,
};
use super::test_app::{NOW, TestApp, config};
use wallet_tui::domain::rules::DuplicateOf;

fn test() -> TestApp {
    TestApp::ordering(Lang::En, (80, 24))
}

fn guarded(order_settings: OrderSettings) -> TestApp {
    TestApp::ordering_with(AppConfig { order_settings, ..config(Lang::En) }, (80, 24))
}

fn form_holds(test: &TestApp, texts: &[&str]) {
    let screen = test.screen();
    for text in texts {
        assert!(screen.contains(text), "{text} in\n{screen}");
    }
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut test = test();
    test.fill(KNOWN).review();
    let shown = test.screen();
    let effects = test.press_send();
    let [Effect::Order { consent, known }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((&consent.request, &consent.given[..]), (&trx(KNOWN), &[][..]));
    assert_eq!(known.available(&"TRX".into()), "5000".parse().ok());
    let Request::Withdraw(request) = &sent(&effects)[0] else { panic!() };
    let words = letters(&shown);
    for part in [&request.coin, &request.network, &request.address] {
        assert!(words.contains(&letters(part.raw())), "{part} in\n{shown}");
    }
    assert!(shown.contains(&format!("You send      {} {}", request.gross, request.coin)), "{shown}");
    assert!(shown.contains("no memo") && shown.contains("about 1 TRX") && shown.contains("about 19.5 TRX"), "{shown}");
    assert!(shown.contains("5,000 → 4,979.5 TRX") && shown.contains("LIVE"), "{shown}");
}

#[test]
fn an_order_is_wished_for_once_however_often_enter_is_pressed() {
    let mut test = test();
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.press_send()).len(), 1);
    for _ in 0..30 {
        assert_eq!(sent(&test.keys("<enter><enter><tab><enter>")), []);
        assert_eq!(sent(&test.wait(1_000)), []);
    }
}

#[test]
fn enter_that_is_held_never_sends() {
    let mut test = test();
    test.fill(KNOWN);
    let mut pages = 0;
    for step in 0..600 {
        assert_eq!(sent(&test.keys("<enter>")), []);
        pages += usize::from(matches!(test.app.dialog(), Some(Dialog::Review(_))));
        if step % 10 == 0 {
            test.wait(1_000);
            test.freshen();
        }
    }
    assert!(pages > 20, "it did come to the review: {pages}");
}

#[test]
fn keys_typed_ahead_of_the_review_are_dropped_and_not_kept() {
    let mut test = test();
    test.fill(KNOWN);
    assert_eq!(sent(&test.keys("<enter><enter><tab><enter><btab><enter><tab><tab><enter>")), []);
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")), [], "the focus is still on Cancel");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))));
}

#[test]
fn a_burst_of_keys_on_the_review_sends_nothing() {
    let mut test = test();
    test.fill(KNOWN).review();
    assert_eq!(
        sent(&test.keys("<tab><enter><enter><tab><tab><enter>")),
        [],
        "as a paste without its brackets would be"
    );
    test.wait(1_000);
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_) | Dialog::Review(_))));
}

#[test]
fn a_paste_sends_nothing_anywhere() {
    let mut test = test();
    test.fill(KNOWN);
    test.tell(Message::Paste("\n\r\n".into()));
    assert_eq!(test.app.context(), Context::Form);
    form_holds(&test, &["20.5"]);
    test.review();
    test.keys("<btab>");
    test.wait(1_000);
    assert_eq!(test.tell(Message::Paste("\n\r\n".into())), []);
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))));
}

#[test]
fn a_clock_that_jumps_arms_nothing() {
    let mut test = test();
    test.fill(KNOWN).keys("<enter><enter>");
    test.wait(5_000);
    assert_eq!(sent(&test.keys("<btab><enter>")), []);
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
    assert_eq!(review.focus(), ReviewFocus::Cancel, "one tick is no moment, however long it took");
}

// A first-time address.

#[test]
fn a_new_address_asks_for_its_marked_group_typed_by_hand() {
    let mut test = test();
    test.fill(ADDRESS).review();
    // Two payments to it are under way: it is not called one that was never paid, and nothing proves it yet.
    assert!(test.screen().contains("(1 under way)") && !test.screen().contains("never"), "{}", test.screen());
    let group = test.group();
    assert!(letters(ADDRESS).contains(&group));
    assert_eq!(sent(&test.press_send()), [], "without the word");
    test.keys("<tab><tab>");
    assert_eq!(test.app.context(), Context::Word);
    test.tell(Message::Paste(group.clone()));
    assert!(test.screen().contains("pasting is refused") && !test.screen().contains('✓'), "{}", test.screen());
    test.keys("nope<enter><tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [], "with a wrong word");
    test.keys("<btab><c-u>");
    test.keys(&group);
    assert_eq!(sent(&test.keys("<enter>")), [], "Enter in the word does nothing");
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [trx(ADDRESS)]);
}

#[test]
fn what_was_cut_out_cannot_be_put_back_into_the_word() {
    let mut test = test();
    test.fill(ADDRESS).review();
    let group = test.group();
    test.keys("<tab>");
    test.keys(&group);
    test.keys("<c-u><c-y>");
    assert!(!test.screen().contains('✓'));
}

#[test]
fn much_asks_for_the_group_although_the_address_is_known() {
    for (unit, most, asks) in [("TRX", "20", true), ("TRX", "21", false), ("USDT", "5", true), ("XAU", "1", true)] {
        let limit = Limit { amount: most.parse().unwrap(), unit: unit.into() };
        let mut test = guarded(OrderSettings {
            limits: Limits { confirm_above: Some(limit), ..Limits::default() },
            ..OrderSettings::default()
        });
        test.fill(KNOWN).review();
        assert_eq!(test.screen().contains("Type the marked group"), asks, "{unit}");
        assert_eq!(sent(&test.press_send()).is_empty(), asks, "{unit}");
    }
}

#[test]
fn a_look_alike_leaves_only_after_its_whole_middle_is_typed() {
    let mut test = TestApp::ordering(Lang::En, (80, 40));
    test.fill(ALIKE);
    let screen = test.screen();
    let words = letters(&screen);
    assert!(words.contains(&format!("Typed{ALIKE}")) && words.contains(&format!("Known{KNOWN}")), "{screen}");
    assert!(screen.contains('^'), "{screen}");
    test.review();
    assert!(test.screen().contains("Type all groups but the first and the last"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()), [], "without it");
    // One group of it, or all of it cut short, is not the whole middle.
    test.keys("<tab><tab>");
    test.keys(&ALIKE[4..30]);
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), []);
    test.keys("<btab>");
    test.keys(&ALIKE[30..32]);
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [trx(ALIKE)]);
}

// No.

#[test]
fn cancel_and_escape_go_back_with_everything_that_was_typed() {
    for key in ["<enter>", "<esc>"] {
        let mut test = test();
        test.fill(KNOWN).review();
        assert_eq!(test.keys(key), []);
        assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "{key}");
        form_holds(&test, &["TRX", "Tron (TRC-20)", KNOWN, "20.5"]);
    }
}

#[test]
fn escape_asks_before_typed_is_lost_and_enter_never_discards() {
    let mut test = test();
    test.fill(KNOWN);
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Ask);
    form_holds(&test, &["Discard what was typed?"]);
    test.keys("<enter><enter>q<tab>");
    assert_eq!(test.app.context(), Context::Ask);
    test.keys("<esc>");
    form_holds(&test, &[KNOWN, "20.5"]);
    test.keys("<esc>y");
    assert!(test.app.dialog().is_none());
    test.keys("w<esc>");
    assert!(test.app.dialog().is_none(), "nothing was typed: nothing is asked");
}

#[test]
fn quit_with_something_typed_must_be_said_twice() {
    let mut test = test();
    test.fill(KNOWN);
    assert_eq!(test.keys("<c-c>"), []);
    form_holds(&test, &["Once more ends the program", "20.5"]);
    assert_eq!(test.keys("<c-c>"), [Effect::Quit]);
}

#[test]
fn an_order_can_be_taken_back_in_the_delay_of_the_profile() {
    let mut test = guarded(OrderSettings { order_delay_ms: 5_000, ..OrderSettings::default() });
    test.fill(KNOWN).review();
    assert_eq!(test.press_send(), []);
    assert!(test.screen().contains("Esc takes it back"), "{}", test.screen());
    assert_eq!(sent(&test.wait(1_000)), []);
    test.freshen();
    assert_eq!(test.keys("<enter><tab><enter>"), [], "only one key means something here");
    test.keys("<esc>");
    for _ in 0..10 {
        assert_eq!(sent(&test.wait(1_000)), []);
        test.freshen();
    }
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))));
    assert_eq!(test.press_send(), []);
    let mut all = Vec::new();
    for _ in 0..8 {
        all.extend(sent(&test.wait(1_000)));
        test.freshen();
    }
    assert_eq!(all, [trx(KNOWN)]);
}

#[test]
fn ctrl_c_in_the_delay_takes_the_order_back_before_it_leaves() {
    let mut test = guarded(OrderSettings { order_delay_ms: 5_000, ..OrderSettings::default() });
    test.fill(KNOWN).review();
    assert_eq!(test.press_send(), []);
    assert_eq!(test.keys("<c-c>"), [], "it does not end the program while the order counts down");
    assert!(test.screen().contains("Taken back: nothing was sent"), "{}", test.screen());
    for _ in 0..10 {
        assert_eq!(sent(&test.wait(1_000)), []);
        test.freshen();
    }
    test.keys("<c-c>");
    assert_eq!(test.keys("<c-c>"), [Effect::Quit]);
}

#[test]
fn a_sleep_in_the_delay_takes_the_order_back() {
    let mut test = guarded(OrderSettings { order_delay_ms: 5_000, ..OrderSettings::default() });
    test.fill(KNOWN).review();
    test.press_send();
    assert_eq!(sent(&test.wait(3_600_000)), [], "the facts are an hour old");
    assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))));
}

#[test]
fn a_moment_away_in_the_delay_takes_the_order_back_too() {
    for is_stopped in [true, false] {
        let mut test = guarded(OrderSettings { order_delay_ms: 8_000, ..OrderSettings::default() });
        test.fill(KNOWN).review();
        assert_eq!(test.press_send(), []);
        assert!(test.screen().contains("Esc takes it back"), "{}", test.screen());
        // A machine that slept tells it by the time alone.
        let effects = if is_stopped { test.tell(Message::Resumed) } else { test.wait(20_000) };
        assert_eq!(sent(&effects), []);
        test.freshen();
        for _ in 0..12 {
            assert_eq!(sent(&test.wait(1_000)), []);
            test.freshen();
        }
        assert!(matches!(test.app.dialog(), Some(Dialog::Review(_))), "{}", test.screen());
    }
}

// Yes.

#[test]
fn an_accepted_order_leads_to_its_row_when_that_comes() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    let effects = test.ends(trx(KNOWN), accepted("2124"));
    let loads: Vec<_> =
        effects.iter().filter_map(|e| if let Effect::Load { load, .. } = e { Some(load) } else { None }).collect();
    assert!(loads.contains(&&Load::Outgoing) && loads.contains(&&Load::Balances), "{effects:?}");
    assert!(test.app.dialog().is_none());
    assert_eq!(test.app.tab(), Tab::Withdrawals);
    assert!(test.screen().contains("Accepted under the id 2124"), "{}", test.screen());
    let mut records = history();
    let new = Row::new(Kind::Withdrawal, "2124", "TRX", "19.5", Status::Pending, ago("9 s")).on("Tron (TRC-20)", KNOWN);
    records.push(new.0);
    test.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(
        test.app.table().selected(),
        Some(&RowId::Record(RecordKey { kind: Kind::Withdrawal, id: "2124".into() }))
    );
}

#[test]
fn nobody_who_has_moved_on_is_carried_away() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.keys("<esc>2");
    test.ends(trx(KNOWN), accepted("2124"));
    assert_eq!(test.app.tab(), Tab::Deposits);
    assert!(test.screen().contains("Accepted under the id 2124"));
}

#[test]
fn refused_order_keeps_what_was_typed_and_says_why() {
    let refused = Outcome::Refused { code: "110008".into(), msg: "address".into() };
    let not_sent = Outcome::NotSent { why: Because::Dns.into() };
    for (outcome, words) in [(refused, "code 110008"), (not_sent, "Nothing was sent")] {
        let mut test = TestApp::sending(Lang::En, (80, 30));
        test.ends(trx(KNOWN), outcome);
        form_holds(&test, &[words, KNOWN, "20.5", "Tron (TRC-20)"]);
        test.freshen();
        test.keys("<esc>");
        assert_eq!(test.app.context(), Context::Ask, "and it is not lost without asking");
    }
}

#[test]
fn address_not_saved_at_the_exchange_is_explained_so() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    let (code, msg) = ("110008", "x");
    let refusal = Refusal::AddressNotSaved;
    let problem = Problem { endpoint: "x", cause: Cause::Refused { refusal, code: code.into(), msg: msg.into() } };
    let order = order(7, trx(KNOWN), Outcome::Refused { code: code.into(), msg: msg.into() });
    test.tell(Message::Ordered(Box::new(Ok(Begun { order, problem: Some(problem), unrecorded: None }))));
    form_holds(&test, &["verification-free", "Nothing was executed", "110008", KNOWN]);
}

#[test]
fn an_outcome_that_could_not_be_written_down_stays_on_its_page() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    let order = order(7, trx(KNOWN), accepted("2124"));
    let begun = Begun { order, problem: None, unrecorded: Some("disk full".into()) };
    test.tell(Message::Ordered(Box::new(Ok(begun))));
    form_holds(&test, &["2124", "disk full", "the only record of it"]);
}

#[test]
fn what_was_typed_is_kept_for_one_who_is_elsewhere() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.keys("<esc>");
    test.does_not_begin(NotBegun::Busy);
    assert!(test.app.dialog().is_none());
    assert!(test.screen().contains("What was typed is kept") || test.screen().contains("Nothing was sent"));
    assert_eq!(test.keys("q"), [], "it would be lost");
    test.wait(10_000);
    test.keys("w");
    form_holds(&test, &[KNOWN, "20.5", "another order of this account is being sent"]);
    // It was about another request once something is changed.
    test.keys("1");
    assert!(!test.screen().contains("another order of this account is being sent"), "{}", test.screen());
}

// Timed out.

#[test]
fn lost_answer_is_looked_up_and_stays_on_the_banner() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), unknown());
    form_holds(&test, &["Outcome unknown", "may have been executed", "1 order of unknown outcome"]);
    assert!(letters(&test.screen()).contains(KNOWN));
    let look = Effect::Look { order: OrderId(7) };
    let mut looks = Vec::new();
    for second in 0..100 {
        if test.wait(1_000).contains(&look) {
            looks.push(second);
            let readings = u32::try_from(looks.len()).unwrap();
            test.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(readings) });
        }
        test.freshen();
        assert_eq!(sent(&test.effects).len(), 1);
    }
    let pauses: Vec<_> = looks.windows(2).map(|w| w[1] - w[0]).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 30, 30], "{looks:?}");
    form_holds(&test, &["reading 7 of 20", "in "]);
    test.keys("<esc>");
    assert!(test.app.dialog().is_none());
    form_holds(&test, &["1 order of unknown outcome"]);
    test.keys("o");
    form_holds(&test, &["Outcome unknown"]);
    let found = order(7, trx(KNOWN), Outcome::Accepted { id: "2124".into(), proof: Proof::History });
    let found = Message::Looked { order: OrderId(7), reading: Reading::Settled(found) };
    assert_eq!(test.tell(found.clone()), [], "an answer that nobody waits for changes nothing");
    while !test.wait(1_000).contains(&look) {
        test.freshen();
    }
    test.tell(found);
    form_holds(&test, &["under the id 2124, by the exchange's"]);
    assert!(!test.screen().contains("unknown outcome"));
    test.keys("<esc>");
    assert_eq!((test.app.dialog().is_none(), test.app.tab()), (true, Tab::Withdrawals));
}

#[test]
fn several_records_are_shown_and_the_user_says_which_one_it_is() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.ends(trx(KNOWN), unknown());
    while !test.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let records: Vec<_> = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).collect();
    test.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
    form_holds(&test, &["1801", "1802", "none of these"]);
    assert_eq!(test.keys("<enter>y"), [], "nothing is marked, so nothing is decided");
    test.keys("<down><down><enter>");
    assert_eq!(test.app.context(), Context::Ask);
    form_holds(&test, &["1802"]);
    assert_eq!(test.keys("<enter><esc>"), []);
    test.keys("<enter>");
    let decision = Decision::Executed(Some("1802".into()));
    assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
    test.keys("<down><enter>");
    let all = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).map(|r| r.key.id).collect();
    assert_eq!(test.keys("y"), [Effect::Decide { order: OrderId(7), decision: Decision::NotExecuted(all) }]);
    test.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Busy) });
    form_holds(&test, &["Nothing was changed", "1 order of unknown outcome"]);
    let settled = order(7, trx(KNOWN), Outcome::Dismissed);
    test.tell(Message::Decided { order: OrderId(7), result: Ok(settled) });
    form_holds(&test, &["It was not executed, as you said."]);
    assert!(!test.screen().contains("unknown outcome"));
}

#[test]
fn unlisted_answer_is_never_called_nothing_executed() {
    for (lang, words) in [(Lang::En, "is not on its list"), (Lang::ZhCn, "不在其文档列表中")] {
        let mut test = TestApp::sending(lang, (120, 40));
        let why = Why::new(Because::Unlisted, "110099 result.address.not.allowed");
        test.ends(trx(KNOWN), Outcome::Unknown { why });
        form_holds(&test, &[words, "110099", "result.address.not.allowed"]);
        assert!(!test.screen().contains("Nothing was executed"), "{}", test.screen());
    }
}

#[test]
fn records_that_fit_are_shown_to_whoever_says_not_executed() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.ends(trx(KNOWN), unknown());
    let mut record = history().into_iter().find(|r| r.key.id.raw() == "1801").unwrap();
    record.coin = "USDT".into();
    test.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Fits(vec![record])) });
    form_holds(&test, &["Nothing was changed", "1801", "another coin", "none of these"]);
}

#[test]
fn same_order_is_closed_while_its_outcome_is_unknown() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.ends(trx(KNOWN), unknown());
    test.keys("<esc>");
    test.pause();
    test.fill(KNOWN).review();
    form_holds(&test, &["The same was ordered before (order 7)"]);
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<esc><bs>1");
    test.review();
    assert_eq!(sent(&test.press_send()).len(), 1, "20.1 TRX is another order\n{}", test.screen());
}

#[test]
fn an_order_without_a_trace_is_repeated_by_a_typed_word_only() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.does_not_begin(wants_word_for(3));
    form_holds(&test, &["Review", "order 3", "Type “again”"]);
    test.pause();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    let effects = test.keys("<enter>");
    assert_eq!((sent(&effects), despite(&effects)), (vec![trx(KNOWN)], vec![DuplicateOf::Order(OrderId(3))]));
}

#[test]
fn word_for_the_same_again_can_be_typed_in_ascii_in_chinese() {
    for word in ["again", "再次"] {
        let mut test = TestApp::sending(Lang::ZhCn, (80, 30));
        test.does_not_begin(wants_word_for(3));
        form_holds(&test, &["输入 again（或“再次”）以再次发出"]);
        test.pause();
        assert_eq!(sent(&test.press_send()), []);
        test.keys(&format!("<btab>{word}<tab>"));
        test.wait(1_000);
        assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)], "{word}: {}", test.screen());
    }
}

/// The ledger's news of an order for the same that was accepted `ago`.
fn ordered(ago_ms: i64) -> Message {
    let time = NOW.plus(600_000 - ago_ms);
    let same = Order { time, sent: time, ..order(7, trx(KNOWN), accepted("1900")) };
    Message::Ledger(LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: vec![same],
        unproven: Vec::new(),
        damage: None,
        moves: Vec::new(),
    })
}

#[test]
fn the_same_minutes_after_it_was_accepted_asks_for_a_typed_word() {
    let mut test = test();
    test.tell(ordered(90_000));
    test.fill(KNOWN).review();
    form_holds(&test, &["The same was ordered 1 min ago", "(order 7)", "Type “again”"]);
    test.pause();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn word_typed_for_one_order_is_not_taken_for_a_later_one() {
    let mut test = test();
    test.tell(ordered(90_000));
    test.fill(KNOWN).review();
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    // Another window orders the same once more before Enter is pressed.
    let same = |id: u64, ago: i64| Order {
        time: NOW.plus(600_000 - ago),
        sent: NOW.plus(600_000 - ago),
        ..order(id.try_into().unwrap(), trx(KNOWN), accepted(&format!("19{id}")))
    };
    let ordered = vec![same(7, 90_000), same(8, 1_000)];
    let news =
        LedgerNews::Open { unsettled: Vec::new(), ordered, unproven: Vec::new(), damage: None, moves: Vec::new() };
    test.tell(Message::Ledger(news));
    form_holds(&test, &["(order 8)", "Type “again”"]);
    test.pause();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    let effects = test.keys("<enter>");
    assert!(despite(&effects).contains(&DuplicateOf::Order(OrderId(8))), "{effects:?}");
}

#[test]
fn the_same_hours_after_it_was_accepted_is_said_and_goes() {
    let mut test = test();
    test.tell(ordered(2 * 3_600_000));
    test.fill(KNOWN).review();
    form_holds(&test, &["The same was ordered 2 h ago"]);
    assert_eq!(sent(&test.press_send()).len(), 1, "{}", test.screen());
}

#[test]
fn order_elsewhere_during_the_review_asks_for_the_word() {
    let mut test = test();
    test.fill(KNOWN).review();
    test.tell(ordered(1_000));
    form_holds(&test, &["The same was ordered", "Type “again”"]);
    assert_eq!(sent(&test.press_send()), []);
}

#[test]
fn payment_by_another_program_asks_for_a_typed_word() {
    let elsewhere = |status, fee: Option<&str>, at: &str| {
        let at = ago(at).plus(600_000);
        let row = Row::new(Kind::Withdrawal, "1999", "TRX", "19.5", status, at).on("Tron (TRC-20)", KNOWN);
        fee.map_or(row.0.clone(), |fee| row.fee(fee).0)
    };
    let with = |record: Record| {
        let mut test = test();
        let records = [record].into_iter().chain(history()).collect();
        test.keys("r");
        test.answer(Load::Outgoing, Loaded::Records(records));
        test
    };
    // While it is pending no fee is said; it was always 1 TRX, and may be dearer now.
    let mut unsaid = with(elsewhere(Status::Pending, None, "2 min"));
    unsaid.fill(KNOWN).review();
    form_holds(&unsaid, &["The same seems to have been paid 2 min ago"]);
    let mut less = with(Record { amount: "10".parse().ok(), ..elsewhere(Status::Pending, None, "2 min") });
    less.fill(KNOWN).review();
    assert_eq!(sent(&less.press_send()), [trx(KNOWN)], "{}", less.screen());
    let mut test = with(elsewhere(Status::Pending, Some("1"), "2 min"));
    test.fill(KNOWN).review();
    form_holds(&test, &["The same seems to have been paid 2 min ago", "(record 1999)", "Type “again”"]);
    test.pause();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<btab>again<tab>");
    test.wait(1_000);
    let effects = test.keys("<enter>");
    assert_eq!(despite(&effects), [DuplicateOf::Record("1999".into())], "{effects:?}");
    // Nobody asks about an order's own record, about what was not paid, about another amount or about long ago.
    let mut own = with(elsewhere(Status::Pending, Some("1"), "2 min"));
    let before = Order { time: NOW, ..order(7, trx(ADDRESS), accepted("1999")) };
    own.tell(Message::Ledger(LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: vec![before],
        unproven: Vec::new(),
        damage: None,
        moves: Vec::new(),
    }));
    let goes = |mut test: TestApp| {
        test.fill(KNOWN).review();
        assert_eq!(sent(&test.press_send()), [trx(KNOWN)], "{}", test.screen());
    };
    goes(own);
    for (status, fee, at) in [
        (Status::Fail, "1", "2 min"),
        (Status::Cancelled, "1", "2 min"),
        (Status::Success, "2", "2 min"),
        (Status::Success, "1", "11 min"),
    ] {
        goes(with(elsewhere(status, Some(fee), at)));
    }
}

#[test]
fn payment_by_another_program_during_the_review_asks_too() {
    let mut test = test();
    test.fill(KNOWN).review();
    let paid = Row::new(Kind::Withdrawal, "1999", "TRX", "19.5", Status::Pending, NOW.plus(600_000))
        .on("Tron (TRC-20)", KNOWN);
    let records = [paid.fee("1").0].into_iter().chain(history()).collect();
    while !test.open().contains(&Load::Outgoing) {
        test.wait(1_000);
    }
    test.answer(Load::Outgoing, Loaded::Records(records));
    form_holds(&test, &["The same seems to have been paid", "Type “again”"]);
    assert_eq!(sent(&test.press_send()), []);
}

#[test]
fn the_same_of_another_instance_is_shown_when_it_is_unsettled() {
    let mut test = TestApp::sending(Lang::En, (80, 30));
    test.does_not_begin(NotBegun::SameUnsettled(Box::new(order(3, trx(KNOWN), unknown()))));
    form_holds(&test, &["Outcome unknown", "1 order of unknown outcome"]);
    test.keys("<esc>w");
    form_holds(&test, &[KNOWN, "20.5"]);
}

#[test]
fn orders_of_an_ended_program_are_on_the_banner_at_start() {
    let mut test = test();
    assert!(test.effects.iter().any(|e| matches!(e, Effect::ReadLedger { .. })));
    test.tell(ledger(vec![order(1, trx(KNOWN), unknown()), order(2, trx(ADDRESS), Outcome::Sending)]));
    form_holds(&test, &["2 orders of unknown outcome"]);
    assert!(test.wait(1_000).contains(&Effect::Look { order: OrderId(1) }));
}

#[test]
fn one_order_at_a_time() {
    let mut test = TestApp::sending(Lang::En, (80, 24));
    test.keys("<esc>");
    test.pause();
    test.fill(ADDRESS).review();
    form_holds(&test, &["Another order is being sent", "An order is being sent"]);
    let group = test.group();
    test.keys(&group);
    test.keys("<tab>");
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), []);
    assert_eq!(test.keys("<esc><esc>y<esc>q"), [], "q asks while an order is being sent");
    assert_eq!(test.keys("q"), [Effect::Quit]);
}

// Facts.

#[test]
fn old_data_closes_sending_until_it_is_refreshed() {
    let mut test = test();
    test.fill(KNOWN).review();
    test.keys("<btab>");
    test.wait(61_000);
    form_holds(&test, &["The balances are", "seconds old"]);
    assert_eq!(sent(&test.keys("<enter>")), []);
    test.keys("r");
    test.freshen();
    assert_eq!(sent(&test.keys("<enter>")), [], "it arms anew");
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn facts_that_change_close_sending_and_never_the_request() {
    let mut test = test();
    test.fill(KNOWN).review();
    test.trx_left("20");
    form_holds(&test, &["More than the available 20 TRX", "20.5 TRX"]);
    assert_eq!(sent(&test.press_send()), []);
    let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
    assert_eq!(*review.request(), trx(KNOWN));
    test.trx_left("100");
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn a_clock_that_is_wrong_or_unknown_closes_sending() {
    for (offset, words) in [(Some(61_000), "clock is wrong by"), (Some(-90_000), "clock is wrong by")] {
        let mut test = test();
        test.fill(KNOWN).review();
        test.wait(60_000);
        test.freshen();
        let generation = test.asking(&Load::Rates);
        let at = test.now;
        test.tell(Message::Reply(Reply {
            load: Load::Rates,
            generation,
            at,
            clock_offset: offset,
            result: Ok(rates()),
        }));
        form_holds(&test, &[words]);
        assert_eq!(sent(&test.press_send()), []);
    }
}

#[test]
fn where_the_page_does_not_fit_nothing_is_sent() {
    let mut test = test();
    test.fill(KNOWN).review();
    test.keys("<btab>");
    let mut closed = 0;
    for size in [(30, 6), (20, 5), (10, 3), (80, 9), (40, 10), (24, 30)] {
        test.resize(size);
        test.pause();
        let is_whole = letters(&test.screen()).contains(KNOWN);
        let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
        assert!(is_whole || test.app.review_closed(review).is_some(), "{size:?}\n{}", test.screen());
        if test.app.review_closed(review).is_some() {
            closed += 1;
            assert_eq!(sent(&test.keys("<enter>")), [], "{size:?}");
        }
    }
    assert!(closed >= 4, "{closed}");
    test.resize((80, 24));
    assert_eq!(sent(&test.keys("<enter>")), [], "it arms anew");
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn an_open_review_shows_the_whole_address_at_every_size() {
    let mut test = test();
    test.fill(ADDRESS).review();
    // All but the group that is typed by hand.
    let shown = ADDRESS.replace(&test.group(), "");
    for width in (20..100).step_by(3) {
        for height in 5..40 {
            test.resize((width, height));
            let Some(Dialog::Review(review)) = test.app.dialog() else { panic!() };
            if test.app.review_page(review).fits() {
                assert!(letters(&test.screen()).contains(&shown), "{width}×{height}\n{}", test.screen());
            }
        }
    }
}

// Ledger and read-only.

#[test]
fn without_a_ledger_nothing_is_sent_and_the_reason_stays() {
    let mut test = test();
    test.tell(Message::Ledger(LedgerNews::Shut("disk full".into())));
    form_holds(&test, &["the order cannot be written down (disk full)"]);
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.press_send()), []);
}

#[test]
fn a_damaged_ledger_closes_orders_until_the_user_says_so() {
    let mut test = test();
    let news = LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: Vec::new(),
        unproven: Vec::new(),
        damage: Some("l.damaged-1".into()),
        moves: Vec::new(),
    };
    test.tell(Message::Ledger(news));
    form_holds(&test, &["l.damaged-1"]);
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<esc><esc>yo");
    form_holds(&test, &["Damaged ledger"]);
    assert_eq!(test.keys("<enter>"), []);
    assert_eq!(test.keys("y"), [Effect::AcknowledgeDamage]);
}

#[test]
fn missing_orders_close_all_until_the_user_says_so() {
    let mut test = test();
    let missing = MissingOrders { last: OrderId(3), written: Some(OrderId(5)) };
    let damage = Some(Damage::Missing(missing));
    let news = LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: Vec::new(),
        unproven: Vec::new(),
        damage,
        moves: Vec::new(),
    };
    test.tell(Message::Ledger(news));
    form_holds(&test, &["Orders are missing from the ledger: it ends at order 3"]);
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<esc><esc>yo");
    form_holds(&test, &["Orders missing"]);
    assert_eq!(test.keys("<enter>"), []);
    assert_eq!(test.keys("y"), [Effect::AcknowledgeDamage]);
}

#[test]
fn a_damaged_row_closes_its_kind_until_the_user_answers_for_it() {
    let row = DamagedOrder { id: OrderId(7), kind: Some("withdraw"), found: "f0".into(), is_answered: false };
    let news = |row: &DamagedOrder| {
        let damage = Some(Damage::Orders(vec![row.clone()]));
        Message::Ledger(LedgerNews::Open {
            unsettled: Vec::new(),
            ordered: Vec::new(),
            unproven: Vec::new(),
            damage,
            moves: Vec::new(),
        })
    };
    let mut test = test();
    test.tell(news(&row));
    test.fill(KNOWN).review();
    form_holds(&test, &["Order 7 (withdraw) is damaged"]);
    assert_eq!(sent(&test.press_send()), []);
    test.keys("<esc><esc>yo");
    form_holds(&test, &["Damaged order", "Order 7", "y yes"]);
    assert_eq!(test.keys("<enter>"), []);
    assert_eq!(test.keys("y"), [Effect::AnswerForOrder(row.clone())]);
    test.tell(news(&DamagedOrder { is_answered: true, ..row }));
    // It stays on the list of orders, and closes nothing any more.
    test.keys("o");
    test.tell(Message::Orders(Ok(Vec::new().into())));
    form_holds(&test, &["Order 7 (withdraw) is damaged", "You answered for it"]);
    test.keys("<esc>");
    test.fill(KNOWN).review();
    assert_eq!(sent(&test.press_send()).len(), 1, "{}", test.screen());
}

#[test]
fn a_read_only_run_opens_no_form_and_no_ledger() {
    let mut test = TestApp::with(AppConfig { read_only: true, ..config(Lang::En) }, (80, 24)).loaded();
    test.keys("w");
    assert!(test.app.dialog().is_none());
    assert!(test.screen().contains("read-only"), "{}", test.screen());
    assert!(!test.effects.iter().any(|e| !matches!(e, Effect::Load { .. })));
}

// The fields.

#[test]
fn selected_row_gives_the_start_never_a_strangers_address() {
    let mut test = test();
    test.keys("3g");
    // The newest withdrawal is pending: its address has not proved anything.
    test.keys("w");
    form_holds(&test, &["TRX", "Tron (TRC-20)"]);
    assert!(!letters(&test.screen()).contains(ADDRESS));
    test.keys("<esc>/1801<enter>w");
    assert!(letters(&test.screen()).contains(KNOWN), "{}", test.screen());
    test.keys("<esc><esc>2w");
    form_holds(&test, &["Withdraw", "Coin"]);
}

#[test]
fn closed_network_is_listed_with_its_reason_not_choosable() {
    let mut test = test();
    test.keys("2w");
    form_holds(&test, &["BTC", "✗ withdrawals are closed"]);
    test.keys("btc<enter>");
    assert_eq!(test.app.context(), Context::Picker, "it was not taken");
    test.keys("<esc>usdt<enter>eth<enter>");
    assert_eq!(test.app.context(), Context::Picker);
    form_holds(&test, &["Ethereum (ERC-20)", "✗ withdrawals are closed"]);
}

#[test]
fn the_percent_keys_round_down_and_show_what_is_left() {
    let mut test = test();
    test.fill(KNOWN);
    for (key, amount, left) in
        [("<f5>", "1250", "3,750 left"), ("<f8>", "5000", "0 left"), ("<f7>", "3750", "1,250 left")]
    {
        test.keys(key);
        form_holds(&test, &[&format!("Amount        {amount} "), left, "fee about 1"]);
    }
}

#[test]
fn no_memo_must_be_said_where_one_is_possible() {
    let mut test = test();
    test.choose("XRP");
    test.keys("w");
    test.tell(Message::Paste("rPVMhWBsfF9iMXYj3aAzJVkPDTFNSyWdKy".into()));
    test.keys("<tab><tab>20<enter><enter>");
    assert!(matches!(test.app.dialog(), Some(Dialog::Form(_))), "the memo is undecided");
    form_holds(&test, &["no memo"]);
    test.keys("<down><enter><enter><enter>");
    test.keys("<enter>");
    form_holds(&test, &["Review", "no memo, as you chose"]);
}

#[test]
fn known_addresses_are_offered_and_bring_their_memo() {
    let mut test = test();
    test.choose("TRX");
    test.keys("w");
    form_holds(&test, &[KNOWN, "paid 2 ×"]);
    test.keys("<down><enter>");
    form_holds(&test, &[KNOWN]);
    assert!(letters(&test.screen()).contains(&format!("{KNOWN}{KNOWN}")), "typed and in groups\n{}", test.screen());
}

#[test]
fn dangerous_characters_do_not_get_into_a_field() {
    let mut test = test();
    test.fill("T\u{202e}J\u{1b}[2Jm\u{200b}W\n");
    let screen = test.screen();
    assert!(screen.contains("holds an invisible U+202E after character 1") && !screen.contains("TJ"), "{screen}");
}

// Pictures.

fn show(name: &str, scene: impl Fn(&mut TestApp)) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20)] {
            let mut test = TestApp::ordering(lang, size);
            scene(&mut test);
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&test.screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn pictures_of_the_form() {
    show("form_coin", |test| {
        test.keys("2w");
    });
    show("form_network", |test| {
        test.keys("1gw");
    });
    show("form_filled", |test| {
        test.fill(ADDRESS);
    });
    show("form_alike", |test| {
        test.fill(ALIKE);
    });
    show("form_ask", |test| {
        test.fill(KNOWN).keys("<esc>");
    });
}

#[test]
fn pictures_of_the_review() {
    show("review_known", |test| {
        test.fill(KNOWN).review();
        test.keys("<btab>");
        test.wait(1_000);
    });
    show("review_new", |test| {
        test.fill(ADDRESS).review();
        test.keys("dT");
    });
    show("review_stale", |test| {
        test.fill(KNOWN).review();
        test.wait(90_000);
    });
}

#[test]
fn pictures_of_the_outcome() {
    let send = |test: &mut TestApp| {
        test.fill(KNOWN).review();
        test.press_send();
    };
    show("outcome_sending", |test| {
        send(test);
        test.wait(2_000);
    });
    show("outcome_unknown", |test| {
        send(test);
        test.ends(trx(KNOWN), unknown());
        test.wait(1_000);
        test.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(1) });
    });
    show("outcome_refused", |test| {
        send(test);
        test.ends(trx(KNOWN), Outcome::Refused { code: "110008".into(), msg: "address not saved".into() });
    });
    show("outcome_several", |test| {
        send(test);
        test.ends(trx(KNOWN), unknown());
        test.wait(1_000);
        let records: Vec<_> = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).collect();
        test.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
        test.keys("<down>");
    });
    show("outcome_no_trace", |test| {
        send(test);
        test.ends(trx(KNOWN), unknown());
        test.wait(1_000);
        let reading = Reading::Settled(order(7, trx(KNOWN), Outcome::NoTrace));
        test.tell(Message::Looked { order: OrderId(7), reading });
    });
}

#[test]
fn networks_are_compared_and_closed_ones_stand_last() {
    use wallet_tui::domain::{MemoRule, Network};
    let listed = |second_open: bool| {
        let Loaded::Coins(mut coins) = super::ordering::coins() else { panic!() };
        let trx = coins.iter_mut().find(|coin| coin.name.raw() == "TRX").unwrap();
        let tron = trx.networks[0].clone();
        let other = |name: &str, open| Network {
            withdraw_open: Some(open),
            withdraw_min: "3".parse().ok(),
            memo: MemoRule::Required,
            ..super::fixtures::network(name, "X")
        };
        trx.networks = vec![other("Always Shut", false), other("Sometimes", second_open), tron];
        Loaded::Coins(coins)
    };
    let mut test = test();
    test.wait(3_600_000);
    test.answer(Load::Coins, listed(true));
    test.freshen();
    let tron = CoinNetwork { coin: "TRX".into(), network: "Tron (TRC-20)".into() };
    test.tell(Message::UsualTimes([(tron, (300_000, 7))].into()));
    test.choose("TRX");
    test.keys("w");
    let screen = test.screen();
    assert!(screen.contains("open · least 10 · fee ≈ 1 · usually 5 min"), "{screen}");
    assert!(screen.contains("open · least 3 · memo required"), "{screen}");
    assert!(screen.contains("✗ withdrawals are closed") && !screen.contains("last seen open"), "{screen}");
    let at = |screen: &str, what: &str| screen.lines().position(|line| line.contains(what)).unwrap();
    assert!(at(&screen, "Always Shut") > at(&screen, "Tron (TRC-20)"), "{screen}");
    test.wait(3_600_000);
    test.answer(Load::Coins, listed(false));
    test.wait(60_000);
    let screen = test.screen();
    assert!(screen.contains("✗ withdrawals are closed; last seen open"), "{screen}");
    let line = screen.lines().find(|line| line.contains("Always Shut")).unwrap();
    assert!(!line.contains("last seen open"), "what was never seen open has no such time: {line}");
    assert!(at(&screen, "Sometimes") > at(&screen, "Tron (TRC-20)"), "{screen}");
}

#[test]
fn enter_in_an_empty_address_leads_to_the_known_ones() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose("TRX");
    test.keys("w<enter>");
    assert!(test.screen().contains("▌ TEeC"), "{}", test.screen());
    let Some(Dialog::Form(form)) = test.app.dialog() else { panic!("the form is gone") };
    assert_eq!(form.value(FieldId::Address), "", "marked, not taken");
    test.keys("<enter>");
    let Some(Dialog::Form(form)) = test.app.dialog() else { panic!("the form is gone") };
    assert_eq!(form.value(FieldId::Address), KNOWN);
}

#[test]
fn a_key_that_comes_too_early_sends_nothing_and_says_so() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.fill(KNOWN);
    let mut effects = test.keys("<enter><enter>");
    effects.extend(test.keys("<tab><enter>"));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Order { .. })), "{effects:?}");
    assert!(test.screen().contains("Too early: the page has to be read first."), "{}", test.screen());
}

#[test]
fn help_begins_with_the_keys_of_the_page_that_it_was_asked_on() {
    let mut test = TestApp::ordering(Lang::En, (80, 24));
    test.choose("TRX");
    test.keys("w<f1>");
    let screen = test.screen();
    let first = screen
        .lines()
        .position(|line| line.contains("While filling in a form") || line.contains("In a list of a form"));
    assert_eq!(first.map(|at| screen.lines().nth(at - 1).unwrap().contains("Help")), Some(true), "{screen}");
    assert!(!screen.contains('…'), "nothing is cut: {screen}");
}
