//! Every field of one row, in full: what the detail pane lists and what can be copied from it.

use super::State;
use crate::domain::text_width::span;
use crate::domain::value::{self, MARKET_QUOTE};
pub use crate::domain::value::{grouped, value_text};
use crate::domain::{Amount, Balance, Network, Record, Status, UntrustedText};
use crate::tui::effect::CoinNetwork;

/// The most graphemes of a foreign text that are drawn. No honest one is as long; copying takes all of it.
pub const LIMIT: usize = 1_000;

/// So many samples tell a usual time.
pub(in crate::tui) const SAMPLES: usize = 5;

/// One line of the detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The catalogue key of its name.
    pub label: &'static str,
    /// What it says; never cut.
    pub value: Shown,
    /// What copying it gives; `None` where there is nothing to copy.
    pub copy: Option<UntrustedText>,
    /// True for amounts, addresses and names that the privacy key hides.
    pub private: bool,
}

/// How a field's value is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Plain(String),
    /// In groups of four.
    Grouped(String),
    /// A word with a symbol and a colour.
    Status(Status),
    /// Loudly: something is not as it should be.
    Warning(String),
    /// Quietly: there is nothing to show, and why.
    Absent(&'static str),
    /// A line of the table of networks.
    Network(NetworkLine),
    /// A record of the coin in one line.
    Record(Box<Record>),
}

/// What is compared of networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkLine {
    /// Its name.
    pub name: UntrustedText,
    /// Whether deposits are open, where that is known.
    pub is_in_open: Option<bool>,
    /// Whether withdrawals are.
    pub is_out_open: Option<bool>,
    /// The least withdrawal.
    pub least: Option<Amount>,
    /// The fee that was paid last.
    pub fee: Option<Amount>,
    /// How long a withdrawal usually takes, milliseconds.
    pub usual: Option<i64>,
}

impl State {
    /// Every field of the selected row; empty when nothing is selected.
    pub fn detail_fields(&self) -> Vec<Field> {
        if let Some((at, balance)) = self.selected_balance() {
            return self.balance_fields(at, balance);
        }
        self.selected_record().map(|record| self.record_fields(&record)).unwrap_or_default()
    }

    /// What the copy key takes from the selected row without opening it.
    pub(in crate::tui) fn main_field(&self) -> Option<Field> {
        let fields = self.detail_fields();
        let labels: &[&str] = match self.selected_record() {
            Some(_) => &["field.txid", "field.id"],
            None => &["field.total"],
        };
        labels.iter().find_map(|label| fields.iter().find(|f| f.label == *label && f.copy.is_some())).cloned()
    }

    pub(in crate::tui) fn balance_fields(&self, at: u32, balance: &Balance) -> Vec<Field> {
        let unit = self.unit().shown();
        let coin = self.coin_named(&balance.coin);
        let price = self.price_of(&balance.coin).map(value::rounded_price);
        let price = price.map(|p| (grouped(Amount::from_decimal(p)), p.to_string()));
        let worth = self.value_at(at).map(|v| (value_text(v, self.unit()), v.normalize().to_string()));
        let valued = |label, number: Option<(String, String)>, private| match number {
            Some((shown, copy)) => Field {
                label,
                value: Shown::Plain(format!("≈ {shown} {unit}")),
                copy: Some(UntrustedText::from(copy)),
                private,
            },
            None => absent(label, "absent.no_price"),
        };
        let mut fields = vec![plain("field.coin", &balance.coin)];
        if let Some(name) = coin.and_then(|c| c.full_name.as_ref()) {
            fields.push(plain("field.name", name));
        }
        fields.extend([
            amount("field.available", balance.available, &balance.coin),
            amount("field.in_use", balance.in_use, &balance.coin),
            amount("field.total", balance.total(), &balance.coin),
            valued("field.price", price, false),
            valued("field.value", worth, true),
        ]);
        fields.extend(self.futures_fields(&balance.coin));
        let known = self.coin_detail(&balance.coin);
        for network in coin.map(|c| c.networks.as_slice()).unwrap_or_default() {
            let fee = known.and_then(|known| known.fees.get(&network.name)).map(|learnt| learnt.last);
            fields.push(network_field(network, fee, self.usual_time(&balance.coin, &network.name)));
        }
        for record in known.into_iter().flat_map(|known| &known.recent) {
            let value = Shown::Record(Box::new(record.clone()));
            fields.push(Field { label: "field.recent", value, copy: Some(record.key.id.clone()), private: false });
        }
        fields
    }

    /// How long a withdrawal of a coin over a network usually takes, milliseconds; of a few samples none is told.
    pub(in crate::tui) fn usual_time(&self, coin: &UntrustedText, network: &UntrustedText) -> Option<i64> {
        let place = CoinNetwork { coin: coin.clone(), network: network.clone() };
        self.usual_times.get(&place).filter(|(_, count)| *count >= SAMPLES).map(|(median, _)| (*median).max(0))
    }

    /// What the futures side holds of a coin, where it says so, and when that was read.
    fn futures_fields(&self, coin: &UntrustedText) -> Vec<Field> {
        let Some(reading) = self.futures_of(coin) else { return Vec::new() };
        let Some(futures) = &reading.balance else { return Vec::new() };
        let field = |key: &'static str, amount: Option<Amount>| Field {
            label: "field.futures",
            value: Shown::Plain(self.lang().fill(key, &[("amount", &self.shown_amount(amount))])),
            copy: amount.map(|amount| UntrustedText::from(amount.to_string())),
            private: true,
        };
        let age = span(self.now().since(reading.at).max(0), self.lang());
        let read = self.lang().fill("form.read_ago", &[("span", &age)]);
        vec![
            field("futures.movable", futures.movable),
            field("futures.available", futures.available),
            field("futures.in_positions", futures.in_positions),
            field("futures.on_orders", futures.on_orders),
            field("futures.unrealised", futures.unrealised()),
            field("futures.bonus", futures.bonus),
            Field { label: "field.futures", value: Shown::Plain(read), copy: None, private: false },
        ]
    }

    pub(in crate::tui) fn record_fields(&self, r: &Record) -> Vec<Field> {
        let kind = self.lang().find(&format!("kind.{}", r.key.kind.word()));
        let kind = kind.map_or_else(|| shown(&UntrustedText::from(r.key.kind.word())), str::to_owned);
        let mut fields = vec![
            Field { label: "field.kind", value: Shown::Plain(kind), copy: None, private: false },
            Field {
                label: "field.status",
                value: Shown::Status(r.status.clone()),
                copy: Some(UntrustedText::from(r.status.word())),
                private: false,
            },
            match r.time {
                Some(time) => {
                    let copy = time.iso().map(UntrustedText::from);
                    Field { label: "field.time", value: Shown::Plain(time.exact()), copy, private: false }
                }
                None => absent("field.time", "absent.not_said"),
            },
            plain("field.coin", &r.coin),
        ];
        // What the record itself says needs no ledger.
        let own = r.also_address.as_ref().map(|_| "addresses");
        if let Some(conflict) = self.conflict(&r.key).map(UntrustedText::raw).or(own) {
            let words = self.lang().find(&format!("doubt.{conflict}")).unwrap_or_default();
            let value = Shown::Warning(words.to_owned());
            fields.insert(2, Field { label: "field.doubt", value, copy: None, private: false });
        }
        if let Some(warning) = self.sender_warning(r) {
            let value = Shown::Warning(warning);
            fields.insert(2, Field { label: "field.sender", value, copy: None, private: true });
        }
        match &r.network {
            Some(network) => fields.push(plain("field.network", network)),
            None if r.key.kind.is_transfer() || r.key.kind.is_move() => {}
            None => fields.push(absent("field.network", "absent.not_said")),
        }
        if r.key.kind.is_net() {
            let charge = self.charge(r);
            let reckoned = |field: Field, is_reckoned: bool| match field.value {
                Shown::Plain(text) if is_reckoned => {
                    let text = self.lang().fill("detail.reckoned", &[("amount", &format!("≈ {text}"))]);
                    Field { value: Shown::Plain(text), ..field }
                }
                _ => field,
            };
            let gross = if r.key.kind.is_transfer() { "field.gross_transfer" } else { "field.gross" };
            fields.push(reckoned(amount(gross, charge.gross, &r.coin), charge.is_reckoned));
            fields.push(match charge.fee {
                Some(_) => {
                    reckoned(amount("field.fee", charge.fee, r.coin_of_fee()), charge.is_reckoned && r.fee.is_none())
                }
                None => absent("field.fee", "absent.fee"),
            });
            fields.push(amount("field.net", r.amount, &r.coin));
        } else {
            fields.push(amount("field.amount", r.amount, &r.coin));
        }
        if let Some(value) = r.amount.and_then(|a| self.prices.value(&r.coin, a, self.unit())) {
            let text = format!("≈ {} {}", value_text(value, self.unit()), self.unit().shown());
            fields.push(Field { label: "field.value_now", value: Shown::Plain(text), copy: None, private: true });
        }
        let price = self.timeline.as_ref().filter(|timeline| timeline.key == r.key).and_then(|timeline| timeline.price);
        if let Some(then) = price.zip(r.amount.and_then(Amount::to_decimal_rounded)).and_then(|(p, a)| p.checked_mul(a))
        {
            let quote = UntrustedText::from(MARKET_QUOTE);
            let text = format!("≈ {} {MARKET_QUOTE}", value_text(value::rounded(then, value::places(&quote)), &quote));
            fields.push(Field { label: "field.value_then", value: Shown::Plain(text), copy: None, private: true });
        }
        if !r.key.kind.is_move() {
            self.push_places(&mut fields, r);
        }
        self.push_story(&mut fields, r);
        match &r.remark {
            Some(remark) => fields.push(private("field.remark", Shown::Plain(shown(remark)), remark)),
            None if r.key.kind.is_move() => {}
            None => fields.push(absent("field.remark", "absent.none")),
        }
        if let Some(note) = self.note(&r.key) {
            fields.push(private("field.note", Shown::Plain(shown(note)), note));
        }
        fields.push(plain("field.id", &r.key.id));
        if let Some(id) = &r.out_biz_id {
            fields.push(plain("field.out_biz_id", id));
        }
        fields
    }

    /// When each step of the record was seen, how long it takes, and how long such things usually take.
    pub(in crate::tui) fn push_story(&self, fields: &mut Vec<Field>, r: &Record) {
        let lang = self.lang();
        let mut toast_answer = |label, text: String| {
            fields.push(Field { label, value: Shown::Plain(text), copy: None, private: false });
        };
        let timeline = self.timeline.as_ref().filter(|timeline| timeline.key == r.key);
        for (status, at) in timeline.into_iter().flat_map(|timeline| &timeline.steps) {
            let word =
                lang.find(&format!("status.{}", status.word())).map_or_else(|| status.word().to_owned(), str::to_owned);
            toast_answer("field.step", format!("{} {}", at.exact(), crate::domain::text::sanitize(&word)));
        }
        if !r.status.is_final()
            && let Some(time) = r.time
        {
            toast_answer("field.elapsed", span(self.exchange_now().since(time).max(0), lang));
        }
        // Of a few samples no usual time is told.
        if let Some((median, count)) =
            timeline.and_then(|timeline| timeline.usual).filter(|(_, count)| *count >= SAMPLES)
        {
            let values = [("span", span(median.max(0), lang)), ("count", count.to_string())];
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            toast_answer("field.usual", lang.fill("field.usual_text", &values));
        }
    }

    /// Where from, where to, and the transaction in between.
    pub(in crate::tui) fn push_places(&self, fields: &mut Vec<Field>, r: &Record) {
        let place = |text: &UntrustedText| {
            let value = if r.key.kind.is_transfer() { Shown::Plain } else { Shown::Grouped };
            private("", value(shown(text)), text)
        };
        if let Some(from) = &r.from_address {
            fields.push(Field { label: "field.from", ..place(from) });
        }
        let to = if r.key.kind.is_outgoing() { r.counterparty() } else { r.address.clone() };
        let label = match &r.key.kind {
            kind if kind.is_transfer() => "field.to_user",
            kind if kind.is_outgoing() => "field.to",
            _ => "field.to_own",
        };
        fields.push(match &to {
            Some(to) => Field { label, ..place(to) },
            None => absent(label, "absent.not_said"),
        });
        if let Some(other) = &r.also_address {
            fields.push(Field { label: "field.also_to", ..place(other) });
        }
        if r.key.kind.is_transfer() {
            // A transfer that came in went to this account, of which the exchange need not tell.
            if !r.key.kind.is_outgoing() && to.is_none() {
                fields.pop();
            }
            return;
        }
        fields.push(match &r.memo {
            Some(memo) => private("field.memo", Shown::Plain(shown(memo)), memo),
            None => absent("field.memo", "absent.none"),
        });
        fields.push(match &r.txid {
            Some(txid) => private("field.txid", Shown::Grouped(shown(txid)), txid),
            None if r.key.kind.is_outgoing() && !r.status.is_final() => absent("field.txid", "absent.txid"),
            None => absent("field.txid", "absent.none"),
        });
        if let (Some(network), Some(txid)) = (&r.network, &r.txid)
            && let Some(page) = self.config.explorers.page(network, txid)
        {
            fields.push(private("field.page", Shown::Plain(page.clone()), &UntrustedText::from(page)));
        }
        if !r.key.kind.is_outgoing()
            && let Some(needed) = self.network_of(r).and_then(|n| n.confirmations)
        {
            let value = Shown::Plain(match needed {
                1 => self.lang().t("network.confirmation").to_owned(),
                n => self.lang().fill("network.confirmations", &[("n", &n.to_string())]),
            });
            fields.push(Field { label: "field.confirmations", value, copy: None, private: false });
        }
    }

    pub(in crate::tui) fn coin_named(&self, name: &UntrustedText) -> Option<&crate::domain::Coin> {
        self.coins().value()?.iter().find(|c| c.name == *name)
    }

    pub(in crate::tui) fn network_of(&self, r: &Record) -> Option<&Network> {
        let name = r.network.as_ref()?;
        self.coin_named(&r.coin)?.networks.iter().find(|n| n.name == *name)
    }
}

fn network_field(network: &Network, fee: Option<Amount>, usual: Option<i64>) -> Field {
    let closed_if_network_is = |open: Option<bool>| if network.open == Some(false) { Some(false) } else { open };
    let line = NetworkLine {
        name: network.name.clone(),
        is_in_open: closed_if_network_is(network.deposit_open),
        is_out_open: closed_if_network_is(network.withdraw_open),
        least: network.withdraw_min,
        fee,
        usual,
    };
    Field { label: "field.network", value: Shown::Network(line), copy: Some(network.name.clone()), private: false }
}

fn plain(label: &'static str, text: &UntrustedText) -> Field {
    Field { label, value: Shown::Plain(shown(text)), copy: Some(text.clone()), private: false }
}

fn private(label: &'static str, value: Shown, text: &UntrustedText) -> Field {
    Field { label, value, copy: Some(text.clone()), private: true }
}

fn absent(label: &'static str, why: &'static str) -> Field {
    Field { label, value: Shown::Absent(why), copy: None, private: false }
}

fn amount(label: &'static str, number: Option<Amount>, coin: &UntrustedText) -> Field {
    match number {
        Some(number) => Field {
            label,
            // Zeros at the end, which the exchange fills up to twenty decimals, say nothing; they are copied.
            value: Shown::Plain(format!("{} {}", grouped(number.trimmed()), coin.shown())),
            copy: Some(UntrustedText::from(number.to_string())),
            private: true,
        },
        None => absent(label, "absent.unknown"),
    }
}

fn shown(text: &UntrustedText) -> String {
    text.excerpt(LIMIT)
}
