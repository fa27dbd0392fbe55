//! News: what happened to a record, told once: never again after a restart, by another instance, or because a page was read
//! twice. What is news is decided here; who was told what stands in the ledger.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::domain::locale::{Lang, fill};
use crate::domain::text::is_dangerous;
use crate::domain::value::grouped;
use crate::domain::{Amount, Kind, Millis, Record, RecordKey, Status, UntrustedText};
use crate::engine::history::{History, HistoryError};
use crate::engine::ledger::Ledger;

/// The fact that tells since when news are told. What is older is history, and nobody is told of it.
const SINCE: &str = "news_since";

/// What happened.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
    strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    /// Something is coming in and is not credited yet.
    Seen,
    /// Something came in.
    Credited,
    /// Something is on its way out.
    Pending,
    /// Something waits for the user's security check.
    Verification,
    /// Something went out.
    Done,
    /// Something failed.
    Failed,
    /// Something was taken back.
    Cancelled,
    /// The exchange uses a word of its own.
    Other,
    /// The outcome of an order is not known.
    Unknown,
    /// The exchange refuses the key.
    Key,
    /// This machine's clock is wrong.
    Clock,
    /// A balance changed and no record says why.
    Balance,
}

impl EventKind {
    /// What a record's status means.
    pub fn to(record: &Record) -> Self {
        let is_out = record.key.kind.is_outgoing() || record.key.kind.is_move();
        match &record.status {
            Status::Verification => Self::Verification,
            Status::Pending if is_out => Self::Pending,
            Status::Pending => Self::Seen,
            Status::Success if is_out => Self::Done,
            Status::Success => Self::Credited,
            Status::Fail => Self::Failed,
            Status::Cancelled => Self::Cancelled,
            Status::Other(_) => Self::Other,
        }
    }
}

/// One line of news in words: what happened, and to what.
pub fn words(record: &Record, lang: Lang) -> String {
    let happened: &'static str = EventKind::to(record).into();
    let kind = match &record.key.kind {
        Kind::Deposit => "news.kind.deposit",
        Kind::Withdrawal => "news.kind.withdrawal",
        Kind::TransferIn => "news.kind.transfer_in",
        Kind::TransferOut => "news.kind.transfer_out",
        Kind::MoveToSpot | Kind::MoveToFutures => "news.kind.move",
        Kind::OtherIn(_) | Kind::OtherOut(_) => "news.kind.other",
    };
    let mut amount = record.amount.map_or_else(|| "?".to_owned(), |amount| grouped(amount.trimmed()));
    if record.key.kind.is_outgoing() && !record.key.kind.is_move() {
        amount = lang.fill("news.net", &[("amount", &amount)]);
    }
    let pattern = lang.find(&format!("news.happened.{happened}")).unwrap_or_default();
    let values = [("kind", lang.t(kind)), ("amount", amount.as_str()), ("coin", &record.coin.excerpt(12))];
    fill(pattern, &values)
}

impl History {
    /// What is news in the ledger and was told nowhere: claimed, so that nobody else tells it as well. Whoever has told it
    /// says so ([`Self::mark_delivered`]); what one that ended has not told is news again.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`]; then nothing was claimed.
    pub async fn news(&self) -> Result<Vec<Record>, HistoryError> {
        let now = self.now();
        self.with_ledger(move |ledger| claim(ledger, now)).await
    }

    /// These news and conditions reached the user.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`]; then they are told again by the next run.
    pub async fn mark_delivered(&self, steps: Vec<RecordKey>, conditions: Vec<String>) -> Result<(), HistoryError> {
        if steps.is_empty() && conditions.is_empty() {
            return Ok(());
        }
        self.with_ledger(move |ledger| ledger.mark_delivered(&steps, &conditions)).await
    }
}

fn claim(ledger: &mut Ledger, now: Millis) -> rusqlite::Result<Vec<Record>> {
    let since = ledger.fact(SINCE)?.and_then(|at| at.parse().ok()).map(Millis);
    let claimed = ledger.claim_steps(|record, was_seen| {
        // In the first run of all everything would be news. Something old is news when it was seen otherwise before, not
        // when it was merely read for the first time.
        since.is_some_and(|since| was_seen || record.time.is_some_and(|time| time >= since))
    })?;
    if since.is_none() {
        // Records are dated in whole seconds.
        ledger.set_fact(SINCE, &(now.0 - now.0.rem_euclid(1_000)).to_string())?;
    }
    Ok(claimed)
}

/// A way in which news reach the user.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames, strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// A line on the screen.
    Toast,
    /// The terminal's bell.
    Bell,
    /// A notification by the terminal (OSC 9: iTerm2, Windows Terminal, `WezTerm`, kitty).
    Osc9,
    /// A notification by the terminal (OSC 777: foot, urxvt, `WezTerm`).
    Osc777,
    /// A notification of the desktop, over D-Bus.
    Desktop,
}

/// Which news reach the user, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationConfig {
    /// How.
    pub channels: Vec<Channel>,
    /// What; everything where it is empty.
    pub kinds: Vec<EventKind>,
    /// Of which coins; all where it is empty.
    pub coins: Vec<String>,
    /// A command that gets each as JSON on its standard input; its words, without a shell.
    pub hook: Vec<String>,
    /// Records worth less than this, in the unit of value, are not told; what has no price is.
    pub least: Option<Amount>,
    /// A balance that changed by at least this value without a record is told.
    pub balance_change: Option<Amount>,
    /// Minutes after midnight, by this machine's time zone, between which only the screen tells.
    pub quiet: Option<(u16, u16)>,
}

impl Default for NotificationConfig {
    fn default() -> Self {
        Self {
            channels: vec![Channel::Toast],
            kinds: Vec::new(),
            coins: Vec::new(),
            hook: Vec::new(),
            least: None,
            balance_change: None,
            quiet: None,
        }
    }
}

impl NotificationConfig {
    /// Whether something is to be told at all.
    pub fn takes(&self, record: &Record) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&EventKind::to(record)))
            && (self.coins.is_empty() || self.coins.iter().any(|coin| coin.eq_ignore_ascii_case(record.coin.raw())))
    }

    /// Whether a condition that is about no record is to be told.
    pub fn takes_condition(&self, happened: EventKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&happened)
    }

    /// Whether it is a quiet hour.
    pub fn is_quiet(&self, now: Millis) -> bool {
        let Some((from, to)) = self.quiet else { return false };
        let Ok(at) = jiff::Timestamp::from_millisecond(now.0) else { return false };
        let at = at.to_zoned_datetime(TimeZone::system());
        is_between(u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs()), from, to)
    }
}

/// Whether a minute of the day lies in a stretch that may go over midnight.
const fn is_between(minute: u16, from: u16, to: u16) -> bool {
    if from <= to { from <= minute && minute < to } else { minute >= from || minute < to }
}

/// What a hook and `watch` are told: one object on one line.
pub fn json(record: &Record, at: Millis) -> String {
    let text = |value: &Option<UntrustedText>| value.as_ref().map(|text| text.raw().to_owned());
    let happened: &'static str = EventKind::to(record).into();
    harmless(&serde_json::json!({
        "event": happened,
        "kind": record.key.kind.word(),
        "id": record.key.id.raw(),
        "coin": record.coin.raw(),
        "network": text(&record.network),
        "amount": record.amount.map(|amount| amount.to_string()),
        "fee": record.fee.map(|fee| fee.to_string()),
        "status": record.status.word(),
        "is_final": record.status.is_final(),
        "txid": text(&record.txid),
        "time": record.time.and_then(Millis::iso),
        "seen": at.iso(),
    }))
}

/// What a hook is told of a condition that is about no record.
pub fn condition_json(happened: EventKind, about: &str, change: Option<Amount>, at: Millis) -> String {
    let event: &'static str = happened.into();
    let change = change.map(|amount| amount.to_string());
    harmless(&serde_json::json!({ "event": event, "about": about, "change": change, "seen": at.iso() }))
}

/// The name under which the ledger knows that an order's unknown outcome was told.
pub fn order_claim(id: &str) -> String {
    format!("order:{id}")
}

/// A line of JSON without anything in it that a terminal obeys: such characters stand only within its strings.
fn harmless(json: &serde_json::Value) -> String {
    let mut line = String::new();
    for c in json.to_string().chars() {
        if is_dangerous(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(c);
        }
    }
    line
}

/// A condition in words. `about` is the order or the coin, `change` a coin amount.
pub fn condition_words(happened: EventKind, about: &str, change: Option<Amount>, lang: Lang) -> String {
    let event: &'static str = happened.into();
    let pattern = lang.find(&format!("news.happened.{event}")).unwrap_or_default();
    let change = change.map_or_else(String::new, |change| grouped(change.trimmed()));
    fill(pattern, &[("about", &*UntrustedText::from(about).excerpt(20)), ("change", &*change)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator as _;

    #[test]
    fn quiet_hours_go_over_midnight() {
        let night = |minute| is_between(minute, 22 * 60, 7 * 60);
        assert!(night(23 * 60) && night(0) && night(6 * 60 + 59));
        assert!(!night(7 * 60) && !night(12 * 60) && !night(21 * 60 + 59));
        assert!(is_between(13 * 60, 12 * 60, 14 * 60) && !is_between(14 * 60, 12 * 60, 14 * 60));
    }

    #[test]
    fn every_event_has_its_words_in_both_languages() {
        for lang in [Lang::En, Lang::ZhCn] {
            for happened in EventKind::iter() {
                let name: &'static str = happened.into();
                assert!(lang.find(&format!("news.happened.{name}")).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn change_of_a_balance_has_marks_in_words_and_none_in_json() {
        let change = Some("-1234567.50".parse().unwrap());
        for lang in [Lang::En, Lang::ZhCn] {
            let words = condition_words(EventKind::Balance, "USDT", change, lang);
            assert!(words.contains("-1,234,567.5 ") || words.contains("-1,234,567.5，"), "{words}");
        }
        assert!(condition_json(EventKind::Balance, "USDT", change, Millis(0)).contains("\"-1234567.50\""));
    }

    #[test]
    fn json_line_holds_nothing_that_a_terminal_obeys() {
        let hostile = "US\u{9b}2J\u{202e}\u{1b}]0;x\u{7}DT";
        let line = condition_json(EventKind::Balance, hostile, None, Millis(0));
        assert!(!line.chars().any(is_dangerous), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["about"], hostile);
    }
}
