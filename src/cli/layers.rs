//! From file, environment and options to settings.

use std::path::PathBuf;

use super::Options;
use super::failure::Failure;
use crate::domain::locale::Lang;
use crate::engine::config::file::{Absence, FileSettings};
use crate::engine::config::profile::is_profile_name;
use crate::engine::config::{Environment, Fault, Overrides, PROFILE_VARIABLE, Settings, SettingsError, places};

/// The language that the environment asks for.
pub fn locale(environment: Environment<'_>) -> Lang {
    Lang::from_environment(|name| environment(name).map(|value| value.to_string_lossy().into_owned()))
}

/// The configuration file of a run; `None` where there is no place for one.
pub fn config_of(options: &Options, environment: Environment<'_>) -> Option<PathBuf> {
    places::config_file(options.config.as_deref(), environment).map(|place| place.path)
}

/// File, environment and options together.
///
/// # Errors
/// What one of them says cannot be read or used.
pub fn settings(options: &Options, environment: Environment<'_>) -> Result<Settings, Failure> {
    let (file, overrides, early) = layers(options, environment, true)?;
    let late = options.lang.or(file.lang()).unwrap_or(early);
    Settings::layered(&file, environment, &overrides).map_err(|error| Failure::of_settings(&error, late))
}

/// The same for a profile that there may not be yet.
///
/// # Errors
/// What one of them says cannot be read or used.
pub fn settings_for_login(options: &Options, environment: Environment<'_>) -> Result<Settings, Failure> {
    let (file, overrides, early) = layers(options, environment, false)?;
    let late = options.lang.or(file.lang()).unwrap_or(early);
    let fail = |error: SettingsError| Failure::of_settings(&error, late);
    let variable = || environment(PROFILE_VARIABLE)?.into_string().ok().filter(|name| !name.is_empty());
    let (name, place) = match (options.profile.clone(), variable()) {
        (Some(name), _) => (name, "--profile"),
        (None, Some(name)) => (name, PROFILE_VARIABLE),
        (None, None) => return Settings::layered(&file, environment, &overrides).map_err(fail),
    };
    if !is_profile_name(&name) {
        return Err(fail(SettingsError { place: place.to_owned(), fault: Fault::ProfileName(name) }));
    }
    Settings::of_profile(&name, &file, environment, &overrides).map_err(fail)
}

/// The file and the options; `must_exist`: whether a file that the user named, or that a link leads to, has to be there.
///
/// # Errors
/// The file cannot be read.
pub fn layers(
    options: &Options,
    environment: Environment<'_>,
    must_exist: bool,
) -> Result<(FileSettings, Overrides, Lang), Failure> {
    let early = options.lang.unwrap_or_else(|| locale(environment));
    let file = match places::config_file(options.config.as_deref(), environment) {
        Some(place) => {
            let absence = if must_exist { Absence::of(place.named) } else { Absence::WillBeWritten };
            let file = FileSettings::read(&place.path, absence);
            file.map_err(|e| Failure::of_settings(&e, early))?
        }
        None => FileSettings::default(),
    };
    let overrides = Overrides {
        profile: options.profile.clone(),
        lang: options.lang,
        theme: options.theme,
        unit: options.unit.clone(),
        base_url: options.base_url.clone(),
        futures_url: options.futures_url.clone(),
        no_mouse: options.no_mouse,
        read_only: options.read_only,
    };
    Ok((file, overrides, early))
}
