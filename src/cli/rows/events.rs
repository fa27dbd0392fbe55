//! What happened.

use crate::domain::{Event, EventSubject, Millis, Record};
use crate::engine::export::records::{kind, status};
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, text};

impl Listed for Event {
    const KEYS: &'static [&'static str] = &[
        "number",
        "time_ms",
        "time",
        "event",
        "kind",
        "id",
        "coin",
        "network",
        "amount",
        "fee",
        "status",
        "is_final",
        "txid",
        "record_time_ms",
        "about",
        "change",
    ];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.time"),
        left("cli.column.event"),
        left("cli.column.kind"),
        left("cli.column.coin"),
        point("cli.column.amount"),
        left("cli.column.status"),
        left("cli.column.id"),
    ];

    fn object(&self) -> Object {
        let record = self.record();
        let of = |cell: &dyn Fn(&Record) -> Cell| record.map_or(Cell::Absent, cell);
        let (about, change) = match &self.subject {
            EventSubject::Record(_) => (Cell::Absent, Cell::Absent),
            EventSubject::Condition(condition) => (
                text(Some(&condition.about).filter(|about| !about.is_empty()), Cell::Absent),
                amount(condition.change, Cell::Absent),
            ),
        };
        vec![
            ("number", Cell::Count(self.number)),
            ("time_ms", Cell::Count(self.at.0)),
            ("time", self.at.iso().map_or(Cell::Unknown, Cell::Word)),
            ("event", Cell::Word(self.kind().word().to_owned())),
            ("kind", of(&|record| Cell::Word(record.key.kind.word().to_owned()))),
            ("id", of(&|record| Cell::Text(record.key.id.clone()))),
            ("coin", of(&|record| Cell::Text(record.coin.clone()))),
            ("network", of(&|record| text(record.network.as_ref(), Cell::Absent))),
            ("amount", of(&|record| amount(record.amount, Cell::Unknown))),
            ("fee", of(&|record| amount(record.fee, Cell::Unknown))),
            ("status", of(&|record| Cell::Word(record.status.word().to_owned()))),
            ("is_final", of(&|record| Cell::Flag(record.status.is_final()))),
            ("txid", of(&|record| text(record.txid.as_ref(), Cell::Unknown))),
            ("record_time_ms", of(&|record| record.time.map_or(Cell::Unknown, |Millis(at)| Cell::Count(at)))),
            ("about", about),
            ("change", change),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let mut line = vec![Cell::Moment(self.at), Cell::Term("events.word", self.kind().word().to_owned())];
        line.extend(match &self.subject {
            EventSubject::Record(record) => [
                kind(&record.key.kind),
                Cell::Text(record.coin.clone()),
                amount(record.amount, Cell::Unknown),
                status(&record.status),
                Cell::Text(record.key.id.clone()),
            ],
            EventSubject::Condition(condition) => [
                Cell::Absent,
                Cell::Absent,
                amount(condition.change, Cell::Absent),
                Cell::Absent,
                text(Some(&condition.about).filter(|about| !about.is_empty()), Cell::Absent),
            ],
        });
        vec![line]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crate::domain::{Kind, Status};
    use crate::engine::output::{Format, print};

    #[test]
    fn people_read_words_and_programs_the_machine_words() {
        let event = |kind, status| {
            let record = Record { status, ..Record::bare(kind, "7", "TRX") };
            Event { number: 1, at: Millis(0), subject: EventSubject::Record(Box::new(record)) }
        };
        let strange = Kind::OtherOut("new\u{1b}[2J".into());
        let events = [event(Kind::TransferIn, Status::Pending), event(strange, Status::Success)];
        let shown = |format, lang| {
            let mut out = Vec::new();
            print(&events, format, lang, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (english, chinese) = (shown(Format::Table, Lang::En), shown(Format::Table, Lang::ZhCn));
        assert!(english.contains("transfer in") && english.contains("coming in") && !english.contains("transfer_in"));
        assert!(chinese.contains("即将到账") && chinese.contains("转入") && chinese.contains("处理中"), "{chinese}");
        for machine in ["seen", "done", "pending", "transfer_in", "success", "\u{1b}"] {
            assert!(!chinese.contains(machine), "{machine}: {chinese}");
        }
        for format in [Format::Json, Format::Csv] {
            let text = shown(format, Lang::ZhCn);
            assert!(text.contains("seen") && text.contains("transfer_in") && text.contains("pending"), "{text}");
        }
    }
}
