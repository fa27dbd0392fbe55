//! The exchange's records in the ledger: kept for ever, changed as more is known, doubted where the exchange contradicts
//! itself. What is still missing of the history stands beside them, so that reading it can stop anywhere and go on.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::Ledger;
use super::rows::{amount, broken, must, must_raw, text};
use crate::domain::{Balance, Kind, Millis, Receiver, Record, RecordKey, Status, Text};

/// Which of the two histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Deposits and incoming transfers.
    In,
    /// Withdrawals and outgoing transfers.
    Out,
}

impl Way {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::In, Self::Out];

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::In => 0,
            Self::Out => 1,
        }
    }

    /// The way that a kind belongs to.
    pub const fn of(kind: &Kind) -> Self {
        if kind.is_outgoing() { Self::Out } else { Self::In }
    }
}

/// A stretch of a way's history that was not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// After this; from the very beginning where it is `None`.
    pub from: Option<Millis>,
    /// Up to and with this.
    pub to: Millis,
}

/// What a page changes about what is missing. Other instances may be reading too: each change is about its own stretch only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapChange {
    /// Nothing.
    Nothing,
    /// Nothing is missing any more: the page held everything, as long as no more than that is in the ledger.
    Whole,
    /// A stretch is missing that was not known.
    Add(Gap),
    /// Of a stretch only this is missing still. Where somebody else has changed it meanwhile, it stays as it is.
    Shrink(Gap, Option<Gap>),
}

/// How far a record got, and when that was seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it became.
    pub status: Status,
    /// When that was seen, by the exchange's clock.
    pub at: Millis,
}

/// Why the exchange's word on a record is doubted; it is kept as it came all the same.
mod doubt {
    /// A status that was final is another one now.
    pub const BACKWARDS: &str = "backwards";
    /// Something changed that never changes: coin, time, or where it went.
    pub const DISAGREES: &str = "disagrees";
    /// The exchange lists what came before and after it, and not the record itself. It ends when the record is listed again.
    pub const VANISHED: &str = "vanished";
}

const COLUMNS: &str = "way, kind, id, coin, network, amount, fee, fee_coin, status, time_ms, from_address, address, memo, \
    txid, remark, out_biz_id, to_type, to_country_code, to_name, doubt";

/// No page takes longer to come than this, milliseconds.
const LONGEST_PAGE_MS: i64 = 60_000;

/// Where a column stands in [`COLUMNS`]: looking its name up anew for every row takes longer than reading it.
const fn place(name: &str) -> usize {
    let (all, name) = (COLUMNS.as_bytes(), name.as_bytes());
    let (mut at, mut start, mut end) = (0, 0, 0);
    while end <= all.len() {
        if end == all.len() || all[end] == b',' {
            let mut same = 0;
            while same < name.len() && start + same < end && all[start + same] == name[same] {
                same += 1;
            }
            if same == name.len() && start + same == end {
                return at;
            }
            at += 1;
            // After the comma and the blank.
            start = end + 2;
        }
        end += 1;
    }
    unreachable!()
}

impl Ledger {
    /// Keeps a page of a way, and what is missing of that way after it; both or neither. Answers with the records that are
    /// new or differ from what was held.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_records(
        &mut self,
        way: Way,
        page: &[Record],
        change: GapChange,
        now: Millis,
    ) -> rusqlite::Result<Vec<Record>> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changed = Vec::new();
        for record in page {
            if keep(&write, way, record, now)? {
                changed.push(record.clone());
            }
        }
        change_gaps(&write, way, change, page.len())?;
        write.commit()?;
        Ok(changed)
    }

    /// All records of a way, newest first.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn records(&self, way: Way) -> rusqlite::Result<Vec<Record>> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 ORDER BY time_ms DESC, kind, id");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([way.number()], record)?.collect()
    }

    /// All records of a way in the order of their keys, the last one first: as they lie in the file.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn every_record<C: FromIterator<Record>>(&self, way: Way) -> rusqlite::Result<C> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 ORDER BY kind DESC, id DESC");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([way.number()], record)?.collect()
    }

    /// The newest records of a way, at most so many.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn newest_records<C: FromIterator<Record>>(&self, way: Way, most: u32) -> rusqlite::Result<C> {
        // Without a word the database sorts the whole history for the first few rows of it.
        let sql = format!(
            "SELECT {COLUMNS} FROM records INDEXED BY records_by_time WHERE way = ?1
             ORDER BY time_ms DESC, kind, id LIMIT ?2"
        );
        let mut query = self.connection.prepare(&sql)?;
        query.query_map(params![way.number(), most], record)?.collect()
    }

    /// Whether a page of a way that was asked for after this one has been kept already. Remembers the latest; a moment that is
    /// ahead by more than a page ever takes comes of a clock that was put right since, and counts for nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_overtaken(&self, way: Way, asked: Millis) -> rusqlite::Result<bool> {
        let name = match way {
            Way::In => "asked_in",
            Way::Out => "asked_out",
        };
        let latest = self.fact(name)?.and_then(|at| at.parse().ok()).map(Millis);
        if latest.is_some_and(|latest| (1..=LONGEST_PAGE_MS).contains(&latest.since(asked))) {
            return Ok(true);
        }
        self.set_fact(name, &asked.0.to_string())?;
        Ok(false)
    }

    /// Takes the records out of a page that are held already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn leave_unknown(&self, way: Way, rows: &mut Vec<Record>) -> rusqlite::Result<()> {
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3)";
        let mut known = self.connection.prepare_cached(sql)?;
        let mut left = Vec::new();
        for record in rows.drain(..) {
            let place = params![way.number(), kind_word(&record.key.kind), record.key.id.raw()];
            if !known.query_row(place, |row| row.get::<_, bool>(0))? {
                left.push(record);
            }
        }
        *rows = left;
        Ok(())
    }

    /// True when a record of a way is held that was created in this stretch, both ends included.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_record(&self, way: Way, from: Millis, to: Millis) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND time_ms BETWEEN ?2 AND ?3)";
        self.connection.query_row(sql, params![way.number(), from.0, to.0], |row| row.get(0))
    }

    /// How many records there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_records(&self) -> rusqlite::Result<u64> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM records", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Records of a way that are not final, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn open_records(&self, way: Way) -> rusqlite::Result<Vec<Record>> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND is_final = 0 ORDER BY time_ms, kind, id");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([way.number()], record)?.collect()
    }

    /// The time of a way's newest record.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest_record(&self, way: Way) -> rusqlite::Result<Option<Millis>> {
        let newest = "SELECT max(time_ms) FROM records WHERE way = ?1";
        self.connection.query_row(newest, [way.number()], |row| row.get::<_, Option<i64>>(0)).map(|at| at.map(Millis))
    }

    /// What is missing of a way; `None` when it was never read.
    ///
    /// # Errors
    /// Those of the database.
    pub fn gaps(&self, way: Way) -> rusqlite::Result<Option<Vec<Gap>>> {
        if self.fact(&begun(way))?.is_none() {
            return Ok(None);
        }
        let mut query =
            self.connection.prepare("SELECT from_ms, to_ms FROM gaps WHERE way = ?1 ORDER BY to_ms DESC")?;
        let gap = |row: &Row<'_>| Ok(Gap { from: row.get::<_, Option<i64>>(0)?.map(Millis), to: Millis(row.get(1)?) });
        query.query_map([way.number()], gap)?.collect::<rusqlite::Result<_>>().map(Some)
    }

    /// From now on the gaps of a way are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin_way(&self, way: Way) -> rusqlite::Result<()> {
        self.set_fact(&begun(way), "1")
    }

    /// A second of a way that holds more than the exchange can be made to list.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark_crowded(&self, way: Way, second: Millis) -> rusqlite::Result<()> {
        let mark = "INSERT OR IGNORE INTO crowded VALUES (?1, ?2)";
        self.connection.execute(mark, params![way.number(), second.0]).map(drop)
    }

    /// The crowded seconds of both ways.
    ///
    /// # Errors
    /// Those of the database.
    pub fn crowded(&self) -> rusqlite::Result<Vec<Millis>> {
        let mut query = self.connection.prepare("SELECT second_ms FROM crowded ORDER BY second_ms")?;
        query.query_map([], |row| row.get(0).map(Millis))?.collect()
    }

    /// Records that the exchange contradicted itself about, and how: `backwards`, `disagrees` or `vanished`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubted(&self) -> rusqlite::Result<Vec<(Record, Text)>> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE doubt IS NOT NULL ORDER BY time_ms DESC");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([], |row| Ok((record(row)?, must(row, "doubt")?)))?.collect()
    }

    /// What a page proves about records that are held and not on it. `after` is where it begins: the page holds everything
    /// between that and its newest second. Answers whether any doubt has begun or ended.
    ///
    /// # Errors
    /// Those of the database.
    pub fn compare_page(&mut self, way: Way, page: &[Record], after: Millis) -> rusqlite::Result<bool> {
        let Some(newest) = page.iter().filter_map(|record| record.time).max() else { return Ok(false) };
        let listed: HashSet<&RecordKey> = page.iter().map(|record| &record.key).collect();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let find = |sql: &str, span: &[i64]| -> rusqlite::Result<Vec<RecordKey>> {
            let values = std::iter::once(way.number()).chain(span.iter().copied());
            write.prepare_cached(sql)?.query_map(rusqlite::params_from_iter(values), key)?.collect()
        };
        let within =
            "SELECT way, kind, id FROM records WHERE way = ?1 AND time_ms > ?2 AND time_ms < ?3 AND doubt IS NULL";
        let second = newest.0 - newest.0.rem_euclid(1_000);
        let mut missing = find(within, &[after.0, second])?;
        missing.retain(|key| !listed.contains(key));
        let mut found = find("SELECT way, kind, id FROM records WHERE way = ?1 AND doubt = 'vanished'", &[])?;
        found.retain(|key| listed.contains(key));
        let mark = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3";
        for (keys, doubt) in [(&missing, Some(doubt::VANISHED)), (&found, None)] {
            for key in keys {
                write.execute(mark, params![way.number(), kind_word(&key.kind), key.id.raw(), doubt])?;
            }
        }
        write.commit()?;
        Ok(!missing.is_empty() || !found.is_empty())
    }

    /// A record that is not final and that the exchange does not list any more, although it was asked for by its id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubt_vanished(&mut self, key: &RecordKey) -> rusqlite::Result<()> {
        let sql = "UPDATE records SET doubt = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3 AND doubt IS NULL";
        let way = Way::of(&key.kind).number();
        self.connection.execute(sql, params![way, kind_word(&key.kind), key.id.raw(), doubt::VANISHED]).map(drop)
    }

    /// Which records are doubted, and how: `backwards`, `disagrees` or `vanished`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubts(&self) -> rusqlite::Result<HashMap<RecordKey, Text>> {
        let mut query =
            self.connection.prepare_cached("SELECT way, kind, id, doubt FROM records WHERE doubt IS NOT NULL")?;
        query.query_map([], |row| Ok((key(row)?, must(row, "doubt")?)))?.collect()
    }

    /// The steps of a record, as they were seen here, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn steps(&self, key: &RecordKey) -> rusqlite::Result<Vec<Step>> {
        let sql = "SELECT status, time_ms FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3 ORDER BY rowid";
        let mut query = self.connection.prepare(sql)?;
        let way = Way::of(&key.kind).number();
        let step = |row: &Row<'_>| Ok(Step { status: status(&row.get::<_, String>(0)?), at: Millis(row.get(1)?) });
        query.query_map(params![way, kind_word(&key.kind), key.id.raw()], step)?.collect()
    }

    /// How long records of a kind took on a network, from their creation to their success as seen here: the median in
    /// milliseconds, and of how many. Only those whose way was seen count.
    ///
    /// # Errors
    /// Those of the database.
    pub fn usual_time(&self, like: &Record) -> rusqlite::Result<Option<(i64, usize)>> {
        let sql = "SELECT s.time_ms - r.time_ms FROM records r JOIN record_steps s
                ON s.way = r.way AND s.kind = r.kind AND s.id = r.id AND s.status = 'success'
            WHERE r.way = ?1 AND r.kind = ?2 AND r.coin = ?3 AND r.network IS ?4 AND r.time_ms IS NOT NULL
                AND (SELECT count(*) FROM record_steps t WHERE t.way = r.way AND t.kind = r.kind AND t.id = r.id) > 1
            ORDER BY 1";
        let mut query = self.connection.prepare(sql)?;
        let network = like.network.as_ref().map(Text::raw);
        let place = params![Way::of(&like.key.kind).number(), kind_word(&like.key.kind), like.coin.raw(), network];
        let took: Vec<i64> = query.query_map(place, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(took.get(took.len() / 2).map(|median| (*median, took.len())))
    }

    /// Claims the steps that nobody has told: the last one of each record, and whether the record was seen at an earlier one.
    /// Whoever is first has them, in any run or instance.
    ///
    /// # Errors
    /// Those of the database; then nothing was claimed.
    pub fn claim_steps(&mut self) -> rusqlite::Result<Vec<(Record, bool)>> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut claimed = Vec::new();
        {
            let sql =
                "SELECT max(rowid), way, kind, id, status FROM record_steps WHERE told = 0 GROUP BY way, kind, id";
            let mut steps = write.prepare(sql)?;
            let step = |row: &Row<'_>| {
                let place = (row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
                Ok((place, row.get::<_, String>(4)?))
            };
            let steps: Vec<_> = steps.query_map([], step)?.collect::<rusqlite::Result<_>>()?;
            let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
            let (mut find, mut earlier) = (
                write.prepare(&sql)?,
                write.prepare("SELECT count(*) FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3")?,
            );
            for ((way, kind, id), word) in steps {
                let found = find.query_row(params![way, kind, id], record)?;
                let count: i64 = earlier.query_row(params![way, kind, id], |row| row.get(0))?;
                claimed.push((Record { status: status(&word), ..found }, count > 1));
            }
        }
        write.execute("UPDATE record_steps SET told = 1 WHERE told = 0", [])?;
        write.commit()?;
        Ok(claimed)
    }

    /// The user's own notes, by the records that they are about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn notes(&self) -> rusqlite::Result<HashMap<RecordKey, Text>> {
        let mut query = self.connection.prepare("SELECT way, kind, id, note FROM notes")?;
        let note = |row: &Row<'_>| Ok((key(row)?, Text::from(row.get::<_, String>(3)?)));
        query.query_map([], note)?.collect()
    }

    /// Keeps a note on a record, or takes it away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_note(&mut self, key: &RecordKey, note: Option<&Text>) -> rusqlite::Result<()> {
        let (way, kind, id) = (Way::of(&key.kind).number(), kind_word(&key.kind), key.id.raw());
        if let Some(note) = note {
            let sql = "INSERT OR REPLACE INTO notes (way, kind, id, note) VALUES (?1, ?2, ?3, ?4)";
            self.connection.execute(sql, params![way, kind, id, note.raw()])?;
        } else {
            let sql = "DELETE FROM notes WHERE way = ?1 AND kind = ?2 AND id = ?3";
            self.connection.execute(sql, params![way, kind, id])?;
        }
        Ok(())
    }

    /// Whether this caller is the first to tell a condition; nobody is the first afterwards until it is forgotten.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claim(&self, what: &str, now: Millis) -> rusqlite::Result<bool> {
        let sql = "INSERT OR IGNORE INTO told VALUES (?1, ?2)";
        self.connection.execute(sql, params![what, now.0]).map(|rows| rows > 0)
    }

    /// A condition is over.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&self, what: &str) -> rusqlite::Result<()> {
        self.connection.execute("DELETE FROM told WHERE what = ?1", [what]).map(drop)
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

    /// Keeps the balances as the last known state.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_balances(&mut self, balances: &[Balance], now: Millis) -> rusqlite::Result<()> {
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write.execute("DELETE FROM balances", [])?;
        for balance in balances {
            let text = |amount: Option<crate::domain::Amount>| amount.map(|a| a.to_string());
            write.execute(
                "INSERT OR REPLACE INTO balances VALUES (?1, ?2, ?3, ?4)",
                params![balance.coin.raw(), text(balance.available), text(balance.in_use), now.0],
            )?;
        }
        write.commit()
    }

    /// The last known balances and when they were true; `None` when none were kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn balances(&self) -> rusqlite::Result<Option<(Vec<Balance>, Millis)>> {
        let mut query =
            self.connection.prepare("SELECT coin, available, in_use, time_ms FROM balances ORDER BY coin")?;
        let balance = |row: &Row<'_>| {
            let found = Balance {
                coin: must(row, "coin")?,
                available: amount(row, "available")?,
                in_use: amount(row, "in_use")?,
            };
            Ok((found, Millis(row.get("time_ms")?)))
        };
        let found: Vec<(Balance, Millis)> = query.query_map([], balance)?.collect::<rusqlite::Result<_>>()?;
        let at = found.iter().map(|(_, at)| *at).max();
        Ok(at.map(|at| (found.into_iter().map(|(balance, _)| balance).collect(), at)))
    }
}

/// The record that a row with the columns `way`, `kind` and `id` at its beginning is about.
pub(super) fn key(row: &Row<'_>) -> rusqlite::Result<RecordKey> {
    let kind = kind(&row.get::<_, String>(1)?, row.get(0)?)?;
    Ok(RecordKey { kind, id: Text::from(row.get::<_, String>(2)?) })
}

fn begun(way: Way) -> String {
    format!("history_{}", way.number())
}

fn change_gaps(write: &Connection, way: Way, change: GapChange, rows: usize) -> rusqlite::Result<()> {
    let add = |gap: Gap| {
        let from = gap.from.map(|at| at.0);
        write.execute("INSERT INTO gaps VALUES (?1, ?2, ?3)", params![way.number(), from, gap.to.0]).map(drop)
    };
    match change {
        GapChange::Nothing => Ok(()),
        GapChange::Whole => {
            let count = "SELECT count(*) FROM records WHERE way = ?1";
            let held: i64 = write.query_row(count, [way.number()], |row| row.get(0))?;
            // More is held than the page had: the exchange leaves something out, and nothing follows from that.
            if usize::try_from(held).is_ok_and(|held| held <= rows) {
                write.execute("DELETE FROM gaps WHERE way = ?1", [way.number()])?;
            }
            Ok(())
        }
        GapChange::Add(gap) => add(gap),
        GapChange::Shrink(gap, rest) => {
            let from = gap.from.map(|at| at.0);
            let sql = "DELETE FROM gaps WHERE way = ?1 AND from_ms IS ?2 AND to_ms = ?3";
            let is_there = write.execute(sql, params![way.number(), from, gap.to.0])? > 0;
            match rest.filter(|_| is_there) {
                Some(rest) => add(rest),
                None => Ok(()),
            }
        }
    }
}

/// Keeps one record; answers whether anything about it is new.
fn keep(write: &Connection, way: Way, found: &Record, now: Millis) -> rusqlite::Result<bool> {
    let (kind, id) = (kind_word(&found.key.kind), found.key.id.raw());
    let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
    let known = write.query_row(&sql, params![way.number(), kind, id], record).optional()?;
    if known.as_ref() == Some(found) {
        return Ok(false);
    }
    let known_doubt = "SELECT doubt FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3";
    let kept_doubt: Option<String> =
        write.query_row(known_doubt, params![way.number(), kind, id], |row| row.get(0)).optional()?.flatten();
    // A vanished record that is here again is not vanished.
    let kept_doubt = kept_doubt.filter(|doubt| doubt != doubt::VANISHED);
    let doubt = known.as_ref().and_then(|known| doubt_of(known, found)).map(str::to_owned).or(kept_doubt);
    let (to_type, to_country_code, to_name) = receiver_columns(found.receiver.as_ref());
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.raw().to_owned());
    write.execute(
        "INSERT INTO records (way, kind, id, coin, network, amount, fee, fee_coin, status, is_final, time_ms, from_address,
            address, memo, txid, remark, out_biz_id, to_type, to_country_code, to_name, first_ms, doubt)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
         ON CONFLICT (way, kind, id) DO UPDATE SET coin = excluded.coin, network = excluded.network,
            amount = excluded.amount, fee = excluded.fee, fee_coin = excluded.fee_coin, status = excluded.status,
            is_final = excluded.is_final, time_ms = excluded.time_ms, from_address = excluded.from_address,
            address = excluded.address, memo = excluded.memo, txid = excluded.txid, remark = excluded.remark,
            out_biz_id = excluded.out_biz_id, to_type = excluded.to_type,
            to_country_code = excluded.to_country_code, to_name = excluded.to_name, doubt = excluded.doubt",
        params![
            way.number(),
            kind,
            id,
            found.coin.raw(),
            text(&found.network),
            found.amount.map(|a| a.to_string()),
            found.fee.map(|a| a.to_string()),
            text(&found.fee_coin),
            status_word(&found.status),
            found.status.is_final(),
            found.time.map(|at| at.0),
            text(&found.from_address),
            text(&found.address),
            text(&found.memo),
            text(&found.txid),
            text(&found.remark),
            text(&found.out_biz_id),
            to_type,
            to_country_code,
            to_name,
            now.0,
            doubt,
        ],
    )?;
    if known.is_none_or(|known| known.status != found.status) {
        write.execute(
            "INSERT INTO record_steps (way, kind, id, status, time_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![way.number(), kind, id, status_word(&found.status), now.0],
        )?;
    }
    Ok(true)
}

/// Why a new reading of a record is doubted.
fn doubt_of(known: &Record, found: &Record) -> Option<&'static str> {
    // What was not said may still be said; what was said does not become something else.
    let differs = |a: &Option<Text>, b: &Option<Text>| a.is_some() && a != b;
    if known.coin != found.coin
        || (known.time.is_some() && known.time != found.time)
        || differs(&known.address, &found.address)
        || differs(&known.txid, &found.txid)
        || (known.amount.is_some() && found.amount != known.amount)
    {
        return Some(doubt::DISAGREES);
    }
    (known.status.is_final() && known.status != found.status).then_some(doubt::BACKWARDS)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let way: i64 = row.get(const { place("way") })?;
    let kind = kind(must_raw(row, const { place("kind") })?, way)?;
    let name = || must(row, const { place("to_name") });
    let receiver = match text(row, const { place("to_type") })?.as_ref().map(Text::raw) {
        None => None,
        Some("uid") => Some(Receiver::Uid(name()?)),
        Some("email") => Some(Receiver::Email(name()?)),
        Some("phone") => {
            Some(Receiver::Phone { country_code: must(row, const { place("to_country_code") })?, number: name()? })
        }
        Some(_) => return Err(broken("to_type")),
    };
    Ok(Record {
        key: RecordKey { kind, id: must(row, const { place("id") })? },
        coin: must(row, const { place("coin") })?,
        network: text(row, const { place("network") })?,
        amount: amount(row, const { place("amount") })?,
        fee: amount(row, const { place("fee") })?,
        fee_coin: text(row, const { place("fee_coin") })?,
        status: status(must_raw(row, const { place("status") })?),
        time: row.get::<_, Option<i64>>(const { place("time_ms") })?.map(Millis),
        from_address: text(row, const { place("from_address") })?,
        address: text(row, const { place("address") })?,
        memo: text(row, const { place("memo") })?,
        txid: text(row, const { place("txid") })?,
        remark: text(row, const { place("remark") })?,
        out_biz_id: text(row, const { place("out_biz_id") })?,
        receiver,
    })
}

fn receiver_columns(receiver: Option<&Receiver>) -> (Option<&'static str>, Option<&str>, Option<&str>) {
    match receiver {
        None => (None, None, None),
        Some(Receiver::Uid(uid)) => (Some("uid"), None, Some(uid.raw())),
        Some(Receiver::Email(email)) => (Some("email"), None, Some(email.raw())),
        Some(Receiver::Phone { country_code, number }) => (Some("phone"), Some(country_code.raw()), Some(number.raw())),
    }
}

/// What is kept of a kind, read back.
fn kind(word: &str, way: i64) -> rusqlite::Result<Kind> {
    Ok(match (word, way) {
        ("deposit", _) => Kind::Deposit,
        ("transfer_in", _) => Kind::TransferIn,
        ("withdrawal", _) => Kind::Withdrawal,
        ("transfer_out", _) => Kind::TransferOut,
        (other, 0) => Kind::OtherIn(Text::from(other.strip_prefix("other:").ok_or_else(|| broken("kind"))?)),
        (other, _) => Kind::OtherOut(Text::from(other.strip_prefix("other:").ok_or_else(|| broken("kind"))?)),
    })
}

/// A kind as it is kept: a name of the exchange's own never looks like one of ours.
pub(super) fn kind_word(kind: &Kind) -> String {
    match kind {
        Kind::OtherIn(raw) | Kind::OtherOut(raw) => format!("other:{}", raw.raw()),
        known => known.word().to_owned(),
    }
}

fn status_word(status: &Status) -> String {
    match status {
        Status::Other(raw) => format!("other:{}", raw.raw()),
        known => known.word().to_owned(),
    }
}

fn status(word: &str) -> Status {
    match word {
        "verification" => Status::Verification,
        "pending" => Status::Pending,
        "success" => Status::Success,
        "fail" => Status::Fail,
        "cancelled" => Status::Cancelled,
        other => Status::Other(Text::from(other.strip_prefix("other:").unwrap_or(other))),
    }
}

#[cfg(test)]
mod tests;
