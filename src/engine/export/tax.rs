//! The column layouts of two tax tools, as their makers document them. Only what really happened is in them: what is
//! pending or failed is counted and left out, and nothing is valued.

use std::io;

use super::records::ListedRecord;
use crate::domain::{Amount, Millis, Record, Status, UntrustedText};
use crate::engine::output::csv::{harmless, write_rows};

/// A layout: its header, and a line of it.
pub struct Layout {
    header: &'static [&'static str],
    line: fn(&ListedRecord) -> Vec<String>,
}

/// Koinly's universal template: times in UTC, sent and received amounts without the fee.
pub const KOINLY: Layout = Layout {
    header: &[
        "Date",
        "Sent Amount",
        "Sent Currency",
        "Received Amount",
        "Received Currency",
        "Fee Amount",
        "Fee Currency",
        "Net Worth Amount",
        "Net Worth Currency",
        "Label",
        "Description",
        "TxHash",
    ],
    line: |listed| {
        let record = &listed.record;
        let [sent, received, fee] = sides(listed);
        let at = record.time.map(|at| harmless(&day_and_time(at, "%Y-%m-%d %H:%M:%S UTC"))).unwrap_or_default();
        let mut about = format!("{} {}", record.key.kind.word(), record.key.id.raw());
        if let Some(conflict) = &listed.conflict {
            about = format!("{about} (contradiction: {})", conflict.raw());
        }
        let txid = record.txid.as_ref().map(|txid| harmless(txid.raw())).unwrap_or_default();
        let none = String::new;
        let [[a, b], [c, d], [e, f]] = [sent, received, fee];
        vec![at, a, b, c, d, e, f, none(), none(), none(), harmless(&about), txid]
    },
};

/// `CoinTracker`'s template: times in UTC, the month first; a sent quantity includes the fee, as its maker's own example has it.
pub const COINTRACKER: Layout = Layout {
    header: &[
        "Date",
        "Received Quantity",
        "Received Currency",
        "Sent Quantity",
        "Sent Currency",
        "Fee Amount",
        "Fee Currency",
        "Tag",
    ],
    line: |listed| {
        let record = &listed.record;
        let [[sent, sent_coin], [received, received_coin], [fee, fee_coin]] = sides(listed);
        // Here what is sent includes the fee where that is of the same coin.
        let gross = listed.charge.gross.filter(|_| *record.coin_of_fee() == record.coin && !sent.is_empty());
        let sent = gross.map_or(sent, |gross| gross.to_string());
        let at = record.time.map(|at| day_and_time(at, "%m/%d/%Y %H:%M:%S")).unwrap_or_default();
        vec![at, received, received_coin, sent, sent_coin, fee, fee_coin, String::new()]
    },
};

/// Amount and coin of what was sent, received and taken as a fee.
fn sides(listed: &ListedRecord) -> [[String; 2]; 3] {
    let record = &listed.record;
    let pair = |amount: Option<Amount>, coin: &UntrustedText| match amount {
        Some(amount) => [amount.to_string(), harmless(coin.raw())],
        None => [String::new(), String::new()],
    };
    let moved = pair(record.amount, &record.coin);
    let fee = listed.charge.fee.filter(|fee| !fee.is_zero());
    let fee = pair(fee, record.coin_of_fee());
    let nothing = [String::new(), String::new()];
    if record.key.kind.is_outgoing() { [moved, nothing, fee] } else { [nothing, moved, fee] }
}

/// Writes the records in a layout; answers how many were left out.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(layout: &Layout, records: &[ListedRecord], out: &mut dyn io::Write) -> io::Result<usize> {
    let done: Vec<&ListedRecord> = records.iter().filter(|listed| is_done(&listed.record)).collect();
    let header = layout.header.iter().map(|name| (*name).to_owned()).collect();
    write_rows(std::iter::once(header).chain(done.iter().map(|record| (layout.line)(record))), out)?;
    Ok(records.len() - done.len())
}

/// True for what really happened between the account and others: tax tools know nothing of the rest. Spot and futures are one
/// account to them, so a move is no line.
fn is_done(record: &Record) -> bool {
    !record.key.kind.is_move() && record.status == Status::Success && record.time.is_some() && record.amount.is_some()
}

/// A moment for tax tools: UTC, to the second.
fn day_and_time(at: Millis, form: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0);
    moment.map(|at| at.to_zoned_datetime(jiff::tz::TimeZone::UTC).strftime(form).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;

    fn record(kind: Kind, status: Status) -> ListedRecord {
        ListedRecord::from(Record {
            amount: Some("19.50".parse().unwrap()),
            fee: Some("1".parse().unwrap()),
            status,
            time: Some(Millis(1_744_185_294_000)),
            txid: Some("=ab".into()),
            ..Record::bare(kind, "7", "TRX")
        })
    }

    #[test]
    fn both_layouts_hold_what_was_done_and_count_the_rest() {
        let records = [
            record(Kind::Withdrawal, Status::Success),
            record(Kind::Deposit, Status::Success),
            record(Kind::Withdrawal, Status::Pending),
            record(Kind::MoveToFutures, Status::Success),
        ];
        let written = |layout| {
            let mut out = Vec::new();
            assert_eq!(write(layout, &records, &mut out).unwrap(), 2);
            String::from_utf8(out).unwrap()
        };
        let koinly = written(&KOINLY);
        let lines: Vec<&str> = koinly.lines().collect();
        assert_eq!(lines[1], "2025-04-09 07:54:54 UTC,19.50,TRX,,,1,TRX,,,,withdrawal 7,'=ab");
        assert_eq!(lines[2], "2025-04-09 07:54:54 UTC,,,19.50,TRX,1,TRX,,,,deposit 7,'=ab");
        let tracker = written(&COINTRACKER);
        assert_eq!(tracker.lines().nth(1).unwrap(), "04/09/2025 07:54:54,,,20.50,TRX,1,TRX,", "with the fee");
        assert_eq!(tracker.lines().count(), 3);
    }

    #[test]
    fn a_year_before_zero_is_no_formula() {
        let mut long_ago = record(Kind::Deposit, Status::Success);
        long_ago.record.time = Some(Millis(-377_705_023_201_000));
        let mut out = Vec::new();
        write(&KOINLY, &[long_ago], &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("\n'-9999-01-02 "));
    }
}
