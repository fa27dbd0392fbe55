//! Changes to the configuration file that the program makes itself: what `login` and `logout` say of a profile, and the
//! account that its key belongs to. The user's comments and order stay; a file is replaced as a whole or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::file::FileSettings;
use super::profile::Store;
use crate::platform::private;

/// Why the file could not be changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system's words.
    #[error("{0}")]
    System(#[from] io::Error),
    /// What stands there is not understood, or would not be after the change.
    #[error("{0}")]
    NotUnderstood(String),
}

/// What is to be said of a profile; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Its key.
    pub key: Option<String>,
    /// Where the secret is; what says how another store works goes.
    pub store: Option<Store>,
    /// The account; where the key changes and none is named, the old one goes.
    pub uid: Option<String>,
    /// The server, when it is not the exchange's own.
    pub base_url: Option<String>,
    /// The server of its futures side, where that was named with it.
    pub futures_url: Option<String>,
}

/// So many links are followed, as many as the system itself follows.
const MOST_LINKS: usize = 40;

/// The keys of a profile that say who it is.
const IDENTITY: [&str; 5] = ["key", "store", "secret_command", "secret_file", "uid"];

/// Says something of a profile; begins the file and the profile where there is none.
///
/// # Errors
/// A [`WriteError`]; then nothing was changed.
pub fn change_profile(path: &Path, name: &str, change: &ProfileChange) -> Result<(), WriteError> {
    edit(path, |document| {
        let others: Vec<String> = profile_names(document);
        // Another profile must not become the usual one, or none, because a new one was added.
        if others.len() == 1 && others[0] != name && !document.contains_key("profile") {
            document["profile"] = toml_edit::value(&others[0]);
        }
        let profile = profile_of(document, name)?;
        if let Some(key) = &change.key {
            profile.remove("uid");
            set(profile, "key", key);
        }
        if let Some(store) = &change.store {
            set(profile, "store", store.name().to_string());
            profile.remove("secret_command");
            profile.remove("secret_file");
            match store {
                Store::Command(words) => {
                    set(profile, "secret_command", words.iter().collect::<Array>());
                }
                Store::File(file) => set(profile, "secret_file", file.to_string_lossy().into_owned()),
                Store::Keyring | Store::Keyutils | Store::Environment => {}
            }
        }
        if let Some(uid) = &change.uid {
            set(profile, "uid", uid);
        }
        if let Some(url) = &change.base_url {
            set(profile, "base_url", url);
        }
        if let Some(url) = &change.futures_url {
            set(profile, "futures_url", url);
        }
        Ok(())
    })
}

/// Takes key, store and account out of a profile; its settings stay.
///
/// # Errors
/// A [`WriteError`]; then nothing was changed.
pub fn forget_identity(path: &Path, name: &str) -> Result<(), WriteError> {
    edit(path, |document| {
        let profile = profile_of(document, name)?;
        for key in IDENTITY {
            profile.remove(key);
        }
        Ok(())
    })
}

/// Sets a key; what the user wrote beside the old value stays there.
fn set(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn profile_names(document: &DocumentMut) -> Vec<String> {
    let profiles = document.get("profiles").and_then(Item::as_table_like);
    profiles.iter().flat_map(|table| table.iter()).map(|(name, _)| name.to_owned()).collect()
}

fn profile_of<'a>(document: &'a mut DocumentMut, name: &str) -> Result<&'a mut dyn TableLike, WriteError> {
    let strange = || WriteError::NotUnderstood("profiles is not a table".to_owned());
    let profiles = document.entry("profiles").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    // In `profiles = { … }` stands no table of its own.
    let is_inline = profiles.is_inline_table();
    let begun = || if is_inline { Item::Value(InlineTable::new().into()) } else { Item::Table(Table::new()) };
    let profiles = profiles.as_table_like_mut().ok_or_else(strange)?;
    profiles.entry(name).or_insert_with(begun).as_table_like_mut().ok_or_else(strange)
}

fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut) -> Result<(), WriteError>) -> Result<(), WriteError> {
    let path = end_of_links(path)?;
    // Two that change it at the same time wait for each other.
    let _alone = private::lock_folder(private::folder_of(&path))?;
    let source = match fs::read_to_string(&path) {
        Ok(source) => source,
        Err(why) if why.kind() == ErrorKind::NotFound => String::new(),
        Err(why) => return Err(why.into()),
    };
    let mut document: DocumentMut =
        source.parse().map_err(|why: toml_edit::TomlError| WriteError::NotUnderstood(why.message().to_owned()))?;
    change(&mut document)?;
    let changed = document.to_string();
    if changed == source {
        return Ok(());
    }
    // What the next start would not understand is not written.
    FileSettings::parse(&changed, &path.display().to_string())
        .map_err(|why| WriteError::NotUnderstood(why.to_string()))?;
    replace(&path, changed.as_bytes()).map_err(WriteError::System)
}

/// Where a file really is or will be: a link stays one, whether or not there is anything where it leads to. No folder is made
/// for that: it may be on a disk that is not there today.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut at = path.to_path_buf();
    for count in 0..MOST_LINKS {
        match fs::read_link(&at) {
            Ok(next) => at = private::folder_of(&at).join(next),
            Err(_) if count == 0 => return Ok(at),
            Err(_) => {
                let folder = private::folder_of(&at);
                let there = fs::canonicalize(folder);
                let there = there.map_err(|why| io::Error::new(why.kind(), format!("{}: {why}", folder.display())))?;
                return Ok(at.file_name().map_or_else(|| at.clone(), |name| there.join(name)));
            }
        }
    }
    Err(io::Error::other("a link that leads to itself"))
}

/// Writes a new file as a whole, readable by its owner only.
///
/// # Errors
/// The system's; also when there is a file already, which stays as it is.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    private::make_folder(private::folder_of(path))?;
    private::create(path, bytes)
}

/// Replaces a file as a whole: a crash leaves the old one or the new one. Readable by its owner, as far as it is new. A link
/// stays one, and what it leads to is replaced.
///
/// # Errors
/// The system's, or it is no plain file; what was there still is.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &end_of_links(path)?;
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other("not a plain file"));
    }
    private::make_folder(private::folder_of(path))?;
    private::replace(path, bytes, fs::metadata(path).ok().map(|found| found.permissions()))
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn profiles_written_at_the_same_time_all_stand_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let change = ProfileChange {
                        key: Some(format!("k{number}")),
                        store: Some(Store::Command(vec!["pass".into()])),
                        uid: None,
                        base_url: None,
                        futures_url: None,
                    };
                    change_profile(path, &format!("p{number}"), &change).unwrap();
                });
            }
        });
        let written = fs::read_to_string(&path).unwrap();
        assert!((0..8).all(|number| written.contains(&format!("[profiles.p{number}]"))), "{written}");
    }

    #[test]
    fn a_link_stays_a_link_and_what_is_no_file_stays_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, "old").unwrap();
        private::link(Path::new("real"), &link);
        replace(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        let other = dir.path().join("other");
        private::link(Path::new("link"), &other);
        fs::remove_file(&real).unwrap();
        replace(&other, b"anew").unwrap();
        assert!(
            fs::symlink_metadata(&link).unwrap().is_symlink() && fs::symlink_metadata(&other).unwrap().is_symlink()
        );
        assert_eq!(fs::read(&real).unwrap(), b"anew");
        for (name, target) in [("away", "no/such/folder/file"), ("round", "round")] {
            let link = dir.path().join(name);
            private::link(Path::new(target), &link);
            assert!(replace(&link, b"x").is_err() && fs::symlink_metadata(&link).unwrap().is_symlink(), "{name}");
        }
        assert!(!dir.path().join("no").exists());
        assert!(replace(Path::new("/dev/null"), b"x").is_err() && replace(dir.path(), b"x").is_err());
        assert!(!fs::metadata("/dev/null").unwrap().is_file() && dir.path().is_dir());
    }

    #[test]
    fn a_profile_is_said_and_forgotten_and_comments_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/config.toml");
        let change = ProfileChange {
            key: Some("k1".into()),
            store: Some(Store::Command(vec!["pass".into(), "show".into()])),
            uid: Some("7".into()),
            base_url: None,
            futures_url: None,
        };
        change_profile(&path, "main", &change).unwrap();
        assert!(private::is_the_users_alone(&path));
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.contains("secret_command = [\"pass\", \"show\"]"), "{source}");
        fs::write(&path, format!("# mine\nlang = \"en\" # yes\n\n{source}read_only = true # of main\n")).unwrap();
        let keyring = ProfileChange { store: Some(Store::Keyring), ..ProfileChange::default() };
        change_profile(&path, "main", &keyring).unwrap();
        change_profile(&path, "other", &change).unwrap();
        let source = fs::read_to_string(&path).unwrap();
        for kept in ["# mine\n", "lang = \"en\" # yes", "read_only = true # of main", "profile = \"main\"", "k1"] {
            assert!(source.contains(kept), "{kept}: {source}");
        }
        assert!(FileSettings::parse(&source, "c").unwrap().choose(None).unwrap() == "main");
        forget_identity(&path, "main").unwrap();
        forget_identity(&path, "other").unwrap();
        let source = fs::read_to_string(&path).unwrap();
        assert!(!source.contains("k1") && !source.contains("uid") && source.contains("read_only"), "{source}");
    }

    #[test]
    fn link_stays_a_link_and_an_unread_file_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.toml"), dir.path().join("link.toml"));
        fs::write(&real, "lang = 'en'\n").unwrap();
        private::link(&real, &link);
        let change = ProfileChange { uid: Some("7".into()), ..ProfileChange::default() };
        change_profile(&link, "main", &change).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("uid = \"7\""));
        for broken in ["lang = ", "profiles = 3\n", "lnag = 'en'\n"] {
            fs::write(&real, broken).unwrap();
            assert!(matches!(change_profile(&link, "main", &change), Err(WriteError::NotUnderstood(_))), "{broken}");
            assert_eq!(fs::read_to_string(&real).unwrap(), broken);
        }
    }

    #[test]
    fn profiles_on_one_line_get_theirs_on_that_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        fs::write(&path, "profiles = { desk = { key = \"k0\" } }\n").unwrap();
        let change = ProfileChange { key: Some("k1".into()), store: Some(Store::Keyring), ..ProfileChange::default() };
        change_profile(&path, "main", &change).unwrap();
        change_profile(&path, "desk", &change).unwrap();
        forget_identity(&path, "main").unwrap();
        let source = fs::read_to_string(&path).unwrap();
        assert!(!source.contains("k0") && source.matches("k1").count() == 1, "{source}");
        assert_eq!(FileSettings::parse(&source, "c").unwrap().profile_names().len(), 2, "{source}");
    }
}
