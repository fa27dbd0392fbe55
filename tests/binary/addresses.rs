//! Where money may be paid in: the command shows no address that the screen would not let somebody pay to.

use serde_json::Value;
use tokio::runtime::Runtime;
use wallet_tui::simulator::{Config, Simulator};

use crate::cli::{Machine, code, json, stderr, stdout};
use crate::hostile::twister;

/// What `address` says where an answer of the exchange is changed on its way.
fn asked(coin: &str, network: &str, twist: fn(&mut Value)) -> std::process::Output {
    let runtime = Runtime::new().unwrap();
    let exchange = runtime.block_on(Simulator::start(Config { quiet: true, ..Config::default() })).unwrap();
    let server = twister(&exchange, move |path, body| {
        if !path.ends_with("deposit/address") {
            return body;
        }
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        twist(&mut answer);
        serde_json::to_vec(&answer).unwrap()
    });
    let machine = Machine::new();
    let mut command = machine.command(&["address", coin, network, "--output", "json"]);
    command.env("WALLET_TUI_API_KEY", exchange.api_key()).env("WALLET_TUI_API_SECRET", exchange.secret());
    command.env("WALLET_TUI_BASE_URL", &server).output().unwrap()
}

#[test]
fn an_address_without_the_memo_that_it_needs_is_not_shown() {
    let whole = asked("XRP", "XRP", |_| {});
    assert!(code(&whole) == 0 && json(&whole)[0]["memo"].is_string(), "{}", stderr(&whole));
    let output = asked("XRP", "XRP", |answer| {
        for row in answer["data"].as_array_mut().unwrap() {
            for (name, value) in row.as_object_mut().unwrap() {
                if ["memo", "tag", "addressTag"].contains(&name.as_str()) {
                    *value = Value::Null;
                }
            }
        }
    });
    assert_eq!((code(&output), stdout(&output).as_str()), (5, ""), "{}", stderr(&output));
    assert!(stderr(&output).contains("needs a memo"), "{}", stderr(&output));
}

#[test]
fn an_address_of_another_network_or_coin_is_not_shown() {
    for twist in
        [(|answer: &mut Value| answer["data"][0]["network"] = "Ethereum (ERC-20)".into()) as fn(&mut Value), |answer| {
            answer["data"][0]["coin"] = "TRX".into();
        }]
    {
        let output = asked("USDT", "Tron (TRC-20)", twist);
        assert_eq!((code(&output), stdout(&output).as_str()), (5, ""), "{}", stderr(&output));
        assert!(stderr(&output).contains("another coin or network"), "{}", stderr(&output));
    }
}

#[test]
fn an_unknown_network_is_not_asked_about() {
    let output = asked("USDT", "Tron", |_| panic!("it was asked about"));
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{}", stderr(&output));
    assert!(stderr(&output).contains("Did you mean Tron (TRC-20)?"), "{}", stderr(&output));
}
