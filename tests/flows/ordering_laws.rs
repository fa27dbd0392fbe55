//! What holds for every sequence of keys and answers: no order without its review, none twice, none other than what was
//! shown, and nothing typed is lost without asking.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::{Limit, Limits};
use wallet_tui::domain::text::is_dangerous;
use wallet_tui::domain::{Because, Order, Outcome, Problem, Receiver, Request};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::orders::{Begun, NotBegun, Reading};
use wallet_tui::tui::app::App;
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::dialogs::review::ReviewFocus;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::message::Message;
use wallet_tui::tui::state::form::Form;
use wallet_tui::tui::state::{AppConfig, OrderSettings};
use wallet_tui::tui::view;

use super::fixtures::{ADDRESS, HOSTILE, offline};
use super::ordering::{ALIKE, KNOWN, accepted, ledger, letters, order, sent, trx, unknown, wants_word_for};
use super::test_app::{TestApp, config, text};

#[derive(Debug, Clone)]
enum Step {
    Key(KeyCode),
    Ctrl(char),
    Paste(String),
    Fill(&'static str),
    Type(&'static str),
    Orders,
    Group,
    Again,
    Pause,
    Wait(i64),
    Freshen,
    Resize(u16, u16),
    End(u8),
    Look(u8),
    Ledger(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let keys = vec![
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::BackTab,
        KeyCode::Esc,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Backspace,
        KeyCode::F(1),
        KeyCode::F(2),
        KeyCode::F(5),
        KeyCode::F(8),
        KeyCode::PageDown,
        KeyCode::End,
    ];
    let letters = "wwoyn1234qr5.TtX?d/ucmsjj語\u{202e}".chars().map(KeyCode::Char).collect::<Vec<_>>();
    let addresses = vec![KNOWN, KNOWN, KNOWN, ADDRESS, ALIKE, "", HOSTILE];
    prop_oneof![
        12 => proptest::sample::select(keys).prop_map(Step::Key),
        4 => proptest::sample::select(letters).prop_map(Step::Key),
        1 => proptest::sample::select(vec!['c', 'u', 'w', 'y', 'r', 'l']).prop_map(Step::Ctrl),
        1 => proptest::sample::select(vec!["\n\r\t\n".to_owned(), HOSTILE.to_owned(), "1".repeat(600)])
            .prop_map(Step::Paste),
        3 => proptest::sample::select(addresses).prop_map(Step::Fill),
        3 => proptest::sample::select(vec!["1gjt989541187\t12.5\tlunch\n", "1gjt\u{8}e\na@b.cd\t1\t\n", "1gjm5\n", "3gc", "4Gc", "oj"])
            .prop_map(Step::Type),
        1 => Just(Step::Orders),
        3 => Just(Step::Group),
        1 => Just(Step::Again),
        8 => Just(Step::Pause),
        4 => Just(Step::Wait(1_000)),
        1 => proptest::sample::select(vec![0, 61_000, 3_600_000, -5_000, -7_200_000]).prop_map(Step::Wait),
        3 => Just(Step::Freshen),
        2 => Just(Step::Resize(80, 24)),
        1 => (0_u16..130, 0_u16..45).prop_map(|(w, h)| Step::Resize(w, h)),
        3 => any::<u8>().prop_map(Step::End),
        2 => any::<u8>().prop_map(Step::Look),
        1 => any::<u8>().prop_map(Step::Ledger),
    ]
}

/// What is watched from outside.
struct Watch {
    test: TestApp,
    in_flight: Option<Request>,
    looks: Vec<wallet_tui::domain::OrderId>,
    orders: i64,
    sent: usize,
}

fn values(form: &Form) -> Vec<String> {
    form.fields().iter().map(|f| f.value().to_owned()).collect()
}

/// What a person reads of an app.
fn picture(app: &App) -> String {
    let size = app.size();
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    terminal.draw(|frame| view::draw(app, &Theme::default(), frame)).unwrap();
    text(terminal.backend().buffer())
}

/// The form wherever it is: being filled in, or behind its review.
fn form(dialog: Option<&Dialog>) -> Option<&Form> {
    match dialog? {
        Dialog::Form(form) => Some(form),
        Dialog::Review(review) => Some(review.form()),
        _ => None,
    }
}

impl Watch {
    /// Tells a message and checks what it did.
    fn tell(&mut self, message: &Message) {
        let before = self.test.app.clone();
        let effects = self.test.tell(message.clone());
        for effect in &effects {
            if let Effect::Look { order } = effect {
                self.looks.push(*order);
            }
        }
        let is_telling = !sent(&effects).is_empty();
        let screen = if is_telling { picture(&before) } else { String::new() };
        for request in sent(&effects) {
            assert!(self.in_flight.is_none(), "a second order while one is being sent");
            let Some(Dialog::Review(review)) = before.dialog() else { panic!("an order without its review") };
            assert_eq!(*review.request(), request, "what is sent is what was shown");
            assert_eq!(before.context(), Context::Review);
            match message {
                Message::Key(key) => {
                    assert_eq!(key.code, KeyCode::Enter);
                    assert_eq!(review.focus(), ReviewFocus::Send);
                    assert_eq!(before.review_closed(review), None, "{screen}");
                }
                Message::Tick(_) => assert!(review.counting().is_some()),
                other => panic!("{other:?} sent an order"),
            }
            assert!(review.words().iter().all(wallet_tui::tui::dialogs::review::ConfirmationField::is_typed));
            let shown = letters(&screen);
            let parts = match &request {
                Request::Withdraw(w) => vec![w.address.raw(), w.network.raw(), w.coin.raw()],
                Request::Transfer(t) => match &t.to {
                    Receiver::Uid(to) | Receiver::Email(to) => vec![to.raw(), t.coin.raw()],
                    Receiver::Phone { country_code, number } => vec![country_code.raw(), number.raw(), t.coin.raw()],
                },
                Request::Move(m) => vec![m.coin.raw()],
                Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => vec![id.raw()],
            };
            for part in parts {
                assert!(shown.contains(&letters(part)), "{part} is not on\n{screen}");
            }
            if let (Some(amount), Some(coin)) = (request.amount(), request.coin()) {
                assert!(screen.contains(&format!("{amount} {coin}")) || screen.contains(','), "{screen}");
            }
            self.in_flight = Some(request);
            self.sent += 1;
        }
        let is_edit = matches!(message, Message::Key(_) | Message::Paste(_));
        match (form(before.dialog()), form(self.test.app.dialog())) {
            (Some(old), Some(new)) if !is_edit && !matches!(message, Message::Ordered(_)) => {
                assert_eq!(values(old), values(new), "{message:?} changed what was typed");
            }
            (Some(old), None) if old.is_changed() => {
                let is_discarded = before.context() == Context::Ask
                    && matches!(message, Message::Key(key) if key.code == KeyCode::Char('y'));
                assert!(is_discarded || is_telling, "{message:?} lost what was typed\n{}", picture(&before));
            }
            _ => {}
        }
        if effects.contains(&Effect::Quit) && form(before.dialog()).is_some_and(Form::is_changed) {
            assert!(matches!(message, Message::Key(_)));
        }
        let (buffer, cursor) = self.test.draw_in(&Theme::named("none").unwrap());
        for cell in buffer.content() {
            assert!(!cell.symbol().chars().any(is_dangerous), "{:?}", cell.symbol());
        }
        if let Some((x, y)) = cursor {
            assert!(x < buffer.area.width && y < buffer.area.height);
        }
    }

    fn key(&mut self, code: KeyCode) {
        self.tell(&Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    fn wait(&mut self, ms: i64) {
        self.test.now = self.test.now.plus(ms);
        let now = self.test.now;
        self.tell(&Message::Tick(now));
    }

    fn end(&mut self, which: u8) {
        // Also when nothing was sent: an answer that nobody waits for changes nothing.
        let request = self.in_flight.take().unwrap_or_else(|| trx(KNOWN));
        self.orders += 1;
        let of = |outcome| order(self.orders, request.clone(), outcome);
        let begun = |order: Order, unrecorded: bool, problem: Option<Problem>| {
            Ok(Begun { order, problem, unrecorded: unrecorded.then(|| "disk full".into()) })
        };
        let end = match which % 12 {
            0..=2 => begun(of(accepted(&format!("id{}", self.orders))), false, None),
            3 => begun(of(accepted("x")), true, None),
            4 => begun(of(Outcome::Refused { code: "1".into(), msg: HOSTILE.into() }), false, Some(offline())),
            5 => begun(of(Outcome::NotSent { why: Because::Dns.into() }), false, None),
            6 | 7 => begun(of(unknown()), false, Some(offline())),
            8 => Err(NotBegun::Busy),
            9 => Err(NotBegun::SameUnsettled(Box::new(of(unknown())))),
            10 => Err(wants_word_for(7)),
            _ => Err(NotBegun::Damaged("l.damaged-1".into())),
        };
        self.tell(&Message::Ordered(Box::new(end)));
    }

    fn look(&mut self, which: u8) {
        let Some(id) = self.looks.pop() else { return };
        let found = |outcome| Reading::Settled(order(id.0, trx(KNOWN), outcome));
        let reading = match which % 7 {
            0 => found(accepted("found")),
            1 => found(Outcome::NoTrace),
            2 => Reading::InFlight,
            3 => Reading::Failed(offline()),
            4 => Reading::Several(super::ordering::history()),
            5 => Reading::Ledger(HOSTILE.into()),
            _ => Reading::NotYet(u32::from(which)),
        };
        self.tell(&Message::Looked { order: id, reading });
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Key(code) => self.key(*code),
            Step::Ctrl(letter) => {
                self.tell(&Message::Key(KeyEvent::new(KeyCode::Char(*letter), KeyModifiers::CONTROL)));
            }
            Step::Paste(text) => self.tell(&Message::Paste(text.clone())),
            Step::Fill(address) => {
                for c in "1gjjjj".chars() {
                    self.key(KeyCode::Char(c));
                }
                self.key(KeyCode::Char('w'));
                self.tell(&Message::Paste((*address).to_owned()));
                self.key(KeyCode::Tab);
                for c in "20.5".chars() {
                    self.key(KeyCode::Char(c));
                }
                self.key(KeyCode::Enter);
            }
            Step::Type(keys) => {
                for c in keys.chars() {
                    self.key(match c {
                        '\t' => KeyCode::Tab,
                        '\n' => KeyCode::Enter,
                        '\u{8}' => KeyCode::BackTab,
                        letter => KeyCode::Char(letter),
                    });
                }
            }
            Step::Orders => {
                let all = vec![order(3, trx(KNOWN), unknown()), order(2, trx(ADDRESS), accepted("1"))];
                self.tell(&Message::Orders(Ok(all.into())));
            }
            Step::Group => {
                let Some(Dialog::Review(review)) = self.test.app.dialog() else { return };
                let groups = review.words().iter().filter_map(|w| match &w.ask {
                    wallet_tui::tui::dialogs::review::ConfirmationKind::Group(group) => Some(group.text.clone()),
                    wallet_tui::tui::dialogs::review::ConfirmationKind::Middle(_) => Some(ALIKE[4..32].to_owned()),
                    _ => None,
                });
                let text: String = groups.collect();
                text.chars().for_each(|c| self.key(KeyCode::Char(c)));
            }
            Step::Again => "again".chars().for_each(|c| self.key(KeyCode::Char(c))),
            Step::Pause => {
                for _ in 0..3 {
                    self.wait(1_000);
                    self.test.freshen();
                }
            }
            Step::Wait(ms) => self.wait(*ms),
            Step::Freshen => self.test.freshen(),
            Step::Resize(w, h) => self.test.resize((*w, *h)),
            Step::End(which) => self.end(*which),
            Step::Look(which) => self.look(*which),
            Step::Ledger(which) => {
                let news = match which % 3 {
                    0 => ledger(vec![order(i64::from(*which), trx(KNOWN), unknown())]),
                    1 => Message::Ledger(wallet_tui::tui::message::LedgerNews::Shut(HOSTILE.into())),
                    _ => ledger(Vec::new()),
                };
                self.tell(&news);
            }
        }
    }
}

fn order_settings(which: u8) -> OrderSettings {
    let limit = |amount: &str, unit: &str| Some(Limit { amount: amount.parse().unwrap(), unit: unit.into() });
    match which % 4 {
        0 | 1 => OrderSettings::default(),
        2 => OrderSettings {
            order_delay_ms: 3_000,
            limits: Limits { confirm_above: limit("1", "USDT"), ..Limits::default() },
            ..OrderSettings::default()
        },
        _ => OrderSettings {
            limits: Limits { per_day: limit("30", "TRX"), ..Limits::default() },
            ..OrderSettings::default()
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn order_needs_its_review_goes_once_and_nothing_is_lost(
        is_chinese: bool,
        which: u8,
        steps in proptest::collection::vec(step(), 1..50),
    ) {
        let lang = if is_chinese { Lang::ZhCn } else { Lang::En };
        let test = TestApp::ordering_with(AppConfig { order_settings: order_settings(which), ..config(lang) }, (80, 24));
        let mut watch = Watch { test, in_flight: None, looks: Vec::new(), orders: 100, sent: 0 };
        for step in &steps {
            watch.take(step);
        }
    }
}

/// The law above would hold of a program that never sends; this walk shows that its steps do lead to orders.
#[test]
fn the_steps_of_the_law_lead_to_orders() {
    let test = TestApp::ordering(Lang::En, (80, 24));
    let mut watch = Watch { test, in_flight: None, looks: Vec::new(), orders: 100, sent: 0 };
    for which in [0, 6] {
        let enter = Step::Key(KeyCode::Enter);
        let back = Step::Key(KeyCode::BackTab);
        for step in [Step::Fill(KNOWN), enter.clone(), Step::Pause, back, Step::Pause, enter, Step::End(which)] {
            watch.take(&step);
        }
        watch.key(KeyCode::Esc);
    }
    assert_eq!(watch.sent, 2);
    for keys in ["1gjt989541187\t12.5\tlunch\n", "1gjm5\n", "3gc"] {
        for step in [Step::Type(keys), Step::Pause] {
            watch.take(&step);
        }
        if watch.test.app.context() == Context::Word {
            watch.take(&Step::Group);
        }
        watch.key(KeyCode::Tab);
        for step in [Step::Pause, Step::Key(KeyCode::Enter), Step::End(0), Step::Key(KeyCode::Esc)] {
            watch.take(&step);
        }
    }
    assert_eq!(watch.sent, 5, "{}", watch.test.screen());
}
