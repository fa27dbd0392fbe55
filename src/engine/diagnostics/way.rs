//! The way to the exchange, step by step, and what it says to questions with and without the key.

use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::{Check, DiagnosticsInput, Finding, State, said};
use crate::domain::locale::Lang;
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{
    Cause, IncomingFilter, LeftOut, Obstacle, Outcome, OutgoingFilter, Problem, Refusal, UntrustedText,
};
use crate::engine::explain::{explain, left_out_row};
use crate::exchange::ProxyInForce;

/// How long each step may take.
const STEP: Duration = Duration::from_secs(8);
/// So many rows that cannot be read are named.
const NAMED: usize = 3;
/// A clock so wrong is worth a word, milliseconds; the program corrects for it.
const CLOCK_NOTE_MS: i64 = 5_000;
/// A clock so wrong closes orders, milliseconds.
const CLOCK_BAD_MS: i64 = 5 * 60_000;

/// What is asked of the exchange itself.
const BEHIND: [Check; 7] =
    [Check::Tls, Check::Clock, Check::Public, Check::Signed, Check::Rate, Check::Withdraw, Check::Futures];

pub(super) async fn examine(input: &DiagnosticsInput, last: Option<&(Outcome, String)>, add: &mut impl FnMut(Finding)) {
    let lang = input.lang;
    let find = |check, state, key: &str, values: &[(&str, &str)]| Finding::new(check, state, &said(key, values, lang));
    let settings = &input.settings;
    let base = &settings.base_url;
    if let Some(why) = &input.proxy_fault {
        // Not one byte goes a way that nobody chose.
        add(Finding::new(Check::Proxy, State::Bad, why));
        for check in [Check::Dns, Check::Tcp].iter().chain(&BEHIND) {
            add(find(*check, State::Skipped, "doctor.skipped.proxy", &[]));
        }
        return;
    }
    add(proxy(input));
    // What the proxy does behind it cannot be seen; the way to it can.
    let (host, port) = match &settings.network.proxy_of(base) {
        Some(proxy) => ends_of(proxy),
        None => (base.host().to_owned(), base.port()),
    };
    let values = [("host", host.as_str()), ("port", &port.to_string())];
    let is_there = names(&host, port, &values, input, add).await;
    if is_there {
        add(connects(Check::Tcp, &host, port, &values, input).await);
    } else {
        add(find(Check::Tcp, State::Skipped, "doctor.skipped.name", &[]));
    }
    let Some(client) = &input.client else {
        for check in BEHIND {
            add(find(check, State::Skipped, "doctor.skipped.client", &[]));
        }
        return;
    };
    let public = client.list_rates().await;
    let problem = public.as_ref().err();
    add(tls(problem, input));
    add(clock(input));
    add(match problem {
        None => {
            let mut unread = public.as_ref().map(|rates| rates.left_out.clone()).unwrap_or_default();
            unread.extend(client.list_coins().await.map(|coins| coins.left_out).unwrap_or_default());
            match named(&unread, lang) {
                None => find(Check::Public, State::Good, "doctor.public.good", &[]),
                Some(rows) => find(Check::Public, State::Note, "doctor.public.left_out", &[("rows", &rows)]),
            }
        }
        Some(problem) => Finding::new(Check::Public, State::Bad, &explain(problem, lang)),
    });
    let signed = signed(input, problem.is_some()).await;
    let is_too_fast = problem.is_some_and(is_about_pace);
    let is_allowed = matches!(signed.state, State::Good | State::Note);
    add(signed);
    add(if is_too_fast {
        find(Check::Rate, State::Note, "doctor.rate.busy", &[])
    } else {
        find(Check::Rate, State::Good, "doctor.rate.good", &[])
    });
    add(withdraw(input, last, is_allowed));
    futures(input, is_allowed, add).await;
}

/// The proxy in force, and what says so.
fn proxy(input: &DiagnosticsInput) -> Finding {
    let find =
        |state, key: &str, values: &[(&str, &str)]| Finding::new(Check::Proxy, state, &said(key, values, input.lang));
    let base = &input.settings.base_url;
    let Ok(found) = input.settings.network.proxy.of(base) else {
        return find(State::Bad, "doctor.skipped.proxy", &[]);
    };
    let shown = found.shown().unwrap_or_default();
    match &found {
        ProxyInForce::ThisMachine => find(State::Good, "doctor.proxy.loopback", &[]),
        ProxyInForce::SwitchedOff => find(State::Good, "doctor.proxy.switched_off", &[]),
        ProxyInForce::Configured(_) => find(State::Good, "doctor.proxy.configured", &[("proxy", &shown)]),
        ProxyInForce::Variable(name, _) => {
            find(State::Good, "doctor.proxy.variable", &[("proxy", &shown), ("variable", name)])
        }
        ProxyInForce::Excepted { proxy, variable, entry } => {
            let values = [("variable", *proxy), ("exceptions", *variable), ("entry", *entry), ("host", base.host())];
            find(State::Good, "doctor.proxy.excepted", &values)
        }
        ProxyInForce::ForHttpAlone(name) => find(State::Note, "doctor.proxy.for_http", &[("variable", name)]),
        ProxyInForce::Unnamed => find(State::Good, "doctor.proxy.none", &[]),
    }
}

async fn names(
    host: &str,
    port: u16,
    values: &[(&str, &str)],
    input: &DiagnosticsInput,
    add: &mut impl FnMut(Finding),
) -> bool {
    let find =
        |state, key: &str, values: &[(&str, &str)]| Finding::new(Check::Dns, state, &said(key, values, input.lang));
    let (finding, is_there) = match timeout(STEP, lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let count = found.count().to_string();
            (find(State::Good, "doctor.dns.good", &[values, &[("count", &count)]].concat()), true)
        }
        Ok(Err(why)) => (find(State::Bad, "doctor.dns.bad", &[values, &[("why", &why.to_string())]].concat()), false),
        Err(_) => (find(State::Bad, "doctor.dns.slow", values), false),
    };
    add(finding);
    is_there
}

async fn connects(check: Check, host: &str, port: u16, values: &[(&str, &str)], input: &DiagnosticsInput) -> Finding {
    let find = |state, key: &str, values: &[(&str, &str)]| Finding::new(check, state, &said(key, values, input.lang));
    match timeout(STEP, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => find(State::Good, "doctor.tcp.good", values),
        Ok(Err(why)) => find(State::Bad, "doctor.tcp.bad", &[values, &[("why", &why.to_string())]].concat()),
        Err(_) => find(State::Bad, "doctor.tcp.slow", values),
    }
}

fn tls(problem: Option<&Problem>, input: &DiagnosticsInput) -> Finding {
    let lang = input.lang;
    let find = |state, key: &str| Finding::new(Check::Tls, state, &said(key, &[], lang));
    if input.settings.base_url.is_loopback() && input.settings.base_url.to_string().starts_with("http:") {
        return find(State::Good, "doctor.tls.loopback");
    }
    match problem.map(|problem| (&problem.cause, problem)) {
        Some((Cause::NotSent { obstacle: Obstacle::Tls, .. }, problem)) => {
            Finding::new(Check::Tls, State::Bad, &explain(problem, lang))
        }
        Some((Cause::NotSent { .. }, _)) => find(State::Skipped, "doctor.skipped.connection"),
        _ if input.settings.network.roots.is_some() => find(State::Note, "doctor.tls.roots"),
        _ => find(State::Good, "doctor.tls.good"),
    }
}

fn clock(input: &DiagnosticsInput) -> Finding {
    let lang = input.lang;
    let known = input.client.as_ref().map(crate::exchange::Client::clock).filter(|clock| clock.known);
    let Some(clock) = known else {
        return Finding::new(Check::Clock, State::Skipped, &said("doctor.skipped.clock", &[], lang));
    };
    let seconds = format!("{}.{}", clock.offset_ms.abs() / 1000, clock.offset_ms.abs() % 1000 / 100);
    let values = [("seconds", seconds.as_str())];
    let (state, key) = match clock.offset_ms.abs() {
        0..CLOCK_NOTE_MS => (State::Good, "doctor.clock.good"),
        CLOCK_NOTE_MS..CLOCK_BAD_MS => (State::Note, "doctor.clock.off"),
        _ => (State::Bad, "doctor.clock.wrong"),
    };
    Finding::new(Check::Clock, state, &said(key, &values, lang))
}

/// Key, signature and rule about addresses, all in one question.
async fn signed(input: &DiagnosticsInput, is_cut_off: bool) -> Finding {
    let lang = input.lang;
    let find = |state, key: &str, values: &[(&str, &str)]| Finding::new(Check::Signed, state, &said(key, values, lang));
    let Some(client) = input.client.as_ref().filter(|client| client.has_credentials()) else {
        return find(State::Skipped, "doctor.skipped.key", &[]);
    };
    if is_cut_off {
        return find(State::Skipped, "doctor.skipped.public", &[]);
    }
    let whose = client.user_info().await;
    let balances = client.list_balances().await;
    match (whose, balances) {
        (Err(problem), _) | (_, Err(problem)) => Finding::new(Check::Signed, State::Bad, &explain(&problem, lang)),
        (Ok(info), Ok(balances)) => {
            let mut unread = balances.map(|balances| balances.left_out).unwrap_or_default();
            unread.extend(
                client.list_incoming(&IncomingFilter::default()).await.map(|page| page.left_out).unwrap_or_default(),
            );
            unread.extend(
                client.list_outgoing(&OutgoingFilter::default()).await.map(|page| page.left_out).unwrap_or_default(),
            );
            let uid = info.uid.as_ref().map_or_else(|| "?".to_owned(), |uid| uid.excerpt(24));
            match &input.settings.profile.uid {
                Some(before) if info.uid.as_ref().is_some_and(|now| now != before) => {
                    find(State::Bad, "doctor.signed.other", &[("uid", &uid), ("before", &before.excerpt(24))])
                }
                _ => match named(&unread, lang) {
                    None => find(State::Good, "doctor.signed.good", &[("uid", &uid)]),
                    Some(rows) => find(State::Note, "doctor.signed.left_out", &[("rows", &rows)]),
                },
            }
        }
    }
}

/// The rows that could not be read, the first ones by name; `None` where there are none.
fn named(unread: &[LeftOut], lang: Lang) -> Option<String> {
    let more = unread.len().saturating_sub(NAMED);
    let mut names: Vec<String> = unread.iter().take(NAMED).map(|row| left_out_row(row, lang)).collect();
    names.extend((more > 0).then(|| format!("+{more}")));
    (!names.is_empty()).then(|| names.join("; "))
}

fn withdraw(input: &DiagnosticsInput, last: Option<&(Outcome, String)>, is_allowed: bool) -> Finding {
    let lang = input.lang;
    let find =
        |state, key: &str, values: &[(&str, &str)]| Finding::new(Check::Withdraw, state, &said(key, values, lang));
    if input.settings.read_only {
        return find(State::Note, "doctor.withdraw.read_only", &[]);
    }
    if !is_allowed {
        return find(State::Skipped, "doctor.skipped.signed", &[]);
    }
    match last {
        Some((Outcome::Accepted { .. }, time)) => find(State::Good, "doctor.withdraw.accepted", &[("time", time)]),
        Some((_, time)) => find(State::Bad, "doctor.withdraw.refused", &[("time", time)]),
        None => find(State::Note, "doctor.withdraw.unknown", &[]),
    }
}

/// The futures side: the way to its server where that is another one, then what it says to the key. Nothing else needs it, so
/// that it is closed is worth knowing and not a thing to mend.
async fn futures(input: &DiagnosticsInput, is_allowed: bool, add: &mut impl FnMut(Finding)) {
    let lang = input.lang;
    let find =
        |state, key: &str, values: &[(&str, &str)]| Finding::new(Check::Futures, state, &said(key, values, lang));
    let servers = input.settings.servers();
    let base = &servers.futures;
    let is_direct = input.settings.network.proxy_of(base).is_none();
    if is_direct && base.origin() != servers.spot.origin() {
        let values = [("host", base.host()), ("port", &base.port().to_string())];
        let found = connects(Check::FuturesServer, base.host(), base.port(), &values, input).await;
        let is_cut_off = found.state == State::Bad;
        add(Finding { state: if is_cut_off { State::Note } else { found.state }, ..found });
        if is_cut_off {
            return add(find(State::Skipped, "doctor.skipped.connection", &[]));
        }
    }
    let Some(client) = input.client.as_ref().filter(|_| is_allowed) else {
        return add(find(State::Skipped, "doctor.skipped.signed", &[]));
    };
    add(match client.futures_balance(&UntrustedText::from(MARKET_QUOTE)).await {
        Ok(Some(_)) => find(State::Good, "doctor.futures.good", &[]),
        Ok(None) => find(State::Note, "doctor.futures.nothing", &[("coin", MARKET_QUOTE)]),
        Err(problem) => {
            let why = explain(&problem, lang);
            let key =
                if problem.is_about_access_to_futures() { "doctor.futures.refused" } else { "doctor.futures.failed" };
            find(State::Note, key, &[("why", &why.cause)])
        }
    });
}

fn is_about_pace(problem: &Problem) -> bool {
    matches!(&problem.cause, Cause::Refused { refusal: Refusal::TooFast, .. })
}

/// Host and port of a proxy as it is shown.
fn ends_of(proxy: &str) -> (String, u16) {
    let url = url::Url::parse(proxy).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    // An address in brackets is looked up without them.
    let host = host.trim_matches(['[', ']']).to_owned();
    let port = url.as_ref().and_then(url::Url::port_or_known_default).unwrap_or(1080);
    (host, port)
}
