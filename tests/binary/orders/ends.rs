//! What becomes of orders: lost answers, killed programs, signals, two at once, races, and the ledger that remembers.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};
use wallet_tui::simulator::history::Stage;
use wallet_tui::simulator::refusal::Refusal;
use wallet_tui::simulator::{Cancels, Config, Fault, Strike};

use super::{AGREED, NETWORK, SAMPLE_ADDRESS, TO_SAMPLE, Trader};
use crate::cli::{Machine, Running, code, json, stderr, stdout};

#[test]
fn an_answer_that_was_lost_is_looked_up_and_found() {
    for (command, endpoint, proof) in [
        (&[&TO_SAMPLE[..], &AGREED].concat()[..], "withdraw", "reckoned"),
        (
            &["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes"],
            "inside_transfer",
            "history",
        ),
    ] {
        let trader = Trader::new();
        trader.exchange.fail(endpoint, Fault::after(Strike::Reset));
        let output = trader.runs(&[command, &["--output", "json"]]);
        let rows = json(&output);
        assert!(stderr(&output).contains("may have been executed"), "{}", stderr(&output));
        assert!(stderr(&output).contains("Do not order it again"), "{}", stderr(&output));
        assert_eq!((&rows[0]["outcome"], &rows[0]["proof"]), (&json!("accepted"), &json!(proof)));
        assert_eq!(rows[0]["exchange_id"], trader.exchange.executed()[0].id);
        assert_eq!((trader.executed(), trader.exchange.requests(endpoint)), (1, 1));
    }
}

#[test]
fn unknown_outcome_exits_6_blocks_and_is_settled_by_hand() {
    let trader = Trader::new();
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    let send = || trader.runs(&[&TO_SAMPLE, &AGREED]);
    let output = send();
    assert_eq!(code(&output), 6, "{}", stderr(&output));
    assert!(stderr(&output).contains("Do not send it again") && stderr(&output).contains("wallet-tui settle 1"));
    assert!(stdout(&output).contains("unknown"), "{}", stdout(&output));
    let again = send();
    assert_eq!(code(&again), 6);
    assert!(stderr(&again).contains("order 1") && stderr(&again).contains("wallet-tui settle 1"), "{}", stderr(&again));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite", "1"]])), 6, "not while it is open");
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &["--dry-run"]])), 6);
    assert_eq!(trader.exchange.requests("withdraw"), 1);
    assert_eq!(code(&trader.run(&["settle", "1", "--not-executed"])), 2, "nobody to ask");
    assert_eq!(code(&trader.run(&["settle", "9", "--not-executed", "--yes"])), 2, "no such order");
    let decided = trader.run(&["settle", "1", "--not-executed", "--yes", "--output", "json"]);
    assert_eq!(json(&decided)[0]["outcome"], "dismissed");
    assert_eq!(code(&send()), 0, "now it may be ordered again");
    assert_eq!(trader.executed(), 1);
    assert_eq!(json(&trader.run(&["settle", "--output", "json"])), Vec::<Value>::new());
}

#[test]
fn lost_move_ends_as_done_by_what_both_sides_hold() {
    let trader = Trader::new();
    trader.exchange.fail("funds_transfer", Fault::after(Strike::Close));
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    let output = trader.run(&moved);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(trader.executed(), 1);
    let row = &trader.ledger()[0];
    assert_eq!(
        (&row["outcome"], &row["proof"], &row["exchange_id"]),
        (&json!("accepted"), &json!("balances"), &json!(null))
    );
    assert_eq!((code(&trader.run(&moved)), trader.executed()), (0, 2), "what is settled closes nothing");
}

#[test]
fn lost_move_of_a_key_without_futures_repeats_with_its_order_named() {
    let trader = Trader::new();
    trader.exchange.auth(|auth| auth.futures_refusal = Some(Refusal::NoAuthority));
    trader.exchange.fail("funds_transfer", Fault::after(Strike::Close));
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    let output = trader.run(&moved);
    assert_eq!(code(&output), 6, "{}", stderr(&output));
    assert!(stderr(&output).contains("likely executed"), "{}", stderr(&output));
    let again = trader.run(&moved);
    assert_eq!(code(&again), 6);
    assert!(stderr(&again).contains("--despite 1"), "{}", stderr(&again));
    assert_eq!(trader.executed(), 1);
    assert_eq!(code(&trader.runs(&[&moved, &["--despite", "1"]])), 0);
    assert_eq!(trader.executed(), 2);
}

#[test]
fn an_order_whose_program_was_killed_is_found_by_settle() {
    let trader = Trader::new();
    trader.exchange.fail("withdraw", Fault::after(Strike::Late(Duration::from_secs(60))));
    let mut killed = trader.spawn(&[&TO_SAMPLE[..], &AGREED].concat());
    trader.wait_for_execution();
    killed.0.kill().unwrap();
    killed.0.wait().unwrap();
    assert_eq!(trader.ledger()[0]["outcome"], "sending");
    let output = trader.run(&["settle", "--output", "json"]);
    let rows = json(&output);
    assert_eq!((&rows[0]["outcome"], &rows[0]["proof"]), (&json!("accepted"), &json!("reckoned")));
    assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (1, 1));
}

#[test]
fn a_signal_in_flight_leaves_the_order_open_and_says_so() {
    for number in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let trader = Trader::new();
        trader.exchange.fail("withdraw", Fault::after(Strike::Late(Duration::from_secs(60))));
        let child = trader.spawn(&[&TO_SAMPLE[..], &AGREED, &["--output", "json"]].concat());
        trader.wait_for_execution();
        rustix::process::kill_process(rustix::process::Pid::from_child(&child.0), number).unwrap();
        let output = finish(child);
        assert_eq!(code(&output), 6, "{}", stderr(&output));
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&rows[0]["outcome"], &rows[0]["code"]), (&json!("unknown"), &json!("ended")));
        assert!(stderr(&output).contains("wallet-tui settle 1"), "{}", stderr(&output));
        assert_eq!(code(&trader.run(&["settle", "1"])), 0);
        assert_eq!(trader.executed(), 1);
    }
}

fn finish(mut running: Running) -> Output {
    use std::io::Read as _;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    running.0.stdout.take().unwrap().read_to_end(&mut out).unwrap();
    running.0.stderr.take().unwrap().read_to_end(&mut err).unwrap();
    Output { status: running.0.wait().unwrap(), stdout: out, stderr: err }
}

#[test]
fn of_two_commands_at_once_one_executes_and_the_other_is_told() {
    let trader = Trader::new();
    trader.exchange.fail("withdraw", Fault::after(Strike::Late(Duration::from_secs(8))));
    let args = [&TO_SAMPLE[..], &AGREED].concat();
    let first = trader.spawn(&args);
    trader.wait_for_execution();
    let second = trader.run(&args);
    // It sees the order that is under way, whatever came of waiting for it.
    assert!(matches!(code(&second), 5 | 6), "{}", stderr(&second));
    assert!(stderr(&second).contains("othing was sent"), "{}", stderr(&second));
    assert_eq!(code(&finish(first)), 0);
    assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (1, 1));
}

#[test]
fn a_cancel_is_read_until_it_is_certain() {
    let trader = Trader::new();
    let id = |output: &Output| json(output)[0]["exchange_id"].as_str().unwrap().to_owned();
    let withdrawal = id(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let output = trader.run(&["cancel", &withdrawal, "--yes", "--output", "json"]);
    let rows = json(&output);
    assert!(
        stderr(&output).contains("Review: Take a withdrawal back") && stderr(&output).contains("TJmW 5D1p"),
        "{}",
        stderr(&output)
    );
    assert_eq!((&rows[0]["kind"], &rows[0]["outcome"]), (&json!("cancel_withdrawal"), &json!("accepted")));
    assert_eq!((&rows[0]["target_id"], &rows[0]["proof"]), (&json!(withdrawal), &json!("history")));
    assert!(stderr(&output).contains("The amount is available again."), "{}", stderr(&output));
    let again = trader.run(&["cancel", &withdrawal, "--yes"]);
    assert_eq!(code(&again), 3, "too late");
    assert!(stderr(&again).contains("has an end already"), "{}", stderr(&again));
    assert!(stderr(&again).contains("next: it is too late to take it back"), "{}", stderr(&again));
    assert_eq!(code(&trader.run(&["cancel", "12345", "--yes"])), 2, "no such record");
    let transfer =
        ["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes", "--output", "json"];
    let transfer = id(&trader.run(&transfer));
    let rows = json(&trader.run(&["cancel", &transfer, "--yes", "--output", "json"]));
    assert_eq!(rows[0]["kind"], "cancel_transfer");
}

#[test]
fn cancel_names_gross_and_net() {
    let trader = Trader::new();
    let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let id = rows[0]["exchange_id"].as_str().unwrap().to_owned();
    let own = trader.run(&["cancel", &id, "--dry-run"]);
    assert!(stderr(&own).contains("Gross ") && stderr(&own).contains(" 20.5 TRX"), "{}", stderr(&own));
    // Another machine does not know what was ordered.
    let other = Machine::new();
    let mut command = other.command(&["cancel", &id, "--dry-run"]);
    let said = stderr(&command.envs(trader.environment()).output().unwrap());
    assert!(said.contains("Net ") && said.contains(" 19.5 TRX") && said.contains("gross not known"), "{said}");
}

#[test]
fn a_refusal_has_the_same_words_right_away_and_later() {
    let trader = Trader::new();
    trader.exchange.world(|world| world.addresses.saved.clear());
    for (lang, words, next) in
        [("en", "verification-free", "save this address"), ("zh-CN", "免认证", "保存为免认证地址")]
    {
        let english = ["--lang", lang];
        let output = trader.runs(&[&english, &TO_SAMPLE, &AGREED]);
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        let settled = trader.runs(&[&english, &["settle", "1"]]);
        for said in [stderr(&output), stderr(&settled)] {
            assert!(said.contains(words) && !said.contains("result."), "{said}");
        }
        assert!(stderr(&output).contains(next), "{}", stderr(&output));
    }
}

#[test]
fn a_decision_without_a_terminal_names_an_option_that_it_has() {
    let trader = Trader::new();
    trader.exchange.fail("funds_transfer", Fault::after(Strike::Close));
    trader.run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"]);
    let output = trader.run(&["settle", "1", "--not-executed"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("add --yes") && !stderr(&output).contains("--dry-run"), "{}", stderr(&output));
}

#[test]
fn an_unlisted_answer_to_a_cancel_is_told_by_the_record() {
    for (number, words) in
        [("500", "result.system.error"), ("110099", "cannot be taken back"), ("999999", "result.system.error")]
    {
        let trader = Trader::new();
        let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
        let id = rows[0]["exchange_id"].as_str().unwrap();
        let strike = Strike::Code(number.to_owned(), words.to_owned());
        trader.exchange.fail("withdraw/cancel", Fault { strike, executed: true });
        let output = trader.run(&["cancel", id, "--yes", "--output", "json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(!stderr(&output).contains("Nothing was executed"), "{}", stderr(&output));
        assert_eq!(json(&output)[0]["outcome"], json!("accepted"));
        assert_eq!(trader.ledger()[0]["outcome"], json!("accepted"), "{words}");
    }
}

#[test]
fn an_amount_whose_balance_is_not_read_is_not_called_available() {
    let trader = Trader::new();
    let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let id = rows[0]["exchange_id"].as_str().unwrap();
    trader.exchange.fail_always("user/account", Fault::before(Strike::Html));
    let output = trader.run(&["cancel", id, "--yes"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("available again"), "{}", stderr(&output));
    assert!(stderr(&output).contains("the balance will show"), "{}", stderr(&output));
}

#[test]
fn record_that_changes_while_asked_is_not_taken_back() {
    let trader = Trader::new();
    let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let id = rows[0]["exchange_id"].as_str().unwrap().to_owned();
    let mut pty = trader.terminal(&["cancel", &id]);
    pty.wait_for("Type yes and Enter");
    trader.exchange.world(|world| world.put(id.parse().unwrap(), Stage::Broadcast));
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 3, "{}", pty.screen());
    assert!(pty.screen().contains("on its chain already"), "{}", pty.screen());
    let again = trader.run(&["cancel", &id, "--yes"]);
    assert_eq!(code(&again), 3, "too late");
    assert!(stderr(&again).contains("nobody can stop it") && !stderr(&again).contains("correct"), "{}", stderr(&again));
    assert_eq!(trader.exchange.requests("withdraw/cancel"), 0);
}

#[test]
fn a_cancel_that_loses_the_race_is_3() {
    let trader = Trader::with(Config { speed: 200, ..Config::default() });
    trader.exchange.world(|world| world.cancels = Cancels::Lose);
    let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let id = rows[0]["exchange_id"].as_str().unwrap();
    let output = trader.run(&["cancel", id, "--yes"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("too late"), "{}", stderr(&output));
}

#[test]
fn following_ends_with_the_record() {
    let trader = Trader::with(Config { speed: 1_000, ..Config::default() });
    let output = trader.runs(&[&TO_SAMPLE, &AGREED, &["--wait"]]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).ends_with(": success\n"), "{}", stderr(&output));
    let trader = Trader::new();
    let child = trader.spawn(&[&TO_SAMPLE[..], &AGREED, &["--wait"]].concat());
    trader.wait_for_execution();
    trader.exchange.world(|world| {
        let id = world.executed()[0].id.parse().unwrap();
        assert!(world.put(id, Stage::Fail));
    });
    let output = finish(child);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("the order has ended: failed"), "{}", stderr(&output));
}

#[test]
fn a_damaged_ledger_stops_orders_until_the_user_knows() {
    let trader = Trader::new();
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    assert_eq!(code(&trader.run(&moved)), 0);
    let files = trader.machine.files();
    let ledger = files.iter().find(|file| file.ends_with(".sqlite")).unwrap();
    for file in &files {
        if file.ends_with("-wal") || file.ends_with("-shm") {
            std::fs::remove_file(file).unwrap();
        }
    }
    std::fs::write(ledger, "no database".repeat(1_000)).unwrap();
    // Not even asking what is open says that all is well, with and without a ledger that was begun anew.
    for command in ["settle", "settle", "orders"] {
        let output = trader.run(&[command]);
        assert_eq!(code(&output), 1, "{command}: {}", stderr(&output));
        assert!(stderr(&output).contains("damaged-1"), "{command}: {}", stderr(&output));
    }
    for _ in 0..2 {
        let output = trader.run(&moved);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains("settle --acknowledge-damage"), "{}", stderr(&output));
    }
    assert_eq!(trader.executed(), 1);
    assert_eq!(code(&trader.run(&["settle", "--acknowledge-damage"])), 0);
    assert_eq!(code(&trader.run(&moved)), 0);
    assert!(Path::new(&format!("{ledger}.damaged-1")).exists(), "nothing is deleted");
}

#[test]
fn a_second_key_and_another_spelling_see_the_same_orders() {
    let trader = Trader::new();
    let (key, secret) = trader.exchange.auth(wallet_tui::simulator::auth::Auth::add_key);
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6);
    let local = trader.exchange.base_url().replace("127.0.0.1", "localhost");
    let other = |args: &[&str]| {
        let mut command = trader.command(args);
        command.env("WALLET_TUI_API_KEY", &key).env("WALLET_TUI_API_SECRET", &secret);
        command.env("WALLET_TUI_BASE_URL", &local).output().unwrap()
    };
    let again = other(&[&TO_SAMPLE[..], &AGREED].concat());
    assert_eq!(code(&again), 6, "{}", stderr(&again));
    assert!(stderr(&again).contains("order 1"), "{}", stderr(&again));
    assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (0, 1));
    // Without an answer the index leads there as well.
    trader.exchange.fail_always("*", Fault::before(Strike::Close));
    let listed = other(&["orders", "--output", "json"]);
    assert_eq!(json(&listed)[0]["outcome"], "unknown", "{}", stderr(&listed));
    let ledgers = trader.machine.files().into_iter().filter(|file| file.ends_with(".sqlite")).count();
    assert_eq!(ledgers, 1);
}

#[test]
fn second_keys_screen_shows_open_orders_of_the_first() {
    let trader = Trader::new();
    let (key, secret) = trader.exchange.auth(wallet_tui::simulator::auth::Auth::add_key);
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6);
    let mut command = crate::pty::program(&[]);
    command.env("WALLET_TUI_API_KEY", &key);
    command.env("WALLET_TUI_API_SECRET", &secret);
    command.env("WALLET_TUI_BASE_URL", trader.exchange.base_url().replace("127.0.0.1", "localhost"));
    command.env("HOME", trader.machine.home.path());
    let mut pty = crate::pty::Pty::start(command, 120, 40);
    pty.wait_for("1 order of unknown outcome");
    pty.send("w").wait_for("Withdraw");
    pty.send("\x1b[Z").send("trx").wait_for("TRON");
    pty.send("\r").wait_for("native coin");
    pty.send(&format!("\x1b[200~{SAMPLE_ADDRESS}\x1b[201~")).wait_for("TJmW 5D1p");
    let screen = pty.send("\t20.5\r").wait_until("it is said", |s| s.contains("Review:") && s.contains("order 1"));
    assert!(!screen.contains("▐ Send"), "{screen}");
    assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (0, 1));
    pty.signal(crate::pty::Signal::TERM);
    pty.end();
}

#[test]
fn without_a_uid_the_key_is_the_account_and_that_is_said() {
    let trader = Trader::new();
    trader.exchange.fail_always("user/info", Fault::before(Strike::Status(404)));
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    let first = trader.run(&moved);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert!(stderr(&first).contains("does not tell whose key this is"), "{}", stderr(&first));
    // Once it tells, the ledger is brought home with what stands in it.
    trader.exchange.clear_faults();
    let second = trader.run(&["orders", "--output", "json"]);
    assert!(!stderr(&second).contains("does not tell"), "{}", stderr(&second));
    assert_eq!(json(&second).len(), 1);
    assert!(trader.machine.files().iter().any(|file| file.ends_with(".merged-1")));
}

/// Changes a bit of the address of the order that was just written, on the disk.
fn flip_a_bit(trader: &Trader) {
    let files = trader.machine.files();
    let ledger = files.iter().find(|file| file.ends_with(".sqlite")).unwrap();
    let mut bytes = std::fs::read(ledger).unwrap();
    let address = SAMPLE_ADDRESS.as_bytes();
    // The orders' own table comes before the records.
    let at = bytes.windows(address.len()).position(|part| part == address).unwrap();
    bytes[at + 12] ^= 1;
    std::fs::write(ledger, bytes).unwrap();
}

#[test]
fn one_flipped_bit_is_noticed_named_and_lets_nothing_equal_out() {
    let trader = Trader::new();
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6);
    flip_a_bit(&trader);
    for command in [&["orders"][..], &["settle"], &["settle", "1"], &["doctor"], &["ledger", "check"]] {
        let output = trader.run(command);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(code(&output), 1, "{command:?}: {said}");
        assert!(said.contains("settle 1 --acknowledge-damage"), "{command:?}: {said}");
        assert!(!said.contains(SAMPLE_ADDRESS) && !said.contains("TJmW5D1p1LnM"), "{command:?}: {said}");
    }
    let listed = trader.run(&["orders", "--output", "json"]);
    let row: Value = serde_json::from_str::<Vec<Value>>(&stdout(&listed)).unwrap().remove(0);
    assert_eq!((&row["id"], &row["outcome"], &row["address"]), (&json!(1), &json!("damaged"), &Value::Null));
    let again = trader.runs(&[&TO_SAMPLE, &AGREED]);
    assert_eq!(code(&again), 1, "{}", stderr(&again));
    assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (0, 1));
    assert_eq!(code(&trader.run(&moved)), 0, "another kind goes on");
    assert_eq!(code(&trader.run(&["settle", "2", "--acknowledge-damage"])), 2, "that one is sound");
    assert_eq!(code(&trader.run(&["settle", "1", "--acknowledge-damage"])), 0);
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 0);
    let listed = trader.run(&["orders", "--output", "json"]);
    assert_eq!(json(&listed)[2]["outcome"], "damaged", "it stays what it is");
}

#[test]
fn an_older_copy_of_the_ledger_closes_orders_and_says_so() {
    let trader = Trader::new();
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    assert_eq!(code(&trader.run(&moved)), 0);
    let files = trader.machine.files();
    let ledger = files.iter().find(|file| file.ends_with(".sqlite")).unwrap();
    let copy = format!("{ledger}.copy");
    assert_eq!(code(&trader.run(&["ledger", "backup", &copy])), 0);
    assert_eq!(code(&trader.run(&moved)), 0);
    for suffix in ["-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{ledger}{suffix}")));
    }
    std::fs::rename(&copy, ledger).unwrap();
    for command in [&["ledger", "check"][..], &["doctor"], &["orders"], &["settle"], &moved] {
        let output = trader.run(command);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_ne!(code(&output), 0, "{command:?}: {said}");
        assert!(said.contains("ends at order 1, and order 2 was written"), "{command:?}: {said}");
        assert!(said.contains("settle --acknowledge-damage"), "{command:?}: {said}");
    }
    assert_eq!(trader.executed(), 2);
    assert_eq!(code(&trader.run(&["settle", "--acknowledge-damage"])), 0);
    assert_eq!(code(&trader.run(&["ledger", "check"])), 0);
    assert_eq!(code(&trader.run(&moved)), 0);
}

#[test]
fn each_damaged_ledger_is_answered_for_by_itself() {
    let trader = Trader::new();
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    assert_eq!(code(&trader.run(&moved)), 0);
    let files = trader.machine.files();
    let ledger = files.iter().find(|file| file.ends_with(".sqlite")).unwrap();
    for _ in 0..2 {
        for suffix in ["-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{ledger}{suffix}")));
        }
        std::fs::write(ledger, "no database".repeat(1_000)).unwrap();
        assert_eq!(code(&trader.run(&moved)), 1);
    }
    // Whoever only looks is told as well.
    for look in [&["ledger", "check"][..], &["doctor"]] {
        let looked = trader.run(look);
        let said = format!("{}{}", stdout(&looked), stderr(&looked));
        assert_ne!(code(&looked), 0, "{said}");
        assert!(said.contains("set aside") && said.contains("--acknowledge-damage"), "{said}");
    }
    let first = trader.run(&["settle", "--acknowledge-damage"]);
    assert_eq!(code(&first), 1, "{}", stderr(&first));
    assert!(stderr(&first).contains("damaged-2") && !stderr(&first).contains("damaged-1"), "{}", stderr(&first));
    assert_eq!(code(&trader.run(&moved)), 1, "the second one still stands");
    assert_eq!(code(&trader.run(&["settle", "--acknowledge-damage"])), 0);
    assert_eq!(code(&trader.run(&moved)), 0);
    assert_eq!(trader.executed(), 2);
}

#[test]
fn equal_payment_a_moment_later_needs_a_word() {
    let trader = Trader::new();
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 0);
    let twice = trader.runs(&[&TO_SAMPLE, &AGREED]);
    assert_eq!(code(&twice), 2, "{}", stderr(&twice));
    let words = stderr(&twice);
    for part in ["The same was ordered", "(order 1)", "Nothing was sent", "--despite 1"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(trader.executed(), 1);
    let tried = trader.runs(&[&TO_SAMPLE, &["--dry-run"]]);
    assert!(code(&tried) == 0 && stderr(&tried).contains("The same was ordered"), "{}", stderr(&tried));
    let meant = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite", "1"]]);
    assert_eq!(code(&meant), 0, "{}", stderr(&meant));
    assert_eq!(trader.executed(), 2);
    let third = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite", "1"]]);
    assert_eq!(code(&third), 2, "the word was for the order that it names: {}", stderr(&third));
    let paid =
        |amount| trader.run(&["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", amount, "--yes"]);
    assert_eq!([code(&paid("5")), code(&paid("5")), code(&paid("5.1"))], [0, 2, 0]);
    let moved = || trader.run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"]);
    assert_eq!([code(&moved()), code(&moved())], [0, 0], "back and forth between one's own purses");
}

#[test]
fn the_same_paid_elsewhere_a_moment_before_needs_a_word_too() {
    let trader = Trader::new();
    let id = trader.exchange.world(|world| {
        let gross = "20.50".parse().unwrap();
        world.withdraw("TRX", NETWORK, SAMPLE_ADDRESS, gross, None).unwrap().to_string()
    });
    let twice = trader.runs(&[&TO_SAMPLE, &AGREED]);
    assert_eq!(code(&twice), 2, "{}", stderr(&twice));
    for part in
        ["The same seems to have been paid", "by no order that is known here", "Nothing was sent", "--despite-record"]
    {
        assert!(stderr(&twice).contains(part), "{part}: {}", stderr(&twice));
    }
    assert!(stderr(&twice).contains(&id), "{}", stderr(&twice));
    assert_eq!(trader.executed(), 1);
    let wrong = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite-record", "1"]]);
    assert_eq!(code(&wrong), 2, "{}", stderr(&wrong));
    let meant = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite-record", &id]]);
    assert_eq!(code(&meant), 0, "{}", stderr(&meant));
    // The order's own record is no payment of somebody else's: it is the order that is named now.
    let third = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite-record", &id]]);
    assert!(code(&third) == 2 && stderr(&third).contains("--despite 1"), "{}", stderr(&third));
    assert_eq!(trader.executed(), 2);
}

#[test]
fn an_unlisted_answer_is_6_and_is_looked_up_like_a_lost_one() {
    let code_of = |code: &str| Strike::Code(code.to_owned(), "result.address.not.allowed".to_owned());
    for (strike, words) in [
        (code_of("110099"), "is not on its list: 110099 result.address.not.allowed"),
        (Strike::Body(r#"{"code":"1","msg":"result.success"}"#.to_owned()), "is not on its list: 1 result.success"),
        (Strike::Body(r#"{"code":"2","msg":"m","data":"77"}"#.to_owned()), "contradicts itself (2 m)"),
    ] {
        let trader = Trader::new();
        trader.exchange.fail("withdraw", Fault::before(strike.clone()));
        let lost = trader.runs(&[&TO_SAMPLE, &AGREED]);
        assert_eq!(code(&lost), 6, "{}", stderr(&lost));
        assert!(stderr(&lost).contains(words) && !stderr(&lost).contains("Nothing was executed"), "{}", stderr(&lost));
        assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6, "the same is closed");
        assert_eq!(trader.exchange.requests("withdraw"), 1);
        // Executed, and answered in the same way.
        trader.exchange.fail("inside_transfer", Fault::after(strike));
        let paid =
            ["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes", "--output", "json"];
        let rows = json(&trader.run(&paid));
        assert_eq!((&rows[0]["outcome"], &rows[0]["proof"]), (&json!("accepted"), &json!("history")));
        assert_eq!(trader.exchange.requests("inside_transfer"), 1);
    }
}

#[test]
fn a_cancel_with_an_unlisted_answer_ends_as_its_record_says() {
    let trader = Trader::new();
    let rows = json(&trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]));
    let id = rows[0]["exchange_id"].as_str().unwrap();
    let strike = Strike::Code("999999".to_owned(), "result.system.error".to_owned());
    trader.exchange.fail("withdraw/cancel", Fault::after(strike));
    let output = trader.run(&["cancel", id, "--yes", "--output", "json"]);
    assert_eq!((code(&output), &json(&output)[0]["outcome"]), (0, &json!("accepted")), "{}", stderr(&output));
    assert!(!stderr(&output).contains("Nothing was executed"), "{}", stderr(&output));
}

#[test]
fn decision_is_compared_and_can_be_taken_back() {
    let trader = Trader::new();
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6);
    let pay = |gross: &str| {
        let gross = gross.parse().unwrap();
        trader.exchange.world(|world| world.withdraw("TRX", NETWORK, SAMPLE_ADDRESS, gross, None).unwrap().to_string())
    };
    let (more, less) = (pay("30"), pay("15"));
    let settle = |args: &[&str]| trader.runs(&[&["settle", "1", "--yes", "--output", "json"], args]);
    for (id, words) in [("12345", "lists no such record"), (&more, "another amount")] {
        let refused = settle(&["--executed", id]);
        assert_eq!(code(&refused), 2, "{}", stderr(&refused));
        assert!(stderr(&refused).contains(words) && stderr(&refused).contains("Nothing was changed"), "{words}");
    }
    let refused = settle(&["--not-executed"]);
    assert_eq!(code(&refused), 2, "{}", stderr(&refused));
    assert!(stderr(&refused).contains(&less) && stderr(&refused).contains("--despite-record"), "{}", stderr(&refused));
    let said = settle(&["--not-executed", "--despite-record", &less]);
    assert_eq!((code(&said), &json(&said)[0]["outcome"]), (0, &json!("dismissed")), "{}", stderr(&said));
    assert!(stderr(&said).contains("--undo"), "{}", stderr(&said));
    assert_eq!(trader.ledger()[0]["proof"], "user");
    assert!(stdout(&trader.run(&["orders"])).contains("you: not done"));
    // Another record that fits reaches the ledger: the list says so until the word is taken back.
    let later = pay("20.5");
    assert_eq!(code(&trader.run(&["export", "--all", "--format", "ndjson"])), 0);
    let row = trader.ledger().remove(0);
    assert_eq!((&row["contradiction"], &row["contradicting_record"]), (&json!("fits"), &json!(later)));
    let listed = trader.run(&["orders"]);
    assert!(stdout(&listed).contains('≠') && stderr(&listed).contains(&later), "{}", stderr(&listed));
    let undone = settle(&["--undo"]);
    assert_eq!((code(&undone), &json(&undone)[0]["outcome"]), (0, &json!("unknown")), "{}", stderr(&undone));
    assert_eq!(json(&settle(&["--executed", &later]))[0]["proof"], "user");
    assert_eq!(code(&settle(&["--executed", &later])), 2, "it has an end");
}
