//! What the world keeps of the futures side (`reference.md §4.14`).

use crate::domain::Amount;

/// The shape in which the futures side sends its one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A list of one, as the documents say.
    #[default]
    List,
    /// The row alone, as the official demos expect.
    Row,
}

/// What open positions of a margin coin would bring if they were closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unrealised {
    /// This much.
    Fixed(Amount),
    /// What the market makes of it, since this price.
    Market(Amount),
}
