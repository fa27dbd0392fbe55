//! `config`: where the configuration file is, what it means, whether it is right, and what could stand in it.

use std::io::Write;

use clap::Subcommand;

use super::Options;
use super::failure::{BAD_INPUT, End, Failure};
use super::login::config_path;
use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::engine::config::example::EXAMPLE;
use crate::engine::config::file::{Absence, FileSettings};
use crate::engine::config::mistakes::mistakes;
use crate::engine::config::places::{self, ConfigPlace};
use crate::engine::config::schema::schema;
use crate::engine::config::{Environment, ProxyChoice, Settings, ThemeName};

/// `config`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Print where the configuration file is, or would be
    Path,
    /// Print what is in force, after file, environment and options
    Show,
    /// Read the whole file, every profile of it, and say what is wrong
    Check,
    /// Print a file with every setting, its default and what it does
    Example,
    /// Print the schema of the file, by which editors complete and check it
    Schema,
}

/// Runs one of them.
///
/// # Errors
/// An [`End`]: what is wrong with the file, or that the output cannot be written.
pub fn run(
    command: ConfigCommand,
    options: &Options,
    environment: Environment<'_>,
    load: impl FnOnce() -> Result<Settings, Failure>,
    early: Lang,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), End> {
    match command {
        ConfigCommand::Path => {
            writeln!(out, "{}", sanitize(&config_path(options, environment, early)?.to_string_lossy()))?;
        }
        ConfigCommand::Example => out.write_all(EXAMPLE.as_bytes())?,
        ConfigCommand::Schema => out.write_all(schema().as_bytes())?,
        ConfigCommand::Show => {
            let settings = load()?;
            // With a proxy that is not known nothing is in force.
            if let Some(error) = settings.proxy_fault() {
                return Err(Failure::of_settings(&error, settings.lang).into());
            }
            show(&settings, out)?;
        }
        ConfigCommand::Check => {
            let none = || Failure::new(early, BAD_INPUT, "cli.login.no_home", "cli.login.no_home_next", &[]);
            let place = places::config_file(options.config.as_deref(), environment).ok_or_else(none)?;
            check(&place, load, environment, early, (out, err))?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Says what is wrong, all of it, or that nothing is: of the file, then of what any other command would end with.
fn check(
    place: &ConfigPlace,
    load: impl FnOnce() -> Result<Settings, Failure>,
    environment: Environment<'_>,
    lang: Lang,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), End> {
    let absence = Absence::of(place.named);
    let mistakes = mistakes(&place.path, absence, environment);
    for error in &mistakes {
        Failure::of_settings(error, lang).write(err)?;
    }
    if !mistakes.is_empty() {
        return Err(End::Said(BAD_INPUT));
    }
    let file = FileSettings::read(&place.path, absence).map_err(|error| Failure::of_settings(&error, lang))?;
    if let Some(error) = load()?.proxy_fault() {
        return Err(Failure::of_settings(&error, lang).into());
    }
    let names = file.profile_names();
    let (key, place) = (if place.path.exists() { "cli.config.good" } else { "cli.config.none" }, place.path.display());
    let (place, count) = (place.to_string(), names.len().to_string());
    writeln!(
        out,
        "{}",
        sanitize(&lang.fill(key, &[("place", &place), ("count", &count), ("names", &names.join(", "))]))
    )?;
    Ok(())
}

/// As lines of a configuration file; nothing in it is a secret.
fn show(settings: &Settings, out: &mut dyn Write) -> std::io::Result<()> {
    let text = |value: &str| toml::Value::String(sanitize(value).into_owned()).to_string();
    let profile = &settings.profile;
    writeln!(out, "profile = {}", text(&profile.name))?;
    let mut say = |name: &str, value: Option<String>| match value {
        Some(value) => writeln!(out, "{name} = {value}"),
        None => writeln!(out, "# {name}: –"),
    };
    say("key", profile.key.as_deref().map(text))?;
    say("store", profile.store.as_ref().map(|store| text(&store.words(Lang::En))))?;
    say("uid", profile.uid.as_ref().map(|uid| text(uid.raw())))?;
    say("band", profile.band.map(|band| text(&band.to_string())))?;
    say("base_url", Some(text(&settings.base_url.to_string())))?;
    let proxy = match &settings.network.proxy {
        ProxyChoice::None => Some("none".to_owned()),
        _ => settings.network.proxy_of(&settings.base_url),
    };
    say("proxy", proxy.map(|proxy| text(&proxy)))?;
    say("root_certificates", settings.network.roots.as_ref().map(|pem| format!("{} bytes", pem.len())))?;
    say("read_only", Some(settings.read_only.to_string()))?;
    let lang: &'static str = settings.lang.into();
    say("lang", Some(text(lang)))?;
    let theme: &'static str = <&'static str>::from(settings.theme as ThemeName);
    say("theme", Some(text(if settings.theme_file.is_some() { "of your own" } else { theme })))?;
    say("unit", Some(text(settings.unit.raw())))?;
    say("dust", Some(text(&settings.dust.to_string())))?;
    say("hide_zero", Some(settings.hide_zero.to_string()))?;
    say("mouse", Some(settings.mouse.to_string()))?;
    say("refresh_seconds", Some(settings.refresh.as_secs().to_string()))?;
    say("lock_minutes", Some(settings.lock_after.map_or(0, |after| after.as_secs() / 60).to_string()))?;
    say("recheck_before_orders", Some(settings.recheck.to_string()))?;
    let limits = &settings.limits;
    let limit = |limit: &Option<crate::domain::rules::Limit>| {
        limit.as_ref().map(|l| format!("{{ amount = {}, unit = {} }}", text(&l.amount.to_string()), text(l.unit.raw())))
    };
    say("limits.address_book_only", Some(limits.address_book_only.to_string()))?;
    say("limits.per_order", limit(&limits.per_order))?;
    say("limits.per_day", limit(&limits.per_day))?;
    say("limits.confirm", Some(text(if limits.confirm_always { "always" } else { "new" })))?;
    say("limits.confirm_above", limit(&limits.confirm_above))?;
    say("limits.confirm_jump", Some(limits.confirm_jump.unwrap_or(0).to_string()))?;
    say("limits.confirm_share", Some(limits.confirm_share.unwrap_or(0).to_string()))?;
    say("limits.confirm_share_above", limit(&Some(limits.confirm_share_above.clone())))?;
    say("limits.order_delay_seconds", Some(settings.order_delay.as_secs().to_string()))?;
    say("addresses", Some(format!("{} labels", settings.labels.len())).map(|count| text(&count)))
}
