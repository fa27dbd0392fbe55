//! How the server is reached: by which proxy, and trusting which extra root certificates.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, ClientBuilder, Proxy};
use url::Url;

use super::BaseUrl;

/// Schemes of proxies that are spoken.
pub const PROXY_SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Which proxy is used. This machine itself is never reached through one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// What `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    #[default]
    Environment,
    /// None, whatever the environment says.
    None,
    /// This one, of a scheme in [`PROXY_SCHEMES`]. It may hold a password and is never shown whole.
    Url(Url),
}

/// The way to the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// Root certificates to trust besides the system's: PEM.
    pub roots: Option<Vec<u8>>,
}

impl Route {
    /// The proxy that a request to `base` goes through: scheme, host and port, without user and password.
    pub fn proxy_of(&self, base: &BaseUrl) -> Option<String> {
        if base.is_loopback() {
            return None;
        }
        match &self.proxy {
            ProxyChoice::None => None,
            ProxyChoice::Url(url) => Some(shown(url)),
            ProxyChoice::Environment => {
                let uri = base.to_string().parse().ok()?;
                let found = Matcher::from_env().intercept(&uri)?;
                Some(found.uri().to_string().parse().map_or_else(|_| "?".to_owned(), |url| shown(&url)))
            }
        }
    }

    /// Sets a client up to go this way.
    pub(super) fn apply(&self, base: &BaseUrl, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        // A proxy must not see what stays on this machine; and plain http needs no certificates, which may not be there.
        let mut builder = match &self.proxy {
            _ if base.is_loopback() => builder.no_proxy(),
            ProxyChoice::None => builder.no_proxy(),
            ProxyChoice::Url(url) => builder.no_proxy().proxy(Proxy::all(url.as_str())?),
            ProxyChoice::Environment => builder,
        };
        if base.is_plain() {
            return Ok(builder.tls_certs_only([]));
        }
        if let Some(pem) = &self.roots {
            builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem)?);
        }
        Ok(builder.https_only(true))
    }
}

fn shown(url: &Url) -> String {
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxy_is_named_without_password_and_unused_for_loopback() {
        let url = |text: &str| ProxyChoice::Url(text.parse().unwrap());
        let exchange: BaseUrl = crate::exchange::EXCHANGE.parse().unwrap();
        let own: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
        let route = Route { proxy: url("socks5h://user:hunter2@proxy.example:1080"), roots: None };
        assert_eq!(route.proxy_of(&exchange).as_deref(), Some("socks5h://proxy.example:1080"));
        assert_eq!(route.proxy_of(&own), None);
        let plain = Route { proxy: url("http://proxy.example"), roots: None };
        assert_eq!(plain.proxy_of(&exchange).as_deref(), Some("http://proxy.example:80"));
        assert_eq!(Route { proxy: ProxyChoice::None, roots: None }.proxy_of(&exchange), None);
    }
}
