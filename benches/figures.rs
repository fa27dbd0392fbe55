//! The figures of the README: `cargo bench`. Each stands beside something well known, measured in the same run.

#![expect(clippy::unwrap_used, reason = "a benchmark ends where something is wrong")]

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use divan::{Bencher, black_box};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::{Constraint, Size};
use ratatui::style::{Style, Stylize as _};
use ratatui::widgets::{Row, Table, TableState};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Amount, Kind, Millis, Record, RecordKey, Status, UntrustedText};
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::session::Mode;
use wallet_tui::exchange::read_outgoing_page;
use wallet_tui::exchange::sign::{Signable, sign};
use wallet_tui::tui::app::App;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message, Reply};
use wallet_tui::tui::state::{AppConfig, DustFilter};
use wallet_tui::tui::view;

const NOW: Millis = Millis(1_767_225_600_000);
const SCREEN: Size = Size { width: 200, height: 60 };
const MANY: u32 = 100_000;

fn main() {
    divan::main();
}

fn records(count: u32) -> Vec<Record> {
    (0..count)
        .map(|n| Record {
            key: RecordKey { kind: Kind::Withdrawal, id: UntrustedText::from(format!("19{n:017}")) },
            coin: UntrustedText::from(["TRX", "USDT", "BTC", "XRP"][n as usize % 4]),
            network: Some(UntrustedText::from("Tron (TRC-20)")),
            amount: Amount::new(i128::from(n) * 1_000_003 + 19, 6),
            fee: Amount::new(1_000_000, 6),
            fee_coin: None,
            status: [Status::Success, Status::Success, Status::Cancelled, Status::Fail][n as usize / 4 % 4].clone(),
            time: Some(NOW.plus(-60_000 * i64::from(n))),
            from_address: None,
            address: Some(UntrustedText::from("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU")),
            also_address: None,
            memo: None,
            txid: Some(UntrustedText::from(format!("{n:064x}"))),
            remark: None,
            out_biz_id: None,
            receiver: None,
        })
        .collect()
}

fn key(code: KeyCode) -> Message {
    Message::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// Answers the one load of `effects` that asks for `wanted`.
fn answer(app: &mut App, effects: Vec<Effect>, wanted: &Load, loaded: Loaded) -> Vec<Effect> {
    let begun = effects.into_iter().find_map(|effect| match effect {
        Effect::Load { load, generation } if load == *wanted => Some(generation),
        _ => None,
    });
    let reply =
        Reply { load: wanted.clone(), generation: begun.unwrap(), at: NOW, clock_offset: Some(0), result: Ok(loaded) };
    app.update(Message::Reply(reply))
}

/// An app on the withdrawals tab with so many rows.
fn app(count: u32) -> App {
    let session = AppConfig {
        profile: UntrustedText::from("main"),
        mode: Mode::Live,
        read_only: false,
        host: None,
        lang: Lang::En,
        unit: UntrustedText::from("USDT"),
        dust: Amount::ZERO,
        dust_filter: DustFilter::All,
        refresh: 15_000,
        chance: 0,
        order_settings: wallet_tui::tui::state::OrderSettings::default(),
        identity: wallet_tui::tui::state::Identity::default(),
        keymap: wallet_tui::engine::config::keymap::Keymap::default(),
        columns: wallet_tui::domain::columns::Tab::ALL.map(|tab| tab.columns().to_vec()),
        notifications: wallet_tui::engine::notifications::NotificationConfig::default(),
        explorers: wallet_tui::domain::explorer::Explorers::default(),
        futures_coins: Vec::new(),
    };
    let mut app = App::new(session, NOW, SCREEN);
    let begun = app.update(Message::Tick(NOW));
    let begun = answer(&mut app, begun, &Load::Balances, Loaded::Balances(None));
    answer(&mut app, begun, &Load::Outgoing, Loaded::Records(records(count)));
    app.update(key(KeyCode::Char('3')));
    assert_eq!(app.table().len(), count as usize);
    app
}

#[divan::bench(name = "draw 200x60: our screen")]
fn draw_ours(bencher: Bencher<'_, '_>) {
    let app = app(MANY);
    let theme = Theme::default();
    let mut terminal = Terminal::new(TestBackend::new(SCREEN.width, SCREEN.height)).unwrap();
    bencher.bench_local(|| {
        terminal.draw(|frame| view::draw(&app, &theme, frame)).unwrap();
    });
}

#[divan::bench(name = "draw 200x60: a bare ratatui table")]
fn draw_bare(bencher: Bencher<'_, '_>) {
    let cells: Vec<Vec<String>> = records(60)
        .iter()
        .map(|r| {
            vec![
                "2 min ago".to_owned(),
                r.coin.to_string(),
                "Tron (TRC-20)".to_owned(),
                r.amount.unwrap().to_string(),
                r.fee.unwrap().to_string(),
                r.amount.unwrap().to_string(),
                "success".to_owned(),
                r.address.as_ref().unwrap().to_string(),
                r.txid.as_ref().unwrap().to_string(),
            ]
        })
        .collect();
    let mut terminal = Terminal::new(TestBackend::new(SCREEN.width, SCREEN.height)).unwrap();
    let mut state = TableState::default().with_selected(3);
    bencher.bench_local(|| {
        let rows = cells.iter().map(|row| Row::new(row.iter().map(String::as_str)));
        let table = Table::new(rows, [Constraint::Fill(1); 9])
            .header(Row::new(["Time", "Coin", "Network", "Gross", "Fee", "Net", "Status", "To", "TxID"]).bold())
            .row_highlight_style(Style::new().reversed());
        terminal.draw(|frame| frame.render_stateful_widget(table, frame.area(), &mut state)).unwrap();
    });
}

#[divan::bench(name = "key at 100,000 rows: row down")]
fn key_down(bencher: Bencher<'_, '_>) {
    let mut app = app(MANY);
    let mut down = true;
    bencher.bench_local(|| {
        down = !down;
        app.update(black_box(key(KeyCode::Char(if down { 'j' } else { 'k' }))));
    });
}

#[divan::bench(name = "key at 100,000 rows: a letter of the filter", sample_count = 20)]
fn key_filter(bencher: Bencher<'_, '_>) {
    let mut app = app(MANY);
    app.update(key(KeyCode::Char('/')));
    let mut typed = false;
    bencher.bench_local(|| {
        typed = !typed;
        app.update(black_box(key(if typed { KeyCode::Char('x') } else { KeyCode::Backspace })));
    });
}

/// The page of 100 rows as the exchange writes it (`reference.md §4.7`).
fn page() -> Vec<u8> {
    let row = |n: u64| {
        format!(
            r#"{{"id":"{}","outBizId":"123456789","type":"withdraw","coin":"TRX","amount":"19.00000000000000000000","status":"pending","ctime":1744185294000,"network":"Tron (TRC-20)","address":"TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU","transactionHash":null,"feeCoin":null,"fee":null,"memo":null,"toType":null,"toUid":null,"toPhoneCountryCode":null,"toPhoneNumber":null,"toEmail":null,"remark":null}}"#,
            1_909_877_667_383_767_042 + n
        )
    };
    let rows: Vec<String> = (0..100).map(row).collect();
    format!(r#"{{"code":"0","msg":"result.success","data":[{}],"success":true}}"#, rows.join(",")).into_bytes()
}

#[divan::bench(name = "parse a page of 100: ours")]
fn parse_ours(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.bench_local(|| read_outgoing_page(black_box(&page)).unwrap());
}

#[divan::bench(name = "parse a page of 100: serde_json Value")]
fn parse_value(bencher: Bencher<'_, '_>) {
    let page = page();
    bencher.bench_local(|| serde_json::from_slice::<serde_json::Value>(black_box(&page)).unwrap());
}

const BODY: &[u8] =
    br#"{"coin":"TRX","network":"Tron\u0020(TRC-20)","address":"TExampleAddress0000000000000000001","amount":20.5}"#;

#[divan::bench(name = "sign: ours")]
fn sign_ours(bencher: Bencher<'_, '_>) {
    let secret = SecretString::from("s3cretTEST00000000000000000000ff".to_owned());
    bencher.bench_local(|| {
        let what = Signable {
            nonce: "99990000aaaabbbbccccddddeeeeffff",
            timestamp: "1767225601234",
            api_key: "k3yTEST0000000000000000000000001",
            query: "",
            body: black_box(BODY),
        };
        sign(what, &secret)
    });
}

#[divan::bench(name = "sign: two bare SHA-256 of the same bytes")]
fn sign_bare(bencher: Bencher<'_, '_>) {
    let first = [&b"99990000aaaabbbbccccddddeeeeffff1767225601234k3yTEST0000000000000000000000001"[..], BODY].concat();
    let second = [b'0'; 96];
    bencher.bench_local(|| (Sha256::digest(black_box(&first)), Sha256::digest(black_box(&second))));
}
