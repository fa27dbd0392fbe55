//! What the user writes down: notes on records, and filters.

use std::collections::HashMap;

use rusqlite::{Row, params};

use super::Ledger;
use super::records::{Flow, key, kind_word};
use crate::domain::{Millis, RecordKey, UntrustedText};

impl Ledger {
    /// The user's own notes, by the records that they are about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn notes(&self) -> rusqlite::Result<HashMap<RecordKey, UntrustedText>> {
        let mut query = self.connection.prepare("SELECT way, kind, id, note FROM notes")?;
        let note = |row: &Row<'_>| Ok((key(row)?, UntrustedText::from(row.get::<_, String>(3)?)));
        query.query_map([], note)?.collect()
    }

    /// Keeps a note on a record, or takes it away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_note(&mut self, key: &RecordKey, note: Option<&UntrustedText>) -> rusqlite::Result<()> {
        let (flow, kind, id) = (Flow::of(&key.kind).number(), kind_word(&key.kind), key.id.raw());
        if let Some(note) = note {
            let sql = "INSERT OR REPLACE INTO notes (way, kind, id, note) VALUES (?1, ?2, ?3, ?4)";
            self.connection.execute(sql, params![flow, kind, id, note.raw()])?;
        } else {
            let sql = "DELETE FROM notes WHERE way = ?1 AND kind = ?2 AND id = ?3";
            self.connection.execute(sql, params![flow, kind, id])?;
        }
        Ok(())
    }

    /// The saved filters, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn filters(&self) -> rusqlite::Result<Vec<String>> {
        let mut query = self.connection.prepare("SELECT words FROM filters ORDER BY time_ms DESC, words")?;
        query.query_map([], |row| row.get(0))?.collect()
    }

    /// Saves a filter, or saves it no more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn save_filter(&self, words: &str, keep: bool, now: Millis) -> rusqlite::Result<()> {
        if keep {
            self.connection.execute("INSERT OR REPLACE INTO filters VALUES (?1, ?2)", params![words, now.0])?;
        } else {
            self.connection.execute("DELETE FROM filters WHERE words = ?1", [words])?;
        }
        Ok(())
    }
}
