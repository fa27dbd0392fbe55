//! Commands against the embedded exchange and against closed doors: exit codes, exact output, no secrets.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;

use tempfile::TempDir;

const KEY: &str = "k3yTEST0000000000000000000000001";
const SECRET: &str = "s3cretTEST00000000000000000000ff";

/// A program on an empty machine: no environment but a home of its own.
pub struct Machine {
    pub home: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallet-tui"));
        command.env_clear().env("HOME", self.home.path()).env("LANG", "C.UTF-8").args(args).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn with_key(&self, args: &[&str]) -> Output {
        let output =
            self.command(args).env("WALLET_TUI_API_KEY", KEY).env("WALLET_TUI_API_SECRET", SECRET).output().unwrap();
        assert!(!stdout(&output).contains(SECRET) && !stderr(&output).contains(SECRET), "the secret was printed");
        output
    }

    pub fn files(&self) -> Vec<String> {
        fn walk(dir: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(path.display().to_string()) }
            }
        }
        let mut found = Vec::new();
        walk(self.home.path(), &mut found);
        found
    }
}

/// A program that ends with the test, also when the test fails.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Cause, then next step, and nothing else.
fn two_lines(output: &Output) -> (String, String) {
    let said = stderr(output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("error: ") && lines[1].starts_with("next: "), "{said}");
    assert!(output.stdout.is_empty(), "{}", stdout(output));
    (lines[0].to_owned(), lines[1].to_owned())
}

fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A server that answers one request with these bytes, and gives the request's text back.
fn one_answer(status: &str, body: &str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let request = read_request(&stream);
        (&stream).write_all(answer.as_bytes()).unwrap();
        request
    });
    (address, server)
}

fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let start = request.len();
        reader.read_line(&mut request).unwrap();
        let line = request[start..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request + &String::from_utf8(body).unwrap()
}

pub fn json(output: &Output) -> Vec<serde_json::Value> {
    assert_eq!(code(output), 0, "{}", stderr(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn help_and_usage_errors_are_in_the_users_language() {
    let machine = Machine::new();
    let help = stdout(&machine.run(&["withdraw", "--lang", "zh-CN", "--help"]));
    assert!(help.contains("用法：wallet-tui withdraw") && help.contains("提币数量，手续费从中扣除"), "{help}");
    let (own, every) = (help.find("--amount").unwrap(), help.find("--data-dir").unwrap());
    assert!(own < every && !help.contains("数据文件夹"), "{help}");
    let wrong = machine.command(&["balances", "--bla"]).env("LANG", "zh_CN.UTF-8").output().unwrap();
    assert_eq!(code(&wrong), 2);
    assert!(
        stderr(&wrong).starts_with("错误：未知参数：--bla\n") && stderr(&wrong).contains("\n下一步："),
        "{}",
        stderr(&wrong)
    );
    let file = machine.home.path().join("c.toml");
    std::fs::write(&file, "lang = 'zh-CN'\n").unwrap();
    let configured = machine.run(&["--config", file.to_str().unwrap(), "--help"]);
    assert!(stdout(&configured).contains("在终端中管理"), "{}", stdout(&configured));
    let english = stdout(&machine.run(&["withdraw", "--help"]));
    assert!(english.contains("Examples:\n  wallet-tui withdraw ") && english.contains("--data-dir DIR"), "{english}");
}

#[test]
fn a_clock_that_shows_no_date_is_said_and_nothing_is_asked() {
    let machine = Machine::new();
    let at = |clock: &str, args: &[&str]| {
        let mut command = machine.command(args);
        command.env("WALLET_TUI_TEST_CLOCK", clock);
        command.env("WALLET_TUI_API_KEY", KEY).env("WALLET_TUI_API_SECRET", SECRET).output().unwrap()
    };
    let withdraw = ["withdraw", "--coin=TRX", "--network=x", "--address=x", "--amount=1", "--dry-run"];
    let commands: [&[&str]; 9] = [
        &["balances"],
        &["tokens"],
        &["export", "--offline"],
        &["orders"],
        &withdraw,
        &["doctor"],
        &["simulate", "--port", "0"],
        &["login", "--key", "k", "--secret-stdin"],
        &["--demo"],
    ];
    for (clock, words) in [
        ("-1", "before 1970"),
        ("-9223372036854775808", "before 1970"),
        ("253402300800000", "year 9999"),
        ("9223372036854775807", "year 9999"),
    ] {
        for args in commands {
            let output = at(clock, args);
            assert_eq!(code(&output), 1, "{args:?}: {}", stderr(&output));
            let (cause, next) = two_lines(&output);
            assert!(cause.contains(words) && next.contains("set the machine's clock"), "{cause}");
        }
        assert_eq!(code(&at(clock, &["config", "check"])), 0, "what needs no clock works");
        assert_eq!(code(&at(clock, &["--version"])), 0);
    }
    assert_eq!(machine.files(), Vec::<String>::new());
    let last = at("253402207200000", &["--base-url", &closed_port(), "balances"]);
    assert_eq!(code(&last), 5, "the last moment that is a date: {}", stderr(&last));
}

#[test]
fn help_and_version_and_a_bad_flag_leave_nothing_behind() {
    let machine = Machine::new();
    let help = machine.run(&["--help"]);
    assert_eq!(code(&help), 0);
    assert!(stdout(&help).contains("WALLET_TUI_API_SECRET"));
    assert_eq!(stdout(&machine.run(&["--version"])), format!("wallet-tui {}\n", wallet_tui::engine::VERSION));
    assert!(wallet_tui::engine::VERSION.starts_with(env!("CARGO_PKG_VERSION")));
    let bad = machine.run(&["--api-secret=hunter2", "\u{1b}[31m"]);
    assert_eq!(code(&bad), 2);
    assert!(!stderr(&bad).contains("hunter2") && !stderr(&bad).contains('\u{1b}'), "{}", stderr(&bad));
    assert_eq!(code(&machine.run(&["\u{1b}[31m"])), 2);
    assert!(!stderr(&machine.run(&["\u{1b}[31m"])).contains('\u{1b}'));
    assert_eq!(machine.files(), Vec::<String>::new());
}

#[test]
fn help_does_not_print_what_the_environment_holds() {
    let help = Machine::new().with_key(&["--help"]);
    assert!(!stdout(&help).contains(KEY));
}

#[test]
fn without_a_key_both_variables_and_the_demo_are_named() {
    let machine = Machine::new();
    let output = machine.run(&["balances"]);
    assert_eq!(code(&output), 4);
    let (cause, next) = two_lines(&output);
    assert!(cause.contains("main"), "{cause}");
    for way in ["wallet-tui login", "WALLET_TUI_API_KEY", "WALLET_TUI_API_SECRET", "--demo"] {
        assert!(next.contains(way), "{next}");
    }
}

#[test]
fn a_key_without_its_secret_is_an_error_about_the_key() {
    let machine = Machine::new();
    let output = machine.command(&["balances"]).env("WALLET_TUI_API_KEY", KEY).output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(two_lines(&output).0.contains("WALLET_TUI_API_SECRET"));
}

#[test]
fn dashboard_without_a_terminal_writes_no_escape_byte() {
    let output = Machine::new().run(&["--demo"]);
    assert_eq!(code(&output), 2);
    two_lines(&output);
    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn messages_speak_the_language_asked_for() {
    let machine = Machine::new();
    let output = machine.run(&["balances", "--lang", "zh-CN"]);
    assert!(stderr(&output).starts_with("错误：") && stderr(&output).contains("\n下一步："), "{}", stderr(&output));
    let output = machine.command(&["balances"]).env("LANG", "zh_CN.UTF-8").output().unwrap();
    assert!(stderr(&output).starts_with("错误："));
}

#[test]
fn a_closed_port_is_a_network_error() {
    let output = Machine::new().with_key(&["balances", "--base-url", &closed_port()]);
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    two_lines(&output);
}

#[test]
fn forbidden_server_is_refused_before_anything_is_sent() {
    for url in ["http://example.com", "ftp://127.0.0.1", "https://user:pw@example.com", "nonsense"] {
        let output = Machine::new().with_key(&["balances", "--base-url", url]);
        assert_eq!(code(&output), 2, "{url}: {}", stderr(&output));
        assert!(two_lines(&output).0.contains("--base-url"), "{url}");
    }
}

#[test]
fn a_captive_portal_is_an_unreadable_reply() {
    let (address, server) = one_answer("404 Not Found", "<html>log in</html>");
    let output = Machine::new().with_key(&["balances", "--base-url", &address]);
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    two_lines(&output);
    server.join().unwrap();
}

#[test]
fn a_refusal_is_told_from_a_wrong_key() {
    for (body, expected) in [
        (r#"{"code":"2","msg":"parameter error","data":null}"#, 3),
        (r#"{"code":"100004","msg":"app-key not found","data":null}"#, 4),
        (r#"{"code":"110033","msg":"OPEN_API_KEY_NO_AUTHORITY","data":null}"#, 4),
        (r#"{"code":"987654","msg":"news\u001b[2J","data":null}"#, 3),
    ] {
        let (address, server) = one_answer("200 OK", body);
        let output = Machine::new().with_key(&["whoami", "--base-url", &address]);
        assert_eq!(code(&output), expected, "{body}: {}", stderr(&output));
        two_lines(&output);
        assert!(!output.stderr.contains(&0x1b));
        server.join().unwrap();
    }
}

#[test]
fn balances_of_a_foreign_server_are_printed_digit_for_digit() {
    let body = r#"{"code":0,"msg":"ok","data":[{"coin":"SHIB","balance":123456789012.123456789012345678,"balanceLocked":1e-18},{"coin":"EVIL\u001b]0;x\u0007","balance":"0.10"}]}"#;
    let (address, server) = one_answer("200 OK", body);
    let output = Machine::new().with_key(&["balances", "--output", "json", "--base-url", &address]);
    assert_eq!(
        stdout(&output),
        "[\n\
         {\"coin\":\"SHIB\",\"available\":\"123456789012.123456789012345678\",\"in_use\":\"0.000000000000000001\",\"total\":\"123456789012.123456789012345679\"},\n\
         {\"coin\":\"EVIL\\u001b]0;x\\u0007\",\"available\":\"0.10\",\"in_use\":null,\"total\":null}\n\
         ]\n"
    );
    assert_eq!((code(&output), stderr(&output)), (0, String::new()));
    let request = server.join().unwrap();
    assert!(request.starts_with("GET /api/spot/v1/user/account "), "{request}");
    assert!(!request.contains(SECRET));
}

#[test]
fn an_empty_account_is_an_empty_list_and_a_note() {
    let (address, server) = one_answer("200 OK", r#"{"code":"0","msg":"result.success","data":null}"#);
    let output = Machine::new().with_key(&["balances", "--output", "json", "--base-url", &address]);
    assert_eq!((stdout(&output).as_str(), code(&output)), ("[]\n", 0));
    assert_eq!(stderr(&output), "no balances reported\n");
    server.join().unwrap();
}

#[test]
fn filters_go_out_to_the_letter_and_a_full_page_is_said() {
    let row = |id: &str, kind: &str, time: i64| {
        format!(r#"{{"id":"{id}","type":"{kind}","coin":"TRX","amount":"1.0","status":"pending","ctime":{time}}}"#)
    };
    let rows = [row("1", "withdraw", 9000), row("2", "inside_transfer_out", 8000), row("3", "new_kind", 7000)];
    let body = format!(r#"{{"code":"0","msg":"ok","data":[{}]}}"#, rows.join(","));
    let (address, server) = one_answer("200 OK", &body);
    let output = Machine::new().with_key(&[
        "withdrawals",
        "--output",
        "json",
        "--limit",
        "3",
        "--coin",
        "TRX",
        "--start-time",
        "1970-01-01T00:00:01Z",
        "--out-biz-id",
        "a b",
        "--base-url",
        &address,
    ]);
    let ids: Vec<_> = json(&output).iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids, ["1", "3"], "the transfer was not asked for; the unknown kind is not hidden");
    assert!(stderr(&output).contains("--end-time 7000"), "{}", stderr(&output));
    let request = server.join().unwrap();
    let body: serde_json::Value = serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["coin"], "TRX");
    assert_eq!(body["outBizId"], "a b");
    assert_eq!(body["type"], "withdraw");
    assert_eq!(body["startTime"].to_string().trim_matches('"'), "1000");
    assert_eq!(body["limit"].to_string().trim_matches('"'), "3");
}

#[test]
fn transfers_by_a_remark_cannot_be_incoming() {
    let machine = Machine::new();
    let output = machine.run(&["transfers", "--type", "inside_transfer_in", "--remark", "rent"]);
    assert_eq!(code(&output), 2);
    two_lines(&output);
}

#[test]
fn a_range_of_time_that_ends_before_it_begins_is_bad_input() {
    let machine = Machine::new();
    for command in ["deposits", "withdrawals", "transfers"] {
        let range = ["--start-time", "2026-11-02", "--end-time", "2026-11-01"];
        let output = machine.run(&[&[command][..], &range].concat());
        assert_eq!(code(&output), 2);
        assert!(two_lines(&output).0.contains("2026-11-02"), "{}", stderr(&output));
    }
    let output = machine.run(&["--demo", "--lang", "zh", "deposits", "--start-time=2", "--end-time=1"]);
    assert!(stderr(&output).contains("晚于"), "{}", stderr(&output));
}

#[test]
fn mistake_in_the_configuration_is_said_with_its_place() {
    let machine = Machine::new();
    let path = machine.home.path().join("c.toml");
    std::fs::write(&path, "lang = 'en'\nread_onyl = true\n").unwrap();
    let output = machine.with_key(&["balances", "--config", path.to_str().unwrap(), "--base-url", &closed_port()]);
    assert_eq!(code(&output), 2);
    assert!(two_lines(&output).0.contains("c.toml:2:1"), "{}", stderr(&output));
    let output = machine.with_key(&["balances", "--config", "/nonexistent/c.toml"]);
    assert_eq!(code(&output), 2);
    two_lines(&output);
    let usual = machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&usual).unwrap();
    std::fs::write(usual.join("config.toml"), "lang = 'zh-CN'\n").unwrap();
    assert!(stderr(&machine.run(&["balances"])).starts_with("错误："), "the file in its usual place is read");
}

#[test]
fn the_log_says_what_happened_and_never_the_secret() {
    let machine = Machine::new();
    let dir = machine.home.path().join("data");
    let (address, server) = one_answer("200 OK", r#"{"code":"100004","msg":"no\u001b[31m","data":null}"#);
    let output = machine.with_key(&[
        "balances",
        "--log-level",
        "debug",
        "--data-dir",
        dir.to_str().unwrap(),
        "--base-url",
        &address,
    ]);
    assert_eq!(code(&output), 4);
    two_lines(&output);
    server.join().unwrap();
    let log = std::fs::read_to_string(dir.join("wallet-tui.log")).unwrap();
    assert!(log.contains("started") && log.contains("ERROR"), "{log}");
    assert!(!log.contains(SECRET) && !log.contains('\u{1b}'), "{log}");
}

#[test]
fn a_log_that_cannot_be_written_is_a_warning_and_not_an_end() {
    let machine = Machine::new();
    let file = machine.home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below = file.join("below");
    let (address, server) = one_answer("200 OK", r#"{"code":"0","msg":"","data":[]}"#);
    let output = machine.with_key(&[
        "rates",
        "--output",
        "json",
        "--log-level",
        "debug",
        "--data-dir",
        below.to_str().unwrap(),
        "--base-url",
        &address,
    ]);
    assert_eq!((code(&output), stdout(&output).as_str()), (0, "[]\n"));
    assert!(stderr(&output).starts_with("warning: "), "{}", stderr(&output));
    server.join().unwrap();
}

#[test]
fn the_demo_answers_every_reading_command_in_every_form() {
    let machine = Machine::new();
    for command in [
        &["balances"][..],
        &["deposits"],
        &["withdrawals"],
        &["transfers"],
        &["address", "USDT", "Tron (TRC-20)"],
        &["tokens"],
        &["tokens", "USDT"],
        &["rates"],
        &["whoami"],
    ] {
        let run = |format| machine.run(&[command, &["--demo", "--output", format]].concat());
        let rows = json(&run("json"));
        assert!(!rows.is_empty(), "{command:?}");
        assert!(rows.iter().all(serde_json::Value::is_object));
        let csv = run("csv");
        let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
        assert!(reader.records().map(Result::unwrap).count() >= rows.len(), "{command:?}");
        let table = run("table");
        assert!(stdout(&table).lines().count() > rows.len(), "{command:?}");
        assert!(!table.stdout.contains(&0x1b));
    }
    assert_eq!(machine.files(), Vec::<String>::new(), "a demo leaves nothing behind");
}

#[test]
fn a_reader_that_leaves_early_is_not_an_error() {
    let mut child = Machine::new()
        .command(&["--demo", "tokens", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn embedded_exchange_serves_a_client_until_told_to_stop() {
    let machine = Machine::new();
    let exchange = machine
        .command(&["simulate", "--seed", "7", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut exchange = Running(exchange.unwrap());
    let mut lines = BufReader::new(exchange.0.stdout.take().unwrap()).lines();
    let access: String = lines.by_ref().take(3).map(Result::unwrap).collect();
    let access: serde_json::Value = serde_json::from_str(&access).unwrap();
    let of = |name: &str| access[0][name].as_str().unwrap().to_owned();
    let ask = |secret: &str| {
        machine
            .command(&["balances", "--output", "json", "--base-url", &of("address")])
            .env("WALLET_TUI_API_KEY", of("key"))
            .env("WALLET_TUI_API_SECRET", secret)
            .output()
            .unwrap()
    };
    assert!(!json(&ask(&of("secret"))).is_empty());
    let refused = ask("wrong");
    assert_eq!(code(&refused), 4, "{}", stderr(&refused));
    two_lines(&refused);
    let pid = rustix::process::Pid::from_child(&exchange.0);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(exchange.0.wait().unwrap().code(), Some(0));
    assert_eq!(machine.files(), Vec::<String>::new());
}

#[test]
fn unlisted_name_is_bad_input_and_the_likely_one_is_named() {
    let machine = Machine::new();
    for (args, cause, next) in [
        (&["--demo", "tokens", "usdt"][..], "Did you mean USDT?", "wallet-tui tokens"),
        (&["--demo", "address", "usdt", "Tron (TRC-20)"], "Did you mean USDT?", "wallet-tui tokens"),
        (&["--demo", "address", "USDT", "trc20"], "Did you mean Tron (TRC-20)?", "Ethereum (ERC-20)"),
        (&["balance"], "'balances'", "--help"),
    ] {
        let output = machine.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = stderr(&output);
        assert!(said.contains(cause), "{said}");
        let told = said.lines().find(|line| line.starts_with("next: "));
        assert!(told.is_some_and(|line| line.contains(next)), "{said}");
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn config_check_names_every_mistake_with_its_line() {
    let machine = Machine::new();
    let file = machine.home.path().join("c.toml");
    std::fs::write(&file, "them = 'dark'\nlang = 'en'\nrefresh_seconds = 1\n[profiles.desk]\nband = 'pink'\n").unwrap();
    let output = machine.run(&["--config", file.to_str().unwrap(), "config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for place in ["c.toml:1:1: ", "c.toml:3:19: ", "c.toml:5:8: "] {
        assert!(said.contains(place), "{said}");
    }
    assert_eq!(said.lines().filter(|line| line.starts_with("error: ")).count(), 3, "{said}");
}
