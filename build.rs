//! Tells the program which commit it is built from: by the repository, else by what an archive of it says.

use std::path::Path;
use std::process::Command;

/// Where git writes the commit when it makes an archive of the sources.
const ARCHIVED: &str = "assets/packaging/commit";

/// The commit of an archive; in a repository stands what git puts it in place of.
fn archived() -> Option<String> {
    let commit = std::fs::read_to_string(ARCHIVED).ok()?;
    commit.get(..12).filter(|commit| commit.bytes().all(|b| b.is_ascii_hexdigit())).map(str::to_owned)
}

fn main() {
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    };
    // Inside of another repository, its commit would be a lie.
    let is_ours = Path::new(".git").exists();
    let commit = is_ours.then(|| git(&["rev-parse", "--short=12", "HEAD"])).flatten().or_else(archived);
    let full = commit.map_or_else(|| version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=WALLET_TUI_VERSION={full}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ARCHIVED}");
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]).filter(|path| is_ours && Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
}
