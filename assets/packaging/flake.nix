# A Nix flake, built from these sources: nix build 'path:.?dir=assets/packaging', nix run likewise.
{
  description = "The terminal from which a trader runs the wallet of a Bitunix account, spot and futures";

  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "wallet-tui";
          version = "0.1.0";
          src = ../..;
          cargoLock.lockFile = ../../Cargo.lock;
          buildType = "dist";
          nativeBuildInputs = [ pkgs.installShellFiles pkgs.cmake pkgs.perl ];
          # cmake is for a library inside, not for this package.
          dontUseCmakeConfigure = true;
          # The tests want a terminal, a loopback and the user's services; they run where the program is written.
          doCheck = false;
          postInstall = ''
            program=$out/bin/wallet-tui
            $program man man && installManPage man/*.1
            installShellCompletion --cmd wallet-tui \
              --bash <($program completions bash) --zsh <($program completions zsh) --fish <($program completions fish)
          '';
          meta = {
            description = "The terminal from which a trader runs the wallet of a Bitunix account, spot and futures";
            license = pkgs.lib.licenses.mit;
            mainProgram = "wallet-tui";
          };
        };
      });
    };
}
