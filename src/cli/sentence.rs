//! A line for people on the terminal.

use std::io::{self, Write};

use crate::domain::text_width::wrap;

/// Writes a line for people, `indent` before each part of it: broken between words where it goes to a terminal, so that
/// the terminal does not break it within one.
///
/// # Errors
/// When `to` cannot be written.
pub fn sentence(to: &mut dyn Write, indent: &str, line: &str, is_terminal: bool) -> io::Result<()> {
    let columns = if is_terminal { crossterm::terminal::size().map_or(0, |(columns, _)| columns) } else { 0 };
    match usize::from(columns).checked_sub(indent.len()) {
        Some(room) if room > 1 => wrap(line, room).iter().try_for_each(|part| writeln!(to, "{indent}{part}")),
        _ => writeln!(to, "{indent}{line}"),
    }
}
