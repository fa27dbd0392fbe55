//! What cannot be read, what contradicts itself, and what the exchange does not say, in commands and exports.

use std::process::Output;

use serde_json::Value;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Fault, Strike, World};

use crate::cli::{code, stderr, stdout};
use crate::orders::Trader;

impl Trader {
    fn rows(&self, args: &[&str], expected: i32) -> Vec<Value> {
        let output = self.run(args);
        assert_eq!(code(&output), expected, "{args:?}: {}", stderr(&output));
        serde_json::from_str(&stdout(&output)).unwrap()
    }

    /// From now on the first place of this form in the answers of an endpoint is another one.
    fn bend(&self, endpoint: &str, from: &str, to: &str) {
        self.exchange.fail_always(endpoint, Fault::after(Strike::Replace(from.to_owned(), to.to_owned())));
    }
}

fn is_held<'r>(rows: &'r [Value], key: &str, value: &str) -> Option<&'r Value> {
    rows.iter().find(|row| row[key] == value)
}

#[test]
fn a_second_that_cannot_be_listed_is_said_by_every_command() {
    let trader = Trader::new();
    let many = |world: &mut World| {
        for _ in 0..150 {
            world.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), true).unwrap();
        }
    };
    trader.exchange.world(many);
    // A page of one second leads on: before it, and by coin.
    let page = trader.run(&["deposits", "--coin", "TRX", "--output", "json"]);
    assert_eq!(code(&page), 0, "{}", stderr(&page));
    let said = stderr(&page);
    assert!(said.contains("full of records of one second") && said.contains("--end-time"), "{said}");
    // Later records, so that the second is beyond the newest page.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let export = trader.run(&["export", "--all", "--format", "ndjson"]);
    assert_eq!(code(&export), 7, "{}", stderr(&export));
    assert!(stderr(&export).contains("more records than the exchange lists"), "{}", stderr(&export));
    let offline = trader.run(&["export", "--offline"]);
    assert_eq!(code(&offline), 7, "{}", stderr(&offline));
    let table = trader.run(&["reconcile"]);
    assert_eq!(code(&table), 7, "{}", stderr(&table));
    assert!(stdout(&table).contains("≥ "), "{}", stdout(&table));
    let accounts = trader.rows(&["reconcile", "--output", "json"], 7);
    let trx = is_held(&accounts, "coin", "TRX").unwrap();
    assert!(trx["complete"] == false && trx["expected"].is_null() && trx["unexplained"].is_null(), "{trx}");
    let check = trader.run(&["ledger", "check"]);
    assert_eq!(code(&check), 7, "{}", stdout(&check));
    assert!(stdout(&check).contains("more records than the exchange lists"), "{}", stdout(&check));
}

#[test]
fn one_bad_row_is_named_and_the_others_are_printed() {
    let trader = Trader::new();
    let whole = trader.rows(&["balances", "--output", "json"], 0).len();
    trader.bend("user/account", "\"balance\":", "\"balance\":\"1,5\",\"was\":");
    let left = trader.run(&["balances", "--output", "json"]);
    assert_eq!(code(&left), 7, "{}", stderr(&left));
    let rows: Vec<Value> = serde_json::from_str(&stdout(&left)).unwrap();
    assert_eq!(rows.len(), whole - 1);
    assert!(stderr(&left).contains("data[0].balance") && stderr(&left).contains("1,5"), "{}", stderr(&left));
    trader.bend("common/rate/list", "\"rate\":", "\"rate\":\"six\\u001b[2J\",\"was\":");
    let rates = trader.run(&["rates"]);
    assert_eq!(code(&rates), 7);
    assert!(stderr(&rates).contains("/USD") && !stderr(&rates).contains('\u{1b}'), "{}", stderr(&rates));
    // A record: named by its id, missing in every export, and there again once it can be read.
    trader.bend("withdraw_transfer/page", "\"amount\":", "\"amount\":\"1,5\",\"was\":");
    let listed = trader.run(&["withdrawals", "--output", "json"]);
    assert_eq!(code(&listed), 7, "{}", stderr(&listed));
    let export = trader.run(&["export", "--all", "--format", "json"]);
    assert_eq!(code(&export), 7, "{}", stderr(&export));
    assert!(stderr(&export).contains("cannot be read and is left out"), "{}", stderr(&export));
    assert_eq!(code(&trader.run(&["export", "--offline"])), 7);
    trader.exchange.clear_faults();
    let healed = trader.run(&["export", "--all", "--format", "json"]);
    assert_eq!(code(&healed), 0, "{}", stderr(&healed));
    let held = |output: &Output| serde_json::from_str::<Vec<Value>>(&stdout(output)).unwrap().len();
    assert_eq!(held(&healed), held(&export) + 1);
}

#[test]
fn unreadable_rule_closes_one_network_and_no_other() {
    let trader = Trader::new();
    let coins = trader.rows(&["tokens", "--output", "json"], 0);
    let (coin, network) = (&coins[0]["coin"], &coins[0]["networks"][0]["network"]);
    let (coin, network) = (coin.as_str().unwrap(), network.as_str().unwrap());
    trader.bend("common/coin/coin_network/list", "\"contractPrecision\":", "\"contractPrecision\":\"six\",\"was\":");
    let tokens = trader.run(&["tokens"]);
    assert_eq!(code(&tokens), 7);
    assert!(stderr(&tokens).contains("networks[0].contractPrecision"), "{}", stderr(&tokens));
    let order = |coin: &str, network: &str| {
        let place = ["withdraw", "--coin", coin, "--network", network, "--address", SAMPLE_ADDRESS, "--amount=20.5"];
        trader.run(&[&place[..], &["--dry-run"]].concat())
    };
    let closed = order(coin, network);
    assert_eq!(code(&closed), 2, "{}", stderr(&closed));
    assert!(stderr(&closed).contains("cannot be read"), "{}", stderr(&closed));
    if coin != "TRX" {
        let open = order("TRX", "Tron (TRC-20)");
        assert_eq!(code(&open), 0, "{}", stderr(&open));
    }
}

#[test]
fn gross_and_fee_of_the_own_order_are_shown_and_marked() {
    let trader = Trader::new();
    let place = ["withdraw", "--coin", "TRX", "--network", "Tron (TRC-20)", "--address", SAMPLE_ADDRESS];
    let sent = trader.run(&[&place[..], &["--amount=20.50", "--yes", "--confirm-tail", "5HV7rU"]].concat());
    assert_eq!(code(&sent), 0, "{}", stderr(&sent));
    let is_own = |row: &&Value| row["fee_source"] == "own_order";
    let listed = trader.rows(&["withdrawals", "--output", "json"], 0);
    let own = listed.iter().find(is_own).unwrap_or_else(|| panic!("{listed:?}"));
    assert_eq!((&own["gross"], own["status"] == "success"), (&Value::from("20.5"), false));
    let number = |key: &str| own[key].as_str().unwrap().parse::<wallet_tui::domain::Amount>().unwrap();
    assert_eq!(number("amount").checked_add(number("fee")), Some(number("gross")));
    let table = trader.run(&["withdrawals"]);
    assert!(stdout(&table).contains('≈'), "{}", stdout(&table));
    let exported = trader.rows(&["export", "--format", "json"], 0);
    assert_eq!(exported.iter().filter(is_own).count(), 1);
}

#[test]
fn two_records_of_one_id_are_both_printed_and_marked() {
    let trader = Trader::new();
    let id = trader.exchange.world(|world| world.history().incoming().iter().map(|r| (r.ctime, r.id)).max().unwrap().1);
    let id = id.to_string();
    let other = format!(
        "[{{\"id\":{id},\"type\":\"deposit\",\"coin\":\"TRX\",\"network\":\"Tron (TRC-20)\",\"amount\":\"777\",\
         \"status\":\"success\",\"ctime\":1744185294000,\"toAddress\":\"T1\",\"address\":\"T2\"}},{{"
    );
    let kind = trader.exchange.world(|world| {
        let newest = world.history().incoming().iter().find(|r| r.id.to_string() == id).unwrap();
        if newest.chain.is_some() { "deposit" } else { "inside_transfer_in" }
    });
    trader.bend("deposit/page", "[{", &other.replace("\"deposit\"", &format!("\"{kind}\"")));
    let both = |rows: &[Value], doubt: &str| {
        let same: Vec<&Value> = rows.iter().filter(|row| row["id"] == *id).collect();
        assert_eq!(same.len(), 2, "{same:?}");
        assert!(same.iter().all(|row| row["doubt"] == doubt), "{same:?}");
        assert!(same.iter().any(|row| row["also_address"] == "T2"), "{same:?}");
    };
    let command = if kind == "deposit" { vec!["deposits"] } else { vec!["transfers", "--type", "inside_transfer_in"] };
    both(&trader.rows(&[&command[..], &["--output", "json"]].concat(), 0), "same_id");
    let export = trader.run(&["export", "--all", "--format", "json"]);
    both(&serde_json::from_str::<Vec<Value>>(&stdout(&export)).unwrap(), "same_id");
    assert!(stderr(&export).contains("contradicts itself"), "{}", stderr(&export));
    let check = trader.run(&["ledger", "check"]);
    let lines = stdout(&check).lines().filter(|line| line.contains(&id) && line.contains("two under one id")).count();
    assert_eq!(lines, 2, "{}", stdout(&check));
    // A status that moves backwards and a record that is gone are marked as well.
    trader.exchange.clear_faults();
    trader.bend("deposit/page", "\"success\"", "\"pending\"");
    let back = trader.rows(&["deposits", "--output", "json"], 0);
    assert!(is_held(&back, "doubt", "backwards").is_some(), "{back:?}");
}

#[test]
fn two_rows_of_one_coin_are_no_balance() {
    let trader = Trader::new();
    let data = r#"[{"coin":"TRX","balance":10,"balanceLocked":1},{"coin":"TRX","balance":77,"balanceLocked":0},{"coin":"ETH","balance":1,"balanceLocked":0}]"#;
    trader.exchange.fail_always(
        "user/account",
        Fault::before(Strike::Body(format!(r#"{{"code":"0","msg":"","data":{data},"success":true}}"#))),
    );
    let rows: Vec<Value> = serde_json::from_str(&stdout(&trader.run(&["reconcile", "--output", "json"]))).unwrap();
    let row = rows.into_iter().find(|row| row["coin"] == "TRX").unwrap();
    assert!(row["balance"].is_null(), "{row}");
}
