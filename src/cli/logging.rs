//! The log of a run.

use std::io::Write;

use super::Options;
use crate::domain::locale::Lang;
use crate::domain::text;
use crate::engine::config::{Environment, places};
use crate::engine::logging::{self, LogLevel};

/// Opens the log; without one the program goes on and says so.
pub fn log(level: LogLevel, options: &Options, environment: Environment<'_>, lang: Lang, err: &mut dyn Write) {
    if level == LogLevel::Off {
        return;
    }
    let opened = match places::data_dir(options.data_dir.as_deref(), environment) {
        Some(dir) => logging::start(level, &dir).map_err(|why| format!("{}: {why}", dir.display())),
        None => Err(lang.t("cli.no_home").to_owned()),
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    if let Err(why) = opened {
        let _ = writeln!(err, "{}", text::sanitize(&lang.fill("cli.no_log", &[("why", &why)])));
    }
}
