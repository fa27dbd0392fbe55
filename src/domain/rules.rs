//! The rules between a typed form and a request: what is wrong with each field while it is typed, and, when nothing
//! is, the request itself. The screen and the commands both come through here.
//!
//! Pure: what is known comes in as [`Facts`], with its age. A rule that is missing, cannot be read or is too old blocks
//! and says so; nothing typed is corrected or rounded. Blanks around a typed value are left out, and that is said.

mod amounts;
mod cancel;
mod fault;
mod limits;
mod memo;
mod moves;
mod receiver;
mod repeat;
mod stops;
mod transfer;
mod typed;
mod withdraw;

pub use amounts::{AmountReason, unusual_amount};
pub use cancel::{changed_since, check_cancel, is_returned, too_late};
pub use fault::{Fault, FieldFault, FieldNote, Note, key_words};
pub use limits::{Limit, Limits};
pub use memo::MemoChoice;
pub use moves::{MoveInput, check_move};
pub use receiver::{ReceiverInput, read_receiver, recognise, whole_receiver};
pub use repeat::{Before, DuplicateOf, Paid, RECENT_MS, Sameness, ordered_since, paid_elsewhere};
pub use transfer::{TransferInput, check_transfer};
pub use typed::{NumberFault, Percent, as_thousands, percent_of, typed_amount};
pub use withdraw::{WithdrawInput, check_withdraw, coin_state, network_state};

use super::address_book::AddressBook;
use super::likely::likely;
use super::{Amount, Balance, Coin, FuturesSide, Millis, Order, Prices, Record, Request, UntrustedText, address, line};

/// The exchange's list of coins and networks may be so old, milliseconds.
pub const LIST_MAX_AGE_MS: i64 = 30 * 60_000;
/// Balances may be so old, milliseconds.
pub const BALANCE_MAX_AGE_MS: i64 = 60_000;
/// A price that a limit is measured with may be so old, milliseconds.
pub const PRICE_MAX_AGE_MS: i64 = 30 * 60_000;
/// Decimals of an amount whose coin names no precision, on no network.
pub const ASSUMED_DECIMALS: u32 = 18;

/// Something read from the exchange, and how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh<T> {
    /// What was read.
    pub value: T,
    /// Milliseconds since then.
    pub age_ms: i64,
}

impl<T> Fresh<T> {
    /// A value with its age.
    pub const fn new(value: T, age_ms: i64) -> Self {
        Self { value, age_ms }
    }

    /// False when it is older than `max_ms`, or when a clock that jumped makes it come from the future.
    pub const fn is_fresh(&self, max_ms: i64) -> bool {
        self.age_ms <= max_ms && self.age_ms >= -max_ms
    }
}

/// Everything that is known when a form is checked.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The exchange's list; `None` until it was read.
    pub coins: Option<Fresh<&'a [Coin]>>,
    /// The spot balances; `None` until they were read.
    pub balances: Option<Fresh<&'a [Balance]>>,
    /// The futures side.
    pub futures: &'a FuturesSide,
    /// The time, by this machine's clock: what the futures side's readings are dated by.
    pub machine_now: Millis,
    /// Prices, for limits by value.
    pub prices: &'a Prices,
    /// What the user has limited.
    pub limits: &'a Limits,
    /// The ledger's orders since [`ordered_since`] that may have been executed, oldest first; `None` when they cannot be
    /// read.
    pub ordered: Option<&'a [Order]>,
    /// The ledger's orders whose end is not certain, of any age ([`Outcome::blocks_repeat`](super::Outcome::blocks_repeat)),
    /// newest first; `None` when they cannot be read.
    pub unproven: Option<&'a [Order]>,
    /// Outgoing records of the last minutes, [`RECENT_MS`] at least; whoever ordered them.
    pub recent_payments: &'a [Paid],
    /// The address book.
    pub book: &'a AddressBook,
    /// The account's own user id, where it is known.
    pub own_uid: Option<&'a UntrustedText>,
    /// The record that a cancel is about, as it was last read.
    pub target: Option<&'a Record>,
    /// Exchange time minus machine time, milliseconds; `None` while no answer told it.
    pub clock_offset: Option<i64>,
    /// The time, by the exchange's clock.
    pub now: Millis,
}

/// A field of a form, in the order of reading. `Form` is the form as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum Field {
    /// The form as a whole.
    Form,
    /// The coin.
    Coin,
    /// The network.
    Network,
    /// The address.
    Address,
    /// The memo.
    Memo,
    /// The receiver, in one text of any kind.
    To,
    /// The receiver's user id.
    Uid,
    /// The receiver's country code.
    CountryCode,
    /// The receiver's telephone number.
    Number,
    /// The receiver's e-mail.
    Email,
    /// The amount.
    Amount,
    /// The remark.
    Remark,
}

impl Field {
    /// The most characters that it takes, typed or given to a command.
    pub const fn room(self) -> usize {
        match self {
            Self::CountryCode => 8,
            Self::Uid | Self::Number => 32,
            Self::Amount => 64,
            // RFC 5321.
            Self::To | Self::Email => 254,
            Self::Address => address::MAX_LENGTH,
            // Of a remark: what the exchange takes (`reference.md §4.5`).
            Self::Remark | Self::Memo | Self::Coin | Self::Network | Self::Form => 256,
        }
    }
}

/// What the rules say about a form. There is a request exactly when there is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<R> {
    /// What is wrong, in the order of the fields.
    pub faults: Vec<FieldFault>,
    /// What the user should know although it is not wrong, in the order of the fields.
    pub notes: Vec<FieldNote>,
    request: Option<R>,
}

impl<R> Report<R> {
    /// The request, when nothing is wrong.
    pub const fn request(&self) -> Option<&R> {
        self.request.as_ref()
    }

    /// The first thing that is wrong with a field.
    pub fn fault(&self, field: Field) -> Option<&Fault> {
        self.faults.iter().find(|f| f.field == field).map(|f| &f.fault)
    }

    /// The request, or everything that is wrong.
    ///
    /// # Errors
    /// The faults in the order of the fields; never an empty list.
    pub fn into_result(self) -> Result<R, Vec<FieldFault>> {
        self.request.ok_or(self.faults)
    }
}

/// Faults and notes as they are found.
#[derive(Default)]
struct Findings {
    faults: Vec<FieldFault>,
    notes: Vec<FieldNote>,
}

impl Findings {
    fn fault(&mut self, field: Field, fault: impl Into<Fault>) {
        self.faults.push(FieldFault { field, fault: fault.into() });
    }

    fn note(&mut self, field: Field, note: Note) {
        self.notes.push(FieldNote { field, note });
    }

    /// The value, or `None` and a fault.
    fn take<T>(&mut self, field: Field, result: Result<T, impl Into<Fault>>) -> Option<T> {
        result.map_err(|fault| self.fault(field, fault)).ok()
    }

    /// What was typed, as one line, without the blanks and line ends around it; leaving them out is said. `None`, with its
    /// fault, where it is no such line.
    fn line<'a>(&mut self, field: Field, typed: &'a str) -> Option<&'a str> {
        let text = typed.trim_ascii();
        if !text.is_empty() && text.len() != typed.len() {
            self.note(field, Note::Trimmed);
        }
        self.take(field, line::check(text, field.room()))?;
        Some(text)
    }

    /// Says it when an equal order was accepted before, or given up without a certain end.
    fn repeated(&mut self, facts: &Facts<'_>, request: Option<Request>) {
        let Some(request) = request else { return };
        for before in facts.given_up_before(&request).into_iter().chain(facts.ordered_before(&request)) {
            self.note(Field::Amount, Note::OrderedBefore(before));
        }
    }

    fn report<R>(mut self, request: Option<R>) -> Report<R> {
        if self.faults.is_empty() && request.is_none() {
            // Every missing part has its fault; should one ever have none, the form stays closed and says something.
            self.fault(Field::Form, Fault::Missing);
        }
        self.faults.sort_by_key(|f| f.field);
        self.notes.sort_by_key(|n| n.field);
        let request = request.filter(|_| self.faults.is_empty());
        Report { faults: self.faults, notes: self.notes, request }
    }

    /// The exchange's list, with a fault when it is missing or too old. An old one still serves to find faults with.
    fn list<'a>(&mut self, facts: &Facts<'a>) -> Option<&'a [Coin]> {
        match &facts.coins {
            None => {
                self.fault(Field::Form, Fault::ListMissing);
                None
            }
            Some(list) => {
                if !list.is_fresh(LIST_MAX_AGE_MS) {
                    self.fault(
                        Field::Form,
                        Fault::ListStale {
                            minutes: list.age_ms.saturating_abs() / 60_000,
                            limit: LIST_MAX_AGE_MS / 60_000,
                        },
                    );
                }
                Some(list.value)
            }
        }
    }

    /// A typed amount above zero with no more decimals than allowed.
    fn amount(&mut self, typed: &str, precision: Option<u32>) -> Option<Amount> {
        let text = self.line(Field::Amount, typed)?;
        let amount = self.take(Field::Amount, typed_amount(text))?.trimmed();
        if let Some(other) = as_thousands(text) {
            self.note(Field::Amount, Note::Thousands { read: amount, other });
        }
        if !amount.is_positive() {
            self.fault(Field::Amount, Fault::NotPositive);
            return None;
        }
        match precision {
            Some(allowed) if amount.scale() > allowed => {
                self.fault(Field::Amount, Fault::Decimals { typed: amount.scale(), allowed });
                None
            }
            _ => Some(amount),
        }
    }

    /// Not more than is available on the spot side, by a reading that is fresh enough.
    fn affordable(&mut self, facts: &Facts<'_>, coin: &str, amount: Option<Amount>) {
        let Some(balances) = &facts.balances else {
            self.fault(Field::Amount, Fault::BalanceMissing);
            return;
        };
        if !balances.is_fresh(BALANCE_MAX_AGE_MS) {
            let (seconds, limit) = (balances.age_ms.saturating_abs() / 1000, BALANCE_MAX_AGE_MS / 1000);
            self.fault(Field::Amount, Fault::BalanceStale { seconds, limit });
        }
        let mut rows = balances.value.iter().filter(|b| b.coin.raw() == coin);
        let available = match (rows.next(), rows.next()) {
            (Some(row), None) => row.available,
            // No line, or several for one coin: which one is true cannot be said.
            _ => None,
        };
        match (available, amount) {
            (None, _) => self.fault(Field::Amount, Fault::BalanceUnknown { coin: coin.into() }),
            (Some(available), Some(amount)) if amount > available => {
                self.fault(Field::Amount, Fault::AboveAvailable { available, coin: coin.into() });
            }
            _ => {}
        }
    }

    /// The coin of a transfer or a move, with the decimals that its amounts may have.
    fn own_coin<'a>(&mut self, facts: &Facts<'a>, typed: &'a str) -> Option<(&'a str, u32)> {
        let list = self.list(facts);
        let coin = self.line(Field::Coin, typed)?;
        if coin.is_empty() {
            self.fault(Field::Coin, Fault::Missing);
            return None;
        }
        let listed: Vec<&Coin> = list.unwrap_or_default().iter().filter(|c| c.name.raw() == coin).collect();
        let is_held = facts.balances.is_some_and(|b| b.value.iter().any(|row| row.coin.raw() == coin));
        if listed.is_empty() && !is_held {
            // Without a list the missing list is the fault.
            if let Some(list) = list {
                let names: Vec<&str> = list.iter().map(|c| c.name.raw()).collect();
                let meant = likely(coin, &names).map(UntrustedText::from);
                self.fault(Field::Coin, Fault::UnknownCoin { coin: coin.into(), meant });
            }
            return None;
        }
        let own = listed.iter().find_map(|coin| Some((&coin.name, coin.fault.as_ref()?)));
        let networks = || listed.iter().flat_map(|c| &c.networks);
        let known = networks().filter_map(|n| n.precision).max();
        // Where no network's decimals can be read, one that cannot be read may be the reason.
        let network = networks().find_map(|n| Some((&n.name, n.fault.as_ref()?))).filter(|_| known.is_none());
        if let Some((name, why)) = own.or(network) {
            self.fault(Field::Coin, Fault::RuleUnreadable { name: name.clone(), why: why.clone() });
        }
        if known.is_none() {
            self.note(Field::Amount, Note::PrecisionAssumed { decimals: ASSUMED_DECIMALS });
        }
        Some((coin, known.unwrap_or(ASSUMED_DECIMALS)))
    }
}

#[cfg(test)]
mod tests;
