//! Records: what came in, what went out, and how far it got (`reference.md §4.7`, `§4.9`, `§5`).

use std::borrow::Cow;

use super::address::is_same;
use super::text::contains;
use super::{Amount, Millis, UntrustedText};

/// A text of a record, held by itself ([`UntrustedText`]) or among those of many records ([`super::records::PackedText`]).
pub trait Wording: PartialEq {
    /// Exactly what was received; never for the screen.
    fn raw(&self) -> Cow<'_, str>;

    /// The text, held by itself.
    fn to_text(&self) -> UntrustedText;

    /// Whether it holds a word (in small letters already), whatever the case.
    fn holds(&self, word: &str) -> bool;
}

impl Wording for UntrustedText {
    fn raw(&self) -> Cow<'_, str> {
        Cow::Borrowed(Self::raw(self))
    }

    fn to_text(&self) -> UntrustedText {
        self.clone()
    }

    fn holds(&self, word: &str) -> bool {
        contains(Self::raw(self), word)
    }
}

/// What a record is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// From a chain into the account.
    Deposit,
    /// From another user of the exchange.
    TransferIn,
    /// From the account to a chain.
    Withdrawal,
    /// To another user of the exchange.
    TransferOut,
    /// From the futures side to the spot side of the same account; the ledger's own, the exchange lists none
    /// (`reference.md §4.8`).
    MoveToSpot,
    /// From the spot side to the futures side.
    MoveToFutures,
    /// Something the exchange lists among incoming records under a name of its own.
    OtherIn(UntrustedText),
    /// Something the exchange lists among outgoing records under a name of its own.
    OtherOut(UntrustedText),
}

impl Kind {
    /// The word that output and filters use; an unknown kind is the exchange's own word.
    pub fn word(&self) -> &str {
        match self {
            Self::Deposit => "deposit",
            Self::TransferIn => "transfer_in",
            Self::Withdrawal => "withdrawal",
            Self::TransferOut => "transfer_out",
            Self::MoveToSpot => "move_to_spot",
            Self::MoveToFutures => "move_to_futures",
            Self::OtherIn(raw) | Self::OtherOut(raw) => raw.raw(),
        }
    }

    /// True for what reduces the account, and for what leaves its spot side.
    pub const fn is_outgoing(&self) -> bool {
        matches!(self, Self::Withdrawal | Self::TransferOut | Self::MoveToFutures | Self::OtherOut(_))
    }

    /// True for what goes to or comes from another user of the exchange.
    pub const fn is_transfer(&self) -> bool {
        matches!(self, Self::TransferIn | Self::TransferOut)
    }

    /// True for what stays in the account.
    pub const fn is_move(&self) -> bool {
        matches!(self, Self::MoveToSpot | Self::MoveToFutures)
    }

    /// True where the exchange says what is left after the fee: a move has none, and what comes in is told as it came in.
    pub const fn is_net(&self) -> bool {
        self.is_outgoing() && !self.is_move()
    }
}

/// How far a record got (`reference.md §5`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Waits for the user's security check in the exchange's app or site.
    Verification,
    /// Review, broadcast or confirmations; the exchange does not say which.
    Pending,
    /// Done.
    Success,
    /// Failed for good.
    Fail,
    /// Taken back.
    Cancelled,
    /// A word that is not in the document, or none at all: shown as it is, treated as not final.
    Other(UntrustedText),
}

impl Status {
    /// The word that output and filters use; an unknown status is the exchange's own word.
    pub fn word(&self) -> &str {
        match self {
            Self::Verification => "verification",
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Fail => "fail",
            Self::Cancelled => "cancelled",
            Self::Other(raw) => raw.raw(),
        }
    }

    /// True when nothing more will happen.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Success | Self::Fail | Self::Cancelled)
    }
}

/// What makes a record the same record: ids of deposits and of transfers are separate sequences (`reference.md §5`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey<T = UntrustedText> {
    /// What the record is about.
    pub kind: Kind,
    /// The exchange's id, digit for digit.
    pub id: T,
}

/// Another user of the exchange, named in one of the three ways (`reference.md §4.5`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// By user id.
    Uid(UntrustedText),
    /// By telephone.
    Phone {
        /// The country's code, as typed or received.
        country_code: UntrustedText,
        /// The number without the country's code.
        number: UntrustedText,
    },
    /// By e-mail.
    Email(UntrustedText),
}

/// One line of the account's history. What the exchange left out is `None`, never zero and never guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<T = UntrustedText> {
    /// Kind and id.
    pub key: RecordKey<T>,
    /// The coin.
    pub coin: T,
    /// The network; `None` between users.
    pub network: Option<T>,
    /// Coin amount that arrives: **net** for outgoing records, what was credited for incoming ones.
    pub amount: Option<Amount>,
    /// Fee taken, in `fee_coin`; `None` until the exchange says.
    pub fee: Option<Amount>,
    /// Coin of the fee.
    pub fee_coin: Option<T>,
    /// How far it got.
    pub status: Status,
    /// When it was created, by the exchange's clock in whole seconds.
    pub time: Option<Millis>,
    /// Chain address or user id that paid; incoming records only.
    pub from_address: Option<T>,
    /// Chain address or user id that receives.
    pub address: Option<T>,
    /// The other address, where the exchange names two that differ (`reference.md §9`, quirk 4): a contradiction, since
    /// money goes to one.
    pub also_address: Option<T>,
    /// Memo of the address.
    pub memo: Option<T>,
    /// Transaction on the chain; `None` until broadcast.
    pub txid: Option<T>,
    /// What the sender wrote.
    pub remark: Option<T>,
    /// The sender's own id of the order (`outBizId`).
    pub out_biz_id: Option<T>,
    /// The other user of an outgoing transfer, in the way that was chosen.
    pub receiver: Option<Receiver>,
}

impl Record {
    /// A pending record of which only this is told.
    pub fn bare(kind: Kind, id: impl Into<UntrustedText>, coin: impl Into<UntrustedText>) -> Self {
        Self {
            key: RecordKey { kind, id: id.into() },
            coin: coin.into(),
            network: None,
            amount: None,
            fee: None,
            fee_coin: None,
            status: Status::Pending,
            time: None,
            from_address: None,
            address: None,
            also_address: None,
            memo: None,
            txid: None,
            remark: None,
            out_biz_id: None,
            receiver: None,
        }
    }
}

/// The word for records that bear the same id and differ.
pub const SAME_ID: &str = "same_id";

/// The word for a record that the exchange does not list any more.
pub const VANISHED: &str = "vanished";

/// What was ordered here for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// The coin.
    pub coin: UntrustedText,
    /// Coin amount that was to leave, the fee included.
    pub gross: Amount,
}

/// What a payment took from the account, and what of that was its fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Coin amount that left, the fee included where that is in the same coin; `None` where it is not known.
    pub gross: Option<Amount>,
    /// The fee, in [`Record::coin_of_fee`]; `None` where it is not known.
    pub fee: Option<Amount>,
    /// True when the exchange does not say and both come of what was ordered here.
    pub is_reckoned: bool,
}

/// The moment in an id of 19 digits, which is when the record was made (`reference.md §5`). An id that is another kind of
/// number tells any moment.
fn id_time(id: &str) -> Option<Millis> {
    const EPOCH: i64 = 1_288_834_974_657;
    if id.len() != 19 {
        return None;
    }
    let number: i64 = id.parse().ok()?;
    Some(Millis((number >> 22) + EPOCH))
}

/// A record's time is in whole seconds, and may be this much beside the moment in its id, milliseconds.
const SLACK_MS: i64 = 60_000;

impl<T: Wording> Record<T> {
    /// When it was made: by its id where that agrees with its time, else by its time; the id alone where there is no time.
    pub fn created(&self) -> Option<Millis> {
        let [by_id, time] = self.moments();
        match (by_id, time) {
            (Some(by_id), Some(time)) if by_id.since(time).abs() > SLACK_MS => Some(time),
            (by_id, time) => by_id.or(time),
        }
    }

    /// The moments at which it may have been made: that in its id, and its time.
    pub fn moments(&self) -> [Option<Millis>; 2] {
        [id_time(&self.key.id.raw()), self.time]
    }

    /// What left the account, fee included; `None` when net or fee is not known or the fee is in another coin.
    pub fn gross(&self) -> Option<Amount> {
        let fee = self.fee?;
        match &self.fee_coin {
            Some(coin) if *coin != self.coin && !fee.is_zero() => None,
            _ => self.amount?.checked_add(fee),
        }
    }

    /// What it cost, with what was ordered here for it where the exchange does not say (`reference.md §4.7`: while the fee is
    /// not told, it is what was asked for less the record's net).
    pub fn charge(&self, ordered: Option<&Ordered>) -> Charge {
        let told = Charge { gross: self.gross(), fee: self.fee, is_reckoned: false };
        let fits = |ordered: &&Ordered| told.gross.is_none() && ordered.coin.raw() == self.coin.raw();
        let Some(Ordered { gross, .. }) = ordered.filter(fits).cloned() else { return told };
        let fee = match (self.fee, self.amount) {
            (None, Some(net)) => gross.checked_sub(net).filter(|fee| !fee.is_negative()),
            // The exchange says the fee, in another coin.
            (fee, _) => fee,
        };
        match fee {
            Some(_) => Charge { gross: Some(gross), fee, is_reckoned: true },
            None => told,
        }
    }

    /// The coin of its fee: its own where the exchange names none.
    pub fn coin_of_fee(&self) -> &T {
        self.fee_coin.as_ref().unwrap_or(&self.coin)
    }

    /// True for a record that cannot be this one although it bears the same id: what both say, and what never changes, differs.
    pub fn is_another<U: Wording>(&self, other: &Record<U>) -> bool {
        let differ =
            |a: &Option<T>, b: &Option<U>| matches!((a, b), (Some(a), Some(b)) if !is_same(&a.raw(), &b.raw()));
        self.coin.raw() != other.coin.raw()
            || self.amount.zip(other.amount).is_some_and(|(a, b)| a != b)
            || self.time.zip(other.time).is_some_and(|(a, b)| a != b)
            || differ(&self.address, &other.address)
            || differ(&self.from_address, &other.from_address)
            || matches!((&self.receiver, &other.receiver), (Some(a), Some(b)) if a != b)
    }

    /// The record, held by itself.
    pub fn to_record(&self) -> Record {
        let text = |text: &Option<T>| text.as_ref().map(T::to_text);
        Record {
            key: RecordKey { kind: self.key.kind.clone(), id: self.key.id.to_text() },
            coin: self.coin.to_text(),
            network: text(&self.network),
            amount: self.amount,
            fee: self.fee,
            fee_coin: text(&self.fee_coin),
            status: self.status.clone(),
            time: self.time,
            from_address: text(&self.from_address),
            address: text(&self.address),
            also_address: text(&self.also_address),
            memo: text(&self.memo),
            txid: text(&self.txid),
            remark: text(&self.remark),
            out_biz_id: text(&self.out_biz_id),
            receiver: self.receiver.clone(),
        }
    }

    /// Whom the money came from or goes to, in the shortest full form.
    pub fn counterparty(&self) -> Option<UntrustedText> {
        if !self.key.kind.is_outgoing() {
            return self.from_address.as_ref().map(T::to_text);
        }
        // A payment to a chain goes to its address, whatever else the record names.
        if self.key.kind != Kind::TransferOut && self.address.is_some() {
            return self.address.as_ref().map(T::to_text);
        }
        match &self.receiver {
            Some(Receiver::Uid(uid)) => Some(uid.clone()),
            Some(Receiver::Email(email)) => Some(email.clone()),
            Some(Receiver::Phone { country_code, number }) => {
                Some(UntrustedText::from(format!("{} {}", country_code.raw(), number.raw())))
            }
            None => self.address.as_ref().map(T::to_text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_in_the_documents_sample_id_is_its_ctime() {
        let at = id_time("1909877667383767042").unwrap();
        assert!((155..=372).contains(&at.since(Millis(1_744_185_294_000))), "{at:?}");
        assert_eq!(id_time("487067"), None);
    }
}
