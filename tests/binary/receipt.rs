//! Receipts of one payment, by the real binary and the embedded exchange.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::cli::{Machine, code, json, stderr, stdout};
use crate::orders::Trader;
use crate::pty::{Pty, program};

impl Trader {
    /// The first record of a list for which this is so.
    fn record(&self, list: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let all = json(&self.run(&[list, "--output", "json"]));
        all.iter().find(|row| is_it(row)).cloned().expect(list)
    }
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("no {key} in {row}"))
}

/// What stands behind a name.
fn said<'a>(receipt: &'a str, name: &str) -> Option<&'a str> {
    receipt.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("  ").map(str::trim))
}

#[test]
fn receipt_of_a_withdrawal_says_all_of_it_and_no_more() {
    let trader = Trader::new();
    let row = trader.record("withdrawals", |row| {
        row["status"] == "success" && row["network"] == "Tron (TRC-20)" && row["txid"].is_string()
    });
    let output = trader.run(&["receipt", text(&row, "id")]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let receipt = stdout(&output);
    let page = format!("https://tronscan.org/#/transaction/{}", text(&row, "txid"));
    for (name, value) in [
        ("Status", "success"),
        ("Network", "Tron (TRC-20)"),
        ("To", text(&row, "address")),
        ("TxID", text(&row, "txid")),
        ("Id", text(&row, "id")),
        ("Look up", &page),
    ] {
        assert_eq!(said(&receipt, name), Some(value), "{name} in\n{receipt}");
    }
    assert!(said(&receipt, "Written").is_some_and(|at| at.ends_with("UTC")), "{receipt}");
    assert!(receipt.contains("as the exchange said when this was written"), "{receipt}");
    let whoami = json(&trader.run(&["whoami", "--output", "json"]));
    for secret in [trader.exchange.api_key(), trader.exchange.secret(), text(&whoami[0], "uid")] {
        assert!(!receipt.contains(secret), "{secret} in\n{receipt}");
    }
    let chinese = stdout(&trader.run(&["receipt", text(&row, "id"), "--lang", "zh-CN"]));
    assert!(chinese.contains("付款回执") && chinese.contains(text(&row, "address")), "{chinese}");
}

#[test]
fn receipt_is_written_as_a_page_once_and_for_its_owner() {
    let trader = Trader::new();
    let row = trader.record("withdrawals", |row| row["txid"].is_string());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.html");
    let path = file.to_str().unwrap();
    let args = ["receipt", text(&row, "id"), "--output", "html", "--to", path];
    let output = trader.run(&args);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, ""), "{}", stderr(&output));
    assert!(stderr(&output).contains(path), "{}", stderr(&output));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("size: A4"), "{page}");
    assert!(page.contains(text(&row, "address")) && !page.contains("<script"), "{page}");
    // One that is there stays, unless it is said otherwise.
    fs::write(&file, "mine").unwrap();
    let output = trader.run(&args);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let output = trader.run(&[&args[..], &["--replace"]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!doctype html>"));
}

#[test]
fn what_is_no_payment_has_no_receipt() {
    let trader = Trader::new();
    for (id, words) in [("190", "There is no payment with the id 190"), ("1 9", "ID: what was given holds a blank")] {
        let output = trader.run(&["receipt", id]);
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    let row = trader.record("withdrawals", |_| true);
    let output = trader.run(&["receipt", text(&row, "id"), "--kind", "deposit"]);
    assert_eq!(code(&output), 2, "{}", stdout(&output));
    let output = trader.run(&["receipt", text(&row, "id"), "--kind", "withdrawal"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

#[test]
fn receipt_of_the_demo_says_that_nothing_was_paid() {
    let machine = Machine::new();
    let mut command = program(&["--plain", "--demo"]);
    command.env("HOME", machine.home.path());
    command.env("TERM", "dumb");
    let mut pty = Pty::start(command, 200, 60);
    pty.wait_for("\n> ");
    let screen = pty.screen();
    let id = screen.lines().find_map(|line| line.strip_prefix("pending: withdrawal")?.rsplit_once("id ")).unwrap().1;
    pty.send(&format!("receipt {}\r", id.trim()));
    pty.wait_for("Receipt: Withdrawal");
    pty.wait_for("DEMO: from the embedded exchange, with invented money. Nothing was paid.");
    pty.send("quit\r");
    assert_eq!(pty.end().exit_code(), 0);
}
