//! The figures of the README that need an exchange: `cargo bench --bench network`. The program in a pseudo-terminal, the
//! simulated exchange on loopback, and between them a road of 50 milliseconds each way where that is what is measured.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark reads the clock, prints ratios, and ends where something is wrong"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod pty;

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use pty::{Run, environment};
use wallet_tui::simulator::{Account, Config, Simulator};

/// How long a byte takes, one way.
const WAY: Duration = Duration::from_millis(50);
/// What the four tabs are made of.
const TABS: [&str; 3] =
    ["/api/spot/v1/user/account", "/api/spot/v1/deposit/page", "/api/spot/v1/withdraw_transfer/page"];
/// What the exchange lets through in a second (`reference.md §7.1`).
const A_SECOND: f64 = 10.0;
/// Rows of a page.
const PAGE: f64 = 100.0;

fn main() {
    let is_trial = std::env::args().any(|argument| argument == "--test");
    let home = std::env::temp_dir().join(format!("wallet-tui-bench-network-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let start = |past: usize| {
        let config = Config { quiet: true, profile: Account::Settled, ..Config::default() };
        let simulator = runtime.block_on(Simulator::start(config)).unwrap();
        simulator.world(|world| world.add_old_deposits(past));
        simulator
    };
    let line = |name: &str, figure: f64, unit: &str| println!("{name:<72} {:>12}", format!("{figure:.2} {unit}"));

    let simulator = start(0);
    let (trips, busiest) = refresh(&home.join("refresh"), &simulator);
    line("refresh of the four tabs at 100 ms there and back, in such trips", trips, "");
    line("the most requests of one kind in a second meanwhile", busiest, "");

    let length = Duration::from_secs(if is_trial { 1 } else { 60 });
    let (time, wakeups, bytes) = idle(&home.join("idle"), &simulator, length);
    line("idle, nothing pending: processor time per second", time, "ms");
    line("idle, nothing pending: wakeups per second", wakeups, "");
    line("idle, nothing pending: bytes per second", bytes, "B");

    let count = if is_trial { 300 } else { 10_000 };
    let simulator = start(count);
    let (whole, records) = first_sync(&home.join("sync"), &simulator);
    let least = (records / PAGE).ceil() / A_SECOND;
    line(&format!("export of {records} records into an empty ledger, seconds"), whole, "s");
    line("the same in terms of what ten pages a second would take", whole / least, "");
    std::fs::remove_dir_all(&home).unwrap();
}

fn program(data: &Path, simulator: &Simulator, address: &str) -> CommandBuilder {
    std::fs::create_dir_all(data).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_wallet-tui"));
    command.args(["--base-url", address, "--no-mouse"]);
    for (name, value) in environment(data) {
        command.env(name, value);
    }
    command.env("WALLET_TUI_API_KEY", simulator.api_key());
    command.env("WALLET_TUI_API_SECRET", simulator.secret());
    command
}

/// How many trips there and back a refresh takes from the key to the last answer, and the most requests of a kind in a second.
fn refresh(data: &Path, simulator: &Simulator) -> (f64, f64) {
    let road = Road::to(&simulator.base_url());
    let mut run = Run::start(program(data, simulator, &road.address));
    run.wait_for("USDT");
    // Prices come in few at a time; the connections are warm afterwards.
    run.pass(Duration::from_secs(6));
    let mut trips = Vec::new();
    for _ in 0..40 {
        if trips.len() == 5 {
            break;
        }
        road.log.lock().unwrap().clear();
        let pressed = run.send("r");
        run.pass(Duration::from_secs(1));
        let log = road.log.lock().unwrap();
        let answered = TABS.map(|path| log.iter().find(|trip| trip.path == path)?.answered);
        // One that was under way already is not asked for again: then this is no whole refresh.
        let Some(last) = answered.into_iter().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max()) else {
            continue;
        };
        trips.push(last.duration_since(pressed).as_secs_f64() / (2.0 * WAY.as_secs_f64()));
    }
    assert!(!trips.is_empty(), "no refresh came to its end");
    trips.sort_by(f64::total_cmp);
    let _ = run.quit();
    let mut kinds: HashMap<String, Vec<Instant>> = HashMap::new();
    for trip in road.log.lock().unwrap().iter() {
        kinds.entry(trip.path.clone()).or_default().push(trip.asked);
    }
    let within = |all: &[Instant], from: &Instant| {
        all.iter().filter(|at| **at >= *from && at.duration_since(*from) < Duration::from_secs(1)).count()
    };
    let busiest = kinds.values().flat_map(|all| all.iter().map(move |from| within(all, from))).max().unwrap();
    (trips[trips.len() / 2], busiest as f64)
}

/// Processor time, wakeups and bytes per second of the dashboard while nothing happens.
fn idle(data: &Path, simulator: &Simulator, length: Duration) -> (f64, f64, f64) {
    let run = Run::start(program(data, simulator, &simulator.base_url()));
    run.wait_for("USDT");
    run.pass(length.min(Duration::from_secs(20)));
    let ((time, wakeups), began) = (run.spent(), Instant::now());
    std::thread::sleep(length);
    let (seconds, after) = (began.elapsed().as_secs_f64(), run.spent());
    let bytes: usize = run.output.try_iter().map(|(_, bytes)| bytes.len()).sum();
    let _ = run.quit();
    ((after.0 - time) / seconds, (after.1 - wakeups) / seconds, bytes as f64 / seconds)
}

/// Seconds of an export of everything into an empty ledger, and how many records that was.
fn first_sync(data: &Path, simulator: &Simulator) -> (f64, f64) {
    std::fs::create_dir_all(data).unwrap();
    let began = Instant::now();
    let exported = Command::new(env!("CARGO_BIN_EXE_wallet-tui"))
        .args(["export", "--all", "--format", "ndjson", "--base-url", &simulator.base_url()])
        .env_clear()
        .envs(environment(data))
        .env("WALLET_TUI_API_KEY", simulator.api_key())
        .env("WALLET_TUI_API_SECRET", simulator.secret())
        .output()
        .unwrap();
    let seconds = began.elapsed().as_secs_f64();
    let records = exported.stdout.split(|byte| *byte == b'\n').count() - 1;
    let all = simulator.world(|world| world.history().incoming().len() + world.history().outgoing().len());
    assert_eq!(records, all, "{}", String::from_utf8_lossy(&exported.stderr));
    (seconds, records as f64)
}

/// A request on the road.
struct Trip {
    path: String,
    asked: Instant,
    answered: Option<Instant>,
}

/// A long road between the program and the exchange.
struct Road {
    address: String,
    log: Arc<Mutex<Vec<Trip>>>,
}

impl Road {
    fn to(exchange: &str) -> Self {
        let exchange = exchange.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for here in listener.incoming() {
                let (here, there) = (here.unwrap(), TcpStream::connect(&exchange).unwrap());
                let (from_there, to_here) = (there.try_clone().unwrap(), here.try_clone().unwrap());
                // One connection carries one request at a time.
                let (asking, answering) = (Arc::clone(&written), Arc::clone(&written));
                let place = Arc::new(Mutex::new(None));
                let answered = Arc::clone(&place);
                carry(here, there, move |bytes| {
                    let text = String::from_utf8_lossy(bytes);
                    let Some(path) = text.strip_prefix("POST ").or_else(|| text.strip_prefix("GET ")) else { return };
                    let path = path.split([' ', '?']).next().unwrap().to_owned();
                    let mut log = asking.lock().unwrap();
                    log.push(Trip { path, asked: Instant::now(), answered: None });
                    *place.lock().unwrap() = Some(log.len() - 1);
                });
                carry(from_there, to_here, move |_| {
                    let (place, mut log) = (*answered.lock().unwrap(), answering.lock().unwrap());
                    if let Some(trip) = place.and_then(|at: usize| log.get_mut(at)) {
                        trip.answered = Some(Instant::now() + WAY);
                    }
                });
            }
        });
        Self { address, log }
    }
}

/// Carries bytes from one end to the other, each on its way for [`WAY`]; `seen` looks at them where they set out.
fn carry(mut from: TcpStream, mut to: TcpStream, seen: impl Fn(&[u8]) + Send + 'static) {
    let (send, on_the_way) = channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (at, bytes) in on_the_way {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut chunk = vec![0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            seen(&chunk[..count]);
            if send.send((Instant::now() + WAY, chunk[..count].to_vec())).is_err() {
                return;
            }
        }
    });
}
