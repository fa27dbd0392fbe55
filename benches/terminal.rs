//! The figures of the README that need a real terminal: `cargo bench --bench terminal`. The program and, in the same run, a
//! bare ratatui table of as many rows, each in a pseudo-terminal of 120×40 with a ledger of 100,000 records and no network.

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

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use portable_pty::CommandBuilder;
use pty::{Run, environment, ms};
use ratatui::layout::Constraint;
use ratatui::style::Style;
use ratatui::widgets::{Row, Table, TableState};

/// How much is measured: everything, or with `--test` just enough to see that it works.
#[derive(Clone, Copy)]
struct Scale {
    rows: u32,
    starts: usize,
    keys: usize,
}

const WHOLE: Scale = Scale { rows: 100_000, starts: 7, keys: 300 };
const TRIAL: Scale = Scale { rows: 1_000, starts: 1, keys: 10 };
/// The newest moment in the ledger, milliseconds.
const NEWEST: i64 = 1_767_225_600_000;
/// A coin that stands nowhere but in a row.
const MARK: &str = "ZZMARK";
/// So long without output is quiet.
const QUIET: Duration = Duration::from_millis(6);

fn main() {
    let asked = |wanted| std::env::args().any(|argument| argument == wanted);
    if asked("--bare") {
        return bare(std::env::args().nth(2).unwrap().parse().unwrap());
    }
    let scale = if asked("--test") { TRIAL } else { WHOLE };
    let home = std::env::temp_dir().join(format!("wallet-tui-bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    fill(&home, scale.rows);
    let ours = Figures::take(scale, || program(&home), MARK, "3", "TJmW");
    let myself = std::env::current_exe().unwrap();
    let bare = Figures::take(
        scale,
        || {
            let mut command = CommandBuilder::new(&myself);
            command.args(["--bare", &scale.rows.to_string()]);
            command
        },
        "row 0 ",
        "",
        "row 0 ",
    );
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_wallet-tui")).unwrap().len();
    std::fs::remove_dir_all(&home).unwrap();

    let filter: Vec<f64> = ours.filter.iter().map(|t| ms(*t)).collect();
    println!(
        "{:<58} {:>10} {:>10} {:>7}",
        format!("120x40, {} records, no network", scale.rows),
        "here",
        "bare table",
        "ratio"
    );
    let line = |name: &str, here: f64, beside: Option<f64>, unit: &str| {
        let text = |value: f64| format!("{value:.2} {unit}");
        let ratio = beside.map_or_else(String::new, |beside| format!("{:.2}", here / beside));
        println!("{name:<58} {:>10} {:>10} {ratio:>7}", text(here), beside.map_or_else(|| "–".to_owned(), text));
    };
    line("start to the first frame with rows, median", ms(ours.first), Some(ms(bare.first)), "ms");
    line("key to changed screen, median", ms(ours.key(0.5)), Some(ms(bare.key(0.5))), "ms");
    line("key to changed screen, 99 of 100", ms(ours.key(0.99)), Some(ms(bare.key(0.99))), "ms");
    line("bytes written per key, median", ours.bytes, Some(bare.bytes), "B");
    line("all keys in one write, per key until quiet", ms(ours.burst), Some(ms(bare.burst)), "ms");
    line("a letter of the filter to changed screen, worst", filter.iter().copied().fold(0.0, f64::max), None, "ms");
    line("resident memory", ours.resident, Some(bare.resident), "MB");
    line("quit to the process's end, median", ms(ours.quit), Some(ms(bare.quit)), "ms");
    line("stripped binary", (binary as f64) / 1e6, None, "MB");
    println!("the letters of the filter, ms: {filter:.1?}");
}

/// The program with a ledger of its own and an exchange that nobody answers for.
fn program(home: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_wallet-tui"));
    command.args(["--base-url", "http://127.0.0.1:9", "--no-mouse"]);
    for (name, value) in environment(home) {
        command.env(name, value);
    }
    command
}

/// Lets the program make its ledger, then fills it.
fn fill(home: &Path, rows: u32) {
    let wallet = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallet-tui"));
        command.args(args).args(["--base-url", "http://127.0.0.1:9"]).env_clear().envs(environment(home));
        command.output().unwrap()
    };
    // An export of nothing begins a ledger.
    drop(wallet(&["export"]));
    let path = PathBuf::from(String::from_utf8(wallet(&["ledger", "path"]).stdout).unwrap().trim());
    let mut ledger = rusqlite::Connection::open(path).unwrap();
    let write = ledger.transaction().unwrap();
    {
        let mut record = write
            .prepare(
                "INSERT INTO records (way, kind, id, coin, network, amount, fee, fee_coin, status, is_final, time_ms, \
                 from_address, address, txid, first_ms) VALUES (?1, ?2, ?3, ?4, 'Tron (TRC-20)', ?5, ?6, ?7, 'success', \
                 1, ?8, ?9, ?10, ?11, ?8)",
            )
            .unwrap();
        for n in 0..rows {
            let (out, coin) = (n % 2, ["USDT", "TRX", "BTC", "ETH", "SOL"][n as usize % 5]);
            let fee = (out == 1).then_some("1.00000000000000000000");
            record
                .execute(rusqlite::params![
                    out,
                    if out == 1 { "withdrawal" } else { "deposit" },
                    (2_000_000_000_000_000_000_u64 + u64::from(n) * 7_919).to_string(),
                    coin,
                    format!("{}.{:08}000000000000", n % 99_991 + 1, n),
                    fee,
                    fee.map(|_| coin),
                    NEWEST - i64::from(n) * 600_000,
                    (out == 0).then(|| format!("TX{n:032}")),
                    "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU",
                    format!("{:064x}", u64::from(n) * 7_919),
                ])
                .unwrap();
        }
    }
    for fact in ["read_in", "read_out"] {
        write.execute("INSERT OR REPLACE INTO facts VALUES (?1, ?2)", [fact, &NEWEST.to_string()]).unwrap();
    }
    for fact in ["history_0", "history_1"] {
        write.execute("INSERT OR REPLACE INTO facts VALUES (?1, '1')", [fact]).unwrap();
    }
    for coin in [MARK, "USDT", "TRX", "BTC"] {
        write.execute("INSERT OR REPLACE INTO balances VALUES (?1, '12.5', '0', ?2)", (coin, NEWEST)).unwrap();
    }
    write.commit().unwrap();
}

/// What is measured of a program.
struct Figures {
    first: Duration,
    keys: Vec<Duration>,
    bytes: f64,
    burst: Duration,
    filter: Vec<Duration>,
    resident: f64,
    quit: Duration,
}

impl Figures {
    /// `mark` stands in the first rows, `tab` leads to the table of records, `row` stands there.
    fn take(scale: Scale, command: impl Fn() -> CommandBuilder, mark: &str, tab: &str, row: &str) -> Self {
        let (mut firsts, mut quits) = (Vec::new(), Vec::new());
        for _ in 0..scale.starts {
            let run = Run::start(command());
            firsts.push(run.wait_for(mark).duration_since(run.started));
            // All of the history is there by then.
            run.pass(Duration::from_millis(2_500));
            quits.push(run.quit());
        }
        let mut run = Run::start(command());
        run.wait_for(mark);
        run.pass(Duration::from_millis(2_500));
        if !tab.is_empty() {
            run.send(tab);
            run.wait_for(row);
        }
        run.pass(Duration::from_millis(2_500));
        let resident = run.status("VmRSS") / 1e3;
        let (mut keys, mut bytes) = (Vec::new(), Vec::new());
        for _ in 0..scale.keys {
            let pressed = run.send("j");
            let (_, last, count) = run.until_quiet(QUIET);
            if let Some(last) = last {
                keys.push(last.duration_since(pressed));
                bytes.push(count);
            }
        }
        keys.sort_unstable();
        bytes.sort_unstable();
        let pressed = run.send(&"j".repeat(scale.keys));
        let (_, last, _) = run.until_quiet(Duration::from_millis(60));
        let burst = last.unwrap().duration_since(pressed) / u32::try_from(scale.keys).unwrap();
        let mut filter = Vec::new();
        if !tab.is_empty() {
            run.send("/");
            run.until_quiet(Duration::from_millis(200));
            for letter in ["t", "r", "x", " ", "a", "m", "o", "u", "n", "t", ">", "5", "0", "0"] {
                let pressed = run.send(letter);
                let (first, _, _) = run.until_quiet(Duration::from_millis(120));
                filter.push(first.unwrap().duration_since(pressed));
            }
            run.send("\r");
            run.until_quiet(Duration::from_millis(200));
        }
        let _ = run.quit();
        firsts.sort_unstable();
        quits.sort_unstable();
        Self {
            first: firsts[firsts.len() / 2],
            bytes: bytes[bytes.len() / 2] as f64,
            keys,
            burst,
            filter,
            resident,
            quit: quits[quits.len() / 2],
        }
    }

    fn key(&self, part: f64) -> Duration {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
        let at = (self.keys.len() as f64 * part) as usize;
        self.keys[at.min(self.keys.len() - 1)]
    }
}

/// The least that a table in a terminal can be: all rows in memory, up, down, out.
fn bare(count: u32) {
    use crossterm::event::{Event, KeyCode, read};
    let rows: Vec<[String; 7]> = (0..count)
        .map(|n| {
            let coin = ["USDT", "TRX", "BTC", "ETH", "SOL"][n as usize % 5];
            let amount = format!("{}.{n:08}", n % 99_991 + 1);
            [
                format!("row {n} "),
                coin.into(),
                "Tron (TRC-20)".into(),
                amount.clone(),
                "1".into(),
                amount,
                "✓ success".into(),
            ]
        })
        .collect();
    let mut terminal = ratatui::init();
    let mut state = TableState::default().with_selected(0);
    let widths = [12, 6, 16, 22, 6, 22, 14].map(Constraint::Length);
    loop {
        let at = state.selected().unwrap_or(0);
        terminal
            .draw(|frame| {
                let height = usize::from(frame.area().height);
                let from = at.saturating_sub(height - 1);
                let shown = rows[from..rows.len().min(from + height)]
                    .iter()
                    .map(|row| Row::new(row.iter().map(String::as_str)));
                let table = Table::new(shown, widths).row_highlight_style(Style::new().reversed());
                let mut window = TableState::default().with_selected(at - from);
                frame.render_stateful_widget(table, frame.area(), &mut window);
            })
            .unwrap();
        // What waits already is taken before the next frame, as a program does that must keep up.
        loop {
            match read().unwrap() {
                Event::Key(key) if key.code == KeyCode::Char('j') => state.select_next(),
                Event::Key(key) if key.code == KeyCode::Char('q') => return ratatui::restore(),
                _ => {}
            }
            if !crossterm::event::poll(Duration::ZERO).unwrap() {
                break;
            }
        }
    }
}
