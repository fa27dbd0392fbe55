//! The ledger's tables, version by version. A version that was released is never changed, only followed.

use rusqlite::Connection;

use super::checksum::seal_all;

/// What leads from each version to the next; `PRAGMA user_version` counts how many are done.
pub const MIGRATIONS: &[&str] = &[
    // 1: orders and everything that was ever seen of them.
    "CREATE TABLE orders (
        id               INTEGER PRIMARY KEY AUTOINCREMENT,
        kind             TEXT    NOT NULL,
        coin             TEXT,
        network          TEXT,
        address          TEXT,
        memo             TEXT,
        amount           TEXT,
        direction        TEXT,
        to_type          TEXT,
        to_country_code  TEXT,
        to_name          TEXT,
        remark           TEXT,
        out_biz_id       TEXT UNIQUE,
        target_id        TEXT,
        time_ms          INTEGER NOT NULL,
        sent_ms          INTEGER NOT NULL,
        available_before TEXT,
        asked_by         TEXT    NOT NULL,
        outcome          TEXT    NOT NULL,
        exchange_id      TEXT,
        proof            TEXT,
        code             TEXT,
        detail           TEXT,
        readings         INTEGER NOT NULL DEFAULT 0,
        changed_ms       INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_outcome ON orders (outcome);
    -- One record of the exchange stands for one order: whoever comes second is told so by the database itself.
    CREATE UNIQUE INDEX one_order_per_record ON orders (kind, exchange_id)
        WHERE kind IN ('withdraw', 'transfer', 'move') AND exchange_id <> '';
    -- Records that were there before an order was sent and so cannot be its own.
    CREATE TABLE seen_before (
        order_id    INTEGER NOT NULL REFERENCES orders (id),
        exchange_id TEXT    NOT NULL,
        PRIMARY KEY (order_id, exchange_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE order_events (
        order_id INTEGER NOT NULL REFERENCES orders (id),
        time_ms  INTEGER NOT NULL,
        outcome  TEXT    NOT NULL,
        detail   TEXT
    ) STRICT;
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;",
    // 2: every record of the exchange, what is missing of its history, and what the user was told.
    "CREATE TABLE records (
        way             INTEGER NOT NULL,
        kind            TEXT    NOT NULL,
        id              TEXT    NOT NULL,
        coin            TEXT    NOT NULL,
        network         TEXT,
        amount          TEXT,
        fee             TEXT,
        fee_coin        TEXT,
        status          TEXT    NOT NULL,
        is_final        INTEGER NOT NULL,
        time_ms         INTEGER,
        from_address    TEXT,
        address         TEXT,
        memo            TEXT,
        txid            TEXT,
        remark          TEXT,
        out_biz_id      TEXT,
        to_type         TEXT,
        to_country_code TEXT,
        to_name         TEXT,
        first_ms        INTEGER NOT NULL,
        doubt           TEXT,
        PRIMARY KEY (way, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX records_open ON records (way, is_final) WHERE is_final = 0;
    -- How far a record got, and when that was seen.
    CREATE TABLE record_steps (
        way     INTEGER NOT NULL,
        kind    TEXT    NOT NULL,
        id      TEXT    NOT NULL,
        status  TEXT    NOT NULL,
        time_ms INTEGER NOT NULL,
        told    INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX record_steps_of ON record_steps (way, kind, id);
    CREATE INDEX record_steps_untold ON record_steps (told) WHERE told = 0;
    -- Stretches of a way's history that were not read yet: after `from_ms` (from the beginning where it is not known), up to
    -- and with `to_ms`.
    CREATE TABLE gaps (way INTEGER NOT NULL, from_ms INTEGER, to_ms INTEGER NOT NULL) STRICT;
    -- Seconds that hold more records than the exchange can be made to list.
    CREATE TABLE crowded (way INTEGER NOT NULL, second_ms INTEGER NOT NULL, PRIMARY KEY (way, second_ms)) STRICT;
    CREATE TABLE notes (
        way  INTEGER NOT NULL,
        kind TEXT    NOT NULL,
        id   TEXT    NOT NULL,
        note TEXT    NOT NULL,
        PRIMARY KEY (way, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE balances (
        coin      TEXT PRIMARY KEY,
        available TEXT,
        in_use    TEXT,
        time_ms   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;",
    // 3: doubts found quickly, what a record was worth at its time, what everything was worth, filters to use again, and
    // conditions that were told.
    "CREATE INDEX records_doubted ON records (way) WHERE doubt IS NOT NULL;
    CREATE INDEX records_by_time ON records (way, time_ms);
    ALTER TABLE records ADD COLUMN price TEXT;
    CREATE TABLE worth (time_ms INTEGER PRIMARY KEY, value TEXT NOT NULL, left_out TEXT NOT NULL) STRICT;
    CREATE TABLE filters (words TEXT PRIMARY KEY, time_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE told (what TEXT PRIMARY KEY, time_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
    // 4: what is being told, by whom.
    "CREATE TABLE telling (
        teller TEXT    NOT NULL,
        way    INTEGER NOT NULL,
        kind   TEXT    NOT NULL,
        id     TEXT    NOT NULL,
        status TEXT    NOT NULL,
        PRIMARY KEY (teller, way, kind, id)
    ) STRICT, WITHOUT ROWID;",
    // 5: a checksum over all fields of an order's row; those that are there get theirs with this step.
    "ALTER TABLE orders ADD COLUMN checksum TEXT;",
    // 6: which orders were brought from another ledger of the same account, under which number there.
    "CREATE TABLE brought (
        source TEXT    NOT NULL,
        old_id INTEGER NOT NULL,
        id     INTEGER NOT NULL REFERENCES orders (id),
        PRIMARY KEY (source, old_id)
    ) STRICT, WITHOUT ROWID;",
    // 7: the other address of a record that names two; other records under an id that is there already; rows of the history
    // that could not be read.
    "ALTER TABLE records ADD COLUMN also_address TEXT;
    CREATE TABLE same_id (
        way             INTEGER NOT NULL,
        kind            TEXT    NOT NULL,
        id              TEXT    NOT NULL,
        coin            TEXT    NOT NULL,
        network         TEXT,
        amount          TEXT,
        fee             TEXT,
        fee_coin        TEXT,
        status          TEXT    NOT NULL,
        is_final        INTEGER NOT NULL,
        time_ms         INTEGER,
        from_address    TEXT,
        address         TEXT,
        memo            TEXT,
        txid            TEXT,
        remark          TEXT,
        out_biz_id      TEXT,
        to_type         TEXT,
        to_country_code TEXT,
        to_name         TEXT,
        first_ms        INTEGER NOT NULL,
        doubt           TEXT,
        also_address    TEXT
    ) STRICT;
    CREATE INDEX same_id_of ON same_id (way, kind, id);
    CREATE TABLE unread (
        way     INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        name    TEXT    NOT NULL,
        path    TEXT    NOT NULL,
        detail  TEXT    NOT NULL,
        PRIMARY KEY (way, time_ms, name, path)
    ) STRICT, WITHOUT ROWID;",
    // 8: every deposit address of the account itself that was ever read.
    "CREATE TABLE own_addresses (
        coin    TEXT    NOT NULL,
        network TEXT    NOT NULL,
        address TEXT    NOT NULL,
        memo    TEXT    NOT NULL,
        time_ms INTEGER NOT NULL,
        PRIMARY KEY (coin, network, address, memo)
    ) STRICT, WITHOUT ROWID;",
    // 9: with which key an order was sent, by its fingerprint; those that are there may have been sent with any.
    "CREATE TABLE order_keys (
        order_id    INTEGER PRIMARY KEY REFERENCES orders (id),
        fingerprint TEXT NOT NULL
    ) STRICT;",
    // 10: with which key a record was listed last, by its fingerprint; of those that are there it is not known.
    "ALTER TABLE records ADD COLUMN listed_by TEXT;",
    // 11: what both sides of a move held before it was sent.
    "CREATE TABLE sides_before (
        order_id          INTEGER PRIMARY KEY REFERENCES orders (id),
        spot_available    TEXT,
        spot_total        TEXT,
        futures_available TEXT,
        futures_total     TEXT
    ) STRICT;",
    // 12: what the futures side was worth; of what was kept before it is not known.
    "ALTER TABLE worth ADD COLUMN futures TEXT;",
    // 13: what happened, each thing once, who reads it, and what each reader was not told of yet. What was told before has been
    // told to everybody; what nobody was told of, or was just being told of, is told by those that told before.
    "CREATE TABLE events (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        way     INTEGER NOT NULL,
        kind    TEXT    NOT NULL,
        id      TEXT    NOT NULL,
        status  TEXT    NOT NULL,
        change  TEXT,
        time_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX events_of ON events (way, kind, id);
    CREATE INDEX events_by_time ON events (time_ms);
    CREATE TABLE readers (name TEXT PRIMARY KEY, time_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
        reader TEXT    NOT NULL REFERENCES readers (name),
        event  INTEGER NOT NULL REFERENCES events (number),
        teller TEXT,
        PRIMARY KEY (reader, event)
    ) STRICT, WITHOUT ROWID;
    UPDATE record_steps AS s SET told = 0 WHERE rowid = (SELECT max(rowid) FROM record_steps l
            WHERE l.way = s.way AND l.kind = s.kind AND l.id = s.id)
        AND EXISTS (SELECT 1 FROM telling t WHERE t.way = s.way AND t.kind = s.kind AND t.id = s.id AND t.status = s.status);
    DELETE FROM told WHERE EXISTS (SELECT 1 FROM telling t WHERE t.way = -1 AND t.id = told.what);
    DROP TABLE telling;
    INSERT INTO readers SELECT column1, CAST(value AS INTEGER) FROM facts, (VALUES ('dashboard'), ('watch'))
        WHERE name = 'news_since';
    INSERT INTO events (way, kind, id, status, time_ms)
        SELECT way, kind, id, status, time_ms FROM (
            SELECT way, kind, id, status, time_ms, rowid AS place FROM record_steps s WHERE told = 1 AND (
                EXISTS (SELECT 1 FROM record_steps e
                    WHERE e.way = s.way AND e.kind = s.kind AND e.id = s.id AND e.rowid < s.rowid)
                OR EXISTS (SELECT 1 FROM records r, facts f WHERE f.name = 'news_since'
                    AND r.way = s.way AND r.kind = s.kind AND r.id = s.id AND r.time_ms >= CAST(f.value AS INTEGER)))
            UNION ALL SELECT -1, CASE WHEN what LIKE 'order:%' THEN 'unknown' ELSE what END,
                CASE WHEN what LIKE 'order:%' THEN substr(what, 7) ELSE '' END, '', time_ms, 0
                FROM told WHERE what LIKE 'order:%' OR what IN ('key', 'clock')
            UNION ALL SELECT CASE direction WHEN 'spot_to_futures' THEN 1 ELSE 0 END,
                CASE direction WHEN 'spot_to_futures' THEN 'move_to_futures' ELSE 'move_to_spot' END,
                'order-' || id, CASE WHEN outcome = 'accepted' THEN 'success'
                    WHEN outcome IN ('refused', 'not_sent', 'not_executed', 'dismissed', 'too_late') THEN 'fail'
                    ELSE 'other:' || outcome END, changed_ms, 0
                FROM orders WHERE kind = 'move' AND outcome NOT IN ('sending', 'unknown')
        ) ORDER BY time_ms, place;",
];

/// The version from which on every order's row has a checksum.
pub const SEALED: usize = 5;

/// Brings a ledger to the newest version, each step whole or not at all.
///
/// # Errors
/// Those of the database.
pub fn migrate(connection: &mut Connection, from: usize) -> rusqlite::Result<()> {
    for (version, step) in MIGRATIONS.iter().enumerate().skip(from) {
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another instance may have done this step while we waited for the lock.
        let done: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if done <= i64::try_from(version).unwrap_or(i64::MAX) {
            change.execute_batch(step)?;
            if version + 1 == SEALED {
                seal_all(&change)?;
            }
            change.pragma_update(None, "user_version", i64::try_from(version + 1).unwrap_or(i64::MAX))?;
        }
        change.commit()?;
    }
    Ok(())
}
