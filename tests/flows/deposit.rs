//! Where to pay in: only what is open can be chosen, the memo cannot be overlooked, a camera can read the code.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::style::Color;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Cause, Coin, DepositAddress, Kind, Loss, MemoRule, Network, Problem, Refusal, Status};
use wallet_tui::engine::config::keymap::{Action, Context};
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::tui::effect::CoinNetwork;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{CopiedTo, Loaded, Message};

use super::fixtures::{ADDRESS, Row, ago, network};
use super::test_app::{TestApp, text};

const XRP_ADDRESS: &str = "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh";

fn coin(name: &str, full: &str, networks: Vec<Network>) -> Coin {
    Coin {
        fault: None,
        name: name.into(),
        full_name: Some(full.into()),
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        networks,
    }
}

/// What the exchange lists in these stories: open and closed ones, with and without memo.
fn list() -> Loaded {
    let tron = Network { deposit_min: Some("1.00".parse().unwrap()), ..network("Tron (TRC-20)", "TRON") };
    let usdt_tron = Network { contract: Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into()), ..tron.clone() };
    let ethereum = Network { deposit_open: Some(false), ..network("Ethereum (ERC-20)", "ETH") };
    let solana = Network { open: Some(false), ..network("Solana", "SOL") };
    let silent = Network { deposit_open: None, ..network("Polygon", "MATIC") };
    let ripple = Network {
        memo: MemoRule::Required,
        deposit_min: Some("0.1".parse().unwrap()),
        fault: None,
        confirmations: None,
        ..network("XRP Ledger", "XRP")
    };
    let bitcoin = Network { confirmations: Some(1), ..network("Bitcoin", "BTC") };
    let closed = Coin { deposit_open: Some(false), ..coin("SHIB", "Shiba Inu", vec![network("Base", "BASE")]) };
    Loaded::Coins(vec![
        coin("USDT", "Tether", vec![usdt_tron, ethereum, solana, silent]),
        coin("TRX", "TRON", vec![tron]),
        coin("XRP", "XRP", vec![ripple]),
        coin("BTC", "Bitcoin", vec![bitcoin]),
        closed,
    ])
}

fn place(coin: &str, network: &str) -> CoinNetwork {
    CoinNetwork { coin: coin.into(), network: network.into() }
}

fn given(coin: &str, network: &str, address: &str, memo: Option<&str>) -> DepositAddress {
    DepositAddress { coin: coin.into(), network: network.into(), address: address.into(), memo: memo.map(Into::into) }
}

fn test(lang: Lang, size: (u16, u16)) -> TestApp {
    let mut test = TestApp::new(lang, size).loaded();
    test.wait(600_000);
    test.answer(Load::Coins, list());
    test
}

/// A page that is open and answered.
fn page(lang: Lang, size: (u16, u16), search: &str, addresses: &[DepositAddress]) -> TestApp {
    let mut test = test(lang, size);
    test.keys(&format!("d{search}<enter>"));
    let place = test.app.deposit_place().cloned().unwrap();
    test.answer(Load::Addresses(place), Loaded::Addresses(addresses.to_vec()));
    test.wait(3_000);
    test
}

fn xrp(lang: Lang, size: (u16, u16)) -> TestApp {
    page(lang, size, "xrp", &[given("XRP", "XRP Ledger", XRP_ADDRESS, Some("104201"))])
}

fn tron(lang: Lang, size: (u16, u16)) -> TestApp {
    page(lang, size, "trx", &[given("TRX", "Tron (TRC-20)", ADDRESS, None)])
}

fn show(name: &str, scene: impl Fn(Lang, (u16, u16)) -> TestApp) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
            writeln!(all, "=== {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&scene(lang, size).screen());
        }
        insta::assert_snapshot!(format!("{name}_{suffix}"), all);
    }
}

#[test]
fn code_has_the_screen_to_itself_where_it_has_no_room_beside_the_words() {
    // Nineteen lines of code and the one below it.
    let mut test = tron(Lang::En, (60, 20));
    assert!(test.screen().contains("Enter shows the QR code alone"), "{}", test.screen());
    assert!(decoded(&test.draw()).is_empty());
    test.keys("<enter>");
    assert_eq!(decoded(&test.draw()), [ADDRESS], "{}", test.screen());
    assert!(test.screen().contains("Send only TRX over Tron (TRC-20)"), "{}", test.screen());
    test.keys("<esc>");
    assert!(test.screen().contains("Enter shows the QR code alone"), "back on the page\n{}", test.screen());
    // What must not be paid to has no code, and neither has a hidden one.
    test.keys("<enter>p");
    assert!(decoded(&test.draw()).is_empty(), "{}", test.screen());
    // Where the memo is missing from the code, that stands below it.
    let mut test = xrp(Lang::En, (60, 22));
    test.keys("<enter>");
    assert!(test.screen().lines().last().is_some_and(|line| line.to_lowercase().contains("memo")), "{}", test.screen());
}

#[test]
fn page_warns_above_the_address_and_says_what_is_coming_in() {
    let mut test = page(Lang::En, (80, 24), "usdt", &[given("USDT", "Tron (TRC-20)", ADDRESS, None)]);
    test.keys("j");
    let screen = test.screen();
    let at =
        |what: &str| screen.lines().position(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}\n{screen}"));
    assert!(at("Send only USDT") < at("TJmW"), "{screen}");
    let coming = screen.lines().nth(at("Coming in")).unwrap();
    assert!(coming.contains("250 USDT") && coming.contains("pending"), "{screen}");
    assert!(screen.contains("confirmations"), "{screen}");
}

#[test]
fn network_that_was_used_last_is_marked_in_the_list() {
    let mut test = test(Lang::En, (80, 24));
    test.keys("dusdt");
    let screen = test.screen();
    let marked: Vec<&str> = screen.lines().filter(|line| line.contains("used last")).collect();
    assert!(marked.len() == 1 && marked[0].contains("Tron (TRC-20)"), "{screen}");
}

/// What a decoder reads that sees the screen through a camera: each cell two squares high, colours as terminals paint
/// them.
fn decoded(buffer: &Buffer) -> Vec<String> {
    const SCALE: usize = 4;
    let brightness = |colour: Color, default: u8| match colour {
        Color::Indexed(231) => 255,
        Color::Indexed(16) => 0,
        Color::Reset => default,
        _ => 90,
    };
    let (width, height) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let at = |x: usize, y: usize| {
        let cell = &buffer[(u16::try_from(x / SCALE).unwrap(), u16::try_from(y / SCALE / 2).unwrap())];
        let (ink, paper) = (brightness(cell.fg, 200), brightness(cell.bg, 30));
        assert!(cell.modifier.is_empty() || cell.bg != Color::Indexed(231), "nothing dims or turns the code round");
        match cell.symbol() {
            "▀" if (y / SCALE).is_multiple_of(2) => ink,
            " " | "▀" => paper,
            _ => u8::midpoint(ink, paper),
        }
    };
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, height * SCALE * 2, at);
    seen.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

#[test]
fn the_list_of_coins_and_networks() {
    show("deposit_list", |lang, size| {
        let mut test = test(lang, size);
        test.keys("d<down>");
        test
    });
}

#[test]
fn a_search_narrows_the_list() {
    show("deposit_search", |lang, size| {
        let mut test = test(lang, size);
        test.keys("dtron");
        test
    });
}

#[test]
fn the_page_of_an_address() {
    show("deposit_page", tron);
}

#[test]
fn the_page_of_an_address_with_a_memo() {
    show("deposit_memo", xrp);
}

#[test]
fn a_network_that_needs_a_memo_and_none_came() {
    show("deposit_memo_missing", |lang, size| {
        page(lang, size, "xrp", &[given("XRP", "XRP Ledger", XRP_ADDRESS, None)])
    });
}

#[test]
fn addresses_could_not_be_read() {
    show("deposit_failed", |lang, size| {
        let mut test = test(lang, size);
        test.keys("dtrx<enter>");
        test.fail(Load::Addresses(place("TRX", "Tron (TRC-20)")), lost());
        test
    });
}

fn lost() -> Problem {
    Problem {
        endpoint: "deposit/address",
        cause: Cause::NoAnswer { loss: Loss::Timeout, detail: "operation timed out".into() },
    }
}

#[test]
fn a_decoder_reads_the_code_from_the_screen_in_every_theme() {
    for (test, address) in [
        (Box::new(tron(Lang::En, (80, 24))), ADDRESS),
        (Box::new(xrp(Lang::En, (80, 24))), XRP_ADDRESS),
        (Box::new(xrp(Lang::ZhCn, (120, 40))), XRP_ADDRESS),
    ] {
        for name in Theme::NAMES {
            let (buffer, _) = test.draw_in(&Theme::named(name).unwrap());
            assert_eq!(decoded(&buffer), [address], "{name}:\n{}", text(&buffer));
        }
    }
}

#[test]
fn qr_code_without_room_says_how_much_it_needs() {
    let long = format!("addr1{}", "qx5nvm3t".repeat(12));
    let mut test = page(Lang::En, (80, 24), "btc", &[given("BTC", "Bitcoin", &long, None)]);
    test.keys("j");
    assert_eq!(decoded(&test.draw()), Vec::<String>::new());
    let screen = test.screen().replace('\n', " ");
    let (_, said) = screen.split_once("needs a window of ").unwrap_or_else(|| panic!("{}", test.screen()));
    let (width, rest) = said.split_once('×').unwrap();
    let height: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let size: (u16, u16) = (width.parse().unwrap(), height.parse().unwrap());
    test.resize((size.0, size.1 - 1));
    assert_eq!(decoded(&test.draw()), Vec::<String>::new());
    test.resize(size);
    assert_eq!(decoded(&test.draw()), [long]);
}

#[test]
fn enter_without_room_for_the_code_answers_in_words() {
    for (lang, size) in [(Lang::En, (60, 15)), (Lang::ZhCn, (60, 15)), (Lang::En, (40, 12)), (Lang::ZhCn, (40, 12))] {
        let mut test = tron(lang, size);
        assert!(!test.app.footer().iter().any(|entry| entry.action == Some(Action::Code)), "{size:?}");
        test.keys("<enter>");
        let told = lang.fill("deposit.qr_needs", &[("width", "37"), ("height", "20")]);
        assert!(test.screen().lines().rev().take(3).any(|line| line.contains(&told)), "{}", test.screen());
        // It was not switched on unseen.
        test.resize((60, 20));
        assert!(decoded(&test.draw()).is_empty(), "{}", test.screen());
        assert!(test.app.footer().iter().any(|entry| entry.action == Some(Action::Code)));
        test.keys("<enter>");
        assert_eq!(decoded(&test.draw()), [ADDRESS]);
        assert!(test.screen().contains(&format!("Esc {}", lang.t("action.back"))), "{}", test.screen());
    }
}

#[test]
fn deposit_of_a_row_goes_straight_to_its_page_and_back() {
    let mut test = test(Lang::En, (80, 24));
    test.wait(15_000);
    let row = Row::new(Kind::Deposit, "7001", "USDT", "250", Status::Pending, ago("40 s")).on("Tron (TRC-20)", ADDRESS);
    test.answer(Load::Incoming, Loaded::Records(vec![row.0]));
    let effects = test.keys("2d");
    assert_eq!(test.app.deposit_place(), Some(&place("USDT", "Tron (TRC-20)")));
    assert!(effects.iter().any(|e| matches!(e, Effect::Load { load: Load::Addresses(_), .. })), "{effects:?}");
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Table);
    test.keys("dd");
    assert_eq!(test.app.context(), Context::Places, "d on the page chooses another");
    assert!(test.screen().contains("▌USDT     Tron"), "{}", test.screen());
    test.keys("<enter><esc>");
    assert_eq!(test.app.context(), Context::Places, "back to where it was chosen");
}

#[test]
fn the_list_begins_with_the_selected_coin() {
    let mut test = test(Lang::En, (80, 24));
    test.keys("/xrp<enter>d");
    assert!(test.screen().contains("▌XRP "), "{}", test.screen());
}

#[test]
fn closed_deposit_is_listed_with_its_reason_not_choosable() {
    for (search, reason) in [
        ("erc-20", "deposits are closed"),
        ("solana", "this network is closed"),
        ("polygon", "the exchange does not say that deposits are open"),
        ("shib", "deposits of this coin are closed"),
    ] {
        let mut test = test(Lang::En, (80, 24));
        test.keys(&format!("d{search}"));
        let screen = test.screen();
        assert!(screen.contains(&reason[..25.min(reason.len())]), "{screen}");
        let effects = test.keys("<enter>");
        assert_eq!(effects, Vec::new(), "nothing is asked for");
        assert_eq!(test.app.context(), Context::Places);
        assert!(
            test.app.shown_toast().is_some_and(|toast| toast.text.contains(reason)),
            "{:?}",
            test.app.shown_toast()
        );
    }
}

#[test]
fn two_entries_with_the_same_names_cannot_be_chosen() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.wait(600_000);
    let twice = vec![network("Tron", "TRON"), network("Tron", "TRON")];
    test.answer(Load::Coins, Loaded::Coins(vec![coin("USDT", "Tether", twice)]));
    assert_eq!(test.keys("d<enter>"), Vec::new());
    assert_eq!(test.app.context(), Context::Places);
}

#[test]
fn the_memo_is_in_sight_at_every_size() {
    for size in [(80, 24), (120, 40), (60, 20), (60, 15), (40, 12)] {
        for lang in [Lang::En, Lang::ZhCn] {
            let screen = xrp(lang, size).screen();
            assert!(screen.contains("104201"), "{size:?}:\n{screen}");
            let words = if lang == Lang::En { "moneyislost" } else { "资产将丢失" };
            let letters: String = screen.chars().filter(|c| c.is_alphanumeric()).collect();
            assert!(letters.contains(words), "{size:?}:\n{screen}");
        }
    }
}

#[test]
fn address_and_memo_are_copied_apart_and_whole() {
    let mut test = xrp(Lang::En, (80, 24));
    assert_eq!(test.keys("y"), vec![Effect::Copy(XRP_ADDRESS.into())]);
    assert_eq!(test.keys("m"), vec![Effect::Copy("104201".into())]);
    let mut test = tron(Lang::En, (80, 24));
    assert_eq!(test.keys("m"), Vec::new());
    assert!(test.app.shown_toast().is_some_and(|toast| toast.text == "There is nothing to copy here"));
}

#[test]
fn address_without_its_memo_is_neither_shown_nor_copied() {
    for size in [(80, 24), (120, 40), (60, 15)] {
        let mut test = page(Lang::En, size, "xrp", &[given("XRP", "XRP Ledger", XRP_ADDRESS, None)]);
        let screen = test.screen();
        let letters: String = screen.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(!letters.contains(XRP_ADDRESS) && !screen.contains('▀'), "{screen}");
        assert_eq!(test.keys("y"), Vec::new());
        assert!(test.app.shown_toast().is_some_and(|toast| toast.text.contains("needs a memo")), "{screen}");
    }
}

#[test]
fn each_of_several_addresses_has_its_own_code_and_its_own_copy() {
    let other = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";
    let first = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
    let mut test =
        page(Lang::En, (80, 24), "btc", &[given("BTC", "Bitcoin", first, None), given("BTC", "Bitcoin", other, None)]);
    assert_eq!(decoded(&test.draw()), [first]);
    assert!(test.screen().contains("▌Address 1 of 2"), "{}", test.screen());
    assert_eq!(test.keys("jy"), vec![Effect::Copy(other.into())]);
    assert_eq!(decoded(&test.draw()), [other]);
}

#[test]
fn what_the_clipboard_did_is_said_as_it_was() {
    let mut test = xrp(Lang::En, (80, 24));
    let said = |test: &TestApp| test.app.shown_toast().map(|toast| toast.text.clone()).unwrap_or_default();
    test.tell(Message::Copied(Ok(CopiedTo::Machine)));
    assert_eq!(said(&test), "Copied to this machine's clipboard");
    let effects = test.tell(Message::NoClipboard("104201".into()));
    assert_eq!(effects, vec![Effect::CopyByTerminal("104201".into())], "the terminal is asked next");
    test.tell(Message::Copied(Ok(CopiedTo::Terminal)));
    assert!(said(&test).contains("some terminals ignore it"));
    test.tell(Message::Copied(Ok(CopiedTo::Tmux)));
    assert!(said(&test).contains("tmux"));
    test.tell(Message::Copied(Err("broken pipe".into())));
    assert_eq!(said(&test), "Not copied: broken pipe");
}

#[test]
fn nothing_of_it_is_seen_while_hidden_not_even_by_a_camera() {
    for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
        let mut test = xrp(Lang::En, size);
        test.keys("p");
        let buffer = test.draw();
        let screen = text(&buffer);
        for secret in ["rEb8", "uaLh", "104201"] {
            assert!(!screen.contains(secret), "{secret} at {size:?}:\n{screen}");
        }
        assert_eq!(decoded(&buffer), Vec::<String>::new());
        test.keys("p");
        assert!(test.screen().contains("104201"));
    }
}

#[test]
fn an_answer_for_another_network_is_never_shown() {
    let mut test = test(Lang::En, (80, 24));
    test.keys("dtrx<enter>");
    let here = place("TRX", "Tron (TRC-20)");
    let rows = vec![given("TRX", "Ethereum (ERC-20)", ADDRESS, None)];
    test.answer(Load::Addresses(here.clone()), Loaded::Addresses(rows));
    assert!(!test.screen().contains("TJmW"), "{}", test.screen());
    assert!(test.screen().contains("another coin or network"), "{}", test.screen());
    test.keys("r");
    test.answer(Load::Addresses(here), Loaded::Addresses(vec![given("TRX", "TRON", ADDRESS, None)]));
    assert!(test.screen().contains("TJmW"), "the chain's short name is the same network: {}", test.screen());
}

#[test]
fn an_address_that_its_chain_would_not_take_is_marked() {
    let broken = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rV";
    let screen = page(Lang::En, (80, 24), "trx", &[given("TRX", "Tron (TRC-20)", broken, None)]).screen();
    assert!(screen.contains("▲ This program does not know it"), "{screen}");
    assert!(!tron(Lang::En, (80, 24)).screen().contains('▲'));
}

#[test]
fn failed_deposit_read_is_retried_and_keeps_the_known() {
    let here = Load::Addresses(place("TRX", "Tron (TRC-20)"));
    let mut test = tron(Lang::En, (80, 24));
    assert!(test.screen().contains("read 3 s ago"), "{}", test.screen());
    test.wait(597_000);
    test.fail(here.clone(), lost());
    let screen = test.screen();
    assert!(screen.contains("TJmW") && screen.contains("read 10 min ago"), "{screen}");
    assert!(screen.contains("No answer came in time") && screen.contains("again in"), "{screen}");
    test.keys("r");
    assert!(test.screen().contains("asking again"), "{}", test.screen());
    test.answer(here, Loaded::Addresses(vec![given("TRX", "Tron (TRC-20)", ADDRESS, None)]));
    assert!(!test.screen().contains("No answer"), "{}", test.screen());
}

#[test]
fn a_refused_key_is_not_asked_with_again_by_itself() {
    let here = Load::Addresses(place("TRX", "Tron (TRC-20)"));
    let mut test = test(Lang::En, (80, 24));
    test.keys("dtrx<enter>");
    let cause = Cause::Refused { refusal: Refusal::Ip, code: "100007".into(), msg: "ip".into() };
    test.fail(here.clone(), Problem { endpoint: "deposit/address", cause });
    assert!(test.screen().contains("r asks again"), "{}", test.screen());
    for _ in 0..5 {
        test.wait(600_000);
        assert!(!test.open().contains(&here));
    }
    test.keys("r");
    assert!(test.open().contains(&here));
}

#[test]
fn letters_go_into_the_search_and_escape_takes_them_back() {
    let mut test = test(Lang::En, (80, 24));
    assert_eq!(test.keys("dqrpym"), Vec::new());
    assert_eq!(test.app.deposit().map(|d| d.search().value().to_owned()), Some("qrpym".into()));
    assert!(test.screen().contains("No coin or network matches"), "{}", test.screen());
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Places);
    test.keys("<esc>");
    assert_eq!(test.app.context(), Context::Table);
}

#[test]
fn a_coin_of_that_very_name_comes_before_names_that_hold_it() {
    let mut test = TestApp::new(Lang::En, (80, 24)).loaded();
    test.wait(600_000);
    let coins = ["USDT", "ETHFI", "ETH"].map(|name| coin(name, "Tether or not", vec![network("Base", "BASE")]));
    test.answer(Load::Coins, Loaded::Coins(coins.into()));
    test.keys("deth");
    let names: Vec<_> = test.app.deposit_choices().iter().map(|c| c.coin.name.raw().to_owned()).collect();
    assert_eq!(names, ["ETH", "ETHFI", "USDT"]);
}

#[test]
fn help_over_the_page_goes_back_to_the_page() {
    let mut test = xrp(Lang::En, (80, 24));
    let before = test.screen();
    test.keys("?");
    assert!(test.screen().contains(" Help "), "{}", test.screen());
    test.keys("<esc>");
    assert_eq!(test.screen(), before);
}
