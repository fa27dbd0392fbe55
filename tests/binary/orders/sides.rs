//! Both sides of the account by commands: read, moved whole, listed, exported and added up.

use serde_json::{Value, json};
use wallet_tui::domain::Amount;
use wallet_tui::simulator::refusal::Refusal;
use wallet_tui::simulator::{Fault, Strike};

use super::Trader;
use crate::cli::{code, json as rows_of, stderr, stdout};

fn row<'a>(rows: &'a [Value], account: &str, coin: &str) -> &'a Value {
    let is_it = |row: &&Value| row["account"] == account && row["coin"] == coin;
    rows.iter().find(is_it).unwrap_or_else(|| panic!("no {account} {coin} in {rows:?}"))
}

/// Somebody with 10 USDT in a position that loses 2.5, and what can be moved out of the futures side.
fn with_a_losing_position() -> (Trader, Amount) {
    let trader = Trader::new();
    let free = trader.exchange.world(|world| {
        world.open_position("USDT", "10".parse().unwrap()).unwrap();
        world.set_unrealised("USDT", "-2.5".parse().unwrap());
        world.movable("USDT")
    });
    (trader, free)
}

#[test]
fn both_sides_are_listed_and_spot_alone_is_as_before() {
    let (trader, free) = with_a_losing_position();
    let spot = rows_of(&trader.run(&["balances", "--output", "json"]));
    assert_eq!(spot, rows_of(&trader.run(&["balances", "--account", "spot", "--output", "json"])));
    assert!(spot[0].get("account").is_none(), "the columns stay");
    let futures = rows_of(&trader.run(&["balances", "--account", "futures", "--output", "json"]));
    let usdt = futures.iter().find(|row| row["coin"] == "USDT").unwrap();
    assert_eq!((&usdt["movable"], &usdt["in_positions"]), (&json!(free.to_string()), &json!("10")));
    assert_eq!(usdt["unrealised"], "-2.5");
    let all = rows_of(&trader.run(&["balances", "--account", "all", "--output", "json"]));
    assert_eq!(row(&all, "spot", "USDT")["available"], spot.iter().find(|r| r["coin"] == "USDT").unwrap()["available"]);
    assert_eq!(row(&all, "futures", "USDT")["movable"], json!(free.to_string()));
    let table = trader.run(&["balances", "--account", "all"]);
    assert!(stdout(&table).contains("movable") && stdout(&table).contains("futures"), "{}", stdout(&table));
}

#[test]
fn key_without_futures_is_told_so_and_never_shown_a_zero() {
    let trader = Trader::new();
    trader.exchange.auth(|auth| auth.futures_refusal = Some(Refusal::NoAuthority));
    let futures = trader.run(&["balances", "--account", "futures"]);
    assert_eq!((code(&futures), stdout(&futures).as_str()), (4, ""), "{}", stderr(&futures));
    let all = trader.run(&["balances", "--account", "all", "--output", "json"]);
    assert_eq!(code(&all), 7, "{}", stderr(&all));
    let rows: Vec<Value> = serde_json::from_str(&stdout(&all)).unwrap();
    assert!(rows.iter().all(|row| row["account"] == "spot") && stderr(&all).contains("futures side is missing"));
    let sums = trader.run(&["reconcile", "--output", "json"]);
    assert_eq!(code(&sums), 0, "a key that may not read it lacks nothing each time: {}", stderr(&sums));
    assert!(rows_of(&sums).iter().all(|row| row["futures"].is_null() && row["futures_unexplained"].is_null()));
    let doctor = trader.run(&["doctor"]);
    assert!(stdout(&doctor).contains("does not serve this key") && code(&doctor) == 0, "{}", stdout(&doctor));
    let all = trader.run(&["move", "--from", "futures", "--coin", "USDT", "--all", "--yes"]);
    assert_eq!((code(&all), trader.executed()), (2, 0), "{}", stderr(&all));
}

#[test]
fn all_that_can_be_moved_is_moved_and_stands_in_every_list() {
    let (trader, free) = with_a_losing_position();
    let more = format!("{free}1");
    let moved = trader.run(&["move", "--from", "futures", "--coin", "USDT", "--amount", &more, "--yes"]);
    assert_eq!((code(&moved), trader.executed()), (2, 0), "{}", stderr(&moved));
    let moved = trader.run(&["move", "--from", "futures", "--coin", "USDT", "--all", "--yes"]);
    assert_eq!(code(&moved), 0, "{}", stderr(&moved));
    assert_eq!(trader.exchange.executed()[0].amount, free.trimmed());
    let transfers = rows_of(&trader.run(&["transfers", "--output", "json"]));
    assert_eq!((&transfers[0]["kind"], &transfers[0]["id"]), (&json!("move_to_spot"), &json!("order-1")));
    let listed = rows_of(&trader.run(&["transfers", "--type", "move", "--output", "json"]));
    assert_eq!(listed, transfers[..1]);
    let exported = rows_of(&trader.run(&["export", "--format", "json"]));
    assert_eq!(exported[0]["kind"], "move_to_spot");
    let koinly = trader.run(&["export", "--offline", "--format", "koinly"]);
    assert!(!stdout(&koinly).contains("move_to_spot") && stderr(&koinly).contains("moves within the account"));
    let sums = rows_of(&trader.run(&["reconcile", "--output", "json"]));
    let usdt = sums.iter().find(|row| row["coin"] == "USDT").unwrap();
    assert_eq!(usdt["moved_to_futures"], json!(format!("-{}", free.trimmed())));
    assert_eq!(usdt["futures"], "12.5", "the position's margin, and what its loss holds back");
}

#[test]
fn all_is_reckoned_anew_when_less_can_be_moved_than_a_moment_ago() {
    let trader = Trader::new();
    trader.exchange.world(|world| world.open_position("USDT", "10".parse().unwrap()).unwrap());
    let free = trader.exchange.world(|world| world.movable("USDT")).trimmed();
    // What the command reads first is more than what is there when the order is about to be sent.
    let told = |amount: &str| format!(r#""transfer":"{amount}""#);
    let (from, to) = (told(&free.to_string()), told("999999"));
    trader.exchange.fail("futures/account", Fault::after(Strike::Replace(from, to)));
    let output = trader.run(&["move", "--from", "futures", "--coin", "USDT", "--all", "--yes"]);
    assert_eq!((code(&output), trader.executed()), (0, 1), "{}", stderr(&output));
    assert!(stderr(&output).contains("999,999") && trader.exchange.executed()[0].amount == free, "{}", stderr(&output));
    assert_eq!(trader.exchange.requests("funds_transfer"), 1);
}
