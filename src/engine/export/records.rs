//! Records: deposits, withdrawals and transfers have the same fields.

use crate::domain::address::ChainHint;
use crate::domain::address_book::AddressBook;
use crate::domain::{Charge, Kind, Millis, Receiver, Record, Status, UntrustedText};
use crate::engine::ledger::RecordFacts;
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, term, text};

/// A record as it is listed: with what it cost, and with what contradicts it.
#[derive(Debug, Clone)]
pub struct ListedRecord {
    /// What the exchange says.
    pub record: Record,
    /// What it cost, reckoned from the own order where the exchange does not say.
    pub charge: Charge,
    /// How the exchange contradicts itself about it: `backwards`, `disagrees`, `addresses`, `same_id` or `vanished`.
    pub conflict: Option<UntrustedText>,
    /// The known address or user that the sender looks like but is not.
    pub looks_like: Option<UntrustedText>,
}

impl From<Record> for ListedRecord {
    fn from(record: Record) -> Self {
        Self::new(record, &RecordFacts::default(), &AddressBook::default())
    }
}

impl ListedRecord {
    /// A record with what is known of it and of who sent it.
    pub fn new(record: Record, facts: &RecordFacts, book: &AddressBook) -> Self {
        let looks_like = looks_like(&record, book);
        Self { charge: facts.charge(&record), conflict: facts.conflict(&record), looks_like, record }
    }

    /// Who says gross and fee; nothing where one of them is not known.
    fn fee_source(&self) -> Option<&'static str> {
        self.charge.fee?;
        Some(if self.charge.is_reckoned && self.record.fee.is_none() { "own_order" } else { "exchange" })
    }
}

/// The known address or user that the sender of a record looks like but is not.
fn looks_like(record: &Record, book: &AddressBook) -> Option<UntrustedText> {
    let network = record.network.as_ref().map(|network| ChainHint { network: network.raw(), chain: None });
    book.sender_alike(record, network.and_then(|network| network.family())).map(|alike| alike.known)
}

impl Listed for ListedRecord {
    const KEYS: &'static [&'static str] = &[
        "id",
        "kind",
        "coin",
        "network",
        "amount",
        "fee",
        "fee_coin",
        "gross",
        "status",
        "time_ms",
        "time",
        "address",
        "from_address",
        "memo",
        "txid",
        "remark",
        "out_biz_id",
        "to_type",
        "to_uid",
        "to_phone_country_code",
        "to_phone_number",
        "to_email",
        "also_address",
        "fee_source",
        "doubt",
        "looks_like",
    ];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.time"),
        left("cli.column.kind"),
        left("cli.column.coin"),
        left("cli.column.network"),
        point("cli.column.amount"),
        point("cli.column.fee"),
        left("cli.column.fee_coin"),
        left("cli.column.status"),
        left("cli.column.counterparty"),
        left("cli.column.memo"),
        left("cli.column.txid"),
        left("cli.column.id"),
        left("cli.column.remark"),
        left("cli.column.doubt"),
        left("cli.column.looks_like"),
    ];

    fn object(&self) -> Object {
        let record = &self.record;
        let maybe = |value: Option<&UntrustedText>| text(value, Cell::Unknown);
        let iso = record.time.and_then(Millis::iso);
        let (to_type, uid, country_code, number, email) = match &record.receiver {
            Some(Receiver::Uid(uid)) => (Some("uid"), Some(uid), None, None, None),
            Some(Receiver::Phone { country_code, number }) => {
                (Some("phone"), None, Some(country_code), Some(number), None)
            }
            Some(Receiver::Email(email)) => (Some("email"), None, None, None, Some(email)),
            None => (None, None, None, None, None),
        };
        vec![
            ("id", Cell::Text(record.key.id.clone())),
            ("kind", kind(&record.key.kind)),
            ("coin", Cell::Text(record.coin.clone())),
            ("network", maybe(record.network.as_ref())),
            ("amount", amount(record.amount, Cell::Unknown)),
            ("fee", amount(self.charge.fee, Cell::Unknown)),
            ("fee_coin", maybe(record.fee_coin.as_ref())),
            ("gross", amount(self.charge.gross, Cell::Unknown)),
            ("status", status(&record.status)),
            ("time_ms", record.time.map_or(Cell::Unknown, |at| Cell::Count(at.0))),
            ("time", iso.map_or(Cell::Unknown, Cell::Word)),
            ("address", maybe(record.address.as_ref())),
            ("from_address", maybe(record.from_address.as_ref())),
            ("memo", maybe(record.memo.as_ref())),
            ("txid", maybe(record.txid.as_ref())),
            ("remark", maybe(record.remark.as_ref())),
            ("out_biz_id", maybe(record.out_biz_id.as_ref())),
            ("to_type", to_type.map_or(Cell::Absent, |word| Cell::Word(word.to_owned()))),
            ("to_uid", maybe(uid)),
            ("to_phone_country_code", maybe(country_code)),
            ("to_phone_number", maybe(number)),
            ("to_email", maybe(email)),
            ("also_address", text(record.also_address.as_ref(), Cell::Absent)),
            ("fee_source", self.fee_source().map_or(Cell::Absent, |word| Cell::Word(word.to_owned()))),
            ("doubt", text(self.conflict.as_ref(), Cell::Absent)),
            ("looks_like", text(self.looks_like.as_ref(), Cell::Absent)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let record = &self.record;
        let key = &record.key.kind;
        // Between users there is neither network nor TxID; incoming records name no fee (`reference.md §4.9`).
        // A move has neither of them, and nobody on the other side.
        let on_chain = if key.is_transfer() || key.is_move() { Cell::Absent } else { Cell::Unknown };
        let fee = if key.is_outgoing() && !key.is_move() { Cell::Unknown } else { Cell::Absent };
        let counterparty = if key.is_move() { Cell::Absent } else { Cell::Unknown };
        let txid = if record.status == Status::Success { on_chain.clone() } else { Cell::Absent };
        vec![vec![
            record.time.map_or(Cell::Unknown, Cell::Moment),
            kind(key),
            Cell::Text(record.coin.clone()),
            text(record.network.as_ref(), on_chain),
            amount(record.amount, Cell::Unknown),
            match self.charge.fee {
                // No digit of it comes of the exchange.
                Some(found) if self.fee_source() == Some("own_order") => {
                    Cell::Marked("≈", Box::new(Cell::Amount(found)))
                }
                found => amount(found, fee.clone()),
            },
            text(record.fee_coin.as_ref().or(self.charge.fee.map(|_| &record.coin)), fee),
            status(&record.status),
            text(record.counterparty().as_ref(), counterparty),
            text(record.memo.as_ref(), Cell::Absent),
            text(record.txid.as_ref(), txid),
            Cell::Text(record.key.id.clone()),
            text(record.remark.as_ref(), Cell::Absent),
            term("doubt.short", self.conflict.as_ref().map(UntrustedText::raw), Cell::Absent),
            text(self.looks_like.as_ref(), Cell::Absent),
        ]]
    }
}

/// A kind as people read it; an unknown one is the exchange's own word, and so text from outside.
pub fn kind(kind: &Kind) -> Cell {
    match kind {
        Kind::OtherIn(raw) | Kind::OtherOut(raw) => Cell::Text(raw.clone()),
        known => Cell::Term("pending.kind", known.word().to_owned()),
    }
}

/// A status as people read it; an unknown one is the exchange's own word, and so text from outside.
pub fn status(status: &Status) -> Cell {
    match status {
        Status::Other(raw) => Cell::Text(raw.clone()),
        known => Cell::Term("status", known.word().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crate::domain::{Ordered, RecordKey};
    use crate::engine::output::{Format, print};

    fn withdrawal() -> Record {
        Record {
            network: Some("Tron (TRC-20)".into()),
            amount: "19.00000000000000000000".parse().ok(),
            fee: "1".parse().ok(),
            fee_coin: Some("TRX".into()),
            status: Status::Success,
            time: Some(Millis(1_744_185_294_000)),
            address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            txid: Some("f00d".into()),
            out_biz_id: Some("123456789".into()),
            ..Record::bare(Kind::Withdrawal, "1909877667383767042", "TRX")
        }
    }

    fn hostile() -> Record {
        Record {
            key: RecordKey { kind: Kind::OtherOut("new\u{1b}[2Jkind".into()), id: "2".into() },
            network: None,
            amount: None,
            fee: None,
            fee_coin: None,
            status: Status::Other("=FROZEN\u{202e}".into()),
            time: None,
            remark: Some("=HYPERLINK(\"http://x\",\"y\")\r\n\u{1b}]0;t\u{7}".into()),
            receiver: Some(Receiver::Phone { country_code: "+86".into(), number: "10,1".into() }),
            ..withdrawal()
        }
    }

    fn shown(format: Format) -> String {
        let mut out = Vec::new();
        print(&[ListedRecord::from(withdrawal()), hostile().into()], format, Lang::En, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_holds_every_field_exactly() {
        let text = shown(Format::Json);
        let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "id": "1909877667383767042", "kind": "withdrawal", "coin": "TRX", "network": "Tron (TRC-20)",
            "amount": "19.00000000000000000000", "fee": "1", "fee_coin": "TRX", "gross": "20.00000000000000000000",
            "status": "success", "time_ms": 1_744_185_294_000_i64, "time": "2025-04-09T07:54:54Z",
            "address": "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", "from_address": null, "memo": null, "txid": "f00d",
            "remark": null, "out_biz_id": "123456789", "to_type": null, "to_uid": null,
            "to_phone_country_code": null, "to_phone_number": null, "to_email": null,
            "also_address": null, "fee_source": "exchange", "doubt": null,
            "looks_like": null,
        });
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1]["kind"], "new\u{1b}[2Jkind");
        assert_eq!(rows[1]["status"], "=FROZEN\u{202e}");
        assert_eq!(rows[1]["remark"], "=HYPERLINK(\"http://x\",\"y\")\r\n\u{1b}]0;t\u{7}");
        assert_eq!((&rows[1]["gross"], &rows[1]["time_ms"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        assert_eq!((&rows[1]["to_type"], &rows[1]["to_phone_country_code"]), (&"phone".into(), &"+86".into()));
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
    }

    #[test]
    fn what_is_reckoned_from_the_own_order_says_so() {
        let open = Record { fee: None, fee_coin: None, also_address: Some("T2".into()), ..withdrawal() };
        let mut facts = RecordFacts::default();
        let ordered = Ordered { coin: "TRX".into(), gross: "20.5".parse().unwrap() };
        facts.ordered.insert(open.key.clone(), ordered);
        let rows = [ListedRecord::new(open.clone(), &facts, &AddressBook::default()), open.into()];
        let mut out = Vec::new();
        print(&rows, Format::Json, Lang::En, &mut out).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let of = |at: usize, key: &str| read[at][key].as_str().map(str::to_owned);
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(of(0, "gross"), is("20.5"));
        assert_eq!((of(0, "fee"), of(0, "fee_source")), (is("1.50000000000000000000"), is("own_order")));
        assert_eq!((of(1, "gross"), of(1, "fee"), of(1, "fee_source")), (None, None, None));
        assert_eq!((of(0, "also_address"), of(0, "doubt")), (is("T2"), is("addresses")));
        let mut out = Vec::new();
        print(&rows, Format::Table, Lang::En, &mut out).unwrap();
        let table = String::from_utf8(out).unwrap();
        assert!(table.contains("≈1.5") && table.contains("addresses"), "{table}");
    }

    #[test]
    fn csv_is_read_back_by_another_reader_and_runs_nothing() {
        let text = shown(Format::Csv);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let at = |name: &str| ListedRecord::KEYS.iter().position(|key| *key == name).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(&rows[0][at("amount")], "19.00000000000000000000");
        assert_eq!(&rows[0][at("time_ms")], "1744185294000");
        assert_eq!(&rows[0][at("time")], "2025-04-09T07:54:54Z");
        assert_eq!(&rows[1][at("remark")], "'=HYPERLINK(\"http://x\",\"y\")<U+000D><U+000A><U+001B>]0;t<U+0007>");
        assert_eq!(&rows[1][at("status")], "'=FROZEN<U+202E>");
        assert_eq!(&rows[1][at("to_phone_country_code")], "'+86");
        assert_eq!(&rows[1][at("fee")], "");
        assert_eq!(text.matches("\r\n").count(), 3);
    }

    #[test]
    fn table_shows_exact_time_whole_address_and_unknowns() {
        let text = shown(Format::Table);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].starts_with("2025-04-09 07:54:54 UTC  withdrawal"), "{text}");
        assert!(lines[1].contains("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU"));
        assert!(lines[2].starts_with("?  ") && lines[2].contains("new<U+001B>[2Jkind"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
    }
}
