//! Which proxy a server is reached through, and what says so: the configuration, a variable of the environment, or nothing.
//!
//! The variables are read here, once, and not by the HTTP library: that takes one that it does not understand for none, and
//! would then connect directly, from an address that the exchange's key may not allow.

use std::ffi::OsString;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::BaseUrl;
use crate::domain::line;

/// Schemes of proxies that are spoken.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];
/// The longest address of a proxy, in characters.
const LONGEST: usize = 2_048;
/// The variables that name a proxy for encrypted connections, the first that is set counts; there are no others to the exchange.
const FOR_HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables that name one for connections in the clear, which stay on this machine.
const FOR_HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
/// The variables that name servers which are reached without any.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Which proxy is used. This machine itself is never reached through one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyChoice {
    /// What the environment says.
    Environment(ProxyVariables),
    /// None, whatever the environment says.
    None,
    /// This one. It may hold a password and is never shown whole.
    Url(Url),
}

impl Default for ProxyChoice {
    fn default() -> Self {
        Self::Environment(ProxyVariables::default())
    }
}

/// What the environment says of proxies; an empty variable says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProxyVariables {
    proxy: Option<(&'static str, Url)>,
    /// One that is set and means nothing here.
    for_http: Option<&'static str>,
    /// The servers that are reached without one, divided by commas.
    exceptions: Option<(&'static str, String)>,
    fault: Option<ProxyFault>,
}

/// A variable that cannot be used. What it holds is not kept: it may be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyFault {
    /// This one should name a proxy and does not.
    Proxy(&'static str),
    /// This one should list servers and is no text.
    Exceptions(&'static str),
}

impl ProxyFault {
    /// The variable.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Proxy(name) | Self::Exceptions(name) => name,
        }
    }
}

/// The proxy of one server, and why it is that one or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyInForce<'a> {
    /// None: the server is this machine.
    ThisMachine,
    /// None: the configuration says so.
    SwitchedOff,
    /// The configuration's.
    Configured(&'a Url),
    /// The one that this variable names.
    Variable(&'static str, &'a Url),
    /// None, although `proxy` names one: `variable` has this entry for the server.
    Excepted {
        /// The variable that names a proxy.
        proxy: &'static str,
        /// The variable that lists exceptions.
        variable: &'static str,
        /// The entry.
        entry: &'a str,
    },
    /// None: this variable is about connections in the clear alone.
    ForHttpAlone(&'static str),
    /// None: nothing names one.
    Unnamed,
}

impl ProxyInForce<'_> {
    /// The proxy. It may hold a password; [`ProxyInForce::shown`] does not.
    pub const fn url(&self) -> Option<&Url> {
        match self {
            Self::Configured(url) | Self::Variable(_, url) => Some(url),
            _ => None,
        }
    }

    /// The proxy's scheme, host and port, without user and password.
    pub fn shown(&self) -> Option<String> {
        let url = self.url()?;
        let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or("?")))
    }
}

/// A proxy: of a scheme that is spoken, with a host and nothing behind it.
pub fn parse_proxy(text: &str) -> Option<Url> {
    // The parser leaves blanks and line ends out in silence.
    line::check_word(text, LONGEST).ok()?;
    Url::parse(text).ok().filter(|url| {
        SCHEMES.contains(&url.scheme())
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.port() != Some(0)
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && is_taken(url)
    })
}

/// Whether the HTTP library understands it too: where it does not, it connects directly without a word. Its rule of what a host
/// is made of is narrower, `${HOST}` and `%HOST%` for instance are none.
fn is_taken(proxy: &Url) -> bool {
    let Ok(server) = "https://exchange.invalid/".parse() else { return false };
    let found = Matcher::builder().all(proxy.as_str()).build().intercept(&server);
    found.is_some_and(|found| found.uri().host() == proxy.host_str())
}

impl ProxyVariables {
    /// Reads them. Each that is set is looked at, whether or not it counts: what is wrong with it would be found on the day on
    /// which it does.
    pub fn read(environment: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let mut read = Self::default();
        let set = |name: &'static str| environment(name).filter(|value| !value.is_empty()).map(|value| (name, value));
        for (name, value) in FOR_HTTPS.into_iter().chain(FOR_HTTP).filter_map(set) {
            match value.to_str().and_then(parse_variable) {
                None => read.fault = read.fault.or(Some(ProxyFault::Proxy(name))),
                Some(_) if FOR_HTTP.contains(&name) => read.for_http = read.for_http.or(Some(name)),
                Some(url) => read.proxy = read.proxy.or(Some((name, url))),
            }
        }
        for (name, value) in EXCEPTIONS.into_iter().filter_map(set) {
            match value.into_string() {
                Err(_) => read.fault = read.fault.or(Some(ProxyFault::Exceptions(name))),
                Ok(list) => read.exceptions = read.exceptions.or(Some((name, list))),
            }
        }
        read
    }

    fn of(&self, base: &BaseUrl) -> Result<ProxyInForce<'_>, ProxyFault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let Some((name, url)) = &self.proxy else {
            return Ok(self.for_http.map_or(ProxyInForce::Unnamed, ProxyInForce::ForHttpAlone));
        };
        let entry = self.exceptions.as_ref().and_then(|(variable, list)| Some((variable, entry_of(list, base)?)));
        Ok(match entry {
            Some((variable, entry)) => ProxyInForce::Excepted { proxy: name, variable, entry },
            None => ProxyInForce::Variable(name, url),
        })
    }
}

impl ProxyChoice {
    /// The proxy of a server, and why.
    ///
    /// # Errors
    /// A variable cannot be used; then the server is not reached at all.
    pub fn of(&self, base: &BaseUrl) -> Result<ProxyInForce<'_>, ProxyFault> {
        Ok(match self {
            _ if base.is_loopback() => ProxyInForce::ThisMachine,
            Self::None => ProxyInForce::SwitchedOff,
            Self::Url(url) => ProxyInForce::Configured(url),
            Self::Environment(variables) => return variables.of(base),
        })
    }
}

/// As [`parse_proxy`]; a variable may leave the scheme out, as everywhere else, and means `http` then.
fn parse_variable(text: &str) -> Option<Url> {
    if text.contains("://") { parse_proxy(text) } else { parse_proxy(&format!("http://{text}")) }
}

/// The entry of a list of exceptions that is about a server.
fn entry_of<'a>(list: &'a str, base: &BaseUrl) -> Option<&'a str> {
    let server = base.to_string().parse().ok()?;
    // By commas, and by blanks as curl has it too.
    let mut entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    // Any proxy will do: it is asked whether the list keeps it away.
    entries.find(|entry| Matcher::builder().all("http://localhost").no(*entry).build().intercept(&server).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> BaseUrl {
        crate::exchange::EXCHANGE.parse().unwrap()
    }

    fn read(pairs: &[(&str, &str)]) -> ProxyChoice {
        let found = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
        ProxyChoice::Environment(ProxyVariables::read(&found))
    }

    /// The variable, and the proxy as it is shown.
    fn said(pairs: &[(&str, &str)]) -> Option<(&'static str, String)> {
        match read(pairs).of(&exchange()).unwrap() {
            ProxyInForce::Variable(name, url) => Some((name, ProxyInForce::Configured(url).shown()?)),
            _ => None,
        }
    }

    #[test]
    fn proxy_is_named_without_password_and_unused_for_loopback() {
        let url = |text: &str| ProxyChoice::Url(text.parse().unwrap());
        let own: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
        let chosen = url("socks5h://user:hunter2@proxy.example:1080");
        assert_eq!(chosen.of(&exchange()).unwrap().shown().as_deref(), Some("socks5h://proxy.example:1080"));
        assert_eq!(chosen.of(&own), Ok(ProxyInForce::ThisMachine));
        let plain = url("http://proxy.example");
        assert_eq!(plain.of(&exchange()).unwrap().shown().as_deref(), Some("http://proxy.example:80"));
        assert_eq!(ProxyChoice::None.of(&exchange()), Ok(ProxyInForce::SwitchedOff));
    }

    #[test]
    fn a_host_that_the_library_would_not_take_is_no_proxy() {
        for host in ["${PROXY_HOST}", "{{proxy}}", "%PROXY%", "a\"b", "a`b", "$HOST:", "a%41"] {
            for scheme in SCHEMES {
                let text = format!("{scheme}://{host}:3128");
                // What is taken is what goes to the library, whatever it was written as.
                if let Some(url) = parse_proxy(&text) {
                    let server = "https://exchange.invalid/".parse().unwrap();
                    let found = Matcher::builder().all(url.as_str()).build().intercept(&server).unwrap();
                    assert_eq!(found.uri().host(), url.host_str(), "{text}");
                    assert!(!host.contains(['{', '"', '`', ':']), "{text}");
                }
            }
        }
        for scheme in SCHEMES {
            assert!(parse_proxy(&format!("{scheme}://${{PROXY_HOST}}:3128")).is_none(), "{scheme}");
            for host in ["proxy.example", "10.0.0.1", "[::1]", "user:p%40ss@proxy.example"] {
                assert!(parse_proxy(&format!("{scheme}://{host}:3128")).is_some(), "{scheme} {host}");
                assert!(parse_proxy(&format!("{scheme}://{host}")).is_some(), "{scheme} {host}");
            }
        }
    }

    #[test]
    fn the_variable_for_https_counts_before_that_for_all() {
        let is = |name, shown: &str| Some((name, shown.to_owned()));
        let both = [("ALL_PROXY", "socks5://a:1"), ("https_proxy", "http://u:hunter2@b:2")];
        assert_eq!(said(&both), is("https_proxy", "http://b:2"));
        assert_eq!(said(&[("all_proxy", "a:1"), ("ALL_PROXY", "")]), is("all_proxy", "http://a:1"));
        assert_eq!(said(&[("HTTPS_PROXY", ""), ("https_proxy", "")]), None);
        assert_eq!(read(&[("http_proxy", "a:1")]).of(&exchange()), Ok(ProxyInForce::ForHttpAlone("http_proxy")));
        assert_eq!(read(&[]).of(&exchange()), Ok(ProxyInForce::Unnamed));
    }

    #[test]
    fn a_variable_that_cannot_be_used_is_never_none() {
        let own: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
        for bad in [
            "ftp://a",
            "socks4://a:1",
            "http://",
            "http://a b",
            "http://a:99999",
            "http://a:0",
            "://",
            "http://a/x",
            "\n",
        ] {
            for name in FOR_HTTPS.into_iter().chain(FOR_HTTP) {
                let beside = if name == "HTTPS_PROXY" { "ALL_PROXY" } else { "HTTPS_PROXY" };
                let chosen = read(&[(name, bad), (beside, "http://good:1")]);
                assert_eq!(chosen.of(&exchange()), Err(ProxyFault::Proxy(name)), "{bad:?}");
                assert_eq!(chosen.of(&own), Ok(ProxyInForce::ThisMachine));
            }
        }
        for name in FOR_HTTPS.into_iter().chain(FOR_HTTP).chain(EXCEPTIONS) {
            let no_text = |asked: &str| (asked == name).then(crate::platform::process::no_text);
            let fault = ProxyVariables::read(&no_text).of(&exchange()).unwrap_err();
            assert_eq!(fault.variable(), name);
        }
    }

    #[test]
    fn an_exception_is_told_by_its_variable_and_entry() {
        let with = |list: &str| {
            let chosen = read(&[("HTTPS_PROXY", "http://a:1"), ("no_proxy", list)]);
            match chosen.of(&exchange()).unwrap() {
                ProxyInForce::Excepted { proxy: "HTTPS_PROXY", variable: "no_proxy", entry } => Some(entry.to_owned()),
                _ => None,
            }
        };
        let host = exchange().host().to_owned();
        let (_, domain) = host.split_once('.').unwrap();
        assert_eq!(with(&format!("localhost, {domain}")).as_deref(), Some(domain));
        assert_eq!(with(&format!("localhost .{domain}")), Some(format!(".{domain}")));
        assert_eq!(with("*").as_deref(), Some("*"));
        assert_eq!(with("localhost,10.0.0.0/8,,other.example"), None);
    }
}
