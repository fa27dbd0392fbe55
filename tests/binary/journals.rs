//! Exports for other programs, read by those programs: hledger and beancount, where they are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use wallet_tui::domain::Amount;

use crate::cli::{code, json, stderr, stdout};
use crate::orders::Trader;

impl Trader {
    /// Reads all of the history into the ledger, with a move there and a part of it back.
    fn read(&self) {
        for args in [
            &["move", "--from", "spot", "--coin", "USDT", "--amount", "12.5", "--yes"][..],
            &["move", "--from", "futures", "--coin", "USDT", "--amount", "2.25", "--yes"],
            &["export", "--all"],
        ] {
            let output = self.run(args);
            assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
        }
    }

    fn export(&self, format: &str) -> (PathBuf, Output) {
        let path = self.machine.home.path().join(format!("history.{format}"));
        let output =
            self.run(&["export", "--offline", "--format", format, "--to", path.to_str().unwrap(), "--replace"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        (path, output)
    }
}

/// What a program says of a file; `None` where it is not installed and need not be.
fn asked(program: &str, args: &[&str], file: &Path) -> Option<String> {
    match Command::new(program).args(args).arg(file).output() {
        Ok(output) => {
            assert!(output.status.success(), "{program} {args:?}: {} {}", stdout(&output), stderr(&output));
            Some(stdout(&output))
        }
        Err(why) => {
            assert!(std::env::var_os("WALLET_TUI_TEST_BOOKS").is_none(), "there is no {program} to test with: {why}");
            eprintln!("left out: it needs {program} (apt-get install hledger, pip install beancount)");
            None
        }
    }
}

/// What the spot side of a coin must be by the records: what came less what went, fees of its own coin included.
fn spot_by_records(trader: &Trader, coin: &str) -> Amount {
    let records = json(&trader.run(&["export", "--offline", "--format", "json"]));
    let amount =
        |record: &serde_json::Value, key: &str| record[key].as_str().map(|text| text.parse::<Amount>().unwrap());
    let mut sum = Amount::ZERO;
    for record in records.iter().filter(|record| record["status"] == "success") {
        let moved = amount(record, "amount").unwrap();
        let is_own = record["coin"] == coin;
        sum = match record["kind"].as_str().unwrap() {
            "deposit" | "transfer_in" | "move_to_spot" if is_own => sum.checked_add(moved).unwrap(),
            "withdrawal" | "transfer_out" | "move_to_futures" if is_own => sum.checked_sub(moved).unwrap(),
            _ => sum,
        };
        let fee_coin = record["fee_coin"].as_str().or(record["coin"].as_str());
        if let Some(fee) = amount(record, "fee").filter(|_| fee_coin == Some(coin)) {
            sum = sum.checked_sub(fee).unwrap();
        }
    }
    sum
}

#[test]
fn hledger_reads_the_journal_and_comes_to_the_same_sums() {
    let trader = Trader::new();
    trader.read();
    let (path, output) = trader.export("hledger");
    assert!(stderr(&output).contains("have no place"), "what failed is counted: {}", stderr(&output));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("decimal-mark .") && text.contains("* move to futures"), "{text}");
    if asked("hledger", &["check", "-f"], &path).is_none() {
        return;
    }
    for (account, coin, expected) in [
        ("assets:bitunix:spot", "USDT", spot_by_records(&trader, "USDT")),
        ("assets:bitunix:spot", "TRX", spot_by_records(&trader, "TRX")),
        ("assets:bitunix:futures", "USDT", "10.25".parse().unwrap()),
    ] {
        let args = ["balance", "--flat", "--no-total", "--layout=bare", "-O", "csv", account];
        let said = asked("hledger", &[&args[..], &[&format!("cur:{coin}"), "-f"]].concat(), &path).unwrap();
        let mut lines = csv::Reader::from_reader(said.as_bytes());
        let line = lines.records().next().unwrap().unwrap();
        assert_eq!((&line[0], &line[1]), (account, coin), "{said}");
        assert_eq!(line[2].parse::<Amount>().unwrap(), expected, "{said}");
    }
    // Accounts of one's own, with a blank and letters of another language.
    let config = trader.machine.home.path().join(".config/wallet-tui/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "[export.hledger]\nspot = '资产:my wallet'\nfees = '支出:fees'\n").unwrap();
    let (path, _) = trader.export("hledger");
    assert!(asked("hledger", &["accounts", "-f"], &path).unwrap().contains("资产:my wallet\n"));
}

#[test]
fn beancount_reads_the_journal_without_a_complaint() {
    let trader = Trader::new();
    trader.read();
    let (path, _) = trader.export("beancount");
    assert!(std::fs::read_to_string(&path).unwrap().contains(" open Assets:Bitunix:Spot\n"));
    let Some(said) = asked("bean-check", &[], &path) else { return };
    assert_eq!(said, "");
    let config = trader.machine.home.path().join(".config/wallet-tui/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "[export.beancount]\nopen = false\nspot = 'Assets:X资产:1st'\n").unwrap();
    let (path, _) = trader.export("beancount");
    let own = trader.machine.home.path().join("own.beancount");
    let mut opens: Vec<String> = ["Assets:X资产:1st", "Assets:Bitunix:Futures", "Expenses:Fees:Bitunix"]
        .into_iter()
        .chain(["Equity:Deposits", "Equity:Withdrawals", "Equity:Transfers", "Equity:Unknown"])
        .map(|account| format!("2000-01-01 open {account}\n"))
        .collect();
    opens.push(format!("include \"{}\"\n", path.display()));
    std::fs::write(&own, opens.concat()).unwrap();
    assert_eq!(asked("bean-check", &[], &own).unwrap(), "");
}

#[test]
fn a_spreadsheet_gets_ids_that_it_does_not_round() {
    let trader = Trader::new();
    trader.read();
    let (path, _) = trader.export("spreadsheet");
    let bytes = std::fs::read(&path).unwrap();
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let exact = trader.run(&["export", "--offline"]);
    let mut plain = csv::Reader::from_reader(exact.stdout.as_slice());
    assert_eq!(reader.headers().unwrap(), plain.headers().unwrap());
    let mut long = 0;
    for (row, plain) in reader.records().map(Result::unwrap).zip(plain.records().map(Result::unwrap)) {
        let id = &plain[0];
        long += usize::from(id.len() == 19);
        let expected = if id.contains(|c: char| c.is_ascii_digit()) { format!("=\"{id}\"") } else { id.to_owned() };
        assert_eq!(row[0], expected);
        // Whatever stands in it as a number has no more digits than a spreadsheet keeps, and is the same number.
        assert_eq!(row[4].trim_matches(['=', '"']), &plain[4]);
    }
    assert!(long > 50, "{long}");
}
