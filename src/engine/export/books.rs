//! The history as a journal of hledger or beancount: a transaction for each record that really happened, with the fee on a line of
//! its own. What is not known is marked (`!`) and never invented; what cannot be booked is counted and left out. Nothing is valued.
//!
//! Words from outside stand in comments and strings alone, sanitized, where neither tool takes them for anything else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::exported::Known;
use super::records::ListedRecord;
use crate::domain::bookkeeping::{BookAccounts, BookTool, Purpose};
use crate::domain::text::sanitize;
use crate::domain::{Amount, Kind, Millis, Status, UntrustedText};

/// A transaction.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// The day in UTC.
    day: String,
    /// False where something of it is not known or contradicted.
    is_certain: bool,
    what: &'static str,
    facts: Vec<(&'static str, String)>,
    /// Account, amount and coin; the amounts of each coin are zero together.
    lines: Vec<(Purpose, Amount, String)>,
}

/// Writes the records, the oldest first; answers how many were left out.
pub fn write(accounts: &BookAccounts, records: Vec<ListedRecord>, known: Known<'_>, out: &mut Vec<u8>) -> usize {
    let count = records.len();
    let mut records = records;
    records.sort_by(|a, b| a.record.time.cmp(&b.record.time).then_with(|| a.record.key.cmp(&b.record.key)));
    let entries: Vec<Entry> = records.iter().filter_map(|listed| Entry::of(listed, accounts.tool, known)).collect();
    let mut text = head(accounts, &entries);
    for entry in &entries {
        text.push('\n');
        match accounts.tool {
            BookTool::Hledger => entry.for_hledger(accounts, &mut text),
            BookTool::Beancount => entry.for_beancount(accounts, &mut text),
        }
    }
    out.extend_from_slice(text.as_bytes());
    count - entries.len()
}

/// What stands before the first transaction. hledger is told which mark divides whole from fraction: `1.000` could be a thousand.
fn head(accounts: &BookAccounts, entries: &[Entry]) -> String {
    let mut text =
        String::from("; Written by wallet-tui. Days are those of UTC; ! marks what is not known or contradicted.\n");
    match accounts.tool {
        BookTool::Hledger => text.push_str("decimal-mark .\n"),
        BookTool::Beancount if accounts.opens => {
            let mut first: BTreeMap<&str, &str> = BTreeMap::new();
            for entry in entries {
                for (purpose, ..) in &entry.lines {
                    first.entry(accounts.of(*purpose)).or_insert(&entry.day);
                }
            }
            for (account, day) in first {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{day} open {account}");
            }
        }
        BookTool::Beancount => {}
    }
    text
}

impl Entry {
    /// `None` for what did not happen, what cannot be told to the tool, and what nobody knows the amount or the day of.
    fn of(listed: &ListedRecord, tool: BookTool, known: Known<'_>) -> Option<Self> {
        let record = &listed.record;
        // Which of two amounts under one id is true cannot be said.
        if record.status != Status::Success || known.facts.has_same_id(record) {
            return None;
        }
        let (amount, coin) = (record.amount.filter(|amount| !amount.is_negative())?, tool.coin(record.coin.raw())?);
        let other = match &record.key.kind {
            Kind::Deposit => Purpose::Deposits,
            Kind::Withdrawal => Purpose::Withdrawals,
            Kind::TransferIn | Kind::TransferOut => Purpose::Transfers,
            Kind::MoveToSpot | Kind::MoveToFutures => Purpose::Futures,
            Kind::OtherIn(_) | Kind::OtherOut(_) => Purpose::Unknown,
        };
        let is_net = record.key.kind.is_net();
        let mut is_certain = listed.conflict.is_none() && other != Purpose::Unknown;
        let mut fact_of_fee = None;
        let mut lines = Vec::new();
        match listed.charge.fee {
            _ if !record.key.kind.is_outgoing() => {
                // What came in is told as it came in: a fee of it was never the account's.
                lines.push((Purpose::Spot, amount, coin.clone()));
                lines.push((other, negative(amount)?, coin));
                fact_of_fee = listed.charge.fee.filter(|fee| !fee.is_zero()).map(|fee| format!("{fee}, not booked"));
            }
            Some(fee) if is_net && !fee.is_zero() && record.coin_of_fee() == &record.coin => {
                lines.push((Purpose::Spot, negative(amount.checked_add(fee)?)?, coin.clone()));
                lines.push((Purpose::Fees, fee, coin.clone()));
                lines.push((other, amount, coin));
            }
            Some(fee) if is_net && !fee.is_zero() => {
                let fee_coin = tool.coin(record.coin_of_fee().raw())?;
                lines.push((Purpose::Spot, negative(amount)?, coin.clone()));
                lines.push((other, amount, coin));
                lines.push((Purpose::Spot, negative(fee)?, fee_coin.clone()));
                lines.push((Purpose::Fees, fee, fee_coin));
            }
            fee => {
                lines.push((Purpose::Spot, negative(amount)?, coin.clone()));
                lines.push((other, amount, coin));
                if fee.is_none() && is_net {
                    (is_certain, fact_of_fee) = (false, Some("unknown, not booked".to_owned()));
                }
            }
        }
        let time = record.time?;
        let mut facts = facts(listed, known, time);
        facts.extend(fact_of_fee.map(|fee| ("fee", fee)));
        Some(Self { day: day(time)?, is_certain, what: what(&record.key.kind), facts, lines })
    }

    const fn mark(&self) -> char {
        if self.is_certain { '*' } else { '!' }
    }

    fn for_hledger(&self, accounts: &BookAccounts, text: &mut String) {
        let width = self.lines.iter().map(|(purpose, ..)| accounts.of(*purpose).chars().count()).max().unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {} {}", self.day, self.mark(), self.what);
        for (name, value) in &self.facts {
            let _ = writeln!(text, "    ; {name}: {value}");
        }
        for (purpose, amount, coin) in &self.lines {
            let _ = writeln!(text, "    {:width$}  {amount} {coin}", accounts.of(*purpose));
        }
    }

    fn for_beancount(&self, accounts: &BookAccounts, text: &mut String) {
        let width = self.lines.iter().map(|(purpose, ..)| accounts.of(*purpose).chars().count()).max().unwrap_or(0);
        let _ = writeln!(text, "{} {} \"{}\"", self.day, self.mark(), self.what);
        for (name, value) in &self.facts {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "  {}: \"{value}\"", name.replace('_', "-"));
        }
        for (purpose, amount, coin) in &self.lines {
            let _ = writeln!(text, "  {:width$}  {amount} {coin}", accounts.of(*purpose));
        }
    }
}

/// What is known of a record beside its amounts; nothing that the tools take for a date or a posting.
fn facts(listed: &ListedRecord, known: Known<'_>, time: Millis) -> Vec<(&'static str, String)> {
    let record = &listed.record;
    let is_unknown_kind = matches!(record.key.kind, Kind::OtherIn(_) | Kind::OtherOut(_));
    let kind = UntrustedText::from(record.key.kind.word());
    let counterparty = record.counterparty();
    let fee_source = (listed.charge.is_reckoned && record.fee.is_none()).then(|| UntrustedText::from("own_order"));
    let moment = time.iso().map(UntrustedText::from);
    let all = [
        ("id", Some(&record.key.id)),
        ("time", moment.as_ref()),
        ("kind", Some(&kind).filter(|_| is_unknown_kind)),
        ("coin", Some(&record.coin)),
        ("network", record.network.as_ref()),
        ("counterparty", counterparty.as_ref()),
        ("memo", record.memo.as_ref()),
        ("txid", record.txid.as_ref()),
        ("label", known.book.label_of(record)),
        ("note", known.facts.notes.get(&record.key)),
        ("remark", record.remark.as_ref()),
        ("fee_source", fee_source.as_ref()),
        ("doubt", listed.conflict.as_ref()),
    ];
    let said = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    said.map(|(name, value)| (name, sanitize(value.raw()).into_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

const fn what(kind: &Kind) -> &'static str {
    match kind {
        Kind::Deposit => "deposit",
        Kind::TransferIn => "transfer in",
        Kind::Withdrawal => "withdrawal",
        Kind::TransferOut => "transfer out",
        Kind::MoveToSpot => "move to spot",
        Kind::MoveToFutures => "move to futures",
        Kind::OtherIn(_) => "unknown, in",
        Kind::OtherOut(_) => "unknown, out",
    }
}

fn negative(amount: Amount) -> Option<Amount> {
    Amount::ZERO.checked_sub(amount)
}

/// The day in UTC; `None` for one that has no four digits of a year, which both tools want.
fn day(time: Millis) -> Option<String> {
    let day = time.iso()?.get(..10)?.to_owned();
    let is_one = day.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    (is_one && !day.starts_with("0000")).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address_book::AddressBook;
    use crate::domain::{Ordered, Record};
    use crate::engine::ledger::RecordFacts;

    fn record(kind: Kind, id: &str) -> Record {
        Record {
            amount: "19.50".parse().ok(),
            status: Status::Success,
            time: Some(Millis(1_744_185_294_000)),
            ..Record::bare(kind, id, "TRX")
        }
    }

    fn written(tool: BookTool, records: &[Record], facts: &RecordFacts) -> (String, usize) {
        let book = AddressBook::default();
        let listed = records.iter().map(|record| ListedRecord::new(record.clone(), facts, &book)).collect();
        let mut out = Vec::new();
        let known = Known { book: &book, facts };
        let left_out = write(&BookAccounts::usual(tool), listed, known, &mut out);
        (String::from_utf8(out).unwrap(), left_out)
    }

    /// Lets the tool itself read a journal, where it is installed; answers its list of transactions.
    fn read_by(tool: BookTool, text: &str) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        std::fs::write(&path, text).unwrap();
        let command = match tool {
            BookTool::Hledger => ["hledger", "print", "-f"],
            BookTool::Beancount => ["bean-check", "--no-cache", "--"],
        };
        let read = std::process::Command::new(command[0]).args(&command[1..]).arg(&path).output();
        let Ok(read) = read else {
            assert!(std::env::var_os("WALLET_TUI_TEST_BOOKS").is_none(), "there is no {tool} to test with");
            return None;
        };
        assert!(read.status.success(), "{text}{}", String::from_utf8_lossy(&read.stderr));
        Some(String::from_utf8(read.stdout).unwrap())
    }

    /// The lines with amounts, each without the blanks that align it.
    fn postings(text: &str) -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("  ") && !line.contains(": ") && !line.contains(';'));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_fee_is_a_line_of_its_own_and_net_and_gross_are_true() {
        let paid = Record { fee: "1".parse().ok(), ..record(Kind::Withdrawal, "7") };
        let (text, left_out) = written(BookTool::Hledger, std::slice::from_ref(&paid), &RecordFacts::default());
        assert_eq!(left_out, 0);
        let lines = ["assets:bitunix:spot -20.50 TRX", "expenses:fees:bitunix 1 TRX", "equity:withdrawals 19.50 TRX"];
        assert_eq!(postings(&text), lines, "{text}");
        assert!(
            text.contains("\n2025-04-09 * withdrawal\n    ; id: 7\n") && text.contains("\ndecimal-mark .\n"),
            "{text}"
        );
        let other = Record { fee_coin: Some("1INCH".into()), ..paid };
        let (text, _) = written(BookTool::Beancount, &[other], &RecordFacts::default());
        let lines = [
            "Assets:Bitunix:Spot -19.50 TRX",
            "Equity:Withdrawals 19.50 TRX",
            "Assets:Bitunix:Spot -1 X-1INCH",
            "Expenses:Fees:Bitunix 1 X-1INCH",
        ];
        assert_eq!(postings(&text), lines, "{text}");
        assert!(text.contains("2025-04-09 open Assets:Bitunix:Spot\n"), "{text}");
    }

    #[test]
    fn an_unknown_fee_is_marked_and_an_own_order_tells_it() {
        let open = record(Kind::Withdrawal, "7");
        let (text, _) = written(BookTool::Hledger, std::slice::from_ref(&open), &RecordFacts::default());
        assert_eq!(postings(&text), ["assets:bitunix:spot -19.50 TRX", "equity:withdrawals 19.50 TRX"]);
        assert!(text.contains("2025-04-09 ! withdrawal") && text.contains("; fee: unknown"), "{text}");
        let mut facts = RecordFacts::default();
        facts.ordered.insert(open.key.clone(), Ordered { coin: "TRX".into(), gross: "20.5".parse().unwrap() });
        let (text, _) = written(BookTool::Hledger, &[open], &facts);
        assert_eq!(postings(&text)[1], "expenses:fees:bitunix 1.00 TRX", "{text}");
        assert!(text.contains("2025-04-09 * withdrawal") && text.contains("; fee_source: own_order"), "{text}");
    }

    #[test]
    fn what_comes_in_and_what_stays_in_the_account_is_booked_too() {
        let mut none = record(Kind::TransferOut, "4");
        none.fee = "0".parse().ok();
        let all = [record(Kind::Deposit, "1"), record(Kind::TransferIn, "2"), record(Kind::MoveToSpot, "3"), none];
        let (text, left_out) = written(BookTool::Hledger, &all, &RecordFacts::default());
        let spot = |sign: &str| format!("assets:bitunix:spot {sign}19.50 TRX");
        let expected = [
            spot(""),
            "equity:deposits -19.50 TRX".to_owned(),
            spot(""),
            "equity:transfers -19.50 TRX".to_owned(),
            spot("-"),
            "equity:transfers 19.50 TRX".to_owned(),
            spot(""),
            "assets:bitunix:futures -19.50 TRX".to_owned(),
        ];
        let mut found = postings(&text);
        found.sort();
        let mut wanted = expected.to_vec();
        wanted.sort();
        assert_eq!((found, left_out), (wanted, 0), "{text}");
        assert!(!text.contains("-09 ! "), "{text}");
    }

    #[test]
    fn what_did_not_happen_or_is_not_known_is_counted_and_left_out() {
        let facts = RecordFacts::default();
        let good = record(Kind::Deposit, "1");
        let all = [
            Record { status: Status::Pending, ..good.clone() },
            Record { status: Status::Other("=DONE".into()), ..good.clone() },
            Record { amount: None, ..good.clone() },
            Record { time: None, ..good.clone() },
            Record { time: Some(Millis(-377_705_023_201_000)), ..good.clone() },
            Record { coin: "A\nB".into(), ..good.clone() },
            good,
        ];
        for tool in [BookTool::Hledger, BookTool::Beancount] {
            let (text, left_out) = written(tool, &all, &facts);
            assert_eq!((left_out, postings(&text).len()), (6, 2), "{text}");
        }
    }

    #[test]
    fn words_from_outside_stay_within_comments_and_strings() {
        let hostile = Record {
            remark: Some("x\" \n2020-01-01 * \"y\"\n  Assets:X  1 EUR\r; date:2020-01-01 [2020-01-02] \\".into()),
            ..record(Kind::OtherIn("new\"kind;".into()), "7\n8")
        };
        for tool in [BookTool::Hledger, BookTool::Beancount] {
            let (text, left_out) = written(tool, std::slice::from_ref(&hostile), &RecordFacts::default());
            assert_eq!(left_out, 0);
            assert_eq!(text.lines().filter(|line| line.contains("2020-01-01")).count(), 1, "{text}");
            assert!(text.contains("2025-04-09 ! unknown, in") == (tool == BookTool::Hledger), "{text}");
            assert!(text.contains("2025-04-09 ! ") && !text.contains('\r'), "{text}");
            let open = record(Kind::Withdrawal, "9");
            let (text, _) = written(tool, &[hostile.clone(), open], &RecordFacts::default());
            if let Some(said) = read_by(tool, &text).filter(|_| tool == BookTool::Hledger) {
                assert_eq!((postings(&said), said.matches("2025-04-09 ! ").count()), (postings(&text), 2), "{said}");
            }
        }
        let (text, _) = written(BookTool::Beancount, &[hostile], &RecordFacts::default());
        assert!(text.contains("x\\\" ") && text.contains(" \\\\\"\n"), "{text}");
    }
}
