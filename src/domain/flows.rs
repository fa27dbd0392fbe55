//! What came in and went out: sums over records by day, by month or by coin.
//!
//! Only what is done is summed. Coins are never added to one another: each has lines of its own.

use std::collections::BTreeMap;

use super::{Amount, Charge, Millis, Record, Status, UntrustedText, Wording};

/// What one line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Group {
    /// A coin on one day, UTC.
    Day,
    /// A coin in one month, UTC.
    #[default]
    Month,
    /// A coin at all times.
    Coin,
}

/// A sum that knows what it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// Coin amount; `None` where it is larger than an amount can be.
    pub amount: Option<Amount>,
    /// Records whose amount the exchange did not say.
    pub unknown: usize,
}

impl Default for Sum {
    fn default() -> Self {
        Self { amount: Some(Amount::ZERO), unknown: 0 }
    }
}

impl Sum {
    fn add(&mut self, amount: Option<Amount>) {
        match amount {
            Some(amount) => self.amount = self.amount.and_then(|sum| sum.checked_add(amount)),
            None => self.unknown += 1,
        }
    }

    /// True when nothing was added.
    pub fn is_nothing(&self) -> bool {
        self.unknown == 0 && self.amount.is_some_and(Amount::is_zero)
    }
}

/// A coin in a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoinFlow {
    /// The day (`2026-10-01`) or the month (`2026-10`); empty for a coin at all times, and for records without a time.
    pub stretch: String,
    /// The coin.
    pub coin: UntrustedText,
    /// Records, of whatever status.
    pub records: usize,
    /// Records that are in no sum: not final, failed or cancelled.
    pub not_done: usize,
    /// What was credited.
    pub came_in: Sum,
    /// What arrived elsewhere: net.
    pub went_out: Sum,
    /// Fees that were taken in this coin.
    pub fees: Sum,
}

/// Sums that grow record by record.
#[derive(Debug, Default)]
pub struct Flows {
    group: Group,
    found: BTreeMap<(String, UntrustedText), CoinFlow>,
}

impl Flows {
    /// No sums yet.
    pub fn by(group: Group) -> Self {
        Self { group, ..Self::default() }
    }

    /// Adds a record with what it cost. Where `is_certain` is false its amounts are not known, whatever it says.
    pub fn add<T: Wording>(&mut self, record: &Record<T>, charge: Charge, is_certain: bool) {
        // What is moved within the account comes from nobody and goes to nobody.
        if record.key.kind.is_move() {
            return;
        }
        let Self { group, found } = self;
        let stretch = stretch(record.time, *group);
        let mut line = |coin: UntrustedText, change: &dyn Fn(&mut CoinFlow)| {
            let empty = || CoinFlow {
                stretch: stretch.clone(),
                coin: coin.clone(),
                records: 0,
                not_done: 0,
                came_in: Sum::default(),
                went_out: Sum::default(),
                fees: Sum::default(),
            };
            change(found.entry((stretch.clone(), coin.clone())).or_insert_with(empty));
        };
        let is_done = record.status == Status::Success;
        line(record.coin.to_text(), &|flow| {
            flow.records += 1;
            flow.not_done += usize::from(!is_done);
            if is_done {
                let way = if record.key.kind.is_outgoing() { &mut flow.went_out } else { &mut flow.came_in };
                way.add(record.amount.filter(|_| is_certain));
            }
        });
        // Incoming records name no fee (`reference.md §4.9`); an outgoing one without a fee leaves it unknown.
        if is_done && (record.key.kind.is_outgoing() || charge.fee.is_some()) {
            line(record.coin_of_fee().to_text(), &|flow| flow.fees.add(charge.fee.filter(|_| is_certain)));
        }
    }

    /// The sums; the newest stretch first, the coins of a stretch in the order of their names.
    pub fn lines(self) -> Vec<CoinFlow> {
        let mut lines: Vec<CoinFlow> = self.found.into_values().collect();
        lines.sort_by(|a, b| b.stretch.cmp(&a.stretch).then_with(|| a.coin.cmp(&b.coin)));
        lines
    }
}

fn stretch(time: Option<Millis>, group: Group) -> String {
    let letters = match group {
        Group::Day => 10,
        Group::Month => 7,
        Group::Coin => return String::new(),
    };
    time.and_then(Millis::iso).map(|iso| iso.chars().take(letters).collect()).unwrap_or_default()
}

impl CoinFlow {
    /// The filter that finds the records of this line; `None` where they have no time to be found by.
    pub fn filter(&self, group: Group) -> Option<String> {
        // Blanks in a coin's name would end the term.
        let coin = Some(self.coin.raw()).filter(|coin| !coin.is_empty() && !coin.contains(char::is_whitespace))?;
        let coin = format!("coin={}", coin.to_lowercase());
        let day: jiff::civil::Date = match group {
            Group::Coin => return Some(coin),
            Group::Day => self.stretch.parse().ok()?,
            Group::Month => format!("{}-01", self.stretch).parse().ok()?,
        };
        let next = match group {
            Group::Month => day.last_of_month().tomorrow().ok()?,
            _ => day.tomorrow().ok()?,
        };
        Some(format!("{coin} after:{day} before:{next}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flows(records: &[Record], group: Group) -> Vec<CoinFlow> {
        let mut flows = Flows::by(group);
        for record in records {
            flows.add(record, record.charge(None), true);
        }
        flows.lines()
    }

    use crate::domain::Kind;
    use crate::domain::query::{Annotations, Query};
    use proptest::prelude::*;

    fn record(kind: Kind, coin: &str, amount: &str, fee: Option<(&str, &str)>, status: Status, day: i64) -> Record {
        Record {
            amount: amount.parse().ok(),
            fee: fee.and_then(|(fee, _)| fee.parse().ok()),
            fee_coin: fee.map(|(_, coin)| coin.into()),
            status,
            time: Some(Millis(day * 86_400_000)),
            ..Record::bare(kind, "1", coin)
        }
    }

    #[test]
    fn sums_take_what_is_done_and_fees_with_their_own_coin() {
        let records = [
            record(Kind::Deposit, "USDT", "10.5", None, Status::Success, 0),
            record(Kind::Deposit, "USDT", "99", None, Status::Fail, 0),
            record(Kind::Withdrawal, "USDT", "3", Some(("1", "USDT")), Status::Success, 0),
            record(Kind::Withdrawal, "USDT", "4", Some(("0.5", "BNB")), Status::Success, 40),
            record(Kind::Withdrawal, "USDT", "7", None, Status::Pending, 40),
        ];
        let lines = flows(&records, Group::Month);
        let shown: Vec<_> = lines
            .iter()
            .map(|f| {
                let sum = |s: &Sum| s.amount.unwrap().to_string();
                let sums = [sum(&f.came_in), sum(&f.went_out), sum(&f.fees)].join(" ");
                format!("{} {} {}/{} {sums}", f.stretch, f.coin.raw(), f.records, f.not_done)
            })
            .collect();
        assert_eq!(shown, ["1970-02 BNB 0/0 0 0 0.5", "1970-02 USDT 2/1 0 4 0", "1970-01 USDT 3/1 10.5 3 1"]);
        assert_eq!(lines[2].filter(Group::Month).as_deref(), Some("coin=usdt after:1970-01-01 before:1970-02-01"));
    }

    #[test]
    fn what_is_not_said_is_counted_and_never_zero() {
        let records = [record(Kind::Withdrawal, "X", "?", None, Status::Success, 0)];
        let lines = flows(&records, Group::Coin);
        assert_eq!((lines[0].went_out.unknown, lines[0].fees.unknown), (1, 1));
        assert!(!lines[0].went_out.is_nothing());
    }

    proptest! {
        #[test]
        fn the_filter_of_a_line_finds_its_records_and_no_others(days in proptest::collection::vec((0_i64..900, 0_usize..3), 1..40)) {
            let coins = ["USDT", "USDTX", "BTC"];
            let records: Vec<Record> = days
                .iter()
                .map(|(day, coin)| record(Kind::Deposit, coins[*coin], "1", None, Status::Success, *day))
                .collect();
            for group in [Group::Day, Group::Month, Group::Coin] {
                let lines = flows(&records, group);
                prop_assert_eq!(lines.iter().map(|f| f.records).sum::<usize>(), records.len());
                for line in lines {
                    let query = Query::parse(&line.filter(group).unwrap(), Millis(0));
                    prop_assert!(query.wrong.is_empty());
                    let found = records.iter().filter(|r| query.takes(r, Annotations::default())).count();
                    prop_assert_eq!(found, line.records);
                }
            }
        }
    }
}
