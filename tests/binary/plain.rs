//! Lines instead of a screen: what a screen reader reads, on a terminal that only prints and over a pipe.

use std::io::Write as _;
use std::process::{Output, Stdio};

use wallet_tui::simulator::{Fault, Strike};

use crate::cli::{Machine, code, stderr, stdout};
use crate::orders::Trader;
use crate::pty::{Pty, Signal, Wait, program};

/// Runs a session over a pipe.
fn piped(mut command: std::process::Command, lines: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
    assert!(!stdout(&output).replace("\r\n", "").contains('\r') && !stderr(&output).contains('\r'));
    output
}

/// A session on a terminal that knows no control sequence.
fn terminal(mut command: portable_pty::CommandBuilder) -> Pty {
    command.env("TERM", "dumb");
    let pty = Pty::start(command, 200, 60);
    pty.wait_for("\n> ");
    pty
}

fn trader() -> Trader {
    let trader = Trader::new();
    trader.configure("refresh_seconds = 3\n[limits]\norder_delay_seconds = 1\n");
    trader
}

fn plain(trader: &Trader) -> Pty {
    let mut command = program(&["--plain"]);
    for (name, value) in trader.environment() {
        command.env(name, value);
    }
    command.env("HOME", trader.machine.home.path());
    terminal(command)
}

fn deposit(trader: &Trader, amount: &str) {
    let amount = amount.parse().unwrap();
    trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", amount, true)).unwrap();
}

/// Leaves, and tells everything that was written: without a single control sequence.
fn leave(pty: &mut Pty) -> String {
    pty.send("quit\r");
    assert_eq!(pty.end().exit_code(), 0);
    said(pty)
}

fn said(pty: &Pty) -> String {
    let bytes = pty.bytes();
    assert!(!bytes.contains(&0x1b), "{}", pty.screen());
    let said = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    assert!(!said.contains('\r'), "no line is written over: {said}");
    said
}

#[test]
fn a_session_begins_with_what_there_is_and_answers_each_line() {
    let machine = Machine::new();
    let lines =
        "whoami\nbalances --output csv\nwallet-tui address TRX 'Tron (TRC-20)' --output csv\nhelp\nquit\nrates\n";
    let output = piped(machine.command(&["--plain", "--demo"]), lines);
    let said = stdout(&output);
    assert_eq!((code(&output), &*stderr(&output)), (0, ""), "{said}");
    for (words, times) in [
        ("profile demo, DEMO: the money is invented", 1),
        ("account: uid 681979174", 1),
        ("USDT: 25,267.38 available, 850 in use, 26,117.38 in total", 1),
        ("pending: withdrawal, net 34 TRX, pending", 1),
        ("to act on: finish the security check in the Bitunix app or on its site: withdrawal, net 499 USDT", 1),
        ("\nUSDT,25267.38,850,26117.38\r\n", 1),
        ("withdraw: Send a coin to an address on a chain\n", 1),
        ("login: ", 0),
        ("> ", 0),
        ("\"base\"", 0),
    ] {
        assert_eq!(said.matches(words).count(), times, "{words}: {said}");
    }
    assert!(machine.files().is_empty(), "a demo leaves nothing behind");
}

#[test]
fn orders_over_a_pipe_ask_for_their_options_as_the_commands_do() {
    let trader = trader();
    let moved = "move --from spot --coin USDT --amount 10";
    let lines = format!("{moved}\n{moved} --dry-run\n{moved} --yes --output ndjson\norders --output csv\n{moved} --ye");
    let output = piped(trader.command(&["--plain"]), &lines);
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).contains("--yes"), "{}", stderr(&output));
    assert!(stderr(&output).contains("ended within its last line"), "{}", stderr(&output));
    assert_eq!(trader.executed(), 1, "{}", stderr(&output));
    assert_eq!(trader.ledger().len(), 1);
    assert_eq!(stdout(&output).matches("\"outcome\":\"accepted\"").count(), 1, "{}", stdout(&output));
}

#[test]
fn what_is_not_taken_is_said_and_the_prompt_returns() {
    let machine = Machine::new();
    let lines = "nonsense\nmove 'a\nbalances --profile other\nlogin\nmove \t--all\nwhoami --output csv\n";
    let output = piped(machine.command(&["--plain", "--demo"]), lines);
    let errors = stderr(&output);
    assert_eq!(code(&output), 0, "{errors}");
    for words in [
        "unrecognized subcommand 'nonsense'",
        "next: help lists the commands",
        "a quote in the line is not closed",
        "hold for the whole session",
        "login is a command of the shell",
        "the line holds a tab after character 5",
    ] {
        assert_eq!(errors.matches(words).count(), 1, "{words}: {errors}");
    }
    assert!(stdout(&output).ends_with("uid\r\n681979174\r\n"), "{}", stdout(&output));
}

#[test]
fn an_order_is_asked_for_and_told_once_on_a_terminal_that_only_prints() {
    let trader = trader();
    let mut pty = plain(&trader);
    pty.send("move --from spot --coin USDT --amount 10\r").wait_for("Type yes and Enter");
    deposit(&trader, "7.5");
    // Longer than what is new is waited for, were it not for the question.
    std::thread::sleep(std::time::Duration::from_secs(5));
    assert!(!said(&pty).contains("7.5 TRX"), "{}", pty.screen());
    pty.send("yes\r").wait_for("7.5 TRX came in by deposit, id ");
    pty.wait_for("move of 10 USDT is done");
    let all = leave(&mut pty);
    assert!(all.contains("spot to futures"), "{all}");
    for words in ["The move was executed", "move of 10 USDT is done", "7.5 TRX came in", "LIVE: the money is real"] {
        assert_eq!(all.matches(words).count(), 1, "{words}: {all}");
    }
    assert!(all.find("The move was executed").unwrap() < all.find("7.5 TRX came in").unwrap(), "{all}");
    assert_eq!(trader.executed(), 1);
    // What was told is told to nobody of this name again; what came meanwhile is.
    deposit(&trader, "8.5");
    let mut pty = plain(&trader);
    pty.wait_for("8.5 TRX came in");
    assert!(!leave(&mut pty).contains("7.5 TRX came in"), "{}", pty.screen());
}

#[test]
fn a_session_in_chinese_asks_and_answers_in_chinese() {
    let mut pty = terminal(program(&["--plain", "--demo", "--lang", "zh-CN"]));
    pty.send("move --from spot --coin USDT --amount 10\r").wait_for("输入 yes（或“是”）并回车确认");
    pty.send("yes\r").wait_for("划转已执行");
    pty.send("nonsense\r").wait_for("help 列出命令");
    let all = leave(&mut pty);
    for words in ["模拟：虚拟资金", "USDT：可用 25,267.38，占用 850，合计 26,117.38", "待您处理：请在 Bitunix 应用"]
    {
        assert_eq!(all.matches(words).count(), 1, "{words}: {all}");
    }
}

#[test]
fn ctrl_c_ends_a_question_and_then_the_session() {
    let trader = trader();
    let mut pty = plain(&trader);
    pty.send("move --from spot --coin USDT --amount 10\r").wait_for("Type yes and Enter");
    pty.send("\x03").wait_until("the prompt", |screen| screen.contains("interrupted; nothing was sent"));
    // Nobody takes the next line for the answer.
    pty.send("whoami --output json\r").wait_for("\"uid\"");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(trader.executed(), 0);
    let mut pty = plain(&trader);
    pty.send("\x04");
    assert_eq!(pty.end().exit_code(), 0, "the end of the input");
    let mut pty = plain(&trader);
    pty.signal(Signal::TERM);
    assert!(!pty.end().success());
    said(&pty);
}

#[test]
fn trouble_with_the_connection_and_its_end_are_each_told_once() {
    let trader = trader();
    let mut pty = plain(&trader);
    trader.exchange.fail_always("deposit/page", Fault::before(Strike::Status(503)));
    pty.wait_for("error: ");
    let asked = trader.exchange.requests("deposit/page");
    let wait = Wait::begin();
    while trader.exchange.requests("deposit/page") <= asked {
        wait.step(|| "it was not asked again".to_owned());
    }
    trader.exchange.clear_faults();
    pty.wait_for("the exchange answers again");
    let all = leave(&mut pty);
    assert_eq!((all.matches("error: ").count(), all.matches("answers again").count()), (1, 1), "{all}");
}

#[test]
fn a_key_that_is_refused_is_said_once_and_what_needs_none_still_works() {
    let trader = trader();
    let mut command = trader.command(&["--plain"]);
    command.env("WALLET_TUI_API_SECRET", "0123456789abcdef0123456789abcdef");
    let output = piped(command, "rates --output csv\n");
    let (said, errors) = (stdout(&output), stderr(&output));
    assert_eq!((code(&output), errors.matches("error: ").count()), (0, 1), "{errors}");
    assert!(errors.contains("100005") && said.contains("no news are read from now on"), "{said}{errors}");
    assert!(said.contains("USDT,") && !said.contains("account: uid"), "{said}");
}

#[test]
fn an_order_of_unknown_outcome_is_to_be_acted_on() {
    let trader = trader();
    trader.exchange.auth(|auth| auth.futures_refusal = Some(wallet_tui::simulator::refusal::Refusal::NoAuthority));
    trader.exchange.fail("funds_transfer", Fault::before(Strike::Close));
    let moved = "move --from spot --coin USDT --amount 5 --yes\n";
    let output = piped(trader.command(&["--plain"]), moved);
    assert!(stderr(&output).contains("settle 1"), "{}", stderr(&output));
    let output = piped(trader.command(&["--plain", "--read-only"]), moved);
    let said = stdout(&output);
    assert_eq!(said.matches("to act on: order 1: ").count(), 1, "{said}");
    assert!(said.contains("read-only: nothing that moves money") && stderr(&output).contains("read-only"), "{said}");
    assert_eq!(trader.executed(), 0);
}

#[test]
fn what_the_file_forbids_while_a_session_is_open_holds_for_its_orders() {
    let trader = trader();
    let mut pty = plain(&trader);
    let moved = "move --from spot --coin USDT --amount 10 --yes\r";
    trader.configure("read_only = true\n");
    pty.send(moved).wait_for("read-only");
    trader.unconfigure();
    pty.send(moved).wait_for("not there any more");
    assert_eq!(trader.executed(), 0);
    trader.configure("refresh_seconds = 3\n");
    pty.send(moved).wait_for("The move was executed");
    leave(&mut pty);
    assert_eq!(trader.executed(), 1);
}

#[test]
fn nothing_is_said_to_be_pending_or_not_while_it_cannot_be_read() {
    let trader = trader();
    trader.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Status(503)));
    for why in ["a new ledger", "a ledger that knows older things"] {
        let output = piped(trader.command(&["--plain"]), "");
        let said = stdout(&output);
        assert!(stderr(&output).contains("error: "), "{why}: {}", stderr(&output));
        for words in ["Nothing is pending", "nothing waits for you", "\npending: "] {
            assert_eq!(said.matches(words).count(), 0, "{why}: {said}");
        }
        assert!(said.contains("what is pending cannot be read now"), "{why}: {said}");
        trader.exchange.clear_faults();
        piped(trader.command(&["--plain"]), "");
        trader.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Status(503)));
    }
}

#[test]
fn a_line_that_the_terminal_has_cut_is_no_order() {
    let trader = trader();
    let mut pty = plain(&trader);
    // The system keeps 4,095 bytes of a line that is typed or pasted, and its end.
    let (begins, ends) = ("move --from spot --coin USDT --yes", "--amount 1");
    let blanks = " ".repeat(4_095 - begins.len() - ends.len());
    pty.send(&format!("{begins}{blanks}{ends}000\r")).wait_for("error: ");
    let said = leave(&mut pty);
    assert!(said.contains("the line has 4095 characters"), "{said}");
    assert_eq!(trader.executed(), 0, "an order whose amount was cut is another order");
}

#[test]
fn a_side_whose_balance_cannot_be_read_is_not_said_to_hold_nothing() {
    let trader = trader();
    let page = r#"{"code":"0","msg":"m","data":[{"coin":"BTC","balance":"0","balanceLocked":"0"},
        {"coin":"USDT","balance":"a lot","balanceLocked":[]}],"success":true}"#;
    trader.exchange.fail_always("user/account", Fault::before(Strike::Body(page.to_owned())));
    let output = piped(trader.command(&["--plain"]), "");
    let said = stdout(&output);
    assert!(said.contains("cannot be read") && !said.contains("holds nothing"), "{said}{}", stderr(&output));
}

#[test]
fn what_could_not_be_read_at_first_is_told_once_it_is() {
    let trader = trader();
    trader.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Status(503)));
    let mut pty = plain(&trader);
    assert!(said(&pty).contains("what is pending cannot be read now"), "{}", pty.screen());
    trader.exchange.clear_faults();
    pty.wait_for("to act on: finish the security check");
    deposit(&trader, "7.5");
    pty.wait_for("7.5 TRX came in");
    let all = leave(&mut pty);
    for words in ["the exchange answers again", "pending: withdrawal, net 34 TRX", "to act on: "] {
        assert_eq!(all.matches(words).count(), 1, "{words}: {all}");
    }
}
