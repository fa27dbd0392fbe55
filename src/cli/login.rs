//! `login` and `logout`: a key and its secret come in, are checked with a signed read, and are kept where the profile says.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};
use secrecy::SecretString;

use super::connect::{self, with_wait_notice};
use super::failure::{BAD_INPUT, End, Failure, KEY, MACHINE};
use super::sentence::sentence;
use super::{Options, ask, one_of, order};
use crate::domain::locale::Lang;
use crate::domain::{UntrustedText, line};
use crate::engine::config::profile::{LONGEST_KEY, Profile, Store, StoreName, is_key};
use crate::engine::config::write::{ProfileChange, WriteError, change_profile, forget_identity, replace};
use crate::engine::config::{BASE_URL_VARIABLE, Environment, KEY_VARIABLE, SECRET_VARIABLE, Settings};
use crate::engine::ledger::{self, KeyPlace, Rekeyed};
use crate::engine::secrets::{self, Account, Trouble, checked};
use crate::exchange::Credentials;
use crate::platform::kernel_keys;

/// Letters of a key that are shown when it was typed unseen.
const KEY_SHOWN: usize = 9;

/// `login`
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("source"))]
pub struct LoginArgs {
    /// The key's id; without it, it is asked for
    #[arg(long, value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    pub key: Option<String>,
    /// Read the secret from standard input instead of asking for it
    #[arg(long, group = "source")]
    pub secret_stdin: bool,
    /// Where the secret is kept: keyring (the usual), file (encrypted with a passphrase), keyutils (the
    /// kernel's memory, until reboot or long disuse), command or environment (read from there at each start, kept by somebody else)
    #[arg(long, value_parser = one_of::<StoreName>())]
    pub store: Option<StoreName>,
    /// The encrypted file, with --store file [default: PROFILE.age beside the configuration file]
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Take the place of the profile's present key
    #[arg(long)]
    pub replace: bool,
    /// Say yes beforehand, where the new key belongs to another account than the profile's
    #[arg(long)]
    pub yes: bool,
    /// A command whose output is the secret, word by word; it stands last: --secret-command pass show bitunix
    #[arg(long, value_name = "WORD", num_args = 1.., allow_hyphen_values = true, group = "source")]
    pub secret_command: Option<Vec<String>>,
}

/// `logout`
#[derive(Debug, Clone, Args)]
pub struct LogoutArgs {
    /// Say yes beforehand; needed where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
}

/// Where the configuration file is, or will be.
///
/// # Errors
/// There is no home directory and none was named.
pub fn config_path(options: &Options, environment: Environment<'_>, lang: Lang) -> Result<PathBuf, Failure> {
    let place = crate::engine::config::places::config_file(options.config.as_deref(), environment);
    let missing = || Failure::new(lang, BAD_INPUT, "cli.login.no_home", "cli.login.no_home_next", &[]);
    Ok(place.ok_or_else(missing)?.path)
}

/// Whether the server stands on the command line or in the environment.
pub fn is_server_named(options: &Options, environment: Environment<'_>) -> bool {
    options.base_url.is_some() || environment(BASE_URL_VARIABLE).is_some_and(|url| !url.is_empty())
}

/// Orders of the old key stay known under the new one of the same account: what may have been sent must not be sent again, and
/// the day's limit goes on. Orders of unknown outcome are settled first, and of a damaged ledger the user must know.
fn rekey_ledger(
    settings: &Settings,
    data: Option<&Path>,
    key: &str,
    uid: Option<&UntrustedText>,
) -> Result<Option<Rekeyed>, Failure> {
    let (lang, profile) = (settings.lang, &settings.profile);
    let Some(data) = data else { return Ok(None) };
    let new_place = order::key_place(data, &settings.base_url, key);
    let bind = |others: &[KeyPlace]| {
        let bound = uid.map(|uid| new_place.bind(uid.raw(), others)).transpose();
        let shut = |why: ledger::LedgerError| {
            let why = why.to_string();
            Failure::new(lang, MACHINE, "cli.login.old_ledger", "cli.login.old_ledger_next", &[("why", &why)])
        };
        bound.map(|_| None).map_err(shut)
    };
    let Some(before) = profile.key.as_deref().filter(|before| *before != key) else { return bind(&[]) };
    let old_place = order::key_place(data, &settings.base_url, before);
    let (old, new) = (old_place.path(), new_place.key_path());
    if uid.is_some_and(|uid| old == new_place.account_path(uid.raw())) {
        // Both keys lead to the account's ledger.
        return bind(&[]);
    }
    let fail = |cause, next, why: &str| Failure::new(lang, MACHINE, cause, next, &[("why", why)]);
    let unreadable = |why: &str| fail("cli.login.old_ledger", "cli.login.old_ledger_next", why);
    if ledger::has_damage(&old).map_err(|why| unreadable(&why.to_string()))? {
        return Err(fail("cli.login.old_damaged", "cli.login.old_damaged_next", ""));
    }
    if !old.exists() {
        return bind(&[]);
    }
    let health = ledger::examine(&old).map_err(|why| unreadable(&why.to_string()))?;
    if health.unsettled > 0 {
        let count = health.unsettled.to_string();
        return Err(fail("cli.login.unsettled", "cli.login.unsettled_next", &count));
    }
    let is_same = profile.uid.as_ref() == uid;
    match uid {
        Some(_) if is_same => bind(&[old_place]),
        Some(_) => bind(&[]),
        // Without an account the ledger goes on under the name of the new key.
        None if is_same && !new.exists() => {
            ledger::rekey(&old, &new).map(Some).map_err(|why| unreadable(&why.to_string()))
        }
        None => Ok(None),
    }
}

/// A file beside the configuration that is not there yet: no secret is ever written over another.
fn free_file(config: &Path, profile: &str) -> PathBuf {
    let folder = config.parent().unwrap_or_else(|| Path::new("."));
    let names = std::iter::once(format!("{profile}.age")).chain((2..1_000).map(|n| format!("{profile}-{n}.age")));
    let mut free = names.map(|name| folder.join(name)).filter(|path| std::fs::symlink_metadata(path).is_err());
    free.next().unwrap_or_else(|| folder.join(format!("{profile}.age")))
}

/// Which store the options name.
fn store(args: &LoginArgs, profile: &str, config: &Path, lang: Lang) -> Result<Store, Failure> {
    let fail = |cause, next| Failure::new(lang, BAD_INPUT, cause, next, &[]);
    let implied = match (&args.secret_command, &args.secret_file) {
        (Some(_), _) => Some(StoreName::Command),
        (_, Some(_)) => Some(StoreName::File),
        _ => None,
    };
    let name = args.store.or(implied).unwrap_or(StoreName::Keyring);
    if implied.is_some_and(|implied| implied != name) {
        return Err(fail("cli.login.stores", "cli.login.stores_next"));
    }
    Ok(match name {
        StoreName::Keyring => Store::Keyring,
        StoreName::Keyutils => Store::Keyutils,
        StoreName::Environment => Store::Environment,
        StoreName::Command => match &args.secret_command {
            Some(words) => Store::Command(words.clone()),
            None => return Err(fail("cli.login.no_command", "cli.login.no_command_next")),
        },
        StoreName::File => {
            let usual = || free_file(config, profile);
            let named =
                args.secret_file.as_ref().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone()));
            Store::File(named.unwrap_or_else(usual))
        }
    })
}

/// `login`
///
/// # Errors
/// An [`End`]; then nothing is stored and the profile is as it was.
pub async fn login(
    args: &LoginArgs,
    settings: &Settings,
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> Result<(), End> {
    let lang = settings.lang;
    let profile = &settings.profile;
    if profile.key.is_some() && !args.replace {
        let values = [("profile", profile.name.as_str())];
        return Err(Failure::new(lang, BAD_INPUT, "cli.login.has_key", "cli.login.has_key_next", &values).into());
    }
    let config = config_path(options, environment, lang)?;
    let store = store(args, &profile.name, &config, lang)?;
    let mut hidden = None;
    let key = key(args, &store, environment, &mut hidden, lang)?;
    let next = Profile { key: Some(key.clone()), store: Some(store.clone()), ..profile.clone() };
    let secret = typed_secret(args, &next, &store, environment, hidden, lang).await?;
    let credentials = Credentials { key: key.clone(), secret: secret.clone() };
    let uid = whose(settings, credentials).await?;
    // Nobody thinks of a passphrase for a key that does not work.
    let passphrase = match store {
        Store::File(_) => Some(ask::new_passphrase(lang)?),
        _ => None,
    };
    if let (Some(before), Some(now)) = (&profile.uid, &uid)
        && before != now
    {
        let values = [("profile", profile.name.as_str()), ("before", before.raw()), ("now", now.raw())];
        ask::agree(&lang.fill("cli.login.other_account", &values), args.yes, lang)?;
    }
    let data = crate::engine::config::places::data_dir(options.data_dir.as_deref(), environment);
    let kept = ProfileLocation { config, data, with_server: is_server_named(options, environment) };
    let secret = Kept { secret: &secret, passphrase, trouble: connect::trouble, is_agreed: offered_collection };
    write_down(settings, &kept, &next, secret, uid.as_ref(), lang).await?;
    forget_old(profile, &next, lang).await;
    let uid = uid.map_or_else(|| "?".to_owned(), |uid| uid.shown().into_owned());
    let place = store.words(lang);
    let server = settings.base_url.to_string();
    let values = [("uid", uid.as_str()), ("profile", &profile.name), ("store", &place), ("server", &server)];
    say(out, &lang.fill("cli.login.done", &values))?;
    if store == Store::Keyutils {
        let kept = kernel_keys::keeps();
        let key = if kept.is_some() { "cli.login.kept_in_kernel" } else { "cli.login.kept_in_session" };
        say(out, &lang.fill(key, &[("kept", &kept.unwrap_or_default())]))?;
    }
    say(out, &lang.fill("cli.login.start", &values))?;
    out.flush()?;
    Ok(())
}

/// As the file says it: a path beside it without its folder, so that the two can be moved together.
fn written(store: &Store, config: &Path) -> Store {
    match store {
        Store::File(path) => {
            let beside = config.parent().and_then(|folder| path.strip_prefix(folder).ok());
            Store::File(beside.unwrap_or(path).to_path_buf())
        }
        other => other.clone(),
    }
}

/// The key. Where it is asked for, nothing that is typed is seen until the secret is there as well: both may come in one paste.
fn key(
    args: &LoginArgs,
    store: &Store,
    environment: Environment<'_>,
    hidden: &mut Option<ask::Hidden>,
    lang: Lang,
) -> Result<String, Failure> {
    let fail = |cause, next| Failure::new(lang, BAD_INPUT, cause, next, &[]);
    let from_environment = (*store == Store::Environment).then(|| environment(KEY_VARIABLE)).flatten();
    let key = match (&args.key, from_environment) {
        (Some(key), _) => key.clone(),
        (None, Some(key)) => key.into_string().map_err(|_| fail("cli.login.bad_key", "cli.login.bad_key_next"))?,
        (None, None) if ask::is_terminal() => {
            let gone = |_| fail("cli.login.no", "cli.login.no_next");
            let hidden = hidden.insert(ask::Hidden::begin().map_err(gone)?);
            let typed = hidden.ask(lang.t("cli.login.ask_key")).map_err(gone)?;
            let key = secrecy::ExposeSecret::expose_secret(&typed).to_owned();
            // Enough to know it by, and too little should it be the secret.
            hidden
                .say(
                    &lang
                        .fill("cli.login.key_typed", &[("key", &UntrustedText::from(key.as_str()).excerpt(KEY_SHOWN))]),
                )
                .map_err(gone)?;
            key
        }
        (None, None) => return Err(fail("cli.login.no_key", "cli.login.no_key_next")),
    };
    let key = line::without_end(&key);
    if let Err(fault) = line::check_word(key, LONGEST_KEY) {
        let what = fault.words(lang);
        return Err(Failure::new(lang, BAD_INPUT, "cli.login.key_line", "cli.login.key_line_next", &[("what", &what)]));
    }
    if is_key(key) { Ok(key.to_owned()) } else { Err(fail("cli.login.bad_key", "cli.login.bad_key_next")) }
}

/// The secret as it comes in, or as its store gives it where that is somebody else's.
async fn typed_secret(
    args: &LoginArgs,
    next: &Profile,
    store: &Store,
    environment: Environment<'_>,
    hidden: Option<ask::Hidden>,
    lang: Lang,
) -> Result<SecretString, Failure> {
    if matches!(store, Store::Command(_) | Store::Environment) {
        let account = Account::of(next, next.key.as_deref().unwrap_or_default());
        let found =
            with_wait_notice(secrets::get(store, &account, None, environment(SECRET_VARIABLE)), store, lang).await;
        return found.map_err(|why| connect::trouble(&why, next, lang));
    }
    let found = if args.secret_stdin {
        let piped = ask::piped();
        if piped.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            return Err(Failure::new(lang, BAD_INPUT, "cli.login.empty_input", "cli.login.empty_input_next", &[]));
        }
        piped.and_then(|text| checked(&text))
    } else if ask::is_terminal() {
        let hidden = hidden.map_or_else(ask::Hidden::begin, Ok);
        let typed = hidden.and_then(|mut hidden| hidden.ask(lang.t("cli.login.ask_secret")));
        let gone = |_| Failure::new(lang, BAD_INPUT, "cli.login.no", "cli.login.no_next", &[]);
        checked(secrecy::ExposeSecret::expose_secret(&typed.map_err(gone)?))
    } else {
        return Err(Failure::new(lang, BAD_INPUT, "cli.login.no_secret", "cli.login.no_secret_next", &[]));
    };
    found.map_err(|why| connect::trouble(&why, next, lang))
}

/// Where a profile is written down.
#[derive(Debug, Clone)]
pub struct ProfileLocation {
    /// The configuration file.
    pub config: PathBuf,
    /// Where the ledgers are; `None` where there is no place for any.
    pub data: Option<PathBuf>,
    /// Whether the server was named on the command line or in the environment, and so belongs into the profile.
    pub with_server: bool,
}

/// Checks a key with the exchange, puts its secret into a store that is ours and writes the profile. `login` without the
/// questions.
///
/// # Errors
/// A [`Failure`]; then nothing is stored and the profile is as it was.
pub async fn keep_checked(
    settings: &Settings,
    kept: &ProfileLocation,
    credentials: &Credentials,
    name: StoreName,
    passphrase: Option<SecretString>,
) -> Result<(), Failure> {
    let (lang, profile) = (settings.lang, &settings.profile);
    let store = match name {
        StoreName::File => Store::File(free_file(&kept.config, &profile.name)),
        StoreName::Keyutils => Store::Keyutils,
        StoreName::Environment => Store::Environment,
        StoreName::Keyring | StoreName::Command => Store::Keyring,
    };
    let next = Profile { key: Some(credentials.key.clone()), store: Some(store.clone()), ..profile.clone() };
    let uid = whose(settings, credentials.clone()).await?;
    // The form says beforehand that one is made, and offers the file.
    let secret =
        Kept { secret: &credentials.secret, passphrase, trouble: connect::trouble_in_form, is_agreed: |_| true };
    write_down(settings, kept, &next, secret, uid.as_ref(), lang).await
}

/// A secret to be kept, and how a trouble with its store is told.
struct Kept<'a> {
    secret: &'a SecretString,
    passphrase: Option<SecretString>,
    trouble: fn(&Trouble, &Profile, Lang) -> Failure,
    /// Whether a keyring without a default collection may make one.
    is_agreed: fn(Lang) -> bool,
}

/// Offers to make what a keyring without a default collection lacks.
fn offered_collection(lang: Lang) -> bool {
    if !ask::is_terminal() || ask::agree(lang.t("cli.login.ask_collection"), false, lang).is_err() {
        return false;
    }
    // A courtesy.
    let _ = say(&mut std::io::stderr(), lang.t("cli.login.making_collection"));
    true
}

/// The secret into its store, then the orders to the new key and the profile into the file; all or nothing.
async fn write_down(
    settings: &Settings,
    kept: &ProfileLocation,
    next: &Profile,
    Kept { secret, passphrase, trouble, is_agreed }: Kept<'_>,
    uid: Option<&UntrustedText>,
    lang: Lang,
) -> Result<(), Failure> {
    let (Some(store), Some(key)) = (&next.store, &next.key) else { return Ok(()) };
    let account = Account::of(next, key);
    // The entry may be there already, and in use: then it is put back where the profile cannot be written.
    let fail = |why: Trouble| trouble(&why, next, lang);
    let before = match store {
        Store::Keyring | Store::Keyutils => {
            match with_wait_notice(secrets::get(store, &account, None, None), store, lang).await {
                // It would not answer the next question either.
                Err(Trouble::NoAnswer) => return Err(fail(Trouble::NoAnswer)),
                Err(Trouble::Missing | Trouble::Forgotten | Trouble::NoCollection | Trouble::NoSession) => None,
                // Whatever is there now must be known before anything takes its place.
                found => Some(found.map_err(fail)?),
            }
        }
        _ => None,
    };
    let mut stored = keep(next, store, secret, passphrase, lang).await;
    if stored == Err(Trouble::NoCollection) && is_agreed(lang) {
        secrets::make_collection().await.map_err(fail)?;
        stored = keep(next, store, secret, None, lang).await;
    }
    stored.map_err(fail)?;
    let change = ProfileChange {
        key: Some(key.clone()),
        store: Some(written(store, &kept.config)),
        uid: uid.map(|uid| uid.raw().to_owned()),
        base_url: kept.with_server.then(|| settings.base_url.to_string()),
        futures_url: settings.futures_url.as_ref().filter(|_| kept.with_server).map(ToString::to_string),
    };
    // The ledger and the profile change together, after everything that takes its time.
    let rekeyed = rekey_ledger(settings, kept.data.as_deref(), key, uid);
    let changed = rekeyed.and_then(|rekeyed| {
        change_profile(&kept.config, &next.name, &change).map_err(|why| not_written(&kept.config, &why, lang))?;
        Ok(rekeyed)
    });
    match changed {
        Ok(rekeyed) => {
            if let Some(rekeyed) = rekeyed {
                rekeyed.keep();
            }
            Ok(())
        }
        Err(failure) => {
            // What no profile names would be found by nobody.
            let _ = match before {
                Some(before) => secrets::put(store, &account, &before, None).await,
                None => secrets::remove(store, &account).await,
            };
            Err(failure)
        }
    }
}

/// Whose key it is, by a signed read. `None` when the exchange takes the key and does not say.
///
/// # Errors
/// The exchange refuses the key, or cannot be asked.
pub async fn whose(settings: &Settings, credentials: Credentials) -> Result<Option<UntrustedText>, Failure> {
    let client = connect::client(settings, Some(credentials))?;
    let failed = |problem| Failure::of_read(&problem, settings.lang);
    let info = client.user_info().await.map_err(failed)?;
    if info.uid.is_none() {
        // It may not know that question; this one it does.
        client.balances().await.map_err(failed)?;
    }
    Ok(info.uid)
}

/// Puts the secret into its store, where that is ours to write.
///
/// # Errors
/// What the store said.
async fn keep(
    next: &Profile,
    store: &Store,
    secret: &SecretString,
    passphrase: Option<SecretString>,
    lang: Lang,
) -> Result<(), Trouble> {
    if matches!(store, Store::Command(_) | Store::Environment) {
        return Ok(());
    }
    let account = Account::of(next, next.key.as_deref().unwrap_or_default());
    with_wait_notice(secrets::put(store, &account, secret, passphrase), store, lang).await
}

/// Takes the secret that was replaced out of its store, where it is ours. One that stays is used by nobody.
async fn forget_old(before: &Profile, next: &Profile, lang: Lang) {
    let (Some(key), Some(store)) = (&before.key, &before.store) else { return };
    if (before.key.as_ref(), before.store.as_ref()) == (next.key.as_ref(), next.store.as_ref()) {
        return;
    }
    if let (Store::File(old), Some(Store::File(new))) = (store, &next.store) {
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        if real(old).is_none() || real(old) == real(new) {
            return;
        }
    }
    let _ = with_wait_notice(secrets::remove(store, &Account::of(before, key)), store, lang).await;
}

fn not_written(config: &Path, why: &WriteError, lang: Lang) -> Failure {
    let (place, why) = (config.display().to_string(), why.to_string());
    let values = [("place", place.as_str()), ("why", why.as_str())];
    Failure::new(lang, MACHINE, "cli.login.not_written", "cli.login.not_written_next", &values)
}

/// `logout`
///
/// # Errors
/// An [`End`]; then everything is as it was.
pub async fn logout(
    args: &LogoutArgs,
    settings: &Settings,
    options: &Options,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> Result<(), End> {
    let (lang, profile) = (settings.lang, &settings.profile);
    let config = config_path(options, environment, lang)?;
    let values = [("profile", profile.name.as_str())];
    let stored = config.exists().then_some(profile.store.as_ref()).flatten();
    let (Some(store), Some(key)) = (stored, &profile.key) else {
        return Err(Failure::new(lang, KEY, "cli.login.nothing", "cli.login.nothing_next", &values).into());
    };
    let place = store.words(lang);
    let values = [("profile", profile.name.as_str()), ("store", place.as_str())];
    ask::agree(&lang.fill("cli.login.ask_logout", &values), args.yes, lang)?;
    let is_ours = !matches!(store, Store::Command(_) | Store::Environment);
    // The profile first: a secret that nobody names can be stored again, one that is named and gone cannot.
    let source = std::fs::read(&config).map_err(|why| not_written(&config, &why.into(), lang))?;
    forget_identity(&config, &profile.name).map_err(|why| not_written(&config, &why, lang))?;
    if is_ours {
        match with_wait_notice(secrets::remove(store, &Account::of(profile, key)), store, lang).await {
            Ok(()) | Err(Trouble::Missing) => {}
            Err(why) => {
                let back = std::fs::canonicalize(&config).and_then(|real| replace(&real, &source));
                back.map_err(|why| not_written(&config, &why.into(), lang))?;
                return Err(connect::trouble(&why, profile, lang).into());
            }
        }
    }
    let said = if is_ours { "cli.login.gone" } else { "cli.login.gone_elsewhere" };
    say(out, &lang.fill(said, &values))?;
    out.flush()?;
    Ok(())
}

/// A line for the user.
fn say(out: &mut dyn Write, line: &str) -> std::io::Result<()> {
    sentence(out, "", &crate::domain::text::sanitize(line), std::io::stdout().is_terminal())
}
