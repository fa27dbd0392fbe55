//! A D-Bus of a test's own, which ends with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running bus.
pub struct SessionBus {
    daemon: Child,
    address: String,
}

impl SessionBus {
    /// `None` on a machine that has no bus to test with and need not have one.
    ///
    /// # Panics
    /// There is none where there must be one.
    pub fn start() -> Option<Self> {
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut daemon) = daemon else {
            assert!(std::env::var_os("WALLET_TUI_TEST_KEYRING").is_none(), "there is no dbus-daemon to test with");
            eprintln!("left out: it needs dbus (apt-get install dbus)");
            return None;
        };
        let mut address = String::new();
        BufReader::new(daemon.stdout.take()?).read_line(&mut address).ok()?;
        Some(Self { daemon, address: address.trim().to_owned() })
    }

    /// Where it is reached.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
