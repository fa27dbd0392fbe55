//! `doctor`: the findings of `crate::engine::diagnostics` as lines, as JSON, or as a report that names nobody.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{BAD_INPUT, End, Failure, KEY, MACHINE, NETWORK};
use super::order::key_place;
use super::sentence::sentence;
use super::{Options, ask, connect};
use crate::domain::locale::Lang;
use crate::engine::config::{Environment, Settings};
use crate::engine::diagnostics::{
    Check, DiagnosticsInput, Finding, State, Terminal, examine, measured_width, redacted,
};
use crate::engine::explain::Explanation;
use crate::tui::event_loop::DashboardContext;

/// `doctor`
#[derive(Debug, Clone, Copy, Args)]
pub struct DoctorArgs {
    /// Print one array of objects: check, state, says, next
    #[arg(long, conflicts_with = "report")]
    pub json: bool,
    /// Print a text that is safe to show to others: without account, key, paths, hosts and names
    #[arg(long)]
    pub report: bool,
}

/// Where things are on disk, as far as it is known.
pub struct Places {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// What the program keeps.
    pub data: Option<PathBuf>,
}

/// `doctor`. Ends with 0 when nothing is bad, else with the code of the first bad finding's kind.
///
/// # Errors
/// An [`End`].
pub async fn doctor(
    args: DoctorArgs,
    options: &Options,
    (settings, mistake): (Settings, Option<Explanation>),
    places: Places,
    around: &DashboardContext,
    environment: Environment<'_>,
    out: &mut dyn Write,
) -> Result<(), End> {
    let lang = settings.lang;
    let is_streamed = !args.json && !args.report;
    let mut terminal = Terminal::of(|name| environment(name).and_then(|value| value.into_string().ok()));
    if is_streamed {
        terminal.odd_letters = measured_width();
    }
    let demo = if options.demo { Some(connect::demo(options.chaos, lang).await?) } else { None };
    let mut input = DiagnosticsInput {
        lang,
        mistake,
        config: places.config,
        client: None,
        proxy_fault: None,
        no_key: None,
        store: settings.profile.store.as_ref().map(|store| store.words(lang)),
        stray_secret: around.stray_secret,
        ledger: None,
        terminal,
        settings,
    };
    match &demo {
        Some(demo) => {
            input.client = Some(demo.client.clone());
            input.settings.base_url = demo.client.base().clone();
            input.settings.futures_url = Some(demo.client.futures_base().clone());
            input.settings.profile = demo.profile.clone();
            (input.store, input.config) = (None, None);
        }
        None => find_key(&mut input, places.data, environment).await,
    }
    let mut lines: Vec<u8> = Vec::new();
    let findings = examine(&input, |finding| {
        // On a terminal one after the other, while the next is being looked at.
        if is_streamed && ask::is_terminal() {
            let _ = write_line(finding, lang, &mut std::io::stdout());
        } else if is_streamed {
            let _ = write_line(finding, lang, &mut lines);
        }
    })
    .await;
    out.write_all(&lines)?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings).unwrap_or_default())?;
    }
    if args.report {
        write!(out, "{}", redacted(&findings, &with_uid(&findings, &around.private), lang))?;
    }
    out.flush()?;
    match findings.iter().find(|finding| finding.state == State::Bad) {
        None => Ok(()),
        Some(bad) => Err(End::Said(code(bad.check))),
    }
}

/// The client, with the key where the store gives the secret; and where its ledger is.
async fn find_key(input: &mut DiagnosticsInput, data: Option<PathBuf>, environment: Environment<'_>) {
    let settings = &input.settings;
    let credentials = match &input.mistake {
        // Nothing of the file is in force: its key is not used either.
        Some(_) => None,
        None => match connect::credentials(&settings.profile, environment, input.lang).await {
            Ok(credentials) => Some(credentials),
            Err(failure) => {
                input.no_key = Some(failure.words());
                None
            }
        },
    };
    let path = |(dir, key): (PathBuf, &str)| key_place(&dir, &settings.base_url, key).path();
    input.ledger = data.zip(credentials.as_ref().map(|c| c.key.as_str())).map(path);
    if input.mistake.is_some() && input.config.as_deref().is_some_and(may_name_proxy) {
        input.proxy_fault.clone_from(&input.mistake);
        return;
    }
    if let Some(error) = settings.proxy_fault() {
        input.proxy_fault = Some(Failure::of_settings(&error, input.lang).words());
        return;
    }
    match connect::client(settings, credentials) {
        Ok(client) => input.client = Some(client),
        Err(failure) => input.no_key = Some(failure.words()),
    }
}

/// Whether a configuration file that is not understood may name a proxy, so that no way that leaves it out may be gone.
fn may_name_proxy(path: &Path) -> bool {
    match std::fs::read(path) {
        Ok(text) => String::from_utf8_lossy(&text)
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains("proxy")),
        Err(why) => why.kind() != std::io::ErrorKind::NotFound,
    }
}

fn write_line(finding: &Finding, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let is_terminal = std::io::stdout().is_terminal();
    let said = lang.fill("list.about", &[("what", finding.name(lang)), ("said", &finding.says)]);
    let line = format!("{} {said}", finding.state.symbol());
    sentence(out, "", &line, is_terminal)?;
    if !finding.next.is_empty() {
        sentence(out, "    ", &finding.next, is_terminal)?;
    }
    out.flush()
}

/// The account that was found is private too.
fn with_uid(findings: &[Finding], private: &[String]) -> Vec<String> {
    let is_uid = |text: &str| text.len() >= 5 && text.bytes().all(|b| b.is_ascii_digit());
    let signed = findings.iter().filter(|finding| finding.check == Check::Signed);
    let words = signed.flat_map(|finding| finding.says.split(|c: char| !c.is_ascii_alphanumeric()));
    let found = words.filter(|word| is_uid(word)).map(str::to_owned);
    private.iter().cloned().chain(found).collect()
}

const fn code(check: Check) -> u8 {
    match check {
        Check::Terminal | Check::Colours | Check::Unicode | Check::Clipboard | Check::Tmux | Check::Config => BAD_INPUT,
        Check::Ledger => MACHINE,
        Check::Store | Check::Clock | Check::Signed | Check::Withdraw | Check::Futures => KEY,
        Check::FuturesServer | Check::Proxy | Check::Dns | Check::Tcp | Check::Tls | Check::Public | Check::Rate => {
            NETWORK
        }
    }
}
