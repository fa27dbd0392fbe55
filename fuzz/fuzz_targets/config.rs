//! The configuration file. The first byte says what environment and options say, the rest is the file.
//!
//! A mistake has a place, and a place in the file exists; its words hold nothing that a terminal obeys; what is taken is
//! complete and in its ranges; and what the program itself writes into such a file is understood again.

#![no_main]

use std::ffi::OsString;

use checks::{assert_harmless, assert_harmless_lines, choice};
use libfuzzer_sys::fuzz_target;
use wallet_tui::domain::address_book::Label;
use wallet_tui::domain::columns::Column;
use wallet_tui::cli::failure::Failure;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::whole_receiver;
use wallet_tui::engine::config::file::FileSettings;
use wallet_tui::engine::config::profile::{Store, is_profile_name};
use wallet_tui::engine::config::write::{ProfileChange, change_profile, forget_identity};
use wallet_tui::engine::config::{
    BASE_URL_VARIABLE, DELAY_SECONDS, Fault, LOCK_MINUTES, Overrides, PROFILE_VARIABLE, REFRESH_SECONDS, Settings,
    SettingsError, ThemeName,
};

const NAME: &str = "c.toml";

fuzz_target!(|data: &[u8]| {
    let Some((flags, source)) = choice(data, 128) else { return };
    let Ok(source) = std::str::from_utf8(source) else { return };
    let file = match FileSettings::parse(source, NAME) {
        Ok(file) => file,
        Err(error) => {
            check_place(&error, source, true);
            return;
        }
    };
    assert!(file.profile_names().iter().all(|name| is_profile_name(name)));
    // These name other files; what is on this machine is nobody's business here.
    if ["theme_file", "root_certificates"].iter().any(|word| source.contains(word)) {
        return;
    }
    let (environment, options) = around(flags);
    match Settings::layered(&file, &environment, &options) {
        Ok(settings) => {
            check_settings(&settings);
            if flags & (1 << 6) != 0 {
                check_writing(source, &file);
            }
        }
        Err(error) => check_place(&error, source, false),
    }
});

/// `login` and `logout` in such a file: the profile says what was written, everything else says what it said before.
fn check_writing(source: &str, file: &FileSettings) {
    let none = |_: &str| None;
    let Ok(before) = Settings::of_profile("main", file, &none, &Overrides::default()) else { return };
    let path = std::env::temp_dir().join(format!("wallet-tui-fuzz-{}.toml", std::process::id()));
    std::fs::write(&path, source).expect("there is a directory for passing files");
    let change = ProfileChange { key: Some("new".to_owned()), store: Some(Store::Keyring), ..ProfileChange::default() };
    let written = change_profile(&path, "main", &change);
    let after = |what: &str| {
        let written = std::fs::read_to_string(&path).expect("it was written");
        let file = FileSettings::parse(&written, NAME).unwrap_or_else(|why| panic!("{what}: {why}\n{written}"));
        Settings::of_profile("main", &file, &none, &Overrides::default())
            .unwrap_or_else(|why| panic!("{what}: {why}\n{written}"))
    };
    assert!(written.is_ok(), "{source:?} cannot take a key: {written:?}");
    let mut expected = before;
    (expected.profile.key, expected.profile.store, expected.profile.uid) = (change.key, change.store, None);
    assert_eq!(after("login"), expected);
    let written = forget_identity(&path, "main");
    assert!(written.is_ok(), "{source:?} cannot lose a key: {written:?}");
    (expected.profile.key, expected.profile.store) = (None, None);
    assert_eq!(after("logout"), expected);
    // A courtesy.
    let _ = std::fs::remove_file(&path);
}

/// What stands around the file; every bit adds a thing.
fn around(flags: usize) -> (impl Fn(&str) -> Option<OsString>, Overrides) {
    let is_on = move |bit: usize| flags & (1 << bit) != 0;
    let environment = move |name: &str| {
        let value = match name {
            "NO_COLOR" if is_on(0) => "1",
            BASE_URL_VARIABLE if is_on(1) => "http://127.0.0.1:9",
            PROFILE_VARIABLE if is_on(2) => "desk",
            "LANG" if is_on(3) => "zh_CN.UTF-8",
            _ => return None,
        };
        Some(OsString::from(value))
    };
    let options = Overrides {
        profile: is_on(4).then(|| "main".to_owned()),
        theme: is_on(5).then_some(ThemeName::Light),
        read_only: is_on(5),
        no_mouse: is_on(5),
        ..Overrides::default()
    };
    (environment, options)
}

fn check_place(error: &SettingsError, source: &str, is_parse: bool) {
    for lang in [Lang::En, Lang::ZhCn] {
        let failure = Failure::of_settings(error, lang);
        assert_harmless(&failure.cause(), "the cause");
        let mut out = Vec::new();
        failure.write(&mut out).expect("a vector takes everything");
        let said = String::from_utf8(out).expect("texts in, text out");
        assert_harmless_lines(&said, "what is said");
        assert_eq!(said.lines().count(), 2, "{said:?}");
    }
    let Some(place) = error.place.strip_prefix(NAME) else {
        assert!(!is_parse, "{error}");
        let is_known = ["--profile", PROFILE_VARIABLE, "[keys]"].contains(&error.place.as_str());
        assert!(is_known, "{error}");
        return;
    };
    if place.is_empty() {
        assert!(matches!(error.fault, Fault::WhichProfile(_)), "{error}");
        return;
    }
    let numbers: Vec<usize> = place.split(':').skip(1).map(|part| part.parse().expect("a number")).collect();
    let [line, column] = numbers[..] else { panic!("{place} is not a line and a column") };
    let lines: Vec<&str> = source.split('\n').collect();
    assert!((1..=lines.len()).contains(&line), "{place} in {} lines", lines.len());
    assert!((1..=lines[line - 1].chars().count() + 1).contains(&column), "{place}: {:?}", lines[line - 1]);
}

fn check_settings(settings: &Settings) {
    let seconds = |duration: std::time::Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    assert!(REFRESH_SECONDS.contains(&seconds(settings.refresh)));
    assert!(DELAY_SECONDS.contains(&seconds(settings.order_delay)));
    assert!(settings.lock_after.is_none_or(|after| LOCK_MINUTES.contains(&(seconds(after) / 60)) && !after.is_zero()));
    assert!(!settings.dust.is_negative());
    assert!(!settings.unit.raw().trim().is_empty());
    assert!(settings.columns.iter().all(|columns| columns.contains(&Column::Coin)));
    assert_eq!(settings.keymap.conflict(), None);
    assert_eq!(settings.limits.read_only, settings.read_only);
    assert!(is_profile_name(&settings.profile.name));
    for limit in [&settings.limits.per_order, &settings.limits.per_day, &settings.limits.confirm_above] {
        assert!(limit.as_ref().is_none_or(|limit| !limit.amount.is_negative()));
    }
    for label in &settings.labels {
        match label {
            Label::Address(named) => {
                assert!(!named.label.is_empty() && !named.address.is_empty());
                assert!(named.address.raw().bytes().all(|b| b.is_ascii_graphic()));
            }
            // What is named can be written as a receiver again, and is read as the same one.
            Label::Receiver(named) => {
                assert!(!named.label.is_empty());
                assert_eq!(whole_receiver(named.to.as_typed().raw()).as_ref(), Ok(&named.to));
            }
        }
    }
    // A server over plain http is this machine.
    let host = settings.base_url.host();
    assert_harmless(host, "the host");
    assert!(!host.is_empty());
}
