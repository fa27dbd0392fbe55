//! What the ledger knows of addresses: the account's own, each one that was ever read, and the address book of all that it holds.

use std::collections::HashSet;

use rusqlite::{Row, TransactionBehavior, params};

use super::Ledger;
use super::records::Flow;
use super::rows::must;
use crate::domain::address_book::{AddressBook, Draft, Label};
use crate::domain::{DepositAddress, Millis, Record, RecordKey, UntrustedText};

/// Records that are newer than these keys' are entered already.
struct Older<'a> {
    draft: &'a mut Draft,
    newer: &'a HashSet<&'a RecordKey>,
}

impl Extend<Record> for Older<'_> {
    fn extend<T: IntoIterator<Item = Record>>(&mut self, records: T) {
        for record in records {
            if !self.newer.contains(&record.key) {
                self.draft.add(&record);
            }
        }
    }
}

impl Ledger {
    /// Remembers deposit addresses of the account itself, for good: what was one once may still be.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remember_own(&mut self, addresses: &[DepositAddress], now: Millis) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for own in addresses.iter().filter(|own| !own.address.is_empty()) {
            let memo = own.memo.as_ref().map(UntrustedText::raw).unwrap_or_default();
            write.execute(
                "INSERT OR IGNORE INTO own_addresses VALUES (?1, ?2, ?3, ?4, ?5)",
                params![own.coin.raw(), own.network.raw(), own.address.raw(), memo, now.0],
            )?;
        }
        write.commit()
    }

    /// Every deposit address of the account itself that was ever read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn own_addresses(&self) -> rusqlite::Result<Vec<DepositAddress>> {
        let mut query = self
            .connection
            .prepare("SELECT coin, network, address, memo FROM own_addresses ORDER BY coin, network, address, memo")?;
        let own = |row: &Row<'_>| {
            Ok(DepositAddress {
                coin: must(row, "coin")?,
                network: must(row, "network")?,
                address: must(row, "address")?,
                memo: Some(must(row, "memo")?).filter(|memo: &UntrustedText| !memo.is_empty()),
            })
        };
        query.query_map([], own)?.collect()
    }

    /// The address book of everything that is known: labels, own addresses, orders, the records that are held, and `newer` ones
    /// that the exchange has just listed. `is_full` says that older ones may stand behind them.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn address_book(&self, labels: &[Label], newer: &[Record], is_full: bool) -> rusqlite::Result<AddressBook> {
        let (orders, own) = (self.payments()?, self.own_addresses()?);
        let mut draft =
            Draft::of_labels(labels).with_orders(&orders).with_own(&own).partial(self.is_partial(newer, is_full)?);
        for record in newer {
            draft.add(record);
        }
        let keys: HashSet<&RecordKey> = newer.iter().map(|record| &record.key).collect();
        self.every_record(Flow::Out, &mut Older { draft: &mut draft, newer: &keys })?;
        Ok(draft.done())
    }

    /// True when payments may be missing that neither the records held nor `newer` ones show.
    fn is_partial(&self, newer: &[Record], is_full: bool) -> rusqlite::Result<bool> {
        let is_whole = self.gaps(Flow::Out)?.is_some_and(|gaps| gaps.is_empty()) && self.crowded()?.is_empty();
        // Where they do not meet, something may lie between.
        let oldest = newer.iter().filter_map(|record| record.time).min();
        let is_met =
            oldest.is_none_or(|oldest| self.newest_record(Flow::Out).is_ok_and(|newest| newest >= Some(oldest)));
        Ok(is_full && !(is_whole && is_met))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Amount, AskedBy, Outcome, Proof, Request, WithdrawRequest};

    #[test]
    fn own_addresses_are_remembered_once_and_for_good() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let own = |address: &str, memo: Option<&str>| DepositAddress {
            coin: "XRP".into(),
            network: "XRP Ledger".into(),
            address: address.into(),
            memo: memo.map(UntrustedText::from),
        };
        let mut ledger = Ledger::open(&path).unwrap();
        ledger.remember_own(&[own("a", Some("1")), own("b", None)], Millis(1)).unwrap();
        ledger.remember_own(&[own("b", None), own("c", None), own("", None)], Millis(2)).unwrap();
        drop(ledger);
        let ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.own_addresses().unwrap(), [own("a", Some("1")), own("b", None), own("c", None)]);
        let book = ledger.address_book(&[], &[], false).unwrap();
        assert!(book.own(&"a".into()).is_some() && book.own(&"d".into()).is_none());
    }

    #[test]
    fn address_book_knows_old_orders_and_says_what_it_may_miss() {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&dir.path().join("l.sqlite")).unwrap();
        let to: UntrustedText = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into();
        let request = |network: &str| WithdrawRequest {
            coin: "TRX".into(),
            network: network.into(),
            address: to.clone(),
            memo: None,
            gross: "20".parse::<Amount>().unwrap(),
        };
        let order = Request::Withdraw(request("Tron"));
        let id = ledger.record(&order, Millis(5), None, AskedBy::Screen, &[], None).unwrap();
        let outcome = Outcome::Accepted { id: "9".into(), proof: Proof::Answer };
        ledger.set_outcome(id, &outcome, Millis(6), None).unwrap();
        let book = ledger.address_book(&[], &[], false).unwrap();
        let known = book.knowledge(&request("Tron"));
        assert_eq!(known.payments.iter().map(|p| (p.count, p.open)).collect::<Vec<_>>(), [(1, 1)]);
        let other = WithdrawRequest { address: "T".into(), ..request("Tron") };
        let words = |is_full| {
            let book = ledger.address_book(&[], &[], is_full).unwrap();
            book.knowledge(&other).words(crate::domain::locale::Lang::En, Millis(9))
        };
        assert!(words(false).contains("never paid") && words(true).contains("as far as the history has been read"));
    }
}
