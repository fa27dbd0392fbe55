//! What holds for every size, every key and every answer: drawing does not panic, and nothing dangerous reaches the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::text::is_dangerous;
use wallet_tui::domain::{
    Amount, Balance, DepositAddress, FuturesBalance, Kind, Record, Status, UntrustedText, UserInfo,
};
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::{Loaded, Message};

use super::fixtures::{HOSTILE, Row, coins, key_unknown, offline, rates};
use super::test_app::{NOW, TestApp};

#[derive(Debug, Clone)]
enum Step {
    Key(KeyCode),
    Paste(String),
    Mouse(MouseEventKind, u16, u16),
    Resize(u16, u16),
    Wait(i64),
    Focus(bool),
    Answer(usize, Vec<(String, i128, u32)>),
    Fail(usize, bool),
    Empty(usize),
}

/// Any text, and often one that is meant to do harm.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(any::<char>(), 0..12).prop_map(|c| c.into_iter().collect()),
        Just(HOSTILE.to_owned()),
        Just("日本語テキスト🙂👩‍👩‍👧".to_owned()),
        Just("x".repeat(5_000)),
        "[a-zA-Z0-9]{0,40}",
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let letters = "1234jkgGsSzuyprddm?/q ".chars().map(KeyCode::Char).collect::<Vec<_>>();
    let others = vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Left,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageDown,
        KeyCode::PageUp,
        KeyCode::End,
        KeyCode::Char('\u{202e}'),
        KeyCode::Char('語'),
    ];
    let mouse = prop_oneof![
        Just(MouseEventKind::ScrollDown),
        Just(MouseEventKind::ScrollUp),
        Just(MouseEventKind::Down(MouseButton::Left)),
        Just(MouseEventKind::Moved),
    ];
    let rows = proptest::collection::vec((text(), any::<i128>(), 0_u32..40), 0..40);
    prop_oneof![
        6 => proptest::sample::select(letters).prop_map(Step::Key),
        4 => proptest::sample::select(others).prop_map(Step::Key),
        1 => text().prop_map(Step::Paste),
        1 => (mouse, 0_u16..300, 0_u16..120).prop_map(|(kind, x, y)| Step::Mouse(kind, x, y)),
        3 => (0_u16..300, 0_u16..120).prop_map(|(w, h)| Step::Resize(w, h)),
        2 => (0_u16..70, 0_u16..20).prop_map(|(w, h)| Step::Resize(w, h)),
        1 => prop_oneof![0_i64..60_000, any::<i64>()].prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Focus),
        5 => (any::<usize>(), rows).prop_map(|(which, rows)| Step::Answer(which, rows)),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(which, key)| Step::Fail(which, key)),
        1 => any::<usize>().prop_map(Step::Empty),
    ]
}

fn answer(load: &Load, rows: &[(String, i128, u32)]) -> Loaded {
    let number = |mantissa: i128, scale| Amount::new(mantissa, scale);
    match load {
        Load::Balances => Loaded::Balances(Some(
            rows.iter()
                .map(|(name, m, s)| Balance {
                    coin: UntrustedText::from(name.as_str()),
                    available: number(*m, *s).filter(|_| m % 7 != 0),
                    in_use: number(m / 3, *s),
                })
                .collect(),
        )),
        Load::Futures(coin) => Loaded::Futures(rows.first().map(|(name, m, s)| {
            Box::new(FuturesBalance {
                coin: if m % 5 == 0 { UntrustedText::from(name.as_str()) } else { coin.clone() },
                movable: number(*m, *s),
                available: number(m / 2, *s).filter(|_| m % 7 != 0),
                on_orders: number(m / 3, *s),
                in_positions: number(m / 5, *s),
                cross_unrealised: number(-m.saturating_abs() / 2, *s),
                isolated_unrealised: number(m / 9, *s).filter(|_| m % 3 != 0),
                bonus: None,
            })
        })),
        Load::Incoming | Load::Outgoing | Load::OlderIncoming(_) | Load::OlderOutgoing(_) => {
            Loaded::Records(rows.iter().enumerate().map(|(i, row)| record(load, i, row)).collect())
        }
        Load::User => Loaded::User(UserInfo { uid: rows.first().map(|(name, ..)| UntrustedText::from(name.as_str())) }),
        Load::Coins => coins(),
        Load::Rates => rates(),
        Load::Addresses(place) => Loaded::Addresses(
            rows.iter()
                .map(|(name, m, _)| DepositAddress {
                    coin: place.coin.clone(),
                    network: if m % 11 == 0 { UntrustedText::from(name.as_str()) } else { place.network.clone() },
                    address: UntrustedText::from(name.as_str()),
                    memo: (m % 2 == 0).then(|| UntrustedText::from(name.as_str())),
                })
                .collect(),
        ),
        Load::Price(_) => match rows.first() {
            Some((_, m, s)) => Loaded::Price(Amount::new(m.saturating_abs(), *s).unwrap()),
            None => Loaded::NoMarket,
        },
    }
}

fn record(load: &Load, i: usize, (name, m, scale): &(String, i128, u32)) -> Record {
    let is_in = matches!(load, Load::Incoming | Load::OlderIncoming(_));
    let kind = match (is_in, i % 3) {
        (true, 0) => Kind::Deposit,
        (true, 1) => Kind::TransferIn,
        (true, _) => Kind::OtherIn(UntrustedText::from(name.as_str())),
        (false, 0) => Kind::Withdrawal,
        (false, 1) => Kind::TransferOut,
        (false, _) => Kind::OtherOut(UntrustedText::from(name.as_str())),
    };
    let status = match i % 6 {
        0 => Status::Verification,
        1 => Status::Pending,
        2 => Status::Success,
        3 => Status::Fail,
        4 => Status::Cancelled,
        _ => Status::Other(UntrustedText::from(name.as_str())),
    };
    let time = NOW.plus(i64::try_from(m % 100_000_000_000).unwrap());
    let mut record =
        Row::new(kind, &format!("{i}{name}"), name, "", status, time).on(name, name).tx(name).remark(name).0;
    record.amount = Amount::new(*m, *scale);
    record.fee = Amount::new(m / 1_000, *scale).filter(|_| m % 2 == 0);
    record.from_address = Some(UntrustedText::from(name.as_str())).filter(|_| is_in);
    record.memo = Some(UntrustedText::from(name.as_str()));
    record.time = record.time.filter(|_| m % 5 != 0);
    record
}

fn take(test: &mut TestApp, step: Step) {
    let pick = |test: &TestApp, which: usize| {
        let open = test.open();
        (!open.is_empty()).then(|| open[which % open.len()].clone())
    };
    match step {
        Step::Key(code) => drop(test.tell(Message::Key(KeyEvent::new(code, KeyModifiers::NONE)))),
        Step::Paste(pasted) => drop(test.tell(Message::Paste(pasted))),
        Step::Mouse(kind, column, row) => {
            test.tell(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        }
        Step::Resize(w, h) => test.resize((w, h)),
        Step::Wait(ms) => drop(test.wait(ms)),
        Step::Focus(has) => drop(test.tell(Message::Focus(has))),
        Step::Answer(which, rows) => {
            if let Some(load) = pick(test, which) {
                let loaded = answer(&load, &rows);
                test.answer(load, loaded);
            }
        }
        Step::Fail(which, key) => {
            if let Some(load) = pick(test, which) {
                test.fail(load, if key { key_unknown() } else { offline() });
            }
        }
        Step::Empty(which) => {
            if let Some(load) = pick(test, which) {
                let loaded = if load == Load::Balances { Loaded::Balances(None) } else { answer(&load, &[]) };
                test.answer(load, loaded);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drawing_never_panics_and_nothing_dangerous_is_drawn(
        is_chinese: bool,
        size in (0_u16..200, 0_u16..60),
        is_loaded: bool,
        theme in 0_usize..4,
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let lang = if is_chinese { Lang::ZhCn } else { Lang::En };
        let theme = Theme::named(Theme::NAMES[theme]).unwrap();
        let mut test = TestApp::new(lang, size);
        if is_loaded {
            test = test.loaded();
        }
        for step in steps {
            take(&mut test, step);
            let (buffer, cursor) = test.draw_in(&theme);
            for cell in buffer.content() {
                prop_assert!(!cell.symbol().chars().any(is_dangerous), "{:?}", cell.symbol());
            }
            if let Some((x, y)) = cursor {
                prop_assert!(x < buffer.area.width && y < buffer.area.height);
            }
        }
    }
}

#[test]
fn every_size_is_drawn() {
    let heights = (0..=24).chain([40]);
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    for height in heights {
        for width in (0..=62).chain([79, 80, 81, 119, 120, 121, 300]) {
            test.resize((width, height));
            for keys in ["1", "3", "<enter>", "<esc>/x", "<esc>?", "?d", "<esc>"] {
                test.keys(keys);
                test.draw();
            }
        }
    }
}

#[test]
fn a_frame_smaller_than_the_app_believes_is_no_harm() {
    use ratatui::{Terminal, backend::TestBackend};
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    for keys in ["", "3<enter>", "<esc>/x", "<esc>?"] {
        test.keys(keys);
        for size in [(0, 0), (1, 1), (30, 6), (80, 24)] {
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            let theme = Theme::default();
            terminal.draw(|frame| wallet_tui::tui::view::draw(&test.app, &theme, frame)).unwrap();
        }
    }
}
