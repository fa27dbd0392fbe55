//! The proxy of the environment: which one is in force, what says so, and that none is ever guessed.

use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::ffi::OsStringExt as _;
use std::process::{Command, Output};
use std::thread::JoinHandle;

use crate::cli::{Machine, code, stderr, stdout};

/// Nobody is there, by the rules of names.
const SERVER: &str = "https://exchange.invalid";
const VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

fn command<'a, V: AsRef<OsStr>>(machine: &Machine, args: &[&'a str], variables: &[(&'a str, V)]) -> Command {
    let mut command = machine.command(args);
    command.env("WALLET_TUI_BASE_URL", SERVER).envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

fn run<V: AsRef<OsStr>>(machine: &Machine, args: &[&str], variables: &[(&str, V)]) -> Output {
    let output = command(machine, args, variables).output().unwrap();
    assert!(!stdout(&output).contains("hunter2") && !stderr(&output).contains("hunter2"), "the password was printed");
    output
}

/// A proxy that takes what is asked of it first and says no.
fn proxy() -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 512];
        let count = stream.read(&mut head).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        String::from_utf8_lossy(&head[..count]).into_owned()
    });
    (address, asked)
}

/// What the doctor says of the proxy: state, words and next step.
fn finding(machine: &Machine, variables: &[(&str, &str)]) -> [String; 3] {
    let output = run(machine, &["doctor", "--json"], variables);
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let proxy = found.iter().find(|finding| finding["check"] == "proxy").unwrap();
    ["state", "says", "next"].map(|key| proxy[key].as_str().unwrap().to_owned())
}

#[test]
fn a_proxy_variable_that_cannot_be_used_is_an_error() {
    let machine = Machine::new();
    for name in VARIABLES {
        for bad in ["ftp://user:hunter2@proxy.example", "http://user:hunter2@proxy.example:99999"] {
            for args in [&["rates"][..], &["tokens", "USDT"], &["config", "check"]] {
                let output = run(&machine, args, &[(name, bad)]);
                let said = stderr(&output);
                assert!(code(&output) == 2 && said.contains(name) && said.contains("socks5h://"), "{args:?}: {said}");
                assert_eq!(stdout(&output), "", "{args:?}");
            }
            let [state, says, next] = finding(&machine, &[(name, bad)]);
            assert!(state == "bad" && says.contains(name) && next.contains("unset"), "{state} {says} {next}");
        }
    }
    let no_text = OsString::from_vec(vec![b'a', 0xff]);
    for name in VARIABLES.into_iter().chain(["NO_PROXY", "no_proxy"]) {
        let output = run(&machine, &["rates"], &[(name, &no_text)]);
        assert!(code(&output) == 2 && stderr(&output).contains(name), "{}", stderr(&output));
    }
    // Where no proxy is asked for, the variable is not asked either.
    let file = machine.home.path().join("c.toml");
    std::fs::write(&file, "proxy = 'none'\n").unwrap();
    let args = ["--config", file.to_str().unwrap(), "rates"];
    assert_eq!(code(&run(&machine, &args, &[("HTTPS_PROXY", "ftp://x")])), 5);
    let own = command(&machine, &["rates", "--base-url", "http://127.0.0.1:1"], &[("HTTPS_PROXY", "ftp://x")]).output();
    assert_eq!(code(&own.unwrap()), 5, "this machine is reached without any");
}

#[test]
fn an_empty_proxy_variable_counts_as_unset() {
    let machine = Machine::new();
    // A machine without certificates of its own would not even try.
    let place = machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&place).unwrap();
    let root = concat!("root_certificates = '", env!("CARGO_MANIFEST_DIR"), "/tests/client/tls/right.pem'\n");
    std::fs::write(place.join("config.toml"), root).unwrap();
    let (address, asked) = proxy();
    let (url, bad) = (format!("user:hunter2@{address}"), "ftp://x".to_owned());
    let empty = String::new();
    let variables = [("HTTPS_PROXY", &empty), ("https_proxy", &empty), ("ALL_PROXY", &empty), ("all_proxy", &url)];
    assert_eq!(code(&run(&machine, &["rates"], &variables)), 5);
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("CONNECT exchange.invalid:443"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("proxy-authorization: basic "), "{asked}");
    let variables = [("HTTPS_PROXY", &empty), ("ALL_PROXY", &bad)];
    assert_eq!(code(&run(&machine, &["rates"], &variables)), 2, "the other one still counts");
}

#[test]
fn a_file_that_is_not_understood_leaves_what_it_says_unlooked_at() {
    let machine = Machine::new();
    let place = machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&place).unwrap();
    for (proxy, tried) in [("proxy = 'socks5h://127.0.0.1:1'\n", false), ("# proxy = 'none'\n", true)] {
        std::fs::write(place.join("config.toml"), format!("{proxy}lnag = 'en'\n")).unwrap();
        let output = run::<&str>(&machine, &["doctor", "--json"], &[]);
        let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        let state = |check: &str| found.iter().find(|finding| finding["check"] == check).unwrap()["state"].clone();
        for check in ["store", "ledger"] {
            assert_eq!(state(check), "skipped", "{proxy}{check}");
        }
        // By a way that leaves out the proxy that the file asks for nothing is sent.
        assert_eq!(state("dns") != "skipped", tried, "{proxy}");
    }
}

#[test]
fn the_doctor_says_which_proxy_is_in_force_and_why() {
    let machine = Machine::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://user:hunter2@{closed}");
    let shown = format!("http://{closed}");
    let is = |variables: &[(&str, &str)], state: &str, parts: &[&str]| {
        let [found, says, next] = finding(&machine, variables);
        assert!(found == state && parts.iter().all(|part| says.contains(part)), "{found} {says} {next}");
    };
    is(&[("HTTPS_PROXY", &url), ("ALL_PROXY", "http://other:1")], "good", &[&shown, "HTTPS_PROXY"]);
    is(&[("all_proxy", &url)], "good", &[&shown, "all_proxy"]);
    is(
        &[("ALL_PROXY", &url), ("no_proxy", "a.example,.invalid")],
        "good",
        &["none", "ALL_PROXY", "no_proxy", ".invalid"],
    );
    is(&[("HTTP_PROXY", &url)], "note", &["none", "HTTP_PROXY"]);
    is(&[], "good", &["none", "HTTPS_PROXY"]);
    let place = machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&place).unwrap();
    let written = |text: &str| std::fs::write(place.join("config.toml"), text).unwrap();
    written(&format!("proxy = '{url}'\n"));
    is(&[("HTTPS_PROXY", "ftp://x")], "good", &[&shown, "configuration"]);
    written("proxy = 'none'\n");
    is(&[("HTTPS_PROXY", &url)], "good", &["none", "configuration"]);
    // What cannot be read does not open a way past the proxy.
    written("them = 'dark'\n");
    is(&[("HTTPS_PROXY", &url)], "good", &[&shown, "HTTPS_PROXY"]);
    let report = run(&machine, &["doctor", "--report"], &[("HTTPS_PROXY", &url)]);
    assert!(!stdout(&report).contains(&shown) && !stdout(&report).contains("127.0.0.1"), "{}", stdout(&report));
}
