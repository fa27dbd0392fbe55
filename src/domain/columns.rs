//! The four tables: their names, their columns and how each column sorts.

use std::cmp::Ordering;

use crate::domain::records::{PackedText, RecordRef};
use crate::domain::{Amount, Kind, Millis, Status, UntrustedText, Wording as _};

/// One of the four tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Tab {
    /// What the account holds.
    #[default]
    Balances,
    /// Chain deposits.
    Deposits,
    /// Chain withdrawals.
    Withdrawals,
    /// To and from other users.
    Transfers,
}

impl Tab {
    /// All tabs in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Balances, Self::Deposits, Self::Withdrawals, Self::Transfers];

    /// The position on the screen, from 0.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The tab `steps` to the right, round and round.
    #[must_use]
    pub const fn step(self, steps: usize) -> Self {
        Self::ALL[(self.index() + steps) % Self::ALL.len()]
    }

    /// True when a record stands in this tab. Kinds that the document does not know stand with the chain records.
    pub const fn shows(self, kind: &Kind) -> bool {
        match self {
            Self::Balances => false,
            Self::Deposits => matches!(kind, Kind::Deposit | Kind::OtherIn(_)),
            Self::Withdrawals => matches!(kind, Kind::Withdrawal | Kind::OtherOut(_)),
            Self::Transfers => kind.is_transfer() || kind.is_move(),
        }
    }

    /// The columns, most needed first where the screen is narrow (see `view::table`), in the order of the screen.
    pub const fn columns(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::Balances => &[C::Coin, C::Available, C::InUse, C::Total, C::Price, C::Value, C::Share],
            Self::Deposits => &[C::Time, C::Coin, C::Network, C::Amount, C::Status, C::From, C::TxId, C::Note],
            Self::Withdrawals => {
                &[C::Time, C::Coin, C::Network, C::Gross, C::Fee, C::Net, C::Status, C::To, C::TxId, C::Note]
            }
            Self::Transfers => {
                &[C::Time, C::Direction, C::Coin, C::Amount, C::Fee, C::User, C::Status, C::Remark, C::Note]
            }
        }
    }

    /// The order in which a table opens: most valuable or newest first.
    pub const fn first_sort(self) -> Sort {
        let column = match self {
            Self::Balances => Column::Value,
            _ => Column::Time,
        };
        Sort { column, descending: true }
    }
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    /// The coin.
    Coin,
    /// What can be used now.
    Available,
    /// What orders and pending withdrawals hold.
    InUse,
    /// Both together.
    Total,
    /// Price of one coin in the unit.
    Price,
    /// Value in the unit.
    Value,
    /// Part of the whole value, as a bar.
    Share,
    /// When it was created.
    Time,
    /// The network.
    Network,
    /// What was credited, or what arrives.
    Amount,
    /// What leaves the account.
    Gross,
    /// The fee.
    Fee,
    /// What arrives.
    Net,
    /// How far it got.
    Status,
    /// The paying address.
    From,
    /// The receiving address.
    To,
    /// In or out.
    Direction,
    /// The other user.
    User,
    /// The transaction on the chain.
    TxId,
    /// What the sender wrote.
    Remark,
    /// What the user noted.
    Note,
}

impl Column {
    /// True where a column sorts best from the greatest down when it is first chosen.
    pub const fn starts_descending(self) -> bool {
        matches!(
            self,
            Self::Available
                | Self::InUse
                | Self::Total
                | Self::Price
                | Self::Value
                | Self::Share
                | Self::Time
                | Self::Amount
                | Self::Gross
                | Self::Fee
                | Self::Net
        )
    }

    /// What a record is ordered by in this column, smallest first. What is not known comes before what is.
    pub fn key(self, record: &RecordRef<'_>) -> SortKey {
        match self {
            Self::Coin => SortKey::Text(Some(record.coin.to_text())),
            Self::Network => SortKey::Text(record.network.as_ref().map(PackedText::to_text)),
            Self::Amount | Self::Net => SortKey::Amount(record.amount),
            Self::Gross => SortKey::Amount(record.gross()),
            Self::Fee => SortKey::Amount(record.fee),
            Self::Status => SortKey::Status(record.status.clone()),
            Self::From | Self::To | Self::User => SortKey::Counterparty(record.counterparty()),
            Self::Direction => SortKey::Kind(record.key.kind.clone()),
            Self::TxId => SortKey::Text(record.txid.as_ref().map(PackedText::to_text)),
            Self::Remark => SortKey::Text(record.remark.as_ref().map(PackedText::to_text)),
            _ => SortKey::Time(record.time),
        }
    }
}

/// What a record is ordered by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// A time.
    Time(Option<Millis>),
    /// A coin amount.
    Amount(Option<Amount>),
    /// A text of the record.
    Text(Option<UntrustedText>),
    /// Whom the money came from or goes to.
    Counterparty(Option<UntrustedText>),
    /// How far it got.
    Status(Status),
    /// What it is about.
    Kind(Kind),
}

/// How a table is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By which column.
    pub column: Column,
    /// Greatest first.
    pub descending: bool,
}

impl Sort {
    /// Turns an order of two rows round where the table descends.
    pub const fn directed(self, order: Ordering) -> Ordering {
        if self.descending { order.reverse() } else { order }
    }
}
