//! What is given to a command is taken whole or refused with what it holds: nothing is glued, cut or guessed.

use wallet_tui::simulator::users::SAMPLE_ADDRESS;

use super::{AGREED, NETWORK, TO_SAMPLE, Trader, assert_nothing_sent};
use crate::cli::{code, stderr, stdout};

#[test]
fn a_payment_link_is_told_part_by_part_and_refused() {
    let trader = Trader::new();
    let to = ["withdraw", "--coin", "TRX", "--network", NETWORK, "--amount", "21", "--address"];
    let tail = ["--yes", "--confirm-tail", "5HV7rU"];
    let link = |rest: &str| format!("tron:{SAMPLE_ADDRESS}{rest}");
    for (given, words) in [
        (
            link("?amount=3&memo=7&label=%22shop%22&x=$(id)"),
            format!(
                "It says: chain: Tron; address: {SAMPLE_ADDRESS}; amount: 3; memo: 7; its name for the receiver, unchecked: \"shop\"; also: x=$(id)."
            ),
        ),
        (link("?amount=-3"), "amount=-3 in the link is no amount".to_owned()),
        (link("?label=%E2%80%AE"), "label in the link holds an invisible U+202E at its start".to_owned()),
        (format!("{SAMPLE_ADDRESS}?memo=7"), format!("It says: address: {SAMPLE_ADDRESS}; memo: 7.")),
        (format!("{SAMPLE_ADDRESS}:7"), format!("the address is {SAMPLE_ADDRESS}, and behind it stands 7.")),
    ] {
        let tail = if given.ends_with(":7") { ["--yes", "--confirm-tail", "V7rU:7"] } else { tail };
        assert_nothing_sent(&trader, &trader.runs(&[&to, &[&given], &tail]), 2, &words);
    }
}

#[test]
fn option_of_several_lines_is_refused_with_what_it_holds() {
    let trader = Trader::new();
    let to = ["withdraw", "--coin", "TRX", "--network", NETWORK, "--address"];
    let broken = format!("{}\n{}", &SAMPLE_ADDRESS[..9], &SAMPLE_ADDRESS[9..]);
    let tail = ["--yes", "--confirm-tail", "5HV7rU"];
    let long = "1".repeat(65);
    for (options, words) in [
        (&[SAMPLE_ADDRESS, "--amount", "50\n60"][..], "--amount: What was typed holds a line end after character 2."),
        (&[SAMPLE_ADDRESS, "--amount", "50\t60"], "--amount: What was typed holds a tab after character 2."),
        (
            &[SAMPLE_ADDRESS, "--amount", "5\u{200b}0"],
            "--amount: What was typed holds an invisible U+200B after character 1.",
        ),
        (&[SAMPLE_ADDRESS, "--amount", &long], "--amount: What was typed has 65 characters; there is room for 64."),
        (&[&broken, "--amount", "21"], "--address: What was typed holds a line end after character 9."),
        (
            &[SAMPLE_ADDRESS, "--amount", "21", "--memo", "104287\t3"],
            "--memo, --no-memo: What was typed holds a tab after character 6.",
        ),
    ] {
        assert_nothing_sent(&trader, &trader.runs(&[&to, options, &tail]), 2, words);
    }
    let remark = "x".repeat(257);
    for (options, words) in [
        (&["--to-uid", "9895\n41187"][..], "--to-uid: What was typed holds a line end after character 4."),
        (&["--to-email", "a@b\n.cd"], "--to-email: What was typed holds a line end after character 3."),
        (
            &["--to-phone", "ann@example.com", "13800138000"],
            "--to-phone: What was typed has 15 characters; there is room for 8.",
        ),
        (&["--to-phone", "0086", "13800138000"], "--to-phone: A country code looks like +86 or 86."),
        (
            &["--to-uid", "989541187", "--remark", "lunch\nrent"],
            "--remark: What was typed holds a line end after character 5.",
        ),
        (
            &["--to-uid", "989541187", "--remark", &remark],
            "--remark: What was typed has 257 characters; there is room for 256.",
        ),
    ] {
        let output = trader.runs(&[&["transfer", "--coin", "USDT", "--amount", "5", "--yes"], options]);
        assert_nothing_sent(&trader, &output, 2, words);
    }
    let asked = trader.exchange.all_requests();
    for (command, words) in [
        (&["cancel", "19\n09", "--yes"][..], "ID: what was given holds a line end after character 2"),
        (&["cancel", " 1909", "--yes"], "ID: what was given holds a blank at its start"),
        (&["settle", "1", "--executed", "19\t09", "--yes"], "--executed: what was given holds a tab after character 2"),
    ] {
        assert_nothing_sent(&trader, &trader.run(command), 2, words);
    }
    let again = trader.runs(&[&TO_SAMPLE, &AGREED, &["--despite-record", "1\n2"]]);
    assert_nothing_sent(&trader, &again, 2, "--despite-record: what was given holds a line end after character 1");
    assert_eq!(trader.exchange.all_requests(), asked, "an id is looked at before anybody is asked");
}

#[test]
fn amount_that_may_be_thousands_is_asked_about() {
    let trader = Trader::new();
    let to = ["withdraw", "--coin", "TRX", "--network", NETWORK, "--address", SAMPLE_ADDRESS, "--dry-run"];
    let output = trader.runs(&[&to, &["--amount", "21.000"]]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("Is 21 meant, or 21000?"), "{}", stderr(&output));
    assert!(stdout(&output).contains(r#""amount":21}"#) || stdout(&output).contains("21"), "{}", stdout(&output));
    let plain = trader.runs(&[&to, &["--amount", "21.50"]]);
    assert!(!stderr(&plain).contains("meant, or"), "{}", stderr(&plain));
    for amount in ["1,000", "1'000", "1.000,50", "1 000"] {
        let refused = trader.runs(&[&to, &["--amount", amount]]);
        assert_eq!(code(&refused), 2, "{}", stderr(&refused));
        assert!(stderr(&refused).contains("--amount: "), "{}", stderr(&refused));
    }
}

#[test]
fn the_wrong_chain_is_named_before_a_letter_that_does_not_fit() {
    let trader = Trader::new();
    let to = ["withdraw", "--coin", "TRX", "--network", NETWORK, "--amount", "21", "--dry-run", "--address"];
    for (address, words) in [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "looks like an address of another chain: Ethereum"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "begins like an address of another chain: Ethereum"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "looks like an address of another chain: Bitcoin"),
    ] {
        assert_nothing_sent(&trader, &trader.runs(&[&to, &[address]]), 2, words);
    }
}
