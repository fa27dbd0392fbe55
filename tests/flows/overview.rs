//! What goes on in the account, beside the balances of a wide screen.

use rust_decimal::Decimal;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::worth::Worth;
use wallet_tui::tui::effect::{CoinNetwork, Effect};
use wallet_tui::tui::message::{LedgerSnapshot, Message};

use super::test_app::{NOW, TestApp};

fn wide(lang: Lang) -> TestApp {
    let mut test = TestApp::new(lang, (120, 40)).loaded();
    test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [true; 2], ..LedgerSnapshot::default() })));
    test
}

fn kept() -> Vec<Worth> {
    let worth = |hours: i64, value: i64| Worth {
        at: NOW.plus(-hours * 3_600_000),
        spot: Decimal::from(value),
        futures: Some(Decimal::ZERO),
        left_out: Vec::new(),
    };
    vec![worth(5, 39_000), worth(3, 35_900), worth(1, 38_500), worth(0, 38_412)]
}

#[test]
fn wide_screen_shows_value_pending_and_the_last_records() {
    let mut test = wide(Lang::En);
    assert!(test.wait(1_000).contains(&Effect::ReadWorth));
    assert!(!test.wait(1_000).contains(&Effect::ReadWorth), "asked once");
    test.tell(Message::Worth(Ok(kept())));
    let screen = test.screen();
    for words in ["Value, last 5 h", "≥ 40,058.46 USDT", "low 35,900.00, high 39,000.00", "Pending (5)", "Last"] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    assert!(screen.contains('█') && screen.contains("✓ deposit 0.1 BTC"), "{screen}");
    assert!(screen.contains("spot 100.0 % · futures 0.0 %"), "{screen}");
    // A coin's fields stand above it while they are asked for.
    test.keys("<down><enter>");
    let screen = test.screen();
    for words in ["Detail", "in out", "last fee", "Account", "Pending (5)"] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

#[test]
fn what_is_under_way_tells_how_long_such_things_take() {
    let tron = || CoinNetwork { coin: "TRX".into(), network: "Tron (TRC-20)".into() };
    for (size, samples, said, column) in [
        ((120, 40), 7, true, None),
        ((200, 60), 7, true, Some(true)),
        ((120, 40), 4, false, None),
        ((200, 60), 4, false, Some(false)),
        ((80, 40), 7, false, Some(true)),
    ] {
        let mut test = TestApp::new(Lang::En, size).loaded();
        test.tell(Message::UsualTimes([(tron(), (300_000, samples))].into()));
        let screen = test.screen();
        assert_eq!(screen.contains("2m, usually 5m"), said, "{size:?} {samples}\n{screen}");
        test.choose("TRX");
        test.keys("<enter>");
        let screen = test.screen();
        let row = screen.lines().find(|line| line.contains("TRC-20")).unwrap_or_default();
        if let Some(is_told) = column {
            assert!(screen.contains("last fee  usual"), "{screen}");
            assert_eq!(row.trim_end_matches([' ', '│']).ends_with("5m"), is_told, "{screen}");
        }
    }
}

#[test]
fn every_tab_of_a_wide_screen_says_what_goes_on() {
    for size in [(120, 40), (200, 60)] {
        let mut test = TestApp::new(Lang::En, size).loaded();
        test.tell(Message::Worth(Ok(kept())));
        for tab in ["2", "3", "4"] {
            test.keys(tab);
            let screen = test.screen();
            assert!(screen.contains("Detail") && screen.contains("Pending (5)"), "{tab} {size:?}\n{screen}");
            assert!(size.1 < 60 || screen.contains("low 35,900.00"), "{tab} {size:?}\n{screen}");
        }
    }
}

#[test]
fn hidden_it_tells_no_amount_and_nobody() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut test = wide(lang);
        test.tell(Message::Worth(Ok(kept())));
        test.keys("p");
        let screen = test.screen();
        for private in ["38,412", "35,900", "0.1 BTC", "TJmW", "681979174"] {
            assert!(!screen.contains(private), "{private}\n{screen}");
        }
    }
}

#[test]
fn what_was_kept_last_stands_there_while_nothing_newer_is_known() {
    let mut test = TestApp::new(Lang::En, (120, 40));
    test.tell(Message::Kept(Box::new(LedgerSnapshot { is_whole: [true; 2], ..LedgerSnapshot::default() })));
    let mut worth = kept();
    test.tell(Message::Worth(Ok(worth.clone())));
    assert!(test.screen().contains("≈ 38,412.00 USDT"), "{}", test.screen());
    worth[3].left_out = vec!["NEW".into()];
    test.tell(Message::Worth(Ok(worth)));
    assert!(test.screen().contains("≥ 38,412.00 USDT"), "at least so much: {}", test.screen());
    let test = test.loaded();
    assert!(!test.screen().contains("38,412.00 USDT"), "{}", test.screen());
}
