//! `ledger`: where the ledger is, whether it is sound, a copy of it, and less room on the disk. `reconcile`: per coin, what
//! the records say against what the exchange says is there.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Output;
use super::export::{Held, held, read, say_missing, stopped};
use super::failure::{BAD_INPUT, End, Failure, INCOMPLETE, MACHINE};
use super::order::not_begun;
use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::domain::value::grouped;
use crate::domain::{
    Amount, Balance, FuturesBalance, MoveDirection, Outcome, Partial, Problem, Record, Status, UntrustedText,
};
use crate::engine::explain::{explain, left_out_words};
use crate::engine::futures;
use crate::engine::history::History;
use crate::engine::ledger::{self, RecordFacts};
use crate::engine::orders::{NotBegun, words};
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, print};

/// `ledger`
#[derive(Debug, Clone, Subcommand)]
pub enum LedgerCommand {
    /// Print where the profile's ledger is, or would be
    Path,
    /// Look at every page of it: soundness, size, orders of unknown outcome, records that contradict themselves
    Check,
    /// Write a whole copy of it to a new file, also while the program runs
    Backup {
        /// The file; one that is there is left alone.
        file: PathBuf,
    },
    /// Give the room of what was changed back to the disk
    Vacuum,
}

/// `ledger`
///
/// # Errors
/// An [`End`]; 1 when the ledger is not sound.
pub fn run(command: &LedgerCommand, path: &Path, lang: Lang, out: &mut dyn Write) -> Result<(), End> {
    let place = path.display().to_string();
    let fail = |code, key: &'static str, next: &'static str, why: &str| {
        End::from(Failure::new(lang, code, key, next, &[("place", place.as_str()), ("why", why)]))
    };
    if matches!(command, LedgerCommand::Path) {
        writeln!(out, "{}", sanitize(&place))?;
        out.flush()?;
        return Ok(());
    }
    if !path.exists() {
        if matches!(command, LedgerCommand::Check) && ledger::has_damage(path).is_ok_and(|has| has) {
            return Err(fail(MACHINE, "cli.ledger.only_aside", "cli.order.damaged_next", ""));
        }
        return Err(fail(BAD_INPUT, "cli.ledger.none", "cli.ledger.none_next", ""));
    }
    match command {
        LedgerCommand::Path => {}
        LedgerCommand::Check => {
            let shut = |why: String| fail(MACHINE, "cli.ledger.shut", "cli.ledger.shut_next", &why);
            let found = ledger::check(path).map_err(|why| shut(why.to_string()))?;
            let values = [
                ("place", place.clone()),
                ("orders", found.health.orders.to_string()),
                ("unsettled", found.health.unsettled.to_string()),
                ("records", found.records.to_string()),
                ("doubted", found.doubted.len().to_string()),
                ("size", found.health.bytes.div_ceil(1024).to_string()),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            writeln!(out, "{}", sanitize(&lang.fill("cli.ledger.found", &values)))?;
            for (record, why) in &found.doubted {
                let amount = record.amount.map_or_else(|| "?".to_owned(), |amount| grouped(amount.trimmed()));
                let word = |table: &str, word: &str| {
                    lang.find(&format!("{table}.{word}")).map_or_else(|| word.to_owned(), str::to_owned)
                };
                let (kind, why) = (word("pending.kind", record.key.kind.word()), word("doubt.short", why.raw()));
                let line = format!("{kind} {} {amount} {}: {why}", record.key.id.raw(), record.coin.raw());
                writeln!(out, "  {}", sanitize(&line))?;
            }
            for row in &found.health.damaged_orders {
                writeln!(out, "  {}", sanitize(&words::damaged_line(row, lang)))?;
            }
            if found.has_gaps {
                writeln!(out, "{}", lang.t("cli.ledger.not_whole"))?;
            }
            let mut lines = Vec::new();
            let is_missing = say_missing((true, true), 0, &found.missing, lang, &mut lines);
            out.write_all(&lines)?;
            out.flush()?;
            if let Some(why) = found.health.damage {
                return Err(fail(MACHINE, "cli.ledger.damaged", "cli.ledger.damaged_next", &why));
            }
            if let Some(aside) = found.health.set_aside {
                let aside = aside.display().to_string();
                return Err(fail(MACHINE, "cli.ledger.aside", "cli.order.damaged_next", &aside));
            }
            if let Some(missing) = found.health.missing_orders {
                return Err(not_begun(&NotBegun::Missing(missing), lang).into());
            }
            if let Some(row) = found.health.damaged_orders.into_iter().find(|row| !row.is_answered) {
                return Err(not_begun(&NotBegun::DamagedOrder(row), lang).into());
            }
            is_missing?;
        }
        LedgerCommand::Backup { file } => {
            if file.exists() {
                let there = file.display().to_string();
                let values = [("place", there.as_str())];
                return Err(
                    Failure::new(lang, BAD_INPUT, "cli.export.exists", "cli.ledger.exists_next", &values).into()
                );
            }
            let failed = |why: String| fail(MACHINE, "cli.ledger.shut", "cli.ledger.shut_next", &why);
            ledger::backup(path, file).map_err(|why| failed(why.to_string()))?;
            let there = file.display().to_string();
            writeln!(out, "{}", sanitize(&lang.fill("cli.ledger.copied", &[("place", &there)])))?;
            out.flush()?;
        }
        LedgerCommand::Vacuum => {
            let failed = |why: String| fail(MACHINE, "cli.ledger.shut", "cli.ledger.busy_next", &why);
            let (before, after) = ledger::vacuum(path).map_err(|why| failed(why.to_string()))?;
            let (before, after) = (before.div_ceil(1024).to_string(), after.div_ceil(1024).to_string());
            writeln!(out, "{}", lang.fill("cli.ledger.vacuumed", &[("before", &before), ("after", &after)]))?;
            out.flush()?;
        }
    }
    Ok(())
}

/// What the records say of one coin, and what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    coin: UntrustedText,
    /// Records of the history are missing, and of which coin nobody knows: the sums are at least so much.
    is_incomplete: bool,
    /// Sums; `None` once something in them is not known.
    incoming: Sum,
    outgoing: Sum,
    fees: Sum,
    moved: Sum,
    balance: Option<Amount>,
    futures: Futures,
}

/// What the futures side holds of a coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Futures {
    /// It could not be read, or does not say.
    #[default]
    Unknown,
    /// It was read and lists nothing for the coin.
    NotListed,
    /// This much, without unrealised profit and loss.
    Holds(Amount),
}

/// A sum that says so when it is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum(Option<Amount>);

impl Default for Sum {
    fn default() -> Self {
        Self(Some(Amount::ZERO))
    }
}

impl Sum {
    fn add(&mut self, amount: Option<Amount>) {
        self.0 = self.0.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
    }

    fn subtract(&mut self, amount: Option<Amount>) {
        self.0 = self.0.zip(amount).and_then(|(sum, amount)| sum.checked_sub(amount));
    }
}

impl Account {
    /// What should be there by the records and moves alone.
    fn expected(&self) -> Option<Amount> {
        if self.is_incomplete {
            return None;
        }
        let mut sum = self.incoming;
        sum.subtract(self.outgoing.0);
        sum.subtract(self.fees.0);
        sum.subtract(self.moved.0);
        sum.0
    }

    /// What is there beyond that: trades, moves that were made elsewhere, what is older than the history, or a mistake.
    fn unexplained(&self) -> Option<Amount> {
        self.balance?.checked_sub(self.expected()?)
    }

    /// What the futures side holds beyond what was moved there from here: profit and loss, fees, funding, copy trading, moves that
    /// were made elsewhere.
    fn futures_unexplained(&self) -> Option<Amount> {
        match self.futures {
            Futures::Unknown => None,
            Futures::NotListed => Amount::ZERO.checked_sub(self.moved.0?),
            Futures::Holds(total) => total.checked_sub(self.moved.0?),
        }
    }
}

impl Listed for Account {
    const KEYS: &'static [&'static str] = &[
        "coin",
        "in",
        "out",
        "fees",
        "moved_to_futures",
        "expected",
        "balance",
        "unexplained",
        "complete",
        "futures",
        "futures_unexplained",
    ];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.coin"),
        point("cli.column.in"),
        point("cli.column.out"),
        point("cli.column.fees"),
        point("cli.column.moved"),
        point("cli.column.expected"),
        point("cli.column.balance"),
        point("cli.column.unexplained"),
        point("cli.column.futures"),
        point("cli.column.futures_unexplained"),
    ];

    fn object(&self) -> Object {
        let cell = |value: Option<Amount>| amount(value.map(Amount::trimmed), Cell::Unknown);
        vec![
            ("coin", Cell::Text(self.coin.clone())),
            ("in", cell(self.incoming.0)),
            ("out", cell(self.outgoing.0)),
            ("fees", cell(self.fees.0)),
            ("moved_to_futures", cell(self.moved.0)),
            ("expected", cell(self.expected())),
            ("balance", cell(self.balance)),
            ("unexplained", cell(self.unexplained())),
            ("complete", Cell::Flag(!self.is_incomplete)),
            (
                "futures",
                match self.futures {
                    Futures::Unknown => Cell::Unknown,
                    Futures::NotListed => Cell::Absent,
                    Futures::Holds(total) => Cell::Amount(total.trimmed()),
                },
            ),
            (
                "futures_unexplained",
                match self.futures {
                    Futures::NotListed if self.moved.0.is_some_and(Amount::is_zero) => Cell::Absent,
                    _ => cell(self.futures_unexplained()),
                },
            ),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let cells = self.object().into_iter().filter(|(name, _)| *name != "complete");
        let cell = |(name, cell)| match cell {
            Cell::Amount(amount) if self.is_incomplete && matches!(name, "in" | "out" | "fees") => {
                Cell::Marked("≥ ", Box::new(Cell::Amount(amount)))
            }
            cell => cell,
        };
        vec![cells.map(cell).collect()]
    }
}

/// Adds everything up. Pending payments are still there; failed and cancelled ones never left. Of records under one id that
/// differ the amounts are not known.
fn accounts(
    records: &[Record],
    facts: &RecordFacts,
    moves: &[crate::domain::MoveRecord],
    balances: &[Balance],
    futures: Option<&[FuturesBalance]>,
) -> Vec<Account> {
    let mut all: BTreeMap<UntrustedText, Account> = BTreeMap::new();
    let mut of = |coin: &UntrustedText, change: &mut dyn FnMut(&mut Account)| {
        change(all.entry(coin.clone()).or_insert_with(|| Account { coin: coin.clone(), ..Account::default() }));
    };
    for record in records.iter().filter(|record| record.status == Status::Success) {
        let is_certain = !facts.has_same_id(record);
        let amount = record.amount.filter(|_| is_certain);
        if record.key.kind.is_outgoing() {
            of(&record.coin, &mut |account| account.outgoing.add(amount));
            let fee = facts.charge(record).fee.filter(|_| is_certain);
            of(record.coin_of_fee(), &mut |account| account.fees.add(fee));
        } else {
            of(&record.coin, &mut |account| account.incoming.add(amount));
        }
    }
    for moved in moves {
        let executed = match moved.outcome {
            Outcome::Accepted { .. } => Some(true),
            Outcome::Refused { .. } | Outcome::NotSent { .. } | Outcome::NotExecuted | Outcome::Dismissed => {
                Some(false)
            }
            _ => None,
        };
        of(&moved.coin, &mut |account| match (executed, moved.direction) {
            (Some(false), _) => {}
            (None, _) => account.moved.add(None),
            (Some(true), MoveDirection::SpotToFutures) => account.moved.add(Some(moved.amount)),
            (Some(true), MoveDirection::FuturesToSpot) => account.moved.subtract(Some(moved.amount)),
        });
    }
    for balance in balances {
        of(&balance.coin, &mut |account| account.balance = balance.total());
    }
    if let Some(futures) = futures {
        for balance in futures {
            let is_nothing = balance.is_empty() && !all.contains_key(&balance.coin);
            if is_nothing {
                continue;
            }
            let holds = balance.total().map_or(Futures::Unknown, Futures::Holds);
            let account = all.entry(balance.coin.clone());
            account.or_insert_with(|| Account { coin: balance.coin.clone(), ..Account::default() }).futures = holds;
        }
        let listed = |coin: &UntrustedText| futures.iter().any(|balance| balance.coin == *coin);
        for account in all.values_mut().filter(|account| account.futures == Futures::Unknown) {
            if !listed(&account.coin) {
                account.futures = Futures::NotListed;
            }
        }
    }
    all.into_values().collect()
}

/// `reconcile`
///
/// # Errors
/// An [`End`].
pub async fn reconcile(
    (output, futures_coins): (Output, &[UntrustedText]),
    history: &History,
    client: &crate::exchange::Client,
    (lang, shows_progress): (Lang, bool),
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), End> {
    let failed = |problem| {
        let code = crate::engine::explain::exit_code(&problem, false);
        End::from(Failure::of_words(explain(&problem, lang), lang, code))
    };
    // Sums over half a history explain nothing.
    read(true, history, (lang, shows_progress), err).await?;
    let balances = client.list_balances().await.map_err(failed)?;
    let Partial { found: balances, left_out } =
        balances.unwrap_or_else(|| Partial { found: Vec::new(), left_out: Vec::new() });
    let Held { records, is_whole, missing } = held(history, lang).await?;
    let known = history.with_ledger(|ledger| Ok((ledger.moves(u32::MAX)?, ledger.record_facts()?))).await;
    let (moves, facts) = known.map_err(|stop| stopped(stop, lang))?;
    let named = moves.iter().map(|moved| moved.coin.clone()).chain(futures_coins.iter().cloned());
    let (futures, problem) = futures::read(client, futures::coins_to_ask(&balances, named)).await;
    // Of what could not be read whole nothing is said to be missing.
    let whole = problem.is_none().then_some(&*futures);
    let mut accounts = accounts(&records, &facts, &moves, &balances, whole);
    let is_incomplete = !is_whole || !missing.is_none();
    for account in &mut accounts {
        account.is_incomplete = is_incomplete;
    }
    print(&accounts, output.format, lang, out)?;
    let damaged = history.with_ledger(|ledger| ledger.damaged_orders()).await.map_err(|stop| stopped(stop, lang))?;
    for row in &damaged {
        // What such a row moved is in no sum.
        let _ = writeln!(err, "{}", sanitize(&words::damaged_line(row, lang)));
    }
    if let Some(problem) = &problem {
        let text = lang.fill("cli.without_futures", &[("why", &explain(problem, lang).cause)]);
        let _ = writeln!(err, "{}", sanitize(&text));
    }
    let is_off = |left: Option<Amount>| left.is_none_or(|left| left != Amount::ZERO);
    let left = accounts
        .iter()
        .filter(|account| is_off(account.unexplained()) || problem.is_none() && is_off(account.futures_unexplained()));
    let coins: Vec<_> = left.map(|account| account.coin.shown()).collect();
    if !coins.is_empty() {
        // A courtesy, as the next one.
        let values = [("count", coins.len().to_string()), ("coins", coins.join(", "))];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let _ = writeln!(err, "{}", sanitize(&lang.fill("cli.reconcile.left", &values)));
    }
    for row in &left_out {
        let text = left_out_words(lang.t("view.banner.part.balances"), 1, row, lang);
        let _ = writeln!(err, "{}", sanitize(&text));
    }
    say_missing((true, is_whole), records.len(), &missing, lang, err)?;
    // A key that may not read it never will; what could not be read for once is missing.
    let is_refused = |problem: &Problem| problem.is_about_access_to_futures();
    if left_out.is_empty() && problem.as_ref().is_none_or(is_refused) { Ok(()) } else { Err(End::Said(INCOMPLETE)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Kind, Millis, MoveRecord, OrderId, Proof};

    fn record(kind: Kind, amount: &str, fee: Option<&str>, status: Status) -> Record {
        Record {
            amount: Some(amount.parse().unwrap()),
            fee: fee.map(|fee| fee.parse().unwrap()),
            status,
            ..Record::bare(kind, "1", "TRX")
        }
    }

    #[test]
    fn everything_is_added_up_exactly_and_what_is_left_is_said() {
        let records = [
            record(Kind::Deposit, "100.10", None, Status::Success),
            record(Kind::Deposit, "7", None, Status::Pending),
            record(Kind::Withdrawal, "19.5", Some("1"), Status::Success),
            record(Kind::Withdrawal, "5", Some("1"), Status::Fail),
        ];
        let moved = |amount: &str, outcome| MoveRecord {
            order: OrderId(1),
            time: Millis(1),
            direction: MoveDirection::SpotToFutures,
            coin: "TRX".into(),
            amount: amount.parse().unwrap(),
            outcome,
            exchange_id: None,
        };
        let accepted = Outcome::Accepted { id: "1".into(), proof: Proof::Answer };
        let balances = [Balance {
            coin: "TRX".into(),
            available: Some("70".parse().unwrap()),
            in_use: Some("0.6".parse().unwrap()),
        }];
        let found = accounts(
            &records,
            &RecordFacts::default(),
            &[moved("10", accepted), moved("3", Outcome::Dismissed)],
            &balances,
            None,
        );
        let shown = |value: Option<Amount>| value.map(|value| value.trimmed().to_string());
        assert_eq!(shown(found[0].expected()).as_deref(), Some("69.6"));
        assert_eq!(shown(found[0].unexplained()).as_deref(), Some("1"));
        let unknown = Outcome::Unknown { why: crate::domain::Because::Timeout.into() };
        let found = accounts(&records, &RecordFacts::default(), &[moved("10", unknown)], &balances, None);
        assert_eq!(found[0].unexplained(), None, "a sum with an unknown in it is unknown");
    }
}
