//! What is ordered again: a transfer under its own id, and the word for an order that was given up.

use std::time::Duration;

use wallet_tui::domain::{
    AskedBy, Because, OrderId, Outcome, Proof, Receiver, Request, TransferRequest, WithdrawRequest,
};
use wallet_tui::engine::ledger::Ledger;
use wallet_tui::simulator::{Fault, Strike};

use super::{AGREED, NETWORK, SAMPLE_ADDRESS, TO_SAMPLE, Trader};
use crate::cli::{code, json, stderr};
use crate::pty::{Signal, Wait, kill};

#[test]
fn lost_transfer_alone_goes_again_under_its_own_id() {
    let trader = Trader::new();
    trader.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let paid = trader.run(&["transfer", "--to-uid", "989541187", "--coin", "USDT", "--amount", "5", "--yes"]);
    assert_eq!(code(&paid), 6, "{}", stderr(&paid));
    assert_eq!(code(&trader.run(&["settle", "1", "--resend"])), 2, "nobody to ask");
    let again = trader.run(&["settle", "1", "--resend", "--yes", "--output", "json"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    let shown = stderr(&again);
    assert!(shown.contains("989541187") && shown.contains("USDT"), "what goes again is shown before it does: {shown}");
    assert_eq!(json(&again)[0]["outcome"], "accepted");
    assert_eq!((trader.executed(), trader.exchange.requests("inside_transfer")), (1, 2));
    let third = trader.run(&["settle", "1", "--resend", "--yes"]);
    assert_ne!(code(&third), 0, "{}", stderr(&third));
    assert_eq!((trader.executed(), trader.exchange.requests("inside_transfer")), (1, 2), "it has an end");

    // To somebody who was never paid the end of the e-mail is typed once more, and limits hold as they are then.
    let trader = Trader::new();
    trader.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let to = ["transfer", "--to-email", "li.wei@example.org", "--coin", "USDT", "--amount", "5", "--yes"];
    assert_eq!(code(&trader.runs(&[&to, &["--confirm-tail", "le.org"]])), 6);
    let again = ["settle", "1", "--resend", "--yes"];
    let bare = trader.run(&again);
    assert!(code(&bare) == 2 && stderr(&bare).contains("--confirm-tail"), "{}", stderr(&bare));
    let agreed = [&again[..], &["--confirm-tail", "le.org"]].concat();
    trader.configure("[limits]\nper_order = \"4 USDT\"\n");
    let limited = trader.run(&agreed);
    assert!(code(&limited) == 2 && stderr(&limited).contains("4 USDT"), "{}", stderr(&limited));
    trader.unconfigure();
    assert_eq!((trader.executed(), trader.exchange.requests("inside_transfer")), (0, 1));
    let done = trader.run(&agreed);
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    assert!(stderr(&done).contains("(1 under way)"), "{}", stderr(&done));
    assert_eq!(trader.executed(), 1);

    let trader = Trader::new();
    trader.exchange.fail("withdraw", Fault::before(Strike::Close));
    assert_eq!(code(&trader.runs(&[&TO_SAMPLE, &AGREED])), 6);
    let refused = trader.run(&["settle", "1", "--resend", "--yes"]);
    assert_ne!(code(&refused), 0, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("Nothing was sent"), "{}", stderr(&refused));
    assert_eq!(trader.exchange.requests("withdraw"), 1, "a withdrawal has no id of its own");
}

/// A trader in whose ledger this order of half an hour ago had no trace.
fn with_no_trace(request: &Request) -> (Trader, std::path::PathBuf, OrderId) {
    let trader = Trader::new();
    assert_eq!(code(&trader.run(&["move", "--from", "spot", "--coin", "USDT", "--amount", "1", "--yes"])), 0);
    let path: std::path::PathBuf =
        trader.machine.files().into_iter().find(|f| f.contains("-uid-") && f.ends_with(".sqlite")).unwrap().into();
    let ago = wallet_tui::platform::clock::now().plus(-30 * 60_000);
    let mut ledger = Ledger::open(&path).unwrap();
    let id = ledger.record(request, ago, None, AskedBy::Screen, &[], None).unwrap();
    ledger.set_outcome(id, &Outcome::Unknown { why: Because::Timeout.into() }, ago, None).unwrap();
    ledger.set_outcome(id, &Outcome::NoTrace, ago.plus(600_000), None).unwrap();
    (trader, path, id)
}

#[test]
fn word_for_no_trace_is_none_for_what_was_found() {
    let request = Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: NETWORK.into(),
        address: SAMPLE_ADDRESS.into(),
        memo: None,
        gross: "20.5".parse().unwrap(),
    });
    let (trader, path, id) = with_no_trace(&request);
    let (before, number) = (trader.executed(), id.0.to_string());
    assert!(stderr(&trader.runs(&[&TO_SAMPLE, &AGREED])).contains(&format!("--despite {number}")), "the advice");
    // Another window finds its record; then what was advised is typed.
    let found = Outcome::Accepted { id: "1909877667383767042".into(), proof: Proof::History };
    Ledger::open(&path).unwrap().set_outcome(id, &found, wallet_tui::platform::clock::now(), None).unwrap();
    let again = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite", &number]]);
    assert_eq!(trader.executed(), before, "{}", stderr(&again));
}

#[test]
fn signal_during_a_resend_does_not_say_nothing_was_sent() {
    let own = "0123456789abcdef0123456789abcdef";
    let request = Request::Transfer(TransferRequest {
        out_biz_id: own.into(),
        coin: "USDT".into(),
        amount: "5".parse().unwrap(),
        to: Receiver::Uid("989541187".into()),
        remark: None,
    });
    let (trader, _, id) = with_no_trace(&request);
    trader.exchange.fail("inside_transfer", Fault::after(Strike::Late(Duration::from_secs(30))));
    let (before, number) = (trader.executed(), id.0.to_string());
    let mut running = trader.spawn(&[
        "transfer",
        "--to-uid",
        "989541187",
        "--coin",
        "USDT",
        "--amount",
        "5",
        "--yes",
        "--despite",
        &number,
    ]);
    let wait = Wait::begin();
    while trader.executed() == before {
        wait.step(|| "nothing was executed".to_owned());
    }
    kill(running.0.id(), Signal::INT).unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut running.0.stderr.take().unwrap(), &mut said).unwrap();
    let end = running.0.wait().unwrap();
    assert!(end.code() == Some(6) && said.contains(own), "{end:?}, sent under {own}: {said}");
}
