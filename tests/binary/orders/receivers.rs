//! Transfers typed on the dashboard, to a receiver of each kind: what the exchange is asked for then.

use super::Trader;
use crate::pty::{Pty, Wait, program};

fn dashboard(trader: &Trader) -> Pty {
    let mut command = program(&[]);
    for (name, value) in trader.environment() {
        command.env(name, value);
    }
    command.env("HOME", trader.machine.home.path());
    let pty = Pty::start_in(command, 100, 30, true);
    pty.wait_for("USDT");
    pty
}

/// The group of four that the review masks: the only one of the name that does not stand on it.
fn masked_group(screen: &str, name: &str) -> Option<String> {
    let row = screen.lines().find(|line| line.contains("▐·"))?;
    let groups: Vec<String> = name.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    groups.into_iter().find(|group| !row.contains(group.as_str()))
}

/// 5 of the marked coin to whoever is typed, as somebody types who reads what stands there.
fn transfer(pty: &mut Pty, typed: &str, name: &str) {
    pty.send("1");
    pty.wait_until("a marked coin", |screen| screen.lines().any(|line| line.starts_with("▌USDT")));
    pty.send("t");
    pty.wait_for("Transfer to another user");
    pty.send(typed);
    pty.send("\t5\t");
    pty.wait_until("a whole form", |screen| screen.contains("  Review  "));
    pty.send("\r");
    pty.wait_for("Review: Transfer");
    // What is typed before the page has been read is not taken.
    let wait = Wait::begin();
    while let Some(group) = masked_group(&pty.screen(), name) {
        pty.send(&format!("\x15{group}"));
        // As fast as somebody types: each key makes a picture, and one that follows at once leaves no time to answer for it.
        for _ in 0..60 {
            wait.step(|| format!("the group is not taken\n{}", pty.screen()));
        }
    }
    let wait = Wait::begin();
    while !pty.screen().contains("▐ Send 5") {
        pty.send("\t");
        for _ in 0..60 {
            wait.step(|| format!("the button is not reached\n{}", pty.screen()));
        }
    }
    pty.wait_until("an open button", |screen| screen.contains("▐ Send 5") && !screen.contains("A moment"));
    pty.send("\r");
}

#[test]
fn what_was_typed_for_each_kind_is_what_the_exchange_is_asked_for() {
    let trader = Trader::new();
    let mut pty = dashboard(&trader);
    for (at, (typed, name, asked)) in [
        ("557310942", "557310942", "557310942"),
        ("li.wei@example.org", "li.wei@example.org", "li.wei@example.org"),
        ("+49 (151) 1234-5670", "15112345670", "+49 15112345670"),
    ]
    .into_iter()
    .enumerate()
    {
        transfer(&mut pty, typed, name);
        let wait = Wait::begin();
        while trader.executed() == at {
            wait.step(|| format!("nothing was sent\n{}", pty.screen()));
        }
        let executed = trader.exchange.executed();
        assert_eq!(executed.last().unwrap().to.as_deref(), Some(asked));
        // An accepted transfer leads to its row.
        pty.wait_until("the row", |screen| screen.contains("▐4 Transfers▌") && screen.contains("Accepted under"));
    }
    assert_eq!(trader.executed(), 3);
}
