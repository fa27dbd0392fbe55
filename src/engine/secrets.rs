//! Where the secret of a key is kept: asked for, put in, taken out. Each store says what stands in the way in its own
//! words; none ever falls back to another.
//!
//! A secret is a [`SecretString`] from its first byte to its last: no `Display`, a redacted `Debug`, wiped on drop. No error
//! here repeats one.
//!
//! | file | about |
//! |---|---|
//! | `keyring` | the operating system's keyring, and the kernel's |
//! | `command` | a command whose output is the secret |
//! | `service` | what the keyring says of itself, without a window |
//! | `sealed` | a file encrypted with a passphrase |

mod age;
mod command;
mod keyring;
mod sealed;

use std::ffi::OsString;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::domain::line::{self, LineFault};
use crate::domain::locale::{Lang, fill};
use crate::domain::text::sanitize;
use crate::engine::config::SECRET_VARIABLE;
pub use crate::engine::config::profile::STORE_TIMEOUT as TIMEOUT;
use crate::engine::config::profile::{Profile, SHORTEST_PASSPHRASE, Store};
use crate::engine::explain::Explanation;
use crate::platform::keyring_state::KeyringState;
use crate::platform::{kernel_keys, secret_service};

/// How long somebody may take to think of a password for a new keyring.
pub const CHOOSING: Duration = Duration::from_secs(300);
/// No secret is longer, in characters.
pub const LONGEST: usize = 4096;

/// Whose secret it is: what an entry of a store is named by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The profile's name.
    pub profile: String,
    /// The key's id.
    pub key: String,
}

impl Account {
    /// What names the secret of a profile's key in its store.
    pub fn of(profile: &Profile, key: &str) -> Self {
        Self { profile: profile.name.clone(), key: key.to_owned() }
    }
}

/// Asks how the system's keyring is; opens no window. `None` when it does not answer.
pub async fn keyring_state() -> Option<KeyringState> {
    apart(|| Ok(secret_service::state())).await.ok()
}

/// Makes the keyring's default collection. The keyring asks for its new password in a window of its own.
///
/// # Errors
/// [`Trouble::NoCollection`] when its window was closed or could not be shown; [`Trouble::NoAnswer`] after [`CHOOSING`].
pub async fn make_collection() -> Result<(), Trouble> {
    let make = || match secret_service::make_collection() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Trouble::NoCollection),
        Err(why) => Err(Trouble::Keyring(why)),
    };
    apart_for(CHOOSING, make).await
}

/// Why a secret could not be had, put in or taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// There is no keyring on this machine, or nobody answers for it; the system's words.
    NoKeyring(String),
    /// The keyring is locked: its prompt was closed, denied, or could not be shown.
    Locked,
    /// The keyring has no collection that new secrets go into.
    NoCollection,
    /// The keyring failed in another way; the system's words.
    Keyring(String),
    /// The kernel's keys cannot be used here; the system's words.
    Keyutils(String),
    /// There is no session keyring, and the kernel has none that outlives a session: what is put in would be gone at once.
    NoSession,
    /// The kernel's keys hold no secret for this key, or none any more.
    Forgotten,
    /// The store has no secret for this key.
    Missing,
    /// The store has several.
    Ambiguous,
    /// What came is empty.
    Empty,
    /// What came is no text.
    Strange,
    /// What came holds something that no secret holds: what, and never the rest of it.
    Line(LineFault),
    /// What came is longer than any secret, [`LONGEST`].
    TooLong,
    /// No answer came within [`TIMEOUT`].
    NoAnswer,
    /// The variable is not set.
    NoVariable,
    /// The command could not be started; the system's words.
    NotStarted(String),
    /// The command ended with a code of its own, and what it said, in one line.
    Failed(String),
    /// The file cannot be used; the system's words.
    File(String, FileFault),
    /// The passphrase does not open the file.
    Passphrase,
    /// The file needs a passphrase, and there is no terminal to ask for it.
    NobodyToAsk,
    /// This store cannot be written to.
    NotOurs,
}

/// What is wrong with a sealed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFault {
    /// It is not there, or cannot be read or written.
    System,
    /// Others may read or write it.
    Open,
    /// It is not a file: a link, a directory, a pipe.
    NotAFile,
    /// It is not sealed with a passphrase.
    NotSealed,
}

impl Trouble {
    /// The catalogue key's last part.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoKeyring(_) => "no_keyring",
            Self::Locked => "locked",
            Self::NoCollection => "no_collection",
            Self::Keyring(_) => "keyring",
            Self::Keyutils(_) => "keyutils",
            Self::NoSession => "no_session",
            Self::Forgotten => "forgotten",
            Self::Missing => "missing",
            Self::Ambiguous => "ambiguous",
            Self::Empty => "empty",
            Self::Strange => "strange",
            Self::Line(_) => "line",
            Self::TooLong => "too_long",
            Self::NoAnswer => "no_answer",
            Self::NoVariable => "no_variable",
            Self::NotStarted(_) => "not_started",
            Self::Failed(_) => "failed",
            Self::File(_, FileFault::System) => "file",
            Self::File(_, FileFault::Open) => "file_open",
            Self::File(_, FileFault::NotAFile) => "file_kind",
            Self::File(_, FileFault::NotSealed) => "file_form",
            Self::Passphrase => "passphrase",
            Self::NobodyToAsk => "nobody",
            Self::NotOurs => "not_ours",
        }
    }

    /// The system's own words, where there are any.
    pub fn detail(&self) -> &str {
        match self {
            Self::NoKeyring(why)
            | Self::Keyring(why)
            | Self::Keyutils(why)
            | Self::NotStarted(why)
            | Self::Failed(why)
            | Self::File(why, _) => why,
            _ => "",
        }
    }

    /// It in words, for the commands; what to do next is a command too.
    pub fn words(&self, profile: &Profile, lang: Lang) -> Explanation {
        self.explanation(&["_next"], profile, lang)
    }

    /// It in words, for the form that stores a key: what to do next is done there, where it can be.
    pub fn words_in_form(&self, profile: &Profile, lang: Lang) -> Explanation {
        self.explanation(&["_form", "_next"], profile, lang)
    }

    fn explanation(&self, next: &[&str], profile: &Profile, lang: Lang) -> Explanation {
        let (seconds, least) = (TIMEOUT.as_secs().to_string(), SHORTEST_PASSPHRASE.to_string());
        let most = LONGEST.to_string();
        let kept = match self {
            Self::Forgotten => kernel_keys::keeps().unwrap_or_default(),
            _ => String::new(),
        };
        let what = match self {
            Self::Line(fault) => fault.words(lang),
            _ => String::new(),
        };
        let values = [
            ("profile", profile.name.as_str()),
            ("detail", self.detail()),
            ("seconds", &seconds),
            ("kept", &kept),
            ("least", &least),
            ("most", &most),
            ("what", &what),
            ("variable", SECRET_VARIABLE),
        ];
        let say = |suffixes: &[&str]| {
            let pattern = suffixes.iter().find_map(|suffix| lang.find(&format!("secret.{}{suffix}", self.key())));
            sanitize(&fill(pattern.unwrap_or_default(), &values)).into_owned()
        };
        Explanation { cause: say(&[""]), next: say(next) }
    }
}

/// Asks a store for the secret of a key. `passphrase` opens a sealed file; `variable` is what the environment holds.
///
/// # Errors
/// [`Trouble`], within [`TIMEOUT`].
pub async fn get(
    store: &Store,
    account: &Account,
    passphrase: Option<SecretString>,
    variable: Option<OsString>,
) -> Result<SecretString, Trouble> {
    let found = match store {
        Store::Environment => {
            let value = variable.ok_or(Trouble::NoVariable)?;
            Zeroizing::new(OsString::into_string(value).map_err(|_| Trouble::Strange)?)
        }
        Store::Command(words) => command::run(words).await?,
        Store::Keyring => {
            let account = account.clone();
            apart(move || keyring::get(&account)).await?
        }
        Store::Keyutils => {
            let account = account.clone();
            apart(move || keyring::get_from_kernel(&account)).await?
        }
        Store::File(path) => {
            let (path, passphrase) = (path.clone(), passphrase.ok_or(Trouble::NobodyToAsk)?);
            apart(move || sealed::open(&path, &passphrase)).await?
        }
    };
    checked(&found)
}

/// Puts the secret of a key into a store that is ours to write.
///
/// # Errors
/// [`Trouble`]; after [`Trouble::NoAnswer`] it may still come to be put in, else it was not.
pub async fn put(
    store: &Store,
    account: &Account,
    secret: &SecretString,
    passphrase: Option<SecretString>,
) -> Result<(), Trouble> {
    let (account, secret) = (account.clone(), secret.clone());
    match store {
        Store::Keyring => apart(move || keyring::put(&account, &secret)).await,
        Store::Keyutils => apart(move || keyring::put_into_kernel(&account, &secret)).await,
        Store::File(path) => {
            let (path, passphrase) = (path.clone(), passphrase.ok_or(Trouble::NobodyToAsk)?);
            apart(move || sealed::seal(&path, &secret, &passphrase)).await
        }
        Store::Command(_) | Store::Environment => Err(Trouble::NotOurs),
    }
}

/// Takes the secret of a key out of a store that is ours to write.
///
/// # Errors
/// [`Trouble`]; one that is not there is [`Trouble::Missing`].
pub async fn remove(store: &Store, account: &Account) -> Result<(), Trouble> {
    let account = account.clone();
    match store {
        Store::Keyring => apart(move || keyring::remove(&account)).await,
        Store::Keyutils => apart(move || keyring::remove_from_kernel(&account)).await,
        Store::File(path) => sealed::remove(path),
        Store::Command(_) | Store::Environment => Err(Trouble::NotOurs),
    }
}

/// A secret without the line ends that commands, files and keyrings put around it; every way in leads through here.
///
/// # Errors
/// [`Trouble::Empty`], [`Trouble::Line`] and [`Trouble::TooLong`].
pub fn checked(found: &str) -> Result<SecretString, Trouble> {
    let trimmed = found.trim_matches(['\r', '\n']);
    if trimmed.is_empty() {
        return Err(Trouble::Empty);
    }
    match line::check_word(trimmed, LONGEST) {
        Ok(()) => Ok(SecretString::from(trimmed)),
        Err(LineFault::TooLong { .. }) => Err(Trouble::TooLong),
        Err(fault) => Err(Trouble::Line(fault)),
    }
}

/// Does something that may block for ever on a thread of its own: neither the screen nor the program's end waits for it.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    apart_for(TIMEOUT, work).await
}

async fn apart_for<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let (tell, told) = oneshot::channel();
    let begun = std::thread::Builder::new().name("secret".to_owned()).spawn(move || {
        // Nobody waits any more when it took too long.
        let _ = tell.send(work());
    });
    begun.map_err(|why| Trouble::Keyring(why.to_string()))?;
    match tokio::time::timeout(patience, told).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) | Err(_) => Err(Trouble::NoAnswer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::private;
    use secrecy::ExposeSecret as _;

    fn account() -> Account {
        Account { profile: "main".into(), key: "k".into() }
    }

    async fn of(store: Store, value: Option<&'static str>) -> Result<String, Trouble> {
        let found = get(&store, &account(), Some("opensesame".into()), value.map(OsString::from)).await;
        found.map(|secret| secret.expose_secret().to_owned())
    }

    fn command(words: &[&str]) -> Store {
        Store::Command(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[tokio::test]
    async fn a_secret_loses_its_line_end_and_nothing_else() {
        assert_eq!(of(Store::Environment, Some("s3=cret\r\n")).await.unwrap(), "s3=cret");
        assert_eq!(of(Store::Environment, None).await, Err(Trouble::NoVariable));
        assert_eq!(of(Store::Environment, Some("\n")).await, Err(Trouble::Empty));
        let blank = Trouble::Line(LineFault::Blank { after: 6 });
        assert_eq!(of(Store::Environment, Some("hunter 2")).await, Err(blank));
        let several = Trouble::Line(LineFault::LineEnd { after: 6 });
        assert_eq!(of(Store::Environment, Some("hunter\n2\n")).await, Err(several));
    }

    #[tokio::test]
    async fn a_command_of_several_lines_gives_its_first() {
        for script in [
            r"printf 'hunter2\nuser: ann\nurl: https://x\n'",
            r"printf 'hunter2\r\nuser: ann\r\n'",
            r"printf 'hunter2\n\377\376 no text\n'",
            "echo hunter2; head -c 300000 /dev/zero",
            "printf hunter2",
        ] {
            assert_eq!(of(command(&["sh", "-c", script]), None).await.unwrap(), "hunter2", "{script}");
        }
        assert_eq!(of(command(&["printf", r"\nhunter2\n"]), None).await, Err(Trouble::Empty), "the first is empty");
        assert_eq!(of(command(&["head", "-c", "5000", "/dev/zero"]), None).await, Err(Trouble::TooLong));
        let blank = Trouble::Line(LineFault::Blank { after: 1 });
        assert_eq!(of(command(&["echo", "a b"]), None).await, Err(blank));
    }

    #[tokio::test]
    async fn secret_command_runs_without_a_shell_and_errors_differ() {
        assert_eq!(of(command(&["printf", "%s\\n", "$HOME"]), None).await.unwrap(), "$HOME");
        assert_eq!(of(command(&["true"]), None).await, Err(Trouble::Empty));
        assert!(matches!(of(command(&["/nonexistent/pass"]), None).await, Err(Trouble::NotStarted(_))));
        let failed = of(command(&["sh", "-c", "echo hunter2; echo why >&2; exit 3"]), None).await.unwrap_err();
        assert!(
            matches!(&failed, Trouble::Failed(said) if said.contains('3') && !said.contains("hunter2")),
            "{failed:?}"
        );
    }

    #[tokio::test]
    async fn sealed_file_opens_with_its_passphrase_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("main.age");
        let store = Store::File(path.clone());
        let secret = SecretString::from("s3cret");
        assert_eq!(of(store.clone(), None).await.unwrap_err().key(), "file");
        put(&store, &account(), &secret, Some("opensesame".into())).await.unwrap();
        assert_eq!(of(store.clone(), None).await.unwrap(), "s3cret");
        let over = put(&store, &account(), &SecretString::from("other"), Some("opensesame".into())).await;
        assert_eq!(over.unwrap_err().key(), "file", "what is there is never replaced");
        assert_eq!(of(store.clone(), None).await.unwrap(), "s3cret");
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"s3cret"));
        let wrong = get(&store, &account(), Some("opensesam".into()), None).await;
        assert_eq!(wrong.unwrap_err(), Trouble::Passphrase);
        assert_eq!(get(&store, &account(), None, None).await.unwrap_err(), Trouble::NobodyToAsk);
        private::open_to_others(&path);
        assert_eq!(of(store.clone(), None).await.unwrap_err().key(), "file_open");
        private::close_to_others(&path).unwrap();
        let link = dir.path().join("link.age");
        private::link(&path, &link);
        assert_eq!(of(Store::File(link), None).await.unwrap_err().key(), "file_kind");
        assert_eq!(of(Store::File(dir.path().to_path_buf()), None).await.unwrap_err().key(), "file_kind");
        std::fs::write(&path, "s3cret").unwrap();
        assert_eq!(of(store.clone(), None).await.unwrap_err().key(), "file_form");
        assert_eq!(remove(&store, &account()).await.unwrap_err().key(), "file_form", "somebody else's file");
        std::fs::write(&path, bytes).unwrap();
        remove(&store, &account()).await.unwrap();
        assert_eq!(remove(&store, &account()).await, Err(Trouble::Missing));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answers_is_given_up() {
        let (_hold, held) = std::sync::mpsc::channel::<()>();
        let waited: Result<(), Trouble> = apart(move || {
            let _ = held.recv();
            Ok(())
        })
        .await;
        assert_eq!(waited, Err(Trouble::NoAnswer));
    }

    #[test]
    fn every_trouble_has_its_words_in_both_languages() {
        let why = || "why".to_owned();
        for lang in [Lang::En, Lang::ZhCn] {
            for trouble in [
                Trouble::NoKeyring(why()),
                Trouble::Locked,
                Trouble::NoCollection,
                Trouble::Keyring(why()),
                Trouble::Keyutils(why()),
                Trouble::NoSession,
                Trouble::Forgotten,
                Trouble::Missing,
                Trouble::Ambiguous,
                Trouble::Empty,
                Trouble::Strange,
                Trouble::Line(LineFault::LineEnd { after: 3 }),
                Trouble::TooLong,
                Trouble::NoAnswer,
                Trouble::NoVariable,
                Trouble::NotStarted(why()),
                Trouble::Failed(why()),
                Trouble::File(why(), FileFault::System),
                Trouble::File(why(), FileFault::Open),
                Trouble::File(why(), FileFault::NotAFile),
                Trouble::File(why(), FileFault::NotSealed),
                Trouble::Passphrase,
                Trouble::NobodyToAsk,
                Trouble::NotOurs,
            ] {
                let words = trouble.words(&Profile::bare("main"), lang);
                assert!(words.cause.len() > 8 && words.next.len() > 8, "{trouble:?}: {words:?}");
                assert!(!words.cause.contains('{') && !words.next.contains('{'), "{words:?}");
                assert!(trouble.detail().is_empty() || words.cause.contains("why"), "{words:?}");
                let in_form = trouble.words_in_form(&Profile::bare("main"), lang);
                assert_eq!(in_form.cause, words.cause);
                let is_of_a_store = matches!(trouble.key(), "no_keyring" | "locked" | "no_collection" | "keyring");
                assert!(!is_of_a_store || !in_form.next.contains("wallet-tui"), "{in_form:?}");
            }
        }
    }
}
