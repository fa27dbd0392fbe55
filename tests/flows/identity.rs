//! Whose account it is: the colour band, a key of another account, the lock, the check before an order, the profiles.

use wallet_tui::domain::locale::Lang;
use wallet_tui::engine::config::profile::Band;
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::explain::Explanation;
use wallet_tui::tui::app::lock::LockReason;
use wallet_tui::tui::app::{Identity, ProfileLine, Session};
use wallet_tui::tui::effect::Effect;
use wallet_tui::tui::effect::Proof;
use wallet_tui::tui::message::Message;

use super::desk::{Desk, session, text};
use super::ordering::sent;

fn of(identity: Identity) -> Session {
    Session { identity, ..session(Lang::En) }
}

fn keyring() -> Identity {
    Identity { can_lock: true, store: "the keyring".into(), ..Identity::default() }
}

fn words() -> Explanation {
    Explanation { cause: "the keyring is locked".into(), next: "unlock it".into() }
}

#[test]
fn the_band_is_on_every_page_with_colours_and_without() {
    let desk = || Desk::ordering_with(of(Identity { band: Some(Band::Red), ..Identity::default() }), (80, 24));
    for keys in ["", "?", "w", "d", "<enter>", "o"] {
        let mut desk = desk();
        desk.keys(keys);
        let (screen, _) = desk.draw_in(&Theme::named("dark").unwrap());
        let is_red = |x| screen[(x, 0)].bg == ratatui::style::Color::Red;
        assert!((0..30).any(is_red), "{keys}: {}", text(&screen));
        let (screen, _) = desk.draw_in(&Theme::named("none").unwrap());
        let is_turned = |x| screen[(x, 0)].modifier.contains(ratatui::style::Modifier::REVERSED);
        assert!((0..30).any(is_turned), "{keys}");
    }
}

#[test]
fn a_key_of_another_account_closes_orders_and_says_so() {
    let identity = Identity { uid: Some("111".into()), ..Identity::default() };
    let mut desk = Desk::with(of(identity), (80, 24)).loaded();
    let screen = desk.screen();
    assert!(screen.contains("Orders are closed") && screen.contains("111"), "{screen}");
    desk.wait(600_000);
    desk.freshen();
    desk.tell(super::ordering::ledger(Vec::new()));
    desk.choose("USDT");
    desk.keys("m100<enter><enter>");
    assert!(desk.screen().contains("another account"), "{}", desk.screen());
    desk.wait(5_000);
    desk.keys("<tab>");
    for _ in 0..5 {
        desk.wait(1_000);
    }
    assert_eq!(sent(&desk.keys("<enter>")), []);
}

#[test]
fn the_ledgers_account_closes_orders_of_another_one() {
    let mut desk = Desk::with(of(Identity::default()), (80, 24));
    desk.tell(Message::Bound(Some("111".into())));
    let desk = desk.loaded();
    let screen = desk.screen();
    assert!(screen.contains("Orders are closed") && screen.contains("111"), "{screen}");
}

#[test]
fn a_key_without_an_account_says_that_others_are_not_seen() {
    let mut desk = Desk::ordering_with(of(Identity::default()), (80, 40));
    desk.choose("USDT");
    desk.keys("m100");
    desk.tell(Message::Bound(None));
    desk.review();
    assert!(desk.screen().contains("does not tell whose key this is"), "{}", desk.screen());
    assert_eq!(sent(&desk.press_send()).len(), 1, "a note, and no obstacle");
}

#[test]
fn the_account_is_written_down_once_where_it_can_be() {
    let is_remembered = |identity| {
        let desk = Desk::with(of(identity), (80, 24)).loaded();
        desk.effects.iter().filter(|effect| matches!(effect, Effect::Remember(_))).count()
    };
    assert_eq!(is_remembered(Identity { remembers: true, ..Identity::default() }), 1);
    assert_eq!(is_remembered(Identity::default()), 0);
    let known = Identity { remembers: true, uid: Some("111".into()), ..Identity::default() };
    assert_eq!(is_remembered(known), 0, "another account never takes the place of the known one");
}

#[test]
fn an_idle_screen_hides_everything_until_the_store_answers() {
    let identity = Identity { lock_after_ms: Some(60_000), ..keyring() };
    let mut desk = Desk::with(of(identity), (80, 24)).loaded();
    desk.wait(30_000);
    desk.keys("j");
    desk.wait(59_000);
    assert!(desk.app.lock().is_none(), "a key was pressed since");
    desk.wait(2_000);
    let screen = desk.screen();
    assert!(screen.contains("Locked") && !screen.contains("USDT") && !screen.contains("681979174"), "{screen}");
    // Nothing reaches what is below.
    desk.keys("w2?q/<tab>");
    assert!(desk.app.modal().is_none() && desk.app.lock().is_some());
    let effects = desk.keys("<enter>");
    assert_eq!(effects, [Effect::Unlock(Proof(None))]);
    assert_eq!(desk.keys("<enter>"), [], "it is being asked");
    desk.wait(3_000);
    assert!(desk.screen().contains("Waiting for the keyring … 3 s"), "{}", desk.screen());
    desk.tell(Message::Unlocked(Err(words())));
    assert!(desk.screen().contains("the keyring is locked") && desk.screen().contains("unlock it"));
    desk.keys("<enter>");
    desk.tell(Message::Unlocked(Ok(())));
    assert!(desk.app.lock().is_none() && desk.screen().contains("USDT"));
    desk.wait(30_000);
    assert!(desk.app.lock().is_none(), "the time begins anew");
    assert_eq!(desk.keys("L<c-c>"), [Effect::Quit], "one can always leave");
}

#[test]
fn a_passphrase_is_typed_unseen_and_wiped_once_it_is_sent() {
    let mut desk = Desk::with(of(Identity { asks_passphrase: true, ..keyring() }), (80, 24)).loaded();
    desk.keys("Lopen sesane<bs><bs>me");
    assert_eq!(desk.app.lock().map(|lock| lock.reason), Some(LockReason::Asked));
    let screen = desk.screen();
    assert!(screen.contains("•••••••••••") && !screen.contains("sesame"), "{screen}");
    let effects = desk.keys("<enter>");
    assert_eq!(effects, [Effect::Unlock(Proof(Some("open sesame".into())))]);
    assert!(!format!("{effects:?} {:?}", desk.app.lock()).contains("sesame"));
    assert!(desk.app.lock().unwrap().typed.is_empty());
    desk.tell(Message::Unlocked(Err(words())));
    assert_eq!(desk.keys("<enter>"), [], "nothing typed, nothing asked");
}

#[test]
fn nothing_to_ask_means_nothing_to_lock() {
    let mut desk = Desk::with(of(Identity::default()), (80, 24)).loaded();
    desk.keys("L");
    assert!(desk.app.lock().is_none() && desk.screen().contains("nothing here could unlock"), "{}", desk.screen());
}

#[test]
fn a_check_before_an_order_sends_nothing_by_itself_and_counts_for_one_order() {
    let mut desk = Desk::ordering_with(of(Identity { recheck: true, ..keyring() }), (80, 24));
    desk.choose("USDT");
    desk.keys("m100");
    desk.review();
    assert_eq!(sent(&desk.press_send()), []);
    assert_eq!(desk.app.lock().map(|lock| lock.reason), Some(LockReason::Order), "{}", desk.screen());
    // Esc leaves the check, and the order is not sent.
    desk.keys("<esc>");
    assert!(desk.app.lock().is_none() && desk.app.modal().is_some());
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")), []);
    assert_eq!(desk.keys("<enter>"), [Effect::Unlock(Proof(None))]);
    let effects = desk.tell(Message::Unlocked(Ok(())));
    assert_eq!(sent(&effects), [], "only a check");
    // The moment after which sending is armed begins anew.
    assert_eq!(sent(&desk.keys("<enter>")), [], "a held key");
    desk.pause();
    assert_eq!(sent(&desk.keys("<enter>")).len(), 1, "{}", desk.screen());
}

#[test]
fn an_old_check_counts_no_more() {
    let mut desk = Desk::ordering_with(of(Identity { recheck: true, ..keyring() }), (80, 24));
    desk.choose("USDT");
    desk.keys("m100");
    desk.review();
    desk.press_send();
    desk.keys("<enter>");
    desk.tell(Message::Unlocked(Ok(())));
    for _ in 0..4 {
        desk.wait(31_000);
        desk.freshen();
    }
    desk.wait(1_000);
    desk.wait(1_000);
    assert_eq!(sent(&desk.keys("<enter>")), []);
    assert!(desk.app.lock().is_some(), "{}", desk.screen());
}

#[test]
fn an_order_that_counts_down_is_taken_back_when_the_screen_is_locked() {
    let identity = Identity { lock_after_ms: Some(60_000), ..keyring() };
    let guards = wallet_tui::tui::app::Guards { order_delay_ms: 120_000, ..wallet_tui::tui::app::Guards::default() };
    let mut desk = Desk::ordering_with(Session { guards, ..of(identity) }, (80, 24));
    // It has been idle for long.
    desk.keys("<enter>");
    desk.tell(Message::Unlocked(Ok(())));
    desk.choose("USDT");
    desk.keys("m100");
    desk.review();
    assert_eq!(sent(&desk.press_send()), []);
    desk.wait(61_000);
    assert!(desk.app.lock().is_some());
    desk.keys("<enter>");
    desk.wait(120_000);
    desk.freshen();
    assert_eq!(sent(&desk.tell(Message::Unlocked(Ok(())))), []);
    for _ in 0..5 {
        assert_eq!(sent(&desk.wait(1_000)), [], "{}", desk.screen());
    }
}

#[test]
fn nobody_leaves_a_check_that_stood_too_long() {
    let identity = Identity { lock_after_ms: Some(200_000), recheck: true, ..keyring() };
    let mut desk = Desk::ordering_with(of(identity), (80, 24));
    // It has been idle for long.
    desk.keys("<enter>");
    desk.tell(Message::Unlocked(Ok(())));
    // That answer of the store is old by now.
    desk.wait(150_000);
    desk.freshen();
    desk.choose("USDT");
    desk.keys("m100");
    desk.review();
    desk.press_send();
    assert_eq!(desk.app.lock().map(|lock| lock.reason), Some(LockReason::Order));
    desk.wait(201_000);
    desk.keys("<esc>");
    assert_eq!(desk.app.lock().map(|lock| lock.reason), Some(LockReason::Idle));
    // An answer to a question that was left behind opens nothing.
    desk.tell(Message::Unlocked(Ok(())));
    assert!(desk.app.lock().is_some());
}

#[test]
fn what_was_kept_is_on_the_screen_before_any_answer_and_says_so() {
    use wallet_tui::tui::message::Kept;
    let mut desk = Desk::with(session(Lang::En), (80, 24));
    let kept = Kept {
        records: [super::fixtures::incoming(), super::fixtures::outgoing()].map(|r| r.into_iter().collect()),
        read: [Some(desk.now.plus(-7_200_000)); 2],
        is_whole: [true, false],
        balances: Some((vec![super::fixtures::balance("USDT", "5", "0")], desk.now.plus(-7_200_000))),
        ..Kept::default()
    };
    desk.tell(Message::Kept(Box::new(kept)));
    let screen = desk.screen();
    assert!(screen.contains("kept 2 h") && screen.contains("USDT"), "{screen}");
    desk.keys("3");
    assert!(desk.screen().contains("kept 2 h") && desk.screen().contains("TRX"), "{}", desk.screen());
    let desk = desk.loaded();
    assert!(desk.screen().contains("live"), "{}", desk.screen());
}

#[test]
fn what_was_kept_without_its_date_is_shown_and_not_called_newer_than_it_is() {
    use wallet_tui::tui::message::Kept;
    let mut desk = Desk::with(session(Lang::En), (80, 24));
    let records = [super::fixtures::incoming(), super::fixtures::outgoing()].map(|r| r.into_iter().collect());
    desk.tell(Message::Kept(Box::new(Kept { records, ..Kept::default() })));
    desk.keys("3");
    assert!(desk.screen().contains("kept") && desk.screen().contains("TRX"), "{}", desk.screen());
}

#[test]
fn the_way_of_a_record_is_told_with_how_long_such_things_take() {
    use wallet_tui::domain::Status;
    use wallet_tui::tui::message::{Kept, Story};
    let mut desk = Desk::with(session(Lang::En), (80, 40)).loaded();
    desk.tell(Message::Kept(Box::<Kept>::default()));
    desk.keys("3g");
    let record = desk.app.selected_record().unwrap();
    assert_eq!(desk.keys("<enter>"), [Effect::ReadSteps(Box::new(record.clone()))]);
    let steps = vec![(Status::Verification, desk.now.plus(-90_000)), (Status::Pending, desk.now.plus(-30_000))];
    desk.tell(Message::Steps(Box::new(Story {
        key: record.key.clone(),
        steps,
        usual: Some((240_000, 7)),
        price: None,
    })));
    let screen = desk.screen();
    assert!(screen.contains("Seen") && screen.contains("4 min (median of 7 as seen here)"), "{screen}");
    // Another record's way is not this one's.
    desk.keys("<esc>j<enter>");
    assert!(!desk.screen().contains("median of 7"), "{}", desk.screen());
}

#[test]
fn another_profile_is_chosen_from_the_list() {
    let line = |name: &str| ProfileLine { name: name.into(), uid: Some("7".into()), ..ProfileLine::default() };
    let profiles = vec![line("desk"), line("main"), line("zoo")];
    let mut desk = Desk::with(of(Identity { profiles, ..Identity::default() }), (80, 24)).loaded();
    desk.keys("P");
    assert!(desk.screen().contains("▌ main"), "{}", desk.screen());
    assert_eq!(desk.keys("<enter>"), [], "it is this one already");
    assert_eq!(desk.keys("Pj<enter>"), [Effect::Switch("zoo".into())]);
    desk.keys("Pp");
    assert!(!desk.screen().contains("uid 7"), "{}", desk.screen());
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
            let mut desk = Desk::with(Session { identity, ..session(lang) }, size).loaded();
            let mut show = |name: &str, desk: &Desk| {
                writeln!(all, "=== {name} {}×{} ===", size.0, size.1).unwrap();
                all.push_str(&desk.screen());
            };
            desk.keys("P");
            show("profiles", &desk);
            desk.keys("<esc>D");
            desk.tell(Message::Doctor(vec![
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
            show("doctor", &desk);
            desk.keys("<esc>Labc");
            show("lock", &desk);
            desk.keys("<enter>");
            desk.tell(Message::Unlocked(Err(words())));
            show("locked", &desk);
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
fn a_note_is_kept_in_the_ledger_found_by_the_filter_and_never_lost_when_that_fails() {
    use wallet_tui::tui::app::modal::Modal;
    use wallet_tui::tui::message::Kept;
    let mut desk = Desk::with(session(Lang::En), (80, 24)).loaded();
    desk.keys("3gn");
    assert!(desk.app.modal().is_none() && desk.screen().contains("no ledger"), "{}", desk.screen());
    desk.tell(Message::Kept(Box::<Kept>::default()));
    let key = desk.app.selected_record().unwrap().key;
    desk.keys("nfor rent");
    desk.tell(Message::Paste("\u{1b}[2J\u{202e}, May".into()));
    assert!(desk.screen().contains("holds a control"), "{}", desk.screen());
    desk.tell(Message::Paste(", May".into()));
    let kept = desk.keys("<enter>");
    let text = "for rent, May";
    assert_eq!(kept, [Effect::KeepNote(key.clone(), Some(text.into()))]);
    assert_eq!(desk.app.note(&key), None, "nothing is shown that is not written");
    desk.tell(Message::Noted { key: key.clone(), text: Some(text.into()), failed: Some("disk full".into()) });
    assert!(desk.screen().contains("disk full") && desk.screen().contains(text), "{}", desk.screen());
    assert!(matches!(desk.app.modal(), Some(Modal::Note(_))));
    desk.keys("<enter>");
    desk.tell(Message::Noted { key: key.clone(), text: Some(text.into()), failed: None });
    desk.keys("/note:RENT<enter>");
    assert!(desk.screen().contains("1 of "), "{}", desk.screen());
    desk.keys("<enter>");
    assert!(desk.screen().contains(text), "{}", desk.screen());
    desk.keys("<esc>p<enter>");
    assert!(!desk.screen().contains("rent,"), "hidden with the rest: {}", desk.screen());
}
