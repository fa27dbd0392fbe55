//! Orders as commands, by the real binary against an exchange that counts what it carried out.

mod again;
mod ends;
mod receivers;
mod shown;
mod sides;
mod terminal;
mod typed;

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use wallet_tui::simulator::addresses::Family;
use wallet_tui::simulator::users::{SAMPLE_ADDRESS, Saved};
use wallet_tui::simulator::{Cancels, Config, Fault, Permissions, Simulator, Strike};

use crate::cli::{Machine, Running, code, json, stderr, stdout};
use crate::pty::{Pty, Wait, program};

const NETWORK: &str = "Tron (TRC-20)";
const TAIL: &str = "5HV7rU";
const TO_SAMPLE: [&str; 8] =
    ["withdraw", "--coin", "TRX", "--network", NETWORK, "--address", SAMPLE_ADDRESS, "--amount=20.50"];
const AGREED: [&str; 3] = ["--yes", "--confirm-tail", TAIL];

/// Somebody with an account at an exchange of our own, and a machine with nothing else on it.
pub struct Trader {
    pub machine: Machine,
    pub exchange: Simulator,
    // Last: the exchange lives in it.
    _runtime: Runtime,
}

impl Trader {
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    pub fn with(config: Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let config = Config { quiet: true, requests_per_second: 1_000, ..config };
        let exchange = runtime.block_on(Simulator::start(config)).unwrap();
        exchange.world(|world| {
            world.ask_verification = false;
            world.cancels = Cancels::Win;
        });
        Self { machine: Machine::new(), exchange, _runtime: runtime }
    }

    pub fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("WALLET_TUI_API_KEY", self.exchange.api_key().to_owned()),
            ("WALLET_TUI_API_SECRET", self.exchange.secret().to_owned()),
            ("WALLET_TUI_BASE_URL", self.exchange.base_url()),
        ]
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.machine.command(args);
        command.envs(self.environment());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
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

    pub fn executed(&self) -> usize {
        self.exchange.executed().len()
    }

    pub fn ledger(&self) -> Vec<Value> {
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

    pub fn configure(&self, text: &str) {
        let dir = self.machine.home.path().join(".config/wallet-tui");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("config.toml"), text).unwrap();
    }

    /// Takes the configuration file away.
    pub fn unconfigure(&self) {
        std::fs::remove_file(self.machine.home.path().join(".config/wallet-tui/config.toml")).unwrap();
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
        "Review: Withdraw · LIVE, 127.0.0.1",
        "You send  20.5 TRX",
        "about 1 TRX, last paid ",
        "about 19.5 TRX",
        "Tron (TRC-20), native coin, no contract",
        "TJmW 5D1p 1LnM dTMm xuY1 VELH ht7v 5HV7 rU",
        "paid ",
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
            "proof": "answer", "code": null, "detail": null, "readings": 0, "changed_ms": rows[0]["changed_ms"], "contradiction": null, "contradicting_record": null,
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
fn chinese_tables_have_chinese_words_and_programs_the_stable() {
    let trader = Trader::new();
    let chinese = |args: &[&str]| stdout(&trader.run(&[args, &["--lang", "zh-CN"]].concat()));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 0);
    for (args, words, never) in [
        (&["orders"][..], &["提币", "已受理"][..], &["withdraw", "accepted"][..]),
        (&["withdrawals"], &["提币", "处理中"], &["withdrawal", "pending"]),
        (&["deposits"], &["充币", "成功"], &["deposit", "success"]),
        (&["balances", "--account", "all"], &["现货", "合约"], &["spot", "futures"]),
        (&["tokens", "TRX"], &["无", "是"], &["none", "yes"]),
    ] {
        let table = chinese(args);
        assert!(words.iter().all(|word| table.contains(word)), "{args:?}: {words:?}\n{table}");
        assert!(!never.iter().any(|word| table.contains(word)), "{args:?}: {never:?}\n{table}");
        for format in ["json", "csv"] {
            let args = [args, &["--output", format]].concat();
            assert_eq!(chinese(&args), stdout(&trader.run(&args)), "{args:?}");
        }
    }
    let sent = trader.run(&["orders", "--output", "json", "--lang", "zh-CN"]);
    assert_eq!((&json(&sent)[0]["kind"], &json(&sent)[0]["outcome"]), (&json!("withdraw"), &json!("accepted")));
}

#[test]
fn order_without_a_terminal_needs_yes_and_the_address_end() {
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
    assert!(stderr(&output).contains("Review: Withdraw") && stderr(&output).contains("nothing was sent"));
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
fn an_own_deposit_address_is_no_receiver() {
    let trader = Trader::new();
    let own = json(&trader.run(&["address", "TRX", NETWORK, "--output", "json"]))[0]["address"].clone();
    let own = own.as_str().unwrap();
    let mut args = TO_SAMPLE;
    args[6] = own;
    let output = trader.runs(&[&args, &["--yes", "--confirm-tail", tail(own)]]);
    assert_nothing_sent(&trader, &output, 2, "deposit address of this account itself");
    let output = trader.runs(&[&args, &["--dry-run"]]);
    assert_nothing_sent(&trader, &output, 2, "deposit address of this account itself");
}

#[test]
fn an_amount_out_of_the_ordinary_is_typed_once_more() {
    let trader = Trader::new();
    let mut args = TO_SAMPLE;
    args[7] = "--amount=20000";
    let output = trader.runs(&[&args, &AGREED]);
    assert_nothing_sent(&trader, &output, 2, "--confirm-amount");
    for (typed, why) in
        [("2000", "is not what is asked for. Nothing was sent"), ("20,000", "without marks for thousands")]
    {
        let output = trader.runs(&[&args, &AGREED, &["--confirm-amount", typed]]);
        assert_nothing_sent(&trader, &output, 2, why);
        assert!(stderr(&output).contains(&format!("--confirm-amount: “{typed}”")), "{}", stderr(&output));
    }
    let output = trader.runs(&[&args, &AGREED, &["--confirm-amount", "20000"]]);
    assert_eq!((code(&output), trader.exchange.executed().len()), (0, 1), "{}", stderr(&output));
    // What is under way is told, and by the ledger at once.
    let dry = trader.runs(&[&TO_SAMPLE, &["--dry-run"]]);
    assert!(stderr(&dry).contains("under way") && !stderr(&dry).contains("never"), "{}", stderr(&dry));
}

#[test]
fn look_alike_address_is_stopped_and_both_shown_in_full() {
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
    assert_nothing_sent(&trader, &output, 2, "--confirm-middle");
    // All of it but the ends lets it through here; whether the exchange knows it is the exchange's affair.
    let middle = &alike[4..alike.len() - 2];
    let typed = trader.runs(&[&args, &["--yes", "--confirm-tail", tail(&alike), "--confirm-middle", middle]]);
    assert_eq!(code(&typed), 3, "{}", stderr(&typed));
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
    assert!(stderr(&output).contains("NEW address, never paid") && stderr(&output).contains("code 110008"));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&rows[0]["outcome"], &rows[0]["code"]), (&json!("refused"), &json!("110008")));
    trader.exchange.auth(|sanitize| sanitize.permissions.withdraw = false);
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
fn of_two_commands_at_once_within_the_days_limit_one_is_refused() {
    let trader = Trader::new();
    trader.configure("[limits]\nper_day = { amount = \"30\", unit = \"TRX\" }\n");
    // Both have judged by what had been ordered before either was sent.
    trader.exchange.fail_always("withdraw", Fault::after(Strike::Late(Duration::from_millis(500))));
    let other = ["withdraw", "--coin", "TRX", "--network", NETWORK, "--address", SAMPLE_ADDRESS, "--amount=21"];
    let running = [&TO_SAMPLE[..], &other].map(|what| trader.spawn(&[what, &AGREED].concat()));
    let mut codes = running.map(|mut child| child.0.wait().unwrap().code().unwrap());
    codes.sort_unstable();
    assert_eq!((codes, trader.executed()), ([0, 2], 1));
}

#[test]
fn one_option_takes_a_receiver_of_every_kind() {
    let trader = Trader::new();
    for (typed, words) in [
        ("0044 7700900123", "--to: A phone number begins with + and the country code"),
        ("+18685551234", "--to: Whether 868 belongs to the country code is not certain"),
        ("mira", "--to: This is no user id"),
    ] {
        let output = trader.run(&["transfer", "--to", typed, "--coin", "USDT", "--amount", "5", "--yes"]);
        assert_nothing_sent(&trader, &output, 2, words);
    }
    for (at, (typed, sent, tail)) in [
        ("989541187", json!({"toType": "uid", "toUid": 989_541_187}), "541187"),
        ("mira.okafor@example.com", json!({"toType": "email", "toEmail": "mira.okafor@example.com"}), "le.com"),
        (
            "+44 7700-900123",
            json!({"toType": "phone", "toPhoneCountryCode": "+44", "toPhoneNumber": "7700900123"}),
            "900123",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let amount = (at + 1).to_string();
        let order = ["transfer", "--to", typed, "--coin", "USDT", "--amount", &amount];
        let rows = json(&trader.runs(&[&order, &["--dry-run", "--output", "json"]]));
        let body: Value = serde_json::from_str(rows[0]["body"].as_str().unwrap()).unwrap();
        for (name, value) in sent.as_object().unwrap() {
            assert_eq!(&body[name], value, "{body}");
        }
        let output = trader.runs(&[&order, &["--yes", "--confirm-tail", tail]]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let executed = trader.exchange.executed();
        let to = executed.last().unwrap().to.clone().unwrap();
        assert_eq!(to, if at == 2 { "+44 7700900123" } else { typed });
        assert!(stderr(&output).contains(if at == 2 { "Country code  +44" } else { "To " }), "{}", stderr(&output));
    }
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
        let to = way.last().unwrap();
        let tail = &to[to.len() - 6..];
        if way[0] == "--to-phone" {
            // Nobody was ever paid there.
            let bare = trader.runs(&[&["transfer"], way, &rest]);
            assert!(code(&bare) == 2 && stderr(&bare).contains("--confirm-tail"), "{}", stderr(&bare));
        }
        let wrong = trader.runs(&[&["transfer"], way, &rest, &["--confirm-tail", "abcdef"]]);
        assert!(code(&wrong) == 2 && stderr(&wrong).contains("is not the end"), "{}", stderr(&wrong));
        assert_eq!(code(&trader.runs(&[&["transfer"], way, &rest, &["--confirm-tail", tail]])), 0);
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
