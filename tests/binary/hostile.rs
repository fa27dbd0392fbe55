//! A hostile server and hostile text, seen from the terminal's other end: what is written there, and that the screen lives.
//!
//! Between the program and the embedded exchange stands a twister: it passes every request on and changes the answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use wallet_tui::simulator::{Config, Simulator};

use crate::cli::{code, stderr};
use crate::orders::Trader;
use crate::pty::{Pty, Wait, program};

/// What must never reach a terminal, in the bytes that it would have.
const DANGEROUS: [&str; 9] =
    ["\u{1b}]52;", "\u{1b}[2J", "\u{1b}]0;", "\u{1b}P", "\u{9b}", "\u{9d}", "\u{202e}", "\u{2066}", "\u{200b}"];

fn hostile() -> String {
    let controls =
        "\u{1b}]52;c;aGFja2Vk\u{7}\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}Pq\u{1b}\\\u{9b}31m\u{9d}0;x\u{9c}\r\n\t\0\u{8}";
    format!("{controls}\u{202e}evil\u{2066}\u{200b}\u{feff}a{}漢字👩‍👩‍👧", "\u{301}".repeat(300))
}

type Twist = dyn Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync;

/// A server before the exchange that changes its answers; gives its address. It lives as long as the process.
pub fn twister(exchange: &Simulator, twist: impl Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let upstream = exchange.base_url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let twist: Arc<Twist> = Arc::new(twist);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (upstream, twist) = (upstream.clone(), Arc::clone(&twist));
            // A connection that ends early is the caller's affair.
            std::thread::spawn(move || drop(pass(stream, &upstream, &*twist)));
        }
    });
    address
}

/// One request, there and back.
fn pass(mut caller: TcpStream, upstream: &str, twist: &Twist) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        caller.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
    let length = |head: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-length:"));
        line.and_then(|line| line.split(':').nth(1)?.trim().parse::<usize>().ok()).unwrap_or(0)
    };
    let mut body = vec![0; length(&head)];
    caller.read_exact(&mut body)?;
    let mut exchange = TcpStream::connect(upstream)?;
    exchange.write_all(head.trim_end().as_bytes())?;
    exchange.write_all(b"\r\nconnection: close\r\n\r\n")?;
    exchange.write_all(&body)?;
    let mut answer = Vec::new();
    exchange.read_to_end(&mut answer)?;
    let split = answer.windows(4).position(|part| part == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let date = String::from_utf8_lossy(&answer[..split]);
    let date =
        date.lines().find(|line| line.to_ascii_lowercase().starts_with("date:")).unwrap_or("x-none: 1").to_owned();
    let body = twist(&path, answer[split..].to_vec());
    write!(
        caller,
        "HTTP/1.1 200 OK\r\n{date}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    )?;
    caller.write_all(b"connection: close\r\n\r\n")?;
    caller.write_all(&body)
}

/// Puts something behind every text under these names, however deep.
fn taint(value: &mut Value, names: &[&str], what: &str) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if names.contains(&name.as_str()) => text.push_str(what),
                    Value::Null if names.contains(&name.as_str()) => *value = Value::String(what.to_owned()),
                    other => taint(other, names, what),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| taint(value, names, what)),
        _ => {}
    }
}

/// Escape, and a moment in which no other key makes it the beginning of something else.
fn escape(pty: &mut Pty) {
    std::thread::sleep(Duration::from_millis(30));
    pty.send("\u{1b}");
    std::thread::sleep(Duration::from_millis(60));
}

impl Trader {
    fn dashboard(&self, address: &str, size: (u16, u16)) -> Pty {
        let mut command = program(&[]);
        command.env("WALLET_TUI_API_KEY", self.exchange.api_key());
        command.env("WALLET_TUI_API_SECRET", self.exchange.secret());
        command.env("WALLET_TUI_BASE_URL", address);
        command.env("HOME", self.machine.home.path());
        Pty::start(command, size.0, size.1)
    }
}

/// Asserts that the terminal got nothing dangerous, and no more marks on a letter than can be drawn.
fn assert_harmless(pty: &Pty) {
    let bytes = pty.bytes();
    let text = String::from_utf8(bytes).expect("only whole characters are written");
    // What the program itself writes to set up and give back the terminal stands before the first and after the last frame.
    for dangerous in DANGEROUS {
        let count = text.matches(dangerous).count();
        let own = if dangerous == "\u{1b}[2J" { text.matches("\u{1b}[2J\u{1b}[").count().max(2) } else { 0 };
        assert!(count <= own, "{dangerous:?} {count} ×");
    }
    assert!(!text.contains(&"\u{301}".repeat(8)), "a flood of marks");
}

#[test]
fn hostile_text_in_any_field_reaches_no_terminal() {
    let trader = Trader::new();
    let names = [
        "remark",
        "memo",
        "address",
        "fromAddress",
        "toAddress",
        "txId",
        "txHash",
        "statusText",
        "fullName",
        "msg",
        "tag",
        "uid",
        "toUid",
        "fromUid",
        "email",
        "network",
        "chain",
        "name",
        "logo",
    ];
    let address = twister(&trader.exchange, move |path, body| {
        let Ok(mut value) = serde_json::from_slice::<Value>(&body) else { return body };
        // Names in the lists are keys of everything else; they stay, so that rows are there to look at.
        let names: Vec<&str> = if path.contains("token") { vec!["fullName", "msg", "logo"] } else { names.to_vec() };
        taint(&mut value, &names, &hostile());
        serde_json::to_vec(&value).unwrap()
    });
    for size in [(80, 24), (120, 40)] {
        let mut pty = trader.dashboard(&address, size);
        pty.wait_for("USDT");
        for tab in ["2", "3", "4"] {
            pty.send(tab).wait_for("USDT");
            pty.send("\r");
            pty.wait_for("<U+");
            pty.send("jjj");
            assert!(pty.screen().contains("<U+"), "{}", pty.screen());
            escape(&mut pty);
        }
        pty.send("i");
        pty.send("\u{3}");
        pty.end();
        assert_harmless(&pty);
        pty.assert_given_back();
    }
}

#[test]
fn mad_server_leaves_the_screen_alive_and_memory_bounded() {
    let trader = Trader::new();
    let address = twister(&trader.exchange, |path, body| match path {
        // A list of coins without end, a history as deep as a well, numbers that no one owns.
        path if path.contains("token") || path.contains("coin") => {
            let coin = r#"{"coin":"AAAA","name":"AAAA","networks":[]},"#;
            let mut all = br#"{"code":"0","msg":"","data":["#.to_vec();
            (0..600_000).for_each(|_| all.extend_from_slice(coin.as_bytes()));
            all.extend_from_slice(b"{}]}");
            all
        }
        path if path.contains("deposit") => vec![b'['; 5_000_000],
        path if path.contains("withdraw") => {
            let digits = "9".repeat(2_000_000);
            format!(r#"{{"code":"0","data":[{{"id":1,"amount":"{digits}","coin":"X"}}]}}"#).into_bytes()
        }
        _ => body,
    });
    let mut pty = trader.dashboard(&address, (80, 24));
    pty.wait_for("USDT");
    for (key, page) in [("2", "▐2"), ("3", "▐3"), ("4", "▐4"), ("1", "▐1"), ("?", "Esc")] {
        pty.send(key).wait_for(page);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", pty.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 200_000, "{peak} kB");
    pty.send("\u{3}");
    pty.end();
    assert_harmless(&pty);
    pty.assert_given_back();
}

#[test]
fn a_ledger_of_a_newer_program_is_left_alone_and_closes_orders() {
    let trader = Trader::new();
    let run = |args: &[&str]| {
        let mut command = trader.machine.command(args);
        command.env("WALLET_TUI_API_KEY", trader.exchange.api_key());
        command.env("WALLET_TUI_API_SECRET", trader.exchange.secret());
        command.env("WALLET_TUI_BASE_URL", trader.exchange.base_url());
        command.output().unwrap()
    };
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"];
    assert_eq!(code(&run(&moved)), 0);
    let files = trader.machine.files();
    let path = files.iter().find(|file| file.ends_with(".sqlite")).map(Path::new).unwrap();
    set_version(path, 9_999);
    let before = std::fs::read(path).unwrap();
    let output = run(&moved);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("newer"), "{}", stderr(&output));
    assert_eq!(trader.exchange.executed().len(), 1);
    let mut pty = trader.dashboard(&trader.exchange.base_url(), (80, 24));
    pty.wait_for("USDT");
    pty.send("q");
    pty.end();
    pty.assert_given_back();
    assert_eq!(std::fs::read(path).unwrap(), before, "not a byte is changed");
}

fn set_version(path: &Path, version: u32) {
    let ledger = rusqlite::Connection::open(path).unwrap();
    ledger.pragma_update(None, "user_version", version).unwrap();
    ledger.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    drop(ledger);
}

#[test]
fn a_full_disk_stops_the_order_before_it_leaves() {
    let trader = Trader::new();
    // Files cannot grow at all: as on a full disk, every write to the ledger fails.
    let shell = format!(
        "trap '' XFSZ; ulimit -f 0; exec '{}' move --from spot --coin USDT --amount 1 --yes",
        env!("CARGO_BIN_EXE_wallet-tui")
    );
    let mut command = trader.machine.command(&[]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &shell]).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            limited.env(name, value);
        }
    }
    limited.env("WALLET_TUI_API_KEY", trader.exchange.api_key());
    limited.env("WALLET_TUI_API_SECRET", trader.exchange.secret());
    limited.env("WALLET_TUI_BASE_URL", trader.exchange.base_url());
    let output = limited.output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("next: "), "{}", stderr(&output));
    assert_eq!(trader.exchange.executed().len(), 0, "what cannot be written down is not sent");
    drop(command.output());
}

#[test]
fn unwritable_place_closes_orders_and_leaves_the_rest_open() {
    let trader = Trader::new();
    let file = trader.machine.home.path().join("a file");
    std::fs::write(&file, "of the user's").unwrap();
    // Nobody can make a directory in the first place, whoever runs the test; the second is a file.
    for place in ["/proc/1/wallet", file.to_str().unwrap()] {
        let run = |args: &[&str]| {
            let mut command = trader.machine.command(args);
            command.args(["--data-dir", place]);
            command.env("WALLET_TUI_API_KEY", trader.exchange.api_key());
            command.env("WALLET_TUI_API_SECRET", trader.exchange.secret());
            command.env("WALLET_TUI_BASE_URL", trader.exchange.base_url());
            command.output().unwrap()
        };
        let output = run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains(place) && stderr(&output).contains("next: "), "{}", stderr(&output));
        assert_eq!(code(&run(&["balances"])), 0, "reading needs no ledger");
    }
    assert_eq!(trader.exchange.executed().len(), 0, "what cannot be written down is not sent");
    assert_eq!(std::fs::read(&file).unwrap(), b"of the user's");
}

#[test]
fn a_clock_that_is_hours_wrong_is_said_and_closes_orders_alone() {
    for skew_ms in [7_200_000, -7_200_000] {
        let trader = Trader::with(Config { skew_ms, ..Config::default() });
        let mut pty = trader.dashboard(&trader.exchange.base_url(), (100, 30));
        pty.wait_for("USDT");
        pty.wait_for("clock");
        pty.send("q");
        pty.end();
        pty.assert_given_back();
        let mut command =
            trader.machine.command(&["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"]);
        command.env("WALLET_TUI_API_KEY", trader.exchange.api_key());
        command.env("WALLET_TUI_API_SECRET", trader.exchange.secret());
        command.env("WALLET_TUI_BASE_URL", trader.exchange.base_url());
        let output = command.output().unwrap();
        assert_ne!(code(&output), 0);
        assert!(stderr(&output).contains("clock") && stderr(&output).contains("next: "), "{}", stderr(&output));
        assert_eq!(trader.exchange.executed().len(), 0);
    }
}

#[test]
fn long_life_with_faults_leaves_no_handles_or_tasks_behind() {
    let mut pty = Pty::start(program(&["--demo", "--chaos"]), 100, 30);
    pty.wait_for("USDT");
    let held = |pty: &Pty| {
        let count = |what: &str| std::fs::read_dir(format!("/proc/{}/{what}", pty.pid())).unwrap().count();
        (count("fd"), count("task"))
    };
    // Every page, many times over: what is opened must be closed again.
    let around = |pty: &mut Pty| {
        for (keys, opens) in
            [("1", false), ("d", true), ("2\r", true), ("3v", true), ("4i", true), ("o", true), ("rr", false)]
        {
            pty.send(keys);
            if opens {
                escape(pty);
            }
        }
    };
    (0..5).for_each(|_| around(&mut pty));
    let (files, tasks) = held(&pty);
    (0..40).for_each(|_| around(&mut pty));
    let wait = Wait::begin();
    // Connections that are just open are closed in the end.
    while held(&pty).0 > files + 8 || held(&pty).1 > tasks + 4 {
        wait.step(|| format!("{:?}, and {:?} at first", held(&pty), (files, tasks)));
    }
    pty.send("\u{3}");
    pty.end();
    pty.assert_given_back();
}

#[test]
fn panic_anywhere_gives_the_terminal_back_and_ends() {
    for place in ["update", "draw", "task"] {
        let mut command = program(&["--demo"]);
        command.env("WALLET_TUI_TEST_PANIC", place);
        let mut pty = Pty::start(command, 80, 24);
        pty.wait_for("USDT");
        pty.send("\x0c");
        assert_eq!(pty.end().exit_code(), 101, "{place}");
        assert!(String::from_utf8_lossy(&pty.bytes()).contains("a panic was asked for"), "{place}");
        pty.assert_given_back();
    }
}

#[test]
fn dumb_terminal_is_refused_without_a_control_sequence() {
    let mut command = program(&["--demo"]);
    command.env("TERM", "dumb");
    let mut pty = Pty::start(command, 80, 24);
    assert_eq!(pty.end().exit_code(), 2);
    assert!(
        pty.screen().contains("TERM is dumb") && pty.screen().contains("next: run wallet-tui --plain"),
        "{}",
        pty.screen()
    );
    assert!(!pty.bytes().contains(&0x1b));
}

#[test]
fn a_storm_of_resizes_ends_in_a_whole_picture() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("USDT");
    for n in 0..200_u16 {
        pty.resize(1 + n * 37 % 150, 1 + n * 13 % 50);
        if n % 20 == 0 {
            pty.send("\t");
        }
    }
    pty.resize(100, 30);
    pty.send("1");
    let screen = pty.wait_until("all of it", |screen| {
        screen.contains("▐1 Balances▌") && screen.contains("q quit") && screen.contains("USDT")
    });
    assert!(screen.lines().count() <= 30, "{screen}");
    pty.send("q");
    pty.end();
    pty.assert_given_back();
}
