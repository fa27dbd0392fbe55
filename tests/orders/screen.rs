//! The screen over real HTTP: keys go in, the app and the runtime work as they do in the program, and what a person reads
//! is compared with what the exchange executed and what the ledger holds.

use std::path::PathBuf;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::time::timeout;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Millis, Outcome};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::ledger::Ledger;
use wallet_tui::engine::orders::GuardReader;
use wallet_tui::engine::session::Mode;
use wallet_tui::exchange::{Client, Credentials, Limits};
use wallet_tui::platform::clock;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Config, Fault, Simulator, Strike};
use wallet_tui::tui::app::App;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;
use wallet_tui::tui::runtime::{OrderingConfig, Runtime};
use wallet_tui::tui::state::{AppConfig, DustFilter, OrderSettings};
use wallet_tui::tui::view;

const SIZE: Size = Size::new(80, 24);
/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Withdraw,
    Transfer,
    Move,
}

impl Kind {
    const fn endpoint(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Transfer => "inside_transfer",
            Self::Move => "funds_transfer",
        }
    }
}

/// What the person must read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Accepted,
    Refused,
    Unknown,
}

/// The program without its terminal.
struct Seat {
    app: App,
    runtime: Runtime,
    inbox: mpsc::Receiver<Message>,
    exchange: Simulator,
    now: Millis,
    /// Wishes whose one message has not come.
    awaited: usize,
    dir: tempfile::TempDir,
}

impl Seat {
    async fn take(money_total: Duration) -> Self {
        let config = Config { quiet: true, requests_per_second: 1_000, ..Config::default() };
        let exchange = Simulator::start(config).await.unwrap();
        let secret = SecretString::from(exchange.secret());
        let credentials = Credentials { key: exchange.api_key().to_owned(), secret };
        let limits = Limits { money_total, read_retries: 0, ..Limits::default() };
        let client = Client::new(exchange.base_url().parse().unwrap(), Some(credentials), limits).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (send, inbox) = mpsc::channel(1024);
        let guards = GuardReader::default();
        let ordering = OrderingConfig { ledger: Some(dir.path().join("ledger.sqlite")), uid: None, guards };
        let runtime = Runtime::new(client, send, Some(ordering));
        let now = clock::now();
        let mut app = App::new(session(), now, SIZE);
        app.update(Message::Shown(0));
        let mut seat = Self { app, runtime, inbox, exchange, now, awaited: 0, dir };
        for _ in 0..3 {
            seat.tick(1_000).await;
        }
        seat
    }

    fn tell(&mut self, message: Message) {
        for effect in self.app.update(message) {
            if let Effect::AskTerminal(number) = effect {
                self.tell(Message::Shown(number));
                continue;
            }
            self.awaited += 1;
            match effect {
                Effect::Load { .. }
                | Effect::ReadLedger { .. }
                | Effect::ReadOrders
                | Effect::Export { .. }
                | Effect::ExportBalances { .. }
                | Effect::SaveFilter { .. }
                | Effect::ReadWorth
                | Effect::KeepWorth(..)
                | Effect::FindOrder(_)
                | Effect::Order { .. }
                | Effect::Look { .. } => self.runtime.perform(effect, self.app.exchange_now(), Lang::En),
                other => panic!("{other:?}"),
            }
        }
    }

    /// Until everything that was asked is answered.
    async fn quiet(&mut self) {
        while self.awaited > 0 {
            let message = timeout(TIMEOUT, self.inbox.recv()).await.expect("an answer in time").unwrap();
            self.awaited -= 1;
            self.tell(message);
        }
    }

    async fn tick(&mut self, ms: i64) {
        self.now = self.now.plus(ms);
        self.tell(Message::Tick(self.now));
        self.quiet().await;
    }

    async fn keys(&mut self, keys: &[KeyCode]) {
        for key in keys {
            self.tell(Message::Key(KeyEvent::new(*key, KeyModifiers::NONE)));
        }
        self.quiet().await;
    }

    async fn types(&mut self, text: &str) {
        self.keys(&text.chars().map(KeyCode::Char).collect::<Vec<_>>()).await;
    }

    fn screen(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).unwrap();
        terminal.draw(|frame| view::draw(&self.app, &Theme::default(), frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y| (0..SIZE.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..SIZE.height).map(|y| line(y) + "\n").collect()
    }

    /// Words, wherever the page breaks them.
    fn reads(&self, words: &str) -> bool {
        let flat = |text: &str| text.replace(['│', '▌'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
        flat(&self.screen()).contains(words)
    }

    async fn choose(&mut self, coin: &str) {
        self.types("1g").await;
        for _ in 0..40 {
            if self.app.selected_balance().is_some_and(|(_, b)| b.coin.raw() == coin) {
                return;
            }
            self.types("j").await;
        }
        panic!("no row of {coin}\n{}", self.screen());
    }

    /// Fills the form in and goes to its review, ready to be sent.
    async fn review(&mut self, kind: Kind) {
        match kind {
            Kind::Withdraw => {
                self.choose("TRX").await;
                self.types("w").await;
                self.tell(Message::Paste(SAMPLE_ADDRESS.to_owned()));
                self.keys(&[KeyCode::Tab]).await;
                self.types("20.5").await;
            }
            Kind::Transfer => {
                self.choose("USDT").await;
                self.types("t989541187").await;
                self.keys(&[KeyCode::Tab]).await;
                self.types("12.5").await;
                self.keys(&[KeyCode::Tab]).await;
            }
            Kind::Move => {
                self.choose("USDT").await;
                self.types("m100").await;
            }
        }
        self.keys(&[KeyCode::Enter, KeyCode::Enter]).await;
        for _ in 0..3 {
            self.tick(1_000).await;
        }
        assert!(self.reads("Review"), "{}", self.screen());
        if self.app.context() == Context::Word {
            let screen = self.screen();
            let marked = screen.split('▐').skip(1).filter_map(|part| part.split_once('▌').map(|(word, _)| word));
            let group = marked.filter(|word| word.len() == 4 && !word.contains(' ')).last().unwrap().to_owned();
            self.types(&group).await;
            self.keys(&[KeyCode::Tab]).await;
        }
    }

    async fn press_send(&mut self) {
        // What comes from the exchange meanwhile may let the moment of reading begin anew.
        for _ in 0..30 {
            if !self.reads("▐ Send") && !self.reads("▐ Move") {
                self.keys(&[KeyCode::BackTab]).await;
            }
            self.tick(1_000).await;
            if !self.reads("A moment") && !self.reads("▐ Cancel") {
                break;
            }
        }
        self.keys(&[KeyCode::Enter]).await;
    }

    /// Enter, again and again, with time in between.
    async fn hammer(&mut self) {
        for _ in 0..3 {
            self.keys(&[KeyCode::Enter, KeyCode::Enter]).await;
            self.tick(1_000).await;
        }
    }

    fn ledger_path(&self) -> PathBuf {
        self.dir.path().join("ledger.sqlite")
    }

    /// The outcome of the one order in the ledger.
    fn outcome(&self) -> Outcome {
        let orders = Ledger::open(&self.ledger_path()).unwrap().orders(9).unwrap();
        let [order] = orders.as_slice() else { panic!("{orders:?}") };
        order.outcome.clone()
    }
}

fn session() -> AppConfig {
    AppConfig {
        profile: "main".into(),
        mode: Mode::Live,
        read_only: false,
        host: None,
        lang: Lang::En,
        unit: "USDT".into(),
        dust: "1".parse().unwrap(),
        dust_filter: DustFilter::All,
        refresh: 15_000,
        chance: 255,
        order_settings: OrderSettings::default(),
        identity: wallet_tui::tui::state::Identity::default(),
        keymap: wallet_tui::engine::config::keymap::Keymap::default(),
        columns: wallet_tui::domain::columns::Tab::ALL.map(|tab| tab.columns().to_vec()),
        notifications: wallet_tui::engine::notifications::NotificationConfig::default(),
        explorers: wallet_tui::domain::explorer::Explorers::default(),
        futures_coins: Vec::new(),
    }
}

fn code(code: &str, msg: &str) -> Strike {
    Strike::Code(code.to_owned(), msg.to_owned())
}

/// A name, what goes wrong, whether the exchange executes, and what is read then.
fn cases() -> Vec<(String, Option<Fault>, bool, Word)> {
    let lost = [
        ("closed", Strike::Close),
        ("reset", Strike::Reset),
        ("truncated", Strike::Truncate),
        ("garbled", Strike::Garble),
        ("status 500", Strike::Status(500)),
        ("status 503", Strike::Status(503)),
        ("a page", Strike::Html),
        ("code 500", code("500", "result.system.error")),
        ("code 0 without id", Strike::NoData),
        ("an unlisted code", code("110099", "result.address.not.allowed")),
        ("an unlisted code that says success", Strike::Body(r#"{"code":"1","msg":"result.success"}"#.to_owned())),
        ("a listed code beside an id", Strike::Body(r#"{"code":"2","data":"77"}"#.to_owned())),
        ("no answer in time", Strike::Late(Duration::from_secs(60))),
    ];
    let refused = [
        ("too fast", code("110041", "result.request.too.fast")),
        ("expired", code("100008", "result.request.time.expired")),
        ("bad signature", code("100005", "result.api.parameter.sign.illegal")),
        ("no permission", code("110033", "OPEN_API_KEY_NO_AUTHORITY")),
    ];
    let mut cases = vec![("nothing wrong".to_owned(), None, true, Word::Accepted)];
    for (name, strike) in lost {
        cases.push((format!("{name} before"), Some(Fault::before(strike.clone())), false, Word::Unknown));
        cases.push((format!("{name} after"), Some(Fault::after(strike)), true, Word::Unknown));
    }
    for (name, strike) in refused {
        cases.push((name.to_owned(), Some(Fault::before(strike)), false, Word::Refused));
    }
    cases
}

fn read_by_a_person(seat: &Seat, word: Word, what: &str) {
    let screen = seat.screen();
    let (accepted, unknown) = (seat.reads("Accepted under the id"), seat.reads("Outcome unknown"));
    let refused = seat.reads("Nothing was executed");
    assert_eq!(
        (accepted, unknown, refused),
        match word {
            Word::Accepted => (true, false, false),
            Word::Unknown => (false, true, false),
            Word::Refused => (false, false, true),
        },
        "{what}\n{screen}"
    );
    match (word, seat.outcome()) {
        (Word::Accepted, Outcome::Accepted { id, .. }) => assert!(seat.reads(id.raw()), "{what}\n{screen}"),
        (Word::Unknown, Outcome::Unknown { .. }) | (Word::Refused, Outcome::Refused { .. }) => {}
        (_, other) => panic!("{what}: the ledger says {other:?}\n{screen}"),
    }
}

async fn run(kind: Kind, what: &str, fault: Option<Fault>, is_executed: bool, word: Word) {
    let what = format!("{kind:?} × {what}");
    let is_late = matches!(&fault, Some(Fault { strike: Strike::Late(_), .. }));
    let mut seat = Seat::take(if is_late { Duration::from_secs(3) } else { Duration::from_secs(10) }).await;
    seat.review(kind).await;
    if let Some(fault) = fault {
        seat.exchange.fail(kind.endpoint(), fault);
    }
    seat.press_send().await;
    read_by_a_person(&seat, word, &what);
    seat.hammer().await;
    assert_eq!(seat.exchange.requests(kind.endpoint()), 1, "{what}: sent once");
    assert_eq!(seat.exchange.executed().len(), usize::from(is_executed), "{what}");
    if word != Word::Unknown {
        return;
    }
    // By now it was looked for: what was executed is found, what was not stays unknown until it may be given up.
    for _ in 0..6 {
        seat.tick(1_500).await;
    }
    match seat.outcome() {
        Outcome::Accepted { id, .. } if is_executed => {
            // Of a move both sides tell that it was executed, and nothing tells its id.
            let expected = if kind == Kind::Move { "" } else { &*seat.exchange.executed()[0].id };
            assert_eq!(id.raw(), expected, "{what}");
            assert!(!seat.reads("Outcome unknown"), "{what}\n{}", seat.screen());
        }
        Outcome::Unknown { .. } if !is_executed => {
            assert!(seat.reads("1 order of unknown outcome") || seat.reads("Outcome unknown"), "{}", seat.screen());
        }
        other => panic!("{what}: {other:?}\n{}", seat.screen()),
    }
    assert_eq!(seat.exchange.requests(kind.endpoint()), 1, "{what}: looking sends nothing");
}

/// All cases side by side: each waits for the pace of its own client most of the time.
async fn all(kind: Kind) {
    let mut running = tokio::task::JoinSet::new();
    for (name, fault, is_executed, word) in cases() {
        running.spawn(async move { Box::pin(run(kind, &name, fault, is_executed, word)).await });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_go_while_a_review_is_open_let_nothing_through() {
    for suffix in ["-wal", "-shm"] {
        let mut seat = Seat::take(Duration::from_secs(10)).await;
        seat.review(Kind::Transfer).await;
        std::fs::remove_file(format!("{}{suffix}", seat.ledger_path().display())).unwrap();
        seat.press_send().await;
        assert!(seat.reads("the order is not there for others"), "{suffix}\n{}", seat.screen());
        assert_eq!((seat.exchange.requests("inside_transfer"), seat.exchange.executed().len()), (0, 0), "{suffix}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screen_says_what_became_of_a_withdrawal_sent_once() {
    all(Kind::Withdraw).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_says_what_became_of_a_transfer_and_sends_it_once() {
    all(Kind::Transfer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_says_what_became_of_a_move_and_sends_it_once() {
    all(Kind::Move).await;
}
