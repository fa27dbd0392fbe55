//! The other side of a move: what the futures side holds, and what both sides held at one moment.

use super::{Amount, Balance, Millis, MoveDirection, UntrustedText};

/// One coin on the futures side (`reference.md §4.14`). Coin amounts; `None` when the exchange left one out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuturesBalance {
    /// The margin coin.
    pub coin: UntrustedText,
    /// What can be moved to spot now.
    pub movable: Option<Amount>,
    /// What new positions can be opened with.
    pub available: Option<Amount>,
    /// What open orders hold.
    pub on_orders: Option<Amount>,
    /// What open positions hold.
    pub in_positions: Option<Amount>,
    /// The unrealised profit or loss of positions that share their margin; may be negative.
    pub cross_unrealised: Option<Amount>,
    /// The same of positions with a margin of their own.
    pub isolated_unrealised: Option<Amount>,
    /// What the exchange gave for trading only: it cannot be moved.
    pub bonus: Option<Amount>,
}

impl FuturesBalance {
    /// Available, on orders and in positions together, exact; `None` when one of them is not known. Unrealised profit and loss
    /// are no money yet and not in it.
    pub fn total(&self) -> Option<Amount> {
        self.available?.checked_add(self.on_orders?)?.checked_add(self.in_positions?)
    }

    /// Unrealised profit and loss of all positions; `None` when one of them is not known.
    pub fn unrealised(&self) -> Option<Amount> {
        self.cross_unrealised?.checked_add(self.isolated_unrealised?)
    }

    /// True when there is certainly nothing there.
    pub fn is_empty(&self) -> bool {
        self.total().is_some_and(Amount::is_zero) && self.unrealised().is_none_or(Amount::is_zero)
    }
}

/// What was asked about one coin of the futures side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuturesReading {
    /// The coin.
    pub coin: UntrustedText,
    /// What it holds; `None` where it lists nothing for the coin, which proves nothing.
    pub balance: Option<FuturesBalance>,
    /// When, by this machine's clock.
    pub at: Millis,
}

/// What is known of the futures side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FuturesSide {
    /// It was not asked yet, or has not answered.
    #[default]
    NotRead,
    /// It does not serve this key, this address or this client.
    Refused,
    /// It answered about these coins.
    Read(Vec<FuturesReading>),
}

impl FuturesSide {
    /// What was read about a coin last.
    pub fn reading(&self, coin: &str) -> Option<&FuturesReading> {
        self.readings().iter().find(|reading| reading.coin.raw() == coin)
    }

    /// What was read, coin by coin.
    pub fn readings(&self) -> &[FuturesReading] {
        match self {
            Self::Read(readings) => readings,
            Self::NotRead | Self::Refused => &[],
        }
    }

    /// Takes a reading in the place of an older one of its coin.
    pub fn take(&mut self, reading: FuturesReading) {
        let mut readings = match std::mem::take(self) {
            Self::Read(readings) => readings,
            Self::NotRead | Self::Refused => Vec::new(),
        };
        match readings.iter_mut().find(|known| known.coin == reading.coin) {
            Some(known) => *known = reading,
            None => readings.push(reading),
        }
        *self = Self::Read(readings);
    }

    /// True when the exchange refuses to tell.
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused)
    }
}

/// What one side holds of a coin: coin amounts; `None` where one is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SideAmounts {
    /// What can be used.
    pub available: Option<Amount>,
    /// That, and what orders, positions and pending withdrawals hold.
    pub total: Option<Amount>,
}

impl From<&Balance> for SideAmounts {
    fn from(balance: &Balance) -> Self {
        Self { available: balance.available, total: balance.total() }
    }
}

impl From<&FuturesBalance> for SideAmounts {
    fn from(balance: &FuturesBalance) -> Self {
        Self { available: balance.available, total: balance.total() }
    }
}

impl SideAmounts {
    /// True when anything of it is known.
    pub const fn is_known(&self) -> bool {
        self.total.is_some() || self.available.is_some()
    }

    /// How the side has changed until `later`: by the totals, which orders and positions that are opened leave alone; by what is
    /// available where a total is not known.
    pub fn change_until(&self, later: &Self) -> Option<Amount> {
        match (self.total, later.total) {
            (Some(before), Some(now)) => now.checked_sub(before),
            _ => later.available?.checked_sub(self.available?),
        }
    }
}

/// What both sides hold of a coin at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BothSides {
    /// The spot side.
    pub spot: SideAmounts,
    /// The futures side.
    pub futures: SideAmounts,
}

impl MoveDirection {
    /// What a move of an amount adds to the spot side; negative where it takes. The futures side changes by the opposite.
    pub fn spot_change(self, amount: Amount) -> Option<Amount> {
        match self {
            Self::SpotToFutures => Amount::ZERO.checked_sub(amount),
            Self::FuturesToSpot => Some(amount),
        }
    }
}
