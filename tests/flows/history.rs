//! Stories about the history: what is under way, from orders to records and back.

use std::collections::HashMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::export::ExportFormat;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::worth::Worth;
use wallet_tui::domain::{
    AskedBy, Kind, Missing, Order, OrderId, Outcome, Proof, RecordKey, Request, Status, Text, WithdrawRequest,
};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::Export;
use wallet_tui::tui::message::{Archived, Kept, Loaded, Message};

use super::desk::{Desk, session};

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
fn ordered(desk: &Desk, id: &Text) -> Order {
    Order {
        id: OrderId(3),
        request: Request::Withdraw(WithdrawRequest {
            coin: "USDT".into(),
            network: "TRC20".into(),
            address: "TXYZ".into(),
            memo: None,
            gross: "500".parse().unwrap(),
        }),
        time: desk.now,
        sent: desk.now,
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome: Outcome::Accepted { id: id.clone(), proof: Proof::Answer },
        readings: 0,
        changed: desk.now,
    }
}

#[test]
fn everything_under_way_stands_in_one_list_oldest_first() {
    pictures("pending", |lang, size| {
        let mut desk = Desk::new(lang, size).loaded();
        desk.keys("i");
        let first = desk.screen();
        desk.keys("jp");
        vec![("first", first), ("hidden", desk.screen())]
    });
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    let open = desk.app.pending_records();
    assert!(open.len() > 2 && open.windows(2).all(|pair| pair[0].time <= pair[1].time));
    let keys: Vec<RecordKey> = open.iter().map(|record| record.key.clone()).collect();
    desk.keys("ijj<enter>");
    assert_eq!(
        desk.app.selected_record().map(|r| r.key).as_ref(),
        keys.get(2),
        "Enter leads to the record in its table"
    );
    // What ends meanwhile leaves the list; the mark never points past its end.
    desk.keys("<esc>iG");
    let last = desk.app.marked_record().map(|record| record.key.clone());
    assert_eq!(last.as_ref(), keys.last());
    // The marked one becomes final: no other takes its place, and nothing is done with one that was not chosen.
    let mut done = super::fixtures::outgoing();
    let open = done.iter().position(|record| !record.status.is_final()).unwrap();
    let key = done[open].key.clone();
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    let at = desk.app.pending_records().iter().position(|record| record.key == key).unwrap();
    desk.keys(&format!("i{}", "j".repeat(at)));
    done[open].status = Status::Success;
    desk.keys("<esc>ri");
    desk.keys(&"j".repeat(at));
    desk.answer(Load::Outgoing, Loaded::Records(done));
    assert!(desk.app.marked_record().is_none());
    assert_eq!(desk.keys("c"), []);
    assert!(desk.screen().contains("No record is marked"), "{}", desk.screen());
    desk.keys("j");
    assert!(desk.app.marked_record().is_some());
}

#[test]
fn an_empty_list_says_whether_that_is_known() {
    let mut desk = Desk::new(Lang::En, (80, 24));
    desk.keys("i");
    assert!(desk.screen().contains("reading …"), "{}", desk.screen());
}

#[test]
fn a_cancel_from_the_list_is_about_the_marked_record() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    let at = desk.app.pending_records().iter().position(|r| r.key.kind == Kind::Withdrawal).unwrap();
    let key = desk.app.pending_records()[at].key.clone();
    desk.keys(&format!("i{}c", "j".repeat(at)));
    assert_eq!(desk.app.tab(), Tab::Withdrawals);
    assert_eq!(desk.app.selected_record().map(|r| r.key).as_ref(), Some(&key));
}

#[test]
fn a_record_leads_to_its_order_and_the_order_back_to_its_record() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.keys("3jj");
    let record = desk.app.selected_record().unwrap().key;
    assert_eq!(desk.keys("O"), [Effect::FindOrder(record.clone())]);
    let order = ordered(&desk, &record.id);
    desk.tell(Message::OrderOf { record: record.clone(), found: Ok(Some(order)) });
    assert!(desk.screen().contains("TXYZ"), "{}", desk.screen());
    // Back again, although a filter would hide the row.
    desk.keys("<esc>/nothing<enter>");
    desk.keys("o");
    let order = ordered(&desk, &record.id);
    desk.tell(Message::Orders(Ok(vec![order].into())));
    desk.keys("O");
    assert_eq!(desk.app.selected_record().map(|r| r.key).as_ref(), Some(&record));
    assert_eq!(desk.app.table().filter().value(), "");
}

#[test]
fn what_has_no_partner_says_so() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    assert_eq!(desk.keys("O"), []);
    assert!(desk.screen().contains("Mark a withdrawal or transfer first."), "{}", desk.screen());
    assert_eq!(desk.keys("2O"), []);
    assert!(desk.screen().contains("was not ordered here"), "{}", desk.screen());
    desk.keys("3");
    let record = desk.app.selected_record().unwrap().key;
    desk.tell(Message::OrderOf { record, found: Ok(None) });
    assert!(desk.screen().contains("was not ordered from this machine"), "{}", desk.screen());
    // An order whose record is not read yet.
    let order = ordered(&desk, &Text::from("999"));
    desk.keys("o");
    desk.tell(Message::Orders(Ok(vec![order].into())));
    desk.keys("O");
    assert!(desk.screen().contains("999"), "{}", desk.screen());
}

#[test]
fn somebody_who_went_elsewhere_is_not_called_back_by_an_order() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.keys("3");
    let record = desk.app.selected_record().unwrap().key;
    desk.keys("Ow");
    let order = ordered(&desk, &record.id);
    desk.tell(Message::OrderOf { record, found: Ok(Some(order)) });
    assert!(desk.screen().contains("Withdraw") && !desk.screen().contains("TXYZ"), "{}", desk.screen());
}

/// Values of four weeks, one for every six hours, with a day without any.
fn worth(desk: &Desk) -> Vec<Worth> {
    let hours = (0..112).map(|step| step * 6).filter(|hour| !(300..324).contains(hour));
    hours
        .map(|hour| Worth {
            at: desk.now.plus(-hour * 3_600_000),
            value: Decimal::from(40_000 - hour * 7 + (hour % 48) * 20),
            left_out: if hour > 600 { vec!["NEW".into()] } else { Vec::new() },
        })
        .rev()
        .collect()
}

#[test]
fn charts_and_sums_in_both_languages() {
    pictures("figures", |lang, size| {
        let mut desk = Desk::new(lang, size).loaded();
        desk.tell(Message::Kept(Box::<Kept>::default()));
        assert!(desk.keys("v").contains(&Effect::ReadWorth));
        let mut seen = vec![("reading", desk.screen())];
        desk.tell(Message::Worth(Ok(Vec::new())));
        seen.push(("none", desk.screen()));
        let values = worth(&desk);
        desk.tell(Message::Worth(Ok(values)));
        seen.push(("week", desk.screen()));
        desk.keys("l");
        seen.push(("month", desk.screen()));
        desk.keys("p");
        seen.push(("hidden", desk.screen()));
        desk.keys("p<tab>j");
        seen.push(("share", desk.screen()));
        desk.keys("<tab>");
        seen.push(("flows", desk.screen()));
        desk.keys("ll");
        seen.push(("by day", desk.screen()));
        seen
    });
}

#[test]
fn a_line_of_sums_leads_to_its_records() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.keys("3v");
    assert!(desk.screen().contains("what the table shows"), "{}", desk.screen());
    let rows = desk.app.table().len();
    desk.keys("l<enter>");
    assert!(desk.app.modal().is_none());
    assert!(desk.app.table().filter().value().starts_with("coin="), "{}", desk.app.table().filter().value());
    assert!((1..rows).contains(&desk.app.table().len()));
    // Over the balances everything is summed, and Enter finds the table that has the records.
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.keys("v<tab><tab>l<enter>");
    assert_ne!(desk.app.tab(), Tab::Balances);
    assert!(!desk.app.table().is_empty());
}

#[test]
fn what_everything_is_worth_is_kept_only_when_all_of_it_is_known() {
    let kept = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::KeepWorth(..)));
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    assert!(!kept(&desk.wait(1_000)), "there is no ledger");
    desk.tell(Message::Kept(Box::<Kept>::default()));
    let coins: Vec<Text> = desk
        .open()
        .into_iter()
        .filter_map(|load| match load {
            Load::Price(coin) => Some(coin),
            _ => None,
        })
        .collect();
    for coin in coins {
        assert!(!kept(&desk.wait(100)), "prices are on their way");
        desk.answer(Load::Price(coin), Loaded::NoMarket);
    }
    let mut effects = Vec::new();
    for _ in 0..20 {
        effects.extend(desk.wait(100));
        for load in desk.open() {
            if let Load::Price(_) = &load {
                desk.answer(load, Loaded::NoMarket);
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
fn what_the_exchange_contradicts_itself_about_is_marked_and_explained() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("3");
    let key = desk.app.selected_record().unwrap().key;
    let news = Archived {
        way: 1,
        changed: Vec::new(),
        held: 10,
        oldest: None,
        is_whole: true,
        doubts: [(key, Text::from("vanished"))].into(),
        missing: Missing::default(),
        ordered: HashMap::new(),
    };
    desk.tell(Message::Archived(Box::new(news)));
    let screen = desk.screen();
    assert!(screen.contains("contradicts itself") && screen.contains("!◌"), "{screen}");
    desk.keys("<enter>");
    assert!(desk.screen().contains("does not list this record any more"), "{}", desk.screen());
}

#[test]
fn what_comes_of_the_other_way_moves_no_row_before_the_tables_follow() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("3jj");
    let (selected, screen) = (desk.app.selected_record().unwrap(), desk.screen());
    let mut first = super::fixtures::incoming().remove(0);
    first.key.id = "777000777".into();
    let news = Archived {
        way: 0,
        changed: vec![first],
        held: 10,
        oldest: None,
        is_whole: true,
        doubts: HashMap::new(),
        missing: Missing::default(),
        ordered: HashMap::new(),
    };
    desk.tell(Message::Archived(Box::new(news)));
    assert_eq!(desk.app.selected_record().as_ref(), Some(&selected));
    assert_eq!(desk.screen(), screen, "every row shows the record that it showed");
}

#[test]
fn a_filter_finds_the_same_typed_letter_by_letter_and_after_a_slip() {
    let mut desk = Desk::new(Lang::En, (120, 40)).loaded();
    let shown = |desk: &Desk| {
        let rows = desk.app.table().window(100).iter().filter_map(|at| desk.app.record_at(*at));
        rows.map(|r| r.key).collect::<Vec<_>>()
    };
    desk.keys("3/");
    let all = shown(&desk).len();
    for letter in "trx pend".chars() {
        desk.keys(&letter.to_string());
    }
    let found = shown(&desk);
    assert!(!found.is_empty() && found.len() < all, "{}", desk.screen());
    desk.keys("q<bs>");
    assert_eq!(shown(&desk), found);
    for _ in "trx pend".chars() {
        desk.keys("<bs>");
    }
    assert_eq!(shown(&desk).len(), all);
}

#[test]
fn what_grew_old_enough_while_nothing_was_typed_is_found_too() {
    let mut desk = Desk::new(Lang::En, (120, 40)).loaded();
    // The oldest thing that is younger than the border now, and is not at the end.
    desk.keys("3/");
    let times: Vec<i64> = {
        let rows = desk.app.table().window(100).iter().filter_map(|at| desk.app.record_at(*at));
        rows.filter_map(|r| r.time).map(|at| desk.now.since(at) / 3_600_000).collect()
    };
    let hours = times.iter().max().unwrap() + 1;
    desk.keys(&format!("before:{hours}h"));
    assert!(desk.app.table().is_empty(), "nothing is so old yet");
    desk.wait(3 * 3_600_000);
    desk.keys(" t");
    assert!(!desk.app.table().is_empty(), "{}", desk.screen());
}

#[test]
fn a_table_is_sorted_by_several_columns() {
    let mut desk = Desk::new(Lang::En, (120, 40)).loaded();
    let shown = |desk: &Desk| {
        let rows = desk.app.table().window(100).iter().filter_map(|at| desk.app.record_at(*at));
        rows.map(|r| (r.coin.raw().to_owned(), r.time)).collect::<Vec<_>>()
    };
    // Coin first, then the newest first within a coin; `s` and `S` change the last one.
    desk.keys("3s");
    desk.keys("a");
    while !desk.screen().contains("Time ▼2") {
        desk.keys("s");
    }
    let by_both = shown(&desk);
    let mut expected = by_both.clone();
    expected.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    assert_eq!(by_both, expected);
    desk.keys("S");
    assert!(desk.screen().contains("Time ▲2"), "{}", desk.screen());
    expected.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    assert_eq!(shown(&desk), expected);
    desk.keys("aaaa");
    assert!(desk.screen().contains("▲3") || desk.screen().contains("▼3"), "{}", desk.screen());
    desk.keys("A");
    assert!(!desk.screen().contains("▲2") && desk.screen().replace(' ', "").contains("Coin▲"), "{}", desk.screen());
}

#[test]
fn filters_are_saved_and_walked_through() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.tell(Message::Kept(Box::new(Kept { filters: vec!["coin:trx".into(), "tron".into()], ..Kept::default() })));
    desk.keys("3/<c-p>");
    assert_eq!(desk.app.table().filter().value(), "coin:trx");
    assert!(desk.screen().contains('★'), "{}", desk.screen());
    desk.keys("<c-p><c-p>");
    assert_eq!(desk.app.table().filter().value(), "tron");
    desk.keys("<c-n><c-n>");
    assert_eq!(desk.app.table().filter().value(), "");
    desk.keys("usdt<c-n>");
    assert_eq!(desk.app.table().filter().value(), "usdt");
    desk.keys("<c-p><c-p><c-n><c-n>");
    assert_eq!(desk.app.table().filter().value(), "usdt", "what was typed is not thrown away");
    assert_eq!(desk.keys("<c-s>"), [Effect::SaveFilter { words: "usdt".into(), keep: true }]);
    desk.tell(Message::Filters(Ok(vec!["usdt".into()])));
    assert_eq!(desk.keys("<c-s>"), [Effect::SaveFilter { words: "usdt".into(), keep: false }]);
    desk.tell(Message::Filters(Err("disk full".into())));
    desk.keys("<enter>");
    assert!(desk.screen().contains("disk full"), "{}", desk.screen());
}

#[test]
fn what_the_table_shows_is_written_to_a_file_and_nothing_is_replaced_unasked() {
    pictures("export", |lang, size| {
        let mut desk = Desk::new(lang, size).loaded();
        desk.keys("3x");
        let mut seen = vec![("form", desk.screen())];
        desk.keys("<down><enter>");
        seen.push(("writing", desk.screen()));
        desk.tell(Message::Exported(Export::Exists));
        seen.push(("exists", desk.screen()));
        desk.keys("y");
        desk.tell(Message::Exported(Export::Failed("disk full".into())));
        seen.push(("failed", desk.screen()));
        seen
    });
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.keys("3/trx<enter>x");
    let shown = desk.app.exported();
    assert_eq!(shown.len(), desk.app.table().len());
    desk.keys("<down><down>");
    let effects = desk.keys("<enter>");
    let [Effect::Export { format, path, records, replace: false }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*format, ExportFormat::Ndjson);
    assert!(path.starts_with("~/wallet-tui-withdrawals-2026-") && path.ends_with(".ndjson"), "{path}");
    assert_eq!(*records, shown);
    assert_eq!(desk.keys("<enter>"), [], "it is being written");
    desk.tell(Message::Exported(Export::Exists));
    assert_eq!(desk.keys("<esc>"), []);
    assert!(desk.screen().contains(".ndjson"), "what was typed is there: {}", desk.screen());
    desk.keys("<enter>");
    desk.tell(Message::Exported(Export::Exists));
    assert!(matches!(desk.keys("y").as_slice(), [Effect::Export { replace: true, .. }]));
    desk.tell(Message::Exported(Export::Done { path: "/x.ndjson".into(), count: 1, left_out: 0 }));
    assert!(
        desk.app.modal().is_none() && desk.screen().contains("Written: /x.ndjson (records: 1)"),
        "{}",
        desk.screen()
    );
}

#[test]
fn a_transaction_is_looked_up_only_after_its_page_was_shown() {
    pictures("visit_and_note", |lang, size| {
        let mut desk = Desk::new(lang, size).loaded();
        desk.tell(Message::Kept(Box::<Kept>::default()));
        desk.keys("3/status:success coin:btc<enter>b");
        let page = desk.screen();
        desk.keys("<esc>nrent for May");
        vec![("page", page), ("note", desk.screen())]
    });
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    assert_eq!(desk.keys("b"), []);
    assert!(desk.screen().contains("no page to look this up"), "{}", desk.screen());
    assert_eq!(desk.keys("3/status:success coin:btc<enter>b"), []);
    let record = desk.app.selected_record().unwrap();
    let txid = record.txid.unwrap();
    assert!(desk.screen().contains("https://"), "{}", desk.screen());
    let effects = desk.keys("y");
    assert!(matches!(effects.as_slice(), [Effect::Visit(page)] if page.raw().ends_with(txid.raw())), "{effects:?}");
    assert!(desk.app.modal().is_none());
    desk.tell(Message::NotVisited("xdg-open: not found".into()));
    assert!(desk.screen().contains("was not opened: xdg-open"), "{}", desk.screen());
    desk.keys("pb");
    assert!(desk.app.modal().is_none() && !desk.screen().contains("https://"), "{}", desk.screen());
}

#[test]
fn esc_in_a_filter_that_was_opened_again_leads_back_to_it_and_esc_in_the_table_drops_it() {
    let mut desk = Desk::with(session(Lang::En), (80, 24)).loaded();
    let filter = |desk: &Desk| desk.app.table().filter().value().to_owned();
    desk.keys("3/tron<enter>/ usd");
    assert_eq!(filter(&desk), "tron usd");
    desk.keys("<esc>");
    assert_eq!((filter(&desk).as_str(), desk.app.context()), ("tron", Context::Table));
    desk.keys("/<esc>");
    assert_eq!(filter(&desk), "tron");
    desk.keys("<esc>");
    assert_eq!(filter(&desk), "");
    desk.keys("/usd<esc>");
    assert_eq!(filter(&desk), "", "nothing was kept");
}

#[test]
fn hidden_amounts_are_hidden_in_notes_orders_shares_and_curves_too() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("p");
    assert_eq!(desk.keys("3O"), [], "no order is looked for");
    desk.keys("n");
    assert!(desk.app.modal().is_none(), "{}", desk.screen());
    desk.keys("1v<tab>");
    assert!(desk.screen().contains("Amounts are hidden") && !desk.screen().contains('%'), "{}", desk.screen());
}

#[test]
fn values_at_the_end_of_numbers_are_drawn_without_harm() {
    let mut desk = Desk::new(Lang::En, (80, 24)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("v");
    let at = worth(&desk).last().unwrap().at;
    for values in [[Decimal::MAX, Decimal::MAX], [Decimal::MIN, Decimal::MAX], [Decimal::ZERO, Decimal::MAX]] {
        let worth = |ago: i64, value| Worth { at: at.plus(-ago), value, left_out: Vec::new() };
        desk.tell(Message::Worth(Ok(vec![worth(600_000, values[0]), worth(0, values[1])])));
        assert!(desk.screen().contains("USDT"), "{}", desk.screen());
    }
}

#[test]
fn a_filter_that_is_not_understood_is_neither_kept_nor_saved() {
    let mut desk = Desk::with(session(Lang::En), (80, 24)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("3/coni:usdt<enter>");
    assert!(desk.app.is_typing() && desk.screen().contains("coni:usdt: no such field"), "{}", desk.screen());
    assert_eq!(desk.keys("<c-s>"), []);
    for _ in 0.."coni:usdt".len() {
        desk.keys("<bs>");
    }
    desk.keys("coin:usdt<enter>");
    assert!(!desk.app.is_typing(), "{}", desk.screen());
}
