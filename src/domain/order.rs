//! Orders: wishes to move money that were written down before they were sent.

use super::{
    Amount, Kind, Millis, MoveRequest, Outcome, Receiver, RecordKey, TransferRequest, UntrustedText, WithdrawRequest,
    address,
};

/// Everything that can be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To a chain.
    Withdraw(WithdrawRequest),
    /// To another user of the exchange.
    Transfer(TransferRequest),
    /// Between spot and futures.
    Move(MoveRequest),
    /// Take back the withdrawal with this id, while the exchange still lets one.
    CancelWithdrawal(UntrustedText),
    /// Take back the transfer with this id, while the exchange still lets one.
    CancelTransfer(UntrustedText),
}

impl Request {
    /// The word that output and the ledger use.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Withdraw(_) => "withdraw",
            Self::Transfer(_) => "transfer",
            Self::Move(_) => "move",
            Self::CancelWithdrawal(_) => "cancel_withdrawal",
            Self::CancelTransfer(_) => "cancel_transfer",
        }
    }

    /// The coin that moves; `None` for a cancel.
    pub const fn coin(&self) -> Option<&UntrustedText> {
        match self {
            Self::Withdraw(w) => Some(&w.coin),
            Self::Transfer(t) => Some(&t.coin),
            Self::Move(m) => Some(&m.coin),
            Self::CancelWithdrawal(_) | Self::CancelTransfer(_) => None,
        }
    }

    /// Gross coin amount; `None` for a cancel.
    pub const fn amount(&self) -> Option<Amount> {
        match self {
            Self::Withdraw(w) => Some(w.gross),
            Self::Transfer(t) => Some(t.amount),
            Self::Move(m) => Some(m.amount),
            Self::CancelWithdrawal(_) | Self::CancelTransfer(_) => None,
        }
    }

    /// True for what takes money out of the account; false for a cancel.
    pub const fn moves_money(&self) -> bool {
        self.amount().is_some()
    }

    /// True when a person would call both the same payment: same money to the same place. Ids and remarks of our own do
    /// not make a payment another one, nor does the case of letters or the spelling of an address: rather one question too many than a payment too many.
    /// Taking something back twice is not a payment, so cancels are never the same wish.
    pub fn is_same_request(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Withdraw(a), Self::Withdraw(b)) => {
                same(&a.coin, &b.coin)
                    && same(&a.network, &b.network)
                    && (same(&a.address, &b.address) || address::is_same(a.address.raw(), b.address.raw()))
                    && address::may_be_same_memo(
                        a.memo.as_ref().map(UntrustedText::raw),
                        b.memo.as_ref().map(UntrustedText::raw),
                    )
                    && a.gross == b.gross
            }
            (Self::Transfer(a), Self::Transfer(b)) => {
                same(&a.coin, &b.coin) && a.amount == b.amount && a.to.is_same(&b.to)
            }
            (Self::Move(a), Self::Move(b)) => {
                a.direction == b.direction && same(&a.coin, &b.coin) && a.amount == b.amount
            }
            _ => false,
        }
    }

    /// True for a cancel.
    pub const fn is_cancel(&self) -> bool {
        matches!(self, Self::CancelWithdrawal(_) | Self::CancelTransfer(_))
    }

    /// The other user of a transfer.
    pub const fn receiver(&self) -> Option<&Receiver> {
        match self {
            Self::Transfer(t) => Some(&t.to),
            _ => None,
        }
    }
}

/// Equal for a person: without blanks around it, in letters of either case.
fn same(one: &UntrustedText, other: &UntrustedText) -> bool {
    one.raw().trim().eq_ignore_ascii_case(other.raw().trim())
}

impl Receiver {
    /// What tells one user from others of the same kind: the user id, the e-mail, or the number without its country code.
    pub const fn name(&self) -> &UntrustedText {
        match self {
            Self::Uid(name) | Self::Email(name) | Self::Phone { number: name, .. } => name,
        }
    }

    /// As one text, in the way in which a form or a command takes it.
    pub fn as_typed(&self) -> UntrustedText {
        match self {
            Self::Uid(text) | Self::Email(text) => text.clone(),
            Self::Phone { country_code, number } => {
                let code = country_code.raw().strip_prefix('+').unwrap_or(country_code.raw());
                UntrustedText::from(format!("+{code} {}", number.raw()))
            }
        }
    }

    /// True when a person would call both the same user: letters in either case, a country code with or without its plus, zeros
    /// before a number or none.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_number = |a: &UntrustedText, b: &UntrustedText| {
            same(a, b) || address::is_same_number(a.raw().trim(), b.raw().trim())
        };
        match (self, other) {
            (Self::Uid(one), Self::Uid(other)) => same_number(one, other),
            (Self::Email(one), Self::Email(other)) => same(one, other),
            (Self::Phone { country_code, number }, Self::Phone { country_code: other_code, number: other_number }) => {
                let bare = |code: &UntrustedText| UntrustedText::from(code.raw().trim().trim_start_matches(['+', '0']));
                same(&bare(country_code), &bare(other_code)) && same_number(number, other_number)
            }
            _ => false,
        }
    }
}

/// The ledger's own number of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub i64);

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AskedBy {
    /// The dashboard.
    Screen,
    /// A command.
    Command,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The ledger's number.
    pub id: OrderId,
    /// Exactly what was (or is to be) sent.
    pub request: Request,
    /// When it was written down, by the exchange's clock as far as it is known.
    pub time: Millis,
    /// When it was last begun to be sent; later than `time` only for a transfer that was sent again under its id.
    pub sent: Millis,
    /// What was available before, in the request's coin; `None` when not known.
    pub available_before: Option<Amount>,
    /// Who asked.
    pub asked_by: AskedBy,
    /// What became of it.
    pub outcome: Outcome,
    /// How often the exchange was looked at for it without finding it.
    pub readings: u32,
    /// When the outcome was last written.
    pub changed: Millis,
}

impl Order {
    /// The record that came of a payment; `None` where there is none or it is not known.
    pub fn record(&self) -> Option<RecordKey> {
        let kind = match &self.request {
            Request::Withdraw(_) => Kind::Withdrawal,
            Request::Transfer(_) => Kind::TransferOut,
            Request::Move(_) | Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => return None,
        };
        match &self.outcome {
            Outcome::Accepted { id, .. } if !id.is_empty() => Some(RecordKey { kind, id: id.clone() }),
            _ => None,
        }
    }
}

/// A row of the ledger that does not fit its checksum, or that no order can be read from. Nothing in it is believed but its
/// number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedOrder {
    /// The ledger's number.
    pub id: OrderId,
    /// The kind that stands in it, where that still is one that this program writes.
    pub kind: Option<&'static str>,
    /// The checksum of what it holds now: an answer of the user counts for this and for nothing that it becomes later.
    pub found: String,
    /// Whether the user has answered for it.
    pub is_answered: bool,
}

impl DamagedOrder {
    /// The words of all kinds of requests.
    pub const KINDS: [&'static str; 5] = ["withdraw", "transfer", "move", "cancel_withdrawal", "cancel_transfer"];

    /// Whether it closes the sending of a request: one of its kind, or of any where its kind cannot be read, until the user
    /// has answered for it.
    pub fn closes(&self, request: &Request) -> bool {
        !self.is_answered && self.kind.is_none_or(|kind| kind == request.kind())
    }
}

/// Orders that were written into a ledger and are not in it any more: the end of the database's log was lost, or the file is an
/// older copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingOrders {
    /// The highest number that was left in it.
    pub last: OrderId,
    /// The highest number that was written; the same where what is missing is that one went again. `None` where what tells it
    /// cannot be read.
    pub written: Option<OrderId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_payment_is_known_again_however_it_is_spelt() {
        let withdraw = |address: &str, memo: Option<&str>, gross: &str| {
            Request::Withdraw(WithdrawRequest {
                coin: "ETH".into(),
                network: "Ethereum (ERC-20)".into(),
                address: address.into(),
                memo: memo.map(UntrustedText::from),
                gross: gross.parse().unwrap(),
            })
        };
        let first = withdraw("0xAbC", None, "1.50");
        assert!(first.is_same_request(&withdraw("0xabc ", Some(""), "1.5")));
        assert!(!first.is_same_request(&withdraw("0xabc", Some("7"), "1.5")));
        assert!(!first.is_same_request(&withdraw("0xabc", None, "1.51")));
        let transfer = |to: Receiver, id: &str| {
            Request::Transfer(TransferRequest {
                out_biz_id: id.into(),
                coin: "USDT".into(),
                amount: "5".parse().unwrap(),
                to,
                remark: Some(id.into()),
            })
        };
        let phone = |code: &str| transfer(Receiver::Phone { country_code: code.into(), number: "138".into() }, code);
        assert!(phone("+86").is_same_request(&phone("0086")) && !phone("86").is_same_request(&phone("1")));
        let mail = |m: &str| transfer(Receiver::Email(m.into()), m);
        assert!(mail("A@b.c").is_same_request(&mail("a@b.c")) && !mail("a@b.c").is_same_request(&phone("86")));
        let cancel = Request::CancelWithdrawal("1".into());
        assert!(!cancel.is_same_request(&cancel), "taking back twice pays nobody twice");
    }
}
