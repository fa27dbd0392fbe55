//! Where the configuration file is: one that is not there, and a link to one.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::cli::{Machine, code, stderr, stdout};

/// A machine, and where its configuration file is looked for.
fn machine() -> (Machine, PathBuf) {
    let machine = Machine::new();
    let folder = machine.home.path().join(".config/wallet-tui");
    std::fs::create_dir_all(&folder).unwrap();
    (machine, folder.join("config.toml"))
}

#[test]
fn config_check_agrees_with_itself_about_a_missing_file() {
    let (machine, usual) = machine();
    let named = machine.home.path().join("c.toml");
    let option = ["--config", named.to_str().unwrap()];
    let by_option = |args: &[&str]| machine.run(&[&option, args].concat());
    let by_variable = |args: &[&str]| machine.command(args).env("WALLET_TUI_CONFIG", &named).output().unwrap();
    let said = by_option(&["config", "check"]);
    assert!(stderr(&said).contains("c.toml: there is no such file"), "{}", stderr(&said));
    for output in [&said, &by_variable(&["config", "check"]), &by_option(&["orders"]), &by_variable(&["orders"])] {
        assert_eq!((code(output), stdout(output), stderr(output)), (2, String::new(), stderr(&said)));
    }
    // Nobody named the usual one, and nothing misses it.
    let none = machine.run(&["config", "check"]);
    assert!(code(&none) == 0 && stdout(&none).contains("none is needed") && stderr(&none).is_empty());
    assert_eq!(code(&machine.run(&["config", "show"])), 0);
    // A link says that a file should be there, whoever names it.
    symlink("away/real.toml", &usual).unwrap();
    symlink(&usual, &named).unwrap();
    for output in [
        machine.run(&["config", "check"]),
        machine.run(&["config", "show"]),
        machine.run(&["orders"]),
        by_option(&["config", "check"]),
        by_variable(&["config", "check"]),
    ] {
        let said = stderr(&output);
        assert!(code(&output) == 2 && said.contains("a link to") && said.contains("no such file"), "{said}");
        assert_eq!((stdout(&output).as_str(), said.lines().count()), ("", 2), "{said}");
    }
    assert!(stdout(&machine.run(&["doctor"])).contains("away/real.toml"));
    // What is wrong elsewhere is not called right first.
    std::fs::remove_file(&usual).unwrap();
    let wrong = machine.run(&["--profile", "nobody", "config", "check"]);
    assert!(code(&wrong) == 2 && stdout(&wrong).is_empty(), "{}", stdout(&wrong));
}

#[test]
fn login_writes_where_a_link_of_the_configuration_leads() {
    let (machine, usual) = machine();
    let exchange = crate::keys::Newcomer::without_keyring();
    let files = machine.home.path().join("dotfiles");
    symlink("../../dotfiles/wallet.toml", &usual).unwrap();
    let (key, secret) = exchange.key_and_secret();
    let login = || {
        let args = ["login", "--key", &key, "--secret-command", "echo", &secret];
        machine.command(&args).env("PATH", "/usr/bin:/bin").env("WALLET_TUI_BASE_URL", exchange.server()).output()
    };
    // Its folder may be on a disk that is not there today: nothing is made there, nothing takes the link's place.
    let output = login().unwrap();
    assert!(code(&output) == 1 && stderr(&output).contains("dotfiles"), "{}", stderr(&output));
    assert!(usual.symlink_metadata().unwrap().is_symlink() && !files.exists());
    std::fs::create_dir(&files).unwrap();
    let output = login().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(usual.symlink_metadata().unwrap().is_symlink(), "the link stays one");
    assert!(std::fs::read_to_string(files.join("wallet.toml")).unwrap().contains(&key));
    assert_eq!(code(&machine.run(&["config", "check"])), 0);
    let others: Vec<_> = std::fs::read_dir(usual.parent().unwrap()).unwrap().collect();
    assert_eq!(others.len(), 1, "the link alone stands there: {others:?}");
}
