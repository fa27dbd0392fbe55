//! Arguments, error reports, a runtime; then the library takes over.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::config::{HookBuilder, Theme};
use wallet_tui::cli::Cli;
use wallet_tui::cli::completion::answer_shell;
use wallet_tui::cli::start::{refuse, run};
use wallet_tui::platform::process::keep_memory_private;

/// How long tasks that are still under way may take at the end, for instance a name look-up.
const LAST_ORDERS: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    match start() {
        Ok(code) => ExitCode::from(code),
        Err(report) => {
            // Without a place to complain the exit code says it alone.
            let _ = writeln!(std::io::stderr(), "{report:?}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> color_eyre::Result<u8> {
    keep_memory_private();
    // Early, so that the terminal's own hook can put the screen in order before a report is printed.
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || !std::io::stderr().is_terminal();
    let theme = if plain { Theme::new() } else { Theme::dark() };
    HookBuilder::default().theme(theme).display_env_section(false).install()?;
    answer_shell();
    let args: Vec<_> = std::env::args_os().collect();
    let cli = match Cli::parse_from_args(args.clone()) {
        Ok(cli) => cli,
        Err(error) => return Ok(refuse(error, &args, &|name| std::env::var_os(name))),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let code = runtime.block_on(run(cli, &|name| std::env::var_os(name)));
    runtime.shutdown_timeout(LAST_ORDERS);
    code
}
