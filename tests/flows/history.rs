//! Stories about the history: what is under way, from orders to records and back.

use std::collections::HashMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::export::ExportFormat;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::worth::Worth;
use wallet_tui::domain::{
    AskedBy, Kind, Missing, Order, OrderId, Outcome, Proof, RecordKey, Request, Status, UntrustedText, WithdrawRequest,
};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::Export;
use wallet_tui::tui::message::{HistoryRead, LedgerSnapshot, Loaded, Message};

use super::test_app::{TestApp, config};

/// Pictures of a scene in both languages.
pub fn pictures(name: &str, scenes: impl Fn(Lang, (u16, u16)) -> Vec<(&'static str, String)>) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
            for (title, screen) in scenes(lang, size) {
                writeln!(all, "=== {title} {}×{} ===", size.0, size.1).unwrap();
                all.push_str(&screen);
            }
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

/// A withdrawal that was ordered here and became the record with this id.
fn ordered(test: &TestApp, id: &UntrustedText) -> Order {
    Order {
        id: OrderId(3),
        request: Request::Withdraw(WithdrawRequest {
            coin: "USDT".into(),
            network: "TRC20".into(),
            address: "TXYZ".into(),
            memo: None,
            gross: "500".parse().unwrap(),
        }),
        time: test.now,
        sent: test.now,
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome: Outcome::Accepted { id: id.clone(), proof: Proof::Answer },
        readings: 0,
        changed: test.now,
    }
}

#[test]
fn everything_under_way_stands_in_one_list_oldest_first() {
    pictures("pending", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.keys("i");
        let first = test.screen();
        test.keys("jp");
        vec![("first", first), ("hidden", test.screen())]
    });
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    let open = test.app.pending_records();
    assert!(open.len() > 2 && open.windows(2).all(|pair| pair[0].time <= pair[1].time));
    let keys: Vec<RecordKey> = open.iter().map(|record| record.key.clone()).collect();
    test.keys("ijj<enter>");
    assert_eq!(
        test.app.selected_record().map(|r| r.key).as_ref(),
        keys.get(2),
        "Enter leads to the record in its table"
    );
    // What ends meanwhile leaves the list; the mark never points past its end.
    test.keys("<esc>iG");
    let last = test.app.marked_record().map(|record| record.key.clone());
    assert_eq!(last.as_ref(), keys.last());
    // The marked one becomes final: no other takes its place, and nothing is done with one that was not chosen.
    let mut done = super::fixtures::outgoing();
    let open = done.iter().position(|record| !record.status.is_final()).unwrap();
    let key = done[open].key.clone();
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    let at = test.app.pending_records().iter().position(|record| record.key == key).unwrap();
    test.keys(&format!("i{}", "j".repeat(at)));
    done[open].status = Status::Success;
    test.keys("<esc>ri");
    test.keys(&"j".repeat(at));
    test.answer(Load::Outgoing, Loaded::Records(done));
    assert!(test.app.marked_record().is_none());
    assert_eq!(test.keys("c"), []);
    assert!(test.screen().contains("No record is marked"), "{}", test.screen());
    test.keys("j");
    assert!(test.app.marked_record().is_some());
}

#[test]
fn an_empty_list_says_whether_that_is_known() {
    let mut test = TestApp::new(Lang::En, (80, 24));
    test.keys("i");
    assert!(test.screen().contains("reading …"), "{}", test.screen());
}

#[test]
fn a_cancel_from_the_list_is_about_the_marked_record() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    let at = test.app.pending_records().iter().position(|r| r.key.kind == Kind::Withdrawal).unwrap();
    let key = test.app.pending_records()[at].key.clone();
    test.keys(&format!("i{}c", "j".repeat(at)));
    assert_eq!(test.app.tab(), Tab::Withdrawals);
    assert_eq!(test.app.selected_record().map(|r| r.key).as_ref(), Some(&key));
}

#[test]
fn a_record_leads_to_its_order_and_the_order_back_to_its_record() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("3jj");
    let record = test.app.selected_record().unwrap().key;
    assert_eq!(test.keys("O"), [Effect::FindOrder(record.clone())]);
    let order = ordered(&test, &record.id);
    test.tell(Message::OrderOf { record: record.clone(), found: Ok(Some(order)) });
    assert!(test.screen().contains("TXYZ"), "{}", test.screen());
    // Back again, although a filter would hide the row.
    test.keys("<esc>/nothing<enter>");
    test.keys("o");
    let order = ordered(&test, &record.id);
    test.tell(Message::Orders(Ok(vec![order].into())));
    test.keys("O");
    assert_eq!(test.app.selected_record().map(|r| r.key).as_ref(), Some(&record));
    assert_eq!(test.app.table().filter().value(), "");
}

#[test]
fn what_has_no_partner_says_so() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    assert_eq!(test.keys("O"), []);
    assert!(test.screen().contains("Mark a withdrawal or transfer first."), "{}", test.screen());
    assert_eq!(test.keys("2O"), []);
    assert!(test.screen().contains("was not ordered here"), "{}", test.screen());
    test.keys("3");
    let record = test.app.selected_record().unwrap().key;
    test.tell(Message::OrderOf { record, found: Ok(None) });
    assert!(test.screen().contains("was not ordered from this machine"), "{}", test.screen());
    // An order whose record is not read yet.
    let order = ordered(&test, &UntrustedText::from("999"));
    test.keys("o");
    test.tell(Message::Orders(Ok(vec![order].into())));
    test.keys("O");
    assert!(test.screen().contains("999"), "{}", test.screen());
}

#[test]
fn somebody_who_went_elsewhere_is_not_called_back_by_an_order() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("3");
    let record = test.app.selected_record().unwrap().key;
    test.keys("Ow");
    let order = ordered(&test, &record.id);
    test.tell(Message::OrderOf { record, found: Ok(Some(order)) });
    assert!(test.screen().contains("Withdraw") && !test.screen().contains("TXYZ"), "{}", test.screen());
}

/// Values of four weeks, one for every six hours, with a day without any.
fn worth(test: &TestApp) -> Vec<Worth> {
    let hours = (0..112).map(|step| step * 6).filter(|hour| !(300..324).contains(hour));
    hours
        .map(|hour| Worth {
            at: test.now.plus(-hour * 3_600_000),
            spot: Decimal::from(40_000 - hour * 7 + (hour % 48) * 20),
            futures: Some(Decimal::ZERO),
            left_out: if hour > 600 { vec!["NEW".into()] } else { Vec::new() },
        })
        .rev()
        .collect()
}

#[test]
fn charts_and_sums_in_both_languages() {
    pictures("figures", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
        assert!(test.keys("v").contains(&Effect::ReadWorth));
        let mut seen = vec![("reading", test.screen())];
        test.tell(Message::Worth(Ok(Vec::new())));
        seen.push(("none", test.screen()));
        let values = worth(&test);
        test.tell(Message::Worth(Ok(values)));
        seen.push(("week", test.screen()));
        test.keys("l");
        seen.push(("month", test.screen()));
        test.keys("p");
        seen.push(("hidden", test.screen()));
        test.keys("p<tab>j");
        seen.push(("share", test.screen()));
        test.keys("<tab>");
        seen.push(("flows", test.screen()));
        test.keys("ll");
        seen.push(("by day", test.screen()));
        seen
    });
}

#[test]
fn a_line_of_sums_leads_to_its_records() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("3v");
    assert!(test.screen().contains("what the table shows"), "{}", test.screen());
    let rows = test.app.table().len();
    test.keys("l<enter>");
    assert!(test.app.dialog().is_none());
    assert!(test.app.table().filter().value().starts_with("coin="), "{}", test.app.table().filter().value());
    assert!((1..rows).contains(&test.app.table().len()));
    // Over the balances everything is summed, and Enter finds the table that has the records.
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("v<tab><tab>l<enter>");
    assert_ne!(test.app.tab(), Tab::Balances);
    assert!(!test.app.table().is_empty());
}

#[test]
fn worth_is_kept_only_when_all_of_it_is_known() {
    let kept = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::KeepWorth(..)));
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    assert!(!kept(&test.wait(1_000)), "there is no ledger");
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    let coins: Vec<UntrustedText> = test
        .open()
        .into_iter()
        .filter_map(|load| match load {
            Load::Price(coin) => Some(coin),
            _ => None,
        })
        .collect();
    for coin in coins {
        assert!(!kept(&test.wait(100)), "prices are on their way");
        test.answer(Load::Price(coin), Loaded::NoMarket);
    }
    let mut effects = Vec::new();
    for _ in 0..20 {
        effects.extend(test.wait(100));
        for load in test.open() {
            if let Load::Price(_) = &load {
                test.answer(load, Loaded::NoMarket);
            }
        }
    }
    let worth: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::KeepWorth(worth, _) => Some(worth),
            _ => None,
        })
        .collect();
    assert_eq!(worth.len(), 1, "once");
    assert!(!worth[0].left_out.is_empty(), "what has no price is named");
}

#[test]
fn contradiction_of_the_exchange_is_marked_and_explained() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("3");
    let key = test.app.selected_record().unwrap().key;
    let news = HistoryRead {
        flow: 1,
        changed: Vec::new(),
        held: 10,
        oldest: None,
        is_whole: true,
        conflicts: [(key, UntrustedText::from("vanished"))].into(),
        missing: Missing::default(),
        ordered: HashMap::new(),
    };
    test.tell(Message::HistoryRead(Box::new(news)));
    let screen = test.screen();
    assert!(screen.contains("contradicts itself") && screen.contains("!◌"), "{screen}");
    test.keys("<enter>");
    assert!(test.screen().contains("does not list this record any more"), "{}", test.screen());
}

#[test]
fn records_of_the_other_flow_move_no_row_before_a_tick() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("3jj");
    let (selected, screen) = (test.app.selected_record().unwrap(), test.screen());
    let mut first = super::fixtures::incoming().remove(0);
    first.key.id = "777000777".into();
    let news = HistoryRead {
        flow: 0,
        changed: vec![first],
        held: 10,
        oldest: None,
        is_whole: true,
        conflicts: HashMap::new(),
        missing: Missing::default(),
        ordered: HashMap::new(),
    };
    test.tell(Message::HistoryRead(Box::new(news)));
    assert_eq!(test.app.selected_record().as_ref(), Some(&selected));
    assert_eq!(test.screen(), screen, "every row shows the record that it showed");
}

#[test]
fn filter_finds_the_same_letter_by_letter_and_after_a_slip() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    let shown = |test: &TestApp| {
        let rows = test.app.table().window(100).iter().filter_map(|at| test.app.record_at(*at));
        rows.map(|r| r.key).collect::<Vec<_>>()
    };
    test.keys("3/");
    let all = shown(&test).len();
    for letter in "trx pend".chars() {
        test.keys(&letter.to_string());
    }
    let found = shown(&test);
    assert!(!found.is_empty() && found.len() < all, "{}", test.screen());
    test.keys("q<bs>");
    assert_eq!(shown(&test), found);
    for _ in "trx pend".chars() {
        test.keys("<bs>");
    }
    assert_eq!(shown(&test).len(), all);
}

#[test]
fn what_grew_old_enough_while_nothing_was_typed_is_found_too() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    // The oldest thing that is younger than the border now, and is not at the end.
    test.keys("3/");
    let times: Vec<i64> = {
        let rows = test.app.table().window(100).iter().filter_map(|at| test.app.record_at(*at));
        rows.filter_map(|r| r.time).map(|at| test.now.since(at) / 3_600_000).collect()
    };
    let hours = times.iter().max().unwrap() + 1;
    test.keys(&format!("before:{hours}h"));
    assert!(test.app.table().is_empty(), "nothing is so old yet");
    test.wait(3 * 3_600_000);
    test.keys(" t");
    assert!(!test.app.table().is_empty(), "{}", test.screen());
}

#[test]
fn a_table_is_sorted_by_several_columns() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    let shown = |test: &TestApp| {
        let rows = test.app.table().window(100).iter().filter_map(|at| test.app.record_at(*at));
        rows.map(|r| (r.coin.raw().to_owned(), r.time)).collect::<Vec<_>>()
    };
    // Coin first, then the newest first within a coin; `s` and `S` change the last one.
    test.keys("3s");
    test.keys("a");
    while !test.screen().contains("Time ▼2") {
        test.keys("s");
    }
    let by_both = shown(&test);
    let mut expected = by_both.clone();
    expected.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    assert_eq!(by_both, expected);
    test.keys("S");
    assert!(test.screen().contains("Time ▲2"), "{}", test.screen());
    expected.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    assert_eq!(shown(&test), expected);
    test.keys("aaaa");
    assert!(test.screen().contains("▲3") || test.screen().contains("▼3"), "{}", test.screen());
    test.keys("A");
    assert!(!test.screen().contains("▲2") && test.screen().replace(' ', "").contains("Coin▲"), "{}", test.screen());
}

#[test]
fn filters_are_saved_and_walked_through() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.tell(Message::Kept(Box::new(LedgerSnapshot {
        filters: vec!["coin:trx".into(), "tron".into()],
        ..LedgerSnapshot::default()
    })));
    test.keys("3/<c-p>");
    assert_eq!(test.app.table().filter().value(), "coin:trx");
    assert!(test.screen().contains('★'), "{}", test.screen());
    test.keys("<c-p><c-p>");
    assert_eq!(test.app.table().filter().value(), "tron");
    test.keys("<c-n><c-n>");
    assert_eq!(test.app.table().filter().value(), "");
    test.keys("usdt<c-n>");
    assert_eq!(test.app.table().filter().value(), "usdt");
    test.keys("<c-p><c-p><c-n><c-n>");
    assert_eq!(test.app.table().filter().value(), "usdt", "what was typed is not thrown away");
    assert_eq!(test.keys("<c-s>"), [Effect::SaveFilter { words: "usdt".into(), keep: true }]);
    test.tell(Message::Filters(Ok(vec!["usdt".into()])));
    assert_eq!(test.keys("<c-s>"), [Effect::SaveFilter { words: "usdt".into(), keep: false }]);
    test.tell(Message::Filters(Err("disk full".into())));
    test.keys("<enter>");
    assert!(test.screen().contains("disk full"), "{}", test.screen());
}

#[test]
fn export_writes_what_the_table_shows_and_replaces_nothing() {
    pictures("export", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.keys("3x");
        let mut seen = vec![("form", test.screen())];
        test.keys("<down><enter>");
        seen.push(("writing", test.screen()));
        test.tell(Message::Exported(Export::Exists));
        seen.push(("exists", test.screen()));
        test.keys("y");
        test.tell(Message::Exported(Export::Failed("disk full".into())));
        seen.push(("failed", test.screen()));
        seen
    });
    let mut narrow = TestApp::new(Lang::En, (40, 12)).loaded();
    narrow.keys("3x<up>");
    assert!(narrow.screen().contains("▐beancount▌"), "what is taken is seen: {}", narrow.screen());
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("3/trx<enter>x");
    let shown = test.app.exported();
    assert_eq!(shown.len(), test.app.table().len());
    test.keys("<down><down>");
    let effects = test.keys("<enter>");
    let [Effect::Export { format, path, records, replace: false }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*format, ExportFormat::Ndjson);
    assert!(path.starts_with("~/wallet-tui-withdrawals-2026-") && path.ends_with(".ndjson"), "{path}");
    assert_eq!(*records, shown);
    assert_eq!(test.keys("<enter>"), [], "it is being written");
    test.tell(Message::Exported(Export::Exists));
    assert_eq!(test.keys("<esc>"), []);
    assert!(test.screen().contains(".ndjson"), "what was typed is there: {}", test.screen());
    test.keys("<enter>");
    test.tell(Message::Exported(Export::Exists));
    assert!(matches!(test.keys("y").as_slice(), [Effect::Export { replace: true, .. }]));
    test.tell(Message::Exported(Export::Done { path: "/x.ndjson".into(), count: 1, left_out: 0 }));
    assert!(
        test.app.dialog().is_none() && test.screen().contains("Written: /x.ndjson (records: 1)"),
        "{}",
        test.screen()
    );
}

#[test]
fn a_transaction_is_looked_up_only_after_its_page_was_shown() {
    pictures("visit_and_note", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
        test.keys("3/status:success coin:btc<enter>b");
        let page = test.screen();
        test.keys("<esc>nrent for May");
        vec![("page", page), ("note", test.screen())]
    });
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    assert_eq!(test.keys("b"), []);
    assert!(test.screen().contains("no page to look this up"), "{}", test.screen());
    assert_eq!(test.keys("3/status:success coin:btc<enter>b"), []);
    let record = test.app.selected_record().unwrap();
    let txid = record.txid.unwrap();
    assert!(test.screen().contains("https://"), "{}", test.screen());
    let effects = test.keys("y");
    assert!(matches!(effects.as_slice(), [Effect::Visit(page)] if page.raw().ends_with(txid.raw())), "{effects:?}");
    assert!(test.app.dialog().is_none());
    test.tell(Message::NotVisited("xdg-open: not found".into()));
    assert!(test.screen().contains("was not opened: xdg-open"), "{}", test.screen());
    test.keys("pb");
    assert!(test.app.dialog().is_none() && !test.screen().contains("https://"), "{}", test.screen());
}

#[test]
fn esc_in_a_reopened_filter_leads_back_and_in_the_table_drops() {
    let mut test = TestApp::with(config(Lang::En), (80, 24)).loaded();
    let filter = |test: &TestApp| test.app.table().filter().value().to_owned();
    test.keys("3/tron<enter>/ usd");
    assert_eq!(filter(&test), "tron usd");
    test.keys("<esc>");
    assert_eq!((filter(&test).as_str(), test.app.context()), ("tron", Context::Table));
    test.keys("/<esc>");
    assert_eq!(filter(&test), "tron");
    test.keys("<esc>");
    assert_eq!(filter(&test), "");
    test.keys("/usd<esc>");
    assert_eq!(filter(&test), "", "nothing was kept");
}

#[test]
fn hidden_amounts_stay_hidden_in_notes_orders_and_charts() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("p");
    assert_eq!(test.keys("3O"), [], "no order is looked for");
    test.keys("n");
    assert!(test.app.dialog().is_none(), "{}", test.screen());
    test.keys("1v<tab>");
    assert!(test.screen().contains("Amounts are hidden") && !test.screen().contains('%'), "{}", test.screen());
}

#[test]
fn values_at_the_end_of_numbers_are_drawn_without_harm() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("v");
    let at = worth(&test).last().unwrap().at;
    for values in [[Decimal::MAX, Decimal::MAX], [Decimal::MIN, Decimal::MAX], [Decimal::ZERO, Decimal::MAX]] {
        let worth = |ago: i64, value| Worth { at: at.plus(-ago), spot: value, futures: None, left_out: Vec::new() };
        test.tell(Message::Worth(Ok(vec![worth(600_000, values[0]), worth(0, values[1])])));
        assert!(test.screen().contains("USDT"), "{}", test.screen());
    }
}

#[test]
fn a_filter_that_is_not_understood_is_neither_kept_nor_saved() {
    let mut test = TestApp::with(config(Lang::En), (80, 24)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("3/coni:usdt<enter>");
    assert!(test.app.is_typing() && test.screen().contains("coni:usdt: no such field"), "{}", test.screen());
    assert_eq!(test.keys("<c-s>"), []);
    for _ in 0.."coni:usdt".len() {
        test.keys("<bs>");
    }
    test.keys("coin:usdt<enter>");
    assert!(!test.app.is_typing(), "{}", test.screen());
}
