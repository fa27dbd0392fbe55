//! Orders asked for on a terminal: what a yes is, and what is none.

use std::time::Duration;

use wallet_tui::simulator::{Fault, Strike};

use super::{AGREED, TO_SAMPLE, Trader};
use crate::cli::{Running, code, stderr};
use crate::pty::{Pty, Signal, Wait, program};

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
    pty.send("ye\ts\r");
    assert_eq!(pty.end().exit_code(), 2);
    assert!(pty.screen().contains("holds a tab after character 2"), "{}", pty.screen());
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
    // The marked group is not shown: it is typed from where the address came from.
    let marked = |screen: &str| {
        let line = screen.lines().rfind(|line| line.contains("[····]")).unwrap();
        let at = line.split_whitespace().position(|group| group == "[····]").unwrap();
        address[4 * at..4 * at + 4].to_owned()
    };
    for answer in ["yes", "", "aaaa"] {
        let mut pty = trader.terminal(&args);
        pty.wait_for("four characters in brackets and Enter; anything else does not: ");
        pty.send(&format!("{answer}\r"));
        assert_eq!(pty.end().exit_code(), 2);
    }
    assert_eq!(trader.executed(), 0);
    let mut pty = trader.terminal(&args);
    let screen = pty.wait_for("four characters in brackets and Enter; anything else does not: ");
    assert!(screen.contains("NEW address, never paid"), "{screen}");
    let group = marked(&screen);
    assert!(group.len() == 4 && address.contains(&group) && !address.starts_with(&group) && !address.ends_with(&group));
    pty.send(&format!("{group}\r"));
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 1);
}

#[test]
fn a_new_receiver_is_asked_for_as_a_receiver() {
    let trader = Trader::new();
    let args = ["transfer", "--coin", "USDT", "--amount", "1", "--to-uid", "551203777"];
    let mut pty = trader.terminal(&args);
    pty.wait_for("This receiver is new: type the characters in brackets");
    assert!(!pty.screen().contains("address is new"), "{}", pty.screen());
    pty.send("yes\r");
    assert_eq!((pty.end().exit_code(), trader.executed()), (2, 0), "{}", pty.screen());
}

#[test]
fn read_only_written_while_the_question_is_open_holds() {
    let trader = Trader::new();
    for late in ["read_only = true\n", "[limits]\nper_order = { amount = \"20\", unit = \"TRX\" }\n", "nonsense"] {
        trader.configure("");
        let mut pty = trader.terminal(&TO_SAMPLE);
        pty.wait_for("Type yes and Enter");
        trader.configure(late);
        pty.send("yes\r");
        assert_eq!(pty.end().exit_code(), 2, "{}", pty.screen());
        assert_eq!((trader.executed(), trader.exchange.requests("withdraw")), (0, 0), "{late}: {}", pty.screen());
    }
}

#[test]
fn configuration_gone_at_sending_ends_no_limit() {
    let trader = Trader::new();
    trader.configure("[limits]\nper_order = { amount = \"100\", unit = \"TRX\" }\n");
    let mut pty = trader.terminal(&TO_SAMPLE);
    pty.wait_for("Type yes and Enter");
    trader.unconfigure();
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 2, "{}", pty.screen());
    assert_eq!(trader.executed(), 0);
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
    assert!(pty.screen().contains("taken back; nothing was sent"), "{}", pty.screen());
    assert!(trader.executed() == 0 && trader.ledger().is_empty());
    let mut pty = trader.terminal(&moved);
    pty.wait_for("Type yes and Enter");
    pty.send("yes\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 1);
}

#[test]
fn an_order_without_a_terminal_waits_and_a_signal_takes_it_back() {
    let trader = Trader::new();
    trader.configure("[limits]\norder_delay_seconds = 2\n");
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--yes"];
    let output = trader.run(&moved);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("Sending in 2 s").count(), 1, "{}", stderr(&output));
    assert_eq!(trader.executed(), 1);
    trader.configure("[limits]\norder_delay_seconds = 300\n");
    for (number, status) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut running = trader.spawn(&moved[..6].iter().chain(&["6", "--yes"]).copied().collect::<Vec<_>>());
        let said = signalled_after(&mut running, "Sending in 300 s", number);
        assert_eq!(running.0.wait().unwrap().code(), Some(status), "{said}");
        assert!(said.contains("taken back; nothing was sent"), "{said}");
        assert_eq!(trader.executed(), 1);
    }
}

#[test]
fn all_of_a_side_is_not_reckoned_anew_once_it_was_taken_back() {
    let trader = Trader::new();
    trader.configure("[limits]\norder_delay_seconds = 2\n");
    let free = trader.exchange.world(|world| world.movable("USDT")).trimmed();
    // Less can be moved a moment later, as while a position loses.
    let told = |amount: &str| format!(r#""transfer":"{amount}""#);
    trader.exchange.fail("futures/account", Fault::after(Strike::Replace(told(&free.to_string()), told("999999"))));
    let mut running = trader.spawn(&["move", "--from", "futures", "--coin", "USDT", "--all", "--yes"]);
    let said = signalled_after(&mut running, "Sending in 2 s", Signal::INT);
    assert_eq!(running.0.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.contains("taken back; nothing was sent"), "{said}");
    assert_eq!((trader.executed(), trader.exchange.requests("funds_transfer")), (0, 0), "{said}");
    assert!(trader.ledger().is_empty());
}

/// Reads what a command says until it has said `words`, sends it a signal, and reads the rest.
fn signalled_after(running: &mut Running, words: &str, number: Signal) -> String {
    let errors = running.0.stderr.take().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(errors)).map(Result::unwrap);
    let mut said = String::new();
    while !said.contains(words) {
        said += &lines.next().unwrap_or_else(|| panic!("it never said {words}: {said}"));
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&running.0), number).unwrap();
    said.extend(lines);
    said
}

#[test]
fn a_given_up_order_is_repeated_on_a_terminal_by_a_word() {
    let trader = Trader::new();
    // One side alone leaves the end of a move likely.
    trader.exchange.auth(|auth| auth.futures_refusal = Some(wallet_tui::simulator::refusal::Refusal::NoAuthority));
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
fn questions_in_chinese_name_words_in_ascii_and_take_both() {
    let trader = Trader::new();
    trader.exchange.auth(|auth| auth.futures_refusal = Some(wallet_tui::simulator::refusal::Refusal::NoAuthority));
    trader.exchange.fail("funds_transfer", Fault::after(Strike::Close));
    let moved = ["move", "--from", "spot", "--coin", "USDT", "--amount", "5", "--lang", "zh-CN"];
    assert_eq!(code(&trader.runs(&[&moved, &["--yes"]])), 6);
    for (executed, again, yes) in [(2, "again", "yes"), (3, "再次", "是")] {
        let mut pty = trader.terminal(&moved);
        pty.wait_for("输入 again（或“再次”）并回车确认");
        pty.send(&format!("{again}\r")).wait_for("输入 yes（或“是”）并回车确认");
        pty.send(&format!("{yes}\r"));
        assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
        assert_eq!(trader.executed(), executed);
    }
}

#[test]
fn an_order_in_its_delay_can_be_taken_back_after_half_a_paste() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    std::fs::write(&config, "[limits]\norder_delay_seconds = 8\n").unwrap();
    let mut pty = Pty::start(program(&["--demo", "--config", config.to_str().unwrap()]), 80, 24);
    pty.wait_for("TRX");
    pty.send("w").wait_for("Withdraw");
    pty.send("\x1b[Z").send("trx").wait_for("TRON");
    pty.send("\r").wait_for("native coin");
    pty.send("\x1b[200~TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU\x1b[201~").wait_for("TJmW 5D1p");
    pty.send("\t20.5\r").wait_for("▐ Cancel ▌");
    pty.wait_until("a moment", |s| s.contains("Review:") && !s.contains("A moment"));
    for _ in 0..40 {
        if pty.screen().contains("▐ Send 20.5 TRX ▌") {
            break;
        }
        pty.send("\t");
        std::thread::sleep(Duration::from_millis(400));
    }
    pty.wait_until("armed", |s| s.contains("▐ Send 20.5 TRX ▌") && !s.contains("A moment"));
    pty.send("\r").wait_for("Esc takes it back");
    pty.send("\x1b[200~"); // the rest of a paste that was cut on its way
    for _ in 0..6 {
        std::thread::sleep(Duration::from_millis(1200)); // longer than any sequence is waited for
        pty.send("\x1b").send("\x03");
    }
    let end = pty.wait_until("the delay is over", |s| !s.contains("Esc takes it back"));
    pty.signal(Signal::TERM);
    assert!(end.contains("▐ Cancel ▌") && !end.contains("Accepted under"), "{end}");
}
