//! Completing command lines in a real bash on a real terminal: commands and options by their definitions, values out of the
//! ledger and the configuration, with nobody to ask.

use std::path::Path;

use portable_pty::CommandBuilder;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;

use crate::cli::code;
use crate::orders::Trader;
use crate::pty::Pty;

/// A bash in which our completions are known, for a trader whose history was read.
fn bash(trader: &Trader) -> Pty {
    let machine = &trader.machine;
    let read = trader.command(&["export", "--all", "--to", "-"]).output().unwrap();
    assert_eq!(code(&read), 0, "{read:?}");
    let script = machine.run(&["completions", "bash"]).stdout;
    let home = machine.home.path();
    std::fs::write(home.join("completions"), script).unwrap();
    std::fs::create_dir_all(home.join(".config/wallet-tui")).unwrap();
    std::fs::write(
        home.join(".config/wallet-tui/config.toml"),
        "profile = \"desk\"\n[profiles.desk]\nstore = \"environment\"\n[profiles.family]\n",
    )
    .unwrap();
    let mut command = CommandBuilder::new("/bin/bash");
    command.args(["--noprofile", "--norc", "-i"]);
    command.env_clear();
    let place = Path::new(env!("CARGO_BIN_EXE_wallet-tui")).parent().unwrap();
    command.env("PATH", format!("{}:/usr/bin:/bin", place.display()));
    for (name, value) in [("TERM", "xterm"), ("LANG", "C.UTF-8"), ("PS1", "$ ")] {
        command.env(name, value);
    }
    command.env("HOME", home);
    command.cwd(home);
    let [key, _, server] = trader.environment();
    // No secret, and nothing that could be asked with it: the exchange is not needed.
    command.env(key.0, key.1);
    command.env(server.0, server.1);
    let mut pty = Pty::start(command, 160, 40);
    pty.wait_for("$ ");
    pty.send(". ./completions\r");
    pty
}

#[test]
fn a_shell_completes_commands_options_and_values_offline() {
    let trader = Trader::new();
    let mut pty = bash(&trader);
    for (typed, completed) in [
        ("wallet-tui bal\t", "wallet-tui balances "),
        ("wallet-tui withdraw --confirm-t\t", "wallet-tui withdraw --confirm-tail "),
        ("wallet-tui balances --output nd\t", "wallet-tui balances --output ndjson "),
        ("wallet-tui --profile fam\t", "wallet-tui --profile family "),
        ("wallet-tui withdraw --coin DOG\t", "wallet-tui withdraw --coin DOGE "),
        ("wallet-tui withdraw --network Tr\t", "wallet-tui withdraw --network Tron\\ \\(TRC-20\\) "),
        ("wallet-tui withdraw --network 'Tr\t", "wallet-tui withdraw --network 'Tron (TRC-20)' "),
        ("wallet-tui withdraw --address TJ\t", &format!("wallet-tui withdraw --address {SAMPLE_ADDRESS} ")),
        ("wallet-tui transfer --to-uid 98\t", "wallet-tui transfer --to-uid 989541187 "),
    ] {
        pty.send(typed).wait_until(typed, |screen| screen.contains(completed.trim_end()));
        // Ctrl-U: the line is not run.
        pty.send("\u{15}clear\r");
        pty.wait_until("an empty screen", |screen| !screen.contains("wallet-tui"));
    }
    pty.send("exit\r");
    pty.end();
}

#[test]
fn nushell_is_answered_in_json_with_its_own_quotes() {
    let trader = Trader::new();
    let read = trader.command(&["export", "--all", "--to", "-"]).output().unwrap();
    assert_eq!(code(&read), 0, "{read:?}");
    let asked = |words: &[&str]| -> Vec<String> {
        let line = [&["--", "wallet-tui"], words].concat();
        let said = trader.command(&line).env("WALLET_TUI_COMPLETE", "nushell").output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
        found.as_array().unwrap().iter().map(|answer| answer["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(asked(&["bal"]), ["balances"]);
    assert_eq!(asked(&["withdraw", "--coin", "DOG"]), ["DOGE"]);
    // With and without the quote that was typed.
    assert_eq!(asked(&["withdraw", "--network", "Tr"]), ["'Tron (TRC-20)'"]);
    assert_eq!(asked(&["withdraw", "--network", "'Tron ("]), ["'Tron (TRC-20)'"]);
}

#[test]
fn no_shell_is_offered_what_could_be_obeyed() {
    let trader = Trader::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell", "nushell"] {
        let script = trader.machine.run(&["completions", shell]);
        assert_eq!(code(&script), 0, "{shell}");
        assert!(String::from_utf8(script.stdout).unwrap().contains("WALLET_TUI_COMPLETE"), "{shell}");
    }
    // Without a ledger and without a configuration nothing is known, and nothing is made.
    let asked = trader
        .command(&["--", "wallet-tui", "withdraw", "--coin", ""])
        .env("WALLET_TUI_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "3")
        .output()
        .unwrap();
    assert_eq!((code(&asked), asked.stdout.len()), (0, 0), "{asked:?}");
    assert!(trader.machine.files().is_empty());
}
