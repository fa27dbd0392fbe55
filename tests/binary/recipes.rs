//! The recipes for news in `assets/recipes`: what `watch` prints, through each of them, with a curl that writes down what it
//! was asked.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::{code, stdout};
use crate::orders::Trader;

/// What `watch` prints of a deposit that has arrived.
fn news(trader: &Trader) -> String {
    let deposit = || {
        let id = trader.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "7.5".parse().unwrap(), true));
        id.unwrap().to_string()
    };
    let run = |args: &[&str]| trader.command(args).output().unwrap();
    // The first run of all tells nothing.
    assert_eq!(stdout(&run(&["watch", "--until", &deposit()])), "");
    let told = run(&["watch", "--until", &deposit()]);
    assert_eq!(code(&told), 0, "{told:?}");
    stdout(&told)
}

fn write_program(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a recipe as it lies in a user's folder; what curl was given as arguments and on its standard input.
fn cook(recipe: &str, settings: &str, lines: &str) -> (String, String) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/recipes").join(recipe);
    let place = home.join(recipe);
    std::fs::copy(source, &place).unwrap();
    std::fs::write(home.join(format!("{recipe}.env")), settings).unwrap();
    std::fs::create_dir(home.join("bin")).unwrap();
    write_program(&home.join("bin/curl"), "#!/bin/sh\necho \"$@\" >>\"$HOME/arguments\"\ncat >>\"$HOME/input\"\n");
    let mut child = Command::new(&place)
        .env_clear()
        .env("HOME", home)
        .env("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display()))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{recipe}");
    let read = |name: &str| std::fs::read_to_string(home.join(name)).unwrap();
    (read("arguments"), read("input"))
}

#[test]
fn recipes_send_each_line_of_news_and_no_secret_as_argument() {
    let news = news(&Trader::new());
    let lines = news.lines().count();
    assert!(lines > 0);
    let (arguments, input) = cook("ntfy", "NTFY_URL=https://ntfy.example/topic\n", &news);
    assert_eq!(arguments.lines().count(), lines);
    assert!(!arguments.contains("topic"), "{arguments}");
    assert!(input.contains("url = \"https://ntfy.example/topic\"\n"), "{input}");
    assert!(input.contains("data-binary = \"main: deposit credited 7.50000000 TRX Tron (TRC-20)\"\n"), "{input}");
    let (arguments, input) = cook("telegram", "TELEGRAM_TOKEN=123:ABC\nTELEGRAM_CHAT=456\n", &news);
    assert_eq!(arguments.lines().count(), lines);
    assert!(!arguments.contains("123:ABC"), "{arguments}");
    assert!(input.contains("/bot123:ABC/sendMessage\"\n") && input.contains("\"chat_id=456\"\n"), "{input}");
    assert!(
        input.contains("data-urlencode = \"text=main: deposit credited 7.50000000 TRX Tron (TRC-20)\"\n"),
        "{input}"
    );
}

#[test]
fn nothing_in_a_line_of_news_can_tell_curl_what_to_do() {
    let line =
        "{\"kind\":\"deposit\",\"event\":\"x\\\"\\nurl = \\\"file:///etc/passwd\",\"amount\":\"1\",\"coin\":\"TRX\"}\n";
    let (_, input) = cook("ntfy", "NTFY_URL=https://ntfy.example/topic\n", line);
    assert_eq!(input, "url = \"https://ntfy.example/topic\"\ndata-binary = \": deposit 1 TRX\"\n");
}

#[test]
fn recipe_of_a_log_adds_lines_to_a_file_of_the_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("news.ndjson");
    for line in ["{\"id\":\"1\"}\n", "{\"id\":\"2\"}\n"] {
        let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/recipes/log");
        let mut child = Command::new(recipe).arg(&file).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}
