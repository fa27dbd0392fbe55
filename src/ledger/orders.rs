//! Orders in the ledger: written before they are sent, changed only as more is known, never deleted.

use rusqlite::{Row, named_params, params};

use super::Ledger;
use crate::domain::{
    Amount, AskedBy, Direction, Millis, MoveRequest, Order, OrderId, Outcome, Proof, Receiver, Request, Text,
    TransferRequest, WithdrawRequest,
};

const COLUMNS: &str = "id, kind, coin, network, address, memo, amount, direction, to_type, to_country_code, to_name, \
    remark, out_biz_id, target_id, time_ms, available_before, asked_by, outcome, exchange_id, proof, code, detail, \
    readings, changed_ms";

impl Ledger {
    /// Writes an order down as [`Outcome::Sending`]. When this returns, it is on the disk.
    ///
    /// # Errors
    /// Those of the database; then nothing was written and nothing may be sent.
    pub fn record(
        &mut self,
        request: &Request,
        time: Millis,
        available_before: Option<Amount>,
        asked_by: AskedBy,
    ) -> rusqlite::Result<OrderId> {
        let (mut network, mut address, mut memo, mut direction, mut remark) = (None, None, None, None, None);
        let (mut to, mut out_biz_id, mut target) = ((None, None, None), None, None);
        match request {
            Request::Withdraw(w) => {
                network = Some(w.network.raw());
                address = Some(w.address.raw());
                memo = w.memo.as_ref().map(Text::raw);
            }
            Request::Transfer(t) => {
                to = match &t.to {
                    Receiver::Uid(uid) => (Some("uid"), None, Some(uid.raw())),
                    Receiver::Phone { country_code, number } => {
                        (Some("phone"), Some(country_code.raw()), Some(number.raw()))
                    }
                    Receiver::Email(email) => (Some("email"), None, Some(email.raw())),
                };
                remark = t.remark.as_ref().map(Text::raw);
                out_biz_id = Some(t.out_biz_id.raw());
            }
            Request::Move(m) => {
                direction = Some(match m.direction {
                    Direction::SpotToFutures => "spot_to_futures",
                    Direction::FuturesToSpot => "futures_to_spot",
                });
            }
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => target = Some(id.raw()),
        }
        let asked: &'static str = asked_by.into();
        let write = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        write.execute(
            "INSERT INTO orders (kind, coin, network, address, memo, amount, direction, to_type, to_country_code,
                to_name, remark, out_biz_id, target_id, time_ms, available_before, asked_by, outcome, changed_ms)
             VALUES (:kind, :coin, :network, :address, :memo, :amount, :direction, :to_type, :to_country_code,
                :to_name, :remark, :out_biz_id, :target_id, :time, :available, :asked, 'sending', :time)",
            named_params! {
                ":kind": request.kind(), ":coin": request.coin().map(Text::raw), ":network": network,
                ":address": address, ":memo": memo, ":amount": request.amount().map(|a| a.to_string()),
                ":direction": direction, ":to_type": to.0, ":to_country_code": to.1, ":to_name": to.2,
                ":remark": remark, ":out_biz_id": out_biz_id, ":target_id": target, ":time": time.0,
                ":available": available_before.map(|a| a.to_string()), ":asked": asked,
            },
        )?;
        let id = write.last_insert_rowid();
        write.execute("INSERT INTO order_events VALUES (?1, ?2, 'sending', NULL)", params![id, time.0])?;
        write.commit()?;
        Ok(OrderId(id))
    }

    /// Writes what became of an order, beside everything that was seen of it before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_outcome(&mut self, id: OrderId, outcome: &Outcome, at: Millis) -> rusqlite::Result<()> {
        let (mut exchange_id, mut proof, mut code, mut detail) = (None, None, None, None);
        match outcome {
            Outcome::Accepted { id, proof: how } => {
                exchange_id = Some(id.raw());
                proof = Some(<&'static str>::from(how));
            }
            Outcome::Refused { code: c, msg } => {
                code = Some(c.raw());
                detail = Some(msg.raw());
            }
            Outcome::NotSent { why } | Outcome::Unknown { why } => detail = Some(why.raw()),
            Outcome::Sending | Outcome::NoTrace | Outcome::Likely { .. } => {}
        }
        let write = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        write.execute(
            "UPDATE orders SET outcome = ?2, exchange_id = ?3, proof = ?4, code = ?5, detail = ?6, changed_ms = ?7
             WHERE id = ?1",
            params![id.0, outcome.word(), exchange_id, proof, code, detail, at.0],
        )?;
        write.execute(
            "INSERT INTO order_events VALUES (?1, ?2, ?3, ?4)",
            params![id.0, at.0, outcome.word(), exchange_id.or(code).or(detail)],
        )?;
        write.commit()
    }

    /// Counts one more reading of the exchange's history for an order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count_reading(&self, id: OrderId) -> rusqlite::Result<u32> {
        self.connection.query_row(
            "UPDATE orders SET readings = readings + 1 WHERE id = ?1 RETURNING readings",
            [id.0],
            |row| row.get(0),
        )
    }

    /// The newest orders first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn orders(&self, limit: u32) -> rusqlite::Result<Vec<Order>> {
        self.select("ORDER BY id DESC LIMIT ?1", [limit])
    }

    /// One order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn order(&self, id: OrderId) -> rusqlite::Result<Option<Order>> {
        Ok(self.select("WHERE id = ?1", [id.0])?.pop())
    }

    /// Orders whose outcome must still be found out, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unsettled(&self) -> rusqlite::Result<Vec<Order>> {
        self.select("WHERE outcome IN ('sending', 'unknown') ORDER BY id", [])
    }

    /// Orders after which the same thing must not be sent again without a typed word, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn blocking_repeat(&self) -> rusqlite::Result<Vec<Order>> {
        self.select(
            "WHERE outcome IN ('sending', 'unknown', 'no_trace', 'likely_executed', 'likely_not_executed')
             ORDER BY id DESC",
            [],
        )
    }

    /// True when an order already stands for the exchange's record with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_claimed(&self, exchange_id: &Text) -> rusqlite::Result<bool> {
        self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM orders WHERE exchange_id = ?1)",
            [exchange_id.raw()],
            |row| row.get(0),
        )
    }

    /// What was ordered since a moment and may have been executed, oldest first: for limits per day.
    ///
    /// # Errors
    /// Those of the database.
    pub fn spent_since(&self, since: Millis) -> rusqlite::Result<Vec<Order>> {
        self.select(
            "WHERE time_ms >= ?1 AND amount IS NOT NULL AND outcome NOT IN ('refused', 'not_sent') ORDER BY id",
            [since.0],
        )
    }

    fn select(&self, rest: &str, values: impl rusqlite::Params) -> rusqlite::Result<Vec<Order>> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM orders {rest}"))?;
        statement.query_map(values, read)?.collect()
    }
}

/// A row that cannot be read is an error, never skipped: a lost order could be sent twice.
fn read(row: &Row<'_>) -> rusqlite::Result<Order> {
    let text = |name: &str| row.get::<_, Option<String>>(name).map(|t| t.map(Text::from));
    let must = |name: &str| text(name)?.ok_or_else(|| broken(name));
    let amount = |name: &str| text(name)?.map(|t| t.raw().parse::<Amount>().map_err(|_| broken(name))).transpose();
    let must_amount = || amount("amount")?.ok_or_else(|| broken("amount"));
    let request = match must("kind")?.raw() {
        "withdraw" => Request::Withdraw(WithdrawRequest {
            coin: must("coin")?,
            network: must("network")?,
            address: must("address")?,
            memo: text("memo")?,
            gross: must_amount()?,
        }),
        "transfer" => Request::Transfer(TransferRequest {
            out_biz_id: must("out_biz_id")?,
            coin: must("coin")?,
            amount: must_amount()?,
            to: match must("to_type")?.raw() {
                "uid" => Receiver::Uid(must("to_name")?),
                "phone" => Receiver::Phone { country_code: must("to_country_code")?, number: must("to_name")? },
                "email" => Receiver::Email(must("to_name")?),
                _ => return Err(broken("to_type")),
            },
            remark: text("remark")?,
        }),
        "move" => Request::Move(MoveRequest {
            direction: match must("direction")?.raw() {
                "spot_to_futures" => Direction::SpotToFutures,
                "futures_to_spot" => Direction::FuturesToSpot,
                _ => return Err(broken("direction")),
            },
            coin: must("coin")?,
            amount: must_amount()?,
        }),
        "cancel_withdrawal" => Request::CancelWithdrawal(must("target_id")?),
        "cancel_transfer" => Request::CancelTransfer(must("target_id")?),
        _ => return Err(broken("kind")),
    };
    let detail = || Ok::<_, rusqlite::Error>(text("detail")?.unwrap_or_default());
    let outcome = match must("outcome")?.raw() {
        "sending" => Outcome::Sending,
        "accepted" => Outcome::Accepted {
            id: must("exchange_id")?,
            proof: must("proof")?.raw().parse::<Proof>().map_err(|_| broken("proof"))?,
        },
        "refused" => Outcome::Refused { code: must("code")?, msg: detail()? },
        "not_sent" => Outcome::NotSent { why: detail()? },
        "unknown" => Outcome::Unknown { why: detail()? },
        "no_trace" => Outcome::NoTrace,
        "likely_executed" => Outcome::Likely { executed: true },
        "likely_not_executed" => Outcome::Likely { executed: false },
        _ => return Err(broken("outcome")),
    };
    Ok(Order {
        id: OrderId(row.get("id")?),
        request,
        time: Millis(row.get("time_ms")?),
        available_before: amount("available_before")?,
        asked_by: must("asked_by")?.raw().parse::<AskedBy>().map_err(|_| broken("asked_by"))?,
        outcome,
        readings: row.get("readings")?,
        changed: Millis(row.get("changed_ms")?),
    })
}

fn broken(column: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnName(format!("{column}: not a value that this program writes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Request> {
        let amount = |t: &str| t.parse::<Amount>().unwrap();
        let transfer = |to, n: &str| {
            Request::Transfer(TransferRequest {
                out_biz_id: n.into(),
                coin: "USDT".into(),
                amount: amount("10"),
                to,
                remark: Some("оплата \u{202e}".into()),
            })
        };
        vec![
            Request::Withdraw(WithdrawRequest {
                coin: "TRX".into(),
                network: "Tron (TRC-20)".into(),
                address: "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into(),
                memo: None,
                gross: amount("20.500000000000000000"),
            }),
            transfer(Receiver::Uid("681979174".into()), "a"),
            transfer(Receiver::Phone { country_code: "+86".into(), number: "138".into() }, "b"),
            transfer(Receiver::Email("u@example.com".into()), "c"),
            Request::Move(MoveRequest {
                direction: Direction::FuturesToSpot,
                coin: "USDT".into(),
                amount: amount("100.01"),
            }),
            Request::CancelWithdrawal("1909879608889339906".into()),
            Request::CancelTransfer("1909879608889339907".into()),
        ]
    }

    #[test]
    fn an_order_comes_back_as_it_was_written_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let mut ids = Vec::new();
        {
            let mut ledger = Ledger::open(&path).unwrap();
            for request in requests() {
                ids.push(ledger.record(&request, Millis(5), "7.0".parse().ok(), AskedBy::Screen).unwrap());
            }
        }
        let mut ledger = Ledger::open(&path).unwrap();
        for (id, request) in ids.iter().zip(requests()) {
            let order = ledger.order(*id).unwrap().unwrap();
            assert_eq!(order.request, request);
            assert_eq!(order.outcome, Outcome::Sending);
        }
        assert_eq!(ledger.unsettled().unwrap().len(), ids.len());
        for outcome in [
            Outcome::Accepted { id: "1".into(), proof: Proof::History },
            Outcome::Refused { code: "110008".into(), msg: "x".into() },
            Outcome::NotSent { why: "dns".into() },
            Outcome::Unknown { why: "timeout".into() },
            Outcome::NoTrace,
            Outcome::Likely { executed: true },
            Outcome::Likely { executed: false },
        ] {
            ledger.set_outcome(ids[0], &outcome, Millis(6)).unwrap();
            assert_eq!(ledger.order(ids[0]).unwrap().unwrap().outcome, outcome);
        }
    }

    #[test]
    fn a_damaged_file_is_set_aside_whole_and_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        std::fs::write(&path, "this is not a database, it only looks like one to a tired eye".repeat(100)).unwrap();
        let before = std::fs::read(&path).unwrap();
        let Err(super::super::LedgerError::Damaged { set_aside }) = Ledger::open(&path) else { panic!("opened") };
        assert_eq!(std::fs::read(set_aside).unwrap(), before);
        assert!(Ledger::open(&path).is_ok(), "the next start begins a new one");
    }

    #[test]
    fn a_newer_ledger_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        Ledger::open(&path).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Ledger::open(&path), Err(super::super::LedgerError::Newer { found: 99 })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn the_file_is_for_its_owner_alone_and_a_link_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/l.sqlite");
        let _ledger = Ledger::open(&path).unwrap();
        let mode = |p: &std::path::Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let link = dir.path().join("link.sqlite");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(Ledger::open(&link), Err(super::super::LedgerError::Place { .. })));
    }

    #[test]
    fn the_money_lock_is_held_by_one_and_freed_by_its_end() {
        use super::super::MoneyLock;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let held = MoneyLock::try_take(&path).unwrap();
        assert!(held.is_some());
        assert!(MoneyLock::try_take(&path).unwrap().is_none());
        drop(held);
        assert!(MoneyLock::try_take(&path).unwrap().is_some());
    }
}
