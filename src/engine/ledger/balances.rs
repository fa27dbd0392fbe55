//! The last known balances, shown before the exchange has answered.

use rusqlite::{Row, TransactionBehavior, params};

use super::Ledger;
use super::rows::{amount, must};
use crate::domain::{Balance, Millis};

impl Ledger {
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
