//! Whose account it is: the colour band, a key of another account, the lock, the check before an order, the profiles.

use wallet_tui::domain::locale::Lang;
use wallet_tui::engine::config::profile::Band;
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::explain::Explanation;
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::effect::Proof;
use wallet_tui::tui::message::Message;
use wallet_tui::tui::state::lock::LockReason;
use wallet_tui::tui::state::{AppConfig, Identity, ProfileLine};

use super::ordering::sent;
use super::test_app::{TestApp, config, text};

fn of(identity: Identity) -> AppConfig {
    AppConfig { identity, ..config(Lang::En) }
}

fn keyring() -> Identity {
    Identity { can_lock: true, store: "the keyring".into(), ..Identity::default() }
}

fn words() -> Explanation {
    Explanation { cause: "the keyring is locked".into(), next: "unlock it".into() }
}

#[test]
fn the_band_is_on_every_page_with_colours_and_without() {
    let test = || TestApp::ordering_with(of(Identity { band: Some(Band::Red), ..Identity::default() }), (80, 24));
    for keys in ["", "?", "w", "d", "<enter>", "o"] {
        let mut test = test();
        test.keys(keys);
        let (screen, _) = test.draw_in(&Theme::named("dark").unwrap());
        let is_red = |x| screen[(x, 0)].bg == ratatui::style::Color::Red;
        assert!((0..30).any(is_red), "{keys}: {}", text(&screen));
        let (screen, _) = test.draw_in(&Theme::named("none").unwrap());
        let is_turned = |x| screen[(x, 0)].modifier.contains(ratatui::style::Modifier::REVERSED);
        assert!((0..30).any(is_turned), "{keys}");
    }
}

#[test]
fn a_key_of_another_account_closes_orders_and_says_so() {
    let identity = Identity { uid: Some("111".into()), ..Identity::default() };
    let mut test = TestApp::with(of(identity), (80, 24)).loaded();
    let screen = test.screen();
    assert!(screen.contains("Orders are closed") && screen.contains("111"), "{screen}");
    test.wait(600_000);
    test.freshen();
    test.tell(super::ordering::ledger(Vec::new()));
    test.choose("USDT");
    test.keys("m100<enter>");
    assert!(test.screen().contains("another account"), "{}", test.screen());
    test.wait(5_000);
    test.keys("<tab>");
    for _ in 0..5 {
        test.wait(1_000);
    }
    assert_eq!(sent(&test.keys("<enter>")), []);
}

#[test]
fn the_ledgers_account_closes_orders_of_another_one() {
    let mut test = TestApp::with(of(Identity::default()), (80, 24));
    test.tell(Message::Bound(Some("111".into())));
    let test = test.loaded();
    let screen = test.screen();
    assert!(screen.contains("Orders are closed") && screen.contains("111"), "{screen}");
}

#[test]
fn a_key_without_an_account_says_that_others_are_not_seen() {
    let mut test = TestApp::ordering_with(of(Identity::default()), (80, 40));
    test.choose("USDT");
    test.keys("m100");
    test.tell(Message::Bound(None));
    test.review();
    assert!(test.screen().contains("does not tell whose key this is"), "{}", test.screen());
    assert_eq!(sent(&test.press_send()).len(), 1, "a note, and no obstacle");
}

#[test]
fn the_account_is_written_down_once_where_it_can_be() {
    let is_remembered = |identity| {
        let test = TestApp::with(of(identity), (80, 24)).loaded();
        test.effects.iter().filter(|effect| matches!(effect, Effect::Remember(_))).count()
    };
    assert_eq!(is_remembered(Identity { remembers: true, ..Identity::default() }), 1);
    assert_eq!(is_remembered(Identity::default()), 0);
    let known = Identity { remembers: true, uid: Some("111".into()), ..Identity::default() };
    assert_eq!(is_remembered(known), 0, "another account never takes the place of the known one");
}

#[test]
fn an_idle_screen_hides_everything_until_the_store_answers() {
    let identity = Identity { lock_after_ms: Some(60_000), ..keyring() };
    let mut test = TestApp::with(of(identity), (80, 24)).loaded();
    test.wait(30_000);
    test.keys("j");
    test.wait(59_000);
    assert!(test.app.lock().is_none(), "a key was pressed since");
    test.wait(2_000);
    let screen = test.screen();
    assert!(screen.contains("Locked") && !screen.contains("USDT") && !screen.contains("681979174"), "{screen}");
    // Nothing reaches what is below.
    test.keys("w2?q/<tab>");
    assert!(test.app.dialog().is_none() && test.app.lock().is_some());
    let effects = test.keys("<enter>");
    assert_eq!(effects, [Effect::Unlock(Proof(None))]);
    assert_eq!(test.keys("<enter>"), [], "it is being asked");
    test.wait(3_000);
    assert!(test.screen().contains("Waiting for the keyring … 3 s"), "{}", test.screen());
    test.tell(Message::Unlocked(Err(words())));
    assert!(test.screen().contains("the keyring is locked") && test.screen().contains("unlock it"));
    test.keys("<enter>");
    test.tell(Message::Unlocked(Ok(())));
    assert!(test.app.lock().is_none() && test.screen().contains("USDT"));
    test.wait(30_000);
    assert!(test.app.lock().is_none(), "the time begins anew");
    assert_eq!(test.keys("L<c-c>"), [Effect::Quit], "one can always leave");
}

#[test]
fn a_passphrase_is_typed_unseen_and_wiped_once_it_is_sent() {
    let mut test = TestApp::with(of(Identity { asks_passphrase: true, ..keyring() }), (80, 24)).loaded();
    test.keys("Lopen sesane<bs><bs>me");
    assert_eq!(test.app.lock().map(|lock| lock.reason), Some(LockReason::Asked));
    let screen = test.screen();
    assert!(screen.contains("•••••••••••") && !screen.contains("sesame"), "{screen}");
    let effects = test.keys("<enter>");
    assert_eq!(effects, [Effect::Unlock(Proof(Some("open sesame".into())))]);
    assert!(!format!("{effects:?} {:?}", test.app.lock()).contains("sesame"));
    assert!(test.app.lock().unwrap().typed.is_empty());
    test.tell(Message::Unlocked(Err(words())));
    assert_eq!(test.keys("<enter>"), [], "nothing typed, nothing asked");
}

#[test]
fn nothing_to_ask_means_nothing_to_lock() {
    let mut test = TestApp::with(of(Identity::default()), (80, 24)).loaded();
    test.keys("L");
    assert!(test.app.lock().is_none() && test.screen().contains("nothing here could unlock"), "{}", test.screen());
}

#[test]
fn check_before_an_order_sends_nothing_and_counts_once() {
    let mut test = TestApp::ordering_with(of(Identity { recheck: true, ..keyring() }), (80, 24));
    test.choose("USDT");
    test.keys("m100");
    test.review();
    assert_eq!(sent(&test.press_send()), []);
    assert_eq!(test.app.lock().map(|lock| lock.reason), Some(LockReason::Order), "{}", test.screen());
    // Esc leaves the check, and the order is not sent.
    test.keys("<esc>");
    assert!(test.app.lock().is_none() && test.app.dialog().is_some());
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")), []);
    assert_eq!(test.keys("<enter>"), [Effect::Unlock(Proof(None))]);
    let effects = test.tell(Message::Unlocked(Ok(())));
    assert_eq!(sent(&effects), [], "only a check");
    // The moment after which sending is armed begins anew.
    assert_eq!(sent(&test.keys("<enter>")), [], "a held key");
    test.pause();
    assert_eq!(sent(&test.keys("<enter>")).len(), 1, "{}", test.screen());
}

#[test]
fn an_old_check_counts_no_more() {
    let mut test = TestApp::ordering_with(of(Identity { recheck: true, ..keyring() }), (80, 24));
    test.choose("USDT");
    test.keys("m100");
    test.review();
    test.press_send();
    test.keys("<enter>");
    test.tell(Message::Unlocked(Ok(())));
    for _ in 0..4 {
        test.wait(31_000);
        test.freshen();
    }
    test.wait(1_000);
    test.wait(1_000);
    assert_eq!(sent(&test.keys("<enter>")), []);
    assert!(test.app.lock().is_some(), "{}", test.screen());
}

#[test]
fn counting_order_is_taken_back_when_the_screen_locks() {
    let identity = Identity { lock_after_ms: Some(60_000), ..keyring() };
    let order_settings = wallet_tui::tui::state::OrderSettings {
        order_delay_ms: 120_000,
        ..wallet_tui::tui::state::OrderSettings::default()
    };
    let mut test = TestApp::ordering_with(AppConfig { order_settings, ..of(identity) }, (80, 24));
    // It has been idle for long.
    test.keys("<enter>");
    test.tell(Message::Unlocked(Ok(())));
    test.choose("USDT");
    test.keys("m100");
    test.review();
    assert_eq!(sent(&test.press_send()), []);
    test.wait(61_000);
    assert!(test.app.lock().is_some());
    test.keys("<enter>");
    test.wait(120_000);
    test.freshen();
    assert_eq!(sent(&test.tell(Message::Unlocked(Ok(())))), []);
    for _ in 0..5 {
        assert_eq!(sent(&test.wait(1_000)), [], "{}", test.screen());
    }
}

#[test]
fn nobody_leaves_a_check_that_stood_too_long() {
    let identity = Identity { lock_after_ms: Some(200_000), recheck: true, ..keyring() };
    let mut test = TestApp::ordering_with(of(identity), (80, 24));
    // It has been idle for long.
    test.keys("<enter>");
    test.tell(Message::Unlocked(Ok(())));
    // That answer of the store is old by now.
    test.wait(150_000);
    test.freshen();
    test.choose("USDT");
    test.keys("m100");
    test.review();
    test.press_send();
    assert_eq!(test.app.lock().map(|lock| lock.reason), Some(LockReason::Order));
    test.wait(201_000);
    test.keys("<esc>");
    assert_eq!(test.app.lock().map(|lock| lock.reason), Some(LockReason::Idle));
    // An answer to a question that was left behind opens nothing.
    test.tell(Message::Unlocked(Ok(())));
    assert!(test.app.lock().is_some());
}

#[test]
fn what_was_kept_is_on_the_screen_before_any_answer_and_says_so() {
    use wallet_tui::tui::message::LedgerSnapshot;
    let mut test = TestApp::with(config(Lang::En), (80, 24));
    let kept = LedgerSnapshot {
        records: [super::fixtures::incoming(), super::fixtures::outgoing()].map(|r| r.into_iter().collect()),
        read: [Some(test.now.plus(-7_200_000)); 2],
        is_whole: [true, false],
        balances: Some((vec![super::fixtures::balance("USDT", "5", "0")], test.now.plus(-7_200_000))),
        ..LedgerSnapshot::default()
    };
    test.tell(Message::Kept(Box::new(kept)));
    let screen = test.screen();
    assert!(screen.contains("kept 2 h") && screen.contains("USDT"), "{screen}");
    test.keys("3");
    assert!(test.screen().contains("kept 2 h") && test.screen().contains("TRX"), "{}", test.screen());
    let test = test.loaded();
    assert!(test.screen().contains("live"), "{}", test.screen());
}

#[test]
fn undated_snapshot_is_shown_and_not_called_newer() {
    use wallet_tui::tui::message::LedgerSnapshot;
    let mut test = TestApp::with(config(Lang::En), (80, 24));
    let records = [super::fixtures::incoming(), super::fixtures::outgoing()].map(|r| r.into_iter().collect());
    test.tell(Message::Kept(Box::new(LedgerSnapshot { records, ..LedgerSnapshot::default() })));
    test.keys("3");
    assert!(test.screen().contains("kept") && test.screen().contains("TRX"), "{}", test.screen());
}

#[test]
fn the_way_of_a_record_is_told_with_how_long_such_things_take() {
    use wallet_tui::domain::Status;
    use wallet_tui::tui::message::{LedgerSnapshot, RecordTimeline};
    let mut test = TestApp::with(config(Lang::En), (80, 40)).loaded();
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    test.keys("3g");
    let record = test.app.selected_record().unwrap();
    assert_eq!(test.keys("<enter>"), [Effect::ReadSteps(Box::new(record.clone()))]);
    let steps = vec![(Status::Verification, test.now.plus(-90_000)), (Status::Pending, test.now.plus(-30_000))];
    test.tell(Message::Steps(Box::new(RecordTimeline {
        key: record.key.clone(),
        steps,
        usual: Some((240_000, 7)),
        price: None,
    })));
    let screen = test.screen();
    assert!(screen.contains("Seen") && screen.contains("4 min (median of 7 as seen here)"), "{screen}");
    // Another record's way is not this one's.
    test.keys("<esc>j<enter>");
    assert!(!test.screen().contains("median of 7"), "{}", test.screen());
}

#[test]
fn another_profile_is_chosen_from_the_list() {
    let line = |name: &str| ProfileLine { name: name.into(), uid: Some("7".into()), ..ProfileLine::default() };
    let profiles = vec![line("desk"), line("main"), line("zoo")];
    let mut test = TestApp::with(of(Identity { profiles, ..Identity::default() }), (80, 24)).loaded();
    test.keys("P");
    assert!(test.screen().contains("▌ main"), "{}", test.screen());
    assert_eq!(test.keys("<enter>"), [], "it is this one already");
    assert_eq!(test.keys("Pj<enter>"), [Effect::Switch("zoo".into())]);
    test.keys("Pp");
    assert!(!test.screen().contains("uid 7"), "{}", test.screen());
}

#[test]
fn pictures_of_the_new_pages_in_both_languages() {
    use std::fmt::Write as _;
    use wallet_tui::engine::diagnostics::{Check, Finding, State};
    use wallet_tui::tui::app::welcome::Welcome;
    let finding = |check, state, says: &str, next: &str| Finding { check, state, says: says.into(), next: next.into() };
    for (lang, suffix) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let mut all = String::new();
        for size in [(80, 24), (120, 40), (60, 20)] {
            let line = |name: &str, band| ProfileLine {
                name: name.into(),
                band,
                uid: Some("681979174".into()),
                store: "keyring".into(),
                ..ProfileLine::default()
            };
            let identity = Identity {
                band: Some(Band::Red),
                asks_passphrase: true,
                profiles: vec![line("desk", Some(Band::Cyan)), line("main", Some(Band::Red))],
                via: Some("socks5h://127.0.0.1:1080".into()),
                ..keyring()
            };
            let mut test = TestApp::with(AppConfig { identity, ..config(lang) }, size).loaded();
            let mut show = |name: &str, test: &TestApp| {
                writeln!(all, "=== {name} {}×{} ===", size.0, size.1).unwrap();
                all.push_str(&test.screen());
            };
            test.keys("P");
            show("profiles", &test);
            test.keys("<esc>D");
            test.tell(Message::Doctor(vec![
                finding(Check::Terminal, State::Good, "80×24", ""),
                finding(
                    Check::Clock,
                    State::Note,
                    "12.0 s off; the program corrects for it",
                    "switch on time synchronisation",
                ),
                finding(
                    Check::Signed,
                    State::Bad,
                    "The signature does not fit the API key.",
                    "Check that the secret belongs to this key.",
                ),
                finding(Check::Withdraw, State::Skipped, "not known", "mend the key first"),
            ]));
            show("doctor", &test);
            test.keys("<esc>Labc");
            show("lock", &test);
            test.keys("<enter>");
            test.tell(Message::Unlocked(Err(words())));
            show("locked", &test);
            let mut form = Welcome::new("main", "https://exchange");
            form.paste("k3y");
            form.failed(words());
            let backend = ratatui::backend::TestBackend::new(size.0, size.1);
            let mut terminal = ratatui::Terminal::new(backend).unwrap();
            let theme = Theme::named("dark").unwrap();
            terminal.draw(|frame| wallet_tui::tui::view::welcome::draw(&form, lang, &theme, frame)).unwrap();
            writeln!(all, "=== welcome {}×{} ===", size.0, size.1).unwrap();
            all.push_str(&text(terminal.backend().buffer()));
        }
        insta::assert_snapshot!(format!("identity_{suffix}"), all);
    }
}

#[test]
fn note_is_kept_found_by_the_filter_and_never_lost() {
    use wallet_tui::tui::app::dialog::Dialog;
    use wallet_tui::tui::message::LedgerSnapshot;
    let mut test = TestApp::with(config(Lang::En), (80, 24)).loaded();
    test.keys("3gn");
    assert!(test.app.dialog().is_none() && test.screen().contains("no ledger"), "{}", test.screen());
    test.tell(Message::Kept(Box::<LedgerSnapshot>::default()));
    let key = test.app.selected_record().unwrap().key;
    test.keys("nfor rent");
    test.tell(Message::Paste("\u{1b}[2J\u{202e}, May".into()));
    assert!(test.screen().contains("holds a control"), "{}", test.screen());
    test.tell(Message::Paste(", May".into()));
    let kept = test.keys("<enter>");
    let note = "for rent, May";
    assert_eq!(kept, [Effect::KeepNote(key.clone(), Some(note.into()))]);
    assert_eq!(test.app.note(&key), None, "nothing is shown that is not written");
    test.tell(Message::Noted { key: key.clone(), text: Some(note.into()), failed: Some("disk full".into()) });
    assert!(test.screen().contains("disk full") && test.screen().contains(note), "{}", test.screen());
    assert!(matches!(test.app.dialog(), Some(Dialog::Note(_))));
    test.keys("<enter>");
    test.tell(Message::Noted { key: key.clone(), text: Some(note.into()), failed: None });
    test.keys("/note:RENT<enter>");
    assert!(test.screen().contains("1 of "), "{}", test.screen());
    test.keys("<enter>");
    assert!(test.screen().contains(note), "{}", test.screen());
    test.keys("<esc>p<enter>");
    assert!(!test.screen().contains("rent,"), "hidden with the rest: {}", test.screen());
}
