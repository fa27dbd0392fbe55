//! Orders as commands, by the real binary against an exchange that counts what it carried out.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use wallet_tui::simulator::addresses::Family;
use wallet_tui::simulator::history::Stage;
use wallet_tui::simulator::people::{SAMPLE_ADDRESS, Saved};
use wallet_tui::simulator::{Cancels, Config, Fault, Permissions, Simulator, Strike};

use crate::cli::{Machine, Running, code, json, stderr, stdout};
use crate::pty::{Pty, Wait, program};

const NETWORK: &str = "Tron (TRC-20)";
const TAIL: &str = "5HV7rU";
const TO_SAMPLE: [&str; 8] =
    ["withdraw", "--coin", "TRX", "--network", NETWORK, "--address", SAMPLE_ADDRESS, "--amount=20.50"];
const AGREED: [&str; 3] = ["--yes", "--confirm-tail", TAIL];

/// Somebody with an account at an exchange of our own, and a machine with nothing else on it.
struct Trader {
    machine: Machine,
    exchange: Simulator,
    // Last: the exchange lives in it.
    _runtime: Runtime,
}

impl Trader {
    fn new() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = Config { quiet: true, requests_per_second: 1_000, ..config };
        let exchange = runtime.block_on(Simulator::start(config)).unwrap();
        exchange.world(|world| {
            world.ask_verification = false;
            world.cancels = Cancels::Win;
        });
        Self { machine: Machine::new(), exchange, _runtime: runtime }
    }

    fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("WALLET_TUI_API_KEY", self.exchange.api_key().to_owned()),
            ("WALLET_TUI_API_SECRET", self.exchange.secret().to_owned()),
            ("WALLET_TUI_BASE_URL", self.exchange.base_url()),
        ]
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.machine.command(args);
        command.envs(self.environment());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        let secret = self.exchange.secret();
        assert!(!stdout(&output).contains(secret) && !stderr(&output).contains(secret), "the secret was printed");
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
        for file in self.machine.files() {
            let bytes = std::fs::read(file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "the secret was kept");
        }
        output
    }

    /// Runs a command with all that follows.
    fn runs(&self, parts: &[&[&str]]) -> Output {
        self.run(&parts.concat())
    }

    fn spawn(&self, args: &[&str]) -> Running {
        Running(self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn terminal(&self, args: &[&str]) -> Pty {
        let mut command = program(args);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.env("HOME", self.machine.home.path());
        Pty::start(command, 120, 40)
    }

    fn executed(&self) -> usize {
        self.exchange.executed().len()
    }

    fn ledger(&self) -> Vec<Value> {
        json(&self.run(&["orders", "--output", "json"]))
    }

    fn wait_for_execution(&self) {
        let wait = Wait::begin();
        while self.executed() == 0 {
            wait.step(|| "nothing was executed".to_owned());
        }
    }

    /// An address of Tron that the exchange takes and that was never paid.
    fn new_address(&self) -> String {
        let address = Family::Tron.address(&mut fastrand::Rng::with_seed(77));
        let saved = Saved { coin: "TRX", network: NETWORK, address: address.clone(), memo: None };
        self.exchange.world(|world| world.addresses.saved.push(saved));
        address
    }

    fn configure(&self, text: &str) {
        let dir = self.machine.home.path().join(".config/wallet-tui");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("config.toml"), text).unwrap();
    }
}

fn tail(address: &str) -> &str {
    &address[address.len() - 6..]
}

/// Bad input, and nothing was sent.
#[track_caller]
fn assert_nothing_sent(trader: &Trader, output: &Output, expected: i32, words: &str) {
    assert_eq!(code(output), expected, "{}", stderr(output));
    assert!(stderr(output).contains(words), "{}", stderr(output));
    assert!(stderr(output).contains("\nnext: ") && output.stdout.is_empty(), "{}", stderr(output));
    assert_eq!(trader.executed(), 0);
    for endpoint in ["withdraw", "withdraw/cancel", "inside_transfer", "inside_transfer/cancel", "funds_transfer"] {
        assert_eq!(trader.exchange.requests(endpoint), 0, "{endpoint}");
    }
}

#[test]
fn a_withdrawal_is_shown_sent_once_printed_and_kept() {
    let trader = Trader::new();
    let output = trader.runs(&[&TO_SAMPLE, &AGREED, &["--output", "json"]]);
    let rows = json(&output);
    let said = stderr(&output);
    for words in [
        "Review: withdraw · LIVE, 127.0.0.1",
        "You send  20.5 TRX",
        "about 1 TRX, last paid on ",
        "≈ 19.5 TRX",
        "Tron (TRC-20), native coin, no contract",
        "TJmW 5D1p 1LnM dTMm xuY1 VELH ht7v 5HV7 rU",
        "paid before: ",
        "no memo (this network has none)",
        " → ",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    let executed = trader.exchange.executed();
    assert_eq!(executed.len(), 1);
    let time = rows[0]["time_ms"].as_i64().unwrap();
    let available = rows[0]["available_before"].as_str().unwrap().to_owned();
    assert_eq!(
        rows,
        [json!({
            "id": 1, "kind": "withdraw", "coin": "TRX", "network": NETWORK, "address": SAMPLE_ADDRESS, "memo": null,
            "amount": "20.5", "to_type": null, "to_uid": null, "to_phone_country_code": null,
            "to_phone_number": null, "to_email": null, "remark": null, "out_biz_id": null, "direction": null,
            "target_id": null, "available_before": available, "time_ms": time, "time": rows[0]["time"],
            "sent_ms": time, "asked_by": "command", "outcome": "accepted", "exchange_id": executed[0].id,
            "proof": "answer", "code": null, "detail": null, "readings": 0, "changed_ms": rows[0]["changed_ms"],
        })]
    );
    assert!(said.contains(&format!("accepted the order under the id {}", executed[0].id)), "{said}");
    assert_eq!(trader.ledger(), rows, "the ledger's list is the same");
    let table = stdout(&trader.run(&["orders"]));
    assert!(table.contains(SAMPLE_ADDRESS) && table.contains("accepted"), "{table}");
    assert!(
        stdout(&trader.run(&["orders", "--output", "csv"])).starts_with("id,kind,coin,network,address,memo,amount,")
    );
}

#[test]
fn without_a_terminal_a_yes_and_the_end_of_the_address_are_needed() {
    let trader = Trader::new();
    for (options, words) in [
        (&[][..], "no terminal to ask on"),
        (&["--confirm-tail", TAIL], "no terminal to ask on"),
        (&["--yes"], "--confirm-tail"),
        (&["--yes", "--confirm-tail", "5hv7ru"], "not the end of this address"),
        (&["--yes", "--confirm-tail", ""], "not the end of this address"),
        (&["--yes", "--confirm-tail", SAMPLE_ADDRESS], "not the end of this address"),
    ] {
        assert_nothing_sent(&trader, &trader.runs(&[&TO_SAMPLE, options]), 2, words);
    }
    let transfer = ["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5"];
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5"];
    for command in [&transfer[..], &moved, &["cancel", "1"]] {
        assert_nothing_sent(&trader, &trader.run(command), 2, "no terminal to ask on");
    }
    assert_eq!(trader.exchange.all_requests(), 0, "nobody was even asked");
    assert_eq!(trader.machine.files(), Vec::<String>::new());
}

#[test]
fn a_dry_run_prints_the_very_request_and_leaves_nothing() {
    let trader = Trader::new();
    let body = format!(r#"{{"coin":"TRX","network":"Tron\u0020(TRC-20)","address":"{SAMPLE_ADDRESS}","amount":20.5}}"#);
    let url = format!("{}/api/spot/v1/withdraw", trader.exchange.base_url());
    let output = trader.runs(&[&TO_SAMPLE, &["--dry-run"]]);
    assert_eq!((stdout(&output), code(&output)), (format!("POST {url}\n{body}\n"), 0));
    assert!(stderr(&output).contains("Review: withdraw") && stderr(&output).contains("nothing was sent"));
    let rows = json(&trader.runs(&[&TO_SAMPLE, &["--dry-run", "--output", "json"]]));
    assert_eq!(rows, [json!({"method": "POST", "url": url, "body": body})]);
    let wrong = trader.runs(&[&TO_SAMPLE, &["--dry-run", "--memo", "7"]]);
    assert_nothing_sent(&trader, &wrong, 2, "--memo, --no-memo: This network has no memo");
    let wrong = trader.runs(&[&TO_SAMPLE, &["--dry-run", "--confirm-tail", "aaaaaa"]]);
    assert_nothing_sent(&trader, &wrong, 2, "not the end of this address");
    let transfer = ["transfer", "--to-phone", "+44", "7700900123", "--coin", "USDT", "--amount", "5", "--remark", "ü"];
    let rows = json(&trader.runs(&[&transfer, &["--dry-run", "--output", "json"]]));
    let body: Value = serde_json::from_str(rows[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["toPhoneCountryCode"], &body["remark"]), (&json!("+44"), &json!("ü")));
    assert_eq!(body["outBizId"].as_str().unwrap().len(), 32);
    assert_eq!(trader.executed(), 0);
    assert_eq!(trader.machine.files(), Vec::<String>::new(), "no ledger was begun");
}

#[test]
fn a_read_only_run_has_no_way_to_move_money() {
    let trader = Trader::new();
    let all: [&[&str]; 4] = [
        &[&TO_SAMPLE[..], &AGREED].concat(),
        &["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes"],
        &["move", "--from", "futures", "--coin", "USDT", "--amount", "5", "--yes"],
        &["cancel", "1", "--yes"],
    ];
    for command in all {
        assert_nothing_sent(&trader, &trader.runs(&[command, &["--read-only"]]), 2, "read-only");
    }
    trader.configure("read_only = true\n");
    for command in all {
        assert_nothing_sent(&trader, &trader.run(command), 2, "read-only");
    }
    assert_eq!(trader.exchange.all_requests(), 0);
    assert_eq!(code(&trader.run(&["orders"])), 0);
    assert_eq!(code(&trader.run(&["settle"])), 0);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_option() {
    let trader = Trader::new();
    let wrong = trader.run(&[
        "withdraw",
        "--coin",
        "XRP",
        "--network",
        "XRP",
        "--address",
        SAMPLE_ADDRESS,
        "--amount",
        "1,5",
        "--yes",
        "--confirm-tail",
        TAIL,
    ]);
    for words in ["error: --address: ", "error: --memo, --no-memo: ", "error: --amount: "] {
        assert_nothing_sent(&trader, &wrong, 2, words);
    }
    let unknown = trader.run(&["move", "--from", "spot", "--coin", "NOPE", "--amount", "1", "--yes"]);
    assert_nothing_sent(&trader, &unknown, 2, "--coin: The exchange does not list NOPE");
    let too_much = trader.run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "99999999", "--yes"]);
    assert_nothing_sent(&trader, &too_much, 2, "--amount: More than the available");
    let own = trader.run(&["transfer", "--to-uid", "681979174", "--coin", "USDT", "--amount", "1", "--yes"]);
    assert_nothing_sent(&trader, &own, 2, "--to-uid: This is the account itself");
    let chinese =
        trader.run(&["move", "--from", "spot", "--coin", "NOPE", "--amount", "1", "--yes", "--lang", "zh-CN"]);
    assert!(stderr(&chinese).starts_with("错误：--coin: ") && code(&chinese) == 2, "{}", stderr(&chinese));
}

#[test]
fn an_address_that_looks_like_a_known_one_is_stopped_and_both_are_shown_in_full() {
    let trader = Trader::new();
    // The same start, another end, and a checksum that fits.
    let mut bytes = bs58::decode(SAMPLE_ADDRESS).into_vec().unwrap();
    bytes[12] ^= 0x5a;
    let check = Sha256::digest(Sha256::digest(&bytes[..21]));
    bytes[21..].copy_from_slice(&check[..4]);
    let alike = bs58::encode(bytes).into_string();
    let mut args = TO_SAMPLE;
    args[6] = &alike;
    let output = trader.runs(&[&args, &["--yes", "--confirm-tail", tail(&alike)]]);
    assert_nothing_sent(&trader, &output, 2, "--address: This address looks like a known one but is another");
    let said = stderr(&output);
    let lines: Vec<&str> = said.lines().collect();
    let at = lines.iter().position(|line| line.contains("TJmW 5D1p 1LnM")).unwrap();
    let whole = |line: &str| line.replace(' ', "");
    assert_eq!((whole(lines[at]), whole(lines[at + 1])), (SAMPLE_ADDRESS.to_owned(), alike.clone()));
    let marks = lines[at + 2];
    for (column, (known, typed)) in lines[at].chars().zip(lines[at + 1].chars()).enumerate() {
        assert_eq!(marks.chars().nth(column) == Some('^'), known != typed, "{said}");
    }
}

#[test]
fn limits_of_the_profile_hold_for_commands() {
    let trader = Trader::new();
    let send = || trader.runs(&[&TO_SAMPLE, &AGREED]);
    trader.configure("[limits]\nper_order = { amount = '20.4', unit = 'TRX' }\n");
    assert_nothing_sent(&trader, &send(), 2, "--amount: More than this profile allows for one order: 20.4 TRX");
    trader.configure("[limits]\nper_order = { amount = '0.01', unit = 'USDT' }\n");
    assert_nothing_sent(&trader, &send(), 2, "one order: 0.01 USDT");
    trader.configure("[limits]\naddress_book_only = true\n");
    let address = trader.new_address();
    let mut args = TO_SAMPLE;
    args[6] = &address;
    let output = trader.runs(&[&args, &["--yes", "--confirm-tail", tail(&address)]]);
    assert_nothing_sent(&trader, &output, 2, "--address: This profile sends only to addresses in the address book");
    trader.configure("[limits]\nper_day = { amount = '30', unit = 'TRX' }\n");
    assert_eq!(code(&send()), 0);
    let second = send();
    assert_eq!(code(&second), 2);
    assert!(stderr(&second).contains("for a day: 30 TRX"), "{}", stderr(&second));
    assert_eq!(trader.executed(), 1);
}

#[test]
fn a_refusal_is_3_and_one_about_the_key_is_4() {
    let trader = Trader::new();
    let address = Family::Tron.address(&mut fastrand::Rng::with_seed(78));
    let mut args = TO_SAMPLE;
    args[6] = &address;
    let agreed = ["--yes", "--confirm-tail", tail(&address), "--output", "json"];
    let output = trader.runs(&[&args, &agreed]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("NEW: never paid") && stderr(&output).contains("code 110008"));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&rows[0]["outcome"], &rows[0]["code"]), (&json!("refused"), &json!("110008")));
    trader.exchange.gate(|gate| gate.permissions.withdraw = false);
    let output = trader.runs(&[&TO_SAMPLE, &AGREED]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("110033"), "{}", stderr(&output));
    assert_eq!(trader.executed(), 0);
}

#[test]
fn an_exchange_that_cannot_be_reached_is_5_and_leaves_no_order() {
    let trader = Trader::new();
    trader.exchange.fail_always("user/account", Fault::before(Strike::Status(503)));
    let output = trader.run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"]);
    assert_nothing_sent(&trader, &output, 5, "error: ");
    assert_eq!(trader.ledger(), Vec::<Value>::new());
}

#[test]
fn an_answer_that_was_lost_is_looked_up_and_found() {
    for (command, endpoint, proof) in [
        (&[&TO_SAMPLE[..], &AGREED].concat()[..], "withdraw", "history"),
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
fn an_outcome_that_stays_unknown_is_6_blocks_the_same_order_and_is_settled_by_hand() {
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
fn a_move_whose_answer_was_lost_is_likely_and_needs_the_order_named_to_be_repeated() {
    let trader = Trader::new();
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
    assert_eq!((&rows[0]["outcome"], &rows[0]["proof"]), (&json!("accepted"), &json!("history")));
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
        stderr(&output).contains("Review: take back") && stderr(&output).contains("TJmW 5D1p"),
        "{}",
        stderr(&output)
    );
    assert_eq!((&rows[0]["kind"], &rows[0]["outcome"]), (&json!("cancel_withdrawal"), &json!("accepted")));
    assert_eq!((&rows[0]["target_id"], &rows[0]["proof"]), (&json!(withdrawal), &json!("history")));
    let again = trader.run(&["cancel", &withdrawal, "--yes"]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("has an end already"), "{}", stderr(&again));
    assert_eq!(code(&trader.run(&["cancel", "12345", "--yes"])), 2, "no such record");
    let transfer =
        ["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes", "--output", "json"];
    let transfer = id(&trader.run(&transfer));
    let rows = json(&trader.run(&["cancel", &transfer, "--yes", "--output", "json"]));
    assert_eq!(rows[0]["kind"], "cancel_transfer");
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
fn transfers_and_moves_go_every_way() {
    let trader = Trader::new();
    let ways: [&[&str]; 3] =
        [&["--to-uid", "989541187"], &["--to-phone", "+44", "7700900123"], &["--to-email", "mira.okafor@example.com"]];
    for (amount, way) in ["1", "2", "3"].into_iter().zip(ways) {
        let rest = ["--coin", "USDT", "--amount", amount, "--remark", "rent\u{202e}", "--yes"];
        let wrong = trader.runs(&[&["transfer"], way, &rest]);
        assert_eq!(code(&wrong), 2);
        assert!(stderr(&wrong).contains("--remark: "), "{}", stderr(&wrong));
        let rest = ["--coin", "USDT", "--amount", amount, "--remark", "rent", "--yes"];
        assert_eq!(code(&trader.runs(&[&["transfer"], way, &rest])), 0);
    }
    assert!(trader.exchange.executed().iter().all(|e| e.remark.as_deref() == Some("rent")));
    for side in ["spot", "futures"] {
        assert_eq!(code(&trader.run(&["move", "--from", side, "--coin", "USDT", "--amount", "1.5", "--yes"])), 0);
    }
    let routes: Vec<_> = trader.exchange.executed().iter().skip(3).map(|e| e.route.clone().unwrap()).collect();
    assert_eq!(routes, ["spot_futures", "futures_spot"]);
    let kinds: Vec<_> = trader.ledger().iter().map(|row| row["direction"].clone()).take(2).collect();
    assert_eq!(kinds, ["futures_to_spot", "spot_to_futures"], "newest first");
    assert_eq!(json(&trader.run(&["orders", "--limit", "2", "--output", "json"])).len(), 2);
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
fn ctrl_c_ends_the_following_and_not_the_order() {
    let trader = Trader::new();
    trader.exchange.world(|world| world.ask_verification = true);
    let mut pty = trader.terminal(&[&TO_SAMPLE[..], &AGREED, &["--wait"]].concat());
    let screen = pty.wait_for("security check");
    assert_eq!(screen.matches("security check").count(), 1, "{screen}");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 0);
    assert!(pty.screen().contains("the order goes its way"), "{}", pty.screen());
}

#[test]
fn a_terminal_asks_and_enter_alone_is_a_no() {
    let trader = Trader::new();
    for answer in ["\r", "y\r", "no\r", "\x04"] {
        let mut pty = trader.terminal(&TO_SAMPLE);
        pty.wait_for("Type yes and Enter");
        pty.send(answer);
        assert_eq!(pty.end().exit_code(), 2, "{answer:?}");
        assert!(pty.screen().contains("nothing was sent"), "{}", pty.screen());
    }
    let mut pty = trader.terminal(&TO_SAMPLE);
    pty.wait_for("Type yes and Enter");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 130);
    assert!(trader.executed() == 0 && trader.ledger().is_empty());
    let mut pty = trader.terminal(&TO_SAMPLE);
    pty.wait_for("Type yes and Enter");
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 1);
}

#[test]
fn what_was_typed_ahead_answers_nothing() {
    let trader = Trader::new();
    // The question comes after the balances: until then everything typed is ahead of it.
    trader.exchange.fail("user/account", Fault::after(Strike::Late(Duration::from_secs(2))));
    let mut pty = trader.terminal(&TO_SAMPLE);
    let wait = Wait::begin();
    while trader.exchange.requests("user/account") == 0 {
        wait.step(|| "the balances were not asked for".to_owned());
    }
    pty.send("yes\ryes\r");
    pty.wait_for("Type yes and Enter");
    pty.send("\r");
    assert_eq!(pty.end().exit_code(), 2, "{}", pty.screen());
    assert_eq!(trader.executed(), 0);
}

#[test]
fn a_new_address_asks_for_its_marked_group() {
    let trader = Trader::new();
    let address = trader.new_address();
    let mut args = TO_SAMPLE;
    args[6] = &address;
    let marked = |screen: &str| screen.split_once('[').unwrap().1.split_once(']').unwrap().0.to_owned();
    for answer in ["yes", "", "aaaa"] {
        let mut pty = trader.terminal(&args);
        pty.wait_for("four characters in brackets and Enter; anything else does not: ");
        pty.send(&format!("{answer}\r"));
        assert_eq!(pty.end().exit_code(), 2);
    }
    assert_eq!(trader.executed(), 0);
    let mut pty = trader.terminal(&args);
    let screen = pty.wait_for("four characters in brackets and Enter; anything else does not: ");
    assert!(screen.contains("NEW: never paid"), "{screen}");
    let group = marked(&screen);
    assert!(group.len() == 4 && address.contains(&group) && !address.starts_with(&group) && !address.ends_with(&group));
    pty.send(&format!("{group}\r"));
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 1);
}

#[test]
fn an_order_can_be_taken_back_while_its_delay_runs() {
    let trader = Trader::new();
    trader.configure("[limits]\norder_delay_seconds = 3\n");
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5"];
    let mut pty = trader.terminal(&moved);
    pty.wait_for("Type yes and Enter");
    pty.send("yes\r").wait_for("Ctrl-C takes it back");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 130, "{}", pty.screen());
    assert!(trader.executed() == 0 && trader.ledger().is_empty());
    let mut pty = trader.terminal(&moved);
    pty.wait_for("Type yes and Enter");
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 1);
}

#[test]
fn a_given_up_order_is_repeated_on_a_terminal_by_a_word() {
    let trader = Trader::new();
    trader.exchange.fail("funds_transfer", Fault::after(Strike::Close));
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5"];
    assert_eq!(code(&trader.runs(&[&moved, &["--yes"]])), 6);
    let mut pty = trader.terminal(&moved);
    pty.wait_for("Type again and Enter");
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 2);
    let mut pty = trader.terminal(&moved);
    pty.wait_for("Type again and Enter");
    pty.send("again\r").wait_for("Type yes and Enter");
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 2);
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
fn a_demo_orders_and_leaves_nothing_behind() {
    let machine = Machine::new();
    let output = machine
        .command(&[&["--demo"][..], &TO_SAMPLE, &AGREED, &["--output", "json"]].concat())
        .env("TMPDIR", machine.home.path())
        .output()
        .unwrap();
    assert_eq!(json(&output)[0]["outcome"], "accepted");
    assert!(stderr(&output).contains("DEMO, invented money"));
    assert_eq!(machine.files(), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(machine.home.path()).unwrap().count(), 0, "not even a directory");
}

#[test]
fn permissions_of_the_key_are_not_needed_to_read_the_ledger() {
    let permissions = Permissions { withdraw: false, ..Permissions::default() };
    let trader = Trader::with(Config { permissions, ..Config::default() });
    assert_eq!((code(&trader.run(&["orders"])), code(&trader.run(&["settle"]))), (0, 0));
    assert_eq!(trader.exchange.all_requests(), 0);
}
