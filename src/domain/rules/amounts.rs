//! Amounts that are out of the ordinary: far above all that went there before, or most of what is held of the coin. They are no
//! fault; a slip of the finger looks just so, and is stopped by typing the amount once more.

use super::Facts;
use crate::domain::address_book::AddressBook;
use crate::domain::locale::Lang;
use crate::domain::value::grouped;
use crate::domain::{Amount, Request, UntrustedText};

/// How much of a foreign name is shown inside a sentence, in graphemes.
const NAME: usize = 40;

/// Why an amount is asked for once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountReason {
    /// More than so many times the greatest payment that ever went there.
    FarAbove {
        /// That payment.
        greatest: Amount,
        /// Its coin.
        coin: UntrustedText,
        /// How many times.
        times: u32,
    },
    /// More than a part of all that is held of the coin, of some worth.
    MostOf {
        /// What is held.
        held: Amount,
        /// The coin.
        coin: UntrustedText,
        /// The part, per cent.
        percent: u32,
    },
}

impl AmountReason {
    /// The sentence, in the user's language.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::FarAbove { greatest, coin, times } => {
                let (greatest, times) = (grouped(greatest.trimmed()), times.to_string());
                let values = [("greatest", greatest.as_str()), ("coin", &coin.excerpt(NAME)), ("times", &times)];
                lang.fill("amount.far_above", &values)
            }
            Self::MostOf { held, coin, percent } => {
                let (held, percent) = (grouped(held.trimmed()), percent.to_string());
                let values = [("held", held.as_str()), ("coin", &coin.excerpt(NAME)), ("percent", &percent)];
                lang.fill("amount.most_of", &values)
            }
        }
    }
}

/// Why the amount of a request is out of the ordinary; `None` where it is not, or where the user does not want to know.
pub fn unusual_amount(request: &Request, facts: &Facts<'_>) -> Option<AmountReason> {
    if !matches!(request, Request::Withdraw(_) | Request::Transfer(_)) {
        return None;
    }
    let (coin, amount) = (request.coin()?, request.amount()?);
    far_above(request, coin, amount, facts).or_else(|| most_of(coin, amount, facts))
}

fn far_above(request: &Request, coin: &UntrustedText, amount: Amount, facts: &Facts<'_>) -> Option<AmountReason> {
    let times = facts.limits.confirm_jump?;
    let before = greatest(request, facts.book);
    if let Some((_, greatest)) = before.iter().find(|(paid, _)| *paid == coin) {
        let is_far = multiplied(*greatest, times).is_some_and(|most| amount > most);
        return is_far.then(|| AmountReason::FarAbove { greatest: *greatest, coin: coin.clone(), times });
    }
    // Paid in other coins only: their worth is compared, where it is known.
    let unit = &facts.limits.confirm_share_above.unit;
    let worth = |coin: &UntrustedText, amount| facts.prices.value(coin, amount, unit);
    let own = worth(coin, amount)?;
    let valued = before.into_iter().filter_map(|(coin, greatest)| Some((worth(coin, greatest)?, coin, greatest)));
    let (most, coin, greatest) = valued.max_by(|a, b| a.0.cmp(&b.0))?;
    let is_far = most.checked_mul(times.into()).is_some_and(|most| own > most);
    is_far.then(|| AmountReason::FarAbove { greatest, coin: coin.clone(), times })
}

/// The greatest payment of each coin that went to where a request goes, whatever the network and memo.
fn greatest<'a>(request: &'a Request, book: &'a AddressBook) -> Vec<(&'a UntrustedText, Amount)> {
    match request {
        Request::Withdraw(w) => book.greatest_to(&w.address),
        Request::Transfer(t) => {
            let known = book.receiver(&t.to).map(|known| known.greatest.as_slice()).unwrap_or_default();
            known.iter().map(|(coin, greatest)| (coin, *greatest)).collect()
        }
        _ => Vec::new(),
    }
}

fn most_of(coin: &UntrustedText, amount: Amount, facts: &Facts<'_>) -> Option<AmountReason> {
    let percent = facts.limits.confirm_share?;
    let mut rows = facts.balances?.value.iter().filter(|balance| balance.coin == *coin);
    let balance = rows.next()?;
    let held = balance.total().or(balance.available)?;
    // What cannot be multiplied exactly is not far from the greatest number there is: rather one question too many.
    let is_most = match (multiplied(amount, 100), multiplied(held, percent)) {
        (Some(part), Some(limit)) => part > limit,
        _ => true,
    };
    let is_worth_it = facts.limits.confirm_share_above.is_passed(coin, amount, facts.prices);
    (is_most && is_worth_it).then(|| AmountReason::MostOf { held, coin: coin.clone(), percent })
}

/// So many times an amount, exact; `None` when that has too many digits.
fn multiplied(amount: Amount, times: u32) -> Option<Amount> {
    Amount::new(amount.mantissa().checked_mul(times.into())?, amount.scale())
}
