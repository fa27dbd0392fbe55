//! The configuration file: what it says, what it may not say, and where a mistake stands.

use std::time::Duration;

use super::*;
use crate::domain::Receiver;
use crate::domain::address_book::{Label, ReceiverLabel};
use crate::domain::bookkeeping::{BookTool, Purpose};
use crate::domain::rules::Limit;
use crate::engine::config::keymap::Context;
use crate::engine::config::profile::{Band, Store};
use crate::engine::config::{Overrides, ProxyChoice, Settings};
use crate::exchange::BaseUrlError;

fn settings(source: &str) -> Result<Settings, SettingsError> {
    Settings::layered(&FileSettings::parse(source, "c.toml")?, &|_| None, &Overrides::default())
}

#[test]
fn the_example_file_is_a_valid_file_and_shows_every_key() {
    let example = include_str!("../../../../assets/config.example.toml");
    settings(example).unwrap();
    // Every key is there, commented out or not, and all of them together are valid.
    let on: String = example
        .lines()
        .map(|line| {
            line.strip_prefix("#").filter(|rest| !rest.starts_with([' ', ':'])).unwrap_or(line).to_owned() + "\n"
        })
        .collect();
    assert_eq!(settings(&on).unwrap(), settings("").unwrap(), "the values shown are the defaults");
    for key in [
        "lang",
        "theme",
        "unit",
        "dust",
        "hide_zero",
        "mouse",
        "base_url",
        "read_only",
        "refresh_seconds",
        "lock_minutes",
        "recheck_before_orders",
    ] {
        assert!(on.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is not documented");
    }
    for key in [
        "address_book_only",
        "order_delay_seconds",
        "confirm",
        "confirm_jump",
        "confirm_share",
        "confirm_share_above",
        "# per_order",
        "# per_day",
        "# confirm_above",
    ] {
        let limits = on.split("\n[limits]\n").nth(1).unwrap();
        assert!(limits.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is not documented");
    }
    for key in ["profile", "theme_file", "proxy", "root_certificates", "key", "store", "secret", "uid", "band"] {
        assert!(on.contains(&format!("\n# {key}")) || on.contains(key), "{key} is not documented");
    }
    for tool in ["hledger", "beancount"] {
        let accounts = on.split(&format!("\n[export.{tool}]\n")).nth(1).unwrap();
        let accounts = accounts.split("\n[").next().unwrap();
        for purpose in <Purpose as strum::IntoEnumIterator>::iter() {
            assert!(accounts.lines().any(|line| line.starts_with(&format!("{purpose} = "))), "{tool}: {purpose}");
        }
    }
    // These three have no default; what is shown is an example that works.
    let with_examples = on.replace("# per_", "per_").replace("# confirm_above", "confirm_above");
    let limits = settings(&with_examples).unwrap().limits;
    assert!(limits.per_order.is_some() && limits.per_day.is_some() && limits.confirm_above.is_some());
}

#[test]
fn limits_are_read_exactly_and_a_mistyped_one_is_an_error() {
    let source = "[limits]\naddress_book_only = true\nper_order = { amount = '0.10', unit = 'BTC' }\n\
                  per_day = { amount = '100', unit = 'USDT' }\norder_delay_seconds = 5\nconfirm_above = { amount = '7', unit = 'USDT' }\n";
    let found = settings(source).unwrap();
    let limit = |amount: &str, unit: &str| Some(Limit { amount: amount.parse().unwrap(), unit: unit.into() });
    assert_eq!((found.limits.per_order, found.limits.per_day), (limit("0.10", "BTC"), limit("100", "USDT")));
    assert_eq!(found.limits.confirm_above, limit("7", "USDT"));
    assert!(found.limits.address_book_only && found.order_delay == Duration::from_secs(5));
    let asks =
        settings("[limits]\nconfirm_jump = 3\nconfirm_share = 0\nconfirm_share_above = { amount = '5', unit = 'BTC' }");
    let asks = asks.unwrap().limits;
    assert_eq!((asks.confirm_jump, asks.confirm_share), (Some(3), None));
    assert_eq!(Some(asks.confirm_share_above), limit("5", "BTC"));
    for source in ["confirm_jump = -1", "confirm_jump = 1000001", "confirm_share = 100", "confirm_share = -1"] {
        let fault = settings(&format!("[limits]\n{source}\n")).unwrap_err().fault;
        assert!(matches!(fault, Fault::OneOf(..)), "{source}");
    }
    for source in [
        "[limits]\nper_ordre = { amount = '1', unit = 'BTC' }",
        "[limits]\nper_order = { amount = 1, unit = 'BTC' }",
        "[limits]\nper_order = { amount = '1' }",
        "[limits]\nper_order = { amount = '1', unit = 'BTC', coin = 'x' }",
        "[limit]\naddress_book_only = true",
    ] {
        let fault = settings(source).unwrap_err().fault;
        assert!(matches!(fault, Fault::NotUnderstood(_) | Fault::UnknownKey(..)), "{source}");
    }
}

#[test]
fn label_of_an_address_is_read_whole_or_is_an_error() {
    let block = |address: &str, memo: &str| {
        format!("[[addresses]]\nlabel = 'cold'\ncoin = 'XRP'\nnetwork = 'XRP'\naddress = '{address}'\n{memo}")
    };
    let source = block("rA", "memo = '7'\n") + &block("rB", "");
    let labels = settings(&source).unwrap().labels;
    let told = |label: &Label| {
        let Label::Address(l) = label else { unreachable!() };
        (l.label.raw().to_owned(), l.address.raw().to_owned(), l.memo.clone())
    };
    assert_eq!(
        labels.iter().map(told).collect::<Vec<_>>(),
        [("cold".into(), "rA".into(), Some("7".into())), ("cold".into(), "rB".into(), None),]
    );
    for (address, memo) in [
        ("", ""),
        ("r A", ""),
        ("r\u{430}", ""),
        ("rA", "memo = ' '\n"),
        // Nothing is left out of a part in silence.
        (" rA", ""),
        ("rA ", ""),
        ("rA", "memo = '7 '\n"),
        ("rA", "memo = \"7\\t3\"\n"),
        ("rA", "memo = \"7\\n\"\n"),
    ] {
        assert!(matches!(settings(&block(address, memo)).unwrap_err().fault, Fault::Address(_)), "{address}");
    }
    assert!(settings("[[addresses]]\nlabel = 'cold'\n").is_err());
}

#[test]
fn label_of_a_receiver_is_read_as_a_form_reads_it_or_is_an_error() {
    let block = |to: &str| format!("[[receivers]]\nlabel = 'Mira'\nto = '{to}'\n");
    let phone = Receiver::Phone { country_code: "+65".into(), number: "91234567".into() };
    for (text, to) in [
        ("989541187", Receiver::Uid("989541187".into())),
        ("mira@example.com", Receiver::Email("mira@example.com".into())),
        ("+65 9123 4567", phone),
    ] {
        let label = Label::Receiver(ReceiverLabel { label: "Mira".into(), to });
        assert_eq!(settings(&block(text)).unwrap().labels, [label]);
    }
    for text in ["mira", "0065 91234567", "+18685551234", "012"] {
        assert_eq!(settings(&block(text)).unwrap_err().fault, Fault::Receiver(text.into()), "{text}");
    }
    for text in ["", " 989541187"] {
        assert!(matches!(settings(&block(text)).unwrap_err().fault, Fault::Address(_)), "{text}");
    }
    assert!(settings("[[receivers]]\nlabel = 'Mira'\n").is_err());
}

#[test]
fn an_unknown_key_is_an_error_with_its_place() {
    let error = settings("lang = 'en'\n\n  themee = 'dark'\n").unwrap_err();
    assert_eq!(error.place, "c.toml:3:3");
    assert_eq!(error.fault, Fault::UnknownKey("themee".into(), Some("theme".into())));
    let error = settings("[limits]\nper_ordre = { amount = '1', unit = 'BTC' }\n").unwrap_err();
    assert_eq!(
        (error.place.as_str(), error.fault),
        ("c.toml:2:1", Fault::UnknownKey("per_ordre".into(), Some("per_order".into())))
    );
    assert_eq!(settings("zzzzz = 1\n").unwrap_err().fault, Fault::UnknownKey("zzzzz".into(), None));
}

#[test]
fn a_broken_file_and_a_wrong_type_are_errors_with_their_places() {
    assert_eq!(settings("lang = 'en'\ntheme = \n").unwrap_err().place.split(':').nth(1), Some("2"));
    let error = settings("# 尘埃\ndust = 0.1\n").unwrap_err();
    assert_eq!(error.place, "c.toml:2:8");
    assert!(matches!(error.fault, Fault::NotUnderstood(_)), "{error:?}");
    assert_eq!(settings("mouse = 1").unwrap_err().place, "c.toml:1:9");
}

#[test]
fn a_value_out_of_its_range_is_refused_and_never_bent() {
    for (source, fault) in [
        ("lang = 'de'", Fault::Lang("de".into())),
        ("theme = 'Dark'", Fault::Theme("Dark".into())),
        ("unit = ' '", Fault::Unit),
        ("dust = '1,5'", Fault::Amount("1,5".into())),
        ("dust = '-1'", Fault::Amount("-1".into())),
        ("limits.per_order = { amount = '-5', unit = 'USDT' }", Fault::Amount("-5".into())),
        ("limits.per_day = { amount = '5', unit = '' }", Fault::Unit),
        ("limits.order_delay_seconds = 301", Fault::Delay(301)),
        ("refresh_seconds = 0", Fault::Refresh(0)),
        ("refresh_seconds = -5", Fault::Refresh(-5)),
        ("refresh_seconds = 2", Fault::Refresh(2)),
        ("refresh_seconds = 3601", Fault::Refresh(3601)),
        ("base_url = 'http://example.com'", Fault::BaseUrl(BaseUrlError::Plain)),
    ] {
        assert_eq!(settings(source).unwrap_err().fault, fault, "{source}");
    }
    assert_eq!(settings("refresh_seconds = 3").unwrap().refresh, Duration::from_secs(3));
    assert_eq!(settings("refresh_seconds = 3600").unwrap().refresh, Duration::from_secs(3600));
}

#[test]
fn a_missing_file_is_an_error_only_when_it_was_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.toml");
    assert!(FileSettings::read(&path, Absence::IsFine).is_ok());
    assert_eq!(FileSettings::read(&path, Absence::IsWrong).unwrap_err().fault, Fault::Missing);
    assert!(matches!(FileSettings::read(dir.path(), Absence::IsFine).unwrap_err().fault, Fault::NotReadable(_)));
}

#[test]
fn a_huge_file_and_one_that_is_not_text_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    std::fs::write(&path, vec![b'#'; 1 << 20]).unwrap();
    assert!(FileSettings::read(&path, Absence::IsWrong).is_ok());
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert_eq!(FileSettings::read(&path, Absence::IsWrong).unwrap_err().fault, Fault::TooLarge);
    std::fs::write(&path, b"lang = 'en'\n# \xff\n").unwrap();
    let error = FileSettings::read(&path, Absence::IsWrong).unwrap_err();
    assert!(error.place.ends_with(":2:3"), "{error}");
}

const TWO: &str = "unit = 'BTC'\nlimits.per_day = { amount = '9', unit = 'USDT' }\n\
                   [profiles.main]\nkey = 'k1'\nuid = '7'\nband = 'red'\n\
                   [profiles.desk]\nkey = 'k2'\nstore = 'command'\nsecret_command = ['pass', 'show', 'x']\nunit = 'EUR'\n\
                   limits.per_order = { amount = '1', unit = 'USDT' }\n";

fn of(source: &str, profile: &str) -> Result<Settings, SettingsError> {
    let options = Overrides { profile: Some(profile.to_owned()), ..Overrides::default() };
    Settings::layered(&FileSettings::parse(source, "c.toml")?, &|_| None, &options)
}

#[test]
fn a_profile_says_its_own_and_inherits_the_rest() {
    let main = of(TWO, "main").unwrap();
    assert_eq!((main.profile.key.as_deref(), main.profile.store), (Some("k1"), Some(Store::Keyring)));
    assert_eq!((main.profile.uid, main.profile.band, main.unit), (Some("7".into()), Some(Band::Red), "BTC".into()));
    let desk = of(TWO, "desk").unwrap();
    assert_eq!(desk.profile.store, Some(Store::Command(vec!["pass".into(), "show".into(), "x".into()])));
    assert_eq!((desk.unit, desk.profile.uid), ("EUR".into(), None));
    assert!(desk.limits.per_day.is_some() && desk.limits.per_order.is_some(), "limits add up");
    assert!(main.limits.per_order.is_none());
}

#[test]
fn which_profile_is_never_guessed() {
    assert_eq!(settings(TWO).unwrap_err().fault, Fault::WhichProfile("desk, main".into()));
    assert_eq!(settings(&format!("profile = 'desk'\n{TWO}")).unwrap().profile.name, "desk");
    assert_eq!(settings("[profiles.only]\nkey = 'k'").unwrap().profile.name, "only");
    assert_eq!(settings("").unwrap().profile.name, "main");
    let error = of(TWO, "mian").unwrap_err();
    assert_eq!(
        (error.place.as_str(), error.fault),
        ("--profile", Fault::NoProfile("mian".into(), "desk, main".into()))
    );
    let error = settings(&format!("profile = 'x'\n{TWO}")).unwrap_err();
    assert_eq!(error.place, "c.toml:1:11");
}

#[test]
fn a_mistake_in_another_profile_is_said_too() {
    let source = format!("profile = 'main'\n{TWO}\ntheme = 'pink'\n");
    assert_eq!(settings(&source).unwrap_err().fault, Fault::Theme("pink".into()));
}

#[test]
fn what_is_wrong_with_a_profile_is_said_with_its_place() {
    for (source, fault) in [
        ("key = 'k'", Fault::OfAProfile("key".into())),
        ("secret_command = ['x']", Fault::OfAProfile("secret_command".into())),
        ("[profiles.a]\nprofile = 'b'", Fault::OfTheFile("profile".into())),
        ("[profiles.'a b']\nkey = 'k'", Fault::ProfileName("a b".into())),
        ("[profiles.a]\nkey = 'k k'", Fault::Key),
        (
            "[profiles.a]\nstore = 'vault'",
            Fault::OneOf("vault".into(), "keyring, keyutils, command, environment, file".into()),
        ),
        ("[profiles.a]\nkey = 'k'\nsecret_command = ['x']", Fault::OtherStore("command".into())),
        ("[profiles.a]\nkey = 'k'\nstore = 'keyring'\nsecret_file = 'x'", Fault::OtherStore("file".into())),
        ("[profiles.a]\nstore = 'command'", Fault::NoCommand),
        ("[profiles.a]\nstore = 'command'\nsecret_command = []", Fault::NoCommand),
        ("[profiles.a]\nstore = 'environment'\nlock_minutes = 5", Fault::NothingToAsk),
        ("recheck_before_orders = true\n[profiles.a]\nstore = 'environment'", Fault::NothingToAsk),
        ("notices.channels = ['mail']", Fault::OneOf("mail".into(), "toast, bell, osc9, osc777, desktop".into())),
        ("notices.hook = ['']", Fault::NoCommand),
        ("notices.quiet_from = '22:00'", Fault::Hour(String::new())),
        ("notices.quiet_from = '22:00'\nnotices.quiet_to = '7:5'", Fault::Hour("7:5".into())),
        ("notices.quiet_from = '24:00'\nnotices.quiet_to = '07:00'", Fault::Hour("24:00".into())),
        ("lock_minutes = 1441", Fault::Lock(1441)),
        ("proxy = 'ftp://x'", Fault::Proxy),
        ("proxy = 'http://x '", Fault::Proxy),
        ("proxy = \"http://x\\ny:1\"", Fault::Proxy),
        ("unit = ' usdt'", Fault::Unit),
        ("unit = \"us\\tdt\"", Fault::Unit),
        ("proxy = 'http://x/path'", Fault::Proxy),
        ("limits.confirm = 'never'", Fault::OneOf("never".into(), "new, always".into())),
        ("columns.balances = ['total']", Fault::NoCoinColumn),
        (
            "columns.deposits = ['coin', 'coin']",
            Fault::OneOf("coin".into(), "time, coin, network, amount, status, from, tx_id, note".into()),
        ),
        ("keys.withdrow = 'x'", Fault::UnknownKey("withdrow".into(), Some("withdraw".into()))),
        ("keys.withdraw = 'hyper-x'", Fault::Chord("hyper-x".into())),
        ("keys.withdraw = []", Fault::Chord(String::new())),
    ] {
        let error = settings(source).unwrap_err();
        assert_eq!(error.fault, fault, "{source}");
        assert!(error.place.starts_with("c.toml:"), "{source}: {}", error.place);
    }
    assert!(settings("[profiles.a]\n[profiles.a]\n").is_err(), "a profile twice");
}

#[test]
fn conflict_of_keys_is_an_error_at_its_line() {
    let found = settings("[keys]\nwithdraw = ['W', 'f9']\n[columns]\nbalances = ['total', 'coin']\n").unwrap();
    let withdraw =
        found.keymap.of(Context::Table).find(|b| b.action == crate::engine::config::keymap::Action::Withdraw).unwrap();
    assert_eq!(withdraw.chords.iter().map(|chord| chord.label()).collect::<Vec<_>>(), ["W", "F9"]);
    assert_eq!(found.columns[0].len(), 2);
    let error = settings("[keys]\nhelp = '?'\nwithdraw = 't'\n").unwrap_err();
    assert_eq!(error.place, "c.toml:3:1");
    assert!(matches!(error.fault, Fault::KeyConflict(conflict) if conflict.chord == "t"));
}

#[test]
fn own_theme_and_certificates_are_read_from_beside_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    let read = |source: &str| {
        std::fs::write(&path, source).unwrap();
        Settings::layered(&FileSettings::read(&path, Absence::IsWrong)?, &|_| None, &Overrides::default())
    };
    std::fs::write(dir.path().join("mine.toml"), include_str!("../../../../assets/themes/light.toml")).unwrap();
    assert_eq!(
        read("theme_file = 'mine.toml'").unwrap().theme_file,
        crate::engine::config::theme::Theme::named("light")
    );
    std::fs::write(dir.path().join("mine.toml"), "text = { fg = 'pink' }\n").unwrap();
    for source in ["theme_file = 'mine.toml'", "theme_file = 'none.toml'", "root_certificates = 'mine.toml'"] {
        assert!(matches!(read(source).unwrap_err().fault, Fault::OtherFile(..)), "{source}");
    }
    assert_eq!(read("proxy = 'none'").unwrap().network.proxy, ProxyChoice::None);
}

#[test]
fn accounts_of_books_are_read_as_their_tools_take_them() {
    let source = "[export.hledger]\nspot = 'my wallet:spot'\n[export.beancount]\nopen = false\n\
                  [profiles.desk.export.beancount]\nfees = 'Expenses:Kosten:Börse'\n";
    let found = settings(source).unwrap().bookkeeping;
    assert_eq!(found.hledger.of(Purpose::Spot), "my wallet:spot");
    assert_eq!(found.hledger.of(Purpose::Fees), "expenses:fees:bitunix");
    assert_eq!((found.beancount.of(Purpose::Fees), found.beancount.opens), ("Expenses:Kosten:Börse", false));
    for (source, place, fault) in [
        (
            "[export.beancount]\nspot = 'assets:spot'\n",
            "c.toml:2:8",
            Fault::Account("assets:spot".into(), BookTool::Beancount),
        ),
        ("[export.hledger]\nfees = 'a  b'\n", "c.toml:2:8", Fault::Account("a  b".into(), BookTool::Hledger)),
        ("[export.hledger]\nopen = true\n", "c.toml:2:8", Fault::UnknownKey("open".into(), None)),
    ] {
        let error = settings(source).unwrap_err();
        assert_eq!((error.place.as_str(), error.fault), (place, fault));
    }
    assert!(matches!(settings("[export.ledger]\n").unwrap_err().fault, Fault::UnknownKey(..)));
    assert!(matches!(settings("[export.hledger]\nspots = 'x'\n").unwrap_err().fault, Fault::UnknownKey(..)));
}
