//! What the configuration allows of orders, read anew whenever one is about to be sent, with the same options and environment.

use super::Options;
use super::layers::layers;
use crate::domain::UntrustedText;
use crate::engine::config::{Environment, Settings, places};
use crate::engine::orders::{GuardReader, Guards};

/// Reads the guards of the profile of `settings` from the file that these options lead to. A file, or a profile in it, that
/// was there now and is gone later is an error and not an end of its limits.
pub fn reader(options: &Options, environment: Environment<'_>, settings: &Settings) -> GuardReader {
    let (options, name) = (options.clone(), settings.profile.name.clone());
    let place = places::config_file(options.config.as_deref(), environment).map(|place| place.path);
    let place = place.filter(|path| path.exists());
    let has = |name: &String| {
        layers(&options, environment, false).is_ok_and(|(file, ..)| file.profile_names().contains(name))
    };
    let (was_named, lang) = (has(&name), settings.lang);
    let server = environment(crate::engine::config::BASE_URL_VARIABLE);
    GuardReader::new(move || {
        if let Some(path) = place.as_ref().filter(|path| !path.exists()) {
            return Err(UntrustedText::from(lang.fill("guards.gone", &[("what", &path.to_string_lossy())])));
        }
        let environment = |name: &str| match name {
            crate::engine::config::BASE_URL_VARIABLE => server.clone(),
            other => std::env::var_os(other),
        };
        let (file, overrides, _) =
            layers(&options, &environment, true).map_err(|why| UntrustedText::from(why.cause().into_owned()))?;
        if was_named && !file.profile_names().contains(&name) {
            return Err(UntrustedText::from(lang.fill("guards.gone", &[("what", &name)])));
        }
        let settings = Settings::of_profile(&name, &file, &environment, &overrides);
        let settings = settings.map_err(|why| {
            UntrustedText::from(super::failure::Failure::of_settings(&why, lang).cause().into_owned())
        })?;
        Ok(Guards { limits: settings.limits, labels: settings.labels })
    })
}
