//! What other places say of the package is what Cargo.toml says.

use std::path::Path;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn packaging(file: &str) -> String {
    read(&format!("assets/packaging/{file}"))
}

#[test]
fn recipes_of_packages_agree_with_cargo() {
    let (licence, description) = (env!("CARGO_PKG_LICENSE"), env!("CARGO_PKG_DESCRIPTION"));
    let bare = description.strip_prefix("The ").unwrap();
    // Homebrew wants no article at the beginning.
    for (file, version, words, licensed) in [
        (
            "wallet-tui.rb",
            format!("version \"{VERSION}\""),
            format!("\"T{}\"", &bare[1..]),
            format!("license \"{licence}\""),
        ),
        ("PKGBUILD", format!("pkgver={VERSION}\n"), format!("'{description}'"), format!("license=('{licence}')")),
        (
            "wallet-tui.json",
            format!("\"version\": \"{VERSION}\""),
            format!("\"{description}\""),
            format!("\"license\": \"{licence}\""),
        ),
        (
            "flake.nix",
            format!("version = \"{VERSION}\";"),
            format!("description = \"{description}\";"),
            format!("licenses.{};", licence.to_lowercase()),
        ),
    ] {
        let text = packaging(file);
        for wanted in [version, words, licensed] {
            assert!(text.contains(&wanted), "{file} lacks {wanted}");
        }
    }
    for file in ["wallet-tui.rb", "wallet-tui.json"] {
        let text = packaging(file);
        let archives: Vec<&str> = text.split('"').filter(|part| part.starts_with("RELEASE/")).collect();
        assert!(!archives.is_empty(), "{file}");
        for archive in archives {
            assert!(archive.starts_with(&format!("RELEASE/wallet-tui-{VERSION}-")), "{file}: {archive}");
        }
    }
    assert!(serde_json::from_str::<serde_json::Value>(&packaging("wallet-tui.json")).is_ok());
}

#[test]
fn nothing_names_a_repository_before_there_is_one() {
    let cargo = read("Cargo.toml");
    assert!(
        !cargo.lines().any(|line| line.starts_with("repository")),
        "then the files in assets/packaging name it too"
    );
    assert!(
        cargo
            .contains("pkg-url = \"{ repo }/releases/download/v{ version }/wallet-tui-{ version }-{ target }.tar.gz\"")
    );
    assert!(read("CHANGELOG.md").contains(&format!("\n## {VERSION} ")), "the changes of {VERSION}");
}
