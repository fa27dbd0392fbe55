//! What is asked when, and what an answer may change.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, RecordKey, Status};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};
use wallet_tui::tui::state::table::RowId;

use super::fixtures::{Row, ago, balance, balances, incoming, key_unknown, offline, outgoing};
use super::test_app::TestApp;

fn test() -> TestApp {
    TestApp::new(Lang::En, (80, 24))
}

fn loads(effects: &[Effect]) -> Vec<Load> {
    effects.iter().filter_map(|e| if let Effect::Load { load, .. } = e { Some(load.clone()) } else { None }).collect()
}

/// Milliseconds until `load` is asked for again, in steps of half a second.
fn until(test: &mut TestApp, load: &Load) -> i64 {
    (1..=2_000).map(|step| step * 500).find(|_| loads(&test.wait(500)).contains(load)).expect("never asked again")
}

#[test]
fn start_asks_for_balances_first_and_history_with_a_good_key() {
    let mut test = test();
    assert!(test.open().contains(&Load::Balances));
    assert!(!test.open().contains(&Load::Outgoing));
    let asked = loads(&test.answer(Load::Balances, balances()));
    assert!(asked.contains(&Load::Incoming) && asked.contains(&Load::Outgoing) && asked.contains(&Load::User));
}

#[test]
fn no_time_of_clock_or_record_ends_the_screen() {
    use wallet_tui::domain::Millis;
    use wallet_tui::domain::time::LAST;
    let times = [Millis(i64::MIN), Millis(-1), Millis(0), LAST, LAST.plus(1), Millis(i64::MAX)];
    for clock in [Millis(0), LAST] {
        let mut test = TestApp::ordering(Lang::En, (120, 40));
        let rows = |kind: &Kind| {
            let row = |(at, time): (usize, &Millis)| {
                Row::new(kind.clone(), &format!("{at}"), "TRX", "1", Status::Pending, *time).tx("abc").0
            };
            times.iter().enumerate().map(row).collect::<Vec<_>>()
        };
        test.wait(60_000);
        test.answer(Load::Incoming, Loaded::Records(rows(&Kind::Deposit)));
        test.answer(Load::Outgoing, Loaded::Records(rows(&Kind::Withdrawal)));
        test.tell(Message::Tick(clock));
        for keys in [
            "1",
            "2",
            "2<enter><esc>",
            "3",
            "3<enter>G<esc>",
            "3x<esc>",
            "v<esc>",
            "i<esc>",
            "o<esc>",
            "/after:7d before:yesterday<enter>",
        ] {
            test.keys(keys);
            assert!(!test.screen().is_empty());
        }
        test.choose("TRX");
        test.keys("w");
        assert!(!test.screen().is_empty());
        test.tell(Message::Tick(clock));
        assert!(!test.screen().is_empty());
    }
}

#[test]
fn a_stale_reply_changes_nothing() {
    let mut test = test();
    let first = test.asking(&Load::Balances);
    test.answer(Load::Balances, Loaded::Balances(Some(vec![balance("BTC", "1", "0")])));
    test.wait(20_000);
    assert_ne!(test.asking(&Load::Balances), first);
    let before = test.screen();
    test.reply_to(Load::Balances, first, Ok(Loaded::Balances(Some(vec![balance("BTC", "999", "0")]))));
    assert_eq!(test.screen(), before);
    test.answer(Load::Balances, Loaded::Balances(Some(vec![balance("BTC", "2", "0")])));
    let shown = test.screen();
    test.reply_to(Load::Balances, first, Err(offline()));
    assert_eq!(test.screen(), shown);
}

#[test]
fn a_refresh_keeps_the_selection_on_its_row() {
    let mut test = test().loaded();
    test.keys("3jj");
    let key = RecordKey { kind: Kind::Withdrawal, id: "1909".into() };
    assert_eq!(test.app.table().selected(), Some(&RowId::Record(key.clone())));
    test.wait(6_000);
    let mut records = outgoing();
    records.insert(0, Row::new(Kind::Withdrawal, "2000", "TRX", "1", Status::Pending, ago("1 s")).0);
    records.insert(0, Row::new(Kind::Withdrawal, "2001", "TRX", "2", Status::Pending, ago("0 s")).0);
    test.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(test.app.table().selected(), Some(&RowId::Record(key)));
    assert_eq!(test.app.table().cursor(), 4);
}

#[test]
fn a_refused_key_stops_everything_signed_until_the_user_asks() {
    let mut test = test();
    test.fail(Load::Balances, key_unknown());
    for _ in 0..100 {
        assert!(!loads(&test.wait(10_000)).iter().any(Load::is_signed));
    }
    assert!(test.screen().contains("does not know this API key"));
    let asked = loads(&test.keys("r"));
    assert!(asked.contains(&Load::Balances), "{asked:?}");
    test.answer(Load::Balances, balances());
    assert!(!test.screen().contains("does not know this API key"));
}

#[test]
fn key_refused_later_leaves_the_old_numbers_on_the_screen() {
    let mut test = test().loaded();
    test.wait(20_000);
    test.fail(Load::Balances, key_unknown());
    let screen = test.screen();
    assert!(screen.contains("12,050.4") && screen.contains("stopped"), "{screen}");
}

#[test]
fn silent_account_is_believed_after_three_readings() {
    let mut test = test().loaded();
    for reading in 0..3 {
        assert!(test.screen().contains("12,050.4"), "gone at reading {reading}");
        test.wait(16_000);
        test.answer(Load::Balances, Loaded::Balances(None));
        assert_eq!(test.screen().contains("suddenly reports no balances"), reading < 2, "{reading}");
    }
    assert!(test.screen().contains("The exchange reports no balances"));
}

#[test]
fn three_quick_silent_readings_are_not_enough() {
    let mut test = test().loaded();
    for _ in 0..5 {
        test.keys("r");
        test.answer(Load::Balances, Loaded::Balances(None));
        test.wait(1_000);
    }
    assert!(test.screen().contains("12,050.4"));
    test.keys("r");
    test.answer(Load::Balances, balances());
    assert!(!test.screen().contains("suddenly"), "one good reading ends the doubt");
}

#[test]
fn an_account_that_never_had_anything_is_empty_at_once() {
    let mut test = test();
    test.answer(Load::Balances, Loaded::Balances(None));
    let screen = test.screen();
    assert!(screen.contains("The exchange reports no balances") && !screen.contains("suddenly"), "{screen}");
}

#[test]
fn nothing_is_asked_twice_at_once() {
    // The desk itself refuses a second asking for what has no answer yet.
    let mut test = test();
    for _ in 0..50 {
        test.wait(60_000);
        test.keys("rr");
    }
    let mut test = self::test().loaded();
    for _ in 0..50 {
        test.wait(60_000);
        test.keys("rr");
        test.tell(Message::Focus(false));
        test.tell(Message::Focus(true));
    }
}

#[test]
fn pauses_after_failures_grow_to_a_limit_until_a_success() {
    let mut test = test();
    let mut pauses = Vec::new();
    for _ in 0..9 {
        test.fail(Load::Balances, offline());
        pauses.push(until(&mut test, &Load::Balances));
    }
    assert!(pauses.windows(2).all(|p| p[0] <= p[1]), "{pauses:?}");
    assert!(pauses[0] <= 2_000 && pauses[3] > pauses[0] && pauses[8] <= 120_000, "{pauses:?}");
    test.answer(Load::Balances, balances());
    assert!(until(&mut test, &Load::Balances) <= 15_000);
}

#[test]
fn asking_by_hand_does_not_wait_for_the_pause() {
    let mut test = test();
    test.fail(Load::Balances, offline());
    assert!(loads(&test.keys("r")).contains(&Load::Balances));
}

#[test]
fn a_pending_item_quickens_and_a_lost_focus_slows() {
    let pace = |pending: bool, focused: bool| {
        let mut test = test();
        test.answer(Load::Balances, balances());
        let records = if pending { outgoing() } else { Vec::new() };
        test.answer(Load::Outgoing, Loaded::Records(records));
        test.tell(Message::Focus(focused));
        until(&mut test, &Load::Outgoing)
    };
    assert!(pace(true, true) < pace(false, true));
    assert!(pace(false, true) < pace(true, false));
    assert!(pace(true, false) < pace(false, false));
}

#[test]
fn the_age_of_the_data_is_that_of_the_last_good_answer() {
    let mut test = test().loaded();
    test.wait(60_000);
    test.fail(Load::Balances, offline());
    let screen = test.screen();
    assert!(screen.contains("stale 1 min"), "{screen}");
    test.keys("2");
    test.answer(Load::Incoming, Loaded::Records(incoming()));
    assert!(test.screen().contains("live 0 s"), "another tab has its own state: {}", test.screen());
}

/// So many deposits, one each minute, the newest first, ids counting down from `first`.
fn deposits(first: u32, count: u32) -> Vec<wallet_tui::domain::Record> {
    (first - count + 1..=first)
        .rev()
        .map(|n| {
            let time = super::test_app::NOW.plus(-60_000 * i64::from(10_000 - n));
            let mut record = Row::new(Kind::Deposit, &n.to_string(), "TRX", "1", Status::Success, ago("1 s")).0;
            record.time = Some(time);
            record
        })
        .collect()
}

#[test]
fn full_page_is_followed_back_to_the_beginning() {
    let mut test = test();
    test.answer(Load::Balances, balances());
    let asked = loads(&test.answer(Load::Incoming, Loaded::Records(deposits(9_000, 100))));
    let oldest = |records: &[wallet_tui::domain::Record]| records.iter().filter_map(|r| r.time).min().unwrap();
    let end = oldest(&deposits(9_000, 100));
    assert!(asked.contains(&Load::OlderIncoming(end)), "{asked:?}");
    test.keys("2");
    assert!(test.screen().contains("older records are not shown"), "{}", test.screen());
    // The bound counts itself: the last row comes twice and stands once.
    test.answer(Load::OlderIncoming(end), Loaded::Records(deposits(8_901, 40)));
    assert_eq!(test.app.table().len(), 139);
    assert!(!test.screen().contains("older records"), "{}", test.screen());
    // A newer page does not push the older ones out.
    let asked = until(&mut test, &Load::Incoming);
    assert!(asked > 0);
    test.answer(Load::Incoming, Loaded::Records(deposits(9_001, 100)));
    assert_eq!(test.app.table().len(), 140);
}

#[test]
fn page_that_leads_no_further_back_is_not_asked_for_ever() {
    let mut test = test();
    test.answer(Load::Balances, balances());
    let mut same_second = deposits(9_000, 100);
    let at = super::test_app::NOW.plus(-600_000);
    for record in &mut same_second {
        record.time = Some(at);
    }
    test.answer(Load::Incoming, Loaded::Records(same_second.clone()));
    test.answer(Load::OlderIncoming(at), Loaded::Records(same_second));
    for _ in 0..20 {
        assert!(!loads(&test.wait(1_000)).iter().any(|load| matches!(load, Load::OlderIncoming(_))));
    }
    test.keys("2");
    assert!(test.screen().contains("older records are not shown"));
}

#[test]
fn one_permission_that_lacks_closes_one_list_and_says_which() {
    let mut test = test().loaded();
    test.wait(30_000);
    let lacking = wallet_tui::domain::Problem {
        endpoint: "deposit/page",
        cause: wallet_tui::domain::Cause::Refused {
            refusal: wallet_tui::domain::Refusal::Permission,
            code: "110033".into(),
            msg: "OPEN_API_KEY_NO_AUTHORITY".into(),
        },
    };
    test.fail(Load::Incoming, lacking);
    assert!(test.screen().contains("Deposits and transfers in."), "{}", test.screen());
    test.answer(Load::Balances, balances());
    assert!(until(&mut test, &Load::Balances) <= 20_000, "the balances are still asked for");
    assert!(!test.open().contains(&Load::Incoming));
}

#[test]
fn unreadable_prices_are_said_and_balances_are_not_live() {
    let mut test = test().loaded();
    test.wait(40_000);
    let price = test.open().into_iter().find(|load| matches!(load, Load::Price(_))).unwrap();
    test.fail(price, offline());
    let screen = test.screen();
    assert!(screen.contains("Prices.") && screen.contains('○'), "{screen}");
}

#[test]
fn a_sum_of_unknowns_is_not_zero() {
    let mut test = test();
    let held = vec![balance("ABC", "5", "0"), balance("NONE", "0", "0")];
    test.answer(Load::Balances, Loaded::Balances(Some(held)));
    assert!(test.screen().contains("– USDT"), "{}", test.screen());
}
