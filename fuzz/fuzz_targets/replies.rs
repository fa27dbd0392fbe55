//! Answers of every endpoint. The first byte (`0` to `9`, `a` to `d`) chooses the endpoint, the rest is the body.
//!
//! Nothing panics; what is shown of an answer, of an error or in a table holds nothing that a terminal obeys; no row and
//! no digit of a list is lost, and what has an id keeps it.

#![no_main]

use checks::{assert_gated, assert_harmless, assert_harmless_lines, is_plain_number};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wallet_tui::exchange::{Answer, endpoint, read_answer};
use wallet_tui::engine::output::{Format, Listed, print};
use wallet_tui::engine::export::records::ListedRecord;
use wallet_tui::domain::{Amount, Cause, Problem, Record, UntrustedText};
use wallet_tui::engine::explain::{exit_code, explain};
use wallet_tui::domain::locale::Lang;

const ENDPOINTS: [&str; 14] = [
    endpoint::ACCOUNT,
    endpoint::USER_INFO,
    endpoint::OUTGOING,
    endpoint::INCOMING,
    endpoint::DEPOSIT_ADDRESS,
    endpoint::COINS,
    endpoint::RATES,
    endpoint::LAST_PRICE,
    endpoint::WITHDRAW,
    endpoint::TRANSFER,
    endpoint::MOVE,
    endpoint::CANCEL_WITHDRAWAL,
    endpoint::CANCEL_TRANSFER,
    endpoint::FUTURES,
];

fuzz_target!(|data: &[u8]| {
    let Some((&digit, body)) = data.split_first() else { return };
    let at = match digit {
        b'a'..=b'd' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'0'),
    };
    let endpoint = ENDPOINTS[usize::from(at) % ENDPOINTS.len()];
    match read_answer(endpoint, body) {
        Ok(answer) => good(&answer, body),
        Err(cause) => bad(Problem { endpoint, cause }),
    }
});

fn bad(problem: Problem) {
    for lang in [Lang::En, Lang::ZhCn] {
        let said = explain(&problem, lang);
        assert_harmless(&said.cause, "the cause");
        assert_harmless(&said.next, "the next step");
        assert!(!said.cause.is_empty() && !said.next.is_empty());
    }
    assert_harmless(&problem.to_string(), "the problem");
    assert!((3..=6).contains(&exit_code(&problem, true)) && (3..=5).contains(&exit_code(&problem, false)));
    match &problem.cause {
        Cause::Refused { code, .. } => {
            let code = code.raw().strip_prefix('-').unwrap_or(code.raw());
            assert!(
                code.bytes().all(|b| b.is_ascii_digit()) && code.bytes().any(|b| b != b'0'),
                "{code} is no refusal"
            );
        }
        // Bytes came and were read: nothing else can be said of them.
        Cause::NoAnswer { .. } | Cause::Unreadable { .. } | Cause::NoId | Cause::Contradiction { .. } => {
            assert!(problem.may_have_executed(), "what is not understood may have been executed");
        }
        Cause::NotSent { .. } | Cause::NoKey => panic!("an answer was read, so something was sent"),
    }
}

fn good(answer: &Answer, body: &[u8]) {
    let rows = rows(body);
    match answer {
        Answer::Balances(balances) => {
            let balances = balances.as_deref().unwrap_or_default();
            shown(balances);
            for (balance, row) in pairs(balances, rows.as_deref()) {
                assert_kept(Some(&balance.coin), row, "coin");
                assert_exact(balance.available, row, "balance");
                assert_exact(balance.in_use, row, "balanceLocked");
            }
        }
        Answer::Futures(found) => {
            let found = found.as_deref().map_or(&[][..], std::slice::from_ref);
            shown(found);
            // Rows of other coins stand beside that of the one that was asked for.
            for (balance, row) in pairs(found, rows.as_deref().filter(|rows| rows.len() == found.len())) {
                assert_kept(Some(&balance.coin), row, "marginCoin");
                assert_exact(balance.movable, row, "transfer");
                assert_exact(balance.available, row, "available");
            }
        }
        Answer::User(user) => shown(std::slice::from_ref(user)),
        Answer::Records(records) => {
            let listed: Vec<ListedRecord> = records.iter().cloned().map(ListedRecord::from).collect();
            shown(&listed);
            for (record, row) in pairs(records, rows.as_deref()) {
                check_record(record, row);
            }
        }
        Answer::Addresses(addresses) => {
            shown(addresses);
            for (address, row) in pairs(addresses, rows.as_deref()) {
                assert_kept(Some(&address.address), row, "address");
                assert_kept(address.memo.as_ref(), row, "memo");
            }
        }
        Answer::Coins(coins) => {
            shown(coins);
            for (coin, row) in pairs(coins, rows.as_deref()) {
                assert_kept(Some(&coin.name), row, "name");
                let networks = row.get("networks").and_then(Value::as_array);
                for (network, row) in pairs(&coin.networks, networks.map(Vec::as_slice)) {
                    assert_kept(Some(&network.name), row, "network");
                    // A rule that cannot be read closes the network, which says so.
                    if network.fault.is_none() {
                        assert_exact(network.withdraw_min, row, "withdrawMin");
                        assert_exact(network.withdraw_max, row, "withdrawMax");
                    }
                }
            }
        }
        // Pairs without a rate are left out, so rows and rates do not go side by side.
        Answer::Rates(rates) => {
            shown(rates);
            assert!(rows.is_none_or(|rows| rates.len() <= rows.len()), "a rate out of nothing");
        }
        Answer::Price(price) => assert!(is_plain_number(&price.to_string())),
        Answer::Id(id) => {
            assert_gated(id);
            assert!(id.raw().bytes().any(|b| b.is_ascii_digit()), "{id:?} cannot be looked up");
            assert!(id.raw().bytes().all(|b| b.is_ascii_graphic()), "{id:?} is not one word");
        }
        Answer::Done => {}
    }
}

fn check_record(record: &Record, row: &Value) {
    for text in [&record.key.id, &record.coin] {
        assert_gated(text);
    }
    record.counterparty().iter().for_each(assert_gated);
    assert_kept(Some(&record.key.id), row, "id");
    assert_kept(record.memo.as_ref(), row, "memo");
    assert_kept(record.txid.as_ref(), row, "transactionHash");
    assert_kept(record.out_biz_id.as_ref(), row, "outBizId");
    assert_exact(record.amount, row, "amount");
    assert_exact(record.fee, row, "fee");
    if let (Some(gross), Some(net), Some(fee)) = (record.gross(), record.amount, record.fee) {
        assert_eq!(gross.checked_sub(fee), Some(net), "{gross} is not {net} and {fee}");
    }
}

/// Every form in which a list is printed.
fn shown<T: Listed>(items: &[T]) {
    for (format, what) in [(Format::Table, "the table"), (Format::Csv, "the CSV"), (Format::Json, "the JSON")] {
        let mut out = Vec::new();
        print(items, format, Lang::ZhCn, &mut out).expect("a vector takes everything");
        let text = String::from_utf8(out).expect("texts in, text out");
        assert_harmless_lines(&text, what);
        if format == Format::Json {
            let back: Vec<Value> = serde_json::from_str(&text).expect("printed JSON is JSON");
            assert_eq!(back.len(), items.len());
        }
    }
}

/// The rows as a reader that knows nothing of this API sees them; `None` where it sees none.
fn rows(body: &[u8]) -> Option<Vec<Value>> {
    match serde_json::from_slice::<Value>(body).ok()?.get_mut("data")?.take() {
        Value::Array(rows) => Some(rows),
        row @ Value::Object(_) => Some(vec![row]),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

fn pairs<'a, T>(found: &'a [T], rows: Option<&'a [Value]>) -> impl Iterator<Item = (&'a T, &'a Value)> {
    if let Some(rows) = rows {
        assert_eq!(found.len(), rows.len(), "rows were lost or made up");
    }
    found.iter().zip(rows.unwrap_or_default())
}

/// A text is what came, byte for byte.
fn assert_kept(found: Option<&UntrustedText>, row: &Value, name: &str) {
    let came = match row.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    assert_eq!(found.map(UntrustedText::raw), came.as_deref().filter(|text| !text.is_empty()), "{name}");
}

/// An amount has every digit that came and none besides: as plain decimals both are the same but for zeros at the end.
fn assert_exact(found: Option<Amount>, row: &Value, name: &str) {
    let came = match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let Some(found) = found else {
        assert!(came.is_empty(), "{name} was {came:?} and is nothing");
        return;
    };
    let printed = found.to_string();
    assert!(is_plain_number(&printed), "{printed}");
    // Exponents are the matter of another target.
    if !came.contains(['e', 'E']) {
        let bare = |text: &str| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text.to_owned(),
        };
        let (came, printed) = (bare(&came), bare(&printed));
        assert!(
            came == printed || came.strip_prefix('-') == Some("0") && printed == "0",
            "{name}: {came} became {printed}"
        );
    }
}
