//! The history out of the ledger, and the ledger itself, by the real binary.

use std::collections::BTreeSet;
use std::process::{Output, Stdio};

use wallet_tui::simulator::{Fault, Strike};

use crate::cli::{Running, code, stderr, stdout};
use crate::orders::Trader;
use crate::pty::{Pty, Wait, program};

impl Trader {
    /// The exchange's own ids of everything.
    fn ids(&self) -> BTreeSet<String> {
        self.exchange.world(|world| {
            let incoming = world.history().incoming().iter().map(|r| r.id.to_string());
            incoming.chain(world.history().outgoing().iter().map(|r| r.id.to_string())).collect()
        })
    }
}

fn ids(output: &Output) -> Vec<String> {
    let lines = stdout(output);
    let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    lines.lines().map(id).collect()
}

#[test]
fn everything_is_exported_and_offline_the_same_again() {
    let trader = Trader::new();
    trader.exchange.world(|world| world.add_old_deposits(320));
    let part = trader.run(&["export", "--format", "ndjson"]);
    assert_eq!(code(&part), 0, "{}", stderr(&part));
    assert!(stderr(&part).contains("older records are missing"), "{}", stderr(&part));
    let all = trader.run(&["export", "--all", "--format", "ndjson"]);
    assert_eq!((code(&all), stderr(&all).as_str()), (0, ""));
    let found = ids(&all);
    assert_eq!(found.len(), found.iter().collect::<BTreeSet<_>>().len(), "doubled");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), trader.ids());
    let requests = trader.exchange.all_requests();
    let offline = trader.run(&["export", "--offline", "--format", "ndjson"]);
    assert_eq!(offline.stdout, all.stdout);
    assert_eq!(trader.exchange.all_requests(), requests, "nobody was asked");
    let some = trader.run(&["export", "--offline", "--format", "ndjson", "--filter", "coin:usdt kind:deposit"]);
    assert!(ids(&some).len() >= 320 && ids(&some).len() < ids(&all).len());
    let wrong = trader.run(&["export", "--offline", "--filter", "coln:usdt"]);
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("coln:usdt") && wrong.stdout.is_empty(), "{}", stderr(&wrong));
}

#[test]
fn a_file_is_written_whole_and_never_over_another_one() {
    let trader = Trader::new();
    let file = trader.machine.home.path().join("history.csv");
    let path = file.display().to_string();
    let nowhere = trader.machine.home.path().join("no/such/x.csv");
    let refused = trader.run(&["export", "--all", "--to", nowhere.to_str().unwrap()]);
    assert_eq!(code(&refused), 1, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("No such file or directory") && !nowhere.parent().unwrap().exists());
    assert_eq!(code(&trader.run(&["export", "--all", "--to", &path])), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("id,kind,coin,") && text.contains("\r\n"));
    let again = trader.run(&["export", "--offline", "--to", &path, "--format", "koinly"]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("--replace"), "{}", stderr(&again));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let replaced = trader.run(&["export", "--offline", "--to", &path, "--format", "koinly", "--replace"]);
    assert_eq!(code(&replaced), 0);
    assert!(stderr(&replaced).contains("have no place in this layout"), "{}", stderr(&replaced));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("Date,Sent Amount,"));
}

#[test]
fn a_kill_in_the_middle_loses_nothing() {
    let trader = Trader::new();
    trader.exchange.world(|world| world.add_old_deposits(2_500));
    for kill_after in [3, 8, 14] {
        let before = trader.exchange.requests("deposit/page");
        let mut child = trader.command(&["export", "--all"]);
        let mut child = Running(child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let wait = Wait::begin();
        while trader.exchange.requests("deposit/page") < before + kill_after {
            wait.step(|| "it reads nothing".to_owned());
        }
        child.0.kill().unwrap();
        child.0.wait().unwrap();
    }
    let all = trader.run(&["export", "--all", "--format", "ndjson"]);
    assert_eq!(code(&all), 0, "{}", stderr(&all));
    let found = ids(&all);
    assert_eq!(found.len(), trader.ids().len());
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), trader.ids());
}

#[test]
fn the_ledger_is_found_checked_copied_and_packed() {
    let trader = Trader::new();
    let none = trader.run(&["ledger", "check"]);
    assert_eq!(code(&none), 2);
    assert!(stderr(&none).contains("no ledger"), "{}", stderr(&none));
    assert_eq!(code(&trader.run(&["export", "--all"])), 0);
    let path = stdout(&trader.run(&["ledger", "path"])).trim().to_owned();
    let check = trader.run(&["ledger", "check"]);
    assert_eq!(code(&check), 0);
    assert!(stdout(&check).contains("sound") && stdout(&check).contains(&path), "{}", stdout(&check));
    let copy = trader.machine.home.path().join("copy.sqlite");
    let to = copy.display().to_string();
    assert_eq!(code(&trader.run(&["ledger", "backup", &to])), 0);
    assert_eq!(code(&trader.run(&["ledger", "backup", &to])), 2, "a copy is never written over");
    assert_eq!(code(&trader.run(&["ledger", "vacuum"])), 0);
    std::fs::copy(&copy, &path).unwrap();
    let offline = trader.run(&["export", "--offline", "--format", "ndjson"]);
    assert_eq!(ids(&offline).into_iter().collect::<BTreeSet<_>>(), trader.ids(), "the copy is whole");
    let sums = trader.run(&["reconcile", "--output", "json"]);
    assert_eq!(code(&sums), 0, "{}", stderr(&sums));
    assert!(stdout(&sums).contains("\"unexplained\""), "{}", stdout(&sums));
}

#[test]
fn the_dashboard_shows_the_last_state_before_any_answer() {
    let trader = Trader::new();
    let start = || {
        let mut command = program(&[]);
        for (name, value) in trader.environment() {
            command.env(name, value);
        }
        command.env("HOME", trader.machine.home.path());
        Pty::start(command, 80, 24)
    };
    let mut pty = start();
    pty.wait_for("live");
    pty.send("3").wait_until("withdrawals", |screen| screen.contains("TRX") && screen.contains("live"));
    let wait = Wait::begin();
    let kept =
        || stdout(&trader.run(&["export", "--offline", "--format", "ndjson", "--filter", "kind:withdrawal coin:trx"]));
    while kept().is_empty() {
        wait.step(|| "nothing was kept".to_owned());
    }
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    // The same server, and no answer.
    trader.exchange.fail_always("*", Fault::before(Strike::Close));
    let mut pty = start();
    pty.wait_until("the last state", |screen| screen.contains("USDT") && screen.contains("stale"));
    pty.send("3").wait_for("TRX");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn what_happens_is_watched_each_thing_once_until_it_is_final() {
    use std::io::{BufRead as _, BufReader};
    let trader = Trader::new();
    let config = trader.machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "refresh_seconds = 3\n").unwrap();
    assert_eq!(code(&trader.run(&["export"])), 0);
    let id =
        trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "7.5".parse().unwrap(), false)).unwrap();
    let until = format!("{id}=final");
    let mut command = trader.command(&["watch", "--until", &until]);
    let mut child = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    // The first run of all tells nothing: it begins here.
    let requests = trader.exchange.requests("deposit/page");
    let wait = Wait::begin();
    while trader.exchange.requests("deposit/page") < requests + 2 {
        wait.step(|| "it does not look".to_owned());
    }
    trader.exchange.world(|world| world.decide(id, true));
    let told: serde_json::Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!((told["event"].as_str(), told["amount"].as_str()), (Some("credited"), Some("7.50000000")));
    assert_eq!(told["id"].as_str(), Some(id.to_string().as_str()));
    assert_eq!(lines.next(), None, "it ends once the record is final");
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    let again = trader.run(&["watch", "--until", &id.to_string()]);
    assert_eq!((code(&again), stdout(&again).as_str()), (0, ""), "told once");
    assert_eq!(code(&trader.run(&["watch", "--until", "12345"])), 2);
}

#[test]
fn news_that_could_not_be_written_are_told_by_the_next_run() {
    let trader = Trader::new();
    let deposit = || {
        let id = trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "7.5".parse().unwrap(), true));
        id.unwrap().to_string()
    };
    // The first run of all tells nothing.
    assert_eq!(stdout(&trader.run(&["watch", "--until", &deposit()])), "");
    let id = deposit();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let lost = trader.command(&["watch", "--until", &id]).stdout(full).output().unwrap();
    assert_eq!(code(&lost), 1, "{}", stderr(&lost));
    let told = trader.run(&["watch", "--until", &id]);
    assert!(code(&told) == 0 && stdout(&told).contains(&id), "{}", stderr(&told));
    assert_eq!(stdout(&trader.run(&["watch", "--until", &id])), "");
}

/// The dashboard with a configuration, once the first pages are kept: what comes after them is news.
fn waits_for_news(trader: &Trader, config: &str) -> Pty {
    let home = trader.machine.home.path();
    let folder = home.join(".config/wallet-tui");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
    let mut command = program(&[]);
    for (name, value) in trader.environment() {
        command.env(name, value);
    }
    command.env("HOME", home);
    let pty = Pty::start(command, 80, 24);
    pty.wait_for("live");
    let wait = Wait::begin();
    while stdout(&trader.run(&["export", "--offline", "--format", "ndjson"])).lines().count() < 10 {
        wait.step(|| "nothing was kept".to_owned());
    }
    pty
}

#[test]
fn news_that_the_hook_missed_are_told_by_the_next_run() {
    let trader = Trader::new();
    let home = trader.machine.home.path();
    let begun = home.join("begun");
    let hook = format!("cat > /dev/null; echo > {}; exec sleep 600", begun.display());
    let text = format!("refresh_seconds = 3\n[notices]\ncoins = ['trx']\nhook = ['/bin/sh', '-c', '{hook}']\n");
    let mut pty = waits_for_news(&trader, &text);
    trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "7.5".parse().unwrap(), true)).unwrap();
    pty.wait_for("7.5 TRX came in");
    let wait = Wait::begin();
    while !begun.exists() {
        wait.step(|| "the hook was not run".to_owned());
    }
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    // The next dashboard tells it, and no other reader's telling takes it away.
    assert_eq!(stdout(&trader.run(&["watch", "--until", "12345"])), "", "a reader that begins now");
    let told = home.join("told");
    let text = text.replace(&hook, &format!("cat >> {}", told.display()));
    let mut pty = waits_for_news(&trader, &text);
    let wait = Wait::begin();
    while std::fs::read_to_string(&told).unwrap_or_default().lines().count() < 1 {
        wait.step(|| "it was not told again".to_owned());
    }
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    let line = std::fs::read_to_string(&told).unwrap();
    assert!(line.contains("7.5") && line.contains("\"event\":\"credited\"") && line.lines().count() == 1, "{line}");
}

#[test]
fn two_watches_and_a_dashboard_each_tell_everything_once() {
    let trader = Trader::new();
    let deposit = |amount: &str, is_credited: bool| {
        let amount = amount.parse().unwrap();
        let id = trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", amount, is_credited));
        id.unwrap().to_string()
    };
    let watch = |name: &[&str], id: &str| {
        let told = trader.run(&[&["watch", "--until", id], name].concat());
        assert_eq!(code(&told), 0, "{}", stderr(&told));
        stdout(&told)
    };
    let mut pty = waits_for_news(&trader, "refresh_seconds = 3\n");
    // Readers begin where they are seen first.
    let past = deposit("1.5", true);
    pty.wait_for("1.5 TRX came in");
    for name in [&[][..], &["--name", "bot"]] {
        watch(name, &past);
    }
    let id = deposit("7.5", true);
    pty.wait_for("7.5 TRX came in");
    for name in [&[][..], &["--name", "bot"]] {
        let line = watch(name, &id);
        let told: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"));
        assert_eq!((told["id"].as_str(), told["amount"].as_str()), (Some(id.as_str()), Some("7.50000000")));
        assert_eq!(told["origin"].as_str(), Some(trader.exchange.base_url().as_str()));
        assert!(told["uid"].is_string() && told["profile"].is_string(), "{line}");
        assert_eq!(watch(name, &id), "", "once");
    }
    assert_eq!(watch(&["--name", "late"], &id), "", "it begins now");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    // It can be read again, in every form.
    let lines = stdout(&trader.run(&["events", "--output", "ndjson", "--limit", "1"]));
    let event: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((event["id"].as_str(), event["event"].as_str()), (Some(id.as_str()), Some("credited")));
    for form in ["table", "json", "csv"] {
        assert!(stdout(&trader.run(&["events", "--output", form])).contains(&id), "{form}");
    }
    assert_eq!(stdout(&trader.run(&["events", "--output", "ndjson", "--end-time", "2001-01-01"])), "");
    // What is not final in time ends with a code of its own.
    let pending = deposit("2.5", false);
    let late = trader.run(&["watch", "--name", "bot", "--until", &pending, "--timeout", "1s"]);
    assert!(code(&late) == 8 && stderr(&late).contains(&pending), "{}", stderr(&late));
}

#[test]
fn news_reach_the_screen_the_terminal_and_the_users_own_command() {
    let trader = Trader::new();
    let home = trader.machine.home.path();
    let told = home.join("told");
    let hook = format!("cat >> {0}; env >> {0}.env", told.display());
    let text = format!(
        "refresh_seconds = 3\n[notices]\nchannels = ['toast', 'bell', 'osc9']\ncoins = ['trx']\nhook = ['/bin/sh', '-c', '{hook}']\n"
    );
    let mut pty = waits_for_news(&trader, &text);
    trader.exchange.world(|world| world.deposit("XRP", "XRP", "3".parse().unwrap(), true)).unwrap();
    trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "7.5".parse().unwrap(), true)).unwrap();
    pty.wait_for("7.5 TRX came in");
    let wait = Wait::begin();
    while !told.exists() {
        wait.step(|| "the hook was not run".to_owned());
    }
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    let bytes = pty.bytes();
    assert!(bytes.windows(6).any(|part| part == b"\x1b]9;7."), "no notification by the terminal");
    let line = std::fs::read_to_string(&told).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("\"event\":\"credited\"") && line.contains("TRX"), "{line}");
    let json: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(json["uid"].is_string() && json["profile"].is_string(), "{line}");
    assert_eq!(json["origin"].as_str(), Some(trader.exchange.base_url().as_str()));
    let environment = std::fs::read_to_string(home.join("told.env")).unwrap_or_default();
    assert!(!environment.contains(trader.exchange.secret()), "the secret reached a child");
}

#[test]
fn an_unknown_outcome_is_among_what_is_watched_and_told_once() {
    use std::io::{BufRead as _, BufReader};
    let trader = Trader::new();
    let config = trader.machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "refresh_seconds = 3\n").unwrap();
    trader.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let paid = trader.run(&["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes"]);
    assert_eq!(code(&paid), 6, "{}", stderr(&paid));
    let watch = || {
        let mut command = trader.command(&["watch"]);
        Running(command.stdout(Stdio::piped()).spawn().unwrap())
    };
    let mut child = watch();
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: serde_json::Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!((told["event"].as_str(), told["about"].as_str()), (Some("unknown"), Some("1")), "{told}");
    let looks_again = || {
        let requests = trader.exchange.requests("deposit/page");
        let wait = Wait::begin();
        while trader.exchange.requests("deposit/page") < requests + 2 {
            wait.step(|| "it does not look".to_owned());
        }
    };
    // Until it has written down that it was told.
    looks_again();
    drop(child);
    let mut again = watch();
    looks_again();
    again.0.kill().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut again.0.stdout.take().unwrap(), &mut said).unwrap();
    assert_eq!(said, "");
}
