//! The console's input: how it takes keys, and what was typed.

use std::io;

use crossterm_winapi::{Console, ConsoleMode, Handle, InputRecord};

/// Ctrl-C is a signal; without it, a key.
pub const SIGNALS: u32 = 0x1;
/// Lines are edited and given as a whole.
pub const LINES: u32 = 0x2;
/// What is typed is shown.
pub const ECHO: u32 = 0x4;
/// A new size is told.
pub const SIZE: u32 = 0x8;
/// Keys come as the sequences that other systems' terminals send, and so do answers, pastes and the mouse.
pub const SEQUENCES: u32 = 0x200;

/// The console of this process, whatever standard input is.
///
/// # Errors
/// There is none.
pub fn input() -> io::Result<Console> {
    Handle::current_in_handle().map(Console::from)
}

/// Sets some modes of its input and takes others away; answers what they were.
///
/// # Errors
/// There is none.
pub fn change_mode(set: u32, unset: u32) -> io::Result<u32> {
    let mode = ConsoleMode::from(Handle::current_in_handle()?);
    let before = mode.mode()?;
    mode.set_mode((before | set) & !unset)?;
    Ok(before)
}

/// Sets the modes of its input.
///
/// # Errors
/// There is none.
pub fn set_mode(modes: u32) -> io::Result<()> {
    ConsoleMode::from(Handle::current_in_handle()?).set_mode(modes)
}

/// Whether its input has a mode.
///
/// # Errors
/// There is none.
pub fn has_mode(mode: u32) -> io::Result<bool> {
    Ok(ConsoleMode::from(Handle::current_in_handle()?).mode()? & mode != 0)
}

/// All that waits there now.
///
/// # Errors
/// The console is gone.
pub fn waiting(console: &Console) -> io::Result<Vec<InputRecord>> {
    let mut all = Vec::new();
    while console.number_of_console_input_events()? > 0 {
        all.extend(console.read_console_input()?);
    }
    Ok(all)
}
