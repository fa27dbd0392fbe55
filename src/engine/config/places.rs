//! Where things are on disk. Names paths; creates and reads nothing.

use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy as _, choose_base_strategy};

use super::Environment;

/// The variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "WALLET_TUI_CONFIG";

/// The variable that names the directory for what the program keeps.
pub const DATA_VARIABLE: &str = "WALLET_TUI_DATA_DIR";

const OWN_DIRECTORY: &str = "wallet-tui";

/// A configuration file to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPlace {
    /// Its path.
    pub path: PathBuf,
    /// Whether the user named it: then it must be there.
    pub named: bool,
}

/// The configuration file: the option, else the variable, else `$XDG_CONFIG_HOME/wallet-tui/config.toml`, on Windows in `%APPDATA%`.
/// `None` when nothing is named and there is no home directory to look in.
pub fn config_file(option: Option<&Path>, environment: Environment<'_>) -> Option<ConfigPlace> {
    if let Some(path) = named(option, CONFIG_VARIABLE, environment) {
        return Some(ConfigPlace { path, named: true });
    }
    let path = choose_base_strategy().ok()?.config_dir().join(OWN_DIRECTORY).join("config.toml");
    Some(ConfigPlace { path, named: false })
}

/// The directory for what the program keeps: the option, else the variable, else `$XDG_STATE_HOME/wallet-tui`, on Windows in
/// `%LOCALAPPDATA%`, which no network copies to another machine.
/// `None` when nothing is named and there is no home directory to put it in.
pub fn data_dir(option: Option<&Path>, environment: Environment<'_>) -> Option<PathBuf> {
    named(option, DATA_VARIABLE, environment).or_else(|| {
        let places = choose_base_strategy().ok()?;
        Some(places.state_dir().unwrap_or_else(|| places.cache_dir()).join(OWN_DIRECTORY))
    })
}

fn named(option: Option<&Path>, variable: &str, environment: Environment<'_>) -> Option<PathBuf> {
    option.map(Path::to_path_buf).or_else(|| environment(variable).filter(|value| !value.is_empty()).map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    #[test]
    fn option_beats_the_variable_and_an_empty_one_says_nothing() {
        let set = |name: &str| (name == CONFIG_VARIABLE).then(|| OsString::from("/from/variable"));
        let empty = |_: &str| Some(OsString::new());
        let option = Path::new("/from/option");
        assert_eq!(config_file(Some(option), &set).unwrap().path, option);
        assert_eq!(
            config_file(None, &set).unwrap(),
            ConfigPlace { path: PathBuf::from("/from/variable"), named: true }
        );
        assert!(config_file(None, &empty).is_none_or(|place| !place.named));
        assert!(data_dir(None, &empty).is_none_or(|path| path.ends_with(OWN_DIRECTORY)));
    }
}
