//! Keys come in, are used and go out again: by the real binary, a real exchange of ours, and real stores.
//!
//! The keyring is a real gnome-keyring under a D-Bus of its own, in a scratch home. A machine without one says so and leaves
//! these tests out, unless `WALLET_TUI_TEST_KEYRING` is set: `.ci/run` installs it and sets that, and then they fail.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tokio::runtime::Runtime;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Config, Simulator};

use crate::cli::{Machine, code, stderr, stdout};
use crate::pty::{Pty, Signal, kill, program};

const NOWHERE: &str = "unix:path=/nonexistent";
const PASSPHRASE: &str = "open sesame";

/// Somebody with an account, a home, and perhaps a keyring.
pub struct Newcomer {
    machine: Machine,
    exchange: Simulator,
    bus: String,
    keyring: Option<Keyring>,
    _runtime: Runtime,
}

/// A D-Bus and a keyring on it, which end with the test.
struct Keyring {
    bus: Child,
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // The bus ends everything that it started.
        let _ = kill(self.bus.id(), Signal::TERM);
        let _ = self.bus.wait();
    }
}

impl Keyring {
    /// Starts both in `home`; answers with the bus's address. `begin` is how the daemon is started.
    fn start(home: &Path, begin: &str) -> (Self, String) {
        let run = home.join("run");
        std::fs::create_dir_all(&run).unwrap();
        std::fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let script = format!("{begin} >/dev/null; echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec sleep 600");
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "bash", "-c", &script]).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home);
        command.env("XDG_DATA_HOME", home.join("data")).env("XDG_RUNTIME_DIR", &run).env("LANG", "C.UTF-8");
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut bus = spawned.unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "no bus: {address}");
        (Self { bus }, address.trim().to_owned())
    }
}

impl Newcomer {
    pub fn without_keyring() -> Self {
        let runtime = Runtime::new().unwrap();
        let config = Config { quiet: true, requests_per_second: 1_000, ..Config::default() };
        let exchange = runtime.block_on(Simulator::start(config)).unwrap();
        exchange.world(|world| world.ask_verification = false);
        Self { machine: Machine::new(), exchange, bus: NOWHERE.to_owned(), keyring: None, _runtime: runtime }
    }

    /// The key of the account, and its secret.
    pub fn key_and_secret(&self) -> (String, String) {
        (self.exchange.api_key().to_owned(), self.exchange.secret().to_owned())
    }

    /// Where the exchange is.
    pub fn server(&self) -> String {
        self.exchange.base_url()
    }

    /// `None` on a machine that has no keyring to test with and need not have one.
    fn with_keyring() -> Option<Self> {
        let is_here = |name: &str| Path::new("/usr/bin").join(name).exists();
        if !["dbus-run-session", "dbus-send", "gnome-keyring-daemon"].into_iter().all(is_here) {
            assert!(std::env::var_os("WALLET_TUI_TEST_KEYRING").is_none(), "there is no gnome-keyring to test with");
            eprintln!("left out: it needs gnome-keyring and dbus (apt-get install gnome-keyring dbus)");
            return None;
        }
        let mut newcomer = Self::without_keyring();
        newcomer.unlock_keyring();
        Some(newcomer)
    }

    /// The same with a keyring that nothing was ever put into.
    fn with_empty_keyring() -> Option<Self> {
        let mut newcomer = Self::with_keyring()?;
        newcomer.machine = Machine::new();
        newcomer.begin_keyring("gnome-keyring-daemon --start --components=secrets");
        Some(newcomer)
    }

    /// Begins a keyring, or the same one again.
    fn unlock_keyring(&mut self) {
        self.begin_keyring("echo -n pass | gnome-keyring-daemon --unlock --components=secrets");
    }

    fn begin_keyring(&mut self, begin: &str) {
        self.keyring = None;
        let (keyring, bus) = Keyring::start(self.machine.home.path(), begin);
        (self.keyring, self.bus) = (Some(keyring), bus);
    }

    /// Locks it. There is no screen on which somebody could be asked for its password.
    fn lock_keyring(&self) {
        let mut lock = Command::new("dbus-send");
        lock.args(["--session", "--dest=org.freedesktop.secrets", "--print-reply", "/org/freedesktop/secrets"]);
        lock.args(["org.freedesktop.Secret.Service.Lock"]);
        lock.args(["array:objpath:/org/freedesktop/secrets/collection/login"]);
        let done = lock.env("DBUS_SESSION_BUS_ADDRESS", &self.bus).output().unwrap();
        assert!(done.status.success(), "{}", stderr(&done));
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.machine.command(args);
        let home = self.machine.home.path();
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus).env("PATH", "/usr/bin:/bin");
        command.env("XDG_RUNTIME_DIR", home.join("run")).env("WALLET_TUI_BASE_URL", self.exchange.base_url());
        command
    }

    /// Runs a command; whatever it prints, the secret is not in it.
    fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        self.assert_silent(&output.stdout);
        self.assert_silent(&output.stderr);
        output
    }

    fn login(&self, more: &[&str]) -> Output {
        let key = self.exchange.api_key().to_owned();
        let args = [&["login", "--key", &key, "--secret-stdin"], more].concat();
        self.run_with(&args, &format!("{}\n", self.exchange.secret()))
    }

    fn terminal(&self, args: &[&str]) -> Pty {
        Pty::start(self.on_a_terminal(args), 80, 24)
    }

    fn on_a_terminal(&self, args: &[&str]) -> portable_pty::CommandBuilder {
        let mut command = program(args);
        command.env("HOME", self.machine.home.path());
        command.env("PATH", "/usr/bin:/bin");
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.env("XDG_RUNTIME_DIR", self.machine.home.path().join("run"));
        command.env("WALLET_TUI_BASE_URL", self.exchange.base_url());
        command
    }

    fn config(&self) -> PathBuf {
        self.machine.home.path().join(".config/wallet-tui/config.toml")
    }

    fn order(&self) -> Output {
        let to = ["withdraw", "--coin", "TRX", "--network", "Tron (TRC-20)", "--address", SAMPLE_ADDRESS];
        self.run(&[&to[..], &["--amount=21", "--yes", "--confirm-tail", "5HV7rU"]].concat())
    }

    #[track_caller]
    fn assert_silent(&self, bytes: &[u8]) {
        for form in forms(self.exchange.secret()) {
            assert!(!bytes.windows(form.len()).any(|part| part == form.as_bytes()), "the secret is in it");
        }
    }

    /// No file that was written holds the secret; the keyring's own is encrypted.
    #[track_caller]
    fn assert_nothing_written(&self) {
        for file in self.machine.files() {
            // Sockets and pipes of the bus are no files.
            if let Ok(bytes) = std::fs::read(&file) {
                self.assert_silent(&bytes);
            }
        }
    }
}

/// A secret as it is, and as it looks when somebody has encoded it.
fn forms(secret: &str) -> [String; 3] {
    let hex = data_encoding::HEXLOWER.encode(secret.as_bytes());
    [secret.to_owned(), hex.to_uppercase(), hex]
}

#[test]
fn with_a_keyring_a_key_is_stored_used_and_removed() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    let stored = newcomer.login(&[]);
    assert_eq!(code(&stored), 0, "{}", stderr(&stored));
    let uid = "681979174";
    assert!(stdout(&stored).contains(uid) && stdout(&stored).contains("keyring"), "{}", stdout(&stored));
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    for line in ["[profiles.main]", "store = \"keyring\"", "uid = \"681979174\"", "base_url = \"http://127.0.0.1"] {
        assert!(config.contains(line), "{config}");
    }
    assert!(stdout(&newcomer.run(&["whoami"])).contains(uid));
    assert_eq!(code(&newcomer.order()), 0);
    assert_eq!(newcomer.exchange.executed().len(), 1);
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("live");
    pty.send("D").wait_for("keyring of this system");
    pty.send("\x1b").wait_for("Available");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    newcomer.assert_silent(&pty.bytes());
    let again = newcomer.login(&[]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("--replace"), "{}", stderr(&again));
    assert_eq!(code(&newcomer.login(&["--replace"])), 0);
    assert_eq!(code(&newcomer.run(&["logout"])), 2, "nobody can be asked");
    assert_eq!(code(&newcomer.run(&["logout", "--yes"])), 0);
    assert_eq!(code(&newcomer.run(&["whoami"])), 4);
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    assert!(!config.contains("key =") && !config.contains("uid"), "{config}");
    newcomer.assert_nothing_written();
}

#[test]
fn locked_keyring_is_not_empty_and_nothing_replaces_it() {
    let Some(mut newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&[])), 0);
    newcomer.lock_keyring();
    // What the environment holds is not this profile's store.
    let mut command = newcomer.command(&["whoami"]);
    command.env("WALLET_TUI_API_SECRET", newcomer.exchange.secret());
    let output = command.output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(stderr(&output).contains("locked") && stderr(&output).contains("unlock it"), "{}", stderr(&output));
    let refused = newcomer.login(&["--replace"]);
    assert_eq!(code(&refused), 4, "{}", stderr(&refused));
    assert_eq!(code(&newcomer.order()), 4);
    assert_eq!(newcomer.exchange.executed().len(), 0);
    assert_eq!(code(&newcomer.run(&["logout", "--yes"])), 4);
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    assert!(config.contains("store = \"keyring\""), "{config}");
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("the keyring is locked");
    assert_eq!(pty.end().exit_code(), 4);
    pty.assert_given_back();
    newcomer.unlock_keyring();
    assert_eq!(code(&newcomer.run(&["whoami"])), 0, "the entry is still there");
}

#[test]
fn an_entry_that_is_missing_is_not_a_locked_keyring() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&[])), 0);
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    std::fs::write(newcomer.config(), config.replace(newcomer.exchange.api_key(), "another")).unwrap();
    let output = newcomer.run(&["whoami"]);
    assert_eq!(code(&output), 4);
    assert!(
        stderr(&output).contains("has no secret") && stderr(&output).contains("login --replace"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn proxy_is_used_and_shown_but_never_for_loopback() {
    use std::io::Read as _;
    let newcomer = Newcomer::without_keyring();
    let config = newcomer.config();
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    let asked = |scheme: &str| {
        let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = proxy.local_addr().unwrap();
        // A machine without any certificate of its own does not even try; a root of one's own lets it.
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client/tls/right.pem");
        let text = format!(
            "proxy = \"{scheme}://{address}\"\nbase_url = \"https://exchange.invalid\"\nroot_certificates = '{root}'\n"
        );
        std::fs::write(&config, text).unwrap();
        let head = std::thread::spawn(move || {
            let (mut stream, _) = proxy.accept().unwrap();
            let mut head = [0; 64];
            let count = stream.read(&mut head).unwrap();
            head[..count].to_vec()
        });
        let output = newcomer.machine.run(&["rates"]);
        assert_eq!(code(&output), 5, "{}", stderr(&output));
        head.join().unwrap()
    };
    let head = asked("http");
    assert!(head.starts_with(b"CONNECT exchange.invalid:443"), "{:?}", String::from_utf8_lossy(&head));
    assert_eq!(asked("socks5h")[0], 5, "the greeting of SOCKS 5");
    // This machine is reached without it, whatever file and environment say.
    std::fs::write(&config, "proxy = \"http://127.0.0.1:1\"\n").unwrap();
    let mut command = newcomer.command(&["rates"]);
    command.env("HTTP_PROXY", "http://127.0.0.1:1").env("ALL_PROXY", "http://127.0.0.1:1");
    assert_eq!(code(&command.output().unwrap()), 0);
}

#[test]
fn missing_keyring_is_said_and_nothing_is_stored() {
    let newcomer = Newcomer::without_keyring();
    let output = newcomer.login(&[]);
    assert_eq!(code(&output), 4);
    let said = stderr(&output);
    assert!(
        said.contains("no keyring") && said.contains("--store file") && said.contains("--secret-command"),
        "{said}"
    );
    assert!(!newcomer.config().exists());
    newcomer.assert_nothing_written();
}

#[test]
fn a_bus_that_never_answers_can_be_left() {
    let newcomer = Newcomer::without_keyring();
    let dir = newcomer.machine.home.path().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&dir).unwrap();
    let config = newcomer.config();
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "[profiles.main]\nkey = \"k\"\n").unwrap();
    let mut command = program(&[]);
    command.env("HOME", newcomer.machine.home.path());
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", dir.display()));
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("waiting for the keyring");
    pty.send("\x03");
    assert!(!pty.end().success());
}

#[test]
fn a_command_gives_the_secret_without_a_bus_and_without_a_shell() {
    let newcomer = Newcomer::without_keyring();
    let vault = newcomer.machine.home.path().join("vault");
    std::fs::write(&vault, format!("{}\n", newcomer.exchange.secret())).unwrap();
    let key = newcomer.exchange.api_key().to_owned();
    let vault_path = vault.display().to_string();
    let output = newcomer.run(&["login", "--key", &key, "--secret-command", "cat", &vault_path]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(code(&newcomer.run(&["whoami"])), 0);
    assert_eq!(code(&newcomer.order()), 0);
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("live");
    // The lock asks the command again.
    pty.send("L").wait_for("Locked");
    pty.send("\r").wait_for("live");
    std::fs::write(&vault, "another\n").unwrap();
    pty.send("L").wait_for("Locked");
    pty.send("\r").wait_for("another secret");
    pty.send("\x03");
    assert_eq!(pty.end().exit_code(), 0);
    std::fs::remove_file(&vault).unwrap();
    let gone = newcomer.run(&["whoami"]);
    assert_eq!(code(&gone), 4);
    assert!(stderr(&gone).contains("secret_command"), "{}", stderr(&gone));
    let out = newcomer.run(&["logout", "--yes"]);
    assert_eq!(code(&out), 0);
    assert!(stdout(&out).contains("stays there"), "{}", stdout(&out));
    newcomer.assert_nothing_written();
}

#[test]
fn a_line_end_behind_key_or_secret_is_trimmed_on_every_door() {
    let newcomer = Newcomer::without_keyring();
    let (key, secret) = (newcomer.exchange.api_key().to_owned(), newcomer.exchange.secret().to_owned());
    let vault = newcomer.machine.home.path().join("vault").display().to_string();
    let replace = |args: &[&str]| newcomer.run(&[&["login", "--replace"], args].concat());
    // As pass keeps it: the secret first, what else is known of it below.
    for kept in
        [format!("{secret}\nuser: ann\nurl: https://exchange\n"), format!("{secret}\r\nnotes\r\n"), secret.clone()]
    {
        std::fs::write(&vault, kept).unwrap();
        for end in ["", "\n", "\r\n"] {
            let output = replace(&["--key", &format!("{key}{end}"), "--secret-command", "cat", &vault]);
            assert_eq!(code(&output), 0, "{}", stderr(&output));
        }
        assert_eq!(code(&newcomer.run(&["whoami"])), 0);
    }
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    std::fs::write(newcomer.config(), config.replace(&format!("\"{key}\""), &format!("\"{key}\\r\\n\""))).unwrap();
    assert_eq!(code(&newcomer.run(&["whoami"])), 0, "in the file too");
    for end in ["", "\n", "\r\n"] {
        let from_environment = |args: &[&str]| {
            let mut command = newcomer.command(args);
            command.env("WALLET_TUI_API_KEY", format!("{key}{end}"));
            let output = command.env("WALLET_TUI_API_SECRET", format!("{secret}{end}")).output().unwrap();
            newcomer.assert_silent(&output.stderr);
            output
        };
        let output = from_environment(&["login", "--replace", "--store", "environment"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(code(&from_environment(&["whoami"])), 0);
        // The store is not there; the secret was taken before anybody knew.
        let piped =
            newcomer.run_with(&["login", "--replace", "--key", &key, "--secret-stdin"], &format!("{secret}{end}"));
        assert!(code(&piped) == 4 && stderr(&piped).contains("no keyring"), "{}", stderr(&piped));
    }
}

#[test]
fn what_is_no_secret_is_said_for_what_it_is_and_never_blamed() {
    let newcomer = Newcomer::without_keyring();
    let (key, secret) = (newcomer.exchange.api_key().to_owned(), newcomer.exchange.secret().to_owned());
    let piped = |text: &str| newcomer.run_with(&["login", "--key", &key, "--secret-stdin"], text);
    for (text, words) in [
        (format!("{secret}\nuser: ann\n"), format!("holds a line end after character {}", secret.len())),
        (format!("{secret} \n"), format!("holds a blank after character {}", secret.len())),
        (format!("\t{secret}"), "holds a tab at its start".to_owned()),
        (format!("{secret}\u{200b}"), format!("holds an invisible U+200B after character {}", secret.len())),
        ("x".repeat(5_000), "has more than 4096 characters".to_owned()),
    ] {
        let output = piped(&text);
        let said = stderr(&output);
        assert!(code(&output) == 4 && said.contains(&words), "{words}: {said}");
        assert!(said.contains("the secret alone, on one line") && !said.contains("copy"), "{said}");
    }
    let blank = newcomer.run(&["login", "--key", "ab cd", "--secret-command", "echo", &secret]);
    assert!(code(&blank) == 2 && stderr(&blank).contains("the API key holds a blank after character 2"));
    let mut command = newcomer.command(&["whoami"]);
    command.env("WALLET_TUI_API_KEY", &key).env("WALLET_TUI_API_SECRET", format!("{secret}\nmore"));
    let output = command.output().unwrap();
    newcomer.assert_silent(&output.stderr);
    let words = format!("WALLET_TUI_API_SECRET holds a line end after character {}", secret.len());
    assert!(code(&output) == 4 && stderr(&output).contains(&words), "{}", stderr(&output));
    assert_eq!(newcomer.exchange.all_requests(), 0, "the exchange was not even asked");
}

#[test]
fn a_signal_ends_the_program_while_a_command_is_silent() {
    let newcomer = Newcomer::without_keyring();
    let vaults = ["main", "other"].map(|profile| {
        let vault = newcomer.machine.home.path().join(format!("vault-{profile}"));
        std::fs::write(&vault, newcomer.exchange.secret()).unwrap();
        let path = vault.display().to_string();
        let login =
            ["login", "--profile", profile, "--key", newcomer.exchange.api_key(), "--secret-command", "cat", &path];
        let output = newcomer.run(&login);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        path
    });
    // The lock asks one of them again, a change of profile the other.
    for (keys, vault) in [(["L", "\r"], &vaults[0]), (["P", "j\r"], &vaults[1])] {
        let mut pty = newcomer.terminal(&["--profile", "main"]);
        pty.wait_for("live");
        let secret = std::fs::read(vault).unwrap();
        std::fs::remove_file(vault).unwrap();
        assert!(Command::new("mkfifo").arg(vault).status().unwrap().success());
        pty.send(keys[0]).wait_until("asked", |s| s.contains("Locked") || s.contains("changes to another account"));
        pty.send(keys[1]);
        pty.wait_until("aside", |_| !pty.look(vt100::Screen::alternate_screen));
        pty.signal(Signal::TERM);
        let stat = format!("/proc/{}/stat", pty.pid());
        let is_over = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        pty.wait_until("over", |_| is_over());
        // The command is let go, should it still be there; nobody is behind it any more.
        drop(std::fs::File::options().read(true).write(true).open(vault));
        std::fs::remove_file(vault).unwrap();
        std::fs::write(vault, secret).unwrap();
        assert!(!pty.end().success());
    }
}

#[test]
fn a_named_configuration_begins_with_the_first_login() {
    let newcomer = Newcomer::without_keyring();
    let file = newcomer.machine.home.path().join("mine/new.toml");
    let named = format!("--config={}", file.display());
    assert_eq!(code(&newcomer.run(&[&named, "whoami"])), 2, "elsewhere a named file has to be there");
    let login = ["login", "--key", newcomer.exchange.api_key(), "--secret-command", "echo", newcomer.exchange.secret()];
    let stored = newcomer.run(&[&[named.as_str()][..], &login].concat());
    assert_eq!(code(&stored), 0, "{}", stderr(&stored));
    assert_eq!(code(&newcomer.run(&[&named, "whoami"])), 0);
}

#[test]
fn leaving_a_hidden_question_restores_the_echo() {
    let newcomer = Newcomer::without_keyring();
    let mut plain = newcomer.terminal(&["--version"]);
    assert!(plain.end().success());
    let before = plain.modes();
    assert!(before.contains("ECHO |"), "{before}");
    let typed = ["\u{3}", "\u{15}\u{4}"].map(Ok);
    let signals = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT].map(Err);
    for leave in typed.into_iter().chain(signals) {
        let mut pty = newcomer.terminal(&["login", "--store", "file"]);
        pty.wait_for("API key");
        pty.send(&format!("{}\r", newcomer.exchange.api_key())).wait_for("Secret");
        assert!(!pty.modes().contains("ECHO |"), "hidden as soon as it is asked for: {}", pty.modes());
        pty.send("half of it");
        match leave {
            Ok(keys) => {
                pty.send(keys);
            }
            Err(signal) => pty.signal(signal),
        }
        assert!(!pty.end().success(), "{leave:?}");
        assert_eq!(pty.modes(), before, "after {leave:?}");
        assert!(!pty.screen().contains("half"), "{}", pty.screen());
    }
}

#[test]
fn an_encrypted_file_works_on_a_bare_terminal() {
    let newcomer = Newcomer::without_keyring();
    let key = newcomer.exchange.api_key().to_owned();
    let mut pty = newcomer.terminal(&["login", "--store", "file"]);
    pty.wait_for("API key");
    // Both in one paste: the second line is on its way before anybody asks for it.
    pty.send(&format!("{key}\r{}\r", newcomer.exchange.secret())).wait_for("A new passphrase");
    assert!(pty.screen().contains(&key[..4]) && !pty.screen().contains(&key), "{}", pty.screen());
    pty.send(&format!("{PASSPHRASE}\r")).wait_for("again");
    pty.send(&format!("{PASSPHRASE}\r")).wait_for("the key works");
    assert_eq!(pty.end().exit_code(), 0);
    newcomer.assert_silent(&pty.bytes());
    let nobody = newcomer.run(&["whoami"]);
    assert_eq!(code(&nobody), 4, "{}", stderr(&nobody));
    let mut pty = newcomer.terminal(&["whoami"]);
    pty.wait_for("Passphrase of profile main");
    // A slip is asked for again, so that the next try does not end in the shell; three are enough.
    for tries in 1..=2 {
        pty.send("wrong one\r");
        pty.wait_until("asked again", |s| {
            s.matches("not the passphrase").count() == tries && s.matches("Passphrase of profile").count() > tries
        });
    }
    pty.send("wrong one\r");
    assert_eq!(pty.end().exit_code(), 4);
    // Typed while the slip is still being tried, it is not seen either.
    let mut pty = newcomer.terminal(&["whoami"]);
    pty.wait_for("Passphrase of profile main");
    pty.send(&format!("wrong one\r{PASSPHRASE}\r"));
    assert_eq!(pty.end().exit_code(), 0);
    assert!(!String::from_utf8_lossy(&pty.bytes()).contains(PASSPHRASE), "a passphrase was shown");
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("Passphrase of profile main");
    pty.send(&format!("{PASSPHRASE}\r")).wait_for("live");
    pty.send("L").wait_for("Passphrase, then Enter");
    assert!(!pty.screen().contains("USDT") && !pty.screen().contains("681979174"), "{}", pty.screen());
    pty.send("wrong\r").wait_for("not the passphrase");
    pty.send(&format!("{PASSPHRASE}\r")).wait_for("live");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    let screen = String::from_utf8_lossy(&pty.bytes()).into_owned();
    assert!(!screen.contains(PASSPHRASE), "a passphrase was shown");
    assert_eq!(code(&newcomer.run(&["logout", "--yes"])), 0);
    assert!(!newcomer.machine.files().iter().any(|file| file.contains("main.age")));
    newcomer.assert_nothing_written();
}

#[test]
fn newcomer_is_asked_for_a_key_and_can_choose_the_demo() {
    let newcomer = Newcomer::without_keyring();
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("Welcome");
    pty.send(&format!("{}\t", newcomer.exchange.api_key()));
    // Taken whole or not at all.
    pty.send("\x1b[200~one\ntwo\x1b[201~").wait_for("The paste holds a line end after character 3: nothing was taken.");
    // Pasted as one piece, with a line end that must not press anything.
    pty.send("\x1b[200~wrong-secret\n\x1b[201~").wait_for("line ends around the paste were left out");
    // There is no keyring: a file is offered. It is looked for all the same when it is asked for.
    pty.send("\t").wait_for("a file sealed with a passphrase");
    pty.send("\x1b[D").wait_for("No keyring answers");
    pty.send("\t\r").wait_for("does not fit");
    pty.send("\x1b[Z\x1b[Z\x15").send(newcomer.exchange.secret()).send("\t\t\r").wait_for("Start one (gnome-keyring");
    pty.send("\x1b[Z\x1b[C").wait_for("a file sealed with a passphrase");
    pty.send("\t").wait_for("At least 8 characters");
    pty.send(PASSPHRASE).send("\t").send(PASSPHRASE).send("\t\r").wait_for("live");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    newcomer.assert_silent(&pty.bytes());
    newcomer.assert_nothing_written();
    let other = Newcomer::without_keyring();
    let mut pty = other.terminal(&[]);
    pty.wait_for("Welcome");
    pty.send("\x1bOQ").wait_for("DEMO");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    assert!(!other.config().exists());
}

#[test]
fn a_key_of_another_account_cannot_order() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&[])), 0);
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    std::fs::write(newcomer.config(), config.replace("681979174", "111")).unwrap();
    let refused = newcomer.order();
    assert_eq!(code(&refused), 4);
    assert!(stderr(&refused).contains("681979174") && stderr(&refused).contains("111"), "{}", stderr(&refused));
    assert_eq!(newcomer.exchange.executed().len(), 0);
    let mut pty = newcomer.terminal(&[]);
    pty.wait_for("Orders are closed");
    pty.send("q");
    pty.end();
    // A login with such a key asks first.
    assert_eq!(code(&newcomer.login(&["--replace"])), 2);
    assert_eq!(code(&newcomer.login(&["--replace", "--yes"])), 0);
    assert_eq!(code(&newcomer.order()), 0);
}

#[test]
fn a_new_key_does_not_hide_what_the_old_one_may_have_sent() {
    use wallet_tui::domain::{AskedBy, Because, Millis, MoveDirection, MoveRequest, Outcome, Request};
    use wallet_tui::engine::ledger::{Ledger, path_for};
    let newcomer = Newcomer::without_keyring();
    let key = newcomer.exchange.api_key().to_owned();
    let config = newcomer.config();
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    let vault = newcomer.machine.home.path().join("vault").display().to_string();
    std::fs::write(&vault, newcomer.exchange.secret()).unwrap();
    let old = format!(
        "[profiles.main]\nkey = \"old\"\nuid = \"681979174\"\nstore = \"command\"\nsecret_command = [\"cat\", \"{vault}\"]\n"
    );
    std::fs::write(&config, &old).unwrap();
    let data = newcomer.machine.home.path().join(".local/state/wallet-tui");
    let mut ledger = Ledger::open(&path_for(&data, "127.0.0.1", "old")).unwrap();
    let coin =
        MoveRequest { direction: MoveDirection::SpotToFutures, coin: "TRX".into(), amount: "1".parse().unwrap() };
    let order = ledger.record(&Request::Move(coin), Millis(1), None, AskedBy::Screen, &[], None).unwrap();
    ledger.set_outcome(order, &Outcome::Unknown { why: Because::Timeout.into() }, Millis(2), None).unwrap();
    let replace = ["login", "--key", &key, "--replace", "--secret-command", "cat", &vault];
    let refused = newcomer.run(&replace);
    assert_eq!(code(&refused), 1, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("wallet-tui settle"), "{}", stderr(&refused));
    assert_eq!(std::fs::read_to_string(&config).unwrap(), old, "nothing was changed");
    ledger.set_outcome(order, &Outcome::Dismissed, Millis(3), None).unwrap();
    drop(ledger);
    // A store that does not take the new secret: the old key keeps its orders.
    assert_eq!(code(&newcomer.login(&["--replace"])), 4);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), old);
    let kept = newcomer.run(&["orders", "--output", "json"]);
    assert!(stdout(&kept).contains("spot_to_futures"), "{}", stdout(&kept));
    assert_eq!(code(&newcomer.run(&replace)), 0);
    let listed = newcomer.run(&["orders", "--output", "json"]);
    assert!(stdout(&listed).contains("spot_to_futures"), "{}", stdout(&listed));
}

#[test]
fn a_file_with_a_secret_is_never_written_over() {
    let newcomer = Newcomer::without_keyring();
    let key = newcomer.exchange.api_key().to_owned();
    let login = |more: &[&str]| {
        let mut pty = newcomer.terminal(&[&["login", "--key", &key, "--store", "file"], more].concat());
        pty.wait_for("Secret");
        pty.send(&format!("{}\r", newcomer.exchange.secret())).wait_for("A new passphrase");
        pty.send(&format!("{PASSPHRASE}\r")).wait_for("again");
        pty.send(&format!("{PASSPHRASE}\r"));
        (pty.end().exit_code(), pty.screen())
    };
    let sealed = |name: &str| newcomer.config().with_file_name(name);
    let (done, screen) = login(&[]);
    assert_eq!(done, 0, "{screen}");
    assert!(sealed("main.age").exists());
    let (done, screen) = login(&["--replace"]);
    assert_eq!(done, 0, "{screen}");
    assert!(
        !sealed("main.age").exists() && sealed("main-2.age").exists(),
        "the old one goes once the new one is named"
    );
    let other = sealed("main-2.age").display().to_string();
    let before = std::fs::read(&other).unwrap();
    let (done, screen) = login(&["--profile", "desk", "--secret-file", &other]);
    assert_eq!(done, 4, "{screen}");
    assert_eq!(std::fs::read(&other).unwrap(), before, "another profile's secret");
}

#[test]
fn sealed_file_is_exchanged_with_age_both_ways() {
    let newcomer = Newcomer::without_keyring();
    if !Path::new("/usr/bin/age").exists() {
        assert!(std::env::var_os("WALLET_TUI_TEST_KEYRING").is_none(), "there is no age to test with");
        eprintln!("left out: it needs age (apt-get install age)");
        return;
    }
    let age = |args: &[&str]| {
        let mut command = portable_pty::CommandBuilder::new("/usr/bin/age");
        command.args(args);
        Pty::start(command, 80, 24)
    };
    let key = newcomer.exchange.api_key().to_owned();
    let mut pty = newcomer.terminal(&["login", "--key", &key, "--store", "file"]);
    pty.wait_for("Secret");
    pty.send(&format!("{}\r", newcomer.exchange.secret())).wait_for("A new passphrase");
    pty.send(&format!("{PASSPHRASE}\r")).wait_for("again");
    pty.send(&format!("{PASSPHRASE}\r"));
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    let sealed = newcomer.config().with_file_name("main.age");
    let plain = newcomer.machine.home.path().join("plain");
    let (sealed, plain) = (sealed.to_str().unwrap(), plain.to_str().unwrap());
    let mut pty = age(&["-d", "-o", plain, sealed]);
    pty.wait_for("passphrase");
    pty.send(&format!("{PASSPHRASE}\r"));
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    assert_eq!(std::fs::read_to_string(plain).unwrap(), newcomer.exchange.secret());
    std::fs::remove_file(sealed).unwrap();
    let mut pty = age(&["-p", "-o", sealed, plain]);
    pty.wait_for("passphrase");
    pty.send("another one\r").wait_for("onfirm");
    pty.send("another one\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
    std::fs::set_permissions(sealed, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut pty = newcomer.terminal(&["whoami"]);
    pty.wait_for("Passphrase of profile main");
    pty.send("another one\r");
    assert_eq!(pty.end().exit_code(), 0, "{}", pty.screen());
}

#[test]
fn several_profiles_are_told_apart_and_changed_on_the_screen() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&["--profile", "main"])), 0);
    assert_eq!(code(&newcomer.login(&["--profile", "desk"])), 0);
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    assert!(config.contains("profile = \"main\""), "the first one stays the usual one: {config}");
    std::fs::write(
        newcomer.config(),
        config.replace("[profiles.desk]\n", "[profiles.desk]\nband = \"red\"\nread_only = true\n"),
    )
    .unwrap();
    let mut pty = newcomer.terminal(&[]);
    pty.wait_until("main", |s| s.contains(" main ") && s.contains("live"));
    pty.send("P").wait_for("changes to another account");
    // The list is in the order of the alphabet, the mark on the present one.
    pty.send("k\r").wait_until("desk", |s| s.starts_with(" wallet-tui  desk ") || s.starts_with("  desk "));
    let is_red = |column| pty.look(|screen| screen.cell(0, column).unwrap().bgcolor() == vt100::Color::Idx(1));
    assert!((0..20).any(is_red), "{}", pty.screen());
    pty.wait_for("READ-ONLY");
    pty.send("q");
    assert_eq!(pty.end().exit_code(), 0);
    assert!(stdout(&newcomer.run(&["config", "show", "--profile", "desk"])).contains("read_only = true"));
    let missing = newcomer.run(&["whoami", "--profile", "dsek"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("desk, main"), "{}", stderr(&missing));
}

#[test]
fn a_profile_change_keeps_what_was_said_at_the_start() {
    let newcomer = Newcomer::without_keyring();
    let (home, key) = (newcomer.machine.home.path(), newcomer.exchange.api_key());
    let vault = home.join("vault").display().to_string();
    std::fs::write(&vault, newcomer.exchange.secret()).unwrap();
    std::fs::create_dir_all(newcomer.config().parent().unwrap()).unwrap();
    let profile = |name: &str, more: &str| {
        let store = format!("store = \"command\"\nsecret_command = [\"cat\", \"{vault}\"]\n");
        format!("[profiles.{name}]\nkey = \"{key}\"\n{store}{more}")
    };
    // Neither names a server: left alone, each would be asked for at the exchange itself.
    let config = format!("profile = \"main\"\n{}{}", profile("desk", ""), profile("main", ""));
    std::fs::write(newcomer.config(), config).unwrap();
    let data = home.join("elsewhere").display().to_string();
    let server = newcomer.exchange.base_url();
    for is_option in [true, false] {
        let options = ["--read-only", "--lang", "zh-CN", "--data-dir", &data];
        let named: &[&str] = if is_option { &["--base-url", &server] } else { &[] };
        let mut command = newcomer.on_a_terminal(&[&options[..], named].concat());
        if is_option {
            command.env_remove("WALLET_TUI_BASE_URL");
        }
        let mut pty = Pty::start(command, 120, 30);
        pty.wait_until("main", |s| s.contains(" main ") && s.contains("127.0.0.1") && s.contains("实时"));
        pty.send("P").wait_until("both with the server", |s| s.matches("127.0.0.1").count() > 2);
        let before = newcomer.exchange.all_requests();
        pty.send("k\r").wait_until("desk", |s| {
            let header = s.lines().next().unwrap_or_default();
            header.contains(" desk ") && header.contains("127.0.0.1") && s.contains("实时") && s.contains("只读")
        });
        assert!(newcomer.exchange.all_requests() > before, "the server that was named is asked");
        pty.send("q");
        assert_eq!(pty.end().exit_code(), 0);
    }
    let files = newcomer.machine.files();
    assert!(!files.iter().any(|file| file.contains(".local/state")), "{files:?}");
}

#[test]
fn the_secret_is_nowhere_else() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&["--log-level", "debug"])), 0);
    assert_eq!(code(&newcomer.order()), 0);
    let mut pty = newcomer.terminal(&["--log-level", "debug"]);
    pty.wait_for("live");
    // What others see of a running program.
    for file in ["environ", "cmdline", "limits"] {
        // Where the system forbids even looking, so much the better.
        let Ok(bytes) = std::fs::read(format!("/proc/{}/{file}", pty.pid())) else { continue };
        newcomer.assert_silent(&bytes);
        if file == "limits" {
            let text = String::from_utf8(bytes).unwrap();
            let core = text.lines().find(|line| line.starts_with("Max core file size")).unwrap();
            assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        }
    }
    pty.send("q");
    pty.end();
    newcomer.assert_silent(&pty.bytes());
    let failed = newcomer.run(&["balances", "--log-level", "debug", "--base-url", "http://127.0.0.1:1"]);
    assert_eq!(code(&failed), 5, "{}", stderr(&failed));
    // A panic with the key in memory.
    let mut command = newcomer.on_a_terminal(&[]);
    command.env("WALLET_TUI_TEST_PANIC", "1");
    command.env("RUST_BACKTRACE", "full");
    let mut pty = Pty::start(command, 80, 24);
    pty.wait_for("live");
    pty.send("\x0c");
    assert_eq!(pty.end().exit_code(), 101);
    assert!(String::from_utf8_lossy(&pty.bytes()).contains("a panic was asked for"));
    pty.assert_given_back();
    newcomer.assert_silent(&pty.bytes());
    newcomer.assert_nothing_written();
}

#[test]
fn a_child_sees_nothing_of_the_secret() {
    let newcomer = Newcomer::without_keyring();
    let home = newcomer.machine.home.path();
    let seen = home.join("seen");
    // The command writes down all that it was given, then plays its part.
    let script = format!("env > {0}; tr '\\0' ' ' < /proc/$PPID/cmdline >> {0}; echo something-else", seen.display());
    let key = newcomer.exchange.api_key().to_owned();
    let mut command = newcomer.command(&["login", "--key", &key, "--secret-command", "sh", "-c", &script]);
    command.env("WALLET_TUI_API_SECRET", newcomer.exchange.secret());
    let output = command.output().unwrap();
    assert_eq!(code(&output), 4, "it is another secret");
    let seen = std::fs::read(seen).unwrap();
    assert!(!seen.is_empty());
    newcomer.assert_silent(&seen);
}

#[test]
fn doctor_says_what_is_wrong_and_its_report_names_nobody() {
    let Some(newcomer) = Newcomer::with_keyring() else { return };
    assert_eq!(code(&newcomer.login(&[])), 0);
    let good = newcomer.run(&["doctor"]);
    assert_eq!(code(&good), 0, "{}", stdout(&good));
    for part in ["key: key, signature", "account 681979174", "clock: right", "the keyring of this system"] {
        assert!(stdout(&good).contains(part), "{part}: {}", stdout(&good));
    }
    let report = newcomer.run(&["doctor", "--report"]);
    let home = newcomer.machine.home.path().display().to_string();
    for private in ["681979174", newcomer.exchange.api_key(), &home, "127.0.0.1"] {
        assert!(!stdout(&report).contains(private), "{private}: {}", stdout(&report));
    }
    let json: serde_json::Value = serde_json::from_slice(&newcomer.run(&["doctor", "--json"]).stdout).unwrap();
    let checks: Vec<&str> = json.as_array().unwrap().iter().map(|f| f["check"].as_str().unwrap()).collect();
    assert_eq!(checks.len(), 17, "{checks:?}");
    std::fs::write(newcomer.config(), "them = 'dark'\n").unwrap();
    let broken = newcomer.run(&["doctor"]);
    assert_eq!(code(&broken), 2);
    assert!(stdout(&broken).contains("config.toml:1:1") && stdout(&broken).contains("theme"), "{}", stdout(&broken));
    let start = newcomer.run(&["balances"]);
    assert_eq!(code(&start), 2, "a broken file does not start");
}

#[test]
fn the_kernel_keeps_a_secret_beyond_the_process_and_its_session() {
    let newcomer = Newcomer::without_keyring();
    let stored = newcomer.login(&["--store", "keyutils"]);
    if code(&stored) == 4 && stderr(&stored).contains("cannot be used here") {
        assert!(std::env::var_os("WALLET_TUI_TEST_KEYRING").is_none(), "{}", stderr(&stored));
        return eprintln!("left out: this machine forbids the kernel's keys");
    }
    assert_eq!(code(&stored), 0, "{}", stderr(&stored));
    let said = stdout(&stored);
    assert!(said.contains("memory alone") && said.contains("without use"), "{said}");
    // Each of these is a process without a session keyring of its own; they share what lasts.
    assert!(stdout(&newcomer.run(&["whoami"])).contains("681979174"));
    assert_eq!(code(&newcomer.order()), 0);
    let doctor = newcomer.run(&["doctor"]);
    assert!(stdout(&doctor).contains("memory alone"), "{}", stdout(&doctor));
    assert_eq!(code(&newcomer.login(&["--store", "keyutils", "--replace"])), 0);
    newcomer.assert_nothing_written();
    // What another forgot, and what the kernel does, looks the same: there is none.
    let config = std::fs::read_to_string(newcomer.config()).unwrap();
    std::fs::write(newcomer.config(), config.replace(newcomer.exchange.api_key(), "another")).unwrap();
    let gone = newcomer.run(&["whoami"]);
    assert_eq!(code(&gone), 4);
    for part in ["the kernel holds no secret", "restart", "--replace --profile main --store keyutils", "--store file"] {
        assert!(stderr(&gone).contains(part), "{part}: {}", stderr(&gone));
    }
    std::fs::write(newcomer.config(), config).unwrap();
    assert_eq!(code(&newcomer.run(&["logout", "--yes"])), 0);
}

#[test]
fn a_keyring_without_a_collection_is_offered_one_or_the_file() {
    let Some(newcomer) = Newcomer::with_empty_keyring() else { return };
    let output = newcomer.login(&[]);
    let said = stderr(&output);
    assert_eq!(code(&output), 4, "{said}");
    for part in ["no default collection", "not locked", "offers to make one", "--store file"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (key, secret) = newcomer.key_and_secret();
    let started = |answer: &str| {
        let mut pty = newcomer.terminal(&["login", "--key", &key]);
        pty.wait_for("Secret");
        pty.send(&secret).send("\r").wait_for("Make one?");
        pty.send(answer);
        assert_eq!(pty.end().exit_code(), 4);
        assert!(String::from_utf8_lossy(&pty.bytes()).contains("offers to make one"));
        newcomer.assert_silent(&pty.bytes());
    };
    started("n\r");
    // There is no screen that the keyring could show its window on.
    started("y\r");
    assert!(!newcomer.config().exists());
}

#[test]
fn a_silent_keyring_is_said_to_be_waited_for_in_a_script_too() {
    let newcomer = Newcomer::without_keyring();
    let dir = newcomer.machine.home.path().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&dir).unwrap();
    let mut command = newcomer.command(&["login", "--key", newcomer.exchange.api_key(), "--secret-stdin"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", dir.display()));
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut running = crate::cli::Running(spawned.unwrap());
    running.0.stdin.take().unwrap().write_all(newcomer.exchange.secret().as_bytes()).unwrap();
    let mut said = String::new();
    BufReader::new(running.0.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("waiting for the keyring") && said.contains("60 seconds"), "{said}");
    kill(running.0.id(), Signal::INT).unwrap();
    assert!(!running.0.wait().unwrap().success());
    assert!(!newcomer.config().exists());
}
