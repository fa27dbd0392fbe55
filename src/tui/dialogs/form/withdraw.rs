//! The withdrawal form: what it asks for, what can be chosen, what is said under each field, and what its review shows.

use super::{Checked, network_of};
use crate::domain::address::MAX_LENGTH;
use crate::domain::address_book::Entry as BookEntry;
use crate::domain::fees::{self, Estimate, Learnt};
use crate::domain::review::{MASKED, contract_text};
use crate::domain::rules::{
    Fault, Field as RuleField, MemoChoice, WithdrawInput, check_withdraw, coin_state, network_state, typed_amount,
};
use crate::domain::text_width::{relative, span};
use crate::domain::{Amount, Coin, Kind, MemoRule, Network, Request, UntrustedText, Wording as _};
use crate::tui::effect::CoinNetwork;
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, FormKind};
use crate::tui::widgets::review_layout::Emphasis;

/// The most characters of an address that can be typed.
const ADDRESS: usize = MAX_LENGTH;
/// The most characters of a memo that can be typed.
const MEMO: usize = RuleField::Memo.room();
/// The most characters of an amount that can be typed.
const AMOUNT: usize = RuleField::Amount.room();
/// How much of a foreign name is shown, in graphemes.
pub(super) const NAME: usize = 40;

impl State {
    pub(in crate::tui) fn withdraw_start(&self) -> Form {
        let mut coin = Field::new(FieldId::Coin, Entry::Picked);
        let mut network = Field::new(FieldId::Network, Entry::Picked);
        let mut address = Field::new(FieldId::Address, Entry::Suggested(ADDRESS));
        let mut memo = Field::new(FieldId::Memo, Entry::Typed(MEMO));
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = self.selected_record().filter(|r| r.key.kind == Kind::Withdrawal) {
            coin = coin.choosing(plain(&record.coin));
            if let Some(name) = &record.network {
                network = network.choosing(plain(name));
                // What stands in the history may have been put there by somebody else. Only what was paid successfully
                // or was named by the user is worth repeating.
                if let Some(to) = &record.address
                    && self.book.is_known(&record.coin, name, to, record.memo.as_ref())
                {
                    address = address.holding(to);
                    memo = record.memo.as_ref().map_or(memo.clone(), |text| memo.holding(text));
                }
            }
        }
        let amount = Field::new(FieldId::Amount, Entry::Typed(AMOUNT));
        let mut form = Form::new(FormKind::Withdraw, vec![coin, network, address, memo, amount]);
        self.withdraw_settle(&mut form, Some(FieldId::Coin));
        form.start_here();
        form
    }

    pub(in crate::tui) fn withdraw_choices(&self, form: &Form, field_id: FieldId) -> Vec<Choice> {
        let filter = form.field(field_id).map_or("", Field::filter).trim();
        match field_id {
            FieldId::Coin => self.coin_choices(filter),
            FieldId::Network => {
                let networks = self.listed_coin(form.value(FieldId::Coin)).map_or(&[][..], |c| c.networks.as_slice());
                let fits = |n: &&Network| {
                    holds(n.name.raw(), filter) || n.chain.as_ref().is_some_and(|c| holds(c.raw(), filter))
                };
                let networks: Vec<&Network> = networks.iter().filter(fits).collect();
                let fees = self.fees_over(form.value(FieldId::Coin), &networks);
                let choices = networks.into_iter().zip(fees).map(|(n, fee)| self.network_choice(form, n, fee.as_ref()));
                let mut choices: Vec<Choice> = choices.collect();
                choices.sort_by_key(|choice| choice.closed.is_some());
                choices
            }
            FieldId::Address => self.address_choices(form, filter),
            FieldId::Memo if self.memo_rule(form) == Some(&MemoRule::Optional) && filter.is_empty() => {
                let is_chosen = form.field(FieldId::Memo).is_some_and(|f| f.chosen().is_some());
                let none =
                    Choice { name: self.lang().t("form.no_memo").to_owned(), ..plain(&UntrustedText::default()) };
                if is_chosen { Vec::new() } else { vec![none] }
            }
            _ => Vec::new(),
        }
    }

    /// Coins that are held first, closed ones last with the reason.
    fn coin_choices(&self, filter: &str) -> Vec<Choice> {
        let coins = self.coins.value().map_or(&[][..], Vec::as_slice);
        let fits =
            |c: &&Coin| holds(c.name.raw(), filter) || c.full_name.as_ref().is_some_and(|n| holds(n.raw(), filter));
        let mut found: Vec<(bool, bool, bool, &Coin, Option<Amount>)> = coins
            .iter()
            .filter(fits)
            .map(|c| {
                let available = self.available(&c.name);
                let is_held = available.is_some_and(Amount::is_positive);
                let is_exact = c.name.raw().eq_ignore_ascii_case(filter);
                (!is_exact, coin_state(c).is_err(), !is_held, c, available)
            })
            .collect();
        found.sort_by(|a, b| (a.0, a.1, a.2, &a.3.name).cmp(&(b.0, b.1, b.2, &b.3.name)));
        let choice = |(_, _, _, coin, available): (bool, bool, bool, &Coin, Option<Amount>)| {
            let mut about = coin.full_name.as_ref().map(|n| n.excerpt(NAME)).unwrap_or_default();
            if let Some(available) = available.filter(|a| a.is_positive() && !self.hidden) {
                let available = grouped(available.trimmed());
                about = format!("{about} · {}", self.lang().fill("form.available", &[("amount", &available)]));
            }
            let closed = coin_state(coin).err().map(|fault| self.closed_text(&fault));
            Choice { about, closed, ..plain(&coin.name) }
        };
        found.into_iter().map(choice).collect()
    }

    /// Why a line of a list cannot be chosen; its name stands beside it.
    fn closed_text(&self, fault: &Fault) -> String {
        let is_known = matches!(fault, Fault::CoinClosed { .. } | Fault::NetworkClosed { .. });
        self.lang().t(if is_known { "form.choice_closed" } else { "form.choice_unknown" }).to_owned()
    }

    /// A network as it is compared with others: whether it is open, the least amount, what the last withdrawal cost and how
    /// long one usually takes, as far as the account's own history tells.
    fn network_choice(&self, form: &Form, network: &Network, fee: Option<&Learnt>) -> Choice {
        let lang = self.lang();
        let place = CoinNetwork { coin: form.value(FieldId::Coin).into(), network: network.name.clone() };
        let closed = network_state(network).err().map(|fault| {
            let why = self.closed_text(&fault);
            let open = self.last_open.get(&place).filter(|_| matches!(fault, Fault::NetworkClosed { .. }));
            let open = open.map(|at| span(self.now.since(*at).max(0), lang));
            open.map_or(why, |span| lang.fill("form.choice_closed_since", &[("span", &span)]))
        });
        let mut about = Vec::new();
        if closed.is_none() {
            about.push(lang.t("form.network_open").to_owned());
        }
        about.extend(
            network.withdraw_min.map(|least| lang.fill("form.network_least", &[("amount", &grouped(least.trimmed()))])),
        );
        if let Some(fee) = fee {
            about.push(lang.fill("form.network_fee", &[("amount", &grouped(fee.last.trimmed()))]));
        }
        if let Some(usual) = self.usual_time(&place.coin, &place.network) {
            about.push(lang.fill("form.network_usual", &[("span", &span(usual, lang))]));
        }
        if network.memo == MemoRule::Required {
            about.push(lang.t("form.memo_required").to_owned());
        }
        Choice { about: about.join(" · "), closed, ..plain(&network.name) }
    }

    fn least_text(&self, form: &Form, network: &Network) -> Option<String> {
        let coin = UntrustedText::from(form.value(FieldId::Coin)).excerpt(NAME);
        let least = grouped(network.withdraw_min?.trimmed());
        Some(self.lang().fill("form.least", &[("amount", &least), ("coin", &coin)]))
    }

    /// What the history tells of fees for a coin over each of these networks, in one reading.
    fn fees_over(&self, coin: &str, networks: &[&Network]) -> Vec<Option<Learnt>> {
        let coin = UntrustedText::from(coin);
        let mut fees = vec![None; networks.len()];
        if let Some(records) = self.outgoing.value() {
            records.each(|record| {
                if record.coin.raw() == coin.raw() {
                    let fee = self.charge(record).fee;
                    for (learnt, network) in fees.iter_mut().zip(networks) {
                        fees::learn_fee(learnt, record, fee, &coin, &network.name);
                    }
                }
            });
        }
        fees
    }

    /// Known addresses of the coin and the network that hold what is typed; none once it is one of them.
    fn address_choices(&self, form: &Form, filter: &str) -> Vec<Choice> {
        let (coin, network) =
            (UntrustedText::from(form.value(FieldId::Coin)), UntrustedText::from(form.value(FieldId::Network)));
        let found = self.book.search(&coin, &network, filter);
        if found.iter().any(|entry| entry.address.raw() == filter) {
            return Vec::new();
        }
        let choice = |entry: &BookEntry| {
            let name = entry.address.excerpt(ADDRESS);
            let label = entry.label.as_ref().map(|label| label.excerpt(NAME)).unwrap_or_default();
            let memo = entry.memo.clone().unwrap_or_default();
            Choice {
                name,
                label,
                about: self.use_of(entry),
                also: Some((FieldId::Memo, memo)),
                ..plain(&entry.address)
            }
        };
        found.into_iter().map(choice).collect()
    }

    fn use_of(&self, entry: &BookEntry) -> String {
        let lang = self.lang();
        match entry.last_used {
            _ if entry.count == 0 => lang.t("book.never").to_owned(),
            Some(last) => {
                let last = relative(last, self.exchange_now(), lang, false);
                lang.fill("form.used", &[("n", &entry.count.to_string()), ("last", &last)])
            }
            None => lang.fill("form.used_undated", &[("n", &entry.count.to_string())]),
        }
    }

    fn chosen_network(&self, form: &Form) -> Option<&Network> {
        network_of(self.listed_coin(form.value(FieldId::Coin))?, form.value(FieldId::Network))
    }

    fn memo_rule(&self, form: &Form) -> Option<&MemoRule> {
        self.chosen_network(form).map(|n| &n.memo)
    }

    pub(in crate::tui) fn withdraw_settle(&self, form: &mut Form, changed: Option<FieldId>) {
        if let (Some(FieldId::Coin), Some(coin)) = (changed, self.listed_coin(form.value(FieldId::Coin))) {
            let is_foreign = network_of(coin, form.value(FieldId::Network)).is_none();
            let only = match coin.networks.as_slice() {
                [only] if network_state(only).is_ok() => Some(plain(&only.name)),
                _ => None,
            };
            if is_foreign && let Some(field) = form.field_mut(FieldId::Network) {
                field.clear();
                if let Some(only) = only {
                    field.choose(only);
                }
            }
        }
        let entry = match self.memo_rule(form) {
            // A memo that was typed before must be seen and taken out by the user.
            Some(MemoRule::None) if form.value(FieldId::Memo).is_empty() => Entry::Fixed,
            Some(MemoRule::Optional) => Entry::Suggested(MEMO),
            _ => Entry::Typed(MEMO),
        };
        if let Some(field) = form.field_mut(FieldId::Memo) {
            if entry == Entry::Fixed || !matches!(entry, Entry::Suggested(_)) && field.chosen().is_some() {
                field.clear();
            }
            field.entry = entry;
        }
    }

    pub(in crate::tui) fn withdraw_check(&self, form: &Form) -> Checked {
        let memo = form.field(FieldId::Memo);
        let input = WithdrawInput {
            coin: form.value(FieldId::Coin).to_owned(),
            network: form.value(FieldId::Network).to_owned(),
            address: form.value(FieldId::Address).to_owned(),
            memo: match memo.map_or("", Field::value) {
                "" if memo.is_some_and(|f| f.chosen().is_some()) => MemoChoice::ExplicitNone,
                "" => MemoChoice::Undecided,
                text => MemoChoice::Text(text.to_owned()),
            },
            amount: form.value(FieldId::Amount).to_owned(),
        };
        let checked = Checked::of(check_withdraw(&input, &self.facts()), Request::Withdraw);
        match self.link_fault(form) {
            None => checked,
            Some(fault) => checked.with_fault(RuleField::Address, fault),
        }
    }

    pub(in crate::tui) fn withdraw_hints(
        &self,
        form: &Form,
        field_id: FieldId,
        checked: &Checked,
    ) -> Vec<(String, Emphasis)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        let coin = UntrustedText::from(form.value(FieldId::Coin));
        match field_id {
            FieldId::Coin => {
                let full = self.listed_coin(coin.raw()).and_then(|c| c.full_name.as_ref()).map(|n| n.excerpt(NAME));
                let available = self.available(&coin).map(|a| {
                    let amount = if self.hidden { MASKED.to_owned() } else { grouped(a.trimmed()) };
                    lang.fill("form.available", &[("amount", &amount)])
                });
                hints.push((full.into_iter().chain(available).collect::<Vec<_>>().join(" · "), Emphasis::Muted));
            }
            FieldId::Network => {
                if let Some(network) = self.chosen_network(form) {
                    let mut parts = vec![contract_text(network, lang)];
                    parts.extend(self.least_text(form, network));
                    if network.memo == MemoRule::Required {
                        parts.push(lang.t("form.memo_required").to_owned());
                    }
                    hints.push((parts.join(" · "), Emphasis::Muted));
                }
            }
            FieldId::Address if checked.fault(field_id).is_none() => {
                let memo = Some(UntrustedText::from(form.value(FieldId::Memo))).filter(|m| !m.is_empty());
                let address = UntrustedText::from(form.value(FieldId::Address).trim_ascii());
                let network = UntrustedText::from(form.value(FieldId::Network));
                if !address.is_empty() && !network.is_empty() {
                    hints.push(self.known_text(&coin, &network, &address, memo.as_ref()));
                }
            }
            FieldId::Memo if self.is_memo_of_known(form) => {
                hints.push((lang.t("form.memo_known").to_owned(), Emphasis::Muted));
            }
            FieldId::Memo => {
                let key = match self.memo_rule(form) {
                    // On a memo typed before; without one the field itself says it.
                    Some(MemoRule::None) if !form.value(FieldId::Memo).is_empty() => Some("form.memo_none"),
                    Some(MemoRule::Optional) => Some("form.memo_optional"),
                    Some(MemoRule::Required) => Some("form.memo_required_long"),
                    Some(MemoRule::None | MemoRule::Unknown) | None => None,
                };
                hints.extend(key.map(|key| (lang.t(key).to_owned(), Emphasis::Muted)));
            }
            FieldId::Amount => {
                if let Ok(gross) = typed_amount(form.value(FieldId::Amount).trim_ascii()) {
                    hints.extend(self.amount_hints(&coin, &UntrustedText::from(form.value(FieldId::Network)), gross));
                }
            }
            _ => {}
        }
        hints.extend(self.link_hints(form, field_id));
        hints
    }

    /// What is left, what it costs, what arrives.
    fn amount_hints(&self, coin: &UntrustedText, network: &UntrustedText, gross: Amount) -> Vec<(String, Emphasis)> {
        let lang = self.lang();
        let left = self.available(coin).and_then(|a| a.checked_sub(gross)).filter(|left| !left.is_negative());
        let mut parts = Vec::new();
        if let Some(left) = left.filter(|_| !self.hidden) {
            parts.push(lang.fill("form.left", &[("amount", &grouped(left.trimmed()))]));
        }
        let mut warned = None;
        if gross.is_positive() {
            match self.estimate(coin, network, gross) {
                Estimate::Unknown => parts.push(lang.t("form.fee_unknown").to_owned()),
                Estimate::AsLast { learnt, net, warning } => {
                    parts.push(lang.fill("form.fee_about", &[("amount", &grouped(learnt.last.trimmed()))]));
                    if let Some(net) = net {
                        parts.push(lang.fill("form.arrives", &[("amount", &grouped(net.trimmed()))]));
                    }
                    warned = warning.map(|w| (lang.t(w.key()).to_owned(), Emphasis::Warning));
                }
            }
        }
        [(parts.join(" · "), Emphasis::Muted)].into_iter().chain(warned).collect()
    }

    fn estimate(&self, coin: &UntrustedText, network: &UntrustedText, gross: Amount) -> Estimate {
        fees::estimate(gross, self.learnt_fees(coin, network))
    }

    /// What the history tells of fees for a coin over a network.
    pub(in crate::tui) fn learnt_fees(&self, coin: &UntrustedText, network: &UntrustedText) -> Option<Learnt> {
        let mut learnt = None;
        if let Some(records) = self.outgoing.value() {
            records.each(|record| fees::learn_fee(&mut learnt, record, self.charge(record).fee, coin, network));
        }
        learnt
    }

    /// True when the memo is the one that belongs to the known address, where it may have been filled in.
    fn is_memo_of_known(&self, form: &Form) -> bool {
        let memo = UntrustedText::from(form.value(FieldId::Memo));
        let [coin, network, address] = [FieldId::Coin, FieldId::Network, FieldId::Address]
            .map(|field_id| UntrustedText::from(form.value(field_id).trim_ascii()));
        !memo.is_empty() && self.book.is_known(&coin, &network, &address, Some(&memo))
    }

    /// What is known of an address.
    fn known_text(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
        address: &UntrustedText,
        memo: Option<&UntrustedText>,
    ) -> (String, Emphasis) {
        let known = self.book.knowledge_of(coin, network, address, memo);
        let emphasis = if known.is_proved() { Emphasis::Muted } else { Emphasis::Warning };
        (known.words(self.lang(), self.exchange_now()), emphasis)
    }
}

/// A line of a list that says nothing but its value.
pub(in crate::tui) fn plain(value: &UntrustedText) -> Choice {
    Choice {
        value: value.clone(),
        also: None,
        name: value.excerpt(NAME),
        label: String::new(),
        about: String::new(),
        closed: None,
    }
}

pub(in crate::tui) fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
