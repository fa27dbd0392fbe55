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
use wallet_tui::tui::app::form::Slot;
use wallet_tui::tui::app::modal::Modal;
use wallet_tui::tui::app::modal::review::Stop;
use wallet_tui::tui::app::table::RowId;
use wallet_tui::tui::app::{Guards, Session};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Damage, LedgerNews, Loaded, Message, Reply};

use super::desk::{Desk, NOW, session};
use super::fixtures::{ADDRESS, Row, ago, rates};
use super::ordering::{
    ALIKE, KNOWN, accepted, despite, history, ledger, letters, order, sent, trx, unknown, wants_word_for,
};
use wallet_tui::domain::rules::Earlier;

fn desk() -> Desk {
    Desk::ordering(Lang::En, (80, 24))
}

fn guarded(guards: Guards) -> Desk {
    Desk::ordering_with(Session { guards, ..session(Lang::En) }, (80, 24))
}

fn form_holds(desk: &Desk, texts: &[&str]) {
    let screen = desk.screen();
    for text in texts {
        assert!(screen.contains(text), "{text} in\n{screen}");
    }
}

// Asked.

#[test]
fn what_is_sent_is_what_was_shown() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    let shown = desk.screen();
    let effects = desk.press_send();
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
    let mut desk = desk();
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.press_send()).len(), 1);
    for _ in 0..30 {
        assert_eq!(sent(&desk.keys("<enter><enter><tab><enter>")), []);
        assert_eq!(sent(&desk.wait(1_000)), []);
    }
}

#[test]
fn enter_that_is_held_never_sends() {
    let mut desk = desk();
    desk.fill(KNOWN);
    let mut pages = 0;
    for step in 0..600 {
        assert_eq!(sent(&desk.keys("<enter>")), []);
        pages += usize::from(matches!(desk.app.modal(), Some(Modal::Review(_))));
        if step % 10 == 0 {
            desk.wait(1_000);
            desk.freshen();
        }
    }
    assert!(pages > 20, "it did come to the review: {pages}");
}

#[test]
fn keys_typed_ahead_of_the_review_are_dropped_and_not_kept() {
    let mut desk = desk();
    desk.fill(KNOWN);
    assert_eq!(sent(&desk.keys("<enter><enter><tab><enter><btab><enter><tab><tab><enter>")), []);
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")), [], "the focus is still on Cancel");
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_))));
}

#[test]
fn a_burst_of_keys_on_the_review_sends_nothing() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    assert_eq!(
        sent(&desk.keys("<tab><enter><enter><tab><tab><enter>")),
        [],
        "as a paste without its brackets would be"
    );
    desk.wait(1_000);
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_) | Modal::Review(_))));
}

#[test]
fn a_paste_sends_nothing_anywhere() {
    let mut desk = desk();
    desk.fill(KNOWN);
    desk.tell(Message::Paste("\n\r\n".into()));
    assert_eq!(desk.app.context(), Context::Form);
    form_holds(&desk, &["20.5"]);
    desk.review();
    desk.keys("<btab>");
    desk.wait(1_000);
    assert_eq!(desk.tell(Message::Paste("\n\r\n".into())), []);
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))));
}

#[test]
fn a_clock_that_jumps_arms_nothing() {
    let mut desk = desk();
    desk.fill(KNOWN).keys("<enter><enter>");
    desk.wait(5_000);
    assert_eq!(sent(&desk.keys("<btab><enter>")), []);
    let Some(Modal::Review(review)) = desk.app.modal() else { panic!() };
    assert_eq!(review.focus(), Stop::Cancel, "one tick is no moment, however long it took");
}

// A first-time address.

#[test]
fn a_new_address_asks_for_its_marked_group_typed_by_hand() {
    let mut desk = desk();
    desk.fill(ADDRESS).review();
    // Two payments to it are under way: it is not called one that was never paid, and nothing proves it yet.
    assert!(desk.screen().contains("(1 under way)") && !desk.screen().contains("never"), "{}", desk.screen());
    let group = desk.group();
    assert!(letters(ADDRESS).contains(&group));
    assert_eq!(sent(&desk.press_send()), [], "without the word");
    desk.keys("<tab><tab>");
    assert_eq!(desk.app.context(), Context::Word);
    desk.tell(Message::Paste(group.clone()));
    assert!(desk.screen().contains("pasting is refused") && !desk.screen().contains('✓'), "{}", desk.screen());
    desk.keys("nope<enter><tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [], "with a wrong word");
    desk.keys("<btab><c-u>");
    desk.keys(&group);
    assert_eq!(sent(&desk.keys("<enter>")), [], "Enter in the word does nothing");
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(ADDRESS)]);
}

#[test]
fn what_was_cut_out_cannot_be_put_back_into_the_word() {
    let mut desk = desk();
    desk.fill(ADDRESS).review();
    let group = desk.group();
    desk.keys("<tab>");
    desk.keys(&group);
    desk.keys("<c-u><c-y>");
    assert!(!desk.screen().contains('✓'));
}

#[test]
fn much_asks_for_the_group_although_the_address_is_known() {
    for (unit, most, asks) in [("TRX", "20", true), ("TRX", "21", false), ("USDT", "5", true), ("XAU", "1", true)] {
        let limit = Limit { amount: most.parse().unwrap(), unit: unit.into() };
        let mut desk =
            guarded(Guards { limits: Limits { confirm_above: Some(limit), ..Limits::default() }, ..Guards::default() });
        desk.fill(KNOWN).review();
        assert_eq!(desk.screen().contains("Type the marked group"), asks, "{unit}");
        assert_eq!(sent(&desk.press_send()).is_empty(), asks, "{unit}");
    }
}

#[test]
fn a_look_alike_leaves_only_after_its_whole_middle_is_typed() {
    let mut desk = Desk::ordering(Lang::En, (80, 40));
    desk.fill(ALIKE);
    let screen = desk.screen();
    let words = letters(&screen);
    assert!(words.contains(&format!("Typed{ALIKE}")) && words.contains(&format!("Known{KNOWN}")), "{screen}");
    assert!(screen.contains('^'), "{screen}");
    desk.review();
    assert!(desk.screen().contains("Type all groups but the first and the last"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()), [], "without it");
    // One group of it, or all of it cut short, is not the whole middle.
    desk.keys("<tab><tab>");
    desk.keys(&ALIKE[4..30]);
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), []);
    desk.keys("<btab>");
    desk.keys(&ALIKE[30..32]);
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(ALIKE)]);
}

// No.

#[test]
fn cancel_and_escape_go_back_with_everything_that_was_typed() {
    for key in ["<enter>", "<esc>"] {
        let mut desk = desk();
        desk.fill(KNOWN).review();
        assert_eq!(desk.keys(key), []);
        assert!(matches!(desk.app.modal(), Some(Modal::Form(_))), "{key}");
        form_holds(&desk, &["TRX", "Tron (TRC-20)", KNOWN, "20.5"]);
    }
}

#[test]
fn escape_asks_before_anything_typed_is_lost_and_enter_never_discards() {
    let mut desk = desk();
    desk.fill(KNOWN);
    desk.keys("<esc>");
    assert_eq!(desk.app.context(), Context::Ask);
    form_holds(&desk, &["Discard what was typed?"]);
    desk.keys("<enter><enter>q<tab>");
    assert_eq!(desk.app.context(), Context::Ask);
    desk.keys("<esc>");
    form_holds(&desk, &[KNOWN, "20.5"]);
    desk.keys("<esc>y");
    assert!(desk.app.modal().is_none());
    desk.keys("w<esc>");
    assert!(desk.app.modal().is_none(), "nothing was typed: nothing is asked");
}

#[test]
fn the_program_does_not_end_with_something_typed_unless_it_is_said_twice() {
    let mut desk = desk();
    desk.fill(KNOWN);
    assert_eq!(desk.keys("<c-c>"), []);
    form_holds(&desk, &["Once more ends the program", "20.5"]);
    assert_eq!(desk.keys("<c-c>"), [Effect::Quit]);
}

#[test]
fn an_order_can_be_taken_back_in_the_delay_of_the_profile() {
    let mut desk = guarded(Guards { order_delay_ms: 5_000, ..Guards::default() });
    desk.fill(KNOWN).review();
    assert_eq!(desk.press_send(), []);
    assert!(desk.screen().contains("Esc takes it back"), "{}", desk.screen());
    assert_eq!(sent(&desk.wait(1_000)), []);
    desk.freshen();
    assert_eq!(desk.keys("<enter><tab><enter>"), [], "only one key means something here");
    desk.keys("<esc>");
    for _ in 0..10 {
        assert_eq!(sent(&desk.wait(1_000)), []);
        desk.freshen();
    }
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))));
    assert_eq!(desk.press_send(), []);
    let mut all = Vec::new();
    for _ in 0..8 {
        all.extend(sent(&desk.wait(1_000)));
        desk.freshen();
    }
    assert_eq!(all, [trx(KNOWN)]);
}

#[test]
fn ctrl_c_in_the_delay_takes_the_order_back_before_it_leaves() {
    let mut desk = guarded(Guards { order_delay_ms: 5_000, ..Guards::default() });
    desk.fill(KNOWN).review();
    assert_eq!(desk.press_send(), []);
    assert_eq!(desk.keys("<c-c>"), [], "it does not end the program while the order counts down");
    assert!(desk.screen().contains("Taken back: nothing was sent"), "{}", desk.screen());
    for _ in 0..10 {
        assert_eq!(sent(&desk.wait(1_000)), []);
        desk.freshen();
    }
    desk.keys("<c-c>");
    assert_eq!(desk.keys("<c-c>"), [Effect::Quit]);
}

#[test]
fn a_sleep_in_the_delay_takes_the_order_back() {
    let mut desk = guarded(Guards { order_delay_ms: 5_000, ..Guards::default() });
    desk.fill(KNOWN).review();
    desk.press_send();
    assert_eq!(sent(&desk.wait(3_600_000)), [], "the facts are an hour old");
    assert!(matches!(desk.app.modal(), Some(Modal::Review(_))));
}

#[test]
fn a_moment_away_in_the_delay_takes_the_order_back_too() {
    for is_stopped in [true, false] {
        let mut desk = guarded(Guards { order_delay_ms: 8_000, ..Guards::default() });
        desk.fill(KNOWN).review();
        assert_eq!(desk.press_send(), []);
        assert!(desk.screen().contains("Esc takes it back"), "{}", desk.screen());
        // A machine that slept tells it by the time alone.
        let effects = if is_stopped { desk.tell(Message::Resumed) } else { desk.wait(20_000) };
        assert_eq!(sent(&effects), []);
        desk.freshen();
        for _ in 0..12 {
            assert_eq!(sent(&desk.wait(1_000)), []);
            desk.freshen();
        }
        assert!(matches!(desk.app.modal(), Some(Modal::Review(_))), "{}", desk.screen());
    }
}

// Yes.

#[test]
fn an_accepted_order_leads_to_its_row_when_that_comes() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    let effects = desk.ends(trx(KNOWN), accepted("2124"));
    let loads: Vec<_> =
        effects.iter().filter_map(|e| if let Effect::Load { load, .. } = e { Some(load) } else { None }).collect();
    assert!(loads.contains(&&Load::Outgoing) && loads.contains(&&Load::Balances), "{effects:?}");
    assert!(desk.app.modal().is_none());
    assert_eq!(desk.app.tab(), Tab::Withdrawals);
    assert!(desk.screen().contains("Accepted under the id 2124"), "{}", desk.screen());
    let mut records = history();
    let new = Row::new(Kind::Withdrawal, "2124", "TRX", "19.5", Status::Pending, ago("9 s")).on("Tron (TRC-20)", KNOWN);
    records.push(new.0);
    desk.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(
        desk.app.table().selected(),
        Some(&RowId::Record(RecordKey { kind: Kind::Withdrawal, id: "2124".into() }))
    );
}

#[test]
fn nobody_who_has_moved_on_is_carried_away() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.keys("<esc>2");
    desk.ends(trx(KNOWN), accepted("2124"));
    assert_eq!(desk.app.tab(), Tab::Deposits);
    assert!(desk.screen().contains("Accepted under the id 2124"));
}

#[test]
fn a_refusal_or_an_order_that_never_left_keeps_what_was_typed_and_says_why() {
    let refused = Outcome::Refused { code: "110008".into(), msg: "address".into() };
    let not_sent = Outcome::NotSent { why: Because::Dns.into() };
    for (outcome, words) in [(refused, "code 110008"), (not_sent, "Nothing was sent")] {
        let mut desk = Desk::sending(Lang::En, (80, 30));
        desk.ends(trx(KNOWN), outcome);
        form_holds(&desk, &[words, KNOWN, "20.5", "Tron (TRC-20)"]);
        desk.freshen();
        desk.keys("<esc>");
        assert_eq!(desk.app.context(), Context::Ask, "and it is not lost without asking");
    }
}

#[test]
fn an_address_that_is_not_saved_at_the_exchange_is_explained_in_those_words() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    let (code, msg) = ("110008", "x");
    let refusal = Refusal::AddressNotSaved;
    let problem = Problem { endpoint: "x", cause: Cause::Refused { refusal, code: code.into(), msg: msg.into() } };
    let order = order(7, trx(KNOWN), Outcome::Refused { code: code.into(), msg: msg.into() });
    desk.tell(Message::Ordered(Box::new(Ok(Begun { order, problem: Some(problem), unrecorded: None }))));
    form_holds(&desk, &["verification-free", "Nothing was executed", "110008", KNOWN]);
}

#[test]
fn an_outcome_that_could_not_be_written_down_stays_on_its_page() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    let order = order(7, trx(KNOWN), accepted("2124"));
    let begun = Begun { order, problem: None, unrecorded: Some("disk full".into()) };
    desk.tell(Message::Ordered(Box::new(Ok(begun))));
    form_holds(&desk, &["2124", "disk full", "the only record of it"]);
}

#[test]
fn what_was_typed_is_kept_for_one_who_is_elsewhere() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.keys("<esc>");
    desk.does_not_begin(NotBegun::Busy);
    assert!(desk.app.modal().is_none());
    assert!(desk.screen().contains("What was typed is kept") || desk.screen().contains("Nothing was sent"));
    assert_eq!(desk.keys("q"), [], "it would be lost");
    desk.wait(10_000);
    desk.keys("w");
    form_holds(&desk, &[KNOWN, "20.5", "another order of this account is being sent"]);
}

// Timed out.

#[test]
fn a_lost_answer_is_looked_up_with_growing_pauses_and_stays_on_the_banner() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), unknown());
    form_holds(&desk, &["Outcome unknown", "may have been executed", "1 order of unknown outcome"]);
    assert!(letters(&desk.screen()).contains(KNOWN));
    let look = Effect::Look { order: OrderId(7) };
    let mut looks = Vec::new();
    for second in 0..100 {
        if desk.wait(1_000).contains(&look) {
            looks.push(second);
            let readings = u32::try_from(looks.len()).unwrap();
            desk.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(readings) });
        }
        desk.freshen();
        assert_eq!(sent(&desk.effects).len(), 1);
    }
    let pauses: Vec<_> = looks.windows(2).map(|w| w[1] - w[0]).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 30, 30], "{looks:?}");
    form_holds(&desk, &["reading 7 of 20", "in "]);
    desk.keys("<esc>");
    assert!(desk.app.modal().is_none());
    form_holds(&desk, &["1 order of unknown outcome"]);
    desk.keys("o");
    form_holds(&desk, &["Outcome unknown"]);
    let found = order(7, trx(KNOWN), Outcome::Accepted { id: "2124".into(), proof: Proof::History });
    let found = Message::Looked { order: OrderId(7), reading: Reading::Settled(found) };
    assert_eq!(desk.tell(found.clone()), [], "an answer that nobody waits for changes nothing");
    while !desk.wait(1_000).contains(&look) {
        desk.freshen();
    }
    desk.tell(found);
    form_holds(&desk, &["under the id 2124, by the exchange's"]);
    assert!(!desk.screen().contains("unknown outcome"));
    desk.keys("<esc>");
    assert_eq!((desk.app.modal().is_none(), desk.app.tab()), (true, Tab::Withdrawals));
}

#[test]
fn several_records_are_shown_and_the_user_says_which_one_it_is() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.ends(trx(KNOWN), unknown());
    while !desk.wait(1_000).contains(&Effect::Look { order: OrderId(7) }) {}
    let records: Vec<_> = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).collect();
    desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
    form_holds(&desk, &["1801", "1802", "none of these"]);
    assert_eq!(desk.keys("<enter>y"), [], "nothing is marked, so nothing is decided");
    desk.keys("<down><down><enter>");
    assert_eq!(desk.app.context(), Context::Ask);
    form_holds(&desk, &["1802"]);
    assert_eq!(desk.keys("<enter><esc>"), []);
    desk.keys("<enter>");
    let decision = Decision::Executed(Some("1802".into()));
    assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(7), decision }]);
    desk.keys("<down><enter>");
    let all = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).map(|r| r.key.id).collect();
    assert_eq!(desk.keys("y"), [Effect::Decide { order: OrderId(7), decision: Decision::NotExecuted(all) }]);
    desk.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Busy) });
    form_holds(&desk, &["Nothing was changed", "1 order of unknown outcome"]);
    let settled = order(7, trx(KNOWN), Outcome::Dismissed);
    desk.tell(Message::Decided { order: OrderId(7), result: Ok(settled) });
    form_holds(&desk, &["It was not executed, as you said."]);
    assert!(!desk.screen().contains("unknown outcome"));
}

#[test]
fn an_unlisted_answer_is_said_in_plain_words_and_never_nothing_executed() {
    for (lang, words) in [(Lang::En, "is not on its list"), (Lang::ZhCn, "不在其文档列表中")] {
        let mut desk = Desk::sending(lang, (120, 40));
        let why = Why::new(Because::Unlisted, "110099 result.address.not.allowed");
        desk.ends(trx(KNOWN), Outcome::Unknown { why });
        form_holds(&desk, &[words, "110099", "result.address.not.allowed"]);
        assert!(!desk.screen().contains("Nothing was executed"), "{}", desk.screen());
    }
}

#[test]
fn records_that_fit_are_shown_to_whoever_says_not_executed() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.ends(trx(KNOWN), unknown());
    let mut record = history().into_iter().find(|r| r.key.id.raw() == "1801").unwrap();
    record.coin = "USDT".into();
    desk.tell(Message::Decided { order: OrderId(7), result: Err(NotDecided::Fits(vec![record])) });
    form_holds(&desk, &["Nothing was changed", "1801", "another coin", "none of these"]);
}

#[test]
fn the_same_is_closed_while_its_outcome_is_unknown_and_anything_else_is_not() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.ends(trx(KNOWN), unknown());
    desk.keys("<esc>");
    desk.pause();
    desk.fill(KNOWN).review();
    form_holds(&desk, &["The same was ordered before (order 7)"]);
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<esc><btab><bs>1");
    desk.review();
    assert_eq!(sent(&desk.press_send()).len(), 1, "20.1 TRX is another order\n{}", desk.screen());
}

#[test]
fn an_order_without_a_trace_is_repeated_by_a_typed_word_only() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.does_not_begin(wants_word_for(3));
    form_holds(&desk, &["Review", "order 3", "Type “again”"]);
    desk.pause();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    let effects = desk.keys("<enter>");
    assert_eq!((sent(&effects), despite(&effects)), (vec![trx(KNOWN)], vec![Earlier::Order(OrderId(3))]));
}

/// The ledger's news of an order for the same that was accepted `ago`.
fn ordered(ago_ms: i64) -> Message {
    let time = NOW.plus(600_000 - ago_ms);
    let same = Order { time, sent: time, ..order(7, trx(KNOWN), accepted("1900")) };
    Message::Ledger(LedgerNews::Open { unsettled: Vec::new(), ordered: vec![same], unproven: Vec::new(), damage: None })
}

#[test]
fn the_same_minutes_after_it_was_accepted_asks_for_a_typed_word() {
    let mut desk = desk();
    desk.tell(ordered(90_000));
    desk.fill(KNOWN).review();
    form_holds(&desk, &["The same was ordered 1 min ago", "(order 7)", "Type “again”"]);
    desk.pause();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn a_word_that_was_typed_for_one_order_is_not_taken_for_a_later_one() {
    let mut desk = desk();
    desk.tell(ordered(90_000));
    desk.fill(KNOWN).review();
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    // Another window orders the same once more before Enter is pressed.
    let same = |id: u64, ago: i64| Order {
        time: NOW.plus(600_000 - ago),
        sent: NOW.plus(600_000 - ago),
        ..order(id.try_into().unwrap(), trx(KNOWN), accepted(&format!("19{id}")))
    };
    let ordered = vec![same(7, 90_000), same(8, 1_000)];
    let news = LedgerNews::Open { unsettled: Vec::new(), ordered, unproven: Vec::new(), damage: None };
    desk.tell(Message::Ledger(news));
    form_holds(&desk, &["(order 8)", "Type “again”"]);
    desk.pause();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    let effects = desk.keys("<enter>");
    assert!(despite(&effects).contains(&Earlier::Order(OrderId(8))), "{effects:?}");
}

#[test]
fn the_same_hours_after_it_was_accepted_is_said_and_goes() {
    let mut desk = desk();
    desk.tell(ordered(2 * 3_600_000));
    desk.fill(KNOWN).review();
    form_holds(&desk, &["The same was ordered 2 h ago"]);
    assert_eq!(sent(&desk.press_send()).len(), 1, "{}", desk.screen());
}

#[test]
fn the_same_ordered_elsewhere_while_the_review_is_open_asks_for_the_word_too() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    desk.tell(ordered(1_000));
    form_holds(&desk, &["The same was ordered", "Type “again”"]);
    assert_eq!(sent(&desk.press_send()), []);
}

#[test]
fn the_same_paid_by_another_program_minutes_before_asks_for_a_typed_word() {
    let elsewhere = |status, fee: Option<&str>, at: &str| {
        let at = ago(at).plus(600_000);
        let row = Row::new(Kind::Withdrawal, "1999", "TRX", "19.5", status, at).on("Tron (TRC-20)", KNOWN);
        fee.map_or(row.0.clone(), |fee| row.fee(fee).0)
    };
    let with = |record: Record| {
        let mut desk = desk();
        let records = [record].into_iter().chain(history()).collect();
        desk.keys("r");
        desk.answer(Load::Outgoing, Loaded::Records(records));
        desk
    };
    // While it is pending no fee is said; it was always 1 TRX, and may be dearer now.
    let mut unsaid = with(elsewhere(Status::Pending, None, "2 min"));
    unsaid.fill(KNOWN).review();
    form_holds(&unsaid, &["The same seems to have been paid 2 min ago"]);
    let mut less = with(Record { amount: "10".parse().ok(), ..elsewhere(Status::Pending, None, "2 min") });
    less.fill(KNOWN).review();
    assert_eq!(sent(&less.press_send()), [trx(KNOWN)], "{}", less.screen());
    let mut desk = with(elsewhere(Status::Pending, Some("1"), "2 min"));
    desk.fill(KNOWN).review();
    form_holds(&desk, &["The same seems to have been paid 2 min ago", "(record 1999)", "Type “again”"]);
    desk.pause();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<btab>again<tab>");
    desk.wait(1_000);
    let effects = desk.keys("<enter>");
    assert_eq!(despite(&effects), [Earlier::Record("1999".into())], "{effects:?}");
    // Nobody asks about an order's own record, about what was not paid, about another amount or about long ago.
    let mut own = with(elsewhere(Status::Pending, Some("1"), "2 min"));
    let before = Order { time: NOW, ..order(7, trx(ADDRESS), accepted("1999")) };
    own.tell(Message::Ledger(LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: vec![before],
        unproven: Vec::new(),
        damage: None,
    }));
    let goes = |mut desk: Desk| {
        desk.fill(KNOWN).review();
        assert_eq!(sent(&desk.press_send()), [trx(KNOWN)], "{}", desk.screen());
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
fn the_same_paid_by_another_program_while_the_review_is_open_asks_for_the_word_too() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    let paid = Row::new(Kind::Withdrawal, "1999", "TRX", "19.5", Status::Pending, NOW.plus(600_000))
        .on("Tron (TRC-20)", KNOWN);
    let records = [paid.fee("1").0].into_iter().chain(history()).collect();
    while !desk.open().contains(&Load::Outgoing) {
        desk.wait(1_000);
    }
    desk.answer(Load::Outgoing, Loaded::Records(records));
    form_holds(&desk, &["The same seems to have been paid", "Type “again”"]);
    assert_eq!(sent(&desk.press_send()), []);
}

#[test]
fn the_same_of_another_instance_is_shown_when_it_is_unsettled() {
    let mut desk = Desk::sending(Lang::En, (80, 30));
    desk.does_not_begin(NotBegun::SameUnsettled(Box::new(order(3, trx(KNOWN), unknown()))));
    form_holds(&desk, &["Outcome unknown", "1 order of unknown outcome"]);
    desk.keys("<esc>w");
    form_holds(&desk, &[KNOWN, "20.5"]);
}

#[test]
fn orders_of_a_program_that_ended_are_on_the_banner_from_the_start() {
    let mut desk = desk();
    assert!(desk.effects.iter().any(|e| matches!(e, Effect::ReadLedger { .. })));
    desk.tell(ledger(vec![order(1, trx(KNOWN), unknown()), order(2, trx(ADDRESS), Outcome::Sending)]));
    form_holds(&desk, &["2 orders of unknown outcome"]);
    assert!(desk.wait(1_000).contains(&Effect::Look { order: OrderId(1) }));
}

#[test]
fn one_order_at_a_time() {
    let mut desk = Desk::sending(Lang::En, (80, 24));
    desk.keys("<esc>");
    desk.pause();
    desk.fill(ADDRESS).review();
    form_holds(&desk, &["Another order is being sent", "An order is being sent"]);
    desk.keys("<tab>");
    let group = desk.group();
    desk.keys(&group);
    desk.keys("<tab>");
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), []);
    assert_eq!(desk.keys("<esc><esc>y<esc>q"), [], "q asks while an order is being sent");
    assert_eq!(desk.keys("q"), [Effect::Quit]);
}

// Facts.

#[test]
fn old_data_closes_sending_until_it_is_refreshed() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    desk.keys("<btab>");
    desk.wait(61_000);
    form_holds(&desk, &["The balances are", "seconds old"]);
    assert_eq!(sent(&desk.keys("<enter>")), []);
    desk.keys("r");
    desk.freshen();
    assert_eq!(sent(&desk.keys("<enter>")), [], "it arms anew");
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn facts_that_change_close_sending_and_never_the_request() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    desk.trx_left("20");
    form_holds(&desk, &["More than the available 20 TRX", "20.5 TRX"]);
    assert_eq!(sent(&desk.press_send()), []);
    let Some(Modal::Review(review)) = desk.app.modal() else { panic!() };
    assert_eq!(*review.request(), trx(KNOWN));
    desk.trx_left("100");
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn a_clock_that_is_wrong_or_unknown_closes_sending() {
    for (offset, words) in [(Some(61_000), "clock is wrong by"), (Some(-90_000), "clock is wrong by")] {
        let mut desk = desk();
        desk.fill(KNOWN).review();
        desk.wait(60_000);
        desk.freshen();
        let generation = desk.asking(&Load::Rates);
        let at = desk.now;
        desk.tell(Message::Reply(Reply {
            load: Load::Rates,
            generation,
            at,
            clock_offset: offset,
            result: Ok(rates()),
        }));
        form_holds(&desk, &[words]);
        assert_eq!(sent(&desk.press_send()), []);
    }
}

#[test]
fn where_the_page_does_not_fit_nothing_is_sent() {
    let mut desk = desk();
    desk.fill(KNOWN).review();
    desk.keys("<btab>");
    let mut closed = 0;
    for size in [(30, 6), (20, 5), (10, 3), (80, 9), (40, 10), (24, 30)] {
        desk.resize(size);
        desk.pause();
        let is_whole = letters(&desk.screen()).contains(KNOWN);
        let Some(Modal::Review(review)) = desk.app.modal() else { panic!() };
        assert!(is_whole || desk.app.review_closed(review).is_some(), "{size:?}\n{}", desk.screen());
        if desk.app.review_closed(review).is_some() {
            closed += 1;
            assert_eq!(sent(&desk.keys("<enter>")), [], "{size:?}");
        }
    }
    assert!(closed >= 4, "{closed}");
    desk.resize((80, 24));
    assert_eq!(sent(&desk.keys("<enter>")), [], "it arms anew");
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")), [trx(KNOWN)]);
}

#[test]
fn an_open_review_shows_the_whole_address_at_every_size() {
    let mut desk = desk();
    desk.fill(ADDRESS).review();
    // All but the group that is typed by hand.
    let shown = ADDRESS.replace(&desk.group(), "");
    for width in (20..100).step_by(3) {
        for height in 5..40 {
            desk.resize((width, height));
            let Some(Modal::Review(review)) = desk.app.modal() else { panic!() };
            if desk.app.review_sheet(review).fits {
                assert!(letters(&desk.screen()).contains(&shown), "{width}×{height}\n{}", desk.screen());
            }
        }
    }
}

// Ledger and read-only.

#[test]
fn without_a_ledger_nothing_is_sent_and_the_reason_stays() {
    let mut desk = desk();
    desk.tell(Message::Ledger(LedgerNews::Shut("disk full".into())));
    form_holds(&desk, &["the order cannot be written down (disk full)"]);
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.press_send()), []);
}

#[test]
fn a_damaged_ledger_closes_orders_until_the_user_says_so() {
    let mut desk = desk();
    let news = LedgerNews::Open {
        unsettled: Vec::new(),
        ordered: Vec::new(),
        unproven: Vec::new(),
        damage: Some("l.damaged-1".into()),
    };
    desk.tell(Message::Ledger(news));
    form_holds(&desk, &["l.damaged-1"]);
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<esc><esc>yo");
    form_holds(&desk, &["Damaged ledger"]);
    assert_eq!(desk.keys("<enter>"), []);
    assert_eq!(desk.keys("y"), [Effect::AcknowledgeDamage]);
}

#[test]
fn missing_orders_close_all_until_the_user_says_so() {
    let mut desk = desk();
    let missing = MissingOrders { last: OrderId(3), written: Some(OrderId(5)) };
    let damage = Some(Damage::Missing(missing));
    let news = LedgerNews::Open { unsettled: Vec::new(), ordered: Vec::new(), unproven: Vec::new(), damage };
    desk.tell(Message::Ledger(news));
    form_holds(&desk, &["Orders are missing from the ledger: it ends at order 3"]);
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<esc><esc>yo");
    form_holds(&desk, &["Orders missing"]);
    assert_eq!(desk.keys("<enter>"), []);
    assert_eq!(desk.keys("y"), [Effect::AcknowledgeDamage]);
}

#[test]
fn a_damaged_row_closes_its_kind_until_the_user_answers_for_it() {
    let row = DamagedOrder { id: OrderId(7), kind: Some("withdraw"), found: "f0".into(), is_answered: false };
    let news = |row: &DamagedOrder| {
        let damage = Some(Damage::Orders(vec![row.clone()]));
        Message::Ledger(LedgerNews::Open { unsettled: Vec::new(), ordered: Vec::new(), unproven: Vec::new(), damage })
    };
    let mut desk = desk();
    desk.tell(news(&row));
    desk.fill(KNOWN).review();
    form_holds(&desk, &["Order 7 (withdraw) is damaged"]);
    assert_eq!(sent(&desk.press_send()), []);
    desk.keys("<esc><esc>yo");
    form_holds(&desk, &["Damaged order", "Order 7", "y yes"]);
    assert_eq!(desk.keys("<enter>"), []);
    assert_eq!(desk.keys("y"), [Effect::AnswerForOrder(row.clone())]);
    desk.tell(news(&DamagedOrder { is_answered: true, ..row }));
    // It stays on the list of orders, and closes nothing any more.
    desk.keys("o");
    desk.tell(Message::Orders(Ok(Vec::new().into())));
    form_holds(&desk, &["Order 7 (withdraw) is damaged", "You answered for it"]);
    desk.keys("<esc>");
    desk.fill(KNOWN).review();
    assert_eq!(sent(&desk.press_send()).len(), 1, "{}", desk.screen());
}

#[test]
fn a_read_only_run_opens_no_form_and_no_ledger() {
    let mut desk = Desk::with(Session { read_only: true, ..session(Lang::En) }, (80, 24)).loaded();
    desk.keys("w");
    assert!(desk.app.modal().is_none());
    assert!(desk.screen().contains("read-only"), "{}", desk.screen());
    assert!(!desk.effects.iter().any(|e| !matches!(e, Effect::Load { .. })));
}

// The fields.

#[test]
fn the_selected_row_gives_the_start_and_never_a_stranger_s_address() {
    let mut desk = desk();
    desk.keys("3g");
    // The newest withdrawal is pending: its address has not proved anything.
    desk.keys("w");
    form_holds(&desk, &["TRX", "Tron (TRC-20)"]);
    assert!(!letters(&desk.screen()).contains(ADDRESS));
    desk.keys("<esc>/1801<enter>w");
    assert!(letters(&desk.screen()).contains(KNOWN), "{}", desk.screen());
    desk.keys("<esc><esc>2w");
    form_holds(&desk, &["Withdraw", "Coin"]);
}

#[test]
fn what_is_closed_is_listed_with_the_reason_and_cannot_be_chosen() {
    let mut desk = desk();
    desk.keys("2w");
    form_holds(&desk, &["BTC", "✗ withdrawals are closed"]);
    desk.keys("btc<enter>");
    assert_eq!(desk.app.context(), Context::Picker, "it was not taken");
    desk.keys("<esc>usdt<enter>eth<enter>");
    assert_eq!(desk.app.context(), Context::Picker);
    form_holds(&desk, &["Ethereum (ERC-20)", "✗ withdrawals are closed"]);
}

#[test]
fn the_percent_keys_round_down_and_show_what_is_left() {
    let mut desk = desk();
    desk.fill(KNOWN);
    for (key, amount, left) in
        [("<f5>", "1250", "3,750 left"), ("<f8>", "5000", "0 left"), ("<f7>", "3750", "1,250 left")]
    {
        desk.keys(key);
        form_holds(&desk, &[&format!("Amount        {amount} "), left, "fee about 1"]);
    }
}

#[test]
fn no_memo_must_be_said_where_one_is_possible() {
    let mut desk = desk();
    desk.choose("XRP");
    desk.keys("w");
    desk.tell(Message::Paste("rPVMhWBsfF9iMXYj3aAzJVkPDTFNSyWdKy".into()));
    desk.keys("<tab><tab>20<enter><enter>");
    assert!(matches!(desk.app.modal(), Some(Modal::Form(_))), "the memo is undecided");
    form_holds(&desk, &["no memo"]);
    desk.keys("<down><enter><enter><enter>");
    desk.keys("<enter>");
    form_holds(&desk, &["Review", "no memo, as you chose"]);
}

#[test]
fn known_addresses_are_offered_and_bring_their_memo() {
    let mut desk = desk();
    desk.choose("TRX");
    desk.keys("w");
    form_holds(&desk, &[KNOWN, "paid 2 ×"]);
    desk.keys("<down><enter>");
    form_holds(&desk, &[KNOWN]);
    assert!(letters(&desk.screen()).contains(&format!("{KNOWN}{KNOWN}")), "typed and in groups\n{}", desk.screen());
}

#[test]
fn dangerous_characters_do_not_get_into_a_field() {
    let mut desk = desk();
    desk.fill("T\u{202e}J\u{1b}[2Jm\u{200b}W\n");
    let screen = desk.screen();
    assert!(screen.contains("holds an invisible U+202E after character 1") && !screen.contains("TJ"), "{screen}");
}

// Pictures.

fn show(name: &str, scene: impl Fn(&mut Desk)) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20)] {
            let mut desk = Desk::ordering(lang, size);
            scene(&mut desk);
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&desk.screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn pictures_of_the_form() {
    show("form_coin", |desk| {
        desk.keys("2w");
    });
    show("form_network", |desk| {
        desk.keys("1gw");
    });
    show("form_filled", |desk| {
        desk.fill(ADDRESS);
    });
    show("form_alike", |desk| {
        desk.fill(ALIKE);
    });
    show("form_ask", |desk| {
        desk.fill(KNOWN).keys("<esc>");
    });
}

#[test]
fn pictures_of_the_review() {
    show("review_known", |desk| {
        desk.fill(KNOWN).review();
        desk.keys("<btab>");
        desk.wait(1_000);
    });
    show("review_new", |desk| {
        desk.fill(ADDRESS).review();
        desk.keys("<tab>dT");
    });
    show("review_stale", |desk| {
        desk.fill(KNOWN).review();
        desk.wait(90_000);
    });
}

#[test]
fn pictures_of_the_outcome() {
    let send = |desk: &mut Desk| {
        desk.fill(KNOWN).review();
        desk.press_send();
    };
    show("outcome_sending", |desk| {
        send(desk);
        desk.wait(2_000);
    });
    show("outcome_unknown", |desk| {
        send(desk);
        desk.ends(trx(KNOWN), unknown());
        desk.wait(1_000);
        desk.tell(Message::Looked { order: OrderId(7), reading: Reading::NotYet(1) });
    });
    show("outcome_refused", |desk| {
        send(desk);
        desk.ends(trx(KNOWN), Outcome::Refused { code: "110008".into(), msg: "address not saved".into() });
    });
    show("outcome_several", |desk| {
        send(desk);
        desk.ends(trx(KNOWN), unknown());
        desk.wait(1_000);
        let records: Vec<_> = history().into_iter().filter(|r| r.address == Some(KNOWN.into())).collect();
        desk.tell(Message::Looked { order: OrderId(7), reading: Reading::Several(records) });
        desk.keys("<down>");
    });
    show("outcome_no_trace", |desk| {
        send(desk);
        desk.ends(trx(KNOWN), unknown());
        desk.wait(1_000);
        let reading = Reading::Settled(order(7, trx(KNOWN), Outcome::NoTrace));
        desk.tell(Message::Looked { order: OrderId(7), reading });
    });
}

#[test]
fn enter_in_an_empty_address_leads_to_the_known_ones_and_not_past_them() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.choose("TRX");
    desk.keys("w<enter>");
    assert!(desk.screen().contains("▌ TEeC"), "{}", desk.screen());
    let Some(Modal::Form(form)) = desk.app.modal() else { panic!("the form is gone") };
    assert_eq!(form.value(Slot::Address), "", "marked, not taken");
    desk.keys("<enter>");
    let Some(Modal::Form(form)) = desk.app.modal() else { panic!("the form is gone") };
    assert_eq!(form.value(Slot::Address), KNOWN);
}

#[test]
fn a_key_that_comes_too_early_sends_nothing_and_says_so() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.fill(KNOWN);
    let mut effects = desk.keys("<enter><enter>");
    effects.extend(desk.keys("<tab><enter>"));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Order { .. })), "{effects:?}");
    assert!(desk.screen().contains("Too early: the page has to be read first."), "{}", desk.screen());
}

#[test]
fn help_begins_with_the_keys_of_the_page_that_it_was_asked_on() {
    let mut desk = Desk::ordering(Lang::En, (80, 24));
    desk.choose("TRX");
    desk.keys("w<f1>");
    let screen = desk.screen();
    let first = screen
        .lines()
        .position(|line| line.contains("While filling in a form") || line.contains("In a list of a form"));
    assert_eq!(first.map(|at| screen.lines().nth(at - 1).unwrap().contains("Help")), Some(true), "{screen}");
    assert!(!screen.contains('…'), "nothing is cut: {screen}");
}
