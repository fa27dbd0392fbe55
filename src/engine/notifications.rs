//! News: what happened, told to each reader once: never again after a restart, by another instance, or because a page was read
//! twice. Which news reach the user, how and in which words is decided here; who was told what stands in the ledger.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::domain::locale::{Lang, fill};
use crate::domain::text::is_dangerous;
use crate::domain::value::grouped;
use crate::domain::{Amount, Condition, Event, EventKind, EventSubject, Kind, Millis, Record, UntrustedText};
use crate::engine::history::{History, HistoryError};
use crate::exchange::{BaseUrl, EXCHANGE};

/// What happened to a record, in words.
fn record_words(record: &Record, lang: Lang) -> String {
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
    if record.key.kind.is_net() {
        amount = lang.fill("news.net", &[("amount", &amount)]);
    }
    let pattern = lang.find(&format!("news.happened.{happened}")).unwrap_or_default();
    let values = [("kind", lang.t(kind)), ("amount", amount.as_str()), ("coin", &record.coin.excerpt(12))];
    fill(pattern, &values)
}

/// A condition in words.
fn condition_words(condition: &Condition, lang: Lang) -> String {
    let pattern = lang.find(&format!("news.happened.{}", condition.happened.word())).unwrap_or_default();
    let change = condition.change.map_or_else(|| "?".to_owned(), |change| grouped(change.trimmed()));
    fill(pattern, &[("about", &*condition.about.excerpt(20)), ("change", &*change)])
}

/// One line of news in words: what happened, and to what.
pub fn words(event: &Event, lang: Lang) -> String {
    match &event.subject {
        EventSubject::Record(record) => record_words(record, lang),
        EventSubject::Condition(condition) => condition_words(condition, lang),
    }
}

impl History {
    /// What happened and this reader was not told of: claimed, so that nobody else who reads under its name tells it as well.
    /// Whoever has told it says so ([`Self::mark_delivered`]); what one that ended has not told is news again.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`]; then nothing was claimed.
    pub async fn news(&self) -> Result<Vec<Event>, HistoryError> {
        let (now, begun) = (self.now(), self.begun());
        self.with_ledger(move |ledger| ledger.claim_events(now, begun)).await
    }

    /// These news reached the user.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`]; then they are told again by the next run.
    pub async fn mark_delivered(&self, events: Vec<i64>) -> Result<(), HistoryError> {
        if events.is_empty() {
            return Ok(());
        }
        self.with_ledger(move |ledger| ledger.mark_delivered(&events)).await
    }
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
    pub fn takes(&self, event: &Event) -> bool {
        let is_of = |record: &Record| self.coins.iter().any(|coin| coin.eq_ignore_ascii_case(record.coin.raw()));
        (self.kinds.is_empty() || self.kinds.contains(&event.kind()))
            && (self.coins.is_empty() || event.record().is_none_or(is_of))
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

/// Whose news they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The profile.
    pub profile: String,
    /// The account, where the exchange has told it.
    pub uid: Option<UntrustedText>,
    /// The server, when it is not the exchange's own.
    pub origin: Option<String>,
}

impl Source {
    /// The account of a profile at a server.
    pub fn of(profile: &str, uid: Option<UntrustedText>, base: &BaseUrl) -> Self {
        let url = base.to_string();
        Self { profile: profile.to_owned(), uid, origin: Some(url).filter(|url| url != EXCHANGE) }
    }
}

/// What a hook and `watch` are told: one object on one line.
pub fn json(event: &Event, source: &Source) -> String {
    let text = |value: &Option<UntrustedText>| value.as_ref().map(|text| text.raw().to_owned());
    let mut object = match &event.subject {
        EventSubject::Record(record) => serde_json::json!({
            "event": event.kind().word(),
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
        }),
        EventSubject::Condition(condition) => serde_json::json!({
            "event": event.kind().word(),
            "about": condition.about.raw(),
            "change": condition.change.map(|change| change.to_string()),
        }),
    };
    object["seen"] = event.at.iso().into();
    object["profile"] = source.profile.as_str().into();
    object["uid"] = text(&source.uid).into();
    if let Some(origin) = &source.origin {
        object["origin"] = origin.as_str().into();
    }
    harmless(&object)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Status;
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
                for table in ["news.happened", "events.word"] {
                    assert!(lang.find(&format!("{table}.{name}")).is_some(), "{table}.{name}");
                }
            }
        }
    }

    #[test]
    fn only_what_a_fee_was_taken_from_is_told_as_net() {
        for (kind, english, chinese) in [
            (Kind::Withdrawal, "withdrawal of net 5 USDT is on its way", "提币 到账数量 5 USDT 处理中"),
            (Kind::TransferOut, "transfer of net 5 USDT is on its way", "转账 到账数量 5 USDT 处理中"),
            (Kind::MoveToFutures, "move of 5 USDT is on its way", "划转 5 USDT 处理中"),
            (Kind::MoveToSpot, "move of 5 USDT is on its way", "划转 5 USDT 处理中"),
        ] {
            let record =
                Record { amount: "5".parse().ok(), status: Status::Pending, ..Record::bare(kind, "1", "USDT") };
            assert_eq!((&*record_words(&record, Lang::En), &*record_words(&record, Lang::ZhCn)), (english, chinese));
        }
    }

    #[test]
    fn change_of_a_balance_has_marks_in_words_and_none_in_json() {
        let change = Some("-1234567.50".parse().unwrap());
        let condition = Condition { happened: EventKind::Balance, about: "USDT".into(), change };
        let event = Event { number: 1, at: Millis(0), subject: EventSubject::Condition(condition) };
        for lang in [Lang::En, Lang::ZhCn] {
            let words = words(&event, lang);
            assert!(words.contains("-1,234,567.5 ") || words.contains("-1,234,567.5，"), "{words}");
        }
        assert!(json(&event, &Source::default()).contains("\"-1234567.50\""));
    }

    #[test]
    fn json_line_holds_nothing_that_a_terminal_obeys() {
        let hostile = "US\u{9b}2J\u{202e}\u{1b}]0;x\u{7}DT";
        let condition = Condition { happened: EventKind::Balance, about: hostile.into(), change: None };
        let event = Event { number: 1, at: Millis(0), subject: EventSubject::Condition(condition) };
        let line = json(&event, &Source { profile: hostile.to_owned(), ..Source::default() });
        assert!(!line.chars().any(is_dangerous), "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&read["about"], &read["profile"]), (&hostile.into(), &hostile.into()));
    }
}
