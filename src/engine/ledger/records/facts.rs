//! What the ledger knows of records beside what the exchange says of them now.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::conflicts::{conflict, doubt_of, own_doubt};
use crate::domain::{Charge, Ordered, Record, RecordKey, UntrustedText};
use crate::engine::ledger::Ledger;

/// What is known of records beside what the exchange says.
#[derive(Debug, Clone, Default)]
pub struct RecordFacts {
    /// The user's notes.
    pub notes: HashMap<RecordKey, UntrustedText>,
    /// The price of one coin at the record's time, in the market quote coin.
    pub prices: HashMap<RecordKey, Decimal>,
    /// How the exchange contradicts itself about records.
    pub conflicts: HashMap<RecordKey, UntrustedText>,
    /// What was ordered here for records whose gross the exchange does not say.
    pub ordered: HashMap<RecordKey, Ordered>,
}

impl RecordFacts {
    /// What a record cost, with what was ordered here where the exchange does not say.
    pub fn charge(&self, record: &Record) -> Charge {
        record.charge(self.ordered.get(&record.key))
    }

    /// How the exchange contradicts itself about a record: by what it said before, or by the record itself.
    pub fn conflict(&self, record: &Record) -> Option<UntrustedText> {
        self.conflicts.get(&record.key).cloned().or_else(|| own_doubt(record).map(UntrustedText::from))
    }

    /// True for a record beside another one under the same id: which of their amounts is true cannot be said.
    pub fn has_same_id(&self, record: &Record) -> bool {
        self.conflicts.get(&record.key).is_some_and(|why| why.raw() == conflict::SAME_ID)
    }
}

impl Ledger {
    /// What is known of all records beside what the exchange says.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record_facts(&self) -> rusqlite::Result<RecordFacts> {
        Ok(RecordFacts {
            notes: self.notes()?,
            prices: self.prices()?,
            conflicts: self.conflicts()?,
            ordered: self.ordered_amounts()?,
        })
    }

    /// How a record that the exchange says now contradicts what is held of it; nothing is written. `None` where it does not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn contradiction(&self, found: &Record) -> rusqlite::Result<Option<&'static str>> {
        let mut held = self.records_with_id(found.key.id.raw())?;
        held.retain(|record| record.key.kind == found.key.kind);
        if held.is_empty() {
            return Ok(None);
        }
        Ok(match held.iter().find(|record| !record.is_another(found)) {
            Some(known) => doubt_of(known, found),
            None => Some(conflict::SAME_ID),
        })
    }
}
