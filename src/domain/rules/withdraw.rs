//! The rules of a withdrawal to a chain (`reference.md §4.3`, `§4.11`, `§7.2`).

use regex_lite::{Regex, RegexBuilder};

use super::{Facts, Fault, Field, FieldFault, Findings, MemoChoice, Note, Report, limits, memo, stops};
use crate::domain::address::{self, ChainHint};
use crate::domain::likely::likely;
use crate::domain::{Amount, Coin, Network, Request, UntrustedText, WithdrawRequest, line};

/// A longer pattern is not read.
const MAX_PATTERN: usize = 512;
/// The most memory that a pattern may take, bytes.
const PATTERN_SIZE: usize = 64 * 1024;

/// A withdrawal as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithdrawInput {
    /// The coin, to the letter as the exchange names it.
    pub coin: String,
    /// The network, to the letter as the exchange names it.
    pub network: String,
    /// The address.
    pub address: String,
    /// The memo, or the word that there is none.
    pub memo: MemoChoice,
    /// Gross coin amount.
    pub amount: String,
}

impl WithdrawInput {
    /// As it would have to be typed for this request.
    pub fn of(request: &WithdrawRequest) -> Self {
        Self {
            coin: request.coin.raw().to_owned(),
            network: request.network.raw().to_owned(),
            address: request.address.raw().to_owned(),
            memo: request
                .memo
                .as_ref()
                .map_or(MemoChoice::ExplicitNone, |memo| MemoChoice::Text(memo.raw().to_owned())),
            amount: request.gross.to_string(),
        }
    }
}

/// Whether withdrawals of a coin are open at all.
///
/// # Errors
/// Closed, or not to be read from the list.
pub fn coin_state(coin: &Coin) -> Result<(), Fault> {
    if let Some(why) = &coin.fault {
        return Err(Fault::RuleUnreadable { name: coin.name.clone(), why: why.clone() });
    }
    // Not `coin.open`: a coin that is delisted can still be withdrawn for months (`reference.md §4.11`, `§7.2`).
    match coin.withdraw_open {
        Some(true) => Ok(()),
        Some(false) => Err(Fault::CoinClosed { coin: coin.name.clone() }),
        None => Err(Fault::CoinStateUnknown { coin: coin.name.clone() }),
    }
}

/// Whether withdrawals over a network are open.
///
/// # Errors
/// Closed, or not to be read from the list.
pub fn network_state(network: &Network) -> Result<(), Fault> {
    if let Some(why) = &network.fault {
        return Err(Fault::RuleUnreadable { name: network.name.clone(), why: why.clone() });
    }
    match (network.open, network.withdraw_open) {
        (Some(true), Some(true)) => Ok(()),
        (Some(false), _) | (_, Some(false)) => Err(Fault::NetworkClosed { network: network.name.clone() }),
        _ => Err(Fault::NetworkStateUnknown { network: network.name.clone() }),
    }
}

/// Everything that the rules say about a withdrawal, and the request when nothing is wrong.
pub fn check_withdraw(input: &WithdrawInput, facts: &Facts<'_>) -> Report<WithdrawRequest> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let coin = coin(&mut findings, input, facts);
    let network = coin.and_then(|coin| network(&mut findings, input, coin));
    let hint = network.map(ChainHint::of);
    let memo = network.and_then(|network| {
        let family = hint.and_then(|hint| hint.family());
        memo::check(&mut findings, &network.memo, &input.memo, family)
    });
    let address = address(&mut findings, input, facts, coin, network, memo.as_ref().and_then(Option::as_ref));
    let gross = amount(&mut findings, input, facts, coin, network);
    let request = (|| {
        Some(WithdrawRequest {
            coin: coin?.name.clone(),
            network: network?.name.clone(),
            address: address?,
            memo: memo?,
            gross: gross?,
        })
    })();
    findings.repeated(facts, request.clone().map(Request::Withdraw));
    findings.report(request)
}

/// The one entry with this name.
fn one<'a, T>(
    all: &'a [T],
    name_of: impl Fn(&T) -> &UntrustedText,
    name: &str,
    unknown: impl Fn(UntrustedText, Option<UntrustedText>) -> Fault,
) -> Result<&'a T, Fault> {
    let mut found = all.iter().filter(|entry| name_of(entry).raw() == name);
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => {
            let names: Vec<&str> = all.iter().map(|entry| name_of(entry).raw()).collect();
            Err(unknown(name.into(), likely(name, &names).map(UntrustedText::from)))
        }
        (Some(_), Some(_)) => Err(Fault::Ambiguous { name: name.into() }),
    }
}

fn coin<'a>(findings: &mut Findings, input: &WithdrawInput, facts: &Facts<'a>) -> Option<&'a Coin> {
    let list = findings.list(facts);
    let name = findings.line(Field::Coin, &input.coin)?;
    if name.is_empty() {
        findings.fault(Field::Coin, Fault::Missing);
        return None;
    }
    let unknown = |coin, meant| Fault::UnknownCoin { coin, meant };
    let coin = findings.take(Field::Coin, one(list?, |c: &Coin| &c.name, name, unknown))?;
    // A closed coin still tells its networks' rules: every fault is shown at once.
    findings.take(Field::Coin, coin_state(coin));
    Some(coin)
}

fn network<'a>(findings: &mut Findings, input: &WithdrawInput, coin: &'a Coin) -> Option<&'a Network> {
    let name = findings.line(Field::Network, &input.network)?;
    if name.is_empty() {
        findings.fault(Field::Network, Fault::Missing);
        return None;
    }
    let unknown = |network, meant| Fault::UnknownNetwork { network, meant };
    let network = findings.take(Field::Network, one(&coin.networks, |n: &Network| &n.name, name, unknown))?;
    findings.take(Field::Network, network_state(network));
    Some(network)
}

fn address(
    findings: &mut Findings,
    input: &WithdrawInput,
    facts: &Facts<'_>,
    coin: Option<&Coin>,
    network: Option<&Network>,
    memo: Option<&UntrustedText>,
) -> Option<UntrustedText> {
    let hint = network.map_or(ChainHint { network: "", chain: None }, ChainHint::of);
    // The chain's own check says what was left out around it.
    findings.take(Field::Address, line::check(input.address.trim_ascii(), Field::Address.room()))?;
    let checked = findings.take(Field::Address, address::check(&hint, &input.address))?;
    for note in checked.notes {
        // Before a network is chosen it says nothing that the chain is not known.
        if network.is_some() || note != address::Note::NoChainCheck {
            findings.note(Field::Address, Note::Address(note));
        }
    }
    let (coin, network) = (coin?, network?);
    let typed = checked.address;
    if let Some(stopped) = stops::stop(facts, &typed) {
        findings.fault(Field::Address, stopped);
    }
    match network.address_pattern.as_ref().map(|pattern| matches(pattern.raw(), typed.raw())) {
        Some(Some(false)) => findings.fault(Field::Address, Fault::Pattern),
        Some(None) => findings.note(Field::Address, Note::PatternUnreadable),
        Some(Some(true)) | None => {}
    }
    let is_known = facts.book.is_known(&coin.name, &network.name, &typed, memo);
    if facts.limits.address_book_only && !is_known {
        findings.fault(Field::Address, Fault::NotInBook);
    }
    if let Some(alike) = facts.book.look_alikes(checked.family, &typed).into_iter().next() {
        findings.note(Field::Address, Note::LookAlike { known: alike.known });
    }
    Some(typed)
}

/// Whether the exchange's own pattern finds itself in an address: not anchored, an empty one fits everything
/// (`reference.md §4.11`). `None` when the pattern cannot be read or is too large; then it is no rule.
fn matches(pattern: &str, address: &str) -> Option<bool> {
    if pattern.trim().is_empty() {
        return Some(true);
    }
    if pattern.len() > MAX_PATTERN {
        return None;
    }
    let regex: Regex = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).nest_limit(50).build().ok()?;
    Some(regex.is_match(address))
}

fn amount(
    findings: &mut Findings,
    input: &WithdrawInput,
    facts: &Facts<'_>,
    coin: Option<&Coin>,
    network: Option<&Network>,
) -> Option<Amount> {
    let precision = network.and_then(|n| n.precision);
    let amount = findings.amount(&input.amount, precision);
    let coin = coin?;
    findings.affordable(facts, coin.name.raw(), amount);
    let network = network?;
    if precision.is_none() {
        findings.fault(Field::Amount, Fault::PrecisionUnknown);
    }
    let amount = amount?;
    if let Some(min) = network.withdraw_min.filter(|min| amount < *min) {
        findings.fault(Field::Amount, Fault::BelowMin { min, coin: coin.name.clone() });
    }
    if let Some(max) = network.withdraw_max.filter(|max| amount > *max) {
        findings.fault(Field::Amount, Fault::AboveMax { max, coin: coin.name.clone() });
    }
    let broken = limits::check(facts, &coin.name, amount);
    findings.faults.extend(broken.into_iter().map(|fault| FieldFault { field: Field::Amount, fault }));
    Some(amount)
}
