//! Bytes to the server and back, over reqwest. Knows nothing of keys, codes or JSON, and repeats nothing.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use url::Url;

use super::clock::http_date;
use super::limit::Urgency;
use super::route::RouteError;
use super::{BaseUrl, Limits, Route};
use crate::domain::{Cause, Loss, Millis, Obstacle, UntrustedText};

/// A server that asks for more patience than this is asked again sooner.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);
/// How much of the system's own words is kept, in graphemes.
const DETAIL: usize = 160;

/// Two sets of connections: one that is kept open for reads, one that is fresh for every money call.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    reads: reqwest::Client,
    money: reqwest::Client,
    largest: usize,
}

/// The head of an answer; the body is still on its way.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The server's time, in whole seconds, unless a cache kept the answer.
    pub(super) date: Option<Millis>,
    /// How long the server asks to wait, capped.
    pub(super) retry_after: Option<Duration>,
    response: Response,
}

impl Transport {
    pub(super) fn new(base: &BaseUrl, route: &Route, limits: &Limits) -> Result<Self, Cause> {
        // A pooled connection that died in silence would leave a money call's fate open, and hyper may repeat a request
        // on it. Money calls pay for a fresh connection instead, over HTTP/1, where nothing is ever refused and replayed.
        let build = || route.apply(base, builder(limits));
        let money =
            build().and_then(|b| Ok(b.timeout(limits.money_total).pool_max_idle_per_host(0).http1_only().build()?));
        let reads = build().and_then(|b| Ok(b.timeout(limits.read_total).build()?));
        match (reads, money) {
            (Ok(reads), Ok(money)) => Ok(Self { reads, money, largest: limits.body }),
            (Err(RouteError::Library(why)), _) | (_, Err(RouteError::Library(why))) => {
                Err(Cause::NotSent { obstacle: Obstacle::Tls, detail: innermost(&why) })
            }
            (Err(RouteError::Proxy(fault)), _) | (_, Err(RouteError::Proxy(fault))) => {
                let detail = format!("{} cannot be used", fault.variable());
                Err(Cause::NotSent { obstacle: Obstacle::Other, detail: detail.into() })
            }
        }
    }

    /// Sends once and waits for the answer's head.
    pub(super) async fn send(
        &self,
        urgency: Urgency,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Head, Cause> {
        let client = match urgency {
            Urgency::Money => &self.money,
            Urgency::Read => &self.reads,
        };
        let mut request = client.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|why| cause_of(&why))?;
        let headers = response.headers();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let is_fresh = text(reqwest::header::AGE).is_none_or(|age| age.trim() == "0");
        let date = text(DATE).and_then(http_date).filter(|_| is_fresh);
        let retry_after = text(RETRY_AFTER).and_then(retry_after);
        Ok(Head { status: response.status().as_u16(), date, retry_after, response })
    }

    /// The body, unpacked, given up as soon as it is larger than any real one.
    pub(super) async fn body(&self, head: Head) -> Result<Vec<u8>, Cause> {
        let mut response = head.response;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|why| cause_of(&why))? {
            if body.len() + chunk.len() > self.largest {
                let detail = UntrustedText::from(format!("more than {} bytes", self.largest));
                return Err(Cause::NoAnswer { loss: Loss::TooLarge, detail });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn builder(limits: &Limits) -> reqwest::ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("language"), HeaderValue::from_static("en-US"));
    // Refused once there is one, which is this one. aws-lc, the usual one, is a quarter of the first build.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("wallet-tui/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(limits.connect)
}

/// Seconds to wait; anything but a plain number is ignored.
fn retry_after(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = text.parse().unwrap_or(u64::MAX);
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}

/// What a failure of the HTTP library means: only a failure to connect proves that nothing was sent.
fn cause_of(error: &reqwest::Error) -> Cause {
    let detail = innermost(error);
    if error.is_builder() {
        return Cause::NotSent { obstacle: Obstacle::Other, detail };
    }
    if error.is_connect() {
        // Whom it concerns, and no more of the address than that.
        let server = error.url().and_then(|url| url.host_str());
        let detail = server.map_or_else(|| detail.clone(), |server| UntrustedText::from(format!("{server}: {detail}")));
        return Cause::NotSent { obstacle: obstacle(error), detail };
    }
    let loss = if error.is_timeout() { Loss::Timeout } else { Loss::Broken };
    Cause::NoAnswer { loss, detail }
}

fn obstacle(error: &reqwest::Error) -> Obstacle {
    if error.is_dns() {
        return Obstacle::Dns;
    }
    if error.is_timeout() {
        return Obstacle::Timeout;
    }
    for source in sources(error) {
        if source.to_string().starts_with("dns error") {
            return Obstacle::Dns;
        }
        let Some(io) = source.downcast_ref::<io::Error>() else { continue };
        match io.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => return Obstacle::Refused,
            // The TLS library reports a broken handshake as bad data or an early end.
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => return Obstacle::Tls,
            _ => {}
        }
    }
    Obstacle::Other
}

/// An error and what lies behind it. An `io::Error` around another error names that one's source as its own and so
/// hides the one that matters; it is asked for what it wraps.
fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |at: &&'a (dyn Error + 'static)| {
        let at: &'a (dyn Error + 'static) = *at;
        match at.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => at.source(),
        }
    })
}

/// The innermost reason's own words. The outer ones repeat the address, and say less.
fn innermost(error: &reqwest::Error) -> UntrustedText {
    let own = error.source().and_then(|source| sources(source).last()).map(ToString::to_string);
    // Without any source only the kind is left; the library's own text would name the address.
    let words = own.unwrap_or_else(|| String::from("the request could not be made"));
    UntrustedText::from(UntrustedText::from(words).excerpt(DETAIL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_seconds_are_a_wait_and_they_are_capped() {
        for (text, seconds) in [("1", 1), (" 7 ", 7), ("30", 30), ("315360000", 30), ("99999999999999999999999", 30)] {
            assert_eq!(retry_after(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for garbage in ["", "-5", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37 GMT", "1e9", "١"] {
            assert_eq!(retry_after(garbage), None, "{garbage}");
        }
    }
}
