//! The server's address: what is accepted as one, and how it is shown.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A checked server address: https, or http on loopback; no user, path, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not a usable server address. [`BaseUrlError::key`] leads to its words in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BaseUrlError {
    /// Not a URL with a host at all.
    #[error("not a URL")]
    NotAUrl,
    /// Neither https nor http.
    #[error("not https")]
    Scheme,
    /// Plain http to a machine that is not this one: keys and orders would travel in the clear.
    #[error("http is allowed for this machine only")]
    Plain,
    /// A user or password is in it.
    #[error("a user or password is in it")]
    User,
    /// Something stands behind the host: a path, a query or a fragment.
    #[error("something stands behind the host")]
    Extra,
}

impl BaseUrlError {
    /// The catalogue key of the reason, for instance `problem.base_url.plain`.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotAUrl => "problem.base_url.not_a_url",
            Self::Scheme => "problem.base_url.scheme",
            Self::Plain => "problem.base_url.plain",
            Self::User => "problem.base_url.user",
            Self::Extra => "problem.base_url.extra",
        }
    }
}

impl BaseUrl {
    /// The host, punycode where it is not ASCII, so that look-alike letters show.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// True for this machine: `127.0.0.0/8`, `::1`, `localhost`.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// True when the connection is not encrypted; only ever on loopback.
    pub(super) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Its port, the scheme's own where none is named.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// The full address of a path on this server.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        // The parser forgives blanks, tabs, backslashes and missing slashes; an address for money is not guessed.
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') || !text.contains("://") {
            return Err(BaseUrlError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(BaseUrlError::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(BaseUrlError::NotAUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::User);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Extra);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(BaseUrlError::Plain);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use strum::IntoEnumIterator as _;

    #[test]
    fn https_and_loopback_are_accepted() {
        for (text, host, shown, loopback) in [
            (super::super::EXCHANGE, "openapi.bitunix.com", "https://openapi.bitunix.com", false),
            ("https://Example.COM:8443/", "example.com", "https://example.com:8443", false),
            ("http://127.0.0.1:4000", "127.0.0.1", "http://127.0.0.1:4000", true),
            ("http://127.9.9.9", "127.9.9.9", "http://127.9.9.9", true),
            ("http://[::1]:9/", "[::1]", "http://[::1]:9", true),
            ("http://LOCALHOST:9", "localhost", "http://localhost:9", true),
            ("https://bitunıx.com", "xn--bitunx-t9a.com", "https://xn--bitunx-t9a.com", false),
        ] {
            let url: BaseUrl = text.parse().unwrap();
            assert_eq!((url.host(), url.to_string().as_str(), url.is_loopback()), (host, shown, loopback), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (text, why) in [
            ("", BaseUrlError::NotAUrl),
            ("openapi.bitunix.com", BaseUrlError::NotAUrl),
            ("https:openapi.bitunix.com", BaseUrlError::NotAUrl),
            (" https://a.b", BaseUrlError::NotAUrl),
            ("https://a.b\\c", BaseUrlError::NotAUrl),
            ("https://", BaseUrlError::NotAUrl),
            ("ftp://a.b", BaseUrlError::Scheme),
            ("file:///etc/passwd", BaseUrlError::Scheme),
            ("http://openapi.bitunix.com", BaseUrlError::Plain),
            ("http://localhost.evil.com", BaseUrlError::Plain),
            ("http://127.0.0.1.evil.com", BaseUrlError::Plain),
            ("http://10.0.0.1", BaseUrlError::Plain),
            ("https://user@a.b", BaseUrlError::User),
            ("https://:pw@a.b", BaseUrlError::User),
            ("https://openapi.bitunix.com@evil.com", BaseUrlError::User),
            ("https://a.b/api", BaseUrlError::Extra),
            ("https://a.b/?", BaseUrlError::Extra),
            ("https://a.b/#", BaseUrlError::Extra),
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn every_reason_has_words() {
        for why in BaseUrlError::iter() {
            assert_ne!(Lang::En.t(why.key()), why.key());
            assert!(why.key().ends_with(<&'static str>::from(why)));
        }
    }
}
