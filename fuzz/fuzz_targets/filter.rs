//! The filter language. The first line is a filter; the lines after it, where there are any, are texts of a record.
//!
//! What is not understood is said in the user's own words, which stand in the filter; a filter takes what each of its
//! terms takes, and `-` turns a term round; a completion keeps what stands before it, and what was understood stays so.

#![no_main]

use checks::assert_gated;
use libfuzzer_sys::fuzz_target;
use wallet_tui::domain::columns::Tab;
use wallet_tui::domain::query::fields::Holding;
use wallet_tui::domain::query::{Annotations, Query, completions};
use wallet_tui::domain::{Amount, Balance, Kind, Millis, Receiver, Record, RecordKey, Status, UntrustedText};

/// 2026-11-22 14:30 UTC.
const NOW: Millis = Millis(1_795_357_800_000);

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let filter = lines.next().unwrap_or_default();
    let record = record(&lines.collect::<Vec<_>>());
    check_terms(filter, &record);
    check_completions(filter, &record);
});

/// What the user's own words say of every record here.
fn own() -> Annotations<'static> {
    Annotations { status: "待处理", ..Annotations::default() }
}

fn check_terms(filter: &str, record: &Record) {
    let query = Query::parse(filter, NOW);
    let mut rest = filter;
    for wrong in &query.wrong {
        // In order, each where it was typed: `find` answers a character's boundary, or slicing ends this.
        let at = rest.find(&wrong.term).unwrap_or_else(|| panic!("{:?} was never typed: {filter:?}", wrong.term));
        assert!(!wrong.term.is_empty() && !wrong.term.contains(char::is_whitespace), "{:?}", wrong.term);
        rest = &rest[at + wrong.term.len()..];
        assert_gated(&UntrustedText::from(wrong.term.as_str()));
    }
    let mut takes_all = true;
    let mut wrong = Vec::new();
    for word in filter.split_whitespace() {
        let alone = Query::parse(word, NOW);
        takes_all &= alone.takes(record, own());
        if alone.wrong.is_empty() && !word.starts_with('-') {
            let turned = Query::parse(&format!("-{word}"), NOW);
            assert_ne!(turned.takes(record, own()), alone.takes(record, own()), "{word}");
            let balance = Balance { coin: record.coin.clone(), available: record.amount, in_use: record.fee };
            let held = Holding { balance: &balance, value: record.amount, price: None };
            assert_ne!(turned.takes_balance(&held), alone.takes_balance(&held));
        }
        // A plain word is found where it stands.
        if !word.contains([':', '<', '>', '=']) && !word.starts_with('-') {
            let remark = Record { remark: Some(UntrustedText::from(format!("Für {word} 謝"))), ..record.clone() };
            assert!(alone.takes(&Record { remark: Some(word.into()), ..record.clone() }, Annotations::default()), "{word:?}");
            assert!(!word.is_ascii() || alone.takes(&remark, Annotations::default()), "{word:?} among others");
        }
        wrong.extend(alone.wrong);
    }
    assert_eq!(query.takes(record, own()), takes_all, "{filter:?}");
    assert_eq!(query.wrong, wrong);
}

fn check_completions(filter: &str, record: &Record) {
    let coins = [record.coin.raw(), "USDT", "1INCH", "测试"];
    let networks = [record.network.as_ref().map_or("Tron (TRC-20)", UntrustedText::raw), "Bitcoin"];
    let start =
        filter.len() - filter.chars().rev().take_while(|c| !c.is_whitespace()).map(char::len_utf8).sum::<usize>();
    let (before, last) = filter.split_at(start);
    for whole in completions(Tab::Withdrawals, filter, &coins, &networks) {
        let completed = whole.strip_prefix(before).unwrap_or_else(|| panic!("{before:?} became {whole:?}"));
        assert!(!completed.contains(char::is_whitespace), "{whole:?} would be two terms");
        assert_ne!(completed, last, "nothing was completed");
        let is_value = last.contains(':');
        if is_value {
            let wrong = Query::parse(&whole, NOW).wrong.len();
            assert_eq!(wrong, Query::parse(before, NOW).wrong.len(), "{whole:?} is not understood");
        }
    }
}

/// A record out of the lines, in this order; what has no line is missing.
fn record(lines: &[&str]) -> Record {
    let line = |at: usize| lines.get(at).map(|line| UntrustedText::from(*line));
    Record {
        key: RecordKey {
            kind: match lines.len() % 3 {
                0 => Kind::Withdrawal,
                1 => Kind::TransferOut,
                _ => Kind::OtherIn(line(1).unwrap_or_default()),
            },
            id: line(2).unwrap_or_else(|| "1909".into()),
        },
        coin: line(0).unwrap_or_else(|| "USDT".into()),
        network: line(3),
        amount: line(4).map_or_else(|| Amount::new(10_050, 2), |text| text.raw().parse().ok()),
        fee: None,
        fee_coin: None,
        status: line(1).map_or(Status::Pending, Status::Other),
        time: line(5).map_or(Some(NOW), |text| text.raw().parse().ok().map(Millis)),
        from_address: line(7),
        address: line(6),
        also_address: None,
        memo: line(8),
        txid: None,
        remark: line(9),
        out_biz_id: None,
        receiver: line(10).map(|name| Receiver::Phone { country_code: "+86".into(), number: name }),
    }
}
