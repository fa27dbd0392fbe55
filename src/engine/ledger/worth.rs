//! What everything was worth over time, and what a record was worth at its own: kept in the ledger, thinned with age.
//!
//! All of it in [`MARKET_QUOTE`](crate::domain::value::MARKET_QUOTE): a value of long ago cannot be turned into another unit
//! by a rate of today.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension as _, Row, Transaction, TransactionBehavior, params};
use rust_decimal::Decimal;

use super::Ledger;
use super::records::{Flow, key, kind_word};
use super::rows::broken;
use crate::domain::worth::{WORTH_EVERY, Worth};
use crate::domain::{Millis, RecordKey, UntrustedText};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long after its creation a record's price is still the price of its time, milliseconds.
const PRICE_HOLDS: i64 = 30 * MINUTE;
/// From which age on one value is kept for which stretch, milliseconds.
const THINNED: [(i64, i64); 3] = [(DAY, HOUR), (31 * DAY, 6 * HOUR), (366 * DAY, DAY)];

impl Ledger {
    /// Keeps what everything is worth, and the prices for the records of these minutes; answers false where a value of about
    /// now is there already, maybe from another instance.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_worth(&mut self, worth: &Worth, prices: &BTreeMap<UntrustedText, Decimal>) -> rusqlite::Result<bool> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let at = worth.at.0;
        let near = "SELECT count(*) FROM worth WHERE time_ms > ?1 AND time_ms < ?2";
        let count: i64 = write.query_row(near, [at - WORTH_EVERY, at + WORTH_EVERY], |row| row.get(0))?;
        if count > 0 {
            return Ok(false);
        }
        insert(&write, worth)?;
        for (coin, price) in prices {
            write.execute(
                "UPDATE records SET price = ?1
                    WHERE way IN (0, 1) AND time_ms > ?3 AND time_ms <= ?4 AND coin = ?2 AND price IS NULL",
                params![price.to_string(), coin.raw(), at - PRICE_HOLDS, at],
            )?;
        }
        for (place, (age, stretch)) in THINNED.into_iter().enumerate() {
            // The last value of each stretch stays.
            let from = THINNED.get(place + 1).map_or(i64::MIN, |(older, _)| at - older);
            write.execute(
                "DELETE FROM worth WHERE time_ms >= ?1 AND time_ms < ?2 AND EXISTS (SELECT 1 FROM worth later
                    WHERE later.time_ms > worth.time_ms AND later.time_ms / ?3 = worth.time_ms / ?3)",
                params![from, at - age, stretch],
            )?;
        }
        write.commit()?;
        Ok(true)
    }

    /// Begins a demo's ledger with the values of its exchange's own past. A ledger that has kept a value takes none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_with_worth(&mut self, past: &[Worth]) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let count: i64 = write.query_row("SELECT count(*) FROM worth", [], |row| row.get(0))?;
        if count == 0 {
            past.iter().try_for_each(|worth| insert(&write, worth))?;
        }
        write.commit()
    }

    /// What everything was worth, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn worth(&self) -> rusqlite::Result<Vec<Worth>> {
        let mut query =
            self.connection.prepare("SELECT time_ms, value, left_out, futures FROM worth ORDER BY time_ms")?;
        let read = |row: &Row<'_>| {
            let names: String = row.get(2)?;
            let names: Vec<String> = serde_json::from_str(&names).map_err(|_| broken("left_out"))?;
            let spot: String = row.get(1)?;
            let futures: Option<String> = row.get(3)?;
            Ok(Worth {
                at: Millis(row.get(0)?),
                spot: spot.parse().map_err(|_| broken("value"))?,
                futures: futures.map(|text| text.parse()).transpose().map_err(|_| broken("futures"))?,
                left_out: names.into_iter().map(UntrustedText::from).collect(),
            })
        };
        query.query_map([], read)?.collect()
    }

    /// The price of a record's coin at its time, where that is known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn price(&self, of: &RecordKey) -> rusqlite::Result<Option<Decimal>> {
        let sql = "SELECT price FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3";
        let place = params![Flow::of(&of.kind).number(), kind_word(&of.kind), of.id.raw()];
        let price: Option<String> = self.connection.query_row(sql, place, |row| row.get(0)).optional()?.flatten();
        price.map(|price| price.parse().map_err(|_| broken("price"))).transpose()
    }

    /// The prices of all records whose price at their time is known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn prices(&self) -> rusqlite::Result<HashMap<RecordKey, Decimal>> {
        let mut query = self.connection.prepare("SELECT way, kind, id, price FROM records WHERE price IS NOT NULL")?;
        let read = |row: &Row<'_>| {
            let price: String = row.get(3)?;
            Ok((key(row)?, price.parse().map_err(|_| broken("price"))?))
        };
        query.query_map([], read)?.collect()
    }
}

fn insert(write: &Transaction<'_>, worth: &Worth) -> rusqlite::Result<()> {
    let names: Vec<&str> = worth.left_out.iter().map(UntrustedText::raw).collect();
    let names = serde_json::Value::from(names).to_string();
    let futures = worth.futures.map(|futures| futures.to_string());
    let sql = "INSERT INTO worth (time_ms, value, left_out, futures) VALUES (?1, ?2, ?3, ?4)";
    write.execute(sql, params![worth.at.0, worth.spot.to_string(), names, futures]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn worth(at: i64) -> Worth {
        Worth {
            at: Millis(at),
            spot: Decimal::from(at / MINUTE),
            futures: Some(Decimal::ONE),
            left_out: vec!["NEW".into()],
        }
    }

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).unwrap();
        (dir, ledger)
    }

    #[test]
    fn a_value_is_kept_once_in_five_minutes_whoever_keeps_it() {
        let (_dir, mut ledger) = ledger();
        let start = 400 * DAY;
        assert!(ledger.keep_worth(&worth(start), &BTreeMap::new()).unwrap());
        assert!(!ledger.keep_worth(&worth(start + WORTH_EVERY - 1), &BTreeMap::new()).unwrap());
        assert!(!ledger.keep_worth(&worth(start - 1), &BTreeMap::new()).unwrap(), "a clock that was set back a little");
        assert!(ledger.keep_worth(&worth(start + WORTH_EVERY), &BTreeMap::new()).unwrap());
        assert_eq!(ledger.worth().unwrap(), [worth(start), worth(start + WORTH_EVERY)]);
    }

    #[test]
    fn a_ledger_that_has_kept_a_value_takes_no_past() {
        let (_dir, mut ledger) = ledger();
        let past = [worth(100 * DAY), worth(101 * DAY)];
        ledger.begin_with_worth(&past).unwrap();
        assert_eq!(ledger.worth().unwrap(), past);
        ledger.begin_with_worth(&[worth(99 * DAY)]).unwrap();
        assert_eq!(ledger.worth().unwrap(), past);
    }

    #[test]
    fn old_values_become_fewer_and_the_newest_day_stays_whole() {
        let (_dir, mut ledger) = ledger();
        let start = 800 * DAY;
        let steps = (3 * DAY) / WORTH_EVERY;
        for step in 0..steps {
            ledger.keep_worth(&worth(start + step * WORTH_EVERY), &BTreeMap::new()).unwrap();
        }
        let now = start + (steps - 1) * WORTH_EVERY;
        let kept = ledger.worth().unwrap();
        let young = kept.iter().filter(|w| w.at.0 >= now - DAY).count();
        assert_eq!(i64::try_from(young).unwrap(), DAY / WORTH_EVERY + 1);
        let old = kept.len() - young;
        assert!((47..=49).contains(&old), "one for each hour of two days: {old}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn first_stretch_and_last_value_of_worth_are_never_lost(
            steps in proptest::collection::vec(1_i64..40 * DAY, 1..40)
        ) {
            let (_dir, mut ledger) = ledger();
            let mut at = 800 * DAY;
            let mut days = std::collections::BTreeSet::new();
            for step in steps {
                at += step;
                if ledger.keep_worth(&worth(at), &BTreeMap::new()).unwrap() {
                    days.insert(at / DAY);
                }
            }
            let kept: std::collections::BTreeSet<i64> = ledger.worth().unwrap().iter().map(|w| w.at.0 / DAY).collect();
            prop_assert_eq!(kept, days, "a day that had a value has one still");
        }
    }
}
