//! What pages and dialogs are drawn with.

pub mod cells;
pub mod columns;
pub mod format;
pub mod frame;
pub mod paint;
pub(in crate::tui) mod qr;
pub mod review_layout;

use ratatui::layout::Position;

/// What stands in place of every amount, address and name while they are hidden; its width tells nothing.
pub const MASK: &str = "••••";

/// Where the cursor of a text field is drawn.
pub(in crate::tui) type Cursor = Option<Position>;
