//! The doctor: looks at the terminal, the configuration, the ledger, the store of the secret, the way to the exchange and
//! the key, and says of each what it found, what that means and what to do. It moves no money and changes nothing.
//!
//! `wallet-tui doctor` and the page on the screen both come from here.

mod machine;
mod tmux;
mod way;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::locale::{Lang, fill};
use crate::domain::{Outcome, Refusal, Request, text};
use crate::engine::config::Settings;
use crate::engine::config::profile::Store;
use crate::engine::explain::Explanation;
use crate::engine::ledger;
use crate::engine::orders::words;
use crate::exchange::Client;
use crate::platform::kernel_keys;

pub use machine::{Terminal, measured_width};

/// What is looked at, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr, strum::Display, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Check {
    /// Size and kind of the terminal.
    Terminal,
    /// How many colours it has.
    Colours,
    /// Whether wide letters are as wide as we think.
    Unicode,
    /// The way a copied text takes.
    Clipboard,
    /// What tmux lets through, where it is in between.
    Tmux,
    /// The configuration file.
    Config,
    /// Where the secret is, and whether it came.
    Store,
    /// The database of orders.
    Ledger,
    /// The proxy.
    Proxy,
    /// The server's name.
    Dns,
    /// A connection to it.
    Tcp,
    /// An encrypted one.
    Tls,
    /// This machine's clock.
    Clock,
    /// A question that needs no key.
    Public,
    /// A question that needs one.
    Signed,
    /// The exchange's limit of requests.
    Rate,
    /// The permission to withdraw.
    Withdraw,
    /// The way to the futures side, where that is another server.
    FuturesServer,
    /// What the futures side says to the key.
    Futures,
}

/// How something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// In order.
    Good,
    /// Worth knowing.
    Note,
    /// Something to mend.
    Bad,
    /// Not looked at; it says why.
    Skipped,
}

impl State {
    /// Told apart without any colour.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Note => "▲",
            Self::Bad => "✗",
            Self::Skipped => "–",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub check: Check,
    /// How it is.
    pub state: State,
    /// What was found and what it means; one line.
    pub says: String,
    /// What to do; empty where there is nothing to do.
    pub next: String,
}

impl Finding {
    fn new(check: Check, state: State, said: &Explanation) -> Self {
        let one_line = |text: &str| text::sanitize(text).into_owned();
        Self { check, state, says: one_line(&said.cause), next: one_line(&said.next) }
    }

    /// The check's name in words.
    pub fn name(&self, lang: Lang) -> &'static str {
        let name: &'static str = self.check.into();
        lang.find(&format!("doctor.name.{name}")).unwrap_or(name)
    }
}

/// Words of the catalogue; the next step where there is one.
fn said(key: &str, values: &[(&str, &str)], lang: Lang) -> Explanation {
    let find = |key: &str| lang.find(key).map(|pattern| fill(pattern, values)).unwrap_or_default();
    Explanation { cause: find(key), next: find(&format!("{key}_next")) }
}

/// Everything that is looked at.
#[derive(Debug, Clone)]
pub struct DiagnosticsInput {
    /// The language of the findings.
    pub lang: Lang,
    /// What the user chose; or the mistake in it, and what would be in force without the file.
    pub settings: Settings,
    /// The mistake in the configuration.
    pub mistake: Option<Explanation>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The exchange; with the key where the store gave the secret.
    pub client: Option<Client>,
    /// Why it is not known which proxy is in force; then there is no client.
    pub proxy_fault: Option<Explanation>,
    /// Why there is no key in the client.
    pub no_key: Option<Explanation>,
    /// Where the secret comes from, in words; `None` for the demo.
    pub store: Option<String>,
    /// Whether the environment holds a secret that this profile does not use.
    pub stray_secret: bool,
    /// The ledger.
    pub ledger: Option<PathBuf>,
    /// The terminal.
    pub terminal: Terminal,
}

/// Looks at everything, in order; `tell` hears of each finding at once.
pub async fn examine(input: &DiagnosticsInput, mut tell: impl FnMut(&Finding) + Send) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |finding: Finding| {
        tell(&finding);
        findings.push(finding);
    };
    for finding in machine::terminal(&input.terminal, input.lang) {
        add(finding);
    }
    if input.terminal.is_tmux {
        add(tmux::finding(tmux::read().await.as_ref(), input.lang));
    }
    add(config(input));
    add(store(input));
    let (ledger, last) = ledger(input);
    add(ledger);
    way::examine(input, last.as_ref(), &mut add).await;
    findings
}

fn config(input: &DiagnosticsInput) -> Finding {
    let lang = input.lang;
    if let Some(mistake) = &input.mistake {
        return Finding::new(Check::Config, State::Bad, mistake);
    }
    let place = input.config.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let values = [("place", place.as_str()), ("profile", input.settings.profile.name.as_str())];
    match &input.config {
        Some(path) if path.exists() => {
            Finding::new(Check::Config, State::Good, &said("doctor.config.good", &values, lang))
        }
        Some(_) => Finding::new(Check::Config, State::Good, &said("doctor.config.none", &values, lang)),
        None => Finding::new(Check::Config, State::Good, &said("doctor.config.nowhere", &values, lang)),
    }
}

fn store(input: &DiagnosticsInput) -> Finding {
    let lang = input.lang;
    if input.mistake.is_some() {
        return Finding::new(Check::Store, State::Skipped, &said("doctor.skipped.config", &[], lang));
    }
    match (&input.store, &input.no_key) {
        (None, None) => Finding::new(Check::Store, State::Good, &said("doctor.store.demo", &[], lang)),
        (_, Some(why)) => Finding::new(Check::Store, State::Bad, why),
        (Some(store), None) if input.stray_secret => {
            Finding::new(Check::Store, State::Note, &said("doctor.store.stray", &[("store", store)], lang))
        }
        (Some(_), None) if input.settings.profile.store == Some(Store::Keyutils) => {
            let kept = kernel_keys::keeps();
            let key = if kept.is_some() { "doctor.store.in_kernel" } else { "doctor.store.in_session" };
            let values = [("kept", kept.as_deref().unwrap_or_default())];
            Finding::new(Check::Store, State::Good, &said(key, &values, lang))
        }
        (Some(store), None) => {
            Finding::new(Check::Store, State::Good, &said("doctor.store.good", &[("store", store)], lang))
        }
    }
}

/// The ledger, and what the newest withdrawal in it says of the permission.
fn ledger(input: &DiagnosticsInput) -> (Finding, Option<(Outcome, String)>) {
    let lang = input.lang;
    let finding = |state, said: &Explanation| Finding::new(Check::Ledger, state, said);
    let aside = |beside: &Path| {
        let place = beside.display().to_string();
        finding(State::Bad, &said("doctor.ledger.aside", &[("place", place.as_str())], lang))
    };
    let path = match input.ledger.as_ref() {
        None if input.mistake.is_some() => {
            return (finding(State::Skipped, &said("doctor.skipped.config", &[], lang)), None);
        }
        None if input.no_key.is_some() => {
            return (finding(State::Skipped, &said("doctor.skipped.key", &[], lang)), None);
        }
        Some(path) if path.exists() => path,
        Some(path) if ledger::has_damage(path).is_ok_and(|has| has) => return (aside(path), None),
        _ => return (finding(State::Good, &said("doctor.ledger.none", &[], lang)), None),
    };
    let place = path.display().to_string();
    match ledger::examine(path) {
        Ok(health) => {
            let (orders, unsettled) = (health.orders.to_string(), health.unsettled.to_string());
            let size = health.bytes.div_ceil(1024).to_string();
            let values = [("orders", orders.as_str()), ("unsettled", &unsettled), ("size", &size), ("place", &place)];
            let (state, key) = match (&health.damage, health.unsettled) {
                (Some(_), _) => (State::Bad, "doctor.ledger.damaged"),
                (None, 0) => (State::Good, "doctor.ledger.good"),
                (None, _) => (State::Note, "doctor.ledger.unsettled"),
            };
            let row = health.unanswered().filter(|_| health.damage.is_none());
            let row = row.map(|row| {
                let values = [("order", &*row.id.0.to_string())];
                finding(State::Bad, &said("doctor.ledger.damaged_order", &values, lang))
            });
            let missing = health.missing_orders.filter(|_| health.damage.is_none()).map(|missing| {
                let words = words::missing_orders(missing, lang);
                finding(State::Bad, &Explanation { next: lang.t("cli.order.damaged_next").to_owned(), ..words })
            });
            let set_aside = health.set_aside.as_ref().filter(|_| health.damage.is_none()).map(|_| aside(path));
            // A withdrawal that failed for another reason says nothing of the permission.
            let tells = |outcome: &Outcome| match outcome {
                Outcome::Accepted { .. } => true,
                Outcome::Refused { code, .. } => Refusal::of_code(code.raw()) == Refusal::Permission,
                _ => false,
            };
            let mut newest = health.newest.into_iter();
            let last = newest.find(|order| matches!(order.request, Request::Withdraw(_)) && tells(&order.outcome));
            let ledger = set_aside.or(missing).or(row).unwrap_or_else(|| finding(state, &said(key, &values, lang)));
            (ledger, last.map(|order| (order.outcome, order.time.exact())))
        }
        Err(why) => {
            let values = [("place", place.as_str()), ("why", &why.to_string())];
            (finding(State::Bad, &said("doctor.ledger.shut", &values, lang)), None)
        }
    }
}

/// Findings as text that is safe to show to others: nothing that names the user, the account, the key or the machine.
pub fn redacted(findings: &[Finding], private: &[String], lang: Lang) -> String {
    let mut out = format!("wallet-tui {}\n", crate::engine::VERSION);
    for finding in findings {
        let mut says = finding.says.clone();
        // The longest first: a shorter one may be a part of it.
        let mut private: Vec<&String> = private.iter().filter(|text| text.len() >= 3).collect();
        private.sort_by_key(|text| std::cmp::Reverse(text.len()));
        for text in private {
            says = without(&says, text);
        }
        // A mistake in the configuration repeats what stands there; where it stands is enough.
        if finding.check == Check::Config && finding.state == State::Bad {
            says = says.split_once(": ").map_or("[…]", |(place, _)| place).to_owned();
        }
        let words: Vec<String> = says.split(' ').map(anonymous).collect();
        out.extend([finding.state.symbol(), " ", finding.name(lang), ": ", &words.join(" "), "\n"]);
    }
    out
}

/// A word without what tells a machine from others: paths and addresses of the network.
fn anonymous(word: &str) -> String {
    let edges = |c: char| matches!(c, '(' | ')' | ',' | ';' | '"' | '“' | '”' | '（' | '）' | '，');
    let core = word.trim_matches(edges);
    let bare = core.trim_end_matches([':', '.']);
    let is_address = bare.parse::<std::net::IpAddr>().is_ok() || bare.parse::<std::net::SocketAddr>().is_ok();
    let is_path = core.starts_with('/') || core.starts_with("~/") || core.starts_with("[…]/") || core.contains("=/");
    if is_path || is_address {
        // Where in a file something stands tells nothing about the file.
        let place: Vec<&str> = core.rsplitn(3, ':').collect();
        let is_place = place.len() == 3 && place[..2].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let kept = if is_place { format!("[…]:{}:{}", place[1], place[0]) } else { "[…]".to_owned() };
        return word.replacen(core, &kept, 1);
    }
    word.to_owned()
}

/// The text without a word; longer words that begin or end like it stay.
fn without(text: &str, word: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, behind) = (&rest[..at], &rest[at + word.len()..]);
        let is_letter = |c: char| c.is_alphanumeric();
        let is_part = before.ends_with(is_letter) && word.starts_with(is_letter)
            || behind.starts_with(is_letter) && word.ends_with(is_letter);
        out.push_str(before);
        out.push_str(if is_part { word } else { "[…]" });
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_nobody() {
        let finding = |says: &str| Finding {
            check: Check::Ledger,
            state: State::Good,
            says: says.to_owned(),
            next: String::new(),
        };
        assert_eq!(without("ann cannot ann", "ann"), "[…] cannot […]");
        let private = ["/home/ann", "/home/ann/.config", "681979174", "k1"].map(str::to_owned);
        let report = redacted(&[finding("/home/ann/.config/x of 681979174")], &private, Lang::En);
        assert!(report.contains("ledger: […] of […]\n"), "{report}");
        let report = redacted(&[finding("your address (10.1.2.3) and 10.1.2.3:80, at /var/x/y.sqlite")], &[], Lang::En);
        assert!(report.contains("your address ([…]) and […], at […]\n"), "{report}");
        let mistake = Finding {
            check: Check::Config,
            state: State::Bad,
            says: "/etc/w/c.toml:3:7: “TJmW5” cannot stand in an address".into(),
            next: String::new(),
        };
        let report = redacted(&[mistake], &[], Lang::En);
        assert!(report.contains("[…]:3:7") && !report.contains("TJmW5") && !report.contains("etc"), "{report}");
    }

    #[test]
    fn every_check_has_a_name_in_both_languages() {
        use strum::IntoEnumIterator as _;
        for lang in [Lang::En, Lang::ZhCn] {
            for check in Check::iter() {
                let name: &'static str = check.into();
                assert!(lang.find(&format!("doctor.name.{name}")).is_some(), "{check}");
            }
        }
    }
}
