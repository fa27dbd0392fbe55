//! CSV. The first byte chooses what is listed, the rest is text: fields between `|`, a field `~` for one that is missing.
//!
//! Another reader reads exactly the fields that were written, line by line; none of them holds anything that a terminal
//! obeys, and none begins like a formula unless it is a plain number.

#![no_main]

use checks::{assert_harmless, choice, is_plain_number};
use libfuzzer_sys::fuzz_target;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{
    Amount, AskedBy, Balance, Because, Coin, DepositAddress, Kind, MemoRule, Millis, Network, Order, OrderId, Outcome,
    Rate, Receiver, Record, RecordKey, Request, Status, TransferRequest, UntrustedText, UserInfo, Why, WithdrawRequest,
};
use wallet_tui::engine::export::records::ListedRecord;
use wallet_tui::engine::export::tax;
use wallet_tui::engine::output::{Cell, Format, Listed, print};

/// What a spreadsheet takes for the beginning of a formula, full-width letters included.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = choice(data, 8) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let mut fields = Fields(text.split('|').collect());
    match kind {
        0 => check(&[record(&mut fields), record(&mut fields)].map(ListedRecord::from)),
        1 => check(&[Balance { coin: fields.text(), available: fields.amount(), in_use: fields.amount() }]),
        2 => check(&[DepositAddress {
            coin: fields.text(),
            network: fields.text(),
            address: fields.text(),
            memo: fields.maybe(),
        }]),
        3 => check(&[coin(&mut fields)]),
        4 => {
            check(&[Rate { base: fields.text(), quote: fields.text(), rate: fields.amount().unwrap_or(Amount::ZERO) }])
        }
        5 => check(&[UserInfo { uid: fields.maybe() }]),
        6 => check(&[order(&mut fields)]),
        _ => {
            let record = ListedRecord::from(Record { status: Status::Success, ..record(&mut fields) });
            for layout in [&tax::KOINLY, &tax::COINTRACKER] {
                let mut out = Vec::new();
                let left_out = tax::write(layout, std::slice::from_ref(&record), &mut out).expect("a vector");
                assert_eq!(read(&out).len(), 2 - left_out);
            }
        }
    }
});

/// Writes a list, reads it with another reader, and compares the two.
fn check<T: Listed>(items: &[T]) {
    let mut out = Vec::new();
    print(items, Format::Csv, Lang::En, &mut out).expect("a vector takes everything");
    let lines = read(&out);
    let objects: Vec<_> = items.iter().flat_map(Listed::flat).collect();
    assert_eq!(lines.len(), objects.len() + 1);
    assert_eq!(lines[0], T::KEYS);
    for (line, object) in lines[1..].iter().zip(&objects) {
        assert_eq!(line.len(), object.len());
        for (field, (name, cell)) in line.iter().zip(object) {
            // A mark is for people; a machine reads what is marked.
            let cell = if let Cell::Marked(_, marked) = cell { marked } else { cell };
            let expected = match cell {
                Cell::Amount(amount) => amount.to_string(),
                Cell::Text(text) => text.to_string(),
                Cell::Word(word) | Cell::Term(_, word) => word.clone(),
                Cell::Count(count) => count.to_string(),
                Cell::Moment(at) => at.0.to_string(),
                Cell::Flag(yes) => yes.to_string(),
                Cell::Marked(..) => panic!("{name}: marked twice"),
                Cell::List(_) | Cell::Unknown | Cell::Absent => String::new(),
            };
            let is_as_shown = *field == expected;
            let is_made_text = field.strip_prefix('\'') == Some(&expected);
            assert!(is_as_shown || is_made_text, "{name}: {expected:?} is read as {field:?}");
            assert!(is_as_shown || !matches!(cell, Cell::Amount(_) | Cell::Count(_)), "{name}: a number became text");
        }
    }
}

/// The fields of every line, each safe in a spreadsheet and in a terminal.
fn read(written: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(written);
    let mut lines = Vec::new();
    for line in reader.records() {
        let line: Vec<String> = line.expect("written CSV is CSV").iter().map(str::to_owned).collect();
        for field in &line {
            assert_harmless(field, "a field");
            assert!(!field.starts_with(FORMULA) || is_plain_number(field), "{field:?} would be run");
        }
        lines.push(line);
    }
    lines
}

/// The rest of the fields, taken from the front.
struct Fields<'a>(std::collections::VecDeque<&'a str>);

impl Fields<'_> {
    fn maybe(&mut self) -> Option<UntrustedText> {
        self.0.pop_front().filter(|field| *field != "~").map(UntrustedText::from)
    }

    fn text(&mut self) -> UntrustedText {
        self.maybe().unwrap_or_default()
    }

    fn amount(&mut self) -> Option<Amount> {
        self.maybe()?.raw().parse().ok()
    }

    fn moment(&mut self) -> Option<Millis> {
        self.maybe()?.raw().parse().ok().map(Millis)
    }

    fn receiver(&mut self) -> Option<Receiver> {
        let first = self.maybe()?;
        Some(match self.maybe() {
            Some(number) => Receiver::Phone { country_code: first, number },
            None if first.raw().contains('@') => Receiver::Email(first),
            None => Receiver::Uid(first),
        })
    }
}

fn record(fields: &mut Fields<'_>) -> Record {
    let kind = match fields.text().raw() {
        "" | "deposit" => Kind::Deposit,
        "transfer_in" => Kind::TransferIn,
        "withdrawal" => Kind::Withdrawal,
        "transfer_out" => Kind::TransferOut,
        other => Kind::OtherOut(other.into()),
    };
    Record {
        key: RecordKey { kind, id: fields.text() },
        coin: fields.text(),
        time: fields.moment(),
        amount: fields.amount(),
        fee: fields.amount(),
        fee_coin: fields.maybe(),
        remark: fields.maybe(),
        txid: fields.maybe(),
        status: fields.maybe().map_or(Status::Cancelled, Status::Other),
        network: fields.maybe(),
        from_address: fields.maybe(),
        address: fields.maybe(),
        memo: fields.maybe(),
        out_biz_id: fields.maybe(),
        receiver: fields.receiver(),
        also_address: fields.maybe(),
    }
}

fn coin(fields: &mut Fields<'_>) -> Coin {
    let network = |fields: &mut Fields<'_>| Network {
        name: fields.text(),
        chain: fields.maybe(),
        contract: fields.maybe(),
        precision: Some(6),
        memo: MemoRule::Optional,
        confirmations: None,
        address_pattern: fields.maybe(),
        open: Some(true),
        deposit_open: None,
        withdraw_open: Some(false),
        withdraw_min: fields.amount(),
        withdraw_max: fields.amount(),
        deposit_min: None,
        fault: None,
    };
    Coin {
        name: fields.text(),
        full_name: fields.maybe(),
        open: Some(true),
        deposit_open: None,
        withdraw_open: Some(false),
        networks: (0..fields.0.len().min(2)).map(|_| network(fields)).collect(),
        fault: fields.maybe(),
    }
}

fn order(fields: &mut Fields<'_>) -> Order {
    let (coin, amount) = (fields.text(), fields.amount().unwrap_or(Amount::ZERO));
    let request = match fields.receiver() {
        Some(to) => {
            Request::Transfer(TransferRequest { out_biz_id: fields.text(), coin, amount, to, remark: fields.maybe() })
        }
        None => Request::Withdraw(WithdrawRequest {
            coin,
            network: fields.text(),
            address: fields.text(),
            memo: fields.maybe(),
            gross: amount,
        }),
    };
    let outcome = match fields.maybe() {
        Some(code) => Outcome::Refused { code, msg: fields.text() },
        None => Outcome::Unknown { why: Why::new(Because::Status, fields.text()) },
    };
    let time = fields.moment().unwrap_or_default();
    Order {
        id: OrderId(1),
        request,
        time,
        sent: time,
        available_before: fields.amount(),
        asked_by: AskedBy::Screen,
        outcome,
        readings: 2,
        changed: time,
    }
}
