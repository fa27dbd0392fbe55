//! Whole screens, at four sizes and in both languages.

use std::fmt::Write as _;

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, Receiver, Status, UserInfo};
use wallet_tui::engine::config::keymap::Context;
use wallet_tui::engine::config::theme::{Role, Theme};
use wallet_tui::engine::session::Mode;
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::{Loaded, Message};

use super::fixtures::{self, HOSTILE, Row, ago, key_unknown, offline};
use super::test_app::{self, TestApp};

const SIZES: [(u16, u16); 5] = [(80, 24), (120, 40), (200, 60), (60, 15), (40, 12)];

/// Compares a scene at every size, in both languages.
fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in SIZES {
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&scene(lang, size).screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

/// The same after a few keys on a loaded desk.
fn show_keys(name: &str, keys: &str) {
    show(name, |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.keys(keys);
        test
    });
}

#[test]
fn balances() {
    show_keys("balances", "jj");
}

#[test]
fn balances_in_another_unit_without_dust() {
    show_keys("balances_btc", "zzuuu");
}

#[test]
fn deposits() {
    show_keys("deposits", "2");
}

#[test]
fn withdrawals_with_one_that_waits_for_the_user() {
    show_keys("withdrawals", "3j");
}

#[test]
fn transfers() {
    show_keys("transfers", "4");
}

#[test]
fn detail_of_a_withdrawal_that_waits_for_the_user() {
    show_keys("detail_verification", "3j<enter>jj");
}

#[test]
fn detail_of_a_deposit_at_its_end() {
    show_keys("detail_deposit", "2j<enter>G");
}

#[test]
fn detail_of_a_balance() {
    show_keys("detail_balance", "gG<up><up><enter>");
}

#[test]
fn help_finds_an_action_by_the_word_of_the_footer() {
    for lang in [Lang::En, Lang::ZhCn] {
        for (word, action) in [("view.footer.export", "action.export"), ("view.footer.cancel", "action.cancel")] {
            let mut test = TestApp::new(lang, (120, 40)).loaded();
            test.keys("?/");
            test.keys(lang.t(word));
            assert!(test.screen().contains(lang.t(action)), "{}", test.screen());
        }
    }
}

#[test]
fn help_is_searched_by_words_and_by_keys() {
    for (size, lang, word) in
        [((80, 24), Lang::En, "withdraw"), ((120, 40), Lang::ZhCn, "提币"), ((40, 12), Lang::En, "withdraw")]
    {
        let mut test = TestApp::new(lang, size).loaded();
        test.keys("?/");
        test.keys(word);
        let screen = test.screen();
        assert!(screen.contains(&format!("/ {word}")) && screen.to_lowercase().matches(word).count() > 2, "{screen}");
        assert!(!screen.contains(lang.t("action.quit")), "{screen}");
        // Typed, q ends nothing and Esc leaves the search alone.
        assert_eq!(test.keys("q"), Vec::new());
        assert!(
            test.screen().contains(lang.t("help.not_found").split(['.', '。']).next().unwrap()),
            "{}",
            test.screen()
        );
        test.keys("<esc>");
        assert!(!test.app.help().is_searched() && test.app.context() == Context::Help, "{}", test.screen());
        test.keys("/z<enter>");
        assert!(test.screen().contains(lang.t("action.dust")) || size.1 < 24, "{}", test.screen());
        test.keys("<esc>");
        assert_eq!(test.app.context(), Context::Help, "first the search goes, then the help");
        test.keys("<esc>");
        assert_eq!(test.app.context(), Context::Table);
    }
}

#[test]
fn help() {
    show_keys("help", "?");
}

#[test]
fn a_filter_being_typed() {
    show_keys("filter_typing", "3/tron");
}

#[test]
fn a_filter_that_was_kept() {
    show_keys("filter_kept", "3/tron<enter>");
}

#[test]
fn a_filter_without_matches() {
    show_keys("filter_nothing", "3/nothing like it<enter>");
}

#[test]
fn privacy() {
    show_keys("privacy", "p3j<enter>");
}

#[test]
fn loading_on_a_demo_without_money() {
    show("loading", |lang, size| {
        let config = wallet_tui::tui::state::AppConfig { mode: Mode::Demo, read_only: true, ..test_app::config(lang) };
        TestApp::with(config, size)
    });
}

#[test]
fn an_empty_account_on_another_host() {
    show("empty", |lang, size| {
        let config =
            wallet_tui::tui::state::AppConfig { host: Some("127.0.0.1:8080".into()), ..test_app::config(lang) };
        let mut test = TestApp::with(config, size);
        test.answer(Load::Balances, Loaded::Balances(None));
        test.answer(Load::User, Loaded::User(UserInfo { uid: None }));
        test.answer(Load::Incoming, Loaded::Records(Vec::new()));
        test.keys("2");
        test
    });
}

#[test]
fn trouble_keeps_the_old_data() {
    show("trouble", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        test.wait(120_000);
        test.fail(Load::Balances, offline());
        test.fail(Load::Outgoing, offline());
        test.wait(300);
        test
    });
}

#[test]
fn a_refused_key() {
    show("key_refused", |lang, size| {
        let mut test = TestApp::new(lang, size);
        test.fail(Load::Balances, key_unknown());
        test
    });
}

#[test]
fn hostile_text_stays_in_its_cell() {
    show("hostile", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        let row = Row::new(Kind::TransferIn, "666", "USDT", "1", Status::Other(HOSTILE.into()), ago("1 min"))
            .from(HOSTILE)
            .remark(HOSTILE);
        let other = Row::new(Kind::TransferIn, "667", "日本円コイン", "1.5", Status::Success, ago("2 min"))
            .from("用户名字很长的一个人")
            .remark("谢谢，午饭的钱");
        test.wait(10_000);
        test.answer(Load::Incoming, Loaded::Records(vec![row.0, other.0]));
        test.keys("4g<enter>G<up><up>");
        test
    });
}

#[test]
fn hostile_text_in_the_tables() {
    show("hostile_table", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        let row = |id, coin: &str, time| {
            Row::new(Kind::TransferOut, id, coin, "1", Status::Success, ago(time))
                .to(Receiver::Email(HOSTILE.into()))
                .remark(HOSTILE)
        };
        test.wait(10_000);
        let rows = vec![row("666", HOSTILE, "1 min").0, row("667", "日本円コイン", "2 min").0];
        test.answer(Load::Outgoing, Loaded::Records(rows));
        test.keys("4");
        test
    });
}

#[test]
fn everything_at_once_says_how_much_more_there_is() {
    show("crowded", |lang, size| {
        let mut test = TestApp::new(lang, size).loaded();
        let generation = test.asking(&Load::Rates);
        test.wait(120_000);
        test.fail(Load::Balances, offline());
        let at = test.now;
        test.tell(Message::Reply(wallet_tui::tui::message::Reply {
            load: Load::Rates,
            generation,
            at,
            clock_offset: Some(12_000),
            result: Ok(fixtures::rates()),
        }));
        test.keys("3");
        test
    });
}

#[test]
fn the_selected_row_and_the_tab_show_in_every_theme() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("3j");
    for name in Theme::NAMES {
        let theme = Theme::named(name).unwrap();
        let (buffer, _) = test.draw_in(&theme);
        let y = (0..24).find(|y| buffer[(0, *y)].symbol() == "▌").unwrap();
        let chosen = theme.style(Role::Selected);
        for x in 0..80 {
            let cell = &buffer[(x, y)];
            assert_eq!(cell.bg, chosen.bg.unwrap_or_default(), "{name} {x}");
            assert!(cell.modifier.contains(chosen.add_modifier), "{name} {x}");
        }
        let tabs: String = (0..80).map(|x| buffer[(x, 1)].symbol()).collect();
        assert!(tabs.contains("▐3 Withdrawals▌"), "{tabs}");
    }
}

#[test]
fn without_colour_nothing_is_coloured() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    let theme = Theme::named("none").unwrap();
    for keys in ["", "2", "3<enter>", "?"] {
        test.keys(keys);
        let (buffer, _) = test.draw_in(&theme);
        for cell in buffer.content() {
            assert!(cell.fg == ratatui::style::Color::Reset && cell.bg == ratatui::style::Color::Reset);
        }
    }
}

#[test]
fn tabs_are_where_the_mouse_looks_for_them() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    for lang in [Lang::En, Lang::ZhCn] {
        for size in SIZES {
            let mut test = TestApp::new(lang, size).loaded();
            for digit in 1..=4_usize {
                let buffer = test.draw();
                let y = test.app.layout().tabs.y;
                let x = (0..size.0).find(|x| buffer[(*x, y)].symbol() == digit.to_string()).unwrap();
                test.tell(Message::Mouse(MouseEvent {
                    kind: MouseEventKind::Down(MouseButton::Left),
                    column: x,
                    row: y,
                    modifiers: KeyModifiers::NONE,
                }));
                assert_eq!(test.app.tab().index() + 1, digit, "{lang:?} {size:?}");
            }
        }
    }
}

#[test]
fn the_kind_of_money_is_said_on_every_page() {
    for (mode, word) in [(Mode::Demo, "DEMO"), (Mode::Live, "LIVE")] {
        for size in [(80, 24), (120, 40), (60, 20), (40, 12), (30, 7), (24, 5), (20, 4)] {
            let config = wallet_tui::tui::state::AppConfig { mode, read_only: true, ..test_app::config(Lang::En) };
            let mut test = TestApp::with(config, size).loaded();
            for keys in ["1", "2", "3", "4", "3<enter>", "<esc>/x", "<esc>?", "?"] {
                test.keys(keys);
                let screen = test.screen();
                assert!(screen.contains(word), "{keys} at {size:?}:\n{screen}");
                assert!(size.0 < 30 || screen.contains("READ-ONLY"), "{keys} at {size:?}:\n{screen}");
            }
        }
    }
}

#[test]
fn tiny_screens_show_the_essentials() {
    let mut all = String::new();
    for size in [(30, 10), (24, 7), (20, 5), (19, 4), (5, 2)] {
        let mut test = TestApp::new(Lang::En, size).loaded();
        for keys in ["1", "3", "3<enter>", "<esc>/tr", "<esc>?"] {
            test.keys(keys);
            writeln!(all, "=== {}×{} {keys} ===", size.0, size.1).unwrap();
            all.push_str(&test.screen());
            if keys.ends_with('r') {
                test.keys("<esc>");
            }
        }
    }
    insta::assert_snapshot!("tiny_en", all);
}

#[test]
fn a_very_long_address_keeps_its_true_end() {
    let long = format!("4{}WXYZ", "AdUndXHHZ".repeat(10));
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.wait(10_000);
    let row = |id, address: &str| {
        Row::new(Kind::Deposit, id, "XMR", "1", Status::Success, ago("1 min")).on("Monero", "x").from(address).0
    };
    test.answer(Load::Incoming, Loaded::Records(vec![row("1", &long), row("2", &long.repeat(50))]));
    test.keys("2");
    let screen = test.screen();
    assert!(screen.contains("4AdU…WXYZ"), "{screen}");
    assert_eq!(screen.matches("…WXYZ").count(), 1, "what is no address is not given an end: {screen}");
    assert!(screen.contains("4AdUndXH…"), "{screen}");
}

#[test]
fn new_rows_are_marked_for_a_while_and_the_first_ones_are_not() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.keys("2G");
    assert!(!test.screen().contains('•'));
    let mut records = fixtures::incoming();
    records.insert(0, Row::new(Kind::Deposit, "7100", "ETH", "2", Status::Pending, ago("1 s")).0);
    test.wait(10_000);
    test.answer(Load::Incoming, Loaded::Records(records));
    let screen = test.screen();
    assert!(screen.lines().any(|l| l.starts_with('•') && l.contains("ETH")), "{screen}");
    test.wait(31_000);
    assert!(!test.screen().contains('•'));
}
