//! The exchange's records in the ledger: kept for ever, changed as more is known.

mod claims;
mod conflicts;
mod events;
mod facts;
mod gaps;
mod outbox;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use super::Ledger;
use super::rows::{amount, broken, must, must_raw, text};
use crate::domain::{Kind, Millis, Receiver, Record, RecordKey, Status, UntrustedText};
use conflicts::{conflict, doubt_of, own_doubt};
pub use facts::RecordFacts;
pub use gaps::{Gap, GapChange, Unread};
use gaps::{change_gaps, keep_unread};
pub(super) use outbox::OpenReader;
pub use outbox::Reader;

/// Which of the two histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Deposits and incoming transfers.
    In,
    /// Withdrawals and outgoing transfers.
    Out,
}

impl Flow {
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

/// How far a record got, and when that was seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it became.
    pub status: Status,
    /// When that was seen, by the exchange's clock.
    pub at: Millis,
}

const COLUMNS: &str = "way, kind, id, coin, network, amount, fee, fee_coin, status, time_ms, from_address, address, memo, \
    txid, remark, out_biz_id, to_type, to_country_code, to_name, doubt, also_address";

/// The tables of records: one under each id, and what else came under an id that was there already.
const TABLES: [&str; 2] = ["records", "same_id"];

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
        flow: Flow,
        page: &[Record],
        change: GapChange,
        now: Millis,
    ) -> rusqlite::Result<Vec<Record>> {
        self.keep_page(flow, page, &Unread::default(), change, now)
    }

    /// The same for a page of which rows could not be read: they are kept as missing, in the same piece.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_page(
        &mut self,
        flow: Flow,
        page: &[Record],
        unread: &Unread,
        change: GapChange,
        now: Millis,
    ) -> rusqlite::Result<Vec<Record>> {
        let listed_by = self.key.clone();
        let write = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changed = Vec::new();
        for record in page {
            let is_new = keep(&write, flow, record, now)?;
            keep_lister(&write, flow, &record.key, listed_by.as_deref())?;
            if is_new {
                changed.push(record.clone());
            }
        }
        keep_unread(&write, flow, page, unread)?;
        change_gaps(&write, flow, change, page.len() + unread.rows.len())?;
        write.commit()?;
        Ok(changed)
    }

    /// All records of a way, newest first.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn records(&self, flow: Flow) -> rusqlite::Result<Vec<Record>> {
        let of = |table| format!("SELECT {COLUMNS} FROM {table} WHERE way = ?1");
        let sql = format!("{} ORDER BY time_ms DESC, kind, id", TABLES.map(of).join(" UNION ALL "));
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([flow.number()], record)?.collect()
    }

    /// The records with an id; two of different kinds may have the same, and the exchange may give one to two records.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn records_with_id(&self, id: &str) -> rusqlite::Result<Vec<Record>> {
        let of = |table| format!("SELECT {COLUMNS} FROM {table} WHERE id = ?1");
        let sql = format!("{} ORDER BY way, kind", TABLES.map(of).join(" UNION ALL "));
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([id], record)?.collect()
    }

    /// Adds all records of a way to others, in the order of their keys, the last one first: as they lie in the file.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn every_record(&self, flow: Flow, to: &mut impl Extend<Record>) -> rusqlite::Result<()> {
        for table in TABLES {
            let sql = format!("SELECT {COLUMNS} FROM {table} WHERE way = ?1 ORDER BY kind DESC, id DESC");
            let mut query = self.connection.prepare(&sql)?;
            let (mut rows, mut trouble) = (query.query_map([flow.number()], record)?, None);
            to.extend(std::iter::from_fn(|| rows.next()?.map_err(|why| trouble = Some(why)).ok()));
            trouble.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    /// The newest records of a way, at most so many.
    ///
    /// # Errors
    /// Those of the database; what cannot be read is an error, never skipped.
    pub fn newest_records<C: FromIterator<Record>>(&self, flow: Flow, most: u32) -> rusqlite::Result<C> {
        // Without a word the database sorts the whole history for the first few rows of it.
        let sql = format!(
            "SELECT {COLUMNS} FROM records INDEXED BY records_by_time WHERE way = ?1
             ORDER BY time_ms DESC, kind, id LIMIT ?2"
        );
        let mut query = self.connection.prepare(&sql)?;
        query.query_map(params![flow.number(), most], record)?.collect()
    }

    /// Whether a page of a way that was asked for after this one has been kept already. Remembers the latest; a moment that is
    /// ahead by more than a page ever takes comes of a clock that was put right since, and counts for nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_overtaken(&self, flow: Flow, asked: Millis) -> rusqlite::Result<bool> {
        let name = match flow {
            Flow::In => "asked_in",
            Flow::Out => "asked_out",
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
    pub fn leave_unknown(&self, flow: Flow, rows: &mut Vec<Record>) -> rusqlite::Result<()> {
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3)";
        let mut known = self.connection.prepare_cached(sql)?;
        let mut left = Vec::new();
        for record in rows.drain(..) {
            let place = params![flow.number(), kind_word(&record.key.kind), record.key.id.raw()];
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
    pub fn has_record(&self, flow: Flow, from: Millis, to: Millis) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM records WHERE way = ?1 AND time_ms BETWEEN ?2 AND ?3)";
        self.connection.query_row(sql, params![flow.number(), from.0, to.0], |row| row.get(0))
    }

    /// How many records there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_records(&self) -> rusqlite::Result<u64> {
        let count: i64 = self.connection.query_row(
            "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM same_id)",
            [],
            |row| row.get(0),
        )?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Records of a way that are not final, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn open_records(&self, flow: Flow) -> rusqlite::Result<Vec<Record>> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND is_final = 0 ORDER BY time_ms, kind, id");
        let mut query = self.connection.prepare(&sql)?;
        query.query_map([flow.number()], record)?.collect()
    }

    /// The time of a way's newest record.
    ///
    /// # Errors
    /// Those of the database.
    pub fn newest_record(&self, flow: Flow) -> rusqlite::Result<Option<Millis>> {
        let newest = "SELECT max(time_ms) FROM records WHERE way = ?1";
        self.connection.query_row(newest, [flow.number()], |row| row.get::<_, Option<i64>>(0)).map(|at| at.map(Millis))
    }

    /// The steps of a record, as they were seen here, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn steps(&self, key: &RecordKey) -> rusqlite::Result<Vec<Step>> {
        let sql = "SELECT status, time_ms FROM record_steps WHERE way = ?1 AND kind = ?2 AND id = ?3 ORDER BY rowid";
        let mut query = self.connection.prepare(sql)?;
        let flow = Flow::of(&key.kind).number();
        let step = |row: &Row<'_>| Ok(Step { status: status(&row.get::<_, String>(0)?), at: Millis(row.get(1)?) });
        query.query_map(params![flow, kind_word(&key.kind), key.id.raw()], step)?.collect()
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
        let network = like.network.as_ref().map(UntrustedText::raw);
        let place = params![Flow::of(&like.key.kind).number(), kind_word(&like.key.kind), like.coin.raw(), network];
        let took: Vec<i64> = query.query_map(place, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(took.get(took.len() / 2).map(|median| (*median, took.len())))
    }

    /// How long withdrawals usually take, by coin and network: the median in milliseconds, and of how many that were seen on
    /// their way.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn usual_times(&self) -> rusqlite::Result<Vec<(UntrustedText, UntrustedText, i64, usize)>> {
        let sql = "SELECT r.coin, r.network, s.time_ms - r.time_ms FROM records r JOIN record_steps s
                ON s.way = r.way AND s.kind = r.kind AND s.id = r.id AND s.status = 'success'
            WHERE r.way = ?1 AND r.kind = ?2 AND r.network IS NOT NULL AND r.time_ms IS NOT NULL
                AND (SELECT count(*) FROM record_steps t WHERE t.way = r.way AND t.kind = r.kind AND t.id = r.id) > 1
            ORDER BY 1, 2, 3";
        let kind = Kind::Withdrawal;
        let mut query = self.connection.prepare(sql)?;
        let rows = query.query_map(params![Flow::of(&kind).number(), kind_word(&kind)], |row| {
            Ok(((row.get::<_, String>(0)?, row.get::<_, String>(1)?), row.get::<_, i64>(2)?))
        })?;
        let mut took: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
        for row in rows {
            let (place, time) = row?;
            took.entry(place).or_default().push(time);
        }
        let median = |((coin, network), took): ((String, String), Vec<i64>)| {
            took.get(took.len() / 2).map(|median| (coin.into(), network.into(), *median, took.len()))
        };
        Ok(took.into_iter().filter_map(median).collect())
    }
}

/// The record that a row with the columns `flow`, `kind` and `id` at its beginning is about.
pub(super) fn key(row: &Row<'_>) -> rusqlite::Result<RecordKey> {
    let kind = kind(&row.get::<_, String>(1)?, row.get(0)?)?;
    Ok(RecordKey { kind, id: UntrustedText::from(row.get::<_, String>(2)?) })
}

/// Keeps one record; answers whether anything about it is new.
fn keep(write: &Connection, flow: Flow, found: &Record, now: Millis) -> rusqlite::Result<bool> {
    let (kind, id) = (kind_word(&found.key.kind), found.key.id.raw());
    let sql = format!("SELECT {COLUMNS} FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3");
    let known = write.query_row(&sql, params![flow.number(), kind, id], record).optional()?;
    if known.as_ref() == Some(found) {
        return Ok(false);
    }
    if known.as_ref().is_some_and(|known| known.is_another(found)) {
        return keep_same_id(write, flow, found, now);
    }
    let known_doubt = "SELECT doubt FROM records WHERE way = ?1 AND kind = ?2 AND id = ?3";
    let kept_doubt: Option<String> =
        write.query_row(known_doubt, params![flow.number(), kind, id], |row| row.get(0)).optional()?.flatten();
    // A vanished record that is here again is not vanished.
    let kept_doubt = kept_doubt.filter(|conflict| conflict != conflict::VANISHED);
    let is_same_id = kept_doubt.as_deref() == Some(conflict::SAME_ID);
    let new_doubt = known.as_ref().and_then(|known| doubt_of(known, found)).or_else(|| own_doubt(found));
    let conflict = new_doubt.filter(|_| !is_same_id).map(str::to_owned).or(kept_doubt);
    let update = "ON CONFLICT (way, kind, id) DO UPDATE SET coin = excluded.coin, network = excluded.network,
            amount = excluded.amount, fee = excluded.fee, fee_coin = excluded.fee_coin, status = excluded.status,
            is_final = excluded.is_final, time_ms = excluded.time_ms, from_address = excluded.from_address,
            address = excluded.address, memo = excluded.memo, txid = excluded.txid, remark = excluded.remark,
            out_biz_id = excluded.out_biz_id, to_type = excluded.to_type,
            to_country_code = excluded.to_country_code, to_name = excluded.to_name, doubt = excluded.doubt,
            also_address = excluded.also_address";
    insert(write, "records", update, flow, found, now, conflict.as_deref())?;
    if known.is_none_or(|known| known.status != found.status) {
        write.execute(
            "INSERT INTO record_steps (way, kind, id, status, time_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![flow.number(), kind, id, status_word(&found.status), now.0],
        )?;
    }
    Ok(true)
}

/// With which key a record was listed: what another key does not list is not gone.
fn keep_lister(write: &Connection, flow: Flow, key: &RecordKey, listed_by: Option<&str>) -> rusqlite::Result<()> {
    let sql = "UPDATE records SET listed_by = ?4 WHERE way = ?1 AND kind = ?2 AND id = ?3 AND listed_by IS NOT ?4";
    let mut update = write.prepare_cached(sql)?;
    update.execute(params![flow.number(), kind_word(&key.kind), key.id.raw(), listed_by]).map(drop)
}

/// Keeps a record beside others under the same id; answers whether anything about it is new. None of them gives way: which
/// one is true cannot be said.
fn keep_same_id(write: &Connection, flow: Flow, found: &Record, now: Millis) -> rusqlite::Result<bool> {
    let place = params![flow.number(), kind_word(&found.key.kind), found.key.id.raw()];
    let within = "WHERE way = ?1 AND kind = ?2 AND id = ?3";
    let mut query =
        write.prepare_cached(&format!("SELECT {COLUMNS} FROM same_id {within} ORDER BY first_ms, rowid"))?;
    let mut others: Vec<Record> = query.query_map(place, record)?.collect::<rusqlite::Result<_>>()?;
    if others.contains(found) {
        return Ok(false);
    }
    match others.iter_mut().find(|other| !other.is_another(found)) {
        Some(known) => *known = found.clone(),
        None => others.push(found.clone()),
    }
    write.execute(&format!("DELETE FROM same_id {within}"), place)?;
    for other in &others {
        insert(write, "same_id", "", flow, other, now, Some(conflict::SAME_ID))?;
    }
    let sql = format!("UPDATE records SET doubt = '{}' {within}", conflict::SAME_ID);
    write.execute(&sql, place)?;
    Ok(true)
}

/// Writes a record into a table; `instead` says what becomes of one that is there.
fn insert(
    write: &Connection,
    table: &str,
    instead: &str,
    flow: Flow,
    found: &Record,
    now: Millis,
    conflict: Option<&str>,
) -> rusqlite::Result<()> {
    let (to_type, to_country_code, to_name) = receiver_columns(found.receiver.as_ref());
    let text = |text: &Option<UntrustedText>| text.as_ref().map(|text| text.raw().to_owned());
    let sql = format!(
        "INSERT INTO {table} (way, kind, id, coin, network, amount, fee, fee_coin, status, is_final, time_ms, from_address,
            address, memo, txid, remark, out_biz_id, to_type, to_country_code, to_name, first_ms, doubt, also_address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
         {instead}"
    );
    let values = params![
        flow.number(),
        kind_word(&found.key.kind),
        found.key.id.raw(),
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
        conflict,
        text(&found.also_address),
    ];
    write.prepare_cached(&sql)?.execute(values).map(drop)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let flow: i64 = row.get(const { place("way") })?;
    let kind = kind(must_raw(row, const { place("kind") })?, flow)?;
    let name = || must(row, const { place("to_name") });
    let receiver = match text(row, const { place("to_type") })?.as_ref().map(UntrustedText::raw) {
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
        also_address: text(row, const { place("also_address") })?,
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
fn kind(word: &str, flow: i64) -> rusqlite::Result<Kind> {
    Ok(match (word, flow) {
        ("deposit", _) => Kind::Deposit,
        ("transfer_in", _) => Kind::TransferIn,
        ("withdrawal", _) => Kind::Withdrawal,
        ("transfer_out", _) => Kind::TransferOut,
        ("move_to_spot", _) => Kind::MoveToSpot,
        ("move_to_futures", _) => Kind::MoveToFutures,
        (other, 0) => Kind::OtherIn(UntrustedText::from(other.strip_prefix("other:").ok_or_else(|| broken("kind"))?)),
        (other, _) => Kind::OtherOut(UntrustedText::from(other.strip_prefix("other:").ok_or_else(|| broken("kind"))?)),
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
        other => Status::Other(UntrustedText::from(other.strip_prefix("other:").unwrap_or(other))),
    }
}

#[cfg(test)]
mod tests;
