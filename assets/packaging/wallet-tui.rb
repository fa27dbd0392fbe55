# A Homebrew formula. RELEASE is where the archives of .ci/package lie, SHA256 of each is beside it.
class WalletTui < Formula
  desc "Terminal from which a trader runs the wallet of a Bitunix account, spot and futures"
  version "0.1.0"
  license "MIT"

  on_macos do
    on_arm do
      url "RELEASE/wallet-tui-0.1.0-aarch64-apple-darwin.tar.gz"
      sha256 "SHA256"
    end
    on_intel do
      url "RELEASE/wallet-tui-0.1.0-x86_64-apple-darwin.tar.gz"
      sha256 "SHA256"
    end
  end

  on_linux do
    on_intel do
      url "RELEASE/wallet-tui-0.1.0-x86_64-unknown-linux-musl.tar.gz"
      sha256 "SHA256"
    end
  end

  def install
    bin.install "wallet-tui"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/wallet-tui.bash" => "wallet-tui"
    zsh_completion.install "completions/_wallet-tui"
    fish_completion.install "completions/wallet-tui.fish"
    pkgshare.install "config.example.toml", "config.schema.json", "recipes"
    doc.install "README.md", "CHANGELOG.md", "SECURITY.md", "THIRD-PARTY-LICENSES.txt"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/wallet-tui --version")
    assert_match "USDT", shell_output("#{bin}/wallet-tui --demo balances")
  end
end
