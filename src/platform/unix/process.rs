//! What a process asks of its system: to keep its memory to itself, and to open a page.

use rustix::process::{Resource, Rlimit, setrlimit};

/// What opens a page in the user's browser: a program and what stands before the page's address.
pub const PAGE_OPENER: &[&str] = if cfg!(target_os = "macos") { &["open"] } else { &["xdg-open"] };

/// Whether there is a desktop wherever somebody sits at the machine; elsewhere the environment says where its screen is.
pub const HAS_DISPLAY: bool = cfg!(target_os = "macos");

/// What is in memory stays there: no core file is written, and where the system can tell, no other process of the user's may
/// look in. Where it does not let us, the rest is none the worse.
pub fn keep_memory_private() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// What the environment may hold and is no text, for the tests.
#[cfg(test)]
pub fn no_text() -> std::ffi::OsString {
    std::os::unix::ffi::OsStringExt::from_vec(vec![b'a', 0xff])
}
