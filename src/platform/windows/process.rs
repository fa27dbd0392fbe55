//! What a process asks of its system: to keep its memory to itself, and to open a page.

/// What opens a page in the user's browser: a program and what stands before the page's address. No shell reads it.
pub const PAGE_OPENER: &[&str] = &["rundll32.exe", "url.dll,FileProtocolHandler"];

/// Whether there is a desktop wherever somebody sits at the machine.
pub const HAS_DISPLAY: bool = true;

/// A program is not written to the disk here unless the system is set up for it, and other programs of the user's can look in:
/// nothing is to be done.
pub const fn keep_memory_private() {}

/// What the environment may hold and is no text, for the tests.
#[cfg(test)]
pub fn no_text() -> std::ffi::OsString {
    std::os::windows::ffi::OsStringExt::from_wide(&[0xd800])
}
