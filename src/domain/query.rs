//! The filter language: words, and terms such as `coin:usdt`, `status:pending`, `after:2026-10-01` or `amount>100`. A record
//! must meet all of them; `-` before one turns it round. A term that is not understood is said, never ignored.

pub mod fields;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::columns::Tab;
use super::text::contains;
use super::{Amount, Charge, Millis, Record, UntrustedText, Wording};
use fields::{FIELDS, Holding, OF_BALANCES, Quantity};

/// The words that `status:` knows.
pub const STATUSES: [&str; 5] = ["verification", "pending", "success", "fail", "cancelled"];
/// The words that `kind:` knows.
pub const KINDS: [&str; 6] =
    ["deposit", "withdrawal", "transfer_in", "transfer_out", "move_to_spot", "move_to_futures"];

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60_000;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<(Term, bool)>,
    /// Terms that are not understood, as they were typed.
    pub wrong: Vec<Wrong>,
}

/// A term that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// As it was typed.
    pub term: String,
    /// Why.
    pub why: Why,
}

impl Wrong {
    /// The words that could stand there: `fields`, or the values of the field.
    pub fn choices(&self, fields: &[&str]) -> String {
        let field = self.term.trim_start_matches('-').split([':', '<', '>', '=']).next().unwrap_or_default();
        match (self.why, field.to_ascii_lowercase().as_str()) {
            (Why::Field, _) => fields.join(" "),
            (Why::Word, "kind") => KINDS.join(" "),
            (Why::Word, _) => STATUSES.join(" "),
            _ => String::new(),
        }
    }
}

/// Why a term is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// There is no such field.
    Field,
    /// Nothing stands behind the field.
    Empty,
    /// Not a day or a time.
    Time,
    /// Not an amount.
    Amount,
    /// Not one of the words that the field knows.
    Word,
    /// A comparison without a field before it, as in `amount > 100`.
    Apart,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Word(String),
    Coin(String),
    /// Exactly this coin.
    CoinIs(String),
    Status(String),
    Kind(String),
    Network(String),
    Address(String),
    TxId(String),
    Id(String),
    Remark(String),
    Label(String),
    Note(String),
    After(Millis),
    Before(Millis),
    Number(Quantity, Compare, Amount),
}

impl Term {
    /// What is looked for in texts.
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word)
            | Self::Coin(word)
            | Self::CoinIs(word)
            | Self::Status(word)
            | Self::Kind(word)
            | Self::Network(word)
            | Self::Address(word)
            | Self::TxId(word)
            | Self::Id(word)
            | Self::Remark(word)
            | Self::Label(word)
            | Self::Note(word) => Some(word),
            Self::After(_) | Self::Before(_) | Self::Number(..) => None,
        }
    }
}

/// What the user's own words say of a record; all of it may be looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Annotations<'a> {
    /// Its status in the user's language.
    pub status: &'a str,
    /// The label of its address.
    pub label: Option<&'a UntrustedText>,
    /// The user's note.
    pub note: Option<&'a UntrustedText>,
    /// What it cost, where an own order says it and the exchange does not.
    pub charge: Option<Charge>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Query {
    /// Understands a filter of records as typed; `now` is what `yesterday` or `7d` count from, in UTC.
    pub fn parse(text: &str, now: Millis) -> Self {
        Self::parse_with(&FIELDS, text, now)
    }

    /// The same over the rows of a tab.
    pub fn parse_in(tab: Tab, text: &str, now: Millis) -> Self {
        if tab == Tab::Balances { Self::parse_with(&OF_BALANCES, text, now) } else { Self::parse(text, now) }
    }

    fn parse_with(fields: &[&str], text: &str, now: Millis) -> Self {
        let mut query = Self::default();
        for typed in text.split_whitespace() {
            let (bare, is_wanted) = match typed.strip_prefix('-') {
                Some(rest) if !rest.is_empty() => (rest, false),
                _ => (typed, true),
            };
            match term(bare, fields, now) {
                Ok(term) => query.terms.push((term, is_wanted)),
                Err(why) => query.wrong.push(Wrong { term: typed.to_owned(), why }),
            }
        }
        query
    }

    /// True when nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True when nothing meets this query that does not meet the other: `tr` became `trx`, or a term was added.
    pub fn narrows(&self, other: &Self) -> bool {
        other.terms.len() <= self.terms.len() && self.terms.iter().zip(&other.terms).all(|(new, old)| narrows(new, old))
    }

    /// True when labels are looked for: finding a record's own takes time.
    pub fn asks_for_label(&self) -> bool {
        self.terms.iter().any(|(term, _)| matches!(term, Term::Label(_)))
    }

    /// True when what a record cost is looked for.
    pub fn asks_for_charge(&self) -> bool {
        self.terms.iter().any(|(term, _)| matches!(term, Term::Number(Quantity::Fee | Quantity::Gross, ..)))
    }

    /// True when words without a field are looked for: the user's own words for a status count then.
    pub fn asks_for_words(&self) -> bool {
        self.terms.iter().any(|(term, _)| matches!(term, Term::Word(_)))
    }

    /// Whether a record meets every term.
    pub fn takes<T: Wording>(&self, record: &Record<T>, own: Annotations<'_>) -> bool {
        self.takes_by(record, own, |_, text, word| text.holds(word))
    }

    /// The same, where somebody knows better than the text itself whether it `holds` a word: the term's number, the text and
    /// the word.
    pub fn takes_by<T: Wording>(
        &self,
        record: &Record<T>,
        own: Annotations<'_>,
        holds: impl Fn(usize, &T, &str) -> bool,
    ) -> bool {
        let mut terms = self.terms.iter().enumerate();
        terms.all(|(at, (term, is_wanted))| is_met(term, record, own, |text, word| holds(at, text, word)) == *is_wanted)
    }

    /// For each term which of these texts hold its word.
    pub fn hits(&self, texts: &[UntrustedText]) -> Vec<Vec<bool>> {
        let words = self.terms.iter().map(|(term, _)| term.word());
        words
            .map(|word| word.map_or_else(Vec::new, |word| texts.iter().map(|text| text.holds(word)).collect()))
            .collect()
    }

    /// Whether a balance meets every term that can be about one: others are about records and are met by none.
    pub fn takes_balance(&self, held: &Holding<'_>) -> bool {
        let coin = &held.balance.coin;
        self.terms.iter().all(|(term, is_wanted)| {
            let met = match term {
                Term::Word(word) | Term::Coin(word) => contains(coin.raw(), word),
                Term::CoinIs(word) => coin.raw().to_lowercase() == *word,
                Term::Number(quantity, compare, amount) => {
                    quantity.of_balance(held).is_some_and(|own| compare.holds(own, *amount))
                }
                _ => false,
            };
            met == *is_wanted
        })
    }
}

fn term(text: &str, fields: &[&str], now: Millis) -> Result<Term, Why> {
    if text.starts_with(['<', '>', '=']) {
        return Err(Why::Apart);
    }
    let split = text.find([':', '<', '>', '=']);
    let Some((at, field)) = split.map(|at| (at, text[..at].to_ascii_lowercase())).filter(|(at, _)| *at > 0) else {
        return Ok(Term::Word(text.to_lowercase()));
    };
    if !fields.contains(&field.as_str()) {
        // An address or a remark may hold such a sign; only what looks like a field is taken for one.
        let is_name = text[..at].bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        return if is_name { Err(Why::Field) } else { Ok(Term::Word(text.to_lowercase())) };
    }
    let (compare, value) = comparison(&text[at..]);
    if value.is_empty() {
        return Err(Why::Empty);
    }
    let word = match value.to_lowercase().as_str() {
        // As the screen writes them, and as others do.
        "failed" => "fail".to_owned(),
        "canceled" => "cancelled".to_owned(),
        word => word.to_owned(),
    };
    let known = |words: &[&str]| match words.iter().filter(|known| known.starts_with(&word)).count() {
        0 => Err(Why::Word),
        _ => Ok(word.clone()),
    };
    if let Some(quantity) = Quantity::named(&field) {
        return Ok(Term::Number(quantity, compare, value.parse().map_err(|_| Why::Amount)?));
    }
    Ok(match field.as_str() {
        "after" => Term::After(moment(value, now).ok_or(Why::Time)?),
        "before" => Term::Before(moment(value, now).ok_or(Why::Time)?),
        "status" => Term::Status(known(&STATUSES)?),
        "kind" => Term::Kind(known(&KINDS)?),
        "coin" if text[at..].starts_with('=') => Term::CoinIs(word),
        "coin" => Term::Coin(word),
        "network" => Term::Network(word),
        "address" => Term::Address(word),
        "txid" => Term::TxId(word),
        "id" => Term::Id(word),
        "label" => Term::Label(word),
        "note" => Term::Note(word),
        _ => Term::Remark(word),
    })
}

/// True when nothing meets the new term that does not meet the old one.
fn narrows(new: &(Term, bool), old: &(Term, bool)) -> bool {
    let ((new, is_wanted), (old, was_wanted)) = (new, old);
    // What a time counts from was another moment when the other rows were found.
    if matches!(old, Term::After(_) | Term::Before(_)) {
        return false;
    }
    if new == old {
        return is_wanted == was_wanted;
    }
    *is_wanted
        && *was_wanted
        && match (new, old) {
            (Term::Word(new), Term::Word(old))
            | (Term::Coin(new), Term::Coin(old))
            | (Term::Network(new), Term::Network(old))
            | (Term::Address(new), Term::Address(old))
            | (Term::TxId(new), Term::TxId(old))
            | (Term::Id(new), Term::Id(old))
            | (Term::Remark(new), Term::Remark(old))
            | (Term::Label(new), Term::Label(old))
            | (Term::Note(new), Term::Note(old)) => new.contains(old.as_str()),
            (Term::Status(new), Term::Status(old)) | (Term::Kind(new), Term::Kind(old)) => {
                new.starts_with(old.as_str())
            }
            _ => false,
        }
}

fn comparison(text: &str) -> (Compare, &str) {
    for (sign, compare) in [
        (">=", Compare::AtLeast),
        ("<=", Compare::AtMost),
        (">", Compare::More),
        ("<", Compare::Less),
        ("=", Compare::Equal),
        (":", Compare::Equal),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (compare, rest);
        }
    }
    (Compare::Equal, text)
}

impl Compare {
    fn holds(self, a: Amount, b: Amount) -> bool {
        match self {
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Equal => a == b,
            Self::AtLeast => a >= b,
            Self::More => a > b,
        }
    }
}

/// `today`, `yesterday`, `7d`, `12h`, `2w`, `2026-10-01` or `2026-10-01T12:30`, all UTC.
fn moment(text: &str, now: Millis) -> Option<Millis> {
    let midnight = Millis(now.0.saturating_sub(now.0.rem_euclid(DAY)));
    match text {
        "today" => return Some(midnight),
        "yesterday" => return Some(midnight.plus(-DAY)),
        _ => {}
    }
    if let Some((unit, count)) = text.chars().last().zip(text.get(..text.len().saturating_sub(1))) {
        let unit = match unit {
            'h' => Some(DAY / 24),
            'd' => Some(DAY),
            'w' => Some(7 * DAY),
            _ => None,
        };
        if let (Some(unit), Ok(count)) = (unit, count.parse::<i64>()) {
            return Some(now.plus(-count.checked_mul(unit)?));
        }
    }
    let at = match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => day.to_zoned_datetime(TimeZone::UTC).ok()?,
        _ => text.parse::<DateTime>().ok()?.to_zoned_datetime(TimeZone::UTC).ok()?,
    };
    Some(Millis(at.timestamp().as_millisecond()))
}

fn is_met<T: Wording>(term: &Term, record: &Record<T>, own: Annotations<'_>, holds: impl Fn(&T, &str) -> bool) -> bool {
    let any = |fields: &[&Option<T>], word: &str| {
        fields.iter().any(|field| field.as_ref().is_some_and(|text| holds(text, word)))
    };
    // Without a receiver of its own a record goes to or comes from an address that is looked at anyway.
    let partner =
        |word: &str| record.receiver.is_some() && record.counterparty().is_some_and(|who| contains(who.raw(), word));
    match term {
        Term::Coin(word) => holds(&record.coin, word),
        Term::CoinIs(word) => record.coin.raw().to_lowercase() == *word,
        Term::Status(word) => record.status.word().starts_with(word.as_str()),
        Term::Kind(word) => record.key.kind.word().starts_with(word.as_str()),
        Term::Network(word) => any(&[&record.network], word),
        Term::TxId(word) => any(&[&record.txid], word),
        Term::Id(word) => holds(&record.key.id, word) || any(&[&record.out_biz_id], word),
        Term::Remark(word) => any(&[&record.remark], word),
        Term::Label(word) => own.label.is_some_and(|label| contains(label.raw(), word)),
        Term::Note(word) => own.note.is_some_and(|note| contains(note.raw(), word)),
        Term::Address(word) => any(&[&record.address, &record.from_address, &record.memo], word) || partner(word),
        Term::After(at) => record.time.is_some_and(|time| time >= *at),
        Term::Before(at) => record.time.is_some_and(|time| time < *at),
        Term::Number(quantity, compare, amount) => {
            quantity.of_record(record, own.charge).is_some_and(|own| compare.holds(own, *amount))
        }
        Term::Word(word) => {
            holds(&record.coin, word)
                || holds(&record.key.id, word)
                || contains(record.status.word(), word)
                || contains(own.status, word)
                || own.note.is_some_and(|note| contains(note.raw(), word))
                || any(
                    &[
                        &record.network,
                        &record.address,
                        &record.from_address,
                        &record.memo,
                        &record.txid,
                        &record.remark,
                        &record.out_biz_id,
                    ],
                    word,
                )
                || partner(word)
        }
    }
}

/// What the last term of a filter over a tab could become: the filter with it, for each. `coins` and `networks` are those that
/// there are.
pub fn completions(tab: Tab, text: &str, coins: &[&str], networks: &[&str]) -> Vec<String> {
    // Not every blank is one byte: Chinese input methods type U+3000.
    let blank = text.char_indices().rfind(|(_, c)| c.is_whitespace());
    let start = blank.map_or(0, |(at, c)| at + c.len_utf8());
    let (before, last) = text.split_at(start);
    let (sign, last) = last.strip_prefix('-').map_or(("", last), |rest| ("-", rest));
    if last.is_empty() {
        return Vec::new();
    }
    let full = |word: &str| format!("{before}{sign}{word}");
    let starts =
        |known: &&&str, word: &str| known.len() > word.len() && known.to_lowercase().starts_with(&word.to_lowercase());
    let Some((field, value)) = last.split_once(':') else {
        let fields = fields::of_tab(tab).iter().filter(|known| starts(known, last));
        return fields.map(|field| full(&format!("{field}{}", fields::sign(field)))).collect();
    };
    let words: &[&str] = match field {
        "coin" => coins,
        "network" => networks,
        "status" => &STATUSES,
        "kind" => &KINDS,
        "after" | "before" => &["today", "yesterday", "7d", "30d"],
        _ => &[],
    };
    // A blank would end the term.
    let word = |known: &&str| known.split_whitespace().next().unwrap_or_default().to_lowercase();
    let found = words.iter().filter(|known| starts(known, value)).map(word);
    // Of `Tron (TRC-20)` the first word may stand there already.
    let new = found.filter(|word| *word != value.to_lowercase());
    new.map(|word| full(&format!("{field}:{word}"))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::domain::Kind;

    /// 2026-11-22 14:30 UTC.
    const NOW: Millis = Millis(1_795_357_800_000);

    fn record() -> Record {
        Record {
            network: Some("Tron (TRC-20)".into()),
            amount: Some("100.50".parse().unwrap()),
            time: Some(NOW.plus(-DAY)),
            address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            remark: Some("rent: may".into()),
            ..Record::bare(Kind::Withdrawal, "1909", "USDT")
        }
    }

    fn own() -> Annotations<'static> {
        static LABEL: LazyLock<UntrustedText> = LazyLock::new(|| "Cold wallet".into());
        static NOTE: LazyLock<UntrustedText> = LazyLock::new(|| "Loan to Ann, back in May".into());
        Annotations { status: "待处理", label: Some(&LABEL), note: Some(&NOTE), charge: None }
    }

    #[test]
    fn a_moment_at_the_end_of_all_numbers_ends_nothing() {
        for now in [Millis(i64::MIN), Millis(i64::MAX), crate::domain::time::LAST] {
            for text in ["after:today", "before:yesterday", "after:7d", "before:9999999999999w"] {
                Query::parse(text, now);
            }
        }
    }

    fn takes(text: &str) -> bool {
        let query = Query::parse(text, NOW);
        assert_eq!(query.wrong, [], "{text}");
        query.takes(&record(), own())
    }

    #[test]
    fn terms_and_words_are_met_all_together() {
        for text in [
            "",
            "usdt",
            "coin:usdt status:pend kind:withdrawal network:tron",
            "amount>100 amount<=100.5 amount=100.50 amount:100.5",
            "after:yesterday before:today",
            "after:2026-11-21 before:2026-11-22",
            "after:2026-11-21T14:30 after:2d after:25h after:1w",
            "address:tjmw id:1909 remark:rent",
            "待处理",
            "label:cold note:ANN ann",
            "-note:bob",
            "-coin:btc -trx -amount>1000",
            "5hv7ru",
            "rent:",
        ] {
            let query = Query::parse(text, NOW);
            assert!(query.takes(&record(), own()) || text == "rent:", "{text}");
        }
        for text in [
            "btc",
            "coin:btc",
            "status:success",
            "-usdt",
            "amount>100.5",
            "before:yesterday",
            "txid:a",
            "label:ann",
            "note:cold",
            "cold",
        ] {
            assert!(!takes(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (text, why) in [
            ("coln:usdt", Why::Field),
            ("coin:", Why::Empty),
            ("after:soon", Why::Time),
            ("before:2026-13-01", Why::Time),
            ("amount>1,5", Why::Amount),
            ("status:done", Why::Word),
            ("kind:gift", Why::Word),
            ("value>1", Why::Field),
            ("fee>much", Why::Amount),
            (">", Why::Apart),
            ("after:99999999999999999d", Why::Time),
        ] {
            let query = Query::parse(&format!("usdt {text}"), NOW);
            assert_eq!(query.wrong, [Wrong { term: text.into(), why }], "{text}");
        }
        let choices = |text| Query::parse(text, NOW).wrong[0].choices(&FIELDS);
        assert!(choices("status:done").contains("cancelled") && choices("-kind:gift").contains("transfer_in"));
        assert!(choices("coln:usdt").contains("coin"));
        assert_eq!(Query::parse("https://x TJ:W5", NOW).wrong.len(), 1, "only a name before a colon is a field");
    }

    #[test]
    fn the_last_term_is_completed() {
        let complete =
            |text| completions(Tab::Withdrawals, text, &["BTC", "USDT", "USDC"], &["Tron (TRC-20)", "Bitcoin"]);
        assert_eq!(complete("st"), ["status:"]);
        assert_eq!(complete("x a"), ["x amount>", "x after:", "x address:"]);
        assert_eq!(complete("coin:us"), ["coin:usdt", "coin:usdc"]);
        assert_eq!(complete("-network:t"), ["-network:tron"]);
        assert_eq!(complete("status:p"), ["status:pending"]);
        assert_eq!(complete(""), Vec::<String>::new());
        assert_eq!(complete("id:1"), Vec::<String>::new());
        assert_eq!(complete("network:Tron"), Vec::<String>::new(), "what stands there already is no completion");
    }

    #[test]
    fn a_term_behind_any_kind_of_blank_is_completed() {
        for blank in ["\u{3000}", "\u{a0}", "\u{2028}", "\t"] {
            let typed = format!("usdt{blank}st");
            assert_eq!(completions(Tab::Deposits, &typed, &[], &[]), [format!("usdt{blank}status:")], "{blank:?}");
        }
    }

    #[test]
    fn balances_are_compared_by_all_that_their_table_shows() {
        let balance =
            crate::domain::Balance { coin: "ETH".into(), available: "1.5".parse().ok(), in_use: "0.5".parse().ok() };
        let held = Holding { balance: &balance, value: "6000.25".parse().ok(), price: "3000.125".parse().ok() };
        let takes = |text: &str| {
            let query = Query::parse_in(Tab::Balances, text, NOW);
            assert_eq!(query.wrong, [], "{text}");
            query.takes_balance(&held)
        };
        assert!(takes("value>1000 available>=1.5 in_use<1 total=2 amount=2 price>3000 coin:eth -value>6001"));
        for text in ["value>6000.25", "available>100", "in_use=0", "total>2", "price<1", "btc"] {
            assert!(!takes(text), "{text}");
        }
        // What has no price meets no comparison.
        let unpriced = Holding { value: None, price: None, ..held };
        assert!(!Query::parse_in(Tab::Balances, "value>0", NOW).takes_balance(&unpriced));
        let wrong = Query::parse_in(Tab::Balances, "status:pending", NOW).wrong;
        assert_eq!(wrong, [Wrong { term: "status:pending".into(), why: Why::Field }], "a field of other tables");
        assert!(wrong[0].choices(fields::of_tab(Tab::Balances)).contains("available"));
    }

    #[test]
    fn fees_are_compared_as_the_table_shows_them() {
        let charge = Charge { gross: "101.5".parse().ok(), fee: "1".parse().ok(), is_reckoned: true };
        for (text, by_exchange, by_order) in
            [("fee>=1", false, true), ("gross>101", false, true), ("-fee>0", true, false)]
        {
            let query = Query::parse(text, NOW);
            assert!(query.asks_for_charge());
            assert_eq!(query.takes(&record(), own()), by_exchange, "{text}");
            assert_eq!(query.takes(&record(), Annotations { charge: Some(charge), ..own() }), by_order, "{text}");
        }
    }
}
