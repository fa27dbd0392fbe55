//! The dashboard as a person meets it: in a terminal, by keys.

use crate::pty::{Pty, Signal, Wait, program};

#[test]
fn demo_shows_four_tabs_and_quits_with_the_terminal_whole() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("USDT");
    let screen = pty.wait_for("DEMO");
    assert!(screen.contains("Balances"), "{screen}");
    pty.send("2").wait_for("Amount");
    pty.send("3").wait_for("Net ");
    pty.send("4").wait_for("User");
    pty.send("1").wait_for("Available");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    pty.assert_given_back();
}

/// True when a row of the table begins with the coin. A sum may name it too, while it has no price.
fn has_row(screen: &str, coin: &str) -> bool {
    screen
        .lines()
        .any(|line| line.get(1..).is_some_and(|l| l.starts_with(coin)) || line.starts_with(&format!("▌{coin}")))
}

#[test]
fn a_filter_is_typed_and_taken_back() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_until("BTC", |s| has_row(s, "BTC"));
    pty.send("/trx").wait_until("only TRX", |s| has_row(s, "TRX") && !has_row(s, "BTC"));
    pty.send("q").wait_until("a q in the filter", |s| s.contains("/ trxq") && !has_row(s, "TRX"));
    pty.send("\x1b").wait_until("all again", |s| has_row(s, "BTC"));
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_withdrawal_is_filled_in_reviewed_sent_once_and_shown() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_until("TRX", |s| has_row(s, "TRX"));
    pty.send("w").wait_for("Withdraw");
    pty.send("\x1b[Z").send("trx").wait_for("TRON");
    pty.send("\r").wait_for("native coin");
    pty.send("\x1b[200~TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU\n\x1b[201~").wait_for("TJmW 5D1p");
    // A held Enter opens the review and does nothing there.
    pty.send("\t20.5\r\r\r\r").wait_for("▐ Cancel ▌");
    pty.wait_until("a moment", |s| s.contains("Review:") && !s.contains("A moment"));
    pty.send("\t").wait_until("the button is armed", |s| s.contains("▐ Send 20.5 TRX ▌") && !s.contains("A moment"));
    // Its page makes way for the row as soon as that comes, on a busy machine before anybody has seen it.
    let row = |s: &str| s.contains("▐3 Withdrawals▌") && s.contains("19.5");
    pty.send("\r").wait_until("accepted", |s| s.contains("Accepted under the id") || row(s));
    pty.wait_until("its row", |s| s.contains("▐3 Withdrawals▌") && s.contains("19.5"));
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn every_size_is_survived() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("Available");
    for (columns, lines) in [(20, 5), (1, 1), (2, 1), (500, 200), (60, 15), (19, 4), (120, 40)] {
        pty.resize(columns, lines);
        pty.send("?").send("?").send("3").send("\r").send("1");
    }
    pty.resize(80, 24);
    pty.wait_for("Available");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_signal_ends_it_with_the_terminal_whole() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut pty = Pty::demo(80, 24);
        pty.wait_for("Available");
        pty.signal(signal);
        let status = pty.end();
        assert!(!status.success(), "{signal:?}: {status:?}");
        pty.assert_given_back();
    }
}

#[test]
fn a_demo_leaves_nothing_behind_when_a_signal_ends_it() {
    for args in [&["--demo"][..], &["--demo", "watch"]] {
        for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
            let scratch = tempfile::tempdir().unwrap();
            let files = || std::fs::read_dir(scratch.path()).unwrap().count();
            let mut command = program(args);
            command.env("TMPDIR", scratch.path());
            let mut pty = Pty::start(command, 80, 24);
            let wait = Wait::begin();
            while files() == 0 {
                wait.step(|| format!("{args:?}: no ledger of its own\n{}", pty.screen()));
            }
            if args.len() == 1 {
                pty.wait_for("Available");
            }
            pty.signal(signal);
            assert!(!pty.end().success(), "{args:?} {signal:?}");
            let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().map(|file| file.unwrap().path()).collect();
            assert!(left.is_empty(), "{args:?} {signal:?}: {left:?}");
        }
    }
}

/// Not a test: holds a terminal with the program in it until it is killed, and tells the program's process id.
#[test]
#[ignore = "started by the test below"]
fn holder_of_a_terminal() {
    let pty = Pty::demo(80, 24);
    pty.wait_for("Available");
    println!("holding {}.", pty.pid());
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_lost_terminal_ends_it() {
    use std::io::BufRead as _;
    let mut holder = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "dashboard::holder_of_a_terminal", "--ignored", "--nocapture"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(holder.stdout.take().unwrap());
    let pid = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("holding ")?.1.split_once('.')?.0.parse::<u32>().unwrap()))
        .unwrap();
    // A connection that breaks takes the terminal away without a word.
    holder.kill().unwrap();
    holder.wait().unwrap();
    let is_running = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // Ended, and at most waiting for somebody to take note.
        stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
    };
    let wait = Wait::begin();
    while is_running() {
        wait.step(|| "still running without a terminal".to_owned());
    }
}

#[test]
fn chinese_is_shown_in_chinese() {
    let mut command = program(&["--demo"]);
    command.env("LANG", "zh_CN.UTF-8");
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("余额");
    pty.send("3").wait_for("提币地址");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn without_colour_no_colour_is_written() {
    let mut command = program(&["--demo"]);
    command.env("NO_COLOR", "1");
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("Available");
    pty.send("q");
    pty.end();
    let text = String::from_utf8_lossy(&pty.bytes()).into_owned();
    for sequence in text.split("\u{1b}[").skip(1) {
        let Some(end) = sequence.find(|c: char| c.is_ascii_alphabetic()) else { continue };
        if &sequence[end..=end] == "m" {
            for code in sequence[..end].split(';') {
                let code: u16 = code.parse().unwrap_or(0);
                let is_colour = (30..=38).contains(&code) || (40..=48).contains(&code) || (90..=107).contains(&code);
                assert!(!is_colour, "colour {code} in {:?}", &sequence[..=end]);
            }
        }
    }
}

#[test]
fn suspend_gives_the_terminal_back_and_return_repaints() {
    // A shell with job control between the terminal and the program, as a person has it.
    let mut shell = portable_pty::CommandBuilder::new("bash");
    shell.args(["--norc", "--noprofile", "-i"]);
    shell.env_clear();
    shell.env("TERM", "xterm-256color");
    shell.env("LANG", "C.UTF-8");
    shell.env("PS1", "prompt> ");
    shell.env("PATH", "/usr/bin:/bin");
    let mut pty = Pty::start(shell, 80, 24);
    pty.wait_for("prompt>");
    pty.send(&format!("{} --demo\n", env!("CARGO_BIN_EXE_wallet-tui")));
    pty.wait_for("Available");
    pty.send("\x1a").wait_for("Stopped");
    pty.assert_cooked_again();
    pty.send("fg\n").wait_for("Available");
    pty.send("q").wait_until("the shell again", |s| !s.contains("Available") && s.contains("prompt>"));
    pty.assert_cooked_again();
    pty.send("exit\n");
    assert_eq!(pty.end().exit_code(), 0);
}

/// How often the whole screen was cleared.
fn times_cleared(pty: &Pty) -> usize {
    pty.bytes().windows(3).filter(|part| part == b"\x1b[J").count()
}

#[test]
fn after_any_stop_and_any_size_all_is_painted_anew() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("live");
    for signals in [&[Signal::WINCH][..], &[Signal::STOP, Signal::CONT], &[Signal::CONT]] {
        let before = times_cleared(&pty);
        // What somebody else wrote meanwhile.
        pty.look_mut(|parser| parser.process(b"\x1b[5;1Hgarbage"));
        for signal in signals {
            pty.signal(*signal);
            if *signal == Signal::STOP {
                // A shell that gets the terminal makes it its own.
                let place = format!("/proc/{}/fd/0", pty.pid());
                let set = std::process::Command::new("stty").args(["-F", &place, "sane"]).status();
                assert!(set.unwrap().success() && pty.modes().contains("ICANON"));
            }
        }
        pty.wait_until("all of it", |screen| {
            times_cleared(&pty) > before && !screen.contains("garbage") && screen.contains("1 Balances")
        });
        assert!(!pty.modes().contains("ICANON"), "{signals:?}: {}", pty.modes());
    }
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    pty.assert_given_back();
}

#[test]
fn a_background_is_asked_for_once_and_its_answer_believed() {
    // Of a key in the footer: cyan on a dark ground, blue on a light one.
    let has = |pty: &Pty, colour: &[u8]| pty.bytes().windows(colour.len()).any(|part| part == colour);
    for (answer, theme) in [("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "38;5;4;49m"), ("", "38;5;6;49m")] {
        let mut pty = Pty::start(program(&["--demo"]), 80, 24);
        pty.send(answer);
        pty.wait_for("live");
        assert!(has(&pty, theme.as_bytes()), "{answer:?}: {:?}", String::from_utf8_lossy(&pty.bytes()));
        let asked = pty.bytes().windows(7).filter(|part| part == b"\x1b]11;?\x1b").count();
        assert_eq!(asked, 1);
        pty.send("q");
        assert_eq!(pty.end().exit_code(), 0);
    }
    let mut pty = Pty::start(program(&["--demo", "--theme", "dark"]), 80, 24);
    pty.wait_for("live");
    assert!(!has(&pty, b"\x1b]11;?"), "a theme with a name asks nobody");
    pty.send("q");
    pty.end();
}

#[test]
fn an_interrupt_key_quits_like_q() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("Available");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 0);
    pty.assert_given_back();
}

#[test]
fn mouse_click_chooses_tab_and_row_and_can_be_switched_off() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("Available");
    pty.send("\x1b[<0;30;2M\x1b[<0;30;2m").wait_for("Net ");
    pty.send("q");
    pty.end();
    let mut pty = Pty::start(program(&["--demo", "--no-mouse"]), 80, 24);
    pty.wait_for("Available");
    pty.look(|screen| assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None));
    pty.send("q");
    pty.end();
}

/// Whether something was handed to the terminal for its clipboard.
fn handed_to_the_terminal(pty: &Pty) -> bool {
    let bytes = pty.bytes();
    bytes.windows(7).any(|part| part == b"\x1b]52;c;")
}

#[test]
fn address_is_copied_through_the_terminal_as_a_fallback() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_for("live");
    pty.send("d").wait_for("Terms");
    pty.send("tron\r").wait_for("read ");
    pty.send("y").wait_for("OSC 52");
    assert!(handed_to_the_terminal(&pty));
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    pty.assert_given_back();
}

#[test]
fn silent_display_holds_up_neither_keys_nor_the_end() {
    let display = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = display.local_addr().unwrap().port();
    let mut command = program(&["--demo"]);
    command.env("DISPLAY", format!("127.0.0.1:{}", port - 6000));
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("live");
    pty.send("d").wait_for("Terms");
    pty.send("tron\r").wait_for("read ");
    // Accepted by the system, answered by nobody.
    pty.send("yy").send("p").wait_for("hidden; p shows it");
    assert!(!handed_to_the_terminal(&pty), "the display was asked first");
    pty.send("p").wait_for("OSC 52");
    assert!(handed_to_the_terminal(&pty));
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_code_is_black_on_white_also_where_colours_are_not_wanted() {
    let mut command = program(&["--demo"]);
    command.env("NO_COLOR", "1");
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("live");
    pty.send("d").wait_for("Terms");
    pty.send("tron\r").wait_for("read ");
    let colours = pty.look(|screen| {
        let cell = |row, column| screen.cell(row, column).unwrap();
        // The quiet zone's corner, and the finder's first square below it.
        (cell(3, 79).bgcolor(), cell(5, 47).fgcolor(), cell(5, 47).bgcolor(), cell(10, 2).bgcolor())
    });
    let (white, black) = (vt100::Color::Idx(231), vt100::Color::Idx(16));
    assert_eq!(colours, (white, black, black, vt100::Color::Default), "{}", pty.screen());
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_large_ledger_shows_its_newest_rows_and_then_all_of_them() {
    let machine = crate::cli::Machine::new();
    let environment = [
        ("WALLET_TUI_API_KEY", "some-key"),
        ("WALLET_TUI_API_SECRET", "some-secret"),
        ("WALLET_TUI_BASE_URL", "http://127.0.0.1:9"),
    ];
    let run = |args: &[&str]| machine.command(args).envs(environment).output().unwrap();
    drop(run(&["export"]));
    let path = String::from_utf8(run(&["ledger", "path"]).stdout).unwrap();
    let mut ledger = rusqlite::Connection::open(path.trim()).unwrap();
    let write = ledger.transaction().unwrap();
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7000)
        INSERT INTO records (way, kind, id, coin, network, amount, status, is_final, time_ms, address, txid, first_ms)
        SELECT 0, 'deposit', 100000 + i, 'C' || i, 'Tron (TRC-20)', '1.5', 'success', 1, i * 60000,
            'TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU', hex(randomblob(120)), 0 FROM n";
    write.execute(fill, []).unwrap();
    for (name, value) in [("read_in", "420000000"), ("read_out", "420000000"), ("history_0", "1"), ("history_1", "1")] {
        write.execute("INSERT INTO facts VALUES (?1, ?2)", [name, value]).unwrap();
    }
    write.commit().unwrap();
    drop(ledger);
    assert!(std::fs::metadata(path.trim()).unwrap().len() > 2 << 20, "large enough for a first look");
    let mut command = program(&[]);
    for (name, value) in environment {
        command.env(name, value);
    }
    command.env("HOME", machine.home.path());
    let mut pty = Pty::start(command, 100, 30);
    pty.send("2");
    pty.wait_for("C7000 ");
    pty.wait_for("1/7000 ─");
    pty.send("G");
    pty.wait_for("C1 ");
    pty.send("q");
    pty.end();
    pty.assert_given_back();
}
