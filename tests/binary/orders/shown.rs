//! What the terminal itself says of the page that is about to be confirmed: at once, late, never.

use std::time::Duration;

use super::{AGREED, TO_SAMPLE, Trader};
use crate::cli::code;
use crate::pty::{Pty, Wait, program};

/// The dashboard with a withdrawal of 20.5 TRX marked that can be taken back.
fn dashboard(trader: &Trader, answers: bool) -> Pty {
    trader.exchange.world(|world| world.ask_verification = true);
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 0);
    let mut command = program(&[]);
    for (name, value) in trader.environment() {
        command.env(name, value);
    }
    command.env("HOME", trader.machine.home.path());
    let mut pty = Pty::start_in(command, 100, 30, answers);
    pty.wait_for("TRX");
    pty.send("3");
    pty.wait_until("the row", |screen| screen.lines().any(|line| line.contains("▌") && line.contains("19.5")));
    pty
}

fn cancels(trader: &Trader) -> usize {
    trader.exchange.requests("withdraw/cancel")
}

fn wait_for_a_cancel(trader: &Trader, pty: &Pty) {
    let wait = Wait::begin();
    while cancels(trader) == 0 {
        wait.step(|| format!("nothing was taken back\n{}", pty.screen()));
    }
}

/// Presses Enter on the button that sends as somebody does who reads what stands there.
fn press_send(pty: &mut Pty) {
    pty.send("\x1b[Z");
    pty.wait_until("an open button", |screen| screen.contains("▐ Take it back ▌") && !screen.contains("A moment"));
    pty.send("\r");
}

#[test]
fn a_terminal_that_answers_is_believed_and_waited_for() {
    let trader = Trader::new();
    let mut pty = dashboard(&trader, true);
    pty.send("c");
    pty.wait_for("Leave it");
    pty.wait_until("an armed page", |screen| !screen.contains("A moment"));
    press_send(&mut pty);
    wait_for_a_cancel(&trader, &pty);
    assert_eq!(cancels(&trader), 1);
}

#[test]
fn a_page_that_never_appeared_cannot_be_confirmed() {
    let trader = Trader::new();
    let mut pty = dashboard(&trader, true);
    pty.stand_still(true);
    pty.send("c");
    // As long as it takes to give a terminal up that answers nothing, and to press what sends.
    for keys in ["\t", "\r", "\x1b[Z", "\r", "19.5", "\t", "\r", "\x1b[Z", "\r", "19.5\t", "\r", "\t\r"] {
        std::thread::sleep(Duration::from_millis(700));
        pty.send(keys);
    }
    assert_eq!(cancels(&trader), 0);
    pty.stand_still(false);
    pty.wait_for("Leave it");
    pty.wait_until("an armed page", |screen| !screen.contains("A moment"));
    assert_eq!(cancels(&trader), 0);
    press_send(&mut pty);
    wait_for_a_cancel(&trader, &pty);
}

#[test]
fn on_a_terminal_that_answers_nothing_the_amount_is_typed() {
    let trader = Trader::new();
    let mut pty = dashboard(&trader, false);
    pty.send("c");
    pty.wait_for("does not say whether it shows this page");
    std::thread::sleep(Duration::from_secs(3));
    pty.send("20.5\t");
    pty.wait_until("an open button", |screen| screen.contains("▐ Take it back ▌") && !screen.contains("A moment"));
    pty.send("\r");
    wait_for_a_cancel(&trader, &pty);
}

#[test]
fn answers_of_the_terminal_press_no_key() {
    let trader = Trader::new();
    let mut pty = dashboard(&trader, true);
    for answer in ["\x1bP1+r71=71\x1b\\", "\x1b]11;rgb:q/q/q\x07", "\x1b_Gq\x1b\\", "\x1b^q\x1b\\", "\x1bXq\x1b\\"] {
        pty.send(answer);
        for (at, _) in answer.char_indices().skip(2) {
            pty.send(&answer[..at]);
            std::thread::sleep(Duration::from_millis(10));
            pty.send(&answer[at..]);
        }
    }
    // An arrow key that a slow line tears apart is an arrow key, and no Escape.
    pty.send("c");
    pty.wait_for("Leave it");
    pty.wait_until("an armed page", |screen| !screen.contains("A moment"));
    pty.send("\x1b");
    std::thread::sleep(Duration::from_millis(40));
    pty.send("[B");
    pty.wait_until("the next button", |screen| screen.contains("▐ Take it back ▌"));
    pty.send("\x1b");
    pty.wait_until("the table", |screen| !screen.contains("Leave it"));
    assert!(pty.screen().contains("▐3 Withdrawals▌"), "{}", pty.screen());
    assert_eq!(cancels(&trader), 0);
}
