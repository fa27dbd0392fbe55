//! Records as they are exported: every field, and what is known of them beside what the exchange says.

use rust_decimal::Decimal;

use super::records::ListedRecord;
use crate::domain::address_book::AddressBook;
use crate::domain::value::{MARKET_QUOTE, places, rounded};
use crate::domain::{Amount, Record, UntrustedText};
use crate::engine::ledger::RecordFacts;
use crate::engine::output::table::Column;
use crate::engine::output::{Cell, Listed, Object, text};

/// What is known of records beside what the exchange says.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Labels of addresses.
    pub book: &'a AddressBook,
    /// What the ledger knows.
    pub facts: &'a RecordFacts,
}

/// How many fields of a record came later than those that are added here.
const LATER: usize = 4;

/// A record with what is known of it.
#[derive(Debug, Clone)]
pub struct Exported {
    record: ListedRecord,
    label: Option<UntrustedText>,
    note: Option<UntrustedText>,
    value: Option<Decimal>,
}

impl Exported {
    /// A record with what is known of it.
    pub fn new(record: Record, known: Known<'_>) -> Self {
        let amount = record.amount.and_then(Amount::to_decimal_rounded);
        // Which of two amounts is true cannot be said, and so what it was worth cannot either.
        let amount = amount.filter(|_| !known.facts.has_same_id(&record));
        let value = known.facts.prices.get(&record.key).and_then(|price| price.checked_mul(amount?));
        Self {
            label: known.book.label_of(&record).cloned(),
            note: known.facts.notes.get(&record.key).cloned(),
            value: value.map(|value| rounded(value, places(&UntrustedText::from(MARKET_QUOTE)))),
            record: ListedRecord::new(record, known.facts, known.book),
        }
    }
}

impl Listed for Exported {
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
        "label",
        "note",
        "value",
        "value_coin",
        "also_address",
        "fee_source",
        "doubt",
        "looks_like",
    ];
    const COLUMNS: &'static [Column] = ListedRecord::COLUMNS;

    fn object(&self) -> Object {
        let mut object = self.record.object();
        // What came later stands at the end: columns keep their places.
        let later = object.split_off(object.len() - LATER);
        let value = self.value.map_or(Cell::Unknown, |value| Cell::Word(value.to_string()));
        let coin = self.value.map_or(Cell::Unknown, |_| Cell::Word(MARKET_QUOTE.to_owned()));
        object.extend([
            ("label", text(self.label.as_ref(), Cell::Absent)),
            ("note", text(self.note.as_ref(), Cell::Absent)),
            ("value", value),
            ("value_coin", coin),
        ]);
        object.extend(later);
        object
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        self.record.lines()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::domain::address_book::AddressLabel;
    use crate::domain::bookkeeping::Bookkeeping;
    use crate::domain::export::ExportFormat;
    use crate::domain::{Kind, Millis, RecordKey, Status};
    use crate::engine::export::write;

    #[test]
    fn label_note_and_value_stand_beside_what_the_exchange_says() {
        let record = Record {
            network: Some("Tron".into()),
            amount: "20".parse().ok(),
            status: Status::Success,
            time: Some(Millis(0)),
            address: Some("T1".into()),
            ..Record::bare(Kind::Withdrawal, "7", "TRX")
        };
        let label = AddressLabel {
            label: "cold".into(),
            coin: "TRX".into(),
            network: "Tron".into(),
            address: "T1".into(),
            memo: None,
        };
        let book = AddressBook::of_labels(&[label.clone().into()]);
        let notes = HashMap::from([(record.key.clone(), UntrustedText::from("=rent"))]);
        let prices = HashMap::from([(record.key.clone(), Decimal::new(12345, 5))]);
        let facts = RecordFacts { notes, prices, ..RecordFacts::default() };
        let known = Known { book: &book, facts: &facts };
        let mut out = Vec::new();
        write(ExportFormat::Csv, vec![record.clone()], known, &Bookkeeping::default(), &mut out).unwrap();
        let mut reader = csv::Reader::from_reader(out.as_slice());
        let row = reader.records().next().unwrap().unwrap();
        let at = |name: &str| &row[Exported::KEYS.iter().position(|key| *key == name).unwrap()];
        assert_eq!([at("label"), at("note"), at("value"), at("value_coin")], ["cold", "'=rent", "2.47", "USDT"]);
        let other = Record {
            key: RecordKey { kind: Kind::Deposit, id: "8".into() },
            from_address: Some("TJmWbbbb7rUx".into()),
            network: Some("Tron".into()),
            ..record.clone()
        };
        let known_sender = AddressLabel { address: "TJmWaaaa7rUx".into(), ..label.clone() };
        let (book, none) = (AddressBook::of_labels(&[known_sender.into()]), AddressBook::default());
        let alike = |book| {
            let mut out = Vec::new();
            let known = Known { book, facts: &facts };
            write(ExportFormat::Ndjson, vec![other.clone()], known, &Bookkeeping::default(), &mut out).unwrap();
            let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
            line["looks_like"].clone()
        };
        assert_eq!((alike(&book), alike(&none)), ("TJmWaaaa7rUx".into(), serde_json::Value::Null));
        // What is not known is empty, never zero.
        let none = Known { book: &AddressBook::of_labels(&[]), facts: &RecordFacts::default() };
        let mut out = Vec::new();
        write(ExportFormat::Ndjson, vec![record], none, &Bookkeeping::default(), &mut out).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert!(["label", "note", "value", "value_coin"].iter().all(|key| line[key].is_null()), "{line}");
    }
}
