//! The review of an order, row by row: what would be sent, to whom, what it costs, what is left. Made once, drawn by the
//! screen and printed by the commands.

mod receiver;
mod summary;

use super::address_book::{Group, groups_of_four};
use super::fees::{self, Estimate, Learnt};
use super::rules::{Facts, FieldNote};
use super::value::{grouped, value_text};
use super::{
    Amount, Coin, Kind, MemoRule, Millis, MoveDirection, MoveRequest, Network, Receiver, Record, Request, Status,
    TransferRequest, UntrustedText, WithdrawRequest,
};
use crate::domain::locale::Lang;
use crate::domain::text_width::{relative, span};

use receiver::receiver_text;

pub use receiver::{read_as, receiver_known, receiver_use};
pub use summary::SummaryOf;

/// How much of a foreign text is shown, in graphemes.
const LIMIT: usize = 1_000;
/// How much of a coin's name is shown where it stands behind a number, in graphemes.
const NAME: usize = 40;
/// How much of a unit's name is shown, in graphemes.
const UNIT: usize = 8;
/// Characters at the end of a contract by which it is told.
const CONTRACT_TAIL: usize = 6;
/// What stands in place of a hidden amount.
pub const MASKED: &str = "••••";

/// How something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emphasis {
    /// As it is.
    #[default]
    Plain,
    /// What matters most.
    Strong,
    /// What is read last.
    Muted,
    /// What deserves a second look.
    Warning,
    /// What stops the order.
    Danger,
    /// What must be found among others: a character that differs, a group to type.
    Marked,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words beside the names, broken where they must be.
    Words(String, Emphasis),
    /// Whole sentences over the full width.
    Sentence(String, Emphasis),
    /// An address in groups of four, never cut; one group may be marked.
    Groups(String, Option<usize>),
    /// An address in groups of four with some of its characters marked, from 0.
    Compare(String, Vec<usize>),
}

/// How much a row is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it nothing may be sent.
    Must,
    /// Left out where there is no room.
    May,
    /// Air.
    Air,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The catalogue key of its name.
    pub label: Option<&'static str>,
    /// What it says.
    pub value: Value,
    /// What stands at the right end, or below where there is no room.
    pub aside: Option<(String, Emphasis)>,
    /// How much it is needed.
    pub need: Need,
}

impl Row {
    /// A row of words that must be read.
    pub fn new(label: &'static str, text: impl Into<String>, emphasis: Emphasis) -> Self {
        Self { label: Some(label), value: Value::Words(text.into(), emphasis), aside: None, need: Need::Must }
    }

    /// More words under the row before.
    pub fn more(text: impl Into<String>, emphasis: Emphasis) -> Self {
        Self { label: None, value: Value::Words(text.into(), emphasis), aside: None, need: Need::Must }
    }

    /// Sentences of their own.
    pub fn sentence(text: impl Into<String>, emphasis: Emphasis) -> Self {
        Self { label: None, value: Value::Sentence(text.into(), emphasis), aside: None, need: Need::Must }
    }

    /// A row without words.
    pub const fn of(label: &'static str, value: Value) -> Self {
        Self { label: Some(label), value, aside: None, need: Need::Must }
    }

    /// Air between rows.
    pub const fn air() -> Self {
        Self { label: None, value: Value::Words(String::new(), Emphasis::Plain), aside: None, need: Need::Air }
    }

    /// The row with something at its right end.
    #[must_use]
    pub fn aside(mut self, text: impl Into<String>, emphasis: Emphasis) -> Self {
        self.aside = Some((text.into(), emphasis));
        self
    }

    /// The row, left out where there is no room.
    #[must_use]
    pub const fn may(mut self) -> Self {
        self.need = Need::May;
        self
    }
}

/// What the rows of a review are made from.
#[derive(Debug, Clone, Copy)]
pub struct Reviewed<'a> {
    /// What the request is judged by.
    pub facts: &'a Facts<'a>,
    /// What the account knows of fees for this coin and network.
    pub fees: Option<&'a Learnt>,
    /// What left the account for the record that is taken back, where that is known.
    pub gross: Option<Amount>,
    /// The coin that values are shown in; `None` shows none.
    pub unit: Option<&'a UntrustedText>,
    /// Whether amounts that the user holds are hidden.
    pub is_hidden: bool,
    /// The group of where the money goes that must be typed, and whether it is.
    pub group: Option<(&'a Group, bool)>,
    /// Language.
    pub lang: Lang,
}

impl Reviewed<'_> {
    /// Everything that a review says of a request, then what should be known of it.
    pub fn rows(&self, request: &Request, notes: &[FieldNote]) -> Vec<Row> {
        let mut rows = match request {
            Request::Withdraw(w) => self.withdraw(w),
            Request::Transfer(t) => self.transfer(t),
            Request::Move(m) => self.moved(m),
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => self.cancel(id),
        };
        if let Some((group, is_typed)) = self.group {
            for row in &mut rows {
                mark(row, group, is_typed);
            }
        }
        rows.extend(notes.iter().map(|n| Row::more(n.note.words(self.lang), Emphasis::Warning)));
        rows
    }

    fn withdraw(&self, w: &WithdrawRequest) -> Vec<Row> {
        let lang = self.lang;
        let mut rows = vec![self.amount("form.row.withdraw", w.gross, &w.coin)];
        self.fee(&mut rows, w);
        rows.push(Row::air());
        let network = listed(self.facts, &w.coin).and_then(|c| c.networks.iter().find(|n| n.name == w.network));
        let contract = network.map(|network| contract_text(network, lang)).unwrap_or_default();
        rows.push(
            Row::new("form.row.network", w.network.excerpt(LIMIT), Emphasis::Strong).aside(contract, Emphasis::Muted),
        );
        rows.push(Row::of("form.row.to_address", Value::Groups(w.address.shown().into_owned(), None)));
        let known = self.facts.book.knowledge(w);
        let emphasis = if known.is_proved() { Emphasis::Muted } else { Emphasis::Warning };
        rows.push(Row::more(known.words(lang, self.facts.now), emphasis));
        rows.push(match &w.memo {
            Some(memo) => Row::new("form.row.memo", memo.excerpt(LIMIT), Emphasis::Strong),
            None if network.is_some_and(|n| n.memo == MemoRule::None) => {
                Row::new("form.row.memo", lang.t("form.no_memo_network"), Emphasis::Muted)
            }
            None => Row::new("form.row.memo", lang.t("form.no_memo_chosen"), Emphasis::Strong),
        });
        rows.push(Row::air());
        rows.push(self.balance(&w.coin, |before| before.checked_sub(w.gross)));
        rows.push(Row::more(lang.t("form.saved_only"), Emphasis::Muted).may());
        rows
    }

    fn fee(&self, rows: &mut Vec<Row>, w: &WithdrawRequest) {
        let lang = self.lang;
        match fees::estimate(w.gross, self.fees.cloned()) {
            Estimate::Unknown => {
                rows.push(Row::new("form.row.fee", lang.t("form.fee_unknown_long"), Emphasis::Plain));
                rows.push(Row::new("form.row.arrives", lang.t("form.net_unknown"), Emphasis::Plain));
            }
            Estimate::AsLast { learnt, net, warning } => {
                let about = |amount: Amount| lang.fill("form.about", &[("amount", &money(amount, &w.coin))]);
                let source = self.fee_source(&learnt);
                rows.push(Row::new("form.row.fee", about(learnt.last), Emphasis::Plain).aside(source, Emphasis::Muted));
                let arrives = net.map_or_else(|| lang.t("form.net_unknown").to_owned(), about);
                rows.push(Row::new("form.row.arrives", arrives, Emphasis::Plain));
                rows.extend(warning.map(|w| Row::more(lang.t(w.key()), Emphasis::Warning)));
            }
        }
    }

    /// When such a fee was last paid, and how often.
    fn fee_source(&self, learnt: &Learnt) -> String {
        let date = learnt.at.map(|at| relative(at, self.facts.now, self.lang, false)).unwrap_or_default();
        let key = if learnt.samples == 1 { "form.fee_source_one" } else { "form.fee_source" };
        self.lang.fill(key, &[("date", &date), ("samples", &learnt.samples.to_string())])
    }

    fn transfer(&self, t: &TransferRequest) -> Vec<Row> {
        let lang = self.lang;
        let mut rows = vec![self.amount("form.row.send", t.amount, &t.coin)];
        rows.push(Row::new("form.row.fee", lang.t("form.fee_transfer"), Emphasis::Plain));
        rows.push(Row::air());
        // Where a part of it must be typed, it stands in the groups of which one is masked.
        let place = |label, place: &UntrustedText| match self.group {
            Some(_) => Row::of(label, Value::Groups(place.shown().into_owned(), None)),
            None => Row::new(label, place.excerpt(LIMIT), Emphasis::Strong),
        };
        match &t.to {
            Receiver::Uid(uid) => {
                rows.push(place("form.row.to", uid).aside(lang.t("form.way.uid"), Emphasis::Muted));
            }
            Receiver::Email(email) => {
                rows.push(place("form.row.to", email).aside(lang.t("form.way.email"), Emphasis::Muted));
            }
            Receiver::Phone { country_code, number } => rows.extend([
                Row::new("form.row.to", lang.t("form.way.phone"), Emphasis::Muted),
                Row::new("form.row.country_code", country_code.excerpt(LIMIT), Emphasis::Strong),
                place("form.row.number", number),
            ]),
        }
        let (known, emphasis) = receiver_known(self.facts, &t.to, lang);
        rows.push(Row::more(known, emphasis));
        rows.push(match &t.remark {
            Some(remark) => Row::new("form.row.remark", remark.excerpt(LIMIT), Emphasis::Strong),
            None => Row::new("form.row.remark", lang.t("form.no_remark"), Emphasis::Muted),
        });
        rows.push(Row::air());
        rows.push(self.balance(&t.coin, |before| before.checked_sub(t.amount)));
        rows.push(Row::more(lang.t("form.transfer_final"), Emphasis::Muted).may());
        rows
    }

    fn moved(&self, m: &MoveRequest) -> Vec<Row> {
        let lang = self.lang;
        let (from, to) = match m.direction {
            MoveDirection::SpotToFutures => ("form.spot", "form.futures"),
            MoveDirection::FuturesToSpot => ("form.futures", "form.spot"),
        };
        let balance = self.balance(&m.coin, |before| match m.direction {
            MoveDirection::SpotToFutures => before.checked_sub(m.amount),
            MoveDirection::FuturesToSpot => before.checked_add(m.amount),
        });
        vec![
            self.amount("form.row.move", m.amount, &m.coin),
            Row::air(),
            Row::new("form.row.from", lang.t(from), Emphasis::Strong),
            Row::new("form.row.to_side", lang.t(to), Emphasis::Strong),
            Row::air(),
            Row { label: Some("form.row.spot"), ..balance },
            self.futures_balance(m),
            Row::air(),
            Row::more(lang.t("form.move_history"), Emphasis::Muted).may(),
        ]
    }

    /// What can be moved out of the futures side before and after a move, and how old that is.
    fn futures_balance(&self, m: &MoveRequest) -> Row {
        let lang = self.lang;
        let reading = self.facts.futures.reading(m.coin.raw());
        let before = self.movable(&m.coin);
        let after = before.and_then(|before| match m.direction {
            MoveDirection::SpotToFutures => before.checked_add(m.amount),
            MoveDirection::FuturesToSpot => before.checked_sub(m.amount),
        });
        let (Some(reading), Some(before)) = (reading, before) else {
            return Row::new("form.row.futures", lang.t("form.futures_unreadable"), Emphasis::Muted);
        };
        // What is more than can be moved leaves nothing: the fault below says so.
        let after = after.filter(|after| !after.is_negative());
        let (before, coin) = (grouped(before.trimmed()), m.coin.excerpt(NAME));
        let text = match after {
            _ if self.is_hidden => MASKED.to_owned(),
            Some(after) => {
                let values = [("before", &*before), ("after", &grouped(after.trimmed())), ("coin", &coin)];
                lang.fill("form.futures_change", &values)
            }
            None => lang.fill("futures.movable", &[("amount", &format!("{before} {coin}"))]),
        };
        let age = span(self.facts.machine_now.since(reading.at).max(0), lang);
        Row::new("form.row.futures", text, Emphasis::Plain)
            .aside(lang.fill("form.read_ago", &[("span", &age)]), Emphasis::Muted)
    }

    fn cancel(&self, id: &UntrustedText) -> Vec<Row> {
        let mut rows = match self.facts.target {
            Some(record) => self.record(record),
            None => vec![Row::new("form.row.record", id.excerpt(LIMIT), Emphasis::Strong)],
        };
        rows.push(Row::air());
        rows.push(Row::more(self.lang.t("form.cancel_race"), Emphasis::Plain));
        rows
    }

    /// A record that is taken back, as it was read.
    pub fn record(&self, record: &Record) -> Vec<Row> {
        let lang = self.lang;
        let mut rows = self.record_amount(record);
        rows.extend(record.network.iter().map(|n| Row::new("form.row.network", n.excerpt(LIMIT), Emphasis::Plain)));
        rows.push(match (&record.receiver, &record.address) {
            (Some(to), _) => Row::new("form.row.to", receiver_text(to), Emphasis::Strong),
            (None, Some(address)) => Row::of("form.row.to_address", Value::Groups(address.excerpt(LIMIT), None)),
            (None, None) => Row::new("form.row.to", lang.t("absent.not_said"), Emphasis::Muted),
        });
        rows.extend(record.memo.iter().map(|memo| Row::new("form.row.memo", memo.excerpt(LIMIT), Emphasis::Plain)));
        let word = record.status.word();
        let status = lang
            .find(&format!("status.{word}"))
            .map_or_else(|| UntrustedText::from(word).excerpt(LIMIT), str::to_owned);
        let emphasis = if record.status == Status::Verification { Emphasis::Warning } else { Emphasis::Plain };
        rows.push(Row::new("field.status", status, emphasis));
        rows.extend(record.time.map(Millis::exact).map(|time| Row::new("field.time", time, Emphasis::Plain).may()));
        rows.push(Row::new("form.row.record", record.key.id.excerpt(LIMIT), Emphasis::Plain));
        rows
    }

    /// What a record moved: of a withdrawal the gross where it is known, else the net, each under its name. Of the others the
    /// exchange says one amount (`reference.md §4.7`).
    fn record_amount(&self, record: &Record) -> Vec<Row> {
        let lang = self.lang;
        let is_withdrawal = record.key.kind == Kind::Withdrawal;
        match (self.gross.or_else(|| record.gross()).filter(|_| is_withdrawal), record.amount) {
            (Some(gross), _) => vec![self.amount("field.gross", gross.trimmed(), &record.coin)],
            (None, Some(net)) if is_withdrawal => vec![
                self.amount("field.net", net.trimmed(), &record.coin),
                Row::more(lang.t("form.gross_unknown"), Emphasis::Muted),
            ],
            (None, Some(amount)) => vec![self.amount("form.row.amount", amount.trimmed(), &record.coin)],
            (None, None) => vec![Row::new("form.row.amount", lang.t("absent.unknown"), Emphasis::Strong)],
        }
    }

    /// An amount with what it is worth at its end.
    fn amount(&self, label: &'static str, amount: Amount, coin: &UntrustedText) -> Row {
        let row = Row::new(label, money(amount, coin), Emphasis::Strong);
        let Some(unit) = self.unit else { return row };
        match self.facts.prices.value(coin, amount, unit) {
            Some(value) => row.aside(format!("≈ {} {}", value_text(value, unit), unit.excerpt(UNIT)), Emphasis::Muted),
            None => row.aside(self.lang.t("absent.no_price"), Emphasis::Muted),
        }
    }

    /// What is available on the spot side, by the last reading.
    fn available(&self, coin: &UntrustedText) -> Option<Amount> {
        self.facts.balances?.value.iter().find(|b| b.coin == *coin)?.available
    }

    /// What can be moved out of the futures side, by the last reading.
    fn movable(&self, coin: &UntrustedText) -> Option<Amount> {
        self.facts.futures.reading(coin.raw())?.balance.as_ref()?.movable
    }

    /// What is available before and after, and how old that is.
    fn balance(&self, coin: &UntrustedText, after: impl Fn(Amount) -> Option<Amount>) -> Row {
        let lang = self.lang;
        let before = self.available(coin);
        let text = match (before, before.and_then(after)) {
            _ if self.is_hidden => MASKED.to_owned(),
            (Some(before), Some(after)) => {
                let [before, after] = [before, after].map(|a| grouped(a.trimmed()));
                let values = [("before", &*before), ("after", &*after), ("coin", &coin.excerpt(NAME))];
                lang.fill("form.spot_change", &values)
            }
            _ => lang.t("absent.unknown").to_owned(),
        };
        let age = self.facts.balances.map(|balances| span(balances.age_ms.max(0), lang));
        let age = age.map(|age| lang.fill("form.read_ago", &[("span", &age)])).unwrap_or_default();
        Row::new("form.row.balance", text, Emphasis::Plain).aside(age, Emphasis::Muted)
    }
}

/// Marks the group that must be typed. It is not shown before: it is typed from where the address came from.
fn mark(row: &mut Row, group: &Group, is_typed: bool) {
    let Value::Groups(text, marked) = &mut row.value else { return };
    let mut groups = groups_of_four(text);
    let Some(found) = groups.get_mut(group.index) else { return };
    if !is_typed {
        *found = mask(found);
        *text = groups.concat();
    }
    *marked = Some(group.index);
}

/// As many dots as there are characters.
pub fn mask(group: &str) -> String {
    group.chars().map(|_| '·').collect()
}

fn listed<'a>(facts: &Facts<'a>, coin: &UntrustedText) -> Option<&'a Coin> {
    facts.coins?.value.iter().find(|c| c.name == *coin)
}

/// Native, or by which contract; the end of it tells which.
pub fn contract_text(network: &Network, lang: Lang) -> String {
    match network.contract.as_ref().filter(|contract| !contract.is_empty()) {
        None => lang.t("form.native").to_owned(),
        Some(contract) => {
            let shown = contract.excerpt(LIMIT);
            let from = shown.char_indices().rev().nth(CONTRACT_TAIL - 1).map_or(0, |(at, _)| at);
            lang.fill("form.contract", &[("tail", &shown[from..])])
        }
    }
}

fn money(amount: Amount, coin: &UntrustedText) -> String {
    format!("{} {}", grouped(amount.trimmed()), coin.excerpt(LIMIT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RecordKey;
    use crate::domain::preflight::Snapshot;
    use crate::domain::rules::Limits;

    const TO: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";

    fn rows(request: &Request, group: Option<(&Group, bool)>) -> Vec<Row> {
        let (known, limits) = (Snapshot::default(), Limits::default());
        let facts = known.facts(&limits, Millis(1_795_000_000_000));
        let reviewed =
            Reviewed { facts: &facts, fees: None, gross: None, unit: None, is_hidden: false, group, lang: Lang::En };
        reviewed.rows(request, &[])
    }

    fn groups(rows: &[Row]) -> (&str, Option<usize>) {
        let found = rows.iter().find_map(|row| match &row.value {
            Value::Groups(text, marked) => Some((text.as_str(), *marked)),
            _ => None,
        });
        found.unwrap()
    }

    #[test]
    fn the_group_that_is_asked_for_is_shown_once_it_is_typed() {
        let withdraw = Request::Withdraw(WithdrawRequest {
            coin: "TRX".into(),
            network: "Tron (TRC-20)".into(),
            address: TO.into(),
            memo: None,
            gross: "20.5".parse().unwrap(),
        });
        let group = Group { index: 3, text: "dTMm".into() };
        assert_eq!(groups(&rows(&withdraw, None)), (TO, None));
        assert_eq!(groups(&rows(&withdraw, Some((&group, true)))), (TO, Some(3)));
        let hidden = rows(&withdraw, Some((&group, false)));
        assert_eq!(groups(&hidden), ("TJmW5D1p1LnM····xuY1VELHht7v5HV7rU", Some(3)));
        assert!(!format!("{hidden:?}").contains("dTMm"), "nowhere on the page");
    }

    #[test]
    fn the_amount_of_a_record_is_called_gross_or_net_as_it_is() {
        let a = |text: &str| text.parse::<Amount>().ok();
        let (known, limits) = (Snapshot::default(), Limits::default());
        let facts = known.facts(&limits, Millis(1_795_000_000_000));
        let first = |gross, record: &Record| {
            let reviewed = Reviewed {
                facts: &facts,
                fees: None,
                gross,
                unit: None,
                is_hidden: false,
                group: None,
                lang: Lang::En,
            };
            let rows = reviewed.record(record);
            let Value::Words(text, _) = &rows[0].value else { unreachable!() };
            let more = if rows[1].label.is_none() { format!("{:?}", rows[1].value) } else { String::new() };
            (rows[0].label.unwrap(), text.clone(), more.contains("gross not known"))
        };
        let net: Record = Record { amount: a("30.25"), ..Record::bare(Kind::Withdrawal, "7", "USDT") };
        let shown = |label, amount: &str, is_net| (label, format!("{amount} {}", net.coin.raw()), is_net);
        assert_eq!(first(None, &net), shown("field.net", "30.25", true));
        assert_eq!(first(a("31.25"), &net), shown("field.gross", "31.25", false));
        let told = Record { fee: a("1"), ..net.clone() };
        assert_eq!(first(None, &told), shown("field.gross", "31.25", false));
        let transfer = Record { key: RecordKey { kind: Kind::TransferOut, id: "7".into() }, ..net.clone() };
        assert_eq!(first(None, &transfer), shown("form.row.amount", "30.25", false));
    }

    #[test]
    fn a_receiver_of_whom_a_part_is_asked_for_is_nowhere_whole() {
        for (to, whole) in [
            (Receiver::Uid("551203998".into()), "551203998"),
            (Receiver::Email("mira@example.com".into()), "mira@example.com"),
            (Receiver::Phone { country_code: "+44".into(), number: "7700900123".into() }, "7700900123"),
        ] {
            let amount = "5".parse().unwrap();
            let transfer = TransferRequest { out_biz_id: "".into(), coin: "USDT".into(), amount, to, remark: None };
            let transfer = Request::Transfer(transfer);
            let group = Group { index: 1, text: whole[4..8].to_owned() };
            assert!(format!("{:?}", rows(&transfer, None)).contains(whole));
            assert!(!format!("{:?}", rows(&transfer, Some((&group, false)))).contains(whole), "{whole}");
        }
    }
}
