//! What is asked when, and what an answer may change.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, RecordKey, Status};
use wallet_tui::tui::app::table::RowId;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message};

use super::desk::Desk;
use super::fixtures::{Row, ago, balance, balances, incoming, key_unknown, offline, outgoing};

fn desk() -> Desk {
    Desk::new(Lang::En, (80, 24))
}

fn loads(effects: &[Effect]) -> Vec<Load> {
    effects.iter().filter_map(|e| if let Effect::Load { load, .. } = e { Some(load.clone()) } else { None }).collect()
}

/// Milliseconds until `load` is asked for again, in steps of half a second.
fn until(desk: &mut Desk, load: &Load) -> i64 {
    (1..=2_000).map(|step| step * 500).find(|_| loads(&desk.wait(500)).contains(load)).expect("never asked again")
}

#[test]
fn a_start_asks_for_the_balances_first_and_for_the_history_once_the_key_is_proved() {
    let mut desk = desk();
    assert!(desk.open().contains(&Load::Balances));
    assert!(!desk.open().contains(&Load::Outgoing));
    let asked = loads(&desk.answer(Load::Balances, balances()));
    assert!(asked.contains(&Load::Incoming) && asked.contains(&Load::Outgoing) && asked.contains(&Load::User));
}

#[test]
fn no_time_of_clock_or_record_ends_the_screen() {
    use wallet_tui::domain::Millis;
    use wallet_tui::domain::time::LAST;
    let times = [Millis(i64::MIN), Millis(-1), Millis(0), LAST, LAST.plus(1), Millis(i64::MAX)];
    for clock in [Millis(0), LAST] {
        let mut desk = Desk::ordering(Lang::En, (120, 40));
        let rows = |kind: &Kind| {
            let row = |(at, time): (usize, &Millis)| {
                Row::new(kind.clone(), &format!("{at}"), "TRX", "1", Status::Pending, *time).tx("abc").0
            };
            times.iter().enumerate().map(row).collect::<Vec<_>>()
        };
        desk.wait(60_000);
        desk.answer(Load::Incoming, Loaded::Records(rows(&Kind::Deposit)));
        desk.answer(Load::Outgoing, Loaded::Records(rows(&Kind::Withdrawal)));
        desk.tell(Message::Tick(clock));
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
            desk.keys(keys);
            assert!(!desk.screen().is_empty());
        }
        desk.choose("TRX");
        desk.keys("w");
        assert!(!desk.screen().is_empty());
        desk.tell(Message::Tick(clock));
        assert!(!desk.screen().is_empty());
    }
}

#[test]
fn a_stale_reply_changes_nothing() {
    let mut desk = desk();
    let first = desk.asking(&Load::Balances);
    desk.answer(Load::Balances, Loaded::Balances(Some(vec![balance("BTC", "1", "0")])));
    desk.wait(20_000);
    assert_ne!(desk.asking(&Load::Balances), first);
    let before = desk.screen();
    desk.reply_to(Load::Balances, first, Ok(Loaded::Balances(Some(vec![balance("BTC", "999", "0")]))));
    assert_eq!(desk.screen(), before);
    desk.answer(Load::Balances, Loaded::Balances(Some(vec![balance("BTC", "2", "0")])));
    let shown = desk.screen();
    desk.reply_to(Load::Balances, first, Err(offline()));
    assert_eq!(desk.screen(), shown);
}

#[test]
fn a_refresh_keeps_the_selection_on_its_row() {
    let mut desk = desk().loaded();
    desk.keys("3jj");
    let key = RecordKey { kind: Kind::Withdrawal, id: "1909".into() };
    assert_eq!(desk.app.table().selected(), Some(&RowId::Record(key.clone())));
    desk.wait(6_000);
    let mut records = outgoing();
    records.insert(0, Row::new(Kind::Withdrawal, "2000", "TRX", "1", Status::Pending, ago("1 s")).0);
    records.insert(0, Row::new(Kind::Withdrawal, "2001", "TRX", "2", Status::Pending, ago("0 s")).0);
    desk.answer(Load::Outgoing, Loaded::Records(records));
    assert_eq!(desk.app.table().selected(), Some(&RowId::Record(key)));
    assert_eq!(desk.app.table().cursor(), 4);
}

#[test]
fn a_refused_key_stops_everything_signed_until_the_user_asks() {
    let mut desk = desk();
    desk.fail(Load::Balances, key_unknown());
    for _ in 0..100 {
        assert!(!loads(&desk.wait(10_000)).iter().any(Load::is_signed));
    }
    assert!(desk.screen().contains("does not know this API key"));
    let asked = loads(&desk.keys("r"));
    assert!(asked.contains(&Load::Balances), "{asked:?}");
    desk.answer(Load::Balances, balances());
    assert!(!desk.screen().contains("does not know this API key"));
}

#[test]
fn a_key_that_is_refused_later_leaves_the_old_numbers_on_the_screen() {
    let mut desk = desk().loaded();
    desk.wait(20_000);
    desk.fail(Load::Balances, key_unknown());
    let screen = desk.screen();
    assert!(screen.contains("12,050.4") && screen.contains("stopped"), "{screen}");
}

#[test]
fn an_account_that_falls_silent_is_believed_after_three_readings_over_half_a_minute() {
    let mut desk = desk().loaded();
    for reading in 0..3 {
        assert!(desk.screen().contains("12,050.4"), "gone at reading {reading}");
        desk.wait(16_000);
        desk.answer(Load::Balances, Loaded::Balances(None));
        assert_eq!(desk.screen().contains("suddenly reports no balances"), reading < 2, "{reading}");
    }
    assert!(desk.screen().contains("The exchange reports no balances"));
}

#[test]
fn three_quick_silent_readings_are_not_enough() {
    let mut desk = desk().loaded();
    for _ in 0..5 {
        desk.keys("r");
        desk.answer(Load::Balances, Loaded::Balances(None));
        desk.wait(1_000);
    }
    assert!(desk.screen().contains("12,050.4"));
    desk.keys("r");
    desk.answer(Load::Balances, balances());
    assert!(!desk.screen().contains("suddenly"), "one good reading ends the doubt");
}

#[test]
fn an_account_that_never_had_anything_is_empty_at_once() {
    let mut desk = desk();
    desk.answer(Load::Balances, Loaded::Balances(None));
    let screen = desk.screen();
    assert!(screen.contains("The exchange reports no balances") && !screen.contains("suddenly"), "{screen}");
}

#[test]
fn nothing_is_asked_twice_at_once() {
    // The desk itself refuses a second asking for what has no answer yet.
    let mut desk = desk();
    for _ in 0..50 {
        desk.wait(60_000);
        desk.keys("rr");
    }
    let mut desk = self::desk().loaded();
    for _ in 0..50 {
        desk.wait(60_000);
        desk.keys("rr");
        desk.tell(Message::Focus(false));
        desk.tell(Message::Focus(true));
    }
}

#[test]
fn pauses_after_failures_grow_to_a_limit_and_one_success_ends_them() {
    let mut desk = desk();
    let mut pauses = Vec::new();
    for _ in 0..9 {
        desk.fail(Load::Balances, offline());
        pauses.push(until(&mut desk, &Load::Balances));
    }
    assert!(pauses.windows(2).all(|p| p[0] <= p[1]), "{pauses:?}");
    assert!(pauses[0] <= 2_000 && pauses[3] > pauses[0] && pauses[8] <= 120_000, "{pauses:?}");
    desk.answer(Load::Balances, balances());
    assert!(until(&mut desk, &Load::Balances) <= 15_000);
}

#[test]
fn asking_by_hand_does_not_wait_for_the_pause() {
    let mut desk = desk();
    desk.fail(Load::Balances, offline());
    assert!(loads(&desk.keys("r")).contains(&Load::Balances));
}

#[test]
fn a_pending_item_quickens_and_a_lost_focus_slows() {
    let pace = |pending: bool, focused: bool| {
        let mut desk = desk();
        desk.answer(Load::Balances, balances());
        let records = if pending { outgoing() } else { Vec::new() };
        desk.answer(Load::Outgoing, Loaded::Records(records));
        desk.tell(Message::Focus(focused));
        until(&mut desk, &Load::Outgoing)
    };
    assert!(pace(true, true) < pace(false, true));
    assert!(pace(false, true) < pace(true, false));
    assert!(pace(true, false) < pace(false, false));
}

#[test]
fn the_age_of_the_data_is_that_of_the_last_good_answer() {
    let mut desk = desk().loaded();
    desk.wait(60_000);
    desk.fail(Load::Balances, offline());
    let screen = desk.screen();
    assert!(screen.contains("stale 1 min"), "{screen}");
    desk.keys("2");
    desk.answer(Load::Incoming, Loaded::Records(incoming()));
    assert!(desk.screen().contains("live 0 s"), "another tab has its own state: {}", desk.screen());
}

/// So many deposits, one each minute, the newest first, ids counting down from `first`.
fn deposits(first: u32, count: u32) -> Vec<wallet_tui::domain::Record> {
    (first - count + 1..=first)
        .rev()
        .map(|n| {
            let time = super::desk::NOW.plus(-60_000 * i64::from(10_000 - n));
            let mut record = Row::new(Kind::Deposit, &n.to_string(), "TRX", "1", Status::Success, ago("1 s")).0;
            record.time = Some(time);
            record
        })
        .collect()
}

#[test]
fn a_full_page_is_followed_back_until_the_beginning_and_nothing_is_let_go() {
    let mut desk = desk();
    desk.answer(Load::Balances, balances());
    let asked = loads(&desk.answer(Load::Incoming, Loaded::Records(deposits(9_000, 100))));
    let oldest = |records: &[wallet_tui::domain::Record]| records.iter().filter_map(|r| r.time).min().unwrap();
    let end = oldest(&deposits(9_000, 100));
    assert!(asked.contains(&Load::OlderIncoming(end)), "{asked:?}");
    desk.keys("2");
    assert!(desk.screen().contains("older records are not shown"), "{}", desk.screen());
    // The bound counts itself: the last row comes twice and stands once.
    desk.answer(Load::OlderIncoming(end), Loaded::Records(deposits(8_901, 40)));
    assert_eq!(desk.app.table().len(), 139);
    assert!(!desk.screen().contains("older records"), "{}", desk.screen());
    // A newer page does not push the older ones out.
    let asked = until(&mut desk, &Load::Incoming);
    assert!(asked > 0);
    desk.answer(Load::Incoming, Loaded::Records(deposits(9_001, 100)));
    assert_eq!(desk.app.table().len(), 140);
}

#[test]
fn a_page_that_does_not_lead_further_back_is_not_asked_for_for_ever() {
    let mut desk = desk();
    desk.answer(Load::Balances, balances());
    let mut same_second = deposits(9_000, 100);
    let at = super::desk::NOW.plus(-600_000);
    for record in &mut same_second {
        record.time = Some(at);
    }
    desk.answer(Load::Incoming, Loaded::Records(same_second.clone()));
    desk.answer(Load::OlderIncoming(at), Loaded::Records(same_second));
    for _ in 0..20 {
        assert!(!loads(&desk.wait(1_000)).iter().any(|load| matches!(load, Load::OlderIncoming(_))));
    }
    desk.keys("2");
    assert!(desk.screen().contains("older records are not shown"));
}

#[test]
fn one_permission_that_lacks_closes_one_list_and_says_which() {
    let mut desk = desk().loaded();
    desk.wait(30_000);
    let lacking = wallet_tui::domain::Problem {
        endpoint: "deposit/page",
        cause: wallet_tui::domain::Cause::Refused {
            refusal: wallet_tui::domain::Refusal::Permission,
            code: "110033".into(),
            msg: "OPEN_API_KEY_NO_AUTHORITY".into(),
        },
    };
    desk.fail(Load::Incoming, lacking);
    assert!(desk.screen().contains("Deposits and transfers in."), "{}", desk.screen());
    desk.answer(Load::Balances, balances());
    assert!(until(&mut desk, &Load::Balances) <= 20_000, "the balances are still asked for");
    assert!(!desk.open().contains(&Load::Incoming));
}

#[test]
fn prices_that_cannot_be_read_are_said_and_the_balances_are_not_called_live() {
    let mut desk = desk().loaded();
    desk.wait(40_000);
    let price = desk.open().into_iter().find(|load| matches!(load, Load::Price(_))).unwrap();
    desk.fail(price, offline());
    let screen = desk.screen();
    assert!(screen.contains("Prices.") && screen.contains('○'), "{screen}");
}

#[test]
fn a_sum_of_unknowns_is_not_zero() {
    let mut desk = desk();
    let held = vec![balance("ABC", "5", "0"), balance("NONE", "0", "0")];
    desk.answer(Load::Balances, Loaded::Balances(Some(held)));
    assert!(desk.screen().contains("– USDT"), "{}", desk.screen());
}
