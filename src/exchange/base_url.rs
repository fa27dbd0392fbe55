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

    /// The server, however its address is spelt: all names of this machine are one at a port, letters have one case, a dot at
    /// the end of a name and the scheme's own port say nothing.
    pub fn origin(&self) -> String {
        match self.0.host_str() {
            Some(_) if self.is_this_machine() => format!("loopback:{}", self.port()),
            Some(host) => format!("https://{}:{}", host.trim_end_matches('.').to_ascii_lowercase(), self.port()),
            None => String::new(),
        }
    }

    /// The names of the host that lead to the same server, the usual one first.
    pub fn spellings(&self) -> Vec<String> {
        let own = self.host().to_owned();
        let bare = own.trim_end_matches('.').to_owned();
        let mut names = if self.is_this_machine() {
            ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned).to_vec()
        } else {
            vec![bare.clone(), format!("{bare}.")]
        };
        if !names.contains(&own) {
            names.push(own);
        }
        names
    }

    fn is_this_machine(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()),
            Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
            _ => self.is_loopback(),
        }
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
    use crate::domain::locale::Lang;
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
    fn a_server_is_the_same_however_it_is_spelt() {
        let origin = |text: &str| text.parse::<BaseUrl>().unwrap().origin();
        for group in [
            &["http://127.0.0.1:4000", "http://LOCALHOST:4000/", "http://[::1]:4000", "https://localhost.:4000"][..],
            &["https://openapi.bitunix.com", "https://OpenAPI.bitunix.com.:443/", "https://openapi.bitunix.com:443"],
        ] {
            assert!(group.iter().all(|text| origin(text) == origin(group[0])), "{group:?}");
        }
        assert_ne!(origin("http://127.0.0.1:4000"), origin("http://127.0.0.1:4001"));
        assert_ne!(origin("https://a.example"), origin("https://a.example:8443"));
        let names = "http://127.0.0.2:9".parse::<BaseUrl>().unwrap().spellings();
        assert_eq!(names, ["127.0.0.1", "localhost", "[::1]", "127.0.0.2"]);
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
