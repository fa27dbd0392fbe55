//! From the keys of the configuration file to settings: every value checked, every mistake with its place.

use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use strum::VariantNames as _;
use toml::Spanned;

use super::file::{
    AccountKeys, AddressKeys, ColumnKeys, FileSettings, Keys, LimitKey, LimitKeys, NoticeKeys, OneOrMany, ReceiverKeys,
};
use super::profile::{Band, Profile, Store, StoreName, is_key};
use super::{
    DELAY_SECONDS, Fault, LOCK_MINUTES, ProxyChoice, REFRESH_SECONDS, Settings, SettingsError, ThemeName, base_url,
    proxy, unit,
};
use crate::domain::address_book::{AddressLabel, Label, ReceiverLabel};
use crate::domain::bookkeeping::{BookAccounts, BookTool, Purpose};
use crate::domain::columns::{Column, Tab};
use crate::domain::likely::likely;
use crate::domain::locale::Lang;
use crate::domain::rules::Limit;
use crate::domain::rules::whole_receiver;
use crate::domain::{Amount, EventKind, UntrustedText, line};
use crate::engine::config::keymap::{Action, Chord, Conflict};
use crate::engine::config::theme::Theme;
use crate::engine::notifications::Channel;

/// An amount so many times the greatest before can be asked for at the most.
pub(super) const MOST_TIMES: u32 = 1_000_000;
/// A part of what is held that can be asked for at the most, per cent.
pub(super) const MOST_PERCENT: u32 = 99;

type Result<T> = std::result::Result<T, SettingsError>;

impl FileSettings {
    /// Lays what the file says over `settings`: the keys at its top, then those of the settings' profile.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<()> {
        self.lay(&self.keys, settings)?;
        if let Some(keys) = self.profile_keys(&settings.profile.name) {
            self.lay(keys, settings)?;
            settings.profile = self.profile(&settings.profile.name, keys)?;
        }
        if let Some(conflict) = settings.keymap.conflict() {
            return Err(SettingsError {
                place: self.place_of_conflict(&conflict),
                fault: Fault::KeyConflict(conflict),
            });
        }
        Ok(())
    }

    /// A lock or a check whose store answers whatever happens would be none.
    pub(super) fn check_lock(&self, settings: &Settings) -> Result<()> {
        let can_ask = settings.profile.store.as_ref().is_none_or(Store::can_be_asked_again);
        let (lock, recheck) = (settings.lock_after.is_some(), settings.recheck);
        if !can_ask && (lock || recheck) {
            let own = self.profile_keys(&settings.profile.name);
            let span = own.into_iter().chain([&self.keys]).find_map(|keys| match &keys.lock_minutes {
                Some(number) if lock => Some(number.span()),
                _ => keys.recheck_before_orders.as_ref().filter(|_| !lock).map(Spanned::span),
            });
            return Err(self.wrong(span.unwrap_or_default(), Fault::NothingToAsk));
        }
        Ok(())
    }

    /// The line of `[keys]` that gives one of the two its key.
    fn place_of_conflict(&self, conflict: &Conflict) -> String {
        let lines = self.all_keys().flat_map(|keys| keys.bound.keys());
        let is_one = |name: &&Spanned<String>| {
            name.get_ref().parse::<Action>().is_ok_and(|action| conflict.actions.contains(&action))
        };
        lines.filter(is_one).last().map_or_else(|| "[keys]".to_owned(), |name| self.at(name.span()))
    }

    /// What the file says of a profile besides its settings.
    fn profile(&self, name: &str, keys: &Keys) -> Result<Profile> {
        let key = match &keys.key {
            None => None,
            Some(word) if is_key(line::without_end(word.get_ref())) => {
                Some(line::without_end(word.get_ref()).to_owned())
            }
            Some(word) => return Err(self.wrong(word.span(), Fault::Key)),
        };
        let uid = keys.uid.as_ref().map(|word| UntrustedText::from(word.get_ref().as_str()));
        let band = self.word::<Band>(keys.band.as_ref(), Band::VARIANTS)?;
        Ok(Profile { name: name.to_owned(), store: self.store(name, keys, key.is_some())?, key, uid, band })
    }

    fn store(&self, name: &str, keys: &Keys, has_key: bool) -> Result<Option<Store>> {
        let chosen = self.word::<StoreName>(keys.store.as_ref(), StoreName::VARIANTS)?;
        // What says how another store works would be ignored in silence.
        let stray = |word: Option<Range<usize>>, wanted: StoreName| match word {
            Some(span) if chosen != Some(wanted) => Err(self.wrong(span, Fault::OtherStore(wanted.to_string()))),
            _ => Ok(()),
        };
        stray(keys.secret_command.as_ref().map(Spanned::span), StoreName::Command)?;
        stray(keys.secret_file.as_ref().map(Spanned::span), StoreName::File)?;
        Ok(match chosen {
            None => has_key.then_some(Store::Keyring),
            Some(StoreName::Keyring) => Some(Store::Keyring),
            Some(StoreName::Keyutils) => Some(Store::Keyutils),
            Some(StoreName::Environment) => Some(Store::Environment),
            Some(StoreName::Command) => match &keys.secret_command {
                Some(words) if words.get_ref().first().is_some_and(|word| !word.is_empty()) => {
                    Some(Store::Command(words.get_ref().clone()))
                }
                _ => {
                    let span = keys.secret_command.as_ref().map(Spanned::span);
                    let span = span.or(keys.store.as_ref().map(Spanned::span)).unwrap_or_default();
                    return Err(self.wrong(span, Fault::NoCommand));
                }
            },
            Some(StoreName::File) => {
                let file = keys.secret_file.as_ref().map(|word| word.get_ref().clone());
                Some(Store::File(self.folder.join(file.unwrap_or_else(|| format!("{name}.age")))))
            }
        })
    }

    fn lay(&self, keys: &Keys, settings: &mut Settings) -> Result<()> {
        if let Some(word) = &keys.lang {
            let fault = || Fault::Lang(word.get_ref().clone());
            settings.lang = word.get_ref().parse::<Lang>().map_err(|_| self.wrong(word.span(), fault()))?;
        }
        if let Some(word) = &keys.theme {
            let fault = || Fault::Theme(word.get_ref().clone());
            settings.theme = word.get_ref().parse::<ThemeName>().map_err(|_| self.wrong(word.span(), fault()))?;
            settings.theme_file = None;
        }
        if let Some(word) = &keys.theme_file {
            settings.theme_file = Some(self.theme(word)?);
        }
        if let Some(word) = &keys.unit {
            settings.unit = unit(word.get_ref(), || self.at(word.span()))?;
        }
        if let Some(word) = &keys.dust {
            settings.dust = self.amount(word)?;
        }
        if let Some(word) = &keys.base_url {
            settings.base_url = base_url(word.get_ref(), || self.at(word.span()))?;
            settings.futures_url = None;
        }
        if let Some(word) = &keys.futures_url {
            settings.futures_url = Some(base_url(word.get_ref(), || self.at(word.span()))?);
        }
        if let Some(words) = keys.futures.as_ref().and_then(|futures| futures.coins.as_ref()) {
            let coin = |word: &Spanned<String>| unit(word.get_ref(), || self.at(word.span()));
            settings.futures_coins = words.iter().map(coin).collect::<Result<_>>()?;
        }
        if let Some(word) = &keys.proxy {
            settings.network.proxy = match word.get_ref().as_str() {
                "none" => ProxyChoice::None,
                url => ProxyChoice::Url(proxy(url, || self.at(word.span()))?),
            };
        }
        if let Some(word) = &keys.root_certificates {
            settings.network.roots = Some(self.roots(word)?);
        }
        if let Some(number) = &keys.refresh_seconds {
            let seconds = u32::try_from(*number.get_ref()).ok().filter(|seconds| REFRESH_SECONDS.contains(seconds));
            let seconds = seconds.ok_or_else(|| self.wrong(number.span(), Fault::Refresh(*number.get_ref())))?;
            settings.refresh = Duration::from_secs(seconds.into());
        }
        if let Some(number) = &keys.lock_minutes {
            let minutes = u32::try_from(*number.get_ref()).ok().filter(|minutes| LOCK_MINUTES.contains(minutes));
            let minutes = minutes.ok_or_else(|| self.wrong(number.span(), Fault::Lock(*number.get_ref())))?;
            settings.lock_after = (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60));
        }
        if let Some(word) = &keys.recheck_before_orders {
            settings.recheck = *word.get_ref();
        }
        if let Some(limits) = &keys.limits {
            self.lay_limits(limits, settings)?;
        }
        for keys in &keys.addresses {
            settings.labels.push(self.label(keys)?);
        }
        for keys in &keys.receivers {
            settings.labels.push(self.receiver_label(keys)?);
        }
        self.lay_keys(keys, settings)?;
        if let Some(columns) = &keys.columns {
            self.lay_columns(columns, settings)?;
        }
        for (network, page) in &keys.explorers {
            if !settings.explorers.name(network, page.get_ref()) {
                return Err(self.wrong(page.span(), Fault::Explorer(page.get_ref().clone())));
            }
        }
        if let Some(export) = &keys.export {
            self.lay_accounts(export.hledger.as_ref(), &mut settings.bookkeeping.hledger)?;
            self.lay_accounts(export.beancount.as_ref(), &mut settings.bookkeeping.beancount)?;
        }
        if let Some(notifications) = &keys.notices {
            self.lay_notices(notifications, settings)?;
        }
        settings.hide_zero = keys.hide_zero.unwrap_or(settings.hide_zero);
        settings.mouse = keys.mouse.unwrap_or(settings.mouse);
        settings.read_only = keys.read_only.unwrap_or(settings.read_only);
        Ok(())
    }

    fn lay_limits(&self, keys: &LimitKeys, settings: &mut Settings) -> Result<()> {
        let limits = &mut settings.limits;
        limits.address_book_only = keys.address_book_only.unwrap_or(limits.address_book_only);
        for (key, limit) in [
            (&keys.per_order, &mut limits.per_order),
            (&keys.per_day, &mut limits.per_day),
            (&keys.confirm_above, &mut limits.confirm_above),
        ] {
            if let Some(key) = key {
                *limit = Some(self.limit(key)?);
            }
        }
        if let Some(word) = &keys.confirm {
            limits.confirm_always = match word.get_ref().as_str() {
                "new" => false,
                "always" => true,
                _ => return Err(self.wrong(word.span(), Fault::OneOf(word.get_ref().clone(), "new, always".into()))),
            };
        }
        for (key, most, value) in [
            (&keys.confirm_jump, MOST_TIMES, &mut limits.confirm_jump),
            (&keys.confirm_share, MOST_PERCENT, &mut limits.confirm_share),
        ] {
            if let Some(number) = key {
                let found = u32::try_from(*number.get_ref()).ok().filter(|found| *found <= most);
                let fault = || Fault::OneOf(number.get_ref().to_string(), format!("0 … {most}"));
                let found = found.ok_or_else(|| self.wrong(number.span(), fault()))?;
                *value = (found > 0).then_some(found);
            }
        }
        if let Some(key) = &keys.confirm_share_above {
            limits.confirm_share_above = self.limit(key)?;
        }
        if let Some(number) = &keys.order_delay_seconds {
            let seconds = u32::try_from(*number.get_ref()).ok().filter(|seconds| DELAY_SECONDS.contains(seconds));
            let seconds = seconds.ok_or_else(|| self.wrong(number.span(), Fault::Delay(*number.get_ref())))?;
            settings.order_delay = Duration::from_secs(seconds.into());
        }
        Ok(())
    }

    /// `[keys]`: what a key of the keyboard asks for.
    fn lay_keys(&self, keys: &Keys, settings: &mut Settings) -> Result<()> {
        for (name, value) in &keys.bound {
            let Ok(action) = name.get_ref().parse::<Action>() else {
                let meant = likely(name.get_ref(), Action::VARIANTS).map(str::to_owned);
                return Err(self.wrong(name.span(), Fault::UnknownKey(name.get_ref().clone(), meant)));
            };
            let words = match value {
                OneOrMany::One(word) => std::slice::from_ref(word),
                OneOrMany::Many(words) => words.as_slice(),
            };
            let chords: std::result::Result<Vec<Chord>, &String> =
                words.iter().map(|word| word.parse::<Chord>().map_err(|()| word)).collect();
            let chords = chords.map_err(|word| self.wrong(name.span(), Fault::Chord(word.clone())))?;
            if chords.is_empty() {
                return Err(self.wrong(name.span(), Fault::Chord(String::new())));
            }
            settings.keymap.rebind(action, &chords);
        }
        Ok(())
    }

    fn lay_columns(&self, keys: &ColumnKeys, settings: &mut Settings) -> Result<()> {
        let lists = [&keys.balances, &keys.deposits, &keys.withdrawals, &keys.transfers];
        for (tab, list) in Tab::ALL.into_iter().zip(lists) {
            let Some(list) = list else { continue };
            let of_tab: Vec<&'static str> = tab.columns().iter().map(|column| (*column).into()).collect();
            let mut columns: Vec<Column> = Vec::new();
            for word in list.get_ref() {
                let found =
                    tab.columns().iter().zip(&of_tab).find(|(_, name)| *name == word).map(|(column, _)| *column);
                match found {
                    Some(column) if !columns.contains(&column) => columns.push(column),
                    _ => {
                        let fault = Fault::OneOf(word.clone(), of_tab.join(", "));
                        return Err(self.wrong(list.span(), fault));
                    }
                }
            }
            // What money is counted in must never be hidden: an amount without its coin says nothing.
            if !columns.contains(&Column::Coin) {
                return Err(self.wrong(list.span(), Fault::NoCoinColumn));
            }
            settings.columns[tab.index()] = columns;
        }
        Ok(())
    }

    /// `[export.hledger]` and `[export.beancount]`: each account as its tool takes it.
    fn lay_accounts(&self, keys: Option<&AccountKeys>, accounts: &mut BookAccounts) -> Result<()> {
        let Some(keys) = keys else { return Ok(()) };
        for (purpose, word) in [
            (Purpose::Spot, &keys.spot),
            (Purpose::Futures, &keys.futures),
            (Purpose::Fees, &keys.fees),
            (Purpose::Deposits, &keys.deposits),
            (Purpose::Withdrawals, &keys.withdrawals),
            (Purpose::Transfers, &keys.transfers),
            (Purpose::Unknown, &keys.unknown),
        ] {
            if let Some(word) = word
                && !accounts.name(purpose, word.get_ref())
            {
                return Err(self.wrong(word.span(), Fault::Account(word.get_ref().clone(), accounts.tool)));
            }
        }
        match &keys.open {
            Some(word) if accounts.tool == BookTool::Hledger => {
                Err(self.wrong(word.span(), Fault::UnknownKey("open".to_owned(), None)))
            }
            opens => {
                accounts.opens = opens.as_ref().map_or(accounts.opens, |word| *word.get_ref());
                Ok(())
            }
        }
    }

    fn lay_notices(&self, keys: &NoticeKeys, settings: &mut Settings) -> Result<()> {
        let notifications = &mut settings.notifications;
        if let Some(list) = &keys.channels {
            notifications.channels = self.words(list, Channel::VARIANTS)?;
        }
        if let Some(list) = &keys.kinds {
            notifications.kinds = self.words(list, EventKind::VARIANTS)?;
        }
        if let Some(coins) = &keys.coins {
            notifications.coins.clone_from(coins);
        }
        if let Some(words) = &keys.hook {
            if words.get_ref().first().is_some_and(String::is_empty) {
                return Err(self.wrong(words.span(), Fault::NoCommand));
            }
            notifications.hook.clone_from(words.get_ref());
        }
        if let Some(word) = &keys.least {
            notifications.least = Some(self.amount(word)?);
        }
        if let Some(word) = &keys.balance_change {
            notifications.balance_change = Some(self.amount(word)?);
        }
        notifications.quiet = match (&keys.quiet_from, &keys.quiet_to) {
            (None, None) => notifications.quiet,
            (Some(from), Some(to)) => Some((self.hour(from)?, self.hour(to)?)),
            (Some(alone), None) | (None, Some(alone)) => {
                return Err(self.wrong(alone.span(), Fault::Hour(String::new())));
            }
        };
        Ok(())
    }

    /// Words out of a list.
    fn words<T: FromStr>(&self, list: &Spanned<Vec<String>>, known: &[&str]) -> Result<Vec<T>> {
        let fault = |word: &String| self.wrong(list.span(), Fault::OneOf(word.clone(), known.join(", ")));
        list.get_ref().iter().map(|word| word.parse().map_err(|_| fault(word))).collect()
    }

    /// Minutes after midnight.
    fn hour(&self, word: &Spanned<String>) -> Result<u16> {
        let fault = || self.wrong(word.span(), Fault::Hour(word.get_ref().clone()));
        let (hour, minute) = word.get_ref().split_once(':').ok_or_else(fault)?;
        match (hour.parse::<u16>(), minute.parse::<u16>()) {
            (Ok(hour @ 0..24), Ok(minute @ 0..60)) if minute_is_whole(word.get_ref()) => Ok(hour * 60 + minute),
            _ => Err(fault()),
        }
    }

    /// A label of the address book. An empty part, one with blanks around it or with what is not seen, or an address of other
    /// than visible ASCII, is a mistake.
    fn label(&self, keys: &AddressKeys) -> Result<Label> {
        let address = self.part(&keys.address)?;
        if !address.raw().chars().all(|c| c.is_ascii_graphic()) {
            return Err(self.wrong(keys.address.span(), Fault::Address(keys.address.get_ref().clone())));
        }
        Ok(Label::Address(AddressLabel {
            label: self.part(&keys.label)?,
            coin: self.part(&keys.coin)?,
            network: self.part(&keys.network)?,
            address,
            memo: keys.memo.as_ref().map(|memo| self.part(memo)).transpose()?,
        }))
    }

    /// A name of another user, who is told as in the form of a transfer.
    fn receiver_label(&self, keys: &ReceiverKeys) -> Result<Label> {
        let to = self.part(&keys.to)?;
        let fault = || self.wrong(keys.to.span(), Fault::Receiver(keys.to.get_ref().clone()));
        let to = whole_receiver(to.raw()).map_err(|_| fault())?;
        Ok(Label::Receiver(ReceiverLabel { label: self.part(&keys.label)?, to }))
    }

    /// A part of a label: not empty, without blanks around it, nothing that is not seen.
    fn part(&self, word: &Spanned<String>) -> Result<UntrustedText> {
        let text = word.get_ref().as_str();
        let is_whole = !text.is_empty() && text.trim() == text && line::check(text, LONGEST_PART).is_ok();
        let fault = || self.wrong(word.span(), Fault::Address(word.get_ref().clone()));
        if is_whole { Ok(UntrustedText::from(text)) } else { Err(fault()) }
    }

    fn limit(&self, key: &LimitKey) -> Result<Limit> {
        let unit = unit(key.unit.get_ref(), || self.at(key.unit.span()))?;
        Ok(Limit { amount: self.amount(&key.amount)?, unit })
    }

    /// An amount of 0 or more.
    fn amount(&self, word: &Spanned<String>) -> Result<Amount> {
        let amount = word.get_ref().parse::<Amount>().ok().filter(|amount| !amount.is_negative());
        amount.ok_or_else(|| self.wrong(word.span(), Fault::Amount(word.get_ref().clone())))
    }

    /// One word out of a list.
    fn word<T: FromStr>(&self, word: Option<&Spanned<String>>, known: &[&str]) -> Result<Option<T>> {
        let Some(word) = word else { return Ok(None) };
        let fault = || Fault::OneOf(word.get_ref().clone(), known.join(", "));
        word.get_ref().parse().map(Some).map_err(|_| self.wrong(word.span(), fault()))
    }

    fn theme(&self, word: &Spanned<String>) -> Result<Theme> {
        let path = self.folder.join(word.get_ref());
        let fail = |why: String| self.wrong(word.span(), Fault::OtherFile(path.display().to_string(), why));
        let source = read_small(&path).map_err(&fail)?;
        let source = String::from_utf8(source).map_err(|why| fail(why.to_string()))?;
        Theme::parse(&source).map_err(|why| fail(why.to_string()))
    }

    fn roots(&self, word: &Spanned<String>) -> Result<Vec<u8>> {
        let path = self.folder.join(word.get_ref());
        let fail = |why: String| self.wrong(word.span(), Fault::OtherFile(path.display().to_string(), why));
        let pem = read_small(&path).map_err(&fail)?;
        match reqwest::Certificate::from_pem_bundle(&pem) {
            Ok(found) if !found.is_empty() => Ok(pem),
            Ok(_) => Err(fail("it holds no certificate".to_owned())),
            Err(_) => Err(fail("it is not a bundle of PEM certificates".to_owned())),
        }
    }

    fn wrong(&self, span: Range<usize>, fault: Fault) -> SettingsError {
        SettingsError { place: self.at(span), fault }
    }
}

/// The longest part of an address of the book, in characters.
const LONGEST_PART: usize = 256;

/// `7:5` is more likely a slip than five past seven.
fn minute_is_whole(text: &str) -> bool {
    text.rsplit(':').next().is_some_and(|minute| minute.len() == 2)
}

/// A file that belongs to the configuration, of at most a megabyte.
fn read_small(path: &PathBuf) -> std::result::Result<Vec<u8>, String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|why| why.to_string())?;
    file.take((1 << 20) + 1).read_to_end(&mut bytes).map_err(|why| why.to_string())?;
    if bytes.len() > 1 << 20 { Err("it is too large".to_owned()) } else { Ok(bytes) }
}
